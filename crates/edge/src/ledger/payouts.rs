//! Payout batches: each reward is in one, once, since all that makes a batch happens in one transaction of
//! the one object that may make it.
//!
//! A batch holds, for each conversion, what it is entitled to less what batches hold of it already, by
//! referrer and asset. A refund after payment thereby becomes a negative item of the next batch, a clawback;
//! so does a reward that turns out to be another's. What of that a batch takes up is the shop's to say and
//! [`parrain_core::payout`]'s to decide; what it leaves out stays due.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::code::Code;
use parrain_core::decide::order_id_of;
use parrain_core::instant::Instant;
use parrain_core::payout::{
    Because, Due, Line, Lines, Method, Payee, Plan, Selection, module_words, on_hold_words, takes,
};
use parrain_core::referrer::Activity;
use parrain_core::reward::Asset;
use parrain_wire::deliveries::{EventType, ToldPayout};
use parrain_wire::desk::{Event, News};
use parrain_wire::payouts::{AssetTotal, LeftOut, Payout, PayoutItem, PayoutLine, PayoutPlan};

use super::dossier::Dossier;
use super::journal::{kind_of, list, read_conversion};
use super::sql::{Row, Sql, SqlError, Value, json_of};
use super::{Ledger, number, shop};
use crate::protocol::calls::{
    CreatePayout, GetPayout, GetPayoutFile, ListPayouts, MarkPaid, Page, PayoutFile, PlanPayout,
};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};

/// The most items of one batch; what is more goes into the next.
const MOST_ITEMS: usize = 10_000;
/// How many entries are looked at together.
const STRETCH: u32 = 500;
/// The most entries that are looked at for one batch.
const MOST_SEEN: usize = 100_000;
/// The most lines that tell of what is left out.
const MOST_TOLD: usize = 1_000;
/// How many batches a page lists.
const PAGE: u32 = 100;

impl<S: Sql> Answers<CreatePayout> for Ledger<S> {
    fn answer(&self, now: Instant, ask: CreatePayout) -> Result<Payout, Refusal> {
        self.shop()?;
        self.settled()?;
        let CreatePayout { until, selection } = ask;
        let until = within(until, now);
        let plan = self.plan(until, now, &selection)?;
        let payees = self.payees(&plan.lines(), &plan)?;
        let left_out = self.left_out(&plan, until, &selection, &payees)?;
        let created = self.sql.run(
            "INSERT INTO batch (until, created) VALUES (?, ?) RETURNING id",
            &[until.micros().into(), now.micros().into()],
        )?;
        let batch = created.first().ok_or_else(|| Refusal::Store("no batch was made".into()))?.int(0)?;
        for due in &plan.paid {
            self.sql.run(
                "INSERT INTO item (batch, entry, code, asset, amount, kind) VALUES (?, ?, ?, ?, ?, ?)",
                &[
                    batch.into(),
                    due.entry.into(),
                    due.code.as_str().into(),
                    due.asset.name().into_owned().into(),
                    due.amount.into(),
                    due.kind.as_str().into(),
                ],
            )?;
        }
        let entries: BTreeSet<i64> = plan.paid.iter().map(|due| due.entry).collect();
        for entry in entries {
            self.refresh(entry)?;
        }
        let batch = if plan.paid.is_empty() { self.instead_of_another_empty(batch)? } else { batch };
        self.write_selection(batch, &selection)?;
        if !plan.paid.is_empty() {
            self.note_payout(now, Event::PayoutMade, batch)?;
            self.tell_payout(now, EventType::PayoutCreated, batch)?;
        }
        Ok(Payout { left_out, ..self.payout(&batch.to_string())? })
    }
}

