//! Looking at platforms for orders of which no webhook told: what was missed is on record as if it had been told, and what
//! was told changes nothing.

use super::world::*;
use crate::http::Method;
use crate::stores::simulated::Mischief;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use parrain_core::instant::Instant;
use parrain_stand_ins::{Mood, Shopify, StandIn, Stripe, Woocommerce};
use serde_json::{Value, json};
use sha2::Sha256;
use std::rc::Rc;

const PLATFORMS: [&str; 3] = ["shopify", "woocommerce", "stripe"];

/// The shop `demo` with one platform connected, whose webhooks it takes.
fn world(platform: &str) -> Rc<World> {
    let world = World::new(1, Mischief::NONE);
    {
        let mut platforms = world.platforms.borrow_mut();
        platforms.shopify = Some(Shopify::new("atelier.myshopify.com"));
        platforms.woocommerce = Some(Woocommerce::new());
        platforms.stripe = Some(Stripe::new());
    }
    world.with_shop();
    let mut program = program();
    program["webhook_secrets"] = json!({"woocommerce": "whsec_w", "shopify": "shpss_1", "stripe": "whsec_s"});
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    assert_eq!(connect(&world, platform)["reconciliation"]["state"], "waiting");
    world.live_until("demo", world.now().plus_seconds(60));
    world
}

