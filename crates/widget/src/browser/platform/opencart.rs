//! OpenCart 4: the coupon extension's route takes a coupon and answers `success` or `error`.

use super::{form, in_basket};
use crate::browser::page;
use crate::model::Redeeming;

/// Sends the coupon form as the checkout's own script does.
pub async fn redeem(code: &str) -> Redeeming {
    let address = "index.php?route=extension/opencart/checkout/coupon.save";
    let reply = form(address.into(), &[("coupon", code)]).await;
    in_basket(reply.is_good() && page::is_some(&page::at(&reply.data, "success")))
}
