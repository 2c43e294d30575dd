//! A stand-in for Resend, of the shape that it documents: one mail for each idempotency key, whatever is answered.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::receiver::read_request;

/// What it does with the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes what it is given.
    Takes,
    /// It asks to be asked later.
    TooMany,
    /// It takes it, and answers that it failed.
    FailsAfter,
    /// It refuses this one.
    Refuses,
    /// It takes it, and says nothing for longer than anybody waits.
    Hangs,
}

/// The server.
pub struct Resend {
    /// Where it listens, without a trailing slash.
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    sent: Mutex<BTreeMap<String, Value>>,
    tries: Mutex<Vec<Mood>>,
    moods: Mutex<Vec<Mood>>,
}

impl Resend {
    /// Starts to listen.
    ///
    /// # Panics
    /// Where this machine has no free port.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://127.0.0.1:{}", listener.local_addr().expect("it is bound").port());
        let shared = Arc::new(Shared::default());
        let resend = Self { url, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // Who breaks off is the edge that was killed or waits no longer: nothing is to be answered then.
                thread::spawn(move || serve(stream, &shared));
            }
        });
        resend
    }

    /// What it does with the next requests, in turn; then it takes all.
    ///
    /// # Panics
    /// Where a thread of the server panicked.
    pub fn will(&self, moods: &[Mood]) {
        *self.shared.moods.lock().expect("no thread panicked") = moods.iter().rev().copied().collect();
    }

    /// The mails that went out, each by its idempotency key.
    ///
    /// # Panics
    /// Where a thread of the server panicked.
    pub fn sent(&self) -> BTreeMap<String, Value> {
        self.shared.sent.lock().expect("no thread panicked").clone()
    }

    /// Which kinds of mail went to an address, each by how many names.
    ///
    /// # Panics
    /// Where a mail has no kind, or a thread of the server panicked.
    pub fn kinds(&self, to: &str) -> BTreeMap<String, usize> {
        let mut kinds = BTreeMap::new();
        for body in self.sent().values().filter(|body| body["to"] == json!([to])) {
            *kinds.entry(body["tags"][0]["value"].as_str().expect("a kind").to_owned()).or_default() += 1;
        }
        kinds
    }

    /// What it did with each request that came.
    ///
    /// # Panics
    /// Where a thread of the server panicked.
    pub fn tries(&self) -> Vec<Mood> {
        self.shared.tries.lock().expect("no thread panicked").clone()
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    let (headers, text) = read_request(&stream)?;
    let header =
        |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let body: Value = serde_json::from_str(&text).ok()?;
    let mood = shared.moods.lock().ok()?.pop().unwrap_or(Mood::Takes);
    shared.tries.lock().ok()?.push(mood);
    let (status, answer) = match mood {
        Mood::TooMany => {
            (429, json!({"statusCode": 429, "name": "rate_limit_exceeded", "message": "Too many requests"}))
        }
        Mood::Refuses => {
            (422, json!({"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."}))
        }
        Mood::Takes | Mood::FailsAfter | Mood::Hangs => {
            taken(shared, header("authorization"), header("idempotency-key"), body)?
        }
    };
    let (status, answer) = match mood {
        Mood::FailsAfter => {
            (500, json!({"statusCode": 500, "name": "application_error", "message": "Unexpected"}))
        }
        Mood::Hangs => {
            thread::sleep(Duration::from_secs(60));
            return None;
        }
        Mood::Takes | Mood::TooMany | Mood::Refuses => (status, answer),
    };
    let answer = answer.to_string();
    let retry = if mood == Mood::TooMany { "retry-after: 2\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{retry}content-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(format!("{head}{answer}").as_bytes()).ok()
}

/// Takes a mail once under its key, as Resend does.
fn taken(shared: &Shared, key: Option<&str>, name: Option<&str>, body: Value) -> Option<(u16, Value)> {
    if key != Some("Bearer re_test") {
        return Some((
            403,
            json!({"statusCode": 403, "name": "invalid_api_key", "message": "API key is invalid"}),
        ));
    }
    let whole = ["from", "to", "subject", "html", "text"].iter().all(|field| !body[*field].is_null());
    let Some(name) = name.filter(|name| whole && (1..=256).contains(&name.len())) else {
        return Some((
            422,
            json!({"statusCode": 422, "name": "missing_required_field", "message": "something is missing"}),
        ));
    };
    let mut sent = shared.sent.lock().ok()?;
    match sent.get(name) {
        Some(before) if *before != body => Some((
            409,
            json!({"statusCode": 409, "name": "invalid_idempotent_request", "message": "another payload"}),
        )),
        Some(_) => Some((200, json!({"id": format!("re-{name}")}))),
        None => {
            sent.insert(name.to_owned(), body);
            Some((200, json!({"id": format!("re-{name}")})))
        }
    }
}
