//! Decisions in words that a shop owner understands, in English and French.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::{Kind, Source};
use crate::instant::Instant;

/// One step of a decision, with the figures that it turned on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each variant's words are below")]
pub enum Why {
    Bound { code: Code, since: Instant, offer: String },
    CodeOnOrder { code: Code },
    Touched { code: Code, source: Source, at: Instant },
    OutsideWindow { age_days: i64, window_days: u32 },
    UnknownCode { code: Code },
    NoCandidate,
    OfferUnknown { offer: String },
    OtherEvent { offer: String },
    SelfReferral { code: Code },
    ExistingCustomer { orders_count: Option<u32> },
    DuplicateCustomer { offer: String },
    BelowMinimum { spent: String, least: String },
    CapReached { most: u32, monthly: bool },
    OfferInactive { offer: String },
    BudgetSpent { offer: String, budget: String },
    UnknownType { name: String },
    NotPaid,
    TestOrder,
    Unreadable,
    TooOld { at: Instant, days: i64 },
    TooFarAhead { at: Instant, now: Instant },
}

impl Why {
    /// A decision's steps as sentences about the order (or the lead and the like) `id`: French for a French
    /// locale, else English.
    pub fn words(steps: &[Self], kind: Kind, id: &str, locale: &str) -> String {
        let french = locale.get(..2).is_some_and(|language| language.eq_ignore_ascii_case("fr"));
        let what = match (kind, french) {
            (Kind::Sale, false) => "Order",
            (Kind::Lead, false) => "Lead",
            (Kind::Signup, false) => "Sign-up",
            (Kind::Install, false) => "Installation",
            (Kind::Sale, true) => "La commande",
            (Kind::Lead, true) => "Le contact",
            (Kind::Signup, true) => "L'inscription",
            (Kind::Install, true) => "L'installation",
        };
        let what = format!("{what} {id}");
        let say = |step: &Self| if french { step.french(&what) } else { step.english(&what) };
        steps.iter().map(say).collect::<Vec<_>>().join(" ")
    }

    fn english(&self, what: &str) -> String {
        match self {
            Self::Bound { code, since, offer } => {
                format!(
                    "{what} is by a customer who has been {code}'s since {} (offer {offer}).",
                    since.date()
                )
            }
            Self::CodeOnOrder { code } => format!("{what} carries the code {code}."),
            Self::Touched { code, source: Source::Link, at } => {
                format!("{what} carries no code; its visit by {code}'s link on {} counts.", at.date())
            }
            Self::Touched { code, source: Source::PromoCode, at } => {
                format!("{what} carries no code; the code {code} was redeemed on {}.", at.date())
            }
            Self::OutsideWindow { age_days, window_days } => format!(
                "{what} carries no code and its only link visit is {age_days} days old; the window is {window_days}."
            ),
            Self::UnknownCode { code } => {
                format!("{what} carries the code {code}, which no referrer has.")
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
            Self::OfferInactive { offer } => format!("The offer {offer} was not active on that day."),
            Self::BudgetSpent { offer, budget } => {
                format!(
                    "The reward does not fit into what is left of the offer {offer}'s budget of {budget}."
                )
            }
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
            Self::Bound { code, since, offer } => format!(
                "{what} vient d'un client rattaché à {code} depuis le {} (offre {offer}).",
                since.date()
            ),
            Self::CodeOnOrder { code } => format!("{what} porte le code {code}."),
            Self::Touched { code, source: Source::Link, at } => {
                format!("{what} ne porte aucun code ; la visite par le lien de {code} du {} compte.", at.date())
            }
            Self::Touched { code, source: Source::PromoCode, at } => {
                format!("{what} ne porte aucun code ; le code {code} a été utilisé le {}.", at.date())
            }
            Self::OutsideWindow { age_days, window_days } => format!(
                "{what} ne porte aucun code et sa seule visite par un lien date de {age_days} jours ; la fenêtre est de {window_days}."
            ),
            Self::UnknownCode { code } => format!("{what} porte le code {code}, qu'aucun parrain ne possède."),
            Self::NoCandidate => format!("{what} ne porte ni code ni visite par un lien."),
            Self::OfferUnknown { offer } => format!("L'offre {offer} du parrain n'est dans aucune version du programme."),
            Self::OtherEvent { offer } => format!("L'offre {offer} récompense un autre type d'événement."),
            Self::SelfReferral { code } => {
                format!("Le client est le parrain {code} lui-même : ses propres commandes ne rapportent rien.")
            }
            Self::ExistingCustomer { orders_count: Some(count) } => {
                format!("L'offre est réservée aux nouveaux clients ; la boutique compte {count} commandes de celui-ci.")
            }
            Self::ExistingCustomer { orders_count: None } => {
                "L'offre est réservée aux nouveaux clients ; une commande antérieure de celui-ci est enregistrée.".into()
            }
            Self::DuplicateCustomer { offer } => {
                format!("Ce client a déjà rapporté tout ce que l'offre {offer} donne pour un client.")
            }
            Self::BelowMinimum { spent, least } => {
                format!("Les articles s'élèvent à {spent} ; l'offre demande {least}.")
            }
            Self::CapReached { most, monthly: true } => {
                format!("Le parrain a déjà eu les {most} récompenses de ce mois.")
            }
            Self::CapReached { most, monthly: false } => {
                format!("Le parrain a déjà eu les {most} récompenses de l'offre.")
            }
            Self::OfferInactive { offer } => format!("L'offre {offer} n'était pas active ce jour-là."),
            Self::BudgetSpent { offer, budget } => {
                format!("La récompense ne tient pas dans ce qui reste du budget de {budget} de l'offre {offer}.")
            }
            Self::UnknownType { name } => format!("Rien ici n'est récompensé pour {name}."),
            Self::NotPaid => format!("{what} n'est pas payée."),
            Self::TestOrder => {
                format!("{what} est signalée comme un test par la plateforme : les tests ne rapportent rien.")
            }
            Self::Unreadable => "Ce qui a été livré ne se lit pas comme une commande.".into(),
            Self::TooOld { at, days } => {
                format!("{what} porte la date du {at}, il y a plus de {days} jours : c'est trop ancien pour compter.")
            }
            Self::TooFarAhead { at, now } => {
                format!("{what} porte la date du {at}, alors qu'il n'est que {now} : vérifiez l'horloge du serveur de la boutique.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_it_as_the_shop_owner_would() {
        let stale = [Why::OutsideWindow { age_days: 41, window_days: 30 }];
        assert_eq!(
            Why::words(&stale, Kind::Sale, "1007", "en"),
            "Order 1007 carries no code and its only link visit is 41 days old; the window is 30."
        );
        let french = Why::words(&stale, Kind::Sale, "1007", "fr-CA");
        assert!(french.starts_with("La commande 1007 ne porte aucun code"), "{french}");
        let code = [Why::CodeOnOrder { code: "ANNA10".parse().unwrap() }];
        assert_eq!(Why::words(&code, Kind::Lead, "L1", "fr"), "Le contact L1 porte le code ANNA10.");
        assert_eq!(Why::words(&code, Kind::Signup, "S1", "en"), "Sign-up S1 carries the code ANNA10.");
    }
}
