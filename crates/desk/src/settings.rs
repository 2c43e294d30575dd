//! The rest: secrets, texts, who may enter.

use maud::{Markup, html};
use parrain_wire::desk::{Helper, HelperLink, Helpers, Role, SetUp, Step, Texts};
use parrain_wire::program::Program;
use parrain_wire::shops::Shop;

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame, role_name};
use crate::parts::{copy, crumb, empty, pill, platform_name};
use crate::place::Place;
use crate::set_up::{languages, tag_text};
use crate::text::{Language, count, say};

/// Where every setting is.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The newest program.
    pub program: Program,
    /// How far the shop is set up.
    pub set_up: SetUp,
    /// How many may enter beside the owner.
    pub helpers: i64,
}

/// The secrets, of which nothing is shown until it is asked for.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The shop with its secrets.
    pub shop: Shop,
    /// Which one is shown, once: `event_secret`, `identity_key` or `shop_token`.
    pub shown: Option<String>,
    /// Whether that has just taken the place of another, which is good for another day.
    pub replaced: bool,
    /// What was typed.
    pub entered: Entered,
}

/// The widget's words.
#[derive(Clone, Debug, Default)]
pub struct TextsPage {
    /// In one language.
    pub texts: Texts,
    /// The languages that the widget speaks.
    pub locales: Vec<String>,
    /// What was typed, by `texts.KEY`.
    pub entered: Entered,
}

/// What the widget says in each of its languages, as it is built.
const LOCALES: [(&str, &str); 8] = [
    ("fr", include_str!("../../../www/widget/locales/fr.json")),
    ("en", include_str!("../../../www/widget/locales/en.json")),
    ("de", include_str!("../../../www/widget/locales/de.json")),
    ("es", include_str!("../../../www/widget/locales/es.json")),
    ("it", include_str!("../../../www/widget/locales/it.json")),
    ("pt", include_str!("../../../www/widget/locales/pt.json")),
    ("nl", include_str!("../../../www/widget/locales/nl.json")),
    ("ar", include_str!("../../../www/widget/locales/ar.json")),
];

impl TextsPage {
    /// The widget's words in a language beside those of a program; in the program's own language, or the first, where
    /// the widget does not speak that one.
    pub fn of(program: &Program, locale: &str) -> Self {
        let spoken = |locale: &str| {
            let tag = locale.split('-').next().unwrap_or_default();
            LOCALES.iter().find(|(each, _)| each.eq_ignore_ascii_case(tag))
        };
        let own = program.locale.as_deref().and_then(spoken);
        let (locale, usual) = spoken(locale).or(own).or_else(|| spoken("en")).copied().unwrap_or_default();
        let texts = Texts {
            locale: locale.to_owned(),
            usual: serde_json::from_str(usual).unwrap_or_default(),
            own: program.texts.get(locale).cloned().unwrap_or_default(),
        };
        let locales = LOCALES.iter().map(|(locale, _)| (*locale).to_owned()).collect();
        Self { texts, locales, entered: Entered::default() }
    }
}

/// Who may enter.
#[derive(Clone, Debug, Default)]
pub struct HelpersPage {
    /// Them.
    pub helpers: Helpers,
    /// A link that was just made; shown once.
    pub link: Option<HelperLink>,
    /// What was typed.
    pub entered: Entered,
}

