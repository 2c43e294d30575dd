//! Decisions in words that a shop owner understands, in English and French.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::{Kind, Source};
use crate::instant::Instant;
use crate::reason::Reason;

/// One step of a decision, with the figures that it turned on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each variant's words are below")]
pub enum Why {
    Bound {
        code: Code,
        offer: String,
    },
    CodeOnOrder {
        code: Code,
    },
    Touched {
        code: Code,
        source: Source,
        at: Instant,
    },
    OutsideWindow {
        /// Whose; decisions of earlier releases do not say.
        #[serde(default)]
        code: Option<Code>,
        #[serde(default)]
        source: Option<Source>,
        age_days: i64,
        window_days: u32,
    },
    TouchAfterOrder {
        code: Code,
    },
    UnknownCode {
        code: Code,
    },
    UnknownTouch {
        code: Code,
    },
    ReferrerEnded {
        code: Code,
    },
    ReferrerPaused {
        code: Code,
    },
    RunOver {
        code: Code,
    },
    NoCandidate,
    OfferUnknown {
        offer: String,
    },
    OtherEvent {
        offer: String,
    },
    SelfReferral {
        code: Code,
    },
    ExistingCustomer {
        orders_count: Option<u32>,
    },
    DuplicateCustomer {
        offer: String,
    },
    BelowMinimum {
        spent: String,
        least: String,
    },
    CapReached {
        most: u32,
        monthly: bool,
    },
    OfferInactive {
        offer: String,
    },
    BudgetSpent {
        offer: String,
        budget: String,
    },
    Given {
        code: Code,
        at: Instant,
    },
    TheirsAlready,
    OnHold {
        until: Instant,
    },
    Unverified,
    Unconfirmed,
    Held,
    Waived {
        reason: Reason,
    },
    UnknownType {
        name: String,
    },
    NotPaid,
    TestOrder,
    Unreadable,
    TooOld {
        at: Instant,
        days: i64,
    },
    TooFarAhead {
        at: Instant,
        now: Instant,
    },
    ByHand {
        reason: String,
    },
}

impl Why {
    /// Whether a locale is French.
    pub(crate) fn is_french(locale: &str) -> bool {
        locale.get(..2).is_some_and(|language| language.eq_ignore_ascii_case("fr"))
    }

    /// A decision's steps as sentences about the order (or the lead and the like) `id`: French for a French
    /// locale, else English.
    pub fn words(steps: &[Self], kind: Kind, id: &str, locale: &str) -> String {
        let french = Self::is_french(locale);
        let what = match (kind, french) {
            (Kind::Sale, false) => "Order",
            (Kind::Lead, false) => "Lead",
            (Kind::Signup, false) => "Sign-up",
            (Kind::Install, false) => "Installation",
            (Kind::Adjustment, false) => "Adjustment",
            (Kind::Sale, true) => "La commande",
            (Kind::Lead, true) => "Le contact",
            (Kind::Signup, true) => "L’inscription",
            (Kind::Install, true) => "L’installation",
            (Kind::Adjustment, true) => "L’ajustement",
        };
        let what = format!("{what} {id}");
        let say = |step: &Self| if french { step.french(&what) } else { step.english(&what) };
        steps.iter().map(say).collect::<Vec<_>>().join(" ")
    }

