//! The shop, the versions of its program, and its referrers.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use parrain_core::check::{Fault, Faults, Node};
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::program::{Confirming, Joining, Terms, Versions};
use parrain_core::referrer::Activity;
use parrain_wire::desk::{self, News, Proof};
use serde_json::{Value as Json, json};

use super::sql::{Row, Sql, SqlError, json_of};
use super::tally::Tally;
use super::{Ledger, bad_cursor, number, schema};
use crate::protocol::calls::{
    ChangeReferrer, CountClicks, CountTouch, DeleteShop, FindReferrer, GetReferrer, GetShop, Join,
    ListReferrers, ListVersions, Page, PutReferrer, PutShop, Saved,
};
use crate::protocol::mail::MailRecord;
use crate::protocol::publication::Publication;
use crate::protocol::shop::{Edit, Managed, PageMail, Referrer, ReferrerRecord, ShopRecord};
use crate::protocol::{Answers, Refusal};
use crate::zones::read_program;

/// How many referrers a page lists.
const PAGE: u32 = 100;
/// How many who join in a day without the shop's word on who they are are taken from one block of addresses: an office, a
/// shop's own wireless network.
const MOST_JOINERS_OF_A_SENDER: i64 = 50;
/// How many of them in all: a ledger's writes of a day are counted, and paid for.
const MOST_JOINERS: i64 = 1_000;

/// How many versions of a program a page lists.
const VERSIONS: u32 = 20;

/// How many calls that counted clicks are known by their names.
const COUNTED: usize = 100;

/// A shop with the versions of its program.
pub struct Shop {
    /// The shop's record.
    pub record: ShopRecord,
    /// Every version.
    pub versions: Versions,
    /// The last dated change of a reward that was told on; `None` where there is nobody to be told.
    pub told: Cell<Option<(Instant, i64)>>,
    /// How its mail is set up; `None` where it sends none.
    pub mail: Option<MailRecord>,
}

impl Shop {
    /// The language in which the shop reads reasons.
    pub fn locale(&self) -> &str {
        &self.versions.latest().locale
    }
}

impl<S: Sql> Answers<PutShop> for Ledger<S> {
    fn answer(&self, now: Instant, ask: PutShop) -> Result<Saved<ShopRecord>, Refusal> {
        // Read and printed again, so that two ways to write one program are one version.
        let program = read_program(&ask.program).map_err(Refusal::Invalid)?;
        let program_asks_nobody = program.confirmed == Confirming::Any;
        let promotes = !program.promotions.is_empty();
        let parsed = program;
        let program = parsed.to_json();
        let before = match self.shop() {
            Ok(shop) => Some(shop.record.clone()),
            Err(Refusal::UnknownShop) => None,
            Err(other) => return Err(other),
        };
        let created = before.is_none();
        let promoted = before.is_some() && !self.shop()?.versions.latest().promotions.is_empty();
        if created && !self.may_make_shops() {
            return Err(Refusal::UnknownShop);
        }
        schema::create(&self.sql)?;
        self.check_promotions(&parsed)?;
        if let Some(meant) = ask.version
            && self.newest_version()? != meant
        {
            return Err(Refusal::Changed);
        }
        let changed = before.as_ref().is_none_or(|before| before.program != program);
        let mut record = before.unwrap_or(ShopRecord {
            shop: ask.shop,
            program: Json::Null,
            created_at: now,
            secrets: ask.fresh,
            webhook_secrets: BTreeMap::new(),
            platform_keys: BTreeMap::new(),
            identity_keys: BTreeMap::new(),
            page_mail: PageMail::default(),
            proving: None,
            promotions_waiting: BTreeSet::new(),
        });
        record.program = program;
        record.webhook_secrets.extend(ask.webhook_secrets);
        record.platform_keys.extend(ask.platform_keys);
        if changed {
            let by = self.by();
            let values = [now.micros().into(), record.program.to_string().into(), by.into()];
            self.sql.run("INSERT INTO version (since, program, who) VALUES (?, ?, ?)", &values)?;
            if !created {
                self.note(now, News { what: desk::Event::ProgramChanged.into(), ..News::default() })?;
            }
        }
        self.write_record(&record)?;
        if changed && !created {
            // Orders dated a little ahead of this moment go by the new version.
            self.settle_from(now)?;
            self.refresh_from(now)?;
            if program_asks_nobody {
                self.turn_unconfirmed()?;
            }
            self.want_codes_anew()?;
        }
        if changed && (promotes || promoted) {
            self.want_promotions(now)?;
            record = self.shop()?.record.clone();
        }
        Ok(Saved { created, value: record })
    }
}

