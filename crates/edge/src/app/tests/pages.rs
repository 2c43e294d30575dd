//! What a shop's pages see.

use super::world::*;
use crate::app::Limit;
use crate::http::Method;
use crate::shop_id::ShopId;
use crate::stores::Kv;
use crate::stores::keys::Key;
use crate::stores::simulated::Calls;
use serde_json::{Value, json};

#[test]
fn the_offer_is_public_and_costs_nothing() {
    let world = World::new(1, Default::default());
    world.with_shop();
    world.get("/v1/shops/demo/offer").page().send();
    world.kv.take_calls();
    world.ledger_calls.set(0);
    let answer = world.get("/v1/shops/demo/offer").page().send();
    assert_eq!((world.kv.take_calls(), world.ledger_calls.get()), (Calls::default(), 0));
    assert_eq!(header_of(&answer, "cache-control"), Some("public, max-age=300"));
    assert_eq!(header_of(&answer, "vary"), Some("Origin"));
    let offer = json_of(&answer);
    assert_eq!(offer["join"], json!({"offer": "friends"}));
    assert_eq!(offer["offers"].as_array().unwrap().len(), 1, "neither an ended offer nor an agency's");
    assert_eq!(offer["offers"][0]["advocate"].get("budget"), None);
    assert!(offer.get("code").is_none());
}

#[test]
fn no_page_goes_by_an_offer_past_its_end_or_before_its_beginning() {
    for member in ["starts_at", "ends_at"] {
        let world = World::new(1, Default::default());
        let mut program = program();
        program["offers"][0][member] = json!(world.now().plus_seconds(90).to_string());
        assert_eq!(world.put("/v1/shops/demo", &program).send().status, 201);
        let kept = || {
            let answer = world.get("/v1/shops/demo/offer").page().send();
            header_of(&answer, "cache-control").map(str::to_owned)
        };
        assert_eq!(kept().as_deref(), Some("public, max-age=90"), "{member}");
        world.pass(60);
        assert_eq!(kept().as_deref(), Some("public, max-age=30"), "{member}");
        world.pass(60);
        assert_eq!(kept().as_deref(), Some("public, max-age=300"), "{member}");
    }
}

#[test]
fn any_page_may_read_that_there_is_no_such_shop() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let readable = |path: &str, origin: &str| {
        let answer = world.get(path).header("origin", origin).send();
        (answer.status.as_u16(), header_of(&answer, "access-control-allow-origin").map(str::to_owned))
    };
    assert_eq!(readable("/v1/shops/nobody/offer", "https://a.example"), (404, Some("*".into())));
    assert_eq!(
        readable("/v1/shops/demo/offer", "https://a.example"),
        (200, None),
        "of a shop that is, its own alone"
    );
}

#[test]
fn a_code_says_what_it_gives_and_from_whom() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let code = |code: &str| {
        json_of(&world.get(&format!("/v1/shops/demo/offer?code={code}")).page().send())["code"].clone()
    };
    let good = code("anna10");
    assert_eq!(good["valid"], true);
    assert_eq!(good["from"], "Anna", "the first name alone");
    let foreign = world.get("/v1/shops/demo/offer").header("origin", "https://elsewhere.example").send();
    assert_eq!(
        header_of(&foreign, "cross-origin-resource-policy"),
        Some("cross-origin"),
        "or nobody is told why"
    );
    assert_eq!(
        good["friend"],
        json!({"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"})
    );
    assert_eq!(good["new_customers_only"], true);
    // A business is named whole: its first word may be "Les".
    world
        .put("/v1/shops/demo/referrers/NORD1", &json!({"offer": "agencies", "name": "Les Ateliers du Nord"}))
        .send();
    assert_eq!(code("nord1")["from"], "Les Ateliers du Nord");
    for unknown in ["NOBODY", "a%20b", "%F0%9F%A6%84", "x", "%3Cscript%3E"] {
        assert_eq!(code(unknown), json!({"valid": false, "reason": "unknown"}), "{unknown}");
    }
    world.put("/v1/shops/demo/referrers/OLD1", &json!({"offer": "old"})).send();
    assert_eq!(code("OLD1"), json!({"valid": false, "reason": "expired"}));
    let mut smaller = program();
    smaller["offers"] = json!([smaller["offers"][2]]);
    assert_eq!(world.put("/v1/shops/demo", &smaller).send().status, 200);
    assert_eq!(code("ANNA10"), json!({"valid": false, "reason": "inactive"}));
}

