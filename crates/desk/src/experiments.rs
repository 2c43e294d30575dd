//! Comparing offers: which of two or three brings more orders a visit.

use maud::{Markup, html};
use parrain_wire::desk::Role;
use parrain_wire::experiments::{
    Experiment, ExperimentList, ExperimentPlan, ExperimentState, Finding, Variant,
};
use parrain_wire::program::Offer;

use crate::form::{Choice, Entered, Form, press};
use crate::frame::{Entry, Frame};
use crate::parts::{audience, crumb, empty, pill};
use crate::place::Place;
use crate::text::{Language, count, say};

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Experiments {
    /// The shop's experiments, the newest first.
    pub list: ExperimentList,
    /// The program's offers.
    pub offers: Vec<Offer>,
    /// What was typed for another.
    pub entered: Entered,
    /// How long that one takes, where it was asked.
    pub plan: Option<ExperimentPlan>,
}

/// Draws it.
pub fn page(frame: &Frame, page: &Experiments) -> Markup {
    let lang = frame.language;
    let title = lang.say("Comparer des offres", "Compare offers");
    let list = &page.list.experiments;
    frame.page(
        Entry::Program,
        title,
        html! {
            (crumb(frame, &Place::Program, lang.say("Programme", "Program")))
            h1 { (title) }
            p.lead { (lang.say("Laquelle de deux ou trois offres amène le plus de commandes\u{a0}? Vos parrains sont répartis entre elles au hasard\u{a0}; à la fin, fixée d’avance, vous lisez une réponse, une seule.", "Which of two or three offers brings the most orders? Your referrers are dealt to them at random; at the end, which is set beforehand, you read one answer.")) }
            @if list.is_empty() {
                (empty(lang.say("Rien n’est comparé", "Nothing is compared"), lang.say("Il faut deux offres en cours, pour le même public, et de la patience\u{a0}: cette page dit combien.", "It takes two running offers for the same people, and patience: this page says how much."), html! {}))
            } @else { @for each in list { (one(frame, each)) } }
            @if frame.may(Role::All) { (asked(frame, page)) }
        },
    )
}

/// The form for another, and how long it takes.
fn asked(frame: &Frame, page: &Experiments) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let running: Vec<&Offer> = page.offers.iter().filter(|offer| is_running(frame, offer)).collect();
    // Those that have another to be compared with.
    let alike = |one: &&&Offer| running.iter().filter(|other| other.audience == one.audience).count() > 1;
    let comparable: Vec<&Offer> = running.iter().filter(alike).copied().collect();
    let names: Vec<(String, String)> = comparable
        .iter()
        .map(|offer| (offer.id.clone(), format!("{} · {}", offer.id, audience(lang, &offer.audience))))
        .collect();
    let choices: Vec<Choice<'_>> = names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    html! { section aria-labelledby="new" {
        h2 #new { (lang.say("Une nouvelle comparaison", "Another comparison")) }
        (form.summary())
        @if comparable.is_empty() {
            p { (lang.say("Ajoutez d’abord une deuxième offre, comme vous la voudriez.", "Add a second offer first, as you would like it.")) " " a href=(frame.href(&Place::NewOffer)) { (lang.say("Ajouter une offre", "Add an offer")) } }
        } @else {
            (form.post(&Place::Experiments, html! {
                div.fields {
                    (form.select("first", lang.say("L’offre d’aujourd’hui", "The offer of today"), "", &choices, lang.say("Ses parrains prennent part\u{a0}; qui s’inscrit plus tard ou a ses propres conditions reste comme il est.", "Its referrers take part; whoever joins later or has terms of their own stays as they are.")))
                    fieldset { legend { (lang.say("Comparée à", "Compared with")) }
                        @for (id, name) in &names { (form.tick("offers", id, name, false)) }
                    }
                    (form.amount("difference", lang.say("La différence qui compte pour vous", "The difference that matters to you"), "1", lang.say("commandes de plus sur 100 visites", "more orders out of 100 visits"), lang.say("Plus elle est petite, plus c’est long.", "The smaller, the longer it takes.")))
                    (form.hidden("id", &format!("comparison-{}", frame.now.seconds())))
                }
                @match &page.plan {
                    None => { div.acts { button.main name="dry_run" value="true" { (lang.say("Combien de temps faut-il\u{a0}?", "How long does it take?")) } } }
                    Some(plan) => {
                        (planned(lang, plan))
                        div.acts {
                            @if plan.weeks.is_some() { button.main { (lang.say("Commencer", "Begin")) } }
                            button name="dry_run" value="true" { (lang.say("Recalculer", "Work it out again")) }
                        }
                    }
                }
            }))
        }
    } }
}

