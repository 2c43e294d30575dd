//! `cargo xtask bench`: what it weighs, how often it calls its stores, and what a request costs. It prints figures
//! and never fails on one: machines differ.

mod deliveries;
mod history;
mod late;
mod load;
mod page;
mod plan;
mod serve;
mod shop;
mod soak;
mod storm;
mod tryout;

use std::{
    fmt::Write as _,
    num::NonZeroUsize,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::ArgGroup;
use ureq::http::Request;

use self::{
    load::{Answer, Bounds, CONNECTIONS, Run},
    serve::{Server, Which},
    shop::Shop,
};
use crate::{
    build::{self, Served},
    sizes::{self, Size},
    stack::{Scratch, agent},
    tools::{self, Tools},
    ui,
};

/// How long nothing may have changed until a ledger is taken to be at rest.
const REST: Duration = Duration::from_millis(1500);

/// How long it may take to come to rest.
const REST_PATIENCE: Duration = Duration::from_secs(30);

/// How much is measured.
#[derive(Clone, Copy)]
struct Scale {
    /// Rounds of each kind of request, of which the middle one counts.
    rounds: usize,
    /// What a round may take.
    round: Bounds,
    /// Requests before each round, for workerd to have compiled what it runs.
    warm_up: Bounds,
}

/// For figures.
const FULL: Scale = Scale {
    rounds: 3,
    round: Bounds { requests: 3_000, time: Duration::from_secs(8) },
    warm_up: Bounds { requests: 300, time: Duration::from_secs(3) },
};

/// To see that it works.
const QUICK: Scale = Scale {
    rounds: 1,
    round: Bounds { requests: 40, time: Duration::from_secs(2) },
    warm_up: Bounds { requests: 4, time: Duration::from_secs(1) },
};

/// What is measured.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("mode"))]
pub struct Options {
    /// Measure the status of a referrer with 10, 1 000 and 100 000 conversions instead; it takes many minutes.
    #[arg(long, group = "mode")]
    history: bool,
    /// The longest of those histories.
    #[arg(long, default_value = "100000", requires = "history")]
    conversions: NonZeroUsize,
    /// Measure what the tag costs a shop's page in Chromium on a cheap phone's CPU and network instead; it takes
    /// some 15 minutes.
    #[arg(long, group = "mode")]
    page: bool,
    /// How often each page is visited.
    #[arg(long, default_value_t = 7, requires = "page", value_parser = clap::value_parser!(u8).range(1..))]
    visits: u8,
    /// Let those visits have the network of this machine, as slow as its CPU alone.
    #[arg(long, requires = "page")]
    local: bool,
    /// Measure what a link that 64 connections follow at once costs the shop's orders instead.
    #[arg(long, group = "mode")]
    storm: bool,
    /// Measure what an order costs that arrives late where a customer or a referrer has a long history instead.
    #[arg(long, group = "mode")]
    late: bool,
    /// How many orders that history has.
    #[arg(long, default_value = "10000", requires = "late")]
    orders: NonZeroUsize,
    /// Measure what reading an export of 100,000 orders and trying a program on them takes instead.
    #[arg(long, group = "mode")]
    tryout: bool,
    /// Measure instead whether memory stays flat under the traffic of a shop.
    #[arg(long, group = "mode")]
    soak: bool,
    /// For how many minutes.
    #[arg(long, default_value_t = 30, requires = "soak", value_parser = clap::value_parser!(u16).range(1..))]
    minutes: u16,
    /// Measure too little for the figures to mean anything, within seconds: whether a benchmark works at all.
    #[arg(long)]
    quick: bool,
}

/// Store calls of one action, and how many the table "The ledger's budget" of ARCHITECTURE.md allows.
struct Action {
    name: &'static str,
    writes: u32,
    reads: u32,
    /// `None` where the table says nothing.
    calls: Option<u32>,
}

/// What the edge says of the calls that a request made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Calls {
    reads: u32,
    lists: u32,
    writes: u32,
    ledger: u32,
    /// What the ledger's object has done by itself since it was made.
    own: Own,
}

/// What a ledger's object does by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Own {
    /// How often its alarm rang.
    alarms: u32,
    /// How often that wrote to Workers KV.
    writes: u32,
    /// Rows of SQLite that were written, by alarms and calls.
    rows: u32,
}

