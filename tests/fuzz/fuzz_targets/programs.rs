//! Any bytes as a program: refused with pointers, or read, printed and read back the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parrain_fuzz::programs::run(bytes));
