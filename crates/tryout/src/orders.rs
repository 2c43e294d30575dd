//! Orders as an export had them, kept small: a year's may be a million.

use parrain_core::code::Code;
use parrain_core::event::{Change, Customer, Goods, Kind, Line, Order, Traces, What};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, Decimal};

/// An order that was paid. Amounts are minor units of its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// Its id.
    pub id: Box<str>,
    /// When.
    pub at: Instant,
    /// The shop's id of the customer, or their name where an export has nothing else.
    pub customer: Option<Box<str>>,
    /// The address in the form in which addresses are compared.
    pub email: Option<Box<str>>,
    /// The export says that the customer had ordered before.
    pub returning: bool,
    /// The currency.
    pub currency: Currency,
    /// The goods before the discount, without tax and shipping.
    pub subtotal: i64,
    /// The discount.
    pub discount: i64,
    /// What was paid in all, where the export says it.
    pub total: Option<i64>,
    /// Codes on it, by their places in [`Orders::codes`].
    pub codes: Box<[u32]>,
    /// Goods of a category.
    pub lines: Vec<Line>,
}

/// Something that was paid back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The order's place in [`Orders::bought`].
    pub order: usize,
    /// When.
    pub at: Instant,
    /// Goods, in minor units of the order's currency.
    pub goods: i64,
    /// Money of which goods, tax and shipping are not told apart, in minor units.
    pub returned: i64,
}

/// All that an export holds.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// The orders, as they stood.
    pub bought: Vec<Bought>,
    /// What was paid back of them.
    pub refunds: Vec<Refund>,
    /// Every code that stands on an order.
    pub codes: Vec<Code>,
}

impl Orders {
    /// An order as the core reads one.
    pub fn order(&self, bought: &Bought) -> Order {
        let codes = bought.codes.iter().filter_map(|place| self.codes.get(*place as usize)).cloned();
        Order {
            kind: Kind::Sale,
            id: bought.id.to_string(),
            at: bought.at,
            customer: Customer {
                id: bought.customer.as_deref().map(str::to_owned),
                email: bought.email.as_deref().map(str::to_owned),
                // How many is not known, only that it is not the first.
                orders_count: bought.returning.then_some(2),
            },
            goods: Some(Goods {
                currency: bought.currency,
                subtotal: bought.subtotal,
                discount: bought.discount,
                total: bought.total,
                lines: bought.lines.clone(),
            }),
            codes: codes.collect(),
            unknown_codes: Vec::new(),
            touches: Vec::new(),
            unknown_touches: Vec::new(),
            adjustment: None,
            // No export has the addresses and devices by which several orders might be one person's.
            traces: Traces::default(),
            credit: None,
        }
    }

    /// A refund as the core reads one; `None` of an order that is not there.
    pub fn change(&self, number: usize, refund: &Refund) -> Option<Change> {
        let bought = self.bought.get(refund.order)?;
        let scale = bought.currency.decimals();
        let decimal = |digits| Decimal { digits, scale };
        Some(Change {
            order_id: bought.id.to_string(),
            at: refund.at,
            what: What::Refunded {
                id: number.to_string(),
                amount: decimal(refund.goods),
                returned: (refund.returned != 0).then(|| decimal(refund.returned)),
            },
        })
    }
}
