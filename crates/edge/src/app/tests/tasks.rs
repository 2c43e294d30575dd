//! What modules are given to do in the shop's platform, once each, and what becomes of the reward for it.

use super::world::*;
use crate::http::{Method, Response};
use crate::seeds::{replay, seeds};
use crate::stores::simulated::{Mischief, SimulatedKv};
use parrain_core::instant::Instant;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Connects a module; its token.
fn connect(world: &Rc<World>, site: &str) -> String {
    let made = world.request(Method::POST, "/v1/shops/demo/connect-codes").admin().send();
    let body = json!({"code": json_of(&made)["code"], "platform": "prestashop", "site": site});
    let connected = world.post("/v1/connect-codes/exchange", &body).send();
    json_of(&connected)["module_token"].as_str().unwrap().to_owned()
}

/// A shop with a module: the shop, and the module's token.
fn with_module(world: &Rc<World>) -> (Value, String) {
    let shop = world.with_shop();
    let token = connect(world, "https://shop.example/");
    (shop, token)
}

fn tasks(world: &Rc<World>, token: &str) -> Vec<Value> {
    let list = world.get("/v1/shops/demo/tasks").bearer(token).send();
    assert_eq!(list.status, 200, "{}", String::from_utf8_lossy(&list.body));
    json_of(&list)["items"].as_array().unwrap().clone()
}

fn finish(world: &Rc<World>, token: &str, task: &Value, body: &Value) -> Response {
    let path = format!("/v1/shops/demo/tasks/{}", task["id"].as_str().unwrap());
    world.post(&path, body).bearer(token).send()
}

fn rewards(world: &Rc<World>, code: &str) -> Value {
    json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}/rewards")).admin().send())
}

fn payout(world: &Rc<World>) -> Value {
    let body = json!({"until": world.now(), "dry_run": true});
    json_of(&world.post("/v1/shops/demo/payouts", &body).admin().send())
}

fn after_hold(world: &Rc<World>) {
    world.live_until("demo", Instant::parse("2026-12-03T10:00:05Z").unwrap());
}

fn cancel(what: &str, order: &str, at: Instant) -> Value {
    json!({"type": what, "data": {"order_id": order, "at": at}})
}

