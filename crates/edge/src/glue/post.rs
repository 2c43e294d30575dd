//! The Workers runtime as who sends what others are told.

use crate::deliveries::webhook::{Letter, Post};
use crate::ledger::Tried;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use parrain_core::instant::Instant;
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
        let tried = match select(pin!(fetch(letter, &signal)), worker::Delay::from(PATIENCE)).await {
            Either::Left((Ok((status, words)), _)) => Tried::Answered(status, words),
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

/// The status and the beginning of the answer. What is beyond it is left unread: an answer may never end.
async fn fetch(letter: &Letter, signal: &worker::AbortSignal) -> worker::Result<(u16, String)> {
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
    let mut answer = worker::Fetch::Request(request).send_with_signal(signal).await?;
    let mut words = Vec::new();
    if let Ok(mut stream) = answer.stream() {
        while let Some(chunk) = stream.next().await {
            words.extend(chunk?);
            if words.len() >= MOST_READ {
                break;
            }
        }
    }
    words.truncate(MOST_READ);
    Ok((answer.status_code(), String::from_utf8_lossy(&words).into_owned()))
}
