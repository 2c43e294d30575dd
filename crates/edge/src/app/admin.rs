//! What a shop's owner asks: shops, referrers, conversions, reviews, the report, and persons.

use super::body;
use super::{Answer, App, Env, unexpected};
use crate::http::{Request, Response, StatusCode};
use crate::landing;
use crate::ledger::protocol::{self, Referrer, ReferrerRecord, Reply, Secrets, ShopRecord};
use crate::problem::Error;
use crate::route::ShopId;
use crate::stores::keys::{Key, ShopSummary, prefix};
use crate::stores::{Kv, KvError};
use crate::token;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_core::program::{Program, webhook_secrets};
use parrain_core::wire::Status;
use serde_json::{Value, json};

/// How many shops one page of the list names.
const SHOPS_A_PAGE: u32 = 200;

/// How many days a report covers where nothing is said.
const REPORT_DAYS: i64 = 30;

/// The longest report, in days: two years and the hold of the last order.
const MOST_REPORT_DAYS: i64 = 800;

const NO_CODE: Error = Error::NotFound("no referrer has this code");

impl<E: Env> App<E> {
    pub(super) async fn put_shop(&self, request: &Request, id: &ShopId) -> Answer {
        self.admin_only(request).await?;
        let json = body::json(request)?;
        // Both are read before either is refused: all faults are told at once.
        let (program, webhook_secrets) = match (Program::parse(&json), webhook_secrets(&json)) {
            (Ok(program), Ok(secrets)) => (program, secrets),
            (program, secrets) => {
                let faults = program.err().into_iter().chain(secrets.err()).flatten().collect();
                return Err(Error::Invalid(faults));
            }
        };
        let fresh = Secrets {
            event_secret: token::event_secret(self.env.random()?),
            shop_token: token::shop_token(self.env.random()?),
            salt: URL_SAFE_NO_PAD.encode(self.env.random::<32>()?),
            incarnation: URL_SAFE_NO_PAD.encode(self.env.random::<9>()?),
        };
        let ask = protocol::Request::PutShop {
            shop: id.as_str().to_owned(),
            program: program.to_json(),
            webhook_secrets,
            fresh,
        };
        self.forget(id);
        let (created, record) = match self.ask(id, ask).await? {
            Reply::Shop { created, shop } => (created, *shop),
            reply => return Err(unexpected(&reply)),
        };
        let status = if created { StatusCode::CREATED } else { StatusCode::OK };
        let answer = Response::json(status, &shop_json(&record))?;
        self.know(id, record)?;
        Ok(answer)
    }

    pub(super) async fn get_shop(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        let shop = self.fresh_shop(id).await?;
        Ok(Response::json(StatusCode::OK, &shop_json(&shop.record))?)
    }

