//! To whom an offer is shown: said in one sentence, and asked in a form.

use maud::{Markup, html};
use parrain_core::program::LANGUAGES;
use parrain_wire::amount::{Amount, fine};
use parrain_wire::moment::{CustomerKind, When};
use parrain_wire::program::{Audience, Offer, Program};

use crate::countries;
use crate::form::{Form, press};
use crate::frame::Frame;
use crate::place::Place;
use crate::text::{Language, money, say};

/// "Shown to new customers from Belgium with a basket of €50 or more." Of offers whose referrers the shop adds itself, that.
pub(crate) fn sentence(lang: Language, offer: &Offer, currency: &str) -> String {
    if offer.audience.word() != Some(Audience::Customer) {
        let said = lang.say(
            "Montrée à personne\u{a0}: vous ajoutez vous-même ces parrains.",
            "Shown to nobody: you add these referrers yourself.",
        );
        return said.to_owned();
    }
    let Some(when) = offer.when.as_ref().filter(|when| !when.is_empty()) else {
        let said = lang.say(
            "Montrée à tous ceux à qui aucune offre plus haut n’est montrée.",
            "Shown to everybody to whom no offer above it is shown.",
        );
        return said.to_owned();
    };
    let who = match when.customer.as_ref().and_then(|kind| kind.word()) {
        Some(CustomerKind::New) => lang.say("aux nouveaux clients", "new customers"),
        Some(CustomerKind::Returning) => {
            lang.say("aux clients qui ont déjà commandé", "customers who have ordered before")
        }
        None => lang.say("aux visiteurs", "visitors"),
    };
    let mut text = match lang {
        Language::Fr => format!("Montrée {who}"),
        Language::En => format!("Shown to {who}"),
    };
    let mut add = |part: String| {
        text.push(' ');
        text.push_str(&part);
    };
    if !when.countries.is_empty() {
        add(listed(lang, when.countries.iter().map(|code| countries::from(lang, code)).collect()));
    }
    if !when.languages.is_empty() {
        let names = listed(lang, when.languages.iter().map(|tag| tongue(lang, tag)).collect());
        add(say!(lang, "qui lisent la boutique en {names}", "who read the shop in {names}"));
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
                (form.amount("when.basket.at_least", lang.say("Panier d’au moins", "A basket of at least"), &amount(basket.and_then(|basket| basket.at_least.as_ref())), currency, ""))
                (form.amount("when.basket.at_most", lang.say("Panier d’au plus", "A basket of at most"), &amount(basket.and_then(|basket| basket.at_most.as_ref())), currency, ""))
            }
            fieldset { legend { (lang.say("Langues de la page", "Languages of the page")) }
                @for tag in LANGUAGES.into_iter().chain(others) {
                    (form.tick("when.languages", tag, &tongue(lang, tag), when.languages.iter().any(|known| known == tag)))
                }
            }
        }
    }
}

/// Which of the offers it is, and the buttons that move it: the first one that fits is shown.
pub(super) fn order(frame: &Frame, program: &Program, version: i64, offer: &Offer) -> Markup {
    let lang = frame.language;
    let count = program.offers.len();
    let at = program.offers.iter().position(|each| each.id == offer.id).unwrap_or_default() + 1;
    let version = version.to_string();
    let button = |to: &str, text: &str| {
        press(frame, &Place::MoveOffer(offer.id.clone()), &[("version", &version), ("to", to)], text, "")
    };
    html! {
        section aria-labelledby="order" {
            h2 #order { (lang.say("Sa place parmi vos offres", "Its place among your offers")) }
            p { (say!(lang, "C’est la {at}\u{1d49} de {count}\u{a0}; celles plus haut sont essayées d’abord.", "It is number {at} of {count}; those above it are tried first.")) }
            div.acts {
                @if at > 1 { (button("up", lang.say("Monter d’une place", "Move up"))) }
                @if at < count { (button("down", lang.say("Descendre d’une place", "Move down"))) }
            }
        }
    }
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

/// "Belgium, France or Luxembourg".
fn listed(lang: Language, mut parts: Vec<String>) -> String {
    let last = parts.pop().unwrap_or_default();
    if parts.is_empty() {
        return last;
    }
    format!("{} {} {last}", parts.join(", "), lang.say("ou", "or"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(when: &str) -> Offer {
        let when = serde_json::from_str(when).unwrap();
        Offer { audience: Audience::Customer.into(), when: Some(when), ..Offer::default() }
    }

    #[test]
    fn conditions_are_said_in_one_sentence() {
        for (when, english, french) in [
            (
                r#"{"customer": "new", "countries": ["BE"], "basket": {"at_least": "50.00"}}"#,
                "Shown to new customers from Belgium with a basket of €50.00 or more.",
                "Montrée aux nouveaux clients de Belgique avec un panier de 50,00\u{a0}€ ou plus.",
            ),
            (
                r#"{"languages": ["fr", "pt-BR"], "countries": ["FR", "NL", "ZW"], "basket": {"at_most": "20.00"}}"#,
                "Shown to visitors from France, from the Netherlands or from ZW who read the shop in French or Portuguese (Brazil) with a basket of €20.00 at most.",
                "Montrée aux visiteurs de France, des Pays-Bas ou de ZW qui lisent la boutique en français ou portugais (Brésil) avec un panier de 20,00\u{a0}€ au plus.",
            ),
            (
                r#"{"customer": "returning", "basket": {"at_least": "5.00", "at_most": "9.00"}}"#,
                "Shown to customers who have ordered before with a basket of €5.00 to €9.00.",
                "Montrée aux clients qui ont déjà commandé avec un panier de 5,00\u{a0}€ à 9,00\u{a0}€.",
            ),
            (
                r#"{}"#,
                "Shown to everybody to whom no offer above it is shown.",
                "Montrée à tous ceux à qui aucune offre plus haut n’est montrée.",
            ),
        ] {
            assert_eq!(sentence(Language::En, &offer(when), "EUR"), english);
            assert_eq!(sentence(Language::Fr, &offer(when), "EUR"), french);
        }
        let agency = Offer { audience: Audience::Agency.into(), ..Offer::default() };
        assert_eq!(
            sentence(Language::En, &agency, "EUR"),
            "Shown to nobody: you add these referrers yourself."
        );
    }
}
