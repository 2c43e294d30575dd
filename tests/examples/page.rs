//! What the tag costs a shop's page: the demo shop's first page with it, without it and with a peer's
//! script in its place, in Chromium on a cheap phone's CPU and network. `cargo xtask bench --page` runs
//! this, and says where the stack is as it does for the tests. It prints figures and asserts none.

use std::fmt::Write as _;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::response::Response;
use parrain_tests::browser::Browser;
use parrain_tests::storefront::Storefront;
use parrain_tests::{env, http};
use serde_json::{Value, json};

/// How many times the page's CPU is slowed, as a cheap phone's would be. With the slow network these are the
/// conditions of Lighthouse's mobile test (its `core/config/constants.js`, `mobileSlow4G`).
const SLOWED: u32 = 4;

/// A phone's network, and that of this machine alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    Slow4G,
    Local,
}

/// What the driver traces: the tasks of each thread, and which page they belong to.
const TRACED: &str = "devtools.timeline,disabled-by-default-devtools.timeline";

/// How the names of those events begin that say that a script runs.
const RUNS: [&str; 4] = ["AnimationFrame::Script", "EvaluateScript", "FunctionCall", "v8."];

/// Where the peer's script is served: by the shop itself, as the widget is by the edge.
const PEER: &str = "/squatch.min.js";

/// The two visits. Both codes are in the one link, each in the form that its reader knows, so that all
/// three pages are asked for the same; the second is `{"edge":{"shop":{"codes":{"friends":"ANNA10"}}}}`.
const VISITS: [(&str, &str); 2] = [
    ("Page view without a code", "/"),
    (
        "Visit by a referral link",
        "/?ref=ANNA10&_saasquatch=eyJlZGdlIjp7InNob3AiOnsiY29kZXMiOnsiZnJpZW5kcyI6IkFOTkExMCJ9fX19",
    ),
];

/// What stands in the page where the shop's owner pastes the tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Nothing,
    Parrain,
    Peer,
}

/// What each turn visits, in an order of its own. The page without a tag comes twice: how far the second is from
/// the first is what these figures are worth.
const TAGS: [Tag; 4] = [Tag::Nothing, Tag::Nothing, Tag::Parrain, Tag::Peer];

/// The shop behind its relay.
#[derive(Clone)]
struct Relay {
    /// The shop's own server.
    shop: String,
    tag: Tag,
    /// The peer's script, compressed by brotli as the edge compresses the widget's.
    peer: Vec<u8>,
}

/// What one visit cost.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    /// The longest task of the page's thread, in milliseconds by the clock.
    task: f64,
    /// The longest by its CPU time, which what else the machine does cannot lengthen.
    task_cpu: f64,
    /// The longest of those in which the tag's own script ran, by its CPU time.
    own_cpu: f64,
    /// All of those that began before the largest contentful paint, in milliseconds of CPU.
    own_before: f64,
    /// All tasks of that thread, in milliseconds of CPU.
    busy: f64,
    /// Total blocking time: what long tasks took beyond 50 ms each.
    blocking: f64,
    /// The longest animation frame that the page was told of, in milliseconds; those under 50 are not.
    frame: f64,
    /// Largest contentful paint, in milliseconds since the visit began.
    paint: f64,
    /// Cumulative layout shift.
    shift: f64,
    requests: f64,
    /// What came over the network, headers and all.
    bytes: f64,
}

