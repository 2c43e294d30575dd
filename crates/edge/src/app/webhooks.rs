//! What a shop's platform reports in its own words, signed by its own scheme. Whatever cannot be read as an order is
//! ignored and not refused, with the reason, since platforms give up on addresses that refuse.

use super::events::{anonymous, answer};
use super::shops::Shop;
use super::{App, Env, body};
use crate::http::{Request, Response};
use crate::platform::{self, Platform, Shown, Silence, State, Told};
use crate::problem::Error;
use crate::protocol::calls::{BeginSubscription, LinkOrder, RecordSnapshot, RecordSpoken};
use crate::shop_id::ShopId;
use parrain_core::event::{self, Change, Event, MAX_AGE_DAYS, Order, What};
use parrain_core::instant::Instant;
use parrain_core::reason::Reason;
use parrain_core::snapshot::{self, Refund, Snapshot};
use parrain_wire::event::{Decided, Outcome};
use serde_json::{Value, json};

impl<E: Env> App<E> {
    pub(super) async fn webhook(
        &self,
        request: &Request,
        id: &ShopId,
        name: &str,
    ) -> Result<Response, Error> {
        let platform =
            Platform::named(name).ok_or(Error::NotFound("there are no webhooks of this platform"))?;
        if platform.is_trial(request) {
            let shop = self.counted(request, self.shop(id).await).await?;
            return answer(&silent(&shop, Silence::TriedOut, None));
        }
        let shop = self.signed_shop(request, id, |shop| self.by_platform(request, shop, platform)).await?;
        let json = body::json_by(request, platform::read_body)?;
        let told = platform.read(request, &json, &shop.program.link_params, self.env.now());
        match self.take_up(id, &shop, told).await {
            // What the ledger alone can tell to be none of its order's.
            Err(Error::Invalid(_)) => {
                self.env.log(&format!("a webhook of {} does not fit its order", platform.name()));
                answer(&silent(&shop, Silence::Unreadable, None))
            }
            taken => answer(&taken?),
        }
    }

    async fn take_up(&self, id: &ShopId, shop: &Shop, told: Told) -> Result<Outcome, Error> {
        let now = self.env.now();
        match told {
            Told::Nothing(silence) => Ok(silent(shop, silence, None)),
            Told::Order(shown) => {
                let snapshot = match snapshot_of(shop, &shown, now) {
                    Ok(snapshot) => snapshot,
                    Err(silence) => return Ok(silent(shop, silence, Some(shown.id))),
                };
                let outcome = self.record(id, shop, RecordSnapshot(Box::new(snapshot))).await?;
                Ok(match shown.state {
                    // Nobody knows better why than who read it.
                    State::Open(silence) if outcome.outcome == Decided::Ignored => {
                        silent(shop, silence, Some(shown.id))
                    }
                    _ => outcome,
                })
            }
            Told::Event(event) => {
                let order = order_id(&event.json);
                let read = match read(&event.json, now) {
                    Ok(read) => anonymous(shop, read),
                    Err(silence) => return Ok(silent(shop, silence, order)),
                };
                let ask = RecordSpoken {
                    event: read,
                    known_as: event.known_as,
                    subscription: event.subscription,
                    twin: event.twin,
                };
                Ok(self.record(id, shop, ask).await?.outcome)
            }
            Told::Linked(known_as, silence) => {
                self.record(id, shop, LinkOrder { known_as }).await?;
                Ok(silent(shop, silence, None))
            }
            Told::Begun(begun) => {
                let codes = begun.codes.iter().filter_map(|code| code.parse().ok()).collect();
                let touches =
                    begun.touches.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect();
                let ask = BeginSubscription { subscription: begun.subscription, codes, touches };
                self.record(id, shop, ask).await?;
                Ok(silent(shop, Silence::Trial, None))
            }
        }
    }

    fn by_platform(&self, request: &Request, shop: &Shop, platform: Platform) -> Result<(), Error> {
        let Some(secret) = shop.record.webhook_secrets.get(platform.name()) else {
            return Err(Error::Unauthorized(
                "the shop has no secret for this platform's webhooks yet: PUT its program with webhook_secrets",
            ));
        };
        let signed = platform.is_signed(request, secret, self.env.now());
        signed.then_some(()).ok_or(Error::Unauthorized("the webhook's signature is not right for this body"))
    }
}

/// What is said of a delivery from which nothing follows.
fn silent(shop: &Shop, silence: Silence, order_id: Option<String>) -> Outcome {
    let why = Some(silence.words(&shop.program.locale).to_owned());
    let reason = Some(reason_of(silence).into());
    Outcome { outcome: Decided::Ignored.into(), reason, referrer: None, order_id, why }
}

/// The contract's word for it.
fn reason_of(silence: Silence) -> Reason {
    match silence {
        Silence::OtherTopic | Silence::TriedOut | Silence::Linked => Reason::UnknownType,
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
        | Silence::OneOffInvoice => Reason::NotPaid,
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
