//! Referrers' codes, and promo codes of the shop's own (`promotions`), as coupons of the shop's: where each is to be made, with which terms, and what came of it.
//!
//! A row is a code at a maker: a platform at which the edge makes it itself, or a module that asks for codes to make. What a
//! code is to give follows from its referrer and the program; it is noted in the transaction that changes the referrer. A
//! program that changes bears on every code: they are looked through by the alarm, some at a time.

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::program::Discounts;
use parrain_core::referrer::Activity;
use parrain_wire::connections::{CodeCounts, CodeState, CodeTrouble};
use parrain_wire::promotion::PromotionTrouble;
use parrain_wire::tasks::{CodeTerms, Task, TaskKind, TaskOutcome, TaskState};
use sha2::{Digest, Sha256};

use super::deliveries::{DAYS, bounded, gap};
use super::shop::parse_code;
use super::sql::{Row, Sql, SqlError, Value, json_of};
use super::{Ledger, shop};
use crate::deliveries::platform::{CodeJob, Coded, has_starts};
use crate::platform::Platform;
use crate::protocol::calls::{Came, IsCodeReady};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};

/// The maker that stands for every module which asks for codes.
pub(super) const MODULE: &str = "module";

/// How many referrers one step looks through.
const STEP: usize = 50;

/// How many codes that do not stand as they should are shown.
const SHOWN: u32 = 100;

/// How many hexadecimal digits of a hash of the terms stand in the id of a module's task.
const DIGITS: usize = 10;

/// The last instant that a row can wait for.
const LATEST: i64 = (1 << 53) - 1;

/// A code as it stands in the table.
struct Made {
    code: Code,
    terms: Option<String>,
    made: Option<String>,
    reference: Option<String>,
    tries: i64,
    failed: Option<Instant>,
}

const COLUMNS: &str = "code, terms, made, reference, tries, failed";

impl<S: Sql> Answers<IsCodeReady> for Ledger<S> {
    fn answer(&self, now: Instant, ask: IsCodeReady) -> Result<Option<bool>, Refusal> {
        match self.find_referrer(&ask.code)? {
            Some(held) => self.is_ready(now, &ask.code, &held.referrer),
            None => Ok(None),
        }
    }
}

impl<S: Sql> Ledger<S> {
    /// Notes what is to be made of a referrer's code, wherever codes are made.
    pub(super) fn want_code(&self, now: Instant, code: &Code, referrer: &Referrer) -> Result<(), Refusal> {
        let terms = self.terms_of(now, referrer)?;
        self.want(now, code, terms)
    }

    /// Notes what a code is to give, wherever codes are made; nothing where it is to give nothing.
    pub(super) fn want(&self, now: Instant, code: &Code, terms: Option<CodeTerms>) -> Result<(), Refusal> {
        let makers = self.makers()?;
        if makers.is_empty() {
            return Ok(());
        }
        let terms = terms.as_ref().map(json_of).transpose()?;
        for maker in makers {
            let key = [Value::from(maker.as_str()), code.as_str().into()];
            let held = self.sql.run("SELECT terms, begun FROM code WHERE maker = ? AND code = ?", &key)?;
            match (held.first(), &terms) {
                (None, None) => continue,
                (Some(row), terms) if row.maybe_text(0) == terms.as_deref() => continue,
                // Nobody has begun to make it.
                (Some(row), None) if row.maybe_int(1).is_none() => {
                    self.sql.run("DELETE FROM code WHERE maker = ? AND code = ?", &key)?;
                }
                (_, terms) => {
                    self.sql.run(
                        "INSERT INTO code (maker, code, terms, next) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (maker, code)
                            DO UPDATE SET terms = excluded.terms, next = excluded.next, state = 0, tries = 0,
                                failed = NULL, words = NULL",
                        &[maker.as_str().into(), code.as_str().into(), terms.clone().into(), now.into()],
                    )?;
                }
            }
            self.errand.set(true);
        }
        Ok(())
    }

