//! Amounts, percentages and currencies as they are written: texts, since no float may touch money. Only
//! `parrain_core::money` calculates.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::plain;

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

/// An amount in ten-thousandths: no currency has more than four decimals. `None` where it is no amount, less than nothing,
/// of more decimals, or beyond 99,999,999,999.
pub fn fine(text: &str) -> Option<i64> {
    let (whole, fraction) = plain::cut(text, b'.');
    if whole.is_empty() || whole.len() > 11 || fraction.len() > 4 || whole.len() + 1 == text.len() {
        return None;
    }
    let mut digits = String::from(whole);
    digits.push_str(fraction);
    let sum = plain::number(&digits)?;
    Some((fraction.len()..4).fold(sum, |sum, _| sum * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_numbers() {
        for (text, sum) in [
            ("50.00", Some(500_000)),
            ("50", Some(500_000)),
            ("0010.5", Some(105_000)),
            ("1.0001", Some(10_001)),
            ("0", Some(0)),
            ("99999999999.9999", Some(999_999_999_999_999)),
            ("100000000000", None),
            ("1.00001", None),
            ("", None),
            ("-1", None),
            ("1,5", None),
            ("1.2.3", None),
            (".5", None),
            ("5.", None),
            ("1e9", None),
            ("٣", None),
        ] {
            assert_eq!(fine(text), sum, "{text}");
        }
    }
}
