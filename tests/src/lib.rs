//! What the black-box tests share: where the running stack is, an HTTP client, the contract's bodies,
//! signed events, a line that can be cut, a storefront of one's own, a browser, and the scenarios of rewards.
//!
//! The stack is started by `cargo xtask test`, which says where it is in the environment (see
//! [`mod@env`]). A test makes a shop of its own with [`shop::TestShop`], which is removed at its end,
//! so that tests run side by side on one edge. The functions here panic where something is not
//! as it must be: a panic is how a test fails.

pub mod bodies;
#[cfg(feature = "browser")]
pub mod browser;
#[cfg(feature = "browser")]
pub mod desk;
pub mod env;
pub mod http;
pub mod line;
pub mod own_edge;
pub mod pages;
pub mod receiver;
pub mod resend;
pub mod scenario;
pub mod schema;
pub mod serving;
pub mod shop;
pub mod storefront;

/// So many random letters and digits, in lower case, for names that no other test has.
pub fn random(length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the machine has randomness");
    bytes.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect()
}

/// Looks again and again until there is something, for at most `seconds`.
///
/// # Panics
/// When there is nothing by then, with what was looked for.
pub fn eventually<T>(seconds: u64, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(std::time::Instant::now() < end, "after {seconds} s there is still no {what}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
