//! How the shop manages its referrers: who may join, who takes part, and on which terms.

use super::world::*;
use crate::http::{Method, Response};
use serde_json::{Value, json};
use std::rc::Rc;

const ANNA: &str = "/v1/shops/demo/referrers/ANNA10";

fn change(world: &Rc<World>, path: &str, body: &Value) -> Response {
    world.request(Method::PATCH, path).body(&body.to_string()).admin().send()
}

fn changed(world: &Rc<World>, body: Value) -> Value {
    let answer = change(world, ANNA, &body);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

/// Sells to a new customer now; the outcome and its reason.
fn sell(world: &Rc<World>, shop: &Value, order: &str, code: &str) -> (String, Value) {
    let mut event = paid(order, code);
    event["data"]["at"] = json!(world.now());
    let answer = json_of(&world.event(shop, &event));
    (answer["outcome"].as_str().unwrap().to_owned(), answer["reason"].clone())
}

fn verdict(world: &Rc<World>) -> Value {
    world.copy_to_kv();
    world.pass(120);
    world.another_isolate();
    json_of(&world.get("/v1/shops/demo/offer?code=ANNA10").page().send())["code"].clone()
}

#[test]
fn friends_see_the_name_that_the_shop_gives_and_it_goes_with_the_person() {
    let world = World::new(1, Default::default());
    world.with_shop();
    assert_eq!(verdict(&world)["from"], "Anna", "of a person the first name");
    let named = changed(&world, json!({"display_name": "  Les Amis du Grès "}));
    assert_eq!((&named["display_name"], &named["name"]), (&json!("Les Amis du Grès"), &json!("Anna Martin")));
    assert_eq!(verdict(&world)["from"], "Les Amis du Grès", "whole");
    // What is left out stays, `null` clears.
    let again = json!({"offer": "friends", "name": "Anna Martin", "customer_id": "c-ANNA10", "email": "anna10@example.com"});
    assert_eq!(json_of(&world.put(ANNA, &again).send())["display_name"], "Les Amis du Grès");
    let list = json_of(&world.get("/v1/shops/demo/referrers").admin().send());
    assert_eq!(list["referrers"][0]["display_name"], "Les Amis du Grès");
    assert_eq!(changed(&world, json!({"display_name": null}))["display_name"], Value::Null);
    assert_eq!(verdict(&world)["from"], "Anna");
    let long = change(&world, ANNA, &json!({"display_name": "x".repeat(81)}));
    assert_eq!(
        (long.status.as_u16(), &json_of(&long)["errors"][0]["pointer"]),
        (422, &json!("/display_name"))
    );
    // The next who has the code is somebody else, and who is erased has no name.
    changed(&world, json!({"display_name": "Les Amis du Grès"}));
    let held = json_of(&world.get("/v1/shops/demo/subjects?email=anna10%40example.com").admin().send());
    assert_eq!(held["referrers"][0]["display_name"], "Les Amis du Grès");
    let other =
        json!({"offer": "friends", "name": "Zoé Petit", "customer_id": "c-zoe", "email": "zoe@example.com"});
    assert_eq!(json_of(&world.put(ANNA, &other).send())["display_name"], Value::Null);
    changed(&world, json!({"display_name": "Zoé & Cie"}));
    world.request(Method::DELETE, "/v1/shops/demo/subjects?email=zoe%40example.com").admin().send();
    assert_eq!(verdict(&world)["from"], Value::Null);
}

#[test]
fn a_referrer_is_paused_and_taken_back_and_ended() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    assert_eq!(sell(&world, &shop, "1", "ANNA10").0, "recorded");
    world.pass(10);
    let paused = changed(&world, json!({"status": "paused", "reason": "Vérification en cours"}));
    assert_eq!((&paused["status"], &paused["reason"]), (&json!("paused"), &json!("Vérification en cours")));
    assert_eq!(verdict(&world), json!({"valid": false, "reason": "inactive"}));
    assert_eq!(sell(&world, &shop, "2", "ANNA10"), ("rejected".into(), json!("referrer_inactive")));
    world.pass(10);
    // A script that sends its list of referrers every day lets nobody back in by it.
    let again = json!({"offer": "friends", "name": "Anna Martin", "customer_id": "c-ANNA10", "email": "anna10@example.com"});
    assert_eq!(json_of(&world.put(ANNA, &again).send())["status"], "paused");
    assert_eq!(changed(&world, json!({"status": "active"}))["reason"], Value::Null);
    assert_eq!(verdict(&world)["valid"], true);
    assert_eq!(sell(&world, &shop, "3", "ANNA10").0, "recorded");
    world.pass(10);
    changed(&world, json!({"status": "ended", "reason": "Contrat fini"}));
    assert_eq!(sell(&world, &shop, "4", "ANNA10"), ("not_referred".into(), json!("referrer_inactive")));
    let rewards = json_of(&world.get(&format!("{ANNA}/rewards")).admin().send());
    assert_eq!(
        (&rewards["totals"][0]["pending"], &rewards["status"]),
        (&json!("20.00"), &json!("ended")),
        "what was earned stays"
    );
    let ended = json_of(&world.get("/v1/shops/demo/referrers?status=ended").admin().send());
    assert_eq!(ended["referrers"].as_array().unwrap().len(), 1);
    assert_eq!(ended["referrers"][0]["code"], "ANNA10");
    let active = json_of(&world.get("/v1/shops/demo/referrers?status=active").admin().send());
    assert_eq!(active["referrers"][0]["code"], "BOB22");
    assert_eq!(pointers(&world.get("/v1/shops/demo/referrers?status=asleep").admin().send()), ["status"]);
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn who_is_paused_is_paid_later_and_who_has_ended_is_paid() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    sell(&world, &shop, "1", "ANNA10");
    sell(&world, &shop, "2", "BOB22");
    world.pass(20 * 86_400);
    changed(&world, json!({"status": "paused"}));
    assert_eq!(change(&world, "/v1/shops/demo/referrers/BOB22", &json!({"status": "ended"})).status, 200);
    let payout =
        || json_of(&world.post("/v1/shops/demo/payouts", &json!({"until": world.now()})).admin().send());
    let first = payout();
    assert_eq!((&first["items"][0]["code"], &first["count"]), (&json!("BOB22"), &json!(1)));
    assert_eq!(
        (&first["left_out"][0]["code"], &first["left_out"][0]["reason"]),
        (&json!("ANNA10"), &json!("paused"))
    );
    changed(&world, json!({"status": "active"}));
    assert_eq!(payout()["items"][0]["code"], "ANNA10");
}

