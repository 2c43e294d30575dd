//! What differs between two programs, member by member, in words.

use maud::{Markup, html};
use parrain_wire::instant::Instant;
use parrain_wire::program::{Program, RewardKind};
use parrain_wire::word::Word;
use serde_json::Value;

use crate::frame::Frame;
use crate::settings::language_name;
use crate::text::{Language, kind_name, money, percent, say};

/// A member that differs: its path, what it said and what it says.
struct Change {
    path: String,
    old: String,
    new: String,
}

/// The members that differ, in the order of their paths.
fn changes(before: &Program, after: &Program) -> Vec<Change> {
    let (old, new) = (flat(before), flat(after));
    let mut paths: Vec<&String> = old.iter().chain(&new).map(|(path, _)| path).collect();
    paths.sort_unstable();
    paths.dedup();
    let of = |list: &[(String, String)], path: &String| {
        list.iter().find(|(each, _)| each == path).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let members = paths
        .into_iter()
        .map(|path| Change { path: path.clone(), old: of(&old, path), new: of(&new, path) })
        .filter(|change| change.old != change.new);
    moved(before, after).into_iter().chain(members).collect()
}

/// Where offers that both programs have stand in another order: the first that fits is shown.
fn moved(before: &Program, after: &Program) -> Option<Change> {
    let shared = |one: &Program, other: &Program| -> Vec<String> {
        let ids = one.offers.iter().map(|offer| &offer.id);
        ids.filter(|id| other.offers.iter().any(|offer| offer.id == **id)).cloned().collect()
    };
    let (old, new) = (shared(before, after), shared(after, before));
    (old != new).then(|| Change { path: "offers".into(), old: old.join(", "), new: new.join(", ") })
}

fn flat(program: &Program) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if let Ok(value) = serde_json::to_value(program) {
        flatten("", &value, &mut out);
    }
    out
}

/// Offers go by their id and promo codes by their code, so that of one that moved no member has changed.
fn flatten(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => out.push((path.to_owned(), value.to_string())),
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            out.push((path.to_owned(), texts.join(", ")));
        }
        Value::Array(list) => {
            for (at, each) in list.iter().enumerate() {
                let name = each
                    .get("id")
                    .or_else(|| each.get("code"))
                    .and_then(Value::as_str)
                    .map_or_else(|| (at + 1).to_string(), str::to_owned);
                flatten(&below(&name), each, out);
            }
        }
        Value::Object(members) => {
            for (name, each) in members {
                flatten(&below(name), each, out);
            }
        }
    }
}

/// A member's name in words; its path where it has none.
fn name(lang: Language, path: &str) -> String {
    let rest = |prefix: &str| path.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.'));
    if let Some(of) = rest("offers") {
        return match of.split_once('.') {
            Some((offer, member)) => format!("{offer}\u{a0}: {}", member_name(lang, member)),
            None => of.to_owned(),
        };
    }
    if let Some(of) = rest("promotions") {
        return match of.split_once('.') {
            Some((code, "code")) => promo_code(lang, code),
            Some((code, member)) => {
                format!("{}\u{a0}: {}", promo_code(lang, code), member_name(lang, member))
            }
            None => promo_code(lang, of),
        };
    }
    if let Some(text) = rest("texts") {
        let name = language_name(lang, text.split('.').next().unwrap_or_default());
        return format!("{} ({name})", lang.say("texte du widget", "text of the widget"));
    }
    if rest("offer_texts").is_some() {
        return lang.say("texte du widget pour une offre", "text of the widget for an offer").to_owned();
    }
    member_name(lang, path).to_owned()
}

fn promo_code(lang: Language, code: &str) -> String {
    say!(lang, "code promo {code}", "promo code {code}")
}