/// Draws where every setting is.
pub fn page(frame: &Frame, page: &Settings) -> Markup {
    let lang = frame.language;
    let title = lang.say("Réglages", "Settings");
    let program = &page.program;
    let platform = page.set_up.platform.as_deref().map_or_else(
        || lang.say("pas encore choisie", "not chosen yet").to_owned(),
        |id| platform_name(id).to_owned(),
    );
    let n = page.helpers;
    let helpers = if n == 0 {
        lang.say("vous seul", "you alone").to_owned()
    } else {
        format!(
            "{} {}",
            count(lang, n),
            lang.many(
                n,
                lang.say("personne en plus de vous", "person beside you"),
                lang.say("personnes en plus de vous", "people beside you")
            )
        )
    };
    let row = |place: &Place, name: &str, what: String| {
        html! { li { a href=(frame.href(place)) { span.what { (name) small { (what) } } } } }
    };
    frame.page(
        Entry::Settings,
        title,
        html! {
            h1 { (title) }
            ul.card.rows {
                (row(&Place::SetUpStep(Step::Shop), lang.say("Boutique", "Shop"), format!("{}, {}, {}", program.name, program.currency, frame.zone_name)))
                (row(&Place::Program, lang.say("Adresses de vos pages", "Your pages’ addresses"), if program.origins.is_empty() { program.landing_url.clone() } else { program.origins.join(", ") }))
                (row(&Place::SetUpStep(Step::Look), lang.say("Apparence du widget", "The widget’s look"), lang.say("couleurs, coin, distances", "colours, corner, distances").to_owned()))
                (row(&Place::Texts, lang.say("Textes et langues", "Texts and languages"), lang.say("ce que dit le widget", "what the widget says").to_owned()))
                (row(&Place::SetUpStep(Step::Platform), lang.say("Plateforme", "Platform"), platform))
                (row(&Place::Connections, lang.say("Modules", "Modules"), lang.say("ce qui est connecté, et un code pour en connecter", "what is connected, and a code to connect one").to_owned()))
                (row(&Place::SetUpStep(Step::Proof), lang.say("Le test", "The test"), lang.say("voir que tout marche, étape par étape", "see that all of it works, step by step").to_owned()))
                (row(&Place::Versions, lang.say("Versions du programme", "Versions of the program"), lang.say("ce qui a changé, quand, par qui", "what was changed, when, by whom").to_owned()))
                @if frame.may(Role::All) {
                    (row(&Place::Mail, lang.say("E-mails", "E-mails"), lang.say("ce que vos parrains reçoivent, et ce qui est parti", "what your referrers are sent, and what was sent").to_owned()))
                    (row(&Place::Contacts, lang.say("Newsletters", "Newsletters"), lang.say("les parrains qui les ont acceptées, chez Brevo ou Klaviyo", "referrers who agreed to them, at Brevo or Klaviyo").to_owned()))
                    (row(&Place::Endpoints, lang.say("Autres logiciels", "Other software"), lang.say("ce qui est prévenu, et ce qui lui a été envoyé", "what is told, and what it was sent").to_owned()))
                    (row(&Place::Tax, lang.say("Déclaration annuelle", "Yearly declaration"), "DAS2".to_owned()))
                    (row(&Place::Helpers, lang.say("Qui peut entrer", "Who may enter"), helpers))
                    (row(&Place::Secrets, lang.say("Clés et secrets", "Keys and secrets"), lang.say("montrés une fois, remplacés sans coupure", "shown once, replaced without a break").to_owned()))
                }
                @if frame.who.as_ref().is_some_and(|who| who.all_shops) {
                    (row(&Place::RemoveShop, lang.say("Supprimer la boutique", "Remove the shop"), lang.say("avec tout ce qu’elle garde", "with all that it keeps").to_owned()))
                }
            }
            section aria-labelledby="tag" {
                h2 #tag { (lang.say("Votre balise", "Your tag")) }
                (copy(frame, "", &tag_text(frame, &page.set_up.look)))
            }
        },
    )
}

