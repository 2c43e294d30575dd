//! What each action takes of a day of Cloudflare's free plan, and how often that lets it be done.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use ureq::http::Request;

use super::{
    Calls,
    load::{self, Bounds},
    rest,
    serve::{Server, Which},
    shop::Shop,
};
use crate::{build::Served, ui};

/// What the free plan has in a day (developers.cloudflare.com: Workers, Durable Objects and KV, each on its page of limits
/// or prices), but for what it has so much of that nothing here uses it up: 5,000,000 rows and 100,000 keys that are read.
/// Alarms are requests of an object.
const DAY: [(&str, u32); 4] =
    [("requests", 100_000), ("object calls", 100_000), ("rows written", 100_000), ("KV writes", 1_000)];

/// An action's name, and how its `i`th request is made.
type Act<'a> = (&'static str, Box<dyn Fn(usize) -> Result<Request<String>> + Sync + 'a>);

/// Does each action `times` and prints what one took. Rows, writes and calls include what the alarm did for it; CPU is that
/// of the isolate's own functions and what they call, until the answer and shortly after.
///
/// # Errors
/// What does not start or answer.
pub fn run(root: &Path, served: &Served, scratch: &Path, times: usize) -> Result<()> {
    let server = Server::start(root, served, Which::WatchedEdge, scratch)?;
    let shop = Shop::open(&server.url)?;
    let offer = "/v1/shops/demo/offer?locale=fr&code=ANNA10";
    let actions: [Act<'_>; 8] = [
        ("page view with a code", Box::new(|_| shop.page(offer))),
        ("click", Box::new(|_| shop.page("/r/demo/ANNA10"))),
        ("touch", Box::new(|_| shop.touch())),
        ("joining by a page", Box::new(|i| shop.join(i))),
        ("order that nobody referred", Box::new(|i| shop.order(&format!("plain-{i}"), &[]))),
        ("conversion", Box::new(|i| shop.order(&format!("sold-{i}"), &["ANNA10"]))),
        ("refund", Box::new(|i| shop.refund(&format!("sold-{i}")))),
        ("reward status", Box::new(|_| shop.rewards())),
    ];
    println!(
        "\n{:<30}{:>13}{:>13}{:>14}{:>12}{:>12}  until it has no more",
        "One of these takes", "isolate CPU", "KV writes", "rows written", "calls", "free a day"
    );
    for (name, make) in &actions {
        // The first ones are compiled.
        let warm = times.div_ceil(4);
        load::run(1, Bounds::of(warm), make)?;
        let before = rest(&shop)?;
        let (calls, busy) = server.profile(|| {
            let (mut writes, mut ledger) = (0, 0);
            for i in warm..warm + times {
                let answer = shop.ask(make(i)?)?;
                ensure!(
                    (200..400).contains(&answer.status),
                    "{name} answered {}: {}",
                    answer.status,
                    answer.body
                );
                let calls = Calls::of(&answer).with_context(|| format!("{name}: {}", answer.body))?;
                writes += calls.writes;
                ledger += calls.ledger;
            }
            Ok((writes, ledger))
        })?;
        let after = rest(&shop)?;
        let (writes, ledger) = calls;
        let each = |sum: u32| f64::from(sum) / times as f64;
        let alarms = after.own.alarms.saturating_sub(before.own.alarms);
        let rows = each(after.own.rows.saturating_sub(before.own.rows));
        let writes = each(writes + after.own.writes.saturating_sub(before.own.writes));
        let calls = each(ledger + alarms);
        let (often, end) = a_day([1.0, calls, rows, writes]);
        println!(
            "  {name:<28}{:>10} µs{writes:>13.2}{rows:>14.1}{calls:>12.2}{:>12}  {end}",
            (busy / u32::try_from(times)?).as_micros(),
            ui::bytes(often),
        );
    }
    Ok(())
}

/// How often an action can be done in a day that takes so much of each of [`DAY`], and which of them ends first.
fn a_day(takes: [f64; 4]) -> (u64, &'static str) {
    let lasts = |(&(name, has), takes): (&(&'static str, u32), f64)| {
        (if takes > 0.0 { f64::from(has) / takes } else { f64::INFINITY }, name)
    };
    let first = DAY.iter().zip(takes).map(lasts).min_by(|one, other| one.0.total_cmp(&other.0));
    first.map_or((0, ""), |(often, name)| (often as u64, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_with_what_is_used_up_first() {
        assert_eq!(a_day([1.0, 0.0, 0.0, 0.0]), (100_000, "requests"));
        assert_eq!(a_day([1.0, 1.0, 20.0, 1.0]), (1_000, "KV writes"));
        assert_eq!(a_day([1.0, 2.0, 40.0, 0.0]), (2_500, "rows written"));
    }
}
