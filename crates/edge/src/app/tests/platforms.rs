//! Platforms to which the edge has credentials: how those are taken and kept, which codes are made there, and how rewards
//! are given.

use super::world::*;
use crate::http::{Method, Response};
use crate::seeds::{replay, seeds};
use crate::stores::simulated::{Mischief, SimulatedKv};
use parrain_core::instant::Instant;
use parrain_stand_ins::{Mood, Shopify, StandIn, Stripe, Woocommerce};
use serde_json::{Value, json};
use std::rc::Rc;

const SHOPIFY: &str = "/v1/shops/demo/connections/shopify";
const WOOCOMMERCE: &str = "/v1/shops/demo/connections/woocommerce";
const STRIPE: &str = "/v1/shops/demo/connections/stripe";

/// A world with a stand-in for each platform, and the shop `demo`.
fn world() -> (Rc<World>, Value) {
    let world = World::new(1, Mischief::NONE);
    stand_in(&world);
    let shop = world.with_shop();
    (world, shop)
}

fn stand_in(world: &World) {
    let mut platforms = world.platforms.borrow_mut();
    platforms.shopify = Some(Shopify::new("atelier.myshopify.com"));
    platforms.woocommerce = Some(Woocommerce::new());
    platforms.stripe = Some(Stripe::new());
}

fn shopify<T>(world: &World, see: impl FnOnce(&mut Shopify) -> T) -> T {
    see(world.platforms.borrow_mut().shopify.as_mut().unwrap())
}

fn woo<T>(world: &World, see: impl FnOnce(&mut Woocommerce) -> T) -> T {
    see(world.platforms.borrow_mut().woocommerce.as_mut().unwrap())
}

fn stripe<T>(world: &World, see: impl FnOnce(&mut Stripe) -> T) -> T {
    see(world.platforms.borrow_mut().stripe.as_mut().unwrap())
}

/// Credentials that open the stand-in of a platform.
fn credentials(path: &str) -> Value {
    match path {
        SHOPIFY => json!({"shop": "atelier", "token": "shpat_0123456789abcdef"}),
        WOOCOMMERCE => json!({"site": "https://woo.example/", "consumer_key": "ck_0123456789abcdef",
            "consumer_secret": "cs_0123456789abcdef"}),
        _ => json!({"key": "rk_test_0123456789abcdef"}),
    }
}

fn connect(world: &Rc<World>, path: &str) -> Value {
    let answer = world.put(path, &credentials(path)).send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

fn seen(world: &Rc<World>, path: &str) -> Value {
    json_of(&world.get(path).admin().send())
}

/// Lets a minute pass.
fn minute(world: &World) {
    world.live_until("demo", world.now().plus_seconds(60));
}

/// The program of `demo` with other terms for friends.
fn with_friend(friend: Value) -> Value {
    let mut program = program();
    program["offers"][0]["friend"] = friend;
    program
}

/// The words of the first fault of a refusal, with its pointer.
fn fault(answer: &Response) -> (String, String) {
    assert_eq!(answer.status, 422, "{}", String::from_utf8_lossy(&answer.body));
    let first = json_of(answer)["errors"][0].clone();
    (first["pointer"].as_str().unwrap().into(), first["detail"].as_str().unwrap().into())
}

/// The offer as a friend with the code sees it, once all is copied that can be.
fn invitation(world: &Rc<World>, code: &str) -> Value {
    world.copy_to_kv();
    invited(world, code)
}

/// The same, at this instant.
fn invited(world: &Rc<World>, code: &str) -> Value {
    world.another_isolate();
    json_of(&world.get(&format!("/v1/shops/demo/offer?code={code}")).page().send())["code"].clone()
}

#[test]
fn credentials_are_tried_kept_sealed_and_never_answered() {
    let (world, _) = world();
    let connected = connect(&world, SHOPIFY);
    assert_eq!(
        (&connected["platform"], &connected["account"]),
        (&json!("shopify"), &json!("atelier.myshopify.com"))
    );
    let held: Vec<&Value> =
        connected["rights"].as_array().unwrap().iter().map(|right| &right["held"]).collect();
    assert_eq!(held, [&json!(true); 6]);
    connect(&world, WOOCOMMERCE);
    assert_eq!(connect(&world, STRIPE)["account"], "rk_…cdef");
    minute(&world);
    let listed = json_of(&world.get("/v1/shops/demo/connections").admin().send());
    assert_eq!(listed["platforms"].as_array().unwrap().len(), 3);
    let secret = "0123456789abcdef";
    assert!(!listed.to_string().contains(secret));
    assert!(world.texts("demo").iter().all(|text| !text.contains(secret)), "sealed");
    assert!(world.log.borrow().iter().all(|line| !line.contains(secret)));
    let overview = json_of(&world.get("/v1/shops/demo/overview").admin().send());
    assert!(overview.to_string().contains("platform_connected"), "{overview}");
    let listed = world.kv.contents();
    assert!(listed.values().all(|value| !format!("{value:?}").contains(secret)));

    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        assert_eq!(world.request(Method::DELETE, path).admin().send().status, 204);
        assert_eq!(world.request(Method::DELETE, path).admin().send().status, 404);
        assert_eq!(world.get(path).admin().send().status, 404);
    }
    assert_eq!((world.rows("demo", "credential"), world.rows("demo", "code")), (0, 0));
    for path in ["/v1/shops/demo/connections/magento", "/v1/shops/demo/connections/1"] {
        assert_eq!(world.put(path, &json!({})).send().status, 404);
        assert_eq!(world.get(path).admin().send().status, 404);
    }
}

#[test]
fn a_fault_of_credentials_says_which_part_or_which_right() {
    let (world, _) = world();
    let put = |path: &str, body: &Value| fault(&world.put(path, body).send());
    let wrong = json!({"shop": "atelier", "token": "shpat_wrong"});
    let (pointer, words) = put(SHOPIFY, &wrong);
    assert_eq!(pointer, "/token");
    assert!(words.contains("Invalid API key") && !words.contains("shpat_wrong"), "{words}");
    // Of another shop: there nothing of this shop's opens.
    let (pointer, _) = put(SHOPIFY, &json!({"shop": "other", "token": "shpat_0123456789abcdef"}));
    assert_eq!(pointer, "/token");
    shopify(&world, |shop| shop.scopes.retain(|scope| *scope != "write_discounts"));
    let (_, words) = put(SHOPIFY, &credentials(SHOPIFY));
    assert_eq!(words, "the app lacks the right write_discounts");
    shopify(&world, |shop| {
        shop.scopes = vec!["write_discounts"];
        shop.currency = "USD";
    });
    let (pointer, words) = put(SHOPIFY, &credentials(SHOPIFY));
    assert_eq!(pointer, "/shop");
    assert!(words.contains("sells in USD, and the program counts in EUR"), "{words}");
    shopify(&world, |shop| shop.currency = "EUR");
    let rights = connect(&world, SHOPIFY)["rights"].clone();
    assert_eq!((&rights[0]["held"], &rights[1]["held"]), (&json!(true), &json!(false)), "{rights}");

    woo(&world, |site| site.writes = false);
    let (pointer, words) = put(WOOCOMMERCE, &credentials(WOOCOMMERCE));
    assert_eq!(pointer, "/consumer_secret");
    assert!(words.contains("does not have write permissions"), "{words}");
    let gone = json!({"site": "https://gone.example/", "consumer_key": "ck_x", "consumer_secret": "cs_x"});
    assert_eq!(put(WOOCOMMERCE, &gone).0, "/site");
    let private = json!({"site": "https://192.168.1.1/", "consumer_key": "ck_x", "consumer_secret": "cs_x"});
    assert_eq!(put(WOOCOMMERCE, &private).0, "/site");

    stripe(&world, |account| account.writes = vec!["coupons", "customers"]);
    assert_eq!(put(STRIPE, &credentials(STRIPE)).1, "the key lacks the right promotion_code_write");
    stripe(&world, |account| assert!(account.coupons.is_empty(), "nothing is made by trying"));

    world.details_keys.set("");
    let refused = world.put(STRIPE, &credentials(STRIPE)).send();
    assert_eq!(refused.status, 503);
    assert!(String::from_utf8_lossy(&refused.body).contains("PARRAIN_DETAILS_KEY"));
}

