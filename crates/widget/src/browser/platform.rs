//! The shop's platform: how a code gets into its basket.
//!
//! Each platform is one module that tries that platform's own way. What none can do is left to the
//! page's forms and links, and where there are none, to the shopper, who is shown the code.

mod magento;
mod opencart;
mod prestashop;
mod shopify;
mod woocommerce;

use super::js::{get, window};
use super::page::all;
use crate::model::Redeeming;

/// What is done when an adapter has tried.
pub type Done = Box<dyn FnOnce(Redeeming)>;

/// By what a platform is known: its name in `data-platform`, a property of the window, an element.
const SIGNS: [(&str, &str, &str); 5] = [
    ("shopify", "Shopify", ""),
    ("prestashop", "prestashop", ""),
    ("woocommerce", "wc_cart_params", "body[class*=woocommerce],link[href*='/plugins/woocommerce/']"),
    ("magento", "checkoutConfig", "script[type='text/x-magento-init']"),
    ("opencart", "", "script[src*='catalog/view/javascript']"),
];

/// Puts a code into the basket of the platform that the tag names, or else the page shows.
pub fn redeem(named: &str, code: &str, done: Done) {
    let shows = |property: &str, element: &str| {
        !property.is_empty() && get(&window(), property).is_object()
            || !element.is_empty() && !all(element).is_empty()
    };
    let found =
        SIGNS.iter().find(|(_, property, element)| shows(property, element)).map_or("", |(name, ..)| name);
    match if named.is_empty() { found } else { named } {
        "shopify" => shopify::redeem(code, done),
        "woocommerce" => woocommerce::redeem(code, done),
        "prestashop" => prestashop::redeem(code, done),
        "magento" => magento::redeem(code, done),
        "opencart" => opencart::redeem(code, done),
        _ => done(Redeeming::Shown),
    }
}

/// In the basket, or to be typed.
fn taken(yes: bool) -> Redeeming {
    if yes { Redeeming::InBasket } else { Redeeming::Shown }
}
