//! Payout batches.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode};
use crate::code::Code;
use crate::event::Decided;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::order::Kind;
use crate::program::RewardKind;
use crate::rewards::Conversion;
use crate::word::{Known, words};

words! {
    /// How somebody is paid into an account.
    pub enum Method {
        /// By a SEPA credit transfer, in euros.
        Sepa = "sepa",
        /// By PayPal.
        Paypal = "paypal",
    }
}

/// What a payout is asked to pay; everything where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Selection {
    /// These kinds of reward alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<BTreeSet<String>>,
    /// These referrers alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<BTreeSet<Code>>,
    /// What can be paid this way alone, to those who gave details for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
}

/// A new batch: `POST /v1/shops/{shop}/payouts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewPayout {
    /// What was approved up to here is in it.
    pub until: Instant,
    /// What it is to pay.
    #[serde(flatten)]
    pub selection: Selection,
    /// `true` only tells what would be in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// A payout batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Payout {
    /// Its id within the shop.
    pub id: String,
    /// What was approved up to here is in it.
    #[serde(default, deserialize_with = "any")]
    pub until: Instant,
    /// When it was made.
    #[serde(default, deserialize_with = "any")]
    pub created_at: Instant,
    /// When it was marked paid.
    #[serde(default, deserialize_with = "maybe")]
    pub paid_at: Option<Instant>,
    /// How many rewards and clawbacks it holds.
    #[serde(default, deserialize_with = "any")]
    pub count: i64,
    /// Sums per currency and per unit kind, and per charity.
    #[serde(default, deserialize_with = "list")]
    pub totals: Vec<AssetTotal>,
    /// What it was asked to pay; nothing where it was asked for everything.
    #[serde(flatten)]
    pub selection: Selection,
    /// What it holds; left out in lists.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<PayoutItem>,
    /// What was due or on hold and is not in it; told once, when it is made.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A payout as it would be made now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PayoutPlan {
    /// `true`: nothing was made.
    #[serde(default, deserialize_with = "any")]
    pub dry_run: bool,
    /// What was approved up to here would be in it.
    #[serde(default, deserialize_with = "any")]
    pub until: Instant,
    /// How many rewards and clawbacks it would hold.
    #[serde(default, deserialize_with = "any")]
    pub count: i64,
    /// Sums per currency and per unit kind, and per charity.
    #[serde(default, deserialize_with = "list")]
    pub totals: Vec<AssetTotal>,
    /// What it was asked to pay.
    #[serde(flatten)]
    pub selection: Selection,
    /// Who would get what.
    #[serde(default, deserialize_with = "list")]
    pub payees: Vec<PayoutLine>,
    /// What is due or on hold and would not be in it.
    #[serde(default, deserialize_with = "list")]
    pub left_out: Vec<LeftOut>,
}

/// What one referrer gets in one kind of reward and one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PayoutLine {
    /// Whose.
    pub code: Code,
    /// The referrer's name, where known.
    #[serde(default, deserialize_with = "maybe")]
    pub name: Option<String>,
    /// The reward's kind, such as `cash`.
    #[serde(default, deserialize_with = "any")]
    pub reward: String,
    /// An ISO 4217 currency, or the kind of a unit.
    #[serde(default, deserialize_with = "any")]
    pub asset: String,
    /// As in [`AssetTotal`]; negative where more is taken back than is due.
    #[serde(default, deserialize_with = "any")]
    pub amount: Amount,
    /// Of a `donation`: to which charity it goes.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub charity: Option<String>,
    /// Of how many rewards and clawbacks.
    #[serde(default, deserialize_with = "any")]
    pub count: i64,
    /// How the referrer can be paid into an account.
    #[serde(default, deserialize_with = "list")]
    pub methods: Vec<Known<Method>>,
    /// When they last changed their payout details: look twice at who did so just now.
    #[serde(default, deserialize_with = "maybe")]
    pub details_changed_at: Option<Instant>,
}

/// What one referrer does not get in a payout, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// Who and how much.
    #[serde(flatten)]
    pub line: PayoutLine,
    /// `on_hold`, `paused`, `no_payout_details`, `currency`, `below_minimum`, `owes`, `module` or `next_payout`.
    #[serde(default, deserialize_with = "any")]
    pub reason: String,
    /// Until when the first of it is on hold.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// The minimum that it does not reach.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Amount>,
    /// The reason in a sentence, in the shop's language.
    #[serde(default, deserialize_with = "any")]
    pub detail: String,
}

