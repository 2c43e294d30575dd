//! The confirmation of an order.

use maud::{Markup, html};

use super::{frame, sums};
use crate::Shop;
use crate::catalog;
use crate::order::Order;
use crate::visitor::{Notice, Visitor};

/// The confirmation page.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>, order: &Order) -> Markup {
    let lang = visitor.lang;
    frame(
        shop,
        visitor,
        lang.say("Merci", "Thank you"),
        notice,
        html! {
            section.plain.thanks {
                p.over { (lang.say("Commande confirmée", "Order confirmed")) }
                h1 { (lang.say("Merci, ", "Thank you, ")) bdi { (order.buyer.name) } }
                p { (lang.say("Votre commande porte le numéro ", "Your order number is "))
                    strong #number { (order.number) } "." }
                // Before the discount, as the sum below them is.
                ul.brief { @for line in &order.lines { @let product = catalog::by_sku(&line.sku); li {
                    span { (line.pieces) " × " (product.map_or(line.sku.as_str(), |p| p.name(lang))) }
                    span { (product.map_or(line.net, |p| p.price.times(line.pieces)).shown(lang)) }
                } } }
                (sums(visitor, order.subtotal, order.discount, "", order.shipping, order.total, lang.say("Payé", "Paid")))
                p.small { (lang.say("C’est une démonstration\u{a0}: rien n’est débité ni expédié.", "This is a demonstration: nothing is charged or sent.")) }
                p { a.button href="/" { (lang.say("Retour à la boutique", "Back to the shop")) } }
            }
        },
    )
}
