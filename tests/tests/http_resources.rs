//! The resources of the contract on real workerd, each as its user asks it.

use std::thread;

use parrain_tests::bodies::{self, ago, amount, percent, referrer};
use parrain_tests::http::{self, Answer};
use parrain_tests::shop::TestShop;
use parrain_tests::{env, eventually, random};
use parrain_wire::books::{Decision, Review};
use parrain_wire::event::Event;
use parrain_wire::order::{Customer, Order};
use parrain_wire::page::Join;
use parrain_wire::payouts::{NewPayout, Selection};
use parrain_wire::program::{AdvocateSide, FriendSide, Offer, Program, RewardKind};
use parrain_wire::referrer::NewReferrer;
use serde::Serialize;
use serde_json::{Value, json};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

fn program(hold_days: u32) -> Program {
    let advocate = AdvocateSide {
        reward: amount(RewardKind::Cash, "10.00"),
        hold_days: Some(hold_days),
        ..AdvocateSide::default()
    };
    let reward = percent(RewardKind::PercentOff, "10");
    let friend = FriendSide { reward, min_subtotal: Some("30.00".into()) };
    let offer = Offer { friend: Some(friend), ..bodies::offer("friends", advocate) };
    let program = bodies::program("Resources", "https://shop.example/start?lang=fr", vec![offer]);
    Program { origins: vec!["https://shop.example".into()], ..program }
}

fn shop(hold_days: u32) -> TestShop {
    let shop = TestShop::new(program(hold_days));
    let email = Some("anna@example.com".into());
    shop.referrer("ANNA10", &NewReferrer { email, ..referrer("friends", "Anna Martin") });
    shop
}

fn paid(order: &str) -> Event {
    let customer = Customer {
        id: Some(format!("c-{order}")),
        email: Some(format!("{order}@example.com")),
        orders_count: None,
    };
    Event::OrderPaid(Order { customer: Some(customer), ..bodies::order(order, &["ANNA10"]) })
}

fn admin(method: &str, shop: &TestShop, path: &str, body: &impl Serialize) -> Answer {
    http::send_json(method, &shop.url(path), Some(&env::admin_token()), body)
}

#[test]
fn the_edge_publishes_its_contract() {
    assert_eq!(http::get(&format!("{}/healthz", env::base())).expect(200), json!({"status": "ok"}));
    let document = http::get(&format!("{}/openapi.json", env::base())).expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/v1/shops/{shop}/events"]["post"].is_object());
}

#[test]
fn the_widget_s_types_ask_for_what_the_edge_asks_for() {
    let types = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../www/widget/widget.d.ts"));
    let types = types.expect("widget.d.ts");
    let (_, rest) = types.split_once("interface Conversion {").expect("the type of a reported order");
    let (fields, _) = rest.split_once("\n}").expect("its end");
    let lines = fields.lines().map(str::trim).filter(|line| !line.starts_with("/**"));
    let names = lines.filter_map(|line| line.split_once(": ")).map(|(name, _)| name);
    let mut required: Vec<&str> = names.filter(|name| !name.ends_with('?')).collect();
    required.sort_unstable();
    let document = http::get(&format!("{}/openapi.json", env::base())).expect(200);
    let order = document["components"]["schemas"]["Order"]["required"].as_array().expect("its fields");
    let mut asked: Vec<&str> = order.iter().filter_map(Value::as_str).collect();
    asked.sort_unstable();
    assert_eq!(required, asked);
}

#[test]
fn a_new_code_and_a_changed_program_work_at_once() {
    let shop = shop(14);
    let code = |code: &str| http::get(&shop.url(&format!("/offer?code={code}"))).expect(200)["code"].clone();
    assert_eq!(code("LATER1"), json!({"valid": false, "reason": "unknown"}));
    shop.referrer("LATER1", &referrer("friends", "Lina"));
    let known = code("later1");
    assert_eq!((known["valid"].as_bool(), known["from"].as_str()), (Some(true), Some("Lina")));
    let changed = Program { name: "Another name".into(), ..program(14) };
    let replaced = admin("PUT", &shop, "", &changed).expect(200);
    assert_eq!(replaced["event_secret"], shop.event_secret.as_str());
    eventually(90, "new name", || {
        (http::get(&shop.url("/offer")).expect(200)["name"] == "Another name").then_some(())
    });
}

