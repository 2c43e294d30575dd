//! Records in memory: the plain reading of the rules that other records are measured against, and what a
//! program can be tried on without a store. It looks through everything for every question, so it is for
//! hundreds of orders, not for a shop's life.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::Range;

use crate::changes;
use crate::code::Code;
use crate::credit::{Gift, NotGiven, give};
use crate::decide::{Budget, Decision, History, Known, Past, Position, Standing, decide, is_credit};
use crate::event::{Change, Customer, Event, Kind, Order};
use crate::instant::Instant;
use crate::money::Currency;
use crate::program::Versions;
use crate::reason::Reason;
use crate::reward::{Case, Review, Span};
use crate::settle::{Entry, Journal, Open, Settled, settle, settle_rest};
use crate::snapshot::{Seen, Snapshot};

/// A shop's records.
#[derive(Clone, Debug)]
pub struct Book {
    versions: Versions,
    referrers: BTreeMap<Code, Vec<(Instant, Known)>>,
    orders: BTreeMap<Entry, (Order, Option<Decision>)>,
    changes: Vec<Change>,
    seen: BTreeMap<String, Seen>,
    withdrawn: BTreeMap<Position, Instant>,
    reviews: BTreeMap<Entry, Vec<Review>>,
    /// Who joined by nobody's word, and since when it is confirmed who they are.
    joined: BTreeMap<Code, Option<Instant>>,
    granted: BTreeMap<(Kind, String, String, Currency), bool>,
    spent: BTreeMap<(String, Currency), i64>,
}

impl Book {
    /// An empty book of a shop with these versions of its program.
    pub fn new(versions: Versions) -> Self {
        Self {
            versions,
            referrers: BTreeMap::new(),
            orders: BTreeMap::new(),
            changes: Vec::new(),
            seen: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
            reviews: BTreeMap::new(),
            joined: BTreeMap::new(),
            granted: BTreeMap::new(),
            spent: BTreeMap::new(),
        }
    }

    /// Adds a referrer.
    pub fn add_referrer(&mut self, code: Code, known: Known) {
        self.change_referrer(Instant::MIN, code, known);
    }

    /// Says what holds of a referrer from an instant on; changes are told in order of time, before the orders
    /// that they bear on.
    pub fn change_referrer(&mut self, since: Instant, code: Code, known: Known) {
        self.referrers.entry(code).or_default().push((since, known));
    }

    /// Says that a referrer joined by nobody's word on who they are.
    pub fn join(&mut self, code: Code) {
        self.joined.entry(code).or_insert(None);
    }

    /// Confirms who a referrer is. Of several times the first counts; of who needs none it says nothing.
    pub fn confirm(&mut self, code: &Code, at: Instant) {
        if let Some(since) = self.joined.get_mut(code) {
            *since = Some(since.map_or(at, |since| since.min(at)));
        }
    }

    /// Records an order as it arrives and settles what follows from it. `None` if it is on record already.
    pub fn record(&mut self, order: Order, verified: bool) -> Option<Decision> {
        self.record_within(order, verified, u32::MAX).map(|settled| settled.decision)
    }

    /// The same, settling no more than `most` ([`settle`]); what is left is to be gone on with.
    pub fn record_within(&mut self, order: Order, verified: bool, most: u32) -> Option<Settled> {
        let entry = Entry { position: order.position(), verified };
        let known = |other: &Entry| other.position.id == order.id && other.position.kind == order.kind;
        if self.orders.keys().any(|other| known(other) && (other.verified || other.verified == verified)) {
            return None;
        }
        self.orders.insert(entry.clone(), (order.clone(), None));
        let Ok(settled) = settle(self, &entry, &order, most);
        Some(settled)
    }

