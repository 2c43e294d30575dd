//! The published form of the wire contract. Tests hold it against the route table and against what the app
//! really answers.

use crate::http::{Response, StatusCode, header};

/// OpenAPI 3.1.
pub const DOCUMENT: &str = include_str!("../../openapi.json");

/// The document, which pages of any origin may read: it says nothing of any shop.
pub fn document() -> Response {
    Response::bytes(StatusCode::OK, "application/json", DOCUMENT.as_bytes().to_vec())
        .with(header::CACHE_CONTROL, "public, max-age=300")
        .with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}
