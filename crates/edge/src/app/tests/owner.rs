//! What a shop's owner asks.

use super::world::*;
use crate::http::Method;
use serde_json::{Value, json};

#[test]
fn a_shop_is_made_read_replaced_listed_and_removed() {
    let world = World::new(1, Default::default());
    let made = world.put("/v1/shops/demo", &program()).send();
    assert_eq!(made.status, 201);
    let made = json_of(&made);
    assert_eq!(made["program"]["name"], "Atelier Lumière");
    assert_eq!(made["program"]["attribution"], json!({"window_days": 30, "model": "last"}));
    let mut changed = program();
    changed["name"] = json!("Atelier Nouveau");
    changed["webhook_secrets"] = json!({"woocommerce": "secret of theirs"});
    let replaced = world.put("/v1/shops/demo", &changed).send();
    assert_eq!(replaced.status, 200);
    let replaced = json_of(&replaced);
    for same in ["event_secret", "shop_token", "created_at"] {
        assert_eq!(made[same], replaced[same]);
    }
    assert_eq!(replaced["webhook_secrets"], json!({"woocommerce": "secret of theirs"}));
    assert_eq!(json_of(&world.get("/v1/shops/demo").admin().send()), replaced);
    assert_eq!(
        json_of(&world.get("/v1/shops/demo/offer").send())["name"],
        "Atelier Nouveau",
        "at once, here"
    );
    world.copy_to_kv();
    let list = json_of(&world.get("/v1/shops").admin().send());
    assert_eq!(
        list["shops"],
        json!([{"shop": "demo", "name": "Atelier Nouveau", "created_at": made["created_at"]}])
    );
    let own = made["shop_token"].as_str().unwrap();
    assert_eq!(
        world.request(Method::DELETE, "/v1/shops/demo").bearer(own).send().status,
        401,
        "the admin alone"
    );
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
    assert_eq!(world.get("/v1/shops/demo").admin().send().status, 404);
    assert_eq!(world.get("/v1/shops/demo/offer").send().status, 404);
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 404);
    world.copy_to_kv();
    assert!(world.kv.contents().is_empty(), "{:?}", world.kv.contents());
}

#[test]
fn a_referrer_is_made_replaced_and_listed() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let who =
        json!({"offer": "agencies", "name": "Studio", "email": "studio@example.com", "customer_id": "c-s"});
    let made = json_of(&world.put("/v1/shops/demo/referrers/studio", &who).send());
    assert_eq!((made["code"].as_str(), made["offer"].as_str()), (Some("STUDIO"), Some("agencies")));
    assert_eq!(made["link"], "https://edge.example/r/demo/STUDIO");
    let token = made["token"].as_str().unwrap();
    assert_eq!(world.get("/v1/shops/demo/rewards").bearer(token).send().status, 200);
    assert_eq!(world.put("/v1/shops/demo/referrers/STUDIO", &json!({"offer": "friends"})).send().status, 200);
    let list = json_of(&world.get("/v1/shops/demo/referrers").admin().send());
    let codes: Vec<&str> =
        list["referrers"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["ANNA10", "BOB22", "STUDIO"]);
    assert_eq!(list["referrers"][2]["name"], Value::Null);
    assert_eq!(world.get("/v1/shops/demo/referrers/NOBODY").admin().send().status, 404);
    assert_eq!(world.get("/v1/shops/demo/referrers/NOBODY/rewards").admin().send().status, 404);
}

