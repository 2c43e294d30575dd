//! What a module is to do in the shop's platform, or the edge itself where it has credentials and no module is there
//! ([`super::gifts`]): give rewards, and end vouchers whose reward was taken back.
//!
//! A task is made when a reward is due, and its id is made of what caused it: of one reward there is one task for ever,
//! however often the reward turns. Who is given a task has it alone for a few minutes; who does not come back in time,
//! since they died or the answer was lost, finds it again under the same id, with the same code proposed. What is given
//! counts as paid from then on, so that no payout pays it too.

use std::collections::BTreeMap;

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::program::is_given_in_shop;
use parrain_core::turns::Turn;
use parrain_wire::tasks::{FailedTask, FailedTasks, Task, TaskKind, TaskList, TaskOutcome, TaskState};
use sha2::{Digest, Sha256};

use super::deliveries::{DAYS, bounded, gap};
use super::dossier::Dossier;
use super::journal::{kind_number, list};
use super::shop::parse_code;
use super::sql::{Row, Sql, SqlError, Value};
use super::{Ledger, number};
use crate::protocol::calls::{Came, FinishTask, ListFailedTasks, TakeTasks};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};
use crate::token;

/// How many tasks somebody is given at once.
const PAGE: u32 = 50;

/// For how many minutes nobody else is given them.
const LEASE_MINUTES: i64 = 5;

/// How many failed tasks are shown.
const SHOWN: u32 = 100;

/// How many hexadecimal digits of a hash stand in a task's id.
const ID_DIGITS: usize = 20;

/// The columns of a [`Record`].
const COLUMNS: &str = "seq, id, kind, entry, referrer, state, failed, tries, words, amount, voucher, begun";

/// A task as it stands in the table.
pub(super) struct Record {
    pub seq: i64,
    id: String,
    pub kind: TaskKind,
    pub entry: i64,
    pub referrer: Code,
    state: TaskState,
    /// When it failed first.
    failed: Option<Instant>,
    tries: i64,
    words: Option<String>,
    amount: Option<i64>,
    voucher: Option<String>,
    /// Since when the edge may have done it, and nobody knows.
    pub begun: Option<Instant>,
}

impl<S: Sql> Answers<TakeTasks> for Ledger<S> {
    fn answer(&self, now: Instant, ask: TakeTasks) -> Result<TaskList, Refusal> {
        self.shop()?;
        let wants = |kind: TaskKind| ask.kinds.contains(&kind);
        let mut items = Vec::new();
        if wants(TaskKind::Code) {
            items = self.lease_codes(now, now.plus_seconds(LEASE_MINUTES * 60), PAGE)?;
        }
        let more_codes = items.len() == PAGE as usize;
        let kinds = [TaskKind::Reward, TaskKind::EndCode].into_iter().filter(|kind| wants(*kind));
        let after = number(ask.cursor.as_deref())?;
        let records = self.tasks(
            "WHERE state = 0 AND maker IS NULL AND seq > ?1 AND next <= ?2 AND kind IN (SELECT value FROM json_each(?3))
                ORDER BY seq LIMIT ?4",
            &[after.into(), now.into(), list(kinds.map(kind_of_task)), PAGE.into()],
        )?;
        let full = records.len() == PAGE as usize;
        let last = records.last().map(|last| last.seq).filter(|_| full);
        // Codes have no place of their own in the order: those that were just given out are not given out again.
        let next_cursor = last.or(more_codes.then_some(after)).map(|seq| seq.to_string());
        items.extend(self.lease_tasks(now, records)?);
        Ok(TaskList { items, next_cursor })
    }
}

impl<S: Sql> Answers<ListFailedTasks> for Ledger<S> {
    fn answer(&self, now: Instant, _: ListFailedTasks) -> Result<FailedTasks, Refusal> {
        self.shop()?;
        let records = self.tasks(
            "WHERE state IN (0, 3) AND words IS NOT NULL ORDER BY seq DESC LIMIT ?",
            &[SHOWN.into()],
        )?;
        let dossiers = self.dossiers_of(records.iter().map(|record| record.entry))?;
        // What was given up and has been paid or set off since is nobody's to see to.
        let open = |record: &Record| {
            record.state == TaskState::Waiting
                || dossiers.get(&record.entry).is_none_or(|one| one.entitled(now) != one.batched)
        };
        let failed = |record: Record| FailedTask {
            id: record.id,
            kind: record.kind.into(),
            state: record.state.into(),
            referrer: Some(record.referrer),
            order_id: dossiers.get(&record.entry).map(|one| one.ext.clone()).unwrap_or_default(),
            tries: record.tries,
            failed: record.words.unwrap_or_default(),
        };
        Ok(FailedTasks { tasks: records.into_iter().filter(open).map(failed).collect() })
    }
}

