//! An owner's figures add up, however they are asked for.

use super::world::*;
use serde_json::{Value, json};
use std::rc::Rc;

fn minor(text: &Value) -> i64 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// The euros of a list of totals, in cents.
fn euros(totals: &Value) -> i64 {
    let totals = totals.as_array().into_iter().flatten();
    totals.filter(|total| total["asset"] == "EUR").map(|total| minor(&total["amount"])).sum()
}

/// What rows of the report come to: orders, sales and rewards.
fn summed(rows: &Value) -> (i64, i64, i64) {
    let mut sum = (0, 0, 0);
    for row in rows.as_array().unwrap() {
        sum.0 += row["orders"].as_i64().unwrap();
        sum.1 += euros(&row["revenue"]);
        for total in row["totals"].as_array().unwrap() {
            sum.2 += minor(&total["pending"]) + minor(&total["approved"]) + minor(&total["paid"]);
        }
    }
    sum
}

/// The month's figures by every way in, held against each other: orders, sales, rewards and bonuses.
fn month(world: &Rc<World>) -> (i64, i64, i64, i64) {
    let of = |path: &str| json_of(&world.get(&format!("/v1/shops/demo/{path}")).admin().send());
    let overview = of("overview");
    let month = &overview["month"];
    let bonuses = euros(&month["bonuses"]);
    let figures = (month["orders"].as_i64().unwrap(), euros(&month["sales"]), euros(&month["rewards"]));
    assert_eq!(euros(&month["net"]), figures.1 - figures.2);
    let bars = overview["days"].as_array().unwrap();
    let bars = bars
        .iter()
        .fold((0, 0), |sum, day| (sum.0 + day["orders"].as_i64().unwrap(), sum.1 + euros(&day["sales"])));
    assert_eq!(bars, (figures.0, figures.1), "the bars of the first page: {overview}");
    let report = of("report?from=2026-11-01&to=2026-11-30");
    assert_eq!(summed(&report["days"]), figures, "by day: {report}");
    assert_eq!(summed(&report["referrers"]), figures, "by referrer: {report}");
    let customers = of("report/customers?from=2026-11-01&to=2026-11-30");
    assert_eq!(euros(&customers["bonuses"]), bonuses);
    assert_eq!(customers["new_customers"], month["new_customers"]);
    let mut offers = (0, 0, bonuses);
    for offer in customers["offers"].as_array().unwrap() {
        offers.0 += offer["orders"].as_i64().unwrap();
        offers.1 += euros(&offer["sales"]);
        offers.2 += euros(&offer["rewards"]);
    }
    assert_eq!(offers, figures, "by offer, and bonuses: {customers}");
    (figures.0, figures.1, figures.2, bonuses)
}

/// What an owner sees as sold on a day, in cents.
fn sold_on(world: &Rc<World>, day: &str) -> i64 {
    let overview = json_of(&world.get("/v1/shops/demo/overview").admin().send());
    let days = overview["days"].as_array().unwrap();
    days.iter().filter(|one| one["day"] == day).map(|one| euros(&one["sales"])).sum()
}

#[test]
fn the_month_is_the_same_by_day_by_referrer_and_by_offer() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let ask = |path: &str, body: &Value| {
        world.post(&format!("/v1/shops/demo/{path}"), body).admin().send().status.as_u16()
    };
    let happens = |kind: &str, body: Value| {
        let mut data = json!({"at": "2026-11-20T09:00:00Z"});
        body.as_object().unwrap().iter().for_each(|(name, value)| data[name] = value.clone());
        world.event(&shop, &json!({"type": kind, "data": data}));
    };
    // Each order is 72.00 and earns 10.00.
    for order in ["1001", "1002", "1003"] {
        world.event(&shop, &paid(order, "ANNA10"));
    }
    assert_eq!(month(&world), (3, 21_600, 3_000, 0));
    // What was cancelled is no sale; until it comes again.
    happens("order.cancelled", json!({"order_id": "1002"}));
    assert_eq!(month(&world), (2, 14_400, 2_000, 0));
    // What was refunded in part is one by the rest.
    happens("order.refunded", json!({"order_id": "1003", "refund_id": "r-1", "amount": "22.00"}));
    assert_eq!(month(&world), (2, 12_200, 2_000, 0));
    // What was refused is a sale from when the shop approves it.
    let mut again = paid("1004", "ANNA10");
    again["data"]["customer"] = json!({"id": "c-1001", "email": "bob1001@example.com"});
    world.event(&shop, &again);
    assert_eq!(month(&world), (2, 12_200, 2_000, 0), "she had ordered before");
    assert_eq!(ask("conversions/1004/review", &json!({"decision": "approve", "note": ""})), 200);
    assert_eq!(month(&world), (3, 19_400, 3_000, 0));
    // What a browser alone reported is none, until the shop approves it.
    let reported = paid("1005", "ANNA10")["data"].clone();
    assert_eq!(world.post("/v1/shops/demo/conversions", &reported).page().send().status, 202);
    assert_eq!(month(&world), (3, 19_400, 3_000, 0));
    assert_eq!(ask("conversions/1005/review", &json!({"decision": "approve", "note": ""})), 200);
    assert_eq!(month(&world), (4, 26_600, 4_000, 0));
    // What the shop rejects is none.
    assert_eq!(ask("conversions/1005/review", &json!({"decision": "reject", "note": ""})), 200);
    assert_eq!(month(&world), (3, 19_400, 3_000, 0));
    // What is given by hand is one, on its own day, once.
    let before = (sold_on(&world, "2026-11-19"), sold_on(&world, "2026-11-20"));
    world.event(&shop, &paid("1006", "NOBODY"));
    assert_eq!(ask("orders/1006/credit", &json!({"code": "ANNA10"})), 201);
    assert_eq!(month(&world), (4, 26_600, 4_000, 0));
    assert_eq!((sold_on(&world, "2026-11-19"), sold_on(&world, "2026-11-20")), (before.0 + 7_200, before.1));
    assert_eq!(ask("orders/1001/credit", &json!({"code": "BOB22"})), 201);
    assert_eq!(month(&world).0, 4, "it is another's, not a second one");
    // A bonus is of no order.
    assert_eq!(ask("adjustments", &json!({"code": "ANNA10", "amount": "15.00", "reason": "Noël"})), 201);
    let (orders, sales, _, bonuses) = month(&world);
    assert_eq!((orders, sales, bonuses), (4, 26_600, 1_500));
    // An order of the month before that is given now is one of that month's.
    let unseen =
        json!({"code": "ANNA10", "at": "2026-10-18T10:00:00Z", "currency": "EUR", "subtotal": "45.00"});
    assert_eq!(ask("orders/7001/credit", &unseen), 201);
    assert_eq!((month(&world).0, month(&world).1), (4, 26_600));
    let october = json_of(&world.get("/v1/shops/demo/report?from=2026-10-01&to=2026-10-31").admin().send());
    assert_eq!((october["days"][0]["day"].as_str(), summed(&october["days"]).1), (Some("2026-10-18"), 4_500));
    // Time alone takes nothing away.
    world.pass(60 * 86_400);
    let november = json_of(&world.get("/v1/shops/demo/report?from=2026-11-01&to=2026-11-30").admin().send());
    assert_eq!(summed(&november["days"]), summed(&november["referrers"]));
    assert_eq!(summed(&november["days"]).1, 26_600);
}
