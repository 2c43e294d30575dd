//! The program: its rules, its offers, its versions.

mod changes;
mod offer;
mod shown_to;

use maud::{Markup, html};
use parrain_core::signals::Rules as SignalRules;
use parrain_wire::desk::{Version, Versions};
use parrain_wire::program::{
    Confirming, Details, Discounts, Erased, Joining, Minimum, Model, Offer, Program,
};

use parrain_wire::signals::Signal;

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{audience, button, crumb, empty, more, pill, reward, signal_name, terms};
use crate::place::Place;
use crate::promo_codes;
use crate::set_up::{CURRENCIES, ZONES, costs, languages};
use crate::text::say;

pub use offer::{offer, rates, wording};

/// Somebody else saved the program after a form was drawn.
#[derive(Clone, Debug, Default)]
pub struct Conflict {
    /// The program that the form was drawn from.
    pub from: Program,
    /// What was saved since; its number is the form's new `version`.
    pub theirs: Version,
}

/// The program and its rules.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The newest program.
    pub program: Program,
    /// Its version's number.
    pub version: i64,
    /// What was typed.
    pub entered: Entered,
    /// Where somebody else saved it meanwhile.
    pub conflict: Option<Conflict>,
}

/// One offer of it.
#[derive(Clone, Debug, Default)]
pub struct OfferPage {
    /// The newest program.
    pub program: Program,
    /// Its version's number.
    pub version: i64,
    /// The offer; nothing for a new one.
    pub offer: Option<Offer>,
    /// What was typed.
    pub entered: Entered,
    /// Where somebody else saved the program meanwhile.
    pub conflict: Option<Conflict>,
}

/// The program as JSON, which is rarely needed.
#[derive(Clone, Debug, Default)]
pub struct Json {
    /// The newest program, indented.
    pub json: String,
    /// Its version's number.
    pub version: i64,
    /// What was typed.
    pub entered: Entered,
    /// Where somebody else saved it meanwhile.
    pub conflict: Option<Conflict>,
}

/// The versions of the program.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// A page of them, the newest first.
    pub versions: Versions,
}

/// One version.
#[derive(Clone, Debug, Default)]
pub struct VersionPage {
    /// It.
    pub version: Version,
    /// The one before it.
    pub before: Option<Version>,
    /// The number of the newest.
    pub newest: i64,
    /// The program that is in force.
    pub now: Program,
}

/// What somebody else saved, beside what was typed here.
fn conflict(frame: &Frame, conflict: Option<&Conflict>) -> Markup {
    let lang = frame.language;
    html! { @if let Some(conflict) = conflict {
        section.note role="alert" aria-labelledby="conflict" {
            h2 #conflict { (lang.say("Quelqu’un d’autre a enregistré le programme entre-temps", "Somebody else saved the program meanwhile")) }
            p { @match &conflict.theirs.by { Some(by) => { (say!(lang, "{by}, ", "{by}, ")) }, None => {} }
                (frame.clock().when(conflict.theirs.at)) ". "
                (lang.say("Voici ce qui a changé\u{a0}; ce que vous avez saisi est resté ci-dessous. Enregistrez de nouveau pour que le vôtre vaille.", "This is what was changed; what you typed stands below. Save again for yours to count.")) }
            (changes::table(frame, &conflict.from, &conflict.theirs.program))
        }
    } }
}

/// The offers, each with what it costs.
pub(crate) fn offer_rows(frame: &Frame, program: &Program) -> Markup {
    let lang = frame.language;
    let currency = program.currency.as_str();
    html! { ul.card.rows { @for offer in &program.offers { li { a href=(frame.href(&Place::Offer(offer.id.clone()))) {
        span.what {
            strong { (offer.id) } " · " (audience(lang, &offer.audience)) " " (running(frame, offer))
            small { (lang.say("Le parrain\u{a0}: ", "The referrer: ")) (terms(lang, &offer.advocate.reward, offer.advocate.orders, currency))
                @if let Some(friend) = &offer.friend { ". " (lang.say("Le filleul\u{a0}: ", "The friend: ")) (reward(lang, &friend.reward, currency)) } "." }
            small { (costs(lang, offer.friend.as_ref(), &offer.advocate.reward, currency)) }
            small { (shown_to::sentence(lang, program, offer, frame.now)) }
        }
    } } } } }
}

