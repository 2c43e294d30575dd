//! The shop owner's desk: its pages' addresses, who is let in, and the forms.
//!
//! What a page shows and what a form changes goes through the functions of the documented API; here stand the session
//! around them and the way from a form to a body. The pages themselves are [`parrain_desk`].

mod act;
mod files;
mod form;
mod look;
mod promote;
mod rules;
mod session;
mod tax;

pub use session::Session;

use std::rc::Rc;

use parrain_core::zone::Zone;
use parrain_desk::problem::{self, Problem};
use parrain_desk::{Entered, Frame, Language, Place, Role, Said, ShopIs, Waits, Who, sign_in};
use parrain_wire::desk::{SetUp, Step};

use super::shops::Shop;
use super::{App, Env, Limit};
use crate::http::{Body, Method, Request, Response, StatusCode, header, max_body};
use crate::problem::Error;
use crate::protocol::By;
use crate::protocol::calls::{CloseSession, EnterByKey, Framing, OpenSession};
use crate::shop_id::ShopId;
use crate::stores::Kv;
use crate::stores::keys::Key;
use crate::token;
use crate::zones;
use form::Posted;
use http::HeaderName;
use look::Fresh;
use session::Jar;

/// Nothing but this edge's own files, and no script or style that stands in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where the language is kept that somebody chose.
const LANGUAGE: &str = "parrain_language";

/// Where it is kept until the next page what was just done.
const SAID: &str = "parrain_said";

/// For how many seconds KV keeps something at least.
const LEAST_KEPT: i64 = 60;

/// Who is at the desk, and of which shop.
pub(super) struct Visit {
    /// The shop.
    shop: ShopId,
    /// Who.
    session: Rc<Session>,
    /// What every form of the session carries.
    csrf: String,
}

/// Somebody who may see every shop of this edge, or nobody.
struct AdminVisit {
    csrf: String,
}

impl<E: Env> App<E> {
    /// Answers what is the desk's; `None` for any other path.
    pub(super) async fn desk(&self, request: &Request) -> Option<Response> {
        if let Some(file) = file(&request.path) {
            return Some(file);
        }
        let (place, shop) = Place::parse(&request.path)?;
        // An address of what can be no shop is answered as one of a shop that is not there.
        let shop = shop.map(|text| ShopId::parse(&text));
        let answer = self.desk_place(request, place, shop).await;
        let answer = answer.unwrap_or_else(|error| self.problem(request, None, error));
        Some(dressed(said_once(request, answer)))
    }

    async fn desk_place(
        &self,
        request: &Request,
        place: Place,
        shop: Option<Option<ShopId>>,
    ) -> Result<Response, Error> {
        let answers = place.answers();
        let is_post = request.method == Method::POST;
        let looks = request.method == Method::GET || request.method == Method::HEAD;
        if !(is_post && answers.post.is_some() || looks && answers.get.is_some()) {
            let allow = match (answers.get.is_some(), answers.post.is_some()) {
                (true, true) => "GET, HEAD, POST",
                (true, false) => "GET, HEAD",
                (false, _) => "POST",
            };
            return Err(Error::Method(allow.to_owned()));
        }
        // A file that is too large is told in its form.
        if request.body == Body::TooLarge && too_large(request, &place).is_none() {
            return Err(Error::TooLarge(max_body(&request.path)));
        }
        if is_post && !is_from_here(request) {
            return Err(Error::Forged);
        }
        match place {
            Place::Front => Ok(html(parrain_desk::front::page(&self.plain_frame(request)))),
            Place::Desk => self.desk_door(request).await,
            Place::SignIn => self.desk_sign_in(request).await,
            Place::SignOut => self.desk_sign_out(request).await,
            Place::ComeIn if is_post => self.desk_come_in(request).await,
            Place::ComeIn => {
                Ok(html(sign_in::come_in(&self.plain_frame(request), &sign_in::ComeIn::default())))
            }
            Place::Language => Ok(choose_language(request)),
            Place::Shops => self.desk_shops(request, is_post).await,
            place => {
                let id = shop.flatten().ok_or(Error::NotFound("there is no such shop"))?;
                self.desk_of(request, place, id, is_post).await
            }
        }
    }

