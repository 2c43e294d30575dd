//! An answer for every order: the owner's look at one or at many, and referrers' claims.

use super::access::{Reads, Reviews};
use super::shops::Shop;
use super::{Answer, App, Env, body};
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{
    AnswerClaim, GetOrder, GiveOrder, Given, ListClaims, ListOrders, MakeClaim, TakeOrder,
};
use crate::shop_id::ShopId;
use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_core::event::{self, Order};
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, format_amount};
use parrain_core::reason::Reason;
use parrain_wire::account::{ClaimState, Credited};
use parrain_wire::event::Decided;
use parrain_wire::word::Known;
use serde_json::Value;
use std::collections::BTreeSet;

/// The longest order number, in bytes, as in signed events.
const MOST_ORDER_ID: usize = 128;

/// The longest ending of a number by which orders are looked for, in characters.
pub const MOST_ENDING: usize = 64;

/// The outcomes by which a list of orders can be narrowed: those that an order on record can have.
const OUTCOMES: [Decided; 4] = [Decided::Recorded, Decided::Rejected, Decided::NotReferred, Decided::Ignored];

impl<E: Env> App<E> {
    /// A page of orders, the newest first, narrowed by the customer's address, by whose they are, by what was
    /// decided.
    pub(super) async fn list_orders(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let email_hash = match request.param("email") {
            None => None,
            Some(_) => Some(self.subject(request, id).await?),
        };
        let code = match request.param("code") {
            None => None,
            Some(text) => {
                Some(text.parse::<Code>().map_err(|fault| Error::invalid("code", format!("{fault}")))?)
            }
        };
        let outcome = request.one_of("outcome", &OUTCOMES)?;
        let ending = request.param("ending");
        if ending.as_ref().is_some_and(|text| text.chars().count() > MOST_ENDING) {
            return Err(Error::invalid("/ending", "must have at most 64 characters"));
        }
        let ask = ListOrders { email_hash, code, outcome, ending, cursor: request.param("cursor") };
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ask).await?)?)
    }

    /// One order with everything that is known of it.
    pub(super) async fn get_order(
        &self,
        may: &Reads,
        request: &Request,
        id: &ShopId,
        order_id: String,
    ) -> Answer {
        let account = self.ask_as(may, id, GetOrder { order_id, locale: request.param("locale") }).await?;
        Ok(Response::json(StatusCode::OK, &account)?)
    }

    /// A referrer says that an order was theirs. The answer is the same whatever becomes of it: it tells nothing of
    /// orders that are not theirs.
    pub(super) async fn make_claim(&self, request: &Request, id: &ShopId, shop: &Shop, text: &str) -> Answer {
        let (code, token_made) = self.referrer_or_owner(request, id, shop, text).await?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let order_id = root.field("order_id").text(&mut faults, MOST_ORDER_ID).unwrap_or_default();
        // Shops write a number with its sign, people copy it with it.
        let order_id = order_id.trim().trim_start_matches('#').trim().to_owned();
        if order_id.is_empty() && faults.is_empty() {
            faults.add(&root.field("order_id"), "must be the number of an order");
        }
        let note = Some(body::note(&root.field("note"), &mut faults)).filter(|note| !note.is_empty());
        body::checked(faults, ())?;
        let saved = self.ask_very(id, shop, MakeClaim { code, token_made, order_id, note }).await?;
        let status = if saved.created { StatusCode::CREATED } else { StatusCode::OK };
        Ok(Response::json(status, &saved.value)?)
    }

    /// A page of claims, those that wait first.
    pub(super) async fn list_claims(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let state = request.word::<ClaimState>("state")?;
        let claims = self.ask_as(may, id, ListClaims { state, cursor: request.param("cursor") }).await?;
        Ok(Response::json(StatusCode::OK, &claims)?)
    }

    /// Gives an order to a referrer by hand, or says what would come of it.
    pub(super) async fn give_order(
        &self,
        may: &Reviews,
        request: &Request,
        id: &ShopId,
        order_id: String,
    ) -> Answer {
        let shop = self.fresh_shop(id).await?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let code = code_of(&root.field("code"), &mut faults);
        let note = body::note(&root.field("note"), &mut faults);
        let despite = reasons(&root.field("despite"), &mut faults);
        let dry_run = root.field("dry_run").optional_bool(&mut faults).unwrap_or_default();
        let unreported = unreported(&json, &order_id, &shop, self.env.now(), &mut faults);
        let Some(code) = body::checked(faults, code)? else {
            return Err(Error::NO_CODE);
        };
        let given =
            self.ask_as(may, id, GiveOrder { order_id, code, note, despite, unreported, dry_run }).await?;
        if !given.given && !dry_run {
            return Err(Error::Refused(given.why));
        }
        let status = if given.given && !dry_run { StatusCode::CREATED } else { StatusCode::OK };
        Ok(Response::json(status, &credited(given))?)
    }

    /// Takes back what was given by hand.
    pub(super) async fn take_order(&self, may: &Reviews, id: &ShopId, order_id: String) -> Answer {
        self.ask_as(may, id, TakeOrder { order_id }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// What the shop answers to a claim: to accept it is to give the order, by the same checks.
    pub(super) async fn answer_claim(
        &self,
        may: &Reviews,
        request: &Request,
        id: &ShopId,
        claim: String,
    ) -> Answer {
        let shop = self.fresh_shop(id).await?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let accept = root.field("decision").choice(&mut faults, &[("accept", true), ("refuse", false)]);
        let note = body::note(&root.field("note"), &mut faults);
        let tell = root.field("tell").optional_bool(&mut faults).unwrap_or_default();
        let despite = reasons(&root.field("despite"), &mut faults);
        let order = unreported(&json, "", &shop, self.env.now(), &mut faults);
        let accept = body::checked(faults, accept)?.unwrap_or_default();
        let ask = AnswerClaim { id: claim, accept, note, tell, despite, unreported: order };
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ask).await?)?)
    }
}

