//! Which offer somebody is shown and joins under, and how many friends are counted.

use super::world::*;
use crate::http::Method;
use serde_json::{Value, json};
use std::rc::Rc;

/// A program of offers with and without conditions, in order.
fn moments() -> Value {
    let offer = |id: &str, more: Value| {
        let mut offer = json!({"id": id, "audience": "customer",
            "friend": {"reward": {"kind": "percent_off", "percent": "10"}},
            "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "new_customers_only": false}});
        offer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        offer
    };
    let mut program = program();
    program["offers"] = json!([
        offer("belgium", json!({"when": {"countries": ["BE"], "languages": ["fr"]}})),
        offer(
            "back",
            json!({"when": {"customer": "returning"},
            "advocate": {"reward": {"kind": "store_credit", "amount": "25.00"}, "new_customers_only": false}})
        ),
        offer("rich", json!({"when": {"basket": {"at_least": "50.00"}}})),
        offer("all", json!({}))
    ]);
    program
}

fn world_of(program: &Value) -> (Rc<World>, Value) {
    let world = World::new(1, Default::default());
    let put = world.put("/v1/shops/demo", program).send();
    assert_eq!(put.status, 201, "{}", String::from_utf8_lossy(&put.body));
    (world, json_of(&put))
}

/// Joins from a country, and tells the status and under which offer.
fn join(world: &Rc<World>, country: &str, body: &Value) -> (u16, Value) {
    let answer = world.post("/v1/shops/demo/referrers", body).page().header("cf-ipcountry", country).send();
    let card = json_of(&answer);
    let Some(code) = card["code"].as_str() else { return (answer.status.as_u16(), Value::Null) };
    let one = json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}")).admin().send());
    (answer.status.as_u16(), one["offer"].clone())
}

#[test]
fn one_answer_serves_all_and_the_country_alone_makes_it_somebody_s() {
    let (world, _) = world_of(&moments());
    let ask = |country: &str, locale: &str| {
        let path = format!("/v1/shops/demo/offer?locale={locale}");
        let answer = world.get(&path).page().header("cf-ipcountry", country).send();
        (json_of(&answer), header_of(&answer, "cache-control").unwrap().to_owned())
    };
    world.get("/v1/shops/demo/offer").page().send();
    world.kv.take_calls();
    world.ledger_calls.set(0);
    let (belgian, keep) = ask("BE", "fr-BE");
    assert_eq!((&belgian["country"], &belgian["join"]["offer"]), (&json!("BE"), &json!("belgium")));
    assert_eq!(keep, "private, max-age=300", "where somebody is, no shared cache keeps");
    let ids: Vec<&Value> = belgian["offers"].as_array().unwrap().iter().map(|offer| &offer["id"]).collect();
    assert_eq!(ids, ["belgium", "back", "rich", "all"], "all of them, in the shop's order");
    assert_eq!(belgian["offers"][2]["when"], json!({"basket": {"at_least": "50.00"}}));
    assert_eq!(belgian["offers"][3].get("when"), None);
    for (country, locale, offer) in
        [("BE", "nl", "all"), ("FR", "fr", "all"), ("XX", "fr", "all"), ("T1", "fr", "all")]
    {
        let (told, _) = ask(country, locale);
        assert_eq!(told["join"]["offer"], offer, "{country} {locale}");
        assert_eq!(
            told.get("country").is_some(),
            country.chars().all(char::is_alphabetic) && country != "XX"
        );
    }
    assert_eq!(
        (world.kv.take_calls(), world.ledger_calls.get()),
        (Default::default(), 0),
        "a page view costs nothing"
    );
    // Where no offer asks for it, nobody is told where they are.
    let mut program = moments();
    program["offers"].as_array_mut().unwrap().remove(0);
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    world.another_isolate();
    let (told, keep) = ask("BE", "fr");
    assert_eq!((told.get("country"), keep.as_str()), (None, "public, max-age=300"));
}

#[test]
fn one_joins_under_the_offer_that_was_shown_and_what_the_edge_knows_speaks_against_it() {
    let (world, shop) = world_of(&moments());
    let until = world.now().seconds() + 3600;
    let signed = |id: &str, orders: Value| {
        json!(identity(&shop, &json!({"sub": id, "exp": until, "orders_count": orders})))
    };
    for (country, body, expected) in [
        // Without a word of the page's: by country and language.
        ("FR", json!({"name": "A"}), (201, json!("all"))),
        ("BE", json!({"name": "A"}), (201, json!("all"))),
        // With it: what only the page knows, its word stands for.
        ("BE", json!({"name": "A", "offer": "belgium"}), (201, json!("belgium"))),
        ("FR", json!({"name": "A", "offer": "rich"}), (201, json!("rich"))),
        ("FR", json!({"name": "A", "offer": "back"}), (201, json!("back"))),
        // Not for what the edge knows.
        ("FR", json!({"name": "A", "offer": "belgium"}), (409, Value::Null)),
        ("XX", json!({"name": "A", "offer": "belgium"}), (409, Value::Null)),
        ("FR", json!({"offer": "back", "identity": signed("c-1", json!(0))}), (409, Value::Null)),
        ("FR", json!({"offer": "back", "identity": signed("c-2", json!(3))}), (201, json!("back"))),
        ("FR", json!({"offer": "back", "identity": signed("c-3", json!("many"))}), (201, json!("back"))),
        ("FR", json!({"offer": "nothing"}), (409, Value::Null)),
        ("FR", json!({"offer": ""}), (201, json!("all"))),
        ("FR", json!({"offer": 7}), (422, Value::Null)),
        // Who is a referrer already stays under their own offer, whatever they are shown by now.
        ("FR", json!({"offer": "all", "identity": signed("c-2", json!(3))}), (201, json!("back"))),
    ] {
        let (status, offer) = join(&world, country, &body);
        let status = if status == 200 { 201 } else { status };
        assert_eq!((status, offer), expected, "{country} {body}");
    }
}

#[test]
fn what_a_friend_is_promised_is_what_the_order_is_credited_by() {
    let (world, shop) = world_of(&moments());
    let body = json!({"name": "Anna", "offer": "back"});
    let card = json_of(&world.post("/v1/shops/demo/referrers", &body).page().send());
    let code = card["code"].as_str().unwrap();
    // Whatever page the friend is on, the code's own offer is what they are told of and what the order goes by.
    for country in ["BE", "FR"] {
        let path = format!("/v1/shops/demo/offer?locale=fr&code={code}");
        let told = json_of(&world.get(&path).page().header("cf-ipcountry", country).send());
        assert_eq!(told["code"]["offer"], "back", "{country}");
    }
    world.event(&shop, &paid("M-1", code));
    let status = json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}/rewards")).admin().send());
    let one = &status["conversions"][0];
    assert_eq!((&one["offer"], &one["reward"]["amount"]), (&json!("back"), &json!("25.00")));
    // Conditions that change later change nothing of it.
    let mut program = moments();
    program["offers"][1]["when"] = json!({"countries": ["JP"]});
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    world.event(&shop, &paid("M-2", code));
    let status = json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}/rewards")).admin().send());
    assert!(status["conversions"].as_array().unwrap().iter().all(|one| one["offer"] == "back"), "{status}");
}

