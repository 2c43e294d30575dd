//! Requests to the edge, which may be down, slow, blocked or talking nonsense.

use wasm_bindgen::JsValue;

use super::js::{call, get, object, text_of, then, window};
use crate::wire::Fault;

/// Milliseconds after which an answer is no longer waited for.
const PATIENCE: u32 = 15_000;

/// Sends a request and hands on the JSON of a good answer, or why there is none.
pub fn request(
    method: &str,
    address: &str,
    body: Option<&JsValue>,
    token: Option<&str>,
    done: impl FnOnce(Result<JsValue, Fault>) + 'static,
) {
    let headers = object(&[]);
    let options = object(&[("method", method.into()), ("headers", headers.clone())]);
    if let Some(body) = body {
        super::js::set(&headers, "content-type", &"application/json".into());
        let text = js_sys::JSON::stringify(body).map(JsValue::from).unwrap_or_default();
        super::js::set(&options, "body", &text);
        // Finishes although the shopper follows a link at the same moment.
        super::js::set(&options, "keepalive", &JsValue::TRUE);
    }
    if let Some(token) = token {
        super::js::set(&headers, "authorization", &crate::text::join(&["Bearer ", token]).into());
    }
    if let Ok(signal) = call(&get(&window(), "AbortSignal"), "timeout", &[PATIENCE.into()]) {
        super::js::set(&options, "signal", &signal);
    }
    exchange(call(&window(), "fetch", &[address.into(), options]), Box::new(done));
}

/// Reads a response, whatever became of it. Boxed, so that there is one of it for all requests.
pub fn exchange(response: Result<JsValue, JsValue>, done: Box<dyn FnOnce(Result<JsValue, Fault>)>) {
    // One of the two ends calls it: both hold it, the first takes it.
    let done = std::rc::Rc::new(std::cell::Cell::new(Some(done)));
    let finish = {
        let done = done.clone();
        move |reply| {
            if let Some(done) = done.take() {
                done(reply);
            }
        }
    };
    let broken = finish.clone();
    let kept = move |response: JsValue| {
        let status = get(&response, "status").as_f64().unwrap_or(0.0) as u16;
        if !(200..300).contains(&status) {
            finish(Err(Fault::of(status)));
            return;
        }
        let unread = finish.clone();
        let read = move |text: JsValue| {
            let text = text_of(&text);
            // An empty answer (202, 204) is a good one.
            let json = if text.is_empty() {
                Ok(JsValue::NULL)
            } else {
                js_sys::JSON::parse(&text).map_err(|_| Fault::Unreachable)
            };
            finish(json);
        };
        then(call(&response, "text", &[]), read, move |_| unread(Err(Fault::Unreachable)));
    };
    then(response, kept, move |_| broken(Err(Fault::Unreachable)));
}
