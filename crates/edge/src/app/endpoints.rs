//! The addresses that a shop has told what happens, what was sent to each, and sending it again.
//!
//! An address may hold a key of its own, as those of automation services do: it is for the owner alone.
//!
//! They are called endpoints and not webhooks: at `…/webhooks/{platform}` webhooks come in.

use super::access::Owner;
use super::{Answer, App, Env, body};
use crate::deliveries::address;
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{
    AddEndpoint, ChangeEndpoint, GetEndpoint, ListDeliveries, ListEndpoints, RemoveEndpoint,
    ReplayDeliveries, RotateEndpoint, TestEndpoint,
};
use crate::shop_id::ShopId;
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_wire::deliveries::{DeliveryState, EndpointWithSecret, EventType};

/// How many deliveries one request may name.
const MOST_NAMED: usize = 1000;

/// The longest id of a delivery, in characters.
const MOST_ID: usize = 100;

impl<E: Env> App<E> {
    /// Adds an endpoint; its secret is told this once.
    pub(super) async fn add_endpoint(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["url", "types"]);
        let url = self.endpoint_url(request, &root.field("url"), &mut faults);
        let types = event_types(&root.field("types"), &mut faults);
        let url = body::checked(faults, url)?
            .ok_or_else(|| Error::Internal("an endpoint without an address".into()))?;
        let secret = token::event_secret(self.env.random()?);
        let endpoint = self.ask_as(may, id, AddEndpoint { url, types, secret: secret.clone() }).await?;
        Ok(Response::json(StatusCode::CREATED, &EndpointWithSecret { endpoint, secret })?)
    }

    /// All of them.
    pub(super) async fn list_endpoints(&self, may: &Owner, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListEndpoints).await?)?)
    }

    /// One of them.
    pub(super) async fn get_endpoint(&self, may: &Owner, id: &ShopId, endpoint: String) -> Answer {
        let endpoint = self.ask_as(may, id, GetEndpoint { id: endpoint }).await?;
        Ok(Response::json(StatusCode::OK, &endpoint)?)
    }

    /// Changes what the body says of an endpoint, and leaves the rest.
    pub(super) async fn change_endpoint(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        endpoint: String,
    ) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["url", "types"]);
        let (url, types) = (root.field("url"), root.field("types"));
        let url = url.is_present().then(|| self.endpoint_url(request, &url, &mut faults)).flatten();
        let types = types.is_present().then(|| event_types(&types, &mut faults));
        let (url, types) = body::checked(faults, (url, types))?;
        let endpoint = self.ask_as(may, id, ChangeEndpoint { id: endpoint, url, types }).await?;
        Ok(Response::json(StatusCode::OK, &endpoint)?)
    }

    /// Forgets an endpoint with all that was to be told to it.
    pub(super) async fn remove_endpoint(&self, may: &Owner, id: &ShopId, endpoint: String) -> Answer {
        self.ask_as(may, id, RemoveEndpoint { id: endpoint }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// Gives an endpoint another secret, which is told this once.
    pub(super) async fn rotate_endpoint(&self, may: &Owner, id: &ShopId, endpoint: String) -> Answer {
        let secret = token::event_secret(self.env.random()?);
        let ask = RotateEndpoint { id: endpoint, secret: secret.clone() };
        let endpoint = self.ask_as(may, id, ask).await?;
        Ok(Response::json(StatusCode::OK, &EndpointWithSecret { endpoint, secret })?)
    }

    /// Sends an endpoint something by which to try it. What comes of it stands among its deliveries in a moment.
    pub(super) async fn test_endpoint(&self, may: &Owner, id: &ShopId, endpoint: String) -> Answer {
        let delivery = self.ask_as(may, id, TestEndpoint { id: endpoint }).await?;
        Ok(Response::json(StatusCode::ACCEPTED, &delivery)?)
    }

    /// The newest deliveries to an endpoint.
    pub(super) async fn list_deliveries(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        endpoint: String,
    ) -> Answer {
        let state = request.word::<DeliveryState>("state")?;
        let list = self.ask_as(may, id, ListDeliveries { id: endpoint, state }).await?;
        Ok(Response::json(StatusCode::OK, &list)?)
    }

    /// Sends deliveries again, under the same ids.
    pub(super) async fn replay_deliveries(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        endpoint: String,
    ) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["deliveries"]);
        let named = root.field("deliveries");
        let deliveries = named.is_present().then(|| {
            let items = named.items(&mut faults, MOST_NAMED);
            items.iter().filter_map(|item| item.text(&mut faults, MOST_ID).map(str::to_owned)).collect()
        });
        let deliveries = body::checked(faults, deliveries)?;
        let replayed = self.ask_as(may, id, ReplayDeliveries { id: endpoint, deliveries }).await?;
        Ok(Response::json(StatusCode::OK, &replayed)?)
    }

    fn endpoint_url(&self, request: &Request, node: &Node<'_>, faults: &mut Faults) -> Option<String> {
        let text = node.text(faults, address::MOST)?;
        match address::read(text, address::is_near(self.origin(request))) {
            Ok(url) => Some(url.into()),
            Err(refused) => {
                faults.add(node, refused.to_string());
                None
            }
        }
    }
}

/// What an endpoint may be told of; tests come to it anyway.
fn event_types(node: &Node<'_>, faults: &mut Faults) -> Vec<EventType> {
    let choices: Vec<(&str, EventType)> =
        EventType::WORDS.iter().copied().filter(|(_, what)| *what != EventType::EndpointTest).collect();
    let items = node.items(faults, choices.len());
    let mut types: Vec<EventType> = items.iter().filter_map(|item| item.choice(faults, &choices)).collect();
    types.sort_unstable();
    types.dedup();
    if items.is_empty() && node.value().is_none_or(|value| value.as_array().is_some_and(Vec::is_empty)) {
        faults.add(node, "must name at least one type");
    }
    types
}
