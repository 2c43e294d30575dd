//! How far the shop is set up, and what was chosen on the way.

use parrain_core::instant::Instant;
use parrain_wire::desk::SetUp;

use super::Ledger;
use super::sql::{Sql, SqlError, json_of};
use crate::protocol::calls::{GetSetUp, PutSetUp};
use crate::protocol::{Answers, Refusal};

impl<S: Sql> Answers<GetSetUp> for Ledger<S> {
    fn answer(&self, _: Instant, _: GetSetUp) -> Result<SetUp, Refusal> {
        self.shop()?;
        Ok(self.set_up()?)
    }
}

impl<S: Sql> Answers<PutSetUp> for Ledger<S> {
    fn answer(&self, _: Instant, PutSetUp(set_up): PutSetUp) -> Result<SetUp, Refusal> {
        self.shop()?;
        let text = json_of(&set_up)?;
        self.sql.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('set_up', ?)", &[text.into()])?;
        Ok(set_up)
    }
}

impl<S: Sql> Ledger<S> {
    /// How far the shop is set up.
    pub(super) fn set_up(&self) -> Result<SetUp, SqlError> {
        let rows = self.sql.run("SELECT value FROM meta WHERE name = 'set_up'", &[])?;
        Ok(rows.first().map(|row| row.json(0)).transpose()?.unwrap_or_default())
    }
}
