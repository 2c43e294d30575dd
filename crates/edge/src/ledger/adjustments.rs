//! What the shop gives or corrects by hand: recorded and settled like an order, each id once.

use parrain_core::check::Fault;
use parrain_core::event::{Adjustment, Kind, Order};
use parrain_core::instant::Instant;
use parrain_core::program::is_money;

use super::Ledger;
use super::shop::Shop;
use super::sql::Sql;
use crate::protocol::calls::{Adjust, NewAdjustment, Saved};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};
use parrain_wire::event::Decided;
use parrain_wire::rewards;

/// As which reward money is given where nothing else is said or follows from the offer.
const CASH: &str = "cash";

impl<S: Sql> Answers<Adjust> for Ledger<S> {
    /// All of them or, where a code is nobody's, none.
    fn answer(&self, now: Instant, ask: Adjust) -> Result<Vec<Saved<rewards::Conversion>>, Refusal> {
        let shop = self.shop()?;
        let (mut orders, mut faults) = (Vec::new(), Vec::new());
        for (index, new) in ask.adjustments.into_iter().enumerate() {
            match self.find_referrer(&new.code)? {
                Some(held) => orders.push(order(new, &held.referrer, &shop, now)),
                None => {
                    let detail = "is no referrer's code".to_owned();
                    faults.push(Fault { pointer: format!("/{index}/code"), detail });
                }
            }
        }
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        let mut saved = Vec::new();
        for order in orders {
            let id = order.id.clone();
            let outcome = self.record_order(order, true)?;
            let found = self.dossiers("WHERE kind = 4 AND ext = ?", &[id.into()])?.pop();
            let view = found.and_then(|one| one.view_for_shop(now.max(one.case.at), shop.locale()));
            let value = view.ok_or_else(|| Refusal::Store("an adjustment is gone".into()))?;
            saved.push(Saved { created: outcome.outcome == Decided::Recorded, value });
        }
        Ok(saved)
    }
}

fn order(new: NewAdjustment, referrer: &Referrer, shop: &Shop, now: Instant) -> Order {
    let NewAdjustment { id, code, reward, currency, amount, reason } = new;
    let program = shop.versions.latest();
    // As the referrer is paid otherwise, where that is money.
    let own = referrer.terms.as_ref().map(|terms| &terms.reward);
    let own = own.or(program.offer(&referrer.offer).map(|offer| &offer.advocate.reward));
    let usual = own.map(|reward| reward.kind().name()).filter(|kind| is_money(kind)).unwrap_or(CASH);
    let adjustment = Adjustment {
        code,
        reward: reward.unwrap_or_else(|| usual.to_owned()),
        currency: currency.unwrap_or(program.currency),
        amount,
        reason,
    };
    Order {
        kind: Kind::Adjustment,
        id,
        at: now,
        customer: Default::default(),
        goods: None,
        codes: Vec::new(),
        unknown_codes: Vec::new(),
        touches: Vec::new(),
        unknown_touches: Vec::new(),
        traces: Default::default(),
        credit: None,
        adjustment: Some(Box::new(adjustment)),
    }
}
