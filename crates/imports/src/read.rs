//! A whole file: what it is, and what each of its lines asks for.

use std::collections::BTreeSet;

use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::zone::Zone;
use parrain_sheet::cells::{Cells, Record, TooLong};
use parrain_sheet::headings::{beginning, folded};
use parrain_sheet::text::{NoText, Text};
use parrain_sheet::{amounts, dates};
use parrain_wire::imports::{ImportColumn as Column, ImportReason as Reason, ImportWhat as What, Software};

use crate::columns::{Kind, columns, weight};
use crate::line::{Entry, Layout, Refused, Whose, entries};
use crate::software::guess;

/// The most lines of a file.
pub const MOST_LINES: u64 = 10_000;
/// The most that the lines of a file ask for, all in all.
pub const MOST_ENTRIES: usize = 50_000;
/// How much of a file's beginning is looked at for its headings.
const HEAD: usize = 64 * 1024;

/// What a file does not say of itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose export it is; guessed where it is not said.
    pub software: Option<Software>,
    /// The clock of dates that name no offset.
    pub zone: Zone,
    /// The program's currency, in which everything has to be.
    pub currency: Currency,
    /// What time it is: older orders than the contract takes are left out.
    pub now: Instant,
    /// Whether a value that can be no code is replaced by the nearest that can.
    pub nearest: bool,
    /// Whether referrers keep their own rates.
    pub rates: bool,
}

/// Why a file gives nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A spreadsheet's own file: it has to be saved as CSV.
    Spreadsheet,
    /// No text at all.
    NoText,
    /// Nothing stands in it.
    Empty,
    /// No column says which code somebody has, nor what was earned of a sale.
    NoColumns,
    /// It has more than [`MOST_LINES`] lines.
    TooMany,
    /// Its lines ask for more than [`MOST_ENTRIES`] things.
    TooMuch,
}

/// What a file says.
#[derive(Clone, Debug)]
pub struct Found {
    /// Whose export it is.
    pub software: Software,
    /// Whether it is a list of sales; else one of people.
    pub sales: bool,
    /// Its columns, with what each is.
    pub columns: Vec<(String, Option<Column>)>,
    /// How many lines it has, the headings included.
    pub lines: u64,
    /// What they ask for, in their order.
    pub entries: Vec<Entry>,
}

impl Unreadable {
    /// Why, in a sentence.
    pub fn words(self) -> String {
        match self {
            Self::Spreadsheet => "is a spreadsheet's own file: save it as CSV and give that".into(),
            Self::NoText => "is no text: give the CSV file of the export".into(),
            Self::Empty => "is empty".into(),
            Self::NoColumns => {
                "has no column with codes or links, nor one with commissions of sales: give the export of your \
                 affiliates, or of their commissions, with its headings"
                    .into()
            }
            Self::TooMuch => format!(
                "has more than {MOST_ENTRIES} codes, sums and sales: split it, with its headings in each part"
            ),
            Self::TooMany => format!("has more than {MOST_LINES} lines: split it, with its headings in each part"),
        }
    }
}

/// Reads a file.
///
/// # Errors
/// Why it gives nothing at all.
pub fn read(bytes: &[u8], settings: &Settings) -> Result<Found, Unreadable> {
    let mut text = String::new();
    Text::new().decode(bytes, true, &mut text).map_err(|fault| match fault {
        NoText::Spreadsheet => Unreadable::Spreadsheet,
        NoText::Other => Unreadable::NoText,
    })?;
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let cut = (0..=HEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let start = beginning(text.get(..cut).unwrap_or_default(), cut == text.len(), weight);
    let names: Vec<String> = start.names.iter().map(|name| folded(name)).collect();
    let software = settings.software.unwrap_or_else(|| guess(&names, &start.rows));
    let (kind, read_as) = columns(&start.names, software);
    let has = |column| read_as.contains(&Some(column));
    let codes = has(Column::Code) || has(Column::Coupon) || has(Column::Link);
    if kind == Kind::People && !codes {
        return Err(Unreadable::NoColumns);
    }
    let marks = Marks::of(&text, start.separator, start.headings_at, &read_as)?;
    let layout = Layout {
        settings,
        software,
        kind,
        names: &start.names,
        columns: &read_as,
        day_first: marks.day_first.unwrap_or(start.separator == b';'),
        comma: marks.comma.unwrap_or(start.separator == b';'),
    };
    let (mut found, mut seen, mut number) = (Vec::new(), BTreeSet::new(), 0);
    for_each(&text, start.separator, |record| {
        let at = number;
        number += 1;
        match record {
            Err(TooLong { line }) => {
                let item = Err(Refused::plain(What::Line, Reason::TooLong));
                found.push(Entry { line, item, whose: Whose::default() });
            }
            Ok(record) => {
                let separator_said = record.cell(0).to_ascii_lowercase().starts_with("sep=");
                let empty = record.cells().all(str::is_empty);
                if empty || at == start.headings_at || (at < start.headings_at && separator_said) {
                    return;
                }
                let line = record.line;
                if at < start.headings_at {
                    let refused = Refused::plain(What::Line, Reason::BeforeHeadings);
                    found.push(Entry { line, item: Err(refused), whose: Whose::default() });
                    return;
                }
                let near = at <= start.headings_at + 2;
                if found.len() > MOST_ENTRIES {
                    return;
                }
                let (items, whose) = entries(&layout, &record, near, &mut seen);
                found.extend(items.into_iter().map(|item| Entry { line, item, whose: whose.clone() }));
            }
        }
    });
    if found.len() > MOST_ENTRIES {
        return Err(Unreadable::TooMuch);
    }
    let columns = start.names.iter().cloned().zip(read_as.iter().copied()).collect();
    Ok(Found { software, sales: kind == Kind::Sales, columns, lines: marks.lines, entries: found })
}

/// How numbers and dates are written, as the cells of the whole file say; nothing where none does.
struct Marks {
    day_first: Option<bool>,
    comma: Option<bool>,
    lines: u64,
}

impl Marks {
    fn of(
        text: &str,
        separator: u8,
        headings_at: usize,
        read_as: &[Option<Column>],
    ) -> Result<Self, Unreadable> {
        let place = |column| read_as.iter().position(|one| *one == Some(column));
        let at = place(Column::At);
        let money: Vec<usize> =
            [Column::Balance, Column::Commission, Column::Amount].into_iter().filter_map(place).collect();
        let (mut marks, mut number) = (Self { day_first: None, comma: None, lines: 0 }, 0);
        for_each(text, separator, |record| {
            marks.lines += 1;
            let is_row = number > headings_at;
            number += 1;
            let Ok(record) = record else { return };
            if !is_row {
                return;
            }
            marks.day_first = marks.day_first.or_else(|| dates::day_first_of(record.cell(at?)));
            marks.comma =
                marks.comma.or_else(|| money.iter().find_map(|place| amounts::comma_of(record.cell(*place))));
        });
        if marks.lines > MOST_LINES { Err(Unreadable::TooMany) } else { Ok(marks) }
    }
}

fn for_each(text: &str, separator: u8, mut take: impl FnMut(Result<Record<'_>, TooLong>)) {
    let mut cells = Cells::new(separator);
    cells.feed(text, &mut take);
    cells.feed("", &mut take);
}
