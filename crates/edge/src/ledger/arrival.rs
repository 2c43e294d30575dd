//! What shops and browsers report: recorded once, decided, and answered.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::changes;
use parrain_core::check::Fault;
use parrain_core::code::Code;
use parrain_core::decide::{Conversion, Decision, Verdict, ignored};
use parrain_core::event::{Change, Customer, Event, Kind, Order, What};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, Decimal};
use parrain_core::program::Erased;
use parrain_core::reason::Reason;
use parrain_core::settle::{Entry, Open, settle, settle_rest};
use parrain_core::snapshot::{Seen, Shown};
use parrain_core::why::Why;
use parrain_wire::event::{self as wire, Outcome};

use super::Ledger;
use super::dossier::Decided;
use super::journal::{View, key, kind_number, list, orders_text, person_keys, position_values, read_entry};
use super::shop::{Shop, parse_code};
use super::signals::read_held;
use super::sql::{Sql, SqlError, Value, json_of};
use super::tally::Tally;
use crate::protocol::calls::{RecordEvent, RecordSnapshot, ReportConversion};
use crate::protocol::publication::{Fact, Publication};
use crate::protocol::{Answers, Refusal};
use crate::token;

/// The largest subtotal of a browser's report, in minor units: anybody can send one, and their sums are shown.
const MAX_REPORTED: i64 = 1_000_000_000_000;
/// How many browser's reports of one sender are taken in a day: more than anybody orders.
const MOST_OF_A_SENDER: i64 = 20;
/// How many browser's reports of one referrer may wait for their signed event, so that the ledger is not filled...
const MOST_REPORTS: i64 = 2_000;
/// ...dated within so many days of each other. Their date is what the browser says, so that those around it
/// are counted and not those of late.
const REPORT_DAYS: i64 = 30;

impl<S: Sql> Answers<RecordEvent> for Ledger<S> {
    fn answer(&self, _: Instant, RecordEvent(event): RecordEvent) -> Result<Outcome, Refusal> {
        match event {
            Event::Order(order) => self.record_order(order, true),
            Event::Change(change) => self.record_change(&change),
        }
    }
}

impl<S: Sql> Answers<RecordSnapshot> for Ledger<S> {
    fn answer(&self, _: Instant, RecordSnapshot(snapshot): RecordSnapshot) -> Result<Outcome, Refusal> {
        let shop = self.shop()?;
        let id = snapshot.order_id.as_str();
        let before = self.seen(id)?;
        let known = self.signed_sale(id)?;
        let mut outcomes = Vec::new();
        for event in snapshot.differences(known.is_some(), &self.changes_of_order(id)?, before) {
            outcomes.push(match event {
                Event::Order(order) => self.record_order(order, snapshot.shown != Shown::Promised)?,
                Event::Change(change) => self.record_one_change(&change)?,
            });
        }
        let after = snapshot.seen(before);
        if after != before {
            let text = json_of(&after)?;
            self.sql.run(
                "INSERT OR REPLACE INTO seen (order_id, seen) VALUES (?, ?)",
                &[id.into(), text.into()],
            )?;
        }
        let known = known.or(self.signed_sale(id)?);
        let nothing = match snapshot.shown {
            Shown::Unpaid | Shown::Failed => Some((Reason::NotPaid, Why::NotPaid)),
            Shown::Paid | Shown::Restored => Some((Reason::Unreadable, Why::Unreadable)),
            Shown::Promised | Shown::Cancelled { .. } => None,
        };
        if let (None, Some((reason, why))) = (&known, nothing) {
            return Ok(ignored(reason, why, Some(id.to_owned()), shop.locale()));
        }
        let news =
            outcomes.iter().position(|outcome| outcome.outcome != wire::Decided::Duplicate).unwrap_or(0);
        Ok(match outcomes.into_iter().nth(news) {
            Some(outcome) => outcome,
            None => {
                let referrer = known.and_then(|known| known.code);
                let order_id = Some(id.to_owned());
                Outcome {
                    outcome: wire::Decided::Duplicate.into(),
                    reason: None,
                    referrer,
                    order_id,
                    why: None,
                }
            }
        })
    }
}

