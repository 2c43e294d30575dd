//! One order: whose it is, why, and what became of it.

use maud::{Markup, html};
use parrain_wire::account::{Candidate, Claim, ClaimState, Claimed, Happening, OrderAccount, What};
use parrain_wire::event::Decided;
use parrain_wire::rewards::Status;

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{
    button, claim_state, crumb, order_name, order_sum, outcome, referrer_link, reward, status,
    waits_for_review,
};
use crate::place::Place;
use crate::text::{Language, money, say, typeset};

/// An order's page.
#[derive(Clone, Debug, Default)]
pub struct OrderPage {
    /// Everything that is known of it.
    pub account: OrderAccount,
    /// What was typed into its forms.
    pub entered: Entered,
}

/// Draws it.
pub fn page(frame: &Frame, page: &OrderPage) -> Markup {
    let lang = frame.language;
    let account = &page.account;
    let form = Form::new(frame, &page.entered);
    let kind = account.order.as_ref().map(|order| order.kind.clone()).unwrap_or_default();
    let title = order_name(lang, &kind, &account.order_id);
    frame.page(
        Entry::Orders,
        &title,
        html! {
            (crumb(frame, &Place::Orders, lang.say("Commandes", "Orders")))
            div.head {
                h1 { (title) @if let Some(sum) = account.order.as_ref().and_then(|order| order_sum(lang, order)) { " · " (sum) } }
                @match &account.conversion {
                    Some(conversion) => (status(lang, &conversion.status, conversion.reason.as_ref())),
                    None => { @if let Some(order) = &account.order { (outcome(lang, &order.outcome)) } },
                }
            }
            @if let Some(order) = &account.order {
                p.lead { (frame.clock().time(order.at, &frame.clock().day(order.at)))
                    @if let Some(customer) = &order.customer_id { (say!(lang, ", client n° {customer}", ", customer no. {customer}")) } }
            }
            (form.summary())
            (answer(frame, account))
            (decide(frame, &form, account))
            (happened(frame, account))
            @if !account.candidates.is_empty() { (candidates(frame, &account.candidates)) }
            (received(frame, account))
        },
    )
}

/// Whose it is and what it earns, at the top, then why.
fn answer(frame: &Frame, account: &OrderAccount) -> Markup {
    let lang = frame.language;
    let (owner, earned) = (
        account.order.as_ref().and_then(|order| order.referrer.as_ref()),
        account.conversion.as_ref().and_then(|conversion| conversion.reward.as_ref()),
    );
    let state = account.conversion.as_ref().and_then(|conversion| conversion.status.word());
    html! { div.answer {
        strong {
            @match (owner, earned, state) {
                (Some(code), Some(earned), Some(Status::Pending | Status::Approved | Status::Paid)) => {
                    (referrer_link(frame, code, None)) (lang.say(" gagne ", " earns ")) (reward(lang, earned, frame.currency()))
                    @if let (Some(Status::Pending), Some(until)) = (state, account.conversion.as_ref().and_then(|conversion| conversion.approves_at)) {
                        (lang.say(", disponible le ", ", available on ")) (frame.clock().time(until, &frame.clock().day(until)))
                    }
                },
                (Some(code), _, _) => { (lang.say("Rien n’est gagné par ", "Nothing is earned by ")) (referrer_link(frame, code, None)) "." },
                (None, _, _) => {
                    @if account.order.is_some() { (lang.say("Personne n’a été récompensé.", "Nobody was rewarded.")) }
                    @else { (lang.say("Cette commande n’est pas arrivée.", "This order has not arrived.")) }
                },
            }
        }
        @for line in account.why.lines().filter(|line| !line.is_empty()) { p { (typeset(lang, line)) } }
    } }
}

