//! What a platform's delivery tells, in the contract's own terms, before any of it is checked or kept.

use super::silence::Silence;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a delivery tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// An order as the platform shows it now.
    Order(Box<Shown>),
    /// An event of the contract's section 4.
    Event(Box<Event>),
    /// Ids by which the platform speaks of one order, and why nothing else follows.
    Linked(Vec<String>, Silence),
    /// A subscription that began without a payment: its first paid invoice is its order.
    Begun(Box<Begun>),
    /// A person whom the platform asks to be forgotten or, where not, to be told what is held of them.
    Person {
        /// The address.
        email: Option<String>,
        /// The shop's id of the person.
        id: Option<String>,
        /// Whether to forget.
        forget: bool,
    },
    /// Everybody who is known here is to be forgotten: the shop has left the platform's application.
    Everybody,
    /// Nothing that is of concern here, and why.
    Nothing(Silence),
}

/// An order as a platform shows it at an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The platform's id of the order.
    pub id: String,
    /// Since when it stands so, RFC 3339: when the platform last changed it.
    pub at: String,
    /// Where it stands.
    pub state: State,
    /// The order itself, an `order.paid` of the contract's section 4; `None` where it is not paid and never was.
    pub paid: Option<Value>,
    /// The refunds that are in force: each the `data` of an `order.refunded`; `None` where the payload lists none
    /// because it never does.
    pub refunds: Option<Vec<Value>>,
}

/// Where an order stands on its platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Paid.
    Paid,
    /// Not paid yet, or held up: says nothing for or against what is on record.
    Open(Silence),
    /// To be paid on delivery: on its way, and not paid yet.
    Promised,
    /// Back from where deleted orders go, without a word on its payment.
    Restored,
    /// Cancelled, deleted, or given back whole; since when, where the platform says so.
    Cancelled(Option<String>),
    /// Its payment failed, perhaps after it was taken for done.
    Failed,
}

/// An event of the contract's section 4 with what only its platform knows of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Event {
    /// The event, as JSON.
    pub json: Value,
    /// Other ids by which the platform speaks of the same order.
    pub known_as: Vec<String>,
    /// The subscription whose beginning may have brought codes that this order has to carry.
    pub subscription: Option<String>,
    /// Promotion codes on the order, of which nothing but the platform's id is told.
    pub promotions: Vec<String>,
    /// Of a refund that the platform tells of in two ways.
    pub twin: Option<Twin>,
}

/// One of the two ways by which a platform tells of a refund: as a step of what was paid back of a payment in
/// all, and by itself. Of both of one payment and amount one refund is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// The payment and the amount.
    pub of: String,
    /// Whether it is the step.
    pub is_step: bool,
}

/// How a subscription began.
#[derive(Debug, Clone, PartialEq)]
pub struct Begun {
    /// The platform's id of the subscription.
    pub subscription: String,
    /// The codes that came with it.
    pub codes: Vec<String>,
    /// The touches that came with it, as the contract's section 4 writes them.
    pub touches: Vec<Value>,
    /// Promotion codes, of which nothing but the platform's id is told.
    pub promotions: Vec<String>,
}

impl Told {
    /// An event of which nothing more is known.
    pub fn event(json: Value) -> Self {
        Self::Event(Box::new(Event { json, ..Event::default() }))
    }

    /// An order of which nothing is left but that it is gone.
    pub fn gone(id: String, at: String) -> Self {
        let state = State::Cancelled(None);
        Self::Order(Box::new(Shown { id, at, state, paid: None, refunds: None }))
    }
}
