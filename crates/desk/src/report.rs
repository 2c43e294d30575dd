//! The report of a period, beside another one where that is asked for.

use maud::{Markup, html};
use parrain_core::money::format_amount;
use parrain_wire::books::{Report, ReportRow};
use parrain_wire::desk::{Buyers, CustomersReport};
use parrain_wire::payouts::AssetTotal;

use crate::form::{Entered, Form};
use crate::frame::{Entry, Frame};
use crate::parts::{button, change, change_of, empty};
use crate::place::Place;
use crate::plot::{Plot, Point};
use crate::text::{assets, count, decimals, minor, money, percent, zero};

/// A report's page.
#[derive(Clone, Debug, Default)]
pub struct ReportPage {
    /// The period's first day, `2026-11-01`.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// What it is compared with: `before` (as long, right before it), `year` (a year earlier) or nothing.
    pub with: String,
    /// The report.
    pub report: Report,
    /// The other period's.
    pub other: Option<Report>,
    /// What it tells of customers and offers.
    pub customers: Option<CustomersReport>,
    /// The other period's.
    pub other_customers: Option<CustomersReport>,
    /// What is wrong with the dates that were asked for.
    pub entered: Entered,
}

/// The figures of a row, or of several added up.
#[derive(Clone, Debug, Default)]
struct Figures {
    visits: i64,
    codes: i64,
    orders: i64,
    sales: Vec<AssetTotal>,
    rewards: Vec<AssetTotal>,
    net: Vec<AssetTotal>,
}

/// Adds an amount to a currency's sum.
fn add(totals: &mut Vec<AssetTotal>, currency: &str, amount: i64) {
    let places = decimals(currency);
    match totals.iter_mut().find(|total| total.asset == currency) {
        Some(total) => {
            let sum = minor(total.amount.as_str(), places).saturating_add(amount);
            total.amount = format_amount(sum, places).into();
        }
        None => {
            let mut total = AssetTotal { asset: currency.to_owned(), ..AssetTotal::default() };
            total.amount = format_amount(amount, places).into();
            totals.push(total);
        }
    }
}

fn figures(rows: &[ReportRow]) -> Figures {
    let mut sum = Figures::default();
    for row in rows {
        sum.visits += row.clicks;
        sum.codes += row.touches;
        sum.orders += row.orders;
        for total in &row.revenue {
            let amount = minor(total.amount.as_str(), decimals(&total.asset));
            add(&mut sum.sales, &total.asset, amount);
            add(&mut sum.net, &total.asset, amount);
        }
        for total in &row.donations {
            let places = decimals(total.currency.as_str());
            for amount in
                [&total.pending, &total.approved, &total.paid].map(|amount| minor(amount.as_str(), places))
            {
                add(&mut sum.rewards, total.currency.as_str(), amount);
                add(&mut sum.net, total.currency.as_str(), -amount);
            }
        }
        for total in &row.totals {
            let currency = total.currency.as_str();
            let of = |text: &str| minor(text, decimals(currency));
            let earned = of(total.pending.as_str()) + of(total.approved.as_str()) + of(total.paid.as_str());
            add(&mut sum.rewards, currency, earned);
            add(&mut sum.net, currency, -earned);
        }
    }
    sum
}

