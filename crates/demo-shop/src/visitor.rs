//! Who is looking at the shop: language, cookies, and a session that lives in one encrypted
//! cookie, so that the server keeps nothing of visitors who order nothing.

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, Key, PrivateCookieJar, SameSite};
use maud::Markup;
use serde::{Deserialize, Serialize};

use crate::Shop;
use crate::basket::{Basket, Quote};
use crate::books::random_text;
use crate::lang::Lang;
use crate::money::Cents;
use crate::offer::Verdict;
use crate::people::{self, Customer};
use crate::touches::{self, Code, Touch};

/// The part of a visit that lasts from page to page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Stands in every form; a form without it did not come from one of our pages.
    pub token: String,
    /// The checkout that the basket will become.
    pub checkout: String,
    /// What has been put aside.
    pub basket: Basket,
    /// The promo code that the visitor typed into the shop's own field.
    pub code: Option<Code>,
    /// The one that they typed or applied in the widget.
    pub carried: Option<Code>,
    /// A code that they took off the basket.
    pub declined: Option<Code>,
    /// Id of the customer who is signed in.
    pub customer: Option<String>,
    /// Numbers of the orders placed in this session, the latest last.
    pub orders: Vec<String>,
    /// To be said once, on the next page.
    pub notice: Option<Notice>,
}

impl Session {
    fn new() -> Self {
        Self {
            token: random_text(26),
            checkout: random_text(26),
            basket: Basket::default(),
            code: None,
            carried: None,
            declined: None,
            customer: None,
            orders: Vec::new(),
            notice: None,
        }
    }

    /// The code on the order: the shop's own field comes before the widget's.
    pub fn code(&self) -> Option<Code> {
        self.code.clone().or_else(|| self.carried.clone())
    }

    /// Turns the basket into the order that it has become, and starts a new one.
    pub fn settle(&mut self, number: &str) {
        /// Beyond these, the oldest confirmation pages are no longer shown.
        const ORDERS: usize = 10;
        self.orders.push(number.to_owned());
        self.orders.drain(..self.orders.len().saturating_sub(ORDERS));
        self.basket = Basket::default();
        self.code = None;
        self.carried = None;
        self.declined = None;
        self.checkout = random_text(26);
    }
}

/// Something to be said once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// An article (number) went into the basket.
    Added(String),
    /// A code is applied.
    CodeTaken(Code),
    /// No text, or one that cannot be a code.
    NotACode,
    /// Nobody's code.
    CodeUnknown(Code),
    /// A code that was good once.
    CodeExpired(Code),
    /// A code that is not good now.
    CodeInactive(Code),
    /// A voucher that was spent or ended.
    VoucherSpent(Code),
    /// The basket became this order.
    Placed(String),
    /// The price rose while the visitor was at the checkout.
    PriceChanged,
    /// An order (number) was paid back by so much.
    Refunded(String, Cents),
    /// An order was called off.
    Cancelled(String),
    /// What was asked cannot be taken back from an order.
    NotThatMuch(String),
    /// Waiting events are sent now.
    Hurried,
    /// A link to the rewards of an address was asked for.
    LinkAsked,
    /// A text that is no e-mail address.
    NotAnAddress,
}

/// One request of a visitor.
pub struct Visitor {
    /// The language of the page.
    pub lang: Lang,
    /// The session as it is now.
    pub session: Session,
    /// What the visitor said of marketing cookies: `yes`, `no` or `ask`.
    pub consent: &'static str,
    /// Path and query of the page, without `lang`.
    pub place: String,
    /// The cookie `parrain_ref` as the browser sent it.
    pub parrain_ref: Option<String>,
    jar: PrivateCookieJar,
    before: Option<Session>,
    chosen_lang: bool,
    chosen_consent: bool,
}

/// Name of the session's cookie.
const SESSION: &str = "shop_session";
/// Name of the language's cookie.
const LANG: &str = "shop_lang";
/// Name of the cookie that holds the visitor's choice.
const CONSENT: &str = "shop_consent";