pub(super) fn credited(given: Given) -> Credited {
    let Given { given, refusals, why, conversion } = given;
    Credited { given, refusals: refusals.into_iter().map(Known::from).collect(), why, conversion }
}

fn code_of(node: &Node<'_>, faults: &mut Faults) -> Option<Code> {
    match node.text(faults, MOST_ORDER_ID)?.parse::<Code>() {
        Ok(code) => Some(code),
        Err(fault) => {
            faults.add(node, fault.to_string());
            None
        }
    }
}

/// The reasons that are not to stand in the way.
fn reasons(node: &Node<'_>, faults: &mut Faults) -> BTreeSet<Reason> {
    node.items(faults, Reason::WORDS.len())
        .iter()
        .filter_map(|item| item.choice(faults, Reason::WORDS))
        .collect()
}

/// An order that was never received, as the body has it beside its own members: from `at`, `currency` and `subtotal`
/// on as in `order.paid`, where `discount` is nothing and `total` the goods unless they are given. `None` where the
/// body has none of the three.
fn unreported(
    json: &Value,
    order_id: &str,
    shop: &Shop,
    now: Instant,
    faults: &mut Faults,
) -> Option<Box<Order>> {
    let given = json.as_object()?;
    if !["at", "currency", "subtotal"].iter().any(|name| given.contains_key(*name)) {
        return None;
    }
    let mut order = given.clone();
    // An order is read under its own id; a claim's stands in the ledger.
    let id = if order_id.is_empty() { "claimed" } else { order_id };
    order.insert("order_id".into(), id.into());
    let currency = given.get("currency").and_then(Value::as_str).and_then(Currency::parse);
    if let Some(currency) = currency {
        order.entry("discount").or_insert_with(|| format_amount(0, currency.decimals()).into());
    }
    if let Some(subtotal) = given.get("subtotal") {
        order.entry("total").or_insert_with(|| subtotal.clone());
    }
    match event::parse_report(&Value::Object(order), now) {
        Ok(mut order) => {
            shop.anonymise(&mut order);
            Some(Box::new(order))
        }
        Err(mut found) => {
            // What stands there in place of a total is wrong with the goods that it was taken from.
            found.retain(|fault| fault.pointer != "/total" || given.contains_key("total"));
            faults.extend(found);
            None
        }
    }
}
