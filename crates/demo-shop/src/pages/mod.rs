//! The pages, and the frame that all of them stand in.

pub mod account;
pub mod admin;
pub mod basket;
pub mod checkout;
pub mod codes;
pub mod home;
pub mod mail;
pub mod product;
pub mod thanks;
pub mod webhooks;

use axum::http::StatusCode;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use crate::Shop;
use crate::basket::Quote;
use crate::lang::Lang;
use crate::money::Cents;
use crate::people;
use crate::visitor::{Notice, Visitor};
use crate::words;

/// Where Parrain's tag stands in a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// With its launcher.
    Launcher,
    /// Without: nothing lies over the way to paying.
    Quiet,
    /// Not at all: staff see this page.
    None,
}

/// A page: its title, then what stands between header and footer.
fn frame(shop: &Shop, visitor: &Visitor, title: &str, notice: Option<&Notice>, body: Markup) -> Markup {
    framed(shop, visitor, title, notice, Tag::Launcher, body)
}

fn framed(
    shop: &Shop,
    visitor: &Visitor,
    title: &str,
    notice: Option<&Notice>,
    kind: Tag,
    body: Markup,
) -> Markup {
    let lang = visitor.lang;
    let pieces = visitor.session.basket.pieces();
    let items = match (pieces, lang) {
        (0 | 1, Lang::Fr) => " article",
        (1, Lang::En) => " item",
        (_, lang) => lang.say(" articles", " items"),
    };
    html! {
        (DOCTYPE)
        html lang=(lang.say("fr", "en-GB")) data-choice=(visitor.consent) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Atelier Lumière" }
                meta name="description" content=(lang.say(
                    "Bougies, lampes et grès faits main. Une boutique de démonstration.",
                    "Candles, lamps and stoneware made by hand. A demonstration shop."));
                link rel="icon" href="/static/favicon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/static/shop.css";
                script src="/static/shop.js" {}
                @if kind != Tag::None { (tag(shop, visitor, kind)) }
            }
            body {
                a.skip href="#content" { (lang.say("Aller au contenu", "Skip to content")) }
                @if kind != Tag::None { (banner(visitor)) }
                header.top {
                    div.inner {
                        a.brand href="/" {
                            img src="/static/favicon.svg" alt="" width="30" height="30";
                            span { "Atelier Lumière" }
                        }
                        nav aria-label=(lang.say("Boutique", "Shop")) {
                            a.wide href="/#boutique" { (lang.say("La boutique", "The shop")) }
                            a href="/account" { (visitor.customer().map_or(lang.say("Compte", "Account"), |c| c.name.split(' ').next().unwrap_or(c.name))) }
                            a.basket href="/basket" {
                                (lang.say("Panier", "Basket"))
                                span.count { (pieces) span.hidden { (items) } }
                            }
                            (language_link(visitor))
                        }
                    }
                }
                main #content tabindex="-1" {
                    @if let Some(notice) = notice {
                        @let (text, bad) = words::notice(notice, lang);
                        p.notice.bad[bad] role=(if bad { "alert" } else { "status" }) { (text) }
                    }
                    (body)
                }
                footer.bottom {
                    div.inner {
                        p { strong { "Atelier Lumière" } br; (lang.say(
                            "Boutique de démonstration\u{a0}: rien n’est débité, rien n’est expédié.",
                            "A demonstration shop: nothing is charged, nothing is sent.")) }
                        ul {
                            li { a href="/admin" { (lang.say("Arrière-boutique", "Back office")) } }
                            li { a href="/mail" { (lang.say("Courrier de la démonstration", "Mail of the demo shop")) } }
                            @if kind != Tag::None { li { form.consent-form method="post" action="/consent" {
                                (token(visitor))
                                input type="hidden" name="back" value=(visitor.place);
                                button.link name="choice" value="ask" { (lang.say("Gérer les cookies", "Manage cookies")) }
                            } } }
                        }
                        p.small { (lang.say(
                            "TVA non applicable, article 293 B du CGI. Livraison 4,90\u{a0}€, offerte dès 60\u{a0}€.",
                            "VAT not applicable, article 293 B of the French tax code. Delivery €4.90, free from €60.")) }
                    }
                }
            }
        }
    }
}

/// The one line that a shop owner pastes, with what is in the basket; where a customer is signed in, the shop vouches for
/// them in it.
fn tag(shop: &Shop, visitor: &Visitor, kind: Tag) -> Markup {
    let placement = (kind == Tag::Quiet).then_some("none");
    let vouched = visitor.customer().and_then(|customer| {
        let orders = shop.earlier_orders(Some(customer), None);
        people::vouch(customer, orders, &shop.identity_key, Timestamp::now()).ok()
    });
    let basket = visitor.session.basket.quote(None, 0).subtotal.wire();
    html! {
        script async src=(format!("{}/widget.js", shop.edge)) data-shop=(shop.id) data-basket=(basket) data-consent="required" data-thanks="/thanks/" data-placement=[placement] data-customer=[vouched] {}
    }
}

