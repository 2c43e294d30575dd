//! Any bytes as an event: read or refused, and what is read is decided and valued without harm.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parrain_fuzz::events::run(bytes));
