//! What the exports of other referral software say: their referrers with codes, what is owed to them, and old orders.
//!
//! Pure, as the core is: a file comes in as bytes, and [`read`] answers what each of its lines asks for, or why it cannot be
//! read. Whether a code is free and what is on record already is not known here.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod columns;
mod line;
mod read;
mod software;
mod standing;

pub use line::{Entry, Holder, Item, OldOrder, Owed, Person, Refused, Whose};
pub use read::{Found, MOST_ENTRIES, MOST_LINES, Settings, Unreadable, read};
pub use software::link_params;
