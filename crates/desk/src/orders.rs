//! Orders: the list, and those that wait for a decision.

use maud::{Markup, html};
use parrain_wire::account::{Adjustment, OrderList, OrderSummary};
use parrain_wire::books::ConversionList;
use parrain_wire::event::Decided;
use parrain_wire::rewards::Conversion;
use parrain_wire::signals::SignalReport;

use crate::form::{Entered, Form};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{
    button, empty, more, order_link, order_name, order_sum, outcome, reason, reward_sum, signal_name, status,
};
use crate::place::Place;
use crate::text::{count, money, say, typeset};

/// A page of orders.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// Them.
    pub list: OrderList,
    /// Of which outcome alone.
    pub outcome: Option<Decided>,
    /// Of which code alone.
    pub code: String,
    /// What was searched for, where they were found by an address, or nothing was found.
    pub found_by: Option<String>,
}

/// Orders whose reward waits for a decision.
#[derive(Clone, Debug, Default)]
pub struct Reviews {
    /// Them.
    pub list: ConversionList,
    /// How often each signal was right.
    pub signals: SignalReport,
    /// What was typed.
    pub entered: Entered,
}

/// Draws the list.
pub fn page(frame: &Frame, page: &Orders) -> Markup {
    let lang = frame.language;
    let title = lang.say("Commandes", "Orders");
    let chosen = page.outcome.map_or("", Decided::name);
    let narrowed = !chosen.is_empty() || !page.code.is_empty() || page.found_by.is_some();
    let tabs: [(&str, &str); 5] = [
        ("", lang.say("Toutes", "All")),
        ("recorded", lang.say("Parrainées", "Referred")),
        ("rejected", lang.say("Refusées", "Refused")),
        ("not_referred", lang.say("Sans parrain", "No referrer")),
        ("ignored", lang.say("Sans effet", "No effect")),
    ];
    frame.page(
        Entry::Orders,
        title,
        html! {
            div.head {
                h1 { (title) }
                @if frame.waiting.claims > 0 { (button(&frame.href(&Place::Claims), &format!("{} ({})", lang.say("Réclamations", "Claims"), count(lang, frame.waiting.claims)), "")) }
                @if frame.waiting.reviews > 0 { (button(&frame.href(&Place::Reviews), &format!("{} ({})", lang.say("À vérifier", "To review"), count(lang, frame.waiting.reviews)), "main")) }
            }
            @if let Some(text) = &page.found_by {
                p.lead { @if page.list.orders.is_empty() { (say!(lang, "Rien trouvé pour «\u{a0}{text}\u{a0}».", "Nothing found for “{text}”.")) }
                    @else { (say!(lang, "Trouvées pour «\u{a0}{text}\u{a0}».", "Found for “{text}”.")) }
                    " " a href=(frame.href(&Place::Orders)) { (lang.say("Toutes les commandes", "All orders")) } }
            } @else if !page.code.is_empty() {
                @let code = &page.code;
                p.lead { (say!(lang, "Celles du code {code}.", "Those of the code {code}.")) " " a href=(frame.href(&Place::Orders)) { (lang.say("Toutes les commandes", "All orders")) } }
            }
            @if page.found_by.is_none() {
                nav.tabs aria-label=(lang.say("Filtrer les commandes", "Filter orders")) {
                    @for (value, name) in tabs {
                        a href=(frame.asking(&Place::Orders, &[("outcome", value), ("code", &page.code)])) aria-current=[(value == chosen).then_some("true")] { (name) }
                    }
                }
            }
            @if page.list.orders.is_empty() {
                @if page.found_by.is_some() {
                    (not_found(frame, page.found_by.as_deref().unwrap_or_default()))
                } @else if narrowed {
                    (empty(lang.say("Aucune commande ici", "No orders here"), lang.say("Aucune commande ne correspond à ce filtre.", "No order matches this filter."),
                        button(&frame.href(&Place::Orders), lang.say("Voir toutes les commandes", "See all orders"), "")))
                } @else {
                    (empty(lang.say("Toutes vos commandes paraîtront ici", "All your orders will stand here"),
                        lang.say("Parrainées ou non, avec la raison de chaque décision. Votre boutique n’en a pas encore envoyé\u{a0}: il faut la brancher.",
                                 "Referred or not, with the reason of each decision. Your shop has not sent any yet: it has to be connected."),
                        button(&frame.href(&Place::SetUp), lang.say("Brancher ma boutique", "Connect my shop"), "main")))
                }
            } @else {
                (table(frame, &page.list.orders, title))
                @if page.found_by.is_some() {
                    // The address that was looked for goes into no link.
                    @if page.list.next_cursor.is_some() { p.small { (lang.say("Les plus récentes seulement.", "The newest ones only.")) } }
                    @if let Some(text) = page.found_by.as_deref().filter(|text| is_number(text)).filter(|_| frame.may(Role::Reviews)) {
                        p.small { (lang.say("Aucune de celles-ci\u{a0}? ", "None of these? ")) a href=(frame.href(&Place::Credit(text.to_owned()))) { (say!(lang, "Créditer la commande {text}", "Credit order {text}")) } }
                    }
                } @else {
                    (more(frame, &Place::Orders, &[("outcome", chosen), ("code", &page.code)], page.list.next_cursor.as_deref()))
                    p.small { a href=(frame.asking(&Place::OrdersCsv, &[("outcome", chosen), ("code", &page.code)])) { (lang.say("Télécharger en CSV", "Download as CSV")) } }
                }
            }
        },
    )
}