    /// A page or a form of a shop's.
    async fn desk_of(
        &self,
        request: &Request,
        place: Place,
        id: ShopId,
        is_post: bool,
    ) -> Result<Response, Error> {
        let Some((visit, cookie)) = self.visit(request, &id).await? else {
            return Ok(self.ask_to_sign_in(request, is_post, false));
        };
        let app = self.at_desk(Rc::clone(&visit.session));
        let too_large = too_large(request, &place).filter(|_| request.body == Body::TooLarge);
        if let Some(words) = too_large.filter(|_| is_post) {
            let entered = Entered { faults: vec![(String::new(), words)], ..Entered::default() };
            let shown = app.desk_page(request, &visit, place, entered, Fresh::default()).await?;
            return Ok(Response { status: StatusCode::PAYLOAD_TOO_LARGE, ..shown });
        }
        let posted = Posted::with_file(request).await;
        let answer = match (is_post, &cookie) {
            (false, _) => app.desk_page(request, &visit, place, Entered::default(), Fresh::default()).await,
            // The form is of a session that another shop's has taken the place of: shown again, to be sent anew.
            (true, Some(_)) => {
                let entered = posted.entered(Vec::new());
                app.desk_page(request, &visit, look::page_of(place), entered, Fresh::default()).await
            }
            (true, None) if token::same_secret(posted.text("csrf").unwrap_or_default(), &visit.csrf) => {
                app.desk_act(request, &visit, place, posted).await
            }
            (true, None) => Err(Error::Forged),
        };
        let answer = match answer {
            // The session ended between the cookie and the ledger.
            Err(Error::Unauthorized(_)) => return Ok(self.ask_to_sign_in(request, is_post, true)),
            Err(error) => self.problem(request, self.problem_frame(request, &visit).await, error),
            Ok(answer) => answer,
        };
        Ok(match cookie {
            Some(cookie) => answer.and(header::SET_COOKIE, &cookie),
            None => answer,
        })
    }