fn member_name(lang: Language, path: &str) -> &str {
    match path {
        "name" => lang.say("nom de la boutique", "the shop’s name"),
        "currency" => lang.say("devise", "currency"),
        "landing_url" => lang.say("là où mènent les liens", "where links lead"),
        "origins" => lang.say("adresses des pages", "the pages’ addresses"),
        "locale" => lang.say("langue", "language"),
        "time_zone" => lang.say("fuseau horaire", "time zone"),
        "link_params" => lang.say("paramètres du code", "the code’s parameters"),
        "attribution.window_days" => lang.say("durée d’une visite", "how long a visit counts"),
        "attribution.model" => lang.say("visite qui l’emporte", "which visit wins"),
        "discounts" => lang.say("qui accorde la remise", "who grants the discount"),
        "joining" => lang.say("devenir parrain", "becoming a referrer"),
        "signals" => lang.say("signaux", "signals"),
        "confirmed" => lang.say("parrains à confirmer", "referrers to be confirmed"),
        "erased" => lang.say("client effacé qui revient", "an erased customer who returns"),
        "payouts.minimum" => lang.say("minimum à payer", "minimum to pay"),
        "payouts.details" => lang.say("sans coordonnées bancaires", "without bank details"),
        "payouts.debtor.name" => lang.say("titulaire du compte", "holder of the account"),
        "payouts.debtor.iban" => "IBAN",
        "id" => lang.say("nom", "name"),
        "offers" => lang.say("ordre des offres", "order of the offers"),
        "show_counts" => lang.say("nombre de filleuls montré", "how many friends, shown"),
        "when.customer" => lang.say("montrée à quels clients", "shown to which customers"),
        "when.basket.at_least" => lang.say("montrée à partir d’un panier de", "shown from a basket of"),
        "when.basket.at_most" => lang.say("montrée jusqu’à un panier de", "shown up to a basket of"),
        "when.languages" => lang.say("montrée en quelles langues", "shown in which languages"),
        "when.countries" => lang.say("montrée dans quels pays", "shown in which countries"),
        "audience" => lang.say("pour qui", "for whom"),
        "starts_at" => lang.say("début", "beginning"),
        "ends_at" => lang.say("fin", "end"),
        "reward.kind" => lang.say("ce que le code donne", "what the code gives"),
        "reward.percent" => lang.say("remise (%)", "discount (%)"),
        "reward.amount" => lang.say("montant de la remise", "amount of the discount"),
        "reward.sku" => lang.say("produit offert", "product given"),
        "min_subtotal" => lang.say("minimum d’achat", "minimum order"),
        "new_customers_only" => lang.say("nouveaux clients seulement", "new customers only"),
        "categories" => lang.say("catégories", "categories"),
        "friend.reward.kind" => lang.say("cadeau du filleul", "the friend’s gift"),
        "friend.reward.percent" => lang.say("remise du filleul (%)", "the friend’s discount (%)"),
        "friend.reward.amount" => lang.say("remise du filleul", "the friend’s discount"),
        "gift" => lang.say("phrase du cadeau", "sentence of the gift"),
        "friend.min_subtotal" => lang.say("minimum d’achat du filleul", "the friend’s minimum order"),
        "advocate.reward.kind" => lang.say("récompense du parrain", "the referrer’s reward"),
        "advocate.reward.percent" => lang.say("commission (%)", "commission (%)"),
        "advocate.reward.amount" => lang.say("montant de la récompense", "amount of the reward"),
        "advocate.on" => lang.say("ce qui compte", "what counts"),
        "advocate.orders" => lang.say("commandes qui comptent", "orders that count"),
        "advocate.hold_days" => lang.say("jours d’attente", "days of waiting"),
        "advocate.new_customers_only" => lang.say("nouveaux clients seulement", "new customers only"),
        "advocate.min_subtotal" => lang.say("minimum d’achat", "minimum order"),
        "advocate.budget" => "budget",
        "advocate.max_per_month" => lang.say("plafond par mois", "limit a month"),
        "advocate.max_total" => lang.say("plafond en tout", "limit in all"),
        other => other,
    }
}

