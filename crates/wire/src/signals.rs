//! What is unusual about a conversion, and how often that was right.

use serde::{Deserialize, Serialize};

use crate::lenient::{any, list, maybe};
use crate::word::{Known, words};

words! {
    /// Something that may speak against a conversion.
    pub enum Signal {
        /// More in a day than the referrer and the shop are used to.
        Velocity = "velocity",
        /// Several of a referrer's customers, or the referrer, have things sent to one address.
        Address = "address",
        /// Several of a referrer's customers, or the referrer, pay by one card.
        Card = "card",
        /// It was ordered in the browser in which the referrer sees their rewards.
        Browser = "browser",
        /// The code is typed by many new customers who never followed its link, as codes on coupon sites are.
        Coupons = "coupons",
        /// Much of what the referrer's customers order is given back.
        Refunds = "refunds",
        /// An address of mail that is thrown away after use.
        Disposable = "disposable",
    }
}

/// A signal that a conversion gave when it arrived.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Found {
    /// Which; of another release it may be a word of its own.
    #[serde(default, deserialize_with = "maybe")]
    pub signal: Option<Known<Signal>>,
    /// How many points it gave.
    #[serde(default, deserialize_with = "any")]
    pub points: u32,
    /// What it was, in a sentence, in the language of who asks.
    #[serde(default, deserialize_with = "any")]
    pub why: String,
}

/// How a shop weighs signals: points for each, 0 turns one off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the fields are the signals")]
pub struct Weights {
    /// From how many points on a conversion waits for a decision by hand; 0: none does. 100 where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub velocity: Option<u32>,
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub address: Option<u32>,
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub card: Option<u32>,
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub browser: Option<u32>,
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub coupons: Option<u32>,
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub refunds: Option<u32>,
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub disposable: Option<u32>,
}

/// How often signals were right: `GET /v1/shops/{shop}/signals`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignalReport {
    /// From how many points on a conversion waits now.
    #[serde(default, deserialize_with = "any")]
    pub threshold: u32,
    /// Each signal, in their order.
    #[serde(default, deserialize_with = "list")]
    pub signals: Vec<SignalCount>,
}

/// How often one signal was right, of the newest 5,000 that were found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignalCount {
    /// Which.
    #[serde(default, deserialize_with = "maybe")]
    pub signal: Option<Known<Signal>>,
    /// How many points it gives now.
    #[serde(default, deserialize_with = "any")]
    pub weight: u32,
    /// How many conversions gave it.
    #[serde(default, deserialize_with = "any")]
    pub found: i64,
    /// Of those, how many were held for a decision.
    #[serde(default, deserialize_with = "any")]
    pub held: i64,
    /// Of all of them, how many the shop decided on by hand.
    #[serde(default, deserialize_with = "any")]
    pub reviewed: i64,
    /// Of those, how many it rejected.
    #[serde(default, deserialize_with = "any")]
    pub rejected: i64,
}
