//! What an isolate gathers of a shop's clicks, so that a link that everybody follows costs the shop's ledger a call a
//! second and not a call for each of them.
//!
//! Who clicks alone is counted at once. What comes while a call is on its way goes with the next one, which waits the longer
//! the more clicks the last one had, a second at most. An answer never waits for it, so that the clicks of a second are lost with an isolate that
//! ends in it; a call that is not answered is made again under its own name, which the ledger knows.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use parrain_core::code::Code;
use parrain_core::instant::Instant;

use crate::protocol::calls::CountClicks;
use crate::shop_id::ShopId;

/// For how long a shop's clicks are gathered after a call, at most.
const GAP: Duration = Duration::from_secs(1);

/// For how long they are gathered for each click of the call before but one: who clicks alone is counted at once.
const EACH: Duration = Duration::from_millis(20);

/// For how long one request counts what others gather: the platform ends what goes on half a minute after its answer. Its
/// last call is made then, and whoever clicks while that is on its way counts next.
const TURN: Duration = Duration::from_secs(15);

/// After how long a request that counts is taken for dead.
const DEAD: Duration = Duration::from_secs(40);

/// The most links that one call counts.
const MOST_CODES: usize = 100;

/// The most shops of which anything is remembered while nothing of theirs waits.
const MOST_SHOPS: usize = 200;

/// The clicks that wait, by shop.
#[derive(Debug, Default)]
pub struct Clicks(RefCell<HashMap<ShopId, Gathered>>);

#[derive(Debug, Default)]
struct Gathered {
    waiting: BTreeMap<Code, u32>,
    /// What was sent and not answered yet.
    sent: Option<CountClicks>,
    /// Since when a request counts what waits.
    since: Option<Instant>,
    /// Before when the next call is not made.
    after: Instant,
}

impl Gathered {
    fn waits(&self) -> bool {
        self.sent.is_some() || !self.waiting.is_empty()
    }
}

/// What a request that counts does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// It waits for so long.
    Pause(Duration),
    /// It sends this.
    Send(CountClicks),
    /// It is done.
    Done,
}

impl Clicks {
    /// Adds a click; whether the request that brought it is to count what waits.
    pub fn add(&self, shop: &ShopId, code: Code, now: Instant) -> bool {
        let mut shops = self.0.borrow_mut();
        if shops.len() >= MOST_SHOPS && !shops.contains_key(shop) {
            shops.retain(|_, gathered| gathered.waits());
        }
        let gathered = shops.entry(shop.clone()).or_default();
        let count = gathered.waiting.entry(code).or_default();
        *count = count.saturating_add(1);
        if gathered.since.is_some_and(|since| now < later(since, DEAD)) {
            return false;
        }
        gathered.since = Some(now);
        true
    }

    /// What the request that counts since `since` does at `now`; `name`: of the next call, which nobody else gives.
    pub fn next(&self, shop: &ShopId, since: Instant, now: Instant, name: String) -> Next {
        let mut shops = self.0.borrow_mut();
        let Some(gathered) = shops.get_mut(shop) else { return Next::Done };
        if gathered.since != Some(since) {
            return Next::Done;
        }
        if !gathered.waits() {
            gathered.since = None;
            return Next::Done;
        }
        let is_over = now >= later(since, TURN);
        // What waits at the end of a turn would lie until the next click, which may be tomorrow's.
        if !is_over && let Ok(wait @ 1..) = u64::try_from(gathered.after.micros() - now.micros()) {
            return Next::Pause(Duration::from_micros(wait));
        }
        let waiting = &mut gathered.waiting;
        let sent = gathered.sent.get_or_insert_with(|| {
            let later = waiting.keys().nth(MOST_CODES).cloned();
            let rest = later.map(|first| waiting.split_off(&first)).unwrap_or_default();
            CountClicks { name, clicks: std::mem::replace(waiting, rest).into_iter().collect() }
        });
        let clicks = sent.clicks.iter().fold(0, |sum: u32, (_, count)| sum.saturating_add(*count));
        gathered.after = later(now, GAP.min(EACH.saturating_mul(clicks.saturating_sub(1))));
        if is_over && waiting.is_empty() {
            gathered.since = None;
        }
        Next::Send(sent.clone())
    }

    /// Notes whether the call of a name was answered, that the request made which counts since `since`. One that was not
    /// is made again with the next click.
    pub fn sent(&self, shop: &ShopId, since: Instant, name: &str, answered: bool) {
        let mut shops = self.0.borrow_mut();
        let Some(gathered) = shops.get_mut(shop) else { return };
        if answered {
            gathered.sent.take_if(|sent| sent.name == name);
        } else if gathered.since == Some(since) {
            gathered.since = None;
        }
    }
}

