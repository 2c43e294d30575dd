//! Writing and sending what mail waits, one letter after the other.
//!
//! A provider is given each letter under a name that stays the same over tries: Resend as `Idempotency-Key`
//! (<https://resend.com/docs/dashboard/emails/idempotency-keys>), Brevo as a UUID in `headers.idempotencyKey`
//! (<https://developers.brevo.com/docs/idempotent-requests>). Cloudflare's binding has no such name.

use std::collections::BTreeMap;

use http::Method;
use parrain_desk::promote;
use parrain_mail::{Letter, Words, Writing};
use parrain_wire::mail::{MailKind, MailProvider};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::deliveries::web::{Api, BoundMail, Outgoing, Reply, Web};
use crate::details::seal::{Keyring, Sealed};
use crate::ledger::sql::Sql;
use crate::ledger::{Draft, Ledger, Mailed, To};
use crate::shop_id::ShopId;
use crate::token;

/// The most letters of one run: an invocation of the free plan may make 50 requests, and others have theirs.
const MOST: u32 = 8;

/// For how many seconds a run begins new requests; the alarm has other things to do.
const LONGEST: i64 = 5;

/// How many bytes of an answer are read.
const MOST_READ: usize = 2048;

/// What is said where the key that sealed the provider's is gone.
const DOES_NOT_OPEN: &str =
    "what is kept sealed does not open with PARRAIN_DETAILS_KEY: give the provider's key again";

/// Sends what is due, as far as one run may.
///
/// # Errors
/// Where the ledger's store failed; the text is for the log.
pub async fn run<S: Sql>(ledger: &Ledger<S>, web: &impl Web) -> Result<(), String> {
    let end = web.now().plus_seconds(LONGEST);
    for _ in 0..MOST {
        let Some(draft) = ledger.next_draft(web.now()).map_err(|fault| fault.to_string())? else { break };
        let mailed = match prepared(web, &draft) {
            Ok(prepared) if !is_one_address(&prepared.to) => {
                Mailed::Refused { status: None, words: "this is not one address".into() }
            }
            Ok(prepared) => send(web, &draft, &prepared).await,
            Err(words) => Mailed::Later { status: None, words, retry_after: None, perhaps: false },
        };
        ledger.mailed(web.now(), draft.letter, &mailed).map_err(|fault| fault.to_string())?;
        if matches!(mailed, Mailed::Later { .. }) || web.now() >= end {
            break;
        }
    }
    Ok(())
}

/// For what a shop's mail is sealed: this very shop's, and nobody else's.
pub fn place(shop: &ShopId, incarnation: &str) -> String {
    format!("parrain mail 1\0{shop}\0{incarnation}")
}

/// Where a person ends a kind of mail.
pub fn stop_link(draft: &Draft) -> Option<String> {
    let email_hash = match (&draft.to, draft.kind) {
        // Somebody asked for these.
        (_, MailKind::SignIn | MailKind::Test) => return None,
        (To::Referrer { email_hash, .. } | To::Friend { email_hash, .. }, _) => Some(email_hash.as_str()),
        (To::Owner(_) | To::Sealed(_), _) => None,
    };
    let token = token::stop_token(draft.salt.as_bytes(), &draft.shop, email_hash, draft.kind)?;
    Some(format!("{}/u/{}/{token}", draft.record.origin, draft.shop))
}

/// A letter with what only this deployment can open.
struct Prepared {
    to: String,
    key: String,
    letter: Letter,
}

/// Whether a text is one address and nothing beside it: it becomes a header at the provider.
fn is_one_address(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || c.is_whitespace() || "<>,;\"".contains(c)) && text.contains('@')
}

