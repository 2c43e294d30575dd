//! What differs between two programs, member by member, in words.

use maud::{Markup, html};
use parrain_wire::program::{Program, RewardKind};
use parrain_wire::word::Word;
use serde_json::Value;

use crate::frame::Frame;
use crate::text::{Language, kind_name};

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

/// Offers go by their id, so that of one that moved no member has changed.
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
    if let Some(text) = rest("texts") {
        return format!("{} {text}", lang.say("texte", "text"));
    }
    member_name(lang, path).to_owned()
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
        "friend.reward.kind" => lang.say("cadeau du filleul", "the friend’s gift"),
        "friend.reward.percent" => lang.say("remise du filleul (%)", "the friend’s discount (%)"),
        "friend.reward.amount" => lang.say("remise du filleul", "the friend’s discount"),
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

/// A value for a reader: what is a word of the program in the owner's words.
fn said(lang: Language, value: &str) -> &str {
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
    let changes = changes(before, after);
    let mut names: Vec<String> = changes.iter().take(4).map(|change| name(lang, &change.path)).collect();
    if changes.len() > 4 {
        names.push(format!("+{}", changes.len() - 4));
    }
    names
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
                td { @if change.old.is_empty() { "–" } @else { del.old { (said(lang, &change.old)) } } }
                td { @if change.new.is_empty() { "–" } @else { ins { (said(lang, &change.new)) } } }
            } } }
        } } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parrain_wire::program::Offer;

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
