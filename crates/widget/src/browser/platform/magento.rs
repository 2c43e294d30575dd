//! Magento: the cart's REST resource takes a coupon, where the page says which cart it is.

use super::{Platform, nothing};
use crate::value::Value;

/// A signed-in customer's cart.
pub const CUSTOMER: Platform = Platform {
    name: "magento",
    object: "checkoutConfig.isCustomerLoggedIn",
    element: "",
    requests: &[("PUT", "<BASE_URL|/>rest/V1/carts/mine/coupons/<>", "")],
    is_in,
    carries: false,
    after: nothing,
};

/// A guest's cart.
pub const GUEST: Platform = Platform {
    object: "checkoutConfig.quoteData.entity_id",
    requests: &[(
        "PUT",
        "<BASE_URL|/>rest/V1/guest-carts/<checkoutConfig.quoteData.entity_id>/coupons/<>",
        "",
    )],
    ..CUSTOMER
};

/// Pages that do not know the cart have no way.
pub const ELSEWHERE: Platform =
    Platform { object: "", element: "script[type='text/x-magento-init']", requests: &[], ..CUSTOMER };

fn is_in(answer: &Value, _: &str) -> bool {
    matches!(answer, Value::Bool(true))
}
