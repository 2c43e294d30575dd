//! Credentials of platforms, and how the edge gets on with each: when it was used, what keeps it waiting.

use parrain_core::instant::Instant;
use parrain_wire::connections::{PlatformConnection, PlatformFault};
use parrain_wire::desk::{self, News};

use super::Ledger;
use super::deliveries::{bounded, gap};
use super::sql::{Row, Sql, Value, json_of};
use crate::deliveries::platform::Waiting;
use crate::details::seal::Sealed;
use crate::platform::Platform;
use crate::protocol::calls::{
    DropCredentials, GetCredentials, PutCredentials, ReplaceCredentials, StaleCredentials,
};
use crate::protocol::{Answers, Refusal};

/// How often at most it is noted that a platform was asked, in seconds.
const EVERY: i64 = 3600;

/// For how many seconds a platform is left alone at most that opens nothing or does not answer.
const LONGEST_PAUSE: i64 = 3600;

impl<S: Sql> Answers<PutCredentials> for Ledger<S> {
    /// Everything is looked at anew with them: what was given up may be possible by now.
    fn answer(&self, now: Instant, ask: PutCredentials) -> Result<PlatformConnection, Refusal> {
        self.shop()?;
        let PutCredentials { platform, account, sealed, rights } = ask;
        let before = self.account_of(platform)?;
        let is_another = before.as_ref().is_some_and(|before| *before != account);
        // What is shown of an account at Stripe is the end of its key, which is no other account's for that.
        self.allow_reconciliation(now, platform, &rights, is_another && apart(platform, &account).is_some())?;
        let rights = json_of(&rights)?;
        if let Some(before) = before.filter(|before| *before != account) {
            // What was made for another shop's account stands there, and says nothing of this one.
            self.sql.run("DELETE FROM code WHERE maker = ?", &[platform.name().into()])?;
            self.set_apart(platform, &before)?;
        }
        if let Some(apart) = apart(platform, &account) {
            self.sql
                .run("UPDATE task SET maker = ? WHERE maker = ?", &[platform.name().into(), apart.into()])?;
        }
        self.sql.run(
            "INSERT OR REPLACE INTO credential (platform, account, key_id, sealed, rights, since)
                VALUES (?, ?, ?, ?, ?, ?)",
            &[
                platform.name().into(),
                account.into(),
                sealed.key_id.into(),
                sealed.text.into(),
                rights.into(),
                now.into(),
            ],
        )?;
        self.note(
            now,
            News {
                what: desk::Event::PlatformConnected.into(),
                platform: Some(platform.name().to_owned()),
                ..News::default()
            },
        )?;
        self.sql.run(
            "UPDATE code SET state = 0, next = ?, tries = 0, failed = NULL, words = NULL WHERE maker = ? AND state > 1",
            &[now.into(), platform.name().into()],
        )?;
        // So is what the edge itself was at, whose answers were lost.
        self.sql.run(
            "UPDATE task SET next = ?1 WHERE state = 0 AND next > ?1 AND begun IS NOT NULL",
            &[now.into()],
        )?;
        self.withdraw_without_givers()?;
        self.want_all_codes()?;
        self.attend(now)?;
        self.connected(platform)
    }
}

impl<S: Sql> Answers<GetCredentials> for Ledger<S> {
    fn answer(&self, _: Instant, ask: GetCredentials) -> Result<PlatformConnection, Refusal> {
        self.shop()?;
        self.connected(ask.platform)
    }
}

impl<S: Sql> Answers<DropCredentials> for Ledger<S> {
    /// What stands at the platform stays there: without credentials nobody can end it but the shop.
    fn answer(&self, now: Instant, ask: DropCredentials) -> Result<(), Refusal> {
        self.shop()?;
        let platform = [Value::from(ask.platform.name())];
        let gone = self.sql.run("DELETE FROM credential WHERE platform = ? RETURNING account", &platform)?;
        let gone = gone.first().ok_or(Refusal::UnknownConnection)?;
        self.set_apart(ask.platform, gone.text(0)?)?;
        self.forget_reconciliation(ask.platform)?;
        self.sql.run("DELETE FROM code WHERE maker = ?", &platform)?;
        self.note(
            now,
            News {
                what: desk::Event::PlatformDisconnected.into(),
                platform: Some(ask.platform.name().to_owned()),
                ..News::default()
            },
        )?;
        self.withdraw_without_givers()?;
        self.want_all_codes()?;
        self.attend(now)
    }
}

