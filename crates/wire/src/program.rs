//! A shop's referral program as it is written (contract section 7): offers, both their sides, rewards.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode, Percent};
use crate::instant::Instant;
use crate::lenient::{any, list, map, maybe};
use crate::moment::When;
use crate::order::Kind;
use crate::pairs::Pairs;
use crate::promotion::Promotion;
use crate::signals::Weights;
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
        /// Money that is paid to a charity in the referrer's stead.
        Donation = "donation",
    }
}

words! {
    /// What becomes of who joins by the widget.
    pub enum Joining {
        /// They begin at once.
        Open = "open",
        /// They wait until the shop lets them in.
        Review = "review",
    }
}

words! {
    /// What a customer counts as who was erased and orders again.
    pub enum Erased {
        /// A new one.
        New = "new",
        /// One who has ordered before: a keyed hash of who they were is kept for that alone.
        Known = "known",
    }
}

words! {
    /// Whether rewards wait until it is confirmed who their referrer is.
    pub enum Confirming {
        /// They wait.
        Required = "required",
        /// They do not.
        Any = "any",
    }
}

words! {
    /// Who sees to it that a friend has the discount that a code promises.
    pub enum Discounts {
        /// A connected platform, where Parrain makes the code; without one, the shop.
        Platform = "platform",
        /// The shop, in a way of its own: Parrain makes no code anywhere.
        Shop = "shop",
    }
}

words! {
    /// Whether what is paid to an account waits until its referrer has said to which.
    pub enum Details {
        /// It waits.
        Required = "required",
        /// It does not.
        Optional = "optional",
    }
}

/// Which of a customer's conversions earn: `"first"`, `"lifetime"`, `{"count": N}` or `{"months": N}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    #[serde(default, deserialize_with = "any", skip_serializing_if = "Pairs::is_empty")]
    pub categories: Pairs<Percent>,
    /// Of `donation`: to whom it goes.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub charity: Option<String>,
    /// In a conversion: the code by which the referrer spends it in the shop, where one was made.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub voucher: Option<String>,
}

/// A rate of a commission from an earned conversion's number on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tier {
    /// The number of the first conversion that earns it.
    #[serde(default, deserialize_with = "any")]
    pub from: u32,
    /// The rate.
    #[serde(default, deserialize_with = "any")]
    pub percent: Percent,
}

/// What one referrer earns in place of the offer's reward, all else being the offer's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Terms {
    /// What is earned by one conversion; a commission has one rate and perhaps categories, no tiers.
    #[serde(default, deserialize_with = "any")]
    pub reward: Reward,
}

/// The friend's side of an offer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// To whom it is shown; everybody where nothing is said. Of offers for customers alone.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
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

/// How whose an order is is decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attribution {
    /// Days for which a touch counts; 30 where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
    /// Which touch wins; the last where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub model: Option<Known<Model>>,
}

/// A program as its shop writes it and reads it back, then with the defaults filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Program {
    /// The shop's name as shoppers read it.
    #[serde(default, deserialize_with = "any")]
    pub name: String,
    /// The currency of every amount in here.
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    /// Where links lead.
    #[serde(default, deserialize_with = "any")]
    pub landing_url: String,
    /// The origins whose pages may use the API; that of `landing_url` where nothing is said.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// The shop's language, a BCP 47 tag; `en` where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// A page of the shop's that says under which terms one refers, and what becomes of an address.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub terms_url: Option<String>,
    /// A page of the shop's that mails referrers a link to their rewards.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub sign_in_url: Option<String>,
    /// The IANA name of the zone whose midnights bound days and months; `UTC` where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Query parameters that carry a code, in order of preference; `ref` where nothing is said.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub link_params: Vec<String>,
    /// How whose an order is is decided.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
    /// What becomes of who joins by the widget; `open` where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub joining: Option<Known<Joining>>,
    /// Whether rewards wait until it is confirmed who their referrer is; `required` where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Known<Confirming>>,
    /// What signals weigh.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub signals: Option<Weights>,
    /// What a customer counts as who was erased and orders again; `new` where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub erased: Option<Known<Erased>>,
    /// Who sees to it that a friend has the discount; `platform` where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub discounts: Option<Known<Discounts>>,
    /// Whether pages are told how many friends ordered this month; `false` where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub show_counts: Option<bool>,
    /// When and to whom rewards are paid out.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub payouts: Option<PayoutRules>,
    /// The offers, in the shop's order; at least one.
    #[serde(default, deserialize_with = "list")]
    pub offers: Vec<Offer>,
    /// Promo codes of the shop's own.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<Promotion>,
    /// The shop's own wording: locale, then text key, then text.
    #[serde(default, deserialize_with = "map", skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// The same by an offer's id, in place of those for who comes by a code of that offer.
    #[serde(default, deserialize_with = "map", skip_serializing_if = "BTreeMap::is_empty")]
    pub offer_texts: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
}

/// A shop's rules for its payouts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PayoutRules {
    /// The least that is paid to one referrer; less is carried over.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Minimum>,
    /// The kinds of reward that the minimum binds; all that are money where none is named.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub minimum_kinds: Vec<Known<RewardKind>>,
    /// Whether what is paid to an account waits until its referrer has said to which; `optional` where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub details: Option<Known<Details>>,
    /// From which account the shop pays by bank transfer.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub debtor: Option<Debtor>,
}

/// An amount in the program's currency, or amounts by currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Minimum {
    /// In the program's currency.
    Own(Amount),
    /// By ISO 4217 currency.
    Each(BTreeMap<String, Amount>),
}

/// The shop's own account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Debtor {
    /// In whose name it is.
    #[serde(default, deserialize_with = "any")]
    pub name: String,
    /// Its IBAN.
    #[serde(default, deserialize_with = "any")]
    pub iban: String,
}
