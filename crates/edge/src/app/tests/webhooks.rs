//! Webhooks as the platforms send them.

use super::world::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::rc::Rc;

const WOO: &str = include_str!("../../../tests/fixtures/woocommerce/order.created.guest-coupon.raw.json");
const WOO_HEADERS: &str =
    include_str!("../../../tests/fixtures/woocommerce/order.created.guest-coupon.headers.json");
const WOO_REFUND: &str =
    include_str!("../../../tests/fixtures/woocommerce/order.updated.partial-refund.raw.json");
const WOO_REFUND_HEADERS: &str =
    include_str!("../../../tests/fixtures/woocommerce/order.updated.partial-refund.headers.json");
const SHOPIFY: &str = include_str!("../../../tests/fixtures/shopify/order.json");

fn world() -> Rc<World> {
    let world = World::new(1, Default::default());
    let mut program = program();
    program["webhook_secrets"] =
        json!({"woocommerce": "whsec_test_woo", "shopify": "shpss_1", "stripe": "whsec_s"});
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 201);
    for code in ["REFER10", "REF42"] {
        world.put(&format!("/v1/shops/demo/referrers/{code}"), &json!({"offer": "agencies"})).send();
    }
    // The captured deliveries are of the evening after.
    world.pass(2 * 86_400);
    world
}

fn woo(world: &Rc<World>, body: &str, headers: &str) -> crate::http::Response {
    let headers: Vec<(String, String)> = serde_json::from_str(headers).unwrap();
    let mut sending = world.request(http::Method::POST, "/v1/shops/demo/webhooks/woocommerce").body(body);
    for (name, value) in headers {
        let name: &'static str = Box::leak(name.to_lowercase().into_boxed_str());
        sending = sending.header(name, &value);
    }
    sending.send()
}

/// What a shop of WooCommerce's signs and sends.
fn woo_of(world: &Rc<World>, topic: &str, body: &Value) -> Value {
    let body = body.to_string();
    let mac = Hmac::<Sha256>::new_from_slice(b"whsec_test_woo").unwrap().chain_update(&body).finalize();
    let sending = world.request(http::Method::POST, "/v1/shops/demo/webhooks/woocommerce").body(&body);
    let sending = sending.header("x-wc-webhook-signature", &STANDARD.encode(mac.into_bytes()));
    let answer = sending.header("x-wc-webhook-topic", topic).send();
    assert_eq!(answer.status, 200);
    json_of(&answer)
}

/// What Stripe signs and sends, a second after the last.
fn stripe(world: &Rc<World>, kind: &str, object: &Value, before: Value) -> Value {
    world.pass(1);
    let now = world.now().seconds();
    let body = json!({"id": "evt", "type": kind, "created": now, "data": {"object": object, "previous_attributes": before}});
    let body = body.to_string();
    let mac = Hmac::<Sha256>::new_from_slice(b"whsec_s").unwrap();
    let mac = mac.chain_update(format!("{now}.{body}")).finalize().into_bytes();
    let sending = world.request(http::Method::POST, "/v1/shops/demo/webhooks/stripe").body(&body);
    let answer = sending.header("stripe-signature", &format!("t={now},v1={}", hex::encode(mac))).send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

/// Status, amount and reason of an order, or of the only one.
fn one(world: &Rc<World>, code: &str, order: &str) -> Option<(String, String, Value)> {
    let status = json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}/rewards")).admin().send());
    let found = status["conversions"].as_array().unwrap().iter().find(|one| one["order_id"] == order)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Some((text(&found["status"]), text(&found["reward"]["amount"]), found["reason"].clone()))
}

fn stands(status: &str, amount: &str, reason: Value) -> Option<(String, String, Value)> {
    Some((status.into(), amount.into(), reason))
}

#[test]
fn what_woocommerce_really_sent_is_recorded() {
    let world = world();
    let first = json_of(&woo(&world, WOO, WOO_HEADERS));
    assert_eq!((&first["outcome"], &first["referrer"]), (&json!("recorded"), &json!("REFER10")));
    // 8 % of 36.00, to be paid on delivery.
    assert_eq!(one(&world, "REFER10", "13"), stands("pending", "2.88", json!("unverified")));
    assert_eq!(json_of(&woo(&world, WOO, WOO_HEADERS))["outcome"], "duplicate");
    woo(&world, WOO_REFUND, WOO_REFUND_HEADERS);
    assert_eq!(one(&world, "REFER10", "13"), stands("pending", "1.44", json!("unverified")));
    let mut paid: Value = serde_json::from_str(WOO_REFUND).unwrap();
    paid["status"] = json!("completed");
    paid["date_paid_gmt"] = json!("2026-11-21T22:00:00");
    paid["date_modified_gmt"] = json!("2026-11-21T22:00:00");
    assert_eq!(woo_of(&world, "order.updated", &paid)["outcome"], "recorded");
    assert_eq!(one(&world, "REFER10", "13"), stands("approved", "1.44", Value::Null));
    assert_eq!(woo_of(&world, "order.updated", &paid)["outcome"], "duplicate");
}