    /// Who is at the desk of a shop. The admin's session opens one in each shop that they enter: then with the cookie
    /// to be set.
    async fn visit(&self, request: &Request, id: &ShopId) -> Result<Option<(Visit, Option<String>)>, Error> {
        let now = self.env.now();
        if let Some(cookie) = Jar::Shop.read(request)
            && Session::shop_of(cookie).flatten().as_ref() == Some(id)
        {
            let by = Session::by_of(cookie);
            match self.shop(id).await {
                Ok(shop) => {
                    let mut key = self.session_key(&shop, by.as_ref());
                    let mut session = Session::opened(cookie, &key, now);
                    if session.is_none() {
                        // The copy may be older than the token by which the session was opened.
                        key = self.session_key(&*self.fresh_shop(id).await?, by.as_ref());
                        session = Session::opened(cookie, &key, now);
                    }
                    if let Some(session) = session {
                        let csrf = session.form_token(&key)?;
                        return Ok(Some((Visit { shop: id.clone(), session, csrf }, None)));
                    }
                }
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if self.admin_visit(request).await?.is_none() {
            return Ok(None);
        }
        let (session, key) = self.open_session(id, By::Admin).await?;
        let cookie = Jar::Shop.write(request, Some(&session.sealed(&key)?));
        let csrf = session.form_token(&key)?;
        Ok(Some((Visit { shop: id.clone(), session: Rc::new(session), csrf }, Some(cookie))))
    }

    /// What signs a session's cookie: the shop's own key with the token by which it was opened, so that another token
    /// ends it.
    fn session_key(&self, shop: &Shop, by: Option<&By>) -> Vec<u8> {
        let secrets = &shop.record.secrets;
        let token = match by {
            Some(By::Admin) => self.newest_admin_token(),
            Some(By::Shop) => &secrets.shop_token,
            Some(By::Helper(_) | By::Platform(_) | By::Module(_)) | None => "",
        };
        format!("{}\0{}\0{token}", secrets.salt, secrets.incarnation).into_bytes()
    }

    async fn open_session(&self, id: &ShopId, by: By) -> Result<(Session, Vec<u8>), Error> {
        let session = Session::new(Some(id), by.clone(), self.env.now(), self.env.random()?);
        self.ask(id, OpenSession { session: session.opening() }).await?;
        let key = self.session_key(&*self.fresh_shop(id).await?, Some(&by));
        Ok((session, key))
    }

    async fn admin_visit(&self, request: &Request) -> Result<Option<AdminVisit>, Error> {
        let Some(session) = self.admin_session(request) else { return Ok(None) };
        // The list of shops has no ledger that could hold sessions: KV remembers which were ended by signing out.
        let ended = self.env.kv().get(&[Key::Ended(&session.hash()).to_string()]).await;
        match ended?.pop().flatten() {
            Some(_) => Ok(None),
            None => self.as_visit(&session).map(Some),
        }
    }

    /// The admin's session as the cookie has it, whether it was ended or not.
    fn admin_session(&self, request: &Request) -> Option<Rc<Session>> {
        let cookie = Jar::Admin.read(request)?;
        let key = self.newest_admin_token().as_bytes();
        if key.is_empty() || Session::shop_of(cookie) != Some(None) {
            return None;
        }
        Session::opened(cookie, key, self.env.now())
    }

    fn as_visit(&self, session: &Session) -> Result<AdminVisit, Error> {
        Ok(AdminVisit { csrf: session.form_token(self.newest_admin_token().as_bytes())? })
    }

    /// Ends the admin's session for whoever holds its cookie.
    async fn end_admin_session(&self, session: &Session) -> Result<(), Error> {
        let left = session.until.seconds().saturating_sub(self.env.now().seconds()).max(LEAST_KEPT);
        let key = Key::Ended(&session.hash()).to_string();
        let seconds = u32::try_from(left).unwrap_or(u32::MAX);
        Ok(self.env.kv().put_for(&key, "1", seconds).await?)
    }

    /// `/desk`: who is signed in is led on.
    async fn desk_door(&self, request: &Request) -> Result<Response, Error> {
        if let Some(shop) = Jar::Shop.read(request).and_then(Session::shop_of).flatten() {
            match self.visit(request, &shop).await {
                Ok(Some((_, cookie))) => {
                    let home = see(&Place::Home.href(shop.as_str()));
                    return Ok(match cookie {
                        Some(cookie) => home.and(header::SET_COOKIE, &cookie),
                        None => home,
                    });
                }
                // The cookie is of a shop that is gone, or of a session that is over.
                Ok(None) | Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if self.admin_visit(request).await?.is_some() {
            return Ok(see(&Place::Shops.href("")));
        }
        let page = sign_in::SignIn { next: request.param("next").unwrap_or_default(), ..Default::default() };
        Ok(html(sign_in::page(&self.plain_frame(request), &page)))
    }

    /// Signing in by a token: the shop's opens its desk, the admin's all of them.
    async fn desk_sign_in(&self, request: &Request) -> Result<Response, Error> {
        if !self.env.allow(Limit::SignIn, &request.client()).await {
            return Err(Error::TooMany(super::access::RETRY_AFTER));
        }
        let posted = Posted::of(request);
        let given = posted.text("token").unwrap_or_default();
        let next = posted.text("next").filter(|next| Place::parse(next).is_some());
        let (id, session, key) = if token::is_one_of(given, self.env.admin_token()) {
            let session = Session::new(None, By::Admin, self.env.now(), self.env.random()?);
            let cookie =
                Jar::Admin.write(request, Some(&session.sealed(self.newest_admin_token().as_bytes())?));
            match next.and_then(Place::parse).and_then(|(_, shop)| ShopId::parse(&shop?)) {
                Some(id) if self.shop(&id).await.is_ok() => {
                    let (session, key) = self.open_session(&id, By::Admin).await?;
                    let answer = self.signed_in(request, &id, session, &key, &posted).await?;
                    return Ok(answer.and(header::SET_COOKIE, &cookie));
                }
                _ => {
                    let kept = posted.text("kept").filter(|_| next == Some(Place::Shops.href("").as_str()));
                    let answer = match kept {
                        Some(kept) => {
                            let csrf = session.form_token(self.newest_admin_token().as_bytes())?;
                            let entered = Posted::read(kept.as_bytes()).entered(Vec::new());
                            self.shops_page(request, AdminVisit { csrf }, entered).await?
                        }
                        None => see(&Place::Shops.href("")),
                    };
                    return Ok(answer.and(header::SET_COOKIE, &cookie));
                }
            }
        } else {
            match self.shop_of_token(given, next).await? {
                Some(id) => {
                    let (session, key) = self.open_session(&id, By::Shop).await?;
                    (id, session, key)
                }
                None => {
                    self.env.log("somebody was not let in at the desk: their key opens no shop");
                    return Ok(self.sign_in_again(request, &posted));
                }
            }
        };
        self.signed_in(request, &id, session, &key, &posted).await
    }

    /// Which shop a token opens. It names its shop; tokens of earlier releases do not, and open the one whose desk was
    /// asked for.
    async fn shop_of_token(&self, given: &str, next: Option<&str>) -> Result<Option<ShopId>, Error> {
        let asked = || next.and_then(Place::parse).and_then(|(_, shop)| ShopId::parse(&shop?));
        let Some(id) = token::shop_of(given).or_else(asked) else { return Ok(None) };
        match self.fresh_shop(&id).await {
            Ok(shop) if shop.is_token(given, self.env.now()) => Ok(Some(id)),
            Ok(_) | Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn sign_in_again(&self, request: &Request, posted: &Posted) -> Response {
        let frame = self.plain_frame(request);
        let wrong = match frame.language {
            Language::Fr => "Cette clé n’ouvre aucune boutique ici. Copiez-la en entier, sans espace.",
            Language::En => "This key opens no shop here. Copy the whole of it, without blanks.",
        };
        let page = sign_in::SignIn {
            entered: posted.entered(vec![("/token".into(), wrong.into())]),
            next: posted.text("next").unwrap_or_default().to_owned(),
            ended: false,
            kept: posted.text("kept").unwrap_or_default().to_owned(),
        };
        Response { status: StatusCode::UNPROCESSABLE_ENTITY, ..html(sign_in::page(&frame, &page)) }
    }

    /// Leads on who just signed in: to where they wanted to go, with what they had typed there.
    async fn signed_in(
        &self,
        request: &Request,
        id: &ShopId,
        session: Session,
        key: &[u8],
        posted: &Posted,
    ) -> Result<Response, Error> {
        let cookie = Jar::Shop.write(request, Some(&session.sealed(key)?));
        let csrf = session.form_token(key)?;
        let next = posted.text("next").and_then(|next| Some((next, Place::parse(next)?)));
        let own = next.filter(|(_, (_, shop))| shop.as_deref() == Some(id.as_str()));
        let answer = match (own, posted.text("kept")) {
            (Some((_, (place, _))), Some(kept)) => {
                let visit = Visit { shop: id.clone(), session: Rc::new(session), csrf };
                let entered = Posted::read(kept.as_bytes()).entered(Vec::new());
                let app = self.at_desk(Rc::clone(&visit.session));
                let page = look::page_of(place);
                // What the form was of may be gone meanwhile; signed in they are.
                let shown = app.desk_page(request, &visit, page, entered, Fresh::default()).await;
                shown.unwrap_or_else(|_| see(&Place::Home.href(id.as_str())))
            }
            (Some((next, _)), None) => see(next),
            (None, _) => see(&Place::Home.href(id.as_str())),
        };
        Ok(answer.and(header::SET_COOKIE, &cookie))
    }

    /// The secrets with a new token of the shop, in a new session of who made it.
    async fn shown_again(&self, request: &Request, visit: &Visit, secret: String) -> Result<Response, Error> {
        let (session, key) = self.open_session(&visit.shop, visit.session.by.clone()).await?;
        let cookie = Jar::Shop.write(request, Some(&session.sealed(&key)?));
        let csrf = session.form_token(&key)?;
        let visit = Visit { shop: visit.shop.clone(), session: Rc::new(session), csrf };
        let fresh = Fresh { secret: Some(secret), ..Fresh::default() };
        let app = self.at_desk(Rc::clone(&visit.session));
        let page = app.desk_page(request, &visit, Place::Secrets, Entered::default(), fresh).await?;
        Ok(page.and(header::SET_COOKIE, &cookie))
    }

    /// Coming in by a helper's link, or one that is good once.
    async fn desk_come_in(&self, request: &Request) -> Result<Response, Error> {
        if !self.env.allow(Limit::SignIn, &request.client()).await {
            return Err(Error::TooMany(super::access::RETRY_AFTER));
        }
        let posted = Posted::of(request);
        let Some((id, hash)) = posted.text("key").and_then(token::desk_hash) else {
            return Ok(self.link_is_gone(request));
        };
        let session = Session::new(Some(&id), By::Shop, self.env.now(), self.env.random()?);
        let entered = match self.ask(&id, EnterByKey { hash, session: session.opening() }).await {
            Err(Error::NotFound(_) | Error::Unauthorized(_)) => return Ok(self.link_is_gone(request)),
            entered => entered?,
        };
        let session = session.entered(entered);
        let key = self.session_key(&*self.fresh_shop(&id).await?, Some(&session.by));
        let cookie = Jar::Shop.write(request, Some(&session.sealed(&key)?));
        Ok(see(&Place::Home.href(id.as_str())).and(header::SET_COOKIE, &cookie))
    }

    fn link_is_gone(&self, request: &Request) -> Response {
        let page = sign_in::come_in(&self.plain_frame(request), &sign_in::ComeIn { gone: true });
        Response { status: StatusCode::UNAUTHORIZED, ..html(page) }
    }

    async fn desk_sign_out(&self, request: &Request) -> Result<Response, Error> {
        let admin = self.admin_session(request);
        let of_shop = match Jar::Shop.read(request).and_then(Session::shop_of).flatten() {
            Some(id) => self.visit(request, &id).await.ok().flatten().map(|(visit, _)| visit),
            None => None,
        };
        // The page may be one of a shop's or the list of shops: both sessions end with either.
        let of_admin = admin.as_deref().map(|session| self.as_visit(session)).transpose()?;
        let tokens = of_shop.iter().map(|visit| &visit.csrf).chain(of_admin.iter().map(|visit| &visit.csrf));
        let posted = Posted::of(request);
        let given = posted.text("csrf").unwrap_or_default();
        if (of_shop.is_some() || of_admin.is_some())
            && !tokens.into_iter().any(|token| token::same_secret(given, token))
        {
            return Err(Error::Forged);
        }
        if let Some(visit) = of_shop {
            let app = self.at_desk(visit.session);
            let may = app.reads(request, &visit.shop).await?;
            match app.ask_as(&may, &visit.shop, CloseSession).await {
                // One that is over already, or of a shop that is gone, needs no end.
                Ok(()) | Err(Error::Unauthorized(_) | Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(session) = admin {
            self.end_admin_session(&session).await?;
        }
        let answer = see(&Place::Desk.href(""));
        Ok(said(answer, Said::SignedOut)
            .and(header::SET_COOKIE, &Jar::Shop.write(request, None))
            .and(header::SET_COOKIE, &Jar::Admin.write(request, None)))
    }

    /// The page that asks for a token, where nobody is signed in; what was typed is carried along.
    fn ask_to_sign_in(&self, request: &Request, is_post: bool, ended: bool) -> Response {
        let asked = match request.query.as_str() {
            "" => request.path.clone(),
            query => format!("{}?{query}", request.path),
        };
        // A file is to be chosen again.
        let is_file = request.header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("multipart/"));
        let kept = match is_post && !is_file {
            true => String::from_utf8_lossy(request.bytes()).into_owned(),
            false => String::new(),
        };
        let page =
            sign_in::SignIn { entered: Entered::default(), next: asked, ended: ended || is_post, kept };
        Response {
            status: StatusCode::UNAUTHORIZED,
            ..html(sign_in::page(&self.plain_frame(request), &page))
        }
    }

    /// What went wrong, as a page.
    fn problem(&self, request: &Request, frame: Option<Frame>, error: Error) -> Response {
        if let Some(line) = error.log_line() {
            self.env.log(line);
        }
        let told = match &error {
            Error::NotFound(_) => Problem::NotFound,
            Error::NotAllowed(needed) => Problem::Forbidden(*needed),
            Error::Forged => Problem::Forged,
            Error::TooMany(seconds) => Problem::TooOften(*seconds),
            Error::Unavailable { .. } => Problem::Busy,
            other => Problem::Other(other.to_string()),
        };
        let frame = frame.unwrap_or_else(|| self.plain_frame(request));
        let answer = error.response();
        let page = html(problem::page(&frame, &told));
        let mut headers = page.headers;
        for name in [header::ALLOW, header::RETRY_AFTER] {
            if let Some(value) = answer.headers.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        Response { status: answer.status, headers, body: page.body }
    }

    /// The frame of a shop's page that cannot be shown; `None` where the shop is gone.
    async fn problem_frame(&self, request: &Request, visit: &Visit) -> Option<Frame> {
        let shop = self.shop(&visit.shop).await.ok()?;
        let framing = Framing {
            record: shop.record.clone(),
            version: 0,
            reviews: 0,
            claims: 0,
            joiners: 0,
            set_up: SetUp::default(),
        };
        self.frame(request, visit, &framing).ok()
    }

    /// The frame of a page that belongs to no shop.
    fn plain_frame(&self, request: &Request) -> Frame {
        let admin = self.admin_session(request).and_then(|session| self.as_visit(&session).ok());
        self.frame_of_none(request, admin)
    }

    /// The same for the admin, or for nobody.
    fn frame_of_none(&self, request: &Request, admin: Option<AdminVisit>) -> Frame {
        let csrf = admin.map(|visit| visit.csrf);
        Frame {
            language: language(request),
            shop: None,
            who: csrf.is_some().then_some(Who { name: None, role: Role::All, all_shops: true }),
            csrf: csrf.unwrap_or_default(),
            said: just_said(request),
            zone: Zone::default(),
            zone_name: "UTC".into(),
            now: self.env.now(),
            waiting: Waits::default(),
            set_up_done: true,
            edge: self.origin(request).to_owned(),
            styles: styles(),
            script: script(),
            here: here(request),
        }
    }

    /// The frame of a shop's page.
    fn frame(&self, request: &Request, visit: &Visit, framing: &Framing) -> Result<Frame, Error> {
        let program = &framing.record.program;
        let text = |name: &str| program[name].as_str().unwrap_or_default().to_owned();
        let zone_name = Some(text("time_zone")).filter(|name| !name.is_empty()).unwrap_or("UTC".into());
        let (name, role) = match &visit.session.by {
            By::Helper(name) => (Some(name.clone()), visit.session.role),
            By::Admin | By::Shop | By::Platform(_) | By::Module(_) => (None, visit.session.role),
        };
        let done = &framing.set_up.done;
        Ok(Frame {
            shop: Some(ShopIs {
                id: visit.shop.to_string(),
                name: text("name"),
                currency: text("currency"),
                landing_url: text("landing_url"),
            }),
            who: Some(Who { name, role, all_shops: visit.session.by == By::Admin }),
            csrf: visit.csrf.clone(),
            zone: zones::named(&zone_name).unwrap_or_default(),
            zone_name,
            waiting: Waits { reviews: framing.reviews, claims: framing.claims, joiners: framing.joiners },
            set_up_done: Step::WORDS.iter().all(|(_, step)| done.iter().any(|one| one == step)),
            ..self.plain_frame(request)
        })
    }
}

/// A page.
fn html(page: maud::Markup) -> Response {
    Response::bytes(StatusCode::OK, "text/html; charset=utf-8", page.into_string().into_bytes())
}

/// What the page of a form with a file says where the file is too large; nothing on a page that takes none.
fn too_large(request: &Request, place: &Place) -> Option<String> {
    let csv = Error::TooLarge(max_body(&request.path)).to_string();
    let picture = "the picture is too large: it may have at most 1 MB".to_owned();
    let told = [(Place::Imports, csv), (Place::Materials, picture)];
    told.into_iter().find(|(takes, _)| takes == place).map(|(_, words)| words)
}

/// Leads on to another page, by `GET`.
fn see(place: &str) -> Response {
    Response { status: StatusCode::SEE_OTHER, ..Response::found(place) }
}

/// The same answer, whose next page says what was done.
fn said(answer: Response, said: Said) -> Response {
    let cookie = format!("{SAID}={}; Path=/desk; Max-Age=30; HttpOnly; SameSite=Strict", said.name());
    answer.and(header::SET_COOKIE, &cookie)
}

/// Forgets what was just done, now that a page has said it; a redirect only leads to that page.
fn said_once(request: &Request, answer: Response) -> Response {
    if just_said(request).is_none() || answer.status.is_redirection() {
        return answer;
    }
    let gone = format!("{SAID}=; Path=/desk; Max-Age=0; HttpOnly; SameSite=Strict");
    answer.and(header::SET_COOKIE, &gone)
}

fn just_said(request: &Request) -> Option<Said> {
    cookie(request, SAID).and_then(Said::named)
}

fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let lines = request.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The language that was chosen, else the browser's.
fn language(request: &Request) -> Language {
    let chosen = cookie(request, LANGUAGE).or_else(|| request.header(header::ACCEPT_LANGUAGE));
    chosen.map(Language::of).unwrap_or_default()
}

fn choose_language(request: &Request) -> Response {
    let posted = Posted::of(request);
    let chosen = Language::of(posted.text("language").unwrap_or_default());
    let back = posted.text("back").filter(|back| Place::parse(back).is_some()).unwrap_or("/desk");
    let cookie = format!("{LANGUAGE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", chosen.tag());
    see(back).and(header::SET_COOKIE, &cookie)
}

/// The path and query to come back to; nothing where a form was sent there.
fn here(request: &Request) -> String {
    match (&request.method, request.query.as_str()) {
        (&Method::POST, _) => String::new(),
        (_, "") => request.path.clone(),
        (_, query) => format!("{}?{query}", request.path),
    }
}

/// Whether a form was sent by a page of this very origin, as far as the browser says.
fn is_from_here(request: &Request) -> bool {
    let origin = request.header(header::ORIGIN).is_none_or(|origin| origin == request.origin);
    let site = HeaderName::from_static("sec-fetch-site");
    let site = request.header(site).is_none_or(|site| matches!(site, "same-origin" | "none"));
    origin && site
}

/// With the headers that every page of the desk has.
fn dressed(answer: Response) -> Response {
    let policy = header::CONTENT_SECURITY_POLICY;
    let answer = if answer.headers.contains_key(&policy) { answer } else { answer.with(policy, POLICY) };
    answer
        .with(header::REFERRER_POLICY, "same-origin")
        .with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with(HeaderName::from_static("cross-origin-opener-policy"), "same-origin")
        .with(HeaderName::from_static("cross-origin-resource-policy"), "same-origin")
}

fn styles() -> String {
    format!("/desk/styles_{:016x}.css", fingerprint(parrain_desk::STYLES))
}

fn script() -> String {
    format!("/desk/script_{:016x}.js", fingerprint(parrain_desk::SCRIPT))
}

/// A file of the desk's, which never changes under its name.
fn file(path: &str) -> Option<Response> {
    let (kind, text) = if path == styles() {
        ("text/css; charset=utf-8", parrain_desk::STYLES)
    } else if path == script() {
        ("text/javascript; charset=utf-8", parrain_desk::SCRIPT)
    } else {
        return None;
    };
    let answer = Response::bytes(StatusCode::OK, kind, text.as_bytes().to_vec());
    Some(answer.with(header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
}

/// Tells one text from another (FNV-1a): a name for a file, no protection.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
