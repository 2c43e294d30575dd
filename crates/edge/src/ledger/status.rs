//! Reward status, lists of conversions, and decisions by hand.

use std::fmt;

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::referrer::Activity;
use parrain_core::reward::{self, Asset, Case, Sums};
use parrain_wire::books::ConversionList;
use parrain_wire::desk::{Event, News};
use parrain_wire::rewards::{Conversion, RewardStatus, Status};

use super::dossier::{Dossier, read_sums};
use super::overview::WAITS;
use super::sql::{Row, Sql, SqlError, Value};
use super::{Ledger, bad_cursor, shop};
use crate::protocol::calls::{GetStatus, ListConversions, Review};
use crate::protocol::{Answers, Moot, Refusal};

/// How many conversions a page shows.
const PAGE: usize = 100;
/// How many of what browsers reported, and nobody confirmed, a referrer is shown, the newest: anybody can report.
const MOST_REPORTED: usize = 20;
/// How many conversions a filtered list looks through for one page.
const SCAN: usize = 1_000;

impl<S: Sql> Answers<GetStatus> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GetStatus) -> Result<RewardStatus, Refusal> {
        let GetStatus { code, as_of, cursor, token_made } = ask;
        self.shop()?;
        let held = self.find_referrer(&code)?.ok_or(Refusal::UnknownCode)?;
        if let Some(made) = token_made {
            self.hold_to_person(&held, made)?;
        }
        let (mut totals, mut units, mut donations) = (Vec::new(), Vec::new(), Vec::new());
        for (asset, sums) in self.sums(&code, as_of)? {
            match Asset::from_name(&asset) {
                Asset::Money(currency) => totals.push(sums.to_money(currency)),
                Asset::Unit(kind) => units.push(sums.to_units(&kind)),
                Asset::Donation(gift) => donations.push(sums.to_donations(&gift)),
            }
        }
        let clicks = self.sql.run(
            "SELECT COALESCE(SUM(clicks), 0) FROM visit WHERE code = ? AND hour <= ?",
            &[code.as_str().into(), shop::hour(as_of).into()],
        )?;
        let clicks = clicks.first().map_or(Ok(0), |row| row.int(0))?;
        let mut values = vec![code.as_str().into(), as_of.into(), as_of.into()];
        let start = Place::read(cursor.as_deref())?;
        values.extend([start.at.micros().into(), Value::Int(PAGE as i64 + 1), start.passed.into()]);
        let mut found = self.dossiers(
            &format!(
                "WHERE code = ?1 AND at <= ?2 AND (until IS NULL OR until > ?3) AND at >= ?4 AND (verified = 1
                    OR EXISTS (SELECT 1 FROM review WHERE review.entry = entry.id)
                    OR id IN (SELECT one.id FROM entry AS one WHERE one.code = ?1 AND one.verified = 0
                        AND (one.until IS NULL OR one.until > ?2) AND one.at <= ?2 ORDER BY one.at DESC, one.id DESC LIMIT {MOST_REPORTED}))
                    ORDER BY at, ext, kind, id LIMIT ?5 OFFSET ?6"
            ),
            &values,
        )?;
        let next_cursor = start.cut(&mut found, PAGE);
        let unverified = self.number(
            "SELECT COUNT(*) FROM entry WHERE code = ?1 AND at <= ?2 AND verified = 0 AND refusal IS NULL
                AND (until IS NULL OR until > ?2)
                AND NOT EXISTS (SELECT 1 FROM review WHERE review.entry = entry.id AND review.at <= ?2)",
            &[code.as_str().into(), as_of.into()],
        )?;
        let vouchers = self.vouchers_of(&found)?;
        let conversions = found
            .iter()
            .filter_map(|one| Some(with_voucher(one.view(as_of)?, vouchers.get(&one.id))))
            .collect();
        let link = String::new();
        let settling = self.is_settling()?;
        let claims = if cursor.is_none() { self.claims_of(&code)? } else { Vec::new() };
        let activity = held.referrer.activity_at(now);
        let status = Some(activity).filter(|activity| *activity != Activity::Active).map(Into::into);
        Ok(RewardStatus {
            code,
            link,
            status,
            as_of,
            clicks,
            totals,
            units,
            donations,
            conversions,
            claims,
            next_cursor,
            unverified,
            settling,
        })
    }
}

