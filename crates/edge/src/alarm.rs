//! What a shop's alarm does: whatever calls have left to be done later, and what is dated.
//!
//! There is one alarm for all of it, which is asked each time when it is to ring next. Each thing is by itself: where KV
//! fails, deliveries go on, and the other way round.

use std::cell::Cell;

use parrain_core::instant::Instant;

use crate::deliveries::web::Web;
use crate::deliveries::{mail, platform, webhook};
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::protocol::calls::GetShop;
use crate::protocol::{Call, Refusal};
use crate::stores::Kv;
use crate::stores::copier::{Copier, Left};

/// After how many seconds a copy to KV, or the ledger's store, that failed is tried again; twice as long after each
/// failure in a row, up to an hour, since a day's allowance of KV writes may be used up.
const RETRY_SECONDS: i64 = 10;

/// The longest wait after failures, in seconds.
const LONGEST_WAIT: i64 = 3600;

/// How many alarms may settle before one does everything else too.
const ELSE_EVERY: u32 = 50;

/// How many stretches of what is dated one alarm lets happen.
const STRETCHES: u32 = 20;

/// When the alarm is to ring again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The shop is gone, and nothing of it waits.
    Gone,
    /// Nothing waits.
    Never,
    /// Then, or at once where that has passed.
    At(Instant),
}

/// What an alarm remembers from one ring to the next. Who forgets it only tries sooner.
#[derive(Debug, Default)]
pub struct Alarm {
    copier: Copier,
    /// How many runs of the copier have failed in a row, and until when it is left alone for that.
    copier_failed: Cell<(u32, Option<Instant>)>,
    /// How many alarms in a row have done nothing but settle.
    settling: Cell<u32>,
    /// What platforms gave for a while.
    platforms: platform::Memory,
}

impl Alarm {
    /// Does what waits, as far as one ring may. It never fails: the runtime gives up on an alarm after a few failures,
    /// and what waits here must not be given up. What went wrong is told to `log`.
    pub async fn ring<S: Sql>(
        &self,
        ledger: &Ledger<S>,
        kv: &impl Kv,
        web: &impl Web,
        log: impl Fn(&str),
    ) -> Next {
        let mut again = Soonest(None);
        if self.settle(ledger, web.now(), &mut again, &log) {
            return again.next();
        }
        let later = web.now().plus_seconds(RETRY_SECONDS);
        // What failed has its time in `again`: its own, which has passed, would have the alarm ring at once for ever.
        let (mut happens, mut sends) = (true, true);
        for stretch in 1..=STRETCHES {
            match ledger.happen(web.now()) {
                Ok(false) => break,
                Ok(true) if stretch == STRETCHES => again.at(web.now()),
                Ok(true) => {}
                Err(fault) => {
                    log(&format!("what is dated waits: {fault}"));
                    again.at(later);
                    happens = false;
                    break;
                }
            }
        }
        let mut forgets = true;
        if let Err(fault) = ledger.forget_imports(web.now()) {
            log(&format!("imports are forgotten later: {fault}"));
            again.at(later);
            forgets = false;
        }
        let mails = self.mail(ledger, web, &mut again, &log).await;
        // Before the copies and deliveries, which tell what comes of it.
        let errands = self.at_platforms(ledger, web, &mut again, &log).await;
        let nothing = self.copy(ledger, kv, web.now(), &mut again, &log).await;
        if let Err(cause) = webhook::run(ledger, web).await {
            log(&format!("deliveries wait: {cause}"));
            again.at(later);
            sends = false;
        }
        let dated = [
            happens.then(|| ledger.next_turn()),
            sends.then(|| ledger.next_try()),
            mails.then(|| ledger.next_mail(web.now())),
            errands.then(|| ledger.next_errand()),
            forgets.then(|| ledger.next_forgotten()),
        ];
        for next in dated.into_iter().flatten() {
            match next {
                Ok(at) => at.into_iter().for_each(|at| again.at(at)),
                Err(fault) => {
                    log(&format!("what is dated waits: {fault}"));
                    again.at(later);
                }
            }
        }
        if nothing && matches!(ledger.call(Call::new(web.now(), GetShop)), Err(Refusal::UnknownShop)) {
            return Next::Gone;
        }
        again.next()
    }

