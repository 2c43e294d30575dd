//! What is to be told to each endpoint, how it went, and what is sent again.
//!
//! A delivery is noted in the transaction that brings about what it tells, and struck out only after the other side said
//! that it has it: it happens at least once, under an id that stays the same. Each endpoint is by itself; where one does
//! not answer at all, one delivery an hour finds out whether it does again, and the others wait.

use parrain_core::instant::Instant;
use parrain_wire::contacts::ContactProvider;
use parrain_wire::deliveries::{
    Delivery, DeliveryList, DeliveryState, EventType, Notice, Replayed, TestedEndpoint,
};
use parrain_wire::word::Word;
use serde::Serialize;

use super::Ledger;
use super::schema;
use super::sql::{Row, Sql, SqlError, Value, json_of};
use crate::details::seal::Sealed;
use crate::protocol::calls::{ListDeliveries, ReplayDeliveries, TestEndpoint};
use crate::protocol::{Answers, Refusal};

/// After how many seconds a try that failed is followed by the next, as the Standard Webhooks specification proposes;
/// the last of them holds for all that follow, up to the end of [`DAYS`].
const GAPS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// For how many seconds an endpoint that answers nothing is left alone at most.
const LONGEST_PAUSE: i64 = 3_600;

/// For how many days a delivery is tried.
pub(super) const DAYS: i64 = 3;

/// How many deliveries of each kind an endpoint is kept: those that were delivered, and those that are dead.
const KEPT: [(DeliveryState, i64); 2] = [(DeliveryState::Delivered, 100), (DeliveryState::Dead, 1_000)];

/// How many deliveries a list shows.
const SHOWN: i64 = 100;

/// How many deliveries die or are replayed in one transaction.
const MOST: i64 = 1_000;

/// How many characters are kept of what the other side said.
const MOST_WORDS: usize = 500;

/// The columns of a [`Delivery`], with the pause of its endpoint.
const COLUMNS: &str =
    "delivery.seq, delivery.type, delivery.state, delivery.queued, delivery.tries, delivery.tried,
    MAX(delivery.next, endpoint.pause), delivery.status, delivery.answer";

/// What is due to be sent to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The endpoint.
    pub endpoint: i64,
    /// Where it goes, and by what.
    pub to: To,
    /// Number, id and body of each delivery, in the order in which they are sent.
    pub deliveries: Vec<(i64, String, String)>,
}

/// Where deliveries go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// To an address of the shop's, signed by these secrets, the newest first.
    Address {
        /// The address.
        url: String,
        /// The secrets.
        secrets: Vec<String>,
    },
    /// To a provider of newsletters.
    Contacts {
        /// Which.
        provider: ContactProvider,
        /// What opens it.
        sealed: Sealed,
        /// The shop's id, and which of those that have had it: for them it is sealed.
        shop: (String, String),
    },
}

/// How a try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It was answered: status, and the beginning of what was said.
    Answered(u16, String),
    /// Nothing came; why, in words.
    Unanswered(String),
}

impl Tried {
    /// Whether the other side has it.
    pub fn is_taken(&self) -> bool {
        match self {
            Self::Answered(status, _) => (200..300).contains(status),
            Self::Unanswered(_) => false,
        }
    }

    /// Whether it is the endpoint that fails, and not what was sent to it: then others wait for it too.
    pub fn is_endpoint_s(&self) -> bool {
        match self {
            Self::Answered(400 | 409 | 413 | 415 | 422, _) => false,
            Self::Answered(..) => !self.is_taken(),
            Self::Unanswered(_) => true,
        }
    }
}

impl<S: Sql> Answers<TestEndpoint> for Ledger<S> {
    /// A test is for who waits to see what comes of it: it is sent whatever pause the endpoint has.
    fn answer(&self, now: Instant, ask: TestEndpoint) -> Result<Delivery, Refusal> {
        let id = self.endpoint_id(&ask.id)?;
        let data = TestedEndpoint { endpoint: id.to_string() };
        let seq =
            self.enqueue(id, EventType::EndpointTest, now, &notice(EventType::EndpointTest, now, &data)?)?;
        self.sql.run("UPDATE endpoint SET pause = 0 WHERE id = ?", &[id.into()])?;
        let found = self.deliveries("WHERE delivery.seq = ?", &[seq.into()])?;
        found.into_iter().next().ok_or_else(|| Refusal::Store("a new delivery is gone".into()))
    }
}

