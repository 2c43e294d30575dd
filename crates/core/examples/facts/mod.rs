//! A referrer's history of a given length, for the fold's two benchmarks.

use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::reward::{Asset, Back, Case, Payment, Worth, fold};

/// Conversions over three years: each an order, every second one with a refund, every second one paid, so that
/// `facts` counts orders, refunds and payments alike.
pub fn history(facts: usize) -> Vec<Case> {
    let currency = Currency::parse("EUR").expect("EUR is a currency");
    let conversions = facts / 2;
    let step = 3 * 365 * 86_400 / conversions.max(1) as i64;
    let case = |number: usize| {
        let at = Instant::from_micros(1_700_000_000_000_000).plus_seconds(number as i64 * step);
        let base = 1_000 + (number as i64 * 7_919) % 20_000;
        let exact = i128::from(base) * 80_000;
        let asset = Asset::Money(currency);
        Case {
            at,
            until: None,
            verified: true,
            refusal: None,
            approves_at: at.plus_days(30),
            worth: Worth {
                kind: "commission".into(),
                asset,
                amount: base * 8 / 100,
                base,
                total: None,
                exact: Some(exact),
                detail: None,
            },
            backs: if number.is_multiple_of(2) {
                vec![Back { at: at.plus_days(9), until: None, refund: Some(base / 3), returned: 0 }]
            } else {
                Vec::new()
            },
            reviews: Vec::new(),
            payments: if !number.is_multiple_of(2) {
                vec![Payment { at: at.plus_days(40), amount: base * 8 / 100 }]
            } else {
                Vec::new()
            },
            given: Vec::new(),
            confirmed: Some(Instant::MIN),
            held: None,
        }
    };
    (0..conversions).map(case).collect()
}

/// Folds them; the sum keeps the work from being optimised away.
pub fn run(cases: &[Case]) -> i64 {
    fold(cases, Instant::from_micros(1_800_000_000_000_000)).values().map(|sums| sums.total()).sum()
}
