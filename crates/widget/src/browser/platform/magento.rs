//! Magento: the cart's REST resource takes a coupon, where the page says which cart it is.

use super::{Way, ask, nothing, text_or};
use crate::browser::js::at;
use crate::text::{encode, join};
use crate::value::Value;

/// Applies the coupon; on pages without a cart's id there is no way.
pub fn way(code: &str) -> Option<Way> {
    let id = text_or("checkoutConfig.quoteData", "entity_id", "");
    let customer = at("checkoutConfig.isCustomerLoggedIn").is_truthy();
    let cart = match (customer, id.is_empty()) {
        (true, _) => "carts/mine".into(),
        (false, false) => join(&["guest-carts/", &encode(&id)]),
        (false, true) => return None,
    };
    let address = join(&[&text_or("", "BASE_URL", "/"), "rest/V1/", &cart, "/coupons/", code]);
    Some(Way { calls: vec![ask("PUT", address)], is_in, carries: false, after: nothing })
}

fn is_in(answer: &Value, _: &str) -> bool {
    matches!(answer, Value::Bool(true))
}
