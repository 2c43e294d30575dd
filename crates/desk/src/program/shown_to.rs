//! To whom an offer is shown: said in one sentence, and asked in a form.

use maud::{Markup, html};
use parrain_core::program::{LANGUAGES, Reach, hiders};
use parrain_wire::Instant;
use parrain_wire::amount::{Amount, fine};
use parrain_wire::moment::{CustomerKind, When};
use parrain_wire::program::{Audience, Offer, Program};

use crate::countries;
use crate::form::{Form, press};
use crate::frame::Frame;
use crate::place::Place;
use crate::text::{Language, money, say};

/// "Shown to new customers from Belgium with a basket of €50 or more." Of offers that nobody is shown, that and why.
pub(crate) fn sentence(lang: Language, program: &Program, offer: &Offer, now: Instant) -> String {
    if !is_for_customers(offer) {
        let said = lang.say(
            "Montrée à personne\u{a0}: vous ajoutez vous-même ces parrains.",
            "Shown to nobody: you add these referrers yourself.",
        );
        return said.to_owned();
    }
    if offer.ends_at.is_some_and(|end| end < now) {
        let said = lang.say("Montrée à personne\u{a0}: elle est terminée.", "Shown to nobody: it has ended.");
        return said.to_owned();
    }
    if let Some(text) = hidden(lang, program, offer) {
        return text;
    }
    let Some(when) = offer.when.as_ref().filter(|when| !when.is_empty()) else {
        let mut above = program.offers.iter().take_while(|above| above.id != offer.id);
        let concerns = |above: &Offer| is_for_customers(above) && above.ends_at.is_none_or(|end| end >= now);
        let said = if above.any(concerns) {
            lang.say(
                "Montrée à ceux qu’aucune offre au-dessus ne concerne.",
                "Shown to those whom no offer above concerns.",
            )
        } else {
            lang.say("Montrée à tous.", "Shown to everyone.")
        };
        return said.to_owned();
    };
    let currency = program.currency.as_str();
    let kind = when.customer.as_ref().and_then(|kind| kind.word());
    let mut text = match kind {
        Some(CustomerKind::New) => lang.say("Montrée aux nouveaux clients", "Shown to new customers"),
        Some(CustomerKind::Returning) => lang.say("Montrée aux clients", "Shown to customers"),
        None => lang.say("Montrée aux visiteurs", "Shown to visitors"),
    }
    .to_owned();
    let mut add = |part: String| {
        text.push(' ');
        text.push_str(&part);
    };
    let or = lang.say("ou", "or");
    // Where they are from stands by who they are, before what they do.
    if !when.countries.is_empty() {
        add(listed(or, when.countries.iter().map(|code| countries::from(lang, code)).collect()));
    }
    let ordered = (kind == Some(CustomerKind::Returning))
        .then(|| lang.say("qui ont déjà commandé", "who have ordered before").to_owned());
    let names = listed(or, when.languages.iter().map(|tag| tongue(lang, tag)).collect());
    let read = (!names.is_empty())
        .then(|| say!(lang, "qui lisent la boutique en {names}", "who read the shop in {names}"));
    let clauses: Vec<String> = ordered.into_iter().chain(read).collect();
    if !clauses.is_empty() {
        add(clauses.join(lang.say(" et ", " and ")));
    }
    if let Some(basket) = &when.basket {
        let sum = |amount: &Amount| money(lang, amount.as_str(), currency);
        match (&basket.at_least, &basket.at_most) {
            (Some(least), Some(most)) if fine(least.as_str()) == fine(most.as_str()) => {
                let least = sum(least);
                add(say!(lang, "avec un panier de {least} exactement", "with a basket of exactly {least}"));
            }
            (Some(least), Some(most)) => {
                let (least, most) = (sum(least), sum(most));
                add(say!(lang, "avec un panier de {least} à {most}", "with a basket of {least} to {most}"));
            }
            (Some(least), None) => {
                let least = sum(least);
                add(say!(lang, "avec un panier de {least} ou plus", "with a basket of {least} or more"));
            }
            (None, Some(most)) => {
                let most = sum(most);
                add(say!(lang, "avec un panier de {most} au plus", "with a basket of {most} at most"));
            }
            (None, None) => {}
        }
    }
    text.push('.');
    text
}