/// What can be done now: one main action, the others beside it.
fn decide(frame: &Frame, form: &Form<'_>, account: &OrderAccount) -> Markup {
    let lang = frame.language;
    let id = account.order_id.as_str();
    let credited =
        account.candidates.iter().any(|candidate| candidate.won && candidate.by == Claimed::Credit);
    let conversion = account.conversion.as_ref();
    let waits = conversion.is_some_and(|of| of.reason.as_ref().is_some_and(waits_for_review));
    let state = conversion.and_then(|of| of.status.word());
    html! { @if frame.may(Role::Reviews) {
        div.row {
            @if conversion.is_none_or(|of| of.status == Status::Rejected || of.status == Status::Reversed) {
                (button(&frame.href(&Place::Credit(id.to_owned())), lang.say("Créditer un parrain…", "Credit a referrer…"), if waits { "" } else { "main" }))
            } @else if !credited {
                (button(&frame.href(&Place::Credit(id.to_owned())), lang.say("Créditer un autre parrain…", "Credit another referrer…"), ""))
            }
            @if credited { (press(frame, &Place::UndoCredit(id.to_owned()), &[], lang.say("Retirer ce crédit", "Take this credit back"), "bad")) }
        }
        @if let Some(state) = state {
            @let approve = matches!(state, Status::Pending | Status::Rejected | Status::Reversed);
            @let reject = matches!(state, Status::Pending | Status::Approved);
            @if approve || reject {
                details.card.pad open[waits] {
                    summary { (lang.say("Décider à la main", "Decide by hand")) }
                    (form.post(&Place::Review(id.to_owned()), html! {
                        (form.text("note", lang.say("Note, pour vous", "A note, for yourselves"), "", "text", lang.say("Par exemple «\u{a0}vu avec le client\u{a0}». Gardée avec la décision.", "Such as “settled with the customer”. Kept with the decision.")))
                        div.acts {
                            @if approve { button.main[waits] name="decision" value="approve" { (approve_words(lang, state)) } }
                            @if reject { button.bad name="decision" value="reject" { (reject_words(lang, state)) } }
                        }
                    }))
                }
            }
        }
    } }
}

fn approve_words(lang: Language, state: Status) -> &'static str {
    match state {
        Status::Pending => lang.say("Accorder maintenant, sans attendre", "Grant it now, without waiting"),
        Status::Rejected => lang.say("Accorder malgré le refus", "Grant it despite the refusal"),
        Status::Reversed => lang.say("Rendre la récompense", "Give the reward back"),
        Status::Approved | Status::Paid => lang.say("Accorder", "Grant it"),
    }
}

fn reject_words(lang: Language, state: Status) -> &'static str {
    match state {
        Status::Approved => lang.say("Reprendre la récompense", "Take the reward back"),
        Status::Pending | Status::Rejected | Status::Reversed | Status::Paid => {
            lang.say("Refuser\u{a0}: rien ne sera gagné", "Refuse: nothing will be earned")
        }
    }
}

/// What happened, in order of time, and where the referrers' claims stand.
fn happened(frame: &Frame, account: &OrderAccount) -> Markup {
    let lang = frame.language;
    html! { section aria-labelledby="history" {
        h2 #history { (lang.say("Ce qui s’est passé", "What happened")) }
        @if account.history.is_empty() && account.claims.is_empty() {
            p.lead { (lang.say("Rien n’est encore arrivé de cette commande.", "Nothing has arrived of this order yet.")) }
        }
        ol.time { @for each in &account.history { (happening(frame, each)) } }
        @if !account.claims.is_empty() { ul.card.rows { @for claim in &account.claims { li { (claim_row(frame, claim)) } } } }
    } }
}

fn happening(frame: &Frame, each: &Happening) -> Markup {
    let lang = frame.language;
    let clock = frame.clock();
    let name = match each.what.word() {
        Some(What::Received) => lang.say("Reçue", "Received"),
        Some(What::Reported) => lang.say("Signalée par une page", "Reported by a page"),
        Some(What::Cancelled) => lang.say("Annulée", "Cancelled"),
        Some(What::Reinstated) => lang.say("Rétablie", "Reinstated"),
        Some(What::Refunded) => lang.say("Remboursée", "Refunded"),
        Some(What::RefundVoided) => lang.say("Remboursement annulé", "Refund undone"),
        Some(What::Reviewed) => lang.say("Vérifiée", "Reviewed"),
        Some(What::Credited) => lang.say("Créditée", "Credited"),
        Some(What::CreditUndone) => lang.say("Crédit retiré", "Credit taken back"),
        Some(What::Claimed) => lang.say("Réclamée", "Claimed"),
        Some(What::ClaimAnswered) => lang.say("Réclamation répondue", "Claim answered"),
        Some(What::Confirmed) => lang.say("Parrain confirmé", "Referrer confirmed"),
        Some(What::Approved) => lang.say("Récompense disponible", "Reward available"),
        Some(What::Paid) => lang.say("Récompense versée", "Reward paid"),
        None => each.what.name(),
    };
    let day = format!("{}, {}", clock.day(each.at), clock.hour(each.at));
    html! { li.yes[each.what == What::Paid || each.what == What::Approved] {
        (clock.time(each.at, &day)) br;
        strong { (name) } " " (typeset(lang, &each.why))
        @if let Some(received) = each.received_at.filter(|received| received.seconds() - each.at.seconds() > 3600) {
            br; small { (lang.say("arrivé ici le ", "arrived here on ")) (clock.time(received, &clock.exact(received))) }
        }
    } }
}

