//! The basket and its price: lines, the friend's discount, the parcel, the total.

use serde::{Deserialize, Serialize};

use crate::catalog::{self, Product};
use crate::money::Cents;
use crate::offer::{Gift, Reward, Verdict};
use crate::touches::Code;

/// What a visitor has put aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    items: Vec<(String, u32)>,
}

/// Pieces of one article at most.
pub const MOST_PIECES: u32 = 20;

/// The parcel's price.
const PARCEL: Cents = Cents(490);
/// From this worth of goods on, after the discount, the parcel is free.
pub const FREE_PARCEL_FROM: Cents = Cents(6000);

impl Basket {
    /// Puts `more` pieces of an article in, up to [`MOST_PIECES`].
    pub fn add(&mut self, product: &Product, more: u32) {
        let had = self.items.iter().find(|(sku, _)| sku == product.sku).map_or(0, |(_, n)| *n);
        self.set(product, had.saturating_add(more));
    }

    /// Sets the pieces of an article; none takes it out.
    pub fn set(&mut self, product: &Product, pieces: u32) {
        let pieces = pieces.min(MOST_PIECES);
        match self.items.iter_mut().find(|(sku, _)| sku == product.sku) {
            Some(item) => item.1 = pieces,
            None => self.items.push((product.sku.to_owned(), pieces)),
        }
        self.items.retain(|(_, pieces)| *pieces > 0);
    }