#[test]
fn conditions_that_nobody_can_meet_are_refused_with_their_place() {
    let mut program = moments();
    program["offers"][2]["when"]["basket"]["at_most"] = json!("10.00");
    program["offers"].as_array_mut().unwrap().insert(
        0,
        json!({"id": "first", "audience": "customer",
        "advocate": {"reward": {"kind": "points", "points": 1}}}),
    );
    let world = World::new(1, Default::default());
    let refused = world.put("/v1/shops/demo", &program).send();
    assert_eq!(refused.status, 422);
    assert_eq!(
        pointers(&refused),
        ["/offers/3/when/basket/at_most", "/offers/1/when", "/offers/2/when", "/offers/3/when"]
    );
}

#[test]
fn friends_are_counted_as_they_are_and_only_where_the_program_shows_it() {
    let mut told = program();
    told["offers"][0]["advocate"]["new_customers_only"] = json!(false);
    told["offers"][0]["advocate"]["orders"] = json!("lifetime");
    let (world, shop) = world_of(&told);
    let anna = json!({"offer": "friends", "name": "Anna"});
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &anna).send().status, 201);
    let count = || {
        world.another_isolate();
        let answer = world.get("/v1/shops/demo/offer").page().send();
        json_of(&answer).get("friends_this_month").cloned()
    };
    let sell = |order: &str, customer: &str, at: &str| {
        let mut event = paid(order, "ANNA10");
        event["data"]["customer"] = json!({"id": customer});
        event["data"]["at"] = json!(at);
        assert_eq!(json_of(&world.event(&shop, &event))["outcome"], "recorded", "{order}");
    };
    for number in 0..6 {
        sell(&format!("F-{number}"), &format!("c-{number}"), "2026-11-10T10:00:00Z");
    }
    // Twice the same friend, one of another month, one that nobody sent.
    sell("F-6", "c-0", "2026-11-11T10:00:00Z");
    sell("F-7", "c-7", "2026-10-31T10:00:00Z");
    world.event(
        &shop,
        &json!({"type": "order.paid", "data": {"order_id": "F-8", "at": "2026-11-10T10:00:00Z",
        "currency": "EUR", "subtotal": "10.00", "discount": "0.00", "total": "10.00"}}),
    );
    assert_eq!(count(), None, "off by default");
    told["show_counts"] = json!(true);
    assert_eq!(world.put("/v1/shops/demo", &told).send().status, 200);
    world.live_until("demo", world.now().plus_seconds(60));
    assert_eq!(count(), Some(json!(6)));
    // What was taken back is no friend who ordered; and of fewer than five nothing is told.
    let cancel = |order: &str| {
        let body =
            json!({"type": "order.cancelled", "data": {"order_id": order, "at": "2026-11-12T10:00:00Z"}});
        assert_eq!(world.event(&shop, &body).status, 200);
    };
    cancel("F-1");
    assert_eq!(count(), Some(json!(5)));
    cancel("F-2");
    assert_eq!(count(), None);
}

