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
use super::sql::{Row, Sql, SqlError, Value, json_of};
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
        let (facts, reviewed) = self.facts(id, order, &conversion.code)?;
        let found = weigh(&facts, &rules);
        self.sql.run("DELETE FROM suspicion WHERE entry = ?", &[id.into()])?;
        self.write_findings(id, &found)?;
        let held = held(&found, &rules);
        self.sql.run(
            "UPDATE entry SET held = ?1 WHERE id = ?2 AND held IS NOT ?1",
            &[held.map(|reason| reason.name()).into(), id.into()],
        )?;
        if reviewed.map_or(held.is_some(), |approved| !approved) {
            self.count_odd(id, true)?;
        }
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
        self.write_findings(one.id, &new)?;
        found.extend(new);
        if let (Some(reason), None) = (held(&found, &rules), one.case.held) {
            self.sql.run("UPDATE entry SET held = ? WHERE id = ?", &[reason.name().into(), one.id.into()])?;
            if one.case.reviews.is_empty() {
                self.count_odd(one.id, true)?;
            }
            self.refresh(one.id)?;
        }
        Ok(())
    }

    /// Counts that something of an order was taken back, on the order's own day.
    pub(super) fn count_back(&self, change: &Change, entry: i64) -> Result<(), SqlError> {
        match change.what {
            What::Cancelled | What::Refunded { .. } => {
                self.count_otherwise(entry, |counted| counted.back = true)
            }
            What::Voided { .. } | What::Reinstated { .. } => Ok(()),
        }
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

    fn write_findings(&self, entry: i64, found: &[Found]) -> Result<(), SqlError> {
        for one in found {
            let text = json_of(one)?;
            self.sql.run(
                "INSERT INTO suspicion (entry, signal, found) VALUES (?, ?, ?)",
                &[entry.into(), one.finding.signal().name().into(), text.into()],
            )?;
        }
        Ok(())
    }

    fn findings(&self, entry: i64) -> Result<Vec<Found>, SqlError> {
        let rows = self.sql.run("SELECT found FROM suspicion WHERE entry = ?", &[entry.into()])?;
        rows.iter().map(|row| row.json(0)).collect()
    }

    /// What is on record about a conversion that arrives, and whether it was approved or rejected by hand, if either; counts it
    /// among those of its day.
    fn facts(&self, id: i64, order: &Order, code: &Code) -> Result<(Facts, Option<bool>), Refusal> {
        let Arrived { today, first, reviewed } = self.count_pace(id, order, code)?;
        let day = order.at.day();
        let mut facts = Facts { today, ..Facts::default() };
        (facts.own_days, facts.shop_since) = self.days_since(code, day)?;
        // One query for the referrer's days, one for everybody's.
        let mut own_active = 0;
        for one in self.pace_of(code.as_str(), day - REFUND_DAYS, day)? {
            facts.orders += one.all.orders;
            facts.taken_back += one.backs;
            if one.day >= day - USUAL_DAYS {
                facts.own = plus(facts.own, one.usual());
                facts.typed_before += one.typed;
                own_active += u32::from(one.usual() != Pace::default());
            }
        }
        for one in self.pace_of(EVERYBODY, day - USUAL_DAYS, day)? {
            facts.shop = plus(facts.shop, one.usual());
            facts.shop_days += one.active;
        }
        // Who sells most of a shop is not measured by themselves.
        facts.shop = minus(facts.shop, facts.own);
        facts.shop_days = facts.shop_days.saturating_sub(own_active);
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
        Ok((facts, reviewed))
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

    /// Counts a conversion among those of its day, the referrer's and everybody's, and no longer among those of whoever had
    /// it before.
    fn count_pace(&self, id: i64, order: &Order, code: &Code) -> Result<Arrived, SqlError> {
        let rows = self.sql.run(
            &format!(
                "SELECT paced.code, paced.day, paced.sale, paced.first, paced.typed, paced.odd, paced.back, {},
                    (SELECT approve FROM review WHERE review.entry = entry.id ORDER BY at DESC, id DESC LIMIT 1)
                    FROM entry LEFT JOIN paced ON paced.entry = entry.id WHERE entry.id = ?",
                new_customer()
            ),
            &[id.into()],
        )?;
        let row = rows.first().ok_or_else(|| SqlError("an entry is gone".into()))?;
        let before = row.maybe_text(0).map(|_| Counted::read(row)).transpose()?;
        let sale = order.kind == Kind::Sale;
        let first = sale && row.int(7)? != 0;
        let after = Counted {
            code: code.as_str().to_owned(),
            day: order.at.day(),
            sale,
            first,
            typed: first && is_typed(order, code),
            odd: false,
            back: before.as_ref().is_some_and(|before| before.back),
        };
        self.sql.run(
            "INSERT OR REPLACE INTO paced (entry, code, day, sale, first, typed, odd, back) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                id.into(),
                after.code.as_str().into(),
                after.day.into(),
                after.sale.into(),
                after.first.into(),
                after.typed.into(),
                after.odd.into(),
                after.back.into(),
            ],
        )?;
        let today = self.move_pace(before.as_ref(), Some(&after))?;
        Ok(Arrived { today, first, reviewed: row.maybe_int(8).map(|approve| approve != 0) })
    }

    /// Counts an entry no longer, for whomever it was.
    pub(super) fn uncount(&self, id: i64) -> Result<(), SqlError> {
        let rows = self.sql.run(
            "DELETE FROM paced WHERE entry = ? RETURNING code, day, sale, first, typed, odd, back",
            &[id.into()],
        )?;
        if let Some(before) = rows.first().map(Counted::read).transpose()? {
            self.move_pace(Some(&before), None)?;
        }
        Ok(())
    }

    /// Says whether an entry is held or rejected, and so no part of what is usual.
    pub(super) fn count_odd(&self, id: i64, odd: bool) -> Result<(), SqlError> {
        self.count_otherwise(id, |counted| counted.odd = odd)
    }

    fn count_otherwise(&self, id: i64, change: impl Fn(&mut Counted)) -> Result<(), SqlError> {
        let rows = self.sql.run(
            "SELECT code, day, sale, first, typed, odd, back FROM paced WHERE entry = ?",
            &[id.into()],
        )?;
        let Some(before) = rows.first().map(Counted::read).transpose()? else { return Ok(()) };
        let mut after = before.clone();
        change(&mut after);
        if after != before {
            self.move_pace(Some(&before), Some(&after))?;
            self.sql.run(
                "UPDATE paced SET odd = ?, back = ? WHERE entry = ?",
                &[after.odd.into(), after.back.into(), id.into()],
            )?;
        }
        Ok(())
    }

    /// Takes an entry off the days of its referrer and of everybody as what it was, and adds it as what it is: what the
    /// referrer has that day then. Its day is one and the same.
    fn move_pace(&self, before: Option<&Counted>, after: Option<&Counted>) -> Result<Pace, SqlError> {
        let (mut all, mut active, mut today) = ([0; 8], 0, Pace::default());
        for (one, by) in [(before, -1), (after, 1)] {
            let Some(one) = one else { continue };
            let amounts = one.amounts(by);
            let rows = self.add_to_day(&one.code, one.day, amounts, 0)?;
            let day = rows.first().map(Day::read).transpose()?.unwrap_or_default();
            let usual = i64::from(day.usual().orders) + i64::from(day.usual().joins);
            let was = usual - if one.odd { 0 } else { by };
            active += i64::from(usual > 0) - i64::from(was > 0);
            all.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
            today = day.all;
        }
        if let Some(one) = after.or(before).filter(|_| active != 0 || all != [0; 8]) {
            self.add_to_day(EVERYBODY, one.day, all, active)?;
        }
        Ok(today)
    }

    fn add_to_day(
        &self,
        whose: &str,
        day: i64,
        amounts: [i64; 8],
        active: i64,
    ) -> Result<Vec<Row>, SqlError> {
        let mut values = vec![whose.into(), day.into(), active.into()];
        values.extend(amounts.map(Value::from));
        self.sql.run(
            "INSERT INTO pace (code, day, active, orders, firsts, joins, odd_orders, odd_firsts, odd_joins, typed, backs)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (code, day) DO UPDATE SET orders = orders + excluded.orders,
                firsts = firsts + excluded.firsts, joins = joins + excluded.joins,
                odd_orders = odd_orders + excluded.odd_orders, odd_firsts = odd_firsts + excluded.odd_firsts,
                odd_joins = odd_joins + excluded.odd_joins, typed = typed + excluded.typed,
                backs = backs + excluded.backs, active = active + excluded.active
                RETURNING orders, firsts, joins, odd_orders, odd_firsts, odd_joins, day, typed, backs, active",
            &values,
        )
    }

    /// How many days before a day the referrer's first was, and everybody's.
    fn days_since(&self, code: &Code, day: i64) -> Result<(u32, u32), SqlError> {
        let rows = self.sql.run(
            "SELECT (SELECT ?2 - MIN(day) FROM pace WHERE code = ?1 AND day < ?2),
                (SELECT ?2 - MIN(day) FROM pace WHERE code = ?3 AND day < ?2)",
            &[code.as_str().into(), day.into(), EVERYBODY.into()],
        )?;
        let since = |column| {
            let days = rows.first().and_then(|row| row.maybe_int(column)).unwrap_or(0);
            u32::try_from(days).unwrap_or(0)
        };
        Ok((since(0), since(1)))
    }

    /// The days of a referrer, or of everybody, from one up to another, which is outside.
    fn pace_of(&self, code: &str, from: i64, to: i64) -> Result<Vec<Day>, SqlError> {
        let rows = self.sql.run(
            "SELECT orders, firsts, joins, odd_orders, odd_firsts, odd_joins, day, typed, backs, active FROM pace
                WHERE code = ? AND day >= ? AND day < ?",
            &[code.into(), from.into(), to.into()],
        )?;
        rows.iter().map(Day::read).collect()
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

/// What was seen of a conversion when it was counted.
struct Arrived {
    /// What the referrer has that day.
    today: Pace,
    /// Whether it is of a new customer.
    first: bool,
    /// Whether it was approved or rejected by hand, if either.
    reviewed: Option<bool>,
}

/// For whom and as what an entry is counted.
#[derive(Clone, PartialEq, Eq)]
struct Counted {
    code: String,
    day: i64,
    /// An order, and no sign-up.
    sale: bool,
    /// Of a new customer.
    first: bool,
    /// With the code, and by no visit.
    typed: bool,
    /// Held or rejected.
    odd: bool,
    /// Taken back.
    back: bool,
}

impl Counted {
    /// What it is of `orders, firsts, joins, odd_orders, odd_firsts, odd_joins, typed, backs`.
    fn amounts(&self, by: i64) -> [i64; 8] {
        let Self { sale, first, typed, odd, back, .. } = *self;
        [sale, first, !sale, sale && odd, first && odd, !sale && odd, typed, back]
            .map(|is| if is { by } else { 0 })
    }

    /// Reads `code, day, sale, first, typed, odd, back`.
    fn read(row: &Row) -> Result<Self, SqlError> {
        let is = |column| Ok::<_, SqlError>(row.int(column)? != 0);
        Ok(Self {
            code: row.text(0)?.to_owned(),
            day: row.int(1)?,
            sale: is(2)?,
            first: is(3)?,
            typed: is(4)?,
            odd: is(5)?,
            back: is(6)?,
        })
    }
}

/// A day of `pace`.
#[derive(Default)]
struct Day {
    day: i64,
    all: Pace,
    /// Those held or rejected.
    odd: Pace,
    typed: u32,
    backs: u32,
    active: u32,
}

impl Day {
    /// Reads `orders, firsts, joins, odd_orders, odd_firsts, odd_joins, day, typed, backs, active`.
    fn read(row: &Row) -> Result<Self, SqlError> {
        Ok(Self {
            all: read_pace(row, 0)?,
            odd: read_pace(row, 3)?,
            day: row.int(6)?,
            typed: small(row, 7)?,
            backs: small(row, 8)?,
            active: small(row, 9)?,
        })
    }

    /// What of it is looked at for what is usual.
    fn usual(&self) -> Pace {
        minus(self.all, self.odd)
    }
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

fn minus(one: Pace, other: Pace) -> Pace {
    Pace {
        orders: one.orders.saturating_sub(other.orders),
        firsts: one.firsts.saturating_sub(other.firsts),
        joins: one.joins.saturating_sub(other.joins),
    }
}

/// Reads `orders, firsts, joins` from a column on.
fn read_pace(row: &Row, from: usize) -> Result<Pace, SqlError> {
    Ok(Pace { orders: small(row, from)?, firsts: small(row, from + 1)?, joins: small(row, from + 2)? })
}

fn small(row: &Row, column: usize) -> Result<u32, SqlError> {
    Ok(u32::try_from(row.int(column)?).unwrap_or(u32::MAX))
}
