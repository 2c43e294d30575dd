//! Every shop of the edge, for who looks after it, and making a new one.

use maud::{Markup, html};
use parrain_wire::shops::ShopList;

use crate::form::{Entered, Form};
use crate::frame::Frame;
use crate::parts::more;
use crate::place::Place;
use crate::set_up::{CURRENCIES, languages};

/// The shops of an edge.
#[derive(Clone, Debug, Default)]
pub struct Shops {
    /// A page of them.
    pub list: ShopList,
    /// What was typed for a new one.
    pub entered: Entered,
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
                        (form.needed("landing_url", lang.say("Adresse de la boutique", "The shop’s address"), "", "url", "https://…"))
                        (form.needed("shop", lang.say("Identifiant", "Id"), "", "text", lang.say("Court, en minuscules\u{a0}: «\u{a0}lumiere\u{a0}». Il paraît dans les liens de parrainage et ne change plus.", "Short, in lower case: “lumiere”. It stands in referral links and does not change.")))
                        (form.select("currency", lang.say("Devise", "Currency"), "EUR", &currencies, ""))
                        (form.select("locale", lang.say("Langue", "Language"), lang.tag(), &languages(lang), ""))
                        (form.text("time_zone", lang.say("Fuseau horaire", "Time zone"), "Europe/Paris", "text", lang.say("Là où commencent vos journées et vos mois.", "Where your days and months begin.")))
                    }
                    div.acts { button.main { (lang.say("Créer la boutique", "Make the shop")) } }
                }))
            }
        },
    )
}
