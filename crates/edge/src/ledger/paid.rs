//! What was paid to whom over a time, for a shop's declarations.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::money::compare_plain;
use parrain_core::reward::Asset;
use parrain_wire::payouts::AssetTotal;
use parrain_wire::yearly::{YearlyLine, YearlyPayee};

use super::journal::list;
use super::sql::{Row, Sql, SqlError};
use super::{Ledger, shop};
use crate::protocol::calls::{GetPaid, PaidPerson};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};

/// What one person was paid, by kind of reward and asset: how much, and of how many.
type Lines = BTreeMap<(String, Asset), (i64, i64)>;

/// One person's codes, and what they were paid.
#[derive(Default)]
struct Person {
    codes: BTreeSet<Code>,
    lines: Lines,
}

impl<S: Sql> Answers<GetPaid> for Ledger<S> {
    /// Batches that were marked paid in that time. What went to charities was paid to nobody here.
    fn answer(&self, _: Instant, ask: GetPaid) -> Result<Vec<PaidPerson>, Refusal> {
        self.shop()?;
        // Batches of earlier releases did not note the kind.
        let rows = self.sql.run(
            "SELECT item.code, COALESCE(item.kind, json_extract(entry.verdict, '$.conversion.worth.kind'), ''),
                item.asset, CAST(SUM(item.amount) AS TEXT), COUNT(*) FROM batch JOIN item ON item.batch = batch.id
                JOIN entry ON entry.id = item.entry WHERE batch.paid >= ? AND batch.paid < ? GROUP BY 1, 2, 3",
            &[ask.from.into(), ask.to.into()],
        )?;
        let mut by_code: BTreeMap<Code, Lines> = BTreeMap::new();
        for row in &rows {
            let asset = Asset::from_name(row.text(2)?);
            if asset.charity().is_none() {
                let lines = by_code.entry(shop::parse_code(row.text(0)?)?).or_default();
                lines.insert((row.text(1)?.to_owned(), asset), (row.sum(3)?, row.int(4)?));
            }
        }
        let referrers = self.newest(by_code.keys())?;
        let mut persons: BTreeMap<String, Person> = BTreeMap::new();
        for (code, lines) in by_code {
            let key = referrers.get(&code).and_then(person_key).unwrap_or_else(|| format!("c{code}"));
            let person = persons.entry(key).or_default();
            person.codes.insert(code);
            for (line, (amount, count)) in lines {
                let sum = person.lines.entry(line).or_default();
                *sum = (sum.0 + amount, sum.1 + count);
            }
        }
        let mut paid: Vec<Person> =
            persons.into_values().filter(|person| is_over(person, ask.over)).collect();
        paid.sort_by(|one, other| one.codes.first().cmp(&other.codes.first()));
        let mut details = self.details_of(paid.iter().flat_map(|person| &person.codes).collect())?;
        let told = paid.into_iter().map(|person| {
            let found = person.codes.iter().find_map(|code| details.remove_entry(code));
            let of = |part: fn(&Referrer) -> &Option<String>| {
                person.codes.iter().find_map(|code| referrers.get(code).and_then(|one| part(one).clone()))
            };
            let (name, email) = (of(|referrer| &referrer.name), of(|referrer| &referrer.email));
            let paid = person.lines.iter().map(line).collect();
            let payee = YearlyPayee {
                totals: totals(&person.lines).into_iter().map(total).collect(),
                codes: person.codes.into_iter().collect(),
                name,
                email,
                paid,
                ..YearlyPayee::default()
            };
            PaidPerson { payee, details: found }
        });
        Ok(told.collect())
    }
}

impl<S: Sql> Ledger<S> {
    /// Referrers as they are now.
    fn newest<'a>(&self, codes: impl Iterator<Item = &'a Code>) -> Result<BTreeMap<Code, Referrer>, Refusal> {
        let rows = self.sql.run(
            "SELECT code, record FROM referrer AS one WHERE code IN (SELECT value FROM json_each(?))
                AND seq = (SELECT MAX(seq) FROM referrer WHERE code = one.code)",
            &[list(codes)],
        )?;
        let read = |row: &Row| Ok((shop::parse_code(row.text(0)?)?, row.json(1)?));
        rows.iter().map(read).collect::<Result<_, SqlError>>().map_err(Refusal::from)
    }
}

/// By what codes are one person's: the shop's id of them, or else an address that is known to be theirs.
fn person_key(referrer: &Referrer) -> Option<String> {
    let email = referrer.email_hash.as_ref().filter(|_| !referrer.email_is_typed);
    let id = referrer.customer_id.as_ref().map(|id| format!("i{id}"));
    id.or_else(|| email.map(|email| format!("e{email}")))
}

/// Sums of money by currency.
fn totals(lines: &Lines) -> BTreeMap<&Asset, i64> {
    let mut totals = BTreeMap::new();
    for ((_, asset), (amount, _)) in lines.iter().filter(|((_, asset), _)| asset.currency().is_some()) {
        *totals.entry(asset).or_default() += amount;
    }
    totals
}

/// Whether somebody was paid more than so much in one currency; without a bound, anything at all.
fn is_over(person: &Person, over: Option<(i64, u8)>) -> bool {
    let Some(over) = over else { return person.lines.values().any(|(amount, _)| *amount != 0) };
    totals(&person.lines).into_iter().any(|(asset, amount)| {
        asset.currency().is_some_and(|currency| compare_plain((amount, currency.decimals()), over).is_gt())
    })
}

fn total((asset, amount): (&Asset, i64)) -> AssetTotal {
    AssetTotal { asset: asset.unit().to_owned(), amount: asset.format(amount).into(), charity: None }
}

fn line(((reward, asset), (amount, count)): (&(String, Asset), &(i64, i64))) -> YearlyLine {
    YearlyLine {
        reward: reward.clone(),
        asset: asset.unit().to_owned(),
        amount: asset.format(*amount).into(),
        count: *count,
    }
}
