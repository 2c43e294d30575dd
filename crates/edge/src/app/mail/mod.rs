//! The resources of a shop's mail: setting it up, trying it, what was sent, links that are asked for, and ending it.
//!
//! What is secret is sealed here before it reaches the ledger, and opened by its alarm alone, or to check a signature.

mod preview;
mod report;
mod settings;

pub use report::reporting;

use super::access::Owner;
use super::page::code_of;
use super::shops::Shop;
use super::{Answer, App, Env, body};
use crate::deliveries::mail::place;
use crate::details::seal::{Keyring, Sealed};
use crate::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use crate::problem::Error;
use crate::protocol::Call;
use crate::protocol::calls::{
    DropMail, GetMail, LiftStop, ListMessages, PutMail, ReplaceMailKeys, ReplayMessages, SendSignIn,
    StopMail, TestMail, WriteReminder,
};
use crate::protocol::mail::{HeldMail, MailRecord};
use crate::shop_id::ShopId;
use crate::stores::Ledgers;
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_desk::Entered;
use parrain_desk::mail::MailTextPage;
use parrain_mail::{Stop, Words, spoken, stop_page};
use parrain_wire::mail::{MailKind, MailProvider, MailSettings, MailState};
use preview::preview;
use report::reporting_name;
use settings::needed_email;
use std::rc::Rc;

/// How many messages one request may name.
const MOST_NAMED: usize = 1000;

/// The longest id of a message, in characters.
const MOST_ID: usize = 100;

/// Links to how many codes one sign-in mail holds: anybody can join under any address.
const MOST_CODES: usize = 5;

/// What a shop is told that sends no mail.
const NO_MAIL: Error = Error::NotFound("no mail is set up for this shop");

impl<E: Env> App<E> {
    /// How mail is set up.
    pub(in crate::app) async fn get_mail(&self, may: &Owner, id: &ShopId) -> Answer {
        let held = self.ask_as(may, id, GetMail).await?.ok_or(NO_MAIL)?;
        let shop = self.fresh_shop(id).await?;
        Ok(Response::json(StatusCode::OK, &mail_settings(id, shop.token_key(), held))?)
    }

    /// Sets mail up; where the way it goes is another, a test goes to the owner.
    pub(in crate::app) async fn put_mail(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        // Without a key nothing is read: nobody is to think that it was kept.
        let keys = self.mail_keys()?;
        let shop = self.fresh_shop(id).await?;
        let json = body::json(request)?;
        let mut faults = Faults::default();
        let read = settings::read(&Node::root(&json), &mut faults);
        let read =
            body::checked(faults, read)?.ok_or_else(|| Error::Internal("mail without a way".into()))?;
        let seal = |text: Option<String>| -> Result<Option<Sealed>, Error> {
            text.map(|text| self.seal_mail(&keys, id, &shop, &text)).transpose()
        };
        let test = match &read.owner_email {
            Some(owner) => Some(self.new_test(&keys, id, &shop, owner)?),
            None => None,
        };
        let record = MailRecord {
            provider: read.provider,
            key: seal(read.key)?,
            webhook_secret: seal(read.webhook_secret)?,
            from: read.from,
            reply_to: read.reply_to,
            owner_hash: read.owner_email.as_deref().and_then(|owner| shop.email_hash(owner)),
            owner_email: read.owner_email,
            kinds: read.kinds,
            quiet_hours: read.quiet_hours,
            texts: read.texts.clone().unwrap_or_default(),
            origin: self.origin(request).to_owned(),
        };
        let held = self.ask_as(may, id, PutMail { record, with_texts: read.texts.is_some(), test }).await?;
        Ok(Response::json(StatusCode::OK, &mail_settings(id, shop.token_key(), held))?)
    }

    /// Ends a shop's mail; its keys are forgotten.
    pub(in crate::app) async fn drop_mail(&self, may: &Owner, id: &ShopId) -> Answer {
        self.ask_as(may, id, DropMail).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// Sends a test to an address. What comes of it stands among the messages in a moment.
    pub(in crate::app) async fn test_mail(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let keys = self.mail_keys()?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["to"]);
        let to = needed_email(&root.field("to"), &mut faults);
        let to = body::checked(faults, to)?.unwrap_or_default();
        let shop = self.fresh_shop(id).await?;
        let test = self.new_test(&keys, id, &shop, &to)?;
        Ok(Response::json(StatusCode::ACCEPTED, &self.ask_as(may, id, test).await?)?)
    }

