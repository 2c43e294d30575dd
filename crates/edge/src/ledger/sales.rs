//! Which referred orders count as sales, what of each is left, and on which day: the one condition of every figure that
//! an owner reads of them.

use std::collections::BTreeMap;

use parrain_core::instant::Instant;

use super::Ledger;
use super::journal::list;
use super::overview::{TESTS, order_id};
use super::sql::{Sql, SqlError, Value};
use crate::protocol::Refusal;

/// How many orders are looked at in whole at once.
const AT_ONCE: usize = 500;

/// What of an entry its figures are made of.
const COLUMNS: &str =
    "entry.id, entry.kind, entry.ext, entry.verified, entry.event, entry.currency, entry.base, entry.code,
    entry.offer, entry.refusal";

/// The tables that a statement of a period begins with: `placed`, all that is a referrer's and dated from `?1` to `?2`,
/// with the columns of `entry` that matter. An order given by hand is dated as the order is, not as the gift was.
pub(super) fn placed() -> String {
    let columns = COLUMNS;
    let counts = format!("entry.until IS NULL AND entry.code IS NOT NULL AND entry.code NOT IN {TESTS}");
    let own_date = "unixepoch(json_extract(entry.event, '$.at')) * 1000000";
    format!(
        "WITH placed AS (
            SELECT {columns}, entry.at FROM entry
                WHERE entry.at BETWEEN ?1 AND ?2 AND {counts} AND entry.id NOT IN (SELECT entry FROM credit)
            UNION ALL
            SELECT {columns}, {own_date} AS at FROM credit CROSS JOIN entry ON entry.id = credit.entry
                WHERE credit.until IS NULL AND {own_date} BETWEEN ?1 AND ?2 AND {counts})"
    )
}

/// The same with `sale`: what of `placed` counts as a sale, with `kept`, what of its base is left in minor units. `?3` is
/// what [`Ledger::period`] found out of those of which something was recorded since.
pub(super) fn sales() -> String {
    format!(
        "{}, sale AS (
            SELECT *, base AS kept FROM placed AS entry WHERE kind <> 4 AND currency IS NOT NULL AND verified = 1
                AND refusal IS NULL AND NOT {}
            UNION ALL
            SELECT {COLUMNS}, json_extract(found.value, '$[1]') AS at, json_extract(found.value, '$[0]') AS kept
                FROM json_each(?3) AS found CROSS JOIN entry ON entry.id = CAST(found.key AS INTEGER))",
        placed(),
        changed_since(),
    )
}

/// Whether anything was recorded of an entry that may make it count otherwise than it was decided at first.
fn changed_since() -> String {
    let order = order_id("entry.ext");
    format!(
        "(EXISTS (SELECT 1 FROM review WHERE review.entry = entry.id)
        OR (entry.kind = 0 AND EXISTS (SELECT 1 FROM back WHERE back.order_id = {order}))
        OR EXISTS (SELECT 1 FROM credit WHERE credit.kind = entry.kind AND credit.order_id = {order}))"
    )
}

impl<S: Sql> Ledger<S> {
    /// The values of a statement on [`sales`]: a period, and which of its orders with a history count, with what is left
    /// of them. They count as they stand now, or at the period's end where that is ahead.
    pub(super) fn period(&self, now: Instant, from: Instant, to: Instant) -> Result<[Value; 3], Refusal> {
        let rows = self.sql.run(
            &format!(
                "{} SELECT id, at FROM placed AS entry WHERE kind <> 4 AND currency IS NOT NULL AND {}",
                placed(),
                changed_since()
            ),
            &[from.into(), to.into()],
        )?;
        let placed = rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?)));
        let placed = placed.collect::<Result<BTreeMap<_, _>, SqlError>>()?;
        let ids: Vec<i64> = placed.keys().copied().collect();
        // What is left of each, and where it is placed.
        let mut kept: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for some in ids.chunks(AT_ONCE) {
            for one in self.dossiers("WHERE id IN (SELECT value FROM json_each(?))", &[list(some)])? {
                let left = one.case.sale(as_of(now, to)).zip(placed.get(&one.id).copied());
                kept.extend(left.map(|left| (one.id.to_string(), left)));
            }
        }
        let kept = serde_json::to_string(&kept).map_err(|fault| Refusal::Store(fault.to_string()))?;
        Ok([from.into(), to.into(), kept.as_str().into()])
    }
}

/// As of when a period's figures are told.
pub(super) fn as_of(now: Instant, to: Instant) -> Instant {
    now.max(to)
}