#[test]
fn an_end_may_be_known_beforehand() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    changed(&world, json!({"expires_at": "2026-11-20T13:00:00Z"}));
    assert_eq!(verdict(&world)["valid"], true);
    assert_eq!(sell(&world, &shop, "1", "ANNA10").0, "recorded");
    world.pass(3600);
    assert_eq!(verdict(&world), json!({"valid": false, "reason": "expired"}));
    assert_eq!(sell(&world, &shop, "2", "ANNA10"), ("not_referred".into(), json!("referrer_inactive")));
    assert_eq!(changed(&world, json!({"expires_at": null}))["expires_at"], Value::Null);
    assert_eq!(verdict(&world)["valid"], true);
}

#[test]
fn terms_of_ones_own_count_from_the_moment_they_are_given() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    sell(&world, &shop, "1", "ANNA10");
    world.pass(10);
    let own = json!({"reward": {"kind": "cash", "amount": "25.00"}});
    let answer = changed(&world, json!({"terms": own, "notes": "Amie de la maison"}));
    assert_eq!((&answer["terms"], &answer["notes"]), (&own, &json!("Amie de la maison")));
    sell(&world, &shop, "2", "ANNA10");
    world.pass(10);
    let rewards = || {
        let status = json_of(&world.get(&format!("{ANNA}/rewards")).admin().send());
        let one = |one: &Value| one["reward"]["amount"].as_str().unwrap_or_default().to_owned();
        status["conversions"].as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(rewards(), ["10.00", "25.00"]);
    // Terms are of an offer; under another they are none, and back under it they are to be given again.
    assert_eq!(changed(&world, json!({"offer": "agencies"}))["terms"], Value::Null);
    assert_eq!(changed(&world, json!({"offer": "friends"}))["terms"], Value::Null);
    sell(&world, &shop, "3", "ANNA10");
    assert_eq!(rewards(), ["10.00", "25.00", "10.00"]);
    // They are the shop's business alone.
    let offer = world.get("/v1/shops/demo/offer?code=ANNA10").page().send();
    assert!(!String::from_utf8(offer.body).unwrap().contains("Amie"));
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn changes_are_checked_whole() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let before = json_of(&world.get(ANNA).admin().send());
    for (body, wrong) in [
        (
            json!({"status": "waiting", "reason": 7, "expires_at": "soon", "email": "x"}),
            vec!["/email", "/status", "/reason", "/expires_at"],
        ),
        (json!({"offer": "nothing"}), vec!["/offer"]),
        (json!({"offer": 7}), vec!["/offer"]),
        (json!({"terms": {"reward": {"kind": "cash", "amount": "1"}}}), vec!["/terms/reward/amount"]),
        (json!({"terms": "more"}), vec!["/terms"]),
        (json!({"terms": {"rate": 1}}), vec!["/terms/rate", "/terms/reward"]),
        (json!({"notes": "\u{0}"}), vec!["/notes"]),
        (json!([]), vec![""]),
    ] {
        assert_eq!(pointers(&change(&world, ANNA, &body)), wrong, "{body}");
    }
    assert_eq!(json_of(&world.get(ANNA).admin().send()), before);
    assert_eq!(change(&world, "/v1/shops/demo/referrers/NOBODY", &json!({"status": "paused"})).status, 404);
    assert_eq!(world.request(Method::PATCH, ANNA).body("{}").send().status, 401);
    let whole = json!({"offer": "friends", "status": "gone", "terms": {"reward": {"kind": "gold"}}});
    assert_eq!(pointers(&world.put("/v1/shops/demo/referrers/NEW", &whole).send()), ["/status"]);
}

