//! WooCommerce: the Store API takes a coupon from whoever brings back the nonce of the cart.

use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

use super::{NOBODY, count, element, get, in_basket, is_same, listed, post};
use crate::browser::net::exchange;
use crate::browser::page;
use crate::model::Tried;
use crate::text::join;

/// Reads the cart for its nonce, then applies the coupon.
pub async fn redeem(code: &str, refused: Option<u32>) -> Tried {
    let api = api();
    let cart = exchange(get(join(&[&api, "wc/store/v1/cart"]))).await;
    let goods = count(&page::at(&cart.data, "items_count"));
    if goods == Some(0) {
        return in_basket(false, goods);
    }
    // The shop's module may have been there before us.
    if listed(&cart.data, "coupons", code).is_some() {
        return in_basket(true, goods);
    }
    if is_same(goods, refused) {
        return NOBODY;
    }
    let coupon = page::object(&[("code", code)]);
    let reply = exchange(post(join(&[&api, "wc/store/v1/cart/apply-coupon"]), &coupon, cart.nonce)).await;
    let is_in = reply.is_good() && listed(&reply.data, "coupons", code).is_some();
    if is_in {
        redraw();
    }
    in_basket(is_in, goods)
}

/// Where the interface is: WordPress may live in a folder, and says so.
pub fn api() -> String {
    let link = element("link[rel='https://api.w.org/']");
    link.map_or_else(|| "/wp-json/".into(), |link| link.unchecked_into::<HtmlAnchorElement>().href())
}

/// Tells the cart and the checkout, those of blocks and those of shortcodes.
fn redraw() {
    let cart = page::call("wp.data.dispatch", &["wc/store/cart".into()]);
    page::method(&cart, "invalidateResolutionForStore", &[]);
    let body = page::call("jQuery", &["body".into()]);
    for event in ["wc_update_cart", "update_checkout"] {
        page::method(&body, "trigger", &[event.into()]);
    }
}
