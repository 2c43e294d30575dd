//! The ledger on a native SQLite: the scenarios that a shop owner can read, and what they do not show.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::code::Code;
use parrain_core::event::{self, Event, Order};
use parrain_core::instant::Instant;
use parrain_core::payout::Selection;
use parrain_core::program::Program;
use parrain_wire::event::{Decided, Outcome};
use parrain_wire::moment::Facts;
use parrain_wire::payouts::{Payout, PayoutItem};
use parrain_wire::rewards::{RewardStatus, Status};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::scenario::{differences, read_all};
use super::Ledger;
use super::native::NativeSql;
use super::sql::Sql as _;
use crate::protocol::calls::*;
use crate::protocol::publication::Publication;
use crate::protocol::shop::{Referrer, Secrets};
use crate::protocol::{Ask, Call, Moot, Refusal};
use crate::shop_id::ShopId;

/// The black-box tests' own file: a scenario means the same here and over HTTP.
#[path = "../../../../tests/src/scenario.rs"]
mod scenario;

pub fn secrets() -> Secrets {
    Secrets {
        event_secret: "whsec_c2VjcmV0".into(),
        shop_token: "token".into(),
        identity_key: String::new(),
        salt: "salt".into(),
        incarnation: "first".into(),
        before: Vec::new(),
    }
}

pub fn at(text: &str) -> Instant {
    Instant::parse(text).expect(text)
}

pub fn now() -> Instant {
    at("2026-11-21T00:00:00Z")
}

pub struct Desk(pub Ledger<NativeSql>);

impl Desk {
    pub fn new(program: &Value) -> Self {
        let desk = Self(Ledger::new(NativeSql::new()));
        Program::parse(program).expect("a sound program");
        desk.ask(PutShop {
            shop: ShopId::parse("demo").unwrap(),
            program: program.clone(),
            webhook_secrets: BTreeMap::new(),
            platform_keys: BTreeMap::new(),
            fresh: secrets(),
            version: None,
        })
        .expect("the shop is made");
        desk
    }

    fn ask_at<A>(&self, now: Instant, request: A) -> Result<A::Answer, Refusal>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        // Through JSON and back, as it goes to a Durable Object.
        let call = serde_json::to_string(&Call::new(now, request).into_transport()).unwrap();
        let call: Call = serde_json::from_str(&call).unwrap();
        let answer = serde_json::to_string(&self.0.call(call)).unwrap();
        serde_json::from_str::<Result<A::Answer, Refusal>>(&answer).unwrap()
    }

    pub fn ask<A>(&self, request: A) -> Result<A::Answer, Refusal>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        self.ask_at(now(), request)
    }

    pub fn referrer(&self, code: &str, offer: &str) {
        let referrer = Referrer { offer: offer.into(), ..Referrer::default() };
        self.ask(PutReferrer {
            code: code.parse().unwrap(),
            referrer,
            managed: Default::default(),
            quiet: false,
        })
        .unwrap();
    }

    pub fn send(&self, event: &Value) -> Outcome {
        let event = event::parse(event, now()).expect("a sound event").expect("a known type");
        self.ask(RecordEvent(event)).expect("it is recorded")
    }

    pub fn status(&self, code: &str, as_of: Instant) -> RewardStatus {
        let mut whole: Option<RewardStatus> = None;
        let mut cursor = None;
        loop {
            let code: Code = code.parse().unwrap();
            let page = self.ask(GetStatus { code, as_of, cursor, token_made: None }).expect("a status");
            cursor = page.next_cursor.clone();
            match &mut whole {
                None => whole = Some(page),
                Some(whole) => whole.conversions.extend(page.conversions),
            }
            if cursor.is_none() {
                return whole.unwrap();
            }
        }
    }

    pub fn audit(&self) {
        let mut cursor = None;
        loop {
            let audited = self.ask(Audit { cursor }).expect("an audit");
            assert_eq!(audited.differences, Vec::<String>::new());
            cursor = audited.next_cursor;
            if cursor.is_none() {
                return;
            }
        }
    }

    fn payout(&self, until: &str) -> Payout {
        self.ask(CreatePayout { until: at(until), selection: Selection::default() }).expect("a payout")
    }
}

pub fn program(advocate: Value) -> Value {
    json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/", "locale": "en",
        "offers": [{"id": "o", "audience": "customer", "advocate": advocate}]})
}

fn sale(id: &str, day: &str, customer: &str, subtotal: &str, codes: &[&str]) -> Value {
    json!({"type": "order.paid", "data": {"order_id": id, "at": format!("2026-{day}T10:00:00Z"),
        "customer": {"id": customer}, "currency": "EUR", "subtotal": subtotal, "discount": "0.00", "total": subtotal,
        "codes": codes}})
}

fn refund(order: &str, id: &str, day: &str, amount: &str) -> Value {
    json!({"type": "order.refunded", "data": {"order_id": order, "refund_id": id, "amount": amount,
        "at": format!("2026-{day}T10:00:00Z")}})
}

