//! Taking up what a platform told: the one way from its words into a shop's ledger, whoever brings them, a signed webhook
//! or a look at the platform's own list of orders.

use crate::app::Shop;
use crate::platform::{Event as PlatformEvent, Shown, Silence, State, Told};
use crate::protocol::calls::{BeginSubscription, LinkOrder, RecordSnapshot, RecordSpoken, Spoken};
use parrain_core::event::{self, Change, Event, MAX_AGE_DAYS, Order, What};
use parrain_core::instant::Instant;
use parrain_core::reason::Reason;
use parrain_core::snapshot::{self, Refund, Snapshot};
use parrain_wire::event::{Decided, Outcome};
use serde_json::{Value, json};

/// Of how many promotion codes of one order Stripe is asked; a checkout takes one.
const MOST_PROMOTIONS: usize = 3;

/// Where what was told is recorded, and by whom the platform is asked for what it left out.
pub trait Intake {
    /// Why something is not recorded.
    type Fault;

    /// The shop.
    fn shop(&self) -> &Shop;

    /// What time it is.
    fn now(&self) -> Instant;

    /// Records what is shown of an order.
    ///
    /// # Errors
    /// Why it is not on record.
    async fn snapshot(&self, ask: RecordSnapshot) -> Result<Outcome, Self::Fault>;

    /// Records an event of an order that has several ids.
    ///
    /// # Errors
    /// Why it is not on record.
    async fn spoken(&self, ask: RecordSpoken) -> Result<Spoken, Self::Fault>;

    /// Records that several ids are one order's.
    ///
    /// # Errors
    /// Why it is not on record.
    async fn linked(&self, ask: LinkOrder) -> Result<(), Self::Fault>;

    /// Records how a subscription began.
    ///
    /// # Errors
    /// Why it is not on record.
    async fn begun(&self, ask: BeginSubscription) -> Result<(), Self::Fault>;

    /// Asks Stripe for what stands at a path, query included; `None` where there is no key, or it opens nothing.
    ///
    /// # Errors
    /// Where Stripe does not answer now.
    async fn ask_stripe(&self, path: &str) -> Result<Option<Value>, Self::Fault>;

    /// What Stripe says of a payment, its charge included, where it is asked for that and answers now.
    async fn payment(&self, id: &str) -> Option<Value>;
}

/// Records what was told; what came of it. Nobody is erased for it: that is asked by a platform's webhooks alone.
///
/// # Errors
/// Where it could not be recorded, or the platform not asked.
pub async fn take_up<I: Intake>(intake: &I, told: Told) -> Result<Outcome, I::Fault> {
    let (shop, now) = (intake.shop(), intake.now());
    match told {
        Told::Nothing(silence) => Ok(silent(shop, silence, None)),
        Told::Person { .. } | Told::Everybody => Ok(silent(shop, Silence::Asked, None)),
        Told::Order(shown) => {
            let snapshot = match snapshot_of(shop, &shown, now) {
                Ok(snapshot) => snapshot,
                Err(silence) => return Ok(silent(shop, silence, Some(shown.id))),
            };
            let outcome = intake.snapshot(RecordSnapshot(Box::new(snapshot))).await?;
            Ok(match shown.state {
                // Nobody knows better why than who read it.
                State::Open(silence) if outcome.outcome == Decided::Ignored => {
                    silent(shop, silence, Some(shown.id))
                }
                _ => outcome,
            })
        }
        Told::Event(mut event) => {
            let typed = promotions(intake, &event.promotions).await?;
            let untold = typed.is_none();
            if let Some(codes) = event.json.pointer_mut("/data/codes").and_then(Value::as_array_mut) {
                codes.extend(typed.into_iter().flatten().map(Value::from));
            }
            if let Some(card) = card(intake, &event).await
                && let Some(data) = event.json.get_mut("data").and_then(Value::as_object_mut)
            {
                data.insert("card".into(), card.into());
            }
            let order = order_id(&event.json);
            let read = match read(&event.json, now) {
                Ok(read) => anonymous(shop, read),
                Err(silence) => return Ok(silent(shop, silence, order)),
            };
            let known_as = event.known_as.clone();
            let ask = RecordSpoken {
                event: read,
                known_as: event.known_as,
                subscription: event.subscription,
                twin: event.twin,
            };
            let Spoken { mut outcome, order_is_known } = intake.spoken(ask).await?;
            if !order_is_known {
                find_invoice(intake, known_as).await?;
            }
            if untold && outcome.referrer.is_none() {
                let note = Silence::UntoldCode.words(&shop.program.locale);
                let why = outcome.why.take().map_or_else(|| note.to_owned(), |why| format!("{why} {note}"));
                outcome.why = Some(why);
            }
            Ok(outcome)
        }
        Told::Linked(known_as, silence) => {
            intake.linked(LinkOrder { known_as }).await?;
            Ok(silent(shop, silence, None))
        }
        Told::Begun(begun) => {
            let typed = promotions(intake, &begun.promotions).await?.unwrap_or_default();
            let codes = begun.codes.iter().chain(&typed).filter_map(|code| code.parse().ok()).collect();
            let touches =
                begun.touches.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect();
            intake.begun(BeginSubscription { subscription: begun.subscription, codes, touches }).await?;
            Ok(silent(shop, Silence::Trial, None))
        }
    }
}

