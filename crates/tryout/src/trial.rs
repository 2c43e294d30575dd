//! A program tried on orders: what it would have cost and brought, month by month, and who would have earned.
//!
//! The rules are the core's, and so is all money: whose an order is and what it earns says
//! [`parrain_core::decide::decide`], what holds and refunds make of it says [`parrain_core::reward::Case`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use parrain_core::changes::spans;
use parrain_core::code::Code;
use parrain_core::decide::{Conversion, Decision, Known};
use parrain_core::event::{Change, Customer, Goods, Order};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, Rate, compare_plain};
use parrain_core::program::{Audience, Commission, Offer, Program, Reward};
use parrain_core::reason::Reason;
use parrain_core::reward::{Asset, Case, Worth};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::orders::{Bought, Orders};
use crate::records::Records;

/// After how many orders it is told how far the trial is.
const STEP: usize = 2048;
/// The most months that are told. Whoever has older orders has them in the sums.
const MOST_MONTHS: i64 = 120;

/// What is tried.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program, with its zone.
    pub program: Program,
    /// Under which of its offers referrers are.
    pub offer: String,
    /// Who refers whom.
    pub referrals: Referrals,
    /// As of when holds and refunds are told.
    pub as_of: Instant,
}

/// Who refers whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Referrals {
    /// Each code that stands on an order is a referrer's, but for these.
    Codes(BTreeSet<String>),
    /// An assumption: so many of the new customers came by a referral, as a hash of their names says, so that it is the
    /// same ones each time.
    Assumed(Assumption),
}

/// What is assumed where no order says who referred it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// Which share of the new customers, in parts per million.
    pub share: Rate,
    /// Another seed chooses others.
    pub seed: u64,
    /// How many partners they came by, where the offer is not for customers; else each came by an earlier customer.
    pub partners: u32,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was assumed; every figure but the turnover rests on it.
    pub assumed: Option<Assumption>,
    /// How many orders there were.
    pub orders: u64,
    /// How many of them were a customer's first in the file.
    pub firsts: u64,
    /// How many were somebody's and earned.
    pub conversions: u64,
    /// How many were somebody's and refused, by why.
    pub refused: Vec<Refused>,
    /// By currency, the one with the most orders first.
    pub money: Vec<Money>,
    /// Rewards that are no money.
    pub units: Vec<Units>,
    /// Who earned, the most first.
    pub referrers: Vec<Earner>,
    /// An offer's free shipping costs what no export tells.
    pub free_shipping: bool,
}

/// Conversions that were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub conversions: u64,
}

/// What there is in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// All of it.
    pub sum: Figures,
    /// The same by months, without a gap; counted as [`parrain_core::zone::Zone::month`] does.
    pub months: Vec<(i64, Figures)>,
}

/// Figures of a time. Amounts are minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Orders.
    pub orders: u64,
    /// Their goods, after discounts and without tax and shipping.
    pub turnover: i64,
    /// Orders that earned somebody a reward.
    pub referred: u64,
    /// Those of them that were their customer's first.
    pub new_customers: u64,
    /// The goods of the orders that earned.
    pub brought: i64,
    /// What friends had off on them.
    pub discounts: i64,
    /// What referrers earned by the orders of the time.
    pub earned: i64,
    /// What came out of its hold in the time, less what was taken back after.
    pub approved: i64,
    /// What refunds of the time took back.
    pub taken_back: i64,
}

/// Rewards that are no money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// The kind, such as `points`.
    pub kind: String,
    /// How many were earned.
    pub earned: i64,
    /// How many refunds took back.
    pub taken_back: i64,
}

/// A referrer, and what they earned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earner {
    /// The code.
    pub code: Code,
    /// How many orders earned.
    pub conversions: u64,
    /// How many were refused.
    pub refused: u64,
    /// By what it is counted in, [`Asset::name`].
    pub sums: BTreeMap<String, Standing>,
}

/// Where a referrer's rewards stand, in minor units or units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// On hold.
    pub pending: i64,
    /// Out of it.
    pub approved: i64,
    /// Taken back.
    pub reversed: i64,
}

/// An order that was decided.
pub struct Decided<'a> {
    /// The order, as it was decided.
    pub order: &'a Order,
    /// What was decided of it.
    pub decision: &'a Decision,
    /// Its reward, if it is somebody's.
    pub case: Option<Case>,
}

