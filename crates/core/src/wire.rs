//! The JSON shapes that the edge answers with and that the widget, scripts and the ledger share.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::code::Code;
use crate::event::Kind;
use crate::instant::Instant;
use crate::payout::{Method, Selection};
use crate::reason::Reason;

pub use parrain_wire::rewards::Status;

/// What became of an event (contract section 3, `/events`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The decision.
    pub outcome: Decided,
    /// Why it was refused or not attributed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whose conversion it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Code>,
    /// The order or event that it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The decision in words for the shop owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The word of an [`Outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    /// Kept, and somebody's.
    Recorded,
    /// Known already; the first content stands.
    Duplicate,
    /// Kept, and nobody's.
    NotReferred,
    /// Of a type that earns nothing here.
    Ignored,
    /// Somebody's, and refused for a reason.
    Rejected,
}

/// A referrer's reward status at an instant (contract section 5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardStatus {
    /// The referrer's code.
    pub code: Code,
    /// The link to share; the ledger leaves it empty, the edge knows its own origin.
    pub link: String,
    /// The instant that the figures are of.
    pub as_of: Instant,
    /// Visits by the link up to that instant, bots left out.
    pub clicks: i64,
    /// Money, one entry per currency.
    pub totals: Vec<MoneyTotal>,
    /// Rewards that are not money, one entry per kind.
    pub units: Vec<UnitTotal>,
    /// One page of conversions, by `at`, then order id.
    pub conversions: Vec<ConversionView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Sums of money in one currency, as decimal text in major units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are the statuses")]
pub struct MoneyTotal {
    pub currency: String,
    pub pending: String,
    pub approved: String,
    pub paid: String,
    pub reversed: String,
}

/// Counts of one kind of reward that is not money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are the statuses")]
pub struct UnitTotal {
    pub kind: String,
    pub pending: i64,
    pub approved: i64,
    pub paid: i64,
    pub reversed: i64,
}

/// A conversion as its referrer and its shop see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversionView {
    /// The order's id, or the `event_id` of what is no order. Masked for referrers.
    pub order_id: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// When it happened.
    pub at: Instant,
    /// Under which offer.
    pub offer: String,
    /// Where it stands.
    pub status: Status,
    /// What is left of the reward: `{"kind", "amount", "currency"}`, or `{"kind", …}` for a unit; `null` where
    /// rejected.
    pub reward: Option<Value>,
    /// When the hold ends; `null` where rejected.
    pub approves_at: Option<Instant>,
    /// Why it was refused, is unverified, or was taken back.
    pub reason: Option<Reason>,
    /// Whose it is; for the shop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Code>,
    /// Every decision in words, for the shop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The note of the last review, for the shop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A page of conversions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversions {
    /// By `at`, then order id.
    pub conversions: Vec<ConversionView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// A payout batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// Its id within the shop.
    pub id: String,
    /// What was approved up to here is in it.
    pub until: Instant,
    /// When it was made.
    pub created_at: Instant,
    /// When it was marked paid.
    pub paid_at: Option<Instant>,
    /// How many rewards and clawbacks it holds.
    pub count: i64,
    /// Sums per currency, as decimal text, and per unit kind.
    pub totals: Vec<PayoutTotal>,
    /// What it was asked to pay; nothing where it was asked for everything.
    #[serde(flatten)]
    pub selection: Selection,
    /// What it holds; left out in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<PayoutItem>,
    /// What was due or on hold and is not in it; told once, when it is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A payout as it would be made now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutPlan {
    /// `true`: nothing was made.
    pub dry_run: bool,
    /// What was approved up to here would be in it.
    pub until: Instant,
    /// How many rewards and clawbacks it would hold.
    pub count: i64,
    /// Sums per currency, as decimal text, and per unit kind.
    pub totals: Vec<PayoutTotal>,
    /// What it was asked to pay.
    #[serde(flatten)]
    pub selection: Selection,
    /// Who would get what.
    pub payees: Vec<PayoutLine>,
    /// What is due or on hold and would not be in it.
    pub left_out: Vec<LeftOut>,
}

/// What one referrer gets in one kind of reward and one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutLine {
    /// Whose.
    pub code: Code,
    /// The referrer's name, where known.
    pub name: Option<String>,
    /// The reward's kind, such as `cash`.
    pub reward: String,
    /// An ISO 4217 currency, or the kind of a unit.
    pub asset: String,
    /// As in [`PayoutTotal`]; negative where more is taken back than is due.
    pub amount: String,
    /// Of how many rewards and clawbacks.
    pub count: i64,
    /// How the referrer can be paid into an account.
    pub methods: Vec<Method>,
    /// When they last changed their payout details: look twice at who did so just now.
    pub details_changed_at: Option<Instant>,
}

/// What one referrer does not get in a payout, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Who and how much.
    #[serde(flatten)]
    pub line: PayoutLine,
    /// `on_hold`, `paused`, `no_payout_details`, `currency`, `below_minimum`, `owes` or `next_payout`.
    pub reason: String,
    /// Until when the first of it is on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// The minimum that it does not reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<String>,
    /// The reason in a sentence, in the shop's language.
    pub detail: String,
}

/// A sum within a payout batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutTotal {
    /// An ISO 4217 currency, or the kind of a unit such as `points`.
    pub asset: String,
    /// Decimal text in major units for money, a whole number for units.
    pub amount: String,
}

/// One reward, or one clawback of a reward paid earlier, in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutItem {
    /// Whose.
    pub code: Code,
    /// The referrer's name, where known.
    pub name: Option<String>,
    /// The referrer's e-mail address, where known.
    pub email: Option<String>,
    /// For which order.
    pub order_id: String,
    /// What the order was.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The reward's kind, such as `cash`.
    pub reward: String,
    /// An ISO 4217 currency, or the kind of a unit.
    pub asset: String,
    /// As in [`PayoutTotal`]; negative for a clawback.
    pub amount: String,
}

/// Clicks, conversions, revenue and rewards of a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The first instant of the period.
    pub from: Instant,
    /// The last instant of the period.
    pub to: Instant,
    /// One row a day (UTC) with anything in it.
    pub days: Vec<ReportRow>,
    /// One row a referrer with anything in it.
    pub referrers: Vec<ReportRow>,
}

/// A row of a [`Report`]: a day's or a referrer's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportRow {
    /// The day, `2026-05-02`, in rows by day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// The referrer, in rows by referrer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Visits by link.
    pub clicks: i64,
    /// Codes captured or redeemed on the shop's pages.
    pub touches: i64,
    /// Conversions that happened in the period, refused ones too.
    pub conversions: i64,
    /// Of those, the refused ones.
    pub rejected: i64,
    /// `subtotal - discount` of the conversions that were not refused, per currency.
    pub revenue: Vec<PayoutTotal>,
    /// Rewards of the conversions that happened in the period, as they stand at `to`.
    pub totals: Vec<MoneyTotal>,
    /// The same for rewards that are not money.
    pub units: Vec<UnitTotal>,
}
