//! Codes that are made and rewards that are given at platforms, on real workerd that is killed at each step of it.

use parrain_stand_ins::{Mood, Shopify, StandIn, Stripe, Woocommerce};
use parrain_tests::bodies::{ago, amount, offer, order, percent, program};
use parrain_tests::own_edge::OwnEdge;
use parrain_tests::serving::Serving;
use parrain_tests::shop::TestShop;
use parrain_tests::{env, eventually, http};
use parrain_wire::event::Event;
use parrain_wire::order::Order;
use parrain_wire::program::{AdvocateSide, FriendSide, Offer, Program, RewardKind};
use serde_json::{Value, json};

/// Thirty-two bytes that seal what nobody else may read; they guard nothing but made-up credentials.
const DETAILS_KEY: &str = "PARRAIN_DETAILS_KEY:1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

fn shop_on(edge: &str, reward: RewardKind) -> TestShop {
    let advocate =
        AdvocateSide { reward: amount(reward, "10.00"), hold_days: Some(0), ..AdvocateSide::default() };
    let friends = Offer {
        friend: Some(FriendSide { reward: percent(RewardKind::PercentOff, "10"), min_subtotal: None }),
        ..offer("friends", advocate)
    };
    let program = program("Platforms", "https://shop.example/", vec![friends]);
    TestShop::on(edge, Program { origins: vec!["https://shop.example".into()], ..program })
}

/// The voucher that a referrer is shown, once the reward is given.
fn voucher(shop: &TestShop, token: &str) -> Value {
    eventually(90, "reward that is given", || {
        let status = http::get_as(&shop.url("/rewards"), token).expect(200);
        let one = status["conversions"][0].clone();
        (one["status"] == "paid").then(|| one["reward"]["voucher"].clone())
    })
}

#[test]
fn from_joining_to_the_voucher_nothing_is_lost_or_done_twice_however_often_the_edge_is_killed() {
    let shopify = Serving::open(Shopify::new("atelier.myshopify.com"));
    let stand_in = format!("PARRAIN_SHOPIFY_API:{}", shopify.url);
    let mut edge = OwnEdge::start_with(&[&stand_in, DETAILS_KEY]);
    let shop = shop_on(&edge.url, RewardKind::GiftCard);
    let admin = env::admin_token();
    let connection = shop.url("/connections/shopify");
    let wrong = json!({"shop": "atelier", "token": "shpat_wrong"});
    assert_eq!(http::send_json("PUT", &connection, Some(&admin), &wrong).status, 422);
    let token = shopify.see().token.clone();
    let right = json!({"shop": "atelier", "token": token});
    http::send_json("PUT", &connection, Some(&admin), &right).expect(200);
    edge.kill_and_start();

    // Somebody joins, and the edge dies while Shopify makes the code and says nothing.
    shopify.see().moods().push_back(Mood::TimesOutAfter);
    let joined = json!({"name": "Anna", "email": "anna@example.com"});
    let card = http::send_json("POST", &shop.url("/referrers"), None, &joined).expect(201);
    let anna = card["code"].as_str().expect("a code").to_owned();
    shop.confirm(&anna);
    edge.kill_and_start();
    eventually(90, "code at Shopify", || {
        shopify.see().discounts.contains_key(&anna.to_lowercase()).then_some(())
    });
    edge.kill_and_start();
    eventually(90, "discount that is promised", || {
        let code = http::get(&shop.url(&format!("/offer?code={anna}"))).expect(200)["code"].clone();
        (code["discount_ready"] == true && code["friend"]["reward"]["percent"] == "10").then_some(())
    });

    // A friend uses it. The gift card is made twice over, as far as the edge knows.
    shopify.see().moods().extend([Mood::TimesOutAfter, Mood::FailsAfter]);
    let sold = Event::OrderPaid(Order { at: ago(60), ..order("1001", &[&anna]) });
    assert_eq!(shop.event(&sold).expect(200)["outcome"], "recorded");
    edge.kill_and_start();
    eventually(90, "gift card at Shopify", || (!shopify.see().gift_cards.is_empty()).then_some(()));
    edge.kill_and_start();
    let token = card["token"].as_str().expect("a token");
    // A failure is followed by another try after some minutes: the owner who gives the key again waits for none of it.
    shopify.see().moods().clear();
    let again = json!({"shop": "atelier", "token": shopify.see().token.clone()});
    http::send_json("PUT", &connection, Some(&admin), &again).expect(200);
    let shown = eventually(400, "reward that is given", || {
        let status = http::get_as(&shop.url("/rewards"), token).expect(200);
        let one = status["conversions"][0].clone();
        (one["status"] == "paid").then(|| one["reward"]["voucher"].clone())
    });
    let shown = shown.as_str().expect("a code").to_lowercase();
    let made: Vec<String> = shopify.see().gift_cards.keys().cloned().collect();
    assert_eq!(made, [shown], "one gift card, which its referrer sees");
    assert_eq!(shopify.see().discounts.len(), 1);
    let state = http::get_as(&connection, &admin).expect(200);
    assert_eq!(state["codes"], json!({"made": 1, "waiting": 0, "failed": 0, "foreign": 0}));
}

