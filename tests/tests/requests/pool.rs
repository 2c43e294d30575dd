//! What earlier answers gave: ids, codes, cursors and credentials, by which later requests reach what exists.

use std::collections::{BTreeMap, VecDeque};

use parrain_tests::shop::TestShop;
use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::Value;

use crate::document::Operation;

/// How many of a kind are kept: the newest.
const MOST: usize = 24;

/// One of the run's own shops, with what is known of it.
pub struct Known {
    /// The shop; it is removed at the end.
    pub shop: TestShop,
    /// The secrets by which its platforms sign.
    pub webhook_secrets: BTreeMap<String, String>,
    kept: BTreeMap<String, VecDeque<String>>,
}

impl Known {
    /// A shop of which nothing is known yet.
    pub fn new(shop: TestShop) -> Self {
        Self { shop, webhook_secrets: BTreeMap::new(), kept: BTreeMap::new() }
    }

    /// Keeps something of a kind.
    pub fn keep(&mut self, kind: &str, value: &str) {
        let kept = self.kept.entry(kind.to_owned()).or_default();
        if !kept.iter().any(|one| one == value) {
            kept.push_back(value.to_owned());
            if kept.len() > MOST {
                kept.pop_front();
            }
        }
    }

    /// One of a kind.
    pub fn one(&self, rng: &mut SmallRng, kind: &str) -> Option<String> {
        let kept = self.kept.get(kind).filter(|kept| !kept.is_empty())?;
        Some(kept[rng.random_range(0..kept.len())].clone())
    }

    /// Keeps what an answer to an operation gave.
    pub fn learn(&mut self, operation: &Operation, answer: &Value) {
        self.learn_in(operation, operation.collection(), answer);
        if operation.path == "/v1/shops/{shop}" || operation.path.ends_with("/rotate") {
            for (name, place) in [
                ("event_secret", &mut self.shop.event_secret),
                ("shop_token", &mut self.shop.shop_token),
                ("identity_key", &mut self.shop.identity_key),
            ] {
                if let Some(secret) = answer[name].as_str() {
                    secret.clone_into(place);
                }
            }
            for (platform, secret) in answer["webhook_secrets"].as_object().into_iter().flatten() {
                let secret = secret.as_str().unwrap_or_default();
                self.webhook_secrets.insert(platform.clone(), secret.to_owned());
            }
        }
    }

    fn learn_in(&mut self, operation: &Operation, parent: &str, answer: &Value) {
        match answer {
            Value::Array(items) => items.iter().for_each(|item| self.learn_in(operation, parent, item)),
            Value::Object(members) => {
                for (name, value) in members {
                    match value.as_str().filter(|text| !text.is_empty()) {
                        Some(text) => self.learn_text(operation, parent, name, text),
                        None => self.learn_in(operation, name, value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn learn_text(&mut self, operation: &Operation, parent: &str, name: &str, text: &str) {
        let last = |by: char| text.rsplit(by).next().unwrap_or_default().to_owned();
        match name {
            "code" if operation.path.ends_with("/connect-codes") => self.keep("connect-codes", text),
            "code" | "order_id" | "module_token" | "month" => self.keep(name, text),
            "id" | "connection" => {
                // A record's own answer names nothing around it, a list does.
                if parent == operation.collection() {
                    self.keep(operation.path.rsplit('/').next().unwrap_or_default(), text);
                }
                self.keep(parent, text);
            }
            "token"
                if operation.path.ends_with("/referrers")
                    || operation.path.ends_with("/referrers/{code}") =>
            {
                self.keep("referrer_token", text);
            }
            "next_cursor" => self.keep(&format!("cursor of {}", operation.path), text),
            "url" if text.contains("/p/") => self.keep("picture", &last('/')),
            "link" if text.contains("parrain_key=") => self.keep("key", &last('=')),
            _ => {}
        }
    }
}
