//! An export of orders, read in pieces: what its columns are is guessed from its beginning, then each line is taken as it
//! comes. What cannot be read is told by its line; what is kept is bounded, whatever the file's size.

mod layout;
mod line;

use std::collections::{BTreeMap, HashMap};

use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::zone::Zone;
use parrain_sheet::cells::{Cells, Record, TooLong};
use parrain_sheet::text::{NoText, Text};
use serde::{Deserialize, Serialize};

use crate::columns::Role;
use crate::orders::Orders;
use crate::statuses::{self, Meaning, Numbers};

pub use layout::Layout;

/// The most orders that are kept of one file, those that were not paid included.
pub const MOST_ORDERS: usize = 1_000_000;
/// The most lines that are told by name of those that were left out.
pub const MOST_TOLD: usize = 50;
/// How much of a file's beginning is looked at before its columns are said.
const HEAD: usize = 64 * 1024;

/// What a file does not say of itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The clock of dates that name no offset.
    pub zone: Zone,
    /// The currency of orders that name none.
    pub currency: Currency,
    /// What the owner corrected.
    pub wishes: Wishes,
}

/// What the owner says of a file where the guess was wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// What columns are, by their places from 0; `None` is not read.
    pub columns: BTreeMap<usize, Option<Role>>,
    /// In `05/03/2024` the day stands first.
    pub day_first: Option<bool>,
    /// A comma stands before decimals.
    pub comma: Option<bool>,
    /// What statuses say, by their words as they stand there.
    pub statuses: BTreeMap<String, Meaning>,
    /// The currency of orders that name none.
    pub currency: Option<Currency>,
}

/// Why a file gives nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// A spreadsheet's own file: it has to be saved as CSV.
    Spreadsheet,
    /// No text at all.
    NoText,
    /// Nothing stands in it.
    Empty,
}

/// Why a line was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It stands before the headings.
    BeforeHeadings,
    /// It is a line of headings again.
    HeadingsAgain,
    /// It sums up other lines.
    Totals,
    /// It is longer than a line of an export is: a quote that is not closed, perhaps.
    TooLong,
    /// A formula stands where a value should.
    Formula,
    /// Its date cannot be read.
    Date,
    /// An amount cannot be read.
    Amount,
    /// Its currency is none.
    Currency,
    /// Its order stands in the file before, with other amounts.
    OrderAgain,
    /// It pays back an order that is not in the file.
    RefundOfNothing,
    /// There are more orders than are kept.
    TooMany,
}

/// A line that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its number in the file, from 1.
    pub line: u64,
    /// Why.
    pub reason: Reason,
}

/// What should be known of how a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// There is no column of goods: what counts is the total, tax and shipping inside as far as no column tells them.
    TotalAlone,
    /// Customers are told apart by their names alone.
    NamesAlone,
    /// Nothing tells customers apart: each order is of a customer of its own.
    NoCustomers,
    /// There is no column of statuses: every order counts as paid.
    NoStatuses,
    /// Refunds have no date of their own, and count from their orders on.
    RefundsUndated,
}

/// What a file holds, and how it was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// What its columns are.
    pub layout: Layout,
    /// The paid orders, and what was paid back.
    pub orders: Orders,
    /// What has to be said before it can be read: an order needs a date and an amount.
    pub missing: Vec<Role>,
    /// Its lines, headings and empty ones included.
    pub lines: u64,
    /// How many lines were left out, by why.
    pub left_out: BTreeMap<Reason, u64>,
    /// The first of those lines.
    pub left_out_first: Vec<LeftOut>,
    /// The statuses that it has, the most frequent first.
    pub statuses: Vec<statuses::Seen>,
    /// What should be known of it.
    pub notes: Vec<Note>,
    /// It turned out that days and months were taken for each other: it is to be read again with these.
    pub again: Option<Wishes>,
}

/// Takes a file in pieces.
pub struct Reader {
    settings: Settings,
    text: Text,
    stage: Stage,
    fault: Option<Unreadable>,
}

enum Stage {
    Head(String),
    Body(Box<Body>),
}

/// What is known after the head.
struct Body {
    layout: Layout,
    cells: Cells,
    taken: Taken,
}

/// What was taken of a file so far.
struct Taken {
    settings: Settings,
    places: line::Places,
    /// Whether there is a date and an amount.
    readable: bool,
    numbers: Numbers,
    orders: Orders,
    /// What became of each order's id.
    known: HashMap<Box<str>, Place>,
    codes: HashMap<Box<str>, Option<u32>>,
    statuses: HashMap<Box<str>, (Meaning, u64)>,
    /// Lines that pay back what may stand further down.
    refunds: Vec<Pending>,
    left_out: BTreeMap<Reason, u64>,
    left_out_first: Vec<LeftOut>,
    records: u64,
    line: u64,
    /// Dates that could be read if days and months changed places.
    contrary: u64,
    undated_refunds: bool,
}

/// What became of an order.
#[derive(Clone, Copy)]
enum Place {
    Kept(u32),
    /// It was not paid, or could not be read.
    Left,
}

/// A line that pays something back.
struct Pending {
    line: u64,
    order: Box<str>,
    at: Option<Instant>,
    goods: i64,
    returned: i64,
}

impl Reader {
    /// A reader of one file.
    pub fn new(settings: Settings) -> Self {
        Self { settings, text: Text::new(), stage: Stage::Head(String::new()), fault: None }
    }

