//! Stripe: paid checkouts and invoices, refunds and disputes. A refund names the payment, a subscription's checkout
//! only its invoice: what Stripe tells comes with every id by which it speaks of the same order.

use super::exact::Exact;
use super::silence::Silence;
use super::told::{Begun, Event, Told, Twin};
use super::{address_of, id_of, items, sent_to, text_of, touches_in, within};
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

/// What a delivery tells. Webhooks come in the version of the account or of the endpoint: old and new shapes are
/// both read.
pub fn read(event: &Value, params: &[String]) -> Told {
    let object = within(event, "/data/object");
    match text_of(&event["type"]).unwrap_or_default() {
        "checkout.session.completed" => match text_of(&object["payment_status"]) {
            Some("paid") => session(object, params),
            Some("no_payment_required") => unpaid_session(object, params),
            _ => Told::Nothing(Silence::NotPaid),
        },
        "checkout.session.async_payment_succeeded" => session(object, params),
        "checkout.session.async_payment_failed" => Told::Nothing(Silence::NotPaid),
        "invoice.paid" | "invoice.payment_succeeded" => invoice(event, object, params),
        "invoice_payment.paid" => linked(object),
        "charge.refunded" => refunded_charge(event, object).unwrap_or(Told::Nothing(Silence::Unreadable)),
        name @ ("refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated") => {
            let failed = name == "refund.failed";
            refund(event, object, failed).unwrap_or(Told::Nothing(Silence::Unreadable))
        }
        name if name.starts_with("charge.dispute.") => {
            dispute(name, event, object).unwrap_or(Told::Nothing(Silence::Unreadable))
        }
        _ => Told::Nothing(Silence::OtherTopic),
    }
}

fn session(session: &Value, params: &[String]) -> Told {
    if session["amount_total"].as_i64() == Some(0) {
        return unpaid_session(session, params);
    }
    match paid_session(session, params) {
        Some(event) => Told::Event(Box::new(event)),
        None => Told::Nothing(Silence::Unreadable),
    }
}

/// A checkout for which nothing was paid: a trial, whose codes its first invoice carries, or something for free.
fn unpaid_session(session: &Value, params: &[String]) -> Told {
    let Some(subscription) = reference(&session["subscription"]) else {
        return Told::Nothing(Silence::NothingToPay);
    };
    Told::Begun(Box::new(Begun {
        subscription,
        codes: codes_of_session(session, params),
        touches: touches_of(&session["metadata"]),
        promotions: promotions_of(session),
    }))
}

fn paid_session(session: &Value, params: &[String]) -> Option<Event> {
    let currency = currency_of(session)?;
    let amount = |value: &Value| money(value, currency).unwrap_or_default().text(currency);
    let details = &session["total_details"];
    let discount = money(&details["amount_discount"], currency).unwrap_or_default();
    let subtotal = money(&session["amount_subtotal"], currency).unwrap_or_default();
    let goods = (subtotal - discount - tax_within(session, currency)).positive() + discount;
    let email = [within(session, "/customer_details/email"), &session["customer_email"]];
    let ids: Vec<String> = ["payment_intent", "invoice", "id"]
        .into_iter()
        .filter_map(|name| reference(&session[name]))
        .collect();
    let json = json!({"type": "order.paid", "data": {
        "order_id": ids.first()?,
        "at": seconds(&session["created"])?,
        "customer": {"id": reference(&session["customer"]), "email": email.into_iter().find_map(address_of)},
        "currency": currency.code(),
        "subtotal": goods.text(currency),
        "discount": discount.text(currency),
        "shipping": amount(&details["amount_shipping"]),
        "tax": amount(&details["amount_tax"]),
        "total": amount(&session["amount_total"]),
        "codes": codes_of_session(session, params),
        "touches": touches_of(&session["metadata"]),
        "delivery": delivery_of(session),
    }});
    Some(Event { json, known_as: ids, promotions: promotions_of(session), ..Event::default() })
}

/// Where a session's goods are sent: interfaces since 2025 say it among what was collected.
fn delivery_of(session: &Value) -> Value {
    let places = ["/collected_information/shipping_details/address", "/shipping_details/address"];
    let found = places.into_iter().map(|place| within(session, place)).find(|address| address.is_object());
    sent_to(found.unwrap_or(&Value::Null), ["line1", "line2", "postal_code", "country"])
}

