//! Home: what waits, the month's figures, what happened last.

use maud::{Markup, html};
use parrain_wire::account::Claim;
use parrain_wire::amount::CurrencyCode;
use parrain_wire::desk::{DaySales, Due, Event, News, Overview, PeriodFigures, Silent};
use parrain_wire::payouts::AssetTotal;

use crate::frame::{Entry, Frame};
use crate::parts::{change, empty, platform_name, reason, reward};
use crate::place::Place;
use crate::plot::{Plot, Point};
use crate::text::{assets, count, decimals, minor, money, say};

/// What home shows.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// All of it.
    pub overview: Overview,
}

/// Something that waits: its sentence, what else is to be said, its sum, and where it is seen to.
struct Waits {
    text: String,
    more: Option<String>,
    sum: String,
    href: String,
}

/// Draws home.
pub fn page(frame: &Frame, page: &Home) -> Markup {
    let lang = frame.language;
    let overview = &page.overview;
    let waiting = waiting(frame, overview);
    let many = waiting.len();
    let title = match many {
        0 => lang.say("Bonjour. Rien ne vous attend.", "Hello. Nothing is waiting for you.").to_owned(),
        1 => lang.say("Bonjour. Une chose vous attend.", "Hello. One thing is waiting for you.").to_owned(),
        _ => {
            say!(lang, "Bonjour. {many} choses vous attendent.", "Hello. {many} things are waiting for you.")
        }
    };
    let nothing = overview.news.is_empty()
        && overview.month
            == PeriodFigures { from: overview.month.from, to: overview.month.to, ..Default::default() };
    frame.page(
        Entry::Home,
        lang.say("Accueil", "Home"),
        html! {
            h1 { (title) }
            @if !waiting.is_empty() {
                ul.card.rows { @for each in &waiting { li { a href=(each.href) {
                    span.what { (each.text) @if let Some(more) = &each.more { small { (more) } } }
                    span.sum { (each.sum) }
                } } } }
            }
            @if !frame.set_up_done {
                p.note { @if nothing { (lang.say("Votre boutique n’est pas encore tout à fait branchée. ", "Your shop is not quite connected yet. ")) }
                    @else { (lang.say("Il reste une partie de la mise en route. ", "A part of the set-up is left. ")) }
                    a href=(frame.href(&Place::SetUp)) { (lang.say("Continuer la mise en route", "Go on with the set-up")) } }
            }
            @if nothing {
                (empty(
                    lang.say("Ici paraîtront vos ventes parrainées", "Your referred sales will stand here"),
                    lang.say("Aucune commande n’est encore arrivée par un parrain. Il en faut un, avec son lien ou son code.",
                             "No order has come by a referrer yet. It takes one, with their link or code."),
                    html! { a.button.main href=(frame.href(&Place::NewReferrer)) { (lang.say("Ajouter un parrain", "Add a referrer")) } },
                ))
            } @else {
                (month(frame, overview))
                (latest(frame, &overview.news))
            }
        },
    )
}

