//! One article.

use maud::{Markup, html};

use super::home::card;
use super::{frame, token};
use crate::Shop;
use crate::catalog::{PRODUCTS, Product};
use crate::visitor::{Notice, Visitor};

/// The page of an article.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>, product: &Product) -> Markup {
    let lang = visitor.lang;
    let others = PRODUCTS.iter().filter(|p| p.sku != product.sku && p.category != product.category).take(3);
    frame(
        shop,
        visitor,
        product.name(lang),
        notice,
        html! {
            nav.crumbs aria-label=(lang.say("Fil d’Ariane", "Breadcrumb")) {
                a href="/#boutique" { (lang.say("La collection", "The collection")) } " / " span { (product.category.name(lang)) }
            }
            article.product {
                img src={"/static/" (product.slug) ".svg"} alt=(product.picture(lang)) width="400" height="480" fetchpriority="high";
                div.words {
                    h1 { (product.name(lang)) }
                    p.tagline { (product.tagline(lang)) }
                    p.price { (product.price.shown(lang)) }
                    p { (product.story(lang)) }
                    form.add method="post" action="/basket/add" data-parrain {
                        (token(visitor))
                        input type="hidden" name="sku" value=(product.sku);
                        label for="pieces" { (lang.say("Quantité", "Quantity")) }
                        select #pieces name="pieces" { @for n in 1..=6 { option value=(n) { (n) } } }
                        button.main #add { (lang.say("Ajouter au panier", "Add to basket")) }
                    }
                    ul.facts { @for fact in product.facts(lang) { li { (fact) } } }
                }
            }
            section aria-labelledby="others" {
                h2 #others { (lang.say("À côté, sur l’étagère", "Next to it on the shelf")) }
                ul.grid.three { @for other in others { li { (card(other, lang)) } } }
            }
        },
    )
}