#[test]
fn rewards_can_be_asked_at_any_instant() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    let at = |as_of: &str| {
        world.get(&format!("/v1/shops/demo/referrers/ANNA10/rewards?as_of={as_of}")).admin().send()
    };
    assert_eq!(json_of(&at("2026-11-19T09:59:59Z"))["conversions"], json!([]));
    assert_eq!(json_of(&at("2026-12-03T09:59:59Z"))["conversions"][0]["status"], "pending");
    let later = json_of(&at("2026-12-03T11:00:00%2B01:00"));
    assert_eq!(later["conversions"][0]["status"], "approved");
    assert_eq!(later["conversions"][0]["order_id"], "1001", "the shop sees its own order ids");
    assert_eq!(later["as_of"], "2026-12-03T10:00:00Z");
    assert_eq!(pointers(&at("tomorrow")), ["as_of"]);
    for early in ["0000-01-01T00:00:00Z", "0001-01-01", "1969-12-31T23:59:59Z"] {
        assert_eq!(json_of(&at(early))["conversions"], json!([]), "{early}");
    }
    for late in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z", "2300-01-01"] {
        let status = json_of(&at(late));
        assert_eq!(
            (&status["conversions"][0]["status"], &status["totals"][0]["approved"]),
            (&json!("approved"), &json!("10.00"))
        );
    }
    assert_eq!(json_of(&at("9999-12-31T23:59:59Z"))["as_of"], "9999-12-31T23:59:59Z");
    for beyond in ["0000-01-01T00:00:00%2B00:01", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z"] {
        assert_eq!(pointers(&at(beyond)), ["as_of"], "{beyond}");
    }
}

#[test]
fn periods_and_batches_reach_as_far_as_instants() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    world.pass(30 * 86_400);
    for (query, days) in
        [("to=0000-01-01", 0), ("to=9999-12-31T23:59:59Z", 0), ("from=9999-12-31&to=9999-12-31", 0)]
    {
        let report = world.get(&format!("/v1/shops/demo/report?{query}")).admin().send();
        assert_eq!(report.status, 200, "{query}");
        assert_eq!(json_of(&report)["days"].as_array().unwrap().len(), days, "{query}");
    }
    let batch = |until: &str| {
        let made = world.post("/v1/shops/demo/payouts", &json!({"until": until})).admin().send();
        assert_eq!(made.status, 201, "{until}");
        json_of(&made)["count"].clone()
    };
    assert_eq!(batch("0001-01-01T00:00:00Z"), 0);
    assert_eq!(batch("9999-12-31T23:59:59Z"), 1, "what is approved by now");
}

#[test]
fn the_books_can_be_checked() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    for number in 0..3 {
        world.event(&shop, &paid(&format!("100{number}"), "ANNA10"));
    }
    let audit = world.get("/v1/shops/demo/audit").bearer(shop["shop_token"].as_str().unwrap()).send();
    assert_eq!(json_of(&audit), json!({"checked": 3, "differences": [], "next_cursor": null}));
    let after = json_of(&world.get("/v1/shops/demo/audit?cursor=2").admin().send());
    assert_eq!(after["checked"], 1);
}

#[test]
fn conversions_are_listed_and_decided_by_hand() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("10/01", "ANNA10"));
    let list = |status: &str| world.get(&format!("/v1/shops/demo/conversions{status}")).admin().send();
    let all = json_of(&list(""));
    assert_eq!(all["conversions"][0]["order_id"], "10/01");
    assert!(all["conversions"][0]["why"].as_str().is_some_and(|why| !why.is_empty()));
    assert_eq!(json_of(&list("?status=rejected"))["conversions"], json!([]));
    assert_eq!(pointers(&list("?status=lost")), ["status"]);
    let review = |order: &str, body: Value| {
        world.post(&format!("/v1/shops/demo/conversions/{order}/review"), &body).admin().send()
    };
    assert_eq!(pointers(&review("10%2F01", json!({"decision": "maybe", "note": 7}))), ["/decision", "/note"]);
    assert_eq!(review("nothing", json!({"decision": "reject", "note": "x"})).status, 404);
    let decided = json_of(&review("10%2F01", json!({"decision": "reject", "note": "Same household"})));
    assert_eq!((decided["status"].as_str(), decided["reason"].as_str()), (Some("rejected"), Some("manual")));
    assert_eq!(decided["note"], "Same household");
    let lines = json!({"decision": "reject", "note": "Same household\nSee letter\tB"});
    assert_eq!(json_of(&review("10%2F01", lines))["note"], "Same household\nSee letter\tB");
    for wrong in [json!("\u{0}"), json!("x".repeat(1001)), json!(["x"])] {
        assert_eq!(pointers(&review("10%2F01", json!({"decision": "reject", "note": wrong}))), ["/note"]);
    }
    assert_eq!(json_of(&list("?status=rejected"))["conversions"][0]["order_id"], "10/01");
}