    /// Records what a platform shows of an order.
    pub fn record_snapshot(&mut self, snapshot: &Snapshot) {
        let id = &snapshot.order_id;
        let known = self
            .orders
            .keys()
            .any(|entry| entry.verified && entry.position.kind == Kind::Sale && entry.position.id == *id);
        let before = self.seen.get(id).copied().unwrap_or_default();
        for event in snapshot.differences(known, &self.changes_of(id), before) {
            match event {
                Event::Order(order) => {
                    self.record(order, true);
                }
                Event::Change(change) => {
                    self.add(change);
                }
            }
        }
        self.seen.insert(id.clone(), snapshot.seen(before));
    }

    /// Records what became of an order; `false` if it is on record already.
    pub fn record_change(&mut self, change: Change) -> bool {
        let id = change.order_id.clone();
        let new = self.add(change);
        let seen = self.seen.get(&id).copied().unwrap_or_default();
        if let Some(again) = seen.again(&id, &self.changes_of(&id)) {
            self.add(again);
        }
        new
    }

    fn changes_of(&self, order_id: &str) -> Vec<Change> {
        self.changes.iter().filter(|change| change.order_id == order_id).cloned().collect()
    }

    fn add(&mut self, change: Change) -> bool {
        let same = |other: &Change| {
            other.order_id == change.order_id && other.at == change.at && other.name() == change.name()
        };
        let new = !self.changes.iter().any(same);
        if new {
            self.changes.push(change);
        }
        new
    }

    /// Gives an order to a referrer by hand, if nothing but `despite` stands in the way. An order that was given
    /// before is taken from there. `None` where the order or the referrer is not known.
    pub fn give(
        &mut self,
        order_id: &str,
        code: Code,
        at: Instant,
        despite: BTreeSet<Reason>,
    ) -> Option<Result<Decision, NotGiven>> {
        let reported = self.orders.iter().find(|(entry, (order, _))| {
            entry.verified
                && order.credit.is_none()
                && entry.position.kind == Kind::Sale
                && entry.position.id == order_id
        });
        let (order, decision) = reported.map(|(_, (order, decision))| (order.clone(), decision.clone()))?;
        let so_far = match self.standing_credit(order_id) {
            Some(entry) => self.orders.get(&entry).and_then(|(_, decision)| decision.clone()),
            None => decision,
        };
        let so_far = so_far.and_then(|decision| decision.conversion().cloned());
        let Ok(known) = self.referrer(&code, order.at);
        let number = self.orders.values().filter(|(other, _)| other.id == order_id && other.credit.is_some());
        let number = u32::try_from(number.count()).unwrap_or(u32::MAX);
        let gift = Gift { code, known: known?, at, number, note: String::new(), despite, so_far };
        let Ok(given) = give(&order, gift, self);
        Some(given.map(|credit| {
            self.take(order_id, at);
            let order = Order { credit: Some(Box::new(credit)), ..order };
            let entry = Entry { position: order.position(), verified: true };
            self.orders.insert(entry.clone(), (order.clone(), None));
            let Ok(settled) = settle(self, &entry, &order, u32::MAX);
            settled.decision
        }))
    }

    /// Undoes what was given by hand; `false` where nothing is.
    pub fn take(&mut self, order_id: &str, at: Instant) -> bool {
        let Some(entry) = self.standing_credit(order_id) else { return false };
        self.withdrawn.insert(entry.position.clone(), at);
        let later = self.orders.keys().filter(|other| other.position > entry.position);
        let later: Vec<Open> = later.cloned().map(Open::Entry).collect();
        let Ok(rest) = settle_rest(self, later, u32::MAX);
        rest.is_empty()
    }

    fn standing_credit(&self, order_id: &str) -> Option<Entry> {
        let standing = self.orders.iter().find(|(entry, (order, _))| {
            order.id == order_id && order.credit.is_some() && !self.withdrawn.contains_key(&entry.position)
        });
        standing.map(|(entry, _)| entry.clone())
    }

    /// While an order that was reported is somebody's by hand.
    fn given_of(&self, entry: &Entry) -> Vec<Span> {
        let credits = self.orders.iter().filter(|(other, (order, _))| {
            order.credit.is_some()
                && other.position.kind == entry.position.kind
                && other.position.order_id() == entry.position.id
        });
        let span = |(other, _): (&Entry, &(Order, Option<Decision>))| Span {
            from: other.position.at,
            until: self.withdrawn.get(&other.position).copied(),
        };
        credits.map(span).collect()
    }

