//! The vectors by which the PHP library (`integrations/php`) is held to the core's reading and rounding of money:
//! `vectors/money.tsv`, a decimal text, a currency, and the amount in that currency.
//!
//! `PARRAIN_REWRITE=1 cargo test -p parrain-core money_vectors` makes them anew.

use std::fs;
use std::path::Path;

use parrain_core::money::{Currency, Decimal, format_amount};

/// How many random values there are beside the chosen ones.
const RANDOM: usize = 5000;

/// Values at which a rounding tips over, or a text has all the digits that it may.
const CHOSEN: [&str; 16] = [
    "0",
    "0.0",
    "0.0005",
    "0.005",
    "0.015",
    "0.025",
    "0.5",
    "1.5",
    "2.5",
    "0.4999",
    "0.5001",
    "9.9999",
    "99.995",
    "99999999999",
    "99999999999.9995",
    "12345678901.2345",
];

/// Numbers that are the same on every machine and in every run (Knuth's MMIX generator, its upper half).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    /// A decimal text, every third one a half of what some currency rounds to.
    fn decimal(&mut self) -> String {
        let digits = 1 + self.below(9) as u32;
        let whole = self.below(10_u64.pow(digits));
        let scale = self.below(5) as usize;
        let mut fraction: String = (0..scale).map(|_| char::from(b'0' + self.below(10) as u8)).collect();
        if !fraction.is_empty() && self.below(3) == 0 {
            fraction.pop();
            fraction.push('5');
        }
        if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
    }
}

fn line(text: &str, currency: &str) -> String {
    let decimal: Decimal = text.parse().expect("a decimal text");
    let decimals = Currency::parse(currency).expect("a currency").decimals();
    format!("{text}\t{currency}\t{}\n", format_amount(decimal.to_minor(decimals), decimals))
}

#[test]
fn money_vectors_are_what_the_core_makes_of_them() {
    let currencies = ["EUR", "JPY", "KWD", "CLF", "USD", "TND", "XPF", "ISK", "CHF", "BHD"];
    let mut numbers = Numbers(7);
    let mut vectors = String::new();
    for text in CHOSEN {
        for currency in currencies {
            vectors.push_str(&line(text, currency));
        }
    }
    for _ in 0..RANDOM {
        let currency = currencies[numbers.below(currencies.len() as u64) as usize];
        vectors.push_str(&line(&numbers.decimal(), currency));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/money.tsv");
    if std::env::var_os("PARRAIN_REWRITE").is_some() {
        fs::write(&path, &vectors).expect("the vectors are written");
    }
    let kept = fs::read_to_string(&path).expect("the vectors are there");
    assert!(kept == vectors, "the core reads or rounds money otherwise than the vectors say");
}
