//! One line of an export: an order, a further line of one, or something that was paid back.

use parrain_core::code::Code;
use parrain_core::email;
use parrain_core::event::{Customer, Line};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, round_half_even};
use parrain_sheet::amounts::{self, Amount, NoAmount};
use parrain_sheet::cells::Record;
use parrain_sheet::dates;
use parrain_sheet::headings::{folded, is_totals};

use super::{Layout, MOST_ORDERS, Pending, Place, Reason, Taken};
use crate::columns::Role;
use crate::orders::{Bought, Refund};
use crate::statuses::{Meaning, meaning};

/// How far two amounts that should be the same may be apart, in minor units: platforms round each line.
const ROUNDING: i64 = 2;
/// The most codes of one order.
const MOST_CODES: usize = 20;

/// The amounts of a line, in minor units where they are there.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    subtotal: Option<i64>,
    net: Option<i64>,
    discount: Option<i64>,
    total: Option<i64>,
    shipping: Option<i64>,
    tax: Option<i64>,
}

/// An order's amounts as the core has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Worth {
    subtotal: i64,
    discount: i64,
    total: Option<i64>,
}

/// The cells of a line by what they are.
struct Cells<'a> {
    layout: &'a Layout,
    places: &'a Places,
    record: &'a Record<'a>,
}

/// Where the column of each role stands, by the roles' own order.
#[derive(Clone, Debug, Default)]
pub(super) struct Places([Option<usize>; Role::ALL.len()]);

impl Places {
    pub(super) fn of(layout: &Layout) -> Self {
        Self(Role::ALL.map(|role| layout.place(role)))
    }

    fn get(&self, role: Role) -> Option<usize> {
        self.0.get(role as usize).copied().flatten()
    }
}

impl Cells<'_> {
    fn get(&self, role: Role) -> &str {
        self.places.get(role).map_or("", |place| self.record.cell(place))
    }

    fn amount(&self, role: Role) -> Result<Option<Amount>, Reason> {
        match amounts::read(self.get(role), self.layout.comma) {
            Ok(amount) => Ok(Some(amount)),
            Err(NoAmount::Empty) => Ok(None),
            Err(NoAmount::Formula) => Err(Reason::Formula),
            Err(NoAmount::Other) => Err(Reason::Amount),
        }
    }

    /// Whether any cell that is read has a digit.
    fn has_digits(&self) -> bool {
        let read = self.layout.columns.iter().enumerate().filter(|(_, column)| column.role.is_some());
        read.into_iter().any(|(place, _)| self.record.cell(place).contains(|c: char| c.is_ascii_digit()))
    }

    fn is_headings(&self) -> bool {
        let named = self.layout.columns.iter().enumerate().filter(|(_, column)| column.role.is_some());
        let same =
            named.filter(|(place, column)| folded(self.record.cell(*place)) == folded(&column.name)).count();
        same >= 2
    }
}

impl Taken {
    /// Takes one line.
    pub(super) fn line(&mut self, layout: &Layout, record: &Record<'_>, number: u64) -> Result<(), Reason> {
        let places = self.places.clone();
        let cells = Cells { layout, places: &places, record };
        let id = amounts::unwrapped(cells.get(Role::OrderId));
        let known = if id.is_empty() { None } else { self.known.get(id).copied() };
        let date = match cells.get(Role::PaidAt) {
            "" => cells.get(Role::CreatedAt),
            paid => paid,
        };
        if let (Some(place), "") = (known, date) {
            return self.further(&cells, place);
        }
        let Some(at) = dates::read(date, layout.day_first, &self.settings.zone) else {
            return Err(self.why_no_date(&cells, date, number));
        };
        let currency = self.currency(&cells)?;
        let sums = sums(&cells, currency)?;
        let main = sums.net.or(sums.total).or(sums.subtotal);
        match (main, known) {
            (Some(below), _) if below < 0 => {
                let (goods, returned) = match (sums.net, sums.total) {
                    (Some(net), _) => (net.saturating_neg(), 0),
                    (None, Some(total)) => (0, total.saturating_neg()),
                    (None, None) => (below.saturating_neg(), 0),
                };
                let at = self.refunded_at(&cells).or(Some(at));
                self.refunds.push(Pending { line: record.line, order: id.into(), at, goods, returned });
                Ok(())
            }
            (None, Some(place)) => self.further(&cells, place),
            (None, None) => Err(Reason::Amount),
            (Some(_), Some(place)) => self.again(&cells, place, sums),
            (Some(_), None) => self.order(&cells, at, currency, sums),
        }
    }

    fn why_no_date(&mut self, cells: &Cells<'_>, date: &str, number: u64) -> Reason {
        if cells.is_headings() || (number <= cells.layout.headings_at + 2 && !cells.has_digits()) {
            return Reason::HeadingsAgain;
        }
        if is_totals(cells.record) || (date.is_empty() && cells.get(Role::OrderId).is_empty()) {
            return Reason::Totals;
        }
        if amounts::is_formula(date) {
            return Reason::Formula;
        }
        self.contrary += u64::from(dates::read(date, !cells.layout.day_first, &self.settings.zone).is_some());
        Reason::Date
    }