impl<S: Sql> Answers<ListVersions> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ListVersions) -> Result<desk::Versions, Refusal> {
        self.shop()?;
        let rows = self.sql.run(
            "SELECT seq, since, program, who FROM version WHERE ?1 = 0 OR seq < ?1 ORDER BY seq DESC LIMIT ?2",
            &[number(ask.cursor.as_deref())?.into(), (VERSIONS + 1).into()],
        )?;
        let version = |row: &Row| -> Result<desk::Version, SqlError> {
            Ok(desk::Version {
                number: row.int(0)?,
                at: Instant::from_micros(row.int(1)?),
                by: row.maybe_text(3).map(str::to_owned),
                program: row.json(2)?,
            })
        };
        let versions: Vec<desk::Version> =
            rows.iter().take(VERSIONS as usize).map(version).collect::<Result<_, _>>()?;
        let more = rows.len() > VERSIONS as usize;
        let next_cursor = versions.last().filter(|_| more).map(|last| last.number.to_string());
        Ok(desk::Versions { versions, next_cursor })
    }
}

impl<S: Sql> Answers<GetShop> for Ledger<S> {
    fn answer(&self, _: Instant, _: GetShop) -> Result<ShopRecord, Refusal> {
        Ok(self.shop()?.record.clone())
    }
}

impl<S: Sql> Answers<DeleteShop> for Ledger<S> {
    fn answer(&self, _: Instant, _: DeleteShop) -> Result<(), Refusal> {
        let record = self.shop()?.record.clone();
        self.sql.run("DELETE FROM outbox", &[])?;
        schema::drop_all(&self.sql)?;
        self.post(&record, &Publication::Purge)?;
        self.shop.replace(None);
        Ok(())
    }
}

impl<S: Sql> Answers<PutReferrer> for Ledger<S> {
    fn answer(&self, now: Instant, ask: PutReferrer) -> Result<Saved<ReferrerRecord>, Refusal> {
        let PutReferrer { code, referrer, managed, quiet } = ask;
        let before = self.find_referrer(&code)?;
        let created = before.is_none();
        if created && self.was_promotion(&code)? {
            return Err(Refusal::OwnCode);
        }
        let created_at = before.as_ref().map_or(now, |before| before.created_at);
        let before = before.map(|before| before.referrer);
        // How one person was managed is nothing to the next who has the code.
        let same = before.clone().filter(|before| !is_another(before, &referrer));
        if before.is_some() && same.is_none() {
            self.drop_sign_in_keys(&code)?;
            self.drop_claims(&code)?;
            self.drop_details(&code)?;
            self.drop_mail_of(&code)?;
            self.drop_contacts_of(&code)?;
        }
        let was_told = same.clone();
        let was_let_in = same.as_ref().is_some_and(|same| same.activity != Activity::Waiting);
        // Sign-ins that were ended stay so, also when the code comes back to who had them.
        let signed_out = before.as_ref().and_then(|before| before.signed_out);
        let kept = Referrer { signed_out, ..same.unwrap_or_default() };
        let referrer = self.managed(&kept, with_who(&kept, referrer), managed)?;
        if before.is_none_or(|before| before != referrer) {
            let shop = self.shop()?;
            self.write_referrer(&shop, now, &code, &referrer)?;
        }
        // Whom the shop names itself it has confirmed.
        self.confirm(now, &code)?;
        if created {
            self.tell_joined(now, &code, &referrer)?;
        } else {
            self.tell_joined_late(now, &code, was_told.as_ref(), &referrer)?;
        }
        if !was_let_in && !quiet {
            self.mail_welcome(&code, &referrer, None)?;
        }
        Ok(Saved { created, value: ReferrerRecord { code, created_at, referrer, unconfirmed: false } })
    }
}

