//! What trying a program on an export says, held to what the ledger says after the same orders were sent to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use parrain_core::instant::Instant;
use parrain_core::money::{Currency, format_amount};
use parrain_core::program::Program;
use parrain_tryout::orders::{Bought, Orders, Refund};
use parrain_tryout::reader::{Settings, Wishes, read};
use parrain_tryout::trial::{Plan, Referrals, run};
use serde_json::{Value, json};

use super::tests::{Desk, at, program};

/// How many orders are sent.
const ORDERS: usize = 2000;

/// Numbers that are the same in every run (Knuth's MMIX generator, its upper half).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A year's export: customers who come back, some by another spelling of their address or by their account alone, codes of
/// seven referrers, discounts and refunds.
fn export() -> String {
    let mut numbers = Numbers(2026);
    let mut text = "Order,Date,Customer email,Customer id,Subtotal,Discount,Total,Coupon code,Refund amount,Refund date\n".to_owned();
    for order in 0..ORDERS {
        let customer = numbers.below(900);
        let email = match numbers.below(4) {
            0 => format!("Cust.{customer}+x@gmail.com"),
            1 => String::new(),
            _ => format!("cust{customer}@googlemail.com"),
        };
        let id = if email.is_empty() || numbers.below(3) == 0 { customer + 1 } else { 0 };
        let (month, day) = (1 + numbers.below(10), 1 + numbers.below(28));
        let when = format!(
            "2026-{month:02}-{day:02} {:02}:{:02}:{:02}",
            numbers.below(24),
            numbers.below(60),
            numbers.below(60)
        );
        let subtotal = 500 + i64::try_from(numbers.below(30_000)).unwrap();
        let discount = if numbers.below(3) == 0 { subtotal / 10 } else { 0 };
        let total = (subtotal - discount) * 6 / 5 + 490;
        let code = if numbers.below(4) == 0 { format!("REF-{}", numbers.below(7)) } else { String::new() };
        let (refund, refunded) = match numbers.below(8) {
            0 => (total, format!("2026-{:02}-15", month + 1)),
            1 => (total / 3, format!("2026-{:02}-15", month + 1)),
            _ => (0, String::new()),
        };
        let amount = |minor| format_amount(minor, 2);
        let [subtotal, discount, total, refund] = [subtotal, discount, total, refund].map(amount);
        writeln!(
            text,
            "{order},{when},{email},{id},{subtotal},{discount},{total},{code},{refund},{refunded}"
        )
        .unwrap();
    }
    text
}

/// An order as a shop's server reports it.
fn reported(orders: &Orders, bought: &Bought) -> Value {
    let amount = |minor| format_amount(minor, bought.currency.decimals());
    let codes: Vec<&str> = bought.codes.iter().map(|place| orders.codes[*place as usize].as_str()).collect();
    json!({"type": "order.paid", "data": {"order_id": bought.id, "at": bought.at,
        "customer": {"id": bought.customer, "email": bought.email}, "currency": bought.currency.code(),
        "subtotal": amount(bought.subtotal), "discount": amount(bought.discount),
        "total": amount(bought.total.expect("a total")), "codes": codes}})
}

/// What an export of that instant would have held.
fn up_to(orders: &Orders, as_of: Instant) -> Orders {
    let mut places = BTreeMap::new();
    let mut so_far = Orders { codes: orders.codes.clone(), ..Orders::default() };
    for (place, bought) in orders.bought.iter().enumerate().filter(|(_, bought)| bought.at <= as_of) {
        places.insert(place, so_far.bought.len());
        so_far.bought.push(bought.clone());
    }
    let refund = |refund: &Refund| Some(Refund { order: *places.get(&refund.order)?, ..refund.clone() });
    so_far.refunds = orders.refunds.iter().filter_map(refund).collect();
    so_far
}

fn held_to_the_ledger(advocate: Value) {
    let program = program(advocate);
    let settings = Settings {
        zone: Default::default(),
        currency: Currency::parse("EUR").unwrap(),
        wishes: Wishes::default(),
    };
    let export = read(export().as_bytes(), &settings).unwrap();
    let orders = &export.orders;
    assert_eq!((orders.bought.len(), export.left_out.len()), (ORDERS, 0));
    let desk = Desk::new(&program);
    for code in &orders.codes {
        desk.referrer(code.as_str(), "o");
    }
    for bought in &orders.bought {
        desk.send(&reported(orders, bought));
    }
    for (number, refund) in orders.refunds.iter().enumerate() {
        let of = &orders.bought[refund.order];
        desk.send(&json!({"type": "order.refunded", "data": {"order_id": of.id, "at": refund.at,
            "refund_id": number.to_string(), "returned": format_amount(refund.returned, 2)}}));
    }
    for as_of in ["2026-04-15T00:00:00Z", "2026-11-20T00:00:00Z"].map(at) {
        let plan = Plan {
            program: Program::parse(&program).unwrap(),
            offer: "o".into(),
            referrals: Referrals::Codes(BTreeSet::new()),
            as_of,
        };
        let so_far = up_to(orders, as_of);
        let outcome = run(&so_far, &plan, |_, _| ());
        assert!(outcome.conversions > 30, "{outcome:?}");
        assert_eq!(outcome.referrers.len(), orders.codes.len());
        for earner in &outcome.referrers {
            let status = desk.status(earner.code.as_str(), as_of);
            let said = earner.sums.get("EUR").copied().unwrap_or_default();
            let told: Vec<[String; 3]> = status
                .totals
                .iter()
                .filter(|total| total.currency == "EUR")
                .map(|total| [&total.pending, &total.approved, &total.reversed].map(ToString::to_string))
                .collect();
            let said = [said.pending, said.approved, said.reversed].map(|minor| format_amount(minor, 2));
            assert_eq!(told, [said], "{} as of {}", earner.code.as_str(), as_of.text());
            let refused = status.conversions.iter().filter(|one| one.reward.is_none()).count();
            assert_eq!(earner.refused, u64::try_from(refused).unwrap(), "{}", earner.code.as_str());
        }
    }
}

#[test]
fn a_first_order_s_reward_is_what_the_ledger_says() {
    held_to_the_ledger(json!({"reward": {"kind": "cash", "amount": "7.50"}, "on": "sale", "orders": "first",
        "hold_days": 14, "new_customers_only": true, "min_subtotal": "20.00"}));
}

#[test]
fn a_lifetime_commission_with_tiers_and_caps_is_what_the_ledger_says() {
    held_to_the_ledger(
        json!({"reward": {"kind": "commission", "percent": "7.5", "tiers": [{"from": 20, "percent": "10"}]},
        "on": "sale", "orders": "lifetime", "hold_days": 30, "max_per_month": 6}),
    );
}
