//! Setting up: six short steps, the last of which proves that all of it works.

mod beginning;
mod platform;
mod proof;

use maud::{Markup, html};
use parrain_wire::connections::ConnectCode;
use parrain_wire::desk::{Look, SetUp, SetUpProof, Step};
use parrain_wire::program::{Offer, Program};
use parrain_wire::shops::Shop;

use crate::form::{Entered, Form};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{button, copy, pill};
use crate::place::Place;
use crate::text::{Language, say};

pub use beginning::{BEGINNINGS, beginning, costs, offer_id};
pub use platform::MODULE_FILES;

/// What was really seen of a shop: a step that was only pressed through is ticked once this says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtShop {
    /// Whether one of its pages asked for the widget.
    pub page: bool,
    /// Whether its platform sent an order, or its module asked for something.
    pub platform: bool,
}

/// The step of the shop's name, address, language and currency.
#[derive(Clone, Debug, Default)]
pub struct ShopStep {
    /// How far the set-up is.
    pub set_up: SetUp,
    /// What was really seen.
    pub seen: AtShop,
    /// The newest program.
    pub program: Program,
    /// Its version's number.
    pub version: i64,
    /// What was typed.
    pub entered: Entered,
}

/// The step of the program: one of three beginnings, or what there is.
#[derive(Clone, Debug, Default)]
pub struct ProgramStep {
    /// How far the set-up is.
    pub set_up: SetUp,
    /// What was really seen.
    pub seen: AtShop,
    /// The newest program.
    pub program: Program,
    /// Its version's number.
    pub version: i64,
    /// Which beginning was chosen, by the query: one of [`BEGINNINGS`].
    pub begin: Option<String>,
    /// What was typed.
    pub entered: Entered,
}

/// The step of how the widget looks.
#[derive(Clone, Debug, Default)]
pub struct LookStep {
    /// How far the set-up is.
    pub set_up: SetUp,
    /// What was really seen.
    pub seen: AtShop,
    /// What was typed.
    pub entered: Entered,
}

/// The step of the platform: what to press there and what to copy.
#[derive(Clone, Debug)]
pub struct PlatformStep {
    /// How far the set-up is; `platform` is the one that the query names, where it does.
    pub set_up: SetUp,
    /// What was really seen.
    pub seen: AtShop,
    /// A code for the module that was just made; shown once.
    pub code: Option<ConnectCode>,
    /// The shop with its secrets; nothing for who may not see them.
    pub shop: Option<Shop>,
    /// What was typed.
    pub entered: Entered,
}

/// The step of the tag.
#[derive(Clone, Debug, Default)]
pub struct TagStep {
    /// How far the set-up is.
    pub set_up: SetUp,
    /// What was really seen.
    pub seen: AtShop,
    /// Whether the platform sends webhooks of its own, without a module that would place the tag.
    pub by_webhooks: bool,
}

/// The proof.
#[derive(Clone, Debug, Default)]
pub struct ProofStep {
    /// How far the set-up is.
    pub set_up: SetUp,
    /// What was really seen.
    pub seen: AtShop,
    /// What really happened.
    pub proof: SetUpProof,
    /// What is wrong, where a test could not be begun.
    pub entered: Entered,
}

/// Currencies to choose from; any other can be typed where the program is written as JSON.
pub(crate) const CURRENCIES: [&str; 16] = [
    "EUR", "CHF", "GBP", "USD", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "KWD", "BRL", "MXN",
    "NZD",
];

/// Time zones to choose from; any other of the IANA database can be typed.
pub(crate) const ZONES: [&str; 30] = [
    "Europe/Paris",
    "Europe/Brussels",
    "Europe/Zurich",
    "Europe/Luxembourg",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Madrid",
    "Europe/Lisbon",
    "Europe/Rome",
    "Europe/Berlin",
    "Europe/Vienna",
    "Europe/Amsterdam",
    "Europe/Copenhagen",
    "Europe/Stockholm",
    "Europe/Helsinki",
    "Europe/Warsaw",
    "Europe/Prague",
    "Europe/Athens",
    "America/Toronto",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "Africa/Casablanca",
    "Pacific/Noumea",
    "Asia/Tokyo",
    "UTC",
];

/// The widget's languages, by their own names.
pub(crate) fn languages(_lang: Language) -> [(&'static str, &'static str); 8] {
    [
        ("fr", "Français"),
        ("en", "English"),
        ("de", "Deutsch"),
        ("es", "Español"),
        ("it", "Italiano"),
        ("pt", "Português"),
        ("nl", "Nederlands"),
        ("ar", "العربية"),
    ]
}

