//! How a referrer comes to their rewards, on real workerd: as a customer whom the shop vouches for, or by a link
//! that the shop mails.

use std::thread;

use jiff::Timestamp;
use parrain_tests::bodies::{amount, anna, offer, program};
use parrain_tests::env;
use parrain_tests::http::{self, Answer};
use parrain_tests::shop::TestShop;
use parrain_wire::page::Join;
use parrain_wire::program::{AdvocateSide, Program, RewardKind};
use serde::Serialize;
use serde_json::{Value, json};

fn shop() -> TestShop {
    let cash = AdvocateSide { reward: amount(RewardKind::Cash, "10.00"), ..AdvocateSide::default() };
    let program = program("Referrers", "https://shop.example/start?lang=fr", vec![offer("friends", cash)]);
    let shop = TestShop::new(Program { origins: vec!["https://shop.example".into()], ..program });
    shop.referrer("ANNA10", &anna());
    shop
}

fn ask(shop: &TestShop, body: &impl Serialize) -> Answer {
    http::send_json("POST", &shop.url("/referrers"), None, body)
}

#[test]
fn who_looks_at_their_rewards_is_not_made_a_referrer() {
    let shop = shop();
    let signed = |customer: &str| Join { identity: Some(shop.vouch(customer)), ..Join::default() };
    let look = |customer: &str| ask(&shop, &Join { create: Some(false), ..signed(customer) });
    let card = look("c-anna").expect(200);
    assert_eq!(card["code"], "ANNA10");
    let rewards = http::get_as(&shop.url("/rewards"), card["token"].as_str().expect("a token")).expect(200);
    assert_eq!(rewards["code"], "ANNA10");
    for _ in 0..2 {
        let nobody = look("c-new");
        assert_eq!((nobody.status, nobody.text.as_str()), (204, ""));
    }
    assert_eq!(shop.read("/referrers")["referrers"].as_array().map(Vec::len), Some(1));
    let joined = ask(&shop, &signed("c-new")).expect(201);
    assert_eq!(look("c-new").expect(200)["code"], joined["code"]);
    let fault = ask(&shop, &json!({"create": false})).expect(422);
    assert_eq!(fault["errors"][0]["pointer"], "/identity");
    assert_eq!(ask(&shop, &json!({"identity": "a.b.c", "create": false})).status, 401);
    assert_eq!(shop.read("/referrers")["referrers"].as_array().map(Vec::len), Some(2));
}

/// A new link that the shop would mail to a referrer.
fn sign_in_link(shop: &TestShop, code: &str) -> Value {
    let url = shop.url(&format!("/referrers/{code}/sign-in-links"));
    http::send_json("POST", &url, Some(&shop.shop_token), &json!({})).expect(201)
}

fn by_key(key: &str) -> Join {
    Join { key: Some(key.into()), ..Join::default() }
}

fn key_of(link: &Value) -> String {
    let link = link["link"].as_str().expect("a link");
    link.strip_prefix("https://shop.example/start?lang=fr#parrain_key=").expect(link).to_owned()
}

#[test]
fn a_mailed_link_lets_its_referrer_in_once() {
    let shop = shop();
    let link = sign_in_link(&shop, "ANNA10");
    let expires: Timestamp = link["expires_at"].as_str().expect("an instant").parse().expect("an instant");
    let hours = (expires.as_second() - Timestamp::now().as_second()) as f64 / 3600.0;
    assert!((23.9..=24.0).contains(&hours), "{hours}");
    let later = sign_in_link(&shop, "anna10");
    for link in [&link, &later] {
        let answer = http::send(
            "POST",
            &shop.url("/referrers"),
            &[("content-type", "application/json"), ("origin", "https://shop.example")],
            serde_json::to_string(&by_key(&key_of(link))).expect("JSON").as_bytes(),
        );
        assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
        let card = answer.expect(200);
        assert_eq!(card["code"], "ANNA10");
        let rewards = http::get_as(&shop.url("/rewards"), card["token"].as_str().expect("a token"));
        assert_eq!(rewards.expect(200)["code"], "ANNA10");
        let again = ask(&shop, &by_key(&key_of(link))).expect(401);
        assert!(again["detail"].as_str().expect("a sentence").contains("used already"), "{again}");
    }
}

#[test]
fn of_twenty_who_race_with_one_key_one_is_let_in() {
    let shop = shop();
    let key = by_key(&key_of(&sign_in_link(&shop, "ANNA10")));
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let racing: Vec<_> = (0..20).map(|_| scope.spawn(|| ask(&shop, &key).status)).collect();
        racing.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [[200].as_slice(), &[401; 19]].concat());
}

#[test]
fn keys_die_with_their_person_and_their_shop() {
    let shop = shop();
    let refused = |key: &str| ask(&shop, &by_key(key)).status;
    let url = shop.url("/referrers/ANNA10/sign-in-links");
    for token in [None, Some("nonsense")] {
        assert_eq!(http::send_json("POST", &url, token, &json!({})).status, 401);
    }
    let nobodys = shop.url("/referrers/NOBODY/sign-in-links");
    assert_eq!(http::send_json("POST", &nobodys, Some(&env::admin_token()), &json!({})).status, 404);
    let key = key_of(&sign_in_link(&shop, "ANNA10"));
    let subject = shop.url("/subjects?email=anna@example.com");
    http::send_json("DELETE", &subject, Some(&env::admin_token()), &json!({})).expect(200);
    assert_eq!(refused(&key), 401);
    let key = key_of(&sign_in_link(&shop, "ANNA10"));
    assert_eq!(http::send_json("DELETE", &shop.url(""), Some(&env::admin_token()), &json!({})).status, 204);
    http::send_json("PUT", &shop.url(""), Some(&env::admin_token()), &shop.program).expect(201);
    assert!(matches!(refused(&key), 401 | 503), "503: another isolate still knows the shop that is gone");
    assert_eq!(refused(&key), 401);
}