#[test]
fn the_friends_of_a_month_that_is_over_are_told_to_nobody() {
    let mut told = program();
    told["show_counts"] = json!(true);
    told["time_zone"] = json!("Europe/Paris");
    let (world, shop) = world_of(&told);
    let anna = json!({"offer": "friends", "name": "Anna"});
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &anna).send().status, 201);
    for number in 0..6 {
        world.event(&shop, &paid(&format!("E-{number}"), "ANNA10"));
    }
    world.live_until("demo", world.now().plus_seconds(60));
    let count = || {
        let answer = world.get("/v1/shops/demo/offer").page().send();
        json_of(&answer).get("friends_this_month").cloned()
    };
    // December begins in Paris an hour before it does by UTC.
    let ends = parrain_core::instant::Instant::parse("2026-11-30T23:00:00Z").unwrap().seconds();
    world.pass(ends - world.now().seconds() - 30);
    assert_eq!(count(), Some(json!(6)));
    world.pass(31);
    assert_eq!(count(), None);
}

#[test]
fn a_count_of_friends_that_cannot_be_renewed_is_told_to_nobody() {
    let mut told = program();
    told["show_counts"] = json!(true);
    let (world, shop) = world_of(&told);
    let anna = json!({"offer": "friends", "name": "Anna"});
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &anna).send().status, 201);
    for number in 0..6 {
        world.event(&shop, &paid(&format!("E-{number}"), "ANNA10"));
    }
    world.live_until("demo", world.now().plus_seconds(60));
    let count = || {
        let answer = world.get("/v1/shops/demo/offer").page().send();
        assert_eq!(answer.status, 200);
        json_of(&answer).get("friends_this_month").cloned()
    };
    assert_eq!(count(), Some(json!(6)));
    world.pass(599);
    assert_eq!(count(), Some(json!(6)));
    // From here on it is too old, and the ledger says nothing.
    world.pass(2);
    world.silent.set(50);
    assert_eq!(count(), None);
    assert_eq!(count(), None, "nor is it asked again at once");
    world.silent.set(0);
    world.pass(601);
    assert_eq!(count(), Some(json!(6)));
}

#[test]
fn a_test_of_the_set_up_is_of_an_offer_for_customers_where_there_is_one() {
    let mut program = moments();
    let mut agencies = program["offers"][3].take();
    (agencies["id"], agencies["audience"]) = (json!("agencies"), json!("agency"));
    program["offers"].as_array_mut().unwrap().pop();
    program["offers"].as_array_mut().unwrap().insert(0, agencies);
    let (world, _) = world_of(&program);
    let begun = json_of(&world.request(Method::POST, "/v1/shops/demo/set-up/proof").admin().send());
    let code = begun["code"].as_str().unwrap();
    let one = json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}")).admin().send());
    assert_eq!(one["offer"], "belgium", "all offers for customers have conditions");
}

#[test]
fn counting_friends_costs_a_call_in_ten_minutes_and_never_a_write() {
    let mut told = program();
    told["show_counts"] = json!(true);
    let (world, _) = world_of(&told);
    world.copy_to_kv();
    world.get("/v1/shops/demo/offer").page().send();
    world.kv.take_calls();
    world.ledger_calls.set(0);
    for _ in 0..5 {
        world.get("/v1/shops/demo/offer").page().send();
    }
    assert_eq!((world.kv.take_calls().writes, world.ledger_calls.get()), (0, 0));
    world.pass(601);
    for _ in 0..5 {
        world.get("/v1/shops/demo/offer").page().send();
    }
    assert_eq!((world.kv.take_calls().writes, world.ledger_calls.get()), (0, 1));
    // No page goes by a month that is over.
    let left = parrain_core::instant::Instant::parse("2026-12-01T00:00:00Z").unwrap().seconds()
        - world.now().seconds();
    world.pass(left - 90);
    let answer = world.get("/v1/shops/demo/offer").page().send();
    assert_eq!(header_of(&answer, "cache-control"), Some("public, max-age=90"));
}
