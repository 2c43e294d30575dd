//! What is wrong, forged, foreign or too much, and that nothing recorded changes by it.

use super::world::*;
use crate::app::Limit;
use crate::http::Method;
use serde_json::{Value, json};
use std::rc::Rc;

/// Everything that the shop knows, to be compared before and after.
fn everything(world: &Rc<World>) -> Vec<Value> {
    ["", "/referrers", "/conversions", "/report?from=2026-11-01", "/payouts", "/referrers/ANNA10/rewards"]
        .iter()
        .map(|path| json_of(&world.get(&format!("/v1/shops/demo{path}")).admin().send()))
        .collect()
}

#[test]
fn signatures_that_are_not_right_open_nothing() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    let before = everything(&world);
    let post = || world.post("/v1/shops/demo/events", &paid("1002", "ANNA10"));
    let other = json!({"event_secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="});
    let when = world.now().seconds().to_string();
    let of_another_body = sign(shop["event_secret"].as_str().unwrap(), "msg_1", &when, b"{}");
    let by_hand = |signature: &str| {
        post()
            .header("webhook-id", "msg_1")
            .header("webhook-timestamp", &when)
            .header("webhook-signature", signature)
    };
    for (what, sending) in [
        ("no signature", post()),
        ("another key", post().signed(&other, 0)),
        ("old", post().signed(&shop, 301)),
        ("ahead", post().signed(&shop, -301)),
        ("another body's", by_hand(&of_another_body)),
        ("empty", by_hand("")),
        ("nonsense", by_hand("v1,???")),
        ("two timestamps", post().signed(&shop, 0).header("webhook-timestamp", &when)),
        ("another id", post().signed(&shop, 0).header("webhook-id", "msg_2")),
    ] {
        assert_eq!(sending.send().status, 401, "{what}");
    }
    // Nothing is read from an unsigned body, so that a broken one is no 400.
    assert_eq!(world.request(Method::POST, "/v1/shops/demo/events").body("{").send().status, 401);
    assert_eq!(
        world.post("/v1/shops/nobody/events", &paid("1", "ANNA10")).signed(&shop, 0).send().status,
        404
    );
    assert_eq!(everything(&world), before);
}

#[test]
fn broken_bodies_are_told_apart_from_wrong_ones() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let before = everything(&world);
    let raw =
        |body: &str| world.request(Method::POST, "/v1/shops/demo/events").body(body).signed(&shop, 0).send();
    for broken in ["", "{", "{\"type\": \"order.paid\", \"data\": ", "[1,]", "NaN", "{}{}", "\u{0}"] {
        assert_eq!(raw(broken).status, 400, "{broken:?}");
    }
    assert_eq!(raw(&"[".repeat(100_000)).status, 400, "nested beyond reason");
    assert_eq!(pointers(&raw("[]")), ["/type"]);
    assert_eq!(pointers(&raw("{}")), ["/type"]);
    let mut wrong = paid("1001", "ANNA10");
    wrong["data"]["subtotal"] = json!(80);
    wrong["data"]["at"] = json!("yesterday");
    wrong["data"]["currency"] = json!("EURO");
    wrong["data"]["customer"]["email"] = json!(["x"]);
    assert_eq!(
        pointers(&raw(&wrong.to_string())),
        ["/data/at", "/data/customer/email", "/data/currency", "/data/subtotal"]
    );
    let endless = "9".repeat(400);
    for number in ["1e400", "-1e400", &endless] {
        let right = paid("1001", "ANNA10").to_string();
        let bare = right.replace("\"80.00\"", number);
        assert_eq!(pointers(&raw(&bare)), ["/data/subtotal"], "{number}");
        assert_eq!(raw(&format!("{{\"type\": \"order.packed\", \"n\": {number}}}")).status, 200, "{number}");
        let text = format!("{{\"type\": \"\\\"{number}\", \"n\": {number}}}");
        assert_eq!(
            raw(&text).status,
            if number.len() < 100 { 200 } else { 422 },
            "{number} in a text is a text"
        );
        assert_eq!(raw(&format!("{{\"n\": {number}")).status, 400, "{number}");
    }
    for amount in ["1e5", "NaN", "-0.00", "8.000", "80,00", " 80.00", "٨٠.٠٠", &"9".repeat(400)] {
        wrong = paid("1001", "ANNA10");
        wrong["data"]["subtotal"] = json!(amount);
        assert_eq!(pointers(&raw(&wrong.to_string())), ["/data/subtotal"], "{amount}");
    }
    assert_eq!(everything(&world), before);
}

