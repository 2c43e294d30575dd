//! Shopify: a cart attribute carries the code to the order, the cart or `/discount/` the discount.

use super::{get, in_basket, listed, post, text};
use crate::browser::net::exchange;
use crate::browser::page;
use crate::model::{Redeeming, Tried};
use crate::text::join;

/// Writes the attribute `ref`, which comes back in the order's `note_attributes`, and asks for the discount; in shops
/// whose cart does not know discounts the older address answers with a cookie.
pub async fn redeem(code: &str) -> Tried {
    let root = text("Shopify.routes.root", "/");
    let update = page::object(&[]);
    page::set(&update, "attributes", &page::object(&[("ref", code)]));
    page::set(&update, "discount", &code.into());
    let reply = exchange(post(join(&[&root, "cart/update.js"]), &update, None)).await;
    let carried = reply.is_good();
    let found = listed(&reply.data, "discount_codes", code).map(|found| page::at(&found, "applicable"));
    if carried && found.is_some_and(|applicable| applicable.as_bool() != Some(false)) {
        return in_basket(true, None);
    }
    let reply = exchange(get(join(&[&root, "discount/", code, "?redirect=/cart.js"]))).await;
    if carried || reply.is_good() {
        Tried { outcome: Redeeming::Carried, goods: None }
    } else {
        in_basket(false, None)
    }
}
