//! What others are told of a shop: when, in which words, how often, and what becomes of it where they do not answer.

use super::world::*;
use crate::http::Method;
use crate::ledger::Tried;
use crate::seeds::{replay, seeds};
use crate::signature::{self, Signed};
use crate::stores::simulated::{Calls, Mischief, SimulatedKv};
use parrain_core::instant::Instant;
use serde_json::{Value, json};
use std::cell::Cell;
use std::rc::Rc;

/// Every type that an endpoint may ask for.
const ALL: [&str; 12] = [
    "referrer.joined",
    "conversion.recorded",
    "conversion.approved",
    "conversion.rejected",
    "conversion.reversed",
    "conversion.reinstated",
    "claim.made",
    "reward.issued",
    "reward.paid",
    "payout.created",
    "payout.paid",
    "budget.low",
];

/// An endpoint that is told these types: its id and its secret.
fn endpoint(world: &Rc<World>, url: &str, types: &[&str]) -> (String, String) {
    let made = world.post("/v1/shops/demo/endpoints", &json!({"url": url, "types": types})).admin().send();
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let made = json_of(&made);
    (made["id"].as_str().unwrap().into(), made["secret"].as_str().unwrap().into())
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// What receivers were told: type and data, in the order of arrival.
fn told(world: &World) -> Vec<(String, Value)> {
    let read = |body: &str| -> (String, Value) {
        let body: Value = serde_json::from_str(body).unwrap();
        (body["type"].as_str().unwrap().into(), body["data"].clone())
    };
    world.inbox.borrow().iter().map(|letter| read(&letter.body)).collect()
}

fn types(world: &World) -> Vec<String> {
    told(world).into_iter().map(|(kind, _)| kind).collect()
}

fn deliveries(world: &Rc<World>, endpoint: &str, query: &str) -> Vec<Value> {
    let list = world.get(&format!("/v1/shops/demo/endpoints/{endpoint}/deliveries{query}")).admin().send();
    json_of(&list)["deliveries"].as_array().unwrap().clone()
}

/// An order of a new customer, dated so.
fn order(id: &str, code: &str, at: Instant) -> Value {
    let mut event = paid(id, code);
    event["data"]["at"] = json!(at);
    event
}

#[test]
fn an_endpoint_s_secret_is_told_once() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    let (id, secret) = endpoint(&world, "https://hooks.example/a#b", &["claim.made", "claim.made"]);
    let one = json_of(&world.get(&format!("/v1/shops/demo/endpoints/{id}")).admin().send());
    assert_eq!((&one["url"], &one["types"]), (&json!("https://hooks.example/a"), &json!(["claim.made"])));
    assert!(secret.starts_with("whsec_") && one.get("secret").is_none());
    let change = json!({"types": ["budget.low"]});
    let path = format!("/v1/shops/demo/endpoints/{id}");
    let changed = world.request(Method::PATCH, &path).body(&change.to_string()).admin().send();
    assert_eq!(json_of(&changed)["types"], json!(["budget.low"]));
    assert_eq!(json_of(&changed)["url"], "https://hooks.example/a");
    let list = json_of(&world.get("/v1/shops/demo/endpoints").admin().send());
    assert_eq!(list["endpoints"], json!([json_of(&changed)]));
    for _ in 1..5 {
        endpoint(&world, "https://hooks.example/more", &["claim.made"]);
    }
    let more = json!({"url": "https://hooks.example/", "types": ["claim.made"]});
    assert_eq!(world.post("/v1/shops/demo/endpoints", &more).admin().send().status, 409);
    assert_eq!(world.request(Method::DELETE, &path).admin().send().status, 204);
    assert_eq!(world.get(&path).admin().send().status, 404);
    assert_eq!(world.get("/v1/shops/demo/endpoints/nobody/deliveries").admin().send().status, 404);
}

