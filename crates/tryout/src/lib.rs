//! A program tried on orders that a shop has had: an export is read in pieces ([`reader::Reader`]), and what it holds goes
//! through the core's own rules ([`trial::run`]).
//!
//! Pure, as the core is: it knows no clock and no file, and what it is given leaves it by its answers alone. The
//! owner's browser runs it, so that an export stays on the machine on which it was chosen.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod columns;
pub mod orders;
pub mod reader;
mod records;
pub mod statuses;
pub mod trial;
