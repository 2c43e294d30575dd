//! An answer for every order, referred or not, and referrers' claims.

use super::world::*;
use serde_json::{Value, json};
use std::rc::Rc;

fn order(world: &Rc<World>, id: &str) -> Value {
    json_of(&world.get(&format!("/v1/shops/demo/orders/{id}")).admin().send())
}

fn happened(account: &Value) -> Vec<&str> {
    account["history"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect()
}

/// Anna's own token.
fn token(world: &Rc<World>, shop: &Value, code: &str) -> String {
    let claims = json!({"sub": format!("c-{code}"), "exp": world.now().seconds() + 600});
    let card = world.post("/v1/shops/demo/referrers", &json!({"identity": identity(shop, &claims)})).send();
    json_of(&card)["token"].as_str().unwrap().to_owned()
}

#[test]
fn an_order_that_nobody_referred_says_why() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    let mut stale = paid("1007", "NOBODY");
    stale["data"]["touches"] = json!([
        {"code": "ANNA10", "source": "link", "at": "2026-10-01T10:00:00Z"},
        {"code": "BOB22", "source": "link", "at": "2026-11-19T12:00:00Z"}]);
    world.event(&shop, &stale);
    let account = order(&world, "1007");
    assert_eq!(
        (&account["order"]["outcome"], &account["order"]["reason"], &account["order"]["subtotal"]),
        (&json!("not_referred"), &json!("outside_window"), &json!("80.00"))
    );
    assert_eq!(account["order"]["received_at"], "2026-11-20T12:00:00Z");
    assert_eq!(account["conversion"], Value::Null);
    assert!(account["why"].as_str().unwrap().starts_with("La commande 1007"), "{account}");
    let candidates = account["candidates"].as_array().unwrap();
    let told: Vec<(&str, &str, bool)> = candidates
        .iter()
        .map(|one| {
            (one["code"].as_str().unwrap(), one["by"].as_str().unwrap(), one["won"].as_bool().unwrap())
        })
        .collect();
    assert!(
        told.contains(&("NOBODY", "code", false)) && told.contains(&("ANNA10", "link", false)),
        "{told:?}"
    );
    assert!(candidates.iter().all(|one| !one["why"].as_str().unwrap().is_empty()));
    let english = json_of(&world.get("/v1/shops/demo/orders/1007?locale=en").admin().send());
    assert!(english["why"].as_str().unwrap().starts_with("Order 1007"), "{english}");
    assert_eq!(world.get("/v1/shops/demo/orders/none").admin().send().status, 404);
    assert_eq!(world.get("/v1/shops/demo/orders/1007").send().status, 401);
}

#[test]
fn every_later_change_has_its_sentence() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(
        &shop,
        &json!({"type": "order.refunded", "data": {"order_id": "1001", "at": "2026-11-20T09:00:00Z",
        "refund_id": "r1", "amount": "10.00"}}),
    );
    let early = order(&world, "1001");
    assert_eq!((&early["order"], happened(&early)), (&Value::Null, vec!["refunded"]));
    assert!(early["why"].as_str().unwrap().contains("pas encore"), "{early}");
    world.event(&shop, &paid("1001", "ANNA10"));
    world.pass(60);
    world.event(
        &shop,
        &json!({"type": "order.cancelled", "data": {"order_id": "1001", "at": "2026-11-20T10:00:00Z"}}),
    );
    world.event(
        &shop,
        &json!({"type": "order.reinstated", "data": {"order_id": "1001", "at": "2026-11-20T11:00:00Z"}}),
    );
    let review = json!({"decision": "reject", "note": "revendeur"});
    world.post("/v1/shops/demo/conversions/1001/review", &review).admin().send();
    let account = order(&world, "1001");
    assert_eq!(happened(&account), ["received", "refunded", "cancelled", "reinstated", "reviewed"]);
    let sentences: Vec<&str> =
        account["history"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert!(sentences[1].starts_with("10.00 EUR"), "{sentences:?}");
    assert!(sentences[2].ends_with("La récompense est annulée."), "{sentences:?}");
    assert!(
        sentences[3].ends_with("La récompense passe de 0.00 EUR à 10.00 EUR, en attente."),
        "{sentences:?}"
    );
    assert_eq!(account["conversion"]["note"], "revendeur");
    assert_eq!(account["history"][2]["received_at"], "2026-11-20T12:01:00Z");
}

