//! PrestaShop: the cart page takes a voucher, and the theme redraws the cart when told.

use super::{Way, post, text_or};
use crate::browser::js::{at, call, parse};
use crate::text::{encode, join};
use crate::value::Value;

/// Sends the voucher form as the theme's own script does.
pub fn way(code: &str) -> Option<Way> {
    let page = text_or("prestashop.urls.pages", "cart", "index.php?controller=cart");
    let token = encode(&text_or("prestashop", "static_token", ""));
    let body = join(&["ajax=1&action=update&addDiscount=1&discount_name=", code, "&token=", &token]);
    Some(Way { calls: vec![post(&page, body)], is_in, carries: false, after: redraw })
}

fn is_in(answer: &Value, _: &str) -> bool {
    matches!(answer, Value::Object(_)) && !answer.is("hasError") && answer.list("errors").is_empty()
}

fn redraw() {
    let why = parse("{\"reason\":{\"linkAction\":\"add-voucher\"}}");
    call(&at("prestashop"), "emit", &"updateCart".into(), &why);
}
