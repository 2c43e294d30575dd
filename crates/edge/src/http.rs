//! A request and a response as plain values, so that the whole app runs without a Workers runtime.

use crate::problem::Error;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, LOCATION};
pub use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use parrain_wire::word::Word;
use serde::Serialize;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The most bytes that a request body may have: 256 KiB, but for what platforms send.
pub const MAX_BODY: usize = 256 * 1024;

/// The most bytes of a platform's webhook: 2 MiB. A wholesale order of a thousand lines comes whole or not at all.
pub const MAX_WEBHOOK: usize = 2 * 1024 * 1024;

/// The most bytes of a request with a picture: more than a picture may have, so that one which is too large is told so.
pub const MAX_UPLOAD: usize = 2 * 1024 * 1024;
/// The most bytes of an export of other software: 4 MiB, which is more lines than are read at once.
pub const MAX_IMPORT: usize = 4 * 1024 * 1024;

/// The most bytes that the body of a request to a path may have.
pub fn max_body(path: &str) -> usize {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["v1", "shops", _, "webhooks", ..] => MAX_WEBHOOK,
        ["v1", "shops", _, "materials", "pictures"] | ["desk", _, "promotion"] => MAX_UPLOAD,
        // The API's, and the form of the desk that becomes it.
        ["v1", "shops", _, "imports"] | ["desk", _, "imports"] => MAX_IMPORT,
        _ => MAX_BODY,
    }
}

/// What the client sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method; the app sees `HEAD` as `HEAD` and answers it as `GET` without a body.
    pub method: Method,
    /// Scheme, host and port that the request was sent to, without a trailing slash.
    pub origin: String,
    /// The path as it came, still percent-encoded.
    pub path: String,
    /// What follows `?`, still percent-encoded, without the `?`.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, or the fact that it was longer than [`max_body`] and therefore not kept.
    pub body: Body,
}

/// A request's body after the size cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The whole body.
    Whole(Vec<u8>),
    /// Longer than [`max_body`]; nothing of it was kept.
    TooLarge,
}

impl Request {
    /// A header's value where it is visible ASCII and was sent once.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?;
        if values.next().is_some() {
            return None;
        }
        first.to_str().ok()
    }

    /// The token of `Authorization: Bearer TOKEN`.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(header::AUTHORIZATION)?.split_once(' ')?;
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
    }

    /// The first value of a query parameter, decoded; an empty one is none. A plus is a plus: no value here has
    /// spaces, while addresses (`anna+shop@…`) and times (`…+02:00`) have pluses, which people forget to encode.
    pub fn param(&self, name: &str) -> Option<String> {
        // An empty value that stands first hides the others.
        self.values(name).next().filter(|value| !value.is_empty())
    }

    /// Every value of a query parameter, decoded as [`Request::param`] does, without empty ones.
    pub fn params(&self, name: &str) -> Vec<String> {
        self.values(name).filter(|value| !value.is_empty()).collect()
    }

    /// The word in a query parameter; nothing where there is none.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all words where it is another.
    pub fn word<T: Word>(&self, name: &str) -> Result<Option<T>, Error> {
        let all: Vec<T> = T::WORDS.iter().map(|(_, word)| *word).collect();
        self.one_of(name, &all)
    }

    /// The same of a part of the words.
    ///
    /// # Errors
    /// As [`Request::word`].
    pub fn one_of<T: Word>(&self, name: &str, words: &[T]) -> Result<Option<T>, Error> {
        let Some(text) = self.param(name) else { return Ok(None) };
        let found = words.iter().find(|word| word.name() == text);
        let found = found.ok_or_else(|| {
            let names: Vec<&str> = words.iter().map(|word| word.name()).collect();
            Error::invalid(name, format!("must be one of {}", names.join(", ")))
        });
        found.copied().map(Some)
    }

    /// Whether a query parameter says yes; no where there is none.
    ///
    /// # Errors
    /// [`Error::Invalid`] where it is neither `true` nor `false`.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.param(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Error::invalid(name, "must be true or false")),
        }
    }

    /// Whether a query parameter is there that can say this alone.
    ///
    /// # Errors
    /// [`Error::Invalid`] where it says anything else.
    pub fn says(&self, name: &str, alone: bool) -> Result<bool, Error> {
        match self.param(name) {
            None => Ok(false),
            Some(text) if text == alone.to_string() => Ok(true),
            Some(_) => Err(Error::invalid(name, format!("must be {alone}, or be left out"))),
        }
    }

    fn values(&self, name: &str) -> impl Iterator<Item = String> {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(self.query.replace('+', "%2B").as_bytes()).into_owned().collect();
        pairs.into_iter().filter(move |(key, _)| key == name).map(|(_, value)| value)
    }

    /// The client's address as Cloudflare saw it, for rate limits; one shared name where there is none. Of an
    /// IPv6 address only the network counts, its first 64 bits: within it a client has as many as it likes.
    pub fn client(&self) -> String {
        let address = self.header("cf-connecting-ip").unwrap_or("unknown");
        match address.parse::<Ipv6Addr>() {
            Ok(one) => {
                let [a, b, c, d, ..] = one.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Err(_) => address.to_owned(),
        }
    }

    /// The country that the client is in, two capital letters, where Cloudflare says it; nothing where it does not know, or
    /// for Tor.
    pub fn country(&self) -> Option<&str> {
        let country = self.header("cf-ipcountry")?;
        let letters = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
        (letters && country != "XX").then_some(country)
    }

    /// The block of addresses that the client's is of, for limits of a day: whoever has one address of it soon has
    /// another. Of IPv4 the first 24 bits, of IPv6 the first 48; the same shared name where there is no address.
    pub fn network(&self) -> String {
        let address = self.header("cf-connecting-ip").unwrap_or("unknown");
        if let Ok(one) = address.parse::<Ipv4Addr>() {
            let [a, b, c, _] = one.octets();
            return format!("{a}.{b}.{c}.0/24");
        }
        match address.parse::<Ipv6Addr>() {
            Ok(one) => {
                let [a, b, c, ..] = one.segments();
                format!("{a:x}:{b:x}:{c:x}::/48")
            }
            Err(_) => address.to_owned(),
        }
    }

    /// The body's bytes; empty where it was too large (the app has refused those already).
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Whole(bytes) => bytes,
            Body::TooLarge => &[],
        }
    }
}

