//! Shopify: a cart attribute carries the code to the order, the cart or `/discount/` the discount.

use super::Done;
use crate::browser::js::{get, get_text, window};
use crate::browser::net::exchange;
use crate::model::Redeeming;
use crate::text::join;

/// Writes the attribute `ref`, which comes back in the order's `note_attributes`, and asks for the discount.
pub fn redeem(code: &str, done: Done) {
    let routes = get(&get(&window(), "Shopify"), "routes");
    let root = get_text(&routes, "root");
    let root = if root.is_empty() { "/".to_string() } else { root };
    let body = join(&["{\"attributes\":{\"ref\":\"", code, "\"},\"discount\":\"", code, "\"}"]);
    // The older way, for shops whose cart does not know discounts: it answers with a cookie.
    let older = join(&[&root, "discount/", code, "?redirect=/cart.js"]);
    let wanted = code.to_string();
    exchange(
        "POST",
        &join(&[&root, "cart/update.js"]),
        &[],
        Some(body),
        Box::new(move |status, cart, _| {
            let carried = (200..300).contains(&status);
            let applies = cart.is_some_and(|cart| {
                let known = |discount: &crate::value::Value| {
                    discount.text("code").eq_ignore_ascii_case(&wanted) && discount.is("applicable")
                };
                cart.list("discount_codes").iter().any(known)
            });
            if applies {
                return done(Redeeming::InBasket);
            }
            exchange(
                "GET",
                &older,
                &[],
                None,
                Box::new(move |_, _, _| {
                    done(if carried { Redeeming::Carried } else { Redeeming::Shown });
                }),
            );
        }),
    );
}
