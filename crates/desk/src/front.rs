//! `/`: what this is, and where the desk is.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::parts::button;
use crate::place::Place;

/// Says what this is. It has nothing to show but words.
pub fn page(frame: &Frame) -> Markup {
    let lang = frame.language;
    frame.alone(
        "Parrain",
        html! {
            p.brand { span.dot aria-hidden="true" {} span { "Parrain" } }
            h1.big { (lang.say("Le parrainage de votre boutique", "Your shop’s referrals")) }
            p.lead { (lang.say(
                "Vos clients recommandent votre boutique, leurs proches y gagnent un cadeau, et eux une récompense. Parrain compte tout cela, commande par commande, et dit pourquoi.",
                "Your customers recommend your shop, their friends get a gift and they get a reward. Parrain counts all of it, order by order, and says why.")) }
            div.acts { (button(&frame.href(&Place::Desk), lang.say("Ouvrir le bureau", "Open the desk"), "main")) }
            p.small { (lang.say("Vous êtes arrivé ici depuis une boutique\u{a0}? Vos récompenses s’y trouvent\u{a0}: revenez sur ses pages.", "Did you come here from a shop? Your rewards are there: go back to its pages.")) }
            p.small { a href="/openapi.json" rel="nofollow" { (lang.say("Pour les développeurs\u{a0}: le contrat de l’API", "For developers: the API’s contract")) } }
        },
    )
}
