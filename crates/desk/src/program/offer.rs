//! An offer's form: for whom, what both sides get, which orders count.

use maud::{Markup, html};
use parrain_wire::order::Kind;
use parrain_wire::program::{Audience, Offer, Orders, Program, Reward, RewardKind};
use parrain_wire::word::Known;

use super::{OfferPage, conflict, shown_to};
use crate::form::{Form, press};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{crumb, terms};
use crate::place::Place;
use crate::set_up::costs;
use crate::text::{Language, kind_name, say};

/// Draws an offer's form.
pub fn offer(frame: &Frame, page: &OfferPage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let new = Offer { audience: Audience::Customer.into(), ..Offer::default() };
    let of = page.offer.as_ref().unwrap_or(&new);
    let title = match &page.offer {
        Some(offer) => {
            let id = &offer.id;
            say!(lang, "Offre {id}", "Offer {id}")
        }
        None => lang.say("Nouvelle offre", "New offer").to_owned(),
    };
    let to = page.offer.as_ref().map_or(Place::NewOffer, |offer| Place::Offer(offer.id.clone()));
    let currency = page.program.currency.as_str();
    frame.page(
        Entry::Program,
        &title,
        html! {
            (crumb(frame, &Place::Program, lang.say("Programme", "Program")))
            h1 { (title) }
            (form.summary())
            (conflict(frame, page.conflict.as_ref()))
            @if page.offer.is_some() {
                div.answer { strong { (terms(lang, &of.advocate.reward, of.advocate.orders, currency)) } p { (costs(lang, of.friend.as_ref(), &of.advocate.reward, currency)) } p { (shown_to::sentence(lang, &page.program, of, frame.now)) } }
            }
            @if frame.may(Role::All) {
                (form.post(&to, fields(frame, &form, page, of)))
                @if page.offer.is_some() && page.program.offers.len() > 1 {
                    @if let Some(order) = shown_to::order(frame, &page.program, page.version, of) { (order) }
                    section aria-labelledby="remove" {
                        h2 #remove { (lang.say("Retirer cette offre", "Remove this offer")) }
                        p { (lang.say("À partir de maintenant personne n’y gagne plus rien\u{a0}; ce qui a été gagné reste dû.", "From now on nobody earns by it; what was earned stays due.")) }
                        (press(frame, &Place::RemoveOffer(of.id.clone()), &[("version", &page.version.to_string())], &say!(lang, "Retirer {}", "Remove {}", of.id), "bad"))
                    }
                }
            }
        },
    )
}

