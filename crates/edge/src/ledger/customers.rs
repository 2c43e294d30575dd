//! What a period's orders say of customers: who is new, who comes back, and which offer brought them.

use std::collections::BTreeMap;

use parrain_core::instant::Instant;
use parrain_core::reward::Asset;
use parrain_wire::desk::{Buyers, CustomersReport, OfferFigures};
use parrain_wire::payouts::AssetTotal;

use super::Ledger;
use super::overview::{Sums, TESTS, new_customer, order_id};
use super::payouts::total_of;
use super::sales::{as_of, placed, sales};
use super::sql::{Row, Sql, SqlError, Value};
use crate::protocol::calls::GetCustomers;
use crate::protocol::{Answers, Refusal};

/// A customer of an order, by the shop's id, else by the address; nothing for one of nobody's.
pub(super) const WHO: &str =
    "COALESCE('i' || json_extract(event, '$.customer.id'), 'e' || json_extract(event, '$.customer.email'))";

impl<S: Sql> Answers<GetCustomers> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GetCustomers) -> Result<CustomersReport, Refusal> {
        let GetCustomers { from, to } = ask;
        self.shop()?;
        let period = self.period(now, from, to)?;
        let rows = self.sql.run(
            &format!(
                "SELECT brought, COUNT(*), SUM(orders > 1), SUM(own) FROM (
                    SELECT EXISTS (SELECT 1 FROM tie WHERE tie.key = who) AS brought, own,
                        (SELECT COUNT(*) FROM (SELECT DISTINCT {of_person} FROM person WHERE person.key = who
                            AND person.kind = 0 AND person.verified = 1 AND person.at <= ?2 LIMIT 2)) AS orders
                    FROM (SELECT {WHO} AS who, COUNT(DISTINCT {of_entry}) AS own FROM entry
                        WHERE at BETWEEN ?1 AND ?2 AND kind = 0 AND verified = 1 AND until IS NULL
                            AND (code IS NULL OR code NOT IN {TESTS}) GROUP BY who)
                    WHERE who IS NOT NULL) GROUP BY brought",
                of_person = order_id("person.ext"),
                of_entry = order_id("entry.ext"),
            ),
            &[from.into(), to.into()],
        )?;
        let mut buyers: BTreeMap<i64, Buyers> = BTreeMap::new();
        for row in &rows {
            buyers.insert(
                row.int(0)?,
                Buyers { customers: row.int(1)?, returning: row.int(2)?, orders: row.int(3)? },
            );
        }
        Ok(CustomersReport {
            from,
            to,
            new_customers: self.number(
                &format!("{} SELECT COUNT(*) FROM sale AS entry WHERE {}", sales(), new_customer()),
                &period,
            )?,
            referred: buyers.remove(&1).unwrap_or_default(),
            others: buyers.remove(&0).unwrap_or_default(),
            offers: self.by_offer(&period, &[from.into(), to.into(), as_of(now, to).into()])?,
            bonuses: self.bonuses(now, from, to)?,
        })
    }
}

impl<S: Sql> Ledger<S> {
    fn by_offer(&self, period: &[Value], as_of: &[Value]) -> Result<Vec<OfferFigures>, SqlError> {
        let mut offers: BTreeMap<String, OfferFigures> = BTreeMap::new();
        let sales = self.sql.run(
            &format!(
                "{} SELECT offer, currency, COUNT(*), CAST(SUM(kept) AS TEXT) FROM sale AS entry
                    WHERE offer IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
                sales()
            ),
            period,
        )?;
        for row in &sales {
            let offer = row_of(&mut offers, row)?;
            offer.orders += row.int(2)?;
            offer.sales.push(total(row)?);
        }
        let rewards = self.sql.run(
            &format!(
                "{} SELECT offer, asset, COUNT(DISTINCT id), CAST(SUM(pending + approved + paid) AS TEXT)
                    FROM placed AS entry
                    JOIN (SELECT entry AS of, at AS dated, asset, pending, approved, paid FROM posting)
                    ON of = id AND dated <= ?3 WHERE offer IS NOT NULL AND kind <> 4 GROUP BY 1, 2 ORDER BY 1, 2",
                placed()
            ),
            as_of,
        )?;
        let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
        for row in &rewards {
            sums.entry(row.text(0)?.to_owned()).or_default().add(row.text(1)?, row.sum(3)?);
            row_of(&mut offers, row)?;
        }
        for (offer, sums) in sums {
            if let Some(row) = offers.get_mut(&offer) {
                row.rewards = sums.money().told();
            }
        }
        Ok(offers.into_values().collect())
    }
}

fn row_of<'a>(
    offers: &'a mut BTreeMap<String, OfferFigures>,
    row: &Row,
) -> Result<&'a mut OfferFigures, SqlError> {
    let offer = row.text(0)?.to_owned();
    Ok(offers.entry(offer.clone()).or_insert_with(|| OfferFigures { offer, ..OfferFigures::default() }))
}

fn total(row: &Row) -> Result<AssetTotal, SqlError> {
    Ok(total_of(&Asset::from_name(row.text(1)?), row.sum(3)?))
}