#[test]
fn a_test_key_of_stripe_s_is_refused_where_the_real_one_is_asked() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    let (pointer, words) = fault(&world.put(STRIPE, &credentials(STRIPE)).send());
    assert_eq!(pointer, "/key");
    assert!(words.contains("rk_live_"), "{words}");
}

#[test]
fn only_the_owner_gives_credentials() {
    let (world, shop) = world();
    let body = credentials(STRIPE).to_string();
    let put = |token: &str| world.request(Method::PUT, STRIPE).body(&body).bearer(token).send().status;
    assert_eq!(put("pst_x.demo"), 401);
    let made = world.request(Method::POST, "/v1/shops/demo/connect-codes").admin().send();
    let module =
        json!({"code": json_of(&made)["code"], "platform": "prestashop", "site": "https://shop.example/"});
    let module = json_of(&world.post("/v1/connect-codes/exchange", &module).send());
    let module = module["module_token"].as_str().unwrap();
    assert_eq!(put(module), 401);
    assert_eq!(world.request(Method::DELETE, STRIPE).bearer(module).send().status, 401);
    assert_eq!(put(shop["shop_token"].as_str().unwrap()), 200);
}

#[test]
fn a_referrer_s_code_is_made_changed_and_ended_with_the_referrer_at_every_platform() {
    let (world, _) = world();
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        connect(&world, path);
    }
    minute(&world);
    shopify(&world, |shop| {
        let anna = &shop.discounts["anna10"];
        assert_eq!(anna.input["customerGets"]["value"]["percentage"], 0.1);
        assert_eq!(anna.input["minimumRequirement"]["subtotal"]["greaterThanOrEqualToSubtotal"], "30.00");
        assert_eq!(anna.input["appliesOncePerCustomer"], true);
        assert!(shop.discounts.contains_key("bob22"));
    });
    woo(&world, |site| {
        let anna = &site.coupons["anna10"];
        assert_eq!((&anna["discount_type"], &anna["amount"]), (&json!("percent"), &json!("10.00")));
        assert_eq!((&anna["minimum_amount"], &anna["usage_limit_per_user"]), (&json!("30.00"), &json!(1)));
    });
    stripe(&world, |account| {
        let anna = account.active("ANNA10").unwrap();
        assert_eq!(anna["promotion"]["coupon"]["percent_off"], 10);
        assert_eq!(
            anna["restrictions"],
            json!({"first_time_transaction": true, "minimum_amount": 3000,
            "minimum_amount_currency": "eur"})
        );
        assert_eq!(account.coupons.len(), 1, "one coupon for all with these terms");
    });
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        assert_eq!(seen(&world, path)["codes"], json!({"made": 2, "waiting": 0, "failed": 0, "foreign": 0}));
    }
    assert_eq!(seen(&world, SHOPIFY)["troubles"], json!([]));

    // The program changes.
    let amount = with_friend(json!({"reward": {"kind": "amount_off", "amount": "5.00"}}));
    assert_eq!(world.put("/v1/shops/demo", &amount).send().status, 200);
    minute(&world);
    shopify(&world, |shop| {
        let anna = &shop.discounts["anna10"].input;
        assert_eq!(anna["customerGets"]["value"]["discountAmount"]["amount"], "5.00");
        assert_eq!(anna["minimumRequirement"], Value::Null);
    });
    woo(&world, |site| {
        let anna = &site.coupons["anna10"];
        assert_eq!((&anna["discount_type"], &anna["amount"]), (&json!("fixed_cart"), &json!("5.00")));
        assert_eq!(anna["minimum_amount"], "0.00");
    });
    stripe(&world, |account| {
        let anna = account.active("ANNA10").unwrap();
        assert_eq!(
            (&anna["promotion"]["coupon"]["amount_off"], &anna["promotion"]["coupon"]["currency"]),
            (&json!(500), &json!("eur"))
        );
        assert_eq!(account.promotion_codes.iter().filter(|one| one["active"] == true).count(), 2);
    });

    // One referrer joins, one is paused.
    let joined = json_of(&world.post("/v1/shops/demo/referrers", &json!({"name": "Cleo"})).page().send());
    let paused = json!({"status": "paused"}).to_string();
    let changed =
        world.request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10").body(&paused).admin().send();
    assert_eq!(changed.status, 200);
    minute(&world);
    let cleo = joined["code"].as_str().unwrap().to_lowercase();
    shopify(&world, |shop| {
        assert!(shop.discounts["anna10"].over && !shop.discounts["bob22"].over);
        assert!(shop.discounts.contains_key(&cleo));
    });
    woo(&world, |site| assert_eq!(site.coupons["anna10"]["date_expires"], "2000-01-01T00:00:00Z"));
    stripe(&world, |account| assert!(account.active("ANNA10").is_none()));

    // And goes on.
    let active = json!({"status": "active"}).to_string();
    world.request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10").body(&active).admin().send();
    minute(&world);
    shopify(&world, |shop| assert!(!shop.discounts["anna10"].over));
    woo(&world, |site| assert_eq!(site.coupons["anna10"]["date_expires"], Value::Null));
    stripe(&world, |account| assert!(account.active("ANNA10").is_some()));

    // The shop grants the discount itself from now on: nobody else's code may stand beside.
    let mut own = amount;
    own["discounts"] = json!("shop");
    assert_eq!(world.put("/v1/shops/demo", &own).send().status, 200);
    minute(&world);
    shopify(&world, |shop| assert!(shop.discounts.values().all(|one| one.over)));
    assert_eq!(invitation(&world, "ANNA10").get("discount_ready"), None);
}