/// What a request costs.
#[derive(Clone, Copy)]
struct Cost {
    rate: f64,
    cpu: Duration,
}

/// Builds what is to be measured, measures it and prints the figures.
///
/// # Errors
/// What does not build, start or answer.
pub fn run(options: &Options) -> Result<()> {
    let root = tools::root()?;
    let quick = options.quick;
    if options.page {
        let visits = if quick { 1 } else { options.visits };
        return page::run(&root, visits, options.local || quick);
    }
    let tools = Tools::ready(&root, &[], || Ok(()))?;
    if options.tryout {
        return tryout::run(&tools, if quick { 2_000 } else { 100_000 });
    }
    let scratch = Scratch::new(&root, "bench")?;
    let folder = scratch.0.join("served");
    let served = || -> Result<Served> { Ok(build::served(&tools, &folder)?.0) };
    if options.history {
        let sizes = if quick { [1, 10, 20] } else { [10, 1_000, options.conversions.get()] };
        return history::run(&root, &served()?, &scratch.0, sizes);
    }
    if options.late {
        let orders = if quick { 20 } else { options.orders.get() };
        return late::run(&root, &served()?, &scratch.0, orders);
    }
    if options.soak {
        let time =
            if quick { Duration::from_secs(6) } else { Duration::from_secs(60) * options.minutes.into() };
        return soak::run(&root, &served()?, &scratch.0, time);
    }
    if options.storm {
        let part = Duration::from_secs(if quick { 1 } else { 20 });
        return storm::run(&root, &served()?, &scratch.0, part);
    }
    let (served, worker, widget) = build::served(&tools, &folder)?;
    println!();
    sizes::print("Worker", &worker)?;
    sizes::print("Widget", &widget)?;
    weigh_first_view(&widget)?;
    let calls = calls(&root, &served, &scratch.0)?;
    deliveries::run(&root, &served, &scratch.0)?;
    plan::run(&root, &served, &scratch.0, if quick { 4 } else { 200 })?;
    costs(&root, &served, &scratch.0, &calls, if quick { &QUICK } else { &FULL })
}

/// What a shopper's browser loads before the widget shows in one language.
fn weigh_first_view(widget: &[sizes::Part]) -> Result<()> {
    let needed = ["loader", "glue", "wasm", "locale fr"];
    let paths: Vec<&Path> = widget
        .iter()
        .filter(|part| needed.contains(&part.name.as_str()))
        .map(|part| part.path.as_path())
        .collect();
    ensure!(paths.len() == needed.len(), "the widget's build has no {}", needed.join(", "));
    let sum = sizes::weigh(&paths)?.into_iter().fold(Size::default(), |sum, size| Size {
        raw: sum.raw + size.raw,
        gzip: sum.gzip + size.gzip,
        brotli: sum.brotli + size.brotli,
    });
    println!(
        "  {:<28}{:>12}{:>12}{:>12}",
        "all of it in French",
        ui::bytes(sum.raw),
        ui::bytes(sum.gzip),
        ui::bytes(sum.brotli)
    );
    Ok(())
}

