//! Paying referrers: where they are paid, what a payout takes up and leaves out, and the files that pay it.

use super::world::*;
use crate::http::{Method, Response};
use serde_json::{Value, json};
use std::rc::Rc;

const DETAILS: &str = "/v1/shops/demo/referrers/ANNA10/payout-details";
const IBAN: &str = "FR7630006000011234567890189";
const DAY: i64 = 86_400;

/// A shop that pays cash for a friend's order at once, and commissions, with these rules for its payouts.
fn shop(rules: Value) -> (Rc<World>, Value) {
    let world = World::new(1, Default::default());
    let mut body = program();
    body["payouts"] = rules;
    body["offers"] = json!([
        {"id": "friends", "audience": "customer",
         "advocate": {"reward": {"kind": "cash", "amount": "10.00"}, "orders": "lifetime"}},
        {"id": "credit", "audience": "customer",
         "advocate": {"reward": {"kind": "store_credit", "amount": "4.00"}, "orders": "lifetime"}},
        {"id": "agencies", "audience": "agency",
         "advocate": {"reward": {"kind": "commission", "percent": "10"}, "orders": "lifetime", "hold_days": 5}}]);
    let shop = json_of(&world.put("/v1/shops/demo", &body).send());
    for (code, offer) in
        [("ANNA10", "friends"), ("BOB22", "friends"), ("CARL", "credit"), ("STUDIO", "agencies")]
    {
        let who =
            json!({"offer": offer, "name": code, "email": format!("{}@example.com", code.to_lowercase())});
        assert_eq!(world.put(&format!("/v1/shops/demo/referrers/{code}"), &who).send().status, 201);
    }
    (world, shop)
}

/// Orders of as many customers.
fn sell(world: &Rc<World>, shop: &Value, code: &str, orders: &[&str]) {
    for order in orders {
        assert_eq!(world.event(shop, &paid(order, code)).status, 200);
    }
}

fn bank() -> Value {
    json!({"iban": "FR76 3000 6000 0112 3456 7890 189", "account_holder": "Anna Martin"})
}

fn give(world: &Rc<World>, code: &str, details: &Value) {
    let path = format!("/v1/shops/demo/referrers/{code}/payout-details");
    assert_eq!(world.put(&path, details).send().status, 200);
}

fn ask(world: &Rc<World>, body: Value) -> Response {
    let mut whole = json!({"until": "2026-11-20T12:00:00Z"});
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    world.post("/v1/shops/demo/payouts", &whole).admin().send()
}

fn payout(world: &Rc<World>, body: Value) -> Value {
    let made = ask(world, body);
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    json_of(&made)
}

/// `code amount` of each item or line.
fn list(lines: &Value) -> Vec<String> {
    let lines = lines.as_array().cloned().unwrap_or_default();
    lines
        .iter()
        .map(|line| format!("{} {}", line["code"].as_str().unwrap(), line["amount"].as_str().unwrap()))
        .collect()
}

/// `code amount reason` of what is left out.
fn left_out(answer: &Value) -> Vec<String> {
    let lines = answer["left_out"].as_array().cloned().unwrap_or_default();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    lines
        .iter()
        .map(|line| format!("{} {} {}", text(line, "code"), text(line, "amount"), text(line, "reason")))
        .collect()
}

fn token_of(world: &Rc<World>, code: &str) -> String {
    let card = world.put(
        &format!("/v1/shops/demo/referrers/{code}"),
        &json!({"offer": "friends", "name": code,
        "email": format!("{}@example.com", code.to_lowercase())}),
    );
    json_of(&card.send())["token"].as_str().unwrap().to_owned()
}

