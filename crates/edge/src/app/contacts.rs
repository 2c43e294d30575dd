//! Providers of newsletters: which of them are told of referrers who agreed to that, and by whose key.

use super::access::Owner;
use super::shops::Shop;
use super::{Answer, App, Env, body};
use crate::deliveries::contacts::{Key, prove};
use crate::details::seal::Keyring;
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{DropContacts, ListContacts, PutContacts, ReplaceContacts, StaleContacts};
use crate::shop_id::ShopId;
use parrain_core::check::{Faults, Node};
use parrain_wire::contacts::ContactProvider;
use parrain_wire::word::Word;

const NO_PROVIDER: Error = Error::NotFound("there is no such provider of contacts");

/// The longest key, in characters.
const MOST: usize = 300;

impl<E: Env> App<E> {
    /// All of them.
    pub(super) async fn list_contacts(&self, may: &Owner, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListContacts).await?)?)
    }

    /// Takes a provider's key once it was seen to open what it is for.
    pub(super) async fn put_contacts(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        name: &str,
    ) -> Answer {
        let provider = ContactProvider::named(name).ok_or(NO_PROVIDER)?;
        // Without a key nothing is read: nobody is to think that it was kept.
        let keys = Keyring::parse(self.env.details_keys())?;
        let json = body::json(request)?;
        let mut faults = Faults::default();
        let key = read(provider, &Node::root(&json), &mut faults);
        let key =
            body::checked(faults, key)?.ok_or_else(|| Error::Internal("a key that says nothing".into()))?;
        let shop = self.fresh_shop(id).await?;
        prove(&self.env.web(), provider, &key)
            .await
            .map_err(|words| Error::invalid("/key", words.replace(&key.key, "…")))?;
        let place = (id.as_str(), shop.record.secrets.incarnation.as_str());
        let sealed = key.seal(&keys, self.env.random()?, provider, place)?;
        let origin = self.origin(request).to_owned();
        let ask = PutContacts { provider, account: key.account(), sealed, origin };
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ask).await?)?)
    }

    /// Forgets a provider, and what waits for it.
    pub(super) async fn drop_contacts(&self, may: &Owner, id: &ShopId, name: &str) -> Answer {
        let provider = ContactProvider::named(name).ok_or(NO_PROVIDER)?;
        self.ask_as(may, id, DropContacts { provider }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// Seals keys by the newest key; how many were sealed by another.
    pub(super) async fn reseal_contacts(
        &self,
        id: &ShopId,
        shop: &Shop,
        keys: &Keyring,
    ) -> Result<u32, Error> {
        let stale = self.ask_very(id, shop, StaleContacts { key_id: keys.newest().to_owned() }).await?;
        let place = (id.as_str(), shop.record.secrets.incarnation.as_str());
        let mut sealed = Vec::new();
        for (provider, before) in stale {
            let key = Key::open(keys, &before, provider, place)?;
            sealed.push((provider, before, key.seal(keys, self.env.random()?, provider, place)?));
        }
        self.ask_very(id, shop, ReplaceContacts { sealed }).await
    }
}

fn read(provider: ContactProvider, root: &Node<'_>, faults: &mut Faults) -> Option<Key> {
    root.object(faults)?;
    let (begins, list) = match provider {
        ContactProvider::Brevo => {
            root.only(faults, &["key", "list"]);
            ("xkeysib-", root.field("list").optional_whole(faults, 1, u32::MAX))
        }
        ContactProvider::Klaviyo => {
            root.only(faults, &["key"]);
            ("pk_", None)
        }
    };
    let node = root.field("key");
    let key = node.pasted(faults, MOST)?;
    if !key.starts_with(begins) {
        faults.add(&node, format!("must begin with {begins}"));
        return None;
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        faults.add(&node, "must be letters, digits and signs without blanks, as the platform shows it");
        return None;
    }
    Some(Key { key: key.to_owned(), list })
}
