//! A platform at which the edge itself makes codes and gives rewards: the form for its credentials, and how it goes there.

use maud::{Markup, html};
use parrain_wire::connections::{
    CodeState, CodeTrouble, PlatformConnection, PlatformRight, ReconciliationState, RightUse,
};
use parrain_wire::desk::Role;

use crate::faults::told;
use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame};
use crate::parts::{crumb, pill, platform_name};
use crate::place::Place;
use crate::text::{Language, count, say};

/// The platforms of which there is a form, by name.
pub const NAMES: [&str; 3] = ["shopify", "woocommerce", "stripe"];

/// The page of one platform.
#[derive(Clone, Debug, Default)]
pub struct PlatformPage {
    /// Its name.
    pub platform: String,
    /// How it goes there, where credentials were given.
    pub connection: Option<PlatformConnection>,
    /// What was typed.
    pub entered: Entered,
}

/// Draws it.
pub fn page(frame: &Frame, page: &PlatformPage) -> Markup {
    let lang = frame.language;
    let name = platform_name(&page.platform);
    let form = Form::new(frame, &page.entered);
    let title = say!(lang, "Codes et récompenses chez {name}", "Codes and rewards at {name}");
    frame.page(
        Entry::Settings,
        &title,
        html! {
            (crumb(frame, &Place::Connections, lang.say("Modules de votre boutique", "Your shop’s modules")))
            h1 { (title) }
            p.lead { (lang.say("Avec une clé de votre plateforme, Parrain y crée le code de chaque parrain, le change avec vos offres, et donne les récompenses tant qu’aucun module n’est connecté.", "With a key of your platform, Parrain makes each referrer’s code there, changes it with your offers, and gives the rewards as long as no module is connected.")) }
            (form.summary())
            @if let Some(connection) = &page.connection {
                (stands(frame, connection))
                (reconciliation(frame, connection))
            }
            @if frame.may(Role::All) {
                section aria-labelledby="key" {
                    h2 #key { @if page.connection.is_some() { (lang.say("Donner une autre clé", "Give another key")) } @else { (lang.say("Donner une clé", "Give a key")) } }
                    (steps(lang, &page.platform))
                    (form.post(&Place::Platform(page.platform.clone()), html! {
                        div.fields { (fields(lang, &form, &page.platform)) }
                        p.small { (lang.say("Elle est essayée tout de suite, gardée chiffrée, et n’est plus jamais montrée.", "It is tried at once, kept encrypted, and never shown again.")) }
                        div.acts { button.main { (lang.say("Essayer et connecter", "Try and connect")) } }
                    }))
                }
                @if page.connection.is_some() {
                    div.acts { (press(frame, &Place::EndPlatform(page.platform.clone()), &[], &say!(lang, "Oublier la clé de {name}", "Forget the key of {name}"), "bad")) }
                    p.small { (lang.say("Les codes déjà créés restent chez votre plateforme\u{a0}: supprimez-les là-bas si vous n’en voulez plus.", "Codes that were made stay at your platform: delete them there if you want them no more.")) }
                }
            }
        },
    )
}

/// What stands at a platform, and what does not.
fn stands(frame: &Frame, of: &PlatformConnection) -> Markup {
    let (lang, clock) = (frame.language, frame.clock());
    let codes = of.codes;
    let facts = [
        (lang.say("Codes en place", "Codes in place"), codes.made),
        (lang.say("En attente", "Waiting"), codes.waiting),
        (lang.say("Laissés tels quels", "Left alone"), codes.foreign),
        (lang.say("Impossibles", "Not possible"), codes.failed),
    ];
    html! {
        @if let Some(fault) = &of.fault {
            p.note role="status" { (lang.say("Tout attend là-bas. Début\u{a0}: ", "Everything waits there. Begun: ")) (clock.when(fault.at)) (lang.say(". Motif\u{a0}: ", ". Why: ")) (told(lang, &fault.words)) }
        }
        section.card.pad.stack aria-labelledby="stands" {
            h2 #stands { (of.account) }
            p.small { (lang.say("Connecté depuis le ", "Connected since ")) (clock.day(of.since)) ". "
                @match of.last_used { Some(at) => { (lang.say("Utilisé ", "Used ")) (clock.when(at)) "." }, None => { (lang.say("Pas encore utilisé.", "Not used yet.")) } } }
            ul.list { @for (name, n) in facts { li { (name) (lang.say("\u{a0}: ", ": ")) (count(lang, n)) } } }
            h3 { (lang.say("Ce que la clé permet", "What the key allows")) }
            ul.list { @for right in &of.rights { li { code { (right.name) } " " (right_of(lang, right)) } } }
        }
        @if !of.troubles.is_empty() { section aria-labelledby="troubles" {
            h2 #troubles { (lang.say("Ce qui n’est pas en place", "What is not in place")) }
            ul.card.rows { @for trouble in &of.troubles { li { div.stacked {
                span.what { code { (trouble.code) } small { (told(lang, &trouble.words)) } }
                (state(lang, trouble))
                @if let Some(next) = trouble.next_try_at { small { (lang.say("nouvel essai ", "tried again ")) (clock.when(next)) } }
            } } } }
        } }
    }
}

