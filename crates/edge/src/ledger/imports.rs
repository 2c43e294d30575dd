//! What is brought along from other software. An import is a plan first: each thing that a line asks for is looked at
//! against what is on record, and kept. Steps then do the next of them by the ledger's own calls, those behind the
//! documented API, and look again at each in the same transaction: wherever it breaks off, the next step goes on, and what
//! was made before, by this import or another of the same file, is so already.
//!
//! What a line says is kept until it is made, and what is not made for [`DAYS`].

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_core::event::{Customer, Event, Order};
use parrain_core::instant::Instant;
use parrain_core::money::format_amount;
use parrain_core::program::Terms;
use parrain_core::referrer::Activity;
use parrain_imports::Refused;
use parrain_wire::books::SubjectImport;
use parrain_wire::imports::{
    Import, ImportCount, ImportLine, ImportList, ImportReason as Reason, ImportState,
    ImportVerdict as Verdict, ImportWhat as What,
};
use parrain_wire::word::Known;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::journal::{list, person_keys};
use super::sql::{Row, Sql, SqlError, json_of};
use super::{Ledger, number, schema};
use crate::protocol::calls::{Adjust, ChangeReferrer, EndSignIns, NewAdjustment, PutReferrer, RecordEvent};
use crate::protocol::imports::{
    About, DropImport, GetImport, ListImports, PlanImport, Planned, StepImport, Wish,
};
use crate::protocol::shop::{Edit, Managed, Referrer, ReferrerRecord};
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

/// What the lines before one are going to make, a plan being looked at as if they had; and of what they said what is owed.
#[derive(Default)]
struct Coming {
    codes: BTreeMap<Code, Referrer>,
    emails: BTreeMap<String, Code>,
    balances: BTreeSet<String>,
    commissions: BTreeMap<(String, String), BTreeSet<Option<String>>>,
    orders: BTreeMap<String, Customer>,
}

/// What shows that a record and a line are of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// Nothing does.
    None,
    /// Their names alone, or that neither has any: good enough where the shop knows who has the code.
    Name,
    /// An address or a customer's id.
    Address,
}

