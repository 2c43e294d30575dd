//! A shop's id, as paths, keys and the ledgers' names have it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A shop's id: 1 to 64 of `a-z 0-9 -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ShopId(String);

/// A text that is no [`ShopId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 of a-z, 0-9 and hyphens")]
pub struct NotAShopId;

impl ShopId {
    /// Reads an id; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let right = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        right.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ShopId {
    type Error = NotAShopId;

    fn try_from(text: String) -> Result<Self, NotAShopId> {
        Self::parse(&text).ok_or(NotAShopId)
    }
}

impl fmt::Display for ShopId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ShopId;

    #[test]
    fn json_holds_nothing_that_is_no_id() {
        let read = |text: &str| serde_json::from_str::<ShopId>(text).ok();
        assert_eq!(read("\"demo-1\""), ShopId::parse("demo-1"));
        for wrong in ["\"\"", "\"Demo\"", "\"a/b\"", "1"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(serde_json::to_string(&ShopId::parse("demo").unwrap()).unwrap(), "\"demo\"");
    }
}