#[test]
fn a_discount_is_promised_once_it_can_be_had() {
    let (world, _) = world();
    assert_eq!(
        invitation(&world, "ANNA10")["friend"]["reward"]["kind"],
        "percent_off",
        "as ever without a platform"
    );
    connect(&world, WOOCOMMERCE);
    // A day on which the shop's site fails.
    woo(&world, |site| site.moods().extend([Mood::FailsBefore; 3]));
    world.ring("demo");
    let before = invited(&world, "ANNA10");
    assert_eq!((&before["valid"], &before["friend"]), (&json!(true), &Value::Null));
    assert_eq!(before["discount_ready"], false);
    world.live_until("demo", world.now().plus_seconds(7200));
    let after = invitation(&world, "ANNA10");
    assert_eq!(
        (&after["discount_ready"], &after["friend"]["reward"]["kind"]),
        (&json!(true), &json!("percent_off"))
    );
    assert_eq!(seen(&world, WOOCOMMERCE)["fault"], Value::Null);
    // Who is not known to KV yet is asked of the ledger.
    let who = json!({"offer": "friends", "name": "Zoé"});
    world.put("/v1/shops/demo/referrers/ZOE", &who).send();
    world.another_isolate();
    let fresh = json_of(&world.get("/v1/shops/demo/offer?code=ZOE").page().send());
    assert_eq!(fresh["code"]["discount_ready"], false);
    assert_eq!(invitation(&world, "ZOE")["discount_ready"], true, "made as soon as the alarm rang");
}

#[test]
fn nobody_is_reminded_of_a_discount_that_cannot_be_had() {
    let (world, _) = world();
    let mail = json!({"provider": "resend", "key": "re_secret_key", "kinds": ["reminder"],
        "from": {"email": "bonjour@shop.example", "name": "Atelier"}});
    assert_eq!(world.put("/v1/shops/demo/mail", &mail).send().status, 200);
    connect(&world, WOOCOMMERCE);
    woo(&world, |site| site.moods().extend([Mood::FailsBefore; 3]));
    world.ring("demo");
    world.pass(120);
    let remind = |world: &Rc<World>| {
        let asked = json!({"code": "ANNA10", "email": "bob@example.com"});
        world.post("/v1/shops/demo/reminders", &asked).page().send().status
    };
    assert_eq!(invited(&world, "ANNA10")["friend"], Value::Null);
    assert_eq!(remind(&world), 404, "the page shows no gift either");
    world.live_until("demo", world.now().plus_seconds(7200));
    assert_eq!(invitation(&world, "ANNA10")["discount_ready"], true);
    assert_eq!(remind(&world), 202);
}

#[test]
fn who_only_typed_a_name_costs_kv_nothing_though_their_code_is_made() {
    let (world, _) = world();
    connect(&world, WOOCOMMERCE);
    minute(&world);
    world.copy_to_kv();
    let before = world.kv.contents().len();
    let joined = json_of(&world.post("/v1/shops/demo/referrers", &json!({"name": "Cleo"})).page().send());
    let code = joined["code"].as_str().unwrap();
    minute(&world);
    assert_eq!(invitation(&world, code)["discount_ready"], true, "the ledger says so");
    assert_eq!(world.kv.contents().len(), before);
    // Whom the shop takes up is known to KV like any other.
    let active = json!({"notes": "a friend of the shop"}).to_string();
    let path = format!("/v1/shops/demo/referrers/{code}");
    assert_eq!(world.request(Method::PATCH, &path).body(&active).admin().send().status, 200);
    assert_eq!(invitation(&world, code)["discount_ready"], true);
    assert_eq!(world.kv.contents().len(), before + 1);
}

#[test]
fn a_promo_code_that_the_platform_has_already_says_so() {
    let (world, _) = world();
    woo(&world, |site| {
        site.add("NOEL10", &json!({"discount_type": "percent", "amount": "50"}));
    });
    connect(&world, WOOCOMMERCE);
    let mut program = program();
    program["promotions"] =
        json!([{"code": "NOEL10", "friend": {"reward": {"kind": "percent_off", "percent": "10"}}}]);
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    minute(&world);
    let listed = json_of(&world.get("/v1/shops/demo/promotions").admin().send());
    let known = &listed["promotions"][0];
    assert_eq!(
        (&known["ready"], &known["troubles"][0]["state"]),
        (&json!(false), &json!("foreign")),
        "{known}"
    );
    assert_eq!(known["troubles"][0]["maker"], "woocommerce");
}

#[test]
fn a_code_of_the_shop_s_own_is_taken_over_where_it_gives_the_same_and_else_left_alone() {
    let (world, _) = world();
    woo(&world, |site| {
        site.add(
            "ANNA10",
            &json!({"discount_type": "percent", "amount": "10", "minimum_amount": "30",
            "usage_limit_per_user": 1}),
        );
        site.add("Bob22", &json!({"discount_type": "percent", "amount": "50"}));
    });
    connect(&world, WOOCOMMERCE);
    minute(&world);
    let state = seen(&world, WOOCOMMERCE);
    assert_eq!(state["codes"], json!({"made": 1, "waiting": 0, "failed": 0, "foreign": 1}));
    assert_eq!(
        (&state["troubles"][0]["code"], &state["troubles"][0]["state"]),
        (&json!("BOB22"), &json!("foreign"))
    );
    assert!(state["troubles"][0]["words"].as_str().unwrap().contains("with other terms"));
    woo(&world, |site| assert_eq!(site.coupons["bob22"]["amount"], "50.00", "left alone"));
    assert_eq!(invitation(&world, "ANNA10")["discount_ready"], true);
    assert_eq!(invitation(&world, "BOB22")["discount_ready"], false);
    // What is the shop's own is never written: with other terms it is no referrer's code any more.
    let program = with_friend(json!({"reward": {"kind": "free_shipping"}}));
    world.put("/v1/shops/demo", &program).send();
    minute(&world);
    woo(&world, |site| {
        assert_eq!(site.coupons["anna10"]["free_shipping"], false);
        assert_eq!(site.coupons["bob22"]["free_shipping"], false);
    });
    assert_eq!(seen(&world, WOOCOMMERCE)["codes"]["foreign"], 2);
    let ended = json!({"status": "ended"}).to_string();
    world.request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10").body(&ended).admin().send();
    minute(&world);
    woo(&world, |site| assert_eq!(site.coupons["anna10"]["date_expires"], Value::Null, "not ended either"));
}

#[test]
fn a_coupon_that_changes_its_kind_keeps_no_limit_of_the_kind_before() {
    let (world, _) = world();
    woo(&world, |site| site.products.insert("MUG".into(), 5));
    connect(&world, WOOCOMMERCE);
    for (friend, items) in [
        (json!({"reward": {"kind": "free_product", "sku": "MUG"}}), json!(1)),
        (json!({"reward": {"kind": "percent_off", "percent": "10"}}), Value::Null),
    ] {
        world.put("/v1/shops/demo", &with_friend(friend)).send();
        minute(&world);
        woo(&world, |site| assert_eq!(site.coupons["anna10"]["limit_usage_to_x_items"], items));
    }
}