fn run_scenario(scenario: &Value) -> Vec<String> {
    let desk = Desk::new(&scenario["program"]);
    let mut lines = Vec::new();
    for one in scenario["referrers"].as_array().unwrap() {
        let text = |name: &str| one[name].as_str().map(str::to_owned);
        let referrer = Referrer {
            offer: text("offer").unwrap(),
            name: text("name"),
            email: text("email"),
            email_hash: text("email").as_deref().and_then(parrain_core::email::normalise),
            customer_id: text("customer_id"),
            email_is_typed: false,
            ..Referrer::default()
        };
        let code = text("code").unwrap().parse().unwrap();
        desk.ask(PutReferrer { code, referrer, managed: Default::default(), quiet: false }).unwrap();
    }
    let deliveries = scenario["deliveries"].as_array().unwrap();
    for number in 0..=deliveries.len() {
        if let Some(delivery) = number.checked_sub(1).and_then(|number| deliveries.get(number)) {
            if delivery["report"].is_object() {
                let order = event::parse_report(&delivery["report"], now()).unwrap();
                desk.ask(ReportConversion { order, sender: String::new(), token_made: None }).unwrap();
            } else {
                for nth in 0..delivery["times"].as_u64().unwrap_or(1) {
                    let outcome = serde_json::to_value(desk.send(&delivery["event"])).unwrap();
                    let mut want = json!({});
                    if delivery["outcome"].is_string() {
                        want = if nth > 0 {
                            json!({"outcome": "duplicate"})
                        } else {
                            json!({"outcome": delivery["outcome"]})
                        };
                        if nth == 0 && delivery["reason"].is_string() {
                            want["reason"] = delivery["reason"].clone();
                        }
                    }
                    differences(&want, &outcome, &format!("delivery {number}"), &mut lines);
                }
            }
        }
        for want in scenario["expect"].as_array().unwrap() {
            if want["after"].as_u64().unwrap_or(deliveries.len() as u64) == number as u64 {
                let (code, as_of) = (want["code"].as_str().unwrap(), want["as_of"].as_str().unwrap());
                let got = serde_json::to_value(desk.status(code, at(as_of))).unwrap();
                differences(&want["status"], &got, &format!("{code} at {as_of}"), &mut lines);
            }
        }
    }
    desk.audit();
    lines
}

#[test]
fn scenarios() {
    let mut failed = Vec::new();
    for scenario in read_all(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios")) {
        let lines = run_scenario(&scenario);
        if !lines.is_empty() {
            failed.push(format!("{}\n  {}", scenario["name"], lines.join("\n  ")));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn an_unknown_shop_leaves_no_trace() {
    let ledger = Ledger::new(NativeSql::new());
    let code = || "ANNA10".parse().unwrap();
    let rewards = GetStatus { code: code(), as_of: now(), cursor: None, token_made: Some(now()) };
    for request in [
        GetShop.into(),
        DeleteShop.into(),
        CountClicks { name: "a".into(), clicks: vec![(code(), 1)] }.into(),
        rewards.into(),
    ] {
        let call: Call = Call { now: now(), incarnation: None, asker: None, request };
        assert_eq!(ledger.call(call).unwrap_err(), Refusal::UnknownShop);
    }
    assert!(
        !super::schema::exists(&ledger.sql).unwrap() && !super::schema::has(&ledger.sql, "outbox").unwrap()
    );
    assert_eq!(ledger.outbox(9), Ok(vec![]));
}

#[test]
fn clicks_that_are_told_again_under_their_name_are_counted_once() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    desk.referrer("ANNA10", "o");
    let told = |name: &str, clicks: &[(&str, u32)]| {
        let clicks = clicks.iter().map(|(code, count)| (code.parse().unwrap(), *count)).collect();
        desk.ask(CountClicks { name: name.into(), clicks }).expect("they are counted");
    };
    told("a", &[("ANNA10", 3), ("NOBODY", 2)]);
    told("a", &[("ANNA10", 3), ("NOBODY", 2)]);
    told("b", &[("ANNA10", 1)]);
    assert_eq!(desk.status("ANNA10", now()).clicks, 4);
}

#[test]
fn the_first_content_stands() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    desk.referrer("ANNA10", "o");
    assert_eq!(desk.send(&sale("1", "05-02", "c", "50.00", &["ANNA10"])).outcome, Decided::Recorded);
    assert_eq!(desk.send(&sale("1", "05-03", "d", "60.00", &[])).outcome, Decided::Duplicate);
    assert_eq!(desk.status("ANNA10", now()).conversions[0].at, at("2026-05-02T10:00:00Z"));
}

#[test]
fn payouts_pay_once_and_claw_back() {
    let desk = Desk::new(&program(
        json!({"reward": {"kind": "commission", "percent": "10"}, "orders": "lifetime", "hold_days": 10}),
    ));
    desk.referrer("ANNA10", "o");
    for (id, day) in [("1", "05-01"), ("2", "05-02"), ("3", "05-20")] {
        desk.send(&sale(id, day, id, "50.00", &["ANNA10"]));
    }
    let first = desk.payout("2026-05-15T00:00:00Z");
    assert_eq!((first.count, first.totals[0].amount.as_str()), (2, "10.00"));
    assert_eq!(desk.payout("2026-05-15T00:00:00Z").count, 0, "no reward is in two batches");
    desk.send(&refund("1", "r1", "05-16", "50.00"));
    desk.send(&refund("2", "r2", "05-16", "25.00"));
    let paid = desk.ask(MarkPaid { id: first.id.clone() }).unwrap();
    assert_eq!(paid.paid_at, Some(now()));
    let later = now().plus_days(1);
    let again = desk.ask_at(later, MarkPaid { id: first.id }).unwrap();
    assert_eq!(again.paid_at, Some(now()), "paid once, whenever it is said again");
    let second = desk.payout("2026-06-15T00:00:00Z");
    let items: Vec<_> =
        second.items.iter().map(|item| (item.order_id.as_str(), item.amount.as_str())).collect();
    assert_eq!(items, [("1", "-5.00"), ("2", "-2.50"), ("3", "5.00")]);
    let status = desk.status("ANNA10", now());
    let total = &status.totals[0];
    let sums = [&total.pending, &total.approved, &total.paid, &total.reversed]
        .map(parrain_wire::amount::Amount::as_str);
    assert_eq!(sums, ["0.00", "5.00", "2.50", "7.50"]);
    desk.audit();
}

#[test]
fn batches_with_nothing_in_them_do_not_pile_up() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    desk.referrer("ANNA10", "o");
    let listed = || desk.ask(ListPayouts { cursor: None }).unwrap().items;
    let first = desk.payout("2026-05-01T00:00:00Z");
    let second = desk.payout("2026-05-02T00:00:00Z");
    assert_eq!((second.count, &second.id), (0, &first.id));
    assert_eq!(
        listed(),
        std::slice::from_ref(&second),
        "the one that is there, and it says what was asked last"
    );
    assert_eq!(second.until, at("2026-05-02T00:00:00Z"));
    // What is to be paid gets a batch of its own: the empty one has been seen as such.
    desk.send(&sale("1", "05-02", "c", "50.00", &["ANNA10"]));
    let full = desk.payout("2026-05-03T00:00:00Z");
    assert_eq!(full.count, 1);
    assert_ne!(full.id, second.id);
    let empty = desk.payout("2026-05-04T00:00:00Z");
    assert!(empty.id != full.id && empty.id != second.id);
    // One that was marked paid is done with.
    desk.ask(MarkPaid { id: empty.id.clone() }).unwrap();
    let last = desk.payout("2026-05-05T00:00:00Z");
    assert_ne!(last.id, empty.id);
    assert_eq!(listed().iter().map(|batch| batch.count).collect::<Vec<_>>(), [0, 0, 1, 0]);
}