/// The link to this page in the other language.
fn language_link(visitor: &Visitor) -> Markup {
    let (tag, short, name) = visitor.lang.say(("en", "EN", "English"), ("fr", "FR", "Français"));
    let joint = if visitor.place.contains('?') { '&' } else { '?' };
    html! {
        a.language href=(format!("{}{joint}lang={tag}", visitor.place)) lang=(tag) hreflang=(tag) { span.wide { (name) } span.narrow { (short) span.hidden { " (" (name) ")" } } }
    }
}

/// The question about cookies. It is in every page that has Parrain's tag, and shown while it has no answer; it works
/// without script, by sending the form.
fn banner(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        section.consent aria-labelledby="consent-title" {
            form.consent-form method="post" action="/consent" {
                (token(visitor))
                input type="hidden" name="back" value=(visitor.place);
                h2 #consent-title { (lang.say("Vos cookies, votre choix", "Your cookies, your choice")) }
                p { (lang.say(
                    "Le panier a besoin d’un cookie. Pour se souvenir de l’ami qui vous envoie, il en faut un autre\u{a0}: l’acceptez-vous\u{a0}?",
                    "The basket needs a cookie. Remembering the friend who sent you takes another one: do you accept it?")) }
                div.choices {
                    button name="choice" value="no" { (lang.say("Refuser", "Refuse")) }
                    button.main name="choice" value="yes" { (lang.say("Accepter", "Accept")) }
                }
            }
        }
    }
}

/// The pages of the back office, with the one that is open.
fn office(visitor: &Visitor, open: &str) -> Markup {
    let lang = visitor.lang;
    let pages = [
        ("/admin", lang.say("Commandes", "Orders")),
        ("/admin/codes", lang.say("Codes et bons", "Codes and vouchers")),
        ("/admin/webhooks", lang.say("Webhooks reçus", "Webhooks received")),
        ("/mail", lang.say("Courrier", "Mail")),
    ];
    html! {
        nav.office aria-label=(lang.say("Arrière-boutique", "Back office")) {
            @for (place, name) in pages {
                a href=(place) aria-current=[(place == open).then_some("page")] { (name) }
            }
        }
    }
}

/// What every form of the shop carries to show that it is ours.
fn token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="token" value=(visitor.session.token); }
}

/// A page that says that something went wrong, with what to do.
pub fn sorry(shop: &Shop, visitor: &Visitor, status: StatusCode) -> Markup {
    let lang = visitor.lang;
    let (title, text) = match status {
        StatusCode::NOT_FOUND => lang.say(
            ("Page introuvable", "Cette page n’existe pas, ou n’est pas pour vous."),
            ("Page not found", "There is no such page, or it is not yours to see."),
        ),
        StatusCode::FORBIDDEN => lang.say(
            ("Formulaire périmé", "Ce formulaire ne vient pas de votre visite en cours. Revenez à la page précédente, rechargez-la et recommencez\u{a0}: rien n’a changé."),
            ("Form out of date", "This form does not belong to your present visit. Go back, reload the page and try again: nothing has changed."),
        ),
        StatusCode::INTERNAL_SERVER_ERROR => lang.say(
            ("Un incident de notre côté", "Rien n’a été enregistré et rien n’est perdu. Réessayez dans un moment."),
            ("A fault on our side", "Nothing was recorded and nothing is lost. Please try again in a moment."),
        ),
        _ => lang.say(
            ("Demande illisible", "Nous n’avons pas pu lire ce que votre navigateur a envoyé. Rien n’a changé."),
            ("Unreadable request", "We could not read what your browser sent. Nothing has changed."),
        ),
    };
    frame(
        shop,
        visitor,
        title,
        None,
        html! {
            section.plain {
                h1 { (title) }
                p { (text) }
                p { a.button href="/" { (lang.say("Retour à la boutique", "Back to the shop")) } }
            }
        },
    )
}

/// Goods, discount, parcel and total.
fn totals(visitor: &Visitor, quote: &Quote) -> Markup {
    let lang = visitor.lang;
    let code = quote.code.as_ref().map(|c| c.code.as_str()).unwrap_or_default();
    sums(
        visitor,
        quote.subtotal,
        quote.discount,
        code,
        quote.shipping,
        quote.total,
        lang.say("Total", "Total"),
    )
}

/// The rows of [`totals`] from their amounts.
fn sums(
    visitor: &Visitor,
    subtotal: Cents,
    discount: Cents,
    code: &str,
    shipping: Cents,
    total: Cents,
    label: &str,
) -> Markup {
    let lang = visitor.lang;
    html! {
        dl.totals {
            div { dt { (lang.say("Sous-total", "Subtotal")) } dd.subtotal { (subtotal.shown(lang)) } }
            @if discount > Cents::ZERO {
                div.discount { dt { (lang.say("Remise parrainage", "Referral discount")) @if !code.is_empty() { " " span.code { (code) } } }
                    dd { ((Cents::ZERO - discount).shown(lang)) } }
            }
            div { dt { (lang.say("Livraison", "Delivery")) }
                dd.shipping { @if shipping == Cents::ZERO { (lang.say("offerte", "free")) } @else { (shipping.shown(lang)) } } }
            div.total { dt { (label) } dd { (total.shown(lang)) } }
        }
    }
}
