//! One shop's ledger as a Durable Object.

use super::counts::Counts;
use super::kv::WorkersKv;
use super::sql::ObjectSql;
use crate::ledger::Ledger;
use crate::protocol::calls::GetShop;
use crate::protocol::{Call, Refusal};
use crate::stores::copier::{Copier, Left};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// The header by which an object says how many writes to KV a call noted down to be done later; asked for
/// by the same header.
pub const NOTED: &str = "x-parrain-noted";

/// After how many seconds a run of the outbox that failed is tried again; twice as long after each failure
/// in a row, up to an hour, since a day's allowance of KV writes may be used up.
const RETRY_SECONDS: u64 = 10;

/// How many alarms may settle before one copies to KV too.
const COPY_EVERY: u32 = 50;

/// The Durable Object class; one object per shop, named by the shop's id.
#[worker::durable_object(alarm)]
pub struct ShopLedger {
    ledger: Ledger<ObjectSql>,
    state: worker::State,
    env: worker::Env,
    copier: Copier,
    failures: Cell<u32>,
    /// How many alarms in a row have done nothing but settle.
    settling: Cell<u32>,
}

impl worker::DurableObject for ShopLedger {
    fn new(state: worker::State, env: worker::Env) -> Self {
        Self {
            ledger: Ledger::new(ObjectSql::new(state.storage())),
            state,
            env,
            copier: Copier::default(),
            failures: Cell::new(0),
            settling: Cell::new(0),
        }
    }

    async fn fetch(&self, mut request: worker::Request) -> worker::Result<worker::Response> {
        let counting = request.headers().has(NOTED)?;
        let call: Call = serde_json::from_str(&request.text().await?)?;
        let before = if counting { self.newest()? } else { 0 };
        let answer = self.ledger.call(call);
        // Set before the answer: the runtime holds the answer back until both are on disk.
        if self.ledger.take_errand().map_err(told)? {
            self.wake().await?;
        }
        let response = worker::Response::from_json(&answer)?;
        if counting {
            let noted = self.ledger.outbox(1000).map_err(told)?;
            let noted = noted.iter().filter(|entry| entry.seq > before).count();
            response.headers().set(NOTED, &noted.to_string())?;
        }
        Ok(response)
    }

    /// Copies to KV what waits. It never fails: the runtime gives up on an alarm after a few failures, and
    /// what waits here must not be given up.
    async fn alarm(&self) -> worker::Result<worker::Response> {
        if self.settle().await? {
            return worker::Response::empty();
        }
        let kv = WorkersKv::new(&self.env, Rc::new(Counts::default()))?;
        let left = self.copier.run(&self.ledger, &kv, super::now()).await;
        let storage = self.state.storage();
        let failures =
            if matches!(left, Left::Failed(_)) { self.failures.get().saturating_add(1) } else { 0 };
        self.failures.set(failures);
        match left {
            Left::Nothing => {
                let asked = self.ledger.call(Call::new(super::now(), GetShop));
                if matches!(asked, Err(Refusal::UnknownShop)) {
                    // Of a shop that is gone nothing stays, the empty outbox included.
                    storage.delete_all().await?;
                }
            }
            Left::Again { seconds } => {
                storage.set_alarm(Duration::from_secs(u64::from(seconds))).await?;
            }
            Left::Failed(cause) => {
                worker::console_error!("the outbox waits: {cause}");
                let seconds = RETRY_SECONDS << failures.saturating_sub(1).min(20);
                storage.set_alarm(Duration::from_secs(seconds.min(3600))).await?;
            }
        }
        if self.settling.get() > 0 {
            storage.set_alarm(Duration::ZERO).await?;
        }
        worker::Response::empty()
    }
}

impl ShopLedger {
    /// Works off a part of what a late arrival left open; whether the alarm is to ring again for the next before
    /// anything is copied. One part an alarm, so that what shops send meanwhile comes in between.
    async fn settle(&self) -> worker::Result<bool> {
        let again = match self.ledger.settle_step() {
            Ok(more) => more,
            Err(fault) => {
                worker::console_error!("what is unsettled waits: {fault}");
                self.state.storage().set_alarm(Duration::from_secs(RETRY_SECONDS)).await?;
                return Ok(true);
            }
        };
        let row = if again { self.settling.get().saturating_add(1) } else { 0 };
        self.settling.set(row);
        if again {
            self.state.storage().set_alarm(Duration::ZERO).await?;
        }
        // Copies do not wait for ever where late arrivals do not end.
        Ok(again && row % COPY_EVERY != 0)
    }

    /// Sets the alarm to now, unless it is about to ring: it may stand far ahead to try something again.
    async fn wake(&self) -> worker::Result<()> {
        let storage = self.state.storage();
        let soon = i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX).saturating_add(1000);
        if storage.get_alarm().await?.is_none_or(|at| at > soon) {
            storage.set_alarm(Duration::ZERO).await?;
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
