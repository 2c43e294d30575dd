//! What a message is about, as it stood when it was written down: what is told does not change between two tries.

use parrain_wire::desk::Waiting;
use parrain_wire::instant::Instant;
use parrain_wire::payouts::AssetTotal;
use parrain_wire::program::Reward;
use parrain_wire::rewards::Reason;
use parrain_wire::word::Known;
use serde::{Deserialize, Serialize};

/// What one message is about; what does not belong to its kind is missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The order's number, or the id of what is no order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// What was earned, with the voucher by which it is spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Reward>,
    /// When its hold ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approves_at: Option<Instant>,
    /// Why it was refused or taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Known<Reason>>,
    /// Whether a claim was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
    /// What the shop lets the referrer read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Of what a friend gets: on orders of how much, as cash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_subtotal: Option<Reward>,
    /// Of what a friend gets: whether it is for a first order.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub new_customers_only: bool,
    /// In which language it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// A referrer's month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// What waits for the shop's owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Box<Waiting>>,
}

/// A month in sums.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Month {
    /// Which, such as `2026-11`.
    pub name: String,
    /// What was due at its beginning.
    pub opening: Vec<AssetTotal>,
    /// What was earned in it, less what was taken back.
    pub earned: Vec<AssetTotal>,
    /// What was paid or given in it.
    pub paid: Vec<AssetTotal>,
    /// What was due at its end.
    pub closing: Vec<AssetTotal>,
}
