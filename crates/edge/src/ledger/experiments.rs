//! Experiments: dealing a shop's referrers to two or three offers, counting what each brings, and saying once, at the end,
//! what the figures say.
//!
//! A referrer who was dealt an offer is on it from an instant on, as if the shop had put them there: so friends are
//! promised it, codes are made by it and orders are credited by it, without a second rule anywhere. The alarm puts some at
//! a time on their offers; it counts from the hour after the last.

use parrain_core::check::Fault;
use parrain_core::code::Code;
use parrain_core::experiment::{self, Brought, Interval, Past, Plan, Verdict};
use parrain_core::instant::Instant;
use parrain_core::program::Offer;
use parrain_core::referrer::Activity;
use parrain_wire::desk::{self, News};
use parrain_wire::experiments::{
    Experiment, ExperimentList, ExperimentPlan, ExperimentState, Finding, Range, Variant,
};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::overview::TESTS;
use super::shop::{hour, parse_code};
use super::sql::{Row, Sql, SqlError, Value, json_of};
use crate::protocol::calls::{
    BeginExperiment, ConcludeExperiment, GetExperiment, ListExperiments, PlanExperiment,
};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};

/// How many referrers one step puts on their offers.
const STEP: usize = 50;

/// How many referrers take part at most: those with the most visits.
const MOST: u32 = 5_000;

/// By how many past weeks a plan is made.
const PAST_WEEKS: u32 = 12;

/// How many hours after the end the verdict is given: shops' systems send some orders late.
const LATE_HOURS: i64 = 24;

/// How many are listed, the newest.
const LISTED: u32 = 100;

const MICROS_IN_HOUR: i64 = 3_600_000_000;

/// What of an experiment is said when it begins and never changes, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    offers: Vec<String>,
    /// In thousandths of a conversion out of 100 visits.
    difference: u32,
    weeks: u32,
    /// How many referrers each offer was dealt.
    dealt: Vec<i64>,
}

/// What came of it, as it is kept: of each offer in their order.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Came(Vec<OfOffer>);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct OfOffer {
    visits: i64,
    conversions: i64,
    found: Option<Finding>,
    low: Option<f64>,
    seen: Option<f64>,
    high: Option<f64>,
}

/// An experiment as it stands in the table.
struct Held {
    id: String,
    asked: Asked,
    began: Instant,
    since: Option<Instant>,
    came: Option<Came>,
    kept: Option<String>,
    concluded: Option<Instant>,
}

const COLUMNS: &str = "id, asked, began, since, came, kept, concluded";

impl<S: Sql> Answers<PlanExperiment> for Ledger<S> {
    fn answer(&self, now: Instant, ask: PlanExperiment) -> Result<ExperimentPlan, Refusal> {
        self.check_offers(now, &ask.offers)?;
        let people = self.who_would_take_part(now, &ask.offers)?;
        Ok(plan(&people, ask.offers.len(), ask.difference))
    }
}

impl<S: Sql> Answers<BeginExperiment> for Ledger<S> {
    /// The same once more changes nothing.
    fn answer(&self, now: Instant, ask: BeginExperiment) -> Result<Experiment, Refusal> {
        self.shop()?;
        let BeginExperiment { id, offers, difference, weeks } = ask;
        if let Some(held) = self.held_experiment(&id)? {
            let same = held.asked.offers == offers && held.asked.difference == difference;
            let same = same && weeks.is_none_or(|weeks| weeks == held.asked.weeks);
            return if same { self.shown(now, held) } else { Err(Refusal::ExperimentExists) };
        }
        self.check_offers(now, &offers)?;
        let people = self.who_would_take_part(now, &offers)?;
        let planned = plan(&people, offers.len(), difference);
        let Some(weeks) = weeks.or(planned.weeks) else {
            return Err(invalid(
                "/weeks",
                "must be given: how long it takes is more than a year, or unknown",
            ));
        };
        if people.len() < offers.len() {
            return Err(invalid(
                "/offers/0",
                "has fewer referrers who could take part than there are offers",
            ));
        }
        let dealt = experiment::deal(&id, &people, offers.len());
        let counts = (0..offers.len()).map(|index| dealt.iter().filter(|one| **one == index).count() as i64);
        let asked = Asked { difference, weeks, dealt: counts.collect(), offers };
        self.sql.run(
            "INSERT INTO experiment (id, asked, began) VALUES (?, ?, ?)",
            &[id.as_str().into(), json_of(&asked)?.into(), now.into()],
        )?;
        for ((code, _), variant) in people.iter().zip(dealt) {
            self.sql.run(
                "INSERT INTO dealt (experiment, code, variant, moved) VALUES (?, ?, ?, 0)",
                &[id.as_str().into(), code.as_str().into(), Value::Int(variant as i64)],
            )?;
        }
        self.errand.set(true);
        self.note_experiment(now, desk::Event::ExperimentBegan, &id)?;
        self.experiment(now, &id)
    }
}