/// Draws it.
pub fn page(frame: &Frame, page: &ReportPage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Rapports", "Reports");
    let now = figures(&page.report.days);
    let before = page.other.as_ref().map(|other| figures(&other.days));
    let nothing = page.report.days.is_empty() && page.report.referrers.is_empty();
    frame.page(
        Entry::Report,
        title,
        html! {
            h1 { (lang.say("Du ", "From ")) (frame.clock().day_of(&page.from)) (lang.say(" au ", " to ")) (frame.clock().day_of(&page.to)) }
            (form.summary())
            (asked(frame, page))
            @if nothing {
                (empty(lang.say("Rien sur cette période", "Nothing in this period"), lang.say("Aucune visite ni commande par un parrain ces jours-là.", "No visit and no order by a referrer on those days."),
                    button(&frame.href(&Place::Referrers), lang.say("Voir les parrains", "See the referrers"), "")))
            } @else {
                (summed(frame, page, &now, before.as_ref()))
                section aria-labelledby="daily" { h2 #daily { (lang.say("Jour par jour", "Day by day")) } (daily(frame, page, &now, before.as_ref())) (csv(frame, page, "day")) }
                (by_referrer(frame, page))
                (by_offer(frame, page))
                (returning(frame, page))
            }
        },
    )
}

/// The form that asks for a period. It changes nothing, so that its address can be sent to a colleague.
fn asked(frame: &Frame, page: &ReportPage) -> Markup {
    let lang = frame.language;
    html! { form.card.pad.unprinted method="get" action=(frame.href(&Place::Report)) {
        div.row {
            div.field { label for="from" { (lang.say("Du", "From")) } input #from type="date" name="from" value=(page.from); }
            div.field { label for="to" { (lang.say("Au", "To")) } input #to type="date" name="to" value=(page.to); }
            div.field { label for="with" { (lang.say("Comparé à", "Compared with")) } select #with name="with" {
                @for (value, text) in [("none", lang.say("rien", "nothing")), ("before", lang.say("la période d’avant", "the period before")), ("year", lang.say("un an plus tôt", "a year earlier"))] {
                    option value=(value) selected[value == page.with] { (text) }
                }
            } }
            button { (lang.say("Voir", "See")) }
        }
    } }
}

fn names(frame: &Frame, page: &ReportPage) -> (String, Option<String>) {
    let lang = frame.language;
    let clock = frame.clock();
    let other = page.other.as_ref().map(|other| {
        let (from, to) = (clock.day(other.from), clock.day(other.to));
        format!("{from} – {to}")
    });
    (lang.say("cette période", "this period").to_owned(), other)
}

fn summed(frame: &Frame, page: &ReportPage, now: &Figures, before: Option<&Figures>) -> Markup {
    let lang = frame.language;
    let currency = frame.currency();
    let figure = |name: &str, value: String, beside: Option<(String, Option<String>)>| {
        html! { div {
            span.name { (name) } span.value { (value) }
            @if let Some((other, change)) = beside { small { (other) @if let Some(change) = change { " · " (change) } } }
        } }
    };
    let orders = frame.asking(&Place::Orders, &[("outcome", "recorded")]);
    let many = |name: &str, value: i64, other: Option<i64>| {
        figure(
            name,
            count(lang, value),
            other.map(|other| (count(lang, other), change_of(frame, value, other))),
        )
    };
    let sums = |name: &str, value: &[AssetTotal], other: Option<&[AssetTotal]>| {
        figure(
            name,
            assets(lang, value, currency),
            other.map(|other| (assets(lang, other, currency), change(frame, value, other))),
        )
    };
    let new = page.customers.as_ref().map(|customers| customers.new_customers);
    let other_new = page.other_customers.as_ref().map(|customers| customers.new_customers);
    let (_, other_name) = names(frame, page);
    html! {
        @if let Some(other) = other_name { p.small { (lang.say("En dessous, pour comparer\u{a0}: ", "Below each, to compare: ")) (other) } }
        div.figures {
            (sums(lang.say("Ventes parrainées", "Referred sales"), &now.sales, before.map(|before| before.sales.as_slice())))
            (sums(lang.say("Récompenses", "Rewards"), &now.rewards, before.map(|before| before.rewards.as_slice())))
            @if let Some(bonuses) = page.customers.as_ref().map(|customers| &customers.bonuses).filter(|bonuses| !bonuses.is_empty()) {
                (sums(lang.say("dont bonus et corrections", "of them bonuses and corrections"), bonuses, page.other_customers.as_ref().map(|other| other.bonuses.as_slice())))
            }
            (sums(lang.say("Net", "Net"), &now.net, before.map(|before| before.net.as_slice())))
            a href=(orders) {
                span.name { (lang.say("Commandes", "Orders")) } span.value { (count(lang, now.orders)) }
                @if let Some(before) = before { small { (count(lang, before.orders)) @if let Some(change) = change_of(frame, now.orders, before.orders) { " · " (change) } } }
            }
            (many(lang.say("Visites par un lien", "Visits by a link"), now.visits, before.map(|before| before.visits)))
            (many(lang.say("Codes vus par le widget", "Codes seen by the widget"), now.codes, before.map(|before| before.codes)))
            @if let Some(new) = new {
                (many(lang.say("Nouveaux clients", "New customers"), new, other_new))
                (figure(lang.say("Coût d’un nouveau client", "Cost of a new customer"), each(frame, &now.rewards, new), before.zip(other_new).map(|(before, new)| (each(frame, &before.rewards, new), None))))
            }
        }
    }
}

/// What one of so many costs, in the program's currency.
fn each(frame: &Frame, rewards: &[AssetTotal], many: i64) -> String {
    let currency = frame.currency();
    let places = decimals(currency);
    let sum = rewards
        .iter()
        .find(|total| total.asset == currency)
        .map_or(0, |total| minor(total.amount.as_str(), places));
    match many {
        ..=0 => "–".to_owned(),
        1.. => {
            let one = parrain_core::money::round_half_even(i128::from(sum.max(0)), i128::from(many));
            money(frame.language, &format_amount(i64::try_from(one).unwrap_or(0), places), currency)
        }
    }
}

/// Referred sales of every day, those without anything included, beside the other period's day for day.
fn daily(frame: &Frame, page: &ReportPage, now: &Figures, before: Option<&Figures>) -> Markup {
    let lang = frame.language;
    let currency = frame.currency();
    let amount = |totals: &[AssetTotal]| {
        totals
            .iter()
            .find(|total| total.asset == currency)
            .map_or_else(|| zero(currency), |total| total.amount.0.clone())
    };
    let clock = frame.clock();
    let row = |report: &Report, day: &str| {
        let row = report.days.iter().find(|row| row.day.as_deref() == Some(day));
        let text = row.map_or_else(|| zero(currency), |row| amount(&row.revenue));
        (minor(&text, decimals(currency)), money(lang, &text, currency))
    };
    let first =
        |report: &Report| parrain_wire::Instant::parse(&format!("{}T12:00:00Z", clock.date(report.from)));
    let last =
        |report: &Report| parrain_wire::Instant::parse(&format!("{}T12:00:00Z", clock.date(report.to)));
    let (Some(from), Some(to)) = (first(&page.report), last(&page.report)) else { return html! {} };
    let days = (to.day() - from.day() + 1).clamp(1, 800);
    let other = page.other.as_ref().and_then(|other| Some((other, first(other)?)));
    let points = (0..days)
        .map(|at| {
            let day = from.plus_days(at).date();
            let (value, text) = row(&page.report, &day);
            let other = other.as_ref().map(|(report, first)| row(report, &first.plus_days(at).date()));
            Point { label: clock.day_of(&day), value, text, other }
        })
        .collect();
    let (name, other_name) = names(frame, page);
    Plot {
        title: lang.say("Ventes parrainées par jour", "Referred sales by day"),
        of: lang.say("Jour", "Day"),
        name: &name,
        other: other_name.as_deref(),
        points,
        sums: (
            money(lang, &amount(&now.sales), currency),
            before.map(|before| money(lang, &amount(&before.sales), currency)),
        ),
    }
    .draw(lang)
}

fn csv(frame: &Frame, page: &ReportPage, by: &str) -> Markup {
    html! { p.small { a href=(frame.asking(&Place::ReportCsv, &[("from", &page.from), ("to", &page.to), ("by", by)])) download { (frame.language.say("Télécharger en CSV", "Download as CSV")) } } }
}

fn by_referrer(frame: &Frame, page: &ReportPage) -> Markup {
    let lang = frame.language;
    let currency = frame.currency();
    let value = |row: &ReportRow| {
        row.revenue
            .iter()
            .find(|total| total.asset == currency)
            .map_or(0, |total| minor(total.amount.as_str(), decimals(currency)))
    };
    let mut rows: Vec<&ReportRow> = page.report.referrers.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse((value(row), row.orders, row.clicks)));
    let shown = rows.len().min(50);
    html! { @if !rows.is_empty() { section aria-labelledby="by-referrer" {
        h2 #by-referrer { (lang.say("Par parrain", "By referrer")) }
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Par parrain", "By referrer")) }
            thead { tr {
                th scope="col" { (lang.say("Parrain", "Referrer")) }
                th.num.wide scope="col" { (lang.say("Visites", "Visits")) }
                th.num scope="col" { (lang.say("Commandes", "Orders")) }
                th.num scope="col" { (lang.say("Ventes", "Sales")) }
                th.num.wide scope="col" { (lang.say("Récompenses", "Rewards")) }
            } }
            tbody { @for row in rows.iter().take(shown) { @let of = figures(std::slice::from_ref(*row)); tr {
                th scope="row" { @match &row.code { Some(code) => { a.code href=(frame.href(&Place::Referrer(code.to_string()))) { (code) } }, None => {} } }
                td.num.wide { (count(lang, of.visits)) }
                td.num { (count(lang, of.orders)) }
                td.num { (assets(lang, &of.sales, currency)) }
                td.num.wide { (assets(lang, &of.rewards, currency)) }
            } } }
        } }
        @if rows.len() > shown { p.small { (lang.say("Les 50 premiers\u{a0}; tous sont dans le fichier.", "The first 50; all are in the file.")) } }
        (csv(frame, page, "referrer"))
    } } }
}