const STEPS: [Step; 6] = [Step::Shop, Step::Program, Step::Look, Step::Platform, Step::Tag, Step::Proof];

fn step_name(lang: Language, step: Step) -> &'static str {
    match step {
        Step::Shop => lang.say("Votre boutique", "Your shop"),
        Step::Program => lang.say("Votre programme", "Your program"),
        Step::Look => lang.say("L’apparence", "The look"),
        Step::Platform => lang.say("Votre plateforme", "Your platform"),
        Step::Tag => lang.say("La balise", "The tag"),
        Step::Proof => lang.say("Le test", "The test"),
    }
}

/// A step's page, with the way through all of them.
fn step(frame: &Frame, set_up: &SetUp, seen: AtShop, here: Step, body: Markup) -> Markup {
    let lang = frame.language;
    let pressed = |step: Step| set_up.done.iter().any(|each| *each == step);
    let shows = |step: Step| match step {
        Step::Platform => seen.platform,
        Step::Tag => seen.page,
        Step::Shop | Step::Program | Step::Look | Step::Proof => true,
    };
    let done = |step: Step| pressed(step) && shows(step);
    let not_seen = lang.say("pas encore vu sur votre boutique", "not seen at your shop yet");
    let many = STEPS.iter().filter(|step| done(**step)).count();
    let minutes = (6 - many) * 2;
    let name = step_name(lang, here);
    frame.page(
        Entry::SetUp,
        name,
        html! {
            div.split { p.lead { strong { (lang.say("Mise en route", "Set up")) } }
                p.small { @if many < 6 { (say!(lang, "{many} sur 6, encore environ {minutes} minutes", "{many} of 6, about {minutes} minutes left")) } @else { (lang.say("tout est fait", "all done")) } } }
            nav aria-label=(lang.say("Étapes", "Steps")) { ol.steps { @for each in STEPS { li {
                a.done[done(each)] href=(frame.href(&Place::SetUpStep(each))) aria-current=[(each == here).then_some("step")] {
                    @if done(each) { "✓ " } (step_name(lang, each)) @if done(each) { span.aside { (lang.say(", fait", ", done")) } }
                    @else if pressed(each) { small { (not_seen) } }
                }
            } } } }
            h1 { (name) }
            (body)
        },
    )
}

/// Goes on to the next step without saving anything, for who may not.
fn onward(frame: &Frame, here: Step) -> Markup {
    let next = STEPS.iter().skip_while(|step| **step != here).nth(1);
    html! { @if let Some(next) = next { (button(&frame.href(&Place::SetUpStep(*next)), frame.language.say("Continuer", "Continue"), "main")) } }
}

fn save(frame: &Frame) -> Markup {
    html! { div.acts { button.main { (frame.language.say("Enregistrer et continuer", "Save and continue")) } } }
}

/// Draws the step of the shop.
pub fn shop(frame: &Frame, page: &ShopStep) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let program = &page.program;
    let currencies: Vec<(&str, &str)> = CURRENCIES.iter().map(|code| (*code, *code)).collect();
    let body = if frame.may(Role::All) {
        html! {
            (form.summary())
            (form.post(&Place::SetUpStep(Step::Shop), html! {
                (form.hidden("version", &page.version.to_string()))
                div.fields {
                    (form.needed("name", lang.say("Nom de la boutique", "The shop’s name"), &program.name, "text", lang.say("Comme vos clients le lisent dans le widget.", "As your customers read it in the widget.")))
                    (form.address("landing_url", lang.say("Adresse de la boutique", "The shop’s address"), &program.landing_url, lang.say("Là où mènent les liens de parrainage.", "Where referral links lead.")))
                    (form.select("locale", lang.say("Langue", "Language"), program.locale.as_deref().unwrap_or(lang.tag()), &languages(lang), ""))
                    (form.select("currency", lang.say("Devise", "Currency"), program.currency.as_str(), &currencies, ""))
                    (form.suggested("time_zone", lang.say("Fuseau horaire", "Time zone"), program.time_zone.as_deref().unwrap_or("Europe/Paris"), &ZONES.map(|zone| (zone, "")), lang.say("Là où commencent vos journées et vos mois, comme Europe/Paris.", "Where your days and months begin, such as Europe/Paris.")))
                }
                (save(frame))
            }))
        }
    } else {
        html! {
            dl.facts {
                dt { (lang.say("Nom de la boutique", "The shop’s name")) } dd { (program.name) }
                dt { (lang.say("Adresse de la boutique", "The shop’s address")) } dd { (program.landing_url) }
                dt { (lang.say("Langue", "Language")) } dd { (program.locale.as_deref().unwrap_or("en")) }
                dt { (lang.say("Devise", "Currency")) } dd { (program.currency) }
                dt { (lang.say("Fuseau horaire", "Time zone")) } dd { (program.time_zone.as_deref().unwrap_or("UTC")) }
            }
            div.acts { (onward(frame, Step::Shop)) }
        }
    };
    step(frame, &page.set_up, page.seen, Step::Shop, body)
}

