//! The shop that a benchmark asks for: its program, Anna, and the events that its server signs.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use ureq::{
    Agent,
    http::{Method, Request},
};

use super::load::{Answer, send};
use crate::stack::{self, ADMIN_TOKEN, agent};

/// A shop at an edge with Anna, whose code is ANNA10, and with Bob, who refers nobody but where he is named: BOB22.
pub struct Shop {
    edge: String,
    agent: Agent,
    key: Vec<u8>,
    /// Anna's own token.
    token: String,
    /// When it opened, in RFC 3339.
    pub at: String,
}

impl Shop {
    /// Sets up the shop by the admin API; each order of a new customer earns Anna ten euros.
    ///
    /// # Errors
    /// What the edge refuses, in its own words.
    pub fn open(edge: &str) -> Result<Self> {
        let reward = json!({"kind": "store_credit", "amount": "10.00"});
        Self::open_with(edge, &json!({"reward": reward, "on": "sale", "orders": "first", "hold_days": 14}))
    }

    /// The same with what Anna, and Bob beside her, earn.
    ///
    /// # Errors
    /// What the edge refuses, in its own words.
    pub fn open_with(edge: &str, advocate: &Value) -> Result<Self> {
        let mut shop = Self {
            edge: edge.to_owned(),
            agent: agent(Duration::from_secs(60)),
            key: Vec::new(),
            token: String::new(),
            at: String::new(),
        };
        let program = json!({
            "name": "Bench", "currency": "EUR",
            "landing_url": "http://localhost/", "origins": ["http://localhost"],
            "offers": [{
                "id": "friends", "audience": "customer",
                "friend": {"reward": {"kind": "percent_off", "percent": "10"}},
                "advocate": advocate,
            }],
        });
        let answer = shop.admin(Method::PUT, "/v1/shops/demo", &program)?;
        let secret = text(&answer, "event_secret")?;
        let key = secret.strip_prefix("whsec_").context("the event secret has another form")?;
        shop.key = STANDARD.decode(key)?;
        let anna = json!({"offer": "friends", "name": "Anna", "customer_id": "c-anna"});
        let answer = shop.admin(Method::PUT, "/v1/shops/demo/referrers/ANNA10", &anna)?;
        shop.token = text(&answer, "token")?;
        let bob = json!({"offer": "friends", "name": "Bob", "customer_id": "c-bob"});
        shop.admin(Method::PUT, "/v1/shops/demo/referrers/BOB22", &bob)?;
        let now: Value = serde_json::from_str(&shop.ask(shop.rewards()?)?.body)?;
        shop.at = text(&now, "as_of")?;
        Ok(shop)
    }

    /// Asks the edge once.
    ///
    /// # Errors
    /// Where it does not answer.
    pub fn ask(&self, request: Request<String>) -> Result<Answer> {
        send(&self.agent, request)
    }

    /// What a page asks.
    ///
    /// # Errors
    /// Where the path is none.
    pub fn page(&self, path: &str) -> Result<Request<String>> {
        Ok(Request::get(format!("{}{path}", self.edge))
            .header("origin", "http://localhost")
            .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
            .body(String::new())?)
    }

    /// A touch that a page reports.
    ///
    /// # Errors
    /// Never, but for the type.
    pub fn touch(&self) -> Result<Request<String>> {
        let body = json!({"code": "ANNA10", "source": "link", "landing": "http://localhost/"});
        Ok(Request::post(format!("{}/v1/shops/demo/touches", self.edge))
            .header("origin", "http://localhost")
            .header("content-type", "application/json")
            .body(body.to_string())?)
    }

    /// What Anna's page asks to show her rewards.
    ///
    /// # Errors
    /// Never, but for the type.
    pub fn rewards(&self) -> Result<Request<String>> {
        Ok(Request::get(format!("{}/v1/shops/demo/rewards", self.edge))
            .header("authorization", format!("Bearer {}", self.token))
            .body(String::new())?)
    }

