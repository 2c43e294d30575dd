//! The rules' view of the tables: [`History`] for one decision, [`Journal`] for what follows from it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use parrain_core::code::Code;
use parrain_core::decide::{
    Budget, Conversion, Decision, History, Known, Past, Position, Run, Standing, Verdict,
};
use parrain_core::event::{Customer, Kind, Order};
use parrain_core::instant::Instant;
use parrain_core::program::{Orders, Versions};
use parrain_core::settle::{Entry, Journal};

use super::Ledger;
use super::shop::{Shop, parse_code};
use super::sql::{Row, Sql, SqlError, Value};
use crate::protocol::Refusal;
use crate::protocol::shop::Referrer;

/// The names by which a person was asked for, and every key of theirs.
type Asked = (BTreeSet<String>, Rc<BTreeSet<String>>);

/// What a ledger has on record.
pub struct View<'a, S> {
    /// The ledger.
    pub ledger: &'a Ledger<S>,
    /// Its shop.
    pub shop: Rc<Shop>,
    /// Whether budgets are only looked up, never drawn on.
    pub read_only: bool,
    /// The person whose later orders are asked for, by the names that were asked with: every key of theirs.
    asked: RefCell<Option<Asked>>,
}

/// Up to how many keys of a person are asked for one by one, in the order of an index; more are asked for at once
/// and sorted. A person has a handful, a till's address thousands.
const FEW: usize = 8;
/// How many runs of one key are asked for one by one.
const FEW_RUNS: usize = 32;

/// The number by which a kind stands in the tables.
pub fn kind_number(kind: Kind) -> i64 {
    match kind {
        Kind::Sale => 0,
        Kind::Lead => 1,
        Kind::Signup => 2,
        Kind::Install => 3,
        Kind::Adjustment => 4,
    }
}

/// The kind of a number.
pub fn kind_of(number: i64) -> Kind {
    match number {
        0 => Kind::Sale,
        1 => Kind::Lead,
        2 => Kind::Signup,
        3 => Kind::Install,
        _ => Kind::Adjustment,
    }
}

/// The keys under which a customer is found.
pub fn person_keys(customer: &Customer) -> BTreeSet<String> {
    let id = customer.id.iter().map(|id| format!("i{id}"));
    id.chain(customer.email.iter().map(|email| format!("e{email}"))).collect()
}

/// The keys of all names of a person.
fn keys_of(past: &Past) -> BTreeSet<String> {
    let ids = past.ids.iter().map(|id| format!("i{id}"));
    ids.chain(past.emails.iter().map(|email| format!("e{email}"))).collect()
}

/// A list bound to one `?`, for `IN (SELECT value FROM json_each(?))`.
pub fn list<T: serde::Serialize>(values: impl IntoIterator<Item = T>) -> Value {
    let values: Vec<T> = values.into_iter().collect();
    Value::Text(serde_json::to_string(&values).unwrap_or_else(|_| "[]".into()))
}

/// How [`Orders::First`] stands in `tie`.
fn first_orders() -> String {
    orders_text(Orders::First)
}

/// How [`Orders`] stand in `tie`, as JSON.
pub fn orders_text(orders: Orders) -> String {
    serde_json::to_string(&orders).unwrap_or_default()
}

/// A position as three values, in the order in which positions are compared.
pub fn position_values(position: &Position) -> [Value; 3] {
    [position.at.micros().into(), position.id.as_str().into(), kind_number(position.kind).into()]
}

impl<'a, S: Sql> View<'a, S> {
    /// What a ledger has on record of its shop.
    pub fn new(ledger: &'a Ledger<S>, shop: Rc<Shop>) -> Self {
        Self { ledger, shop, read_only: false, asked: RefCell::new(None) }
    }

    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, Refusal> {
        Ok(self.ledger.sql.run(statement, values)?)
    }

    /// Every key of the person behind some keys, as far as links before a position tell (all without one).
    pub fn person(
        &self,
        keys: &BTreeSet<String>,
        before: Option<&Position>,
    ) -> Result<BTreeSet<String>, Refusal> {
        let mut known = keys.clone();
        let mut open = keys.clone();
        while !open.is_empty() {
            let mut values = vec![list(&open)];
            let mut limit = "";
            if let Some(position) = before {
                limit = "AND (at, ext, kind) < (?, ?, ?)";
                values.extend(position_values(position));
            }
            let statement =
                format!("SELECT other FROM link WHERE one IN (SELECT value FROM json_each(?)) {limit}");
            let mut found = BTreeSet::new();
            for row in self.run(&statement, &values)? {
                let key = row.text(0)?;
                if known.insert(key.to_owned()) {
                    found.insert(key.to_owned());
                }
            }
            open = found;
        }
        Ok(known)
    }

