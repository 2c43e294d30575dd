//! What one line of an export asks for: a referrer's codes, what is owed, an order of before.

use std::collections::BTreeSet;

use parrain_core::code::Code;
use parrain_core::email;
use parrain_core::event::{Customer, MAX_AGE_DAYS};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, Rate, format_amount};
use parrain_sheet::amounts::{self, Amount, NoAmount};
use parrain_sheet::cells::Record;
use parrain_sheet::dates;
use parrain_sheet::headings::{folded, is_totals};
use parrain_wire::imports::{ImportColumn as Column, ImportReason as Reason, ImportWhat as What, Software};
use serde::{Deserialize, Serialize};

use crate::columns::Kind;
use crate::read::Settings;
use crate::software::value_of;
use crate::standing::{Earned, Standing, earned, standing};

/// The most characters of a cell that are told.
const MOST_TOLD: usize = 100;
/// The most characters of a sale's or a customer's id.
const MOST_ID: usize = 128;
/// The most codes that one line brings.
const MOST_CODES: usize = 50;

/// Something that a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line's number in the file, from 1.
    pub line: u64,
    /// What it asks for, or why that cannot be had.
    pub item: Result<Item, Refused>,
    /// Whom the line is about, so that what is refused of it is found and forgotten with them.
    pub whose: Whose,
}

/// Whom a line is about, as far as it says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    /// The referrer's address.
    pub email: Option<String>,
    /// The address of a sale's customer.
    pub customer_email: Option<String>,
    /// The shop's id of the referrer or, of a sale, of the customer.
    pub customer_id: Option<String>,
}

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// A referrer with a code; of somebody with several codes there are several.
    Referrer(Person),
    /// Something that is owed.
    Owed(Owed),
    /// An order of before.
    Order(OldOrder),
}

/// A referrer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The code.
    pub code: Code,
    /// What stood there instead, where this is the nearest code to it.
    pub instead_of: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The address, as it stands there.
    pub email: Option<String>,
    /// The shop's id of them as a customer.
    pub customer_id: Option<String>,
    /// Whether they do not take part for now.
    pub paused: bool,
    /// Their own rate, a decimal number of per cents.
    pub percent: Option<String>,
}

/// By what it is told to whom something is owed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// A code of theirs.
    pub code: Option<Code>,
    /// Their address.
    pub email: Option<String>,
    /// Their name, where the line is the person's own.
    pub name: Option<String>,
    /// The shop's id of them as a customer, where the line is the person's own.
    pub customer_id: Option<String>,
}

/// What is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// To whom.
    pub to: Holder,
    /// How much, in minor units of the program's currency; below nothing where they owe it.
    pub amount: i64,
    /// The sale of which it is the commission; nothing where it is all that is owed to them.
    pub sale: Option<String>,
    /// The commission's own id, where the file has one beside the sale's.
    pub commission: Option<String>,
}

/// An order of before, with a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldOrder {
    /// Its id in the file.
    pub id: String,
    /// When.
    pub at: Instant,
    /// The shop's id of the customer.
    pub customer_id: Option<String>,
    /// The customer's address, in the form in which addresses are compared.
    pub email: Option<String>,
    /// What it came to, in minor units of the program's currency.
    pub amount: i64,
}

/// Why something is not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What it would have been.
    pub what: What,
    /// Why.
    pub reason: Reason,
    /// The column's name, where it is one's fault.
    pub column: Option<String>,
    /// What stands there.
    pub value: Option<String>,
    /// Why, in a sentence that says more than the reason does.
    pub detail: Option<String>,
}

impl Refused {
    /// Of nothing but a reason.
    pub fn plain(what: What, reason: Reason) -> Self {
        Self { what, reason, column: None, value: None, detail: None }
    }
}

/// What is known of a file when its lines are read.
pub(crate) struct Layout<'a> {
    pub settings: &'a Settings,
    pub software: Software,
    pub kind: Kind,
    pub names: &'a [String],
    pub columns: &'a [Option<Column>],
    pub day_first: bool,
    pub comma: bool,
}

/// The cells of a line by what they are.
struct Cells<'a> {
    layout: &'a Layout<'a>,
    record: &'a Record<'a>,
}

/// Reads one line; `near` says whether it stands just behind the headings. `seen` are the codes of the lines before.
pub(crate) fn entries(
    layout: &Layout<'_>,
    record: &Record<'_>,
    near: bool,
    seen: &mut BTreeSet<Code>,
) -> (Vec<Result<Item, Refused>>, Whose) {
    let cells = Cells { layout, record };
    (cells.items(near, seen), cells.whose())
}