/// Deliveries of a shop of WooCommerce 10.9, by what was done.
fn delivery(name: &str) -> Value {
    let file = match name {
        "cancelled" => include_str!(
            "../../../tests/fixtures/woocommerce-10.9/woocommerce-1-cancelled-before-payment.json"
        ),
        "paid" => {
            include_str!("../../../tests/fixtures/woocommerce-10.9/woocommerce-2-same-order-paid-later.json")
        }
        "trashed" => {
            include_str!("../../../tests/fixtures/woocommerce-10.9/woocommerce-3a-order-trashed.json")
        }
        "restored" => {
            include_str!("../../../tests/fixtures/woocommerce-10.9/woocommerce-3b-order-restored.json")
        }
        "shipping" => include_str!(
            "../../../tests/fixtures/woocommerce-10.9/woocommerce-4-refund-of-shipping-alone.json"
        ),
        "on delivery" => {
            include_str!(
                "../../../tests/fixtures/woocommerce-10.9/woocommerce-6-cod-order-unpaid-counts-as-paid.json"
            )
        }
        "by amount" => include_str!(
            "../../../tests/fixtures/woocommerce-10.9/woocommerce-7-refund-by-amount-with-tax.json"
        ),
        other => panic!("{other}"),
    };
    let file: Value = serde_json::from_str(file).unwrap();
    file["body"].clone()
}

#[test]
fn an_order_is_cancelled_unpaid_and_paid_later() {
    let (one_way, other_way) = (shop_of_ten_nine(), shop_of_ten_nine());
    let (cancelled, paid) = (delivery("cancelled"), delivery("paid"));
    woo_of(&one_way, "order.updated", &cancelled);
    assert_eq!(one(&one_way, "ANNA10", "26"), None);
    assert_eq!(woo_of(&one_way, "order.updated", &paid)["outcome"], "recorded");
    woo_of(&other_way, "order.updated", &paid);
    woo_of(&other_way, "order.updated", &cancelled);
    for world in [one_way, other_way] {
        assert_eq!(one(&world, "ANNA10", "26"), stands("approved", "2.88", Value::Null));
    }
}

#[test]
fn an_order_comes_back_from_the_trash() {
    let world = shop_of_ten_nine();
    let mut order = delivery("restored");
    order["date_paid_gmt"] = json!("2026-11-26T13:53:00");
    assert_eq!(woo_of(&world, "order.created", &order)["outcome"], "recorded");
    woo_of(&world, "order.deleted", &delivery("trashed"));
    assert_eq!(one(&world, "ANNA10", "18"), stands("reversed", "0.00", json!("cancelled")));
    world.pass(60);
    assert_eq!(woo_of(&world, "order.restored", &order)["outcome"], "recorded");
    assert_eq!(one(&world, "ANNA10", "18"), stands("approved", "3.20", Value::Null));
}

#[test]
fn a_payment_that_fails_later_is_taken_back() {
    let world = shop_of_ten_nine();
    let mut order = delivery("paid");
    woo_of(&world, "order.created", &order);
    order["status"] = json!("failed");
    order["date_modified_gmt"] = json!("2026-11-27T10:00:00");
    assert_eq!(woo_of(&world, "order.updated", &order)["outcome"], "recorded");
    assert_eq!(one(&world, "ANNA10", "26"), stands("reversed", "0.00", json!("cancelled")));
}