#[test]
fn every_reader_of_a_body_refuses_the_same_way() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let before = everything(&world);
    for (method, path) in [
        (Method::POST, "/v1/shops/demo/touches"),
        (Method::POST, "/v1/shops/demo/referrers"),
        (Method::POST, "/v1/shops/demo/conversions"),
        (Method::POST, "/v1/shops/demo/conversions/1001/review"),
        (Method::POST, "/v1/shops/demo/payouts"),
        (Method::PUT, "/v1/shops/demo"),
        (Method::PUT, "/v1/shops/demo/referrers/ANNA10"),
    ] {
        let send = |body: &str| world.request(method.clone(), path).body(body).admin().send();
        assert_eq!(send("{").status, 400, "{path}");
        assert_eq!(send("").status, 400, "{path}");
        assert_eq!(send(&" ".repeat(262_145)).status, 413, "{path}");
        for wrong in ["7", "[]", "null", "\"x\""] {
            assert!(!pointers(&send(wrong)).is_empty(), "{path} {wrong}");
        }
    }
    assert_eq!(everything(&world), before);
}

#[test]
fn each_fault_of_a_program_is_pointed_at() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let before = everything(&world);
    let mut wrong = program();
    wrong["currency"] = json!("XXXX");
    wrong["landing_url"] = json!("javascript:alert(1)");
    wrong["offers"][0]["advocate"]["hold_days"] = json!(-1);
    wrong["offers"][1]["id"] = json!("friends");
    wrong["webhook_secrets"] = json!({"shopify": 7});
    let found = pointers(&world.put("/v1/shops/demo", &wrong).send());
    for pointer in [
        "/currency",
        "/landing_url",
        "/offers/0/advocate/hold_days",
        "/offers/1/id",
        "/webhook_secrets/shopify",
    ] {
        assert!(found.iter().any(|one| one == pointer), "{pointer} in {found:?}");
    }
    assert_eq!(everything(&world), before);
}

#[test]
fn names_codes_and_addresses_are_checked() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let put = |code: &str, body: Value| world.put(&format!("/v1/shops/demo/referrers/{code}"), &body).send();
    assert_eq!(pointers(&put("ANNA10", json!({"offer": "nothing"}))), ["/offer"]);
    assert_eq!(
        pointers(&put("ANNA10", json!({"name": 7, "email": "x", "customer_id": {}}))),
        ["/offer", "/name", "/email", "/customer_id"]
    );
    assert_eq!(pointers(&put("ANNA10", json!({"offer": "friends", "name": "x".repeat(10_000)}))), ["/name"]);
    for code in ["AB", "A_B_C", "%C3%89T%C3%89", "A%20B%20C", &"A".repeat(33), "%E2%80%AEABC"] {
        assert_eq!(put(code, json!({"offer": "friends"})).status, 422, "{code}");
        assert_eq!(
            world.get(&format!("/v1/shops/demo/referrers/{code}")).admin().send().status,
            404,
            "{code}"
        );
    }
    assert_eq!(put("anna-10", json!({"offer": "friends", "name": "مريم 🧁"})).status, 201);
    let known = json_of(&world.get("/v1/shops/demo/referrers/Anna-10").admin().send());
    assert_eq!((known["code"].as_str(), known["name"].as_str()), (Some("ANNA-10"), Some("مريم 🧁")));
}

#[test]
fn tokens_hold_where_they_were_given_and_nowhere_else() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let other = json_of(&world.put("/v1/shops/other", &program()).send());
    let token = |shop: &Value| shop["shop_token"].as_str().unwrap().to_owned();
    let status = |path: &str, token: &str| world.get(path).bearer(token).send().status.as_u16();
    assert_eq!(status("/v1/shops/demo", &token(&shop)), 200);
    assert_eq!(status("/v1/shops/demo/referrers", &token(&shop)), 200);
    let card = json_of(&world.post("/v1/shops/other/referrers", &json!({})).send());
    let card = card["token"].as_str().unwrap();
    for path in [
        "",
        "/referrers",
        "/referrers/ANNA10",
        "/referrers/ANNA10/rewards",
        "/conversions",
        "/payouts",
        "/payouts/1",
        "/payouts/1.csv",
        "/report",
        "/audit",
        "/subjects?email=a@b.co",
    ] {
        let path = format!("/v1/shops/demo{path}");
        for wrong in [token(&other).as_str(), card, "nonsense", "pst_", "prt_x", ADMIN.trim_end_matches('n')]
        {
            assert_eq!(status(&path, wrong), 401, "{path} {wrong}");
        }
        assert_eq!(world.get(&path).send().status, 401, "{path}");
        // Where the token may not know, a shop that is not there answers like one that is.
        assert_eq!(status(&path.replace("demo", "nobody"), "nonsense"), 401, "{path}");
        assert_eq!(status(&path.replace("demo", "nobody"), ADMIN), 404, "{path}");
    }
    assert_eq!(status("/v1/shops", &token(&shop)), 401, "the list is the admin's");
    let put = |path: &str, token: &str| {
        world.request(Method::PUT, path).body(&program().to_string()).bearer(token).send().status.as_u16()
    };
    assert_eq!(put("/v1/shops/demo", &token(&shop)), 200, "a program is its shop's");
    assert_eq!(put("/v1/shops/demo", &token(&other)), 401, "and no other's");
    assert_eq!(put("/v1/shops/new", &token(&shop)), 401, "new shops are the admin's");
    assert_eq!(status("/v1/shops/demo/rewards", card), 401);
    assert_eq!(status("/v1/shops/demo/rewards", &token(&shop)), 401);
    assert_eq!(status("/v1/shops/other/rewards", card), 200);
    world.pass(180 * 86_400);
    assert_eq!(status("/v1/shops/other/rewards", card), 401, "expired");
}

