//! Any bytes as an address of a page, of a person, as a code and as the words of a link: read the same twice, and a link
//! never leads off the shop's own origin.

use parrain_core::email;
use parrain_edge::landing;
use parrain_wire::address;

/// Where the links of this target lead.
const LANDING: &str = "https://shop.example/welcome?a=1#top";

/// One input.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(canonical) = email::normalise(&text) {
        assert_eq!(email::normalise(&canonical).as_ref(), Some(&canonical), "canonical is canonical");
    }
    for code in address::codes(&text, &["ref", "code"]) {
        assert_eq!(address::code(code.as_str()).as_ref(), Some(&code));
    }
    for code in [None, Some("ANNA10")] {
        if let Some(target) = landing::target(LANDING, &text, "ref", code) {
            assert!(target.starts_with("https://shop.example/"), "{target}");
            let told = code.is_none_or(|code| {
                address::codes(&target, &["ref"]).first().is_some_and(|first| first.as_str() == code)
            });
            assert!(told, "{target}");
        }
    }
}
