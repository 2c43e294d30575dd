//! A shop of a test's own on the edge, and its signed events.

use jiff::Timestamp;
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt, Claims, Header};
use parrain_wire::referrer as identity;
use serde::Serialize;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::http::{self, Answer};
use crate::{env, random};

/// A shop with a name that no other test has; it is removed when it goes out of scope.
#[derive(Debug)]
pub struct TestShop {
    /// Base URL of the edge.
    pub edge: String,
    /// The shop's id.
    pub id: String,
    /// What its events are signed with.
    pub event_secret: String,
    /// Its own token.
    pub shop_token: String,
    /// Signs who its customers are.
    pub identity_key: String,
    /// The program as it was sent.
    pub program: Value,
}

/// The program of the demo shop, for a shop at `url`.
///
/// # Panics
/// Where `www/demo/program.json` cannot be read.
pub fn demo_program(url: &str) -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/demo/program.json");
    let text = std::fs::read_to_string(path).expect("www/demo/program.json");
    let mut program: Value = serde_json::from_str(&text).expect("www/demo/program.json is JSON");
    program["landing_url"] = json!(format!("{url}/"));
    program["origins"] = json!([url]);
    program["sign_in_url"] = json!(format!("{url}/account#by-mail"));
    program
}

impl TestShop {
    /// Sets up a shop with this program.
    ///
    /// # Panics
    /// Where the edge does not answer 201.
    pub fn new(program: impl Serialize) -> Self {
        Self::on(&env::base(), program)
    }

    /// Sets up a shop with this program on an edge of a test's own.
    ///
    /// # Panics
    /// As [`TestShop::new`].
    pub fn on(edge: &str, program: impl Serialize) -> Self {
        let program = serde_json::to_value(program).expect("a program that has a JSON form");
        let (edge, id) = (edge.to_owned(), format!("t-{}", random(12)));
        let url = format!("{edge}/v1/shops/{id}");
        let answer = http::send_json("PUT", &url, Some(&env::admin_token()), &program).expect(201);
        let text =
            |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned();
        Self {
            edge,
            id,
            event_secret: text("event_secret"),
            shop_token: text("shop_token"),
            identity_key: text("identity_key"),
            program,
        }
    }

    /// A URL below `/v1/shops/{id}`.
    pub fn url(&self, path: &str) -> String {
        format!("{}/v1/shops/{}{path}", self.edge, self.id)
    }

    /// GET with the admin token, which must answer 200.
    pub fn read(&self, path: &str) -> Value {
        http::get_as(&self.url(path), &env::admin_token()).expect(200)
    }

    /// Sets up a referrer by the admin API.
    ///
    /// # Panics
    /// Where the edge does not answer 201 or 200.
    pub fn referrer(&self, code: &str, body: &impl Serialize) -> Value {
        let url = self.url(&format!("/referrers/{code}"));
        let answer = http::send_json("PUT", &url, Some(&env::admin_token()), body);
        assert!(matches!(answer.status, 200 | 201), "{} {}", answer.status, answer.text);
        answer.json()
    }

    /// A referrer's reward status at an instant (`None`: now).
    pub fn rewards(&self, code: &str, as_of: Option<&str>) -> Value {
        match as_of {
            Some(at) => self.read(&format!("/referrers/{code}/rewards?as_of={at}")),
            None => self.read(&format!("/referrers/{code}/rewards")),
        }
    }

    /// Says that the shop knows who a referrer is, who joined by nobody's word.
    ///
    /// # Panics
    /// Where the edge does not take it.
    pub fn confirm(&self, code: &str) {
        let url = self.url(&format!("/referrers/{code}"));
        let body = serde_json::json!({"confirmed": true});
        http::send_json("PATCH", &url, Some(&env::admin_token()), &body).expect(200);
    }

    /// The shop's word on who is signed in, as `data-customer` and `identity` take it, for an hour.
    ///
    /// # Panics
    /// Never: claims have a JSON form.
    pub fn vouch(&self, customer_id: &str) -> String {
        let exp = Timestamp::now().as_second() + 3600;
        let claims = identity::Claims { sub: customer_id.into(), exp, ..identity::Claims::default() };
        let key = Hs256Key::new(&self.identity_key);
        Hs256.token(&Header::empty(), &Claims::new(claims), &key).expect("claims that can be written")
    }

    /// Signs an event and sends it.
    ///
    /// # Panics
    /// Where nobody answers.
    pub fn event(&self, event: &impl Serialize) -> Answer {
        let event = serde_json::to_string(event).expect("an event that has a JSON form");
        let (id, now) = (format!("msg_{}", random(16)), Timestamp::now().as_second());
        self.event_signed(&event, &id, now, &sign(&self.event_secret, &id, now, &event))
    }

    /// Sends a body with these signature headers, right or wrong.
    pub fn event_signed(&self, body: &str, id: &str, timestamp: i64, signature: &str) -> Answer {
        let timestamp = timestamp.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", id),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", signature),
        ];
        http::send("POST", &self.url("/events"), &headers, body.as_bytes())
    }
}

/// The Standard Webhooks signature of a body.
///
/// # Panics
/// Where the secret is not base64.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> String {
    Webhook::new(secret).expect("a secret").sign(id, timestamp, body.as_bytes()).expect("UTF-8")
}

impl Drop for TestShop {
    fn drop(&mut self) {
        // Best effort: a test that has failed already must not fail again here.
        let bearer = format!("Bearer {}", env::admin_token());
        let _ = http::try_send("DELETE", &self.url(""), &[("authorization", &bearer)], b"");
    }
}