#[test]
fn refunds_of_woocommerce_take_goods_alone_and_go_when_they_are_deleted() {
    let world = shop_of_ten_nine();
    let with_anna = |mut order: Value| {
        order["meta_data"] = json!([{"key": "parrain_code", "value": "ANNA10"}]);
        order["date_paid_gmt"] = json!("2026-11-26T14:00:00");
        order
    };
    woo_of(&world, "order.updated", &with_anna(delivery("shipping")));
    assert_eq!(one(&world, "ANNA10", "31"), stands("approved", "3.20", Value::Null), "shipping alone");
    let mut taxed = with_anna(delivery("by amount"));
    taxed["id"] = json!(35);
    taxed["date_created_gmt"] = json!("2026-11-26T14:00:00");
    taxed["date_modified_gmt"] = json!("2026-11-26T15:00:00");
    woo_of(&world, "order.updated", &taxed);
    assert_eq!(
        one(&world, "ANNA10", "35"),
        stands("approved", "1.27", Value::Null),
        "19.00 of 38.00 with tax"
    );
    taxed["refunds"] = json!([]);
    taxed["date_modified_gmt"] = json!("2026-11-26T16:00:00");
    assert_eq!(woo_of(&world, "order.updated", &taxed)["outcome"], "recorded");
    assert_eq!(one(&world, "ANNA10", "35"), stands("approved", "2.53", Value::Null), "deleted");
}

#[test]
fn what_is_paid_on_delivery_waits_for_it() {
    let world = shop_of_ten_nine();
    let mut order = delivery("on delivery");
    assert_eq!(woo_of(&world, "order.created", &order)["outcome"], "recorded");
    assert_eq!(one(&world, "ANNA10", "19"), stands("pending", "2.88", json!("unverified")));
    // Sent back at the door, and then taken after all.
    order["status"] = json!("cancelled");
    order["date_modified_gmt"] = json!("2026-11-26T15:00:00");
    woo_of(&world, "order.updated", &order);
    assert_eq!(one(&world, "ANNA10", "19").map(|(status, ..)| status), Some("reversed".into()));
    order["status"] = json!("completed");
    order["date_paid_gmt"] = json!("2026-11-26T16:00:00");
    order["date_modified_gmt"] = json!("2026-11-26T16:00:00");
    assert_eq!(woo_of(&world, "order.updated", &order)["outcome"], "recorded");
    assert_eq!(one(&world, "ANNA10", "19"), stands("approved", "2.88", Value::Null));
}

fn shop_of_ten_nine() -> Rc<World> {
    let world = world();
    world.put("/v1/shops/demo/referrers/ANNA10", &json!({"offer": "agencies"})).send();
    world.pass(10 * 86_400);
    world
}

fn session(change: impl Fn(&mut Value)) -> Value {
    let mut session = json!({"id": "cs_1", "payment_status": "paid", "payment_intent": "pi_1", "currency": "eur",
        "created": 1_795_100_000, "amount_subtotal": 10000, "amount_total": 10000, "client_reference_id": "ANNA10",
        "customer": "cus_1", "customer_details": {"email": "bob@example.com"}});
    change(&mut session);
    session
}

fn charge(refunded: i64) -> Value {
    json!({"id": "ch_1", "payment_intent": "pi_1", "currency": "eur", "amount": 10000, "amount_refunded": refunded})
}

fn refund(id: &str, amount: i64, status: &str) -> Value {
    json!({"id": id, "charge": "ch_1", "payment_intent": "pi_1", "currency": "eur", "amount": amount, "status": status,
        "created": 1_795_200_000})
}

#[test]
fn a_refund_of_stripes_counts_once_however_it_is_told() {
    let tellings: [(&str, Value, Value); 5] = [
        ("charge.refunded", charge(1000), json!({"amount_refunded": 0})),
        ("refund.created", refund("re_1", 1000, "succeeded"), Value::Null),
        ("refund.created", refund("re_2", 1000, "succeeded"), Value::Null),
        ("charge.refunded", charge(2000), json!({"amount_refunded": 1000})),
        ("refund.updated", refund("re_2", 1000, "succeeded"), Value::Null),
    ];
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 2, 0, 3, 4], [3, 1, 0, 4, 2]] {
        let world = shop_of_ten_nine();
        stripe(&world, "checkout.session.completed", &session(|_| {}), Value::Null);
        for number in order {
            let (kind, object, before) = &tellings[number];
            stripe(&world, kind, object, before.clone());
        }
        assert_eq!(one(&world, "ANNA10", "pi_1"), stands("approved", "6.40", Value::Null), "{order:?}");
        // One of them fails in the end.
        stripe(&world, "refund.failed", &refund("re_2", 1000, "failed"), Value::Null);
        assert_eq!(one(&world, "ANNA10", "pi_1"), stands("approved", "7.20", Value::Null), "{order:?}");
    }
}

