//! Secrets that are replaced while the one before still holds, so that nothing stops between here and there.

use parrain_core::instant::Instant;

use super::Ledger;
use super::sql::Sql;
use crate::protocol::calls::RotateSecret;
use crate::protocol::shop::{Before, Rotated, ShopRecord};
use crate::protocol::{Answers, Refusal};

/// For how many hours a secret holds that was replaced.
const HOURS: i64 = 24;

impl<S: Sql> Answers<RotateSecret> for Ledger<S> {
    fn answer(&self, now: Instant, ask: RotateSecret) -> Result<ShopRecord, Refusal> {
        let mut record = self.shop()?.record.clone();
        let secrets = &mut record.secrets;
        let held = match ask.name {
            Rotated::EventSecret => std::mem::replace(&mut secrets.event_secret, ask.fresh),
            Rotated::ShopToken => std::mem::replace(&mut secrets.shop_token, ask.fresh),
            Rotated::IdentityKey => {
                let held = secrets.identity_key().into_owned();
                secrets.identity_key = ask.fresh;
                held
            }
        };
        // Of one name the last alone: who replaces it twice in a day means the one before to end.
        secrets.before.retain(|before| before.name != ask.name && now < before.until);
        secrets.before.push(Before { name: ask.name, secret: held, until: now.plus_seconds(HOURS * 3600) });
        match ask.name {
            // Who came in by the token that holds no longer has to show the new one.
            Rotated::ShopToken => drop(self.sql.run("DELETE FROM session WHERE helper IS NULL", &[])?),
            Rotated::EventSecret | Rotated::IdentityKey => {}
        }
        self.write_record(&record)?;
        Ok(record)
    }
}