/// So long after an instant.
fn later(at: Instant, wait: Duration) -> Instant {
    let micros = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
    Instant::from_micros(at.micros().saturating_add(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::from_millis(1_000_000);

    fn shop() -> ShopId {
        ShopId::parse("demo").expect("an id")
    }

    fn code(text: &str) -> Code {
        Code::read(text).expect("a code")
    }

    fn call(name: &str, clicks: &[(&str, u32)]) -> CountClicks {
        CountClicks {
            name: name.to_owned(),
            clicks: clicks.iter().map(|(text, count)| (code(text), *count)).collect(),
        }
    }

    #[test]
    fn the_first_is_counted_at_once_and_a_crowd_once_a_second() {
        let (clicks, shop, at) =
            (Clicks::default(), shop(), |millis| later(START, Duration::from_millis(millis)));
        assert!(clicks.add(&shop, code("ANNA10"), START));
        for _ in 0..50 {
            assert!(!clicks.add(&shop, code("ANNA10"), START), "another request counts already");
        }
        let next = |now, name: &str| clicks.next(&shop, START, now, name.to_owned());
        assert_eq!(next(START, "a"), Next::Send(call("a", &[("ANNA10", 51)])));
        assert!(!clicks.add(&shop, code("ANNA10"), at(10)));
        assert!(!clicks.add(&shop, code("BEA10"), at(20)));
        clicks.sent(&shop, START, "a", true);
        assert_eq!(next(at(30), "b"), Next::Pause(Duration::from_millis(970)));
        assert!(!clicks.add(&shop, code("ANNA10"), at(500)));
        assert_eq!(next(at(1_000), "b"), Next::Send(call("b", &[("ANNA10", 2), ("BEA10", 1)])));
        clicks.sent(&shop, START, "b", true);
        assert_eq!(next(at(1_010), "c"), Next::Done);
        assert!(clicks.add(&shop, code("ANNA10"), at(1_020)), "nobody counts now");
        let next = |now| clicks.next(&shop, at(1_020), now, "c".into());
        assert_eq!(next(at(1_020)), Next::Pause(Duration::from_millis(20)), "there were few");
        assert_eq!(next(at(1_040)), Next::Send(call("c", &[("ANNA10", 1)])));
        clicks.sent(&shop, at(1_020), "c", true);
        assert_eq!(next(at(1_041)), Next::Done);
        assert!(clicks.add(&shop, code("ANNA10"), at(1_042)));
        let alone = clicks.next(&shop, at(1_042), at(1_042), "d".into());
        assert_eq!(alone, Next::Send(call("d", &[("ANNA10", 1)])), "who clicks alone is counted at once");
    }

    #[test]
    fn what_was_not_answered_is_sent_again_under_its_name() {
        let (clicks, shop, at) =
            (Clicks::default(), shop(), |millis| later(START, Duration::from_millis(millis)));
        assert!(clicks.add(&shop, code("ANNA10"), START));
        let sent = Next::Send(call("a", &[("ANNA10", 1)]));
        assert_eq!(clicks.next(&shop, START, START, "a".into()), sent);
        clicks.sent(&shop, START, "a", false);
        assert!(clicks.add(&shop, code("ANNA10"), at(2_000)));
        assert_eq!(clicks.next(&shop, at(2_000), at(2_000), "b".into()), sent, "as it was");
        clicks.sent(&shop, at(2_000), "a", true);
        let rest = Next::Send(call("b", &[("ANNA10", 1)]));
        assert_eq!(clicks.next(&shop, at(2_000), at(3_000), "b".into()), rest);
    }

    #[test]
    fn a_request_counts_for_its_turn_and_is_replaced_when_it_is_dead() {
        let (clicks, shop, at) =
            (Clicks::default(), shop(), |millis| later(START, Duration::from_millis(millis)));
        assert!(clicks.add(&shop, code("ANNA10"), START));
        assert!(!clicks.add(&shop, code("ANNA10"), at(39_999)));
        assert!(clicks.add(&shop, code("ANNA10"), at(40_000)));
        assert_eq!(clicks.next(&shop, START, at(40_000), "a".into()), Next::Done, "who was dead");
        let sent = Next::Send(call("b", &[("ANNA10", 3)]));
        assert_eq!(clicks.next(&shop, at(40_000), at(40_000), "b".into()), sent);
    }

    #[test]
    fn what_waits_at_the_end_of_a_turn_is_sent_and_who_clicks_meanwhile_counts_next() {
        let (clicks, shop, at) =
            (Clicks::default(), shop(), |millis| later(START, Duration::from_millis(millis)));
        assert!(clicks.add(&shop, code("ANNA10"), START));
        let next = |now, name: &str| clicks.next(&shop, START, now, name.to_owned());
        assert_eq!(next(at(14_900), "a"), Next::Send(call("a", &[("ANNA10", 1)])));
        clicks.sent(&shop, START, "a", true);
        for _ in 0..51 {
            assert!(!clicks.add(&shop, code("BEA10"), at(14_950)));
        }
        assert_eq!(next(at(15_000), "b"), Next::Send(call("b", &[("BEA10", 51)])), "no second is waited for");
        // While that is on its way another takes over, and waits for its second.
        assert!(clicks.add(&shop, code("ANNA10"), at(15_010)));
        let after = |now| clicks.next(&shop, at(15_010), now, "c".into());
        assert_eq!(after(at(15_010)), Next::Pause(Duration::from_millis(990)));
        clicks.sent(&shop, START, "b", true);
        assert_eq!(next(at(15_020), "d"), Next::Done);
        assert_eq!(after(at(16_000)), Next::Send(call("c", &[("ANNA10", 1)])));
    }

    #[test]
    fn a_call_is_bounded() {
        let (clicks, shop) = (Clicks::default(), shop());
        for number in 0..=MOST_CODES {
            clicks.add(&shop, code(&format!("CODE{number:04}")), START);
        }
        let lengths: Vec<usize> = (0..3)
            .map(|second| {
                let next = clicks.next(&shop, START, later(START, GAP * second), second.to_string());
                clicks.sent(&shop, START, &second.to_string(), true);
                if let Next::Send(call) = next { call.clicks.len() } else { 0 }
            })
            .collect();
        assert_eq!(lengths, [MOST_CODES, 1, 0]);
    }
}