#[test]
fn of_several_codes_the_first_that_is_somebodys_is_spoken_of() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let code = |codes: &str| {
        json_of(&world.get(&format!("/v1/shops/demo/offer?{codes}")).page().send())["code"].clone()
    };
    assert_eq!(code("code=newsletter&code=anna10")["code"], "ANNA10");
    assert_eq!(code("code=no%20code&code=&code=ANNA10")["code"], "ANNA10");
    assert_eq!(code("code=newsletter&code=badge"), json!({"valid": false, "reason": "unknown"}));
    // No more of them are looked for than an address may carry.
    assert_eq!(code("code=AAA&code=BBB&code=CCC&code=DDD&code=EEE&code=ANNA10")["valid"], false);
}

#[test]
fn the_shops_wording_comes_in_the_visitors_language() {
    let world = World::new(1, Default::default());
    let mut program = program();
    program["texts"] =
        json!({"fr": {"refer": "Parrainez"}, "pt": {"refer": "Convide"}, "pt-BR": {"refer": "Indique"}});
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 201);
    let title = |locale: &str| {
        json_of(&world.get(&format!("/v1/shops/demo/offer{locale}")).send())["texts"]["refer"].clone()
    };
    assert_eq!(title(""), "Parrainez");
    assert_eq!(title("?locale=pt-PT"), "Convide");
    assert_eq!(title("?locale=pt-br"), "Indique");
    assert_eq!(title("?locale=de"), Value::Null);
}

#[test]
fn clicks_count_in_the_hour_in_which_they_are_told_though_a_call_takes_long() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let go = || {
        let answer = world.get("/r/demo/ANNA10").header("user-agent", BROWSER).send();
        assert_eq!(answer.status, 302);
    };
    world.pass(3_585);
    go();
    world.pass(2);
    assert_eq!(world.rows("demo", "visit"), 1);
    let slow: Meanwhile = Box::new(|world| {
        world.pass(20);
        world.click("demo", "ANNA10");
    });
    *world.meanwhile.borrow_mut() = Some(slow);
    go();
    assert_eq!(world.rows("demo", "visit"), 2, "at the end of its turn the request counts what waits");
}

#[test]
fn a_link_that_is_followed_again_and_again_is_looked_up_by_one_request_and_leads_where_it_should() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let go = || {
        let answer = world.get("/r/demo/ANNA10").header("user-agent", BROWSER).send();
        header_of(&answer, "location").unwrap().to_owned()
    };
    assert_eq!(go(), "https://shop.example/?ref=ANNA10");
    // Another isolate changes the program.
    let key = Key::Shop(&ShopId::parse("demo").unwrap()).to_string();
    let moved = world.kv.contents()[&key].replace("https://shop.example/", "https://shop.example/new/");
    futures_executor::block_on(Kv::put(&world.kv, &key, &moved, None)).unwrap();
    world.pass(19);
    assert_eq!(go(), "https://shop.example/?ref=ANNA10", "not yet looked up again");
    world.pass(1);
    world.kv.take_calls();
    assert_eq!(go(), "https://shop.example/new/?ref=ANNA10");
    assert_eq!(world.kv.take_calls(), Calls { reads: 1, ..Calls::default() });
    assert_eq!(go(), "https://shop.example/new/?ref=ANNA10");
    assert_eq!(world.kv.take_calls(), Calls::default());
}