impl<S: Sql> Answers<ListConversions> for Ledger<S> {
    fn answer(&self, now: Instant, ask: ListConversions) -> Result<ConversionList, Refusal> {
        let ListConversions { status, unverified, waiting, cursor } = ask;
        let shop = self.shop()?;
        let most = if status.is_some() { SCAN } else { PAGE };
        let mut values = vec![now.micros().into()];
        let start = Place::read(cursor.as_deref())?;
        values.extend([start.at.micros().into(), Value::Int(most as i64 + 1), start.passed.into()]);
        let mut found = self.dossiers(
            &format!(
                "WHERE code IS NOT NULL AND (until IS NULL OR until > ?) AND at >= ? {}
                    ORDER BY at, ext, kind, id LIMIT ? OFFSET ?",
                match (waiting, unverified) {
                    (true, _) => format!("AND {WAITS}"),
                    (false, true) => format!("AND verified = 0 AND {WAITS}"),
                    (false, false) => String::new(),
                }
            ),
            &values,
        )?;
        let mut next_cursor = start.cut(&mut found, most);
        self.with_signals(&mut found)?;
        let vouchers = self.vouchers_of(&found)?;
        let mut conversions: Vec<Conversion> = Vec::new();
        for (index, one) in found.iter().enumerate() {
            // What is dated a little ahead of the clock is shown as it will begin.
            let view = one.view_for_shop(now.max(one.case.at), shop.locale());
            let view = view.map(|view| with_voucher(view, vouchers.get(&one.id)));
            conversions.extend(view.filter(|view| status.is_none_or(|status| view.status == status)));
            if conversions.len() == PAGE && index + 1 < found.len() {
                next_cursor = Some(start.after(found.get(..=index).unwrap_or_default()).to_string());
                break;
            }
        }
        Ok(ConversionList { conversions, next_cursor })
    }
}

impl<S: Sql> Answers<Review> for Ledger<S> {
    fn answer(&self, now: Instant, ask: Review) -> Result<Conversion, Refusal> {
        let Review { order_id, approve, note, tell } = ask;
        let shop = self.shop()?;
        let find = |id: Option<i64>| {
            self.dossiers(
                // Where the order is somebody's by hand, that is what is decided on.
                "WHERE code IS NOT NULL AND kind IN (0, 1, 2, 3) AND (?2 IS NULL OR id = ?2) AND until IS NULL
                    AND (ext = ?1 OR id IN (SELECT entry FROM credit WHERE order_id = ?1))
                    ORDER BY kind, LENGTH(ext) DESC, verified DESC LIMIT 1",
                &[order_id.as_str().into(), id.into()],
            )
        };
        let one = find(None)?.pop().ok_or(Refusal::UnknownOrder)?;
        // Another note on what was decided by hand mends the note, or who may read it.
        let mends = one.note.as_ref().is_some_and(|before| (&before.text, before.tell) != (&note, tell))
            && one.case.reviews.last().is_some_and(|last| last.approve == approve);
        if let Some(moot) = moot(&one.case, now, approve).filter(|_| !mends) {
            return Err(Refusal::Moot(moot));
        }
        self.sql.run(
            "INSERT INTO review (entry, at, approve, note, tell) VALUES (?, ?, ?, ?, ?)",
            &[one.id.into(), now.max(one.case.at).micros().into(), approve.into(), note.into(), tell.into()],
        )?;
        self.count_odd(one.id, !approve)?;
        self.refresh(one.id)?;
        self.note(
            now,
            News {
                what: Event::Reviewed.into(),
                order_id: Some(order_id.clone()),
                code: Some(one.conversion.code.clone()),
                ..News::default()
            },
        )?;
        let mut found = find(Some(one.id))?;
        self.with_signals(&mut found)?;
        let one = found.pop().ok_or(Refusal::UnknownOrder)?;
        one.view_for_shop(now.max(one.case.at), shop.locale()).ok_or(Refusal::UnknownOrder)
    }
}