#[test]
fn a_year_tells_who_was_paid_what_for_the_books() {
    let (world, shop) = shop(json!({}));
    let business = json!({"paypal": "studio@example.com", "company": "=Studio", "siret": "73282932000074",
        "vat_number": "FR44732829320", "profession": "Apporteur d'affaires",
        "address": {"line1": "1 rue de la Paix", "postal_code": "75002", "city": "Paris", "country": "FR"}});
    give(&world, "STUDIO", &business);
    // One person with two codes.
    let carl = json!({"offer": "credit", "name": "CARL", "email": "anna10@example.com"});
    world.put("/v1/shops/demo/referrers/CARL", &carl).send();
    sell(&world, &shop, "STUDIO", &["1", "2"]);
    sell(&world, &shop, "ANNA10", &["3"]);
    sell(&world, &shop, "CARL", &["4"]);
    sell(&world, &shop, "BOB22", &["5"]);
    world.pass(20 * DAY);
    let pay = |code: &str| {
        let batch = json!({"until": "2027-01-10T00:00:00Z", "codes": [code]});
        let id = json_of(&world.post("/v1/shops/demo/payouts", &batch).admin().send())["id"].clone();
        let paid = format!("/v1/shops/demo/payouts/{}/paid", id.as_str().unwrap());
        assert_eq!(world.request(Method::POST, &paid).admin().send().status, 200);
    };
    pay("STUDIO");
    pay("ANNA10");
    pay("CARL");
    // Bob's batch is made in December and paid in January.
    let late = json!({"until": "2026-12-31T00:00:00Z", "codes": ["BOB22"]});
    let late = json_of(&world.post("/v1/shops/demo/payouts", &late).admin().send())["id"].clone();
    world.pass(40 * DAY);
    let paid = format!("/v1/shops/demo/payouts/{}/paid", late.as_str().unwrap());
    assert_eq!(world.request(Method::POST, &paid).admin().send().status, 200);

    let year = |query: &str| world.get(&format!("/v1/shops/demo/payouts/yearly{query}")).admin().send();
    let told = json_of(&year(""));
    assert_eq!(
        (&told["year"], &told["from"], &told["to"]),
        (&json!(2026), &json!("2026-01-01T00:00:00Z"), &json!("2027-01-01T00:00:00Z"))
    );
    let codes: Vec<&Value> = told["payees"].as_array().unwrap().iter().map(|payee| &payee["codes"]).collect();
    assert_eq!(codes, [&json!(["ANNA10", "CARL"]), &json!(["STUDIO"])]);
    assert_eq!(told["payees"][0]["totals"], json!([{"asset": "EUR", "amount": "14.00"}]));
    let studio = &told["payees"][1];
    assert_eq!((&studio["siret"], &studio["address"]["city"]), (&json!("73282932000074"), &json!("Paris")));
    assert!(studio.get("paypal").is_none(), "where they are paid is for the file that pays");
    assert_eq!(
        studio["paid"],
        json!([{"reward": "commission", "asset": "EUR", "amount": "14.40", "count": 2}])
    );
    assert_eq!(json_of(&year("?year=2027"))["payees"][0]["codes"], json!(["BOB22"]));
    let over =
        |over: &str| json_of(&year(&format!("?year=2026&over={over}")))["payees"].as_array().unwrap().len();
    assert_eq!((over("14"), over("14.00"), over("14.4"), over("0")), (1, 1, 0, 2));
    assert_eq!(pointers(&year("?over=much")), ["over"]);
    assert_eq!(pointers(&year("?year=MMXXVI")), ["year"]);
    assert_eq!(world.get("/v1/shops/demo/payouts/yearly").send().status, 401);

    let csv = world.get("/v1/shops/demo/payouts/yearly.csv?year=2026").admin().send();
    assert!(header_of(&csv, "content-disposition").unwrap().contains("payout-demo-2026.csv"));
    assert_eq!(
        String::from_utf8(csv.body).unwrap(),
        "\u{feff}codes,name,account_holder,company,siret,vat_number,profession,line1,line2,postal_code,city,country,email,\
         currency,amount,amount_off,gift_card,store_credit,cash,commission\n\
         ANNA10 CARL,ANNA10,,,,,,,,,,,anna10@example.com,EUR,14.00,,,4.00,10.00,\n\
         STUDIO,STUDIO,,'=Studio,73282932000074,FR44732829320,Apporteur d'affaires,1 rue de la Paix,,75002,Paris,FR,\
         studio@example.com,EUR,14.40,,,,,14.40\n"
    );
}

