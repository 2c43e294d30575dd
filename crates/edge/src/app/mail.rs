//! A shop's mail: how it is set up, what it says, what was sent, ending it, and what providers report of it.
//!
//! What is secret is sealed here before it reaches the ledger, and opened by its alarm alone, or to check a signature.

use super::access::Owner;
use super::shops::Shop;
use super::{Answer, App, Env, body};
use crate::deliveries::mail::place;
use crate::details::seal::{Keyring, Sealed};
use crate::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use crate::problem::Error;
use crate::protocol::Call;
use crate::protocol::calls::{
    DropMail, GetMail, ListMessages, PutMail, ReplayMessages, ReportMail, SendSignIn, StopMail, TestMail,
};
use crate::protocol::mail::{HeldMail, MailRecord, Reported};
use crate::shop_id::ShopId;
use crate::signature::{self, Signed};
use crate::stores::Ledgers;
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_core::instant::Instant;
use parrain_desk::Entered;
use parrain_desk::mail::MailTextPage;
use parrain_mail::facts::Month;
use parrain_mail::{
    Facts, Letter, MOST_BODY, MOST_SUBJECT, Stop, Words, Writing, fields, missing, spoken, stop_page, unknown,
};
use parrain_wire::account::Claim;
use parrain_wire::desk::{Due, Waiting};
use parrain_wire::event::{Decided, Outcome};
use parrain_wire::mail::{
    MailFrom, MailKind, MailPreview, MailProvider, MailSettings, MailState, MailText, MailTexts, QuietHours,
};
use parrain_wire::payouts::AssetTotal;
use parrain_wire::program::{Reward, RewardKind};
use parrain_wire::rewards::Reason;
use parrain_wire::word::Word;
use serde_json::Value;
use std::rc::Rc;

/// The longest key of a provider, in characters.
const MOST_KEY: usize = 300;

/// How many messages one request may name.
const MOST_NAMED: usize = 1000;

/// The longest id of a message, in characters.
const MOST_ID: usize = 100;

/// Links to how many codes one sign-in mail holds: anybody can join under any address.
const MOST_CODES: usize = 5;

/// When nothing is sent, where the shop says nothing of it.
const NIGHT: QuietHours = QuietHours { from: 21, to: 8 };

/// What a shop is told that sends no mail.
const NO_MAIL: Error = Error::NotFound("no mail is set up for this shop");

/// The address in previews, which is nobody's.
const EXAMPLE_CODE: &str = "ANNA10";

impl<E: Env> App<E> {
    /// How mail is set up.
    pub(super) async fn get_mail(&self, may: &Owner, id: &ShopId) -> Answer {
        let held = self.ask_as(may, id, GetMail).await?.ok_or(NO_MAIL)?;
        let shop = self.fresh_shop(id).await?;
        Ok(Response::json(StatusCode::OK, &mail_settings(id, shop.token_key(), held))?)
    }

