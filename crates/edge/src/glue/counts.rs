//! How often a request called the stores, and what a ledger did by itself, for `cargo xtask bench`.

use std::cell::Cell;
use std::rc::Rc;

/// The counters of one request.
#[derive(Debug, Default)]
pub struct Counts {
    reads: Cell<u32>,
    lists: Cell<u32>,
    writes: Cell<u32>,
    ledger: Cell<u32>,
    /// What the last ledger that was called had done by itself until then.
    done: Cell<Done>,
}

/// What a ledger's object has done since it was last made.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// How often its alarm rang.
    pub alarms: u32,
    /// How often that wrote to Workers KV.
    pub writes: u32,
    /// How many rows were written to its SQLite, indexes counted, by alarms and calls.
    pub rows: u32,
}

impl Done {
    /// As text, `alarms writes rows`.
    pub fn text(self) -> String {
        format!("{} {} {}", self.alarms, self.writes, self.rows)
    }

    /// Reads what [`Done::text`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ').map(|number| number.parse().ok());
        Some(Self { alarms: numbers.next()??, writes: numbers.next()??, rows: numbers.next()?? })
    }
}

/// Counts what an object does by itself, where anything is counted.
#[derive(Debug, Default)]
pub struct Tally {
    /// How often the alarm rang.
    pub alarms: Cell<u32>,
    /// Rows that were written.
    pub rows: Cell<u32>,
    /// What alarms asked of Workers KV.
    pub kv: Rc<Counts>,
}

impl Tally {
    /// The alarm rings.
    pub fn rings(&self) {
        add(&self.alarms, 1);
    }

    /// So many rows were written.
    pub fn wrote(&self, rows: usize) {
        add(&self.rows, u32::try_from(rows).unwrap_or(u32::MAX));
    }

    /// So far.
    pub fn done(&self) -> Done {
        Done { alarms: self.alarms.get(), writes: self.kv.writes.get(), rows: self.rows.get() }
    }
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

    /// What the ledger had done by itself.
    pub fn done(&self, done: Done) {
        self.done.set(done);
    }

    /// The value of the header `x-parrain-kv`.
    pub fn header(&self) -> String {
        let (reads, lists) = (self.reads.get(), self.lists.get());
        let Done { alarms, writes, rows } = self.done.get();
        let own = format!("a={alarms},aw={writes},rows={rows}");
        format!("r={reads},l={lists},w={},do={},{own}", self.writes.get(), self.ledger.get())
    }
}

fn add(counter: &Cell<u32>, by: u32) {
    counter.set(counter.get().saturating_add(by));
}
