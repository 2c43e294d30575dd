//! Telling a provider of newsletters of a referrer: the contact is made or brought up to date, then what happened is noted
//! with it.
//!
//! Brevo: <https://developers.brevo.com/reference/create-contact>, <https://developers.brevo.com/reference/create-event>.
//! Klaviyo: <https://developers.klaviyo.com/en/reference/create_or_update_profile>,
//! <https://developers.klaviyo.com/en/reference/create_event>. Klaviyo takes an event of one `unique_id` once; Brevo has no
//! such name, so that the delivery's id stands among the event's properties.

use crate::deliveries::web::{Api, Outgoing, Reply, Web};
use crate::details::seal::{Keyring, NONCE_BYTES, SealError, Sealed};
use crate::ledger::Tried;
use http::Method;
use parrain_wire::contacts::ContactProvider;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// How many bytes of an answer are read.
const MOST_READ: usize = 2048;

/// How long a code may be that says why something is not taken.
const LONGEST_CODE: usize = 60;

/// The revision in which Klaviyo is asked; each is served for two years.
const REVISION: &str = "2026-10-15";

/// What opens a provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The key.
    pub key: String,
    /// The list that contacts are put on, at Brevo alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<u32>,
}

impl fmt::Debug for Key {
    /// Nothing that opens anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.account())
    }
}

impl Key {
    /// Which it is, as the owner recognises it.
    pub fn account(&self) -> String {
        let last = self.key.len().saturating_sub(4);
        format!("…{}", self.key.get(last..).unwrap_or_default())
    }

    /// Seals it for one shop and provider alone.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(
        &self,
        keys: &Keyring,
        nonce: [u8; NONCE_BYTES],
        provider: ContactProvider,
        shop: (&str, &str),
    ) -> Result<Sealed, SealError> {
        let text = serde_json::to_vec(self).map_err(|_| SealError::BadKeys)?;
        keys.seal(nonce, &place(provider, shop), &text)
    }

    /// Opens what was sealed for this shop and provider.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(
        keys: &Keyring,
        sealed: &Sealed,
        provider: ContactProvider,
        shop: (&str, &str),
    ) -> Result<Self, SealError> {
        let text = keys.open(&place(provider, shop), sealed)?;
        serde_json::from_slice(&text).map_err(|_| SealError::DoesNotOpen(sealed.key_id.clone()))
    }
}

fn place(provider: ContactProvider, (shop, incarnation): (&str, &str)) -> String {
    format!("parrain contacts 1\0{shop}\0{incarnation}\0{}", provider.name())
}

/// What happened to a referrer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// They joined, or were added.
    Joined,
    /// A reward of theirs is approved.
    RewardApproved,
    /// A reward of theirs is paid.
    RewardPaid,
}

impl Moment {
    /// By which name a provider knows it: letters, digits and underscores, as Brevo has it.
    fn name(self) -> &'static str {
        match self {
            Self::Joined => "parrain_joined",
            Self::RewardApproved => "parrain_reward_approved",
            Self::RewardPaid => "parrain_reward_paid",
        }
    }
}

/// A referrer who agreed to newsletters, and what happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: Option<String>,
    /// Their code.
    pub code: String,
    /// The link that they share.
    pub link: String,
    /// What happened.
    pub moment: Moment,
    /// When, RFC 3339.
    pub at: String,
    /// The reward that it is about.
    pub reward: Option<Value>,
    /// Its order.
    pub order_id: Option<String>,
}

impl Contact {
    fn properties(&self) -> Value {
        json!({"code": self.code, "link": self.link, "reward": self.reward.as_ref().map(reward_text),
            "order_id": self.order_id})
    }
}

/// A reward in a word, as newsletters show it: `10.00 EUR`, or what it is.
fn reward_text(reward: &Value) -> String {
    let text = |name: &str| reward.get(name).and_then(Value::as_str);
    match (text("amount"), text("currency")) {
        (Some(amount), Some(currency)) => format!("{amount} {currency}"),
        _ => text("kind").unwrap_or_default().to_owned(),
    }
}

/// Why a key is not taken, in words.
pub type Unproven = String;

/// Tries a key by questions that lack what they must say, so that nothing is made.
///
/// # Errors
/// [`Unproven`] where it does not open both contacts and events.
pub async fn prove(web: &impl Web, provider: ContactProvider, key: &Key) -> Result<(), Unproven> {
    let name = match provider {
        ContactProvider::Brevo => "Brevo",
        ContactProvider::Klaviyo => "Klaviyo",
    };
    for path in paths(provider) {
        let reply = web.ask(&request(web, provider, key, path, &json!({}))).await;
        let reply = reply.map_err(|words| format!("{name} does not answer: {words}"))?;
        match reply.status {
            400 | 404 | 422 => {}
            401 | 403 => {
                let said: String = reply.body.chars().take(200).collect();
                return Err(format!("{name} does not open {path} with this key: {}", said.trim()));
            }
            429 => return Err(format!("{name} takes no more requests for now: try again in a minute")),
            status => return Err(format!("{name} answered {status}, as it does to nobody")),
        }
    }
    Ok(())
}

