//! Looking for a platform's orders of which no webhook told: when, from when on, how far it is, and what it found.

use parrain_core::instant::Instant;
use parrain_wire::connections::{
    PlatformConnection, PlatformFault, PlatformRight, Reconciliation, ReconciliationState, RightUse,
};
use parrain_wire::desk::{self, News};
use parrain_wire::event::{Decided, Outcome};

use super::deliveries::{bounded, gap};
use super::sql::{Row, Sql, Value};
use super::{Ledger, shop::Shop};
use crate::deliveries::platform::{Look, Passed};
use crate::platform::Platform;
use crate::protocol::calls::AskReconciliation;
use crate::protocol::shop::ShopRecord;
use crate::protocol::{Answers, Ask, Refusal};

/// At what hour of the shop's night it is done; within which minutes of it differs from shop to shop.
const HOUR: u32 = 3;

/// By how many seconds a look goes back behind the beginning of the one before: a platform lists a change a little later
/// than it dates it, and clocks differ.
const OVERLAP: i64 = 900;

/// By how many seconds a look ends before it begins: within that time a webhook is on its way. The next look takes it up.
const FRESH: i64 = 300;

/// How many days back a look goes at most, however long ago the last one was: Shopify shows orders of sixty.
pub const LOOK_DAYS: i64 = 60;

/// How many of the orders that it found are named, and how many are known again when more of them is found.
const NAMED: (usize, i64) = (20, 200);

/// For how many seconds a look waits at most whose platform did not answer.
const LONGEST: i64 = 3600;

/// How many times in a row a platform does not answer a look before that waits for the night.
const TRIES: i64 = 5;

impl<S: Sql> Answers<AskReconciliation> for Ledger<S> {
    /// With another beginning, one that runs begins anew; otherwise it goes on. What no look has seen yet is seen all the
    /// same: a later beginning than that of the next look changes nothing.
    fn answer(&self, now: Instant, ask: AskReconciliation) -> Result<PlatformConnection, Refusal> {
        let shop = self.shop()?;
        let name = ask.platform.name();
        self.connected(ask.platform)?;
        if self.sql.run("SELECT 1 FROM reconciliation WHERE platform = ?", &[name.into()])?.is_empty() {
            return Err(Refusal::OrdersClosed);
        }
        if !takes_webhooks(&shop, ask.platform) {
            return Err(Refusal::NoWebhooks);
        }
        match ask.since {
            Some(since) => self.sql.run(
                "UPDATE reconciliation SET since = MIN(since, ?), next = ?, begun = NULL, cursor = NULL, tries = 0 WHERE platform = ?",
                &[since.into(), now.into(), name.into()],
            )?,
            None => self.sql.run(
                "UPDATE reconciliation SET next = ?, tries = 0 WHERE platform = ?",
                &[now.into(), name.into()],
            )?,
        };
        self.errand.set(true);
        self.connected(ask.platform)
    }
}

