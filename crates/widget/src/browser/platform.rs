//! The shop's platform: how a code gets into its basket.
//!
//! A platform is a few requests, sent one after the other until one of them says that the code is in.
//! What no platform can do is left to the page's forms and links, and where there are none, to the
//! shopper, who is shown the code.

mod magento;
mod opencart;
mod prestashop;
mod shopify;
mod woocommerce;

use super::{Page, Waiter, js};
use crate::model::Redeeming;
use crate::text::{cut, encode, join};
use crate::value::{Value, object};

/// A platform, as data: its requests are templates, which are a third of the size of the code that would
/// put the same requests together.
struct Platform {
    /// Its name in `data-platform`.
    name: &'static str,
    /// An object of the window by which it is known; empty where there is none.
    object: &'static str,
    /// An element by which it is known; empty where there is none.
    element: &'static str,
    /// The method, address and body of each request. In them `<>` stands for the code, `<a.b|c>` for what
    /// stands in `a.b` of the window or else `c`, `<@x|c>` for the address of the element `x` or else `c`.
    requests: &'static [(&'static str, &'static str, &'static str)],
    /// Whether an answer says that the code is in the basket.
    is_in: fn(&Value, &str) -> bool,
    /// Whether a request that merely went well takes the code along with the order.
    carries: bool,
    /// What is done in the page when the code is in.
    after: fn(),
}

const PLATFORMS: [&Platform; 7] = [
    &shopify::PLATFORM,
    &prestashop::PLATFORM,
    &woocommerce::PLATFORM,
    &magento::CUSTOMER,
    &magento::GUEST,
    &magento::ELSEWHERE,
    &opencart::PLATFORM,
];

/// A platform's way that is being gone.
pub struct Attempt {
    platform: &'static Platform,
    step: usize,
    code: String,
    carried: bool,
}

/// Begins to put a code into the basket of the platform that the tag names, or else the page shows.
/// Nothing where there is none.
pub fn attempt(named: &str, code: &str) -> Option<Attempt> {
    for platform in PLATFORMS {
        let Platform { name, object, element, .. } = platform;
        let here =
            !object.is_empty() && js::has(object) || !element.is_empty() && js::has(&join(&["@", element]));
        // One that is named needs no sign, but for the ways that only some of its pages have.
        if if named.is_empty() { here } else { named == *name && (here || !object.contains('.')) } {
            return Some(Attempt { platform, step: 0, code: code.into(), carried: false });
        }
    }
    None
}

impl Attempt {
    /// Sends the next request, or says what has become of the code where there is none.
    pub fn next(mut self, nonce: &str, page: &mut Page) -> Option<(String, Redeeming)> {
        let Some((method, address, body)) = self.platform.requests.get(self.step) else {
            return Some((self.code, if self.carried { Redeeming::Carried } else { Redeeming::Shown }));
        };
        self.step += 1;
        let (address, body) = (fill(address, &self.code), fill(body, &self.code));
        let kind = match body.as_bytes().first() {
            Some(b'{') => "application/json",
            Some(_) => "application/x-www-form-urlencoded",
            None => "",
        };
        let headers = object(&[("accept", "application/json"), ("content-type", kind), ("nonce", nonce)]);
        page.exchange(method, &address, &headers, &body, Waiter::Adapter(self));
        None
    }

    /// The shop has answered a request.
    pub fn answered(
        mut self,
        good: bool,
        answer: &Value,
        nonce: &str,
        page: &mut Page,
    ) -> Option<(String, Redeeming)> {
        self.carried |= good && self.platform.carries;
        if good && (self.platform.is_in)(answer, &self.code) {
            (self.platform.after)();
            Some((self.code, Redeeming::InBasket))
        } else {
            self.next(nonce, page)
        }
    }
}

/// A template with its places filled (see [`Platform::requests`]). What comes from the page is encoded
/// unless it is an address.
fn fill(template: &str, code: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    loop {
        let (before, after) = cut(rest, b'<');
        out.push_str(before);
        if after.is_empty() {
            return out;
        }
        let (place, after) = cut(after, b'>');
        rest = after;
        let (path, otherwise) = cut(place, b'|');
        let found = if path.is_empty() { code.into() } else { js::read(path) };
        let encoded = if otherwise.is_empty() { encode(&found) } else { found };
        out.push_str(if encoded.is_empty() { otherwise } else { &encoded });
    }
}

/// Whether a list of an answer has the code.
fn lists(answer: &Value, list: &str, code: &str) -> Option<bool> {
    let found = answer.list(list).iter().find(|item| item.text("code").eq_ignore_ascii_case(code))?;
    Some(!found.get("applicable").is_some() || found.is("applicable"))
}

/// Nothing to be done.
fn nothing() {}