impl<S: Sql> Answers<ListDeliveries> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ListDeliveries) -> Result<DeliveryList, Refusal> {
        let id = self.destination_id(&ask.id)?;
        let deliveries = self.deliveries(
            "WHERE delivery.endpoint = ?1 AND (?2 IS NULL OR delivery.state = ?2) ORDER BY delivery.seq DESC LIMIT ?3",
            &[id.into(), ask.state.map(state_number).into(), SHOWN.into()],
        )?;
        Ok(DeliveryList { deliveries })
    }
}

impl<S: Sql> Answers<ReplayDeliveries> for Ledger<S> {
    fn answer(&self, now: Instant, ask: ReplayDeliveries) -> Result<Replayed, Refusal> {
        let id = self.destination_id(&ask.id)?;
        let prefix = self.id_prefix()?;
        let named = ask.deliveries.map(|ids| {
            let number = |id: &String| id.strip_prefix(&prefix)?.parse::<i64>().ok();
            super::journal::list(ids.iter().filter_map(number))
        });
        let dead = named.is_none().then(|| state_number(DeliveryState::Dead));
        let again = self.sql.run(
            "UPDATE delivery SET state = 0, tries = 0, next = ?2, queued = ?2 WHERE seq IN (SELECT seq FROM delivery
                WHERE endpoint = ?1 AND (?3 IS NULL OR seq IN (SELECT value FROM json_each(?3)))
                AND (?4 IS NULL OR state = ?4) ORDER BY seq LIMIT ?5) RETURNING seq",
            &[id.into(), now.into(), named.into(), dead.into(), MOST.into()],
        )?;
        self.sql.run("UPDATE endpoint SET pause = 0 WHERE id = ?", &[id.into()])?;
        self.errand.set(true);
        Ok(Replayed { replayed: i64::try_from(again.len()).unwrap_or(i64::MAX) })
    }
}

impl<S: Sql> Ledger<S> {
    /// Notes something to be told to every endpoint that asked for its type.
    pub(super) fn tell(&self, what: EventType, at: Instant, data: &impl Serialize) -> Result<(), Refusal> {
        self.tell_those(what, at, data, false)
    }

    /// The same to providers of newsletters alone: the shop's own addresses were told before.
    pub(super) fn tell_providers(
        &self,
        what: EventType,
        at: Instant,
        data: &impl Serialize,
    ) -> Result<(), Refusal> {
        self.tell_those(what, at, data, true)
    }

    fn tell_those(
        &self,
        what: EventType,
        at: Instant,
        data: &impl Serialize,
        providers_alone: bool,
    ) -> Result<(), Refusal> {
        if self.shop()?.told.get().is_none() {
            return Ok(());
        }
        let rows = self.sql.run(
            "SELECT id, provider, url FROM endpoint WHERE ?1 IN (SELECT value FROM json_each(types))
                AND (?2 = 0 OR provider IS NOT NULL) ORDER BY id",
            &[what.name().into(), providers_alone.into()],
        )?;
        if rows.is_empty() {
            return Ok(());
        }
        let body = notice(what, at, data)?;
        for row in &rows {
            // A provider of newsletters hears of those alone who agreed to that.
            if row.maybe_text(1).is_some() && self.contact(&body, row.text(2)?)?.is_none() {
                continue;
            }
            self.enqueue(row.int(0)?, what, self.now.get(), &body)?;
        }
        Ok(())
    }

    fn enqueue(&self, endpoint: i64, what: EventType, now: Instant, body: &str) -> Result<i64, Refusal> {
        self.errand.set(true);
        let made = self.sql.run(
            "INSERT INTO delivery (endpoint, type, body, queued, next) VALUES (?1, ?2, ?3, ?4, ?4) RETURNING seq",
            &[endpoint.into(), what.name().into(), body.into(), now.into()],
        )?;
        Ok(made.first().ok_or_else(|| Refusal::Store("a new delivery has no number".into()))?.int(0)?)
    }