/// A line of the table: its name, how many digits follow the point, and its figure.
type Row = (&'static str, usize, fn(&Cost) -> f64);

const ROWS: [Row; 11] = [
    ("longest task, ms", 1, |c| c.task),
    ("longest task, ms of CPU", 1, |c| c.task_cpu),
    ("longest of the tag's own", 1, |c| c.own_cpu),
    ("the tag's own before the LCP", 1, |c| c.own_before),
    ("all tasks, ms of CPU", 1, |c| c.busy),
    ("total blocking time, ms", 1, |c| c.blocking),
    ("longest animation frame, ms", 1, |c| c.frame),
    ("largest contentful paint, ms", 1, |c| c.paint),
    ("cumulative layout shift", 4, |c| c.shift),
    ("requests", 0, |c| c.requests),
    ("bytes over the network", 0, |c| c.bytes),
];

#[tokio::main]
async fn main() {
    let peer = std::env::var("PARRAIN_PEER").expect("PARRAIN_PEER: start this by `cargo xtask bench --page`");
    let visits: usize = std::env::var("PARRAIN_VISITS").ok().and_then(|n| n.parse().ok()).unwrap_or(7);
    let network = match std::env::var("PARRAIN_NETWORK").as_deref() {
        Ok("local") => Network::Local,
        _ => Network::Slow4G,
    };
    let peer = std::fs::read(&peer).unwrap_or_else(|error| panic!("{peer}: {error}"));
    let front = tokio::task::spawn_blocking(Storefront::open).await.expect("a demo shop");
    let mut sites = Vec::new();
    for tag in TAGS {
        sites.push(serve(Relay { shop: front.url.clone(), tag, peer: peer.clone() }).await);
    }
    let mut program = front.shop.program.clone();
    program["origins"] = json!(sites);
    let url = front.shop.url("");
    tokio::task::spawn_blocking(move || {
        http::send_json("PUT", &url, Some(&env::admin_token()), &program).expect(200);
    })
    .await
    .expect("the edge takes the relay for the shop");

    for (name, path) in VISITS {
        let mut costs: [Vec<Cost>; TAGS.len()] = Default::default();
        // The pages take turns, in a new order each time, so that whatever else the machine does weighs on all;
        // the first turn is for the shop and the edge to have done everything once.
        for turn in 0..=visits {
            for page in shuffled() {
                let cost = visit(TAGS[page], &sites[page], path, network, &front.edge.url).await;
                if turn > 0 {
                    costs[page].push(cost);
                }
            }
        }
        println!("{}", table(name, &costs));
    }
    println!(
        "Each figure is the median of {visits} visits in turn, each by a new browser on a CPU slowed {SLOWED} times{}; each\n\
         ratio the median of that of each turn to the page without a tag, \"again\" that of the same page visited\n\
         twice: no ratio says more than that one does. squatch-js 2 is the script of SaaSquatch, without what it\n\
         would fetch from its maker's servers to draw.",
        match network {
            Network::Slow4G => " and a slow 4G network",
            Network::Local => "",
        }
    );
    drop(front);
}

/// The pages of a turn, in any order.
fn shuffled() -> [usize; TAGS.len()] {
    let mut order = std::array::from_fn(|page| page);
    order.sort_by_cached_key(|_| getrandom::u64().expect("the system has random numbers"));
    order
}

/// Serves the shop's pages with that tag in them, and answers where.
async fn serve(relay: Relay) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://localhost:{}", listener.local_addr().expect("it is bound").port());
    let pages = Router::new().fallback(pass_on).with_state(relay);
    tokio::spawn(async move { axum::serve(listener, pages).await });
    url
}

async fn pass_on(State(relay): State<Relay>, request: Request) -> Response {
    if request.uri().path() == PEER {
        return Response::builder()
            .header(CONTENT_TYPE, "text/javascript")
            .header(CONTENT_ENCODING, "br")
            .body(Body::from(relay.peer))
            .expect("a response");
    }
    let url = format!("{}{}", relay.shop, request.uri());
    let language = request.headers().get("accept-language").and_then(|value| value.to_str().ok());
    let language = language.unwrap_or_default().to_owned();
    let answer =
        tokio::task::spawn_blocking(move || http::send("GET", &url, &[("accept-language", &language)], b""))
            .await
            .expect("the shop answers");
    let text = match answer.header("content-type").starts_with("text/html") {
        true => relay.tag.put_into(&answer.text),
        false => answer.text,
    };
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        if name != CONTENT_LENGTH && name != TRANSFER_ENCODING {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(text)).expect("a response")
}