#[test]
fn a_refund_finds_the_order_of_a_subscription() {
    let subscribed = |session: &mut Value| {
        session["payment_intent"] = Value::Null;
        session["subscription"] = json!("sub_1");
        session["invoice"] = json!("in_1");
    };
    let payment = json!({"id": "inpay_1", "invoice": "in_1", "payment": {"type": "payment_intent", "payment_intent": "pi_1"}});
    let tellings = [
        ("checkout.session.completed", session(subscribed), Value::Null),
        ("invoice_payment.paid", payment, Value::Null),
        ("charge.refunded", charge(5000), json!({"amount_refunded": 0})),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [2, 0, 1], [1, 2, 0], [0, 2, 1]] {
        let world = shop_of_ten_nine();
        for number in order {
            let (kind, object, before) = &tellings[number];
            stripe(&world, kind, object, before.clone());
        }
        assert_eq!(one(&world, "ANNA10", "in_1"), stands("approved", "4.00", Value::Null), "{order:?}");
        assert!(
            json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"]
                .as_array()
                .unwrap()
                .is_empty()
        );
    }
    // Until version basil the charge named the invoice itself.
    let world = shop_of_ten_nine();
    stripe(&world, "checkout.session.completed", &session(subscribed), Value::Null);
    let mut old = charge(10000);
    old["invoice"] = json!("in_1");
    stripe(&world, "charge.refunded", &old, json!({"amount_refunded": 0}));
    assert_eq!(one(&world, "ANNA10", "in_1"), stands("reversed", "0.00", json!("refunded")));
}

#[test]
fn a_subscription_pays_its_referrer_at_every_renewal() {
    let world = shop_of_ten_nine();
    let invoice = |id: &str, reason: &str| {
        json!({"id": id, "subscription": "sub_1", "billing_reason": reason, "customer": "cus_1", "currency": "eur",
            "total": 2000, "amount_paid": 2000, "created": world.now().seconds()})
    };
    let trial = session(|session| {
        session["payment_status"] = json!("no_payment_required");
        session["amount_total"] = json!(0);
        session["payment_intent"] = Value::Null;
        session["subscription"] = json!("sub_1");
    });
    let begun = stripe(&world, "checkout.session.completed", &trial, Value::Null);
    assert_eq!((&begun["outcome"], &begun["reason"]), (&json!("ignored"), &json!("not_paid")));
    for id in ["in_2", "in_3"] {
        let answer = stripe(&world, "invoice.paid", &invoice(id, "subscription_cycle"), Value::Null);
        assert_eq!((&answer["outcome"], &answer["referrer"]), (&json!("recorded"), &json!("ANNA10")), "{id}");
        assert_eq!(one(&world, "ANNA10", id), stands("approved", "1.60", Value::Null));
        world.pass(60);
    }
    // A subscription that is paid at once has one order of it, whichever of the two comes first.
    let paid = session(|session| {
        session["payment_intent"] = Value::Null;
        session["invoice"] = json!("in_9");
        session["subscription"] = json!("sub_9");
        session["amount_total"] = json!(2000);
    });
    let first = stripe(&world, "invoice.paid", &invoice("in_9", "subscription_create"), Value::Null);
    assert_eq!(first["outcome"], "ignored");
    assert_eq!(stripe(&world, "checkout.session.completed", &paid, Value::Null)["outcome"], "recorded");
    let again = stripe(&world, "invoice.paid", &invoice("in_9", "subscription_cycle"), Value::Null);
    assert_eq!(again["outcome"], "duplicate");
}

/// Gives the shop a key for Stripe's API, and the API an answer.
fn with_key(world: &Rc<World>, path: &str, answer: Value) {
    let mut program = program();
    program["platform_keys"] = json!({"stripe": " rk_live_abcd1234\n"});
    let saved = json_of(&world.put("/v1/shops/demo", &program).send());
    assert_eq!(saved["platform_keys"], json!({"stripe": "…1234"}));
    world.another_isolate();
    world
        .api
        .borrow_mut()
        .insert(format!("https://stripe.example{path}"), Ok((http::StatusCode::OK, answer)));
}

