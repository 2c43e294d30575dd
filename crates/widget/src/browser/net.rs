//! Requests, to an edge that may be down, slow, blocked or talking nonsense, and to the shop itself.

use super::js::{at, call, call_text, call1, get, parse, read, set, text_of, then, window};
use super::platform::Attempt;
use super::{Asked, Event, send};
use crate::model::Fault;
use crate::text::join;
use crate::value::{Value, object};

/// Milliseconds after which an answer is no longer waited for.
const PATIENCE: u32 = 15_000;

/// Members of an answer deeper than this are of no interest to anyone here.
const DEPTH: u32 = 8;

/// Who waits for an answer.
pub enum Waiter {
    /// The model, for an answer of the edge.
    Model(Asked),
    /// An adapter, for an answer of the shop.
    Adapter(Attempt),
}

/// Asks the edge, or sends it a JSON body (empty: none).
pub fn request(address: &str, body: String, token: &str, asked: Asked) {
    let bearer = if token.is_empty() { String::new() } else { join(&["Bearer ", token]) };
    let (method, kind) = if body.is_empty() { ("GET", "") } else { ("POST", "application/json") };
    let headers = object(&[("authorization", &bearer), ("content-type", kind)]);
    exchange(method, address, &headers, &body, Waiter::Model(asked));
}

/// One request and its answer; `headers` is a JSON object.
pub fn exchange(method: &str, address: &str, headers: &str, body: &str, waiter: Waiter) {
    let options = parse(&object(&[("method", method), ("body", body)]));
    set(&options, "headers", &parse(headers));
    // Finishes although the shopper follows a link at the same moment.
    set(&options, "keepalive", &(!body.is_empty()).into());
    let signal = call1(&at("AbortSignal"), "timeout", &PATIENCE.into());
    set(&options, "signal", &signal);
    let response = call(&window(), "fetch", &address.into(), &options);
    then(
        response,
        Box::new(move |response| {
            let response = response.unwrap_or_default();
            let status = get(&response, "status").as_f64().unwrap_or(0.0) as u16;
            // WooCommerce wants this one back.
            let nonce = text_of(&call_text(&get(&response, "headers"), "get", "nonce"));
            let whole = call_text(&response, "text", "");
            then(
                whole,
                Box::new(move |whole| {
                    let whole = whole.and_then(|whole| whole.as_string());
                    let answer = match whole.as_deref() {
                        // An empty answer (202, 204) is a good one.
                        Some("") => Value::Bool(true),
                        Some(whole) => read(&parse(whole), DEPTH),
                        None => Value::Null,
                    };
                    let good = (200..300).contains(&status);
                    match waiter {
                        Waiter::Adapter(attempt) => attempt.answered(good, &answer, &nonce),
                        Waiter::Model(asked) => send(Event::Answer(
                            asked,
                            match answer {
                                _ if !good => Err(Fault::of(status)),
                                Value::Null => Err(Fault::Unreachable),
                                answer => Ok(answer),
                            },
                        )),
                    }
                }),
            );
        }),
    );
}