fn prepared(web: &impl Web, draft: &Draft) -> Result<Prepared, String> {
    let keys = Keyring::parse(&web.seal_keys()).map_err(|fault| fault.to_string())?;
    let place = place(&draft.shop, &draft.incarnation);
    let open = |sealed: &Sealed| -> Result<String, String> {
        let text = keys.open(&place, sealed).map_err(|_| DOES_NOT_OPEN.to_owned())?;
        String::from_utf8(text).map_err(|_| DOES_NOT_OPEN.to_owned())
    };
    let (to, code, name) = match &draft.to {
        To::Referrer { code, name, email, .. } => (email.clone(), code.as_str(), name.as_deref()),
        To::Friend { code, sealed, .. } => (open(sealed)?, code.as_str(), None),
        To::Owner(email) => (email.clone(), "", None),
        To::Sealed(sealed) => (open(sealed)?, "", None),
    };
    let key = draft.record.key.as_ref().map(&open).transpose()?.unwrap_or_default();
    let record = &draft.record;
    let base = draft.landing_url.split('#').next().unwrap_or_default();
    let mut keyed = Vec::new();
    for sealed in &draft.keys {
        keyed.push(format!("{base}#parrain_key={}", open(sealed)?));
    }
    let confirm = keyed.first().filter(|_| draft.kind == MailKind::Welcome).cloned();
    let links = match draft.kind {
        MailKind::Welcome => vec![
            format!("{}/r/{}/{code}", record.origin, draft.shop),
            format!("{}{}", record.origin, promote::path(draft.shop.as_str(), code)),
        ],
        MailKind::Reminder => vec![format!("{}/r/{}/{code}", record.origin, draft.shop)],
        MailKind::ToDo => vec![format!("{}/desk/{}", record.origin, draft.shop)],
        MailKind::SignIn => keyed,
        _ => vec![draft.landing_url.clone()],
    };
    let words = Words::of(&draft.locale);
    let stop = stop_link(draft);
    let own = record.texts.get(words.tag()).and_then(|texts| texts.get(draft.kind.name()));
    let letter = Letter::write(&Writing {
        kind: draft.kind,
        words: &words,
        shop: &draft.shop_name,
        zone: &draft.zone,
        name,
        code,
        links: &links,
        facts: &draft.facts,
        own,
        stop: stop.as_deref(),
        confirm: confirm.as_deref(),
    });
    Ok(Prepared { to, key, letter })
}

async fn send(web: &impl Web, draft: &Draft, prepared: &Prepared) -> Mailed {
    let record = &draft.record;
    let from = &record.from;
    // The signs by which an address is told from the name beside it are no part of a name.
    let plain = |name: &str| {
        let kept = name.chars().filter(|c| !c.is_control() && !"<>\"\\,;:@()[]".contains(*c));
        kept.collect::<String>().trim().to_owned()
    };
    let name = plain(from.name.as_deref().unwrap_or(&draft.shop_name));
    match record.provider {
        MailProvider::Resend => {
            let body = ResendMail {
                from: if name.is_empty() { from.email.clone() } else { format!("{name} <{}>", from.email) },
                to: [&prepared.to],
                subject: &prepared.letter.subject,
                html: &prepared.letter.html,
                text: &prepared.letter.text,
                headers: headers(&prepared.letter).collect(),
                tags: [Tag { name: "kind", value: draft.kind.name() }],
                reply_to: record.reply_to.as_deref(),
            };
            let base = web.stand_in(Api::Resend).unwrap_or_else(|| "https://api.resend.com".into());
            let request = outgoing(
                format!("{base}/emails"),
                vec![
                    ("authorization", format!("Bearer {}", prepared.key)),
                    ("idempotency-key", draft.name.clone()),
                ],
                &body,
            );
            match request {
                Ok(request) => resend(web.ask(&request).await),
                Err(refused) => refused,
            }
        }
        MailProvider::Brevo => {
            let known_by = ("idempotencyKey", uuid(&draft.name));
            let body = BrevoMail {
                sender: BrevoAddress {
                    email: &from.email,
                    name: Some(&name).filter(|name| !name.is_empty()),
                },
                to: [BrevoAddress { email: &prepared.to, name: None }],
                subject: &prepared.letter.subject,
                html_content: &prepared.letter.html,
                text_content: &prepared.letter.text,
                headers: headers(&prepared.letter).chain([known_by]).collect(),
                tags: [draft.kind.name()],
                reply_to: record.reply_to.as_ref().map(|email| BrevoAddress { email, name: None }),
            };
            let base = web.stand_in(Api::Brevo).unwrap_or_else(|| "https://api.brevo.com/v3".into());
            let request =
                outgoing(format!("{base}/smtp/email"), vec![("api-key", prepared.key.clone())], &body);
            match request {
                Ok(request) => brevo(web.ask(&request).await),
                Err(refused) => refused,
            }
        }
        MailProvider::Cloudflare => {
            let mail = BoundMail {
                from: (from.email.clone(), name),
                to: prepared.to.clone(),
                reply_to: record.reply_to.clone(),
                letter: prepared.letter.clone(),
            };
            match web.send_mail(&mail).await {
                Ok(id) => Mailed::Taken { provider_id: Some(id).filter(|id| !id.is_empty()), status: None },
                Err(words) => bound(words),
            }
        }
    }
}