    /// A further line of an order: it has goods of a category or a code, at most.
    fn further(&mut self, cells: &Cells<'_>, place: Place) -> Result<(), Reason> {
        let Place::Kept(place) = place else { return Ok(()) };
        let codes = self.codes(cells.get(Role::Codes));
        let Some(bought) = self.orders.bought.get_mut(place as usize) else { return Ok(()) };
        if codes.iter().any(|code| !bought.codes.contains(code)) {
            let mut all = bought.codes.to_vec();
            all.extend(codes.iter().filter(|code| !bought.codes.contains(code)));
            all.truncate(MOST_CODES);
            bought.codes = all.into();
        }
        let currency = bought.currency;
        bought.lines.extend(goods_line(cells, currency)?);
        Ok(())
    }

    /// An order's amounts once more: each of its lines repeats them in some exports.
    fn again(&mut self, cells: &Cells<'_>, place: Place, sums: Sums) -> Result<(), Reason> {
        let Place::Kept(number) = place else { return Ok(()) };
        let worth = worth(sums, cells.layout.subtotal_is_after);
        let bought = self.orders.bought.get(number as usize);
        let same = bought.is_some_and(|bought| {
            worth == Worth { subtotal: bought.subtotal, discount: bought.discount, total: bought.total }
        });
        if same { self.further(cells, place) } else { Err(Reason::OrderAgain) }
    }

    fn order(
        &mut self,
        cells: &Cells<'_>,
        at: Instant,
        currency: Currency,
        sums: Sums,
    ) -> Result<(), Reason> {
        if self.known.len() >= MOST_ORDERS {
            return Err(Reason::TooMany);
        }
        let id: Box<str> = match amounts::unwrapped(cells.get(Role::OrderId)) {
            "" => format!("line {}", cells.record.line).into(),
            id => id.chars().take(128).collect::<String>().into(),
        };
        let status = self.status(cells.get(Role::Status));
        let counts = match status {
            None | Some(Meaning::Paid | Meaning::Refunded) => true,
            Some(Meaning::Unpaid | Meaning::Unknown) => false,
        };
        if !counts {
            self.known.insert(id, Place::Left);
            return Ok(());
        }
        let refunded =
            cells.amount(Role::Refunded)?.map(|amount| amount.minor(currency.decimals()).saturating_abs());
        let lines = goods_line(cells, currency)?;
        let worth = worth(sums, cells.layout.subtotal_is_after);
        let place = self.orders.bought.len();
        let email = email::normalise(cells.get(Role::Email));
        let customer = Customer::id_of(amounts::unwrapped(cells.get(Role::CustomerId)));
        // A name is no id: two people may have one. It is better than nobody where nothing else is there.
        let named = !cells
            .layout
            .columns
            .iter()
            .any(|column| matches!(column.role, Some(Role::Email | Role::CustomerId)));
        let name = if named { folded(cells.get(Role::CustomerName)) } else { String::new() };
        let customer = customer.or((!name.is_empty()).then_some(name));
        let codes = self.codes(cells.get(Role::Codes));
        self.orders.bought.push(Bought {
            id: id.clone(),
            at,
            customer: customer.map(Into::into),
            email: email.map(Into::into),
            returning: is_returning(cells.get(Role::NewCustomer)),
            currency,
            subtotal: worth.subtotal,
            discount: worth.discount,
            total: worth.total,
            codes: codes.into(),
            lines: lines.into_iter().collect(),
        });
        self.known.insert(id.clone(), Place::Kept(u32::try_from(place).unwrap_or(u32::MAX)));
        let (goods, returned) = match (refunded.filter(|amount| *amount > 0), status) {
            (Some(returned), _) => (0, returned),
            (None, Some(Meaning::Refunded)) => (worth.subtotal.saturating_sub(worth.discount).max(0), 0),
            (None, None | Some(Meaning::Paid | Meaning::Unpaid | Meaning::Unknown)) => return Ok(()),
        };
        let refunded_at = self.refunded_at(cells);
        self.pay_back(
            place,
            &Pending { line: cells.record.line, order: id, at: refunded_at, goods, returned },
        );
        Ok(())
    }

    pub(super) fn pay_back(&mut self, order: usize, pending: &Pending) {
        let Some(bought) = self.orders.bought.get(order) else { return };
        self.undated_refunds |= pending.at.is_none();
        let at = pending.at.unwrap_or(bought.at);
        self.orders.refunds.push(Refund { order, at, goods: pending.goods, returned: pending.returned });
    }

    fn refunded_at(&self, cells: &Cells<'_>) -> Option<Instant> {
        dates::read(cells.get(Role::RefundedAt), cells.layout.day_first, &self.settings.zone)
    }

