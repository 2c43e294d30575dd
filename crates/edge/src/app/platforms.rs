//! Credentials of platforms: given by the owner, tried at once, kept sealed, and never answered.

use super::access::{Owner, Reads};
use super::shops::Shop;
use super::{Answer, App, Env, body};
use crate::deliveries::address;
use crate::deliveries::platform::credentials::Place;
use crate::deliveries::platform::{Credentials, prove};
use crate::details::seal::Keyring;
use crate::http::{Request, Response, StatusCode};
use crate::ledger::LOOK_DAYS as MOST_DAYS;
use crate::platform::Platform;
use crate::problem::Error;
use crate::protocol::calls::{
    AskReconciliation, DropCredentials, GetCredentials, PutCredentials, ReplaceCredentials, StaleCredentials,
};
use crate::shop_id::ShopId;
use parrain_core::check::{Faults, Node};
use serde_json::json;

const NO_PLATFORM: Error = Error::NotFound("there is no such connection");

impl<E: Env> App<E> {
    /// Takes credentials once they were seen to open what they are for.
    pub(super) async fn put_platform(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        name: &str,
    ) -> Answer {
        let platform = Platform::named(name).ok_or(NO_PLATFORM)?;
        // Without a key nothing is read: nobody is to think that it was kept.
        let keys = Keyring::parse(self.env.details_keys())?;
        let json = body::json(request)?;
        let mut faults = Faults::default();
        let near = address::is_near(self.origin(request));
        let credentials = Credentials::read(platform, &Node::root(&json), near, &mut faults);
        let credentials = body::checked(faults, credentials)?
            .ok_or_else(|| Error::Internal("credentials that say nothing".into()))?;
        let shop = self.fresh_shop(id).await?;
        let proven = prove(&self.env.web(), &credentials, shop.program.currency).await;
        let rights = proven
            .map_err(|unproven| Error::invalid(unproven.pointer, credentials.scrubbed(&unproven.words)))?;
        let place = Place { shop: id.as_str(), incarnation: &shop.record.secrets.incarnation };
        let sealed = credentials.seal(&keys, self.env.random()?, &place)?;
        let ask = PutCredentials { platform, account: credentials.account(), sealed, rights };
        let asker = Some(super::access::May::asker(may).clone());
        let connected = self.ask_very_as(id, &shop, asker, ask).await?;
        Ok(Response::json(StatusCode::OK, &connected)?)
    }

    /// How the edge gets on with a platform.
    pub(super) async fn get_platform(&self, may: &Reads, id: &ShopId, name: &str) -> Answer {
        let platform = Platform::named(name).ok_or(NO_PLATFORM)?;
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, GetCredentials { platform }).await?)?)
    }

    /// Has a platform's orders looked at for those of which no webhook told; how it stands, before anything came of it.
    pub(super) async fn reconcile(&self, may: &Owner, request: &Request, id: &ShopId, name: &str) -> Answer {
        let platform = Platform::named(name).ok_or(NO_PLATFORM)?;
        let json = if request.bytes().is_empty() { json!({}) } else { body::json(request)? };
        let mut faults = Faults::default();
        let root = Node::root(&json);
        root.object(&mut faults);
        root.only(&mut faults, &["since"]);
        let node = root.field("since");
        let since = if node.is_present() { node.instant(&mut faults) } else { None };
        let (now, oldest) = (self.env.now(), self.env.now().plus_days(-MOST_DAYS));
        if let Some(since) = since
            && !(oldest..=now).contains(&since)
        {
            faults.add(&node, format!("must be within the last {MOST_DAYS} days"));
        }
        let since = body::checked(faults, Some(since))?.flatten();
        let asked = self.ask_as(may, id, AskReconciliation { platform, since }).await?;
        Ok(Response::json(StatusCode::ACCEPTED, &asked)?)
    }

    /// Seals credentials by the newest key; how many were sealed by another.
    pub(super) async fn reseal_credentials(
        &self,
        id: &ShopId,
        shop: &Shop,
        keys: &Keyring,
    ) -> Result<u32, Error> {
        let stale = self.ask_very(id, shop, StaleCredentials { key_id: keys.newest().to_owned() }).await?;
        let place = Place { shop: id.as_str(), incarnation: &shop.record.secrets.incarnation };
        let mut sealed = Vec::new();
        for (platform, before) in stale {
            let credentials = Credentials::open(keys, &place, platform, &before)?;
            sealed.push((platform, before, credentials.seal(keys, self.env.random()?, &place)?));
        }
        self.ask_very(id, shop, ReplaceCredentials { sealed }).await
    }

    /// Forgets credentials.
    pub(super) async fn drop_platform(&self, may: &Owner, id: &ShopId, name: &str) -> Answer {
        let platform = Platform::named(name).ok_or(NO_PLATFORM)?;
        self.ask_as(may, id, DropCredentials { platform }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }
}
