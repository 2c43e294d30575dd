//! A friend's reminder: asked for by who is looking at a gift, mailed once some days later, unless they have ordered by then.
//!
//! The address is sealed, and goes once the mail does. Of who was reminded stays the address's keyed hash for a month, so that
//! nobody is written to again and again because somebody types their address.

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::referrer::Activity;
use parrain_mail::Facts;
use parrain_wire::books::SubjectReminder;
use parrain_wire::mail::MailKind;
use parrain_wire::program::{self, RewardKind};

use super::Ledger;
use super::messages::{Addressed, DROPPED, Head, To, WAITING, state_of};
use super::sql::{Sql, SqlError};
use super::tally::Tally;
use crate::protocol::calls::WriteReminder;
use crate::protocol::{Answers, Refusal};

/// After how many hours it is mailed; sooner where a touch counts for less than twice as long.
const AFTER_HOURS: i64 = 72;

/// Of how many codes an address is reminded within a month: whoever types it may not be its owner.
const MOST: i64 = 3;

/// How many reminders a day are asked for from one block of addresses at most, as of joiners.
const MOST_OF_A_SENDER: i64 = 50;

/// How many a day are asked for at all.
const MOST_A_DAY: i64 = 1_000;

impl<S: Sql> Answers<WriteReminder> for Ledger<S> {
    fn answer(&self, now: Instant, ask: WriteReminder) -> Result<(), Refusal> {
        if !self.mails(MailKind::Reminder)? {
            return Ok(());
        }
        if self.gift_facts(now, &ask.code)?.is_none() {
            return Err(Refusal::UnknownCode);
        }
        let few = self.tally(now, Tally::Reminders, &ask.sender, MOST_OF_A_SENDER)?
            && self.tally(now, Tally::Reminders, "", MOST_A_DAY)?;
        if !few {
            return Err(Refusal::TooManyReminders);
        }
        self.forget_old_mail(now)?;
        let hash = ask.email_hash;
        let known = self.reminders(&hash)? >= MOST || self.stopped(&hash, MailKind::Reminder)?.is_some();
        if known || self.has_ordered(&hash, &ask.code)? {
            return Ok(());
        }
        let window = i64::from(self.shop()?.versions.latest().window_days) * 24;
        let due = now.plus_seconds(AFTER_HOURS.min(window / 2) * 3600);
        let facts = Facts { locale: ask.locale, ..Facts::default() };
        let about = format!("{hash} {}", ask.code);
        self.write_mail_at(due, MailKind::Reminder, &about, Some(&ask.code), &facts, &[ask.to])
    }
}

impl<S: Sql> Ledger<S> {
    /// To whom a reminder goes, or why to nobody by now.
    pub(super) fn reminded(&self, now: Instant, code: &Code, head: &Head) -> Result<Addressed, Refusal> {
        let rows = self.sql.run("SELECT about, facts FROM mail WHERE seq = ?", &[head.seq.into()])?;
        let row = rows.first().ok_or_else(|| Refusal::Store("a message that is sent is gone".into()))?;
        let hash = row.text(0)?.split(' ').next().unwrap_or_default().to_owned();
        let facts: Facts = row.json(1)?;
        let dropped = |words: &str| Ok(Err((DROPPED, words.to_owned())));
        let Some(sealed) = head.sealed.first().cloned() else { return dropped("its address is gone") };
        if let Some(why) = self.stopped(&hash, MailKind::Reminder)? {
            return dropped(&why);
        }
        if self.has_ordered(&hash, code)? {
            return dropped("they have ordered");
        }
        if self.gift_facts(now, code)?.is_none() {
            return dropped("the gift is over");
        }
        Ok(Ok((To::Friend { code: code.clone(), sealed, email_hash: hash }, facts.locale)))
    }