/// Decides orders that come in their turn, each with what became of it.
pub fn decide_all(
    program: &Program,
    referrers: impl IntoIterator<Item = (Code, Known)>,
    orders: impl IntoIterator<Item = (Order, Vec<Change>)>,
    mut each: impl FnMut(Decided<'_>),
) {
    let mut records = Records::new(program.clone());
    for (code, known) in referrers {
        records.add_referrer(code, known);
    }
    for (order, changes) in orders {
        let decision = records.decide(&order);
        let case = decision.conversion().map(|conversion| case(&order, conversion, &changes));
        each(Decided { order: &order, decision: &decision, case });
    }
}

/// Tries a program on orders; `progress` is told how many of how many are done.
pub fn run(orders: &Orders, plan: &Plan, mut progress: impl FnMut(usize, usize)) -> Outcome {
    let mut turn: Vec<usize> = (0..orders.bought.len()).collect();
    let by_position = |place: &usize| orders.bought.get(*place).map(|bought| (bought.at, &bought.id));
    turn.sort_unstable_by(|one, other| by_position(one).cmp(&by_position(other)));
    let mut refunds: HashMap<usize, Vec<Change>> = HashMap::new();
    for (number, refund) in orders.refunds.iter().enumerate() {
        refunds.entry(refund.order).or_default().extend(orders.change(number, refund));
    }
    let mut records = Records::new(plan.program.clone());
    let mut sent = Sent::of(orders, plan, &mut records);
    let mut sums = Sums::default();
    for (done, place) in turn.iter().enumerate() {
        if done.is_multiple_of(STEP) {
            progress(done, turn.len());
        }
        let Some(bought) = orders.bought.get(*place) else { continue };
        let mut order = orders.order(bought);
        let first = !bought.returning && !records.knows(&order.customer);
        let friend = sent.send(bought, &mut order, first, &mut records);
        let decision = records.decide(&order);
        let none = Vec::new();
        let changes = refunds.get(place).unwrap_or(&none);
        sums.see(plan, &order, first, friend, &decision, changes);
    }
    progress(turn.len(), turn.len());
    let mut outcome = sums.into_outcome();
    outcome.free_shipping = sent.offer.is_some_and(|offer| {
        let friend = offer.friend.as_ref().map(|friend| &friend.reward);
        matches!(friend, Some(Reward::FreeShipping))
    });
    outcome.assumed = match &plan.referrals {
        Referrals::Codes(_) => None,
        Referrals::Assumed(assumption) => Some(*assumption),
    };
    outcome
}

fn case(order: &Order, conversion: &Conversion, changes: &[Change]) -> Case {
    // Only sales are taken back, and each has goods.
    let decimals = order.goods.as_ref().map_or(0, |goods| goods.currency.decimals());
    Case {
        at: order.at,
        until: None,
        verified: true,
        refusal: conversion.refusal,
        approves_at: conversion.approves_at,
        worth: conversion.worth.clone(),
        backs: spans(changes, decimals),
        reviews: Vec::new(),
        payments: Vec::new(),
        given: Vec::new(),
        // Who they are is taken to be known, and nothing is taken for a suspicion.
        confirmed: Some(Instant::MIN),
        held: None,
    }
}

/// How orders come to a referrer.
struct Sent<'a> {
    plan: &'a Plan,
    offer: Option<&'a Offer>,
    /// Customers who might refer the next one.
    earlier: Vec<Customer>,
}

impl<'a> Sent<'a> {
    fn of(orders: &Orders, plan: &'a Plan, records: &mut Records) -> Self {
        match &plan.referrals {
            Referrals::Codes(others) => {
                for code in orders.codes.iter().filter(|code| !others.contains(code.as_str())) {
                    let known = Known { offer: plan.offer.clone(), ..Known::default() };
                    records.add_referrer(code.clone(), known);
                }
            }
            Referrals::Assumed(_) => {}
        }
        Self { plan, offer: plan.program.offer(&plan.offer), earlier: Vec::new() }
    }