#[test]
fn reviews_count_from_their_moment() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "points", "points": 100}, "hold_days": 400})));
    desk.referrer("ANNA10", "o");
    desk.send(&sale("1", "05-01", "c", "50.00", &["ANNA10"]));
    desk.send(&sale("2", "05-02", "c", "50.00", &["ANNA10"]));
    let review = |order: &str, approve| {
        let view =
            desk.ask(Review { order_id: order.into(), approve, note: "seen".into(), tell: false }).unwrap();
        (view.status.word().unwrap(), view.note)
    };
    assert_eq!(review("2", true), (Status::Approved, Some("seen".into())), "a refusal is waived by hand");
    assert_eq!(review("1", false).0, Status::Rejected);
    let units = desk.status("ANNA10", now()).units;
    assert_eq!((units[0].pending, units[0].approved), (0, 100));
    assert_eq!(desk.status("ANNA10", at("2026-11-20T00:00:00Z")).units[0].pending, 100);
    let unknown = Review { order_id: "9".into(), approve: true, note: String::new(), tell: false };
    assert_eq!(desk.ask(unknown), Err(Refusal::UnknownOrder));
    desk.audit();
}

#[test]
fn a_program_s_version_holds_from_its_moment() {
    let five = program(json!({"reward": {"kind": "cash", "amount": "5.00"}, "new_customers_only": false}));
    let six = program(json!({"reward": {"kind": "cash", "amount": "6.00"}, "new_customers_only": false}));
    let desk = Desk::new(&five);
    desk.referrer("ANNA10", "o");
    let put = |program: &Value, now| {
        let program = program.clone();
        let request = PutShop {
            shop: ShopId::parse("demo").unwrap(),
            program,
            webhook_secrets: BTreeMap::new(),
            platform_keys: BTreeMap::new(),
            fresh: secrets(),
            version: None,
        };
        desk.ask_at(now, request).unwrap();
    };
    desk.send(&sale("1", "05-01", "a", "50.00", &["ANNA10"]));
    let soon = json!({"type": "order.paid", "data": {"order_id": "2", "at": "2026-11-21T00:00:00Z", "currency": "EUR",
        "subtotal": "50.00", "discount": "0.00", "total": "50.00", "codes": ["ANNA10"]}});
    desk.send(&soon);
    put(&six, now());
    let amounts: Vec<String> = desk
        .status("ANNA10", at("2026-11-22T00:00:00Z"))
        .conversions
        .iter()
        .map(|one| one.reward.as_ref().unwrap().amount.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(amounts, ["5.00", "6.00"]);
    desk.audit();
}

#[test]
fn an_erased_person_is_gone_and_the_money_adds_up() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    let referrer = Referrer {
        offer: "o".into(),
        name: Some("Anna".into()),
        email: Some("anna@example.com".into()),
        email_hash: Some("hash@anna".into()),
        customer_id: Some("c-anna".into()),
        email_is_typed: false,
        ..Referrer::default()
    };
    desk.ask(PutReferrer {
        code: "ANNA10".parse().unwrap(),
        referrer,
        managed: Default::default(),
        quiet: false,
    })
    .unwrap();
    let order = |id: &str, customer: &str, email: &str| {
        let mut event = sale(id, "05-02", customer, "50.00", &["ANNA10"]);
        event["data"]["customer"]["email"] = json!(email);
        event
    };
    assert_eq!(desk.send(&order("1", "c-bob", "hash@bob")).outcome, Decided::Recorded);
    assert_eq!(desk.send(&order("2", "c-anna", "hash@anna")).outcome, Decided::Rejected);
    let before = desk.status("ANNA10", now());
    for email_hash in ["hash@anna", "hash@bob"] {
        let request = EraseSubject {
            email_hash: Some(email_hash.into()),
            customer_id: None,
            pseudonym: format!("x-{email_hash}").replace("hash@", ""),
        };
        let held = desk.ask(request).unwrap();
        assert_eq!(held.orders.len(), 1);
        let after = desk.ask(GetSubject { email_hash: Some(email_hash.into()), customer_id: None }).unwrap();
        assert_eq!((after.orders.len(), after.referrers.len()), (0, 0));
    }
    assert_eq!(desk.status("ANNA10", now()), before);
    desk.audit();
    let everything: BTreeSet<String> = super::schema_texts(&desk.0);
    for secret in ["anna@example.com", "hash@anna", "c-anna", "hash@bob", "c-bob", "Anna"] {
        assert!(
            !everything.iter().any(|text| text.contains(&format!("\"{secret}\"")) || text.ends_with(secret)),
            "{secret} is still there"
        );
    }
}