fn connect(world: &Rc<World>, platform: &str) -> Value {
    let credentials = match platform {
        "shopify" => json!({"shop": "atelier", "token": "shpat_0123456789abcdef"}),
        "woocommerce" => json!({"site": "https://woo.example/", "consumer_key": "ck_0123456789abcdef",
            "consumer_secret": "cs_0123456789abcdef"}),
        _ => json!({"key": "rk_test_0123456789abcdef"}),
    };
    let answer = world.put(&path(platform), &credentials).send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

fn path(platform: &str) -> String {
    format!("/v1/shops/demo/connections/{platform}")
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

fn moods(world: &World, platform: &str, next: impl IntoIterator<Item = Mood>) {
    match platform {
        "shopify" => shopify(world, |shop| shop.moods().extend(next)),
        "woocommerce" => woo(world, |site| site.moods().extend(next)),
        _ => stripe(world, |account| account.moods().extend(next)),
    }
}

/// How looking stands.
fn seen(world: &Rc<World>, platform: &str) -> Value {
    json_of(&world.get(&path(platform)).admin().send())["reconciliation"].clone()
}

fn press(world: &Rc<World>, platform: &str) -> Value {
    let answer = world.request(Method::POST, &format!("{}/reconcile", path(platform))).admin().send();
    assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)["reconciliation"].clone()
}

/// Lets two minutes pass.
fn minutes(world: &World) {
    world.live_until("demo", world.now().plus_seconds(120));
}

/// What a page of an order shows of it, without when it was received.
fn order(world: &Rc<World>, id: &str) -> Value {
    let answer = world.get(&format!("/v1/shops/demo/orders/{id}")).admin().send();
    let mut shown = json_of(&answer);
    forget_arrivals(&mut shown);
    shown
}

fn forget_arrivals(shown: &mut Value) {
    match shown {
        Value::Object(members) => {
            members.remove("received_at");
            members.values_mut().for_each(forget_arrivals);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_arrivals),
        _ => {}
    }
}

fn z(at: Instant) -> String {
    format!("{}Z", at.to_string().split(['.', 'Z']).next().unwrap())
}

/// An order that is the platform's, paid at an instant, with as many lines as that; with a refund of ten where it is said.
/// Adds it to the stand-in and answers what the platform's webhooks bring.
fn sell(world: &World, platform: &str, number: u32, at: Instant, lines: usize, refunded: bool) -> Vec<Value> {
    let text = z(at);
    let each = format!("{}.00", 80 / lines);
    match platform {
        "shopify" => {
            let bag = |amount: &str| json!({"shopMoney": {"amount": amount, "currencyCode": "EUR"}});
            let line = json!({"quantity": 1, "isGiftCard": false, "originalUnitPriceSet": bag(&each),
                "discountAllocations": [], "taxLines": []});
            let id = number.to_string();
            let refund = json!({"id": format!("gid://shopify/Refund/9{id}"), "legacyResourceId": format!("9{id}"),
                "createdAt": text, "processedAt": text,
                "refundLineItems": [{"quantity": 1, "subtotalSet": bag("10.00"), "totalTaxSet": bag("0.00"),
                    "lineItem": {"isGiftCard": false}}],
                "refundShippingLines": [], "orderAdjustments": [], "duties": [],
                "transactions": [{"kind": "REFUND", "status": "SUCCESS", "amountSet": bag("10.00")}]});
            let status = if refunded { "PARTIALLY_REFUNDED" } else { "PAID" };
            let shown = json!({"id": format!("gid://shopify/Order/{id}"), "legacyResourceId": id, "test": false,
                "displayFinancialStatus": status, "cancelledAt": null, "createdAt": text, "processedAt": text,
                "updatedAt": text, "currencyCode": "EUR", "taxesIncluded": false, "email": format!("f{id}@example.com"),
                "discountCodes": ["ANNA10"], "customAttributes": [{"key": "gift", "value": "no"}],
                "subtotalPriceSet": bag("80.00"), "currentSubtotalPriceSet": bag(if refunded { "70.00" } else { "80.00" }),
                "totalPriceSet": bag("85.00"), "totalTaxSet": bag("0.00"), "totalDiscountsSet": bag("0.00"),
                "customer": {"id": format!("gid://shopify/Customer/7{id}"), "legacyResourceId": format!("7{id}"),
                    "numberOfOrders": "2", "defaultEmailAddress": {"emailAddress": format!("f{id}@example.com")},
                    // The customer ordered again since.
                    "orders": [{"legacyResourceId": format!("8{id}")}, {"legacyResourceId": id}]},
                "customerJourneySummary": {"lastVisit": {"landingPage": "https://shop.example/?ref=ANNA10"}, "firstVisit": null},
                "shippingLines": [{"originalPriceSet": bag("5.00"), "discountedPriceSet": bag("5.00")}],
                "lineItems": vec![line; lines],
                "refunds": if refunded { json!([refund]) } else { json!([]) }});
            shopify(world, |shop| {
                shop.orders.retain(|one| one["legacyResourceId"] != id.as_str());
                shop.orders.push(shown);
            });
            let rest = json!({"quantity": 1, "price": each, "gift_card": false, "discount_allocations": [], "tax_lines": []});
            let mut order = json!({"id": number, "test": false, "financial_status": status.to_lowercase(),
                "cancelled_at": null, "created_at": text, "processed_at": text, "updated_at": text, "currency": "EUR",
                "taxes_included": false, "email": format!("f{id}@example.com"), "discount_codes": [{"code": "ANNA10"}],
                "note_attributes": [{"name": "gift", "value": "no"}], "subtotal_price": "80.00",
                "current_subtotal_price": if refunded { "70.00" } else { "80.00" }, "total_price": "85.00",
                "total_tax": "0.00", "total_discounts": "0.00", "landing_site": "/?ref=ANNA10",
                "shipping_lines": [{"price": "5.00", "discounted_price": "5.00"}], "line_items": vec![rest; lines],
                "customer": {"id": format!("7{id}").parse::<u64>().unwrap(), "orders_count": 1}, "refunds": []});
            if refunded {
                order["refunds"] = json!([{"id": format!("9{id}").parse::<u64>().unwrap(), "created_at": text, "processed_at": text,
                    "refund_line_items": [{"quantity": 1, "subtotal": "10.00", "total_tax": "0.00",
                        "line_item": {"gift_card": false}}],
                    "transactions": [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "EUR"}]}]);
            }
            vec![order]
        }
        "woocommerce" => {
            let text = text.trim_end_matches('Z');
            let mut order: Value = serde_json::from_str(include_str!(
                "../../../tests/fixtures/woocommerce/order.created.guest-coupon.raw.json"
            ))
            .unwrap();
            order["id"] = json!(number);
            order["status"] = json!("completed");
            for name in ["date_created_gmt", "date_modified_gmt", "date_paid_gmt"] {
                order[name] = json!(text);
            }
            order["billing"]["email"] = json!(format!("f{number}@example.com"));
            order["coupon_lines"][0]["code"] = json!("anna10");
            order["refunds"] =
                if refunded { json!([{"id": 900 + number, "total": "-10.00"}]) } else { json!([]) };
            woo(world, |site| {
                site.orders.retain(|one| one["id"] != number);
                site.orders.push(order.clone());
            });
            vec![order]
        }
        _ => {
            let at = at.seconds();
            let event = |name: &str, object: Value| {
                json!({"id": format!("evt_{number}_{name}"), "object": "event", "type": name, "created": at,
                    "data": {"object": object}})
            };
            let payment = format!("pi_{number}");
            let session = json!({"id": format!("cs_{number}"), "payment_status": "paid", "currency": "eur", "created": at,
                "amount_subtotal": 8000, "amount_total": 8000, "payment_intent": payment,
                "customer": format!("cus_{number}"), "customer_details": {"email": format!("f{number}@example.com")},
                "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
                "client_reference_id": "ANNA10"});
            let mut all = vec![event("checkout.session.completed", session)];
            if refunded {
                let refund = json!({"id": format!("re_{number}"), "status": "succeeded", "currency": "eur", "amount": 1000,
                    "payment_intent": payment, "charge": format!("ch_{number}"), "created": at});
                all.push(event("refund.created", refund));
            }
            let tells = |id: &Value, account: &Stripe| account.events.iter().any(|one| one["id"] == *id);
            stripe(world, |account| {
                for one in &all {
                    if !tells(&one["id"], account) {
                        account.events.push(one.clone());
                    }
                }
            });
            all
        }
    }
}

