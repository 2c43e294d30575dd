//! The touches of one visitor, and the cookie `parrain_ref` that carries them.
//!
//! The cookie's value is `v1.CODE.source.unixseconds` entries joined by `~`, the latest last, at most
//! five; `source` is `l` for a link and `p` for a promo code. Every character of it is allowed in a
//! cookie as it stands, so that a shop's server reads it without decoding.

use crate::code;
use crate::text::{cut, decimal, number};

/// At most so many touches are kept: enough for every attribution model, small enough for a header.
const MOST: usize = 5;

/// A second arrival by the same link within so many seconds is a reload, not another visit.
const RELOAD_SECONDS: i64 = 1800;

/// How a code reached the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The shopper followed a link that carries the code.
    Link,
    /// The shopper typed the code, or pressed "apply".
    PromoCode,
}

impl Source {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Source::Link => "link",
            Source::PromoCode => "promo_code",
        }
    }
}

/// One visit by a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The code, in its written form.
    pub code: String,
    /// How it came.
    pub source: Source,
    /// When, in seconds since 1970 by the visitor's clock.
    pub at: i64,
}

/// Reads a cookie value. Entries that make no sense are left out: anything may stand in a cookie.
pub fn parse(value: &str) -> Vec<Touch> {
    let mut touches = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        let (text, after) = cut(rest, b'~');
        touches.extend(entry(text));
        rest = after;
    }
    trim(&mut touches);
    touches
}

/// Writes the cookie value that [`parse`] reads.
pub fn write(touches: &[Touch]) -> String {
    let mut value = String::new();
    for touch in touches {
        if !value.is_empty() {
            value.push('~');
        }
        value.push_str("v1.");
        value.push_str(&touch.code);
        value.push_str(if touch.source == Source::Link { ".l." } else { ".p." });
        value.push_str(&decimal(touch.at));
    }
    value
}

/// Adds a touch and answers whether it is a new one (a reload is not).
pub fn add(touches: &mut Vec<Touch>, new: Touch) -> bool {
    let count = touches.len();
    if let Some(last) = touches.last_mut().filter(|last| last.code == new.code && last.source == new.source) {
        let age = new.at - last.at;
        if (0..RELOAD_SECONDS).contains(&age) {
            return false;
        }
        // The first touch stays as it is, for programs that pay the first; a later repeat moves on.
        if count > 1 {
            last.at = new.at;
            return true;
        }
    }
    touches.push(new);
    trim(touches);
    true
}

/// Drops what lies outside the program's window of `days`, counted back from `now`.
pub fn expire(touches: &mut Vec<Touch>, now: i64, days: i64) {
    keep(touches, &|touch| now - touch.at <= days * 86_400);
}

/// Keeps those touches alone that fulfil a condition.
#[inline(never)]
pub fn keep(touches: &mut Vec<Touch>, condition: &dyn Fn(&Touch) -> bool) {
    touches.retain(condition);
}

/// The code that the shopper typed or applied last.
pub fn applied(touches: &[Touch]) -> Option<&str> {
    touches.iter().rev().find(|touch| touch.source == Source::PromoCode).map(|touch| touch.code.as_str())
}

/// Keeps the first and the last ones: the two ends are what attribution asks for.
fn trim(touches: &mut Vec<Touch>) {
    while touches.len() > MOST {
        drop(touches.remove(1));
    }
}

fn entry(text: &str) -> Option<Touch> {
    let (version, rest) = cut(text, b'.');
    let (code, rest) = cut(rest, b'.');
    let (source, at) = cut(rest, b'.');
    let source = match source {
        "l" => Source::Link,
        "p" => Source::PromoCode,
        _ => return None,
    };
    let code = code::normalize(code).filter(|_| version == "v1")?;
    Some(Touch { code, source, at: number(at).filter(|at| *at > 0)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(code: &str, at: i64) -> Touch {
        Touch { code: code.into(), source: Source::Link, at }
    }

    #[test]
    fn writes_the_agreed_form_and_reads_it_back() {
        let text = "v1.ANNA10.l.1762000000~v1.BOB22.p.1762000100";
        let touches = parse(text);
        assert_eq!(touches.len(), 2);
        assert_eq!(touches[1].source, Source::PromoCode);
        assert_eq!(write(&touches), text);
        assert_eq!(applied(&touches), Some("BOB22"));
    }

    #[test]
    fn leaves_out_what_makes_no_sense() {
        for odd in [
            "",
            "~~~",
            "v2.ANNA10.l.1",
            "v1.ANNA10.x.1",
            "v1.A.l.1",
            "v1.ANNA10.l.-5",
            "v1.ANNA10.l.1.2",
            "%00",
        ] {
            assert!(parse(odd).is_empty(), "{odd}");
        }
        assert_eq!(parse("nonsense~v1.ANNA10.l.5").len(), 1);
    }

    #[test]
    fn keeps_the_first_and_the_last_of_many() {
        let mut touches = Vec::new();
        for n in 0..9 {
            assert!(add(&mut touches, link(["ANNA10", "BOB22"][n as usize % 2], 10_000 * (n + 1))));
        }
        assert_eq!(touches.len(), 5);
        assert_eq!(touches.first().map(|t| t.at), Some(10_000));
        assert_eq!(touches.last().map(|t| t.at), Some(90_000));
    }

    #[test]
    fn a_reload_is_no_second_touch_but_a_visit_next_day_is() {
        let mut touches = vec![link("ANNA10", 100)];
        assert!(!add(&mut touches, link("ANNA10", 160)));
        assert!(add(&mut touches, link("ANNA10", 90_000)));
        assert!(add(&mut touches, link("ANNA10", 190_000)));
        assert_eq!(touches, vec![link("ANNA10", 100), link("ANNA10", 190_000)]);
    }

    #[test]
    fn the_window_is_counted_in_days() {
        let mut touches = vec![link("ANNA10", 0), link("BOB22", 86_400)];
        expire(&mut touches, 31 * 86_400, 30);
        assert_eq!(touches.len(), 1);
    }
}
