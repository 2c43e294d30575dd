//! What a shop's owner asks: shops, referrers, conversions, reviews, the report, and persons.

use super::access::{Admin, May, Owner, Reads, Reviews};
use super::body::{self, When};
use super::shops::Shop;
use super::{Answer, App, Env};
use crate::http::{Request, Response, StatusCode, header};
use crate::landing;
use crate::problem::Error;
use crate::protocol::Ask;
use crate::protocol::calls::{
    AddSignInKey, Audit, ChangeReferrer, DeleteShop, EndSignIns, EraseSubject, GetCustomers, GetReferrer,
    GetReport, GetShop, GetSignals, GetStatus, GetSubject, ListConversions, ListReferrers, PutReferrer,
    PutShop, Review,
};
use crate::protocol::shop::{Edit, Managed, Referrer, ReferrerRecord, Secrets, ShopRecord};
use crate::shop_id::ShopId;
use crate::stores::Kv;
use crate::stores::keys::{Key, ShopSummary, prefix};
use crate::token;
use crate::zones::read_program;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_core::event::Customer;
use parrain_core::instant::Instant;
use parrain_core::program::{platform_keys, webhook_secrets};
use parrain_core::referrer::Activity;
use parrain_wire::books::{Decision, Subject};
use parrain_wire::referrer::{self, ReferrerCard, ReferrerList, SignInLink};
use parrain_wire::rewards::Status;
use parrain_wire::shops::{self, ShopList};
use serde_json::Value;

/// How many shops one page of the list names.
const SHOPS_A_PAGE: u32 = 200;

/// How many days a report covers where nothing is said.
pub(super) const REPORT_DAYS: i64 = 30;

/// The longest report, in days: two years and the hold of the last order.
pub(super) const MOST_REPORT_DAYS: i64 = 800;

impl<E: Env> App<E> {
    pub(super) async fn put_shop(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let json = body::json(request)?;
        // Both are read before either is refused: all faults are told at once.
        let read = (read_program(&json), webhook_secrets(&json), platform_keys(&json));
        let (program, webhook_secrets, platform_keys) = match read {
            (Ok(program), Ok(secrets), Ok(keys)) => (program, secrets, keys),
            (program, secrets, keys) => {
                let faults = program.err().into_iter().chain(secrets.err()).chain(keys.err());
                return Err(Error::Invalid(faults.flatten().collect()));
            }
        };
        let fresh = Secrets {
            event_secret: token::event_secret(self.env.random()?),
            shop_token: token::shop_token(self.env.random()?, id),
            identity_key: token::identity_key(self.env.random()?),
            salt: URL_SAFE_NO_PAD.encode(self.env.random::<32>()?),
            incarnation: URL_SAFE_NO_PAD.encode(self.env.random::<9>()?),
            before: Vec::new(),
        };
        let ask = PutShop {
            shop: id.clone(),
            program: program.to_json(),
            webhook_secrets,
            platform_keys,
            fresh,
            version: if_match(request)?,
        };
        self.forget(id);
        let saved = self.ask_as(may, id, ask).await?;
        let record = saved.value;
        let status = if saved.created { StatusCode::CREATED } else { StatusCode::OK };
        let answer = Response::json(status, &told(&record))?;
        self.know(id, record)?;
        Ok(answer)
    }

    pub(super) async fn get_shop(&self, may: &Owner, id: &ShopId) -> Answer {
        let record = self.ask_as(may, id, GetShop).await?;
        Ok(Response::json(StatusCode::OK, &told(&record))?)
    }