fn waiting(frame: &Frame, overview: &Overview) -> Vec<Waits> {
    let lang = frame.language;
    let waiting = &overview.waiting;
    let mut list = Vec::new();
    let mut add = |text: String, more: Option<String>, sum: String, place: &Place| {
        list.push(Waits { text, more, sum, href: frame.href(place) });
    };
    let sum = |due: &Due| {
        if due.totals.is_empty() { String::new() } else { assets(lang, &due.totals, frame.currency()) }
    };
    let n = waiting.reviews.count;
    if n > 0 {
        let text = format!(
            "{} {}",
            count(lang, n),
            lang.many(
                n,
                lang.say("commande à vérifier", "order to review"),
                lang.say("commandes à vérifier", "orders to review")
            )
        );
        add(text, None, sum(&waiting.reviews), &Place::Reviews);
    }
    if let [claim] = waiting.first_claims.as_slice()
        && waiting.claims == 1
    {
        add(
            one_claim(frame, claim),
            claim.note.as_ref().map(|note| quoted(frame, note)),
            String::new(),
            &Place::Claim(claim.id.clone()),
        );
    } else if waiting.claims > 0 {
        let n = waiting.claims;
        let text = format!(
            "{} {}",
            count(lang, n),
            lang.many(n, lang.say("réclamation", "claim"), lang.say("réclamations", "claims"))
        );
        let first = waiting.first_claims.first();
        add(
            text,
            first.and_then(|claim| claim.note.as_ref()).map(|note| quoted(frame, note)),
            String::new(),
            &Place::Claims,
        );
    }
    let n = waiting.joiners;
    if n > 0 {
        let text = format!(
            "{} {}",
            count(lang, n),
            lang.many(
                n,
                lang.say("parrain à accepter", "referrer to let in"),
                lang.say("parrains à accepter", "referrers to let in")
            )
        );
        add(text, None, String::new(), &Place::Referrers);
        if let Some(last) = list.last_mut() {
            last.href = frame.asking(&Place::Referrers, &[("status", "waiting")]);
        }
    }
    let n = waiting.unconfirmed;
    if n > 0 {
        let text = format!(
            "{} {}",
            count(lang, n),
            lang.many(
                n,
                lang.say("parrain à confirmer", "referrer to be confirmed"),
                lang.say("parrains à confirmer", "referrers to be confirmed")
            )
        );
        let more = lang.say(
            "Leurs récompenses attendent qu’ils ouvrent le lien de leur e-mail, ou que vous les confirmiez.",
            "Their rewards wait until they open the link in their mail, or you confirm them.",
        );
        let href = frame.asking(&Place::Referrers, &[("status", crate::referrers::UNCONFIRMED)]);
        list.push(Waits { text, more: Some(more.to_owned()), sum: String::new(), href });
    }
    let mut add = |text: String, more: Option<String>, sum: String, place: &Place| {
        list.push(Waits { text, more, sum, href: frame.href(place) });
    };
    let due = &waiting.payouts;
    if due.count > 0 {
        let n = due.referrers;
        let text = format!(
            "{}{} {}",
            lang.say("Paiements prêts\u{a0}: ", "Payouts ready: "),
            count(lang, n),
            lang.many(n, lang.say("parrain", "referrer"), lang.say("parrains", "referrers"))
        );
        add(text, None, sum(due), &Place::Pay);
    }
    let n = waiting.unpaid_payouts;
    if n > 0 {
        let text = format!(
            "{} {}",
            count(lang, n),
            lang.many(
                n,
                lang.say(
                    "paiement préparé, pas encore marqué comme payé",
                    "payout prepared and not yet marked as paid"
                ),
                lang.say(
                    "paiements préparés, pas encore marqués comme payés",
                    "payouts prepared and not yet marked as paid"
                )
            )
        );
        add(text, None, String::new(), &Place::Payouts);
    }
    for silent in &waiting.silent {
        add(
            silence(frame, silent),
            Some(
                lang.say(
                    "Ses commandes n’arrivent plus\u{a0}: vérifiez l’adresse qu’elle appelle.",
                    "Its orders no longer arrive: check the address that it calls.",
                )
                .to_owned(),
            ),
            String::new(),
            &Place::SetUpStep(parrain_wire::desk::Step::Platform),
        );
    }
    let failed = [
        (waiting.failed_deliveries, String::new(), Place::Endpoints),
        (
            waiting.failed_contacts,
            lang.say("À votre outil de newsletters.", "To your mailing tool.").to_owned(),
            Place::Contacts,
        ),
    ];
    for (n, to, place) in failed.into_iter().filter(|(n, _, _)| *n > 0) {
        let text = format!(
            "{} {}",
            count(lang, n),
            lang.many(
                n,
                lang.say("envoi a échoué", "message failed"),
                lang.say("envois ont échoué", "messages failed")
            )
        );
        add(text, Some(to).filter(|to| !to.is_empty()), String::new(), &place);
    }
    list
}

fn quoted(frame: &Frame, note: &str) -> String {
    say!(frame.language, "«\u{a0}{note}\u{a0}»", "“{note}”")
}

fn one_claim(frame: &Frame, claim: &Claim) -> String {
    let (code, order) = (&claim.code, &claim.order_id);
    say!(
        frame.language,
        "Une réclamation de {code} pour la commande {order}",
        "A claim by {code} for order {order}"
    )
}

fn silence(frame: &Frame, silent: &Silent) -> String {
    let (name, day) = (platform_name(&silent.platform), frame.clock().day(silent.last_at));
    say!(frame.language, "{name} n’envoie plus rien depuis le {day}", "{name} has sent nothing since {day}")
}

