//! PrestaShop: the cart page takes a voucher, and the theme redraws the cart when told.

use wasm_bindgen::JsValue;

use super::{Done, taken};
use crate::browser::js::{call, get, get_text, parse, window};
use crate::browser::net::exchange;
use crate::text::{encode, join};

/// Sends the voucher form as the theme's own script does.
pub fn redeem(code: &str, done: Done) {
    let shop = get(&window(), "prestashop");
    let page = get_text(&get(&get(&shop, "urls"), "pages"), "cart");
    let page = if page.is_empty() { "index.php?controller=cart" } else { &page };
    let token = encode(&get_text(&shop, "static_token"));
    let body = join(&["ajax=1&action=update&addDiscount=1&discount_name=", code, "&token=", &token]);
    exchange(
        "POST",
        page,
        &[("accept", "application/json")],
        Some(body),
        Box::new(move |status, answer, _| {
            let errors =
                |answer: &crate::value::Value| answer.is("hasError") || !answer.list("errors").is_empty();
            let good = status == 200 && answer.is_some_and(|answer| answer.is_some() && !errors(&answer));
            if good {
                let event: JsValue = parse("{\"reason\":{\"linkAction\":\"add-voucher\"}}");
                call(&get(&window(), "prestashop"), "emit", &"updateCart".into(), &event);
            }
            done(taken(good));
        }),
    );
}
