//! Promo codes of a shop's own: what pages are told of them, what orders that carry them count for, and where they are made.

use super::world::*;
use crate::http::Response;
use crate::stores::simulated::Mischief;
use parrain_stand_ins::Shopify;
use serde_json::{Value, json};
use std::rc::Rc;

fn noel() -> Value {
    json!({"code": "NOEL10", "name": "Noël", "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
        "starts_at": "2026-11-20T00:00:00Z", "ends_at": "2026-12-24T22:59:59Z"})
}

fn with(promotions: Value) -> Value {
    let mut program = program();
    program["promotions"] = promotions;
    program
}

fn put(world: &Rc<World>, promotions: Value) -> Response {
    let answer = world.put("/v1/shops/demo", &with(promotions)).send();
    world.another_isolate();
    world.copy_to_kv();
    answer
}

fn world() -> (Rc<World>, Value) {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    assert_eq!(put(&world, json!([noel()])).status, 200);
    (world, shop)
}

fn said_of(world: &Rc<World>, codes: &str) -> Value {
    json_of(&world.get(&format!("/v1/shops/demo/offer?{codes}")).page().send())["code"].clone()
}

fn order(world: &World, id: &str, codes: &[&str], touches: Value) -> Value {
    json!({"type": "order.paid", "data": {"order_id": id, "at": world.now(), "currency": "EUR",
        "subtotal": "80.00", "discount": "8.00", "total": "72.00", "codes": codes, "touches": touches,
        "customer": {"id": format!("c-{id}")}}})
}

fn list(world: &Rc<World>) -> Value {
    json_of(&world.get("/v1/shops/demo/promotions").admin().send())["promotions"].clone()
}

#[test]
fn a_page_is_told_what_a_promo_code_gives() {
    let (world, _) = world();
    let said = said_of(&world, "code=noel10");
    assert_eq!(
        (&said["valid"], &said["from"], &said["offer"]),
        (&json!(true), &json!("Atelier Lumière"), &json!(""))
    );
    assert_eq!(said["friend"]["reward"], json!({"kind": "percent_off", "percent": "10"}));
    assert_eq!(said["ends_at"], "2026-12-24T22:59:59Z");
    // A referrer's code beside it is asked about all the same.
    assert_eq!(said_of(&world, "code=NOEL10&code=ANNA10")["code"], "ANNA10");
    let touch = json!({"code": "NOEL10", "source": "promo_code", "landing": "https://shop.example/"});
    assert_eq!(world.post("/v1/shops/demo/touches", &touch).page().send().status, 202);
    let mut ended = noel();
    ended["ends_at"] = json!("2026-11-20T01:00:00Z");
    put(&world, json!([ended]));
    assert_eq!(said_of(&world, "code=NOEL10"), json!({"valid": false, "reason": "expired"}));
    let mut to_come = noel();
    to_come["starts_at"] = json!("2026-12-01T00:00:00Z");
    put(&world, json!([to_come]));
    assert_eq!(said_of(&world, "code=NOEL10"), json!({"valid": false, "reason": "inactive"}));
    put(&world, json!([]));
    assert_eq!(said_of(&world, "code=NOEL10"), json!({"valid": false, "reason": "unknown"}));
}

#[test]
fn an_order_with_a_promo_code_counts_for_it_and_takes_nothing_from_a_referrer() {
    let (world, shop) = world();
    let link = json!([{"code": "ANNA10", "source": "link", "at": "2026-11-20T10:00:00Z"}]);
    let typed = json!([{"code": "ANNA10", "source": "link", "at": "2026-11-20T10:00:00Z"},
        {"code": "NOEL10", "source": "promo_code", "at": "2026-11-20T10:30:00Z"}]);
    for (id, codes, touches, referrer) in [
        // By Anna's link, with the shop's code on the order: Anna's.
        ("1001", &["NOEL10"][..], link.clone(), json!("ANNA10")),
        ("1002", &["noel10"], typed, json!("ANNA10")),
        // By Anna's link with Bob's code: Bob's, as ever.
        ("1003", &["NOEL10", "BOB22"], link, json!("BOB22")),
        // By nobody.
        ("1004", &["NOEL10"], json!([]), Value::Null),
        ("1005", &["OTHER"], json!([]), Value::Null),
    ] {
        for _ in 0..2 {
            let answer = json_of(&world.event(&shop, &order(&world, id, codes, touches.clone())));
            assert_eq!(answer["referrer"], referrer, "{id}: {answer}");
        }
    }
    let listed = list(&world);
    assert_eq!((&listed[0]["code"], &listed[0]["orders"]), (&json!("NOEL10"), &json!(4)));
    assert_eq!(listed[0]["discounts"], json!([{"currency": "EUR", "amount": "32.00"}]));
    let orders = json_of(&world.get("/v1/shops/demo/orders?code=NOEL10").admin().send());
    assert_eq!(orders["orders"].as_array().unwrap().len(), 4, "{orders}");
    // A browser's report is nothing yet.
    let report = json!({"order_id": "1006", "at": "2026-11-20T11:00:00Z", "currency": "EUR", "subtotal": "80.00", "discount": "8.00",
        "total": "72.00", "codes": ["NOEL10"], "touches": []});
    assert_eq!(world.post("/v1/shops/demo/conversions", &report).page().send().status, 202);
    assert_eq!(list(&world)[0]["orders"], 4);
    // What came of a code that the program has no longer stays.
    put(&world, json!([]));
    assert_eq!(list(&world)[0]["promotion"], Value::Null);
    assert_eq!(list(&world)[0]["orders"], 4);
    let audit = json_of(&world.get("/v1/shops/demo/audit").admin().send());
    assert_eq!(audit["differences"], json!([]), "{audit}");
}

