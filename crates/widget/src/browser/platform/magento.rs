//! Magento: the cart's REST resource takes a coupon where the page says which cart it is.

use super::{Done, taken};
use crate::browser::js::{get, get_text, read, window};
use crate::browser::net::exchange;
use crate::model::Redeeming;
use crate::text::{encode, join};
use crate::value::Value;

/// Applies the coupon; on pages without a cart's id there is no way.
pub fn redeem(code: &str, done: Done) {
    let config = get(&window(), "checkoutConfig");
    let quote = get(&config, "quoteData");
    let id = get_text(&quote, "entity_id");
    let customer = read(&get(&config, "isCustomerLoggedIn"), 0) == Value::Bool(true);
    if id.is_empty() && !customer {
        return done(Redeeming::Shown);
    }
    let base = get_text(&window(), "BASE_URL");
    let base = if base.is_empty() { "/" } else { &base };
    let cart = if customer { "carts/mine".to_string() } else { join(&["guest-carts/", &encode(&id)]) };
    let address = join(&[base, "rest/V1/", &cart, "/coupons/", code]);
    exchange(
        "PUT",
        &address,
        &[],
        None,
        Box::new(move |status, answer, _| {
            done(taken(status == 200 && answer == Some(Value::Bool(true))));
        }),
    );
}
