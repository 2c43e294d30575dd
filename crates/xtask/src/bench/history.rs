//! What the status of a referrer costs whose history is short, long and very long: time, store calls, memory of the
//! isolate, and what the stores hold for it.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};

use super::{
    Calls,
    load::{self, Bounds, CONNECTIONS},
    serve::{Server, Which},
    shop::Shop,
};
use crate::{build::Served, ui};

/// What filling a referrer's history may take.
const FILL: Duration = Duration::from_secs(45 * 60);

/// Over how many months before this one the orders are spread: as far back as an event may be dated.
const MONTHS: usize = 25;

/// How often a status is asked for in one round.
const ASKED: Bounds = Bounds { requests: 200, time: Duration::from_secs(60) };

/// How many rounds each history has.
const ROUNDS: usize = 5;

/// A referrer's history at a server of its own.
struct History {
    size: usize,
    server: Server,
    shop: Shop,
    /// Bytes that KV holds.
    stored: u64,
    /// What a status took in each round.
    rounds: Vec<Cost>,
}

/// What one status takes.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    cpu: Duration,
}

/// Records histories of so many conversions, the shortest first, and prints what the status of each costs.
///
/// # Errors
/// What does not start or answer.
pub fn run(root: &Path, served: &Served, scratch: &Path, sizes: [usize; 3]) -> Result<()> {
    let mut histories = Vec::new();
    for size in sizes {
        histories.push(History::record(root, served, scratch, size)?);
    }
    ui::step("Asking for statuses", || -> Result<()> {
        for _ in 0..ROUNDS {
            // They take turns, so that whatever else the machine does weighs on all.
            for history in &mut histories {
                history.ask()?;
            }
        }
        Ok(())
    })?;
    println!(
        "\n{:<12}{:>11}{:>7}{:>11}{:>7}{:>9}{:>12}{:>12}{:>9}{:>9}{:>14}",
        "Conversions",
        "status",
        "ratio",
        "CPU",
        "ratio",
        "KV + DO",
        "one status",
        "200 of them",
        "live",
        "wasm",
        "in KV, each"
    );
    let first = histories.first().context("there is a shortest history")?.cost();
    for history in &histories {
        println!("{}", history.line(first)?);
    }
    println!(
        "\nEach time is the median of {ROUNDS} rounds in turn. Memory is the isolate's, wasm included: the most held\n\
         while answering, garbage not yet collected and all, and what of it is live."
    );
    Ok(())
}

impl History {
    /// Records a history of that size, and waits until KV has its copy.
    fn record(root: &Path, served: &Served, scratch: &Path, size: usize) -> Result<Self> {
        let server = Server::start(root, served, Which::WatchedEdge, scratch)?;
        let shop = Shop::open(&server.url)?;
        fill(&server, &shop, size)?;
        let (_, stored) = ui::step("Waiting for the copies in KV", || settled(&server, size))?;
        Ok(Self { size, server, shop, stored, rounds: Vec::new() })
    }

    /// One round.
    fn ask(&mut self) -> Result<()> {
        let before = self.server.cpu()?;
        let run = load::run(CONNECTIONS, ASKED, |_| self.shop.rewards())?;
        ensure!(run.requests > 0, "no status in {}", ui::seconds(ASKED.time));
        let count = u32::try_from(run.requests)?;
        let cpu = self.server.cpu()?.saturating_sub(before) / count;
        self.rounds.push(Cost { time: run.time / count, cpu });
        Ok(())
    }

    /// The middle of the rounds.
    fn cost(&self) -> Cost {
        let middle = |figure: fn(&Cost) -> Duration| {
            let mut figures: Vec<Duration> = self.rounds.iter().map(figure).collect();
            figures.sort();
            figures.get(figures.len() / 2).copied().unwrap_or_default()
        };
        Cost { time: middle(|cost| cost.time), cpu: middle(|cost| cost.cpu) }
    }

    /// The line of the table.
    fn line(&self, first: Cost) -> Result<String> {
        let answer = self.shop.ask(self.shop.rewards()?)?;
        let calls = Calls::of(&answer).context("the edge counts no calls")?;
        let (_, one) = self.server.watch(|| self.shop.ask(self.shop.rewards()?))?;
        let (_, many) = self.server.watch(|| load::run(CONNECTIONS, ASKED, |_| self.shop.rewards()))?;
        let cost = self.cost();
        let ratio = |part: Duration, whole: Duration| part.as_secs_f64() / whole.as_secs_f64();
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / f64::from(1 << 20));
        Ok(format!(
            "{:<12}{:>8} µs{:>7.2}{:>8} µs{:>7.2}{:>9}{:>12}{:>12}{:>9}{:>9}{:>12} B",
            ui::bytes(self.size as u64),
            cost.time.as_micros(),
            ratio(cost.time, first.time),
            cost.cpu.as_micros(),
            ratio(cost.cpu, first.cpu),
            format!("{} + {}", calls.reads + calls.lists, calls.ledger),
            megabytes(one.peak),
            megabytes(many.peak),
            megabytes(many.live),
            megabytes(many.wasm),
            self.stored / self.size as u64,
        ))
    }
}

/// Records so many conversions, the oldest first.
fn fill(server: &Server, shop: &Shop, size: usize) -> Result<()> {
    let said = ui::bytes(size as u64);
    let recorded = ui::step(format!("Recording {said} conversions"), || {
        load::run(CONNECTIONS, Bounds { requests: size, time: FILL }, |i| {
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
