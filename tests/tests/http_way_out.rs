//! The whole way out of a shop, from nothing to a voucher that is told, mailed and seen, on real workerd that is killed at
//! each step of it: a referrer joins, their code is made at the platform, a friend uses it, the hold ends by the passing of
//! time, and the reward is given.

use std::collections::BTreeMap;

use parrain_stand_ins::Shopify;
use parrain_tests::bodies::{ago, amount, offer, order, percent, program};
use parrain_tests::http;
use parrain_tests::own_edge::OwnEdge;
use parrain_tests::receiver::{Receiver, TYPES};
use parrain_tests::resend::Resend;
use parrain_tests::serving::Serving;
use parrain_tests::shop::TestShop;
use parrain_tests::{env, eventually};
use parrain_wire::event::Event;
use parrain_wire::order::Order;
use parrain_wire::program::{AdvocateSide, FriendSide, Offer, Program, RewardKind};
use serde_json::{Value, json};

/// The hold of the offer, in days: an order that is nearly so old is approved in a moment, by the passing of time.
const HOLD_DAYS: i64 = 14;

/// How many seconds of the hold are left when the order comes: the edge is killed and starts again in them.
const LEFT: i64 = 15;

/// Seals what nobody else may read; it guards nothing but made-up credentials.
const DETAILS_KEY: &str = "PARRAIN_DETAILS_KEY:dGVzdHMgb25seSwgbm90IGEgc2VjcmV0IG9mIGFueWI=";

/// How many seconds are waited for what a kill broke off: the second try of anything comes after five minutes.
const PATIENCE: u64 = 400;

fn program_of_the_shop() -> Program {
    let advocate = AdvocateSide {
        reward: amount(RewardKind::GiftCard, "10.00"),
        hold_days: Some(HOLD_DAYS as u32),
        ..AdvocateSide::default()
    };
    let friends = Offer {
        friend: Some(FriendSide { reward: percent(RewardKind::PercentOff, "10"), min_subtotal: None }),
        ..offer("friends", advocate)
    };
    let program = program("Way out", "https://shop.example/", vec![friends]);
    Program { origins: vec!["https://shop.example".into()], ..program }
}