#[test]
fn erasing_a_person_says_beforehand_what_is_owed_and_what_goes() {
    let (world, shop) = shop(json!({}));
    give(&world, "STUDIO", &bank());
    sell(&world, &shop, "STUDIO", &["1", "2"]);
    let subject = || {
        let path = "/v1/shops/demo/subjects?email=studio@example.com";
        json_of(&world.get(path).admin().send())["referrers"][0].clone()
    };
    let owed = |pending: &str, approved: &str| json!([{"reward": "commission", "asset": "EUR", "pending": pending, "approved": approved}]);
    let held = subject();
    assert_eq!(held["owed"], owed("14.40", "0.00"));
    assert_eq!((&held["payout_details"]["methods"], held.get("claims")), (&json!(["sepa"]), None));
    assert!(!held.to_string().contains("FR76"), "what is kept is not told");
    let token = token_of(&world, "STUDIO");
    let claim = json!({"order_id": "7", "note": "mine"});
    let claims = "/v1/shops/demo/referrers/STUDIO/claims";
    world.request(Method::POST, claims).body(&claim.to_string()).bearer(&token).page().send();
    assert_eq!(subject()["claims"][0]["order_id"], "7");
    world.pass(10 * DAY);
    assert_eq!(subject()["owed"], owed("0.00", "14.40"));
    let batch = json!({"until": "2026-12-30T00:00:00Z", "codes": ["STUDIO"]});
    let id = json_of(&world.post("/v1/shops/demo/payouts", &batch).admin().send())["id"].clone();
    assert_eq!(subject()["owed"], owed("0.00", "14.40"), "in a batch that is not paid yet");
    let paid = format!("/v1/shops/demo/payouts/{}/paid", id.as_str().unwrap());
    world.request(Method::POST, &paid).admin().send();
    assert_eq!(subject().get("owed"), None);

    // The code goes to somebody else, who does not lose what is theirs with the person before.
    let next = json!({"offer": "agencies", "email": "next@example.com"});
    world.put("/v1/shops/demo/referrers/STUDIO", &next).send();
    give(&world, "STUDIO", &bank());
    let before = subject();
    assert_eq!((before.get("payout_details"), before.get("claims")), (None, None), "no longer theirs");
    let erase = "/v1/shops/demo/subjects?email=studio@example.com";
    assert_eq!(world.request(Method::DELETE, erase).admin().send().status, 200);
    let kept = json_of(&world.get("/v1/shops/demo/referrers/STUDIO/payout-details").admin().send());
    assert_eq!(kept["methods"], json!(["sepa"]));
}

#[test]
fn a_referrer_says_where_to_be_paid_and_sees_it_masked() {
    let (world, shop) = shop(json!({}));
    let token = token_of(&world, "ANNA10");
    let put = |token: &str, body: &Value| {
        world.request(Method::PUT, DETAILS).body(&body.to_string()).bearer(token).page().send()
    };
    let nothing = json_of(&world.get(DETAILS).bearer(&token).page().send());
    assert_eq!(nothing, json!({"code": "ANNA10", "details": null, "methods": [], "changed_at": null}));
    let given = put(&token, &bank());
    assert_eq!(header_of(&given, "access-control-allow-origin"), Some(ORIGIN));
    let given = json_of(&given);
    assert_eq!(given["details"], json!({"iban": "FR•••0189", "account_holder": "A••• M•••"}));
    assert_eq!((&given["methods"], &given["changed_at"]), (&json!(["sepa"]), &json!("2026-11-20T12:00:00Z")));
    assert_eq!(json_of(&world.get(DETAILS).bearer(&token).send()), given);
    // The shop sees no more than that.
    for seen in [world.get(DETAILS).admin(), world.get(DETAILS).bearer(shop["shop_token"].as_str().unwrap())]
    {
        assert_eq!(json_of(&seen.send()), given);
    }
    assert_eq!(
        pointers(&put(&token, &json!({"iban": "FR7630006000011234567890188"}))),
        ["/iban", "/account_holder"]
    );
    assert_eq!(json_of(&world.get(DETAILS).bearer(&token).send()), given, "what is wrong changes nothing");
    let paypal = json_of(&put(&token, &json!({"paypal": "anna@example.com"})));
    assert_eq!(
        (&paypal["details"], &paypal["methods"]),
        (&json!({"paypal": "a•••@•••.com"}), &json!(["paypal"]))
    );
    assert_eq!(world.request(Method::DELETE, DETAILS).bearer(&token).send().status, 204);
    assert_eq!(json_of(&world.get(DETAILS).bearer(&token).send()), nothing);
    assert_eq!(world.rows("demo", "details"), 0);
}

#[test]
fn nobody_else_comes_near_payout_details() {
    let (world, _) = shop(json!({}));
    let (anna, bob) = (token_of(&world, "ANNA10"), token_of(&world, "BOB22"));
    give(&world, "ANNA10", &bank());
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let as_who = |token: &str| {
            world.request(method.clone(), DETAILS).body(&bank().to_string()).bearer(token).send()
        };
        assert_eq!(as_who(&bob).status, 404);
        assert_eq!(as_who("prt_nonsense").status, 401);
        assert_eq!(world.request(method.clone(), DETAILS).body("{}").send().status, 401);
    }
    let unknown = "/v1/shops/demo/referrers/NOBODY/payout-details";
    assert_eq!(world.get(unknown).admin().send().status, 404);
    assert_eq!(world.put(unknown, &bank()).send().status, 404);
    let preflight = world
        .request(Method::OPTIONS, DETAILS)
        .header("origin", ORIGIN)
        .header("access-control-request-method", "PUT")
        .send();
    assert_eq!(header_of(&preflight, "access-control-allow-methods"), Some("GET, HEAD, PUT, DELETE"));
    // Given to another person, the code is closed to who had it, and so is where they were paid.
    let carla = json!({"offer": "friends", "name": "Carla", "email": "carla@example.com"});
    world.pass(2);
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &carla).send().status, 200);
    assert_eq!(world.get(DETAILS).bearer(&anna).send().status, 401);
    assert_eq!(json_of(&world.get(DETAILS).admin().send())["details"], Value::Null);
}

