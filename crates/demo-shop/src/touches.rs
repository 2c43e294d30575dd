//! What a visitor's browser says about how they came: codes and touches, read from form fields
//! and a cookie that anybody can write, so that nothing in them is believed before it is read.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use parrain_wire::{Code, Source};

/// One visit with a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// Whose.
    pub code: Code,
    /// How.
    pub source: Source,
    /// When, to the second.
    pub at: Timestamp,
}

/// The touches that an order takes along: those of the hidden field `parrain_touches`, or,
/// where the page could not fill it, those of the cookie `parrain_ref`. At most [`MOST`], the
/// latest last, none older than the edge would hear of, and none after `now`: the browser's
/// clock may be ahead of the shop's, and what it noted did happen before this request.
pub fn collect(field: Option<&str>, cookie: Option<&str>, now: Timestamp) -> Vec<Touch> {
    let mut touches = field
        .map(from_json)
        .filter(|t| !t.is_empty())
        .unwrap_or_else(|| cookie.map(from_cookie).unwrap_or_default());
    for touch in &mut touches {
        touch.at = touch.at.min(now);
    }
    touches.retain(|t| now.duration_since(t.at) < OLDEST);
    touches.sort_by_key(|t| t.at);
    touches.drain(..touches.len().saturating_sub(MOST));
    touches
}

/// Touches taken along at most.
pub const MOST: usize = 10;

/// The edge refuses what is older (contract section 4: 800 days).
const OLDEST: SignedDuration = SignedDuration::from_hours(800 * 24);

/// The most text that is looked at.
const LONGEST: usize = 8192;

/// Reads the JSON array `[{"code","source","at"}]`; entries that do not fit are left out.
fn from_json(text: &str) -> Vec<Touch> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let entries: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
    entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect()
}

/// Reads the cookie: entries `v1.CODE.l.SECONDS` (`l` link, `p` typed) joined by `~`, perhaps
/// percent-encoded; entries that do not fit are left out.
fn from_cookie(text: &str) -> Vec<Touch> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let text = text.replace("%7E", "~").replace("%7e", "~");
    text.split('~').filter_map(cookie_entry).collect()
}

fn cookie_entry(entry: &str) -> Option<Touch> {
    let mut parts = entry.split('.');
    let (version, code, source, seconds) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let source = match source {
        "l" => Source::Link,
        "p" => Source::PromoCode,
        _ => return None,
    };
    if version != "v1" || parts.next().is_some() || !seconds.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some(Touch { code: code.parse().ok()?, source, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn now() -> Timestamp {
        at("2026-11-21T12:00:00Z")
    }

    #[test]
    fn reads_the_cookie_in_either_encoding() {
        let seconds = at("2026-11-20T00:00:00Z").as_second();
        for joint in ["~", "%7E", "%7e"] {
            let text = format!("v1.anna10.l.{}{joint}v1.BOB22.p.{seconds}", seconds - 60);
            let touches = collect(None, Some(&text), now());
            assert_eq!(touches.len(), 2, "{text}");
            assert_eq!((touches[0].code.as_str(), touches[0].source), ("ANNA10", Source::Link));
            assert_eq!((touches[1].code.as_str(), touches[1].source), ("BOB22", Source::PromoCode));
            assert_eq!(touches[1].at, at("2026-11-20T00:00:00Z"));
        }
    }

    #[test]
    fn the_field_wins_and_an_empty_one_falls_back() {
        let field = r#"[{"code":"ANNA10","source":"link","at":"2026-11-20T09:00:00Z"}]"#;
        let cookie = "v1.BOB22.l.1795000000";
        assert_eq!(collect(Some(field), Some(cookie), now())[0].code.as_str(), "ANNA10");
        for empty in ["", "[]", "null", "{", "[1,null,{}]"] {
            assert_eq!(collect(Some(empty), Some(cookie), now())[0].code.as_str(), "BOB22", "{empty}");
        }
    }

    #[test]
    fn keeps_the_good_entries_of_a_hostile_list() {
        let field = r#"[{"code":"<script>","source":"link","at":"2026-11-20T09:00:00Z"},
            {"code":"ANNA10","source":"banner","at":"2026-11-20T09:00:00Z"},
            {"code":"ANNA10","source":"link","at":"yesterday"},
            {"code":"ANNA10","source":"link","at":"0001-01-01T00:00:00Z"},
            {"code":"GOOD-1","source":"promo_code","at":"2026-11-20T09:00:00Z","extra":[[]]}]"#;
        let touches = collect(Some(field), None, now());
        assert_eq!(touches.len(), 1);
        assert_eq!(touches[0].code.as_str(), "GOOD-1");
        for cookie in [
            "v2.ANNA10.l.1795000000",
            "v1.ANNA10.l.-5",
            "v1.ANNA10.l.99999999999999999999",
            "v1.ANNA10.l",
            "v1.A.l.1795000000",
            "v1.ANNA10.l.1.1",
        ] {
            assert_eq!(collect(None, Some(cookie), now()), [], "{cookie}");
        }
    }

    #[test]
    fn a_fast_browser_clock_costs_nobody_their_reward() {
        let field = r#"[{"code":"ANNA10","source":"link","at":"2026-11-21T12:07:00Z"}]"#;
        assert_eq!(collect(Some(field), None, now())[0].at, now());
    }

    #[test]
    fn takes_the_latest_few() {
        let start = now().as_second() - 1000;
        let cookie: Vec<String> = (0..30).map(|i| format!("v1.CODE-{i}.l.{}", start + i)).collect();
        let touches = collect(None, Some(&cookie.join("~")), now());
        assert_eq!(touches.len(), MOST);
        assert_eq!(touches[MOST - 1].code.as_str(), "CODE-29");
    }

    proptest! {
        #[test]
        fn no_text_upsets_it(field in ".{0,200}", cookie in ".{0,200}") {
            let touches = collect(Some(&field), Some(&cookie), now());
            prop_assert!(touches.len() <= MOST);
        }
    }
}
