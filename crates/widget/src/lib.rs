//! The storefront widget: captures referral codes, shows the offer, and shows referrers their rewards.
//!
//! What it knows and does is pure (`model`, `update`, `view`); `browser` carries it out in the page.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod action;
pub mod consent;
pub mod locale;
pub mod model;
pub mod node;
pub mod text;
pub mod update;
pub mod view;

mod browser;

/// The allocator: smaller than the standard library's, which is made for speed under loads that no widget has
/// (measured: docs/widget.md).
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[cfg(test)]
mod tests;