fn running(frame: &Frame, offer: &Offer) -> Markup {
    let lang = frame.language;
    let (ended, begun) = (
        offer.ends_at.is_some_and(|end| end < frame.now),
        offer.starts_at.is_none_or(|start| start <= frame.now),
    );
    if ended {
        pill("", lang.say("terminée", "ended"))
    } else if begun {
        pill("green", lang.say("en cours", "running"))
    } else {
        pill("amber", lang.say("à venir", "to come"))
    }
}

/// Draws the program's rules and offers.
pub fn rules(frame: &Frame, page: &Rules) -> Markup {
    let lang = frame.language;
    let program = &page.program;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Programme", "Program");
    let may = frame.may(Role::All);
    frame.page(
        Entry::Program,
        title,
        html! {
            div.head {
                h1 { (title) }
                (promo_codes::door(frame))
                (button(&frame.href(&Place::Versions), lang.say("Versions", "Versions"), ""))
                @if may { (button(&frame.href(&Place::NewOffer), lang.say("Ajouter une offre", "Add an offer"), "main")) }
            }
            p.lead { (lang.say("Ce que vous offrez, et selon quelles règles. Un changement vaut pour les commandes à venir\u{a0}; celles d’avant gardent les leurs.", "What you offer, and by which rules. A change counts for orders to come; those before keep theirs.")) }
            (form.summary())
            (conflict(frame, page.conflict.as_ref()))
            section aria-labelledby="offers" {
                h2 #offers { (lang.say("Vos offres", "Your offers")) }
                @if program.offers.is_empty() {
                    (empty(lang.say("Aucune offre", "No offers"), lang.say("Sans offre, personne ne gagne rien.", "Without an offer nobody earns anything."), button(&frame.href(&Place::NewOffer), lang.say("Ajouter une offre", "Add an offer"), "main")))
                } @else { (offer_rows(frame, program)) }
            }
            @if may {
                section aria-labelledby="rules" {
                    h2 #rules { (lang.say("Les règles", "The rules")) }
                    (form.post(&Place::Program, rules_fields(frame, &form, page)))
                }
            }
            p { a href=(frame.href(&Place::Experiments)) { (lang.say("Comparer deux offres", "Compare two offers")) } }
            p { a href=(frame.href(&Place::TryOut)) { (lang.say("L’essayer sur les commandes de l’an dernier", "Try it on last year’s orders")) } " " small { (lang.say("Il y faut l’export CSV des commandes de votre boutique.", "It takes the CSV export of your shop’s orders.")) } }
            details { summary { (lang.say("Pour qui programme", "For programmers")) }
                p.small { a href=(frame.href(&Place::ProgramJson)) { (lang.say("Le programme en JSON", "The program as JSON")) } }
            }
        },
    )
}

