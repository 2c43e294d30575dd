//! A stand-in for Resend, of the shape that it documents (<https://resend.com/docs/api-reference/emails/send-email>): the
//! edge sends the shop's mail here, and what would have gone out is kept to be read in the shop.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// The key that the demo's edge is given.
const KEY: &str = "re_demo_only";

/// Mails kept at most; the oldest go.
const KEPT: usize = 50;

/// Names remembered at most, by which a mail is known again.
const NAMES: usize = 500;

/// The longest name.
const LONGEST_NAME: usize = 256;

/// A mail that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// By which it is known.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// What was sent.
    pub sent: Sent,
}

/// What Resend takes; the fields that the edge uses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sent {
    /// Whose it is.
    pub from: String,
    /// To whom it goes.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// As HTML.
    pub html: String,
    /// As plain text.
    pub text: String,
    /// Headers of its own.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// The stand-in.
#[derive(Default)]
pub struct Resend(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    mails: VecDeque<Mail>,
    /// The newest last: each with its body and the id that was answered.
    names: VecDeque<(String, Value, String)>,
    count: u64,
}

impl Resend {
    /// Takes a mail, or says why not, as Resend does.
    pub fn take(&self, headers: &HeaderMap, body: &[u8]) -> (StatusCode, Value) {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header(header::AUTHORIZATION.as_str()) != format!("Bearer {KEY}") {
            return refused(StatusCode::FORBIDDEN, "invalid_api_key", "API key is invalid");
        }
        let name = header("idempotency-key").to_owned();
        if name.len() > LONGEST_NAME {
            let why = "The key must be between 1-256 chars.";
            return refused(StatusCode::BAD_REQUEST, "invalid_idempotency_key", why);
        }
        let Ok(json) = serde_json::from_slice::<Value>(body) else {
            return refused(StatusCode::UNPROCESSABLE_ENTITY, "validation_error", "The body is not JSON.");
        };
        let sent: Sent = match serde_json::from_value(json.clone()) {
            Ok(sent) => sent,
            Err(fault) => {
                let why = fault.to_string();
                return refused(StatusCode::UNPROCESSABLE_ENTITY, "missing_required_field", &why);
            }
        };
        if sent.to.is_empty() || sent.to.iter().any(|to| !to.contains('@')) {
            return refused(StatusCode::UNPROCESSABLE_ENTITY, "validation_error", "Invalid `to` field.");
        }
        let mut kept = self.kept();
        if let Some((_, before, id)) =
            kept.names.iter().find(|(known, ..)| !name.is_empty() && *known == name)
        {
            if *before != json {
                let why = "The same key was used with another payload.";
                return refused(StatusCode::CONFLICT, "invalid_idempotent_request", why);
            }
            return (StatusCode::OK, json!({"id": id}));
        }
        kept.count += 1;
        let id = format!("demo-{}", kept.count);
        kept.names.push_back((name, json, id.clone()));
        kept.mails.push_back(Mail { id: id.clone(), at: Timestamp::now(), sent });
        let (many, names) = (kept.mails.len().saturating_sub(KEPT), kept.names.len().saturating_sub(NAMES));
        kept.mails.drain(..many);
        kept.names.drain(..names);
        (StatusCode::OK, json!({"id": id}))
    }

    /// The mails that came, the latest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.kept().mails.iter().rev().cloned().collect()
    }

    /// The HTML of one of them.
    pub fn html(&self, id: &str) -> Option<String> {
        self.kept().mails.iter().find(|mail| mail.id == id).map(|mail| mail.sent.html.clone())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(status: StatusCode, name: &str, message: &str) -> (StatusCode, Value) {
    (status, json!({"statusCode": status.as_u16(), "name": name, "message": message}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &str, key: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
        headers.insert("idempotency-key", name.parse().unwrap());
        headers
    }

    #[test]
    fn a_mail_comes_once_under_one_name_and_whatever_is_wrong_is_refused_as_resend_does() {
        let resend = Resend::default();
        let mail = |subject: &str| {
            json!({"from": "a@shop.example", "to": ["b@example.com"], "subject": subject, "html": "<p>", "text": "x"})
                .to_string()
        };
        let take = |name: &str, body: &str| resend.take(&headers(name, KEY), body.as_bytes());
        assert_eq!(take("one", &mail("a")), (StatusCode::OK, json!({"id": "demo-1"})));
        assert_eq!(take("one", &mail("a")).1, json!({"id": "demo-1"}));
        assert_eq!(take("one", &mail("b")).1["name"], "invalid_idempotent_request");
        assert_eq!(take("two", &mail("b")).1, json!({"id": "demo-2"}));
        assert_eq!(resend.mails().len(), 2);
        assert_eq!(resend.html("demo-1").as_deref(), Some("<p>"));
        assert_eq!(take("three", "{}").0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(take("three", "x").0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(resend.take(&headers("x", "wrong"), mail("a").as_bytes()).0, StatusCode::FORBIDDEN);
        for n in 0..2 * KEPT {
            take(&format!("n{n}"), &mail("a"));
        }
        assert_eq!(resend.mails().len(), KEPT);
    }
}
