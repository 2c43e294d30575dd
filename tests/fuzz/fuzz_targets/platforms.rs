//! See `parrain_fuzz::platforms`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parrain_fuzz::platforms::run(bytes));