#[test]
fn what_a_platform_has_no_code_for_is_said() {
    let (world, _) = world();
    world.put("/v1/shops/demo", &with_friend(json!({"reward": {"kind": "points", "points": 50}}))).send();
    connect(&world, SHOPIFY);
    minute(&world);
    let state = seen(&world, SHOPIFY);
    assert_eq!(state["codes"]["failed"], 2, "{state}");
    assert_eq!(state["troubles"][0]["words"], "Shopify has no code that gives points");
    assert_eq!(state["troubles"][0]["next_try_at"], Value::Null);
    // A free product by its SKU: the price of one, once, and on that product alone.
    shopify(&world, |shop| shop.variants.insert("MUG-1".into(), "12.00"));
    world
        .put("/v1/shops/demo", &with_friend(json!({"reward": {"kind": "free_product", "sku": "MUG-1"}})))
        .send();
    minute(&world);
    shopify(&world, |shop| {
        let gets = &shop.discounts["anna10"].input["customerGets"];
        assert_eq!(gets["value"]["discountAmount"]["amount"], "12.00");
        assert_eq!(
            gets["items"]["products"]["productVariantsToAdd"],
            json!(["gid://shopify/ProductVariant/5"])
        );
    });
    // From there to free shipping and on to a percentage: each is another type of discount at Shopify.
    for (friend, shipping) in [
        (json!({"reward": {"kind": "free_shipping"}}), true),
        (json!({"reward": {"kind": "percent_off", "percent": "12.5"}}), false),
    ] {
        world.put("/v1/shops/demo", &with_friend(friend)).send();
        minute(&world);
        shopify(&world, |shop| assert_eq!(shop.discounts["anna10"].shipping, shipping));
    }
    shopify(&world, |shop| {
        assert_eq!(shop.discounts["anna10"].input["customerGets"]["value"]["percentage"], 0.125);
        assert_eq!(shop.discounts.len(), 2);
    });
}

#[test]
fn dates_of_an_offer_are_those_of_its_codes() {
    let (world, _) = world();
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        connect(&world, path);
    }
    let mut program = program();
    program["offers"][0]["starts_at"] = json!("2026-11-25T00:00:00Z");
    program["offers"][0]["ends_at"] = json!("2026-12-31T22:59:59Z");
    world.put("/v1/shops/demo", &program).send();
    minute(&world);
    shopify(&world, |shop| {
        let anna = &shop.discounts["anna10"].input;
        assert_eq!(
            (&anna["startsAt"], &anna["endsAt"]),
            (&json!("2026-11-25T00:00:00Z"), &json!("2026-12-31T22:59:59Z"))
        );
    });
    woo(&world, |site| assert!(!site.coupons.contains_key("anna10"), "WooCommerce knows no beginnings"));
    stripe(&world, |account| assert!(account.active("ANNA10").is_none()));
    world.live_until("demo", Instant::parse("2026-11-25T00:01:00Z").unwrap());
    woo(&world, |site| assert_eq!(site.coupons["anna10"]["date_expires"], "2026-12-31T22:59:59Z"));
    stripe(&world, |account| {
        assert_eq!(account.active("ANNA10").unwrap()["expires_at"], 1_798_757_999);
    });
}

#[test]
fn a_platform_that_is_slow_or_shut_is_left_alone_for_as_long_as_it_says() {
    let (world, _) = world();
    connect(&world, SHOPIFY);
    // Two points are a question, and no mutation.
    shopify(&world, |shop| shop.drain(3, world.now().micros() / 1000));
    let asked = || shopify(&world, |shop| shop.asked.len());
    let before = asked();
    world.ring("demo");
    assert_eq!(asked() - before, 1, "a question, and a mutation that was refused");
    world.live_until("demo", world.now().plus_seconds(5));
    shopify(&world, |shop| assert_eq!(shop.discounts.len(), 2));
    assert_eq!(seen(&world, SHOPIFY)["fault"], Value::Null, "to be slow is no fault");

    let (world, _) = self::world();
    connect(&world, SHOPIFY);
    shopify(&world, |shop| shop.moods().extend([Mood::Slow(Some(120)), Mood::Slow(None)]));
    let start = world.now();
    world.ring("demo");
    world.live_until("demo", start.plus_seconds(119));
    shopify(&world, |shop| assert!(shop.discounts.is_empty() && shop.moods().len() == 1));
    world.live_until("demo", start.plus_seconds(140));
    shopify(&world, |shop| assert_eq!(shop.discounts.len(), 2));

    // The owner takes the app's right away, or the app itself.
    shopify(&world, |shop| shop.token = "shpat_another".into());
    world.put("/v1/shops/demo/referrers/ZOE", &json!({"offer": "friends"})).send();
    minute(&world);
    let state = seen(&world, SHOPIFY);
    assert!(state["fault"]["words"].as_str().unwrap().contains("401"), "{state}");
    assert_eq!(state["codes"]["waiting"], 1);
    let asked = shopify(&world, |shop| shop.asked.len());
    world.live_until("demo", world.now().plus_days(1));
    assert_eq!(shopify(&world, |shop| shop.asked.len()), asked, "nothing gets through");
    shopify(&world, |shop| shop.token = "shpat_0123456789abcdef".into());
    world.live_until("demo", world.now().plus_seconds(3700));
    assert_eq!(seen(&world, SHOPIFY)["codes"]["made"], 3);
}

#[test]
fn an_app_s_token_is_asked_for_once_a_day() {
    let (world, _) = world();
    let app = json!({"shop": "atelier", "client_id": "app-id", "client_secret": "app-secret"});
    assert_eq!(world.put(SHOPIFY, &app).send().status, 200);
    minute(&world);
    shopify(&world, |shop| {
        assert_eq!((shop.tokens, shop.discounts.len()), (2, 2), "one to try it, one to work")
    });
    world.put("/v1/shops/demo/referrers/ZOE", &json!({"offer": "friends"})).send();
    minute(&world);
    shopify(&world, |shop| assert_eq!((shop.tokens, shop.discounts.len()), (2, 3)));
    world.live_until("demo", world.now().plus_days(1));
    world.put("/v1/shops/demo/referrers/ZOE2", &json!({"offer": "friends"})).send();
    minute(&world);
    shopify(&world, |shop| assert_eq!((shop.tokens, shop.discounts.len()), (3, 4)));
    let wrong = json!({"shop": "atelier", "client_id": "app-id", "client_secret": "wrong"});
    assert_eq!(fault(&world.put(SHOPIFY, &wrong).send()).0, "/client_secret");
}

