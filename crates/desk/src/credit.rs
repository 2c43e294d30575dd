//! Crediting an order to a referrer by hand, with what would come of it shown first.

use maud::{Markup, html};
use parrain_wire::account::{Credited, OrderAccount};

use crate::form::{Entered, Form};
use crate::frame::{Entry, Frame};
use crate::parts::{crumb, order_name, order_sum, reason, reward};
use crate::place::Place;
use crate::text::{say, typeset};

/// The form that credits an order.
#[derive(Clone, Debug, Default)]
pub struct Credit {
    /// Everything that is known of it; `order` is nothing where it never arrived, so that the form asks for it too.
    pub account: OrderAccount,
    /// What was typed, or what the query says.
    pub entered: Entered,
    /// Some of the shop's referrers, to choose from: their codes and names.
    pub referrers: Vec<(String, String)>,
    /// What would come of it: the answer to a dry run of what was typed.
    pub tried: Option<Credited>,
}

/// Draws it.
pub fn page(frame: &Frame, page: &Credit) -> Markup {
    let lang = frame.language;
    let account = &page.account;
    let form = Form::new(frame, &page.entered);
    let to = Place::Credit(account.order_id.clone());
    let people: Vec<(&str, &str)> =
        page.referrers.iter().map(|(code, name)| (code.as_str(), name.as_str())).collect();
    let kind = account.order.as_ref().map(|order| order.kind.clone()).unwrap_or_default();
    let name = order_name(lang, &kind, &account.order_id);
    let title = say!(lang, "Créditer\u{a0}: {name}", "Credit: {name}");
    frame.page(
        Entry::Orders,
        &title,
        html! {
            (crumb(frame, &Place::Order(account.order_id.clone()), &name))
            h1 { (title) }
            @if let Some(sum) = account.order.as_ref().and_then(|order| order_sum(lang, order)) { p.lead { (say!(lang, "Une commande de {sum}.", "An order of {sum}.")) } }
            (form.summary())
            @if let Some(tried) = &page.tried { (outcome(frame, &form, page, tried)) }
            // A look that changes nothing: the way back from it is a way back.
            (form.get(&to, html! {
                div.fields {
                    (form.suggested("code", lang.say("Code du parrain", "The referrer’s code"), "", &people, ""))
                    @if account.order.is_none() {
                        p.note { (lang.say("Votre boutique n’a pas envoyé cette commande\u{a0}: dites-nous ce qu’il faut en savoir.", "Your shop did not send this order: tell us what is to be known of it.")) }
                        div.fields.two {
                            (form.needed("at", lang.say("Payée le", "Paid on"), "", "date", ""))
                            (form.amount("subtotal", lang.say("Articles, hors taxes et port", "Goods, without tax and shipping"), "", frame.currency(), ""))
                            (form.amount("discount", lang.say("Remise", "Discount"), "", frame.currency(), lang.say("Vide s’il n’y en a pas.", "Empty where there is none.")))
                            (form.hidden("currency", frame.currency()))
                        }
                    }
                }
                div.acts { button.main[page.tried.is_none()] name="dry_run" value="true" { (lang.say("Voir ce que cela donnerait", "See what would come of it")) } }
            }))
        },
    )
}

/// What would come of it, and the press that does it.
fn outcome(frame: &Frame, form: &Form<'_>, page: &Credit, tried: &Credited) -> Markup {
    let lang = frame.language;
    let code = page.entered.value("code", "");
    let earned = tried.conversion.as_ref().and_then(|conversion| conversion.reward.as_ref());
    let again = |despite: bool| {
        html! {
            @for name in ["code", "at", "currency", "subtotal", "discount"] {
                @let value = page.entered.value(name, "");
                @if !value.is_empty() { (form.hidden(name, value)) }
            }
            @if despite { @for refusal in &tried.refusals { (form.hidden("despite", refusal.name())) } }
            @else { @for each in page.entered.value("despite", "").lines() { (form.hidden("despite", each)) } }
        }
    };
    html! { section.card.pad.stack aria-labelledby="tried" {
        h2 #tried { (lang.say("Ce que cela donnerait", "What would come of it")) }
        @if tried.given {
            @let press = match (earned, tried.conversion.as_ref().and_then(|conversion| conversion.approves_at)) {
                (Some(earned), Some(until)) => {
                    let (what, day) = (reward(lang, earned, frame.currency()), frame.clock().day(until));
                    say!(lang, "{code} recevrait {what}, disponibles le {day}.", "{code} would get {what}, available on {day}.")
                }
                (Some(earned), None) => {
                    let what = reward(lang, earned, frame.currency());
                    say!(lang, "{code} recevrait {what}.", "{code} would get {what}.")
                }
                (None, _) => say!(lang, "La commande reviendrait à {code}.", "The order would be {code}’s."),
            };
            p { strong { (press) } }
            @for line in tried.why.lines() { p.lead { (typeset(lang, line)) } }
            (form.post(&Place::Credit(page.account.order_id.clone()), html! {
                (again(false))
                div.fields { (form.text("note", lang.say("Note, pour vous", "A note, for yourselves"), "", "text", "")) }
                div.acts { button.main { (say!(lang, "Créditer {code}", "Credit {code}")) } }
            }))
        } @else {
            p { strong { (say!(lang, "{code} n’y a pas droit.", "{code} is not entitled to it.")) } }
            @if tried.refusals.is_empty() { p { (typeset(lang, &tried.why)) } }
            @else {
                ul { @for refusal in &tried.refusals { li { "– " (reason(lang, refusal)) } } }
                p.lead { (typeset(lang, &tried.why)) }
                (form.get(&Place::Credit(page.account.order_id.clone()), html! {
                    (again(true))
                    (form.hidden("dry_run", "true"))
                    div.acts { button { (lang.say("Passer outre, et voir ce que cela donnerait", "Waive that, and see what would come of it")) } }
                }))
            }
        }
    } }
}
