//! What arrivals cost where a customer or a referrer has a long history: how many statements, and, in a release
//! build with `PARRAIN_ORDERS=10000`, how much time.

use std::time::{Duration, Instant as Clock};

use parrain_core::payout::Selection;
use parrain_wire::rewards::Status;
use serde_json::{Value, json};

use super::tests::{Desk, at, now, program};
use crate::protocol::Refusal;
use crate::protocol::calls::{Audit, CreatePayout};

/// A shop whose referrer has so many conversions, one an hour, by one customer or each by another.
struct Long {
    desk: Desk,
    name: &'static str,
    customer: fn(i64) -> Value,
}

/// What something cost.
#[derive(Debug, Clone, Copy)]
struct Cost {
    statements: u32,
    time: Duration,
}

fn orders() -> i64 {
    std::env::var("PARRAIN_ORDERS").map_or(120, |number| number.parse().expect("a number"))
}

fn one(_: i64) -> Value {
    json!({"id": "c-1", "email": "till@example.com"})
}

fn till(number: i64) -> Value {
    json!({"id": format!("c-{number}"), "email": "till@example.com"})
}

fn each(number: i64) -> Value {
    json!({"id": format!("c-{number}")})
}

impl Long {
    fn new(name: &'static str, advocate: Value, customer: fn(i64) -> Value) -> Self {
        let desk = Desk::new(&program(advocate));
        for code in ["ANNA10", "BOB22"] {
            desk.referrer(code, "o");
        }
        Self { desk, name, customer }
    }

    /// Sends the order of an hour since the shop began; `0` is before all others.
    fn send(&self, hour: i64, code: &str) -> Cost {
        let order = json!({"type": "order.paid", "data": {
            "order_id": format!("{hour:06}"), "at": at("2025-01-01T00:00:00Z").plus_seconds(hour * 3_600),
            "customer": (self.customer)(hour), "currency": "EUR", "subtotal": "50.00", "discount": "0.00",
            "total": "50.00", "codes": [code]}});
        self.cost(|| drop(self.desk.send(&order)))
    }

    fn cost(&self, what: impl FnOnce()) -> Cost {
        self.desk.0.sql.take_ran();
        let clock = Clock::now();
        what();
        Cost { time: clock.elapsed(), statements: self.desk.0.sql.take_ran() }
    }

    /// Lets the alarm do what is left: how often it rang, and the dearest ring.
    fn settle(&self) -> (u32, Cost) {
        let (mut rings, mut dearest) = (0, Cost { statements: 0, time: Duration::ZERO });
        loop {
            let mut more = false;
            let cost = self.cost(|| more = self.desk.0.settle_step().unwrap());
            if cost.statements > 1 {
                rings += 1;
            }
            if cost.statements > dearest.statements {
                dearest = cost;
            }
            if !more {
                return (rings, dearest);
            }
        }
    }

    fn print(&self, what: &str, cost: Cost) {
        println!("{:<40} {what:<32} {:>5} statements {:>8.1?}", self.name, cost.statements, cost.time);
    }
}

