//! Any bytes as the three signature headers, a body, a token and an identity: never right, never harmful.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parrain_fuzz::signatures::run(bytes));