#[test]
fn a_key_that_seals_can_be_replaced() {
    let (world, _) = world();
    connect(&world, STRIPE);
    minute(&world);
    let both =
        "2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
    world.details_keys.set(both);
    let resealed = world.request(Method::POST, "/v1/shops/demo/payout-details/reseal").admin().send();
    assert_eq!((&json_of(&resealed)["resealed"], &json_of(&resealed)["done"]), (&json!(1), &json!(true)));
    world.details_keys.set("2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");
    world.put("/v1/shops/demo/referrers/ZOE", &json!({"offer": "friends"})).send();
    minute(&world);
    assert_eq!(seen(&world, STRIPE)["codes"]["made"], 3);
    // A key that is gone without that is said, and nothing of it is lost.
    world.details_keys.set(DETAILS_KEY);
    world.put("/v1/shops/demo/referrers/LEO", &json!({"offer": "friends"})).send();
    minute(&world);
    let state = seen(&world, STRIPE);
    assert!(state["fault"]["words"].as_str().unwrap().contains("sealed with the key"), "{state}");
    assert_eq!(state["codes"]["waiting"], 1);
}

#[test]
fn a_platform_that_is_gone_for_a_week_loses_nothing() {
    let (world, shop) = rewarding(WOOCOMMERCE, &credit());
    woo(&world, |site| site.moods().extend([Mood::TimesOutBefore; 2000]));
    world.put("/v1/shops/demo/referrers/ZOE", &json!({"offer": "friends"})).send();
    world.event(&shop, &order(&world, "1", "ANNA10"));
    world.live_until("demo", world.now().plus_days(7));
    assert!(seen(&world, WOOCOMMERCE)["fault"]["words"].as_str().unwrap().contains("no answer"));
    assert_eq!(payout(&world)["count"], 0, "nobody knows whether it was given");
    woo(&world, |site| {
        assert!(site.moods().len() > 1700, "it was left alone meanwhile");
        site.moods().clear();
    });
    world.live_until("demo", world.now().plus_days(2));
    assert_eq!(rewards(&world, "ANNA10")[0].0, "paid");
    assert_eq!(seen(&world, WOOCOMMERCE)["codes"]["made"], 3);
}

#[test]
fn who_gives_the_key_again_waits_for_no_gap() {
    let (world, shop) = rewarding(SHOPIFY, &json!({"kind": "gift_card", "amount": "10.00"}));
    world.dies_after.set(Some(0));
    world.event(&shop, &order(&world, "1", "ANNA10"));
    world.pass(2);
    assert!(world.ring("demo").is_none(), "the object is gone once the card is made");
    world.dies_after.set(None);
    world.live_until("demo", world.now().plus_seconds(30));
    assert_eq!(rewards(&world, "ANNA10")[0].0, "approved");
    connect(&world, SHOPIFY);
    world.live_until("demo", world.now().plus_seconds(30));
    assert_eq!(rewards(&world, "ANNA10")[0].0, "paid");
    shopify(&world, |shop| assert_eq!(shop.gift_cards.len(), 1));
}

#[test]
fn hostile_names_and_codes_do_no_harm() {
    let (world, _) = world();
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        connect(&world, path);
    }
    let long = "A".repeat(32);
    for code in ["---", "A-1", long.as_str(), "TRUE", "NULL"] {
        let who =
            json!({"offer": "friends", "name": "\"}) { evil } ' & <script>", "email": "a'b@example.com"});
        assert!(
            world.put(&format!("/v1/shops/demo/referrers/{code}"), &who).send().status.is_success(),
            "{code}"
        );
    }
    minute(&world);
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        assert_eq!(
            seen(&world, path)["codes"],
            json!({"made": 7, "waiting": 0, "failed": 0, "foreign": 0}),
            "{path}"
        );
    }
    let free = json!({"reward": {"kind": "free_product", "sku": "x' OR sku:* \\"}});
    shopify(&world, |shop| shop.variants.insert("MUG".into(), "12.00"));
    world.put("/v1/shops/demo", &with_friend(free)).send();
    minute(&world);
    let words = seen(&world, SHOPIFY)["troubles"][0]["words"].clone();
    assert!(words.as_str().unwrap().starts_with("the shop has no product of the SKU"), "{words}");
}

#[test]
fn a_shop_that_is_removed_leaves_nothing_to_be_done() {
    let (world, _) = world();
    connect(&world, SHOPIFY);
    for n in 0..120 {
        world.put(&format!("/v1/shops/demo/referrers/R-{n}"), &json!({"offer": "friends"})).send();
    }
    assert_eq!(world.rows("demo", "code"), 120);
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
    let asked = shopify(&world, |shop| shop.asked.len());
    world.live_until("demo", world.now().plus_days(1));
    assert_eq!(shopify(&world, |shop| shop.asked.len()), asked);
    // Another of the same name begins with nothing.
    world.with_shop();
    assert_eq!(world.get(SHOPIFY).admin().send().status, 404);
    world.live_until("demo", world.now().plus_days(1));
    assert_eq!(shopify(&world, |shop| shop.asked.len()), asked);
}

#[test]
fn a_program_that_changes_while_codes_are_made_is_what_they_give_in_the_end() {
    let (world, _) = world();
    for n in 0..130 {
        world.put(&format!("/v1/shops/demo/referrers/R-{n}"), &json!({"offer": "friends"})).send();
    }
    connect(&world, STRIPE);
    for (ring, percent) in ["11", "12", "13", "14"].iter().enumerate() {
        for _ in 0..(3 + 5 * ring) {
            world.ring("demo");
        }
        let friend = json!({"reward": {"kind": "percent_off", "percent": percent}});
        world.put("/v1/shops/demo", &with_friend(friend)).send();
    }
    world.live_until("demo", world.now().plus_seconds(3600));
    assert_eq!(seen(&world, STRIPE)["codes"]["made"], 132);
    stripe(&world, |account| {
        let active: Vec<&Value> =
            account.promotion_codes.iter().filter(|one| one["active"] == true).collect();
        assert_eq!(active.len(), 132);
        assert!(active.iter().all(|one| one["promotion"]["coupon"]["percent_off"] == 14));
    });
}

/// A shop whose referrers earn a reward of a kind at once, connected to a platform.
fn rewarding(path: &str, reward: &Value) -> (Rc<World>, Value) {
    let (world, shop) = world();
    let mut program = program();
    program["offers"][0]["advocate"]["reward"] = reward.clone();
    program["offers"][0]["advocate"]["hold_days"] = json!(0);
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    // Customers' ids are those of the platform.
    for (code, id) in [("ANNA10", if path == STRIPE { "cus_anna" } else { "7" }), ("BOB22", "nobody")] {
        let who = json!({"offer": "friends", "name": code, "customer_id": id, "email": format!("{}@example.com", code.to_lowercase())});
        assert!(world.put(&format!("/v1/shops/demo/referrers/{code}"), &who).send().status.is_success());
    }
    stripe(&world, |account| account.balances.insert("cus_anna".into(), 0));
    shopify(&world, |shop| shop.variants.insert("MUG".into(), "12.00"));
    woo(&world, |site| site.products.insert("MUG".into(), 5));
    connect(&world, path);
    minute(&world);
    (world, shop)
}