fn codes_of_session(session: &Value, params: &[String]) -> Vec<String> {
    let mut codes: Vec<String> =
        text_of(&session["client_reference_id"]).map(str::to_owned).into_iter().collect();
    codes.extend(codes_in(&session["metadata"], params));
    let asked = |field: &&Value| {
        let key = text_of(&field["key"]).unwrap_or_default();
        key == "parrain_code" || params.iter().any(|param| param.eq_ignore_ascii_case(key))
    };
    let typed = items(&session["custom_fields"]).iter().filter(asked);
    codes.extend(typed.filter_map(|field| text_of(within(field, "/text/value"))).map(str::to_owned));
    codes.extend(
        discounts(session).filter_map(|one| text_of(within(one, "/promotion_code/code"))).map(str::to_owned),
    );
    codes
}

/// The codes in metadata that the shop's server gave to a checkout or a subscription.
fn codes_in(metadata: &Value, params: &[String]) -> Vec<String> {
    let Some(members) = metadata.as_object() else { return Vec::new() };
    let named = |name: &str| {
        let same = members.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        same.filter_map(text_of).map(str::to_owned).collect::<Vec<String>>()
    };
    let params = params.iter().map(String::as_str);
    std::iter::once("parrain_code").chain(params).flat_map(named).collect()
}

fn touches_of(metadata: &Value) -> Vec<Value> {
    metadata.get("parrain_touches").and_then(text_of).map(touches_in).unwrap_or_default()
}

/// The discounts on a checkout or an invoice, where they are more than ids.
fn discounts(object: &Value) -> impl Iterator<Item = &Value> {
    let detailed =
        items(within(object, "/total_details/breakdown/discounts")).iter().map(|one| &one["discount"]);
    items(&object["discounts"]).iter().chain(detailed).chain(std::iter::once(&object["discount"]))
}