impl<S: Sql> Ledger<S> {
    /// What a referrer's rewards come to at an instant, by asset: closed months from their statements, the
    /// instant's own month from its postings.
    pub(super) fn sums(&self, code: &Code, as_of: Instant) -> Result<Vec<(String, Sums)>, Refusal> {
        let month = as_of.month();
        let rows = self.sql.run(
            "SELECT asset, CAST(SUM(pending) AS TEXT), CAST(SUM(approved) AS TEXT), CAST(SUM(paid) AS TEXT), CAST(SUM(reversed) AS TEXT) FROM (
                SELECT asset, pending, approved, paid, reversed FROM statement WHERE code = ?1 AND month < ?2
                UNION ALL
                SELECT asset, pending, approved, paid, reversed FROM posting WHERE code = ?1 AND at >= ?3 AND at <= ?4)
                GROUP BY asset ORDER BY asset",
            &[
                code.as_str().into(),
                month.into(),
                Instant::from_month(month).into(),
                as_of.into(),
            ],
        )?;
        let read = |row: &Row| -> Result<_, SqlError> { Ok((row.text(0)?.to_owned(), read_sums(row, 1)?)) };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// A conversion with the code by which its reward is spent, while there is something to spend.
fn with_voucher(mut view: Conversion, voucher: Option<&String>) -> Conversion {
    let given = view.status == Status::Approved || view.status == Status::Paid;
    if let Some(reward) = view.reward.as_mut().filter(|_| given) {
        reward.voucher = voucher.cloned();
    }
    view
}

/// Why a review can change nothing, if so: approved, the reward must stand afterwards; rejected, there must be
/// something to take back.
fn moot(case: &Case, now: Instant, approve: bool) -> Option<Moot> {
    let at = now.max(case.at);
    let mut after = case.clone();
    after.reviews.push(reward::Review { at, approve });
    let judged = if approve { &after } else { case };
    match judged.state(at)?.status {
        Status::Pending | Status::Approved | Status::Paid => None,
        Status::Rejected => Some(Moot::Rejected),
        Status::Reversed if approve => Some(Moot::Refunded),
        Status::Reversed => Some(Moot::Reversed),
    }
}

/// Where a page begins: at an instant, after so many conversions of that very instant. It tells a referrer
/// nothing that the page before did not show.
#[derive(Clone, Copy)]
struct Place {
    at: Instant,
    passed: i64,
}

impl Place {
    fn read(cursor: Option<&str>) -> Result<Self, Refusal> {
        let Some(cursor) = cursor else { return Ok(Self { at: Instant::from_micros(0), passed: 0 }) };
        let (at, passed) = cursor.split_once('-').ok_or_else(bad_cursor)?;
        let number = |text: &str| {
            let short = text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_digit());
            if short { text.parse::<i64>().map_err(|_| bad_cursor()) } else { Err(bad_cursor()) }
        };
        let (at, passed) = (number(at)?, number(passed)?);
        Ok(Self { at: Instant::from_micros(at.min(1 << 52)), passed: passed.min(1 << 40) })
    }

    /// Where the page after some conversions begins.
    fn after(self, shown: &[Dossier]) -> Self {
        let Some(last) = shown.last() else { return self };
        let at = last.case.at;
        let same = shown.iter().rev().take_while(|one| one.case.at == at).count();
        let before = if at == self.at { self.passed } else { 0 };
        Self { at, passed: before.saturating_add(i64::try_from(same).unwrap_or(i64::MAX)) }
    }

    /// Cuts a list that was asked for one more than a page; the cursor of the next page.
    fn cut(self, found: &mut Vec<Dossier>, page: usize) -> Option<String> {
        let more = found.len() > page;
        found.truncate(page);
        more.then(|| self.after(found).to_string())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.micros(), self.passed)
    }
}