#[test]
fn a_share_link_leads_to_the_shop_and_counts_people() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let clicks =
        || json_of(&world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send())["clicks"].clone();
    let go = |target: &str, agent: &str| {
        let answer = world.get(target).header("user-agent", agent).send();
        assert_eq!(answer.status, 302);
        assert_eq!(header_of(&answer, "cache-control"), Some("no-store"));
        header_of(&answer, "location").unwrap().to_owned()
    };
    world.kv.take_calls();
    world.another_isolate();
    world.ledger_calls.set(0);
    assert_eq!(go("/r/demo/anna10", BROWSER), "https://shop.example/?ref=ANNA10");
    assert_eq!(world.kv.take_calls(), Calls { reads: 1, ..Calls::default() });
    assert_eq!(world.ledger_calls.get(), 1);
    assert_eq!(clicks(), 1);
    world.kv.take_calls();
    assert_eq!(
        go("/r/demo/ANNA10?to=/mugs%3Fx=1&utm=a", BROWSER),
        "https://shop.example/mugs?x=1&utm=a&ref=ANNA10"
    );
    assert_eq!(world.kv.take_calls(), Calls::default(), "a link is remembered for a while");
    assert_eq!(clicks(), 2);
    assert_eq!(go("/r/demo/NOBODY?utm=a", BROWSER), "https://shop.example/?utm=a");
    assert_eq!(go("/r/demo/%F0%9F%A6%84", BROWSER), "https://shop.example/");
    assert_eq!(go("/r/demo/ANNA10?to=//evil.test", BROWSER), "https://shop.example/?ref=ANNA10");
    assert_eq!(clicks(), 3, "the last one is a visit too");
    go("/r/demo/ANNA10", "Twitterbot/1.0");
    go("/r/demo/ANNA10", "");
    let ahead = world.get("/r/demo/ANNA10").header("user-agent", BROWSER).header("sec-purpose", "prefetch");
    assert_eq!(ahead.send().status, 302);
    let head = world.request(Method::HEAD, "/r/demo/ANNA10").header("user-agent", BROWSER).send();
    assert_eq!(head.status, 302);
    assert_eq!(clicks(), 3);
    assert_eq!(world.get("/r/nobody/ANNA10").send().status, 404);
    // As chats, mailers and people's hands leave a link.
    for soiled in [
        "ANNA10/",
        "ANNA10.",
        "ANNA10)",
        "ANNA10,",
        "ANNA10%20",
        "ANNA%31%30",
        "ANNA10%2F",
        "ANNA10%E2%80%8B",
        "ANNA10&utm_source=a",
        "ANNA10/x/y",
        "ANNA10%FF%",
    ] {
        let known = !soiled.contains("%FF");
        let end = if known { "https://shop.example/?ref=ANNA10" } else { "https://shop.example/" };
        assert_eq!(go(&format!("/r/demo/{soiled}"), "Twitterbot/1.0"), end, "{soiled}");
    }
}

#[test]
fn touches_are_counted_for_known_codes() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let touch = |code: &str| {
        let body = json!({"code": code, "source": "promo_code", "landing": "https://shop.example/x"});
        world.post("/v1/shops/demo/touches", &body).page().send()
    };
    world.another_isolate();
    world.kv.take_calls();
    world.ledger_calls.set(0);
    let answer = touch("anna10");
    assert_eq!(answer.status, 202);
    assert_eq!(
        (world.kv.take_calls(), world.ledger_calls.get()),
        (Calls { reads: 1, ..Calls::default() }, 1)
    );
    assert_eq!(header_of(&answer, "access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(touch("NOBODY").status, 404);
    let report = json_of(&world.get("/v1/shops/demo/report").admin().send());
    assert_eq!(report["referrers"][0]["touches"], 1);
}

#[test]
fn joining_gives_code_link_and_token() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let join = |body: Value| world.post("/v1/shops/demo/referrers", &body).page().send();
    let answer = join(json!({"name": "  Chloé \u{202e}", "email": "chloe@example.com"}));
    assert_eq!(answer.status, 201);
    let card = json_of(&answer);
    let code = card["code"].as_str().unwrap();
    assert!(!code.contains(['0', 'O', '1', 'I', 'L']), "{code}");
    assert_eq!(card["link"], format!("https://edge.example/r/demo/{code}"));
    let rewards = world.get("/v1/shops/demo/rewards").bearer(card["token"].as_str().unwrap()).page().send();
    assert_eq!(rewards.status, 200);
    assert_eq!(json_of(&rewards)["code"], code);
    let known = json_of(&world.get(&format!("/v1/shops/demo/referrers/{code}")).admin().send());
    assert_eq!((known["name"].as_str(), known["offer"].as_str()), (Some("Chloé"), Some("friends")));
    // Who types somebody's address gets a code of their own, and learns nothing.
    let other = json_of(&join(json!({"email": "chloe@example.com"})));
    let anna = json_of(&join(json!({"email": "anna10@example.com"})));
    assert_ne!(other["code"], card["code"]);
    assert_ne!(anna["code"], "ANNA10");
    assert_eq!(join(json!({})).status, 201);
    assert_eq!(join(json!({"name": null, "email": ""})).status, 201);
}

