//! Referrers: the list, adding one, adding many codes.

use maud::{Markup, html};
use parrain_wire::program::Offer;
use parrain_wire::referrer::{Activity, Referrer, ReferrerList};

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{activity, button, crumb, empty, more, offer_name, pill, referrer_link, terms};
use crate::place::Place;
use crate::text::say;

/// A page of referrers.
#[derive(Clone, Debug, Default)]
pub struct Referrers {
    /// Them.
    pub list: ReferrerList,
    /// What was searched for, by name, code or address.
    pub q: String,
    /// Of which state alone.
    pub status: Option<Activity>,
    /// Whether those alone of whom it is still to be confirmed who they are.
    pub unconfirmed: bool,
    /// The offers of the newest program.
    pub offers: Vec<Offer>,
}

/// The form for a new referrer.
#[derive(Clone, Debug, Default)]
pub struct NewReferrer {
    /// The offers of the newest program.
    pub offers: Vec<Offer>,
    /// What was typed.
    pub entered: Entered,
}

/// The form for many codes at once.
#[derive(Clone, Debug, Default)]
pub struct NewCodes {
    /// The offers of the newest program.
    pub offers: Vec<Offer>,
    /// What was typed.
    pub entered: Entered,
    /// What would be made of each line, after a dry run without faults.
    pub tried: Option<Vec<CodeLine>>,
}

/// A line of many codes, as it was understood: `code;name;email` with or without a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeLine {
    /// The line's number, from 1.
    pub line: usize,
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// What is wrong with it, in a sentence; nothing where it will do.
    pub fault: String,
}

/// By which word those are asked for of whom it is still to be confirmed who they are.
pub const UNCONFIRMED: &str = "unconfirmed";

/// Draws the list.
pub fn page(frame: &Frame, page: &Referrers) -> Markup {
    let lang = frame.language;
    let title = lang.say("Parrains", "Referrers");
    let chosen = if page.unconfirmed { UNCONFIRMED } else { page.status.map_or("", Activity::name) };
    let tabs = [
        ("", lang.say("Tous", "All")),
        ("waiting", lang.say("À accepter", "To let in")),
        (UNCONFIRMED, lang.say("À confirmer", "To be confirmed")),
        ("active", lang.say("Actifs", "Active")),
        ("paused", lang.say("En pause", "Paused")),
        ("ended", lang.say("Arrêtés", "Ended")),
    ];
    frame.page(
        Entry::Referrers,
        title,
        html! {
            div.head {
                h1 { (title) }
                @if frame.may(Role::All) {
                    (button(&frame.href(&Place::Imports), lang.say("Venir d’un autre logiciel…", "Come from other software…"), ""))
                    (button(&frame.href(&Place::NewCodes), lang.say("Beaucoup de codes…", "Many codes…"), ""))
                    (button(&frame.href(&Place::NewReferrer), lang.say("Ajouter un parrain", "Add a referrer"), "main"))
                }
            }
            p { a href=(frame.href(&Place::Materials)) { (lang.say("Images et textes que vos parrains peuvent prendre", "Pictures and texts that your referrers can take")) } }
            form.row role="search" aria-label=(lang.say("Parmi les parrains", "Among referrers")) method="get" action=(frame.href(&Place::Referrers)) {
                label.aside for="q" { (lang.say("Nom, code ou adresse", "Name, code or address")) }
                input #q type="search" name="q" value=(page.q) placeholder=(lang.say("Nom, code ou début de code", "Name, code or how a code begins"));
                @if !chosen.is_empty() { input type="hidden" name="status" value=(chosen); }
                button { (lang.say("Chercher", "Search")) }
            }
            nav.tabs aria-label=(lang.say("Filtrer les parrains", "Filter referrers")) {
                @for (value, name) in tabs { a href=(frame.asking(&Place::Referrers, &[("q", &page.q), ("status", value)])) aria-current=[(value == chosen).then_some("true")] { (name) @if value == "waiting" && frame.waiting.joiners > 0 { " (" (frame.waiting.joiners) ")" } } }
            }
            @if page.list.referrers.is_empty() {
                @if page.q.is_empty() && chosen.is_empty() {
                    (empty(lang.say("Vos parrains paraîtront ici", "Your referrers will stand here"),
                        lang.say("Vos clients le deviennent dans votre boutique, par le widget. Influenceurs et agences, c’est vous qui les ajoutez, avec un code à eux.",
                                 "Your customers become referrers in your shop, by the widget. Influencers and agencies are added by you, with a code of their own."),
                        html! { @if frame.may(Role::All) { (button(&frame.href(&Place::NewReferrer), lang.say("Ajouter un parrain", "Add a referrer"), "main")) } }))
                } @else {
                    (empty(lang.say("Personne ici", "Nobody here"), lang.say("Aucun parrain ne correspond.", "No referrer matches."), button(&frame.href(&Place::Referrers), lang.say("Voir tous les parrains", "See all referrers"), "")))
                }
            } @else {
                (table(frame, page))
                (more(frame, &Place::Referrers, &[("q", &page.q), ("status", chosen)], page.list.next_cursor.as_deref()))
                p.small { a href=(frame.asking(&Place::ReferrersCsv, &[("q", &page.q), ("status", chosen)])) { (lang.say("Télécharger en CSV", "Download as CSV")) } }
            }
        },
    )
}

