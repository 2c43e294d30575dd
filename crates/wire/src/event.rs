//! What a shop's server reports as a signed event, and what became of it (contract sections 3 and 4).

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, maybe};
use crate::order::{Customer, Order};
use crate::rewards::Reason;
use crate::touch::Touch;
use crate::word::{Known, words};

/// A signed event, as a sender writes it. Readers ignore unknown types; the edge reads with `parrain_core::event`, which
/// names every fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", content = "data")]
#[allow(
    clippy::large_enum_variant,
    reason = "one is read at a time, and a box would be in every caller's way"
)]
pub enum Event {
    /// An order was paid.
    #[serde(rename = "order.paid")]
    OrderPaid(Order),
    /// A part of an order's goods was paid back.
    #[serde(rename = "order.refunded")]
    OrderRefunded(Refund),
    /// A whole order was taken back.
    #[serde(rename = "order.cancelled")]
    OrderCancelled(Cancellation),
    /// What was cancelled stands again.
    #[serde(rename = "order.reinstated")]
    OrderReinstated(Reinstatement),
    /// A refund did not happen after all.
    #[serde(rename = "refund.voided")]
    RefundVoided(VoidedRefund),
    /// A contact was left.
    #[serde(rename = "lead.created")]
    LeadCreated(Occurrence),
    /// An account was made.
    #[serde(rename = "signup.created")]
    SignupCreated(Occurrence),
    /// An application was installed.
    #[serde(rename = "install.recorded")]
    InstallRecorded(Occurrence),
}

/// A refund of goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refund {
    /// The order's id.
    pub order_id: String,
    /// When.
    pub at: Instant,
    /// The shop's id of the refund.
    pub refund_id: String,
    /// Of the goods, on the base of `subtotal - discount`.
    pub amount: Amount,
}

/// A cancellation of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cancellation {
    /// The order's id.
    pub order_id: String,
    /// When.
    pub at: Instant,
}

/// The undoing of an order's cancellations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reinstatement {
    /// The order's id.
    pub order_id: String,
    /// When.
    pub at: Instant,
    /// Undoes cancellations dated up to here; up to `at` without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation_at: Option<Instant>,
}

/// The undoing of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VoidedRefund {
    /// The order's id.
    pub order_id: String,
    /// The shop's id of the refund.
    pub refund_id: String,
    /// When.
    pub at: Instant,
}

/// A lead, a sign-up or an install.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Occurrence {
    /// The shop's id of it.
    pub event_id: String,
    /// When.
    pub at: Instant,
    /// Who; a new customer where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Codes that were given. What cannot be a code is nobody's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// The visitor's touches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touches: Vec<Touch>,
}

words! {
    /// What became of an event.
    pub enum Decided {
        /// Kept, and somebody's.
        Recorded = "recorded",
        /// Known already; the first content stands.
        Duplicate = "duplicate",
        /// Kept, and nobody's.
        NotReferred = "not_referred",
        /// Of a type that earns nothing here.
        Ignored = "ignored",
        /// Somebody's, and refused for a reason.
        Rejected = "rejected",
    }
}

/// What became of an event: the answer of `/events` and `/webhooks`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outcome {
    /// The decision.
    #[serde(default, deserialize_with = "any")]
    pub outcome: Known<Decided>,
    /// Why it was refused or not attributed.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Known<Reason>>,
    /// Whose conversion it is.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Code>,
    /// The order or event that it speaks of.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The decision in words for the shop owner.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Outcome {
    /// Whether this is what became of the event; never so for a word of another version.
    pub fn is(&self, decided: Decided) -> bool {
        self.outcome == decided
    }
}