#[test]
fn nothing_is_sent_to_addresses_that_are_not_public() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    for url in
        ["http://hooks.example/", "https://127.0.0.1/", "http://localhost:1/", "https://10.0.0.1/", "x"]
    {
        let body = json!({"url": url, "types": ["claim.made"]});
        let refused = world.post("/v1/shops/demo/endpoints", &body).admin().send();
        assert_eq!(pointers(&refused), ["/url"], "{url}");
    }
    let body = json!({"url": 7, "types": ["claim.made", "endpoint.test", "order.paid"], "more": 1});
    let refused = world.post("/v1/shops/demo/endpoints", &body).admin().send();
    assert_eq!(pointers(&refused), ["/more", "/url", "/types/1", "/types/2"]);
    let refused = world.post("/v1/shops/demo/endpoints", &json!({})).admin().send();
    assert_eq!(pointers(&refused), ["/url", "/types"]);
    let (id, _) = endpoint(&world, "https://hooks.example/", &["claim.made"]);
    let change = json!({"url": "https://[::1]/"}).to_string();
    let path = format!("/v1/shops/demo/endpoints/{id}");
    let refused = world.request(Method::PATCH, &path).body(&change).admin().send();
    assert_eq!(pointers(&refused), ["/url"]);
}

#[test]
fn a_reward_s_whole_life_is_told_also_where_nobody_asks_anything() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let (_, secret) = endpoint(&world, "https://hooks.example/", &ALL);
    let new = json!({"offer": "friends", "name": "Cleo"});
    world.put("/v1/shops/demo/referrers/CLEO", &new).send();
    world.event(&shop, &paid("1", "CLEO"));
    world.event(&shop, &paid("2", "NOBODY"));
    world.live_until("demo", at("2026-11-20T12:01:00Z"));
    assert_eq!(types(&world), ["referrer.joined", "conversion.recorded"]);
    let data = told(&world)[1].1.clone();
    assert_eq!(
        data,
        json!({"order_id": "1", "type": "sale", "at": "2026-11-19T10:00:00Z", "referrer": "CLEO",
            "offer": "friends", "status": "pending",
            "reward": {"kind": "store_credit", "amount": "10.00", "currency": "EUR"},
            "approves_at": "2026-12-03T10:00:00Z", "reason": null})
    );

    // Two weeks in which nobody asks anything.
    world.live_until("demo", at("2026-12-03T09:59:00Z"));
    assert_eq!(types(&world).len(), 2);
    world.live_until("demo", at("2026-12-03T10:00:02Z"));
    assert_eq!(types(&world)[2..], ["conversion.approved"]);
    assert_eq!(told(&world)[2].1["status"], "approved");
    let body: Value = serde_json::from_str(&world.inbox.borrow()[2].body).unwrap();
    assert_eq!(body["timestamp"], "2026-12-03T10:00:00Z");

    let batch = json_of(&world.post("/v1/shops/demo/payouts", &json!({"until": world.now()})).admin().send());
    let mark = format!("/v1/shops/demo/payouts/{}/paid", batch["id"].as_str().unwrap());
    world.post(&mark, &json!({})).admin().send();
    world.live_until("demo", world.now().plus_seconds(60));
    assert_eq!(types(&world)[3..], ["payout.created", "payout.paid", "reward.paid"]);
    assert_eq!(told(&world)[4].1["totals"], json!([{"asset": "EUR", "amount": "10.00"}]));

    let cancelled = |what: &str, at: Instant| json!({"type": what, "data": {"order_id": "1", "at": at}});
    world.event(&shop, &cancelled("order.cancelled", world.now()));
    world.live_until("demo", world.now().plus_seconds(60));
    world.event(&shop, &cancelled("order.reinstated", world.now()));
    world.live_until("demo", world.now().plus_seconds(60));
    assert_eq!(types(&world)[6..], ["conversion.reversed", "conversion.reinstated"]);

    // The customer's second order earns nothing, and one that the shop rejects earns nothing after all.
    let mut second = paid("3", "CLEO");
    second["data"]["customer"]["id"] = json!("c-1");
    world.event(&shop, &second);
    world.event(&shop, &order("4", "CLEO", world.now()));
    world.live_until("demo", world.now().plus_seconds(60));
    let reject = json!({"decision": "reject"});
    world.post("/v1/shops/demo/conversions/4/review", &reject).admin().send();
    let claim = json!({"order_id": "77"});
    world.post("/v1/shops/demo/referrers/CLEO/claims", &claim).admin().send();
    world.live_until("demo", world.now().plus_seconds(60));
    assert_eq!(
        types(&world)[8..],
        ["conversion.rejected", "conversion.recorded", "claim.made", "conversion.rejected"]
    );
    let reasons: Vec<Value> = told(&world)[8..].iter().map(|(_, data)| data["reason"].clone()).collect();
    assert_eq!(reasons, [json!("existing_customer"), Value::Null, Value::Null, json!("manual")]);

    let letters = world.inbox.borrow();
    let mut ids: Vec<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), letters.len(), "each once");
    for letter in letters.iter() {
        let timestamp = letter.timestamp.to_string();
        let signed = Signed { id: &letter.id, timestamp: &timestamp, signatures: &letter.signature };
        let then = Instant::from_seconds(letter.timestamp);
        assert_eq!(signature::verify(&secret, &signed, letter.body.as_bytes(), then), Ok(()));
        assert!(!letter.body.contains("example.com") && !letter.body.contains("Cleo"), "{}", letter.body);
    }
}