/// What came of looking for orders of which no webhook told.
fn reconciliation(frame: &Frame, connection: &PlatformConnection) -> Markup {
    let (lang, clock) = (frame.language, frame.clock());
    let of = &connection.reconciliation;
    let name = platform_name(&connection.platform);
    let state = of.state.word();
    html! { section.card.pad.stack aria-labelledby="missed" {
        h2 #missed { (lang.say("Commandes manquées", "Missed orders")) }
        p { (say!(lang, "Chaque nuit, Parrain relit les commandes de {name} qui ont changé. Si un message de {name} s’est perdu, la commande est rattrapée.", "Every night Parrain reads the orders of {name} that changed. Where a message of {name} was lost, the order is put on record.")) }
        @match state {
            Some(ReconciliationState::NotAllowed) => {
                p.note { (lang.say("La clé ne permet pas de lire les commandes. Donnez une clé qui le permet, si vous voulez que Parrain les relise.", "The key does not allow orders to be read. Give one that does if you want Parrain to read them.")) }
            }
            Some(ReconciliationState::NoWebhooks) => {
                p.note { (say!(lang, "Votre boutique ne reçoit pas ses commandes par les messages de {name}\u{a0}: il n’y a rien à rattraper.", "Your shop’s orders do not come by messages of {name}: there is nothing to catch up on.")) }
            }
            Some(ReconciliationState::Running) => {
                p role="status" { (lang.say("La relecture est en cours\u{a0}: ", "Being read now: ")) (read(lang, of.seen)) "." }
            }
            Some(ReconciliationState::Waiting) | None => {
                p.small {
                    @if let Some(last) = of.last_at {
                        (lang.say("Dernière relecture\u{a0}: ", "Last read: ")) (clock.when(last)) ". "
                        (read(lang, of.seen)) ". "
                    } @else { (lang.say("Pas encore relues. ", "Not read yet. ")) }
                    @if let Some(next) = of.next_at { (lang.say("Prochaine\u{a0}: ", "Next: ")) (clock.when(next)) "." }
                }
            }
        }
        // While it reads, or where the last try came to nothing, nobody knows that nothing is missing.
        @if of.missing > 0 || of.last_at.is_some() && of.fault.is_none() && !matches!(state, Some(ReconciliationState::Running)) {
            p { @if of.missing == 0 { (lang.say("Il ne manquait rien.", "Nothing was missing.")) }
                @else { (lang.say("Commandes rattrapées\u{a0}: ", "Orders put on record: ")) (count(lang, of.missing)) } }
        }
        @if !of.orders.is_empty() { ul.list { @for order in &of.orders {
            li { a href=(frame.href(&Place::Order(order.clone()))) { (order) } }
        } } }
        @if let Some(fault) = &of.fault {
            // What was left out by a look that is over, or why one is not.
            @let was_over = of.last_at.is_some_and(|last| fault.at <= last);
            p.note role="status" {
                @if was_over { (lang.say("Tout n’a pas été repris, ", "Not all was put on record, ")) } @else { (lang.say("Dernier essai sans résultat, ", "The last try came to nothing, ")) }
                (clock.when(fault.at)) (lang.say(". Motif\u{a0}: ", ". Why: ")) (told(lang, &fault.words))
            }
        }
        @if frame.may(Role::All) && matches!(state, Some(ReconciliationState::Waiting)) {
            div.acts { (press(frame, &Place::ReconcilePlatform(connection.platform.clone()), &[], lang.say("Relire maintenant", "Read now"), "")) }
        }
    } }
}

/// How many were read.
fn read(lang: Language, seen: i64) -> String {
    format!("{} {}", count(lang, seen), lang.many(seen, lang.say("lue", "read"), lang.say("lues", "read")))
}