impl<S: Sql> Answers<PlanPayout> for Ledger<S> {
    fn answer(&self, now: Instant, ask: PlanPayout) -> Result<PayoutPlan, Refusal> {
        let PlanPayout { until, selection } = ask;
        let until = within(until, now);
        let plan = self.plan(until, now, &selection)?;
        let lines = plan.lines();
        let payees = self.payees(&lines, &plan)?;
        let mut totals: BTreeMap<&Asset, i64> = BTreeMap::new();
        for ((_, _, asset), line) in &lines {
            *totals.entry(asset).or_default() += line.amount;
        }
        Ok(PayoutPlan {
            dry_run: true,
            until,
            count: i64::try_from(plan.paid.len()).unwrap_or(i64::MAX),
            totals: totals.into_iter().map(|(asset, amount)| total_of(asset, amount)).collect(),
            payees: lines_of(&lines, &payees),
            left_out: self.left_out(&plan, until, &selection, &payees)?,
            selection,
        })
    }
}

impl<S: Sql> Answers<ListPayouts> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ListPayouts) -> Result<Page<Payout>, Refusal> {
        self.shop()?;
        let rows = self.sql.run(
            "SELECT id, until, created, paid FROM batch WHERE given = 0 AND (?1 = 0 OR id < ?1) ORDER BY id DESC LIMIT ?2",
            &[number(ask.cursor.as_deref())?.into(), (PAGE + 1).into()],
        )?;
        let mut items = Vec::new();
        for row in rows.iter().take(PAGE as usize) {
            items.push(self.read_batch(row)?);
        }
        let more = rows.len() > PAGE as usize;
        let next_cursor = items.last().filter(|_| more).map(|last: &Payout| last.id.clone());
        Ok(Page { items, next_cursor })
    }
}

impl<S: Sql> Answers<GetPayout> for Ledger<S> {
    fn answer(&self, _: Instant, ask: GetPayout) -> Result<Payout, Refusal> {
        self.payout(&ask.id)
    }
}

impl<S: Sql> Answers<MarkPaid> for Ledger<S> {
    fn answer(&self, now: Instant, ask: MarkPaid) -> Result<Payout, Refusal> {
        let batch = self.batch(&ask.id)?;
        let number = batch.int(0)?;
        // Marked once: a second request finds it paid and changes nothing.
        if batch.maybe_int(3).is_none() {
            // Never before what it pays for was approved, by whatever clock.
            let paid = now.micros().max(batch.int(1)?);
            self.sql.run("UPDATE batch SET paid = ? WHERE id = ?", &[paid.into(), number.into()])?;
            for row in self.sql.run("SELECT entry FROM item WHERE batch = ?", &[number.into()])? {
                self.refresh(row.int(0)?)?;
            }
            self.note_payout(now, Event::PayoutPaid, number)?;
            self.tell_payout(now, EventType::PayoutPaid, number)?;
        }
        self.payout(&ask.id)
    }
}

impl<S: Sql> Answers<GetPayoutFile> for Ledger<S> {
    fn answer(&self, _: Instant, ask: GetPayoutFile) -> Result<PayoutFile, Refusal> {
        let payout = self.payout(&ask.id)?;
        let codes: BTreeSet<&Code> = payout.items.iter().map(|item| &item.code).collect();
        let details = self.details_of(codes)?;
        Ok(PayoutFile { payout, details })
    }
}

/// A referrer as the shop sees them in a payout.
struct Card {
    name: Option<String>,
    paused: bool,
    methods: Vec<Method>,
    details_changed_at: Option<Instant>,
}

impl<S: Sql> Ledger<S> {
    fn note_payout(&self, now: Instant, what: Event, batch: i64) -> Result<(), SqlError> {
        self.note(now, News { what: what.into(), payout: Some(batch.to_string()), ..News::default() })
    }

    /// Tells of a batch, without what is in it.
    fn tell_payout(&self, now: Instant, what: EventType, batch: i64) -> Result<(), Refusal> {
        let Payout { id, count, totals, .. } = self.read_batch(&self.batch(&batch.to_string())?)?;
        self.tell(what, now, &ToldPayout { id, count, totals })
    }

    /// What is due by `until`, and what of it a batch would hold.
    pub(super) fn plan(&self, until: Instant, now: Instant, selection: &Selection) -> Result<Plan, Refusal> {
        let shop = self.shop()?;
        let dues = self.dues(until, now, selection)?;
        let cards = self.cards(dues.iter().map(|due| &due.code))?;
        let payee = |(code, card): (Code, Card)| (code, Payee { paused: card.paused, methods: card.methods });
        let payees = cards.into_iter().map(payee).collect();
        Ok(Plan::of(dues, &payees, &shop.versions.latest().payouts, selection, MOST_ITEMS))
    }

