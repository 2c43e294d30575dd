//! An answer for every order: lists of them, and one with everything that was received of it and what became of it.

use parrain_core::account::{Effect, Told};
use parrain_core::attribution::{Fate, How, attribute};
use parrain_core::changes::spans;
use parrain_core::credit::Credit;
use parrain_core::decide::{Decision, History, Verdict, order_id_of};
use parrain_core::event::{Change, Goods, Kind, Order, Source};
use parrain_core::history::{Event, history as events};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, format_amount};
use parrain_core::reward::{Asset, Case, Span, Worth};
use parrain_core::why::Why;
use parrain_wire::account::{
    Adjustment, Candidate, Claimed, Happening, OrderAccount, OrderList, OrderSummary, What,
};

use super::journal::{kind_of, list};
use super::sql::{Row, Sql, SqlError, Value};
use super::{Ledger, bad_cursor};
use crate::protocol::calls::{GetOrder, ListOrders};
use crate::protocol::{Answers, Refusal};

/// How many orders a page shows.
const PAGE: usize = 50;
/// How many orders a list of one outcome looks through for one page.
const SCAN: usize = 1_000;

/// Beyond every instant and every row that there is, and still exact where the runtime passes numbers as doubles.
const NEWEST: i64 = 1 << 52;

/// The columns of an [`Entry`].
const COLUMNS: &str = "id, kind, ext, verified, at, received, event, verdict, why";

/// Leaves out an order as it was reported while it is somebody's by hand: then that stands for it.
const NOT_GIVEN_ON: &str = "NOT EXISTS (SELECT 1 FROM credit WHERE credit.order_id = entry.ext
    AND credit.kind = entry.kind AND credit.until IS NULL)";

/// An order, lead or the like as it stands in the table, with what was decided of it.
struct Entry {
    id: i64,
    kind: Kind,
    ext: String,
    verified: bool,
    place: Instant,
    received: Option<Instant>,
    order: Order,
    decision: Decision,
}

impl<S: Sql> Answers<ListOrders> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ListOrders) -> Result<OrderList, Refusal> {
        let ListOrders { email_hash, code, outcome, ending, cursor } = ask;
        self.shop()?;
        let most = if outcome.is_some() { SCAN } else { PAGE };
        let (at, id) = read_cursor(cursor.as_deref())?;
        let mut values = vec![Value::from(at), id.into()];
        let mut narrower = String::new();
        if let Some(hash) = email_hash {
            let keys = self.view()?.person(&[format!("e{hash}")].into(), None)?;
            narrower.push_str(
                " AND id IN (SELECT entry FROM person WHERE key IN (SELECT value FROM json_each(?)))",
            );
            values.push(list(keys));
        }
        if let Some(ending) = ending {
            // An order's number, without what marks one that was given by hand. A bonus has none.
            narrower.push_str(&format!(
                " AND kind <> 4 AND lower(substr({}, -length(?))) = lower(?)",
                super::overview::order_id("ext")
            ));
            values.extend([ending.as_str().into(), ending.as_str().into()]);
        }
        let standing = format!("until IS NULL AND {NOT_GIVEN_ON}{narrower}");
        let list = |narrower: &str, values: &[Value]| {
            self.entries(
                &format!(
                    "WHERE (at, id) < (?, ?) AND {standing}{narrower} ORDER BY at DESC, id DESC LIMIT ?"
                ),
                values,
            )
        };
        let limit = Value::Int(most as i64 + 1);
        let mut found = match code {
            None => list("", &[values.as_slice(), &[limit]].concat())?,
            Some(code) => {
                // Those that are the code's, then those that merely carried it, each in its own order.
                let named = [values.as_slice(), &[code.as_str().into(), limit]].concat();
                let mut found = list(" AND code = ?", &named)?;
                found.extend(self.entries(
                    &format!(
                        "JOIN mention ON mention.entry = id WHERE (placed, mention.entry) < (?, ?) AND {standing}
                            AND named = ? AND named IS NOT code ORDER BY placed DESC, mention.entry DESC LIMIT ?"
                    ),
                    &named,
                )?);
                found.sort_by_key(|entry| std::cmp::Reverse((entry.place, entry.id)));
                found.truncate(most + 1);
                found
            }
        };
        let mut last = (found.len() > most).then(|| most.saturating_sub(1));
        found.truncate(most);
        let mut orders = Vec::new();
        for (index, entry) in found.iter().enumerate() {
            let summary = entry.summary();
            if outcome.is_some_and(|outcome| summary.outcome != outcome) {
                continue;
            }
            orders.push(summary);
            if orders.len() == PAGE && index + 1 < found.len() {
                last = Some(index);
                break;
            }
        }
        let last = last.and_then(|index| found.get(index));
        let next_cursor = last.map(|entry| format!("{}-{}", entry.place.micros(), entry.id));
        Ok(OrderList { orders, next_cursor })
    }
}

