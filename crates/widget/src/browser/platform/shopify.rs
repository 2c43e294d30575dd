//! Shopify: a cart attribute carries the code to the order, the cart or `/discount/` the discount.

use super::{Platform, lists, nothing};

/// Writes the attribute `ref`, which comes back in the order's `note_attributes`, and asks for the
/// discount; in shops whose cart does not know discounts the older address answers with a cookie.
pub const PLATFORM: Platform = Platform {
    name: "shopify",
    object: "Shopify",
    element: "",
    requests: &[
        ("POST", "<Shopify.routes.root|/>cart/update.js", r#"{"attributes":{"ref":"<>"},"discount":"<>"}"#),
        ("GET", "<Shopify.routes.root|/>discount/<>?redirect=/cart.js", ""),
    ],
    is_in: |cart, code| lists(cart, "discount_codes", code) == Some(true),
    carries: true,
    after: nothing,
};