fn order(world: &World, id: &str, code: &str) -> Value {
    let mut event = paid(id, code);
    event["data"]["at"] = json!(world.now().plus_seconds(-30));
    event
}

fn cancelled(world: &World, id: &str) -> Value {
    json!({"type": "order.cancelled", "data": {"order_id": id, "at": world.now()}})
}

/// Where a referrer's rewards stand: status and voucher of each.
fn rewards(world: &Rc<World>, code: &str) -> Vec<(String, Option<String>)> {
    let status = json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}/rewards")).admin().send());
    let read = |one: &Value| {
        let voucher = one["reward"]["voucher"].as_str().map(str::to_owned);
        (one["status"].as_str().unwrap().to_owned(), voucher)
    };
    status["conversions"].as_array().unwrap().iter().map(read).collect()
}

fn payout(world: &Rc<World>) -> Value {
    let body = json!({"until": world.now(), "dry_run": true});
    json_of(&world.post("/v1/shops/demo/payouts", &body).admin().send())
}

fn credit() -> Value {
    json!({"kind": "store_credit", "amount": "10.00"})
}

#[test]
fn an_approved_reward_becomes_real_once_and_is_taken_back_unspent() {
    let kinds = [
        credit(),
        json!({"kind": "gift_card", "amount": "10.00"}),
        json!({"kind": "amount_off", "amount": "10.00"}),
        json!({"kind": "percent_off", "percent": "20"}),
        json!({"kind": "free_shipping"}),
        json!({"kind": "free_product", "sku": "MUG"}),
    ];
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        for reward in &kinds {
            let kind = reward["kind"].as_str().unwrap();
            let (world, shop) = rewarding(path, reward);
            world.event(&shop, &order(&world, "1", "ANNA10"));
            minute(&world);
            if path == STRIPE && kind.starts_with("free") {
                assert_eq!(payout(&world)["count"], 1, "Stripe has nothing of the kind: the shop gives it");
                continue;
            }
            let given = rewards(&world, "ANNA10").remove(0);
            assert_eq!(
                given.0,
                "paid",
                "{path} {kind} {}",
                json_of(&world.get("/v1/shops/demo/tasks/failed").admin().send())
            );
            let booked = kind == "store_credit" && path == SHOPIFY
                || ["store_credit", "gift_card"].contains(&kind) && path == STRIPE;
            assert_eq!(given.1.is_none(), booked, "{path} {kind}");
            let made = |world: &World| match path {
                SHOPIFY => shopify(world, |shop| match kind {
                    "store_credit" => shop.balance("gid://shopify/Customer/7") > 0,
                    "gift_card" => shop.gift_cards.values().any(|card| card.enabled),
                    _ => given.1.as_ref().is_some_and(|code| !shop.discounts[&code.to_lowercase()].over),
                }),
                WOOCOMMERCE => woo(world, |site| {
                    let coupon = &site.coupons[&given.1.as_ref().unwrap().to_lowercase()];
                    assert_eq!(
                        (&coupon["usage_limit"], &coupon["email_restrictions"]),
                        (&json!(1), &json!(["anna10@example.com"]))
                    );
                    coupon["date_expires"].is_null()
                }),
                _ => stripe(world, |account| match &given.1 {
                    None => account.balances["cus_anna"] < 0,
                    Some(code) => account.active(code).is_some_and(|one| one["max_redemptions"] == 1),
                }),
            };
            assert!(made(&world), "{path} {kind}");
            world.event(&shop, &cancelled(&world, "1"));
            minute(&world);
            assert!(!made(&world), "{path} {kind} is taken back");
            assert_eq!(rewards(&world, "ANNA10")[0].0, "reversed");
            assert_eq!(payout(&world)["count"], 0, "{path} {kind}: nothing is owed");
            assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
        }
    }
}

#[test]
fn what_was_spent_is_told_and_set_off() {
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        let (world, shop) = rewarding(path, &json!({"kind": "amount_off", "amount": "10.00"}));
        world.event(&shop, &order(&world, "1", "ANNA10"));
        minute(&world);
        let code = rewards(&world, "ANNA10")[0].1.clone().unwrap().to_lowercase();
        shopify(&world, |shop| shop.discounts.get_mut(&code).map(|one| one.uses = 1));
        woo(&world, |site| site.coupons.get_mut(&code).map(|one| one["usage_count"] = json!(1)));
        stripe(&world, |account| {
            account.promotion_codes.iter_mut().for_each(|one| one["times_redeemed"] = json!(1));
        });
        world.event(&shop, &cancelled(&world, "1"));
        minute(&world);
        let failed = json_of(&world.get("/v1/shops/demo/tasks/failed").admin().send())["tasks"][0].clone();
        assert_eq!(
            (&failed["kind"], &failed["failed"]),
            (&json!("end_code"), &json!("it was spent already")),
            "{path}"
        );
        world.live_until("demo", world.now().plus_days(6));
        assert_eq!(payout(&world)["payees"][0]["amount"], "-10.00", "{path}");
    }
}

#[test]
fn what_was_given_at_one_platform_is_not_looked_for_at_another() {
    let (world, shop) = rewarding(SHOPIFY, &json!({"kind": "amount_off", "amount": "10.00"}));
    connect(&world, STRIPE);
    world.event(&shop, &order(&world, "1", "ANNA10"));
    minute(&world);
    let code = rewards(&world, "ANNA10")[0].1.clone().unwrap().to_lowercase();
    shopify(&world, |shop| assert!(shop.discounts.contains_key(&code)));
    assert_eq!(world.request(Method::DELETE, SHOPIFY).admin().send().status, 204);
    world.event(&shop, &cancelled(&world, "1"));
    minute(&world);
    shopify(&world, |shop| assert!(!shop.discounts[&code].over, "nothing opens there any more"));
    assert_eq!(payout(&world)["payees"][0]["amount"], "-10.00", "so that it is set off");
}

