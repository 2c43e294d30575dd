//! Mail that comes with the calendar: a referrer's statement when a month is over, the owner's list when a week begins.
//!
//! Both are noted up to a month and a week, so that each comes once; statements are written a few codes at a time.

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::zone::Zone;
use parrain_mail::Facts;
use parrain_mail::facts::Month;
use parrain_wire::mail::MailKind;
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::shop::parse_code;
use super::sql::{Sql, SqlError};
use crate::protocol::calls::GetStatement;
use crate::protocol::{Answers, Refusal};

/// How many codes one transaction looks at.
const STEP: i64 = 10;

/// The hour at which it is written down, by the shop's clock.
const HOUR: u32 = 9;

/// Up to when dated mail was written down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Dated {
    /// The month whose statements come next, counted as the zone does.
    month: i64,
    /// The last code that has its statement of that month.
    code: String,
    /// The week, from its Monday on, whose list came last.
    week: i64,
}

impl<S: Sql> Ledger<S> {
    /// Begins to count: nothing is written for what is over by now.
    pub(super) fn begin_dated_mail(&self, now: Instant) -> Result<(), Refusal> {
        let shop = self.shop()?;
        let zone = &shop.versions.latest().zone;
        self.put_meta(
            "mail_dated",
            &Dated { month: zone.month(now), code: String::new(), week: week(zone, now) },
        )
    }

    /// Writes down dated mail whose time has come: a part of it. Answers whether there is more.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then nothing has changed.
    pub fn happen_mail(&self, now: Instant) -> Result<bool, Refusal> {
        self.now.set(now);
        self.asker.replace(None);
        self.in_transaction(|| {
            let Some((zone, mut dated)) = self.dated()? else { return Ok(false) };
            if now >= list_time(&zone, dated.week) {
                dated.week = week(&zone, now);
                self.forget_old_mail(now)?;
                self.put_meta("mail_dated", &dated)?;
                self.write_list(now, dated.week)?;
                return Ok(true);
            }
            if now < statement_time(&zone, dated.month) {
                return Ok(false);
            }
            // Of months that passed while nothing rang, the last one is told.
            let last = zone.month(now) - 1;
            if dated.month < last {
                dated = Dated { month: last, code: String::new(), ..dated };
            }
            let more = self.mails(MailKind::Statement)? && self.write_statements(now, &mut dated)?;
            if !more {
                dated = Dated { month: dated.month + 1, code: String::new(), ..dated };
            }
            self.put_meta("mail_dated", &dated)?;
            Ok(true)
        })
    }

    /// When dated mail is to be written down next.
    pub(super) fn next_dated_mail(&self) -> Result<Option<Instant>, Refusal> {
        let next = |(zone, dated): (Zone, Dated)| {
            statement_time(&zone, dated.month).min(list_time(&zone, dated.week))
        };
        Ok(self.dated()?.map(next))
    }

    fn dated(&self) -> Result<Option<(Zone, Dated)>, Refusal> {
        let shop = match self.shop() {
            Err(Refusal::UnknownShop) => return Ok(None),
            shop => shop?,
        };
        if shop.mail.is_none() {
            return Ok(None);
        }
        let rows = self.sql.run("SELECT value FROM meta WHERE name = 'mail_dated'", &[])?;
        let dated = rows.first().map(|row| row.json(0)).transpose()?;
        Ok(dated.map(|dated| (shop.versions.latest().zone.clone(), dated)))
    }

    /// What waits for the owner, where anything does.
    fn write_list(&self, now: Instant, week: i64) -> Result<(), Refusal> {
        if !self.mails(MailKind::ToDo)? {
            return Ok(());
        }
        let waiting = self.waiting(now)?;
        let counts = [
            waiting.reviews.count,
            waiting.claims,
            waiting.joiners,
            waiting.payouts.count,
            waiting.unpaid_payouts,
            waiting.failed_deliveries,
            waiting.failed_contacts,
        ];
        if counts.iter().all(|count| *count == 0) {
            return Ok(());
        }
        let facts = Facts { waiting: Some(Box::new(waiting)), ..Facts::default() };
        self.write_mail(MailKind::ToDo, &week.to_string(), None, &facts, &[])
    }

    /// The statements of some codes; whether there are more.
    fn write_statements(&self, now: Instant, dated: &mut Dated) -> Result<bool, Refusal> {
        let rows = self.sql.run(
            "SELECT DISTINCT code FROM referrer WHERE code > ? ORDER BY code LIMIT ?",
            &[dated.code.as_str().into(), STEP.into()],
        )?;
        let codes = rows.iter().map(|row| parse_code(row.text(0)?)).collect::<Result<Vec<_>, SqlError>>()?;
        for code in &codes {
            self.write_statement(now, code, dated.month)?;
            code.as_str().clone_into(&mut dated.code);
        }
        Ok(i64::try_from(codes.len()).is_ok_and(|found| found == STEP))
    }

    fn write_statement(&self, now: Instant, code: &Code, month: i64) -> Result<(), Refusal> {
        let statement = self.answer(now, GetStatement { code: code.clone(), month })?;
        // A month in which nothing changed is not told.
        if statement.lines.is_empty() {
            return Ok(());
        }
        let (from, to) = (statement.from, statement.to);
        let month = Month {
            name: statement.month,
            opening: statement.opening,
            earned: self.earned_between(code.as_str(), from, to)?,
            paid: self.paid_between(code.as_str(), from, to)?,
            closing: statement.closing,
        };
        let about = format!("{code} {}", month.name);
        let facts = Facts { month: Some(month), ..Facts::default() };
        self.write_mail(MailKind::Statement, &about, Some(code), &facts, &[])
    }
}

/// Weeks since the Monday before 1970-01-01.
fn week(zone: &Zone, at: Instant) -> i64 {
    (zone.day(at) + 3).div_euclid(7)
}

/// When the list of the week after this one comes.
fn list_time(zone: &Zone, week: i64) -> Instant {
    zone.hour_start((week + 1) * 7 - 3, HOUR)
}

/// When the statements of a month come.
fn statement_time(zone: &Zone, month: i64) -> Instant {
    zone.hour_start(zone.day(zone.month_start(month + 1)), HOUR)
}