    /// Has every referrer's code looked at, since what it is to give may have changed, or who makes it.
    pub(super) fn want_all_codes(&self) -> Result<(), Refusal> {
        self.sql.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('coding', '')", &[])?;
        self.errand.set(true);
        Ok(())
    }

    /// The same, where codes are made at all.
    pub(super) fn want_codes_anew(&self) -> Result<(), Refusal> {
        if self.makers()?.is_empty() { Ok(()) } else { self.want_all_codes() }
    }

    /// Looks through some referrers' codes, where that was asked for; whether there are more.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then nothing has changed.
    pub fn look_through_codes(&self, now: Instant) -> Result<bool, Refusal> {
        self.now.set(now);
        self.asker.replace(None);
        self.in_transaction(|| {
            let Some(shop) = self.shop_if_any()? else { return Ok(false) };
            let Some(after) = self.looked_through()? else { return Ok(false) };
            let rows = self.sql.run(
                "SELECT DISTINCT code FROM referrer WHERE code > ? ORDER BY code LIMIT ?",
                &[after.into(), Value::Int(STEP as i64)],
            )?;
            let codes =
                rows.iter().map(|row| parse_code(row.text(0)?)).collect::<Result<Vec<_>, SqlError>>()?;
            let no_makers = self.makers()?.is_empty();
            for code in &codes {
                let Some(held) = self.find_referrer(code)? else { continue };
                let before = self.is_ready(now, code, &held.referrer)?;
                self.want_code(now, code, &held.referrer)?;
                if held.referrer.unpublished {
                    continue;
                }
                // Friends are to see the offer as it can be had, or for the first time whether it can. Where nobody makes codes
                // any more, their copies may say still that it waits for one.
                let was_made = no_makers && self.terms_of(now, &held.referrer)?.is_some();
                if was_made || self.is_ready(now, code, &held.referrer)? != before || before == Some(false) {
                    self.publish(&shop, code, &held.referrer)?;
                }
            }
            match codes.last().filter(|_| codes.len() == STEP) {
                Some(last) => {
                    let last = Value::from(last.as_str());
                    self.sql.run("UPDATE meta SET value = ? WHERE name = 'coding'", &[last])?;
                    Ok(true)
                }
                None => {
                    self.want_promotions(now)?;
                    self.sql.run("DELETE FROM meta WHERE name = 'coding'", &[])?;
                    Ok(false)
                }
            }
        })
    }

    /// At once, where codes are still to be looked through.
    pub(super) fn next_look_through(&self) -> Result<Option<Instant>, Refusal> {
        Ok(self.looked_through()?.map(|_| Instant::default()))
    }

