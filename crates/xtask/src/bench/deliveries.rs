//! What each delivery costs a shop's ledger beside what caused it: a webhook, a mail, a code at a platform, a voucher there.
//!
//! The same thing is done where nobody listens and where somebody does; the difference is the delivery's.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use parrain_wire::instant::Instant as WireInstant;
use serde_json::{Value, json};
use ureq::http::Method;

use super::{
    Calls, rest,
    serve::{Server, Which},
    shop::Shop,
};
use crate::{build::Served, stack::DETAILS_KEY};

/// How long something may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// What one thing cost: alarms, writes to KV, rows of SQLite, calls of the ledger.
#[derive(Clone, Copy, Default)]
struct Cost {
    alarms: u32,
    writes: u32,
    rows: u32,
    calls: u32,
}

/// Does each thing without and with what listens, and prints the differences.
///
/// # Errors
/// What does not start, answer or arrive.
pub fn run(root: &Path, served: &Served, scratch: &Path) -> Result<()> {
    let catcher = Catcher::open()?;
    let settings = [("PARRAIN_DETAILS_KEY", DETAILS_KEY), ("PARRAIN_RESEND_API", &*catcher.url)];
    let server = Server::start_with(root, served, Which::CountingEdge, scratch, &settings)?;
    let bench = Bench { shop: Shop::open(&server.url)?, catcher };
    println!(
        "\n{:<38}{:>14}{:>18}{:>16}{:>14}",
        "Deliveries, each beside its cause", "KV writes", "rows written", "alarms", "ledger calls"
    );

    // What comes first makes tables and fills caches.
    bench.joins("WARM", false)?;
    let joined = bench.joins("NOBODY", false)?;
    let due = bench.earns("NOBODY", false)?;

    let endpoint = json!({"url": format!("{}/hook", bench.catcher.url), "types": ["referrer.joined"]});
    let made = bench.manage(Method::POST, "/endpoints", &endpoint)?;
    bench.joins("WARM-HOOK", true)?;
    line("webhook", bench.joins("HOOK", true)?, joined);
    let id = made["id"].as_str().context("an endpoint has an id")?.to_owned();
    bench.shop.manage(Method::DELETE, &format!("/v1/shops/demo/endpoints/{id}"), &Value::Null)?;

    let mail = json!({"provider": "resend", "key": "re_bench", "from": {"email": "bench@shop.example"},
        "quiet_hours": {"from": 0, "to": 0}, "kinds": ["welcome"]});
    bench.manage(Method::PUT, "/mail", &mail)?;
    bench.joins("WARM-MAIL", true)?;
    line("mail", bench.joins("MAIL", true)?, joined);
    bench.shop.manage(Method::DELETE, "/v1/shops/demo/mail", &Value::Null)?;

    let keys = json!({"site": bench.catcher.url, "consumer_key": "ck_bench", "consumer_secret": "cs_bench"});
    bench.manage(Method::PUT, "/connections/woocommerce", &keys)?;
    bench.joins("WARM-CODE", true)?;
    line("code at a platform", bench.joins("CODE", true)?, joined);
    line("voucher at a platform", bench.earns("CODE", true)?, due);
    Ok(())
}

fn line(name: &str, with: Cost, without: Cost) {
    let of = |with: u32, without: u32| with.saturating_sub(without);
    println!(
        "  {name:<36}{:>14}{:>18}{:>16}{:>14}",
        of(with.writes, without.writes),
        of(with.rows, without.rows),
        of(with.alarms, without.alarms),
        of(with.calls, without.calls),
    );
}

/// A shop, and what it delivers to.
struct Bench {
    shop: Shop,
    catcher: Catcher,
}

impl Bench {
    fn manage(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let answer = self.shop.manage(method, &format!("/v1/shops/demo{path}"), body)?;
        rest(&self.shop)?;
        Ok(serde_json::from_str(&answer.body)?)
    }

    /// Adds a referrer of this code; something `arrives` for it, or nothing does.
    fn joins(&self, code: &str, arrives: bool) -> Result<Cost> {
        let email = format!("{}@example.com", code.to_lowercase());
        let body = json!({"offer": "friends", "name": "Zoe", "email": email});
        self.cost(arrives, || {
            let path = format!("/v1/shops/demo/referrers/{code}");
            Calls::of(&self.shop.manage(Method::PUT, &path, &body)?).context("the edge counted nothing")
        })
    }

    /// Records an order of a friend's whose hold is over; its reward is given, or is not.
    fn earns(&self, code: &str, given: bool) -> Result<Cost> {
        let opened = WireInstant::parse(&self.shop.at).context("an instant")?;
        let at = opened.plus_days(-15).to_string();
        self.cost(given, || {
            let answer = self.shop.ask(self.shop.order_at(&format!("due-{code}"), &at, &[code])?)?;
            ensure!(answer.body.contains("recorded"), "the order was answered {}", answer.body);
            Calls::of(&answer).context("the edge counted nothing")
        })
    }

    /// What something costs until the ledger is at rest again.
    fn cost(&self, arrives: bool, act: impl FnOnce() -> Result<Calls>) -> Result<Cost> {
        let before = rest(&self.shop)?;
        let came = self.catcher.came();
        let calls = act()?;
        let end = Instant::now() + PATIENCE;
        while arrives && self.catcher.came() == came {
            ensure!(Instant::now() < end, "nothing arrived within {} seconds", PATIENCE.as_secs());
            thread::sleep(Duration::from_millis(50));
        }
        let after = rest(&self.shop)?;
        Ok(Cost {
            alarms: after.own.alarms.saturating_sub(before.own.alarms),
            writes: after.own.writes.saturating_sub(before.own.writes),
            rows: after.own.rows.saturating_sub(before.own.rows),
            calls: calls.ledger,
        })
    }
}

/// A receiver, a mail provider and a WooCommerce site that take everything.
struct Catcher {
    url: String,
    came: Arc<AtomicUsize>,
}

impl Catcher {
    fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let came = Arc::new(AtomicUsize::new(0));
        let catcher = Self { url, came: Arc::clone(&came) };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let came = Arc::clone(&came);
                // Who breaks off wanted no answer.
                thread::spawn(move || answer(&stream, &came));
            }
        });
        Ok(catcher)
    }

    /// How many webhooks, mails and coupons came.
    fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

/// Answers one request as a receiver, Resend or WooCommerce do that like what they are given.
fn answer(stream: &TcpStream, came: &AtomicUsize) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok()?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let number = || came.fetch_add(1, Ordering::SeqCst) + 1;
    let (status, said) = match first.split('?').next().unwrap_or_default() {
        path if path.starts_with("GET") && path.contains("/currencies/current") => {
            (200, json!({"code": "EUR"}))
        }
        path if path.starts_with("GET") => (200, json!([])),
        path if path.contains("/coupons") && body["code"].is_null() => {
            (400, json!({"code": "woocommerce_rest_empty_coupon_code", "message": "empty"}))
        }
        path if path.contains("/coupons") => {
            let mut made = body;
            made["id"] = json!(number());
            (201, made)
        }
        _ => (200, json!({"id": format!("mail-{}", number())})),
    };
    let said = said.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        said.len()
    );
    let mut stream = stream;
    stream.write_all(format!("{head}{said}").as_bytes()).ok()
}
