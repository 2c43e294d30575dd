//! What those take who promote the shop: which pictures there are (their bytes are in KV) and which texts.

use parrain_core::instant::Instant;
use parrain_wire::materials::{Materials, Picture, PictureKind, ShareText};
use parrain_wire::word::{Known, Word};

use super::sql::{Row, Sql, SqlError};
use super::{Ledger, number};
use crate::pictures::file_name;
use crate::protocol::calls::{
    AddPicture, GetMaterials, PlanPicture, PutShareText, RemovePicture, RemoveShareText,
};
use crate::protocol::publication::Publication;
use crate::protocol::{Answers, Refusal};

/// How many pictures a shop may have.
const MOST_PICTURES: i64 = 50;

/// How many texts a shop may have.
const MOST_TEXTS: i64 = 50;

const PICTURE: &str = "id, kind, title, width, height, bytes, added";

impl<S: Sql> Answers<PlanPicture> for Ledger<S> {
    fn answer(&self, _: Instant, ask: PlanPicture) -> Result<Option<Picture>, Refusal> {
        self.shop()?;
        self.sql.run(
            "UPDATE picture SET title = ?2 WHERE digest = ?1 AND title <> ?2",
            &[ask.digest.as_str().into(), ask.title.as_str().into()],
        )?;
        let found = self.picture_of(&ask.digest)?;
        if found.is_none() && self.number("SELECT COUNT(*) FROM picture", &[])? >= MOST_PICTURES {
            return Err(Refusal::TooManyMaterials);
        }
        Ok(found)
    }
}

impl<S: Sql> Answers<AddPicture> for Ledger<S> {
    fn answer(&self, now: Instant, ask: AddPicture) -> Result<Picture, Refusal> {
        let AddPicture { picture, digest } = ask;
        if let Some(found) =
            self.answer(now, PlanPicture { digest: digest.clone(), title: picture.title.clone() })?
        {
            return Ok(found);
        }
        self.sql.run(
            "INSERT INTO picture (id, digest, kind, title, width, height, bytes, added) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                picture.id.as_str().into(),
                digest.into(),
                picture.kind.name().into(),
                picture.title.as_str().into(),
                i64::from(picture.width).into(),
                i64::from(picture.height).into(),
                picture.bytes.into(),
                now.into(),
            ],
        )?;
        Ok(Picture { added_at: now, ..picture })
    }
}

impl<S: Sql> Answers<RemovePicture> for Ledger<S> {
    fn answer(&self, _: Instant, ask: RemovePicture) -> Result<(), Refusal> {
        let shop = self.shop()?;
        let gone =
            self.sql.run("DELETE FROM picture WHERE id = ? RETURNING kind", &[ask.id.as_str().into()])?;
        let kind = gone.first().ok_or(Refusal::UnknownPicture)?.text(0)?;
        let kind =
            PictureKind::named(kind).ok_or_else(|| Refusal::Store(format!("a picture is a {kind}")))?;
        Ok(self.post(&shop.record, &Publication::PictureGone(file_name(&ask.id, kind)))?)
    }
}

impl<S: Sql> Answers<PutShareText> for Ledger<S> {
    fn answer(&self, now: Instant, ask: PutShareText) -> Result<ShareText, Refusal> {
        self.shop()?;
        let (title, text) = (ask.text.title, ask.text.text);
        let rows = match &ask.id {
            Some(id) => self.sql.run(
                "UPDATE share_text SET title = ?, text = ?, changed = ? WHERE id = ? RETURNING id",
                &[title.as_str().into(), text.as_str().into(), now.into(), text_id(id)?.into()],
            )?,
            None if self.number("SELECT COUNT(*) FROM share_text", &[])? >= MOST_TEXTS => {
                return Err(Refusal::TooManyMaterials);
            }
            None => self.sql.run(
                "INSERT INTO share_text (title, text, changed) VALUES (?, ?, ?) RETURNING id",
                &[title.as_str().into(), text.as_str().into(), now.into()],
            )?,
        };
        let id = rows.first().ok_or(Refusal::UnknownShareText)?.int(0)?;
        Ok(ShareText { id: id.to_string(), title, text, changed_at: now })
    }
}

impl<S: Sql> Answers<RemoveShareText> for Ledger<S> {
    fn answer(&self, _: Instant, ask: RemoveShareText) -> Result<(), Refusal> {
        self.shop()?;
        let id = text_id(&ask.id)?;
        let gone = self.sql.run("DELETE FROM share_text WHERE id = ? RETURNING id", &[id.into()])?;
        if gone.is_empty() { Err(Refusal::UnknownShareText) } else { Ok(()) }
    }
}

impl<S: Sql> Answers<GetMaterials> for Ledger<S> {
    fn answer(&self, _: Instant, _: GetMaterials) -> Result<Materials, Refusal> {
        self.shop()?;
        let pictures =
            self.sql.run(&format!("SELECT {PICTURE} FROM picture ORDER BY added DESC, id"), &[])?;
        let texts = self.sql.run("SELECT id, title, text, changed FROM share_text ORDER BY id", &[])?;
        let text = |row: &Row| {
            Ok::<_, SqlError>(ShareText {
                id: row.int(0)?.to_string(),
                title: row.text(1)?.to_owned(),
                text: row.text(2)?.to_owned(),
                changed_at: Instant::from_micros(row.int(3)?),
            })
        };
        Ok(Materials {
            pictures: pictures.iter().map(picture).collect::<Result<_, _>>()?,
            texts: texts.iter().map(text).collect::<Result<_, _>>()?,
        })
    }
}

impl<S: Sql> Ledger<S> {
    fn picture_of(&self, digest: &str) -> Result<Option<Picture>, SqlError> {
        let rows =
            self.sql.run(&format!("SELECT {PICTURE} FROM picture WHERE digest = ?"), &[digest.into()])?;
        rows.first().map(picture).transpose()
    }
}

fn picture(row: &Row) -> Result<Picture, SqlError> {
    let pixels = |column| Ok::<_, SqlError>(u32::try_from(row.int(column)?).unwrap_or_default());
    Ok(Picture {
        id: row.text(0)?.to_owned(),
        kind: Known::<PictureKind>::read(row.text(1)?),
        title: row.text(2)?.to_owned(),
        width: pixels(3)?,
        height: pixels(4)?,
        bytes: row.int(5)?,
        url: String::new(),
        added_at: Instant::from_micros(row.int(6)?),
    })
}

fn text_id(id: &str) -> Result<i64, Refusal> {
    number(Some(id)).map_err(|_| Refusal::UnknownShareText)
}