    /// What a status says; `None` where the file has none.
    fn status(&mut self, word: &str) -> Option<Meaning> {
        if word.is_empty() {
            return None;
        }
        let (meaning, orders) = match self.statuses.get_mut(word) {
            Some(seen) => seen,
            None => {
                let said = self.settings.wishes.statuses.get(word).copied();
                let meaning = said.unwrap_or_else(|| meaning(word, self.numbers));
                // A column of something else has a word for each line.
                if self.statuses.len() >= 500 {
                    return Some(meaning);
                }
                self.statuses.entry(word.into()).or_insert((meaning, 0))
            }
        };
        *orders += 1;
        Some(*meaning)
    }

    fn currency(&self, cells: &Cells<'_>) -> Result<Currency, Reason> {
        let cell = cells.get(Role::Currency);
        if !cell.is_empty() {
            return Currency::parse(&cell.to_uppercase()).ok_or(Reason::Currency);
        }
        let beside = [Role::Total, Role::Net, Role::Subtotal]
            .into_iter()
            .find_map(|role| cells.amount(role).ok().flatten().and_then(|amount| amount.currency));
        Ok(beside.or(self.settings.wishes.currency).unwrap_or(self.settings.currency))
    }

    /// The codes of a cell: `ANNA10, WELCOME`, or `code:anna10|amount:5.00`.
    fn codes(&mut self, cell: &str) -> Vec<u32> {
        let mut found = Vec::new();
        for text in cell.split([',', ';', '|', '\n']).take(MOST_CODES) {
            let text = amounts::unwrapped(text.trim());
            let text = text.strip_prefix("code:").unwrap_or(text).trim();
            if text.is_empty() {
                continue;
            }
            let orders = &mut self.orders;
            let place = *self.codes.entry(text.to_ascii_uppercase().into()).or_insert_with(|| {
                let code = Code::read(text)?;
                let place = u32::try_from(orders.codes.len()).ok()?;
                orders.codes.push(code);
                Some(place)
            });
            found.extend(place.filter(|place| !found.contains(place)));
        }
        found
    }
}

fn sums(cells: &Cells<'_>, currency: Currency) -> Result<Sums, Reason> {
    let minor = |role| Ok(cells.amount(role)?.map(|amount| amount.minor(currency.decimals())));
    Ok(Sums {
        subtotal: minor(Role::Subtotal)?,
        net: minor(Role::Net)?,
        // Some write what is taken off as a negative amount.
        discount: minor(Role::Discount)?.map(i64::saturating_abs),
        total: minor(Role::Total)?,
        shipping: minor(Role::Shipping)?,
        tax: minor(Role::Tax)?,
    })
}

/// What the sums of an order come to: the goods before and after the discount, without tax. Platforms mean different things
/// by a subtotal, and whether it has the tax in it depends on the shop; the total tells, since all must come to it.
fn worth(sums: Sums, subtotal_is_after: bool) -> Worth {
    let discount = sums.discount.unwrap_or(0);
    let (shipping, tax) = (sums.shipping.unwrap_or(0), sums.tax.unwrap_or(0));
    let base = match (sums.net, sums.subtotal, sums.total) {
        (Some(net), _, _) => net,
        (None, Some(subtotal), None) => subtotal - if subtotal_is_after { 0 } else { discount },
        (None, Some(subtotal), Some(total)) => {
            let (before, after) = (subtotal - discount, subtotal);
            let goods = if subtotal_is_after { [after, before] } else { [before, after] };
            let comes_to = |with_tax: i64| move |goods: &i64| (goods + with_tax - total).abs() <= ROUNDING;
            let untaxed = goods.into_iter().find(comes_to(shipping + tax));
            let taxed = || goods.into_iter().find(comes_to(shipping));
            let base = untaxed.or_else(|| taxed().map(|gross| without_tax(gross, shipping, tax)));
            // Where nothing fits, a part of what was paid is not told; the goods were no more than what was.
            base.unwrap_or_else(|| goods.first().map_or(subtotal, |base| *base).min(total - shipping))
        }
        (None, None, Some(total)) => total - shipping - tax,
        (None, None, None) => 0,
    };
    let base = base.max(0);
    Worth { subtotal: base.saturating_add(discount), discount, total: sums.total.filter(|total| *total > 0) }
}

/// Goods without the tax that is in them and in the shipping, by their parts.
fn without_tax(gross: i64, shipping: i64, tax: i64) -> i64 {
    let all = i128::from(gross) + i128::from(shipping);
    let part = round_half_even(i128::from(tax.max(0)) * i128::from(gross.max(0)), all.max(0));
    gross - i64::try_from(part).unwrap_or(0)
}

fn goods_line(cells: &Cells<'_>, currency: Currency) -> Result<Option<Line>, Reason> {
    let category = cells.get(Role::Category);
    if category.is_empty() {
        return Ok(None);
    }
    let total = cells.amount(Role::LineTotal)?.map(|amount| amount.minor(currency.decimals()));
    Ok(total.map(|total| Line { category: category.chars().take(200).collect(), total }))
}

/// Whether a cell of new customers says that this one is none.
fn is_returning(cell: &str) -> bool {
    const WORDS: [&str; 9] =
        ["returning", "no", "non", "0", "false", "faux", "existing", "recurrent", "client existant"];
    !cell.is_empty() && WORDS.contains(&folded(cell).as_str())
}