impl<S: Sql> Answers<StaleCredentials> for Ledger<S> {
    fn answer(&self, _: Instant, ask: StaleCredentials) -> Result<Vec<(Platform, Sealed)>, Refusal> {
        self.shop()?;
        let mut stale = Vec::new();
        for platform in self.connected_platforms()? {
            stale.extend(
                self.sealed(platform)?
                    .filter(|sealed| sealed.key_id != ask.key_id)
                    .map(|one| (platform, one)),
            );
        }
        Ok(stale)
    }
}

impl<S: Sql> Answers<ReplaceCredentials> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ReplaceCredentials) -> Result<u32, Refusal> {
        self.shop()?;
        let mut replaced = 0;
        for (platform, before, after) in ask.sealed {
            let rows = self.sql.run(
                "UPDATE credential SET key_id = ?, sealed = ? WHERE platform = ? AND sealed = ? RETURNING 1",
                &[after.key_id.into(), after.text.into(), platform.name().into(), before.text.into()],
            )?;
            replaced += u32::from(!rows.is_empty());
        }
        Ok(replaced)
    }
}

impl<S: Sql> Ledger<S> {
    /// Notes that what was begun or given at a platform is this account's: another's credentials do not open it.
    fn set_apart(&self, platform: Platform, account: &str) -> Result<(), Refusal> {
        if let Some(apart) = apart(platform, account) {
            self.sql
                .run("UPDATE task SET maker = ? WHERE maker = ?", &[apart.into(), platform.name().into()])?;
        }
        Ok(())
    }

    /// Whether the edge has credentials to any platform.
    pub(super) fn has_credentials(&self) -> Result<bool, Refusal> {
        Ok(self.number("SELECT EXISTS (SELECT 1 FROM credential)", &[])? != 0)
    }

    /// The platforms to which the edge has credentials, in the order of [`Platform::ALL`].
    pub(super) fn connected_platforms(&self) -> Result<Vec<Platform>, Refusal> {
        let rows = self.sql.run("SELECT platform FROM credential", &[])?;
        let names = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(Platform::ALL.into_iter().filter(|platform| names.contains(&platform.name())).collect())
    }

    /// All of them as the owner is shown them.
    pub(super) fn platform_connections(&self) -> Result<Vec<PlatformConnection>, Refusal> {
        self.connected_platforms()?.into_iter().map(|platform| self.connected(platform)).collect()
    }