#[test]
fn a_budget_that_runs_out_is_told_once() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    endpoint(&world, "https://hooks.example/", &["budget.low"]);
    for n in 0..60 {
        world.event(&shop, &paid(&n.to_string(), "ANNA10"));
    }
    world.live_until("demo", world.now().plus_seconds(60));
    let low = json!({"offer": "friends", "currency": "EUR", "spent": "400.00", "budget": "500.00"});
    assert_eq!(told(&world), [("budget.low".to_owned(), low)]);
}

#[test]
fn what_a_late_arrival_changes_is_told_of_both_whom_it_concerns() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    endpoint(&world, "https://hooks.example/", &ALL);
    let first = |id: &str, code: &str, at: &str| {
        let mut event = order(id, code, Instant::parse(at).unwrap());
        event["data"]["customer"] = json!({"id": "c-one"});
        event
    };
    world.event(&shop, &first("2", "ANNA10", "2026-11-19T10:00:00Z"));
    world.live_until("demo", world.now().plus_seconds(60));
    world.event(&shop, &first("1", "BOB22", "2026-11-18T10:00:00Z"));
    world.live_until("demo", world.now().plus_seconds(60));
    let news: Vec<(String, Value)> =
        told(&world).into_iter().map(|(kind, data)| (kind, data["order_id"].clone())).collect();
    let expected = [("conversion.recorded", "2"), ("conversion.recorded", "1"), ("conversion.rejected", "2")];
    let mut expected: Vec<_> = expected.map(|(kind, id)| (kind.to_owned(), json!(id))).into();
    let mut news = news;
    news.sort_by_key(|(kind, id)| format!("{kind}{id}"));
    expected.sort_by_key(|(kind, id)| format!("{kind}{id}"));
    assert_eq!(news, expected);
}

