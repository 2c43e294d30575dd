//! A program tried on a few orders whose figures can be worked out on paper.

use serde_json::{Value, json};

use super::*;
use crate::reader::{Read, Settings, Wishes, read};

fn program(offer: Value) -> Program {
    let mut offer = offer;
    offer["id"] = json!("friends");
    let program = json!({
        "name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/", "origins": ["https://shop.example"],
        "locale": "en", "link_params": ["ref"], "attribution": {"window_days": 30, "model": "last"}, "offers": [offer],
    });
    Program::parse(&program).unwrap()
}

fn commission() -> Program {
    program(json!({"audience": "customer", "friend": {"reward": {"kind": "percent_off", "percent": "10"}},
        "advocate": {"reward": {"kind": "commission", "percent": "10"}, "on": "sale", "orders": "first", "hold_days": 14,
            "new_customers_only": true}}))
}

fn plan(program: Program, referrals: Referrals) -> Plan {
    Plan {
        program,
        offer: "friends".into(),
        referrals,
        as_of: Instant::parse("2026-01-01T00:00:00Z").unwrap(),
    }
}

fn orders(text: &str) -> Read {
    let settings = Settings {
        zone: Default::default(),
        currency: Currency::parse("EUR").unwrap(),
        wishes: Wishes::default(),
    };
    read(text.as_bytes(), &settings).unwrap()
}

fn tried(text: &str, plan: &Plan) -> Outcome {
    run(&orders(text).orders, plan, |_, _| ())
}

fn assumed(percent: &str) -> Referrals {
    Referrals::Assumed(Assumption { share: Rate::parse(percent).unwrap(), seed: 1, partners: 10 })
}

const CODES: &str = "Order,Date,Email,Subtotal,Discount,Total,Coupon code,Refunded amount,Refunded at
1,2025-01-10,a@example.com,100.00,0.00,100.00,,,
2,2025-01-20,b@example.com,100.00,10.00,90.00,anna10,,
3,2025-02-10,c@example.com,200.00,20.00,180.00,ANNA10,90.00,2025-03-05
4,2025-02-11,b@example.com,50.00,0.00,50.00,anna10,,
5,2025-04-01,d@example.com,50.00,5.00,45.00,SUMMER,,
6,2025-12-30,e@example.com,100.00,10.00,90.00,BOB-1,,
";

#[test]
fn codes_are_referrers_and_months_add_up() {
    let outcome = tried(CODES, &plan(commission(), Referrals::Codes(["SUMMER".to_owned()].into())));
    assert_eq!((outcome.orders, outcome.firsts, outcome.conversions), (6, 5, 3));
    assert_eq!(outcome.refused, [Refused { reason: Reason::ExistingCustomer, conversions: 1 }]);
    let [money] = outcome.money.as_slice() else { panic!("one currency") };
    let sum = money.sum;
    assert_eq!((sum.turnover, sum.brought, sum.discounts), (55_500, 36_000, 4000));
    assert_eq!((sum.referred, sum.new_customers), (3, 3));
    // 9.00, 18.00 and 9.00; half of the second was refunded; the last is on hold still.
    assert_eq!((sum.earned, sum.taken_back, sum.approved), (3600, 900, 1800));
    assert_eq!(sum.cost(), 3600 - 900 + 4000);
    assert_eq!(money.months.len(), 12, "without a gap");
    let of = |month: i64| money.months.iter().find(|(at, _)| at % 12 + 1 == month).unwrap().1;
    assert_eq!((of(2).earned, of(2).taken_back, of(3).earned, of(3).taken_back), (1800, 0, 0, 900));
    assert_eq!((of(2).approved, of(3).approved), (2700, -900));
    assert_eq!(of(7), Figures::default());
    let codes: Vec<(&str, u64, i64)> = outcome
        .referrers
        .iter()
        .map(|one| (one.code.as_str(), one.conversions, one.sums["EUR"].pending + one.sums["EUR"].approved))
        .collect();
    assert_eq!(codes, [("ANNA10", 2, 1800), ("BOB-1", 1, 900)]);
}

