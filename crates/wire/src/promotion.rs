//! Promo codes of a shop's own: they belong to nobody, earn nobody anything, and give a discount between two dates.

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode};
use crate::connections::CodeState;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::program::FriendSide;
use crate::word::Known;

/// A promo code as a program has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Promotion {
    /// The code; no referrer's.
    #[serde(default, deserialize_with = "any")]
    pub code: String,
    /// What the shop calls it, such as "Christmas".
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What who uses it gets, and from which subtotal on: a percentage or an amount off, free shipping or a product.
    #[serde(default, deserialize_with = "any")]
    pub friend: FriendSide,
    /// For which categories of goods alone; for all where none is named. Such a code is made by the shop itself.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whether only new customers may use it.
    #[serde(default, deserialize_with = "any")]
    pub new_customers_only: bool,
    /// The first instant at which it is good.
    #[serde(default, deserialize_with = "maybe")]
    pub starts_at: Option<Instant>,
    /// The last one.
    #[serde(default, deserialize_with = "maybe")]
    pub ends_at: Option<Instant>,
}

/// What came of promo codes: `GET /v1/shops/{shop}/promotions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PromotionList {
    /// Those of the newest program in its order, then those that it has no longer and that orders carried, by code.
    #[serde(default, deserialize_with = "list")]
    pub promotions: Vec<PromotionUse>,
}

/// What came of one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PromotionUse {
    /// The code.
    #[serde(default, deserialize_with = "any")]
    pub code: String,
    /// As the newest program has it; `null` where it does not any more.
    #[serde(default, deserialize_with = "maybe")]
    pub promotion: Option<Promotion>,
    /// Whether the code can be redeemed by now at the platform that makes it; `null` where Parrain makes it nowhere.
    #[serde(default, deserialize_with = "maybe")]
    pub ready: Option<bool>,
    /// What keeps the code from being made, where something does.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<PromotionTrouble>,
    /// How many paid orders carried it, those that were cancelled since included.
    #[serde(default, deserialize_with = "any")]
    pub orders: i64,
    /// What was taken off of those orders in all, by currency: their whole discounts, whatever else made a part of them.
    #[serde(default, deserialize_with = "list")]
    pub discounts: Vec<PromotionDiscount>,
}

/// Discounts in one currency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PromotionDiscount {
    /// The currency.
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    /// How much.
    #[serde(default, deserialize_with = "any")]
    pub amount: Amount,
}

/// What keeps a code from being made, at one that makes codes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PromotionTrouble {
    /// Where: a platform's name, or `module` for the modules that ask for codes.
    #[serde(default, deserialize_with = "any")]
    pub maker: String,
    /// `waiting`: it is tried again. `failed`: it was given up. `foreign`: the shop has another discount of this code.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<CodeState>,
    /// What the platform or the module said; perhaps nothing.
    #[serde(default, deserialize_with = "any")]
    pub words: String,
}
