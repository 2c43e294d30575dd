//! Claims: what referrers say was theirs.

use maud::{Markup, html};
use parrain_wire::account::{Claim, ClaimList, ClaimState, Credited, OrderAccount};

use crate::form::{Entered, Form};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{button, claim_state, crumb, empty, more, order_sum, reason, referrer_link, reward};
use crate::place::Place;
use crate::text::{say, typeset};

/// A page of claims.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// Them.
    pub list: ClaimList,
    /// Of which state alone.
    pub state: Option<ClaimState>,
}

/// One claim.
#[derive(Clone, Debug)]
pub struct ClaimPage {
    /// It.
    pub claim: Claim,
    /// Everything that is known of the order.
    pub account: OrderAccount,
    /// What would come of accepting it.
    pub tried: Option<Credited>,
    /// What was typed.
    pub entered: Entered,
}

/// Draws the list.
pub fn page(frame: &Frame, page: &Claims) -> Markup {
    let lang = frame.language;
    let title = lang.say("Réclamations", "Claims");
    let chosen = page.state.map_or("", ClaimState::name);
    frame.page(
        Entry::Orders,
        title,
        html! {
            (crumb(frame, &Place::Orders, lang.say("Commandes", "Orders")))
            h1 { (title) }
            p.lead { (lang.say("Un parrain dit qu’une commande lui revient. En accepter une, c’est lui créditer la commande.", "A referrer says that an order was theirs. To accept one is to credit the order to them.")) }
            nav.tabs aria-label=(lang.say("Filtrer les réclamations", "Filter claims")) {
                @for (value, name) in [("", lang.say("Toutes", "All")), ("waiting", lang.say("À répondre", "To answer")), ("accepted", lang.say("Acceptées", "Accepted")), ("refused", lang.say("Refusées", "Refused"))] {
                    a href=(frame.asking(&Place::Claims, &[("state", value)])) aria-current=[(value == chosen).then_some("true")] { (name) }
                }
            }
            @if page.list.claims.is_empty() {
                (empty(lang.say("Aucune réclamation", "No claims"),
                    lang.say("Vos parrains en font depuis leurs récompenses, dans votre boutique, quand il leur manque une commande.", "Your referrers make them from their rewards, in your shop, where an order is missing."),
                    button(&frame.href(&Place::Orders), lang.say("Voir les commandes", "See the orders"), "")))
            } @else {
                ul.card.rows { @for claim in &page.list.claims { li { a href=(frame.href(&Place::Claim(claim.id.clone()))) {
                    @let (code, order) = (&claim.code, &claim.order_id);
                    span.what { (say!(lang, "{code}, pour la commande {order}", "{code}, for order {order}"))
                        small { @if let Some(note) = &claim.note { (say!(lang, "«\u{a0}{note}\u{a0}»", "“{note}”")) " · " } (frame.clock().when(claim.claimed_at)) } }
                    (claim_state(lang, &claim.state))
                } } } }
                (more(frame, &Place::Claims, &[("state", chosen)], page.list.next_cursor.as_deref()))
            }
        },
    )
}

/// Draws one.
pub fn one(frame: &Frame, page: &ClaimPage) -> Markup {
    let lang = frame.language;
    let claim = &page.claim;
    let form = Form::new(frame, &page.entered);
    let order = &claim.order_id;
    let title = say!(lang, "Réclamation\u{a0}: commande {order}", "Claim: order {order}");
    frame.page(
        Entry::Orders,
        &title,
        html! {
            (crumb(frame, &Place::Claims, lang.say("Réclamations", "Claims")))
            div.head { h1 { (title) } (claim_state(lang, &claim.state)) }
            (form.summary())
            div.answer {
                strong { (referrer_link(frame, &claim.code, None)) (lang.say(" dit que cette commande lui revient.", " says that this order was theirs.")) }
                @if let Some(note) = &claim.note { p { (say!(lang, "«\u{a0}{note}\u{a0}»", "“{note}”")) } }
                p.small { (frame.clock().when(claim.claimed_at)) }
            }
            (known(frame, page))
            @if claim.state == ClaimState::Waiting {
                @if frame.may(Role::Reviews) { (answer(frame, &form, page)) }
            } @else if let Some(said) = &claim.answer { p { (lang.say("Votre réponse\u{a0}: ", "Your answer: ")) (say!(lang, "«\u{a0}{said}\u{a0}»", "“{said}”")) } }
        },
    )
}

/// What is known of the order that is claimed.
fn known(frame: &Frame, page: &ClaimPage) -> Markup {
    let lang = frame.language;
    html! { section aria-labelledby="known" {
        h2 #known { (lang.say("Ce que nous savons de la commande", "What we know of the order")) }
        @match &page.account.order {
            Some(order) => {
                p { a href=(frame.href(&Place::Order(order.order_id.clone()))) { (lang.say("Commande ", "Order ")) (order.order_id) }
                    @if let Some(sum) = order_sum(lang, order) { ", " (sum) } ", " (frame.clock().when(order.at)) }
                @for line in page.account.why.lines() { p.lead { (typeset(lang, line)) } }
            },
            None => p.lead { (lang.say("Elle n’est pas arrivée ici\u{a0}: votre boutique ne l’a pas envoyée. Vérifiez le numéro.", "It has not arrived here: your shop did not send it. Check the number.")) },
        }
    } }
}

fn answer(frame: &Frame, form: &Form<'_>, page: &ClaimPage) -> Markup {
    let lang = frame.language;
    let (claim, code) = (&page.claim, &page.claim.code);
    let tried = page.tried.as_ref();
    let refusals = tried.map(|tried| tried.refusals.as_slice()).unwrap_or_default();
    let earned =
        tried.and_then(|tried| tried.conversion.as_ref()).and_then(|conversion| conversion.reward.as_ref());
    html! { section aria-labelledby="answer" {
        h2 #answer { (lang.say("Votre réponse", "Your answer")) }
        @if let Some(earned) = earned {
            @let what = reward(lang, earned, frame.currency());
            p { strong { (say!(lang, "{code} recevrait {what}.", "{code} would get {what}.")) } }
        }
        @if !refusals.is_empty() {
            p.note { (lang.say("D’après vos règles\u{a0}: ", "By your rules: ")) @for (at, refusal) in refusals.iter().enumerate() { @if at > 0 { ", " } (reason(lang, refusal)) } "." }
        }
        (form.post(&Place::Claim(claim.id.clone()), html! {
            div.fields {
                (form.lines("note", lang.say("Un mot", "A word"), "", 3, ""))
                (form.tick("tell", "true", lang.say("Le parrain peut lire ce mot", "The referrer may read it"), true))
            }
            @for refusal in refusals { (form.hidden("despite", refusal.name())) }
            div.acts {
                @if page.account.order.is_some() {
                    button.main name="decision" value="accept" { @if refusals.is_empty() { (say!(lang, "Accepter et créditer {code}", "Accept and credit {code}")) } @else { (say!(lang, "Accepter malgré les règles et créditer {code}", "Accept despite the rules and credit {code}")) } }
                } @else { a.button.main href=(frame.asking(&Place::Credit(claim.order_id.clone()), &[("code", &code.to_string())])) { (lang.say("Créditer la commande à la main…", "Credit the order by hand…")) } }
                button.bad name="decision" value="refuse" { (lang.say("Refuser", "Refuse")) }
            }
        }))
    } }
}
