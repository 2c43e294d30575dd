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

#[test]
fn what_woocommerce_really_sent_is_recorded() {
    let world = world();
    let first = json_of(&woo(&world, WOO, WOO_HEADERS));
    assert_eq!((&first["outcome"], &first["referrer"]), (&json!("recorded"), &json!("REFER10")));
    let status = |world: &Rc<World>| {
        json_of(&world.get("/v1/shops/demo/referrers/REFER10/rewards").admin().send())["totals"][0].clone()
    };
    assert_eq!(status(&world)["approved"], "2.88", "8 % of 36.00");
    let refund = json_of(&woo(&world, WOO_REFUND, WOO_REFUND_HEADERS));
    assert_eq!(refund["outcome"], "recorded");
    assert_eq!((&status(&world)["approved"], &status(&world)["reversed"]), (&json!("1.44"), &json!("1.44")));
    assert_eq!(json_of(&woo(&world, WOO, WOO_HEADERS))["outcome"], "duplicate");
    assert_eq!(json_of(&woo(&world, WOO_REFUND, WOO_REFUND_HEADERS))["outcome"], "duplicate");
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
    let answer = json_of(&saved);
    assert_eq!(
        (saved.status.as_u16(), &answer["outcome"], &answer["reason"]),
        (200, &json!("ignored"), &json!("unknown_type"))
    );
    assert!(answer["why"].is_string());
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