/// Draws the step of the program.
pub fn program(frame: &Frame, page: &ProgramStep) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let chosen = page.entered.value("begin", page.begin.as_deref().unwrap_or_default());
    let shop_lang = Language::of(page.program.locale.as_deref().unwrap_or("en"));
    let offer_of = |name: &str| beginning(name, frame.currency(), shop_lang);
    let offer: Option<Offer> = offer_of(chosen);
    let chose = page.set_up.done.iter().any(|step| *step == Step::Program);
    let body = html! {
        p.lead { (lang.say("Par quoi commencer\u{a0}? Tout se change plus tard, et d’autres offres s’ajoutent.", "What to begin with? Everything can be changed later, and more offers added.")) }
        (form.summary())
        ul.picks { @for name in BEGINNINGS { li { a href=(frame.asking(&Place::SetUpStep(Step::Program), &[("begin", name)])) aria-current=[(name == chosen).then_some("true")] {
            @let (title, text) = beginning::words(lang, name);
            strong { (title) } small { (text) }
            @if let Some(offer) = offer_of(name) { small { (costs(lang, offer.friend.as_ref(), &offer.advocate.reward, frame.currency())) } }
            span.button { @if name == chosen { (lang.say("Choisi", "Chosen")) } @else { (lang.say("Choisir", "Choose")) } }
        } } } }
        @if let Some(offer) = &offer {
            @if frame.may(Role::All) {
                (form.post(&Place::SetUpStep(Step::Program), html! {
                    (form.hidden("version", &page.version.to_string()))
                    (form.hidden("begin", chosen))
                    (beginning::fields(frame, &form, offer))
                    // What was typed and refused is not what this would be reckoned from.
                    @if page.entered.values.is_empty() { p { (costs(lang, offer.friend.as_ref(), &offer.advocate.reward, frame.currency())) } }
                    (save(frame))
                }))
            }
        } @else if !page.program.offers.is_empty() {
            section aria-labelledby="now" {
                h2 #now { @if chose { (lang.say("Ce que vous offrez aujourd’hui", "What you offer today")) } @else { (lang.say("Notre proposition", "What we propose")) } }
                @if !chose { p { (lang.say("Vous n’avez encore rien choisi. Voici de quoi commencer\u{a0}: vos clients ne le verront qu’une fois la balise sur votre boutique. Choisissez ci-dessus pour le remplacer, ou continuez pour le garder.",
                    "You have chosen nothing yet. This is something to begin with: your customers see it only once the tag is on your shop. Choose above to replace it, or continue to keep it.")) } }
                (crate::program::offer_rows(frame, &page.program))
                p { a href=(frame.href(&Place::TryOut)) { (lang.say("L’essayer sur les commandes de l’an dernier", "Try it on last year’s orders")) } " " small { (lang.say("Il y faut l’export CSV des commandes de votre boutique.", "It takes the CSV export of your shop’s orders.")) } }
                div.acts { (onward(frame, Step::Program)) }
            }
        }
    };
    step(frame, &page.set_up, page.seen, Step::Program, body)
}

/// What the look says, as the query of a preview has it.
fn look_query(look: &Look) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let number = |value: Option<u32>| value.map(|number| number.to_string()).unwrap_or_default();
    vec![
        ("accent", text(&look.accent)),
        ("on_accent", text(&look.on_accent)),
        ("radius", number(look.radius)),
        ("theme", text(&look.theme)),
        ("placement", text(&look.placement)),
        ("side", text(&look.side)),
        ("offset_bottom", number(look.offset_bottom)),
        ("offset_side", number(look.offset_side)),
    ]
}