impl<S: Sql> Answers<ChangeReferrer> for Ledger<S> {
    fn answer(&self, now: Instant, ask: ChangeReferrer) -> Result<ReferrerRecord, Refusal> {
        let ChangeReferrer { code, offer, name, managed, confirmed } = ask;
        let shop = self.shop()?;
        let ReferrerRecord { created_at, referrer: before, .. } =
            self.find_referrer(&code)?.ok_or(Refusal::UnknownCode)?;
        let mut referrer = before.clone();
        referrer.offer = offer.unwrap_or(referrer.offer);
        referrer.name = name.of(referrer.name);
        let referrer = self.managed(&before, referrer, managed)?;
        if before != referrer {
            self.write_referrer(&shop, now, &code, &referrer)?;
        }
        let let_in = before.activity == Activity::Waiting && referrer.activity == Activity::Active;
        // Who looked at somebody before letting them in has confirmed them.
        if confirmed || let_in {
            self.confirm(now, &code)?;
        }
        if before.activity == Activity::Waiting {
            self.mail_welcome(&code, &referrer, None)?;
        }
        self.tell_joined_late(now, &code, Some(&before), &referrer)?;
        let unconfirmed = self.is_unconfirmed(&code)?;
        Ok(ReferrerRecord { code, created_at, referrer, unconfirmed })
    }
}

impl<S: Sql> Answers<Join> for Ledger<S> {
    fn answer(&self, now: Instant, ask: Join) -> Result<Saved<ReferrerRecord>, Refusal> {
        let Join { candidates, mut referrer, offer, facts, identified, sender, key } = ask;
        let shop = self.shop()?;
        if let (true, Some(customer_id)) = (identified, &referrer.customer_id)
            && let Some(value) = self.referrer_of(customer_id)?
        {
            return Ok(Saved { created: false, value });
        }
        let program = shop.versions.latest();
        let offer = match offer {
            Some(shown) => program.joined_under(&shown, &facts, now).ok_or(Refusal::NotOpen)?,
            None => program.shown(&facts, now).or(program.joinable()).ok_or(Refusal::NotJoinable)?,
        };
        referrer.offer.clone_from(&offer.id);
        if program.joining == Joining::Review {
            referrer.activity = Activity::Waiting;
        }
        // Whom the shop knows is bounded by its customers; who is only typed by nothing.
        let few = identified
            || self.tally(now, Tally::Joins, &sender, MOST_JOINERS_OF_A_SENDER)?
                && self.tally(now, Tally::Joins, "", MOST_JOINERS)?;
        if !few {
            return Err(Refusal::TooManyJoiners);
        }
        referrer.unpublished = !identified;
        for code in candidates {
            if self.find_referrer(&code)?.is_none() && !self.was_promotion(&code)? {
                // KV's writes are few: those who only look for what they can use up get none. Whoever asks for a code
                // that KV does not have is answered by the ledger.
                self.keep_referrer(now, &code, &referrer)?;
                if identified {
                    self.publish(&shop, &code, &referrer)?;
                } else {
                    self.joined_unconfirmed(&code)?;
                }
                let what = match referrer.activity {
                    Activity::Waiting => desk::Event::Asked,
                    Activity::Active | Activity::Paused | Activity::Ended => desk::Event::Joined,
                };
                self.note(now, News { what: what.into(), code: Some(code.clone()), ..News::default() })?;
                self.tell_joined(now, &code, &referrer)?;
                self.mail_welcome(&code, &referrer, key)?;
                return Ok(Saved {
                    created: true,
                    value: ReferrerRecord { code, created_at: now, referrer, unconfirmed: !identified },
                });
            }
        }
        Err(Refusal::Store("every code that was tried is taken".into()))
    }
}

impl<S: Sql> Answers<GetReferrer> for Ledger<S> {
    fn answer(&self, _: Instant, ask: GetReferrer) -> Result<ReferrerRecord, Refusal> {
        self.shop()?;
        self.find_referrer(&ask.code)?.ok_or(Refusal::UnknownCode)
    }
}

impl<S: Sql> Answers<FindReferrer> for Ledger<S> {
    fn answer(&self, _: Instant, ask: FindReferrer) -> Result<Option<ReferrerRecord>, Refusal> {
        self.shop()?;
        self.referrer_of(&ask.customer_id)
    }
}