fn by_offer(frame: &Frame, page: &ReportPage) -> Markup {
    let lang = frame.language;
    html! { @if let Some(customers) = page.customers.as_ref().filter(|customers| !customers.offers.is_empty()) { section aria-labelledby="by-offer" {
        h2 #by-offer { (lang.say("Par offre", "By offer")) }
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Par offre", "By offer")) }
            thead { tr { th scope="col" { (lang.say("Offre", "Offer")) } th.num scope="col" { (lang.say("Commandes", "Orders")) } th.num scope="col" { (lang.say("Ventes", "Sales")) } th.num.wide scope="col" { (lang.say("Récompenses", "Rewards")) } } }
            tbody { @for row in &customers.offers { tr {
                th scope="row" { a href=(frame.href(&Place::Offer(row.offer.clone()))) { (row.offer) } }
                td.num { (count(lang, row.orders)) }
                td.num { (assets(lang, &row.sales, frame.currency())) }
                td.num.wide { (assets(lang, &row.rewards, frame.currency())) }
            } }
                @if !customers.bonuses.is_empty() { tr {
                    th scope="row" { (lang.say("Bonus et corrections", "Bonuses and corrections")) }
                    td.num { "–" } td.num { "–" }
                    td.num.wide { (assets(lang, &customers.bonuses, frame.currency())) }
                } }
            }
        } }
        (csv(frame, page, "offer"))
    } } }
}

