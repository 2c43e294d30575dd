//! Requests made from the OpenAPI document: for every path and method right ones, and ones of which one thing is wrong,
//! by everybody who may ask and by others. No answer is a fault of the edge's own, none breaks its schema, and nothing
//! panics.
//!
//! They go to an edge of the test's own, whose log is read, and whose limits bar no other test. `PARRAIN_SEED=7` asks as a
//! seed did, as far as what it asks about does not differ; `PARRAIN_REQUESTS_SECONDS=3600` asks for an hour. What went
//! wrong is printed so that it can be asked again by hand.

mod asking;
mod document;
mod judge;
mod pool;
mod spoil;
mod values;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use asking::{Asked, Asker};
use document::Document;
use parrain_tests::http::{self, Answer};
use parrain_tests::own_edge::OwnEdge;
use parrain_tests::receiver::Receiver;
use parrain_tests::resend::Resend;
use parrain_tests::serving::Serving;
use parrain_tests::random;
use parrain_stand_ins::{Brevo, Shopify, Stripe};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// For how long it asks where nobody says otherwise.
const SECONDS: u64 = 20;

/// How many kinds of wrong answer are told at most.
const MOST_TOLD: usize = 40;

/// Seals what is kept sealed on the edge of this test.
const SEAL: &str = "PARRAIN_DETAILS_KEY:dGVzdHMgb25seSwgbm90IGEgc2VjcmV0IG9mIGFueWI=";

#[test]
fn no_request_makes_the_edge_fail_or_answer_otherwise_than_documented() {
    let seed = number("PARRAIN_SEED").unwrap_or_else(|| {
        u64::from_str_radix(&random(12).bytes().map(|b| (b'0' + b % 8) as char).collect::<String>(), 8)
            .expect("octal digits")
    });
    let seconds = number("PARRAIN_REQUESTS_SECONDS").unwrap_or(SECONDS);
    println!("PARRAIN_SEED={seed} PARRAIN_REQUESTS_SECONDS={seconds}");

    let (resend, receiver) = (Resend::open(), Receiver::open());
    let shopify = Serving::open(Shopify::new("atelier.myshopify.com"));
    let stripe = Serving::open(Stripe::default());
    let brevo = Serving::open(Brevo::default());
    let edge = OwnEdge::start_with(&[
        SEAL,
        &format!("PARRAIN_RESEND_API:{}", resend.url),
        &format!("PARRAIN_SHOPIFY_API:{}", shopify.url),
        &format!("PARRAIN_STRIPE_API:{}", stripe.url),
        &format!("PARRAIN_BREVO_API:{}", brevo.url),
        &format!("PARRAIN_KLAVIYO_API:{}", brevo.url),
    ]);
    let published = http::get(&format!("{}/openapi.json", edge.url)).text;
    let mut document = Document::read(&published);
    let mut asker = Asker::new(&edge.url, &receiver.url);
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut seen = Seen::default();
    let end = Instant::now() + Duration::from_secs(seconds);

    // Each operation as it is meant first, twice, so that there is something to ask about.
    let count = document.operations.len();
    let meant = (0..2 * count).map(|at| (at % count, false));
    let any = std::iter::repeat_with(|| (usize::MAX, true));
    for (operation, spoilt) in meant.chain(any) {
        if spoilt && Instant::now() > end {
            break;
        }
        let operation = if spoilt { rng.random_range(0..count) } else { operation };
        let asked = asker.ask(&mut rng, &document, operation, spoilt);
        let answer = match asker.send(&asked) {
            Ok(answer) => answer,
            Err(error) => {
                seen.wrong(&document, &asked, None, vec![format!("no answer: {error}")]);
                continue;
            }
        };
        seen.count(&document, &asked, answer.status);
        let faults = judge::faults(&mut document, operation, &asked.method, &answer);
        if !faults.is_empty() {
            seen.wrong(&document, &asked, Some(&answer), faults);
        }
        asker.learn(&document, &asked, &answer);
    }

    println!("{}", seen.table(&document));
    let log = edge.log();
    let panics: Vec<&str> = log.lines().filter(|line| line.contains("panic") || line.contains("Uncaught")).collect();
    assert!(panics.is_empty(), "seed {seed}: the edge's log says {panics:#?}");
    http::get(&format!("{}/healthz", edge.url)).expect(200);
    assert!(
        seen.wrong.is_empty(),
        "PARRAIN_SEED={seed} asked what was answered wrong:\n\n{}",
        seen.wrong.values().cloned().collect::<Vec<_>>().join("\n\n")
    );
    let never = seen.never(&document);
    assert!(never.len() * 4 < count, "the requests miss what is there: nothing of {never:?} was ever 2xx");
}

/// What was answered so far.
#[derive(Default)]
struct Seen {
    /// How often each operation answered which status.
    counts: BTreeMap<(usize, u16), usize>,
    /// What went wrong, once for each kind.
    wrong: BTreeMap<String, String>,
}

impl Seen {
    fn count(&mut self, document: &Document, asked: &Asked, status: u16) {
        if document.operations[asked.operation].method == asked.method {
            *self.counts.entry((asked.operation, status)).or_default() += 1;
        }
    }

    fn wrong(&mut self, document: &Document, asked: &Asked, answer: Option<&Answer>, faults: Vec<String>) {
        let operation = &document.operations[asked.operation];
        let first: String = faults.first().map(|one| one.chars().take(60).collect()).unwrap_or_default();
        let kind = format!("{} {} {first}", asked.method, operation.path);
        if self.wrong.len() < MOST_TOLD {
            self.wrong.entry(kind).or_insert_with(|| {
                let (status, said) = answer.map_or((0, ""), |answer| (answer.status, answer.text.as_str()));
                let said: String = said.chars().take(600).collect();
                format!("{}\n  {asked}\n  → {status} {said}", faults.join("; "))
            });
        }
    }

    fn never<'a>(&self, document: &'a Document) -> Vec<(&'a str, &'a str)> {
        let right = |at: usize| (200..400).any(|status| self.counts.contains_key(&(at, status)));
        let all = document.operations.iter().enumerate().filter(|(at, _)| !right(*at));
        all.map(|(_, one)| (one.method.as_str(), one.path.as_str())).collect()
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
                class(2), class(3), class(4), class(5), operation.method, operation.path
            ));
        }
        let total: usize = all.values().sum();
        let statuses: Vec<String> = all.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        format!("    2xx    3xx    4xx  5xx\n{}\n{total} requests; {}", lines.join("\n"), statuses.join(", "))
    }
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}
