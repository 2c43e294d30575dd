//! The messages that wait, how each goes out, and what became of it.
//!
//! Several messages of one kind to one person that wait at once go in one letter. Which go together is written down before
//! the first try, and so is that it was begun: a try that was broken off is followed by the same letter under the same
//! name, and by none once the provider would no longer know that name again.

use parrain_core::code::Code;
use parrain_core::email;
use parrain_core::instant::Instant;
use parrain_core::zone::Zone;
use parrain_mail::Facts;
use parrain_wire::deliveries::Replayed;
use parrain_wire::mail::{MailKind, MailProvider, MailState, Message, MessageList, QuietHours};
use parrain_wire::word::{Known, Word};

use super::Ledger;
use super::deliveries::{DAYS, bounded, gap};
use super::sign_in::HOURS;
use super::sql::{Row, Sql, SqlError, Value};
use crate::details::seal::Sealed;
use crate::protocol::calls::{ListMessages, ReplayMessages, SendSignIn, TestMail};
use crate::protocol::mail::{MailHealth, MailRecord};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};
use crate::shop_id::ShopId;

/// The numbers by which states stand in the table.
pub(super) const WAITING: i64 = 0;
pub(super) const SENT: i64 = 1;
pub(super) const DEAD: i64 = 2;
pub(super) const DROPPED: i64 = 3;
pub(super) const BOUNCED: i64 = 4;
pub(super) const COMPLAINED: i64 = 5;

/// How many messages one letter holds.
const TOGETHER: i64 = 50;

/// How many messages a list shows.
const SHOWN: i64 = 100;

/// How many messages die, or are replayed, in one transaction.
const MOST: i64 = 1_000;

/// How many messages that nobody is to have are passed over in one transaction.
const PASSED: usize = 50;

/// For how many seconds a provider that takes nothing is left alone at most, unless it asks for more.
const LONGEST_PAUSE: i64 = 3_600;

/// How many sign-in mails an address has within an hour: whoever types it may not be its owner.
const MOST_SIGN_IN: i64 = 3;

/// For how many days tests, sign-in mails and reminders stay on record.
const KEPT_DAYS: i64 = 30;

/// What is said of a letter that may have been sent, and whose provider would not know it again.
const PERHAPS_SENT: &str = "the provider never said whether it took this, and would by now send it twice: replay it if it did not arrive";

/// What is said of a letter that waited behind others for as long as letters wait. The provider's own words were about
/// another letter, and may name its address.
const WAITED_BEHIND: &str = "the provider took nothing for as long as this waited";

/// The columns of a [`Message`].
const COLUMNS: &str = "seq, kind, code, state, queued, tries, tried, next, status, words";

/// A letter to be written and sent.
#[derive(Debug, Clone)]
pub struct Draft {
    /// By which it is known here.
    pub letter: i64,
    /// By which the provider knows it again: the same at every try, and no other shop's.
    pub name: String,
    /// What it is.
    pub kind: MailKind,
    /// To whom.
    pub to: To,
    /// What it is about.
    pub facts: Vec<Facts>,
    /// Sign-in keys, sealed.
    pub keys: Vec<Sealed>,
    /// How mail is set up.
    pub record: MailRecord,
    /// The shop.
    pub shop: ShopId,
    /// Its name.
    pub shop_name: String,
    /// The language in which the letter is written.
    pub locale: String,
    /// Where the shop's pages are.
    pub landing_url: String,
    /// The shop's clock.
    pub zone: Zone,
    /// What keys the links by which mail is ended.
    pub salt: String,
    /// Which of the shops that had its id it is.
    pub incarnation: String,
}

/// To whom a letter goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// A referrer.
    Referrer {
        /// Their code.
        code: Code,
        /// Their name.
        name: Option<String>,
        /// Their address.
        email: String,
        /// Its keyed hash.
        email_hash: String,
    },
    /// A friend who asked for it.
    Friend {
        /// The code of which they are reminded.
        code: Code,
        /// Their address, sealed.
        sealed: Sealed,
        /// Its keyed hash.
        email_hash: String,
    },
    /// The shop's owner.
    Owner(String),
    /// Whoever an owner named for a test, sealed.
    Sealed(Sealed),
}

