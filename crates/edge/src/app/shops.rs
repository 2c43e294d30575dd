//! Finding a shop: from what this isolate remembers, else from KV, else from the ledger itself.

use super::{App, Env};
use crate::problem::Error;
use crate::protocol::calls::{GetReferrer, GetShop, IsCodeReady};
use crate::protocol::shop::{Rotated, ShopRecord};
use crate::shop_id::ShopId;
use crate::stores::Kv;
use crate::stores::keys::{Key, PublicReferrer};
use crate::token::same_secret;
use crate::zones::read_program;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use parrain_core::code::Code;
use parrain_core::event::Order;
use parrain_core::instant::Instant;
use parrain_core::program::Program;
use sha2::Sha256;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// For how many seconds an isolate answers from memory: short enough that a changed program shows at once to
/// a person, long enough that a busy shop costs no reads.
const REMEMBERED_SECONDS: i64 = 20;

/// For how many seconds more what is remembered is believed, while one request looks it up again: a link that everybody
/// follows would cost as many reads at once as there are requests on their way.
const LOOKING_SECONDS: i64 = 2;

/// The most shops that an isolate remembers.
const MOST_REMEMBERED: usize = 200;

/// The most codes of which an isolate remembers that they are somebody's.
const MOST_LINKS: usize = 2_000;

/// A shop with its program read.
#[derive(Debug)]
pub struct Shop {
    /// The record.
    pub record: ShopRecord,
    /// Its program.
    pub program: Program,
}

impl Shop {
    /// Reads a record.
    pub fn of(record: ShopRecord) -> Result<Self, Error> {
        let program = read_program(&record.program)
            .map_err(|faults| Error::Internal(format!("a stored program is not readable: {faults:?}")))?;
        Ok(Self { record, program })
    }

    /// Whether this is the shop's token, or one that was replaced and still holds.
    pub fn is_token(&self, given: &str, now: Instant) -> bool {
        let mut tokens = self.record.secrets.holding(Rotated::ShopToken, now);
        tokens.any(|token| same_secret(given, &token))
    }

    /// The key of the shop's referrer tokens.
    pub fn token_key(&self) -> &[u8] {
        self.record.secrets.salt.as_bytes()
    }

    /// The keyed hash by which addresses are compared; `None` for a blank one.
    pub fn email_hash(&self, address: &str) -> Option<String> {
        self.hash("parrain email 1", &parrain_core::email::normalise(address)?)
    }

    /// Puts keyed hashes in place of what an order says of its customer: beyond this door nothing knows an address, of
    /// mail or of a house, or a card.
    pub fn anonymise(&self, order: &mut Order) {
        order.customer.email = order.customer.email.take().and_then(|email| self.email_hash(&email));
        let traces = &mut order.traces;
        traces.address = traces.address.take().and_then(|text| self.hash("parrain delivery 1", &text));
        traces.card = traces.card.take().and_then(|text| self.hash("parrain card 1", &text));
    }

    /// The keyed hash by which a day's requests of one block of addresses are counted. Another day's is another, so
    /// that nobody can be followed by it.
    pub fn sender(&self, network: &str, now: Instant) -> Option<String> {
        self.hash("parrain sender 1", &format!("{} {network}", now.day()))
    }

    /// The key is used for several purposes, so that each is named in what is hashed.
    fn hash(&self, purpose: &str, text: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.record.secrets.salt.as_bytes()).ok()?;
        mac.update(purpose.as_bytes());
        mac.update(b"\0");
        mac.update(text.as_bytes());
        Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

/// What an isolate remembers of shops.
#[derive(Debug, Default)]
pub struct ShopCache {
    shops: RefCell<HashMap<ShopId, Remembered<Rc<Shop>>>>,
    /// Codes of links that are somebody's.
    links: RefCell<HashMap<(ShopId, Code), Remembered<()>>>,
}

/// Something that is believed for a while.
#[derive(Debug)]
struct Remembered<T> {
    what: T,
    until: Instant,
    /// Whether a request looks for what is true now.
    is_looked_for: bool,
}

impl<T: Clone> Remembered<T> {
    fn new(what: T, now: Instant) -> Self {
        Self { what, until: now.plus_seconds(REMEMBERED_SECONDS), is_looked_for: false }
    }

