//! What an order costs that arrives late, where a customer or a referrer has a long history: the call that brings it, and
//! what is left to the alarm.

use std::{path::Path, thread, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    load::{self, Bounds, CONNECTIONS},
    serve::{Server, Which},
    shop::Shop,
};
use crate::{build::Served, ui};

/// What filling a history may take.
const FILL: Duration = Duration::from_secs(20 * 60);

/// How many orders of a kind are sent, one by one: Linux counts CPU in hundredths of a second.
const EACH: usize = 10;

/// How long workerd must have done nothing to count as done.
const STILL: Duration = Duration::from_millis(500);

/// A history to arrive late in.
struct Tried {
    name: &'static str,
    advocate: Value,
    /// Whether all orders are one customer's, else each is another's.
    one_customer: bool,
}

fn tried() -> [Tried; 3] {
    let commission = json!({"kind": "commission", "percent": "8"});
    let tiers = json!({"kind": "commission", "percent": "8", "tiers": [{"from": 50, "percent": "9"},
        {"from": 200, "percent": "10"}, {"from": 5000, "percent": "11"}]});
    [
        Tried {
            name: "one customer's lifetime run",
            advocate: json!({"reward": commission, "orders": "lifetime"}),
            one_customer: true,
        },
        Tried {
            name: "one referrer's tiers",
            advocate: json!({"reward": tiers, "orders": "lifetime"}),
            one_customer: false,
        },
        Tried {
            name: "one referrer's cap a month",
            advocate: json!({"reward": commission, "orders": "lifetime", "max_per_month": 1_000}),
            one_customer: false,
        },
    ]
}

/// What one order took.
struct Cost {
    /// CPU of its call.
    call: Duration,
    /// The longest that its sender waited.
    slowest: Duration,
    /// CPU of all that the alarm did afterwards.
    after: Duration,
}

/// Fills each history with so many orders, then sends some in their turn and some before all others.
///
/// # Errors
/// What does not start or answer.
pub fn run(root: &Path, served: &Served, scratch: &Path, orders: usize) -> Result<()> {
    println!(
        "\n{:<30}{:<34}{:>12}{:>14}{:>16}",
        format!("After {} orders", ui::bytes(orders as u64)),
        "an order",
        "CPU, call",
        "slowest call",
        "CPU, afterwards"
    );
    for tried in tried() {
        let server = Server::start(root, served, Which::Edge, scratch)?;
        let shop = Shop::open_with(&server.url, &tried.advocate)?;
        let year = shop.at.get(..4).and_then(|year| year.parse::<usize>().ok());
        let year = year.with_context(|| format!("{} is no time", shop.at))? - 1;
        // Months hold 28 days here; those before the first order are for what comes late.
        let at = |minute: usize| {
            let (hour, day) = (minute / 60, minute / 1_440);
            let (month, day) = (day / 28 + 2, day % 28 + 1);
            format!("{year}-{month:02}-{day:02}T{:02}:{:02}:00Z", hour % 24, minute % 60)
        };
        let before = |minute: usize| format!("{year}-01-20T10:{:02}:00Z", 59 - minute);
        let customer = |id: &str| if tried.one_customer { "till".to_owned() } else { id.to_owned() };
        let order = |id: String, at: &str, code: &str| shop.order_of(&customer(&id), &id, at, &[code]);
        let filled = ui::step(format!("Recording {} orders", ui::bytes(orders as u64)), || {
            load::run(CONNECTIONS, Bounds { requests: orders, time: FILL }, |i| {
                order(format!("o-{i}"), &at(i), "ANNA10")
            })
            .with_context(|| format!("workerd says:\n{}", server.last_words()))
        })?;
        ensure!(filled.requests == orders, "only {} of {orders} orders were recorded", filled.requests);
        settle(&server)?;
        for (what, code, late) in [
            ("in its turn", "ANNA10", None),
            ("before all others", "ANNA10", Some(0)),
            ("before all others, another's", "BOB22", Some(EACH)),
        ] {
            let mut costs = Vec::new();
            for i in 0..EACH {
                let at = late.map_or_else(|| at(orders + i), |from| before(from + i));
                let id = format!("{code}-{}-{i}", late.is_some());
                costs.push(cost(&server, || shop.ask(order(id, &at, code)?).map(drop))?);
            }
            println!("{}", line(tried.name, what, &costs));
        }
    }
    Ok(())
}

/// What it takes to send something, and what follows from it.
fn cost(server: &Server, send: impl FnOnce() -> Result<()>) -> Result<Cost> {
    let (before, sent) = (server.cpu()?, std::time::Instant::now());
    send()?;
    let (slowest, answered) = (sent.elapsed(), server.cpu()?);
    settle(server)?;
    let done = server.cpu()?;
    Ok(Cost { call: answered.saturating_sub(before), slowest, after: done.saturating_sub(answered) })
}

/// Waits until workerd does nothing any more.
fn settle(server: &Server) -> Result<()> {
    loop {
        let before = server.cpu()?;
        thread::sleep(STILL);
        // One tick may be of anything.
        if server.cpu()?.saturating_sub(before) <= Duration::from_millis(10) {
            return Ok(());
        }
    }
}

fn line(name: &str, what: &str, costs: &[Cost]) -> String {
    let mean = |part: fn(&Cost) -> Duration| {
        let sum: Duration = costs.iter().map(part).sum();
        sum / u32::try_from(costs.len().max(1)).unwrap_or(u32::MAX)
    };
    let slowest = costs.iter().map(|cost| cost.slowest).max().unwrap_or_default();
    let ms = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1_000.0);
    format!(
        "{name:<30}{what:<34}{:>12}{:>14}{:>16}",
        ms(mean(|cost| cost.call)),
        ms(slowest),
        ms(mean(|cost| cost.after))
    )
}
