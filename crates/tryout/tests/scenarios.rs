//! The scenarios that hold the ledger hold the trial too: of what had arrived by then, each referrer's rewards stand as the
//! scenario says. Left out are those of what no export has: a browser's reports, and a budget that goes by arrival.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::code::Code;
use parrain_core::decide::Known;
use parrain_core::email;
use parrain_core::event::{self, Change, Event, Order};
use parrain_core::instant::Instant;
use parrain_core::program::Program;
use parrain_core::reward::{Case, Sums};
use parrain_tryout::trial::decide_all;
use parrain_wire::rewards::Status;
use serde_json::{Value, json};

use scenario::{differences, read_all};

#[path = "../../../tests/src/scenario.rs"]
mod scenario;

/// Scenarios in which what arrived first has the budget, whatever its date: a trial knows no arrival.
const BY_ARRIVAL: [&str; 1] = ["23-budget-first-come"];

fn at(text: &str) -> Instant {
    Instant::parse(text).expect(text)
}

fn referrers(scenario: &Value) -> Vec<(Code, Known)> {
    let one = |one: &Value| {
        let text = |name: &str| one[name].as_str().map(str::to_owned);
        let known = Known {
            offer: text("offer").unwrap(),
            customer_id: text("customer_id"),
            email: text("email").as_deref().and_then(email::normalise),
            ..Known::default()
        };
        (text("code").unwrap().parse().unwrap(), known)
    };
    scenario["referrers"].as_array().unwrap().iter().map(one).collect()
}

/// What had arrived by a delivery, once each, orders in their turn.
fn arrived(deliveries: &[Value]) -> Vec<(Order, Vec<Change>)> {
    let (mut orders, mut changes) = (BTreeMap::new(), BTreeMap::<String, Vec<Change>>::new());
    let mut known = BTreeSet::new();
    for delivery in deliveries {
        match event::parse(&delivery["event"], at("2026-11-21T00:00:00Z")).unwrap() {
            Some(Event::Order(order)) if known.insert((order.kind, order.id.clone())) => {
                orders.insert(order.position(), order);
            }
            // The first content stands.
            Some(Event::Order(_)) => {}
            Some(Event::Change(change)) => {
                let of_order = changes.entry(change.order_id.clone()).or_default();
                if !of_order.iter().any(|one| one.at == change.at && one.name() == change.name()) {
                    of_order.push(change);
                }
            }
            None => {}
        }
    }
    let with_changes = |order: Order| {
        let own = if order.goods.is_some() { changes.get(&order.id).cloned() } else { None };
        (order, own.unwrap_or_default())
    };
    orders.into_values().map(with_changes).collect()
}

/// A referrer's status as far as a trial has one.
fn status(cases: &[(String, Case)], as_of: Instant) -> Value {
    let (mut totals, mut units, mut donations) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut conversions = Vec::new();
    for (id, case) in cases {
        let Some(state) = case.state(as_of) else { continue };
        let asset = &case.worth.asset;
        let sums = match asset.currency() {
            Some(_) if asset.charity().is_none() => &mut totals,
            None => &mut units,
            // Nobody's sum.
            Some(_) => &mut donations,
        };
        let sum: &mut (_, Sums) =
            sums.entry(asset.unit().to_owned()).or_insert_with(|| (asset.clone(), Sums::default()));
        sum.1 = sum.1.plus(state.sums);
        conversions.push(json!({"order_id": id, "status": state.status, "reason": state.reason,
            // What is refused has none to show.
            "reward": (state.status != Status::Rejected).then(|| case.worth.to_wire(state.left))}));
    }
    let money = |(currency, (asset, sums)): (&String, &(parrain_core::reward::Asset, Sums))| {
        json!({"currency": currency, "pending": asset.format(sums.pending), "approved": asset.format(sums.approved),
            "paid": asset.format(sums.paid), "reversed": asset.format(sums.reversed)})
    };
    let pieces = |(kind, (_, sums)): (&String, &(parrain_core::reward::Asset, Sums))| json!({"kind": kind, "pending": sums.pending, "approved": sums.approved, "paid": sums.paid, "reversed": sums.reversed});
    json!({"totals": totals.iter().map(money).collect::<Vec<_>>(),
        "units": units.iter().map(pieces).collect::<Vec<_>>(), "conversions": conversions})
}

/// What a trial can be held to of what a scenario expects.
fn wanted(status: &Value) -> Value {
    let mut want = json!({});
    for name in ["totals", "units", "conversions"] {
        if let Some(part) = status.get(name) {
            want[name] = part.clone();
        }
    }
    for conversion in want["conversions"].as_array_mut().into_iter().flatten() {
        if let Some(conversion) = conversion.as_object_mut() {
            conversion.retain(|name, _| ["order_id", "status", "reason", "reward"].contains(&name.as_str()));
        }
    }
    want
}

#[test]
fn scenarios_of_orders_and_refunds_end_alike() {
    let (mut failed, mut held) = (Vec::new(), 0);
    for scenario in read_all(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios")) {
        let name = scenario["name"].as_str().unwrap();
        let deliveries = scenario["deliveries"].as_array().unwrap();
        if BY_ARRIVAL.contains(&name) || deliveries.iter().any(|delivery| delivery["report"].is_object()) {
            continue;
        }
        let program = Program::parse(&scenario["program"]).expect("a sound program");
        for want in scenario["expect"].as_array().unwrap() {
            let after =
                want["after"].as_u64().map_or(deliveries.len(), |after| usize::try_from(after).unwrap());
            let (code, as_of) = (want["code"].as_str().unwrap(), at(want["as_of"].as_str().unwrap()));
            let mut cases = Vec::new();
            decide_all(&program, referrers(&scenario), arrived(&deliveries[..after]), |decided| {
                if let (Some(conversion), Some(case)) = (decided.decision.conversion(), decided.case)
                    && conversion.code.as_str() == code
                {
                    cases.push((decided.order.id.clone(), case));
                }
            });
            let mut lines = Vec::new();
            differences(
                &wanted(&want["status"]),
                &status(&cases, as_of),
                &format!("{code} at {as_of}"),
                &mut lines,
            );
            held += 1;
            if !lines.is_empty() {
                failed.push(format!("{name}\n  {}", lines.join("\n  ")));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(held > 100, "{held} statuses were compared");
}
