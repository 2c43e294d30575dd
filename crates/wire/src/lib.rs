//! Every body of the wire contract as a type, and what both of its ends must read alike: codes, touches, the
//! addresses that carry codes, instants.
//!
//! Nothing in here knows a clock, a network, a browser or a runtime, so that the widget, the edge, the rules and
//! the tests speak by the same types. `docs/contract.md` says what they mean; its sections are cited.
//!
//! **Readers are lenient where versions differ.** A widget that was loaded yesterday reads the answers of today's
//! edge and the other way round: a field that is missing, `null` or of another form reads as nothing, an unknown
//! one is ignored, and a word that is not known yet is a [`Known::Other`]. What somebody *sends* to be decided on
//! is another matter: the edge reads requests with `parrain_core::check`, which names every fault.

pub mod account;
pub mod address;
pub mod amount;
pub mod books;
pub mod code;
pub mod connections;
pub mod contacts;
pub mod deliveries;
pub mod desk;
pub mod details;
pub mod event;
pub mod experiments;
pub mod imports;
pub mod instant;
pub mod lenient;
pub mod mail;
pub mod materials;
pub mod moment;
pub mod order;
pub mod page;
pub mod pairs;
pub mod payouts;
pub mod plain;
pub mod problem;
pub mod program;
pub mod promotion;
pub mod read;
pub mod referrer;
pub mod rewards;
#[cfg(feature = "schema")]
mod schema;
pub mod shops;
pub mod signals;
pub mod tasks;
pub mod touch;
pub mod word;
pub mod yearly;

pub use code::{Code, NotACode};
pub use instant::Instant;
pub use lenient::Loose;
pub use pairs::{Pairs, Texts};
pub use touch::{Source, Touch};
pub use word::{Known, Word};
