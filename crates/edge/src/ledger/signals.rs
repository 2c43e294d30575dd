//! What is unusual about a conversion, found once when it becomes somebody's, and how often that was right.
//!
//! What it is found by are counts by referrer and day, and which entries share an address or a card. Each is read by
//! index within a fixed time or number, so that no arrival costs more where the history is long.

use std::collections::BTreeSet;

use parrain_core::code::Code;
use parrain_core::decide::Conversion;
use parrain_core::disposable::is_disposable;
use parrain_core::event::{Change, Customer, Kind, Order, Source, What};
use parrain_core::instant::Instant;
use parrain_core::reason::Reason;
use parrain_core::signals::{Facts, Finding, Found, Pace, REFUND_DAYS, Shared, USUAL_DAYS, held, weigh};
use parrain_wire::signals::{self as wire, Signal, SignalCount, SignalReport};
use parrain_wire::word::Word;

use super::dossier::Dossier;
use super::journal::{kind_number, list, person_keys};
use super::overview::new_customer;
use super::sql::{Row, Sql, SqlError};
use super::{Ledger, shop};
use crate::protocol::calls::GetSignals;
use crate::protocol::{Answers, Refusal};

/// How many other entries with the same address or card are looked at, the newest.
const ALIKE: u32 = 20;
/// Of how many findings a report tells, the newest.
const REPORTED: u32 = 5_000;
/// In which row of `pace` the days of all referrers are added up.
const EVERYBODY: &str = "";

impl<S: Sql> Answers<GetSignals> for Ledger<S> {
    fn answer(&self, _: Instant, _: GetSignals) -> Result<SignalReport, Refusal> {
        let shop = self.shop()?;
        let rules = shop.versions.latest().signals;
        let rows = self.sql.run(
            "SELECT signal, COUNT(*), SUM(held), COUNT(last), SUM(last = 0) FROM (
                SELECT signal, entry.held IS NOT NULL AS held, (SELECT approve FROM review
                    WHERE review.entry = suspicion.entry ORDER BY review.at DESC, review.id DESC LIMIT 1) AS last
                FROM suspicion JOIN entry ON entry.id = suspicion.entry ORDER BY suspicion.entry DESC LIMIT ?)
                GROUP BY signal",
            &[REPORTED.into()],
        )?;
        let mut signals = Vec::new();
        for (name, signal) in Signal::WORDS {
            let row = rows.iter().find(|row| row.text(0) == Ok(name));
            let count =
                |column| row.map_or(Ok(0), |row| Ok::<_, SqlError>(row.maybe_int(column).unwrap_or(0)));
            signals.push(SignalCount {
                signal: Some((*signal).into()),
                weight: rules.weight(*signal),
                found: count(1)?,
                held: count(2)?,
                reviewed: count(3)?,
                rejected: count(4)?,
            });
        }
        Ok(SignalReport { threshold: rules.threshold, signals })
    }
}

impl<S: Sql> Ledger<S> {
    /// Notes by what an order can be told to be one person's with others.
    pub(super) fn know_traces(&self, id: i64, order: &Order) -> Result<(), SqlError> {
        // What was given by hand is the order that was reported once more.
        if order.credit.is_some() {
            return Ok(());
        }
        for hash in hashes(order) {
            self.sql
                .run("INSERT OR IGNORE INTO trace (hash, entry) VALUES (?, ?)", &[hash.into(), id.into()])?;
        }
        Ok(())
    }

    /// Finds what is unusual about a conversion that has just become a referrer's, and writes it down for good: for which
    /// reason it waits for a decision by hand, if it does.
    pub(super) fn find_signals(
        &self,
        id: i64,
        order: &Order,
        conversion: &Conversion,
    ) -> Result<Option<Reason>, Refusal> {
        let shop = self.shop()?;
        let rules = shop.versions.at(order.at).signals;
        let facts = self.facts(id, order, &conversion.code)?;
        let found = weigh(&facts, &rules);
        self.sql.run("DELETE FROM suspicion WHERE entry = ?", &[id.into()])?;
        for one in &found {
            let text = serde_json::to_string(one).map_err(|fault| SqlError(fault.to_string()))?;
            self.sql.run(
                "INSERT INTO suspicion (entry, signal, found) VALUES (?, ?, ?)",
                &[id.into(), one.finding.signal().name().into(), text.into()],
            )?;
        }
        let held = held(&found, &rules);
        self.sql.run(
            "UPDATE entry SET held = ?1 WHERE id = ?2 AND held IS NOT ?1",
            &[held.map(|reason| reason.name()).into(), id.into()],
        )?;
        Ok(held)
    }

