//! What those who promote a shop take for their own pages: pictures and texts that the shop's owner put there.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::lenient::{any, list};
use crate::word::{Known, words};

words! {
    /// What a picture is.
    pub enum PictureKind {
        /// Lossless pixels.
        Png = "png",
        /// A photograph.
        Jpeg = "jpeg",
        /// Pixels of either kind.
        Webp = "webp",
        /// A drawing.
        Svg = "svg",
    }
}

/// A picture, kept for ever under its address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Picture {
    /// Its id; no other picture ever has it.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// What it is.
    #[serde(default, deserialize_with = "any")]
    pub kind: Known<PictureKind>,
    /// What it shows, for who cannot see it.
    #[serde(default, deserialize_with = "any")]
    pub title: String,
    /// Its width in pixels.
    #[serde(default, deserialize_with = "any")]
    pub width: u32,
    /// Its height in pixels.
    #[serde(default, deserialize_with = "any")]
    pub height: u32,
    /// How many bytes it has.
    #[serde(default, deserialize_with = "any")]
    pub bytes: i64,
    /// Where anybody can load it.
    #[serde(default, deserialize_with = "any")]
    pub url: String,
    /// Since when it is there.
    #[serde(default, deserialize_with = "any")]
    pub added_at: Instant,
}

/// A picture that was just added: `POST /v1/shops/{shop}/materials/pictures`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddedPicture {
    /// The picture.
    #[serde(flatten)]
    pub picture: Picture,
    /// Elements and attributes of an SVG that were left out, such as scripts.
    #[serde(default, deserialize_with = "list")]
    pub left_out: Vec<String>,
}

/// A text to be copied. `{link}`, `{code}`, `{offer}` and `{shop}` are filled in for who copies it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShareText {
    /// Its id.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// For what it is, such as "Newsletter".
    #[serde(default, deserialize_with = "any")]
    pub title: String,
    /// The text.
    #[serde(default, deserialize_with = "any")]
    pub text: String,
    /// When it was last changed.
    #[serde(default, deserialize_with = "any")]
    pub changed_at: Instant,
}

/// A text as its shop writes it: the body of `POST …/materials/texts` and `PUT …/materials/texts/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewShareText {
    /// For what it is.
    pub title: String,
    /// The text.
    pub text: String,
}

/// All of it: `GET /v1/shops/{shop}/materials`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Materials {
    /// The newest first.
    #[serde(default, deserialize_with = "list")]
    pub pictures: Vec<Picture>,
    /// In the order in which they were made.
    #[serde(default, deserialize_with = "list")]
    pub texts: Vec<ShareText>,
}

/// What may stand in braces in a text.
pub const FIELDS: [&str; 4] = ["link", "code", "offer", "shop"];

/// Names in braces of a text that nothing fills in.
pub fn unknown(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).filter_map(|(_, name)| name).filter(|name| !FIELDS.contains(name))
}

/// A text with its braces filled in by `value`, which answers each of [`FIELDS`]; what is none of them stands as it is.
/// What is filled in is not looked at again.
pub fn filled(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    for (before, name) in pieces(text) {
        filled.push_str(before);
        match name {
            Some(name) if FIELDS.contains(&name) => filled.push_str(&value(name)),
            Some(name) => filled.extend(["{", name, "}"]),
            None => {}
        }
    }
    filled
}

/// A text cut at its braces: what stands before a pair, and the name within it.
fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut from = 0;
        while let Some(open) = text.get(from..).and_then(|tail| tail.find('{')).map(|at| at + from) {
            let inner = text.get(open + 1..).unwrap_or_default();
            match inner.split_once('}') {
                Some((name, after)) if is_name(name) => {
                    rest = Some(after);
                    return Some((text.get(..open).unwrap_or_default(), Some(name)));
                }
                _ => from = open + 1,
            }
        }
        rest = None;
        Some((text, None))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_in_once() {
        let value = |name: &str| match name {
            "link" => "https://e/r/s/{code}".to_owned(),
            "code" => "ANNA10".to_owned(),
            _ => "?".to_owned(),
        };
        assert_eq!(
            filled("{code}: {link} {x} { {{code}} {", value),
            "ANNA10: https://e/r/s/{code} {x} { {ANNA10} {"
        );
        assert_eq!(unknown("{link} {prix} {Link} {").collect::<Vec<_>>(), ["prix"]);
        assert_eq!(filled("", value), "");
    }
}
