//! Where referrers are paid: kept as it was sealed, never opened here.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::code::Code;
use parrain_core::instant::Instant;

use super::journal::list;
use super::sql::{Row, Sql, SqlError, json_of};
use super::{Ledger, shop};
use crate::details::seal::Sealed;
use crate::protocol::calls::{
    DropDetails, GetDetails, HeldDetails, PutDetails, ReplaceDetails, StaleDetails,
};
use crate::protocol::{Answers, Refusal};

/// How many stale ones are handed out at once.
const PAGE: u32 = 100;

impl<S: Sql> Answers<PutDetails> for Ledger<S> {
    fn answer(&self, now: Instant, ask: PutDetails) -> Result<HeldDetails, Refusal> {
        let PutDetails { code, sealed, methods, token_made } = ask;
        self.hold_details_to(&code, token_made)?;
        let methods_text = json_of(&methods)?;
        self.sql.run(
            "INSERT OR REPLACE INTO details (code, changed, key_id, sealed, methods) VALUES (?, ?, ?, ?, ?)",
            &[
                code.as_str().into(),
                now.micros().into(),
                sealed.key_id.as_str().into(),
                sealed.text.as_str().into(),
                methods_text.into(),
            ],
        )?;
        Ok(HeldDetails { sealed, methods, changed_at: now })
    }
}

impl<S: Sql> Answers<GetDetails> for Ledger<S> {
    fn answer(&self, _: Instant, ask: GetDetails) -> Result<Option<HeldDetails>, Refusal> {
        self.hold_details_to(&ask.code, ask.token_made)?;
        Ok(self.details_of([&ask.code].into())?.remove(&ask.code))
    }
}

impl<S: Sql> Answers<DropDetails> for Ledger<S> {
    fn answer(&self, _: Instant, ask: DropDetails) -> Result<(), Refusal> {
        self.hold_details_to(&ask.code, ask.token_made)?;
        Ok(self.drop_details(&ask.code)?)
    }
}

impl<S: Sql> Answers<StaleDetails> for Ledger<S> {
    fn answer(&self, _: Instant, ask: StaleDetails) -> Result<BTreeMap<Code, HeldDetails>, Refusal> {
        self.shop()?;
        let rows = self.sql.run(
            "SELECT code, changed, key_id, sealed, methods FROM details WHERE key_id <> ? ORDER BY code LIMIT ?",
            &[ask.key_id.into(), PAGE.into()],
        )?;
        Ok(rows.iter().map(read_held).collect::<Result<_, _>>()?)
    }
}

impl<S: Sql> Answers<ReplaceDetails> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ReplaceDetails) -> Result<u32, Refusal> {
        self.shop()?;
        let mut replaced = 0;
        for (code, before, after) in ask.sealed {
            // What was changed or dropped in the meantime stays as it is.
            let rows = self.sql.run(
                "UPDATE details SET key_id = ?, sealed = ? WHERE code = ? AND sealed = ? RETURNING 1",
                &[after.key_id.into(), after.text.into(), code.as_str().into(), before.text.into()],
            )?;
            replaced += u32::from(!rows.is_empty());
        }
        Ok(replaced)
    }
}

impl<S: Sql> Ledger<S> {
    /// What is held of some referrers.
    pub(super) fn details_of(&self, codes: BTreeSet<&Code>) -> Result<BTreeMap<Code, HeldDetails>, Refusal> {
        let rows = self.sql.run(
            "SELECT code, changed, key_id, sealed, methods FROM details
                WHERE code IN (SELECT value FROM json_each(?))",
            &[list(codes)],
        )?;
        Ok(rows.iter().map(read_held).collect::<Result<_, _>>()?)
    }

    /// Forgets where a referrer is paid.
    pub(super) fn drop_details(&self, code: &Code) -> Result<(), SqlError> {
        self.sql.run("DELETE FROM details WHERE code = ?", &[code.as_str().into()])?;
        Ok(())
    }

    /// Lets the shop through, and the referrer whose code it still is.
    fn hold_details_to(&self, code: &Code, token_made: Option<Instant>) -> Result<(), Refusal> {
        self.shop()?;
        let held = self.find_referrer(code)?.ok_or(Refusal::UnknownCode)?;
        token_made.map_or(Ok(()), |made| self.hold_to_person(&held, made))
    }
}

/// Reads `code, changed, key_id, sealed, methods`.
fn read_held(row: &Row) -> Result<(Code, HeldDetails), SqlError> {
    let sealed = Sealed { key_id: row.text(2)?.to_owned(), text: row.text(3)?.to_owned() };
    let changed_at = Instant::from_micros(row.int(1)?);
    Ok((shop::parse_code(row.text(0)?)?, HeldDetails { sealed, methods: row.json(4)?, changed_at }))
}