/// Whether a text that was looked for may be an order's number.
fn is_number(text: &str) -> bool {
    !text.is_empty() && !text.contains('@') && text.len() <= 64
}

/// An order that never arrived can be given by hand all the same.
fn not_found(frame: &Frame, text: &str) -> Markup {
    let lang = frame.language;
    if text.contains('@') {
        return empty(
            lang.say("Aucune commande de cette adresse", "No order by this address"),
            lang.say(
                "Écrivez l’adresse e-mail entière\u{a0}: celles de vos clients ne sont pas gardées en clair, un début ne suffit pas.",
                "Write the e-mail address in full: those of your customers are not kept in plain text, so a beginning is not enough.",
            ),
            html! {},
        );
    }
    let number = is_number(text);
    empty(
        lang.say("Nous n’avons pas cette commande", "We do not have this order"),
        lang.say(
            "Ni commande, ni parrain, ni code de ce nom. Si votre boutique ne l’a pas envoyée, vous pouvez la créditer à la main.",
            "No order, referrer or code of that name. Where your shop did not send it, you can credit it by hand.",
        ),
        html! { @if number && frame.may(Role::Reviews) {
            a.button href=(frame.href(&Place::Credit(text.to_owned()))) { (say!(lang, "Créditer la commande {text}", "Credit order {text}")) }
        } },
    )
}

pub(crate) fn table(frame: &Frame, orders: &[OrderSummary], caption: &str) -> Markup {
    let lang = frame.language;
    html! { div.scroll tabindex="0" { table {
        caption.aside { (caption) }
        thead { tr {
            th scope="col" { (lang.say("Commande", "Order")) }
            th.wide scope="col" { (lang.say("Date", "Date")) }
            th.wide scope="col" { (lang.say("Parrain", "Referrer")) }
            th scope="col" { (lang.say("État", "State")) }
            th.num scope="col" { (lang.say("Montant", "Amount")) }
        } }
        tbody { @for order in orders { tr {
            th scope="row" {
                (listed(frame, order))
                @if let Some(customer) = &order.customer_id { small { (say!(lang, "client n°\u{a0}{customer}", "customer no. {customer}")) } }
                small.narrow { (frame.clock().when(order.at)) }
            }
            td.wide { (frame.clock().when(order.at)) }
            td.wide { @if let Some(code) = &order.referrer { a.code href=(frame.href(&Place::Referrer(code.to_string()))) { (code) } } @else { span.small { "–" } } }
            td { (outcome(lang, &order.outcome)) @if let Some(why) = &order.reason { small.wide { (reason(lang, why)) } } }
            td.num { @match &order.adjustment {
                Some(adjustment) => (money(lang, adjustment.amount.as_str(), adjustment.currency.as_str())),
                None => (order_sum(lang, order).unwrap_or_default()),
            } }
        } } }
    } } }
}

/// What a line of the list is called, with the way to it: a bonus has no page of its own but its referrer's.
fn listed(frame: &Frame, order: &OrderSummary) -> Markup {
    match &order.adjustment {
        Some(adjustment) => bonus_link(frame, adjustment),
        None => order_link(frame, &order.order_id),
    }
}

/// A bonus or correction by what it was given for, with the way to its referrer.
fn bonus_link(frame: &Frame, adjustment: &Adjustment) -> Markup {
    let lang = frame.language;
    let reason = adjustment.reason.as_str();
    html! { a href=(frame.href(&Place::Referrer(adjustment.code.to_string()))) {
        @if reason.is_empty() { (lang.say("Bonus ou correction", "Bonus or correction")) }
        @else if adjustment.amount.as_str().starts_with('-') { (say!(lang, "Correction «\u{a0}{reason}\u{a0}»", "Correction “{reason}”")) }
        @else { (say!(lang, "Bonus «\u{a0}{reason}\u{a0}»", "Bonus “{reason}”")) }
    } }
}

