//! Which codes an address carries, soiled as chats, mailers, shorteners and people's hands leave it.
//!
//! The page, the share link, the addresses that platforms report and, where no wasm runs, the loader all read
//! addresses by this one rule (contract section 2):
//!
//! 1. What follows the first `?` or `#` is cut at every `?`, `&` and `#` into `name=value`. So a second `?`, an
//!    `&amp;` and a fragment with parameters of its own are read as what they were meant to be. An address in which no
//!    parameter can be seen is decoded first: some mailers encode it whole.
//! 2. Names are compared without case, without the `amp;` of an `&amp;` and without the brackets of an array.
//! 3. A value is decoded until nothing is encoded any more. Then what cannot belong to a code is cut off: signs
//!    before it; all from the first sign on by which addresses, markup and lists go on; signs behind it. What is left
//!    is a code or is none: no letter is ever guessed, and a text that goes on behind a blank, a dot or an underscore is
//!    another word, not a shorter code.
//! 4. Every value that might be a code is a candidate, by the order of the names, then by place. Which of them are
//!    anybody's is the edge's to say.
//!
//! `vectors/addresses.json` holds the cases by which `www/widget/loader.js` is held to the same.

use crate::code::{Code, visible};
use crate::plain::cut;

/// The most candidates of one address.
pub const MOST: usize = 5;

/// Encoded in one another so often at most.
const LAYERS: usize = 3;

/// The codes that an address may carry in parameters of these names: first those of the first name, at most
/// [`MOST`], each once. The address may begin anywhere before its `?` or `#`.
pub fn codes<N: AsRef<str>>(address: &str, names: &[N]) -> Vec<Code> {
    let mut whole = parameters(address).to_owned();
    if !whole.bytes().any(|byte| byte == b'=') {
        whole = parameters(&decoded(address)).to_owned();
    }
    let mut pairs = Vec::new();
    for pair in whole.split(is_mark) {
        let (key, value) = cut(pair, b'=');
        pairs.push((name_of(key), value));
    }
    let mut codes: Vec<Code> = Vec::new();
    for name in names {
        let name = name.as_ref().trim_ascii();
        for (key, value) in &pairs {
            if !key.eq_ignore_ascii_case(name) || codes.len() == MOST {
                continue;
            }
            if let Some(code) = code(value).filter(|code| !codes.contains(code)) {
                codes.push(code);
            }
        }
    }
    codes
}

/// The code that a soiled text holds, such as the last part of a share link: rule 3 alone.
pub fn code(text: &str) -> Option<Code> {
    let mut text = text.to_owned();
    for _ in 0..LAYERS {
        text = decoded(&text);
    }
    let text = visible(&text);
    let text = text.trim_start_matches(is_soil);
    let text = text.split(ends_value).next().unwrap_or_default();
    Code::exact(text.trim_end_matches(is_soil))
}

fn parameters(address: &str) -> &str {
    let start =
        address.bytes().position(|byte| matches!(byte, b'?' | b'#')).map_or(address.len(), |at| at + 1);
    address.get(start..).unwrap_or_default()
}

/// What stands between two parameters, or before the first.
fn is_mark(c: char) -> bool {
    matches!(c, '?' | '&' | '#')
}

/// The name of a parameter as it stands in an address, without what is not its own: `ref` of `amp;ref` and of `ref%5B%5D`.
pub fn name_of(key: &str) -> String {
    let mut name = decoded(key);
    while let Some(rest) = ["amp;", "AMP;", "38;", "x26;"].iter().find_map(|soil| name.strip_prefix(soil)) {
        name = rest.to_owned();
    }
    match cut(&name, b'[') {
        (before, rest) if rest.ends_with(']') => before.to_owned(),
        _ => name,
    }
}

/// A text with `%41` read as `A`; as it stands where that is no UTF-8, or is cut off.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let read = if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            digit(rest.next()).zip(digit(rest.next())).map(|(high, low)| (high * 16 + low) as u8)
        } else {
            Some(byte)
        };
        match read {
            Some(byte) => bytes.push(byte),
            None => return text.to_owned(),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Signs with which an address, markup or a list goes on behind a value, and which no shop writes into a code.
fn ends_value(c: char) -> bool {
    matches!(
        c,
        '\0'..='\x1f'
            | '?'
            | '&'
            | '#'
            | '/'
            | '\\'
            | ';'
            | ','
            | '='
            | '"'
            | '<'
            | '>'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '|'
    )
}

/// Signs, blanks and pictures that stand around a code and cannot be letters of another word: of ASCII all but
/// letters, digits, `-`, `_` and `%`; beyond it what is no letter in any script.
fn is_soil(c: char) -> bool {
    match c {
        // A `%` that was not decoded is what is left of letters that were cut off.
        '-' | '_' | '%' => false,
        '\0'..='\x7f' => !c.is_ascii_alphanumeric(),
        _ => matches!(c, '\u{a0}' | '\u{ab}' | '\u{b7}' | '\u{bb}' | '\u{60c}' | '\u{61b}'..='\u{61f}'
            | '\u{2000}'..='\u{206f}' | '\u{2600}'..='\u{27bf}' | '\u{3000}'..='\u{301f}' | '\u{fe0f}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{1f000}'..='\u{1faff}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Case {
        address: String,
        names: Vec<String>,
        codes: Vec<String>,
    }

    #[test]
    fn addresses_are_read_as_the_vectors_say() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../vectors/addresses.json")).unwrap();
        for case in cases {
            let found: Vec<String> =
                codes(&case.address, &case.names).iter().map(|code| code.to_string()).collect();
            assert_eq!(found, case.codes, "{} by {:?}", case.address, case.names);
        }
    }

    #[test]
    fn the_last_part_of_a_share_link_is_read_alike() {
        for text in [
            "anna10",
            "ANNA10/",
            "ANNA10.",
            "ANNA10)",
            "ANNA10,",
            "ANNA10%20",
            "ANNA%31%30",
            "ANNA10%2F",
            "ANNA10%252F",
            "ANNA10\u{200b}",
            "ANNA10&utm_source=a",
            "ANNA10?fbclid=x",
            "“ANNA10”",
        ] {
            assert_eq!(code(text).as_ref().map(Code::as_str), Some("ANNA10"), "{text}");
        }
        for text in ["", "AB", "ANNA_10", "ANNA.10", "ANNA%", "NOËL10", "ANNE\u{301}", "..", "%E2%80%8B"] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn whatever_stands_around_a_code_it_is_found_or_none_is(
            before in "[?&/.(\u{200b} ]{0,4}", code in "[A-Z0-9-]{3,32}", after in "([?&/.),\u{200b}…!]{0,4}|&utm_x=[a-z]{1,9})",
        ) {
            let address = format!("https://shop.example/?x=1&ref={before}{code}{after}");
            let found = codes(&address, &["ref"]);
            // A `?` or `&` before the code ends the parameter.
            let cut = before.contains(['?', '&']);
            proptest::prop_assert_eq!(found.first().map(Code::as_str), (!cut).then_some(code.as_str()));
        }

        #[test]
        fn no_address_does_harm(address in ".{0,80}", name in ".{0,9}") {
            proptest::prop_assert!(codes(&address, &[name]).len() <= MOST);
        }
    }
}