#[test]
fn a_code_typed_at_stripe_is_asked_for_or_said_to_be_untold() {
    let typed = session(|session| {
        session["client_reference_id"] = Value::Null;
        session["discounts"] = json!([{"promotion_code": "promo_1"}]);
    });
    let world = shop_of_ten_nine();
    let untold = stripe(&world, "checkout.session.completed", &typed, Value::Null);
    assert_eq!(untold["outcome"], "not_referred");
    assert!(untold["why"].as_str().unwrap().contains("platform_keys"), "{untold}");
    assert!(world.asked.borrow().is_empty());

    let world = shop_of_ten_nine();
    with_key(&world, "/v1/promotion_codes/promo_1", json!({"id": "promo_1", "code": "anna10"}));
    paid_by_card(&world, "pi_1", Value::Null);
    let told = stripe(&world, "checkout.session.completed", &typed, Value::Null);
    assert_eq!((&told["outcome"], &told["referrer"]), (&json!("recorded"), &json!("ANNA10")));
    let asked = ["promotion_codes/promo_1", "payment_intents/pi_1?expand[]=latest_charge"]
        .map(|what| format!("rk_live_abcd1234 https://stripe.example/v1/{what}"));
    assert_eq!(*world.asked.borrow(), asked);

    // Without an answer nothing is recorded, and Stripe sends again; a key that opens nothing is no reason to wait.
    let world = shop_of_ten_nine();
    with_key(&world, "/v1/promotion_codes/promo_2", Value::Null);
    paid_by_card(&world, "pi_1", Value::Null);
    let body = json!({"type": "checkout.session.completed", "data": {"object": typed}}).to_string();
    let now = world.now().seconds();
    let mac = Hmac::<Sha256>::new_from_slice(b"whsec_s").unwrap().chain_update(format!("{now}.{body}"));
    let signature = format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes()));
    let send = || {
        let sending = world.request(http::Method::POST, "/v1/shops/demo/webhooks/stripe").body(&body);
        sending.header("stripe-signature", &signature).send()
    };
    assert_eq!(send().status, 503);
    let url = "https://stripe.example/v1/promotion_codes/promo_1".to_owned();
    world.api.borrow_mut().insert(url, Ok((http::StatusCode::UNAUTHORIZED, Value::Null)));
    assert_eq!(json_of(&send())["outcome"], "not_referred");
}

/// What Stripe says of a payment by card.
fn paid_by_card(world: &Rc<World>, payment: &str, fingerprint: Value) {
    let card = json!({"latest_charge": {"payment_method_details": {"card": {"fingerprint": fingerprint}}}});
    let url = format!("https://stripe.example/v1/payment_intents/{payment}?expand[]=latest_charge");
    world.api.borrow_mut().insert(url, Ok((http::StatusCode::OK, card)));
}

#[test]
fn the_card_of_a_payment_is_asked_for_and_a_friend_who_pays_by_the_referrers_is_seen() {
    let world = shop_of_ten_nine();
    with_key(&world, "/v1", Value::Null);
    let anna = json!({"offer": "agencies", "customer_id": "c-anna"});
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &anna).send().status, 200);
    let bought = |payment: &str, code: Value, customer: &str| {
        let sold = session(|session| {
            session["id"] = json!(format!("cs_{payment}"));
            session["created"] = json!(world.now().seconds());
            session["payment_intent"] = json!(payment);
            session["client_reference_id"] = code.clone();
            session["customer"] = json!(customer);
            session["customer_details"]["email"] = json!(format!("{customer}@example.com"));
        });
        stripe(&world, "checkout.session.completed", &sold, Value::Null)
    };
    // Anna's own, by her customer id.
    paid_by_card(&world, "pi_1", json!("Xt5EWLLDS7FJjR1c"));
    bought("pi_1", Value::Null, "c-anna");
    paid_by_card(&world, "pi_2", json!("Xt5EWLLDS7FJjR1c"));
    bought("pi_2", json!("ANNA10"), "cus_2");
    paid_by_card(&world, "pi_3", json!("aNother1234"));
    bought("pi_3", json!("ANNA10"), "cus_3");
    let signals = |order: &str| {
        let account = json_of(&world.get(&format!("/v1/shops/demo/orders/{order}")).admin().send());
        account["conversion"]["signals"].clone()
    };
    assert_eq!(signals("pi_2")[0]["signal"], json!("card"), "{}", signals("pi_2"));
    assert_eq!(signals("pi_3"), Value::Null);
    // Stripe that does not answer is no reason to wait.
    assert_eq!(bought("pi_5", json!("ANNA10"), "cus_5")["outcome"], "recorded");
    // Who does not weigh it is asked for nothing.
    let asked = world.asked.borrow().len();
    let mut program = json_of(&world.get("/v1/shops/demo").admin().send())["program"].clone();
    program["signals"] = json!({"card": 0});
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    bought("pi_4", json!("ANNA10"), "cus_4");
    assert_eq!(world.asked.borrow().len(), asked);
}