/// What a provider did with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailed {
    /// It has it, under this id.
    Taken {
        /// The id.
        provider_id: Option<String>,
        /// The status of its answer.
        status: Option<u16>,
    },
    /// It will not take this one.
    Refused {
        /// The status of its answer.
        status: Option<u16>,
        /// What it said.
        words: String,
    },
    /// It takes nothing for now, or nothing came of it.
    Later {
        /// The status of its answer.
        status: Option<u16>,
        /// What it said, or why nothing came.
        words: String,
        /// After how many seconds it asks to be asked again.
        retry_after: Option<i64>,
        /// Whether it may have taken the letter all the same.
        perhaps: bool,
    },
}

impl<S: Sql> Answers<TestMail> for Ledger<S> {
    fn answer(&self, _: Instant, ask: TestMail) -> Result<Message, Refusal> {
        if self.shop()?.mail.is_none() {
            return Err(Refusal::NoMail);
        }
        // A test is for who waits to see what comes of it: it is sent whatever pause there is.
        let health = self.health()?;
        self.put_health(&MailHealth { pause: None, ..health })?;
        self.write_test(ask)
    }
}

impl<S: Sql> Answers<SendSignIn> for Ledger<S> {
    fn answer(&self, now: Instant, ask: SendSignIn) -> Result<(), Refusal> {
        if !self.mails(MailKind::SignIn)? {
            return Ok(());
        }
        let codes = self.codes_spelled(&ask.email_hash, &ask.spelling)?;
        let Some(first) = codes.first() else { return Ok(()) };
        // Counted over all spellings: they may well be one mailbox.
        let lately = self.number(
            "SELECT COUNT(DISTINCT mail.seq) FROM referrer JOIN mail ON mail.code = referrer.code
                WHERE referrer.email = ? AND mail.kind = 'sign_in' AND mail.queued > ?",
            &[ask.email_hash.as_str().into(), now.plus_seconds(-3600).into()],
        )?;
        if lately >= MOST_SIGN_IN {
            return Ok(());
        }
        let mut keys = Vec::new();
        for (code, (hash, sealed)) in codes.iter().zip(ask.keys) {
            self.add_sign_in_key(now, code, hash, HOURS)?;
            keys.push(sealed);
        }
        self.forget_old_mail(now)?;
        self.write_mail(MailKind::SignIn, &ask.name, Some(first), &Facts::default(), &keys)
    }
}

impl<S: Sql> Answers<ListMessages> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ListMessages) -> Result<MessageList, Refusal> {
        self.shop()?;
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS}, about FROM mail WHERE (?1 IS NULL OR state = ?1) ORDER BY seq DESC LIMIT ?2"
            ),
            &[ask.state.map(state_number).into(), SHOWN.into()],
        )?;
        let prefix = self.mail_prefix()?;
        let mut messages = Vec::new();
        for row in &rows {
            let mut one = message(row, &prefix)?;
            if one.state == MailState::Bounced {
                let hash = self.bounced_address(row.text(1)?, one.code.as_ref(), row.text(10)?)?;
                one.stopped = hash.is_some();
            }
            messages.push(one);
        }
        Ok(MessageList { messages })
    }
}

impl<S: Sql> Answers<ReplayMessages> for Ledger<S> {
    /// What was given up is all that can be sent again: what it says is forgotten once somebody has it. A letter that was
    /// surely not sent goes under another name: its provider may remember the old one, with what it said then.
    fn answer(&self, now: Instant, ask: ReplayMessages) -> Result<Replayed, Refusal> {
        let prefix = self.mail_prefix()?;
        let named = ask.messages.map(|ids| {
            let number = |id: &String| id.strip_prefix(&prefix)?.parse::<i64>().ok();
            super::journal::list(ids.iter().filter_map(number))
        });
        let again = self.sql.run(
            "UPDATE mail SET state = ?4, tries = 0, next = ?2, queued = ?2, begun = NULL,
                letter = CASE WHEN begun IS NOT NULL THEN letter END WHERE seq IN (SELECT seq FROM mail
                WHERE state = ?1 AND (?3 IS NULL OR seq IN (SELECT value FROM json_each(?3))) ORDER BY seq LIMIT ?5)
                RETURNING seq",
            &[DEAD.into(), now.into(), named.into(), WAITING.into(), MOST.into()],
        )?;
        let health = self.health()?;
        self.put_health(&MailHealth { pause: None, ..health })?;
        self.errand.set(true);
        Ok(Replayed { replayed: i64::try_from(again.len()).unwrap_or(i64::MAX) })
    }
}