/// Tells a provider of a contact; `id` is the delivery's. What came of the second request is what came of it.
pub async fn send(
    web: &impl Web,
    provider: ContactProvider,
    key: &Key,
    id: &str,
    contact: &Contact,
) -> Tried {
    let [contacts, events] = paths(provider);
    let (first, second) = match provider {
        ContactProvider::Brevo => (brevo_contact(key, contact), brevo_event(id, contact)),
        ContactProvider::Klaviyo => (klaviyo_profile(contact), klaviyo_event(id, contact)),
    };
    for (path, body) in [(contacts, first), (events, second)] {
        let tried = match web.ask(&request(web, provider, key, path, &body)).await {
            Ok(reply) => Tried::Answered(reply.status, reason(&reply)),
            Err(words) => Tried::Unanswered(words),
        };
        if !tried.is_taken() || path == events {
            return tried;
        }
    }
    Tried::Unanswered("nothing was asked".into())
}

/// What a provider gave as its reason: its code alone, since its sentences may repeat the address, however they spell it, and
/// what is said here is kept and shown.
fn reason(reply: &Reply) -> String {
    let body: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let code = body.get("code").or_else(|| body.pointer("/errors/0/code")).and_then(Value::as_str);
    let is_word = |code: &&str| {
        code.len() <= LONGEST_CODE
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    match code.filter(is_word) {
        Some(code) => format!("it answered {}: {code}", reply.status),
        None => format!("it answered {}", reply.status),
    }
}

fn paths(provider: ContactProvider) -> [&'static str; 2] {
    match provider {
        ContactProvider::Brevo => ["/contacts", "/events"],
        ContactProvider::Klaviyo => ["/api/profile-import", "/api/events"],
    }
}

fn request(web: &impl Web, provider: ContactProvider, key: &Key, path: &str, body: &Value) -> Outgoing {
    let (base, headers) = match provider {
        ContactProvider::Brevo => (
            web.stand_in(Api::Brevo).unwrap_or_else(|| "https://api.brevo.com/v3".into()),
            vec![("api-key", key.key.clone()), ("content-type", "application/json".into())],
        ),
        ContactProvider::Klaviyo => (
            web.stand_in(Api::Klaviyo).unwrap_or_else(|| "https://a.klaviyo.com".into()),
            vec![
                ("authorization", format!("Klaviyo-API-Key {}", key.key)),
                ("revision", REVISION.into()),
                ("content-type", "application/vnd.api+json".into()),
            ],
        ),
    };
    let headers = headers.into_iter().chain([("accept", "application/json".into())]).collect();
    Outgoing {
        method: Method::POST,
        url: format!("{base}{path}"),
        headers,
        body: Some(body.to_string()),
        most: MOST_READ,
    }
}

/// Without attributes: those have names of the account's own, and others are refused.
fn brevo_contact(key: &Key, contact: &Contact) -> Value {
    let mut body = json!({"email": contact.email, "updateEnabled": true});
    if let (Some(list), Some(members)) = (key.list, body.as_object_mut()) {
        members.insert("listIds".into(), json!([list]));
    }
    body
}

fn brevo_event(id: &str, contact: &Contact) -> Value {
    let mut properties = contact.properties();
    if let Some(members) = properties.as_object_mut() {
        members.insert("parrain_id".into(), id.into());
        members.retain(|_, value| !value.is_null());
    }
    json!({"event_name": contact.moment.name(), "event_date": contact.at,
        "identifiers": {"email_id": contact.email}, "event_properties": properties})
}

fn klaviyo_profile(contact: &Contact) -> Value {
    let mut attributes = json!({"email": contact.email,
        "properties": {"parrain_code": contact.code, "parrain_link": contact.link}});
    let first = contact.name.as_deref().and_then(|name| name.split_whitespace().next());
    if let (Some(first), Some(members)) = (first, attributes.as_object_mut()) {
        members.insert("first_name".into(), first.into());
    }
    json!({"data": {"type": "profile", "attributes": attributes}})
}

fn klaviyo_event(id: &str, contact: &Contact) -> Value {
    let mut properties = contact.properties();
    if let Some(members) = properties.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    json!({"data": {"type": "event", "attributes": {
        "properties": properties, "time": contact.at, "unique_id": id,
        "metric": {"data": {"type": "metric", "attributes": {"name": contact.moment.name()}}},
        "profile": {"data": {"type": "profile", "attributes": {"email": contact.email}}}}}})
}
