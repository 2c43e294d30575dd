//! Bringing along exports of other software: what is planned, made in steps, and made only once.

use super::world::*;
use crate::http::{Method, Response};
use crate::stores::simulated::Mischief;
use parrain_imports::MOST_LINES;
use serde_json::{Value, json};
use std::rc::Rc;

const REWARDFUL: &str = include_str!("../../../../imports/tests/exports/rewardful.csv");
const REWARDFUL_COMMISSIONS: &str =
    include_str!("../../../../imports/tests/exports/rewardful-commissions.csv");
const FIRSTPROMOTER: &str = include_str!("../../../../imports/tests/exports/firstpromoter.csv");
const TAPFILIATE: &str = include_str!("../../../../imports/tests/exports/tapfiliate.csv");
const TAPFILIATE_CONVERSIONS: &str =
    include_str!("../../../../imports/tests/exports/tapfiliate-conversions.csv");
const REFERSION: &str = include_str!("../../../../imports/tests/exports/refersion.csv");
const GOAFFPRO: &str = include_str!("../../../../imports/tests/exports/goaffpro.csv");
const REFERRALCANDY: &str = include_str!("../../../../imports/tests/exports/referralcandy.csv");
const AFFILIATEWP: &str = include_str!("../../../../imports/tests/exports/affiliatewp.csv");
const AFFILIATEWP_REFERRALS: &str =
    include_str!("../../../../imports/tests/exports/affiliatewp-referrals.csv");
const OPENCART: &str = include_str!("../../../../imports/tests/exports/opencart.csv");
const OTHER: &str = include_str!("../../../../imports/tests/exports/other.csv");

const IMPORTS: &str = "/v1/shops/demo/imports";

/// A shop that pays commissions of 8 % in a currency; its event secret and the rest.
fn shop(currency: &str) -> (Rc<World>, Value) {
    let world = World::new(2, Mischief::default());
    let mut body = program();
    body["currency"] = currency.into();
    body["offers"] = json!([{"id": "partners", "audience": "affiliate",
        "advocate": {"reward": {"kind": "commission", "percent": "8"}, "orders": "lifetime"}}]);
    let shop = json_of(&world.put("/v1/shops/demo", &body).send());
    (world, shop)
}

fn give(world: &Rc<World>, query: &str, file: &str) -> Response {
    world.request(Method::POST, &format!("{IMPORTS}?{query}")).body(file).admin().send()
}

