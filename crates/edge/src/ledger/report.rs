//! A period's figures, by day and by referrer.

use std::collections::BTreeMap;

use parrain_core::instant::Instant;
use parrain_core::reward::Asset;
use parrain_core::zone::Zone;
use parrain_wire::books::{Report, ReportRow};
use parrain_wire::payouts::AssetTotal;

use super::dossier::read_sums;
use super::overview::TESTS;
use super::sales::{as_of, placed, sales};
use super::sql::{Sql, Value};
use super::{Ledger, shop};
use crate::protocol::calls::GetReport;
use crate::protocol::{Answers, Refusal};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

impl<S: Sql> Answers<GetReport> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GetReport) -> Result<Report, Refusal> {
        let GetReport { from, to } = ask;
        let shop = self.shop()?;
        // Days are those of the shop's zone. In SQLite, dividing integers rounds towards zero; events are younger
        // than 1970.
        let zone = &shop.versions.latest().zone;
        let offsets = zone.offsets(from, to);
        let of_entry = day_in_sql(zone, from, to);
        let of_visit =
            format!("(hour * 3600 + {}) / 86400", offset_in_sql("hour", &offsets, 3_600_000_000, 1));
        let days = self.rows_by(now, &of_entry, &of_visit, from, to)?;
        let referrers = self.rows_by(now, "code", "code", from, to)?;
        let days = days.into_iter().map(|(day, mut row)| {
            row.day = day.parse().ok().map(|day| Instant::from_day(day).date());
            row
        });
        let referrers = referrers.into_iter().map(|(code, mut row)| {
            row.code = parrain_wire::Code::read(&code);
            row
        });
        Ok(Report { from, to, days: days.collect(), referrers: referrers.collect() })
    }
}

impl<S: Sql> Ledger<S> {
    /// Rows by what an expression on entries, and the matching one on visits, comes to.
    fn rows_by(
        &self,
        now: Instant,
        of_entry: &str,
        of_visit: &str,
        from: Instant,
        to: Instant,
    ) -> Result<BTreeMap<String, ReportRow>, Refusal> {
        let mut rows: BTreeMap<String, ReportRow> = BTreeMap::new();
        let period: [Value; 2] = [from.into(), to.into()];
        let visits = self.sql.run(
            &format!(
                "SELECT CAST({of_visit} AS TEXT), SUM(clicks), SUM(touches) FROM visit WHERE hour BETWEEN ? AND ?
                    AND code NOT IN {TESTS} GROUP BY 1"
            ),
            &[shop::hour(from).into(), shop::hour(to).into()],
        )?;
        for found in &visits {
            let row = rows.entry(found.text(0)?.to_owned()).or_default();
            (row.clicks, row.touches) = (found.int(1)?, found.int(2)?);
        }
        let counts = self.sql.run(
            &format!(
                "{} SELECT CAST({of_entry} AS TEXT), COUNT(*), SUM(refusal IS NOT NULL) FROM placed AS entry
                    WHERE kind <> 4 GROUP BY 1",
                placed()
            ),
            &period,
        )?;
        for found in &counts {
            let row = rows.entry(found.text(0)?.to_owned()).or_default();
            (row.conversions, row.rejected) = (found.int(1)?, found.int(2)?);
        }
        let revenue = self.sql.run(
            &format!(
                "{} SELECT CAST({of_entry} AS TEXT), currency, CAST(SUM(kept) AS TEXT), COUNT(*) FROM sale AS entry
                    GROUP BY 1, 2 ORDER BY 2",
                sales()
            ),
            &self.period(now, from, to)?,
        )?;
        for found in &revenue {
            let asset = found.text(1)?.to_owned();
            let amount = Asset::from_name(&asset).format(found.sum(2)?).into();
            let revenue = AssetTotal { asset, amount, charity: None };
            let row = rows.entry(found.text(0)?.to_owned()).or_default();
            row.revenue.push(revenue);
            row.orders += found.int(3)?;
        }
        // Renamed, so that `at` and `code` in the expression are the entry's.
        let rewards = self.sql.run(
            &format!(
                "{} SELECT CAST({of_entry} AS TEXT), asset, CAST(SUM(pending) AS TEXT), CAST(SUM(approved) AS TEXT),
                    CAST(SUM(paid) AS TEXT), CAST(SUM(reversed) AS TEXT) FROM placed AS entry
                    JOIN (SELECT entry AS of, at AS dated, asset, pending, approved, paid, reversed FROM posting)
                    ON of = id AND dated <= ?3 GROUP BY 1, 2 ORDER BY 2",
                placed()
            ),
            &[from.into(), to.into(), as_of(now, to).into()],
        )?;
        for found in &rewards {
            let row = rows.entry(found.text(0)?.to_owned()).or_default();
            let sums = read_sums(found, 2)?;
            match Asset::from_name(found.text(1)?) {
                Asset::Money(currency) => row.totals.push(sums.to_money(currency)),
                Asset::Unit(kind) => row.units.push(sums.to_units(&kind)),
                Asset::Donation(gift) => row.donations.push(sums.to_donations(&gift)),
            }
        }
        Ok(rows)
    }
}

/// The day of a column `at` in a zone, in SQL, for instants of a period.
pub(super) fn day_in_sql(zone: &Zone, from: Instant, to: Instant) -> String {
    format!("(at + {}) / {DAY}", offset_in_sql("at", &zone.offsets(from, to), 1, 1_000_000))
}

/// The offset from UTC that holds at a column's instant, in SQL: the column counts in units of so many
/// microseconds, the offset is so many of its own a second.
fn offset_in_sql(column: &str, offsets: &[(Instant, i32)], unit: i64, a_second: i64) -> String {
    let last = offsets.last().map_or(0, |(_, offset)| i64::from(*offset) * a_second);
    let until = offsets.iter().zip(offsets.iter().skip(1));
    let case = |((_, offset), (next, _)): (&(Instant, i32), &(Instant, i32))| {
        format!("WHEN {column} < {} THEN {} ", next.micros().div_euclid(unit), i64::from(*offset) * a_second)
    };
    let cases: String = until.map(case).collect();
    if cases.is_empty() { format!("({last})") } else { format!("(CASE {cases}ELSE {last} END)") }
}
