//! Sums of decimal texts without floats: platforms write amounts with more decimals than the currency has,
//! with signs, and sometimes as JSON numbers, whose text is read.

use parrain_core::money::{Currency, format_amount, round_half_even};
use serde_json::Value;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

/// How many decimals are kept.
const SCALE: u8 = 8;

/// An amount in major units, to eight decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(i128);

impl Exact {
    /// Reads an amount; `None` where it is none, or of a size that no order has.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::parse(&number.to_string()),
            _ => None,
        }
    }

    /// An amount in the smallest unit, with that many decimals.
    pub fn minor(amount: i64, decimals: u8) -> Self {
        let factor = 10_i128.pow(u32::from(SCALE.saturating_sub(decimals)));
        Self(i128::from(amount).saturating_mul(factor))
    }

    /// So many of them.
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(count)))
    }

    /// Whether there is none.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum of the amounts that can be read.
    pub fn total<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        values.into_iter().filter_map(Self::of).sum()
    }

    /// Without its sign.
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// Never below zero.
    pub fn positive(self) -> Self {
        Self(self.0.max(0))
    }

    /// What `part` of `whole` is of this amount, rounded half-even; all of it where there is no whole, or where
    /// the amounts are of a size that no order has.
    pub fn share(self, part: Self, whole: Self) -> Self {
        match self.0.checked_mul(part.0) {
            Some(product) if whole.0 > 0 && product >= 0 => Self(round_half_even(product, whole.0)),
            _ => self,
        }
    }

    /// As the contract writes it: with the currency's own decimals, rounded half-even once.
    pub fn text(self, currency: Currency) -> String {
        let decimals = currency.decimals();
        let factor = 10_i128.pow(u32::from(SCALE.saturating_sub(decimals)));
        let minor = round_half_even(self.positive().0, factor);
        format_amount(i64::try_from(minor).unwrap_or(i64::MAX), decimals)
    }

    fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || whole.len() > 15 {
            return None;
        }
        let kept: String = fraction.chars().chain("00000000".chars()).take(usize::from(SCALE)).collect();
        let number: i128 = format!("{whole}{kept}").parse().ok()?;
        Some(Self(sign * number))
    }
}

impl Add for Exact {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Exact {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |sum, one| sum + one)
    }
}

impl Neg for Exact {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn text(value: Value, currency: &str) -> Option<String> {
        Exact::of(&value).map(|amount| amount.text(Currency::parse(currency).unwrap()))
    }

    #[test]
    fn amounts_take_the_currencys_decimals() {
        assert_eq!(text(json!("36.00"), "EUR").as_deref(), Some("36.00"));
        assert_eq!(text(json!("19.990000"), "EUR").as_deref(), Some("19.99"));
        assert_eq!(text(json!("0.125"), "EUR").as_deref(), Some("0.12"));
        assert_eq!(text(json!("0.135"), "EUR").as_deref(), Some("0.14"));
        assert_eq!(text(json!(18), "EUR").as_deref(), Some("18.00"));
        assert_eq!(text(json!(18.5), "EUR").as_deref(), Some("18.50"));
        assert_eq!(text(json!("1200.00"), "JPY").as_deref(), Some("1200"));
        assert_eq!(text(json!("1.25"), "KWD").as_deref(), Some("1.250"));
        assert_eq!(text(json!("-4"), "EUR").as_deref(), Some("0.00"), "contracts have no negative amounts");
        for odd in [json!("1e5"), json!("NaN"), json!(""), json!("1,5"), json!(null), json!("9".repeat(16))] {
            assert_eq!(text(odd.clone(), "EUR"), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn minor_units_come_back(amount in 0_i64..1_000_000_000_000) {
            let eur = Currency::parse("EUR").unwrap();
            let written = format!("{}.{:02}", amount / 100, amount % 100);
            prop_assert_eq!(Exact::minor(amount, 2).text(eur), written.clone());
            prop_assert_eq!(Exact::of(&json!(written)), Some(Exact::minor(amount, 2)));
        }
    }
}
