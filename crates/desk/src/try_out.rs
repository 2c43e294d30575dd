//! Trying the program on the orders of an export: the page, and what the owner's browser draws into it after it has read
//! the file (`crates/tryout-page`). No file and no figure of it ever comes here by the network.

mod words;

use maud::{Markup, html};
use parrain_core::money::{Currency, format_amount};
use parrain_tryout::columns::{Column, Role, Sure};
use parrain_tryout::reader::{Layout, Read};
use parrain_tryout::statuses::Meaning;
use parrain_tryout::trial::{Earner, Figures, Money, Outcome, Referrals};
use parrain_wire::order::Kind;
use parrain_wire::program::{Offer, Program};
use parrain_wire::word::{Known, Word};
use serde_json::json;

use crate::frame::{Entry, Frame};
use crate::parts::{button, crumb, empty, offer_name, pill, reason};
use crate::place::Place;
use crate::plot::{Plot, Point};
use crate::text::{Language, count, money, percent, say};
use words::{left_out, meaning_name, note, role_name, role_word};

/// Where the script is served that reads the file. It is built beside the widget, and knows the name of the rest.
pub const SCRIPT: &str = "/try.js";

/// How many of those who would have won are named.
const WINNERS: usize = 10;

/// The page.
#[derive(Clone, Debug, Default)]
pub struct TryOut {
    /// The program that is tried.
    pub program: Program,
}

/// Draws the page as it is before a file is chosen.
pub fn page(frame: &Frame, page: &TryOut) -> Markup {
    let lang = frame.language;
    let title = lang.say("Essayer sur vos commandes", "Try it on your orders");
    let offers: Vec<&Offer> = page.program.offers.iter().filter(|offer| is_of_sales(offer)).collect();
    let set_up = json!({
        "language": lang.tag(), "zone": frame.zone, "now": frame.now, "program": page.program,
    });
    frame.page(
        Entry::Program,
        title,
        html! {
            (crumb(frame, &Place::Program, lang.say("Programme", "Program")))
            h1 { (title) }
            p.lead { (lang.say(
                "Donnez l’export des commandes de l’an dernier\u{a0}: vous verrez ce que ce programme aurait coûté et apporté, mois par mois.",
                "Give last year’s export of orders: you will see what this program would have cost and brought, month by month.")) }
            @if offers.is_empty() {
                (empty(lang.say("Rien à essayer", "Nothing to try"), lang.say("Aucune offre ne récompense une commande.", "No offer rewards an order."),
                    button(&frame.href(&Place::NewOffer), lang.say("Ajouter une offre", "Add an offer"), "main")))
            } @else {
                noscript { p.note { (lang.say(
                    "Cette page a besoin de JavaScript\u{a0}: votre fichier ne quitte pas votre ordinateur, c’est votre navigateur qui le lit et qui calcule.",
                    "This page needs JavaScript: your file does not leave your computer, it is your browser that reads it and works it out.")) } }
                div.stack #try hidden data-set-up=(set_up) data-words=(words::of_script(lang)) {
                    (chooser(lang))
                    (asked(lang, &offers))
                    div.stack #columns {}
                    div.stack #result {}
                }
                script src=(SCRIPT) defer {}
            }
        },
    )
}

fn is_of_sales(offer: &Offer) -> bool {
    offer.advocate.on.as_ref().is_none_or(|kind| kind.word() == Some(Kind::Sale))
}

fn chooser(lang: Language) -> Markup {
    html! { section.card.pad.unprinted #drop aria-labelledby="file-title" {
        h2 #file-title { (lang.say("Votre export", "Your export")) }
        div.field {
            label for="file" { (lang.say("Choisissez le fichier CSV, ou déposez-le ici", "Choose the CSV file, or drop it here")) }
            input #file type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" aria-describedby="file-hint";
            p.hint #file-hint { (lang.say(
                "Shopify, WooCommerce, PrestaShop, Magento, OpenCart ou tout autre CSV. Il ne quitte pas votre ordinateur\u{a0}: rien n’est envoyé.",
                "Shopify, WooCommerce, PrestaShop, Magento, OpenCart or any other CSV. It does not leave your computer: nothing is sent.")) }
        }
        p #state role="status" {}
        div.row {
            progress #progress max="100" hidden aria-label=(lang.say("Avancement", "Progress")) {}
            button #cancel type="button" hidden { (lang.say("Arrêter", "Stop")) }
        }
    } }
}

