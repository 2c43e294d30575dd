//! Stripe Checkout: paid sessions, refunds and disputes. A refund names the payment and not the session, so
//! that the payment's id stands for the order.

use super::exact::Exact;
use super::{address_of, id_of, items, text_of, touches_in, within};
use crate::http::Request;
use crate::signature::TOLERANCE;
use hmac::{Hmac, Mac};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use serde_json::{Value, json};
use sha2::Sha256;

/// Checks `Stripe-Signature: t=…,v1=…`: the hex HMAC-SHA256 of `t.body`, keyed with the whole secret.
pub fn is_signed(request: &Request, secret: &str, now: Instant) -> bool {
    let header = request.header("stripe-signature").unwrap_or_default();
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some((_, sent)) = parts().find(|(name, _)| *name == "t") else {
        return false;
    };
    let timely = sent.parse::<i64>().is_ok_and(|at| now.seconds().abs_diff(at) <= TOLERANCE.unsigned_abs());
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    let mac = mac.chain_update(sent).chain_update(b".").chain_update(request.bytes());
    let right = |text: &str| hex::decode(text).is_ok_and(|bytes| mac.clone().verify_slice(&bytes).is_ok());
    timely && !secret.is_empty() && parts().any(|(name, text)| name == "v1" && right(text))
}

/// The events that a delivery tells of.
pub fn events(event: &Value, params: &[String]) -> Vec<Value> {
    let object = within(event, "/data/object");
    let found = match text_of(&event["type"]).unwrap_or_default() {
        "checkout.session.completed" if object["payment_status"] == "paid" => session(object, params),
        "checkout.session.async_payment_succeeded" => session(object, params),
        "charge.refunded" => refunded(event, object),
        "charge.dispute.created" => disputed(object),
        _ => None,
    };
    found.into_iter().collect()
}

fn session(session: &Value, params: &[String]) -> Option<Value> {
    let currency = Currency::parse(&text_of(&session["currency"])?.to_ascii_uppercase())?;
    let amount = |value: &Value| money(value, currency).unwrap_or_default().text(currency);
    let details = &session["total_details"];
    let discount = money(&details["amount_discount"], currency).unwrap_or_default();
    let subtotal = money(&session["amount_subtotal"], currency).unwrap_or_default();
    let goods = (subtotal - discount - tax_within(session, currency)).positive() + discount;
    let metadata = |name: &str| session["metadata"].get(name).and_then(text_of);
    let mut codes: Vec<&str> = text_of(&session["client_reference_id"]).into_iter().collect();
    codes.extend(metadata("parrain_code"));
    codes.extend(params.iter().find_map(|param| metadata(param)));
    // A promotion code is an id, or the whole object where the account expands it.
    let promotions = items(&session["discounts"]).iter();
    codes.extend(promotions.filter_map(|one| text_of(within(one, "/promotion_code/code"))));
    let email = [within(session, "/customer_details/email"), &session["customer_email"]];
    Some(json!({"type": "order.paid", "data": {
        "order_id": id_of(&session["payment_intent"]).or_else(|| id_of(&session["id"]))?,
        "at": seconds(&session["created"])?,
        "customer": {"id": id_of(&session["customer"]), "email": email.into_iter().find_map(address_of)},
        "currency": currency.code(),
        "subtotal": goods.text(currency),
        "discount": discount.text(currency),
        "shipping": amount(&details["amount_shipping"]),
        "tax": amount(&details["amount_tax"]),
        "total": amount(&session["amount_total"]),
        "codes": codes,
        "touches": metadata("parrain_touches").map(touches_in).unwrap_or_default(),
    }}))
}

