//! Who is at the desk: a signed cookie that says it, and the row in the shop's ledger without which the cookie opens
//! nothing.
//!
//! The cookie carries role and name, so that a page knows them without asking; it is signed by the shop's own key,
//! which no page ever sees. The ledger checks in the same call that answers the page that the session has not ended.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use parrain_core::instant::Instant;
use parrain_wire::desk::Role;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::http::{Request, header};
use crate::problem::Error;
use crate::protocol::calls::{Entered, NewSession};
use crate::protocol::{Asker, By};
use crate::shop_id::ShopId;

/// How long a session holds, in hours.
pub const HOURS: i64 = 12;

/// Who is at the desk of which shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The shop; `None`: the deployment's admin, at the list of shops.
    pub shop: Option<ShopId>,
    /// What nobody guesses: the row in the ledger.
    pub id: String,
    /// By what they came in.
    pub by: By,
    /// What they may do.
    pub role: Role,
    /// When it ends by itself.
    pub until: Instant,
}

impl Session {
    /// A session that is about to be opened.
    pub fn new(shop: Option<&ShopId>, by: By, now: Instant, random: [u8; 18]) -> Self {
        let until = now.plus_seconds(HOURS * 3600);
        Self { shop: shop.cloned(), id: URL_SAFE_NO_PAD.encode(random), by, role: Role::All, until }
    }

    /// What the ledger is told of it.
    pub fn opening(&self) -> NewSession {
        NewSession { id: self.id.clone(), until: self.until }
    }

    /// The session of who came in by a key.
    pub fn entered(self, entered: Entered) -> Self {
        let by = entered.name.map_or(self.by, By::Helper);
        Self { by, role: entered.role, ..self }
    }

    /// What it is known by in KV, where no secret stands.
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.id.as_bytes()))
    }

    /// Who asks, where they may do what is `needed` in this shop.
    ///
    /// # Errors
    /// 401 where the session is another shop's, 403 where its role allows less.
    pub fn asker(&self, shop: &ShopId, needed: Role) -> Result<Asker, Error> {
        if self.shop.as_ref() != Some(shop) {
            return Err(Error::Unauthorized(super::super::SIGNED_OUT));
        }
        let allowed = match needed {
            Role::Reads => true,
            Role::Reviews => matches!(self.role, Role::Reviews | Role::All),
            Role::All => matches!(self.role, Role::All),
        };
        if !allowed {
            return Err(Error::NotAllowed(needed));
        }
        Ok(Asker { by: self.by.clone(), session: Some(self.id.clone()) })
    }

    /// The cookie's value, signed by `key`.
    ///
    /// # Errors
    /// Never in practice: every session has a JSON form.
    pub fn sealed(&self, key: &[u8]) -> Result<String, Error> {
        let said = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self)?);
        let signature = mac(key, "cookie", &said)?.finalize().into_bytes();
        Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Which shop a cookie says that it is for, before anything of it is believed.
    pub fn shop_of(cookie: &str) -> Option<Option<ShopId>> {
        read(cookie).map(|session| session.shop)
    }

    /// By what a cookie says that its session was opened, before anything of it is believed.
    pub fn by_of(cookie: &str) -> Option<By> {
        read(cookie).map(|session| session.by)
    }

    /// The session of a cookie that `key` signed and whose time has not passed.
    pub fn opened(cookie: &str, key: &[u8], now: Instant) -> Option<Rc<Self>> {
        let (said, signature) = cookie.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        mac(key, "cookie", said).ok()?.verify_slice(&signature).ok()?;
        read(cookie).filter(|session| now < session.until).map(Rc::new)
    }

    /// The token that every form of this session carries.
    ///
    /// # Errors
    /// Never in practice: a key of any length will do.
    pub fn form_token(&self, key: &[u8]) -> Result<String, Error> {
        Ok(URL_SAFE_NO_PAD.encode(mac(key, "form", &self.id)?.finalize().into_bytes()))
    }
}

/// Where a cookie of the desk is kept in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jar {
    /// One shop's session.
    Shop,
    /// The admin's.
    Admin,
}

impl Jar {
    /// The value that the browser sent.
    pub fn read(self, request: &Request) -> Option<&str> {
        let name = self.name(request);
        let cookies = request.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// `Set-Cookie` with a value for as long as a session holds, or without one at all.
    pub fn write(self, request: &Request, value: Option<&str>) -> String {
        let (name, secure) = (self.name(request), if is_local(request) { "" } else { "; Secure" });
        let age = value.map_or(0, |_| HOURS * 3600);
        let value = value.unwrap_or_default();
        format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}")
    }

