//! A shop's referral program: its offers, rewards and rules, how they are written in JSON (contract
//! section 7), and which version of it was in force when. `read` reads it, and says all that is wrong.

mod payouts;
mod read;
#[cfg(test)]
mod tests;

pub use payouts::{Debtor, PayoutRules, is_money, is_paid_out};
pub use read::webhook_secrets;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

use crate::event::Kind;
use crate::instant::Instant;
use crate::money::{Currency, Rate, format_amount};

/// A referral program as its shop defined it. Amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The shop's name as shoppers read it.
    pub name: String,
    /// The currency of every amount in here.
    pub currency: Currency,
    /// Where links lead.
    pub landing_url: Url,
    /// The origins whose pages may use the API, as browsers send them.
    pub origins: Vec<String>,
    /// The shop's language, a BCP 47 tag.
    pub locale: String,
    /// Query parameters that carry a code, in order of preference.
    pub link_params: Vec<String>,
    /// Days for which a touch counts.
    pub window_days: u32,
    /// Which touch wins.
    pub model: Model,
    /// Whether who joins by the widget may begin at once.
    pub joining: Joining,
    /// The offers, in the shop's order.
    pub offers: Vec<Offer>,
    /// When and to whom rewards are paid out.
    pub payouts: PayoutRules,
    /// The shop's own wording: locale, then text key, then text.
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
}

/// Which of several candidates wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// The last touch.
    Last,
    /// The first touch.
    First,
}

/// What becomes of who joins by the widget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Joining {
    /// They begin at once.
    #[default]
    Open,
    /// They wait until the shop lets them in.
    Review,
}

/// For whom an offer is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Customers who recommend the shop.
    Customer,
    /// Influencers and sites.
    Affiliate,
    /// Agencies that bring clients.
    Agency,
}

/// One offer: what the friend gets and what the advocate earns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its name within the program, `[A-Za-z0-9_-]{1,64}`.
    pub id: String,
    /// For whom.
    pub audience: Audience,
    /// The first instant at which it is active.
    pub starts_at: Option<Instant>,
    /// The last instant at which it is active.
    pub ends_at: Option<Instant>,
    /// What the friend gets; `None` in a one-sided offer.
    pub friend: Option<FriendSide>,
    /// What the advocate earns.
    pub advocate: AdvocateSide,
}

/// The friend's side of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendSide {
    /// What the friend gets.
    pub reward: Reward,
    /// From which subtotal on; binds the friend's reward alone.
    pub min_subtotal: Option<i64>,
}

/// The advocate's side of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvocateSide {
    /// What is earned by one conversion.
    pub reward: Reward,
    /// What counts as a conversion.
    pub on: Kind,
    /// Which of a customer's conversions earn.
    pub orders: Orders,
    /// Days from the conversion until its reward is approved.
    pub hold_days: u32,
    /// Whether only new customers count.
    pub new_customers_only: bool,
    /// The smallest `subtotal - discount` that earns.
    pub min_subtotal: Option<i64>,
    /// The most earned conversions in a calendar month (UTC) per referrer.
    pub max_per_month: Option<u32>,
    /// The most earned conversions ever per referrer.
    pub max_total: Option<u32>,
    /// What the offer may give away in all.
    pub budget: Option<i64>,
}

/// Which of a customer's conversions earn.
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

/// What one referrer earns in place of the offer's reward, all else being the offer's. Amounts are minor units of
/// the program's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What is earned by one conversion; a commission has one rate and perhaps categories, no tiers.
    pub reward: Reward,
}

/// What somebody gets. Amounts are minor units of the program's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reward {
    /// A percentage off an order.
    PercentOff(Rate),
    /// An amount off an order.
    AmountOff(i64),
    /// Free shipping.
    FreeShipping,
    /// A free product, by SKU.
    FreeProduct(String),
    /// A gift card.
    GiftCard(i64),
    /// Credit to spend in the shop.
    StoreCredit(i64),
    /// Money.
    Cash(i64),
    /// Loyalty points.
    Points(u32),
    /// Access to something, by label.
    Access(String),
    /// A share of the order, in the order's currency.
    Commission(Commission),
}