#[test]
fn conversions_are_copied_to_kv_and_others_are_not() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    desk.referrer("ANNA10", "o");
    for outgoing in desk.0.outbox(99).unwrap() {
        desk.0.sent(outgoing.seq).unwrap();
    }
    desk.send(&refund("1", "r", "05-09", "1.00"));
    desk.send(&sale("2", "05-02", "b", "50.00", &[]));
    assert_eq!(desk.0.outbox(99), Ok(vec![]), "an order nobody referred costs no write");
    desk.send(&sale("1", "05-01", "a", "50.00", &["ANNA10"]));
    let facts: Vec<String> = desk
        .0
        .outbox(99)
        .unwrap()
        .into_iter()
        .map(|outgoing| match outgoing.publication {
            Publication::Fact(fact) => format!("{} {}", fact.what, fact.order_id),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(facts, ["sale 1", "refunded.1778320800000000-r 1"]);
    let Event::Order(_) = event::parse(&sale("1", "05-01", "a", "50.00", &[]), now()).unwrap().unwrap()
    else {
        panic!()
    };
}

#[test]
fn a_removed_shop_leaves_only_the_order_to_clear_kv() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    desk.referrer("ANNA10", "o");
    desk.ask(DeleteShop).unwrap();
    assert_eq!(desk.ask(GetShop), Err(Refusal::UnknownShop));
    let left: Vec<_> = desk.0.outbox(9).unwrap().into_iter().map(|outgoing| outgoing.publication).collect();
    assert_eq!(left, [Publication::Purge]);
}

fn offers(list: Value) -> Value {
    json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/", "locale": "en", "offers": list})
}

fn items(payout: &Payout) -> Vec<String> {
    let item = |item: &PayoutItem| format!("{} {} {} {}", item.code, item.order_id, item.amount, item.asset);
    payout.items.iter().map(item).collect()
}

#[test]
fn what_was_paid_to_the_wrong_one_is_clawed_back_from_them() {
    let desk = Desk::new(&offers(json!([
        {"id": "life", "audience": "affiliate", "advocate": {"reward": {"kind": "commission", "percent": "10"}, "orders": "lifetime"}},
        {"id": "pts", "audience": "affiliate", "advocate": {"reward": {"kind": "points", "points": 150}, "orders": "lifetime"}}])));
    for (code, offer) in [("ADA", "life"), ("BOO", "life"), ("PTS", "pts")] {
        desk.referrer(code, offer);
    }
    desk.send(&sale("D-2", "05-10", "c", "100.00", &["ADA"]));
    desk.send(&sale("P-2", "05-10", "d", "100.00", &["PTS"]));
    let first = desk.payout("2026-06-01T00:00:00Z");
    assert_eq!(items(&first), ["ADA D-2 10.00 EUR", "PTS P-2 150 points"]);
    desk.ask(MarkPaid { id: first.id }).unwrap();
    // Earlier orders turn up: both customers were somebody else's from the start.
    desk.send(&sale("D-1", "05-01", "c", "100.00", &["BOO"]));
    desk.send(&sale("P-1", "05-01", "d", "100.00", &["BOO"]));
    let second = desk.payout("2026-06-02T00:00:00Z");
    assert_eq!(
        items(&second),
        [
            "ADA D-2 -10.00 EUR",
            "BOO D-1 10.00 EUR",
            "BOO P-1 10.00 EUR",
            "BOO D-2 10.00 EUR",
            "BOO P-2 10.00 EUR",
            "PTS P-2 -150 points"
        ]
    );
    assert!(desk.status("BOO", now()).conversions.iter().all(|one| one.status == Status::Approved));
    assert_eq!(desk.payout("2026-06-03T00:00:00Z").count, 0);
    desk.audit();
}

#[test]
fn what_turns_out_to_be_nobody_s_is_clawed_back() {
    let desk = Desk::new(&program(
        json!({"reward": {"kind": "commission", "percent": "10"}, "orders": {"months": 1}}),
    ));
    desk.referrer("MON", "o");
    desk.send(&sale("E-2", "05-20", "c", "100.00", &["MON"]));
    desk.send(&sale("E-3", "06-15", "c", "100.00", &[]));
    let first = desk.payout("2026-07-01T00:00:00Z");
    desk.ask(MarkPaid { id: first.id }).unwrap();
    desk.send(&sale("E-1", "05-10", "c", "100.00", &["MON"]));
    let second = desk.payout("2026-07-02T00:00:00Z");
    assert_eq!(items(&second), ["MON E-1 10.00 EUR", "MON E-3 -10.00 EUR"]);
    desk.audit();
}

#[test]
fn a_batch_pays_nothing_that_is_known_to_be_taken_back() {
    let desk =
        Desk::new(&program(json!({"reward": {"kind": "commission", "percent": "10"}, "orders": "lifetime"})));
    desk.referrer("AAA", "o");
    desk.send(&sale("1", "05-01", "c", "100.00", &["AAA"]));
    desk.send(&sale("2", "05-01", "d", "100.00", &["AAA"]));
    desk.send(&refund("1", "r", "05-10", "90.00"));
    desk.send(&refund("2", "r", "05-10", "100.00"));
    assert_eq!(items(&desk.payout("2026-05-05T00:00:00Z")), ["AAA 1 1.00 EUR"]);
    desk.send(&refund("1", "r2", "05-20", "5.00"));
    assert_eq!(items(&desk.payout("2026-06-05T00:00:00Z")), ["AAA 1 -0.50 EUR"]);
    for until in ["2026-05-05T00:00:00Z", "2026-04-05T00:00:00Z", "2026-06-05T00:00:00Z"] {
        assert_eq!(items(&desk.payout(until)), Vec::<String>::new(), "{until}");
    }
    desk.audit();
}