impl<S: Sql> Answers<ListExperiments> for Ledger<S> {
    fn answer(&self, now: Instant, _: ListExperiments) -> Result<ExperimentList, Refusal> {
        self.shop()?;
        let rows = self.sql.run(
            &format!("SELECT {COLUMNS} FROM experiment ORDER BY began DESC, id LIMIT ?"),
            &[LISTED.into()],
        )?;
        let experiments = rows.iter().map(|row| self.shown(now, read(row)?)).collect::<Result<_, _>>()?;
        Ok(ExperimentList { experiments })
    }
}

impl<S: Sql> Answers<GetExperiment> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GetExperiment) -> Result<Experiment, Refusal> {
        self.shop()?;
        self.experiment(now, &ask.id)
    }
}

impl<S: Sql> Answers<ConcludeExperiment> for Ledger<S> {
    /// Every referrer who is still on an offer of the experiment's is put on the one that stays.
    fn answer(&self, now: Instant, ask: ConcludeExperiment) -> Result<Experiment, Refusal> {
        let shop = self.shop()?;
        let held = self.held_experiment(&ask.id)?.ok_or(Refusal::UnknownExperiment)?;
        let programs_own = shop.versions.latest().offer(&ask.offer).is_some();
        if !held.asked.offers.contains(&ask.offer) || !programs_own {
            return Err(invalid("/offer", &format!("must be one of {}", held.asked.offers.join(", "))));
        }
        match &held.kept {
            Some(kept) if *kept == ask.offer => return self.shown(now, held),
            Some(_) => return Err(Refusal::ExperimentConcluded),
            None => {}
        }
        // What was counted to the end is told, whether or not somebody has looked before.
        if held.came.is_none() && held.ends().is_some_and(|ends| ends <= now) {
            self.settle_experiment(&held)?;
        }
        // Who joined since, and who was too many to take part, goes along.
        for offer in held.asked.offers.iter().filter(|offer| **offer != ask.offer) {
            self.sql.run(
                "INSERT OR IGNORE INTO dealt (experiment, code, variant, moved)
                    SELECT ?1, code, -1, 0 FROM referrer AS one WHERE json_extract(record, '$.offer') = ?2
                    AND seq = (SELECT MAX(seq) FROM referrer WHERE code = one.code)",
                &[ask.id.as_str().into(), offer.as_str().into()],
            )?;
        }
        self.sql.run(
            "UPDATE experiment SET kept = ?, concluded = ? WHERE id = ?",
            &[ask.offer.into(), now.into(), ask.id.as_str().into()],
        )?;
        self.sql.run("UPDATE dealt SET moved = 0 WHERE experiment = ?", &[ask.id.as_str().into()])?;
        self.errand.set(true);
        self.note_experiment(now, desk::Event::ExperimentConcluded, &ask.id)?;
        self.experiment(now, &ask.id)
    }
}

