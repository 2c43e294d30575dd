//! The Workers runtime as who sends what others are told.

use crate::deliveries::webhook::{Letter, Post};
use crate::ledger::Tried;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use parrain_core::instant::Instant;
use std::cell::RefCell;
use std::pin::pin;
use std::time::Duration;
use worker::wasm_bindgen::JsValue;

/// How long an endpoint is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many bytes of an answer are read.
const MOST_READ: usize = 2048;

/// Sends by the runtime's `fetch`.
pub struct WorkersPost;

impl Post for WorkersPost {
    async fn send(&self, letter: &Letter) -> Tried {
        let controller = worker::AbortController::default();
        let signal = controller.signal();
        let patience = worker::Delay::from(PATIENCE);
        let tried = match select(pin!(ask(letter, &signal)), pin!(patience)).await {
            Either::Left((Ok(mut answer), patience)) => {
                // The status says it all; a body that breaks off or never ends takes nothing from that.
                let words = RefCell::default();
                select(pin!(read(&mut answer, &words)), patience).await;
                let words = String::from_utf8_lossy(&words.borrow()).into_owned();
                Tried::Answered(answer.status_code(), words)
            }
            Either::Left((Err(fault), _)) => Tried::Unanswered(fault.to_string()),
            Either::Right(_) => Tried::Unanswered(format!("no answer within {} seconds", PATIENCE.as_secs())),
        };
        // What of an answer was not read would keep one of the few connections that an invocation may have.
        controller.abort();
        tried
    }

    fn now(&self) -> Instant {
        super::now()
    }
}

async fn ask(letter: &Letter, signal: &worker::AbortSignal) -> worker::Result<worker::Response> {
    let headers = worker::Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("user-agent", concat!("Parrain/", env!("CARGO_PKG_VERSION")))?;
    headers.set("webhook-id", &letter.id)?;
    headers.set("webhook-timestamp", &letter.timestamp.to_string())?;
    headers.set("webhook-signature", &letter.signature)?;
    let mut init = worker::RequestInit::new();
    init.with_method(worker::Method::Post)
        .with_headers(headers)
        .with_redirect(worker::RequestRedirect::Manual)
        .with_body(Some(JsValue::from_str(&letter.body)));
    let request = worker::Request::new_with_init(&letter.url, &init)?;
    worker::Fetch::Request(request).send_with_signal(signal).await
}

/// The beginning of an answer, as far as it comes.
async fn read(answer: &mut worker::Response, words: &RefCell<Vec<u8>>) {
    let Ok(mut stream) = answer.stream() else { return };
    while let Some(Ok(chunk)) = stream.next().await {
        let mut words = words.borrow_mut();
        words.extend(chunk);
        if words.len() >= MOST_READ {
            words.truncate(MOST_READ);
            return;
        }
    }
}
