//! What needs the shop's owner now, how the month goes, and what happened last: the desk's first page.

use std::collections::BTreeMap;

use parrain_core::event::{Change, Goods, Order, What};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, Decimal, format_amount};
use parrain_core::payout::Selection;
use parrain_core::reward::Asset;
use parrain_wire::account::ClaimState;
use parrain_wire::desk::{DaySales, Due, Event, News, Overview, PeriodFigures, Waiting};
use parrain_wire::payouts::AssetTotal;

use super::Ledger;
use super::claims::state_number;
use super::dossier::Dossier;
use super::payouts::total_of;
use super::report::day_in_sql;
use super::sales::{as_of, placed, sales};
use super::sql::{Row, Sql, SqlError, Value};
use crate::protocol::calls::{Framing, GetFrame, GetOverview};
use crate::protocol::{Answers, Refusal};

/// How many claims are shown of those that wait.
const SHOWN_CLAIMS: u32 = 3;
/// How much of what happened last is told.
const NEWS: usize = 10;

impl<S: Sql> Answers<GetOverview> for Ledger<S> {
    fn answer(&self, now: Instant, _: GetOverview) -> Result<Overview, Refusal> {
        let shop = self.shop()?;
        let zone = &shop.versions.latest().zone;
        let (today, month) = (zone.day(now), zone.month(now));
        let (from, before) = (zone.month_start(month), zone.month_start(month - 1));
        // Up to the same day of the month before: a month that has just begun is compared with a beginning.
        let into_month = today - zone.day(from);
        let same_day = zone.day_start(zone.day(before) + into_month + 1);
        let last = Instant::from_micros(same_day.min(from).micros() - 1);
        let days = self.days(now, from, now, zone.day(from)..=today)?;
        Ok(Overview {
            as_of: now,
            waiting: self.waiting(now)?,
            month: self.figures(now, from, now)?,
            before: self.figures(now, before, last)?,
            days,
            news: self.news(now)?,
        })
    }
}

impl<S: Sql> Answers<GetFrame> for Ledger<S> {
    fn answer(&self, _: Instant, _: GetFrame) -> Result<Framing, Refusal> {
        Ok(Framing {
            record: self.shop()?.record.clone(),
            version: self.newest_version()?,
            reviews: self.number(&format!("SELECT COUNT(*) FROM entry WHERE {WAITS}"), &[])?,
            claims: self.waiting_claims()?,
            joiners: self.waiting_joiners()?,
            set_up: self.set_up()?,
        })
    }
}

impl<S: Sql> Ledger<S> {
    /// What waits for the shop's owner.
    pub(super) fn waiting(&self, now: Instant) -> Result<Waiting, Refusal> {
        // What a browser reported is in no sum, so that each says itself what it would earn.
        let reported = self.sql.run(
            &format!(
                "SELECT json_extract(verdict, '$.conversion.worth.asset'),
                    CAST(SUM(json_extract(verdict, '$.conversion.worth.amount')) AS TEXT)
                    FROM entry WHERE {WAITS} GROUP BY 1"
            ),
            &[],
        )?;
        let mut worth = Sums::default();
        for row in &reported {
            let asset: Asset = row.json(0)?;
            worth.add(&asset.name(), row.sum(1)?);
        }
        let counted =
            self.sql.run(&format!("SELECT COUNT(*), COUNT(DISTINCT code) FROM entry WHERE {WAITS}"), &[])?;
        let counted = counted.first().map(|row| Ok::<_, SqlError>((row.int(0)?, row.int(1)?))).transpose()?;
        let (count, referrers) = counted.unwrap_or_default();
        let first_claims = self.claims(
            "WHERE state = ? ORDER BY id LIMIT ?",
            &[state_number(ClaimState::Waiting).into(), SHOWN_CLAIMS.into()],
        )?;
        let plan = self.plan(now, now, &Selection::default())?;
        let lines = plan.lines();
        let mut payees: Vec<_> = lines.keys().map(|(code, _, _)| code).collect();
        payees.dedup();
        let mut due = Sums::default();
        for ((_, _, asset), line) in &lines {
            due.add(&asset.name(), line.amount);
        }
        let payouts = Due {
            count: i64::try_from(plan.paid.len()).unwrap_or(i64::MAX),
            referrers: i64::try_from(payees.len()).unwrap_or(i64::MAX),
            totals: due.told(),
        };
        Ok(Waiting {
            reviews: Due { count, referrers, totals: worth.told() },
            claims: self.waiting_claims()?,
            first_claims: first_claims.into_iter().map(|claim| claim.for_shop(None)).collect(),
            joiners: self.waiting_joiners()?,
            unconfirmed: self.unconfirmed_with_rewards()?,
            payouts,
            unpaid_payouts: self.number(
                "SELECT COUNT(*) FROM batch WHERE paid IS NULL
                    AND EXISTS (SELECT 1 FROM item WHERE item.batch = batch.id)",
                &[],
            )?,
            silent: self.silent(now)?,
            failed_deliveries: self.dead_deliveries(false)?,
            failed_contacts: self.dead_deliveries(true)?,
        })
    }

