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

use super::js::{at, get_text};
use super::net::{self, Waiter};
use super::page::all;
use super::{Event, send};
use crate::model::Redeeming;
use crate::value::{Value, object};

/// One request of a platform's way.
struct Call {
    method: &'static str,
    address: String,
    body: String,
}

/// A platform's way for one code.
struct Way {
    calls: Vec<Call>,
    /// Whether an answer says that the code is in the basket.
    is_in: fn(&Value, &str) -> bool,
    /// Whether one that merely went well takes the code along with the order.
    carries: bool,
    /// What is done in the page when the code is in.
    after: fn(),
}

/// A way that is being gone.
pub struct Attempt {
    way: Way,
    code: String,
    carried: bool,
}

/// By what a platform is known: its name in `data-platform`, a property of the window, an element, and
/// its way, where the page has one.
#[allow(clippy::type_complexity)]
const PLATFORMS: [(&str, &str, &str, fn(&str) -> Option<Way>); 5] = [
    ("shopify", "Shopify", "", shopify::way),
    ("prestashop", "prestashop", "", prestashop::way),
    (
        "woocommerce",
        "wc_cart_params",
        "body[class*=woocommerce],link[href*='/plugins/woocommerce/']",
        woocommerce::way,
    ),
    ("magento", "checkoutConfig", "script[type='text/x-magento-init']", magento::way),
    ("opencart", "", "script[src*='catalog/view/javascript']", opencart::way),
];

/// Puts a code into the basket of the platform that the tag names, or else the page shows.
pub fn redeem(named: &str, code: &str) {
    for (name, property, element, way) in PLATFORMS {
        let here = if named.is_empty() {
            !property.is_empty() && at(property).is_object()
                || !element.is_empty() && !all(element).is_empty()
        } else {
            named == name
        };
        if let Some(way) = here.then(|| way(code)).flatten() {
            Attempt { way, code: code.into(), carried: false }.next("");
            return;
        }
    }
    send(Event::Redeemed(code.into(), Redeeming::Shown));
}

impl Attempt {
    fn next(mut self, nonce: &str) {
        if self.way.calls.is_empty() {
            let outcome = if self.carried { Redeeming::Carried } else { Redeeming::Shown };
            send(Event::Redeemed(self.code, outcome));
            return;
        }
        let call = self.way.calls.remove(0);
        let kind = match call.body.as_bytes().first() {
            Some(b'{') => "application/json",
            Some(_) => "application/x-www-form-urlencoded",
            None => "",
        };
        let headers = object(&[("accept", "application/json"), ("content-type", kind), ("nonce", nonce)]);
        net::exchange(call.method, &call.address, &headers, &call.body, Waiter::Adapter(self));
    }

    /// The shop has answered a request.
    pub fn answered(mut self, good: bool, answer: &Value, nonce: &str) {
        self.carried |= good && self.way.carries;
        if good && (self.way.is_in)(answer, &self.code) {
            (self.way.after)();
            send(Event::Redeemed(self.code, Redeeming::InBasket));
        } else {
            self.next(nonce);
        }
    }
}

/// A request with a body, JSON where it begins with `{`, else a form.
fn post(address: &str, body: String) -> Call {
    Call { method: "POST", address: address.into(), body }
}

/// A request without a body.
fn ask(method: &'static str, address: String) -> Call {
    Call { method, address, body: String::new() }
}

/// The text at a path of the window, or else another.
fn text_or(parent: &str, name: &str, otherwise: &str) -> String {
    let found = get_text(&at(parent), name);
    if found.is_empty() { otherwise.into() } else { found }
}

/// Nothing to be done.
fn nothing() {}