impl<S: Sql> Answers<ListReferrers> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ListReferrers) -> Result<Page<ReferrerRecord>, Refusal> {
        self.shop()?;
        let after = match ask.cursor {
            Some(text) => text.parse::<Code>().map_err(|_| bad_cursor())?.to_string(),
            None => String::new(),
        };
        let status = ask.status.map(|status| status.name());
        let rows = self.sql.run(
            "SELECT code FROM referrer AS one WHERE code > ?1 AND seq = (SELECT MAX(seq) FROM referrer
                WHERE code = one.code) AND (?2 IS NULL OR COALESCE(json_extract(record, '$.activity'), 'active') = ?2)
                AND (?5 = 0 OR code IN (SELECT code FROM joined WHERE confirmed IS NULL))
                AND (?4 IS NULL OR instr(code, upper(?4)) OR instr(lower(json_extract(record, '$.name')), ?4)
                    OR instr(lower(json_extract(record, '$.email')), ?4))
                ORDER BY code LIMIT ?3",
            &[
                after.into(),
                status.into(),
                (PAGE + 1).into(),
                ask.search.map(|text| text.to_lowercase()).into(),
                ask.unconfirmed.into(),
            ],
        )?;
        let mut items = Vec::new();
        for row in rows.iter().take(PAGE as usize) {
            items.extend(self.find_referrer(&parse_code(row.text(0)?)?)?);
        }
        let more = rows.len() > PAGE as usize;
        let next_cursor = items.last().filter(|_| more).map(|last: &ReferrerRecord| last.code.to_string());
        Ok(Page { items, next_cursor })
    }
}

impl<S: Sql> Answers<CountClicks> for Ledger<S> {
    fn answer(&self, now: Instant, ask: CountClicks) -> Result<(), Refusal> {
        // In memory alone: a row for each name would cost more than what it saves from being counted twice.
        if self.counted.borrow().contains(&ask.name) {
            return Ok(());
        }
        for (code, count) in &ask.clicks {
            self.count_visit(now, code, i64::from(*count), 0)?;
            self.saw_code(now, code, Proof::LinkOpened)?;
        }
        let mut counted = self.counted.borrow_mut();
        counted.truncate(COUNTED - 1);
        counted.push_front(ask.name);
        Ok(())
    }
}

impl<S: Sql> Answers<CountTouch> for Ledger<S> {
    fn answer(&self, now: Instant, ask: CountTouch) -> Result<(), Refusal> {
        if !self.count_visit(now, &ask.code, 0, 1)? {
            // The shop's own codes are known, and nobody's visits.
            return if self.is_promotion(&ask.code)? { Ok(()) } else { Err(Refusal::UnknownCode) };
        }
        let step = if ask.redeemed { Proof::CodeInBasket } else { Proof::CodeCaptured };
        self.saw_code(now, &ask.code, step)
    }
}

impl<S: Sql> Ledger<S> {
    /// The shop, or [`Refusal::UnknownShop`].
    pub(super) fn shop(&self) -> Result<Rc<Shop>, Refusal> {
        if let Some(shop) = self.shop.borrow().as_ref() {
            return Ok(Rc::clone(shop));
        }
        if !schema::exists(&self.sql)? {
            return Err(Refusal::UnknownShop);
        }
        schema::upgrade(&self.sql)?;
        let rows = self.sql.run("SELECT value FROM meta WHERE name = 'shop'", &[])?;
        let record: ShopRecord = rows.first().ok_or(Refusal::UnknownShop)?.json(0)?;
        let rows = self.sql.run("SELECT since, program FROM version ORDER BY seq", &[])?;
        let mut versions: Option<Versions> = None;
        for row in &rows {
            let program = read_program(&row.json(1)?)
                .map_err(|faults| Refusal::Store(format!("a stored program is unreadable: {faults:?}")))?;
            match &mut versions {
                None => versions = Some(Versions::new(program)),
                Some(versions) => versions.push(Instant::from_micros(row.int(0)?), program),
            }
        }
        let versions = versions.ok_or_else(|| Refusal::Store("the shop has no program".into()))?;
        let rows = self.sql.run("SELECT value FROM meta WHERE name = 'told'", &[])?;
        let told = rows.first().map(|row| row.json::<(i64, i64)>(0)).transpose()?;
        let told = Cell::new(told.map(|(at, entry)| (Instant::from_micros(at), entry)));
        let rows = self.sql.run("SELECT value FROM meta WHERE name = 'mail'", &[])?;
        let mail = rows.first().map(|row| row.json(0)).transpose()?;
        let shop = Rc::new(Shop { record, versions, told, mail });
        self.shop.replace(Some(Rc::clone(&shop)));
        // Earlier releases set mail up without telling pages of it.
        let shown = shop.mail.as_ref().map(|mail| PageMail::of(&mail.kinds)).unwrap_or_default();
        if shop.record.page_mail != shown {
            self.show_page_mail(shown)?;
            return self.shop();
        }
        Ok(shop)
    }