/// The promotion codes that stand behind their ids; `None` where there is no key to ask Stripe by, or one that it does not
/// take.
async fn promotions<I: Intake>(intake: &I, ids: &[String]) -> Result<Option<Vec<String>>, I::Fault> {
    let mut codes = Vec::new();
    for id in ids.iter().take(MOST_PROMOTIONS) {
        let Some(found) = intake.ask_stripe(&format!("/v1/promotion_codes/{id}")).await? else {
            return Ok(None);
        };
        codes.extend(found.get("code").and_then(Value::as_str).map(str::to_owned));
    }
    Ok(Some(codes))
}

/// Stripe's fingerprint of the card by which an order was paid, where the program asks whether customers share one: its
/// webhooks name the payment alone. A hint that does not come is no reason for an order to wait.
async fn card<I: Intake>(intake: &I, event: &PlatformEvent) -> Option<String> {
    let is_paid = event.json.get("type").and_then(Value::as_str) == Some("order.paid");
    let payment = event.known_as.iter().find(|id| id.starts_with("pi_"));
    let payment = payment.filter(|_| is_paid && intake.shop().program.signals.card > 0)?;
    let found = intake.payment(payment).await?;
    found.pointer("/latest_charge/payment_method_details/card/fingerprint")?.as_str().map(str::to_owned)
}

/// Finds the invoice of a payment whose order nobody knows here, where a key lets Stripe be asked, and tells the ledger
/// that both are one order.
async fn find_invoice<I: Intake>(intake: &I, mut known_as: Vec<String>) -> Result<(), I::Fault> {
    let Some(payment) = known_as.iter().find(|id| id.starts_with("pi_")) else { return Ok(()) };
    let path = format!("/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]={payment}");
    let Some(found) = intake.ask_stripe(&path).await? else { return Ok(()) };
    let listed = found.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let invoices: Vec<String> =
        listed.iter().filter_map(|one| one.get("invoice")?.as_str()).map(str::to_owned).collect();
    if !invoices.is_empty() {
        known_as.extend(invoices);
        intake.linked(LinkOrder { known_as }).await?;
    }
    Ok(())
}

/// The event with the customer's address as its keyed hash: beyond this door nothing knows the address.
pub fn anonymous(shop: &Shop, event: Event) -> Event {
    match event {
        Event::Order(mut order) => {
            shop.anonymise(&mut order);
            Event::Order(order)
        }
        other => other,
    }
}