impl<S: Sql> Answers<GetOrder> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GetOrder) -> Result<OrderAccount, Refusal> {
        let GetOrder { order_id, locale } = ask;
        let shop = self.shop()?;
        let locale = locale.as_deref().unwrap_or_else(|| shop.locale());
        let entry = self.entry_of(&order_id)?;
        let is_sale = entry.as_ref().is_none_or(|entry| entry.kind == Kind::Sale);
        let changes = if is_sale { self.received_changes(&order_id)? } else { Vec::new() };
        let claims = self.claims_on(&order_id)?;
        if entry.is_none() && changes.is_empty() && claims.is_empty() {
            return Err(Refusal::UnknownOrder);
        }
        let given = self.given_entry(&order_id)?;
        let dossier_of = |entry: &Option<Entry>| match entry {
            Some(entry) => {
                let mut found = self.dossiers("WHERE id = ?", &[entry.id.into()])?;
                self.with_signals(&mut found)?;
                Ok(found.pop())
            }
            None => Ok::<_, Refusal>(None),
        };
        let reported = dossier_of(&entry)?;
        let credited = dossier_of(&given)?;
        let now = entry.as_ref().map_or(now, |entry| now.max(entry.order.at));
        let currency =
            entry.as_ref().and_then(|entry| entry.order.goods.as_ref()).map(|goods| goods.currency);
        let nobodys;
        let case = match &reported {
            Some(dossier) => &dossier.case,
            None => {
                let currency = currency.unwrap_or(shop.versions.latest().currency);
                let given = self.given_spans(&order_id)?;
                nobodys = case_of_nobody(entry.as_ref(), &changes, given, currency);
                &nobodys
            }
        };
        let dossier = credited.as_ref().or(reported.as_ref());
        let mut happened = events(case, currency, now);
        if let Some(credited) = &credited {
            // What became of the order became of what was given too.
            let own = events(&credited.case, currency, now);
            let new: Vec<_> = own.into_iter().filter(|one| !happened.contains(one)).collect();
            happened.extend(new);
        }
        let mut history: Vec<Happening> = entry.iter().map(|entry| entry.arrival(locale)).collect();
        for happened in happened {
            let (what, name) = kind_of_event(&happened.what);
            let effect =
                dossier.and_then(|one| Effect::at(&one.case, &one.conversion.worth.asset, happened.at));
            let sentences = [Some(happened.words(locale)), effect.map(|effect| effect.words(locale))];
            let told = |change: &&(Change, Option<Instant>)| {
                change.0.at.max(case.at) == happened.at
                    && name.is_some_and(|name| change.0.name().starts_with(name))
            };
            history.push(Happening {
                what: what.into(),
                at: happened.at,
                received_at: changes.iter().find(told).and_then(|(_, received)| *received),
                why: sentences.into_iter().flatten().collect::<Vec<_>>().join(" "),
            });
        }
        for claim in &claims {
            history.extend(claim.happenings(locale));
        }
        history.sort_by_key(|happening| happening.at);
        let mut candidates = match &entry {
            Some(entry) => self.candidates(&entry.order, locale)?,
            None => Vec::new(),
        };
        if let Some(Credit { at, conversion, why, .. }) =
            given.as_ref().and_then(|given| given.order.credit.as_deref())
        {
            candidates.iter_mut().for_each(|one| one.won = false);
            candidates.push(Candidate {
                code: conversion.code.to_string(),
                by: Claimed::Credit.into(),
                at: Some(*at),
                won: true,
                why: Why::words(why, Kind::Sale, &order_id, locale),
            });
        }
        let conversion = dossier.and_then(|dossier| dossier.view_for_shop(now.max(dossier.case.at), locale));
        let why = match (&conversion, &entry) {
            (Some(conversion), _) => conversion.why.clone().unwrap_or_default(),
            (None, Some(entry)) => Why::words(&entry.decision.why, entry.kind, &entry.ext, locale),
            (None, None) => Told::NotHereYet.words(locale),
        };
        Ok(OrderAccount {
            order: given.as_ref().or(entry.as_ref()).map(Entry::summary),
            order_id,
            why,
            candidates,
            conversion,
            history,
            claims: claims.into_iter().map(|claim| claim.for_shop(None)).collect(),
        })
    }
}