    /// Every key of the person whom a customer turns out to be, all orders seen.
    fn whole_person(&self, customer: &Customer) -> Result<Rc<BTreeSet<String>>, Refusal> {
        let own = person_keys(customer);
        if let Some((names, keys)) = self.asked.borrow().as_ref()
            && *names == own
        {
            return Ok(Rc::clone(keys));
        }
        let keys = Rc::new(self.person(&own, None)?);
        self.asked.replace(Some((own, Rc::clone(&keys))));
        Ok(keys)
    }

    /// A person's runs, and what they had of offers for first conversions, before a position: added to a past that
    /// has their names already.
    fn runs(&self, keys: &BTreeSet<String>, before: &Position, past: &mut Past) -> Result<(), Refusal> {
        if keys.len() > FEW {
            return self.runs_of_many(keys, before, past);
        }
        // Whose first tie came when: by (code, offer), the earliest of all keys and terms.
        let mut groups: BTreeMap<(String, String), (Position, Orders)> = BTreeMap::new();
        for key in keys {
            let mut last = [String::new(), String::new(), String::new()];
            for number in 0.. {
                if number == FEW_RUNS {
                    return self.runs_of_many(keys, before, past);
                }
                let [code, offer, orders] = &last;
                let rows = self.run(
                    "SELECT at, ext, kind, code, offer, orders FROM tie
                        WHERE key = ? AND (code, offer, orders) > (?, ?, ?)
                        ORDER BY code, offer, orders, at, ext, kind LIMIT 1",
                    &[
                        key.as_str().into(),
                        code.as_str().into(),
                        offer.as_str().into(),
                        orders.as_str().into(),
                    ],
                )?;
                let Some(row) = rows.first() else { break };
                let started = read_position(row)?;
                last = [row.text(3)?.to_owned(), row.text(4)?.to_owned(), row.text(5)?.to_owned()];
                if started >= *before {
                    continue;
                }
                let [code, offer, _] = &last;
                match row.json(5)? {
                    Orders::First => {
                        past.had_first.insert(offer.clone());
                    }
                    orders => {
                        let group = groups.entry((code.clone(), offer.clone()));
                        let run = group.or_insert_with(|| (started.clone(), orders));
                        if started < run.0 {
                            *run = (started, orders);
                        }
                    }
                }
            }
        }
        let longest = self.longest_count();
        for ((code, offer), (started, orders)) in groups {
            let mut values = vec![list(keys), code.as_str().into(), offer.as_str().into()];
            values.extend([Value::from(first_orders())]);
            values.extend(position_values(before));
            values.push(longest.into());
            // No more is counted than what any run can end with.
            let counted = self.run(
                "SELECT COUNT(*) FROM (SELECT DISTINCT at, ext, kind FROM tie
                    WHERE key IN (SELECT value FROM json_each(?)) AND code = ? AND offer = ? AND orders <> ?
                    AND (at, ext, kind) < (?, ?, ?) LIMIT ?)",
                &values,
            )?;
            let earned = counted.first().map_or(Ok(0), |row| row.int(0))?;
            past.runs.push(Run {
                code: parse_code(&code)?,
                offer,
                orders,
                started,
                earned: u32::try_from(earned).unwrap_or(u32::MAX),
            });
        }
        Ok(())
    }

    /// The same by one query through all of the person's ties.
    fn runs_of_many(
        &self,
        keys: &BTreeSet<String>,
        before: &Position,
        past: &mut Past,
    ) -> Result<(), Refusal> {
        past.had_first.clear();
        let mut values = vec![list(keys)];
        values.extend(position_values(before));
        values.push(first_orders().into());
        // One row a run and offer, however long the run is. With MIN, SQLite takes the other columns from the
        // row that has it, which is the run's first.
        let tied = self.run(
            "SELECT at, ext, kind, code, offer, orders, COUNT(DISTINCT entry),
                MIN(printf('%020d', at) || ext || char(0) || kind) FROM tie
                WHERE key IN (SELECT value FROM json_each(?)) AND (at, ext, kind) < (?, ?, ?)
                GROUP BY code, offer, orders = ?",
            &values,
        )?;
        let longest = i64::from(self.longest_count());
        for row in &tied {
            let orders: Orders = row.json(5)?;
            let offer = row.text(4)?.to_owned();
            if orders == Orders::First {
                past.had_first.insert(offer);
                continue;
            }
            past.runs.push(Run {
                code: parse_code(row.text(3)?)?,
                offer,
                orders,
                started: read_position(row)?,
                earned: u32::try_from(row.int(6)?.min(longest)).unwrap_or(u32::MAX),
            });
        }
        Ok(())
    }

    /// The most conversions that a run can end with, by any version of the program; one where none ends by number.
    fn longest_count(&self) -> u32 {
        let offers = self.shop.versions.all().flat_map(|program| &program.offers);
        let counts = offers.filter_map(|offer| match offer.advocate.orders {
            Orders::Count(most) => Some(most),
            Orders::First | Orders::Lifetime | Orders::Months(_) => None,
        });
        counts.max().unwrap_or(1)
    }

    fn entry(&self, statement: &str, values: &[Value]) -> Result<Option<Entry>, Refusal> {
        Ok(self.run(statement, values)?.first().map(read_entry).transpose()?)
    }
}

