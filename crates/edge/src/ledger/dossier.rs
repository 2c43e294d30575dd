//! Conversions with all that was recorded of them, and the postings that repeat their figures by date.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use parrain_core::changes;
use parrain_core::code::Code;
use parrain_core::decide::{Conversion, is_credit, order_id_of};
use parrain_core::event::{Change, Kind};
use parrain_core::history::{history, standing};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::reason::Reason;
use parrain_core::reward::{Case, Payment, Review, Span, State, Sums};
use parrain_core::signals::Found;
use parrain_core::why::Why;
use parrain_wire::rewards::{self, Status};

use super::journal::{kind_number, kind_of, list, read_conversion};
use super::signals::read_held;
use super::sql::{Row, Sql, SqlError, Value};
use super::{Ledger, shop};
use crate::protocol::Refusal;

/// A conversion with all that was recorded of it.
pub struct Dossier {
    /// Its row.
    pub id: i64,
    /// What it is.
    pub kind: Kind,
    /// The order's or event's id.
    pub ext: String,
    /// Whose, under which offer, and what it earns.
    pub conversion: Conversion,
    /// Everything that its figures follow from.
    pub case: Case,
    /// Why it was decided so.
    pub why: Vec<Why>,
    /// The order's currency.
    pub currency: Option<Currency>,
    /// The note of the last review.
    pub note: Option<Note>,
    /// What was unusual about it, where that was asked for ([`Ledger::with_signals`]).
    pub found: Vec<Found>,
    /// What payout batches hold of it so far, for this referrer and in this asset.
    pub batched: i64,
}

/// What the shop wrote when it decided by hand.
#[derive(Clone, Default)]
pub struct Note {
    /// When.
    pub at: Instant,
    /// The note; it may be empty.
    pub text: String,
    /// Whether the referrer may read it.
    pub tell: bool,
}

impl Dossier {
    /// What is approved or paid at an instant: what batches should have paid by then.
    pub fn entitled(&self, as_of: Instant) -> i64 {
        self.case.state(as_of).map_or(0, |state| state.sums.approved + state.sums.paid)
    }

    /// Whether it waits for a decision by hand: nobody decided yet, nothing but that will approve it, and there is something
    /// left to approve.
    fn waits(&self) -> bool {
        let case = &self.case;
        let by_hand_alone = case.refusal.is_none() && (!case.verified || case.held.is_some());
        // Of what is dated ahead the last word counts: by itself it never turns.
        let end = case.state(Instant::MAX);
        by_hand_alone && case.reviews.is_empty() && end.is_some_and(|end| end.status == Status::Pending)
    }

    /// How the conversion is shown at an instant; `None` if it is not there then.
    pub fn view(&self, as_of: Instant) -> Option<rewards::Conversion> {
        let State { status, reason, left, .. } = self.case.state(as_of)?;
        let rejected = status == Status::Rejected;
        Some(rewards::Conversion {
            order_id: self.ext.clone(),
            kind: self.kind.into(),
            at: self.case.at,
            offer: self.conversion.offer.clone(),
            status: status.into(),
            reward: (!rejected).then(|| self.conversion.worth.to_wire(left)),
            earned: (!rejected && left != self.conversion.worth.amount)
                .then(|| self.conversion.worth.to_wire(self.conversion.worth.amount)),
            approves_at: (!rejected).then(|| self.approves_at(as_of)),
            reason: reason.map(Into::into),
            referrer: None,
            why: None,
            signals: Vec::new(),
            note: self.told(as_of).or_else(|| self.reason_by_hand()),
        })
    }

    /// What of the last review the referrer may read, up to an instant.
    fn told(&self, as_of: Instant) -> Option<String> {
        let note = self.note.as_ref().filter(|note| note.tell && note.at <= as_of && !note.text.is_empty());
        note.map(|note| note.text.clone())
    }

    /// What the shop said when it gave this by hand, which is for the referrer too.
    fn reason_by_hand(&self) -> Option<String> {
        self.why.iter().find_map(|why| {
            let Why::ByHand { reason } = why else { return None };
            Some(reason.clone())
        })
    }

