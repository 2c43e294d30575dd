//! Payout batches: each reward is in one, once, since all that makes a batch happens in one transaction of
//! the one object that may make it.
//!
//! A batch holds, for each conversion, what it is entitled to less what batches hold of it already, by
//! referrer and asset. A refund after payment thereby becomes a negative item of the next batch, a clawback;
//! so does a reward that turns out to be another's.

use parrain_core::instant::Instant;
use parrain_core::reward::Asset;
use parrain_core::wire::{Payout, PayoutItem, PayoutTotal};

use super::dossier::Dossier;
use super::journal::{kind_of, read_conversion};
use super::sql::{Row, Sql, SqlError, Value};
use super::{Ledger, number, shop};
use crate::protocol::calls::{CreatePayout, GetPayout, ListPayouts, MarkPaid, Page};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};

/// The most items of one batch; what is more goes into the next.
const MOST_ITEMS: u32 = 10_000;
/// How many batches a page lists.
const PAGE: u32 = 100;

impl<S: Sql> Answers<CreatePayout> for Ledger<S> {
    fn answer(&self, now: Instant, ask: CreatePayout) -> Result<Payout, Refusal> {
        self.shop()?;
        // Nothing is approved ahead of the clock, and nothing was before there were clocks.
        let until = ask.until.min(now).max(Instant::from_micros(0));
        let created = self.sql.run(
            "INSERT INTO batch (until, created) VALUES (?, ?) RETURNING id",
            &[until.micros().into(), now.micros().into()],
        )?;
        let batch = created.first().ok_or_else(|| Refusal::Store("no batch was made".into()))?.int(0)?;
        let due = self.sql.run(
            "SELECT id FROM entry WHERE due <= ? ORDER BY due, id LIMIT ?",
            &[until.micros().into(), MOST_ITEMS.into()],
        )?;
        let mut empty = true;
        for row in &due {
            let id = row.int(0)?;
            let case = self.dossiers("WHERE id = ?", &[id.into()])?.pop();
            let mut items = self.strays(id, case.as_ref())?;
            for (_, _, amount) in &mut items {
                *amount = -*amount;
            }
            if let Some(case) = &case {
                let (code, asset) = (&case.conversion.code, &case.conversion.worth.asset);
                items.push((code.to_string(), asset.name().to_owned(), change(case, until, now)));
            }
            for (code, asset, amount) in items.into_iter().filter(|(_, _, amount)| *amount != 0) {
                empty = false;
                self.sql.run(
                    "INSERT INTO item (batch, entry, code, asset, amount) VALUES (?, ?, ?, ?, ?)",
                    &[batch.into(), id.into(), code.into(), asset.into(), amount.into()],
                )?;
            }
            self.refresh(id)?;
        }
        let batch = if empty { self.instead_of_another_empty(batch)? } else { batch };
        self.payout(&batch.to_string())
    }
}

impl<S: Sql> Answers<ListPayouts> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ListPayouts) -> Result<Page<Payout>, Refusal> {
        self.shop()?;
        let rows = self.sql.run(
            "SELECT id, until, created, paid FROM batch WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2",
            &[number(ask.cursor.as_deref())?.into(), (PAGE + 1).into()],
        )?;
        let mut items = Vec::new();
        for row in rows.iter().take(PAGE as usize) {
            items.push(self.read_batch(row)?);
        }
        let more = rows.len() > PAGE as usize;
        let next_cursor = items.last().filter(|_| more).map(|last: &Payout| last.id.clone());
        Ok(Page { items, next_cursor })
    }
}

impl<S: Sql> Answers<GetPayout> for Ledger<S> {
    fn answer(&self, _: Instant, ask: GetPayout) -> Result<Payout, Refusal> {
        self.payout(&ask.id)
    }
}

impl<S: Sql> Answers<MarkPaid> for Ledger<S> {
    fn answer(&self, now: Instant, ask: MarkPaid) -> Result<Payout, Refusal> {
        let batch = self.batch(&ask.id)?;
        let number = batch.int(0)?;
        // Marked once: a second request finds it paid and changes nothing.
        if batch.maybe_int(3).is_none() {
            // Never before what it pays for was approved, by whatever clock.
            let paid = now.micros().max(batch.int(1)?);
            self.sql.run("UPDATE batch SET paid = ? WHERE id = ?", &[paid.into(), number.into()])?;
            for row in self.sql.run("SELECT entry FROM item WHERE batch = ?", &[number.into()])? {
                self.refresh(row.int(0)?)?;
            }
        }
        self.payout(&ask.id)
    }
}