/// A value of a member for a reader: amounts, rates and days as the language writes them, what is a word of the program in
/// the owner's words.
fn said(frame: &Frame, path: &str, value: &str, currency: &str) -> String {
    let lang = frame.language;
    let member = path.rsplit('.').next().unwrap_or(path);
    match member {
        "amount" | "min_subtotal" | "at_least" | "at_most" | "budget" | "minimum" => {
            money(lang, value, currency)
        }
        "percent" => percent(lang, value),
        "starts_at" | "ends_at" => {
            Instant::parse(value).map_or_else(|| value.to_owned(), |at| frame.clock().exact(at))
        }
        "name" | "code" | "label" | "sku" | "id" => value.to_owned(),
        _ if path.starts_with("texts.") || path.starts_with("offer_texts.") => value.to_owned(),
        _ => word(lang, value).to_owned(),
    }
}

/// A word of the program in the owner's words; what is none stands as it is.
fn word(lang: Language, value: &str) -> &str {
    match value {
        "true" => lang.say("oui", "yes"),
        "false" => lang.say("non", "no"),
        "open" => lang.say("tout de suite", "at once"),
        "review" => lang.say("après votre accord", "after you agreed"),
        "last" => lang.say("la dernière", "the last"),
        "first" => lang.say("la première", "the first"),
        "new" => lang.say("nouveaux", "new"),
        "returning" => lang.say("qui ont déjà commandé", "who have ordered before"),
        "lifetime" => lang.say("toutes, à vie", "all, for life"),
        "required" => lang.say("attendre", "wait"),
        "optional" => lang.say("payer quand même", "pay all the same"),
        other => RewardKind::named(other).map_or(other, |kind| kind_name(lang, kind)),
    }
}

