//! One referrer, with everything.

use maud::{Markup, html};
use parrain_wire::desk::Look;
use parrain_wire::instant::Instant;
use parrain_wire::order::Kind;
use parrain_wire::program::Offer;
use parrain_wire::referrer::{Activity, Referrer, SignInLink};
use parrain_wire::rewards::{Conversion, RewardStatus};

use crate::banner::{Banner, Size};
use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{
    activity, claim_state, copy, crumb, empty, offer_name, order_link, reason, reward_sum, status,
};
use crate::place::{PAID_TO, Place};
use crate::promote::{self, banner_path, figure};
use crate::referrers::{confirm, earns};
use crate::statement;
use crate::text::{Language, count, kind_name, money, say};

/// How many of their orders the page shows; the others are among the orders.
const SHOWN: usize = 10;

/// A referrer's page.
#[derive(Clone, Debug)]
pub struct ReferrerPage {
    /// Who.
    pub referrer: Referrer,
    /// Where their rewards stand.
    pub status: RewardStatus,
    /// The offers of the newest program.
    pub offers: Vec<Offer>,
    /// Where they are paid; nothing where they did not say.
    pub paid_to: Option<PaidTo>,
    /// The months of which there is a statement, `2026-11`, the newest first.
    pub months: Vec<String>,
    /// A link by which they see their rewards, just made.
    pub sign_in_link: Option<SignInLink>,
    /// How the widget looks, and so the banners.
    pub look: Look,
    /// The shop's language, which the banners speak.
    pub spoken: Language,
    /// What was typed into the form of the referrer, or of a bonus.
    pub entered: Entered,
}

/// Where a referrer is paid, masked as the API answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaidTo {
    /// The account, masked.
    pub iban: Option<String>,
    /// In whose name it is.
    pub account_holder: Option<String>,
    /// The PayPal address, masked.
    pub paypal: Option<String>,
    /// The company.
    pub company: Option<String>,
    /// When it was last changed.
    pub changed_at: Option<Instant>,
}

/// Draws it.
pub fn page(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    let referrer = &page.referrer;
    let code = referrer.code.to_string();
    let name = referrer.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&code);
    let form = Form::new(frame, &page.entered);
    frame.page(
        Entry::Referrers,
        name,
        html! {
            (crumb(frame, &Place::Referrers, lang.say("Parrains", "Referrers")))
            div.head {
                h1 { (name) " " @if name != code { span.code { (code) } } }
                (activity(lang, &referrer.status))
            }
            p.lead { (earns(frame, &page.offers, referrer)) @if let Some(until) = referrer.expires_at { ", " (lang.say("jusqu’au ", "until ")) (frame.clock().day(until)) } "." }
            @if let Some(why) = &referrer.reason { p.small { (lang.say("Votre raison\u{a0}: ", "Your reason: ")) (why) } }
            (form.summary())
            @if referrer.status == Activity::Waiting && frame.may(Role::All) {
                div.row {
                    (press(frame, &Place::ReferrerStatus(code.clone()), &[("status", "active")], lang.say("Accepter\u{a0}: son code compte dès maintenant", "Let in: their code counts from now on"), "main"))
                    (press(frame, &Place::ReferrerStatus(code.clone()), &[("status", "ended")], lang.say("Refuser", "Turn down"), "bad"))
                }
            }
            @if referrer.confirmed == Some(false) {
                div.note {
                    p { (lang.say("Personne n’a encore confirmé qui est ce parrain. Ses récompenses attendent qu’il ouvre le lien de son e-mail de bienvenue ou un lien vers ses récompenses, ou que vous le confirmiez.",
                        "Nobody has confirmed yet who this referrer is. Their rewards wait until they open the link in their welcome mail or a link to their rewards, or you confirm them.")) }
                    @if frame.may(Role::All) { (confirm(frame, &code)) }
                }
            }
            nav.tabs aria-label=(lang.say("Sur cette page", "On this page")) {
                a href="#orders" { (lang.say("Commandes", "Orders")) }
                @if !page.status.claims.is_empty() { a href="#claims" { (lang.say("Réclamations", "Claims")) } }
                a href="#payments" { (lang.say("Paiements et relevés", "Payments and statements")) }
                @if frame.may(Role::All) { a href="#edit" { (lang.say("Modifier, donner un bonus", "Change, give a bonus")) } a href="#leave" { (lang.say("Mettre en pause, arrêter", "Pause, end")) } }
            }
            @if page.status.settling { p.note role="status" { (lang.say("Des commandes arrivées en retard sont encore en cours de calcul.", "Orders that arrived late are still being worked through.")) } }
            (figures(frame, page))
            (share(frame, page))
            (promote::build(frame, &promote::path(frame.shop_id(), &code), None, &[("lang", lang.tag())]))
            (banners(frame, page))
            (orders(frame, page))
            (claims(frame, page))
            (payments(frame, page))
            @if frame.may(Role::All) { (edit(frame, page)) }
            @if frame.may(Role::All) { (leave(frame, page, name)) }
        },
    )
}