#[test]
fn orders_are_found_by_address_code_and_outcome() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    for n in 0..60 {
        let mut event = paid(&format!("{}", 2000 + n), if n % 2 == 0 { "BOB22" } else { "NOBODY" });
        event["data"]["at"] = json!(format!("2026-11-19T10:00:{n:02}Z"));
        world.event(&shop, &event);
    }
    let list = |query: &str| json_of(&world.get(&format!("/v1/shops/demo/orders{query}")).admin().send());
    let ids = |page: &Value| -> Vec<String> {
        page["orders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["order_id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = list("");
    assert_eq!((ids(&first).len(), ids(&first)[0].as_str()), (50, "2059"));
    let second = list(&format!("?cursor={}", first["next_cursor"].as_str().unwrap()));
    assert_eq!((ids(&second).len(), &second["next_cursor"]), (10, &Value::Null));
    assert_eq!(ids(&list("?email=BOB2003%2Bx@example.com")), ["2003"]);
    assert_eq!(ids(&list("?code=bob22")).len(), 30);
    assert_eq!(ids(&list("?outcome=not_referred")).len(), 30);
    assert_eq!(pointers(&world.get("/v1/shops/demo/orders?outcome=lost").admin().send()).len(), 1);
    assert_eq!(pointers(&world.get("/v1/shops/demo/orders?email=x").admin().send()).len(), 1);
    assert_eq!(pointers(&world.get("/v1/shops/demo/orders?cursor=x").admin().send()).len(), 1);
}

#[test]
fn a_claim_is_taken_and_tells_nothing_of_others_orders() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "BOB22"));
    world.event(&shop, &paid("1002", "NOBODY"));
    let token = token(&world, &shop, "ANNA10");
    let claim =
        |body: &Value| world.post("/v1/shops/demo/referrers/ANNA10/claims", body).bearer(&token).send();
    let mut answers = Vec::new();
    for id in ["1001", "1002", "9999"] {
        let answer = claim(&json!({"order_id": format!(" #{id} "), "note": "c'était moi"}));
        assert_eq!(answer.status, 201);
        let mut body = json_of(&answer);
        assert_eq!((&body["order_id"], &body["state"]), (&json!(id), &json!("waiting")));
        body["id"] = Value::Null;
        body["order_id"] = Value::Null;
        answers.push(body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(claim(&json!({"order_id": "1001"})).status, 200, "asked again it is the same claim");
    assert_eq!(pointers(&claim(&json!({"order_id": "#"}))), ["/order_id"]);
    assert_eq!(pointers(&claim(&json!({"note": 7}))), ["/order_id", "/note"]);
    let other =
        world.post("/v1/shops/demo/referrers/BOB22/claims", &json!({"order_id": "1"})).bearer(&token).send();
    assert_eq!(other.status, 404, "somebody else's code");

    let waiting = json_of(&world.get("/v1/shops/demo/claims?state=waiting").admin().send());
    assert_eq!(waiting["claims"].as_array().unwrap().len(), 3);
    assert_eq!(waiting["claims"][0]["order"]["referrer"], "BOB22");
    assert_eq!(happened(&order(&world, "1002")), ["received", "claimed"]);
    assert_eq!(order(&world, "9999")["claims"][0]["code"], "ANNA10");

    // What is theirs already is theirs to know.
    world.event(&shop, &paid("1003", "ANNA10"));
    assert_eq!(claim(&json!({"order_id": "1003"})).status, 409);
}

#[test]
fn an_order_is_given_by_hand_after_a_look_at_what_would_come_of_it() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1001", "NOBODY"));
    let credit = |id: &str, body: &Value| {
        world.post(&format!("/v1/shops/demo/orders/{id}/credit"), body).admin().send()
    };
    let look = credit("1001", &json!({"code": "anna10", "dry_run": true}));
    assert_eq!((look.status.as_u16(), json_of(&look)["given"].clone()), (200, json!(true)));
    assert_eq!(order(&world, "1001")["order"]["outcome"], "not_referred", "it was a look");
    let given = credit("1001", &json!({"code": "ANNA10", "note": "par téléphone"}));
    let (would, does) = (json_of(&look)["conversion"].clone(), json_of(&given)["conversion"].clone());
    for member in ["referrer", "status", "reward", "approves_at"] {
        assert!(!would[member].is_null() && would[member] == does[member], "{member}: {would} {does}");
    }
    let customers = world.get("/v1/shops/demo/report/customers").admin().send();
    let customers = json_of(&customers);
    assert_eq!((&customers["new_customers"], &customers["referred"]["orders"]), (&json!(1), &json!(1)));
    assert_eq!(customers["referred"]["returning"], 0, "an order given by hand is one order: {customers}");
    assert_eq!(
        (given.status.as_u16(), json_of(&given)["conversion"]["referrer"].clone()),
        (201, json!("ANNA10"))
    );
    let account = order(&world, "1001");
    assert_eq!(
        (&account["order"]["outcome"], &account["order"]["referrer"]),
        (&json!("recorded"), &json!("ANNA10"))
    );
    assert!(happened(&account).contains(&"credited"), "{account}");
    let won: Vec<&Value> =
        account["candidates"].as_array().unwrap().iter().filter(|one| one["won"] == true).collect();
    assert_eq!((won.len(), &won[0]["by"]), (1, &json!("credit")));
    let listed = json_of(&world.get("/v1/shops/demo/orders").admin().send());
    assert_eq!(listed["orders"].as_array().unwrap().len(), 1, "once, not twice");
    assert_eq!(credit("1001", &json!({"code": "ANNA10"})).status, 409, "it is theirs");
    assert_eq!(credit("1001", &json!({"code": "NOBODY"})).status, 404);
    assert_eq!(pointers(&credit("1001", &json!({"despite": ["luck"], "dry_run": 1}))).len(), 3);
    let undo = || world.request(http::Method::DELETE, "/v1/shops/demo/orders/1001/credit").admin().send();
    assert_eq!((undo().status.as_u16(), undo().status.as_u16()), (204, 404));
    assert_eq!(order(&world, "1001")["order"]["outcome"], "not_referred");

    // One that stands in the way of a rule needs its name, and one that never came its figures.
    world.event(&shop, &json!({"type": "order.paid", "data": {"order_id": "1002", "at": "2026-11-19T12:00:00Z",
        "customer": {"id": "c-1001"}, "currency": "EUR", "subtotal": "60.00", "discount": "0.00", "total": "60.00"}}));
    let refused = credit("1002", &json!({"code": "ANNA10"}));
    assert_eq!(refused.status, 409);
    assert!(
        json_of(&refused)["detail"].as_str().unwrap().contains("nouveaux clients"),
        "{:?}",
        json_of(&refused)
    );
    assert_eq!(credit("1002", &json!({"code": "ANNA10", "despite": ["existing_customer"]})).status, 201);
    assert_eq!(credit("7001", &json!({"code": "ANNA10"})).status, 404);
    let faults = credit("7001", &json!({"code": "ANNA10", "currency": "EUR", "subtotal": "5"}));
    assert_eq!(pointers(&faults), ["/at", "/subtotal"]);
    let unseen =
        json!({"code": "ANNA10", "at": "2026-11-18T10:00:00Z", "currency": "EUR", "subtotal": "45.00"});
    assert_eq!(credit("7001", &unseen).status, 201);
    assert_eq!(order(&world, "7001")["order"]["subtotal"], "45.00");
}