impl<S: Sql> History for View<'_, S> {
    type Error = Refusal;

    fn versions(&self) -> &Versions {
        &self.shop.versions
    }

    fn referrer(&self, code: &Code, at: Instant) -> Result<Option<Known>, Refusal> {
        let rows = self.run(
            "SELECT record FROM referrer WHERE code = ? AND (since <= ? OR seq = 1) ORDER BY seq DESC LIMIT 1",
            &[code.as_str().into(), at.micros().into()],
        )?;
        let Some(row) = rows.first() else { return Ok(None) };
        let referrer: Referrer = row.json(0)?;
        Ok(Some(Known {
            offer: referrer.offer,
            customer_id: referrer.customer_id,
            email: referrer.email_hash,
            activity: referrer.activity,
            expires_at: referrer.expires_at,
            terms: referrer.terms,
        }))
    }

    fn past(&self, customer: &Customer, before: &Position) -> Result<Past, Refusal> {
        let own = person_keys(customer);
        if own.is_empty() {
            return Ok(Past::default());
        }
        let keys = self.person(&own, Some(before))?;
        let part =
            |letter: char| keys.iter().filter_map(move |key| key.strip_prefix(letter)).map(str::to_owned);
        let mut past = Past { ids: part('i').collect(), emails: part('e').collect(), ..Past::default() };
        let mut values = vec![list(&keys)];
        values.extend(position_values(before));
        let earlier = self.run(
            "SELECT 1 FROM person WHERE key IN (SELECT value FROM json_each(?)) AND (at, ext, kind) < (?, ?, ?)
                AND kind = 0 AND verified = 1 LIMIT 1",
            &values,
        )?;
        past.has_order = !earlier.is_empty();
        self.runs(&keys, before, &mut past)?;
        Ok(past)
    }

    fn standing(&self, code: &Code, offer: &str, before: &Position) -> Result<Standing, Refusal> {
        let group = [Value::from(code.as_str()), offer.into()];
        // Conversions are counted by days of UTC; the month begins by the program's zone, perhaps within one.
        let zone = &self.shop.versions.at(before.at).zone;
        let begins = zone.month_start(zone.month(before.at));
        let day = before.at.day();
        let first_whole = Instant::from_day(begins.day());
        let month = begins.day() + i64::from(first_whole != begins);
        let earlier = self.run(
            "SELECT COALESCE(SUM(n), 0), COALESCE(SUM(CASE WHEN day >= ? THEN n END), 0) FROM earned_day
                WHERE code = ? AND offer = ? AND day < ?",
            &[&[month.into()], group.as_slice(), &[day.into()]].concat(),
        )?;
        let same_day = self.run(
            "SELECT COUNT(*) FROM entry WHERE earned = 1 AND code = ? AND offer = ? AND at >= ?
                AND (at, ext, kind) < (?, ?, ?)",
            &[&group, [Instant::from_day(day).micros().into()].as_slice(), &position_values(before)].concat(),
        )?;
        let count = |rows: &[Row], column| -> Result<u32, SqlError> {
            let n = rows.first().map_or(Ok(0), |row| row.int(column))?;
            Ok(u32::try_from(n).unwrap_or(u32::MAX))
        };
        let same_day = count(&same_day, 0)?;
        let in_month = if month > begins.day() {
            // What of the month lies in the day of UTC within which it began, up to the position or that day's end.
            let end = Instant::from_day(month);
            let begun = self.run(
                "SELECT COUNT(*) FROM entry WHERE earned = 1 AND code = ? AND offer = ? AND at >= ? AND at < ?
                    AND (at, ext, kind) < (?, ?, ?)",
                &[&group, [begins.micros().into(), end.micros().into()].as_slice(), &position_values(before)]
                    .concat(),
            )?;
            let rest = if day >= month { same_day } else { 0 };
            count(&earlier, 1)?.saturating_add(count(&begun, 0)?).saturating_add(rest)
        } else {
            count(&earlier, 1)?.saturating_add(same_day)
        };
        Ok(Standing { total: count(&earlier, 0)?.saturating_add(same_day), month: in_month })
    }

    fn budget(&mut self, order: &Order, offer: &str, budget: Budget) -> Result<bool, Refusal> {
        let Budget { amount, limit, currency } = budget;
        let key = [
            Value::from(kind_number(order.kind)),
            order.id.as_str().into(),
            offer.into(),
            currency.code().into(),
        ];
        let asked = "SELECT granted FROM budget WHERE kind = ? AND ext = ? AND offer = ? AND currency = ?";
        if let Some(row) = self.run(asked, &key)?.first() {
            return Ok(row.int(0)? != 0);
        }
        let purse = [Value::from(offer), currency.code().into()];
        let spent = self.run("SELECT amount FROM spent WHERE offer = ? AND currency = ?", &purse)?;
        let spent = spent.first().map_or(Ok(0), |row| row.int(0))?;
        let granted = spent.saturating_add(amount) <= limit;
        if self.read_only {
            return Ok(granted);
        }
        self.run(
            "INSERT INTO budget (kind, ext, offer, currency, amount, granted) VALUES (?, ?, ?, ?, ?, ?)",
            &[key.as_slice(), &[amount.into(), granted.into()]].concat(),
        )?;
        if granted {
            self.run(
                "INSERT INTO spent (offer, currency, amount) VALUES (?, ?, ?)
                    ON CONFLICT (offer, currency) DO UPDATE SET amount = amount + excluded.amount",
                &[purse.as_slice(), &[amount.into()]].concat(),
            )?;
            self.ledger.tell_spent(offer, &budget, spent)?;
        }
        Ok(granted)
    }
}