#[test]
fn a_gift_that_was_begun_is_looked_for_whatever_becomes_of_its_reward() {
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        let begun = || {
            let (world, shop) = rewarding(path, &credit());
            world.dies_after.set(Some(if path == STRIPE { 1 } else { 0 }));
            world.event(&shop, &order(&world, "1", "ANNA10"));
            world.pass(2);
            assert!(world.ring("demo").is_none(), "{path}: the object is gone once it is given");
            world.dies_after.set(None);
            (world, shop)
        };
        let given = |world: &World| match path {
            SHOPIFY => shopify(world, |shop| shop.balance("gid://shopify/Customer/7") / 100),
            WOOCOMMERCE => woo(world, |site| {
                let good = |coupon: &&Value| coupon["usage_limit"] == 1 && coupon["date_expires"].is_null();
                site.coupons.values().filter(good).count() as i64
            }),
            _ => stripe(world, |account| -account.balances["cus_anna"]),
        };
        // The order is cancelled.
        let (world, shop) = begun();
        let one = given(&world);
        assert!(one > 0, "{path}");
        world.event(&shop, &cancelled(&world, "1"));
        world.live_until("demo", world.now().plus_seconds(3600));
        assert_eq!((given(&world), payout(&world)["count"].clone()), (0, json!(0)), "{path}: it is ended");

        // The key is forgotten, and given again.
        let (world, _) = begun();
        assert_eq!(world.request(Method::DELETE, path).admin().send().status, 204);
        world.live_until("demo", world.now().plus_seconds(3600));
        assert_eq!(payout(&world)["count"], 0, "{path}: nobody knows whether it was given");
        let failed = json_of(&world.get("/v1/shops/demo/tasks/failed").admin().send())["tasks"].clone();
        assert!(failed[0]["failed"].as_str().unwrap().contains("give the platform's key again"), "{failed}");
        connect(&world, path);
        world.live_until("demo", world.now().plus_seconds(3600));
        assert_eq!((rewards(&world, "ANNA10")[0].0.as_str(), given(&world)), ("paid", one), "{path}");

        // A module comes.
        let (world, _) = begun();
        let made = world.request(Method::POST, "/v1/shops/demo/connect-codes").admin().send();
        let module = json!({"code": json_of(&made)["code"], "platform": "prestashop", "site": "https://shop.example/"});
        let module = json_of(&world.post("/v1/connect-codes/exchange", &module).send());
        let module = module["module_token"].as_str().unwrap();
        world.pass(600);
        let tasks = json_of(&world.get("/v1/shops/demo/tasks").bearer(module).send());
        assert_eq!(tasks["items"], json!([]), "{path}: it is the edge's to look for");
        world.live_until("demo", world.now().plus_seconds(3600));
        assert_eq!((rewards(&world, "ANNA10")[0].0.as_str(), given(&world)), ("paid", one), "{path}");
    }
}

#[test]
fn what_a_customer_paid_by_credit_is_not_taken_for_what_was_taken_back() {
    const ANNA: &str = "gid://shopify/Customer/7";
    let (world, shop) = rewarding(SHOPIFY, &credit());
    for id in ["1", "2"] {
        world.event(&shop, &order(&world, id, "ANNA10"));
    }
    minute(&world);
    let each = shopify(&world, |shop| shop.balance(ANNA)) / 2;
    // The first try does nothing; then the customer pays an order of just that amount.
    shopify(&world, |shop| shop.moods().push_back(Mood::TimesOutBefore));
    world.event(&shop, &cancelled(&world, "1"));
    world.ring("demo");
    let now = world.now().micros() / 1000;
    shopify(&world, |shop| shop.spend(ANNA, each, now));
    world.live_until("demo", world.now().plus_seconds(3600));
    assert_eq!(shopify(&world, |shop| shop.balance(ANNA)), 0);
}

#[test]
fn what_one_account_was_given_is_not_taken_back_from_another() {
    let (world, shop) = rewarding(WOOCOMMERCE, &json!({"kind": "amount_off", "amount": "10.00"}));
    world.event(&shop, &order(&world, "1", "ANNA10"));
    minute(&world);
    assert_eq!(world.request(Method::DELETE, WOOCOMMERCE).admin().send().status, 204);
    connect(&world, SHOPIFY);
    world.event(&shop, &cancelled(&world, "1"));
    minute(&world);
    assert_eq!(payout(&world)["payees"][0]["amount"], "-10.00", "so that it is set off");
}

#[test]
fn store_credit_needs_a_customer_and_else_stays_the_shop_s_to_give() {
    let (world, shop) = rewarding(SHOPIFY, &credit());
    world.event(&shop, &order(&world, "1", "BOB22"));
    minute(&world);
    let failed = json_of(&world.get("/v1/shops/demo/tasks/failed").admin().send())["tasks"][0].clone();
    assert!(failed["failed"].as_str().unwrap().contains("no customer's number"), "{failed}");
    world.live_until("demo", world.now().plus_days(6));
    assert_eq!(payout(&world)["count"], 1);
    // What is owed by hand is no other's: a module that is connected by now gives what comes from now on.
    assert_eq!(world.request(Method::DELETE, SHOPIFY).admin().send().status, 204);
    world.event(&shop, &order(&world, "2", "ANNA10"));
    minute(&world);
    assert_eq!(payout(&world)["count"], 2);
}

#[test]
fn a_referrer_who_is_erased_before_the_reward_is_given_gets_none() {
    let (world, shop) = rewarding(WOOCOMMERCE, &credit());
    woo(&world, |site| site.moods().push_back(Mood::FailsBefore));
    world.event(&shop, &order(&world, "1", "ANNA10"));
    world.ring("demo");
    let who = "/v1/shops/demo/subjects?email=anna10@example.com";
    assert_eq!(world.request(Method::DELETE, who).admin().send().status, 200);
    world.live_until("demo", world.now().plus_days(5));
    woo(&world, |site| assert_eq!(site.coupons.len(), 2, "the two friends' codes alone"));
    assert!(world.texts("demo").iter().all(|text| !text.contains("anna10@example.com")));
}

#[test]
fn codes_that_waited_for_a_module_that_is_gone_are_the_shop_s_to_make() {
    let (world, _) = world();
    let mut program = program();
    program["promotions"] =
        json!([{"code": "NOEL10", "friend": {"reward": {"kind": "percent_off", "percent": "10"}}}]);
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    let made = world.request(Method::POST, "/v1/shops/demo/connect-codes").admin().send();
    let body =
        json!({"code": json_of(&made)["code"], "platform": "prestashop", "site": "https://shop.example/"});
    let connected = json_of(&world.post("/v1/connect-codes/exchange", &body).send());
    let module = connected["module_token"].as_str().unwrap();
    assert_eq!(world.get("/v1/shops/demo/tasks?kinds=code").bearer(module).send().status, 200);
    minute(&world);
    for code in ["ANNA10", "NOEL10"] {
        assert_eq!(invitation(&world, code)["discount_ready"], false, "{code}");
    }
    let path = format!("/v1/shops/demo/connections/{}", connected["connection"].as_str().unwrap());
    assert_eq!(world.request(Method::DELETE, &path).admin().send().status, 204);
    minute(&world);
    for code in ["ANNA10", "NOEL10"] {
        assert_eq!(invitation(&world, code).get("discount_ready"), None, "{code}");
    }
}