#[test]
fn an_approved_reward_becomes_a_voucher_that_its_referrer_sees() {
    let world = World::new(1, Mischief::NONE);
    let (shop, module) = with_module(&world);
    world.event(&shop, &paid("1", "ANNA10"));
    world.live_until("demo", world.now().plus_seconds(60));
    assert_eq!(tasks(&world, &module), Vec::<Value>::new(), "on hold");
    after_hold(&world);
    assert_eq!(payout(&world)["count"], 0, "the module gives it");
    let left_out = payout(&world)["left_out"][0].clone();
    assert_eq!((&left_out["reason"], &left_out["amount"]), (&json!("module"), &json!("10.00")));
    let task = tasks(&world, &module).remove(0);
    let until = world.now().plus_seconds(300);
    assert_eq!(
        task,
        json!({"id": task["id"], "kind": "reward", "code": task["code"], "referrer": "ANNA10", "order_id": "1",
            "customer_id": "c-ANNA10", "email": "anna10@example.com", "currency": "EUR",
            "reward": {"kind": "store_credit", "amount": "10.00", "currency": "EUR"}, "leased_until": until})
    );
    let seen = json_of(&world.get("/v1/shops/demo/connections").admin().send());
    assert_eq!(seen["connections"][0]["last_seen"], "2026-12-03T10:00:05Z");

    let code = json!({"done": {"code": task["code"]}});
    let done = finish(&world, &module, &task, &code);
    assert_eq!(
        json_of(&done),
        json!({"id": task["id"], "state": "done", "code": task["code"], "failed": null})
    );
    let one = rewards(&world, "ANNA10")["conversions"][0].clone();
    assert_eq!((&one["status"], &one["reward"]["voucher"]), (&json!("paid"), &task["code"]));
    let listed = json_of(&world.get("/v1/shops/demo/conversions").admin().send());
    assert_eq!(listed["conversions"][0]["reward"]["voucher"], task["code"]);

    // Given once for ever: an answer that was lost is told again, and another code changes nothing.
    assert_eq!(finish(&world, &module, &task, &code).status, 200);
    assert_eq!(finish(&world, &module, &task, &json!({"done": {"code": "OTHER"}})).status, 409);
    world.live_until("demo", world.now().plus_days(1));
    assert_eq!(tasks(&world, &module), Vec::<Value>::new());
    assert_eq!((payout(&world)["count"].clone(), payout(&world)["left_out"].clone()), (json!(0), json!([])));
    let batches = json_of(&world.get("/v1/shops/demo/payouts").admin().send());
    assert_eq!(batches["payouts"], json!([]), "what is given is no payout of the shop's");
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn of_two_workers_one_has_a_task_until_its_time_is_over() {
    let world = World::new(1, Mischief::NONE);
    let (shop, one) = with_module(&world);
    let other = connect(&world, "https://other.example/");
    for n in 0..50 {
        world.event(&shop, &paid(&n.to_string(), "ANNA10"));
    }
    after_hold(&world);
    let first = world.get("/v1/shops/demo/tasks").bearer(&one).send();
    let (first, cursor) = (json_of(&first)["items"].clone(), json_of(&first)["next_cursor"].clone());
    assert_eq!(first.as_array().unwrap().len(), 50);
    let next = format!("/v1/shops/demo/tasks?cursor={}", cursor.as_str().unwrap());
    assert_eq!(json_of(&world.get(&next).bearer(&one).send()), json!({"items": [], "next_cursor": null}));
    assert_eq!(tasks(&world, &other), Vec::<Value>::new());
    let head = world.request(Method::HEAD, "/v1/shops/demo/tasks").bearer(&other).send();
    assert_eq!(head.status, 405);
    world.pass(299);
    assert_eq!(tasks(&world, &other), Vec::<Value>::new());
    world.pass(1);
    let again = tasks(&world, &other);
    let named = |items: &[Value]| -> BTreeSet<(String, String)> {
        items.iter().map(|task| (task["id"].to_string(), task["code"].to_string())).collect()
    };
    assert_eq!(named(&again), named(first.as_array().unwrap()), "the same, with the same codes proposed");
    assert_eq!(named(&again).len(), 50);
    // Who was late finds what the other did.
    let code = |code: &str| json!({"done": {"code": code}});
    assert_eq!(finish(&world, &other, &again[0], &code("A-1")).status, 200);
    assert_eq!(finish(&world, &one, &again[0], &code("A-2")).status, 409);
    for body in [json!({}), json!({"done": {}, "failed": "x"}), json!({"failed": " "}), json!({"done": 7})] {
        assert_eq!(finish(&world, &one, &again[1], &body).status, 422, "{body}");
    }
    let nobody = world.post("/v1/shops/demo/tasks/rw-0", &code("A")).bearer(&one).send();
    assert_eq!(nobody.status, 404);
    for target in ["/v1/shops/demo/tasks/failed", "/v1/shops/demo/endpoints"] {
        assert_eq!(world.get(target).bearer(&one).send().status, 401, "{target}");
    }
    assert_eq!(world.get("/v1/shops/demo/tasks").bearer("pmt_x.demo").send().status, 401);
}

#[test]
fn what_was_taken_back_unspent_is_ended_and_owed_by_nobody() {
    let world = World::new(1, Mischief::NONE);
    let (shop, module) = with_module(&world);
    world.event(&shop, &paid("1", "ANNA10"));
    after_hold(&world);
    let task = tasks(&world, &module).remove(0);
    finish(&world, &module, &task, &json!({"done": {"code": "MERCI-1"}}));
    world.event(&shop, &cancel("order.cancelled", "1", world.now()));
    world.live_until("demo", world.now().plus_seconds(5));
    let one = || rewards(&world, "ANNA10")["conversions"][0].clone();
    assert_eq!((&one()["status"], one()["reward"].get("voucher")), (&json!("reversed"), None));
    let end = tasks(&world, &module).remove(0);
    assert_eq!((&end["kind"], &end["code"]), (&json!("end_code"), &json!("MERCI-1")));
    assert_eq!(end["reward"]["amount"], "10.00");
    let left_out = payout(&world)["left_out"][0].clone();
    assert_eq!((&left_out["reason"], &left_out["amount"]), (&json!("module"), &json!("-10.00")));

    // Reinstated before anybody ended it: the voucher stands.
    world.event(&shop, &cancel("order.reinstated", "1", world.now()));
    world.live_until("demo", world.now().plus_seconds(301));
    assert_eq!(tasks(&world, &module), Vec::<Value>::new());
    assert_eq!((&one()["status"], &one()["reward"]["voucher"]), (&json!("paid"), &json!("MERCI-1")));

    // And taken back for good.
    world.event(&shop, &cancel("order.cancelled", "1", world.now()));
    world.live_until("demo", world.now().plus_seconds(5));
    let end = tasks(&world, &module).remove(0);
    assert_eq!(json_of(&finish(&world, &module, &end, &json!({"done": {}})))["state"], "done");
    assert_eq!((payout(&world)["count"].clone(), payout(&world)["left_out"].clone()), (json!(0), json!([])));
    let totals = rewards(&world, "ANNA10")["totals"].clone();
    assert_eq!((&totals[0]["paid"], &totals[0]["reversed"]), (&json!("0.00"), &json!("10.00")));

    // Reinstated once more: no second voucher is ever made, it is the shop's to pay.
    world.event(&shop, &cancel("order.reinstated", "1", world.now()));
    world.live_until("demo", world.now().plus_seconds(301));
    assert_eq!(tasks(&world, &module), Vec::<Value>::new());
    assert_eq!(one()["reward"].get("voucher"), None);
    assert_eq!(payout(&world)["count"], 1);
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn what_is_taken_back_while_somebody_is_at_it_is_ended_right_after() {
    let world = World::new(1, Mischief::NONE);
    let (shop, module) = with_module(&world);
    world.event(&shop, &paid("1", "ANNA10"));
    world.event(&shop, &paid("2", "BOB22"));
    after_hold(&world);
    let given = tasks(&world, &module);
    world.event(&shop, &cancel("order.cancelled", "1", world.now()));
    let who = "/v1/shops/demo/subjects?email=bob22@example.com";
    assert_eq!(world.request(Method::DELETE, who).admin().send().status, 200);
    world.live_until("demo", world.now().plus_seconds(301));
    assert_eq!(tasks(&world, &module), Vec::<Value>::new(), "taken back, and forgotten");
    let late = finish(&world, &module, &given[0], &json!({"done": {"code": "MERCI-1"}}));
    assert_eq!(json_of(&late)["state"], "done");
    let end = tasks(&world, &module);
    assert_eq!((end.len(), &end[0]["code"]), (1, &json!("MERCI-1")));
    finish(&world, &module, &end[0], &json!({"done": {}}));
    let dry = payout(&world);
    assert!(!dry["left_out"].to_string().contains("ANNA10"), "{dry}");
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn a_voucher_that_was_ended_while_its_order_came_back_is_due_again() {
    let world = World::new(1, Mischief::NONE);
    let (shop, module) = with_module(&world);
    world.event(&shop, &paid("1", "ANNA10"));
    after_hold(&world);
    let task = tasks(&world, &module).remove(0);
    finish(&world, &module, &task, &json!({"done": {"code": "MERCI-1"}}));
    let at = |seconds: i64| world.now().plus_seconds(seconds).to_string();
    world.event(&shop, &json!({"type": "order.cancelled", "data": {"order_id": "1", "at": at(-60)}}));
    let end = tasks(&world, &module).remove(0);
    world.event(&shop, &json!({"type": "order.reinstated", "data": {"order_id": "1", "at": at(-30)}}));
    // The worker had ended it already.
    assert_eq!(finish(&world, &module, &end, &json!({"done": {}})).status, 200);
    let due = payout(&world);
    assert_eq!((&due["count"], &due["totals"][0]["amount"]), (&json!(1), &json!("10.00")), "{due}");
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn what_no_module_can_end_any_more_is_set_off_by_the_shop() {
    let world = World::new(1, Mischief::NONE);
    let (shop, module) = with_module(&world);
    world.event(&shop, &paid("1", "ANNA10"));
    after_hold(&world);
    let task = tasks(&world, &module).remove(0);
    finish(&world, &module, &task, &json!({"done": {"code": "MERCI-1"}}));
    let cancelled = json!({"type": "order.cancelled", "data": {"order_id": "1", "at": world.now().plus_seconds(-60).to_string()}});
    world.event(&shop, &cancelled);
    assert_eq!(payout(&world)["left_out"][0]["reason"], "module");
    let connections = json_of(&world.get("/v1/shops/demo/connections").admin().send());
    let path =
        format!("/v1/shops/demo/connections/{}", connections["connections"][0]["id"].as_str().unwrap());
    assert_eq!(world.request(Method::DELETE, &path).bearer(&module).send().status, 204);
    let due = payout(&world);
    assert_eq!(due["payees"][0]["amount"], "-10.00", "{due}");
}

#[test]
fn what_fails_is_tried_again_and_at_last_the_shop_s_to_see_to() {
    let world = World::new(1, Mischief::NONE);
    let (shop, module) = with_module(&world);
    world.event(&shop, &paid("1", "ANNA10"));
    after_hold(&world);
    let task = tasks(&world, &module).remove(0);
    let failed = json!({"failed": "no currency EUR in this shop\u{7}"});
    let told = json_of(&finish(&world, &module, &task, &failed));
    assert_eq!(
        (&told["state"], &told["failed"]),
        (&json!("waiting"), &json!("no currency EUR in this shop"))
    );
    world.pass(299);
    assert_eq!(tasks(&world, &module), Vec::<Value>::new());
    world.pass(1);
    assert_eq!(tasks(&world, &module).len(), 1);
    let listed = json_of(&world.get("/v1/shops/demo/tasks/failed").admin().send())["tasks"][0].clone();
    assert_eq!((&listed["tries"], &listed["order_id"]), (&json!(1), &json!("1")));
    world.pass(3 * 86_400);
    tasks(&world, &module);
    assert_eq!(json_of(&finish(&world, &module, &task, &failed))["state"], "given_up");
    let listed = || json_of(&world.get("/v1/shops/demo/tasks/failed").admin().send())["tasks"].clone();
    assert_eq!(listed()[0]["state"], "given_up");
    assert_eq!(payout(&world)["count"], 1, "then a payout pays it");
    let until = json!({"until": world.now().to_string()});
    assert_eq!(world.post("/v1/shops/demo/payouts", &until).admin().send().status, 201);
    assert_eq!(listed(), json!([]), "and nobody has to see to it");
    // One that nobody asked for in days has not failed for days.
    world.event(&shop, &paid("2", "ANNA10"));
    after_hold(&world);
    world.pass(4 * 86_400);
    let task = tasks(&world, &module).remove(0);
    assert_eq!(json_of(&finish(&world, &module, &task, &failed))["state"], "waiting");
}

#[test]
fn without_a_module_rewards_stay_the_shop_s_to_pay() {
    let world = World::new(1, Mischief::NONE);
    let (shop, module) = with_module(&world);
    let points = json!({"offer": "agencies", "name": "Bureau"});
    world.put("/v1/shops/demo/referrers/BUREAU", &points).send();
    world.event(&shop, &paid("1", "ANNA10"));
    world.event(&shop, &paid("2", "BUREAU"));
    after_hold(&world);
    assert_eq!(world.rows("demo", "task"), 1, "money is paid to an account");
    let connections = json_of(&world.get("/v1/shops/demo/connections").admin().send());
    let path =
        format!("/v1/shops/demo/connections/{}", connections["connections"][0]["id"].as_str().unwrap());
    assert_eq!(world.request(Method::DELETE, &path).bearer(&module).send().status, 204);
    assert_eq!(payout(&world)["count"], 2);
    world.event(&shop, &paid("3", "ANNA10"));
    world.live_until("demo", world.now().plus_days(30));
    assert_eq!(world.rows("demo", "task"), 1);
}

/// Twenty days of a shop whose two workers die, lose answers and come late; the vouchers that were made, by reward, and
/// what the referrers have in the end.
fn twenty_days(seed: u64, bad: bool) -> (BTreeMap<String, BTreeSet<String>>, Vec<Value>) {
    let world = World::new(seed, Mischief::NONE);
    let (shop, one) = with_module(&world);
    let workers = [one, connect(&world, "https://other.example/")];
    world.kv.behave(if bad { Mischief::BAD } else { Mischief::NONE });
    let dice = SimulatedKv::new(seed ^ 0x7a5c, Mischief::NONE);
    // What the platform holds: a voucher of a code is made once, however often it is asked for.
    let mut made: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut work = |world: &Rc<World>, worker: &str, calm: bool| {
        for task in tasks(world, worker) {
            let luck = if calm || !bad { 9 } else { dice.roll(10) };
            if luck == 0 {
                return;
            }
            let code = task["code"].as_str().unwrap().to_owned();
            if task["kind"] == "reward" {
                made.entry(task["order_id"].to_string()).or_default().insert(code.clone());
            }
            match luck {
                1 => return,
                2 => drop(finish(world, worker, &task, &json!({"failed": "timed out after it was made"}))),
                3 => {
                    finish(world, worker, &task, &json!({"done": {"code": code}}));
                    finish(world, worker, &task, &json!({"done": {"code": code}}));
                }
                _ => drop(finish(world, worker, &task, &json!({"done": {"code": code}}))),
            }
        }
    };
    for day in 0..20_i64 {
        let now = world.now();
        if day < 10 {
            for (n, code) in ["ANNA10", "BOB22"].iter().enumerate() {
                let mut event = paid(&format!("{day}-{n}"), code);
                event["data"]["at"] = json!(now.plus_seconds(-60));
                world.event(&shop, &event);
            }
        }
        if day % 3 == 2 {
            world.event(&shop, &cancel("order.cancelled", &format!("{}-0", day / 3), now.plus_seconds(-30)));
        }
        for hour in 0..4 {
            work(&world, &workers[(hour % 2) as usize], false);
            world.live_until("demo", now.plus_seconds((hour + 1) * 21_600));
        }
    }
    for _ in 0..12 {
        work(&world, &workers[0], true);
        world.live_until("demo", world.now().plus_seconds(86_400));
    }
    world.kv.behave(Mischief::NONE);
    let seen = ["ANNA10", "BOB22"].map(|code| {
        let status = rewards(&world, code);
        let vouchers: Vec<(Value, Value)> = status["conversions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["order_id"].clone(), json!([one["status"], one["reward"].get("voucher")])))
            .collect();
        json!([status["totals"], vouchers])
    });
    assert_eq!(payout(&world)["count"], 0, "{}", replay(seed));
    (made, seen.to_vec())
}

#[test]
fn whatever_workers_do_a_reward_is_one_voucher() {
    for seed in seeds().step_by(10) {
        let (made, bad) = twenty_days(seed, true);
        for (order, codes) in &made {
            assert_eq!(codes.len(), 1, "order {order}: {}", replay(seed));
        }
        let (_, good) = twenty_days(seed, false);
        assert_eq!(bad.len(), good.len());
        for (bad, good) in bad.iter().zip(&good) {
            assert_eq!(bad[0], good[0], "what was paid and taken back: {}", replay(seed));
        }
    }
}