#[test]
fn each_platform_has_the_code_and_gives_the_reward() {
    let stripe = Serving::open(Stripe::new());
    let woo = Serving::open(Woocommerce::new());
    let stand_in = format!("PARRAIN_STRIPE_API:{}", stripe.url);
    let edge = OwnEdge::start_with(&[&stand_in, DETAILS_KEY]);
    let admin = env::admin_token();
    let key = stripe.see().key.clone();
    let (consumer_key, consumer_secret) = woo.see().key.clone();
    for (platform, credentials) in [
        ("stripe", json!({"key": key})),
        (
            "woocommerce",
            json!({"site": woo.url, "consumer_key": consumer_key, "consumer_secret": consumer_secret}),
        ),
    ] {
        let shop = shop_on(&edge.url, RewardKind::AmountOff);
        let connection = shop.url(&format!("/connections/{platform}"));
        http::send_json("PUT", &connection, Some(&admin), &credentials).expect(200);
        let card =
            http::send_json("POST", &shop.url("/referrers"), None, &json!({"name": "Anna"})).expect(201);
        let anna = card["code"].as_str().expect("a code").to_owned();
        shop.confirm(&anna);
        eventually(60, "code at the platform", || {
            let made = match platform {
                "stripe" => stripe.see().active(&anna).is_some(),
                _ => woo.see().coupons.contains_key(&anna.to_lowercase()),
            };
            made.then_some(())
        });
        let sold = Event::OrderPaid(Order { at: ago(60), ..order("1001", &[&anna]) });
        assert_eq!(shop.event(&sold).expect(200)["outcome"], "recorded");
        let shown = voucher(&shop, card["token"].as_str().expect("a token"));
        let shown = shown.as_str().expect("a code");
        match platform {
            "stripe" => {
                let limit = stripe.see().active(shown).map(|one| one["max_redemptions"].clone());
                assert_eq!(limit, Some(json!(1)));
            }
            _ => assert_eq!(woo.see().coupons[&shown.to_lowercase()]["usage_limit"], 1),
        }
        assert!(
            !http::get_as(&connection, &admin).text.contains("0123456789abcdef"),
            "no secret is answered"
        );
    }
}

/// An order of WooCommerce's that was paid long enough ago for its webhook to have come.
fn woo_order(id: u64, code: &str) -> Value {
    let now = ago(600).to_string();
    let at = now.split(['.', 'Z']).next().expect("a time");
    json!({"id": id, "status": "completed", "currency": "EUR", "date_created_gmt": at, "date_modified_gmt": at,
        "date_paid_gmt": at, "discount_total": "0.00", "shipping_total": "0.00", "total": "80.00", "total_tax": "0.00",
        "customer_id": 0, "billing": {"email": format!("f{id}@example.com")}, "coupon_lines": [{"code": code}],
        "line_items": [{"quantity": 1, "subtotal": "80.00", "total": "80.00", "total_tax": "0.00"}],
        "shipping_lines": [], "fee_lines": [], "refunds": [], "meta_data": []})
}

#[test]
fn orders_of_which_no_webhook_told_are_on_record_once_however_often_the_edge_is_killed_while_it_looks() {
    let woo = Serving::open(Woocommerce::new());
    let mut edge = OwnEdge::start_with(&[DETAILS_KEY]);
    let admin = env::admin_token();
    let shop = shop_on(&edge.url, RewardKind::AmountOff);
    let mut program = shop.program.clone();
    program["webhook_secrets"] = json!({"woocommerce": "whsec_w"});
    http::send_json("PUT", &shop.url(""), Some(&admin), &program).expect(200);
    let (key, secret) = woo.see().key.clone();
    let connection = shop.url("/connections/woocommerce");
    let credentials = json!({"site": woo.url, "consumer_key": key, "consumer_secret": secret});
    let connected = http::send_json("PUT", &connection, Some(&admin), &credentials).expect(200);
    assert_eq!(connected["reconciliation"]["state"], "waiting");
    let card = http::send_json("POST", &shop.url("/referrers"), None, &json!({"name": "Anna"})).expect(201);
    let anna = card["code"].as_str().expect("a code").to_owned();
    eventually(60, "code at the platform", || {
        woo.see().coupons.contains_key(&anna.to_lowercase()).then_some(())
    });
    let orders: Vec<Value> = (1..=50).map(|id| woo_order(1000 + id, &anna)).collect();
    woo.see().orders = orders;

    // Each time the edge dies with a page on its way.
    let asked = || woo.see().asked.iter().filter(|asked| asked.ends_with("/orders")).count();
    let before = asked();
    woo.see().moods().extend([Mood::TimesOutAfter; 2]);
    let an_hour = json!({"since": ago(3600)});
    http::send_json("POST", &shop.url("/connections/woocommerce/reconcile"), Some(&admin), &an_hour)
        .expect(202);
    for times in 1..=2 {
        eventually(60, "question for orders", || (asked() >= before + times).then_some(()));
        edge.kill_and_start();
    }
    let found = eventually(180, "look that is over", || {
        let state = http::get_as(&connection, &admin).expect(200)["reconciliation"].clone();
        state["last_at"].is_string().then_some(state)
    });
    assert_eq!((&found["missing"], &found["state"]), (&json!(50), &json!("waiting")), "{found}");
    let status = http::get_as(&shop.url("/rewards"), card["token"].as_str().expect("a token")).expect(200);
    assert_eq!(status["conversions"].as_array().map(Vec::len), Some(50));
}
