//! What an order's account tells beside its decision and its history: that it was received, what a change did to its
//! reward, and what referrers claim, in English and French.

use crate::code::Code;
use crate::instant::Instant;
use crate::reward::{Asset, Case};
use crate::why::Why;
use parrain_wire::rewards::Status;

/// Something that happened to an order beside what its decision and its history tell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant's words are below")]
pub enum Told {
    Received,
    Reported,
    NotHereYet,
    Claimed { code: Code, note: Option<String> },
    ClaimAnswered { code: Code, accepted: bool, note: Option<String> },
}

impl Told {
    /// A sentence: French for a French locale, else English.
    pub fn words(&self, locale: &str) -> String {
        if Why::is_french(locale) { self.french() } else { self.english() }
    }

    fn english(&self) -> String {
        match self {
            Self::Received => "The shop's server sent it.".into(),
            Self::Reported => {
                "A page of the shop reported it; the shop's server has not confirmed it.".into()
            }
            Self::NotHereYet => "This order has not arrived here yet: the shop has not sent it.".into(),
            Self::Claimed { code, note } => {
                quoted(&format!("{code} says that it was theirs"), note.as_deref())
            }
            Self::ClaimAnswered { code, accepted: true, note } => {
                quoted(&format!("The shop accepted {code}'s claim"), note.as_deref())
            }
            Self::ClaimAnswered { code, accepted: false, note } => {
                quoted(&format!("The shop refused {code}'s claim"), note.as_deref())
            }
        }
    }

    fn french(&self) -> String {
        match self {
            Self::Received => "Le serveur de la boutique l’a envoyée.".into(),
            Self::Reported => {
                "Une page de la boutique l’a signalée\u{a0}; le serveur de la boutique ne l’a pas confirmée."
                    .into()
            }
            Self::NotHereYet => {
                "Cette commande n’est pas encore arrivée ici\u{a0}: la boutique ne l’a pas envoyée.".into()
            }
            Self::Claimed { code, note } => {
                citation(&format!("{code} dit que cette commande lui revient"), note.as_deref())
            }
            Self::ClaimAnswered { code, accepted: true, note } => {
                citation(&format!("La boutique a accepté la réclamation de {code}"), note.as_deref())
            }
            Self::ClaimAnswered { code, accepted: false, note } => {
                citation(&format!("La boutique a refusé la réclamation de {code}"), note.as_deref())
            }
        }
    }
}

/// What something did to a reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    status: Status,
    before: Option<i64>,
    left: i64,
    asset: Asset,
}

impl Effect {
    /// What became of a reward at an instant; `None` where nothing did.
    pub fn at(case: &Case, asset: &Asset, at: Instant) -> Option<Self> {
        let at = at.max(case.at);
        let before = case.state(Instant::from_micros(at.micros().saturating_sub(1)));
        let after = case.state(at)?;
        let moved = before.is_none_or(|before| before.left != after.left || before.status != after.status);
        moved.then(|| Self {
            status: after.status,
            before: before.map(|before| before.left),
            left: after.left,
            asset: asset.clone(),
        })
    }

    /// A sentence: French for a French locale, else English.
    pub fn words(&self, locale: &str) -> String {
        if Why::is_french(locale) { self.french() } else { self.english() }
    }

    fn amount(&self, amount: i64) -> Option<String> {
        match &self.asset {
            Asset::Money(_) | Asset::Donation(_) => {
                Some(format!("{} {}", self.asset.format(amount), self.asset.unit()))
            }
            Asset::Unit(kind) if kind == "points" => Some(format!("{amount} points")),
            Asset::Unit(_) => None,
        }
    }

    fn english(&self) -> String {
        let was = self.before.filter(|before| *before != self.left).and_then(|before| self.amount(before));
        let state = match self.status {
            Status::Pending => "waiting",
            Status::Approved => "available",
            Status::Paid => "paid",
            Status::Rejected => return "There is no reward.".into(),
            Status::Reversed => return "The reward is taken back.".into(),
        };
        match (self.amount(self.left), was) {
            (Some(now), Some(was)) => format!("The reward went from {was} to {now}, {state}."),
            (Some(now), None) => format!("The reward: {now}, {state}."),
            (None, _) => format!("The reward is {state}."),
        }
    }

    fn french(&self) -> String {
        let was = self.before.filter(|before| *before != self.left).and_then(|before| self.amount(before));
        let state = match self.status {
            Status::Pending => "en attente",
            Status::Approved => "disponible",
            Status::Paid => "versée",
            Status::Rejected => return "Il n’y a pas de récompense.".into(),
            Status::Reversed => return "La récompense est annulée.".into(),
        };
        match (self.amount(self.left), was) {
            (Some(now), Some(was)) => format!("La récompense passe de {was} à {now}, {state}."),
            (Some(now), None) => format!("La récompense\u{a0}: {now}, {state}."),
            (None, _) => format!("La récompense est {state}."),
        }
    }
}

/// A sentence with what somebody wrote behind it, in English quotes.
fn quoted(sentence: &str, note: Option<&str>) -> String {
    note.map_or_else(|| format!("{sentence}."), |note| format!("{sentence}: “{note}”."))
}

/// The same in French quotes.
fn citation(sentence: &str, note: Option<&str>) -> String {
    note.map_or_else(|| format!("{sentence}."), |note| format!("{sentence}\u{a0}: «\u{a0}{note}\u{a0}»."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward::{Back, Worth};

    fn day(day: i64) -> Instant {
        Instant::from_micros(day * 86_400_000_000)
    }

    fn case() -> Case {
        Case {
            at: day(10),
            until: None,
            verified: true,
            refusal: None,
            approves_at: day(24),
            worth: Worth {
                kind: "commission".into(),
                asset: Asset::from_name("EUR"),
                amount: 800,
                base: 10_000,
                total: None,
                exact: Some(800_000_000),
                detail: None,
            },
            backs: vec![Back { at: day(12), until: None, refund: Some(5_000), returned: 0 }],
            reviews: Vec::new(),
            payments: Vec::new(),
            given: Vec::new(),
            confirmed: Some(Instant::MIN),
            held: None,
        }
    }

    #[test]
    fn what_a_change_did_to_the_reward_is_said() {
        let case = case();
        let words = |at, locale| Effect::at(&case, &case.worth.asset, at).map(|effect| effect.words(locale));
        assert_eq!(words(day(12), "en").unwrap(), "The reward went from 8.00 EUR to 4.00 EUR, waiting.");
        assert_eq!(
            words(day(12), "fr-FR").unwrap(),
            "La récompense passe de 8.00 EUR à 4.00 EUR, en attente."
        );
        assert_eq!(words(day(24), "en").unwrap(), "The reward: 4.00 EUR, available.");
        assert_eq!(words(day(13), "en"), None);
    }

    #[test]
    fn what_somebody_wrote_stands_in_quotes() {
        let code: Code = "LEA".parse().unwrap();
        let claimed = Told::Claimed { code: code.clone(), note: Some("ma commande 1007".into()) };
        assert_eq!(
            claimed.words("fr"),
            "LEA dit que cette commande lui revient\u{a0}: «\u{a0}ma commande 1007\u{a0}»."
        );
        let refused = Told::ClaimAnswered { code, accepted: false, note: None };
        assert_eq!(refused.words("en"), "The shop refused LEA's claim.");
    }
}
