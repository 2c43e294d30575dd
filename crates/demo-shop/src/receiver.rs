//! Where Parrain tells the shop what happens: webhooks, believed once their signature is right, and known again by their id
//! however often they come.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use standardwebhooks::{HEADER_WEBHOOK_ID, Webhook, WebhookError};

/// Webhooks kept at most; the oldest go. The edge replays no more than a thousand at once.
const KEPT: usize = 1000;

/// The longest id that is kept.
const LONGEST_ID: usize = 200;

/// A webhook that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its `webhook-id`, the same at every try and replay.
    pub id: String,
    /// What happened, such as `conversion.approved`.
    pub kind: String,
    /// The body.
    pub body: Value,
    /// When it came first.
    pub at: Timestamp,
    /// How often it came.
    pub times: u32,
}

/// What came, and how it is known to be the edge's.
pub struct Receiver {
    /// `None` where the edge was not asked to tell anything.
    key: Option<Webhook>,
    told: Mutex<VecDeque<Told>>,
}

impl Receiver {
    /// A receiver of what is signed with `secret` (`whsec_…`), or of nothing.
    ///
    /// # Errors
    /// Where the secret is not base64.
    pub fn new(secret: Option<&str>) -> Result<Self, WebhookError> {
        Ok(Self { key: secret.map(Webhook::new).transpose()?, told: Mutex::default() })
    }

    /// Whether anything is listened to.
    pub fn listens(&self) -> bool {
        self.key.is_some()
    }

    /// Takes a webhook. 204 says that it is here; a signature that is wrong or older than five minutes is 401, a body that is
    /// none 400, and 404 says that nothing is listened to.
    pub fn take(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> StatusCode {
        let Some(key) = &self.key else { return StatusCode::NOT_FOUND };
        if key.verify(body, headers).is_err() {
            return StatusCode::UNAUTHORIZED;
        }
        let id = headers.get(HEADER_WEBHOOK_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return StatusCode::BAD_REQUEST };
        if id.is_empty() || id.len() > LONGEST_ID {
            return StatusCode::BAD_REQUEST;
        }
        let mut told = self.lock();
        if let Some(known) = told.iter_mut().find(|one| one.id == id) {
            known.times = known.times.saturating_add(1);
            return StatusCode::NO_CONTENT;
        }
        let kind = body["type"].as_str().unwrap_or_default().to_owned();
        told.push_back(Told { id: id.to_owned(), kind, body, at: now, times: 1 });
        let beyond = told.len().saturating_sub(KEPT);
        told.drain(..beyond);
        StatusCode::NO_CONTENT
    }

    /// What came, the latest first, each once.
    pub fn told(&self) -> Vec<Told> {
        self.lock().iter().rev().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Told>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use standardwebhooks::{HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};

    /// The example key of the Standard Webhooks documentation.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn signed(secret: &str, id: &str, at: Timestamp, body: &str) -> HeaderMap {
        let signature = Webhook::new(secret).unwrap().sign(id, at.as_second(), body.as_bytes()).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(HEADER_WEBHOOK_ID, id.parse().unwrap());
        headers.insert(HEADER_WEBHOOK_TIMESTAMP, at.as_second().into());
        headers.insert(HEADER_WEBHOOK_SIGNATURE, signature.parse().unwrap());
        headers
    }

    #[test]
    fn what_is_signed_is_kept_once_and_its_repeats_are_counted() {
        let (receiver, now) = (Receiver::new(Some(SECRET)).unwrap(), Timestamp::now());
        let take = |id: &str, body: &str| receiver.take(&signed(SECRET, id, now, body), body.as_bytes(), now);
        let (joined, paid) = (r#"{"type":"referrer.joined"}"#, r#"{"type":"reward.paid"}"#);
        assert_eq!(take("msg_1", joined), StatusCode::NO_CONTENT);
        assert_eq!(take("msg_2", paid), StatusCode::NO_CONTENT);
        assert_eq!(take("msg_1", joined), StatusCode::NO_CONTENT);
        let told: Vec<_> = receiver.told().into_iter().map(|one| (one.id, one.kind, one.times)).collect();
        let expected = [("msg_2", "reward.paid", 1), ("msg_1", "referrer.joined", 2)];
        assert_eq!(told, expected.map(|(id, kind, times)| (id.to_owned(), kind.to_owned(), times)));
        for n in 0..2 * KEPT {
            take(&format!("msg_n{n}"), joined);
        }
        assert_eq!(receiver.told().len(), KEPT);
    }

    #[test]
    fn what_is_not_the_edges_is_not_kept() {
        let (receiver, now) = (Receiver::new(Some(SECRET)).unwrap(), Timestamp::now());
        let body = r#"{"type":"reward.paid"}"#;
        let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let old = now - jiff::SignedDuration::from_mins(10);
        let good = signed(SECRET, "msg_1", now, body);
        assert_eq!(receiver.take(&HeaderMap::new(), body.as_bytes(), now), StatusCode::UNAUTHORIZED);
        assert_eq!(receiver.take(&good, b"{}", now), StatusCode::UNAUTHORIZED);
        for wrong in [signed(other, "msg_1", now, body), signed(SECRET, "msg_1", old, body)] {
            assert_eq!(receiver.take(&wrong, body.as_bytes(), now), StatusCode::UNAUTHORIZED);
        }
        let nonsense = signed(SECRET, "msg_1", now, "x");
        assert_eq!(receiver.take(&nonsense, b"x", now), StatusCode::BAD_REQUEST);
        assert_eq!(Receiver::new(None).unwrap().take(&good, body.as_bytes(), now), StatusCode::NOT_FOUND);
        assert_eq!(receiver.told(), []);
        assert!(Receiver::new(Some("whsec_not base64!")).is_err());
    }
}
