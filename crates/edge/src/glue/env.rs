//! The Workers runtime as the app's [`Env`], for one request.

use super::counts::Counts;
use super::kv::WorkersKv;
use super::ledgers::ObjectLedgers;
use super::web::WorkersWeb;
use crate::app::{Env, Later, Limit};
use crate::bots;
use crate::deliveries::platform::{STRIPE_API, STRIPE_VERSION};
use crate::deliveries::web::{Api, Web};
use crate::http::StatusCode;
use crate::problem::Error;
use futures_util::future::{Either, select};
use parrain_core::instant::Instant;
use serde_json::Value;
use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use worker::js_sys::RegExp;

/// How long a platform's API is waited for: the platform itself waits for our answer.
const API_PATIENCE: Duration = Duration::from_secs(5);

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
    stripe_api: String,
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
            stripe_api: text(Api::Stripe.setting()).unwrap_or_else(|| STRIPE_API.to_owned()),
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

    fn clock(&self) -> Instant {
        super::now()
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
            Limit::SignIn => "LIMIT_SIGN_IN",
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

    async fn read_api(&self, url: &str, key: &str) -> Result<(StatusCode, Value), String> {
        let told = |fault: worker::Error| fault.to_string();
        let headers = worker::Headers::new();
        headers.set("authorization", &format!("Bearer {key}")).map_err(told)?;
        headers.set("stripe-version", STRIPE_VERSION).map_err(told)?;
        let mut init = worker::RequestInit::new();
        init.with_method(worker::Method::Get).with_headers(headers);
        let request = worker::Request::new_with_init(url, &init).map_err(told)?;
        let answered = async {
            let mut answer = worker::Fetch::Request(request).send().await.map_err(told)?;
            let status = StatusCode::from_u16(answer.status_code()).map_err(|fault| fault.to_string())?;
            let bytes = answer.bytes().await.map_err(told)?;
            Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
        };
        let patience = worker::Delay::from(API_PATIENCE);
        match select(pin!(answered), patience).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err("no answer in time".into()),
        }
    }

    fn stripe_api(&self) -> &str {
        &self.stripe_api
    }

    fn web(&self) -> impl Web {
        WorkersWeb(&self.bindings)
    }

    async fn pause(&self, time: Duration) {
        worker::Delay::from(time).await;
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
