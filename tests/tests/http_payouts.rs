//! Paying referrers, on real workerd: where they are paid, what a payout takes up, and the files that pay it.

use std::collections::BTreeSet;
use std::thread;

use jiff::Timestamp;
use parrain_tests::http::{self, Answer};
use parrain_tests::schema::faults_of_transfer;
use parrain_tests::shop::TestShop;
use parrain_tests::{env, random};
use serde_json::{Value, json};

const IBAN: &str = "FR7630006000011234567890189";

fn shop(payouts: Value) -> TestShop {
    let shop =
        TestShop::new(json!({"name": "Atelier Lumière & Cie <SARL>", "currency": "EUR", "locale": "fr",
        "landing_url": "https://shop.example/", "payouts": payouts,
        "offers": [
            {"id": "friends", "audience": "customer",
             "advocate": {"reward": {"kind": "cash", "amount": "10.00"}, "orders": "lifetime"}},
            {"id": "credit", "audience": "customer",
             "advocate": {"reward": {"kind": "store_credit", "amount": "4.00"}, "orders": "lifetime"}}]}));
    for (code, offer) in [("ANNA10", "friends"), ("BOB22", "friends"), ("CARL", "credit")] {
        shop.referrer(code, &json!({"offer": offer, "name": code, "email": format!("{code}@example.com")}));
    }
    shop
}

fn ago(seconds: i64) -> String {
    Timestamp::from_second(Timestamp::now().as_second() - seconds).unwrap().to_string()
}

fn sell(shop: &TestShop, code: &str, orders: u32) {
    for _ in 0..orders {
        let order = random(10);
        let sent = shop.event(&json!({"type": "order.paid", "data": {"order_id": order, "at": ago(600),
            "customer": {"id": format!("c-{order}")}, "currency": "EUR", "subtotal": "80.00", "discount": "0.00",
            "total": "80.00", "codes": [code]}}));
        assert_eq!(sent.expect(200)["outcome"], "recorded");
    }
}

fn admin(method: &str, shop: &TestShop, path: &str, body: &Value) -> Answer {
    http::send_json(method, &shop.url(path), Some(&env::admin_token()), body)
}

fn payout(shop: &TestShop, more: Value) -> Answer {
    let mut body = json!({"until": ago(0)});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    admin("POST", shop, "/payouts", &body)
}

fn give(shop: &TestShop, code: &str, details: &Value) -> Answer {
    admin("PUT", shop, &format!("/referrers/{code}/payout-details"), details)
}

fn bank(name: &str) -> Value {
    json!({"iban": IBAN, "account_holder": name})
}