fn month(frame: &Frame, overview: &Overview) -> Markup {
    let lang = frame.language;
    let clock = frame.clock();
    let (month, before) = (&overview.month, &overview.before);
    let name = |period: &PeriodFigures| {
        let key = clock.month(period.from);
        let text = clock.month_of(&key);
        text.rsplit_once(' ').map_or(text.clone(), |(month, _)| month.to_owned())
    };
    let (this, last) = (name(month), name(before));
    let mut heading = this.clone();
    if let Some(first) = heading.get(..1) {
        heading = format!("{}{}", first.to_uppercase(), heading.get(1..).unwrap_or_default());
    }
    let (from, to) = (clock.date(month.from), clock.date(month.to));
    let report = frame.asking(&Place::Report, &[("from", &from), ("to", &to), ("with", "before")]);
    let figure = |label: &str, value: String, change: Option<String>| {
        html! { a href=(report) {
            span.name { (label) } span.value { (value) }
            small { @match change { Some(change) => { (change) }, None => { "\u{a0}" } } }
        } }
    };
    let currency = frame.currency();
    let new = month.new_customers - before.new_customers;
    let new = if new >= 0 { format!("+{new}") } else { count(lang, new) };
    let bonuses = (!month.bonuses.is_empty()).then(|| {
        let sum = assets(lang, &month.bonuses, currency);
        say!(lang, "bonus et corrections compris\u{a0}: {sum}", "including {sum} of bonuses and corrections")
    });
    let rewards = [bonuses, change(frame, &month.rewards, &before.rewards)].into_iter().flatten();
    let rewards = Some(rewards.collect::<Vec<_>>().join(" · ")).filter(|text| !text.is_empty());
    html! { section aria-labelledby="month" {
        div.split { h2 #month { (heading) } p.small { (say!(lang, "comparé à {last}, aux mêmes jours", "compared with {last}, on the same days")) } }
        div.figures.gap-s {
            (figure(lang.say("Ventes parrainées", "Referred sales"), assets(lang, &month.sales, currency), change(frame, &month.sales, &before.sales)))
            (figure(lang.say("Récompenses", "Rewards"), assets(lang, &month.rewards, currency), rewards))
            (figure(lang.say("Net", "Net"), assets(lang, &month.net, currency), change(frame, &month.net, &before.net)))
            (figure(lang.say("Nouveaux clients", "New customers"), count(lang, month.new_customers), Some(new)))
        }
        @if overview.days.len() > 1 { (daily(frame, &overview.days, &month.sales, &this)) }
    } }
}

/// Referred sales by day, in the program's currency.
fn daily(frame: &Frame, days: &[DaySales], sums: &[AssetTotal], name: &str) -> Markup {
    let lang = frame.language;
    let currency = frame.currency();
    let of = |totals: &[AssetTotal]| {
        totals
            .iter()
            .find(|total| total.asset == currency)
            .map_or(crate::text::zero(currency), |total| total.amount.0.clone())
    };
    let points = days
        .iter()
        .map(|day| {
            let amount = of(&day.sales);
            Point {
                label: frame.clock().day_of(&day.day),
                value: minor(&amount, decimals(currency)),
                text: money(lang, &amount, currency),
                other: None,
            }
        })
        .collect();
    Plot {
        title: lang.say("Ventes parrainées par jour", "Referred sales by day"),
        of: lang.say("Jour", "Day"),
        name,
        other: None,
        points,
        sums: (money(lang, &of(sums), currency), None),
    }
    .draw(lang)
}

fn latest(frame: &Frame, news: &[News]) -> Markup {
    let lang = frame.language;
    html! { @if !news.is_empty() { section aria-labelledby="news" {
        h2 #news { (lang.say("Dernières nouvelles", "What happened last")) }
        ul.card.rows { @for each in news { li {
            @let (text, place) = told(frame, each);
            @let body = html! { span.when { (frame.clock().lately(each.at)) } span.what { (text) } };
            @match place { Some(place) => { a href=(frame.href(&place)) { (body) } }, None => { div { (body) } } }
        } } }
    } } }
}

/// What happened, as a sentence, and where it is seen.
fn told(frame: &Frame, news: &News) -> (String, Option<Place>) {
    let lang = frame.language;
    let order = news.order_id.as_deref().unwrap_or_default();
    let to_order = || news.order_id.clone().map(Place::Order);
    let to_payout = || news.payout.clone().map(Place::Payout);
    let to_referrer = || news.code.as_ref().map(|code| Place::Referrer(code.to_string()));
    let code = news.code.as_ref().map(ToString::to_string);
    let who = news.name.clone().filter(|name| !name.is_empty()).or(code).unwrap_or_default();
    let currency = news.currency.as_ref().map_or(frame.currency(), CurrencyCode::as_str);
    let sum = news.amount.as_ref().map_or_else(String::new, |amount| money(lang, amount.as_str(), currency));
    let by = news.by.as_ref().map_or_else(String::new, |by| say!(lang, ", par {by}", ", by {by}"));
    let unnamed = lang.say("une plateforme", "a platform");
    let platform = news.platform.as_deref().map_or(unnamed, platform_name);
    let to_platform = Some(news.platform.clone().map_or(Place::Connections, Place::Platform));
    let host = news.host.as_deref().unwrap_or_default();
    let endpoints = Some(Place::Endpoints);
    let n = news.count.unwrap_or_default();
    let Some(what) = news.what.word() else { return (news.what.name().to_owned(), None) };
    match what {
        Event::Order => {
            let mut text =
                say!(lang, "Commande {order}, {sum}, pour {who}", "Order {order}, {sum}, for {who}");
            if let Some(earned) = &news.reward {
                let earned = reward(lang, earned, currency);
                text.push_str(&say!(lang, "\u{a0}: {earned}", ": {earned}"));
                if let Some(until) = news.until {
                    let day = frame.clock().short_day(until);
                    text.push_str(&say!(lang, ", en attente jusqu’au {day}", ", waiting until {day}"));
                }
            } else if let Some(why) = &news.reason {
                let why = reason(lang, why);
                text.push_str(&say!(lang, "\u{a0}: refusée, {why}", ": refused, {why}"));
            }
            (text, to_order())
        }
        Event::TakenBack if sum.is_empty() => {
            (say!(lang, "Commande {order} reprise", "Order {order} taken back"), to_order())
        }
        Event::TakenBack => (
            say!(lang, "Commande {order}\u{a0}: {sum} remboursés", "Order {order}: {sum} refunded"),
            to_order(),
        ),
        Event::Credited => (
            say!(lang, "Commande {order} créditée à {who}{by}", "Order {order} credited to {who}{by}"),
            to_order(),
        ),
        Event::Reviewed => {
            (say!(lang, "Commande {order} vérifiée{by}", "Order {order} reviewed{by}"), to_order())
        }
        Event::Claimed => {
            (say!(lang, "{who} réclame la commande {order}", "{who} claims order {order}"), to_order())
        }
        Event::Joined => (say!(lang, "{who} est devenu parrain", "{who} became a referrer"), to_referrer()),
        Event::Asked => {
            (say!(lang, "{who} demande à devenir parrain", "{who} asks to become a referrer"), to_referrer())
        }
        Event::PayoutMade => (say!(lang, "Paiement préparé{by}", "Payout prepared{by}"), to_payout()),
        Event::PayoutPaid => (say!(lang, "Paiement versé{by}", "Payout paid{by}"), to_payout()),
        Event::ProgramChanged => {
            (say!(lang, "Le programme a changé{by}", "The program was changed{by}"), Some(Place::Versions))
        }
        Event::PlatformConnected => (
            say!(lang, "La clé de {platform} a été donnée{by}", "The key of {platform} was given{by}"),
            to_platform,
        ),
        Event::PlatformDisconnected => (
            say!(lang, "La clé de {platform} a été retirée{by}", "The key of {platform} was removed{by}"),
            to_platform,
        ),
        Event::OrdersFound if n == 1 => (
            say!(
                lang,
                "Une commande de {platform} manquait\u{a0}: elle est rattrapée",
                "One order of {platform} was missing and is on record now"
            ),
            to_platform,
        ),
        Event::OrdersFound => (
            say!(
                lang,
                "{n} commandes de {platform} manquaient\u{a0}: elles sont rattrapées",
                "{n} orders of {platform} were missing and are on record now"
            ),
            to_platform,
        ),
        Event::ExperimentBegan => (
            say!(lang, "Une comparaison d’offres a commencé{by}", "A comparison of offers was begun{by}"),
            Some(Place::Experiments),
        ),
        Event::ExperimentConcluded => (
            say!(lang, "Une comparaison d’offres est décidée{by}", "A comparison of offers was decided{by}"),
            Some(Place::Experiments),
        ),
        Event::EndpointAdded => {
            (say!(lang, "L’adresse {host} a été ajoutée{by}", "The address {host} was added{by}"), endpoints)
        }
        Event::EndpointChanged => {
            (say!(lang, "L’adresse {host} a changé{by}", "The address {host} was changed{by}"), endpoints)
        }
        Event::EndpointRotated => (
            say!(
                lang,
                "Le secret de l’adresse {host} a été remplacé{by}",
                "The secret of the address {host} was replaced{by}"
            ),
            endpoints,
        ),
        Event::EndpointRemoved => (
            say!(lang, "L’adresse {host} a été retirée{by}", "The address {host} was removed{by}"),
            endpoints,
        ),
        Event::ContactsConnected => (
            say!(lang, "La clé de {platform} a été donnée{by}", "The key of {platform} was given{by}"),
            Some(Place::Contacts),
        ),
        Event::ContactsEnded => (
            say!(lang, "La clé de {platform} a été retirée{by}", "The key of {platform} was removed{by}"),
            Some(Place::Contacts),
        ),
        Event::MailChanged => (
            say!(lang, "Les réglages des e-mails ont changé{by}", "The settings of e-mail were changed{by}"),
            Some(Place::Mail),
        ),
        Event::MailStopLifted => (
            say!(
                lang,
                "On écrit de nouveau à une adresse qui refusait{by}",
                "An address that had refused mail is written to again{by}"
            ),
            Some(Place::Mail),
        ),
        Event::MailEnded => {
            (say!(lang, "Les e-mails ont été arrêtés{by}", "E-mail was ended{by}"), Some(Place::Mail))
        }
    }
}
