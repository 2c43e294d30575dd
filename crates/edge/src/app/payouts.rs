//! Payout batches: made, looked at beforehand, marked paid. What pays one is a file of [`crate::payfile`].

use super::access::{May, Owner, Reads};
use super::shops::Shop;
use super::{Answer, App, Env, body};
use crate::http::{Request, Response, StatusCode, header};
use crate::payfile::{self, Refused, Sepa};
use crate::problem::Error;
use crate::protocol::Ask;
use crate::protocol::calls::{CreatePayout, GetPayoutFile, ListPayouts, PayoutFile, PlanPayout};
use crate::sepa;
use crate::shop_id::ShopId;
use parrain_core::check::{Fault, Faults, Node};
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::payout::{Method, Selection};
use parrain_core::program::{Debtor, is_paid_out, names};
use parrain_wire::details::PayoutDetails;
use parrain_wire::payouts::{Payout, PayoutList};
use parrain_wire::program::RewardKind;
use parrain_wire::word::Word;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The most referrers that a payout names.
const MOST_CODES: usize = 1_000;

/// How many days ahead a transfer may be ordered.
const MOST_DAYS_AHEAD: i64 = 365;

impl<E: Env> App<E> {
    pub(super) async fn create_payout(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let until = root.field("until").instant(&mut faults);
        let selection = read_selection(&root, &mut faults);
        let dry_run = root.field("dry_run").optional_bool(&mut faults).unwrap_or_default();
        let until = body::checked(faults, until)?.ok_or_else(|| Error::invalid("/until", "is missing"))?;
        if dry_run {
            let plan = self.ask_as(may, id, PlanPayout { until, selection }).await?;
            return Ok(Response::json(StatusCode::OK, &plan)?);
        }
        let batch = self.ask_as(may, id, CreatePayout { until, selection }).await?;
        Ok(Response::json(StatusCode::CREATED, &batch)?)
    }

    pub(super) async fn list_payouts(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let page = self.ask_as(may, id, ListPayouts { cursor: request.param("cursor") }).await?;
        let list = PayoutList { payouts: page.items, next_cursor: page.next_cursor };
        Ok(Response::json(StatusCode::OK, &list)?)
    }

    /// One batch, looked at or marked paid.
    pub(super) async fn one_payout<A>(&self, may: &impl May, id: &ShopId, ask: A) -> Answer
    where
        A: Ask<Answer = Payout>,
    {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ask).await?)?)
    }

    /// The batch as a spreadsheet; `kind` narrows it to one kind of reward, `details` adds what was said of accounts.
    pub(super) async fn payout_csv(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        batch: String,
    ) -> Answer {
        let kind = request.word::<RewardKind>("kind")?.map(Word::name);
        let with_details = request.flag("details")?;
        let (file, details) = self.payout_file(may, id, batch).await?;
        let text = payfile::csv(&file.payout, &details, kind, with_details)
            .map_err(|fault| Error::Internal(format!("a payout's file: {fault}")))?;
        let part = kind.map(|kind| format!("-{kind}")).unwrap_or_default();
        Ok(attached(id, &format!("{}{part}", file.payout.id), "csv", "text/csv; charset=utf-8", text))
    }

    /// The batch as a SEPA credit transfer from the program's account; `partial` as in [`App::payout_sepa`].
    pub(super) async fn payout_xml(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        batch: String,
    ) -> Answer {
        let partial = request.flag("partial")?;
        let asked = Asked { debtor: None, execution_date: self.env.now().date(), partial, dry_run: false };
        self.transfer(may, id, batch, asked).await
    }

    /// The same from an account that the body may name, on a day that it may name, or told beforehand.
    pub(super) async fn payout_sepa(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        batch: String,
    ) -> Answer {
        let json = if request.bytes().is_empty() { json!({}) } else { body::json(request)? };
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let debtor_at = root.field("debtor");
        let debtor = if debtor_at.is_present() { Debtor::parse(&debtor_at, &mut faults) } else { None };
        let execution_date = read_date(&root.field("execution_date"), self.env.now(), &mut faults);
        let partial = root.field("partial").optional_bool(&mut faults).unwrap_or_default();
        let dry_run = root.field("dry_run").optional_bool(&mut faults).unwrap_or_default();
        let asked = body::checked(faults, Asked { debtor, execution_date, partial, dry_run })?;
        self.transfer(may, id, batch, asked).await
    }

    async fn transfer(&self, may: &Owner, id: &ShopId, batch: String, asked: Asked) -> Answer {
        let shop = self.fresh_shop(id).await?;
        let (file, details) = self.payout_file(may, id, batch).await?;
        let batch = &file.payout.id;
        let Some(debtor) = asked.debtor.or_else(|| shop.program.payouts.debtor.clone()) else {
            return Err(Error::invalid("/debtor", "is missing: name it here, or in the program's payouts"));
        };
        if !sepa::is_legible(&debtor.name) {
            return Err(Error::invalid(
                "/debtor/name",
                "must be written in the letters in which the bank has it",
            ));
        }
        if !sepa::reaches(&debtor.iban) {
            return Err(Error::invalid("/debtor/iban", "must be an account within SEPA"));
        }
        let made = payfile::sepa(
            &file.payout,
            &details,
            Sepa {
                message_id: sepa::reference(&["PARRAIN", batch, &shop.record.secrets.incarnation]),
                now: self.env.now(),
                execution_date: asked.execution_date,
                debtor,
                shop_name: &shop.program.name,
                locale: &shop.program.locale,
            },
        )
        .map_err(|fault| Error::Internal(format!("a payout's file: {fault}")))?;
        if asked.dry_run {
            return Ok(Response::json(StatusCode::OK, &made.told(&shop.program.locale))?);
        }
        if made.message.transfers.is_empty() {
            return Err(Error::Conflict("nothing in this batch can be paid by a SEPA transfer"));
        }
        if !asked.partial && !made.left_out.is_empty() {
            let fault = |(code, _, refused): &(Code, String, Refused)| Fault {
                pointer: format!("/payees/{code}"),
                detail: refused.words(&shop.program.locale).to_owned(),
            };
            return Err(Error::NotAll(made.left_out.iter().map(fault).collect()));
        }
        let xml = sepa::write(&made.message)
            .map_err(|fault| Error::Internal(format!("a payout's file: {fault}")))?;
        Ok(attached(id, batch, "xml", "application/xml; charset=utf-8", xml))
    }

    /// A batch with the payout details of who is in it, opened.
    async fn payout_file(
        &self,
        may: &Owner,
        id: &ShopId,
        batch: String,
    ) -> Result<(PayoutFile, BTreeMap<Code, PayoutDetails>), Error> {
        let file = self.ask_as(may, id, GetPayoutFile { id: batch }).await?;
        if file.details.is_empty() {
            return Ok((file, BTreeMap::new()));
        }
        let shop: Rc<Shop> = self.fresh_shop(id).await?;
        let mut details = BTreeMap::new();
        for (code, held) in &file.details {
            details.insert(code.clone(), self.open(id, &shop, code, &held.sealed)?);
        }
        Ok((file, details))
    }
}