/// Does each action of the budget table once and prints how often the stores were called; hands back
/// the calls of `offer`, `events` and `rewards`.
fn calls(root: &Path, served: &Served, scratch: &Path) -> Result<[Calls; 3]> {
    let server = Server::start(root, served, Which::CountingEdge, scratch)?;
    let shop = Shop::open(&server.url)?;
    println!("\n{:<38}{:>14}{:>18}{:>16}", "Store calls", "KV writes", "KV reads + lists", "ledger calls");
    let offer = "/v1/shops/demo/offer?locale=fr";
    let order = |id: &str, codes: &[&str]| shop.order(id, codes);
    let once = |action: &Action, request: Request<String>| -> Result<Calls> {
        let answer = shop.ask(request)?;
        let calls = Calls::of(&answer).with_context(|| format!("{}: {}", action.name, answer.body))?;
        println!("{}", action.line(calls));
        Ok(calls)
    };

    let page = Action { name: "page view without a code", writes: 0, reads: 0, calls: Some(0) };
    let cold = Action { name: "first page view of an isolate", writes: 0, reads: 1, calls: None };
    once(&cold, shop.page(offer)?)?;
    once(&page, shop.page(offer)?)?;
    let with_code = Action { name: "page view with a code", writes: 0, reads: 1, calls: None };
    let offer_calls = once(&with_code, shop.page(&format!("{offer}&code=ANNA10"))?)?;
    let touch = |name| Action { name, writes: 0, reads: 1, calls: Some(1) };
    once(&touch("click"), shop.page("/r/demo/ANNA10")?)?;
    once(&touch("touch"), shop.touch()?)?;
    let nobody = Action { name: "order that nobody referred", writes: 0, reads: 1, calls: Some(1) };
    once(&nobody, order("1000", &[])?)?;
    let conversion = Action { name: "conversion", writes: 1, reads: 1, calls: Some(1) };
    let event_calls = once(&conversion, order("1001", &["ANNA10"])?)?;
    let repeat = Action { name: "repeated delivery", writes: 0, reads: 1, calls: Some(1) };
    once(&repeat, order("1001", &["ANNA10"])?)?;
    let status = Action { name: "reward status", writes: 0, reads: 1, calls: Some(1) };
    let status_calls = once(&status, shop.rewards()?)?;
    Ok([offer_calls, event_calls, status_calls])
}

/// Waits until a shop's ledger does nothing more by itself; what it has done until then. Looking writes nothing.
fn rest(shop: &Shop) -> Result<Calls> {
    let look =
        || -> Result<Calls> { Calls::of(&shop.ask(shop.rewards()?)?).context("the edge counted nothing") };
    let end = Instant::now() + REST_PATIENCE;
    let mut last = look()?;
    loop {
        thread::sleep(REST);
        let now = look()?;
        if now.own == last.own {
            return Ok(now);
        }
        ensure!(Instant::now() < end, "the ledger never came to rest");
        last = now;
    }
}

/// Prints the CPU of a start, requests a second and CPU a request for the edge and, beside it, for the bare Worker that
/// makes the same store calls.
fn costs(root: &Path, served: &Served, scratch: &Path, calls: &[Calls; 3], scale: &Scale) -> Result<()> {
    let edge = Server::start(root, served, Which::Edge, scratch)?;
    let bare = Server::start(root, served, Which::Bare, scratch)?;
    println!(
        "\nStart: workerd has used {} ms of CPU when the edge first answers, {} ms when the bare Worker does.",
        edge.cpu()?.as_millis(),
        bare.cpu()?.as_millis()
    );
    let shop = Shop::open(&edge.url)?;
    shop.ask(shop.order("first", &["ANNA10"])?)?;
    println!(
        "\n{:<12}{:>12}{:>14}{:>12}{:>14}{:>12}",
        "Requests", "edge /s", "edge CPU", "bare /s", "bare CPU", "CPU ratio"
    );
    let offer = |_: usize| shop.page("/v1/shops/demo/offer?locale=fr&code=ANNA10");
    let event = |i: usize| shop.order(&format!("load-{i}"), &["ANNA10"]);
    let rewards = |_: usize| shop.rewards();
    let [offer_calls, event_calls, status_calls] = *calls;
    // Status first: the events would lengthen Anna's history.
    compare("offer", scale, &edge, &bare, offer_calls, offer)?;
    compare("rewards", scale, &edge, &bare, status_calls, rewards)?;
    compare("events", scale, &edge, &bare, event_calls, event)
}

fn compare(
    name: &str,
    scale: &Scale,
    edge: &Server,
    bare: &Server,
    calls: Calls,
    make: impl Fn(usize) -> Result<Request<String>> + Sync,
) -> Result<()> {
    let bytes = load::send(&agent(Duration::from_secs(30)), make(usize::MAX)?)?.body.len();
    let twin = |i: usize| {
        let request = make(i)?;
        let Calls { reads, lists, writes, ledger, own: _ } = calls;
        let query = format!("reads={reads}&lists={lists}&writes={writes}&calls={ledger}&bytes={bytes}");
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("{}/?{query}", bare.url).parse()?;
        Ok(Request::from_parts(parts, body))
    };
    // The two take turns, so that whatever else the machine does weighs on both.
    let mut costs = [Vec::new(), Vec::new()];
    for round in 0..scale.rounds {
        // Each round has numbers of its own: an event that came before would be a repeat.
        let from = round * 1_000_000;
        costs[0].push(measure(scale, edge, |i| make(from + i))?);
        costs[1].push(measure(scale, bare, |i| twin(from + i))?);
    }
    let [edge, bare] = costs.map(median);
    println!(
        "{name:<12}{:>12.0}{:>11} µs{:>12.0}{:>11} µs{:>12.1}",
        edge.rate,
        edge.cpu.as_micros(),
        bare.rate,
        bare.cpu.as_micros(),
        edge.cpu.as_secs_f64() / bare.cpu.as_secs_f64()
    );
    Ok(())
}

