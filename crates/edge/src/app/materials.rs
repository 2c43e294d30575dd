//! What those take who promote the shop: pictures and texts that the owner puts there, and the pictures as anybody loads
//! them.
//!
//! A picture's bytes are in KV, under an id that no other picture ever has, before the ledger knows of it: what it lists can
//! be loaded. An upload that fails in between leaves bytes that nobody finds, until the shop is removed.

use super::access::{Owner, Reads};
use super::{Answer, App, Env, body};
use crate::http::{EMBEDDED, Request, Response, StatusCode, header};
use crate::pictures::{self, content_type, ending, file_name};
use crate::problem::Error;
use crate::protocol::calls::{
    AddPicture, GetMaterials, PlanPicture, PutShareText, RemovePicture, RemoveShareText,
};
use crate::shop_id::ShopId;
use crate::stores::Kv;
use crate::stores::keys::{self, Key};
use parrain_core::check::{Faults, Node};
use parrain_wire::materials::{self, AddedPicture, Materials, NewShareText, Picture, PictureKind};
use sha2::{Digest, Sha256};

/// The longest title, in characters.
const MOST_TITLE: usize = 100;

/// The longest text, in characters.
const MOST_TEXT: usize = 2000;

/// A picture never changes under its address.
const KEPT: &str = "public, max-age=31536000, immutable";

/// Of an address that has no picture now: soon it may be asked for again.
const NO_PICTURE: Error = Error::NotFound("there is no such picture");

impl<E: Env> App<E> {
    /// All pictures and texts.
    pub(super) async fn list_materials(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let materials = self.ask_as(may, id, GetMaterials).await?;
        Ok(Response::json(StatusCode::OK, &self.addressed(request, id, materials))?)
    }

    /// Keeps the picture that is the body; its `title` stands in the query. The same bytes again are the
    /// same picture, by its new title.
    pub(super) async fn add_picture(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let title = title(request)?;
        let read = pictures::read(request.bytes()).map_err(|why| Error::invalid("/picture", why))?;
        let digest = hex::encode(Sha256::digest(&read.bytes));
        let (kind, left_out) = (read.kind, read.left_out);
        if let Some(found) =
            self.ask_as(may, id, PlanPicture { digest: digest.clone(), title: title.clone() }).await?
        {
            let picture = self.with_address(request, id, found);
            return Ok(Response::json(StatusCode::OK, &AddedPicture { picture, left_out })?);
        }
        let shop = self.fresh_shop(id).await?;
        let incarnation = &shop.record.secrets.incarnation;
        let name = hex::encode(self.env.random::<12>()?);
        let file = file_name(&name, kind);
        let key = Key::Picture { shop: id, incarnation, name: &file }.to_string();
        self.env.kv().put_bytes(&key, &read.bytes, &keys::referrer_metadata(incarnation)).await?;
        let picture = Picture {
            id: name.clone(),
            kind: kind.into(),
            title,
            width: read.width,
            height: read.height,
            bytes: i64::try_from(read.bytes.len()).unwrap_or(i64::MAX),
            ..Picture::default()
        };
        let added = self.ask_as(may, id, AddPicture { picture, digest }).await;
        let is_kept = match &added {
            Ok(added) => added.id == name,
            // Whether it was noted nobody knows.
            Err(Error::Unavailable { .. }) => true,
            Err(_) => false,
        };
        if !is_kept && self.env.kv().delete(&key).await.is_err() {
            self.env.log("a picture that is nowhere listed stays in KV until its shop is removed");
        }
        let picture = self.with_address(request, id, added?);
        let status = if picture.id == name { StatusCode::CREATED } else { StatusCode::OK };
        Ok(Response::json(status, &AddedPicture { picture, left_out })?)
    }