fn fields(frame: &Frame, form: &Form<'_>, page: &OfferPage, of: &Offer) -> Markup {
    let lang = frame.language;
    let advocate = &of.advocate;
    let currency = page.program.currency.as_str();
    let (orders, count, months) = match advocate.orders.unwrap_or(Orders::First) {
        Orders::First => ("first", String::new(), String::new()),
        Orders::Lifetime => ("lifetime", String::new(), String::new()),
        Orders::Count(n) => ("count", n.to_string(), String::new()),
        Orders::Months(n) => ("months", String::new(), n.to_string()),
    };
    let number = |value: Option<u32>| value.map(|number| number.to_string()).unwrap_or_default();
    let new_only =
        advocate.new_customers_only.unwrap_or(matches!(advocate.orders, None | Some(Orders::First)));
    let date = |at: Option<parrain_wire::Instant>| at.map(|at| frame.clock().date(at)).unwrap_or_default();
    let amount = |value: &Option<parrain_wire::amount::Amount>| {
        value.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    let friend = of.friend.as_ref();
    html! {
        (form.hidden("version", &page.version.to_string()))
        div.fields.two {
            @if page.offer.is_none() { (form.needed("id", lang.say("Nom de l’offre", "The offer’s name"), "", "text", lang.say("Court, en minuscules\u{a0}: amis, agences. Il ne change plus.", "Short, in lower case: friends, agencies. It does not change."))) }
            @else { (form.hidden("id", &of.id)) }
            (form.select("audience", lang.say("Pour qui", "For whom"), of.audience.name(), &[
                (Audience::Customer.name(), lang.say("vos clients", "your customers")), (Audience::Affiliate.name(), lang.say("influenceurs et sites", "influencers and sites")), (Audience::Agency.name(), lang.say("agences", "agencies"))], ""))
        }
        fieldset.gap { legend { h2 { (lang.say("Ce que gagne le parrain", "What the referrer earns")) } }
            (side(frame, form, "advocate.reward", &advocate.reward, currency))
            div.fields.two {
                (form.select("advocate.orders", lang.say("Pour quelles commandes d’un filleul", "For which of a friend’s orders"), orders, &[
                    ("first", lang.say("la première", "the first")), ("lifetime", lang.say("toutes, à vie", "all, for life")), ("count", lang.say("les N premières", "the first N")), ("months", lang.say("pendant N mois", "for N months"))], ""))
                (form.amount("advocate.orders.count", lang.say("Si les N premières\u{a0}: N", "If the first N: N"), &count, lang.say("commandes", "orders"), ""))
                (form.amount("advocate.orders.months", lang.say("Si pendant N mois\u{a0}: N", "If for N months: N"), &months, lang.say("mois", "months"), ""))
                (form.amount("advocate.hold_days", lang.say("Attendre avant de payer", "Wait before it is paid"), &number(advocate.hold_days), lang.say("jours", "days"), lang.say("Votre délai de retour.", "As long as you take returns.")))
                (form.select("advocate.new_customers_only", lang.say("Nouveaux clients seulement", "New customers only"), if new_only { "true" } else { "false" }, &[("true", lang.say("oui", "yes")), ("false", lang.say("non", "no"))], ""))
                (form.amount("advocate.min_subtotal", lang.say("Dès une commande de", "From an order of"), &amount(&advocate.min_subtotal), currency, lang.say("Vide\u{a0}: sans minimum.", "Empty: no minimum.")))
            }
        }
        fieldset.gap { legend { h2 { (lang.say("Ce que reçoit le filleul", "What the friend gets")) } }
            (form.yes("friend", lang.say("Le filleul reçoit quelque chose", "The friend gets something"), friend.is_some()))
            (side(frame, form, "friend.reward", &friend.map(|friend| friend.reward.clone()).unwrap_or_default(), currency))
            div.fields.two { (form.amount("friend.min_subtotal", lang.say("Dès un achat de", "From an order of"), &friend.map(|friend| amount(&friend.min_subtotal)).unwrap_or_default(), currency, lang.say("Vide\u{a0}: sans minimum.", "Empty: no minimum."))) }
            div.fields { (form.text("wording", lang.say("Votre phrase pour ce cadeau", "Your own sentence for this gift"), wording(&page.program, &of.id), "text", lang.say("Vide\u{a0}: «\u{a0}Anna vous offre 10\u{a0}%\u{a0}». Écrivez {from} pour le parrain, {reward} pour le cadeau.", "Empty: “Anna gives you 10 %”. Write {from} for the referrer, {reward} for the gift."))) }
        }
        (shown_to::fields(frame, form, of, currency))
        details.gap open[form.wrong(&["starts_at", "ends_at", "advocate.max_per_month", "advocate.max_total", "advocate.budget", "advocate.on"])] { summary { (lang.say("Dates, plafonds, budget", "Dates, limits, budget")) }
            div.fields.two {
                (form.text("starts_at", lang.say("À partir du", "From"), &date(of.starts_at), "date", ""))
                (form.text("ends_at", lang.say("Jusqu’au (compris)", "Until (included)"), &date(of.ends_at), "date", ""))
                (form.amount("advocate.max_per_month", lang.say("Au plus, par parrain et par mois", "At most, for a referrer and month"), &number(advocate.max_per_month), lang.say("récompenses", "rewards"), ""))
                (form.amount("advocate.max_total", lang.say("Au plus, par parrain, en tout", "At most, for a referrer, in all"), &number(advocate.max_total), lang.say("récompenses", "rewards"), ""))
                (form.amount("advocate.budget", lang.say("Budget de l’offre", "The offer’s budget"), &amount(&advocate.budget), currency, lang.say("Premier arrivé, premier servi.", "First come, first served.")))
                (form.select("advocate.on", lang.say("Ce qui compte", "What counts"), advocate.on.as_ref().map_or("sale", |on| on.name()), &[
                    (Kind::Sale.name(), lang.say("une commande payée", "a paid order")), (Kind::Lead.name(), lang.say("un contact laissé", "a contact left")), (Kind::Signup.name(), lang.say("une inscription", "a sign-up")), (Kind::Install.name(), lang.say("une installation", "an installation"))], ""))
            }
        }
        div.acts { button.main { (lang.say("Enregistrer l’offre", "Save the offer")) } a.button href=(frame.href(&Place::Program)) { (lang.say("Annuler", "Cancel")) } }
    }
}

/// The kinds of reward that a side may have.
fn kinds(lang: Language, advocate: bool) -> Vec<(&'static str, &'static str)> {
    let kinds = RewardKind::WORDS.iter().filter(|(_, kind)| advocate || !is_advocates_alone(*kind));
    kinds.map(|(name, kind)| (*name, kind_name(lang, *kind))).collect()
}

/// Whether no friend can have it: it is made of the order, or goes to somebody else.
fn is_advocates_alone(kind: RewardKind) -> bool {
    match kind {
        RewardKind::Commission | RewardKind::Donation => true,
        RewardKind::PercentOff
        | RewardKind::AmountOff
        | RewardKind::FreeShipping
        | RewardKind::FreeProduct
        | RewardKind::GiftCard
        | RewardKind::StoreCredit
        | RewardKind::Cash
        | RewardKind::Points
        | RewardKind::Access => false,
    }
}

/// One side's reward: its kind, and the members that a kind may have.
fn side(frame: &Frame, form: &Form<'_>, name: &str, of: &Reward, currency: &str) -> Markup {
    let lang = frame.language;
    let advocate = name.starts_with("advocate");
    let member = |member: &str| format!("{name}.{member}");
    let kind = if of.kind == Known::default() {
        if advocate { "store_credit" } else { "percent_off" }
    } else {
        of.kind.name()
    };
    let tiers: Vec<String> = of.tiers.iter().map(|tier| format!("{}: {}", tier.from, tier.percent)).collect();
    let categories: Vec<String> =
        of.categories.iter().map(|(name, rate)| format!("{name}: {rate}")).collect();
    html! {
        div.fields.two {
            (form.select(&member("kind"), lang.say("Quoi", "What"), kind, &kinds(lang, advocate), ""))
            (form.amount(&member("percent"), if advocate { lang.say("Si commission ou pourcentage", "If commission or percentage") } else { lang.say("Si pourcentage", "If percentage") }, of.percent.as_ref().map_or("", |rate| rate.as_str()), "%", ""))
            (form.amount(&member("amount"), lang.say("Si c’est un montant", "If it is an amount"), of.amount.as_ref().map_or("", |amount| amount.as_str()), currency, ""))
        }
        @let folded = ["tiers", "categories", "charity", "points", "sku", "label"].map(&member);
        details open[form.wrong(&folded.each_ref().map(String::as_str))] { summary { @if advocate { (lang.say("Paliers, catégories, points, produit, don", "Tiers, categories, points, product, donation")) } @else { (lang.say("Points, produit, accès", "Points, product, access")) } }
            div.fields.two {
                @if advocate {
                    (form.lines(&member("tiers"), lang.say("Paliers de commission", "Tiers of the commission"), &tiers.join("\n"), 3, lang.say("Un par ligne, «\u{a0}à partir de la\u{a0}: %\u{a0}»\u{a0}: 50: 10.", "One a line, “from number: %”: 50: 10.")))
                    (form.lines(&member("categories"), lang.say("Taux par catégorie", "Rates by category"), &categories.join("\n"), 3, lang.say("Un par ligne\u{a0}: vin: 5.", "One a line: wine: 5.")))
                }
                @if advocate {
                    (form.text(&member("charity"), lang.say("Association qui reçoit le don", "The charity that gets the donation"), of.charity.as_deref().unwrap_or_default(), "text", lang.say("Vous le lui versez à la place du parrain.", "You pay it to them in the referrer’s stead.")))
                }
                (form.amount(&member("points"), "Points", &of.points.map(|points| points.to_string()).unwrap_or_default(), "points", ""))
                (form.text(&member("sku"), lang.say("Référence du produit", "The product’s SKU"), of.sku.as_deref().unwrap_or_default(), "text", ""))
                (form.text(&member("label"), lang.say("Accès à", "Access to"), of.label.as_deref().unwrap_or_default(), "text", ""))
            }
        }
    }
}

/// The lines of a field such as `50: 10` or `vin : 5 %`: what stands before the last colon, and what after it, without
/// signs of per cent; a decimal comma is a point. A line without a colon has nothing behind it.
pub fn rates(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, rate) = line.rsplit_once(':').unwrap_or((line, ""));
            let rate: String = rate.chars().filter(|c| !c.is_whitespace() && *c != '%').collect();
            (name.trim().to_owned(), rate.replace(',', "."))
        })
        .collect()
}

/// The sentence by which the shop's own language announces an offer's gift, where the shop has one: under the exact tag,
/// else under its language, compared without case, as pages are told it.
pub fn wording<'a>(program: &'a Program, offer: &str) -> &'a str {
    let locale = program.locale.as_deref().unwrap_or("en");
    let language = locale.split('-').next().unwrap_or_default();
    let texts = program.offer_texts.get(offer);
    let gift = |tag: &str| {
        let (_, words) = texts?.iter().find(|(name, _)| name.eq_ignore_ascii_case(tag))?;
        words.get("gift")
    };
    gift(locale).or_else(|| gift(language)).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        let pair = |name: &str, rate: &str| (name.to_owned(), rate.to_owned());
        let read = rates("50: 10\n\n vin\u{a0}: 5,5 % \n2:1: 3\nsoon");
        assert_eq!(read, [pair("50", "10"), pair("vin", "5.5"), pair("2:1", "3"), pair("soon", "")]);
    }
}