    /// What is due, in the order in which it fell due; clawbacks first.
    fn dues(&self, until: Instant, now: Instant, selection: &Selection) -> Result<Vec<Due>, Refusal> {
        let (mut dues, mut seen) = (Vec::new(), 0);
        let mut after = (-1, 0);
        let codes = selection.codes.as_ref().map(list);
        let narrowed = match codes {
            Some(_) => {
                "AND (code IN (SELECT value FROM json_each(?5))
                    OR id IN (SELECT entry FROM item WHERE code IN (SELECT value FROM json_each(?5))))"
            }
            None => "",
        };
        let statement = format!(
            "SELECT id, due FROM entry WHERE due <= ?1 AND (due, id) > (?2, ?3) {narrowed}
                AND NOT EXISTS (SELECT 1 FROM task WHERE entry = entry.id AND state = 0)
                ORDER BY due, id LIMIT ?4"
        );
        while seen < MOST_SEEN {
            let mut values: Vec<Value> =
                vec![until.micros().into(), after.0.into(), after.1.into(), STRETCH.into()];
            values.extend(codes.clone());
            let rows = self.sql.run(&statement, &values)?;
            let ids = rows.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?;
            dues.extend(self.dues_of(&ids, until, now)?);
            seen += rows.len();
            match rows.last() {
                Some(last) if rows.len() == STRETCH as usize => after = (last.int(1)?, last.int(0)?),
                _ => break,
            }
        }
        Ok(dues)
    }

    /// What is due for some entries, in their order.
    fn dues_of(&self, ids: &[i64], until: Instant, now: Instant) -> Result<Vec<Due>, Refusal> {
        let here = list(ids);
        let dossiers =
            self.dossiers("WHERE id IN (SELECT value FROM json_each(?))", std::slice::from_ref(&here))?;
        let dossiers: BTreeMap<i64, Dossier> = dossiers.into_iter().map(|one| (one.id, one)).collect();
        let rows = self.sql.run(
            "SELECT entry, code, asset, SUM(amount), MAX(kind) FROM item
                WHERE entry IN (SELECT value FROM json_each(?)) GROUP BY entry, code, asset HAVING SUM(amount) <> 0",
            &[here],
        )?;
        let mut dues: BTreeMap<i64, Vec<Due>> = BTreeMap::new();
        for row in &rows {
            let entry = row.int(0)?;
            let (code, asset) = (shop::parse_code(row.text(1)?)?, Asset::from_name(row.text(2)?));
            let dossier = dossiers.get(&entry).map(|dossier| &dossier.conversion);
            if dossier.is_some_and(|now| now.code == code && now.worth.asset == asset) {
                continue;
            }
            let kind = row.maybe_text(4).or(dossier.map(|now| now.worth.kind.as_str())).unwrap_or_default();
            let due = Due { entry, code, kind: kind.to_owned(), asset, amount: -row.int(3)? };
            dues.entry(entry).or_default().push(due);
        }
        for (entry, dossier) in &dossiers {
            let amount = change(dossier, until, now);
            if amount != 0 {
                let worth = &dossier.conversion.worth;
                dues.entry(*entry).or_default().push(Due {
                    entry: *entry,
                    code: dossier.conversion.code.clone(),
                    kind: worth.kind.clone(),
                    asset: worth.asset.clone(),
                    amount,
                });
            }
        }
        Ok(ids.iter().filter_map(|id| dues.remove(id)).flatten().collect())
    }

    /// Everybody of whom a plan speaks.
    fn payees(&self, paid: &Lines, plan: &Plan) -> Result<BTreeMap<Code, Card>, Refusal> {
        let left_out = plan.left_out.iter().map(|(due, _)| &due.code);
        self.cards(paid.keys().map(|(code, _, _)| code).chain(left_out))
    }

    fn cards<'a>(&self, codes: impl Iterator<Item = &'a Code>) -> Result<BTreeMap<Code, Card>, Refusal> {
        let codes: BTreeSet<&Code> = codes.collect();
        let rows = self.sql.run(
            "SELECT code, record, (SELECT methods FROM details WHERE details.code = one.code),
                (SELECT changed FROM details WHERE details.code = one.code) FROM referrer AS one
                WHERE code IN (SELECT value FROM json_each(?))
                    AND seq = (SELECT MAX(seq) FROM referrer WHERE code = one.code)",
            &[list(codes)],
        )?;
        let card = |row: &Row| -> Result<(Code, Card), SqlError> {
            let referrer: Referrer = row.json(1)?;
            // What was earned before is paid to who has ended, not to who is on hold; a test is never paid.
            let paused = referrer.test || matches!(referrer.activity, Activity::Paused | Activity::Waiting);
            let methods = row.maybe_text(2).map(|_| row.json(2)).transpose()?.unwrap_or_default();
            let details_changed_at = row.maybe_int(3).map(Instant::from_micros);
            Ok((
                shop::parse_code(row.text(0)?)?,
                Card { name: referrer.name, paused, methods, details_changed_at },
            ))
        };
        Ok(rows.iter().map(card).collect::<Result<_, _>>()?)
    }

    /// What is left out and why: what is due, and what is still on hold.
    fn left_out(
        &self,
        plan: &Plan,
        until: Instant,
        selection: &Selection,
        payees: &BTreeMap<Code, Card>,
    ) -> Result<Vec<LeftOut>, Refusal> {
        let shop = self.shop()?;
        let mut told = Vec::new();
        for (because, lines) in plan.lines_left_out() {
            for ((code, kind, asset), line) in &lines {
                let one = Lines::from([((code.clone(), kind.clone(), asset.clone()), *line)]);
                let minimum = match because {
                    Because::BelowMinimum(least) => Some(asset.format(least)),
                    _ => None,
                };
                told.extend(lines_of(&one, payees).into_iter().map(|line| LeftOut {
                    line,
                    reason: because.name().to_owned(),
                    until: None,
                    minimum: minimum.clone().map(Into::into),
                    detail: because.words(asset, shop.locale()),
                }));
            }
        }
        let (waiting, until_when) = self.on_hold(until, selection)?;
        let cards = self.cards(waiting.keys().map(|(code, _, _)| code))?;
        for (key, line) in waiting {
            let until = until_when.get(&key).copied().unwrap_or(until);
            let one = Lines::from([(key, line)]);
            told.extend(lines_of(&one, &cards).into_iter().map(|line| LeftOut {
                line,
                reason: "on_hold".to_owned(),
                until: Some(until),
                minimum: None,
                detail: on_hold_words(until, shop.locale()),
            }));
        }
        let given = self.given_by_module(until, selection)?;
        let cards = self.cards(given.keys().map(|(code, _, _)| code))?;
        told.extend(lines_of(&given, &cards).into_iter().map(|line| LeftOut {
            line,
            reason: "module".to_owned(),
            until: None,
            minimum: None,
            detail: module_words(shop.locale()),
        }));
        told.truncate(MOST_TOLD);
        Ok(told)
    }

    /// What will be approved after `until`, and when the first of it.
    #[allow(clippy::type_complexity, reason = "two maps by the same key")]
    fn on_hold(
        &self,
        until: Instant,
        selection: &Selection,
    ) -> Result<(Lines, BTreeMap<(Code, String, Asset), Instant>), Refusal> {
        let rows = self.sql.run(
            "SELECT posting.code, json_extract(entry.verdict, '$.conversion.worth.kind'), posting.asset,
                MIN(posting.at), SUM(posting.approved), COUNT(*) FROM entry JOIN posting ON posting.entry = entry.id
                WHERE entry.due > ?1 AND posting.at > ?1 AND posting.approved > 0
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            &[until.micros().into()],
        )?;
        let (mut lines, mut when) = (Lines::new(), BTreeMap::new());
        for row in &rows {
            let (code, kind) = (shop::parse_code(row.text(0)?)?, row.maybe_text(1).unwrap_or_default());
            let asset = Asset::from_name(row.text(2)?);
            if lines.len() < MOST_TOLD && takes(selection, &code, kind, &asset) {
                let key = (code, kind.to_owned(), asset);
                when.insert(key.clone(), Instant::from_micros(row.int(3)?));
                let line = Line { amount: row.int(4)?, count: row.int(5)? };
                lines.insert(key, line);
            }
        }
        Ok((lines, when))
    }

    /// What is due and waits for a module to give it, or to end it where it was given.
    fn given_by_module(&self, until: Instant, selection: &Selection) -> Result<Lines, Refusal> {
        let rows = self.sql.run(
            "SELECT entry.id FROM task JOIN entry ON entry.id = task.entry
                WHERE task.state = 0 AND entry.due <= ? ORDER BY task.seq LIMIT ?",
            &[until.micros().into(), Value::Int(MOST_TOLD as i64)],
        )?;
        let ids = rows.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?;
        let mut lines = Lines::new();
        for due in self.dues_of(&ids, until, until)? {
            if takes(selection, &due.code, &due.kind, &due.asset) {
                let line = lines.entry((due.code, due.kind, due.asset)).or_default();
                line.amount += due.amount;
                line.count += 1;
            }
        }
        Ok(lines)
    }

    /// Notes that a reward was given in the shop, or was ended there where `amount` is negative: a batch of its own,
    /// paid at once, which no list of payouts shows.
    pub(super) fn note_given(&self, now: Instant, dossier: &Dossier, amount: i64) -> Result<(), Refusal> {
        let made = self.sql.run(
            "INSERT INTO batch (until, created, paid, given) VALUES (?1, ?1, ?1, 1) RETURNING id",
            &[now.into()],
        )?;
        let batch = made.first().ok_or_else(|| Refusal::Store("no batch was made".into()))?.int(0)?;
        let worth = &dossier.conversion.worth;
        self.sql.run(
            "INSERT INTO item (batch, entry, code, asset, amount, kind) VALUES (?, ?, ?, ?, ?, ?)",
            &[
                batch.into(),
                dossier.id.into(),
                dossier.conversion.code.as_str().into(),
                worth.asset.name().into_owned().into(),
                amount.into(),
                worth.kind.as_str().into(),
            ],
        )?;
        self.refresh(dossier.id)?;
        Ok(())
    }

    fn write_selection(&self, batch: i64, selection: &Selection) -> Result<(), Refusal> {
        let text = json_of(selection)?;
        self.sql.run(
            "INSERT OR REPLACE INTO batch_selection (batch, selection) VALUES (?, ?)",
            &[batch.into(), text.into()],
        )?;
        Ok(())
    }

    /// Asked every day while nothing is due, a shop would have a list of nothing but empty batches: where the one
    /// before is empty too and not marked paid, it takes the new one's place and dates. One that has been given
    /// out as empty is never filled later.
    fn instead_of_another_empty(&self, batch: i64) -> Result<i64, Refusal> {
        let before = self.sql.run(
            "UPDATE batch SET (until, created) = (SELECT until, created FROM batch WHERE id = ?1)
                WHERE id = (SELECT MAX(id) FROM batch WHERE id < ?1) AND paid IS NULL
                    AND NOT EXISTS (SELECT 1 FROM item WHERE item.batch = batch.id) RETURNING id",
            &[batch.into()],
        )?;
        let Some(row) = before.first() else { return Ok(batch) };
        self.sql.run("DELETE FROM batch WHERE id = ?", &[batch.into()])?;
        Ok(row.int(0)?)
    }

    /// A batch with its items.
    fn payout(&self, id: &str) -> Result<Payout, Refusal> {
        let batch = self.batch(id)?;
        let mut payout = self.read_batch(&batch)?;
        let rows = self.sql.run(
            "SELECT item.code, entry.ext, entry.kind, entry.verdict, item.asset, item.amount,
                (SELECT record FROM referrer WHERE referrer.code = item.code ORDER BY seq DESC LIMIT 1), item.kind
                FROM item JOIN entry ON entry.id = item.entry WHERE item.batch = ?
                ORDER BY item.code, entry.at, entry.ext",
            &[batch.int(0)?.into()],
        )?;
        for row in &rows {
            let referrer: Referrer = row.json(6)?;
            // Batches of earlier releases did not note the kind.
            let decided = read_conversion(row, 3)?.map(|conversion| conversion.worth.kind);
            let asset = Asset::from_name(row.text(4)?);
            payout.items.push(PayoutItem {
                code: shop::parse_code(row.text(0)?)?,
                name: referrer.name,
                email: referrer.email,
                order_id: order_id_of(row.text(1)?).to_owned(),
                kind: kind_of(row.int(2)?).into(),
                reward: row.maybe_text(7).map(str::to_owned).or(decided).unwrap_or_default(),
                asset: asset.unit().to_owned(),
                amount: asset.format(row.int(5)?).into(),
                charity: asset.charity().map(str::to_owned),
            });
        }
        Ok(payout)
    }

    fn batch(&self, id: &str) -> Result<Row, Refusal> {
        self.shop()?;
        let id = number(Some(id)).map_err(|_| Refusal::UnknownPayout)?;
        let mut rows =
            self.sql.run("SELECT id, until, created, paid FROM batch WHERE id = ?", &[Value::Int(id)])?;
        rows.pop().ok_or(Refusal::UnknownPayout)
    }

    /// Reads `id, until, created, paid` with the batch's sums.
    fn read_batch(&self, row: &Row) -> Result<Payout, Refusal> {
        let id = row.int(0)?;
        let rows = self.sql.run(
            "SELECT asset, CAST(SUM(amount) AS TEXT), COUNT(*) FROM item WHERE batch = ? GROUP BY asset ORDER BY asset",
            &[id.into()],
        )?;
        let mut count = 0;
        let total = |row: &Row| -> Result<AssetTotal, SqlError> {
            count += row.int(2)?;
            Ok(total_of(&Asset::from_name(row.text(0)?), row.sum(1)?))
        };
        let totals = rows.iter().map(total).collect::<Result<_, _>>()?;
        let asked = self.sql.run("SELECT selection FROM batch_selection WHERE batch = ?", &[id.into()])?;
        Ok(Payout {
            id: id.to_string(),
            until: Instant::from_micros(row.int(1)?),
            created_at: Instant::from_micros(row.int(2)?),
            paid_at: row.maybe_int(3).map(Instant::from_micros),
            count,
            totals,
            selection: asked.first().map(|row| row.json(0)).transpose()?.unwrap_or_default(),
            items: Vec::new(),
            left_out: Vec::new(),
        })
    }
}