impl Cells<'_> {
    fn items(&self, near: bool, seen: &mut BTreeSet<Code>) -> Vec<Result<Item, Refused>> {
        if self.is_headings(near) {
            return vec![Err(Refused::plain(What::Line, Reason::Headings))];
        }
        if is_totals(self.record) && !self.get(Column::Email).contains('@') {
            return vec![Err(Refused::plain(What::Line, Reason::Totals))];
        }
        if let Some(refused) = self.formula() {
            return vec![Err(refused)];
        }
        match self.layout.kind {
            Kind::People => self.person(seen),
            Kind::Sales => self.sale(),
        }
    }

    fn whose(&self) -> Whose {
        let customer_id = match self.layout.kind {
            Kind::People => Column::CustomerId,
            Kind::Sales => Column::Customer,
        };
        Whose {
            email: self.text(Column::Email),
            customer_email: email::normalise(self.get(Column::CustomerEmail)),
            customer_id: self.id(customer_id),
        }
    }

    /// The cell of a column, without what spreadsheets need around a text.
    fn get(&self, column: Column) -> &str {
        let place = self.layout.columns.iter().position(|one| *one == Some(column));
        place.map_or("", |place| amounts::unwrapped(self.record.cell(place)))
    }

    fn has(&self, column: Column) -> bool {
        self.layout.columns.contains(&Some(column))
    }

    fn text(&self, column: Column) -> Option<String> {
        Some(self.get(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A refusal that names a column and what stands there.
    fn refuse(&self, what: What, reason: Reason, column: Column) -> Refused {
        let place = self.layout.columns.iter().position(|one| *one == Some(column));
        Refused {
            what,
            reason,
            column: place.and_then(|place| self.layout.names.get(place)).cloned(),
            // What stands in place of an address or a name may be one, and could not be found again by whose it is.
            value: self.text(column).filter(|_| !is_personal(column)).map(|text| told(&text)),
            detail: None,
        }
    }

    fn formula(&self) -> Option<Refused> {
        let mut read =
            self.layout.columns.iter().enumerate().filter_map(|(place, one)| Some((place, (*one)?)));
        let (_, column) = read.find(|(place, _)| amounts::is_formula(self.record.cell(*place)))?;
        Some(self.refuse(What::Line, Reason::Formula, column))
    }

    /// Headings again, or a line that explains them: in place of an address stands a word, nowhere a digit, and at least
    /// one of its cells has a word of its own heading's.
    fn is_headings(&self, near: bool) -> bool {
        let read = self.layout.columns.iter().enumerate().filter(|(_, column)| column.is_some());
        let same = read
            .filter(|(place, _)| {
                let name = self.layout.names.get(*place).map(|name| folded(name)).unwrap_or_default();
                folded(self.record.cell(*place)) == name
            })
            .count();
        let mut named = self.layout.columns.iter().enumerate().filter(|(_, column)| column.is_some());
        let echoes = named.any(|(place, _)| {
            let name = self.layout.names.get(place).map(|name| folded(name)).unwrap_or_default();
            let cell = folded(self.record.cell(place));
            cell.split(' ').any(|word| !word.is_empty() && name.split(' ').any(|own| own == word))
        });
        let email = self.get(Column::Email);
        let explains = near
            && echoes
            && !email.is_empty()
            && !email.contains('@')
            && !self.record.cells().any(|cell| cell.contains(|c: char| c.is_ascii_digit()));
        same >= 2 || explains
    }

    fn person(&self, seen: &mut BTreeSet<Code>) -> Vec<Result<Item, Refused>> {
        let email = self.text(Column::Email);
        let why_not = match standing(self.get(Column::Status)) {
            None => Some(Reason::Status),
            Some(Standing::Pending) => Some(Reason::Pending),
            Some(Standing::Gone) => Some(Reason::Gone),
            Some(Standing::Active | Standing::Paused) => None,
        };
        let mut found = Vec::new();
        let mut first = None;
        match why_not {
            Some(reason) => found.push(Err(self.refuse(What::Referrer, reason, Column::Status))),
            None => {
                let paused = standing(self.get(Column::Status)) == Some(Standing::Paused);
                let percent = if self.layout.settings.rates { self.percent() } else { Ok(None) };
                let percent = percent.unwrap_or_else(|refused| {
                    found.push(Err(refused));
                    None
                });
                let values = self.values();
                if values.len() > MOST_CODES {
                    found.push(Err(Refused::plain(What::Referrer, Reason::TooMany)));
                }
                for (column, value) in values.into_iter().take(MOST_CODES) {
                    match self.code(column, &value) {
                        Ok((code, _)) if !seen.insert(code.clone()) => {
                            let mut refused = self.refuse(What::Referrer, Reason::Twice, column);
                            refused.value = Some(code.to_string());
                            found.push(Err(refused));
                        }
                        Ok((code, instead_of)) => {
                            first.get_or_insert_with(|| code.clone());
                            found.push(Ok(Item::Referrer(Person {
                                code,
                                instead_of,
                                name: self.name(),
                                email: email.clone(),
                                customer_id: self.id(Column::CustomerId),
                                paused,
                                percent: percent.clone(),
                            })));
                        }
                        Err(refused) => found.push(Err(refused)),
                    }
                }
                if found.is_empty() {
                    found.push(Err(Refused::plain(What::Referrer, Reason::NoCode)));
                }
            }
        }
        match self.money(What::Balance, Column::Balance) {
            Ok(None | Some(0)) => {}
            Ok(Some(_)) if why_not.is_some() => {
                found.push(Err(self.refuse(What::Balance, Reason::NoReferrer, Column::Balance)));
            }
            Ok(Some(amount)) => {
                let (name, customer_id) = (self.name(), self.id(Column::CustomerId));
                let to = Holder { code: first, email, name, customer_id };
                found.push(Ok(Item::Owed(Owed { to, amount, sale: None, commission: None })));
            }
            Err(refused) => found.push(Err(refused)),
        }
        found
    }

    fn sale(&self) -> Vec<Result<Item, Refused>> {
        let paid = self.has(Column::Paid).then(|| self.get(Column::Paid));
        let Some(earned) = earned(self.get(Column::Status), paid) else {
            let column = if self.get(Column::Status).is_empty() { Column::Paid } else { Column::Status };
            return vec![Err(self.refuse(What::Balance, Reason::Status, column))];
        };
        let column = if self.get(Column::Status).is_empty() { Column::Paid } else { Column::Status };
        // What was called off is no order of anybody's.
        if earned == Earned::Nothing {
            return vec![Err(self.refuse(What::Balance, Reason::CalledOff, column))];
        }
        let commission = self.id(Column::CommissionId);
        let id = self.id(Column::Sale).or_else(|| commission.clone());
        let mut found = Vec::new();
        let owed = match (earned, &id) {
            (Earned::Nothing, _) => Ok(None),
            (Earned::Paid, _) if self.get(Column::Paid).is_empty() => {
                Err(self.refuse(What::Balance, Reason::Paid, Column::Status))
            }
            (Earned::Paid, _) => Err(self.refuse(What::Balance, Reason::Paid, Column::Paid)),
            (Earned::Undecided, _) => Err(self.refuse(What::Balance, Reason::Undecided, Column::Status)),
            (Earned::Unclear, _) => Err(self.refuse(What::Balance, Reason::PaidOrNot, Column::Status)),
            (Earned::Owed, None) => Err(self.refuse(What::Balance, Reason::NoId, Column::Sale)),
            (Earned::Owed, Some(_)) if self.get(Column::Commission).is_empty() => {
                Err(self.refuse(What::Balance, Reason::Amount, Column::Commission))
            }
            (Earned::Owed, Some(id)) => self.money(What::Balance, Column::Commission).map(|amount| {
                let amount = amount.filter(|amount| *amount != 0)?;
                let value = self.values().into_iter().next();
                let code = value.and_then(|(column, value)| self.code(column, &value).ok());
                let code = code.map(|(code, _)| code);
                let to = Holder { code, email: self.text(Column::Email), ..Holder::default() };
                Some(Owed { to, amount, sale: Some(id.clone()), commission })
            }),
        };
        found.extend(owed.transpose().map(|owed| owed.map(Item::Owed)));
        found.extend(self.order(id).transpose().map(|order| order.map(Item::Order)));
        found
    }

    /// The order, where the line says whose and when it was, and what was bought for.
    fn order(&self, id: Option<String>) -> Result<Option<OldOrder>, Refused> {
        let customer_id = self.id(Column::Customer);
        let email = email::normalise(self.get(Column::CustomerEmail));
        let (Some(id), false) = (id, customer_id.is_none() && email.is_none()) else { return Ok(None) };
        if !self.has(Column::At) || !self.has(Column::Amount) {
            return Ok(None);
        }
        let Settings { zone, now, .. } = self.layout.settings;
        let Some(at) = dates::read(self.get(Column::At), self.layout.day_first, zone) else {
            return Err(self.refuse(What::Order, Reason::Date, Column::At));
        };
        if at > *now || at < now.plus_days(-MAX_AGE_DAYS) {
            return Err(self.refuse(What::Order, Reason::TooOld, Column::At));
        }
        let amount = self.money(What::Order, Column::Amount)?.unwrap_or_default().max(0);
        Ok(Some(OldOrder { id, at, customer_id, email, amount }))
    }

    /// The values by which links and orders name the referrer, with their columns: what links carry first.
    fn values(&self) -> Vec<(Column, String)> {
        let (mut values, mut known): (Vec<(Column, String)>, BTreeSet<String>) = Default::default();
        let mut add = |column, value: &str| {
            let value = value.trim();
            // One more than are brought says that there are too many.
            if !value.is_empty() && values.len() <= MOST_CODES && known.insert(value.to_ascii_lowercase()) {
                values.push((column, value.to_owned()));
            }
        };
        let link = value_of(self.get(Column::Link), self.layout.software);
        match link {
            Some(value) => add(Column::Link, value),
            None => add(Column::Code, self.get(Column::Code)),
        }
        // Links there take the user's name and the number.
        if self.layout.software == Software::AffiliateWp {
            add(Column::Person, self.get(Column::Person));
        }
        for coupon in self.get(Column::Coupon).split([',', ';', '|', '\n']) {
            add(Column::Coupon, coupon);
        }
        // Of a link that carries something else than the code that stands beside it, both are theirs.
        if link.is_some() {
            add(Column::Code, self.get(Column::Code));
        }
        values
    }

    /// The code that a value is, with the value where another had to be taken.
    fn code(&self, column: Column, value: &str) -> Result<(Code, Option<String>), Refused> {
        let fault = match value.parse::<Code>() {
            Ok(code) => return Ok((code, None)),
            Err(fault) => fault,
        };
        match fault.nearest().filter(|_| self.layout.settings.nearest) {
            Some(near) => Ok((near, Some(told(value)))),
            None => Err(Refused {
                value: Some(told(value)),
                detail: Some(fault.to_string()),
                ..self.refuse(What::Referrer, Reason::NotACode, column)
            }),
        }
    }

    fn name(&self) -> Option<String> {
        let parts = [self.get(Column::FirstName), self.get(Column::LastName)];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { self.text(Column::Name) } else { Some(parts.join(" ")) }
    }

    fn id(&self, column: Column) -> Option<String> {
        Customer::id_of(self.get(column)).map(|id| id.chars().take(MOST_ID).collect())
    }

    /// Their own rate, where it is one in per cent.
    fn percent(&self) -> Result<Option<String>, Refused> {
        let cell = self.get(Column::Rate);
        let (number, says_percent) = match cell.strip_suffix('%') {
            Some(number) => (number.trim(), true),
            None => (cell, false),
        };
        let kind = folded(self.get(Column::RateType));
        let percent = says_percent || matches!(kind.as_str(), "" | "percentage" | "percent" | "pourcentage");
        if number.is_empty() || !percent {
            return Ok(None);
        }
        let refuse = || self.refuse(What::Line, Reason::Rate, Column::Rate);
        let amount = amounts::read(number, self.layout.comma).map_err(|_| refuse())?;
        // Hundredths of a per cent, in which rates are at most.
        let hundredths = amount.minor(2);
        let rate = Some(hundredths).filter(|hundredths| *hundredths > 0 && amount.currency.is_none());
        let rate = rate.and_then(|hundredths| Rate::parse(&format_amount(hundredths, 2)));
        rate.map(|rate| Some(rate.to_string())).ok_or_else(refuse)
    }

    /// An amount in minor units of the program's currency; nothing where there is none.
    fn money(&self, what: What, column: Column) -> Result<Option<i64>, Refused> {
        let amount = match amounts::read(self.get(column), self.layout.comma) {
            Ok(amount) => amount,
            Err(NoAmount::Empty) => return Ok(None),
            Err(NoAmount::Formula | NoAmount::Other) => {
                return Err(self.refuse(what, Reason::Amount, column));
            }
        };
        let said = self.get(Column::Currency);
        let stated = match said {
            "" => amount.currency,
            said => match Currency::parse(&said.to_uppercase()) {
                None => return Err(self.refuse(what, Reason::Currency, Column::Currency)),
                currency => currency,
            },
        };
        let Amount { currency: beside, .. } = amount;
        let own = self.layout.settings.currency;
        let other = |currency: Option<Currency>| currency.is_some_and(|one| one != own);
        if other(stated) || other(beside) {
            let column = if other(beside) { column } else { Column::Currency };
            let nothing = amount.minor(own.decimals()) == 0;
            return if nothing { Ok(None) } else { Err(self.refuse(what, Reason::Currency, column)) };
        }
        Ok(Some(amount.minor(own.decimals())))
    }
}

/// Whether what stands in a column is a person's name or address.
fn is_personal(column: Column) -> bool {
    match column {
        Column::Email | Column::CustomerEmail | Column::Name | Column::FirstName | Column::LastName => true,
        Column::Code
        | Column::Coupon
        | Column::Link
        | Column::Person
        | Column::CustomerId
        | Column::Status
        | Column::Paid
        | Column::Rate
        | Column::RateType
        | Column::Balance
        | Column::Currency
        | Column::Sale
        | Column::CommissionId
        | Column::At
        | Column::Amount
        | Column::Commission
        | Column::Customer => false,
    }
}

/// What is told of a cell.
fn told(text: &str) -> String {
    text.chars().take(MOST_TOLD).collect()
}