impl<S: Sql> Journal for View<'_, S> {
    fn read(&self, entry: &Entry) -> Result<Option<(Order, Option<Decision>)>, Refusal> {
        // What was given by hand and taken again stands for nothing.
        let rows = self.run(
            "SELECT event, verdict, why FROM entry WHERE kind = ? AND ext = ? AND verified = ?
                AND (verified = 0 OR until IS NULL)",
            &key(entry),
        )?;
        let Some(row) = rows.first() else { return Ok(None) };
        let decision = match row.maybe_text(1) {
            Some(_) => Some(Decision { verdict: row.json(1)?, why: row.json(2)? }),
            None => None,
        };
        Ok(Some((row.json(0)?, decision)))
    }

    fn write(&mut self, entry: &Entry, order: &Order, decision: &Decision) -> Result<(), Refusal> {
        self.ledger.write_decision(&self.shop, entry, order, decision)
    }

    fn later_of_person(
        &self,
        customer: &Customer,
        after: &Position,
        most: u32,
    ) -> Result<Vec<Entry>, Refusal> {
        let keys = self.whole_person(customer)?;
        let later = |key: &str, value: Value| {
            let mut values = vec![value];
            values.extend(position_values(after));
            values.push(most.into());
            self.run(
                &format!(
                    "SELECT DISTINCT at, ext, kind, verified FROM person WHERE key {key}
                        AND (at, ext, kind) > (?, ?, ?) ORDER BY at, ext, kind, verified LIMIT ?"
                ),
                &values,
            )
        };
        let mut found = BTreeSet::new();
        if keys.len() > FEW {
            let rows = later("IN (SELECT value FROM json_each(?))", list(&*keys))?;
            found.extend(rows.iter().map(read_entry).collect::<Result<Vec<_>, _>>()?);
        } else {
            for key in &*keys {
                let rows = later("= ?", key.as_str().into())?;
                found.extend(rows.iter().map(read_entry).collect::<Result<Vec<_>, _>>()?);
            }
        }
        Ok(found.into_iter().take(most as usize).collect())
    }

    fn next_stranger(&self, past: &Past, after: &Position) -> Result<Option<Position>, Refusal> {
        let keys = list(keys_of(past));
        let linked = self.run(
            "SELECT at, ext, kind FROM link WHERE one IN (SELECT value FROM json_each(?))
                AND other NOT IN (SELECT value FROM json_each(?)) ORDER BY at, ext, kind LIMIT 1",
            &[keys.clone(), keys.clone()],
        )?;
        // A browser's report links nobody, and is yet decided by the pasts of both whose names it has.
        let mut values = vec![keys];
        values.extend(position_values(after));
        let reported = self.run(
            "SELECT at, ext, kind FROM person WHERE key IN (SELECT value FROM json_each(?)) AND verified = 0
                AND (at, ext, kind) > (?, ?, ?) ORDER BY at, ext, kind LIMIT 1",
            &values,
        )?;
        let found = linked.iter().chain(&reported).map(read_position).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().min())
    }

    fn has_later(&self, code: &Code, offer: &str, after: &Position) -> Result<bool, Refusal> {
        let mut values = vec![code.as_str().into()];
        values.extend(position_values(after));
        values.push(offer.into());
        let rows = self.run(
            "SELECT 1 FROM entry WHERE code = ? AND (at, ext, kind) > (?, ?, ?) AND offer = ? LIMIT 1",
            &values,
        )?;
        Ok(!rows.is_empty())
    }

    fn earned(
        &self,
        code: &Code,
        offer: &str,
        number: u32,
        within: Option<&Range<Instant>>,
    ) -> Result<Option<Entry>, Refusal> {
        let (from, to) = within.map_or((Instant::MIN, Instant::MAX), |within| (within.start, within.end));
        self.entry(
            "SELECT at, ext, kind, verified FROM entry WHERE earned = 1 AND code = ? AND offer = ? AND at >= ?
                AND at < ? ORDER BY at, ext, kind LIMIT 1 OFFSET ?",
            &[code.as_str().into(), offer.into(), from.into(), to.into(), number.saturating_sub(1).into()],
        )
    }

    fn next_capped(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        before: Instant,
    ) -> Result<Option<Entry>, Refusal> {
        let mut values = vec![code.as_str().into(), offer.into()];
        values.extend(position_values(after));
        values.push(before.into());
        self.entry(
            "SELECT at, ext, kind, verified FROM entry WHERE code = ? AND offer = ? AND (at, ext, kind) > (?, ?, ?)
                AND at < ? AND verified = 1 AND refusal = 'cap_reached' ORDER BY at, ext, kind LIMIT 1",
            &values,
        )
    }

    fn later_uncounted(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        most: u32,
    ) -> Result<Vec<Entry>, Refusal> {
        let mut values = vec![code.as_str().into(), offer.into()];
        values.extend(position_values(after));
        values.push(most.into());
        let rows = self.run(
            "SELECT at, ext, kind, verified FROM entry WHERE code = ? AND offer = ? AND (at, ext, kind) > (?, ?, ?)
                AND (verified = 0 OR refusal IN ('offer_inactive', 'budget_spent'))
                ORDER BY at, ext, kind, verified LIMIT ?",
            &values,
        )?;
        Ok(rows.iter().map(read_entry).collect::<Result<_, _>>()?)
    }
}

/// The columns by which an entry is found.
pub fn key(entry: &Entry) -> [Value; 3] {
    [kind_number(entry.position.kind).into(), entry.position.id.as_str().into(), entry.verified.into()]
}

/// The conversion in a verdict's column, if it is one.
pub fn read_conversion(row: &Row, column: usize) -> Result<Option<Conversion>, SqlError> {
    if row.maybe_text(column).is_none() {
        return Ok(None);
    }
    Ok(match row.json(column)? {
        Verdict::Conversion(conversion) => Some(*conversion),
        Verdict::NotReferred(_) | Verdict::Ignored(_) => None,
    })
}

/// Reads `at, ext, kind`.
pub fn read_position(row: &Row) -> Result<Position, SqlError> {
    Ok(Position {
        at: Instant::from_micros(row.int(0)?),
        id: row.text(1)?.to_owned(),
        kind: kind_of(row.int(2)?),
    })
}

/// Reads `at, ext, kind, verified`.
pub fn read_entry(row: &Row) -> Result<Entry, SqlError> {
    Ok(Entry { position: read_position(row)?, verified: row.int(3)? != 0 })
}
