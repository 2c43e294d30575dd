//! How a file is laid out, as its beginning says: the mark between cells, where the headings are, what the columns are, and
//! how dates and amounts are written.

use serde::{Deserialize, Serialize};

use super::{Note, Wishes};
use crate::cells::{Cells, SEPARATORS};
use crate::columns::{Column, Role, Sure, folded, guess};
use crate::{amounts, dates};

/// How many records of a file's beginning are looked at.
const LOOKED_AT: usize = 300;
/// Among how many of them the headings are looked for.
const HEADINGS_AMONG: usize = 15;

/// How a file is laid out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// What stands between cells.
    pub separator: char,
    /// How many records stand before the headings.
    pub headings_at: u64,
    /// Its columns.
    pub columns: Vec<Column>,
    /// In `05/03/2024` the day stands first.
    pub day_first: bool,
    /// How sure that is; `None` where no date needs it.
    pub day_first_sure: Option<Sure>,
    /// A comma stands before decimals.
    pub comma: bool,
    /// How sure that is.
    pub comma_sure: Sure,
    /// The subtotal is what is left after the discount, where the sums of an order do not say otherwise.
    pub subtotal_is_after: bool,
}

impl Layout {
    /// What a file's beginning says; `whole` where it is all of the file.
    pub(super) fn of(head: &str, whole: bool, wishes: &Wishes) -> Self {
        let tried = SEPARATORS.map(|separator| (separator, records(head, whole, separator)));
        let scored = tried.into_iter().map(|(separator, records)| {
            let (score, at) = headings(&records);
            (score, separator, at, records)
        });
        // Of equals the first: it is the likelier mark.
        let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
        let (_, separator, at, records) = best.unwrap_or(((0, 0), b',', 0, Vec::new()));
        let mut rows = records.into_iter().skip(at);
        let names = rows.next().unwrap_or_default();
        let rows: Vec<Vec<String>> = rows.collect();
        let columns = columns(&names, &rows, wishes);
        let mut layout = Self {
            separator: char::from(separator),
            headings_at: u64::try_from(at).unwrap_or_default(),
            subtotal_is_after: names
                .iter()
                .any(|name| matches!(folded(name).as_str(), "financial status" | "statut financier")),
            columns,
            day_first: true,
            day_first_sure: None,
            comma: false,
            comma_sure: Sure::Guessed,
        };
        layout.see_dates(&rows, wishes);
        layout.see_amounts(&rows, wishes);
        layout
    }

    pub(super) fn separator_byte(&self) -> u8 {
        u8::try_from(self.separator).unwrap_or(b',')
    }

