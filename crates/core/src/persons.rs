//! What is known of persons, carried forward from order to order.
//!
//! Deciding an order needs its customer's past. Reading it anew for each of a customer's orders would cost ever
//! more with each, so that [`crate::settle`] reads it once and takes each order that it passes into it.

use std::rc::Rc;

use crate::decide::{Conversion, Past, Position, Run};
use crate::event::{Customer, Kind, Order};
use crate::instant::Instant;
use crate::program::Orders;

/// The pasts of some persons, no two of whom share an id or address, as of a position.
#[derive(Clone, Debug, Default)]
pub struct Persons(Vec<Rc<Past>>);

impl Customer {
    /// The same customer by their id alone and by their address alone: either makes two orders one person's.
    pub fn names(&self) -> impl Iterator<Item = Self> {
        let by_id = self.id.clone().map(|id| Self { id: Some(id), ..Self::default() });
        let by_email = self.email.clone().map(|email| Self { email: Some(email), ..Self::default() });
        by_id.into_iter().chain(by_email)
    }
}

impl Persons {
    /// Whether one of them has a name of the customer's.
    pub fn know(&self, name: &Customer) -> bool {
        self.0.iter().any(|past| past.is_of(name))
    }

    /// Adds a person of whom nobody here is one.
    pub fn add(&mut self, past: Past) {
        self.0.push(Rc::new(past));
    }

    /// Makes those with a name of the customer's one person, and gives that person's past.
    pub fn join(&mut self, customer: &Customer) -> Rc<Past> {
        let (mut own, rest): (Vec<_>, Vec<_>) = self.0.drain(..).partition(|past| past.is_of(customer));
        self.0 = rest;
        own.sort_by_key(|past| std::cmp::Reverse(past.size()));
        let mut own = own.into_iter();
        let mut joined = own.next().unwrap_or_default();
        let past = Rc::make_mut(&mut joined);
        for other in own {
            past.absorb(Rc::unwrap_or_clone(other));
        }
        past.ids.extend(customer.id.clone());
        past.emails.extend(customer.email.clone());
        self.0.push(Rc::clone(&joined));
        joined
    }

    /// Takes in a signed order with what was decided of it.
    pub fn see(&mut self, order: &Order, conversion: Option<&Conversion>) {
        drop(self.join(&order.customer));
        if let Some(past) = self.0.last_mut() {
            Rc::make_mut(past).see(&order.position(), conversion);
        }
    }

    /// How far orders from an instant on are decided alike by both, whatever orders still come in between that both
    /// take in. `self` and `other` have seen the same orders but for one at most, which one of them lacks.
    /// `by_number`: whether any run ends with its Nth conversion; else it is all the same how many there were.
    pub fn agree(&self, other: &Self, from: Instant, by_number: bool) -> Agreement {
        if self.0.len() != other.0.len() {
            return Agreement::No;
        }
        let mut worst = Agreement::Whole;
        for one in &self.0 {
            let same = |two: &&Rc<Past>| {
                let by_email = || one.emails.first().is_some_and(|email| two.emails.contains(email));
                one.ids.first().map_or_else(by_email, |id| two.ids.contains(id))
            };
            match other.0.iter().find(same).map(|two| one.agrees(two, from, by_number)) {
                None | Some(Agreement::No) => return Agreement::No,
                Some(agreement) => worst = worst.min(agreement),
            }
        }
        worst
    }

    /// The only person among them, if there is but one.
    pub fn only(&self) -> Option<&Past> {
        match self.0.as_slice() {
            [past] => Some(past),
            _ => None,
        }
    }
}

/// How far two readings of a past decide later orders alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// They do not.
    No,
    /// They do while no order makes this person and another one: which run began first, and how much it had had by
    /// then, only counts again beside the other's runs.
    Alone,
    /// They are the same.
    Whole,
}

impl Past {
    /// Takes in an order that came after all that this knows.
    pub fn see(&mut self, position: &Position, conversion: Option<&Conversion>) {
        self.has_order |= position.kind == Kind::Sale;
        let Some(conversion) = conversion.filter(|conversion| conversion.is_earned()) else { return };
        if conversion.orders == Orders::First {
            self.had_first.insert(conversion.offer.clone());
            return;
        }
        let same = |run: &&mut Run| run.code == conversion.code && run.offer == conversion.offer;
        match self.runs.iter_mut().find(same) {
            Some(run) => run.earned = run.earned.saturating_add(1),
            None => self.runs.push(Run {
                code: conversion.code.clone(),
                offer: conversion.offer.clone(),
                orders: conversion.orders,
                started: position.clone(),
                earned: 1,
            }),
        }
    }

    /// Takes in what is known of another who turns out to be the same person.
    pub fn absorb(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.emails.extend(other.emails);
        self.has_order |= other.has_order;
        self.had_first.extend(other.had_first);
        for run in other.runs {
            let same = |own: &&mut Run| own.code == run.code && own.offer == run.offer;
            match self.runs.iter_mut().find(same) {
                None => self.runs.push(run),
                Some(own) => {
                    let earned = own.earned.saturating_add(run.earned);
                    if run.started < own.started {
                        *own = run;
                    }
                    own.earned = earned;
                }
            }
        }
    }

    fn is_of(&self, customer: &Customer) -> bool {
        customer.id.as_ref().is_some_and(|id| self.ids.contains(id))
            || customer.email.as_ref().is_some_and(|email| self.emails.contains(email))
    }

    fn size(&self) -> usize {
        self.ids.len().saturating_add(self.emails.len())
    }

    /// Names only ever become more, so that as many are the same.
    fn agrees(&self, other: &Self, from: Instant, by_number: bool) -> Agreement {
        let alike = self.ids.len() == other.ids.len()
            && self.emails.len() == other.emails.len()
            && self.has_order == other.has_order
            && self.had_first == other.had_first
            && self.runs.len() == other.runs.len()
            && self.runs.iter().all(|run| {
                let same = |other: &&Run| run.code == other.code && run.offer == other.offer;
                other.runs.iter().find(same).is_some_and(|other| run.agrees(other, from))
            })
            && by_start(&self.runs).eq(by_start(&other.runs));
        match alike {
            false => Agreement::No,
            true if self.runs.iter().all(|run| other.runs.iter().any(|two| run.is(two, by_number))) => {
                Agreement::Whole
            }
            true => Agreement::Alone,
        }
    }
}

impl Run {
    fn is(&self, other: &Self, by_number: bool) -> bool {
        let earned = if by_number { self.earned } else { other.earned };
        Self { earned, ..self.clone() } == *other
    }

    /// Whether both are open to the same orders from an instant on.
    fn agrees(&self, other: &Self, from: Instant) -> bool {
        // A run binds events of the kind that began it.
        if self.orders != other.orders || self.started.kind != other.started.kind {
            return false;
        }
        match self.orders {
            Orders::First | Orders::Lifetime => true,
            Orders::Count(most) => self.earned.min(most) == other.earned.min(most),
            Orders::Months(months) => {
                let (one, two) = (self.started.at.plus_months(months), other.started.at.plus_months(months));
                one == two || (one <= from && two <= from)
            }
        }
    }
}

/// Whose runs began when: of several that are open, the first binds.
fn by_start(runs: &[Run]) -> impl Iterator<Item = (&crate::code::Code, &str)> {
    let mut sorted: Vec<&Run> = runs.iter().collect();
    sorted.sort_by(|one, other| one.started.cmp(&other.started));
    sorted.into_iter().map(|run| (&run.code, run.offer.as_str()))
}