#[test]
fn a_payments_invoice_is_asked_for_where_nothing_told_of_it() {
    let world = shop_of_ten_nine();
    let path = "/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]=pi_1";
    with_key(&world, path, json!({"data": [{"id": "inpay_1", "invoice": "in_1"}]}));
    let subscribed = session(|session| {
        session["payment_intent"] = Value::Null;
        session["invoice"] = json!("in_1");
    });
    stripe(&world, "checkout.session.completed", &subscribed, Value::Null);
    stripe(&world, "charge.refunded", &charge(5000), json!({"amount_refunded": 0}));
    assert_eq!(one(&world, "ANNA10", "in_1"), stands("approved", "4.00", Value::Null));
    stripe(&world, "charge.refunded", &charge(10000), json!({"amount_refunded": 5000}));
    assert_eq!(one(&world, "ANNA10", "in_1"), stands("reversed", "0.00", json!("refunded")));
    assert_eq!(world.asked.borrow().len(), 1, "it is known from then on");
}

#[test]
fn a_dispute_is_lost_or_won() {
    let world = shop_of_ten_nine();
    stripe(&world, "checkout.session.completed", &session(|_| {}), Value::Null);
    let dispute = |status: &str| {
        json!({"id": "dp_1", "payment_intent": "pi_1", "charge": "ch_1", "currency": "eur", "amount": 10000,
            "created": 1_795_200_000, "status": status})
    };
    let inquiry = stripe(&world, "charge.dispute.created", &dispute("warning_needs_response"), Value::Null);
    assert_eq!((&inquiry["outcome"], &inquiry["reason"]), (&json!("ignored"), &json!("nothing_taken")));
    assert_eq!(one(&world, "ANNA10", "pi_1"), stands("approved", "8.00", Value::Null));
    stripe(&world, "charge.dispute.created", &dispute("needs_response"), Value::Null);
    stripe(&world, "charge.dispute.funds_withdrawn", &dispute("needs_response"), Value::Null);
    assert_eq!(one(&world, "ANNA10", "pi_1"), stands("reversed", "0.00", json!("refunded")));
    stripe(&world, "charge.dispute.closed", &dispute("won"), Value::Null);
    stripe(&world, "charge.dispute.funds_reinstated", &dispute("won"), Value::Null);
    assert_eq!(one(&world, "ANNA10", "pi_1"), stands("approved", "8.00", Value::Null));
    stripe(&world, "charge.dispute.created", &dispute("needs_response"), Value::Null);
    assert_eq!(one(&world, "ANNA10", "pi_1"), stands("approved", "8.00", Value::Null), "delivered again");
}

#[test]
fn a_wholesale_order_comes_whole() {
    let world = shop_of_ten_nine();
    let mut order = delivery("paid");
    order["meta_data"] = json!([{"key": "_configurator", "value": "x".repeat(1_900_000)}]);
    assert_eq!(woo_of(&world, "order.created", &order)["outcome"], "recorded");
    order["meta_data"] = json!([{"key": "_configurator", "value": "x".repeat(2_200_000)}]);
    let sending =
        world.request(http::Method::POST, "/v1/shops/demo/webhooks/woocommerce").body(&order.to_string());
    assert_eq!(sending.send().status, 413);
    let event = world.request(http::Method::POST, "/v1/shops/demo/events").body(&"x".repeat(300_000));
    assert_eq!(event.send().status, 413);
}

#[test]
fn an_update_that_comes_before_its_order_tells_all_of_it() {
    let (one, other) = (world(), world());
    woo(&one, WOO, WOO_HEADERS);
    woo(&one, WOO_REFUND, WOO_REFUND_HEADERS);
    assert_eq!(json_of(&woo(&other, WOO_REFUND, WOO_REFUND_HEADERS))["outcome"], "recorded");
    assert_eq!(json_of(&woo(&other, WOO, WOO_HEADERS))["outcome"], "duplicate");
    let status =
        |world: &Rc<World>| json_of(&world.get("/v1/shops/demo/referrers/REFER10/rewards").admin().send());
    assert_eq!(status(&one), status(&other));
}

