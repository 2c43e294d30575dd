//! To whom an offer is shown (contract section 7): an offer's conditions, and the facts of a visit that they are held
//! against. The widget, which knows the page, and the edge, which knows the shop's signature and the country, read
//! them by the one rule that stands here.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, compare};
use crate::lenient::{list, maybe};
use crate::word::{Known, words};

words! {
    /// Whether a customer has ordered before.
    pub enum CustomerKind {
        /// Nothing is known of an earlier order.
        New = "new",
        /// They have ordered before.
        Returning = "returning",
    }
}

/// What must hold for an offer to be shown: all of what is there. Nothing is there in an offer for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "OfferConditions"))]
pub struct When {
    /// Who has ordered before, or who has not.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub customer: Option<Known<CustomerKind>>,
    /// How much is in the basket, in the program's currency.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub basket: Option<Basket>,
    /// The languages of the page, BCP 47 tags: `pt` is all Portuguese, `pt-BR` that of Brazil.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Where the visitor is, by ISO 3166-1 codes of two capital letters.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
}

/// How much is in a basket; both ends are inside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "BasketCondition"))]
pub struct Basket {
    /// So much at least.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Amount>,
    /// So much at most.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Amount>,
}

/// What is known of a visit. What is not known is left out, and meets no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether they have ordered before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Known<CustomerKind>>,
    /// What is in the basket, decimal text in the program's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basket: Option<Amount>,
    /// The language of the page, a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The country, two capital letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl When {
    /// Whether the offer is for everybody.
    pub fn is_empty(&self) -> bool {
        self.customer.is_none()
            && self.basket.as_ref().is_none_or(|basket| *basket == Basket::default())
            && self.languages.is_empty()
            && self.countries.is_empty()
    }

    /// Whether all of it holds; what is not known does not.
    pub fn holds(&self, facts: &Facts) -> bool {
        self.meets(facts, false)
    }

    /// Whether nothing that is known speaks against it.
    pub fn may_hold(&self, facts: &Facts) -> bool {
        self.meets(facts, true)
    }

    fn meets(&self, facts: &Facts, unknown: bool) -> bool {
        let customer = match (&self.customer, &facts.customer) {
            (None, _) => true,
            (Some(_), None) => unknown,
            (Some(wanted), Some(is)) => wanted == is,
        };
        let basket = match (&self.basket, &facts.basket) {
            (None, _) => true,
            (Some(_), None) => unknown,
            (Some(wanted), Some(is)) => wanted.holds(is),
        };
        let language = among(&self.languages, facts.language.as_deref(), unknown, speaks);
        customer && basket && language && among(&self.countries, facts.country.as_deref(), unknown, same)
    }
}

impl Basket {
    fn holds(&self, basket: &Amount) -> bool {
        // What is no amount meets no condition.
        let within = |end: &Option<Amount>, beyond: Ordering| {
            end.as_ref()
                .is_none_or(|end| compare(basket.as_str(), end.as_str()).is_some_and(|found| found != beyond))
        };
        within(&self.at_least, Ordering::Less) && within(&self.at_most, Ordering::Greater)
    }
}

/// Whether what is known is one of those that are wanted.
fn among(wanted: &[String], is: Option<&str>, unknown: bool, fits: fn(&str, &str) -> bool) -> bool {
    match is {
        _ if wanted.is_empty() => true,
        Some(is) => wanted.iter().any(|wanted| fits(is, wanted)),
        None => unknown,
    }
}

/// Whether a tag is of a wanted language: the same, or one of its regions.
pub fn speaks(tag: &str, wanted: &str) -> bool {
    let (start, rest) = tag.as_bytes().split_at(wanted.len().min(tag.len()));
    start.eq_ignore_ascii_case(wanted.as_bytes()) && matches!(rest.first(), None | Some(b'-'))
}

fn same(one: &str, other: &str) -> bool {
    one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(text: &str) -> When {
        serde_json::from_str(text).unwrap()
    }

    fn facts(text: &str) -> Facts {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn all_conditions_hold_or_none_counts() {
        let all = r#"{"customer": "new", "basket": {"at_least": "50.00", "at_most": "200.00"},
            "languages": ["fr", "pt-BR"], "countries": ["BE", "LU"]}"#;
        let met = r#"{"customer": "new", "basket": "50", "language": "fr-BE", "country": "LU"}"#;
        assert!(when(all).holds(&facts(met)));
        for (member, other) in [
            ("customer", r#""returning""#),
            ("customer", r#""astronaut""#),
            ("basket", r#""49.99""#),
            ("basket", r#""200.001""#),
            ("basket", r#""a lot""#),
            ("basket", r#""-60""#),
            ("language", r#""pt-PT""#),
            ("language", r#""frr""#),
            ("country", r#""FR""#),
            ("country", r#""be""#),
        ] {
            let mut one: serde_json::Value = serde_json::from_str(met).unwrap();
            one[member] = serde_json::from_str(other).unwrap();
            let one = facts(&one.to_string());
            assert!(!when(all).holds(&one) && !when(all).may_hold(&one), "{member}: {other}");
            let mut one: serde_json::Value = serde_json::from_str(met).unwrap();
            one.as_object_mut().unwrap().remove(member);
            let one = facts(&one.to_string());
            assert!(!when(all).holds(&one), "what is not known meets nothing: {member}");
            assert!(when(all).may_hold(&one), "and speaks against nothing: {member}");
        }
        assert!(when("{}").is_empty() && when("{}").holds(&Facts::default()));
    }

    #[test]
    fn languages_are_held_by_whole_subtags() {
        for (tag, wanted, yes) in [
            ("fr", "fr", true),
            ("FR-ca", "fr", true),
            ("fr", "fr-CA", false),
            ("fry", "fr", false),
            ("pt-br", "pt-BR", true),
            ("", "fr", false),
            ("é", "f", false),
        ] {
            assert_eq!(speaks(tag, wanted), yes, "{tag} {wanted}");
        }
    }

    #[test]
    fn conditions_of_tomorrow_or_of_another_form_are_read() {
        let odd =
            when(r#"{"customer": "astronaut", "basket": 7, "languages": "fr", "countries": [1, "BE"]}"#);
        assert!(!odd.holds(&facts(r#"{"customer": "new", "country": "BE"}"#)), "{odd:?}");
    }
}