    /// Takes a further piece.
    ///
    /// # Errors
    /// Where the file is none that can be read; then nothing more of it need be given.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        self.take(bytes, false)
    }

    /// What the file held.
    ///
    /// # Errors
    /// As [`Reader::feed`], and where nothing stood in it.
    pub fn end(mut self) -> Result<Read, Unreadable> {
        self.take(&[], true)?;
        match self.stage {
            Stage::Head(_) => Err(Unreadable::Empty),
            Stage::Body(body) => {
                let Body { layout, mut cells, mut taken } = *body;
                cells.feed("", |record| taken.take(&layout, record));
                Ok(taken.into_read(layout))
            }
        }
    }

    fn take(&mut self, bytes: &[u8], last: bool) -> Result<(), Unreadable> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut text = String::new();
        if let Err(fault) = self.text.decode(bytes, last, &mut text) {
            let fault = match fault {
                NoText::Spreadsheet => Unreadable::Spreadsheet,
                NoText::Other => Unreadable::NoText,
            };
            self.fault = Some(fault);
            return Err(fault);
        }
        match &mut self.stage {
            Stage::Head(head) => {
                head.push_str(&text);
                if head.len() >= HEAD || (last && !head.trim().is_empty()) {
                    let head = std::mem::take(head);
                    let mut body = Body::of(&head, last, &self.settings);
                    body.feed(&head);
                    self.stage = Stage::Body(Box::new(body));
                }
            }
            Stage::Body(body) => body.feed(&text),
        }
        Ok(())
    }
}

/// Reads a file that is at hand, and again where it turns out that it should be.
///
/// # Errors
/// As [`Reader::end`].
pub fn read(bytes: &[u8], settings: &Settings) -> Result<Read, Unreadable> {
    let once = |settings: Settings| {
        let mut reader = Reader::new(settings);
        for piece in bytes.chunks(HEAD) {
            reader.feed(piece)?;
        }
        reader.end()
    };
    let first = once(settings.clone())?;
    match first.again {
        Some(wishes) => once(Settings { wishes, ..settings.clone() }),
        None => Ok(first),
    }
}

impl Body {
    fn of(head: &str, whole: bool, settings: &Settings) -> Self {
        let layout = Layout::of(head, whole, &settings.wishes);
        let cells = Cells::new(layout.separator_byte());
        let numbers = layout.column(Role::Status).map_or(Numbers::Flag, |column| Numbers::of(&column.name));
        let taken = Taken {
            settings: settings.clone(),
            places: line::Places::of(&layout),
            readable: layout.missing().is_empty(),
            numbers,
            orders: Orders::default(),
            known: HashMap::new(),
            codes: HashMap::new(),
            statuses: HashMap::new(),
            refunds: Vec::new(),
            left_out: BTreeMap::new(),
            left_out_first: Vec::new(),
            records: 0,
            line: 0,
            contrary: 0,
            undated_refunds: false,
        };
        Self { layout, cells, taken }
    }

    fn feed(&mut self, text: &str) {
        if !text.is_empty() {
            self.cells.feed(text, |record| self.taken.take(&self.layout, record));
        }
    }
}

impl Taken {
    fn take(&mut self, layout: &Layout, record: Result<Record<'_>, TooLong>) {
        let number = self.records;
        self.records += 1;
        match record {
            Err(TooLong { line }) => {
                self.line = line;
                self.leave(line, Reason::TooLong);
            }
            Ok(record) => {
                self.line = record.line;
                let empty = record.cells().all(str::is_empty);
                let separator_said = record.cell(0).to_ascii_lowercase().starts_with("sep=");
                if empty || (number < layout.headings_at && separator_said) || number == layout.headings_at {
                    return;
                }
                if number < layout.headings_at {
                    self.leave(record.line, Reason::BeforeHeadings);
                } else if self.readable
                    && let Err(reason) = self.line(layout, &record, number)
                {
                    self.leave(record.line, reason);
                }
            }
        }
    }

    fn leave(&mut self, line: u64, reason: Reason) {
        *self.left_out.entry(reason).or_default() += 1;
        if self.left_out_first.len() < MOST_TOLD {
            self.left_out_first.push(LeftOut { line, reason });
        }
    }

    fn into_read(mut self, layout: Layout) -> Read {
        for pending in std::mem::take(&mut self.refunds) {
            match self.known.get(&pending.order) {
                Some(Place::Kept(order)) => self.pay_back(*order as usize, &pending),
                // What was never counted has nothing to lose.
                Some(Place::Left) => {}
                None => self.leave(pending.line, Reason::RefundOfNothing),
            }
        }
        self.left_out_first.sort_by_key(|left| left.line);
        let words = self.statuses.into_iter();
        let mut statuses: Vec<statuses::Seen> = words
            .map(|(word, (meaning, orders))| statuses::Seen { word: word.into(), orders, meaning })
            .collect();
        statuses.sort_by(|one, other| (other.orders, &one.word).cmp(&(one.orders, &other.word)));
        let swapped =
            layout.dates_are_a_guess() && self.contrary > 0 && self.settings.wishes.day_first.is_none();
        let again =
            swapped.then(|| Wishes { day_first: Some(!layout.day_first), ..self.settings.wishes.clone() });
        Read {
            missing: layout.missing(),
            notes: layout.notes(self.undated_refunds),
            lines: self.line,
            orders: self.orders,
            left_out: self.left_out,
            left_out_first: self.left_out_first,
            statuses,
            again,
            layout,
        }
    }
}

#[cfg(test)]
mod tests;
