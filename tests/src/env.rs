//! Where the running stack is, as `cargo xtask test` says it in the environment.

use std::path::PathBuf;

/// Base URL of the edge, without a slash at its end (`PARRAIN_BASE`).
pub fn base() -> String {
    need("PARRAIN_BASE").trim_end_matches('/').to_owned()
}

/// The edge's admin token (`PARRAIN_ADMIN_TOKEN`).
pub fn admin_token() -> String {
    need("PARRAIN_ADMIN_TOKEN")
}

/// Base URL of the demo shop, without a slash at its end (`PARRAIN_SHOP_URL`).
pub fn demo_shop() -> String {
    need("PARRAIN_SHOP_URL").trim_end_matches('/').to_owned()
}

/// The folder of what the edge serves as files (`PARRAIN_ASSETS`).
pub fn assets() -> PathBuf {
    PathBuf::from(need("PARRAIN_ASSETS"))
}

/// The edge as it was built, as wrangler's set-up (`PARRAIN_CONFIG`): for a test that starts one of its own.
pub fn config() -> PathBuf {
    need("PARRAIN_CONFIG").into()
}

/// URL of chromedriver (`PARRAIN_WEBDRIVER`). Tests that need it are in files of their own, which Cargo
/// builds with the feature `browser` alone: `cargo xtask test --quick` leaves those out.
pub fn webdriver() -> String {
    need("PARRAIN_WEBDRIVER")
}

fn need(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => {
            panic!("{name} is not set: these tests need the running stack, start them by `cargo xtask test`")
        }
    }
}
