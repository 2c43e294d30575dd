//! Where a referrer is paid: given by the referrer with their token, or by the shop for them; shown masked, and
//! opened for the file that pays alone.

use super::access::Owner;
use super::shops::Shop;
use super::{Answer, App, Env, body};
use crate::details::seal::{Keyring, SealError, Sealed};
use crate::details::{masked, methods, read};
use crate::http::{Method, Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{
    DropDetails, GetDetails, HeldDetails, PutDetails, ReplaceDetails, StaleDetails,
};
use crate::shop_id::ShopId;
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_wire::details::{PayoutDetails, Resealed, ShownDetails};

/// How often a batch of details is sealed anew within one request.
const ROUNDS: u32 = 20;

impl<E: Env> App<E> {
    /// `…/referrers/{code}/payout-details`: given, looked at masked, or taken away.
    pub(super) async fn payout_details(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        text: &str,
    ) -> Answer {
        let (code, token_made) = self.referrer_or_owner(request, id, shop, text).await?;
        match request.method {
            Method::PUT => self.put_details(request, id, shop, code, token_made).await,
            Method::DELETE => {
                self.ask_very(id, shop, DropDetails { code, token_made }).await?;
                Ok(Response::empty(StatusCode::NO_CONTENT))
            }
            _ => {
                let held = self.ask_very(id, shop, GetDetails { code: code.clone(), token_made }).await?;
                let details = match &held {
                    Some(held) => Some(self.open(id, shop, &code, &held.sealed)?),
                    None => None,
                };
                Ok(Response::json(StatusCode::OK, &shown(&code, details.as_ref(), held.as_ref()))?)
            }
        }
    }

    async fn put_details(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        code: Code,
        token_made: Option<Instant>,
    ) -> Answer {
        // Without a key nothing is read: nobody is to think that it was kept.
        let keys = self.keyring()?;
        let json = body::json(request)?;
        let mut faults = Faults::default();
        let details = read(&Node::root(&json), &mut faults);
        let details = body::checked(faults, details)?;
        let text = serde_json::to_vec(&details)?;
        let sealed = keys.seal(self.env.random()?, &place(id, shop, &code), &text)?;
        let ask = PutDetails { code: code.clone(), sealed, methods: methods(&details), token_made };
        let held = self.ask_very(id, shop, ask).await?;
        Ok(Response::json(StatusCode::OK, &shown(&code, Some(&details), Some(&held)))?)
    }

    /// Seals all of a shop's details by the newest key, and the credentials of platforms and mail, so that an older one can
    /// be taken out of the deployment.
    pub(super) async fn reseal_details(&self, may: &Owner, id: &ShopId) -> Answer {
        let (keys, shop) = (self.keyring()?, self.fresh_shop(id).await?);
        self.reseal_mail(may, id, &shop, &keys).await?;
        let mut resealed = 0;
        for _ in 0..ROUNDS {
            let stale = self.ask_very(id, &shop, StaleDetails { key_id: keys.newest().to_owned() }).await?;
            let mut sealed = Vec::new();
            for (code, held) in &stale {
                let place = place(id, &shop, code);
                let text = keys.open(&place, &held.sealed)?;
                let anew = keys.seal(self.env.random()?, &place, &text)?;
                sealed.push((code.clone(), held.sealed.clone(), anew));
            }
            if sealed.is_empty() {
                break;
            }
            resealed += self.ask_very(id, &shop, ReplaceDetails { sealed }).await?;
        }
        resealed += self.reseal_credentials(id, &shop, &keys).await?;
        resealed += self.reseal_contacts(id, &shop, &keys).await?;
        let left = self.ask_very(id, &shop, StaleDetails { key_id: keys.newest().to_owned() }).await?;
        let answer = Resealed { key_id: keys.newest().to_owned(), resealed, done: left.is_empty() };
        Ok(Response::json(StatusCode::OK, &answer)?)
    }

    /// Opens what was sealed of a referrer's.
    pub(super) fn open(
        &self,
        id: &ShopId,
        shop: &Shop,
        code: &Code,
        sealed: &Sealed,
    ) -> Result<PayoutDetails, Error> {
        let text = self.keyring()?.open(&place(id, shop, code), sealed)?;
        // What was wrong with it would be told with a piece of it.
        serde_json::from_slice(&text).map_err(|_| SealError::DoesNotOpen(sealed.key_id.clone()).into())
    }

    fn keyring(&self) -> Result<Keyring, Error> {
        Ok(Keyring::parse(self.env.details_keys())?)
    }

    /// The code in a path, with the second in which the referrer's token was made: `None` where the shop asks, or
    /// the admin.
    pub(super) async fn referrer_or_owner(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        text: &str,
    ) -> Result<(Code, Option<Instant>), Error> {
        let now = self.env.now();
        let held = request.bearer().and_then(|given| token::referrer_of(shop.token_key(), id, given, now));
        let code = text.parse::<Code>().ok();
        match held {
            // Whether another code is somebody's is not for who holds this one.
            Some((own, made)) => {
                code.filter(|code| *code == own).map(|code| (code, Some(made))).ok_or(Error::NO_CODE)
            }
            None => {
                self.owner(request, id).await?;
                code.map(|code| (code, None)).ok_or(Error::NO_CODE)
            }
        }
    }
}

/// For what something is sealed: the referrer of this very shop, and nobody else.
fn place(id: &ShopId, shop: &Shop, code: &Code) -> String {
    format!("parrain payout details 1\0{id}\0{}\0{code}", shop.record.secrets.incarnation)
}

/// What is said of details to the referrer and the shop.
fn shown(code: &Code, details: Option<&PayoutDetails>, held: Option<&HeldDetails>) -> ShownDetails {
    ShownDetails {
        code: code.clone(),
        details: details.map(masked),
        methods: held.iter().flat_map(|held| &held.methods).map(|method| (*method).into()).collect(),
        changed_at: held.map(|held| held.changed_at),
    }
}
