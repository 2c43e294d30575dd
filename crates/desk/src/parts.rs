//! What several pages draw alike: states in pills, rewards and terms in words, links to rows, lists page by page.

use maud::{Markup, html};
use parrain_wire::account::{ClaimState, OrderSummary};
use parrain_wire::amount::CurrencyCode;
use parrain_wire::code::Code;
use parrain_wire::event::Decided;
use parrain_wire::order::Kind;
use parrain_wire::payouts::AssetTotal;
use parrain_wire::program::{Audience, Offer, Orders, Reward, RewardKind};
use parrain_wire::referrer::Activity;
use parrain_wire::rewards::{Reason, Status};
use parrain_wire::signals::Signal;
use parrain_wire::word::Known;

use crate::frame::Frame;
use crate::place::Place;
use crate::text::{Language, count, decimals, kind_name, minor, money, percent, say};

/// A state as a word in a pill; its colour comes second.
pub(crate) fn pill(class: &str, text: &str) -> Markup {
    html! { span class=(format!("pill {class}")) { (text) } }
}

/// Where a reward stands.
pub(crate) fn status(lang: Language, status: &Known<Status>, reason: Option<&Known<Reason>>) -> Markup {
    let waits = reason.is_some_and(waits_for_review);
    match status.word() {
        Some(Status::Pending) if waits => pill("violet", lang.say("à vérifier", "to review")),
        Some(Status::Pending) => pill("amber", lang.say("en attente", "waiting")),
        Some(Status::Approved) => pill("green", lang.say("disponible", "available")),
        Some(Status::Paid) => pill("ink", lang.say("versée", "paid")),
        Some(Status::Rejected) => pill("red", lang.say("refusée", "refused")),
        Some(Status::Reversed) => pill("", lang.say("annulée", "cancelled")),
        None => pill("", status.name()),
    }
}

/// Whether a reward waits for a decision by hand.
pub(crate) fn waits_for_review(reason: &Known<Reason>) -> bool {
    matches!(reason.word(), Some(Reason::Unverified | Reason::Velocity | Reason::Suspected))
}

/// What was decided of an order.
pub(crate) fn outcome(lang: Language, outcome: &Known<Decided>) -> Markup {
    match outcome.word() {
        Some(Decided::Recorded) => pill("green", lang.say("parrainée", "referred")),
        Some(Decided::Rejected) => pill("red", lang.say("refusée", "refused")),
        Some(Decided::NotReferred) => pill("", lang.say("sans parrain", "no referrer")),
        Some(Decided::Ignored) => pill("", lang.say("sans effet", "no effect")),
        Some(Decided::Duplicate) => pill("", lang.say("déjà reçue", "known already")),
        None => pill("", outcome.name()),
    }
}

/// Whether a referrer takes part.
pub(crate) fn activity(lang: Language, activity: &Known<Activity>) -> Markup {
    match activity.word() {
        Some(Activity::Active) => pill("green", lang.say("actif", "active")),
        Some(Activity::Waiting) => pill("violet", lang.say("à accepter", "to let in")),
        Some(Activity::Paused) => pill("amber", lang.say("en pause", "paused")),
        Some(Activity::Ended) => pill("", lang.say("arrêté", "ended")),
        None => pill("", activity.name()),
    }
}

/// Where a claim stands.
pub(crate) fn claim_state(lang: Language, state: &Known<ClaimState>) -> Markup {
    match state.word() {
        Some(ClaimState::Waiting) => pill("violet", lang.say("à répondre", "to answer")),
        Some(ClaimState::Accepted) => pill("green", lang.say("acceptée", "accepted")),
        Some(ClaimState::Refused) => pill("red", lang.say("refusée", "refused")),
        None => pill("", state.name()),
    }
}

