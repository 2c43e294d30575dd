//! The window: what the shop is, and all that it sells.

use maud::{Markup, html};

use super::{frame, token};
use crate::Shop;
use crate::catalog::{PRODUCTS, Product};
use crate::lang::Lang;
use crate::visitor::{Notice, Visitor};

/// The home page.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>) -> Markup {
    let lang = visitor.lang;
    frame(
        shop,
        visitor,
        lang.say("Bougies, lampes et grès", "Candles, lamps and stoneware"),
        notice,
        html! {
            section.hero {
                div.words {
                    p.over { (lang.say("Fait main dans la Drôme", "Made by hand in the Drôme")) }
                    h1 { (lang.say("La lumière douce des soirs que l’on prolonge", "Soft light for evenings that linger")) }
                    p { (lang.say(
                        "Des bougies coulées en petites séries, des lampes de grès et de laiton, des tasses qui tiennent chaud aux mains.",
                        "Candles poured in small batches, lamps of stoneware and brass, cups that keep your hands warm.")) }
                    p { a.button href="#boutique" { (lang.say("Voir la collection", "See the collection")) } }
                }
                img src="/static/hero.svg" width="720" height="560" fetchpriority="high"
                    alt=(lang.say("Une table le soir\u{a0}: une lampe, une bougie et un mug devant une fenêtre au crépuscule",
                        "A table at night: a lamp, a candle and a mug before a window at dusk"));
            }
            section #boutique aria-labelledby="collection" {
                h2 #collection { (lang.say("La collection", "The collection")) }
                ul.grid { @for product in &PRODUCTS { li { (card(product, lang)) (quick_add(visitor, product)) } } }
            }
            section.promises aria-label=(lang.say("Nos engagements", "Our promises")) {
                div { h3 { (lang.say("Petites séries", "Small batches")) } p { (lang.say("Quarante pièces à la fois, signées et numérotées.", "Forty pieces at a time, signed and numbered.")) } }
                div { h3 { (lang.say("Livraison offerte dès 60\u{a0}€", "Free delivery from €60")) } p { (lang.say("Sous 3 jours, dans un carton sans plastique.", "Within 3 days, in a box without plastic.")) } }
                div { h3 { (lang.say("30 jours pour changer d’avis", "30 days to change your mind")) } p { (lang.say("Le retour est à notre charge.", "Returns are on us.")) } }
            }
        },
    )
}

/// A product in a grid: one link, named by the product.
pub fn card(product: &Product, lang: Lang) -> Markup {
    html! {
        a.card href={"/p/" (product.slug)} {
            img src={"/static/" (product.slug) ".svg"} alt=(product.picture(lang)) width="400" height="480" loading="lazy";
            span.name { (product.name(lang)) }
            span.tagline { (product.tagline(lang)) }
            span.price { (product.price.shown(lang)) }
        }
    }
}

/// Puts one piece into the basket without a look at its page.
fn quick_add(visitor: &Visitor, product: &Product) -> Markup {
    let lang = visitor.lang;
    html! {
        form.quick method="post" action="/basket/add" data-parrain {
            (token(visitor))
            input type="hidden" name="sku" value=(product.sku);
            button { (lang.say("Ajouter", "Add")) span.hidden { " " (product.name(lang)) } }
        }
    }
}