/// What is said of a delivery from which nothing follows.
pub fn silent(shop: &Shop, silence: Silence, order_id: Option<String>) -> Outcome {
    let why = Some(silence.words(&shop.program.locale).to_owned());
    let reason = Some(reason_of(silence).into());
    Outcome { outcome: Decided::Ignored.into(), reason, referrer: None, order_id, why }
}

/// The contract's word for it.
fn reason_of(silence: Silence) -> Reason {
    match silence {
        Silence::OtherTopic | Silence::TriedOut | Silence::Linked | Silence::Forgotten | Silence::Asked => {
            Reason::UnknownType
        }
        Silence::Unreadable => Reason::Unreadable,
        Silence::TestOrder => Reason::TestOrder,
        Silence::TooOld => Reason::TooOld,
        Silence::TooFarAhead => Reason::TooFarAhead,
        Silence::NotPaid
        | Silence::PartlyPaid
        | Silence::GiftCards
        | Silence::NothingToPay
        | Silence::Trial
        | Silence::FirstInvoice
        | Silence::OneOffInvoice
        | Silence::UntoldCode => Reason::NotPaid,
        Silence::NotReturnedYet
        | Silence::NothingReturned
        | Silence::NoGoods
        | Silence::Inquiry
        | Silence::NotWithdrawn => Reason::NothingTaken,
    }
}

/// An order as the ledger compares it with what is on record.
fn snapshot_of(shop: &Shop, shown: &Shown, now: Instant) -> Result<Snapshot, Silence> {
    let order = match shown.paid.as_ref().map(|json| read(json, now)) {
        Some(Ok(event)) => match anonymous(shop, event) {
            Event::Order(order) => Some(order),
            Event::Change(_) => None,
        },
        Some(Err(silence)) => return Err(silence),
        None => None,
    };
    // A platform's clock may be ahead. What it shows now is what stands now.
    let at = Instant::parse(&shown.at).map_or(now, |at| at.min(now));
    let state = match &shown.state {
        State::Paid => snapshot::Shown::Paid,
        State::Open(_) => snapshot::Shown::Unpaid,
        State::Promised => snapshot::Shown::Promised,
        State::Restored => snapshot::Shown::Restored,
        State::Cancelled(since) => {
            snapshot::Shown::Cancelled { since: since.as_deref().and_then(Instant::parse) }
        }
        State::Failed => snapshot::Shown::Failed,
    };
    let refunds = shown
        .refunds
        .as_ref()
        .map(|refunds| refunds.iter().filter_map(|data| refund_of(data, now)).collect());
    Ok(Snapshot {
        order_id: shown.id.clone(),
        at,
        shown: state,
        order: order.map(Box::<Order>::new),
        refunds,
    })
}

fn refund_of(data: &Value, now: Instant) -> Option<Refund> {
    match read(&json!({"type": "order.refunded", "data": data}), now).ok()? {
        Event::Change(Change { at, what: What::Refunded { id, amount, returned }, .. }) => {
            Some(Refund { id, amount, returned, at })
        }
        Event::Change(_) | Event::Order(_) => None,
    }
}

/// Reads an event that a platform's module made.
fn read(json: &Value, now: Instant) -> Result<Event, Silence> {
    let faults = match event::parse(json, now) {
        Ok(event) => return event.ok_or(Silence::Unreadable),
        Err(faults) => faults,
    };
    let at = json.pointer("/data/at").and_then(Value::as_str).and_then(Instant::parse);
    match at.filter(|_| faults.iter().all(|fault| fault.pointer == "/data/at")) {
        Some(at) if at < now.plus_days(-MAX_AGE_DAYS) => Err(Silence::TooOld),
        Some(at) if at > now => Err(Silence::TooFarAhead),
        Some(_) | None => Err(Silence::Unreadable),
    }
}

fn order_id(json: &Value) -> Option<String> {
    json.pointer("/data/order_id").and_then(Value::as_str).map(str::to_owned)
}