#[test]
fn a_batch_is_made_once_exported_and_paid() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    world.pass(30 * 86_400);
    let make =
        || world.post("/v1/shops/demo/payouts", &json!({"until": "2026-12-10T00:00:00Z"})).admin().send();
    let first = make();
    assert_eq!(first.status, 201);
    let batch = json_of(&first);
    assert_eq!(batch["totals"], json!([{"asset": "EUR", "amount": "10.00"}]));
    let id = batch["id"].as_str().unwrap();
    let csv = world.get(&format!("/v1/shops/demo/payouts/{id}.csv")).admin().send();
    assert_eq!(header_of(&csv, "content-type"), Some("text/csv; charset=utf-8"));
    assert!(header_of(&csv, "content-disposition").unwrap().starts_with("attachment"));
    let text = String::from_utf8(csv.body).unwrap();
    assert!(text.contains("anna10@example.com,10.00,EUR,"), "{text}");
    let paid =
        json_of(&world.request(Method::POST, &format!("/v1/shops/demo/payouts/{id}/paid")).admin().send());
    assert!(paid["paid_at"].is_string());
    let second = make();
    if second.status == 201 {
        assert_eq!(json_of(&second)["count"], 0, "no reward is in two batches");
    }
    let listed = json_of(&world.get("/v1/shops/demo/payouts").admin().send());
    assert!(listed["payouts"].as_array().unwrap().iter().any(|one| one["id"] == batch["id"]));
    assert_eq!(
        json_of(&world.get(&format!("/v1/shops/demo/payouts/{id}")).admin().send())["items"][0]["order_id"],
        "1001"
    );
    let status = json_of(&world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send());
    assert_eq!(status["conversions"][0]["status"], "paid");
    for path in ["/payouts/999", "/payouts/999.csv", "/payouts/x"] {
        assert_eq!(world.get(&format!("/v1/shops/demo{path}")).admin().send().status, 404, "{path}");
    }
    assert_eq!(
        pointers(&world.post("/v1/shops/demo/payouts", &json!({"until": "soon"})).admin().send()),
        ["/until"]
    );
}

#[test]
fn what_goes_to_a_charity_is_counted_and_paid_apart() {
    let world = World::new(1, Default::default());
    let mut program = program();
    program["offers"][0]["advocate"]["reward"] =
        json!({"kind": "donation", "amount": "5.00", "charity": "Les Restos du Cœur"});
    let shop = json_of(&world.put("/v1/shops/demo", &program).send());
    world.put("/v1/shops/demo/referrers/ANNA10", &json!({"offer": "friends", "name": "Anna"})).send();
    world.event(&shop, &paid("1001", "ANNA10"));
    world.event(&shop, &paid("1002", "ANNA10"));
    let bonus = json!({"code": "ANNA10", "amount": "2.00", "reason": "merci"});
    let bonus = json_of(&world.post("/v1/shops/demo/adjustments", &bonus).admin().send());
    assert_eq!(bonus["adjustment"]["reward"]["kind"], "cash", "what is hers is not a donation");
    let as_donation = json!({"code": "ANNA10", "amount": "2.00", "reason": "merci", "reward": "donation"});
    let refused = world.post("/v1/shops/demo/adjustments", &as_donation).admin().send();
    assert_eq!(pointers(&refused), ["/reward"]);
    world.pass(30 * 86_400);

    let status = json_of(&world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send());
    let total = json!({"charity": "Les Restos du Cœur", "currency": "EUR", "pending": "0.00", "approved": "10.00",
        "paid": "0.00", "reversed": "0.00"});
    assert_eq!(status["donations"], json!([total]));
    assert_eq!(status["totals"][0]["approved"], "2.00");
    let reward =
        json!({"kind": "donation", "amount": "5.00", "currency": "EUR", "charity": "Les Restos du Cœur"});
    assert_eq!(status["conversions"][0]["reward"], reward);
    let report = json_of(&world.get("/v1/shops/demo/report?from=2026-11-01").admin().send());
    assert_eq!(report["referrers"][0]["donations"], json!([total]));

    let plan = json!({"until": "2027-01-01T00:00:00Z", "kinds": ["donation"], "dry_run": true});
    let plan = json_of(&world.post("/v1/shops/demo/payouts", &plan).admin().send());
    let sum = json!([{"asset": "EUR", "amount": "10.00", "charity": "Les Restos du Cœur"}]);
    assert_eq!((&plan["totals"], &plan["payees"][0]["charity"]), (&sum, &sum[0]["charity"]));
    let batch = json!({"until": "2027-01-01T00:00:00Z"});
    let batch = json_of(&world.post("/v1/shops/demo/payouts", &batch).admin().send());
    assert_eq!(batch["totals"], json!([{"asset": "EUR", "amount": "2.00"}, sum[0]]));
    let id = batch["id"].as_str().unwrap();
    let csv = world.get(&format!("/v1/shops/demo/payouts/{id}.csv?kind=donation")).admin().send();
    let csv = String::from_utf8(csv.body).unwrap();
    assert!(csv.ends_with(&format!("\n,10.00,EUR,{id},Les Restos du Cœur,,donation,1001 1002\n")), "{csv}");
    let audit = json_of(&world.get("/v1/shops/demo/audit").admin().send());
    assert_eq!(audit["differences"], json!([]));
}

