//! How many friends ordered since an instant, by the orders that stand.

use parrain_core::instant::Instant;

use super::Ledger;
use super::customers::WHO;
use super::sales::sales;
use super::sql::Sql;
use crate::protocol::calls::CountFriends;
use crate::protocol::{Answers, Refusal};

impl<S: Sql> Answers<CountFriends> for Ledger<S> {
    fn answer(&self, now: Instant, ask: CountFriends) -> Result<u32, Refusal> {
        self.shop()?;
        // One customer is one friend, however often they order; an order whose customer is not known is one of its own.
        let count = self.number(
            &format!("{} SELECT COUNT(DISTINCT COALESCE({WHO}, 'o' || ext)) FROM sale AS entry", sales()),
            &self.period(now, ask.since, now)?,
        )?;
        Ok(u32::try_from(count).unwrap_or_default())
    }
}