    /// The same with what is for the shop alone.
    pub fn view_for_shop(&self, as_of: Instant, locale: &str) -> Option<rewards::Conversion> {
        let mut view = self.view(as_of)?;
        view.referrer = Some(self.conversion.code.clone());
        view.why = Some(self.words(as_of, locale));
        view.signals = self.signals(locale);
        view.note = self.note.as_ref().map(|note| note.text.clone()).or(view.note);
        Some(view)
    }

    /// Why it was decided so, what happened since up to an instant, and what it waits for then.
    fn words(&self, as_of: Instant, locale: &str) -> String {
        let decided = Why::words(&self.why, self.kind, &self.ext, locale);
        let happened = history(&self.case, self.currency, as_of);
        let happened = happened.iter().map(|one| one.words(locale));
        let unusual = self.found.iter().map(|found| found.finding.words(locale));
        let waits = standing(&self.case, as_of);
        let waits =
            waits.iter().map(|step| Why::words(std::slice::from_ref(step), self.kind, &self.ext, locale));
        std::iter::once(decided).chain(unusual).chain(happened).chain(waits).collect::<Vec<_>>().join(" ")
    }

    /// When the hold ends, or was ended by hand.
    fn approves_at(&self, as_of: Instant) -> Instant {
        let by_hand = self.case.reviews.iter().filter(|review| review.approve && review.at <= as_of);
        let earliest = by_hand.map(|review| review.at).min();
        if self.case.refusal.is_some() || !self.case.verified {
            return earliest.unwrap_or(self.case.approves_at);
        }
        // Whose referrer was confirmed later than its hold ended is due from then on.
        let confirmed = self.case.confirmed.filter(|confirmed| *confirmed <= as_of);
        let due = confirmed.map_or(self.case.approves_at, |confirmed| confirmed.max(self.case.approves_at));
        earliest.map_or(due, |at| at.min(due))
    }
}

impl<S: Sql> Ledger<S> {
    /// Conversions of which the rest of a query on `entry` speaks, in the query's order.
    pub(super) fn dossiers(&self, rest: &str, values: &[Value]) -> Result<Vec<Dossier>, Refusal> {
        let statement = format!(
            "SELECT id, kind, ext, verified, at, until, currency, verdict, why, held FROM entry {rest}"
        );
        let mut decided = Vec::new();
        for row in &self.sql.run(&statement, values)? {
            let Some(conversion) = read_conversion(row, 7)? else { continue };
            decided.push(Decided {
                id: row.int(0)?,
                by_hand: conversion.by_hand || is_credit(row.text(2)?),
                held: read_held(row, 9),
                kind: kind_of(row.int(1)?),
                ext: order_id_of(row.text(2)?).to_owned(),
                verified: row.int(3)? != 0,
                at: Instant::from_micros(row.int(4)?),
                until: row.maybe_int(5).map(Instant::from_micros),
                currency: row.maybe_text(6).and_then(Currency::parse),
                conversion,
                why: row.json(8)?,
            });
        }
        self.with_facts(decided)
    }