    /// Sets mail up; where the way it goes is another, a test goes to the owner.
    pub(super) async fn put_mail(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        // Without a key nothing is read: nobody is to think that it was kept.
        let keys = self.mail_keys()?;
        let shop = self.fresh_shop(id).await?;
        let json = body::json(request)?;
        let mut faults = Faults::default();
        let read = read_settings(&Node::root(&json), &mut faults);
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
    pub(super) async fn drop_mail(&self, may: &Owner, id: &ShopId) -> Answer {
        self.ask_as(may, id, DropMail).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// Sends a test to an address. What comes of it stands among the messages in a moment.
    pub(super) async fn test_mail(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
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
    pub(super) async fn preview_mail(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let named = request.param("kind").unwrap_or_default();
        let kind = MailKind::named(&named).ok_or_else(|| {
            let names: Vec<&str> = MailKind::WORDS.iter().map(|(name, _)| *name).collect();
            Error::invalid("kind", format!("must be one of {}", names.join(", ")))
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

    /// The newest messages.
    pub(super) async fn list_messages(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let state = match request.param("state") {
            None => None,
            Some(name) => Some(MailState::named(&name).ok_or_else(|| {
                let names: Vec<&str> = MailState::WORDS.iter().map(|(name, _)| *name).collect();
                Error::invalid("state", format!("must be one of {}", names.join(", ")))
            })?),
        };
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListMessages { state }).await?)?)
    }

    /// Sends messages again that were given up.
    pub(super) async fn replay_messages(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
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

    /// Mails the links of an address. It answers the same, and as soon, whether the address is anybody's: the ledger is
    /// asked after the answer.
    pub(super) fn mail_sign_in(&self, request: &Request, id: &ShopId, shop: &Rc<Shop>) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let email = needed_email(&root.field("email"), &mut faults);
        let email = body::checked(faults, email)?.unwrap_or_default();
        // Where nothing can be sealed no mail is set up, and this has nothing to do.
        if let (Some(email_hash), Ok(keyring)) = (shop.email_hash(&email), self.mail_keys()) {
            let mut keys = Vec::new();
            for _ in 0..MOST_CODES {
                let key = token::sign_in_key(self.env.random()?);
                let hash = token::sign_in_hash(&key)
                    .ok_or_else(|| Error::Internal("a sign-in key without a hash".into()))?;
                keys.push((hash, self.seal_mail(&keyring, id, shop, &key)?));
            }
            let name = hex::encode(self.env.random::<12>()?);
            let incarnation = Some(shop.record.secrets.incarnation.clone());
            let ask = SendSignIn { email_hash, name, keys };
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

    /// Where a link in a mail leads: by `GET` it asks, by `POST` the kind is ended (RFC 8058), without any login.
    pub(super) async fn stop_mail(&self, request: &Request, id: &ShopId, token: &str) -> Answer {
        const UNKNOWN: Error = Error::NotFound("this link ends no mail of this shop");
        let shop = self.counted(request, self.shop(id).await).await?;
        let found = token::stop_of(shop.token_key(), id, token).ok_or(UNKNOWN);
        let (code, kind) = self.counted(request, found).await?;
        let stop = if request.method == Method::POST {
            self.ask_very(id, &shop, StopMail { code, kind }).await?;
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

    /// What a provider reports of mail that it took: bounces, complaints, who ended it there.
    pub(super) async fn mail_report(&self, request: &Request, id: &ShopId, provider: MailProvider) -> Answer {
        let shop = self.counted(request, self.shop(id).await).await?;
        let right = match provider {
            MailProvider::Brevo => {
                let right = token::mail_webhook_token(shop.token_key(), id).unwrap_or_default();
                request.bearer().is_some_and(|given| token::same_secret(given, &right))
            }
            MailProvider::Resend | MailProvider::Cloudflare => {
                self.is_signed_by_resend(request, id, &shop).await?
            }
        };
        if !right {
            const WRONG: Error =
                Error::Unauthorized("this is not signed by the secret that the shop has given");
            return Err(self.failed(request, WRONG).await);
        }
        let json = body::json(request)?;
        let outcome = |outcome: Decided| Outcome { outcome: outcome.into(), ..Outcome::default() };
        let outcome = match report(provider, &json) {
            Some(Report { provider_id, address, what, words }) => {
                let email_hash = address.and_then(|address| shop.email_hash(&address));
                self.ask_very(id, &shop, ReportMail { provider_id, email_hash, what, words }).await?;
                outcome(Decided::Recorded)
            }
            None => Outcome {
                reason: Some(Reason::UnknownType.into()),
                why: Some("This tells of no address that refuses mail or wants none.".to_owned()),
                ..outcome(Decided::Ignored)
            },
        };
        Ok(Response::json(StatusCode::OK, &outcome)?)
    }

    /// Whether a request is signed as Svix signs: that is the Standard Webhooks specification by other names.
    async fn is_signed_by_resend(&self, request: &Request, id: &ShopId, shop: &Shop) -> Result<bool, Error> {
        let header = |name: &'static str| request.header(name).filter(|value| !value.is_empty());
        let (Some(sent), Some(timestamp), Some(signatures)) =
            (header("svix-id"), header("svix-timestamp"), header("svix-signature"))
        else {
            return Ok(false);
        };
        let held = self.ask_very(id, shop, GetMail).await?;
        let Some(sealed) = held.and_then(|held| held.record.webhook_secret) else { return Ok(false) };
        let secret = self.mail_keys()?.open(&place(id, &shop.record.secrets.incarnation), &sealed)?;
        let secret = String::from_utf8(secret).unwrap_or_default();
        let signed = Signed { id: sent, timestamp, signatures };
        Ok(signature::verify(&secret, &signed, request.bytes(), self.env.now()).is_ok())
    }

    /// Seals by the newest key what is kept of a shop's mail.
    pub(super) async fn reseal_mail(
        &self,
        may: &Owner,
        id: &ShopId,
        shop: &Shop,
        keys: &Keyring,
    ) -> Result<(), Error> {
        let Some(HeldMail { record, .. }) = self.ask_as(may, id, GetMail).await? else { return Ok(()) };
        let held = [&record.key, &record.webhook_secret];
        if held.into_iter().flatten().all(|sealed| sealed.key_id == keys.newest()) {
            return Ok(());
        }
        let place = place(id, &shop.record.secrets.incarnation);
        let anew = |sealed: Option<Sealed>| -> Result<Option<Sealed>, Error> {
            let Some(sealed) = sealed else { return Ok(None) };
            let text = keys.open(&place, &sealed)?;
            Ok(Some(keys.seal(self.env.random()?, &place, &text)?))
        };
        let (key, webhook_secret) = (anew(record.key.clone())?, anew(record.webhook_secret.clone())?);
        let record = MailRecord { key, webhook_secret, ..record };
        self.ask_as(may, id, PutMail { record, with_texts: true, test: None }).await?;
        Ok(())
    }

    /// What the desk shows of a kind of mail.
    pub(super) fn mail_text(
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
pub(super) fn mail_settings(id: &ShopId, key: &[u8], held: HeldMail) -> MailSettings {
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

/// Whose reports come in at `…/webhooks/{name}`, beside those of shops' platforms.
pub(super) fn reporting(name: &str) -> Option<MailProvider> {
    MailProvider::WORDS.iter().map(|(_, provider)| *provider).find(|one| reporting_name(*one) == Some(name))
}

const fn reporting_name(provider: MailProvider) -> Option<&'static str> {
    match provider {
        MailProvider::Resend => Some("mail-resend"),
        MailProvider::Brevo => Some("mail-brevo"),
        MailProvider::Cloudflare => None,
    }
}

/// The body of a `PUT`.
struct Settings {
    provider: MailProvider,
    key: Option<String>,
    webhook_secret: Option<String>,
    from: MailFrom,
    reply_to: Option<String>,
    owner_email: Option<String>,
    kinds: Vec<MailKind>,
    quiet_hours: QuietHours,
    texts: Option<MailTexts>,
}

fn read_settings(root: &Node<'_>, faults: &mut Faults) -> Option<Settings> {
    root.object(faults);
    root.only(
        faults,
        &[
            "provider",
            "key",
            "webhook_secret",
            "from",
            "reply_to",
            "owner_email",
            "kinds",
            "quiet_hours",
            "texts",
        ],
    );
    let provider = root.field("provider").choice(faults, MailProvider::WORDS);
    let secret = |name: &str, faults: &mut Faults| {
        let node = root.field(name);
        let text = node.optional_text(faults, MOST_KEY)?.trim();
        if text.is_empty() {
            return None;
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            faults.add(&node, "must be one line without blanks, as the provider shows it");
            return None;
        }
        Some(text.to_owned())
    };
    let key = secret("key", faults);
    let webhook_secret = secret("webhook_secret", faults);
    if webhook_secret.as_ref().is_some_and(|secret| !secret.starts_with("whsec_")) {
        faults.add(&root.field("webhook_secret"), "begins with whsec_ at Resend; other providers have none");
    }
    let from = root.field("from");
    from.object(faults);
    from.only(faults, &["email", "name"]);
    let email = needed_email(&from.field("email"), faults);
    let name = body::name(&from.field("name"), faults);
    let reply_to = body::email(&root.field("reply_to"), faults);
    let owner_email = body::email(&root.field("owner_email"), faults);
    let kinds = read_kinds(&root.field("kinds"), faults);
    let quiet_hours = read_hours(&root.field("quiet_hours"), faults);
    let texts = root.field("texts").is_present().then(|| read_texts(&root.field("texts"), faults));
    let from = MailFrom { email: email?, name };
    let provider = provider?;
    Some(Settings { provider, key, webhook_secret, from, reply_to, owner_email, kinds, quiet_hours, texts })
}

fn needed_email(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    if !node.is_present() {
        faults.add(node, "is needed");
        return None;
    }
    body::email(node, faults)
}

/// The kinds that are sent; all but the one that says twice what another says later, where none is named.
fn read_kinds(node: &Node<'_>, faults: &mut Faults) -> Vec<MailKind> {
    let choices: Vec<(&str, MailKind)> =
        MailKind::WORDS.iter().copied().filter(|(_, kind)| *kind != MailKind::Test).collect();
    if !node.is_present() {
        let usual = choices.iter().map(|(_, kind)| *kind);
        return usual.filter(|kind| *kind != MailKind::RewardPending).collect();
    }
    let items = node.items(faults, choices.len());
    let mut kinds: Vec<MailKind> = items.iter().filter_map(|item| item.choice(faults, &choices)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn read_hours(node: &Node<'_>, faults: &mut Faults) -> QuietHours {
    if !node.is_present() {
        return NIGHT;
    }
    node.object(faults);
    node.only(faults, &["from", "to"]);
    let hour = |name: &str, usual: u32, faults: &mut Faults| {
        node.field(name).optional_whole(faults, 0, 23).unwrap_or(usual)
    };
    QuietHours { from: hour("from", NIGHT.from, faults), to: hour("to", NIGHT.to, faults) }
}

fn read_texts(node: &Node<'_>, faults: &mut Faults) -> MailTexts {
    let mut texts = MailTexts::new();
    for (locale, of_kind) in node.object(faults).into_iter().flatten() {
        let in_language = node.field(locale);
        if !Words::tags().any(|tag| tag == locale) {
            let tags: Vec<&str> = Words::tags().collect();
            faults.add(&in_language, format!("is none of the languages {}", tags.join(", ")));
            continue;
        }
        in_language.object(faults);
        for name in of_kind.as_object().into_iter().flat_map(|kinds| kinds.keys()) {
            let at = in_language.field(name);
            let Some(kind) = MailKind::named(name) else {
                faults.add(&at, "is no kind of mail");
                continue;
            };
            let text = read_text(&at, kind, faults);
            if text != MailText::default() {
                texts.entry(locale.clone()).or_default().insert(name.clone(), text);
            }
        }
    }
    texts
}

fn read_text(node: &Node<'_>, kind: MailKind, faults: &mut Faults) -> MailText {
    node.object(faults);
    node.only(faults, &["subject", "body"]);
    let text = |name: &str, most: usize, faults: &mut Faults| {
        let at = node.field(name);
        let text = at.optional_text(faults, most).filter(|text| !text.trim().is_empty())?;
        let unknown = unknown(kind, text);
        if !unknown.is_empty() {
            let known: Vec<String> = fields(kind).iter().map(|name| format!("{{{name}}}")).collect();
            faults.add(
                &at,
                format!("has {{{}}}; what is filled in here is {}", unknown.join("}, {"), known.join(", ")),
            );
        }
        Some(text.to_owned())
    };
    let subject = text("subject", MOST_SUBJECT, faults);
    if subject.as_ref().is_some_and(|subject| subject.contains(['\r', '\n'])) {
        faults.add(&node.field("subject"), "must be one line");
    }
    let body = text("body", MOST_BODY, faults);
    if let Some(lacking) = body.as_ref().and_then(|body| missing(kind, body)) {
        faults.add(&node.field("body"), format!("must have {{{lacking}}} somewhere"));
    }
    MailText { subject, body }
}

fn preview(
    shop: &Shop,
    origin: &str,
    id: &ShopId,
    kind: MailKind,
    words: &Words,
    own: Option<&MailText>,
) -> MailPreview {
    let link = match kind {
        MailKind::Welcome => format!("{origin}/r/{id}/{EXAMPLE_CODE}"),
        MailKind::ToDo => format!("{origin}/desk/{id}"),
        _ => shop.program.landing_url.to_string(),
    };
    let stop = format!("{origin}/u/{id}/…");
    let has_stop = !matches!(kind, MailKind::SignIn | MailKind::Test);
    let letter = Letter::write(&Writing {
        kind,
        words,
        shop: &shop.program.name,
        zone: &shop.program.zone,
        name: Some("Anna"),
        code: EXAMPLE_CODE,
        links: &[link],
        facts: &[example(kind, shop.program.currency.code())],
        own,
        stop: has_stop.then_some(stop.as_str()),
    });
    MailPreview {
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        usual_subject: words.mail(&format!("{}_subject", kind.name())).to_owned(),
        usual_body: words.mail(&format!("{}_body", kind.name())).to_owned(),
        fields: fields(kind).iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// What a preview speaks of.
fn example(kind: MailKind, currency: &str) -> Facts {
    let money = |amount: &str| {
        vec![AssetTotal { asset: currency.to_owned(), amount: amount.to_owned().into(), charity: None }]
    };
    let of_order = Facts {
        order_id: Some("1001".into()),
        reward: Some(Reward {
            kind: RewardKind::StoreCredit.into(),
            amount: Some("10.00".to_owned().into()),
            currency: Some(currency.to_owned().into()),
            voucher: (kind == MailKind::RewardPaid).then(|| "K7PM-4XQD-9RTB".to_owned()),
            ..Reward::default()
        }),
        approves_at: Instant::parse("2026-12-03T10:00:00Z"),
        ..Facts::default()
    };
    match kind {
        MailKind::RewardPending | MailKind::RewardApproved | MailKind::RewardPaid => of_order,
        MailKind::RewardTakenBack => Facts { reason: Some(Reason::Refunded.into()), ..of_order },
        MailKind::ClaimAnswered => Facts { reward: None, accepted: Some(true), ..of_order },
        MailKind::Statement => Facts {
            month: Some(Month {
                name: "2026-11".into(),
                opening: Vec::new(),
                earned: money("30.00"),
                paid: money("20.00"),
                closing: money("10.00"),
            }),
            ..Facts::default()
        },
        MailKind::ToDo => Facts {
            waiting: Some(Box::new(Waiting {
                claims: 1,
                payouts: Due { count: 2, referrers: 2, totals: money("30.00") },
                first_claims: Vec::<Claim>::new(),
                ..Waiting::default()
            })),
            ..Facts::default()
        },
        MailKind::Welcome | MailKind::SignIn | MailKind::Test => Facts::default(),
    }
}

/// What a provider reports.
struct Report {
    provider_id: String,
    address: Option<String>,
    what: Reported,
    words: String,
}

/// Reads a report; `None` for one that says nothing of an address. Resend: <https://resend.com/docs/dashboard/webhooks/event-types>;
/// Brevo: <https://developers.brevo.com/docs/transactional-webhooks>.
fn report(provider: MailProvider, json: &Value) -> Option<Report> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match provider {
        MailProvider::Resend => {
            let data = &json["data"];
            let bounce = &data["bounce"];
            let what = match json["type"].as_str()? {
                // A mailbox that is full today is none that refuses for good.
                "email.bounced" if matches!(bounce["type"].as_str(), Some("Transient" | "Undetermined")) => {
                    return None;
                }
                "email.bounced" | "email.suppressed" => Reported::Bounced,
                "email.complained" => Reported::Complained,
                _ => return None,
            };
            let address = data["to"].as_array().and_then(|all| all.first()).unwrap_or(&data["to"]);
            let words = text(&bounce["message"]).or_else(|| text(&json["type"])).unwrap_or_default();
            Some(Report { provider_id: text(&data["email_id"])?, address: text(address), what, words })
        }
        MailProvider::Brevo => {
            let what = match json["event"].as_str()? {
                "hard_bounce" | "invalid_email" | "blocked" => Reported::Bounced,
                "spam" => Reported::Complained,
                "unsubscribed" => Reported::Unsubscribed,
                _ => return None,
            };
            let words = text(&json["reason"]).or_else(|| text(&json["event"])).unwrap_or_default();
            Some(Report {
                provider_id: text(&json["message-id"])?,
                address: text(&json["email"]),
                what,
                words,
            })
        }
        MailProvider::Cloudflare => None,
    }
}
