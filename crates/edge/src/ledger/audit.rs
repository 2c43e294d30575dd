//! Checking the ledger against itself: every decision made again from the facts, every figure added up again.

use parrain_core::decide::{History, decide};
use parrain_core::event::Order;
use parrain_core::instant::Instant;
use parrain_core::settle::{Entry, Journal};
use parrain_wire::books;

use super::dossier::postings;
use super::sql::Sql;
use super::{Ledger, number};
use crate::protocol::calls::Audit;
use crate::protocol::{Answers, Refusal};

/// How many entries one call checks.
const STRETCH: u32 = 500;

impl<S: Sql> Answers<Audit> for Ledger<S> {
    /// Checks the entries after a cursor; with the last ones, the statements too. Each difference is told in
    /// a sentence; a sound ledger has none.
    fn answer(&self, _: Instant, ask: Audit) -> Result<books::Audit, Refusal> {
        let mut view = self.view()?;
        self.settled()?;
        view.read_only = true;
        let rows = self.sql.run(
            "SELECT id, event, verified FROM entry WHERE id > ? ORDER BY id LIMIT ?",
            &[number(ask.cursor.as_deref())?.into(), STRETCH.into()],
        )?;
        let mut differences = Vec::new();
        for row in &rows {
            let (id, order): (i64, Order) = (row.int(0)?, row.json(1)?);
            let entry = Entry { position: order.position(), verified: row.int(2)? != 0 };
            let past = view.past(&order.customer, &entry.position)?;
            let again = decide(&order, entry.verified, &past, &mut view)?;
            // What was given by hand and taken again is read as nothing: it is a fact, which no one decides.
            let kept = view.read(&entry)?.map(|(_, decision)| decision);
            if kept.is_some_and(|kept| kept.is_none_or(|kept| kept.verdict != again.verdict)) {
                differences.push(format!("{} would be decided otherwise", order.id));
            }
            let wanted = self.dossiers("WHERE id = ?", &[id.into()])?.pop();
            let wanted = wanted.as_ref().map(postings).unwrap_or_default();
            if self.held_postings(id)? != wanted {
                differences.push(format!("the figures of {} add up otherwise", order.id));
            }
        }
        let more = rows.len() == STRETCH as usize;
        let next_cursor = rows.last().filter(|_| more).map(|row| row.int(0)).transpose()?;
        if next_cursor.is_none() {
            differences.extend(self.statement_differences()?);
        }
        let checked = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Ok(books::Audit { checked, differences, next_cursor: next_cursor.map(|id| id.to_string()) })
    }
}

impl<S: Sql> Ledger<S> {
    fn statement_differences(&self) -> Result<Vec<String>, Refusal> {
        let rows = self.sql.run(
            "SELECT code, month FROM (
                SELECT code, month, asset, pending, approved, paid, reversed FROM statement
                UNION ALL
                SELECT code, month, asset, -pending, -approved, -paid, -reversed FROM posting)
                GROUP BY code, month, asset
                HAVING SUM(pending) <> 0 OR SUM(approved) <> 0 OR SUM(paid) <> 0 OR SUM(reversed) <> 0",
            &[],
        )?;
        let told = |row: &super::sql::Row| -> Result<String, Refusal> {
            Ok(format!("the statement of {} for month {} adds up otherwise", row.text(0)?, row.int(1)?))
        };
        let mut differences = rows.iter().map(told).collect::<Result<Vec<_>, _>>()?;
        let rows = self.sql.run(
            "SELECT code, offer FROM (
                SELECT code, offer, n FROM earned_day
                UNION ALL
                SELECT code, offer, -1 FROM entry WHERE earned = 1)
                GROUP BY code, offer HAVING SUM(n) <> 0",
            &[],
        )?;
        for row in &rows {
            differences.push(format!("the count of {} under {} is otherwise", row.text(0)?, row.text(1)?));
        }
        Ok(differences)
    }
}