#[test]
fn forged_reports_break_nothing() {
    let desk = Desk::new(&program(
        json!({"reward": {"kind": "commission", "percent": "100"}, "orders": "lifetime"}),
    ));
    desk.referrer("ANNA10", "o");
    let report = |sender: &str, id: &str, subtotal: &str| {
        let body = sale(id, "11-20", id, subtotal, &["ANNA10"])["data"].clone();
        let order = event::parse_report(&body, now()).unwrap();
        desk.ask(ReportConversion { order, sender: sender.to_owned(), token_made: None })
    };
    assert!(matches!(report("a", "r", "9999999999999.99"), Err(Refusal::Invalid(_))));
    for n in 0..20 {
        report("a", &n.to_string(), "9999999999.00").unwrap();
    }
    for n in 0..10 {
        report("a", &n.to_string(), "9999999999.00").unwrap();
    }
    assert_eq!(report("a", "one more", "1.00"), Err(Refusal::TooManyReports), "of this sender");
    for n in 0..20 {
        report("b", &format!("b-{n}"), "1.00").unwrap();
    }
    let status = desk.status("ANNA10", now());
    assert_eq!((status.conversions.len(), status.totals.len(), status.unverified), (20, 0, 40));
    let waiting = desk.ask(GetOverview).unwrap().waiting.reviews;
    assert_eq!((waiting.count, waiting.totals[0].amount.as_str()), (40, "200000000000.00"));
    // The shop's word makes one count, and no more of it wait.
    desk.ask(Review { order_id: "b-3".into(), approve: true, note: String::new(), tell: false }).unwrap();
    desk.ask(Review { order_id: "b-4".into(), approve: false, note: String::new(), tell: false }).unwrap();
    let status = desk.status("ANNA10", now());
    assert_eq!((status.totals[0].approved.as_str(), status.unverified), ("1.00", 38));
    assert_eq!(desk.ask(GetOverview).unwrap().waiting.reviews.count, 38);
    // A date that the browser makes up does not get round it.
    let mut senders = 0;
    let mut dated = |n: i64| {
        senders += 1;
        let mut body = sale(&format!("old {n}"), "05-01", "x", "1.00", &["ANNA10"])["data"].clone();
        body["at"] = json!(at("2025-03-01T00:00:00Z").plus_seconds(n * 600));
        let order = event::parse_report(&body, now()).unwrap();
        desk.ask(ReportConversion { order, sender: senders.to_string(), token_made: None })
    };
    let refused = (0..2_100).filter(|n| dated(*n) == Err(Refusal::TooManyReports)).count();
    assert_eq!(refused, 100);
    let report = desk.ask(GetReport { from: at("2026-11-01T00:00:00Z"), to: now() }).unwrap();
    let row = &report.referrers[0];
    let revenue: Vec<&str> = row.revenue.iter().map(|total| total.amount.as_str()).collect();
    assert_eq!((row.orders, revenue), (1, vec!["1.00"]), "what nobody confirmed is no revenue");
    desk.audit();
}

#[test]
fn sums_may_outgrow_a_double() {
    let desk = Desk::new(&program(
        json!({"reward": {"kind": "commission", "percent": "100"}, "orders": "lifetime"}),
    ));
    desk.referrer("ANNA10", "o");
    for n in 0..12 {
        desk.send(&sale(&n.to_string(), "11-19", "c", "9999999999999.99", &["ANNA10"]));
    }
    assert_eq!(desk.status("ANNA10", now()).totals[0].approved, "119999999999999.88");
}

#[test]
fn one_person_s_data_is_not_another_s_of_the_same_code() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    for (name, customer) in [("Anna", "c-anna"), ("Bob", "c-bob")] {
        let referrer = Referrer {
            offer: "o".into(),
            name: Some(name.into()),
            email: Some(format!("{name}@example.com")),
            email_hash: Some(format!("hash-{name}")),
            customer_id: Some(customer.into()),
            email_is_typed: false,
            ..Referrer::default()
        };
        desk.ask(PutReferrer {
            code: "TEAM1".parse().unwrap(),
            referrer,
            managed: Default::default(),
            quiet: false,
        })
        .unwrap();
    }
    desk.send(&sale("1", "05-01", "c-bob", "50.00", &[]));
    let erase =
        EraseSubject { email_hash: Some("hash-Anna".into()), customer_id: None, pseudonym: "p".into() };
    let held = desk.ask(erase).unwrap();
    assert_eq!((held.orders.len(), held.referrers.len()), (0, 1));
    assert_eq!(held.referrers[0].name.as_deref(), Some("Anna"));
    let referrer = desk.ask(GetReferrer { code: "TEAM1".parse().unwrap() }).unwrap();
    assert_eq!(referrer.referrer.name.as_deref(), Some("Bob"));
}

#[test]
fn a_person_s_data_say_since_when_a_code_exists() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    let code: Code = "ANNA10".parse().unwrap();
    for (day, name) in [(0, "Anna"), (3, "Anna M.")] {
        let referrer = Referrer {
            offer: "o".into(),
            name: Some(name.into()),
            email_hash: Some("hash".into()),
            ..Referrer::default()
        };
        let request = PutReferrer { code: code.clone(), referrer, managed: Default::default(), quiet: false };
        desk.ask_at(now().plus_days(day), request).unwrap();
    }
    let held = desk.ask(GetSubject { email_hash: Some("hash".into()), customer_id: None }).unwrap();
    let referrer = desk.ask(GetReferrer { code }).unwrap();
    assert_eq!((held.referrers.len(), &held.referrers[0].name), (1, &referrer.referrer.name));
    assert_eq!(held.referrers[0].created_at, now());
}

