//! Promo codes of the shop's own: which orders carried them, and that they are made where codes are made.

use std::collections::BTreeSet;

use parrain_core::check::Fault;
use parrain_core::code::Code;
use parrain_core::event::{Kind, Order};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, format_amount};
use parrain_core::program::{Discounts, Program, Promotion};
use parrain_wire::promotion::{PromotionDiscount, PromotionList, PromotionUse};
use parrain_wire::tasks::CodeTerms;

use super::Ledger;
use super::shop::parse_code;
use super::sql::{Row, Sql, SqlError};
use crate::protocol::calls::ListPromotions;
use crate::protocol::{Answers, Refusal};

/// How many codes that the program has no longer are listed.
const MOST_FORMER: u32 = 100;

impl<S: Sql> Answers<ListPromotions> for Ledger<S> {
    fn answer(&self, _: Instant, _: ListPromotions) -> Result<PromotionList, Refusal> {
        let shop = self.shop()?;
        let program = shop.versions.latest();
        let mut promotions = Vec::new();
        for promotion in &program.promotions {
            promotions.push(PromotionUse {
                code: promotion.code.to_string(),
                promotion: Some(promotion.to_wire(program.currency)),
                ready: self.is_promotion_ready(self.now.get(), program, promotion)?,
                ..PromotionUse::default()
            });
        }
        let rows = self.sql.run(
            "SELECT DISTINCT code FROM promoted_sum ORDER BY code LIMIT ?",
            &[(MOST_FORMER * 2).into()],
        )?;
        for row in &rows {
            let code = parse_code(row.text(0)?)?;
            if program.promotion(&code).is_none() {
                promotions.push(PromotionUse { code: code.to_string(), ..PromotionUse::default() });
            }
        }
        promotions.truncate(program.promotions.len() + MOST_FORMER as usize);
        for each in &mut promotions {
            (each.orders, each.discounts) = self.used(&each.code)?;
            each.troubles = self.promotion_troubles(&each.code)?;
        }
        Ok(PromotionList { promotions })
    }
}

