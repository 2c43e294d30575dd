//! Money: whole minor units of an ISO 4217 currency, read from and written to decimal text.
//!
//! In scope: exact parsing and printing, percentages, the one rounding that a reward gets.
//! Out of scope: conversion between currencies. No float appears here, parsing included.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The largest amount that is accepted, in minor units: fifteen digits, so that it stays exact where a
/// store or a script reads it as an IEEE 754 double (at most 2^53).
pub const MAX_MINOR: i64 = 999_999_999_999_999;

/// An active ISO 4217 currency that has minor units.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

impl Currency {
    /// Reads an upper-case ISO 4217 code such as `EUR`.
    pub fn parse(text: &str) -> Option<Self> {
        let known = iso_currency::Currency::from_code(text)?;
        let decimals = u8::try_from(known.exponent()?).ok()?;
        let code: [u8; 3] = text.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_uppercase).then_some(Self { code, decimals })
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// How many decimals the currency's amounts have: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn decimals(&self) -> u8 {
        self.decimals
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an ISO 4217 currency"))
    }
}

/// What is wrong with a decimal text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyFault {
    /// Not plain digits with at most one point; signs, exponents and spaces are refused.
    #[error("must be a decimal number in plain digits, such as \"10.00\"")]
    NotDecimal,
    /// The currency has another number of decimals.
    #[error("must have {0} decimals, as the currency has")]
    WrongDecimals(u8),
    /// More than [`MAX_MINOR`] or more decimals than any currency has.
    #[error("is too large or too fine to be an amount of money")]
    OutOfRange,
}

/// A decimal text as it was written: 10.50 is 1050 with scale 2. Used where the currency is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decimal {
    /// All digits as one number.
    pub digits: i64,
    /// How many of them stand after the point.
    pub scale: u8,
}

impl Decimal {
    /// Nothing, whatever the currency.
    pub const ZERO: Self = Self { digits: 0, scale: 0 };

    /// The amount in minor units of a currency with `decimals` decimals, rounded half to even where the
    /// text is finer than the currency.
    pub fn to_minor(self, decimals: u8) -> i64 {
        let digits = i128::from(self.digits);
        let minor = if self.scale <= decimals {
            digits.saturating_mul(power_of_ten(decimals - self.scale))
        } else {
            round_half_even(digits, power_of_ten(self.scale - decimals))
        };
        i64::try_from(minor).unwrap_or(MAX_MINOR).min(MAX_MINOR)
    }
}

impl FromStr for Decimal {
    type Err = MoneyFault;

    /// Reads `12`, `12.5`, `0.125`: no sign, no exponent, no leading zero, at least one digit on each side
    /// of a point, at most four decimals (no ISO 4217 currency has more) and fifteen digits.
    fn from_str(text: &str) -> Result<Self, MoneyFault> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(MoneyFault::NotDecimal),
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || leading_zero || !plain(whole) || !plain(fraction) {
            return Err(MoneyFault::NotDecimal);
        }
        if whole.len() + fraction.len() > 15 || fraction.len() > 4 {
            return Err(MoneyFault::OutOfRange);
        }
        let digits =
            whole.bytes().chain(fraction.bytes()).fold(0_i64, |sum, byte| sum * 10 + i64::from(byte - b'0'));
        Ok(Self { digits, scale: fraction.len() as u8 })
    }
}

/// Reads an amount in major units with exactly the currency's decimals; the result is in minor units.
///
/// # Errors
/// [`MoneyFault`] of any kind.
pub fn parse_amount(text: &str, decimals: u8) -> Result<i64, MoneyFault> {
    let decimal = text.parse::<Decimal>()?;
    if decimal.scale != decimals {
        return Err(MoneyFault::WrongDecimals(decimals));
    }
    Ok(decimal.digits)
}

/// Prints minor units as major units with exactly `decimals` decimals; a clawback is negative.
pub fn format_amount(minor: i64, decimals: u8) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", minor.unsigned_abs(), width = usize::from(decimals) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A percentage from 0 to 100 with at most four decimals, kept as parts per million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rate(u32);

