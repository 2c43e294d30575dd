//! OpenCart: the coupon extension's route takes a coupon. Each version has a route of its own, and answers a page of HTML
//! to those of the others.

use super::{form, in_basket};
use crate::browser::page;
use crate::model::Redeeming;
use crate::text::join;

/// Those of 4.1, 4.0.2, 4.0.0 and 3.0.
const ROUTES: [&str; 4] = [
    "extension/opencart/checkout/coupon.save",
    "extension/opencart/total/coupon.save",
    "extension/opencart/total/coupon|save",
    "extension/total/coupon/coupon",
];

/// Sends the coupon form as the checkout's own script does.
pub async fn redeem(code: &str) -> Redeeming {
    for route in ROUTES {
        let reply = form(join(&["index.php?route=", route]), &[("coupon", code)]).await;
        let says = |name| page::is_some(&page::at(&reply.data, name));
        // 3.0 says where to go on and nothing else.
        if reply.is_good() && (says("success") || says("redirect") && !says("error")) {
            return in_basket(true);
        }
        if says("error") {
            break;
        }
    }
    Redeeming::Shown
}