    /// Decides by hand on what stands of an order, what was given by hand before what was reported; `false` where
    /// nothing is anybody's.
    pub fn review(&mut self, order_id: &str, review: Review) -> bool {
        let signed = |entry: &Entry| {
            let same = |other: &Entry| other.verified && other.position.id == entry.position.id;
            self.orders.keys().any(|other| same(other) && other.position.kind == entry.position.kind)
        };
        let standing = self.orders.iter().filter(|(entry, (_, decision))| {
            entry.position.order_id() == order_id
                && entry.position.kind != Kind::Adjustment
                && decision.as_ref().is_some_and(|decision| decision.conversion().is_some())
                && !self.withdrawn.contains_key(&entry.position)
                && (entry.verified || !signed(entry))
        });
        let by_hand = |(entry, (order, _)): &(&Entry, &(Order, Option<Decision>))| {
            (entry.position.kind, order.credit.is_none(), !entry.verified)
        };
        let Some((entry, _)) = standing.min_by_key(by_hand) else { return false };
        let at = review.at.max(entry.position.at);
        let reviews = self.reviews.entry(entry.clone()).or_default();
        reviews.push(Review { at, ..review });
        reviews.sort_by_key(|review| review.at);
        true
    }

    /// Takes what was decided by hand on one entry as another has it on record, in the order in which it arrived there.
    pub fn take_reviews(&mut self, entry: &Entry, reviews: impl IntoIterator<Item = Review>) {
        let at = |review: Review| Review { at: review.at.max(entry.position.at), ..review };
        let mut reviews: Vec<Review> = reviews.into_iter().map(at).collect();
        reviews.sort_by_key(|review| review.at);
        self.reviews.insert(entry.clone(), reviews);
    }

    /// Decides everything anew from the bare facts, each order once, in order of time. Budgets' decisions are
    /// facts and stay.
    pub fn refold(&mut self) {
        let entries: Vec<Entry> = self.orders.keys().cloned().collect();
        for (_, decision) in self.orders.values_mut() {
            *decision = None;
        }
        for entry in entries {
            if let Some((order, _)) = self.orders.get(&entry).cloned() {
                let Ok(past) = self.past(&order.customer, &entry.position);
                let Ok(decision) = decide(&order, entry.verified, &past, self);
                self.orders.insert(entry, (order, Some(decision)));
            }
        }
    }

    /// Every order's decision, in order of time.
    pub fn decisions(&self) -> impl Iterator<Item = (&Entry, &Decision)> {
        self.orders.iter().filter_map(|(entry, (_, decision))| Some((entry, decision.as_ref()?)))
    }

    /// A referrer's conversions with all that was recorded of them, in order of time.
    pub fn cases(&self, code: &Code) -> Vec<(Entry, Case)> {
        let conversions = self.orders.iter().filter_map(|(entry, (_, decision))| {
            Some((entry, decision.as_ref()?.conversion().filter(|conversion| conversion.code == *code)?))
        });
        let case = |(entry, conversion): (&Entry, &crate::decide::Conversion)| {
            let at = entry.position.at;
            let signed = self.orders.keys().find(|other| {
                other.verified
                    && other.position.id == entry.position.id
                    && other.position.kind == entry.position.kind
            });
            let goods = self.orders.get(entry).and_then(|(order, _)| order.goods.as_ref());
            // Only sales are taken back, and each has goods.
            let decimals = goods.map_or(0, |goods| goods.currency.decimals());
            let changes = self.changes.iter().filter(|change| {
                entry.position.kind == Kind::Sale && change.order_id == entry.position.order_id()
            });
            let case = Case {
                at,
                until: match self.withdrawn.get(&entry.position) {
                    Some(withdrawn) => Some((*withdrawn).max(at)),
                    None if entry.verified => None,
                    None => signed.map(|signed| signed.position.at.max(at)),
                },
                verified: entry.verified,
                refusal: conversion.refusal,
                approves_at: conversion.approves_at,
                worth: conversion.worth.clone(),
                backs: changes::spans(changes, decimals),
                reviews: self.reviews.get(entry).cloned().unwrap_or_default(),
                payments: Vec::new(),
                given: self.given_of(entry),
                confirmed: if conversion.by_hand || is_credit(&entry.position.id) {
                    Some(Instant::MIN)
                } else {
                    let since = self.joined.get(code).copied().unwrap_or(Some(Instant::MIN));
                    conversion.confirmed(&self.versions, at, since)
                },
                held: None,
            };
            (entry.clone(), case)
        };
        conversions.map(case).collect()
    }

