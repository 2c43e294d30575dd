//! A referrer of a shop (contract section 7).

use crate::word::words;

words! {
    /// Whether a referrer takes part in the program.
    pub enum Activity {
        /// Earns.
        Active = "active",
        /// For now earns nothing new; customers stay the referrer's.
        Paused = "paused",
        /// No longer takes part: codes, visits and runs count for nothing from that instant on, and what was
        /// earned stays.
        Ended = "ended",
    }
}

// `words!` derives what all words have; that one is the usual case is this one's own.
#[allow(clippy::derivable_impls, reason = "the macro declares the enumeration")]
impl Default for Activity {
    fn default() -> Self {
        Self::Active
    }
}
