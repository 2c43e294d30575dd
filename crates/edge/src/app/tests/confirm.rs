//! Who joins by nobody's word: their rewards wait until it is confirmed who they are.

use super::world::*;
use crate::http::Method;
use parrain_core::instant::Instant;
use serde_json::{Value, json};
use std::rc::Rc;

/// Somebody who joins by the widget, with the code and token that they get.
fn joins(world: &Rc<World>, body: &Value) -> (String, String) {
    let answer = world.post("/v1/shops/demo/referrers", body).page().send();
    assert!(answer.status.is_success(), "{}", String::from_utf8_lossy(&answer.body));
    let card = json_of(&answer);
    let text = |name: &str| card[name].as_str().unwrap().to_owned();
    (text("code"), text("token"))
}

/// An order of a new customer, now.
fn sell(world: &Rc<World>, shop: &Value, order: &str, code: &str) {
    let mut event = paid(order, code);
    event["data"]["at"] = json!(world.now());
    assert_eq!(json_of(&world.event(shop, &event))["outcome"], "recorded");
}

/// A referrer's only conversion at an instant: its status and reason.
fn stands(world: &Rc<World>, code: &str, as_of: Instant) -> (Value, Value) {
    let status =
        json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}/rewards?as_of={as_of}")).admin().send());
    assert_eq!(status["conversions"].as_array().unwrap().len(), 1, "{status}");
    (status["conversions"][0]["status"].clone(), status["conversions"][0]["reason"].clone())
}

/// How many the owner is told to confirm.
fn to_be_confirmed(world: &Rc<World>) -> i64 {
    let overview = json_of(&world.get("/v1/shops/demo/overview").admin().send());
    overview["waiting"]["unconfirmed"].as_i64().unwrap()
}

fn unconfirmed() -> (Value, Value) {
    (json!("pending"), json!("unconfirmed"))
}

fn approved() -> (Value, Value) {
    (json!("approved"), Value::Null)
}

fn later(world: &Rc<World>) -> Instant {
    world.now().plus_days(60)
}

fn audit(world: &Rc<World>) {
    // The alarm does what calls have left.
    world.live_until("demo", world.now().plus_seconds(1));
    let audited = json_of(&world.get("/v1/shops/demo/audit").admin().send());
    assert_eq!(audited["differences"], json!([]), "{audited}");
}

