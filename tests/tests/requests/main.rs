//! Requests made from the OpenAPI document: for every path and method right ones, and ones of which one thing is wrong,
//! by everybody who may ask and by others. No answer is a fault of the edge's own, none breaks its schema, and nothing
//! panics.
//!
//! They go to an edge of the test's own, whose log is read, and whose limits bar no other test. `PARRAIN_SEED=7` asks as a
//! seed did, as far as what it asks about does not differ; `PARRAIN_REQUESTS_SECONDS=3600` asks for an hour. What went
//! wrong is printed so that it can be asked again by hand.

mod asking;
mod desk;
mod document;
mod judge;
mod pool;
mod spoil;
mod values;

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use asking::{Asked, Asker, Keys};
use desk::{Step, Walker};
use document::Document;
use parrain_stand_ins::{Brevo, Klaviyo, Shopify, Stripe};
use parrain_tests::http::{self, Answer};
use parrain_tests::own_edge::OwnEdge;
use parrain_tests::random;
use parrain_tests::receiver::Receiver;
use parrain_tests::resend::Resend;
use parrain_tests::serving::Serving;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// For how long it asks where nobody says otherwise.
const SECONDS: u64 = 20;

/// How many kinds of wrong answer are told at most.
const MOST_TOLD: usize = 40;

/// Seals what is kept sealed on the edge of this test.
const SEAL: &str = "PARRAIN_DETAILS_KEY:dGVzdHMgb25seSwgbm90IGEgc2VjcmV0IG9mIGFueWI=";

#[test]
fn requests_made_of_the_document_break_neither_the_edge_nor_its_word() {
    let seconds = number("PARRAIN_REQUESTS_SECONDS");
    // One seed for who changes something else; another each time for who asks for longer.
    let seed = number("PARRAIN_SEED").unwrap_or_else(|| match seconds {
        None => 1,
        Some(_) => {
            u64::from_str_radix(&random(12).bytes().map(|b| (b'0' + b % 8) as char).collect::<String>(), 8)
                .expect("octal digits")
        }
    });
    let seconds = seconds.unwrap_or(SECONDS);
    println!("PARRAIN_SEED={seed} PARRAIN_REQUESTS_SECONDS={seconds}");

    let (resend, receiver) = (Resend::open(), Receiver::open());
    let shopify = Serving::open(Shopify::new("atelier.myshopify.com"));
    let stripe = Serving::open(Stripe::default());
    let (brevo, klaviyo) = (Serving::open(Brevo::default()), Serving::open(Klaviyo::default()));
    let keys = Keys {
        shopify: shopify.see().token.clone(),
        stripe: stripe.see().key.clone(),
        brevo: brevo.see().key.clone(),
        klaviyo: klaviyo.see().key.clone(),
    };
    let edge = OwnEdge::start_with(&[
        SEAL,
        &format!("PARRAIN_RESEND_API:{}", resend.url),
        &format!("PARRAIN_SHOPIFY_API:{}", shopify.url),
        &format!("PARRAIN_STRIPE_API:{}", stripe.url),
        &format!("PARRAIN_BREVO_API:{}", brevo.url),
        &format!("PARRAIN_KLAVIYO_API:{}", klaviyo.url),
    ]);
    let published = http::get(&format!("{}/openapi.json", edge.url)).text;
    let mut document = Document::read(&published);
    let mut asker = Asker::new(&edge.url, &receiver.url, keys);
    let mut walker = Walker::default();
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut seen = Seen::default();
    let (mut logged, mut before) = (edge.log().len(), String::new());
    let end = Instant::now() + Duration::from_secs(seconds);

    // Each operation as it is meant first, what makes something before what asks for it and what removes it, so that there
    // is something to ask about.
    let count = document.operations.len();
    let mut meant: Vec<(usize, bool)> = (0..count).map(|at| (at, false)).collect();
    meant.sort_by_key(|(at, _)| turn(&document.operations[*at].method));
    let any = std::iter::repeat_with(|| (usize::MAX, true));
    for (operation, spoilt) in meant.into_iter().chain(any) {
        let log = edge.log();
        if let Some(line) = log.get(logged..).into_iter().flat_map(str::lines).find(|line| is_bad(line)) {
            seen.wrong
                .entry(line.to_owned())
                .or_insert_with(|| format!("the edge's log says {line}\n  after {before}"));
        }
        logged = log.len();
        if spoilt && Instant::now() > end {
            break;
        }
        if spoilt && rng.random_ratio(1, 3) {
            let (step, answer, faults) = walker.step(&mut rng, &asker.agent, &edge.url, &asker.shops[0]);
            seen.walked(&step, answer.as_ref().ok(), &faults);
            before = step.to_string();
            continue;
        }
        let operation = if spoilt { any_of(&mut rng, &document) } else { operation };
        let asked = asker.ask(&mut rng, &document, operation, spoilt);
        before = asked.to_string();
        let answer = match asker.send(&asked) {
            Ok(answer) => answer,
            Err(error) => {
                seen.wrong(&document, &asked, None, &[format!("no answer: {error}")]);
                continue;
            }
        };
        seen.count(&document, &asked, &answer);
        let elsewhere = asked.is_elsewhere || asked.method != document.operations[operation].method;
        let faults = judge::faults(&mut document, operation, elsewhere, &answer);
        seen.wrong(&document, &asked, Some(&answer), &faults);
        asker.learn(&document, &asked, &answer);
        if operation == 0 {
            asker.read_mail(resend.sent().values());
        }
    }

    println!("{}", seen.table(&document));
    let never = seen.never(&document);
    println!("Never did what they are for:\n\n{}", never.join("\n\n"));
    http::get(&format!("{}/healthz", edge.url)).expect(200);
    assert!(
        seen.wrong.is_empty(),
        "PARRAIN_SEED={seed} asked what was answered wrong:\n\n{}",
        seen.wrong.values().cloned().collect::<Vec<_>>().join("\n\n")
    );
    // A machine that is busy with something else asks too little in its time to reach everything.
    let asked: usize = seen.counts.values().sum();
    assert!(
        asked < 4 * count || never.len() * 4 < count,
        "PARRAIN_SEED={seed}: the requests miss what is there:\n\n{}",
        never.join("\n\n")
    );
}

