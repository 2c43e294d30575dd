//! Referral codes: how they are written, compared, read and made up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The letters and digits of generated codes: none of `0 O 1 I L`, which are misread aloud or on paper.
pub const READABLE: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// The fewest characters of a code.
const SHORTEST: usize = 3;
/// The most characters of a code.
const LONGEST: usize = 32;

/// A referral or promo code: 3 to 32 of `A-Z 0-9 -`, kept in upper case because codes are compared
/// without case (contract section 2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Code(String);

impl Code {
    /// The code that a text is, as somebody typed or pasted it: blanks around it and what nobody sees (zero-width
    /// characters, marks of direction at its ends) are forgiven. Anything else that does not belong is not: a wrong
    /// guess at what was meant would pay the wrong person.
    pub fn read(text: &str) -> Option<Self> {
        Self::exact(visible(text).trim_matches(is_blank))
    }

    /// The code that a text is, to the letter.
    pub(crate) fn exact(text: &str) -> Option<Self> {
        let fits = (SHORTEST..=LONGEST).contains(&text.len());
        (fits && text.bytes().all(belongs)).then(|| Self(text.to_ascii_uppercase()))
    }

    /// The code in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A code that is easy to read out, such as `K7PM-4XQD`, from eight random bytes. 31^8 codes make a
    /// clash rare; the caller tries again on one.
    pub fn generate(random: [u8; 8]) -> Self {
        // A byte modulo 31 favours eight symbols by one part in 31: harmless for a name that is no secret.
        let mut text: String = random
            .iter()
            .filter_map(|byte| READABLE.get(usize::from(*byte) % READABLE.len()))
            .map(|byte| char::from(*byte))
            .collect();
        text.insert(4, '-');
        Self(text)
    }
}

/// The text is no code. Said in words, it names what is wrong with it and the nearest text that is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotACode(String);

impl NotACode {
    /// The nearest text that is a code: without accents, a hyphen for each other character. Only to be proposed to
    /// who chooses a code, never to be taken for what somebody sent.
    pub fn nearest(&self) -> Option<Code> {
        let mut near = String::new();
        for c in self.0.chars() {
            match plain(c) {
                Some(letters) => near.push_str(letters),
                None if c.is_ascii_alphanumeric() => near.push(c),
                None if !near.ends_with('-') => near.push('-'),
                None => {}
            }
        }
        near.truncate(LONGEST);
        Code::exact(near.trim_matches('-'))
    }
}

impl fmt::Display for NotACode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be {SHORTEST} to {LONGEST} letters A-Z, digits or hyphens")?;
        let mut odd: Vec<char> =
            self.0.chars().filter(|c| !u8::try_from(*c).is_ok_and(belongs)).take(LONGEST).collect();
        odd.dedup();
        for (index, c) in odd.iter().enumerate() {
            f.write_str(if index == 0 { "; it cannot hold " } else { " " })?;
            if c.is_control() || is_blank(*c) { f.write_str("a blank") } else { write!(f, "\"{c}\"") }?;
        }
        match self.nearest() {
            Some(near) => write!(f, "; \"{near}\" would do"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for NotACode {}

impl FromStr for Code {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        // No more of a hostile text than a sentence can show.
        Self::read(text).ok_or_else(|| NotACode(text.trim_matches(is_blank).chars().take(100).collect()))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(from)?).ok_or_else(|| serde::de::Error::custom("not a code"))
    }
}

/// A text without what nobody sees and no letter is made of: chats put such characters into long links so that
/// they can break, and they are copied along.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'))
        .collect()
}

/// Whether a character is a blank or a mark of direction; not one that turns letters round.
fn is_blank(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{a0}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202c}'
        | '\u{202f}'
        | '\u{205f}'..='\u{206f}' | '\u{3000}')
}

fn belongs(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// The letters that a Latin letter with an accent is written with where there are none.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' => "A",
        'Æ' | 'æ' => "AE",
        'Ç' | 'ç' | 'Ć'..='č' => "C",
        'Ď'..='đ' | 'Ð' | 'ð' => "D",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => "E",
        'Ĝ'..='ģ' => "G",
        'Ĥ'..='ħ' => "H",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => "I",
        'Ĵ' | 'ĵ' => "J",
        'Ķ' | 'ķ' => "K",
        'Ĺ'..='ł' => "L",
        'Ñ' | 'ñ' | 'Ń'..='ň' => "N",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' => "O",
        'Œ' | 'œ' => "OE",
        'Ŕ'..='ř' => "R",
        'ß' | 'ẞ' => "SS",
        'Ś'..='š' | 'Ș' | 'ș' => "S",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "T",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' => "U",
        'Ŵ' | 'ŵ' => "W",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' => "Y",
        'Ź'..='ž' => "Z",
        // An accent that follows its letter, and an apostrophe.
        '\u{300}'..='\u{36f}' | '\'' | '’' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts, and what each is as a code.
    #[test]
    fn texts_are_read_as_the_vectors_say() {
        let cases: Vec<(String, Option<String>)> =
            serde_json::from_str(include_str!("../vectors/codes.json")).unwrap();
        for (text, code) in cases {
            assert_eq!(Code::read(&text).map(|code| code.to_string()), code, "{text:?}");
        }
    }

    #[test]
    fn no_length_but_its_own_fits() {
        for (length, fits) in [(2, false), (3, true), (32, true), (33, false), (10_000, false)] {
            assert_eq!(Code::read(&"A".repeat(length)).is_some(), fits, "{length}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let words = |text: &str| text.parse::<Code>().unwrap_err().to_string();
        const RULE: &str = "must be 3 to 32 letters A-Z, digits or hyphens";
        assert_eq!(words("ANNA_10"), format!("{RULE}; it cannot hold \"_\"; \"ANNA-10\" would do"));
        assert_eq!(words("Noël.É"), format!("{RULE}; it cannot hold \"ë\" \".\" \"É\"; \"NOEL-E\" would do"));
        assert_eq!(
            words("BIENVENUE 10"),
            format!("{RULE}; it cannot hold a blank; \"BIENVENUE-10\" would do")
        );
        assert_eq!(words("L’ÉTÉ"), format!("{RULE}; it cannot hold \"’\" \"É\"; \"LETE\" would do"));
        assert_eq!(words("AB"), RULE);
        assert_eq!(words(""), RULE);
        assert_eq!(words(&"A".repeat(40)), format!("{RULE}; \"{}\" would do", "A".repeat(32)));
        assert!(words(&"é_".repeat(9_000)).len() < 500);
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn generated_codes_are_readable_codes(random: [u8; 8]) {
            let code = Code::generate(random);
            proptest::prop_assert_eq!(Code::read(code.as_str()), Some(code.clone()));
            proptest::prop_assert!(!code.as_str().contains(['0', 'O', '1', 'I', 'L']));
        }

        #[test]
        fn what_is_proposed_is_a_code(text in ".{0,60}") {
            if let Err(refusal) = text.parse::<Code>() {
                let near = refusal.nearest();
                proptest::prop_assert_eq!(near.as_ref().and_then(|near| Code::read(near.as_str())), near.clone());
                proptest::prop_assert!(refusal.to_string().len() < 1000);
            }
        }
    }
}