fn is_running(frame: &Frame, offer: &Offer) -> bool {
    offer.starts_at.is_none_or(|start| start <= frame.now) && offer.ends_at.is_none_or(|end| frame.now <= end)
}

fn planned(lang: Language, plan: &ExperimentPlan) -> Markup {
    let (referrers, visits, orders) =
        (count(lang, plan.referrers), count(lang, plan.visits), count(lang, plan.conversions));
    let past = plan.past_weeks;
    let seen = say!(
        lang,
        "Ces {past} dernières semaines\u{a0}: {referrers} parrains, {visits} visites, {orders} commandes.",
        "In the past {past} weeks: {referrers} referrers, {visits} visits, {orders} orders."
    );
    let long = match (plan.weeks, &plan.smallest) {
        (Some(1), _) => lang.say("Une semaine suffit.", "One week is enough.").to_owned(),
        (Some(weeks), _) => say!(lang, "Il faut {weeks} semaines.", "It takes {weeks} weeks."),
        (None, Some(smallest)) => {
            let smallest = number(lang, smallest);
            say!(
                lang,
                "Il faudrait plus d’un an. En un an, la plus petite différence visible est de {smallest} commandes sur 100 visites.",
                "It would take more than a year. Within one, the smallest difference that can be seen is {smallest} orders out of 100 visits."
            )
        }
        (None, None) => lang
            .say(
                "Trop peu de visites et de commandes jusqu’ici pour le savoir.",
                "Too few visits and orders so far to know.",
            )
            .to_owned(),
    };
    html! { div.note role="status" { p { strong { (long) } } p { (seen) } @if plan.weeks.is_some() {
        p { (lang.say("Les liens ne changent pas. Ce que gagne chacun, et ce que reçoivent ses amis, suit son offre\u{a0}; ses amis ne voient qu’elle.", "Links stay as they are. What everyone earns, and what their friends are given, follows their offer; their friends see no other.")) }
    } } }
}

/// One experiment.
fn one(frame: &Frame, of: &Experiment) -> Markup {
    let lang = frame.language;
    let clock = frame.clock();
    let state = of.state.as_ref().and_then(|state| state.word());
    let when = match (state, of.ends_at) {
        (Some(ExperimentState::Concluded), _) => {
            let day = clock.day(of.concluded_at.unwrap_or(of.began_at));
            let kept = of.kept.as_deref().unwrap_or_default();
            if of.variants.iter().any(|variant| variant.visits.is_some()) {
                say!(lang, "Vous avez gardé {kept} le {day}.", "You kept {kept} on {day}.")
            } else {
                say!(
                    lang,
                    "Vous avez gardé {kept} le {day}, avant la fin\u{a0}: il n’y a pas de réponse.",
                    "You kept {kept} on {day}, before the end: there is no answer."
                )
            }
        }
        (Some(ExperimentState::Dealing) | None, _) | (_, None) => {
            lang.say("Les parrains sont répartis.", "Referrers are being dealt.").to_owned()
        }
        (Some(ExperimentState::Running), Some(ends)) => {
            let end = clock.day(ends);
            say!(
                lang,
                "Jusqu’au {end}. Les chiffres viennent avec la réponse\u{a0}: regardés avant, ils tromperaient.",
                "Until {end}. The figures come with the answer: looked at earlier, they would mislead."
            )
        }
        (Some(ExperimentState::Ending), _) => lang
            .say(
                "C’est fini. La réponse vient demain, avec les commandes qui tardent.",
                "It is over. The answer comes tomorrow, with the orders that are late.",
            )
            .to_owned(),
        (Some(ExperimentState::Ended), Some(ends)) => {
            let (from, end) =
                (of.counts_from.map(|from| clock.day(from)).unwrap_or_default(), clock.day(ends));
            say!(lang, "Du {from} au {end}.", "From {from} to {end}.")
        }
    };
    let chosen = state == Some(ExperimentState::Concluded);
    html! { section.card.pad.stack aria-label=(of.id) {
        div.head { h2 { @for (index, variant) in of.variants.iter().enumerate() { @if index > 0 { (lang.say(" ou ", " or ")) } (variant.offer) } } (state_pill(lang, state)) }
        p { (when) }
        (figures(frame, of))
        @if chosen { p.small { (lang.say("Qui s’inscrit par le widget reçoit la première de vos offres qui lui convient\u{a0}: mettez en haut celle que vous gardez.", "Whoever joins by the widget gets the first of your offers that fits: put the one you kept at the top.")) " " a href=(frame.href(&Place::Program)) { (lang.say("Programme", "Program")) } } }
        @if frame.may(Role::All) && !chosen {
            p.small { (lang.say("Garder une offre y met tous les parrains de ces offres. Les amis déjà venus par une autre n’ont plus la leur\u{a0}: attendez, si vous pouvez, que le délai de vos liens soit passé.", "Keeping one puts every referrer of these offers on it. Friends who came by another no longer have theirs: wait, if you can, until the time that your links count for is over.")) }
            div.row { @for variant in &of.variants {
                (press(frame, &Place::ConcludeExperiment(of.id.clone()), &[("offer", &variant.offer)], &say_keep(lang, &variant.offer), ""))
            } }
        }
    } }
}