fn figures(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    let code = page.referrer.code.to_string();
    let to = frame.asking(&Place::Orders, &[("code", &code)]);
    let figure =
        |name: &str, value: &str| html! { a href=(to) { span.name { (name) } span.value { (value) } } };
    html! {
        @for total in &page.status.totals {
            @let currency = total.currency.as_str();
            div.figures {
                (figure(lang.say("En attente", "Waiting"), &money(lang, total.pending.as_str(), currency)))
                (figure(lang.say("Disponible", "Available"), &money(lang, total.approved.as_str(), currency)))
                (figure(lang.say("Versé", "Paid"), &money(lang, total.paid.as_str(), currency)))
                (figure(lang.say("Annulé", "Cancelled"), &money(lang, total.reversed.as_str(), currency)))
                (figure(lang.say("Visites par son lien", "Visits by their link"), &count(lang, page.status.clicks)))
            }
        }
        @for unit in &page.status.units {
            div.figures {
                @let kind = unit.kind.word().map_or(unit.kind.name(), |kind| kind_name(lang, kind));
                (figure(&format!("{kind}, {}", lang.say("en attente", "waiting")), &count(lang, unit.pending)))
                (figure(lang.say("Disponible", "Available"), &count(lang, unit.approved)))
                (figure(lang.say("Versé", "Paid"), &count(lang, unit.paid)))
                (figure(lang.say("Annulé", "Cancelled"), &count(lang, unit.reversed)))
            }
        }
        @if page.status.totals.is_empty() && page.status.units.is_empty() {
            div.figures { (figure(lang.say("Visites par son lien", "Visits by their link"), &count(lang, page.status.clicks))) (figure(lang.say("Gagné", "Earned"), "0")) }
        }
    }
}

