//! What a shop's platform reports in its own words, signed by its own scheme. Whatever cannot be read as an order is
//! ignored and not refused, with the reason, since platforms give up on addresses that refuse.

use super::events::{anonymous, answer};
use super::shops::Shop;
use super::{App, Env, body};
use crate::http::{Request, Response, StatusCode};
use crate::platform::{self, Platform, Shown, Silence, State, Told};
use crate::problem::Error;
use crate::protocol::By;
use crate::protocol::calls::{
    BeginSubscription, EraseEverybody, EraseSubject, LinkOrder, RecordSnapshot, RecordSpoken, Spoken,
};
use crate::shop_id::ShopId;
use parrain_core::event::{self, Change, Event, MAX_AGE_DAYS, Order, What};
use parrain_core::instant::Instant;
use parrain_core::reason::Reason;
use parrain_core::snapshot::{self, Refund, Snapshot};
use parrain_wire::event::{Decided, Outcome};
use serde_json::{Value, json};

/// Of how many promotion codes of one order Stripe is asked; a checkout takes one.
const MOST_PROMOTIONS: usize = 3;

/// How many calls of the ledger, each for some persons, one delivery that asks for everybody makes.
const MOST_ERASURES: u32 = 40;

impl<E: Env> App<E> {
    pub(super) async fn webhook(
        &self,
        request: &Request,
        id: &ShopId,
        name: &str,
    ) -> Result<Response, Error> {
        if let Some(provider) = super::mail::reporting(name) {
            return self.mail_report(request, id, provider).await;
        }
        let platform =
            Platform::named(name).ok_or(Error::NotFound("there are no webhooks of this platform"))?;
        if platform.is_trial(request) {
            let shop = self.counted(request, self.shop(id).await).await?;
            return answer(&silent(&shop, Silence::TriedOut, None));
        }
        let shop = self.signed_shop(request, id, |shop| self.by_platform(request, shop, platform)).await?;
        let json = body::json_by(request, platform::read_body)?;
        let told = platform.read(request, &json, &shop.program.link_params, self.env.now());
        match self.take_up(id, &shop, &By::Platform(platform.name().to_owned()), told).await {
            // What the ledger alone can tell to be none of its order's.
            Err(Error::Invalid(_)) => {
                self.env.log(&format!("a webhook of {} does not fit its order", platform.name()));
                answer(&silent(&shop, Silence::Unreadable, None))
            }
            taken => answer(&taken?),
        }
    }

    async fn take_up(&self, id: &ShopId, shop: &Shop, from: &By, told: Told) -> Result<Outcome, Error> {
        let now = self.env.now();
        match told {
            Told::Nothing(silence) => Ok(silent(shop, silence, None)),
            Told::Order(shown) => {
                let snapshot = match snapshot_of(shop, &shown, now) {
                    Ok(snapshot) => snapshot,
                    Err(silence) => return Ok(silent(shop, silence, Some(shown.id))),
                };
                let outcome = self.record(id, shop, Some(from), RecordSnapshot(Box::new(snapshot))).await?;
                Ok(match shown.state {
                    // Nobody knows better why than who read it.
                    State::Open(silence) if outcome.outcome == Decided::Ignored => {
                        silent(shop, silence, Some(shown.id))
                    }
                    _ => outcome,
                })
            }
            Told::Event(mut event) => {
                let typed = self.promotions(shop, &event.promotions).await?;
                let untold = typed.is_none();
                if let Some(codes) = event.json.pointer_mut("/data/codes").and_then(Value::as_array_mut) {
                    codes.extend(typed.into_iter().flatten().map(Value::from));
                }
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
                let known_as = ask.known_as.clone();
                let Spoken { mut outcome, order_is_known } = self.record(id, shop, Some(from), ask).await?;
                if !order_is_known {
                    self.find_invoice(id, shop, from, known_as).await?;
                }
                if untold && outcome.referrer.is_none() {
                    let note = Silence::UntoldCode.words(&shop.program.locale);
                    let why =
                        outcome.why.take().map_or_else(|| note.to_owned(), |why| format!("{why} {note}"));
                    outcome.why = Some(why);
                }
                Ok(outcome)
            }
            Told::Linked(known_as, silence) => {
                self.record(id, shop, Some(from), LinkOrder { known_as }).await?;
                Ok(silent(shop, silence, None))
            }
            Told::Person { email, id: customer_id, forget: true } => {
                let email_hash = email.and_then(|email| shop.email_hash(&email));
                let pseudonym = self.pseudonym()?;
                self.record(id, shop, Some(from), EraseSubject { email_hash, customer_id, pseudonym })
                    .await?;
                Ok(silent(shop, Silence::Forgotten, None))
            }
            Told::Person { forget: false, .. } => Ok(silent(shop, Silence::Asked, None)),
            Told::Everybody => {
                for _ in 0..MOST_ERASURES {
                    let ask = EraseEverybody { pseudonym: self.pseudonym()? };
                    if !self.record(id, shop, Some(from), ask).await? {
                        return Ok(silent(shop, Silence::Forgotten, None));
                    }
                }
                // The platform sends it again, and what is done is done.
                Err(Error::Unavailable { retry_after: 1, cause: "not everybody is erased yet".into() })
            }
            Told::Begun(begun) => {
                let typed = self.promotions(shop, &begun.promotions).await?.unwrap_or_default();
                let codes = begun.codes.iter().chain(&typed).filter_map(|code| code.parse().ok()).collect();
                let touches =
                    begun.touches.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect();
                let ask = BeginSubscription { subscription: begun.subscription, codes, touches };
                self.record(id, shop, Some(from), ask).await?;
                Ok(silent(shop, Silence::Trial, None))
            }
        }
    }

