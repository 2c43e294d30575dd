//! The Cloudflare Worker: what a shop's pages, a shop's server and a shop owner's scripts ask over HTTP.
//!
//! A request comes in through `glue`, which is the only module that knows the Workers runtime and is built
//! for wasm alone. It becomes a plain [`http::Request`]; [`route`] names the resource; [`app`] authenticates,
//! asks `parrain-core` to read the body, and asks the shop's ledger, the one authority, to decide. Workers KV
//! ([`stores`]) holds copies for quick reads. What goes wrong anywhere becomes a [`problem::Error`].
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]
// Workers are single-threaded: no future of ours is ever sent to another thread.
#![allow(async_fn_in_trait)]

pub mod alarm;
pub mod app;
pub mod bots;
pub mod cors;
pub mod deliveries;
pub mod details;
pub mod http;
pub mod identity;
pub mod intake;
pub mod landing;
pub mod ledger;
pub mod payfile;
pub mod pictures;
pub mod platform;
pub mod problem;
pub mod protocol;
pub mod route;
pub mod sepa;
pub mod shop_id;
pub mod signature;
pub mod stores;
pub mod token;
pub mod yearfile;
pub mod zones;

#[cfg(target_arch = "wasm32")]
mod glue;
#[cfg(test)]
mod seeds;
