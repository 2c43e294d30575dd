//! The Workers runtime as the app's [`Env`], for one request.

use super::counts::Counts;
use super::kv::WorkersKv;
use super::ledgers::ObjectLedgers;
use crate::app::{Env, Later, Limit};
use crate::bots;
use crate::problem::Error;
use parrain_core::instant::Instant;
use std::cell::RefCell;
use std::rc::Rc;
use worker::js_sys::RegExp;

/// Bindings, clock and the request's own lifetime.
pub struct WorkersEnv {
    kv: WorkersKv,
    ledgers: ObjectLedgers,
    bindings: worker::Env,
    context: worker::Context,
    now: Instant,
    admin_token: String,
    details_keys: String,
    origin: Option<String>,
    counts: Rc<Counts>,
    /// Work kept back to be counted before the answer; `None` where nothing is counted.
    kept: Option<RefCell<Vec<Later>>>,
}

impl WorkersEnv {
    /// The bindings of `wrangler.toml`, now.
    pub fn new(bindings: worker::Env, context: worker::Context) -> worker::Result<Self> {
        let text = |name: &str| bindings.var(name).map(|var| var.to_string()).ok();
        let counts = Rc::new(Counts::default());
        let counting = text("PARRAIN_COUNT_CALLS").is_some_and(|value| value == "1");
        Ok(Self {
            kv: WorkersKv::new(&bindings, Rc::clone(&counts))?,
            ledgers: ObjectLedgers::new(&bindings, Rc::clone(&counts), counting)?,
            now: super::now(),
            admin_token: text("PARRAIN_ADMIN_TOKEN").unwrap_or_default(),
            details_keys: text("PARRAIN_DETAILS_KEY").unwrap_or_default(),
            origin: text("PARRAIN_ORIGIN").map(|origin| origin.trim_end_matches('/').to_owned()),
            kept: counting.then(RefCell::default),
            counts,
            bindings,
            context,
        })
    }

    /// The calls that this request made, where they are counted; work that was put off is done first.
    pub async fn counted(&self) -> Option<String> {
        let kept = self.kept.as_ref()?.take();
        for work in kept {
            work.await;
        }
        Some(self.counts.header())
    }
}

impl Env for WorkersEnv {
    type Kv = WorkersKv;
    type Ledgers = ObjectLedgers;

    fn kv(&self) -> &WorkersKv {
        &self.kv
    }

    fn ledgers(&self) -> &ObjectLedgers {
        &self.ledgers
    }

    fn now(&self) -> Instant {
        self.now
    }

    fn random<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(|fault| Error::Internal(format!("no random bytes: {fault}")))?;
        Ok(bytes)
    }

    /// A limiter that is not bound or does not answer lets everybody through: it guards against abuse, and
    /// its own failure must not close the shop.
    async fn allow(&self, limit: Limit, who: &str) -> bool {
        let name = match limit {
            Limit::Join => "LIMIT_JOIN",
            Limit::Page => "LIMIT_PAGE",
            Limit::Failure => "LIMIT_FAILURE",
        };
        let asked = match self.bindings.rate_limiter(name) {
            Ok(limiter) => limiter.limit(who.to_owned()).await,
            Err(fault) => Err(fault),
        };
        match asked {
            Ok(outcome) => outcome.success,
            Err(fault) => {
                self.log(&format!("{name}: {fault}"));
                true
            }
        }
    }

    fn admin_token(&self) -> &str {
        &self.admin_token
    }

    fn details_keys(&self) -> &str {
        &self.details_keys
    }

    fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    fn is_bot(&self, agent: &str) -> bool {
        thread_local! {
            /// Made by the first link that is followed in an isolate.
            static LIST: RegExp = RegExp::new(&bots::pattern(), "i");
        }
        LIST.with(|list| list.test(agent))
    }

    fn later(&self, work: Later) {
        match &self.kept {
            Some(kept) => kept.borrow_mut().push(work),
            None => self.context.wait_until(work),
        }
    }

    fn log(&self, line: &str) {
        worker::console_error!("{line}");
    }
}
