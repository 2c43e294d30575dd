//! Experiments: referrers dealt to offers, figures that nobody sees before the end, and one verdict.

use super::world::*;
use serde_json::{Value, json};
use std::rc::Rc;

/// How many referrers take part.
const PEOPLE: usize = 24;

fn world() -> (Rc<World>, Value) {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let mut two = program();
    let offers = two["offers"].as_array_mut().unwrap();
    let mut other = offers[0].clone();
    other["id"] = "bolder".into();
    other["friend"]["reward"]["percent"] = "20".into();
    for offer in [&mut offers[0], &mut other] {
        offer["advocate"].as_object_mut().unwrap().remove("budget");
        offer["advocate"]["new_customers_only"] = false.into();
    }
    offers.push(other);
    two["signals"] = json!({"threshold": 0});
    two["texts"] = json!({"fr": {"apply": "J’en profite"}});
    two["offer_texts"] = json!({"bolder": {"fr": {"gift": "{from} : {reward} !"}}});
    assert_eq!(world.put("/v1/shops/demo", &two).send().status, 200);
    for index in 0..PEOPLE {
        let path = format!("/v1/shops/demo/referrers/{}", name(index));
        let made = world.put(&path, &json!({"offer": "friends", "name": format!("Person {index}")}));
        assert_eq!(made.send().status, 201);
    }
    // Those of the shop that are there already are of no matter here.
    for code in ["ANNA10", "BOB22"] {
        let path = format!("/v1/shops/demo/referrers/{code}");
        world.request(crate::http::Method::PATCH, &path).body(r#"{"status": "ended"}"#).admin().send();
    }
    (world, shop)
}

fn name(index: usize) -> String {
    format!("PERSON{index:02}")
}

/// Visits by a referrer's link within this hour.
fn visits(world: &Rc<World>, index: usize, times: i64) {
    let hour = world.now().seconds().div_euclid(3600);
    world.alter(
        "demo",
        &format!(
            "INSERT INTO visit (code, hour, clicks, touches) VALUES ('{}', {hour}, {times}, 0)",
            name(index)
        ),
    );
}

/// Orders by a referrer's code, now.
fn orders(world: &Rc<World>, shop: &Value, when: &str, index: usize, times: usize) {
    for number in 0..times {
        let order = format!("{when}-{index}-{number}");
        let mut event = paid(&order, &name(index));
        event["data"]["at"] = json!(world.now());
        assert_eq!(world.event(shop, &event).status, 200);
    }
}

fn asked() -> Value {
    json!({"id": "gift", "offers": ["friends", "bolder"], "difference": "2", "weeks": 2})
}

fn begin(world: &Rc<World>, body: &Value) -> crate::http::Response {
    world.post("/v1/shops/demo/experiments", body).admin().send()
}

fn get(world: &Rc<World>) -> Value {
    json_of(&world.get("/v1/shops/demo/experiments/gift").admin().send())
}

fn offer_of(world: &Rc<World>, index: usize) -> String {
    let referrer = json_of(&world.get(&format!("/v1/shops/demo/referrers/{}", name(index))).admin().send());
    referrer["offer"].as_str().unwrap().to_owned()
}

/// An experiment that counts; which of the referrers are on the second offer.
fn running(world: &Rc<World>) -> Vec<bool> {
    assert_eq!(begin(world, &asked()).status, 201);
    world.live_until("demo", world.now().plus_seconds(60));
    world.live_until("demo", world.now().plus_seconds(3600));
    (0..PEOPLE).map(|index| offer_of(world, index) == "bolder").collect()
}

#[test]
fn a_better_offer_is_found_at_the_end_and_kept() {
    let (world, shop) = world();
    let bolder = running(&world);
    assert_eq!(bolder.iter().filter(|one| **one).count(), PEOPLE / 2);
    let told = get(&world);
    assert_eq!(told["state"], "running");
    assert_eq!(told["variants"][1]["referrers"], PEOPLE / 2);
    // Friends see what their referrer's offer gives.
    let index = bolder.iter().position(|one| *one).unwrap();
    let seen = world.get(&format!("/v1/shops/demo/offer?code={}", name(index))).page().send();
    assert_eq!(json_of(&seen)["code"]["friend"]["reward"]["percent"], "20");
    assert_eq!(json_of(&seen)["texts"], json!({"gift": "{from} : {reward} !", "apply": "J’en profite"}));
    let other = bolder.iter().position(|one| !*one).unwrap();
    let seen = world.get(&format!("/v1/shops/demo/offer?code={}", name(other))).page().send();
    assert_eq!(json_of(&seen)["texts"], json!({"apply": "J’en profite"}));
    for (index, bolder) in bolder.iter().enumerate() {
        visits(&world, index, 50);
        orders(&world, &shop, "in", index, if *bolder { 4 } else { 1 + index % 2 });
    }
    // The figures are not told while it counts.
    assert_eq!(get(&world)["variants"][1]["visits"], Value::Null);
    world.live_until("demo", world.now().plus_days(14));
    assert_eq!(
        (&get(&world)["state"], &get(&world)["variants"][1]["found"]),
        (&json!("ending"), &Value::Null)
    );
    world.live_until("demo", world.now().plus_days(1));
    let ended = get(&world);
    assert_eq!(ended["state"], "ended", "{ended}");
    let (first, second) = (&ended["variants"][0], &ended["variants"][1]);
    assert_eq!((&first["visits"], &second["visits"]), (&json!(600), &json!(600)));
    assert_eq!((&second["conversions"], &second["rate"]), (&json!(48), &json!("8")));
    assert_eq!((&first["found"], &second["found"]), (&Value::Null, &json!("better")), "{ended}");
    let low: f64 = second["difference"]["low"].as_str().unwrap().parse().unwrap();
    let seen: f64 = second["difference"]["seen"].as_str().unwrap().parse().unwrap();
    assert!(low > 0.0 && low < seen, "{second}");
    // It was told once, and stays.
    let late = bolder.iter().position(|one| !*one).unwrap();
    orders(&world, &shop, "late", late, 3);
    assert_eq!(get(&world)["variants"], ended["variants"]);

    // Who joined since goes along when it is concluded; whom the shop puts elsewhere meanwhile stays there.
    world.put("/v1/shops/demo/referrers/LATER", &json!({"offer": "friends"})).send();
    let moved = world.put(&format!("/v1/shops/demo/referrers/{}", name(late)), &json!({"offer": "agencies"}));
    assert_eq!(moved.send().status, 200);
    let keep = |offer: &str| {
        world.post("/v1/shops/demo/experiments/gift/conclude", &json!({"offer": offer})).admin().send()
    };
    assert_eq!(pointers(&keep("agencies")), ["/offer"]);
    assert_eq!(json_of(&keep("bolder"))["kept"], "bolder");
    assert_eq!(keep("bolder").status, 200, "the same once more changes nothing");
    assert_eq!(keep("friends").status, 409);
    world.live_until("demo", world.now().plus_seconds(60));
    for index in 0..PEOPLE {
        assert_eq!(offer_of(&world, index), if index == late { "agencies" } else { "bolder" });
    }
    let later = json_of(&world.get("/v1/shops/demo/referrers/LATER").admin().send());
    assert_eq!(later["offer"], "bolder");
    assert_eq!(get(&world)["state"], "concluded");
    assert_eq!(get(&world)["variants"], ended["variants"]);
    let audit = json_of(&world.get("/v1/shops/demo/audit").admin().send());
    assert_eq!(audit["differences"], json!([]));
}

#[test]
fn an_order_earns_by_the_offer_that_held_when_it_was_placed_whenever_it_arrives() {
    let (world, shop) = world();
    world.pass(86_400);
    let before = world.now();
    world.pass(86_400);
    let bolder = running(&world);
    let index = bolder.iter().position(|one| *one).unwrap();
    let offer = |order: &str, at: parrain_core::instant::Instant| {
        let mut event = paid(order, &name(index));
        event["data"]["at"] = json!(at);
        assert_eq!(world.event(&shop, &event).status, 200);
        let told = json_of(&world.get(&format!("/v1/shops/demo/orders/{order}")).admin().send());
        told["conversion"]["offer"].as_str().unwrap().to_owned()
    };
    assert_eq!(offer("now", world.now()), "bolder");
    assert_eq!(offer("earlier", before), "friends");
}

#[test]
fn who_joins_later_or_has_terms_of_their_own_is_not_dealt() {
    let (world, _) = world();
    let own = json!({"offer": "friends", "terms": {"reward": {"kind": "store_credit", "amount": "25.00"}}});
    assert_eq!(world.put("/v1/shops/demo/referrers/PERSON00", &own).send().status, 200);
    running(&world);
    assert_eq!(offer_of(&world, 0), "friends");
    world.put("/v1/shops/demo/referrers/PERSON99", &json!({"offer": "friends"})).send();
    world.live_until("demo", world.now().plus_days(1));
    assert_eq!(offer_of(&world, 99), "friends");
    let told = get(&world);
    let dealt: i64 =
        told["variants"].as_array().unwrap().iter().map(|one| one["referrers"].as_i64().unwrap()).sum();
    assert_eq!(dealt, PEOPLE as i64 - 1);
}

#[test]
fn how_long_it_takes_is_said_before_and_too_little_is_a_verdict() {
    let (world, shop) = world();
    let mut dry = asked();
    dry["dry_run"] = true.into();
    let plan = json_of(&begin(&world, &dry));
    assert_eq!((&plan["weeks"], &plan["smallest"]), (&Value::Null, &Value::Null), "nobody knows: {plan}");
    assert_eq!(plan["referrers"], PEOPLE);
    let mut unknown = asked();
    unknown.as_object_mut().unwrap().remove("weeks");
    assert_eq!(pointers(&begin(&world, &unknown)), ["/weeks"]);
    for index in 0..PEOPLE {
        visits(&world, index, 120);
        orders(&world, &shop, "past", index, 3 + index % 3);
    }
    world.pass(3600);
    let plan = json_of(&begin(&world, &dry));
    assert_eq!((&plan["visits"], &plan["conversions"]), (&json!(2880), &json!(96)));
    let weeks = plan["weeks"].as_u64().unwrap();
    assert!((2..=52).contains(&weeks), "{plan}");
    dry["difference"] = "0.01".into();
    let plan = json_of(&begin(&world, &dry));
    assert_eq!(plan["weeks"], Value::Null);
    assert!(plan["smallest"].as_str().unwrap().parse::<f64>().unwrap() > 0.01, "{plan}");

    // Begun all the same, for as long as the shop likes, without a visit.
    assert_eq!(begin(&world, &asked()).status, 201);
    world.live_until("demo", world.now().plus_days(16));
    let ended = get(&world);
    assert_eq!((&ended["state"], &ended["variants"][1]["found"]), (&json!("ended"), &json!("too_little")));
    assert_eq!(ended["variants"][1]["difference"], Value::Null);
}

#[test]
fn what_cannot_be_compared_is_refused_with_its_place() {
    let (world, _) = world();
    let body = |offers: Value| json!({"id": "x", "offers": offers, "difference": "1", "weeks": 4});
    for (offers, wrong) in [
        (json!([]), "/offers"),
        (json!(["friends"]), "/offers"),
        (json!(["friends", "friends"]), "/offers/1"),
        (json!(["friends", "agencies"]), "/offers/1"),
        (json!(["friends", "old"]), "/offers/1"),
        (json!(["friends", "nothing"]), "/offers/1"),
    ] {
        assert_eq!(pointers(&begin(&world, &body(offers.clone()))), [wrong], "{offers}");
    }
    for (field, value) in [
        ("difference", json!("0")),
        ("difference", json!("101")),
        ("difference", json!("1e3")),
        ("difference", json!("0.0001")),
        ("weeks", json!(0)),
        ("weeks", json!(53)),
        ("id", json!("a b")),
        ("luck", json!(1)),
    ] {
        let mut wrong = asked();
        wrong[field] = value.clone();
        assert_eq!(pointers(&begin(&world, &wrong)), [format!("/{field}")], "{value}");
    }
    assert_eq!(begin(&world, &asked()).status, 201);
    assert_eq!(begin(&world, &asked()).status, 201, "the same once more changes nothing");
    let mut other = asked();
    other["difference"] = "3".into();
    assert_eq!(begin(&world, &other).status, 409);
    other["id"] = "second".into();
    assert_eq!(begin(&world, &other).status, 409, "a referrer is in one at a time");
    assert_eq!(world.get("/v1/shops/demo/experiments/none").admin().send().status, 404);
    let list = json_of(&world.get("/v1/shops/demo/experiments").admin().send());
    assert_eq!(list["experiments"].as_array().unwrap().len(), 1);
}

#[test]
fn wording_of_no_offer_is_refused() {
    let (world, _) = world();
    let mut wrong = program();
    wrong["offer_texts"] = json!({"nothing": {"fr": {"gift": "x"}}, "friends": {"fr": {"gift": 7}}});
    let refused = world.put("/v1/shops/demo", &wrong).send();
    assert_eq!(pointers(&refused), ["/offer_texts/friends/fr/gift", "/offer_texts/nothing"]);
}

#[test]
fn what_was_counted_to_the_end_is_told_though_nobody_looked() {
    let (world, shop) = world();
    let bolder = running(&world);
    for (index, bolder) in bolder.iter().enumerate() {
        visits(&world, index, 50);
        orders(&world, &shop, "in", index, if *bolder { 4 } else { 1 + index % 2 });
    }
    world.live_until("demo", world.now().plus_days(20));
    let body = json!({"offer": "friends"});
    let kept = json_of(&world.post("/v1/shops/demo/experiments/gift/conclude", &body).admin().send());
    assert_eq!(kept["variants"][1]["found"], "better", "{kept}");
}

#[test]
fn an_experiment_goes_on_without_whoever_is_erased() {
    let (world, _) = world();
    for index in 0..PEOPLE {
        let path = format!("/v1/shops/demo/referrers/{}", name(index));
        let email = format!("person{index}@example.com");
        world.put(&path, &json!({"offer": "friends", "email": email})).send();
    }
    assert_eq!(begin(&world, &asked()).status, 201);
    for index in 0..PEOPLE {
        let path = format!("/v1/shops/demo/subjects?email=person{index}%40example.com");
        assert_eq!(world.request(crate::http::Method::DELETE, &path).admin().send().status, 200);
    }
    assert_eq!(world.rows("demo", "dealt"), 0);
    world.live_until("demo", world.now().plus_seconds(120));
    assert_eq!(get(&world)["state"], "running");
}

#[test]
fn dealing_goes_on_where_it_was_broken_off() {
    let (world, _) = world();
    for index in PEOPLE..120 {
        world.put(&format!("/v1/shops/demo/referrers/PERSON{index:02}"), &json!({"offer": "friends"})).send();
    }
    assert_eq!(begin(&world, &asked()).status, 201);
    // One ring deals some; then the object is gone, and its memory with it.
    world.ring("demo");
    let half = (0..120).filter(|index| offer_of(&world, *index) == "bolder").count();
    assert!(half > 0 && half < 60, "{half}");
    assert_eq!(get(&world)["state"], "dealing");
    world.another_isolate();
    world.live_until("demo", world.now().plus_seconds(120));
    assert_eq!((0..120).filter(|index| offer_of(&world, *index) == "bolder").count(), 60);
    assert_eq!(get(&world)["state"], "running");
    assert_eq!(get(&world)["counts_from"].as_str().unwrap().split_once(':').unwrap().1, "00:00Z");
}

#[test]
fn of_a_shop_that_is_not_there_nothing_is_compared() {
    let world = World::new(1, Default::default());
    let path = "/v1/shops/nobody-here/experiments";
    let planned = json!({"offers": ["friends", "bolder"], "difference": "20", "dry_run": true});
    let begun = json!({"id": "x", "offers": ["friends", "bolder"], "difference": "20", "weeks": 4});
    for body in [planned, begun] {
        assert_eq!(world.post(path, &body).admin().send().status, 404, "{body}");
    }
}
