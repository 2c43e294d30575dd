//! How a shop's mail is set up, what is written down to be mailed as it happens, and who has no more of it.
//!
//! A message is written in the transaction of what causes it, under a name that what causes it gives: the same thing is
//! never mailed twice. Whose address it goes to is looked up when it is sent.

use std::collections::BTreeSet;

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::referrer::Activity;
use parrain_core::reward::Sums;
use parrain_core::turns::Turn;
use parrain_mail::Facts;
use parrain_wire::account::ClaimState;
use parrain_wire::desk::{self, News};
use parrain_wire::mail::{MailKind, MailProvider};
use parrain_wire::word::Word;
use serde::Serialize;

use super::Ledger;
use super::claims::ClaimRecord;
use super::dossier::Dossier;
use super::journal::{kind_number, list};
use super::messages::{BOUNCED, DEAD, DROPPED, SENT, WAITING};
use super::sign_in::WELCOME_HOURS;
use super::sql::{Sql, SqlError, json_of};
use crate::details::seal::Sealed;
use crate::protocol::calls::{DropMail, GetMail, LiftStop, PutMail, ReplaceMailKeys, ReportMail, StopMail};
use crate::protocol::mail::{HeldMail, MailHealth, MailRecord, Reported};
use crate::protocol::shop::{PageMail, Referrer, ShopRecord};
use crate::protocol::{Answers, Refusal};

/// To how many codes of one address a welcome goes within a day: anybody can join under anybody's address.
const MOST_WELCOMES: i64 = 3;

/// Why a stop stands after a bounce.
const A_BOUNCE: &str = "bounced";

/// The kind under which a stop stands that is for all of them.
const EVERY_KIND: &str = "";

impl<S: Sql> Answers<PutMail> for Ledger<S> {
    fn answer(&self, now: Instant, ask: PutMail) -> Result<HeldMail, Refusal> {
        let shop = self.shop()?;
        let before = shop.mail.clone();
        let mut record = ask.record;
        let is_key_given = record.key.is_some();
        if let Some(before) = &before {
            if before.provider == record.provider {
                record.key = record.key.or_else(|| before.key.clone());
                record.webhook_secret = record.webhook_secret.or_else(|| before.webhook_secret.clone());
            }
            if !ask.with_texts {
                record.texts.clone_from(&before.texts);
            }
        }
        let keyless = record.key.is_none() && record.provider != MailProvider::Cloudflare;
        if keyless {
            let detail = "is needed: the provider's own page of API keys makes one".to_owned();
            let fault = parrain_core::check::Fault { pointer: "/key".into(), detail };
            return Err(Refusal::Invalid(vec![fault]));
        }
        let way = |record: &MailRecord| (record.provider, record.key.clone(), record.from.clone());
        let other_way = before.as_ref().is_none_or(|before| way(before) != way(&record));
        if before.is_none() {
            self.begin_dated_mail(now)?;
        }
        self.put_meta("mail", &record)?;
        self.shop.replace(None);
        self.show_page_mail(PageMail::of(&record.kinds))?;
        if other_way {
            // What failed may work now: that is why it is changed.
            self.put_health(&MailHealth::default())?;
            if let Some(hash) = &record.owner_hash {
                self.sql.run("DELETE FROM mail_stop WHERE address = ?", &[hash.as_str().into()])?;
            }
            // A key may be of another account, which knows none of the other's names.
            if before.as_ref().is_some_and(|before| is_key_given || before.provider != record.provider) {
                self.give_up_begun()?;
            }
            // What is due later, such as a reminder, failed at nothing.
            self.sql
                .run("UPDATE mail SET next = MAX(queued, ?1) WHERE state = 0 AND next > ?1", &[now.into()])?;
            if let Some(test) = ask.test {
                self.write_test(test)?;
            }
        }
        self.note(now, News { what: desk::Event::MailChanged.into(), ..News::default() })?;
        self.attend(now)?;
        self.errand.set(true);
        self.held_mail()?.ok_or_else(|| Refusal::Store("mail that was just set up is gone".into()))
    }
}

impl<S: Sql> Answers<ReplaceMailKeys> for Ledger<S> {
    /// They say what they said: nothing about the mail that waits is another.
    fn answer(&self, _: Instant, ask: ReplaceMailKeys) -> Result<u32, Refusal> {
        let Some(mut record) = self.shop()?.mail.clone() else { return Ok(0) };
        let mut replaced = 0;
        for held in [&mut record.key, &mut record.webhook_secret].into_iter().flatten() {
            if let Some((_, after)) = ask.sealed.iter().find(|(before, _)| before == held) {
                held.clone_from(after);
                replaced += 1;
            }
        }
        if replaced > 0 {
            self.put_meta("mail", &record)?;
            self.shop.replace(None);
        }
        Ok(replaced)
    }
}

