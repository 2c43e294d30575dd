//! What is held of a person, and forgetting them while the figures stay.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::code::Code;
use parrain_core::decide::order_id_of;
use parrain_core::event::Order;
use parrain_core::instant::Instant;
use parrain_core::program::Erased;
use parrain_core::reward::Asset;
use parrain_wire::books::{KeptDetails, Owed, Subject, SubjectOrder, SubjectReferrer};

use super::journal::{kind_of, list};
use super::sql::{Row, Sql, SqlError, json_of};
use super::{Ledger, shop};
use crate::protocol::calls::{EraseEverybody, EraseSubject, GetSubject, HeldDetails};
use crate::protocol::publication::{Fact, Publication};
use crate::protocol::shop::{Referrer, ReferrerRecord};
use crate::protocol::{Answers, Refusal};
use crate::token;

/// How many persons one call erases.
const PERSONS_A_CALL: usize = 50;

impl<S: Sql> Answers<GetSubject> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GetSubject) -> Result<Subject, Refusal> {
        self.held(&self.keys_of(keys(ask.email_hash, ask.customer_id))?, now)
    }
}

impl<S: Sql> Answers<EraseSubject> for Ledger<S> {
    /// Puts pseudonyms in place of the person's ids and addresses, the same ones everywhere, so that every
    /// decision stays what it was, and drops names and addresses of referrers.
    fn answer(&self, now: Instant, ask: EraseSubject) -> Result<Subject, Refusal> {
        let keys = self.keys_of(keys(ask.email_hash, ask.customer_id))?;
        let held = self.held(&keys, now)?;
        self.erase(&keys, &ask.pseudonym)?;
        Ok(held)
    }
}

impl<S: Sql> Answers<EraseEverybody> for Ledger<S> {
    /// Erases some of the persons on record, and answers whether there are more: no call grows with the shop.
    fn answer(&self, _: Instant, ask: EraseEverybody) -> Result<bool, Refusal> {
        self.forget_strangers()?;
        self.drop_imports()?;
        let pseudonym = |number: usize| format!("{}-{number}", ask.pseudonym);
        for number in 0..PERSONS_A_CALL {
            let Some(one) = self.somebody()? else { return Ok(false) };
            let keys = self.keys_of(BTreeSet::from([one]))?;
            self.erase(&keys, &pseudonym(number))?;
        }
        Ok(self.somebody()?.is_some())
    }
}

