//! Promo codes of a shop's own. None of them is a candidate for whose an order is: who came by a referrer's link and types
//! one is the referrer's still.

use std::collections::BTreeSet;

use parrain_wire::promotion as wire;

use super::read::parse_friend;
use super::{FriendSide, Program, Reward};
use crate::check::{Faults, Node};
use crate::code::Code;
use crate::instant::Instant;
use crate::money::Currency;

/// How many a program may have.
const MOST: usize = 100;

/// How many categories one may be for.
const MOST_CATEGORIES: usize = 50;

/// A promo code. Amounts are minor units of the program's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// The code.
    pub code: Code,
    /// What the shop calls it.
    pub name: Option<String>,
    /// What who uses it gets.
    pub friend: FriendSide,
    /// For which categories alone; empty for all.
    pub categories: Vec<String>,
    /// Whether only new customers may use it.
    pub new_customers_only: bool,
    /// The first instant at which it is good.
    pub starts_at: Option<Instant>,
    /// The last one.
    pub ends_at: Option<Instant>,
}

impl Promotion {
    /// Whether it is good at an instant; both ends are inside.
    pub fn is_active(&self, at: Instant) -> bool {
        self.starts_at.is_none_or(|start| start <= at) && !self.has_ended(at)
    }

    /// Whether it is good no longer.
    pub fn has_ended(&self, at: Instant) -> bool {
        self.ends_at.is_some_and(|end| end < at)
    }

