//! A shop's referral program as it is written (contract section 7): offers, both their sides, rewards.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode, Percent};
use crate::instant::Instant;
use crate::lenient::{any, list, map, maybe};
use crate::order::Kind;
use crate::word::{Known, words};

words! {
    /// For whom an offer is meant.
    pub enum Audience {
        /// Customers who recommend the shop.
        Customer = "customer",
        /// Influencers and sites.
        Affiliate = "affiliate",
        /// Agencies that bring clients.
        Agency = "agency",
    }
}

words! {
    /// Which of several candidates wins.
    pub enum Model {
        /// The last touch.
        Last = "last",
        /// The first touch.
        First = "first",
    }
}

words! {
    /// What kind of thing somebody gets.
    pub enum RewardKind {
        /// A percentage off an order.
        PercentOff = "percent_off",
        /// An amount off an order.
        AmountOff = "amount_off",
        /// Free shipping.
        FreeShipping = "free_shipping",
        /// A free product, by SKU.
        FreeProduct = "free_product",
        /// A gift card.
        GiftCard = "gift_card",
        /// Credit to spend in the shop.
        StoreCredit = "store_credit",
        /// Money.
        Cash = "cash",
        /// Loyalty points.
        Points = "points",
        /// Access to something, by label.
        Access = "access",
        /// A share of the order, in the order's currency.
        Commission = "commission",
    }
}

/// Which of a customer's conversions earn: `"first"`, `"lifetime"`, `{"count": N}` or `{"months": N}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orders {
    /// The first alone.
    First,
    /// All, for ever.
    Lifetime,
    /// The first N.
    Count(u32),
    /// Those of the N calendar months after the first.
    Months(u32),
}

/// What a side of an offer gets, or what is left of a conversion's reward. Which members are there goes by `kind`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reward {
    /// What kind of thing.
    #[serde(default, deserialize_with = "any")]
    pub kind: Known<RewardKind>,
    /// Of `percent_off` and `commission`.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// Of what is money. In an offer in the program's currency.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// The currency of `amount` in a conversion.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Of `points`: how many.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// Of `free_product`.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Of `access`.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Of `commission`: rates from an earned conversion's number on, ascending.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    /// Of `commission`: rates of their own for categories of goods.
    #[serde(default, deserialize_with = "map", skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<String, Percent>,
}

/// A rate of a commission from an earned conversion's number on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// The number of the first conversion that earns it.
    #[serde(default, deserialize_with = "any")]
    pub from: u32,
    /// The rate.
    #[serde(default, deserialize_with = "any")]
    pub percent: Percent,
}

/// The friend's side of an offer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FriendSide {
    /// What the friend gets.
    #[serde(default, deserialize_with = "any")]
    pub reward: Reward,
    /// From which subtotal on; binds the friend's reward alone.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub min_subtotal: Option<Amount>,
}

/// The advocate's side of an offer. The program's defaults are filled in where it is read back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdvocateSide {
    /// What is earned by one conversion.
    #[serde(default, deserialize_with = "any")]
    pub reward: Reward,
    /// What counts as a conversion; a sale where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub on: Option<Known<Kind>>,
    /// Which of a customer's conversions earn; the first where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub orders: Option<Orders>,
    /// Days from the conversion until its reward is approved; 0 where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub hold_days: Option<u32>,
    /// Whether only new customers count; so where `orders` is `"first"` and nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub new_customers_only: Option<bool>,
    /// The smallest `subtotal - discount` that earns.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub min_subtotal: Option<Amount>,
    /// What the offer may give away in all; for the shop alone.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub budget: Option<Amount>,
    /// The most earned conversions in a calendar month per referrer.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub max_per_month: Option<u32>,
    /// The most earned conversions ever per referrer.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub max_total: Option<u32>,
}

/// One offer: what the friend gets and what the advocate earns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Its name within the program.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// For whom.
    #[serde(default, deserialize_with = "any")]
    pub audience: Known<Audience>,
    /// The first instant at which it is active.
    #[serde(default, deserialize_with = "maybe")]
    pub starts_at: Option<Instant>,
    /// The last instant at which it is active.
    #[serde(default, deserialize_with = "maybe")]
    pub ends_at: Option<Instant>,
    /// What the friend gets; nothing in a one-sided offer.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub friend: Option<FriendSide>,
    /// What the advocate earns.
    #[serde(default, deserialize_with = "any")]
    pub advocate: AdvocateSide,
}

impl Offer {
    /// The offer without what is between the shop and its referrers alone.
    pub fn public(mut self) -> Self {
        self.advocate.budget = None;
        self
    }
}