#[test]
fn a_typed_address_makes_nobody_another_person() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    let mallory = Referrer {
        email: Some("victim@example.com".into()),
        email_hash: Some("hash@victim".into()),
        customer_id: Some("c-mallory".into()),
        email_is_typed: true,
        ..Referrer::default()
    };
    let candidates = vec!["MALLORY".parse().unwrap()];
    desk.ask(Join {
        candidates,
        referrer: mallory,
        offer: None,
        facts: Facts::default(),
        identified: true,
        sender: String::new(),
        key: None,
    })
    .unwrap();
    for (id, customer, email) in [("1", "c-victim", "hash@victim"), ("2", "c-mallory", "hash@mallory")] {
        let mut order = sale(id, "05-01", customer, "50.00", &[]);
        order["data"]["customer"]["email"] = json!(email);
        desk.send(&order);
    }
    let held = |email_hash: &str| {
        let held = desk.ask(GetSubject { email_hash: Some(email_hash.into()), customer_id: None }).unwrap();
        let orders: Vec<String> = held.orders.into_iter().map(|order| order.order_id).collect();
        (orders, held.referrers.len())
    };
    assert_eq!(held("hash@mallory"), (vec!["2".to_owned()], 1));
    assert_eq!(held("hash@victim"), (vec!["1".to_owned()], 1));
    let erase =
        EraseSubject { email_hash: Some("hash@victim".into()), customer_id: None, pseudonym: "p".into() };
    desk.ask(erase).unwrap();
    assert_eq!(held("hash@mallory"), (vec!["2".to_owned()], 1));
    assert!(!super::schema_texts(&desk.0).iter().any(|text| text.contains("victim")));
    desk.audit();
}

#[test]
fn pages_have_no_seam_and_show_nobody_else_s() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    desk.referrer("ANNA10", "o");
    for n in 0..250 {
        // Three to an instant, so that a page ends within one.
        desk.send(&sale(
            &format!("{n:03}"),
            &format!("05-{:02}", 1 + n / 10),
            &n.to_string(),
            "50.00",
            &["ANNA10"],
        ));
    }
    let status = desk.status("ANNA10", now());
    let ids: Vec<String> = status.conversions.iter().map(|one| one.order_id.clone()).collect();
    assert_eq!(ids, (0..250).map(|n| format!("{n:03}")).collect::<Vec<_>>());
    for bad in ["", "1", "-", "1-", "x-1", "1-x", "99999999999999999999-1", "-1-1"] {
        let request = GetStatus {
            code: "ANNA10".parse().unwrap(),
            as_of: now(),
            cursor: Some(bad.into()),
            token_made: None,
        };
        assert!(matches!(desk.ask(request), Err(Refusal::Invalid(_))), "{bad}");
    }
}

/// A database as the first release left it: without the tables that came later.
fn of_the_first_release(desk: Desk) -> Desk {
    for statement in [
        "DROP TABLE sign_in",
        "DROP TABLE credit",
        "DROP TABLE seen",
        "ALTER TABLE back RENAME TO newer",
        "CREATE TABLE back (order_id TEXT NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL,
            event TEXT NOT NULL, PRIMARY KEY (order_id, what)) WITHOUT ROWID",
        "INSERT INTO back SELECT order_id, what, at, event FROM newer",
        "DROP TABLE newer",
        "ALTER TABLE entry DROP COLUMN received",
        "ALTER TABLE version DROP COLUMN who",
        "DROP TABLE helper",
        "DROP TABLE session",
        "DROP TABLE deed",
        "DROP TABLE heard",
        "DROP TABLE connect_code",
        "DROP TABLE connection",
        "DROP TABLE credential",
        "DROP TABLE reconciliation",
        "DROP TABLE code",
        "DROP TABLE endpoint",
        "DROP TABLE delivery",
        "DROP INDEX posting_at",
        "DROP TABLE task",
        "ALTER TABLE batch DROP COLUMN given",
        "ALTER TABLE review DROP COLUMN tell",
        "DROP TABLE mention",
        "DROP TABLE claim",
        "DROP INDEX item_code",
        "ALTER TABLE item DROP COLUMN kind",
        "DROP TABLE batch_selection",
        "DROP TABLE details",
        "DROP TABLE unsettled",
        "DROP INDEX entry_waits",
        "ALTER TABLE entry DROP COLUMN held",
        "ALTER TABLE entry DROP COLUMN waits",
        "DROP TABLE joined",
        "DROP TABLE pace",
        "DROP TABLE paced",
        "DROP TABLE trace",
        "DROP TABLE suspicion",
        "UPDATE meta SET value = '1' WHERE name = 'schema'",
    ] {
        desk.0.sql.run(statement, &[]).unwrap();
    }
    // Another ledger on the same database, as after the deploy of a later release.
    Desk(Ledger::new(desk.0.sql))
}

#[test]
fn a_shop_with_modules_of_the_release_before_gets_the_new_columns() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    for statement in [
        "ALTER TABLE task DROP COLUMN maker",
        "ALTER TABLE task DROP COLUMN begun",
        "ALTER TABLE task DROP COLUMN reference",
        "ALTER TABLE connection DROP COLUMN codes",
        "DROP TABLE credential",
        "DROP TABLE code",
        "DROP INDEX entry_waits",
        "ALTER TABLE entry DROP COLUMN held",
        "ALTER TABLE entry DROP COLUMN waits",
        "ALTER TABLE endpoint DROP COLUMN provider",
        "DROP TABLE reconciliation",
        "UPDATE meta SET value = '13' WHERE name = 'schema'",
    ] {
        desk.0.sql.run(statement, &[]).unwrap();
    }
    let desk = Desk(Ledger::new(desk.0.sql));
    desk.referrer("ANNA10", "o");
    let columns =
        desk.0.sql.run("SELECT maker, begun, reference, (SELECT MAX(codes) FROM connection), (SELECT MAX(provider) FROM endpoint) FROM task", &[]);
    assert_eq!(columns.map(|rows| rows.len()), Ok(0));
}

