//! What cannot be shown or done, and what to do instead.

use maud::{Markup, html};
use parrain_wire::desk::Role;

use crate::frame::{Entry, Frame, role_name};
use crate::parts::button;
use crate::place::Place;
use crate::text::say;

/// What is wrong with a whole page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is nothing at this address, or nothing that who asks may know of.
    NotFound,
    /// Who is here may not do that; this role may.
    Forbidden(Role),
    /// The form is not from this desk, or from a session that is over.
    Forged,
    /// Too often; try again in so many seconds.
    TooOften(u32),
    /// A store did not answer: nothing was changed, and trying again is right.
    Busy,
    /// Something else, in a sentence.
    Other(String),
}

/// Draws it, within the shop where there is one.
pub fn page(frame: &Frame, problem: &Problem) -> Markup {
    let lang = frame.language;
    let (title, text) = match problem {
        Problem::NotFound => (
            lang.say("Il n’y a rien à cette adresse", "There is nothing at this address"),
            lang.say("La page a peut-être changé de place, ou ce numéro n’existe pas chez vous. La recherche en haut trouve une commande, une adresse ou un code.",
                "The page may have moved, or there is no such number with you. The search at the top finds an order, an address or a code.").to_owned(),
        ),
        Problem::Forbidden(role) => {
            let needs = role_name(lang, *role);
            (
                lang.say("Votre accès ne permet pas cela", "Your access does not allow that"),
                say!(lang, "Il faut un accès «\u{a0}{needs}\u{a0}». Demandez-le à qui vous a donné le vôtre.", "It takes an access of the kind “{needs}”. Ask for it from who gave you yours."),
            )
        }
        Problem::Forged => (
            lang.say("Ce formulaire n’a pas été envoyé", "This form was not sent"),
            lang.say("Il ne vient pas de cette session. Rien n’a été changé\u{a0}: revenez à la page, et recommencez.", "It is not from this session. Nothing was changed: go back to the page and try again.").to_owned(),
        ),
        Problem::TooOften(seconds) => (
            lang.say("Trop d’essais", "Too many attempts"),
            say!(lang, "Attendez {seconds} secondes avant de recommencer.", "Wait {seconds} seconds before you try again."),
        ),
        Problem::Busy => (
            lang.say("Nous n’avons pas pu répondre", "We could not answer"),
            lang.say("Rien n’a été changé. Rechargez la page dans quelques instants.", "Nothing was changed. Load the page again in a moment.").to_owned(),
        ),
        Problem::Other(text) => (lang.say("Cela n’a pas marché", "That did not work"), crate::faults::told(lang, text).into_owned()),
    };
    let body = html! {
        h1 { (title) }
        p.lead { (text) }
        div.acts {
            @if frame.shop.is_some() { (button(&frame.href(&Place::Home), lang.say("Aller à l’accueil", "Go home"), "main")) }
            @else { (button(&frame.href(&Place::Desk), lang.say("Aller au bureau", "Go to the desk"), "main")) }
        }
    };
    if frame.shop.is_some() { frame.page(Entry::None, title, body) } else { frame.alone(title, body) }
}