/// Why nothing is earned, in a few words.
pub(crate) fn reason(lang: Language, reason: &Known<Reason>) -> String {
    let Some(word) = reason.word() else { return reason.name().to_owned() };
    let text = match word {
        Reason::SelfReferral => {
            lang.say("le parrain a commandé pour lui-même", "the referrer ordered for themselves")
        }
        Reason::ExistingCustomer => lang.say("déjà client avant", "a customer already"),
        Reason::DuplicateCustomer => {
            lang.say("déjà récompensé pour ce client", "already rewarded for this customer")
        }
        Reason::BelowMinimum => lang.say("sous le minimum d’achat", "below the minimum order"),
        Reason::ReferrerInactive => lang.say("parrain en pause ou arrêté", "referrer paused or ended"),
        Reason::CapReached => lang.say("plafond du parrain atteint", "the referrer’s limit is reached"),
        Reason::OutsideWindow => lang.say("visite trop ancienne", "the visit was too long ago"),
        Reason::OfferInactive => lang.say("hors des dates de l’offre", "outside the offer’s dates"),
        Reason::Unverified => {
            lang.say("pas encore confirmée par la boutique", "not yet confirmed by the shop")
        }
        Reason::Unconfirmed => lang.say("parrain pas encore confirmé", "the referrer is not confirmed yet"),
        Reason::Cancelled => lang.say("commande annulée", "order cancelled"),
        Reason::Refunded => lang.say("commande remboursée", "order refunded"),
        Reason::Velocity => lang.say("trop de commandes en peu de temps", "too many orders in a short time"),
        Reason::Suspected => lang.say("quelque chose d’inhabituel", "something unusual"),
        Reason::BudgetSpent => lang.say("budget de l’offre épuisé", "the offer’s budget is spent"),
        Reason::Manual => lang.say("décidé à la main", "decided by hand"),
        Reason::OtherEvent => lang.say("l’offre récompense autre chose", "the offer rewards something else"),
        Reason::UnknownType => lang.say("rien qui soit récompensé", "nothing that is rewarded"),
        Reason::NotPaid => lang.say("pas payée", "not paid"),
        Reason::TestOrder => lang.say("commande d’essai", "a test order"),
        Reason::Unreadable => lang.say("illisible", "unreadable"),
        Reason::TooOld => lang.say("trop ancienne", "too old"),
        Reason::TooFarAhead => lang.say("datée dans le futur", "dated in the future"),
        Reason::NothingTaken => lang.say("rien remboursé des articles", "nothing of the goods refunded"),
    };
    text.to_owned()
}

/// What a signal is called.
pub(crate) fn signal_name(lang: Language, signal: &Known<Signal>) -> String {
    let Some(word) = signal.word() else { return signal.name().to_owned() };
    let text = match word {
        Signal::Velocity => lang.say("Beaucoup en un jour", "Many in one day"),
        Signal::Address => lang.say("Même adresse de livraison", "Same delivery address"),
        Signal::Card => lang.say("Même carte bancaire", "Same card"),
        Signal::Browser => lang.say("Navigateur du parrain", "The referrer’s browser"),
        Signal::Coupons => lang.say("Site de bons de réduction", "Coupon site"),
        Signal::Refunds => lang.say("Beaucoup de retours", "Many refunds"),
        Signal::Disposable => lang.say("Adresse jetable", "Throw-away address"),
    };
    text.to_owned()
}

/// What an order is called, with its number.
pub(crate) fn order_name(lang: Language, kind: &Known<Kind>, id: &str) -> String {
    match kind.word() {
        Some(Kind::Lead) => say!(lang, "Contact {id}", "Lead {id}"),
        Some(Kind::Signup) => say!(lang, "Inscription {id}", "Sign-up {id}"),
        Some(Kind::Install) => say!(lang, "Installation {id}", "Install {id}"),
        Some(Kind::Adjustment) => say!(lang, "Ajustement {id}", "Adjustment {id}"),
        Some(Kind::Sale) | None => say!(lang, "Commande {id}", "Order {id}"),
    }
}

/// What an order came to after its discount; nothing for what is no order.
pub(crate) fn order_sum(lang: Language, order: &OrderSummary) -> Option<String> {
    let currency = order.currency.as_ref()?.as_str();
    let decimals = decimals(currency);
    let subtotal = minor(order.subtotal.as_ref()?.as_str(), decimals);
    let discount = order.discount.as_ref().map_or(0, |text| minor(text.as_str(), decimals));
    let left = parrain_core::money::format_amount((subtotal - discount).max(0), decimals);
    Some(money(lang, &left, currency))
}

