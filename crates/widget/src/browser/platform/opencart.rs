//! OpenCart 4: the coupon extension's route takes a coupon and answers `success` or `error`.

use super::{Way, nothing, post};
use crate::text::join;
use crate::value::Value;

/// Sends the coupon form as the checkout's own script does.
pub fn way(code: &str) -> Option<Way> {
    let address = "index.php?route=extension/opencart/checkout/coupon.save";
    Some(Way { calls: vec![post(address, join(&["coupon=", code]))], is_in, carries: false, after: nothing })
}

fn is_in(answer: &Value, _: &str) -> bool {
    answer.get("success").is_some()
}