    /// Conversions with what was recorded of them since.
    pub(super) fn with_facts(&self, decided: Vec<Decided>) -> Result<Vec<Dossier>, Refusal> {
        let ids = list(decided.iter().map(|one| one.id));
        let mut reviews = self.reviews_of(&ids)?;
        let mut items = self.items_of(&ids)?;
        let sales = decided.iter().filter(|one| one.kind == Kind::Sale).map(|one| &one.ext);
        let changes = self.changes_of(&list(sales))?;
        let given = self.credits_of(&list(decided.iter().map(|one| &one.ext)))?;
        let mut dossiers = Vec::new();
        let confirmed = self.confirmations(decided.iter().map(|one| &one.conversion.code))?;
        let shop = self.shop()?;
        for Decided { id, by_hand, held, kind, ext, verified, at, until, currency, conversion, why } in
            decided
        {
            let (reviews, note) = reviews.remove(&id).unzip();
            let mut own = items.remove(&id).unwrap_or_default();
            own.retain(|item| {
                item.code == conversion.code.as_str() && item.asset == conversion.worth.asset.name()
            });
            let batched = own.iter().map(|item| item.amount).sum();
            let payments =
                own.iter().filter_map(|item| Some(Payment { at: item.paid?, amount: item.amount }));
            let payments = payments.collect();
            let decimals = currency.map_or(2, |currency| currency.decimals());
            let own = changes.get(&ext).filter(|_| kind == Kind::Sale);
            let case = Case {
                at,
                until,
                verified,
                refusal: conversion.refusal,
                approves_at: conversion.approves_at,
                worth: conversion.worth.clone(),
                backs: changes::spans(own.into_iter().flatten(), decimals),
                reviews: reviews.unwrap_or_default(),
                payments,
                confirmed: if by_hand {
                    Some(Instant::MIN)
                } else {
                    let since = confirmed.get(&conversion.code).copied().unwrap_or(Some(Instant::MIN));
                    conversion.confirmed(&shop.versions, at, since)
                },
                held,
                given: given_away(given.get(&(kind_number(kind), ext.clone())), id),
            };
            dossiers.push(Dossier {
                id,
                kind,
                ext,
                conversion,
                case,
                why,
                currency,
                note,
                found: Vec::new(),
                batched,
            });
        }
        Ok(dossiers)
    }

    /// When orders were given to somebody by hand, by kind and order id, each with the entry that it is.
    fn credits_of(&self, orders: &Value) -> Result<Credits, SqlError> {
        let rows = self.sql.run(
            "SELECT kind, order_id, entry, at, until FROM credit
                WHERE order_id IN (SELECT value FROM json_each(?)) ORDER BY at, entry",
            std::slice::from_ref(orders),
        )?;
        let mut credits = Credits::new();
        for row in &rows {
            let span = Span {
                from: Instant::from_micros(row.int(3)?),
                until: row.maybe_int(4).map(Instant::from_micros),
            };
            credits.entry((row.int(0)?, row.text(1)?.to_owned())).or_default().push((row.int(2)?, span));
        }
        Ok(credits)
    }

    /// Decisions by hand, by entry, in order of time, each with the last one's note.
    fn reviews_of(&self, entries: &Value) -> Result<BTreeMap<i64, (Vec<Review>, Note)>, SqlError> {
        let rows = self.sql.run(
            "SELECT entry, at, approve, note, tell FROM review WHERE entry IN (SELECT value FROM json_each(?)) ORDER BY at, id",
            std::slice::from_ref(entries),
        )?;
        let mut reviews: BTreeMap<i64, (Vec<Review>, Note)> = BTreeMap::new();
        for row in &rows {
            let (list, note) = reviews.entry(row.int(0)?).or_default();
            let at = Instant::from_micros(row.int(1)?);
            list.push(Review { at, approve: row.int(2)? != 0 });
            *note = Note { at, text: row.text(3)?.to_owned(), tell: row.int(4)? != 0 };
        }
        Ok(reviews)
    }

    /// What batches hold, by entry.
    fn items_of(&self, entries: &Value) -> Result<BTreeMap<i64, Vec<Item>>, SqlError> {
        let rows = self.sql.run(
            "SELECT item.entry, item.code, item.asset, item.amount, batch.paid FROM item
                JOIN batch ON batch.id = item.batch WHERE item.entry IN (SELECT value FROM json_each(?))",
            std::slice::from_ref(entries),
        )?;
        let mut items: BTreeMap<i64, Vec<Item>> = BTreeMap::new();
        for row in &rows {
            items.entry(row.int(0)?).or_default().push(Item {
                code: row.text(1)?.to_owned(),
                asset: row.text(2)?.to_owned(),
                amount: row.int(3)?,
                paid: row.maybe_int(4).map(Instant::from_micros),
            });
        }
        Ok(items)
    }

    /// What became of orders, by order id.
    pub(super) fn changes_of(&self, orders: &Value) -> Result<BTreeMap<String, Vec<Change>>, SqlError> {
        let rows = self.sql.run(
            "SELECT event FROM back WHERE order_id IN (SELECT value FROM json_each(?)) ORDER BY at, what",
            std::slice::from_ref(orders),
        )?;
        let mut changes: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        for row in &rows {
            let change: Change = row.json(0)?;
            changes.entry(change.order_id.clone()).or_default().push(change);
        }
        Ok(changes)
    }

