//! Shopify: a cart attribute carries the code to the order, the cart or `/discount/` the discount.

use super::{Way, ask, nothing, post, text_or};
use crate::text::join;
use crate::value::Value;

/// Writes the attribute `ref`, which comes back in the order's `note_attributes`, and asks for the
/// discount; in shops whose cart does not know discounts the older address answers with a cookie.
pub fn way(code: &str) -> Option<Way> {
    let root = text_or("Shopify.routes", "root", "/");
    let body = join(&["{\"attributes\":{\"ref\":\"", code, "\"},\"discount\":\"", code, "\"}"]);
    let older = join(&[&root, "discount/", code, "?redirect=/cart.js"]);
    let calls = vec![post(&join(&[&root, "cart/update.js"]), body), ask("GET", older)];
    Some(Way { calls, is_in, carries: true, after: nothing })
}

fn is_in(cart: &Value, code: &str) -> bool {
    let mut discounts = cart.list("discount_codes").iter();
    discounts.any(|discount| discount.text("code").eq_ignore_ascii_case(code) && discount.is("applicable"))
}
