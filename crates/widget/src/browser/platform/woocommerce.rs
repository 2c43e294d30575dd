//! WooCommerce: the Store API takes a coupon from whoever brings back the nonce of the cart.

use super::{Platform, lists, nothing};

/// Reads the cart for its nonce, then applies the coupon. WordPress may live in a folder, and says so.
pub const PLATFORM: Platform = Platform {
    name: "woocommerce",
    object: "wc_cart_params",
    element: "body[class*=woocommerce],link[href*='/plugins/woocommerce/']",
    requests: &[
        ("GET", "<@link[rel='https://api.w.org/']|/wp-json/>wc/store/v1/cart", ""),
        (
            "POST",
            "<@link[rel='https://api.w.org/']|/wp-json/>wc/store/v1/cart/apply-coupon",
            r#"{"code":"<>"}"#,
        ),
    ],
    is_in: |cart, code| lists(cart, "coupons", code).is_some(),
    carries: false,
    after: nothing,
};
