//! What is unusual about orders: found when they arrive, told in sentences, and held for the shop's decision.

use super::world::*;
use crate::http::Method;
use serde_json::{Value, json};
use std::rc::Rc;

/// An order of a new customer now, with more of it.
fn sell(world: &Rc<World>, shop: &Value, order: &str, more: &Value) -> Value {
    let mut event = paid(order, "ANNA10");
    event["data"]["at"] = json!(world.now());
    for (name, value) in more.as_object().unwrap() {
        event["data"][name] = value.clone();
    }
    let answer = world.event(shop, &event);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

/// A conversion as the shop sees it.
fn one(world: &Rc<World>, order: &str) -> Value {
    let account = json_of(&world.get(&format!("/v1/shops/demo/orders/{order}")).admin().send());
    account["conversion"].clone()
}

fn signals(conversion: &Value) -> Vec<String> {
    let found = conversion["signals"].as_array();
    found.into_iter().flatten().map(|one| one["signal"].as_str().unwrap().to_owned()).collect()
}

fn home() -> Value {
    json!({"line1": "1, rue de la Paix", "postal_code": "75002", "country": "FR"})
}

fn world() -> (Rc<World>, Value) {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    (world, shop)
}

fn review(world: &Rc<World>, order: &str, decision: &str) {
    let path = format!("/v1/shops/demo/conversions/{order}/review");
    let answer = world.post(&path, &json!({"decision": decision, "note": "seen"})).admin().send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

fn audit(world: &Rc<World>) {
    // The alarm does what calls have left.
    world.live_until("demo", world.now().plus_seconds(1));
    let audited = json_of(&world.get("/v1/shops/demo/audit").admin().send());
    assert_eq!(audited["differences"], json!([]), "{audited}");
}

#[test]
fn an_order_to_the_referrer_s_own_address_by_their_own_card_waits_for_the_shop() {
    let (world, shop) = world();
    // The referrer buys for themselves, which is nobody's.
    sell(
        &world,
        &shop,
        "1",
        &json!({"codes": [], "customer": {"id": "c-ANNA10"}, "delivery": home(), "card": "fp_1"}),
    );
    let spelled = json!({"line1": "1 RUE DE LA PAIX ", "postal_code": "75 002", "country": "fr"});
    let answer = sell(&world, &shop, "2", &json!({"delivery": spelled, "card": "fp_1"}));
    assert_eq!(answer["outcome"], "recorded", "it is never refused silently");
    let held = one(&world, "2");
    assert_eq!((&held["status"], &held["reason"]), (&json!("pending"), &json!("suspected")));
    assert_eq!(signals(&held), ["address", "card"]);
    world.copy_to_kv();
    let kept = world.kv.contents();
    assert!(kept.iter().any(|(key, _)| key.starts_with("1/fact/demo/")), "{kept:?}");
    assert!(
        kept.iter().all(|(_, fact)| !fact.contains("traces")),
        "no hash of either leaves the ledger: {kept:?}"
    );
    let why = held["why"].as_str().unwrap();
    assert!(why.contains("une carte avec laquelle le parrain a payé"), "{why}");
    assert!(why.contains("attend votre décision"), "{why}");
    world.pass(400 * 86_400);
    assert_eq!(one(&world, "2")["status"], "pending", "time alone approves nothing");
    let waiting = json_of(&world.get("/v1/shops/demo/conversions?waiting=true").admin().send());
    assert_eq!(waiting["conversions"].as_array().unwrap().len(), 1);
    assert_eq!(
        json_of(&world.get("/v1/shops/demo/overview").admin().send())["waiting"]["reviews"]["count"],
        1
    );
    review(&world, "2", "reject");
    assert_eq!(one(&world, "2")["status"], "rejected");
    // The report says that both signals were right.
    let report = json_of(&world.get("/v1/shops/demo/signals").admin().send());
    assert_eq!(report["threshold"], 100);
    let card = report["signals"].as_array().unwrap().iter().find(|one| one["signal"] == "card").unwrap();
    assert_eq!(
        card,
        &json!({"signal": "card", "weight": 60, "found": 1, "held": 1, "reviewed": 1, "rejected": 1})
    );
    // Nothing of the address or the card stands anywhere.
    let texts = world.texts("demo");
    assert!(!texts.iter().any(|text| text.to_lowercase().contains("paix") || text.contains("fp_1")));
    audit(&world);
}

#[test]
fn a_day_like_none_before_is_held_and_repeats_change_nothing() {
    let (world, shop) = world();
    for number in 0..32 {
        world.pass(10);
        sell(&world, &shop, &format!("d{number}"), &json!({}));
    }
    assert_eq!(signals(&one(&world, "d9")), Vec::<String>::new());
    assert_eq!(signals(&one(&world, "d10")), ["velocity"]);
    assert_eq!(one(&world, "d10")["reason"], Value::Null, "told, and not held");
    let held = one(&world, "d31");
    assert_eq!((&held["reason"], &held["signals"][0]["points"]), (&json!("velocity"), &json!(100)));
    let rows = world.rows("demo", "suspicion");
    for number in 0..32 {
        sell(&world, &shop, &format!("d{number}"), &json!({}));
    }
    assert_eq!((world.rows("demo", "suspicion"), one(&world, "d31")), (rows, held.clone()));
    // What was found is a fact: other weights count from then on.
    let mut quiet = program();
    quiet["signals"] = json!({"velocity": 0});
    assert_eq!(json_of(&world.put("/v1/shops/demo", &quiet).send())["program"]["signals"]["velocity"], 0);
    assert_eq!(one(&world, "d31"), held);
    world.pass(5);
    sell(&world, &shop, "d40", &json!({}));
    assert_eq!(signals(&one(&world, "d40")), Vec::<String>::new());
    review(&world, "d31", "approve");
    assert_eq!(one(&world, "d31")["status"], "approved");
    audit(&world);
    let wrong = json!({"signals": {"threshold": 5000, "luck": 1}});
    let mut faulty = program();
    faulty["signals"] = wrong["signals"].clone();
    let told = pointers(&world.put("/v1/shops/demo", &faulty).send());
    assert_eq!(told, ["/signals/luck", "/signals/threshold"]);
}

#[test]
fn the_referrer_s_browser_is_told_before_and_after_the_shop_s_server() {
    let (world, shop) = world();
    let report = |id: &str| {
        let mut order = paid(id, "ANNA10")["data"].clone();
        order["at"] = json!(world.now());
        order["browser"] = json!("anna10");
        assert_eq!(world.post("/v1/shops/demo/conversions", &order).page().send().status, 202);
    };
    report("1");
    let mailed = json!({"customer": {"email": "x@yopmail.com"}});
    sell(&world, &shop, "1", &mailed);
    assert_eq!(signals(&one(&world, "1")), ["browser", "disposable"]);
    assert_eq!(one(&world, "1")["reason"], Value::Null, "90 of 100");
    sell(&world, &shop, "2", &json!({}));
    assert_eq!(signals(&one(&world, "2")), Vec::<String>::new());
    report("2");
    assert_eq!(signals(&one(&world, "2")), ["browser"]);
    report("2");
    let mut strict = program();
    strict["signals"] = json!({"threshold": 60});
    world.pass(1);
    world.put("/v1/shops/demo", &strict).send();
    world.pass(1);
    sell(&world, &shop, "3", &json!({}));
    assert_eq!(one(&world, "3")["reason"], Value::Null);
    report("3");
    assert_eq!(one(&world, "3")["reason"], "suspected");
    // What is due already stays so: an unsigned word takes nothing back.
    review(&world, "3", "approve");
    sell(&world, &shop, "4", &json!({}));
    review(&world, "4", "approve");
    report("4");
    assert_eq!(
        (one(&world, "4")["status"].clone(), signals(&one(&world, "4"))),
        (json!("approved"), Vec::new())
    );
    audit(&world);
}

#[test]
fn erasing_a_person_leaves_no_trace_of_where_they_live() {
    let (world, shop) = world();
    sell(&world, &shop, "1", &json!({"delivery": home(), "card": "fp_1"}));
    assert_eq!(world.rows("demo", "trace"), 2);
    let erased =
        world.request(Method::DELETE, "/v1/shops/demo/subjects?email=bob1%40example.com").admin().send();
    assert!(erased.status.is_success(), "{}", String::from_utf8_lossy(&erased.body));
    assert_eq!(world.rows("demo", "trace"), 0);
    assert!(!world.texts("demo").iter().any(|text| text.contains("\"traces\"")));
}