/// What is asked of a SEPA file.
struct Asked {
    debtor: Option<Debtor>,
    execution_date: String,
    partial: bool,
    dry_run: bool,
}

/// `kinds`, `codes` and `method` of a payout.
fn read_selection(root: &Node<'_>, faults: &mut Faults) -> Selection {
    let method = root.field("method").optional_choice(faults, Method::WORDS);
    let kinds_at = root.field("kinds");
    let words: Vec<(&str, &str)> = names().map(|kind| (kind, kind)).collect();
    let mut kinds = BTreeSet::new();
    for item in kinds_at.items(faults, words.len()) {
        let Some(kind) = item.choice(faults, &words) else { continue };
        if method.is_some() && !is_paid_out(kind) {
            faults.add(&item, "is nothing that is paid into an account, as the method asks");
        }
        kinds.insert(kind.to_owned());
    }
    let codes_at = root.field("codes");
    let mut codes = BTreeSet::new();
    for item in codes_at.items(faults, MOST_CODES) {
        match item.text(faults, 64).map(str::parse::<Code>) {
            Some(Ok(code)) => drop(codes.insert(code)),
            Some(Err(fault)) => faults.add(&item, fault.to_string()),
            None => {}
        }
    }
    for (place, empty) in [(&kinds_at, kinds.is_empty()), (&codes_at, codes.is_empty())] {
        if empty && place.value().is_some_and(|value| value.as_array().is_some_and(Vec::is_empty)) {
            faults.add(place, "must name at least one; leave it out for all");
        }
    }
    Selection {
        kinds: kinds_at.is_present().then_some(kinds),
        codes: codes_at.is_present().then_some(codes),
        method,
    }
}

/// A day from today on; today where nothing is said.
fn read_date(node: &Node<'_>, now: Instant, faults: &mut Faults) -> String {
    let Some(text) = node.value().map(Value::as_str) else { return now.date() };
    let day = text.and_then(|text| Instant::parse(&format!("{text}T00:00:00Z")));
    match day {
        Some(day) if (now.day()..=now.day() + MOST_DAYS_AHEAD).contains(&day.day()) => {}
        Some(_) => faults.add(node, format!("must be from {} on, at most a year ahead", now.date())),
        None => faults.add(node, "must be a date such as \"2026-12-01\""),
    }
    text.unwrap_or_default().to_owned()
}

/// A file to be saved.
pub(super) fn attached(
    id: &ShopId,
    name: &str,
    ending: &str,
    kind: &'static str,
    bytes: Vec<u8>,
) -> Response {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let file = format!("attachment; filename=\"payout-{id}-{name}.{ending}\"");
    Response::bytes(StatusCode::OK, kind, bytes).with(header::CONTENT_DISPOSITION, &file)
}
