//! The shop's own discounts: referrers' codes with what they give a friend, and vouchers, each good once. Both are made
//! because Parrain asked for them ([`crate::module`]), and kept in the shop's books.

use jiff::Timestamp;
use parrain_wire::program::{self, RewardKind};
use parrain_wire::tasks::CodeTerms;
use serde::{Deserialize, Serialize};

use crate::money::{CURRENCY, Cents, Percent};
use crate::offer::{Gift, Reward};
use crate::touches::Code;

/// A code that every friend of a referrer's may use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coupon {
    /// The referrer's code.
    pub code: Code,
    /// What it gives; `None` where it gives nothing any more.
    pub terms: Option<CodeTerms>,
}

/// A code that is good once, by which a referrer spends a reward.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Voucher {
    /// The code.
    pub code: Code,
    /// Whose reward it is.
    pub referrer: Option<Code>,
    /// What it is worth.
    pub reward: program::Reward,
    /// When it was made.
    pub at: Timestamp,
    /// When the shop ended it, since its reward was taken back.
    pub ended: Option<Timestamp>,
}

/// Why this shop cannot take something off a basket: words for the owner, which the edge shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unable {
    /// It is no discount that the shop knows.
    #[error("this shop has no discount of that kind")]
    Kind,
    /// It is money of another currency.
    #[error("this shop sells in {CURRENCY}")]
    Currency,
    /// It cannot be read.
    #[error("the amount cannot be read")]
    Amount,
}

impl Coupon {
    /// What the code gives at an instant; `from` is the referrer's first name.
    pub fn gift(&self, from: Option<String>, now: Timestamp) -> Option<Gift> {
        let terms = self.terms.as_ref()?;
        let at = |instant: &parrain_wire::Instant| Timestamp::from_microsecond(instant.micros()).ok();
        let begun = terms.starts_at.as_ref().is_none_or(|starts| at(starts).is_some_and(|at| at <= now));
        let over = terms.ends_at.as_ref().is_some_and(|ends| at(ends).is_none_or(|at| at < now));
        let minimum =
            terms.min_subtotal.as_ref().map_or(Some(Cents::ZERO), |text| Cents::parse(text.as_str()))?;
        let reward = discount(&terms.reward, terms.currency.as_str()).ok()?;
        (begun && !over).then_some(Gift { from, reward, minimum, newcomers_only: terms.new_customers_only })
    }
}

impl Voucher {
    /// What comes off a basket by it.
    pub fn worth(&self) -> Option<Reward> {
        discount(&self.reward, self.reward.currency.as_ref().map_or(CURRENCY, |known| known.as_str())).ok()
    }
}

/// What a reward is at this till: store credit and gift cards are so much off, since the shop has no accounts of money.
///
/// # Errors
/// What this shop cannot give.
pub fn discount(reward: &program::Reward, currency: &str) -> Result<Reward, Unable> {
    let amount = || {
        if currency != CURRENCY {
            return Err(Unable::Currency);
        }
        let amount = reward.amount.as_ref().and_then(|amount| Cents::parse(amount.as_str()));
        amount.map(Reward::Amount).ok_or(Unable::Amount)
    };
    match reward.kind.word().ok_or(Unable::Kind)? {
        RewardKind::PercentOff => {
            let percent = reward.percent.as_ref().and_then(|percent| Percent::parse(percent.as_str()));
            percent.map(Reward::Percent).ok_or(Unable::Amount)
        }
        RewardKind::AmountOff | RewardKind::StoreCredit | RewardKind::GiftCard => amount(),
        RewardKind::FreeShipping => Ok(Reward::FreeShipping),
        RewardKind::FreeProduct
        | RewardKind::Cash
        | RewardKind::Points
        | RewardKind::Access
        | RewardKind::Commission
        | RewardKind::Donation => Err(Unable::Kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn coupon(terms: serde_json::Value) -> Coupon {
        serde_json::from_value(json!({"code": "ANNA10", "terms": terms})).unwrap()
    }

    #[test]
    fn a_code_gives_what_its_terms_say_while_they_hold() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let terms = json!({"reward": {"kind": "percent_off", "percent": "10"}, "currency": "EUR",
            "min_subtotal": "30.00", "new_customers_only": true});
        let gift = coupon(terms.clone()).gift(Some("Anna".into()), now).unwrap();
        assert_eq!(gift.reward, Reward::Percent(Percent::parse("10").unwrap()));
        assert_eq!((gift.minimum, gift.newcomers_only, gift.from), (Cents(3000), true, Some("Anna".into())));
        let dated = |name: &str, at: &str| {
            let mut terms = terms.clone();
            terms[name] = json!(at);
            coupon(terms).gift(None, now).is_some()
        };
        assert!(dated("starts_at", "2026-11-21T12:00:00Z") && !dated("starts_at", "2026-11-21T12:00:01Z"));
        assert!(dated("ends_at", "2026-11-21T12:00:00Z") && !dated("ends_at", "2026-11-21T11:59:59Z"));
        assert_eq!(coupon(json!(null)).gift(None, now), None);
    }

    #[test]
    fn what_this_till_cannot_give_is_said() {
        let read = |reward: serde_json::Value, currency| {
            discount(&serde_json::from_value(reward).unwrap(), currency)
        };
        for kind in ["amount_off", "store_credit", "gift_card"] {
            let reward = json!({"kind": kind, "amount": "10.00"});
            assert_eq!(read(reward.clone(), "EUR"), Ok(Reward::Amount(Cents(1000))), "{kind}");
            assert_eq!(read(reward, "USD"), Err(Unable::Currency), "{kind}");
        }
        assert_eq!(read(json!({"kind": "free_shipping"}), "EUR"), Ok(Reward::FreeShipping));
        for kind in ["free_product", "cash", "points", "access", "tomorrows"] {
            assert_eq!(read(json!({"kind": kind}), "EUR"), Err(Unable::Kind), "{kind}");
        }
        assert_eq!(read(json!({"kind": "amount_off", "amount": "-1.00"}), "EUR"), Err(Unable::Amount));
        assert_eq!(read(json!({"kind": "percent_off", "percent": "110"}), "EUR"), Err(Unable::Amount));
    }
}
