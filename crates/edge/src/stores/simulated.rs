//! A simulated Workers KV with everything that the real one may do to us, decided by a seed.
//!
//! Reads and lists may be up to two minutes old, misses included; writes may be refused with a 429, or land
//! and report a failure all the same. The same seed, clock and calls give the same answers.

use super::{Kv, KvError, Listing};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// How old a read may be, in milliseconds.
const STALE_MS: i64 = 120_000;

/// How badly the store behaves, each a chance in a thousand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mischief {
    /// A read or list answers with an older state.
    pub stale: u32,
    /// A call fails and does nothing.
    pub failing: u32,
    /// A write or delete lands and reports a failure.
    pub landed_but_failed: u32,
}

impl Mischief {
    /// A store that never fails and always shows the newest state.
    pub const NONE: Self = Self { stale: 0, failing: 0, landed_but_failed: 0 };
    /// A bad day.
    pub const BAD: Self = Self { stale: 500, failing: 150, landed_but_failed: 150 };
    /// Every call fails.
    pub const OUTAGE: Self = Self { stale: 0, failing: 1000, landed_but_failed: 0 };
}

/// What a key held from an instant on; `None` where it was removed.
type Version = (i64, Option<Held>);

/// A value and its metadata.
type Held = (Vec<u8>, Option<String>);

/// The store.
#[derive(Debug)]
pub struct SimulatedKv {
    history: RefCell<BTreeMap<String, Vec<Version>>>,
    mischief: Cell<Mischief>,
    state: Cell<u64>,
    now_ms: Cell<i64>,
    calls: Cell<Calls>,
}

/// How often the store was called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    /// `get`, however many keys.
    pub reads: u32,
    /// `put` and `delete`.
    pub writes: u32,
    /// `list`.
    pub lists: u32,
}

impl SimulatedKv {
    /// An empty store.
    pub fn new(seed: u64, mischief: Mischief) -> Self {
        Self {
            history: RefCell::default(),
            mischief: Cell::new(mischief),
            state: Cell::new(seed),
            now_ms: Cell::new(0),
            calls: Cell::default(),
        }
    }

    /// Behaves otherwise from now on.
    pub fn behave(&self, mischief: Mischief) {
        self.mischief.set(mischief);
    }

    /// Lets time pass.
    pub fn pass(&self, ms: i64) {
        self.now_ms.set(self.now_ms.get() + ms);
    }

    /// The calls since the last time that this was asked.
    pub fn take_calls(&self) -> Calls {
        self.calls.take()
    }

    /// The newest state: every key and value, whatever reads may say; of what is no text only what is in it.
    pub fn contents(&self) -> BTreeMap<String, String> {
        let now = self.now_ms.get();
        let history = self.history.borrow();
        let newest = |(key, versions): (&String, &Vec<Version>)| {
            seen(versions, now).map(|(value, _)| (key.clone(), text_of(value)))
        };
        history.iter().filter_map(newest).collect()
    }

    /// A number below `sides`, from the store's own seed: tests pick their steps by it.
    pub fn roll(&self, sides: u64) -> u64 {
        self.random() % sides
    }