/// What was answered so far.
#[derive(Default)]
struct Seen {
    /// How often each operation answered which status.
    counts: BTreeMap<(usize, u16), usize>,
    /// The same of the desk's pages.
    desk: BTreeMap<(String, u16), usize>,
    /// What went wrong, once for each kind.
    wrong: BTreeMap<String, String>,
    /// The last request of each operation that was meant to be right, and was refused.
    refused: BTreeMap<usize, String>,
}

impl Seen {
    fn count(&mut self, document: &Document, asked: &Asked, answer: &Answer) {
        if document.operations[asked.operation].method == asked.method {
            *self.counts.entry((asked.operation, answer.status)).or_default() += 1;
            if asked.is_meant() && answer.status >= 400 {
                let said = answer.text.chars().take(300).collect::<String>();
                self.refused.insert(asked.operation, format!("{asked}\n  → {} {said}", answer.status));
            }
        }
    }

    fn walked(&mut self, step: &Step, answer: Option<&Answer>, faults: &[String]) {
        let (status, said) = answer.map_or((0, ""), |answer| (answer.status, answer.text.as_str()));
        *self.desk.entry((step.place(), status)).or_default() += 1;
        self.tell(&step.place(), faults, step, status, said);
    }

    fn wrong(&mut self, document: &Document, asked: &Asked, answer: Option<&Answer>, faults: &[String]) {
        let operation = &document.operations[asked.operation];
        let (status, said) = answer.map_or((0, ""), |answer| (answer.status, answer.text.as_str()));
        self.tell(&format!("{} {}", asked.method, operation.path), faults, asked, status, said);
    }

    fn tell(&mut self, place: &str, faults: &[String], asked: &impl fmt::Display, status: u16, said: &str) {
        let Some(first) = faults.first() else { return };
        let kind = format!("{place} {}", first.chars().take(60).collect::<String>());
        if self.wrong.len() < MOST_TOLD {
            self.wrong.entry(kind).or_insert_with(|| {
                let said: String = said.chars().take(600).collect();
                format!("{}\n  {asked}\n  → {status} {said}", faults.join("; "))
            });
        }
    }

    /// The operations that never did what they are for, each with the last request that was meant to make them.
    fn never(&self, document: &Document) -> Vec<String> {
        let right = |at: usize| (200..400).any(|status| self.counts.contains_key(&(at, status)));
        let all = document.operations.iter().enumerate().filter(|(at, _)| !right(*at));
        let told = |at: usize| self.refused.get(&at).cloned().unwrap_or_default();
        all.map(|(at, one)| format!("{} {}: {}", one.method, one.path, told(at))).collect()
    }

    /// How many requests each operation had, by the class of its answers.
    fn table(&self, document: &Document) -> String {
        let mut lines = Vec::new();
        let mut all = BTreeMap::<u16, usize>::new();
        for (at, operation) in document.operations.iter().enumerate() {
            let mut classes = BTreeMap::<u16, usize>::new();
            for ((_, status), count) in self.counts.range((at, 0)..(at + 1, 0)) {
                *classes.entry(*status / 100).or_default() += count;
                *all.entry(*status).or_default() += count;
            }
            let class = |one: u16| classes.get(&one).copied().unwrap_or(0);
            lines.push(format!(
                "{:>7} {:>6} {:>6} {:>4}  {} {}",
                class(2),
                class(3),
                class(4),
                class(5),
                operation.method,
                operation.path
            ));
        }
        for ((place, status), count) in &self.desk {
            lines.push(format!("{count:>7} × {status}  {place}"));
            *all.entry(*status).or_default() += count;
        }
        let total: usize = all.values().sum();
        let statuses: Vec<String> = all.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        format!("    2xx    3xx    4xx  5xx\n{}\n{total} requests; {}", lines.join("\n"), statuses.join(", "))
    }
}

/// Whether a line of the edge's log tells of a panic, or of the runtime ending a call of its own.
fn is_bad(line: &str) -> bool {
    ["panic", "RuntimeError", "RangeError", "unreachable"].iter().any(|word| line.contains(word))
}

/// When an operation has its turn.
fn turn(method: &str) -> u8 {
    match method {
        "PUT" => 0,
        "POST" => 1,
        "DELETE" => 3,
        _ => 2,
    }
}

/// Any operation; what removes something less often than what makes it.
fn any_of(rng: &mut SmallRng, document: &Document) -> usize {
    loop {
        let at = rng.random_range(0..document.operations.len());
        if document.operations[at].method != "DELETE" || rng.random_ratio(1, 4) {
            return at;
        }
    }
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}
