//! Shops, as the deployment's admin and a shop's own server see them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::lenient::{any, list, map, maybe};
use crate::program::Program;

/// A program, and if need be secrets: the body of `PUT /v1/shops/{shop}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProgramAndSecrets {
    /// The program.
    #[serde(flatten)]
    pub program: Program,
    /// Secrets that platforms dictate, by platform; others stay as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub webhook_secrets: BTreeMap<String, String>,
    /// Keys by which platforms' APIs may be asked, by platform; others stay as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub platform_keys: BTreeMap<String, String>,
}

/// A shop with its secrets, for who may have them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Shop"))]
pub struct Shop<P = Program> {
    /// The shop's id.
    pub shop: String,
    /// The newest program, defaults filled in.
    pub program: P,
    /// `whsec_…`, signs events.
    #[serde(default, deserialize_with = "any")]
    pub event_secret: String,
    /// What platforms dictate, by platform.
    #[serde(default, deserialize_with = "map")]
    pub webhook_secrets: BTreeMap<String, String>,
    /// The last characters of the keys by which platforms' APIs may be asked, by platform.
    #[serde(default, deserialize_with = "map")]
    pub platform_keys: BTreeMap<String, String>,
    /// Lets the shop's server and its owner in.
    #[serde(default, deserialize_with = "any")]
    pub shop_token: String,
    /// `pik_…`, signs customer identities (`data-customer`), and lets nobody in.
    #[serde(default, deserialize_with = "any")]
    pub identity_key: String,
    /// Since when the shop is known.
    #[serde(default, deserialize_with = "any")]
    pub created_at: Instant,
}

/// A page of shops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShopList {
    /// By id.
    #[serde(default, deserialize_with = "list")]
    pub shops: Vec<ShopSummary>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

/// A shop in a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShopSummary {
    /// The shop's id.
    #[serde(default, deserialize_with = "any")]
    pub shop: String,
    /// Its name.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Since when it is known.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Instant>,
}

/// That the edge is up: `GET /healthz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// `ok`.
    pub status: String,
}

impl Default for Health {
    fn default() -> Self {
        Self { status: "ok".into() }
    }
}