    fn english(&self, what: &str) -> String {
        match self {
            Self::ByHand { reason } => format!("{what} was made by the shop: {reason}"),
            Self::Bound { code, offer } => {
                format!("{what} is by a customer who is {code}'s by an earlier conversion (offer {offer}).")
            }
            Self::CodeOnOrder { code } => format!("{what} carries the code {code}."),
            Self::Touched { code, source: Source::Link, at } => {
                format!("{what} comes from a visit by {code}'s link on {}.", day_in_words(*at, false))
            }
            Self::Touched { code, source: Source::PromoCode, at } => {
                format!("{what} comes from the code {code}, redeemed on {}.", day_in_words(*at, false))
            }
            Self::OutsideWindow { code, source, age_days, window_days } => {
                let by = match (code, source) {
                    (Some(code), Some(Source::PromoCode)) => format!("the code {code} was redeemed"),
                    (Some(code), _) => format!("the visit by {code}'s link was"),
                    (None, _) => "the visit by a link was".into(),
                };
                format!(
                    "{what} comes too late: {by} {age_days} days before it, and the window is {window_days} days."
                )
            }
            Self::TouchAfterOrder { code } => {
                format!("{what} was placed before the visit by {code}'s link that came with it.")
            }
            Self::UnknownCode { code } => {
                format!("{what} carries the code {code}, which no referrer had when it arrived.")
            }
            Self::UnknownTouch { code } => {
                format!(
                    "{what} comes from a visit by the code {code}, which no referrer had when it arrived."
                )
            }
            Self::ReferrerEnded { code } => {
                format!("{code} did not take part in the program at that time.")
            }
            Self::ReferrerPaused { code } => {
                format!("{code} was paused at that time: nothing new is earned.")
            }
            Self::RunOver { code } => {
                format!("The customer was {code}'s by an earlier conversion, and that was over.")
            }
            Self::NoCandidate => format!("{what} carries no code and no visit by a link."),
            Self::OfferUnknown { offer } => {
                format!("The referrer's offer {offer} is in no version of the program.")
            }
            Self::OtherEvent { offer } => format!("The offer {offer} rewards another kind of event."),
            Self::SelfReferral { code } => {
                format!("The customer is {code}'s own referrer: one's own orders earn nothing.")
            }
            Self::ExistingCustomer { orders_count: Some(count) } => {
                format!("The offer is for new customers; the shop counts {count} orders of this one.")
            }
            Self::ExistingCustomer { orders_count: None } => {
                "The offer is for new customers; an earlier order of this one is on record.".into()
            }
            Self::DuplicateCustomer { offer } => {
                format!("This customer has already earned all that the offer {offer} gives for one customer.")
            }
            Self::BelowMinimum { spent, least } => {
                format!("Its goods come to {spent}; the offer asks for {least}.")
            }
            Self::CapReached { most, monthly: true } => {
                format!("The referrer has had the {most} rewards of this month.")
            }
            Self::CapReached { most, monthly: false } => {
                format!("The referrer has had all {most} rewards of the offer.")
            }
            Self::OfferInactive { offer } => format!("The offer {offer} was not active at that time."),
            Self::BudgetSpent { offer, budget } => {
                format!(
                    "The reward does not fit into what is left of the offer {offer}'s budget of {budget}."
                )
            }
            Self::Given { code, at } => {
                format!("{what} was given to {code} by hand on {}.", day_in_words(*at, false))
            }
            Self::TheirsAlready => format!("{what} is theirs already."),
            Self::OnHold { until } => format!("The reward is on hold until {}.", day_in_words(*until, false)),
            Self::Unverified => "It waits for the shop's server to confirm it.".into(),
            Self::Unconfirmed => {
                "It waits until it is confirmed who the referrer is: by a link in a mail, or by you.".into()
            }
            Self::Held => "It waits for your decision, since there is something unusual about it.".into(),
            Self::Waived { reason } => format!("The shop waived: {}.", english_of(*reason)),
            Self::UnknownType { name } => format!("Nothing here is rewarded for {name}."),
            Self::NotPaid => format!("{what} is not paid."),
            Self::TestOrder => format!("{what} is marked as a test by the platform: tests earn nothing."),
            Self::Unreadable => "What was delivered cannot be read as an order.".into(),
            Self::TooOld { at, days } => {
                format!("{what} is dated {at}, more than {days} days back: it is too old to count.")
            }
            Self::TooFarAhead { at, now } => {
                format!("{what} is dated {at}, but it is only {now}: check the clock of the shop's server.")
            }
        }
    }

