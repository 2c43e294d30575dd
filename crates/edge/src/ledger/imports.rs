//! What is brought along from other software. An import is a plan first: each thing that a line asks for is looked at
//! against what is on record, and kept. Steps then do the next of them by the ledger's own calls, those behind the
//! documented API, and look again at each in the same transaction: wherever it breaks off, the next step goes on, and what
//! was made before, by this import or another of the same file, is so already.
//!
//! What a line says is kept until it is made, and what is not made for [`DAYS`].

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_core::event::{Event, Order};
use parrain_core::instant::Instant;
use parrain_core::money::format_amount;
use parrain_core::program::Terms;
use parrain_imports::Refused;
use parrain_wire::imports::{
    Import, ImportCount, ImportLine, ImportList, ImportReason as Reason, ImportState,
    ImportVerdict as Verdict, ImportWhat as What,
};
use parrain_wire::word::Known;
use serde_json::json;

use super::journal::{list, person_keys};
use super::sql::{Row, Sql, SqlError};
use super::{Ledger, number, schema};
use crate::protocol::calls::{Adjust, NewAdjustment, PutReferrer, RecordEvent};
use crate::protocol::imports::{
    About, DropImport, GetImport, ListImports, PlanImport, Planned, StepImport, Wish,
};
use crate::protocol::shop::{Edit, Referrer};
use crate::protocol::{Answers, Refusal};

/// For how many days an import is kept that was not finished, and of a finished one what was not made.
pub const DAYS: i64 = 7;
/// How many imports are kept at once.
const MOST: i64 = 20;
/// How much one step does.
const STEP: u32 = 100;
/// How many lines a page shows.
const PAGE: u32 = 100;

/// How many of the made a verdict of the table is; those of the contract come before it.
const MADE: i64 = 3;

/// What is to become of a wish.
type Judged = Result<Verdict, Reason>;

/// What the lines before one are going to make: a plan is looked at as if they had.
#[derive(Default)]
struct Coming {
    codes: BTreeMap<Code, Referrer>,
    emails: BTreeSet<String>,
    adjustments: BTreeMap<String, i64>,
    orders: BTreeSet<String>,
}

impl<S: Sql> Answers<PlanImport> for Ledger<S> {
    fn answer(&self, now: Instant, ask: PlanImport) -> Result<Import, Refusal> {
        self.shop()?;
        self.forget(now)?;
        if self.number("SELECT COUNT(*) FROM import", &[])? >= MOST {
            return Err(Refusal::TooManyImports);
        }
        let about = json_of(&ask.about)?;
        self.sql.run(
            "INSERT INTO import (id, made, expires, about) VALUES (?, ?, ?, ?)",
            &[ask.id.as_str().into(), now.into(), now.plus_days(DAYS).into(), about.into()],
        )?;
        let mut coming = Coming::default();
        for (seq, planned) in (1_i64..).zip(&ask.planned) {
            let judged = self.judge(&planned.wish, &coming)?;
            if judged == Ok(Verdict::Make) {
                coming.take(&planned.wish);
            }
            self.keep_line(&ask.id, seq, planned, judged)?;
        }
        self.errand.set(true);
        self.import(&ask.id, Some((None, None)))
    }
}

impl<S: Sql> Answers<ListImports> for Ledger<S> {
    fn answer(&self, now: Instant, _: ListImports) -> Result<ImportList, Refusal> {
        self.shop()?;
        let rows =
            self.sql.run("SELECT id FROM import WHERE expires > ? ORDER BY made DESC, id", &[now.into()])?;
        let imports = rows.iter().map(|row| self.import(row.text(0)?, None)).collect::<Result<_, _>>()?;
        Ok(ImportList { imports })
    }
}

impl<S: Sql> Answers<GetImport> for Ledger<S> {
    fn answer(&self, _: Instant, ask: GetImport) -> Result<Import, Refusal> {
        self.shop()?;
        self.import(&ask.id, Some((ask.verdict, ask.cursor)))
    }
}

