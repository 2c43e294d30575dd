//! Providers of a shop's newsletters that are told of referrers who agreed to that.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::word::{Known, words};

words! {
    /// Who keeps a shop's contacts.
    pub enum ContactProvider {
        /// Brevo.
        Brevo = "brevo",
        /// Klaviyo.
        Klaviyo = "klaviyo",
    }
}

/// What opens a provider: the body of `PUT /v1/shops/{shop}/contacts/{provider}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactKey {
    /// The provider's key: `xkeysib-…` of Brevo, a private `pk_…` of Klaviyo.
    pub key: String,
    /// The list that contacts are put on, at Brevo alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<u32>,
}

/// A provider that is told of referrers who agreed; never its key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactDestination {
    /// Which.
    #[serde(default, deserialize_with = "any")]
    pub provider: Known<ContactProvider>,
    /// The last four characters of the key.
    #[serde(default, deserialize_with = "any")]
    pub account: String,
    /// Since when.
    #[serde(default, deserialize_with = "any")]
    pub since: Instant,
    /// Its id among the endpoints, by which its deliveries are listed and sent again.
    #[serde(default, deserialize_with = "any")]
    pub endpoint: String,
    /// Since when it takes nothing; `null` where it does.
    #[serde(default, deserialize_with = "maybe")]
    pub failing_since: Option<Instant>,
    /// What it said last to something that it did not take; `null` where it took all.
    #[serde(default, deserialize_with = "maybe")]
    pub words: Option<String>,
    /// How much waits to be told.
    #[serde(default, deserialize_with = "any")]
    pub waiting: i64,
    /// How much was given up.
    #[serde(default, deserialize_with = "any")]
    pub dead: i64,
}

/// All of them: `GET /v1/shops/{shop}/contacts`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactDestinations {
    /// By name.
    #[serde(default, deserialize_with = "list")]
    pub destinations: Vec<ContactDestination>,
}
