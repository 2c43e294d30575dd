//! Other software that is told what happens: its addresses, and what was sent to each.

use maud::{Markup, html};
use parrain_wire::deliveries::{Delivery, DeliveryList, DeliveryState, Endpoint, EndpointList, EventType};
use parrain_wire::desk::Role;
use parrain_wire::word::Known;

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame};
use crate::parts::{copy, crumb, empty, pill};
use crate::place::Place;
use crate::text::{Language, count};

/// The page of all addresses.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// Them.
    pub list: EndpointList,
    /// What was typed for another.
    pub entered: Entered,
}

/// The page of one address.
#[derive(Clone, Debug, Default)]
pub struct EndpointPage {
    /// It.
    pub endpoint: Endpoint,
    /// What was sent to it last.
    pub deliveries: DeliveryList,
    /// Its secret, where it was just made; shown once.
    pub secret: Option<String>,
}

/// Draws all.
pub fn page(frame: &Frame, page: &Endpoints) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Prévenir d’autres logiciels", "Tell other software");
    let list = &page.list.endpoints;
    frame.page(
        Entry::Settings,
        title,
        html! {
            (crumb(frame, &Place::Settings, lang.say("Réglages", "Settings")))
            h1 { (title) }
            p.lead { (lang.say("Votre comptabilité, votre envoi d’e-mails, un tableau partagé\u{a0}: chaque adresse reçoit ce qui arrive, signé, sans nom ni e-mail.", "Your bookkeeping, your mailing, a shared table: each address is sent what happens, signed, without a name or an e-mail address.")) }
            (form.summary())
            @if list.is_empty() {
                (empty(lang.say("Personne n’est prévenu", "Nobody is told"), lang.say("Ce n’est pas nécessaire pour parrainer. Qui s’occupe de vos logiciels saura quelle adresse mettre ici.", "Referrals do not need it. Whoever looks after your software knows which address to put here."), html! {}))
            } @else { ul.card.rows { @for each in list { li { a href=(frame.href(&Place::Endpoint(each.id.clone()))) {
                span.what { (each.url) small { (types(lang, &each.types)) } }
                (health(lang, each))
            } } } } }
            @if frame.may(Role::All) {
                section aria-labelledby="new" {
                    h2 #new { (lang.say("Ajouter une adresse", "Add an address")) }
                    (form.post(&Place::Endpoints, html! {
                        div.fields {
                            (form.needed("url", lang.say("Adresse", "Address"), "", "url", lang.say("Commence par https://.", "Begins with https://.")))
                            fieldset { legend { (lang.say("Ce qu’elle reçoit", "What it is sent")) }
                                @for (name, kind) in EventType::WORDS.iter().filter(|(_, kind)| *kind != EventType::EndpointTest) {
                                    (form.tick("types", name, type_name(lang, *kind), true))
                                }
                            }
                        }
                        div.acts { button.main { (lang.say("Ajouter", "Add")) } }
                    }))
                }
            }
        },
    )
}

/// Draws one.
pub fn one(frame: &Frame, page: &EndpointPage) -> Markup {
    let lang = frame.language;
    let of = &page.endpoint;
    let title = lang.say("Une adresse prévenue", "An address that is told");
    let may = frame.may(Role::All);
    frame.page(
        Entry::Settings,
        title,
        html! {
            (crumb(frame, &Place::Endpoints, lang.say("Prévenir d’autres logiciels", "Tell other software")))
            div.head { h1.code { (of.url) } (health(lang, of)) }
            p.lead { (types(lang, &of.types)) }
            @if let Some(secret) = &page.secret {
                section.card.pad.stack aria-labelledby="secret" {
                    h2 #secret { (lang.say("Le secret qui signe", "The secret that signs")) }
                    (copy(frame, "", secret))
                    p.small { (lang.say("Montré cette fois seulement. Donnez-le à qui s’occupe de ce logiciel.", "Shown this once. Give it to whoever looks after that software.")) }
                }
            }
            @if let Some(since) = of.failing_since { p.note role="status" { (lang.say("Ne répond plus ", "Has not answered ")) (frame.clock().since(since)) "." } }
            @if may {
                div.row {
                    (press(frame, &Place::TestEndpoint(of.id.clone()), &[], lang.say("Envoyer un essai", "Send a test"), "main"))
                    @if of.dead > 0 { (press(frame, &Place::ReplayDead(of.id.clone()), &[], lang.say("Renvoyer ce qui a été abandonné", "Send what was given up again"), "")) }
                    (press(frame, &Place::RotateEndpoint(of.id.clone()), &[], lang.say("Changer le secret", "Change the secret"), ""))
                    (press(frame, &Place::RemoveEndpoint(of.id.clone()), &[], lang.say("Ne plus rien envoyer", "Stop sending"), "bad"))
                }
            }
            section aria-labelledby="sent" {
                h2 #sent { (lang.say("Derniers envois", "What was sent last")) }
                @if page.deliveries.deliveries.is_empty() {
                    (empty(lang.say("Rien encore", "Nothing yet"), lang.say("Ce qui arrive à partir de maintenant paraîtra ici.", "What happens from now on will stand here."), html! {}))
                } @else { (sent(frame, &page.deliveries.deliveries)) }
            }
        },
    )
}