#[test]
fn one_who_does_not_answer_holds_up_nobody_else_and_is_tried_for_three_days() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let (dead, _) = endpoint(&world, "https://dead.example/", &ALL);
    let (alive, _) = endpoint(&world, "https://alive.example/", &ALL);
    *world.receiver.borrow_mut() = Some(Box::new(|letter| {
        Some(match letter.url.as_str() {
            "https://dead.example/" => Tried::Answered(503, "be\u{7} back\nsoon".into()),
            _ => Tried::Answered(200, "thanks".into()),
        })
    }));
    for n in 0..3 {
        world.event(&shop, &paid(&n.to_string(), "ANNA10"));
    }
    world.kv.take_calls();
    world.live_until("demo", world.now().plus_seconds(2));
    assert_eq!(world.kv.take_calls(), Calls { reads: 0, writes: 3, lists: 0 }, "the copies are made");
    let to = |url: &str| world.inbox.borrow().iter().filter(|letter| letter.url.contains(url)).count();
    assert_eq!((to("alive"), to("dead")), (3, 1), "one try finds out that it is dead");
    let seen = deliveries(&world, &alive, "");
    assert_eq!(seen[0]["state"], "delivered");
    assert_eq!((&seen[0]["status"], &seen[0]["answer"]), (&json!(200), &json!("thanks")));
    let waits = deliveries(&world, &dead, "?state=waiting");
    assert_eq!(waits.len(), 3);
    assert_eq!((&waits[2]["tries"], &waits[2]["answer"]), (&json!(1), &json!("be  back soon")));
    let one = |id: &str| json_of(&world.get(&format!("/v1/shops/demo/endpoints/{id}")).admin().send());
    assert_eq!(one(&dead)["failing_since"], "2026-11-20T12:00:00Z");
    assert_eq!(one(&alive)["failing_since"], Value::Null);

    let began = world.now();
    world.live_until("demo", began.plus_days(3).plus_seconds(7200));
    assert_eq!(deliveries(&world, &dead, "?state=waiting"), Vec::<Value>::new());
    assert_eq!((one(&dead)["dead"].clone(), one(&dead)["waiting"].clone()), (json!(3), json!(0)));
    let tries = to("dead");
    assert!((20..100).contains(&tries), "{tries} tries in three days");
    assert_eq!(
        json_of(&world.get("/v1/shops/demo/overview").admin().send())["waiting"]["failed_deliveries"],
        3
    );
    let rest = world.now().plus_days(3);
    world.live_until("demo", rest);
    assert_eq!(to("dead"), tries, "and then no more");

    // Back again: what is replayed comes under its old ids.
    *world.receiver.borrow_mut() = None;
    let replay = format!("/v1/shops/demo/endpoints/{dead}/replay");
    let again = world.post(&replay, &json!({})).admin().send();
    assert_eq!(json_of(&again), json!({"replayed": 3}));
    world.inbox.borrow_mut().clear();
    world.live_until("demo", world.now().plus_seconds(5));
    let mut ids: Vec<String> = world.inbox.borrow().iter().map(|letter| letter.id.clone()).collect();
    ids.reverse();
    let listed: Vec<Value> =
        deliveries(&world, &dead, "?state=delivered").iter().map(|one| one["id"].clone()).collect();
    assert_eq!(json!(ids), json!(listed));
    assert_eq!(one(&dead)["failing_since"], Value::Null);
    let named = json!({"deliveries": [listed[0], "msg_other_1", "nonsense"]});
    assert_eq!(json_of(&world.post(&replay, &named).admin().send()), json!({"replayed": 1}));
    assert_eq!(pointers(&world.post(&replay, &json!({"deliveries": [7]})).admin().send()), ["/deliveries/0"]);
}

#[test]
fn what_one_delivery_is_refused_for_holds_up_no_other() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let (id, _) = endpoint(&world, "https://hooks.example/", &["conversion.recorded"]);
    *world.receiver.borrow_mut() = Some(Box::new(|letter| {
        let odd = letter.body.contains("\"order_id\":\"0\"");
        Some(Tried::Answered(if odd { 422 } else { 204 }, String::new()))
    }));
    for n in 0..3 {
        world.event(&shop, &paid(&n.to_string(), "ANNA10"));
    }
    world.live_until("demo", world.now().plus_seconds(2));
    let waits = deliveries(&world, &id, "?state=waiting");
    assert_eq!((waits.len(), &waits[0]["status"]), (1, &json!(422)));
    assert_eq!(deliveries(&world, &id, "?state=delivered").len(), 2);
    let gaps = waits[0]["next_try_at"].as_str().and_then(Instant::parse).unwrap();
    assert!(gaps <= world.now().plus_seconds(5));
    // A redirect is an answer, and not followed.
    *world.receiver.borrow_mut() = Some(Box::new(|_| Some(Tried::Answered(302, "moved".into()))));
    world.live_until("demo", world.now().plus_seconds(10));
    assert_eq!(deliveries(&world, &id, "?state=waiting")[0]["status"], 302);
}