    /// Removes a shop and all that is its: the admin's alone, since a shop's token lies on the shop's server.
    pub(super) async fn delete_shop(&self, may: &Admin, id: &ShopId) -> Answer {
        self.forget(id);
        self.ask_as(may, id, DeleteShop).await?;
        // The ledger clears KV of all else and, should this fail, of this too; but until then pages would
        // still be shown the offer of a shop that is gone.
        if let Err(fault) = self.env.kv().delete(&Key::Shop(id).to_string()).await {
            self.env.log(&fault.to_string());
        }
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// The list comes from KV, the only place that knows all shops: a new one may show a minute later.
    pub(super) async fn list_shops(&self, _: &Admin, request: &Request) -> Answer {
        let cursor = request.param("cursor");
        let page = match self.env.kv().list(prefix::SHOPS, cursor.as_deref(), SHOPS_A_PAGE).await {
            // KV does not say why it refused; where it lists without the cursor, the cursor was none of its.
            Err(_) if cursor.is_some() => {
                self.env.kv().list(prefix::SHOPS, None, 1).await?;
                return Err(Error::invalid("cursor", "is not a cursor that an earlier page gave"));
            }
            page => page?,
        };
        let shops = page
            .keys
            .iter()
            .filter_map(|(key, metadata)| {
                let id = key.strip_prefix(prefix::SHOPS)?;
                let summary =
                    metadata.as_deref().and_then(|text| serde_json::from_str::<ShopSummary>(text).ok());
                let (name, created_at) = summary.map(|known| (known.name, known.created_at)).unzip();
                Some(shops::ShopSummary { shop: id.to_owned(), name, created_at })
            })
            .collect();
        Ok(Response::json(StatusCode::OK, &ShopList { shops, next_cursor: page.cursor })?)
    }

    pub(super) async fn put_referrer(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        text: &str,
    ) -> Answer {
        let shop = self.fresh_shop(id).await?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let offer = root.field("offer").text(&mut faults, 64).unwrap_or_default().to_owned();
        let name = body::name(&root.field("name"), &mut faults);
        let email = body::email(&root.field("email"), &mut faults);
        let customer_id = root.field("customer_id").optional_text(&mut faults, 128).and_then(Customer::id_of);
        let code = match text.parse::<Code>() {
            Ok(code) => Some(code),
            Err(fault) => {
                faults.add(&root, format!("the code in the path {fault}"));
                None
            }
        };
        let managed = read_managed(&root, &mut faults);
        let quiet = root.field("welcome").optional_bool(&mut faults) == Some(false);
        let Some(code) = body::checked(faults, code)? else {
            return Err(Error::NO_CODE);
        };
        let email_hash = email.as_deref().and_then(|email| shop.email_hash(email));
        let referrer = Referrer { offer, name, email, email_hash, customer_id, ..Referrer::default() };
        let saved = self.ask_as(may, id, PutReferrer { code, referrer, managed, quiet }).await?;
        let status = if saved.created { StatusCode::CREATED } else { StatusCode::OK };
        let token = self.token(id, &shop, &saved.value.code)?;
        let referrer = self.referrer(request, id, &shop, saved.value);
        Ok(Response::json(status, &ReferrerCard { referrer, token })?)
    }

    /// Changes what the body says of a referrer, and leaves the rest: lets a joiner in, pauses, ends, gives terms.
    pub(super) async fn change_referrer(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        text: &str,
    ) -> Answer {
        let code = text.parse().map_err(|_| Error::NO_CODE)?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(
            &mut faults,
            &[
                "offer",
                "name",
                "display_name",
                "status",
                "reason",
                "expires_at",
                "terms",
                "notes",
                "confirmed",
                "marketing_consent",
            ],
        );
        let offer_at = root.field("offer");
        let offer =
            offer_at.is_present().then(|| offer_at.text(&mut faults, 64).unwrap_or_default().to_owned());
        let name = edit(&root, "name", |node| body::name(node, &mut faults));
        let managed = read_managed(&root, &mut faults);
        let confirmed_at = root.field("confirmed");
        let confirmed = confirmed_at.optional_bool(&mut faults);
        if confirmed == Some(false) {
            faults.add(&confirmed_at, "must be true: who was confirmed once stays so");
        }
        let confirmed = confirmed == Some(true);
        body::checked(faults, ())?;
        let shop = self.fresh_shop(id).await?;
        let referrer = self.ask_as(may, id, ChangeReferrer { code, offer, name, managed, confirmed }).await?;
        Ok(Response::json(StatusCode::OK, &self.referrer(request, id, &shop, referrer))?)
    }

    pub(super) async fn get_referrer(
        &self,
        may: &Reads,
        request: &Request,
        id: &ShopId,
        text: &str,
    ) -> Answer {
        let code = text.parse().map_err(|_| Error::NO_CODE)?;
        let shop = self.fresh_shop(id).await?;
        let referrer = self.ask_as(may, id, GetReferrer { code }).await?;
        Ok(Response::json(StatusCode::OK, &self.referrer(request, id, &shop, referrer))?)
    }

    pub(super) async fn list_referrers(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let status = request.word::<Activity>("status")?;
        let unconfirmed = request.says("confirmed", false)?;
        let shop = self.fresh_shop(id).await?;
        let page = self
            .ask_as(
                may,
                id,
                ListReferrers {
                    status,
                    unconfirmed,
                    search: request.param("search"),
                    cursor: request.param("cursor"),
                },
            )
            .await?;
        let referrers =
            page.items.into_iter().map(|record| self.referrer(request, id, &shop, record)).collect();
        let list = ReferrerList { referrers, next_cursor: page.next_cursor };
        Ok(Response::json(StatusCode::OK, &list)?)
    }

    pub(super) async fn referrer_rewards(
        &self,
        may: &Reads,
        request: &Request,
        id: &ShopId,
        text: &str,
    ) -> Answer {
        let code = text.parse().map_err(|_| Error::NO_CODE)?;
        let as_of = body::instant(request, "as_of")?.unwrap_or(self.env.now());
        let ask = GetStatus { code, as_of, cursor: request.param("cursor"), token_made: None };
        let mut status = self.ask_as(may, id, ask).await?;
        status.link = self.link(request, id, &status.code);
        Ok(Response::json(StatusCode::OK, &status)?)
    }

    /// A link by which a referrer sees their rewards on any device, for the shop to mail to the address that it
    /// has of them.
    pub(super) async fn create_sign_in_link(&self, may: &Owner, id: &ShopId, text: &str) -> Answer {
        let code = text.parse().map_err(|_| Error::NO_CODE)?;
        let shop = self.fresh_shop(id).await?;
        let key = token::sign_in_key(self.env.random()?);
        let link = landing::with_key(&shop.program.landing_url, &key);
        let hash = token::sign_in_hash(&key)
            .ok_or_else(|| Error::Internal("a new sign-in key has no hash".into()))?;
        let expires_at = self.ask_as(may, id, AddSignInKey { code, hash }).await?;
        Ok(Response::json(StatusCode::CREATED, &SignInLink { link, expires_at })?)
    }

    pub(super) async fn signals(&self, may: &Reads, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, GetSignals).await?)?)
    }

    /// Ends every token of a referrer's and every link that was made for them.
    pub(super) async fn end_sign_ins(&self, may: &Owner, id: &ShopId, text: &str) -> Answer {
        let code = text.parse().map_err(|_| Error::NO_CODE)?;
        self.ask_as(may, id, EndSignIns { code }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    pub(super) async fn list_conversions(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let status = request.word::<Status>("status")?;
        let unverified = request.says("verified", false)?;
        let waiting = request.says("waiting", true)?;
        let page = self
            .ask_as(may, id, ListConversions { status, unverified, waiting, cursor: request.param("cursor") })
            .await?;
        Ok(Response::json(StatusCode::OK, &page)?)
    }

    pub(super) async fn review(
        &self,
        may: &Reviews,
        request: &Request,
        id: &ShopId,
        order_id: String,
    ) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let decision = root.field("decision").choice(&mut faults, Decision::WORDS);
        let note = body::note(&root.field("note"), &mut faults);
        let tell = root.field("tell").optional_bool(&mut faults).unwrap_or_default();
        let approve = body::checked(faults, decision)? == Some(Decision::Approve);
        let conversion = self.ask_as(may, id, Review { order_id, approve, note, tell }).await?;
        Ok(Response::json(StatusCode::OK, &conversion)?)
    }

    pub(super) async fn report(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let (from, to) = self.period(request, id).await?;
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, GetReport { from, to }).await?)?)
    }

    /// What a period's orders say of customers and offers.
    pub(super) async fn customers(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let (from, to) = self.period(request, id).await?;
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, GetCustomers { from, to }).await?)?)
    }

    /// The first and the last instant of the period that is asked for.
    async fn period(&self, request: &Request, id: &ShopId) -> Result<(Instant, Instant), Error> {
        let shop = self.shop(id).await?;
        let zone = &shop.program.zone;
        // A date is the whole of that day where the shop is.
        let from = match body::when(request, "from")? {
            Some(When::Instant(from)) => Some(from),
            Some(When::Day(day)) => Some(zone.day_start(day)),
            None => None,
        };
        let to = match body::when(request, "to")? {
            Some(When::Instant(to)) => to,
            Some(When::Day(day)) => Instant::from_micros(zone.day_start(day + 1).micros() - 1),
            None => self.env.now(),
        };
        let from = from.unwrap_or(to.plus_days(-REPORT_DAYS));
        if from > to {
            return Err(Error::invalid("from", "must not be later than to"));
        }
        if from < to.plus_days(-MOST_REPORT_DAYS) {
            return Err(Error::invalid("from", format!("must be at most {MOST_REPORT_DAYS} days before to")));
        }
        Ok((from, to))
    }

    /// A stretch of the shop's books, decided again and added up again.
    pub(super) async fn audit(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let audited = self.ask_as(may, id, Audit { cursor: request.param("cursor") }).await?;
        Ok(Response::json(StatusCode::OK, &audited)?)
    }

    pub(super) async fn get_subject(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let email_hash = self.subject(request, id).await?;
        self.subject_answer(may, id, GetSubject { email_hash: Some(email_hash), customer_id: None }).await
    }

    pub(super) async fn erase_subject(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let email_hash = self.subject(request, id).await?;
        let ask =
            EraseSubject { email_hash: Some(email_hash), customer_id: None, pseudonym: self.pseudonym()? };
        self.subject_answer(may, id, ask).await
    }

    /// What stands in the place of a person who is forgotten.
    pub(super) fn pseudonym(&self) -> Result<String, Error> {
        Ok(format!("erased-{}", URL_SAFE_NO_PAD.encode(self.env.random::<12>()?)))
    }

    pub(super) async fn subject(&self, request: &Request, id: &ShopId) -> Result<String, Error> {
        let shop = self.fresh_shop(id).await?;
        let email = request.param("email").filter(|email| email.contains('@'));
        let hash = email.and_then(|email| shop.email_hash(&email));
        hash.ok_or_else(|| Error::invalid("email", "must be an e-mail address"))
    }

    async fn subject_answer<A>(&self, may: &impl May, id: &ShopId, ask: A) -> Answer
    where
        A: Ask<Answer = Subject>,
    {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ask).await?)?)
    }

    /// A referrer as their shop sees them.
    pub(super) fn referrer(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        record: ReferrerRecord,
    ) -> referrer::Referrer {
        let ReferrerRecord { code, created_at, referrer, unconfirmed } = record;
        referrer::Referrer {
            link: self.link(request, id, &code),
            code,
            offer: referrer.offer,
            name: referrer.name,
            display_name: referrer.display_name,
            email: referrer.email,
            customer_id: referrer.customer_id,
            created_at,
            status: referrer.activity.into(),
            reason: referrer.activity_reason,
            expires_at: referrer.expires_at,
            terms: referrer.terms.map(|terms| terms.to_wire(shop.program.currency)),
            notes: referrer.notes,
            confirmed: Some(!unconfirmed),
            marketing_consent: referrer.marketing_consent,
        }
    }
}