#[test]
fn what_is_kept_is_sealed_and_goes_with_the_person() {
    let (world, _) = shop(json!({}));
    give(
        &world,
        "ANNA10",
        &json!({"iban": IBAN, "account_holder": "Anna Martin", "paypal": "anna@paypal.example"}),
    );
    let kept = world.texts("demo");
    for secret in [IBAN, "Anna Martin", "anna@paypal.example"] {
        assert!(!kept.iter().any(|text| text.contains(secret)), "{secret}");
    }
    let audit = String::from_utf8(world.get("/v1/shops/demo/audit").admin().send().body).unwrap();
    assert!(!audit.contains(IBAN));
    assert_eq!(world.log.borrow().len(), 0);
    // Whoever had the code before may be erased without a loss to who has it now.
    let other = json!({"offer": "friends", "email": "second@example.com"});
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &other).send().status, 200);
    give(&world, "ANNA10", &bank());
    let erase = |email: &str| {
        let path = format!("/v1/shops/demo/subjects?email={email}");
        assert_eq!(world.request(Method::DELETE, &path).admin().send().status, 200);
    };
    erase("anna10@example.com");
    assert_eq!(world.rows("demo", "details"), 1);
    erase("second@example.com");
    assert_eq!(world.rows("demo", "details"), 0);
}

#[test]
fn without_its_key_nothing_is_kept_and_nothing_is_opened() {
    let (world, shop) = shop(json!({}));
    sell(&world, &shop, "ANNA10", &["1"]);
    for keys in ["", "nonsense"] {
        world.details_keys.set(keys);
        let refused = world.put(DETAILS, &bank()).send();
        assert_eq!(refused.status, 503);
        assert!(json_of(&refused)["detail"].as_str().unwrap().contains("PARRAIN_DETAILS_KEY"));
        assert!(header_of(&refused, "retry-after").is_some());
    }
    assert_eq!(world.rows("demo", "details"), 0);
    let batch = payout(&world, json!({}));
    let csv = format!("/v1/shops/demo/payouts/{}.csv", batch["id"].as_str().unwrap());
    assert_eq!(world.get(&csv).admin().send().status, 200, "nobody has given anything");
    world.details_keys.set(DETAILS_KEY);
    give(&world, "ANNA10", &bank());
    world.details_keys.set("2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");
    for path in [DETAILS, &csv] {
        let refused = world.get(path).admin().send();
        assert_eq!(refused.status, 503);
        assert!(json_of(&refused)["detail"].as_str().unwrap().contains("\"1\""), "which key is gone");
    }
}

#[test]
fn keys_are_changed_without_losing_anything() {
    let (world, _) = shop(json!({}));
    let given = ["ANNA10", "BOB22"].map(|code| {
        give(&world, code, &bank());
        code
    });
    const BOTH: &str =
        "2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
    world.details_keys.set(BOTH);
    let reseal = || world.request(Method::POST, "/v1/shops/demo/payout-details/reseal").admin().send();
    assert_eq!(json_of(&reseal()), json!({"key_id": "2", "resealed": 2, "done": true}));
    assert_eq!(json_of(&reseal()), json!({"key_id": "2", "resealed": 0, "done": true}));
    world.details_keys.set(BOTH.split(',').next().unwrap());
    for code in given {
        let path = format!("/v1/shops/demo/referrers/{code}/payout-details");
        assert_eq!(json_of(&world.get(&path).admin().send())["details"]["iban"], "FR•••0189");
    }
    assert_eq!(world.request(Method::POST, "/v1/shops/demo/payout-details/reseal").send().status, 401);
}

