//! What a shop's server reports, signed as Standard Webhooks says.

use super::shops::Shop;
use super::{App, Env, body};
use crate::http::{Request, Response, StatusCode};
use crate::intake::anonymous;
use crate::problem::Error;
use crate::protocol::calls::RecordEvent;
use crate::protocol::shop::Rotated;
use crate::protocol::{Ask, Asker, By};
use crate::shop_id::ShopId;
use crate::signature::{self, Signed};
use parrain_core::decide::ignored;
use parrain_core::event::{self, Event};
use parrain_core::reason::Reason;
use parrain_core::why::Why;
use parrain_wire::event::Outcome;
use serde::de::DeserializeOwned;
use std::rc::Rc;

/// How often the ledger is asked to record an event before the sender is told to try again. Not every
/// sender does, and recording twice is harmless: the second is a duplicate.
const ATTEMPTS: u32 = 3;

/// Under which name signed events count among those who send.
const SIGNED: &str = "events";

impl<E: Env> App<E> {
    pub(super) async fn event(&self, request: &Request, id: &ShopId) -> Result<Response, Error> {
        let shop = self.signed_shop(request, id, |shop| self.standard(request, shop)).await?;
        let json = body::json(request)?;
        let event = event::parse(&json, self.env.now()).map_err(Error::Invalid)?;
        let name = json.get("type").and_then(|name| name.as_str()).unwrap_or_default();
        self.record_event(id, &shop, event, name).await
    }

    /// The shop whose secret signed the request. Shops that are not there are told before signatures that
    /// are not right; nothing is read from the body until then.
    pub(super) async fn signed_shop(
        &self,
        request: &Request,
        id: &ShopId,
        check: impl Fn(&Shop) -> Result<(), Error>,
    ) -> Result<Rc<Shop>, Error> {
        let shop = self.counted(request, self.shop(id).await).await?;
        let Err(refusal) = check(&shop) else {
            return Ok(shop);
        };
        // The copy may be of an earlier shop of this id, or hold an older secret: the ledger knows.
        let refusal = self.failed(request, refusal).await;
        if matches!(refusal, Error::TooMany(_)) {
            return Err(refusal);
        }
        let fresh = self.fresh_shop(id).await?;
        if fresh.record == shop.record || check(&fresh).is_err() {
            return Err(refusal);
        }
        Ok(fresh)
    }

    /// Records an event that was read from a signed body.
    pub(super) async fn record_event(
        &self,
        id: &ShopId,
        shop: &Shop,
        event: Option<Event>,
        name: &str,
    ) -> Result<Response, Error> {
        let Some(event) = event else {
            return answer(&unknown(shop, name));
        };
        let from = By::Platform(SIGNED.to_owned());
        answer(&self.record(id, shop, Some(&from), RecordEvent(anonymous(shop, event))).await?)
    }

    /// Asks the ledger to record something that it recognises when it hears it again.
    pub(super) async fn record<A>(
        &self,
        id: &ShopId,
        shop: &Shop,
        from: Option<&By>,
        request: A,
    ) -> Result<A::Answer, Error>
    where
        A: Ask<Answer: DeserializeOwned> + Clone,
    {
        let mut attempt = 1;
        loop {
            match self.ask_very_as(id, shop, from.cloned().map(Asker::from), request.clone()).await {
                Err(Error::Unavailable { cause, .. }) if attempt < ATTEMPTS => {
                    self.env.log(&format!("recording is tried again: {cause}"));
                    attempt += 1;
                }
                answered => return answered,
            }
        }
    }

    fn standard(&self, request: &Request, shop: &Shop) -> Result<(), Error> {
        const MISSING: Error =
            Error::Unauthorized("this needs the headers webhook-id, webhook-timestamp and webhook-signature");
        let header =
            |name: &'static str| request.header(name).filter(|value| !value.is_empty()).ok_or(MISSING);
        let signed = Signed {
            id: header("webhook-id")?,
            timestamp: header("webhook-timestamp")?,
            signatures: header("webhook-signature")?,
        };
        let now = self.env.now();
        let secrets = shop.record.secrets.holding(Rotated::EventSecret, now);
        let mut checked = secrets.map(|secret| signature::verify(&secret, &signed, request.bytes(), now));
        // What is told is what is wrong by the newest.
        match (checked.next(), checked.find(Result::is_ok)) {
            (Some(Ok(_)), _) | (_, Some(_)) => Ok(()),
            (Some(Err(refusal)), None) => Err(Error::Unauthorized(refusal.words())),
            (None, None) => Err(MISSING),
        }
    }
}

/// What is said of an event of a type that earns nothing here.
fn unknown(shop: &Shop, name: &str) -> Outcome {
    let why = Why::UnknownType { name: name.to_owned() };
    ignored(Reason::UnknownType, why, None, &shop.program.locale)
}

pub(super) fn answer(outcome: &Outcome) -> Result<Response, Error> {
    Ok(Response::json(StatusCode::OK, outcome)?)
}