    /// Writes an entry's postings anew where its figures changed, with the statements that add them up, and
    /// from when on a payout has to look at it. Answers whether its figures changed.
    pub(super) fn refresh(&self, id: i64) -> Result<bool, Refusal> {
        let dossier = self.dossiers("WHERE id = ?", &[id.into()])?.pop();
        self.refresh_to(id, dossier.as_ref())
    }

    /// The same for an entry that was decided just now; `None` is no conversion.
    pub(super) fn refresh_decided(&self, id: i64, decided: Option<Decided>) -> Result<bool, Refusal> {
        let dossier = self.with_facts(decided.into_iter().collect())?.pop();
        self.refresh_to(id, dossier.as_ref())
    }

    fn refresh_to(&self, id: i64, dossier: Option<&Dossier>) -> Result<bool, Refusal> {
        let wanted = dossier.map(postings).unwrap_or_default();
        let held = self.held_postings(id)?;
        if held != wanted {
            for posting in &held {
                self.add_to_statement(posting, Sums::default().minus(posting.sums))?;
            }
            self.sql.run("DELETE FROM posting WHERE entry = ?", &[id.into()])?;
            for posting in &wanted {
                self.add_to_statement(posting, posting.sums)?;
                let mut values = vec![id.into(), posting.at.micros().into()];
                values.extend(posting.place());
                values.extend(sums_values(posting.sums));
                self.sql.run(
                    "INSERT INTO posting (entry, at, code, month, asset, pending, approved, paid, reversed)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    &values,
                )?;
            }
        }
        if held != wanted {
            self.tell_change(id, dossier, &held, &wanted)?;
        }
        let strays = self.strays(id, dossier)?;
        let due = if strays.is_empty() { dossier.and_then(due) } else { Some(Instant::from_micros(0)) };
        let waits = dossier.is_some_and(Dossier::waits);
        self.sql.run(
            "UPDATE entry SET due = ?1, waits = ?2 WHERE id = ?3 AND (due IS NOT ?1 OR waits <> ?2)",
            &[due.map(Instant::micros).into(), waits.into(), id.into()],
        )?;
        Ok(held != wanted)
    }

    /// What batches hold of an entry that is not its any more: a late arrival made it another referrer's,
    /// worth something else, or nobody's. Code, asset and amount.
    pub(super) fn strays(
        &self,
        id: i64,
        dossier: Option<&Dossier>,
    ) -> Result<Vec<(String, String, i64)>, Refusal> {
        let rows = self.sql.run(
            "SELECT code, asset, SUM(amount) FROM item WHERE entry = ? GROUP BY code, asset HAVING SUM(amount) <> 0",
            &[id.into()],
        )?;
        let read = |row: &Row| -> Result<_, SqlError> {
            Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.int(2)?))
        };
        let mut strays = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        strays.retain(|(code, asset, _)| {
            dossier.is_none_or(|dossier| {
                dossier.conversion.code.as_str() != code || dossier.conversion.worth.asset.name() != *asset
            })
        });
        Ok(strays)
    }

    /// The postings that stand for an entry, in order of time.
    pub(super) fn held_postings(&self, id: i64) -> Result<Vec<Posting>, SqlError> {
        let rows = self.sql.run(
            "SELECT at, code, asset, pending, approved, paid, reversed FROM posting WHERE entry = ? ORDER BY at",
            &[id.into()],
        )?;
        let read = |row: &Row| {
            Ok(Posting {
                at: Instant::from_micros(row.int(0)?),
                code: shop::parse_code(row.text(1)?)?,
                asset: row.text(2)?.to_owned(),
                sums: Sums {
                    pending: row.int(3)?,
                    approved: row.int(4)?,
                    paid: row.int(5)?,
                    reversed: row.int(6)?,
                },
            })
        };
        rows.iter().map(read).collect()
    }

    fn add_to_statement(&self, posting: &Posting, sums: Sums) -> Result<(), SqlError> {
        let mut values = posting.place().to_vec();
        values.extend(sums_values(sums));
        self.sql.run(
            "INSERT INTO statement (code, month, asset, pending, approved, paid, reversed) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (code, month, asset) DO UPDATE SET pending = pending + excluded.pending,
                approved = approved + excluded.approved, paid = paid + excluded.paid,
                reversed = reversed + excluded.reversed",
            &values,
        )?;
        Ok(())
    }
}

