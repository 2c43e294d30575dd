//! Orders, and the events that tell Parrain of them (contract section 4).

use jiff::Timestamp;
use parrain_wire::event::{self, Event};
use parrain_wire::{Instant, order as wire};
use serde::{Deserialize, Serialize};

use crate::basket::Quote;
use crate::money::{CURRENCY, Cents};
use crate::touches::{Code, Touch};

/// An order as it was placed, and what has been taken back since.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Its number, which the customer reads: `AL-7K3MPQX`.
    pub number: String,
    /// The checkout that placed it: sent twice, it still places one order.
    pub checkout: String,
    /// When.
    pub at: Timestamp,
    /// Who it is for.
    pub buyer: Buyer,
    /// What.
    pub lines: Vec<OrderLine>,
    /// The goods before the discount.
    pub subtotal: Cents,
    /// What the friend's code or a voucher took off.
    pub discount: Cents,
    /// The parcel.
    pub shipping: Cents,
    /// What was paid.
    pub total: Cents,
    /// The voucher that it was paid with in part, among `codes`.
    #[serde(default)]
    pub voucher: Option<Code>,
    /// Codes that the buyer typed or applied.
    pub codes: Vec<Code>,
    /// How the buyer came.
    pub touches: Vec<Touch>,
    /// Money given back for goods.
    pub refunds: Vec<Refund>,
    /// When the order was called off.
    pub cancelled: Option<Timestamp>,
}

/// Who ordered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Buyer {
    /// Name on the parcel.
    pub name: String,
    /// Where the confirmation goes.
    pub email: String,
    /// Customer id where they were signed in.
    pub id: Option<String>,
    /// How many orders they have placed, this one included.
    pub orders_count: u32,
}

/// A line of an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderLine {
    /// Which article.
    pub sku: String,
    /// Its shelf, by its name on the wire.
    pub category: String,
    /// How many.
    pub pieces: u32,
    /// After its part of the discount.
    pub net: Cents,
}

/// Goods paid back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// Its id: sent twice, it still gives money back once.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// How much of the goods.
    pub amount: Cents,
}

/// What an order's lines are, at the price of a quote.
pub fn lines(quote: &Quote) -> Vec<OrderLine> {
    quote
        .lines
        .iter()
        .map(|line| OrderLine {
            sku: line.product.sku.to_owned(),
            category: line.product.category.wire().to_owned(),
            pieces: line.pieces,
            net: line.net,
        })
        .collect()
}

impl Order {
    /// What can still be paid back of the goods.
    pub fn refundable(&self) -> Cents {
        if self.cancelled.is_some() {
            return Cents::ZERO;
        }
        self.subtotal - self.discount - self.refunded()
    }

