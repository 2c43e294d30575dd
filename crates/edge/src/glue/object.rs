//! One shop's ledger as a Durable Object.

use super::counts::Tally;
use super::kv::WorkersKv;
use super::sql::ObjectSql;
use super::web::WorkersWeb;
use crate::alarm::{Alarm, Next};
use crate::ledger::Ledger;
use crate::protocol::{Call, Refusal};
use parrain_core::instant::Instant;
use std::rc::Rc;
use std::time::Duration;

/// The header by which an object says how many writes to KV a call noted down to be done later; asked for
/// by the same header.
pub const NOTED: &str = "x-parrain-noted";

/// The header by which an object then also says what it has done by itself.
pub const DONE: &str = "x-parrain-done";

/// How much later than it might an alarm may ring, in milliseconds, before it is set anew: setting one is a write.
const SLACK: i64 = 1000;

/// The Durable Object class; one object per shop, named by the shop's id.
#[worker::durable_object(alarm)]
pub struct ShopLedger {
    ledger: Ledger<ObjectSql>,
    state: worker::State,
    env: worker::Env,
    alarm: Alarm,
    tally: Rc<Tally>,
}

impl worker::DurableObject for ShopLedger {
    fn new(state: worker::State, env: worker::Env) -> Self {
        let tally = Rc::new(Tally::default());
        let counting = env.var("PARRAIN_COUNT_CALLS").is_ok_and(|value| value.to_string() == "1");
        let ledger = Ledger::new(ObjectSql::new(state.storage(), counting.then(|| Rc::clone(&tally))));
        Self { ledger, state, env, alarm: Alarm::default(), tally }
    }

    async fn fetch(&self, mut request: worker::Request) -> worker::Result<worker::Response> {
        let counting = request.headers().has(NOTED)?;
        let call: Call = serde_json::from_str(&request.text().await?)?;
        let before = if counting { self.newest()? } else { 0 };
        let answer = self.ledger.call(call);
        // Set before the answer: the runtime holds the answer back until both are on disk.
        if let Some(at) = self.ledger.take_errand(super::now()).map_err(told)? {
            self.wake(at).await?;
        }
        let response = worker::Response::from_json(&answer)?;
        if counting {
            let noted = self.ledger.outbox(1000).map_err(told)?;
            let noted = noted.iter().filter(|entry| entry.seq > before).count();
            response.headers().set(NOTED, &noted.to_string())?;
            response.headers().set(DONE, &self.tally.done().text())?;
        }
        Ok(response)
    }

    /// Does what waits, and is set again for what comes next.
    async fn alarm(&self) -> worker::Result<worker::Response> {
        self.tally.rings();
        let kv = WorkersKv::new(&self.env, Rc::clone(&self.tally.kv))?;
        let web = WorkersWeb(&self.env);
        let next = self.alarm.ring(&self.ledger, &kv, &web, |line| worker::console_error!("{line}"));
        let storage = self.state.storage();
        match next.await {
            // Of a shop that is gone nothing stays, the empty outbox included.
            Next::Gone => storage.delete_all().await?,
            Next::Never => {}
            // A call that came meanwhile may have set it sooner.
            Next::At(at) => self.wake(at).await?,
        }
        worker::Response::empty()
    }
}

impl ShopLedger {
    /// Sets the alarm, unless it rings by then as it stands: it may stand far ahead.
    async fn wake(&self, at: Instant) -> worker::Result<()> {
        let storage = self.state.storage();
        let now = super::now();
        let at = at.max(now).micros() / 1000;
        if storage.get_alarm().await?.is_none_or(|set| set > at.saturating_add(SLACK)) {
            let wait = u64::try_from(at.saturating_sub(now.micros() / 1000)).unwrap_or(0);
            storage.set_alarm(Duration::from_millis(wait)).await?;
        }
        Ok(())
    }

    fn newest(&self) -> worker::Result<i64> {
        let waiting = self.ledger.outbox(1000).map_err(told)?;
        Ok(waiting.last().map_or(0, |entry| entry.seq))
    }
}

fn told(refusal: Refusal) -> worker::Error {
    worker::Error::RustError(refusal.to_string())
}
