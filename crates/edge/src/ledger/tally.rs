//! How often a day something was done that anybody can do.

use parrain_core::instant::Instant;

use super::Ledger;
use super::sql::Sql;
use crate::protocol::Refusal;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tally {
    /// Joining without the shop's word on who one is.
    Joins,
    /// Orders that a browser reported.
    Reports,
    /// Reminders that were asked for.
    Reminders,
}

impl Tally {
    fn number(self) -> i64 {
        match self {
            Self::Joins => 0,
            Self::Reports => 1,
            Self::Reminders => 2,
        }
    }
}

impl<S: Sql> Ledger<S> {
    /// Counts once more what somebody did today; `false`, where that is more than so many times. Days begin by UTC. A
    /// call that is refused counts nothing, since all that it wrote is undone.
    pub(super) fn tally(&self, now: Instant, what: Tally, who: &str, most: i64) -> Result<bool, Refusal> {
        self.sql.run("DELETE FROM tally WHERE day < ?", &[now.day().into()])?;
        let counted = self.sql.run(
            "INSERT INTO tally (day, what, who, times) VALUES (?, ?, ?, 1) ON CONFLICT (day, what, who)
                DO UPDATE SET times = times + 1 RETURNING times",
            &[now.day().into(), what.number().into(), who.into()],
        )?;
        Ok(counted.first().map_or(Ok(1), |row| row.int(0))? <= most)
    }
}
