//! A referrer's month, to be printed or sent.

use maud::{Markup, html};
use parrain_wire::desk::{Entry as Line, Statement};
use parrain_wire::payouts::AssetTotal;

use crate::frame::{Entry, Frame};
use crate::parts::{crumb, order_link};
use crate::pay::places;
use crate::place::Place;
use crate::text::{Language, asset, say};

/// A statement's page.
#[derive(Clone, Debug)]
pub struct StatementPage {
    /// It.
    pub statement: Statement,
}

/// Draws it.
pub fn page(frame: &Frame, page: &StatementPage) -> Markup {
    let lang = frame.language;
    let of = &page.statement;
    let month = frame.clock().month_of(&of.month);
    let code = of.code.to_string();
    let who = of.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&code);
    let title = title(lang, &month);
    let shop = frame.shop.as_ref().map_or("", |shop| shop.name.as_str());
    frame.page(
        Entry::Referrers,
        &format!("{title} · {who}"),
        html! {
            div.unprinted { (crumb(frame, &Place::Referrer(code.clone()), who)) }
            div.head { h1 { (title) } button.js data-print type="button" { (lang.say("Imprimer", "Print")) } }
            p.lead { (who) " (" span.code { (code) } "), " (say!(lang, "parrain chez {shop}", "referrer of {shop}")) }
            @for asset in assets_of(of) { (account(frame, of, asset)) }
            @if of.truncated {
                p.small { (lang.say("Les 1 000 premières lignes sont montrées\u{a0}; les totaux les comptent toutes.", "The first 1,000 lines are shown; the sums count all of them.")) }
            }
            @if !of.on_hold.is_empty() {
                p { (lang.say("En attente à cette date, pas encore compté ci-dessus\u{a0}: ", "Waiting at that date, not yet counted above: ")) (crate::text::assets(lang, &of.on_hold, frame.currency())) "." }
            }
            p.small { (lang.say("Ce relevé n’est pas une facture. Une agence ou un indépendant facture ses commissions par sa plateforme agréée.",
                "This statement is no invoice. An agency or a freelancer invoices their commission by their own platform.")) }
        },
    )
}

/// `Relevé d’octobre 2026` of `octobre 2026`.
pub(crate) fn title(lang: Language, month: &str) -> String {
    let vowel = month.starts_with(['a', 'o']);
    match lang {
        Language::Fr if vowel => format!("Relevé d’{month}"),
        Language::Fr => format!("Relevé de {month}"),
        Language::En => format!("Statement of {month}"),
    }
}

/// Every asset that the statement speaks of, in order.
fn assets_of(of: &Statement) -> Vec<&str> {
    let totals = of.opening.iter().chain(&of.closing).map(|total| total.asset.as_str());
    let mut assets: Vec<&str> = totals.chain(of.lines.iter().map(|line| line.asset.as_str())).collect();
    assets.sort_unstable();
    assets.dedup();
    assets
}

fn account(frame: &Frame, of: &Statement, unit: &str) -> Markup {
    let lang = frame.language;
    let clock = frame.clock();
    let zero = parrain_core::money::format_amount(0, places(unit)).into();
    let sum = |totals: &[AssetTotal]| {
        let amount = totals.iter().find(|total| total.asset == unit).map_or(&zero, |total| &total.amount);
        asset(lang, amount, unit)
    };
    html! { div.scroll tabindex="0" { table {
        caption.aside { (lang.say("Relevé, ligne par ligne", "The statement, line by line")) }
        thead { tr { th scope="col" { (lang.say("Date", "Date")) } th scope="col" { (lang.say("Quoi", "What")) } th.num scope="col" { (lang.say("Montant", "Amount")) } } }
        tbody {
            tr { td { (clock.day(of.from)) } th scope="row" { (lang.say("Dû au début du mois", "Due at the beginning of the month")) } td.num { (sum(&of.opening)) } }
            @for line in of.lines.iter().filter(|line| line.asset == unit) { tr {
                td { (clock.time(line.at, &clock.day(line.at))) }
                td {
                    (match line.what.word() {
                        Some(Line::Approved) => lang.say("Récompense disponible", "Reward available"),
                        Some(Line::TakenBack) => lang.say("Récompense reprise", "Reward taken back"),
                        Some(Line::Adjusted) => lang.say("Bonus ou correction", "Bonus or correction"),
                        Some(Line::Paid) => lang.say("Versé", "Paid"),
                        None => line.what.name(),
                    })
                    @if let Some(order) = line.order_id.as_ref().filter(|_| line.what != Line::Adjusted) { ", " (lang.say("commande ", "order ")) (order_link(frame, order)) }
                    @if let Some(payout) = &line.payout { ", " a href=(frame.href(&Place::Payout(payout.clone()))) { (lang.say("paiement", "payout")) } }
                    @if let Some(note) = &line.note { small { (note) } }
                }
                td.num { (asset(lang, &line.amount, unit)) }
            } }
        }
        tfoot { tr { td { (clock.day(of.to)) } th scope="row" { (lang.say("Reste dû", "Still due")) } td.num { (sum(&of.closing)) } } }
    } } }
}
