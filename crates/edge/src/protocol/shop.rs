//! A shop and its referrers as the ledger holds them and KV copies them.

use std::collections::BTreeMap;

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::program::Terms;
use parrain_core::referrer::Activity;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::shop_id::ShopId;

/// A shop's secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// `whsec_…`, signs events.
    pub event_secret: String,
    /// Signs customer identities and lets the shop read.
    pub shop_token: String,
    /// Keys the hashes of e-mail addresses and the referrer tokens.
    pub salt: String,
    /// Tells this shop from an earlier one of the same id.
    pub incarnation: String,
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
}

/// What is said of a referrer when one is made or replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referrer {
    /// The offer's id.
    pub offer: String,
    /// The name that friends see.
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
}
