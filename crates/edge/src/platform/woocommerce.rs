//! WooCommerce: orders as its REST API writes them. There is no topic for paid or cancelled orders, so that
//! an order's own state is read from every delivery; what was told before is a duplicate.

use super::exact::Exact;
use super::{address_of, code_in, id_of, items, link, text_of, touches_in, within};
use crate::http::Request;
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use serde_json::{Value, json};

/// Whether this is what saving a webhook sends: `webhook_id=N`, form-encoded and unsigned.
pub fn is_trial(request: &Request) -> bool {
    let number = request.bytes().strip_prefix(b"webhook_id=");
    let digits = |text: &[u8]| (1..=20).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    number.is_some_and(digits) && !request.headers.contains_key("x-wc-webhook-signature")
}

/// The events that an order's state tells of.
pub fn events(topic: &str, order: &Value, params: &[String], now: Instant) -> Vec<Value> {
    let Some(id) = id_of(&order["id"]) else {
        return Vec::new();
    };
    let cancelled = |at: String| json!({"type": "order.cancelled", "data": {"order_id": id, "at": at}});
    match topic {
        // All that is left of a deleted order is its number.
        "order.deleted" => return vec![cancelled(now.to_string())],
        "order.created" | "order.updated" | "order.restored" => {}
        _ => return Vec::new(),
    }
    let created = utc(&order["date_created_gmt"]).unwrap_or_else(|| now.to_string());
    let changed = utc(&order["date_modified_gmt"]).unwrap_or_else(|| now.to_string());
    let status = text_of(&order["status"]).unwrap_or_default();
    let paid = matches!(status, "processing" | "completed" | "refunded")
        || (text_of(&order["date_paid_gmt"]).is_some() && status != "failed");
    let mut events = Vec::new();
    if paid {
        events.extend(order_paid(&id, order, &created, params));
        events.extend(
            items(&order["refunds"]).iter().filter_map(|refund| refunded(&id, order, refund, &changed)),
        );
    }
    if matches!(status, "cancelled" | "refunded" | "trash") {
        events.push(cancelled(changed));
    }
    events
}

fn order_paid(id: &str, order: &Value, created: &str, params: &[String]) -> Option<Value> {
    let currency = Currency::parse(text_of(&order["currency"])?)?;
    let goods = Exact::sum(items(&order["line_items"]).iter().map(|line| &line["subtotal"]));
    let amount = |name: &str| Exact::of(&order[name]).unwrap_or_default().text(currency);
    let meta = |key: &str| {
        items(&order["meta_data"]).iter().find(|one| one["key"] == key).and_then(|one| text_of(&one["value"]))
    };
    let mut codes: Vec<&str> =
        items(&order["coupon_lines"]).iter().filter_map(|line| text_of(&line["code"])).collect();
    codes.extend(meta("parrain_code"));
    let mut touches = meta("parrain_touches").map(touches_in).unwrap_or_default();
    // WooCommerce's own order attribution keeps the address by which the session began.
    let entry = meta("_wc_order_attribution_session_entry").and_then(|address| code_in(address, params));
    touches.extend(entry.map(|code| link(&code, created)));
    // Guests have the id 0.
    let customer = id_of(&order["customer_id"]).filter(|id| id != "0");
    Some(json!({"type": "order.paid", "data": {
        "order_id": id,
        "at": created,
        "customer": {"id": customer, "email": address_of(within(order, "/billing/email"))},
        "currency": currency.code(),
        "subtotal": goods.text(currency),
        "discount": amount("discount_total"),
        "shipping": amount("shipping_total"),
        "tax": amount("total_tax"),
        "total": amount("total"),
        "codes": codes,
        "touches": touches,
    }}))
}