    /// The platforms that are not paused and for which something is due.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn platforms_waiting(&self, now: Instant) -> Result<Vec<Waiting>, Refusal> {
        let Some(shop) = self.shop_if_any()? else { return Ok(Vec::new()) };
        let mut waiting = Vec::new();
        for platform in self.connected_platforms()? {
            if self.next_at(platform)?.is_none_or(|at| now < at) {
                continue;
            }
            let Some(sealed) = self.sealed(platform)? else { continue };
            waiting.push(Waiting {
                platform,
                shop: shop.record.shop.to_string(),
                incarnation: shop.record.secrets.incarnation.clone(),
                sealed,
            });
        }
        Ok(waiting)
    }

    /// When a platform is next to be asked for something.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn next_errand(&self) -> Result<Option<Instant>, Refusal> {
        if self.shop_if_any()?.is_none() {
            return Ok(None);
        }
        let mut soonest = self.next_look_through()?.or(self.next_deal()?);
        for platform in self.connected_platforms()? {
            soonest = soonest.into_iter().chain(self.next_at(platform)?).min();
        }
        Ok(soonest)
    }

    /// Notes that a platform opens nothing: everything waits there, longer each time.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn platform_shut(&self, now: Instant, platform: Platform, words: &str) -> Result<(), Refusal> {
        self.in_transaction(|| {
            let rows = self.sql.run(
                "UPDATE credential SET fails = fails + 1, fault = ?, faulted = ? WHERE platform = ? RETURNING fails",
                &[bounded(words).into(), now.into(), platform.name().into()],
            )?;
            let Some(row) = rows.first() else { return Ok(()) };
            // The first gap of a delivery is for a network; what does not open takes longer to mend.
            let until = now.plus_seconds(gap(row.int(0)?).min(LONGEST_PAUSE));
            self.pause_platform(platform, until)
        })
    }

    /// Notes that a platform does not answer.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn platform_silent(&self, now: Instant, platform: Platform, words: &str) -> Result<(), Refusal> {
        self.in_transaction(|| {
            let rows = self.sql.run(
                "UPDATE credential SET fails = fails + 1, fault = ?, faulted = ? WHERE platform = ? RETURNING fails",
                &[bounded(words).into(), now.into(), platform.name().into()],
            )?;
            let Some(row) = rows.first() else { return Ok(()) };
            let until = now.plus_seconds(gap(row.int(0)? - 1).min(LONGEST_PAUSE));
            self.pause_platform(platform, until)
        })
    }

    /// Leaves a platform alone for as long as it asked for; that is no fault.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn platform_slow(&self, now: Instant, platform: Platform, seconds: i64) -> Result<(), Refusal> {
        self.in_transaction(|| self.pause_platform(platform, now.plus_seconds(seconds)))
    }

    /// Notes that a platform answered.
    pub(super) fn platform_answered(&self, now: Instant, platform: Platform) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE credential SET used = ?1, pause = 0, fails = 0, fault = NULL, faulted = NULL WHERE platform = ?2
                AND (fails > 0 OR fault IS NOT NULL OR used IS NULL OR used <= ?3)",
            &[now.into(), platform.name().into(), now.plus_seconds(-EVERY).into()],
        )?;
        Ok(())
    }

    fn pause_platform(&self, platform: Platform, until: Instant) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE credential SET pause = ? WHERE platform = ?",
            &[until.into(), platform.name().into()],
        )?;
        Ok(())
    }

    /// When something is to be done at a platform next, its pause over.
    fn next_at(&self, platform: Platform) -> Result<Option<Instant>, Refusal> {
        let name = Value::from(platform.name());
        let rows = self.sql.run(
            "SELECT pause, (SELECT MIN(next) FROM code WHERE maker = ?1 AND state = 0) FROM credential
                WHERE platform = ?1",
            &[name],
        )?;
        let Some(row) = rows.first() else { return Ok(None) };
        let pause = Instant::from_micros(row.int(0)?);
        let codes = row.maybe_int(1).map(Instant::from_micros);
        let soonest =
            codes.into_iter().chain(self.next_gift(platform)?).chain(self.next_look(platform)?).min();
        Ok(soonest.map(|at| at.max(pause)))
    }

    fn sealed(&self, platform: Platform) -> Result<Option<Sealed>, Refusal> {
        let rows = self
            .sql
            .run("SELECT key_id, sealed FROM credential WHERE platform = ?", &[platform.name().into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Sealed { key_id: row.text(0)?.to_owned(), text: row.text(1)?.to_owned() }))
    }

    fn account_of(&self, platform: Platform) -> Result<Option<String>, Refusal> {
        let rows =
            self.sql.run("SELECT account FROM credential WHERE platform = ?", &[platform.name().into()])?;
        Ok(rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()?)
    }

    pub(super) fn connected(&self, platform: Platform) -> Result<PlatformConnection, Refusal> {
        let rows = self.sql.run(
            "SELECT account, rights, since, used, fault, faulted FROM credential WHERE platform = ?",
            &[platform.name().into()],
        )?;
        let row = rows.first().ok_or(Refusal::UnknownConnection)?;
        let instant = |row: &Row, column| row.maybe_int(column).map(Instant::from_micros);
        let fault = row.maybe_text(4).zip(instant(row, 5));
        Ok(PlatformConnection {
            platform: platform.name().to_owned(),
            account: row.text(0)?.to_owned(),
            rights: row.json(1)?,
            since: Instant::from_micros(row.int(2)?),
            last_used: instant(row, 3),
            fault: fault.map(|(words, at)| PlatformFault { at, words: words.to_owned() }),
            reconciliation: self.reconciliation(platform)?,
            codes: self.code_counts(platform.name())?,
            troubles: self.code_troubles(platform.name())?,
        })
    }
}

/// The maker that stands for an account whose credentials are gone. At Stripe none does: what is shown of an account there is
/// the end of its key, which is another with each new key.
fn apart(platform: Platform, account: &str) -> Option<String> {
    match platform {
        Platform::Shopify | Platform::Woocommerce => Some(format!("{} {account}", platform.name())),
        Platform::Stripe => None,
    }
}
