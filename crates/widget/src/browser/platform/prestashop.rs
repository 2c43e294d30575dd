//! PrestaShop: the cart page takes a voucher, and the theme redraws the cart when told.

use super::Platform;
use crate::browser::js;
use crate::value::Value;

/// Sends the voucher form as the theme's own script does.
pub const PLATFORM: Platform = Platform {
    name: "prestashop",
    object: "prestashop",
    element: "",
    requests: &[(
        "POST",
        "<prestashop.urls.pages.cart|index.php?controller=cart>",
        "ajax=1&action=update&addDiscount=1&discount_name=<>&token=<prestashop.static_token>",
    )],
    is_in: |answer, _| {
        matches!(answer, Value::Object(_)) && !answer.is("hasError") && answer.list("errors").is_empty()
    },
    carries: false,
    after: redraw,
};

fn redraw() {
    js::redraw("add-voucher");
}
