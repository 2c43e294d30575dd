//! What a shop's server sends.

use super::world::*;
use crate::stores::simulated::{Calls, Mischief};
use serde_json::{Value, json};

#[test]
fn an_order_is_recorded_once() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let answer = json_of(&world.event(&shop, &paid("1001", "ANNA10")));
    assert_eq!((&answer["outcome"], &answer["referrer"]), (&json!("recorded"), &json!("ANNA10")));
    assert_eq!(answer["order_id"], "1001");
    assert_eq!(json_of(&world.event(&shop, &paid("1001", "BOB22")))["outcome"], "duplicate");
    assert_eq!(json_of(&world.event(&shop, &paid("1002", "NOBODY")))["outcome"], "not_referred");
    let own = json!({"type": "order.paid", "data": {"order_id": "1003", "at": "2026-11-19T10:00:00Z",
        "customer": {"email": "Anna10+me@Example.com"}, "currency": "EUR", "subtotal": "80.00", "discount": "0.00",
        "total": "80.00", "codes": ["ANNA10"]}});
    let own = json_of(&world.event(&shop, &own));
    assert_eq!((&own["outcome"], &own["reason"]), (&json!("rejected"), &json!("self_referral")));
    assert_eq!(json_of(&world.event(&shop, &json!({"type": "order.packed"})))["outcome"], "ignored");
    let refund = json!({"type": "order.refunded", "data": {"order_id": "1001", "at": "2026-11-20T10:00:00Z",
        "refund_id": "r1", "amount": "72.00"}});
    assert_eq!(json_of(&world.event(&shop, &refund))["outcome"], "recorded");
    let status = json_of(&world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send());
    assert_eq!(status["conversions"][0]["status"], "reversed");
}

#[test]
fn calls_of_the_stores_stay_within_their_budget() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let spent = |event: &Value| {
        world.another_isolate();
        world.kv.take_calls();
        world.ledger_calls.set(0);
        world.event(&shop, event);
        world.copy_to_kv();
        (world.kv.take_calls(), world.ledger_calls.get())
    };
    let read = Calls { reads: 1, ..Calls::default() };
    assert_eq!(spent(&paid("1001", "NOBODY")), (read, 1));
    assert_eq!(spent(&paid("1002", "ANNA10")), (Calls { writes: 1, ..read }, 1));
    assert_eq!(spent(&paid("1002", "ANNA10")), (read, 1));
}

#[test]
fn a_conversion_is_a_fact_in_kv_without_an_address() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    world.copy_to_kv();
    let kept = world.kv.contents();
    let facts: Vec<(&String, &String)> =
        kept.iter().filter(|(key, _)| key.starts_with("1/fact/demo/")).collect();
    let [(key, fact)] = facts[..] else { panic!("{facts:?}") };
    assert!(key.ends_with("/1001/sale"), "{key}");
    assert!(fact.contains(r#""code":"ANNA10""#), "{fact}");
    for (key, value) in &kept {
        assert!(!key.contains('@') && !value.contains("bob"), "{key}: {value}");
        assert!(!value.contains("@example.com"), "{key}: {value}");
    }
}

#[test]
fn an_outage_of_kv_loses_no_event() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.kv.behave(Mischief::OUTAGE);
    world.another_isolate();
    assert_eq!(json_of(&world.event(&shop, &paid("1001", "ANNA10")))["outcome"], "recorded");
    world.copy_to_kv();
    assert!(!world.kv.contents().keys().any(|key| key.contains("/1001/")));
    world.kv.behave(Mischief::NONE);
    world.copy_to_kv();
    assert!(world.kv.contents().keys().any(|key| key.contains("/1001/")));
}

#[test]
fn a_ledger_that_is_silent_for_a_moment_is_asked_again() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.silent.set(2);
    assert_eq!(json_of(&world.event(&shop, &paid("1001", "ANNA10")))["outcome"], "recorded");
    world.silent.set(3);
    let answer = world.event(&shop, &paid("1002", "ANNA10"));
    assert_eq!((answer.status.as_u16(), header_of(&answer, "retry-after")), (503, Some("2")));
    assert!(!json_of(&answer).to_string().contains("moving"));
    assert_eq!(json_of(&world.event(&shop, &paid("1002", "ANNA10")))["outcome"], "recorded");
}

#[test]
fn secrets_of_a_removed_shop_do_not_open_its_successor() {
    let world = World::new(1, Default::default());
    let first = world.with_shop();
    let who = json!({"identity": identity(&first, &json!({"sub": "c-ANNA10", "exp": world.now().seconds() + 600}))});
    let card = json_of(&world.post("/v1/shops/demo/referrers", &who).send());
    let token = card["token"].as_str().unwrap();
    let copies = world.kv.contents();
    world.request(http::Method::DELETE, "/v1/shops/demo").admin().send();
    world.with_shop();
    // Elsewhere KV still shows the first shop.
    for (key, value) in copies {
        futures_executor::block_on(crate::stores::Kv::put(&world.kv, &key, &value, None)).unwrap();
    }
    world.another_isolate();
    let again = |sending: Sending| {
        let answer = sending.send();
        assert!(matches!(answer.status.as_u16(), 503 | 401), "{answer:?}");
        answer.status
    };
    let event = || world.post("/v1/shops/demo/events", &paid("1002", "ANNA10")).signed(&first, 0);
    again(event());
    assert_eq!(again(event()), 401);
    world.another_isolate();
    let rewards = || world.get("/v1/shops/demo/rewards").bearer(token);
    again(rewards());
    assert_eq!(again(rewards()), 401);
    world.another_isolate();
    assert_eq!(again(world.get("/v1/shops/demo").bearer(first["shop_token"].as_str().unwrap())), 401);
}

#[test]
fn a_shop_made_anew_under_its_old_id_is_another_shop() {
    let world = World::new(1, Default::default());
    let first = world.with_shop();
    world.event(&first, &paid("1001", "ANNA10"));
    world.copy_to_kv();
    assert_eq!(world.request(http::Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
    let second = json_of(&world.put("/v1/shops/demo", &program()).send());
    assert_ne!(first["event_secret"], second["event_secret"]);
    // Another isolate's KV still shows the first shop: its secret no longer opens, the second's does.
    world.another_isolate();
    assert_eq!(world.event(&first, &paid("1002", "ANNA10")).status, 401);
    assert_eq!(world.event(&second, &paid("1002", "ANNA10")).status, 200);
    world.another_isolate();
    let offer = json_of(&world.get("/v1/shops/demo/offer?code=ANNA10").send());
    assert_eq!(offer["code"], json!({"valid": false, "reason": "unknown"}));
    assert_eq!(world.put("/v1/shops/demo/referrers/NEW1", &json!({"offer": "friends"})).send().status, 201);
    world.copy_to_kv();
    let kept: Vec<String> = world.kv.contents().into_keys().collect();
    assert_eq!(kept, ["1/referrer/demo/NEW1", "1/shop/demo"]);
    let shops = json_of(&world.get("/v1/shops").admin().send());
    assert_eq!(shops["shops"][0]["shop"], "demo");
}
