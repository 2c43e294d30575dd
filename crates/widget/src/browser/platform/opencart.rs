//! OpenCart: the coupon extension's route takes a coupon. Each version has a route of its own, and answers a page of HTML
//! to those of the others.

use super::{NOBODY, element, form, in_basket, is_same};
use crate::browser::net::exchange;
use crate::browser::page;
use crate::model::Tried;
use crate::text::{join, number, parts};

/// Those of 4.1, 4.0.2, 4.0.0 and 3.0.
const ROUTES: [&str; 4] = [
    "extension/opencart/checkout/coupon.save",
    "extension/opencart/total/coupon.save",
    "extension/opencart/total/coupon|save",
    "extension/total/coupon/coupon",
];

/// Sends the coupon form as the checkout's own script does.
pub async fn redeem(code: &str, refused: Option<u32>) -> Tried {
    if is_same(goods(), refused) {
        return NOBODY;
    }
    for route in ROUTES {
        let reply = exchange(form(join(&["index.php?route=", route]), &[("coupon", code)])).await;
        let says = |name| page::is_some(&page::at(&reply.data, name));
        // 3.0 says where to go on and nothing else.
        if reply.is_good() && (says("success") || says("redirect") && !says("error")) {
            redraw(route);
            return in_basket(true, None);
        }
        if says("error") {
            break;
        }
    }
    in_basket(false, goods())
}

/// How many goods are in the basket, as the button in the page's head says in words of any language: first of all.
fn goods() -> Option<u32> {
    let button = element("#cart-total,#cart button,#header-cart button")?;
    let text = page::at(&button, "textContent").as_string()?;
    let text = text.trim_ascii_start();
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    number(text.get(..end)?).map(|goods| goods as u32)
}

/// Has the cart's page and the button in the head drawn anew, as the coupon form does of 4.0 and 4.1; that of 3.0 loads
/// the page again.
fn redraw(route: &str) {
    let address = page::address();
    let mark = match route {
        "extension/total/coupon/coupon" => {
            if parts(&address, b'&').any(|part| part.ends_with("route=checkout/cart")) {
                page::call("location.reload", &[]);
            }
            return;
        }
        "extension/opencart/total/coupon|save" => "|",
        _ => ".",
    };
    let language = parts(&address, b'&').find(|part| part.starts_with("language=")).unwrap_or_default();
    for (place, route, part) in
        [("#shopping-cart", "checkout/cart", "list"), ("#cart,#header-cart", "common/cart", "info")]
    {
        let place = page::call("jQuery", &[place.into()]);
        let address = join(&["index.php?route=", route, mark, part, "&", language]);
        page::method(&place, "load", &[address.as_str().into()]);
    }
}
