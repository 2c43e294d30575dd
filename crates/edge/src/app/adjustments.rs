//! Bonuses and corrections by the shop's hand, one or many at once.

use super::access::Owner;
use super::{Answer, App, Env, body};
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{Adjust, NewAdjustment, Saved};
use crate::shop_id::ShopId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_core::money::{Currency, parse_amount};
use parrain_core::program::{Program, is_money, names};
use parrain_wire::event::Decided;
use parrain_wire::payouts::{Adjusted, AdjustedList};
use parrain_wire::rewards::Conversion;
use serde_json::Value;

/// The most adjustments of one request.
const MOST: usize = 1_000;

/// The longest id and reason, in characters.
const MOST_ID: usize = 64;
const MOST_REASON: usize = 1_000;

impl<E: Env> App<E> {
    /// Records an adjustment, or an array of them: all or none. The id that the caller gives makes it once only.
    pub(super) async fn adjust(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let shop = self.fresh_shop(id).await?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        let several = json.is_array();
        let nodes = if several { root.items(&mut faults, MOST) } else { vec![root.clone()] };
        if nodes.is_empty() && faults.is_empty() {
            faults.add(&root, "must hold at least one adjustment");
        }
        let mut adjustments: Vec<NewAdjustment> = Vec::new();
        for node in &nodes {
            let made_up = format!("adj-{}", URL_SAFE_NO_PAD.encode(self.env.random::<12>()?));
            if let Some(new) = read(node, &shop.program, made_up, &mut faults) {
                if adjustments.iter().any(|other| other.id == new.id) {
                    faults.add(&node.field("id"), "is the id of an earlier one too");
                }
                adjustments.push(new);
            }
        }
        let adjustments = body::checked(faults, adjustments)?;
        let saved = match self.ask_as(may, id, Adjust { adjustments }).await {
            // Of a single one, what the whole request is about is not there.
            Err(Error::Invalid(_)) if !several => return Err(Error::NO_CODE),
            saved => saved?,
        };
        let any_new = saved.iter().any(|one| one.created);
        let status = if any_new { StatusCode::CREATED } else { StatusCode::OK };
        let mut adjustments: Vec<Adjusted> = saved.into_iter().map(told).collect();
        match adjustments.pop() {
            Some(one) if !several => Ok(Response::json(status, &one)?),
            last => {
                adjustments.extend(last);
                Ok(Response::json(status, &AdjustedList { adjustments })?)
            }
        }
    }
}

fn told(saved: Saved<Conversion>) -> Adjusted {
    let outcome = if saved.created { Decided::Recorded } else { Decided::Duplicate };
    Adjusted { outcome: outcome.into(), adjustment: saved.value }
}

fn read(node: &Node<'_>, program: &Program, made_up: String, faults: &mut Faults) -> Option<NewAdjustment> {
    node.object(faults)?;
    node.only(faults, &["id", "code", "amount", "currency", "reward", "reason"]);
    let id = node.field("id").optional_text(faults, MOST_ID).map_or(made_up, str::to_owned);
    let code_at = node.field("code");
    let code = code_at
        .text(faults, 64)
        .and_then(|text| text.parse::<Code>().map_err(|fault| faults.add(&code_at, fault.to_string())).ok());
    let currency_at = node.field("currency");
    let mut currency = Some(program.currency);
    if currency_at.is_present() {
        currency = currency_at.text(faults, 60).and_then(Currency::parse);
        if currency.is_none() && currency_at.value().is_some_and(Value::is_string) {
            faults.add(&currency_at, "must be an ISO 4217 currency such as \"EUR\"");
        }
    }
    let amount = read_amount(&node.field("amount"), currency, faults);
    let kinds: Vec<(&str, &str)> = names().filter(|kind| is_money(kind)).map(|kind| (kind, kind)).collect();
    let reward = node.field("reward").optional_choice(faults, &kinds).map(str::to_owned);
    let reason = node.field("reason").text(faults, MOST_REASON).map(|text| text.trim().to_owned());
    Some(NewAdjustment { id, code: code?, reward, currency, amount: amount?, reason: reason? })
}

/// An amount with or without a sign before it; nothing is no adjustment.
fn read_amount(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Option<i64> {
    let text = node.text(faults, 40)?;
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    // Without a known currency its decimals cannot be held against it.
    let currency = currency?;
    match parse_amount(digits, currency.decimals()) {
        Ok(0) => faults.add(node, "must be more than nothing, or less"),
        Ok(minor) => return Some(sign * minor),
        Err(fault) => faults.add(node, fault.to_string()),
    }
    None
}
