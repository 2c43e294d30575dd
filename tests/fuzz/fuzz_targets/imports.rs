//! See `parrain_fuzz::imports`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parrain_fuzz::imports::run(bytes));
