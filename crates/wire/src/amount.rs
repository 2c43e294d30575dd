//! Amounts, percentages and currencies as they are written: texts, since no float may touch money. Only
//! `parrain_core::money` calculates.

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