impl<S: Sql> Answers<GetMail> for Ledger<S> {
    fn answer(&self, _: Instant, _: GetMail) -> Result<Option<HeldMail>, Refusal> {
        self.held_mail()
    }
}

impl<S: Sql> Answers<DropMail> for Ledger<S> {
    /// What was sent stays on record, so that it is not sent again by who sets mail up anew; but for reminders, which would
    /// be forgotten by nobody any more.
    fn answer(&self, now: Instant, _: DropMail) -> Result<(), Refusal> {
        if self.shop()?.mail.is_some() {
            self.note(now, News { what: desk::Event::MailEnded.into(), ..News::default() })?;
        }
        self.sql.run("DELETE FROM meta WHERE name IN ('mail', 'mail_health', 'mail_dated')", &[])?;
        self.forget_every_reminder()?;
        self.sql.run(
            "UPDATE mail SET state = ?, facts = '{}', sealed = NULL, words = 'mail was ended' WHERE state IN (?, ?)",
            &[DROPPED.into(), WAITING.into(), DEAD.into()],
        )?;
        self.shop.replace(None);
        self.show_page_mail(PageMail::default())?;
        self.attend(now)
    }
}

impl<S: Sql> Answers<StopMail> for Ledger<S> {
    fn answer(&self, now: Instant, ask: StopMail) -> Result<(), Refusal> {
        let shop = self.shop()?;
        let Some(hash) = ask.email_hash else {
            if let Some(mut record) = shop.mail.clone() {
                record.kinds.retain(|kind| *kind != ask.kind);
                self.put_meta("mail", &record)?;
                self.shop.replace(None);
            }
            return Ok(());
        };
        let known = if ask.kind == MailKind::Reminder {
            // That somebody was reminded is forgotten after a month, and anybody may type their address anew.
            self.drop_reminders(&hash, "ended by who has it")?;
            true
        } else {
            // Of who was erased nothing is kept again, and there is nothing to end.
            let known = "SELECT EXISTS (SELECT 1 FROM referrer WHERE email = ?)";
            self.number(known, &[hash.as_str().into()])? != 0
        };
        if known {
            self.stop_mail(&hash, ask.kind.name(), now, "ended by who has it")?;
        }
        Ok(())
    }
}

impl<S: Sql> Answers<LiftStop> for Ledger<S> {
    /// What its reader ended, or called unwanted, stays ended: that is theirs to say.
    fn answer(&self, now: Instant, ask: LiftStop) -> Result<(), Refusal> {
        let seq =
            ask.message.strip_prefix(&self.mail_prefix()?).and_then(|number| number.parse::<i64>().ok());
        let rows = self.sql.run(
            "SELECT kind, code, about FROM mail WHERE seq = ? AND state = ?",
            &[seq.into(), BOUNCED.into()],
        )?;
        let row = rows.first().ok_or(Refusal::NoStop)?;
        let code = row.maybe_text(1).map(super::shop::parse_code).transpose()?;
        let hash = self.bounced_address(row.text(0)?, code.as_ref(), row.text(2)?)?.ok_or(Refusal::NoStop)?;
        self.sql.run(
            "DELETE FROM mail_stop WHERE address = ? AND kind = ? AND why = ?",
            &[hash.into(), EVERY_KIND.into(), A_BOUNCE.into()],
        )?;
        self.note(now, News { what: desk::Event::MailStopLifted.into(), code, ..News::default() })?;
        Ok(())
    }
}

impl<S: Sql> Answers<ReportMail> for Ledger<S> {
    fn answer(&self, now: Instant, ask: ReportMail) -> Result<(), Refusal> {
        self.shop()?;
        let words = super::deliveries::bounded(&ask.words);
        let (state, why) = match ask.what {
            Reported::Bounced => (BOUNCED, A_BOUNCE),
            Reported::Complained => (super::messages::COMPLAINED, "called unwanted"),
            Reported::Unsubscribed => (SENT, "ended at the provider"),
        };
        let known = self.sql.run(
            "UPDATE mail SET state = ?, words = ? WHERE provider_id = ? RETURNING code",
            &[state.into(), words.into(), ask.provider_id.into()],
        )?;
        // Reports of mail that is not ours are none of our business: a provider's account may send other mail too.
        if let (Some(hash), false) = (&ask.email_hash, known.is_empty()) {
            self.stop_mail(hash, EVERY_KIND, now, why)?;
        }
        Ok(())
    }
}

