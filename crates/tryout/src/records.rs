//! What was decided so far, as the core asks for it, where orders come in their turn: each is decided once, since what is
//! on record is always what came before it. The questions are answered by index, so that a year of orders is quick.

use std::collections::HashMap;
use std::convert::Infallible;
use std::rc::Rc;

use parrain_core::code::Code;
use parrain_core::decide::{Budget, Decision, History, Known, Past, Position, Standing, decide};
use parrain_core::event::{Customer, Order};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::program::{Program, Versions};

/// A shop's records under one program.
pub struct Records {
    versions: Versions,
    referrers: HashMap<Code, Known>,
    people: HashMap<Name, usize>,
    persons: Vec<Person>,
    counts: HashMap<Code, HashMap<String, Count>>,
    spent: HashMap<(String, Currency), i64>,
}

/// An id or an address.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Name {
    Id(Rc<str>),
    Email(Rc<str>),
}

/// Whoever shares a name with somebody is the same person, as in the core.
#[derive(Default)]
struct Person {
    /// Without its names, which stand beside it in less room.
    past: Past,
    names: Vec<Name>,
}

/// Conversions that a referrer earned under an offer.
#[derive(Clone, Copy, Default)]
struct Count {
    total: u32,
    month: i64,
    in_month: u32,
}

impl Records {
    pub fn new(program: Program) -> Self {
        Self {
            versions: Versions::new(program),
            referrers: HashMap::new(),
            people: HashMap::new(),
            persons: Vec::new(),
            counts: HashMap::new(),
            spent: HashMap::new(),
        }
    }

    pub fn add_referrer(&mut self, code: Code, known: Known) {
        self.referrers.insert(code, known);
    }

    pub fn has_referrer(&self, code: &Code) -> bool {
        self.referrers.contains_key(code)
    }

    /// Whether a customer has an order on record.
    pub fn knows(&self, customer: &Customer) -> bool {
        names(customer).iter().any(|name| {
            let person = self.people.get(name).and_then(|place| self.persons.get(*place));
            person.is_some_and(|person| person.past.has_order)
        })
    }

    /// Decides an order that comes after all that are on record, and records it.
    pub fn decide(&mut self, order: &Order) -> Decision {
        let person = self.join(&order.customer);
        let taken = person.and_then(|place| self.persons.get_mut(place)).map(std::mem::take);
        let mut taken = taken.unwrap_or_default();
        taken.name();
        let Ok(decision) = decide(order, true, &taken.past, self);
        let position = order.position();
        taken.unname();
        taken.past.see(&position, decision.conversion());
        if let Some(slot) = person.and_then(|place| self.persons.get_mut(place)) {
            *slot = taken;
        }
        if let Some(conversion) = decision.conversion().filter(|conversion| conversion.is_earned()) {
            let month = self.versions.at(order.at).zone.month(order.at);
            let of_code = self.counts.entry(conversion.code.clone()).or_default();
            let count = of_code.entry(conversion.offer.clone()).or_default();
            count.in_month = if count.month == month { count.in_month } else { 0 };
            count.month = month;
            count.in_month = count.in_month.saturating_add(1);
            count.total = count.total.saturating_add(1);
        }
        decision
    }

    /// The person of a customer: those with a name of theirs become one. `None` for a customer without a name.
    fn join(&mut self, customer: &Customer) -> Option<usize> {
        let names = names(customer);
        let mut places: Vec<usize> = names.iter().filter_map(|name| self.people.get(name).copied()).collect();
        places.sort_unstable_by_key(|place| {
            std::cmp::Reverse(self.persons.get(*place).map_or(0, |one| one.names.len()))
        });
        places.dedup();
        if names.is_empty() {
            return None;
        }
        let own = places.first().copied().unwrap_or_else(|| {
            self.persons.push(Person::default());
            self.persons.len() - 1
        });
        for other in places.into_iter().skip(1).filter(|other| *other != own) {
            let other = self.persons.get_mut(other).map(std::mem::take).unwrap_or_default();
            for name in &other.names {
                self.people.insert(name.clone(), own);
            }
            let person = self.persons.get_mut(own)?;
            person.names.extend(other.names);
            person.past.absorb(other.past);
        }
        for name in names {
            if self.people.insert(name.clone(), own).is_none() {
                self.persons.get_mut(own)?.names.push(name);
            }
        }
        Some(own)
    }
}

impl Person {
    fn name(&mut self) {
        for name in &self.names {
            match name {
                Name::Id(id) => self.past.ids.insert(id.to_string()),
                Name::Email(email) => self.past.emails.insert(email.to_string()),
            };
        }
    }

    fn unname(&mut self) {
        self.past.ids.clear();
        self.past.emails.clear();
    }
}

fn names(customer: &Customer) -> Vec<Name> {
    let id = customer.id.as_deref().map(|id| Name::Id(id.into()));
    let email = customer.email.as_deref().map(|email| Name::Email(email.into()));
    id.into_iter().chain(email).collect()
}

impl History for Records {
    type Error = Infallible;

    fn versions(&self) -> &Versions {
        &self.versions
    }

    fn referrer(&self, code: &Code, _: Instant) -> Result<Option<Known>, Infallible> {
        Ok(self.referrers.get(code).cloned())
    }

    fn past(&self, customer: &Customer, _: &Position) -> Result<Past, Infallible> {
        let mut past = Past::default();
        past.ids.extend(customer.id.clone());
        past.emails.extend(customer.email.clone());
        for place in names(customer).iter().filter_map(|name| self.people.get(name)) {
            if let Some(person) = self.persons.get(*place) {
                let mut person = Person { past: person.past.clone(), names: person.names.clone() };
                person.name();
                past.absorb(person.past);
            }
        }
        Ok(past)
    }

    fn standing(&self, code: &Code, offer: &str, before: &Position) -> Result<Standing, Infallible> {
        let count = self.counts.get(code).and_then(|of_code| of_code.get(offer)).copied().unwrap_or_default();
        let now = self.versions.at(before.at).zone.month(before.at) == count.month;
        Ok(Standing { total: count.total, month: if now { count.in_month } else { 0 } })
    }

    fn budget(&mut self, _: &Order, offer: &str, budget: Budget) -> Result<bool, Infallible> {
        // Asked once of each order.
        let spent = self.spent.entry((offer.to_owned(), budget.currency)).or_default();
        let fits = spent.saturating_add(budget.amount) <= budget.limit;
        *spent += if fits { budget.amount } else { 0 };
        Ok(fits)
    }
}