    fn verified(&self) -> impl Iterator<Item = (&Position, &Order, Option<&Decision>)> {
        // What was given by hand and taken again counts for nothing.
        let counts = |entry: &Entry| entry.verified && !self.withdrawn.contains_key(&entry.position);
        let entries = self.orders.iter().filter(move |(entry, _)| counts(entry));
        entries.map(|(entry, (order, decision))| (&entry.position, order, decision.as_ref()))
    }

    /// The person's ids and addresses as far as orders that `seen` lets through tell.
    fn person(
        &self,
        customer: &Customer,
        seen: impl Fn(&Position) -> bool,
    ) -> (BTreeSet<String>, BTreeSet<String>) {
        let mut ids: BTreeSet<String> = customer.id.iter().cloned().collect();
        let mut emails: BTreeSet<String> = customer.email.iter().cloned().collect();
        loop {
            let size = ids.len() + emails.len();
            for (position, other, _) in self.verified() {
                if seen(position) && is_person(other, &ids, &emails) {
                    ids.extend(other.customer.id.clone());
                    emails.extend(other.customer.email.clone());
                }
            }
            if ids.len() + emails.len() == size {
                return (ids, emails);
            }
        }
    }

    fn earned_of<'a>(&'a self, code: &'a Code, offer: &'a str) -> impl Iterator<Item = &'a Position> {
        self.verified().filter_map(move |(position, _, decision)| {
            let conversion = decision?.conversion()?;
            (conversion.is_earned() && conversion.code == *code && conversion.offer == offer)
                .then_some(position)
        })
    }
}

impl History for Book {
    type Error = Infallible;

    fn versions(&self) -> &Versions {
        &self.versions
    }

    fn referrer(&self, code: &Code, at: Instant) -> Result<Option<Known>, Infallible> {
        let versions = self.referrers.get(code).map(Vec::as_slice).unwrap_or_default();
        let in_force = versions.iter().rev().find(|(since, _)| *since <= at).or(versions.first());
        Ok(in_force.map(|(_, known)| known.clone()))
    }

    fn past(&self, customer: &Customer, before: &Position) -> Result<Past, Infallible> {
        let (ids, emails) = self.person(customer, |position| position < before);
        let mut past = Past { ids, emails, ..Past::default() };
        for (position, order, decision) in self.verified().filter(|(position, ..)| *position < before) {
            if is_person(order, &past.ids, &past.emails) {
                past.see(position, decision.and_then(Decision::conversion));
            }
        }
        Ok(past)
    }

    fn standing(&self, code: &Code, offer: &str, before: &Position) -> Result<Standing, Infallible> {
        let mut standing = Standing::default();
        let zone = &self.versions.at(before.at).zone;
        for position in self.earned_of(code, offer).filter(|position| *position < before) {
            standing.total += 1;
            standing.month += u32::from(zone.month(position.at) == zone.month(before.at));
        }
        Ok(standing)
    }

    fn budget(&mut self, order: &Order, offer: &str, budget: Budget) -> Result<bool, Infallible> {
        let spent = self.spent.entry((offer.to_owned(), budget.currency)).or_default();
        let asked = (order.kind, order.id.clone(), offer.to_owned(), budget.currency);
        let granted = self.granted.entry(asked).or_insert_with(|| {
            let fits = spent.saturating_add(budget.amount) <= budget.limit;
            *spent += if fits { budget.amount } else { 0 };
            fits
        });
        Ok(*granted)
    }
}

