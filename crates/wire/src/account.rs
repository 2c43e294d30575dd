//! An answer for every order: what was received of it, whose it is and why, what became of it since, and what
//! referrers claim (contract section 9).

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode};
use crate::code::Code;
use crate::event::Decided;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::order::{Customer, Kind};
use crate::rewards::{Conversion, Reason};
use crate::word::{Known, words};

/// Everything that is known of an order, referred or not: `GET /v1/shops/{shop}/orders/{order_id}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderAccount {
    /// The order itself; `null` where only its refunds or claims have arrived so far.
    #[serde(default, deserialize_with = "maybe")]
    pub order: Option<OrderSummary>,
    /// The shop's id of the order, or the `event_id` of what is no order.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// Whose it is and where its reward stands, in sentences in the shop's language.
    #[serde(default, deserialize_with = "any")]
    pub why: String,
    /// Whoever might have been its referrer, with why each won or lost.
    #[serde(default, deserialize_with = "list")]
    pub candidates: Vec<Candidate>,
    /// Where the reward stands; `null` for an order that is nobody's.
    #[serde(default, deserialize_with = "maybe")]
    pub conversion: Option<Conversion>,
    /// What happened, in order of time.
    #[serde(default, deserialize_with = "list")]
    pub history: Vec<Happening>,
    /// Which referrers say that it was theirs.
    #[serde(default, deserialize_with = "list")]
    pub claims: Vec<Claim>,
}

/// An order in a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderSummary {
    /// The shop's id of the order, or the `event_id` of what is no order.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// What it is.
    #[serde(rename = "type", default, deserialize_with = "any")]
    pub kind: Known<Kind>,
    /// When it happened, by the shop's word.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// When it arrived here; `null` for what arrived before this was noted.
    #[serde(default, deserialize_with = "maybe")]
    pub received_at: Option<Instant>,
    /// Whether the shop's server signed it; else a browser reported it.
    #[serde(default, deserialize_with = "any")]
    pub verified: bool,
    /// The shop's id of the customer.
    #[serde(default, deserialize_with = "maybe")]
    pub customer_id: Option<String>,
    /// The currency of the amounts; `null` for what is no order.
    #[serde(default, deserialize_with = "maybe")]
    pub currency: Option<CurrencyCode>,
    /// The goods before the discount, without tax and shipping.
    #[serde(default, deserialize_with = "maybe")]
    pub subtotal: Option<Amount>,
    /// The discount.
    #[serde(default, deserialize_with = "maybe")]
    pub discount: Option<Amount>,
    /// What was decided: `recorded`, `rejected`, `not_referred` or `ignored`.
    #[serde(default, deserialize_with = "any")]
    pub outcome: Known<Decided>,
    /// Why it was refused, is nobody's, or was ignored.
    #[serde(default, deserialize_with = "maybe")]
    pub reason: Option<Known<Reason>>,
    /// Whose it is.
    #[serde(default, deserialize_with = "maybe")]
    pub referrer: Option<Code>,
    /// Under which offer.
    #[serde(default, deserialize_with = "maybe")]
    pub offer: Option<String>,
    /// What a bonus or correction by the shop's hand is; missing for all that is none.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<Adjustment>,
}

/// A bonus or correction in a list of orders: it is of no order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Adjustment {
    /// To whom.
    pub code: Code,
    /// How much, negative where something is taken.
    pub amount: Amount,
    /// In which currency.
    pub currency: CurrencyCode,
    /// Why, in the shop's words; the referrer reads it too.
    pub reason: String,
}

/// A page of orders: `GET /v1/shops/{shop}/orders`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderList {
    /// The newest first.
    #[serde(default, deserialize_with = "list")]
    pub orders: Vec<OrderSummary>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

words! {
    /// How somebody came to be a candidate for an order.
    pub enum Claimed {
        /// An earlier order of the customer began a run.
        Run = "run",
        /// The shop credited the order by hand.
        Credit = "credit",
        /// The code stands on the order.
        Code = "code",
        /// The code was typed or applied on a page.
        PromoCode = "promo_code",
        /// A visit by the link.
        Link = "link",
    }
}

/// Somebody who might have been an order's referrer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Candidate {
    /// The code, as it stands on the order.
    #[serde(default, deserialize_with = "any")]
    pub code: String,
    /// How it came.
    #[serde(default, deserialize_with = "any")]
    pub by: Known<Claimed>,
    /// When, where that is known.
    #[serde(default, deserialize_with = "maybe")]
    pub at: Option<Instant>,
    /// Whether the order is theirs by this.
    #[serde(default, deserialize_with = "any")]
    pub won: bool,
    /// Why, in a sentence.
    #[serde(default, deserialize_with = "any")]
    pub why: String,
}