#[test]
fn from_an_empty_shop_to_the_voucher_everything_goes_out_once_however_often_the_edge_is_killed() {
    let (resend, receiver) = (Resend::open(), Receiver::open());
    let shopify = Serving::open(Shopify::new("atelier.myshopify.com"));
    let resend_api = format!("PARRAIN_RESEND_API:{}", resend.url);
    let shopify_api = format!("PARRAIN_SHOPIFY_API:{}", shopify.url);
    let mut edge = OwnEdge::start_with(&[&resend_api, &shopify_api, DETAILS_KEY]);
    let admin = env::admin_token();

    // The owner has it told, mailed and made.
    let shop = TestShop::on(&edge.url, program_of_the_shop());
    let wanted = json!({"url": receiver.url, "types": TYPES});
    let endpoint = http::send_json("POST", &shop.url("/endpoints"), Some(&admin), &wanted).expect(201);
    let secret = endpoint["secret"].as_str().expect("a secret").to_owned();
    let mail = json!({"provider": "resend", "key": "re_test", "from": {"email": "bonjour@shop.example"},
        "quiet_hours": {"from": 0, "to": 0}});
    http::send_json("PUT", &shop.url("/mail"), Some(&admin), &mail).expect(200);
    let token = shopify.see().token.clone();
    let credentials = json!({"shop": "atelier", "token": token});
    let connection = shop.url("/connections/shopify");
    http::send_json("PUT", &connection, Some(&admin), &credentials).expect(200);
    edge.kill_and_start();

    // Somebody joins, and the edge dies as soon as it has said so.
    let joined = json!({"name": "Anna", "email": "anna@example.com"});
    let card = http::send_json("POST", &shop.url("/referrers"), None, &joined).expect(201);
    let (anna, token) = (text(&card, "code"), text(&card, "token"));
    edge.kill_and_start();
    // Platforms are left alone for a while after a try that was broken off; an owner who gives the key again is not.
    let hurry = || drop(http::send_json("PUT", &connection, Some(&admin), &credentials).expect(200));
    hurry();
    eventually(PATIENCE, "code at Shopify", || {
        shopify.see().discounts.contains_key(&anna.to_lowercase()).then_some(())
    });
    edge.kill_and_start();
    eventually(PATIENCE, "welcome by mail", || {
        resend.kinds("anna@example.com").contains_key("welcome").then_some(())
    });
    // It is their address: they open the link in it.
    let sent = resend.sent();
    let welcome = sent.values().find(|mail| mail["tags"][0]["value"] == "welcome").expect("it");
    let link = welcome["text"].as_str().and_then(|text| text.split("parrain_key=").nth(1)).expect("a link");
    let key = link.split_whitespace().next().expect("a key");
    http::send_json("POST", &shop.url("/referrers"), None, &json!({"key": key})).expect(200);
    edge.kill_and_start();
    hurry();
    eventually(PATIENCE, "discount that is promised", || {
        let code = http::get(&shop.url(&format!("/offer?code={anna}"))).expect(200)["code"].clone();
        (code["discount_ready"] == true && code["friend"]["reward"]["percent"] == "10").then_some(())
    });

    // A friend uses it, and the hold is over in a moment.
    let at = ago(HOLD_DAYS * 86_400 - LEFT);
    let sold = Event::OrderPaid(Order { at, ..order("1001", &[&anna]) });
    assert_eq!(shop.event(&sold).expect(200)["outcome"], "recorded");
    edge.kill_and_start();
    assert_eq!(shop.event(&sold).expect(200)["outcome"], "duplicate");
    eventually(PATIENCE, "reward that is due by the passing of time", || {
        let status = http::get_as(&shop.url("/rewards"), &token).expect(200);
        (status["conversions"][0]["status"] != "pending").then_some(())
    });
    edge.kill_and_start();
    hurry();
    eventually(PATIENCE, "gift card at Shopify", || (!shopify.see().gift_cards.is_empty()).then_some(()));
    edge.kill_and_start();
    hurry();
    let voucher = eventually(PATIENCE, "voucher that is seen", || {
        let one = http::get_as(&shop.url("/rewards"), &token).expect(200)["conversions"][0].clone();
        (one["status"] == "paid").then(|| text(&one["reward"], "voucher"))
    });
    edge.kill_and_start();
    eventually(PATIENCE, "voucher by mail", || {
        resend.kinds("anna@example.com").contains_key("reward_paid").then_some(())
    });
    edge.kill_and_start();

    // Everything is told, and nothing waits any more.
    let expected =
        ["conversion.approved", "conversion.recorded", "referrer.joined", "reward.issued", "reward.paid"];
    let told = || -> Vec<String> {
        let mut types: Vec<String> = receiver.told(&secret).values().map(|body| text(body, "type")).collect();
        types.sort_unstable();
        types
    };
    eventually(PATIENCE, "every event", || (told() == expected).then_some(()));
    let waiting = shop.url(&format!("/endpoints/{}/deliveries?state=waiting", text(&endpoint, "id")));
    eventually(PATIENCE, "end of what waits", || {
        let deliveries = http::get_as(&waiting, &admin).expect(200)["deliveries"].clone();
        let mails = http::get_as(&shop.url("/mail/messages?state=waiting"), &admin).expect(200);
        (deliveries == json!([]) && mails["messages"] == json!([])).then_some(())
    });
    edge.kill_and_start();

    // In the end all is as it would be of an edge that never died.
    assert_eq!(told(), expected, "each once by id");
    let made: Vec<String> = shopify.see().gift_cards.keys().cloned().collect();
    assert_eq!(made, [voucher.to_lowercase()], "one gift card");
    assert_eq!(shopify.see().discounts.len(), 1, "one discount");
    let mailed = resend.kinds("anna@example.com");
    let once = ["reward_approved", "reward_paid", "welcome"].map(|kind| (kind.to_owned(), 1));
    assert_eq!(mailed, BTreeMap::from(once));
    let paid = resend.sent().into_values().find(|body| body["tags"][0]["value"] == "reward_paid");
    assert!(text(&paid.expect("it"), "text").contains(&voucher), "the mail has the voucher");
    let status = http::get_as(&shop.url("/rewards"), &token).expect(200);
    assert_eq!(status["conversions"].as_array().map(Vec::len), Some(1));
    assert_eq!(status["totals"][0]["paid"], "10.00");
    let audit = http::get_as(&shop.url("/audit"), &admin).expect(200);
    assert_eq!(audit["differences"], json!([]), "{audit}");
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}