impl Network {
    /// What `Network.emulateNetworkConditions` takes: milliseconds, and bytes a second. A latency of 3.75
    /// round trips of 150 ms and nine tenths of 1.6 Mbit/s down and 750 kbit/s up are what Lighthouse has found
    /// to come closest to such a network, where each request is slowed and not each packet.
    fn conditions(self) -> Option<Value> {
        let slow = json!({
            "offline": false,
            "latency": 562.5,
            "downloadThroughput": 1.6 * 1024.0 * 1024.0 * 0.9 / 8.0,
            "uploadThroughput": 750.0 * 1024.0 * 0.9 / 8.0,
        });
        (self == Self::Slow4G).then_some(slow)
    }

    /// How long a visit lasts: past the end of all that the page, the widget and the peer start by themselves.
    fn visit(self) -> Duration {
        Duration::from_secs(if self == Self::Slow4G { 9 } else { 4 })
    }
}

impl Tag {
    /// The page, with this in place of the shop's tag.
    fn put_into(self, page: &str) -> String {
        let start = page.find("<script async src=").expect("the page has a tag");
        let end = start + page[start..].find("</script>").expect("the tag ends") + "</script>".len();
        let tag = match self {
            Self::Nothing => String::new(),
            Self::Parrain => page[start..end].to_owned(),
            Self::Peer => format!("<script async src='{PEER}'></script>"),
        };
        format!("{}{tag}{}", &page[..start], &page[end..])
    }

    /// A script that says whether what the tag brings is there and has done its work.
    fn proof(self) -> &'static str {
        match self {
            Self::Nothing => "return !document.querySelector('parrain-widget') && !window.squatch",
            Self::Parrain => {
                "return !!document.querySelector('parrain-widget')?.shadowRoot?.textContent.trim()"
            }
            Self::Peer => {
                "return !!window.squatch?.widgets && (!location.search || document.cookie.includes('_saasquatch='))"
            }
        }
    }
}

/// Visits a page with a browser that has never been there.
async fn visit(tag: Tag, site: &str, path: &str, network: Network, edge: &str) -> Cost {
    let browser = Browser::open_traced(TRACED).await;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({"rate": SLOWED})).await;
    if let Some(conditions) = network.conditions() {
        browser.devtools("Network.emulateNetworkConditions", conditions).await;
    }
    browser.goto(&format!("{site}{path}")).await;
    tokio::time::sleep(network.visit()).await;
    let log = browser.performance_log().await;
    let proof = browser.run(tag.proof()).await;
    assert_eq!(proof, true, "{tag:?} is not in the page as it should be: {}", browser.text().await);
    let told = browser.run_async(TELL).await;
    browser.close().await;
    let figure = |name: &str| told[name].as_f64().unwrap_or_else(|| panic!("no {name} in {told}"));
    let mut cost = Cost {
        blocking: figure("blocking"),
        frame: figure("frame"),
        paint: figure("paint"),
        shift: figure("shift"),
        ..Cost::default()
    };
    let own = match tag {
        Tag::Nothing => None,
        Tag::Parrain => Some(edge),
        Tag::Peer => Some(PEER),
    };
    cost.read_tasks(&log, site, own);
    cost.read_network(&log);
    cost
}

/// What the page was told by the browser about itself, from the start.
const TELL: &str = "
    const done = arguments[0]
    const all = {}
    for (const type of ['longtask', 'long-animation-frame', 'largest-contentful-paint', 'layout-shift']) {
        all[type] = []
        new PerformanceObserver((list) => all[type].push(...list.getEntries())).observe({type, buffered: true})
    }
    setTimeout(() => done({
        blocking: all.longtask.reduce((sum, task) => sum + task.duration - 50, 0),
        frame: Math.max(0, ...all['long-animation-frame'].map((frame) => frame.duration)),
        paint: all['largest-contentful-paint'].at(-1).startTime,
        shift: all['layout-shift'].reduce((sum, shift) => sum + shift.value, 0),
    }), 500)";