#[test]
fn a_module_makes_codes_where_it_asks_for_them() {
    let (world, _) = world();
    let made = world.request(Method::POST, "/v1/shops/demo/connect-codes").admin().send();
    let body =
        json!({"code": json_of(&made)["code"], "platform": "prestashop", "site": "https://shop.example/"});
    let module = json_of(&world.post("/v1/connect-codes/exchange", &body).send());
    let module = module["module_token"].as_str().unwrap().to_owned();
    let take = |query: &str| {
        let list = world.get(&format!("/v1/shops/demo/tasks{query}")).bearer(&module).send();
        json_of(&list)["items"].as_array().unwrap().clone()
    };
    let finish = |task: &Value, body: &Value| {
        let path = format!("/v1/shops/demo/tasks/{}", task["id"].as_str().unwrap());
        json_of(&world.post(&path, body).bearer(&module).send())
    };
    assert_eq!(take(""), Vec::<Value>::new());
    minute(&world);
    assert_eq!(take(""), Vec::<Value>::new(), "who did not ask for codes has none to make");
    assert_eq!(invitation(&world, "ANNA10").get("discount_ready"), None);
    assert_eq!(world.get("/v1/shops/demo/tasks?kinds=codes").bearer(&module).send().status, 422);

    assert_eq!(take("?kinds=code,reward,end_code"), Vec::<Value>::new());
    minute(&world);
    let tasks = take("?kinds=code,reward,end_code");
    assert_eq!(tasks.len(), 2);
    let anna = tasks[0].clone();
    assert_eq!(
        (&anna["kind"], &anna["code"], &anna["referrer"]),
        (&json!("code"), &json!("ANNA10"), &json!("ANNA10"))
    );
    assert_eq!(
        anna["terms"],
        json!({"reward": {"kind": "percent_off", "percent": "10"}, "currency": "EUR", "min_subtotal": "30.00",
            "new_customers_only": true})
    );
    assert_eq!(take("?kinds=code"), Vec::<Value>::new(), "leased");
    assert_eq!(invitation(&world, "ANNA10")["discount_ready"], false);
    assert_eq!(finish(&anna, &json!({"done": {"code": "ANNA10"}}))["state"], "done");
    assert_eq!(invitation(&world, "ANNA10")["discount_ready"], true);
    assert_eq!(finish(&tasks[1], &json!({"failed": "no such currency"}))["state"], "waiting");

    // Other terms are another task; what somebody is still at is none any more.
    world
        .put("/v1/shops/demo", &with_friend(json!({"reward": {"kind": "percent_off", "percent": "20"}})))
        .send();
    minute(&world);
    let again = take("?kinds=code");
    assert_eq!(again.len(), 2);
    assert_ne!(again[0]["id"], anna["id"]);
    assert_eq!(finish(&anna, &json!({"done": {"code": "ANNA10"}}))["state"], "withdrawn");
    finish(&again[0], &json!({"done": {"code": "ANNA10"}}));
    let ended = json!({"status": "ended"}).to_string();
    world.request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10").body(&ended).admin().send();
    let end = take("?kinds=code").remove(0);
    assert_eq!((&end["code"], end.get("terms")), (&json!("ANNA10"), None));
    assert_eq!(finish(&end, &json!({"done": {}}))["state"], "done");
    minute(&world);
    assert_eq!(take("?kinds=code").len(), 0);
}

/// Ten days of a shop whose platform fails in every way and whose object dies in the middle of anything: what stands in the
/// end at the platform and with the referrers.
fn ten_days(seed: u64, path: &str, bad: bool) -> (Vec<String>, Value, i64) {
    let world = World::new(seed, Mischief::NONE);
    stand_in(&world);
    let shop = world.with_shop();
    let mut program = program();
    program["offers"][0]["advocate"]["reward"] = credit();
    program["offers"][0]["advocate"]["hold_days"] = json!(0);
    world.put("/v1/shops/demo", &program).send();
    let id = if path == STRIPE { "cus_anna" } else { "7" };
    let who = json!({"offer": "friends", "name": "Anna", "customer_id": id, "email": "anna10@example.com"});
    world.put("/v1/shops/demo/referrers/ANNA10", &who).send();
    stripe(&world, |account| account.balances.insert("cus_anna".into(), 0));
    connect(&world, path);
    world.kv.behave(if bad { Mischief::BAD } else { Mischief::NONE });
    let dice = SimulatedKv::new(seed ^ 0x5107, Mischief::NONE);
    let moods =
        [Mood::TimesOutAfter, Mood::TimesOutBefore, Mood::FailsAfter, Mood::FailsBefore, Mood::Slow(None)];
    for day in 0..10_u32 {
        let start = world.now();
        world.event(&shop, &order(&world, &format!("o{day}"), "ANNA10"));
        if day % 3 == 2 {
            world.event(&shop, &cancelled(&world, &format!("o{}", day - 1)));
        }
        if day == 4 {
            let friend = json!({"reward": {"kind": "percent_off", "percent": "15"}});
            let mut changed = program.clone();
            changed["offers"][0]["friend"] = friend;
            world.put("/v1/shops/demo", &changed).send();
        }
        if bad {
            for _ in 0..dice.roll(4) {
                let mood = moods[dice.roll(moods.len() as u64) as usize];
                match path {
                    SHOPIFY => shopify(&world, |shop| shop.moods().push_back(mood)),
                    WOOCOMMERCE => woo(&world, |site| site.moods().push_back(mood)),
                    _ => stripe(&world, |account| account.moods().push_back(mood)),
                }
            }
            if dice.roll(2) == 0 {
                world.dies_after.set(Some(dice.roll(4) as u32));
            }
        }
        world.live_until("demo", start.plus_days(1));
    }
    world.dies_after.set(None);
    world.kv.behave(Mischief::NONE);
    world.live_until("demo", world.now().plus_days(2));
    let worth = match path {
        SHOPIFY => shopify(&world, |shop| shop.balance("gid://shopify/Customer/7")),
        WOOCOMMERCE => woo(&world, |site| {
            let good = |coupon: &&Value| coupon["usage_limit"] == 1 && coupon["date_expires"].is_null();
            site.coupons.values().filter(good).count() as i64
        }),
        _ => stripe(&world, |account| account.balances["cus_anna"]),
    };
    let codes = match path {
        SHOPIFY => shopify(&world, |shop| {
            let codes = shop.discounts.iter().filter(|(_, one)| !one.over);
            codes.map(|(code, one)| format!("{code} {}", one.input["customerGets"]["value"])).collect()
        }),
        WOOCOMMERCE => woo(&world, |site| {
            let friends = site.coupons.iter().filter(|(_, one)| one["usage_limit"].is_null());
            friends.map(|(code, one)| format!("{code} {}", one["amount"])).collect()
        }),
        _ => stripe(&world, |account| {
            let mut active: Vec<String> = account
                .promotion_codes
                .iter()
                .filter(|one| one["active"] == true)
                .map(|one| format!("{} {}", one["code"], one["promotion"]["coupon"]["percent_off"]))
                .collect();
            active.sort();
            active
        }),
    };
    let status = json_of(&world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send());
    assert_eq!(payout(&world)["count"], 0, "{path} {}: {}", replay(seed), payout(&world));
    (codes, status["totals"].clone(), worth)
}

#[test]
fn whatever_platforms_and_objects_do_each_thing_is_done_once() {
    for path in [SHOPIFY, WOOCOMMERCE, STRIPE] {
        for seed in seeds().step_by(5) {
            let (bad, good) = (ten_days(seed, path, true), ten_days(seed, path, false));
            assert_eq!(bad, good, "{path}: {}", replay(seed));
        }
    }
}
