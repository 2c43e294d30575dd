//! Links that a shop mails to its referrers.

use super::world::*;
use crate::app::Limit;
use crate::http::{Method, Response};
use crate::stores::simulated::Calls;
use serde_json::{Value, json};
use std::rc::Rc;

const LINKS: &str = "/v1/shops/demo/referrers/ANNA10/sign-in-links";
const DAY: i64 = 86_400;

/// A new link of Anna's, by the shop's own token, and the key in it.
fn link(world: &Rc<World>, shop: &Value) -> (Value, String) {
    let made = world.request(Method::POST, LINKS).bearer(shop["shop_token"].as_str().unwrap()).send();
    assert_eq!(made.status, 201);
    let made = json_of(&made);
    let link = made["link"].as_str().unwrap();
    let key = link.strip_prefix("https://shop.example/#parrain_key=").expect(link).to_owned();
    (made, key)
}

fn enter(world: &Rc<World>, key: &str) -> Response {
    world.post("/v1/shops/demo/referrers", &json!({"key": key})).page().send()
}

#[test]
fn a_link_lets_its_referrer_in_once() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (made, key) = link(&world, &shop);
    assert_eq!(made["expires_at"], "2026-11-21T12:00:00Z");
    let (_, later) = link(&world, &shop);
    assert_ne!(key, later);
    world.copy_to_kv();
    world.kv.take_calls();
    world.ledger_calls.set(0);
    let card = enter(&world, &key);
    assert_eq!(card.status, 200);
    world.copy_to_kv();
    assert_eq!((world.kv.take_calls(), world.ledger_calls.get()), (Calls::default(), 1));
    assert_eq!(header_of(&card, "access-control-allow-origin"), Some(ORIGIN));
    let card = json_of(&card);
    assert_eq!(
        (&card["code"], &card["link"]),
        (&json!("ANNA10"), &json!("https://edge.example/r/demo/ANNA10"))
    );
    let rewards = world.get("/v1/shops/demo/rewards").bearer(card["token"].as_str().unwrap()).send();
    assert_eq!(json_of(&rewards)["code"], "ANNA10");
    let again = enter(&world, &key);
    assert_eq!(again.status, 401);
    assert_eq!(header_of(&again, "access-control-allow-origin"), Some(ORIGIN), "the page may say why");
    assert!(json_of(&again)["detail"].as_str().unwrap().contains("used already or has expired"));
    assert_eq!(
        enter(&world, &later).status,
        200,
        "a new link leaves the earlier one good, and the other way"
    );
}

#[test]
fn the_shop_ends_every_sign_in_of_a_referrer() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (_, key) = link(&world, &shop);
    let (_, unused) = link(&world, &shop);
    let token = json_of(&enter(&world, &key))["token"].as_str().unwrap().to_owned();
    let rewards = |token: &str| world.get("/v1/shops/demo/rewards").bearer(token).send();
    assert_eq!(rewards(&token).status, 200);
    world.pass(1);
    let end = |path: &str| world.request(Method::DELETE, path).admin().send().status;
    assert_eq!(end("/v1/shops/demo/referrers/NOBODY/sign-in-links"), 404);
    assert_eq!(end(LINKS), 204);
    let ended = rewards(&token);
    assert_eq!(ended.status, 401);
    assert!(json_of(&ended)["detail"].as_str().unwrap().contains("ended by the shop"));
    assert_eq!(enter(&world, &unused).status, 401, "what was mailed leads nowhere");
    world.pass(1);
    let (_, key) = link(&world, &shop);
    let token = json_of(&enter(&world, &key))["token"].as_str().unwrap().to_owned();
    assert_eq!(rewards(&token).status, 200);
    let card = json_of(&world.get("/v1/shops/demo/referrers/ANNA10").admin().send());
    assert_eq!((&card["name"], &card["status"]), (&json!("Anna Martin"), &json!("active")));
}

#[test]
fn a_link_expires_and_is_swept() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let keys: Vec<String> = (0..3).map(|_| link(&world, &shop).1).collect();
    assert_eq!(world.rows("demo", "sign_in"), 3);
    world.pass(DAY - 1);
    assert_eq!(enter(&world, &keys[0]).status, 200);
    world.pass(1);
    assert_eq!(enter(&world, &keys[1]).status, 401);
    link(&world, &shop);
    assert_eq!(world.rows("demo", "sign_in"), 1, "what has expired is gone");
}