words! {
    /// What can happen to an order.
    pub enum What {
        /// The shop's server told of it.
        Received = "received",
        /// A browser told of it.
        Reported = "reported",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// It was reinstated.
        Reinstated = "reinstated",
        /// Money was given back.
        Refunded = "refunded",
        /// A refund failed or was undone.
        RefundVoided = "refund_voided",
        /// The shop decided by hand.
        Reviewed = "reviewed",
        /// The shop credited it to a referrer by hand.
        Credited = "credited",
        /// The shop took that back.
        CreditUndone = "credit_undone",
        /// A referrer said that it was theirs.
        Claimed = "claimed",
        /// The shop answered that.
        ClaimAnswered = "claim_answered",
        /// It was confirmed who the referrer is.
        Confirmed = "confirmed",
        /// The hold ended: the reward can be paid.
        Approved = "approved",
        /// The reward was paid out, or what was paid was taken back.
        Paid = "paid",
    }
}

/// Something that happened to an order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Happening {
    /// What.
    #[serde(default, deserialize_with = "any")]
    pub what: Known<What>,
    /// When it counts from.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// When it arrived here, where that is known.
    #[serde(default, deserialize_with = "maybe")]
    pub received_at: Option<Instant>,
    /// What it says, in a sentence in the shop's language.
    #[serde(default, deserialize_with = "any")]
    pub why: String,
}

/// Gives an order to a referrer by hand: `POST /v1/shops/{shop}/orders/{order_id}/credit`. The members from `at` on
/// are the order itself, for one that was never received; of one that was, what was received stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewCredit {
    /// To whom.
    pub code: Code,
    /// Why, in the shop's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Reasons that are not to stand in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub despite: Vec<Reason>,
    /// Only say what would come of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// When the order was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// Who placed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Its currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// The goods before the discount, without tax and shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtotal: Option<Amount>,
    /// The discount; nothing where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Amount>,
}

/// What came of giving an order by hand, or would.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Credited {
    /// Whether it is theirs now, or would be.
    #[serde(default, deserialize_with = "any")]
    pub given: bool,
    /// What stands in the way; nothing where the order is theirs already.
    #[serde(default, deserialize_with = "list")]
    pub refusals: Vec<Known<Reason>>,
    /// Why it is given or what stands in the way, in sentences.
    #[serde(default, deserialize_with = "any")]
    pub why: String,
    /// The conversion that comes of it, or would.
    #[serde(default, deserialize_with = "maybe")]
    pub conversion: Option<Conversion>,
}

/// "This was mine": `POST /v1/shops/{shop}/referrers/{code}/claims`, with the referrer's own token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewClaim {
    /// The order's number, as the friend was told it.
    pub order_id: String,
    /// What the referrer wants to say to the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

words! {
    /// Where a claim stands.
    pub enum ClaimState {
        /// The shop has not answered it.
        Waiting = "waiting",
        /// The shop credited the order to the referrer.
        Accepted = "accepted",
        /// The shop refused it.
        Refused = "refused",
    }
}

/// What a referrer claims.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claim {
    /// Its id within the shop.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// Whose claim it is.
    pub code: Code,
    /// The order's number, as the referrer wrote it.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// What the referrer said.
    #[serde(default, deserialize_with = "maybe")]
    pub note: Option<String>,
    /// When.
    #[serde(default, deserialize_with = "any")]
    pub claimed_at: Instant,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<ClaimState>,
    /// When the shop answered.
    #[serde(default, deserialize_with = "maybe")]
    pub answered_at: Option<Instant>,
    /// What the shop answered, where the referrer may read it.
    #[serde(default, deserialize_with = "maybe")]
    pub answer: Option<String>,
    /// The order as it is known; for the shop alone.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderSummary>,
}

/// A page of claims: `GET /v1/shops/{shop}/claims`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClaimList {
    /// Those that wait first, the oldest first; then the answered ones.
    #[serde(default, deserialize_with = "list")]
    pub claims: Vec<Claim>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

words! {
    /// What a shop answers to a claim.
    pub enum ClaimDecision {
        /// The order is credited to the referrer.
        Accept = "accept",
        /// It is not.
        Refuse = "refuse",
    }
}

/// What a shop answers to a claim: `POST /v1/shops/{shop}/claims/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClaimAnswer {
    /// Whether the order is credited to the referrer.
    pub decision: ClaimDecision,
    /// Why, in the shop's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether the referrer may read that note.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tell: bool,
    /// Reasons that are not to stand in the way of crediting it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub despite: Vec<Reason>,
}