    /// Takes a picture away. Pages that have it already may keep showing it.
    pub(super) async fn remove_picture(&self, may: &Owner, id: &ShopId, picture: String) -> Answer {
        self.ask_as(may, id, RemovePicture { id: picture }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// Adds a text.
    pub(super) async fn add_share_text(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let text = self.ask_as(may, id, PutShareText { id: None, text: share_text(request)? }).await?;
        Ok(Response::json(StatusCode::CREATED, &text)?)
    }

    /// Puts a text in place of another.
    pub(super) async fn put_share_text(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        one: String,
    ) -> Answer {
        let text = self.ask_as(may, id, PutShareText { id: Some(one), text: share_text(request)? }).await?;
        Ok(Response::json(StatusCode::OK, &text)?)
    }

    /// Takes a text away.
    pub(super) async fn remove_share_text(&self, may: &Owner, id: &ShopId, one: String) -> Answer {
        self.ask_as(may, id, RemoveShareText { id: one }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// A picture as anybody loads it. Whatever it may turn out to hold, a browser that shows it by itself runs nothing and
    /// asks for nothing.
    pub(super) async fn picture(&self, request: &Request, id: &ShopId, name: &str) -> Answer {
        let kind = kind_of(name).ok_or(NO_PICTURE)?;
        let found = self.shop(id).await;
        let shop = self.counted(request, found).await?;
        let incarnation = &shop.record.secrets.incarnation;
        let key = Key::Picture { shop: id, incarnation, name }.to_string();
        let bytes = self.env.kv().get_bytes(&key).await?;
        let bytes = self.counted(request, bytes.ok_or(NO_PICTURE)).await?;
        Ok(Response::bytes(StatusCode::OK, content_type(kind), bytes)
            .with(header::CACHE_CONTROL, KEPT)
            .with(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox")
            .with(EMBEDDED, "cross-origin"))
    }

    /// What the ledger holds, with the addresses by which pictures are loaded.
    pub(super) fn addressed(&self, request: &Request, id: &ShopId, materials: Materials) -> Materials {
        let pictures = materials.pictures.into_iter().map(|one| self.with_address(request, id, one));
        Materials { pictures: pictures.collect(), ..materials }
    }

    fn with_address(&self, request: &Request, id: &ShopId, picture: Picture) -> Picture {
        let kind = picture.kind.word().unwrap_or(PictureKind::Png);
        let url = format!("{}/p/{id}/{}", self.origin(request), file_name(&picture.id, kind));
        Picture { url, ..picture }
    }
}

/// The kind in the name of a picture's file, which is a part of the name in KV: by another ending it is not there.
fn kind_of(name: &str) -> Option<PictureKind> {
    let (_, end) = name.rsplit_once('.')?;
    PictureKind::WORDS.iter().find(|(_, kind)| ending(*kind) == end).map(|(_, kind)| *kind)
}

/// A picture's title, as the query has it.
fn title(request: &Request) -> Result<String, Error> {
    let title = request.param("title").unwrap_or_default();
    let title = title.trim();
    if title.is_empty() {
        return Err(Error::invalid("/title", "is missing"));
    }
    if title.chars().count() > MOST_TITLE {
        return Err(Error::invalid("/title", format!("must have at most {MOST_TITLE} characters")));
    }
    if title.chars().any(char::is_control) {
        return Err(Error::invalid("/title", "must not hold control characters"));
    }
    Ok(title.to_owned())
}

fn share_text(request: &Request) -> Result<NewShareText, Error> {
    let json = body::json(request)?;
    let (root, mut faults) = (Node::root(&json), Faults::default());
    root.object(&mut faults);
    root.only(&mut faults, &["title", "text"]);
    let title = root.field("title").text(&mut faults, MOST_TITLE).map(|title| title.trim().to_owned());
    let node = root.field("text");
    let text = body::lines(&node, &mut faults, MOST_TEXT);
    for name in materials::unknown(&text) {
        faults.add(&node, format!("fills in {{link}}, {{code}}, {{offer}} and {{shop}}, and not {{{name}}}"));
    }
    if text.trim().is_empty() {
        faults.add(&node, "must not be empty");
    }
    Ok(NewShareText { title: body::checked(faults, title)?.unwrap_or_default(), text })
}
