//! A shop's referral program: its offers, rewards and rules, how they are written in JSON (contract
//! section 7), and which version of it was in force when. `read` reads it, and says all that is wrong.

mod kinds;
mod moment;
mod payouts;
mod promotion;
mod read;
#[cfg(test)]
mod tests;

pub use kinds::{Commission, Donation, Reward, is_given_in_shop, is_money, is_paid_out, names};
pub use moment::{COUNTRIES, LANGUAGES, Reach, hiders};
pub use payouts::{Debtor, PayoutRules};
pub use promotion::Promotion;
pub use read::{platform_keys, webhook_secrets};

use parrain_wire::amount::Amount;
use parrain_wire::moment::When;
use parrain_wire::program as wire;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use url::Url;

use crate::event::Kind;
use crate::instant::Instant;
use crate::money::{Currency, Rate, format_amount};
use crate::signals::Rules;
use crate::zone::Zone;

pub use wire::{Audience, Confirming, Discounts, Erased, Joining, Model, Orders, RewardKind};

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
    /// The shop's page with the terms of referring and what becomes of an address.
    pub terms_url: Option<Url>,
    /// The shop's page that mails referrers a link to their rewards.
    pub sign_in_url: Option<Url>,
    /// The IANA name of the zone whose midnights bound days and months.
    pub time_zone: String,
    /// That zone; UTC until somebody who has a zone database has said otherwise.
    pub zone: Zone,
    /// Query parameters that carry a code, in order of preference.
    pub link_params: Vec<String>,
    /// Days for which a touch counts.
    pub window_days: u32,
    /// Which touch wins.
    pub model: Model,
    /// Whether who joins by the widget may begin at once.
    pub joining: Joining,
    /// Whether rewards wait until it is confirmed who their referrer is.
    pub confirmed: Confirming,
    /// What signals weigh.
    pub signals: Rules,
    /// What a customer counts as who was erased and orders again.
    pub erased: Erased,
    /// Who sees to it that a friend has the discount.
    pub discounts: Discounts,
    /// Whether pages are told how many friends ordered this month.
    pub show_counts: bool,
    /// The offers, in the shop's order.
    pub offers: Vec<Offer>,
    /// Promo codes of the shop's own, in the shop's order.
    pub promotions: Vec<Promotion>,
    /// When and to whom rewards are paid out.
    pub payouts: PayoutRules,
    /// The shop's own wording: locale, then text key, then text.
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// The same by an offer's id, in place of those for who comes by a code of that offer.
    pub offer_texts: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
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
    /// To whom it is shown; everybody where it is empty.
    pub when: When,
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
    /// The most earned conversions in a calendar month of the program's zone per referrer.
    pub max_per_month: Option<u32>,
    /// The most earned conversions ever per referrer.
    pub max_total: Option<u32>,
    /// What the offer may give away in all.
    pub budget: Option<i64>,
}

/// What one referrer earns in place of the offer's reward, all else being the offer's. Amounts are minor units of
/// the program's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What is earned by one conversion; a commission has one rate and perhaps categories, no tiers.
    pub reward: Reward,
}

/// The versions of a shop's program, oldest first; never empty.
#[derive(Clone, Debug)]
pub struct Versions {
    first: Arc<Program>,
    later: Vec<(Instant, Arc<Program>)>,
}

impl Program {
    /// The program as the contract writes it, defaults filled in.
    pub fn to_wire(&self) -> wire::Program {
        wire::Program {
            name: self.name.clone(),
            currency: self.currency.code().into(),
            landing_url: self.landing_url.as_str().to_owned(),
            origins: self.origins.clone(),
            locale: Some(self.locale.clone()),
            terms_url: self.terms_url.as_ref().map(|url| url.as_str().to_owned()),
            sign_in_url: self.sign_in_url.as_ref().map(|url| url.as_str().to_owned()),
            time_zone: (self.time_zone != UTC).then(|| self.time_zone.clone()),
            link_params: self.link_params.clone(),
            attribution: Some(wire::Attribution {
                window_days: Some(self.window_days),
                model: Some(self.model.into()),
            }),
            joining: (self.joining != Joining::Open).then(|| self.joining.into()),
            confirmed: (self.confirmed != Confirming::Required).then(|| self.confirmed.into()),
            signals: self.signals.to_wire(),
            erased: (self.erased != Erased::New).then(|| self.erased.into()),
            discounts: (self.discounts != Discounts::Platform).then(|| self.discounts.into()),
            show_counts: self.show_counts.then_some(true),
            payouts: self.payouts.to_wire(self.currency),
            offers: self.offers.iter().map(|offer| offer.to_wire(self.currency)).collect(),
            promotions: self.promotions.iter().map(|promotion| promotion.to_wire(self.currency)).collect(),
            texts: self.texts.clone(),
            offer_texts: self.offer_texts.clone(),
        }
    }

    /// The same as JSON, as it is kept.
    pub fn to_json(&self) -> Value {
        // Texts, numbers and lists of them: they always have a JSON form.
        serde_json::to_value(self.to_wire()).unwrap_or_default()
    }