impl<S: Sql> Answers<ReportConversion> for Ledger<S> {
    fn answer(&self, now: Instant, ask: ReportConversion) -> Result<Outcome, Refusal> {
        let ReportConversion { mut order, sender, token_made } = ask;
        if order.goods.as_ref().is_some_and(|goods| goods.subtotal > MAX_REPORTED) {
            let detail = "is more than a browser's report may say".to_owned();
            return Err(Refusal::Invalid(vec![Fault { pointer: "/subtotal".into(), detail }]));
        }
        self.shop()?;
        order.traces.browser = self.proved_browser(order.traces.browser.take(), token_made)?;
        let (from, to) = (order.at.plus_days(-REPORT_DAYS), order.at.plus_days(REPORT_DAYS));
        let outcome = self.record_order(order, false)?;
        if outcome.outcome != wire::Decided::Duplicate {
            if !self.tally(now, Tally::Reports, &sender, MOST_OF_A_SENDER)? {
                return Err(Refusal::TooManyReports);
            }
            let waiting = self.sql.run(
                "SELECT COUNT(*) FROM entry WHERE verified = 0 AND until IS NULL AND at BETWEEN ? AND ? AND code IS ?",
                &[
                    from.into(),
                    to.into(),
                    outcome.referrer.as_ref().map(|code| code.as_str()).into(),
                ],
            )?;
            if waiting.first().map_or(Ok(0), |row| row.int(0))? > MOST_REPORTS {
                return Err(Refusal::TooManyReports);
            }
        }
        Ok(outcome)
    }
}

impl<S: Sql> Ledger<S> {
    /// Decides again what is dated from an instant on.
    pub(super) fn settle_from(&self, from: Instant) -> Result<(), Refusal> {
        let rows = self.sql.run(
            "SELECT at, ext, kind, verified FROM entry WHERE at >= ? ORDER BY at, ext, kind",
            &[from.micros().into()],
        )?;
        let entries = rows.iter().map(read_entry).collect::<Result<Vec<_>, _>>()?;
        let rest = settle_rest(&mut self.view()?, entries.into_iter().map(Open::Entry), self.most.get())?;
        Ok(self.leave(&rest)?)
    }

    /// Writes the figures anew of what is dated from an instant on: a new version may have them wait for something else,
    /// though nothing is decided otherwise. Nothing is dated more than minutes ahead.
    pub(super) fn refresh_from(&self, from: Instant) -> Result<(), Refusal> {
        let rows = self.sql.run("SELECT id FROM entry WHERE at >= ?", &[from.micros().into()])?;
        rows.iter().try_for_each(|row| self.refresh(row.int(0)?).map(drop))
    }