/// Draws the step of the look.
pub fn look(frame: &Frame, page: &LookStep) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let kept = look_query(&page.set_up.look);
    let value =
        |name: &str| kept.iter().find(|(each, _)| *each == name).map_or("", |(_, value)| value.as_str());
    let shown: Vec<(&str, &str)> =
        kept.iter().map(|(name, value)| (*name, page.entered.value(name, value))).collect();
    let body = html! {
        (form.summary())
        div.pair {
            div.stack {
                @if frame.may(Role::All) {
                    (form.post(&Place::SetUpStep(Step::Look), html! {
                        div.fields data-preview="preview" {
                            (form.text("accent", lang.say("Couleur des boutons", "Colour of buttons"), if value("accent").is_empty() { "#1f5c4d" } else { value("accent") }, "color", ""))
                            (form.text("on_accent", lang.say("Texte des boutons", "Text on buttons"), if value("on_accent").is_empty() { "#ffffff" } else { value("on_accent") }, "color", lang.say("Gardez un bon contraste entre les deux.", "Keep a good contrast between the two.")))
                            (form.amount("radius", lang.say("Arrondi des coins", "Roundness of corners"), value("radius"), "px", lang.say("14 si c’est vide.", "14 where it is empty.")))
                            (form.select("theme", lang.say("Clair ou sombre", "Light or dark"), value("theme"), &[("", lang.say("comme la page", "as the page is")), ("light", lang.say("toujours clair", "always light")), ("dark", lang.say("toujours sombre", "always dark"))], ""))
                            (form.select("placement", lang.say("Où il paraît", "Where it shows"), value("placement"), &[("", lang.say("un bouton dans le coin", "a button in the corner")), ("inline", lang.say("là où se trouve la balise", "where the tag stands")), ("none", lang.say("seulement où je le place", "only where I place it"))], ""))
                            (form.select("side", lang.say("De quel côté", "On which side"), value("side"), &[("", lang.say("comme la langue", "as the language has it")), ("left", lang.say("à gauche", "left")), ("right", lang.say("à droite", "right"))], ""))
                            (form.amount("offset_bottom", lang.say("Distance du bas", "Distance from the bottom"), value("offset_bottom"), "px", ""))
                            (form.amount("offset_side", lang.say("Distance du côté", "Distance from the side"), value("offset_side"), "px", lang.say("Pour laisser la place à une bulle de discussion.", "To leave room for a chat bubble.")))
                        }
                        div.acts {
                            button.main name="then" value="next" { (lang.say("Enregistrer et continuer", "Save and continue")) }
                            button name="then" value="stay" { (lang.say("Enregistrer et voir", "Save and look")) }
                        }
                    }))
                } @else { (onward(frame, Step::Look)) }
                p.small { a href=(frame.href(&Place::Texts)) { (lang.say("Changer les textes du widget", "Change the widget’s words")) } }
            }
            div.stack {
                iframe #preview src=(frame.asking(&Place::Preview, &shown)) title=(lang.say("Le widget, tel que vos clients le voient", "The widget, as your customers see it")) {}
                p.small { (lang.say("Le vrai widget. Ouvrez-le.", "The real widget. Open it.")) }
            }
        }
    };
    step(frame, &page.set_up, page.seen, Step::Look, body)
}

/// Draws the step of the platform.
pub fn platform(frame: &Frame, page: &PlatformStep) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let chosen = page.set_up.platform.as_deref().unwrap_or_default();
    let body = html! {
        p.lead { (lang.say("Comment vos commandes arrivent ici. Choisissez ce qui fait tourner votre boutique.", "How your orders come here. Choose what your shop runs on.")) }
        (form.summary())
        ul.picks { @for (id, name) in platform::PLATFORMS { li { a href=(frame.asking(&Place::SetUpStep(Step::Platform), &[("platform", id)])) aria-current=[(*id == chosen).then_some("true")] {
            strong { @if *id == "other" { (lang.say("Autre chose", "Something else")) } @else { (name) } }
        } } } }
        @if !chosen.is_empty() { (platform::guide(frame, &form, chosen, page.shop.as_ref(), page.code.as_ref())) }
        @if !frame.may(Role::All) { (onward(frame, Step::Platform)) }
    };
    step(frame, &page.set_up, page.seen, Step::Platform, body)
}