    /// Pieces in all.
    pub fn pieces(&self) -> u32 {
        self.items.iter().map(|(_, pieces)| pieces).sum()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The price of all of it, with what `code` gives to somebody who has ordered here so many
    /// times before.
    pub fn quote(&self, code: Option<(Code, Verdict)>, earlier_orders: u32) -> Quote {
        let lines: Vec<(&'static Product, u32)> =
            self.items.iter().filter_map(|(sku, pieces)| Some((catalog::by_sku(sku)?, *pieces))).collect();
        let gross: Vec<Cents> = lines.iter().map(|(product, pieces)| product.price.times(*pieces)).collect();
        let subtotal: Cents = gross.iter().copied().sum();

        let code = code.map(|(code, verdict)| AppliedCode {
            standing: Standing::of(&verdict, subtotal, earlier_orders),
            verdict,
            code,
        });
        let (discount, parcel_given) = match &code {
            Some(AppliedCode {
                standing: Standing::Applies(discount),
                verdict: Verdict::Good(Gift { reward, .. }) | Verdict::Voucher(reward),
                ..
            }) => (*discount, *reward == Reward::FreeShipping),
            _ => (Cents::ZERO, false),
        };
        let goods = subtotal - discount;
        let shipping =
            if lines.is_empty() || parcel_given || goods >= FREE_PARCEL_FROM { Cents::ZERO } else { PARCEL };
        let lines = lines
            .into_iter()
            .zip(&gross)
            .zip(discount.share(&gross))
            .map(|(((product, pieces), gross), off)| Line {
                product,
                pieces,
                gross: *gross,
                net: *gross - off,
            })
            .collect();
        Quote { lines, subtotal, code, discount, shipping, total: goods + shipping }
    }
}

/// A basket with its prices.
#[derive(Debug)]
pub struct Quote {
    /// One for each article.
    pub lines: Vec<Line>,
    /// The goods before the discount.
    pub subtotal: Cents,
    /// The code that was looked at, and how it fared.
    pub code: Option<AppliedCode>,
    /// What the code takes off the goods.
    pub discount: Cents,
    /// The parcel.
    pub shipping: Cents,
    /// What is to be paid.
    pub total: Cents,
}

/// An article in the basket.
#[derive(Debug)]
pub struct Line {
    /// Which.
    pub product: &'static Product,
    /// How many.
    pub pieces: u32,
    /// Before the discount.
    pub gross: Cents,
    /// After its part of the discount.
    pub net: Cents,
}

/// A code beside a basket.
#[derive(Debug)]
pub struct AppliedCode {
    /// Which.
    pub code: Code,
    /// What the edge says of it.
    pub verdict: Verdict,
    /// What it does here.
    pub standing: Standing,
}

/// What a code does to a basket.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// Takes this off the goods (perhaps nothing, where it gives the parcel or something else).
    Applies(Cents),
    /// Would, if the basket were worth this much more.
    Misses(Cents),
    /// Is for a first order, and this is not one.
    NotFirst,
    /// Does nothing; the verdict says why.
    Refused,
}

impl Standing {
    fn of(verdict: &Verdict, subtotal: Cents, earlier_orders: u32) -> Self {
        let gift = match verdict {
            Verdict::Good(gift) => gift,
            Verdict::Voucher(reward) => return Self::Applies(taken_off(*reward, subtotal)),
            Verdict::Spent | Verdict::Unknown | Verdict::Expired | Verdict::Inactive | Verdict::Unchecked => {
                return Self::Refused;
            }
        };
        if gift.newcomers_only && earlier_orders > 0 {
            return Self::NotFirst;
        }
        if subtotal < gift.minimum {
            return Self::Misses(gift.minimum - subtotal);
        }
        Self::Applies(taken_off(gift.reward, subtotal))
    }
}

/// What a reward takes off goods of that worth.
fn taken_off(reward: Reward, subtotal: Cents) -> Cents {
    match reward {
        Reward::Percent(percent) => percent.of(subtotal),
        Reward::Amount(amount) => amount.min(subtotal),
        Reward::FreeShipping | Reward::Elsewhere => Cents::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Percent;

    fn basket(items: &[(&str, u32)]) -> Basket {
        let mut basket = Basket::default();
        for (slug, pieces) in items {
            basket.add(catalog::by_slug(slug).unwrap(), *pieces);
        }
        basket
    }

    fn code(reward: Reward, minimum: i64) -> Option<(Code, Verdict)> {
        let gift = Gift { from: Some("Anna".into()), reward, minimum: Cents(minimum), newcomers_only: true };
        Some(("ANNA10".parse().unwrap(), Verdict::Good(gift)))
    }

    fn percent(text: &str) -> Reward {
        Reward::Percent(Percent::parse(text).unwrap())
    }

    #[test]
    fn ten_percent_from_thirty_euros() {
        let quote = basket(&[("bougie-figuier", 1)]).quote(code(percent("10"), 3000), 0);
        assert_eq!(
            (quote.subtotal, quote.discount, quote.shipping, quote.total),
            (Cents(3400), Cents(340), Cents(490), Cents(3550))
        );
        let quote = basket(&[("mug-aube", 1)]).quote(code(percent("10"), 3000), 0);
        assert_eq!(quote.code.unwrap().standing, Standing::Misses(Cents(600)));
        assert_eq!((quote.discount, quote.total), (Cents(0), Cents(2890)));
    }

    #[test]
    fn the_lines_share_the_discount_to_the_cent() {
        let quote = basket(&[("photophore", 1), ("allumettes", 3), ("trio-cire", 1)])
            .quote(code(percent("10"), 0), 0);
        assert_eq!(quote.subtotal, Cents(1950 + 2670 + 2800));
        assert_eq!(quote.discount, Cents(742));
        let net: Cents = quote.lines.iter().map(|l| l.net).sum();
        assert_eq!(net, quote.subtotal - quote.discount);
    }

    #[test]
    fn an_amount_never_exceeds_the_goods_and_the_parcel_can_be_given() {
        let quote = basket(&[("allumettes", 1)]).quote(code(Reward::Amount(Cents(5000)), 0), 0);
        assert_eq!((quote.discount, quote.total), (Cents(890), Cents(490)));
        let quote = basket(&[("allumettes", 1)]).quote(code(Reward::FreeShipping, 0), 0);
        assert_eq!((quote.discount, quote.shipping, quote.total), (Cents(0), Cents(0), Cents(890)));
    }

    #[test]
    fn the_parcel_is_free_from_sixty_euros_after_the_discount() {
        assert_eq!(basket(&[("mug-aube", 3)]).quote(None, 0).shipping, Cents(0));
        let quote = basket(&[("bougie-figuier", 1), ("trio-cire", 1)]).quote(code(percent("10"), 0), 0);
        assert_eq!((quote.subtotal, quote.shipping), (Cents(6200), PARCEL), "55.80 after the discount");
    }

    #[test]
    fn a_refused_code_changes_nothing() {
        for verdict in [Verdict::Unknown, Verdict::Expired, Verdict::Inactive, Verdict::Unchecked] {
            let quote = basket(&[("lampe-galet", 1)]).quote(Some(("NOPE".parse().unwrap(), verdict)), 0);
            assert_eq!(quote.code.unwrap().standing, Standing::Refused);
            assert_eq!(quote.total, Cents(12900));
        }
    }

    #[test]
    fn a_gift_for_a_first_order_is_not_given_twice() {
        let quote = basket(&[("lampe-galet", 1)]).quote(code(percent("10"), 3000), 1);
        assert_eq!(quote.code.unwrap().standing, Standing::NotFirst);
        assert_eq!((quote.discount, quote.total), (Cents(0), Cents(12900)));
    }

    #[test]
    fn a_voucher_takes_its_worth_off_whoever_orders_and_no_more_than_there_is() {
        let voucher = |reward| Some(("K7PM-4XQD-9RTB".parse().unwrap(), Verdict::Voucher(reward)));
        let quote = basket(&[("bougie-figuier", 1)]).quote(voucher(Reward::Amount(Cents(1000))), 3);
        assert_eq!((quote.discount, quote.total), (Cents(1000), Cents(2400 + 490)));
        let quote = basket(&[("allumettes", 1)]).quote(voucher(Reward::Amount(Cents(1000))), 3);
        assert_eq!((quote.discount, quote.total), (Cents(890), Cents(490)));
        let quote = basket(&[("allumettes", 1)]).quote(voucher(Reward::FreeShipping), 3);
        assert_eq!((quote.discount, quote.total), (Cents(0), Cents(890)));
    }

    #[test]
    fn pieces_are_bounded() {
        let mut basket = basket(&[("mug-aube", 19)]);
        let mug = catalog::by_slug("mug-aube").unwrap();
        basket.add(mug, u32::MAX);
        assert_eq!(basket.pieces(), MOST_PIECES);
        basket.set(mug, 0);
        assert!(basket.is_empty());
        assert_eq!(basket.quote(None, 0).total, Cents(0));
    }
}
