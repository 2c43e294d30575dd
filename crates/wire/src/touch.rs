//! The touches of one visitor: which are kept, and the cookie `parrain_ref` that carries them.
//!
//! The cookie's value is `v1.CODE.source.unixseconds` entries joined by `~`, the latest last, at most
//! five; `source` is `l` for a link and `p` for a promo code. Every character of it is allowed in a
//! cookie as it stands, so that a shop's server reads it without decoding.
//!
//! `vectors/touches.json` holds the cases by which `www/widget/loader.js` is held to the same.

use crate::code::Code;
use crate::instant::Instant;
use crate::plain::{cut, decimal, number, parts};
use crate::word::words;
use serde::{Deserialize, Serialize};

/// At most so many touches are kept: enough for every attribution model, small enough for a header.
pub const MOST: usize = 5;

/// A second arrival by the same link within so many seconds is a reload, not another visit.
pub const RELOAD_SECONDS: i64 = 1800;

words! {
    /// How a code reached the shop.
    pub enum Source {
        /// The shopper followed a link that carries the code.
        Link = "link",
        /// The shopper typed the code, or pressed "apply".
        PromoCode = "promo_code",
    }
}

/// One visit by a code, as events and orders carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "EventTouch"))]
pub struct Touch {
    /// Whose. What cannot be a code is nobody's.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub code: Code,
    /// How it came.
    pub source: Source,
    /// When. The visitor's device keeps whole seconds, by its own clock.
    pub at: Instant,
}

/// Reads a cookie value. Entries that make no sense are left out: anything may stand in a cookie.
pub fn parse(value: &str) -> Vec<Touch> {
    let mut touches = Vec::new();
    for part in parts(value, b'~') {
        if let Some(touch) = entry(part) {
            touches.push(touch);
        }
    }
    trim(&mut touches);
    touches
}

/// Writes the cookie value that [`parse`] reads.
pub fn write(touches: &[Touch]) -> String {
    let mut value = String::new();
    for touch in touches {
        let source = match touch.source {
            Source::Link => ".l.",
            Source::PromoCode => ".p.",
        };
        let before = if value.is_empty() { "v1." } else { "~v1." };
        for piece in [before, touch.code.as_str(), source, &decimal(touch.at.seconds())] {
            value.push_str(piece);
        }
    }
    value
}

/// Adds a touch and answers whether it is a new one (a reload is not). A later visit by the code that came last
/// moves that touch on, unless it is the only one: the first stays as it is, for programs that pay the first.
pub fn add(touches: &mut Vec<Touch>, new: Touch) -> bool {
    let count = touches.len();
    if let Some(last) = touches.last_mut().filter(|last| last.code == new.code && last.source == new.source) {
        let age = new.at.seconds() - last.at.seconds();
        if (0..RELOAD_SECONDS).contains(&age) {
            return false;
        }
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
pub fn expire(touches: &mut Vec<Touch>, now: Instant, days: i64) {
    touches.retain(|touch| now.seconds() - touch.at.seconds() <= days.saturating_mul(86_400));
}

/// The code that the shopper typed or applied last.
pub fn applied(touches: &[Touch]) -> Option<&Code> {
    touches.iter().rev().find(|touch| touch.source == Source::PromoCode).map(|touch| &touch.code)
}

/// Keeps the first and the last ones: the two ends are what attribution asks for.
fn trim(touches: &mut Vec<Touch>) {
    while touches.len() > MOST {
        drop(touches.remove(1));
    }
}

fn entry(text: &str) -> Option<Touch> {
    let (code, rest) = cut(text.strip_prefix("v1.")?, b'.');
    let (source, at) = cut(rest, b'.');
    let source = match source {
        "l" => Source::Link,
        "p" => Source::PromoCode,
        _ => return None,
    };
    // As many digits as an instant has seconds.
    let at = number(at).filter(|seconds| *seconds > 0 && at.len() <= 12)?;
    Some(Touch { code: Code::read(code)?, source, at: Instant::from_seconds(at) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was kept, a code that comes by a link at a second, and what is kept then.
    #[derive(serde::Deserialize)]
    struct Case {
        kept: String,
        code: String,
        source: Source,
        at: i64,
        then: String,
        new: bool,
    }

    #[test]
    fn touches_are_kept_as_the_vectors_say() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../vectors/touches.json")).unwrap();
        for case in cases {
            let mut touches = parse(&case.kept);
            let touch = Touch {
                code: case.code.parse().unwrap(),
                source: case.source,
                at: Instant::from_seconds(case.at),
            };
            let new = add(&mut touches, touch);
            assert_eq!((write(&touches), new), (case.then, case.new), "{} and {}", case.kept, case.code);
        }
    }

    #[test]
    fn writes_the_agreed_form_and_reads_it_back() {
        let text = "v1.ANNA10.l.1762000000~v1.BOB22.p.1762000100";
        let touches = parse(text);
        assert_eq!(touches.len(), 2);
        assert_eq!(touches[1].source, Source::PromoCode);
        assert_eq!(write(&touches), text);
        assert_eq!(applied(&touches).map(Code::as_str), Some("BOB22"));
        assert_eq!(
            serde_json::to_value(&touches[0]).unwrap(),
            serde_json::json!({"code": "ANNA10", "source": "link", "at": "2025-11-01T12:26:40Z"})
        );
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
            "v1.ANNA10.l.+5",
            "v1.ANNA10.l.0",
            "v1.ANNA10.l.9999999999999",
            "v1.ANNA10.l.1.2",
            "v1.ANNA10.l",
            "%00",
        ] {
            assert!(parse(odd).is_empty(), "{odd}");
        }
        assert_eq!(parse("nonsense~v1.ANNA10.l.5").len(), 1);
        assert_eq!(parse(&"v1.ANNA10.l.5~".repeat(9)).len(), MOST);
    }

    #[test]
    fn the_window_is_counted_in_days() {
        let kept = parse("v1.ANNA10.l.1~v1.BOB22.l.86401");
        let mut touches = kept.clone();
        expire(&mut touches, Instant::from_seconds(31 * 86_400 + 1), 30);
        assert_eq!(touches, kept[1..]);
    }
}
