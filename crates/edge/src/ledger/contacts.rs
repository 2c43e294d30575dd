//! Providers of newsletters that are told of referrers who agreed to that. Each is an endpoint of the queue of deliveries,
//! whose address is a provider's and whose secret opens it; what is told is written as for any endpoint, and said of whom
//! only when it is sent, so that no address stands in the queue.

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::referrer::Activity;
use parrain_wire::contacts::{ContactDestination, ContactDestinations, ContactProvider};
use parrain_wire::deliveries::{DeliveryState, EventType};
use parrain_wire::desk::{self, News};
use parrain_wire::word::{Known, Word};
use serde_json::Value as Json;

use super::Ledger;
use super::deliveries::state_number;
use super::sql::{Row, Sql, json_of};
use crate::deliveries::contacts::{Contact, Moment};
use crate::details::seal::Sealed;
use crate::protocol::calls::{DropContacts, ListContacts, PutContacts, ReplaceContacts, StaleContacts};
use crate::protocol::shop::Referrer;
use crate::protocol::{Answers, Refusal};

/// What providers are told.
const TYPES: [EventType; 3] =
    [EventType::ReferrerJoined, EventType::ConversionApproved, EventType::RewardPaid];

impl<S: Sql> Answers<PutContacts> for Ledger<S> {
    /// What waits goes by the new key, and so does what was given up: that is why it is given.
    fn answer(&self, now: Instant, ask: PutContacts) -> Result<ContactDestinations, Refusal> {
        self.shop()?;
        let PutContacts { provider, account, sealed, origin } = ask;
        let secret = json_of(&(account, sealed))?;
        let known = self.sql.run(
            "UPDATE endpoint SET secret = ?, url = ?, pause = 0, fails = 0, failing = NULL WHERE provider = ? RETURNING id",
            &[secret.clone().into(), origin.as_str().into(), provider.name().into()],
        )?;
        match known.first() {
            Some(row) => {
                self.sql.run(
                    "UPDATE delivery SET state = 0, tries = 0, next = ?1, queued = ?1 WHERE endpoint = ?2 AND state = ?3",
                    &[now.into(), row.int(0)?.into(), state_number(DeliveryState::Dead).into()],
                )?;
            }
            None => {
                self.sql.run(
                    "INSERT INTO endpoint (url, types, secret, since, provider) VALUES (?, ?, ?, ?, ?)",
                    &[
                        origin.into(),
                        json_of(&TYPES)?.into(),
                        secret.into(),
                        now.into(),
                        provider.name().into(),
                    ],
                )?;
            }
        }
        self.note_contacts(now, desk::Event::ContactsConnected, provider)?;
        self.attend(now)?;
        self.errand.set(true);
        self.destinations()
    }
}

impl<S: Sql> Answers<ListContacts> for Ledger<S> {
    fn answer(&self, _: Instant, _: ListContacts) -> Result<ContactDestinations, Refusal> {
        self.shop()?;
        self.destinations()
    }
}

impl<S: Sql> Answers<DropContacts> for Ledger<S> {
    fn answer(&self, now: Instant, ask: DropContacts) -> Result<(), Refusal> {
        self.shop()?;
        let gone = self
            .sql
            .run("DELETE FROM endpoint WHERE provider = ? RETURNING id", &[ask.provider.name().into()])?;
        let id = gone.first().ok_or(Refusal::NothingToEnd)?.int(0)?;
        self.sql.run("DELETE FROM delivery WHERE endpoint = ?", &[id.into()])?;
        self.note_contacts(now, desk::Event::ContactsEnded, ask.provider)?;
        self.attend(now)
    }
}

impl<S: Sql> Answers<StaleContacts> for Ledger<S> {
    fn answer(&self, _: Instant, ask: StaleContacts) -> Result<Vec<(ContactProvider, Sealed)>, Refusal> {
        self.shop()?;
        let rows = self.sql.run("SELECT provider, secret FROM endpoint WHERE provider IS NOT NULL", &[])?;
        let mut stale = Vec::new();
        for row in &rows {
            let (_, sealed): (String, Sealed) = row.json(1)?;
            stale.extend(ContactProvider::named(row.text(0)?).map(|provider| (provider, sealed)));
        }
        stale.retain(|(_, sealed)| sealed.key_id != ask.key_id);
        Ok(stale)
    }
}

impl<S: Sql> Answers<ReplaceContacts> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ReplaceContacts) -> Result<u32, Refusal> {
        self.shop()?;
        let mut replaced = 0;
        for (provider, before, after) in ask.sealed {
            let name = provider.name();
            let rows = self.sql.run("SELECT secret FROM endpoint WHERE provider = ?", &[name.into()])?;
            let Some(row) = rows.first() else { continue };
            let (account, held): (String, Sealed) = row.json(0)?;
            if held == before {
                self.sql.run(
                    "UPDATE endpoint SET secret = ? WHERE provider = ?",
                    &[json_of(&(account, after))?.into(), name.into()],
                )?;
                replaced += 1;
            }
        }
        Ok(replaced)
    }
}