#[test]
fn a_shop_of_an_earlier_release_gets_the_new_tables_and_keeps_its_own() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "cash", "amount": "5.00"}})));
    desk.referrer("ANNA10", "o");
    desk.send(&sale("1", "05-01", "c", "50.00", &["ANNA10"]));
    desk.send(&refund("1", "r", "05-09", "50.00"));
    let body = sale("9", "05-02", "d", "50.00", &["ANNA10"])["data"].clone();
    let order = event::parse_report(&body, now()).unwrap();
    desk.ask(ReportConversion { order, sender: String::new(), token_made: None }).unwrap();
    let before = desk.status("ANNA10", now());
    // Earlier releases counted it as pending.
    for statement in [
        "INSERT INTO posting SELECT id, at, code, (SELECT MIN(month) FROM posting), 'EUR', 500, 0, 0, 0 FROM entry WHERE verified = 0",
        "UPDATE statement SET pending = pending + 500 WHERE month = (SELECT MIN(month) FROM posting)",
    ] {
        desk.0.sql.run(statement, &[]).unwrap();
    }
    assert_ne!(desk.status("ANNA10", now()), before);
    let anna = || "ANNA10".parse().unwrap();
    let desk = of_the_first_release(desk);
    let added = desk.ask(AddSignInKey { code: anna(), hash: "h".into() });
    assert_eq!(added, Ok(now().plus_days(1)));
    let used = || desk.ask(UseSignInKey { hash: "h".into() });
    assert_eq!(used().map(|referrer| referrer.code), Ok(anna()));
    assert_eq!(used(), Err(Refusal::UnknownKey));
    assert_eq!(desk.status("ANNA10", now()), before);
    desk.audit();

    // Whatever it is asked first, and once for all.
    let desk = of_the_first_release(desk);
    assert_eq!(desk.ask(UseSignInKey { hash: "h".into() }), Err(Refusal::UnknownKey));
    assert_eq!(desk.status("ANNA10", now()), before);
    let version = desk.0.sql.run("SELECT value FROM meta WHERE name = 'schema'", &[]).unwrap();
    assert_eq!(version[0].text(0), Ok(super::schema::VERSION.to_string().as_str()));
    let desk = of_the_first_release(desk);
    assert_eq!(desk.ask(DeleteShop), Ok(()));
    assert_eq!(desk.ask(GetShop), Err(Refusal::UnknownShop));
}

#[test]
fn a_review_that_can_change_nothing_is_refused_and_one_gives_back_what_no_refund_took() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "commission", "percent": "10"}})));
    desk.referrer("ANNA10", "o");
    let review = |id: &str, approve: bool| {
        desk.ask(Review { order_id: id.into(), approve, note: "n".into(), tell: false }).map(|view| {
            (
                view.status.word().unwrap(),
                view.reward.and_then(|reward| reward.amount).map(|amount| amount.to_string()),
            )
        })
    };
    let cancel = |id: &str| {
        desk.send(
            &json!({"type": "order.cancelled", "data": {"order_id": id, "at": "2026-05-10T10:00:00Z"}}),
        );
    };
    for id in ["1", "2", "3", "4"] {
        desk.send(&sale(id, "05-01", id, "100.00", &["ANNA10"]));
    }
    // Cancelled by mistake, a part of it refunded before.
    desk.send(&refund("1", "r", "05-05", "25.00"));
    cancel("1");
    assert_eq!(review("1", false), Err(Refusal::Moot(Moot::Reversed)));
    assert_eq!(review("1", true), Ok((Status::Approved, Some("7.50".to_owned()))));
    // Refunded whole: a review cannot say that the money came back.
    desk.send(&refund("2", "r", "05-05", "100.00"));
    assert_eq!(review("2", true), Err(Refusal::Moot(Moot::Refunded)));
    cancel("2");
    assert_eq!(review("2", true), Err(Refusal::Moot(Moot::Refunded)));
    assert_eq!(review("3", false), Ok((Status::Reversed, Some("0.00".to_owned()))));
    assert_eq!(review("3", false), Err(Refusal::Moot(Moot::Reversed)));
    assert_eq!(review("3", true), Ok((Status::Approved, Some("10.00".to_owned()))));
    // A cancellation after the approval is another word.
    desk.send(&json!({"type": "order.cancelled", "data": {"order_id": "3", "at": "2026-11-21T00:00:00Z"}}));
    assert_eq!(
        desk.status("ANNA10", now()).conversions[2].status.word(),
        Some(Status::Approved),
        "at one instant"
    );
    desk.send(&sale("5", "05-06", "1", "100.00", &["ANNA10"]));
    assert_eq!(review("5", false), Err(Refusal::Moot(Moot::Rejected)));
    assert_eq!(review("5", true), Ok((Status::Approved, Some("10.00".to_owned()))));
    desk.audit();
    let shown = desk
        .ask(ListConversions { status: None, unverified: false, waiting: false, cursor: None })
        .unwrap()
        .conversions;
    assert_eq!(
        shown[0].why.as_deref(),
        Some(
            "Order 1 carries the code ANNA10. 25.00 EUR was refunded on 5 May 2026. The order was \
             cancelled on 10 May 2026. The shop approved it by hand on 21 November 2026."
        )
    );
}