#[test]
fn share_links_redirect_and_count_people_alone() {
    let shop = shop(14);
    let go = |rest: &str, agent: &str| {
        let url = format!("{}/r/{}/{rest}", shop.edge, shop.id);
        let answer = http::send("GET", &url, &[("user-agent", agent)], b"");
        assert_eq!(answer.status, 302, "{}", answer.text);
        answer.header("location").to_owned()
    };
    assert_eq!(go("anna10", BROWSER), "https://shop.example/start?lang=fr&ref=ANNA10");
    assert_eq!(
        go("ANNA10?to=/mugs&utm_source=x", BROWSER),
        "https://shop.example/mugs?utm_source=x&ref=ANNA10"
    );
    assert_eq!(go("NOBODY?utm_source=x", BROWSER), "https://shop.example/start?lang=fr&utm_source=x");
    for evil in [
        "//evil.example",
        "/%5Cevil.example",
        "https:evil.example",
        "%2f%2fevil.example",
        "/%09/evil.example",
    ] {
        assert!(
            go(&format!("ANNA10?to={evil}"), "Twitterbot/1.0").starts_with("https://shop.example/"),
            "{evil}"
        );
    }
    let clicks = || shop.rewards("ANNA10", None)["clicks"].as_i64();
    eventually(10, "second click", || (clicks() == Some(2)).then_some(()));
    go("ANNA10", "curl/8.5.0");
    go("ANNA10", BROWSER);
    eventually(10, "third click", || (clicks() == Some(3)).then_some(()));
}

#[test]
fn joining_never_tells_of_others() {
    let shop = shop(14);
    let join = |body: Join| http::send_json("POST", &shop.url("/referrers"), None, &body).expect(201);
    let by_address = |email: &str| Join { email: Some(email.into()), ..Join::default() };
    let one = join(Join { name: Some("Chloé".into()), ..by_address("chloe@example.com") });
    let same_address = join(by_address("chloe@example.com"));
    let annas_address = join(by_address("anna@example.com"));
    assert_ne!(one["code"], same_address["code"]);
    assert_ne!(annas_address["code"], "ANNA10");
    assert_eq!(
        one.as_object().unwrap().keys().collect::<Vec<_>>(),
        same_address.as_object().unwrap().keys().collect::<Vec<_>>()
    );
    let code = one["code"].as_str().unwrap();
    assert_eq!(one["link"], format!("{}/r/{}/{code}", shop.edge, shop.id));
    let rewards = http::get_as(&shop.url("/rewards"), one["token"].as_str().unwrap()).expect(200);
    assert_eq!((rewards["code"].as_str(), &rewards["conversions"]), (Some(code), &json!([])));
}

#[test]
fn a_conversion_goes_through_its_life() {
    let shop = shop(14);
    assert_eq!(shop.event(&paid("1001")).expect(200)["outcome"], "recorded");
    assert_eq!(shop.event(&paid("1001")).expect(200)["outcome"], "duplicate");
    let now = shop.rewards("ANNA10", None);
    assert_eq!(now["conversions"][0]["status"], "pending");
    let approves = now["conversions"][0]["approves_at"].as_str().expect("a date").to_owned();
    assert_eq!(shop.rewards("ANNA10", Some(&approves))["conversions"][0]["status"], "approved");
    let listed = shop.read("/conversions?status=pending");
    assert_eq!(listed["conversions"][0]["order_id"], "1001");
    assert!(listed["conversions"][0]["why"].as_str().is_some_and(|why| !why.is_empty()));
    let review = Review { decision: Decision::Reject, note: "Same household".into(), tell: false };
    assert_eq!(admin("POST", &shop, "/conversions/1001/review", &review).expect(200)["reason"], "manual");
    assert_eq!(shop.rewards("ANNA10", Some(&approves))["conversions"][0]["status"], "rejected");
    let report = shop.read("/report");
    assert_eq!(report["referrers"][0]["conversions"], 1);
}