impl<S: Sql> Ledger<S> {
    /// The next letter that is to be sent now; it is written down as begun.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn next_draft(&self, now: Instant) -> Result<Option<Draft>, Refusal> {
        self.in_transaction(|| {
            let shop = match self.shop() {
                Err(Refusal::UnknownShop) => return Ok(None),
                shop => shop?,
            };
            let Some(record) = &shop.mail else { return Ok(None) };
            if self.health()?.pause.is_some_and(|until| now < until) {
                return Ok(None);
            }
            let zone = &shop.versions.latest().zone;
            let quiet = opens(zone, record.quiet_hours, now) > now;
            for _ in 0..PASSED {
                let rows = self.sql.run(
                    "SELECT seq, kind, code, letter, begun, queued, sealed, tries FROM mail WHERE state = 0 AND next <= ?1
                        AND urgent >= ?2 ORDER BY urgent DESC, begun IS NULL, next, seq LIMIT 1",
                    &[now.into(), quiet.into()],
                )?;
                let Some(row) = rows.first() else { return Ok(None) };
                let head = Head::read(row)?;
                match self.addressed(now, record, &head)? {
                    Ok((to, locale)) => {
                        let letter = self.begin_letter(now, record, &head)?;
                        let (mut facts, keys) = self.content(letter)?;
                        if let To::Friend { code, .. } = &to {
                            facts = self.gift_facts(now, code)?.into_iter().collect();
                        }
                        let program = shop.versions.latest();
                        return Ok(Some(Draft {
                            letter,
                            name: format!("{}{letter}", self.mail_prefix()?),
                            kind: head.kind,
                            keys: match head.kind {
                                MailKind::SignIn | MailKind::Welcome => keys,
                                MailKind::RewardPending
                                | MailKind::RewardApproved
                                | MailKind::RewardPaid
                                | MailKind::RewardTakenBack
                                | MailKind::ClaimAnswered
                                | MailKind::Statement
                                | MailKind::Reminder
                                | MailKind::ToDo
                                | MailKind::Test => Vec::new(),
                            },
                            to,
                            facts,
                            record: record.clone(),
                            shop: shop.record.shop.clone(),
                            shop_name: program.name.clone(),
                            locale: locale.unwrap_or_else(|| program.locale.clone()),
                            landing_url: program.landing_url.to_string(),
                            zone: zone.clone(),
                            salt: shop.record.secrets.salt.clone(),
                            incarnation: shop.record.secrets.incarnation.clone(),
                        }));
                    }
                    Err((state, words)) => self.end_mail(&head, state, &words)?,
                }
            }
            // The rest of those whom nobody is to have comes with the next ring.
            Ok(None)
        })
    }

    /// Notes what a provider did with a letter.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then it is tried again.
    pub fn mailed(&self, now: Instant, letter: i64, mailed: &Mailed) -> Result<(), Refusal> {
        self.in_transaction(|| {
            let Some(record) = self.shop()?.mail.clone() else { return Ok(()) };
            match mailed {
                Mailed::Taken { provider_id, status } => {
                    self.sql.run(
                        "UPDATE mail SET state = ?, status = ?, words = NULL, provider_id = ?, facts = '{}',
                            sealed = NULL WHERE letter = ? AND state = ?",
                        &[
                            SENT.into(),
                            status.map(i64::from).into(),
                            provider_id.clone().into(),
                            letter.into(),
                            WAITING.into(),
                        ],
                    )?;
                    self.is_well()
                }
                Mailed::Refused { status, words } => {
                    self.sql.run(
                        "UPDATE mail SET state = ?, status = ?, words = ?, begun = NULL WHERE letter = ? AND state = ?",
                        &[
                            DEAD.into(),
                            status.map(i64::from).into(),
                            bounded(words).into(),
                            letter.into(),
                            WAITING.into(),
                        ],
                    )?;
                    self.is_well()
                }
                Mailed::Later { status, words, retry_after, perhaps } => {
                    let words = bounded(words);
                    let asked = now.plus_seconds(retry_after.unwrap_or(0).clamp(0, DAYS * 86_400));
                    self.put_off(now, letter, &record, *status, &words, asked, *perhaps)?;
                    let health = self.health()?;
                    let pause = now.plus_seconds(gap(health.fails).min(LONGEST_PAUSE)).max(asked);
                    self.put_health(&MailHealth {
                        pause: Some(pause),
                        fails: health.fails + 1,
                        failing: health.failing.or(Some(now)),
                        words: Some(words),
                    })?;
                    // Those that waited behind it for as long have been tried by it.
                    self.sql.run(
                        "UPDATE mail SET state = ?, status = ?, words = ? WHERE seq IN (SELECT seq FROM mail
                            WHERE state = 0 AND queued <= ? ORDER BY seq LIMIT ?)",
                        &[
                            DEAD.into(),
                            status.map(i64::from).into(),
                            WAITED_BEHIND.into(),
                            now.plus_days(-DAYS).into(),
                            MOST.into(),
                        ],
                    )?;
                    Ok(())
                }
            }
        })
    }

    /// When the next letter is to be sent, or dated mail to be written down.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn next_mail(&self, now: Instant) -> Result<Option<Instant>, Refusal> {
        if !super::schema::has(&self.sql, "delivery")? {
            return Ok(None);
        }
        let shop = match self.shop() {
            Err(Refusal::UnknownShop) => return Ok(None),
            shop => shop?,
        };
        let Some(record) = &shop.mail else { return Ok(None) };
        let pause = self.health()?.pause;
        let zone = &shop.versions.latest().zone;
        let soonest = |urgent: bool| -> Result<Option<Instant>, Refusal> {
            let rows = self
                .sql
                .run("SELECT MIN(next) FROM mail WHERE state = 0 AND urgent = ?", &[urgent.into()])?;
            let next = rows.first().and_then(|row| row.maybe_int(0)).map(Instant::from_micros);
            Ok(next.map(|next| pause.map_or(next, |pause| next.max(pause))))
        };
        let calm = soonest(false)?.map(|next| opens(zone, record.quiet_hours, next.max(now)));
        Ok([soonest(true)?, calm, self.next_dated_mail()?].into_iter().flatten().min())
    }

    pub(super) fn write_test(&self, test: TestMail) -> Result<Message, Refusal> {
        self.forget_old_mail(self.now.get())?;
        self.write_mail(MailKind::Test, &test.name, None, &Facts::default(), &[test.to])?;
        let rows = self.sql.run(
            &format!("SELECT {COLUMNS} FROM mail WHERE kind = 'test' AND about = ?"),
            &[test.name.into()],
        )?;
        let row = rows.first().ok_or_else(|| Refusal::Store("a new message is gone".into()))?;
        Ok(message(row, &self.mail_prefix()?)?)
    }

    /// Gives up what another provider may have taken: the next one would send it twice.
    pub(super) fn give_up_begun(&self) -> Result<(), SqlError> {
        self.sql.run(
            "UPDATE mail SET state = ?, words = ? WHERE state = 0 AND begun IS NOT NULL",
            &[DEAD.into(), PERHAPS_SENT.into()],
        )?;
        Ok(())
    }

    /// To whom a message goes and in which language, or why it goes to nobody.
    fn addressed(&self, now: Instant, record: &MailRecord, head: &Head) -> Result<Addressed, Refusal> {
        if head.begun.is_some_and(|begun| begun.plus_seconds(remembered(record.provider)) <= now) {
            return Ok(Err((DEAD, PERHAPS_SENT.to_owned())));
        }
        let dropped = |words: &str| Ok(Err((DROPPED, words.to_owned())));
        if head.kind == MailKind::SignIn && head.queued.plus_seconds(HOURS * 3600) <= now {
            return dropped("its links have expired");
        }
        if !self.mails(head.kind)? {
            return dropped("this kind is not sent any more");
        }
        let Some(code) = &head.code else {
            let sealed = head.sealed.first().cloned();
            return match (sealed, &record.owner_email) {
                (Some(sealed), _) => Ok(Ok((To::Sealed(sealed), None))),
                (None, Some(owner)) => {
                    let stopped = match &record.owner_hash {
                        Some(hash) => self.stopped(hash, head.kind)?,
                        None => None,
                    };
                    match stopped {
                        Some(why) => dropped(&why),
                        None => Ok(Ok((To::Owner(owner.clone()), None))),
                    }
                }
                (None, None) => dropped("the owner has given no address"),
            };
        };
        if head.kind == MailKind::Reminder {
            return self.reminded(now, code, head);
        }
        let Some(held) = self.find_referrer(code)? else { return dropped("nobody has this code") };
        let referrer = held.referrer;
        let (Some(email), Some(hash)) = (referrer.email, referrer.email_hash) else {
            return dropped("this referrer has no address");
        };
        if referrer.test {
            return dropped("this referrer is a test");
        }
        match self.stopped(&hash, head.kind)? {
            Some(why) => dropped(&why),
            None => {
                let to = To::Referrer { code: code.clone(), name: referrer.name, email, email_hash: hash };
                Ok(Ok((to, referrer.locale)))
            }
        }
    }

    /// Writes down which messages go together, and that they are begun; the letter's number.
    fn begin_letter(&self, now: Instant, record: &MailRecord, head: &Head) -> Result<i64, Refusal> {
        let letter = match head.letter {
            Some(letter) => letter,
            None => {
                let newest =
                    self.number("SELECT COALESCE(MAX(letter), 0) FROM mail WHERE letter IS NOT NULL", &[])?;
                // No letter before had this number, whether it is on record still or not.
                now.micros().max(newest + 1)
            }
        };
        if head.letter.is_none() {
            let together = if goes_together(head.kind) { TOGETHER } else { 1 };
            self.sql.run(
                "UPDATE mail SET letter = ?1 WHERE seq = ?6 OR seq IN (SELECT seq FROM mail WHERE code = ?2
                    AND kind = ?3 AND state = 0 AND letter IS NULL AND next <= ?4 AND seq <> ?6 ORDER BY seq LIMIT ?5)",
                &[
                    letter.into(),
                    head.code.as_ref().map(|code| code.as_str().to_owned()).into(),
                    head.kind.name().into(),
                    now.into(),
                    (together - 1).into(),
                    head.seq.into(),
                ],
            )?;
        }
        // Of a try that is broken off nobody hears: the next one is set before it.
        let next = now.plus_seconds(gap(head.tries));
        let next = while_known(record.provider, head.begun.unwrap_or(now), now, next);
        self.sql.run(
            "UPDATE mail SET begun = COALESCE(begun, ?1), tries = tries + 1, tried = ?1, next = ?2
                WHERE letter = ?3 AND state = 0",
            &[now.into(), next.into(), letter.into()],
        )?;
        Ok(letter)
    }

    fn content(&self, letter: i64) -> Result<(Vec<Facts>, Vec<Sealed>), Refusal> {
        let rows = self.sql.run(
            "SELECT facts, sealed FROM mail WHERE letter = ? AND state = 0 ORDER BY seq",
            &[letter.into()],
        )?;
        let facts = rows.iter().map(|row| row.json(0)).collect::<Result<_, _>>()?;
        let sealed =
            rows.iter().filter(|row| row.maybe_text(1).is_some()).map(|row| row.json::<Vec<Sealed>>(1));
        Ok((facts, sealed.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()))
    }

    /// Ends a message, with those that go with it, unsent.
    fn end_mail(&self, head: &Head, state: i64, words: &str) -> Result<(), SqlError> {
        let kept = state == DEAD;
        self.sql.run(
            "UPDATE mail SET state = ?1, words = ?2, facts = CASE ?3 WHEN 1 THEN facts ELSE '{}' END,
                sealed = CASE ?3 WHEN 1 THEN sealed END WHERE state = 0 AND (seq = ?4 OR letter = ?5)",
            &[state.into(), words.into(), kept.into(), head.seq.into(), head.letter.into()],
        )?;
        Ok(())
    }

    /// Says when a letter is tried again, or gives it up.
    #[allow(clippy::too_many_arguments, reason = "what became of one try")]
    fn put_off(
        &self,
        now: Instant,
        letter: i64,
        record: &MailRecord,
        status: Option<u16>,
        words: &str,
        asked: Instant,
        perhaps: bool,
    ) -> Result<(), Refusal> {
        let rows = self.sql.run(
            "SELECT MIN(tries), MIN(queued), MIN(begun) FROM mail WHERE letter = ? AND state = 0",
            &[letter.into()],
        )?;
        let Some(row) = rows.first().filter(|row| row.maybe_int(0).is_some()) else { return Ok(()) };
        let end = Instant::from_micros(row.int(1)?).plus_days(DAYS);
        let mut next = now.plus_seconds(gap(row.int(0)? - 1)).max(asked).min(end);
        if let (true, Some(begun)) = (perhaps, row.maybe_int(2).map(Instant::from_micros)) {
            next = while_known(record.provider, begun, now, next);
        }
        let state = if end <= now { DEAD } else { WAITING };
        self.sql.run(
            "UPDATE mail SET state = ?, next = ?, status = ?, words = ?, begun = CASE ? WHEN 1 THEN begun END
                WHERE letter = ? AND state = 0",
            &[
                state.into(),
                next.into(),
                status.map(i64::from).into(),
                words.into(),
                perhaps.into(),
                letter.into(),
            ],
        )?;
        Ok(())
    }

    fn is_well(&self) -> Result<(), Refusal> {
        if self.health()? == MailHealth::default() {
            return Ok(());
        }
        self.put_health(&MailHealth::default())
    }

    /// The codes of this very spelling of an address, the oldest first, but for those of a test: nobody is mailed those.
    fn codes_spelled(&self, hash: &str, spelling: &str) -> Result<Vec<Code>, SqlError> {
        let rows = self.sql.run(
            "SELECT code, record FROM referrer AS one WHERE email = ? AND seq = (SELECT MAX(seq) FROM referrer
                WHERE code = one.code) ORDER BY since, code",
            &[hash.into()],
        )?;
        let mut codes = Vec::new();
        for row in &rows {
            let referrer: Referrer = row.json(1)?;
            let held = referrer.email.as_deref().and_then(email::spelling);
            if !referrer.test && held.as_deref() == Some(spelling) {
                codes.push(super::shop::parse_code(row.text(0)?)?);
            }
        }
        Ok(codes)
    }

    pub(super) fn forget_old_mail(&self, now: Instant) -> Result<(), SqlError> {
        self.sql.run(
            "DELETE FROM mail WHERE seq IN (SELECT seq FROM mail WHERE state <> 0 AND kind IN ('test', 'sign_in', 'reminder')
                AND queued < ? LIMIT ?)",
            &[now.plus_days(-KEPT_DAYS).into(), MOST.into()],
        )?;
        Ok(())
    }

    /// What the ids of this shop's messages begin with; no other shop's do.
    pub(super) fn mail_prefix(&self) -> Result<String, Refusal> {
        Ok(format!("mail_{}_", self.shop()?.record.secrets.incarnation))
    }
}

