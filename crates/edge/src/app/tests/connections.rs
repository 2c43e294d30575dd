//! Connecting modules: codes that are good once, what a module may, and how it ends.

use super::world::*;
use crate::app::Limit;
use crate::http::{Method, Response};
use crate::stores::simulated::{Calls, Mischief};
use serde_json::{Value, json};
use std::rc::Rc;

fn code(world: &Rc<World>, shop: &Value) -> String {
    let made = world
        .request(Method::POST, "/v1/shops/demo/connect-codes")
        .bearer(shop["shop_token"].as_str().unwrap())
        .send();
    assert_eq!(made.status, 201);
    let made = json_of(&made);
    assert_eq!(made["expires_at"], "2026-11-20T12:15:00Z");
    made["code"].as_str().unwrap().to_owned()
}

fn exchange(world: &Rc<World>, code: &str) -> Response {
    let body = json!({"code": code, "platform": "prestashop", "site": "https://shop.example/fr/?x=1"});
    world.post("/v1/connect-codes/exchange", &body).send()
}

fn joins(world: &Rc<World>, shop: &Value, key: &Value, customer: &str) -> u16 {
    let signer = json!({"shop_token": key});
    let signed = identity(&signer, &json!({"sub": customer, "exp": world.now().seconds() + 60}));
    let target = format!("/v1/shops/{}/referrers", shop["shop"].as_str().unwrap());
    world.post(&target, &json!({"identity": signed})).page().send().status.as_u16()
}

#[test]
fn a_code_connects_one_module_once() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let typed = code(&world, &shop).to_lowercase().replace('-', " ");
    world.another_isolate();
    world.kv.take_calls();
    let connected = exchange(&world, &typed);
    assert_eq!(connected.status, 200);
    assert_eq!(world.kv.take_calls(), Calls { reads: 1, writes: 0, lists: 0 });
    let connected = json_of(&connected);
    assert_eq!(connected["shop"], "demo");
    assert_eq!(connected["name"], "Atelier Lumière");
    assert_eq!(connected["event_secret"], shop["event_secret"]);
    assert_eq!(connected["widget_src"], "https://edge.example/widget.js");
    assert_eq!(connected["link_params"], json!(["ref"]));
    assert_eq!(exchange(&world, &typed).status, 404, "a second time");

    let list = || json_of(&world.get("/v1/shops/demo/connections").admin().send())["connections"].clone();
    let one = list()[0].clone();
    assert_eq!((&one["id"], &one["platform"]), (&connected["connection"], &json!("prestashop")));
    assert_eq!((&one["site"], &one["last_seen"]), (&json!("https://shop.example/fr/"), &Value::Null));

    // What it got lets it sign identities, and lets it in nowhere else.
    assert_eq!(joins(&world, &shop, &connected["identity_key"], "c-1"), 201);
    let token = connected["module_token"].as_str().unwrap();
    for target in ["/v1/shops/demo", "/v1/shops/demo/connections", "/v1/shops/demo/referrers"] {
        assert_eq!(world.get(target).bearer(token).send().status, 401, "{target}");
    }

    // The same shop connected again: the module from before has ended.
    let again = json_of(&exchange(&world, &code(&world, &shop)));
    assert_eq!(list().as_array().unwrap().len(), 1);
    let own = |connected: &Value| {
        format!("/v1/shops/demo/connections/{}", connected["connection"].as_str().unwrap())
    };
    let end = |target: &str, token: &str| {
        world.request(Method::DELETE, target).bearer(token).send().status.as_u16()
    };
    assert_eq!(end(&own(&again), token), 401);
    assert_eq!(joins(&world, &shop, &connected["identity_key"], "c-2"), 401);
    assert_eq!(joins(&world, &shop, &again["identity_key"], "c-2"), 201);

    // A module ends itself alone.
    let body = json!({"code": code(&world, &shop), "platform": "woocommerce", "site": "http://b.example"});
    let other = json_of(&world.post("/v1/connect-codes/exchange", &body).send());
    assert_eq!(list()[1]["site"], "http://b.example/");
    let token = other["module_token"].as_str().unwrap();
    assert_eq!(end(&own(&again), token), 404);
    assert_eq!(end(&own(&other), token), 204);
    assert_eq!(end(&own(&other), token), 401);
    assert_eq!(end(&own(&again), ADMIN), 204);
    assert_eq!(list(), json!([]));
    assert_eq!(joins(&world, &shop, &again["identity_key"], "c-3"), 401);
}

#[test]
fn nothing_of_a_code_or_a_token_is_kept_in_clear() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let typed = code(&world, &shop);
    let connected = json_of(&exchange(&world, &typed));
    let plain = typed.replace('-', "");
    let token = connected["module_token"].as_str().unwrap();
    let random = token.strip_prefix("pmt_").unwrap().split('.').next().unwrap();
    for secret in [typed.as_str(), plain.as_str(), random] {
        assert!(!world.texts("demo").iter().any(|text| text.contains(secret)), "{secret}");
        let kept = world.kv.contents();
        assert!(!kept.iter().any(|(key, value)| key.contains(secret) || value.contains(secret)));
    }
}

#[test]
fn codes_that_connect_nothing_are_refused_alike() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let late = code(&world, &shop);
    let before = code(&world, &shop);
    world.pass(14 * 60);
    assert_eq!(exchange(&world, &before).status, 200);
    world.pass(60);
    let refused = |typed: &str| {
        let answer = exchange(&world, typed);
        assert_eq!(answer.status, 404, "{typed}");
        answer.body
    };
    let wrong = refused("AAAA-BBBB-CCCC");
    for typed in [late.as_str(), before.as_str(), "x", "0000-1111-OOOO", "AAAA-BBBB-CCCC-DDDD"] {
        assert_eq!(refused(typed), wrong, "{typed}");
    }
    let wrong = json!({"code": 7, "platform": "Presta Shop", "site": "shop"});
    assert_eq!(
        pointers(&world.post("/v1/connect-codes/exchange", &wrong).send()),
        ["/code", "/platform", "/site"]
    );
    world.used_up.set(Some(Limit::SignIn));
    let often = exchange(&world, "AAAA-BBBB-CCCC");
    assert_eq!((often.status.as_u16(), header_of(&often, "retry-after")), (429, Some("10")));
}

#[test]
fn a_code_of_a_shop_that_was_removed_connects_nothing() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let typed = code(&world, &shop);
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
    assert_eq!(exchange(&world, &typed).status, 404);
    world.with_shop();
    assert_eq!(exchange(&world, &typed).status, 404, "nor its successor");
}

#[test]
fn while_kv_is_out_a_code_stays_good() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let typed = code(&world, &shop);
    world.kv.behave(Mischief::OUTAGE);
    assert_eq!(exchange(&world, &typed).status, 503);
    let token = shop["shop_token"].as_str().unwrap();
    let made = world.request(Method::POST, "/v1/shops/demo/connect-codes").bearer(token).send();
    assert_eq!(made.status, 503);
    world.kv.behave(Mischief::NONE);
    assert_eq!(exchange(&world, &typed).status, 200);
}