fn share(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    let code = page.referrer.code.to_string();
    html! { section aria-labelledby="link" {
        h2 #link { (lang.say("Son lien", "Their link")) }
        (copy(frame, "", &page.referrer.link))
        @if let Some((around, path)) = parrain_qr::picture(&page.referrer.link).as_deref().and_then(|picture| picture.split_once(' ')) {
            details { summary { (lang.say("Code QR, à imprimer", "QR code, to print")) }
                svg.qr viewBox=(around) role="img" aria-label=(lang.say("Code QR de ce lien", "QR code of this link")) { path d=(path) {} }
            }
        }
        p.small { (lang.say("Chaque visite par ce lien compte pour ce parrain\u{a0}; le code seul, saisi dans la boutique, aussi.", "Every visit by this link counts for this referrer; so does the code alone, typed in the shop.")) }
        p { a href=(promote::path(frame.shop_id(), &code)) { (lang.say("La page à lui donner\u{a0}: lien vers toute page, images et textes à prendre", "The page to give them: a link to any page, pictures and texts to take")) } }
        @if let Some(link) = &page.sign_in_link {
            div.card.pad.stack {
                p { strong { (lang.say("Un lien pour que cette personne voie ses récompenses", "A link for this person to see their rewards")) } }
                (copy(frame, "", &link.link))
                p.small { (lang.say("Vaut une fois, jusqu’au ", "Good once, until ")) (frame.clock().exact(link.expires_at)) ". " (lang.say("Envoyez-le à elle seule.", "Send it to nobody else.")) }
            }
        } @else if frame.may(Role::All) {
            (press(frame, &Place::SignInLink(code.clone()), &[], lang.say("Faire un lien vers ses récompenses", "Make a link to their rewards"), ""))
        }
        @if frame.may(Role::All) {
            details {
                summary { (lang.say("Quelqu’un d’autre voit ses récompenses\u{a0}?", "Does somebody else see their rewards?")) }
                p { (lang.say("Les liens de connexion déjà envoyés ne marchent plus, et cette personne devra se reconnecter partout. Son lien de parrainage reste bon.", "Sign-in links that were sent work no more, and they have to sign in again everywhere. The link that they share stays good.")) }
                (press(frame, &Place::EndSignIns(code), &[], lang.say("Déconnecter partout", "Sign them out everywhere"), "bad"))
            }
        }
    } }
}

/// Pictures for the referrer's own pages, each with what to paste there.
fn banners(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    let referrer = &page.referrer;
    let code = referrer.code.to_string();
    let friend =
        page.offers.iter().find(|offer| offer.id == referrer.offer).and_then(|offer| offer.friend.as_ref());
    let shop = frame.shop.as_ref().map_or("", |shop| shop.name.as_str());
    let colours = ("", "");
    let banner = Banner {
        shop,
        code: &code,
        reward: friend.map(|friend| &friend.reward),
        currency: frame.currency(),
        colours,
    };
    html! { details { summary { (lang.say("Bannières, pour ses pages", "Banners, for their own pages")) }
        p.small { (lang.say("Une image qui suit votre offre. Copiez la ligne sous celle qui convient, et envoyez-la à cette personne.", "A picture that follows your offer. Copy the line below the one that fits, and send it to them.")) }
        div.stack { @for size in Size::ALL {
            @let path = banner_path(frame.shop_id(), &code, size, &page.look);
            (figure(frame, size, &path, &referrer.link, &banner.words(page.spoken), &html! {}))
        } }
    } }
}