/// The tax that is within the goods' prices, and so within the subtotal. Stripe does not name it: it is what the
/// parts come to beyond the total, at most what is not the shipping's of the whole tax.
fn tax_within(session: &Value, currency: Currency) -> Exact {
    let amount = |value: &Value| money(value, currency).unwrap_or_default();
    let details = &session["total_details"];
    let Some(total) = money(&session["amount_total"], currency) else {
        return Exact::default();
    };
    let parts = amount(&session["amount_subtotal"]) - amount(&details["amount_discount"])
        + amount(&details["amount_shipping"])
        + amount(&details["amount_tax"]);
    let of_goods = amount(&details["amount_tax"]) - amount(within(session, "/shipping_cost/amount_tax"));
    (parts - total).min(of_goods).positive()
}

/// `amount_refunded` is the sum of all refunds so far; what this one added is its difference to the amount
/// before, which the event tells. The sum names the refund: deliveries of one event have the same.
fn refunded(event: &Value, charge: &Value) -> Option<Value> {
    let currency = Currency::parse(&text_of(&charge["currency"])?.to_ascii_uppercase())?;
    let sum = charge["amount_refunded"].as_i64()?;
    let before = within(event, "/data/previous_attributes/amount_refunded").as_i64().unwrap_or(0);
    let added = money(&json!(sum.saturating_sub(before)), currency)?;
    Some(json!({"type": "order.refunded", "data": {
        "order_id": id_of(&charge["payment_intent"])?,
        "refund_id": format!("{}-{sum}", id_of(&charge["id"])?),
        "at": seconds(&event["created"])?,
        "amount": added.text(currency),
    }}))
}

/// A disputed amount is gone until the shop wins it back, which it may then decide by a review.
fn disputed(dispute: &Value) -> Option<Value> {
    let currency = Currency::parse(&text_of(&dispute["currency"])?.to_ascii_uppercase())?;
    Some(json!({"type": "order.refunded", "data": {
        "order_id": id_of(&dispute["payment_intent"])?,
        "refund_id": id_of(&dispute["id"])?,
        "at": seconds(&dispute["created"])?,
        "amount": money(&dispute["amount"], currency)?.text(currency),
    }}))
}

/// An amount in Stripe's smallest unit, whose decimals are not always those of ISO 4217
/// (docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases").
fn money(value: &Value, currency: Currency) -> Option<Exact> {
    let decimals = match currency.code() {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    };
    value.as_i64().map(|amount| Exact::minor(amount, decimals))
}

