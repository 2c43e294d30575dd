//! Modules that are connected to the shop: codes that are good once, and what each module may come with.
//!
//! Only hashes of codes and tokens are kept. A connection is a row: without it a module's token opens nothing, and
//! what it signed identities with holds no longer.

use parrain_core::instant::Instant;
use parrain_wire::connections::{Connection, ConnectionList};

use super::sql::{Row, Sql, Value};
use super::{Ledger, number};
use crate::protocol::calls::{AddConnectCode, Connecting, EndConnection, ListConnections, UseConnectCode};
use crate::protocol::{Answers, By, Refusal};

/// How long a connect code is good, in minutes: long enough to find the module's page, too short to be left lying.
pub const MINUTES: i64 = 15;

/// How often at most it is noted that a module was seen, in seconds: one that asks every minute costs no row each.
const EVERY: i64 = 3600;

impl<S: Sql> Answers<AddConnectCode> for Ledger<S> {
    fn answer(&self, now: Instant, ask: AddConnectCode) -> Result<Instant, Refusal> {
        self.shop()?;
        self.sql.run("DELETE FROM connect_code WHERE expires <= ?", &[now.into()])?;
        let expires_at = now.plus_seconds(MINUTES * 60);
        self.sql.run(
            "INSERT INTO connect_code (hash, expires) VALUES (?, ?)",
            &[ask.hash.into(), expires_at.into()],
        )?;
        Ok(expires_at)
    }
}

impl<S: Sql> Answers<UseConnectCode> for Ledger<S> {
    /// Of several who come with the same code, the first has it: each call of a ledger is a transaction of its own.
    fn answer(&self, now: Instant, ask: UseConnectCode) -> Result<Connecting, Refusal> {
        let UseConnectCode { hash, platform, site, token_hash, identity_key } = ask;
        let mut record = self.shop()?.record.clone();
        let used = self.sql.run(
            "DELETE FROM connect_code WHERE hash = ? AND expires > ? RETURNING hash",
            &[hash.into(), now.into()],
        )?;
        if used.is_empty() {
            return Err(Refusal::UnknownConnectCode);
        }
        let before = self.sql.run(
            "DELETE FROM connection WHERE platform = ? AND site = ? RETURNING id",
            &[platform.as_str().into(), site.as_str().into()],
        )?;
        for row in &before {
            record.identity_keys.remove(&row.int(0)?.to_string());
        }
        let made = self.sql.run(
            "INSERT INTO connection (platform, site, hash, since) VALUES (?, ?, ?, ?) RETURNING id",
            &[platform.into(), site.into(), token_hash.into(), now.into()],
        )?;
        let id = made.first().ok_or_else(|| Refusal::Store("a new connection has no id".into()))?.int(0)?;
        record.identity_keys.insert(id.to_string(), identity_key);
        self.write_record(&record)?;
        self.attend(now)?;
        Ok(Connecting { connection: id.to_string(), record })
    }
}

impl<S: Sql> Answers<ListConnections> for Ledger<S> {
    fn answer(&self, _: Instant, _: ListConnections) -> Result<ConnectionList, Refusal> {
        self.shop()?;
        let rows = self.sql.run("SELECT id, platform, site, since, seen FROM connection ORDER BY id", &[])?;
        let connection = |row: &Row| {
            Ok(Connection {
                id: row.int(0)?.to_string(),
                platform: row.text(1)?.to_owned(),
                site: row.text(2)?.to_owned(),
                since: Instant::from_micros(row.int(3)?),
                last_seen: row.maybe_int(4).map(Instant::from_micros),
            })
        };
        let connections = rows.iter().map(connection).collect::<Result<_, Refusal>>()?;
        Ok(ConnectionList { connections, platforms: self.platform_connections()? })
    }
}

impl<S: Sql> Answers<EndConnection> for Ledger<S> {
    fn answer(&self, now: Instant, ask: EndConnection) -> Result<(), Refusal> {
        let mut record = self.shop()?.record.clone();
        let id = number(Some(&ask.id)).map_err(|_| Refusal::UnknownConnection)?;
        let own = self.module_hash();
        let gone = self.sql.run(
            "DELETE FROM connection WHERE id = ?1 AND (?2 IS NULL OR hash = ?2) RETURNING id",
            &[id.into(), own.into()],
        )?;
        if gone.is_empty() {
            return Err(Refusal::UnknownConnection);
        }
        record.identity_keys.remove(&id.to_string());
        self.write_record(&record)?;
        self.withdraw_without_givers()?;
        self.drop_codes_without_modules()?;
        self.attend(now)
    }
}

impl<S: Sql> Ledger<S> {
    /// Whether a module is connected.
    pub(super) fn has_modules(&self) -> Result<bool, Refusal> {
        Ok(self.number("SELECT EXISTS (SELECT 1 FROM connection)", &[])? != 0)
    }

    /// Refuses a module whose connection has ended, and notes when one was seen.
    pub(super) fn check_connection(&self, now: Instant) -> Result<(), Refusal> {
        let Some(hash) = self.module_hash() else { return Ok(()) };
        match self.shop() {
            // Who may not know of a shop is told nothing of it.
            Err(Refusal::UnknownShop) => return Err(Refusal::NoConnection),
            known => known?,
        };
        let rows = self.sql.run("SELECT id, seen FROM connection WHERE hash = ?", &[hash.into()])?;
        let row = rows.first().ok_or(Refusal::NoConnection)?;
        if row.maybe_int(1).is_none_or(|seen| seen <= now.plus_seconds(-EVERY).micros()) {
            let seen = [Value::from(now), row.int(0)?.into()];
            self.sql.run("UPDATE connection SET seen = ? WHERE id = ?", &seen)?;
        }
        Ok(())
    }

    /// The hash of the token by which a module asks, where it is one that asks.
    pub(super) fn module_hash(&self) -> Option<String> {
        let asker = self.asker.borrow();
        match asker.as_ref().map(|asker| &asker.by) {
            Some(By::Module(hash)) => Some(hash.clone()),
            Some(By::Admin | By::Shop | By::Helper(_) | By::Platform(_)) | None => None,
        }
    }
}
