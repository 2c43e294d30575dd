//! What the edge tells a shop's own servers as it happens, and to which addresses: endpoints, what is sent to them, and
//! what came of each try.
//!
//! A webhook is a [`Notice`], signed as the Standard Webhooks specification says (<https://www.standardwebhooks.com>):
//! headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. It is thin: ids and sums, and no name or address
//! of anybody; who needs more asks for it.

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode};
use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::order::Kind;
use crate::payouts::AssetTotal;
use crate::program::Reward;
use crate::referrer::Activity;
use crate::rewards::{Reason, Status};
use crate::word::{Known, words};

words! {
    /// What a webhook tells.
    pub enum EventType {
        /// A referrer joined, or was added by the shop.
        ReferrerJoined = "referrer.joined",
        /// An order, lead or the like earned a referrer a reward, on hold or at once.
        ConversionRecorded = "conversion.recorded",
        /// Its hold is over, or the shop approved it.
        ConversionApproved = "conversion.approved",
        /// It earns nothing.
        ConversionRejected = "conversion.rejected",
        /// What it earned was taken back whole.
        ConversionReversed = "conversion.reversed",
        /// It earns again after it was taken back or refused.
        ConversionReinstated = "conversion.reinstated",
        /// A referrer says that an order was theirs, and the shop is to answer.
        ClaimMade = "claim.made",
        /// The reward of a conversion was given in the shop's platform, such as by a voucher.
        RewardIssued = "reward.issued",
        /// The reward of a conversion was paid.
        RewardPaid = "reward.paid",
        /// A batch of rewards to be paid was made.
        PayoutCreated = "payout.created",
        /// A batch was marked as paid.
        PayoutPaid = "payout.paid",
        /// Four fifths of an offer's budget are spent.
        BudgetLow = "budget.low",
        /// What the test button sends, to its endpoint alone.
        EndpointTest = "endpoint.test",
    }
}

words! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        /// It is tried, or tried again.
        Waiting = "waiting",
        /// The other side took it.
        Delivered = "delivered",
        /// It was tried for three days, and is tried no more unless it is replayed.
        Dead = "dead",
    }
}

/// The body of a webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice<D> {
    /// What it tells.
    #[serde(rename = "type")]
    pub kind: Known<EventType>,
    /// When that happened.
    pub timestamp: Instant,
    /// Of what.
    pub data: D,
}

/// Who joined or was added: `data` of `referrer.joined`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JoinedReferrer {
    /// Their code.
    pub code: Code,
    /// Under which offer.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
    /// Whether they take part; `waiting` where the shop lets joiners in.
    #[serde(default, deserialize_with = "any")]
    pub status: Known<Activity>,
}

/// A conversion as it stands after what is told of it: `data` of `conversion.…` and `reward.…`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ToldConversion {
    /// The order's id, or the `event_id` of what is no order.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// What it is.
    #[serde(rename = "type", default, deserialize_with = "any")]
    pub kind: Known<Kind>,
    /// When it happened.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// Whose it is, or was.
    pub referrer: Code,
    /// Under which offer; `null` where it is this referrer's no longer.
    #[serde(default, deserialize_with = "maybe")]
    pub offer: Option<String>,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub status: Known<Status>,
    /// What is left of the reward; `null` where nothing was earned.
    #[serde(default, deserialize_with = "maybe")]
    pub reward: Option<Reward>,
    /// When the hold ends; `null` where nothing was earned.
    #[serde(default, deserialize_with = "maybe")]
    pub approves_at: Option<Instant>,
    /// Why it was refused or taken back.
    #[serde(default, deserialize_with = "maybe")]
    pub reason: Option<Known<Reason>>,
}

/// A claim that waits for the shop: `data` of `claim.made`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MadeClaim {
    /// Its id.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// Whose claim.
    pub code: Code,
    /// The order's number, as the referrer wrote it.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
}

/// A batch without what is in it: `data` of `payout.created` and `payout.paid`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ToldPayout {
    /// Its id.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// How many rewards are in it.
    #[serde(default, deserialize_with = "any")]
    pub count: i64,
    /// Its sums.
    #[serde(default, deserialize_with = "list")]
    pub totals: Vec<AssetTotal>,
}

