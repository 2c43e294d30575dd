//! Connecting a shop's module: a code that the owner reads off and types into the module, which exchanges it for all
//! that it needs.

use super::access::{Module, Owner, RETRY_AFTER, Reads};
use super::{Answer, App, Env, Limit, UNKNOWN_CONNECT_CODE, body};
use crate::http::{Request, Response, StatusCode};
use crate::ledger::CONNECT_MINUTES;
use crate::problem::Error;
use crate::protocol::calls::{AddConnectCode, EndConnection, ListConnections, UseConnectCode};
use crate::protocol::{Call, Refusal};
use crate::shop_id::ShopId;
use crate::stores::keys::{ConnectPlace, Key};
use crate::stores::{Kv, LedgerError, Ledgers};
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_wire::connections::{ConnectCode, Connected};
use url::Url;

/// The longest name of a platform, in characters.
const MOST_PLATFORM: usize = 32;

/// The longest address of a site, in characters.
const MOST_SITE: usize = 300;

impl<E: Env> App<E> {
    /// A code that connects one module.
    ///
    /// Who types it has nothing but the code, so that it has to say which shop it is of. KV keeps that under the
    /// code's hash, and forgets it by itself: one write for a thing that is done once in a shop's life. A part of the
    /// code that names the shop would make it as long as the shop's id; an object that knows all codes would be one
    /// more store. Whether the code is still good the shop's ledger alone says.
    pub(super) async fn add_connect_code(&self, may: &Owner, id: &ShopId) -> Answer {
        let shop = self.fresh_shop(id).await?;
        let code = token::connect_code(self.env.random()?);
        let hash = token::connect_hash(&code)
            .ok_or_else(|| Error::Internal("a new connect code has no hash".into()))?;
        let expires_at = self.ask_as(may, id, AddConnectCode { hash: hash.clone() }).await?;
        let place = ConnectPlace { shop: id.clone(), incarnation: shop.record.secrets.incarnation.clone() };
        let key = Key::ConnectCode(&hash).to_string();
        let seconds = CONNECT_MINUTES.unsigned_abs().saturating_mul(60);
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        self.env.kv().put_for(&key, &serde_json::to_string(&place)?, seconds).await?;
        Ok(Response::json(StatusCode::CREATED, &ConnectCode { code, expires_at })?)
    }

    /// Connects the module that brings a code which is good. Attempts are limited as those to sign in are.
    pub(super) async fn exchange(&self, request: &Request) -> Answer {
        if !self.env.allow(Limit::SignIn, &request.client()).await {
            return Err(Error::TooMany(RETRY_AFTER));
        }
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let typed = root.field("code").text(&mut faults, 100).unwrap_or_default().to_owned();
        let platform = platform(&root.field("platform"), &mut faults);
        let site = site(&root.field("site"), &mut faults);
        let (platform, site) = body::checked(faults, platform.zip(site))?
            .ok_or_else(|| Error::Internal("a module without a platform or a site".into()))?;

        const UNKNOWN: Error = Error::NotFound(UNKNOWN_CONNECT_CODE);
        let hash = token::connect_hash(&typed).ok_or(UNKNOWN)?;
        let key = Key::ConnectCode(&hash).to_string();
        let found = self.env.kv().get(&[key]).await?.pop().flatten();
        let place: ConnectPlace = serde_json::from_str(&found.ok_or(UNKNOWN)?)?;
        let module_token = token::module_token(self.env.random()?, &place.shop);
        let (_, token_hash) = token::module_hash(&module_token)
            .ok_or_else(|| Error::Internal("a new module token has no hash".into()))?;
        let identity_key = token::identity_key(self.env.random()?);
        let ask = UseConnectCode { hash, platform, site, token_hash, identity_key: identity_key.clone() };
        let call = Call { incarnation: Some(place.incarnation), ..Call::new(self.env.now(), ask) };
        let connecting = match self.env.ledgers().call(&place.shop, call).await {
            Err(LedgerError::Refused(Refusal::UnknownShop)) => return Err(UNKNOWN),
            connecting => connecting?,
        };
        let shop = self.know(&place.shop, connecting.record)?;
        let connected = Connected {
            shop: place.shop.to_string(),
            name: shop.program.name.clone(),
            connection: connecting.connection,
            event_secret: shop.record.secrets.event_secret.clone(),
            identity_key,
            module_token,
            widget_src: format!("{}/widget.js", self.origin(request)),
            link_params: shop.program.link_params.clone(),
        };
        Ok(Response::json(StatusCode::OK, &connected)?)
    }

    /// The modules that are connected.
    pub(super) async fn list_connections(&self, may: &Reads, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListConnections).await?)?)
    }

    /// Ends a connection: its token and key hold no longer.
    pub(super) async fn end_connection(&self, may: &Module, id: &ShopId, connection: String) -> Answer {
        self.forget(id);
        self.ask_as(may, id, EndConnection { id: connection }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }
}

/// The name of a platform, which the owner reads beside the connection.
fn platform(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let text = node.text(faults, MOST_PLATFORM)?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !text.bytes().all(fits) {
        faults.add(node, "must be a name of a-z, 0-9 and -, such as \"prestashop\"");
        return None;
    }
    Some(text.to_owned())
}

/// The address of a shop, without what follows its path: that may be anything.
fn site(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let text = node.text(faults, MOST_SITE)?;
    let site = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    match site {
        Some(url) => Some(format!("{}{}", url.origin().ascii_serialization(), url.path())),
        None => {
            faults.add(node, "must be the address of the shop, such as \"https://shop.example/\"");
            None
        }
    }
}