/// To whom a message goes and in which language; or in which state it ends unsent, and why.
pub(super) type Addressed = Result<(To, Option<String>), (i64, String)>;

/// A message that is at the head of those that wait.
pub(super) struct Head {
    pub seq: i64,
    kind: MailKind,
    code: Option<Code>,
    letter: Option<i64>,
    begun: Option<Instant>,
    queued: Instant,
    pub sealed: Vec<Sealed>,
    tries: i64,
}

impl Head {
    fn read(row: &Row) -> Result<Self, SqlError> {
        let kind = row.text(1)?;
        let sealed = if row.maybe_text(6).is_some() { row.json(6)? } else { Vec::new() };
        Ok(Self {
            seq: row.int(0)?,
            kind: MailKind::named(kind).ok_or_else(|| SqlError(format!("mail of the kind {kind:?}")))?,
            code: row.maybe_text(2).map(super::shop::parse_code).transpose()?,
            letter: row.maybe_int(3),
            begun: row.maybe_int(4).map(Instant::from_micros),
            queued: Instant::from_micros(row.int(5)?),
            sealed,
            tries: row.int(7)?,
        })
    }
}

/// For how many seconds a provider knows a letter again by its name, with a margin: Resend documents 24 hours, Brevo 15
/// minutes, and Cloudflare's binding has no such names.
const fn remembered(provider: MailProvider) -> i64 {
    match provider {
        MailProvider::Resend => 23 * 3600,
        MailProvider::Brevo => 14 * 60,
        MailProvider::Cloudflare => 0,
    }
}

