//! Whether memory stays flat: the traffic of a shop for half an hour, and what the isolate holds every minute.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::{
    load::{self, Bounds},
    serve::{Memory, Server, Which},
    shop::Shop,
};
use crate::{build::Served, ui};

/// The pause before each request of a connection: about a hundred requests a second in all.
const PAUSE: Duration = Duration::from_millis(40);

/// How often the isolate is weighed in a soak.
const LOOKS: u32 = 30;

/// What was held at a look.
#[derive(Clone, Copy)]
struct Look {
    after: Duration,
    requests: usize,
    memory: Memory,
    /// What the whole of workerd holds in RAM, its stores' caches and its heap alike.
    resident: u64,
}

/// Keeps the edge busy for so long and prints what the isolate held meanwhile.
///
/// # Errors
/// What does not start or answer.
pub fn run(root: &Path, served: &Served, scratch: &Path, time: Duration) -> Result<()> {
    let server = Server::start(root, served, Which::WatchedEdge, scratch)?;
    let shop = Shop::open(&server.url)?;
    println!(
        "\n{:<12}{:>12}{:>12}{:>12}{:>12}{:>14}",
        "After", "requests", "live", "of it wasm", "at most", "workerd in all"
    );
    let started = Instant::now();
    let mut looks: Vec<Look> = Vec::new();
    let mut requests = 0;
    while started.elapsed() < time {
        let round = looks.len();
        let bounds = Bounds { requests: usize::MAX, time: time / LOOKS };
        let (run, memory) = server.watch(|| {
            load::run(load::CONNECTIONS, bounds, |i| {
                thread::sleep(PAUSE);
                request(&shop, round, i)
            })
        })?;
        requests += run.requests;
        let look = Look { after: started.elapsed(), requests, memory, resident: server.resident()? };
        println!("{}", look.line());
        looks.push(look);
    }
    // What an isolate compiles and caches at first is no growth.
    let settled = looks.get(looks.len() / 3).context("the soak was too short to look at all")?;
    let last = looks.last().context("there is a last look")?;
    let percent = |now: u64, then: u64| (now as f64 / then as f64 - 1.0) * 100.0;
    println!(
        "\nFrom {} on, live memory changed by {:+.1} % and workerd's by {:+.1} %, over {} requests.",
        ui::seconds(settled.after),
        percent(last.memory.live, settled.memory.live),
        percent(last.resident, settled.resident),
        ui::bytes((last.requests - settled.requests) as u64)
    );
    Ok(())
}

/// The traffic of a shop: many page views, some clicks, touches and statuses, and orders, some of them referred and
/// some delivered twice.
fn request(shop: &Shop, round: usize, i: usize) -> Result<ureq::http::Request<String>> {
    let order = |number: usize, codes: &[&str]| shop.order(&format!("soak-{round}-{number}"), codes);
    match i % 20 {
        0 => order(i, &["ANNA10"]),
        1 => order(i, &[]),
        2 => order(i - 2, &["ANNA10"]),
        3..=5 => shop.page("/r/demo/ANNA10"),
        6 | 7 => shop.touch(),
        8 => shop.rewards(),
        9..=12 => shop.page("/v1/shops/demo/offer?locale=fr&code=ANNA10"),
        _ => shop.page("/v1/shops/demo/offer?locale=fr"),
    }
}

impl Look {
    fn line(&self) -> String {
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / f64::from(1 << 20));
        format!(
            "{:<12}{:>12}{:>12}{:>12}{:>12}{:>14}",
            ui::seconds(self.after),
            ui::bytes(self.requests as u64),
            megabytes(self.memory.live),
            megabytes(self.memory.wasm),
            megabytes(self.memory.peak),
            megabytes(self.resident)
        )
    }
}
