//! The scenarios that a shop owner can read, over HTTP on real workerd: each with a shop of its own, its deliveries in
//! their order, and the books checked at the end.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jiff::Timestamp;
use parrain_tests::scenario::{differences, read_all};
use parrain_tests::shop::{TestShop, sign};
use parrain_tests::{http, random};
use serde_json::{Value, json};

/// How many scenarios are run at once.
const AT_ONCE: usize = 4;

#[test]
fn every_scenario_holds_over_http() {
    let scenarios = read_all(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"));
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = scenario["name"].as_str().expect("a name");
                    // A panic, such as of a status that must not be, is of this scenario alone.
                    let lines = thread::Builder::new()
                        .name(name.to_owned())
                        .spawn_scoped(scope, || run(&moved(scenario, Timestamp::now())))
                        .expect("a thread")
                        .join()
                        .unwrap_or_else(|_| vec!["it panicked, as said above".to_owned()]);
                    if !lines.is_empty() {
                        let text = format!("{name}\n  {}", lines.join("\n  "));
                        failed.lock().expect("no panic holds it").push(text);
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().expect("no panic held it");
    failed.sort();
    assert!(failed.is_empty(), "{} of {} scenarios:\n{}", failed.len(), scenarios.len(), failed.join("\n"));
}

/// Runs a scenario; lines that say where it differs.
fn run(scenario: &Value) -> Vec<String> {
    let shop = TestShop::new(scenario["program"].clone());
    for one in list(&scenario["referrers"]) {
        let mut who = one.clone();
        who.as_object_mut().expect("a referrer").remove("code");
        shop.referrer(one["code"].as_str().expect("a code"), &who);
    }
    let (deliveries, mut lines) = (list(&scenario["deliveries"]), Vec::new());
    for number in 0..=deliveries.len() {
        if let Some(delivery) = number.checked_sub(1).and_then(|before| deliveries.get(before)) {
            deliver(&shop, delivery, number, &mut lines);
        }
        for want in list(&scenario["expect"]) {
            if want["after"].as_u64().unwrap_or(deliveries.len() as u64) == number as u64 {
                let (code, as_of) = (text(&want["code"]), text(&want["as_of"]));
                differences(
                    &want["status"],
                    &status(&shop, code, as_of),
                    &format!("{code} at {as_of}"),
                    &mut lines,
                );
            }
        }
    }
    let audit = shop.read("/audit");
    differences(&json!({"differences": [], "next_cursor": null}), &audit, "audit", &mut lines);
    lines
}

/// Sends a delivery as often as it says. The first repeat is the same message again, any further one is the same
/// event under another id.
fn deliver(shop: &TestShop, delivery: &Value, number: usize, lines: &mut Vec<String>) {
    if delivery["report"].is_object() {
        let answer = http::send_json("POST", &shop.url("/conversions"), None, &delivery["report"]);
        return assert_eq!(answer.status, 202, "delivery {number}: {}", answer.text);
    }
    let (body, mut id) = (delivery["event"].to_string(), format!("msg_{}", random(16)));
    for nth in 0..delivery["times"].as_u64().unwrap_or(1) {
        if nth > 1 {
            id = format!("msg_{}", random(16));
        }
        let now = Timestamp::now().as_second();
        let answer = shop.event_signed(&body, &id, now, &sign(&shop.event_secret, &id, now, &body));
        assert_eq!(answer.status, 200, "delivery {number}: {}", answer.text);
        let mut want = json!({});
        if delivery["outcome"].is_string() {
            want["outcome"] = if nth > 0 { json!("duplicate") } else { delivery["outcome"].clone() };
            if nth == 0 && delivery["reason"].is_string() {
                want["reason"] = delivery["reason"].clone();
            }
        }
        differences(&want, &answer.json(), &format!("delivery {number}"), lines);
    }
}

/// The whole reward status, every page of it.
fn status(shop: &TestShop, code: &str, as_of: &str) -> Value {
    let mut whole = shop.rewards(code, Some(as_of));
    while let Some(cursor) = whole["next_cursor"].as_str().map(str::to_owned) {
        let page = shop.read(&format!("/referrers/{code}/rewards?as_of={as_of}&cursor={cursor}"));
        whole["next_cursor"] = page["next_cursor"].clone();
        let more = list(&page["conversions"]).to_vec();
        whole["conversions"].as_array_mut().expect("conversions").extend(more);
    }
    whole
}

/// A scenario whose dates are moved by whole years where the clock has not reached them or left them behind: events
/// may be at most 800 days old.
fn moved(scenario: &Value, now: Timestamp) -> Value {
    let mut instants: Vec<Timestamp> = list(&scenario["deliveries"])
        .iter()
        .map(|one| if one["report"].is_object() { &one["report"]["at"] } else { &one["event"]["data"]["at"] })
        .map(|at| text(at).parse().expect("an instant"))
        .collect();
    instants.sort_unstable();
    let (first, last) = (instants[0].as_second(), instants[instants.len() - 1].as_second());
    let (year, oldest) = (31_556_952, now.as_second() - 790 * 86_400);
    let mut years = 0;
    while last + years * year > now.as_second() {
        years -= 1;
    }
    while first + years * year < oldest {
        years += 1;
    }
    let mut scenario = scenario.clone();
    shift(&mut scenario, years);
    scenario
}

/// Adds years to every instant in a document.
fn shift(value: &mut Value, years: i64) {
    match value {
        Value::String(text) if text.parse::<Timestamp>().is_ok() => {
            let year: i64 = text[..4].parse().expect("a year");
            text.replace_range(..4, &(year + years).to_string());
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shift(item, years)),
        Value::Object(members) => members.values_mut().for_each(|member| shift(member, years)),
        _ => {}
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}"))
}

#[test]
fn scenarios_stay_within_what_events_may_be_dated() {
    for years in 0..9 {
        let now: Timestamp = format!("{}-03-01T00:00:00Z", 2026 + years).parse().expect("an instant");
        for scenario in read_all(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios")) {
            let scenario = moved(&scenario, now);
            for delivery in list(&scenario["deliveries"]) {
                let data = if delivery["report"].is_object() {
                    &delivery["report"]
                } else {
                    &delivery["event"]["data"]
                };
                let at: Timestamp = text(&data["at"]).parse().expect("an instant");
                let days = (now.as_second() - at.as_second()) / 86_400;
                assert!((-1..800).contains(&days), "{}: {days} days before {now}", scenario["name"]);
            }
        }
    }
}
