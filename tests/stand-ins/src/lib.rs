//! What stands for the interfaces of Shopify, WooCommerce, Stripe, Brevo and Klaviyo in tests: each keeps what it was told to make, and
//! refuses what the real one refuses: requests of another form, wrong credentials, missing rights, too many at a time, a code
//! that is taken.
//!
//! They are plain values without a network and a clock, so that the edge's own tests use them in memory, and black-box
//! tests serve them. Sources are the platforms' documents as of November 2026; what those leave open is marked (?).

mod contacts;
mod shopify;
mod shopify_orders;
mod stripe;
mod woocommerce;

pub use contacts::{Brevo, Klaviyo};
pub use shopify::Shopify;
pub use stripe::Stripe;
pub use woocommerce::Woocommerce;

use serde_json::Value;
use std::collections::VecDeque;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, without the address at which the stand-in is reached.
    pub path: String,
    /// What stands behind the `?`.
    pub query: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Asked {
    /// A header's text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<i64>,
    /// The body, JSON.
    pub body: String,
}

impl Answered {
    fn json(status: u16, body: &Value) -> Self {
        Self { status, retry_after: None, body: body.to_string() }
    }
}

/// How one request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Well,
    /// It is done, and nothing is ever answered.
    TimesOutAfter,
    /// Nothing is done, and nothing is ever answered.
    TimesOutBefore,
    /// It is done, and the answer is a failure all the same.
    FailsAfter,
    /// Nothing is done: a failure of the platform's own.
    FailsBefore,
    /// It is done, and the answer breaks off after so many characters, with the status of a whole one.
    BreaksOff(usize),
    /// Nothing is done: 429, with how many seconds to wait where that is said.
    Slow(Option<i64>),
}

/// A platform's interface.
pub trait StandIn {
    /// How the next requests go; after them all goes well.
    fn moods(&mut self) -> &mut VecDeque<Mood>;

    /// Does what is asked, `now` being milliseconds of Unix time.
    fn serve(&mut self, asked: &Asked, now: i64) -> Answered;

    /// The same as its mood has it; `None` where nothing is ever answered.
    fn answer(&mut self, asked: &Asked, now: i64) -> Option<Answered> {
        let failure = || Answered { status: 502, retry_after: None, body: "<html>Bad Gateway</html>".into() };
        match self.moods().pop_front().unwrap_or(Mood::Well) {
            Mood::Well => Some(self.serve(asked, now)),
            Mood::TimesOutBefore => None,
            Mood::TimesOutAfter => {
                self.serve(asked, now);
                None
            }
            Mood::FailsBefore => Some(failure()),
            Mood::FailsAfter => {
                self.serve(asked, now);
                Some(failure())
            }
            Mood::BreaksOff(after) => {
                let whole = self.serve(asked, now);
                Some(Answered { body: whole.body.chars().take(after).collect(), ..whole })
            }
            Mood::Slow(retry_after) => {
                Some(Answered { status: 429, retry_after, body: r#"{"errors":"too many requests"}"#.into() })
            }
        }
    }
}

/// The names of an object that are not among those known.
fn unknown<'a>(object: &'a Value, known: &[&str]) -> Vec<&'a str> {
    let names = object.as_object().into_iter().flat_map(|members| members.keys());
    names.map(String::as_str).filter(|name| !known.contains(name)).collect()
}

/// Whether a text is an amount or another plain decimal.
fn is_decimal(text: &str) -> bool {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(rest)
}

/// A decimal in hundredths of a hundredth, for comparing.
fn parts(text: &str) -> i64 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let rest: String = rest.chars().chain("0000".chars()).take(4).collect();
    format!("{whole}{rest}").parse().unwrap_or_default()
}

/// An instant as platforms write one, of milliseconds of Unix time.
fn instant(millis: i64) -> String {
    // Civil date of days, after Howard Hinnant's `civil_from_days`.
    let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_those_of_the_calendar() {
        assert_eq!(instant(0), "1970-01-01T00:00:00Z");
        assert_eq!(instant(1_795_176_000_000), "2026-11-20T12:00:00Z");
        assert_eq!(instant(1_709_164_800_000), "2024-02-29T00:00:00Z");
    }

    #[test]
    fn decimals_are_compared_by_value() {
        assert_eq!(parts("10.00"), parts("10"));
        assert!(parts("9.99") < parts("10") && is_decimal("10.5") && !is_decimal("-1") && !is_decimal("1e3"));
    }
}