    /// Puts a referrer's code on an order where it is assumed that one referred it. Answers what the friend had off.
    fn send(&mut self, bought: &Bought, order: &mut Order, first: bool, records: &mut Records) -> i64 {
        let Referrals::Assumed(assumption) = &self.plan.referrals else {
            return order.goods.as_ref().map_or(0, |goods| goods.discount);
        };
        // What codes there are belongs to sales and seasons.
        order.codes.clear();
        let name = bought.email.as_deref().or(bought.customer.as_deref()).unwrap_or(&bought.id);
        let [chosen, who] = hashes(assumption.seed, name);
        let referred = first && chosen % 1_000_000 < u64::from(assumption.share.parts_per_million());
        let code = if referred { self.referrer(assumption, who, records) } else { None };
        if first {
            self.earlier.push(order.customer.clone());
        }
        let Some(code) = code else { return 0 };
        order.codes.push(code);
        let off =
            self.offer.and_then(|offer| friend_has_off(&self.plan.program, offer, order.goods.as_ref()?));
        let off = off.unwrap_or(0);
        if let Some(goods) = &mut order.goods {
            goods.discount = goods.discount.saturating_add(off);
            goods.total = goods.total.map(|total| total.saturating_sub(off).max(0));
        }
        off
    }

    /// Who referred a customer: an earlier one, or one of so many partners.
    fn referrer(&self, assumption: &Assumption, who: u64, records: &mut Records) -> Option<Code> {
        let for_customers = self.offer?.audience == Audience::Customer;
        let among = if for_customers { self.earlier.len() as u64 } else { u64::from(assumption.partners) };
        let number = who.checked_rem(among)?;
        let code = Code::read(&format!("TRY-{number}"))?;
        if !records.has_referrer(&code) {
            let customer = for_customers.then(|| self.earlier.get(usize::try_from(number).ok()?)).flatten();
            let known = Known {
                offer: self.plan.offer.clone(),
                customer_id: customer.and_then(|customer| customer.id.clone()),
                email: customer.and_then(|customer| customer.email.clone()),
                ..Known::default()
            };
            records.add_referrer(code.clone(), known);
        }
        Some(code)
    }
}

/// What a friend has off on an order; what is no money off costs nothing that an order shows.
fn friend_has_off(program: &Program, offer: &Offer, goods: &Goods) -> Option<i64> {
    let friend = offer.friend.as_ref()?;
    if let Some(least) = friend.min_subtotal {
        let decimals = (goods.currency.decimals(), program.currency.decimals());
        if compare_plain((goods.base(), decimals.0), (least, decimals.1)).is_lt() {
            return None;
        }
    }
    let all_alike =
        |rate: Rate| Reward::Commission(Commission { rate, tiers: Vec::new(), categories: BTreeMap::new() });
    let reward = match &friend.reward {
        // A share of the order, which the core works out and rounds as it does a commission.
        Reward::PercentOff(rate) => all_alike(*rate),
        Reward::AmountOff(minor) if goods.currency == program.currency => Reward::AmountOff(*minor),
        Reward::GiftCard(minor) | Reward::StoreCredit(minor) if goods.currency == program.currency => {
            Reward::AmountOff(*minor)
        }
        Reward::AmountOff(_)
        | Reward::GiftCard(_)
        | Reward::StoreCredit(_)
        | Reward::FreeShipping
        | Reward::FreeProduct(_)
        | Reward::Cash(_)
        | Reward::Points(_)
        | Reward::Access(_)
        | Reward::Commission(_)
        | Reward::Donation(_) => return None,
    };
    Some(Worth::of(&reward, program, Some(goods), 1).amount.min(goods.base()))
}

/// Two numbers that a name has under a seed, whenever it is asked.
fn hashes(seed: u64, name: &str) -> [u64; 2] {
    let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(name).finalize();
    let mut parts = hash.chunks_exact(8).filter_map(|part| Some(u64::from_be_bytes(part.try_into().ok()?)));
    [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()]
}

/// What is summed up, order by order.
#[derive(Default)]
struct Sums {
    orders: u64,
    firsts: u64,
    conversions: u64,
    refused: BTreeMap<Reason, u64>,
    money: BTreeMap<Currency, BTreeMap<i64, Figures>>,
    units: BTreeMap<String, (i64, i64)>,
    referrers: HashMap<Code, Earner>,
}

impl Sums {
    fn see(
        &mut self,
        plan: &Plan,
        order: &Order,
        first: bool,
        friend: i64,
        decision: &Decision,
        changes: &[Change],
    ) {
        let month = plan.program.zone.month(order.at);
        self.orders += 1;
        self.firsts += u64::from(first);
        let Some(goods) = &order.goods else { return };
        let figures = self.figures(goods.currency, month);
        figures.orders += 1;
        figures.turnover = figures.turnover.saturating_add(goods.base());
        let Some(conversion) = decision.conversion() else { return };
        if conversion.refusal.is_none() {
            figures.referred += 1;
            figures.new_customers += u64::from(first);
            figures.brought = figures.brought.saturating_add(goods.base());
            figures.discounts = figures.discounts.saturating_add(friend);
        }
        self.earn(plan, conversion, &case(order, conversion, changes));
    }