/// What the owner sets: the offer, and who referred whom where the file does not say.
fn asked(lang: Language, offers: &[&Offer]) -> Markup {
    html! { section.card.pad.unprinted #asked hidden aria-labelledby="asked-title" {
        h2 #asked-title { (lang.say("Ce que vous essayez", "What you try")) }
        div.fields.two {
            div.field { label for="offer" { (lang.say("L’offre", "The offer")) } select #offer {
                @for offer in offers { option value=(offer.id) { (offer_name(lang, offer)) } }
            } }
            div.field { label for="by" { (lang.say("Qui recommande", "Who refers")) } select #by {
                option value="codes" { (lang.say("chaque code du fichier est un parrain", "each code in the file is a referrer")) }
                option value="assumed" { (lang.say("le supposer", "assume it")) }
            } }
            div.field.assumed { label for="share" { (lang.say("Part des nouveaux clients venus par un parrain (%)", "Share of new customers who came by a referrer (%)")) }
                input #share type="number" min="0" max="100" step="0.5" value="10" inputmode="decimal" aria-describedby="share-hint";
                p.hint #share-hint { (lang.say("C’est une supposition, la vôtre. Les mêmes clients sont tirés à chaque fois.", "This is an assumption, and yours. The same customers are drawn each time.")) } }
            div.field.assumed.partners { label for="partners" { (lang.say("Nombre de partenaires", "Number of partners")) }
                input #partners type="number" min="1" max="10000" step="1" value="10" inputmode="numeric"; }
        }
    } }
}

/// Draws what was made of the file: its columns, how dates and amounts are written, its statuses.
pub fn columns(lang: Language, read: &Read) -> Markup {
    let layout = &read.layout;
    let (known, other): (Vec<_>, Vec<_>) =
        layout.columns.iter().enumerate().partition(|(_, column)| column.role.is_some());
    let unsure = known.iter().any(|(_, column)| column.sure == Sure::Guessed);
    html! { section.card.pad.unprinted aria-labelledby="columns-title" {
        h2 #columns-title { (lang.say("Ce que nous avons compris de votre fichier", "What we understood of your file")) }
        @if !read.missing.is_empty() { p.fault role="alert" {
            (lang.say("Il manque, pour lire vos commandes\u{a0}: ", "To read your orders this is missing: "))
            (read.missing.iter().map(|role| role_name(lang, *role)).collect::<Vec<_>>().join(", "))
            (lang.say(". Dites ci-dessous quelle colonne c’est.", ". Say below which column it is."))
        } }
        @for text in &read.notes { p.note { (note(lang, *text)) } }
        details open[unsure || !read.missing.is_empty()] {
            summary { (lang.say("Corriger les colonnes", "Correct the columns")) }
            (columns_table(lang, lang.say("Colonnes lues", "Columns that are read"), &known))
            (written(lang, layout))
            @if !other.is_empty() { details open[!read.missing.is_empty()] {
                summary { (say!(lang, "{} colonnes ne sont pas lues", "{} columns are not read", other.len())) }
                (columns_table(lang, lang.say("Colonnes qui ne sont pas lues", "Columns that are not read"), &other))
            } }
        }
        (statuses(lang, read))
    } }
}