    /// In whose browser something was ordered, where a token says so that is good for who they are now.
    pub(super) fn proved_browser(
        &self,
        browser: Option<Code>,
        token_made: Option<Instant>,
    ) -> Result<Option<Code>, Refusal> {
        let Some((code, made)) = browser.zip(token_made) else { return Ok(None) };
        let Some(held) = self.find_referrer(&code)? else { return Ok(None) };
        match self.hold_to_person(&held, made) {
            Ok(()) => Ok(Some(code)),
            Err(Refusal::SignedOut | Refusal::GivenOn) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// A browser with its referrer's token said, when its shop's server had told of the order already, that it was ordered
    /// there.
    pub(super) fn heard_browser(&self, order: &Order) -> Result<(), Refusal> {
        let Some(browser) = &order.traces.browser else { return Ok(()) };
        let one = self
            .dossiers(
                "WHERE kind = ? AND ext = ? AND verified = 1 AND code = ? AND until IS NULL",
                &[kind_number(order.kind).into(), order.id.as_str().into(), browser.as_str().into()],
            )?
            .pop();
        // What is due already stays so.
        let Some(one) = one.filter(|one| one.entitled(self.now.get()) == 0) else { return Ok(()) };
        let mut found = self.findings(one.id)?;
        if found.iter().any(|found| found.finding == Finding::Browser) {
            return Ok(());
        }
        let rules = self.shop()?.versions.at(one.case.at).signals;
        let new = weigh(&Facts { browser: true, ..Facts::default() }, &rules);
        for one_found in &new {
            let text = serde_json::to_string(one_found).map_err(|fault| SqlError(fault.to_string()))?;
            self.sql.run(
                "INSERT INTO suspicion (entry, signal, found) VALUES (?, ?, ?)",
                &[one.id.into(), one_found.finding.signal().name().into(), text.into()],
            )?;
        }
        found.extend(new);
        if let (Some(reason), None) = (held(&found, &rules), one.case.held) {
            self.sql.run("UPDATE entry SET held = ? WHERE id = ?", &[reason.name().into(), one.id.into()])?;
            self.refresh(one.id)?;
        }
        Ok(())
    }

    /// Counts that something of a referrer's order was taken back for the first time.
    pub(super) fn count_back(&self, change: &Change, code: &Code) -> Result<(), SqlError> {
        if matches!(change.what, What::Cancelled | What::Refunded { .. }) {
            self.sql.run(
                "INSERT INTO pace (code, day, backs) VALUES (?, ?, 1) ON CONFLICT (code, day)
                    DO UPDATE SET backs = backs + 1",
                &[code.as_str().into(), self.now.get().day().into()],
            )?;
        }
        Ok(())
    }

    /// Puts what was unusual about conversions beside them, for the shop.
    pub(super) fn with_signals(&self, found: &mut [Dossier]) -> Result<(), Refusal> {
        let rows = self.sql.run(
            "SELECT entry, found FROM suspicion WHERE entry IN (SELECT value FROM json_each(?)) ORDER BY entry, signal",
            &[list(found.iter().map(|one| one.id))],
        )?;
        for row in &rows {
            let (entry, of): (i64, Found) = (row.int(0)?, row.json(1)?);
            if let Some(one) = found.iter_mut().find(|one| one.id == entry) {
                one.found.push(of);
            }
        }
        Ok(())
    }

    fn findings(&self, entry: i64) -> Result<Vec<Found>, SqlError> {
        let rows = self.sql.run("SELECT found FROM suspicion WHERE entry = ?", &[entry.into()])?;
        rows.iter().map(|row| row.json(0)).collect()
    }

    /// What is on record about a conversion that arrives; counts it among those of its day.
    fn facts(&self, id: i64, order: &Order, code: &Code) -> Result<Facts, Refusal> {
        let (today, first) = self.count_pace(id, order, code)?;
        let day = order.at.day();
        let mut facts = Facts { today, ..Facts::default() };
        // One query for the referrer's days, one for everybody's.
        let own = self.pace_of(code.as_str(), day - REFUND_DAYS, day)?;
        for (on, pace, one) in own {
            facts.orders += pace.orders;
            facts.taken_back += one.backs;
            if on >= day - USUAL_DAYS {
                facts.own = plus(facts.own, pace);
                facts.typed_before += one.typed;
            }
        }
        for (_, pace, one) in self.pace_of(EVERYBODY, day - USUAL_DAYS, day)? {
            facts.shop = plus(facts.shop, pace);
            facts.shop_days += one.active;
        }
        facts.typed = first && is_typed(order, code);
        let referrer = self.find_referrer(code)?.map(|record| record.referrer).unwrap_or_default();
        facts.disposable_customer = order.traces.disposable;
        let address = referrer.email.as_deref().and_then(parrain_core::email::normalise);
        facts.disposable_referrer = address.as_deref().is_some_and(is_disposable);
        let own = person_keys(&Customer {
            id: referrer.customer_id,
            email: referrer.email_hash,
            orders_count: None,
        });
        let shared = |hash: &Option<String>, letter: char| match hash {
            Some(hash) => self.shared(id, order, code, &own, &format!("{letter}{hash}")),
            None => Ok(Shared::default()),
        };
        facts.address = shared(&order.traces.address, 'a')?;
        facts.card = shared(&order.traces.card, 'c')?;
        facts.browser =
            order.traces.browser.as_ref() == Some(code) || self.reported_in_browser(order, code)?;
        if facts.typed && facts.typed_before > 0 {
            let (from, to) = (Instant::from_day(day - USUAL_DAYS), order.at);
            let clicks = self.number(
                "SELECT COALESCE(SUM(clicks + touches), 0) FROM visit WHERE code = ? AND hour BETWEEN ? AND ?",
                &[code.as_str().into(), shop::hour(from).into(), shop::hour(to).into()],
            )?;
            facts.clicks = u32::try_from(clicks).unwrap_or(u32::MAX);
        }
        Ok(facts)
    }

    /// Whether a page reported, before the shop's server did, that an order was placed in a referrer's browser.
    fn reported_in_browser(&self, order: &Order, code: &Code) -> Result<bool, SqlError> {
        let rows = self.sql.run(
            "SELECT 1 FROM entry WHERE kind = ? AND ext = ? AND verified = 0
                AND json_extract(event, '$.traces.browser') = ?",
            &[kind_number(order.kind).into(), order.id.as_str().into(), code.as_str().into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// Counts a conversion among those of its day, the referrer's and everybody's: what the referrer has that day, and
    /// whether it is of a new customer.
    fn count_pace(&self, id: i64, order: &Order, code: &Code) -> Result<(Pace, bool), SqlError> {
        let is_order = order.kind == Kind::Sale;
        let first = is_order
            && self.number(
                &format!("SELECT COUNT(*) FROM entry WHERE id = ? AND {}", new_customer()),
                &[id.into()],
            )? != 0;
        let typed = first && is_typed(order, code);
        let count = |whose: &str, active: bool| {
            self.sql.run(
                "INSERT INTO pace (code, day, orders, firsts, joins, typed, active) VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (code, day) DO UPDATE SET orders = orders + excluded.orders,
                    firsts = firsts + excluded.firsts, joins = joins + excluded.joins, typed = typed + excluded.typed,
                    active = active + excluded.active RETURNING orders, firsts, joins",
                &[
                    whose.into(),
                    order.at.day().into(),
                    is_order.into(),
                    first.into(),
                    (!is_order).into(),
                    typed.into(),
                    active.into(),
                ],
            )
        };
        let rows = count(code.as_str(), false)?;
        let today = rows.first().map(read_pace).transpose()?.unwrap_or_default();
        count(EVERYBODY, today.orders.saturating_add(today.joins) == 1)?;
        Ok((today, first))
    }

    /// The days of a referrer, or of everybody, from one up to another, which is outside.
    fn pace_of(&self, code: &str, from: i64, to: i64) -> Result<Vec<(i64, Pace, Rest)>, SqlError> {
        let rows = self.sql.run(
            "SELECT orders, firsts, joins, day, typed, backs, active FROM pace WHERE code = ? AND day >= ? AND day < ?",
            &[code.into(), from.into(), to.into()],
        )?;
        let read = |row: &Row| {
            let rest = Rest { typed: small(row, 4)?, backs: small(row, 5)?, active: small(row, 6)? };
            Ok((row.int(3)?, read_pace(row)?, rest))
        };
        rows.iter().map(read).collect()
    }

    /// Whose other orders with the same address or card are.
    fn shared(
        &self,
        id: i64,
        order: &Order,
        code: &Code,
        own: &BTreeSet<String>,
        hash: &str,
    ) -> Result<Shared, SqlError> {
        let rows = self.sql.run(
            "SELECT entry.code, entry.event FROM trace JOIN entry ON entry.id = trace.entry
                WHERE trace.hash = ? AND trace.entry <> ? AND entry.verified = 1 ORDER BY trace.entry DESC LIMIT ?",
            &[hash.into(), id.into(), ALIKE.into()],
        )?;
        let (mut shared, mine) = (Shared::default(), person_keys(&order.customer));
        let mut others = Persons::default();
        for row in &rows {
            let other: Order = row.json(1)?;
            let theirs = person_keys(&other.customer);
            if !theirs.is_disjoint(own) {
                shared.own = true;
            } else if theirs.is_disjoint(&mine) {
                others.add(theirs, row.maybe_text(0) == Some(code.as_str()));
            }
        }
        (shared.customers, shared.strangers) = others.count();
        Ok(shared)
    }
}

/// Whose orders share something, by the keys of each, and whether the referrer has them for a customer.
#[derive(Default)]
struct Persons(Vec<(BTreeSet<String>, bool)>);

impl Persons {
    /// Adds whose an order is: one person with all who have a key of theirs.
    fn add(&mut self, mut keys: BTreeSet<String>, mut theirs: bool) {
        let (same, others): (Vec<_>, Vec<_>) =
            self.0.drain(..).partition(|(known, _)| !known.is_disjoint(&keys));
        self.0 = others;
        for (known, was_theirs) in same {
            keys.extend(known);
            theirs |= was_theirs;
        }
        self.0.push((keys, theirs));
    }

    /// How many are the referrer's customers, and how many are not. Whoever has no name may be any of those who have,
    /// and is counted where that speaks for the referrer alone.
    fn count(&self) -> (u32, u32) {
        let customers = self.0.iter().filter(|(keys, theirs)| *theirs && !keys.is_empty()).count();
        let strangers = self.0.iter().filter(|(_, theirs)| !theirs).count();
        let small = |number| u32::try_from(number).unwrap_or(u32::MAX);
        (small(customers), small(strangers))
    }
}

/// What else a day of `pace` has.
struct Rest {
    typed: u32,
    backs: u32,
    active: u32,
}

impl Dossier {
    /// What was unusual, as the contract writes it.
    pub(super) fn signals(&self, locale: &str) -> Vec<wire::Found> {
        let told = |found: &Found| wire::Found {
            signal: Some(found.finding.signal().into()),
            points: found.points,
            why: found.finding.words(locale),
        };
        self.found.iter().map(told).collect()
    }
}

/// Reads a reason for which a conversion waits.
pub(super) fn read_held(row: &Row, column: usize) -> Option<Reason> {
    row.maybe_text(column).and_then(Reason::named)
}

/// The keys under which what orders share is found.
fn hashes(order: &Order) -> impl Iterator<Item = String> {
    let address = order.traces.address.iter().map(|hash| format!("a{hash}"));
    let card = order.traces.card.iter().map(|hash| format!("c{hash}"));
    let all: Vec<String> = address.chain(card).collect();
    all.into_iter()
}

/// Whether an order carries a code and no visit by its link.
fn is_typed(order: &Order, code: &Code) -> bool {
    !order.touches.iter().any(|touch| touch.source == Source::Link && touch.code == *code)
}

fn plus(one: Pace, other: Pace) -> Pace {
    Pace {
        orders: one.orders.saturating_add(other.orders),
        firsts: one.firsts.saturating_add(other.firsts),
        joins: one.joins.saturating_add(other.joins),
    }
}

/// Reads `orders, firsts, joins`.
fn read_pace(row: &Row) -> Result<Pace, SqlError> {
    Ok(Pace { orders: small(row, 0)?, firsts: small(row, 1)?, joins: small(row, 2)? })
}

fn small(row: &Row, column: usize) -> Result<u32, SqlError> {
    Ok(u32::try_from(row.int(column)?).unwrap_or(u32::MAX))
}
