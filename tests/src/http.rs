//! A plain HTTP client: any status is an answer, no redirect is followed.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
pub use ureq::Agent;
pub use ureq::http::HeaderMap;
use ureq::http::{Method, Request};

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// Where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|e| panic!("no JSON ({e}): {} {}", self.status, self.text))
    }

    /// A header; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The JSON of an answer with this status.
    ///
    /// # Panics
    /// Where the status is another one, with the body.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }
}

/// What Wrangler answers in the Worker's place where workerd cut their connection, as it does under much load
/// (`xtask::bench::load` says why). It sends what only reads again by itself.
const CUT: &str = "Your worker restarted mid-request";

/// Sends a request and hands back what came; where a connection was cut behind Wrangler, it is sent once more.
///
/// # Panics
/// Where nobody answers.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let once =
        || try_send(method, url, headers, body).unwrap_or_else(|error| panic!("{method} {url}: {error}"));
    let answer = once();
    if answer.status == 503 && answer.text.starts_with(CUT) { once() } else { answer }
}

/// Like [`send`], where it may be that nobody answers.
///
/// # Errors
/// The client's own.
///
/// # Panics
/// Where the request itself cannot be written.
pub fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, ureq::Error> {
    try_send_by(&agent(), method, url, headers, body)
}

/// A client that keeps its connections, for who sends thousands of requests.
pub fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .http_status_as_error(false)
        .max_redirects(0)
        .allow_non_standard_methods(true)
        .build()
        .into()
}

/// Like [`try_send`], over the connections of a client.
///
/// # Errors
/// The client's own.
///
/// # Panics
/// Where the request itself cannot be written.
pub fn try_send_by(
    agent: &Agent,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, ureq::Error> {
    let mut request =
        Request::builder().method(Method::from_bytes(method.as_bytes()).expect("a method")).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let bodiless = body.is_empty() && matches!(method, "GET" | "HEAD" | "OPTIONS" | "DELETE");
    let mut answer = if bodiless {
        agent.run(request.body(()).expect("a request"))?
    } else {
        agent.run(request.body(body).expect("a request"))?
    };
    // A picture is no text, and still an answer.
    let bytes = answer.body_mut().with_config().limit(64 * 1024 * 1024).read_to_vec()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), text })
}

/// GET without a token.
pub fn get(url: &str) -> Answer {
    send("GET", url, &[], b"")
}

/// Sends JSON, with a bearer token where there is one.
///
/// # Panics
/// Where nobody answers.
pub fn send_json(method: &str, url: &str, token: Option<&str>, body: &impl Serialize) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json")];
    if let Some(bearer) = &bearer {
        headers.push(("authorization", bearer));
    }
    let body = serde_json::to_vec(body).expect("a body that has a JSON form");
    send(method, url, &headers, &body)
}

/// GET with a bearer token.
pub fn get_as(url: &str, token: &str) -> Answer {
    send("GET", url, &[("authorization", &format!("Bearer {token}"))], b"")
}