fn rules_fields(frame: &Frame, form: &Form<'_>, page: &Rules) -> Markup {
    let lang = frame.language;
    let program = &page.program;
    let attribution = program.attribution.clone().unwrap_or_default();
    let payouts = program.payouts.clone().unwrap_or_default();
    let minimum = match &payouts.minimum {
        Some(Minimum::Own(amount)) => amount.as_str().to_owned(),
        Some(Minimum::Each(each)) => {
            each.get(program.currency.as_str()).map(ToString::to_string).unwrap_or_default()
        }
        None => String::new(),
    };
    let debtor = payouts.debtor.unwrap_or_default();
    let window = attribution.window_days.unwrap_or(30).to_string();
    let currencies: Vec<(&str, &str)> = CURRENCIES.iter().map(|code| (*code, *code)).collect();
    html! {
        (form.hidden("version", &page.version.to_string()))
        div.fields.two {
            (form.amount("attribution.window_days", lang.say("Une visite compte pendant", "A visit counts for"), &window, lang.say("jours", "days"), ""))
            (form.select("attribution.model", lang.say("Quand deux parrains se disputent une commande", "Where two referrers might have an order"), attribution.model.as_ref().map_or("last", |model| model.name()), &[
                (Model::Last.name(), lang.say("la dernière visite l’emporte", "the last visit wins")), (Model::First.name(), lang.say("la première l’emporte", "the first one wins"))], lang.say("Un code sur la commande l’emporte toujours.", "A code on the order always wins.")))
            (form.select("joining", lang.say("Devenir parrain", "Becoming a referrer"), program.joining.as_ref().map_or("open", |joining| joining.name()), &[
                (Joining::Open.name(), lang.say("tout de suite", "at once")), (Joining::Review.name(), lang.say("après votre accord", "after you agreed"))], ""))
            (form.select("confirmed", lang.say("Qui s’inscrit sans compte client", "Who joins without a customer account"), program.confirmed.as_ref().map_or("required", |confirmed| confirmed.name()), &[
                (Confirming::Required.name(), lang.say("est payé une fois confirmé", "is paid once confirmed")), (Confirming::Any.name(), lang.say("est payé sans confirmation", "is paid without confirmation"))], lang.say("Par un lien dans un e-mail, ou par vous. Qui s’inscrit en étant connecté à votre boutique l’est d’emblée.", "By a link in a mail, or by you. Who joins while signed in to your shop is so from the start.")))
            (form.select("erased", lang.say("Un client effacé qui revient", "An erased customer who comes back"), program.erased.as_ref().map_or("new", |erased| erased.name()), &[
                (Erased::New.name(), lang.say("compte comme nouveau", "counts as new")), (Erased::Known.name(), lang.say("compte comme connu", "counts as known"))], lang.say("Pour le reconnaître, une empreinte illisible est gardée.", "To know them again, a hash that nobody can read is kept.")))
            (form.select("discounts", lang.say("La remise du filleul", "The friend’s discount"), program.discounts.as_ref().map_or("platform", |discounts| discounts.name()), &[
                (Discounts::Platform.name(), lang.say("par des codes créés pour vous", "by codes made for you")), (Discounts::Shop.name(), lang.say("par la boutique elle-même", "by the shop itself"))], lang.say("Par la boutique\u{a0}: aucun code n’y est créé, et ceux qui l’ont été prennent fin.", "By the shop: no code is made there, and those that were made end.")))
            (form.tick("show_counts", "true", lang.say("Montrer dans le widget combien de filleuls ont commandé ce mois-ci, à partir de cinq", "Show in the widget how many friends ordered this month, from five on"), program.show_counts == Some(true)))
            (form.amount("payouts.minimum", lang.say("Payer à partir de", "Pay from"), &minimum, program.currency.as_str(), lang.say("Moins que cela est reporté au paiement suivant.", "Less than that is carried over to the next payout.")))
            (form.select("payouts.details", lang.say("Sans coordonnées bancaires", "Without bank details"), payouts.details.as_ref().map_or("optional", |details| details.name()), &[
                (Details::Optional.name(), lang.say("payer quand même, autrement", "pay all the same, otherwise")), (Details::Required.name(), lang.say("attendre qu’elles soient données", "wait until they are given"))], ""))
        }
        (signal_fields(frame, form, program))
        details.gap open[form.wrong(&["name", "landing_url", "origins", "locale", "currency", "time_zone", "link_params", "payouts.debtor"])] { summary { (lang.say("Boutique, adresses, votre compte", "Shop, addresses, your account")) }
            div.fields.two {
                (form.needed("name", lang.say("Nom de la boutique", "The shop’s name"), &program.name, "text", ""))
                (form.address("landing_url", lang.say("Là où mènent les liens", "Where links lead"), &program.landing_url, ""))
                (form.lines("origins", lang.say("Adresses de vos pages", "Your pages’ addresses"), &program.origins.join("\n"), 3, lang.say("Une par ligne, comme https://www.boutique.fr. Elles seules montrent le widget.", "One a line, such as https://www.shop.com. They alone show the widget.")))
                (form.select("locale", lang.say("Langue", "Language"), program.locale.as_deref().unwrap_or("en"), &languages(lang), ""))
                (form.select("currency", lang.say("Devise", "Currency"), program.currency.as_str(), &currencies, ""))
                (form.suggested("time_zone", lang.say("Fuseau horaire", "Time zone"), program.time_zone.as_deref().unwrap_or("UTC"), &ZONES.map(|zone| (zone, "")), ""))
                (form.lines("link_params", lang.say("Le code se lit dans", "The code is read from"), &program.link_params.join("\n"), 2, lang.say("Les paramètres d’adresse qui portent un code, un par ligne\u{a0}: ref.", "The address parameters that carry a code, one a line: ref.")))
                (form.text("payouts.debtor.name", lang.say("Titulaire de votre compte", "The holder of your account"), &debtor.name, "text", ""))
                (form.text("payouts.debtor.iban", lang.say("Votre IBAN", "Your IBAN"), &debtor.iban, "text", lang.say("Le compte d’où partent les virements SEPA.", "The account that SEPA transfers are made from.")))
            }
        }
        div.acts { button.main { (lang.say("Enregistrer les règles", "Save the rules")) } }
    }
}

