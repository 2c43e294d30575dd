//! The proof: each step ticked when it really happened, and the one that is missing named in words.

use maud::{Markup, html};
use parrain_wire::amount::CurrencyCode;
use parrain_wire::desk::{Proof, Seen, SetUpProof, Step};

use super::{ProofStep, tick};
use crate::form::{Form, press};
use crate::frame::{Frame, Role};
use crate::parts::{button, copy, order_link, reason};
use crate::place::Place;
use crate::text::{Language, money, say};

const STEPS: [Proof; 7] = [
    Proof::PageSeen,
    Proof::LinkOpened,
    Proof::CodeCaptured,
    Proof::CodeInBasket,
    Proof::OrderArrived,
    Proof::Credited,
    Proof::RefundArrived,
];

fn of(proof: &SetUpProof, step: Proof) -> Option<&Seen> {
    proof.seen.iter().find(|seen| seen.step == step)
}

/// What is missing, as far as what did happen tells.
fn missing(lang: Language, proof: &SetUpProof) -> Option<&'static str> {
    let there = |step| of(proof, step).is_some();
    let order = of(proof, Proof::OrderArrived);
    if !there(Proof::PageSeen) {
        return Some(if proof.refused_origins.is_empty() {
            lang.say("Aucune page n’a encore demandé le widget\u{a0}: ouvrez votre boutique. Si rien ne vient, la balise n’est pas sur la page, ou un cache montre l’ancienne.",
                "No page has asked for the widget yet: open your shop. Where nothing comes, the tag is not on the page, or a cache shows the old one.")
        } else {
            lang.say("Des pages demandent le widget, mais d’une adresse qui n’est pas parmi les vôtres\u{a0}: ajoutez-la ci-dessous.",
                "Pages ask for the widget, but from an address that is not among yours: add it below.")
        });
    }
    if let Some(order) = order
        && order.code.as_deref().unwrap_or_default().is_empty()
        && !there(Proof::Credited)
    {
        return Some(lang.say("Une commande est arrivée, mais sans code\u{a0}: la balise n’est pas sur votre page de paiement, ou le code n’a pas été accepté dans le panier.",
            "An order arrived, but without a code: the tag is not on your checkout, or the code was not taken in the basket."));
    }
    if order.is_some() && !there(Proof::Credited) {
        return Some(lang.say(
            "La commande porte le code, mais n’a pas été comptée\u{a0}: la raison est ci-dessous.",
            "The order carries the code, but was not counted: the reason is below.",
        ));
    }
    if !there(Proof::LinkOpened) {
        return Some(lang.say(
            "Ouvrez maintenant votre boutique par le lien d’essai.",
            "Now open your shop by the test link.",
        ));
    }
    if !there(Proof::CodeCaptured) {
        return Some(lang.say("Le lien a été ouvert, mais la page n’a pas noté le code\u{a0}: acceptez le cadeau dans le widget, ou vérifiez que la page d’arrivée porte la balise.",
            "The link was opened, but the page did not note the code: take the gift in the widget, or check that the page it leads to has the tag."));
    }
    if order.is_none() {
        return Some(lang.say("Passez maintenant une commande d’essai. Si elle est faite et que rien ne vient, votre boutique n’envoie pas ses commandes\u{a0}: revenez à l’étape de la plateforme.",
            "Now place a test order. Where that is done and nothing comes, your shop does not send its orders: go back to the step of the platform."));
    }
    if !there(Proof::RefundArrived) {
        return Some(lang.say(
            "Presque fini\u{a0}: remboursez la commande d’essai, pour voir que les retours arrivent aussi.",
            "Almost done: refund the test order, to see that returns arrive as well.",
        ));
    }
    None
}

