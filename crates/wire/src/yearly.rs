//! What was paid in a calendar year, as a shop's declarations ask for it (contract section 8).

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::code::Code;
use crate::details::Business;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::payouts::AssetTotal;

/// Who was paid what in a year of the shop's time zone: `GET /v1/shops/{shop}/payouts/yearly`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PaidInYear {
    /// The year.
    #[serde(default, deserialize_with = "any")]
    pub year: i64,
    /// Its first instant.
    #[serde(default, deserialize_with = "any")]
    pub from: Instant,
    /// The first instant after it.
    #[serde(default, deserialize_with = "any")]
    pub to: Instant,
    /// Only who was paid more than this is in it, in any one currency.
    #[serde(default, deserialize_with = "maybe")]
    pub over: Option<Amount>,
    /// By code; nobody who was paid nothing.
    #[serde(default, deserialize_with = "list")]
    pub payees: Vec<YearlyPayee>,
}

/// What one person was paid in a year.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct YearlyPayee {
    /// Their codes: those of one customer id, or of one address.
    #[serde(default, deserialize_with = "list")]
    pub codes: Vec<Code>,
    /// The referrer's name, where known.
    #[serde(default, deserialize_with = "maybe")]
    pub name: Option<String>,
    /// The e-mail address, where known.
    #[serde(default, deserialize_with = "maybe")]
    pub email: Option<String>,
    /// In whose name they are paid, where they said so.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub account_holder: Option<String>,
    /// What they gave for the books, in full.
    #[serde(flatten)]
    pub business: Business,
    /// The sum of money in each currency, clawbacks set off.
    #[serde(default, deserialize_with = "list")]
    pub totals: Vec<AssetTotal>,
    /// The same by kind of reward, with what is not money.
    #[serde(default, deserialize_with = "list")]
    pub paid: Vec<YearlyLine>,
}

/// What one person was paid in a year as one kind of reward.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct YearlyLine {
    /// The reward's kind, such as `commission`.
    #[serde(default, deserialize_with = "any")]
    pub reward: String,
    /// An ISO 4217 currency, or the kind of a unit.
    #[serde(default, deserialize_with = "any")]
    pub asset: String,
    /// As in [`AssetTotal`].
    #[serde(default, deserialize_with = "any")]
    pub amount: Amount,
    /// Of how many rewards and clawbacks.
    #[serde(default, deserialize_with = "any")]
    pub count: i64,
}