    /// Makes codes and gives rewards at platforms; whether the ledger's store held.
    async fn at_platforms<S: Sql>(
        &self,
        ledger: &Ledger<S>,
        web: &impl Web,
        again: &mut Soonest,
        log: &impl Fn(&str),
    ) -> bool {
        // Who is put on another offer has another code made.
        let dealt = ledger.deal_referrers(web.now());
        let looked = dealt.and(ledger.look_through_codes(web.now()));
        let looked = looked.map(drop).map_err(|fault| fault.to_string());
        let worked = platform::run(ledger, web, &self.platforms).await;
        match looked.and(worked) {
            Ok(()) => true,
            Err(cause) => {
                log(&format!("platforms wait: {cause}"));
                again.at(web.now().plus_seconds(RETRY_SECONDS));
                false
            }
        }
    }

    /// Works off a part of what a late arrival left open; whether that is all for this ring. One part a ring, so that
    /// what shops send meanwhile comes in between; but nothing else waits for ever where late arrivals do not end.
    fn settle<S: Sql>(
        &self,
        ledger: &Ledger<S>,
        now: Instant,
        again: &mut Soonest,
        log: &impl Fn(&str),
    ) -> bool {
        match ledger.settle_step() {
            Ok(more) => {
                let row = if more { self.settling.get().saturating_add(1) } else { 0 };
                self.settling.set(row);
                if more {
                    again.at(now);
                }
                more && row % ELSE_EVERY != 0
            }
            Err(fault) => {
                log(&format!("what is unsettled waits: {fault}"));
                again.at(now.plus_seconds(RETRY_SECONDS));
                false
            }
        }
    }

    /// Writes down what mail is dated, and sends what waits; whether the ledger's store let it.
    async fn mail<S: Sql>(
        &self,
        ledger: &Ledger<S>,
        web: &impl Web,
        again: &mut Soonest,
        log: &impl Fn(&str),
    ) -> bool {
        let later = web.now().plus_seconds(RETRY_SECONDS);
        let mut held = true;
        for stretch in 1..=STRETCHES {
            match ledger.happen_mail(web.now()) {
                Ok(true) if stretch == STRETCHES => again.at(web.now()),
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => {
                    log(&format!("dated mail waits: {fault}"));
                    again.at(later);
                    held = false;
                    break;
                }
            }
        }
        // What is written down goes out all the same: somebody may wait for a link.
        if let Err(cause) = mail::run(ledger, web).await {
            log(&format!("mail waits: {cause}"));
            again.at(later);
            held = false;
        }
        held
    }

    /// Copies to KV what waits; whether nothing does.
    async fn copy<S: Sql>(
        &self,
        ledger: &Ledger<S>,
        kv: &impl Kv,
        now: Instant,
        again: &mut Soonest,
        log: &impl Fn(&str),
    ) -> bool {
        let (failures, until) = self.copier_failed.get();
        if let Some(until) = until.filter(|until| now < *until) {
            again.at(until);
            return false;
        }
        match self.copier.run(ledger, kv, now).await {
            Left::Nothing => {
                self.copier_failed.take();
                true
            }
            Left::Again { seconds } => {
                self.copier_failed.take();
                again.at(now.plus_seconds(i64::from(seconds)));
                false
            }
            Left::Failed(cause) => {
                log(&format!("the outbox waits: {cause}"));
                let until = now.plus_seconds((RETRY_SECONDS << failures.min(20)).min(LONGEST_WAIT));
                self.copier_failed.set((failures.saturating_add(1), Some(until)));
                again.at(until);
                false
            }
        }
    }
}

/// The soonest of several instants.
struct Soonest(Option<Instant>);

impl Soonest {
    fn at(&mut self, at: Instant) {
        self.0 = Some(self.0.map_or(at, |soonest| soonest.min(at)));
    }

    fn next(&self) -> Next {
        self.0.map_or(Next::Never, Next::At)
    }
}