/// The tag with what the look says.
pub fn tag_text(frame: &Frame, look: &Look) -> String {
    let mut tag = format!("<script async src=\"{}/widget.js\" data-shop=\"{}\"", frame.edge, frame.shop_id());
    let mut add = |name: &str, value: &str| {
        let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ' ' | '#'));
        if !value.is_empty() && plain {
            tag.push_str(&format!(" data-{name}=\"{value}\""));
        }
    };
    add("theme", look.theme.as_deref().unwrap_or_default());
    add("placement", look.placement.as_deref().unwrap_or_default());
    add("side", look.side.as_deref().unwrap_or_default());
    let offset = match (look.offset_bottom, look.offset_side) {
        (Some(bottom), Some(side)) => format!("{bottom} {side}"),
        (Some(bottom), None) => bottom.to_string(),
        (None, Some(side)) => format!("20 {side}"),
        (None, None) => String::new(),
    };
    add("offset", &offset);
    tag.push_str("></script>");
    if let Some(style) = style_text(look) {
        tag.push_str(&format!("\n<style>{style}</style>"));
    }
    tag
}

/// The colours and corners of the look, as a rule of CSS; nothing where they are the usual ones.
fn style_text(look: &Look) -> Option<String> {
    let mut variables = String::new();
    let colour = |value: &str| value.starts_with('#') && value.chars().skip(1).all(|c| c.is_ascii_hexdigit());
    for (name, value) in [("accent", &look.accent), ("on-accent", &look.on_accent)] {
        if let Some(value) = value.as_deref().filter(|value| colour(value)) {
            variables.push_str(&format!("--parrain-{name}:{value};"));
        }
    }
    if let Some(radius) = look.radius {
        variables.push_str(&format!("--parrain-radius:{radius}px;"));
    }
    (!variables.is_empty()).then(|| format!(":root{{{variables}}}"))
}

/// Draws the step of the tag.
pub fn tag(frame: &Frame, page: &TagStep) -> Markup {
    let lang = frame.language;
    let platform = page.set_up.platform.as_deref().unwrap_or("other");
    let by_module = platform::has_module(platform) && !page.by_webhooks;
    let by_hand = html! {
        (copy(frame, lang.say("Votre balise", "Your tag"), &tag_text(frame, &page.set_up.look)))
        section aria-labelledby="where" {
            h2 #where { (lang.say("Où la coller", "Where to paste it")) }
            (platform::where_to_paste(frame, platform))
        }
    };
    let body = html! {
        @if by_module {
            p.lead { (lang.say("Votre module pose la balise sur toutes les pages. Rien à faire ici.", "Your module places the tag on every page. Nothing to do here.")) }
            p { (lang.say("Si votre boutique a un cache, videz-le.", "Where your shop has a cache, empty it.")) }
            @if let Some(style) = style_text(&page.set_up.look) {
                p { (lang.say("Vos couleurs, le module ne les connaît pas. Pour les avoir, collez ceci dans le CSS de votre thème\u{a0}:", "Your colours are not known to the module. To have them, paste this into your theme’s CSS:")) }
                (copy(frame, "", &style))
            }
            details { summary { (lang.say("Sans module", "Without a module")) } (by_hand) }
        } @else {
            p.lead { (lang.say("À coller sur toutes les pages de votre boutique, panier et page de paiement compris.", "To be pasted on every page of your shop, basket and checkout included.")) }
            (by_hand)
        }
        p.small { (lang.say("Elle charge moins de 5 Ko, après le reste de la page. Rien n’est gardé chez le visiteur sans son accord.", "It loads less than 5 kB, after the rest of the page. Nothing is kept on a visitor’s device without their consent.")) }
        @if frame.may(Role::All) {
            @let text = if by_module { lang.say("Continuer", "Continue") } else { lang.say("Elle est collée", "It is pasted") };
            (crate::form::press(frame, &Place::SetUpStep(Step::Tag), &[], text, "main"))
        } @else { (onward(frame, Step::Tag)) }
    };
    step(frame, &page.set_up, page.seen, Step::Tag, body)
}

/// Draws the proof.
pub fn proof(frame: &Frame, page: &ProofStep) -> Markup {
    let body = proof::body(frame, page);
    step(frame, &page.set_up, page.seen, Step::Proof, body)
}

/// A word that something is missing or there.
fn tick(lang: Language, there: bool) -> Markup {
    if there { pill("green", lang.say("vu", "seen")) } else { pill("", lang.say("pas encore", "not yet")) }
}