/// The proof below the steps of the set-up.
pub(super) fn body(frame: &Frame, page: &ProofStep) -> Markup {
    let lang = frame.language;
    let proof = &page.proof;
    let form = Form::new(frame, &page.entered);
    let missing = missing(lang, proof);
    html! {
        p.lead { (lang.say("Un parrainage d’essai, qui ne sera jamais payé, montre que tout marche sur votre vraie boutique.", "A test referral, which is never paid, shows that all of it works on your real shop.")) }
        (form.summary())
        @match &proof.link {
            None => { @if frame.may(Role::All) { (press(frame, &Place::StartTest, &[], lang.say("Commencer l’essai", "Begin the test"), "main")) } },
            Some(link) => {
                div.acts {
                    a.button.main href=(link) target="_blank" rel="noopener" { (lang.say("Ouvrir ma boutique par le lien d’essai", "Open my shop by the test link")) }
                    (button(&frame.href(&Place::SetUpStep(Step::Proof)), lang.say("Vérifier maintenant", "Check now"), ""))
                }
                (copy(frame, "", link))
            },
        }
        section #live data-poll="3" aria-live="polite" aria-labelledby="seen" {
            h2 #seen { (lang.say("Ce qui est vraiment arrivé", "What really happened")) }
            @match missing {
                Some(text) => { @if proof.link.is_some() || !proof.refused_origins.is_empty() { p.note { (text) } } },
                None => p.said { (lang.say("Tout marche. Votre programme est ouvert.", "All of it works. Your program is open.")) },
            }
            ol.time { @for step in STEPS { (line(frame, step, of(proof, step))) } }
            @if !proof.refused_origins.is_empty() {
                h3 { (lang.say("Adresses refusées", "Addresses refused")) }
                p { (lang.say("Ces pages ont demandé le widget et ne sont pas parmi les adresses de votre programme. Si l’une est la vôtre, ajoutez-la.", "These pages asked for the widget and are not among your program’s addresses. Where one is yours, add it.")) }
                ul.card.rows { @for each in &proof.refused_origins { li { div { span.what.code { (each.origin) } span.small { (frame.clock().when(each.at)) } } } } }
                p { a href=(frame.href(&Place::Program)) { (lang.say("Ajouter une adresse au programme", "Add an address to the program")) } }
            }
        }
        @if missing.is_none() {
            // A press, which notes that the set-up is over: home says so no more.
            @if frame.may(Role::All) { (press(frame, &Place::SetUpStep(Step::Proof), &[], lang.say("Terminer la mise en route", "Finish the set-up"), "main")) }
            @else { p { (button(&frame.href(&Place::Home), lang.say("Aller à l’accueil", "Go home"), "main")) } }
        }
    }
}

fn line(frame: &Frame, step: Proof, seen: Option<&Seen>) -> Markup {
    let lang = frame.language;
    let name = match step {
        Proof::PageSeen => lang.say("Page vue avec le widget", "A page seen with the widget"),
        Proof::LinkOpened => lang.say("Lien d’essai ouvert", "The test link opened"),
        Proof::CodeCaptured => lang.say("Code noté", "The code noted"),
        Proof::CodeInBasket => lang.say("Remise dans le panier", "The discount in the basket"),
        Proof::OrderArrived => lang.say("Commande arrivée", "The order arrived"),
        Proof::Credited => lang.say("Commande comptée pour le parrain", "The order counted for the referrer"),
        Proof::RefundArrived => lang.say("Remboursement arrivé", "The refund arrived"),
    };
    html! { li class=(if seen.is_some() { "yes" } else { "no" }) {
        strong { (name) } " " (tick(lang, seen.is_some()))
        @if let Some(seen) = seen {
            br; (frame.clock().time(seen.at, &frame.clock().second(seen.at)))
            @if let Some(page) = &seen.page { " · " span.code { (page) } }
            @if let Some(code) = seen.code.as_ref().filter(|code| !code.is_empty()) { " · " span.code { (code) } }
            @if let Some(order) = &seen.order_id { " · " (order_link(frame, order)) }
            @if let Some(amount) = &seen.amount { " · " (money(lang, amount.as_str(), seen.currency.as_ref().map_or(frame.currency(), CurrencyCode::as_str))) }
            @if let Some(platform) = &seen.platform { " · " (say!(lang, "par ", "by ")) (crate::parts::platform_name(platform)) }
            @if let Some(why) = &seen.reason { br; small { (reason(lang, why)) } }
        }
    } }
}
