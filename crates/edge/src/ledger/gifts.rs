//! What the edge does itself at platforms: rewards of which no module is there to give them, and codes. Each thing is taken
//! up in a transaction of its own, done outside of any, and noted in another: who dies in between takes it up again.

use parrain_core::instant::Instant;
use parrain_wire::tasks::TaskKind;

use super::sql::{Sql, Value};
use super::{Ledger, shop};
use crate::deliveries::platform::{Done, Gift, Job, gives};
use crate::platform::Platform;
use crate::protocol::Refusal;
use crate::protocol::calls::Came;
use std::rc::Rc;

/// For how many seconds what is on hold again, or in a batch of the shop's by now, is not looked at.
const LATER: i64 = 3600;

/// How many of those one call passes over.
const PASSED: usize = 20;

/// The tasks that wait for a platform (`?1`): what was begun or given there, and what nobody has begun where it gives (`?2`).
const WAITS_AT: &str = "state = 0 AND (maker = ?1 OR maker IS NULL AND kind = 0 AND ?2)";

impl<S: Sql> Ledger<S> {
    /// The shop, where there is one.
    pub(super) fn shop_if_any(&self) -> Result<Option<Rc<shop::Shop>>, Refusal> {
        if !super::schema::has(&self.sql, "delivery")? {
            return Ok(None);
        }
        match self.shop() {
            Err(Refusal::UnknownShop) => Ok(None),
            shop => shop.map(Some),
        }
    }

    /// The platform at which the edge gives rewards, where no module does: the first to which it has credentials.
    pub(super) fn giver(&self) -> Result<Option<Platform>, Refusal> {
        if self.has_modules()? {
            return Ok(None);
        }
        Ok(self.connected_platforms()?.into_iter().next())
    }

    /// Whether a reward of the kind of this name is given in the shop's platform, by a module or by the edge itself.
    pub(super) fn is_given(&self, kind: &str) -> Result<bool, Refusal> {
        Ok(self.has_modules()? || self.giver()?.is_some_and(|platform| gives(platform, kind)))
    }

    /// Whether somebody is there to end what was given: a module, or the edge itself.
    pub(super) fn is_taken_back(&self) -> Result<bool, Refusal> {
        Ok(self.has_modules()? || self.has_credentials()?)
    }

    /// When the edge is to give or take back something at a platform next.
    pub(super) fn next_gift(&self, platform: Platform) -> Result<Option<Instant>, Refusal> {
        let gives = self.giver()? == Some(platform);
        let rows = self.sql.run(
            &format!("SELECT MIN(next) FROM task WHERE {WAITS_AT}"),
            &[platform.name().into(), gives.into()],
        )?;
        Ok(rows.first().and_then(|row| row.maybe_int(0)).map(Instant::from_micros))
    }

    /// Takes up the next thing to be done at a platform, rewards first.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then nothing has changed.
    pub fn next_job(&self, now: Instant, platform: Platform) -> Result<Option<Job>, Refusal> {
        self.now.set(now);
        self.asker.replace(None);
        self.in_transaction(|| {
            if self.shop_if_any()?.is_none() {
                return Ok(None);
            }
            match self.take_up_gift(now, platform)? {
                Some(job) => Ok(Some(job)),
                None => match self.next_code(now, platform)? {
                    Some(code) => Ok(Some(Job::Code(code))),
                    None => Ok(self.take_look(now, platform)?.map(Job::Reconcile)),
                },
            }
        })
    }

    /// Notes what was done.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then it will be taken up again, and found done.
    pub fn job_done(&self, now: Instant, platform: Platform, job: &Job, done: &Done) -> Result<(), Refusal> {
        self.noted(now, || {
            self.platform_answered(now, platform)?;
            match (job, done) {
                (Job::Code(code), Done::Coded(came)) => self.code_done(now, platform.name(), code, came),
                (Job::Give(gift) | Job::Look(gift), Done::Given(given)) => {
                    self.sql.run(
                        "UPDATE task SET maker = ?, reference = ? WHERE id = ?",
                        &[platform.name().into(), given.reference.clone().into(), gift.id.as_str().into()],
                    )?;
                    self.finish_task(now, &gift.id, Came::Done(given.code.clone())).map(drop)
                }
                (Job::Look(gift), Done::Nothing) => {
                    self.sql.run(
                        "UPDATE task SET next = ? WHERE id = ?",
                        &[now.into(), gift.id.as_str().into()],
                    )?;
                    self.not_begun(now, &gift.id)
                }
                (Job::TakeBack(gift), Done::TakenBack(reference)) => {
                    self.sql.run(
                        "UPDATE task SET reference = COALESCE(?, reference) WHERE id = ?",
                        &[reference.clone().into(), gift.id.as_str().into()],
                    )?;
                    self.finish_task(now, &gift.id, Came::Done(None)).map(drop)
                }
                // How far it is was noted with what it found.
                (Job::Reconcile(_), Done::Looked) => Ok(()),
                (Job::Code(_), Done::Given(_) | Done::TakenBack(_) | Done::Nothing | Done::Looked)
                | (Job::Look(_), Done::Coded(_) | Done::TakenBack(_) | Done::Looked)
                | (Job::Give(_), Done::Coded(_) | Done::TakenBack(_) | Done::Nothing | Done::Looked)
                | (Job::TakeBack(_), Done::Coded(_) | Done::Given(_) | Done::Nothing | Done::Looked)
                | (Job::Reconcile(_), Done::Coded(_) | Done::Given(_) | Done::TakenBack(_) | Done::Nothing) => {
                    Err(Refusal::Store("something else was done than was to be".into()))
                }
            }
        })
    }