    /// What has been paid back.
    pub fn refunded(&self) -> Cents {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// Whether it can be called off: once, and not after all was paid back.
    pub fn cancellable(&self) -> bool {
        self.cancelled.is_none() && (self.refundable() > Cents::ZERO || self.refunds.is_empty())
    }

    /// The event `order.paid`.
    pub fn paid_event(&self) -> Event {
        let line = |(n, line): (usize, &OrderLine)| wire::Line {
            id: Some(format!("l{n}")),
            sku: Some(line.sku.clone()),
            category: Some(line.category.clone()),
            quantity: Some(line.pieces),
            total: line.net.wire().into(),
        };
        let touch = |touch: &Touch| parrain_wire::Touch {
            code: touch.code.clone(),
            source: touch.source,
            at: instant(touch.at),
        };
        Event::OrderPaid(wire::Order {
            order_id: self.number.clone(),
            at: instant(self.at),
            customer: Some(wire::Customer {
                id: self.buyer.id.clone(),
                email: Some(self.buyer.email.clone()),
                orders_count: Some(self.buyer.orders_count),
            }),
            currency: CURRENCY.into(),
            subtotal: self.subtotal.wire().into(),
            discount: self.discount.wire().into(),
            shipping: Some(self.shipping.wire().into()),
            tax: Some(Cents::ZERO.wire().into()),
            total: self.total.wire().into(),
            codes: self.codes.iter().map(ToString::to_string).collect(),
            touches: self.touches.iter().map(touch).collect(),
            lines: (1..).zip(&self.lines).map(line).collect(),
            ..wire::Order::default()
        })
    }

    /// The event `order.refunded`.
    pub fn refunded_event(&self, refund: &Refund) -> Event {
        Event::OrderRefunded(event::Refund {
            order_id: self.number.clone(),
            at: instant(refund.at),
            refund_id: refund.id.clone(),
            amount: refund.amount.wire().into(),
        })
    }

    /// The event `order.cancelled`.
    pub fn cancelled_event(&self, at: Timestamp) -> Event {
        Event::OrderCancelled(event::Cancellation { order_id: self.number.clone(), at: instant(at) })
    }
}

fn instant(at: Timestamp) -> Instant {
    Instant::from_micros(at.as_microsecond())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::touches::Source;
    use serde_json::json;

    /// Bob's order of contract section 4.
    pub fn bobs() -> Order {
        let at: Timestamp = "2026-11-02T10:00:00Z".parse().unwrap();
        Order {
            number: "AL-1001".into(),
            checkout: "checkout-1".into(),
            at,
            buyer: Buyer {
                name: "Bob".into(),
                email: "bob@example.com".into(),
                id: Some("c-7".into()),
                orders_count: 1,
            },
            lines: vec![OrderLine {
                sku: "MUG-1".into(),
                category: "mugs".into(),
                pieces: 2,
                net: Cents(7200),
            }],
            subtotal: Cents(8000),
            discount: Cents(800),
            shipping: Cents(500),
            total: Cents(7700),
            voucher: None,
            codes: vec!["ANNA10".parse().unwrap()],
            touches: vec![Touch {
                code: "ANNA10".parse().unwrap(),
                source: Source::Link,
                at: "2026-11-01T09:00:00Z".parse().unwrap(),
            }],
            refunds: vec![],
            cancelled: None,
        }
    }

    #[test]
    fn tells_of_an_order_in_the_contracts_words() {
        let event = serde_json::to_value(bobs().paid_event()).unwrap();
        let expected = json!({"type": "order.paid", "data": {
            "order_id": "AL-1001", "at": "2026-11-02T10:00:00Z",
            "customer": {"id": "c-7", "email": "bob@example.com", "orders_count": 1},
            "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "0.00", "total": "77.00",
            "codes": ["ANNA10"],
            "touches": [{"code": "ANNA10", "source": "link", "at": "2026-11-01T09:00:00Z"}],
            "lines": [{"id": "l1", "sku": "MUG-1", "category": "mugs", "quantity": 2, "total": "72.00"}]}});
        assert_eq!(event, expected);
    }

    #[test]
    fn a_guest_has_no_id() {
        let mut order = bobs();
        order.buyer.id = None;
        assert_eq!(
            serde_json::to_value(order.paid_event()).unwrap()["data"]["customer"],
            json!({"email": "bob@example.com", "orders_count": 1})
        );
    }

    #[test]
    fn tells_of_a_refund_and_a_cancellation() {
        let order = bobs();
        let refund =
            Refund { id: "r-1".into(), at: "2026-11-03T10:00:00Z".parse().unwrap(), amount: Cents(1999) };
        assert_eq!(
            serde_json::to_value(order.refunded_event(&refund)).unwrap(),
            json!({"type": "order.refunded", "data": {"order_id": "AL-1001", "at": "2026-11-03T10:00:00Z", "refund_id": "r-1", "amount": "19.99"}})
        );
        assert_eq!(
            serde_json::to_value(order.cancelled_event(refund.at)).unwrap(),
            json!({"type": "order.cancelled", "data": {"order_id": "AL-1001", "at": "2026-11-03T10:00:00Z"}})
        );
    }

    #[test]
    fn what_can_be_taken_back_shrinks() {
        let mut order = bobs();
        assert_eq!(order.refundable(), Cents(7200));
        order.refunds.push(Refund { id: "r-1".into(), at: order.at, amount: Cents(7000) });
        assert_eq!(order.refundable(), Cents(200));
        assert!(order.cancellable());
        order.refunds.push(Refund { id: "r-2".into(), at: order.at, amount: Cents(200) });
        assert!(!order.cancellable());
        let mut order = bobs();
        order.cancelled = Some(order.at);
        assert_eq!(order.refundable(), Cents(0));
        assert!(!order.cancellable());
    }
}
