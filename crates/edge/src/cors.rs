//! Which pages may read an answer: those of the program's origins, and no other.

use crate::http::{HeaderValue, Request, Response, StatusCode, header};
use crate::problem::Error;

/// Whether a request is a browser asking beforehand (Fetch standard, "CORS-preflight request").
pub fn is_preflight(request: &Request) -> bool {
    request.method == http::Method::OPTIONS
        && request.headers.contains_key(header::ORIGIN)
        && request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Answers a preflight for a resource whose page-side methods are `methods`.
///
/// # Errors
/// [`Error::ForeignOrigin`] where the program does not name the origin.
pub fn preflight(request: &Request, origins: &[String], methods: &str) -> Result<Response, Error> {
    allowed(request, origins).ok_or(Error::ForeignOrigin)?;
    let response = Response::empty(StatusCode::NO_CONTENT)
        .with(header::ACCESS_CONTROL_ALLOW_METHODS, methods)
        .with(header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type")
        .with(header::ACCESS_CONTROL_MAX_AGE, "7200");
    Ok(dress(response, request, origins))
}

/// The answer with what the browser needs to hand it to the page, if the page may have it. `Vary: Origin`
/// stands on every answer, else a cache could serve one page's headers to another.
pub fn dress(mut response: Response, request: &Request, origins: &[String]) -> Response {
    response = response.with(header::VARY, "Origin");
    if let Some(origin) = allowed(request, origins) {
        response.headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        response = response.with(header::ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After");
    }
    response
}

/// The answer for any page to read: it says nothing of any shop.
pub fn open(response: Response) -> Response {
    response.with(header::VARY, "Origin").with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}

/// The request's `Origin` if the program names it. Origins are compared byte by byte: browsers send them
/// in the one form that the program was checked to hold.
fn allowed<'a>(request: &'a Request, origins: &[String]) -> Option<&'a HeaderValue> {
    let mut sent = request.headers.get_all(header::ORIGIN).iter();
    let origin = sent.next()?;
    let known = origins.iter().any(|one| one.as_bytes() == origin.as_bytes());
    (known && sent.next().is_none()).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Body, HeaderMap, Method};

    fn request(method: Method, origin: Option<&str>) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert("access-control-request-method", HeaderValue::from_static("POST"));
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        Request {
            method,
            origin: "https://edge.example".into(),
            path: "/v1/shops/demo/touches".into(),
            query: String::new(),
            headers,
            body: Body::Whole(Vec::new()),
        }
    }

    fn origins() -> Vec<String> {
        vec!["https://shop.example".into(), "http://localhost:8788".into()]
    }

    #[test]
    fn the_programs_origins_are_answered() {
        let request = request(Method::OPTIONS, Some("https://shop.example"));
        assert!(is_preflight(&request));
        let response = preflight(&request, &origins(), "POST").unwrap();
        let header = |name| response.headers.get(name).unwrap().to_str().unwrap();
        assert_eq!(response.status, StatusCode::NO_CONTENT);
        assert_eq!(header("access-control-allow-origin"), "https://shop.example");
        assert_eq!(header("access-control-allow-methods"), "POST");
        assert_eq!(header("vary"), "Origin");
    }

    #[test]
    fn other_origins_get_nothing() {
        for origin in [
            "https://shop.example.evil.test",
            "https://evil.test",
            "http://shop.example",
            "https://SHOP.example",
            "https://shop.example:444",
            "null",
        ] {
            let asked = request(Method::OPTIONS, Some(origin));
            assert!(preflight(&asked, &origins(), "POST").is_err(), "{origin}");
            let answer =
                dress(Response::empty(StatusCode::OK), &request(Method::POST, Some(origin)), &origins());
            assert!(!answer.headers.contains_key("access-control-allow-origin"));
            assert_eq!(answer.headers["vary"], "Origin");
        }
    }

    #[test]
    fn without_an_origin_there_are_no_cors_headers() {
        let answer = dress(Response::empty(StatusCode::OK), &request(Method::GET, None), &origins());
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        assert!(!is_preflight(&request(Method::OPTIONS, None)));
    }
}