    /// When the next delivery is to be tried.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn next_try(&self) -> Result<Option<Instant>, Refusal> {
        if !schema::has(&self.sql, "delivery")? {
            return Ok(None);
        }
        let rows = self.sql.run(
            "SELECT MIN(MAX(pause, (SELECT MIN(next) FROM delivery WHERE endpoint = endpoint.id AND state = 0)))
                FROM endpoint",
            &[],
        )?;
        Ok(rows.first().and_then(|row| row.maybe_int(0)).map(Instant::from_micros))
    }

    /// What is due to be sent, at most `most` deliveries for each endpoint.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn parcels(&self, now: Instant, most: u32) -> Result<Vec<Parcel>, Refusal> {
        if !schema::has(&self.sql, "delivery")? {
            return Ok(Vec::new());
        }
        let prefix = match self.id_prefix() {
            Err(Refusal::UnknownShop) => return Ok(Vec::new()),
            prefix => prefix?,
        };
        let endpoints = self.sql.run(
            "SELECT id, url, secret, before, before_until, provider FROM endpoint WHERE pause <= ? ORDER BY id",
            &[now.into()],
        )?;
        let mut parcels = Vec::new();
        for row in &endpoints {
            let endpoint = row.int(0)?;
            let due = self.sql.run(
                "SELECT seq, body FROM delivery WHERE endpoint = ? AND state = 0 AND next <= ?
                    ORDER BY type <> 'endpoint.test', next, seq LIMIT ?",
                &[endpoint.into(), now.into(), most.into()],
            )?;
            if due.is_empty() {
                continue;
            }
            let before =
                row.maybe_text(3).filter(|_| row.maybe_int(4).is_some_and(|until| now.micros() < until));
            let to = match row.maybe_text(5).map(ContactProvider::named) {
                Some(Some(provider)) => {
                    let (_, sealed): (String, Sealed) = row.json(2)?;
                    let shop = self.shop()?;
                    let shop = (shop.record.shop.to_string(), shop.record.secrets.incarnation.clone());
                    To::Contacts { provider, sealed, shop }
                }
                Some(None) => continue,
                None => {
                    let secrets = [Some(row.text(2)?), before].into_iter().flatten().map(str::to_owned);
                    To::Address { url: row.text(1)?.to_owned(), secrets: secrets.collect() }
                }
            };
            let read = |row: &Row| -> Result<_, SqlError> {
                let seq = row.int(0)?;
                Ok((seq, format!("{prefix}{seq}"), row.text(1)?.to_owned()))
            };
            let deliveries = due.iter().map(read).collect::<Result<_, _>>()?;
            parcels.push(Parcel { endpoint, to, deliveries });
        }
        Ok(parcels)
    }

    /// Notes how a try went: strikes the delivery out, or says when it is tried again, or gives it up.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then it will be tried again.
    pub fn tried(&self, now: Instant, seq: i64, tried: &Tried) -> Result<(), Refusal> {
        self.in_transaction(|| {
            let rows =
                self.sql.run("SELECT endpoint, tries, queued FROM delivery WHERE seq = ?", &[seq.into()])?;
            // Its endpoint may be gone by now.
            let Some(row) = rows.first() else { return Ok(()) };
            let (endpoint, tries) = (row.int(0)?, row.int(1)?);
            let end = Instant::from_micros(row.int(2)?).plus_days(DAYS);
            let state = match tried.is_taken() {
                true => DeliveryState::Delivered,
                false if end <= now => DeliveryState::Dead,
                false => DeliveryState::Waiting,
            };
            // The last try comes when its days are over, not a day later.
            let next = now.plus_seconds(gap(tries)).min(end);
            let (status, words) = match tried {
                Tried::Answered(status, words) => (Some(i64::from(*status)), words),
                Tried::Unanswered(words) => (None, words),
            };
            let words = bounded(words);
            self.sql.run(
                "UPDATE delivery SET state = ?, tries = tries + 1, next = ?, tried = ?, status = ?, answer = ?
                    WHERE seq = ?",
                &[
                    state_number(state).into(),
                    next.into(),
                    now.into(),
                    status.into(),
                    words.clone().into(),
                    seq.into(),
                ],
            )?;
            if tried.is_endpoint_s() {
                self.pause(endpoint, now)?;
                // Those that waited behind it for as long have been tried by it.
                self.sql.run(
                    "UPDATE delivery SET state = ?, status = ?, answer = ? WHERE seq IN (SELECT seq FROM delivery
                        WHERE endpoint = ? AND state = 0 AND queued <= ? ORDER BY seq LIMIT ?)",
                    &[
                        state_number(DeliveryState::Dead).into(),
                        status.into(),
                        words.into(),
                        endpoint.into(),
                        now.plus_days(-DAYS).into(),
                        MOST.into(),
                    ],
                )?;
            } else {
                self.sql.run(
                    "UPDATE endpoint SET pause = 0, fails = 0, failing = NULL WHERE id = ? AND failing IS NOT NULL",
                    &[endpoint.into()],
                )?;
            }
            self.forget_old(endpoint)
        })
    }

    /// Leaves an endpoint alone for a while.
    fn pause(&self, endpoint: i64, now: Instant) -> Result<(), Refusal> {
        let rows = self.sql.run(
            "UPDATE endpoint SET fails = fails + 1, failing = COALESCE(failing, ?) WHERE id = ? RETURNING fails",
            &[now.into(), endpoint.into()],
        )?;
        let fails = rows.first().map_or(Ok(1), |row| row.int(0))?;
        let until = now.plus_seconds(gap(fails - 1).min(LONGEST_PAUSE));
        self.sql.run("UPDATE endpoint SET pause = ? WHERE id = ?", &[until.into(), endpoint.into()])?;
        Ok(())
    }

    /// Forgets deliveries that are over, but the newest.
    fn forget_old(&self, endpoint: i64) -> Result<(), Refusal> {
        for (state, kept) in KEPT {
            self.sql.run(
                "DELETE FROM delivery WHERE endpoint = ?1 AND state = ?2 AND seq <= (SELECT seq FROM delivery
                    WHERE endpoint = ?1 AND state = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)",
                &[endpoint.into(), state_number(state).into(), kept.into()],
            )?;
        }
        Ok(())
    }

    fn deliveries(&self, rest: &str, values: &[Value]) -> Result<Vec<Delivery>, Refusal> {
        let prefix = self.id_prefix()?;
        let statement =
            format!("SELECT {COLUMNS} FROM delivery JOIN endpoint ON endpoint.id = delivery.endpoint {rest}");
        let instant = |row: &Row, column| row.maybe_int(column).map(Instant::from_micros);
        let delivery = |row: &Row| {
            let state = state_of(row.int(2)?)?;
            Ok(Delivery {
                id: format!("{prefix}{}", row.int(0)?),
                kind: parrain_wire::Known::read(row.text(1)?),
                state: state.into(),
                queued_at: Instant::from_micros(row.int(3)?),
                tries: row.int(4)?,
                tried_at: instant(row, 5),
                next_try_at: instant(row, 6).filter(|_| state == DeliveryState::Waiting),
                status: row.maybe_int(7).and_then(|status| u16::try_from(status).ok()),
                answer: row.maybe_text(8).filter(|text| !text.is_empty()).map(str::to_owned),
            })
        };
        self.sql.run(&statement, values)?.iter().map(delivery).collect()
    }

    /// What the ids of this shop's deliveries begin with; no other shop's do.
    fn id_prefix(&self) -> Result<String, Refusal> {
        Ok(format!("msg_{}_", self.shop()?.record.secrets.incarnation))
    }
}