    /// What a code gives a friend now; nothing where it gives nothing, as yet or any more.
    pub(super) fn gift_facts(&self, now: Instant, code: &Code) -> Result<Option<Facts>, Refusal> {
        let Some(held) = self.find_referrer(code)? else { return Ok(None) };
        let shop = self.shop()?;
        let program = shop.versions.latest();
        let referrer = held.referrer;
        let offer = program.offer(&referrer.offer).filter(|offer| offer.is_active(now) && !referrer.test);
        let Some(offer) = offer else { return Ok(None) };
        let ready = self.is_ready(now, code, &referrer)?;
        let Some(friend) = program.promised(offer, ready) else { return Ok(None) };
        if referrer.activity_at(now) != Activity::Active {
            return Ok(None);
        }
        let currency = Some(program.currency.code().to_owned().into());
        let friend = friend.to_wire(program.currency);
        let least = friend.min_subtotal.map(|amount| program::Reward {
            kind: RewardKind::Cash.into(),
            amount: Some(amount),
            currency: currency.clone(),
            ..program::Reward::default()
        });
        Ok(Some(Facts {
            reward: Some(program::Reward { currency, ..friend.reward }),
            min_subtotal: least,
            new_customers_only: offer.advocate.new_customers_only,
            ..Facts::default()
        }))
    }

    /// The reminders of these addresses, by their keyed hashes, that are on record.
    pub(super) fn reminders_of<'a>(
        &self,
        hashes: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<SubjectReminder>, SqlError> {
        let mut reminders = Vec::new();
        for hash in hashes {
            let (from, to) = named(hash);
            let rows = self.sql.run(
                "SELECT code, queued, state FROM mail WHERE kind = ? AND about > ? AND about < ? ORDER BY seq",
                &[MailKind::Reminder.name().into(), from.into(), to.into()],
            )?;
            for row in &rows {
                reminders.push(SubjectReminder {
                    code: super::shop::parse_code(row.text(0)?)?,
                    at: Instant::from_micros(row.int(1)?),
                    state: state_of(row.int(2)?)?.into(),
                });
            }
        }
        Ok(reminders)
    }

    /// Forgets who was reminded, or is to be.
    pub(super) fn forget_every_reminder(&self) -> Result<(), SqlError> {
        self.sql.run("DELETE FROM mail WHERE kind = ?", &[MailKind::Reminder.name().into()])?;
        Ok(())
    }

    /// Sends an address no reminder that waits.
    pub(super) fn drop_reminders(&self, hash: &str, why: &str) -> Result<(), SqlError> {
        let (from, to) = named(hash);
        self.sql.run(
            "UPDATE mail SET state = ?, words = ?, facts = '{}', sealed = NULL
                WHERE kind = ? AND about > ? AND about < ? AND state = ?",
            &[
                DROPPED.into(),
                why.into(),
                MailKind::Reminder.name().into(),
                from.into(),
                to.into(),
                WAITING.into(),
            ],
        )?;
        Ok(())
    }

    /// Forgets that an address was reminded, or is to be.
    pub(super) fn forget_reminders(&self, hash: &str) -> Result<(), SqlError> {
        let (from, to) = named(hash);
        self.sql.run(
            "DELETE FROM mail WHERE kind = ? AND about > ? AND about < ?",
            &[MailKind::Reminder.name().into(), from.into(), to.into()],
        )?;
        Ok(())
    }

    fn reminders(&self, hash: &str) -> Result<i64, SqlError> {
        let (from, to) = named(hash);
        self.number(
            "SELECT COUNT(*) FROM mail WHERE kind = ? AND about > ? AND about < ?",
            &[MailKind::Reminder.name().into(), from.into(), to.into()],
        )
    }

    /// Whether somebody of that address has an order that came by a code.
    fn has_ordered(&self, hash: &str, code: &Code) -> Result<bool, SqlError> {
        let ordered = self.number(
            "SELECT EXISTS (SELECT 1 FROM person JOIN entry ON entry.id = person.entry
                WHERE person.key = ? AND entry.code = ?)",
            &[format!("e{hash}").into(), code.as_str().into()],
        )?;
        Ok(ordered != 0)
    }
}

/// Between what the names of an address's reminders lie: a hash, a blank and a code.
fn named(hash: &str) -> (String, String) {
    (format!("{hash} "), format!("{hash}!"))
}
