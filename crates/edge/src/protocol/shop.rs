//! A shop and its referrers as the ledger holds them and KV copies them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::program::Terms;
use parrain_core::referrer::Activity;
use parrain_wire::mail::MailKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::shop_id::ShopId;
use crate::token;

/// A shop's secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// `whsec_…`, signs events.
    pub event_secret: String,
    /// Lets the shop's server and its owner in.
    pub shop_token: String,
    /// Signs customer identities, and lets nobody in. Empty in a shop of an earlier release, until it is replaced there:
    /// see [`Secrets::identity_key`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identity_key: String,
    /// Keys the hashes of e-mail addresses and the referrer tokens.
    pub salt: String,
    /// Tells this shop from an earlier one of the same id.
    pub incarnation: String,
    /// Those that hold for a while beside the ones that replaced them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Before>,
}

/// A secret that was replaced and still holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Which.
    pub name: Rotated,
    /// It.
    pub secret: String,
    /// Until when.
    pub until: Instant,
}

/// A secret that can be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotated {
    /// Signs events.
    EventSecret,
    /// Lets the shop's server and its owner in.
    ShopToken,
    /// Signs customer identities.
    IdentityKey,
}

impl Rotated {
    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "event_secret" => Some(Self::EventSecret),
            "shop_token" => Some(Self::ShopToken),
            "identity_key" => Some(Self::IdentityKey),
            _ => None,
        }
    }
}

impl Secrets {
    /// The secrets of a name that hold now, the newest first.
    pub fn holding(&self, name: Rotated, now: Instant) -> impl Iterator<Item = Cow<'_, str>> {
        let newest = match name {
            Rotated::EventSecret => Cow::from(&self.event_secret),
            Rotated::ShopToken => Cow::from(&self.shop_token),
            Rotated::IdentityKey => self.identity_key(),
        };
        let before = self.before.iter().filter(move |before| before.name == name && now < before.until);
        std::iter::once(newest).chain(before.map(|before| Cow::from(&before.secret)))
    }

    /// The key that signs customer identities. A shop that was made before there was one has one that follows from its
    /// salt: always the same, and nobody else's.
    pub fn identity_key(&self) -> Cow<'_, str> {
        if self.identity_key.is_empty() {
            token::identity_key_of(self.salt.as_bytes()).into()
        } else {
            Cow::from(&self.identity_key)
        }
    }
}

/// A shop as the ledger holds it and KV copies it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShopRecord {
    /// The shop's id.
    pub shop: ShopId,
    /// The newest program, as the contract writes it.
    pub program: Value,
    /// Since when the shop is known.
    pub created_at: Instant,
    /// Its secrets.
    pub secrets: Secrets,
    /// What platforms dictate.
    pub webhook_secrets: BTreeMap<String, String>,
    /// Keys by which platforms' APIs may be asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub platform_keys: BTreeMap<String, String>,
    /// Keys by which connected modules sign customer identities, by connection.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identity_keys: BTreeMap<String, String>,
    /// What mail a page of the shop's may ask for.
    #[serde(default, skip_serializing_if = "PageMail::is_none")]
    pub page_mail: PageMail,
    /// The test of the set-up that is watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proving: Option<Proving>,
    /// Promo codes of the newest program that cannot be redeemed yet at the platform that is to make them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub promotions_waiting: BTreeSet<Code>,
}

/// What mail a page of the shop's may ask for on behalf of who is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageMail {
    /// The links to a referrer's rewards.
    pub sign_in: bool,
    /// A friend's reminder.
    pub reminder: bool,
}

impl PageMail {
    /// Whether it is nothing.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// What kinds that are sent mean for pages.
    pub fn of(kinds: &[MailKind]) -> Self {
        Self { sign_in: kinds.contains(&MailKind::SignIn), reminder: kinds.contains(&MailKind::Reminder) }
    }
}

/// A test of a shop's set-up: what happens with its code is noted until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proving {
    /// The test referral's code.
    pub code: Code,
    /// Until when.
    pub until: Instant,
}

/// What is said of a referrer when one is made or replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referrer {
    /// The offer's id.
    pub offer: String,
    /// The person's name.
    pub name: Option<String>,
    /// The address, in clear: payouts need it.
    pub email: Option<String>,
    /// Its keyed hash.
    pub email_hash: Option<String>,
    /// The shop's customer id.
    pub customer_id: Option<String>,
    /// Whether the address was only typed beside a signed customer id: then it may be anybody's, and does not
    /// make its owner and the customer one person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub email_is_typed: bool,
    /// Whether the referrer takes part, from this version on.
    #[serde(default, skip_serializing_if = "is_active")]
    pub activity: Activity,
    /// Why it was changed, in the shop's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_reason: Option<String>,
    /// The last instant at which the referrer takes part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// What the referrer earns in place of the offer's reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// What the shop notes of the referrer for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Whether it is nobody, but a test of the set-up that is never paid.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test: bool,
    /// Whether they joined by a browser's word alone, and were never changed since: KV does not hear of them, and the ledger
    /// answers for them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unpublished: bool,
    /// What friends see in place of the name, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether they agreed to newsletters of the shop's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub marketing_consent: bool,
    /// The language of the browser in which they joined, of the eight that mail is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// When the shop ended their sign-ins: no token made until then holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_out: Option<Instant>,
}

impl Referrer {
    /// Whether the referrer takes part, for who asks now: one who has expired has ended.
    pub fn activity_at(&self, now: Instant) -> Activity {
        let expired = self.expires_at.is_some_and(|last| last < now);
        if expired && self.activity != Activity::Waiting { Activity::Ended } else { self.activity }
    }
}

/// What becomes of a part of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit<T> {
    /// It stays.
    #[default]
    Keep,
    /// Nothing stands there any more.
    Clear,
    /// This stands there.
    Set(T),
}

impl<T> Edit<T> {
    /// What stands there then, where `before` stood there.
    pub fn of(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// How the shop manages a referrer, beside who they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Managed {
    /// Whether they take part; with it the reason is replaced.
    pub activity: Option<Activity>,
    /// Why, in the shop's words.
    pub activity_reason: Edit<String>,
    /// The last instant at which they take part.
    pub expires_at: Edit<Instant>,
    /// What they earn in place of the offer's reward, as the contract writes it.
    pub terms: Edit<Value>,
    /// What the shop notes for itself.
    pub notes: Edit<String>,
    /// What friends see in place of the name.
    #[serde(default)]
    pub display_name: Edit<String>,
    /// Whether they agreed to newsletters.
    #[serde(default)]
    pub marketing_consent: Option<bool>,
}

fn is_active(activity: &Activity) -> bool {
    *activity == Activity::Active
}

/// A referrer as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferrerRecord {
    /// The code.
    pub code: Code,
    /// Since when.
    pub created_at: Instant,
    /// The newest version.
    #[serde(flatten)]
    pub referrer: Referrer,
    /// Whether it is still to be confirmed who they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}