/// The body of a webhook.
fn notice(what: EventType, at: Instant, data: &impl Serialize) -> Result<String, Refusal> {
    let notice = Notice { kind: what.into(), timestamp: at, data };
    Ok(json_of(&notice)?)
}

/// How long to wait after so many tries that failed, one more having failed now.
pub(super) fn gap(tries: i64) -> i64 {
    let index = usize::try_from(tries).unwrap_or(0);
    GAPS.get(index).or(GAPS.last()).copied().unwrap_or_default()
}

/// The beginning of what somebody said, without what a terminal or a page would act on.
pub(super) fn bounded(words: &str) -> String {
    let shown = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    shown.take(MOST_WORDS).collect::<String>().trim().to_owned()
}

/// The number by which a state stands in the table.
pub(super) fn state_number(state: DeliveryState) -> i64 {
    match state {
        DeliveryState::Waiting => 0,
        DeliveryState::Delivered => 1,
        DeliveryState::Dead => 2,
    }
}

fn state_of(number: i64) -> Result<DeliveryState, Refusal> {
    match number {
        0 => Ok(DeliveryState::Waiting),
        1 => Ok(DeliveryState::Delivered),
        2 => Ok(DeliveryState::Dead),
        other => Err(Refusal::Store(format!("a delivery in state {other}"))),
    }
}