fn say_keep(lang: Language, offer: &str) -> String {
    say!(lang, "Garder {offer} pour tous", "Keep {offer} for all")
}

fn state_pill(lang: Language, state: Option<ExperimentState>) -> Markup {
    match state {
        Some(ExperimentState::Dealing) | None => pill("amber", lang.say("répartition", "dealing")),
        Some(ExperimentState::Running) => pill("green", lang.say("en cours", "running")),
        Some(ExperimentState::Ending) => {
            pill("amber", lang.say("bientôt la réponse", "the answer comes soon"))
        }
        Some(ExperimentState::Ended) => pill("violet", lang.say("à décider", "to decide")),
        Some(ExperimentState::Concluded) => pill("", lang.say("décidée", "decided")),
    }
}

/// What each offer brought, and the verdict in a sentence.
fn figures(frame: &Frame, of: &Experiment) -> Markup {
    let lang = frame.language;
    let first = of.variants.first().map_or("", |variant| variant.offer.as_str());
    let asked = number(lang, &of.difference);
    html! {
        @for variant in &of.variants { @if let Some(words) = verdict(lang, variant, first, &asked) { p { strong { (words) } } } }
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Les offres comparées", "The offers that are compared")) }
            thead { tr {
                th scope="col" { (lang.say("Offre", "Offer")) }
                th.num scope="col" { (lang.say("Parrains", "Referrers")) }
                th.num.wide scope="col" { (lang.say("Visites", "Visits")) }
                th.num.wide scope="col" { (lang.say("Commandes", "Orders")) }
                th.num scope="col" { (lang.say("Pour 100 visites", "Per 100 visits")) }
            } }
            tbody { @for variant in &of.variants { tr {
                th scope="row" { a href=(frame.href(&Place::Offer(variant.offer.clone()))) { (variant.offer) } }
                td.num { (count(lang, variant.referrers)) }
                td.num.wide { (maybe(lang, variant.visits)) }
                td.num.wide { (maybe(lang, variant.conversions)) }
                td.num { @match &variant.rate { Some(rate) => { (number(lang, rate)) }, None => { "–" } } }
            } } }
        } }
    }
}

fn maybe(lang: Language, figure: Option<i64>) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| count(lang, figure))
}

/// What the figures say of an offer beside the first.
fn verdict(lang: Language, of: &Variant, first: &str, asked: &str) -> Option<String> {
    let found = of.found.as_ref()?.word()?;
    let offer = &of.offer;
    let range = of.difference.as_ref().map(|range| {
        let (low, high) = (number(lang, &range.low), number(lang, &range.high));
        say!(
            lang,
            " Sur 100 visites, la différence est entre {low} et {high} (sûr à 95\u{a0}%).",
            " Out of 100 visits the difference is between {low} and {high} (95 % sure)."
        )
    });
    let words = match found {
        Finding::Better => {
            say!(
                lang,
                "{offer} amène plus de commandes que {first}.",
                "{offer} brings more orders than {first}."
            )
        }
        Finding::Worse => {
            say!(
                lang,
                "{offer} amène moins de commandes que {first}.",
                "{offer} brings fewer orders than {first}."
            )
        }
        Finding::Alike => say!(
            lang,
            "{offer} et {first} font jeu égal\u{a0}: pas de différence de {asked}.",
            "{offer} and {first} are alike: there is no difference of {asked}."
        ),
        Finding::TooLittle => say!(
            lang,
            "Trop peu pour départager {offer} et {first}.",
            "Too little to tell {offer} from {first}."
        ),
    };
    Some(words + &range.unwrap_or_default())
}

/// A decimal number as one writes it.
fn number(lang: Language, text: &str) -> String {
    match lang {
        Language::Fr => text.replace('.', ","),
        Language::En => text.to_owned(),
    }
}