impl<S: Sql> Ledger<S> {
    /// The order of an id, or else the lead or the like; a signed one before what a browser reported.
    pub(super) fn summary_of(&self, order_id: &str) -> Result<Option<OrderSummary>, Refusal> {
        let standing = match self.given_entry(order_id)? {
            Some(given) => Some(given),
            None => self.entry_of(order_id)?,
        };
        Ok(standing.as_ref().map(Entry::summary))
    }

    /// The entry by which an order is somebody's by hand now.
    fn given_entry(&self, order_id: &str) -> Result<Option<Entry>, Refusal> {
        let found = self.entries(
            "WHERE id = (SELECT entry FROM credit WHERE order_id = ? AND until IS NULL ORDER BY kind LIMIT 1)",
            &[order_id.into()],
        )?;
        Ok(found.into_iter().next())
    }

    /// While an order was somebody's by hand.
    fn given_spans(&self, order_id: &str) -> Result<Vec<Span>, SqlError> {
        let rows = self
            .sql
            .run("SELECT at, until FROM credit WHERE order_id = ? ORDER BY at", &[order_id.into()])?;
        let read = |row: &Row| {
            let until = row.maybe_int(1).map(Instant::from_micros);
            Ok(Span { from: Instant::from_micros(row.int(0)?), until })
        };
        rows.iter().map(read).collect()
    }

    /// Everybody who might have an order, as decisions see them, each with why they won or lost.
    fn candidates(&self, order: &Order, locale: &str) -> Result<Vec<Candidate>, Refusal> {
        let mut view = self.view()?;
        view.read_only = true;
        let (candidates, _) = attribute(order, &view.past(&order.customer, &order.position())?, &view)?;
        let told = candidates.iter().map(|one| {
            let (by, at) = match &one.how {
                How::Run { since, .. } => (Claimed::Run, Some(*since)),
                How::OnOrder => (Claimed::Code, None),
                How::Touch { source: Source::Link, at } => (Claimed::Link, Some(*at)),
                How::Touch { source: Source::PromoCode, at } => (Claimed::PromoCode, Some(*at)),
            };
            let (code, why) = (one.code.to_string(), one.words(locale));
            Candidate { code, by: by.into(), at, won: one.fate == Fate::Won, why }
        });
        Ok(told.collect())
    }

    fn entry_of(&self, order_id: &str) -> Result<Option<Entry>, Refusal> {
        let found = self.entries(
            "WHERE ext = ? AND kind IN (0, 1, 2, 3) AND until IS NULL ORDER BY kind, verified DESC LIMIT 1",
            &[order_id.into()],
        )?;
        // One that was never received is known by what was given.
        let given =
            "WHERE id = (SELECT entry FROM credit WHERE order_id = ? ORDER BY at DESC, entry DESC LIMIT 1)";
        let found = if found.is_empty() { self.entries(given, &[order_id.into()])? } else { found };
        Ok(found.into_iter().next())
    }

    fn entries(&self, rest: &str, values: &[Value]) -> Result<Vec<Entry>, Refusal> {
        let rows = self.sql.run(&format!("SELECT {COLUMNS} FROM entry {rest}"), values)?;
        Ok(rows.iter().map(Entry::read).collect::<Result<_, _>>()?)
    }

    /// What became of an order, with when each arrived here.
    fn received_changes(&self, order_id: &str) -> Result<Vec<(Change, Option<Instant>)>, SqlError> {
        let rows = self.sql.run(
            "SELECT event, received FROM back WHERE order_id = ? ORDER BY at, what",
            &[order_id.into()],
        )?;
        rows.iter().map(|row| Ok((row.json(0)?, row.maybe_int(1).map(Instant::from_micros)))).collect()
    }
}

