//! What a platform speaks of in several ways: one order under several ids, one refund in two forms, a
//! subscription whose codes its first paid invoice carries.

use std::collections::BTreeSet;

use parrain_core::event::{Change, Event, Order, What};
use parrain_core::instant::Instant;

use super::Ledger;
use super::journal::list;
use super::sql::{Sql, SqlError, Value, json_of};
use crate::platform::Twin;
use crate::protocol::calls::{BeginSubscription, LinkOrder, RecordEvent, RecordSpoken, Spoken};
use crate::protocol::{Answers, Refusal};

impl<S: Sql> Answers<RecordSpoken> for Ledger<S> {
    fn answer(&self, now: Instant, ask: RecordSpoken) -> Result<Spoken, Refusal> {
        let RecordSpoken { mut event, known_as, subscription, twin } = ask;
        match &mut event {
            Event::Order(order) => {
                order.id = self.one_order(&order.id, &known_as, true)?;
                if let Some(subscription) = subscription {
                    self.carry(&subscription, order)?;
                }
            }
            Event::Change(change) => {
                change.order_id = self.one_order(&change.order_id, &known_as, false)?;
                if let (Some(twin), What::Refunded { id, .. } | What::Voided { id }) =
                    (&twin, &mut change.what)
                {
                    *id = self.one_refund(twin, id)?;
                }
            }
        }
        let id = match &event {
            Event::Order(order) => order.id.clone(),
            Event::Change(change) => change.order_id.clone(),
        };
        let outcome = self.answer(now, RecordEvent(event))?;
        Ok(Spoken { outcome, order_is_known: self.has_sale(&id)? })
    }
}

impl<S: Sql> Answers<LinkOrder> for Ledger<S> {
    fn answer(&self, _: Instant, LinkOrder { known_as }: LinkOrder) -> Result<bool, Refusal> {
        self.shop()?;
        let Some(first) = known_as.first() else { return Ok(false) };
        let order = self.one_order(first, &known_as, false)?;
        Ok(self.has_sale(&order)?)
    }
}

impl<S: Sql> Answers<BeginSubscription> for Ledger<S> {
    fn answer(&self, _: Instant, ask: BeginSubscription) -> Result<(), Refusal> {
        self.shop()?;
        let carried = json_of(&(ask.codes, ask.touches))?;
        self.sql.run(
            "INSERT OR IGNORE INTO carried (subscription, carried) VALUES (?, ?)",
            &[ask.subscription.into(), carried.into()],
        )?;
        Ok(())
    }
}

impl<S: Sql> Ledger<S> {
    /// The id under which an order is on record that a platform speaks of by `id` and is `known_as` others too; all
    /// of them mean it from now on. What was recorded under another of them, before anybody knew, is its own.
    fn one_order(&self, id: &str, known_as: &[String], is_order: bool) -> Result<String, Refusal> {
        let ids: BTreeSet<&str> = known_as.iter().map(String::as_str).chain([id]).collect();
        let rows = self.sql.run(
            "SELECT order_id FROM alias WHERE id IN (SELECT value FROM json_each(?))",
            &[list(ids.iter().copied())],
        )?;
        let mut names: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let groups: Vec<String> =
            rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>()?;
        names.extend(groups.iter().cloned());
        let sales = self.sql.run(
            "SELECT ext FROM entry WHERE kind = 0 AND verified = 1 AND ext IN (SELECT value FROM json_each(?)) ORDER BY ext",
            &[list(names.iter())],
        )?;
        let sales: Vec<&str> = sales.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
        let order = match (sales.first(), groups.first()) {
            (Some(sale), _) => (*sale).to_owned(),
            (None, Some(group)) if !is_order => group.clone(),
            (None, _) => id.to_owned(),
        };
        for name in names.iter().filter(|name| **name != order && !sales.contains(&name.as_str())) {
            self.sql.run(
                "UPDATE alias SET order_id = ? WHERE order_id = ?",
                &[order.as_str().into(), name.as_str().into()],
            )?;
            self.move_changes(name, &order)?;
        }
        if ids.len() > 1 || !groups.is_empty() {
            for id in ids.into_iter().filter(|id| *id == order || !sales.contains(id)) {
                self.sql.run(
                    "INSERT OR REPLACE INTO alias (id, order_id) VALUES (?, ?)",
                    &[id.into(), order.as_str().into()],
                )?;
            }
        }
        Ok(order)
    }

    /// Gives an order what was recorded under another id of its own.
    fn move_changes(&self, from: &str, to: &str) -> Result<(), Refusal> {
        let rows = self.sql.run("DELETE FROM back WHERE order_id = ? RETURNING event", &[from.into()])?;
        let changes = rows.iter().map(|row| row.json(0)).collect::<Result<Vec<Change>, SqlError>>()?;
        for change in changes {
            self.record_one_change(&Change { order_id: to.to_owned(), ..change })?;
        }
        Ok(())
    }

    pub(super) fn has_sale(&self, id: &str) -> Result<bool, SqlError> {
        let rows =
            self.sql.run("SELECT 1 FROM entry WHERE kind = 0 AND verified = 1 AND ext = ?", &[id.into()])?;
        Ok(!rows.is_empty())
    }

    /// The id under which a refund is on record that its platform tells of twice: that of its other form, if a
    /// form of another kind with the same payment and amount has none of this kind yet, and else its own.
    fn one_refund(&self, twin: &Twin, id: &str) -> Result<String, SqlError> {
        let place = [twin.of.as_str().into(), Value::from(twin.is_step), id.into()];
        let known = self.sql.run("SELECT name FROM twin WHERE of = ? AND step = ? AND id = ?", &place)?;
        if let Some(row) = known.first() {
            return Ok(row.text(0)?.to_owned());
        }
        let [of, step, own] = place;
        let other = self.sql.run(
            "SELECT name FROM twin AS other WHERE of = ? AND step <> ? AND NOT EXISTS
                (SELECT 1 FROM twin WHERE of = other.of AND step <> other.step AND name = other.name)
                ORDER BY id LIMIT 1",
            &[of.clone(), step.clone()],
        )?;
        let name = other.first().map_or(Ok(id), |row| row.text(0))?.to_owned();
        self.sql.run(
            "INSERT INTO twin (of, step, id, name) VALUES (?, ?, ?, ?)",
            &[of, step, own, name.as_str().into()],
        )?;
        Ok(name)
    }

    /// Puts on an order what the beginning of its subscription left for the first of them.
    fn carry(&self, subscription: &str, order: &mut Order) -> Result<(), SqlError> {
        let rows = self.sql.run(
            "UPDATE carried SET used = ? WHERE subscription = ? AND (used IS NULL OR used = ?) RETURNING carried",
            &[order.id.as_str().into(), subscription.into(), order.id.as_str().into()],
        )?;
        if let Some(row) = rows.first() {
            let (codes, touches): (Vec<_>, Vec<_>) = row.json(0)?;
            order.codes.extend(codes);
            order.touches.extend(touches);
        }
        Ok(())
    }
}