impl Cost {
    /// Adds up the tasks of the thread that the site's page lives on; addresses of the tag's scripts contain `own`.
    fn read_tasks(&mut self, log: &[Value], site: &str, own: Option<&str>) {
        let events = || log.iter().filter(|m| m["method"] == "Tracing.dataCollected").map(|m| &m["params"]);
        let thread = |event: &Value| (event["pid"].as_u64(), event["tid"].as_u64());
        let page = events()
            .find(|event| {
                let url = event["args"]["beginData"]["url"].as_str();
                event["name"] == "ParseHTML" && url.is_some_and(|url| url.starts_with(site))
            })
            .map(thread)
            .expect("the trace shows how the page was read");
        // What runs is traced with the address of its script, promises and modules too; on other threads
        // of the process the browser reads the scripts.
        let runs_own = |event: &&Value| {
            let runs =
                event["name"].as_str().is_some_and(|name| RUNS.iter().any(|start| name.starts_with(start)));
            runs && thread(event) == page && own.is_some_and(|own| event["args"].to_string().contains(own))
        };
        let moments: Vec<f64> = events().filter(runs_own).filter_map(|event| event["ts"].as_f64()).collect();
        assert!(own.is_none() || !moments.is_empty(), "the trace shows no script of the tag");
        let paint = events()
            .filter(|event| event["name"] == "largestContentfulPaint::Candidate" && thread(event) == page)
            .filter_map(|event| event["ts"].as_f64())
            .fold(0.0, f64::max);
        assert!(paint > 0.0, "the trace shows no paint");
        let milliseconds = |event: &Value, name: &str| event[name].as_f64().unwrap_or_default() / 1000.0;
        for task in events().filter(|event| event["name"] == "RunTask" && thread(event) == page) {
            let (time, cpu) = (milliseconds(task, "dur"), milliseconds(task, "tdur"));
            self.task = self.task.max(time);
            self.task_cpu = self.task_cpu.max(cpu);
            self.busy += cpu;
            let start = task["ts"].as_f64().unwrap_or_default();
            if moments.iter().any(|at| (start..start + time * 1000.0).contains(at)) {
                self.own_cpu = self.own_cpu.max(cpu);
                if start < paint {
                    self.own_before += cpu;
                }
            }
        }
        assert!(self.busy > 0.0, "the trace shows no task");
    }

    /// Counts what went over the network.
    fn read_network(&mut self, log: &[Value]) {
        for message in log {
            let parameters = &message["params"];
            match message["method"].as_str() {
                Some("Network.requestWillBeSent") => {
                    let url = parameters["request"]["url"].as_str().unwrap_or_default();
                    self.requests += f64::from(u8::from(url.starts_with("http")));
                }
                Some("Network.loadingFinished") => {
                    self.bytes += parameters["encodedDataLength"].as_f64().unwrap_or_default();
                }
                _ => {}
            }
        }
    }
}

/// The table of one kind of visit: medians, and ratios to the page without a tag.
fn table(name: &str, costs: &[Vec<Cost>; TAGS.len()]) -> String {
    let [without, again, parrain, peer] = costs;
    let mut text = format!(
        "{name:<32}{:>10}{:>8}{:>12}{:>8}{:>14}{:>8}\n",
        "no tag", "again", "Parrain", "ratio", "squatch-js 2", "ratio"
    );
    for (label, digits, figure) in ROWS {
        let middle = |costs: &[Cost]| median(costs.iter().map(figure).collect());
        let ratio = |costs: &[Cost]| {
            let ratios = costs.iter().zip(without).map(|(with, without)| figure(with) / figure(without));
            let ratio = median(ratios.collect());
            if ratio.is_finite() { format!("{ratio:.3}") } else { "-".to_owned() }
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  {label:<30}{:>10.digits$}{:>8}{:>12.digits$}{:>8}{:>14.digits$}{:>8}",
            middle(without),
            ratio(again),
            middle(parrain),
            ratio(parrain),
            middle(peer),
            ratio(peer)
        );
    }
    text
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