/// Nothing is approved ahead of the clock, and nothing was before there were clocks.
fn within(until: Instant, now: Instant) -> Instant {
    until.min(now).max(Instant::from_micros(0))
}

/// A sum as the contract writes it.
pub(super) fn total_of(asset: &Asset, amount: i64) -> AssetTotal {
    AssetTotal {
        asset: asset.unit().to_owned(),
        amount: asset.format(amount).into(),
        charity: asset.charity().map(str::to_owned),
    }
}

/// Lines with what is shown of each referrer.
fn lines_of(lines: &Lines, cards: &BTreeMap<Code, Card>) -> Vec<PayoutLine> {
    let line = |((code, kind, asset), line): (&(Code, String, Asset), &Line)| {
        let card = cards.get(code);
        PayoutLine {
            code: code.clone(),
            name: card.and_then(|card| card.name.clone()),
            reward: kind.clone(),
            asset: asset.unit().to_owned(),
            amount: asset.format(line.amount).into(),
            charity: asset.charity().map(str::to_owned),
            count: line.count,
            methods: card.iter().flat_map(|card| &card.methods).map(|method| (*method).into()).collect(),
            details_changed_at: card.and_then(|card| card.details_changed_at),
        }
    };
    lines.iter().map(line).collect()
}

/// What a batch made now adds for a conversion. It pays what was approved by `until`, but nothing that is known
/// to be taken back since; it claws back what was paid beyond what is left now.
fn change(case: &Dossier, until: Instant, now: Instant) -> i64 {
    let left_now = case.entitled(now);
    let payable = case.entitled(until).min(left_now);
    if payable > case.batched { payable - case.batched } else { left_now.min(case.batched) - case.batched }
}