    /// The place of the column of a role.
    pub fn place(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|column| column.role == Some(role))
    }

    pub(super) fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == Some(role))
    }

    fn has(&self, role: Role) -> bool {
        self.column(role).is_some()
    }

    /// What has to be said before orders can be read.
    pub(super) fn missing(&self) -> Vec<Role> {
        let mut missing = Vec::new();
        if !self.has(Role::PaidAt) && !self.has(Role::CreatedAt) {
            missing.push(Role::CreatedAt);
        }
        if !self.has(Role::Subtotal) && !self.has(Role::Net) && !self.has(Role::Total) {
            missing.push(Role::Total);
        }
        missing
    }

    pub(super) fn notes(&self, undated_refunds: bool) -> Vec<Note> {
        let person = self.has(Role::Email) || self.has(Role::CustomerId);
        let facts = [
            (!self.has(Role::Subtotal) && !self.has(Role::Net), Note::TotalAlone),
            (!person && self.has(Role::CustomerName), Note::NamesAlone),
            (!person && !self.has(Role::CustomerName), Note::NoCustomers),
            (!self.has(Role::Status), Note::NoStatuses),
            (undated_refunds, Note::RefundsUndated),
        ];
        facts.into_iter().filter_map(|(holds, note)| holds.then_some(note)).collect()
    }

    pub(super) fn dates_are_a_guess(&self) -> bool {
        self.day_first_sure == Some(Sure::Guessed)
    }

    fn see_dates(&mut self, rows: &[Vec<String>], wishes: &Wishes) {
        let places: Vec<usize> = [Role::PaidAt, Role::CreatedAt, Role::RefundedAt]
            .into_iter()
            .filter_map(|role| self.place(role))
            .collect();
        let cells: Vec<&String> =
            rows.iter().flat_map(|row| places.iter().filter_map(|place| row.get(*place))).collect();
        if !cells.iter().any(|cell| dates::is_by_numbers(cell)) {
            return;
        }
        let told = cells.iter().find_map(|cell| dates::day_first_of(cell));
        // With a comma between cells and slashes in dates it is America's way more often than not.
        let slashes = cells.iter().any(|cell| cell.contains('/'));
        let likely = self.separator == ';' || !slashes || self.is_french();
        (self.day_first, self.day_first_sure) = match (wishes.day_first, told) {
            (Some(said), _) => (said, Some(Sure::Said)),
            (None, Some(told)) => (told, Some(Sure::Known)),
            (None, None) => (likely, Some(Sure::Guessed)),
        };
    }

    fn see_amounts(&mut self, rows: &[Vec<String>], wishes: &Wishes) {
        let roles = [
            Role::Subtotal,
            Role::Net,
            Role::Total,
            Role::Discount,
            Role::Shipping,
            Role::Tax,
            Role::Refunded,
            Role::LineTotal,
        ];
        let places: Vec<usize> = roles.into_iter().filter_map(|role| self.place(role)).collect();
        let mut cells = rows.iter().flat_map(|row| places.iter().filter_map(|place| row.get(*place)));
        let told = cells.find_map(|cell| amounts::comma_of(cell));
        (self.comma, self.comma_sure) = match (wishes.comma, told) {
            (Some(said), _) => (said, Sure::Said),
            (None, Some(told)) => (told, Sure::Known),
            (None, None) => (self.separator == ';' || self.is_french(), Sure::Guessed),
        };
    }

    fn is_french(&self) -> bool {
        const WORDS: [&str; 8] =
            ["date de", "commande", "montant", "remise", "etat", "statut", "devise", "livraison"];
        let names = self.columns.iter().map(|column| folded(&column.name));
        names.filter(|name| WORDS.iter().any(|word| name.contains(word))).count() >= 2
    }
}

/// The first records of a file.
fn records(head: &str, whole: bool, separator: u8) -> Vec<Vec<String>> {
    let mut records: Vec<Vec<String>> = Vec::new();
    let mut cells = Cells::new(separator);
    let mut take = |record: Result<crate::cells::Record<'_>, crate::cells::TooLong>| {
        if records.len() < LOOKED_AT {
            let cells = record.map(|record| record.cells().map(str::to_owned).collect());
            records.push(cells.unwrap_or_default());
        }
    };
    cells.feed(head, &mut take);
    if whole {
        cells.feed("", &mut take);
    }
    records
}

/// Which record has the headings, and how much speaks for it: what is known of its names, then how many there are.
fn headings(records: &[Vec<String>]) -> ((usize, usize), usize) {
    let score = |record: &Vec<String>| {
        let weight = |(_, sure): &(Role, Sure)| if *sure == Sure::Known { 2 } else { 1 };
        let known: usize = guess(record).iter().flatten().map(weight).sum();
        // One name alone may be a title's.
        (if known > 2 { known } else { 0 }, record.iter().filter(|name| !name.is_empty()).count())
    };
    let scored = records.iter().take(HEADINGS_AMONG).map(score).enumerate();
    let best = scored.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or(((0, 0), 0), |(at, score)| (score, at))
}

fn columns(names: &[String], rows: &[Vec<String>], wishes: &Wishes) -> Vec<Column> {
    let example = |place: usize| {
        let cells = rows.iter().filter_map(|row| row.get(place));
        let found = cells.map(String::as_str).find(|cell| !cell.is_empty()).unwrap_or_default();
        found.chars().take(60).collect()
    };
    let said: Vec<Role> = wishes.columns.values().flatten().copied().collect();
    let mut columns = Vec::with_capacity(names.len());
    for (place, (name, guessed)) in names.iter().zip(guess(names)).enumerate() {
        // What the owner gave to one column is no other's.
        let guessed = guessed.filter(|(role, _)| !said.contains(role));
        let (role, sure) = match wishes.columns.get(&place) {
            Some(role) => (*role, Sure::Said),
            None => (guessed.map(|(role, _)| role), guessed.map_or(Sure::Guessed, |(_, sure)| sure)),
        };
        columns.push(Column { name: name.clone(), example: example(place), role, sure });
    }
    columns
}