    /// The promotion codes that stand behind their ids; `None` where there is no key to ask Stripe by, or one that it
    /// does not take.
    async fn promotions(&self, shop: &Shop, ids: &[String]) -> Result<Option<Vec<String>>, Error> {
        let mut codes = Vec::new();
        for id in ids.iter().take(MOST_PROMOTIONS) {
            let Some(found) = self.ask_stripe(shop, &format!("/v1/promotion_codes/{id}")).await? else {
                return Ok(None);
            };
            codes.extend(found.get("code").and_then(Value::as_str).map(str::to_owned));
        }
        Ok(Some(codes))
    }

    /// Finds the invoice of a payment whose order nobody knows here, where a key lets Stripe be asked, and tells the
    /// ledger that both are one order.
    async fn find_invoice(
        &self,
        id: &ShopId,
        shop: &Shop,
        from: &By,
        mut known_as: Vec<String>,
    ) -> Result<(), Error> {
        let Some(payment) = known_as.iter().find(|id| id.starts_with("pi_")) else { return Ok(()) };
        let path =
            format!("/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]={payment}");
        let Some(found) = self.ask_stripe(shop, &path).await? else { return Ok(()) };
        let listed = found.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let invoices: Vec<String> =
            listed.iter().filter_map(|one| one.get("invoice")?.as_str()).map(str::to_owned).collect();
        if !invoices.is_empty() {
            known_as.extend(invoices);
            self.record(id, shop, Some(from), LinkOrder { known_as }).await?;
        }
        Ok(())
    }

    /// Asks Stripe; `None` where there is no key, or it opens nothing. What comes of it is never an order's fault.
    async fn ask_stripe(&self, shop: &Shop, path: &str) -> Result<Option<Value>, Error> {
        let Some(key) = shop.record.platform_keys.get(Platform::Stripe.name()) else { return Ok(None) };
        match self.env.read_api(&format!("{}{path}", self.env.stripe_api()), key).await {
            Ok((status, found)) if status.is_success() => Ok(Some(found)),
            // Stripe sends its webhook again, for days.
            Ok((status, _)) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                let cause = format!("Stripe's API answered {status}");
                Err(Error::Unavailable { retry_after: 30, cause })
            }
            Ok((status, _)) => {
                self.env.log(&format!("Stripe's API answered {status} to the shop's key"));
                Ok(None)
            }
            Err(cause) => {
                Err(Error::Unavailable { retry_after: 30, cause: format!("Stripe's API: {cause}") })
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