/// How a referrer is to be managed: `status` with its `reason`, `expires_at`, `terms`, `notes`, `display_name`; `null` clears.
fn read_managed(root: &Node<'_>, faults: &mut Faults) -> Managed {
    let words: Vec<(&str, Activity)> =
        Activity::WORDS.iter().copied().filter(|(_, activity)| *activity != Activity::Waiting).collect();
    Managed {
        activity: root.field("status").optional_choice(faults, &words),
        activity_reason: edit(root, "reason", |node| {
            Some(body::note(node, faults)).filter(|text| !text.is_empty())
        }),
        expires_at: edit(root, "expires_at", |node| node.instant(faults)),
        // Read under the referrer's offer, which the ledger knows.
        terms: edit(root, "terms", |node| node.value().cloned()),
        notes: edit(root, "notes", |node| Some(body::note(node, faults)).filter(|text| !text.is_empty())),
        display_name: edit(root, "display_name", |node| body::name(node, faults)),
        marketing_consent: root.field("marketing_consent").optional_bool(faults),
    }
}

/// A part of a record: left out it stays, `null` or empty it goes.
fn edit<T>(root: &Node<'_>, name: &str, read: impl FnOnce(&Node<'_>) -> Option<T>) -> Edit<T> {
    let node = root.field(name);
    let said = root.value().and_then(|body| body.get(name)).is_some();
    match (said, node.is_present()) {
        (false, _) => Edit::Keep,
        (true, false) => Edit::Clear,
        (true, true) => read(&node).map_or(Edit::Clear, Edit::Set),
    }
}

/// The version that `If-Match` names: the program is to follow that one or stay as it is.
fn if_match(request: &Request) -> Result<Option<i64>, Error> {
    let Some(text) = request.header(header::IF_MATCH) else { return Ok(None) };
    let version = text.trim().trim_matches('"').parse();
    version
        .map(Some)
        .map_err(|_| Error::invalid("If-Match", "must be the number of a version, such as \"3\""))
}

/// A shop with its secrets, for who may have them.
pub(super) fn told(record: &ShopRecord) -> shops::Shop<Value> {
    shops::Shop {
        shop: record.shop.to_string(),
        program: record.program.clone(),
        event_secret: record.secrets.event_secret.clone(),
        webhook_secrets: record.webhook_secrets.clone(),
        platform_keys: record.platform_keys.iter().map(|(name, key)| (name.clone(), masked(key))).collect(),
        shop_token: record.secrets.shop_token.clone(),
        identity_key: record.secrets.identity_key().into_owned(),
        created_at: record.created_at,
    }
}

/// A key by its last four characters: enough to tell which it is.
fn masked(key: &str) -> String {
    let last = key.len().saturating_sub(4);
    format!("…{}", key.get(last..).unwrap_or_default())
}