/// A mail as Resend takes it.
#[derive(Serialize)]
struct ResendMail<'a> {
    from: String,
    to: [&'a str; 1],
    subject: &'a str,
    html: &'a str,
    text: &'a str,
    headers: BTreeMap<&'static str, String>,
    tags: [Tag<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<&'a str>,
}

#[derive(Serialize)]
struct Tag<'a> {
    name: &'a str,
    value: &'a str,
}

/// A mail as Brevo takes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BrevoMail<'a> {
    sender: BrevoAddress<'a>,
    to: [BrevoAddress<'a>; 1],
    subject: &'a str,
    html_content: &'a str,
    text_content: &'a str,
    headers: BTreeMap<&'static str, String>,
    tags: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<BrevoAddress<'a>>,
}

#[derive(Serialize)]
struct BrevoAddress<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a String>,
}

/// What is read of a provider's answer, whichever it is: under which id it took a mail, or by what name it refuses one.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Said {
    id: Option<String>,
    message_id: Option<String>,
    name: String,
    code: String,
}

impl Said {
    /// Reads it; what is none of that says nothing.
    fn of(reply: &Reply) -> Self {
        serde_json::from_str(&reply.body).unwrap_or_default()
    }
}

fn outgoing(
    url: String,
    mut headers: Vec<(&'static str, String)>,
    body: &impl Serialize,
) -> Result<Outgoing, Mailed> {
    headers.push(("content-type", "application/json".into()));
    let body = serde_json::to_string(body)
        .map_err(|fault| Mailed::Refused { status: None, words: fault.to_string() })?;
    Ok(Outgoing { method: Method::POST, url, headers, body: Some(body), most: MOST_READ })
}

fn headers(letter: &Letter) -> impl Iterator<Item = (&'static str, String)> {
    letter.headers.iter().cloned()
}

/// What Resend's answer means (<https://resend.com/docs/api-reference/errors>).
fn resend(answer: Result<Reply, String>) -> Mailed {
    let reply = match answer {
        Ok(reply) => reply,
        Err(words) => return Mailed::Later { status: None, words, retry_after: None, perhaps: true },
    };
    let status = Some(reply.status);
    let said = Said::of(&reply);
    match (reply.status, said.name.as_str()) {
        (200..300, _) => Mailed::Taken { provider_id: said.id, status },
        // It has a letter of this name already, which was written before a wording was changed.
        (409, "invalid_idempotent_request") => Mailed::Taken { provider_id: None, status },
        (409, _) => later(reply, true),
        // Something about this one letter.
        (400 | 422, _) => Mailed::Refused { status, words: reply.body },
        (500.., _) => later(reply, true),
        _ => later(reply, false),
    }
}

/// What Brevo's answer means (<https://developers.brevo.com/reference/send-transac-email>).
fn brevo(answer: Result<Reply, String>) -> Mailed {
    let reply = match answer {
        Ok(reply) => reply,
        Err(words) => return Mailed::Later { status: None, words, retry_after: None, perhaps: true },
    };
    let status = Some(reply.status);
    let said = Said::of(&reply);
    match (reply.status, said.code.as_str()) {
        (200..300, _) => Mailed::Taken { provider_id: said.message_id, status },
        // The account has no credits left, or may not send yet: nothing about this letter.
        (400, "not_enough_credits" | "account_under_validation" | "permission_denied") => later(reply, false),
        (400 | 422, _) => Mailed::Refused { status, words: reply.body },
        (500.., _) => later(reply, true),
        _ => later(reply, false),
    }
}

/// What Cloudflare's binding says: errors by code (<https://developers.cloudflare.com/email-service/api/send-emails/workers-api/>).
fn bound(words: String) -> Mailed {
    let about_this_one =
        ["E_RECIPIENT_NOT_ALLOWED", "E_RECIPIENT_SUPPRESSED", "E_VALIDATION_ERROR", "E_FIELD_MISSING"];
    if about_this_one.iter().any(|code| words.contains(code)) {
        return Mailed::Refused { status: None, words };
    }
    let perhaps =
        words.contains("E_INTERNAL") || words.contains("E_DELIVERY") || words.starts_with("no answer");
    Mailed::Later { status: None, words, retry_after: None, perhaps }
}

fn later(reply: Reply, perhaps: bool) -> Mailed {
    let Reply { status, retry_after, body } = reply;
    Mailed::Later { status: Some(status), words: body, retry_after, perhaps }
}

/// A name as a UUID (version 8, of RFC 9562, section 5.8).
fn uuid(name: &str) -> String {
    let digest = Sha256::digest(name);
    let mut bytes: [u8; 16] = std::array::from_fn(|index| digest.get(index).copied().unwrap_or_default());
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = (*version & 0x0f) | 0x80;
    *variant = (*variant & 0x3f) | 0x80;
    let text = hex::encode(bytes);
    let part = |from, to| text.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_s_name_is_one_uuid() {
        let one = uuid("mail_x_1");
        assert_eq!(one.len(), 36);
        assert_eq!((one.chars().nth(14), one), (Some('8'), uuid("mail_x_1")));
        assert_ne!(uuid("mail_x_1"), uuid("mail_x_2"));
    }

    #[test]
    fn what_is_said_of_one_letter_is_told_from_what_is_said_of_all() {
        let reply = |status, body: &str| Ok(Reply { status, retry_after: Some(7), body: body.into() });
        assert!(
            matches!(resend(reply(200, r#"{"id":"a"}"#)), Mailed::Taken { provider_id: Some(id), .. } if id == "a")
        );
        assert!(matches!(resend(reply(422, r#"{"name":"validation_error"}"#)), Mailed::Refused { .. }));
        let again = r#"{"name":"invalid_idempotent_request"}"#;
        assert!(matches!(resend(reply(409, again)), Mailed::Taken { provider_id: None, .. }));
        let busy = r#"{"name":"concurrent_idempotent_requests"}"#;
        assert!(matches!(resend(reply(409, busy)), Mailed::Later { perhaps: true, .. }));
        assert!(matches!(resend(reply(429, "")), Mailed::Later { perhaps: false, retry_after: Some(7), .. }));
        assert!(matches!(resend(reply(403, "")), Mailed::Later { perhaps: false, .. }));
        assert!(matches!(resend(reply(500, "")), Mailed::Later { perhaps: true, .. }));
        assert!(matches!(resend(Err("gone".into())), Mailed::Later { perhaps: true, status: None, .. }));
        assert!(matches!(
            brevo(reply(201, r#"{"messageId":"<1@b>"}"#)),
            Mailed::Taken { provider_id: Some(_), .. }
        ));
        assert!(matches!(brevo(reply(400, r#"{"code":"invalid_parameter"}"#)), Mailed::Refused { .. }));
        assert!(matches!(
            brevo(reply(400, r#"{"code":"not_enough_credits"}"#)),
            Mailed::Later { perhaps: false, .. }
        ));
        assert!(matches!(bound("E_RECIPIENT_SUPPRESSED: x".into()), Mailed::Refused { .. }));
        assert!(matches!(bound("E_SENDER_NOT_VERIFIED".into()), Mailed::Later { perhaps: false, .. }));
    }
}
