//! Bodies that are right, as the contract's types write them. What is meant to be wrong is written out by its test.

use jiff::Timestamp;
use parrain_wire::Instant;
use parrain_wire::event::Event;
use parrain_wire::order::{Customer, Order};
use parrain_wire::page::Join;
use parrain_wire::program::{AdvocateSide, Audience, Offer, Program, Reward, RewardKind};
use parrain_wire::referrer::NewReferrer;

/// So many seconds ago.
pub fn ago(seconds: i64) -> Instant {
    Instant::from_seconds(Timestamp::now().as_second() - seconds)
}

/// A reward of an amount.
pub fn amount(kind: RewardKind, amount: &str) -> Reward {
    Reward { kind: kind.into(), amount: Some(amount.into()), ..Reward::default() }
}

/// A reward of per cent.
pub fn percent(kind: RewardKind, percent: &str) -> Reward {
    Reward { kind: kind.into(), percent: Some(percent.into()), ..Reward::default() }
}

/// An offer to customers, with nothing for friends.
pub fn offer(id: &str, advocate: AdvocateSide) -> Offer {
    Offer { id: id.into(), audience: Audience::Customer.into(), advocate, ..Offer::default() }
}

/// A program in euros.
pub fn program(name: &str, landing_url: &str, offers: Vec<Offer>) -> Program {
    Program {
        name: name.into(),
        currency: "EUR".into(),
        landing_url: landing_url.into(),
        offers,
        ..Program::default()
    }
}

/// A referrer under an offer.
pub fn referrer(offer: &str, name: &str) -> NewReferrer {
    NewReferrer { offer: offer.into(), name: Some(name.into()), ..NewReferrer::default() }
}

/// Anna, the customer who refers friends in most tests.
pub fn anna() -> NewReferrer {
    NewReferrer {
        email: Some("anna@example.com".into()),
        customer_id: Some("c-anna".into()),
        ..referrer("friends", "Anna")
    }
}

/// An order of 80 euros by a customer of its own, ten minutes ago, with these codes on it.
pub fn order(id: &str, codes: &[&str]) -> Order {
    Order {
        order_id: id.into(),
        at: ago(600),
        customer: Some(Customer { id: Some(format!("c-{id}")), ..Customer::default() }),
        currency: "EUR".into(),
        subtotal: "80.00".into(),
        discount: "0.00".into(),
        total: "80.00".into(),
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..Order::default()
    }
}

/// That it was paid.
pub fn paid(id: &str, codes: &[&str]) -> Event {
    Event::OrderPaid(order(id, codes))
}

/// Joining by a typed name.
pub fn join(name: &str) -> Join {
    Join { name: Some(name.into()), ..Join::default() }
}
