//! Amounts, percentages and currencies as they are written: texts, since no float may touch money. Only
//! `parrain_core::money` calculates.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares a text with a meaning.
macro_rules! text {
    ($(#[$doc:meta])* $Name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Name(pub String);

        impl $Name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $Name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl PartialEq<&str> for $Name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// Decimal text in major units with the currency's own number of decimals: `"10.00"`, `"1200"` for JPY, `"1.250"`
    /// for KWD.
    Amount
}

text! {
    /// A percentage from `"0"` to `"100"` with at most four decimals.
    Percent
}

text! {
    /// An ISO 4217 currency, such as `EUR`.
    CurrencyCode
}

/// Which of two amounts is more, as plain numbers of any number of decimals; `None` where one is no amount, or less than
/// nothing.
pub fn compare(one: &str, other: &str) -> Option<Ordering> {
    fn parts(text: &str) -> Option<(&[u8], &[u8])> {
        let text = text.as_bytes();
        let dot = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
        let (mut whole, fraction) = text.split_at_checked(dot)?;
        let mut fraction = fraction.get(1..).unwrap_or_default();
        let plain = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
        if whole.is_empty() || !plain(whole) || !plain(fraction) {
            return None;
        }
        while let [b'0', rest @ ..] = whole {
            whole = rest;
        }
        while let [rest @ .., b'0'] = fraction {
            fraction = rest;
        }
        Some((whole, fraction))
    }
    let ((whole, fraction), (other_whole, other_fraction)) = (parts(one)?, parts(other)?);
    let longer = whole.len().cmp(&other_whole.len());
    Some(longer.then_with(|| (whole, fraction).cmp(&(other_whole, other_fraction))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_compared_as_numbers() {
        use Ordering::{Equal, Greater, Less};
        for (one, other, order) in [
            ("50.00", "50", Some(Equal)),
            ("9.99", "10.00", Some(Less)),
            ("0010", "9", Some(Greater)),
            ("1.05", "1.5", Some(Less)),
            ("1.050", "1.05", Some(Equal)),
            ("0", "0.00", Some(Equal)),
            ("99999999999999999999999.1", "99999999999999999999999.10001", Some(Less)),
            ("", "1", None),
            ("-1", "1", None),
            ("1,5", "1", None),
            ("1.2.3", "1", None),
            (".5", "1", None),
            ("1e9", "1", None),
            ("٣", "1", None),
        ] {
            assert_eq!(compare(one, other), order, "{one} {other}");
        }
    }
}