#[test]
fn who_joins_by_a_name_alone_costs_no_copy_and_is_bounded_by_the_day() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.copy_to_kv();
    let join = |from: &str, body: Value| {
        world.post("/v1/shops/demo/referrers", &body).page().header("cf-connecting-ip", from).send()
    };
    let stored = world.kv.contents();
    let mut codes = Vec::new();
    for n in 0..50 {
        let joined = join(&format!("203.0.113.{n}"), json!({}));
        assert_eq!(joined.status, 201);
        codes.push(json_of(&joined)["code"].as_str().unwrap().to_owned());
    }
    assert_eq!(join("203.0.113.77", json!({"name": "Zoé"})).status, 429, "one block of addresses");
    assert_eq!(join("198.51.100.1", json!({"name": "Zoé"})).status, 201, "another");
    assert_eq!(join("2001:db8:1:2::1", json!({})).status, 201);
    let until = world.now().seconds() + 3600;
    let signed = |id: &str| json!({"identity": identity(&shop, &json!({"sub": id, "exp": until}))});
    assert_eq!(join("203.0.113.77", signed("c-900")).status, 201, "whom the shop knows");
    let copied = || {
        world.copy_to_kv();
        world.kv.contents().len() - stored.len()
    };
    assert_eq!(copied(), 1, "KV has the one whom the shop knows");
    // Their codes are good all the same.
    let offer = format!("/v1/shops/demo/offer?code={}", codes[7]);
    assert_eq!(json_of(&world.get(&offer).page().send())["code"]["valid"], true);
    assert_eq!(sell(&world, &shop, "j-1", &codes[7]).0, "recorded");
    world.pass(86_400);
    assert_eq!(join("203.0.113.77", json!({"name": "Zoé"})).status, 201, "another day");
}

#[test]
fn who_joins_may_have_to_wait() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let mut reviewed = program();
    reviewed["joining"] = json!("review");
    assert_eq!(world.put("/v1/shops/demo", &reviewed).send().status, 200);
    world.another_isolate();
    let join = world
        .post("/v1/shops/demo/referrers", &json!({"name": "Dora", "email": "dora@example.com"}))
        .page()
        .send();
    assert_eq!(join.status, 201);
    let card = json_of(&join);
    assert_eq!(card["status"], "waiting");
    let (code, token) = (card["code"].as_str().unwrap(), card["token"].as_str().unwrap());
    let own = || json_of(&world.get("/v1/shops/demo/rewards").bearer(token).send());
    assert_eq!(own()["status"], "waiting");
    let offer = format!("/v1/shops/demo/offer?code={code}");
    assert_eq!(
        json_of(&world.get(&offer).page().send())["code"],
        json!({"valid": false, "reason": "inactive"})
    );
    assert_eq!(sell(&world, &shop, "1", code), ("not_referred".into(), json!("referrer_inactive")));
    let waiting = json_of(&world.get("/v1/shops/demo/referrers?status=waiting").admin().send());
    assert_eq!(waiting["referrers"][0]["name"], "Dora");
    // Let in, what comes from now on counts, and what came before does not.
    world.pass(10);
    let path = format!("/v1/shops/demo/referrers/{code}");
    assert_eq!(json_of(&change(&world, &path, &json!({"status": "active"})))["status"], "active");
    assert_eq!(sell(&world, &shop, "2", code).0, "recorded");
    assert_eq!((own()["status"].clone(), own()["conversions"].as_array().unwrap().len()), (Value::Null, 1));
    world.pass(10);
    // Turned down, another one earns nothing.
    let other = json_of(&world.post("/v1/shops/demo/referrers", &json!({"name": "Emil"})).page().send());
    let path = format!("/v1/shops/demo/referrers/{}", other["code"].as_str().unwrap());
    assert_eq!(change(&world, &path, &json!({"status": "ended", "reason": "Inconnu"})).status, 200);
    assert_eq!(sell(&world, &shop, "3", other["code"].as_str().unwrap()).0, "not_referred");
    // Who was a referrer before is one still.
    assert_eq!(sell(&world, &shop, "4", "ANNA10").0, "recorded");
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn how_one_person_was_managed_is_nothing_to_the_next() {
    let world = World::new(1, Default::default());
    world.with_shop();
    changed(
        &world,
        json!({"status": "paused", "reason": "Anna Martin triche", "notes": "Voir Anna",
        "terms": {"reward": {"kind": "cash", "amount": "25.00"}}}),
    );
    let next =
        json!({"offer": "friends", "name": "Carla", "email": "carla@example.com", "customer_id": "c-carla"});
    let saved = json_of(&world.put(ANNA, &next).send());
    assert_eq!(
        (&saved["status"], &saved["reason"], &saved["terms"], &saved["notes"]),
        (&json!("active"), &Value::Null, &Value::Null, &Value::Null)
    );
    let erased =
        world.request(Method::DELETE, "/v1/shops/demo/subjects?email=anna10@example.com").admin().send();
    assert_eq!(erased.status, 200);
    assert!(!world.texts("demo").iter().any(|text| text.contains("triche") || text.contains("Voir Anna")));
}
