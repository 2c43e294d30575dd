//! Requests, to an edge that may be down, slow, blocked or talking nonsense, and to the shop itself.

use wasm_bindgen::JsValue;

use super::js::{call, call_text, call1, get, parse, read, set, text_of, then, window};
use crate::model::Fault;
use crate::text::join;
use crate::value::Value;

/// Milliseconds after which an answer is no longer waited for.
const PATIENCE: u32 = 15_000;

/// Members of an answer deeper than this are of no interest to anyone here.
const DEPTH: u32 = 8;

/// Asks the edge, or sends it a JSON body, and hands on the JSON of a good answer, or why there is none.
pub fn request(
    address: &str,
    body: Option<String>,
    token: &str,
    done: Box<dyn FnOnce(Result<Value, Fault>)>,
) {
    let bearer = if token.is_empty() { String::new() } else { join(&["Bearer ", token]) };
    let method = if body.is_some() { "POST" } else { "GET" };
    exchange(
        method,
        address,
        &[("authorization", &bearer)],
        body,
        Box::new(move |status, answer, _| {
            done(match answer {
                Some(answer) if (200..300).contains(&status) => Ok(answer),
                _ if (200..300).contains(&status) => Err(Fault::Unreachable),
                _ => Err(Fault::of(status)),
            });
        }),
    );
}

/// What is done with an answer: its status (0: none came), its JSON (nothing where it is not JSON), and
/// the header `Nonce`, which WooCommerce wants back.
pub type Done = Box<dyn FnOnce(u16, Option<Value>, String)>;

/// One request and its answer. A body that begins with `{` is JSON, any other is a form.
pub fn exchange(method: &str, address: &str, headers: &[(&str, &str)], body: Option<String>, done: Done) {
    let text = |text: &str| Value::Text(text.into());
    let mut sent: Vec<(String, Value)> = headers
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| ((*name).into(), text(value)))
        .collect();
    let mut options = vec![("method".to_string(), text(method))];
    if let Some(body) = body {
        let kind =
            if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        sent.push(("content-type".into(), text(kind)));
        options.push(("body".into(), Value::Text(body)));
        // Finishes although the shopper follows a link at the same moment.
        options.push(("keepalive".into(), Value::Bool(true)));
    }
    options.push(("headers".into(), Value::Object(sent)));
    let options = parse(&Value::Object(options).json());
    let signal = call1(&get(&window(), "AbortSignal"), "timeout", &PATIENCE.into());
    set(&options, "signal", &signal);
    let response = call(&window(), "fetch", &address.into(), &options);
    then(
        response,
        Box::new(move |response| {
            let response = response.unwrap_or_default();
            let status = get(&response, "status").as_f64().unwrap_or(0.0) as u16;
            let nonce = text_of(&call_text(&get(&response, "headers"), "get", "nonce"));
            let whole = call1(&response, "text", &JsValue::UNDEFINED);
            then(
                whole,
                Box::new(move |whole| {
                    let whole = whole.and_then(|whole| whole.as_string());
                    let empty = whole.as_deref() == Some("");
                    let answer = read(&parse(&whole.unwrap_or_default()), DEPTH);
                    // An empty answer (202, 204) is a good one.
                    done(status, (empty || answer.is_some()).then_some(answer), nonce);
                }),
            );
        }),
    );
}