    /// As the contract writes it.
    pub fn to_wire(&self, currency: Currency) -> wire::Promotion {
        wire::Promotion {
            code: self.code.to_string(),
            name: self.name.clone(),
            friend: self.friend.to_wire(currency),
            categories: self.categories.clone(),
            new_customers_only: self.new_customers_only,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }
}

impl Program {
    /// The promo code of this text.
    pub fn promotion(&self, code: &Code) -> Option<&Promotion> {
        self.promotions.iter().find(|promotion| promotion.code == *code)
    }
}

/// Reads the promo codes of a program.
pub(super) fn parse_promotions(node: &Node<'_>, decimals: Option<u8>, faults: &mut Faults) -> Vec<Promotion> {
    let mut codes = BTreeSet::new();
    let mut promotions = Vec::new();
    for entry in node.items(faults, MOST) {
        let Some(promotion) = parse_promotion(&entry, decimals, faults) else { continue };
        if !codes.insert(promotion.code.clone()) {
            faults.add(&entry.field("code"), "is the code of an earlier promotion too");
        }
        promotions.push(promotion);
    }
    promotions
}

fn parse_promotion(node: &Node<'_>, decimals: Option<u8>, faults: &mut Faults) -> Option<Promotion> {
    node.object(faults)?;
    node.only(
        faults,
        &["code", "name", "friend", "categories", "new_customers_only", "starts_at", "ends_at"],
    );
    let place = node.field("code");
    let code = place.text(faults, 64).and_then(|text| match text.parse::<Code>() {
        Ok(code) => Some(code),
        Err(fault) => {
            faults.add(&place, fault.to_string());
            None
        }
    });
    let name = node.field("name").optional_text(faults, 100).map(str::to_owned);
    let friend = parse_friend(&node.field("friend"), decimals, faults);
    let kind = node.field("friend").field("reward").field("kind");
    if friend.as_ref().is_some_and(|friend| !is_discount(&friend.reward)) {
        faults.add(&kind, "must be a percentage or an amount off, free shipping or a free product");
    }
    let place = node.field("categories");
    let items = place.items(faults, MOST_CATEGORIES);
    let categories: Vec<String> =
        items.iter().filter_map(|item| item.text(faults, 200).map(str::to_owned)).collect();
    if !categories.is_empty() && friend.as_ref().is_some_and(|friend| !is_off_goods(&friend.reward)) {
        faults.add(&place, "belong to a percentage or an amount off");
    }
    let new_customers_only = node.field("new_customers_only").optional_bool(faults).unwrap_or(false);
    let starts_at = node.field("starts_at").optional_instant(faults);
    let ends_at = node.field("ends_at").optional_instant(faults);
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && end < start
    {
        faults.add(&node.field("ends_at"), "must not be before starts_at");
    }
    Some(Promotion { code: code?, name, friend: friend?, categories, new_customers_only, starts_at, ends_at })
}

/// Whether it can be taken off an order at once.
fn is_discount(reward: &Reward) -> bool {
    match reward {
        Reward::PercentOff(_) | Reward::AmountOff(_) | Reward::FreeShipping | Reward::FreeProduct(_) => true,
        Reward::GiftCard(_)
        | Reward::StoreCredit(_)
        | Reward::Cash(_)
        | Reward::Points(_)
        | Reward::Access(_)
        | Reward::Commission(_)
        | Reward::Donation(_) => false,
    }
}

/// Whether it is taken off the goods.
fn is_off_goods(reward: &Reward) -> bool {
    match reward {
        Reward::PercentOff(_) | Reward::AmountOff(_) => true,
        Reward::FreeShipping
        | Reward::FreeProduct(_)
        | Reward::GiftCard(_)
        | Reward::StoreCredit(_)
        | Reward::Cash(_)
        | Reward::Points(_)
        | Reward::Access(_)
        | Reward::Commission(_)
        | Reward::Donation(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(promotions: Value) -> Result<Program, Vec<(String, String)>> {
        let body = json!({"name": "A", "currency": "EUR", "landing_url": "https://shop.example/", "promotions": promotions,
            "offers": [{"id": "friends", "audience": "customer", "advocate": {"reward": {"kind": "cash", "amount": "1.00"}}}]});
        Program::parse(&body)
            .map_err(|faults| faults.into_iter().map(|fault| (fault.pointer, fault.detail)).collect())
    }

    #[test]
    fn promotions_are_read_and_written_back() {
        let all = json!([
            {"code": "NOEL10", "name": "Noël", "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
             "categories": ["bougies"], "new_customers_only": true, "starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-24T23:00:00Z"},
            {"code": "port-offert", "friend": {"reward": {"kind": "free_shipping"}}},
        ]);
        let program = read(all).unwrap();
        let noel = program.promotion(&"noel10".parse().unwrap()).unwrap();
        let at = |text| Instant::parse(text).unwrap();
        assert!(noel.is_active(at("2026-12-24T23:00:00Z")) && !noel.is_active(at("2026-11-30T23:00:00Z")));
        assert!(noel.has_ended(at("2026-12-24T23:00:01Z")));
        assert!(
            program.promotion(&"PORT-OFFERT".parse().unwrap()).unwrap().is_active(at("2030-01-01T00:00:00Z"))
        );
        assert_eq!(Program::parse(&program.to_json()).unwrap(), program);
        assert_eq!(read(Value::Null).unwrap().to_json().get("promotions"), None);
    }

    #[test]
    fn every_fault_is_told() {
        let with = |more: Value| {
            let mut one =
                json!({"code": "NOEL10", "friend": {"reward": {"kind": "percent_off", "percent": "10"}}});
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            one
        };
        for (promotions, pointer) in [
            (json!([with(json!({"code": "NOËL10"}))]), "/promotions/0/code"),
            (json!([with(json!({"code": ""}))]), "/promotions/0/code"),
            (json!([with(json!({})), with(json!({"code": "noel10"}))]), "/promotions/1/code"),
            (
                json!([with(json!({"friend": {"reward": {"kind": "cash", "amount": "1.00"}}}))]),
                "/promotions/0/friend/reward/kind",
            ),
            (
                json!([with(json!({"friend": {"reward": {"kind": "commission", "percent": "5"}}}))]),
                "/promotions/0/friend/reward/kind",
            ),
            (
                json!([with(json!({"friend": {"reward": {"kind": "free_shipping"}}, "categories": ["a"]}))]),
                "/promotions/0/categories",
            ),
            (
                json!([with(
                    json!({"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"})
                )]),
                "/promotions/0/ends_at",
            ),
            (json!([with(json!({"advocate": {}}))]), "/promotions/0/advocate"),
            (json!([{"code": "NOEL10"}]), "/promotions/0/friend"),
            (json!({}), "/promotions"),
        ] {
            let faults = read(promotions.clone()).unwrap_err();
            assert!(faults.iter().any(|(at, _)| at == pointer), "{promotions}: {faults:?}");
        }
        let many: Vec<Value> = (0..101).map(|n| with(json!({"code": format!("CODE{n}")}))).collect();
        assert!(read(many.into()).is_err());
    }
}
