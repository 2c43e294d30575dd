//! Where rewards stand (contract section 5).

use serde::{Deserialize, Serialize};

use crate::account::Claim;
use crate::amount::{Amount, CurrencyCode};
use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::order::Kind;
use crate::program::{Reward, RewardKind};
use crate::referrer::Activity;
use crate::signals::Found;
use crate::word::{Known, words};

words! {
    /// Where a conversion stands.
    pub enum Status {
        /// On hold or unverified.
        Pending = "pending",
        /// Earned, not yet paid.
        Approved = "approved",
        /// In a batch that was marked paid.
        Paid = "paid",
        /// Never earned.
        Rejected = "rejected",
        /// Earned, then taken back.
        Reversed = "reversed",
    }
}

words! {
    /// Why a conversion is refused, held back or taken back, in their order of precedence: where several apply, the
    /// smallest is told. Then those for which something is ignored, which no conversion has.
    pub enum Reason {
        /// The customer is the referrer.
        SelfReferral = "self_referral",
        /// The offer is for new customers and this one is not.
        ExistingCustomer = "existing_customer",
        /// The customer already earned somebody this offer's reward, or the run is over.
        DuplicateCustomer = "duplicate_customer",
        /// The order is smaller than the offer's minimum.
        BelowMinimum = "below_minimum",
        /// The referrer is paused, or no longer takes part.
        ReferrerInactive = "referrer_inactive",
        /// The referrer has reached the offer's cap.
        CapReached = "cap_reached",
        /// The only visits by a link are older than the program's window.
        OutsideWindow = "outside_window",
        /// The offer had not started, had ended, or was not in the program at the time.
        OfferInactive = "offer_inactive",
        /// Reported by the browser and not confirmed by the shop's server.
        Unverified = "unverified",
        /// Too many in too short a time.
        Velocity = "velocity",
        /// Several things about it are unusual together.
        Suspected = "suspected",
        /// Nobody has confirmed yet who the referrer is: not by a mailed link, not the shop.
        Unconfirmed = "unconfirmed",
        /// The order was cancelled.
        Cancelled = "cancelled",
        /// The order was refunded whole.
        Refunded = "refunded",
        /// The reward did not fit into what was left of the offer's budget.
        BudgetSpent = "budget_spent",
        /// The shop decided by hand.
        Manual = "manual",
        /// Ignored: the referrer's offer rewards another kind of event.
        OtherEvent = "other_event",
        /// Ignored: a type of event or a delivery that tells of nothing that is rewarded.
        UnknownType = "unknown_type",
        /// Ignored: the order is not paid.
        NotPaid = "not_paid",
        /// Ignored: an order that the platform marks as a test.
        TestOrder = "test_order",
        /// Ignored: a platform's delivery that cannot be read as an order.
        Unreadable = "unreadable",
        /// Ignored: dated too far back.
        TooOld = "too_old",
        /// Ignored: dated too far ahead.
        TooFarAhead = "too_far_ahead",
        /// Ignored: a refund or dispute that took nothing of the goods.
        NothingTaken = "nothing_taken",
    }
}

/// A referrer's reward status at an instant: `GET /v1/shops/{shop}/rewards`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RewardStatus {
    /// The referrer's code.
    pub code: Code,
    /// The link to share.
    #[serde(default, deserialize_with = "any")]
    pub link: String,
    /// Whether the referrer takes part now; left out where they do.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub status: Option<Known<Activity>>,
    /// The instant that the figures are of.
    #[serde(default, deserialize_with = "any")]
    pub as_of: Instant,
    /// Visits by the link up to that instant, bots left out.
    #[serde(default, deserialize_with = "any")]
    pub clicks: i64,
    /// Money, one entry per currency.
    #[serde(default, deserialize_with = "list")]
    pub totals: Vec<MoneyTotal>,
    /// Rewards that are not money, one entry per kind.
    #[serde(default, deserialize_with = "list")]
    pub units: Vec<UnitTotal>,
    /// What goes to charities in the referrer's stead, one entry per charity and currency; in no other total.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub donations: Vec<DonationTotal>,
    /// One page of conversions, by `at`, then order id.
    #[serde(default, deserialize_with = "list")]
    pub conversions: Vec<Conversion>,
    /// What the referrer claimed of late, the newest first.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
    /// How many orders browsers reported that the shop has not confirmed; the newest of them are listed, and no total has
    /// any of it.
    #[serde(default, deserialize_with = "any", skip_serializing_if = "is_none")]
    pub unverified: i64,
    /// Whether something that arrived late is still being worked through; `false` where it is not said.
    #[serde(default, deserialize_with = "any", skip_serializing_if = "std::ops::Not::not")]
    pub settling: bool,
}

fn is_none(count: &i64) -> bool {
    *count == 0
}

/// Sums of money in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the fields are the statuses")]
pub struct MoneyTotal {
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    #[serde(default, deserialize_with = "any")]
    pub pending: Amount,
    #[serde(default, deserialize_with = "any")]
    pub approved: Amount,
    #[serde(default, deserialize_with = "any")]
    pub paid: Amount,
    #[serde(default, deserialize_with = "any")]
    pub reversed: Amount,
}

/// Sums of what goes to one charity in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the fields are the statuses")]
pub struct DonationTotal {
    /// As the shop names it.
    #[serde(default, deserialize_with = "any")]
    pub charity: String,
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    #[serde(default, deserialize_with = "any")]
    pub pending: Amount,
    #[serde(default, deserialize_with = "any")]
    pub approved: Amount,
    #[serde(default, deserialize_with = "any")]
    pub paid: Amount,
    #[serde(default, deserialize_with = "any")]
    pub reversed: Amount,
}

/// Counts of one kind of reward that is not money.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the fields are the statuses")]
pub struct UnitTotal {
    #[serde(default, deserialize_with = "any")]
    pub kind: Known<RewardKind>,
    #[serde(default, deserialize_with = "any")]
    pub pending: i64,
    #[serde(default, deserialize_with = "any")]
    pub approved: i64,
    #[serde(default, deserialize_with = "any")]
    pub paid: i64,
    #[serde(default, deserialize_with = "any")]
    pub reversed: i64,
}

/// A conversion as its referrer and its shop see it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Conversion {
    /// The order's id, or the `event_id` of what is no order. Masked for referrers.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// What it is.
    #[serde(rename = "type", default, deserialize_with = "any")]
    pub kind: Known<Kind>,
    /// When it happened.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// Under which offer.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub status: Known<Status>,
    /// What is left of the reward; `null` where rejected.
    #[serde(default, deserialize_with = "maybe")]
    pub reward: Option<Reward>,
    /// What was earned at first, where refunds or a cancellation have taken of it; left out where they have not.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub earned: Option<Reward>,
    /// When the hold ends; `null` where rejected.
    #[serde(default, deserialize_with = "maybe")]
    pub approves_at: Option<Instant>,
    /// Why it was refused, waits for more than the end of its hold, or was taken back.
    #[serde(default, deserialize_with = "maybe")]
    pub reason: Option<Known<Reason>>,
    /// Whose it is; for the shop alone.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Code>,
    /// Every decision in words, for the shop alone.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What was unusual about it when it arrived; for the shop alone.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Found>,
    /// What the shop wrote: the reason of what it gave by hand, and the note of the last review, which its referrer reads
    /// where the shop said `"tell": true`.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
