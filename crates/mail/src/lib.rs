//! The mail that the edge sends for a shop: each kind of it, in the widget's eight languages, as plain text and as HTML
//! of one source.
//!
//! Text from outside (a referrer's name, an order's number, a shop's own wording) never becomes markup, a header or
//! a paragraph: it is cleaned where it is filled in, and HTML is only ever made by `maud`, which escapes it.

#![forbid(unsafe_code)]

pub mod facts;
mod figures;
mod letter;
mod own;
mod stop;
mod words;

pub use facts::Facts;
pub use letter::{Letter, Writing};
pub use own::{MOST_BODY, MOST_SUBJECT, fields, missing, unknown};
pub use stop::{Stop, stop_page};
pub use words::{Words, spoken};
