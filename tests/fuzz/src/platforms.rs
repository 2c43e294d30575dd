//! Any bytes as what a platform sends: its topic in the first line, then the body. Read or passed over, and never an event
//! that is half one.

use parrain_core::event;
use parrain_core::instant::Instant;
use parrain_edge::http::{Body, HeaderMap, HeaderValue, Method, Request};
use parrain_edge::platform::{self, Platform, Told};

/// One input.
pub fn run(bytes: &[u8]) {
    let now = Instant::parse("2026-11-20T00:00:00Z").expect("an instant");
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let (topic, body) = bytes.split_at(end);
    let Ok(read) = platform::read_body(body) else { return };
    let mut headers = HeaderMap::new();
    if let Ok(topic) = HeaderValue::from_bytes(topic) {
        headers.insert("x-shopify-topic", topic.clone());
        headers.insert("x-wc-webhook-topic", topic);
    }
    let request = Request {
        method: Method::POST,
        origin: "https://edge.example".into(),
        path: "/".into(),
        query: String::new(),
        headers,
        body: Body::Whole(body.to_vec()),
    };
    for platform in Platform::ALL {
        let _ = platform.is_signed(&request, "secret", now);
        if let Told::Event(told) = platform.read(&request, &read, &["ref".into()], now)
            && let Err(faults) = event::parse(&told.json, now)
        {
            assert!(!faults.is_empty(), "a refusal says why");
        }
    }
}