/// Draws the end of the shop, for the admin.
pub fn remove(frame: &Frame, entered: &Entered) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, entered);
    let (id, name) = frame.shop.as_ref().map_or(("", ""), |shop| (shop.id.as_str(), shop.name.as_str()));
    let title = say!(lang, "Supprimer {name}", "Remove {name}");
    frame.page(
        Entry::Settings,
        &title,
        html! {
            (crumb(frame, &Place::Settings, lang.say("Réglages", "Settings")))
            h1 { (title) }
            p.lead { (lang.say("Tout disparaît\u{a0}: le programme, les parrains et leurs codes, les commandes, ce qui est dû, les réglages. Les liens déjà partagés ne mènent plus à rien. Cela ne se défait pas.",
                "All of it goes: the program, the referrers and their codes, the orders, what is due, the settings. Links that were shared lead nowhere. This cannot be undone.")) }
            p { (lang.say("Les codes de réduction déjà créés chez Shopify, WooCommerce ou Stripe continuent de marcher\u{a0}: supprimez-les là-bas.",
                "Discount codes that were made at Shopify, WooCommerce or Stripe go on working: delete them there.")) }
            p { (lang.say("Prenez d’abord ce que vous devez garder\u{a0}: ", "Take first what you have to keep: "))
                a href=(frame.href(&Place::OrdersCsv)) download { (lang.say("les commandes", "the orders")) } ", "
                a href=(frame.href(&Place::ReferrersCsv)) download { (lang.say("les parrains", "the referrers")) } ", "
                a href=(frame.href(&Place::Payouts)) { (lang.say("les paiements", "the payouts")) } "." }
            (form.summary())
            (form.post(&Place::RemoveShop, html! {
                (form.needed("shop", &say!(lang, "Pour confirmer, tapez {id}", "To confirm, type {id}"), "", "text", ""))
                div.acts { button.bad { (lang.say("Supprimer pour toujours", "Remove for ever")) } }
            }))
        },
    )
}

/// Draws the secrets.
pub fn secrets(frame: &Frame, page: &Secrets) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Clés et secrets", "Keys and secrets");
    frame.page(
        Entry::Settings,
        title,
        html! {
            (crumb(frame, &Place::Settings, lang.say("Réglages", "Settings")))
            h1 { (title) }
            p.lead { (lang.say("Qui les a peut agir pour votre boutique\u{a0}: ne les mettez jamais dans une page, ne les envoyez pas par e-mail.", "Who has them can act for your shop: never put them in a page, do not send them by e-mail.")) }
            (form.summary())
            (own(frame, page, "event_secret", lang.say("Secret d’événements", "Event secret"), &page.shop.event_secret, lang.say("Signe ce que votre serveur ou votre module envoie.", "Signs what your server or your module sends."),
                lang.say("L’ancien vaut encore un jour\u{a0}: collez le nouveau dans votre module d’ici là.", "The old one is good for another day: paste the new one in your module until then.")))
            (own(frame, page, "identity_key", lang.say("Clé d’identité", "Identity key"), &page.shop.identity_key, lang.say("Dit au widget qui est connecté dans votre boutique. Elle n’ouvre rien.", "Tells the widget who is signed in to your shop. It opens nothing."),
                lang.say("L’ancienne vaut encore un jour\u{a0}: mettez la nouvelle sur votre serveur d’ici là. Un module a la sienne.", "The old one is good for another day: put the new one on your server until then. A module has one of its own.")))
            (own(frame, page, "shop_token", lang.say("Clé de la boutique", "The shop’s key"), &page.shop.shop_token, lang.say("Ouvre ce bureau et l’API.", "Opens this desk and the API."),
                lang.say("Tout le monde devra se connecter de nouveau, vous aussi.", "Everybody has to sign in again, you too.")))
            @if !page.shop.webhook_secrets.is_empty() || !page.shop.platform_keys.is_empty() {
                section aria-labelledby="theirs" {
                    h2 #theirs { (lang.say("Ceux de vos plateformes", "Those of your platforms")) }
                    ul.card.rows {
                        @for platform in page.shop.webhook_secrets.keys() { li { a href=(frame.asking(&Place::SetUpStep(Step::Platform), &[("platform", platform)])) {
                            span.what { (platform_name(platform)) small { (lang.say("secret de signature enregistré", "signing secret kept")) } }
                        } } }
                        @for (platform, last) in &page.shop.platform_keys { li { a href=(frame.asking(&Place::SetUpStep(Step::Platform), &[("platform", platform)])) {
                            span.what { (platform_name(platform)) small { (say!(lang, "clé qui finit par {last}", "key that ends in {last}")) } }
                        } } }
                    }
                }
            }
        },
    )
}

/// The last characters of a secret: enough to tell which one a form replaces.
pub fn ending(secret: &str) -> String {
    let skipped = secret.chars().count().saturating_sub(6);
    secret.chars().skip(skipped).collect()
}