fn seconds(value: &Value) -> Option<String> {
    value.as_i64().map(|at| Instant::from_millis(at.saturating_mul(1000)).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Body, HeaderMap, Method};

    const SESSION: &str = include_str!("../../tests/fixtures/stripe/checkout.session.json");

    fn completed(change: impl Fn(&mut Value)) -> Vec<Value> {
        let mut session: Value = serde_json::from_str(SESSION).unwrap();
        session["payment_status"] = json!("paid");
        session["currency"] = json!("eur");
        session["created"] = json!(1_795_000_000);
        session["amount_subtotal"] = json!(8000);
        session["amount_total"] = json!(8700);
        session["total_details"] =
            json!({"amount_discount": 800, "amount_shipping": 500, "amount_tax": 1000});
        session["client_reference_id"] = json!("ANNA10");
        change(&mut session);
        events(
            &json!({"type": "checkout.session.completed", "data": {"object": session}}),
            &["ref".to_owned()],
        )
    }

    #[test]
    fn a_paid_session_is_an_order() {
        assert_eq!(
            completed(|_| {})[0]["data"],
            json!({"order_id": "pi_1PgafyB7WZ01zgkWSjxsAJo3", "at": "2026-11-18T11:06:40Z",
                "customer": {"id": null, "email": "example@example.com"},
                "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "10.00",
                "total": "87.00", "codes": ["ANNA10"], "touches": []})
        );
        assert!(completed(|session| session["payment_status"] = json!("unpaid")).is_empty());
        let expanded = completed(|session| {
            session["client_reference_id"] = Value::Null;
            session["metadata"] = json!({"ref": "BOB22"});
            session["discounts"] =
                json!([{"promotion_code": {"code": "SUMMER"}}, {"promotion_code": "promo_1"}]);
        });
        assert_eq!(expanded[0]["data"]["codes"], json!(["BOB22", "SUMMER"]));
    }

    #[test]
    fn tax_within_the_prices_is_not_goods() {
        let goods = |total: i64, shipping_tax: i64| {
            let order = completed(|session| {
                session["amount_total"] = json!(total);
                session["shipping_cost"] = json!({"amount_tax": shipping_tax});
            });
            order[0]["data"]["subtotal"].clone()
        };
        // 80.00 less 8.00, 5.00 of shipping, 10.00 of tax: on top of the prices, within them, partly so.
        assert_eq!(goods(8700, 0), "80.00");
        assert_eq!(goods(7700, 0), "70.00");
        assert_eq!(goods(7700, 80), "70.80");
        assert_eq!(goods(8200, 0), "75.00");
        // A total that other things lower takes off no more than the tax.
        assert_eq!(goods(0, 0), "70.00");
    }

    #[test]
    fn stripes_smallest_units_are_its_own() {
        let subtotal = |currency: &str, amount: i64| {
            completed(|session| {
                session["currency"] = json!(currency);
                session["amount_subtotal"] = json!(amount);
            })[0]["data"]["subtotal"]
                .clone()
        };
        assert_eq!(subtotal("jpy", 1200), "1200");
        assert_eq!(subtotal("kwd", 1250), "1.250");
        assert_eq!(subtotal("isk", 120_000), "1200", "ISK has two decimals here and none in ISO 4217");
    }

    #[test]
    fn each_refund_takes_back_what_it_added() {
        let refund = |sum: i64, before: Option<i64>| {
            events(
                &json!({"type": "charge.refunded", "created": 1_795_000_000, "data": {
                    "object": {"id": "ch_1", "payment_intent": "pi_1", "currency": "eur", "amount_refunded": sum},
                    "previous_attributes": {"amount_refunded": before}}}),
                &[],
            )
        };
        assert_eq!(
            refund(3000, Some(1000))[0]["data"],
            json!({"order_id": "pi_1", "refund_id": "ch_1-3000", "at": "2026-11-18T11:06:40Z", "amount": "20.00"})
        );
        assert_eq!(refund(1000, Some(0))[0]["data"]["amount"], "10.00");
        let dispute = json!({"type": "charge.dispute.created", "data": {"object": {
            "id": "dp_1", "payment_intent": "pi_1", "currency": "eur", "amount": 8700, "created": 1_795_000_000}}});
        assert_eq!(events(&dispute, &[])[0]["data"]["refund_id"], "dp_1");
        assert!(events(&json!({"type": "plan.created"}), &[]).is_empty());
    }

    #[test]
    fn signatures_have_a_time() {
        let body = br#"{"id": "evt_1"}"#;
        let secret = "whsec_test";
        let now = Instant::parse("2026-11-18T11:06:40Z").unwrap();
        let check = |header: &str, secret: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("stripe-signature", header.parse().unwrap());
            let request = Request {
                method: Method::POST,
                origin: String::new(),
                path: String::new(),
                query: String::new(),
                headers,
                body: Body::Whole(body.to_vec()),
            };
            is_signed(&request, secret, now)
        };
        let sign = |at: i64| {
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
            let text = mac.chain_update(format!("{at}.")).chain_update(body).finalize().into_bytes();
            format!("t={at},v1={},v0=00", hex::encode(text))
        };
        let at = now.seconds();
        assert!(check(&sign(at), secret));
        assert!(check(&sign(at - 300), secret));
        assert!(!check(&sign(at - 301), secret));
        assert!(!check(&sign(at), "whsec_other"));
        assert!(!check(&sign(at).replace(&format!("t={at}"), &format!("t={}", at + 1)), secret));
        assert!(!check(&sign(at).replace("v1=", "v1=00"), secret));
        assert!(!check("", secret));
    }
}