#[test]
fn keys_of_nobody_open_nothing() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (_, key) = link(&world, &shop);
    let other = json_of(&world.put("/v1/shops/other", &program()).send());
    let elsewhere = world.post("/v1/shops/other/referrers", &json!({"key": key})).send();
    assert_eq!(elsewhere.status, 401, "another shop's");
    for wrong in [
        "x",
        "prk_",
        &key[..35],
        &format!("{key}="),
        "prk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        &"k".repeat(4096),
    ] {
        assert_eq!(enter(&world, wrong).status, 401, "{wrong}");
    }
    let ask = |body: Value| world.post("/v1/shops/demo/referrers", &body).page().send();
    for wrong in [json!(7), json!(""), json!(" "), json!([key]), json!("k".repeat(4097))] {
        assert_eq!(pointers(&ask(json!({"key": wrong}))), ["/key"]);
    }
    let both =
        json!({"key": key, "name": "Anna", "email": "a@example.com", "identity": "a.b.c", "create": true});
    assert_eq!(pointers(&ask(both)), ["/name", "/email", "/identity", "/create"]);
    for token in ["", "nonsense", other["shop_token"].as_str().unwrap()] {
        assert_eq!(world.request(Method::POST, LINKS).bearer(token).send().status, 401, "{token}");
    }
    let card = json_of(&ask(json!({"key": key, "create": false})));
    let token = card["token"].as_str().unwrap();
    assert_eq!(world.request(Method::POST, LINKS).bearer(token).send().status, 401, "not by the referrer");
    assert_eq!(world.get(LINKS).admin().send().status, 405);
    for path in
        [LINKS.replace("ANNA10", "NOBODY"), LINKS.replace("ANNA10", "A_B"), LINKS.replace("demo", "nobody")]
    {
        assert_eq!(world.request(Method::POST, &path).admin().send().status, 404, "{path}");
    }
    let referrers = json_of(&world.get("/v1/shops/demo/referrers").admin().send());
    assert_eq!(referrers["referrers"].as_array().unwrap().len(), 2, "nobody became a referrer");
}

#[test]
fn a_code_given_to_somebody_else_shuts_out_who_had_it() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let token = json_of(&enter(&world, &link(&world, &shop).1))["token"].as_str().unwrap().to_owned();
    let (_, key) = link(&world, &shop);
    let opens = |token: &str| world.get("/v1/shops/demo/rewards").bearer(token).send().status;
    let give = |body: Value| {
        world.pass(2);
        let given = world.put("/v1/shops/demo/referrers/ANNA10", &body).send();
        assert_eq!(given.status, 200, "{}", json_of(&given));
        world.pass(2);
    };
    let anna = json!({"name": "Anna M.", "email": "anna@moreau.example", "customer_id": "c-ANNA10", "offer": "friends"});
    give(anna.clone());
    assert_eq!(opens(&token), 200, "a new name and a new address make nobody another person");
    give(json!({"name": "Zoé", "email": "zoe@example.com", "customer_id": "c-zoe", "offer": "friends"}));
    assert_eq!(opens(&token), 401);
    assert_eq!(enter(&world, &key).status, 401);
    let zoe = json_of(&enter(&world, &link(&world, &shop).1))["token"].as_str().unwrap().to_owned();
    assert_eq!(opens(&zoe), 200);
    give(anna);
    assert_eq!(opens(&zoe), 401);
    assert_eq!(opens(&token), 200, "it is hers again");
}

#[test]
fn sign_ins_that_were_ended_stay_so_though_the_code_goes_to_another_and_back() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let token = json_of(&enter(&world, &link(&world, &shop).1))["token"].as_str().unwrap().to_owned();
    let opens = |token: &str| world.get("/v1/shops/demo/rewards").bearer(token).send().status;
    world.pass(1);
    assert_eq!(world.request(Method::DELETE, LINKS).admin().send().status, 204);
    assert_eq!(opens(&token), 401);
    for (name, customer) in [("Zoé", "c-zoe"), ("Anna M.", "c-ANNA10")] {
        world.pass(2);
        let body = json!({"name": name, "customer_id": customer, "offer": "friends"});
        assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &body).send().status, 200);
        assert_eq!(opens(&token), 401, "{name}");
    }
    world.pass(2);
    let token = json_of(&enter(&world, &link(&world, &shop).1))["token"].as_str().unwrap().to_owned();
    assert_eq!(opens(&token), 200);
}

#[test]
fn guessing_keys_is_slowed_down() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (_, key) = link(&world, &shop);
    world.used_up.set(Some(Limit::Failure));
    assert_eq!(enter(&world, "prk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").status, 429);
    world.used_up.set(Some(Limit::Join));
    assert_eq!(enter(&world, &key).status, 429);
    world.used_up.set(None);
    assert_eq!(enter(&world, &key).status, 200, "what was slowed down has used nothing up");
}

#[test]
fn a_ledger_out_of_reach_uses_no_key_up() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (_, key) = link(&world, &shop);
    world.silent.set(1);
    assert_eq!(enter(&world, &key).status, 503);
    assert_eq!(enter(&world, &key).status, 200);
}

#[test]
fn who_is_erased_and_a_shop_that_is_removed_take_their_keys_along() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (_, key) = link(&world, &shop);
    let bobs = world.request(Method::POST, &LINKS.replace("ANNA10", "BOB22")).admin().send();
    assert_eq!(bobs.status, 201);
    let path = "/v1/shops/demo/subjects?email=anna10@example.com";
    assert_eq!(world.request(Method::DELETE, path).admin().send().status, 200);
    assert_eq!(enter(&world, &key).status, 401);
    assert_eq!(world.rows("demo", "sign_in"), 1, "Bob's alone");
    let bobs = json_of(&bobs)["link"].as_str().unwrap().rsplit_once('=').unwrap().1.to_owned();
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
    world.another_isolate();
    world.with_shop();
    assert_eq!(enter(&world, &bobs).status, 401, "the shop of the same id that comes after is another");
}

#[test]
fn a_key_is_kept_nowhere_in_clear() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (_, key) = link(&world, &shop);
    enter(&world, "prk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    world.copy_to_kv();
    let secret = &key["prk_".len()..];
    assert!(!world.texts("demo").iter().any(|text| text.contains(secret)));
    assert!(!format!("{:?}", world.kv.contents()).contains(secret));
    assert!(!world.log.borrow().join("\n").contains(secret));
}