/// One of the shop's own secrets: shown by a press, replaced by another. The form says which one it replaces, so that a
/// page that is sent again does not end the one that was just made.
fn own(frame: &Frame, page: &Secrets, id: &str, name: &str, value: &str, what: &str, after: &str) -> Markup {
    let lang = frame.language;
    let held = ending(value);
    html! { section.card.pad.stack aria-labelledby=(id) {
        h2 id=(id) { (name) }
        p { (what) }
        @if page.shown.as_deref() == Some(id) {
            @if page.replaced { p.said { (lang.say("Voici le nouveau, à copier là où l’ancien servait. L’ancien vaut encore un jour.", "This is the new one, to be copied to where the old one was used. The old one is good for another day.")) } }
            (copy(frame, "", value))
            p.small { (lang.say("Montré cette fois. Il disparaît avec la page.", "Shown this once. It goes with the page.")) }
        } @else {
            (press(frame, &Place::Secrets, &[("secret", id), ("action", "show")], lang.say("Montrer", "Show"), ""))
        }
        details { summary { (lang.say("Remplacer", "Replace")) }
            p { (after) }
            (press(frame, &Place::Secrets, &[("secret", id), ("action", "rotate"), ("held", &held)], &say!(lang, "Remplacer\u{a0}: {name}", "Replace: {name}"), "bad"))
        }
    } }
}

/// Draws the widget's words.
pub fn texts(frame: &Frame, page: &TextsPage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Textes du widget", "The widget’s texts");
    let texts = &page.texts;
    frame.page(
        Entry::Settings,
        title,
        html! {
            (crumb(frame, &Place::Settings, lang.say("Réglages", "Settings")))
            h1 { (title) }
            p.lead { (lang.say("Laissez vide ce qui vous convient. Les mots entre accolades sont remplacés\u{a0}: gardez-les.", "Leave empty what suits you. Words in braces are filled in: keep them.")) }
            nav.tabs aria-label=(lang.say("Langues", "Languages")) { @for locale in &page.locales {
                a href=(frame.asking(&Place::Texts, &[("locale", locale)])) aria-current=[(*locale == texts.locale).then_some("true")] lang=(locale) { (language_name(lang, locale)) @if *locale == texts.locale && !texts.own.is_empty() { " · " (texts.own.len()) } }
            } }
            (form.summary())
            @if frame.may(Role::All) {
                (form.post(&Place::Texts, html! {
                    (form.hidden("locale", &texts.locale))
                    @for group in Group::ALL {
                        @let words = group.of(texts);
                        @let open = *group == Group::Gift || words.iter().any(|(key, _)| texts.own.contains_key(*key) || form.wrong(&[&format!("texts.{key}")]));
                        details.gap open[open] { summary { (group.name(lang)) " · " (words.len()) }
                            div.fields lang=(texts.locale) { @for (key, usual) in words {
                                (form.text(&format!("texts.{key}"), usual, texts.own.get(key).map_or("", String::as_str), "text", hint(lang, key)))
                            } }
                        }
                    }
                    div.acts { button.main { (lang.say("Enregistrer", "Save")) } }
                }))
            } @else {
                @for group in Group::ALL { details.gap open[*group == Group::Gift] { summary { (group.name(lang)) }
                    dl.facts { @for (key, usual) in group.of(texts) { dt { (usual) } dd { (texts.own.get(key).map_or("–", String::as_str)) } } }
                } }
            }
        },
    )
}

/// Where in the widget its words stand, the place that most people see first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Gift,
    Sharing,
    Typing,
    Rewards,
    Kinds,
    Reasons,
    Trouble,
}

impl Group {
    const ALL: &'static [Self] =
        &[Self::Gift, Self::Sharing, Self::Typing, Self::Rewards, Self::Kinds, Self::Reasons, Self::Trouble];

