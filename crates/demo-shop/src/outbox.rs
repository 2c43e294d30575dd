//! Sends the shop's events to the edge, signed as Standard Webhooks asks, again and again until
//! the edge has taken each of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook, WebhookError,
};
use tokio::sync::Notify;

use crate::books::{Books, Message, Receipt, Trouble};

/// The way to the edge.
pub struct Sender {
    url: String,
    key: Webhook,
    agent: ureq::Agent,
}

impl Sender {
    /// A way to `edge` (base URL without a slash at its end) for events of `shop`, signed with
    /// `secret` (`whsec_…`).
    ///
    /// # Errors
    /// Where the secret is not base64.
    pub fn new(edge: &str, shop: &str, secret: &str) -> Result<Self, WebhookError> {
        let agent = crate::agent(Duration::from_secs(10));
        Ok(Self { url: format!("{edge}/v1/shops/{shop}/events"), key: Webhook::new(secret)?, agent })
    }

    /// Sends one message; blocks for up to ten seconds.
    fn send(&self, message: &Message, now: Timestamp) -> Result<Receipt, Trouble> {
        let signature = self
            .key
            .sign(&message.id, now.as_second(), message.body.as_bytes())
            .map_err(|_| Trouble::Unreachable)?;
        let mut answer = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header(HEADER_WEBHOOK_ID, &message.id)
            .header(HEADER_WEBHOOK_TIMESTAMP, now.as_second().to_string())
            .header(HEADER_WEBHOOK_SIGNATURE, signature)
            .send(&message.body)
            .map_err(|_| Trouble::Unreachable)?;
        let status = answer.status();
        let body = answer
            .body_mut()
            .with_config()
            .limit(64 * 1024)
            .read_to_vec()
            .map_err(|_| Trouble::Unreachable)?;
        if status.is_success() {
            // A 2xx means that the event is safe, whatever the words beside it.
            return Ok(serde_json::from_slice(&body).unwrap_or_default());
        }
        #[derive(Deserialize)]
        struct Problem {
            title: Option<String>,
            detail: Option<String>,
        }
        let words = serde_json::from_slice::<Problem>(&body).ok().and_then(|p| p.detail.or(p.title));
        let words = words.map(|text| text.chars().take(300).collect());
        Err(Trouble::Answered(status.as_u16(), words))
    }
}

/// Sends what is due, for ever. `news` wakes it when something was written.
pub async fn run(books: Arc<Books>, sender: Arc<Sender>, news: Arc<Notify>) {
    loop {
        let now = Timestamp::now();
        match books.due(now) {
            Ok(message) => {
                let id = message.id.clone();
                let way = Arc::clone(&sender);
                let answer = tokio::task::spawn_blocking(move || way.send(&message, now)).await;
                let answer = answer.unwrap_or(Err(Trouble::Unreachable));
                if let Err(error) = books.tried(&id, answer, Timestamp::now()) {
                    eprintln!(
                        "demo-shop: the journal cannot be written ({error}); the event will be sent again"
                    );
                }
            }
            Err(next) => {
                let wait = next.map_or(Duration::from_secs(3600), |at| {
                    Duration::try_from(at.duration_since(now)).unwrap_or(Duration::from_secs(1))
                });
                tokio::select! {
                    () = news.notified() => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::tests::bobs;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};

    /// A server that gives these answers (status line and body), one a connection, and hands
    /// back what it was sent.
    fn edge(
        answers: &'static [(&'static str, &'static str)],
    ) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = std::thread::spawn(move || {
            answers
                .iter()
                .map(|(status, body)| {
                    let (mut stream, _) = listener.accept().unwrap();
                    let request = read_request(&mut stream);
                    let length = body.len();
                    let answer = format!(
                        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                    );
                    stream.write_all(answer.as_bytes()).unwrap();
                    request
                })
                .collect()
        });
        (url, served)
    }

    fn read_request(stream: &mut TcpStream) -> String {
        let mut reader = BufReader::new(stream);
        let (mut text, mut length) = (String::new(), 0);
        while !text.ends_with("\r\n\r\n") {
            let start = text.len();
            assert_ne!(reader.read_line(&mut text).unwrap(), 0, "the request ends within its headers");
            if let Some(value) = text[start..].to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        text + std::str::from_utf8(&body).unwrap()
    }

    /// The example key of the Standard Webhooks documentation.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[tokio::test]
    async fn sends_until_the_edge_takes_it() {
        let (url, served) = edge(&[
            ("503 Service Unavailable", ""),
            ("200 OK", r#"{"outcome":"recorded","referrer":"ANNA10"}"#),
        ]);
        let books = Arc::new(Books::open(None).unwrap());
        books.place("c1", |number| crate::order::Order { number, ..bobs() }).unwrap();
        let sender = Arc::new(Sender::new(&url, "demo", SECRET).unwrap());
        let news = Arc::new(Notify::new());
        let outbox = tokio::spawn(run(Arc::clone(&books), sender, Arc::clone(&news)));
        let requests = tokio::task::spawn_blocking(|| served.join().unwrap()).await.unwrap();
        let taken = loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if let Some(taken) = books.latest(1)[0].1[0].delivery.taken.clone() {
                break taken;
            }
        };
        outbox.abort();
        assert_eq!(
            taken.1,
            Receipt { outcome: "recorded".into(), reason: None, referrer: Some("ANNA10".into()) }
        );

        let header = |request: &str, name: &str| {
            request.lines().find_map(|l| l.strip_prefix(&format!("{name}: "))).unwrap().trim().to_owned()
        };
        assert!(requests[0].starts_with("POST /v1/shops/demo/events HTTP/1.1"));
        assert_eq!(header(&requests[0], "webhook-id"), header(&requests[1], "webhook-id"));
        let (_, body) = requests[1].split_once("\r\n\r\n").unwrap();
        let mut headers = axum::http::HeaderMap::new();
        for name in [HEADER_WEBHOOK_ID, HEADER_WEBHOOK_TIMESTAMP, HEADER_WEBHOOK_SIGNATURE] {
            headers.insert(name, header(&requests[1], name).parse().unwrap());
        }
        Webhook::new(SECRET).unwrap().verify(body.as_bytes(), &headers).unwrap();
    }

    #[test]
    fn keeps_the_edges_words() {
        let (url, served) =
            edge(&[("401 Unauthorized", r#"{"title":"Unauthorized","detail":"stale signature"}"#)]);
        let books = Books::open(None).unwrap();
        books.place("c1", |number| crate::order::Order { number, ..bobs() }).unwrap();
        let message = books.due(Timestamp::now()).unwrap();
        let sender = Sender::new(&url, "demo", SECRET).unwrap();
        assert_eq!(
            sender.send(&message, Timestamp::now()),
            Err(Trouble::Answered(401, Some("stale signature".into())))
        );
        served.join().unwrap();
        assert!(Sender::new("http://x", "demo", "whsec_not base64!").is_err());
    }
}