/// Draws those that wait.
pub fn reviews(frame: &Frame, page: &Reviews) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let n = i64::try_from(page.list.conversions.len()).unwrap_or(i64::MAX);
    let title = lang.say("Commandes à vérifier", "Orders to review");
    let may = frame.may(Role::Reviews);
    frame.page(
        Entry::Orders,
        title,
        html! {
            (crate::parts::crumb(frame, &Place::Orders, lang.say("Commandes", "Orders")))
            h1 { (title) }
            (form.summary())
            @if n == 0 {
                (empty(lang.say("Rien à vérifier", "Nothing to review"),
                    lang.say("Quand une commande est signalée par une page sans que votre boutique la confirme, ou quand quelque chose sort de l’ordinaire, elle attend ici votre décision.",
                             "Where an order is reported by a page and your shop does not confirm it, or where something about it is out of the ordinary, it waits here for your decision."),
                    button(&frame.href(&Place::Orders), lang.say("Voir toutes les commandes", "See all orders"), "")))
            } @else {
                p.lead { (lang.say("Leur récompense attend votre décision. Cochez-en une ou plusieurs.", "Their rewards wait for your decision. Tick one or several.")) }
                @let list = review_table(frame, &form, &page.list.conversions, may);
                @if may {
                    (form.post(&Place::Reviews, html! {
                        (list)
                        div.gap { (form.text("note", lang.say("Note, pour vous", "A note, for yourselves"), "", "text", lang.say("Gardée avec la décision.", "Kept with the decision."))) }
                        div.acts {
                            button.main name="decision" value="approve" { (lang.say("Accorder maintenant, sans attendre", "Grant now, without waiting")) }
                            button.bad name="decision" value="reject" { (lang.say("Refuser les récompenses cochées", "Refuse the ticked rewards")) }
                        }
                        p.small { (lang.say("Ce que vous accordez est à payer tout de suite\u{a0}: le délai de retour ne compte plus. Pour l’attendre, laissez la commande ici et revenez après.", "What you grant is due at once: the time for returns no longer counts. To wait for it, leave the order here and come back later.")) }
                    }))
                } @else { (list) }
                (more(frame, &Place::Reviews, &[], page.list.next_cursor.as_deref()))
            }
            (signal_table(frame, &page.signals))
        },
    )
}

/// How often each signal was right, so that its weight can be set by it.
fn signal_table(frame: &Frame, report: &SignalReport) -> Markup {
    let lang = frame.language;
    let threshold = report.threshold;
    html! { @if report.signals.iter().any(|one| one.found > 0) { section aria-labelledby="signals" {
        h2 #signals { (lang.say("Les signaux, et s’ils avaient raison", "The signals, and whether they were right")) }
        p.small { (say!(lang, "Une commande attend votre décision à partir de {threshold} points. Ce que pèse chaque signal se règle dans le programme.", "An order waits for your decision from {threshold} points on. What each signal weighs is set in the program.")) }
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Les signaux", "The signals")) }
            thead { tr {
                th scope="col" { (lang.say("Signal", "Signal")) }
                th.num scope="col" { (lang.say("Points", "Points")) }
                th.num scope="col" { (lang.say("Vues", "Seen")) }
                th.num.wide scope="col" { (lang.say("Retenues", "Held")) }
                th.num scope="col" { (lang.say("Décidées", "Decided")) }
                th.num scope="col" { (lang.say("Refusées", "Refused")) }
            } }
            tbody { @for one in &report.signals { tr {
                th scope="row" { (one.signal.as_ref().map_or_else(String::new, |signal| signal_name(lang, signal))) }
                td.num { (one.weight) }
                td.num { (count(lang, one.found)) }
                td.num.wide { (count(lang, one.held)) }
                td.num { (count(lang, one.reviewed)) }
                td.num { (count(lang, one.rejected)) }
            } } }
        } }
    } } }
}

fn review_table(frame: &Frame, form: &Form<'_>, orders: &[Conversion], may: bool) -> Markup {
    let lang = frame.language;
    html! { div.scroll tabindex="0" { table {
        caption.aside { (lang.say("Commandes à vérifier", "Orders to review")) }
        thead { tr {
            th scope="col" { (lang.say("Commande", "Order")) }
            th.wide scope="col" { (lang.say("Date", "Date")) }
            th scope="col" { (lang.say("Parrain", "Referrer")) }
            th scope="col" { (lang.say("Pourquoi", "Why")) }
            th.num scope="col" { (lang.say("Récompense", "Reward")) }
        } }
        tbody { @for order in orders { tr {
            th scope="row" {
                @if may { (form.tick("order_id", &order.order_id, &order.order_id, orders.len() == 1)) }
                a.small href=(frame.href(&Place::Order(order.order_id.clone()))) { @if may { (lang.say("voir", "see")) span.aside { " " (order_name(lang, &order.kind, &order.order_id)) } } @else { (order.order_id) } }
            }
            td.wide { (frame.clock().when(order.at)) }
            td { @if let Some(code) = &order.referrer { a.code href=(frame.href(&Place::Referrer(code.to_string()))) { (code) } } }
            td { (status(lang, &order.status, order.reason.as_ref())) @if let Some(why) = &order.reason { small { (reason(lang, why)) } } @for found in &order.signals { small { (typeset(lang, &found.why)) } } }
            td.num { @if let Some(earned) = &order.reward { (reward_sum(lang, earned, frame.currency())) } }
        } } }
    } } }
}