#[test]
fn nobody_joins_a_program_that_has_no_offer_for_customers() {
    let world = World::new(1, Default::default());
    let mut program = super::world::program();
    for offer in program["offers"].as_array_mut().unwrap() {
        offer["audience"] = json!("agency");
    }
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 201);
    let answer = world.post("/v1/shops/demo/referrers", &json!({"name": "Chloé"})).page().send();
    assert_eq!(answer.status, 409);
    assert_eq!(json_of(&answer)["detail"], "the program has no offer for customers to join");
}

#[test]
fn a_signed_customer_finds_their_code_again() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let soon = world.now().seconds() + 600;
    let join = |claims: Value| {
        let body = json!({"identity": identity(&shop, &claims)});
        world.post("/v1/shops/demo/referrers", &body).page().send()
    };
    let anna = json_of(&join(json!({"sub": "c-ANNA10", "exp": soon})));
    assert_eq!(anna["code"], "ANNA10");
    let new = json_of(&join(json!({"sub": "c-9", "exp": soon, "name": "Nina", "email": "nina@example.com"})));
    let again = json_of(&join(json!({"sub": "c-9", "exp": soon})));
    assert_eq!(new["code"], again["code"]);
    assert_eq!(join(json!({"sub": "c-9", "exp": world.now().seconds() - 1})).status, 401);
    assert_eq!(join(json!({"sub": "c-9", "exp": soon + 3 * 86_400})).status, 401);
    let body = json!({"identity": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjLTkiLCJleHAiOjk5OTk5OTk5OTl9."});
    assert_eq!(world.post("/v1/shops/demo/referrers", &body).page().send().status, 401);
}

#[test]
fn customers_are_signed_by_a_key_that_opens_nothing() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let key = shop["identity_key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("pik_") && world.get("/v1/shops/demo").bearer(&key).send().status == 401);
    let soon = world.now().seconds() + 600;
    let join = |signer: &Value| {
        let body =
            json!({"identity": identity(signer, &json!({"sub": "c-ANNA10", "exp": soon})), "create": false});
        world.post("/v1/shops/demo/referrers", &body).page().send().status.as_u16()
    };
    let by_token = json!({"shop_token": shop["shop_token"]});
    assert_eq!((join(&shop), join(&by_token)), (200, 200), "the token too, as before there was a key");
    let rotate = || {
        let path = "/v1/shops/demo/secrets/identity_key/rotate";
        json_of(&world.post(path, &json!({})).bearer(shop["shop_token"].as_str().unwrap()).send())
    };
    let fresh = rotate();
    assert_ne!(fresh["identity_key"], shop["identity_key"]);
    assert_eq!(fresh["shop_token"], shop["shop_token"]);
    world.another_isolate();
    assert_eq!((join(&fresh), join(&shop)), (200, 200), "for a day both");
    world.pass(86_400 + 60);
    let soon = world.now().seconds() + 600;
    let later = |signer: &Value| {
        let body =
            json!({"identity": identity(signer, &json!({"sub": "c-ANNA10", "exp": soon})), "create": false});
        world.post("/v1/shops/demo/referrers", &body).page().send().status.as_u16()
    };
    assert_eq!((later(&fresh), later(&shop)), (200, 401));
}

#[test]
fn looking_makes_nobody_a_referrer() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let soon = world.now().seconds() + 600;
    let look = |customer: &str| {
        let body =
            json!({"identity": identity(&shop, &json!({"sub": customer, "exp": soon})), "create": false});
        world.post("/v1/shops/demo/referrers", &body).page().send()
    };
    let anna = look("c-ANNA10");
    assert_eq!(anna.status, 200);
    assert_eq!(json_of(&anna)["code"], "ANNA10");
    assert_eq!(json_of(&anna)["link"], "https://edge.example/r/demo/ANNA10");
    let token = json_of(&anna)["token"].as_str().unwrap().to_owned();
    assert_eq!(world.get("/v1/shops/demo/rewards").bearer(&token).send().status, 200);
    let before = json_of(&world.get("/v1/shops/demo/referrers").admin().send());
    world.copy_to_kv();
    world.kv.take_calls();
    world.ledger_calls.set(0);
    let nobody = look("c-9");
    assert_eq!((nobody.status.as_u16(), nobody.body.len()), (204, 0));
    assert_eq!(header_of(&nobody, "access-control-allow-origin"), Some(ORIGIN));
    world.copy_to_kv();
    assert_eq!(
        (world.kv.take_calls(), world.ledger_calls.get()),
        (Calls::default(), 1),
        "nothing is written"
    );
    assert_eq!(json_of(&world.get("/v1/shops/demo/referrers").admin().send()), before);
    let join = |body: Value| world.post("/v1/shops/demo/referrers", &body).page().send();
    let signed = identity(&shop, &json!({"sub": "c-9", "exp": soon}));
    assert_eq!(join(json!({"identity": signed, "create": true})).status, 201);
    assert_eq!(look("c-9").status, 200);
    let late = identity(&shop, &json!({"sub": "c-9", "exp": soon - 900}));
    assert_eq!(join(json!({"identity": late, "create": false})).status, 401);
    for body in [json!({"create": false}), json!({"create": false, "identity": "", "email": "a@example.com"})]
    {
        assert_eq!(pointers(&join(body)), ["/identity"]);
    }
    for wrong in [json!("false"), json!(0), json!([])] {
        assert_eq!(pointers(&join(json!({"create": wrong}))), ["/create"]);
    }
    let mut closed = program();
    closed["offers"] = json!([closed["offers"][2]]);
    world.put("/v1/shops/demo", &closed).send();
    assert_eq!(look("c-9").status, 200, "where nobody can join any more, who did still sees theirs");
    assert_eq!(look("c-10").status, 204);
}

