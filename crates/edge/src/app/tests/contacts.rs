//! Providers of newsletters: they hear of referrers who agreed to that, of each thing once, and of nobody else.

use super::world::*;
use crate::http::{Method, StatusCode};
use crate::stores::simulated::Mischief;
use parrain_stand_ins::{Brevo, Klaviyo, Mood, StandIn};
use serde_json::{Value, json};
use std::rc::Rc;

const BREVO: &str = "/v1/shops/demo/contacts/brevo";
const KLAVIYO: &str = "/v1/shops/demo/contacts/klaviyo";
const SECRET: &str = "0123456789abcdef";

/// The shop `demo`, which tells both providers.
fn world() -> (Rc<World>, Value) {
    let world = World::new(1, Mischief::NONE);
    {
        let mut platforms = world.platforms.borrow_mut();
        platforms.brevo = Some(Brevo::default());
        platforms.klaviyo = Some(Klaviyo::default());
    }
    let shop = world.with_shop();
    for (path, body) in [
        (BREVO, json!({"key": "xkeysib-0123456789abcdef", "list": 7})),
        (KLAVIYO, json!({"key": "pk_0123456789abcdef"})),
    ] {
        let answer = world.put(path, &body).send();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        assert!(!String::from_utf8_lossy(&answer.body).contains(SECRET));
    }
    (world, shop)
}

fn brevo<T>(world: &World, see: impl FnOnce(&mut Brevo) -> T) -> T {
    see(world.platforms.borrow_mut().brevo.as_mut().unwrap())
}

fn klaviyo<T>(world: &World, see: impl FnOnce(&mut Klaviyo) -> T) -> T {
    see(world.platforms.borrow_mut().klaviyo.as_mut().unwrap())
}

fn join(world: &Rc<World>, body: &Value) -> String {
    let answer = world.post("/v1/shops/demo/referrers", body).page().send();
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)["code"].as_str().unwrap().to_owned()
}

fn seconds(world: &World, seconds: i64) {
    world.live_until("demo", world.now().plus_seconds(seconds));
}

fn seen(world: &Rc<World>, name: &str) -> Value {
    let listed = json_of(&world.get("/v1/shops/demo/contacts").admin().send());
    let all = listed["destinations"].as_array().unwrap().clone();
    all.into_iter().find(|one| one["provider"] == name).unwrap()
}

fn moments(world: &World) -> (Vec<String>, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        brevo(world, |account| account.events.iter().map(|event| text(&event["event_name"])).collect()),
        klaviyo(world, |account| {
            let name = |event: &Value| text(&event["metric"]["data"]["attributes"]["name"]);
            account.events.iter().map(name).collect()
        }),
    )
}