    fn name(self, lang: Language) -> &'static str {
        match self {
            Self::Gift => lang.say("Le bouton et le cadeau du filleul", "The button and the friend’s gift"),
            Self::Sharing => lang.say("Devenir parrain et partager", "Becoming a referrer and sharing"),
            Self::Typing => lang.say("Saisir un code", "Typing a code"),
            Self::Rewards => lang.say("La liste des récompenses", "The list of rewards"),
            Self::Kinds => lang.say("Le nom de chaque récompense", "What each reward is called"),
            Self::Reasons => lang.say("Pourquoi une récompense manque", "Why a reward is missing"),
            Self::Trouble => lang.say("Quand quelque chose ne va pas", "When something goes wrong"),
        }
    }

    /// Where a text stands, by its key: by what the key begins with, or by its whole. Nothing for a key of a widget to come.
    fn at(key: &str) -> Option<Self> {
        let (head, _) = key.split_once(['_', '.']).unwrap_or((key, ""));
        let place = match head {
            "why" => Self::Reasons,
            "e" => Self::Trouble,
            "r" | "we" | "u" => Self::Kinds,
            "m" | "d" | "k" | "s" | "yours" | "partly" | "no" | "other" | "more" | "all" | "show"
            | "save" | "csv" | "missing" | "claim" | "claimed" => Self::Rewards,
            "use" => Self::Typing,
            "code" if key != "code" => Self::Typing,
            "f" if key == "f_order" => Self::Rewards,
            "pitch" | "a" | "f" | "join" | "joined" | "sign" | "mailed" | "terms" | "w" | "share"
            | "sheet" | "email" | "sms" | "qr" | "product" | "clicks" => Self::Sharing,
            "thank" => Self::Sharing,
            "apply" | "c" | "carried" | "close" | "code" | "copied" | "copy" | "empty" | "gift" | "in"
            | "link" | "n" | "not" | "noted" | "refer" | "remind" | "reminded" | "retry" | "rewards"
            | "sections" | "shown" | "tab" | "take" | "thanks" | "voucher" | "wait" => Self::Gift,
            _ => return None,
        };
        Some(place)
    }

    /// Its texts, each with its key; those that most people see come first.
    fn of(self, texts: &Texts) -> Vec<(&str, &str)> {
        const FIRST: [&str; 8] =
            ["refer", "gift", "gift_anon", "apply", "not_now", "pitch", "thank_you", "join"];
        let own = texts.usual.iter().filter(|(key, _)| Self::at(key).unwrap_or(Self::Gift) == self);
        let mut own: Vec<(&str, &str)> = own.map(|(key, usual)| (key.as_str(), usual.as_str())).collect();
        own.sort_by_key(|(key, _)| FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len()));
        own
    }
}

/// What is to be known of a text to change it.
fn hint(lang: Language, key: &str) -> &'static str {
    match key {
        "csv" => lang.say(
            "Les titres des colonnes du fichier, séparés par |.",
            "The headings of the file’s columns, with | between them.",
        ),
        key if key.ends_with(".one") => lang.say("Quand il y en a un.", "Where there is one."),
        key if key.ends_with(".two") => lang.say("Quand il y en a deux.", "Where there are two."),
        key if key.ends_with(".few") => lang.say("Quand il y en a quelques-uns.", "Where there are a few."),
        key if key.ends_with(".many") => lang.say("Quand il y en a beaucoup.", "Where there are many."),
        key if key.ends_with(".other") => lang.say("Pour les autres nombres.", "For other numbers."),
        _ => "",
    }
}

/// A language's own name.
pub(crate) fn language_name(lang: Language, locale: &str) -> String {
    let known = languages(lang).into_iter().find(|(tag, _)| *tag == locale);
    known.map_or_else(|| locale.to_owned(), |(_, name)| name.to_owned())
}