#[test]
fn saving_a_webhook_is_answered_and_nothing_else_unsigned() {
    let world = world();
    let send = |shop: &str, body: &str| {
        world.request(http::Method::POST, &format!("/v1/shops/{shop}/webhooks/woocommerce")).body(body).send()
    };
    let saved = send("demo", "webhook_id=7");
    assert_eq!((saved.status.as_u16(), &json_of(&saved)["outcome"]), (200, &json!("ignored")));
    assert_eq!(send("nobody", "webhook_id=7").status, 404);
    for body in ["webhook_id=", "webhook_id=7&x=1", WOO, "{", ""] {
        assert_eq!(send("demo", body).status, 401, "{body}");
    }
    assert_eq!(woo(&world, &WOO.replace("40.00", "4000.00"), WOO_HEADERS).status, 401);
    let unknown = world.post("/v1/shops/demo/webhooks/magento", &json!({})).send();
    assert_eq!(unknown.status, 404);
    world.put("/v1/shops/bare", &program()).send();
    assert_eq!(world.post("/v1/shops/bare/webhooks/stripe", &json!({})).send().status, 401);
}

#[test]
fn shopify_signs_the_bytes_of_the_order() {
    let world = world();
    let wrapped: Value = serde_json::from_str(SHOPIFY).unwrap();
    let mut order = wrapped["order"].clone();
    order["financial_status"] = json!("paid");
    order["created_at"] = json!("2026-11-20T10:00:00+01:00");
    order["discount_codes"] = json!([{"code": "refer10"}]);
    let send = |order: &Value, topic: &str| {
        let body = order.to_string();
        let mac =
            Hmac::<Sha256>::new_from_slice(b"shpss_1").unwrap().chain_update(&body).finalize().into_bytes();
        let sending = world.request(http::Method::POST, "/v1/shops/demo/webhooks/shopify").body(&body);
        sending.header("x-shopify-hmac-sha256", &STANDARD.encode(mac)).header("x-shopify-topic", topic).send()
    };
    let answer = json_of(&send(&order, "orders/paid"));
    assert_eq!((&answer["outcome"], &answer["referrer"]), (&json!("recorded"), &json!("REFER10")));
    assert_eq!(json_of(&send(&order, "orders/updated"))["outcome"], "duplicate");
    assert_eq!(json_of(&send(&order, "products/update"))["outcome"], "ignored");
    // What cannot be an order is no reason for Shopify to drop the subscription.
    order["id"] = json!(2);
    order["subtotal_price"] = json!("a lot");
    assert_eq!(json_of(&send(&order, "orders/paid"))["outcome"], "ignored");

    // What the shopper writes does not spoil the order.
    order["id"] = json!(4);
    order["subtotal_price"] = json!("90.00");
    order["email"] = json!(format!("{}@example.com", "a".repeat(400)));
    order["note_attributes"] = json!([{"name": "parrain_touches", "value": "[{\"code\": 7}, 7"},
        {"name": "parrain_code", "value": "\u{0}<b>"}, {"name": "ref", "value": "\n"}]);
    assert_eq!(json_of(&send(&order, "orders/paid"))["outcome"], "recorded");
    order["id"] = json!(3);
    order["currency"] = json!("JPY");
    order["subtotal_price"] = json!("1200");
    assert_eq!(json_of(&send(&order, "orders/paid"))["outcome"], "recorded");
    let refund = json!({"id": 1, "order_id": 3, "created_at": "2026-11-20T11:00:00+01:00",
        "refund_line_items": [{"subtotal": "600.00"}]});
    let answer = send(&refund, "refunds/create");
    assert_eq!((answer.status.as_u16(), &json_of(&answer)["outcome"]), (200, &json!("ignored")));
}