/// Refunds are written as negative totals with their tax; they have no date of their own. Versions that do not say
/// how much of one is tax are taken to have refunded goods, taxed as the order's are on the whole.
fn refunded(order_id: &str, order: &Value, refund: &Value, at: &str) -> Option<Value> {
    let currency = Currency::parse(text_of(&order["currency"])?)?;
    let total = Exact::of(&refund["total"])?.abs();
    let amount = match Exact::of(&refund["total_tax"]) {
        Some(tax) => total - tax.abs(),
        None => {
            let goods = Exact::sum(items(&order["line_items"]).iter().map(|line| &line["total"]));
            let tax = Exact::of(&order["cart_tax"]).unwrap_or_default();
            total.share(goods, goods + tax)
        }
    };
    Some(json!({"type": "order.refunded", "data": {
        "order_id": order_id,
        "refund_id": id_of(&refund["id"])?,
        "at": at,
        "amount": amount.text(currency),
    }}))
}

/// A time in UTC that WooCommerce writes without saying so.
fn utc(value: &Value) -> Option<String> {
    let text = format!("{}Z", text_of(value)?.trim_end_matches('Z'));
    Instant::parse(&text).map(|at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED: &str =
        include_str!("../../tests/fixtures/woocommerce/order.created.guest-coupon.raw.json");
    const REFUNDED: &str =
        include_str!("../../tests/fixtures/woocommerce/order.updated.partial-refund.raw.json");

    fn read(topic: &str, text: &str, change: impl Fn(&mut Value)) -> Vec<Value> {
        let mut order: Value = serde_json::from_str(text).unwrap();
        change(&mut order);
        events(topic, &order, &["ref".to_owned()], Instant::parse("2026-11-22T00:00:00Z").unwrap())
    }

    fn types(events: &[Value]) -> Vec<&str> {
        events.iter().map(|event| event["type"].as_str().unwrap()).collect()
    }

    #[test]
    fn a_real_order_is_read() {
        let events = read("order.created", CREATED, |_| {});
        assert_eq!(
            events,
            [json!({"type": "order.paid", "data": {
                "order_id": "13", "at": "2026-11-21T20:58:33Z",
                "customer": {"id": null, "email": "ada@example.com"},
                "currency": "EUR", "subtotal": "40.00", "discount": "4.00", "shipping": "0.00", "tax": "0.00",
                "total": "36.00", "codes": ["refer10"],
                "touches": [{"code": "REF42", "source": "link", "at": "2026-11-21T20:58:33Z"}]}})]
        );
    }

    #[test]
    fn a_refund_comes_with_its_order_in_case_that_was_never_delivered() {
        let events = read("order.updated", REFUNDED, |_| {});
        assert_eq!(types(&events), ["order.paid", "order.refunded"]);
        assert_eq!(
            events[1]["data"],
            json!({"order_id": "13", "refund_id": "14", "at": "2026-11-21T20:58:57Z", "amount": "18.00"})
        );
        let taxed =
            read("order.updated", REFUNDED, |order| order["refunds"][0]["total_tax"] = json!("-3.00"));
        assert_eq!(taxed[1]["data"]["amount"], "15.00");
        // One of two mugs of 18.00 and a fifth of tax, by a version that says nothing of a refund's tax.
        let untold = read("order.updated", REFUNDED, |order| {
            order["cart_tax"] = json!("7.20");
            order["refunds"] = json!([{"id": 14, "total": "-21.60"}]);
        });
        assert_eq!(untold[1]["data"]["amount"], "18.00");
    }

    #[test]
    fn the_state_decides_and_not_the_topic() {
        let with = |status: &str, paid: Value| {
            read("order.updated", CREATED, |order| {
                order["status"] = json!(status);
                order["date_paid_gmt"] = paid.clone();
            })
        };
        for unpaid in ["pending", "on-hold", "failed", "checkout-draft"] {
            assert!(with(unpaid, Value::Null).is_empty(), "{unpaid}");
        }
        assert_eq!(types(&with("shipped", json!("2026-11-21T21:00:00"))), ["order.paid"]);
        assert_eq!(types(&with("cancelled", Value::Null)), ["order.cancelled"]);
        assert_eq!(types(&with("refunded", Value::Null)), ["order.paid", "order.cancelled"]);
        assert_eq!(types(&read("order.deleted", r#"{"id": 13}"#, |_| {})), ["order.cancelled"]);
        assert!(read("product.updated", CREATED, |_| {}).is_empty());
        assert!(read("order.created", "[]", |_| {}).is_empty());
    }
}