/// What a browser is told with everything, unless an answer says otherwise: nothing of ours is run, framed or embedded by
/// others, and no address of ours is told to them whole.
const HARD: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (EMBEDDED, "same-origin"),
];

/// Who may have what is answered without reading it.
pub const EMBEDDED: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// For a year nothing of this host is asked for but by TLS.
const BY_TLS: &str = "max-age=31536000";

/// What the app answers.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The same, with the headers by which browsers keep others from using it; by TLS, also that it stays so.
    pub fn harden(mut self, by_tls: bool) -> Self {
        let stays = by_tls.then_some((header::STRICT_TRANSPORT_SECURITY, BY_TLS));
        for (name, value) in HARD.into_iter().chain(stays) {
            self.headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        self
    }

    /// An answer without a body, not to be cached.
    pub fn empty(status: StatusCode) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self { status, headers, body: Vec::new() }
    }

    /// An answer with bytes of a given type, not to be cached.
    pub fn bytes(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        let mut response = Self::empty(status).with(CONTENT_TYPE, content_type);
        response.headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response.body = body;
        response
    }

    /// A JSON answer, not to be cached.
    ///
    /// # Errors
    /// Where `value` has no JSON form, which no type of the wire contract lacks.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_vec(value)?;
        Ok(Self::bytes(status, "application/json", body))
    }

    /// A redirect that is never cached.
    pub fn found(location: &str) -> Self {
        Self::empty(StatusCode::FOUND).with(LOCATION, location)
    }

    /// The same answer with one more header, which may be there already; as [`Response::with`].
    pub fn and(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }

    /// The same answer with a header set; a value that no header may have is left out.
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)], query: &str) -> Request {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        Request {
            method: Method::GET,
            origin: "https://edge.example".into(),
            path: "/".into(),
            query: query.into(),
            headers: map,
            body: Body::Whole(Vec::new()),
        }
    }

    #[test]
    fn bearer_takes_one_token_and_nothing_else() {
        let bearer = |value| request(&[("authorization", value)], "").bearer().map(str::to_owned);
        assert_eq!(bearer("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(bearer("bearer  abc").as_deref(), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer "), None);
        assert_eq!(bearer("Bearer"), None);
        let twice = request(&[("authorization", "Bearer a"), ("authorization", "Bearer b")], "");
        assert_eq!(twice.bearer(), None);
    }

    #[test]
    fn parameters_are_decoded_once() {
        let request = request(&[], "code=A%2542&code=second&email=a%2Bb@example.com");
        assert_eq!(request.param("code").as_deref(), Some("A%42"));
        assert_eq!(request.param("email").as_deref(), Some("a+b@example.com"));
        assert_eq!(request.param("cursor"), None);
    }

    #[test]
    fn a_plus_in_a_parameter_is_a_plus() {
        let request = request(&[], "email=anna+shop@example.com&as_of=2026-11-01T00:00:00+02:00&code=A%20B");
        assert_eq!(request.param("email").as_deref(), Some("anna+shop@example.com"));
        assert_eq!(request.param("as_of").as_deref(), Some("2026-11-01T00:00:00+02:00"));
        assert_eq!(request.param("code").as_deref(), Some("A B"));
    }

    #[test]
    fn an_empty_parameter_is_none() {
        let request = request(&[], "code=&locale&status=x");
        assert_eq!((request.param("code"), request.param("locale")), (None, None));
        assert_eq!(request.param("status").as_deref(), Some("x"));
    }

    #[test]
    fn words_and_flags_are_what_they_can_be_or_refused() {
        use parrain_wire::referrer::Activity;
        let asked = request(&[], "status=paused&other=Paused&yes=true&no=false&odd=1&none=");
        assert_eq!(asked.word::<Activity>("status").unwrap(), Some(Activity::Paused));
        assert_eq!(asked.word::<Activity>("none").unwrap(), None);
        let wrong = asked.word::<Activity>("other").unwrap_err();
        let Error::Invalid(faults) = wrong else { panic!("{wrong}") };
        assert_eq!(faults.first().map(|fault| fault.pointer.as_str()), Some("other"));
        assert_eq!(
            faults.first().map(|fault| fault.detail.as_str()),
            Some("must be one of active, waiting, paused, ended")
        );
        assert!(asked.one_of("status", &[Activity::Active]).is_err());
        let flags = ["yes", "no", "none"].map(|name| asked.flag(name).unwrap());
        assert_eq!(flags, [true, false, false]);
        assert!(asked.flag("odd").is_err());
        assert!(asked.says("yes", true).unwrap() && asked.says("no", false).unwrap());
        assert!(!asked.says("none", true).unwrap());
        assert!(asked.says("no", true).is_err() && asked.says("odd", true).is_err());
    }

    #[test]
    fn webhooks_may_be_long() {
        assert_eq!(max_body("/v1/shops/demo/webhooks/shopify"), MAX_WEBHOOK);
        assert_eq!(max_body("/v1/shops/demo/materials/pictures"), MAX_UPLOAD);
        assert_eq!(max_body("/desk/demo/promotion"), MAX_UPLOAD);
        for path in ["/v1/shops/demo/imports", "/desk/demo/imports"] {
            assert_eq!(max_body(path), MAX_IMPORT, "{path}");
        }
        for path in [
            "/v1/shops/demo/materials/texts",
            "/v1/shops/demo/events",
            "/v1/shops/demo",
            "/v1/shops/webhooks",
            "/webhooks",
            "/v1/shops/demo/imports/x/steps",
            "/",
            "",
        ] {
            assert_eq!(max_body(path), MAX_BODY, "{path}");
        }
    }

    #[test]
    fn a_country_is_what_is_known_of_it() {
        let country = |text| request(&[("cf-ipcountry", text)], "").country().map(str::to_owned);
        assert_eq!(country("BE").as_deref(), Some("BE"));
        for none in ["XX", "T1", "be", "", "BEL", "<b>"] {
            assert_eq!(country(none), None, "{none}");
        }
        assert_eq!(request(&[], "").country(), None);
    }

    #[test]
    fn a_client_is_its_network() {
        let client = |address| request(&[("cf-connecting-ip", address)], "").client();
        assert_eq!(client("203.0.113.7"), "203.0.113.7");
        assert_eq!(client("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(client("2001:db8:1:2:ffff::1"), client("2001:db8:1:2::"));
        assert_ne!(client("2001:db8:1:3::1"), client("2001:db8:1:2::1"));
        assert_eq!(request(&[], "").client(), "unknown");
    }
}