impl Entry {
    fn read(row: &Row) -> Result<Self, SqlError> {
        Ok(Self {
            id: row.int(0)?,
            kind: kind_of(row.int(1)?),
            ext: order_id_of(row.text(2)?).to_owned(),
            verified: row.int(3)? != 0,
            // Where the list has it; what was given by hand stands there from that moment.
            place: Instant::from_micros(row.int(4)?),
            received: row.maybe_int(5).map(Instant::from_micros),
            order: row.json(6)?,
            decision: Decision { verdict: row.json::<Verdict>(7)?, why: row.json(8)? },
        })
    }

    /// That it came, and from whom.
    fn arrival(&self, locale: &str) -> Happening {
        let (what, told) =
            if self.verified { (What::Received, Told::Received) } else { (What::Reported, Told::Reported) };
        Happening {
            what: what.into(),
            at: self.order.at,
            received_at: self.received,
            why: told.words(locale),
        }
    }

    fn summary(&self) -> OrderSummary {
        let outcome = self.decision.to_outcome(&self.order, "en");
        let goods = self.order.goods.as_ref();
        let amount = |minor: i64, currency: Currency| format_amount(minor, currency.decimals()).into();
        OrderSummary {
            order_id: self.ext.clone(),
            kind: self.kind.into(),
            at: self.order.at,
            received_at: self.received,
            verified: self.verified,
            customer_id: self.order.customer.id.clone(),
            currency: goods.map(|goods| goods.currency.code().to_owned().into()),
            subtotal: goods.map(|goods| amount(goods.subtotal, goods.currency)),
            discount: goods.map(|goods| amount(goods.discount, goods.currency)),
            adjustment: self.order.adjustment.as_deref().map(|given| Adjustment {
                code: given.code.clone(),
                amount: amount(given.amount, given.currency),
                currency: given.currency.code().to_owned().into(),
                reason: given.reason.clone(),
            }),
            outcome: outcome.outcome,
            reason: outcome.reason,
            referrer: outcome.referrer,
            offer: self.decision.conversion().map(|conversion| conversion.offer.clone()),
        }
    }
}

/// What happens to an order of nobody's is told alike: a case that earns nothing.
fn case_of_nobody(
    entry: Option<&Entry>,
    changes: &[(Change, Option<Instant>)],
    given: Vec<Span>,
    currency: Currency,
) -> Case {
    let changes = changes.iter().map(|(change, _)| change);
    let at = entry
        .map(|entry| entry.order.at)
        .or(changes.clone().map(|change| change.at).min())
        .unwrap_or_default();
    Case {
        at,
        until: None,
        verified: entry.is_none_or(|entry| entry.verified),
        refusal: None,
        approves_at: at,
        worth: Worth {
            kind: "cash".into(),
            asset: Asset::Money(currency),
            amount: 0,
            base: entry.and_then(|entry| entry.order.goods.as_ref()).map_or(i64::MAX, Goods::base),
            total: None,
            exact: None,
            detail: None,
        },
        backs: spans(changes, currency.decimals()),
        reviews: Vec::new(),
        payments: Vec::new(),
        given,
        confirmed: Some(Instant::MIN),
        held: None,
    }
}

/// How something that happened is called, and how the change that brought it begins.
fn kind_of_event(event: &Event) -> (What, Option<&'static str>) {
    match event {
        Event::Cancelled => (What::Cancelled, Some("cancelled")),
        Event::Reinstated => (What::Reinstated, Some("reinstated")),
        Event::Refunded(_) => (What::Refunded, Some("refunded-")),
        Event::Voided(_) => (What::RefundVoided, Some("voided-")),
        Event::Approved | Event::Rejected => (What::Reviewed, None),
        Event::Paid(_) | Event::ClawedBack(_) => (What::Paid, None),
        Event::GivenAway => (What::Credited, None),
        Event::GivenBack | Event::Withdrawn => (What::CreditUndone, None),
        Event::ReferrerConfirmed => (What::Confirmed, None),
        Event::HoldEnded => (What::Approved, None),
        Event::Confirmed => (What::Received, None),
    }
}

/// Reads where a page begins; without one, at the newest.
fn read_cursor(cursor: Option<&str>) -> Result<(i64, i64), Refusal> {
    let Some(cursor) = cursor else { return Ok((NEWEST, NEWEST)) };
    let (at, id) = cursor.split_once('-').ok_or_else(bad_cursor)?;
    let number = |text: &str| {
        let plain = (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten().ok_or_else(bad_cursor)
    };
    Ok((number(at)?, number(id)?))
}
