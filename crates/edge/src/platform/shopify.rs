//! Shopify: orders and refunds as its REST resources write them. Fields of newer API versions may be
//! missing, customer fields may be withheld.

use super::exact::Exact;
use super::{address_of, code_in, id_of, items, link, text_of, touches_in, within};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use serde_json::{Value, json};

/// The events that a delivery tells of.
pub fn events(topic: &str, body: &Value, params: &[String], now: Instant) -> Vec<Value> {
    match topic {
        "refunds/create" => refunded(body, None).into_iter().collect(),
        "orders/create"
        | "orders/paid"
        | "orders/updated"
        | "orders/edited"
        | "orders/fulfilled"
        | "orders/partially_fulfilled"
        | "orders/cancelled" => of_order(body, params, now),
        "orders/delete" => {
            id_of(&body["id"]).map(|id| cancelled(&id, &now.to_string())).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn of_order(order: &Value, params: &[String], now: Instant) -> Vec<Value> {
    let Some(id) = id_of(&order["id"]) else {
        return Vec::new();
    };
    let mut events = Vec::new();
    let state = text_of(&order["financial_status"]).unwrap_or_default();
    if matches!(state, "paid" | "partially_refunded" | "refunded") {
        events.extend(order_paid(&id, order, params));
        let currency = text_of(&order["currency"]).and_then(Currency::parse);
        events.extend(items(&order["refunds"]).iter().filter_map(|refund| refunded(refund, currency)));
    }
    if let Some(at) = text_of(&order["cancelled_at"]) {
        events.push(cancelled(&id, at));
    } else if state == "voided" {
        events.push(cancelled(&id, text_of(&order["updated_at"]).unwrap_or(&now.to_string())));
    }
    events
}

fn order_paid(id: &str, order: &Value, params: &[String]) -> Option<Value> {
    let currency = Currency::parse(text_of(&order["currency"])?)?;
    let at = text_of(&order["processed_at"]).or_else(|| text_of(&order["created_at"]))?;
    // `subtotal_price` is after discounts and, in shops that show prices with tax, with tax.
    let lines = items(&order["line_items"]);
    let with_tax = order["taxes_included"].as_bool().unwrap_or(false);
    let taxes = lines.iter().flat_map(|line| items(&line["tax_lines"])).map(|tax| &tax["price"]);
    let tax = if with_tax { Exact::sum(taxes) } else { Exact::default() };
    let discount = Exact::of(&order["total_discounts"]).unwrap_or_default();
    let goods = (Exact::of(&order["subtotal_price"])? - tax).positive() + discount;
    let amount = |name: &str| Exact::of(&order[name]).unwrap_or_default().text(currency);
    let shipping = Exact::sum(items(&order["shipping_lines"]).iter().map(|line| &line["price"]));
    let attribute = |name: &str| {
        let found = items(&order["note_attributes"]).iter().find(|one| one["name"] == name);
        found.and_then(|one| text_of(&one["value"]))
    };
    let mut codes: Vec<&str> =
        items(&order["discount_codes"]).iter().filter_map(|one| text_of(&one["code"])).collect();
    codes.extend(attribute("parrain_code"));
    let mut touches = attribute("parrain_touches").map(touches_in).unwrap_or_default();
    // The widget notes a link's code on the basket under the program's own parameter; without it Shopify
    // still knows by which address the visit began.
    let noted = params.iter().find_map(|param| attribute(param)).map(str::to_owned);
    let landed = text_of(&order["landing_site"]).and_then(|address| code_in(address, params));
    touches.extend(noted.or(landed).map(|code| link(&code, at)));
    let customer = &order["customer"];
    let email =
        [&order["email"], &order["contact_email"], &customer["email"]].into_iter().find_map(address_of);
    Some(json!({"type": "order.paid", "data": {
        "order_id": id,
        "at": at,
        "customer": {"id": id_of(&customer["id"]), "email": email},
        "currency": currency.code(),
        "subtotal": goods.text(currency),
        "discount": discount.text(currency),
        "shipping": shipping.text(currency),
        "tax": amount("total_tax"),
        "total": amount("total_price"),
        "codes": codes,
        "touches": touches,
    }}))
}

/// A refund of goods; where no line is named, of what was paid back. `currency` is the order's, where known.
fn refunded(refund: &Value, currency: Option<Currency>) -> Option<Value> {
    let payments = items(&refund["transactions"]);
    let lines = items(&refund["refund_line_items"]);
    let adjustments = items(&refund["order_adjustments"]);
    let currency = currency.or_else(|| currency_of(refund));
    let of_line = |line: &Value| {
        Exact::of(&line["subtotal"]).or_else(|| {
            let price = Exact::of(within(line, "/line_item/price"))?;
            let quantity = line["quantity"].as_u64()?.min(100_000);
            Some((0..quantity).fold(Exact::default(), |sum, _| sum + price))
        })
    };
    let amount = if !lines.is_empty() {
        lines.iter().filter_map(of_line).fold(Exact::default(), |sum, one| sum + one)
    } else if !adjustments.is_empty() {
        let of_goods = adjustments.iter().filter(|one| one["kind"] != "shipping_refund");
        Exact::sum(of_goods.map(|one| &one["amount"])).abs()
    } else {
        let back = |payment: &&Value| payment["kind"] == "refund" && payment["status"] != "failure";
        Exact::sum(payments.iter().filter(back).map(|payment| &payment["amount"])).abs()
    };
    // A refund of shipping alone takes back nothing of the goods.
    if amount == Exact::default() {
        return None;
    }
    let two_decimals = Currency::parse("EUR")?;
    Some(json!({"type": "order.refunded", "data": {
        "order_id": id_of(&refund["order_id"])?,
        "refund_id": id_of(&refund["id"])?,
        "at": text_of(&refund["processed_at"]).or_else(|| text_of(&refund["created_at"]))?,
        "amount": amount.text(currency.unwrap_or(two_decimals)),
    }}))
}

/// The currency of a refund's amounts, which is the order's. Payments name the one that the buyer paid in, another
/// one where a shop sells in several; it is taken where an old version of the API names no other.
fn currency_of(refund: &Value) -> Option<Currency> {
    let first = |list: &str, pointer: &str| {
        items(&refund[list]).iter().find_map(|one| text_of(within(one, pointer)).map(str::to_owned))
    };
    let code = first("refund_line_items", "/subtotal_set/shop_money/currency_code")
        .or_else(|| first("order_adjustments", "/amount_set/shop_money/currency_code"))
        .or_else(|| first("transactions", "/currency"));
    Currency::parse(&code?)
}

fn cancelled(id: &str, at: &str) -> Value {
    json!({"type": "order.cancelled", "data": {"order_id": id, "at": at}})
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: &str = include_str!("../../tests/fixtures/shopify/order.json");
    const REFUND: &str = include_str!("../../tests/fixtures/shopify/refund.json");

    fn read(topic: &str, change: impl Fn(&mut Value)) -> Vec<Value> {
        let wrapped: Value =
            serde_json::from_str(if topic == "refunds/create" { REFUND } else { ORDER }).unwrap();
        // REST wraps the resource; a webhook's body is the resource itself.
        let mut body = wrapped.as_object().unwrap().values().next().unwrap().clone();
        change(&mut body);
        events(topic, &body, &["ref".to_owned()], Instant::parse("2026-11-22T00:00:00Z").unwrap())
    }

    fn paid(change: impl Fn(&mut Value)) -> Value {
        let found = read("orders/paid", |order| {
            order["financial_status"] = json!("paid");
            change(order);
        });
        found[0]["data"].clone()
    }

    #[test]
    fn a_paid_order_is_read() {
        assert_eq!(
            paid(|_| {}),
            json!({"order_id": "450789469", "at": "2008-01-10T11:00:00-05:00",
                "customer": {"id": "207119551", "email": "bob.norman@hostmail.com"},
                "currency": "USD", "subtotal": "398.00", "discount": "0.00", "shipping": "0.00", "tax": "11.94",
                "total": "409.94", "codes": ["TENOFF"], "touches": []})
        );
        assert!(read("orders/create", |_| {}).is_empty(), "authorized is not paid");
        assert!(read("carts/update", |order| order["financial_status"] = json!("paid")).is_empty());
    }

    #[test]
    fn prices_with_tax_and_discounts_come_down_to_the_goods() {
        let order = paid(|order| {
            order["taxes_included"] = json!(true);
            order["subtotal_price"] = json!("108.00");
            order["total_discounts"] = json!("12.00");
            order["line_items"] = json!([{"tax_lines": [{"price": "18.00"}]}]);
        });
        assert_eq!((&order["subtotal"], &order["discount"]), (&json!("102.00"), &json!("12.00")));
    }

    #[test]
    fn codes_come_by_every_carrier() {
        let order = paid(|order| {
            order["note_attributes"] =
                json!([{"name": "parrain_code", "value": "BOB22"}, {"name": "ref", "value": "ANNA10"}]);
            order["landing_site"] = json!("/?ref=OTHER");
        });
        assert_eq!(order["codes"], json!(["TENOFF", "BOB22"]));
        assert_eq!(
            order["touches"],
            json!([{"code": "ANNA10", "source": "link", "at": "2008-01-10T11:00:00-05:00"}])
        );
        let landed = paid(|order| order["landing_site"] = json!("/products/mug?utm=1&ref=ANNA10"));
        assert_eq!(landed["touches"][0]["code"], "ANNA10");
    }

    #[test]
    fn withheld_customers_are_nobody() {
        let order = paid(|order| {
            order["customer"] = Value::Null;
            order["email"] = json!("");
        });
        assert_eq!(order["customer"], json!({"id": null, "email": null}));
    }

    #[test]
    fn refunds_and_cancellations_are_read() {
        let refund = read("refunds/create", |_| {});
        assert_eq!(
            refund[0]["data"],
            json!({"order_id": "450789469", "refund_id": "509562969", "at": "2016-06-20T13:35:06-04:00", "amount": "398.00"})
        );
        let shipping = read("refunds/create", |refund| {
            refund["refund_line_items"] = json!([]);
            refund["transactions"] = json!([]);
        });
        assert!(shipping.is_empty());
        // Shopify's documented example of a refund of shipping alone.
        let shipping = read("refunds/create", |refund| {
            refund["refund_line_items"] = json!([]);
            refund["order_adjustments"] = json!([{"amount": "-5.00", "kind": "shipping_refund"}]);
        });
        assert!(shipping.is_empty(), "{shipping:?}");
        let both = read("refunds/create", |refund| {
            refund["refund_line_items"] = json!([]);
            refund["order_adjustments"] = json!([{"amount": "-5.00", "kind": "shipping_refund"},
                {"amount": "-20.00", "kind": "refund_discrepancy"}]);
        });
        assert_eq!(both[0]["data"]["amount"], "20.00");
        let cancelled = read("orders/cancelled", |order| {
            order["financial_status"] = json!("refunded");
            order["cancelled_at"] = json!("2008-01-11T11:00:00-05:00");
        });
        assert_eq!(cancelled[0]["type"], "order.paid");
        assert_eq!(
            cancelled[1],
            json!({"type": "order.cancelled", "data": {"order_id": "450789469", "at": "2008-01-11T11:00:00-05:00"}})
        );
    }

    #[test]
    fn a_refund_is_in_the_currency_of_its_order() {
        // A shop in Japan whose buyer paid in dollars.
        let line = json!({"subtotal": 1240, "subtotal_set": {
            "shop_money": {"amount": "1240", "currency_code": "JPY"},
            "presentment_money": {"amount": "8.05", "currency_code": "USD"}}});
        let refund = read("refunds/create", |refund| refund["refund_line_items"] = json!([line]));
        assert_eq!(refund[0]["data"]["amount"], "1240");
        // One by hand names its currency in the adjustment, one on old versions only by the payment.
        let by_hand = read("refunds/create", |refund| {
            refund["refund_line_items"] = json!([]);
            refund["order_adjustments"] = json!([{"amount": "-300", "kind": "refund_discrepancy",
                "amount_set": {"shop_money": {"amount": "-300", "currency_code": "JPY"}}}]);
        });
        assert_eq!(by_hand[0]["data"]["amount"], "300");
        let old = read("refunds/create", |refund| refund["transactions"][0]["currency"] = json!("JPY"));
        assert_eq!(old[0]["data"]["amount"], "398");
        // Within an order it is the order's, even where the refund itself names none.
        let within = read("orders/updated", |order| {
            order["financial_status"] = json!("partially_refunded");
            order["currency"] = json!("JPY");
            order["refunds"] = json!([{"id": 1, "order_id": 450_789_469, "created_at": "2008-01-11T11:00:00-05:00",
                "refund_line_items": [{"subtotal": 1240}], "transactions": [{"currency": "USD", "amount": "8.05"}]}]);
        });
        assert_eq!(within[1]["data"]["amount"], "1240");
    }
}
