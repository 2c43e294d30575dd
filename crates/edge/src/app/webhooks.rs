//! What a shop's platform reports in its own words, signed by its own scheme. Whatever cannot be read as an order is
//! ignored and not refused, with the reason, since platforms give up on addresses that refuse.

use super::events::answer;
use super::shops::Shop;
use super::{App, Env, body};
use crate::http::{Request, Response, StatusCode};
use crate::intake::{self, Intake};
use crate::platform::{self, Platform, Silence, Told};
use crate::problem::Error;
use crate::protocol::By;
use crate::protocol::calls::{
    BeginSubscription, EraseEverybody, EraseSubject, LinkOrder, RecordSnapshot, RecordSpoken, Spoken,
};
use crate::shop_id::ShopId;
use parrain_core::instant::Instant;
use parrain_wire::event::Outcome;
use serde_json::Value;

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
            return answer(&intake::silent(&shop, Silence::TriedOut, None));
        }
        let shop = self.signed_shop(request, id, |shop| self.by_platform(request, shop, platform)).await?;
        let json = body::json_by(request, platform::read_body)?;
        let told = platform.read(request, &json, &shop.program.link_params, self.env.now());
        match self.take_up(id, &shop, &By::Platform(platform.name().to_owned()), told).await {
            // What the ledger alone can tell to be none of its order's.
            Err(Error::Invalid(_)) => {
                self.env.log(&format!("a webhook of {} does not fit its order", platform.name()));
                answer(&intake::silent(&shop, Silence::Unreadable, None))
            }
            taken => answer(&taken?),
        }
    }

    async fn take_up(&self, id: &ShopId, shop: &Shop, from: &By, told: Told) -> Result<Outcome, Error> {
        match told {
            Told::Person { email, id: customer_id, forget: true } => {
                let email_hash = email.and_then(|email| shop.email_hash(&email));
                let pseudonym = self.pseudonym()?;
                self.record(id, shop, Some(from), EraseSubject { email_hash, customer_id, pseudonym })
                    .await?;
                Ok(intake::silent(shop, Silence::Forgotten, None))
            }
            Told::Everybody => {
                for _ in 0..MOST_ERASURES {
                    let ask = EraseEverybody { pseudonym: self.pseudonym()? };
                    if !self.record(id, shop, Some(from), ask).await? {
                        return Ok(intake::silent(shop, Silence::Forgotten, None));
                    }
                }
                // The platform sends it again, and what is done is done.
                Err(Error::Unavailable { retry_after: 1, cause: "not everybody is erased yet".into() })
            }
            told => intake::take_up(&Delivered { app: self, id, shop, from }, told).await,
        }
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

/// A webhook's way into the ledger: by a call of its object, as the platform's own doing.
struct Delivered<'a, E: Env> {
    app: &'a App<E>,
    id: &'a ShopId,
    shop: &'a Shop,
    from: &'a By,
}

impl<E: Env> Intake for Delivered<'_, E> {
    type Fault = Error;

    fn shop(&self) -> &Shop {
        self.shop
    }

    fn now(&self) -> Instant {
        self.app.env.now()
    }

    async fn snapshot(&self, ask: RecordSnapshot) -> Result<Outcome, Error> {
        self.app.record(self.id, self.shop, Some(self.from), ask).await
    }

    async fn spoken(&self, ask: RecordSpoken) -> Result<Spoken, Error> {
        self.app.record(self.id, self.shop, Some(self.from), ask).await
    }

    async fn linked(&self, ask: LinkOrder) -> Result<(), Error> {
        self.app.record(self.id, self.shop, Some(self.from), ask).await.map(drop)
    }

    async fn begun(&self, ask: BeginSubscription) -> Result<(), Error> {
        self.app.record(self.id, self.shop, Some(self.from), ask).await
    }

    async fn ask_stripe(&self, path: &str) -> Result<Option<Value>, Error> {
        self.app.ask_stripe(self.shop, path).await
    }

    async fn payment(&self, id: &str) -> Option<Value> {
        let path = format!("/v1/payment_intents/{id}?expand[]=latest_charge");
        match self.ask_stripe(&path).await {
            Ok(found) => found,
            Err(error) => {
                self.app.env.log(&format!("an order goes without its card: {error:?}"));
                None
            }
        }
    }
}