#[test]
fn nobody_s_reward_waits_however_long_until_the_owner_confirms_them() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (code, token) = joins(&world, &json!({}));
    sell(&world, &shop, "9001", &code);
    assert_eq!(stands(&world, &code, later(&world)), unconfirmed());
    let shown = json_of(&world.get("/v1/shops/demo/rewards").page().bearer(&token).send());
    assert_eq!(shown["conversions"][0]["reason"], "unconfirmed");
    assert_eq!(shown["totals"][0]["approved"], "0.00");
    world.pass(40 * 86_400);
    assert_eq!(stands(&world, &code, world.now()), unconfirmed(), "the hold is long over");
    let plan =
        world.post("/v1/shops/demo/payouts", &json!({"until": world.now(), "dry_run": true})).admin().send();
    assert_eq!(json_of(&plan)["count"], 0, "and nothing is paid");
    // The owner sees whom it is about, and why.
    let list = json_of(&world.get("/v1/shops/demo/referrers?confirmed=false").admin().send());
    assert_eq!(list["referrers"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&list["referrers"][0]["code"], &list["referrers"][0]["confirmed"]),
        (&json!(code), &json!(false))
    );
    let why = json_of(&world.get("/v1/shops/demo/conversions").admin().send());
    let why = why["conversions"][0]["why"].as_str().unwrap().to_owned();
    assert!(why.contains("que l’identité du parrain soit confirmée"), "{why}");
    let overview = json_of(&world.get("/v1/shops/demo/overview").admin().send());
    assert_eq!(overview["waiting"]["unconfirmed"], 1);
    let path = format!("/v1/shops/demo/referrers/{code}");
    let no = world.request(Method::PATCH, &path).body(r#"{"confirmed": false}"#).admin().send();
    assert_eq!((no.status.as_u16(), pointers(&no)), (422, vec!["/confirmed".to_owned()]));
    let confirmed_at = world.now();
    let yes = world.request(Method::PATCH, &path).body(r#"{"confirmed": true}"#).admin().send();
    assert_eq!(json_of(&yes)["confirmed"], true);
    assert_eq!(stands(&world, &code, world.now()), approved());
    // It is due from the confirmation on, not from before.
    assert_eq!(stands(&world, &code, confirmed_at.plus_seconds(-1)), unconfirmed());
    let due = json_of(&world.get(&format!("{path}/rewards")).admin().send());
    assert_eq!(due["conversions"][0]["approves_at"], json!(confirmed_at));
    audit(&world);
}

#[test]
fn a_link_in_the_welcome_mail_confirms_whose_address_it_is() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let settings = json!({"provider": "resend", "key": "re_secret_key", "kinds": ["welcome"],
        "from": {"email": "bonjour@shop.example"}, "quiet_hours": {"from": 0, "to": 0}});
    assert_eq!(world.put("/v1/shops/demo/mail", &settings).send().status, 200);
    let (code, _) = joins(&world, &json!({"name": "Zoé", "email": "zoe@example.com"}));
    sell(&world, &shop, "9001", &code);
    world.live_until("demo", world.now().plus_seconds(30));
    let mail = world.mailbox.borrow().last().and_then(|mail| mail.body.clone()).unwrap();
    let mail: Value = serde_json::from_str(&mail).unwrap();
    assert_eq!(mail["to"], json!(["zoe@example.com"]));
    let text = mail["text"].as_str().unwrap();
    let key = text.split("#parrain_key=").nth(1).unwrap().lines().next().unwrap();
    assert!(mail["html"].as_str().unwrap().contains(key));
    assert_eq!(stands(&world, &code, later(&world)), unconfirmed(), "until it is opened");
    // Who reads the mail opens it, once; it may have waited for quiet hours or for its provider to work again.
    world.pass(6 * 86_400);
    let opened = world.post("/v1/shops/demo/referrers", &json!({"key": key})).page().send();
    assert_eq!((opened.status.as_u16(), json_of(&opened)["code"].clone()), (200, json!(code)));
    assert_eq!(stands(&world, &code, later(&world)), approved());
    let again = world.post("/v1/shops/demo/referrers", &json!({"key": key})).page().send();
    assert_eq!(again.status, 401);
    // Somebody without an address, or whom the shop signs, is sent no such link.
    let (signed, _) = joins(
        &world,
        &json!({"identity": identity(&shop, &json!({"sub": "c-9", "email": "hugo@example.com",
            "exp": world.now().seconds() + 3600}))}),
    );
    sell(&world, &shop, "9002", &signed);
    assert_eq!(stands(&world, &signed, later(&world)), approved());
    world.live_until("demo", world.now().plus_seconds(30));
    let mailbox = world.mailbox.borrow();
    let to_hugo = mailbox.iter().filter_map(|mail| mail.body.as_deref()).find(|body| body.contains("hugo@"));
    assert!(to_hugo.is_some_and(|body| !body.contains("parrain_key")));
}

#[test]
fn whom_the_shop_adds_or_lets_in_needs_no_confirmation() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    sell(&world, &shop, "9001", "ANNA10");
    assert_eq!(stands(&world, "ANNA10", later(&world)), approved());
    // Let in by hand.
    let mut review = program();
    review["joining"] = json!("review");
    assert_eq!(world.put("/v1/shops/demo", &review).send().status, 200);
    let (code, _) = joins(&world, &json!({"name": "Zoé"}));
    let path = format!("/v1/shops/demo/referrers/{code}");
    world.pass(1);
    let let_in = world.request(Method::PATCH, &path).body(r#"{"status": "active"}"#).admin().send();
    assert_eq!(json_of(&let_in)["confirmed"], true);
    world.pass(1);
    sell(&world, &shop, "9002", &code);
    assert_eq!(stands(&world, &code, later(&world)), approved());
    // Named by the shop after they joined.
    assert_eq!(world.put("/v1/shops/demo", &program()).send().status, 200);
    let (named, _) = joins(&world, &json!({}));
    let who = json!({"offer": "friends", "name": "Max"});
    assert_eq!(world.put(&format!("/v1/shops/demo/referrers/{named}"), &who).send().status, 200);
    sell(&world, &shop, "9003", &named);
    assert_eq!(stands(&world, &named, later(&world)), approved());
    audit(&world);
}