#[test]
fn a_claim_that_is_accepted_gives_the_order() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    world.event(&shop, &paid("1002", "NOBODY"));
    let token = token(&world, &shop, "ANNA10");
    let claim = |id: &str| {
        let body = json!({"order_id": id});
        json_of(&world.post("/v1/shops/demo/referrers/ANNA10/claims", &body).bearer(&token).send())["id"]
            .clone()
    };
    let answer = |id: &Value, body: &Value| {
        world.post(&format!("/v1/shops/demo/claims/{}", id.as_str().unwrap()), body).admin().send()
    };
    let (first, second) = (claim("1002"), claim("9999"));
    assert_eq!(pointers(&answer(&first, &json!({"decision": "perhaps"}))), ["/decision"]);
    let accepted = json_of(&answer(&first, &json!({"decision": "accept", "note": "merci", "tell": true})));
    assert_eq!((&accepted["state"], &accepted["order"]["referrer"]), (&json!("accepted"), &json!("ANNA10")));
    assert_eq!(answer(&first, &json!({"decision": "refuse"})).status, 409, "answered once");
    assert_eq!(answer(&second, &json!({"decision": "accept"})).status, 404, "the order never came");
    let refused = json_of(&answer(&second, &json!({"decision": "refuse", "note": "inconnue"})));
    assert_eq!(refused["state"], "refused");
    assert_eq!(answer(&json!("77"), &json!({"decision": "refuse"})).status, 404);
    let rewards = json_of(&world.get("/v1/shops/demo/rewards").bearer(&token).send());
    let claims: Vec<(&Value, &Value)> =
        rewards["claims"].as_array().unwrap().iter().map(|one| (&one["state"], &one["answer"])).collect();
    assert_eq!(claims, [(&json!("refused"), &Value::Null), (&json!("accepted"), &json!("merci"))]);
    assert_eq!(rewards["conversions"].as_array().unwrap().len(), 1);
}

