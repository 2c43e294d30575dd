//! The Workers runtime as who makes the requests of an alarm.

use crate::deliveries::web::{Api, Outgoing, Reply, Web};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use parrain_core::instant::Instant;
use std::cell::RefCell;
use std::pin::pin;
use std::time::Duration;
use worker::wasm_bindgen::JsValue;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks by the runtime's `fetch`.
pub struct WorkersWeb<'a>(pub &'a worker::Env);

impl WorkersWeb<'_> {
    fn setting(&self, name: &str) -> Option<String> {
        self.0.var(name).map(|var| var.to_string()).ok()
    }
}

impl Web for WorkersWeb<'_> {
    async fn ask(&self, request: &Outgoing) -> Result<Reply, String> {
        let controller = worker::AbortController::default();
        let signal = controller.signal();
        let patience = worker::Delay::from(PATIENCE);
        let asked = match select(pin!(ask(request, &signal)), pin!(patience)).await {
            Either::Left((Ok(mut answer), patience)) => {
                // The status says it all; a body that breaks off or never ends takes nothing from that.
                let words = RefCell::default();
                select(pin!(read(&mut answer, request.most, &words)), patience).await;
                let body = String::from_utf8_lossy(&words.borrow()).into_owned();
                let retry_after = answer.headers().get("retry-after").ok().flatten();
                let retry_after = retry_after.and_then(|text| text.trim().parse().ok());
                Ok(Reply { status: answer.status_code(), retry_after, body })
            }
            Either::Left((Err(fault), _)) => Err(fault.to_string()),
            Either::Right(_) => Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
        };
        // What of an answer was not read would keep one of the few connections that an invocation may have.
        controller.abort();
        asked
    }

    fn now(&self) -> Instant {
        super::now()
    }

    fn seal_keys(&self) -> String {
        self.setting("PARRAIN_DETAILS_KEY").unwrap_or_default()
    }

    fn stand_in(&self, api: Api) -> Option<String> {
        self.setting(api.setting()).map(|base| base.trim_end_matches('/').to_owned())
    }
}

async fn ask(outgoing: &Outgoing, signal: &worker::AbortSignal) -> worker::Result<worker::Response> {
    let headers = worker::Headers::new();
    headers.set("user-agent", concat!("Parrain/", env!("CARGO_PKG_VERSION")))?;
    for (name, value) in &outgoing.headers {
        headers.set(name, value)?;
    }
    let mut init = worker::RequestInit::new();
    init.with_method(worker::Method::from(outgoing.method.as_str().to_owned()))
        .with_headers(headers)
        .with_redirect(worker::RequestRedirect::Manual)
        .with_body(outgoing.body.as_deref().map(JsValue::from_str));
    let request = worker::Request::new_with_init(&outgoing.url, &init)?;
    worker::Fetch::Request(request).send_with_signal(signal).await
}

/// The beginning of an answer, as far as it comes.
async fn read(answer: &mut worker::Response, most: usize, words: &RefCell<Vec<u8>>) {
    let Ok(mut stream) = answer.stream() else { return };
    while let Some(Ok(chunk)) = stream.next().await {
        let mut words = words.borrow_mut();
        words.extend(chunk);
        if words.len() >= most {
            words.truncate(most);
            return;
        }
    }
}
