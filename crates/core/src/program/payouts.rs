//! When and to whom rewards are paid out: the `payouts` of a program.

use std::collections::{BTreeMap, BTreeSet};

use parrain_wire::Known;
use parrain_wire::program as wire;
use serde_json::Value;

use super::kinds::{is_money, names};
use crate::check::{Faults, Node};
use crate::iban;
use crate::money::{Currency, format_amount};

/// The longest name of an account holder that SEPA carries on.
const MOST_NAME: usize = 70;

/// A shop's rules for its payouts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayoutRules {
    /// The least that is paid to one referrer in a currency, in its minor units; less is carried over to the next
    /// payout. Where a currency has one, what somebody owes is carried over too.
    pub minimum: BTreeMap<Currency, i64>,
    /// The kinds of reward that the minimum binds; all that are money where none is named.
    pub minimum_kinds: BTreeSet<String>,
    /// Whether what is paid to an account waits until its referrer has said to which.
    pub details_required: bool,
    /// From which account the shop pays by bank transfer.
    pub debtor: Option<Debtor>,
}

/// The shop's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debtor {
    /// In whose name it is.
    pub name: String,
    /// Its IBAN, without spaces.
    pub iban: String,
}

impl PayoutRules {
    /// The least that is paid of a kind in a currency; `None` where nothing is too little.
    pub fn least(&self, kind: &str, currency: Currency) -> Option<i64> {
        let bound = self.minimum_kinds.is_empty() || self.minimum_kinds.contains(kind);
        self.minimum.get(&currency).copied().filter(|_| bound)
    }

