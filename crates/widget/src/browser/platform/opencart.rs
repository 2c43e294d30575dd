//! OpenCart 4: the coupon extension's route takes a coupon and answers `success` or `error`.

use super::{Platform, nothing};

/// Sends the coupon form as the checkout's own script does.
pub const PLATFORM: Platform = Platform {
    name: "opencart",
    object: "",
    element: "script[src*='catalog/view/javascript']",
    requests: &[("POST", "index.php?route=extension/opencart/checkout/coupon.save", "coupon=<>")],
    is_in: |answer, _| answer.get("success").is_some(),
    carries: false,
    after: nothing,
};