fn measure(
    scale: &Scale,
    server: &Server,
    make: impl Fn(usize) -> Result<Request<String>> + Sync,
) -> Result<Cost> {
    load::run(CONNECTIONS, scale.warm_up, |i| make(500_000 + i))?;
    let before = server.cpu()?;
    let run: Run = load::run(CONNECTIONS, scale.round, make)?;
    let spent = server.cpu()?.saturating_sub(before);
    ensure!(run.requests > 0, "not one request was answered in {}", ui::seconds(scale.round.time));
    Ok(Cost { rate: run.rate(), cpu: spent / u32::try_from(run.requests)? })
}

/// The round whose CPU is in the middle.
fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by_key(|cost| cost.cpu);
    costs[costs.len() / 2]
}

impl Action {
    fn line(&self, calls: Calls) -> String {
        let mut line = format!("  {:<36}", self.name);
        let mut column = |width: usize, found: u32, budget: Option<u32>| {
            let text = match budget {
                Some(budget) if found > budget => format!("{found} OVER {budget}"),
                Some(budget) => format!("{found} of {budget}"),
                None => found.to_string(),
            };
            // Writing to a string cannot fail.
            let _ = write!(line, "{text:>width$}");
        };
        column(14, calls.writes, Some(self.writes));
        column(18, calls.reads + calls.lists, Some(self.reads));
        column(16, calls.ledger, self.calls);
        line
    }
}

impl Calls {
    /// Reads the header `x-parrain-kv: r=1,l=0,w=0,do=1,a=3,aw=2,rows=40`.
    fn of(answer: &Answer) -> Option<Self> {
        let mut calls = Self::default();
        for part in answer.counts.as_deref()?.split(',') {
            let (name, count) = part.split_once('=')?;
            let count = count.parse().ok()?;
            match name {
                "r" => calls.reads = count,
                "l" => calls.lists = count,
                "w" => calls.writes = count,
                "do" => calls.ledger = count,
                "a" => calls.own.alarms = count,
                "aw" => calls.own.writes = count,
                "rows" => calls.own.rows = count,
                _ => return None,
            }
        }
        Some(calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(counts: &str) -> Answer {
        Answer { cut: false, status: 200, counts: Some(counts.to_owned()), body: String::new() }
    }

    #[test]
    fn the_edges_header_is_read_whole_or_not_at_all() {
        let own = Own { alarms: 3, writes: 2, rows: 40 };
        let calls = Calls { reads: 1, lists: 2, writes: 0, ledger: 1, own };
        assert_eq!(Calls::of(&answer("r=1,l=2,w=0,do=1,a=3,aw=2,rows=40")), Some(calls));
        assert_eq!(Calls::of(&answer("r=1,x=2")), None);
        assert_eq!(Calls::of(&answer("nonsense")), None);
    }

    #[test]
    fn a_budget_that_is_exceeded_is_seen() {
        let action = Action { name: "an action", writes: 2, reads: 3, calls: None };
        let calls = Calls { reads: 1, lists: 2, writes: 2, ledger: 1, ..Calls::default() };
        let within = action.line(calls);
        assert!(!within.contains("OVER"), "{within}");
        let over = action.line(Calls { reads: 4, lists: 0, ..calls });
        assert!(over.contains("4 OVER 3"), "{over}");
    }

    #[test]
    fn the_median_round_counts() {
        let cost = |cpu| Cost { rate: 1.0, cpu: Duration::from_micros(cpu) };
        assert_eq!(median(vec![cost(30), cost(10), cost(20)]).cpu, Duration::from_micros(20));
    }
}
