//! The kinds of reward: what each says, how it is read and written, and by what it is counted and paid. A kind is added
//! here and in [`parrain_wire::program::RewardKind`]; the compiler then names every place that has to know it.

use std::collections::BTreeMap;

use parrain_wire::program as wire;
use parrain_wire::program::RewardKind;
use parrain_wire::word::Word;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::written;
use crate::check::{Faults, Node};
use crate::money::{Currency, Rate};

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
    /// Money that is paid to a charity in the referrer's stead.
    Donation(Box<Donation>),
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

/// What goes to a charity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Donation {
    /// How much, in minor units of the program's currency.
    pub amount: i64,
    /// To whom, as the shop names it.
    pub charity: String,
}

/// By what a kind of reward is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    /// The referrer's money. `paid_out`: into an account of theirs; else the shop gives it itself.
    Money { paid_out: bool },
    /// Pieces or points.
    Units,
    /// Money that is never the referrer's.
    Donations,
}

fn counted(kind: RewardKind) -> Counted {
    match kind {
        RewardKind::Cash | RewardKind::Commission => Counted::Money { paid_out: true },
        RewardKind::AmountOff | RewardKind::GiftCard | RewardKind::StoreCredit => {
            Counted::Money { paid_out: false }
        }
        RewardKind::PercentOff
        | RewardKind::FreeShipping
        | RewardKind::FreeProduct
        | RewardKind::Points
        | RewardKind::Access => Counted::Units,
        RewardKind::Donation => Counted::Donations,
    }
}

/// Whether rewards of the kind of this name are the referrer's money.
pub fn is_money(kind: &str) -> bool {
    matches!(RewardKind::named(kind).map(counted), Some(Counted::Money { .. }))
}

/// Whether rewards of the kind of this name are paid to an account of the referrer's; others are given by the shop itself,
/// and donations by it to their charity.
pub fn is_paid_out(kind: &str) -> bool {
    RewardKind::named(kind).map(counted) == Some(Counted::Money { paid_out: true })
}

/// Whether rewards of the kind of this name can be given in a shop's platform by a code or by credit there.
pub fn is_given_in_shop(kind: &str) -> bool {
    match RewardKind::named(kind) {
        Some(
            RewardKind::PercentOff
            | RewardKind::AmountOff
            | RewardKind::FreeShipping
            | RewardKind::FreeProduct
            | RewardKind::GiftCard
            | RewardKind::StoreCredit,
        ) => true,
        Some(
            RewardKind::Cash
            | RewardKind::Points
            | RewardKind::Access
            | RewardKind::Commission
            | RewardKind::Donation,
        )
        | None => false,
    }
}

/// The names of all kinds, in the contract's order.
pub fn names() -> impl Iterator<Item = &'static str> {
    RewardKind::WORDS.iter().map(|(name, _)| *name)
}

impl Reward {
    /// The kind of thing.
    pub fn kind(&self) -> RewardKind {
        match self {
            Self::PercentOff(_) => RewardKind::PercentOff,
            Self::AmountOff(_) => RewardKind::AmountOff,
            Self::FreeShipping => RewardKind::FreeShipping,
            Self::FreeProduct(_) => RewardKind::FreeProduct,
            Self::GiftCard(_) => RewardKind::GiftCard,
            Self::StoreCredit(_) => RewardKind::StoreCredit,
            Self::Cash(_) => RewardKind::Cash,
            Self::Points(_) => RewardKind::Points,
            Self::Access(_) => RewardKind::Access,
            Self::Commission(_) => RewardKind::Commission,
            Self::Donation(_) => RewardKind::Donation,
        }
    }

    /// The rates, where it is a commission.
    pub fn commission(&self) -> Option<&Commission> {
        match self {
            Self::Commission(commission) => Some(commission),
            Self::PercentOff(_)
            | Self::AmountOff(_)
            | Self::FreeShipping
            | Self::FreeProduct(_)
            | Self::GiftCard(_)
            | Self::StoreCredit(_)
            | Self::Cash(_)
            | Self::Points(_)
            | Self::Access(_)
            | Self::Donation(_) => None,
        }
    }

