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
    let mut unbounded = program();
    unbounded["offers"][0]["advocate"].as_object_mut().unwrap().remove("budget");
    world.put("/v1/shops/demo", &unbounded).send();
    world.pass(1);
    sell(&world, &shop, "first", &json!({"codes": ["BOB22"]}));
    for number in 0..40 {
        sell(&world, &shop, &format!("launch{number}"), &json!({}));
    }
    assert_eq!(signals(&one(&world, "launch39")), Vec::<String>::new(), "nobody knows what is usual");
    world.pass(30 * 86_400);
    for number in 0..62 {
        world.pass(10);
        sell(&world, &shop, &format!("d{number}"), &json!({}));
    }
    assert_eq!(signals(&one(&world, "d9")), Vec::<String>::new());
    assert_eq!(signals(&one(&world, "d10")), ["velocity"]);
    assert_eq!(one(&world, "d40")["reason"], Value::Null, "told, and not held");
    let held = one(&world, "d61");
    assert_eq!((&held["reason"], &held["signals"][0]["points"]), (&json!("velocity"), &json!(100)));
    let rows = world.rows("demo", "suspicion");
    for number in 0..62 {
        sell(&world, &shop, &format!("d{number}"), &json!({}));
    }
    assert_eq!((world.rows("demo", "suspicion"), one(&world, "d61")), (rows, held.clone()));
    // What was found is a fact: other weights count from then on.
    let mut quiet = unbounded;
    quiet["signals"] = json!({"velocity": 0});
    assert_eq!(json_of(&world.put("/v1/shops/demo", &quiet).send())["program"]["signals"]["velocity"], 0);
    assert_eq!(one(&world, "d61"), held);
    world.pass(5);
    sell(&world, &shop, "quiet", &json!({}));
    assert_eq!(signals(&one(&world, "quiet")), Vec::<String>::new());
    review(&world, "d61", "approve");
    assert_eq!(one(&world, "d61")["status"], "approved");
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
    let anna = token(&world, &shop, "ANNA10");
    let report = |id: &str| report(&world, id, &anna);
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

/// A referrer's own token.
fn token(world: &Rc<World>, shop: &Value, code: &str) -> String {
    let claims = json!({"sub": format!("c-{code}"), "exp": world.now().seconds() + 600});
    let card = world.post("/v1/shops/demo/referrers", &json!({"identity": identity(shop, &claims)})).send();
    json_of(&card)["token"].as_str().unwrap().to_owned()
}

/// Reports an order of now from a page that shows the rewards of a token's referrer.
fn report(world: &Rc<World>, id: &str, token: &str) {
    let mut order = paid(id, "ANNA10")["data"].clone();
    order["at"] = json!(world.now());
    order["browser"] = json!("ANNA10");
    let mut told = world.post("/v1/shops/demo/conversions", &order).page();
    if !token.is_empty() {
        told = told.bearer(token);
    }
    assert_eq!(told.send().status, 202);
}

#[test]
fn nobody_but_the_referrer_s_own_token_says_that_a_browser_is_theirs() {
    let (world, shop) = world();
    let mut strict = program();
    strict["signals"] = json!({"threshold": 60});
    world.put("/v1/shops/demo", &strict).send();
    world.pass(1);
    let bob = token(&world, &shop, "BOB22");
    for (number, token) in ["", "wrong", &bob].into_iter().enumerate() {
        let (before, after) = (format!("b{number}"), format!("a{number}"));
        report(&world, &before, token);
        sell(&world, &shop, &before, &json!({}));
        sell(&world, &shop, &after, &json!({}));
        report(&world, &after, token);
        for order in [&before, &after] {
            let found = one(&world, order);
            assert_eq!((signals(&found), &found["reason"]), (Vec::new(), &Value::Null), "{token} {order}");
        }
    }
    audit(&world);
}