/// A commission's rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commission {
    /// The rate below the first tier.
    pub rate: Rate,
    /// Rates from an earned conversion's number on, ascending.
    pub tiers: Vec<(u32, Rate)>,
    /// Rates of their own for categories of goods.
    pub categories: BTreeMap<String, Rate>,
}

/// The versions of a shop's program, oldest first; never empty.
#[derive(Clone, Debug)]
pub struct Versions {
    first: Arc<Program>,
    later: Vec<(Instant, Arc<Program>)>,
}

impl Program {
    /// The program as the contract writes it, defaults filled in.
    pub fn to_json(&self) -> Value {
        let mut body = json!({
            "name": self.name,
            "currency": self.currency.code(),
            "landing_url": self.landing_url.as_str(),
            "origins": self.origins,
            "locale": self.locale,
            "link_params": self.link_params,
            "attribution": {"window_days": self.window_days, "model": word(MODELS, self.model)},
            "offers": self.offers.iter().map(|offer| offer.to_json(self.currency)).collect::<Vec<_>>(),
        });
        let Some(members) = body.as_object_mut() else { return body };
        if self.joining != Joining::default() {
            members.insert("joining".into(), json!(word(JOINING, self.joining)));
        }
        members.extend(self.payouts.to_json(self.currency).map(|rules| ("payouts".to_owned(), rules)));
        if !self.texts.is_empty() {
            members.insert("texts".into(), json!(self.texts));
        }
        body
    }

    /// An offer by its id.
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// The offer of those who join by the widget: the first for customers.
    pub fn joinable(&self) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.audience == Audience::Customer)
    }
}

impl Offer {
    /// Whether it is active at an instant; both ends are inside.
    pub fn is_active(&self, at: Instant) -> bool {
        self.starts_at.is_none_or(|start| start <= at) && self.ends_at.is_none_or(|end| at <= end)
    }

    /// The offer as the contract writes it.
    pub fn to_json(&self, currency: Currency) -> Value {
        let advocate = &self.advocate;
        let decimals = currency.decimals();
        let mut side = Map::new();
        side.insert("reward".into(), advocate.reward.to_json(currency));
        side.insert("on".into(), json!(advocate.on));
        side.insert("orders".into(), json!(advocate.orders));
        side.insert("hold_days".into(), json!(advocate.hold_days));
        side.insert("new_customers_only".into(), json!(advocate.new_customers_only));
        for (name, amount) in [("min_subtotal", advocate.min_subtotal), ("budget", advocate.budget)] {
            side.extend(amount.map(|minor| (name.to_owned(), json!(format_amount(minor, decimals)))));
        }
        for (name, cap) in [("max_per_month", advocate.max_per_month), ("max_total", advocate.max_total)] {
            side.extend(cap.map(|cap| (name.to_owned(), json!(cap))));
        }
        let mut body = json!({
            "id": self.id,
            "audience": word(AUDIENCES, self.audience),
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "advocate": side,
        });
        if let (Some(members), Some(friend)) = (body.as_object_mut(), &self.friend) {
            members.insert("friend".into(), friend.to_json(currency));
        }
        body
    }
}

impl AdvocateSide {
    /// Whether what a conversion gets depends on how many the referrer earned before it: by a cap or by tiers.
    pub fn looks_at_counts(&self) -> bool {
        self.max_per_month.is_some() || self.max_total.is_some() || !self.tiers().is_empty()
    }

    /// The tiers of its commission, ascending; none for another reward.
    pub fn tiers(&self) -> &[(u32, Rate)] {
        match &self.reward {
            Reward::Commission(commission) => &commission.tiers,
            _ => &[],
        }
    }
}

impl Terms {
    /// The terms as the contract writes them.
    pub fn to_json(&self, currency: Currency) -> Value {
        json!({"reward": self.reward.to_json(currency)})
    }
}

impl FriendSide {
    /// The side as the contract writes it.
    pub fn to_json(&self, currency: Currency) -> Value {
        let mut side = Map::new();
        side.insert("reward".into(), self.reward.to_json(currency));
        let least = self.min_subtotal.map(|minor| json!(format_amount(minor, currency.decimals())));
        side.extend(least.map(|least| ("min_subtotal".to_owned(), least)));
        Value::Object(side)
    }
}