#[test]
fn an_order_is_found_by_the_end_of_its_number() {
    let world = World::new(1, Default::default());
    let shop = world.with_shop();
    for id in ["L-1334", "L-2334", "L-1335"] {
        world.event(&shop, &paid(id, "ANNA10"));
    }
    let credit = json!({"code": "BOB22"});
    assert_eq!(world.post("/v1/shops/demo/orders/L-1335/credit", &credit).admin().send().status, 201);
    let bonus = json!({"id": "x-1335", "code": "ANNA10", "amount": "5.00", "reason": "Merci"});
    assert_eq!(world.post("/v1/shops/demo/adjustments", &bonus).admin().send().status, 201);
    let found = |ending: &str| {
        let list = json_of(&world.get(&format!("/v1/shops/demo/orders?ending={ending}")).admin().send());
        let orders = list["orders"].as_array().unwrap().clone();
        let mut ids: Vec<String> =
            orders.iter().map(|one| one["order_id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(found("1334"), ["L-1334"]);
    assert_eq!(found("334"), ["L-1334", "L-2334"]);
    assert_eq!(found("l-1334"), ["L-1334"]);
    assert_eq!(found("1335"), ["L-1335"], "once, and no bonus");
    assert!(found("133").is_empty());
    assert!(found("%25").is_empty());
    // A bonus says what it is.
    let list = json_of(&world.get("/v1/shops/demo/orders").admin().send());
    let orders = list["orders"].as_array().unwrap();
    let bonus = orders.iter().find(|one| one["order_id"] == "x-1335").unwrap();
    assert_eq!(
        bonus["adjustment"],
        json!({"code": "ANNA10", "amount": "5.00", "currency": "EUR", "reason": "Merci"})
    );
    assert!(
        orders.iter().filter(|one| one["order_id"] != "x-1335").all(|one| one.get("adjustment").is_none())
    );
}