#[test]
fn racing_payouts_never_pay_twice() {
    let shop = shop(0);
    for order in 0..5 {
        shop.event(&paid(&format!("o{order}"))).expect(200);
    }
    let until = NewPayout { until: ago(0), selection: Selection::default(), dry_run: false };
    let batches: Vec<Value> = thread::scope(|scope| {
        let racing: Vec<_> =
            (0..20).map(|_| scope.spawn(|| admin("POST", &shop, "/payouts", &until))).collect();
        let answers = racing.into_iter().map(|one| one.join().expect("an answer"));
        answers.filter(|answer| answer.status == 201).map(|answer| answer.json()).collect()
    });
    let mut orders: Vec<String> = batches
        .iter()
        .flat_map(|batch| {
            shop.read(&format!("/payouts/{}", batch["id"].as_str().unwrap()))["items"].as_array().cloned()
        })
        .flatten()
        .map(|item| item["order_id"].as_str().unwrap().to_owned())
        .collect();
    orders.sort();
    assert_eq!(orders, ["o0", "o1", "o2", "o3", "o4"]);
    let full = batches.iter().find(|batch| batch["count"] != 0).expect("a batch with something in it");
    let id = full["id"].as_str().unwrap();
    let csv = http::get_as(&shop.url(&format!("/payouts/{id}.csv")), &env::admin_token());
    assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(csv.text.contains("anna@example.com,"), "{}", csv.text);
    assert!(
        admin("POST", &shop, &format!("/payouts/{id}/paid"), &json!({})).expect(200)["paid_at"].is_string()
    );
    assert_eq!(shop.rewards("ANNA10", None)["totals"][0]["approved"], "0.00");
}

#[test]
fn a_person_is_shown_and_forgotten() {
    let shop = shop(14);
    shop.event(&paid("1001")).expect(200);
    let before = shop.rewards("ANNA10", Some("2099-01-01T00:00:00Z"));
    for (email, what) in [("1001@example.com", "orders"), ("anna@example.com", "referrers")] {
        let path = format!("/subjects?email={email}");
        assert_eq!(shop.read(&path)[what].as_array().map(Vec::len), Some(1), "{email}");
        admin("DELETE", &shop, &path, &json!({})).expect(200);
        assert_eq!(shop.read(&path)[what], json!([]), "{email}");
    }
    let after = shop.rewards("ANNA10", Some("2099-01-01T00:00:00Z"));
    assert_eq!(before["totals"], after["totals"]);
    assert!(!shop.read("/referrers").to_string().contains("anna@example.com"));
}

#[test]
fn shops_are_listed_and_leave_nothing_behind() {
    let (edge, admin) = (env::base(), env::admin_token());
    let id = format!("t-{}", random(12));
    let url = format!("{edge}/v1/shops/{id}");
    http::send_json("PUT", &url, Some(&admin), &program(0)).expect(201);
    let listed = || {
        let mut cursor = String::new();
        loop {
            let page = http::get_as(&format!("{edge}/v1/shops{cursor}"), &admin).expect(200);
            if page["shops"].as_array().expect("shops").iter().any(|shop| shop["shop"] == id.as_str()) {
                return true;
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("?cursor={next}"),
                None => return false,
            }
        }
    };
    eventually(10, "shop in the list", || listed().then_some(()));
    assert_eq!(http::send_json("DELETE", &url, Some(&admin), &json!({})).status, 204);
    assert_eq!(http::get(&format!("{url}/offer")).status, 404);
    assert_eq!(http::get_as(&url, &admin).status, 404);
    eventually(10, "list without the shop", || (!listed()).then_some(()));
}
