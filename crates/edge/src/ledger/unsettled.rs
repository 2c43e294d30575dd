//! What a late arrival bears on beyond what its own call can decide again: noted in its transaction, and worked off
//! by the alarm in steps, each a transaction of its own. Until then statuses say that they are settling, and nothing
//! is paid out.

use parrain_core::decide::Position;
use parrain_core::settle::{Entry, Name, Open, settle_rest};

use super::journal::{kind_number, position_values, read_position};
use super::shop::parse_code;
use super::sql::{Row, Sql, SqlError};
use super::{Ledger, schema};
use crate::protocol::Refusal;

/// How much one call settles beyond what arrived, as [`parrain_core::settle::settle`] counts it.
pub const MOST: u32 = 200;
/// How many notes one step takes up.
const NOTES: u32 = 64;
/// What a note begins with that a referrer was confirmed.
pub(super) const CONFIRMED: char = 'c';

impl<S: Sql> Ledger<S> {
    /// Works off a part of what is unsettled; whether there is more.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then nothing has changed.
    pub fn settle_step(&self) -> Result<bool, Refusal> {
        if !schema::has(&self.sql, "unsettled")? {
            return Ok(false);
        }
        self.in_transaction(|| {
            let rows = self.sql.run(
                "DELETE FROM unsettled WHERE what IN (SELECT what FROM unsettled ORDER BY at, ext, kind LIMIT ?)
                    RETURNING at, ext, kind, what",
                &[NOTES.into()],
            )?;
            if rows.is_empty() {
                return Ok(false);
            }
            let (mut notes, mut left) = (Vec::new(), self.most.get().max(1));
            for row in &rows {
                match row.text(3)?.strip_prefix(CONFIRMED) {
                    Some(code) => {
                        let after = read_position(row)?;
                        left -= self.turn_confirmed(&parse_code(code)?, Some(&after), left)?;
                    }
                    None => notes.push(read(row)?),
                }
            }
            let rest = settle_rest(&mut self.view()?, notes, left)?;
            self.leave(&rest)?;
            Ok(self.is_settling()?)
        })
    }

    /// Notes what is to be decided again later.
    pub(super) fn leave(&self, rest: &[Open]) -> Result<(), SqlError> {
        for open in rest {
            let (what, position) = match open {
                Open::Entry(Entry { position, verified }) => {
                    let what =
                        format!("s{}{}{}", kind_number(position.kind), u8::from(*verified), position.id);
                    (what, position)
                }
                Open::Person(Name::Id(id), after) => (format!("i{id}"), after),
                Open::Person(Name::Email(email), after) => (format!("e{email}"), after),
                Open::Uncounted(code, offer, after) => (format!("u{code}/{offer}"), after),
            };
            self.note_unsettled(&what, position)?;
        }
        Ok(())
    }

    /// Notes something that is to be gone on with from a position on; of several the earliest.
    pub(super) fn note_unsettled(&self, what: &str, position: &Position) -> Result<(), SqlError> {
        self.errand.set(true);
        let [at, ext, kind] = position_values(position);
        self.sql.run(
            "INSERT INTO unsettled (what, at, ext, kind) VALUES (?, ?, ?, ?) ON CONFLICT (what)
                DO UPDATE SET at = excluded.at, ext = excluded.ext, kind = excluded.kind
                WHERE (excluded.at, excluded.ext, excluded.kind) < (at, ext, kind)",
            &[what.into(), at, ext, kind],
        )?;
        Ok(())
    }

    /// Whether something is unsettled.
    pub(super) fn is_settling(&self) -> Result<bool, SqlError> {
        Ok(!self.sql.run("SELECT 1 FROM unsettled LIMIT 1", &[])?.is_empty())
    }

    /// Refuses what must not go by what is unsettled.
    pub(super) fn settled(&self) -> Result<(), Refusal> {
        if self.is_settling()? { Err(Refusal::Settling) } else { Ok(()) }
    }
}

/// Reads `at, ext, kind, what`.
fn read(row: &Row) -> Result<Open, SqlError> {
    let position = read_position(row)?;
    let what = row.text(3)?;
    let unreadable = || SqlError("a note of what is unsettled cannot be read".into());
    let mut rest = what.chars();
    let letter = rest.next().ok_or_else(unreadable)?;
    let text = rest.as_str();
    Ok(match letter {
        'i' => Open::Person(Name::Id(text.to_owned()), position),
        'e' => Open::Person(Name::Email(text.to_owned()), position),
        'u' => {
            let (code, offer) = text.split_once('/').ok_or_else(unreadable)?;
            Open::Uncounted(parse_code(code)?, offer.to_owned(), position)
        }
        's' => {
            let verified = text.chars().nth(1) == Some('1');
            Open::Entry(Entry { position, verified })
        }
        _ => return Err(unreadable()),
    })
}