/// What signals weigh, each in points.
fn signal_fields(frame: &Frame, form: &Form<'_>, program: &Program) -> Markup {
    let lang = frame.language;
    let weights = program.signals.clone().unwrap_or_default();
    let rules = SignalRules::default();
    let points = lang.say("points", "points");
    let field = |name: &str, label: &str, said: Option<u32>, usual: u32, hint: &str| {
        form.amount(name, label, &said.unwrap_or(usual).to_string(), points, hint)
    };
    let named = |signal: Signal, said: Option<u32>| {
        let name = format!("signals.{}", signal.name());
        field(&name, &signal_name(lang, &signal.into()), said, rules.weight(signal), "")
    };
    html! { details.gap open[form.wrong(&["signals"])] { summary { (lang.say("Ce qui paraît suspect", "What looks suspicious")) }
        p.small { (lang.say("Chaque signal donne des points. À partir du seuil, la récompense attend votre décision\u{a0}; rien n’est refusé sans vous. 0 éteint un signal.",
            "Each signal gives points. From the threshold on a reward waits for your decision; nothing is refused without you. 0 turns a signal off.")) }
        div.fields.two {
            (field("signals.threshold", lang.say("Seuil", "Threshold"), weights.threshold, rules.threshold, lang.say("0\u{a0}: rien n’attend.", "0: nothing waits.")))
            (named(Signal::Velocity, weights.velocity))
            (named(Signal::Address, weights.address))
            (named(Signal::Card, weights.card))
            (named(Signal::Browser, weights.browser))
            (named(Signal::Coupons, weights.coupons))
            (named(Signal::Refunds, weights.refunds))
            (named(Signal::Disposable, weights.disposable))
        }
    } }
}

/// Draws the program as JSON.
pub fn json(frame: &Frame, page: &Json) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Le programme en JSON", "The program as JSON");
    frame.page(
        Entry::Program,
        title,
        html! {
            (crumb(frame, &Place::Program, lang.say("Programme", "Program")))
            h1 { (title) }
            p.lead { (lang.say("Pour qui programme, et pour ce que les formulaires n’ont pas\u{a0}: minimums par devise, textes.", "For who writes programs, and for what the forms do not have: minimums by currency, texts.")) }
            @if frame.may(Role::All) { (form.summary()) }
            (conflict(frame, page.conflict.as_ref()))
            @if frame.may(Role::All) {
                (form.post(&Place::ProgramJson, html! {
                    (form.hidden("version", &page.version.to_string()))
                    (form.lines("program", lang.say("Programme", "Program"), &page.json, 24, ""))
                    div.acts { button.main { (lang.say("Enregistrer", "Save")) } }
                }))
            } @else { pre { code { (page.json) } } }
        },
    )
}

