//! Reading the tables that other software exports: bytes to text ([`text`]), text to cells ([`cells`]), where the headings
//! are and what they say ([`headings`]), amounts and dates as they are written ([`amounts`], [`dates`]).
//!
//! Pure, as the core is, and without any idea of what a table is about: who reads orders or referrers of it knows that.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod amounts;
pub mod cells;
pub mod dates;
pub mod headings;
pub mod text;