    pub(super) fn view(&self) -> Result<View<'_, S>, Refusal> {
        Ok(View::new(self, self.shop()?))
    }

    /// Writes a decision and all that follows from it alone.
    pub(super) fn write_decision(
        &self,
        shop: &Shop,
        entry: &Entry,
        order: &Order,
        decision: &Decision,
    ) -> Result<(), Refusal> {
        let rows = self.sql.run(
            "SELECT id, code, offer, earned, published, until, held FROM entry WHERE kind = ? AND ext = ? AND verified = ?",
            &key(entry),
        )?;
        let row = rows.first().ok_or_else(|| Refusal::Store("an entry is gone".into()))?;
        let (id, was_earned) = (row.int(0)?, row.int(3)? != 0);
        let conversion = decision.conversion();
        let earned = entry.verified && conversion.is_some_and(|conversion| conversion.is_earned());
        self.sql.run(
            "UPDATE entry SET verdict = ?, why = ?, code = ?, offer = ?, refusal = ?, earned = ? WHERE id = ?",
            &[
                json_of(&decision.verdict)?.into(),
                json_of(&decision.why)?.into(),
                conversion.map(|conversion| conversion.code.as_str()).into(),
                conversion.map(|conversion| conversion.offer.as_str()).into(),
                conversion.and_then(|conversion| conversion.refusal).map(|reason| reason.name()).into(),
                earned.into(),
                id.into(),
            ],
        )?;
        let at = order.position().at;
        let day = Value::from(at.day());
        if was_earned {
            self.count_earned([row.maybe_text(1).into(), row.maybe_text(2).into(), day.clone()], -1)?;
            self.untie(order)?;
        }
        if let Some(conversion) = conversion.filter(|_| earned) {
            let (code, offer) = (conversion.code.as_str(), conversion.offer.as_str());
            self.count_earned([code.into(), offer.into(), day], 1)?;
            self.tie(id, order, conversion)?;
        }
        if let (Some(conversion), true) = (conversion, entry.verified) {
            self.note_waiting(&conversion.code, conversion.refusal)?;
        }
        // What was unusual about it is found once, when it becomes somebody's.
        let signalled = entry.verified && order.adjustment.is_none() && order.credit.is_none();
        let held = match conversion {
            Some(conversion) if signalled && row.maybe_text(1) != Some(conversion.code.as_str()) => {
                self.find_signals(id, order, conversion)?
            }
            Some(_) => read_held(row, 6),
            None => {
                if row.maybe_text(1).is_some() {
                    self.uncount(id)?;
                }
                None
            }
        };
        let decided = conversion.map(|conversion| Decided {
            id,
            held,
            by_hand: conversion.by_hand || order.credit.is_some(),
            kind: order.kind,
            ext: order.id.clone(),
            verified: entry.verified,
            at,
            until: row.maybe_int(5).map(Instant::from_micros),
            currency: order.goods.as_ref().map(|goods| goods.currency),
            conversion: conversion.clone(),
            why: decision.why.clone(),
        });
        self.refresh_decided(id, decided)?;
        if let (Some(conversion), None, true) = (conversion, row.maybe_text(1), entry.verified) {
            self.tell_refused(order, conversion)?;
        }
        let told = order.adjustment.is_none();
        if let (Some(conversion), true, true, 0) = (conversion, entry.verified, told, row.int(4)?) {
            self.publish_order(shop, id, order, &conversion.code)?;
        }
        Ok(())
    }

    /// Notes an earned conversion among those of its customer.
    fn tie(&self, id: i64, order: &Order, conversion: &Conversion) -> Result<(), SqlError> {
        for person in person_keys(&order.customer) {
            let mut values = vec![person.into()];
            values.extend(position_values(&order.position()));
            values.extend([
                conversion.code.as_str().into(),
                conversion.offer.as_str().into(),
                orders_text(conversion.orders).into(),
                id.into(),
            ]);
            self.sql.run(
                "INSERT INTO tie (key, at, ext, kind, code, offer, orders, entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                &values,
            )?;
        }
        Ok(())
    }

    /// Takes it from among them again.
    pub(super) fn untie(&self, order: &Order) -> Result<(), SqlError> {
        let mut values = vec![list(person_keys(&order.customer))];
        values.extend(position_values(&order.position()));
        self.sql.run(
            "DELETE FROM tie WHERE key IN (SELECT value FROM json_each(?)) AND (at, ext, kind) = (?, ?, ?)",
            &values,
        )?;
        Ok(())
    }

    /// Adds to the count of a code's earned conversions under an offer on a day: `code, offer, day`.
    pub(super) fn count_earned(&self, group: [Value; 3], by: i64) -> Result<(), SqlError> {
        let [code, offer, day] = group;
        self.sql.run(
            "INSERT INTO earned_day (code, offer, day, n) VALUES (?, ?, ?, ?)
                ON CONFLICT (code, offer, day) DO UPDATE SET n = n + excluded.n",
            &[code, offer, day, by.into()],
        )?;
        Ok(())
    }

    pub(super) fn record_order(&self, order: Order, verified: bool) -> Result<Outcome, Refusal> {
        let arrived = order.clone();
        let outcome = self.record_new_order(order, verified)?;
        if verified {
            self.saw_order(self.now.get(), &arrived, &outcome)?;
        }
        Ok(outcome)
    }

    /// Whether a customer was erased before who had ordered, where the shop goes on knowing that.
    fn is_former(&self, shop: &Shop, customer: &Customer) -> Result<bool, Refusal> {
        if shop.versions.latest().erased == Erased::New {
            return Ok(false);
        }
        let salt = shop.record.secrets.salt.as_bytes();
        let hashes: Vec<String> = person_keys(customer).iter().map(|key| token::former(salt, key)).collect();
        let found = self.sql.run(
            "SELECT 1 FROM former WHERE hash IN (SELECT value FROM json_each(?)) LIMIT 1",
            &[list(hashes)],
        )?;
        Ok(!found.is_empty())
    }

    fn record_new_order(&self, mut order: Order, verified: bool) -> Result<Outcome, Refusal> {
        let shop = self.shop()?;
        let kind = Value::from(kind_number(order.kind));
        let known = self.sql.run(
            "SELECT verified, code FROM entry WHERE kind = ? AND ext = ? ORDER BY verified DESC",
            &[kind.clone(), order.id.as_str().into()],
        )?;
        // A signed event replaces a browser's report, never the other way round.
        if let Some(row) = known.first()
            && (row.int(0)? != 0 || !verified)
        {
            if !verified && row.int(0)? != 0 {
                self.heard_browser(&order)?;
            }
            let referrer = row.maybe_text(1).map(parse_code).transpose()?;
            let order_id = Some(order.id);
            return Ok(Outcome {
                outcome: wire::Decided::Duplicate.into(),
                reason: None,
                referrer,
                order_id,
                why: None,
            });
        }
        self.leave_out_unknown_codes(&mut order)?;
        if self.is_former(&shop, &order.customer)? {
            // The event says from now on what the shop itself could have said.
            order.customer.orders_count = Some(order.customer.orders_count.unwrap_or_default().max(2));
        }
        self.insert_order(&order, verified)?;
        if verified {
            let replaced = self.sql.run(
                "UPDATE entry SET until = MAX(at, ?) WHERE kind = ? AND ext = ? AND verified = 0 RETURNING id",
                &[order.at.micros().into(), kind, order.id.as_str().into()],
            )?;
            if let Some(report) = replaced.first() {
                self.refresh(report.int(0)?)?;
            }
        }
        let decision = self.settle_order(&order, verified)?;
        Ok(decision.to_outcome(&order, shop.locale()))
    }

    /// Writes an order where it stands; its row.
    pub(super) fn insert_order(&self, order: &Order, verified: bool) -> Result<i64, Refusal> {
        let [at, ext, kind] = position_values(&order.position());
        let event = json_of(order)?;
        let goods = order.goods.as_ref();
        let inserted = self.sql.run(
            "INSERT INTO entry (kind, ext, verified, at, event, currency, base, received)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            &[
                kind,
                ext,
                verified.into(),
                at,
                event.into(),
                goods.map(|goods| goods.currency.code()).into(),
                goods.map(|goods| goods.base()).into(),
                self.now.get().micros().into(),
            ],
        )?;
        let id = inserted.first().ok_or_else(|| Refusal::Store("nothing was inserted".into()))?.int(0)?;
        self.know_person(id, order, verified)?;
        self.know_codes(id, order)?;
        if verified {
            self.know_traces(id, order)?;
            self.note_promotions(id, order)?;
        }
        Ok(id)
    }

    /// Notes which codes an order carries, for who looks for orders by a code.
    fn know_codes(&self, id: i64, order: &Order) -> Result<(), SqlError> {
        let touched = order.touches.iter().map(|touch| &touch.code);
        let codes: BTreeSet<&Code> = order.codes.iter().chain(touched).collect();
        for code in codes {
            self.sql.run(
                "INSERT INTO mention (named, placed, entry) VALUES (?, ?, ?)",
                &[code.as_str().into(), order.position().at.into(), id.into()],
            )?;
        }
        Ok(())
    }

    /// Decides an order that was just written, and again what it bears on.
    pub(super) fn settle_order(&self, order: &Order, verified: bool) -> Result<Decision, Refusal> {
        let entry = Entry { position: order.position(), verified };
        let settled = settle(&mut self.view()?, &entry, order, self.most.get())?;
        self.leave(&settled.rest)?;
        Ok(settled.decision)
    }

    /// Codes that no referrer has when the order arrives are no candidates, then or later.
    fn leave_out_unknown_codes(&self, order: &mut Order) -> Result<(), SqlError> {
        let mut known = BTreeMap::new();
        let touched = order.touches.iter().map(|touch| &touch.code);
        for code in order.codes.iter().chain(touched) {
            if !known.contains_key(code) {
                let rows =
                    self.sql.run("SELECT 1 FROM referrer WHERE code = ? LIMIT 1", &[code.as_str().into()])?;
                known.insert(code.clone(), !rows.is_empty());
            }
        }
        let is_known = |code: &Code| known.get(code).copied().unwrap_or(false);
        order.unknown_codes = order.codes.iter().filter(|code| !is_known(code)).cloned().collect();
        order.codes.retain(is_known);
        let (known, unknown) = order.touches.drain(..).partition(|touch| is_known(&touch.code));
        (order.touches, order.unknown_touches) = (known, unknown);
        Ok(())
    }

    fn know_person(&self, id: i64, order: &Order, verified: bool) -> Result<(), SqlError> {
        let keys = person_keys(&order.customer);
        let position = order.position();
        let [at, ext, kind] = position_values(&position);
        for key in &keys {
            self.sql.run(
                "INSERT OR IGNORE INTO person (key, at, ext, kind, verified, entry) VALUES (?, ?, ?, ?, ?, ?)",
                &[key.as_str().into(), at.clone(), ext.clone(), kind.clone(), verified.into(), id.into()],
            )?;
        }
        let mut pair = keys.iter();
        if let (Some(one), Some(other), true) = (pair.next(), pair.next(), verified) {
            for (one, other) in [(one, other), (other, one)] {
                self.sql.run(
                    "INSERT INTO link (one, other, at, ext, kind) VALUES (?, ?, ?, ?, ?) ON CONFLICT (one, other)
                        DO UPDATE SET at = excluded.at, ext = excluded.ext, kind = excluded.kind
                        WHERE (excluded.at, excluded.ext, excluded.kind) < (at, ext, kind)",
                    &[one.as_str().into(), other.as_str().into(), at.clone(), ext.clone(), kind.clone()],
                )?;
            }
        }
        Ok(())
    }

    /// Records what became of an order. Where the newest snapshot of a platform's showed otherwise after it,
    /// that stands.
    fn record_change(&self, change: &Change) -> Result<Outcome, Refusal> {
        let outcome = self.record_one_change(change)?;
        self.saw_change(self.now.get(), change, &outcome)?;
        let id = &change.order_id;
        if let Some(again) = self.seen(id)?.again(id, &self.changes_of_order(id)?) {
            self.record_one_change(&again)?;
        }
        Ok(outcome)
    }

    pub(super) fn record_one_change(&self, change: &Change) -> Result<Outcome, Refusal> {
        let shop = self.shop()?;
        let id = change.order_id.as_str();
        let order = self.signed_sale(id)?;
        let answer = |outcome: wire::Decided| Outcome {
            outcome: outcome.into(),
            reason: None,
            referrer: order.as_ref().and_then(|order| order.code.clone()),
            order_id: Some(id.to_owned()),
            why: None,
        };
        let changes = self.changes_of_order(id)?;
        if changes.iter().any(|other| other.at == change.at && other.name() == change.name()) {
            return Ok(answer(wire::Decided::Duplicate));
        }
        let currency = order.as_ref().and_then(|order| order.currency);
        if let (Some(currency), What::Refunded { amount, returned, .. }) = (currency, &change.what) {
            let left_out = returned.is_some() && *amount == Decimal::ZERO;
            let amounts = [("amount", (!left_out).then_some(*amount)), ("returned", *returned)];
            let odd = amounts
                .into_iter()
                .filter(|(_, amount)| amount.is_some_and(|amount| amount.scale != currency.decimals()));
            let fault = |(name, _)| Fault {
                pointer: format!("/data/{name}"),
                detail: format!(
                    "must have {} decimals, as the order's currency {currency} has",
                    currency.decimals()
                ),
            };
            let faults: Vec<Fault> = odd.map(fault).collect();
            if !faults.is_empty() {
                return Err(Refusal::Invalid(faults));
            }
        }
        if let Some(order) = &order {
            self.count_back(change, order.entry)?;
        }
        let event = json_of(change)?;
        self.sql.run(
            "INSERT INTO back (order_id, what, at, event, received) VALUES (?, ?, ?, ?, ?)",
            &[
                id.into(),
                change.name().into(),
                change.at.micros().into(),
                event.into(),
                self.now.get().micros().into(),
            ],
        )?;
        let rows = self.sql.run(
            "SELECT id FROM entry WHERE kind = 0 AND ext = ?1
                UNION ALL SELECT entry FROM credit WHERE kind = 0 AND order_id = ?1",
            &[id.into()],
        )?;
        let mut moved = false;
        for row in &rows {
            moved |= self.refresh(row.int(0)?)?;
        }
        if !moved && changes::says_nothing_new(&changes, change) {
            return Ok(answer(wire::Decided::Duplicate));
        }
        match &order {
            None => Ok(answer(wire::Decided::Recorded)),
            Some(Signed { code: Some(code), .. }) => {
                let fact = Fact {
                    order_id: id.to_owned(),
                    what: fact_name(change),
                    at: change.at,
                    code: code.clone(),
                    event: Event::Change(change.clone()),
                };
                self.post(&shop.record, &Publication::Fact(Box::new(fact)))?;
                Ok(answer(wire::Decided::Recorded))
            }
            Some(nobodys) => Ok(nobodys.decision.to_outcome(&nobodys.order, shop.locale())),
        }
    }

    /// The order of an id as the shop's server reported it. What a browser reported makes no order known:
    /// anybody can report anything.
    fn signed_sale(&self, id: &str) -> Result<Option<Signed>, Refusal> {
        let rows = self.sql.run(
            "SELECT event, verdict, why, code, currency, id FROM entry WHERE kind = 0 AND ext = ? AND verified = 1",
            &[id.into()],
        )?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Signed {
            order: row.json(0)?,
            decision: Decision { verdict: row.json::<Verdict>(1)?, why: row.json(2)? },
            code: row.maybe_text(3).map(parse_code).transpose()?,
            currency: row.maybe_text(4).and_then(Currency::parse),
            entry: row.int(5)?,
        }))
    }

    fn changes_of_order(&self, id: &str) -> Result<Vec<Change>, SqlError> {
        Ok(self.changes_of(&list([id]))?.remove(id).unwrap_or_default())
    }

    fn seen(&self, order_id: &str) -> Result<Seen, SqlError> {
        let rows = self.sql.run("SELECT seen FROM seen WHERE order_id = ?", &[order_id.into()])?;
        rows.first().map_or(Ok(Seen::default()), |row| row.json(0))
    }

    /// Notes the order, and what became of it before it arrived, to be copied to KV.
    fn publish_order(&self, shop: &Shop, id: i64, order: &Order, code: &Code) -> Result<(), Refusal> {
        let post = |what: String, at, event| {
            let fact = Fact { order_id: order.id.clone(), what, at, code: code.clone(), event };
            self.post(&shop.record, &Publication::Fact(Box::new(fact)))
        };
        post(Fact::name_of(order), order.position().at, Event::Order(order.clone()))?;
        if order.kind == Kind::Sale && order.credit.is_none() {
            for change in self.changes_of_order(&order.id)? {
                post(fact_name(&change), change.at, Event::Change(change))?;
            }
        }
        self.sql.run("UPDATE entry SET published = 1 WHERE id = ?", &[id.into()])?;
        Ok(())
    }
}

/// An order as the shop's server reported it, with what was decided of it.
struct Signed {
    /// Its row.
    entry: i64,
    order: Order,
    decision: Decision,
    code: Option<Code>,
    currency: Option<Currency>,
}

/// The name of a change among an order's facts. Its date belongs to it, since the same can happen twice.
fn fact_name(change: &Change) -> String {
    let name = change.name();
    let (word, id) = name.split_once('-').map_or((name.as_str(), None), |(word, id)| (word, Some(id)));
    let at = change.at.micros();
    id.map_or_else(|| format!("{word}.{at}"), |id| format!("{word}.{at}-{id}"))
}