/// The name under which an order of [`sell`] is on record.
fn name(platform: &str, number: u32) -> String {
    if platform == "stripe" { format!("pi_{number}") } else { number.to_string() }
}

/// What the platform signs and sends.
fn send(world: &Rc<World>, platform: &str, body: &Value) -> Value {
    let body = body.to_string();
    let sending = world.request(Method::POST, &format!("/v1/shops/demo/webhooks/{platform}")).body(&body);
    let mac = |secret: &[u8], text: &str| {
        Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(text).finalize()
    };
    let sending = match platform {
        "shopify" => sending
            .header("x-shopify-hmac-sha256", &STANDARD.encode(mac(b"shpss_1", &body).into_bytes()))
            .header("x-shopify-topic", "orders/updated"),
        "woocommerce" => sending
            .header("x-wc-webhook-signature", &STANDARD.encode(mac(b"whsec_w", &body).into_bytes()))
            .header("x-wc-webhook-topic", "order.updated"),
        _ => {
            let now = world.now().seconds();
            let text = hex::encode(mac(b"whsec_s", &format!("{now}.{body}")).into_bytes());
            sending.header("stripe-signature", &format!("t={now},v1={text}"))
        }
    };
    let answer = sending.send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

#[test]
fn what_no_webhook_told_is_on_record_in_the_morning_as_if_one_had() {
    for platform in PLATFORMS {
        let (told, missed) = (world(platform), world(platform));
        for (number, refunded) in [(101, false), (102, true), (103, false)] {
            for world in [&told, &missed] {
                world.pass(60);
                let at = world.now();
                let bodies = sell(world, platform, number, at, 4, refunded);
                world.pass(5);
                // Of the first one only the second world's platform said nothing; of the third both heard.
                if Rc::ptr_eq(world, &told) || number == 103 {
                    for body in &bodies {
                        send(world, platform, body);
                    }
                }
            }
        }
        assert_eq!(missed.get("/v1/shops/demo/orders/101").admin().send().status, 404, "{platform}");
        for world in [&told, &missed] {
            world.live_until("demo", world.now().plus_days(1));
        }
        for number in [101, 102, 103] {
            let name = name(platform, number);
            let (found, shown) = (order(&missed, &name), order(&told, &name));
            for (part, value) in shown.as_object().unwrap() {
                assert_eq!(found[part], *value, "{platform} {number} {part}");
            }
            assert_eq!(shown["order"]["referrer"], "ANNA10", "{platform} {number}");
        }
        let audit = json_of(&missed.get("/v1/shops/demo/audit").admin().send());
        assert_eq!(audit["ok"].as_bool().or(Some(true)), Some(true), "{audit}");
        let (of_told, of_missed) = (seen(&told, platform), seen(&missed, platform));
        assert_eq!((&of_told["missing"], &of_told["orders"]), (&json!(0), &json!([])), "{platform}");
        assert_eq!(of_missed["missing"], 2, "{platform} {of_missed}");
        assert_eq!(of_missed["orders"], json!([name(platform, 101), name(platform, 102)]));
        assert_eq!((&of_missed["state"], &of_missed["fault"]), (&json!("waiting"), &Value::Null));
        assert!(of_missed["last_at"].is_string() && of_missed["next_at"].is_string());
        let overview = json_of(&missed.get("/v1/shops/demo/overview").admin().send()).to_string();
        assert!(overview.contains("orders_found"), "{overview}");

        // The night after finds nothing, and nothing is another for it.
        let rows = |world: &World| {
            ["entry", "back", "posting", "twin", "alias"].map(|table| world.rows("demo", table))
        };
        let before = rows(&missed);
        press(&missed, platform);
        minutes(&missed);
        assert_eq!((rows(&missed), &seen(&missed, platform)["missing"]), (before, &json!(0)), "{platform}");
    }
}

#[test]
fn many_are_read_page_by_page_and_those_of_one_second_too() {
    for (platform, count) in [("shopify", 12_u32), ("woocommerce", 70), ("stripe", 130)] {
        let world = world(platform);
        let at = world.now().plus_seconds(30);
        for number in 0..count {
            // Sixty of one second, as a bulk edit leaves them; a few of many lines.
            let when = at.plus_seconds(i64::from(number.saturating_sub(60)) + i64::from(number / 50));
            let lines = if number % 5 == 0 { 20 } else { 1 };
            sell(&world, platform, 1000 + number, when, lines, number % 4 == 0);
        }
        world.pass(600);
        press(&world, platform);
        assert_eq!(seen(&world, platform)["state"], "waiting");
        world.live_until("demo", world.now().plus_seconds(3600));
        let found = seen(&world, platform);
        assert_eq!(found["missing"].as_i64(), Some(i64::from(count)), "{platform} {found}");
        assert_eq!(found["orders"].as_array().unwrap().len(), 20.min(count as usize), "{platform}");
        let looked = if platform == "stripe" { count + count.div_ceil(4) } else { count };
        assert_eq!(found["seen"].as_i64(), Some(i64::from(looked)), "{platform} {found}");
        for number in 0..count {
            let status =
                world.get(&format!("/v1/shops/demo/orders/{}", name(platform, 1000 + number))).admin().send();
            assert_eq!(status.status, 200, "{platform} {number}");
        }
    }
}

#[test]
fn a_platform_that_limits_fails_or_kills_holds_up_the_look_alone() {
    for platform in PLATFORMS {
        let world = world(platform);
        for number in 0..30 {
            sell(
                &world,
                platform,
                500 + number,
                world.now().plus_seconds(i64::from(number)),
                1,
                number % 3 == 0,
            );
        }
        world.pass(600);
        press(&world, platform);
        moods(&world, platform, [Mood::Slow(Some(30))]);
        world.ring("demo");
        assert_eq!(seen(&world, platform)["seen"], 0, "{platform}");
        moods(&world, platform, [Mood::TimesOutBefore]);
        world.pass(31);
        world.ring("demo");
        let stands = seen(&world, platform);
        assert_eq!(stands["state"], "running", "{platform}");
        assert!(stands["fault"]["words"].as_str().unwrap().contains("no answer"), "{stands}");
        // The object dies with an answer on its way, three times.
        for _ in 0..3 {
            world.pass(3600);
            world.dies_after.set(Some(1));
            world.ring("demo");
            world.dies_after.set(None);
        }
        world.live_until("demo", world.now().plus_seconds(7200));
        let found = seen(&world, platform);
        assert_eq!((&found["missing"], &found["fault"]), (&json!(30), &Value::Null), "{platform} {found}");
        for number in 0..30 {
            let shown =
                world.get(&format!("/v1/shops/demo/orders/{}", name(platform, 500 + number))).admin().send();
            assert_eq!(shown.status, 200, "{platform} {number}");
        }
    }
}

#[test]
fn a_list_that_never_comes_waits_for_the_night_and_holds_up_no_code() {
    for platform in PLATFORMS {
        let world = world(platform);
        sell(&world, platform, 5, world.now().plus_seconds(5), 1, false);
        world.pass(600);
        press(&world, platform);
        moods(&world, platform, [Mood::TimesOutBefore]);
        world.ring("demo");
        let stands = json_of(&world.get(&path(platform)).admin().send());
        assert!(stands["reconciliation"]["fault"].is_object(), "{platform} {stands}");
        assert_eq!(stands["fault"], Value::Null, "{platform}: the rest goes on");
        // A code that is wanted now is made now.
        assert_eq!(
            world
                .put("/v1/shops/demo/referrers/ZOE33", &json!({"offer": "friends", "name": "Zoe"}))
                .send()
                .status,
            201
        );
        world.ring("demo");
        let made = json_of(&world.get(&path(platform)).admin().send());
        assert_eq!(made["codes"]["made"], 3, "{platform} {made}");

        for _ in 0..4 {
            moods(&world, platform, [Mood::TimesOutBefore]);
            world.pass(3600);
            world.ring("demo");
        }
        let given_up = seen(&world, platform);
        assert_eq!(given_up["state"], "waiting", "{platform} {given_up}");
        world.live_until("demo", world.now().plus_days(1));
        let found = seen(&world, platform);
        assert_eq!((&found["missing"], &found["fault"]), (&json!(1), &Value::Null), "{platform} {found}");
    }
}

#[test]
fn without_the_right_or_webhooks_nothing_is_looked_at_and_the_rest_goes_on() {
    for platform in PLATFORMS {
        let world = world(platform);
        match platform {
            "shopify" => shopify(&world, |shop| shop.scopes.retain(|scope| *scope != "read_orders")),
            "woocommerce" => woo(&world, |site| site.sees_orders = false),
            _ => stripe(&world, |account| account.reads_events = false),
        }
        // A right that is gone is told as what it is, and codes are made all the same.
        press(&world, platform);
        minutes(&world);
        let refused = seen(&world, platform);
        assert_eq!(refused["state"], "waiting", "{platform}");
        assert!(!refused["fault"]["words"].as_str().unwrap().is_empty(), "{refused}");
        let connected = connect(&world, platform);
        assert_eq!(connected["reconciliation"]["state"], "not_allowed", "{platform}");
        let lacks = |right: &&Value| right["held"] == false;
        let missing: Vec<Value> =
            connected["rights"].as_array().unwrap().iter().filter(lacks).cloned().collect();
        assert_eq!((missing.len(), &missing[0]["needed_for"]), (1, &json!("reconciliation")), "{platform}");
        let asked = world.request(Method::POST, &format!("{}/reconcile", path(platform))).admin().send();
        assert_eq!(asked.status, 409, "{platform}");
        minutes(&world);
        let state = json_of(&world.get(&path(platform)).admin().send());
        assert_eq!((&state["codes"]["made"], &state["fault"]), (&json!(2), &Value::Null), "{platform}");
    }
    let world = World::new(1, Mischief::NONE);
    world.platforms.borrow_mut().stripe = Some(Stripe::new());
    world.with_shop();
    assert_eq!(connect(&world, "stripe")["reconciliation"]["state"], "no_webhooks");
    sell(&world, "stripe", 1, world.now().plus_seconds(5), 1, false);
    world.live_until("demo", world.now().plus_days(2));
    assert_eq!(world.rows("demo", "entry"), 0);
    let asked = world.request(Method::POST, "/v1/shops/demo/connections/stripe/reconcile").admin().send();
    assert_eq!(asked.status, 409);
}

#[test]
fn of_a_list_that_breaks_off_nothing_is_kept_or_shown_but_its_status() {
    for platform in PLATFORMS {
        let world = world(platform);
        sell(&world, platform, 5, world.now().plus_seconds(5), 1, false);
        world.pass(60);
        press(&world, platform);
        // Within the first order, of whose customer it says something by then.
        let first = (platform == "stripe").then_some(Mood::Well);
        moods(&world, platform, first.into_iter().chain([Mood::BreaksOff(400)]));
        world.ring("demo");
        let shown = String::from_utf8(world.get(&path(platform)).admin().send().body.to_vec()).unwrap();
        assert!(shown.contains("it answered 200"), "{platform} {shown}");
        for text in world.texts("demo").iter().chain([&shown]) {
            assert!(!text.contains("f5@example.com"), "{platform} {text}");
        }
    }
}

#[test]
fn the_owner_says_from_when_on() {
    let world = world("woocommerce");
    // Of before the credentials were given.
    sell(&world, "woocommerce", 7, world.now().plus_days(-3), 1, false);
    press(&world, "woocommerce");
    minutes(&world);
    assert_eq!(seen(&world, "woocommerce")["seen"], 0);
    let path = "/v1/shops/demo/connections/woocommerce/reconcile";
    for wrong in [json!({"since": "yesterday"}), json!({"since": "2026-01-01T00:00:00Z"}), json!({"from": 1})]
    {
        assert_eq!(world.post(path, &wrong).admin().send().status, 422, "{wrong}");
    }
    let from = |days: i64| {
        let since = world.now().plus_days(-days).to_string();
        assert_eq!(world.post(path, &json!({"since": since})).admin().send().status, 202);
        minutes(&world);
        seen(&world, "woocommerce")["orders"].clone()
    };
    assert_eq!(from(5), json!(["7"]));
    // As far back as is said, where that is more than a look of a night would go.
    sell(&world, "woocommerce", 6, world.now().plus_days(-44), 1, false);
    assert_eq!(from(45), json!(["6"]));
    // A later beginning leaves out nothing that no look has seen.
    sell(&world, "woocommerce", 8, world.now().plus_seconds(10), 1, false);
    world.pass(7200);
    let since = world.now().plus_seconds(-60).to_string();
    assert_eq!(world.post(path, &json!({"since": since})).admin().send().status, 202);
    minutes(&world);
    assert_eq!(seen(&world, "woocommerce")["orders"], json!(["8"]));
    assert_eq!(
        world.post("/v1/shops/demo/connections/magento/reconcile", &json!({})).admin().send().status,
        404
    );
    assert_eq!(world.request(Method::POST, path).bearer("pst_x.demo").send().status, 401);
}

#[test]
fn of_an_order_at_shopify_whose_customer_is_withheld_refunds_alone_are_taken_up() {
    let world = world("shopify");
    let known = sell(&world, "shopify", 5, world.now().plus_seconds(5), 1, false);
    world.pass(10);
    send(&world, "shopify", &known[0]);
    // A refund of the one that is on record, and one that is not.
    sell(&world, "shopify", 5, world.now(), 1, true);
    let missed = sell(&world, "shopify", 6, world.now(), 1, false);
    shopify(&world, |shop| shop.sees_customers = false);
    world.pass(600);
    press(&world, "shopify");
    minutes(&world);
    let found = seen(&world, "shopify");
    assert_eq!((&found["orders"], &found["seen"]), (&json!(["5"]), &json!(2)), "{found}");
    assert!(found["fault"]["words"].as_str().unwrap().contains("may not see customers"), "{found}");
    assert_eq!(world.rows("demo", "back"), 1);
    // Its webhook says whose it is, and finds nothing in its way.
    assert_eq!(world.get("/v1/shops/demo/orders/6").admin().send().status, 404);
    assert_eq!(send(&world, "shopify", &missed[0])["outcome"], "recorded");
    // Who allows it is told of nothing any more.
    shopify(&world, |shop| shop.sees_customers = true);
    press(&world, "shopify");
    minutes(&world);
    assert_eq!(seen(&world, "shopify")["fault"], Value::Null);
}

#[test]
fn an_order_at_shopify_of_more_lines_than_are_read_is_left_out_and_said() {
    let world = world("shopify");
    for (number, lines) in [(1, 188), (2, 189), (3, 1)] {
        sell(&world, "shopify", number, world.now().plus_seconds(i64::from(number)), 1, false);
        shopify(&world, |shop| {
            let order = shop.orders.last_mut().unwrap();
            let line = order["lineItems"][0].clone();
            order["lineItems"] = json!(vec![line; lines]);
        });
    }
    world.pass(600);
    press(&world, "shopify");
    world.live_until("demo", world.now().plus_seconds(600));
    let found = seen(&world, "shopify");
    assert_eq!((&found["orders"], &found["seen"]), (&json!(["1", "3"]), &json!(3)), "{found}");
    assert!(found["fault"]["words"].as_str().unwrap().contains("more lines"), "{found}");
    assert!(found["last_at"].is_string(), "{found}");
}

#[test]
fn what_was_read_of_an_account_that_is_gone_meanwhile_is_not_taken_up() {
    let world = world("woocommerce");
    sell(&world, "woocommerce", 5, world.now(), 1, false);
    world.pass(600);
    press(&world, "woocommerce");
    let there = Rc::clone(&world);
    *world.on_its_way.borrow_mut() = Some(Box::new(move |_| {
        let gone = there.request(Method::DELETE, &path("woocommerce")).admin().send();
        assert_eq!(gone.status, 204);
    }));
    world.ring("demo");
    assert!(woo(&world, |site| site.asked.last().unwrap().contains("/orders")), "it was asked for");
    assert_eq!((world.rows("demo", "entry"), world.rows("demo", "reconciliation")), (0, 0));
}

#[test]
fn what_was_sold_a_moment_ago_is_left_to_its_webhook() {
    for platform in PLATFORMS {
        let world = world(platform);
        sell(&world, platform, 5, world.now(), 1, false);
        world.pass(400);
        sell(&world, platform, 6, world.now(), 1, false);
        world.pass(5);
        press(&world, platform);
        world.ring("demo");
        assert_eq!(seen(&world, platform)["orders"], json!([name(platform, 5)]), "{platform}");
        press(&world, platform);
        world.ring("demo");
        assert_eq!(seen(&world, platform)["seen"], 1, "{platform}: it is not forgotten, and not yet taken");
        world.pass(400);
        press(&world, platform);
        minutes(&world);
        assert_eq!(seen(&world, platform)["orders"], json!([name(platform, 6)]), "{platform}");
    }
}

#[test]
fn a_trial_s_code_is_on_its_first_invoice_and_a_typed_code_is_asked_for() {
    let world = world("stripe");
    let at = world.now().plus_seconds(10).seconds();
    let promotion = stripe(&world, |account| account.active("ANNA10").unwrap()["id"].clone());
    stripe(&world, |account| {
        for (at, name, object) in [
            (
                at,
                "checkout.session.completed",
                json!({"id": "cs_1", "payment_status": "no_payment_required",
                "subscription": "sub_1", "currency": "eur", "created": at, "amount_total": 0,
                "discounts": [{"promotion_code": promotion, "coupon": null}]}),
            ),
            (
                at + 60,
                "invoice.paid",
                json!({"id": "in_1", "currency": "eur", "created": at + 60, "total": 8000,
                "amount_paid": 8000, "billing_reason": "subscription_cycle", "customer": "cus_1",
                "customer_email": "f@example.com", "parent": {"subscription_details": {"subscription": "sub_1"}}}),
            ),
            // The payment is known by its invoice alone.
            (
                at + 90,
                "refund.created",
                json!({"id": "re_1", "status": "succeeded", "currency": "eur", "amount": 1000,
                "payment_intent": "pi_1", "charge": "ch_1", "created": at + 90}),
            ),
        ] {
            let id = format!("evt_{at}_{name}");
            account.events.push(json!({"id": id, "type": name, "created": at, "data": {"object": object}}));
        }
        account.invoice_payments = vec![json!({"invoice": "in_1", "payment": {"payment_intent": "pi_1"}})];
    });
    world.pass(600);
    press(&world, "stripe");
    minutes(&world);
    let shown = order(&world, "in_1").to_string();
    assert!(shown.contains("ANNA10"), "{shown}");
    assert_eq!(world.rows("demo", "back"), 1);
    assert_eq!(seen(&world, "stripe")["orders"], json!(["in_1"]));
}