/// How many wait for a decision by hand: by the list, by the first page and by the count beside the menu.
fn waiting(world: &Rc<World>) -> [i64; 2] {
    let list = json_of(&world.get("/v1/shops/demo/conversions?waiting=true").admin().send());
    let overview = json_of(&world.get("/v1/shops/demo/overview").admin().send());
    [
        list["conversions"].as_array().unwrap().len() as i64,
        overview["waiting"]["reviews"]["count"].as_i64().unwrap(),
    ]
}

#[test]
fn what_was_held_and_is_taken_back_or_given_away_waits_for_nobody() {
    let (world, shop) = world();
    let mut strict = program();
    strict["signals"] = json!({"threshold": 30});
    world.put("/v1/shops/demo", &strict).send();
    world.pass(1);
    for id in ["1", "2", "3", "4"] {
        let mailed = json!({"customer": {"email": format!("x{id}@yopmail.com")}});
        sell(&world, &shop, id, &mailed);
    }
    assert_eq!(waiting(&world), [4, 4]);
    world.pass(60);
    let at = world.now();
    let say = |what: &str, data: Value| {
        let answer = world.event(&shop, &json!({"type": what, "data": data}));
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    };
    say("order.cancelled", json!({"order_id": "1", "at": at}));
    assert_eq!(waiting(&world), [3, 3]);
    say("order.refunded", json!({"order_id": "2", "at": at, "refund_id": "r", "amount": "1000.00"}));
    assert_eq!(waiting(&world), [2, 2]);
    let give = json!({"code": "BOB22", "note": "seen"});
    let given = world.post("/v1/shops/demo/orders/3/credit", &give).admin().send();
    assert!(given.status.is_success(), "{}", String::from_utf8_lossy(&given.body));
    assert_eq!(waiting(&world), [1, 1]);
    world.pass(60);
    say("order.reinstated", json!({"order_id": "1", "at": world.now()}));
    assert_eq!(waiting(&world), [2, 2], "it waits again");
    review(&world, "4", "approve");
    review(&world, "1", "reject");
    assert_eq!(waiting(&world), [0, 0]);
    audit(&world);
}

#[test]
fn other_customers_are_counted_and_not_their_orders() {
    let (world, shop) = world();
    let by = |who: &str, codes: &[&str]| json!({"customer": {"id": who, "email": format!("{who}@example.com")}, "codes": codes, "card": "fp_1"});
    for number in 0..3 {
        sell(&world, &shop, &format!("t{number}"), &by("till", &["ANNA10"]));
    }
    sell(&world, &shop, "1", &by("ursula", &["ANNA10"]));
    assert_eq!(signals(&one(&world, "1")), Vec::<String>::new(), "one other customer, of three orders");
    // Nobody's order, given to her by hand, is the same customer's as before.
    sell(&world, &shop, "n", &by("till", &[]));
    let give = json!({"code": "ANNA10", "note": "seen"});
    world.post("/v1/shops/demo/orders/n/credit", &give).admin().send();
    sell(&world, &shop, "2", &by("viktor", &["ANNA10"]));
    let told = one(&world, "2");
    assert_eq!(signals(&told), ["card"]);
    assert!(told["why"].as_str().unwrap().contains("2 autres clients"), "{told}");
    audit(&world);
}

#[test]
fn who_comes_straight_to_the_shop_by_a_link_came_by_it() {
    let (world, shop) = world();
    for number in 0..20 {
        world.pass(60);
        sell(&world, &shop, &format!("a{number}"), &json!({}));
    }
    world.pass(86_400);
    sell(&world, &shop, "b", &json!({}));
    assert_eq!(signals(&one(&world, "b")), ["coupons"], "nobody came by its link");
    for _ in 0..20 {
        world.pass(60);
        let touch = json!({"code": "ANNA10", "source": "link"});
        assert!(world.post("/v1/shops/demo/touches", &touch).page().send().status.is_success());
    }
    world.live_until("demo", world.now().plus_seconds(3_600));
    sell(&world, &shop, "c", &json!({}));
    assert_eq!(signals(&one(&world, "c")), Vec::<String>::new(), "they came to the page");
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