    fn count(&self, change: impl FnOnce(&mut Calls)) {
        let mut calls = self.calls.get();
        change(&mut calls);
        self.calls.set(calls);
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    fn random(&self) -> u64 {
        let state = self.state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.state.set(state);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn happens(&self, chance: u32) -> bool {
        self.random() % 1000 < u64::from(chance)
    }

    /// The instant whose state a read shows.
    fn view(&self) -> Result<i64, KvError> {
        let mischief = self.mischief.get();
        if self.happens(mischief.failing) {
            return Err(KvError("500 on a read".into()));
        }
        let age = (self.random() % STALE_MS as u64) as i64;
        let stale = self.happens(mischief.stale);
        Ok(self.now_ms.get() - if stale { age } else { 0 })
    }

    fn write(&self, key: &str, value: Option<Held>) -> Result<(), KvError> {
        self.count(|calls| calls.writes += 1);
        let mischief = self.mischief.get();
        if self.happens(mischief.failing) {
            return Err(KvError("429 on a write".into()));
        }
        let mut history = self.history.borrow_mut();
        history.entry(key.to_owned()).or_default().push((self.now_ms.get(), value));
        if self.happens(mischief.landed_but_failed) {
            return Err(KvError("500 after a write that landed".into()));
        }
        Ok(())
    }
}

fn text_of(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

fn seen(versions: &[Version], at: i64) -> Option<&Held> {
    versions.iter().rev().find(|(from, _)| *from <= at)?.1.as_ref()
}

impl Kv for SimulatedKv {
    async fn get(&self, keys: &[String]) -> Result<Vec<Option<String>>, KvError> {
        self.count(|calls| calls.reads += 1);
        let mut values = Vec::new();
        for key in keys {
            let view = self.view()?;
            let history = self.history.borrow();
            let value = history.get(key).and_then(|versions| seen(versions, view));
            values.push(value.map(|(value, _)| text_of(value)));
        }
        Ok(values)
    }

    async fn put(&self, key: &str, value: &str, metadata: Option<&str>) -> Result<(), KvError> {
        assert!(key.len() <= 512, "KV takes keys of at most 512 bytes: {key}");
        assert!(metadata.is_none_or(|text| text.len() <= 1024), "KV takes metadata of at most 1,024 bytes");
        self.write(key, Some((value.into(), metadata.map(str::to_owned))))
    }

    async fn get_bytes(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        self.count(|calls| calls.reads += 1);
        let view = self.view()?;
        let history = self.history.borrow();
        let value = history.get(key).and_then(|versions| seen(versions, view));
        Ok(value.map(|(value, _)| value.clone()))
    }

    async fn put_bytes(&self, key: &str, value: &[u8], metadata: &str) -> Result<(), KvError> {
        assert!(key.len() <= 512 && metadata.len() <= 1024, "KV takes no such key or metadata: {key}");
        self.write(key, Some((value.to_vec(), Some(metadata.to_owned()))))
    }

    async fn put_for(&self, key: &str, value: &str, seconds: u32) -> Result<(), KvError> {
        assert!(key.len() <= 512 && seconds >= 60, "KV keeps a value for a minute at least: {key}");
        let outcome = self.write(key, Some((value.into(), None)));
        let end = self.now_ms.get() + i64::from(seconds) * 1000;
        if let Some(versions) = self.history.borrow_mut().get_mut(key) {
            versions.push((end, None));
        }
        outcome
    }

    async fn delete(&self, key: &str) -> Result<(), KvError> {
        self.write(key, None)
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Listing, KvError> {
        self.count(|calls| calls.lists += 1);
        if cursor.is_some_and(|cursor| !cursor.starts_with(prefix)) {
            return Err(KvError("400 for a cursor that no listing gave".into()));
        }
        let view = self.view()?;
        let history = self.history.borrow();
        let after = |key: &str| cursor.is_none_or(|cursor| key > cursor);
        let mut keys: Vec<(String, Option<String>)> = history
            .iter()
            .filter(|(key, _)| key.starts_with(prefix) && after(key))
            .filter_map(|(key, versions)| seen(versions, view).map(|(_, meta)| (key.clone(), meta.clone())))
            .collect();
        let more = keys.len() > limit as usize;
        keys.truncate(limit as usize);
        let cursor = if more { keys.last().map(|(key, _)| key.clone()) } else { None };
        Ok(Listing { keys, cursor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_executor::block_on;

    fn get(kv: &SimulatedKv, key: &str) -> Option<String> {
        block_on(kv.get(&[key.to_owned()])).unwrap().remove(0)
    }

    #[test]
    fn a_good_day_shows_what_was_written() {
        let kv = SimulatedKv::new(1, Mischief::NONE);
        block_on(kv.put("a/1", "x", Some("{}"))).unwrap();
        block_on(kv.put("a/2", "y", None)).unwrap();
        block_on(kv.put("b/1", "z", None)).unwrap();
        assert_eq!(get(&kv, "a/1").as_deref(), Some("x"));
        let page = block_on(kv.list("a/", None, 1)).unwrap();
        assert_eq!(page.keys, [("a/1".to_owned(), Some("{}".to_owned()))]);
        let page = block_on(kv.list("a/", page.cursor.as_deref(), 1)).unwrap();
        assert_eq!((page.keys.len(), page.cursor), (1, None));
        block_on(kv.delete("a/1")).unwrap();
        assert_eq!(get(&kv, "a/1"), None);
        assert_eq!(kv.take_calls(), Calls { reads: 2, writes: 4, lists: 2 });
    }

    #[test]
    fn a_bad_day_shows_old_states_and_recovers() {
        let kv = SimulatedKv::new(7, Mischief { stale: 1000, ..Mischief::NONE });
        kv.pass(1_000_000);
        block_on(kv.put("k", "new", None)).unwrap();
        kv.pass(60_000);
        let answers: Vec<_> = (0..100).map(|_| get(&kv, "k")).collect();
        assert!(answers.contains(&None), "a miss may be cached");
        assert!(answers.contains(&Some("new".into())));
        kv.pass(STALE_MS);
        assert!((0..100).all(|_| get(&kv, "k").is_some()), "after two quiet minutes it is everywhere");
    }

    #[test]
    fn a_write_may_land_and_report_a_failure() {
        let kv = SimulatedKv::new(3, Mischief { landed_but_failed: 1000, ..Mischief::NONE });
        assert!(block_on(kv.put("k", "v", None)).is_err());
        assert_eq!(get(&kv, "k").as_deref(), Some("v"));
        kv.behave(Mischief::OUTAGE);
        assert!(block_on(kv.put("l", "v", None)).is_err());
        assert!(block_on(kv.get(&["k".to_owned()])).is_err());
        assert_eq!(kv.contents().keys().collect::<Vec<_>>(), ["k"]);
    }

    /// What DESIGN forbids, put in on purpose: this store must lose by it, or it would not catch it elsewhere.
    #[test]
    fn an_index_that_is_read_changed_and_written_loses_entries() {
        let lost = |mischief| {
            let kv = SimulatedKv::new(5, mischief);
            for n in 0..20 {
                let index = get(&kv, "index").unwrap_or_default();
                block_on(kv.put("index", &format!("{index} {n}"), None)).unwrap();
                kv.pass(10_000);
            }
            kv.pass(STALE_MS);
            20 - get(&kv, "index").unwrap_or_default().split_whitespace().count()
        };
        assert_eq!(lost(Mischief::NONE), 0);
        assert!(lost(Mischief { stale: 500, ..Mischief::NONE }) > 0);
    }

    #[test]
    fn a_seed_replays() {
        let run = || {
            let kv = SimulatedKv::new(42, Mischief::BAD);
            let puts: Vec<_> = (0..50).map(|n| block_on(kv.put(&format!("k{n}"), "v", None))).collect();
            (puts, kv.contents())
        };
        assert_eq!(run(), run());
    }
}