#[test]
fn a_code_is_the_shop_s_or_a_referrer_s() {
    let (world, _) = world();
    let mut anna = noel();
    anna["code"] = json!("anna10");
    let refused = world.put("/v1/shops/demo", &with(json!([noel(), anna]))).send();
    assert_eq!(refused.status, 422);
    assert_eq!(
        json_of(&refused)["errors"],
        json!([{"pointer": "/promotions/1/code", "detail": "is a referrer's code"}])
    );
    let who = json!({"offer": "friends", "name": "Noël"});
    assert_eq!(world.put("/v1/shops/demo/referrers/NOEL10", &who).send().status, 409);
    // Out of the program, it stays what it was.
    put(&world, json!([]));
    assert_eq!(world.put("/v1/shops/demo/referrers/NOEL10", &who).send().status, 409);
    assert_eq!(put(&world, json!([noel()])).status, 200);
    assert_eq!(world.put("/v1/shops/demo/referrers/NOEL20", &who).send().status, 201);
    let mut other = noel();
    other["code"] = json!("NOEL20");
    assert_eq!(world.put("/v1/shops/demo", &with(json!([other]))).send().status, 422);
}

#[test]
fn orders_of_a_former_promo_code_are_nobody_s_in_any_order() {
    for late in [false, true] {
        let (world, shop) = world();
        let typed = json!([{"code": "NOEL10", "source": "promo_code", "at": "2026-11-20T10:30:00Z"}]);
        let sent = order(&world, "1001", &["NOEL10"], typed);
        if !late {
            assert_eq!(json_of(&world.event(&shop, &sent))["referrer"], Value::Null);
        }
        world.pass(60);
        put(&world, json!([]));
        let who = json!({"offer": "friends", "name": "Noël"});
        assert_eq!(world.put("/v1/shops/demo/referrers/NOEL10", &who).send().status, 409);
        let answer = json_of(&world.event(&shop, &sent));
        assert_eq!(answer["referrer"], Value::Null, "{late}: {answer}");
        let account = json_of(&world.get("/v1/shops/demo/orders/1001").admin().send());
        let why = account["candidates"].to_string();
        assert_eq!(why.matches("code promo de la boutique").count(), 2, "{late}: {account}");
        assert_eq!(list(&world)[0]["orders"], 1, "{late}");
        let audit = json_of(&world.get("/v1/shops/demo/audit").admin().send());
        assert_eq!(audit["differences"], json!([]), "{audit}");
    }
}

#[test]
fn a_page_with_a_promo_code_asks_no_ledger() {
    let (world, _) = world();
    said_of(&world, "code=NOEL10");
    world.ledger_calls.set(0);
    assert_eq!(said_of(&world, "code=NOEL10")["valid"], true);
    assert_eq!(world.ledger_calls.get(), 0);
}

#[test]
fn a_platform_makes_the_code_with_its_dates_and_nothing_is_promised_before() {
    let world = World::new(1, Mischief::NONE);
    world.platforms.borrow_mut().shopify = Some(Shopify::new("atelier.myshopify.com"));
    world.with_shop();
    let credentials = json!({"shop": "atelier", "token": "shpat_0123456789abcdef"});
    let connected = world.put("/v1/shops/demo/connections/shopify", &credentials).send();
    assert_eq!(connected.status, 200, "{}", String::from_utf8_lossy(&connected.body));
    world.copy_to_kv();
    let mut goods = noel();
    (goods["code"], goods["categories"]) = (json!("BOUGIES"), json!(["Bougies"]));
    assert_eq!(world.put("/v1/shops/demo", &with(json!([noel(), goods.clone()]))).send().status, 200);
    assert_eq!(said_of(&world, "code=NOEL10")["friend"], Value::Null);
    assert_eq!(said_of(&world, "code=NOEL10")["discount_ready"], json!(false));
    assert_eq!(list(&world)[0]["ready"], json!(false));
    // One for some categories the shop makes itself: it waits for nobody.
    assert_eq!(said_of(&world, "code=BOUGIES")["friend"]["reward"]["percent"], "10");
    assert_eq!(list(&world)[1]["ready"], Value::Null);
    world.live_until("demo", world.now().plus_seconds(600));
    world.another_isolate();
    assert_eq!(list(&world)[0]["ready"], json!(true));
    assert_eq!(said_of(&world, "code=NOEL10")["friend"]["reward"]["percent"], "10");
    {
        let platforms = world.platforms.borrow();
        let discounts = &platforms.shopify.as_ref().unwrap().discounts;
        assert!(
            discounts["noel10"].input.to_string().contains("2026-12-24T22:59:59"),
            "{:?}",
            discounts["noel10"]
        );
        assert!(!discounts.contains_key("bougies"));
    }
    // Out of the program, it is ended there.
    assert_eq!(world.put("/v1/shops/demo", &with(json!([goods]))).send().status, 200);
    world.live_until("demo", world.now().plus_seconds(600));
    assert!(world.platforms.borrow().shopify.as_ref().unwrap().discounts["noel10"].over);
}