impl<S: Sql> Ledger<S> {
    /// Asked every day while nothing is due, a shop would have a list of nothing but empty batches: where the one
    /// before is empty too and not marked paid, it takes the new one's place and dates. One that has been given
    /// out as empty is never filled later.
    fn instead_of_another_empty(&self, batch: i64) -> Result<i64, Refusal> {
        let before = self.sql.run(
            "UPDATE batch SET (until, created) = (SELECT until, created FROM batch WHERE id = ?1)
                WHERE id = (SELECT MAX(id) FROM batch WHERE id < ?1) AND paid IS NULL
                    AND NOT EXISTS (SELECT 1 FROM item WHERE item.batch = batch.id) RETURNING id",
            &[batch.into()],
        )?;
        let Some(row) = before.first() else { return Ok(batch) };
        self.sql.run("DELETE FROM batch WHERE id = ?", &[batch.into()])?;
        Ok(row.int(0)?)
    }

    /// A batch with its items.
    fn payout(&self, id: &str) -> Result<Payout, Refusal> {
        let batch = self.batch(id)?;
        let mut payout = self.read_batch(&batch)?;
        let rows = self.sql.run(
            "SELECT item.code, entry.ext, entry.kind, entry.verdict, item.asset, item.amount,
                (SELECT record FROM referrer WHERE referrer.code = item.code ORDER BY seq DESC LIMIT 1)
                FROM item JOIN entry ON entry.id = item.entry WHERE item.batch = ?
                ORDER BY item.code, entry.at, entry.ext",
            &[batch.int(0)?.into()],
        )?;
        for row in &rows {
            let referrer: Referrer = row.json(6)?;
            payout.items.push(PayoutItem {
                code: shop::parse_code(row.text(0)?)?,
                name: referrer.name,
                email: referrer.email,
                order_id: row.text(1)?.to_owned(),
                kind: kind_of(row.int(2)?),
                reward: read_conversion(row, 3)?.map(|conversion| conversion.worth.kind).unwrap_or_default(),
                asset: row.text(4)?.to_owned(),
                amount: Asset::from_name(row.text(4)?).format(row.int(5)?),
            });
        }
        Ok(payout)
    }

    fn batch(&self, id: &str) -> Result<Row, Refusal> {
        self.shop()?;
        let id = number(Some(id)).map_err(|_| Refusal::UnknownPayout)?;
        let mut rows =
            self.sql.run("SELECT id, until, created, paid FROM batch WHERE id = ?", &[Value::Int(id)])?;
        rows.pop().ok_or(Refusal::UnknownPayout)
    }

    /// Reads `id, until, created, paid` with the batch's sums.
    fn read_batch(&self, row: &Row) -> Result<Payout, Refusal> {
        let id = row.int(0)?;
        let rows = self.sql.run(
            "SELECT asset, CAST(SUM(amount) AS TEXT), COUNT(*) FROM item WHERE batch = ? GROUP BY asset ORDER BY asset",
            &[id.into()],
        )?;
        let mut count = 0;
        let total = |row: &Row| -> Result<PayoutTotal, SqlError> {
            count += row.int(2)?;
            let asset = row.text(0)?.to_owned();
            Ok(PayoutTotal { amount: Asset::from_name(&asset).format(row.sum(1)?), asset })
        };
        let totals = rows.iter().map(total).collect::<Result<_, _>>()?;
        Ok(Payout {
            id: id.to_string(),
            until: Instant::from_micros(row.int(1)?),
            created_at: Instant::from_micros(row.int(2)?),
            paid_at: row.maybe_int(3).map(Instant::from_micros),
            count,
            totals,
            items: Vec::new(),
        })
    }
}

/// What a batch made now adds for a conversion. It pays what was approved by `until`, but nothing that is known
/// to be taken back since; it claws back what was paid beyond what is left now.
fn change(case: &Dossier, until: Instant, now: Instant) -> i64 {
    let left_now = case.entitled(now);
    let payable = case.entitled(until).min(left_now);
    if payable > case.batched { payable - case.batched } else { left_now.min(case.batched) - case.batched }
}