#[test]
fn a_referrer_sees_their_rewards_and_no_order_of_others() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    assert_eq!(json_of(&world.event(&shop, &paid("1001", "ANNA10")))["outcome"], "recorded");
    let soon = world.now().seconds() + 600;
    let body = json!({"identity": identity(&shop, &json!({"sub": "c-ANNA10", "exp": soon}))});
    let card = json_of(&world.post("/v1/shops/demo/referrers", &body).send());
    world.kv.take_calls();
    world.ledger_calls.set(0);
    let rewards = world.get("/v1/shops/demo/rewards").bearer(card["token"].as_str().unwrap()).send();
    assert_eq!((world.kv.take_calls(), world.ledger_calls.get()), (Calls::default(), 1));
    let rewards = json_of(&rewards);
    assert_eq!(rewards["totals"][0]["pending"], "10.00");
    assert_eq!(rewards["link"], "https://edge.example/r/demo/ANNA10");
    let conversion = &rewards["conversions"][0];
    assert_eq!(conversion["order_id"], "…01");
    assert_eq!(conversion["status"], "pending");
    assert_eq!(conversion["approves_at"], "2026-12-03T10:00:00Z");
    for own in ["why", "referrer", "note"] {
        assert_eq!(conversion.get(own), None, "{own}");
    }
    assert!(!rewards.to_string().contains("1001"), "{rewards}");
}

#[test]
fn only_the_programs_pages_may_read() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let preflight = |path: &str, origin: &str| {
        let asked = world.request(Method::OPTIONS, path).header("origin", origin);
        asked.header("access-control-request-method", "POST").send()
    };
    for path in ["offer", "touches", "referrers", "rewards", "conversions"] {
        let path = format!("/v1/shops/demo/{path}");
        let answer = preflight(&path, ORIGIN);
        assert_eq!(
            (answer.status.as_u16(), header_of(&answer, "access-control-allow-origin")),
            (204, Some(ORIGIN))
        );
        let foreign = preflight(&path, "https://evil.test");
        assert_eq!(header_of(&foreign, "access-control-allow-origin"), None);
        assert_eq!(foreign.status, 403);
    }
    let foreign = world.get("/v1/shops/demo/offer").header("origin", "https://evil.test").send();
    assert_eq!(header_of(&foreign, "access-control-allow-origin"), None);
    assert_eq!(header_of(&foreign, "vary"), Some("Origin"));
    assert_eq!(preflight("/v1/shops/nobody/offer", ORIGIN).status, 404);
    assert_eq!(preflight("/v1/shops/demo/payouts", ORIGIN).status, 405);
    assert_eq!(preflight("/v1/shops/demo/events", ORIGIN).status, 405);
    let owner = world.get("/v1/shops/demo").admin().header("origin", ORIGIN).send();
    assert_eq!(header_of(&owner, "access-control-allow-origin"), None);
}

