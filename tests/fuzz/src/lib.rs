//! What each fuzz target does with an input. Tests of `parrain-edge` feed them their corpora, so that they compile and hold
//! wherever tests run; only to fuzz them takes a sanitizer, and so the compiler's own features.

pub mod addresses;
pub mod events;
pub mod imports;
pub mod pictures;
pub mod platforms;
pub mod programs;
pub mod signatures;
pub mod texts;