    fn looked_through(&self) -> Result<Option<String>, SqlError> {
        let rows = self.sql.run("SELECT value FROM meta WHERE name = 'coding'", &[])?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// Whether a referrer's code can be redeemed at the shop; `None` where codes are made by nobody, or there is nothing to
    /// be made.
    pub(super) fn is_ready(
        &self,
        now: Instant,
        code: &Code,
        referrer: &Referrer,
    ) -> Result<Option<bool>, Refusal> {
        if self.terms_of(now, referrer)?.is_none() { Ok(None) } else { self.is_made(code) }
    }

    /// Whether a code that is to give something was made; `None` where codes are made by nobody.
    pub(super) fn is_made(&self, code: &Code) -> Result<Option<bool>, Refusal> {
        if self.makers()?.is_empty() {
            return Ok(None);
        }
        let ready = self.number(
            "SELECT EXISTS (SELECT 1 FROM code WHERE code = ? AND state = 1 AND terms IS NOT NULL)",
            &[code.as_str().into()],
        )?;
        Ok(Some(ready != 0))
    }

    /// The next code that is to be made, changed or ended at a platform.
    pub(super) fn next_code(&self, now: Instant, platform: Platform) -> Result<Option<CodeJob>, Refusal> {
        let rows = self.sql.run(
            &format!("SELECT {COLUMNS} FROM code WHERE maker = ? AND state = 0 AND next <= ? ORDER BY next, code LIMIT ?"),
            &[platform.name().into(), now.into(), Value::Int(STEP as i64)],
        )?;
        for row in &rows {
            let held = read(row)?;
            let wanted = held.wanted()?;
            // A platform that knows no beginnings gets the code when it has come.
            let starts = wanted.as_ref().and_then(|terms| terms.starts_at).filter(|at| now < *at);
            let early = starts.filter(|_| !has_starts(platform));
            if let (Some(at), None) = (early, &held.made) {
                self.wait_code(platform.name(), &held.code, at)?;
                continue;
            }
            let terms = if early.is_some() { None } else { wanted };
            self.begin_code(now, platform.name(), &held.code)?;
            return Ok(Some(CodeJob { code: held.code.to_string(), terms, reference: held.reference }));
        }
        Ok(None)
    }

    /// Notes what came of a code.
    pub(super) fn code_done(
        &self,
        now: Instant,
        maker: &str,
        job: &CodeJob,
        came: &Coded,
    ) -> Result<(), Refusal> {
        let Some(held) = self.code_at(maker, &job.code)? else { return Ok(()) };
        let done = job.terms.as_ref().map(json_of).transpose()?;
        let (made, reference, state, words) = match came {
            Coded::Made(reference) => (done.clone(), Some(reference.clone()), CodeState::Made, None),
            Coded::Same => (done.clone(), None, CodeState::Made, None),
            Coded::Ended => (None, None, CodeState::Made, None),
            Coded::Foreign(words) => (None, None, CodeState::Foreign, Some(bounded(words))),
        };
        // What was changed meanwhile is to be done still.
        let state = if done == held.terms { state } else { CodeState::Waiting };
        self.sql.run(
            "UPDATE code SET made = ?, reference = ?, state = ?, words = ?, next = ?, tries = 0, failed = NULL
                WHERE maker = ? AND code = ?",
            &[
                made.into(),
                reference.into(),
                state_number(state).into(),
                words.into(),
                now.into(),
                maker.into(),
                held.code.as_str().into(),
            ],
        )?;
        self.publish_code(&held.code)
    }

    /// Notes that a code could not be made or ended: it is tried again with growing gaps, and given up after some days, or at
    /// once where no other try is of use.
    pub(super) fn code_failed(
        &self,
        now: Instant,
        maker: &str,
        code: &str,
        words: &str,
        for_good: bool,
    ) -> Result<(), Refusal> {
        let Some(held) = self.code_at(maker, code)? else { return Ok(()) };
        let over = for_good || held.failed.is_some_and(|first| first.plus_days(DAYS) <= now);
        let state = if over { CodeState::Failed } else { CodeState::Waiting };
        self.sql.run(
            "UPDATE code SET state = ?, tries = tries + 1, words = ?, next = ?, failed = COALESCE(failed, ?)
                WHERE maker = ? AND code = ?",
            &[
                state_number(state).into(),
                bounded(words).into(),
                now.plus_seconds(gap(held.tries + 1)).into(),
                now.into(),
                maker.into(),
                held.code.as_str().into(),
            ],
        )?;
        self.publish_code(&held.code)
    }

    /// Notes that nobody knows whether a code was made: it is looked for again with growing gaps.
    pub(super) fn code_unanswered(
        &self,
        now: Instant,
        maker: &str,
        code: &str,
        words: &str,
    ) -> Result<(), Refusal> {
        let Some(held) = self.code_at(maker, code)? else { return Ok(()) };
        self.sql.run(
            "UPDATE code SET tries = tries + 1, words = ?, next = ? WHERE maker = ? AND code = ? AND state = 0",
            &[
                bounded(words).into(),
                now.plus_seconds(gap(held.tries)).into(),
                maker.into(),
                held.code.as_str().into(),
            ],
        )?;
        Ok(())
    }

    /// Gives codes that a module is to make or end, to one worker alone until `leased_until`.
    pub(super) fn lease_codes(&self, now: Instant, until: Instant, most: u32) -> Result<Vec<Task>, Refusal> {
        if self.connection_wants_codes()? {
            self.want_all_codes()?;
        }
        let rows = self.sql.run(
            &format!("SELECT {COLUMNS} FROM code WHERE maker = ? AND state = 0 AND next <= ? ORDER BY next, code LIMIT ?"),
            &[MODULE.into(), now.into(), most.into()],
        )?;
        let mut tasks = Vec::new();
        for row in &rows {
            let held = read(row)?;
            let wanted = held.wanted()?;
            self.begin_code(now, MODULE, &held.code)?;
            self.wait_code(MODULE, &held.code, until)?;
            let shown = match (&wanted, &held.made) {
                (Some(terms), _) => Some(terms.clone()),
                (None, Some(made)) => Some(read_terms(made)?),
                (None, None) => None,
            };
            let shown = shown.unwrap_or_default();
            tasks.push(Task {
                id: task_id(&held.code, held.terms.as_deref()),
                kind: TaskKind::Code.into(),
                code: held.code.to_string(),
                referrer: self.find_referrer(&held.code)?.map(|_| held.code),
                currency: shown.currency,
                reward: shown.reward,
                terms: wanted,
                leased_until: until,
                ..Task::default()
            });
        }
        Ok(tasks)
    }

    /// Takes down what came of a code that a module was to make or end; `None` where the id is no code's.
    pub(super) fn finish_code(
        &self,
        now: Instant,
        id: &str,
        came: &Came,
    ) -> Result<Option<TaskOutcome>, Refusal> {
        let Some((_, code)) = id.strip_prefix("cd-").and_then(|rest| rest.split_once('-')) else {
            return Ok(None);
        };
        let held = self.code_at(MODULE, code)?.ok_or(Refusal::UnknownTask)?;
        let state = if task_id(&held.code, held.terms.as_deref()) != id {
            // Other terms are wanted by now, as another task.
            TaskState::Withdrawn
        } else {
            let job = CodeJob { code: code.to_owned(), terms: held.wanted()?, reference: None };
            match came {
                Came::Done(_) if job.terms.is_some() => {
                    self.code_done(now, MODULE, &job, &Coded::Made(code.to_owned()))?;
                }
                Came::Done(_) => self.code_done(now, MODULE, &job, &Coded::Ended)?,
                Came::Failed(words) => self.code_failed(now, MODULE, code, words, false)?,
            }
            match self.code_state(MODULE, code)? {
                CodeState::Waiting => TaskState::Waiting,
                CodeState::Made => TaskState::Done,
                CodeState::Failed | CodeState::Foreign => TaskState::GivenUp,
            }
        };
        let failed = match came {
            Came::Failed(words) => Some(bounded(words)),
            Came::Done(_) => None,
        };
        Ok(Some(TaskOutcome { id: id.to_owned(), state: state.into(), code: Some(code.to_owned()), failed }))
    }

    /// Forgets what modules were to make, where none asks for codes any more.
    pub(super) fn drop_codes_without_modules(&self) -> Result<(), Refusal> {
        self.sql.run(
            "DELETE FROM code WHERE maker = ? AND NOT EXISTS (SELECT 1 FROM connection WHERE codes = 1)",
            &[MODULE.into()],
        )?;
        // Also where nobody makes codes any more: then those that waited are the shop's own to make.
        self.want_all_codes()
    }

    /// What keeps a code from being made, and where.
    pub(super) fn promotion_troubles(&self, code: &str) -> Result<Vec<PromotionTrouble>, Refusal> {
        let rows = self.sql.run(
            "SELECT maker, state, words FROM code WHERE code = ? AND terms IS NOT NULL AND (state IN (?, ?) OR words IS NOT NULL)
                AND state <> ? ORDER BY maker",
            &[
                code.into(),
                state_number(CodeState::Failed).into(),
                state_number(CodeState::Foreign).into(),
                state_number(CodeState::Made).into(),
            ],
        )?;
        let trouble = |row: &Row| {
            Ok(PromotionTrouble {
                maker: row.text(0)?.to_owned(),
                state: state_of(row.int(1)?)?.into(),
                words: row.maybe_text(2).unwrap_or_default().to_owned(),
            })
        };
        rows.iter().map(trouble).collect()
    }

    /// Forgets what platforms said of a code, which may name somebody.
    pub(super) fn forget_words_of(&self, code: &Code) -> Result<(), Refusal> {
        self.sql.run("UPDATE code SET words = NULL WHERE code = ?", &[code.as_str().into()])?;
        Ok(())
    }

    pub(super) fn code_counts(&self, maker: &str) -> Result<CodeCounts, Refusal> {
        let rows = self.sql.run(
            "SELECT state, COUNT(*), COUNT(terms) FROM code WHERE maker = ? GROUP BY state",
            &[maker.into()],
        )?;
        let mut counts = CodeCounts::default();
        for row in &rows {
            match state_of(row.int(0)?)? {
                CodeState::Waiting => counts.waiting = row.int(1)?,
                // One that was ended is nothing that stands.
                CodeState::Made => counts.made = row.int(2)?,
                CodeState::Failed => counts.failed = row.int(1)?,
                CodeState::Foreign => counts.foreign = row.int(1)?,
            }
        }
        Ok(counts)
    }

    pub(super) fn code_troubles(&self, maker: &str) -> Result<Vec<CodeTrouble>, Refusal> {
        let rows = self.sql.run(
            "SELECT code, state, tries, next, words FROM code WHERE maker = ? AND state <> 1 AND words IS NOT NULL
                ORDER BY COALESCE(failed, next) DESC, code LIMIT ?",
            &[maker.into(), SHOWN.into()],
        )?;
        let trouble = |row: &Row| {
            let state = state_of(row.int(1)?)?;
            let next = Instant::from_micros(row.int(3)?);
            Ok(CodeTrouble {
                code: row.text(0)?.to_owned(),
                state: state.into(),
                tries: row.int(2)?,
                next_try_at: (state == CodeState::Waiting).then_some(next),
                words: row.maybe_text(4).unwrap_or_default().to_owned(),
            })
        };
        rows.iter().map(trouble).collect()
    }

    /// Who makes codes: the platforms to which the edge has credentials, and modules that ask for codes.
    fn makers(&self) -> Result<Vec<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT platform FROM credential UNION ALL SELECT ?1 WHERE EXISTS (SELECT 1 FROM connection WHERE codes = 1)",
            &[MODULE.into()],
        )?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    /// Notes that the module that asks makes codes; whether that is new.
    fn connection_wants_codes(&self) -> Result<bool, Refusal> {
        let Some(hash) = self.module_hash() else { return Ok(false) };
        let rows = self.sql.run(
            "UPDATE connection SET codes = 1 WHERE hash = ? AND codes = 0 RETURNING id",
            &[hash.into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// What a referrer's code is to give friends at the shop, at this instant and after it.
    fn terms_of(&self, now: Instant, referrer: &Referrer) -> Result<Option<CodeTerms>, Refusal> {
        let shop = self.shop()?;
        let program = shop.versions.latest();
        if program.discounts == Discounts::Shop
            || referrer.test
            || referrer.activity_at(now) != Activity::Active
        {
            return Ok(None);
        }
        let Some(offer) = program.offer(&referrer.offer) else { return Ok(None) };
        let Some(friend) = &offer.friend else { return Ok(None) };
        let ends_at = offer.ends_at.into_iter().chain(referrer.expires_at).min();
        if ends_at.is_some_and(|end| end < now) {
            return Ok(None);
        }
        let friend = friend.to_wire(program.currency);
        Ok(Some(CodeTerms {
            reward: friend.reward,
            currency: program.currency.code().into(),
            min_subtotal: friend.min_subtotal,
            new_customers_only: offer.advocate.new_customers_only,
            starts_at: offer.starts_at,
            ends_at,
        }))
    }

    fn publish_code(&self, code: &Code) -> Result<(), Refusal> {
        let shop = self.shop()?;
        match self.find_referrer(code)? {
            Some(held) if !held.referrer.unpublished => self.publish(&shop, code, &held.referrer),
            Some(_) => Ok(()),
            None => self.publish_promotions(self.now.get()),
        }
    }

    /// Has KV say what is public of a referrer.
    pub(super) fn publish(&self, shop: &shop::Shop, code: &Code, referrer: &Referrer) -> Result<(), Refusal> {
        let ready = self.is_ready(self.now.get(), code, referrer)?;
        self.post(&shop.record, &shop::public_side(code, referrer, ready))?;
        Ok(())
    }

    fn begin_code(&self, now: Instant, maker: &str, code: &Code) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE code SET begun = COALESCE(begun, ?) WHERE maker = ? AND code = ?",
            &[now.into(), maker.into(), code.as_str().into()],
        )?;
        Ok(())
    }

    fn wait_code(&self, maker: &str, code: &Code, until: Instant) -> Result<(), Refusal> {
        let until = until.min(Instant::from_micros(LATEST));
        self.sql.run(
            "UPDATE code SET next = ? WHERE maker = ? AND code = ?",
            &[until.into(), maker.into(), code.as_str().into()],
        )?;
        Ok(())
    }

    fn code_at(&self, maker: &str, code: &str) -> Result<Option<Made>, Refusal> {
        let rows = self.sql.run(
            &format!("SELECT {COLUMNS} FROM code WHERE maker = ? AND code = ?"),
            &[maker.into(), code.into()],
        )?;
        Ok(rows.first().map(read).transpose()?)
    }

    fn code_state(&self, maker: &str, code: &str) -> Result<CodeState, Refusal> {
        state_of(
            self.number("SELECT state FROM code WHERE maker = ? AND code = ?", &[maker.into(), code.into()])?,
        )
    }
}

impl Made {
    fn wanted(&self) -> Result<Option<CodeTerms>, Refusal> {
        self.terms.as_deref().map(read_terms).transpose()
    }
}

fn read(row: &Row) -> Result<Made, SqlError> {
    Ok(Made {
        code: parse_code(row.text(0)?)?,
        terms: row.maybe_text(1).map(str::to_owned),
        made: row.maybe_text(2).map(str::to_owned),
        reference: row.maybe_text(3).map(str::to_owned),
        tries: row.int(4)?,
        failed: row.maybe_int(5).map(Instant::from_micros),
    })
}

fn read_terms(text: &str) -> Result<CodeTerms, Refusal> {
    serde_json::from_str(text).map_err(|fault| Refusal::Store(fault.to_string()))
}

/// The id of a module's task: a code with other terms is another task.
fn task_id(code: &Code, terms: Option<&str>) -> String {
    let hash = hex::encode(Sha256::digest(terms.unwrap_or_default()));
    format!("cd-{}-{code}", hash.get(..DIGITS).unwrap_or(&hash))
}

/// The number by which a state stands in the table.
fn state_number(state: CodeState) -> i64 {
    match state {
        CodeState::Waiting => 0,
        CodeState::Made => 1,
        CodeState::Failed => 2,
        CodeState::Foreign => 3,
    }
}

fn state_of(number: i64) -> Result<CodeState, Refusal> {
    match number {
        0 => Ok(CodeState::Waiting),
        1 => Ok(CodeState::Made),
        2 => Ok(CodeState::Failed),
        3 => Ok(CodeState::Foreign),
        other => Err(Refusal::Store(format!("a code in state {other}"))),
    }
}