impl<S: Sql> Answers<StepImport> for Ledger<S> {
    fn answer(&self, now: Instant, ask: StepImport) -> Result<Import, Refusal> {
        self.shop()?;
        let about = self.about(&ask.id)?;
        self.sql.run("UPDATE import SET begun = 1 WHERE id = ?", &[ask.id.as_str().into()])?;
        let rows = self.sql.run(
            "SELECT seq, wish FROM import_line WHERE import = ? AND done = 0 ORDER BY seq LIMIT ?",
            &[ask.id.as_str().into(), STEP.into()],
        )?;
        for row in &rows {
            let (seq, wish): (i64, Wish) = (row.int(0)?, row.json(1)?);
            let judged = self.judge(&wish, &Coming::default())?;
            if judged == Ok(Verdict::Make) {
                self.make(now, wish, &about)?;
            }
            let (verdict, reason, kept) = match judged {
                Ok(Verdict::Make) => (MADE, None, false),
                Ok(other) => (number_of(other), None, false),
                Err(reason) => (number_of(Verdict::Refused), Some(reason.name()), true),
            };
            // Of what is done nothing is kept but that it is.
            self.sql.run(
                "UPDATE import_line SET verdict = ?1, reason = ?2, done = 1, person = CASE WHEN ?3 THEN person END,
                    customer = CASE WHEN ?3 THEN customer END, wish = CASE WHEN ?3 THEN wish END
                    WHERE import = ?4 AND seq = ?5",
                &[verdict.into(), reason.into(), kept.into(), ask.id.as_str().into(), seq.into()],
            )?;
        }
        self.import(&ask.id, None)
    }
}

impl<S: Sql> Answers<DropImport> for Ledger<S> {
    fn answer(&self, _: Instant, ask: DropImport) -> Result<(), Refusal> {
        self.shop()?;
        self.about(&ask.id)?;
        self.drop_import(&ask.id)
    }
}

impl<S: Sql> Ledger<S> {
    /// Forgets imports whose time is over.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then nothing has changed.
    pub fn forget_imports(&self, now: Instant) -> Result<(), Refusal> {
        self.in_transaction(|| match self.shop() {
            Err(Refusal::UnknownShop) => Ok(()),
            Err(fault) => Err(fault),
            Ok(_) => self.forget(now),
        })
    }