/// What Shopify signs and sends.
fn shopify(world: &Rc<World>, topic: &str, body: &Value) -> Value {
    let body = body.to_string();
    let mac = Hmac::<Sha256>::new_from_slice(b"shpss_1").unwrap().chain_update(&body).finalize().into_bytes();
    let sending = world.request(http::Method::POST, "/v1/shops/demo/webhooks/shopify").body(&body);
    let sending = sending.header("x-shopify-hmac-sha256", &STANDARD.encode(mac));
    let answer = sending.header("x-shopify-topic", topic).send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

fn order_of(id: u64, email: &str) -> Value {
    json!({"id": id, "financial_status": "paid", "currency": "EUR", "subtotal_price": "100.00", "total_price": "100.00",
        "processed_at": "2026-11-20T10:00:00Z", "email": email, "customer": {"id": 9000 + id, "email": email},
        "discount_codes": [{"code": "ANNA10"}], "line_items": [{"price": "100.00", "quantity": 1}]})
}

#[test]
fn what_shopify_must_be_answered_of_persons_is_done() {
    let world = shop_of_ten_nine();
    for (id, email) in [(1, "bob@example.com"), (2, "eve@example.com"), (3, "zoe@example.com")] {
        assert_eq!(shopify(&world, "orders/paid", &order_of(id, email))["outcome"], "recorded");
    }
    let held = |email: &str| {
        let path = format!("/v1/shops/demo/subjects?email={email}");
        json_of(&world.get(&path).admin().send())["orders"].as_array().unwrap().len()
    };
    let redact = |body: Value| shopify(&world, "customers/redact", &body);
    assert_eq!(
        shopify(&world, "customers/data_request", &json!({"customer": {"email": "bob@example.com"}}))["outcome"],
        "ignored"
    );
    assert_eq!(held("bob@example.com"), 1);
    redact(
        json!({"shop_domain": "x.myshopify.com", "customer": {"id": 9001, "email": "bob@example.com", "phone": null}}),
    );
    assert_eq!((held("bob@example.com"), held("eve@example.com")), (0, 1));
    // An address may be withheld: the id is enough.
    redact(json!({"customer": {"id": 9002, "email": null}, "orders_to_redact": [2]}));
    assert_eq!((held("eve@example.com"), held("zoe@example.com")), (0, 1));
    let before = one(&world, "ANNA10", "3");
    shopify(&world, "shop/redact", &json!({"shop_id": 7, "shop_domain": "x.myshopify.com"}));
    assert_eq!(held("zoe@example.com"), 0);
    assert_eq!(one(&world, "ANNA10", "3"), before, "figures stay");
    let left: Vec<String> = world.texts("demo").into_iter().filter(|text| text.contains("900")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn with_a_shop_s_persons_those_go_too_who_only_asked_for_a_reminder() {
    let world = shop_of_ten_nine();
    world.alter(
        "demo",
        "INSERT INTO mail (kind, about, code, facts, queued, next) VALUES ('reminder', 'hash ANNA10', 'ANNA10', '{}', 0, 0)",
    );
    world.alter("demo", "INSERT INTO mail_stop VALUES ('a hash', 'reminder', 0, 'ended by who has it')");
    assert_eq!((world.rows("demo", "mail"), world.rows("demo", "mail_stop")), (1, 1));
    shopify(&world, "shop/redact", &json!({"shop_id": 7, "shop_domain": "x.myshopify.com"}));
    assert_eq!((world.rows("demo", "mail"), world.rows("demo", "mail_stop")), (0, 0));
}

#[test]
fn test_orders_and_kept_money_earn_and_take_nothing() {
    let world = shop_of_ten_nine();
    let mut test = order_of(1, "bob@example.com");
    test["test"] = json!(true);
    let answer = shopify(&world, "orders/paid", &test);
    assert_eq!((&answer["outcome"], &answer["reason"]), (&json!("ignored"), &json!("test_order")));
    let order = order_of(2, "eve@example.com");
    shopify(&world, "orders/paid", &order);
    let line = json!({"quantity": 1, "subtotal": "40.00", "total_tax": "0.00"});
    let mut refund = json!({"id": 7, "order_id": 2, "processed_at": "2026-11-21T10:00:00Z", "refund_line_items": [line],
        "transactions": []});
    let exchanged = shopify(&world, "refunds/create", &refund);
    assert_eq!((&exchanged["outcome"], &exchanged["reason"]), (&json!("ignored"), &json!("nothing_taken")));
    assert_eq!(one(&world, "ANNA10", "2"), stands("approved", "8.00", Value::Null));
    // On its way, paid back, and failed in the end after all.
    let payment = |status: &str| json!([{"kind": "refund", "status": status, "amount": "40.00"}]);
    let updated = |refund: &Value, at: &str| {
        let mut order = order.clone();
        order["financial_status"] = json!("partially_refunded");
        order["refunds"] = json!([refund]);
        order["updated_at"] = json!(at);
        shopify(&world, "orders/updated", &order);
    };
    refund["transactions"] = payment("pending");
    shopify(&world, "refunds/create", &refund);
    assert_eq!(one(&world, "ANNA10", "2"), stands("approved", "8.00", Value::Null));
    refund["transactions"] = payment("success");
    updated(&refund, "2026-11-22T10:00:00Z");
    assert_eq!(one(&world, "ANNA10", "2"), stands("approved", "4.80", Value::Null));
    refund["transactions"] = payment("failure");
    updated(&refund, "2026-11-23T10:00:00Z");
    assert_eq!(one(&world, "ANNA10", "2"), stands("approved", "8.00", Value::Null));
}