impl Reward {
    /// The name on the wire, such as `store_credit`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PercentOff(_) => "percent_off",
            Self::AmountOff(_) => "amount_off",
            Self::FreeShipping => "free_shipping",
            Self::FreeProduct(_) => "free_product",
            Self::GiftCard(_) => "gift_card",
            Self::StoreCredit(_) => "store_credit",
            Self::Cash(_) => "cash",
            Self::Points(_) => "points",
            Self::Access(_) => "access",
            Self::Commission(_) => "commission",
        }
    }

    /// The reward as the contract writes it.
    pub fn to_json(&self, currency: Currency) -> Value {
        let kind = self.kind();
        match self {
            Self::PercentOff(rate) => json!({"kind": kind, "percent": rate.to_string()}),
            Self::AmountOff(minor) | Self::GiftCard(minor) | Self::StoreCredit(minor) | Self::Cash(minor) => {
                json!({"kind": kind, "amount": format_amount(*minor, currency.decimals())})
            }
            Self::FreeShipping => json!({"kind": kind}),
            Self::FreeProduct(sku) => json!({"kind": kind, "sku": sku}),
            Self::Points(points) => json!({"kind": kind, "points": points}),
            Self::Access(label) => json!({"kind": kind, "label": label}),
            Self::Commission(commission) => {
                let mut body = json!({"kind": kind, "percent": commission.rate.to_string()});
                if let Some(members) = body.as_object_mut() {
                    if !commission.tiers.is_empty() {
                        let tier =
                            |(from, rate): &(u32, Rate)| json!({"from": from, "percent": rate.to_string()});
                        members.insert("tiers".into(), commission.tiers.iter().map(tier).collect());
                    }
                    if !commission.categories.is_empty() {
                        let rates = commission.categories.iter();
                        let rates: Map<_, _> =
                            rates.map(|(name, rate)| (name.clone(), json!(rate.to_string()))).collect();
                        members.insert("categories".into(), Value::Object(rates));
                    }
                }
                body
            }
        }
    }
}

impl Versions {
    /// A history that begins with `first`, which also holds for everything before it.
    pub fn new(first: Program) -> Self {
        Self { first: Arc::new(first), later: Vec::new() }
    }

    /// Adds a version in force from an instant on; versions are added in order of time.
    pub fn push(&mut self, from: Instant, program: Program) {
        self.later.push((from, Arc::new(program)));
    }

    /// The version in force at an instant.
    pub fn at(&self, at: Instant) -> &Arc<Program> {
        let later = self.later.iter().rev().find(|(from, _)| *from <= at);
        later.map_or(&self.first, |(_, program)| program)
    }

    /// The newest version.
    pub fn latest(&self) -> &Arc<Program> {
        self.later.last().map_or(&self.first, |(_, program)| program)
    }

    /// Every version, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<Program>> {
        std::iter::once(&self.first).chain(self.later.iter().map(|(_, program)| program))
    }

    /// The version whose terms an offer has at an instant: the one in force if it has the offer, else the
    /// nearest older one, else the oldest that has it.
    pub fn having(&self, at: Instant, offer: &str) -> Option<&Arc<Program>> {
        let known = self.later.iter().filter(|(from, _)| *from <= at).count() + 1;
        let older: Vec<&Arc<Program>> = self.all().take(known).collect();
        older.into_iter().rev().chain(self.all()).find(|program| program.offer(offer).is_some())
    }
}

/// The kinds of reward, as they are named on the wire.
pub const KINDS: &[&str] = &[
    "percent_off",
    "amount_off",
    "free_shipping",
    "free_product",
    "gift_card",
    "store_credit",
    "cash",
    "points",
    "access",
    "commission",
];

/// The platforms with a webhook of their own (contract section 3).
pub const PLATFORMS: &[&str] = &["shopify", "woocommerce", "stripe"];

const MODELS: &[(&str, Model)] = &[("last", Model::Last), ("first", Model::First)];
const JOINING: &[(&str, Joining)] = &[("open", Joining::Open), ("review", Joining::Review)];
const AUDIENCES: &[(&str, Audience)] =
    &[("customer", Audience::Customer), ("affiliate", Audience::Affiliate), ("agency", Audience::Agency)];

fn word<T: PartialEq>(choices: &[(&'static str, T)], value: T) -> &'static str {
    choices.iter().find(|(_, choice)| *choice == value).map_or("", |(word, _)| word)
}
