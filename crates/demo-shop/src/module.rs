//! What a module of the shop's platform does: it asks Parrain what is to be made here, makes it in the shop's books, and
//! says so. A code is made before it is said to be, so that who stops in between finds it again.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parrain_wire::tasks::{Task, TaskDone, TaskKind, TaskList, TaskReport};
use tokio::sync::Notify;

use crate::books::Books;
use crate::coupons::{self, Coupon, Voucher};

/// How long nothing is asked where no webhook says that there is something: the edge gives failed tasks again after gaps.
const PAUSE: Duration = Duration::from_secs(30);
/// How soon it is asked again where the edge did not answer.
const AGAIN: Duration = Duration::from_secs(2);
/// A webhook and the task of which it tells come by themselves: how long after one the tasks are asked for.
const GRACE: Duration = Duration::from_millis(300);
/// Pages of tasks in a row at most.
const PAGES: usize = 20;
/// The largest answer that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The way to the edge, as a connected module.
pub struct Module {
    url: String,
    token: String,
    agent: ureq::Agent,
}

/// The edge did not answer, or answered something else.
#[derive(Debug, PartialEq, Eq)]
pub struct Silent;

impl Module {
    /// A module of `shop` at `edge` (base URL without a slash at its end), with the token of its connection.
    pub fn new(edge: &str, shop: &str, token: &str) -> Self {
        let agent = crate::agent(Duration::from_secs(10));
        Self { url: format!("{edge}/v1/shops/{shop}/tasks"), token: token.to_owned(), agent }
    }

