//! Which seeds the simulated days are lived through with.

use std::ops::RangeInclusive;

/// Seeds of a run in CI.
const USUAL: u64 = 500;

/// The one of `PARRAIN_SEED`, to replay a failure; else as many as `PARRAIN_SEEDS` says.
pub fn seeds() -> RangeInclusive<u64> {
    seeds_or(USUAL)
}

/// The same, `usual` of them in CI: for days that take long to live through.
pub fn seeds_or(usual: u64) -> RangeInclusive<u64> {
    if let Some(one) = number("PARRAIN_SEED") {
        return one..=one;
    }
    let count = number("PARRAIN_SEEDS").unwrap_or(usual);
    assert!(count > 0, "PARRAIN_SEEDS=0 would test nothing");
    0..=count - 1
}

/// How to see again what a seed showed.
pub fn replay(seed: u64) -> String {
    format!("seed {seed}; PARRAIN_SEED={seed} replays it")
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")))
}
