//! The shop's mail: links by which referrers see their rewards on any device. As this is a demonstration, nothing
//! leaves the machine: what would have been mailed is kept to be read in the shop.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::lang::Lang;
use crate::touches::Code;

/// A letter with a referrer's links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// When it was written.
    pub at: Timestamp,
    /// To whom.
    pub to: String,
    /// In which language.
    pub lang: Lang,
    /// Each code of theirs, with the link that shows its rewards.
    pub links: Vec<(Code, String)>,
}

/// The way to the edge, and the letters.
pub struct Mail {
    shop_url: String,
    token: String,
    agent: ureq::Agent,
    desk: Mutex<Desk>,
}

/// What was asked for and written, the latest last.
#[derive(Default)]
struct Desk {
    asked: VecDeque<(Timestamp, String)>,
    letters: VecDeque<Letter>,
}

/// Letters kept at most; the oldest go.
const LETTERS: usize = 50;
/// How often one address is written to within [`SPELL`]: whoever types it may not be its owner.
const MOST_IN_A_SPELL: usize = 3;
/// The time over which letters to an address are counted.
const SPELL: SignedDuration = SignedDuration::from_hours(1);
/// Requests remembered for that at most.
const ASKED: usize = 1000;
/// Codes of one address that a letter names at most, the oldest first: anybody can join under any address.
const CODES: usize = 5;
/// How often the edge is asked before the letter is given up.
const TRIES: u32 = 3;
/// The largest answer that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// What the edge says of a person; of the referrers it may name others whom orders show to be the same one.
#[derive(Deserialize)]
struct Subject {
    referrers: Vec<Referrer>,
}

#[derive(Deserialize)]
struct Referrer {
    code: String,
    email: Option<String>,
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct SignInLink {
    link: String,
}

impl Mail {
    /// Mail of `shop` at `edge` (base URL without a slash at its end), with the shop's own token.
    pub fn new(edge: &str, shop: &str, token: &str) -> Self {
        let agent = crate::agent(Duration::from_secs(10));
        Self {
            shop_url: format!("{edge}/v1/shops/{shop}"),
            token: token.to_owned(),
            agent,
            desk: Mutex::default(),
        }
    }

    /// The letters, the latest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.desk().letters.iter().rev().cloned().collect()
    }

    /// Writes to whoever refers under this address, if anybody does. It blocks for as long as the edge takes, so
    /// that a page answers before: its time must not tell whether the address is known.
    pub fn send_link(&self, address: &str, lang: Lang) {
        if !self.may_write(address, Timestamp::now()) {
            return;
        }
        for attempt in 1..=TRIES {
            match self.links(address) {
                Some(links) => {
                    if !links.is_empty() {
                        let letter = Letter { at: Timestamp::now(), to: address.to_owned(), lang, links };
                        let mut desk = self.desk();
                        desk.letters.push_back(letter);
                        trim(&mut desk.letters, LETTERS);
                    }
                    return;
                }
                None if attempt < TRIES => std::thread::sleep(Duration::from_secs(2)),
                None => {
                    eprintln!("demo-shop: Parrain gives no sign-in link just now; a letter was not written")
                }
            }
        }
    }

    /// Notes that a letter is asked for; `false` where there were too many.
    fn may_write(&self, address: &str, now: Timestamp) -> bool {
        let mut desk = self.desk();
        desk.asked.retain(|(at, _)| now.duration_since(*at) < SPELL);
        let lately = desk.asked.iter().filter(|(_, other)| other.eq_ignore_ascii_case(address)).count();
        if lately >= MOST_IN_A_SPELL {
            return false;
        }
        desk.asked.push_back((now, address.to_owned()));
        trim(&mut desk.asked, ASKED);
        true
    }

    /// A new link for each code of this very address; `None` where the edge did not say.
    fn links(&self, address: &str) -> Option<Vec<(Code, String)>> {
        let subject: Subject = self.read(
            self.agent
                .get(format!("{}/subjects", self.shop_url))
                .query("email", address)
                .header("authorization", format!("Bearer {}", self.token))
                .call(),
        )?;
        let mut referrers: Vec<Referrer> = subject
            .referrers
            .into_iter()
            .filter(|one| one.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(address)))
            .collect();
        referrers.sort_by_key(|one| one.created_at);
        let codes = referrers.iter().filter_map(|one| one.code.parse::<Code>().ok()).take(CODES);
        codes
            .map(|code| {
                // A code is letters, digits and hyphens by its type: nothing to escape.
                let url = format!("{}/referrers/{}/sign-in-links", self.shop_url, code.as_str());
                let asked = self.agent.post(url).header("authorization", format!("Bearer {}", self.token));
                let made: SignInLink = self.read(asked.send_empty())?;
                Some((code, made.link))
            })
            .collect()
    }

    fn read<T: serde::de::DeserializeOwned>(
        &self,
        answer: Result<axum::http::Response<ureq::Body>, ureq::Error>,
    ) -> Option<T> {
        let mut answer = answer.ok().filter(|answer| answer.status().is_success())?;
        let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec().ok()?;
        serde_json::from_slice(&body).ok()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops the oldest beyond `most`.
fn trim<T>(list: &mut VecDeque<T>, most: usize) {
    let beyond = list.len().saturating_sub(most);
    list.drain(..beyond);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_written_to_without_end() {
        let mail = Mail::new("http://localhost:9", "demo", "pst_x");
        let start: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let asks =
            |address: &str, minutes: i64| mail.may_write(address, start + SignedDuration::from_mins(minutes));
        assert!((0..3).all(|minute| asks("anna@example.com", minute)));
        assert!(!asks("ANNA@example.com", 3));
        assert!(asks("bob@example.com", 3), "another's letters are their own");
        assert!(asks("anna@example.com", 60), "an hour after the first");
        assert!(!asks("anna@example.com", 60));
        for number in 0..2 * ASKED {
            asks(&format!("{number}@example.com"), 61);
        }
        assert_eq!(mail.desk().asked.len(), ASKED);
    }
}