    pub(super) async fn delete_shop(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        self.forget(id);
        match self.ask(id, protocol::Request::DeleteShop).await? {
            Reply::Done => {}
            reply => return Err(unexpected(&reply)),
        }
        // The ledger clears KV of all else and, should this fail, of this too; but until then pages would
        // still be shown the offer of a shop that is gone.
        if let Err(fault) = self.env.kv().delete(&Key::Shop(id).to_string()).await {
            self.env.log(&fault.to_string());
        }
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// The list comes from KV, the only place that knows all shops: a new one may show a minute later.
    pub(super) async fn list_shops(&self, request: &Request) -> Answer {
        self.admin_only(request).await?;
        let cursor = request.param("cursor");
        let silent = |fault: KvError| Error::Unavailable { retry_after: 5, cause: fault.to_string() };
        let page = match self.env.kv().list(prefix::SHOPS, cursor.as_deref(), SHOPS_A_PAGE).await {
            // KV does not say why it refused; where it lists without the cursor, the cursor was none of its.
            Err(_) if cursor.is_some() => {
                self.env.kv().list(prefix::SHOPS, None, 1).await.map_err(silent)?;
                return Err(Error::invalid("cursor", "is not a cursor that an earlier page gave"));
            }
            page => page.map_err(silent)?,
        };
        let shops: Vec<Value> = page
            .keys
            .iter()
            .filter_map(|(key, metadata)| {
                let id = key.strip_prefix(prefix::SHOPS)?;
                let summary =
                    metadata.as_deref().and_then(|text| serde_json::from_str::<ShopSummary>(text).ok());
                Some(match summary {
                    Some(known) => json!({"shop": id, "name": known.name, "created_at": known.created_at}),
                    None => json!({"shop": id}),
                })
            })
            .collect();
        Ok(Response::json(StatusCode::OK, &json!({"shops": shops, "next_cursor": page.cursor}))?)
    }

    pub(super) async fn put_referrer(&self, request: &Request, id: &ShopId, text: &str) -> Answer {
        self.owner(request, id).await?;
        let shop = self.fresh_shop(id).await?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let offer = root.field("offer").text(&mut faults, 64).unwrap_or_default().to_owned();
        let name = body::name(&root.field("name"), &mut faults);
        let email = body::email(&root.field("email"), &mut faults);
        let customer_id = root.field("customer_id").optional_text(&mut faults, 128).map(str::to_owned);
        let code = match text.parse::<Code>() {
            Ok(code) => Some(code),
            Err(fault) => {
                faults.add(&root, format!("the code in the path {fault}"));
                None
            }
        };
        let Some(code) = body::checked(faults, code)? else {
            return Err(NO_CODE);
        };
        let email_hash = email.as_deref().and_then(|email| shop.email_hash(email));
        let referrer = Referrer { offer, name, email, email_hash, customer_id, email_is_typed: false };
        match self.ask(id, protocol::Request::PutReferrer { code, referrer }).await? {
            Reply::Referrer { created, referrer } => {
                let status = if created { StatusCode::CREATED } else { StatusCode::OK };
                let card = self.card(request, id, &shop, &referrer.code)?;
                Ok(Response::json(status, &joined(self.referrer_json(request, id, &referrer), card))?)
            }
            reply => Err(unexpected(&reply)),
        }
    }

    pub(super) async fn get_referrer(&self, request: &Request, id: &ShopId, text: &str) -> Answer {
        self.owner(request, id).await?;
        let code = text.parse().map_err(|_| NO_CODE)?;
        match self.ask(id, protocol::Request::Referrer { code }).await? {
            Reply::Referrer { referrer, .. } => {
                Ok(Response::json(StatusCode::OK, &self.referrer_json(request, id, &referrer))?)
            }
            reply => Err(unexpected(&reply)),
        }
    }

    pub(super) async fn list_referrers(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        match self.ask(id, protocol::Request::Referrers { cursor: request.param("cursor") }).await? {
            Reply::Referrers { referrers, next_cursor } => {
                let referrers: Vec<Value> =
                    referrers.iter().map(|referrer| self.referrer_json(request, id, referrer)).collect();
                Ok(Response::json(
                    StatusCode::OK,
                    &json!({"referrers": referrers, "next_cursor": next_cursor}),
                )?)
            }
            reply => Err(unexpected(&reply)),
        }
    }

    pub(super) async fn referrer_rewards(&self, request: &Request, id: &ShopId, text: &str) -> Answer {
        self.owner(request, id).await?;
        let code = text.parse().map_err(|_| NO_CODE)?;
        let as_of = body::instant(request, "as_of")?.unwrap_or(self.env.now());
        let ask =
            protocol::Request::Status { code, as_of, cursor: request.param("cursor"), token_made: None };
        let reply = self.ask(id, ask).await?;
        Ok(Response::json(StatusCode::OK, &self.status_of(request, id, reply)?)?)
    }

    /// A link by which a referrer sees their rewards on any device, for the shop to mail to the address that it
    /// has of them.
    pub(super) async fn create_sign_in_link(&self, request: &Request, id: &ShopId, text: &str) -> Answer {
        self.owner(request, id).await?;
        let code = text.parse().map_err(|_| NO_CODE)?;
        let shop = self.fresh_shop(id).await?;
        let key = token::sign_in_key(self.env.random()?);
        let link = landing::with_key(&shop.program.landing_url, &key);
        let hash = token::sign_in_hash(&key)
            .ok_or_else(|| Error::Internal("a new sign-in key has no hash".into()))?;
        match self.ask(id, protocol::Request::AddSignInKey { code, hash }).await? {
            Reply::SignInKey { expires_at } => {
                Ok(Response::json(StatusCode::CREATED, &json!({"link": link, "expires_at": expires_at}))?)
            }
            reply => Err(unexpected(&reply)),
        }
    }

    pub(super) async fn list_conversions(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        let status = match request.param("status") {
            None => None,
            Some(word) => match Status::WORDS.iter().find(|(name, _)| *name == word) {
                Some((_, status)) => Some(*status),
                None => {
                    let words: Vec<&str> = Status::WORDS.iter().map(|(name, _)| *name).collect();
                    return Err(Error::invalid("status", format!("must be one of {}", words.join(", "))));
                }
            },
        };
        match self.ask(id, protocol::Request::Conversions { status, cursor: request.param("cursor") }).await?
        {
            Reply::Conversions(page) => Ok(Response::json(StatusCode::OK, &page)?),
            reply => Err(unexpected(&reply)),
        }
    }

    pub(super) async fn review(&self, request: &Request, id: &ShopId, order_id: String) -> Answer {
        self.owner(request, id).await?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let approve = root.field("decision").choice(&mut faults, &[("approve", true), ("reject", false)]);
        let note = body::note(&root.field("note"), &mut faults);
        let approve = body::checked(faults, approve)?.unwrap_or_default();
        match self.ask(id, protocol::Request::Review { order_id, approve, note }).await? {
            Reply::Conversion(conversion) => Ok(Response::json(StatusCode::OK, &conversion)?),
            reply => Err(unexpected(&reply)),
        }
    }

    pub(super) async fn report(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        let to = body::instant(request, "to")?.unwrap_or(self.env.now());
        let from = body::instant(request, "from")?.unwrap_or(to.plus_days(-REPORT_DAYS));
        if from > to {
            return Err(Error::invalid("from", "must not be later than to"));
        }
        if from < to.plus_days(-MOST_REPORT_DAYS) {
            return Err(Error::invalid("from", format!("must be at most {MOST_REPORT_DAYS} days before to")));
        }
        match self.ask(id, protocol::Request::Report { from, to }).await? {
            Reply::Report(report) => Ok(Response::json(StatusCode::OK, &report)?),
            reply => Err(unexpected(&reply)),
        }
    }

    /// A stretch of the shop's books, decided again and added up again.
    pub(super) async fn audit(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        match self.ask(id, protocol::Request::Audit { cursor: request.param("cursor") }).await? {
            Reply::Audit { checked, differences, next_cursor } => Ok(Response::json(
                StatusCode::OK,
                &json!({"checked": checked, "differences": differences, "next_cursor": next_cursor}),
            )?),
            reply => Err(unexpected(&reply)),
        }
    }

    pub(super) async fn get_subject(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        let email_hash = self.subject(request, id).await?;
        self.subject_answer(id, protocol::Request::Subject { email_hash }).await
    }

    pub(super) async fn erase_subject(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        let email_hash = self.subject(request, id).await?;
        let pseudonym = format!("erased-{}", URL_SAFE_NO_PAD.encode(self.env.random::<12>()?));
        self.subject_answer(id, protocol::Request::EraseSubject { email_hash, pseudonym }).await
    }

    async fn subject(&self, request: &Request, id: &ShopId) -> Result<String, Error> {
        let shop = self.fresh_shop(id).await?;
        let email = request.param("email").filter(|email| email.contains('@'));
        let hash = email.and_then(|email| shop.email_hash(&email));
        hash.ok_or_else(|| Error::invalid("email", "must be an e-mail address"))
    }

    async fn subject_answer(&self, id: &ShopId, ask: protocol::Request) -> Answer {
        match self.ask(id, ask).await? {
            Reply::Subject(subject) => Ok(Response::json(StatusCode::OK, &subject)?),
            reply => Err(unexpected(&reply)),
        }
    }

    fn referrer_json(&self, request: &Request, id: &ShopId, record: &ReferrerRecord) -> Value {
        let referrer = &record.referrer;
        json!({
            "code": record.code,
            "link": self.link(request, id, &record.code),
            "offer": referrer.offer,
            "name": referrer.name,
            "email": referrer.email,
            "customer_id": referrer.customer_id,
            "created_at": record.created_at,
        })
    }
}

/// A shop with its secrets, for who may have them.
fn shop_json(record: &ShopRecord) -> Value {
    json!({
        "shop": record.shop,
        "program": record.program,
        "event_secret": record.secrets.event_secret,
        "webhook_secrets": record.webhook_secrets,
        "shop_token": record.secrets.shop_token,
        "created_at": record.created_at,
    })
}

/// One object with the members of both.
fn joined(mut one: Value, other: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (one.as_object_mut(), other) {
        members.extend(more);
    }
    one
}
