//! Asking a platform: how often one run may, and what its answers say whatever is asked.

use super::{Credentials, Fault};
use crate::deliveries::web::{Outgoing, Reply, Web};
use parrain_core::instant::Instant;
use serde_json::Value;
use std::cell::{Cell, RefCell};

/// How many bytes of an answer are read.
pub const MOST_READ: usize = 64 * 1024;

/// How many seconds to wait after a 429 that does not say it.
const SLOW: i64 = 10;

/// The longest wait that a platform may ask for, in seconds.
const SLOWEST: i64 = 3600;

/// What is remembered from one run to the next: a token for a day, and whose it is. In memory alone, so that it stands in
/// no store; who forgets it asks for another.
#[derive(Debug, Default)]
pub struct Memory(RefCell<Option<Token>>);

#[derive(Clone)]
struct Token {
    of: Credentials,
    text: String,
    until: Instant,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token(until {})", self.until)
    }
}

impl Memory {
    /// The token that these credentials got, where it still holds.
    pub fn token(&self, of: &Credentials, now: Instant) -> Option<String> {
        let known = self.0.borrow();
        known.as_ref().filter(|token| token.of == *of && now < token.until).map(|token| token.text.clone())
    }

    /// Remembers one.
    pub fn keep(&self, of: &Credentials, text: &str, until: Instant) {
        self.0.replace(Some(Token { of: of.clone(), text: text.to_owned(), until }));
    }

    /// Forgets it, since it opened nothing.
    pub fn forget(&self) {
        self.0.take();
    }
}

/// Who asks a platform, by whose credentials.
pub struct Caller<'a, W> {
    /// Who makes the requests.
    pub web: &'a W,
    /// The credentials.
    pub credentials: &'a Credentials,
    /// What earlier runs left.
    pub memory: &'a Memory,
    /// How many requests this run may still make.
    pub left: &'a Cell<u32>,
}

impl<W: Web> Caller<'_, W> {
    /// Asks, where this run still may.
    ///
    /// # Errors
    /// [`Fault::Later`], [`Fault::Slow`] and [`Fault::Silent`]; refusals are for the platform's own module to read.
    pub async fn ask(&self, request: Outgoing) -> Result<Reply, Fault> {
        let left = self.left.get().checked_sub(1).ok_or(Fault::Later)?;
        self.left.set(left);
        match self.web.ask(&request).await {
            Ok(reply) if reply.status == 429 => {
                Err(Fault::Slow(reply.retry_after.unwrap_or(SLOW).clamp(1, SLOWEST)))
            }
            Ok(reply) if reply.status >= 500 => Err(Fault::Silent(said(&reply))),
            // Redirects are not followed, since credentials would go along.
            Ok(reply) if (300..400).contains(&reply.status) => {
                Err(Fault::Shut(format!("it answered {}, a redirect, which is not followed", reply.status)))
            }
            Ok(reply) => Ok(reply),
            Err(words) => Err(Fault::Silent(words)),
        }
    }
}

/// The status and the beginning of what was said; of a 2xx the status alone, since what cannot be read may be the beginning
/// of a customer's order, and what is said here is kept and shown.
pub fn said(reply: &Reply) -> String {
    if (200..300).contains(&reply.status) {
        return format!("it answered {}, and nothing that can be read", reply.status);
    }
    let words: String = reply.body.chars().take(300).collect();
    format!("it answered {}: {}", reply.status, words.trim())
}

/// What is told of an answer that is no list of orders: its status, and none of what it says of customers.
pub fn no_list(reply: &Reply) -> Fault {
    Fault::Silent(format!("it answered {}, and no list of orders", reply.status))
}

/// The body as JSON. A 2xx with another body is no answer of the platform's: something between may have made it.
///
/// # Errors
/// [`Fault::Silent`].
pub fn json(reply: &Reply) -> Result<Value, Fault> {
    serde_json::from_str(&reply.body).map_err(|_| Fault::Silent(said(reply)))
}