impl<S: Sql> Ledger<S> {
    /// Puts some referrers on the offers that they were dealt, or on the one that stays; whether there are more.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then nothing has changed.
    pub fn deal_referrers(&self, now: Instant) -> Result<bool, Refusal> {
        self.now.set(now);
        self.asker.replace(None);
        self.in_transaction(|| {
            let Some(shop) = self.shop_if_any()? else { return Ok(false) };
            let rows = self.sql.run(
                "SELECT experiment, code, variant FROM dealt WHERE moved = 0 ORDER BY experiment, code LIMIT ?",
                &[Value::Int(STEP as i64)],
            )?;
            let Some(first) = rows.first() else {
                // Every referrer is on their offer; or the last who was not has been erased.
                let since = Instant::from_micros((hour(now) + 1) * MICROS_IN_HOUR);
                self.sql.run(
                    "UPDATE experiment SET since = ? WHERE since IS NULL AND kept IS NULL",
                    &[since.into()],
                )?;
                return Ok(false);
            };
            let held = self.held_experiment(first.text(0)?)?.ok_or(Refusal::UnknownExperiment)?;
            for row in rows.iter().filter(|row| row.text(0) == Ok(&held.id)) {
                let code = parse_code(row.text(1)?)?;
                let dealt = held.asked.offers.get(usize::try_from(row.int(2)?).unwrap_or_default());
                let Some(offer) = held.kept.as_ref().or(dealt) else { continue };
                if let Some(found) = self.find_referrer(&code)? {
                    // Whom the shop has put on another offer since stays there, and so does who has left.
                    let takes_part = held.asked.offers.contains(&found.referrer.offer);
                    let stays = found.referrer.offer == *offer || shop.versions.latest().offer(offer).is_none();
                    if takes_part && !stays && found.referrer.terms.is_none() {
                        let referrer = Referrer { offer: offer.clone(), ..found.referrer };
                        self.keep_referrer(now, &code, &referrer)?;
                        // Of whom nobody has confirmed who they are KV does not hear.
                        if !referrer.unpublished {
                            self.publish(&shop, &code, &referrer)?;
                        }
                    }
                }
                self.sql.run(
                    "UPDATE dealt SET moved = 1 WHERE experiment = ? AND code = ?",
                    &[held.id.as_str().into(), code.as_str().into()],
                )?;
            }
            Ok(true)
        })
    }

    /// At once, where referrers are still to be put on their offers, or all of them have just been.
    pub(super) fn next_deal(&self) -> Result<Option<Instant>, Refusal> {
        let left = self.number(
            "SELECT EXISTS (SELECT 1 FROM dealt WHERE moved = 0)
                OR EXISTS (SELECT 1 FROM experiment WHERE since IS NULL AND kept IS NULL)",
            &[],
        )?;
        Ok((left != 0).then(Instant::default))
    }

    /// Forgets that a referrer took part.
    pub(super) fn forget_dealt(&self, code: &Code) -> Result<(), SqlError> {
        self.sql.run("DELETE FROM dealt WHERE code = ?", &[code.as_str().into()]).map(drop)
    }

    /// Refuses offers between which no experiment can choose.
    fn check_offers(&self, now: Instant, offers: &[String]) -> Result<(), Refusal> {
        let shop = self.shop()?;
        let program = shop.versions.latest();
        let mut faults = Vec::new();
        let mut fault = |index: usize, detail: &str| {
            faults.push(Fault { pointer: format!("/offers/{index}"), detail: detail.to_owned() });
        };
        let mut found: Vec<&Offer> = Vec::new();
        for (index, id) in offers.iter().enumerate() {
            match program.offer(id) {
                None => fault(index, "is not an offer of the program"),
                Some(offer) if !offer.is_active(now) => fault(index, "is not active now"),
                Some(offer) if found.iter().any(|one| one.id == offer.id) => fault(index, "is there twice"),
                Some(offer) => {
                    if let Some(first) = found.first() {
                        if first.audience != offer.audience {
                            fault(index, "is for another audience than the first");
                        } else if first.advocate.on != offer.advocate.on {
                            fault(index, "is earned by another kind of event than the first");
                        }
                    }
                    found.push(offer);
                }
            }
        }
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        let rows = self.sql.run("SELECT asked FROM experiment WHERE kept IS NULL", &[])?;
        for row in &rows {
            let other: Asked = row.json(0)?;
            if other.offers.iter().any(|offer| offers.contains(offer)) {
                return Err(Refusal::ExperimentRunning);
            }
        }
        Ok(())
    }

    /// Who is on the first offer and takes part in the program, with what they brought in the past weeks. Whoever has terms
    /// of their own is not compared with others, and a test of the set-up is nobody.
    fn who_would_take_part(&self, now: Instant, offers: &[String]) -> Result<Vec<(Code, Brought)>, Refusal> {
        let Some(first) = offers.first() else { return Ok(Vec::new()) };
        let from = now.plus_days(-7 * i64::from(PAST_WEEKS));
        // An active referrer's record says nothing of it.
        let rows = self.sql.run(
            &format!(
                "SELECT code, record, visits, ({CONVERSIONS}) FROM
                    (SELECT code, record, ({VISITS}) AS visits FROM referrer AS one
                    WHERE seq = (SELECT MAX(seq) FROM referrer WHERE code = one.code)
                    AND json_extract(record, '$.offer') = ?5 AND json_extract(record, '$.activity') IS NULL
                    AND json_extract(record, '$.terms') IS NULL AND code NOT IN {TESTS}
                    ORDER BY visits DESC, code LIMIT ?6) AS one"
            ),
            &[
                hour(from).into(),
                // With the hour that is not over: a shop that begins sees its first visits counted.
                (hour(now) + 1).into(),
                from.into(),
                now.into(),
                first.as_str().into(),
                MOST.into(),
            ],
        )?;
        let mut people = Vec::new();
        for row in &rows {
            let referrer: Referrer = row.json(1)?;
            if referrer.activity_at(now) == Activity::Active {
                people.push((parse_code(row.text(0)?)?, brought(row, 2)?));
            }
        }
        Ok(people)
    }

