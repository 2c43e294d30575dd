//! The shop's modules: a code that connects one, and those that are connected.

use maud::{Markup, html};
use parrain_wire::connections::{ConnectCode, Connection, ConnectionList};
use parrain_wire::desk::Role;
use parrain_wire::tasks::{FailedTask, FailedTasks, TaskKind, TaskState};
use parrain_wire::word::Known;

use crate::form::press;
use crate::frame::{Entry, Frame};
use crate::parts::{copy, crumb, empty, order_link, pill, platform_name};
use crate::place::Place;
use crate::platforms;
use crate::text::{Language, say};

/// The modules' page.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// Those that are connected.
    pub list: ConnectionList,
    /// A code that was just made; shown once.
    pub code: Option<ConnectCode>,
    /// What a module could not do, the newest first.
    pub failed: FailedTasks,
}

/// Draws it.
pub fn page(frame: &Frame, page: &Connections) -> Markup {
    let lang = frame.language;
    let title = lang.say("Modules de votre boutique", "Your shop’s modules");
    let list = &page.list.connections;
    frame.page(
        Entry::Settings,
        title,
        html! {
            (crumb(frame, &Place::Settings, lang.say("Réglages", "Settings")))
            h1 { (title) }
            p.lead { (lang.say("Un module pose la balise, envoie les commandes et fait les bons d’achat dans votre boutique. Un code suffit pour le connecter.", "A module places the tag, sends the orders and makes the vouchers in your shop. One code connects it.")) }
            @if let Some(code) = &page.code { (shown(frame, code)) }
            @if list.is_empty() {
                (empty(lang.say("Aucun module connecté", "No module is connected"), lang.say("Installez le module de votre plateforme, créez un code ici, et saisissez-le dans le module.", "Install your platform’s module, make a code here, and type it into the module."), html! {}))
            } @else { ul.card.rows { @for each in list { li { (row(frame, each)) } } } }
            @if frame.may(Role::All) {
                div.acts { (press(frame, &Place::Connections, &[], lang.say("Créer un code", "Make a code"), if page.code.is_some() { "" } else { "main" })) }
            }
            (by_keys(frame, page))
            (failed(frame, &page.failed.tasks))
        },
    )
}

/// A code that was just made, and where to type it.
pub(crate) fn shown(frame: &Frame, code: &ConnectCode) -> Markup {
    let lang = frame.language;
    html! { section.card.pad.stack aria-labelledby="code" {
        h2 #code { (lang.say("À saisir dans le module", "To be typed into the module")) }
        (copy(frame, lang.say("Adresse", "Address"), &frame.edge))
        (copy(frame, lang.say("Code", "Code"), &code.code))
        p.small { (lang.say("Vaut une fois, jusqu’à ", "Good once, until ")) (frame.clock().exact(code.expires_at)) ". " (lang.say("Il n’est plus montré ensuite.", "It is not shown again.")) }
    } }
}

/// Platforms at which the edge makes codes and gives rewards itself, those without credentials too.
fn by_keys(frame: &Frame, page: &Connections) -> Markup {
    let lang = frame.language;
    html! { section aria-labelledby="platforms" {
        h2 #platforms { (lang.say("Sans module\u{a0}: par une clé de la plateforme", "Without a module: by a key of the platform")) }
        ul.card.rows { @for name in platforms::NAMES {
            @let held = page.list.platforms.iter().find(|held| held.platform == name);
            li { a href=(frame.href(&Place::Platform(name.into()))) {
                span.what { (platform_name(name)) small { @match held { Some(held) => (held.account), None => (lang.say("codes et récompenses créés par Parrain", "codes and rewards made by Parrain")) } } }
                @match held {
                    Some(held) if held.fault.is_some() => (pill("red", lang.say("en attente", "waits"))),
                    Some(held) if held.codes.failed + held.codes.foreign > 0 => (pill("amber", lang.say("à regarder", "to look at"))),
                    Some(_) => (pill("green", lang.say("connectée", "connected"))),
                    None => {},
                }
            } }
        } }
    } }
}

fn row(frame: &Frame, each: &Connection) -> Markup {
    let lang = frame.language;
    let name = platform_name(&each.platform);
    html! { div.stacked {
        span.what { (name)
            small { (each.site) " · " (lang.say("depuis le ", "since ")) (frame.clock().day(each.since)) " · "
                @match each.last_seen { Some(at) => { (lang.say("vu ", "seen ")) (frame.clock().when(at)) }, None => { (lang.say("n’a encore rien demandé", "has asked for nothing yet")) } } }
        }
        @if frame.may(Role::All) {
            (press(frame, &Place::EndConnection(each.id.clone()), &[], &say!(lang, "Déconnecter {name}", "Disconnect {name}"), "bad"))
        }
    } }
}

/// What a module could not do: whose reward it is, and what the module says.
fn failed(frame: &Frame, tasks: &[FailedTask]) -> Markup {
    let lang = frame.language;
    html! { @if !tasks.is_empty() { section aria-labelledby="failed" {
        h2 #failed { (lang.say("Ce que le module n’a pas pu faire", "What the module could not do")) }
        p.small { (lang.say("Il essaie pendant trois jours. Un bon d’achat qui n’a pas pu être fait revient dans vos paiements\u{a0}; un bon qui n’a pas pu être arrêté est déduit de ce que le parrain gagnera.", "It tries for three days. A voucher that could not be made is among your payouts again; one that could not be ended is taken off what the referrer earns next.")) }
        ul.card.rows { @for task in tasks { li { div.stacked {
            span.what { (what(lang, &task.kind)) ", " (lang.say("commande ", "order ")) (order_link(frame, &task.order_id)) small { (task.failed) } }
            @match task.state.word() {
                Some(TaskState::GivenUp) => (pill("red", lang.say("abandonné", "given up"))),
                Some(TaskState::Withdrawn) => (pill("", lang.say("plus nécessaire", "not needed any more"))),
                Some(TaskState::Done) => (pill("green", lang.say("fait", "done"))),
                Some(TaskState::Waiting) | None => (pill("amber", lang.say("nouvel essai à venir", "to be tried again"))),
            }
        } } } }
    } } }
}

fn what(lang: Language, kind: &Known<TaskKind>) -> &'static str {
    match kind.word() {
        Some(TaskKind::Reward) | None => lang.say("Faire un bon d’achat", "Make a voucher"),
        Some(TaskKind::Code) => lang.say("Faire un code de parrainage", "Make a referral code"),
        Some(TaskKind::EndCode) => lang.say("Arrêter un bon d’achat", "End a voucher"),
    }
}