fn columns_table(lang: Language, caption: &str, columns: &[(usize, &Column)]) -> Markup {
    html! { div.scroll tabindex="0" { table {
        caption { (caption) }
        thead { tr {
            th scope="col" { (lang.say("Dans le fichier", "In the file")) }
            th scope="col" { (lang.say("Exemple", "Example")) }
            th scope="col" { (lang.say("Lue comme", "Read as")) }
        } }
        tbody { @for (place, column) in columns { tr {
            th scope="row" { (column.name) }
            td { (column.example) }
            td {
                select #{ "column-" (place) } data-column=(place) aria-label=(say!(lang, "{} est lue comme", "{} is read as", column.name)) {
                    option value="" selected[column.role.is_none()] { (lang.say("rien", "nothing")) }
                    @for role in Role::ALL { option value=(role_word(role)) selected[column.role == Some(role)] { (role_name(lang, role)) } }
                }
                @if column.role.is_some() && column.sure == Sure::Guessed { " " (pill("amber", lang.say("à vérifier", "to check"))) }
            }
        } } }
    } } }
}

/// How dates and amounts are written, where it has to be said.
fn written(lang: Language, layout: &Layout) -> Markup {
    let choice = |id: &str, label: &str, first: bool, texts: [&str; 2], guessed: bool| {
        html! { div.field { label for=(id) { (label) @if guessed { " " (pill("amber", lang.say("à vérifier", "to check"))) } }
        select id=(id) {
            option value="true" selected[first] { (texts[0]) }
            option value="false" selected[!first] { (texts[1]) }
        } } }
    };
    html! { div.fields.two {
        @if let Some(sure) = layout.day_first_sure {
            (choice("day_first", lang.say("05/03/2025 est le", "05/03/2025 is"), layout.day_first, [lang.say("5 mars", "5 March"), lang.say("3 mai", "3 May")], sure == Sure::Guessed))
        }
        (choice("comma", lang.say("1,234 vaut", "1,234 is"), layout.comma, [lang.say("un et quelques", "a bit more than one"), lang.say("mille deux cent trente-quatre", "one thousand two hundred and thirty-four")], false))
    } }
}

fn statuses(lang: Language, read: &Read) -> Markup {
    if read.statuses.is_empty() {
        return html! {};
    }
    let unknown = read.statuses.iter().any(|seen| seen.meaning == Meaning::Unknown);
    html! { details open[unknown] {
        summary { (lang.say("Quelles commandes comptent", "Which orders count")) @if unknown { " " (pill("amber", lang.say("à vérifier", "to check"))) } }
        p.hint { (lang.say("Seules les commandes payées comptent.", "Only paid orders count.")) }
        div.scroll tabindex="0" { table {
            caption { (lang.say("Les statuts de votre fichier", "Your file’s statuses")) }
            thead { tr { th scope="col" { (lang.say("Statut", "Status")) } th.num scope="col" { (lang.say("Commandes", "Orders")) } th scope="col" { (lang.say("Compte comme", "Counts as")) } } }
            tbody { @for (place, seen) in read.statuses.iter().enumerate().take(40) { tr {
                th scope="row" { (seen.word) }
                td.num { (number(lang, seen.orders)) }
                td { select #{ "status-" (place) } data-status=(seen.word) aria-label=(say!(lang, "{} compte comme", "{} counts as", seen.word)) {
                    @for meaning in [Meaning::Paid, Meaning::Refunded, Meaning::Unpaid, Meaning::Unknown] {
                        @let (word, name) = meaning_name(lang, meaning);
                        option value=(word) selected[seen.meaning == meaning] { (name) }
                    }
                } }
            } } }
        } }
    } }
}

