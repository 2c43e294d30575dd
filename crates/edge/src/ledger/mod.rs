//! The ledger: one per shop, in the shop's Durable Object. It is the authority on the shop's program,
//! referrers and orders, decides what must be decided once, and keeps each reward's figures up to date.
//!
//! The rules are [`parrain_core`]'s; here stand their records in SQL. Everything runs on the small [`sql::Sql`]
//! trait, so that the same statements are tested natively on SQLite. Each call of [`crate::protocol`] is one
//! transaction: it happens whole or, where it answers an error, not at all.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use parrain_core::check::Fault;
use parrain_core::instant::Instant;

use crate::protocol::publication::{Outgoing, Publication};
use crate::protocol::shop::ShopRecord;
use crate::protocol::{Answers, Ask, Asker, Call, Refusal};
use sql::{Sql, SqlError};

pub mod sql;

mod adjustments;
mod arrival;
mod audit;
mod claims;
mod codes;
mod confirm;
mod connections;
mod contacts;
mod credentials;
mod credit;
mod customers;
mod deeds;
mod deliveries;
mod details;
mod dossier;
mod endpoints;
mod experiments;
mod friends;
mod gifts;
mod helpers;
mod imports;
mod journal;
mod mail;
mod mail_dated;
mod materials;
mod messages;
mod orders;
mod outbox;
mod overview;
mod paid;
mod payouts;
mod promotions;
mod proof;
mod reconciliation;
mod reminders;
mod report;
mod rotate;
mod schema;
mod set_up;
mod shop;
mod sign_in;
mod signals;
mod spoken;
mod statement;
mod status;
mod subjects;
mod tally;
mod tasks;
mod telling;
mod unsettled;

pub use connections::MINUTES as CONNECT_MINUTES;
pub use deliveries::{Parcel, To as Destination, Tried};
pub use messages::{Draft, Mailed, To};
pub use reconciliation::LOOK_DAYS;

/// A shop's ledger on some SQLite.
pub struct Ledger<S> {
    sql: S,
    /// The shop and its program's versions, read once and kept while they hold.
    shop: RefCell<Option<Rc<shop::Shop>>>,
    /// Whether something was left to the alarm since [`Ledger::take_errand`] was last asked. A ledger that is new
    /// in memory supposes so: the one before may have gone before it could say it.
    errand: Cell<bool>,
    /// How much one call settles beyond what arrived.
    most: Cell<u32>,
    /// The Worker's clock at the call that runs: when what it brings was received.
    now: Cell<Instant>,
    /// Who asks for what the call does.
    asker: RefCell<Option<Asker>>,
    /// The names of the last calls that counted clicks, the newest first.
    counted: RefCell<VecDeque<String>>,
}

impl<S: Sql> Ledger<S> {
    /// A ledger on this database, which may be empty.
    pub fn new(sql: S) -> Self {
        Self {
            sql,
            shop: RefCell::new(None),
            errand: Cell::new(true),
            most: Cell::new(unsettled::MOST),
            now: Cell::default(),
            asker: RefCell::default(),
            counted: RefCell::default(),
        }
    }

    /// Does what a call asks. What it answers `Ok` is written.
    ///
    /// # Errors
    /// Why it did not; then nothing has changed.
    pub fn call<A: Ask>(&self, call: Call<A>) -> Result<A::Answer, Refusal>
    where
        Self: Answers<A>,
    {
        let Call { now, incarnation, asker, request } = call;
        self.now.set(now);
        self.asker.replace(asker);
        let mut request = Some(request);
        self.in_transaction(|| match request.take() {
            Some(request) => {
                if let Some(meant) = &incarnation
                    && self.shop()?.record.secrets.incarnation != *meant
                {
                    return Err(Refusal::UnknownShop);
                }
                self.check_session(now)?;
                self.check_connection(now)?;
                self.hear(now)?;
                self.answer(now, request)
            }
            None => Err(Refusal::Store("the transaction ran twice".into())),
        })
    }