#[test]
fn who_agreed_is_a_contact_with_all_that_happens_and_nobody_else_is() {
    let (world, shop) = world();
    let anna =
        join(&world, &json!({"name": "Anna Martin", "email": "anna@example.com", "marketing_consent": true}));
    join(&world, &json!({"name": "Bob", "email": "bob@example.com"}));
    join(&world, &json!({"name": "Zoe", "email": "zoe@example.com", "marketing_consent": false}));
    join(&world, &json!({"name": "No address", "marketing_consent": true}));
    let wrong = world.post("/v1/shops/demo/referrers", &json!({"marketing_consent": "yes"})).page().send();
    assert_eq!(wrong.status, 422);
    seconds(&world, 60);
    brevo(&world, |account| {
        assert_eq!(account.contacts.keys().collect::<Vec<_>>(), ["anna@example.com"]);
        assert_eq!(account.contacts["anna@example.com"], [7]);
        let event = &account.events[0];
        assert_eq!(event["identifiers"]["email_id"], "anna@example.com");
        assert_eq!(event["event_properties"]["link"], format!("https://edge.example/r/demo/{anna}"));
    });
    klaviyo(&world, |account| {
        assert_eq!(account.profiles.keys().collect::<Vec<_>>(), ["anna@example.com"]);
        assert_eq!(account.profiles["anna@example.com"]["first_name"], "Anna");
        assert_eq!(account.profiles["anna@example.com"]["properties"]["parrain_code"], anna);
    });
    // What waits for them has no address in it.
    assert!(world.texts("demo").iter().all(|text| !text.contains(SECRET)), "sealed");
    assert!(world.log.borrow().iter().all(|line| !line.contains(SECRET) && !line.contains("anna@")));

    let one = format!("/v1/shops/demo/referrers/{anna}");
    let confirmed = world.request(Method::PATCH, &one).body(r#"{"confirmed": true}"#).admin().send();
    assert_eq!(confirmed.status, 200);
    assert_eq!(json_of(&world.event(&shop, &paid("1001", &anna)))["outcome"], "recorded");
    assert_eq!(json_of(&world.event(&shop, &paid("1002", "BOB22")))["outcome"], "recorded");
    world.live_until("demo", world.now().plus_days(15));
    let answer = world.post("/v1/shops/demo/payouts", &json!({"until": world.now()})).admin().send();
    let made = json_of(&answer);
    let id = made["id"].as_str().unwrap_or_else(|| panic!("{made}"));
    assert_eq!(
        world.request(Method::POST, &format!("/v1/shops/demo/payouts/{id}/paid")).admin().send().status,
        200
    );
    seconds(&world, 60);
    let all = ["parrain_joined", "parrain_reward_approved", "parrain_reward_paid"].map(str::to_owned);
    assert_eq!(moments(&world), (all.to_vec(), all.to_vec()));
    klaviyo(&world, |account| {
        assert_eq!(account.events[1]["properties"]["reward"], "10.00 EUR");
        assert_eq!(account.events[1]["properties"]["order_id"], "1001");
    });
    let referrer = json_of(&world.get(&format!("/v1/shops/demo/referrers/{anna}")).admin().send());
    assert_eq!(referrer["marketing_consent"], true);
}

#[test]
fn one_that_fails_is_tried_again_by_itself_and_says_an_event_once() {
    let (world, _) = world();
    brevo(&world, |account| account.moods().extend([Mood::Slow(None), Mood::Well, Mood::FailsAfter]));
    klaviyo(&world, |account| account.moods().extend([Mood::Well, Mood::TimesOutAfter]));
    join(&world, &json!({"email": "anna@example.com", "marketing_consent": true}));
    seconds(&world, 2);
    assert!(seen(&world, "brevo")["failing_since"].is_string());
    assert_eq!(seen(&world, "brevo")["waiting"], 1);
    world.live_until("demo", world.now().plus_seconds(2 * 3600));
    assert_eq!(
        (&seen(&world, "brevo")["waiting"], &seen(&world, "klaviyo")["waiting"]),
        (&json!(0), &json!(0))
    );
    // Klaviyo knows a name again; at Brevo the delivery's id stands with both.
    klaviyo(&world, |account| assert_eq!(account.events.len(), 1));
    brevo(&world, |account| {
        assert_eq!(account.events.len(), 2);
        assert_eq!(
            account.events[0]["event_properties"]["parrain_id"],
            account.events[1]["event_properties"]["parrain_id"]
        );
    });
}

#[test]
fn consent_that_is_taken_back_or_a_person_who_is_erased_ends_what_waits() {
    let (world, _) = world();
    brevo(&world, |account| account.moods().extend([Mood::TimesOutBefore; 2]));
    klaviyo(&world, |account| account.moods().extend([Mood::TimesOutBefore; 2]));
    let anna = join(&world, &json!({"email": "anna@example.com", "marketing_consent": true}));
    join(&world, &json!({"email": "zoe@example.com", "marketing_consent": true}));
    seconds(&world, 2);
    let path = format!("/v1/shops/demo/referrers/{anna}");
    let answer = world.request(Method::PATCH, &path).admin().body(r#"{"marketing_consent": false}"#).send();
    assert_eq!(json_of(&answer)["marketing_consent"], false);
    let erased =
        world.request(Method::DELETE, "/v1/shops/demo/subjects?email=zoe@example.com").admin().send();
    assert!(erased.status.is_success(), "{}", String::from_utf8_lossy(&erased.body));
    world.live_until("demo", world.now().plus_days(1));
    brevo(&world, |account| assert!(account.contacts.is_empty(), "{:?}", account.contacts));
    klaviyo(&world, |account| assert!(account.profiles.is_empty()));
    assert_eq!(seen(&world, "brevo")["waiting"], 0);
}

#[test]
fn what_one_person_earned_is_not_told_of_the_next_who_has_the_code() {
    let (world, shop) = world();
    let change = |body: &str| {
        let path = "/v1/shops/demo/referrers/ANNA10";
        let answer = world.request(Method::PATCH, path).admin().body(body).send();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    };
    change(r#"{"marketing_consent": true}"#);
    seconds(&world, 60);
    assert_eq!(json_of(&world.event(&shop, &paid("1001", "ANNA10")))["outcome"], "recorded");
    world.pass(15 * 86_400);
    brevo(&world, |account| account.moods().extend([Mood::TimesOutBefore; 2]));
    klaviyo(&world, |account| account.moods().extend([Mood::TimesOutBefore; 2]));
    seconds(&world, 2);
    assert_eq!(seen(&world, "brevo")["waiting"], 1, "Anna's reward is to be told");
    let next = json!({"offer": "friends", "name": "Carl", "customer_id": "c-carl", "email": "carl@example.com",
        "marketing_consent": true});
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &next).send().status, 200);
    world.live_until("demo", world.now().plus_days(1));
    brevo(&world, |account| {
        let of_carl =
            account.events.iter().filter(|event| event["identifiers"]["email_id"] == "carl@example.com");
        assert!(
            of_carl.clone().all(|event| event["event_properties"]["order_id"].is_null()),
            "{:?}",
            account.events
        );
    });
    klaviyo(&world, |account| {
        let told = account.events.iter().map(Value::to_string);
        assert!(
            told.clone().all(|event| !(event.contains("carl@") && event.contains("1001"))),
            "{:?}",
            account.events
        );
    });
}

#[test]
fn who_agrees_later_or_is_let_in_is_told_of_then_and_once() {
    let (world, _) = world();
    let mut reviewed = program();
    reviewed["joining"] = json!("review");
    assert_eq!(world.put("/v1/shops/demo", &reviewed).send().status, 200);
    let zoe = join(&world, &json!({"email": "zoe@example.com", "marketing_consent": true}));
    seconds(&world, 60);
    brevo(&world, |account| assert!(account.contacts.is_empty(), "who waits is none yet"));
    let change = |code: &str, body: Value| {
        let path = format!("/v1/shops/demo/referrers/{code}");
        let answer = world.request(Method::PATCH, &path).admin().body(&body.to_string()).send();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        seconds(&world, 60);
    };
    let told = || {
        brevo(&world, |account| {
            let whom = |event: &Value| event["identifiers"]["email_id"].as_str().unwrap().to_owned();
            account.events.iter().map(whom).collect::<Vec<_>>()
        })
    };
    change(&zoe, json!({"status": "active"}));
    assert_eq!(told(), ["zoe@example.com"]);
    change("ANNA10", json!({"marketing_consent": true}));
    change("ANNA10", json!({"notes": "agreed at the till"}));
    let who = json!({"offer": "friends", "name": "Bob", "customer_id": "c-BOB22", "email": "bob22@example.com",
        "marketing_consent": true});
    for _ in 0..2 {
        assert_eq!(world.put("/v1/shops/demo/referrers/BOB22", &who).send().status, 200);
        seconds(&world, 60);
    }
    assert_eq!(told(), ["zoe@example.com", "anna10@example.com", "bob22@example.com"]);
    let (all, same) = moments(&world);
    assert_eq!((all, same), (vec!["parrain_joined".to_owned(); 3], vec!["parrain_joined".to_owned(); 3]));
}

#[test]
fn what_a_provider_says_is_kept_by_its_code_alone_and_not_beyond_an_erasure() {
    let (world, _) = world();
    brevo(&world, |account| account.refuses = true);
    klaviyo(&world, |account| account.refuses = true);
    join(&world, &json!({"email": "Anna@Example.com", "marketing_consent": true}));
    seconds(&world, 2);
    for (name, code) in [("brevo", "invalid_parameter"), ("klaviyo", "invalid")] {
        let words = seen(&world, name)["words"].as_str().unwrap().to_owned();
        assert_eq!(words, format!("it answered 400: {code}"), "{name}");
    }
    let kept = |world: &World| world.texts("demo").iter().any(|text| text.contains("it answered 400"));
    assert!(kept(&world));
    let path = "/v1/shops/demo/subjects?email=anna@example.com";
    assert!(world.request(Method::DELETE, path).admin().send().status.is_success());
    assert!(!kept(&world));
}

#[test]
fn what_never_reached_a_provider_is_counted_apart() {
    let (world, _) = world();
    brevo(&world, |account| account.refuses = true);
    join(&world, &json!({"email": "anna@example.com", "marketing_consent": true}));
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(seen(&world, "brevo")["dead"], 1);
    let waiting = json_of(&world.get("/v1/shops/demo/overview").admin().send())["waiting"].clone();
    assert_eq!(
        (&waiting["failed_contacts"], &waiting["failed_deliveries"]),
        (&json!(1), &json!(0)),
        "{waiting}"
    );
    brevo(&world, |account| account.refuses = false);
    let path =
        format!("/v1/shops/demo/endpoints/{}/replay", seen(&world, "brevo")["endpoint"].as_str().unwrap());
    assert!(world.post(&path, &json!({})).admin().send().status.is_success());
    seconds(&world, 60);
    brevo(&world, |account| assert_eq!(account.contacts.len(), 1));
}

#[test]
fn a_key_is_tried_by_the_owner_alone_and_noted() {
    let (world, shop) = world();
    let fault = |path: &str, body: Value| {
        let answer = world.put(path, &body).send();
        assert_eq!(answer.status, 422, "{}", String::from_utf8_lossy(&answer.body));
        json_of(&answer)["errors"][0].clone()
    };
    let wrong = fault(BREVO, json!({"key": "xkeysib-wrong"}));
    assert_eq!(wrong["pointer"], "/key");
    let words = wrong["detail"].as_str().unwrap();
    assert!(words.contains("Key not found") && !words.contains("xkeysib-wrong"), "{words}");
    klaviyo(&world, |account| account.scopes = vec!["profiles:write"]);
    let words = fault(KLAVIYO, json!({"key": "pk_0123456789abcdef"}))["detail"].to_string();
    assert!(words.contains("/api/events"), "{words}");
    assert_eq!(fault(KLAVIYO, json!({"key": "xkeysib-x"}))["detail"], "must begin with pk_");
    assert_eq!(fault(KLAVIYO, json!({"key": "pk_x", "list": 3}))["pointer"], "/list");
    assert_eq!(fault(BREVO, json!({"key": "xkeysib-x", "list": 0}))["pointer"], "/list");
    assert_eq!(world.put("/v1/shops/demo/contacts/mailchimp", &json!({"key": "x"})).send().status, 404);
    let body = json!({"key": "xkeysib-0123456789abcdef"}).to_string();
    let put = |token: &str| world.request(Method::PUT, BREVO).body(&body).bearer(token).send().status;
    assert_eq!(
        (put("pst_x.demo"), put(shop["shop_token"].as_str().unwrap())),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );
    brevo(&world, |account| {
        assert!(account.contacts.is_empty() && account.events.is_empty(), "nothing is made")
    });

    // They stand in one queue with endpoints, and are none of them.
    assert_eq!(json_of(&world.get("/v1/shops/demo/endpoints").admin().send())["endpoints"], json!([]));
    let endpoint = seen(&world, "brevo")["endpoint"].as_str().unwrap().to_owned();
    let path = format!("/v1/shops/demo/endpoints/{endpoint}");
    assert_eq!(world.get(&path).admin().send().status, 404);
    assert_eq!(world.request(Method::POST, &format!("{path}/rotate")).admin().send().status, 404);
    assert_eq!(world.get(&format!("{path}/deliveries")).admin().send().status, 200);
    // Another key seals them too.
    world
        .details_keys
        .set("2:ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A=,1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=");
    let resealed =
        json_of(&world.request(Method::POST, "/v1/shops/demo/payout-details/reseal").admin().send());
    assert_eq!(resealed["resealed"], 2, "{resealed}");
    join(&world, &json!({"email": "anna@example.com", "marketing_consent": true}));
    seconds(&world, 60);
    brevo(&world, |account| assert_eq!(account.contacts.len(), 1));

    for path in [BREVO, KLAVIYO] {
        assert_eq!(world.request(Method::DELETE, path).admin().send().status, 204);
        let gone = world.request(Method::DELETE, path).admin().send();
        assert_eq!(gone.status, 404);
        assert_eq!(json_of(&gone)["detail"], "this provider is told nothing: there is nothing to end");
    }
    assert_eq!((world.rows("demo", "endpoint"), world.rows("demo", "delivery")), (0, 0));
    let overview = json_of(&world.get("/v1/shops/demo/overview").admin().send()).to_string();
    assert!(overview.contains("contacts_connected") && overview.contains("contacts_ended"), "{overview}");
}

#[test]
fn who_adds_changes_or_removes_an_endpoint_or_mail_is_noted() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    let endpoints = "/v1/shops/demo/endpoints";
    let hook = json!({"url": "https://hooks.shop.example/in/secret-part", "types": ["referrer.joined"]});
    let made = json_of(&world.post(endpoints, &hook).admin().send());
    let path = format!("{endpoints}/{}", made["id"].as_str().unwrap());
    let change = r#"{"types": ["payout.paid"]}"#;
    assert_eq!(world.request(Method::PATCH, &path).admin().body(change).send().status, 200);
    assert_eq!(world.request(Method::POST, &format!("{path}/rotate")).admin().send().status, 200);
    assert_eq!(world.request(Method::DELETE, &path).admin().send().status, 204);
    let mail = json!({"provider": "resend", "key": "re_x", "from": {"email": "shop@shop.example"}});
    let put = world.put("/v1/shops/demo/mail", &mail).send();
    assert_eq!(put.status, 200, "{}", String::from_utf8_lossy(&put.body));
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo/mail").admin().send().status, 204);
    let overview = json_of(&world.get("/v1/shops/demo/overview").admin().send());
    let text = overview.to_string();
    for what in [
        "endpoint_added",
        "endpoint_changed",
        "endpoint_rotated",
        "endpoint_removed",
        "mail_changed",
        "mail_ended",
    ] {
        assert!(text.contains(what), "{what}: {overview}");
    }
    assert!(text.contains("hooks.shop.example") && !text.contains("secret-part"), "{overview}");
    assert!(text.contains(r#""by":"admin""#), "{overview}");
}
