//! See `parrain_fuzz::pictures`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parrain_fuzz::pictures::run(bytes));
