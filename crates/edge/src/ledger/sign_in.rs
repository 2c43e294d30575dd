//! Sign-in keys: each lets its holder in as one referrer, once, until it expires. The shop mails them, so that
//! only who reads a referrer's mail sees their rewards.
//!
//! Only a key's hash is kept. What is used up or expired is forgotten, so that all that is not known here is
//! refused alike.

use parrain_core::code::Code;
use parrain_core::instant::Instant;

use super::sql::{Sql, json_of};
use super::{Ledger, shop};
use crate::protocol::calls::{AddSignInKey, EndSignIns, UseSignInKey};
use crate::protocol::shop::{Referrer, ReferrerRecord};
use crate::protocol::{Answers, Refusal};

/// How long a key holds that somebody asks for, in hours: long enough for a mail that is read the next morning.
pub const HOURS: i64 = 24;
/// How long the key of a welcome mail holds, in hours. Nobody waits for that mail: quiet hours and a provider that takes
/// nothing hold it up, for three days at most, and its reader may be away for the rest.
pub(super) const WELCOME_HOURS: i64 = 7 * 24;

impl<S: Sql> Answers<AddSignInKey> for Ledger<S> {
    /// The new key stands beside those that a referrer has already: an earlier mail may be the one that arrives.
    fn answer(&self, now: Instant, ask: AddSignInKey) -> Result<Instant, Refusal> {
        self.shop()?;
        self.find_referrer(&ask.code)?.ok_or(Refusal::UnknownCode)?;
        self.add_sign_in_key(now, &ask.code, ask.hash, HOURS)
    }
}

impl<S: Sql> Answers<UseSignInKey> for Ledger<S> {
    /// Of several who come with the same key, the first has it: each call of a ledger is a transaction of its own.
    fn answer(&self, now: Instant, ask: UseSignInKey) -> Result<ReferrerRecord, Refusal> {
        self.shop()?;
        self.sweep_sign_in_keys(now)?;
        let used = self.sql.run("DELETE FROM sign_in WHERE hash = ? RETURNING code", &[ask.hash.into()])?;
        let row = used.first().ok_or(Refusal::UnknownKey)?;
        let code = shop::parse_code(row.text(0)?)?;
        // Whoever opens a link that was mailed reads that mail.
        self.confirm(now, &code)?;
        self.find_referrer(&code)?.ok_or(Refusal::UnknownCode)
    }
}

impl<S: Sql> Answers<EndSignIns> for Ledger<S> {
    fn answer(&self, now: Instant, ask: EndSignIns) -> Result<(), Refusal> {
        self.shop()?;
        let held = self.find_referrer(&ask.code)?.ok_or(Refusal::UnknownCode)?;
        self.drop_sign_in_keys(&ask.code)?;
        let record = Referrer { signed_out: Some(now), ..held.referrer };
        let record = json_of(&record)?;
        // In place: who the referrer is and on which terms has not changed.
        self.sql.run(
            "UPDATE referrer SET record = ?2 WHERE code = ?1 AND seq = (SELECT MAX(seq) FROM referrer WHERE code = ?1)",
            &[ask.code.as_str().into(), record.into()],
        )?;
        Ok(())
    }
}

impl<S: Sql> Ledger<S> {
    /// Adds a key to those of a code, good for some hours; until when it holds.
    pub(super) fn add_sign_in_key(
        &self,
        now: Instant,
        code: &Code,
        hash: String,
        hours: i64,
    ) -> Result<Instant, Refusal> {
        self.sweep_sign_in_keys(now)?;
        let expires_at = now.plus_seconds(hours * 3600);
        self.sql.run(
            "INSERT INTO sign_in (hash, code, expires) VALUES (?, ?, ?)",
            &[hash.into(), code.as_str().into(), expires_at.into()],
        )?;
        Ok(expires_at)
    }

    /// Forgets every key of a code.
    pub(super) fn drop_sign_in_keys(&self, code: &Code) -> Result<(), Refusal> {
        self.sql.run("DELETE FROM sign_in WHERE code = ?", &[code.as_str().into()])?;
        Ok(())
    }

    fn sweep_sign_in_keys(&self, now: Instant) -> Result<(), Refusal> {
        self.sql.run("DELETE FROM sign_in WHERE expires <= ?", &[now.into()])?;
        Ok(())
    }
}