impl<S: Sql> Ledger<S> {
    /// Whom something that is told is about, where they agreed to newsletters and can be written to; `body` is that of a
    /// webhook, and `origin` the edge's own.
    pub(super) fn contact(&self, body: &str, origin: &str) -> Result<Option<Contact>, Refusal> {
        let notice: Json = serde_json::from_str(body).map_err(|fault| Refusal::Store(fault.to_string()))?;
        let text = |pointer: &str| notice.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
        let moment = match text("/type").as_deref().and_then(EventType::named) {
            Some(EventType::ReferrerJoined) => Moment::Joined,
            Some(EventType::ConversionApproved) => Moment::RewardApproved,
            Some(EventType::RewardPaid) => Moment::RewardPaid,
            Some(
                EventType::ConversionRecorded
                | EventType::ConversionRejected
                | EventType::ConversionReversed
                | EventType::ConversionReinstated
                | EventType::ClaimMade
                | EventType::RewardIssued
                | EventType::PayoutCreated
                | EventType::PayoutPaid
                | EventType::BudgetLow
                | EventType::EndpointTest,
            )
            | None => return Ok(None),
        };
        let code = text("/data/code").or_else(|| text("/data/referrer"));
        let Some(code) = code.and_then(|code| code.parse::<Code>().ok()) else { return Ok(None) };
        let Some(record) = self.find_referrer(&code)? else { return Ok(None) };
        let is_contact = is_contact(self.now.get(), &record.referrer);
        let Some(email) = record.referrer.email.filter(|_| is_contact) else { return Ok(None) };
        let shop = &self.shop()?.record.shop;
        Ok(Some(Contact {
            email,
            name: record.referrer.name,
            link: format!("{origin}/r/{shop}/{code}"),
            code: code.to_string(),
            moment,
            at: text("/timestamp").unwrap_or_default(),
            reward: notice.pointer("/data/reward").filter(|reward| !reward.is_null()).cloned(),
            order_id: text("/data/order_id"),
        }))
    }

    /// Whom a delivery to a provider is about, as it stands now; struck out where there is nobody, since they took their
    /// consent back or were erased.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn contact_of(&self, now: Instant, seq: i64) -> Result<Option<Contact>, Refusal> {
        self.now.set(now);
        self.in_transaction(|| {
            let rows = self.sql.run(
                "SELECT delivery.body, endpoint.url FROM delivery JOIN endpoint ON endpoint.id = delivery.endpoint
                    WHERE delivery.seq = ?",
                &[seq.into()],
            )?;
            let Some(row) = rows.first() else { return Ok(None) };
            let contact = self.contact(row.text(0)?, row.text(1)?)?;
            if contact.is_none() {
                self.sql.run("DELETE FROM delivery WHERE seq = ?", &[seq.into()])?;
            }
            Ok(contact)
        })
    }

    /// Forgets what providers were told or are to be told of a code, since it is another person's now, to whom it would be
    /// said, or nobody's.
    pub(super) fn drop_contacts_of(&self, code: &Code) -> Result<(), Refusal> {
        self.sql.run(
            "DELETE FROM delivery WHERE endpoint IN (SELECT id FROM endpoint WHERE provider IS NOT NULL)
                AND COALESCE(json_extract(body, '$.data.code'), json_extract(body, '$.data.referrer')) = ?",
            &[code.as_str().into()],
        )?;
        Ok(())
    }

    /// Forgets what providers answered: it may name somebody who is erased.
    pub(super) fn forget_answers(&self) -> Result<(), Refusal> {
        self.sql.run(
            "UPDATE delivery SET answer = NULL WHERE answer IS NOT NULL
                AND endpoint IN (SELECT id FROM endpoint WHERE provider IS NOT NULL)",
            &[],
        )?;
        Ok(())
    }

    fn destinations(&self) -> Result<ContactDestinations, Refusal> {
        let rows = self.sql.run(
            "SELECT provider, secret, since, id, failing,
                (SELECT answer FROM delivery WHERE endpoint = endpoint.id AND state <> ?1 AND tries > 0
                    ORDER BY tried DESC LIMIT 1),
                (SELECT COUNT(*) FROM delivery WHERE endpoint = endpoint.id AND state = ?2),
                (SELECT COUNT(*) FROM delivery WHERE endpoint = endpoint.id AND state = ?3)
                FROM endpoint WHERE provider IS NOT NULL ORDER BY provider",
            &[
                state_number(DeliveryState::Delivered).into(),
                state_number(DeliveryState::Waiting).into(),
                state_number(DeliveryState::Dead).into(),
            ],
        )?;
        let destination = |row: &Row| {
            let (account, _): (String, Sealed) = row.json(1)?;
            Ok(ContactDestination {
                provider: Known::read(row.text(0)?),
                account,
                since: Instant::from_micros(row.int(2)?),
                endpoint: row.int(3)?.to_string(),
                failing_since: row.maybe_int(4).map(Instant::from_micros),
                words: row.maybe_text(5).filter(|words| !words.is_empty()).map(str::to_owned),
                waiting: row.int(6)?,
                dead: row.int(7)?,
            })
        };
        let destinations = rows.iter().map(destination).collect::<Result<_, Refusal>>()?;
        Ok(ContactDestinations { destinations })
    }

    fn note_contacts(
        &self,
        now: Instant,
        what: desk::Event,
        provider: ContactProvider,
    ) -> Result<(), Refusal> {
        let platform = Some(provider.name().to_owned());
        Ok(self.note(now, News { what: what.into(), platform, ..News::default() })?)
    }
}

/// Whether providers may be told of a referrer: they agreed, can be written to, and take part. Who waits to be let in does
/// not yet; who pauses has what they earned before.
pub(super) fn is_contact(now: Instant, referrer: &Referrer) -> bool {
    let takes_part = match referrer.activity_at(now) {
        Activity::Active | Activity::Paused => true,
        Activity::Waiting | Activity::Ended => false,
    };
    referrer.marketing_consent && referrer.email.is_some() && !referrer.test && takes_part
}