    fn earn(&mut self, plan: &Plan, conversion: &Conversion, case: &Case) {
        let earner = self.referrers.entry(conversion.code.clone()).or_insert_with(|| Earner {
            code: conversion.code.clone(),
            conversions: 0,
            refused: 0,
            sums: BTreeMap::new(),
        });
        if let Some(reason) = conversion.refusal {
            earner.refused += 1;
            *self.refused.entry(reason).or_default() += 1;
            return;
        }
        self.conversions += 1;
        earner.conversions += 1;
        let asset = &case.worth.asset;
        let standing = earner.sums.entry(asset.name().into_owned()).or_default();
        let dated: Vec<_> = case.changes().into_iter().filter(|(at, _)| *at <= plan.as_of).collect();
        for (_, change) in &dated {
            standing.pending += change.pending;
            standing.approved += change.approved;
            standing.reversed += change.reversed;
        }
        for (at, change) in dated {
            match asset {
                Asset::Unit(kind) => {
                    let units = self.units.entry(kind.clone()).or_default();
                    units.0 += change.total();
                    units.1 += change.reversed;
                }
                Asset::Money(currency) => self.dated(plan, *currency, at, change),
                // The shop's money all the same.
                Asset::Donation(gift) => self.dated(plan, gift.currency, at, change),
            }
        }
    }

    fn dated(&mut self, plan: &Plan, currency: Currency, at: Instant, change: parrain_core::reward::Sums) {
        let figures = self.figures(currency, plan.program.zone.month(at));
        figures.earned += change.total();
        figures.approved += change.approved;
        figures.taken_back += change.reversed;
    }

    fn figures(&mut self, currency: Currency, month: i64) -> &mut Figures {
        self.money.entry(currency).or_default().entry(month).or_default()
    }

    fn into_outcome(self) -> Outcome {
        let mut money: Vec<Money> =
            self.money.into_iter().map(|(currency, months)| Money::of(currency, &months)).collect();
        money.sort_by_key(|money| std::cmp::Reverse(money.sum.orders));
        let mut referrers: Vec<Earner> = self.referrers.into_values().collect();
        let main = money.first().map(|money| money.currency.code().to_owned()).unwrap_or_default();
        let worth = |earner: &Earner| earner.sums.get(&main).map_or(0, |sum| sum.pending + sum.approved);
        referrers.sort_by(|one, other| {
            (worth(other), other.conversions, &one.code).cmp(&(worth(one), one.conversions, &other.code))
        });
        let refused = self.refused.into_iter();
        let units = self.units.into_iter();
        Outcome {
            assumed: None,
            orders: self.orders,
            firsts: self.firsts,
            conversions: self.conversions,
            refused: refused.map(|(reason, conversions)| Refused { reason, conversions }).collect(),
            money,
            units: units.map(|(kind, (earned, taken_back))| Units { kind, earned, taken_back }).collect(),
            referrers,
            free_shipping: false,
        }
    }
}

impl Money {
    fn of(currency: Currency, months: &BTreeMap<i64, Figures>) -> Self {
        let sum = months.values().fold(Figures::default(), |sum, figures| sum.plus(*figures));
        let all = match (months.keys().next(), months.keys().next_back()) {
            (Some(first), Some(last)) => Some((*first).max(*last - MOST_MONTHS + 1)..=*last),
            (None, _) | (_, None) => None,
        };
        let of = |month: i64| (month, months.get(&month).copied().unwrap_or_default());
        let months = all.into_iter().flatten().map(of).collect();
        Self { currency, sum, months }
    }
}

impl Figures {
    /// What the program cost: rewards that were not taken back, and what friends had off.
    pub fn cost(&self) -> i64 {
        self.earned.saturating_sub(self.taken_back).saturating_add(self.discounts)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            orders: self.orders + other.orders,
            turnover: self.turnover.saturating_add(other.turnover),
            referred: self.referred + other.referred,
            new_customers: self.new_customers + other.new_customers,
            brought: self.brought.saturating_add(other.brought),
            discounts: self.discounts.saturating_add(other.discounts),
            earned: self.earned.saturating_add(other.earned),
            approved: self.approved.saturating_add(other.approved),
            taken_back: self.taken_back.saturating_add(other.taken_back),
        }
    }
}

#[cfg(test)]
mod tests;