/// What it is called, the program, and its orders by number.
type Tried = (&'static str, Value, fn(i64) -> Value);

fn programs() -> Vec<Tried> {
    let commission =
        |orders: Value| json!({"reward": {"kind": "commission", "percent": "8"}, "orders": orders});
    let with = |name: &str, value: Value| {
        let mut advocate = commission(json!("lifetime"));
        advocate[name] = value;
        advocate
    };
    let tiers = json!({"kind": "commission", "percent": "8", "tiers": [{"from": 50, "percent": "9"},
        {"from": 200, "percent": "10"}, {"from": 5000, "percent": "11"}]});
    vec![
        ("first orders", json!({"reward": {"kind": "cash", "amount": "5.00"}}), one),
        ("a lifetime run", commission(json!("lifetime")), one),
        ("a run of five", commission(json!({"count": 5})), one),
        ("a run of 24 months", commission(json!({"months": 24})), one),
        ("a till's address", commission(json!("lifetime")), till),
        ("tiers, one customer", with("reward", tiers.clone()), one),
        ("tiers, many customers", with("reward", tiers), each),
        ("a monthly cap, many customers", with("max_per_month", json!(20)), each),
        ("a cap for ever, many customers", with("max_total", json!(100)), each),
    ]
}

#[test]
fn no_call_costs_more_where_the_history_is_long() {
    let orders = orders();
    for (name, advocate, customer) in programs() {
        let long = Long::new(name, advocate, customer);
        let mut newest = long.send(1, "ANNA10");
        for hour in 2..=orders {
            newest = long.send(hour, "ANNA10");
            if [100, 1_000].contains(&hour) {
                long.print(&format!("in its turn, after {hour}"), newest);
            }
        }
        long.print(&format!("in its turn, after {orders}"), newest);
        assert!(newest.statements < 60, "{name}: {newest:?}");
        for (what, hour, code) in [
            ("before all others", 0, "ANNA10"),
            ("before all others, another's", -1, "BOB22"),
            ("in the middle", orders / 2, "ANNA10"),
        ] {
            let cost =
                if hour == orders / 2 { late_between(&long, hour, code) } else { long.send(hour, code) };
            long.print(what, cost);
            assert!(cost.statements < 2_500, "{name}, {what}: {cost:?}");
            let (rings, dearest) = long.settle();
            if rings > 0 {
                long.print(&format!("… {rings} alarms, the dearest"), dearest);
            }
            assert!(dearest.statements < 3_500, "{name}, {what}: {dearest:?}");
        }
        long.desk.audit();
    }
}

/// An order half an hour after one that is there.
fn late_between(long: &Long, hour: i64, code: &str) -> Cost {
    let order = json!({"type": "order.paid", "data": {
        "order_id": "between", "at": at("2025-01-01T00:30:00Z").plus_seconds(hour * 3_600),
        "customer": (long.customer)(hour), "currency": "EUR", "subtotal": "50.00", "discount": "0.00",
        "total": "50.00", "codes": [code]}});
    long.cost(|| drop(long.desk.send(&order)))
}

#[test]
fn an_import_that_begins_with_the_newest_costs_each_order_alike() {
    let orders = orders();
    for (name, advocate, customer) in programs() {
        let long = Long::new(name, advocate, customer);
        let mut dearest = Cost { statements: 0, time: Duration::ZERO };
        for hour in (1..=orders).rev() {
            let cost = long.send(hour, "ANNA10");
            if cost.statements > dearest.statements {
                dearest = cost;
            }
        }
        long.print("newest first, the dearest", dearest);
        assert!(dearest.statements < 2_500, "{name}: {dearest:?}");
        let (rings, dearest) = long.settle();
        long.print(&format!("… {rings} alarms, the dearest"), dearest);
        assert!(dearest.statements < 3_500, "{name}: {dearest:?}");
        long.desk.audit();
    }
}

#[test]
fn until_all_is_settled_statuses_say_so_and_nothing_is_paid_out() {
    let commission = json!({"reward": {"kind": "commission", "percent": "10"}, "orders": "lifetime"});
    let long = Long::new("", commission, one);
    for hour in 1..=90 {
        long.send(hour, "ANNA10");
    }
    let status = |code: &str| long.desk.status(code, now());
    assert!(!status("ANNA10").settling);
    // The customer was somebody else's from the start, and so are all of their orders.
    long.desk.0.most.set(100);
    long.send(0, "BOB22");
    assert!(status("ANNA10").settling && status("BOB22").settling);
    let sums =
        |code: &str| status(code).totals.iter().map(|total| total.approved.to_string()).collect::<Vec<_>>();
    assert_ne!(sums("BOB22"), ["455.00"], "more than one call does");
    assert_eq!(
        long.desk.ask(CreatePayout { until: now(), selection: Selection::default() }),
        Err(Refusal::Settling)
    );
    assert_eq!(long.desk.ask(Audit { cursor: None }), Err(Refusal::Settling));
    assert!(long.desk.0.take_errand(now()).unwrap().is_some(), "the alarm is to ring");
    let (rings, _) = long.settle();
    assert!(rings > 2, "{rings}");
    assert!(!status("BOB22").settling);
    assert_eq!((sums("ANNA10"), sums("BOB22")), (vec!["0.00".to_owned()], vec!["455.00".to_owned()]));
    assert!(status("BOB22").conversions.iter().all(|one| one.status == Status::Approved));
    assert_eq!(
        long.desk.ask(CreatePayout { until: now(), selection: Selection::default() }).unwrap().count,
        91
    );
    long.desk.audit();
}