/// Promotion codes typed on Stripe's page: webhooks give their ids, unless the account expands them.
fn promotions_of(object: &Value) -> Vec<String> {
    let mut ids: Vec<String> = discounts(object)
        .filter_map(|one| text_of(&one["promotion_code"]))
        .filter(|id| id.starts_with("promo_"))
        .map(str::to_owned)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A paid invoice: a renewal, or the first one after a trial. The first one of a subscription that began by a paid
/// checkout comes beside that, often before it, and without its code.
fn invoice(event: &Value, invoice: &Value, params: &[String]) -> Told {
    if invoice["amount_paid"].as_i64() == Some(0) || invoice["total"].as_i64() == Some(0) {
        return Told::Nothing(Silence::NothingToPay);
    }
    let details = within(invoice, "/parent/subscription_details");
    let line = within(invoice, "/lines/data/0/parent/subscription_item_details/subscription");
    let subscription =
        [&details["subscription"], &invoice["subscription"], line].into_iter().find_map(reference);
    let old_details = &invoice["subscription_details"];
    let metadata = [&invoice["metadata"], &details["metadata"], &old_details["metadata"]];
    let mut codes: Vec<String> = metadata.iter().flat_map(|metadata| codes_in(metadata, params)).collect();
    codes.extend(
        discounts(invoice).filter_map(|one| text_of(within(one, "/promotion_code/code"))).map(str::to_owned),
    );
    codes.dedup();
    let ids = ids_of_invoice(invoice);
    if codes.is_empty() && invoice["billing_reason"] == "subscription_create" {
        return Told::Linked(ids, Silence::FirstInvoice);
    }
    if codes.is_empty() && subscription.is_none() {
        return Told::Linked(ids, Silence::OneOffInvoice);
    }
    let touches = metadata.iter().flat_map(|metadata| touches_of(metadata)).collect();
    let promotions = promotions_of(invoice);
    match paid_invoice(event, invoice, codes, touches) {
        Some(json) => {
            Told::Event(Box::new(Event { json, known_as: ids, subscription, promotions, twin: None }))
        }
        None => Told::Nothing(Silence::Unreadable),
    }
}

fn paid_invoice(event: &Value, invoice: &Value, codes: Vec<String>, touches: Vec<Value>) -> Option<Value> {
    let currency = currency_of(invoice)?;
    let amount = |value: &Value| money(value, currency);
    let total = amount(&invoice["total"]).or_else(|| amount(&invoice["amount_paid"]))?;
    let taxes = ["total_taxes", "total_tax_amounts"].into_iter().find_map(|name| {
        let listed = invoice[name].as_array()?;
        Some(listed.iter().filter_map(|tax| amount(&tax["amount"])).sum::<Exact>())
    });
    let tax = taxes.or_else(|| amount(&invoice["tax"])).unwrap_or_default();
    let shipping = &invoice["shipping_cost"];
    let of_shipping = amount(&shipping["amount_total"]).unwrap_or_default();
    let shipping_tax = amount(&shipping["amount_tax"]).unwrap_or_default();
    let goods = (total - tax - (of_shipping - shipping_tax)).positive();
    let off = items(&invoice["total_discount_amounts"]).iter().filter_map(|one| amount(&one["amount"]));
    let discount: Exact = off.sum();
    let paid_at = within(invoice, "/status_transitions/paid_at");
    let at = [paid_at, &invoice["created"], &event["created"]].into_iter().find_map(seconds)?;
    Some(json!({"type": "order.paid", "data": {
        "order_id": id_of(&invoice["id"])?,
        "at": at,
        "customer": {"id": reference(&invoice["customer"]), "email": address_of(&invoice["customer_email"])},
        "currency": currency.code(),
        "subtotal": (goods + discount).text(currency),
        "discount": discount.text(currency),
        "shipping": of_shipping.text(currency),
        "tax": tax.text(currency),
        "total": total.text(currency),
        "codes": codes,
        "touches": touches,
    }}))
}

/// An invoice and its payments. Since version basil an invoice names none, but where `payments` is expanded.
fn ids_of_invoice(invoice: &Value) -> Vec<String> {
    let payments = items(within(invoice, "/payments/data"));
    let paid = payments
        .iter()
        .flat_map(|one| [within(one, "/payment/payment_intent"), within(one, "/payment/charge")]);
    let named = [&invoice["id"], &invoice["payment_intent"], &invoice["charge"]].into_iter();
    named.chain(paid).filter_map(reference).collect()
}

/// Since version basil this alone says which payment was of which invoice.
fn linked(payment: &Value) -> Told {
    let named =
        [&payment["invoice"], within(payment, "/payment/payment_intent"), within(payment, "/payment/charge")];
    Told::Linked(named.into_iter().filter_map(reference).collect(), Silence::Linked)
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
fn refunded_charge(event: &Value, charge: &Value) -> Option<Told> {
    let currency = currency_of(charge)?;
    let sum = charge["amount_refunded"].as_i64()?;
    let before = within(event, "/data/previous_attributes/amount_refunded").as_i64().unwrap_or(0);
    let added = sum.saturating_sub(before);
    if added <= 0 {
        return Some(Told::Nothing(Silence::NothingReturned));
    }
    let id = id_of(&charge["id"])?;
    let known_as = ids_of_payment(charge, &charge["id"]);
    let data = json!({
        "order_id": known_as.first()?,
        "refund_id": format!("{id}-{sum}"),
        "at": seconds(&event["created"])?,
        "returned": money(&json!(added), currency)?.text(currency),
    });
    let twin = Some(Twin { of: format!("{id}/{added}"), is_step: true });
    let json = json!({"type": "order.refunded", "data": data});
    Some(Told::Event(Box::new(Event { json, known_as, twin, ..Event::default() })))
}

/// A refund by itself: it may be on its way for days, and fail in the end.
fn refund(event: &Value, refund: &Value, failed: bool) -> Option<Told> {
    let status = text_of(&refund["status"]).unwrap_or("succeeded");
    if !failed && !matches!(status, "succeeded" | "failed" | "canceled") {
        return Some(Told::Nothing(Silence::NotReturnedYet));
    }
    let currency = currency_of(refund)?;
    let (id, amount) = (id_of(&refund["id"])?, refund["amount"].as_i64()?);
    let known_as = ids_of_payment(refund, &refund["charge"]);
    let order = known_as.first()?;
    let json = if failed || status != "succeeded" {
        json!({"type": "refund.voided", "data": {
            "order_id": order, "refund_id": id, "at": seconds(&event["created"])?}})
    } else {
        let at = seconds(&refund["created"]).or_else(|| seconds(&event["created"]))?;
        json!({"type": "order.refunded", "data": {
            "order_id": order, "refund_id": id, "at": at, "returned": money(&json!(amount), currency)?.text(currency)}})
    };
    let of = reference(&refund["charge"]).unwrap_or_else(|| order.clone());
    let twin = Some(Twin { of: format!("{of}/{amount}"), is_step: false });
    Some(Told::Event(Box::new(Event { json, known_as, twin, ..Event::default() })))
}

/// The money that a dispute takes is gone from when it is withdrawn until the shop wins it back. An inquiry takes
/// none (docs.stripe.com/disputes/how-disputes-work).
fn dispute(name: &str, event: &Value, dispute: &Value) -> Option<Told> {
    let status = text_of(&dispute["status"]).unwrap_or_default();
    let none_withdrawn = dispute["balance_transactions"].as_array().is_some_and(Vec::is_empty);
    let taken = match (name, status) {
        ("charge.dispute.funds_withdrawn", _) => true,
        ("charge.dispute.funds_reinstated", _) | (_, "won" | "charge_refunded") => false,
        (_, "lost") => true,
        (_, "needs_response" | "under_review") if none_withdrawn => {
            return Some(Told::Nothing(Silence::NotWithdrawn));
        }
        (_, "needs_response" | "under_review") => true,
        (_, "warning_needs_response" | "warning_under_review" | "warning_closed" | "prevented") => {
            return Some(Told::Nothing(Silence::Inquiry));
        }
        // Versions to come have further states: the money's own events say what it does.
        _ => return Some(Told::Nothing(Silence::NotWithdrawn)),
    };
    let currency = currency_of(dispute)?;
    let id = id_of(&dispute["id"])?;
    let known_as = ids_of_payment(dispute, &dispute["charge"]);
    let order = known_as.first()?;
    let json = if taken {
        json!({"type": "order.refunded", "data": {
            "order_id": order, "refund_id": id, "at": seconds(&dispute["created"])?,
            "returned": money(&dispute["amount"], currency)?.text(currency)}})
    } else {
        json!({"type": "refund.voided", "data": {"order_id": order, "refund_id": id, "at": seconds(&event["created"])?}})
    };
    Some(Told::Event(Box::new(Event { json, known_as, ..Event::default() })))
}

/// The payment that a charge, refund or dispute belongs to, the invoice where an old version names it, and the
/// charge.
fn ids_of_payment(object: &Value, charge: &Value) -> Vec<String> {
    [&object["payment_intent"], &object["invoice"], charge].into_iter().filter_map(reference).collect()
}

/// An id, or the id of what stands expanded in its place.
fn reference(value: &Value) -> Option<String> {
    id_of(value).or_else(|| id_of(value.get("id")?))
}

fn currency_of(object: &Value) -> Option<Currency> {
    Currency::parse(&text_of(&object["currency"])?.to_ascii_uppercase())
}

fn money(value: &Value, currency: Currency) -> Option<Exact> {
    value.as_i64().map(|amount| Exact::minor(amount, decimals(currency)))
}

/// How many decimals Stripe's smallest unit of a currency stands for; not always those of ISO 4217
/// (docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases").
pub fn decimals(currency: Currency) -> u8 {
    match currency.code() {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

fn seconds(value: &Value) -> Option<String> {
    value.as_i64().map(|at| Instant::from_millis(at.saturating_mul(1000)).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Body, HeaderMap, Method};

    const SESSION: &str = include_str!("../../tests/fixtures/stripe/checkout.session.json");

    fn told(kind: &str, object: &Value) -> Told {
        let event = json!({"type": kind, "created": 1_795_000_000, "data": {"object": object}});
        let event = super::super::read_body(event.to_string().as_bytes()).unwrap();
        read(&event, &["ref".to_owned()])
    }

    fn event_of(told: Told) -> Event {
        match told {
            Told::Event(event) => *event,
            other => panic!("{other:?}"),
        }
    }

    fn paid(change: impl Fn(&mut Value)) -> Value {
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
        session
    }

    fn completed(change: impl Fn(&mut Value)) -> Value {
        event_of(told("checkout.session.completed", &paid(change))).json["data"].clone()
    }

    #[test]
    fn a_paid_session_is_an_order() {
        assert_eq!(
            completed(|_| {}),
            json!({"order_id": "pi_1PgafyB7WZ01zgkWSjxsAJo3", "at": "2026-11-18T11:06:40Z",
                "customer": {"id": null, "email": "example@example.com"}, "delivery": null,
                "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "10.00",
                "total": "87.00", "codes": ["ANNA10"], "touches": []})
        );
        let unpaid = paid(|session| session["payment_status"] = json!("unpaid"));
        assert_eq!(told("checkout.session.completed", &unpaid), Told::Nothing(Silence::NotPaid));
        assert_eq!(told("plan.created", &json!({})), Told::Nothing(Silence::OtherTopic));
    }

    #[test]
    fn codes_come_by_every_carrier() {
        let session = paid(|session| {
            session["metadata"] = json!({"ref": "BOB22", "parrain_code": "CARL5", "other": "X"});
            session["custom_fields"] =
                json!([{"key": "ref", "text": {"value": "DORA7"}}, {"key": "size", "text": {"value": "XL"}}]);
            session["discounts"] = json!([{"promotion_code": {"code": "SUMMER"}}, {"promotion_code": "promo_1", "coupon": null}]);
        });
        let event = event_of(told("checkout.session.completed", &session));
        assert_eq!(event.json["data"]["codes"], json!(["ANNA10", "CARL5", "BOB22", "DORA7", "SUMMER"]));
        assert_eq!(event.promotions, ["promo_1"]);
    }

    #[test]
    fn a_subscription_is_known_by_its_invoice() {
        let session = paid(|session| {
            session["id"] = json!("cs_1");
            session["payment_intent"] = Value::Null;
            session["subscription"] = json!("sub_1");
            session["invoice"] = json!("in_1");
        });
        let event = event_of(told("checkout.session.completed", &session));
        assert_eq!(event.json["data"]["order_id"], "in_1");
        assert_eq!(event.known_as, ["in_1", "cs_1"]);
        // A trial begins without payment, and leaves its codes to the first invoice.
        let trial = paid(|session| {
            session["subscription"] = json!("sub_1");
            session["payment_status"] = json!("no_payment_required");
        });
        let Told::Begun(begun) = told("checkout.session.completed", &trial) else { panic!() };
        assert_eq!((begun.subscription.as_str(), begun.codes), ("sub_1", vec!["ANNA10".to_owned()]));
        let free = paid(|session| session["payment_status"] = json!("no_payment_required"));
        assert_eq!(told("checkout.session.completed", &free), Told::Nothing(Silence::NothingToPay));
    }

    #[test]
    fn renewals_are_orders_in_old_and_new_shapes() {
        let old = json!({"id": "in_2", "subscription": "sub_1", "billing_reason": "subscription_cycle",
            "customer": "cus_1", "customer_email": "bob@example.com", "currency": "eur", "subtotal": 10000,
            "total": 10800, "tax": 1800, "total_discount_amounts": [{"amount": 1000}], "amount_paid": 10800,
            "payment_intent": "pi_2", "charge": "ch_2", "created": 1_795_000_000});
        let event = event_of(told("invoice.paid", &old));
        assert_eq!(
            event.json["data"],
            json!({"order_id": "in_2", "at": "2026-11-18T11:06:40Z", "customer": {"id": "cus_1", "email": "bob@example.com"},
                "currency": "EUR", "subtotal": "100.00", "discount": "10.00", "shipping": "0.00", "tax": "18.00",
                "total": "108.00", "codes": [], "touches": []})
        );
        assert_eq!(
            (event.known_as, event.subscription.as_deref()),
            (vec!["in_2".to_owned(), "pi_2".to_owned(), "ch_2".to_owned()], Some("sub_1"))
        );
        let new = json!({"id": "in_2", "billing_reason": "subscription_cycle", "customer": {"id": "cus_1"},
            "parent": {"subscription_details": {"subscription": "sub_1", "metadata": {"ref": "ANNA10"}}},
            "currency": "eur", "total": 12500, "amount_paid": 12500,
            "total_taxes": [{"amount": 2000, "tax_behavior": "inclusive"}, {"amount": 100}],
            "shipping_cost": {"amount_subtotal": 500, "amount_tax": 100, "amount_total": 600},
            "payments": {"data": [{"payment": {"type": "payment_intent", "payment_intent": "pi_2"}}]},
            "status_transitions": {"paid_at": 1_795_000_060}});
        let event = event_of(told("invoice.paid", &new));
        let data = &event.json["data"];
        assert_eq!((&data["subtotal"], &data["at"]), (&json!("99.00"), &json!("2026-11-18T11:07:40Z")));
        assert_eq!((&data["codes"], &data["customer"]["id"]), (&json!(["ANNA10"]), &json!("cus_1")));
        assert_eq!(event.known_as, ["in_2", "pi_2"]);
    }

    #[test]
    fn the_first_invoice_is_left_to_its_checkout() {
        let invoice = |change: &dyn Fn(&mut Value)| {
            let mut invoice = json!({"id": "in_1", "subscription": "sub_1", "billing_reason": "subscription_create",
                "currency": "eur", "total": 1000, "amount_paid": 1000, "payment_intent": "pi_1", "created": 1_795_000_000});
            change(&mut invoice);
            told("invoice.paid", &invoice)
        };
        let ids = || vec!["in_1".to_owned(), "pi_1".to_owned()];
        assert_eq!(invoice(&|_| {}), Told::Linked(ids(), Silence::FirstInvoice));
        let event = event_of(invoice(&|invoice| {
            invoice["subscription_details"] = json!({"metadata": {"ref": "ANNA10"}})
        }));
        assert_eq!(event.json["data"]["codes"], json!(["ANNA10"]), "but for one that has a code of its own");
        assert_eq!(
            invoice(&|invoice| {
                invoice["billing_reason"] = json!("manual");
                invoice["subscription"] = Value::Null;
            }),
            Told::Linked(ids(), Silence::OneOffInvoice)
        );
        assert_eq!(
            invoice(&|invoice| invoice["amount_paid"] = json!(0)),
            Told::Nothing(Silence::NothingToPay)
        );
        let payment = json!({"id": "inpay_1", "invoice": "in_1", "payment": {"type": "payment_intent", "payment_intent": "pi_1"}});
        assert_eq!(told("invoice_payment.paid", &payment), Told::Linked(ids(), Silence::Linked));
    }

    #[test]
    fn tax_within_the_prices_is_not_goods() {
        let goods = |total: i64, shipping_tax: i64| {
            let order = completed(|session| {
                session["amount_total"] = json!(total);
                session["shipping_cost"] = json!({"amount_tax": shipping_tax});
            });
            order["subtotal"].clone()
        };
        // 80.00 less 8.00, 5.00 of shipping, 10.00 of tax: on top of the prices, within them, partly so.
        assert_eq!(goods(8700, 0), "80.00");
        assert_eq!(goods(7700, 0), "70.00");
        assert_eq!(goods(7700, 80), "70.80");
        assert_eq!(goods(8200, 0), "75.00");
        // A total that other things lower takes off no more than the tax.
        assert_eq!(goods(1, 0), "70.00");
    }

    #[test]
    fn stripes_smallest_units_are_its_own() {
        let subtotal = |currency: &str, amount: i64| {
            completed(|session| {
                session["currency"] = json!(currency);
                session["amount_subtotal"] = json!(amount);
            })["subtotal"]
                .clone()
        };
        assert_eq!(subtotal("jpy", 1200), "1200");
        assert_eq!(subtotal("kwd", 1250), "1.250");
        assert_eq!(subtotal("isk", 120_000), "1200", "ISK has two decimals here and none in ISO 4217");
    }

    #[test]
    fn each_refund_takes_back_what_it_added() {
        let refund = |sum: i64, before: Option<i64>| {
            read(
                &json!({"type": "charge.refunded", "created": 1_795_000_000, "data": {
                    "object": {"id": "ch_1", "payment_intent": "pi_1", "invoice": "in_1", "currency": "eur", "amount_refunded": sum},
                    "previous_attributes": {"amount_refunded": before}}}),
                &[],
            )
        };
        let event = event_of(refund(3000, Some(1000)));
        assert_eq!(
            event.json,
            json!({"type": "order.refunded", "data": {
                "order_id": "pi_1", "refund_id": "ch_1-3000", "at": "2026-11-18T11:06:40Z", "returned": "20.00"}})
        );
        assert_eq!(event.known_as, ["pi_1", "in_1", "ch_1"]);
        assert_eq!(event.twin, Some(Twin { of: "ch_1/2000".into(), is_step: true }));
        assert_eq!(event_of(refund(1000, Some(0))).json["data"]["returned"], "10.00");
        assert_eq!(refund(1000, Some(1000)), Told::Nothing(Silence::NothingReturned));
    }

    #[test]
    fn a_refund_by_itself_counts_while_it_has_not_failed() {
        let refund = |kind: &str, status: &str| {
            told(
                kind,
                &json!({"id": "re_1", "charge": "ch_1", "payment_intent": "pi_1", "amount": 2000, "currency": "eur",
                "status": status, "created": 1_794_999_000}),
            )
        };
        let event = event_of(refund("refund.created", "succeeded"));
        assert_eq!(
            event.json,
            json!({"type": "order.refunded", "data": {
                "order_id": "pi_1", "refund_id": "re_1", "at": "2026-11-18T10:50:00Z", "returned": "20.00"}})
        );
        assert_eq!(event.twin, Some(Twin { of: "ch_1/2000".into(), is_step: false }));
        for open in ["pending", "requires_action"] {
            assert_eq!(refund("refund.updated", open), Told::Nothing(Silence::NotReturnedYet), "{open}");
        }
        for (kind, status) in [
            ("refund.failed", "failed"),
            ("refund.updated", "canceled"),
            ("charge.refund.updated", "failed"),
            ("refund.failed", "pending"),
        ] {
            assert_eq!(
                event_of(refund(kind, status)).json,
                json!({"type": "refund.voided", "data": {"order_id": "pi_1", "refund_id": "re_1", "at": "2026-11-18T11:06:40Z"}}),
                "{kind} {status}"
            );
        }
    }

    #[test]
    fn a_dispute_takes_what_it_withdraws() {
        let dispute = |name: &str, status: &str, transactions: Value| {
            told(
                &format!("charge.dispute.{name}"),
                &json!({"id": "dp_1", "payment_intent": "pi_1", "charge": "ch_1",
                "currency": "eur", "amount": 8700, "created": 1_794_999_000, "status": status,
                "balance_transactions": transactions}),
            )
        };
        for (name, status) in [
            ("created", "needs_response"),
            ("updated", "under_review"),
            ("closed", "lost"),
            ("funds_withdrawn", "needs_response"),
            ("funds_withdrawn", "appeal_under_review"),
        ] {
            let event = event_of(dispute(name, status, Value::Null));
            assert_eq!(
                event.json["data"],
                json!({"order_id": "pi_1", "refund_id": "dp_1", "at": "2026-11-18T10:50:00Z", "returned": "87.00"}),
                "{name} {status}"
            );
        }
        for (name, status) in [("closed", "won"), ("funds_reinstated", "under_review"), ("updated", "won")] {
            assert_eq!(
                event_of(dispute(name, status, json!([]))).json["type"],
                "refund.voided",
                "{name} {status}"
            );
        }
        let silence = |name, status, transactions| match dispute(name, status, transactions) {
            Told::Nothing(silence) => silence,
            other => panic!("{other:?}"),
        };
        for status in ["warning_needs_response", "warning_under_review", "warning_closed", "prevented"] {
            assert_eq!(silence("created", status, json!([])), Silence::Inquiry, "{status}");
        }
        assert_eq!(silence("created", "needs_response", json!([])), Silence::NotWithdrawn);
        assert_eq!(silence("updated", "appeal_in_review", Value::Null), Silence::NotWithdrawn);
        assert_eq!(event_of(dispute("closed", "lost", json!([]))).json["type"], "order.refunded");
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
