//! Providers of newsletters that are told of referrers who agreed to that: all of them, and the form for one's key.

use maud::{Markup, html};
use parrain_wire::contacts::{ContactDestination, ContactDestinations, ContactProvider};
use parrain_wire::desk::Role;

use crate::faults::told;
use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame};
use crate::parts::{crumb, pill, platform_name};
use crate::place::Place;
use crate::text::{Language, count, say};

/// The page of all of them.
#[derive(Clone, Debug, Default)]
pub struct Contacts {
    /// Those that are told.
    pub list: ContactDestinations,
}

/// The page of one.
#[derive(Clone, Debug)]
pub struct ContactPage {
    /// Which.
    pub provider: ContactProvider,
    /// How it goes there, where a key was given.
    pub destination: Option<ContactDestination>,
    /// What was typed.
    pub entered: Entered,
}

/// Draws all.
pub fn page(frame: &Frame, page: &Contacts) -> Markup {
    let lang = frame.language;
    let title = lang.say("Parrains et newsletters", "Referrers and newsletters");
    frame.page(
        Entry::Settings,
        title,
        html! {
            (crumb(frame, &Place::Settings, lang.say("Réglages", "Settings")))
            h1 { (title) }
            p.lead { (lang.say("Parrain inscrit dans votre outil d’envoi les parrains qui ont accepté vos newsletters, et eux seuls\u{a0}: leur inscription, puis chaque récompense acquise ou payée.", "Parrain puts the referrers who agreed to your newsletters, and only those, into your mailing tool: that they joined, then each reward that is approved or paid.")) }
            ul.card.rows { @for (name, _) in ContactProvider::WORDS {
                @let held = page.list.destinations.iter().find(|held| held.provider.name() == *name);
                li { a href=(frame.href(&Place::Contact((*name).to_owned()))) {
                    span.what { (platform_name(name)) @if let Some(held) = held { small { (held.account) } } }
                    (health(lang, held))
                } }
            } }
        },
    )
}

/// Draws one.
pub fn one(frame: &Frame, page: &ContactPage) -> Markup {
    let lang = frame.language;
    let name = platform_name(page.provider.name());
    let form = Form::new(frame, &page.entered);
    let title = say!(lang, "Parrains chez {name}", "Referrers at {name}");
    frame.page(
        Entry::Settings,
        &title,
        html! {
            (crumb(frame, &Place::Contacts, lang.say("Parrains et newsletters", "Referrers and newsletters")))
            h1 { (title) }
            (form.summary())
            @if let Some(held) = &page.destination { (stands(frame, held)) }
            @if frame.may(Role::All) {
                section aria-labelledby="give" {
                    h2 #give { @if page.destination.is_some() { (lang.say("Donner une autre clé", "Give another key")) } @else { (lang.say("Donner une clé", "Give a key")) } }
                    (steps(lang, page.provider))
                    (form.post(&Place::Contact(page.provider.name().to_owned()), html! {
                        div.fields { (fields(lang, &form, page.provider)) }
                        p.small { (lang.say("Elle est essayée tout de suite, gardée chiffrée, et n’est plus jamais montrée. Ce qui avait été abandonné repart avec elle.", "It is tried at once, kept encrypted, and never shown again. What was given up is sent again with it.")) }
                        div.acts { button.main { (lang.say("Essayer et connecter", "Try and connect")) } }
                    }))
                }
                @if page.destination.is_some() {
                    div.acts { (press(frame, &Place::EndContact(page.provider.name().to_owned()), &[], &say!(lang, "Oublier la clé de {name}", "Forget the key of {name}"), "bad")) }
                    p.small { (say!(lang, "Les contacts déjà inscrits restent chez {name}.", "Contacts that were put there stay at {name}.")) }
                }
            }
        },
    )
}

fn stands(frame: &Frame, of: &ContactDestination) -> Markup {
    let (lang, clock) = (frame.language, frame.clock());
    let name = platform_name(of.provider.name());
    html! { section.card.pad.stack aria-labelledby="stands" {
        h2 #stands { (of.account) }
        p.small { (lang.say("Connecté depuis le ", "Connected since ")) (clock.day(of.since)) "." }
        ul.list {
            li { (lang.say("En attente\u{a0}: ", "Waiting: ")) (count(lang, of.waiting)) }
            li { (lang.say("Abandonnés\u{a0}: ", "Given up: ")) (count(lang, of.dead)) }
        }
        @if let Some(since) = of.failing_since {
            p.note role="status" { (say!(lang, "{name} n’accepte plus rien depuis ", "{name} has taken nothing since ")) (clock.when(since)) "." }
        }
        @if of.dead > 0 && frame.may(Role::All) {
            div.acts { (press(frame, &Place::ReplayContact(of.provider.name().to_owned()), &[], lang.say("Renvoyer ce qui a été abandonné", "Send what was given up again"), "")) }
        }
        @if let Some(words) = &of.words { p.small { (lang.say("Dernière réponse\u{a0}: ", "Last answer: ")) (told(lang, words)) } }
    } }
}

fn health(lang: Language, held: Option<&ContactDestination>) -> Markup {
    match held {
        Some(held) if held.failing_since.is_some() => {
            pill("red", lang.say("n’accepte rien", "takes nothing"))
        }
        Some(held) if held.dead > 0 => pill("amber", lang.say("à regarder", "to look at")),
        Some(_) => pill("green", lang.say("connecté", "connected")),
        None => html! {},
    }
}

/// Where the key is found, click by click.
fn steps(lang: Language, provider: ContactProvider) -> Markup {
    match provider {
        ContactProvider::Brevo => html! { ol.list {
            li { (lang.say("Dans Brevo\u{a0}: votre compte › SMTP et API › Clés API › Générer une clé.", "In Brevo: your account › SMTP & API › API keys › Generate a key.")) }
            li { (lang.say("Le numéro d’une liste est à côté de son nom, dans Contacts › Listes.", "The number of a list stands beside its name, under Contacts › Lists.")) }
        } },
        ContactProvider::Klaviyo => html! { ol.list {
            li { (lang.say("Dans Klaviyo\u{a0}: Réglages › Clés API › Créer une clé privée.", "In Klaviyo: Settings › API keys › Create private key.")) }
            li { (lang.say("Droits\u{a0}: Events et Profiles, accès complet. Le reste\u{a0}: aucun.", "Rights: Events and Profiles, full access. The rest: none.")) }
        } },
    }
}

fn fields(lang: Language, form: &Form<'_>, provider: ContactProvider) -> Markup {
    match provider {
        ContactProvider::Brevo => html! {
            (form.key("key", lang.say("Clé API (xkeysib-…)", "API key (xkeysib-…)"), "", true))
            (form.text("list", lang.say("Numéro de la liste", "The list’s number"), "", "text", lang.say("Facultatif\u{a0}: la liste où les contacts sont mis.", "Optional: the list that contacts are put on.")))
        },
        ContactProvider::Klaviyo => html! {
            (form.key("key", lang.say("Clé privée (pk_…)", "Private key (pk_…)"), "", true))
        },
    }
}