    /// Notes that something failed; it is tried again with growing gaps.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn job_failed(
        &self,
        now: Instant,
        platform: Platform,
        job: &Job,
        words: &str,
    ) -> Result<(), Refusal> {
        self.noted(now, || match job {
            Job::Code(code) => self.code_failed(now, platform.name(), &code.code, words, false),
            // Who could not look knows no more than before.
            Job::Look(gift) => self.task_unanswered(now, &gift.id, words),
            Job::Give(gift) | Job::TakeBack(gift) => {
                self.finish_task(now, &gift.id, Came::Failed(words.to_owned()))?;
                self.not_begun(now, &gift.id)
            }
            Job::Reconcile(_) => self.look_refused(now, platform, words),
        })
    }

    /// Notes that nothing came that is an answer. It may have been done: so it is never given up for that, and others go
    /// before it once the platform answers again.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn job_unanswered(
        &self,
        now: Instant,
        platform: Platform,
        job: &Job,
        words: &str,
    ) -> Result<(), Refusal> {
        self.noted(now, || match job {
            Job::Code(code) => self.code_unanswered(now, platform.name(), &code.code, words),
            Job::Look(gift) | Job::Give(gift) | Job::TakeBack(gift) => {
                self.task_unanswered(now, &gift.id, words)
            }
            Job::Reconcile(_) => self.look_unanswered(now, platform, words),
        })
    }

    /// Notes that a platform has nothing of the kind: a code is given up, and a reward is the shop's to give.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn job_unfit(&self, now: Instant, platform: Platform, job: &Job, words: &str) -> Result<(), Refusal> {
        self.noted(now, || match job {
            Job::Code(code) => self.code_failed(now, platform.name(), &code.code, words, true),
            Job::Look(gift) | Job::Give(gift) | Job::TakeBack(gift) => {
                self.give_up_task(now, &gift.id, words)?;
                self.not_begun(now, &gift.id)
            }
            Job::Reconcile(_) => self.look_refused(now, platform, words),
        })
    }

    /// Runs what notes an outcome. A task or code that is gone by now, with its shop or its reward, is nobody's any more.
    fn noted(&self, now: Instant, body: impl Fn() -> Result<(), Refusal>) -> Result<(), Refusal> {
        self.now.set(now);
        self.asker.replace(None);
        self.in_transaction(|| {
            if self.shop_if_any()?.is_none() {
                return Ok(());
            }
            match body() {
                Err(Refusal::UnknownTask | Refusal::TaskDone) => Ok(()),
                noted => noted,
            }
        })
    }

    fn take_up_gift(&self, now: Instant, platform: Platform) -> Result<Option<Job>, Refusal> {
        let gives = self.giver()? == Some(platform);
        for _ in 0..PASSED {
            let due = self.tasks(
                &format!("WHERE {WAITS_AT} AND next <= ?3 ORDER BY next, seq LIMIT 1"),
                &[platform.name().into(), gives.into(), now.into()],
            )?;
            let Some(record) = due.into_iter().next() else { return Ok(None) };
            let (seq, kind, begun, referrer) =
                (record.seq, record.kind, record.begun, record.referrer.clone());
            let Some(task) = self.lease_tasks(now, vec![record])?.pop() else {
                self.sql.run(
                    "UPDATE task SET next = ? WHERE seq = ?",
                    &[now.plus_seconds(LATER).into(), seq.into()],
                )?;
                continue;
            };
            let held = self.sql.run(
                "UPDATE task SET begun = COALESCE(begun, ?), maker = ? WHERE seq = ? RETURNING reference",
                &[now.into(), platform.name().into(), seq.into()],
            )?;
            let others = self.sql.run(
                "SELECT reference FROM task WHERE seq <> ?1 AND reference IS NOT NULL
                    AND (referrer = ?2 OR referrer IN (SELECT code FROM referrer WHERE customer = ?3))",
                &[Value::Int(seq), referrer.as_str().into(), task.customer_id.clone().into()],
            )?;
            let gift = Gift {
                id: task.id,
                code: task.code,
                reward: task.reward,
                currency: task.currency.as_str().to_owned(),
                customer_id: task.customer_id,
                email: task.email,
                begun,
                reference: held.first().and_then(|row| row.maybe_text(0)).map(str::to_owned),
                others: others.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>()?,
            };
            return Ok(Some(match kind {
                TaskKind::EndCode => Job::TakeBack(gift),
                TaskKind::Reward | TaskKind::Code if begun.is_some() => Job::Look(gift),
                TaskKind::Reward | TaskKind::Code => Job::Give(gift),
            }));
        }
        Ok(None)
    }
}