/// A reward in a few words: `10,00 € en bon d’achat`, `8 % de la commande`.
pub(crate) fn reward(lang: Language, reward: &Reward, currency: &str) -> String {
    let currency = reward.currency.as_ref().map_or(currency, CurrencyCode::as_str);
    let amount = reward.amount.as_ref().map(|amount| money(lang, amount.as_str(), currency));
    let share = reward.percent.as_ref().map(|rate| percent(lang, rate.as_str()));
    let amount = || amount.clone().unwrap_or_default();
    let Some(kind) = reward.kind.word() else { return reward.kind.name().to_owned() };
    match kind {
        RewardKind::PercentOff => {
            let share = share.unwrap_or_default();
            say!(lang, "{share} de remise", "{share} off")
        }
        RewardKind::AmountOff => {
            let amount = amount();
            say!(lang, "{amount} de remise", "{amount} off")
        }
        RewardKind::FreeShipping => lang.say("la livraison offerte", "free shipping").to_owned(),
        RewardKind::FreeProduct => {
            let sku = reward.sku.as_deref().unwrap_or_default();
            say!(lang, "le produit {sku} offert", "the product {sku} for free")
        }
        RewardKind::GiftCard => {
            let amount = amount();
            say!(lang, "une carte cadeau de {amount}", "a gift card of {amount}")
        }
        RewardKind::StoreCredit => {
            let amount = amount();
            say!(lang, "{amount} en bon d’achat", "{amount} in store credit")
        }
        RewardKind::Cash => {
            let amount = amount();
            say!(lang, "{amount} en argent", "{amount} in cash")
        }
        RewardKind::Points => {
            let points = reward.points.unwrap_or_default();
            format!("{} {}", count(lang, points), lang.many(points, "point", "points"))
        }
        RewardKind::Access => {
            let label = reward.label.as_deref().unwrap_or_default();
            say!(lang, "un accès\u{a0}: {label}", "access: {label}")
        }
        // Of a conversion it is an amount; of an offer a rate.
        RewardKind::Commission => match (&reward.amount, share) {
            (Some(_), _) => {
                let amount = amount();
                say!(lang, "{amount} de commission", "{amount} commission")
            }
            (None, Some(share)) => say!(lang, "{share} de la commande", "{share} of the order"),
            (None, None) => kind_name(lang, kind).to_owned(),
        },
        RewardKind::Donation => {
            let (amount, charity) = (amount(), reward.charity.as_deref().unwrap_or_default());
            say!(lang, "un don de {amount} pour {charity}", "a donation of {amount} to {charity}")
        }
    }
}

/// The bare sum of a reward that was earned, for a column.
pub(crate) fn reward_sum(lang: Language, of: &Reward, currency: &str) -> String {
    match &of.amount {
        Some(amount) => {
            money(lang, amount.as_str(), of.currency.as_ref().map_or(currency, CurrencyCode::as_str))
        }
        None => reward(lang, of, currency),
    }
}

/// Which of a customer's orders earn.
pub(crate) fn which_orders(lang: Language, orders: Option<Orders>) -> String {
    match orders.unwrap_or(Orders::First) {
        Orders::First => lang.say("la première commande du filleul", "the friend’s first order").to_owned(),
        Orders::Lifetime => lang.say("chaque commande, à vie", "every order, for life").to_owned(),
        Orders::Count(n) => say!(lang, "les {n} premières commandes", "the first {n} orders"),
        Orders::Months(n) => say!(lang, "chaque commande pendant {n} mois", "every order for {n} months"),
    }
}

/// An offer's terms for its referrer in one sentence: `8 % de chaque commande, à vie, puis 10 % dès la 50e`.
pub(crate) fn terms(lang: Language, of: &Reward, orders: Option<Orders>, currency: &str) -> String {
    let mut text = match (of.kind.word(), &of.percent) {
        (Some(RewardKind::Commission), Some(rate)) => {
            let (rate, which) = (percent(lang, rate.as_str()), which_orders(lang, orders));
            say!(lang, "{rate} de {which}", "{rate} of {which}")
        }
        (Some(_) | None, _) => {
            let (what, which) = (reward(lang, of, currency), which_orders(lang, orders));
            say!(lang, "{what} pour {which}", "{what} for {which}")
        }
    };
    for tier in &of.tiers {
        let (rate, from) = (percent(lang, tier.percent.as_str()), tier.from);
        text.push_str(&say!(lang, ", {rate} dès la {from}\u{1d49}", ", {rate} from the {from}th"));
    }
    text
}

