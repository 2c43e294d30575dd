//! WooCommerce: the Store API takes a coupon from whoever brings back the nonce of the cart.

use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

use super::{element, get, in_basket, listed, post};
use crate::browser::page;
use crate::model::Redeeming;
use crate::text::join;

/// Reads the cart for its nonce, then applies the coupon. WordPress may live in a folder, and says so.
pub async fn redeem(code: &str) -> Redeeming {
    let api = element("link[rel='https://api.w.org/']");
    let api =
        api.map_or_else(|| "/wp-json/".into(), |link| link.unchecked_into::<HtmlAnchorElement>().href());
    let cart = get(join(&[&api, "wc/store/v1/cart"])).await;
    let goods = page::at(&cart.data, "items_count").as_f64();
    if goods == Some(0.0) {
        return in_basket(false, goods);
    }
    let coupon = page::object(&[("code", code)]);
    let reply = post(join(&[&api, "wc/store/v1/cart/apply-coupon"]), &coupon, cart.nonce).await;
    let is_in = reply.is_good() && listed(&reply.data, "coupons", code).is_some();
    if is_in {
        redraw();
    }
    in_basket(is_in, goods)
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