impl<S: Sql> Ledger<S> {
    /// Writes down that somebody has a link and a code from now on, where they take part. With `key`, a sign-in key by
    /// its hash and sealed, the mail asks them to confirm their address by a link.
    pub(super) fn mail_welcome(
        &self,
        code: &Code,
        referrer: &Referrer,
        key: Option<(String, Sealed)>,
    ) -> Result<(), Refusal> {
        let (Some(hash), true) = (&referrer.email_hash, self.mails(MailKind::Welcome)?) else {
            return Ok(());
        };
        if referrer.activity_at(self.now.get()) != Activity::Active || referrer.test {
            return Ok(());
        }
        let lately = self.number(
            "SELECT COUNT(DISTINCT mail.seq) FROM referrer JOIN mail ON mail.code = referrer.code
                WHERE referrer.email = ? AND mail.kind = 'welcome' AND mail.queued > ?",
            &[hash.as_str().into(), self.now.get().plus_days(-1).into()],
        )?;
        if lately >= MOST_WELCOMES {
            return Ok(());
        }
        let mut keys = Vec::new();
        if let Some((hash, sealed)) = key {
            self.add_sign_in_key(self.now.get(), code, hash, WELCOME_HOURS)?;
            keys.push(sealed);
        }
        self.write_mail(MailKind::Welcome, code.as_str(), Some(code), &Facts::default(), &keys)
    }

    /// Writes down what a turn of a reward means to its referrer; `before`: how it stood until then.
    pub(super) fn mail_turn(
        &self,
        dossier: &Dossier,
        turn: Turn,
        before: Sums,
        as_of: Instant,
    ) -> Result<(), Refusal> {
        if self.shop()?.mail.is_none() {
            return Ok(());
        }
        let code = &dossier.conversion.code;
        let about = about(kind_number(dossier.kind), &dossier.ext, code);
        let kind = match turn {
            Turn::Recorded => MailKind::RewardPending,
            Turn::Approved => MailKind::RewardApproved,
            // Where it is not due yet, its hold goes on.
            Turn::Reinstated if dossier.entitled(as_of) == 0 => MailKind::RewardPending,
            Turn::Reinstated => MailKind::RewardApproved,
            Turn::Paid => MailKind::RewardPaid,
            Turn::Rejected | Turn::Reversed => {
                // What nobody was told of yet is not told now, and not taken back either.
                let withdrawn = self.withdraw_mail(&about)?;
                if withdrawn || !self.was_mailed(&about)? && before.approved == 0 && before.paid == 0 {
                    return Ok(());
                }
                MailKind::RewardTakenBack
            }
        };
        let view = dossier.view(as_of);
        let view = view.as_ref();
        let mut facts = Facts {
            order_id: Some(dossier.ext.clone()),
            reward: view.and_then(|view| view.reward.clone()),
            approves_at: view.and_then(|view| view.approves_at),
            reason: view.and_then(|view| view.reason.clone()),
            note: view.and_then(|view| view.note.clone()),
            ..Facts::default()
        };
        match kind {
            MailKind::RewardPaid => {
                let voucher = self.voucher_of(dossier)?;
                facts.reward = facts.reward.map(|reward| parrain_wire::program::Reward { voucher, ..reward });
            }
            // What was taken back is worth nothing any more: what it was says which one.
            MailKind::RewardTakenBack => {
                facts.reward = view.and_then(|view| view.earned.clone()).or(facts.reward);
            }
            _ => {}
        }
        self.write_mail(kind, &about, Some(code), &facts, &[])
    }

    /// Writes down that an entry is not this referrer's any more.
    pub(super) fn mail_gone(&self, id: i64, owner: &Code, before: Sums) -> Result<(), Refusal> {
        if self.shop()?.mail.is_none() {
            return Ok(());
        }
        let rows = self.sql.run("SELECT ext, kind FROM entry WHERE id = ?", &[id.into()])?;
        let Some(row) = rows.first() else { return Ok(()) };
        let ext = parrain_core::decide::order_id_of(row.text(0)?).to_owned();
        let about = about(row.int(1)?, &ext, owner);
        if self.withdraw_mail(&about)? || before.approved == 0 && before.paid == 0 {
            return Ok(());
        }
        let facts = Facts { order_id: Some(ext), ..Facts::default() };
        self.write_mail(MailKind::RewardTakenBack, &about, Some(owner), &facts, &[])
    }