    /// What is believed at `now`; `None` for the one request that is to look.
    fn get(&mut self, now: Instant) -> Option<T> {
        if now < self.until {
            return Some(self.what.clone());
        }
        let extended = self.until.plus_seconds(LOOKING_SECONDS);
        if !self.is_looked_for && now < extended {
            self.until = extended;
            self.is_looked_for = true;
        }
        None
    }
}

impl ShopCache {
    fn get(&self, shop: &ShopId, now: Instant) -> Option<Rc<Shop>> {
        self.shops.borrow_mut().get_mut(shop)?.get(now)
    }

    fn put(&self, shop: &ShopId, found: &Rc<Shop>, now: Instant) {
        let mut shops = self.shops.borrow_mut();
        if shops.len() >= MOST_REMEMBERED {
            shops.clear();
        }
        shops.insert(shop.clone(), Remembered::new(Rc::clone(found), now));
    }

    fn forget(&self, shop: &ShopId) {
        self.shops.borrow_mut().remove(shop);
        self.links.borrow_mut().retain(|(of, _), _| of != shop);
    }

    fn has_link(&self, link: &(ShopId, Code), now: Instant) -> bool {
        self.links.borrow_mut().get_mut(link).is_some_and(|link| link.get(now).is_some())
    }

    fn put_link(&self, link: (ShopId, Code), now: Instant) {
        let mut links = self.links.borrow_mut();
        if links.len() >= MOST_LINKS {
            links.clear();
        }
        links.insert(link, Remembered::new((), now));
    }
}

impl<E: Env> App<E> {
    /// The shop, perhaps as it was a minute and a half ago.
    ///
    /// # Errors
    /// 404 where there is none; 503 where neither KV nor the ledger answered.
    pub(super) async fn shop(&self, shop: &ShopId) -> Result<Rc<Shop>, Error> {
        if let Some(found) = self.isolate.shops.get(shop, self.env.now()) {
            return Ok(found);
        }
        let mut values = self.read(&[Key::Shop(shop).to_string()]).await;
        match values.pop().flatten().and_then(|text| self.remember(shop, &text)) {
            Some(found) => Ok(found),
            None => self.fresh_shop(shop).await,
        }
    }

    /// The shop and a referrer's public side, by one read at most.
    pub(super) async fn shop_and_referrer(
        &self,
        shop: &ShopId,
        code: &Code,
    ) -> Result<(Rc<Shop>, Option<PublicReferrer>), Error> {
        let remembered = self.isolate.shops.get(shop, self.env.now());
        self.referrer_beside(remembered, shop, code).await
    }

    /// The same, where it is known already what the isolate remembers of the shop.
    async fn referrer_beside(
        &self,
        remembered: Option<Rc<Shop>>,
        shop: &ShopId,
        code: &Code,
    ) -> Result<(Rc<Shop>, Option<PublicReferrer>), Error> {
        let mut keys = vec![Key::Referrer(shop, code).to_string()];
        if remembered.is_none() {
            keys.push(Key::Shop(shop).to_string());
        }
        let mut values = self.read(&keys).await.into_iter();
        let referrer: Option<PublicReferrer> =
            values.next().flatten().and_then(|text| serde_json::from_str(&text).ok());
        let copy = values.next().flatten();
        let found = match remembered.or_else(|| self.remember(shop, &copy?)) {
            Some(found) => found,
            None => self.fresh_shop(shop).await?,
        };
        // KV also remembers for a minute that a code was not there, and may hold an earlier shop's: the ledger
        // knows better.
        let incarnation = &found.record.secrets.incarnation;
        let referrer = match referrer.filter(|referrer| referrer.incarnation == *incarnation) {
            Some(referrer) => Some(referrer),
            // Nobody's but the shop's own; pages ask for these as often as for others.
            None if found.program.promotion(code).is_some() => None,
            None => self.fresh_referrer(shop, &found, code).await?,
        };
        Ok((found, referrer))
    }