#[test]
fn a_fault_is_readable_for_the_page_too() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let answer = world.post("/v1/shops/demo/touches", &json!({})).page().send();
    assert_eq!(pointers(&answer), ["/code", "/source"]);
    assert_eq!(header_of(&answer, "access-control-allow-origin"), Some(ORIGIN));
    for (limit, path) in [(Limit::Join, "referrers"), (Limit::Page, "touches"), (Limit::Page, "conversions")]
    {
        world.used_up.set(Some(limit));
        let answer = world.post(&format!("/v1/shops/demo/{path}"), &json!({})).page().send();
        assert_eq!((answer.status.as_u16(), header_of(&answer, "retry-after")), (429, Some("10")));
        assert_eq!(header_of(&answer, "access-control-allow-origin"), Some(ORIGIN));
    }
    world.used_up.set(Some(Limit::Page));
    assert_eq!(world.get("/v1/shops/demo/offer?code=ANNA10").page().send().status, 429);
    assert_eq!(world.get("/v1/shops/demo/offer").page().send().status, 200);
}

#[test]
fn a_browsers_report_waits_for_the_shops_word() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let report = paid("R-1", "ANNA10")["data"].clone();
    let answer = world.post("/v1/shops/demo/conversions", &report).page().send();
    assert_eq!((answer.status.as_u16(), json_of(&answer)), (202, json!({"status": "accepted"})));
    let status = || json_of(&world.get("/v1/shops/demo/referrers/ANNA10/rewards").admin().send());
    assert_eq!(status()["conversions"][0]["reason"], "unverified");
    assert_eq!(json_of(&world.event(&shop, &paid("R-1", "ANNA10")))["outcome"], "recorded");
    assert_eq!(status()["conversions"].as_array().unwrap().len(), 1);
    assert_eq!(status()["conversions"][0]["reason"], Value::Null);
}

#[test]
fn pages_can_read_why_they_are_refused_early() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let large = || world.request(Method::POST, "/v1/shops/demo/touches").body(&" ".repeat(262_145));
    let wrong = || world.get("/v1/shops/demo/touches");
    for (status, page, foreign) in [
        (413, large().page(), large().header("origin", "https://evil.test")),
        (405, wrong().page(), wrong().header("origin", "https://evil.test")),
    ] {
        let answer = page.send();
        assert_eq!(
            (answer.status.as_u16(), header_of(&answer, "access-control-allow-origin")),
            (status, Some(ORIGIN))
        );
        let answer = foreign.send();
        assert_eq!(
            (answer.status.as_u16(), header_of(&answer, "access-control-allow-origin")),
            (status, None)
        );
        assert_eq!(header_of(&answer, "vary"), Some("Origin"));
    }
    let nobody = world.request(Method::POST, "/v1/shops/nobody/touches").body(&" ".repeat(262_145)).page();
    assert_eq!(header_of(&nobody.send(), "access-control-allow-origin"), None);
    let owner =
        world.request(Method::POST, "/v1/shops/demo/payouts").body(&" ".repeat(262_145)).page().send();
    assert_eq!((owner.status.as_u16(), header_of(&owner, "access-control-allow-origin")), (413, None));
}

#[test]
fn a_touch_counts_however_long_its_page_s_address_is() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let touch = |landing: Value| {
        let body = json!({"code": "anna10", "source": "link", "landing": landing});
        world.post("/v1/shops/demo/touches", &body).page().send()
    };
    for landing in [json!(format!("https://shop.example/?x={}", "y".repeat(8000))), json!("/"), json!("")] {
        assert_eq!(touch(landing).status, 202);
    }
    assert_eq!(pointers(&touch(json!(7))), ["/landing"]);
}

#[test]
fn an_empty_parameter_asks_for_nothing() {
    let world = World::new(1, Default::default());
    world.with_shop();
    let bare = json_of(&world.get("/v1/shops/demo/offer").send());
    assert_eq!(json_of(&world.get("/v1/shops/demo/offer?code=&locale=").send()), bare);
    for list in ["conversions?status=&cursor=", "referrers?cursor=", "payouts?cursor=", "report?from=&to="] {
        assert_eq!(world.get(&format!("/v1/shops/demo/{list}")).admin().send().status, 200, "{list}");
    }
}
