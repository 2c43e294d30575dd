//! What a ledger's outbox asks to be copied to KV.

use parrain_core::code::Code;
use parrain_core::event::{Event, Order};
use parrain_core::instant::Instant;
use parrain_core::referrer::Activity;
use serde::{Deserialize, Serialize};

use super::shop::ShopRecord;
use crate::shop_id::ShopId;

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publication {
    /// The shop's record.
    Shop(Box<ShopRecord>),
    /// A referrer's public side, for redirects and offers.
    Referrer {
        /// The code.
        code: Code,
        /// The person's name.
        name: Option<String>,
        /// What friends see in its place, whole.
        #[serde(default)]
        display_name: Option<String>,
        /// The offer's id.
        offer: String,
        /// Whether the referrer takes part.
        #[serde(default)]
        activity: Activity,
        /// The last instant at which they do.
        #[serde(default)]
        expires_at: Option<Instant>,
        /// Whether the code can be redeemed at the shop; `None` where codes are made by nobody.
        #[serde(default)]
        discount_ready: Option<bool>,
    },
    /// A fact of a referred order, kept for ever under a key made of what it says.
    Fact(Box<Fact>),
    /// A picture is to go, by its file's name.
    PictureGone(String),
    /// Everything of the shop's is to go.
    Purge,
}

/// One entry of the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Its number, to be given back once it is in KV.
    pub seq: i64,
    /// The shop's id.
    pub shop: ShopId,
    /// Which shop of that id: [`super::shop::Secrets::incarnation`].
    pub incarnation: String,
    /// What to write.
    pub publication: Publication,
}

/// An immutable fact as KV keeps it: the event without any e-mail address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The order's id.
    pub order_id: String,
    /// `sale`, `lead`, `signup` or `install`; `given.` and the date of an order that was given by hand; of a change its name with its date in microseconds, such as
    /// `refunded.1795082400000000-ID`.
    pub what: String,
    /// When it happened.
    pub at: Instant,
    /// Whose the order was when the fact was written.
    pub code: Code,
    /// The event.
    pub event: Event,
}

impl Fact {
    /// What the fact of an order is called.
    pub fn name_of(order: &Order) -> String {
        match &order.credit {
            None => order.kind.name().to_owned(),
            Some(credit) => format!("given.{}", credit.at.micros()),
        }
    }
}