#[test]
fn a_rotated_secret_signs_for_a_day_beside_its_successor() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    let (id, old) = endpoint(&world, "https://hooks.example/", &["claim.made"]);
    let path = |what: &str| format!("/v1/shops/demo/endpoints/{id}/{what}");
    let rotated = json_of(&world.request(Method::POST, &path("rotate")).admin().send());
    assert_eq!(rotated["rotating_until"], "2026-11-21T12:00:00Z");
    let new = rotated["secret"].as_str().unwrap();
    let test = || {
        world.inbox.borrow_mut().clear();
        let sent = world.request(Method::POST, &path("test")).admin().send();
        assert_eq!(sent.status, 202);
        world.live_until("demo", world.now().plus_seconds(5));
        let letter = world.inbox.borrow()[0].clone();
        assert_eq!(letter.id, json_of(&sent)["id"]);
        let timestamp = letter.timestamp.to_string();
        let signed = Signed { id: &letter.id, timestamp: &timestamp, signatures: &letter.signature };
        [old.as_str(), new]
            .map(|secret| signature::verify(secret, &signed, letter.body.as_bytes(), world.now()).is_ok())
    };
    assert_eq!(test(), [true, true]);
    world.pass(86_400);
    assert_eq!(test(), [false, true]);
    // A test comes at once, whatever pause the endpoint has.
    *world.receiver.borrow_mut() = Some(Box::new(|_| Some(Tried::Unanswered("connection refused".into()))));
    for _ in 0..3 {
        world.request(Method::POST, &path("test")).admin().send();
        world.live_until("demo", world.now().plus_seconds(2));
    }
    world.inbox.borrow_mut().clear();
    world.request(Method::POST, &path("test")).admin().send();
    world.live_until("demo", world.now());
    assert_eq!(world.inbox.borrow().len(), 1);
}

#[test]
fn a_shop_that_tells_nobody_pays_nothing_for_it() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    world.event(&shop, &paid("1", "ANNA10"));
    world.copy_to_kv();
    assert_eq!(world.rows("demo", "delivery"), 0);
    assert!(!world.texts("demo").contains("told"));
    assert_eq!(world.ring("demo"), Some(crate::alarm::Next::Never), "nor does its alarm ring for holds");
    // From when there is somebody to be told, and no longer than that.
    let (id, _) = endpoint(&world, "https://hooks.example/", &ALL);
    assert!(world.texts("demo").contains("told"));
    world.live_until("demo", world.now().plus_days(1));
    assert_eq!(world.inbox.borrow().len(), 0, "nothing from before");
    world.request(Method::DELETE, &format!("/v1/shops/demo/endpoints/{id}")).admin().send();
    assert!(!world.texts("demo").contains("told"));
}

#[test]
fn deliveries_go_with_their_endpoint_and_their_shop() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    let (id, _) = endpoint(&world, "https://hooks.example/", &ALL);
    endpoint(&world, "https://other.example/", &ALL);
    for n in 0..30 {
        world.event(&shop, &paid(&n.to_string(), "ANNA10"));
    }
    world.ring("demo");
    assert_eq!(world.rows("demo", "delivery"), 60);
    world.request(Method::DELETE, &format!("/v1/shops/demo/endpoints/{id}")).admin().send();
    assert!(world.rows("demo", "delivery") <= 30);
    let sent = world.inbox.borrow().len();
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
    for _ in 0..10 {
        world.copy_to_kv();
        world.pass(60);
    }
    assert_eq!(world.inbox.borrow().len(), sent, "of a shop that is gone nobody is told anything");
}