fn pointers(answer: &Answer) -> Vec<String> {
    let errors = answer.expect(422)["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_referrer_gives_their_account_and_nobody_reads_it() {
    let shop = shop(json!({}));
    let card =
        shop.referrer("ANNA10", &json!({"offer": "friends", "name": "Anna", "email": "anna@example.com"}));
    let token = card["token"].as_str().unwrap();
    let url = shop.url("/referrers/ANNA10/payout-details");
    let given = http::send_json("PUT", &url, Some(token), &bank("Anna Martin"));
    assert!(!given.text.contains(IBAN), "{}", given.text);
    let given = given.expect(200);
    assert_eq!(given["details"]["iban"], "FR•••0189");
    for who in [token, &shop.shop_token, &env::admin_token()] {
        assert_eq!(http::get_as(&url, who).expect(200), given);
    }
    assert_eq!(http::get(&url).status, 401);
    let wrong = json!({"iban": "FR7630006000011234567890188", "account_holder": "Anna", "siret": "1"});
    assert_eq!(pointers(&http::send_json("PUT", &url, Some(token), &wrong)), ["/iban", "/siret"]);
    assert_eq!(http::send("PUT", &url, &[("authorization", &format!("Bearer {token}"))], b"{").status, 400);
    assert_eq!(http::get_as(&url, token).expect(200), given, "what is wrong changes nothing");
    let person = "/subjects?email=anna@example.com";
    admin("DELETE", &shop, person, &json!({})).expect(200);
    assert_eq!(shop.read("/referrers/ANNA10/payout-details")["details"], Value::Null);
}

#[test]
fn a_payout_is_looked_at_made_and_paid_by_a_bank() {
    let shop = shop(json!({"minimum": {"EUR": "15.00"}, "minimum_kinds": ["cash"], "details": "required",
        "debtor": {"name": "Atelier Lumière", "iban": "DE89 3704 0044 0532 0130 00"}}));
    sell(&shop, "ANNA10", 2);
    sell(&shop, "BOB22", 1);
    sell(&shop, "CARL", 1);
    let reasons = |answer: &Value| -> BTreeSet<String> {
        let lines = answer["left_out"].as_array().cloned().unwrap_or_default();
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        lines.iter().map(|line| format!("{} {}", text(line, "code"), text(line, "reason"))).collect()
    };
    let plan = payout(&shop, json!({"dry_run": true})).expect(200);
    assert_eq!(plan["payees"].as_array().unwrap().len(), 1, "{plan}");
    assert_eq!(
        reasons(&plan),
        ["ANNA10 no_payout_details", "BOB22 no_payout_details"].map(str::to_owned).into()
    );
    // Names that would be markup, a formula, or no letters of a bank's.
    give(&shop, "ANNA10", &bank("=Zoë <Müller> & \"Söhne\" ]]>")).expect(200);
    give(&shop, "BOB22", &bank("Bob Petit")).expect(200);
    assert_eq!(pointers(&give(&shop, "BOB22", &bank("李小龙"))), ["/account_holder"]);
    let batch = payout(&shop, json!({"method": "sepa"})).expect(201);
    assert_eq!((batch["count"].as_i64(), &batch["method"]), (Some(2), &json!("sepa")));
    assert_eq!(reasons(&batch), ["BOB22 below_minimum".to_owned()].into());
    let id = batch["id"].as_str().unwrap();
    let xml = http::get_as(&shop.url(&format!("/payouts/{id}.xml")), &env::admin_token());
    assert_eq!((xml.status, xml.header("content-type")), (200, "application/xml; charset=utf-8"));
    assert_eq!(faults_of_transfer(&xml.text), "");
    assert!(xml.text.contains("<InstdAmt Ccy=\"EUR\">20.00</InstdAmt>"), "{}", xml.text);
    let plain = xml.text.replace("&apos;", "'");
    assert!(plain.contains("Zoe (Muller) + 'Sohne'"), "{}", xml.text);
    let csv =
        http::get_as(&shop.url(&format!("/payouts/{id}.csv?details=true&kind=cash")), &env::admin_token());
    assert!(
        csv.text.contains("'=Zoë <Müller> & \"\"Söhne\"\" ]]>") && csv.text.contains(IBAN),
        "{}",
        csv.text
    );
    let paid = admin("POST", &shop, &format!("/payouts/{id}/paid"), &json!({})).expect(200);
    assert!(paid["paid_at"].is_string());
    let rest = payout(&shop, json!({})).expect(201);
    assert_eq!(rest["totals"], json!([{"asset": "EUR", "amount": "4.00"}]), "store credit needs no account");
    assert_eq!(shop.read("/audit")["differences"], json!([]));
}

/// That the schema is held at all.
#[test]
fn a_transfer_without_an_account_is_no_transfer() {
    let shop = shop(json!({"debtor": {"name": "Atelier", "iban": IBAN}}));
    sell(&shop, "ANNA10", 1);
    give(&shop, "ANNA10", &bank("Anna")).expect(200);
    payout(&shop, json!({})).expect(201);
    let xml = http::get_as(&shop.url("/payouts/1.xml"), &env::admin_token()).text;
    assert_eq!(faults_of_transfer(&xml), "");
    let broken = xml.replace(&format!("<IBAN>{IBAN}</IBAN>"), "");
    assert!(faults_of_transfer(&broken).contains("IBAN"), "{broken}");
}

#[test]
fn racing_payouts_pay_each_reward_once() {
    let shop = shop(json!({}));
    sell(&shop, "ANNA10", 3);
    sell(&shop, "BOB22", 2);
    let bodies = [
        json!({}),
        json!({"kinds": ["cash"]}),
        json!({"codes": ["ANNA10"]}),
        json!({"codes": ["BOB22", "ANNA10"]}),
    ];
    let made: Vec<Value> = thread::scope(|threads| {
        let asked: Vec<_> = bodies
            .iter()
            .map(|body| {
                let shop = &shop;
                threads.spawn(move || {
                    give(shop, "ANNA10", &bank("Anna")).expect(200);
                    payout(shop, body.clone()).expect(201)
                })
            })
            .collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut orders: Vec<String> = made
        .iter()
        .flat_map(|batch| batch["items"].as_array().cloned().unwrap_or_default())
        .map(|item| item["order_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(orders.len(), 5, "{made:?}");
    orders.sort();
    orders.dedup();
    assert_eq!(orders.len(), 5, "none twice");
}

#[test]
fn rules_for_payouts_are_checked_with_the_program() {
    let shop = shop(json!({}));
    let mut program = shop.program.clone();
    program["payouts"] = json!({"minimum": "25", "minimum_kinds": ["points"], "details": "maybe",
        "debtor": {"name": "", "iban": "FR7630006000011234567890188"}, "maximum": 1});
    let wrong = admin("PUT", &shop, "", &program);
    assert_eq!(
        pointers(&wrong),
        [
            "/payouts/maximum",
            "/payouts/minimum",
            "/payouts/minimum_kinds/0",
            "/payouts/details",
            "/payouts/debtor/name",
            "/payouts/debtor/iban"
        ]
    );
    assert_eq!(pointers(&payout(&shop, json!({"kinds": ["gold"], "codes": [1]}))), ["/kinds/0", "/codes/0"]);
}
