//! WooCommerce: the Store API takes a coupon from whoever brings back the nonce of the cart.

use super::{Way, ask, nothing, post};
use crate::browser::js::get_text;
use crate::browser::page::all;
use crate::text::join;
use crate::value::{Value, object};

/// Reads the cart for its nonce, then applies the coupon.
pub fn way(code: &str) -> Option<Way> {
    // WordPress may live in a folder, and says so.
    let said = all("link[rel='https://api.w.org/']");
    let root = said.first().map(|link| get_text(link, "href")).filter(|root| !root.is_empty());
    let cart = join(&[root.as_deref().unwrap_or("/wp-json/"), "wc/store/v1/cart"]);
    let apply = join(&[&cart, "/apply-coupon"]);
    Some(Way {
        calls: vec![ask("GET", cart), post(&apply, object(&[("code", code)]))],
        is_in,
        carries: false,
        after: nothing,
    })
}

fn is_in(cart: &Value, code: &str) -> bool {
    cart.list("coupons").iter().any(|coupon| coupon.text("code").eq_ignore_ascii_case(code))
}