fn sent(frame: &Frame, deliveries: &[Delivery]) -> Markup {
    let lang = frame.language;
    let clock = frame.clock();
    html! { div.scroll tabindex="0" { table {
        caption.aside { (lang.say("Derniers envois", "What was sent last")) }
        thead { tr {
            th scope="col" { (lang.say("Quoi", "What")) }
            th.wide scope="col" { (lang.say("Quand", "When")) }
            th scope="col" { (lang.say("État", "State")) }
            th.num.wide scope="col" { (lang.say("Essais", "Tries")) }
        } }
        tbody { @for each in deliveries { tr {
            th scope="row" { (each.kind.word().map_or(each.kind.name(), |kind| type_name(lang, kind))) small.code.wide { (each.id) } }
            td.wide { (clock.when(each.queued_at)) }
            td {
                (state(lang, &each.state))
                @if let Some(status) = each.status { small { (lang.say("réponse ", "answered ")) (status) } }
                @if each.state != DeliveryState::Delivered { @if let Some(answer) = &each.answer { small { (answer) } } }
                @if let Some(next) = each.next_try_at { small { (lang.say("nouvel essai ", "tried again ")) (clock.when(next)) } }
            }
            td.num.wide { (count(lang, each.tries)) }
        } } }
    } } }
}

fn health(lang: Language, endpoint: &Endpoint) -> Markup {
    if endpoint.dead > 0 {
        let n = count(lang, endpoint.dead);
        let given_up =
            lang.many(endpoint.dead, lang.say("abandonné", "given up"), lang.say("abandonnés", "given up"));
        return pill("red", &format!("{n} {given_up}"));
    }
    match endpoint.failing_since {
        Some(_) => pill("amber", lang.say("ne répond pas", "does not answer")),
        None => pill("green", lang.say("tout va bien", "all is well")),
    }
}

fn state(lang: Language, state: &Known<DeliveryState>) -> Markup {
    match state.word() {
        Some(DeliveryState::Waiting) => pill("amber", lang.say("en route", "on its way")),
        Some(DeliveryState::Delivered) => pill("green", lang.say("reçu", "received")),
        Some(DeliveryState::Dead) => pill("red", lang.say("abandonné", "given up")),
        None => pill("", state.name()),
    }
}

fn types(lang: Language, types: &[Known<EventType>]) -> String {
    let names = types.iter().map(|kind| kind.word().map_or(kind.name(), |kind| type_name(lang, kind)));
    names.collect::<Vec<_>>().join(", ")
}

/// What an endpoint is told, for owners.
const fn type_name(lang: Language, kind: EventType) -> &'static str {
    match kind {
        EventType::ReferrerJoined => lang.say("un nouveau parrain", "a new referrer"),
        EventType::ConversionRecorded => lang.say("une commande parrainée", "a referred order"),
        EventType::ConversionApproved => lang.say("une récompense disponible", "a reward that is available"),
        EventType::ConversionRejected => lang.say("une récompense refusée", "a reward that is refused"),
        EventType::ConversionReversed => lang.say("une récompense reprise", "a reward that is taken back"),
        EventType::ConversionReinstated => lang.say("une récompense rendue", "a reward that is given back"),
        EventType::ClaimMade => lang.say("une réclamation", "a claim"),
        EventType::RewardIssued => lang.say("un bon d’achat donné", "a voucher given"),
        EventType::RewardPaid => {
            lang.say("une récompense versée ou donnée", "a reward that is paid or given")
        }
        EventType::PayoutCreated => lang.say("un paiement préparé", "a prepared payment"),
        EventType::PayoutPaid => lang.say("un paiement versé", "a payment made"),
        EventType::BudgetLow => lang.say("un budget presque épuisé", "a budget that is nearly spent"),
        EventType::EndpointTest => lang.say("un essai", "a test"),
    }
}
