//! Who may enter a shop's desk beside who has its token: helpers, each by a link of their own, and links that are good
//! once.

use super::access::{Owner, Reads};
use super::{Answer, App, Env, body};
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{AddDeskKey, AddHelper, ListHelpers, RevokeHelper};
use crate::shop_id::ShopId;
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_wire::desk::{DeskLink, HelperLink, Role};

impl<E: Env> App<E> {
    /// Lets somebody in. Their link holds until it is withdrawn, and is told this once.
    pub(super) async fn add_helper(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["name", "role"]);
        let name = body::name(&root.field("name"), &mut faults);
        if name.is_none() && faults.is_empty() {
            faults.add(&root.field("name"), "must say whom you let in");
        }
        let role = root.field("role").choice(&mut faults, Role::WORDS);
        let (name, role) = body::checked(faults, name.zip(role))?
            .ok_or_else(|| Error::Internal("a helper without a name or a role".into()))?;
        let (link, hash) = self.desk_link(request, id)?;
        let helper = self.ask_as(may, id, AddHelper { name, role, hash }).await?;
        Ok(Response::json(StatusCode::CREATED, &HelperLink { helper, link })?)
    }

    /// Who may enter.
    pub(super) async fn list_helpers(&self, may: &Reads, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListHelpers).await?)?)
    }

    /// Ends a helper's link and whatever they have open.
    pub(super) async fn revoke_helper(&self, may: &Owner, id: &ShopId, helper: String) -> Answer {
        self.ask_as(may, id, RevokeHelper { id: helper }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// A link that lets its holder in at the desk as the owner, once.
    pub(super) async fn add_desk_link(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let (link, hash) = self.desk_link(request, id)?;
        let expires_at = self.ask_as(may, id, AddDeskKey { hash }).await?;
        Ok(Response::json(StatusCode::CREATED, &DeskLink { link, expires_at })?)
    }

    /// A link with a new key, which stands behind the `#`: no server and no log sees it. With it the key's hash.
    fn desk_link(&self, request: &Request, id: &ShopId) -> Result<(String, String), Error> {
        let key = token::desk_key(self.env.random()?, id);
        let (_, hash) =
            token::desk_hash(&key).ok_or_else(|| Error::Internal("a new desk key has no hash".into()))?;
        Ok((format!("{}/desk/come_in#{key}", self.origin(request)), hash))
    }
}