    /// Does all that is to be done.
    ///
    /// # Errors
    /// [`Silent`]; what was made stays made, and its task is given again.
    pub fn work(&self, books: &Books) -> Result<(), Silent> {
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let url = format!("{}?kinds=code,reward,end_code{cursor}", self.url);
            let asked = self.agent.get(url).header("authorization", self.bearer());
            let list: TaskList = read(asked.call())?;
            for task in &list.items {
                let report = done(books, task, Timestamp::now());
                let body = serde_json::to_string(&report).map_err(|_| Silent)?;
                // An id is letters, digits and hyphens: nothing to escape.
                let told = self.agent.post(format!("{}/{}", self.url, task.id));
                let told =
                    told.header("authorization", self.bearer()).header("content-type", "application/json");
                // 409 says that it was done by another code, 404 that it is gone: neither is to be said again.
                let status = told.send(body).map_err(|_| Silent)?.status();
                if status.is_server_error() {
                    return Err(Silent);
                }
            }
            // The next page's cursor is a number of the edge's own.
            let Some(next) = list.next_cursor else { return Ok(()) };
            cursor = format!("&cursor={next}");
        }
        Ok(())
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// Works for ever; `told` wakes it.
pub async fn run(books: Arc<Books>, module: Arc<Module>, told: Arc<Notify>) {
    loop {
        let (at, way) = (Arc::clone(&books), Arc::clone(&module));
        let worked = tokio::task::spawn_blocking(move || way.work(&at)).await.unwrap_or(Err(Silent));
        let pause = if worked.is_ok() { PAUSE } else { AGAIN };
        tokio::select! {
            () = told.notified() => tokio::time::sleep(GRACE).await,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Does a task in the shop's books, and what is to be said of it.
fn done(books: &Books, task: &Task, now: Timestamp) -> TaskReport {
    let failed = |why: &dyn std::fmt::Display| TaskReport { done: None, failed: Some(why.to_string()) };
    let Ok(code) = task.code.parse() else { return failed(&"a code that this shop cannot have") };
    let made = match task.kind.word() {
        Some(TaskKind::Code) => {
            if let Some(terms) = &task.terms
                && let Err(why) = coupons::discount(&terms.reward, terms.currency.as_str())
            {
                return failed(&why);
            }
            books.set_coupon(Coupon { code, terms: task.terms.clone() })
        }
        Some(TaskKind::Reward) => {
            let currency = task.reward.currency.as_ref().unwrap_or(&task.currency);
            if let Err(why) = coupons::discount(&task.reward, currency.as_str()) {
                return failed(&why);
            }
            let reward = task.reward.clone();
            books.make_voucher(Voucher {
                code,
                referrer: task.referrer.clone(),
                reward,
                at: now,
                ended: None,
            })
        }
        Some(TaskKind::EndCode) => match books.spent_by(&code) {
            Some(order) => return failed(&format!("spent by order {order}")),
            None => books.end_voucher(&code, now),
        },
        None => return failed(&"a task of a kind that this shop does not know"),
    };
    match made {
        Ok(()) => TaskReport { done: Some(TaskDone { code: Some(task.code.clone()) }), failed: None },
        Err(error) => {
            eprintln!("demo-shop: the journal cannot be written ({error}); Parrain gives the task again");
            failed(&"the shop could not write it down")
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(
    answer: Result<axum::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T, Silent> {
    let mut answer = answer.ok().filter(|answer| answer.status().is_success()).ok_or(Silent)?;
    let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(|_| Silent)?;
    serde_json::from_slice(&body).map_err(|_| Silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Order;
    use crate::order::tests::bobs;
    use serde_json::{Value, json};

    fn task(kind: &str, rest: Value) -> Task {
        let mut whole = json!({"id": "t1", "kind": kind, "code": "K7PM-4XQD-9RTB", "referrer": "ANNA10",
            "currency": "EUR", "reward": {"kind": "store_credit", "amount": "10.00", "currency": "EUR"}});
        for (name, value) in rest.as_object().unwrap() {
            whole[name] = value.clone();
        }
        serde_json::from_value(whole).unwrap()
    }

    fn said(report: &TaskReport) -> &str {
        report.failed.as_deref().unwrap_or("done")
    }

    #[test]
    fn a_voucher_is_made_once_spent_once_and_ended_while_it_is_not_spent() {
        let (books, now) = (Books::open(None).unwrap(), Timestamp::now());
        let reward = task("reward", json!({}));
        for _ in 0..2 {
            assert_eq!(said(&done(&books, &reward, now)), "done");
        }
        assert_eq!(books.vouchers().len(), 1);
        let code: crate::touches::Code = "K7PM-4XQD-9RTB".parse().unwrap();
        let spend = |checkout: &str| {
            let voucher = Some(code.clone());
            books.place(checkout, |number| Order { number, checkout: checkout.into(), voucher, ..bobs() })
        };
        let order = spend("c1").unwrap();
        assert!(spend("c2").is_err(), "once");
        let end = task("end_code", json!({}));
        assert_eq!(said(&done(&books, &end, now)), format!("spent by order {}", order.number));
        books.cancel(&order.number, now).unwrap();
        assert_eq!(said(&done(&books, &end, now)), "done", "an order that is cancelled spends nothing");
        assert!(spend("c3").is_err(), "ended");
    }

    #[test]
    fn a_code_follows_its_terms_and_what_cannot_be_done_is_said() {
        let (books, now) = (Books::open(None).unwrap(), Timestamp::now());
        let terms = |reward: Value| json!({"code": "ANNA10", "terms": {"reward": reward, "currency": "EUR"}});
        let ten = task("code", terms(json!({"kind": "percent_off", "percent": "10"})));
        assert_eq!(said(&done(&books, &ten, now)), "done");
        let code = "ANNA10".parse().unwrap();
        assert!(books.coupon(&code).unwrap().gift(None, now).is_some());
        assert_eq!(said(&done(&books, &task("code", json!({"code": "ANNA10"})), now)), "done");
        assert_eq!(books.coupon(&code).unwrap().gift(None, now), None, "ended");
        let points = task("code", terms(json!({"kind": "points", "points": 5})));
        assert_eq!(said(&done(&books, &points, now)), "this shop has no discount of that kind");
        let dollars = json!({"reward": {"kind": "store_credit", "amount": "10.00", "currency": "USD"}});
        assert_eq!(said(&done(&books, &task("reward", dollars), now)), "this shop sells in EUR");
        assert!(said(&done(&books, &task("tomorrows", json!({})), now)).starts_with("a task of a kind"));
        assert_eq!(books.vouchers(), []);
    }

    #[test]
    fn an_edge_out_of_reach_is_asked_again_later() {
        // Port 9 of this machine answers nobody.
        let module = Module::new("http://127.0.0.1:9", "demo", "pmt_x");
        assert_eq!(module.work(&Books::open(None).unwrap()), Err(Silent));
    }
}
