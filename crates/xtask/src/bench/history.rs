//! What the status of a referrer costs whose history is short, long and very long: time, store calls, memory of the
//! isolate, and what the stores hold for it.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};

use super::{
    Calls,
    load::{self, Bounds},
    serve::{Server, Which},
    shop::Shop,
};
use crate::ui;

/// What filling a referrer's history may take.
const FILL: Duration = Duration::from_secs(45 * 60);

/// Over how many months before this one the orders are spread: as far back as an event may be dated.
const MONTHS: usize = 25;

/// How often a status is asked for.
const ASKED: Bounds = Bounds { requests: 200, time: Duration::from_secs(60) };

/// Records each history and prints what its status costs; the longest has so many conversions.
///
/// # Errors
/// What does not start or answer.
pub fn run(root: &Path, scratch: &Path, longest: usize) -> Result<()> {
    let mut table = vec![format!(
        "{:<14}{:>12}{:>8}{:>12}{:>11}{:>10}{:>10}{:>10}{:>16}",
        "Conversions", "status", "ratio", "CPU", "KV + DO", "peak", "live", "wasm", "KV a conversion"
    )];
    let mut first = None;
    for size in [10, 1_000, longest] {
        let server = Server::start(root, Which::WatchedEdge, scratch)?;
        let shop = Shop::open(&server.url)?;
        fill(&server, &shop, size)?;
        let keys = ui::step("Waiting for the copies in KV", || settled(&server, size))?;

        let calls = Calls::of(&shop.ask(shop.rewards()?)?).context("the edge counts no calls")?;
        let before = server.cpu()?;
        let run = load::run(ASKED, |_| shop.rewards())?;
        ensure!(run.requests > 0, "no status in {}", ui::seconds(ASKED.time));
        let count = u32::try_from(run.requests)?;
        let cpu = server.cpu()?.saturating_sub(before) / count;
        let time = run.time / count;
        let ratio = time.as_secs_f64() / first.get_or_insert(time).as_secs_f64();
        let (_, memory) = server.watch(|| load::run(ASKED, |_| shop.rewards()))?;
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / f64::from(1 << 20));
        table.push(format!(
            "{:<14}{:>9} µs{ratio:>8.2}{:>9} µs{:>11}{:>10}{:>10}{:>10}{:>14} B",
            ui::bytes(size as u64),
            time.as_micros(),
            cpu.as_micros(),
            format!("{} + {}", calls.reads + calls.lists, calls.ledger),
            megabytes(memory.peak),
            megabytes(memory.live),
            megabytes(memory.wasm),
            keys.1 / size as u64,
        ));
    }
    println!("\n{}", table.join("\n"));
    println!(
        "\nMemory is the isolate's: the JavaScript heap with its garbage (peak) and without (live), wasm included."
    );
    Ok(())
}

/// Records so many conversions, the oldest first.
fn fill(server: &Server, shop: &Shop, size: usize) -> Result<()> {
    let said = ui::bytes(size as u64);
    let recorded = ui::step(format!("Recording {said} conversions"), || {
        load::run(Bounds { requests: size, time: FILL }, |i| {
            if i % 100 == 0 {
                ui::status(&format!("{i} of {size}"));
            }
            shop.order_at(&format!("order-{i}"), &at(&shop.at, i, size)?, &["ANNA10"])
        })
        .with_context(|| format!("workerd says:\n{}", server.last_words()))
    })?;
    // What is measured is said by its size, so it must have that size.
    let count = recorded.requests;
    ensure!(count == size, "only {count} of {size} conversions were recorded in {}", ui::seconds(FILL));
    Ok(())
}

/// What KV holds once the copy of every conversion is there.
fn settled(server: &Server, size: usize) -> Result<(u64, u64)> {
    loop {
        let stored = server.stored()?;
        if stored.0 > size as u64 {
            return Ok(stored);
        }
        ui::status(&format!("{} of {size}", stored.0));
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// When the order of a number was paid: in one of the months before `now`, in RFC 3339.
fn at(now: &str, i: usize, size: usize) -> Result<String> {
    let part = |from: usize, to: usize| now.get(from..to).and_then(|text| text.parse::<usize>().ok());
    let (year, month) = part(0, 4).zip(part(5, 7)).with_context(|| format!("{now} is no time"))?;
    let month = year * 12 + month - 1 - MONTHS + i * MONTHS / size;
    Ok(format!("{:04}-{:02}-{:02}T12:00:00Z", month / 12, month % 12 + 1, i % 28 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_spread_over_the_months_before_this_one() {
        let at = |i| at("2026-03-22T01:30:00Z", i, 100_000).expect("a time");
        assert_eq!(at(0), "2024-02-01T12:00:00Z");
        assert!(at(99_999).starts_with("2026-02-"), "{}", at(99_999));
    }
}
