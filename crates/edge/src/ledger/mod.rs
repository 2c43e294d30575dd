//! The ledger: one per shop, in the shop's Durable Object. It is the authority on the shop's program,
//! referrers and orders, decides what must be decided once, and keeps each reward's figures up to date.
//!
//! The rules are [`parrain_core`]'s; here stand their records in SQL. Everything runs on the small [`sql::Sql`]
//! trait, so that the same statements are tested natively on SQLite. Each call is one transaction: it happens
//! whole or, where it answers an error, not at all.

use std::cell::RefCell;
use std::rc::Rc;

use parrain_core::check::Fault;
use parrain_core::instant::Instant;

use protocol::{Call, Outgoing, Refusal, Reply, Request};
use sql::{Sql, SqlError};

pub mod protocol;
pub mod sql;

mod audit;
mod cases;
mod outbox;
mod payouts;
mod record;
mod records;
mod report;
mod schema;
mod shop;
mod sign_in;
mod status;
mod subjects;

/// A shop's ledger on some SQLite.
pub struct Ledger<S> {
    sql: S,
    /// The shop and its program's versions, read once and kept while they hold.
    shop: RefCell<Option<Rc<shop::Shop>>>,
}

/// What a call answers.
type Answer = Result<Reply, Refusal>;

impl<S: Sql> Ledger<S> {
    /// A ledger on this database, which may be empty.
    pub fn new(sql: S) -> Self {
        Self { sql, shop: RefCell::new(None) }
    }

    /// Does what a call asks. What it answers `Ok` is written.
    ///
    /// # Errors
    /// Why it did not; then nothing has changed.
    pub fn call(&self, call: Call) -> Answer {
        let Call { now, incarnation, request } = call;
        let mut request = Some(request);
        self.in_transaction(|| match request.take() {
            Some(request) => {
                if let Some(meant) = &incarnation
                    && self.shop()?.record.secrets.incarnation != *meant
                {
                    return Err(Refusal::UnknownShop);
                }
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

    fn answer(&self, now: Instant, request: Request) -> Answer {
        match request {
            Request::PutShop { shop, program, webhook_secrets, fresh } => {
                self.put_shop(now, shop, program, webhook_secrets, fresh)
            }
            Request::Shop => Ok(Reply::Shop { created: false, shop: Box::new(self.shop()?.record.clone()) }),
            Request::DeleteShop => self.delete_shop(),
            Request::PutReferrer { code, referrer } => self.put_referrer(now, &code, referrer),
            Request::Join { candidates, referrer, identified } => {
                self.join(now, &candidates, referrer, identified)
            }
            Request::Referrer { code } => self.referrer(&code),
            Request::ReferrerOf { customer_id } => self.referrer_of(&customer_id),
            Request::AddSignInKey { code, hash } => self.add_sign_in_key(now, &code, &hash),
            Request::UseSignInKey { hash } => self.use_sign_in_key(now, &hash),
            Request::Referrers { cursor } => self.referrers(cursor.as_deref()),
            Request::Record(event) => self.record(event),
            Request::ReportConversion(order) => self.report_conversion(order),
            Request::Click { code } => self.click(now, &code),
            Request::Touch { code } => self.touch(now, &code),
            Request::Status { code, as_of, cursor, token_made } => {
                self.status(&code, as_of, cursor.as_deref(), token_made)
            }
            Request::Conversions { status, cursor } => self.conversions(now, status, cursor.as_deref()),
            Request::Review { order_id, approve, note } => self.review(now, &order_id, approve, &note),
            Request::CreatePayout { until } => self.create_payout(now, until),
            Request::Payouts { cursor } => self.payouts(cursor.as_deref()),
            Request::Payout { id } => self.payout(&id),
            Request::MarkPaid { id } => self.mark_paid(now, &id),
            Request::Report { from, to } => self.period_report(from, to),
            Request::Subject { email_hash } => self.subject(&email_hash),
            Request::EraseSubject { email_hash, pseudonym } => self.erase_subject(&email_hash, &pseudonym),
            Request::Audit { cursor } => self.audit(cursor.as_deref()),
        }
    }

    fn in_transaction(&self, mut body: impl FnMut() -> Answer) -> Answer {
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
pub(crate) mod native;
#[cfg(test)]
mod tests;

/// Every text in the database, for tests that look for what must not be there.
#[cfg(test)]
pub(crate) fn schema_texts(ledger: &Ledger<native::NativeSql>) -> std::collections::BTreeSet<String> {
    schema::all_texts(&ledger.sql)
}

/// How many rows a table has.
#[cfg(test)]
pub(crate) fn count_rows(ledger: &Ledger<native::NativeSql>, table: &str) -> i64 {
    let rows = ledger.sql.run(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap();
    rows.first().unwrap().int(0).unwrap()
}
