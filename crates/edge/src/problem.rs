//! Everything that can go wrong at the edge, and how a client is told: `application/problem+json` (RFC 9457).

use crate::details::seal::SealError;
use crate::http::{HeaderValue, MAX_IMPORT, Response, StatusCode, header};
use parrain_wire::desk::Role;
use parrain_wire::problem::{Fault, Problem};

/// Why a request is not served. What is in `Internal` goes to the log and never to the client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 400: the body is no JSON, or not UTF-8.
    #[error("{0}")]
    Malformed(String),
    /// 401: no token or signature, or one that does not hold.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// 403: a preflight from an origin that the program does not name.
    #[error("this origin is not one of the program's origins")]
    ForeignOrigin,
    /// 403: a helper at the desk may not do that; the role that may.
    #[error("this needs the right {}, which the owner of the shop has not given you", .0.name())]
    NotAllowed(Role),
    /// 403: a form of the desk that none of its pages sent, or one of a session that is over.
    #[error("this form does not come from a page of this desk that is still open")]
    Forged,
    /// 404: a path, shop, code or record that does not exist, or that the token may not know of.
    #[error("{0}")]
    NotFound(&'static str),
    /// 405, with the methods that the path has.
    #[error("this path answers {0} only")]
    Method(String),
    /// 409: the request is right, but what is on record does not allow it.
    #[error("{0}")]
    Conflict(&'static str),
    /// 409: a rule of the program stands in the way; which, in words in the shop's language.
    #[error("{0}")]
    Refused(String),
    /// 409: a file cannot pay everybody of a batch; who and why.
    #[error(
        "{} part(s) of this batch cannot be paid by this file; with \"partial\": true it leaves them to be paid otherwise",
        .0.len()
    )]
    NotAll(Vec<Fault>),
    /// 412: the program is no longer the version that `If-Match` names.
    #[error("the program was changed meanwhile: look at it as it is now, and change that")]
    Changed,
    /// 413: the body is longer than [`crate::http::max_body`] lets it be, which is this many bytes.
    #[error("{}", too_large(*.0))]
    TooLarge(usize),
    /// 422: well-formed, with wrong values.
    #[error("{} value(s) of the request are not valid", .0.len())]
    Invalid(Vec<Fault>),
    /// 429, with the seconds to wait.
    #[error("too many requests; try again in {0} seconds")]
    TooMany(u32),
    /// 503: nothing was recorded and sending it again is right, after the given seconds.
    #[error("a store did not answer; nothing was recorded, and sending the request again is right")]
    Unavailable {
        /// Seconds to wait.
        retry_after: u32,
        /// What happened, for the log.
        cause: String,
    },
    /// 503: the deployment lacks its admin token.
    #[error(
        "this edge has no admin token yet: set the secret PARRAIN_ADMIN_TOKEN (wrangler secret put PARRAIN_ADMIN_TOKEN)"
    )]
    NoAdminToken,
    /// 503: the deployment lacks the key of payout details, or the one that sealed these.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// 500: a fault of ours; the text is for the log.
    #[error("something went wrong on this side; the request may be sent again")]
    Internal(String),
}

/// How large a body may be. A file can be split, a request of a program not.
fn too_large(most: usize) -> String {
    match most {
        MAX_IMPORT => "the file is larger than 4 MiB: split it, with its headings in each part".to_owned(),
        most => format!("the body is larger than {} KiB", most / 1024),
    }
}

impl Error {
    /// A 404: nobody has the code that a path names.
    pub const NO_CODE: Self = Self::NotFound("no referrer has this code");

    /// A 422 with one fault.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault { pointer: pointer.into(), detail: detail.into() }])
    }

    /// The status that the client gets.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::ForeignOrigin | Self::NotAllowed(_) | Self::Forged => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) | Self::Refused(_) | Self::NotAll(_) => StatusCode::CONFLICT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } | Self::NoAdminToken | Self::Sealed(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What belongs in the log and must not be shown, if anything.
    pub fn log_line(&self) -> Option<&str> {
        match self {
            Self::Internal(cause) | Self::Unavailable { cause, .. } => Some(cause),
            _ => None,
        }
    }

    /// The answer: a problem document, `Allow` on 405, `Retry-After` on 429 and 503, never cached.
    pub fn response(&self) -> Response {
        let status = self.status();
        let document = Problem {
            kind: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status: status.as_u16(),
            detail: self.to_string(),
            errors: match self {
                Self::Invalid(faults) | Self::NotAll(faults) => faults.clone(),
                _ => Vec::new(),
            },
        };
        // A problem document is strings and a number: it always has a JSON form.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = Response::bytes(status, "application/problem+json", body);
        match self {
            Self::Method(allow) => response = response.with(header::ALLOW, allow),
            Self::TooMany(seconds) => {
                response = response.with(header::RETRY_AFTER, &seconds.to_string());
            }
            Self::Unavailable { retry_after, .. } => {
                response = response.with(header::RETRY_AFTER, &retry_after.to_string());
            }
            Self::NoAdminToken | Self::Sealed(_) => response = response.with(header::RETRY_AFTER, "60"),
            Self::Unauthorized(_) => {
                response.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

impl From<serde_json::Error> for Error {
    /// Only for answers that could not be written: bodies are read by `core`, which says where they are wrong.
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("an answer has no JSON form: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(pointer: &str, detail: &str) -> Fault {
        Fault { pointer: pointer.into(), detail: detail.into() }
    }

    fn document(error: &Error) -> serde_json::Value {
        serde_json::from_slice(&error.response().body).unwrap()
    }

    #[test]
    fn a_422_lists_each_fault() {
        let error = Error::Invalid(vec![
            fault("/currency", "is no ISO 4217 code"),
            fault("/offers/0/id", "is missing"),
        ]);
        assert_eq!(
            document(&error),
            serde_json::json!({
                "type": "about:blank", "title": "Unprocessable Entity", "status": 422,
                "detail": "2 value(s) of the request are not valid",
                "errors": [
                    {"pointer": "/currency", "detail": "is no ISO 4217 code"},
                    {"pointer": "/offers/0/id", "detail": "is missing"}]
            })
        );
    }

    #[test]
    fn internals_stay_inside() {
        let cause = "SQLITE_BUSY in table conversions";
        for error in
            [Error::Internal(cause.into()), Error::Unavailable { retry_after: 2, cause: cause.into() }]
        {
            let text = String::from_utf8(error.response().body).unwrap();
            assert!(!text.contains("SQLITE"), "{text}");
            assert_eq!(error.log_line(), Some(cause));
        }
    }

    #[test]
    fn headers_say_what_to_do_next() {
        let header_of = |error: Error, name| {
            let response = error.response();
            response.headers.get(name).map(|v: &HeaderValue| v.to_str().unwrap().to_owned())
        };
        assert_eq!(header_of(Error::TooMany(10), header::RETRY_AFTER).as_deref(), Some("10"));
        assert_eq!(header_of(Error::Method("GET, HEAD".into()), header::ALLOW).as_deref(), Some("GET, HEAD"));
        assert_eq!(
            header_of(Error::NotFound("no such shop"), header::CONTENT_TYPE).as_deref(),
            Some("application/problem+json")
        );
        assert_eq!(
            header_of(Error::NotFound("no such shop"), header::CACHE_CONTROL).as_deref(),
            Some("no-store")
        );
    }
}
