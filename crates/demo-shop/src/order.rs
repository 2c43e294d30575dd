//! Orders, and the events that tell Parrain of them (contract section 4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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
    /// What the friend's code took off.
    pub discount: Cents,
    /// The parcel.
    pub shipping: Cents,
    /// What was paid.
    pub total: Cents,
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
    pub fn paid_event(&self) -> Value {
        let mut customer = json!({"email": self.buyer.email, "orders_count": self.buyer.orders_count});
        if let Some(id) = &self.buyer.id {
            customer["id"] = json!(id);
        }
        let lines: Vec<Value> = (1..)
            .zip(&self.lines)
            .map(|(n, line)| {
                json!({
                    "id": format!("l{n}"),
                    "sku": line.sku,
                    "category": line.category,
                    "quantity": line.pieces,
                    "total": line.net.wire(),
                })
            })
            .collect();
        json!({"type": "order.paid", "data": {
            "order_id": self.number,
            "at": wire_time(self.at),
            "customer": customer,
            "currency": CURRENCY,
            "subtotal": self.subtotal.wire(),
            "discount": self.discount.wire(),
            "shipping": self.shipping.wire(),
            "tax": Cents::ZERO.wire(),
            "total": self.total.wire(),
            "codes": self.codes,
            "touches": self.touches.iter().map(|touch| json!({
                "code": touch.code,
                "source": touch.source,
                "at": wire_time(touch.at),
            })).collect::<Vec<_>>(),
            "lines": lines,
        }})
    }

    /// The event `order.refunded`.
    pub fn refunded_event(&self, refund: &Refund) -> Value {
        json!({"type": "order.refunded", "data": {
            "order_id": self.number,
            "at": wire_time(refund.at),
            "refund_id": refund.id,
            "amount": refund.amount.wire(),
        }})
    }

    /// The event `order.cancelled`.
    pub fn cancelled_event(&self, at: Timestamp) -> Value {
        json!({"type": "order.cancelled", "data": {"order_id": self.number, "at": wire_time(at)}})
    }
}

/// RFC 3339 in UTC, to the millisecond.
fn wire_time(at: Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::touches::Source;

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
        let event = bobs().paid_event();
        let expected = json!({"type": "order.paid", "data": {
            "order_id": "AL-1001", "at": "2026-11-02T10:00:00.000Z",
            "customer": {"id": "c-7", "email": "bob@example.com", "orders_count": 1},
            "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "0.00", "total": "77.00",
            "codes": ["ANNA10"],
            "touches": [{"code": "ANNA10", "source": "link", "at": "2026-11-01T09:00:00.000Z"}],
            "lines": [{"id": "l1", "sku": "MUG-1", "category": "mugs", "quantity": 2, "total": "72.00"}]}});
        assert_eq!(event, expected);
    }

    #[test]
    fn a_guest_has_no_id() {
        let mut order = bobs();
        order.buyer.id = None;
        assert_eq!(
            order.paid_event()["data"]["customer"],
            json!({"email": "bob@example.com", "orders_count": 1})
        );
    }

    #[test]
    fn tells_of_a_refund_and_a_cancellation() {
        let order = bobs();
        let refund =
            Refund { id: "r-1".into(), at: "2026-11-03T10:00:00Z".parse().unwrap(), amount: Cents(1999) };
        assert_eq!(
            order.refunded_event(&refund),
            json!({"type": "order.refunded", "data": {"order_id": "AL-1001", "at": "2026-11-03T10:00:00.000Z", "refund_id": "r-1", "amount": "19.99"}})
        );
        assert_eq!(
            order.cancelled_event(refund.at),
            json!({"type": "order.cancelled", "data": {"order_id": "AL-1001", "at": "2026-11-03T10:00:00.000Z"}})
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