fn table(frame: &Frame, page: &Referrers) -> Markup {
    let lang = frame.language;
    html! { div.scroll tabindex="0" { table {
        caption.aside { (lang.say("Parrains", "Referrers")) }
        thead { tr {
            th scope="col" { (lang.say("Parrain", "Referrer")) }
            th scope="col" { (lang.say("Code", "Code")) }
            th.wide scope="col" { (lang.say("Gagne", "Earns")) }
            th.wide scope="col" { (lang.say("Depuis", "Since")) }
            th scope="col" { (lang.say("État", "State")) }
        } }
        tbody { @for each in &page.list.referrers { (row(frame, page, each)) } }
    } } }
}

fn row(frame: &Frame, page: &Referrers, each: &Referrer) -> Markup {
    let lang = frame.language;
    let code = each.code.to_string();
    let waits = each.status == Activity::Waiting && frame.may(Role::All);
    html! { tr {
        th scope="row" { (referrer_link(frame, &each.code, each.name.as_deref())) @if let Some(email) = &each.email { small.wide { (email) } } }
        td.code { (each.code) }
        td.wide { (earns(frame, &page.offers, each)) }
        td.wide { (frame.clock().when(each.created_at)) }
        td {
            @if waits {
                div.row {
                    (press(frame, &Place::ReferrerStatus(code.clone()), &[("status", "active")], lang.say("Accepter", "Let in"), ""))
                    (press(frame, &Place::ReferrerStatus(code.clone()), &[("status", "ended")], lang.say("Refuser", "Turn down"), "plain"))
                }
            } @else {
                (activity(lang, &each.status))
                @if each.confirmed == Some(false) { " " (pill("amber", lang.say("pas confirmé", "not confirmed"))) }
                @if page.unconfirmed && frame.may(Role::All) { (confirm(frame, &code)) }
                @if let Some(until) = each.expires_at { small.wide { (lang.say("jusqu’au ", "until ")) (frame.clock().day(until)) } }
            }
        }
    } }
}

/// The button by which the shop says that it knows who somebody is.
pub(crate) fn confirm(frame: &Frame, code: &str) -> Markup {
    let label = frame.language.say("Confirmer", "Confirm");
    press(frame, &Place::ReferrerStatus(code.to_owned()), &[("confirmed", "true")], label, "")
}

/// What a referrer earns: their own terms, else their offer's.
pub(crate) fn earns(frame: &Frame, offers: &[Offer], each: &Referrer) -> Markup {
    let lang = frame.language;
    let offer = offers.iter().find(|offer| offer.id == each.offer);
    let orders = offer.and_then(|offer| offer.advocate.orders);
    let reward = each.terms.as_ref().map(|terms| &terms.reward).or(offer.map(|offer| &offer.advocate.reward));
    html! {
        @match reward { Some(reward) => (terms(lang, reward, orders, frame.currency())), None => (each.offer) }
        @if each.terms.is_some() { " " (pill("", lang.say("conditions propres", "own terms"))) }
    }
}

/// The offers to choose from.
fn choices<'a>(offers: &'a [Offer], names: &'a [String]) -> Vec<(&'a str, &'a str)> {
    offers.iter().zip(names).map(|(offer, name)| (offer.id.as_str(), name.as_str())).collect()
}