#[test]
fn a_minimum_carries_over_and_says_so() {
    let (world, shop) = shop(json!({"minimum": "25.00"}));
    sell(&world, &shop, "ANNA10", &["1", "2"]);
    sell(&world, &shop, "BOB22", &["3", "4", "5"]);
    let plan = json_of(&ask(&world, json!({"dry_run": true})));
    assert_eq!((plan["dry_run"].as_bool(), plan["count"].as_i64()), (Some(true), Some(3)));
    assert_eq!(list(&plan["payees"]), ["BOB22 30.00"]);
    assert_eq!(plan["totals"], json!([{"asset": "EUR", "amount": "30.00"}]));
    assert_eq!(left_out(&plan), ["ANNA10 20.00 below_minimum"]);
    assert_eq!(plan["left_out"][0]["minimum"], "25.00");
    assert!(plan["left_out"][0]["detail"].as_str().unwrap().contains("reporté"), "in the shop's language");
    assert_eq!(
        json_of(&world.get("/v1/shops/demo/payouts").admin().send())["payouts"],
        json!([]),
        "nothing is made"
    );
    let first = payout(&world, json!({}));
    assert_eq!(list(&first["items"]), ["BOB22 10.00"; 3]);
    assert_eq!(left_out(&first), ["ANNA10 20.00 below_minimum"]);
    sell(&world, &shop, "ANNA10", &["6"]);
    let second = payout(&world, json!({}));
    assert_eq!(list(&second["items"]), ["ANNA10 10.00"; 3]);
    assert_eq!(second["left_out"], Value::Null);
    // What is taken back later is owed, and set off in its turn.
    for batch in [&first, &second] {
        let path = format!("/v1/shops/demo/payouts/{}/paid", batch["id"].as_str().unwrap());
        assert_eq!(world.request(Method::POST, &path).admin().send().status, 200);
    }
    let refund = json!({"type": "order.refunded", "data": {"order_id": "6", "at": "2026-11-20T11:00:00Z", "refund_id": "r",
        "amount": "72.00"}});
    assert_eq!(world.event(&shop, &refund).status, 200);
    let third = payout(&world, json!({}));
    assert_eq!((list(&third["items"]), left_out(&third)), (vec![], vec!["ANNA10 -10.00 owes".to_owned()]));
    sell(&world, &shop, "ANNA10", &["7", "8", "9", "10"]);
    assert_eq!(payout(&world, json!({}))["totals"], json!([{"asset": "EUR", "amount": "30.00"}]));
    let audit = json_of(&world.get("/v1/shops/demo/audit").admin().send());
    assert_eq!(audit["differences"], json!([]));
}

#[test]
fn a_payout_takes_kinds_and_referrers_and_leaves_the_rest_due() {
    let (world, shop) = shop(json!({}));
    sell(&world, &shop, "ANNA10", &["1"]);
    sell(&world, &shop, "BOB22", &["2"]);
    sell(&world, &shop, "CARL", &["3"]);
    sell(&world, &shop, "STUDIO", &["4"]);
    let credit = payout(&world, json!({"kinds": ["store_credit"]}));
    assert_eq!(
        (list(&credit["items"]), &credit["kinds"]),
        (vec!["CARL 4.00".to_owned()], &json!(["store_credit"]))
    );
    let anna = payout(&world, json!({"codes": ["anna10"]}));
    assert_eq!((list(&anna["items"]), &anna["codes"]), (vec!["ANNA10 10.00".to_owned()], &json!(["ANNA10"])));
    let kept = json_of(
        &world.get(&format!("/v1/shops/demo/payouts/{}", anna["id"].as_str().unwrap())).admin().send(),
    );
    assert_eq!(kept, anna);
    let rest = payout(&world, json!({}));
    assert_eq!(list(&rest["items"]), ["BOB22 10.00"]);
    assert_eq!(left_out(&rest), ["STUDIO 7.20 on_hold"]);
    assert_eq!(rest["left_out"][0]["until"], "2026-11-24T10:00:00Z");
    world.pass(5 * DAY);
    let later = payout(&world, json!({"until": "2026-11-25T00:00:00Z"}));
    assert_eq!(list(&later["items"]), ["STUDIO 7.20"]);
}

#[test]
fn what_a_payout_is_asked_is_checked() {
    let (world, _) = shop(json!({}));
    for (body, wrong) in [
        (json!({"kinds": ["gold", "cash"]}), vec!["/kinds/0"]),
        (json!({"kinds": []}), vec!["/kinds"]),
        (json!({"kinds": "cash", "codes": ["?", 7]}), vec!["/kinds", "/codes/0", "/codes/1"]),
        (json!({"codes": []}), vec!["/codes"]),
        (json!({"method": "post"}), vec!["/method"]),
        (json!({"method": "sepa", "kinds": ["cash", "points"]}), vec!["/kinds/1"]),
        (json!({"dry_run": "yes"}), vec!["/dry_run"]),
    ] {
        assert_eq!(pointers(&ask(&world, body.clone())), wrong, "{body}");
    }
}