fn plan(world: &Rc<World>, query: &str, file: &str) -> Value {
    let answer = give(world, query, file);
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

fn step(world: &Rc<World>, import: &Value) -> Value {
    let path = format!("{IMPORTS}/{}/steps", import["id"].as_str().unwrap());
    let answer = world.post(&path, &Value::Null).admin().send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

/// Makes all of a plan; how it stands then.
fn make(world: &Rc<World>, import: &Value) -> Value {
    for _ in 0..200 {
        let after = step(world, import);
        if after["state"] == "done" {
            return after;
        }
    }
    panic!("an import without an end");
}

/// `referrer make 2, made 0, as wished 0, refused 1` of each kind.
fn counts(import: &Value) -> Vec<String> {
    let counts = import["counts"].as_array().unwrap();
    let line = |count: &Value| {
        let number = |name: &str| count[name].as_i64().unwrap();
        format!(
            "{}: {} to make, {} made, {} so already, {} refused",
            count["what"].as_str().unwrap(),
            number("make"),
            number("made"),
            number("as_wished"),
            number("refused")
        )
    };
    counts.iter().map(line).collect()
}

/// `3 referrer taken ANNA10` of what is refused.
fn refused(import: &Value) -> Vec<String> {
    let items = import["items"].as_array().unwrap().iter();
    let line = |item: &Value| {
        let text = |name: &str| item[name].as_str().map(str::to_owned);
        assert!(text("detail").is_some_and(|detail| !detail.is_empty()), "{item}");
        let at = text("code").or(text("value")).or(text("sale")).unwrap_or_default();
        format!(
            "{} {} {} {at}",
            item["line"],
            item["what"].as_str().unwrap(),
            item["reason"].as_str().unwrap()
        )
    };
    items.filter(|item| item["verdict"] == "refused").map(line).collect()
}

fn referrer(world: &Rc<World>, code: &str) -> Value {
    let answer = world.get(&format!("/v1/shops/demo/referrers/{code}")).admin().send();
    assert_eq!(answer.status, 200, "{code}");
    json_of(&answer)
}

fn due(world: &Rc<World>, code: &str) -> Value {
    let answer = world.get(&format!("/v1/shops/demo/referrers/{code}/rewards")).admin().send();
    json_of(&answer)["totals"].clone()
}

/// Everything that an import could change: the tables without those of imports themselves.
fn books(world: &World) -> Vec<i64> {
    ["referrer", "entry", "posting", "statement", "mail", "version", "delivery", "deed"]
        .iter()
        .map(|table| world.rows("demo", table))
        .collect()
}

#[test]
fn each_software_s_files_are_made_once_however_often_they_come() {
    for (files, currency, codes, owed) in [
        (&[REWARDFUL][..], "USD", &["ADAM", "ADAM15", "KIM-LEE"][..], "1216.50"),
        (&[FIRSTPROMOTER], "USD", &["JOE13", "JOE10", "NOE"], "42.50"),
        (&[TAPFILIATE], "EUR", &["JANEROE", "JANE10", "JANE20", "ZGY2NTD"], "18.00"),
        (&[REFERSION], "USD", &["ANNBELL"], "33.10"),
        (&[GOAFFPRO], "EUR", &["CRAZYOWL", "OWL10"], "48.00"),
        (&[REFERRALCANDY], "EUR", &["JOHNSMITH", "NORAONEIL", "NORA-5"], "0.00"),
        (&[AFFILIATEWP, AFFILIATEWP_REFERRALS], "EUR", &["LUCBLANC", "112"], "12.50"),
        (&[OPENCART], "EUR", &["5E8F2A7C41B9D"], "12.40"),
        (&[OTHER], "EUR", &["MARIE10", "USA10"], "1234.50"),
    ] {
        let (world, _) = shop(currency);
        let plans: Vec<Value> = files
            .iter()
            .map(|file| {
                let before = books(&world);
                let planned = plan(&world, "rates=true", file);
                assert_eq!(books(&world), before, "a plan makes nothing");
                let done = make(&world, &planned);
                let open: i64 =
                    done["counts"].as_array().unwrap().iter().map(|one| one["make"].as_i64().unwrap()).sum();
                assert_eq!(open, 0, "{done}");
                planned
            })
            .collect();
        let total: i64 = plans.iter().map(|one| cents(one["balance"].as_str().unwrap())).sum();
        assert_eq!(total, cents(owed), "{plans:?}");
        let list = json_of(&world.get("/v1/shops/demo/referrers").admin().send());
        let made: Vec<&str> =
            list["referrers"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        let mut wanted = codes.to_vec();
        wanted.sort_unstable();
        assert_eq!(made, wanted);
        let paid =
            world.post("/v1/shops/demo/payouts", &json!({"until": "2026-11-20T12:00:00Z", "dry_run": true}));
        let plan_of_pay = json_of(&paid.admin().send());
        let sum_of = |name: &str| -> i64 {
            let lines = plan_of_pay[name].as_array().cloned().unwrap_or_default();
            lines.iter().map(|line| cents(line["amount"].as_str().unwrap())).sum()
        };
        // Who is paused is paid when they are not.
        assert_eq!(
            sum_of("totals") + sum_of("left_out"),
            cents(owed),
            "the first payout is right: {plan_of_pay}"
        );
        // Once more, the same files: what can be made is so already, and nothing is written.
        let before = books(&world);
        for (file, first) in files.iter().zip(&plans) {
            let again = plan(&world, "rates=true", file);
            assert_eq!(refused(&again), refused(first));
            assert_eq!(again["balance"], "0.00", "{again}");
            for (one, other) in counts(&again).iter().zip(counts(first)) {
                assert!(one.contains(": 0 to make, 0 made"), "{one}, and first {other}");
            }
            make(&world, &again);
        }
        assert_eq!(books(&world), before, "{codes:?}");
        let audit = json_of(&world.get("/v1/shops/demo/audit").admin().send());
        assert_eq!(audit["differences"], json!([]), "{audit}");
    }
}

fn cents(amount: &str) -> i64 {
    amount.replace('.', "").parse().unwrap()
}

#[test]
fn whoever_is_brought_along_is_confirmed_and_is_mailed_only_where_that_is_asked_for() {
    for (query, welcomed) in [("", 0), ("welcome=true", 4)] {
        let (world, _) = shop("EUR");
        let mail = json!({"provider": "resend", "key": "re_1234567890", "from": {"email": "a@shop.example"},
            "kinds": ["welcome"]});
        assert_eq!(world.put("/v1/shops/demo/mail", &mail).send().status, 200);
        let hook = json!({"url": "https://hooks.example/x", "types": ["referrer.joined"]});
        assert_eq!(world.post("/v1/shops/demo/endpoints", &hook).admin().send().status, 201);
        let before = world.rows("demo", "mail");
        make(&world, &plan(&world, query, TAPFILIATE));
        let mailed = world.rows("demo", "mail") - before;
        assert_eq!(welcomed, mailed, "{query}");
        assert_eq!(world.rows("demo", "delivery"), 4, "other software is told of each");
        assert_eq!(referrer(&world, "JANEROE")["confirmed"], true);
        assert_eq!(referrer(&world, "JANEROE")["marketing_consent"], false);
        // Later changes do not make up for a welcome that nobody wanted.
        let who = json!({"offer": "partners", "name": "Jane", "email": "jane@example.com"});
        assert_eq!(world.put("/v1/shops/demo/referrers/JANEROE", &who).send().status, 200);
        assert_eq!(world.rows("demo", "mail") - before, mailed);
    }
}

#[test]
fn rates_come_along_where_that_is_asked_for_and_differ_from_the_offer_s() {
    let (world, _) = shop("EUR");
    let file = "Code,Email,Rate\nAAA,a@example.com,12.5%\nBBB,b@example.com,8%\nCCC,c@example.com,150%\n";
    let planned = plan(&world, "rates=true", file);
    assert_eq!(refused(&planned), ["4 line rate 150%"]);
    make(&world, &planned);
    assert_eq!(referrer(&world, "AAA")["terms"]["reward"]["percent"], "12.5");
    assert_eq!(referrer(&world, "BBB")["terms"], Value::Null, "the offer's own");
    let (world, _) = shop("EUR");
    make(&world, &plan(&world, "", file));
    assert_eq!(referrer(&world, "AAA")["terms"], Value::Null);
}

#[test]
fn an_import_that_breaks_off_goes_on_where_it_was() {
    let (world, _) = shop("EUR");
    let rows: String = (0..250).map(|n| format!("CODE{n},a{n}@example.com,{}.00\n", n + 1)).collect();
    let file = format!("Code,Email,Balance\n{rows}");
    let planned = plan(&world, "", &file);
    assert_eq!(
        counts(&planned),
        [
            "referrer: 250 to make, 0 made, 0 so already, 0 refused",
            "balance: 250 to make, 0 made, 0 so already, 0 refused",
        ]
    );
    let first = step(&world, &planned);
    assert_eq!(
        (&first["state"], counts(&first)[0].as_str()),
        (&json!("running"), "referrer: 200 to make, 50 made, 0 so already, 0 refused")
    );
    // The answer of a step is lost, and the object is moved: the step is asked again.
    world.silent.set(1);
    let path = format!("{IMPORTS}/{}/steps", planned["id"].as_str().unwrap());
    assert_eq!(world.post(&path, &Value::Null).admin().send().status, 503);
    world.another_isolate();
    // Somebody gives the same file again meanwhile, and makes all of it.
    let other = plan(&world, "", &file);
    assert_eq!(counts(&other)[0], "referrer: 200 to make, 0 made, 50 so already, 0 refused");
    make(&world, &other);
    let after = books(&world);
    let done = make(&world, &planned);
    assert_eq!(
        counts(&done),
        [
            "referrer: 0 to make, 50 made, 200 so already, 0 refused",
            "balance: 0 to make, 50 made, 200 so already, 0 refused",
        ]
    );
    assert_eq!(books(&world), after);
    assert_eq!(due(&world, "CODE249")[0]["approved"], "250.00");
    // Of what is done nothing is kept but how much it was.
    assert!(world.texts("demo").iter().all(|text| !text.contains("\"instead_of\"")), "a line is kept");
    // A finished one can be asked to go on, and dropped.
    assert_eq!(step(&world, &planned)["state"], "done");
    assert_eq!(
        world.request(Method::DELETE, path.strip_suffix("/steps").unwrap()).admin().send().status,
        204
    );
    assert_eq!(world.post(&path, &Value::Null).admin().send().status, 404);
    assert_eq!(books(&world), after, "what was made stays");
}

#[test]
fn a_code_of_somebody_else_is_refused_and_gets_nothing() {
    let (world, _) = shop("EUR");
    let who = json!({"offer": "partners", "name": "Anna", "email": "anna@example.com"});
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &who).send().status, 201);
    let file = "Code,Name,Email,Balance\nanna10,Another Anna,other@example.com,50.00\nANNA-10,Anna,ANNA@example.com,7.00\n";
    let planned = plan(&world, "", file);
    assert_eq!(refused(&planned), ["2 referrer taken ANNA10", "2 balance no_referrer ANNA10"]);
    make(&world, &planned);
    assert_eq!(due(&world, "ANNA10"), json!([]));
    assert_eq!(due(&world, "ANNA-10")[0]["approved"], "7.00");
    assert_eq!(referrer(&world, "ANNA10")["name"], "Anna");
    // A name is no proof where one side has an address.
    let bare = plan(&world, "", "Code,Name,Balance\nANNA10,Anna,9.00\nANNA-10,,9.00\n");
    assert_eq!(
        refused(&bare),
        [
            "2 referrer taken ANNA10",
            "2 balance no_referrer ANNA10",
            "3 referrer taken ANNA-10",
            "3 balance no_referrer ANNA-10"
        ]
    );
    // It is where nobody has one, and who has neither is known by the code alone.
    make(&world, &plan(&world, "", "Code,Name,Balance\nNAMED,Bea,2.00\nBARE,,3.00\n"));
    let again = plan(&world, "", "Code,Name,Balance\nNAMED,bea,2.00\nBARE,,3.00\n");
    assert_eq!(refused(&again), Vec::<String>::new());
    assert_eq!(again["balance"], "0.00");
    assert_eq!(due(&world, "BARE")[0]["approved"], "3.00");
    let other = plan(&world, "", "Code,Name,Balance\nNAMED,Carl,2.50\nBARE,Dan,3.50\n");
    assert_eq!(refused(&other).len(), 4, "{other}");
    // The code becomes free between the plan and the step, or taken: the step looks again.
    let late = plan(&world, "", "Code,Email,Balance\nLATE,late@example.com,1.00\n");
    assert_eq!(world.put("/v1/shops/demo/referrers/LATE", &who).send().status, 201);
    let done = make(&world, &late);
    assert_eq!(
        counts(&done),
        [
            "referrer: 0 to make, 0 made, 0 so already, 1 refused",
            "balance: 0 to make, 0 made, 0 so already, 1 refused",
        ]
    );
}

#[test]
fn a_balance_that_changed_is_told_and_not_added() {
    let (world, _) = shop("EUR");
    let file = |balance: &str| format!("Code,Email,Balance\nAAA,a@example.com,{balance}\n");
    make(&world, &plan(&world, "", &file("10.00")));
    let more = plan(&world, "", &file("12.00"));
    assert_eq!(refused(&more), ["2 balance differs AAA"]);
    make(&world, &more);
    assert_eq!(due(&world, "AAA")[0]["approved"], "10.00");
    // Who owes something owes it here too.
    make(&world, &plan(&world, "", "Code,Email,Balance\nBBB,b@example.com,-3.00\n"));
    let rewards = json_of(&world.get("/v1/shops/demo/referrers/BBB/rewards").admin().send());
    assert_eq!(rewards["conversions"][0]["reward"]["amount"], "-3.00", "{rewards}");
}

#[test]
fn what_is_owed_comes_by_one_kind_of_file_alone() {
    let (world, _) = shop("USD");
    make(&world, &plan(&world, "", REWARDFUL));
    let sales = plan(&world, "", REWARDFUL_COMMISSIONS);
    assert_eq!(
        refused(&sales),
        [
            "2 balance counted ch_1001",
            "4 balance undecided pending",
            "3 balance paid paid",
            "5 balance called_off voided"
        ]
    );
    make(&world, &sales);
    assert_eq!(due(&world, "ADAM")[0]["approved"], "1204.50");
    // The other way round.
    let (world, _) = shop("EUR");
    make(&world, &plan(&world, "", "Code,Email\njaneroe,jane@example.com\n"));
    make(&world, &plan(&world, "", TAPFILIATE_CONVERSIONS));
    assert_eq!(due(&world, "JANEROE")[0]["approved"], "8.00");
    let people = plan(&world, "", TAPFILIATE);
    assert_eq!(refused(&people), ["2 balance counted JANEROE"]);
}

#[test]
fn customers_of_before_are_known_and_their_orders_earn_nobody_anything_again() {
    let world = World::new(2, Mischief::default());
    let mut body = program();
    body["offers"] = json!([{"id": "partners", "audience": "affiliate",
        "advocate": {"reward": {"kind": "commission", "percent": "8"}, "orders": "first"}}]);
    let shop_of = json_of(&world.put("/v1/shops/demo", &body).send());
    make(&world, &plan(&world, "", TAPFILIATE));
    // A customer who has earned somebody a reward here already.
    let order = |id: &str, customer: &str, code: &str| {
        json!({"type": "order.paid", "data": {"order_id": id,
        "at": "2026-11-19T10:00:00Z", "currency": "EUR", "subtotal": "100.00", "discount": "0.00",
        "total": "100.00", "customer": {"id": customer}, "codes": [code]}})
    };
    assert_eq!(json_of(&world.event(&shop_of, &order("2001", "c-1002", "JANEROE")))["outcome"], "recorded");
    let sales = plan(&world, "", TAPFILIATE_CONVERSIONS);
    assert_eq!(
        refused(&sales),
        [
            "2 balance counted 1001",
            "3 order referred 1002",
            "3 balance paid paid",
            "4 balance called_off disapproved"
        ]
    );
    let before = due(&world, "JANEROE");
    make(&world, &sales);
    assert_eq!(due(&world, "JANEROE"), before, "nothing is taken back, nothing is given twice");
    // An old customer with a code is no new one, as the old order says.
    let late = json_of(&world.event(&shop_of, &order("2002", "c-1001", "JANEROE")));
    assert_eq!((&late["outcome"], &late["reason"]), (&json!("rejected"), &json!("existing_customer")));
    // The shop's own order of that id is its own, though an old one is called so.
    let own = json_of(&world.event(&shop_of, &order("1001", "c-9", "JANEROE")));
    assert_eq!(own["outcome"], "recorded");
    let audit = json_of(&world.get("/v1/shops/demo/audit").admin().send());
    assert_eq!(audit["differences"], json!([]), "{audit}");
}

#[test]
fn old_links_go_on_where_the_owner_wants_it() {
    let (world, _) = shop("USD");
    let params = |world: &Rc<World>| {
        let shop = json_of(&world.get("/v1/shops/demo").admin().send());
        shop["program"]["link_params"].clone()
    };
    make(&world, &plan(&world, "", REWARDFUL));
    assert_eq!(params(&world), json!(["ref"]));
    let planned = plan(&world, "link_params=true", REWARDFUL);
    assert_eq!(planned["link_params"], json!(["via"]));
    assert_eq!(params(&world), json!(["ref"]), "a plan makes nothing");
    make(&world, &planned);
    assert_eq!(params(&world), json!(["ref", "via"]));
    let versions = world.rows("demo", "version");
    make(&world, &plan(&world, "link_params=true", REWARDFUL));
    assert_eq!(world.rows("demo", "version"), versions, "once");
}

#[test]
fn what_is_no_export_is_refused_and_says_what_to_do() {
    let (world, _) = shop("EUR");
    let told = |answer: Response| {
        assert_eq!(answer.status, 422, "{}", String::from_utf8_lossy(&answer.body));
        json_of(&answer)["errors"][0]["detail"].as_str().unwrap().to_owned()
    };
    assert!(told(give(&world, "", "PK\u{3}\u{4} and so on, a spreadsheet")).contains("save it as CSV"));
    assert!(told(give(&world, "", "")).contains("is empty"));
    assert!(told(give(&world, "", "Name,Phone\nAnna,1\n")).contains("codes"));
    let many: String = (0..=MOST_LINES).map(|n| format!("C{n:06}\n")).collect();
    assert!(told(give(&world, "", &format!("Code,Email\n{many}"))).contains("split it"));
    for (query, pointer) in
        [("software=excel", "software"), ("offer=nobodys", "offer"), ("nearest=yes", "nearest")]
    {
        assert_eq!(pointers(&give(&world, query, TAPFILIATE)), [pointer]);
    }
    let large = give(&world, "", &"x".repeat(5 * 1024 * 1024));
    assert_eq!(large.status, 413);
    assert!(json_of(&large)["detail"].as_str().unwrap().contains("split it"));
    assert_eq!(world.rows("demo", "import"), 0);
    // As many as are read at once.
    let most: String = (1..MOST_LINES).map(|n| format!("C{n:06},x{n}@example.com\n")).collect();
    let planned = plan(&world, "", &format!("Code,Email\n{most}"));
    assert_eq!(planned["items"].as_array().unwrap().len(), 100);
    let next = planned["next_cursor"].as_str().unwrap();
    let path = format!("{IMPORTS}/{}?cursor={next}&verdict=make", planned["id"].as_str().unwrap());
    assert_eq!(json_of(&world.get(&path).admin().send())["items"][0]["line"], 102);
    for _ in 0..19 {
        plan(&world, "", TAPFILIATE);
    }
    assert_eq!(give(&world, "", TAPFILIATE).status, 409);
}

#[test]
fn hostile_cells_are_texts_and_nothing_else() {
    let (world, _) = shop("EUR");
    let file = "Code,Name,Email,Balance\n\
        A'; DROP TABLE referrer;--,x,x@example.com,1.00\n\
        OK-1,<script>alert(1)</script>,ok@example.com,1e9\n\
        OK-2,\u{202e}evil,not an address,1.00\n\
        OK-3,=1+1,three@example.com,1.00\n\
        OK-4,\"unclosed,four@example.com,1.00\n";
    let planned = plan(&world, "", file);
    let why = refused(&planned);
    assert!(why.contains(&"2 referrer not_a_code A'; DROP TABLE referrer;--".to_owned()), "{why:?}");
    assert!(why.contains(&"3 balance amount 1e9".to_owned()), "{why:?}");
    assert!(why.contains(&"4 referrer email ".to_owned()), "{why:?}");
    assert!(why.contains(&"5 line formula ".to_owned()), "{why:?}");
    make(&world, &planned);
    assert_eq!(referrer(&world, "OK-1")["name"], "<script>alert(1)</script>");
    // What is longer than a balance can be stays out.
    let huge = plan(&world, "", "Code,Email,Balance\nHUGE,h@example.com,999999999999999999.00\n");
    assert_eq!(refused(&huge), ["2 balance amount 999999999999999999.00"]);
}

#[test]
fn a_plan_is_the_owner_s_and_is_forgotten() {
    let (world, shop_of) = shop("EUR");
    let planned = plan(&world, "", TAPFILIATE);
    let path = format!("{IMPORTS}/{}", planned["id"].as_str().unwrap());
    for sending in
        [world.get(IMPORTS), world.get(&path), world.request(Method::POST, IMPORTS).body(TAPFILIATE)]
    {
        assert_eq!(sending.send().status, 401);
    }
    let own = world.get(&path).bearer(shop_of["shop_token"].as_str().unwrap()).send();
    assert_eq!(json_of(&own)["items"].as_array().unwrap().len(), 5);
    // Who is erased stands in no plan any more.
    assert!(world.texts("demo").iter().any(|text| text.contains("jane@example.com")));
    let erased =
        world.request(Method::DELETE, "/v1/shops/demo/subjects?email=JANE@example.com").admin().send();
    assert_eq!(erased.status, 200);
    assert!(world.texts("demo").iter().all(|text| !text.contains("jane@example.com")));
    assert!(world.texts("demo").iter().any(|text| text.contains("karl@example.com")));
    // Nor does anybody a week later, though nobody asks.
    world.live_until("demo", world.now().plus_days(8));
    assert_eq!((world.rows("demo", "import"), world.rows("demo", "import_line")), (0, 0));
    assert_eq!(world.get(&path).admin().send().status, 404);
    // A customer's address is never in it but as its hash.
    let sales = plan(
        &world,
        "",
        &TAPFILIATE_CONVERSIONS.replace("customer_id", "customer_email").replace("c-100", "friend@x.fr"),
    );
    assert!(sales["items"].as_array().unwrap().len() > 1);
    assert!(world.texts("demo").iter().all(|text| !text.contains("friend@x")));
}

/// Somebody who joins by the widget, with the code that they get.
fn joins(world: &Rc<World>, body: &Value) -> String {
    let answer = world.post("/v1/shops/demo/referrers", body).page().send();
    assert!(answer.status.is_success(), "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)["code"].as_str().unwrap().to_owned()
}

/// A shop that takes who joins, under an offer that they can join.
fn open_shop() -> Rc<World> {
    let world = World::new(2, Mischief::default());
    assert_eq!(world.put("/v1/shops/demo", &program()).send().status, 201);
    world
}

#[test]
fn whoever_types_an_affiliate_s_address_gets_nothing_of_theirs() {
    let world = open_shop();
    let typed = joins(&world, &json!({"name": "Mallory", "email": "anna@example.com"}));
    let sales = "Order ID,Affiliate Email,Commission,Status\n7,anna@example.com,25.00,unpaid\n";
    let alone = plan(&world, "offer=friends", sales);
    assert_eq!(refused(&alone), ["2 balance no_referrer 7"]);
    make(&world, &plan(&world, "offer=friends", "Code,Name,Email\nANNA10,Anna,anna@example.com\n"));
    make(&world, &plan(&world, "offer=friends", sales));
    assert_eq!(due(&world, &typed), json!([]));
    assert_eq!(due(&world, "ANNA10")[0]["approved"], "25.00");
}

#[test]
fn a_code_that_its_owner_only_typed_is_confirmed_and_whoever_typed_it_is_out() {
    let world = open_shop();
    let answer =
        world.post("/v1/shops/demo/referrers", &json!({"name": "Zoe", "email": "zoe@example.com"})).page();
    let card = json_of(&answer.send());
    let (code, token) = (card["code"].as_str().unwrap(), card["token"].as_str().unwrap());
    // By a name alone nobody is confirmed.
    let named = plan(&world, "offer=friends", &format!("Code,Name,Balance\n{code},Zoe,4.00\n"));
    assert_eq!(
        refused(&named),
        [format!("2 referrer taken {code}"), format!("2 balance no_referrer {code}")]
    );
    let file = format!("Code,Email,Balance\n{code},zoe@example.com,4.00\n");
    let planned = plan(&world, "offer=friends", &file);
    assert_eq!(counts(&planned)[0], "referrer: 1 to make, 0 made, 0 so already, 0 refused");
    make(&world, &planned);
    assert_eq!(referrer(&world, code)["confirmed"], true);
    assert_eq!(due(&world, code)[0]["approved"], "4.00");
    let me = world.get("/v1/shops/demo/rewards").page().bearer(token).send();
    assert_eq!(me.status, 401, "{}", String::from_utf8_lossy(&me.body));
    assert_eq!(
        counts(&plan(&world, "offer=friends", &file))[0],
        "referrer: 0 to make, 0 made, 1 so already, 0 refused"
    );
}

#[test]
fn a_balance_comes_once_whatever_software_and_columns_its_file_has() {
    let (world, _) = shop("EUR");
    let full = "Code,Email,Balance\nLEA,lea@example.com,12.40\n";
    make(&world, &plan(&world, "software=other", full));
    for (query, file) in [
        ("software=goaffpro", full),
        ("software=tapfiliate", full),
        ("", "Code,Coupon,Email,Balance\nLEA2,LEA3,lea@example.com,12.40\n"),
    ] {
        let again = plan(&world, query, file);
        assert_eq!(again["balance"], "0.00", "{query} {file}");
        make(&world, &again);
    }
    assert_eq!(due(&world, "LEA")[0]["approved"], "12.40");
    assert_eq!(due(&world, "LEA2"), json!([]));
    // Nor by the sales of a file that is taken for another software's, whether it names her by a code or by her address.
    for (sales, told) in [
        (
            "Order ID,Affiliate Email,Commission,Status\n7,lea@example.com,12.40,unpaid\n",
            "2 balance counted 7",
        ),
        ("Order ID,Code,Commission,Status\n7,LEA3,12.40,unpaid\n", "2 balance counted LEA3"),
    ] {
        for query in ["", "software=other", "software=rewardful"] {
            assert_eq!(refused(&plan(&world, query, sales)), [told], "{query} {sales}");
        }
    }
    // The other way round.
    let (world, _) = shop("EUR");
    make(&world, &plan(&world, "", "Code,Email\nLEA,lea@example.com\nLEA2,lea@example.com\n"));
    let sales = "Order ID,Code,Commission,Status\n7,LEA2,5.00,unpaid\n";
    make(&world, &plan(&world, "software=other", sales));
    let by_email = "Order ID,Affiliate Email,Commission,Status\n7,lea@example.com,5.00,unpaid\n";
    assert_eq!(plan(&world, "software=refersion", by_email)["balance"], "0.00");
    assert_eq!(refused(&plan(&world, "software=goaffpro", full)), ["2 balance counted LEA"]);
}

#[test]
fn two_sums_of_one_file_are_two_or_are_told() {
    let (world, _) = shop("EUR");
    make(&world, &plan(&world, "", "Code,Email\nAAA,a@example.com\n"));
    let sales = "ID,Order ID,Affiliate Email,Commission,Status\n\
        c1,7,a@example.com,5.00,unpaid\nc2,7,a@example.com,5.00,unpaid\nc2,7,a@example.com,5.00,unpaid\n";
    let planned = plan(&world, "", sales);
    assert_eq!(refused(&planned), ["4 balance twice 7"]);
    make(&world, &planned);
    assert_eq!(due(&world, "AAA")[0]["approved"], "10.00");
    let again = plan(&world, "", sales);
    assert_eq!((refused(&again), &again["balance"]), (refused(&planned), &json!("0.00")));
    // The same sale by a file that does not tell its commissions apart.
    let bare = "Order ID,Affiliate Email,Commission,Status\n7,a@example.com,5.00,unpaid\n\
        8,a@example.com,1.00,unpaid\n8,a@example.com,2.00,unpaid\n";
    let planned = plan(&world, "", bare);
    assert_eq!(refused(&planned), ["2 balance differs 7", "4 balance twice 8"]);
    make(&world, &planned);
    assert_eq!(due(&world, "AAA")[0]["approved"], "11.00");
    // And one that tells them apart after one that did not.
    let late = "ID,Order ID,Affiliate Email,Commission,Status\nc9,8,a@example.com,1.00,unpaid\n";
    assert_eq!(plan(&world, "", late)["balance"], "0.00");
    // Two balances of one address.
    let file = "Code,Email,Balance\nBBB,b@example.com,1.00\nBBB2,b@example.com,1.00\n";
    let planned = plan(&world, "", file);
    assert_eq!(refused(&planned), ["3 balance twice BBB2"]);
    make(&world, &planned);
    assert_eq!(due(&world, "BBB")[0]["approved"], "1.00");
    assert_eq!(refused(&plan(&world, "", file)), ["3 balance twice BBB2"]);
}

#[test]
fn a_code_that_is_held_otherwise_than_the_line_says_is_told() {
    let (world, _) = shop("EUR");
    let file = "Code,Email,Rate\nAAA,a@example.com,12.5%\nBBB,b@example.com,8%\n";
    make(&world, &plan(&world, "rates=true", file));
    assert_eq!(refused(&plan(&world, "rates=true", file)), Vec::<String>::new());
    let other = "Code,Email,Rate\nAAA,a@example.com,8%\nBBB,b@example.com,9%\n";
    let told = ["2 referrer differs AAA", "3 referrer differs BBB"];
    assert_eq!(refused(&plan(&world, "rates=true", other)), told);
    assert_eq!(refused(&plan(&world, "", other)), Vec::<String>::new(), "where rates are not asked for");
    for body in [json!({"status": "ended"}), json!({"status": "paused"})] {
        let path = "/v1/shops/demo/referrers/AAA";
        let answer = world.request(Method::PATCH, path).body(&body.to_string()).admin().send();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        assert_eq!(refused(&plan(&world, "", file)), ["2 referrer differs AAA"], "{body}");
    }
    let paused = "Code,Email,Status\nAAA,a@example.com,inactive\n";
    assert_eq!(refused(&plan(&world, "", paused)), Vec::<String>::new());
}

#[test]
fn an_offer_that_is_gone_and_a_code_of_the_shop_s_own_stop_no_import() {
    let (world, _) = shop("EUR");
    let planned = plan(&world, "", "Code,Email\nAAA,a@example.com\nBBB,b@example.com\n");
    let mut shown = json_of(&world.get("/v1/shops/demo").admin().send())["program"].clone();
    shown["offers"][0]["id"] = json!("others");
    assert_eq!(world.put("/v1/shops/demo", &shown).send().status, 200);
    let done = make(&world, &planned);
    assert_eq!(counts(&done), ["referrer: 0 to make, 0 made, 0 so already, 2 refused"]);
    let path = format!("{IMPORTS}/{}", planned["id"].as_str().unwrap());
    let kept = json_of(&world.get(&path).admin().send());
    assert_eq!(refused(&kept), ["2 referrer offer AAA", "3 referrer offer BBB"]);
}

#[test]
fn a_program_that_is_saved_while_an_import_begins_is_not_put_back() {
    let mut both = 0;
    for call in 0..5 {
        let (world, _) = shop("USD");
        let planned = plan(&world, "link_params=true", REWARDFUL);
        let mut saved = json_of(&world.get("/v1/shops/demo").admin().send())["program"].clone();
        saved["offers"][0]["advocate"]["reward"]["percent"] = json!("9");
        let theirs = Rc::clone(&world);
        after(&world, call, Box::new(move || theirs.save_program("demo", &saved)));
        make(&world, &planned);
        let program = json_of(&world.get("/v1/shops/demo").admin().send())["program"].clone();
        assert_eq!(program["offers"][0]["advocate"]["reward"]["percent"], "9", "after call {call}");
        both += u32::from(program["link_params"] == json!(["ref", "via"]));
    }
    // Whatever of the two is saved last stands; the import's is saved upon the owner's where that came first.
    assert!(both > 0);
}

/// Does something after some more calls of a ledger.
fn after(world: &World, calls: u32, then: Box<dyn FnOnce()>) {
    *world.meanwhile.borrow_mut() = Some(Box::new(move |world| match calls.checked_sub(1) {
        None => then(),
        Some(fewer) => after(world, fewer, then),
    }));
}

#[test]
fn links_are_caught_up_with_where_all_else_is_so_already() {
    let (world, _) = shop("USD");
    make(&world, &plan(&world, "", REWARDFUL));
    let file =
        "Token,Email,Link\nADAM,adam.jones@example.com,https://x.example/?via=adam\nzoe_m,z@example.com,\n";
    let late = plan(&world, "link_params=true&software=rewardful", file);
    assert_eq!((&late["state"], &late["link_params"]), (&json!("planned"), &json!(["via"])));
    assert_eq!(make(&world, &late)["state"], "done");
    let again = plan(&world, "link_params=true&software=rewardful", file);
    assert_eq!(again["link_params"], json!([]), "they count already");
    // Of a file of which nothing can be made too.
    let (world, _) = shop("USD");
    let nothing = plan(&world, "link_params=true&software=rewardful", "Token,Email\nzoe_m,z@example.com\n");
    assert_eq!(nothing["state"], "planned");
    assert_eq!(make(&world, &nothing)["state"], "done");
    let shown = json_of(&world.get("/v1/shops/demo").admin().send());
    assert_eq!(shown["program"]["link_params"], json!(["ref", "via"]));
}

#[test]
fn a_file_s_own_number_is_not_the_shop_s_order_of_that_number() {
    let (world, shop_of) = shop("EUR");
    make(&world, &plan(&world, "", TAPFILIATE));
    let order = |id: &str, customer: &str, at: &str| {
        json!({"type": "order.paid", "data": {"order_id": id, "at": at, "currency": "EUR",
            "subtotal": "80.00", "discount": "0.00", "total": "80.00", "customer": {"id": customer}}})
    };
    world.event(&shop_of, &order("1001", "c-77", "2026-10-02T10:00:00Z"));
    world.event(&shop_of, &order("1002", "c-1002", "2026-10-03T10:00:00Z"));
    let planned = plan(&world, "", TAPFILIATE_CONVERSIONS);
    let orders = counts(&planned).into_iter().find(|count| count.starts_with("order")).unwrap();
    assert_eq!(orders, "order: 1 to make, 0 made, 1 so already, 0 refused");
}

#[test]
fn plans_tell_what_they_hold_of_a_person_and_forget_it_of_refused_lines_too() {
    let (world, _) = shop("EUR");
    let file =
        "Code,Name,Email,Balance\nzoe_martin,Zoe,zoe@example.com,1.00\nKARL,Karl,karl@example.com,2.00\n";
    plan(&world, "", file);
    let path = "/v1/shops/demo/subjects?email=zoe@example.com";
    let held = json_of(&world.get(path).admin().send());
    let said: Vec<&str> =
        held["imports"].as_array().unwrap().iter().map(|one| one["said"]["what"].as_str().unwrap()).collect();
    assert_eq!(said, ["referrer", "balance"], "{held}");
    assert_eq!(held["imports"][0]["said"]["value"], "zoe_martin");
    assert_eq!(world.request(Method::DELETE, path).admin().send().status, 200);
    assert!(world.texts("demo").iter().all(|text| !text.contains("zoe")), "her line is kept");
    assert!(world.texts("demo").iter().any(|text| text.contains("KARL")));
    // What is no address may be one all the same, and nobody would find it.
    plan(&world, "", "Code,Name,Email\nTYPO,T,secret@@example\nFORM,=x,\n");
    assert!(world.texts("demo").iter().all(|text| !text.contains("secret@@") && !text.contains("=x")));
}

#[test]
fn as_many_sums_of_one_person_as_a_file_has_are_looked_at_in_time() {
    let (world, _) = shop("EUR");
    make(&world, &plan(&world, "", "Code,Email\nAAA,a@example.com\nBBB,b@example.com\n"));
    let lines: String = (0..3_000).map(|n| format!("{n},c-{n},a@example.com,1.00,unpaid\n")).collect();
    let file = format!("Order ID,ID,Affiliate Email,Commission,Status\n{lines}");
    make(&world, &plan(&world, "", &file));
    assert_eq!(plan(&world, "", &file)["balance"], "0.00");
    assert_eq!(due(&world, "AAA")[0]["approved"], "3000.00");
}
