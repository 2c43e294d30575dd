//! The basket, with the shop's own field for a promo code.

use maud::{Markup, html};

use super::{Tag, framed, token, totals};
use crate::Shop;
use crate::basket::{FREE_PARCEL_FROM, MOST_PIECES, Quote, Standing};
use crate::money::Cents;
use crate::visitor::{Notice, Visitor};
use crate::words;

/// The basket page.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>, quote: &Quote) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("Votre panier", "Your basket");
    framed(
        shop,
        visitor,
        title,
        notice,
        Tag::Quiet,
        html! {
            h1 { (title) }
            @if quote.lines.is_empty() {
                section.plain {
                    p { (lang.say("Il est vide.", "It is empty.")) }
                    p { a.button href="/#boutique" { (lang.say("Voir la collection", "See the collection")) } }
                }
            } @else {
                div.two {
                    section aria-label=(lang.say("Articles", "Items")) {
                        ul.lines { @for line in &quote.lines { @let product = line.product; li {
                            a.picture href={"/p/" (product.slug)} tabindex="-1" aria-hidden="true" {
                                img src={"/static/" (product.slug) ".svg"} alt="" width="80" height="96";
                            }
                            div.what {
                                a href={"/p/" (product.slug)} { (product.name(lang)) }
                                span.each { (product.price.shown(lang)) " " (lang.say("la pièce", "each")) }
                            }
                            form.pieces method="post" action="/basket/set" {
                                (token(visitor))
                                input type="hidden" name="sku" value=(product.sku);
                                label.hidden for={"n-" (product.sku)} { (lang.say("Quantité de", "Quantity of")) " " (product.name(lang)) }
                                input id={"n-" (product.sku)} type="number" name="pieces" value=(line.pieces) min="0" max=(MOST_PIECES) inputmode="numeric";
                                button { (lang.say("Modifier", "Update")) }
                            }
                            span.sum { (line.gross.shown(lang)) }
                            form.remove method="post" action="/basket/set" {
                                (token(visitor))
                                input type="hidden" name="sku" value=(product.sku);
                                input type="hidden" name="pieces" value="0";
                                button.link { (lang.say("Retirer", "Remove")) span.hidden { " " (product.name(lang)) } }
                            }
                        } } }
                    }
                    aside.summary aria-label=(lang.say("Récapitulatif", "Summary")) {
                        (promo(visitor, quote))
                        (totals(visitor, quote))
                        @if quote.shipping > Cents::ZERO {
                            p.small { @let missing = (FREE_PARCEL_FROM - (quote.subtotal - quote.discount)).shown(lang);
                                (lang.say(format!("Plus que {missing} pour la livraison offerte."), format!("{missing} more for free delivery."))) }
                        }
                        form method="post" action="/basket/order" data-parrain {
                            (token(visitor))
                            button.main.full #order { (lang.say("Commander", "Check out")) }
                        }
                    }
                }
            }
        },
    )
}

/// The promo code: what it does, or a field to type one.
fn promo(visitor: &Visitor, quote: &Quote) -> Markup {
    let lang = visitor.lang;
    html! {
        div.promo {
            @if let Some(applied) = &quote.code {
                @let good = matches!(applied.standing, Standing::Applies(_));
                p.standing.good[good] role="status" { (words::standing(applied, lang)) }
                form method="post" action="/basket/code/remove" {
                    (token(visitor))
                    input type="hidden" name="code" value=(applied.code.as_str());
                    button.link { (lang.say("Retirer le code", "Remove the code")) }
                }
            }
            form method="post" action="/basket/code" data-parrain {
                (token(visitor))
                label for="code" { @if quote.code.is_some() { (lang.say("Un autre code\u{a0}?", "Another code?")) } @else { (lang.say("Code promo ou de parrainage", "Promo or referral code")) } }
                div.field {
                    input #code name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40";
                    button { (lang.say("Appliquer", "Apply")) }
                }
            }
        }
    }
}