/// When a letter that may have been sent is tried next: while its provider would still know it again, with time for a pause
/// before the last try.
fn while_known(provider: MailProvider, begun: Instant, now: Instant, next: Instant) -> Instant {
    let known_for = remembered(provider);
    let last = begun.plus_seconds(known_for - (known_for / 4).min(2 * LONGEST_PAUSE));
    if now < last { next.min(last) } else { next }
}

/// Whether several of a kind say more together.
const fn goes_together(kind: MailKind) -> bool {
    match kind {
        MailKind::RewardPending
        | MailKind::RewardApproved
        | MailKind::RewardPaid
        | MailKind::RewardTakenBack => true,
        MailKind::Welcome
        | MailKind::ClaimAnswered
        | MailKind::Statement
        | MailKind::SignIn
        | MailKind::Reminder
        | MailKind::ToDo
        | MailKind::Test => false,
    }
}

/// The first instant from `at` on that is not in quiet hours.
fn opens(zone: &Zone, quiet: QuietHours, at: Instant) -> Instant {
    let hour = zone.hour(at);
    let is_quiet = match quiet.from <= quiet.to {
        true => (quiet.from..quiet.to).contains(&hour),
        false => hour >= quiet.from || hour < quiet.to,
    };
    if !is_quiet {
        return at;
    }
    let day = zone.day(at);
    let ends = |day: i64| zone.hour_start(day, quiet.to);
    if ends(day) > at { ends(day) } else { ends(day + 1) }
}