/// A budget that runs out: `data` of `budget.low`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LowBudget {
    /// The offer's id.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
    /// The currency of both amounts.
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    /// What is spent of it.
    #[serde(default, deserialize_with = "any")]
    pub spent: Amount,
    /// The whole of it.
    #[serde(default, deserialize_with = "any")]
    pub budget: Amount,
}

/// `data` of `endpoint.test`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestedEndpoint {
    /// The endpoint's id.
    #[serde(default, deserialize_with = "any")]
    pub endpoint: String,
}

/// An address that is to be told: the body of `POST /v1/shops/{shop}/endpoints`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewEndpoint {
    /// The address: https, and none of a private network.
    pub url: String,
    /// What it is told.
    pub types: Vec<EventType>,
}

/// What is to be changed: the body of `PATCH /v1/shops/{shop}/endpoints/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndpointChange {
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<EventType>>,
}

/// An address that is told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Endpoint {
    /// Its id.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// The address.
    #[serde(default, deserialize_with = "any")]
    pub url: String,
    /// What it is told.
    #[serde(default, deserialize_with = "list")]
    pub types: Vec<Known<EventType>>,
    /// Since when it is known.
    #[serde(default, deserialize_with = "any")]
    pub since: Instant,
    /// Until when the secret before this one signs too; `null` where none does.
    #[serde(default, deserialize_with = "maybe")]
    pub rotating_until: Option<Instant>,
    /// Since when it has answered nothing, or a failure of its own; `null` where it works.
    #[serde(default, deserialize_with = "maybe")]
    pub failing_since: Option<Instant>,
    /// How many deliveries wait.
    #[serde(default, deserialize_with = "any")]
    pub waiting: i64,
    /// How many are dead.
    #[serde(default, deserialize_with = "any")]
    pub dead: i64,
}

/// An endpoint with its secret, which is told when it is made or rotated, and not again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndpointWithSecret {
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: Endpoint,
    /// `whsec_…`, by which what is sent to it is signed.
    #[serde(default, deserialize_with = "any")]
    pub secret: String,
}

/// The addresses that are told: `GET /v1/shops/{shop}/endpoints`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndpointList {
    /// In the order in which they were made.
    #[serde(default, deserialize_with = "list")]
    pub endpoints: Vec<Endpoint>,
}

/// What was sent to an endpoint, or is to be: `GET /v1/shops/{shop}/endpoints/{id}/deliveries`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliveryList {
    /// The newest first, a hundred at most.
    #[serde(default, deserialize_with = "list")]
    pub deliveries: Vec<Delivery>,
}

/// Something that is told to an endpoint, at least once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delivery {
    /// The `webhook-id`, the same at every try.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// What it tells.
    #[serde(rename = "type", default, deserialize_with = "any")]
    pub kind: Known<EventType>,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<DeliveryState>,
    /// Since when it is to be delivered.
    #[serde(default, deserialize_with = "any")]
    pub queued_at: Instant,
    /// How often it was tried.
    #[serde(default, deserialize_with = "any")]
    pub tries: i64,
    /// When it was tried last; `null` where it never was.
    #[serde(default, deserialize_with = "maybe")]
    pub tried_at: Option<Instant>,
    /// From when on it is tried again; `null` where it is not.
    #[serde(default, deserialize_with = "maybe")]
    pub next_try_at: Option<Instant>,
    /// The status of the last answer; `null` where nothing answered.
    #[serde(default, deserialize_with = "maybe")]
    pub status: Option<u16>,
    /// The beginning of what the other side said last, or why nothing came; `null` where it said nothing.
    #[serde(default, deserialize_with = "maybe")]
    pub answer: Option<String>,
}

/// What is to be sent again: the body of `POST /v1/shops/{shop}/endpoints/{id}/replay`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replay {
    /// The ids of deliveries; all that are dead where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliveries: Option<Vec<String>>,
}

/// What is sent again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replayed {
    /// How many deliveries.
    #[serde(default, deserialize_with = "any")]
    pub replayed: i64,
}