impl<S: Sql> Answers<FinishTask> for Ledger<S> {
    fn answer(&self, now: Instant, ask: FinishTask) -> Result<TaskOutcome, Refusal> {
        self.shop()?;
        match self.finish_code(now, &ask.id, &ask.came)? {
            Some(outcome) => Ok(outcome),
            None => self.finish_task(now, &ask.id, ask.came),
        }
    }
}

impl<S: Sql> Ledger<S> {
    /// Gives out tasks for a few minutes, with all that is needed to do them. What is on hold again, or in a batch of the
    /// shop's by now, is nothing to be given.
    pub(super) fn lease_tasks(&self, now: Instant, records: Vec<Record>) -> Result<Vec<Task>, Refusal> {
        let shop = self.shop()?;
        let dossiers = self.dossiers_of(records.iter().map(|record| record.entry))?;
        let leased_until = now.plus_seconds(LEASE_MINUTES * 60);
        let mut items = Vec::new();
        for record in records {
            let Some(dossier) = dossiers.get(&record.entry) else { continue };
            let left = dossier.entitled(now) - dossier.batched;
            let amount = match record.kind {
                TaskKind::EndCode => record.amount.unwrap_or_default(),
                // What was begun was begun with this amount, and is looked for by it.
                TaskKind::Reward | TaskKind::Code if record.begun.is_some() => record.amount.unwrap_or(left),
                TaskKind::Reward | TaskKind::Code => left,
            };
            if record.kind == TaskKind::Reward && amount <= 0 {
                continue;
            }
            self.sql.run(
                "UPDATE task SET next = ?, amount = ? WHERE seq = ?",
                &[leased_until.into(), amount.into(), record.seq.into()],
            )?;
            let proposed = || token::voucher_code(shop.record.secrets.salt.as_bytes(), &record.id);
            let held = self.find_referrer(&record.referrer)?.map(|held| held.referrer).unwrap_or_default();
            items.push(Task {
                code: record.voucher.or_else(proposed).unwrap_or_default(),
                id: record.id,
                kind: record.kind.into(),
                referrer: Some(record.referrer),
                order_id: dossier.ext.clone(),
                customer_id: held.customer_id,
                email: held.email,
                reward: dossier.conversion.worth.to_wire(amount),
                currency: shop.versions.latest().currency.code().into(),
                terms: None,
                leased_until,
            });
        }
        Ok(items)
    }

    /// Takes down what came of a task.
    pub(super) fn finish_task(&self, now: Instant, id: &str, came: Came) -> Result<TaskOutcome, Refusal> {
        let record = self.task(id)?;
        match (record.state, came) {
            // Told again, as after an answer that was lost.
            (TaskState::Done, Came::Done(code)) => {
                let same = record.kind == TaskKind::EndCode || code == record.voucher;
                if !same {
                    return Err(Refusal::TaskDone);
                }
            }
            // What was withdrawn while somebody was at it is done all the same.
            (TaskState::Waiting | TaskState::Withdrawn | TaskState::GivenUp, Came::Done(code)) => {
                self.finish(now, &record, code)?;
            }
            (TaskState::Waiting, Came::Failed(words)) => {
                let over = record.failed.is_some_and(|first| first.plus_days(DAYS) <= now);
                let state = if over { TaskState::GivenUp } else { TaskState::Waiting };
                // The first gaps of a delivery are for a network; what a platform refuses takes longer to mend.
                let next = now.plus_seconds(gap(record.tries + 1));
                self.sql.run(
                    "UPDATE task SET state = ?, tries = tries + 1, words = ?, next = ?,
                        failed = COALESCE(failed, ?) WHERE seq = ?",
                    &[
                        state_number(state).into(),
                        bounded(&words).into(),
                        next.into(),
                        now.into(),
                        record.seq.into(),
                    ],
                )?;
            }
            (TaskState::Done | TaskState::Withdrawn | TaskState::GivenUp, Came::Failed(_)) => {}
        }
        let after = self.task(id)?;
        Ok(TaskOutcome { id: after.id, state: after.state.into(), code: after.voucher, failed: after.words })
    }

    /// Notes that nobody knows whether a task was done: it is taken up again with growing gaps.
    pub(super) fn task_unanswered(&self, now: Instant, id: &str, words: &str) -> Result<(), Refusal> {
        let tries = self.task(id)?.tries;
        self.sql.run(
            "UPDATE task SET tries = tries + 1, words = ?, next = ? WHERE id = ? AND state = 0",
            &[bounded(words).into(), now.plus_seconds(gap(tries)).into(), id.into()],
        )?;
        Ok(())
    }