    fn french(&self, what: &str) -> String {
        match self {
            Self::ByHand { reason } => format!("{what} a été fait par la boutique\u{a0}: {reason}"),
            Self::Bound { code, offer } => {
                format!("{what} vient d’un client rattaché à {code} par une conversion antérieure (offre {offer}).")
            }
            Self::CodeOnOrder { code } => format!("{what} porte le code {code}."),
            Self::Touched { code, source: Source::Link, at } => {
                format!("{what} vient d’une visite par le lien de {code} le {}.", day_in_words(*at, true))
            }
            Self::Touched { code, source: Source::PromoCode, at } => {
                format!("{what} vient du code {code}, utilisé le {}.", day_in_words(*at, true))
            }
            Self::OutsideWindow { code, source, age_days, window_days } => {
                let by = match (code, source) {
                    (Some(code), Some(Source::PromoCode)) => format!("le code {code} a été utilisé"),
                    (Some(code), _) => format!("la visite par le lien de {code} a eu lieu"),
                    (None, _) => "la visite par un lien a eu lieu".into(),
                };
                format!("{what} vient trop tard\u{a0}: {by} {age_days} jours avant, et la fenêtre est de {window_days} jours.")
            }
            Self::TouchAfterOrder { code } => {
                format!("{what} a eu lieu avant la visite par le lien de {code} qui l’accompagne.")
            }
            Self::UnknownCode { code } => {
                format!("{what} porte le code {code}, qu’aucun parrain ne possédait à ce moment-là.")
            }
            Self::UnknownTouch { code } => {
                format!("{what} vient d’une visite par le code {code}, qu’aucun parrain ne possédait à ce moment-là.")
            }
            Self::ReferrerEnded { code } => format!("{code} ne participait pas au programme à ce moment-là."),
            Self::ReferrerPaused { code } => {
                format!("{code} était en pause à ce moment-là\u{a0}: rien de nouveau n’est gagné.")
            }
            Self::RunOver { code } => {
                format!("Le client était rattaché à {code} par une conversion antérieure, et c’était terminé.")
            }
            Self::NoCandidate => format!("{what} ne porte ni code ni visite par un lien."),
            Self::OfferUnknown { offer } => format!("L’offre {offer} du parrain n’est dans aucune version du programme."),
            Self::OtherEvent { offer } => format!("L’offre {offer} récompense un autre type d’événement."),
            Self::SelfReferral { code } => {
                format!("Le client est le parrain {code} lui-même\u{a0}: ses propres commandes ne rapportent rien.")
            }
            Self::ExistingCustomer { orders_count: Some(count) } => {
                format!("L’offre est réservée aux nouveaux clients\u{a0}; la boutique compte {count} commandes de celui-ci.")
            }
            Self::ExistingCustomer { orders_count: None } => {
                "L’offre est réservée aux nouveaux clients\u{a0}; une commande antérieure de celui-ci est enregistrée.".into()
            }
            Self::DuplicateCustomer { offer } => {
                format!("Ce client a déjà rapporté tout ce que l’offre {offer} donne pour un client.")
            }
            Self::BelowMinimum { spent, least } => {
                format!("Les articles s’élèvent à {spent}\u{a0}; l’offre demande {least}.")
            }
            Self::CapReached { most, monthly: true } => {
                format!("Le parrain a déjà eu les {most} récompenses de ce mois.")
            }
            Self::CapReached { most, monthly: false } => {
                format!("Le parrain a déjà eu les {most} récompenses de l’offre.")
            }
            Self::OfferInactive { offer } => format!("L’offre {offer} n’était pas active à ce moment-là."),
            Self::BudgetSpent { offer, budget } => {
                format!("La récompense ne tient pas dans ce qui reste du budget de {budget} de l’offre {offer}.")
            }
            Self::Given { code, at } => {
                format!("{what}\u{a0}: la boutique l’attribue à {code} à la main, le {}.", day_in_words(*at, true))
            }
            Self::TheirsAlready => format!("{what}\u{a0}: c’est déjà à ce parrain."),
            Self::OnHold { until } => format!("La récompense est en attente jusqu’au {}.", day_in_words(*until, true)),
            Self::Unverified => "Le serveur de la boutique doit encore confirmer.".into(),
            Self::Unconfirmed => {
                "Elle attend que l’identité du parrain soit confirmée\u{a0}: par un lien reçu par e-mail, ou par vous.".into()
            }
            Self::Held => "Elle attend votre décision, car quelque chose sort de l’ordinaire.".into(),
            Self::Waived { reason } => format!("La boutique a passé outre\u{a0}: {}.", french_of(*reason)),
            Self::UnknownType { name } => format!("Rien ici n’est récompensé pour {name}."),
            Self::NotPaid => format!("{what} n’est pas payée."),
            Self::TestOrder => {
                format!("{what} est signalée comme un test par la plateforme\u{a0}: les tests ne rapportent rien.")
            }
            Self::Unreadable => "Ce qui a été livré ne se lit pas comme une commande.".into(),
            Self::TooOld { at, days } => {
                format!("{what} porte la date du {at}, il y a plus de {days} jours\u{a0}: c’est trop ancien pour compter.")
            }
            Self::TooFarAhead { at, now } => {
                format!("{what} porte la date du {at}, alors qu’il n’est que {now}\u{a0}: vérifiez l’horloge du serveur de la boutique.")
            }
        }
    }
}

