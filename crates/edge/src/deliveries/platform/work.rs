//! Working off what waits for a platform: one thing after the other, as far as one run of the alarm may.

use super::reconcile::{self, Halt};
use super::{Caller, CodeJob, Coded, Credentials, Fault, Gift, Given, Look, Memory};
use crate::deliveries::web::Web;
use crate::details::seal::{Keyring, Sealed};
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::platform::Platform;
use crate::protocol::Refusal;
use std::cell::Cell;

/// How many requests one run makes: an invocation of the free plan may make 50, and webhooks have 30 of them.
const REQUESTS: u32 = 10;

/// With how many requests left nothing new is begun. Most take two; who needs more begins again with the next run, and
/// finds what it made.
const ENOUGH: u32 = 4;

/// For how many seconds a run begins new things; the alarm has other things to do.
const LONGEST: i64 = 5;

/// A platform for which something waits, with what opens it.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Which.
    pub platform: Platform,
    /// The shop's id.
    pub shop: String,
    /// Which of the shops that have had it.
    pub incarnation: String,
    /// The credentials.
    pub sealed: Sealed,
}

/// Something that is to be done at a platform.
#[derive(Debug, Clone, PartialEq)]
pub enum Job {
    /// A code is to be made, changed or ended.
    Code(CodeJob),
    /// A reward may have been given by an earlier try: it is looked for.
    Look(Gift),
    /// A reward is to be given.
    Give(Gift),
    /// A reward is to be taken back.
    TakeBack(Gift),
    /// What was changed there is to be looked at.
    Reconcile(Look),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Of a code.
    Coded(Coded),
    /// A reward was given.
    Given(Given),
    /// No earlier try gave it.
    Nothing,
    /// A reward was taken back; the platform's id of the debit, where that is how.
    TakenBack(Option<String>),
    /// A part of what was changed is on record.
    Looked,
}

/// Does what is due at each platform.
///
/// # Errors
/// Where the ledger's store failed; the text is for the log.
pub async fn run<S: Sql>(ledger: &Ledger<S>, web: &impl Web, memory: &Memory) -> Result<(), String> {
    let told = |fault: Refusal| fault.to_string();
    let left = Cell::new(REQUESTS);
    let end = web.now().plus_seconds(LONGEST);
    for waiting in ledger.platforms_waiting(web.now()).map_err(told)? {
        let platform = waiting.platform;
        let credentials = match open(&waiting, &web.seal_keys()) {
            Ok(credentials) => credentials,
            Err(words) => {
                ledger.platform_shut(web.now(), platform, &words).map_err(told)?;
                continue;
            }
        };
        let caller = Caller { web, credentials: &credentials, memory, left: &left };
        while left.get() >= ENOUGH && web.now() < end {
            let Some(job) = ledger.next_job(web.now(), platform).map_err(told)? else { break };
            let came = match work(ledger, &caller, &waiting, &job).await {
                Ok(done) => Ok(done),
                Err(Halt::Platform(fault)) => Err(fault),
                Err(Halt::Store(refusal)) => return Err(told(refusal)),
            };
            let now = web.now();
            match came {
                Ok(done) => ledger.job_done(now, platform, &job, &done).map_err(told)?,
                Err(Fault::Later) => break,
                Err(Fault::Slow(seconds)) => {
                    ledger.platform_slow(now, platform, seconds).map_err(told)?;
                    break;
                }
                Err(Fault::Shut(words)) => {
                    ledger.platform_shut(now, platform, &credentials.scrubbed(&words)).map_err(told)?;
                    break;
                }
                Err(Fault::Unfit(words)) => {
                    ledger.job_unfit(now, platform, &job, &credentials.scrubbed(&words)).map_err(told)?;
                }
                Err(Fault::Refused(words)) => {
                    ledger.job_failed(now, platform, &job, &credentials.scrubbed(&words)).map_err(told)?;
                }
                // A list of orders may be slow where all else is quick: it alone waits. Where it is the whole platform, what
                // comes next will say so.
                Err(Fault::Silent(words)) if matches!(job, Job::Reconcile(_)) => {
                    ledger
                        .job_unanswered(now, platform, &job, &credentials.scrubbed(&words))
                        .map_err(told)?;
                }
                // It may be the whole platform that does not answer: nothing else is tried there for now.
                Err(Fault::Silent(words)) => {
                    ledger
                        .job_unanswered(now, platform, &job, &credentials.scrubbed(&words))
                        .map_err(told)?;
                    ledger.platform_silent(now, platform, &credentials.scrubbed(&words)).map_err(told)?;
                    break;
                }
            }
        }
    }
    Ok(())
}

async fn work<S: Sql, W: Web>(
    ledger: &Ledger<S>,
    caller: &Caller<'_, W>,
    waiting: &Waiting,
    job: &Job,
) -> Result<Done, Halt> {
    let done = match job {
        Job::Code(code) => match &code.terms {
            Some(terms) => super::make_code(caller, code, terms).await.map(Done::Coded),
            None => super::end_code(caller, code).await.map(Done::Coded),
        },
        Job::Look(gift) => {
            super::find(caller, gift).await.map(|found| found.map_or(Done::Nothing, Done::Given))
        }
        Job::Give(gift) => super::give(caller, gift).await.map(Done::Given),
        Job::TakeBack(gift) => super::take_back(caller, gift).await.map(Done::TakenBack),
        Job::Reconcile(look) => {
            return reconcile::run(ledger, caller, waiting, look).await.map(|()| Done::Looked);
        }
    };
    done.map_err(Halt::Platform)
}

fn open(waiting: &Waiting, keys: &str) -> Result<Credentials, String> {
    let place = super::credentials::Place { shop: &waiting.shop, incarnation: &waiting.incarnation };
    let keys = Keyring::parse(keys).map_err(|fault| fault.to_string())?;
    Credentials::open(&keys, &place, waiting.platform, &waiting.sealed).map_err(|fault| fault.to_string())
}
