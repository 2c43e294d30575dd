//! Magento: the cart's REST resource takes a coupon, where the page says which cart it is.

use super::{NOBODY, in_basket, text};
use crate::browser::net::{Request, exchange};
use crate::browser::page;
use crate::model::Tried;
use crate::text::join;

/// A signed-in customer's cart, or a guest's; pages that do not know the cart have no way.
pub async fn redeem(code: &str) -> Tried {
    let cart = text("checkoutConfig.quoteData.entity_id", "");
    let carts = if page::global("checkoutConfig.isCustomerLoggedIn").is_truthy() {
        "carts/mine".into()
    } else if !cart.is_empty() {
        join(&["guest-carts/", &cart])
    } else {
        return NOBODY;
    };
    let address = join(&[&text("BASE_URL", "/"), "rest/V1/", &carts, "/coupons/", code]);
    let headers = vec![("accept", "application/json".into())];
    let reply = exchange(Request { method: "PUT", address, headers, body: None }).await;
    // A page that knows the cart is one of the checkout, where there are goods.
    in_basket(reply.is_good() && reply.data.as_bool() == Some(true), None)
}