fn orders(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    let code = page.referrer.code.to_string();
    let mut newest: Vec<&Conversion> = page.status.conversions.iter().collect();
    newest.reverse();
    html! { section aria-labelledby="orders" {
        div.split { h2 #orders { (lang.say("Ses commandes", "Their orders")) } a href=(frame.asking(&Place::Orders, &[("code", &code)])) { (lang.say("Toutes", "All")) } }
        @if newest.is_empty() {
            (empty(lang.say("Aucune commande encore", "No orders yet"), lang.say("La première commande par ce lien ou avec ce code paraîtra ici.", "The first order by this link or with this code will stand here."), html! {}))
        } @else {
            div.scroll tabindex="0" { table {
                caption.aside { (lang.say("Commandes de ce parrain", "This referrer’s orders")) }
                thead { tr { th scope="col" { (lang.say("Commande", "Order")) } th.wide scope="col" { (lang.say("Date", "Date")) } th scope="col" { (lang.say("État", "State")) } th.num scope="col" { (lang.say("Récompense", "Reward")) } } }
                tbody { @for each in newest.iter().take(SHOWN) { tr {
                    th scope="row" { @if each.kind == Kind::Adjustment { (lang.say("Bonus ou correction", "Bonus or correction")) } @else { (order_link(frame, &each.order_id)) } small.narrow { (frame.clock().when(each.at)) } @if let Some(note) = &each.note { small { (note) } } }
                    td.wide { (frame.clock().when(each.at)) }
                    td { (status(lang, &each.status, each.reason.as_ref()))
                        @if let Some(why) = &each.reason { small { (reason(lang, why)) } }
                        @else if let Some(until) = each.approves_at.filter(|until| *until > frame.now) { small { (lang.say("jusqu’au ", "until ")) (frame.clock().day(until)) } } }
                    td.num { @if let Some(earned) = &each.reward { (reward_sum(lang, earned, frame.currency())) @if let Some(voucher) = &earned.voucher { small.code { (voucher) } } } }
                } } }
            } }
            @if newest.len() > SHOWN || page.status.next_cursor.is_some() { p { a.button href=(frame.asking(&Place::Orders, &[("code", &code)])) { (lang.say("Toutes ses commandes", "All their orders")) } } }
        }
    } }
}

fn claims(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    html! { @if !page.status.claims.is_empty() { section aria-labelledby="claims" {
        h2 #claims { (lang.say("Ses réclamations", "Their claims")) }
        ul.card.rows { @for claim in &page.status.claims { li { a href=(frame.href(&Place::Claim(claim.id.clone()))) {
            span.what { (lang.say("Commande ", "Order ")) (claim.order_id) @if let Some(note) = &claim.note { small { (note) } } }
            (claim_state(lang, &claim.state))
        } } } }
    } } }
}

fn payments(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    let clock = frame.clock();
    html! { section aria-labelledby="payments" {
        h2 #payments { (lang.say("Paiements et relevés", "Payments and statements")) }
        @match &page.paid_to {
            Some(to) => dl.facts {
                @if let Some(iban) = &to.iban { dt { (lang.say("Compte", "Account")) } dd.code { (iban) } }
                @if let Some(holder) = &to.account_holder { dt { (lang.say("Titulaire", "Account holder")) } dd { (holder) } }
                @if let Some(paypal) = &to.paypal { dt { "PayPal" } dd { (paypal) } }
                @if let Some(company) = &to.company { dt { (lang.say("Société", "Company")) } dd { (company) } }
                @if let Some(at) = to.changed_at { dt { (lang.say("Changé", "Changed")) } dd { (clock.when(at)) } }
            },
            None => @if frame.may(Role::All) { p.lead { (lang.say("Pas de coordonnées bancaires.", "No bank details.")) } },
        }
        @if frame.may(Role::All) { (paid_to(frame, page)) }
        @if !page.months.is_empty() { ul.row { @for month in &page.months { li { a href=(frame.href(&Place::Statement(page.referrer.code.to_string(), month.clone()))) { (statement::title(lang, &clock.month_of(month))) } } } } }
    } }
}

/// Where they are paid, as the shop was told it. What is kept is not shown again, so that the form says all of it anew.
fn paid_to(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    let none = Entered::default();
    let typed = PAID_TO.iter().any(|field| page.entered.values.contains_key(*field));
    let form = Form::new(frame, if typed { &page.entered } else { &none });
    let code = page.referrer.code.to_string();
    let text = |name: &str, label: &str, hint: &str| form.text(name, label, "", "text", hint);
    html! { details.card.pad open[typed] {
        summary { @if page.paid_to.is_some() { (lang.say("Changer où payer", "Change where to pay")) } @else { (lang.say("Dire où payer", "Say where to pay")) } }
        (form.post(&Place::PaidTo(code), html! {
            p.small { (lang.say("Un compte ou une adresse PayPal. Gardé chiffré, montré masqué. Ce que vous écrivez ici remplace tout ce qui était gardé.", "An account or a PayPal address. Kept encrypted, shown masked. What you write here takes the place of all that was kept.")) }
            div.fields.two {
                (text("iban", "IBAN", ""))
                (text("account_holder", lang.say("Titulaire du compte", "Account holder"), lang.say("Comme la banque l’écrit.", "As the bank has it.")))
                (form.text("paypal", lang.say("Adresse PayPal", "PayPal address"), "", "email", ""))
                (text("company", lang.say("Société", "Company"), ""))
                (text("vat_number", lang.say("Numéro de TVA", "VAT number"), ""))
                (text("siret", "SIRET", lang.say("Pour la DAS2.", "For the DAS2.")))
                (text("profession", lang.say("Profession", "Profession"), lang.say("Pour la DAS2.", "For the DAS2.")))
                (text("address.line1", lang.say("Rue et numéro", "Street and number"), ""))
                (text("address.line2", lang.say("Complément d’adresse", "More of the address"), ""))
                (text("address.postal_code", lang.say("Code postal", "Postal code"), ""))
                (text("address.city", lang.say("Ville", "Town"), ""))
                (text("address.country", lang.say("Pays, en deux lettres", "Country, in two letters"), lang.say("FR pour la France.", "FR for France.")))
            }
            div.acts { button { (lang.say("Enregistrer où payer", "Save where to pay")) } }
        }))
    } }
}

/// What was typed into one of the page's forms is shown in that one alone: the others keep what they have.
fn edit(frame: &Frame, page: &ReferrerPage) -> Markup {
    let lang = frame.language;
    let typed = |field: &str| Form::new(frame, page.entered.of_form(field));
    let (form, bonus) = (typed("offer"), typed("amount"));
    let referrer = &page.referrer;
    let code = referrer.code.to_string();
    let names: Vec<String> = page.offers.iter().map(|offer| offer_name(lang, offer)).collect();
    let choices: Vec<(&str, &str)> =
        page.offers.iter().zip(&names).map(|(offer, name)| (offer.id.as_str(), name.as_str())).collect();
    let own = referrer
        .terms
        .as_ref()
        .and_then(|terms| terms.reward.percent.as_ref())
        .map_or("", |rate| rate.as_str());
    let until = referrer.expires_at.map(|until| frame.clock().date(until)).unwrap_or_default();
    let wrong = |names: &[&str]| names.iter().any(|name| !page.entered.faults_of(name).is_empty());
    html! { section aria-labelledby="edit" {
        h2 #edit { (lang.say("Modifier", "Change")) }
        details.card.pad open[wrong(&["name", "offer", "terms.reward.percent", "expires_at", "notes"])] {
            summary { (lang.say("Nom, offre, conditions, notes", "Name, offer, terms, notes")) }
            (form.post(&Place::Referrer(code.clone()), html! {
                div.fields.two {
                    (form.text("name", lang.say("Nom", "Name"), referrer.name.as_deref().unwrap_or_default(), "text", ""))
                    (form.select("offer", lang.say("Offre", "Offer"), &referrer.offer, &choices, ""))
                    (form.amount("terms.reward.percent", lang.say("Commission à part", "A commission of their own"), own, "%", lang.say("Vide\u{a0}: celle de l’offre.", "Empty: the offer’s.")))
                    (form.text("expires_at", lang.say("Jusqu’au", "Until"), &until, "date", lang.say("Vide\u{a0}: sans fin.", "Empty: no end.")))
                    (form.lines("notes", lang.say("Notes, pour vous", "Notes, for yourselves"), referrer.notes.as_deref().unwrap_or_default(), 3, ""))
                }
                div.acts { button.main { (lang.say("Enregistrer", "Save")) } }
            }))
        }
        details.card.pad open[wrong(&["amount", "reason"])] {
            summary { (lang.say("Donner un bonus, ou corriger", "Give a bonus, or correct")) }
            (bonus.post(&Place::Bonus(code), html! {
                (bonus.hidden("id", &format!("bonus-{}", frame.now.seconds())))
                div.fields.two {
                    (bonus.amount("amount", lang.say("Montant", "Amount"), "", frame.currency(), lang.say("Avec un moins pour reprendre.", "With a minus to take back.")))
                    (bonus.text("reason", lang.say("Raison", "Reason"), "", "text", lang.say("Le parrain la lit aussi.", "The referrer reads it too.")))
                }
                div.acts { button { (lang.say("Noter pour le prochain paiement", "Record it for the next payout")) } }
            }))
        }
    } }
}

/// What a referrer would still have: who forgets them says beforehand what becomes of it. Empty where that is nothing.
fn owed(frame: &Frame, page: &ReferrerPage) -> String {
    let lang = frame.language;
    let mut owed = Vec::new();
    for total in &page.status.totals {
        let (due, waiting) = (lang.say("dus", "due"), lang.say("en attente", "waiting"));
        for (amount, state) in [(total.approved.as_str(), due), (total.pending.as_str(), waiting)] {
            let currency = total.currency.as_str();
            if amount != crate::text::zero(currency) {
                owed.push(format!("{} {state}", money(lang, amount, currency)));
            }
        }
    }
    owed.join(", ")
}

/// Pausing, ending, and what is held of the person.
fn leave(frame: &Frame, page: &ReferrerPage, name: &str) -> Markup {
    let lang = frame.language;
    let code = page.referrer.code.to_string();
    let kept =
        page.status.totals.first().map(|total| money(lang, total.approved.as_str(), total.currency.as_str()));
    let keeps = kept.unwrap_or_else(|| money(lang, &crate::text::zero(frame.currency()), frame.currency()));
    let waiting = page.status.totals.first().filter(|total| {
        let currency = total.currency.as_str();
        total.pending.as_str() != crate::text::zero(currency)
    });
    let keeps = match waiting.map(|total| money(lang, total.pending.as_str(), total.currency.as_str())) {
        Some(waiting) => say!(lang, "{keeps} et {waiting} en attente", "{keeps} and {waiting} waiting"),
        None => keeps,
    };
    let none = Entered::default();
    let form = Form::new(frame, &none).named("-leave");
    let active = page.referrer.status == Activity::Active;
    html! { section aria-labelledby="leave" {
        h2 #leave { (lang.say("Mettre en pause, arrêter, effacer", "Pause, end, forget")) }
        @if page.referrer.status != Activity::Waiting {
            (form.post(&Place::ReferrerStatus(code.clone()), html! {
                (form.text("reason", lang.say("Raison, pour vous", "The reason, for yourselves"), "", "text", ""))
                div.acts {
                    @if active { button name="status" value="paused" { (say!(lang, "Mettre {name} en pause\u{a0}: ses clients lui restent", "Pause {name}, who keeps their customers")) } }
                    @else { button.main name="status" value="active" { (say!(lang, "Reprendre {name}", "Take {name} back")) } }
                    @if page.referrer.status != Activity::Ended { button.bad name="status" value="ended" { (say!(lang, "Arrêter {name}, qui garde {keeps}", "End {name}, who keeps {keeps}")) } }
                }
            }))
        }
        details {
            summary { (lang.say("Données de cette personne", "This person’s data")) }
            @let owed = owed(frame, page);
            @if !owed.is_empty() { p { (say!(lang, "À savoir avant d’effacer\u{a0}: {owed}.", "Before you forget them: {owed}.")) } }
            p { a href=(frame.href(&Place::Person(code.clone()))) download { (lang.say("Tout ce qui est gardé d’elle, en un fichier", "All that is held of them, as a file")) } }
            (form.post(&Place::ErasePerson(code), html! {
                (form.tick("sure", "true", lang.say("Effacer son nom, son adresse et ses coordonnées. Les commandes et les montants restent, sans nom. Cela ne se défait pas.",
                    "Forget their name, address and bank details. Orders and sums stay, without a name. This cannot be undone."), false))
                div.acts { button.bad { (say!(lang, "Effacer {name}", "Forget {name}")) } }
            }))
        }
    } }
}