    /// How many clicks Anna's status shows.
    ///
    /// # Errors
    /// Where the edge does not say.
    pub fn clicks(&self) -> Result<u64> {
        let answer = self.ask(self.rewards()?)?;
        let status: Value = serde_json::from_str(&answer.body)?;
        status["clicks"].as_u64().with_context(|| format!("no clicks in {}", answer.body))
    }

    /// The signed event of an order that was paid when the shop opened, by a customer of its own, with the codes
    /// given.
    ///
    /// # Errors
    /// Never, but for the type.
    pub fn order(&self, order_id: &str, codes: &[&str]) -> Result<Request<String>> {
        self.order_at(order_id, &self.at, codes)
    }

    /// The same, paid at an instant of RFC 3339.
    ///
    /// # Errors
    /// Never, but for the type.
    pub fn order_at(&self, order_id: &str, at: &str, codes: &[&str]) -> Result<Request<String>> {
        self.order_of(order_id, order_id, at, codes)
    }

    /// The same, by a customer of this name.
    ///
    /// # Errors
    /// Never, but for the type.
    pub fn order_of(
        &self,
        customer: &str,
        order_id: &str,
        at: &str,
        codes: &[&str],
    ) -> Result<Request<String>> {
        let body = json!({"type": "order.paid", "data": {
            "order_id": order_id, "at": at,
            "customer": {"id": format!("c-{customer}"), "email": format!("{customer}@example.com"), "orders_count": 1},
            "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "14.40",
            "total": "91.40", "codes": codes,
            "touches": [],
            "lines": [{"id": "l1", "sku": "MUG-1", "category": "mugs", "quantity": 2, "total": "72.00"}],
        }})
        .to_string();
        stack::signed(&self.edge, "demo", &self.key, &format!("msg-{order_id}"), body)
    }

    /// The signed event of a refund of half of an order's goods.
    ///
    /// # Errors
    /// Never, but for the type.
    pub fn refund(&self, order_id: &str) -> Result<Request<String>> {
        let data = json!({"order_id": order_id, "refund_id": format!("r-{order_id}"), "at": self.at, "amount": "36.00"});
        let body = json!({"type": "order.refunded", "data": data}).to_string();
        stack::signed(&self.edge, "demo", &self.key, &format!("msg-r-{order_id}"), body)
    }

    /// A page's request to make a newcomer of this number a referrer, from a network of their own: of one, few may join.
    ///
    /// # Errors
    /// Never, but for the type.
    pub fn join(&self, number: usize) -> Result<Request<String>> {
        let body = json!({"email": format!("join-{number}@example.com"), "name": "Zoe"});
        Ok(Request::post(format!("{}/v1/shops/demo/referrers", self.edge))
            .header("origin", "http://localhost")
            .header("cf-connecting-ip", format!("10.{}.{}.1", number / 250, number % 250))
            .header("content-type", "application/json")
            .body(body.to_string())?)
    }

    fn admin(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        Ok(serde_json::from_str(&self.manage(method, path, body)?.body)?)
    }

    /// Asks the edge as the admin.
    ///
    /// # Errors
    /// What it refuses, in its own words.
    pub fn manage(&self, method: Method, path: &str, body: &Value) -> Result<Answer> {
        let request = Request::builder()
            .method(&method)
            .uri(format!("{}{path}", self.edge))
            .header("authorization", format!("Bearer {ADMIN_TOKEN}"))
            .header("content-type", "application/json")
            .body(body.to_string())?;
        let answer = self.ask(request)?;
        let Answer { status, body, .. } = &answer;
        ensure!((200..300).contains(status), "{method} {path} answered {status}: {body}");
        Ok(answer)
    }
}

fn text(answer: &Value, name: &str) -> Result<String> {
    let text = answer[name].as_str().map(ToOwned::to_owned);
    text.with_context(|| format!("the edge's answer has no {name}"))
}