/// The names of what differs; of more than four the first four and how many more.
pub(super) fn names(lang: Language, before: &Program, after: &Program) -> Vec<String> {
    // Of an offer or a code that came or went, and of several texts, one name is enough.
    let mut all: Vec<String> = Vec::new();
    for change in changes(before, after) {
        let name =
            came_or_went(lang, before, after, &change.path).unwrap_or_else(|| name(lang, &change.path));
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let more = all.len().saturating_sub(4);
    all.truncate(4);
    if more > 0 {
        all.push(say!(lang, "et {more} de plus", "and {more} more"));
    }
    all
}

/// What an offer or a promo code is called of which a member differs because all of it is only in one of the two.
fn came_or_went(lang: Language, before: &Program, after: &Program, path: &str) -> Option<String> {
    let mut parts = path.splitn(3, '.');
    let (kind, name) = (parts.next()?, parts.next()?);
    let (old, new) = (named(before, kind), named(after, kind));
    (old.contains(&name) != new.contains(&name)).then(|| match kind {
        "offers" => say!(lang, "offre {name}", "offer {name}"),
        _ => promo_code(lang, name),
    })
}

/// The names of a program's offers or promo codes.
fn named<'a>(program: &'a Program, kind: &str) -> Vec<&'a str> {
    match kind {
        "offers" => program.offers.iter().map(|offer| offer.id.as_str()).collect(),
        "promotions" => program.promotions.iter().map(|promotion| promotion.code.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// What is in a program and not in another: its offers, its promo codes, its texts and its other settings.
fn only_in(lang: Language, of: &Program, other: &Program) -> Vec<String> {
    let missing = |kind: &str| -> Vec<String> {
        let there = named(other, kind);
        named(of, kind).into_iter().filter(|name| !there.contains(name)).map(str::to_owned).collect()
    };
    let codes = missing("promotions").into_iter().map(|code| say!(lang, "le code {code}", "the code {code}"));
    let offers = missing("offers").into_iter().map(|id| say!(lang, "l’offre {id}", "the offer {id}"));
    let mut all: Vec<String> = codes.chain(offers).collect();
    let (mut texts, mut others) = (0, Vec::new());
    for change in changes(other, of).iter().filter(|change| change.old.is_empty()) {
        let path = change.path.as_str();
        if path.starts_with("texts.") || path.starts_with("offer_texts.") {
            texts += 1;
        } else if came_or_went(lang, of, other, path).is_none() {
            others.push(name(lang, path));
        }
    }
    if texts > 0 {
        all.push(say!(
            lang,
            "{texts} {}",
            "{texts} {}",
            lang.many(texts, lang.say("texte", "text"), lang.say("textes", "texts"))
        ));
    }
    all.extend(others);
    all
}

/// What going back to a version would do to the program of today: what goes, what returns, and every member that differs.
pub(super) fn back(frame: &Frame, today: &Program, version: &Program) -> Markup {
    let lang = frame.language;
    let (goes, returns) = (only_in(lang, today, version), only_in(lang, version, today));
    html! {
        @if !goes.is_empty() { p.note { strong { (lang.say("Ce qui disparaît\u{a0}: ", "What goes: ")) } (goes.join(", ")) "." } }
        @if !returns.is_empty() { p { strong { (lang.say("Ce qui revient\u{a0}: ", "What returns: ")) } (returns.join(", ")) "." } }
        details { summary { (lang.say("Tout ce qui changerait par rapport à aujourd’hui", "All that would change from today")) } (table(frame, today, version)) }
    }
}

/// What differs, what it said and what it says.
pub(super) fn table(frame: &Frame, before: &Program, after: &Program) -> Markup {
    let lang = frame.language;
    let changes = changes(before, after);
    html! {
        @if changes.is_empty() { p { (lang.say("Rien n’a changé.", "Nothing was changed.")) } }
        @else { div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Ce qui a changé", "What was changed")) }
            thead { tr { th scope="col" { (lang.say("Quoi", "What")) } th scope="col" { (lang.say("Avant", "Before")) } th scope="col" { (lang.say("Après", "After")) } } }
            tbody { @for change in &changes { tr {
                th scope="row" { (name(lang, &change.path)) }
                td { @if change.old.is_empty() { "–" } @else { del.old { (said(frame, &change.path, &change.old, before.currency.as_str())) } } }
                td { @if change.new.is_empty() { "–" } @else { ins { (said(frame, &change.path, &change.new, after.currency.as_str())) } } }
            } } }
        } } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parrain_wire::program::Offer;
    use parrain_wire::promotion::Promotion;

    #[test]
    fn going_back_names_what_goes_and_what_returns() {
        let offer = |id: &str| Offer { id: id.into(), ..Offer::default() };
        let code = |code: &str| Promotion { code: code.into(), ..Promotion::default() };
        let mut version = Program { offers: vec![offer("amis")], ..Program::default() };
        version.promotions = vec![code("ETE")];
        let mut today = Program { offers: vec![offer("amis"), offer("amis-2")], ..Program::default() };
        today.promotions = vec![code("SYLVIE10")];
        today.texts.entry("fr".into()).or_default().insert("title".into(), "Bonjour".into());
        let goes = only_in(Language::Fr, &today, &version);
        assert_eq!(goes, ["le code SYLVIE10", "l’offre amis-2", "1 texte"]);
        assert_eq!(only_in(Language::En, &version, &today), ["the code ETE"]);
        assert_eq!(
            names(Language::Fr, &version, &today),
            ["offre amis-2", "code promo ETE", "code promo SYLVIE10", "texte du widget (Français)"]
        );
    }

    #[test]
    fn what_differs_and_what_moved_is_named() {
        let offer = |id: &str| Offer { id: id.into(), ..Offer::default() };
        let before = Program { name: "A".into(), offers: vec![offer("a"), offer("b")], ..Program::default() };
        let mut after =
            Program { name: "B".into(), offers: vec![offer("b"), offer("a")], ..Program::default() };
        assert_eq!(names(Language::En, &before, &after), ["order of the offers", "the shop’s name"]);
        after.offers[0].advocate.hold_days = Some(30);
        assert_eq!(
            names(Language::Fr, &before, &after),
            ["ordre des offres", "nom de la boutique", "b\u{a0}: jours d’attente"]
        );
        assert!(names(Language::Fr, &after, &after.clone()).is_empty());
        // One that came or went has moved none of the others.
        let fewer = Program { offers: vec![offer("a")], ..after.clone() };
        assert!(!names(Language::En, &after, &fewer).contains(&"order of the offers".to_owned()));
    }
}