impl<S: Sql> Ledger<S> {
    /// Refuses a program whose promo codes are referrers' already.
    pub(super) fn check_promotions(&self, program: &Program) -> Result<(), Refusal> {
        let mut faults = Vec::new();
        for (index, promotion) in program.promotions.iter().enumerate() {
            if self.find_referrer(&promotion.code)?.is_some() {
                let detail = "is a referrer's code".to_owned();
                faults.push(Fault { pointer: format!("/promotions/{index}/code"), detail });
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
    }

    /// Whether a code is one of the shop's own, and so nobody else's.
    pub(super) fn is_promotion(&self, code: &Code) -> Result<bool, Refusal> {
        Ok(self.shop()?.versions.latest().promotion(code).is_some())
    }

    /// Whether any version of the program has a code as one of the shop's own. Orders may name it from then: whoever got it
    /// later would be given what was never theirs, or not, as these happen to arrive.
    pub(super) fn was_promotion(&self, code: &Code) -> Result<bool, Refusal> {
        Ok(self.shop()?.versions.all().any(|program| program.promotion(code).is_some()))
    }

    /// Notes which promo codes a paid order carries, by the program of its date. They stand among the codes that are no
    /// referrer's.
    pub(super) fn note_promotions(&self, id: i64, order: &Order) -> Result<(), Refusal> {
        // One that was given by hand is an order that is on record already.
        let (Kind::Sale, Some(goods), None) = (order.kind, &order.goods, &order.credit) else {
            return Ok(());
        };
        let shop = self.shop()?;
        let program = shop.versions.at(order.at);
        let codes: BTreeSet<&Code> =
            order.unknown_codes.iter().filter(|code| program.promotion(code).is_some()).collect();
        for code in codes {
            let (named, currency) = (code.as_str(), goods.currency.code());
            let counted = self.sql.run(
                "INSERT OR IGNORE INTO promoted (code, entry, currency, discount) VALUES (?, ?, ?, ?) RETURNING entry",
                &[named.into(), id.into(), currency.into(), goods.discount.into()],
            )?;
            if !counted.is_empty() {
                self.sql.run(
                    "INSERT INTO promoted_sum (code, currency, orders, discount) VALUES (?, ?, 1, ?)
                        ON CONFLICT (code, currency) DO UPDATE SET orders = orders + 1, discount = discount + excluded.discount",
                    &[named.into(), currency.into(), goods.discount.into()],
                )?;
            }
            // So that who looks for orders by the code finds them.
            self.sql.run(
                "INSERT OR IGNORE INTO mention (named, placed, entry) VALUES (?, ?, ?)",
                &[code.as_str().into(), order.position().at.into(), id.into()],
            )?;
        }
        Ok(())
    }

    /// Notes what is to be made of the promo codes, wherever codes are made: those of the newest program, and the end of
    /// what was made of others.
    pub(super) fn want_promotions(&self, now: Instant) -> Result<(), Refusal> {
        let shop = self.shop()?;
        let program = shop.versions.latest();
        for promotion in &program.promotions {
            self.want(now, &promotion.code, promotion_terms(now, program, promotion))?;
        }
        let rows = self.sql.run(
            "SELECT DISTINCT code FROM code WHERE code NOT IN (SELECT code FROM referrer) AND terms IS NOT NULL",
            &[],
        )?;
        let codes = rows.iter().map(|row| parse_code(row.text(0)?)).collect::<Result<Vec<_>, SqlError>>()?;
        for code in codes.iter().filter(|code| program.promotion(code).is_none()) {
            self.want(now, code, None)?;
        }
        self.publish_promotions(now)
    }

    /// Has the shop's copy say which promo codes cannot be redeemed yet.
    pub(super) fn publish_promotions(&self, now: Instant) -> Result<(), Refusal> {
        let shop = self.shop()?;
        let program = shop.versions.latest();
        let mut waiting = BTreeSet::new();
        for promotion in &program.promotions {
            if self.is_promotion_ready(now, program, promotion)? == Some(false) {
                waiting.insert(promotion.code.clone());
            }
        }
        if waiting == shop.record.promotions_waiting {
            return Ok(());
        }
        let mut record = shop.record.clone();
        record.promotions_waiting = waiting;
        self.write_record(&record)
    }

    fn is_promotion_ready(
        &self,
        now: Instant,
        program: &Program,
        promotion: &Promotion,
    ) -> Result<Option<bool>, Refusal> {
        match promotion_terms(now, program, promotion) {
            Some(_) => self.is_made(&promotion.code),
            None => Ok(None),
        }
    }

    fn used(&self, code: &str) -> Result<(i64, Vec<PromotionDiscount>), Refusal> {
        let rows = self.sql.run(
            "SELECT currency, orders, discount FROM promoted_sum WHERE code = ? ORDER BY currency",
            &[code.into()],
        )?;
        let mut orders = 0;
        let mut discounts = Vec::new();
        for row in &rows {
            orders += row.int(1)?;
            let currency = currency(row)?;
            discounts.push(PromotionDiscount {
                currency: currency.code().into(),
                amount: format_amount(row.int(2)?, currency.decimals()).into(),
            });
        }
        Ok((orders, discounts))
    }
}

fn currency(row: &Row) -> Result<Currency, Refusal> {
    let code = row.text(0)?;
    Currency::parse(code).ok_or_else(|| Refusal::Store(format!("a stored currency is {code}")))
}

/// What a promo code is to give at the shop, at this instant and after it. One for some categories alone is the shop's to
/// make: what a platform calls its categories is not known here, and a code that were good for all goods would give more than
/// was promised.
fn promotion_terms(now: Instant, program: &Program, promotion: &Promotion) -> Option<CodeTerms> {
    let made_here = program.discounts == Discounts::Platform
        && promotion.categories.is_empty()
        && !promotion.has_ended(now);
    made_here.then(|| {
        let friend = promotion.friend.to_wire(program.currency);
        CodeTerms {
            reward: friend.reward,
            currency: program.currency.code().into(),
            min_subtotal: friend.min_subtotal,
            new_customers_only: promotion.new_customers_only,
            starts_at: promotion.starts_at,
            ends_at: promotion.ends_at,
        }
    })
}
