//! A server that is told what happens at a shop, as a shop's own would be: it writes down what comes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use standardwebhooks::Webhook;

/// Every type that an endpoint may ask for.
pub const TYPES: [&str; 12] = [
    "referrer.joined",
    "conversion.recorded",
    "conversion.approved",
    "conversion.rejected",
    "conversion.reversed",
    "conversion.reinstated",
    "claim.made",
    "reward.issued",
    "reward.paid",
    "payout.created",
    "payout.paid",
    "budget.low",
];

/// A webhook as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Came {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The body, to the letter.
    pub text: String,
    /// The body as JSON.
    pub body: Value,
}

/// What a receiver does once it has a webhook; what it cannot write it leaves.
type Answer = dyn Fn(&mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// The server. It answers 200, unless it was opened to do otherwise or is told to hold its answers back.
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    came: Arc<Mutex<Vec<Came>>>,
    holding: Arc<AtomicBool>,
}

impl Receiver {
    /// Starts to listen.
    ///
    /// # Panics
    /// Where this machine has no free port.
    pub fn open() -> Self {
        Self::answering(|stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        })
    }

    /// Starts to listen, and answers so.
    ///
    /// # Panics
    /// Where this machine has no free port.
    pub fn answering(answer: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        let answer: Arc<Answer> = Arc::new(answer);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://127.0.0.1:{}/hook", listener.local_addr().expect("it is bound").port());
        let (came, holding) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let receiver = Self { url, came: Arc::clone(&came), holding: Arc::clone(&holding) };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (came, holding, answer) = (Arc::clone(&came), Arc::clone(&holding), Arc::clone(&answer));
                // Who breaks off is the edge that was killed or waits no longer: nothing is to be answered then.
                thread::spawn(move || {
                    let mut stream = stream;
                    serve(&stream, &came, &holding)?;
                    answer(&mut stream).ok()
                });
            }
        });
        receiver
    }

    /// Everything that came, in the order of arrival.
    ///
    /// # Panics
    /// Where a thread of the server panicked.
    pub fn came(&self) -> Vec<Came> {
        self.came.lock().expect("no thread of the receiver panicked").clone()
    }

    /// What was told, by id, each signed by `secret` (`whsec_…`) and the same however often it came.
    ///
    /// # Panics
    /// Where one is signed otherwise, or is another thing than before under the same id.
    pub fn told(&self, secret: &str) -> BTreeMap<String, Value> {
        let secret = Webhook::new(secret).expect("a secret that is one");
        let mut by_id: BTreeMap<String, Value> = BTreeMap::new();
        for one in self.came() {
            let signed = secret.sign(&one.id, one.timestamp, one.text.as_bytes()).expect("UTF-8");
            assert_eq!(one.signature, signed);
            let first = by_id.entry(one.id).or_insert_with(|| one.body.clone());
            assert_eq!(*first, one.body, "one id, one thing");
        }
        by_id
    }

    /// Holds back every answer from now on, or no longer.
    pub fn hold(&self, holding: bool) {
        self.holding.store(holding, Ordering::SeqCst);
    }
}

/// Reads a request: its headers, names in lower case, and its body.
pub(crate) fn read_request(stream: &TcpStream) -> Option<(Vec<(String, String)>, String)> {
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.to_owned())),
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut text = vec![0; length];
    reader.read_exact(&mut text).ok()?;
    Some((headers, String::from_utf8(text).ok()?))
}

/// Reads a webhook and notes it, and waits while answers are held back.
fn serve(stream: &TcpStream, came: &Mutex<Vec<Came>>, holding: &AtomicBool) -> Option<()> {
    let (headers, text) = read_request(stream)?;
    let header = |name: &str| {
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let webhook = Came {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().ok()?,
        signature: header("webhook-signature"),
        body: serde_json::from_str(&text).ok()?,
        text,
    };
    came.lock().ok()?.push(webhook);
    while holding.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(20));
    }
    Some(())
}