impl<S: Sql> Ledger<S> {
    /// An id or address of somebody who is not erased, customers first.
    fn somebody(&self) -> Result<Option<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT key FROM (SELECT key FROM person WHERE key NOT LIKE '_erased-%' LIMIT 1)
                UNION ALL SELECT * FROM (SELECT 'e' || email FROM referrer
                    WHERE email IS NOT NULL AND email NOT LIKE 'erased-%' LIMIT 1)
                UNION ALL SELECT * FROM (SELECT 'i' || customer FROM referrer
                    WHERE customer IS NOT NULL AND customer NOT LIKE 'erased-%' LIMIT 1) LIMIT 1",
            &[],
        )?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// Puts pseudonyms in place of a person's ids and addresses.
    fn erase(&self, keys: &BTreeSet<String>, pseudonym: &str) -> Result<(), Refusal> {
        let shop = self.shop()?;
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for (number, key) in keys.iter().enumerate() {
            let letter: String = key.chars().take(1).collect();
            names.insert(key.clone(), format!("{letter}erased-{pseudonym}-{number}"));
        }
        let bare = |key: Option<String>, letter: char| {
            key.map(|bare| match names.get(&format!("{letter}{bare}")) {
                Some(name) => name.chars().skip(1).collect(),
                None => bare,
            })
        };

        if shop.versions.latest().erased == Erased::Known {
            for key in keys.iter().filter(|key| !key.get(1..).is_some_and(|name| name.starts_with("erased-")))
            {
                let ordered =
                    self.sql.run("SELECT 1 FROM person WHERE key = ? LIMIT 1", &[key.as_str().into()])?;
                if !ordered.is_empty() {
                    let hash = token::former(shop.record.secrets.salt.as_bytes(), key);
                    self.sql.run("INSERT OR IGNORE INTO former (hash) VALUES (?)", &[hash.into()])?;
                }
            }
        }
        let rows = self.sql.run(
            "SELECT DISTINCT entry.id, entry.event, entry.published, entry.code, entry.kind FROM entry
                JOIN person ON person.entry = entry.id WHERE person.key IN (SELECT value FROM json_each(?))",
            &[list(keys)],
        )?;
        for row in &rows {
            let mut order: Order = row.json(1)?;
            order.customer.id = bare(order.customer.id, 'i');
            order.customer.email = bare(order.customer.email, 'e');
            // What tells that several orders are one person's is of the person.
            order.traces = Default::default();
            self.sql.run("DELETE FROM trace WHERE entry = ?", &[row.int(0)?.into()])?;
            let event = json_of(&order)?;
            self.sql.run("UPDATE entry SET event = ? WHERE id = ?", &[event.into(), row.int(0)?.into()])?;
            if let (Some(code), true) = (row.maybe_text(3), row.int(2)? != 0) {
                let fact = Fact {
                    order_id: order.id.clone(),
                    what: Fact::name_of(&order),
                    at: order.position().at,
                    code: shop::parse_code(code)?,
                    event: parrain_core::event::Event::Order(order),
                };
                self.post(&shop.record, &Publication::Fact(Box::new(fact)))?;
            }
        }
        for (key, name) in &names {
            for statement in [
                "UPDATE person SET key = ? WHERE key = ?",
                "UPDATE tie SET key = ? WHERE key = ?",
                "UPDATE link SET one = ? WHERE one = ?",
                "UPDATE link SET other = ? WHERE other = ?",
                "UPDATE unsettled SET what = ? WHERE what = ?",
            ] {
                self.sql.run(statement, &[name.as_str().into(), key.as_str().into()])?;
            }
        }
        self.drop_mail_stops(keys)?;
        self.drop_import_lines(keys)?;
        self.forget_answers()?;
        let records = self.referrers_with(keys)?;
        for (record, _) in &records {
            // What hangs on a code is the newest person's; another's stays.
            if self.is_theirs_still(record)? {
                self.drop_details(&record.code)?;
                self.drop_sign_in_keys(&record.code)?;
                self.drop_claims(&record.code)?;
                self.drop_mail_of(&record.code)?;
                self.drop_contacts_of(&record.code)?;
                self.withdraw_tasks_of(&record.code)?;
                self.forget_words_of(&record.code)?;
                self.forget_dealt(&record.code)?;
            }
        }
        for (record, seq) in records {
            self.forget_referrer(&shop, &record, seq, &bare)?;
        }
        Ok(())
    }

    /// Whether a code is still of the person of whom a version of its record is.
    fn is_theirs_still(&self, record: &ReferrerRecord) -> Result<bool, Refusal> {
        let newest = self.find_referrer(&record.code)?;
        Ok(newest.is_none_or(|newest| !shop::is_another(&record.referrer, &newest.referrer)))
    }

    /// Drops what one version of a referrer's record says of the person; other versions may be another's.
    fn forget_referrer(
        &self,
        shop: &shop::Shop,
        record: &ReferrerRecord,
        seq: i64,
        bare: &impl Fn(Option<String>, char) -> Option<String>,
    ) -> Result<(), Refusal> {
        let code = &record.code;
        let referrer = Referrer {
            offer: record.referrer.offer.clone(),
            name: None,
            email: None,
            email_hash: bare(record.referrer.email_hash.clone(), 'e'),
            customer_id: bare(record.referrer.customer_id.clone(), 'i'),
            // What the shop wrote of a person may name them.
            activity_reason: None,
            notes: None,
            display_name: None,
            marketing_consent: false,
            ..record.referrer.clone()
        };
        let text = json_of(&referrer)?;
        self.sql.run(
            "UPDATE referrer SET record = ?, email = ?, customer = ? WHERE code = ? AND seq = ?",
            &[
                text.into(),
                referrer.email_hash.into(),
                referrer.customer_id.into(),
                code.as_str().into(),
                seq.into(),
            ],
        )?;
        if let Some(newest) = self.find_referrer(code)? {
            self.publish(shop, code, &newest.referrer)?;
        }
        Ok(())
    }

    /// Every id and address of the person with one of these: those that orders link, and those of referrers
    /// who have one of them, unless the address was only typed there: it may be another's.
    fn keys_of(&self, mut keys: BTreeSet<String>) -> Result<BTreeSet<String>, Refusal> {
        let view = self.view()?;
        loop {
            let mut wider = view.person(&keys, None)?;
            for (referrer, _) in self.referrers_with(&wider)? {
                if referrer.referrer.email_is_typed {
                    continue;
                }
                wider.extend(referrer.referrer.email_hash.map(|email| format!("e{email}")));
                wider.extend(referrer.referrer.customer_id.map(|id| format!("i{id}")));
            }
            if wider == keys {
                return Ok(keys);
            }
            keys = wider;
        }
    }

    /// Versions of referrers' records that have one of these keys, each with its number, oldest first.
    fn referrers_with(&self, keys: &BTreeSet<String>) -> Result<Vec<(ReferrerRecord, i64)>, Refusal> {
        let part = |letter: char| list(keys.iter().filter_map(|key| key.strip_prefix(letter)));
        let rows = self.sql.run(
            "SELECT code, seq, (SELECT since FROM referrer WHERE code = one.code AND seq = 1), record
                FROM referrer AS one WHERE email IN (SELECT value FROM json_each(?))
                OR customer IN (SELECT value FROM json_each(?)) ORDER BY code, seq",
            &[part('e'), part('i')],
        )?;
        let read = |row: &Row| -> Result<_, SqlError> {
            let created_at = Instant::from_micros(row.int(2)?);
            let record = ReferrerRecord {
                code: shop::parse_code(row.text(0)?)?,
                created_at,
                referrer: row.json(3)?,
                unconfirmed: false,
            };
            Ok((record, row.int(1)?))
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    fn held(&self, keys: &BTreeSet<String>, now: Instant) -> Result<Subject, Refusal> {
        let rows = self.sql.run(
            "SELECT DISTINCT entry.ext, entry.kind, entry.at, entry.event, entry.code FROM entry
                JOIN person ON person.entry = entry.id WHERE person.key IN (SELECT value FROM json_each(?))
                ORDER BY entry.at, entry.ext",
            &[list(keys)],
        )?;
        let read = |row: &Row| -> Result<SubjectOrder, SqlError> {
            let order: Order = row.json(3)?;
            Ok(SubjectOrder {
                order_id: order_id_of(row.text(0)?).to_owned(),
                kind: kind_of(row.int(1)?).into(),
                at: Instant::from_micros(row.int(2)?),
                customer_id: order.customer.id,
                referrer: row.maybe_text(4).map(shop::parse_code).transpose()?,
            })
        };
        let orders = rows.iter().map(read).collect::<Result<_, _>>()?;
        // One entry a code, as it last was this person's.
        let versions = self.referrers_with(keys)?.into_iter();
        let referrers: BTreeMap<_, _> = versions.map(|(record, _)| (record.code.clone(), record)).collect();
        let mut told_of = Vec::new();
        for record in referrers.into_values() {
            let theirs = self.is_theirs_still(&record)?;
            let mut one = told(record);
            if theirs {
                one.owed = self.owed_to(&one.code, now)?;
                one.claims = self.every_claim_of(&one.code)?;
                one.payout_details = self.details_of([&one.code].into())?.remove(&one.code).map(kept);
            }
            told_of.push(one);
        }
        let reminders = self.reminders_of(keys.iter().filter_map(|key| key.strip_prefix('e')))?;
        let imports = self.import_lines_of(keys)?;
        Ok(Subject { referrers: told_of, orders, reminders, imports })
    }

    /// What a referrer has earned and was not paid, by kind of reward: of conversions that a payout has still to look
    /// at, and of those in batches that are not marked paid.
    fn owed_to(&self, code: &Code, now: Instant) -> Result<Vec<Owed>, Refusal> {
        let rows = self.sql.run(
            "SELECT json_extract(entry.verdict, '$.conversion.worth.kind'), posting.asset,
                CAST(SUM(posting.pending) AS TEXT), CAST(SUM(posting.approved) AS TEXT)
                FROM entry JOIN posting ON posting.entry = entry.id WHERE posting.code = ?1 AND posting.at <= ?2
                AND entry.id IN (SELECT id FROM entry WHERE code = ?1 AND due IS NOT NULL
                    UNION SELECT item.entry FROM batch JOIN item ON item.batch = batch.id
                        WHERE batch.paid IS NULL AND item.code = ?1)
                GROUP BY 1, 2 ORDER BY 1, 2",
            &[code.as_str().into(), now.into()],
        )?;
        let mut owed = Vec::new();
        for row in &rows {
            let (asset, pending, approved) = (Asset::from_name(row.text(1)?), row.sum(2)?, row.sum(3)?);
            if (pending, approved) != (0, 0) {
                owed.push(Owed {
                    reward: row.maybe_text(0).unwrap_or_default().to_owned(),
                    asset: asset.unit().to_owned(),
                    charity: asset.charity().map(str::to_owned),
                    pending: asset.format(pending).into(),
                    approved: asset.format(approved).into(),
                });
            }
        }
        Ok(owed)
    }
}

fn kept(held: HeldDetails) -> KeptDetails {
    let HeldDetails { methods, changed_at, .. } = held;
    KeptDetails { methods: methods.into_iter().map(Into::into).collect(), changed_at }
}

fn told(record: ReferrerRecord) -> SubjectReferrer {
    let ReferrerRecord { code, created_at, referrer, .. } = record;
    SubjectReferrer {
        code,
        created_at,
        offer: referrer.offer,
        name: referrer.name,
        display_name: referrer.display_name,
        email: referrer.email,
        email_hash: referrer.email_hash,
        customer_id: referrer.customer_id,
        email_is_typed: referrer.email_is_typed,
        owed: Vec::new(),
        claims: Vec::new(),
        payout_details: None,
    }
}

/// The keys by which a person is looked for.
fn keys(email_hash: Option<String>, customer_id: Option<String>) -> BTreeSet<String> {
    let email = email_hash.map(|hash| format!("e{hash}"));
    email.into_iter().chain(customer_id.map(|id| format!("i{id}"))).collect()
}
