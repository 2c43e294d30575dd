//! The addresses that a shop has told what happens.

use parrain_core::instant::Instant;
use parrain_wire::deliveries::{DeliveryState, Endpoint, EndpointList, EventType};
use parrain_wire::desk::{self, News};

use super::deliveries::state_number;
use super::sql::{Row, Sql, Value, json_of};
use super::{Ledger, number};
use crate::protocol::calls::{
    AddEndpoint, ChangeEndpoint, GetEndpoint, ListEndpoints, RemoveEndpoint, RotateEndpoint,
};
use crate::protocol::{Answers, Refusal};

/// How many endpoints a shop may have: they are sent to side by side, and an invocation of the Workers runtime may have
/// six connections open, the others of which would wait for those while their time runs.
const MOST: i64 = 5;

/// For how many hours a secret signs beside the one that replaced it.
const HOURS: i64 = 24;

impl<S: Sql> Answers<AddEndpoint> for Ledger<S> {
    fn answer(&self, now: Instant, ask: AddEndpoint) -> Result<Endpoint, Refusal> {
        self.shop()?;
        let AddEndpoint { url, types, secret } = ask;
        if self.number("SELECT COUNT(*) FROM endpoint WHERE provider IS NULL", &[])? >= MOST {
            return Err(Refusal::TooManyEndpoints);
        }
        let made = self.sql.run(
            "INSERT INTO endpoint (url, types, secret, since) VALUES (?, ?, ?, ?) RETURNING id",
            &[url.into(), types_text(&types)?, secret.into(), now.into()],
        )?;
        let id = made.first().ok_or_else(|| Refusal::Store("a new endpoint has no id".into()))?.int(0)?;
        self.note_endpoint(now, desk::Event::EndpointAdded, id)?;
        self.attend(now)?;
        self.endpoint(now, id)
    }
}

impl<S: Sql> Answers<ListEndpoints> for Ledger<S> {
    fn answer(&self, now: Instant, _: ListEndpoints) -> Result<EndpointList, Refusal> {
        self.shop()?;
        Ok(EndpointList { endpoints: self.endpoints(now, None)? })
    }
}

impl<S: Sql> Answers<GetEndpoint> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GetEndpoint) -> Result<Endpoint, Refusal> {
        let id = self.endpoint_id(&ask.id)?;
        self.endpoint(now, id)
    }
}

impl<S: Sql> Answers<ChangeEndpoint> for Ledger<S> {
    /// What waits for it goes to the new address too, and at once: that is why it is changed.
    fn answer(&self, now: Instant, ask: ChangeEndpoint) -> Result<Endpoint, Refusal> {
        let id = self.endpoint_id(&ask.id)?;
        if let Some(url) = ask.url {
            self.sql.run(
                "UPDATE endpoint SET url = ?, pause = 0, fails = 0, failing = NULL WHERE id = ?",
                &[url.into(), id.into()],
            )?;
            self.errand.set(true);
        }
        if let Some(types) = ask.types {
            self.sql.run("UPDATE endpoint SET types = ? WHERE id = ?", &[types_text(&types)?, id.into()])?;
        }
        self.note_endpoint(now, desk::Event::EndpointChanged, id)?;
        self.endpoint(now, id)
    }
}

impl<S: Sql> Answers<RemoveEndpoint> for Ledger<S> {
    fn answer(&self, now: Instant, ask: RemoveEndpoint) -> Result<(), Refusal> {
        let id = self.endpoint_id(&ask.id)?;
        self.note_endpoint(now, desk::Event::EndpointRemoved, id)?;
        self.sql.run("DELETE FROM delivery WHERE endpoint = ?", &[id.into()])?;
        self.sql.run("DELETE FROM endpoint WHERE id = ?", &[id.into()])?;
        self.attend(now)
    }
}