    /// Why no friend can have it, if so.
    pub(super) fn for_advocates_alone(&self) -> Option<&'static str> {
        match self {
            Self::Commission(_) => Some("a commission is for advocates"),
            Self::Donation(_) => Some("a donation is made for advocates"),
            Self::PercentOff(_)
            | Self::AmountOff(_)
            | Self::FreeShipping
            | Self::FreeProduct(_)
            | Self::GiftCard(_)
            | Self::StoreCredit(_)
            | Self::Cash(_)
            | Self::Points(_)
            | Self::Access(_) => None,
        }
    }

    /// Reads a reward of a program whose currency has so many decimals; without a known currency an amount's form alone
    /// is checked.
    pub(super) fn read(node: &Node<'_>, decimals: Option<u8>, faults: &mut Faults) -> Option<Self> {
        node.object(faults)?;
        let kind = node.field("kind").choice(faults, RewardKind::WORDS)?;
        let only = |faults: &mut Faults, members: &[&str]| node.only(faults, &[&["kind"], members].concat());
        let amount = |faults: &mut Faults| {
            only(faults, &["amount"]);
            some_amount(&node.field("amount"), decimals, faults)
        };
        match kind {
            RewardKind::PercentOff => {
                only(faults, &["percent"]);
                let place = node.field("percent");
                let rate = percent(&place, faults)?;
                if rate.parts_per_million() == 0 {
                    faults.add(&place, "must be more than nothing");
                }
                Some(Self::PercentOff(rate))
            }
            RewardKind::AmountOff => amount(faults).map(Self::AmountOff),
            RewardKind::FreeShipping => {
                only(faults, &[]);
                Some(Self::FreeShipping)
            }
            RewardKind::FreeProduct => {
                only(faults, &["sku"]);
                node.field("sku").text(faults, 128).map(|sku| Self::FreeProduct(sku.to_owned()))
            }
            RewardKind::GiftCard => amount(faults).map(Self::GiftCard),
            RewardKind::StoreCredit => amount(faults).map(Self::StoreCredit),
            RewardKind::Cash => amount(faults).map(Self::Cash),
            RewardKind::Points => {
                only(faults, &["points"]);
                let place = node.field("points");
                if !place.is_present() {
                    faults.add(&place, "is missing");
                }
                place.optional_whole(faults, 1, 1_000_000_000).map(Self::Points)
            }
            RewardKind::Access => {
                only(faults, &["label"]);
                node.field("label").text(faults, 200).map(|label| Self::Access(label.to_owned()))
            }
            RewardKind::Commission => {
                only(faults, &["percent", "tiers", "categories"]);
                parse_commission(node, faults).map(Self::Commission)
            }
            RewardKind::Donation => {
                only(faults, &["amount", "charity"]);
                let amount = some_amount(&node.field("amount"), decimals, faults);
                let charity = node.field("charity").text(faults, 140);
                Some(Self::Donation(Box::new(Donation {
                    amount: amount?,
                    charity: charity?.trim().to_owned(),
                })))
            }
        }
    }

    /// The reward as the contract writes it in an offer.
    pub fn to_wire(&self, currency: Currency) -> wire::Reward {
        let mut reward = wire::Reward { kind: self.kind().into(), ..wire::Reward::default() };
        match self {
            Self::PercentOff(rate) => reward.percent = Some(rate.to_string().into()),
            Self::AmountOff(minor) | Self::GiftCard(minor) | Self::StoreCredit(minor) | Self::Cash(minor) => {
                reward.amount = Some(written(*minor, currency));
            }
            Self::FreeShipping => {}
            Self::FreeProduct(sku) => reward.sku = Some(sku.clone()),
            Self::Points(points) => reward.points = Some(i64::from(*points)),
            Self::Access(label) => reward.label = Some(label.clone()),
            Self::Commission(commission) => {
                let percent = |rate: &Rate| rate.to_string().into();
                reward.percent = Some(percent(&commission.rate));
                let tier = |(from, rate): &(u32, Rate)| wire::Tier { from: *from, percent: percent(rate) };
                reward.tiers = commission.tiers.iter().map(tier).collect();
                let rates = commission.categories.iter();
                reward.categories = rates.map(|(name, rate)| (name.clone(), percent(rate))).collect();
            }
            Self::Donation(donation) => {
                reward.amount = Some(written(donation.amount, currency));
                reward.charity = Some(donation.charity.clone());
            }
        }
        reward
    }
}

/// An amount of more than nothing.
fn some_amount(place: &Node<'_>, decimals: Option<u8>, faults: &mut Faults) -> Option<i64> {
    let minor = place.amount(faults, decimals)?;
    if minor == 0 {
        faults.add(place, "must be more than nothing");
    }
    Some(minor)
}

fn parse_commission(node: &Node<'_>, faults: &mut Faults) -> Option<Commission> {
    let rate = percent(&node.field("percent"), faults);
    let mut tiers: Vec<(u32, Rate)> = Vec::new();
    for tier in node.field("tiers").items(faults, 50) {
        if tier.object(faults).is_none() {
            continue;
        }
        tier.only(faults, &["from", "percent"]);
        let from_node = tier.field("from");
        if !from_node.is_present() {
            faults.add(&from_node, "is missing");
        }
        let from = from_node.optional_whole(faults, 1, 1_000_000_000);
        if from.is_some_and(|from| tiers.last().is_some_and(|(before, _)| *before >= from)) {
            faults.add(&from_node, "must be more than the tier before it");
        }
        let reached = percent(&tier.field("percent"), faults);
        tiers.extend(from.zip(reached));
    }
    let mut categories = BTreeMap::new();
    let own = node.field("categories");
    if own.is_present() {
        for name in own.object(faults).into_iter().flat_map(Map::keys) {
            if let Some(rate) = percent(&own.field(name), faults) {
                categories.insert(name.clone(), rate);
            }
        }
    }
    Some(Commission { rate: rate?, tiers, categories })
}

fn percent(node: &Node<'_>, faults: &mut Faults) -> Option<Rate> {
    let rate = Rate::parse(node.text(faults, 40)?);
    if rate.is_none() {
        faults.add(node, "must be a percentage from \"0\" to \"100\" with at most four decimals");
    }
    rate
}