#[test]
fn an_order_that_was_never_reported_can_be_given_and_is_judged_as_any() {
    let desk = Desk::new(&program(json!({"reward": {"kind": "commission", "percent": "10"}})));
    desk.referrer("ANNA10", "o");
    desk.referrer("BOB22", "o");
    let give = |id: &str, code: &str, unreported: Option<Box<Order>>, dry_run: bool| {
        let (order_id, code) = (id.into(), code.parse().unwrap());
        desk.ask(GiveOrder {
            order_id,
            code,
            note: "by telephone".into(),
            despite: BTreeSet::new(),
            unreported,
            dry_run,
        })
    };
    let Ok(Some(Event::Order(order))) = event::parse(&sale("T-1", "05-01", "tom", "80.00", &[]), now())
    else {
        panic!()
    };
    assert_eq!(give("T-1", "ANNA10", None, false), Err(Refusal::UnknownOrder));
    assert_eq!(give("T-1", "NOBODY", None, false), Err(Refusal::UnknownCode));
    let order = Some(Box::new(order));
    assert!(give("T-1", "ANNA10", order.clone(), true).unwrap().given);
    assert!(desk.status("ANNA10", now()).conversions.is_empty(), "a dry run writes nothing");
    let given = give("T-1", "ANNA10", order, false).unwrap();
    let conversion = given.conversion.unwrap();
    assert_eq!((conversion.order_id.as_str(), conversion.status.word()), ("T-1", Some(Status::Approved)));
    // Refunds of the order are its refunds; reviews decide on it; payouts pay it.
    desk.send(&refund("T-1", "r", "05-09", "40.00"));
    assert_eq!(desk.status("ANNA10", now()).totals[0].approved, "4.00");
    // Reported after all, with another's code: the shop's word stands until it is undone.
    desk.send(&sale("T-1", "05-01", "tom", "80.00", &["BOB22"]));
    let states = |code: &str| -> Vec<Status> {
        desk.status(code, now()).conversions.iter().filter_map(|one| one.status.word()).collect()
    };
    assert_eq!((states("ANNA10"), states("BOB22")), (vec![Status::Approved], vec![Status::Reversed]));
    assert!(!give("T-1", "ANNA10", None, false).unwrap().given, "theirs already");
    desk.ask(TakeOrder { order_id: "T-1".into() }).unwrap();
    assert_eq!(desk.ask(TakeOrder { order_id: "T-1".into() }), Err(Refusal::UnknownOrder));
    assert_eq!((states("ANNA10"), states("BOB22")), (vec![], vec![Status::Approved]));
    desk.audit();
}

#[test]
fn days_and_months_are_those_of_the_program_s_zone() {
    let mut program = program(
        json!({"reward": {"kind": "cash", "amount": "5.00"}, "max_per_month": 1, "new_customers_only": false,
        "orders": "lifetime"}),
    );
    program["time_zone"] = json!("Europe/Paris");
    let desk = Desk::new(&program);
    desk.referrer("ANNA10", "o");
    let at_time = |id: &str, time: &str| {
        let mut order = sale(id, "05-01", id, "50.00", &["ANNA10"]);
        order["data"]["at"] = json!(time);
        desk.send(&order)
    };
    // 30 September 23:30 and 1 October 00:30 in Paris, both of September in UTC; one late arrival of October.
    at_time("2", "2026-09-30T22:30:00Z");
    at_time("1", "2026-09-30T21:30:00Z");
    at_time("4", "2026-10-31T22:30:00Z");
    at_time("3", "2026-09-30T22:10:00Z");
    let refused: Vec<(String, Option<_>)> =
        desk.status("ANNA10", now()).conversions.into_iter().map(|one| (one.order_id, one.reason)).collect();
    let capped = Some(parrain_wire::Known::Word(parrain_core::reason::Reason::CapReached));
    let wanted = [("1", None), ("3", None), ("2", capped.clone()), ("4", capped)];
    assert_eq!(refused, wanted.map(|(id, reason)| (id.to_owned(), reason)));
    let (from, to) = (at("2026-09-29T22:00:00Z"), at("2026-10-31T22:59:59Z"));
    let days = desk.ask(GetReport { from, to }).unwrap().days;
    let days: Vec<(Option<String>, i64)> = days.into_iter().map(|row| (row.day, row.conversions)).collect();
    let day = |day: &str, n: i64| (Some(day.to_owned()), n);
    assert_eq!(days, [day("2026-09-30", 1), day("2026-10-01", 2), day("2026-10-31", 1)]);
    desk.audit();
}

#[test]
fn a_day_s_count_goes_with_the_order_and_tells_the_rejected_from_the_usual() {
    let lifetime = json!({"reward": {"kind": "commission", "percent": "10"}, "orders": "lifetime"});
    let desk = Desk::new(&program(lifetime));
    for code in ["ANNA10", "BOB22"] {
        desk.referrer(code, "o");
    }
    let pace = |code: &str| {
        let rows = desk.0.sql.run(
            "SELECT CAST(COALESCE(SUM(orders), 0) AS TEXT), CAST(COALESCE(SUM(odd_orders), 0) AS TEXT), CAST(COALESCE(SUM(backs), 0) AS TEXT), CAST(COALESCE(SUM(active), 0) AS TEXT) FROM (SELECT * FROM pace WHERE code = ?)",
            &[code.into()],
        );
        let rows = rows.unwrap();
        [0, 1, 2, 3].map(|column| rows[0].sum(column).unwrap())
    };
    desk.send(&sale("1", "05-02", "c", "50.00", &["ANNA10"]));
    desk.send(&sale("2", "05-03", "c", "50.00", &["ANNA10"]));
    assert_eq!((pace("ANNA10"), pace("")), ([2, 0, 0, 0], [2, 0, 0, 2]));
    for (id, day) in [("r", "05-09"), ("s", "05-10")] {
        desk.send(&refund("1", id, day, "5.00"));
    }
    assert_eq!((pace("ANNA10"), pace("")), ([2, 0, 1, 0], [2, 0, 1, 2]), "once, however often");
    let on = desk.0.sql.run("SELECT orders FROM pace WHERE backs = 1 AND code = 'ANNA10'", &[]).unwrap();
    assert_eq!(on[0].int(0), Ok(1), "on the order's own day");
    // The customer was Bob's from the start, and so are all of their orders.
    desk.send(&sale("0", "05-01", "c", "50.00", &["BOB22"]));
    while desk.0.settle_step().unwrap() {}
    assert_eq!([pace("ANNA10"), pace("BOB22"), pace("")], [[0; 4], [3, 0, 1, 0], [3, 0, 1, 3]]);
    let review = |approve| {
        let note = String::new();
        desk.ask(Review { order_id: "1".into(), approve, note, tell: false }).unwrap();
    };
    review(false);
    assert_eq!((pace("BOB22"), pace("")), ([3, 1, 1, 0], [3, 1, 1, 2]));
    review(true);
    assert_eq!((pace("BOB22"), pace("")), ([3, 0, 1, 0], [3, 0, 1, 3]));
    desk.audit();
}