impl<S: Sql> Answers<RotateEndpoint> for Ledger<S> {
    fn answer(&self, now: Instant, ask: RotateEndpoint) -> Result<Endpoint, Refusal> {
        let id = self.endpoint_id(&ask.id)?;
        self.sql.run(
            "UPDATE endpoint SET before = secret, before_until = ?, secret = ? WHERE id = ?",
            &[now.plus_seconds(HOURS * 3600).into(), ask.secret.into(), id.into()],
        )?;
        self.note_endpoint(now, desk::Event::EndpointRotated, id)?;
        self.endpoint(now, id)
    }
}

impl<S: Sql> Ledger<S> {
    /// The number of an endpoint that there is, by its id, which callers give as text.
    pub(super) fn endpoint_id(&self, id: &str) -> Result<i64, Refusal> {
        let id = self.destination_id(id)?;
        let rows = self.sql.run("SELECT 1 FROM endpoint WHERE id = ? AND provider IS NULL", &[id.into()])?;
        if rows.is_empty() { Err(Refusal::UnknownEndpoint) } else { Ok(id) }
    }

    /// The same, or that of a provider of newsletters.
    pub(super) fn destination_id(&self, id: &str) -> Result<i64, Refusal> {
        self.shop()?;
        let id = number(Some(id)).map_err(|_| Refusal::UnknownEndpoint)?;
        let rows = self.sql.run("SELECT 1 FROM endpoint WHERE id = ?", &[id.into()])?;
        if rows.is_empty() { Err(Refusal::UnknownEndpoint) } else { Ok(id) }
    }

    /// Notes that somebody did something about an endpoint. Of its address only the host is said: what follows may be a
    /// secret of the other side's.
    fn note_endpoint(&self, now: Instant, what: desk::Event, id: i64) -> Result<(), Refusal> {
        let rows = self.sql.run("SELECT url FROM endpoint WHERE id = ?", &[id.into()])?;
        let url = rows.first().map(|row| row.text(0)).transpose()?;
        let host = url.and_then(|url| url::Url::parse(url).ok()?.host_str().map(str::to_owned));
        Ok(self.note(now, News { what: what.into(), host, ..News::default() })?)
    }

    /// How many deliveries are dead: to the shop's own addresses, or to providers of newsletters.
    pub(super) fn dead_deliveries(&self, of_providers: bool) -> Result<i64, Refusal> {
        let dead = Value::Int(state_number(DeliveryState::Dead));
        Ok(self.number(
            "SELECT COALESCE(SUM((SELECT COUNT(*) FROM delivery WHERE endpoint = endpoint.id AND state = ?1)), 0)
                FROM endpoint WHERE (provider IS NOT NULL) = ?2",
            &[dead, of_providers.into()],
        )?)
    }

    fn endpoint(&self, now: Instant, id: i64) -> Result<Endpoint, Refusal> {
        self.endpoints(now, Some(id))?.into_iter().next().ok_or(Refusal::UnknownEndpoint)
    }

    fn endpoints(&self, now: Instant, one: Option<i64>) -> Result<Vec<Endpoint>, Refusal> {
        let rows = self.sql.run(
            "SELECT id, url, types, since, before_until, failing,
                (SELECT COUNT(*) FROM delivery WHERE endpoint = endpoint.id AND state = ?2),
                (SELECT COUNT(*) FROM delivery WHERE endpoint = endpoint.id AND state = ?3)
                FROM endpoint WHERE provider IS NULL AND (?1 IS NULL OR id = ?1) ORDER BY id",
            &[
                one.into(),
                state_number(DeliveryState::Waiting).into(),
                state_number(DeliveryState::Dead).into(),
            ],
        )?;
        let endpoint = |row: &Row| {
            Ok(Endpoint {
                id: row.int(0)?.to_string(),
                url: row.text(1)?.to_owned(),
                types: row.json(2)?,
                since: Instant::from_micros(row.int(3)?),
                rotating_until: row.maybe_int(4).map(Instant::from_micros).filter(|until| now < *until),
                failing_since: row.maybe_int(5).map(Instant::from_micros),
                waiting: row.int(6)?,
                dead: row.int(7)?,
            })
        };
        rows.iter().map(endpoint).collect()
    }
}

fn types_text(types: &[EventType]) -> Result<Value, Refusal> {
    Ok(json_of(types)?.into())
}