    /// An offer by its id.
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// What a friend is promised by a code under an offer; `ready`: whether the code can be redeemed, where a platform is
    /// to see to it. Nothing is promised that cannot be had yet.
    pub fn promised<'a>(&self, offer: &'a Offer, ready: Option<bool>) -> Option<&'a FriendSide> {
        // What the shop grants itself, or what nobody makes anywhere, waits for no platform.
        let waits = self.discounts == Discounts::Platform && ready == Some(false);
        offer.friend.as_ref().filter(|_| !waits)
    }

    /// The offer for customers that everybody may join under, whether it runs or not: the first without conditions.
    pub fn joinable(&self) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.audience == Audience::Customer && offer.when.is_empty())
    }
}

impl Offer {
    /// Whether it is active at an instant; both ends are inside.
    pub fn is_active(&self, at: Instant) -> bool {
        self.starts_at.is_none_or(|start| start <= at) && self.ends_at.is_none_or(|end| at <= end)
    }

    /// The offer as the contract writes it.
    pub fn to_wire(&self, currency: Currency) -> wire::Offer {
        let advocate = &self.advocate;
        let amount = |minor: Option<i64>| minor.map(|minor| written(minor, currency));
        wire::Offer {
            id: self.id.clone(),
            audience: self.audience.into(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            when: Some(self.when.clone()).filter(|when| !when.is_empty()),
            friend: self.friend.as_ref().map(|friend| friend.to_wire(currency)),
            advocate: wire::AdvocateSide {
                reward: advocate.reward.to_wire(currency),
                on: Some(advocate.on.into()),
                orders: Some(advocate.orders),
                hold_days: Some(advocate.hold_days),
                new_customers_only: Some(advocate.new_customers_only),
                min_subtotal: amount(advocate.min_subtotal),
                budget: amount(advocate.budget),
                max_per_month: advocate.max_per_month,
                max_total: advocate.max_total,
            },
        }
    }
}

impl AdvocateSide {
    /// Whether what a conversion gets depends on how many the referrer earned before it: by a cap or by tiers.
    pub fn looks_at_counts(&self) -> bool {
        self.max_per_month.is_some() || self.max_total.is_some() || !self.tiers().is_empty()
    }

    /// The tiers of its commission, ascending; none for another reward.
    pub fn tiers(&self) -> &[(u32, Rate)] {
        self.reward.commission().map_or(&[], |commission| &commission.tiers)
    }
}

impl Terms {
    /// The terms as the contract writes them.
    pub fn to_wire(&self, currency: Currency) -> wire::Terms {
        wire::Terms { reward: self.reward.to_wire(currency) }
    }
}

impl FriendSide {
    /// The side as the contract writes it.
    pub fn to_wire(&self, currency: Currency) -> wire::FriendSide {
        wire::FriendSide {
            reward: self.reward.to_wire(currency),
            min_subtotal: self.min_subtotal.map(|minor| written(minor, currency)),
        }
    }
}

/// An amount in a currency as the contract writes it.
fn written(minor: i64, currency: Currency) -> Amount {
    format_amount(minor, currency.decimals()).into()
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

    /// From when on a reward of what happened at an instant waits for nobody to confirm its referrer: [`Instant::MIN`] where
    /// the version in force then asks for none, else the first later one that does. What came of it stays, whatever is
    /// asked afterwards. `None` where all of them ask.
    pub fn asks_nobody_from(&self, at: Instant) -> Option<Instant> {
        if self.at(at).confirmed == Confirming::Any {
            return Some(Instant::MIN);
        }
        let later = self.later.iter().filter(|(from, _)| at < *from);
        later.filter(|(_, program)| program.confirmed == Confirming::Any).map(|(from, _)| *from).min()
    }

    /// The newest version.
    pub fn latest(&self) -> &Arc<Program> {
        self.later.last().map_or(&self.first, |(_, program)| program)
    }

    /// Every version, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<Program>> {
        std::iter::once(&self.first).chain(self.later.iter().map(|(_, program)| program))
    }

    /// The months that hold an instant by the zones of all versions, each once, from its first instant to the first
    /// after it.
    pub fn months_of(&self, at: Instant) -> Vec<Range<Instant>> {
        let mut months = Vec::new();
        for program in self.all() {
            let month = program.zone.month(at);
            let span = program.zone.month_start(month)..program.zone.month_start(month.saturating_add(1));
            if !months.contains(&span) {
                months.push(span);
            }
        }
        months
    }

    /// The version whose terms an offer has at an instant: the one in force if it has the offer, else the
    /// nearest older one, else the oldest that has it.
    pub fn having(&self, at: Instant, offer: &str) -> Option<&Arc<Program>> {
        let known = self.later.iter().filter(|(from, _)| *from <= at).count() + 1;
        let older: Vec<&Arc<Program>> = self.all().take(known).collect();
        older.into_iter().rev().chain(self.all()).find(|program| program.offer(offer).is_some())
    }
}

/// The zone of a program that names none.
pub const UTC: &str = "UTC";

/// The platforms with a webhook of their own (contract section 3).
pub const PLATFORMS: &[&str] = &["shopify", "woocommerce", "stripe"];