fn claim_row(frame: &Frame, claim: &Claim) -> Markup {
    let lang = frame.language;
    let body = html! {
        span.what { (say_claim(lang, claim)) @if let Some(note) = &claim.note { small { (say!(lang, "«\u{a0}{note}\u{a0}»", "“{note}”")) } } }
        (claim_state(lang, &claim.state))
    };
    html! { @if claim.state == ClaimState::Waiting && frame.may(Role::Reviews) {
        a href=(frame.href(&Place::Claim(claim.id.clone()))) { (body) }
    } @else { div { (body) } } }
}

fn say_claim(lang: Language, claim: &Claim) -> String {
    let code = &claim.code;
    say!(lang, "{code} dit que cette commande lui revient", "{code} says that this order was theirs")
}

fn candidates(frame: &Frame, candidates: &[Candidate]) -> Markup {
    let lang = frame.language;
    html! { section aria-labelledby="candidates" {
        h2 #candidates { (lang.say("Qui aurait pu en être le parrain", "Who might have been its referrer")) }
        ul.card.rows { @for each in candidates { li { div.stacked {
            span.what {
                a.code href=(frame.href(&Place::Referrer(each.code.clone()))) { (each.code) } " · "
                (match each.by.word() {
                    Some(Claimed::Run) => lang.say("une commande d’avant", "an earlier order"),
                    Some(Claimed::Credit) => lang.say("crédité par vous", "credited by you"),
                    Some(Claimed::Code) => lang.say("code sur la commande", "code on the order"),
                    Some(Claimed::PromoCode) => lang.say("code saisi dans la boutique", "code typed in the shop"),
                    Some(Claimed::Link) => lang.say("visite par son lien", "visit by their link"),
                    None => each.by.name(),
                })
                @if let Some(at) = each.at { ", " (frame.clock().when(at)) }
                small { (typeset(lang, &each.why)) }
            }
            @if each.won { (crate::parts::pill("green", lang.say("retenu", "chosen"))) }
        } } } }
    } }
}

fn received(frame: &Frame, account: &OrderAccount) -> Markup {
    let lang = frame.language;
    html! { @if let Some(order) = &account.order {
        @let currency = order.currency.as_ref().map_or(frame.currency(), |currency| currency.as_str());
        details { summary { (lang.say("Tout ce qui a été reçu", "Everything that was received")) }
            dl.facts {
                dt { (lang.say("Date", "Date")) } dd { (frame.clock().time(order.at, &frame.clock().exact(order.at))) }
                @if let Some(received) = order.received_at { dt { (lang.say("Arrivée ici", "Arrived here")) } dd { (frame.clock().time(received, &frame.clock().exact(received))) } }
                dt { (lang.say("Envoyée par", "Sent by")) } dd { @if order.verified { (lang.say("le serveur de la boutique", "the shop’s server")) } @else { (lang.say("une page, sans confirmation", "a page, without confirmation")) } }
                @if let Some(customer) = &order.customer_id { dt { (lang.say("Client n°", "Customer no.")) } dd { (customer) } }
                @if let Some(amount) = &order.subtotal { dt { (lang.say("Articles, hors taxes et port", "Goods, without tax and shipping")) } dd { (money(lang, amount.as_str(), currency)) } }
                @if let Some(amount) = &order.discount { dt { (lang.say("Remise", "Discount")) } dd { (money(lang, amount.as_str(), currency)) } }
                @if let Some(offer) = &order.offer { dt { (lang.say("Offre", "Offer")) } dd { a href=(frame.href(&Place::Offer(offer.clone()))) { (offer) } } }
                dt { (lang.say("Décision", "Decision")) } dd { @if order.outcome == Decided::Recorded { (lang.say("parrainée", "referred")) } @else { (outcome(lang, &order.outcome)) } }
                @if let Some(note) = account.conversion.as_ref().and_then(|of| of.note.as_ref()) { dt { (lang.say("Votre note", "Your note")) } dd { (note) } }
            }
        }
    } }
}
