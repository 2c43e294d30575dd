//! Mail on real workerd, which is killed in the middle of it, by a provider that has bad days.

use std::collections::BTreeMap;

use parrain_tests::bodies::{ago, amount, join, offer, order, program};
use parrain_tests::http;
use parrain_tests::own_edge::OwnEdge;
use parrain_tests::resend::{Mood, Resend};
use parrain_tests::shop::TestShop;
use parrain_tests::{env, eventually};
use parrain_wire::event::Event;
use parrain_wire::order::Order;
use parrain_wire::program::{AdvocateSide, Program, RewardKind};
use serde_json::{Value, json};

/// The hold of the offer, in days: an order that is nearly so old is approved in a moment, by the passing of time.
const HOLD_DAYS: i64 = 14;

/// Seals the provider's key on the edges of these tests.
const SEAL: &str = "dGVzdHMgb25seSwgbm90IGEgc2VjcmV0IG9mIGFueWI=";

fn edge(resend: &Resend) -> OwnEdge {
    OwnEdge::start_with(&[
        &format!("PARRAIN_DETAILS_KEY:{SEAL}"),
        &format!("PARRAIN_RESEND_API:{}", resend.url),
    ])
}

/// A shop that mails through the stand-in.
fn shop_on(edge: &str) -> TestShop {
    let advocate = AdvocateSide {
        reward: amount(RewardKind::StoreCredit, "10.00"),
        hold_days: Some(HOLD_DAYS as u32),
        ..AdvocateSide::default()
    };
    let program = program("Mail", "https://shop.example/", vec![offer("friends", advocate)]);
    let shop = TestShop::on(edge, Program { origins: vec!["https://shop.example".into()], ..program });
    let mail = json!({"provider": "resend", "key": "re_test", "from": {"email": "bonjour@shop.example"},
        "quiet_hours": {"from": 0, "to": 0}});
    let told = http::send_json("PUT", &shop.url("/mail"), Some(&env::admin_token()), &mail).expect(200);
    assert!(told["has_key"] == true && !told.to_string().contains("re_test"));
    shop
}

fn with_address(name: &str) -> Value {
    let mut body = serde_json::to_value(join(name)).expect("a body");
    body["email"] = json!(format!("{}@example.com", name.to_lowercase()));
    body
}

fn messages(shop: &TestShop, state: &str) -> Vec<Value> {
    let list =
        http::get_as(&shop.url(&format!("/mail/messages?state={state}")), &env::admin_token()).expect(200);
    list["messages"].as_array().expect("messages").clone()
}

#[test]
fn who_joins_and_earns_is_mailed_once_however_often_the_edge_is_killed() {
    let resend = Resend::open();
    let mut edge = edge(&resend);
    let shop = shop_on(&edge.url);
    // What it was given before it died is answered by nobody.
    resend.will(&[Mood::Hangs]);
    let card = http::send_json("POST", &shop.url("/referrers"), None, &with_address("Anna")).expect(201);
    eventually(30, "try", || (!resend.tries().is_empty()).then_some(()));
    edge.kill_and_start();
    // Nothing is set up anew in between: a key that is given anew gives up what was begun under the one before.
    eventually(60, "second try of the welcome", || (resend.tries().len() == 2).then_some(()));
    let code = card["code"].as_str().expect("a code").to_owned();
    shop.confirm(&code);
    let at = ago(HOLD_DAYS * 86_400 - 8);
    let sold = Event::OrderPaid(Order { at, ..order("1001", &[&code]) });
    assert_eq!(shop.event(&sold).expect(200)["outcome"], "recorded");
    resend.will(&[Mood::FailsAfter]);
    edge.kill_and_start();
    eventually(90, "reward that is mailed", || {
        resend.kinds("anna@example.com").contains_key("reward_approved").then_some(())
    });
    edge.kill_and_start();
    eventually(60, "end of what waits", || messages(&shop, "waiting").is_empty().then_some(()));
    let expected = [("reward_approved".to_owned(), 1), ("welcome".to_owned(), 1)];
    assert_eq!(resend.kinds("anna@example.com"), BTreeMap::from(expected));
    assert!(resend.tries().len() > 3, "what was not answered was sent again, under its own name");
    let welcome =
        resend.sent().values().find(|body| body["tags"][0]["value"] == "welcome").cloned().expect("it");
    assert!(
        welcome["text"]
            .as_str()
            .is_some_and(|text| text.contains(&format!("{}/r/{}/{code}", edge.url, shop.id)))
    );
    // One press ends that kind, without any login.
    let header = welcome["headers"]["List-Unsubscribe"].as_str().expect("a link");
    let link = header.trim_matches(['<', '>']);
    assert!(http::get(link).text.contains("<button>"));
    assert_eq!(http::send("POST", link, &[], b"List-Unsubscribe=One-Click").status, 200);
}

#[test]
fn whatever_a_provider_answers_nothing_is_mailed_twice() {
    let resend = Resend::open();
    let edge = edge(&resend);
    let shop = shop_on(&edge.url);
    let joins = |name: &str, mood: Mood| {
        resend.will(&[mood]);
        http::send_json("POST", &shop.url("/referrers"), None, &with_address(name)).expect(201);
    };
    joins("Refused", Mood::Refuses);
    let dead = eventually(30, "refused mail", || messages(&shop, "dead").first().cloned());
    assert_eq!((&dead["status"], &dead["kind"]), (&json!(422), &json!("welcome")));
    assert!(dead["words"].as_str().is_some_and(|words| words.contains("Invalid `to`")));
    for (count, (name, mood)) in
        [("Bea", Mood::TooMany), ("Cleo", Mood::FailsAfter), ("Dora", Mood::Hangs)].into_iter().enumerate()
    {
        joins(name, mood);
        eventually(60, "mail that is sent", || (messages(&shop, "sent").len() == count + 1).then_some(()));
        let once = BTreeMap::from([("welcome".to_owned(), 1)]);
        assert_eq!(resend.kinds(&format!("{}@example.com", name.to_lowercase())), once, "{mood:?}");
    }
    assert_eq!(resend.tries().len(), 7, "each of the three was tried again, and once");
    // What was refused is sent again by who has put it right.
    let again =
        http::send_json("POST", &shop.url("/mail/replay"), Some(&env::admin_token()), &json!({})).expect(200);
    assert_eq!(again["replayed"], 1);
    eventually(60, "replayed mail", || (messages(&shop, "sent").len() == 4).then_some(()));
}