    fn waiting_claims(&self) -> Result<i64, SqlError> {
        let waiting = state_number(ClaimState::Waiting);
        self.number("SELECT COUNT(*) FROM claim WHERE state = ?", &[waiting.into()])
    }

    fn waiting_joiners(&self) -> Result<i64, SqlError> {
        self.number(
            "SELECT COUNT(*) FROM referrer AS one WHERE json_extract(record, '$.activity') = 'waiting'
                AND seq = (SELECT MAX(seq) FROM referrer WHERE code = one.code)",
            &[],
        )
    }

    /// The figures of a period.
    fn figures(&self, now: Instant, from: Instant, to: Instant) -> Result<PeriodFigures, Refusal> {
        let period = self.period(now, from, to)?;
        let sold = self.sql.run(
            &format!(
                "{} SELECT currency, CAST(SUM(kept) AS TEXT), COUNT(*), SUM({}) FROM sale AS entry GROUP BY currency",
                sales(),
                new_customer()
            ),
            &period,
        )?;
        let (mut orders, mut new_customers, mut sold_for) = (0, 0, Sums::default());
        for row in &sold {
            sold_for.add(row.text(0)?, row.sum(1)?);
            orders += row.int(2)?;
            new_customers += row.int(3)?;
        }
        let rewards = self.rewards(now, from, to, "1")?.money();
        let mut net = sold_for.clone();
        rewards.0.iter().for_each(|(asset, amount)| net.add(asset, -amount));
        Ok(PeriodFigures {
            from,
            to,
            orders,
            new_customers,
            sales: sold_for.told(),
            rewards: rewards.told(),
            bonuses: self.bonuses(now, from, to)?,
            net: net.told(),
        })
    }

    /// What was given and taken by hand in a period, of its rewards.
    pub(super) fn bonuses(
        &self,
        now: Instant,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<AssetTotal>, SqlError> {
        Ok(self.rewards(now, from, to, "kind = 4")?.money().told())
    }

    /// What those of a period that a condition picks earned and keep, by asset.
    fn rewards(&self, now: Instant, from: Instant, to: Instant, which: &str) -> Result<Sums, SqlError> {
        let rows = self.sql.run(
            &format!(
                "{} SELECT asset, CAST(SUM(pending + approved + paid) AS TEXT) FROM placed AS entry
                    JOIN (SELECT entry AS of, at AS dated, asset, pending, approved, paid FROM posting)
                    ON of = id AND dated <= ?3 WHERE {which} GROUP BY asset",
                placed()
            ),
            &[from.into(), to.into(), as_of(now, to).into()],
        )?;
        Sums::read(&rows)
    }

    /// Referred sales by the day, days without any included.
    fn days(
        &self,
        now: Instant,
        from: Instant,
        to: Instant,
        days: std::ops::RangeInclusive<i64>,
    ) -> Result<Vec<DaySales>, Refusal> {
        let mut found: BTreeMap<i64, (i64, Sums)> = days.map(|day| (day, Default::default())).collect();
        let day = day_in_sql(&self.shop()?.versions.latest().zone, from, to);
        let rows = self.sql.run(
            &format!(
                "{} SELECT {day}, currency, COUNT(*), CAST(SUM(kept) AS TEXT) FROM sale AS entry GROUP BY 1, 2",
                sales()
            ),
            &self.period(now, from, to)?,
        )?;
        for row in &rows {
            let Some((orders, sales)) = found.get_mut(&row.int(0)?) else { continue };
            *orders += row.int(2)?;
            sales.add(row.text(1)?, row.sum(3)?);
        }
        let day = |(day, (orders, sales)): (i64, (i64, Sums))| DaySales {
            day: Instant::from_day(day).date(),
            orders,
            sales: sales.told(),
        };
        Ok(found.into_iter().map(day).collect())
    }

    /// What happened last, the newest first.
    fn news(&self, now: Instant) -> Result<Vec<News>, Refusal> {
        let most = Value::Int(NEWS as i64);
        let mut news = self.deeds(NEWS)?;
        let received = self.sql.run(
            "SELECT id, received, event FROM entry WHERE code IS NOT NULL AND kind <> 4 AND received IS NOT NULL
                AND id NOT IN (SELECT entry FROM credit) ORDER BY id DESC LIMIT ?",
            std::slice::from_ref(&most),
        )?;
        for row in &received {
            let found = self.dossiers("WHERE id = ?", &[row.int(0)?.into()])?;
            let at = Instant::from_micros(row.int(1)?);
            news.extend(found.first().map(|one| order_news(one, &row.json(2)?, at, now)).transpose()?);
        }
        let taken_back = self.sql.run(
            "SELECT event, received FROM back WHERE received IS NOT NULL ORDER BY received DESC LIMIT ?",
            std::slice::from_ref(&most),
        )?;
        for row in &taken_back {
            let change: Change = row.json(0)?;
            let amount = match &change.what {
                What::Refunded { amount, .. } => Some(*amount).filter(|amount| *amount != Decimal::ZERO),
                What::Cancelled => None,
                // What was taken back came again: no news of this kind.
                What::Voided { .. } | What::Reinstated { .. } => continue,
            };
            let order = self.summary_of(&change.order_id)?;
            news.extend(order.filter(|order| order.referrer.is_some()).map(|order| News {
                what: Event::TakenBack.into(),
                order_id: Some(change.order_id.clone()),
                code: order.referrer,
                amount: order.currency.as_ref().zip(amount).and_then(|(currency, amount)| {
                    let decimals = Currency::parse(currency.as_str())?.decimals();
                    Some(format_amount(amount.to_minor(decimals), decimals).into())
                }),
                currency: order.currency,
                at: Instant::from_micros(row.maybe_int(1).unwrap_or_default()),
                ..News::default()
            }));
        }
        for claim in self.claims("WHERE id > 0 ORDER BY id DESC LIMIT ?", &[most])? {
            news.push(News {
                what: Event::Claimed.into(),
                at: claim.at,
                order_id: Some(claim.order_id),
                code: Some(claim.code),
                ..News::default()
            });
        }
        news.sort_by_key(|one| std::cmp::Reverse(one.at));
        news.truncate(NEWS);
        for one in &mut news {
            if let Some(code) = &one.code
                && let Some(held) = self.find_referrer(code)?
            {
                one.name = held.referrer.name;
            }
        }
        Ok(news)
    }

    /// The one number that a statement answers.
    pub(super) fn number(&self, statement: &str, values: &[Value]) -> Result<i64, SqlError> {
        self.sql.run(statement, values)?.first().map_or(Ok(0), |row| row.int(0))
    }
}

/// Orders whose reward waits for a decision by hand.
pub(super) const WAITS: &str = "waits = 1";

/// Codes with which somebody tries a set-up: what is ordered with one counts nowhere.
pub(super) const TESTS: &str = "(SELECT code FROM referrer WHERE json_extract(record, '$.test'))";

/// The order that a position's id is of, in SQL: one given by hand is the order that was given.
pub(super) fn order_id(ext: &str) -> String {
    format!("substr({ext}, 1, instr({ext} || char(1), char(1)) - 1)")
}

/// The entries whose customer is known and has no earlier order.
pub(super) fn new_customer() -> String {
    format!(
        "COALESCE(json_extract(event, '$.customer.id'), json_extract(event, '$.customer.email')) IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM json_each(json_array('i' || json_extract(event, '$.customer.id'),
                'e' || json_extract(event, '$.customer.email'))) AS own
            JOIN person ON person.key = own.value WHERE person.kind = 0 AND person.verified = 1
                AND (person.at, person.ext) < (entry.at, entry.ext) AND {} <> {})",
        order_id("person.ext"),
        order_id("entry.ext"),
    )
}

