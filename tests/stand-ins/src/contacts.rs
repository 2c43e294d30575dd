//! The contacts and events of Brevo's API (v3) and of Klaviyo's (revision 2026-10-15).

use crate::{Answered, Asked, Mood, StandIn, unknown};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// An account at Brevo.
#[derive(Debug)]
pub struct Brevo {
    /// Its key.
    pub key: String,
    /// Its lists' numbers.
    pub lists: Vec<u64>,
    /// Its contacts' lists, by address.
    pub contacts: BTreeMap<String, Vec<u64>>,
    /// Its events, in order.
    pub events: Vec<Value>,
    /// Whether it takes no contact, and says of each by its address that it is none.
    pub refuses: bool,
    moods: VecDeque<Mood>,
}

impl Default for Brevo {
    fn default() -> Self {
        Self {
            key: "xkeysib-0123456789abcdef".into(),
            lists: vec![7],
            contacts: BTreeMap::new(),
            events: Vec::new(),
            refuses: false,
            moods: VecDeque::new(),
        }
    }
}

impl StandIn for Brevo {
    fn moods(&mut self) -> &mut VecDeque<Mood> {
        &mut self.moods
    }

    fn serve(&mut self, asked: &Asked, _: i64) -> Answered {
        let refused = |status: u16, code: &str, message: &str| {
            Answered::json(status, &json!({"code": code, "message": message}))
        };
        if asked.header("api-key") != self.key {
            return refused(401, "unauthorized", "Key not found");
        }
        let body = serde_json::from_str::<Value>(&asked.body);
        let (Ok(body), "application/json") = (body, asked.header("content-type")) else {
            return refused(400, "bad_request", "Input must be a valid JSON object");
        };
        let path = asked.path.strip_prefix("/v3").unwrap_or(&asked.path);
        match (asked.method.as_str(), path) {
            ("POST", "/contacts") => {
                let known = ["email", "ext_id", "attributes", "listIds", "updateEnabled", "emailBlacklisted"];
                if let Some(name) = unknown(&body, &known).first() {
                    return refused(400, "invalid_parameter", &format!("{name} is not allowed"));
                }
                let Some(email) = body["email"].as_str().filter(|email| email.contains('@')) else {
                    return refused(400, "missing_parameter", "Contact email, phone or ext_id is missing");
                };
                if self.refuses {
                    let words = format!("Invalid email {}", email.to_lowercase());
                    return refused(400, "invalid_parameter", &words);
                }
                let lists: Vec<u64> =
                    body["listIds"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
                if !lists.iter().all(|list| self.lists.contains(list)) {
                    return refused(400, "invalid_parameter", "List id does not exist");
                }
                let is_new = !self.contacts.contains_key(email);
                if !is_new && body["updateEnabled"] != true {
                    return refused(400, "duplicate_parameter", "Contact already exist");
                }
                self.contacts.entry(email.to_owned()).or_default().extend(lists);
                if is_new {
                    Answered::json(201, &json!({"id": self.contacts.len()}))
                } else {
                    Answered { status: 204, retry_after: None, body: String::new() }
                }
            }
            ("POST", "/events") => {
                let known =
                    ["event_name", "event_date", "identifiers", "event_properties", "contact_properties"];
                if let Some(name) = unknown(&body, &known).first() {
                    return refused(400, "invalid_parameter", &format!("{name} is not allowed"));
                }
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
                let named = body["event_name"]
                    .as_str()
                    .is_some_and(|name| !name.is_empty() && name.len() <= 255 && name.chars().all(plain));
                if !named || body["identifiers"]["email_id"].as_str().is_none() {
                    return refused(400, "missing_parameter", "event_name and identifiers are needed");
                }
                self.events.push(body);
                Answered { status: 204, retry_after: None, body: String::new() }
            }
            _ => refused(404, "document_not_found", "No such route"),
        }
    }
}

/// An account at Klaviyo.
#[derive(Debug)]
pub struct Klaviyo {
    /// Its private key.
    pub key: String,
    /// What the key may.
    pub scopes: Vec<&'static str>,
    /// Its profiles, by address.
    pub profiles: BTreeMap<String, Value>,
    /// Its events, in order, each of one `unique_id` once.
    pub events: Vec<Value>,
    /// Whether it takes no profile, and says of each by its address that it is none.
    pub refuses: bool,
    moods: VecDeque<Mood>,
}

impl Default for Klaviyo {
    fn default() -> Self {
        Self {
            key: "pk_0123456789abcdef".into(),
            scopes: vec!["profiles:write", "events:write"],
            profiles: BTreeMap::new(),
            events: Vec::new(),
            refuses: false,
            moods: VecDeque::new(),
        }
    }
}

impl StandIn for Klaviyo {
    fn moods(&mut self) -> &mut VecDeque<Mood> {
        &mut self.moods
    }

    fn serve(&mut self, asked: &Asked, _: i64) -> Answered {
        let refused = |status: u16, code: &str, detail: &str| {
            Answered::json(status, &json!({"errors": [{"status": status, "code": code, "detail": detail}]}))
        };
        if asked.header("authorization") != format!("Klaviyo-API-Key {}", self.key) {
            return refused(401, "not_authenticated", "Incorrect authentication credentials.");
        }
        if asked.header("revision") != "2026-10-15" {
            return refused(400, "invalid", "A revision is needed.");
        }
        if asked.header("content-type") != "application/vnd.api+json" {
            return refused(415, "unsupported_media_type", "Unsupported media type in request.");
        }
        let Ok(body) = serde_json::from_str::<Value>(&asked.body) else {
            return refused(400, "parse_error", "JSON parse error");
        };
        let scope = match asked.path.as_str() {
            "/api/profile-import" => "profiles:write",
            "/api/events" => "events:write",
            _ => return refused(404, "not_found", "Not found."),
        };
        if !self.scopes.contains(&scope) {
            return refused(403, "permission_denied", "You do not have permission to perform this action.");
        }
        let attributes = &body["data"]["attributes"];
        let email = |profile: &Value| profile["email"].as_str().map(str::to_owned);
        if scope == "profiles:write" {
            let known = ["email", "phone_number", "external_id", "first_name", "last_name", "properties"];
            let wrong = body["data"]["type"] != "profile" || !unknown(attributes, &known).is_empty();
            let Some(email) = email(attributes).filter(|_| !wrong) else {
                return refused(400, "invalid", "The payload provided in the request is invalid.");
            };
            if self.refuses {
                return refused(400, "invalid", &format!("Invalid email address {}", email.to_lowercase()));
            }
            let is_new = self.profiles.insert(email, attributes.clone()).is_none();
            return Answered::json(
                if is_new { 201 } else { 200 },
                &json!({"data": {"type": "profile", "id": "01"}}),
            );
        }
        let known = ["properties", "time", "value", "value_currency", "unique_id", "metric", "profile"];
        let right = body["data"]["type"] == "event"
            && unknown(attributes, &known).is_empty()
            && attributes["properties"].is_object()
            && attributes["metric"]["data"]["type"] == "metric"
            && attributes["metric"]["data"]["attributes"]["name"].is_string()
            && attributes["profile"]["data"]["type"] == "profile"
            && email(&attributes["profile"]["data"]["attributes"]).is_some();
        if !right {
            return refused(400, "invalid", "The payload provided in the request is invalid.");
        }
        if self.events.iter().all(|event| event["unique_id"] != attributes["unique_id"]) {
            self.events.push(attributes.clone());
        }
        Answered { status: 202, retry_after: None, body: String::new() }
    }
}