    fn name(self, request: &Request) -> &'static str {
        match (self, is_local(request)) {
            (Self::Shop, false) => "__Host-parrain_desk",
            (Self::Shop, true) => "parrain_desk",
            (Self::Admin, false) => "__Host-parrain_admin",
            (Self::Admin, true) => "parrain_admin",
        }
    }
}

/// Whether the edge runs on its user's own machine, where browsers have no certificate for it.
fn is_local(request: &Request) -> bool {
    let host = request.origin.strip_prefix("http://");
    let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    matches!(name, Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn read(cookie: &str) -> Option<Session> {
    let (said, _) = cookie.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said).ok()?).ok()
}

/// Keyed hashing; the key is used for other purposes too, so that this one is named in what is hashed.
fn mac(key: &[u8], purpose: &str, said: &str) -> Result<Hmac<Sha256>, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|_| Error::Internal("a key of the desk has no length".into()))?;
    for part in ["parrain desk 1", purpose, said] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Body, HeaderMap, Method};

    fn now() -> Instant {
        Instant::parse("2026-11-20T10:00:00Z").unwrap()
    }

    fn session() -> Session {
        Session::new(ShopId::parse("demo").as_ref(), By::Shop, now(), [7; 18])
    }

    fn request(origin: &str, cookie: &str) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        let (path, query) = ("/desk".to_owned(), String::new());
        Request {
            method: Method::GET,
            origin: origin.into(),
            path,
            query,
            headers,
            body: Body::Whole(vec![]),
        }
    }

    #[test]
    fn a_cookie_holds_for_its_key_and_its_time() {
        let cookie = session().sealed(b"key").unwrap();
        assert_eq!(Session::opened(&cookie, b"key", now()).as_deref(), Some(&session()));
        assert_eq!(Session::opened(&cookie, b"other", now()), None);
        assert_eq!(Session::opened(&cookie, b"key", now().plus_seconds(HOURS * 3600)), None);
        let more = Session { role: Role::All, ..Session { role: Role::Reads, ..session() } };
        let (_, signature) = cookie.split_once('.').unwrap();
        let forged = format!("{}.{signature}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&more).unwrap()));
        assert_eq!(Session::opened(&forged, b"key", now()).as_deref(), Some(&more), "nothing was changed");
        let other = Session { by: By::Admin, ..session() };
        let forged = format!("{}.{signature}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&other).unwrap()));
        assert_eq!(Session::opened(&forged, b"key", now()), None);
        for nonsense in ["", ".", "a.b", "é.é", &cookie[1..]] {
            assert_eq!(Session::opened(nonsense, b"key", now()), None);
        }
    }

    #[test]
    fn a_form_belongs_to_its_session() {
        let token = session().form_token(b"key").unwrap();
        let other = Session { id: "another".into(), ..session() };
        assert_ne!(token, other.form_token(b"key").unwrap());
        assert_ne!(token, session().form_token(b"other").unwrap());
        assert_ne!(token, session().sealed(b"key").unwrap().split_once('.').unwrap().1);
    }

    #[test]
    fn a_role_allows_what_is_in_it_and_in_its_own_shop() {
        let (demo, other) = (ShopId::parse("demo").unwrap(), ShopId::parse("other").unwrap());
        for (role, allowed) in [(Role::Reads, 1), (Role::Reviews, 2), (Role::All, 3)] {
            let session = Session { role, ..session() };
            let may = |needed| session.asker(&demo, needed).is_ok();
            let rights = [Role::Reads, Role::Reviews, Role::All].into_iter().filter(|one| may(*one));
            assert_eq!(rights.count(), allowed, "{role:?}");
            assert!(session.asker(&other, Role::Reads).is_err());
        }
    }

    #[test]
    fn cookies_are_hosts_own_but_on_ones_own_machine() {
        let far = request("https://edge.example", "a=b; __Host-parrain_desk=x.y; parrain_desk=z");
        assert_eq!((Jar::Shop.read(&far), Jar::Admin.read(&far)), (Some("x.y"), None));
        let set = Jar::Shop.write(&far, Some("x.y"));
        assert_eq!(set, "__Host-parrain_desk=x.y; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure");
        let near = request("http://localhost:8787", "a=b; __Host-parrain_desk=x.y; parrain_desk=z");
        assert_eq!(Jar::Shop.read(&near), Some("z"));
        assert!(!Jar::Shop.write(&near, None).contains("Secure"));
        let plain = request("http://edge.example", "");
        assert!(Jar::Shop.write(&plain, None).starts_with("__Host-parrain_desk=; Path=/; Max-Age=0"));
    }
}