    fn held_experiment(&self, id: &str) -> Result<Option<Held>, Refusal> {
        let rows = self.sql.run(&format!("SELECT {COLUMNS} FROM experiment WHERE id = ?"), &[id.into()])?;
        rows.first().map(read).transpose()
    }

    fn experiment(&self, now: Instant, id: &str) -> Result<Experiment, Refusal> {
        let held = self.held_experiment(id)?.ok_or(Refusal::UnknownExperiment)?;
        self.shown(now, held)
    }

    /// An experiment as the contract has it. Its verdict is made once, when it is first asked for after the end, and kept.
    fn shown(&self, now: Instant, mut held: Held) -> Result<Experiment, Refusal> {
        let ends = held.ends();
        let is_over = ends.is_some_and(|ends| ends.plus_seconds(LATE_HOURS * 3600) <= now);
        // Where the shop has chosen before the end, referrers were no longer on what they were dealt.
        if is_over && held.came.is_none() && held.kept.is_none() {
            held.came = Some(self.settle_experiment(&held)?);
        }
        let state = match (&held.kept, &held.came, held.since, ends) {
            (Some(_), ..) => ExperimentState::Concluded,
            (None, Some(_), ..) => ExperimentState::Ended,
            (None, None, Some(_), Some(ends)) if ends <= now => ExperimentState::Ending,
            (None, None, Some(_), _) => ExperimentState::Running,
            (None, None, None, _) => ExperimentState::Dealing,
        };
        let mut variants = Vec::new();
        for (index, offer) in held.asked.offers.iter().enumerate() {
            let came = held.came.as_ref().and_then(|came| came.0.get(index));
            variants.push(Variant {
                offer: offer.clone(),
                referrers: held.asked.dealt.get(index).copied().unwrap_or_default(),
                visits: came.map(|came| came.visits),
                conversions: came.map(|came| came.conversions),
                rate: came
                    .filter(|came| came.visits > 0)
                    .map(|came| out_of_100(came.conversions as f64 / came.visits as f64)),
                found: came.and_then(|came| came.found).map(Into::into),
                difference: came.and_then(|came| {
                    let (low, seen, high) = (came.low?, came.seen?, came.high?);
                    Some(Range { low: out_of_100(low), seen: out_of_100(seen), high: out_of_100(high) })
                }),
            });
        }
        Ok(Experiment {
            state: Some(state.into()),
            difference: out_of_100(share(held.asked.difference)),
            weeks: held.asked.weeks,
            began_at: held.began,
            counts_from: held.since,
            ends_at: ends,
            variants,
            kept: held.kept,
            concluded_at: held.concluded,
            id: held.id,
        })
    }

    /// Finds the verdict, for good.
    fn settle_experiment(&self, held: &Held) -> Result<Came, Refusal> {
        let came = self.what_came(held)?;
        self.sql.run(
            "UPDATE experiment SET came = ? WHERE id = ?",
            &[json_of(&came)?.into(), held.id.as_str().into()],
        )?;
        Ok(came)
    }

