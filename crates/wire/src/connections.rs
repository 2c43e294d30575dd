//! How a shop's module (a plugin of its platform) is connected to the edge, without anybody copying secrets by hand.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::lenient::{any, list, maybe};

/// A code to be typed into the shop's module: `POST /v1/shops/{shop}/connect-codes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectCode {
    /// Twelve letters and digits in three parts, such as `K7PM-4XQD-9RTB`; good once.
    #[serde(default, deserialize_with = "any")]
    pub code: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

/// What a module sends to be connected: the body of `POST /v1/connect-codes/exchange`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exchange {
    /// The code as it was typed; case, blanks and hyphens do not matter.
    pub code: String,
    /// Which platform the module is for, such as `prestashop`.
    pub platform: String,
    /// The address of the shop that the module runs in.
    pub site: String,
}

/// All that a module needs to work: what `POST /v1/connect-codes/exchange` answers, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Connected {
    /// The shop's id.
    #[serde(default, deserialize_with = "any")]
    pub shop: String,
    /// The shop's name.
    #[serde(default, deserialize_with = "any")]
    pub name: String,
    /// The connection's id, by which the module may end it.
    #[serde(default, deserialize_with = "any")]
    pub connection: String,
    /// `whsec_…`, signs the events that the module sends.
    #[serde(default, deserialize_with = "any")]
    pub event_secret: String,
    /// Signs customer identities (`data-customer`) as `shop_token` does, and lets nobody in; it ends with the connection.
    #[serde(default, deserialize_with = "any")]
    pub identity_key: String,
    /// The module's own token; it ends with the connection.
    #[serde(default, deserialize_with = "any")]
    pub module_token: String,
    /// The address of the widget's script.
    #[serde(default, deserialize_with = "any")]
    pub widget_src: String,
    /// The query parameters that carry a code, in order.
    #[serde(default, deserialize_with = "list")]
    pub link_params: Vec<String>,
}

/// The modules that are connected: `GET /v1/shops/{shop}/connections`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionList {
    /// In the order in which they were connected.
    #[serde(default, deserialize_with = "list")]
    pub connections: Vec<Connection>,
}

/// A module that is connected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Connection {
    /// Its id.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// Which platform the module is for.
    #[serde(default, deserialize_with = "any")]
    pub platform: String,
    /// The address of the shop that it runs in.
    #[serde(default, deserialize_with = "any")]
    pub site: String,
    /// Since when it is connected.
    #[serde(default, deserialize_with = "any")]
    pub since: Instant,
    /// When it last asked for something, to the hour; `null` where it never did.
    #[serde(default, deserialize_with = "maybe")]
    pub last_seen: Option<Instant>,
}
