//! How often a request called the stores, for `cargo xtask bench`.

use std::cell::Cell;

/// The counters of one request.
#[derive(Debug, Default)]
pub struct Counts {
    reads: Cell<u32>,
    lists: Cell<u32>,
    writes: Cell<u32>,
    ledger: Cell<u32>,
}

impl Counts {
    /// One `get` of Workers KV, whether of one key or several.
    pub fn read(&self) {
        add(&self.reads, 1);
    }

    /// One `list` of Workers KV.
    pub fn list(&self) {
        add(&self.lists, 1);
    }

    /// One `put` or `delete` of Workers KV.
    pub fn write(&self) {
        add(&self.writes, 1);
    }

    /// Writes that a ledger noted down to do by itself.
    pub fn noted(&self, writes: u32) {
        add(&self.writes, writes);
    }

    /// One call of a ledger.
    pub fn ledger(&self) {
        add(&self.ledger, 1);
    }

    /// The value of the header `x-parrain-kv`.
    pub fn header(&self) -> String {
        let (reads, lists) = (self.reads.get(), self.lists.get());
        format!("r={reads},l={lists},w={},do={}", self.writes.get(), self.ledger.get())
    }
}

fn add(counter: &Cell<u32>, by: u32) {
    counter.set(counter.get().saturating_add(by));
}
