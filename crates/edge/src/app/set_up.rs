//! How far a shop is set up, whether that works, and secrets that are replaced.

use super::access::{Owner, Reads};
use super::{Answer, App, Env, body};
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{BeginProof, GetProof, GetSetUp, PutSetUp, RotateSecret};
use crate::protocol::shop::Rotated;
use crate::shop_id::ShopId;
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_wire::desk::SetUpProof;

/// What a test's code is made of: no letter that is taken for another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

impl<E: Env> App<E> {
    /// How far the shop is set up, and what was chosen.
    pub(super) async fn get_set_up(&self, may: &Reads, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, GetSetUp).await?)?)
    }

    /// Saves it.
    pub(super) async fn put_set_up(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["done", "platform", "look", "tax_threshold"]);
        body::checked(faults, ())?;
        let set_up = serde_json::from_value(json)
            .map_err(|fault| Error::invalid("", format!("is no set-up: {fault}")))?;
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, PutSetUp(set_up)).await?)?)
    }

    /// What really happened since a test began.
    pub(super) async fn get_test(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let proof = self.ask_as(may, id, GetProof).await?;
        Ok(Response::json(StatusCode::OK, &self.with_link(request, id, proof))?)
    }

    /// Begins a test: a referrer of its own, never paid, whose way is watched for a day.
    pub(super) async fn begin_test(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let letters = self.env.random::<6>()?.map(|byte| {
            char::from(ALPHABET.get(usize::from(byte) % ALPHABET.len()).copied().unwrap_or(b'X'))
        });
        let code: Code = format!("TEST-{}", String::from_iter(letters))
            .parse()
            .map_err(|fault| Error::Internal(format!("a test's code {fault}")))?;
        let proof = self.ask_as(may, id, BeginProof { code }).await?;
        self.forget(id);
        Ok(Response::json(StatusCode::CREATED, &self.with_link(request, id, proof))?)
    }

    /// Replaces a secret; the one before holds for another day.
    pub(super) async fn rotate(&self, may: &Owner, id: &ShopId, name: &str) -> Answer {
        const NAMES: Error =
            Error::NotFound("the secrets that can be replaced are event_secret, identity_key and shop_token");
        let name = Rotated::named(name).ok_or(NAMES)?;
        let fresh = match name {
            Rotated::EventSecret => token::event_secret(self.env.random()?),
            Rotated::ShopToken => token::shop_token(self.env.random()?, id),
            Rotated::IdentityKey => token::identity_key(self.env.random()?),
        };
        self.forget(id);
        let record = self.ask_as(may, id, RotateSecret { name, fresh }).await?;
        let answer = Response::json(StatusCode::OK, &super::admin::told(&record))?;
        self.know(id, record)?;
        Ok(answer)
    }

    /// What happened so far, with the link to try.
    pub(super) fn with_link(&self, request: &Request, id: &ShopId, proof: SetUpProof) -> SetUpProof {
        SetUpProof { link: proof.code.as_ref().map(|code| self.link(request, id, code)), ..proof }
    }
}
