//! The storefront widget: captures referral codes, shows the offer, and shows referrers their rewards.
//!
//! What it knows and does is pure (`model`, `update`, `view`); `browser` carries it out in the page.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod code;
pub mod consent;
pub mod html;
pub mod locale;
pub mod model;
pub mod qr;
pub mod text;
pub mod touch;
pub mod update;
pub mod value;
pub mod view;

mod browser;