fn message(row: &Row, prefix: &str) -> Result<Message, SqlError> {
    let state = state_of(row.int(3)?)?;
    let instant = |column| row.maybe_int(column).map(Instant::from_micros);
    Ok(Message {
        id: format!("{prefix}{}", row.int(0)?),
        kind: Known::read(row.text(1)?),
        code: row.maybe_text(2).map(super::shop::parse_code).transpose()?,
        state: state.into(),
        queued_at: Instant::from_micros(row.int(4)?),
        tries: row.int(5)?,
        tried_at: instant(6),
        next_try_at: instant(7).filter(|_| state == MailState::Waiting),
        status: row.maybe_int(8).and_then(|status| u16::try_from(status).ok()),
        words: row.maybe_text(9).filter(|text| !text.is_empty()).map(str::to_owned),
        stopped: false,
    })
}

fn state_number(state: MailState) -> Value {
    Value::Int(match state {
        MailState::Waiting => WAITING,
        MailState::Sent => SENT,
        MailState::Dead => DEAD,
        MailState::Dropped => DROPPED,
        MailState::Bounced => BOUNCED,
        MailState::Complained => COMPLAINED,
    })
}

pub(super) fn state_of(number: i64) -> Result<MailState, SqlError> {
    match number {
        WAITING => Ok(MailState::Waiting),
        SENT => Ok(MailState::Sent),
        DEAD => Ok(MailState::Dead),
        DROPPED => Ok(MailState::Dropped),
        BOUNCED => Ok(MailState::Bounced),
        COMPLAINED => Ok(MailState::Complained),
        other => Err(SqlError(format!("a message in state {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_end_by_the_shop_s_clock() {
        let at = |text: &str| Instant::parse(text).unwrap();
        let paris =
            Zone::new(3600, vec![(at("2026-03-29T01:00:00Z"), 7200), (at("2026-10-25T01:00:00Z"), 3600)]);
        let night = QuietHours { from: 21, to: 8 };
        let opens = |text: &str| opens(&paris, night, at(text));
        assert_eq!(opens("2026-07-15T12:00:00Z"), at("2026-07-15T12:00:00Z"));
        assert_eq!(opens("2026-07-15T19:00:00Z"), at("2026-07-16T06:00:00Z"));
        assert_eq!(opens("2026-07-15T05:59:59Z"), at("2026-07-15T06:00:00Z"));
        // The night in which the clocks change.
        assert_eq!(opens("2026-03-28T22:00:00Z"), at("2026-03-29T06:00:00Z"));
        assert_eq!(opens("2026-10-24T20:00:00Z"), at("2026-10-25T07:00:00Z"));
        let noon = QuietHours { from: 12, to: 13 };
        assert_eq!(super::opens(&paris, noon, at("2026-07-15T10:30:00Z")), at("2026-07-15T11:00:00Z"));
        let none = QuietHours { from: 8, to: 8 };
        assert_eq!(super::opens(&paris, none, at("2026-07-15T06:30:00Z")), at("2026-07-15T06:30:00Z"));
    }
}