/// Sums by asset, in minor units or units.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums(BTreeMap<String, i64>);

impl Sums {
    /// Reads rows of an asset and a sum.
    fn read(rows: &[Row]) -> Result<Self, SqlError> {
        let mut sums = Self::default();
        for row in rows {
            sums.add(row.text(0)?, row.sum(1)?);
        }
        Ok(sums)
    }

    pub(super) fn add(&mut self, asset: &str, amount: i64) {
        *self.0.entry(asset.to_owned()).or_default() += amount;
    }

    /// What of it costs money, by currency: donations to whomever are added up.
    pub(super) fn money(self) -> Self {
        let mut money = Self::default();
        for (asset, amount) in self.0 {
            match Asset::from_name(&asset) {
                Asset::Money(currency) => money.add(currency.code(), amount),
                Asset::Donation(gift) => money.add(gift.currency.code(), amount),
                Asset::Unit(_) => {}
            }
        }
        money
    }

    pub(super) fn told(self) -> Vec<AssetTotal> {
        let told = |(asset, amount): (String, i64)| total_of(&Asset::from_name(&asset), amount);
        self.0.into_iter().filter(|(_, amount)| *amount != 0).map(told).collect()
    }
}

/// That an order came, and what its referrer has of it.
fn order_news(one: &Dossier, order: &Order, at: Instant, now: Instant) -> Result<News, Refusal> {
    let view = one.view(now.max(one.case.at));
    let goods = order.goods.as_ref();
    let amount = |goods: &Goods| {
        let currency: Currency = goods.currency;
        format_amount(goods.base(), currency.decimals()).into()
    };
    Ok(News {
        what: Event::Order.into(),
        at,
        order_id: Some(one.ext.clone()),
        code: Some(one.conversion.code.clone()),
        amount: goods.map(amount),
        currency: goods.map(|goods| goods.currency.code().into()),
        reward: view.as_ref().and_then(|view| view.reward.clone()),
        until: view.as_ref().and_then(|view| view.approves_at).filter(|until| *until > now),
        reason: view.and_then(|view| view.reason),
        ..News::default()
    })
}