    /// Writes down what the shop answered to a claim.
    pub(super) fn mail_claim(&self, claim: &ClaimRecord) -> Result<(), Refusal> {
        let facts = Facts {
            order_id: Some(claim.order_id.clone()),
            accepted: Some(claim.state == ClaimState::Accepted),
            note: claim.answer.clone().filter(|_| claim.tell),
            ..Facts::default()
        };
        self.write_mail(MailKind::ClaimAnswered, &claim.id.to_string(), Some(&claim.code), &facts, &[])
    }

    /// Writes down one message, where its kind is sent: once for what it is about. What was withdrawn before anybody
    /// had it may be written again.
    pub(super) fn write_mail(
        &self,
        kind: MailKind,
        about: &str,
        code: Option<&Code>,
        facts: &Facts,
        sealed: &[Sealed],
    ) -> Result<(), Refusal> {
        self.write_mail_at(self.now.get(), kind, about, code, facts, sealed)
    }

    /// The same, to go out at an instant.
    pub(super) fn write_mail_at(
        &self,
        due: Instant,
        kind: MailKind,
        about: &str,
        code: Option<&Code>,
        facts: &Facts,
        sealed: &[Sealed],
    ) -> Result<(), Refusal> {
        if !self.mails(kind)? {
            return Ok(());
        }
        let facts = json_of(facts)?;
        let sealed = (!sealed.is_empty()).then(|| json_of(sealed)).transpose()?;
        self.sql.run(
            "INSERT INTO mail (kind, about, code, urgent, facts, sealed, queued, next)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
                ON CONFLICT (kind, about) DO UPDATE SET state = 0, facts = excluded.facts, sealed = excluded.sealed,
                    queued = excluded.queued, next = excluded.next, words = NULL WHERE state = 3 AND tries = 0",
            &[
                kind.name().into(),
                about.into(),
                code.map(|code| code.as_str().to_owned()).into(),
                is_urgent(kind).into(),
                facts.into(),
                sealed.into(),
                due.into(),
            ],
        )?;
        self.errand.set(true);
        Ok(())
    }

    /// Forgets all mail to a code.
    pub(super) fn drop_mail_of(&self, code: &Code) -> Result<(), SqlError> {
        self.sql.run("DELETE FROM mail WHERE code = ?", &[code.as_str().into()])?;
        Ok(())
    }

    /// Forgets what a person's addresses have no more of, and what the provider said last: it may name one of them.
    pub(super) fn drop_mail_stops(&self, keys: &BTreeSet<String>) -> Result<(), Refusal> {
        for hash in keys.iter().filter_map(|key| key.strip_prefix('e')) {
            self.forget_reminders(hash)?;
        }
        let addresses = list(keys.iter().filter_map(|key| key.strip_prefix('e')));
        self.sql
            .run("DELETE FROM mail_stop WHERE address IN (SELECT value FROM json_each(?))", &[addresses])?;
        let health = self.health()?;
        if health.words.is_some() {
            self.put_health(&MailHealth { words: None, ..health })?;
        }
        Ok(())
    }

    /// Forgets what is held of addresses that are no referrer's: whom to remind, and who has no more of what.
    pub(super) fn forget_strangers(&self) -> Result<(), SqlError> {
        self.forget_every_reminder()?;
        self.sql.run("DELETE FROM mail_stop", &[])?;
        Ok(())
    }

    /// Tells pages what mail they may ask for.
    pub(super) fn show_page_mail(&self, page_mail: PageMail) -> Result<(), Refusal> {
        let record = &self.shop()?.record;
        if record.page_mail == page_mail {
            return Ok(());
        }
        self.write_record(&ShopRecord { page_mail, ..record.clone() })
    }

