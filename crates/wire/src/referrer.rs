//! Referrers, as a shop sees and makes them.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::program::Terms;
use crate::word::{Known, words};

words! {
    /// Whether a referrer takes part in the program.
    pub enum Activity {
        /// Earns.
        Active = "active",
        /// Joined and not let in yet: no code, visit or run of theirs counts.
        Waiting = "waiting",
        /// For now earns nothing new; customers stay the referrer's.
        Paused = "paused",
        /// No longer takes part: codes, visits and runs count for nothing from that instant on, and what was
        /// earned stays.
        Ended = "ended",
    }
}

// `words!` derives what all words have; that one is the usual case is this one's own.
#[allow(clippy::derivable_impls, reason = "the macro declares the enumeration")]
impl Default for Activity {
    fn default() -> Self {
        Self::Active
    }
}

/// What is said of a referrer when one is made or replaced: `PUT /v1/shops/{shop}/referrers/{code}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewReferrer {
    /// The offer's id.
    pub offer: String,
    /// The person's name; friends see its first word, or under an offer for businesses all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What friends see instead, whole: a business's name, or how the shop knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The shop's customer id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// Whether they take part: `active`, `paused` or `ended`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Activity>,
    /// Why, for the shop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last instant at which they take part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// What they earn in place of the offer's reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// What the shop notes for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Whether they agreed to newsletters of the shop's: only then is a provider of those told of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing_consent: Option<bool>,
    /// `false`: who is new is not mailed that they have a link and a code now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<bool>,
}

/// What is to be changed of a referrer, the rest stays: `PATCH /v1/shops/{shop}/referrers/{code}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReferrerChange {
    /// The offer's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// The person's name; friends see its first word, or under an offer for businesses all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What friends see instead, whole: a business's name, or how the shop knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether they take part: `active`, `paused` or `ended`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Activity>,
    /// Why, for the shop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last instant at which they take part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// What they earn in place of the offer's reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// What the shop notes for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// `true`: the shop confirms who they are, for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<bool>,
    /// Whether they agreed to newsletters of the shop's: only then is a provider of those told of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing_consent: Option<bool>,
}

/// A referrer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Referrer {
    /// The code.
    pub code: Code,
    /// The link to share.
    #[serde(default, deserialize_with = "any")]
    pub link: String,
    /// The offer's id.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
    /// The person's name; friends see its first word, or under an offer for businesses all of it.
    #[serde(default, deserialize_with = "maybe")]
    pub name: Option<String>,
    /// What friends see instead, whole.
    #[serde(default, deserialize_with = "maybe")]
    pub display_name: Option<String>,
    /// The address.
    #[serde(default, deserialize_with = "maybe")]
    pub email: Option<String>,
    /// The shop's customer id.
    #[serde(default, deserialize_with = "maybe")]
    pub customer_id: Option<String>,
    /// Since when.
    #[serde(default, deserialize_with = "any")]
    pub created_at: Instant,
    /// Whether they take part.
    #[serde(default, deserialize_with = "any")]
    pub status: Known<Activity>,
    /// Why, in the shop's words and for the shop alone.
    #[serde(default, deserialize_with = "maybe")]
    pub reason: Option<String>,
    /// The last instant at which they take part.
    #[serde(default, deserialize_with = "maybe")]
    pub expires_at: Option<Instant>,
    /// What they earn in place of the offer's reward.
    #[serde(default, deserialize_with = "maybe")]
    pub terms: Option<Terms>,
    /// What the shop notes for itself.
    #[serde(default, deserialize_with = "maybe")]
    pub notes: Option<String>,
    /// Whether it is confirmed who they are; rewards of who is not wait for it.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<bool>,
    /// Whether they agreed to newsletters of the shop's: only then is a provider of those told of them.
    #[serde(default, deserialize_with = "any")]
    pub marketing_consent: bool,
}

/// A referrer who was made or replaced, with the token for their rewards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReferrerCard {
    /// The referrer.
    #[serde(flatten)]
    pub referrer: Referrer,
    /// The token for `GET /v1/shops/{shop}/rewards`.
    pub token: String,
}

/// A page of referrers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReferrerList {
    /// By code.
    #[serde(default, deserialize_with = "list")]
    pub referrers: Vec<Referrer>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

/// A link by which a referrer sees their rewards on any device, once, for the shop to mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInLink {
    /// The link.
    pub link: String,
    /// Until when it is good.
    #[serde(default, deserialize_with = "any")]
    pub expires_at: Instant,
}

/// Who a customer is, as a shop signs it: the claims of `data-customer` (section 6), a compact JWS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claims {
    /// The shop's id of the customer, 1 to 128 characters.
    pub sub: String,
    /// Until when it holds, in seconds since 1970; at most 24 hours ahead.
    pub exp: i64,
    /// The e-mail address.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many orders the customer has placed.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub orders_count: Option<u32>,
}