fn right_of(lang: Language, right: &PlatformRight) -> Markup {
    let needed = match right.needed_for.word() {
        Some(RightUse::Codes) => lang.say("pour les codes", "for codes"),
        Some(RightUse::Rewards) => lang.say("pour certaines récompenses", "for some rewards"),
        Some(RightUse::Reconciliation) => {
            lang.say("pour rattraper les commandes manquées", "to catch up on missed orders")
        }
        None => right.needed_for.name(),
    };
    html! { (needed) " " @if right.held { (pill("green", lang.say("accordé", "granted"))) } @else { (pill("amber", lang.say("manque", "missing"))) } }
}

fn state(lang: Language, trouble: &CodeTrouble) -> Markup {
    match trouble.state.word() {
        Some(CodeState::Waiting) => pill("amber", lang.say("en attente", "waiting")),
        Some(CodeState::Made) => pill("green", lang.say("en place", "in place")),
        Some(CodeState::Failed) => pill("red", lang.say("abandonné", "given up")),
        Some(CodeState::Foreign) => pill("", lang.say("à vous, laissé tel quel", "yours, left alone")),
        None => pill("", trouble.state.name()),
    }
}

/// Where the key is found, click by click.
fn steps(lang: Language, platform: &str) -> Markup {
    match platform {
        "shopify" => html! { ol.list {
            li { (lang.say("Sur dev.shopify.com (Dev Dashboard), avec le compte qui possède la boutique\u{a0}: Apps › Créer une app.", "At dev.shopify.com (Dev Dashboard), with the account that owns the shop: Apps › Create app.")) }
            li { (lang.say("Versions › Nouvelle version, portées (scopes)\u{a0}: ", "Versions › New version, scopes: ")) code { "write_discounts,write_gift_cards,write_store_credit_account_transactions,read_customers,read_products,read_orders" } (lang.say(". Publiez-la.", ". Release it.")) }
            li { (lang.say("Installez l’app dans votre boutique, puis copiez Client ID et Secret depuis Paramètres.", "Install the app in your shop, then copy Client ID and Secret from Settings.")) }
            li { (lang.say("Une app créée avant 2026 dans l’administration a un jeton shpat_…\u{a0}: collez celui-là à la place.", "An app that was made in the admin before 2026 has a key that begins with shpat_: paste that instead.")) }
        } },
        "woocommerce" => html! { ol.list {
            li { (lang.say("Dans WordPress\u{a0}: WooCommerce › Réglages › Avancé › API REST › Ajouter une clé.", "In WordPress: WooCommerce › Settings › Advanced › REST API › Add key.")) }
            li { (lang.say("Utilisateur\u{a0}: un gestionnaire de la boutique. Permissions\u{a0}: Lecture/Écriture. Générer une clé d’API.", "User: one who manages the shop. Permissions: Read/Write. Generate API key.")) }
            li { (lang.say("Copiez les deux clés ici\u{a0}: WordPress ne les montre qu’une fois.", "Copy both keys here: WordPress shows them only once.")) }
        } },
        _ => html! { ol.list {
            li { (lang.say("Dans Stripe\u{a0}: Développeurs › Clés API › Créer une clé restreinte.", "In Stripe: Developers › API keys › Create restricted key.")) }
            li { (lang.say("Écriture\u{a0}: Coupons, Codes promotionnels, Clients. Lecture\u{a0}: Événements et, pour que Stripe les donne, Sessions Checkout, Factures, Charges et remboursements, Litiges. Tout le reste\u{a0}: Aucune.", "Write: Coupons, Promotion Codes, Customers. Read: Events and, so that Stripe gives them, Checkout Sessions, Invoices, Charges and Refunds, Disputes. Everything else: None.")) }
        } },
    }
}

fn fields(lang: Language, form: &Form<'_>, platform: &str) -> Markup {
    match platform {
        "shopify" => html! {
            (form.needed("shop", lang.say("Adresse Shopify", "Shopify address"), "", "text", "atelier.myshopify.com"))
            (form.key("client_id", "Client ID", "", false))
            (form.key("client_secret", lang.say("Secret", "Secret"), "", false))
            (form.key("token", lang.say("Ou jeton shpat_…", "Or the key shpat_…"), lang.say("Laissez vide si vous avez donné l’ID et le secret.", "Leave empty if you gave the ID and the secret."), false))
        },
        "woocommerce" => html! {
            (form.needed("site", lang.say("Adresse de votre site", "Your site’s address"), "", "url", lang.say("Commence par https://.", "Begins with https://.")))
            (form.key("consumer_key", lang.say("Clé client (ck_…)", "Consumer key (ck_…)"), "", true))
            (form.key("consumer_secret", lang.say("Secret client (cs_…)", "Consumer secret (cs_…)"), "", true))
        },
        _ => {
            html! { (form.key("key", lang.say("Clé restreinte (rk_…)", "Restricted key (rk_…)"), "", true)) }
        }
    }
}