#[test]
fn a_referrer_reads_the_note_of_a_review_where_the_shop_says_so() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    let review = |body: Value| {
        let answer = world.post("/v1/shops/demo/conversions/1001/review", &body).admin().send();
        (answer.status.as_u16(), json_of(&answer)["note"].clone())
    };
    let read = || {
        let rewards = world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send();
        json_of(&rewards)["conversions"][0]["note"].clone()
    };
    assert_eq!(review(json!({"decision": "reject", "note": "a known face"})), (200, json!("a known face")));
    assert_eq!(read(), Value::Null, "for the shop alone");
    let told = json!({"decision": "reject", "note": "a known face", "tell": true});
    assert_eq!(review(told.clone()), (200, json!("a known face")), "who reads it can be changed");
    assert_eq!(read(), "a known face");
    assert_eq!(review(told).0, 409, "nothing to change any more");
    let before =
        world.get("/v1/shops/demo/referrers/ANNA10/rewards?as_of=2026-11-19T10:00:00Z").admin().send();
    assert_eq!(json_of(&before)["conversions"][0]["note"], Value::Null, "it was not written then");
    assert_eq!(review(json!({"decision": "approve", "note": "all is well"})), (200, json!("all is well")));
    assert_eq!(read(), Value::Null);
    let bad = json!({"decision": "approve", "tell": "yes"});
    let refused = world.post("/v1/shops/demo/conversions/1001/review", &bad).admin().send();
    assert_eq!(pointers(&refused), ["/tell"]);
}

#[test]
fn who_was_erased_is_new_again_unless_the_shop_goes_on_knowing_them() {
    for known in [false, true] {
        let world = World::new(1, Default::default());
        let shop = world.with_shop();
        if known {
            let mut program = program();
            program["erased"] = json!("known");
            assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
        }
        let order = |id: &str, customer: Value| {
            let mut event = paid(id, "ANNA10");
            event["data"]["at"] = json!(world.now());
            event["data"]["customer"] = customer;
            let answer = json_of(&world.event(&shop, &event));
            (answer["outcome"].as_str().unwrap().to_owned(), answer["reason"].clone())
        };
        let zoe = json!({"id": "c-7", "email": "zoe@example.com"});
        assert_eq!(order("1", zoe.clone()).0, "recorded");
        world.pass(3600);
        let path = "/v1/shops/demo/subjects?email=zoe@example.com";
        assert_eq!(world.request(Method::DELETE, path).admin().send().status, 200);
        assert_eq!(world.request(Method::DELETE, path).admin().send().status, 200, "twice");
        world.pass(3600);
        let again = order("2", json!({"email": "Zoe+2@example.com"}));
        let wanted = match known {
            true => ("rejected".to_owned(), json!("existing_customer")),
            false => ("recorded".to_owned(), Value::Null),
        };
        assert_eq!(again, wanted);
        assert_eq!(order("3", json!({"email": "bob@example.com"})).0, "recorded", "somebody else");
        let held = json_of(&world.get("/v1/shops/demo").admin().send());
        assert_eq!(held["program"]["erased"], if known { json!("known") } else { Value::Null });
    }
}

