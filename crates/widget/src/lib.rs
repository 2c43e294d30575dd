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
pub mod text;
pub mod touch;
pub mod update;
pub mod value;
pub mod view;

mod browser;

/// The allocator: a free list of 0.7 kB in place of the standard one of 5.7 kB, which is made for speed
/// under loads that no widget has.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
#[allow(unsafe_code, reason = "a page runs the widget in one thread, which is all that it asks for")]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };

#[cfg(test)]
mod tests;
