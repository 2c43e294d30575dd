//! The shop owner's pages: pure functions from what the ledger answered to HTML.
//!
//! Every page is a struct of what it shows and a function `page(&Frame, &TheStruct) -> Markup`, in a module of its own.
//! Nothing in here knows a clock, a store, a request or a runtime. What a page shows are bodies of the API, so that
//! whatever a page can show a script can ask for.
//!
//! **The routing contract** is [`Place`]: [`Place::parse`] names the page of a path, [`Place::answers`] says which query
//! its `GET` reads and which fields its `POST` reads, and every link and every form here is built by [`Place::href`]. Tests
//! hold each form's fields and each link's query to it. Every form also carries `csrf`, is sent by
//! `application/x-www-form-urlencoded`, and is answered
//!
//! - by 303 to where the change is seen, with a [`Said`] for the next page, where it was done;
//! - by the same page with [`Entered`], what was typed and what is wrong with it, where it was not.
//!
//! Fields are named as the members of the API's bodies, with a dot for each level: `advocate.reward.percent`. A field
//! that is empty says nothing. Lists are texts of one entry a line (`origins`, `link_params`); `version` is the number of
//! the version that a form of the program was drawn from, for two tabs that save the same one. A pointer of a fault is
//! into what the form says: `/advocate/reward/percent` in the form of one offer.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod banner;
pub mod claims;
pub mod connections;
pub mod contacts;
pub mod countries;
pub mod credit;
pub mod endpoints;
pub mod experiments;
mod faults;
mod form;
mod frame;
pub mod front;
pub mod home;
pub mod imports;
pub mod mail;
pub mod materials;
pub mod order;
pub mod orders;
mod parts;
pub mod pay;
mod place;
pub mod platforms;
mod plot;
pub mod preview;
pub mod problem;
pub mod program;
pub mod promo_codes;
pub mod promote;
pub mod referrer;
pub mod referrers;
pub mod report;
mod said;
pub mod set_up;
pub mod settings;
pub mod shops;
pub mod sign_in;
pub mod statement;
pub mod tax;
mod text;
pub mod try_out;

pub use form::Entered;
pub use frame::{Frame, ShopIs, Waits, Who};
pub use parrain_wire::desk::Role;
pub use place::{Answers, PAID_TO, Place};
pub use said::Said;
pub use text::Language;

/// The one style sheet. Served as a file with a hash in its name; [`Frame::styles`] says where.
pub const STYLES: &str = include_str!("desk.css");

/// The one script, which only makes easier what works without it; [`Frame::script`] says where it is served.
pub const SCRIPT: &str = include_str!("desk.js");
