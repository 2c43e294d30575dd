//! What went wrong, as RFC 9457 has it (contract section 3).

use serde::{Deserialize, Serialize};

use crate::lenient::{any, list};

/// A problem document: the body of every answer that is no success.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `about:blank`: the status is the whole meaning of the type.
    #[serde(rename = "type", default, deserialize_with = "any")]
    pub kind: String,
    /// The status in words.
    #[serde(default, deserialize_with = "any")]
    pub title: String,
    /// The status.
    #[serde(default, deserialize_with = "any")]
    pub status: u16,
    /// What is wrong with this request.
    #[serde(default, deserialize_with = "any")]
    pub detail: String,
    /// Every fault of a body, with 422.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// One thing that is wrong in a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fault {
    /// Where, as a JSON Pointer (RFC 6901) into the body, `""` being the whole of it; or the name of a query parameter.
    pub pointer: String,
    /// What, in a sentence fragment such as "must be a text".
    pub detail: String,
}