/// A reason as it stands in a sentence.
fn english_of(reason: Reason) -> &'static str {
    match reason {
        Reason::SelfReferral => "the customer is the referrer",
        Reason::ExistingCustomer => "the customer was not new",
        Reason::DuplicateCustomer => "the customer had already earned all that the offer gives for one",
        Reason::BelowMinimum => "the order is below the minimum",
        Reason::ReferrerInactive => "the referrer was paused or no longer took part",
        Reason::CapReached => "the offer's cap was reached",
        Reason::OutsideWindow => "the visit was too long before the order",
        Reason::OfferInactive => "the offer was not active",
        Reason::Unverified => "the shop's server had not confirmed the order",
        Reason::Cancelled => "the order is cancelled",
        Reason::Refunded => "the order is refunded",
        Reason::Unconfirmed => "nobody had confirmed who the referrer is",
        Reason::Velocity => "there were too many in too short a time",
        Reason::Suspected => "there was something unusual about it",
        Reason::BudgetSpent => "the offer's budget was spent",
        Reason::Manual => "the shop had decided otherwise",
        Reason::OtherEvent => "the offer rewards another kind of event",
        Reason::UnknownType => "nothing is rewarded for events of this type",
        Reason::NotPaid => "the order is not paid",
        Reason::TestOrder => "the order is a test",
        Reason::Unreadable => "what was delivered cannot be read",
        Reason::TooOld => "it is too old",
        Reason::TooFarAhead => "it is dated too far ahead",
        Reason::NothingTaken => "nothing of the goods was taken back",
    }
}

/// The same in French.
fn french_of(reason: Reason) -> &'static str {
    match reason {
        Reason::SelfReferral => "le client est le parrain",
        Reason::ExistingCustomer => "le client n’était pas nouveau",
        Reason::DuplicateCustomer => "le client avait déjà rapporté tout ce que l’offre donne pour un client",
        Reason::BelowMinimum => "la commande est en dessous du minimum",
        Reason::ReferrerInactive => "le parrain était en pause ou ne participait plus",
        Reason::CapReached => "le plafond de l’offre était atteint",
        Reason::OutsideWindow => "la visite était trop ancienne",
        Reason::OfferInactive => "l’offre n’était pas active",
        Reason::Unverified => "le serveur de la boutique n’avait pas confirmé la commande",
        Reason::Cancelled => "la commande est annulée",
        Reason::Refunded => "la commande est remboursée",
        Reason::Unconfirmed => "l’identité du parrain n’était pas confirmée",
        Reason::Velocity => "il y en avait trop en trop peu de temps",
        Reason::Suspected => "quelque chose sortait de l’ordinaire",
        Reason::BudgetSpent => "le budget de l’offre était épuisé",
        Reason::Manual => "la boutique avait décidé autrement",
        Reason::OtherEvent => "l’offre récompense un autre type d’événement",
        Reason::UnknownType => "rien n’est récompensé pour ce type d’événement",
        Reason::NotPaid => "la commande n’est pas payée",
        Reason::TestOrder => "la commande est un test",
        Reason::Unreadable => "ce qui a été livré ne se lit pas",
        Reason::TooOld => "c’est trop ancien",
        Reason::TooFarAhead => "la date est trop loin dans l’avenir",
        Reason::NothingTaken => "rien des articles n’a été repris",
    }
}

/// A day by UTC as people write it: `2 mai 2026`, `2 May 2026`.
pub(crate) fn day_in_words(at: Instant, french: bool) -> String {
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const FRENCH: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let date = at.date();
    let mut parts = date.split('-').map(|part| part.trim_start_matches('0'));
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let names = if french { FRENCH } else { ENGLISH };
    let month = month.and_then(|month| names.get(month.parse::<usize>().ok()?.checked_sub(1)?));
    match (year, month, day) {
        (Some(year), Some(month), Some("1")) if french => format!("1er {month} {year}"),
        (Some(year), Some(month), Some(day)) => format!("{day} {month} {year}"),
        _ => date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_it_as_the_shop_owner_would() {
        let stale = [Why::OutsideWindow {
            code: "ANNA10".parse().ok(),
            source: Some(Source::Link),
            age_days: 41,
            window_days: 30,
        }];
        assert_eq!(
            Why::words(&stale, Kind::Sale, "1007", "en"),
            "Order 1007 comes too late: the visit by ANNA10's link was 41 days before it, and the window is 30 days."
        );
        let french = Why::words(&stale, Kind::Sale, "1007", "fr-CA");
        assert!(french.starts_with("La commande 1007 vient trop tard"), "{french}");
        // As decisions of earlier releases say it.
        let before: Why =
            serde_json::from_str(r#"{"outside_window":{"age_days":41,"window_days":30}}"#).unwrap();
        assert!(
            Why::words(&[before], Kind::Sale, "1", "en")
                .contains("the visit by a link was 41 days before it")
        );
        let code = [Why::CodeOnOrder { code: "ANNA10".parse().unwrap() }];
        assert_eq!(Why::words(&code, Kind::Lead, "L1", "fr"), "Le contact L1 porte le code ANNA10.");
        assert_eq!(Why::words(&code, Kind::Signup, "S1", "en"), "Sign-up S1 carries the code ANNA10.");
    }
}