    /// What waits to be copied to KV, oldest first, at most `most` entries.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn outbox(&self, most: u32) -> Result<Vec<Outgoing>, Refusal> {
        Ok(outbox::waiting(&self.sql, most)?)
    }

    /// Forgets an entry of the outbox, now that it is in KV.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then it waits still.
    pub fn sent(&self, seq: i64) -> Result<(), Refusal> {
        Ok(outbox::sent(&self.sql, seq)?)
    }

    /// When the alarm is to ring, where calls have left it something to do since this was last asked.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then it is still to be asked.
    pub fn take_errand(&self, now: Instant) -> Result<Option<Instant>, Refusal> {
        if !self.errand.get() {
            return Ok(None);
        }
        let unsettled = schema::has(&self.sql, "unsettled")? && self.is_settling()?;
        let waits = unsettled || !outbox::waiting(&self.sql, 1)?.is_empty();
        let dated = || {
            Ok::<_, Refusal>([
                self.next_turn()?,
                self.next_try()?,
                self.next_mail(now)?,
                self.next_errand()?,
                self.next_forgotten()?,
            ])
        };
        let at = if waits { Some(now) } else { dated()?.into_iter().flatten().min() };
        self.errand.set(false);
        Ok(at)
    }

    /// A ledger on the same database that remembers nothing else, as after its object was moved.
    #[cfg(test)]
    pub(crate) fn restarted(&self) -> Self
    where
        S: Clone,
    {
        let ledger = Self::new(self.sql.clone());
        ledger.most.set(self.most.get());
        ledger
    }

    /// Settles no more than this beyond what arrives, as tests have it.
    #[cfg(test)]
    pub(crate) fn settle_at_most(&self, most: u32) {
        self.most.set(most);
    }

    /// Notes something to be copied to KV.
    fn post(&self, shop: &ShopRecord, publication: &Publication) -> Result<(), SqlError> {
        self.errand.set(true);
        outbox::post(&self.sql, shop, publication)
    }

    fn in_transaction<T>(&self, mut body: impl FnMut() -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut answer = Err(Refusal::Store("the transaction did not run".into()));
        let ran = self.sql.transaction(&mut || {
            answer = body();
            answer.is_ok()
        });
        if answer.is_err() || ran.is_err() {
            // What was read or changed inside is gone with the transaction.
            self.shop.replace(None);
        }
        ran?;
        answer
    }
}

impl From<SqlError> for Refusal {
    fn from(fault: SqlError) -> Self {
        Self::Store(fault.0)
    }
}

/// Reads a cursor that is a number, at most what the runtime passes exactly.
fn number(cursor: Option<&str>) -> Result<i64, Refusal> {
    let Some(text) = cursor else { return Ok(0) };
    let plain = text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().ok_or_else(bad_cursor)
}

/// The refusal of a cursor that no answer gave out.
fn bad_cursor() -> Refusal {
    let detail = "is not a cursor that an earlier page gave".to_owned();
    Refusal::Invalid(vec![Fault { pointer: "/cursor".into(), detail }])
}

#[cfg(test)]
mod against_book;
#[cfg(test)]
mod late;
#[cfg(test)]
pub(crate) mod native;
#[cfg(test)]
mod split;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tried_out;

/// Every text in the database, for tests that look for what must not be there.
#[cfg(test)]
pub(crate) fn schema_texts(ledger: &Ledger<native::NativeSql>) -> std::collections::BTreeSet<String> {
    schema::all_texts(&ledger.sql)
}

/// Puts another text in place of what is kept under a name.
#[cfg(test)]
pub(crate) fn put_text(ledger: &Ledger<native::NativeSql>, name: &str, value: &str) {
    ledger.sql.run("UPDATE meta SET value = ? WHERE name = ?", &[value.into(), name.into()]).unwrap();
}

/// Changes what is kept, as another release may have left it.
#[cfg(test)]
pub(crate) fn alter(ledger: &Ledger<native::NativeSql>, statement: &str) {
    ledger.sql.run(statement, &[]).unwrap();
    ledger.shop.replace(None);
}

/// How many rows a table has.
#[cfg(test)]
pub(crate) fn count_rows(ledger: &Ledger<native::NativeSql>, table: &str) -> i64 {
    let rows = ledger.sql.run(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap();
    rows.first().unwrap().int(0).unwrap()
}
