//! Who joined by nobody's word on who they are, and since when it is confirmed: their rewards wait until then.
//!
//! A referrer whom the shop added, let in or signed for has no row, and neither has one of an earlier release: nobody
//! is asked for more than what held when they joined. What a confirmation turns may be a long history, so that its call
//! does a part of it, and leaves the rest to the alarm as a late arrival does.

use std::collections::BTreeMap;

use parrain_core::code::Code;
use parrain_core::decide::Position;
use parrain_core::event::Kind;
use parrain_core::instant::Instant;
use parrain_core::reason::Reason;

use super::journal::{list, position_values, read_position};
use super::sql::{Sql, SqlError};
use super::unsettled::CONFIRMED;
use super::{Ledger, shop};
use crate::protocol::Refusal;

/// Before every entry, and still exact where the runtime passes numbers as doubles.
const FIRST: Instant = Instant::from_micros(-(1 << 52));

impl<S: Sql> Ledger<S> {
    /// Notes that somebody joined by nobody's word.
    pub(super) fn joined_unconfirmed(&self, code: &Code) -> Result<(), SqlError> {
        self.sql.run("INSERT OR IGNORE INTO joined (code) VALUES (?)", &[code.as_str().into()])?;
        Ok(())
    }

    /// Confirms who a referrer is, from an instant on. Of several times the first counts.
    pub(super) fn confirm(&self, at: Instant, code: &Code) -> Result<(), Refusal> {
        let confirmed = self.sql.run(
            "UPDATE joined SET confirmed = ?1 WHERE code = ?2 AND (confirmed IS NULL OR confirmed > ?1) RETURNING code",
            &[at.into(), code.as_str().into()],
        )?;
        if confirmed.is_empty() {
            return Ok(());
        }
        self.turn_confirmed(code, None, self.most.get()).map(drop)
    }

    /// Writes figures of a referrer's entries anew that a confirmation may turn, those after a position; what is more than
    /// `most` is noted for the alarm. How many it looked at.
    pub(super) fn turn_confirmed(
        &self,
        code: &Code,
        after: Option<&Position>,
        most: u32,
    ) -> Result<u32, Refusal> {
        let first = Position { at: FIRST, id: String::new(), kind: Kind::Sale };
        let mut values = vec![code.as_str().into()];
        values.extend(position_values(after.unwrap_or(&first)));
        values.push((i64::from(most) + 1).into());
        let rows = self.sql.run(
            "SELECT at, ext, kind, id, verified, refusal FROM entry WHERE code = ? AND (at, ext, kind) > (?, ?, ?)
                ORDER BY at, ext, kind LIMIT ?",
            &values,
        )?;
        let (mut looked, mut last) = (0_u32, None);
        for row in &rows {
            if looked == most {
                self.leave_confirmed(code, last.as_ref().or(after).unwrap_or(&first))?;
                break;
            }
            if row.int(4)? != 0 && row.maybe_text(5).is_none() {
                self.refresh(row.int(3)?)?;
            }
            looked += 1;
            last = Some(read_position(row)?);
        }
        Ok(looked)
    }

    /// Notes that a referrer's entries after a position are still to be turned.
    fn leave_confirmed(&self, code: &Code, after: &Position) -> Result<(), SqlError> {
        self.note_unsettled(&format!("{CONFIRMED}{code}"), after)
    }

    /// Whether it is not confirmed yet who a referrer is.
    pub(super) fn is_unconfirmed(&self, code: &Code) -> Result<bool, SqlError> {
        let rows = self
            .sql
            .run("SELECT 1 FROM joined WHERE code = ? AND confirmed IS NULL", &[code.as_str().into()])?;
        Ok(!rows.is_empty())
    }

    /// Since when it is confirmed who each of some referrers is, of those alone who joined by nobody's word.
    pub(super) fn confirmations<'a>(
        &self,
        codes: impl Iterator<Item = &'a Code>,
    ) -> Result<BTreeMap<Code, Option<Instant>>, SqlError> {
        let rows = self.sql.run(
            "SELECT code, confirmed FROM joined WHERE code IN (SELECT value FROM json_each(?))",
            &[list(codes.map(Code::as_str))],
        )?;
        rows.iter()
            .map(|row| Ok((shop::parse_code(row.text(0)?)?, row.maybe_int(1).map(Instant::from_micros))))
            .collect()
    }

    /// Notes that a reward of somebody unconfirmed waits for that.
    pub(super) fn note_waiting(&self, code: &Code, refusal: Option<Reason>) -> Result<(), SqlError> {
        if refusal.is_none() {
            self.sql.run(
                "UPDATE joined SET waits = 1 WHERE code = ? AND confirmed IS NULL AND waits = 0",
                &[code.as_str().into()],
            )?;
        }
        Ok(())
    }

    /// Leaves to the alarm what waits for who its referrer is, now that the program asks for that no more.
    pub(super) fn turn_unconfirmed(&self) -> Result<(), Refusal> {
        let rows = self.sql.run("SELECT code FROM joined WHERE waits = 1 AND confirmed IS NULL", &[])?;
        let first = Position { at: FIRST, id: String::new(), kind: Kind::Sale };
        for row in &rows {
            self.leave_confirmed(&shop::parse_code(row.text(0)?)?, &first)?;
        }
        Ok(())
    }

    /// How many take part who are not confirmed and whose rewards wait for that alone. What is pending for ever, if nothing
    /// more happens, waits for that where it does not wait for the shop's review. The statements, which are few, say who
    /// has any.
    pub(super) fn unconfirmed_with_rewards(&self) -> Result<i64, SqlError> {
        self.number(
            "SELECT COUNT(*) FROM joined WHERE waits = 1 AND confirmed IS NULL
                AND EXISTS (SELECT 1 FROM statement WHERE code = joined.code GROUP BY asset HAVING SUM(pending) <> 0)
                AND EXISTS (SELECT 1 FROM posting JOIN entry ON entry.id = posting.entry
                    WHERE posting.code = joined.code AND entry.held IS NULL GROUP BY posting.entry HAVING SUM(pending) <> 0)
                AND EXISTS (SELECT 1 FROM referrer WHERE code = joined.code
                    AND seq = (SELECT MAX(seq) FROM referrer WHERE code = joined.code)
                    AND COALESCE(json_extract(record, '$.activity'), 'active') = 'active'
                    AND COALESCE(julianday(json_extract(record, '$.expires_at')) >= julianday(?), 1))",
            &[self.now.get().to_string().into()],
        )
    }
}