    /// A mail as it would be, of a kind and in a language; with the wording on record, or the usual one where mail is not
    /// set up.
    pub(in crate::app) async fn preview_mail(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let kind = request.word::<MailKind>("kind")?;
        let kind = kind.ok_or_else(|| {
            let kinds: Vec<&str> = MailKind::WORDS.iter().map(|(name, _)| *name).collect();
            Error::invalid("kind", format!("must be one of {}", kinds.join(", ")))
        })?;
        let shop = self.fresh_shop(id).await?;
        let held = self.ask_as(may, id, GetMail).await?;
        let locale = request.param("locale").unwrap_or_else(|| shop.program.locale.clone());
        let words = Words::of(&locale);
        let texts = held.as_ref().map(|held| &held.record.texts);
        let own = texts.and_then(|texts| texts.get(words.tag())).and_then(|texts| texts.get(kind.name()));
        let preview = preview(&shop, self.origin(request), id, kind, &words, own);
        Ok(Response::json(StatusCode::OK, &preview)?)
    }

    /// Has mail go again to the address to which a message bounced.
    pub(in crate::app) async fn lift_stop(&self, may: &Owner, id: &ShopId, message: String) -> Answer {
        self.ask_as(may, id, LiftStop { message }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// The newest messages.
    pub(in crate::app) async fn list_messages(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let state = request.word::<MailState>("state")?;
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListMessages { state }).await?)?)
    }

    /// Sends messages again that were given up.
    pub(in crate::app) async fn replay_messages(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
    ) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["messages"]);
        let named = root.field("messages");
        let messages = named.is_present().then(|| {
            let items = named.items(&mut faults, MOST_NAMED);
            items.iter().filter_map(|item| item.text(&mut faults, MOST_ID).map(str::to_owned)).collect()
        });
        let messages = body::checked(faults, messages)?;
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ReplayMessages { messages }).await?)?)
    }

    /// A sign-in key for the mail by which an address is confirmed, by its hash and sealed; `None` where this edge can
    /// seal nothing, and so mails nothing.
    pub(in crate::app) fn confirm_key(
        &self,
        id: &ShopId,
        shop: &Shop,
    ) -> Result<Option<(String, Sealed)>, Error> {
        let Ok(keyring) = self.mail_keys() else { return Ok(None) };
        let key = token::sign_in_key(self.env.random()?);
        let hash = token::sign_in_hash(&key)
            .ok_or_else(|| Error::Internal("a sign-in key without a hash".into()))?;
        Ok(Some((hash, self.seal_mail(&keyring, id, shop, &key)?)))
    }

    /// Mails the links of an address. It answers the same, and as soon, whether the address is anybody's: the ledger is
    /// asked after the answer.
    pub(in crate::app) fn mail_sign_in(&self, request: &Request, id: &ShopId, shop: &Rc<Shop>) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let email = needed_email(&root.field("email"), &mut faults);
        let email = body::checked(faults, email)?.unwrap_or_default();
        // Where nothing can be sealed no mail is set up, and this has nothing to do.
        let read = shop.email_hash(&email).zip(parrain_core::email::spelling(&email));
        if let (Some((email_hash, spelling)), Ok(keyring)) = (read, self.mail_keys()) {
            let mut keys = Vec::new();
            for _ in 0..MOST_CODES {
                let key = token::sign_in_key(self.env.random()?);
                let hash = token::sign_in_hash(&key)
                    .ok_or_else(|| Error::Internal("a sign-in key without a hash".into()))?;
                keys.push((hash, self.seal_mail(&keyring, id, shop, &key)?));
            }
            let name = hex::encode(self.env.random::<12>()?);
            let incarnation = Some(shop.record.secrets.incarnation.clone());
            let ask = SendSignIn { email_hash, spelling, name, keys };
            let call = Call { now: self.env.now(), incarnation, asker: None, request: ask };
            let (env, id) = (Rc::clone(&self.env), id.clone());
            self.env.later(Box::pin(async move {
                if let Err(fault) = env.ledgers().call(&id, call).await {
                    env.log(&format!("a sign-in mail was not written down: {fault}"));
                }
            }));
        }
        Ok(Response::empty(StatusCode::ACCEPTED))
    }

    /// Writes down that a friend is to be reminded of a code. It answers the same whoever's the address is, and whether it
    /// was reminded before.
    pub(in crate::app) async fn write_reminder(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Rc<Shop>,
    ) -> Answer {
        if !shop.record.page_mail.reminder {
            return Err(Error::NotFound("this shop sends no reminders"));
        }
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let code = code_of(&root.field("code"), &mut faults);
        let email = needed_email(&root.field("email"), &mut faults);
        let (Some(code), Some(email)) = body::checked(faults, (code, email))? else {
            return Err(Error::invalid("", "must have a code and an address"));
        };
        let email_hash = shop.email_hash(&email).ok_or_else(|| Error::invalid("email", "is no address"))?;
        let to = self.seal_mail(&self.mail_keys()?, id, shop, &email)?;
        let locale =
            request.header(header::ACCEPT_LANGUAGE).and_then(parrain_mail::spoken).map(str::to_owned);
        let sender = self.sender(request, shop)?;
        self.ask_very(id, shop, WriteReminder { code, email_hash, to, locale, sender }).await?;
        Ok(Response::empty(StatusCode::ACCEPTED))
    }

    /// Where a link in a mail leads: by `GET` it asks, by `POST` the kind is ended (RFC 8058), without any login.
    pub(in crate::app) async fn stop_mail(&self, request: &Request, id: &ShopId, token: &str) -> Answer {
        const UNKNOWN: Error = Error::NotFound("this link ends no mail of this shop");
        let shop = self.counted(request, self.shop(id).await).await?;
        let found = token::stop_of(shop.token_key(), id, token).ok_or(UNKNOWN);
        let (email_hash, kind) = self.counted(request, found).await?;
        let stop = if request.method == Method::POST {
            self.ask_very(id, &shop, StopMail { email_hash, kind }).await?;
            Stop::Done
        } else {
            Stop::Asked
        };
        let asked = request.header(header::ACCEPT_LANGUAGE).and_then(spoken);
        let page = stop_page(asked.unwrap_or(&shop.program.locale), &shop.program.name, stop);
        let mut answer = Response::empty(StatusCode::OK);
        answer.body = page.into_bytes();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
            ),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            answer.headers.insert(name, HeaderValue::from_static(value));
        }
        Ok(answer)
    }

    /// Seals by the newest key what is kept of a shop's mail.
    pub(in crate::app) async fn reseal_mail(
        &self,
        may: &Owner,
        id: &ShopId,
        shop: &Shop,
        keys: &Keyring,
    ) -> Result<(), Error> {
        let Some(HeldMail { record, .. }) = self.ask_as(may, id, GetMail).await? else { return Ok(()) };
        let place = place(id, &shop.record.secrets.incarnation);
        let mut sealed = Vec::new();
        for before in [record.key, record.webhook_secret].into_iter().flatten() {
            if before.key_id != keys.newest() {
                let text = keys.open(&place, &before)?;
                sealed.push((before, keys.seal(self.env.random()?, &place, &text)?));
            }
        }
        if !sealed.is_empty() {
            self.ask_as(may, id, ReplaceMailKeys { sealed }).await?;
        }
        Ok(())
    }

    /// What the desk shows of a kind of mail.
    pub(in crate::app) fn mail_text(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        held: Option<HeldMail>,
        kind: MailKind,
        locale: &str,
    ) -> MailTextPage {
        let words = Words::of(locale);
        let texts = held.as_ref().and_then(|held| held.record.texts.get(words.tag()));
        let own = texts.and_then(|texts| texts.get(kind.name()));
        MailTextPage {
            kind: kind.into(),
            locale: words.tag().to_owned(),
            locales: Words::tags().map(str::to_owned).collect(),
            preview: preview(shop, self.origin(request), id, kind, &words, own),
            own: own.cloned().unwrap_or_default(),
            is_set_up: held.is_some(),
            entered: Entered::default(),
        }
    }

    fn mail_keys(&self) -> Result<Keyring, Error> {
        Ok(Keyring::parse(self.env.details_keys())?)
    }

    fn seal_mail(&self, keys: &Keyring, id: &ShopId, shop: &Shop, text: &str) -> Result<Sealed, Error> {
        let place = place(id, &shop.record.secrets.incarnation);
        Ok(keys.seal(self.env.random()?, &place, text.as_bytes())?)
    }

    fn new_test(&self, keys: &Keyring, id: &ShopId, shop: &Shop, to: &str) -> Result<TestMail, Error> {
        let name = hex::encode(self.env.random::<12>()?);
        Ok(TestMail { name, to: self.seal_mail(keys, id, shop, to)? })
    }
}

/// How mail is set up, as its owner sees it; `key` is the one of the shop's tokens.
pub(in crate::app) fn mail_settings(id: &ShopId, key: &[u8], held: HeldMail) -> MailSettings {
    let HeldMail { record, health, waiting, dead } = held;
    let webhook = reporting_name(record.provider);
    let webhook_url = webhook.map(|name| format!("{}/v1/shops/{id}/webhooks/{name}", record.origin));
    let webhook_token = match record.provider {
        MailProvider::Brevo => token::mail_webhook_token(key, id),
        MailProvider::Resend | MailProvider::Cloudflare => None,
    };
    MailSettings {
        provider: record.provider.into(),
        has_key: record.key.is_some(),
        has_webhook_secret: record.webhook_secret.is_some(),
        from: record.from,
        reply_to: record.reply_to,
        owner_email: record.owner_email,
        kinds: record.kinds.into_iter().map(Into::into).collect(),
        quiet_hours: record.quiet_hours,
        texts: record.texts,
        webhook_url,
        webhook_token,
        failing_since: health.failing,
        failing_words: health.words,
        waiting,
        dead,
    }
}