/// Draws the list of versions.
pub fn history(frame: &Frame, page: &History) -> Markup {
    let lang = frame.language;
    let title = lang.say("Versions du programme", "Versions of the program");
    let list = &page.versions.versions;
    frame.page(
        Entry::Program,
        title,
        html! {
            (crumb(frame, &Place::Program, lang.say("Programme", "Program")))
            h1 { (title) }
            p.lead { (lang.say("Chaque enregistrement est une version. Une commande suit celle qui valait à sa date.", "Each time it is saved is a version. An order goes by the one that was in force on its day.")) }
            ul.card.rows { @for (at, version) in list.iter().enumerate() { li { a href=(frame.href(&Place::Version(version.number.to_string()))) {
                @let number = version.number;
                @let changed = list.get(at + 1).map(|before| changes::names(lang, &before.program, &version.program));
                span.what { (say!(lang, "Version {number}", "Version {number}"))
                    small { (frame.clock().when(version.at)) @if let Some(by) = &version.by { ", " (by) }
                        @if let Some(changed) = changed { " · " @if changed.is_empty() { (lang.say("rien n’a changé", "nothing was changed")) } @else { (changed.join(", ")) } } } }
                @if at == 0 { (pill("green", lang.say("en vigueur", "in force"))) }
            } } } }
            (more(frame, &Place::Versions, &[], page.versions.next_cursor.as_deref()))
        },
    )
}

/// Draws a version and what it changed.
pub fn version(frame: &Frame, page: &VersionPage) -> Markup {
    let lang = frame.language;
    let number = page.version.number;
    let title = say!(lang, "Version {number} du programme", "Version {number} of the program");
    frame.page(
        Entry::Program,
        &title,
        html! {
            (crumb(frame, &Place::Versions, lang.say("Versions", "Versions")))
            div.head { h1 { (title) } @if number == page.newest { (pill("green", lang.say("en vigueur", "in force"))) } }
            p.lead { (lang.say("Depuis le ", "Since ")) (frame.clock().time(page.version.at, &frame.clock().exact(page.version.at))) @if let Some(by) = &page.version.by { ", " (by) } "." }
            @if let Some(before) = &page.before {
                section aria-labelledby="changed" {
                    h2 #changed { (lang.say("Ce qui a changé", "What was changed")) }
                    (changes::table(frame, &before.program, &page.version.program))
                }
            }
            section aria-labelledby="offers" {
                h2 #offers { (lang.say("Les offres de cette version", "The offers of this version")) }
                ul.card.rows { @for offer in &page.version.program.offers { li { div { span.what {
                    strong { (offer.id) } " · " (audience(lang, &offer.audience))
                    small { (terms(lang, &offer.advocate.reward, offer.advocate.orders, page.version.program.currency.as_str())) }
                } } } } }
            }
            @if number != page.newest && frame.may(Role::All) {
                section aria-labelledby="restore" {
                    h2 #restore { (lang.say("Revenir à cette version", "Go back to this version")) }
                    (changes::back(frame, &page.now, &page.version.program))
                    p { (lang.say("Elle devient une nouvelle version, en vigueur à partir de maintenant. Les commandes passées ne changent pas.", "It becomes a new version, in force from now on. Past orders do not change.")) }
                    (press(frame, &Place::RestoreVersion(number.to_string()), &[("version", &page.newest.to_string())], &say!(lang, "Remettre la version {number} en vigueur", "Put version {number} in force again"), "main"))
                }
            }
        },
    )
}