    /// Reads the `payouts` of a program in this currency.
    pub(super) fn parse(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Self {
        let mut rules = Self::default();
        if !node.is_present() || node.object(faults).is_none() {
            return rules;
        }
        node.only(faults, &["minimum", "minimum_kinds", "details", "debtor"]);
        rules.minimum = parse_minimum(&node.field("minimum"), currency, faults);
        let kinds: Vec<(&str, &str)> =
            names().filter(|kind| is_money(kind)).map(|kind| (kind, kind)).collect();
        for item in node.field("minimum_kinds").items(faults, kinds.len()) {
            rules.minimum_kinds.extend(item.choice(faults, &kinds).map(str::to_owned));
        }
        let details =
            node.field("details").optional_choice(faults, &[("required", true), ("optional", false)]);
        rules.details_required = details.unwrap_or_default();
        let debtor = node.field("debtor");
        if debtor.is_present() {
            rules.debtor = Debtor::parse(&debtor, faults);
        }
        rules
    }

    /// The rules as the contract writes them; `None` where there are none.
    pub(super) fn to_wire(&self, currency: Currency) -> Option<wire::PayoutRules> {
        let text = |of: Currency, minor: i64| format_amount(minor, of.decimals()).into();
        let minimum = match (self.minimum.len(), self.minimum.get(&currency)) {
            (0, _) => None,
            (1, Some(own)) => Some(wire::Minimum::Own(text(currency, *own))),
            _ => {
                let each = self.minimum.iter().map(|(of, minor)| (of.code().to_owned(), text(*of, *minor)));
                Some(wire::Minimum::Each(each.collect()))
            }
        };
        let rules = wire::PayoutRules {
            minimum,
            minimum_kinds: self.minimum_kinds.iter().map(|kind| Known::read(kind)).collect(),
            details: self.details_required.then(|| wire::Details::Required.into()),
            debtor: self
                .debtor
                .as_ref()
                .map(|debtor| wire::Debtor { name: debtor.name.clone(), iban: debtor.iban.clone() }),
        };
        (rules != wire::PayoutRules::default()).then_some(rules)
    }
}

impl Debtor {
    /// Reads `{"name", "iban"}`.
    pub fn parse(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        node.object(faults)?;
        node.only(faults, &["name", "iban"]);
        let name = node.field("name").text(faults, MOST_NAME).map(|name| name.trim().to_owned());
        let place = node.field("iban");
        let iban = place
            .text(faults, 60)
            .and_then(|text| iban::parse(text).map_err(|fault| faults.add(&place, fault.to_string())).ok());
        Some(Self { name: name?, iban: iban? })
    }
}

/// An amount in the program's currency, or amounts by currency.
fn parse_minimum(node: &Node<'_>, own: Option<Currency>, faults: &mut Faults) -> BTreeMap<Currency, i64> {
    let mut minimum = BTreeMap::new();
    match node.value() {
        None => {}
        Some(Value::Object(each)) => {
            for code in each.keys() {
                let place = node.field(code);
                let Some(currency) = Currency::parse(code) else {
                    faults.add(&place, "must be named by an ISO 4217 currency such as \"EUR\"");
                    continue;
                };
                minimum
                    .extend(place.amount(faults, Some(currency.decimals())).map(|minor| (currency, minor)));
            }
        }
        Some(Value::String(_)) => {
            let minor = node.amount(faults, own.map(|currency| currency.decimals()));
            minimum.extend(own.zip(minor));
        }
        Some(_) => faults.add(
            node,
            "must be an amount such as \"25.00\", or amounts by currency such as {\"EUR\": \"25.00\"}",
        ),
    }
    minimum
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(body: Value) -> Result<PayoutRules, Vec<String>> {
        let mut faults = Faults::default();
        let rules = PayoutRules::parse(&Node::root(&body), Currency::parse("EUR"), &mut faults);
        faults.into_result(rules).map_err(|faults| faults.into_iter().map(|fault| fault.pointer).collect())
    }

    #[test]
    fn is_written_as_it_was_read() {
        let euro = Currency::parse("EUR").unwrap();
        for body in [
            json!({"minimum": "25.00"}),
            json!({"minimum": {"EUR": "25.00", "JPY": "3000"}, "minimum_kinds": ["cash", "commission"]}),
            json!({"minimum": {"USD": "30.00"}}),
            json!({"details": "required", "debtor": {"name": "Atelier Lumière", "iban": "FR7630006000011234567890189"}}),
        ] {
            let rules = parse(body.clone()).unwrap().to_wire(euro);
            assert_eq!(serde_json::to_value(rules).unwrap(), body);
        }
        for nothing in [json!({}), json!(null), json!({"details": "optional"})] {
            assert_eq!(parse(nothing).unwrap().to_wire(euro), None);
        }
    }

    #[test]
    fn the_least_binds_its_kinds_and_its_currency() {
        let euro = Currency::parse("EUR").unwrap();
        let all = parse(json!({"minimum": "25.00"})).unwrap();
        assert_eq!(all.least("store_credit", euro), Some(2500));
        assert_eq!(all.least("cash", Currency::parse("USD").unwrap()), None);
        let some = parse(json!({"minimum": "25.00", "minimum_kinds": ["cash"]})).unwrap();
        assert_eq!((some.least("cash", euro), some.least("store_credit", euro)), (Some(2500), None));
    }

    #[test]
    fn every_fault_has_its_place() {
        for (body, pointers) in [
            (json!({"minimum": "25"}), vec!["/minimum"]),
            (json!({"minimum": 25}), vec!["/minimum"]),
            (json!({"minimum": {"EURO": "25.00", "JPY": "30.00"}}), vec!["/minimum/EURO", "/minimum/JPY"]),
            (json!({"minimum_kinds": ["points"]}), vec!["/minimum_kinds/0"]),
            (json!({"details": true, "maximum": 1}), vec!["/maximum", "/details"]),
            (
                json!({"debtor": {"iban": "FR7630006000011234567890188"}}),
                vec!["/debtor/name", "/debtor/iban"],
            ),
            (json!([]), vec![""]),
        ] {
            assert_eq!(parse(body.clone()).unwrap_err(), pointers, "{body}");
        }
    }
}
