//! Any bytes as an event: read or refused, and what is read is decided and valued without harm.

use parrain_core::book::Book;
use parrain_core::decide::Known;
use parrain_core::event::{self, Event};
use parrain_core::instant::Instant;
use parrain_core::program::{Program, Versions};
use serde_json::{Value, json};

/// One input.
pub fn run(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    let now = Instant::parse("2026-11-20T00:00:00Z").expect("an instant");
    let program = json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/", "offers": [
        {"id": "o", "audience": "agency", "advocate": {"reward": {"kind": "commission", "percent": "8",
            "tiers": [{"from": 2, "percent": "10"}], "categories": {"wine": "5"}}, "orders": {"months": 3}, "max_total": 3}}]});
    let mut book = Book::new(Versions::new(Program::parse(&program).expect("a program")));
    let code = "ANNA10".parse().expect("a code");
    book.add_referrer(code, Known { offer: "o".into(), ..Known::default() });
    // The body may hold one event or several.
    let events = body.as_array().cloned().unwrap_or_else(|| vec![body]);
    for body in &events {
        match event::parse(body, now) {
            Ok(Some(Event::Order(order))) => {
                book.record(order, true);
            }
            Ok(Some(Event::Change(change))) => {
                book.record_change(change);
            }
            Ok(None) => {}
            Err(faults) => assert!(!faults.is_empty(), "a refusal says why"),
        }
    }
    let code = "ANNA10".parse().expect("a code");
    for (_, case) in book.cases(&code) {
        if let Some(state) = case.state(now.plus_days(4000)) {
            let earned = if case.refusal.is_some() { 0 } else { case.worth.amount };
            assert_eq!(state.sums.total(), earned, "nothing earned is lost or made");
        }
    }
}
