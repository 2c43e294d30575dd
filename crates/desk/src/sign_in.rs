//! Signing in: with a key, or by a helper's link.

use maud::{Markup, html};

use crate::form::{Entered, Form};
use crate::frame::Frame;
use crate::parts::button;
use crate::place::Place;

/// The page that asks for the key.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// What is wrong with what was typed, at `/token` or as a whole.
    pub entered: Entered,
    /// Where to go on afterwards: a path of the desk, or nothing.
    pub next: String,
    /// Whether a session ended before.
    pub ended: bool,
    /// What was typed into a form of `next` when it ended, in the edge's own writing; carried along as `kept`, so that
    /// the form is shown again with it afterwards. Nothing where nothing was.
    pub kept: String,
}

/// The page that a helper's link leads to. The key stands behind the link's `#`, where no server sees it: the script puts
/// it into the form, or who has none copies it there.
#[derive(Clone, Debug, Default)]
pub struct ComeIn {
    /// Whether the key that was sent opens nothing any more.
    pub gone: bool,
}

/// Asks for the key.
pub fn page(frame: &Frame, page: &SignIn) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Se connecter", "Sign in");
    frame.alone(
        &format!("{title} · Parrain"),
        html! {
            p.brand { span.dot aria-hidden="true" {} span { "Parrain" } }
            h1 { (title) }
            @if page.ended { p.note role="status" {
                (lang.say("Votre session est terminée. ", "Your session is over. "))
                @if !page.kept.is_empty() { (lang.say("Ce que vous aviez saisi est gardé\u{a0}: vous le retrouverez après vous être connecté.", "What you typed is kept: you will find it again once you have signed in.")) }
            } }
            (form.summary())
            (form.post(&Place::SignIn, html! {
                @if !page.next.is_empty() { (form.hidden("next", &page.next)) }
                @if !page.kept.is_empty() { (form.hidden("kept", &page.kept)) }
                (form.secret("token", lang.say("Votre clé", "Your key"), lang.say("La clé de votre boutique ouvre votre boutique\u{a0}; celle de l’administrateur les ouvre toutes. Votre navigateur peut la retenir.",
                    "Your shop’s key opens your shop; the administrator’s opens them all. Your browser can remember it.")))
                div.acts { button.main { (title) } }
            }))
            details { summary { (lang.say("Où est ma clé\u{a0}?", "Where is my key?")) }
                p { (lang.say("La clé de la boutique est montrée quand la boutique est créée. Qui est encore connecté la retrouve dans Réglages, puis «\u{a0}Clés et secrets\u{a0}»\u{a0}; qui a la clé de l’administrateur aussi. Celle de l’administrateur est le secret PARRAIN_ADMIN_TOKEN, choisi à l’installation.",
                    "The shop’s key is shown when the shop is made. Who is still signed in finds it in Settings, then “Keys and secrets”; so does who has the administrator’s key. The administrator’s is the secret PARRAIN_ADMIN_TOKEN, chosen at the installation.")) }
                p { (lang.say("Vous aidez une boutique\u{a0}? Demandez à sa ou son propriétaire un lien d’accès\u{a0}: Réglages, puis «\u{a0}Qui peut entrer\u{a0}».", "Do you help a shop? Ask its owner for a link to enter: Settings, then “Who may enter”.")) }
            }
        },
    )
}

/// Lets a helper in by a press.
pub fn come_in(frame: &Frame, page: &ComeIn) -> Markup {
    let lang = frame.language;
    let title = lang.say("Entrer", "Enter");
    frame.alone(
        &format!("{title} · Parrain"),
        html! {
            p.brand { span.dot aria-hidden="true" {} span { "Parrain" } }
            @if page.gone {
                h1 { (lang.say("Ce lien ne vaut plus", "This link is no longer good")) }
                p.lead { (lang.say("Il a déjà servi, a été retiré ou est trop ancien. Demandez-en un autre à qui vous l’a envoyé.", "It was used already, was withdrawn or is too old. Ask for another one from who sent it to you.")) }
                (button(&frame.href(&Place::Desk), lang.say("Se connecter avec une clé", "Sign in with a key"), ""))
            } @else {
                h1 { (lang.say("On vous a donné accès à une boutique", "You were given access to a shop")) }
                (crate::form::post(frame, &Place::ComeIn, html! {
                    div.field {
                        label for="key" { (lang.say("La clé de votre lien", "Your link’s key")) }
                        input #key name="key" required autocomplete="off" spellcheck="false" aria-describedby="key-hint";
                        p.hint #key-hint { (lang.say("Ce qui suit le signe # dans votre lien. D’ordinaire, c’est déjà rempli.", "What follows the sign # in your link. Usually it is filled in already.")) }
                    }
                    div.acts { button.main { (title) } }
                }))
            }
        },
    )
}