#[test]
fn caps_and_tiers_are_the_core_s() {
    let program = program(
        json!({"audience": "affiliate", "advocate": {"reward": {"kind": "commission", "percent": "10",
        "tiers": [{"from": 2, "percent": "20"}]}, "on": "sale", "orders": "lifetime", "hold_days": 0, "max_per_month": 2}}),
    );
    let mut text = "Order,Date,Email,Subtotal,Coupon code\n".to_owned();
    for (number, day) in ["01-31", "01-29", "01-30", "02-01"].iter().enumerate() {
        text.push_str(&format!("{number},2025-{day},c{number}@example.com,100.00,ANNA10\n"));
    }
    let outcome = tried(&text, &plan(program, Referrals::Codes(BTreeSet::new())));
    assert_eq!(
        outcome.refused,
        [Refused { reason: Reason::CapReached, conversions: 1 }],
        "the third of January"
    );
    assert_eq!(outcome.money[0].sum.earned, 1000 + 2000 + 2000);
}

#[test]
fn what_is_assumed_is_the_same_each_time_and_says_so() {
    let mut text = "Order,Date,Email,Subtotal\n".to_owned();
    for number in 0..4000 {
        text.push_str(&format!(
            "{number},2025-{:02}-{:02},c{}@example.com,100.00\n",
            1 + number / 340,
            1 + number % 28,
            number / 2
        ));
    }
    let plan_of = |percent| plan(commission(), assumed(percent));
    let ten = tried(&text, &plan_of("10"));
    assert_eq!(ten, tried(&text, &plan_of("10")));
    assert!(ten.assumed.is_some());
    assert_eq!(ten.firsts, 2000);
    let sum = ten.money[0].sum;
    assert!((150..250).contains(&sum.referred), "{}", sum.referred);
    assert_eq!(sum.referred, sum.new_customers, "only who is new is referred");
    // Ten percent off each, and ten percent of what is left.
    let referred = i64::try_from(sum.referred).unwrap();
    assert_eq!((sum.discounts, sum.brought, sum.earned), (1000 * referred, 9000 * referred, 900 * referred));
    assert_eq!(tried(&text, &plan_of("0")).money[0].sum.referred, 0);
    let all = tried(&text, &plan_of("100"));
    assert_eq!(all.money[0].sum.referred, 1999, "nobody was there to refer the first");
    let twenty = tried(&text, &plan_of("20")).money[0].sum.referred;
    assert!(twenty > sum.referred, "whoever is among ten in a hundred is among twenty");
    let other = Assumption { share: Rate::parse("10").unwrap(), seed: 2, partners: 10 };
    assert_ne!(tried(&text, &plan(commission(), Referrals::Assumed(other))).money, ten.money);
}

#[test]
fn assumed_partners_are_as_many_as_said() {
    let program =
        program(json!({"audience": "affiliate", "advocate": {"reward": {"kind": "cash", "amount": "5.00"},
        "on": "sale", "orders": "first", "hold_days": 0}}));
    let mut text = "Order,Date,Email,Subtotal\n".to_owned();
    for number in 0..500 {
        text.push_str(&format!("{number},2025-01-{:02},c{number}@example.com,100.00\n", 1 + number % 28));
    }
    let all = tried(&text, &plan(program.clone(), assumed("100")));
    assert_eq!((all.referrers.len(), all.conversions), (10, 500));
    let none = Assumption { share: Rate::parse("100").unwrap(), seed: 1, partners: 0 };
    assert_eq!(tried(&text, &plan(program, Referrals::Assumed(none))).conversions, 0);
}

#[test]
fn addresses_of_one_mailbox_are_one_customer() {
    let text = "Order,Date,Email,Customer id,Subtotal,Coupon code
1,2025-01-01,a.b@gmail.com,,100.00,
2,2025-01-02,AB+shop@googlemail.com,7,100.00,ANNA10
3,2025-01-03,other@example.com,7,100.00,ANNA10
";
    let outcome = tried(text, &plan(commission(), Referrals::Codes(BTreeSet::new())));
    assert_eq!((outcome.firsts, outcome.conversions), (1, 0));
    assert_eq!(outcome.refused, [Refused { reason: Reason::ExistingCustomer, conversions: 2 }]);
}

#[test]
fn rewards_that_are_no_money_are_counted() {
    let program = program(json!({"audience": "customer", "friend": {"reward": {"kind": "free_shipping"}},
        "advocate": {"reward": {"kind": "points", "points": 50}, "on": "sale", "orders": "lifetime", "hold_days": 0}}));
    let outcome = tried(CODES, &plan(program, Referrals::Codes(BTreeSet::new())));
    assert_eq!(outcome.units, [Units { kind: "points".into(), earned: 250, taken_back: 0 }]);
    assert_eq!(outcome.money[0].sum.earned, 0);
    assert!(outcome.free_shipping);
}