/// Whether who was brought by a referrer comes back more often than others.
fn returning(frame: &Frame, page: &ReportPage) -> Markup {
    let lang = frame.language;
    let share = |buyers: &Buyers| match buyers.customers {
        ..=0 => "–".to_owned(),
        1.. => percent(lang, &(buyers.returning.max(0) * 100 / buyers.customers).to_string()),
    };
    html! { @if let Some(customers) = &page.customers { section aria-labelledby="returning" {
        h2 #returning { (lang.say("Qui revient\u{a0}?", "Who comes back?")) }
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Clients amenés par un parrain et autres clients", "Customers brought by a referrer and other customers")) }
            thead { tr { th scope="col" { (lang.say("Clients", "Customers")) } th.num scope="col" { (lang.say("Combien", "How many")) } th.num scope="col" { (lang.say("Commandes", "Orders")) } th.num scope="col" { (lang.say("Déjà revenus, depuis toujours", "Have come back, ever")) } } }
            tbody { @for (name, buyers) in [(lang.say("amenés par un parrain", "brought by a referrer"), &customers.referred), (lang.say("les autres", "all others"), &customers.others)] { tr {
                th scope="row" { (name) }
                td.num { (count(lang, buyers.customers)) }
                td.num { (count(lang, buyers.orders)) }
                td.num { (share(buyers)) }
            } } }
        } }
    } } }
}