    /// The number of the program's newest version.
    pub(super) fn newest_version(&self) -> Result<i64, Refusal> {
        Ok(self.number("SELECT COALESCE(MAX(seq), 0) FROM version", &[])?)
    }

    /// The referrer who is a customer; the first code of one who has several.
    fn referrer_of(&self, customer_id: &str) -> Result<Option<ReferrerRecord>, Refusal> {
        let rows = self.sql.run(
            "SELECT code FROM referrer AS one WHERE customer = ? AND seq = (SELECT MAX(seq) FROM referrer
                WHERE code = one.code) ORDER BY since, code LIMIT 1",
            &[customer_id.into()],
        )?;
        match rows.first() {
            Some(row) => self.find_referrer(&parse_code(row.text(0)?)?),
            None => Ok(None),
        }
    }

    /// The newest record of a code.
    pub(super) fn find_referrer(&self, code: &Code) -> Result<Option<ReferrerRecord>, Refusal> {
        let rows = self.sql.run(
            "SELECT record, (SELECT since FROM referrer WHERE code = one.code AND seq = 1),
                EXISTS (SELECT 1 FROM joined WHERE joined.code = one.code AND confirmed IS NULL) FROM referrer AS one
                WHERE code = ? ORDER BY seq DESC LIMIT 1",
            &[code.as_str().into()],
        )?;
        let Some(row) = rows.first() else { return Ok(None) };
        let created_at = Instant::from_micros(row.int(1)?);
        let unconfirmed = row.int(2)? != 0;
        Ok(Some(ReferrerRecord { code: code.clone(), created_at, referrer: row.json(0)?, unconfirmed }))
    }

    /// Refuses who got their token in that second, where the shop has given the code to another person since or ended
    /// their sign-ins.
    pub(super) fn hold_to_person(&self, held: &ReferrerRecord, made: Instant) -> Result<(), Refusal> {
        if held.referrer.signed_out.is_some_and(|ended| made.seconds() <= ended.seconds()) {
            return Err(Refusal::SignedOut);
        }
        let rows = self.sql.run(
            "SELECT record FROM referrer WHERE code = ? AND (since < ? OR seq = 1) ORDER BY seq DESC LIMIT 1",
            &[held.code.as_str().into(), made.plus_seconds(1).into()],
        )?;
        let then: Option<Referrer> = rows.first().map(|row| row.json(0)).transpose()?;
        let gone = then.is_some_and(|then| is_another(&then, &held.referrer));
        if gone { Err(Refusal::GivenOn) } else { Ok(()) }
    }

    /// A referrer as the shop manages them, where `before` was on record.
    fn managed(
        &self,
        before: &Referrer,
        mut referrer: Referrer,
        managed: Managed,
    ) -> Result<Referrer, Refusal> {
        let shop = self.shop()?;
        let program = shop.versions.latest();
        let mut faults = Vec::new();
        let offer = program.offer(&referrer.offer);
        if offer.is_none() {
            let offers: Vec<&str> = program.offers.iter().map(|offer| offer.id.as_str()).collect();
            let detail = format!("is not an offer of the program; its offers are {}", offers.join(", "));
            faults.push(Fault { pointer: "/offer".into(), detail });
        }
        if let Some(activity) = managed.activity {
            referrer.activity = activity;
            referrer.activity_reason = None;
        }
        referrer.activity_reason = managed.activity_reason.of(referrer.activity_reason);
        referrer.expires_at = managed.expires_at.of(referrer.expires_at);
        referrer.notes = managed.notes.of(referrer.notes);
        referrer.display_name = managed.display_name.of(referrer.display_name);
        referrer.marketing_consent = managed.marketing_consent.unwrap_or(referrer.marketing_consent);
        referrer.terms = match (managed.terms, offer) {
            // Terms are of an offer: under another one they are none.
            (Edit::Keep, _) => before.terms.clone().filter(|_| before.offer == referrer.offer),
            (Edit::Clear, _) | (Edit::Set(_), None) => None,
            (Edit::Set(terms), Some(offer)) => {
                let body = json!({"terms": terms});
                let mut wrong = Faults::default();
                let terms =
                    Terms::read(&Node::root(&body).field("terms"), program.currency, offer, &mut wrong);
                faults.extend(wrong.into_result(()).err().into_iter().flatten());
                terms
            }
        };
        if faults.is_empty() { Ok(referrer) } else { Err(Refusal::Invalid(faults)) }
    }

    pub(super) fn write_referrer(
        &self,
        shop: &Shop,
        now: Instant,
        code: &Code,
        referrer: &Referrer,
    ) -> Result<(), Refusal> {
        let referrer = Referrer { unpublished: false, ..referrer.clone() };
        self.keep_referrer(now, code, &referrer)?;
        self.publish(shop, code, &referrer)
    }

    /// The same in the ledger alone.
    pub(super) fn keep_referrer(
        &self,
        now: Instant,
        code: &Code,
        referrer: &Referrer,
    ) -> Result<(), Refusal> {
        let record = json_of(referrer)?;
        self.sql.run(
            "INSERT INTO referrer (code, seq, since, record, email, customer)
                SELECT ?1, COALESCE(MAX(seq), 0) + 1, ?2, ?3, ?4, ?5 FROM referrer WHERE code = ?1",
            &[
                code.as_str().into(),
                now.micros().into(),
                record.into(),
                referrer.email_hash.clone().into(),
                referrer.customer_id.clone().into(),
            ],
        )?;
        self.want_code(now, code, referrer)?;
        self.settle_from(now)
    }

    fn count_visit(&self, now: Instant, code: &Code, clicks: i64, touches: i64) -> Result<bool, Refusal> {
        self.shop()?;
        let known = self.sql.run("SELECT 1 FROM referrer WHERE code = ? LIMIT 1", &[code.as_str().into()])?;
        if known.is_empty() {
            return Ok(false);
        }
        self.sql.run(
            "INSERT INTO visit (code, hour, clicks, touches) VALUES (?, ?, ?, ?) ON CONFLICT (code, hour)
                DO UPDATE SET clicks = clicks + excluded.clicks, touches = touches + excluded.touches",
            &[code.as_str().into(), hour(now).into(), clicks.into(), touches.into()],
        )?;
        Ok(true)
    }
}

