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

use asking::{Asked, Asker, Keys};
use document::Document;
use parrain_tests::http::{self, Answer};
use parrain_tests::own_edge::OwnEdge;
use parrain_tests::receiver::Receiver;
use parrain_tests::resend::Resend;
use parrain_tests::serving::Serving;
use parrain_tests::random;
use parrain_stand_ins::{Brevo, Klaviyo, Shopify, Stripe};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// For how long it asks where nobody says otherwise.
const SECONDS: u64 = 20;

/// How many kinds of wrong answer are told at most.
const MOST_TOLD: usize = 40;

/// What the edge's log never says.
const BAD: [&str; 4] = ["panic", "RuntimeError", "RangeError", "unreachable"];

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
        if spoilt && Instant::now() > end {
            break;
        }
        let operation = if spoilt { any_of(&mut rng, &document) } else { operation };
        let asked = asker.ask(&mut rng, &document, operation, spoilt);
        let answer = match asker.send(&asked) {
            Ok(answer) => answer,
            Err(error) => {
                seen.wrong(&document, &asked, None, vec![format!("no answer: {error}")]);
                continue;
            }
        };
        seen.count(&document, &asked, &answer);
        let faults = judge::faults(&mut document, operation, &asked.method, &answer);
        if !faults.is_empty() {
            seen.wrong(&document, &asked, Some(&answer), faults);
        }
        let log = edge.log();
        let news = log.get(logged..).unwrap_or_default();
        let bad: Vec<String> = news.lines().filter(|line| BAD.iter().any(|word| line.contains(word))).map(Into::into).collect();
        if !bad.is_empty() {
            seen.wrong(&document, &asked, Some(&answer), bad);
            if std::env::var_os("ASKS_DEBUG").is_some() { println!("LOG {news}\nBEFORE {before}\nNOW {asked} {answer:?}"); }
        }
        logged = log.len();
        before = asked.to_string();
        asker.learn(&document, &asked, &answer);
        if operation == 0 {
            asker.read_mail(resend.sent().values());
        }
    }

    println!("{}", seen.table(&document));
    if std::env::var_os("ASKS_DEBUG").is_some() { println!("NEVER\n{}", seen.never(&document).join("\n\n")); }
    http::get(&format!("{}/healthz", edge.url)).expect(200);
    assert!(
        seen.wrong.is_empty(),
        "PARRAIN_SEED={seed} asked what was answered wrong:\n\n{}",
        seen.wrong.values().cloned().collect::<Vec<_>>().join("\n\n")
    );
    let never = seen.never(&document);
    assert!(
        never.len() * 4 < count,
        "PARRAIN_SEED={seed}: the requests miss what is there:\n\n{}",
        never.join("\n\n")
    );
}

/// What was answered so far.
#[derive(Default)]
struct Seen {
    /// How often each operation answered which status.
    counts: BTreeMap<(usize, u16), usize>,
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
                class(2), class(3), class(4), class(5), operation.method, operation.path
            ));
        }
        let total: usize = all.values().sum();
        let statuses: Vec<String> = all.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        format!("    2xx    3xx    4xx  5xx\n{}\n{total} requests; {}", lines.join("\n"), statuses.join(", "))
    }
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