impl Visitor {
    /// The customer who is signed in.
    pub fn customer(&self) -> Option<&'static Customer> {
        people::by_id(self.session.customer.as_deref()?)
    }

    /// How the visitor came, by the hidden field of a form and the cookie.
    pub fn touches(&self, field: Option<&str>, now: jiff::Timestamp) -> Vec<Touch> {
        touches::collect(field, self.parrain_ref.as_deref(), now)
    }

    /// The basket's price: with the code that was typed or applied, else with the last link's,
    /// where that gives something and was not taken off. `email` is what they typed at the
    /// checkout, so far as they have.
    pub async fn quote(&self, shop: &Shop, email: Option<&str>) -> Quote {
        let basket = &self.session.basket;
        let earlier = shop.earlier_orders(self.customer(), email);
        if basket.is_empty() {
            return basket.quote(None, earlier);
        }
        if let Some(code) = self.session.code() {
            let verdict = shop.ask(code.clone()).await;
            return basket.quote(Some((code, verdict)), earlier);
        }
        let by_link = self.touches(None, jiff::Timestamp::now()).pop().map(|touch| touch.code);
        let by_link = by_link.filter(|code| self.session.declined.as_ref() != Some(code));
        let Some(code) = by_link else { return basket.quote(None, earlier) };
        // A link's code that is nobody's is not worth a word: the visitor never typed it.
        let verdict = shop.ask(code.clone()).await;
        let worth = matches!(verdict, Verdict::Good(_) | Verdict::Voucher(_) | Verdict::Unchecked);
        basket.quote(worth.then_some((code, verdict)), earlier)
    }

    /// Takes note of what the visitor says of marketing cookies; anything but `yes` and `no`
    /// means that they want to be asked again.
    pub fn choose(&mut self, choice: &str) {
        self.consent = consent(choice);
        self.chosen_consent = true;
    }

    /// Answers with a page.
    pub fn page(self, status: StatusCode, page: Markup) -> Response {
        self.with_cookies((status, [(header::CACHE_CONTROL, "private, no-cache")], page).into_response())
    }

    /// Answers with a page that is asked for anew whenever it is gone back to: the basket that it shows
    /// may have been ordered since.
    pub fn passing_page(self, status: StatusCode, page: Markup) -> Response {
        let mut response = self.page(status, page);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        response
    }

    /// Sends the browser to another page of the shop by GET.
    pub fn go(self, place: &str) -> Response {
        self.with_cookies(Redirect::to(place).into_response())
    }

    /// The notice, which is then no longer said.
    pub fn take_notice(&mut self) -> Option<Notice> {
        self.session.notice.take()
    }

    fn with_cookies(self, response: Response) -> Response {
        let mut plain = CookieJar::new();
        if self.chosen_lang {
            plain = plain.add(lasting(LANG, self.lang.tag().to_owned(), 365));
        }
        if self.chosen_consent {
            plain = plain.add(lasting(CONSENT, self.consent.to_owned(), 180));
        }
        let mut jar = self.jar;
        if self.before.as_ref() != Some(&self.session)
            && let Ok(text) = serde_json::to_string(&self.session)
        {
            let mut cookie = lasting(SESSION, text, 30);
            cookie.set_http_only(true);
            jar = jar.add(cookie);
        }
        (jar, plain, response).into_response()
    }
}

fn lasting(name: &'static str, value: String, days: i64) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(days))
        .build()
}

impl FromRequestParts<Shop> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Infallible> {
        let cookies = CookieJar::from_headers(&parts.headers);
        let jar = PrivateCookieJar::from_headers(&parts.headers, Key::from_ref(shop));
        let before: Option<Session> = jar.get(SESSION).and_then(|c| serde_json::from_str(c.value()).ok());
        let mut session = before.clone().unwrap_or_else(Session::new);
        // Where the answer to a checkout got lost on its way, the browser still has the basket:
        // the order is there, so it is not offered for ordering again.
        if let Some(order) = shop.books.by_checkout(&session.checkout) {
            session.settle(&order);
            session.notice = Some(Notice::Placed(order));
        }
        let (asked, place) = split_lang(&parts.uri);
        let kept = cookies.get(LANG).and_then(|c| Lang::parse(c.value()));
        Ok(Self {
            lang: asked.or(kept).unwrap_or_default(),
            session,
            consent: consent(cookies.get(CONSENT).map_or("", Cookie::value)),
            place,
            parrain_ref: cookies.get("parrain_ref").map(|c| c.value().to_owned()),
            jar,
            before,
            chosen_lang: asked.is_some(),
            chosen_consent: false,
        })
    }
}

fn consent(choice: &str) -> &'static str {
    match choice {
        "yes" => "yes",
        "no" => "no",
        _ => "ask",
    }
}

/// The language asked for by `?lang=`, and the page's path and query without it.
fn split_lang(uri: &Uri) -> (Option<Lang>, String) {
    let mut asked = None;
    let mut rest = Vec::new();
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        match pair.strip_prefix("lang=") {
            Some(tag) => asked = Lang::parse(tag).or(asked),
            None => rest.push(pair),
        }
    }
    let path = uri.path();
    (asked, if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_taken_out_of_the_address() {
        let split = |text: &str| split_lang(&text.parse().unwrap());
        assert_eq!(split("/"), (None, "/".into()));
        assert_eq!(split("/?lang=en"), (Some(Lang::En), "/".into()));
        assert_eq!(split("/p/mug?ref=ANNA10&lang=fr&x=1"), (Some(Lang::Fr), "/p/mug?ref=ANNA10&x=1".into()));
        assert_eq!(split("/?lang=xx&lang="), (None, "/".into()));
        assert_eq!(split("/?language=en"), (None, "/?language=en".into()));
    }

    #[test]
    fn settling_empties_the_basket_and_keeps_the_latest_orders() {
        let mut session = Session::new();
        let checkout = session.checkout.clone();
        session.basket.add(&crate::catalog::PRODUCTS[0], 1);
        session.code = "ANNA10".parse().ok();
        for i in 0..12 {
            session.settle(&format!("AL-{i}"));
        }
        assert!(session.basket.is_empty() && session.code().is_none());
        assert_ne!(session.checkout, checkout);
        assert_eq!(session.orders.len(), 10);
        assert_eq!(session.orders.last().unwrap(), "AL-11");
    }
}
