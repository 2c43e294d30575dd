//! A referrer's month: what was due before it, what changed that, and what was due at its end.
//!
//! What is due is what rewards entitle to, less what payouts have paid. Both have dates, so that a month adds up
//! whatever arrives late: the statement of a month that is over changes with what is dated into it, as its rewards do.

use std::collections::BTreeMap;

use parrain_core::decide::order_id_of;
use parrain_core::event::Kind;
use parrain_core::instant::Instant;
use parrain_core::reward::Asset;
use parrain_wire::desk::{Entry, Statement, StatementLine};
use parrain_wire::payouts::AssetTotal;

use super::Ledger;
use super::journal::kind_of;
use super::payouts::total_of;
use super::sql::{Row, Sql, SqlError, Value};
use crate::protocol::calls::GetStatement;
use crate::protocol::{Answers, Refusal};

/// The most lines of a month that are shown one by one; the sums hold all of them.
const MOST: usize = 1_000;

impl<S: Sql> Answers<GetStatement> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GetStatement) -> Result<Statement, Refusal> {
        let GetStatement { code, month } = ask;
        let shop = self.shop()?;
        let held = self.find_referrer(&code)?.ok_or(Refusal::UnknownCode)?;
        let zone = &shop.versions.latest().zone;
        let (from, next) = (zone.month_start(month), zone.month_start(month + 1));
        if from > now {
            return Err(Refusal::FutureMonth);
        }
        let to = Instant::from_micros(next.micros() - 1).min(now);
        let before = Instant::from_micros(from.micros() - 1);
        let period = [code.as_str().into(), from.into(), to.into(), Value::Int(MOST as i64 + 1)];
        let mut lines = Vec::new();
        let earned = self.sql.run(
            "SELECT posting.at, posting.asset, posting.approved + posting.paid, ext, kind, json_extract(why, '$[0].by_hand.reason')
                FROM posting JOIN entry ON entry.id = posting.entry
                WHERE posting.code = ?1 AND posting.at BETWEEN ?2 AND ?3 AND posting.approved + posting.paid <> 0
                ORDER BY posting.at, ext LIMIT ?4",
            &period,
        )?;
        for row in &earned {
            let amount = row.int(2)?;
            let adjusted = kind_of(row.int(4)?) == Kind::Adjustment;
            let what = match (adjusted, amount < 0) {
                (true, _) => Entry::Adjusted,
                (false, true) => Entry::TakenBack,
                (false, false) => Entry::Approved,
            };
            lines.push(StatementLine {
                what: what.into(),
                order_id: (!adjusted).then(|| order_id_of(row.text(3).unwrap_or_default()).to_owned()),
                note: row.maybe_text(5).map(str::to_owned),
                ..line(row, amount)?
            });
        }
        let paid = self.sql.run(
            "SELECT batch.paid, item.asset, SUM(item.amount), batch.id FROM item JOIN batch ON batch.id = item.batch
                WHERE item.code = ?1 AND batch.paid BETWEEN ?2 AND ?3
                GROUP BY batch.id, item.asset HAVING SUM(item.amount) <> 0 ORDER BY batch.paid, batch.id LIMIT ?4",
            &period,
        )?;
        for row in &paid {
            let amount = -row.int(2)?;
            lines.push(StatementLine {
                what: Entry::Paid.into(),
                payout: Some(row.int(3)?.to_string()),
                ..line(row, amount)?
            });
        }
        lines.sort_by_key(|line| line.at);
        let truncated = lines.len() > MOST;
        lines.truncate(MOST);
        Ok(Statement {
            name: held.referrer.name,
            month: Instant::from_month(month).date().chars().take(7).collect(),
            from,
            to,
            opening: self.due_at(code.as_str(), before)?,
            lines,
            truncated,
            closing: self.due_at(code.as_str(), to)?,
            on_hold: self.sums_of(
                "SELECT asset, CAST(SUM(pending) AS TEXT) FROM posting WHERE code = ?1 AND at <= ?2 GROUP BY asset",
                code.as_str(),
                to,
            )?,
            code,
        })
    }
}

impl<S: Sql> Ledger<S> {
    /// What was due to a referrer at an instant.
    fn due_at(&self, code: &str, at: Instant) -> Result<Vec<AssetTotal>, SqlError> {
        self.sums_of(
            "SELECT asset, CAST(SUM(amount) AS TEXT) FROM (
                SELECT asset, approved + paid AS amount FROM posting WHERE code = ?1 AND at <= ?2
                UNION ALL
                SELECT item.asset, -item.amount FROM item JOIN batch ON batch.id = item.batch
                    WHERE item.code = ?1 AND batch.paid <= ?2) GROUP BY asset",
            code,
            at,
        )
    }

    /// What a referrer earned from one instant to another, less what was taken back.
    pub(super) fn earned_between(
        &self,
        code: &str,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<AssetTotal>, SqlError> {
        self.totals(
            "SELECT asset, CAST(SUM(approved + paid) AS TEXT) FROM posting WHERE code = ? AND at BETWEEN ? AND ?
                GROUP BY asset",
            &[code.into(), from.into(), to.into()],
        )
    }

    /// What a referrer was paid from one instant to another.
    pub(super) fn paid_between(
        &self,
        code: &str,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<AssetTotal>, SqlError> {
        self.totals(
            "SELECT item.asset, CAST(SUM(item.amount) AS TEXT) FROM item JOIN batch ON batch.id = item.batch
                WHERE item.code = ? AND batch.paid BETWEEN ? AND ? GROUP BY item.asset",
            &[code.into(), from.into(), to.into()],
        )
    }

    fn sums_of(&self, statement: &str, code: &str, at: Instant) -> Result<Vec<AssetTotal>, SqlError> {
        self.totals(statement, &[code.into(), at.into()])
    }

    fn totals(&self, statement: &str, values: &[Value]) -> Result<Vec<AssetTotal>, SqlError> {
        let rows = self.sql.run(statement, values)?;
        let mut sums = BTreeMap::new();
        for row in &rows {
            sums.insert(row.text(0)?.to_owned(), row.sum(1)?);
        }
        let told = |(asset, amount): (String, i64)| total_of(&Asset::from_name(&asset), amount);
        Ok(sums.into_iter().filter(|(_, amount)| *amount != 0).map(told).collect())
    }
}

fn line(row: &Row, amount: i64) -> Result<StatementLine, SqlError> {
    let asset = Asset::from_name(row.text(1)?);
    Ok(StatementLine {
        at: Instant::from_micros(row.int(0)?),
        amount: asset.format(amount).into(),
        asset: asset.unit().to_owned(),
        ..StatementLine::default()
    })
}
