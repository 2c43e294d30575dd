//! The rules' view of the tables: [`History`] for one decision, [`Journal`] for what follows from it.

use std::collections::BTreeSet;
use std::rc::Rc;

use parrain_core::code::Code;
use parrain_core::decide::{
    Budget, Conversion, Decision, History, Known, Past, Position, Run, Standing, Verdict,
};
use parrain_core::event::{Kind, Order};
use parrain_core::instant::Instant;
use parrain_core::program::{Orders, Versions};
use parrain_core::reason::Reason;
use parrain_core::settle::{Entry, Journal};

use super::Ledger;
use super::shop::{Shop, parse_code};
use super::sql::{Row, Sql, SqlError, Value};
use crate::protocol::Refusal;
use crate::protocol::shop::Referrer;

/// What a ledger has on record.
pub struct View<'a, S> {
    /// The ledger.
    pub ledger: &'a Ledger<S>,
    /// Its shop.
    pub shop: Rc<Shop>,
    /// Whether budgets are only looked up, never drawn on.
    pub read_only: bool,
}

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
pub fn person_keys(order: &Order) -> BTreeSet<String> {
    let id = order.customer.id.iter().map(|id| format!("i{id}"));
    id.chain(order.customer.email.iter().map(|email| format!("e{email}"))).collect()
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

impl<S: Sql> View<'_, S> {
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

    fn past(&self, order: &Order) -> Result<Past, Refusal> {
        let own = person_keys(order);
        if own.is_empty() {
            return Ok(Past::default());
        }
        let here = order.position();
        let keys = self.person(&own, Some(&here))?;
        let mut values = vec![list(&keys)];
        values.extend(position_values(&here));
        let earlier = self.run(
            "SELECT 1 FROM person WHERE key IN (SELECT value FROM json_each(?)) AND (at, ext, kind) < (?, ?, ?)
                AND kind = 0 AND verified = 1 LIMIT 1",
            &values,
        )?;
        let part =
            |letter: char| keys.iter().filter_map(move |key| key.strip_prefix(letter)).map(str::to_owned);
        let mut past = Past {
            ids: part('i').collect(),
            emails: part('e').collect(),
            has_order: !earlier.is_empty(),
            runs: Vec::new(),
            had_first: BTreeSet::new(),
        };
        // One row a run and offer, however long the run is. With MIN, SQLite takes the other columns from the
        // row that has it, which is the run's first.
        let tied = self.run(
            "SELECT at, ext, kind, code, offer, orders, COUNT(DISTINCT entry),
                MIN(printf('%020d', at) || ext || char(0) || kind) FROM tie
                WHERE key IN (SELECT value FROM json_each(?)) AND (at, ext, kind) < (?, ?, ?)
                GROUP BY code, offer, orders = ?",
            &[values, vec![first_orders().into()]].concat(),
        )?;
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
                earned: u32::try_from(row.int(6)?).unwrap_or(u32::MAX),
            });
        }
        Ok(past)
    }

    fn standing(&self, code: &Code, offer: &str, before: &Position) -> Result<Standing, Refusal> {
        let group = [Value::from(code.as_str()), offer.into()];
        let month = Instant::from_month(before.at.month()).day();
        let day = before.at.day();
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
        Ok(Standing {
            total: count(&earlier, 0)?.saturating_add(same_day),
            month: count(&earlier, 1)?.saturating_add(same_day),
        })
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
        }
        Ok(granted)
    }
}

impl<S: Sql> Journal for View<'_, S> {
    fn order(&self, entry: &Entry) -> Result<Option<Order>, Refusal> {
        let rows =
            self.run("SELECT event FROM entry WHERE kind = ? AND ext = ? AND verified = ?", &key(entry))?;
        Ok(rows.first().map(|row| row.json(0)).transpose()?)
    }

    fn decision(&self, entry: &Entry) -> Result<Option<Decision>, Refusal> {
        let rows = self
            .run("SELECT verdict, why FROM entry WHERE kind = ? AND ext = ? AND verified = ?", &key(entry))?;
        let Some(row) = rows.first().filter(|row| row.maybe_text(0).is_some()) else { return Ok(None) };
        Ok(Some(Decision { verdict: row.json(0)?, why: row.json(1)? }))
    }

    fn write(&mut self, entry: &Entry, order: &Order, decision: &Decision) -> Result<(), Refusal> {
        self.ledger.write_decision(&self.shop, entry, order, decision)
    }

    fn later_of_person(&self, order: &Order) -> Result<Vec<Entry>, Refusal> {
        let own = person_keys(order);
        if own.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![list(self.person(&own, None)?)];
        values.extend(position_values(&order.position()));
        let rows = self.run(
            "SELECT DISTINCT at, ext, kind, verified FROM person WHERE key IN (SELECT value FROM json_each(?))
                AND (at, ext, kind) > (?, ?, ?)",
            &values,
        )?;
        Ok(rows.iter().map(read_entry).collect::<Result<_, _>>()?)
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
        month: Option<i64>,
    ) -> Result<Option<Entry>, Refusal> {
        let from = month.map_or(Instant::MIN, Instant::from_month);
        let to = month.map_or(Instant::MAX, |month| Instant::from_month(month.saturating_add(1)));
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
        same_month: bool,
    ) -> Result<Option<Entry>, Refusal> {
        let next_month = after.at.month().saturating_add(1);
        let end = if same_month { Instant::from_month(next_month) } else { Instant::MAX };
        let mut values = vec![code.as_str().into(), offer.into()];
        values.extend(position_values(after));
        values.extend([end.into(), Reason::CapReached.name().into()]);
        self.entry(
            "SELECT at, ext, kind, verified FROM entry WHERE code = ? AND offer = ? AND (at, ext, kind) > (?, ?, ?)
                AND at < ? AND refusal = ? AND verified = 1 AND earned = 0 ORDER BY at, ext, kind LIMIT 1",
            &values,
        )
    }

    fn later_uncounted(&self, code: &Code, offer: &str, after: &Position) -> Result<Vec<Entry>, Refusal> {
        let mut values = vec![code.as_str().into(), offer.into()];
        values.extend(position_values(after));
        values.extend([Reason::OfferInactive.name().into(), Reason::BudgetSpent.name().into()]);
        let rows = self.run(
            "SELECT at, ext, kind, verified FROM entry WHERE code = ? AND offer = ? AND (at, ext, kind) > (?, ?, ?)
                AND (earned = 0 OR verified = 0) AND (verified = 0 OR refusal IN (?, ?))",
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
fn read_position(row: &Row) -> Result<Position, SqlError> {
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