/// Draws who may enter.
pub fn helpers(frame: &Frame, page: &HelpersPage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Qui peut entrer", "Who may enter");
    let list = &page.helpers.helpers;
    frame.page(
        Entry::Settings,
        title,
        html! {
            (crumb(frame, &Place::Settings, lang.say("Réglages", "Settings")))
            h1 { (title) }
            p.lead { (lang.say("En plus de vous, qui avez la clé. Chaque changement dit qui l’a fait.", "Beside you, who have the key. Every change says who made it.")) }
            @if let Some(link) = &page.link {
                section.card.pad.stack aria-labelledby="link" {
                    h2 #link { (say!(lang, "Le lien de {}", "The link for {}", link.helper.name)) }
                    (copy(frame, "", &link.link))
                    p.small { (lang.say("Montré cette fois seulement. Il vaut jusqu’à ce que vous le retiriez. ", "Shown this once. It is good until you withdraw it. ")) (lang.say("Envoyez-le à cette personne seule.", "Send it to nobody else.")) }
                }
            }
            @if list.is_empty() {
                (empty(lang.say("Vous seul", "You alone"), lang.say("Une comptable peut lire, un employé décider des commandes, sans avoir votre clé.", "An accountant can read, an employee decide on orders, without your key."), html! {}))
            } @else { ul.card.rows { @for helper in list { li { (helper_row(frame, helper)) } } } }
            section aria-labelledby="new" {
                h2 #new { (lang.say("Laisser entrer quelqu’un", "Let somebody in")) }
                (form.summary())
                (form.post(&Place::Helpers, html! {
                    (form.needed("name", lang.say("Son nom", "Their name"), "", "text", lang.say("Il paraît à côté de ce que cette personne change.", "It stands beside what they change.")))
                    (form.radios("role", lang.say("Ce qu’elle peut faire", "What they may do"), "reads", &[
                        ("reads", lang.say("Lire", "Read"), lang.say("tout, sauf les secrets et les comptes bancaires", "everything but secrets and bank accounts")),
                        ("reviews", lang.say("Décider", "Decide"), lang.say("aussi des commandes et des réclamations", "also on orders and claims")),
                        ("all", lang.say("Tout", "Everything"), lang.say("le programme, les paiements et les réglages compris", "the program, payouts and settings included")),
                    ]))
                    div.acts { button.main { (lang.say("Faire un lien", "Make a link")) } }
                }))
            }
        },
    )
}

fn helper_row(frame: &Frame, helper: &Helper) -> Markup {
    let lang = frame.language;
    html! { div.stacked {
        span.what { (helper.name)
            small { (helper.role.word().map_or(helper.role.name(), |role| role_name(lang, role))) ", " (lang.say("depuis le ", "since ")) (frame.clock().day(helper.since)) " · "
                @match helper.last_seen { Some(at) => { (lang.say("vu ", "seen ")) (frame.clock().when(at)) }, None => { (lang.say("pas encore venu", "not here yet")) } } }
        }
        @if helper.ended_at.is_some() { (pill("", lang.say("ne peut plus entrer", "may no longer enter"))) }
        @else { (press(frame, &Place::EndHelper(helper.id.clone()), &[], &say!(lang, "Ne plus laisser entrer {}", "No longer let {} in", helper.name), "bad")) }
    } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widget_s_words_stand_beside_the_shop_s() {
        let mut program = Program { locale: Some("fr-CA".into()), ..Program::default() };
        program.texts.entry("fr".into()).or_default().insert("apply".into(), "Oui !".into());
        let page = TextsPage::of(&program, "");
        assert_eq!((page.texts.locale.as_str(), page.texts.own.len()), ("fr", 1));
        assert!(page.texts.usual.len() > 40 && page.locales.len() == 8);
        let shown: usize = Group::ALL.iter().map(|group| group.of(&page.texts).len()).sum();
        assert_eq!(shown, page.texts.usual.len());
        let lost: Vec<_> = page.texts.usual.keys().filter(|key| Group::at(key).is_none()).collect();
        assert!(lost.is_empty(), "Group::at places no {lost:?}");
        for group in Group::ALL {
            assert!(!group.of(&page.texts).is_empty(), "{group:?}");
        }
        assert_eq!(Group::of(Group::Gift, &page.texts)[0].0, "refer");
        assert_eq!(TextsPage::of(&program, "de").texts.locale, "de");
        assert_eq!(TextsPage::of(&Program::default(), "xx").texts.locale, "en");
        for (locale, _) in LOCALES {
            assert!(!TextsPage::of(&program, locale).texts.usual.is_empty(), "{locale}");
        }
    }
}