/// A sum of money, or of units of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssetTotal {
    /// An ISO 4217 currency, or the kind of a unit such as `points`.
    #[serde(default, deserialize_with = "any")]
    pub asset: String,
    /// Decimal text in major units for money, a whole number for units.
    #[serde(default, deserialize_with = "any")]
    pub amount: Amount,
    /// Of a `donation`: to which charity it goes.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub charity: Option<String>,
}

/// One reward, or one clawback of a reward paid earlier, in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PayoutItem {
    /// Whose.
    pub code: Code,
    /// The referrer's name, where known.
    #[serde(default, deserialize_with = "maybe")]
    pub name: Option<String>,
    /// The referrer's e-mail address, where known.
    #[serde(default, deserialize_with = "maybe")]
    pub email: Option<String>,
    /// For which order.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// What the order was.
    #[serde(rename = "type", default, deserialize_with = "any")]
    pub kind: Known<Kind>,
    /// The reward's kind, such as `cash`.
    #[serde(default, deserialize_with = "any")]
    pub reward: String,
    /// An ISO 4217 currency, or the kind of a unit.
    #[serde(default, deserialize_with = "any")]
    pub asset: String,
    /// As in [`AssetTotal`]; negative for a clawback.
    #[serde(default, deserialize_with = "any")]
    pub amount: Amount,
    /// Of a `donation`: to which charity it goes.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub charity: Option<String>,
}

/// A page of batches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PayoutList {
    /// The newest first.
    #[serde(default, deserialize_with = "list")]
    pub payouts: Vec<Payout>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

/// A new bonus or correction by hand: `POST /v1/shops/{shop}/adjustments`, one or an array of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewAdjustment {
    /// The caller's own: the same one twice is recorded once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose.
    pub code: Code,
    /// Negative where something is taken.
    pub amount: Amount,
    /// The program's where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// As which kind of reward, one that is money; as the referrer is paid otherwise where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<RewardKind>,
    /// The referrer reads it too.
    pub reason: String,
}

/// What became of a [`NewAdjustment`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Adjusted {
    /// `recorded` or `duplicate`.
    #[serde(default, deserialize_with = "any")]
    pub outcome: Known<Decided>,
    /// The entry that it is.
    #[serde(default, deserialize_with = "any")]
    pub adjustment: Conversion,
}

/// What became of several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AdjustedList {
    /// In the order in which they were asked for.
    #[serde(default, deserialize_with = "list")]
    pub adjustments: Vec<Adjusted>,
}

/// What a SEPA file would hold, without any account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SepaPlan {
    /// `true`: no file was made.
    #[serde(default, deserialize_with = "any")]
    pub dry_run: bool,
    /// The message's identifier: one for a batch.
    #[serde(default, deserialize_with = "any")]
    pub message_id: String,
    /// The day on which to pay, `2026-05-02`.
    #[serde(default, deserialize_with = "any")]
    pub execution_date: String,
    /// `EUR`.
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    /// The sum.
    #[serde(default, deserialize_with = "any")]
    pub amount: Amount,
    /// Of how many transfers.
    #[serde(default, deserialize_with = "any")]
    pub count: i64,
    /// Who would get what.
    #[serde(default, deserialize_with = "list")]
    pub payees: Vec<PlannedTransfer>,
    /// Whom the file would not pay.
    #[serde(default, deserialize_with = "list")]
    pub left_out: Vec<NotTransferred>,
}

/// A transfer of a [`SepaPlan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedTransfer {
    /// To whom.
    pub code: Code,
    /// How much, in euros.
    #[serde(default, deserialize_with = "any")]
    pub amount: Amount,
    /// The reference that the payee reads.
    #[serde(default, deserialize_with = "any")]
    pub end_to_end_id: String,
}

/// What a [`SepaPlan`] does not pay, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotTransferred {
    /// To whom.
    pub code: Code,
    /// How much, with its currency or unit.
    #[serde(default, deserialize_with = "any")]
    pub amount: String,
    /// `no_payout_details`, `currency`, `owes`, `too_much` or `not_paid_out`.
    #[serde(default, deserialize_with = "any")]
    pub reason: String,
    /// The reason in a sentence, in the shop's language.
    #[serde(default, deserialize_with = "any")]
    pub detail: String,
}