impl Journal for Book {
    fn read(&self, entry: &Entry) -> Result<Option<(Order, Option<Decision>)>, Infallible> {
        // What was given by hand and taken again stands for nothing.
        let standing = !self.withdrawn.contains_key(&entry.position);
        Ok(self.orders.get(entry).filter(|_| standing).cloned())
    }

    fn write(&mut self, entry: &Entry, order: &Order, decision: &Decision) -> Result<(), Infallible> {
        self.orders.insert(entry.clone(), (order.clone(), Some(decision.clone())));
        Ok(())
    }

    fn later_of_person(
        &self,
        customer: &Customer,
        after: &Position,
        most: u32,
    ) -> Result<Vec<Entry>, Infallible> {
        let (ids, emails) = self.person(customer, |_| true);
        let later = self
            .orders
            .iter()
            .filter(|(entry, (order, _))| entry.position > *after && is_person(order, &ids, &emails));
        Ok(later.map(|(entry, _)| entry.clone()).take(most as usize).collect())
    }

    fn next_stranger(&self, past: &Past, after: &Position) -> Result<Option<Position>, Infallible> {
        let strange = |(entry, (order, _)): &(&Entry, &(Order, Option<Decision>))| {
            let customer = &order.customer;
            entry.position > *after
                && is_person(order, &past.ids, &past.emails)
                && !(customer.id.iter().all(|id| past.ids.contains(id))
                    && customer.email.iter().all(|email| past.emails.contains(email)))
        };
        Ok(self.orders.iter().find(strange).map(|(entry, _)| entry.position.clone()))
    }

    fn has_later(&self, code: &Code, offer: &str, after: &Position) -> Result<bool, Infallible> {
        Ok(self.orders.iter().any(|(entry, (_, decision))| {
            let conversion = decision.as_ref().and_then(Decision::conversion);
            entry.position > *after && conversion.is_some_and(|one| one.code == *code && one.offer == offer)
        }))
    }

    fn earned(
        &self,
        code: &Code,
        offer: &str,
        number: u32,
        within: Option<&Range<Instant>>,
    ) -> Result<Option<Entry>, Infallible> {
        let mut counted =
            self.earned_of(code, offer).filter(|at| within.is_none_or(|within| within.contains(&at.at)));
        let place = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
        let found = counted.nth(place);
        Ok(found.map(|position| Entry { position: position.clone(), verified: true }))
    }

    fn next_capped(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        before: Instant,
    ) -> Result<Option<Entry>, Infallible> {
        let mut later = self.verified().filter(|(position, ..)| *position > after);
        let found = later.find(|(position, _, decision)| {
            let conversion = decision.and_then(Decision::conversion);
            position.at < before
                && conversion.is_some_and(|one| {
                    one.code == *code && one.offer == offer && one.refusal == Some(Reason::CapReached)
                })
        });
        Ok(found.map(|(position, ..)| Entry { position: position.clone(), verified: true }))
    }

    fn later_uncounted(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        most: u32,
    ) -> Result<Vec<Entry>, Infallible> {
        let uncounted = self.orders.iter().filter(|(entry, (_, decision))| {
            let conversion = decision.as_ref().and_then(Decision::conversion);
            entry.position > *after
                && conversion.is_some_and(|one| {
                    one.code == *code
                        && one.offer == offer
                        && (!entry.verified
                            || matches!(one.refusal, Some(Reason::OfferInactive | Reason::BudgetSpent)))
                })
        });
        Ok(uncounted.map(|(entry, _)| entry.clone()).take(most as usize).collect())
    }
}

fn is_person(order: &Order, ids: &BTreeSet<String>, emails: &BTreeSet<String>) -> bool {
    order.customer.id.as_ref().is_some_and(|id| ids.contains(id))
        || order.customer.email.as_ref().is_some_and(|email| emails.contains(email))
}