    /// Why an address has no mail of a kind; `None` where it has.
    pub(super) fn stopped(&self, hash: &str, kind: MailKind) -> Result<Option<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT why FROM mail_stop WHERE address = ? AND kind IN (?, ?) LIMIT 1",
            &[hash.into(), kind.name().into(), EVERY_KIND.into()],
        )?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    pub(super) fn put_health(&self, health: &MailHealth) -> Result<(), Refusal> {
        self.put_meta("mail_health", health)
    }

    pub(super) fn health(&self) -> Result<MailHealth, Refusal> {
        let rows = self.sql.run("SELECT value FROM meta WHERE name = 'mail_health'", &[])?;
        Ok(rows.first().map(|row| row.json(0)).transpose()?.unwrap_or_default())
    }

    pub(super) fn put_meta(&self, name: &str, value: &impl Serialize) -> Result<(), Refusal> {
        let text = json_of(value)?;
        self.sql
            .run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", &[name.into(), text.into()])?;
        Ok(())
    }

    /// Whether a kind is sent.
    pub(super) fn mails(&self, kind: MailKind) -> Result<bool, Refusal> {
        let shop = self.shop()?;
        Ok(shop.mail.as_ref().is_some_and(|mail| kind == MailKind::Test || mail.kinds.contains(&kind)))
    }

    fn held_mail(&self) -> Result<Option<HeldMail>, Refusal> {
        let Some(record) = self.shop()?.mail.clone() else { return Ok(None) };
        let count = |state: i64| self.number("SELECT COUNT(*) FROM mail WHERE state = ?", &[state.into()]);
        Ok(Some(HeldMail { record, health: self.health()?, waiting: count(WAITING)?, dead: count(DEAD)? }))
    }

    /// The keyed hash of the address to which a message went, where a bounce keeps all mail from it: a referrer's, or where
    /// there is no code the owner's. A reminder is about a code, and went to a friend; where a test went nobody knows once it
    /// is sent.
    pub(super) fn bounced_address(
        &self,
        kind: &str,
        code: Option<&Code>,
        about: &str,
    ) -> Result<Option<String>, Refusal> {
        let hash = match (MailKind::named(kind), code) {
            (Some(MailKind::Test), _) => None,
            (Some(MailKind::Reminder), _) => about.split(' ').next().map(str::to_owned),
            (_, Some(code)) => self.find_referrer(code)?.and_then(|record| record.referrer.email_hash),
            (_, None) => self.shop()?.mail.as_ref().and_then(|mail| mail.owner_hash.clone()),
        };
        let Some(hash) = hash else { return Ok(None) };
        let stands = self.number(
            "SELECT EXISTS (SELECT 1 FROM mail_stop WHERE address = ? AND kind = ? AND why = ?)",
            &[hash.as_str().into(), EVERY_KIND.into(), A_BOUNCE.into()],
        )?;
        Ok(Some(hash).filter(|_| stands != 0))
    }

    /// Keeps mail of a kind from an address. The first reason stands, but a bounce gives way to any other: it can be lifted,
    /// and what a reader said cannot.
    fn stop_mail(&self, hash: &str, kind: &str, now: Instant, why: &str) -> Result<(), SqlError> {
        self.sql.run(
            "INSERT INTO mail_stop (address, kind, at, why) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (address, kind)
                DO UPDATE SET at = excluded.at, why = excluded.why WHERE why = ?5",
            &[hash.into(), kind.into(), now.into(), why.into(), A_BOUNCE.into()],
        )?;
        Ok(())
    }

    /// Takes back what of a reward is written down and was not tried yet; whether there was any that it was due.
    fn withdraw_mail(&self, about: &str) -> Result<bool, SqlError> {
        let withdrawn = self.sql.run(
            "UPDATE mail SET state = ?, words = 'out of date' WHERE about = ? AND state = ? AND letter IS NULL
                AND kind IN ('reward_pending', 'reward_approved') RETURNING kind",
            &[DROPPED.into(), about.into(), WAITING.into()],
        )?;
        Ok(withdrawn.iter().any(|row| row.text(0).is_ok_and(|kind| kind == MailKind::RewardApproved.name())))
    }

    /// Whether somebody was mailed of a reward.
    fn was_mailed(&self, about: &str) -> Result<bool, SqlError> {
        let mailed = self.number(
            "SELECT COUNT(*) FROM mail WHERE kind IN ('reward_pending', 'reward_approved') AND about = ?
                AND letter IS NOT NULL",
            &[about.into()],
        )?;
        Ok(mailed > 0)
    }

    /// The voucher that a module made for a reward.
    fn voucher_of(&self, dossier: &Dossier) -> Result<Option<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT voucher FROM task WHERE entry = ? AND kind = 0 AND referrer = ? AND ended = 0",
            &[dossier.id.into(), dossier.conversion.code.as_str().into()],
        )?;
        Ok(rows.first().and_then(|row| row.maybe_text(0)).map(str::to_owned))
    }
}

/// Whether somebody waits for it: then neither quiet hours nor other mail hold it up.
pub(super) const fn is_urgent(kind: MailKind) -> bool {
    matches!(kind, MailKind::SignIn | MailKind::Test)
}

/// What a reward's mail is about: the same where a signed event took the place of a browser's report.
fn about(kind: i64, ext: &str, code: &Code) -> String {
    format!("{kind} {code} {ext}")
}
