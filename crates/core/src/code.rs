//! Referral codes: how they are written, compared and made up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The letters and digits of generated codes: none of `0 O 1 I L`, which are misread aloud or on paper.
const READABLE: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// A referral or promo code: 3 to 32 of `A-Z 0-9 -`, kept in upper case because codes are compared
/// without case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Code(String);

/// The text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 3 to 32 letters A-Z, digits or hyphens")]
pub struct NotACode;

impl Code {
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

impl FromStr for Code {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let text = text.trim_matches(' ');
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !plain || !(3..=32).contains(&text.len()) {
            return Err(NotACode);
        }
        Ok(Self(text.to_ascii_uppercase()))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_have_no_case() {
        assert_eq!("anna10".parse::<Code>(), "ANNA10".parse());
        for bad in ["", "AB", "ANNA 10", "ANNA_10", "ÀNNA", "A\u{202e}NNA", &"A".repeat(33)] {
            assert_eq!(bad.parse::<Code>(), Err(NotACode), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn generated_codes_are_readable_codes(random: [u8; 8]) {
            let code = Code::generate(random);
            prop_assert_eq!(code.as_str().parse::<Code>(), Ok(code.clone()));
            prop_assert!(!code.as_str().contains(['0', 'O', '1', 'I', 'L']));
        }
    }
}
