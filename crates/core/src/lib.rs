//! What a referral program *is*: its rules, money, attribution, earning and reward status.
//!
//! In scope: everything that can be decided from recorded facts and an instant. Out of scope: clocks,
//! randomness, storage, HTTP, browsers; they come in as arguments or stay with the crates around this one.
//!
//! The way through: a shop's [`program::Program`] and its [`event::Event`]s are read and checked,
//! [`decide::decide`] says of each order whose it is and whether it earns, and [`reward::Case`] says what its
//! reward is at any instant.
//!
//! Comments cite the wire contract, `docs/contract.md`, by its sections.

pub mod account;
pub mod attribution;
pub mod book;
pub mod changes;
pub mod check;
pub mod credit;
pub mod decide;
pub mod disposable;
pub mod email;
pub mod event;
pub mod experiment;
pub mod history;
pub mod iban;
pub mod money;
pub mod payout;
pub mod persons;
pub mod program;
pub mod reward;
pub mod settle;
pub mod signals;
pub mod snapshot;
pub mod turns;
pub mod why;
pub mod zone;

pub use parrain_wire::{code, instant, referrer};

/// Why a conversion is refused, held back or taken back.
pub mod reason {
    pub use parrain_wire::rewards::Reason;
}
