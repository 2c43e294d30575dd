//! What people did and whose doing it was, and when platforms last sent something.

use parrain_core::instant::Instant;
use parrain_wire::desk::{News, Silent};

use super::Ledger;
use super::sql::{Sql, SqlError, Value, json_of};
use crate::protocol::By;

/// How often at most it is noted that a platform sends, in seconds: a busy one costs no row per message.
const EVERY: i64 = 3600;

/// After how many days without a word a platform may be called silent, however often it used to send.
const SILENT_DAYS: i64 = 3;

/// How many of a platform's usual pauses a silence has to last.
const PAUSES: i64 = 6;

impl<S: Sql> Ledger<S> {
    /// Whose doing the call is, where it is somebody's beside the owner.
    pub(super) fn by(&self) -> Option<String> {
        self.asker.borrow().as_ref().and_then(|asker| match &asker.by {
            By::Admin => Some("admin".to_owned()),
            By::Helper(name) => Some(name.clone()),
            By::Shop | By::Platform(_) | By::Module(_) => None,
        })
    }

    /// Whether the call may make a shop that was not there: a shop's own token makes no other.
    pub(super) fn may_make_shops(&self) -> bool {
        self.asker.borrow().as_ref().is_none_or(|asker| asker.by == By::Admin)
    }

    /// Notes what was done, and by whom the call was let in.
    pub(super) fn note(&self, now: Instant, deed: News) -> Result<(), SqlError> {
        let deed = News { at: now, by: self.by(), ..deed };
        let text = json_of(&deed)?;
        self.sql.run("INSERT INTO deed (at, deed) VALUES (?, ?)", &[now.into(), text.into()])?;
        Ok(())
    }

    /// What was done last, the newest first.
    pub(super) fn deeds(&self, most: usize) -> Result<Vec<News>, SqlError> {
        let rows =
            self.sql.run("SELECT deed FROM deed ORDER BY id DESC LIMIT ?", &[Value::Int(most as i64)])?;
        rows.iter().map(|row| row.json(0)).collect()
    }

    /// Notes that a platform sent something, where the call is one of a platform's.
    pub(super) fn hear(&self, now: Instant) -> Result<(), SqlError> {
        let asker = self.asker.borrow();
        let Some(By::Platform(name)) = asker.as_ref().map(|asker| &asker.by) else { return Ok(()) };
        self.sql.run(
            "INSERT INTO heard (platform, first, last, times) VALUES (?1, ?2, ?2, 1) ON CONFLICT (platform)
                DO UPDATE SET last = excluded.last, times = times + 1 WHERE last <= excluded.last - ?3",
            &[name.as_str().into(), now.into(), Value::Int(EVERY * 1_000_000)],
        )?;
        Ok(())
    }

    /// Which platforms used to send and no longer do: those of which several usual pauses have passed.
    pub(super) fn silent(&self, now: Instant) -> Result<Vec<Silent>, SqlError> {
        let rows = self.sql.run(
            "SELECT platform, last FROM heard WHERE times > 1
                AND ?1 - last > MAX(?2, ?3 * (last - first) / (times - 1)) ORDER BY platform",
            &[now.into(), Value::Int(SILENT_DAYS * 86_400_000_000), PAUSES.into()],
        )?;
        let silent = |row: &super::sql::Row| {
            Ok(Silent { platform: row.text(0)?.to_owned(), last_at: Instant::from_micros(row.int(1)?) })
        };
        rows.iter().map(silent).collect()
    }
}
