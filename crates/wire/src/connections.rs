//! How a shop's module (a plugin of its platform) is connected to the edge, without anybody copying secrets by hand; and
//! how a platform is, by credentials with which the edge itself makes codes and rewards there.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::word::{Known, words};

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
    /// The platforms to which the edge has credentials.
    #[serde(default, deserialize_with = "list")]
    pub platforms: Vec<PlatformConnection>,
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

words! {
    /// For what a right at a platform is needed.
    pub enum RightUse {
        /// To make, change and end referrers' codes.
        Codes = "codes",
        /// To give rewards.
        Rewards = "rewards",
        /// To look for orders of which no webhook told.
        Reconciliation = "reconciliation",
    }
}

words! {
    /// Where a code stands at a platform.
    pub enum CodeState {
        /// It is to be made, changed or ended.
        Waiting = "waiting",
        /// It stands as the program wants it.
        Made = "made",
        /// It was given up; why stands beside it.
        Failed = "failed",
        /// The shop has a code of its own by that name, which is left alone.
        Foreign = "foreign",
    }
}

/// Credentials of Shopify's: the body of `PUT /v1/shops/{shop}/connections/shopify`. Either a token or both of the
/// others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShopifyCredentials {
    /// The shop's address at Shopify, such as `atelier.myshopify.com`.
    pub shop: String,
    /// `shpat_…`, of an app that was made in the shop's admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Of an app of the Dev Dashboard that is installed in the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// That app's secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// Credentials of WooCommerce's: the body of `PUT /v1/shops/{shop}/connections/woocommerce`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WoocommerceCredentials {
    /// The address of the WordPress site, `https://…`.
    pub site: String,
    /// `ck_…`, of a key that may read and write.
    pub consumer_key: String,
    /// `cs_…`
    pub consumer_secret: String,
}

/// Credentials of Stripe's: the body of `PUT /v1/shops/{shop}/connections/stripe`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StripeCredentials {
    /// A restricted key, `rk_…`.
    pub key: String,
}

/// A platform to which the edge has credentials, which it never answers:
/// `GET /v1/shops/{shop}/connections/{platform}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlatformConnection {
    /// `shopify`, `woocommerce` or `stripe`.
    #[serde(default, deserialize_with = "any")]
    pub platform: String,
    /// Whose they are: the shop's address there, or the last four characters of the key.
    #[serde(default, deserialize_with = "any")]
    pub account: String,
    /// Since when it is connected by these credentials.
    #[serde(default, deserialize_with = "any")]
    pub since: Instant,
    /// What they were seen to open when they were given.
    #[serde(default, deserialize_with = "list")]
    pub rights: Vec<PlatformRight>,
    /// When the platform was last asked for something, to the hour; `null` where it never was.
    #[serde(default, deserialize_with = "maybe")]
    pub last_used: Option<Instant>,
    /// What keeps all of it waiting; `null` where nothing does.
    #[serde(default, deserialize_with = "maybe")]
    pub fault: Option<PlatformFault>,
    /// What came of looking for orders of which no webhook told.
    #[serde(default, deserialize_with = "any")]
    pub reconciliation: Reconciliation,
    /// How many codes stand there, and how.
    #[serde(default, deserialize_with = "any")]
    pub codes: CodeCounts,
    /// The codes that do not stand as they should, the newest first, a hundred at most.
    #[serde(default, deserialize_with = "list")]
    pub troubles: Vec<CodeTrouble>,
}

/// A right at a platform.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlatformRight {
    /// What the platform calls it.
    #[serde(default, deserialize_with = "any")]
    pub name: String,
    /// For what it is needed.
    #[serde(default, deserialize_with = "any")]
    pub needed_for: Known<RightUse>,
    /// Whether the credentials have it.
    #[serde(default, deserialize_with = "any")]
    pub held: bool,
}

/// Why a platform does nothing for us.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlatformFault {
    /// When it was said last.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// What was said, or why nothing was.
    #[serde(default, deserialize_with = "any")]
    pub words: String,
}

words! {
    /// Where looking for orders of which no webhook told stands.
    pub enum ReconciliationState {
        /// It is done every night; the next time stands beside it.
        Waiting = "waiting",
        /// It is being done.
        Running = "running",
        /// The credentials do not open the platform's orders.
        NotAllowed = "not_allowed",
        /// The shop takes no webhooks of the platform: its orders come in another way, or not at all.
        NoWebhooks = "no_webhooks",
    }
}

/// What came of looking for orders of which no webhook told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reconciliation {
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<ReconciliationState>,
    /// From when on the next look, or the one that runs, looks at what was changed; `null` where there is none.
    #[serde(default, deserialize_with = "maybe")]
    pub since: Option<Instant>,
    /// When the next look begins, or the one that runs goes on; `null` where there is none.
    #[serde(default, deserialize_with = "maybe")]
    pub next_at: Option<Instant>,
    /// When the last look was over; `null` where there was none.
    #[serde(default, deserialize_with = "maybe")]
    pub last_at: Option<Instant>,
    /// How many orders, or at Stripe events, were looked at: by the look that runs, else by the last one.
    #[serde(default, deserialize_with = "any")]
    pub seen: i64,
    /// Of how many orders something was missing, and is on record now.
    #[serde(default, deserialize_with = "any")]
    pub missing: i64,
    /// The first of those orders, twenty at most.
    #[serde(default, deserialize_with = "list")]
    pub orders: Vec<String>,
    /// Why the last try came to nothing; `null` where it did not.
    #[serde(default, deserialize_with = "maybe")]
    pub fault: Option<PlatformFault>,
}

/// From when on a platform's orders are to be looked at: the body of
/// `POST /v1/shops/{shop}/connections/{platform}/reconcile`, which may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reconcile {
    /// What was changed since then, sixty days back at most; since the last look where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Instant>,
}

/// How many codes stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeCounts {
    /// As the program wants them.
    #[serde(default, deserialize_with = "any")]
    pub made: i64,
    /// To be made, changed or ended.
    #[serde(default, deserialize_with = "any")]
    pub waiting: i64,
    /// Given up.
    #[serde(default, deserialize_with = "any")]
    pub failed: i64,
    /// Left alone, since the shop has a code of its own by that name.
    #[serde(default, deserialize_with = "any")]
    pub foreign: i64,
}

/// A code that does not stand as it should.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeTrouble {
    /// The code.
    #[serde(default, deserialize_with = "any")]
    pub code: String,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<CodeState>,
    /// How often it was tried.
    #[serde(default, deserialize_with = "any")]
    pub tries: i64,
    /// When it is tried again; `null` where it is not.
    #[serde(default, deserialize_with = "maybe")]
    pub next_try_at: Option<Instant>,
    /// What the platform said.
    #[serde(default, deserialize_with = "any")]
    pub words: String,
}
