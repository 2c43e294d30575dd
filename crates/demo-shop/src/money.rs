//! Money of the shop: whole cents of one currency, exact from the first digit to the last.

use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

use crate::lang::Lang;

/// The currency of every price in this shop.
pub const CURRENCY: &str = "EUR";

/// An amount in cents; negative amounts exist only between two sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads a decimal text of major units, with a point or (as people type it) a comma:
    /// `12`, `12.5`, `12,50`. Anything else, a sign and a third decimal included, is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.len() > 12 || part.len() > 2 {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{part:0<2}").parse().ok()?;
        Some(Self(whole * 100 + part))
    }

    /// The amount as the wire wants it: `"12.50"`.
    pub fn wire(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", cents / 100, cents % 100)
    }

    /// The amount as people type it: `12,50` in French, `12.50` in English.
    pub fn typed(self, lang: Lang) -> String {
        self.wire().replace('.', lang.say(",", "."))
    }

    /// The amount as people read it: `1 234,50 €` in French, `€1,234.50` in English.
    pub fn shown(self, lang: Lang) -> String {
        let cents = self.0.unsigned_abs();
        let (group, point) = match lang {
            Lang::Fr => ('\u{202f}', ','),
            Lang::En => (',', '.'),
        };
        let digits = (cents / 100).to_string();
        let mut whole = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                whole.push(group);
            }
            whole.push(digit);
        }
        let sign = if self.0 < 0 { "\u{2212}" } else { "" };
        match lang {
            Lang::Fr => format!("{sign}{whole}{point}{:02}\u{a0}€", cents % 100),
            Lang::En => format!("{sign}€{whole}{point}{:02}", cents % 100),
        }
    }

    /// This amount for `quantity` pieces.
    pub fn times(self, quantity: u32) -> Self {
        Self(self.0 * i64::from(quantity))
    }

    /// Shares this amount over `weights` so that the shares add up to it exactly: each gets its
    /// proportional part rounded down, and the cents left over go to the largest remainders,
    /// earlier shares first. All zero where the weights are.
    pub fn share(self, weights: &[Cents]) -> Vec<Cents> {
        let sum: i128 = weights.iter().map(|w| i128::from(w.0)).sum();
        if sum <= 0 {
            return vec![Self::ZERO; weights.len()];
        }
        let exact = |w: &Cents| i128::from(self.0) * i128::from(w.0);
        let mut shares: Vec<i64> =
            weights.iter().map(|w| i64::try_from(exact(w).div_euclid(sum)).unwrap_or(0)).collect();
        let left = self.0 - shares.iter().sum::<i64>();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(exact(&weights[i]).rem_euclid(sum)));
        for &i in order.iter().take(usize::try_from(left).unwrap_or(0)) {
            shares[i] += 1;
        }
        shares.into_iter().map(Self).collect()
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// A percentage between 0 and 100, with at most four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent {
    /// Ten-thousandths of a percent.
    fine: i64,
}

impl Percent {
    const ONE: i64 = 10_000;

    /// Reads decimal text such as `10` or `12.5`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.len() > 3 || part.len() > 4 {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{part:0<4}").parse().ok()?;
        let fine = whole * Self::ONE + part;
        (fine <= 100 * Self::ONE).then_some(Self { fine })
    }

    /// This percentage of `amount`, rounded half-even to the cent.
    pub fn of(self, amount: Cents) -> Cents {
        let whole = i128::from(100 * Self::ONE);
        let exact = i128::from(amount.0) * i128::from(self.fine);
        let (down, rest) = (exact.div_euclid(whole), exact.rem_euclid(whole));
        let up = match (rest * 2).cmp(&whole) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => down % 2 != 0,
        };
        Cents(i64::try_from(down + i128::from(up)).unwrap_or(i64::MAX))
    }

    /// `10 %` in French, `10%` in English.
    pub fn shown(self, lang: Lang) -> String {
        let (whole, part) = (self.fine / Self::ONE, self.fine % Self::ONE);
        let mut text = whole.to_string();
        if part > 0 {
            let part = format!("{part:04}");
            text.push(if lang == Lang::Fr { ',' } else { '.' });
            text.push_str(part.trim_end_matches('0'));
        }
        text + if lang == Lang::Fr { "\u{a0}%" } else { "%" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type_and_nothing_else() {
        for (text, cents) in [("12", 1200), ("12.5", 1250), (" 12,50 ", 1250), ("0.01", 1), ("007", 700)] {
            assert_eq!(Cents::parse(text), Some(Cents(cents)), "{text}");
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1.234",
            "1e5",
            "NaN",
            "1 000",
            "9999999999999",
            "１２",
            "1.2.3",
        ] {
            assert_eq!(Cents::parse(text), None, "{text}");
        }
    }

    #[test]
    fn shows_amounts_in_both_languages() {
        assert_eq!(Cents(123_450).shown(Lang::Fr), "1\u{202f}234,50\u{a0}€");
        assert_eq!(Cents(123_450).shown(Lang::En), "€1,234.50");
        assert_eq!(Cents(-5).shown(Lang::En), "\u{2212}€0.05");
        assert_eq!(Cents(100_000_000).shown(Lang::En), "€1,000,000.00");
        assert_eq!(Percent::parse("12.5").unwrap().shown(Lang::Fr), "12,5\u{a0}%");
        assert_eq!(Percent::parse("10").unwrap().shown(Lang::En), "10%");
    }

    #[test]
    fn rounds_percentages_half_to_even() {
        let ten = Percent::parse("10").unwrap();
        for (amount, share) in [(3400, 340), (3405, 340), (3415, 342), (3406, 341), (5, 0), (15, 2)] {
            assert_eq!(ten.of(Cents(amount)), Cents(share), "{amount}");
        }
        assert_eq!(Percent::parse("33.3333").unwrap().of(Cents(30_000)), Cents(10_000));
        for text in ["100.0001", "-1", "1e1", "", "ten", "1.00000"] {
            assert_eq!(Percent::parse(text), None, "{text}");
        }
    }

    #[test]
    fn gives_left_over_cents_to_the_largest_remainders() {
        let shares = Cents(100).share(&[Cents(100), Cents(100), Cents(100)]);
        assert_eq!(shares, [Cents(34), Cents(33), Cents(33)]);
        assert_eq!(Cents(100).share(&[Cents(0), Cents(0)]), [Cents(0), Cents(0)]);
        assert_eq!(Cents(100).share(&[]), []);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_never_exceed_their_line(
            weights in proptest::collection::vec(0i64..1_000_000, 1..12), percent in 0i64..=100,
        ) {
            let weights: Vec<Cents> = weights.into_iter().map(Cents).collect();
            let sum: Cents = weights.iter().copied().sum();
            let amount = Percent::parse(&percent.to_string()).unwrap().of(sum);
            let shares = amount.share(&weights);
            prop_assert_eq!(shares.iter().copied().sum::<Cents>(), amount);
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!(share.0 >= 0 && share <= weight);
            }
        }

        #[test]
        fn wire_text_comes_back(cents in 0i64..1_000_000_000) {
            prop_assert_eq!(Cents::parse(&Cents(cents).wire()), Some(Cents(cents)));
        }
    }
}