/// Ten days of a shop whose receiver, object and KV have bad days; what its receiver has in the end, each by its id.
fn ten_days(seed: u64, mischief: Mischief, bad: bool) -> Vec<(String, String)> {
    let world = World::new(seed, mischief);
    let shop = world.with_shop();
    let (id, _) = endpoint(&world, "https://hooks.example/", &ALL);
    let dice = SimulatedKv::new(seed ^ 0xb0a7, Mischief::NONE);
    let own = SimulatedKv::new(seed ^ 0x1e77, Mischief::NONE);
    let quiet = Rc::new(Cell::new(!bad));
    let calm = Rc::clone(&quiet);
    // What landed is told apart from what was answered.
    *world.receiver.borrow_mut() = Some(Box::new(move |_| match own.roll(10) {
        0 | 1 if !calm.get() => Some(Tried::Answered(500, "landed, and then failed".into())),
        2 if !calm.get() => Some(Tried::Unanswered("no answer".into())),
        3 if !calm.get() => None,
        _ => Some(Tried::Answered(204, String::new())),
    }));
    for day in 0..10 {
        let now = world.now();
        for n in 0..dice.roll(4) {
            let id = format!("{day}-{n}");
            let code = ["ANNA10", "BOB22", "NOBODY"][dice.roll(3) as usize];
            assert_eq!(world.event(&shop, &order(&id, code, now.plus_seconds(-60))).status, 200);
        }
        if day > 2 && dice.roll(2) == 0 {
            let id = format!("{}-0", dice.roll(day));
            let what = ["order.cancelled", "order.reinstated"][dice.roll(2) as usize];
            let change = json!({"type": what, "data": {"order_id": id, "at": now.plus_seconds(-30)}});
            assert_eq!(world.event(&shop, &change).status, 200);
        }
        if dice.roll(5) == 0 {
            world.another_isolate();
        }
        let next = now.plus_days(1);
        world.live_until("demo", next);
    }
    quiet.set(true);
    world.kv.behave(Mischief::NONE);
    world.live_until("demo", world.now().plus_days(20));
    assert_eq!(deliveries(&world, &id, "?state=waiting"), Vec::<Value>::new(), "{}", replay(seed));
    let mut letters: Vec<(String, String)> =
        world.inbox.borrow().iter().map(|letter| (letter.id.clone(), letter.body.clone())).collect();
    letters.sort();
    letters.dedup();
    let mut ids: Vec<&String> = letters.iter().map(|(id, _)| id).collect();
    ids.dedup();
    assert_eq!(ids.len(), letters.len(), "one id, one thing: {}", replay(seed));
    letters
}

/// What was told without its ids, in an order of its own.
fn news(letters: Vec<(String, String)>) -> Vec<String> {
    let mut bodies: Vec<String> = letters
        .into_iter()
        .map(|(_, body)| {
            let mut body: Value = serde_json::from_str(&body).unwrap();
            body["timestamp"].take();
            body.to_string()
        })
        .collect();
    bodies.sort();
    bodies
}

#[test]
fn whatever_fails_everything_is_told_and_each_thing_under_one_id() {
    // Each lives through ten days twice, the hold of the last order included: every fourth of the seeds will do.
    let mut told = 0;
    for seed in seeds().step_by(4) {
        let bad = news(ten_days(seed, Mischief::BAD, true));
        let good = news(ten_days(seed, Mischief::NONE, false));
        assert_eq!(bad, good, "{}", replay(seed));
        told += good.len();
    }
    assert!(told > 0, "ten days have news");
}

#[test]
fn a_year_of_holds_is_told_in_order_of_time() {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    endpoint(&world, "https://hooks.example/", &["conversion.approved"]);
    // Orders of a year, arrived at once and out of order, of which all holds end while nobody asks anything.
    let holds = json!({"offers": [{"id": "friends", "audience": "customer",
        "advocate": {"reward": {"kind": "cash", "amount": "1.00"}, "orders": "lifetime", "hold_days": 365}}]});
    let mut changed = program();
    changed["offers"] = holds["offers"].clone();
    assert_eq!(world.put("/v1/shops/demo", &changed).send().status, 200);
    world.pass(60);
    let now = world.now();
    for n in 0..120_i64 {
        let at = now.plus_seconds(-(n * 7_919 % 120) * 86_400);
        let event = order(&n.to_string(), "ANNA10", at);
        assert_eq!(world.event(&shop, &event).status, 200);
    }
    world.live_until("demo", now.plus_days(366));
    let timestamps: Vec<String> = world
        .inbox
        .borrow()
        .iter()
        .map(|letter| serde_json::from_str::<Value>(&letter.body).unwrap()["timestamp"].to_string())
        .collect();
    assert!(timestamps.is_sorted() && !timestamps.is_empty());
    let approved = told(&world).into_iter().filter(|(_, data)| data["status"] == "approved").count();
    assert_eq!(approved, timestamps.len());
}