    /// What each offer brought, and what that says.
    fn what_came(&self, held: &Held) -> Result<Came, Refusal> {
        let (Some(since), Some(ends)) = (held.since, held.ends()) else { return Ok(Came(Vec::new())) };
        let mut all = Vec::new();
        for variant in 0..held.asked.offers.len() {
            let rows = self.sql.run(
                &format!(
                    "SELECT ({VISITS}), ({CONVERSIONS})
                        FROM dealt AS one WHERE experiment = ?5 AND variant = ?6"
                ),
                &[
                    hour(since).into(),
                    hour(ends).into(),
                    since.into(),
                    ends.into(),
                    held.id.as_str().into(),
                    Value::Int(variant as i64),
                ],
            )?;
            all.push(rows.iter().map(|row| brought(row, 0)).collect::<Result<Vec<_>, SqlError>>()?);
        }
        let variants = all.len();
        let difference = share(held.asked.difference);
        let first = all.first().cloned().unwrap_or_default();
        let of_offer = |(index, brought): (usize, &Vec<Brought>)| {
            let verdict = (index > 0).then(|| experiment::verdict(&first, brought, variants, difference));
            let (found, range) = match verdict {
                None => (None, None),
                Some(Verdict::Better(range)) => (Some(Finding::Better), Some(range)),
                Some(Verdict::Worse(range)) => (Some(Finding::Worse), Some(range)),
                Some(Verdict::Alike(range)) => (Some(Finding::Alike), Some(range)),
                Some(Verdict::TooLittle(range)) => (Some(Finding::TooLittle), range),
            };
            OfOffer {
                visits: brought.iter().map(|one| one.visits as i64).sum(),
                conversions: brought.iter().map(|one| one.conversions as i64).sum(),
                found,
                low: range.map(|Interval { low, .. }| low),
                seen: range.map(|Interval { seen, .. }| seen),
                high: range.map(|Interval { high, .. }| high),
            }
        };
        Ok(Came(all.iter().enumerate().map(of_offer).collect()))
    }

    fn note_experiment(&self, now: Instant, what: desk::Event, id: &str) -> Result<(), SqlError> {
        self.note(now, News { what: what.into(), name: Some(id.to_owned()), ..News::default() })
    }
}

/// Visits of a referrer `one` from the hour `?1` and before the hour `?2`.
const VISITS: &str = "SELECT COALESCE(SUM(MAX(clicks, touches)), 0) FROM visit
    WHERE visit.code = one.code AND hour >= ?1 AND hour < ?2";

/// Conversions of a referrer `one` that stand, from `?3` and before `?4`; what the shop added by hand is none.
const CONVERSIONS: &str = "SELECT COUNT(*) FROM entry WHERE entry.code = one.code AND at >= ?3 AND at < ?4
    AND refusal IS NULL AND verified = 1 AND until IS NULL AND kind <> 4";

impl Held {
    /// Until when it counts.
    fn ends(&self) -> Option<Instant> {
        Some(self.since?.plus_days(7 * i64::from(self.asked.weeks)))
    }
}

fn read(row: &Row) -> Result<Held, Refusal> {
    Ok(Held {
        id: row.text(0)?.to_owned(),
        asked: row.json(1)?,
        began: Instant::from_micros(row.int(2)?),
        since: row.maybe_int(3).map(Instant::from_micros),
        came: row.maybe_text(4).map(|_| row.json(4)).transpose()?,
        kept: row.maybe_text(5).map(str::to_owned),
        concluded: row.maybe_int(6).map(Instant::from_micros),
    })
}

fn brought(row: &Row, column: usize) -> Result<Brought, SqlError> {
    let count = |column| Ok::<_, SqlError>(u64::try_from(row.int(column)?).unwrap_or_default());
    Ok(Brought { visits: count(column)?, conversions: count(column + 1)? })
}

fn plan(people: &[(Code, Brought)], variants: usize, difference: u32) -> ExperimentPlan {
    let brought: Vec<Brought> = people.iter().map(|(_, brought)| *brought).collect();
    let past = Past { referrers: &brought, weeks: f64::from(PAST_WEEKS) };
    let (weeks, smallest) = match experiment::plan(past, variants, share(difference)) {
        Plan::Weeks(weeks) => (Some(weeks), None),
        Plan::TooLong { smallest } => (None, Some(out_of_100(smallest))),
        Plan::Unknown => (None, None),
    };
    ExperimentPlan {
        referrers: brought.len() as i64,
        past_weeks: PAST_WEEKS,
        visits: brought.iter().map(|one| one.visits as i64).sum(),
        conversions: brought.iter().map(|one| one.conversions as i64).sum(),
        weeks,
        smallest,
    }
}

/// Thousandths of a conversion out of 100 visits, as conversions a visit.
fn share(thousandths: u32) -> f64 {
    f64::from(thousandths) / 100_000.0
}

/// Conversions a visit, as conversions out of 100.
fn out_of_100(share: f64) -> String {
    let text = format!("{:.3}", share * 100.0);
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn invalid(pointer: &str, detail: &str) -> Refusal {
    Refusal::Invalid(vec![Fault { pointer: pointer.to_owned(), detail: detail.to_owned() }])
}