/// A conversion as it was decided.
pub struct Decided {
    /// Its row.
    pub id: i64,
    /// Whether the shop gave it by hand.
    pub by_hand: bool,
    /// For which suspicion it waits for a decision by hand.
    pub held: Option<Reason>,
    /// What it is.
    pub kind: Kind,
    /// The order's or event's id.
    pub ext: String,
    /// Whether the shop's server reported it.
    pub verified: bool,
    /// When it happened.
    pub at: Instant,
    /// When the signed event took its place.
    pub until: Option<Instant>,
    /// The order's currency.
    pub currency: Option<Currency>,
    /// Whose, under which offer, and what it earns.
    pub conversion: Conversion,
    /// Why it was decided so.
    pub why: Vec<Why>,
}

/// By kind and order id, the entries by which orders were given by hand, each with while it was.
type Credits = BTreeMap<(i64, String), Vec<(i64, Span)>>;

/// While an order as it was reported is somebody's by hand; what was given by hand is nobody else's.
fn given_away(credits: Option<&Vec<(i64, Span)>>, entry: i64) -> Vec<Span> {
    let credits = credits.map(Vec::as_slice).unwrap_or_default();
    let is_one = credits.iter().any(|(credit, _)| *credit == entry);
    credits.iter().filter(|_| !is_one).map(|(_, span)| *span).collect()
}

/// What a batch holds of an entry.
struct Item {
    code: String,
    asset: String,
    amount: i64,
    paid: Option<Instant>,
}

/// A dated change of a reward's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// When.
    pub at: Instant,
    /// Whose.
    pub code: Code,
    /// In what it is counted, by name.
    pub asset: String,
    /// The change.
    pub sums: Sums,
}

impl Posting {
    /// `code, month, asset`.
    fn place(&self) -> [Value; 3] {
        [self.code.as_str().into(), self.at.month().into(), self.asset.as_str().into()]
    }
}

/// The postings that a conversion's figures come to.
pub fn postings(dossier: &Dossier) -> Vec<Posting> {
    let posting = |(at, sums)| Posting {
        at,
        code: dossier.conversion.code.clone(),
        asset: dossier.conversion.worth.asset.name().into_owned(),
        sums,
    };
    dossier.case.changes().into_iter().map(posting).collect()
}

/// Reads sums of `pending, approved, paid, reversed` from a column on.
pub fn read_sums(row: &Row, from: usize) -> Result<Sums, SqlError> {
    Ok(Sums {
        pending: row.sum(from)?,
        approved: row.sum(from + 1)?,
        paid: row.sum(from + 2)?,
        reversed: row.sum(from + 3)?,
    })
}

fn sums_values(sums: Sums) -> [Value; 4] {
    [sums.pending.into(), sums.approved.into(), sums.paid.into(), sums.reversed.into()]
}

/// From when on a payout may have something to pay or to claw back; `None` once batches hold exactly what the
/// conversion comes to in the end. A clawback is due in whatever batch comes next.
fn due(dossier: &Dossier) -> Option<Instant> {
    let changes = dossier.case.changes();
    let mut sums = Sums::default();
    let mut first = None;
    for (at, change) in &changes {
        sums = sums.plus(*change);
        if first.is_none() && sums.approved + sums.paid != 0 {
            first = Some(*at);
        }
    }
    match (sums.approved + sums.paid).cmp(&dossier.batched) {
        Ordering::Equal => None,
        Ordering::Less => Some(Instant::from_micros(0)),
        Ordering::Greater => Some(first.unwrap_or(dossier.case.at)),
    }
}