/// Draws the form for one.
pub fn new(frame: &Frame, page: &NewReferrer) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Ajouter un parrain", "Add a referrer");
    let names: Vec<String> = page.offers.iter().map(|offer| offer_name(lang, offer)).collect();
    let first = page.offers.first().map_or("", |offer| offer.id.as_str());
    frame.page(
        Entry::Referrers,
        title,
        html! {
            (crumb(frame, &Place::Referrers, lang.say("Parrains", "Referrers")))
            h1 { (title) }
            p.lead { (lang.say("Pour un influenceur, une agence, un client fidèle\u{a0}: quelqu’un à qui vous donnez son code.", "For an influencer, an agency, a loyal customer: somebody to whom you give their code.")) }
            (form.summary())
            (form.post(&Place::NewReferrer, html! {
                div.fields.two {
                    (form.needed("name", lang.say("Nom", "Name"), "", "text", lang.say("Les filleuls le voient\u{a0}: «\u{a0}Anna vous offre…\u{a0}».", "Friends see it: “Anna gives you…”.")))
                    (form.needed("code", lang.say("Code", "Code"), "", "text", lang.say("3 à 32 lettres, chiffres ou traits d’union\u{a0}: ANNA10.", "3 to 32 letters, digits or hyphens: ANNA10.")))
                    (form.select("offer", lang.say("Offre", "Offer"), first, &choices(&page.offers, &names), ""))
                    (form.text("email", lang.say("Adresse e-mail", "E-mail address"), "", "email", lang.say("Facultative. Sert à voir ses récompenses, et à ne pas se parrainer soi-même.", "Optional. To see their rewards, and so that they do not refer themselves.")))
                }
                details.gap open[form.wrong(&["terms", "expires_at", "customer_id", "notes"])] { summary { (lang.say("Conditions propres, fin, notes", "Own terms, end, notes")) }
                    div.fields.two {
                        (form.amount("terms.reward.percent", lang.say("Commission à part", "A commission of their own"), "", "%", lang.say("Vide\u{a0}: celle de l’offre.", "Empty: the offer’s.")))
                        (form.text("expires_at", lang.say("Jusqu’au", "Until"), "", "date", lang.say("Vide\u{a0}: sans fin.", "Empty: no end.")))
                        (form.text("customer_id", lang.say("Son numéro de client chez vous", "Their customer number with you"), "", "text", ""))
                        (form.lines("notes", lang.say("Notes, pour vous", "Notes, for yourselves"), "", 3, ""))
                    }
                }
                div.acts { button.main { (title) } a.button href=(frame.href(&Place::Referrers)) { (lang.say("Annuler", "Cancel")) } }
            }))
        },
    )
}

/// Draws the form for many.
pub fn codes(frame: &Frame, page: &NewCodes) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Ajouter beaucoup de codes", "Add many codes");
    let names: Vec<String> = page.offers.iter().map(|offer| offer_name(lang, offer)).collect();
    let first = page.offers.first().map_or("", |offer| offer.id.as_str());
    let tried = page.tried.as_deref();
    let right = tried.is_some_and(|lines| lines.iter().all(|line| line.fault.is_empty()));
    frame.page(
        Entry::Referrers,
        title,
        html! {
            (crumb(frame, &Place::Referrers, lang.say("Parrains", "Referrers")))
            h1 { (title) }
            (form.summary())
            (form.post(&Place::NewCodes, html! {
                div.fields {
                    (form.select("offer", lang.say("Offre", "Offer"), first, &choices(&page.offers, &names), ""))
                    (form.lines("csv", lang.say("Vos lignes, copiées d’un tableur", "Your lines, copied from a spreadsheet"), "", 10, lang.say("Une ligne par personne\u{a0}: code, nom, adresse e-mail. Séparés par une tabulation, un point-virgule ou une virgule\u{a0}; nom et adresse facultatifs. 200 lignes au plus.",
                        "A line for each person: code, name, e-mail address. Separated by a tab, a semicolon or a comma; name and address are optional. 200 lines at most.")))
                }
                @if let Some(lines) = tried { (understood(frame, lines)) }
                div.acts {
                    @if right { @let n = tried.map_or(0, <[CodeLine]>::len); button.main { (say!(lang, "Créer ces {n} codes", "Make these {n} codes")) } }
                    button.main[!right] name="dry_run" value="true" { (lang.say("Vérifier d’abord", "Check first")) }
                }
            }))
        },
    )
}

fn understood(frame: &Frame, lines: &[CodeLine]) -> Markup {
    let lang = frame.language;
    html! { div.scroll.gap tabindex="0" { table {
        caption { (lang.say("Ce que nous avons compris", "What we understood")) }
        thead { tr { th.num scope="col" { (lang.say("Ligne", "Line")) } th scope="col" { (lang.say("Code", "Code")) } th scope="col" { (lang.say("Nom", "Name")) } th.wide scope="col" { (lang.say("Adresse", "Address")) } } }
        tbody { @for line in lines { tr {
            th.num scope="row" { (line.line) }
            td { span.code { (line.code) } @if !line.fault.is_empty() { p.fault { (crate::faults::told(lang, &line.fault)) } } }
            td { (line.name) }
            td.wide { (line.email) }
        } } }
    } } }
}