impl Rate {
    /// What stands for 100 %.
    pub const ONE: i128 = 1_000_000;

    /// Reads `8`, `12.5` or `0.0001`.
    pub fn parse(text: &str) -> Option<Self> {
        let decimal = text.parse::<Decimal>().ok()?;
        let parts = i128::from(decimal.digits) * power_of_ten(4 - decimal.scale);
        u32::try_from(parts).ok().filter(|parts| i128::from(*parts) <= Self::ONE).map(Self)
    }

    /// The rate in parts per million.
    pub fn parts_per_million(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format_amount(i64::from(self.0), 4);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// `numerator / denominator` rounded to a whole number, a half to the even neighbour (IEEE 754's
/// roundTiesToEven). Both are non-negative; a denominator of zero gives zero.
pub fn round_half_even(numerator: i128, denominator: i128) -> i128 {
    if denominator == 0 {
        return 0;
    }
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + (whole & 1),
    }
}

/// Compares two amounts of different currencies as plain numbers: 3000 (JPY) is more than 30.00 (EUR).
pub fn compare_plain(a: (i64, u8), b: (i64, u8)) -> std::cmp::Ordering {
    (i128::from(a.0) * power_of_ten(b.1)).cmp(&(i128::from(b.0) * power_of_ten(a.1)))
}

fn power_of_ten(exponent: u8) -> i128 {
    10_i128.pow(u32::from(exponent.min(18)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_only_plain_decimals_of_the_currency() {
        assert_eq!(parse_amount("10.00", 2), Ok(1000));
        assert_eq!(parse_amount("1200", 0), Ok(1200));
        assert_eq!(parse_amount("1.250", 3), Ok(1250));
        assert_eq!(parse_amount("999999999999.999", 3), Ok(MAX_MINOR));
        for bad in [
            "", ".", "1.", ".5", "+1.00", "-1.00", "-0.00", "1e5", "NaN", "1,00", " 1.00", "01.00", "1.0.0",
            "١.00",
        ] {
            assert_eq!(parse_amount(bad, 2), Err(MoneyFault::NotDecimal), "{bad}");
        }
        assert_eq!(parse_amount("10", 2), Err(MoneyFault::WrongDecimals(2)));
        assert_eq!(parse_amount("10.5", 0), Err(MoneyFault::WrongDecimals(0)));
        assert_eq!(parse_amount(&"9".repeat(400), 2), Err(MoneyFault::OutOfRange));
        assert_eq!(parse_amount("1.00000", 2), Err(MoneyFault::OutOfRange));
    }

    #[test]
    fn knows_each_currency_s_decimals() {
        let decimals = |code| Currency::parse(code).map(|currency| currency.decimals());
        assert_eq!(decimals("EUR"), Some(2));
        assert_eq!(decimals("JPY"), Some(0));
        assert_eq!(decimals("KWD"), Some(3));
        for none in ["eur", "EU", "XXX", "ABC", ""] {
            assert_eq!(decimals(none), None, "{none}");
        }
    }

    #[test]
    fn rounds_a_half_to_even() {
        assert_eq!([5, 15, 25, 26, 24].map(|n| round_half_even(n, 10)), [0, 2, 2, 3, 2]);
    }

    #[test]
    fn prints_rates_as_people_write_them() {
        for text in ["0", "8", "12.5", "0.0001", "100"] {
            assert_eq!(Rate::parse(text).map(|rate| rate.to_string()).as_deref(), Some(text));
        }
        for bad in ["100.0001", "101", "-1", "8%", ""] {
            assert_eq!(Rate::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(minor in 0..=MAX_MINOR, decimals in 0_u8..=4) {
            prop_assert_eq!(parse_amount(&format_amount(minor, decimals), decimals), Ok(minor));
        }

        #[test]
        fn any_text_is_read_without_harm(text in ".{0,40}", decimals in 0_u8..=4) {
            if let Ok(minor) = parse_amount(&text, decimals) {
                prop_assert_eq!(format_amount(minor, decimals), text);
            }
        }
    }
}