#[test]
fn the_report_covers_a_period() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    let report = |query: &str| world.get(&format!("/v1/shops/demo/report{query}")).admin().send();
    let month = json_of(&report("?from=2026-11-01&to=2026-11-20T12:00:00Z"));
    assert_eq!(month["days"][0]["day"], "2026-11-19");
    assert_eq!(month["days"][0]["revenue"], json!([{"asset": "EUR", "amount": "72.00"}]));
    assert_eq!(month["referrers"][0]["code"], "ANNA10");
    assert_eq!(json_of(&report(""))["days"].as_array().unwrap().len(), 1);
    assert_eq!(json_of(&report("?to=2026-10-01"))["days"], json!([]));
    assert_eq!(pointers(&report("?from=x")), ["from"]);
    assert_eq!(pointers(&report("?from=2026-11-02&to=2026-11-01")), ["from"]);
    assert_eq!(pointers(&report("?from=2000-01-01")), ["from"]);
}

#[test]
fn a_person_is_shown_and_forgotten() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    let held = json_of(&world.get("/v1/shops/demo/subjects?email=Bob1001%2Bx@example.com").admin().send());
    assert_eq!(held["orders"][0]["order_id"], "1001");
    let anna = json_of(&world.get("/v1/shops/demo/subjects?email=anna10@example.com").admin().send());
    assert_eq!(anna["referrers"][0]["code"], "ANNA10");
    let before = json_of(&world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send());
    for email in ["anna10@example.com", "bob1001@example.com"] {
        let path = format!("/v1/shops/demo/subjects?email={email}");
        assert_eq!(world.request(Method::DELETE, &path).admin().send().status, 200);
        let left = json_of(&world.get(&path).admin().send());
        assert_eq!((&left["orders"], &left["referrers"]), (&json!([]), &json!([])), "{email}");
    }
    let after = json_of(&world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send());
    assert_eq!(before["totals"], after["totals"], "the money still adds up");
    let anna = world.get("/v1/shops/demo/referrers/ANNA10").admin().send();
    assert!(!String::from_utf8(anna.body).unwrap().contains("anna10@example.com"));
    world.copy_to_kv();
    let offer = json_of(&world.get("/v1/shops/demo/offer?code=ANNA10").send());
    assert_ne!(offer["code"]["from"], "Anna");
    for query in ["", "?email=", "?email=nonsense"] {
        let answer = world.get(&format!("/v1/shops/demo/subjects{query}")).admin().send();
        assert_eq!(pointers(&answer), ["email"], "{query}");
    }
}

#[test]
fn typing_an_address_joins_nobody_to_its_owner() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "ANNA10"));
    let soon = world.now().seconds() + 600;
    let join = |claims: Value, typed: &str| {
        let body = json!({"identity": identity(&shop, &claims), "email": typed});
        assert_eq!(world.post("/v1/shops/demo/referrers", &body).page().send().status, 201);
    };
    join(json!({"sub": "c-mallory", "exp": soon}), "bob1001@example.com");
    let orders = |email: &str, customer: &str| {
        let mut order = paid(&format!("of {customer}"), "BOB22");
        order["data"]["customer"] = json!({"id": customer, "email": email});
        world.event(&shop, &order);
        let held = world.get(&format!("/v1/shops/demo/subjects?email={email}")).admin().send();
        json_of(&held)["orders"].as_array().unwrap().len()
    };
    assert_eq!(orders("mallory@example.com", "c-mallory"), 1, "her own, not Bob's");
    // What the shop signs does make one person of both.
    join(json!({"sub": "c-bob-2", "exp": soon, "email": "bob1001@example.com"}), "");
    assert_eq!(orders("bob@work.example", "c-bob-2"), 2);
}
