//! Every shop of the edge, for who looks after it, and making a new one.

use maud::{Markup, html};
use parrain_wire::shops::ShopList;

use crate::form::{Entered, Form};
use crate::frame::Frame;
use crate::parts::{button, copy, more};
use crate::place::Place;
use crate::set_up::{CURRENCIES, ZONES, languages};

/// The shops of an edge.
#[derive(Clone, Debug, Default)]
pub struct Shops {
    /// A page of them.
    pub list: ShopList,
    /// What was typed for a new one.
    pub entered: Entered,
}

/// A shop that was just made, with its key.
#[derive(Clone, Debug)]
pub struct MadeShop {
    /// Its id.
    pub shop: String,
    /// What it is called.
    pub name: String,
    /// The key that opens its desk.
    pub key: String,
}

/// Says that a shop was made, and gives its key.
pub fn made(frame: &Frame, page: &MadeShop) -> Markup {
    let lang = frame.language;
    let title = lang.say("Votre boutique est créée.", "Your shop is there.");
    frame.alone(
        &format!("{title} · Parrain"),
        html! {
            p.brand { span.dot aria-hidden="true" {} span { "Parrain" } }
            h1 { (title) }
            p.lead { (page.name) " · " span.code { (page.shop) } }
            (copy(frame, lang.say("Sa clé", "Its key"), &page.key))
            p { (lang.say("Cette clé ouvre cette boutique, et elle seule. Gardez-la comme un mot de passe. Tant que vous êtes connecté, vous pourrez la revoir ou la remplacer dans Réglages, puis «\u{a0}Clés et secrets\u{a0}».",
                "This key opens this shop, and no other. Keep it like a password. While you are signed in you can see it again or replace it in Settings, then “Keys and secrets”.")) }
            div.acts { (button(&Place::SetUp.href(&page.shop), lang.say("Commencer la mise en route", "Begin the set-up"), "main")) }
        },
    )
}

/// Lists the shops, with the form for a new one.
pub fn page(frame: &Frame, page: &Shops) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Vos boutiques", "Your shops");
    let none = page.list.shops.is_empty();
    let typed = !page.entered.values.is_empty();
    let currencies: Vec<(&str, &str)> = CURRENCIES.iter().map(|code| (*code, *code)).collect();
    frame.alone(
        &format!("{title} · Parrain"),
        html! {
            p.brand { span.dot aria-hidden="true" {} span { "Parrain" } }
            h1 { @if none { (lang.say("Créez votre boutique", "Make your shop")) } @else { (title) } }
            (form.summary())
            @if !none {
                ul.card.rows { @for shop in &page.list.shops { li { a href=(Place::Home.href(&shop.shop)) {
                    span.what { (shop.name.as_deref().unwrap_or(&shop.shop)) small { (shop.shop) } }
                } } } }
                (more(frame, &Place::Shops, &[], page.list.next_cursor.as_deref()))
            }
            details.card.pad open[none || typed] {
                summary { (lang.say("Créer une boutique", "Make a shop")) }
                (form.post(&Place::Shops, html! {
                    div.fields {
                        (form.needed("name", lang.say("Nom de la boutique", "The shop’s name"), "", "text", lang.say("Comme vos clients le lisent.", "As your customers read it.")))
                        (form.address("landing_url", lang.say("Adresse de la boutique", "The shop’s address"), "", lang.say("Par exemple boutique.fr.", "For instance shop.com.")))
                        (form.text("shop", lang.say("Identifiant", "Id"), "", "text", lang.say("Vide\u{a0}: d’après le nom. Court, en minuscules\u{a0}: «\u{a0}lumiere\u{a0}». Il paraît dans les liens de parrainage et ne change plus.", "Empty: by the name. Short, in lower case: “lumiere”. It stands in referral links and does not change.")))
                        (form.select("currency", lang.say("Devise", "Currency"), "EUR", &currencies, ""))
                        (form.select("locale", lang.say("Langue", "Language"), lang.tag(), &languages(lang), ""))
                        (form.suggested("time_zone", lang.say("Fuseau horaire", "Time zone"), "Europe/Paris", &ZONES.map(|zone| (zone, "")), lang.say("Là où commencent vos journées et vos mois.", "Where your days and months begin.")))
                    }
                    div.acts { button.main { (lang.say("Créer la boutique", "Make the shop")) } }
                }))
            }
        },
    )
}