/// A record that says who somebody is, with how they were managed.
fn with_who(managed: &Referrer, who: Referrer) -> Referrer {
    Referrer {
        activity: managed.activity,
        activity_reason: managed.activity_reason.clone(),
        expires_at: managed.expires_at,
        terms: managed.terms.clone(),
        notes: managed.notes.clone(),
        display_name: managed.display_name.clone(),
        locale: managed.locale.clone(),
        signed_out: managed.signed_out,
        // Somebody else's consent is not theirs.
        marketing_consent: managed.marketing_consent && !is_another(managed, &who),
        ..who
    }
}

/// What KV is to say of a referrer; `ready`: whether the code can be redeemed at the shop.
pub(super) fn public_side(code: &Code, referrer: &Referrer, ready: Option<bool>) -> Publication {
    Publication::Referrer {
        code: code.clone(),
        name: referrer.name.clone(),
        display_name: referrer.display_name.clone(),
        offer: referrer.offer.clone(),
        activity: referrer.activity,
        expires_at: referrer.expires_at,
        discount_ready: ready,
    }
}

/// Whether two records of a code name different people: by their customer ids where both have one, else by their
/// addresses. Who has neither any more, such as somebody erased, is nobody else.
pub(super) fn is_another(one: &Referrer, other: &Referrer) -> bool {
    let differ = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => Some(one != other),
        _ => None,
    };
    differ(&one.customer_id, &other.customer_id)
        .or_else(|| differ(&one.email_hash, &other.email_hash))
        .unwrap_or(false)
}

/// Hours since 1970-01-01T00:00:00Z.
pub fn hour(at: Instant) -> i64 {
    at.seconds().div_euclid(3600)
}

/// Reads a code that the ledger wrote.
pub fn parse_code(text: &str) -> Result<Code, SqlError> {
    text.parse().map_err(|fault| SqlError(format!("a stored code {fault}")))
}