/// Draws what came of it; `referrals` is what was asked.
pub fn result(lang: Language, read: &Read, referrals: &Referrals, outcome: &Outcome) -> Markup {
    let Some(main) = outcome.money.first() else {
        return html! { section.card.pad { h2 #result-title tabindex="-1" { (lang.say("Aucune commande payée n’a été lue", "No paid order was read")) } (left_out_of(lang, read)) } };
    };
    html! {
        section.card.pad aria-labelledby="result-title" {
            h2 #result-title tabindex="-1" { (sentence(lang, outcome, main)) }
            @if outcome.assumed.is_some() { p.note { strong { (lang.say("Supposé. ", "Assumed. ")) } (lang.say(
                "Votre fichier ne dit pas qui a recommandé qui. Tout ce qui est marqué «\u{a0}supposé\u{a0}» repose sur la part que vous avez choisie, et sur des ventes qui ont eu lieu de toute façon.",
                "Your file does not say who referred whom. All that is marked “assumed” rests on the share that you chose, and on sales that happened anyway.")) } }
            (figures(lang, outcome, main))
            div.acts.unprinted { button type="button" data-print="" { (lang.say("Imprimer", "Print")) } }
        }
        (monthly(lang, outcome, main))
        (winners(lang, referrals, outcome, main))
        (refused(lang, outcome))
        (others(lang, outcome))
        (left_out_of(lang, read))
    }
}

fn sentence(lang: Language, outcome: &Outcome, main: &Money) -> String {
    let cost = amount(lang, main.currency, main.sum.cost());
    let brought = amount(lang, main.currency, main.sum.brought);
    let period = match (main.months.first(), main.months.last()) {
        (Some((first, _)), Some((last, _))) if first == last => {
            say!(lang, "En {}", "In {}", month(lang, *first))
        }
        (Some((first, _)), Some((last, _))) => {
            say!(lang, "De {} à {}", "From {} to {}", month(lang, *first), month(lang, *last))
        }
        (None, _) | (_, None) => String::new(),
    };
    match &outcome.assumed {
        None => say!(
            lang,
            "{period}, ce programme aurait coûté {cost} et apporté {brought} de ventes.",
            "{period} this program would have cost {cost} and brought {brought} of sales."
        ),
        Some(assumed) => {
            let share = percent(lang, &assumed.share.to_string());
            say!(
                lang,
                "{period}, si {share} des nouveaux clients étaient venus par un parrain, ce programme aurait coûté {cost} pour {brought} de ventes.",
                "{period}, had {share} of the new customers come by a referrer, this program would have cost {cost} for {brought} of sales."
            )
        }
    }
}

fn figures(lang: Language, outcome: &Outcome, main: &Money) -> Markup {
    let sum = &main.sum;
    let assumed = outcome.assumed.is_some();
    let figure = |name: &str, value: String, rests: bool, small: Option<String>| {
        html! { div {
            span.name { (name) @if rests && assumed { " " (pill("amber", lang.say("supposé", "assumed"))) } }
            span.value { (value) }
            @if let Some(small) = small { small { (small) } }
        } }
    };
    let sums = |minor| amount(lang, main.currency, minor);
    let share = |part: i64, whole: i64| {
        let permille = i128::from(part) * 1000 / i128::from(whole.max(1));
        percent(lang, &format!("{}.{}", permille / 10, permille % 10))
    };
    let of_sales = say!(lang, "{} de toutes les ventes", "{} of all sales", share(sum.brought, sum.turnover));
    let of_brought =
        say!(lang, "{} de ce qui est apporté", "{} of what is brought", share(sum.cost(), sum.brought));
    html! { div.figures {
        (figure(lang.say("Coût", "Cost"), sums(sum.cost()), true, (sum.brought > 0).then_some(of_brought)))
        (figure(lang.say("Ventes apportées", "Sales brought"), sums(sum.brought), true, Some(of_sales)))
        (figure(lang.say("Récompenses", "Rewards"), sums(sum.earned), true, None))
        (figure(lang.say("Reprises par des remboursements", "Taken back by refunds"), sums(sum.taken_back), true, None))
        (figure(lang.say("Encore en attente", "On hold still"), sums(sum.earned - sum.taken_back - sum.approved), true, None))
        (figure(lang.say("Remises des filleuls", "Friends’ discounts"), sums(sum.discounts), true, None))
        (figure(lang.say("Commandes parrainées", "Referred orders"), number(lang, sum.referred), true, Some(say!(lang, "sur {} commandes payées", "of {} paid orders", number(lang, sum.orders)))))
        (figure(lang.say("Nouveaux clients parrainés", "Referred new customers"), number(lang, sum.new_customers), true, Some(say!(lang, "sur {} nouveaux dans le fichier", "of {} new in the file", number(lang, outcome.firsts)))))
    } }
}

fn monthly(lang: Language, outcome: &Outcome, main: &Money) -> Markup {
    let assumed = lang.say(" (supposé)", " (assumed)");
    let titled = |text: &str| format!("{text}{}", if outcome.assumed.is_some() { assumed } else { "" });
    let plot = |title: &str, name: &str, value: fn(&Figures) -> i64| {
        let title = titled(title);
        let point = |(at, figures): &(i64, Figures)| Point {
            label: month(lang, *at),
            value: value(figures),
            text: amount(lang, main.currency, value(figures)),
            other: None,
        };
        let points = main.months.iter().map(point).collect();
        let sums = (amount(lang, main.currency, value(&main.sum)), None);
        Plot { title: &title, of: lang.say("Mois", "Month"), name, other: None, points, sums }.draw(lang)
    };
    html! {
        section.card.pad aria-labelledby="monthly" {
            h2 #monthly { (lang.say("Mois par mois", "Month by month")) }
            h3 { (titled(lang.say("Coût", "Cost"))) }
            (plot(lang.say("Coût par mois", "Cost by month"), lang.say("Coût", "Cost"), Figures::cost))
            h3 { (titled(lang.say("Ventes apportées", "Sales brought"))) }
            (plot(lang.say("Ventes apportées par mois", "Sales brought by month"), lang.say("Ventes", "Sales"), |figures| figures.brought))
            @if main.sum.taken_back != 0 {
                h3 { (titled(lang.say("Repris par des remboursements", "Taken back by refunds"))) }
                (plot(lang.say("Récompenses reprises par mois", "Rewards taken back by month"), lang.say("Repris", "Taken back"), |figures| figures.taken_back))
            }
        }
    }
}

fn winners(lang: Language, referrals: &Referrals, outcome: &Outcome, main: &Money) -> Markup {
    let Referrals::Codes(others) = referrals else {
        return html! { section.card.pad { h2 { (lang.say("Qui aurait gagné", "Who would have won")) }
        p { (lang.say("Le fichier ne nomme aucun parrain\u{a0}: personne n’est donc nommé ici.", "The file names no referrer, so that nobody is named here.")) } } };
    };
    let earned = |earner: &Earner| {
        let sum = earner.sums.get(main.currency.code()).copied().unwrap_or_default();
        amount(lang, main.currency, sum.pending + sum.approved)
    };
    html! { section.card.pad aria-labelledby="winners" {
        h2 #winners { (lang.say("Qui aurait gagné", "Who would have won")) }
        @if outcome.referrers.is_empty() { p { (lang.say("Personne\u{a0}: aucune commande ne porte de code.", "Nobody: no order has a code.")) } }
        @else { div.scroll tabindex="0" { table {
            caption { @if outcome.referrers.len() > WINNERS { (say!(lang, "Les {WINNERS} premiers, sur {}", "The first {WINNERS} of {}", outcome.referrers.len())) }
                @else { (lang.say("Tous ceux dont un code a servi", "All whose code was used")) } }
            thead { tr {
                th scope="col" { (lang.say("Code", "Code")) }
                th.num scope="col" { (lang.say("Commandes", "Orders")) }
                th.num scope="col" { (lang.say("Refusées", "Refused")) }
                th.num scope="col" { (lang.say("Gagné", "Earned")) }
                th.unprinted scope="col" { (lang.say("Pas un parrain", "No referrer")) }
            } }
            tbody { @for earner in outcome.referrers.iter().take(WINNERS) { tr {
                th scope="row" { (earner.code.as_str()) }
                td.num { (number(lang, earner.conversions)) }
                td.num { (number(lang, earner.refused)) }
                td.num { (earned(earner)) }
                td.unprinted { (other(lang, earner.code.as_str(), false)) }
            } } }
        } } }
        @if !others.is_empty() { fieldset.unprinted { legend { (lang.say("Codes laissés de côté", "Codes left aside")) }
            @for code in others { label { (other(lang, code, true)) " " (code) } " " } } }
    } }
}

/// The box by which a code is said to be a sale's or a season's.
fn other(lang: Language, code: &str, checked: bool) -> Markup {
    html! { input #{ "other-" (code) } type="checkbox" data-other=(code) checked[checked]
    aria-label=(say!(lang, "{code} n’est pas le code d’un parrain", "{code} is no referrer’s code")); }
}

fn refused(lang: Language, outcome: &Outcome) -> Markup {
    if outcome.refused.is_empty() {
        return html! {};
    }
    html! { section.card.pad aria-labelledby="refused" {
        h2 #refused { (lang.say("Ce qui n’aurait rien rapporté, et pourquoi", "What would have earned nothing, and why")) }
        ul { @for one in &outcome.refused { li { (number(lang, one.conversions)) "\u{a0}: " (reason(lang, &Known::Word(one.reason))) } } }
    } }
}

/// What there is besides the main currency.
fn others(lang: Language, outcome: &Outcome) -> Markup {
    let more: Vec<&Money> = outcome.money.iter().skip(1).collect();
    if more.is_empty() && outcome.units.is_empty() && !outcome.free_shipping {
        return html! {};
    }
    html! { section.card.pad aria-labelledby="others" {
        h2 #others { (lang.say("En plus", "Besides")) }
        ul {
            @for money in more { li { (money.currency.code()) "\u{a0}: " (say!(lang, "{} de coût, {} de ventes apportées, sur {} commandes", "{} of cost, {} of sales brought, of {} orders",
                amount(lang, money.currency, money.sum.cost()), amount(lang, money.currency, money.sum.brought), number(lang, money.sum.orders))) } }
            @for units in &outcome.units { li { @let name = parrain_wire::program::RewardKind::named(&units.kind).map_or(units.kind.as_str(), |kind| crate::text::kind_name(lang, kind));
                (name) "\u{a0}: " (count(lang, units.earned - units.taken_back)) } }
            @if outcome.free_shipping { li { (lang.say("La livraison offerte aux filleuls coûte ce qu’aucun export ne dit\u{a0}: elle n’est pas comptée.", "Friends’ free shipping costs what no export tells: it is not counted.")) } }
        }
    } }
}

fn left_out_of(lang: Language, read: &Read) -> Markup {
    let all: u64 = read.left_out.values().sum();
    html! { section.card.pad aria-labelledby="left-out" {
        h2 #left-out { (lang.say("Ce qui a été laissé de côté", "What was left out")) }
        @if all == 0 { p { (lang.say("Toutes les lignes ont été lues.", "All lines were read.")) } }
        @else {
            ul { @for (reason, lines) in &read.left_out { li { (say!(lang, "{} ligne(s)", "{} line(s)", number(lang, *lines))) "\u{a0}: " (left_out(lang, *reason)) } } }
            details { summary { (lang.say("Ligne par ligne", "Line by line")) }
                div.scroll tabindex="0" { table {
                    caption { (say!(lang, "Les {} premières", "The first {}", read.left_out_first.len())) }
                    thead { tr { th.num scope="col" { (lang.say("Ligne", "Line")) } th scope="col" { (lang.say("Pourquoi", "Why")) } } }
                    tbody { @for one in &read.left_out_first { tr { th.num scope="row" { (number(lang, one.line)) } td { (left_out(lang, one.reason)) } } } }
                } }
            }
        }
        p.small { (lang.say("Qui avait commandé avant la première ligne du fichier compte ici comme nouveau.", "Whoever had ordered before the file’s first line counts as new here.")) }
    } }
}

fn amount(lang: Language, currency: Currency, minor: i64) -> String {
    money(lang, &format_amount(minor, currency.decimals()), currency.code())
}

fn number(lang: Language, number: u64) -> String {
    count(lang, i64::try_from(number).unwrap_or(i64::MAX))
}

/// A month counted as zones count them: `mars 2025`.
fn month(lang: Language, at: i64) -> String {
    format!("{} {}", lang.month(at), at.div_euclid(12))
}

#[cfg(test)]
mod tests;