impl<S: Sql> Ledger<S> {
    /// The shop's record, where there is a shop.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn shop_record(&self) -> Result<Option<ShopRecord>, Refusal> {
        Ok(self.shop_if_any()?.map(|shop| shop.record.clone()))
    }

    /// Records something that a look found, in one transaction with the count of what was missing; `outcome` is what came of
    /// it, where it is an order's.
    ///
    /// # Errors
    /// As the call itself; [`Refusal::UnknownShop`] where the shop is another by now, [`Refusal::UnknownConnection`] where the
    /// look is not that of the platform's account any more.
    pub fn heal<A>(
        &self,
        (now, platform, incarnation): (Instant, Platform, &str),
        ask: &A,
        outcome: impl Fn(&A::Answer) -> Option<&Outcome>,
    ) -> Result<A::Answer, Refusal>
    where
        A: Ask + Clone,
        Self: Answers<A>,
    {
        self.now.set(now);
        self.asker.replace(None);
        self.in_transaction(|| {
            if self.shop()?.record.secrets.incarnation != incarnation {
                return Err(Refusal::UnknownShop);
            }
            // The account may have been replaced or dropped while its list was on the way.
            let runs = "SELECT 1 FROM reconciliation WHERE platform = ? AND begun IS NOT NULL";
            if self.sql.run(runs, &[platform.name().into()])?.is_empty() {
                return Err(Refusal::UnknownConnection);
            }
            let answer = self.answer(now, ask.clone())?;
            if let Some(order) = outcome(&answer).and_then(found) {
                self.sql.run(
                    "UPDATE reconciliation SET found = found + 1, orders = CASE WHEN json_array_length(orders) < ?3
                        THEN json_insert(orders, '$[#]', ?2) ELSE orders END
                        WHERE platform = ?1 AND NOT EXISTS (SELECT 1 FROM json_each(orders) WHERE value = ?2)",
                    &[platform.name().into(), order.into(), NAMED.1.into()],
                )?;
            }
            Ok(answer)
        })
    }

    /// Whether an order of this id is on record.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn knows_order(&self, id: &str) -> Result<bool, Refusal> {
        Ok(self.has_sale(id)?)
    }

    /// Notes how far a look is, and that it is over where it is.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then what it took up last is looked at again.
    pub fn looked(&self, now: Instant, platform: Platform, passed: Passed) -> Result<(), Refusal> {
        self.now.set(now);
        self.asker.replace(None);
        self.in_transaction(|| {
            let Some(shop) = self.shop_if_any()? else { return Ok(()) };
            let name = platform.name();
            // Of a try that failed nothing is said any more; of what was left out before, on until the look is over.
            let rows = self.sql.run(
                "UPDATE reconciliation SET seen = seen + ?1, cursor = ?2, tries = 0,
                    words = COALESCE(?3, CASE WHEN tries = 0 THEN words END),
                    faulted = CASE WHEN ?3 IS NOT NULL THEN ?4 WHEN tries = 0 THEN faulted END
                    WHERE platform = ?5 AND begun IS NOT NULL RETURNING begun, found",
                &[
                    passed.seen.into(),
                    passed.cursor.clone().into(),
                    passed.left_out.map(str::to_owned).into(),
                    now.into(),
                    name.into(),
                ],
            )?;
            let (Some(row), true) = (rows.first(), passed.over) else { return Ok(()) };
            let begun = Instant::from_micros(row.int(0)?);
            self.sql.run(
                "UPDATE reconciliation SET since = ?, next = ?, last = ?, begun = NULL, cursor = NULL WHERE platform = ?",
                &[
                    begun.plus_seconds(-OVERLAP).into(),
                    night_after(&shop, now).into(),
                    now.into(),
                    name.into(),
                ],
            )?;
            match row.int(1)? {
                0 => Ok(()),
                count => Ok(self.note(
                    now,
                    News {
                        what: desk::Event::OrdersFound.into(),
                        platform: Some(name.to_owned()),
                        count: Some(count),
                        ..News::default()
                    },
                )?),
            }
        })
    }

    /// Begins to look at a platform's orders with the credentials that were given, or no longer does; of another account
    /// nothing is known.
    pub(super) fn allow_reconciliation(
        &self,
        now: Instant,
        platform: Platform,
        rights: &[PlatformRight],
        is_another: bool,
    ) -> Result<(), Refusal> {
        let held = rights.iter().any(|right| right.needed_for == RightUse::Reconciliation && right.held);
        if !held || is_another {
            self.forget_reconciliation(platform)?;
        }
        if held {
            let next = night_after(&*self.shop()?, now);
            self.sql.run(
                "INSERT INTO reconciliation (platform, since, next) VALUES (?1, ?2, ?3) ON CONFLICT (platform)
                    DO UPDATE SET next = CASE WHEN begun IS NULL THEN next ELSE ?2 END, words = NULL, faulted = NULL",
                &[platform.name().into(), now.into(), next.into()],
            )?;
            self.errand.set(true);
        }
        Ok(())
    }

    /// Forgets all of it, with the credentials.
    pub(super) fn forget_reconciliation(&self, platform: Platform) -> Result<(), Refusal> {
        self.sql.run("DELETE FROM reconciliation WHERE platform = ?", &[platform.name().into()])?;
        Ok(())
    }

    /// When a platform's orders are looked at next.
    pub(super) fn next_look(&self, platform: Platform) -> Result<Option<Instant>, Refusal> {
        if !takes_webhooks(&*self.shop()?, platform) {
            return Ok(None);
        }
        let rows =
            self.sql.run("SELECT next FROM reconciliation WHERE platform = ?", &[platform.name().into()])?;
        Ok(rows.first().and_then(|row| row.maybe_int(0)).map(Instant::from_micros))
    }

    /// Begins the look that is due, or goes on with it.
    pub(super) fn take_look(&self, now: Instant, platform: Platform) -> Result<Option<Look>, Refusal> {
        if self.next_look(platform)?.is_none_or(|next| now < next) {
            return Ok(None);
        }
        let name = Value::from(platform.name());
        self.sql.run(
            "UPDATE reconciliation SET begun = ?1, since = MAX(since, ?2), cursor = NULL, seen = 0, found = 0, orders = '[]',
                words = NULL, faulted = NULL WHERE platform = ?3 AND begun IS NULL",
            &[now.into(), now.plus_days(-LOOK_DAYS).into(), name.clone()],
        )?;
        let rows =
            self.sql.run("SELECT since, cursor, begun FROM reconciliation WHERE platform = ?", &[name])?;
        let look = |row: &Row| {
            Ok(Look {
                since: Instant::from_micros(row.int(0)?),
                until: Instant::from_micros(row.int(2)?).plus_seconds(-FRESH),
                cursor: row.maybe_text(1).map(str::to_owned),
            })
        };
        rows.first().map(look).transpose()
    }

    /// Notes that a platform would not be looked at: it is begun anew in the night, from where it began.
    pub(super) fn look_refused(&self, now: Instant, platform: Platform, words: &str) -> Result<(), Refusal> {
        let next = night_after(&*self.shop()?, now);
        self.sql.run(
            "UPDATE reconciliation SET next = ?, begun = NULL, cursor = NULL, tries = 0, words = ?, faulted = ?
                WHERE platform = ?",
            &[next.into(), bounded(words).into(), now.into(), platform.name().into()],
        )?;
        Ok(())
    }

    /// Notes that a platform did not answer: the look goes on where it stands, after some tries in the night.
    pub(super) fn look_unanswered(
        &self,
        now: Instant,
        platform: Platform,
        words: &str,
    ) -> Result<(), Refusal> {
        let name = Value::from(platform.name());
        let rows = self.sql.run(
            "UPDATE reconciliation SET tries = tries + 1, words = ?, faulted = ? WHERE platform = ? RETURNING tries",
            &[bounded(words).into(), now.into(), name.clone()],
        )?;
        let Some(row) = rows.first() else { return Ok(()) };
        let tries = row.int(0)?;
        if tries >= TRIES {
            return self.look_refused(now, platform, words);
        }
        let next = now.plus_seconds(gap(tries - 1).min(LONGEST));
        self.sql.run("UPDATE reconciliation SET next = ? WHERE platform = ?", &[next.into(), name])?;
        Ok(())
    }

    /// How it stands, as the owner is shown it.
    pub(super) fn reconciliation(&self, platform: Platform) -> Result<Reconciliation, Refusal> {
        let rows = self.sql.run(
            "SELECT since, next, last, begun, seen, found, orders, words, faulted FROM reconciliation WHERE platform = ?",
            &[platform.name().into()],
        )?;
        let Some(row) = rows.first() else {
            return Ok(Reconciliation {
                state: ReconciliationState::NotAllowed.into(),
                ..Reconciliation::default()
            });
        };
        let takes = takes_webhooks(&*self.shop()?, platform);
        let state = match (takes, row.maybe_int(3)) {
            (false, _) => ReconciliationState::NoWebhooks,
            (true, Some(_)) => ReconciliationState::Running,
            (true, None) => ReconciliationState::Waiting,
        };
        let instant = |column| row.maybe_int(column).map(Instant::from_micros);
        let fault = row.maybe_text(7).zip(instant(8));
        Ok(Reconciliation {
            state: state.into(),
            since: instant(0).filter(|_| takes),
            next_at: instant(1).filter(|_| takes),
            last_at: instant(2),
            seen: row.int(4)?,
            missing: row.int(5)?,
            orders: row.json::<Vec<String>>(6)?.into_iter().take(NAMED.0).collect(),
            fault: fault.map(|(words, at)| PlatformFault { at, words: words.to_owned() }),
        })
    }
}

/// Whether the shop's orders come from a platform by its webhooks. Where they come in another way, under ids of its own
/// perhaps, each would be there twice.
fn takes_webhooks(shop: &Shop, platform: Platform) -> bool {
    shop.record.webhook_secrets.contains_key(platform.name())
}

/// The order of which something was missing, by what came of taking it up.
fn found(outcome: &Outcome) -> Option<&str> {
    let news = match outcome.outcome.word()? {
        Decided::Recorded | Decided::NotReferred | Decided::Rejected => true,
        Decided::Duplicate | Decided::Ignored => false,
    };
    outcome.order_id.as_deref().filter(|_| news)
}

/// The next night of a shop, at a minute of its own, so that not all of a deployment's shops ask at once.
fn night_after(shop: &Shop, now: Instant) -> Instant {
    let zone = &shop.versions.latest().zone;
    let minute = shop.record.secrets.incarnation.bytes().map(i64::from).sum::<i64>() % 60;
    let today = zone.day(now);
    let at = |day| zone.hour_start(day, HOUR).plus_seconds(minute * 60);
    if now < at(today) { at(today) } else { at(today + 1) }
}
