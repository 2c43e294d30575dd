//! Who may enter the shop's desk: sessions, helpers with a key of their own, and keys of the owner's that are good once.
//!
//! Only hashes of keys are kept. A session is a row: without it a cookie opens nothing, however well it is signed.

use parrain_core::instant::Instant;
use parrain_wire::desk::{Helper, Helpers, Role};
use parrain_wire::word::{Known, Word};

use super::sql::{Row, Sql};
use super::{Ledger, number};
use crate::protocol::calls::{
    AddDeskKey, AddHelper, CloseSession, EnterByKey, Entered, ListHelpers, NewSession, OpenSession,
    RevokeHelper,
};
use crate::protocol::{Answers, Refusal};

/// How long a key that is good once holds, in hours.
pub const HOURS: i64 = 24;

impl<S: Sql> Answers<OpenSession> for Ledger<S> {
    fn answer(&self, now: Instant, ask: OpenSession) -> Result<Entered, Refusal> {
        self.shop()?;
        self.open_session(now, &ask.session, None)?;
        Ok(Entered { role: Role::All, name: None })
    }
}

impl<S: Sql> Answers<EnterByKey> for Ledger<S> {
    /// Of several who come with a key that is good once, the first has it.
    fn answer(&self, now: Instant, ask: EnterByKey) -> Result<Entered, Refusal> {
        self.shop()?;
        self.sql.run("DELETE FROM helper WHERE expires <= ?", &[now.into()])?;
        let rows =
            self.sql.run("SELECT id, name, role, expires FROM helper WHERE hash = ?", &[ask.hash.into()])?;
        let row = rows.first().ok_or(Refusal::UnknownDeskKey)?;
        let (id, name, role) = (row.int(0)?, row.maybe_text(1).map(str::to_owned), role_of(row, 2)?);
        let once = row.maybe_int(3).is_some();
        if once {
            self.sql.run("DELETE FROM helper WHERE id = ?", &[id.into()])?;
        } else {
            self.sql.run("UPDATE helper SET seen = ? WHERE id = ?", &[now.into(), id.into()])?;
        }
        self.open_session(now, &ask.session, (!once).then_some(id))?;
        Ok(Entered { role, name })
    }
}

impl<S: Sql> Answers<CloseSession> for Ledger<S> {
    fn answer(&self, _: Instant, _: CloseSession) -> Result<(), Refusal> {
        let session = self.asker.borrow().as_ref().and_then(|asker| asker.session.clone());
        if let Some(session) = session {
            self.sql.run("DELETE FROM session WHERE id = ?", &[session.into()])?;
        }
        Ok(())
    }
}

impl<S: Sql> Answers<AddHelper> for Ledger<S> {
    fn answer(&self, now: Instant, ask: AddHelper) -> Result<Helper, Refusal> {
        self.shop()?;
        let AddHelper { name, role, hash } = ask;
        let rows = self.sql.run(
            "INSERT INTO helper (name, role, hash, since) VALUES (?, ?, ?, ?) RETURNING id",
            &[name.clone().into(), role.name().into(), hash.into(), now.into()],
        )?;
        let id = rows.first().ok_or_else(|| Refusal::Store("a new helper has no id".into()))?.int(0)?;
        Ok(Helper { id: id.to_string(), name, role: role.into(), since: now, ..Helper::default() })
    }
}

impl<S: Sql> Answers<ListHelpers> for Ledger<S> {
    fn answer(&self, _: Instant, _: ListHelpers) -> Result<Helpers, Refusal> {
        self.shop()?;
        let rows = self
            .sql
            .run("SELECT id, name, role, since, seen FROM helper WHERE expires IS NULL ORDER BY id", &[])?;
        let helper = |row: &Row| {
            Ok(Helper {
                id: row.int(0)?.to_string(),
                name: row.maybe_text(1).unwrap_or_default().to_owned(),
                role: Known::from(role_of(row, 2)?),
                since: Instant::from_micros(row.int(3)?),
                last_seen: row.maybe_int(4).map(Instant::from_micros),
                ended_at: None,
            })
        };
        Ok(Helpers { helpers: rows.iter().map(helper).collect::<Result<_, Refusal>>()? })
    }
}

impl<S: Sql> Answers<RevokeHelper> for Ledger<S> {
    fn answer(&self, _: Instant, ask: RevokeHelper) -> Result<(), Refusal> {
        self.shop()?;
        let id = number(Some(&ask.id)).map_err(|_| Refusal::UnknownHelper)?;
        self.sql.run("DELETE FROM session WHERE helper = ?", &[id.into()])?;
        let gone =
            self.sql.run("DELETE FROM helper WHERE id = ? AND expires IS NULL RETURNING id", &[id.into()])?;
        if gone.is_empty() { Err(Refusal::UnknownHelper) } else { Ok(()) }
    }
}

impl<S: Sql> Answers<AddDeskKey> for Ledger<S> {
    fn answer(&self, now: Instant, ask: AddDeskKey) -> Result<Instant, Refusal> {
        self.shop()?;
        let expires = now.plus_seconds(HOURS * 3600);
        self.sql.run(
            "INSERT INTO helper (role, hash, since, expires) VALUES (?, ?, ?, ?)",
            &[Role::All.name().into(), ask.hash.into(), now.into(), expires.into()],
        )?;
        Ok(expires)
    }
}

impl<S: Sql> Ledger<S> {
    /// Refuses who asks by a session that has ended.
    pub(super) fn check_session(&self, now: Instant) -> Result<(), Refusal> {
        let asker = self.asker.borrow();
        let Some(session) = asker.as_ref().and_then(|asker| asker.session.as_deref()) else { return Ok(()) };
        self.shop()?;
        let rows = self
            .sql
            .run("SELECT 1 FROM session WHERE id = ? AND expires > ?", &[session.into(), now.into()])?;
        if rows.is_empty() { Err(Refusal::NoSession) } else { Ok(()) }
    }

    fn open_session(&self, now: Instant, new: &NewSession, helper: Option<i64>) -> Result<(), Refusal> {
        self.sql.run("DELETE FROM session WHERE expires <= ?", &[now.into()])?;
        self.sql.run(
            "INSERT INTO session (id, helper, expires) VALUES (?, ?, ?)",
            &[new.id.clone().into(), helper.map_or(super::sql::Value::Null, Into::into), new.until.into()],
        )?;
        Ok(())
    }
}

fn role_of(row: &Row, column: usize) -> Result<Role, Refusal> {
    let name = row.text(column)?;
    Role::named(name).ok_or_else(|| Refusal::Store(format!("a stored role is {name}")))
}