#[test]
fn where_details_are_required_money_waits_for_them() {
    let (world, shop) = shop(json!({"details": "required"}));
    sell(&world, &shop, "ANNA10", &["1"]);
    sell(&world, &shop, "CARL", &["2"]);
    let first = payout(&world, json!({}));
    assert_eq!(list(&first["items"]), ["CARL 4.00"]);
    assert_eq!(left_out(&first), ["ANNA10 10.00 no_payout_details"]);
    give(&world, "ANNA10", &json!({"paypal": "anna@paypal.example"}));
    let plan = json_of(&ask(&world, json!({"dry_run": true})));
    assert_eq!(plan["payees"][0]["methods"], json!(["paypal"]));
    assert_eq!(plan["payees"][0]["details_changed_at"], "2026-11-20T12:00:00Z");
    assert_eq!(list(&payout(&world, json!({}))["items"]), ["ANNA10 10.00"]);
}

#[test]
fn a_transfer_pays_what_is_to_be_paid_by_it() {
    let (world, shop) =
        shop(json!({"debtor": {"name": "Atelier Lumière", "iban": "DE89370400440532013000"}}));
    sell(&world, &shop, "ANNA10", &["1", "2"]);
    sell(&world, &shop, "BOB22", &["3"]);
    sell(&world, &shop, "CARL", &["4"]);
    give(&world, "ANNA10", &bank());
    let batch = payout(&world, json!({"method": "sepa"}));
    assert_eq!(list(&batch["items"]), ["ANNA10 10.00"; 2]);
    assert_eq!(left_out(&batch), ["BOB22 10.00 no_payout_details"]);
    let file = |ending: &str| format!("/v1/shops/demo/payouts/{}{ending}", batch["id"].as_str().unwrap());
    let xml = world.get(&file(".xml")).admin().send();
    assert_eq!(xml.status, 200);
    assert_eq!(header_of(&xml, "content-type"), Some("application/xml; charset=utf-8"));
    assert_eq!(header_of(&xml, "content-disposition"), Some("attachment; filename=\"payout-demo-1.xml\""));
    assert_eq!(header_of(&xml, "cache-control"), Some("no-store"));
    let text = String::from_utf8(xml.body).unwrap();
    for part in [
        "<NbOfTxs>1</NbOfTxs>",
        "<CtrlSum>20.00</CtrlSum>",
        "<IBAN>FR7630006000011234567890189</IBAN>",
        "<IBAN>DE89370400440532013000</IBAN>",
        "<Nm>Anna Martin</Nm>",
        "<Dt>2026-11-20</Dt>",
        "<EndToEndId>1-ANNA10</EndToEndId>",
        "<Ustrd>Parrainage Atelier Lumiere ANNA10</Ustrd>",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let again = String::from_utf8(world.get(&file(".xml")).admin().send().body).unwrap();
    assert_eq!(again, text, "a bank knows it again");
    // From another account, on another day, or told beforehand.
    let sepa = |body: Value| world.post(&file("/sepa"), &body).admin().send();
    let other = sepa(json!({"execution_date": "2026-12-01", "debtor": {"name": "Filiale", "iban": IBAN}}));
    let other = String::from_utf8(other.body).unwrap();
    assert!(other.contains("<Dt>2026-12-01</Dt>") && other.contains("<Nm>Filiale</Nm>"), "{other}");
    let told = json_of(&sepa(json!({"dry_run": true})));
    assert_eq!(
        (told["amount"].as_str(), list(&told["payees"])),
        (Some("20.00"), vec!["ANNA10 20.00".to_owned()])
    );
    assert!(!told.to_string().contains("FR76"));
    assert_eq!(
        pointers(&sepa(json!({"execution_date": "2026-11-19", "debtor": {"iban": "FR76"}, "partial": 1}))),
        ["/debtor/name", "/debtor/iban", "/execution_date", "/partial"]
    );
    for date in [json!("2027-11-21"), json!("tomorrow"), json!(20261201), json!("2026-02-30")] {
        assert_eq!(pointers(&sepa(json!({"execution_date": date}))), ["/execution_date"], "{date}");
    }
    let foreign = json!({"name": "Loja", "iban": "BR1800360305000010009795493C1"});
    assert_eq!(pointers(&sepa(json!({"debtor": foreign}))), ["/debtor/iban"]);
    assert_eq!(world.get(&file(".xml")).send().status, 401);
    assert_eq!(world.get("/v1/shops/demo/payouts/99.xml").admin().send().status, 404);
}

#[test]
fn a_file_never_leaves_anybody_out_unsaid() {
    let (world, shop) = shop(json!({}));
    sell(&world, &shop, "ANNA10", &["1"]);
    sell(&world, &shop, "BOB22", &["2"]);
    sell(&world, &shop, "CARL", &["3"]);
    payout(&world, json!({}));
    let debtor = json!({"name": "Atelier", "iban": "DE89370400440532013000"});
    let sepa = |body: Value| world.post("/v1/shops/demo/payouts/1/sepa", &body).admin().send();
    assert_eq!(pointers(&sepa(json!({}))), ["/debtor"], "the program names none");
    let nobody = sepa(json!({"debtor": debtor}));
    assert_eq!(nobody.status, 409);
    give(&world, "ANNA10", &bank());
    let some = sepa(json!({"debtor": debtor}));
    assert_eq!(some.status, 409);
    let errors = json_of(&some)["errors"].clone();
    let who: Vec<&str> = errors.as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(who, ["/payees/BOB22", "/payees/CARL"]);
    let partial = sepa(json!({"debtor": debtor, "partial": true}));
    assert!(String::from_utf8(partial.body).unwrap().contains("<NbOfTxs>1</NbOfTxs>"));
}

#[test]
fn the_spreadsheet_has_one_kind_or_all_and_accounts_where_asked() {
    let (world, shop) = shop(json!({}));
    sell(&world, &shop, "ANNA10", &["1"]);
    sell(&world, &shop, "CARL", &["2"]);
    give(
        &world,
        "ANNA10",
        &json!({"iban": IBAN, "account_holder": "=Anna", "paypal": "anna@paypal.example"}),
    );
    payout(&world, json!({}));
    let csv = |query: &str| world.get(&format!("/v1/shops/demo/payouts/1.csv{query}")).admin().send();
    let text = |answer: Response| String::from_utf8(answer.body).unwrap();
    let plain = text(csv(""));
    assert!(
        plain.contains("anna@paypal.example,10.00,EUR") && plain.contains("carl@example.com,4.00"),
        "{plain}"
    );
    assert!(!plain.contains(IBAN));
    let cash = csv("?kind=cash&details=true");
    assert_eq!(
        header_of(&cash, "content-disposition"),
        Some("attachment; filename=\"payout-demo-1-cash.csv\"")
    );
    let cash = text(cash);
    assert!(cash.contains(&format!("'=Anna,{IBAN}")) && !cash.contains("CARL"), "{cash}");
    assert_eq!(pointers(&csv("?kind=gold")), ["kind"]);
    assert_eq!(pointers(&csv("?details=perhaps")), ["details"]);
}

fn adjust(world: &Rc<World>, body: Value) -> Response {
    world.post("/v1/shops/demo/adjustments", &body).admin().send()
}

#[test]
fn a_bonus_is_an_entry_like_any_other() {
    let (world, shop) = shop(json!({}));
    sell(&world, &shop, "ANNA10", &["1"]);
    let bonus = json!({"id": "welcome", "code": "anna10", "amount": "5.00", "currency": "EUR", "reason": "Bienvenue !"});
    let made = adjust(&world, bonus.clone());
    assert_eq!(made.status, 201);
    let made = json_of(&made);
    assert_eq!(made["outcome"], "recorded");
    let entry = &made["adjustment"];
    assert_eq!(
        (&entry["type"], &entry["status"], &entry["reward"], &entry["note"]),
        (
            &json!("adjustment"),
            &json!("approved"),
            &json!({"kind": "cash", "amount": "5.00", "currency": "EUR"}),
            &json!("Bienvenue !")
        )
    );
    let mut again = bonus;
    again["amount"] = json!("500.00");
    let again = adjust(&world, again);
    assert_eq!((again.status.as_u16(), &json_of(&again)["outcome"]), (200, &json!("duplicate")));
    assert_eq!(json_of(&again)["adjustment"]["reward"]["amount"], "5.00", "the first content stands");
    let token = token_of(&world, "ANNA10");
    let status = json_of(&world.get("/v1/shops/demo/rewards").bearer(&token).send());
    assert_eq!(status["totals"][0]["approved"], "15.00");
    let shown = &status["conversions"][1];
    assert_eq!(
        (&shown["order_id"], &shown["note"]),
        (&json!("welcome"), &json!("Bienvenue !")),
        "the referrer reads why"
    );
    assert_eq!(status["conversions"][0]["note"], Value::Null);
    let batch = payout(&world, json!({"kinds": ["cash"]}));
    assert_eq!(list(&batch["items"]), ["ANNA10 10.00", "ANNA10 5.00"]);
    assert_eq!(batch["items"][1]["type"], "adjustment");
    let report = json_of(&world.get("/v1/shops/demo/report").admin().send());
    assert_eq!(report["referrers"][0]["conversions"], 1, "a bonus is no conversion");
    let reviewed =
        world.post("/v1/shops/demo/conversions/welcome/review", &json!({"decision": "reject", "note": ""}));
    assert_eq!(reviewed.admin().send().status, 404, "it is taken back by another adjustment");
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn a_correction_takes_from_what_is_due_or_was_paid() {
    let (world, shop) = shop(json!({"minimum": "0.00"}));
    sell(&world, &shop, "ANNA10", &["1"]);
    let less = |amount: &str| {
        let made = adjust(&world, json!({"code": "ANNA10", "amount": amount, "reason": "Erreur"}));
        assert_eq!(made.status, 201);
    };
    let totals = || {
        let path = "/v1/shops/demo/referrers/ANNA10/rewards";
        let status = json_of(&world.get(path).admin().send());
        ["approved", "paid", "reversed"].map(|name| status["totals"][0][name].as_str().unwrap().to_owned())
    };
    less("-4.00");
    assert_eq!(totals(), ["6.00", "0.00", "0.00"]);
    let batch = payout(&world, json!({}));
    assert_eq!(batch["totals"], json!([{"asset": "EUR", "amount": "6.00"}]));
    let paid = format!("/v1/shops/demo/payouts/{}/paid", batch["id"].as_str().unwrap());
    assert_eq!(world.request(Method::POST, &paid).admin().send().status, 200);
    assert_eq!(totals(), ["0.00", "6.00", "0.00"]);
    less("-2.50");
    assert_eq!(totals(), ["-2.50", "6.00", "0.00"]);
    assert_eq!(left_out(&payout(&world, json!({}))), ["ANNA10 -2.50 owes"]);
    assert_eq!(json_of(&world.get("/v1/shops/demo/audit").admin().send())["differences"], json!([]));
}

#[test]
fn many_adjustments_are_made_together_or_not_at_all() {
    let (world, _) = shop(json!({}));
    let many = json!([
        {"id": "b-1", "code": "ANNA10", "amount": "1.00", "reason": "Prime"},
        {"id": "b-2", "code": "CARL", "amount": "2.00", "reason": "Prime"},
        {"id": "b-3", "code": "STUDIO", "amount": "300", "currency": "JPY", "reason": "Prime", "reward": "gift_card"}]);
    let mut unknown = many.clone();
    unknown[1]["code"] = json!("NOBODY");
    assert_eq!(pointers(&adjust(&world, unknown)), ["/1/code"]);
    assert_eq!(world.rows("demo", "entry"), 0);
    let made = adjust(&world, many.clone());
    assert_eq!(made.status, 201);
    let kinds: Vec<String> = json_of(&made)["adjustments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["adjustment"]["reward"]["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["cash", "store_credit", "gift_card"], "as each is paid otherwise");
    assert_eq!(adjust(&world, many).status, 200);
    assert_eq!(world.rows("demo", "entry"), 3);
    let wrong = json!([
        {"code": "?", "amount": "0.00", "reason": " "},
        {"code": "ANNA10", "amount": "1", "currency": "EURO", "reason": 7, "reward": "points", "id": "x".repeat(65)},
        {"code": "ANNA10", "amount": "1.005", "reason": "x", "note": "y"},
        "ANNA10"]);
    assert_eq!(
        pointers(&adjust(&world, wrong)),
        [
            "/0/code",
            "/0/amount",
            "/0/reason",
            "/1/id",
            "/1/currency",
            "/1/reward",
            "/1/reason",
            "/2/note",
            "/2/amount",
            "/3"
        ]
    );
    let twice = json!({"id": "t", "code": "ANNA10", "amount": "1.00", "reason": "x"});
    assert_eq!(pointers(&adjust(&world, json!([twice, twice]))), ["/1/id"]);
    assert_eq!(pointers(&adjust(&world, json!([]))), [""]);
    assert_eq!(adjust(&world, json!({"code": "NOBODY", "amount": "1.00", "reason": "x"})).status, 404);
    assert_eq!(world.post("/v1/shops/demo/adjustments", &twice).send().status, 401);
}
