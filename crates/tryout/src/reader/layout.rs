//! How a file is laid out, as its beginning says: the mark between cells, where the headings are, what the columns are, and
//! how dates and amounts are written.

use parrain_sheet::headings::{Beginning, beginning, folded};
use parrain_sheet::{amounts, dates};
use serde::{Deserialize, Serialize};

use super::{Note, Wishes};
use crate::columns::{Column, Role, Sure, guess};

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
        let Beginning { separator, headings_at, names, rows } = beginning(head, whole, weight);
        let columns = columns(&names, &rows, wishes);
        let mut layout = Self {
            separator: char::from(separator),
            headings_at: u64::try_from(headings_at).unwrap_or_default(),
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

/// How much a record looks like headings: by what is known of its names.
fn weight(record: &[String]) -> usize {
    let weight = |(_, sure): &(Role, Sure)| if *sure == Sure::Known { 2 } else { 1 };
    guess(record).iter().flatten().map(weight).sum()
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