fn is_for_customers(offer: &Offer) -> bool {
    offer.audience.word().is_some_and(|audience| audience == Audience::Customer)
}

/// That nobody is shown it, where those above it leave nobody.
fn hidden(lang: Language, program: &Program, offer: &Offer) -> Option<String> {
    let none = When::default();
    let above = program.offers.iter().take_while(|above| above.id != offer.id);
    let above: Vec<_> = above.filter_map(|above| Some((above, reach(above, &none)?))).collect();
    let reaches: Vec<_> = above.iter().map(|(_, reach)| *reach).collect();
    let hiders = hiders(&reach(offer, &none)?, &reaches)?;
    let hiders: Vec<_> = hiders.into_iter().filter_map(|place| above.get(place)).collect();
    let id = |(offer, _): &&(&Offer, Reach<'_>)| offer.id.clone();
    if let Some(id) = hiders.iter().find(|(_, reach)| reach.when.is_empty()).map(id) {
        return Some(say!(
            lang,
            "Montrée à personne\u{a0}: {id}, plus haut, est montrée à tous.",
            "Shown to nobody: {id}, above it, is shown to everybody."
        ));
    }
    let ids = listed(lang.say("et", "and"), hiders.iter().map(id).collect());
    Some(match hiders.len() {
        1 => say!(
            lang,
            "Montrée à personne\u{a0}: {ids}, plus haut, est montrée à tous ceux à qui elle s’adresse.",
            "Shown to nobody: {ids}, above it, is shown to all whom it is for."
        ),
        _ => say!(
            lang,
            "Montrée à personne\u{a0}: {ids}, plus haut, sont montrées ensemble à tous ceux à qui elle s’adresse.",
            "Shown to nobody: {ids}, above it, are together shown to all whom it is for."
        ),
    })
}

/// To whom and for how long an offer is shown; nothing where it is for an audience that is not known.
fn reach<'a>(offer: &'a Offer, none: &'a When) -> Option<Reach<'a>> {
    Some(Reach {
        audience: offer.audience.word()?,
        starts_at: offer.starts_at,
        ends_at: offer.ends_at,
        when: offer.when.as_ref().unwrap_or(none),
    })
}

/// The fields that ask it.
pub(super) fn fields(frame: &Frame, form: &Form<'_>, offer: &Offer, currency: &str) -> Markup {
    let lang = frame.language;
    let none = When::default();
    let when = offer.when.as_ref().unwrap_or(&none);
    let amount = |end: Option<&Amount>| end.map(ToString::to_string).unwrap_or_default();
    let basket = when.basket.as_ref();
    let named: Vec<&str> = when.countries.iter().map(|code| countries::name(lang, code)).collect();
    // A region that a script has set has no box of its own; it is kept by one.
    let others = when.languages.iter().map(String::as_str).filter(|tag| !LANGUAGES.contains(tag));
    html! {
        details.gap open[!when.is_empty()] { summary { (lang.say("À qui elle est montrée", "To whom it is shown")) }
            p.small { (lang.say("Tout ce que vous dites ici doit être vrai à la fois\u{a0}; ce que vous laissez vide ne compte pas. Parmi les offres à vos clients, dans leur ordre, la première qui convient est montrée, et qui devient parrain le devient par elle\u{a0}; ses filleuls ont toujours le cadeau de cette offre.",
                "All that you say here must be true at once; what you leave empty does not count. Of the offers for your customers, in their order, the first that fits is shown, and who becomes a referrer does so by it; their friends always have that offer’s gift.")) }
            p.small { (lang.say("Le panier et la langue sont ceux que la page indique\u{a0}: une personne habile peut prétendre autre chose. N’y cachez rien que vous ne donneriez pas à tous.",
                "Basket and language are as the page tells them: somebody clever may claim others. Hide nothing behind them that you would not give to anybody.")) }
            div.fields.two {
                (form.select("when.customer", lang.say("Clients", "Customers"), when.customer.as_ref().map_or("", |kind| kind.name()), &[
                    ("", lang.say("nouveaux ou non", "new or not")), (CustomerKind::New.name(), lang.say("nouveaux", "new")), (CustomerKind::Returning.name(), lang.say("qui ont déjà commandé", "who have ordered before"))], ""))
                (form.text("when.countries", lang.say("Pays", "Countries"), &named.join(", "), "text", lang.say("Leurs noms, avec des virgules\u{a0}: Belgique, Luxembourg.", "Their names, with commas: Belgium, Luxembourg.")))
                (form.amount("when.basket.at_least", lang.say("Panier minimal", "A basket of at least"), &amount(basket.and_then(|basket| basket.at_least.as_ref())), currency, ""))
                (form.amount("when.basket.at_most", lang.say("Panier maximal", "A basket of at most"), &amount(basket.and_then(|basket| basket.at_most.as_ref())), currency, ""))
            }
            fieldset { legend { (lang.say("Langues de la page", "Languages of the page")) }
                @for tag in LANGUAGES.into_iter().chain(others) {
                    (form.tick("when.languages", tag, &tongue(lang, tag), when.languages.iter().any(|known| known == tag)))
                }
            }
        }
    }
}

/// Which of the offers for customers it is, and the buttons that move it among them: the first one that fits is shown.
/// Nothing where there is no other, or it is for nobody to be shown.
pub(super) fn order(frame: &Frame, program: &Program, version: i64, offer: &Offer) -> Option<Markup> {
    let lang = frame.language;
    let shown = || program.offers.iter().filter(|offer| is_for_customers(offer));
    let count = shown().count();
    let at = shown().position(|each| each.id == offer.id).filter(|_| count > 1)? + 1;
    let version = version.to_string();
    let button = |to: &str, text: &str| {
        press(frame, &Place::MoveOffer(offer.id.clone()), &[("version", &version), ("to", to)], text, "")
    };
    let ending = if at == 1 { "\u{2b3}\u{1d49}" } else { "\u{1d49}" };
    Some(html! {
        section aria-labelledby="order" {
            h2 #order { (lang.say("Sa place parmi vos offres", "Its place among your offers")) }
            p { (say!(lang, "C’est la {at}{ending} sur {count}\u{a0}; celles plus haut sont essayées d’abord.", "It is number {at} of {count}; those above it are tried first.")) }
            div.acts {
                @if at > 1 { (button("up", lang.say("Monter d’une place", "Move up"))) }
                @if at < count { (button("down", lang.say("Descendre d’une place", "Move down"))) }
            }
        }
    })
}

/// A language as it stands in a sentence.
fn tongue(lang: Language, tag: &str) -> String {
    let (language, region) =
        tag.split_once('-').map_or((tag, None), |(language, region)| (language, Some(region)));
    let name = match language {
        "ar" => lang.say("arabe", "Arabic"),
        "de" => lang.say("allemand", "German"),
        "en" => lang.say("anglais", "English"),
        "es" => lang.say("espagnol", "Spanish"),
        "fr" => lang.say("français", "French"),
        "it" => lang.say("italien", "Italian"),
        "nl" => lang.say("néerlandais", "Dutch"),
        "pt" => lang.say("portugais", "Portuguese"),
        other => other,
    };
    region.map_or_else(|| name.to_owned(), |region| format!("{name} ({})", countries::name(lang, region)))
}

/// "Belgium, France or Luxembourg", by "or".
fn listed(word: &str, mut parts: Vec<String>) -> String {
    let last = parts.pop().unwrap_or_default();
    if parts.is_empty() {
        return last;
    }
    format!("{} {word} {last}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn offer(id: &str, more: serde_json::Value) -> Offer {
        let more: Offer = serde_json::from_value(more).unwrap();
        Offer { id: id.into(), audience: Audience::Customer.into(), ..more }
    }

    fn program(offers: Vec<Offer>) -> Program {
        Program { currency: "EUR".into(), offers, ..Program::default() }
    }

    fn said(program: &Program, place: usize) -> [String; 2] {
        let now = Instant::parse("2026-11-27T12:00:00Z").unwrap();
        [Language::En, Language::Fr].map(|lang| sentence(lang, program, &program.offers[place], now))
    }

    #[test]
    fn conditions_are_said_in_one_sentence() {
        for (when, english, french) in [
            (
                json!({"customer": "new", "countries": ["BE"], "basket": {"at_least": "50.00"}}),
                "Shown to new customers from Belgium with a basket of €50.00 or more.",
                "Montrée aux nouveaux clients de Belgique avec un panier de 50,00\u{a0}€ ou plus.",
            ),
            (
                json!({"languages": ["fr", "pt-BR"], "countries": ["FR", "NL", "ZW"], "basket": {"at_most": "20.00"}}),
                "Shown to visitors from France, from the Netherlands or from ZW who read the shop in French or Portuguese (Brazil) with a basket of €20.00 at most.",
                "Montrée aux visiteurs de France, des Pays-Bas ou de ZW qui lisent la boutique en français ou portugais (Brésil) avec un panier de 20,00\u{a0}€ au plus.",
            ),
            (
                json!({"customer": "returning", "basket": {"at_least": "5.00", "at_most": "9.00"}}),
                "Shown to customers who have ordered before with a basket of €5.00 to €9.00.",
                "Montrée aux clients qui ont déjà commandé avec un panier de 5,00\u{a0}€ à 9,00\u{a0}€.",
            ),
            (
                json!({"customer": "returning", "countries": ["BE"]}),
                "Shown to customers from Belgium who have ordered before.",
                "Montrée aux clients de Belgique qui ont déjà commandé.",
            ),
            (
                json!({"customer": "returning", "languages": ["fr"]}),
                "Shown to customers who have ordered before and who read the shop in French.",
                "Montrée aux clients qui ont déjà commandé et qui lisent la boutique en français.",
            ),
            (
                json!({"customer": "returning", "countries": ["BE", "NL"], "languages": ["nl"]}),
                "Shown to customers from Belgium or from the Netherlands who have ordered before and who read the shop in Dutch.",
                "Montrée aux clients de Belgique ou des Pays-Bas qui ont déjà commandé et qui lisent la boutique en néerlandais.",
            ),
            (json!({}), "Shown to everyone.", "Montrée à tous."),
        ] {
            assert_eq!(said(&program(vec![offer("a", json!({"when": when}))]), 0), [english, french]);
        }
    }

    #[test]
    fn an_offer_that_nobody_is_shown_says_so() {
        let agency = Offer { audience: Audience::Agency.into(), ..Offer::default() };
        assert_eq!(
            said(&program(vec![agency.clone()]), 0)[0],
            "Shown to nobody: you add these referrers yourself."
        );
        let ended = offer("old", json!({"ends_at": "2026-11-27T11:59:59Z", "when": {"customer": "new"}}));
        assert_eq!(
            said(&program(vec![ended.clone()]), 0),
            ["Shown to nobody: it has ended.", "Montrée à personne\u{a0}: elle est terminée."]
        );
        let all = || offer("all", json!({}));
        let more = offer("more", json!({}));
        assert_eq!(
            said(&program(vec![all(), more.clone()]), 1),
            [
                "Shown to nobody: all, above it, is shown to everybody.",
                "Montrée à personne\u{a0}: all, plus haut, est montrée à tous."
            ]
        );
        // One that ends, one with conditions and one of another audience leave somebody.
        let new = offer("new", json!({"when": {"customer": "new"}}));
        for above in [ended, agency] {
            let said = said(&program(vec![above.clone(), more.clone()]), 1);
            assert_eq!(said[0], "Shown to everyone.", "{above:?}");
        }
        for above in [new, offer("short", json!({"ends_at": "2026-12-01T00:00:00Z"}))] {
            let said = said(&program(vec![above.clone(), more.clone()]), 1);
            assert_eq!(said[0], "Shown to those whom no offer above concerns.", "{above:?}");
        }
        assert!(!said(&program(vec![all(), more.clone()]), 0)[0].contains("nobody"), "the one above is");
        // Two may leave nobody together.
        let [first, second] =
            ["new", "returning"].map(|kind| offer(kind, json!({"when": {"customer": kind}})));
        assert_eq!(
            said(&program(vec![first, second, more]), 2),
            [
                "Shown to nobody: new and returning, above it, are together shown to all whom it is for.",
                "Montrée à personne\u{a0}: new et returning, plus haut, sont montrées ensemble à tous ceux à qui elle s’adresse."
            ]
        );
        let belgians = |id: &str| offer(id, json!({"when": {"countries": ["BE"]}}));
        assert_eq!(
            said(&program(vec![belgians("one"), belgians("two")]), 1)[0],
            "Shown to nobody: one, above it, is shown to all whom it is for."
        );
    }
}
