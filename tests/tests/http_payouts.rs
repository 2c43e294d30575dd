//! Paying referrers, on real workerd: where they are paid, what a payout takes up, and the files that pay it.

use std::collections::BTreeSet;
use std::thread;

use parrain_tests::bodies::{ago, amount, offer, paid, program, referrer};
use parrain_tests::http::{self, Answer};
use parrain_tests::schema::faults_of_transfer;
use parrain_tests::shop::TestShop;
use parrain_tests::{env, random};
use parrain_wire::details::PayoutDetails;
use parrain_wire::payouts::{Method, NewPayout, Selection};
use parrain_wire::program::{
    AdvocateSide, Debtor, Details, Minimum, Orders, PayoutRules, Program, RewardKind,
};
use parrain_wire::referrer::NewReferrer;
use serde::Serialize;
use serde_json::{Value, json};

const IBAN: &str = "FR7630006000011234567890189";

fn shop(payouts: PayoutRules) -> TestShop {
    let lifetime =
        |reward| AdvocateSide { reward, orders: Some(Orders::Lifetime), ..AdvocateSide::default() };
    let offers = vec![
        offer("friends", lifetime(amount(RewardKind::Cash, "10.00"))),
        offer("credit", lifetime(amount(RewardKind::StoreCredit, "4.00"))),
    ];
    let program = program("Atelier Lumière & Cie <SARL>", "https://shop.example/", offers);
    let shop = TestShop::new(Program { locale: Some("fr".into()), payouts: Some(payouts), ..program });
    for (code, offer) in [("ANNA10", "friends"), ("BOB22", "friends"), ("CARL", "credit")] {
        let email = Some(format!("{code}@example.com"));
        shop.referrer(code, &NewReferrer { email, ..referrer(offer, code) });
    }
    shop
}

fn sell(shop: &TestShop, code: &str, orders: u32) {
    for _ in 0..orders {
        let sent = shop.event(&paid(&random(10), &[code]));
        assert_eq!(sent.expect(200)["outcome"], "recorded");
    }
}

fn admin(method: &str, shop: &TestShop, path: &str, body: &impl Serialize) -> Answer {
    http::send_json(method, &shop.url(path), Some(&env::admin_token()), body)
}

fn payout(shop: &TestShop, selection: Selection) -> Answer {
    admin("POST", shop, "/payouts", &NewPayout { until: ago(0), selection, dry_run: false })
}

fn everything() -> Selection {
    Selection::default()
}

fn give(shop: &TestShop, code: &str, details: &PayoutDetails) -> Answer {
    admin("PUT", shop, &format!("/referrers/{code}/payout-details"), details)
}

fn bank(name: &str) -> PayoutDetails {
    PayoutDetails { iban: Some(IBAN.into()), account_holder: Some(name.into()), ..PayoutDetails::default() }
}

fn debtor(name: &str, iban: &str) -> Option<Debtor> {
    Some(Debtor { name: name.into(), iban: iban.into() })
}

fn pointers(answer: &Answer) -> Vec<String> {
    let errors = answer.expect(422)["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_referrer_gives_their_account_and_nobody_reads_it() {
    let shop = shop(PayoutRules::default());
    let email = Some("anna@example.com".into());
    let card = shop.referrer("ANNA10", &NewReferrer { email, ..referrer("friends", "Anna") });
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
    let shop = shop(PayoutRules {
        minimum: Some(Minimum::Each([("EUR".to_owned(), "15.00".into())].into())),
        minimum_kinds: vec![RewardKind::Cash.into()],
        details: Some(Details::Required.into()),
        debtor: debtor("Atelier Lumière", "DE89 3704 0044 0532 0130 00"),
    });
    sell(&shop, "ANNA10", 2);
    sell(&shop, "BOB22", 1);
    sell(&shop, "CARL", 1);
    let reasons = |answer: &Value| -> BTreeSet<String> {
        let lines = answer["left_out"].as_array().cloned().unwrap_or_default();
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        lines.iter().map(|line| format!("{} {}", text(line, "code"), text(line, "reason"))).collect()
    };
    let plan = NewPayout { until: ago(0), selection: everything(), dry_run: true };
    let plan = admin("POST", &shop, "/payouts", &plan).expect(200);
    assert_eq!(plan["payees"].as_array().unwrap().len(), 1, "{plan}");
    assert_eq!(
        reasons(&plan),
        ["ANNA10 no_payout_details", "BOB22 no_payout_details"].map(str::to_owned).into()
    );
    // Names that would be markup, a formula, or no letters of a bank's.
    give(&shop, "ANNA10", &bank("=Zoë <Müller> & \"Söhne\" ]]>")).expect(200);
    give(&shop, "BOB22", &bank("Bob Petit")).expect(200);
    assert_eq!(pointers(&give(&shop, "BOB22", &bank("李小龙"))), ["/account_holder"]);
    let batch = payout(&shop, Selection { method: Some(Method::Sepa), ..everything() }).expect(201);
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
    let rest = payout(&shop, everything()).expect(201);
    assert_eq!(rest["totals"], json!([{"asset": "EUR", "amount": "4.00"}]), "store credit needs no account");
    assert_eq!(shop.read("/audit")["differences"], json!([]));
}

/// That the schema is held at all.
#[test]
fn a_transfer_without_an_account_is_no_transfer() {
    let shop = shop(PayoutRules { debtor: debtor("Atelier", IBAN), ..PayoutRules::default() });
    sell(&shop, "ANNA10", 1);
    give(&shop, "ANNA10", &bank("Anna")).expect(200);
    payout(&shop, everything()).expect(201);
    let xml = http::get_as(&shop.url("/payouts/1.xml"), &env::admin_token()).text;
    assert_eq!(faults_of_transfer(&xml), "");
    let broken = xml.replace(&format!("<IBAN>{IBAN}</IBAN>"), "");
    assert!(faults_of_transfer(&broken).contains("IBAN"), "{broken}");
}

#[test]
fn racing_payouts_pay_each_reward_once() {
    let shop = shop(PayoutRules::default());
    sell(&shop, "ANNA10", 3);
    sell(&shop, "BOB22", 2);
    let codes = |codes: &[&str]| Some(codes.iter().map(|code| code.parse().unwrap()).collect());
    let bodies = [
        everything(),
        Selection { kinds: Some(["cash".to_owned()].into()), ..everything() },
        Selection { codes: codes(&["ANNA10"]), ..everything() },
        Selection { codes: codes(&["BOB22", "ANNA10"]), ..everything() },
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
    let shop = shop(PayoutRules::default());
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
    let odd = json!({"until": ago(0), "kinds": ["gold"], "codes": [1]});
    assert_eq!(pointers(&admin("POST", &shop, "/payouts", &odd)), ["/kinds/0", "/codes/0"]);
}