    /// When the next import is forgotten.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn next_forgotten(&self) -> Result<Option<Instant>, Refusal> {
        if !schema::has_imports(&self.sql)? {
            return Ok(None);
        }
        let rows = self.sql.run("SELECT MIN(expires) FROM import", &[])?;
        Ok(rows.first().and_then(|row| row.maybe_int(0)).map(Instant::from_micros))
    }

    /// Drops lines of plans that are of a person.
    pub(super) fn drop_import_lines(&self, keys: &BTreeSet<String>) -> Result<(), SqlError> {
        self.sql.run(
            "DELETE FROM import_line WHERE person IN (SELECT value FROM json_each(?1))
                OR customer IN (SELECT value FROM json_each(?1))",
            &[list(keys)],
        )?;
        Ok(())
    }

    /// Drops every plan: everybody is erased.
    pub(super) fn drop_imports(&self) -> Result<(), SqlError> {
        self.sql.run("DELETE FROM import_line", &[])?;
        self.sql.run("DELETE FROM import", &[])?;
        Ok(())
    }

    fn forget(&self, now: Instant) -> Result<(), Refusal> {
        let rows = self.sql.run("SELECT id FROM import WHERE expires <= ?", &[now.into()])?;
        rows.iter().try_for_each(|row| self.drop_import(row.text(0)?))
    }

    fn drop_import(&self, id: &str) -> Result<(), Refusal> {
        self.sql.run("DELETE FROM import_line WHERE import = ?", &[id.into()])?;
        self.sql.run("DELETE FROM import WHERE id = ?", &[id.into()])?;
        Ok(())
    }

    fn about(&self, id: &str) -> Result<About, Refusal> {
        let rows = self.sql.run("SELECT about FROM import WHERE id = ?", &[id.into()])?;
        Ok(rows.first().ok_or(Refusal::UnknownImport)?.json(0)?)
    }

    fn keep_line(&self, id: &str, seq: i64, planned: &Planned, judged: Judged) -> Result<(), Refusal> {
        let (verdict, reason) = match judged {
            Ok(verdict) => (verdict, None),
            Err(reason) => (Verdict::Refused, Some(reason.name())),
        };
        let (what, owed, person, customer) = match &planned.wish {
            Wish::Referrer { referrer, .. } => {
                (What::Referrer, None, referrer.email_hash.clone(), referrer.customer_id.clone())
            }
            Wish::Owed { email_hash, amount, .. } => (What::Balance, Some(*amount), email_hash.clone(), None),
            Wish::Order { order, .. } => {
                (What::Order, None, order.customer.email.clone(), order.customer.id.clone())
            }
            Wish::Nothing(refused) => (refused.what, None, None, None),
        };
        // What cannot be read is nothing that a step could look at again.
        let done = matches!(planned.wish, Wish::Nothing(_));
        self.sql.run(
            "INSERT INTO import_line (import, seq, line, what, verdict, reason, done, owed, person, customer, wish)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                id.into(),
                seq.into(),
                i64::try_from(planned.line).unwrap_or(i64::MAX).into(),
                what.name().into(),
                number_of(verdict).into(),
                reason.into(),
                done.into(),
                owed.into(),
                person.map(|hash| format!("e{hash}")).into(),
                customer.map(|id| format!("i{id}")).into(),
                json_of(&planned.wish)?.into(),
            ],
        )?;
        Ok(())
    }

    /// What is to become of a wish, as things stand, and as they will once what comes before it is made.
    fn judge(&self, wish: &Wish, coming: &Coming) -> Result<Judged, Refusal> {
        match wish {
            Wish::Nothing(refused) => Ok(Err(refused.reason)),
            Wish::Referrer { code, referrer, managed, .. } => {
                if let Some(held) = self.find_referrer(code)? {
                    let same = is_same(&held.referrer, referrer);
                    return Ok(if same { Ok(Verdict::AsWished) } else { Err(Reason::Taken) });
                }
                let shop = self.shop()?;
                let program = shop.versions.latest();
                if let (Edit::Set(terms), Some(offer)) = (&managed.terms, program.offer(&referrer.offer)) {
                    let body = json!({"terms": terms});
                    let mut faults = Faults::default();
                    Terms::read(&Node::root(&body).field("terms"), program.currency, offer, &mut faults);
                    if faults.into_result(()).is_err() {
                        return Ok(Err(Reason::Rate));
                    }
                }
                Ok(Ok(Verdict::Make))
            }
            Wish::Owed { id, amount, sale, code, email_hash, name, .. } => {
                if let Some(known) = self.adjusted(id)?.or(coming.adjustments.get(id).copied()) {
                    let same = known == *amount;
                    return Ok(if same { Ok(Verdict::AsWished) } else { Err(Reason::Differs) });
                }
                let who =
                    Referrer { email_hash: email_hash.clone(), name: name.clone(), ..Referrer::default() };
                let held = self.holder(code.as_ref(), &who)?;
                let comes = || {
                    let by_code = code.as_ref().and_then(|code| coming.codes.get(code));
                    by_code.is_some_and(|one| names_nobody(&who) || is_same(one, &who))
                        || email_hash.as_ref().is_some_and(|hash| coming.emails.contains(hash))
                };
                match held {
                    Some(held) if self.is_counted(id, &held, sale.is_some())? => Ok(Err(Reason::Counted)),
                    Some(_) => Ok(Ok(Verdict::Make)),
                    None if comes() => Ok(Ok(Verdict::Make)),
                    None => Ok(Err(Reason::NoReferrer)),
                }
            }
            Wish::Order { order, sale } => {
                let known = self.sql.run(
                    "SELECT 1 FROM entry WHERE kind = 0 AND verified = 1 AND ext IN (?, ?) LIMIT 1",
                    &[order.id.as_str().into(), sale.as_str().into()],
                )?;
                if !known.is_empty() || coming.orders.contains(&order.id) {
                    return Ok(Ok(Verdict::AsWished));
                }
                // It would be the customer's first order, and what they earned somebody since would be taken back.
                let keys = self.view()?.person(&person_keys(&order.customer), None)?;
                let earned = self.sql.run(
                    "SELECT 1 FROM tie WHERE key IN (SELECT value FROM json_each(?)) LIMIT 1",
                    &[list(&keys)],
                )?;
                Ok(if earned.is_empty() { Ok(Verdict::Make) } else { Err(Reason::Referred) })
            }
        }
    }

    fn make(&self, now: Instant, wish: Wish, about: &About) -> Result<(), Refusal> {
        match wish {
            Wish::Referrer { code, referrer, managed, .. } => {
                self.answer(now, PutReferrer { code, referrer, managed, quiet: !about.welcome }).map(drop)
            }
            Wish::Owed { code, email_hash, name, id, amount, note, .. } => {
                let who = Referrer { email_hash, name, ..Referrer::default() };
                let Some(code) = self.holder(code.as_ref(), &who)? else { return Ok(()) };
                let new = NewAdjustment { id, code, reward: None, currency: None, amount, reason: note };
                self.answer(now, Adjust { adjustments: vec![new] }).map(drop)
            }
            Wish::Order { order, .. } => self.answer(now, RecordEvent(Event::Order(*order))).map(drop),
            Wish::Nothing(_) => Ok(()),
        }
    }

    /// To which code something is owed: the one that is named, where it is that person's, else the first of who has that
    /// address.
    fn holder(&self, code: Option<&Code>, who: &Referrer) -> Result<Option<Code>, Refusal> {
        if let Some(code) = code
            && let Some(held) = self.find_referrer(code)?
            && (names_nobody(who) || is_same(&held.referrer, who))
        {
            return Ok(Some(code.clone()));
        }
        let Some(hash) = &who.email_hash else { return Ok(None) };
        let rows = self.sql.run(
            "SELECT code FROM referrer AS one WHERE email = ? AND seq = (SELECT MAX(seq) FROM referrer
                WHERE code = one.code) ORDER BY (SELECT since FROM referrer WHERE code = one.code AND seq = 1), code LIMIT 1",
            &[hash.as_str().into()],
        )?;
        rows.first().map(|row| super::shop::parse_code(row.text(0)?)).transpose().map_err(Into::into)
    }

    /// What an adjustment of this id came to.
    fn adjusted(&self, id: &str) -> Result<Option<i64>, Refusal> {
        let rows = self.sql.run("SELECT event FROM entry WHERE kind = 4 AND ext = ?", &[id.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let order: Order = row.json(0)?;
        Ok(order.adjustment.map(|adjustment| adjustment.amount))
    }

    /// Whether what is owed to somebody came by the other kind of file of that software: a balance where this is a sale's
    /// commission, and the other way round. The id's beginning names the software and the kind.
    fn is_counted(&self, id: &str, code: &Code, is_sale: bool) -> Result<bool, Refusal> {
        let (own, other) = if is_sale { ("-sale-", "-balance-") } else { ("-balance-", "-sale-") };
        let Some((software, _)) = id.split_once(own) else { return Ok(false) };
        let begins = format!("{software}{other}");
        let rows = self.sql.run(
            "SELECT 1 FROM entry WHERE kind = 4 AND substr(ext, 1, length(?1)) = ?1 AND (code = ?2 OR code IN
                (SELECT code FROM referrer WHERE email = (SELECT email FROM referrer WHERE code = ?2
                    ORDER BY seq DESC LIMIT 1))) LIMIT 1",
            &[begins.into(), code.as_str().into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// An import, with a page of its lines where one is asked for.
    fn import(&self, id: &str, page: Option<(Option<Verdict>, Option<String>)>) -> Result<Import, Refusal> {
        let rows =
            self.sql.run("SELECT about, made, expires, begun FROM import WHERE id = ?", &[id.into()])?;
        let row = rows.first().ok_or(Refusal::UnknownImport)?;
        let about: About = row.json(0)?;
        let begun = row.int(3)? != 0;
        let counted = self.sql.run(
            "SELECT what, verdict, COUNT(*), SUM(done = 0), CAST(COALESCE(SUM(owed), 0) AS TEXT) FROM import_line
                WHERE import = ? GROUP BY what, verdict",
            &[id.into()],
        )?;
        let (mut counts, mut open, mut balance): (Vec<ImportCount>, i64, i64) = Default::default();
        for (name, what) in What::WORDS {
            let mut count = ImportCount { what: (*what).into(), ..ImportCount::default() };
            for row in counted.iter().filter(|row| row.maybe_text(0) == Some(name)) {
                let (verdict, n) = (row.int(1)?, row.int(2)?);
                open += row.int(3)?;
                match verdict_of(verdict) {
                    Some(Verdict::Make) => {
                        count.make += n;
                        balance = balance.saturating_add(row.sum(4)?);
                    }
                    Some(Verdict::AsWished) => count.as_wished += n,
                    Some(Verdict::Refused) => count.refused += n,
                    None => count.made += n,
                }
            }
            let any = count.make + count.made + count.as_wished + count.refused > 0;
            counts.extend(any.then_some(count));
        }
        let state = match (open, begun) {
            (0, _) => ImportState::Done,
            (_, false) => ImportState::Planned,
            (_, true) => ImportState::Running,
        };
        let currency = self.shop()?.versions.latest().currency;
        let (items, next_cursor) = match page {
            Some((verdict, cursor)) => self.lines(id, verdict, cursor.as_deref())?,
            None => Default::default(),
        };
        Ok(Import {
            id: id.to_owned(),
            software: about.software.into(),
            state: state.into(),
            made_at: Instant::from_micros(row.int(1)?),
            expires_at: Instant::from_micros(row.int(2)?),
            offer: about.offer,
            nearest: about.nearest,
            rates: about.rates,
            welcome: about.welcome,
            link_params: about.link_params,
            lines: about.lines,
            columns: about.columns,
            counts,
            balance: signed(balance, currency.decimals()).into(),
            currency: currency.code().into(),
            items,
            next_cursor,
        })
    }

    /// A page of lines: those that are not made first, then the others, each by the order of the file.
    fn lines(
        &self,
        id: &str,
        verdict: Option<Verdict>,
        cursor: Option<&str>,
    ) -> Result<(Vec<ImportLine>, Option<String>), Refusal> {
        // One number for both: who is refused stands before the rest.
        const LATER: i64 = 1_000_000;
        let rows = self.sql.run(
            "SELECT place, line, what, verdict, reason, wish FROM
                (SELECT seq + CASE verdict WHEN 2 THEN 0 ELSE ?5 END AS place, line, what, verdict, reason, wish
                    FROM import_line WHERE import = ?1 AND wish IS NOT NULL AND (?2 IS NULL OR verdict = ?2))
                WHERE place > ?3 ORDER BY place LIMIT ?4",
            &[
                id.into(),
                verdict.map(number_of).into(),
                number(cursor)?.into(),
                (PAGE + 1).into(),
                LATER.into(),
            ],
        )?;
        let decimals = self.shop()?.versions.latest().currency.decimals();
        let read = |row: &Row| told(row, decimals);
        let items = rows.iter().take(PAGE as usize).map(read).collect::<Result<Vec<_>, _>>()?;
        let last = rows.get(PAGE as usize - 1).filter(|_| rows.len() > PAGE as usize);
        let next_cursor = last.map(|row| row.int(0)).transpose()?.map(|place| place.to_string());
        Ok((items, next_cursor))
    }
}

impl Coming {
    fn take(&mut self, wish: &Wish) {
        match wish {
            Wish::Referrer { code, referrer, .. } => {
                self.codes.insert(code.clone(), referrer.clone());
                self.emails.extend(referrer.email_hash.clone());
            }
            Wish::Owed { id, amount, .. } => drop(self.adjustments.insert(id.clone(), *amount)),
            Wish::Order { order, .. } => drop(self.orders.insert(order.id.clone())),
            Wish::Nothing(_) => {}
        }
    }
}

/// Whether a line says nothing but a code of who is meant.
fn names_nobody(who: &Referrer) -> bool {
    who.email_hash.is_none() && who.customer_id.is_none() && who.name.is_none()
}

/// Whether a record and a line are of one person: by their addresses where both have one, else by their ids, else by their
/// names. Of who has nothing of it on either side the code is all there is.
fn is_same(held: &Referrer, line: &Referrer) -> bool {
    if let (Some(one), Some(other)) = (&held.email_hash, &line.email_hash) {
        return one == other;
    }
    if let (Some(one), Some(other)) = (&held.customer_id, &line.customer_id) {
        return one == other;
    }
    let name = |referrer: &Referrer| referrer.name.as_ref().map(|name| name.to_lowercase());
    match (name(held), name(line)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => names_nobody(held) && names_nobody(line),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn number_of(verdict: Verdict) -> i64 {
    match verdict {
        Verdict::Make => 0,
        Verdict::AsWished => 1,
        Verdict::Refused => 2,
    }
}

/// The verdict of a number; nothing of what is made.
fn verdict_of(number: i64) -> Option<Verdict> {
    [Verdict::Make, Verdict::AsWished, Verdict::Refused].into_iter().find(|one| number_of(*one) == number)
}

/// An amount with its sign.
fn signed(minor: i64, decimals: u8) -> String {
    let amount = format_amount(minor.saturating_abs(), decimals);
    if minor < 0 { format!("-{amount}") } else { amount }
}

fn json_of(value: &impl serde::Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|fault| Refusal::Store(fault.to_string()))
}

/// A line as it is told.
fn told(row: &Row, decimals: u8) -> Result<ImportLine, SqlError> {
    let reason = row.maybe_text(4).map(Known::<Reason>::read);
    let line = ImportLine {
        line: u64::try_from(row.int(1)?).unwrap_or_default(),
        what: Known::read(row.text(2)?),
        verdict: verdict_of(row.int(3)?).map(Known::Word).unwrap_or_default(),
        detail: reason.as_ref().and_then(Known::word).map(|reason| reason.words().to_owned()),
        reason,
        ..ImportLine::default()
    };
    Ok(match row.json::<Wish>(5)? {
        Wish::Referrer { code, instead_of, referrer, percent, .. } => ImportLine {
            code: Some(code),
            instead_of,
            name: referrer.name,
            email: referrer.email,
            percent,
            ..line
        },
        Wish::Owed { code, amount, sale, name, .. } => {
            ImportLine { code, name, sale, amount: Some(signed(amount, decimals).into()), ..line }
        }
        Wish::Order { order, sale } => {
            let amount = order.goods.as_ref().map(|goods| signed(goods.base(), decimals).into());
            ImportLine { sale: Some(sale), amount, ..line }
        }
        Wish::Nothing(Refused { column, value, detail, .. }) => {
            ImportLine { column, value, detail: detail.or(line.detail.clone()), ..line }
        }
    })
}
