//! Requests: to the edge, and to the shop's own platform.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Response};

use super::guard::{self, attempt, broken};
use super::{Asked, Event, page, tell};
use crate::model::What;

/// Milliseconds after which a request counts as not answered.
const PATIENCE: u32 = 15_000;

/// A request.
#[derive(Default)]
pub struct Request {
    /// `GET` where it is empty.
    pub method: &'static str,
    /// Where to.
    pub address: String,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent along.
    pub body: Option<String>,
}

/// What came back.
#[derive(Default)]
pub struct Reply {
    /// The HTTP status; 0 where nothing came.
    pub status: u16,
    /// The header `nonce`, which WooCommerce wants back.
    pub nonce: Option<String>,
    /// What the body says as JSON; undefined where it says nothing, or no JSON.
    pub data: JsValue,
}

impl Reply {
    /// Whether it went well.
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A value as JSON; nothing where the page has broken what writes it.
pub fn json(value: &JsValue) -> Option<String> {
    let text = js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string());
    if text.is_none() {
        broken(What::Page);
    }
    // Prototype.js teaches lists to write themselves, and what they wrote is then written once more, as a text.
    match text {
        Some(text) if text.starts_with('"') => js_sys::JSON::parse(&text).ok()?.as_string(),
        text => text,
    }
}

/// A request that sends a text of JSON.
pub fn sending(address: String, body: String) -> Request {
    Request {
        method: "POST",
        address,
        headers: vec![("content-type", "application/json".into())],
        body: Some(body),
    }
}

/// Asks, and hands over what is answered. Where the page has broken what asks, nothing is.
pub fn ask(request: Request, asked: Asked) {
    let asked = Rc::new(Cell::new(Some(asked)));
    let later = Rc::clone(&asked);
    guard::spawn(async move { answered(&later, exchange(request).await) }, move || {
        answered(&asked, Reply::default())
    });
}

fn answered(asked: &Cell<Option<Asked>>, reply: Reply) {
    if let Some(asked) = asked.take() {
        tell(Event::Replied(asked, reply));
    }
}

/// One request and its answer.
pub async fn exchange(request: Request) -> Reply {
    let Ok(response) = JsFuture::from(fetch(&request)).await else { return Reply::default() };
    let response: Response = response.unchecked_into();
    let (status, nonce) = (response.status(), response.headers().get("nonce").ok().flatten());
    // An empty answer (202, 204) is a good one.
    let body = if matches!(status, 202 | 204) { None } else { response.json().ok() };
    let data = match body {
        Some(body) => JsFuture::from(body).await.unwrap_or(JsValue::UNDEFINED),
        None => JsValue::UNDEFINED,
    };
    Reply { status, nonce, data }
}

fn fetch(request: &Request) -> Promise {
    let init = Object::new();
    let set = |name: &str, value: &JsValue| page::set(&init, name, value);
    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    set("headers", &page::object(&headers));
    if !request.method.is_empty() {
        set("method", &request.method.into());
    }
    if let Some(body) = &request.body {
        set("body", &body.into());
        // Finishes although the shopper follows a link at the same moment.
        set("keepalive", &true.into());
    }
    // Not in every browser that runs the rest.
    if let Some(signal) = attempt(|| AbortSignal::timeout_with_u32(PATIENCE)) {
        set("signal", &signal);
    }
    Promise::resolve(&page::call("fetch", &[request.address.as_str().into(), init.into()]))
}
