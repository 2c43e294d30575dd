//! OpenCart 4: the coupon extension's route takes a coupon and answers `success` or `error`.

use super::{Done, taken};
use crate::browser::net::exchange;
use crate::text::join;

/// Sends the coupon form as the checkout's own script does.
pub fn redeem(code: &str, done: Done) {
    let address = "index.php?route=extension/opencart/checkout/coupon.save";
    exchange(
        "POST",
        address,
        &[],
        Some(join(&["coupon=", code])),
        Box::new(move |status, answer, _| {
            done(taken(status == 200 && answer.is_some_and(|answer| answer.get("success").is_some())));
        }),
    );
}