/// What is owed, as a line says it.
struct Debt<'a> {
    code: Option<&'a Code>,
    who: Referrer,
    amount: i64,
    sale: Option<&'a str>,
    commission: Option<&'a str>,
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
            let judged = self.judge(&planned.wish, &mut coming)?;
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
            let judged = self.judge(&wish, &mut Coming::default())?;
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
        if !schema::has(&self.sql, "import")? {
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
        let (said, customer_said) = (planned.email_hash.clone(), planned.customer_id.clone());
        let (what, owed, person, customer) = match &planned.wish {
            Wish::Referrer { referrer, .. } => {
                (What::Referrer, None, referrer.email_hash.clone(), referrer.customer_id.clone())
            }
            Wish::Owed { email_hash, amount, customer_id, .. } => {
                (What::Balance, Some(*amount), email_hash.clone(), customer_id.clone())
            }
            Wish::Order { order, .. } => {
                (What::Order, None, order.customer.email.clone(), order.customer.id.clone())
            }
            Wish::Nothing(refused) => (refused.what, None, said, customer_said),
        };
        // What cannot be read is nothing that a step could look at again, and what a line above says already no step tells
        // from what was made of that line.
        let done = matches!(planned.wish, Wish::Nothing(_)) || judged == Err(Reason::Twice);
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
    fn judge(&self, wish: &Wish, coming: &mut Coming) -> Result<Judged, Refusal> {
        match wish {
            Wish::Nothing(refused) => Ok(Err(refused.reason)),
            Wish::Referrer { code, referrer, managed, .. } => {
                let held = self.find_referrer(code)?;
                if held.as_ref().is_some_and(|held| !is_same(held, referrer)) {
                    return Ok(Err(Reason::Taken));
                }
                if held.is_none() && self.is_promotion(code)? {
                    return Ok(Err(Reason::OwnCode));
                }
                let shop = self.shop()?;
                let program = shop.versions.latest();
                let Some(offer) = program.offer(&referrer.offer) else { return Ok(Err(Reason::Offer)) };
                let terms = match &managed.terms {
                    Edit::Keep => None,
                    Edit::Clear => Some(None),
                    Edit::Set(terms) => {
                        let body = json!({"terms": terms});
                        let mut faults = Faults::default();
                        let field = Node::root(&body).field("terms");
                        let terms = Terms::read(&field, program.currency, offer, &mut faults);
                        if faults.into_result(()).is_err() {
                            return Ok(Err(Reason::Rate));
                        }
                        Some(terms)
                    }
                };
                let Some(held) = held else { return Ok(Ok(Verdict::Make)) };
                let activity = managed.activity.unwrap_or(Activity::Active);
                let same = held.referrer.offer == referrer.offer
                    && held.referrer.activity_at(self.now.get()) == activity
                    && terms.is_none_or(|terms| terms == held.referrer.terms);
                Ok(match (same, held.unconfirmed) {
                    (false, _) => Err(Reason::Differs),
                    (true, true) => Ok(Verdict::Make),
                    (true, false) => Ok(Verdict::AsWished),
                })
            }
            Wish::Owed { .. } => match Debt::of(wish) {
                Some(debt) => self.judge_debt(&debt, coming),
                None => Ok(Err(Reason::NoReferrer)),
            },
            Wish::Order { order, sale } => {
                if let Some(customer) = coming.orders.get(&order.id) {
                    let same = is_one_customer(customer, &order.customer).unwrap_or(true);
                    return Ok(if same { Ok(Verdict::AsWished) } else { Err(Reason::Twice) });
                }
                let known = self.sql.run(
                    "SELECT ext, event FROM entry WHERE kind = 0 AND verified = 1 AND ext IN (?, ?)",
                    &[order.id.as_str().into(), sale.as_str().into()],
                )?;
                for row in &known {
                    // A file's own number may be another order's of the shop.
                    if row.text(0)? == order.id || is_one_order(&row.json(1)?, order) {
                        return Ok(Ok(Verdict::AsWished));
                    }
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

    /// What is to become of something that is owed.
    fn judge_debt(&self, debt: &Debt<'_>, coming: &mut Coming) -> Result<Judged, Refusal> {
        let held = self.holder(debt)?;
        let whose = match &held {
            Some(held) => Some(key_of(&held.code, &held.referrer)),
            None => coming.holder(debt).map(|(code, referrer)| key_of(code, referrer)),
        };
        let Some(whose) = whose else { return Ok(Err(Reason::NoReferrer)) };
        if !coming.hears(whose, debt) {
            return Ok(Err(Reason::Twice));
        }
        let Some(held) = held else { return Ok(Ok(Verdict::Make)) };
        let codes = self.codes_of(&held)?;
        Ok(match self.brought(&codes, debt)? {
            Some(amount) if amount == debt.amount => Ok(Verdict::AsWished),
            Some(_) => Err(Reason::Differs),
            None if self.is_counted(&codes, debt)? => Err(Reason::Counted),
            None => Ok(Verdict::Make),
        })
    }

    fn make(&self, now: Instant, wish: Wish, about: &About) -> Result<(), Refusal> {
        match wish {
            Wish::Referrer { code, referrer, managed, .. } => {
                if self.find_referrer(&code)?.is_none() {
                    let ask = PutReferrer { code, referrer, managed, quiet: !about.welcome };
                    return self.answer(now, ask).map(drop);
                }
                // Whoever typed the address when the code was made need not be whose it is: what they left there goes, and
                // the way in is by that address.
                self.drop_details(&code)?;
                self.drop_claims(&code)?;
                self.answer(now, EndSignIns { code: code.clone() })?;
                let name = referrer.name.map_or(Edit::Keep, Edit::Set);
                let managed = Managed::default();
                self.answer(now, ChangeReferrer { code, offer: None, name, managed, confirmed: true })
                    .map(drop)
            }
            Wish::Owed { ref note, .. } => {
                let Some(debt) = Debt::of(&wish) else { return Ok(()) };
                let Some(ReferrerRecord { code, .. }) = self.holder(&debt)? else { return Ok(()) };
                let id = id_of(&code, &debt);
                let (amount, reason) = (debt.amount, note.clone());
                let new = NewAdjustment { id, code, reward: None, currency: None, amount, reason };
                self.answer(now, Adjust { adjustments: vec![new] }).map(drop)
            }
            Wish::Order { order, .. } => self.answer(now, RecordEvent(Event::Order(*order))).map(drop),
            Wish::Nothing(_) => Ok(()),
        }
    }

    /// To whom something is owed: who has the code that is named, where they are that person, else the first code of who has
    /// that address. Never somebody of whom nobody but they themselves said who they are.
    fn holder(&self, debt: &Debt<'_>) -> Result<Option<ReferrerRecord>, Refusal> {
        if let Some(code) = debt.code
            && let Some(held) = self.find_referrer(code)?
            && !held.unconfirmed
            && (debt.is_bare() || is_same(&held, &debt.who))
        {
            return Ok(Some(held));
        }
        let Some(hash) = &debt.who.email_hash else { return Ok(None) };
        let codes = self.codes_with("email", hash)?;
        codes.first().map_or(Ok(None), |code| self.find_referrer(code))
    }

    /// The codes whose records have a value in a column by which they are known, the shop's own word first, then the oldest.
    fn codes_with(&self, column: &'static str, value: &str) -> Result<Vec<Code>, Refusal> {
        let rows = self.sql.run(
            &format!(
                "SELECT code FROM referrer AS one WHERE {column} = ?1
                    AND seq = (SELECT MAX(seq) FROM referrer WHERE code = one.code)
                    AND (?2 = 'customer' OR NOT COALESCE(json_extract(record, '$.email_is_typed'), 0))
                    AND NOT EXISTS (SELECT 1 FROM joined WHERE code = one.code AND confirmed IS NULL)
                    ORDER BY EXISTS (SELECT 1 FROM joined WHERE code = one.code),
                        (SELECT since FROM referrer WHERE code = one.code AND seq = 1), code"
            ),
            &[value.into(), column.into()],
        )?;
        Ok(rows.iter().map(|row| super::shop::parse_code(row.text(0)?)).collect::<Result<_, _>>()?)
    }

    /// Every code of the person who has one.
    fn codes_of(&self, held: &ReferrerRecord) -> Result<BTreeSet<Code>, Refusal> {
        let mut codes = BTreeSet::from([held.code.clone()]);
        if let Some(hash) = held.referrer.email_hash.as_ref().filter(|_| !held.referrer.email_is_typed) {
            codes.extend(self.codes_with("email", hash)?);
        }
        if let Some(id) = &held.referrer.customer_id {
            codes.extend(self.codes_with("customer", id)?);
        }
        Ok(codes)
    }

    /// What was brought along of this before, under any code of the person, whatever software it came from.
    fn brought(&self, codes: &BTreeSet<Code>, debt: &Debt<'_>) -> Result<Option<i64>, Refusal> {
        let names = codes.iter().map(|code| sale_of(code, debt.sale));
        // A commission's own id follows the sale's after a hyphen, the character before the full stop.
        let rows = self.sql.run(
            "SELECT entry.ext, entry.event FROM json_each(?) AS name CROSS JOIN entry
                ON entry.kind = 4 AND entry.ext >= name.value AND entry.ext < name.value || '.'",
            &[list(names)],
        )?;
        let mut found: Vec<(String, i64)> = Vec::new();
        for row in &rows {
            let order: Order = row.json(1)?;
            let amount = order.adjustment.map_or(0, |adjustment| adjustment.amount);
            found.push((row.text(0)?.to_owned(), amount));
        }
        let ids =
            |debt: &Debt<'_>| -> BTreeSet<String> { codes.iter().map(|code| id_of(code, debt)).collect() };
        let sum = |ids: &BTreeSet<String>| {
            let amounts = found.iter().filter(|(id, _)| ids.contains(id)).map(|(_, amount)| *amount);
            amounts.reduce(i64::saturating_add)
        };
        Ok(match debt.commission {
            // Those of the sale that came without an id of their own may be this one.
            Some(_) => sum(&ids(debt)).or_else(|| sum(&ids(&debt.of_sale()))),
            None => found.iter().map(|(_, amount)| *amount).reduce(i64::saturating_add),
        })
    }

    /// Whether what is owed to somebody came by the other kind of file: a balance where this is a sale's commission, and the
    /// other way round.
    fn is_counted(&self, codes: &BTreeSet<Code>, debt: &Debt<'_>) -> Result<bool, Refusal> {
        if debt.sale.is_some() {
            return Ok(self.brought(codes, &debt.balance())?.is_some());
        }
        // By the index of codes: the other would look at the sales of everybody.
        let rows = self.sql.run(
            "SELECT 1 FROM entry WHERE code IN (SELECT value FROM json_each(?)) AND +kind = 4
                AND +ext >= 'import-sale-' AND +ext < 'import-sale.' LIMIT 1",
            &[list(codes.iter().map(Code::as_str))],
        )?;
        Ok(!rows.is_empty())
    }

    /// What plans hold of a person.
    pub(super) fn import_lines_of(&self, keys: &BTreeSet<String>) -> Result<Vec<SubjectImport>, Refusal> {
        let decimals = self.shop()?.versions.latest().currency.decimals();
        let rows = self.sql.run(
            "SELECT seq, line, what, verdict, reason, wish, import FROM import_line
                WHERE (person IN (SELECT value FROM json_each(?1)) OR customer IN (SELECT value FROM json_each(?1)))
                AND wish IS NOT NULL ORDER BY import, seq",
            &[list(keys)],
        )?;
        let read = |row: &Row| -> Result<_, SqlError> {
            Ok(SubjectImport { import: row.text(6)?.to_owned(), said: told(row, decimals)? })
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
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
        let shop = self.shop()?;
        let program = shop.versions.latest();
        let currency = program.currency;
        let mut link_params = about.link_params;
        if !begun {
            link_params.retain(|name| !program.link_params.contains(name));
        }
        let state = match (open, begun) {
            // A file of which all is so already may still have links that do not count.
            (0, false) if !link_params.is_empty() => ImportState::Planned,
            (0, _) => ImportState::Done,
            (_, false) => ImportState::Planned,
            (_, true) => ImportState::Running,
        };
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
            link_params,
            lines: about.lines,
            columns: about.columns,
            counts,
            balance: signed(balance, currency.decimals()).into(),
            currency: currency.code().into(),
            items,
            next_cursor,
        })
    }

    /// A page of lines: those that are not made first, then the others and what is settled there, each by the order of the file.
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
                (SELECT seq + CASE WHEN verdict = 2 AND reason NOT IN ('paid', 'called_off') THEN 0 ELSE ?5 END AS place, line, what, verdict, reason, wish
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
    /// Takes what is going to be made.
    fn take(&mut self, wish: &Wish) {
        match wish {
            Wish::Referrer { code, referrer, .. } => {
                self.codes.insert(code.clone(), referrer.clone());
                if let Some(hash) = &referrer.email_hash {
                    self.emails.entry(hash.clone()).or_insert_with(|| code.clone());
                }
            }
            Wish::Order { order, .. } => drop(self.orders.insert(order.id.clone(), order.customer.clone())),
            Wish::Owed { .. } | Wish::Nothing(_) => {}
        }
    }

    /// To whom something is going to be owed, of those who are going to come.
    fn holder(&self, debt: &Debt<'_>) -> Option<(&Code, &Referrer)> {
        let named = debt.code.and_then(|code| self.codes.get_key_value(code));
        let own = |one: &Referrer| debt.is_bare() || proof(one, &debt.who) != Proof::None;
        let email = debt.who.email_hash.as_ref();
        let by_email =
            || email.and_then(|hash| self.emails.get(hash)).and_then(|code| self.codes.get_key_value(code));
        named.filter(|(_, one)| own(one)).or_else(by_email)
    }

    /// Hears of something that is owed to a person; whether no line above said it.
    fn hears(&mut self, whose: String, debt: &Debt<'_>) -> bool {
        let Some(sale) = debt.sale else { return self.balances.insert(whose) };
        let said = self.commissions.entry((whose, sale.to_owned())).or_default();
        let is_new = said.is_empty() || debt.commission.is_some() && !said.contains(&None);
        is_new && said.insert(debt.commission.map(str::to_owned))
    }
}

impl<'a> Debt<'a> {
    /// What a wish says of it; nothing where it is another wish.
    fn of(wish: &'a Wish) -> Option<Self> {
        match wish {
            Wish::Owed { code, email_hash, name, customer_id, amount, sale, commission, note: _ } => {
                Some(Self {
                    code: code.as_ref(),
                    who: Referrer {
                        email_hash: email_hash.clone(),
                        name: name.clone(),
                        customer_id: customer_id.clone(),
                        ..Referrer::default()
                    },
                    amount: *amount,
                    sale: sale.as_deref(),
                    commission: commission.as_deref(),
                })
            }
            Wish::Referrer { .. } | Wish::Order { .. } | Wish::Nothing(_) => None,
        }
    }

    /// Whether a sale names nobody but by a code, which it was made with. A list of people says who they are, or that it
    /// does not know.
    fn is_bare(&self) -> bool {
        self.sale.is_some() && names_nobody(&self.who)
    }

    /// The sale's, without the commission's own id.
    fn of_sale(&self) -> Self {
        Self { who: self.who.clone(), commission: None, ..*self }
    }

    /// The person's balance in its place.
    fn balance(&self) -> Self {
        Self { who: self.who.clone(), sale: None, commission: None, ..*self }
    }
}

/// How what is owed begins: of a balance this is all of its id, of a commission the sale's part of it.
fn sale_of(code: &Code, sale: Option<&str>) -> String {
    match sale {
        None => format!("import-balance-{}", digest(&[code.as_str()])),
        Some(sale) => format!("import-sale-{}", digest(&[code.as_str(), sale])),
    }
}

/// The id of what is owed under a code.
fn id_of(code: &Code, debt: &Debt<'_>) -> String {
    let name = sale_of(code, debt.sale);
    match debt.commission {
        Some(commission) => format!("{name}-{}", digest(&[commission])),
        None => name,
    }
}

/// Some texts as one of letters, digits, hyphens and underscores, always equally long.
fn digest(parts: &[&str]) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(Sha256::digest(parts.join("\0").as_bytes()));
    text.truncate(22);
    text
}

/// By what one person is told from another.
fn key_of(code: &Code, referrer: &Referrer) -> String {
    match (&referrer.email_hash, &referrer.customer_id) {
        (Some(hash), _) if !referrer.email_is_typed => format!("e{hash}"),
        (_, Some(id)) => format!("i{id}"),
        (_, None) => format!("c{code}"),
    }
}

/// Whether a line says nothing but a code of who is meant.
fn names_nobody(who: &Referrer) -> bool {
    who.email_hash.is_none() && who.customer_id.is_none() && who.name.is_none()
}

/// Whether a line is of the person who is on record. Of who only said so themselves a name is no proof.
fn is_same(held: &ReferrerRecord, line: &Referrer) -> bool {
    match proof(&held.referrer, line) {
        Proof::None => false,
        Proof::Name => !held.unconfirmed,
        Proof::Address => true,
    }
}

/// What shows that a record and a line are of one person: their addresses where both have one, else their ids. Names do where
/// neither has either; of who has nothing at all on either side the code is all there is.
fn proof(held: &Referrer, line: &Referrer) -> Proof {
    // An address that was only typed may be anybody's.
    let held_email = held.email_hash.as_ref().filter(|_| !held.email_is_typed);
    let by = |same| if same { Proof::Address } else { Proof::None };
    if let (Some(one), Some(other)) = (held_email, &line.email_hash) {
        return by(one == other);
    }
    if let (Some(one), Some(other)) = (&held.customer_id, &line.customer_id) {
        return by(one == other);
    }
    let known = |one: &Referrer| one.email_hash.is_some() || one.customer_id.is_some();
    let name = |one: &Referrer| one.name.as_ref().map(|name| name.to_lowercase());
    if !known(held) && !known(line) && name(held) == name(line) { Proof::Name } else { Proof::None }
}

/// Whether two customers are one, by what both have.
fn is_one_customer(one: &Customer, other: &Customer) -> Option<bool> {
    let both = |one: &Option<String>, other: &Option<String>| Some(one.as_ref()? == other.as_ref()?);
    both(&one.email, &other.email).or_else(|| both(&one.id, &other.id))
}

/// Whether an order of the shop is the one that a file gives that number: by its customer, else by its day.
fn is_one_order(held: &Order, told: &Order) -> bool {
    let near = told.at.plus_days(-1) <= held.at && held.at <= told.at.plus_days(1);
    is_one_customer(&held.customer, &told.customer).unwrap_or(near)
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

/// Why something is not made, in a sentence.
fn words_of(reason: Reason, what: &str) -> &'static str {
    if reason == Reason::Differs && what == What::Referrer.name() {
        return "it is this person's here, but with another state, offer or rate: change it by hand, if need be";
    }
    reason.words()
}

/// A line as it is told.
fn told(row: &Row, decimals: u8) -> Result<ImportLine, SqlError> {
    let reason = row.maybe_text(4).map(Known::<Reason>::read);
    let line = ImportLine {
        line: u64::try_from(row.int(1)?).unwrap_or_default(),
        what: Known::read(row.text(2)?),
        verdict: verdict_of(row.int(3)?).map(Known::Word).unwrap_or_default(),
        detail: reason
            .as_ref()
            .and_then(Known::word)
            .map(|reason| words_of(reason, row.text(2).unwrap_or_default()).to_owned()),
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