#[test]
fn a_program_may_ask_for_no_confirmation_from_then_on_and_for_what_waits() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (nobody, _) = joins(&world, &json!({}));
    let (other, _) = joins(&world, &json!({}));
    sell(&world, &shop, "9004", &nobody);
    world.pass(1);
    let mut any = program();
    any["confirmed"] = json!("any");
    let since = world.now();
    assert_eq!(json_of(&world.put("/v1/shops/demo", &any).send())["program"]["confirmed"], "any");
    world.pass(1);
    sell(&world, &shop, "9005", &other);
    assert_eq!(stands(&world, &nobody, later(&world)), approved());
    assert_eq!(stands(&world, &nobody, since.plus_seconds(-1)), unconfirmed(), "what was so stays so");
    assert_eq!(stands(&world, &other, later(&world)), approved());
    audit(&world);
    assert_eq!(to_be_confirmed(&world), 0);
    // Asking again takes back nothing, and holds what comes then.
    let (third, _) = joins(&world, &json!({}));
    assert_eq!(world.put("/v1/shops/demo", &program()).send().status, 200);
    world.pass(1);
    sell(&world, &shop, "9006", &third);
    assert_eq!(stands(&world, &nobody, later(&world)), approved());
    assert_eq!(stands(&world, &other, later(&world)), approved());
    assert_eq!(stands(&world, &third, later(&world)), unconfirmed());
    assert_eq!(to_be_confirmed(&world), 1);
    audit(&world);
}

#[test]
fn what_many_confirmations_turn_is_turned_in_steps_that_stay_small() {
    // A world whose calls leave nothing to the alarm on such a day.
    let world = World::new(2, Default::default());
    let shop = world.with_shop();
    for joiner in 0..3 {
        let (code, _) = joins(&world, &json!({}));
        for order in 0..4 {
            sell(&world, &shop, &format!("9{joiner}{order}"), &code);
        }
    }
    world.pass(1);
    let mut any = program();
    any["confirmed"] = json!("any");
    assert_eq!(world.put("/v1/shops/demo", &any).send().status, 200);
    assert_eq!(world.settle_in_steps("demo", 3), 4, "twelve orders, three in a step");
    audit(&world);
}

#[test]
fn those_are_to_be_confirmed_who_take_part_and_have_a_reward_that_waits_for_it() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let (code, _) = joins(&world, &json!({}));
    assert_eq!(to_be_confirmed(&world), 0, "nothing waits yet");
    sell(&world, &shop, "9001", &code);
    assert_eq!(to_be_confirmed(&world), 1);
    let cancelled = json!({"type": "order.cancelled", "data": {"order_id": "9001", "at": world.now()}});
    assert_eq!(world.event(&shop, &cancelled).status, 200);
    assert_eq!(to_be_confirmed(&world), 0, "nothing waits any more");
    sell(&world, &shop, "9002", &code);
    assert_eq!(to_be_confirmed(&world), 1);
    let path = format!("/v1/shops/demo/referrers/{code}");
    for (status, count) in [("ended", 0), ("active", 1)] {
        world.pass(1);
        let body = json!({"status": status}).to_string();
        assert_eq!(world.request(Method::PATCH, &path).body(&body).admin().send().status, 200);
        assert_eq!(to_be_confirmed(&world), count, "{status}");
    }
    let review = json!({"decision": "approve", "note": ""});
    let approved = world.post("/v1/shops/demo/conversions/9002/review", &review).admin().send();
    assert_eq!(approved.status, 200, "{}", String::from_utf8_lossy(&approved.body));
    assert_eq!(to_be_confirmed(&world), 0, "the shop said yes without it");
    audit(&world);
}
