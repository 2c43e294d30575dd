//! Bad days: whatever KV does, once it is quiet again every copy is right and every answer that of a day
//! without trouble.

use super::world::*;
use crate::http::Method;
use crate::seeds::{replay, seeds};
use crate::stores::simulated::{Mischief, SimulatedKv};
use serde_json::{Value, json};
use std::rc::Rc;

/// A day in the life of a shop: things happen in an order, with pauses and on isolates that the seed picks.
fn live(seed: u64, mischief: Mischief) -> Rc<World> {
    let world = World::new(seed, mischief);
    let dice = SimulatedKv::new(seed ^ 0x5eed, Mischief::NONE);
    let shop = json_of(&world.put("/v1/shops/demo", &program()).send());
    for code in ["ANNA10", "BOB22"] {
        world
            .put(&format!("/v1/shops/demo/referrers/{code}"), &json!({"offer": "friends", "name": code}))
            .send();
    }
    for n in 0..12 {
        if dice.roll(2) == 0 {
            world.another_isolate();
        }
        world.pass(dice.roll(90) as i64);
        let order = dice.roll(6);
        let code = ["ANNA10", "BOB22", "NOBODY"][order as usize % 3];
        let event = match dice.roll(5) {
            3 | 4 => {
                let cancels = ["order.cancelled", "order.reinstated"][dice.roll(2) as usize];
                let at = format!("2026-11-19T1{}:00:00Z", dice.roll(3) + 1);
                json!({"type": cancels, "data": {"order_id": order.to_string(), "at": at}})
            }
            0 => {
                json!({"type": "order.refunded", "data": {"order_id": order.to_string(), "at": "2026-11-19T11:00:00Z",
                "refund_id": "r1", "amount": "10.00"}})
            }
            _ => {
                // Several customers of one referrer share an address and a card: some of it is held.
                let mut event = paid(&order.to_string(), code);
                event["data"]["delivery"] = json!({"line1": "1 rue de la Paix", "postal_code": "75002"});
                event["data"]["card"] = json!(format!("card of {code}"));
                event
            }
        };
        let answer = world.event(&shop, &event);
        assert_eq!(answer.status, 200, "event {n} of seed {seed}: {}", String::from_utf8_lossy(&answer.body));
        let click = world.get(&format!("/r/demo/{code}")).header("user-agent", BROWSER).send();
        assert_eq!(click.status, 302, "click {n} of seed {seed}");
        if dice.roll(3) == 0 {
            world.copy_to_kv();
        }
    }
    world
}

/// What the shop knows of its referrers, and what KV holds, once all is quiet.
fn after_quiet(world: &Rc<World>) -> (Vec<Value>, Vec<(String, String)>) {
    world.kv.behave(Mischief::NONE);
    world.another_isolate();
    world.pass(180);
    world.copy_to_kv();
    let as_of = "2027-01-01T00:00:00Z";
    let statuses = ["ANNA10", "BOB22"]
        .iter()
        .map(|code| {
            json_of(
                &world.get(&format!("/v1/shops/demo/referrers/{code}/rewards?as_of={as_of}")).admin().send(),
            )
        })
        .collect();
    (statuses, world.kv.contents().into_iter().collect())
}

#[test]
fn a_bad_day_of_kv_changes_nothing_that_lasts() {
    // A longer run is `PARRAIN_SEEDS=10000 cargo test -p parrain-edge weather`.
    for seed in seeds() {
        let bad = after_quiet(&live(seed, Mischief::BAD));
        let good = after_quiet(&live(seed, Mischief::NONE));
        assert_eq!(bad, good, "{}", replay(seed));
    }
}

#[test]
fn a_day_without_kv_at_all_is_answered_from_the_ledgers() {
    let out = after_quiet(&live(1, Mischief::OUTAGE));
    let good = after_quiet(&live(1, Mischief::NONE));
    assert_eq!(out, good);
}

#[test]
fn a_removed_shop_leaves_nothing_in_kv_whatever_its_listings_show() {
    for seed in 0..50 {
        let world = live(seed, Mischief::BAD);
        assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
        for _ in 0..10 {
            world.copy_to_kv();
            world.pass(60);
        }
        world.kv.behave(Mischief::NONE);
        world.pass(180);
        world.copy_to_kv();
        assert!(world.kv.contents().is_empty(), "seed {seed}: {:?}", world.kv.contents());
    }
}