    /// The shop, and the code of a link where it is somebody's, perhaps as they were a minute and a half ago: a link that
    /// everybody follows costs one read in a while.
    pub(super) async fn shop_and_link(
        &self,
        shop: &ShopId,
        code: Code,
    ) -> Result<(Rc<Shop>, Option<Code>), Error> {
        let (cache, now) = (&self.isolate.shops, self.env.now());
        let link = (shop.clone(), code);
        // Asked once: whoever is to look for the shop would be told the second time that somebody does.
        let remembered = cache.get(shop, now);
        if let Some(found) = remembered.clone().filter(|_| cache.has_link(&link, now)) {
            return Ok((found, Some(link.1)));
        }
        let (found, referrer) = self.referrer_beside(remembered, shop, &link.1).await?;
        if referrer.is_none() {
            return Ok((found, None));
        }
        cache.put_link(link.clone(), now);
        Ok((found, Some(link.1)))
    }

    /// The shop as it is now.
    ///
    /// # Errors
    /// 404 where there is none; 503 where the ledger did not answer.
    pub(super) async fn fresh_shop(&self, shop: &ShopId) -> Result<Rc<Shop>, Error> {
        match self.ask(shop, GetShop).await {
            Ok(record) => self.know(shop, record),
            Err(error) => {
                self.forget(shop);
                Err(error)
            }
        }
    }

    /// Keeps a record that the ledger just gave.
    pub(super) fn know(&self, shop: &ShopId, record: ShopRecord) -> Result<Rc<Shop>, Error> {
        let found = Rc::new(Shop::of(record)?);
        self.isolate.shops.put(shop, &found, self.env.now());
        Ok(found)
    }

    /// Drops what this isolate remembers of a shop.
    pub(super) fn forget(&self, shop: &ShopId) {
        self.isolate.shops.forget(shop);
    }

    async fn fresh_referrer(
        &self,
        id: &ShopId,
        shop: &Shop,
        code: &Code,
    ) -> Result<Option<PublicReferrer>, Error> {
        let asks = (GetReferrer { code: code.clone() }, IsCodeReady { code: code.clone() });
        match self.ask(id, asks).await {
            Ok((record, discount_ready)) => Ok(Some(PublicReferrer {
                incarnation: shop.record.secrets.incarnation.clone(),
                name: record.referrer.name,
                display_name: record.referrer.display_name,
                offer: record.referrer.offer,
                activity: record.referrer.activity,
                expires_at: record.referrer.expires_at,
                discount_ready,
            })),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A copy that cannot be read is as good as none.
    fn remember(&self, shop: &ShopId, text: &str) -> Option<Rc<Shop>> {
        let record = serde_json::from_str(text).map_err(|fault| fault.to_string());
        let found = record.and_then(|record| self.know(shop, record).map_err(|fault| fault.to_string()));
        if found.is_err() {
            self.env.log("a shop's copy in KV is not readable; its ledger is asked");
        }
        found.ok()
    }

    /// KV's values, or none of them where it fails: the ledger is asked then.
    async fn read(&self, keys: &[String]) -> Vec<Option<String>> {
        match self.env.kv().get(keys).await {
            Ok(values) => values,
            Err(fault) => {
                self.env.log(&fault.to_string());
                vec![None; keys.len()]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_looks_while_the_others_believe_a_little_longer() {
        let start = Instant::from_millis(1_000_000);
        let at = |seconds| start.plus_seconds(seconds);
        let mut remembered = Remembered::new("as it was", start);
        assert_eq!(remembered.get(at(19)), Some("as it was"));
        assert_eq!(remembered.get(at(20)), None, "who looks");
        assert_eq!([21, 21].map(|second| remembered.get(at(second))), [Some("as it was"); 2]);
        assert_eq!([22, 23].map(|second| remembered.get(at(second))), [None; 2], "who looked found nothing");
    }

    #[test]
    fn what_nobody_asked_for_in_a_while_is_not_believed() {
        let start = Instant::from_millis(1_000_000);
        let mut remembered = Remembered::new("as it was", start);
        assert_eq!([60, 61].map(|second| remembered.get(start.plus_seconds(second))), [None; 2]);
    }
}