/// For whom an offer is.
pub(crate) fn audience(lang: Language, audience: &Known<Audience>) -> String {
    match audience.word() {
        Some(Audience::Customer) => lang.say("vos clients", "your customers").to_owned(),
        Some(Audience::Affiliate) => lang.say("influenceurs et sites", "influencers and sites").to_owned(),
        Some(Audience::Agency) => lang.say("agences", "agencies").to_owned(),
        None => audience.name().to_owned(),
    }
}

/// An offer's name: its id, with for whom it is.
pub(crate) fn offer_name(lang: Language, offer: &Offer) -> String {
    format!("{} ({})", offer.id, audience(lang, &offer.audience))
}

/// A link to a referrer by their name, where known, and code.
pub(crate) fn referrer_link(frame: &Frame, code: &Code, name: Option<&str>) -> Markup {
    html! { a href=(frame.href(&Place::Referrer(code.to_string()))) {
        @match name { Some(name) if !name.is_empty() => { (name) }, _ => span.code { (code) } }
    } }
}

/// A link to an order.
pub(crate) fn order_link(frame: &Frame, id: &str) -> Markup {
    html! { a href=(frame.href(&Place::Order(id.to_owned()))) { (id) } }
}

/// A list without anything in it: what will stand here, why not yet, the one step that brings it.
pub(crate) fn empty(title: &str, why: &str, step: Markup) -> Markup {
    html! { div.empty { h2 { (title) } p { (why) } (step) } }
}

/// A link that looks like a button.
pub(crate) fn button(href: &str, text: &str, class: &str) -> Markup {
    html! { a class=(format!("button {class}")) href=(href) { (text) } }
}

/// The way to the next page of a list.
pub(crate) fn more(frame: &Frame, place: &Place, query: &[(&str, &str)], cursor: Option<&str>) -> Markup {
    html! { @if let Some(cursor) = cursor {
        @let mut_query: Vec<(&str, &str)> = query.iter().copied().chain([("cursor", cursor)]).collect();
        p { a.button href=(frame.asking(place, &mut_query)) rel="next" { (frame.language.say("Suite", "Next")) } }
    } }
}

/// The way back up.
pub(crate) fn crumb(frame: &Frame, place: &Place, text: &str) -> Markup {
    html! { p.crumb { a href=(frame.href(place)) { "‹ " (text) } } }
}

/// A text to copy, with a button where there is a script.
pub(crate) fn copy(frame: &Frame, label: &str, text: &str) -> Markup {
    html! { div.field {
        @if !label.is_empty() { p { strong { (label) } } }
        div.copy { code { (text) } button.js type="button" data-copy=(text) data-done=(frame.language.say("Copié", "Copied")) { (frame.language.say("Copier", "Copy")) } }
    } }
}

/// A platform's own name.
pub(crate) fn platform_name(platform: &str) -> &str {
    match platform {
        "shopify" => "Shopify",
        "woocommerce" => "WooCommerce",
        "prestashop" => "PrestaShop",
        "magento" => "Magento",
        "opencart" => "OpenCart",
        "stripe" => "Stripe",
        "brevo" => "Brevo",
        "klaviyo" => "Klaviyo",
        other => other,
    }
}

/// How much more or less than before, in per cent, where both are of one currency.
pub(crate) fn change(frame: &Frame, now: &[AssetTotal], before: &[AssetTotal]) -> Option<String> {
    let ([now], [before]) = (now, before) else { return None };
    if now.asset != before.asset {
        return None;
    }
    let decimals = decimals(&now.asset);
    change_of(frame, minor(now.amount.as_str(), decimals), minor(before.amount.as_str(), decimals))
}

/// How much more or less than before, in per cent.
pub(crate) fn change_of(frame: &Frame, now: i64, before: i64) -> Option<String> {
    if before <= 0 {
        return None;
    }
    let share = (i128::from(now) - i128::from(before)) * 100 / i128::from(before);
    let sign = match share {
        ..0 => "\u{2212}",
        0 => "±",
        1.. => "+",
    };
    Some(percent(frame.language, &format!("{sign}{}", share.abs())))
}
