//! What a link that everybody follows costs the same shop's orders: how long an order takes while nobody clicks, while
//! 64 connections click some six hundred times a second, and afterwards.
//!
//! The clicks do not come as fast as they are answered: workerd (1.20260426) looks for new connections and at its clock
//! only when it has nothing else to do, and 64 connections that always ask again keep it from that for seconds, whatever
//! the Worker. Here it is one thread for the clicks, the ledger and Workers KV; at Cloudflare each has its own machines.

use std::{path::Path, thread, time::Duration};

use anyhow::{Result, ensure};

use super::{
    load::{self, Bounds, Run},
    serve::{Server, Which},
    shop::Shop,
};
use crate::{build::Served, ui};

/// How many connections follow the link at once.
const CLICKERS: usize = 64;

/// The pause before each click of a connection.
const BETWEEN_CLICKS: Duration = Duration::from_millis(100);

/// The pause before each order: a busy shop's, and the same in the storm and out of it.
const PAUSE: Duration = Duration::from_millis(50);

/// How long clicks may take to be counted once the storm is over.
const COUNTED: Duration = Duration::from_secs(30);

/// The requests before anything is measured, for workerd to have compiled what it runs.
const WARM_UP: usize = 20;

/// Measures each part for so long and prints what an order took in it.
///
/// # Errors
/// What does not start or answer, and clicks that are answered and never counted.
pub fn run(root: &Path, served: &Served, scratch: &Path, part: Duration) -> Result<()> {
    let server = Server::start(root, served, Which::Edge, scratch)?;
    let shop = Shop::open(&server.url)?;
    let orders = |name: &str, time: Duration| {
        load::run(1, Bounds { requests: usize::MAX, time }, |i| {
            thread::sleep(PAUSE);
            shop.order(&format!("{name}-{i}"), &["ANNA10"])
        })
    };
    let clicks = |requests: usize, time: Duration| {
        load::run(CLICKERS, Bounds { requests, time }, |_| {
            thread::sleep(BETWEEN_CLICKS);
            shop.page("/r/demo/ANNA10")
        })
    };
    let warm = clicks(WARM_UP * CLICKERS, part)?.requests;
    orders("warm-up", part / 4)?;

    let quiet = ui::step("Orders while nobody clicks", || orders("quiet", part))?;
    let (storm, clicked) = ui::step(format!("Orders while {CLICKERS} connections follow a link"), || {
        thread::scope(|scope| {
            // The storm begins before the first of these orders and ends after the last.
            let storm = scope.spawn(|| clicks(usize::MAX, part + Duration::from_secs(1)));
            thread::sleep(Duration::from_millis(500));
            let orders = orders("storm", part)?;
            let clicks = storm.join().map_err(|_| anyhow::anyhow!("the clicks ended in a panic"))??;
            Ok((orders, clicks))
        })
    })?;
    let after = ui::step("Orders when it is over", || orders("after", part))?;
    let answered = warm + clicked.requests;
    let counted = ui::step("Waiting for the clicks to be counted", || counted(&shop, answered))?;

    println!(
        "\n{:<26}{:>8}{:>12}{:>7}{:>12}{:>7}{:>12}{:>7}",
        "Orders", "number", "p50", "ratio", "p99", "ratio", "slowest", "ratio"
    );
    for (name, run) in
        [("while nobody clicks", &quiet), ("in the storm", &storm), ("when it is over", &after)]
    {
        ensure!(run.requests > 0, "not one order {name} was answered in {}", ui::seconds(part));
        println!("{}", line(name, run, &quiet));
    }
    println!(
        "\nThe storm: {:.0} clicks a second on {CLICKERS} connections. Of {} clicks answered, {} were counted; {} were \
         sent a second time, since their connection was cut.",
        clicked.rate(),
        ui::bytes(answered as u64),
        ui::bytes(counted),
        ui::bytes(clicked.cut as u64),
    );
    Ok(())
}

/// How many clicks Anna's status shows, once it shows as many as were answered or time is up.
fn counted(shop: &Shop, answered: usize) -> Result<u64> {
    let until = std::time::Instant::now() + COUNTED;
    loop {
        let counted = shop.clicks()?;
        if counted >= answered as u64 || std::time::Instant::now() > until {
            return Ok(counted);
        }
        thread::sleep(Duration::from_millis(500));
    }
}

fn line(name: &str, run: &Run, quiet: &Run) -> String {
    let mut line = format!("  {name:<24}{:>8}", run.requests);
    for part in [50, 99, 100] {
        let (took, usual) = (run.percentile(part), quiet.percentile(part));
        let ratio = took.as_secs_f64() / usual.as_secs_f64();
        line.push_str(&format!("{:>9.1} ms{ratio:>7.1}", took.as_secs_f64() * 1000.0));
    }
    line
}