    /// Notes that nothing came of a task that the edge had begun: it is as if it never had. A reward that was taken back
    /// meanwhile has no task any more.
    pub(super) fn not_begun(&self, now: Instant, id: &str) -> Result<(), Refusal> {
        let record = self.task(id)?;
        self.sql.run("UPDATE task SET begun = NULL WHERE seq = ?", &[record.seq.into()])?;
        if record.kind == TaskKind::EndCode {
            return Ok(());
        }
        self.sql.run("UPDATE task SET maker = NULL WHERE seq = ?", &[record.seq.into()])?;
        let dossier = self.dossiers_of([record.entry])?.remove(&record.entry);
        let theirs = dossier.filter(|dossier| dossier.conversion.code == record.referrer);
        let erased = self.find_referrer(&record.referrer)?.is_none_or(|held| is_erased(&held.referrer));
        if erased || theirs.is_none_or(|dossier| dossier.entitled(now) == 0) {
            self.withdraw_reward_tasks(record.entry)?;
        }
        self.withdraw_without_givers()
    }

    /// Gives a task up at once: a payout pays it, or sets it off.
    pub(super) fn give_up_task(&self, now: Instant, id: &str, words: &str) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE task SET state = ?, tries = tries + 1, words = ?, failed = COALESCE(failed, ?)
                WHERE id = ? AND state = 0",
            &[state_number(TaskState::GivenUp).into(), bounded(words).into(), now.into(), id.into()],
        )?;
        Ok(())
    }

    /// Notes that a task is done, and what follows from it for the reward.
    fn finish(&self, now: Instant, record: &Record, code: Option<String>) -> Result<(), Refusal> {
        let done = Value::from(state_number(TaskState::Done));
        let dossier = self.dossiers_of([record.entry])?.remove(&record.entry);
        let theirs = dossier.filter(|dossier| dossier.conversion.code == record.referrer);
        match record.kind {
            TaskKind::Reward | TaskKind::Code => {
                let left = theirs.as_ref().map_or(0, |dossier| dossier.entitled(now) - dossier.batched);
                let amount = record.amount.unwrap_or(left.max(0));
                self.sql.run(
                    "UPDATE task SET state = ?, words = NULL, voucher = ?, amount = ? WHERE seq = ?",
                    &[done, code.into(), amount.into(), record.seq.into()],
                )?;
                if let Some(dossier) = &theirs {
                    if amount > 0 {
                        self.note_given(now, dossier, amount)?;
                    }
                    self.tell_issued(now, dossier)?;
                }
                // Taken back while somebody was at it.
                if theirs.is_none_or(|dossier| dossier.entitled(now) == 0) {
                    self.take_back_tasks(record.entry)?;
                }
            }
            TaskKind::EndCode => {
                self.sql.run(
                    "UPDATE task SET state = ?, words = NULL WHERE seq = ?",
                    &[done, record.seq.into()],
                )?;
                self.sql.run(
                    "UPDATE task SET ended = 1 WHERE entry = ? AND kind = 0 AND referrer = ?",
                    &[record.entry.into(), record.referrer.as_str().into()],
                )?;
                if let Some(dossier) = theirs {
                    // The voucher is gone, whatever the reward has turned to meanwhile: what is due of it is paid anew.
                    let back = record.amount.unwrap_or_default().clamp(0, dossier.batched.max(0));
                    if back > 0 {
                        self.note_given(now, &dossier, -back)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Makes and withdraws tasks as a reward turns; `due`: whether it is due now.
    pub(super) fn set_tasks(&self, dossier: &Dossier, turn: Turn, due: bool) -> Result<(), Refusal> {
        match turn {
            Turn::Recorded | Turn::Paid => Ok(()),
            Turn::Approved if due => self.make_reward_task(dossier),
            Turn::Reinstated => {
                self.keep_voucher(dossier)?;
                if due { self.make_reward_task(dossier) } else { Ok(()) }
            }
            Turn::Approved => Ok(()),
            // A browser's report that its signed event takes the place of: what was given for it stays given.
            Turn::Rejected if !dossier.case.verified => self.withdraw_reward_tasks(dossier.id),
            Turn::Rejected | Turn::Reversed => self.take_back_tasks(dossier.id),
        }
    }

    /// Has a reward given, where somebody is there to give it and it was not given before.
    fn make_reward_task(&self, dossier: &Dossier) -> Result<(), Refusal> {
        let code = &dossier.conversion.code;
        let kind = &dossier.conversion.worth.kind;
        let given = is_given_in_shop(kind) && self.is_given(kind)?;
        let person =
            self.find_referrer(code)?.is_some_and(|held| !held.referrer.test && !is_erased(&held.referrer));
        if !(given && person) {
            return Ok(());
        }
        self.keep_voucher(dossier)?;
        let now = self.now.get();
        // The same reward stands on another entry where a signed event took the place of a browser's report.
        self.sql.run(
            "INSERT INTO task (id, kind, entry, referrer, made, next) VALUES (?1, 0, ?2, ?3, ?4, ?4)
                ON CONFLICT (id) DO UPDATE SET entry = excluded.entry,
                    state = CASE state WHEN 2 THEN 0 ELSE state END,
                    made = CASE state WHEN 2 THEN excluded.made ELSE made END,
                    next = CASE state WHEN 2 THEN excluded.next ELSE next END,
                    tries = CASE state WHEN 2 THEN 0 ELSE tries END,
                    failed = CASE state WHEN 2 THEN NULL ELSE failed END,
                    words = CASE state WHEN 2 THEN NULL ELSE words END",
            &[self.task_id("rw", dossier)?.into(), dossier.id.into(), code.as_str().into(), now.into()],
        )?;
        self.errand.set(true);
        Ok(())
    }

    /// Withdraws the end of a voucher whose reward is its referrer's again. One that was begun goes on, since the voucher may
    /// be gone: the reward is due anew then.
    fn keep_voucher(&self, dossier: &Dossier) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE task SET state = 2 WHERE entry = ? AND kind = 1 AND state = 0 AND begun IS NULL AND referrer = ?",
            &[dossier.id.into(), dossier.conversion.code.as_str().into()],
        )?;
        Ok(())
    }

    /// Withdraws what waits of an entry's reward. What was begun stays, to be looked for: it may have been given.
    fn withdraw_reward_tasks(&self, entry: i64) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE task SET state = 2 WHERE entry = ? AND kind = 0 AND state IN (0, 3) AND begun IS NULL",
            &[entry.into()],
        )?;
        Ok(())
    }

    /// Withdraws what waits of an entry's reward, and has what was given for it ended, where who gave it is there to end it;
    /// else payouts set it off. Credit that was booked has no code: the edge alone knows it, by the platform's id.
    pub(super) fn take_back_tasks(&self, entry: i64) -> Result<(), Refusal> {
        self.withdraw_reward_tasks(entry)?;
        if !self.is_taken_back()? {
            return Ok(());
        }
        self.sql.run(
            "INSERT INTO task (id, kind, entry, referrer, made, next, amount, voucher, maker, reference)
                SELECT 'ec' || substr(id, 3), 1, entry, referrer, ?1, ?1, amount, voucher, maker, reference FROM task
                    WHERE entry = ?2 AND kind = 0 AND state = 1 AND ended = 0 AND
                        (maker IN (SELECT platform FROM credential)
                            OR maker IS NULL AND EXISTS (SELECT 1 FROM connection))
                        AND (voucher IS NOT NULL OR reference IS NOT NULL)
                ON CONFLICT (id) DO UPDATE SET state = 0, made = excluded.made, next = excluded.next, tries = 0,
                    failed = NULL, words = NULL WHERE state = 2",
            &[self.now.get().into(), entry.into()],
        )?;
        self.errand.set(true);
        Ok(())
    }

    /// Withdraws what nobody is there to do any more: then it is the shop's to pay or to set off. Each is ended where it was
    /// given. A gift that was begun stays, since it may have been given: it is looked for once the key is there again.
    pub(super) fn withdraw_without_givers(&self) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE task SET state = 2 WHERE state = 0 AND kind = 1
                AND (maker IS NULL AND NOT EXISTS (SELECT 1 FROM connection)
                    OR maker IS NOT NULL AND maker NOT IN (SELECT platform FROM credential))",
            &[],
        )?;
        if !self.is_taken_back()? {
            self.sql.run("UPDATE task SET state = 2 WHERE state = 0 AND kind = 0 AND begun IS NULL", &[])?;
        }
        self.sql.run(
            "UPDATE task SET words = ? WHERE state = 0 AND kind = 0 AND maker NOT IN (SELECT platform FROM credential)",
            &["it may have been given: give the platform's key again, so that it is looked for".into()],
        )?;
        Ok(())
    }

    /// Withdraws what waits to be given to somebody who is to be forgotten.
    pub(super) fn withdraw_tasks_of(&self, code: &Code) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE task SET state = 2 WHERE referrer = ? AND state = 0 AND kind = 0 AND begun IS NULL",
            &[code.as_str().into()],
        )?;
        // What a module said may name them.
        self.sql.run("UPDATE task SET words = NULL WHERE referrer = ?", &[code.as_str().into()])?;
        Ok(())
    }

    /// The codes by which rewards can be spent, by entry.
    pub(super) fn vouchers_of(&self, dossiers: &[Dossier]) -> Result<BTreeMap<i64, String>, SqlError> {
        let rows = self.sql.run(
            "SELECT task.entry, task.voucher FROM task JOIN entry ON entry.id = task.entry
                WHERE task.entry IN (SELECT value FROM json_each(?)) AND task.kind = 0 AND task.state = 1
                AND task.ended = 0 AND task.voucher IS NOT NULL AND task.referrer = entry.code",
            &[list(dossiers.iter().map(|one| one.id))],
        )?;
        rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?.to_owned()))).collect()
    }

    /// The id of a task, made of what caused it: the reward that this shop owes this referrer for one order. An order
    /// that is on record twice, as when its signed event takes the place of a browser's report, is one.
    fn task_id(&self, kind: &str, dossier: &Dossier) -> Result<String, Refusal> {
        let shop = self.shop()?;
        let number = kind_number(dossier.kind).to_string();
        let mut hash = Sha256::new();
        for part in [
            shop.record.secrets.incarnation.as_str(),
            &number,
            &dossier.ext,
            dossier.conversion.code.as_str(),
        ] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let hash = hex::encode(hash.finalize());
        Ok(format!("{kind}-{}", hash.get(..ID_DIGITS).unwrap_or(&hash)))
    }

    fn dossiers_of(&self, entries: impl IntoIterator<Item = i64>) -> Result<BTreeMap<i64, Dossier>, Refusal> {
        let found = self.dossiers("WHERE id IN (SELECT value FROM json_each(?))", &[list(entries)])?;
        Ok(found.into_iter().map(|one| (one.id, one)).collect())
    }

    fn task(&self, id: &str) -> Result<Record, Refusal> {
        self.tasks("WHERE id = ?", &[id.into()])?.into_iter().next().ok_or(Refusal::UnknownTask)
    }

    pub(super) fn tasks(&self, rest: &str, values: &[Value]) -> Result<Vec<Record>, Refusal> {
        let rows = self.sql.run(&format!("SELECT {COLUMNS} FROM task {rest}"), values)?;
        let read = |row: &Row| {
            Ok(Record {
                seq: row.int(0)?,
                id: row.text(1)?.to_owned(),
                kind: match row.int(2)? {
                    0 => TaskKind::Reward,
                    1 => TaskKind::EndCode,
                    other => return Err(Refusal::Store(format!("a task of kind {other}"))),
                },
                entry: row.int(3)?,
                referrer: parse_code(row.text(4)?)?,
                state: state_of(row.int(5)?)?,
                failed: row.maybe_int(6).map(Instant::from_micros),
                tries: row.int(7)?,
                words: row.maybe_text(8).map(str::to_owned),
                amount: row.maybe_int(9),
                voucher: row.maybe_text(10).map(str::to_owned),
                begun: row.maybe_int(11).map(Instant::from_micros),
            })
        };
        rows.iter().map(read).collect()
    }
}

/// The number by which a kind stands in the table; codes stand in one of their own.
fn kind_of_task(kind: TaskKind) -> i64 {
    match kind {
        TaskKind::Reward | TaskKind::Code => 0,
        TaskKind::EndCode => 1,
    }
}

/// The number by which a state stands in the table.
fn state_number(state: TaskState) -> i64 {
    match state {
        TaskState::Waiting => 0,
        TaskState::Done => 1,
        TaskState::Withdrawn => 2,
        TaskState::GivenUp => 3,
    }
}

fn state_of(number: i64) -> Result<TaskState, Refusal> {
    match number {
        0 => Ok(TaskState::Waiting),
        1 => Ok(TaskState::Done),
        2 => Ok(TaskState::Withdrawn),
        3 => Ok(TaskState::GivenUp),
        other => Err(Refusal::Store(format!("a task in state {other}"))),
    }
}

/// Whether nobody is known by this referrer any more.
fn is_erased(referrer: &Referrer) -> bool {
    let pseudonym = |name: &Option<String>| name.as_ref().is_some_and(|name| name.starts_with("erased-"));
    pseudonym(&referrer.customer_id) || pseudonym(&referrer.email_hash)
}
