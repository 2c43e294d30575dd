//! The shop's platform: how a code gets into its basket.
//!
//! What no platform can do is left to the page's forms and links, and where there are none, to the shopper, who is shown
//! the code.

mod magento;
mod opencart;
mod prestashop;
mod shopify;
mod woocommerce;

use js_sys::Array;
use parrain_wire::Loose;
use parrain_wire::read::{Members, Read};
use wasm_bindgen::JsValue;

use super::net::{self, Request};
use super::page;
use crate::model::{Redeeming, Tried};
use crate::text::{encode, join, number, placed};

/// A platform that this page is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Platform {
    Shopify,
    PrestaShop,
    WooCommerce,
    Magento,
    OpenCart,
}

const ALL: [Platform; 5] =
    [Platform::Shopify, Platform::PrestaShop, Platform::WooCommerce, Platform::Magento, Platform::OpenCart];

impl Platform {
    /// Its name in `data-platform`.
    fn name(self) -> &'static str {
        match self {
            Platform::Shopify => "shopify",
            Platform::PrestaShop => "prestashop",
            Platform::WooCommerce => "woocommerce",
            Platform::Magento => "magento",
            Platform::OpenCart => "opencart",
        }
    }

    /// Whether the page shows that it is of this platform.
    fn is_here(self) -> bool {
        let object = |path| page::is_some(&page::global(path));
        match self {
            Platform::Shopify => object("Shopify"),
            Platform::PrestaShop => object("prestashop"),
            Platform::WooCommerce => {
                object("wc_cart_params")
                    || element("body[class*=woocommerce],link[href*='/plugins/woocommerce/']").is_some()
            }
            Platform::Magento => {
                object("checkoutConfig") || element("script[type='text/x-magento-init']").is_some()
            }
            Platform::OpenCart => element("script[src*='catalog/view/javascript']").is_some(),
        }
    }
}

/// Puts a code into the basket of the platform that the tag names, or else the page shows, and answers how far it came.
/// For a basket of as many goods as were `refused` it is not asked again.
pub async fn redeem(named: Option<&str>, code: &str, refused: Option<u32>) -> Tried {
    match of(named) {
        Some(Platform::Shopify) => shopify::redeem(code).await,
        Some(Platform::PrestaShop) => prestashop::redeem(code, refused).await,
        Some(Platform::WooCommerce) => woocommerce::redeem(code, refused).await,
        Some(Platform::Magento) => magento::redeem(code).await,
        Some(Platform::OpenCart) => opencart::redeem(code, refused).await,
        None => NOBODY,
    }
}

/// The platform that the tag names, or else the page shows.
fn of(named: Option<&str>) -> Option<Platform> {
    ALL.into_iter().find(|platform| match named {
        Some(name) if !name.is_empty() => platform.name() == name,
        Some(_) | None => platform.is_here(),
    })
}

/// What the goods in a basket come to, decimal text.
pub enum Basket {
    /// As the page says.
    Known(String),
    /// As the platform says when it is asked so.
    At(Request),
}

/// How to learn what is in the platform's basket; nothing where nobody says it, or the page in another currency.
pub fn basket(named: Option<&str>, currency: &str) -> Option<Basket> {
    let (root, place) = match of(named)? {
        Platform::Shopify => (text("Shopify.routes.root", "/"), "cart.js"),
        Platform::WooCommerce => (woocommerce::api(), "wc/store/v1/cart"),
        Platform::PrestaShop => {
            let its = text("prestashop.currency.iso_code", "");
            let sum = page::global("prestashop.cart.subtotals.products.amount");
            // The browser writes the number as it was told it.
            let sum = page::call("String", &[sum]).as_string()?;
            return (its == currency).then_some(Basket::Known(sum));
        }
        // Their pages do not say.
        Platform::Magento | Platform::OpenCart => return None,
    };
    Some(Basket::At(get(join(&[&root, place]))))
}

/// A cart as Shopify and WooCommerce tell it.
pub struct Cart {
    /// What its goods come to, decimal text.
    pub sum: String,
    /// In which currency.
    pub currency: String,
}

impl Read for Cart {
    fn read(loose: Loose) -> Option<Cart> {
        let mut cart = Members::of(loose)?;
        let (sum, currency, places) = match cart.within("totals") {
            Some(mut totals) => {
                let sum = number(&totals.take::<String>("total_items"))?;
                (sum, totals.take("currency_code"), totals.take("currency_minor_unit"))
            }
            // In hundredths, whatever the currency.
            None => (cart.need("items_subtotal_price")?, cart.take("currency"), 2),
        };
        Some(Cart { sum: placed(sum, u32::min(places, 4) as usize), currency })
    }
}

fn element(selector: &str) -> Option<web_sys::Element> {
    page::document()?.query_selector(selector).ok().flatten()
}

/// The text at a path from the window, or another.
fn text(path: &str, otherwise: &str) -> String {
    page::global(path).as_string().filter(|text| !text.is_empty()).unwrap_or_else(|| otherwise.into())
}

/// A question for the shop. Neither this nor the others here send it: a function that waits is a machine of its own,
/// which weighs more than all that it does.
fn get(address: String) -> Request {
    let headers = vec![("accept", "application/json".into())];
    Request { address, headers, ..Request::default() }
}

/// JSON for the shop: an object of texts, and of such objects.
fn post(address: String, body: &JsValue, nonce: Option<String>) -> Request {
    let mut request = net::sending(address, net::json(body).unwrap_or_default());
    request.headers.push(("accept", "application/json".into()));
    if let Some(nonce) = nonce {
        request.headers.push(("nonce", nonce));
    }
    request
}

/// A form for the shop, as its own script sends it.
fn form(address: String, fields: &[(&str, &str)]) -> Request {
    let mut body = String::new();
    for (name, value) in fields {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(name);
        body.push('=');
        body.push_str(&encode(value));
    }
    let headers = vec![
        ("accept", "application/json".into()),
        ("content-type", "application/x-www-form-urlencoded".into()),
    ];
    Request { method: "POST", address, headers, body: Some(body) }
}

/// Whether a list of an answer has the code, and what it says of it.
fn listed(answer: &JsValue, list: &str, code: &str) -> Option<JsValue> {
    let list = page::at(answer, list);
    let is =
        |item: &JsValue| page::at(item, "code").as_string().is_some_and(|its| its.eq_ignore_ascii_case(code));
    Array::is_array(&list).then(|| Array::from(&list).iter().find(is)).flatten()
}

/// Nobody was asked.
const NOBODY: Tried = Tried { outcome: Redeeming::No, goods: None };

/// Whether it is in the basket, and where it is not, whether that is because nothing is: so many goods are in it, as far
/// as the platform says.
fn in_basket(yes: bool, goods: Option<u32>) -> Tried {
    let outcome = match (yes, goods) {
        (true, _) => Redeeming::InBasket,
        (false, Some(0)) => Redeeming::Empty,
        (false, _) => Redeeming::Shown,
    };
    Tried { outcome, goods }
}

/// A count of goods, where it is one.
fn count(value: &JsValue) -> Option<u32> {
    value.as_f64().map(|count| count as u32)
}

/// Whether the basket is as it was when the code was refused.
fn is_same(goods: Option<u32>, refused: Option<u32>) -> bool {
    goods.is_some() && goods == refused
}
