//! Sign-in keys: each lets its holder in as one referrer, once, until it expires. The shop mails them, so that
//! only who reads a referrer's mail sees their rewards.
//!
//! Only a key's hash is kept. What is used up or expired is forgotten, so that all that is not known here is
//! refused alike.

use parrain_core::code::Code;
use parrain_core::instant::Instant;

use super::protocol::{Refusal, Reply};
use super::sql::Sql;
use super::{Answer, Ledger, shop};

/// How long a key holds, in hours: long enough for a mail that is read the next morning.
pub const HOURS: i64 = 24;

impl<S: Sql> Ledger<S> {
    /// Keeps a new key beside those that a referrer has already: an earlier mail may be the one that arrives.
    pub(super) fn add_sign_in_key(&self, now: Instant, code: &Code, hash: &str) -> Answer {
        self.referrer(code)?;
        self.sweep_sign_in_keys(now)?;
        let expires_at = now.plus_seconds(HOURS * 3600);
        self.sql.run(
            "INSERT INTO sign_in (hash, code, expires) VALUES (?, ?, ?)",
            &[hash.into(), code.as_str().into(), expires_at.into()],
        )?;
        Ok(Reply::SignInKey { expires_at })
    }

    /// Takes a key in and answers whose it was. Of several who come with the same one, the first has it: each
    /// call of a ledger is a transaction of its own.
    pub(super) fn use_sign_in_key(&self, now: Instant, hash: &str) -> Answer {
        self.shop()?;
        self.sweep_sign_in_keys(now)?;
        let used = self.sql.run("DELETE FROM sign_in WHERE hash = ? RETURNING code", &[hash.into()])?;
        let row = used.first().ok_or(Refusal::UnknownKey)?;
        self.referrer(&shop::parse_code(row.text(0)?)?)
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
