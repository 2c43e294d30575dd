//! PrestaShop: the cart page takes a voucher, and the theme redraws the cart when told.

use js_sys::Object;
use wasm_bindgen::JsValue;

use super::{NOBODY, count, form, in_basket, is_same, text};
use crate::browser::net::exchange;
use crate::browser::page;
use crate::model::Tried;

/// Sends the voucher form as the theme's own script does.
pub async fn redeem(code: &str, refused: Option<u32>) -> Tried {
    let goods = count(&page::global("prestashop.cart.products_count"));
    if is_same(goods, refused) {
        return NOBODY;
    }
    let address = text("prestashop.urls.pages.cart", "index.php?controller=cart");
    let token = text("prestashop.static_token", "");
    let fields = [
        ("ajax", "1"),
        ("action", "update"),
        ("addDiscount", "1"),
        ("discount_name", code),
        ("token", token.as_str()),
    ];
    let reply = exchange(form(address, &fields)).await;
    let is_in = reply.is_good() && has(&reply.data, code);
    if is_in {
        redraw(&reply.data);
    }
    in_basket(is_in, count(&page::at(&reply.data, "cart.products_count")).or(goods))
}

/// Whether the cart of an answer has the voucher. `success` says nothing: a shop without any cart rule, or a stale token,
/// answers it too. PHP writes the vouchers as an object by their ids, or as an empty array.
fn has(answer: &JsValue, code: &str) -> bool {
    let added = page::at(answer, "cart.vouchers.added");
    page::is_some(&added)
        && Object::values(&Object::from(added)).iter().any(|voucher| {
            page::at(&voucher, "code").as_string().is_some_and(|its| its.eq_ignore_ascii_case(code))
        })
}

/// The theme's script reads the cart out of `resp`.
fn redraw(answer: &JsValue) {
    let told = Object::new();
    page::set(&told, "reason", &page::object(&[("linkAction", "add-voucher")]));
    page::set(&told, "resp", answer);
    page::call("prestashop.emit", &["updateCart".into(), told.into()]);
}