#[test]
fn without_an_admin_token_nobody_is_admin() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.admin.borrow_mut().clear();
    for bearer in ["", ADMIN, "x"] {
        let answer = world.get("/v1/shops").header("authorization", &format!("Bearer {bearer}")).send();
        assert_eq!(answer.status, 503);
        assert!(json_of(&answer)["detail"].as_str().unwrap().contains("PARRAIN_ADMIN_TOKEN"));
    }
    assert_eq!(world.get("/v1/shops/demo").bearer("x").send().status, 503);
    assert_eq!(world.get("/v1/shops/demo").bearer(shop["shop_token"].as_str().unwrap()).send().status, 200);
    assert_eq!(world.get("/v1/shops/demo/offer").send().status, 200);
}

#[test]
fn guessing_is_slowed_down() {
    let world = World::new(1, Default::default());
    world.with_shop();
    world.used_up.set(Some(Limit::Failure));
    for sending in [
        world.get("/v1/shops/demo").bearer("guess"),
        world.get("/v1/shops"),
        world.get("/v1/shops/demo/rewards").bearer("guess"),
        world.get("/v1/shops/nobody/offer"),
        world.get("/r/nobody/ANNA10"),
        world.post("/v1/shops/demo/events", &paid("1", "ANNA10")),
        world.post("/v1/shops/demo/referrers", &json!({"identity": "a.b.c"})),
    ] {
        let answer = sending.send();
        assert_eq!((answer.status.as_u16(), header_of(&answer, "retry-after")), (429, Some("10")));
    }
    assert_eq!(world.get("/v1/shops/demo").admin().send().status, 200);
    assert_eq!(world.get("/v1/shops/demo/offer").send().status, 200);
}

#[test]
fn unknown_shops_and_methods() {
    let world = World::new(1, Default::default());
    world.with_shop();
    for path in ["offer", "offer?code=ANNA10", "rewards"] {
        let answer = world.get(&format!("/v1/shops/nobody/{path}")).page().send();
        assert_eq!(answer.status, 404, "{path}");
        // So that its console can say in words that the shop id is wrong.
        assert_eq!(header_of(&answer, "access-control-allow-origin"), Some("*"));
    }
    for path in ["touches", "referrers", "conversions", "events"] {
        assert_eq!(world.post(&format!("/v1/shops/nobody/{path}"), &json!({})).send().status, 404, "{path}");
    }
    for id in ["Demo", "de.mo", "%64emo", "demo%2F..", &"a".repeat(65)] {
        assert_eq!(world.get(&format!("/v1/shops/{id}/offer")).send().status, 404, "{id}");
    }
    let wrong = world.request(Method::DELETE, "/v1/shops/demo/offer").admin().send();
    assert_eq!((wrong.status.as_u16(), header_of(&wrong, "allow")), (405, Some("GET, HEAD")));
    let wrong = world.request(Method::PATCH, "/v1/shops/demo").admin().send();
    assert_eq!((wrong.status.as_u16(), header_of(&wrong, "allow")), (405, Some("GET, HEAD, PUT, DELETE")));
}

#[test]
fn a_head_is_a_get_and_never_does_what_a_post_does() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let before = everything(&world);
    let head = |path: &str, body: &Value| {
        world.request(Method::HEAD, &format!("/v1/shops/demo/{path}")).body(&body.to_string())
    };
    for (path, body) in [
        ("referrers", json!({"name": "Mallory"})),
        ("conversions", paid("R-1", "ANNA10")["data"].clone()),
        ("payouts", json!({"until": "2026-12-31T00:00:00Z"})),
    ] {
        assert_eq!(head(path, &body).page().send().status, 401, "{path}");
        assert_eq!(
            head(path, &body).bearer(shop["shop_token"].as_str().unwrap()).send().status,
            200,
            "{path}"
        );
    }
    for path in ["touches", "events"] {
        assert_eq!(head(path, &json!({})).send().status, 405, "{path}");
    }
    assert_eq!(everything(&world), before);
}

#[test]
fn cursors_that_no_page_gave_are_told() {
    let world = World::new(1, Default::default());
    world.with_shop();
    for path in [
        "/v1/shops/demo/referrers",
        "/v1/shops/demo/conversions",
        "/v1/shops/demo/payouts",
        "/v1/shops/demo/audit",
        "/v1/shops/demo/referrers/ANNA10/rewards",
        "/v1/shops",
    ] {
        for cursor in ["!", "%00", "%F0%9F%A6%84", "-", "1-", "-5", "+5", "9_9"] {
            let answer = world.get(&format!("{path}?cursor={cursor}")).admin().send();
            assert_eq!(pointers(&answer).len(), 1, "{path} {cursor}");
        }
    }
}
