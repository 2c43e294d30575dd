//! Reading how a shop's mail is to be set up, with every fault named.

use parrain_core::check::{Faults, Node};
use parrain_mail::{MOST_BODY, MOST_SUBJECT, Words, fields, missing, unknown};
use parrain_wire::mail::{MailFrom, MailKind, MailProvider, MailText, MailTexts, QuietHours};
use parrain_wire::word::Word;

use crate::app::body;

/// The longest key of a provider, in characters.
const MOST_KEY: usize = 300;

/// When nothing is sent, where the shop says nothing of it.
const NIGHT: QuietHours = QuietHours { from: 21, to: 8 };

/// What a shop says of its mail.
pub struct Settings {
    /// Who carries it.
    pub provider: MailProvider,
    /// The provider's key, where it is another.
    pub key: Option<String>,
    /// The secret by which the provider signs its webhooks, where it is another.
    pub webhook_secret: Option<String>,
    /// Whose mail it is.
    pub from: MailFrom,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Where the owner has what is to be done.
    pub owner_email: Option<String>,
    /// Which kinds are sent.
    pub kinds: Vec<MailKind>,
    /// When nothing is sent.
    pub quiet_hours: QuietHours,
    /// Own wordings; those on record stay where it says nothing of them.
    pub texts: Option<MailTexts>,
}

/// Reads the body of `PUT …/mail`.
pub fn read(root: &Node<'_>, faults: &mut Faults) -> Option<Settings> {
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

/// An address that has to be there.
pub fn needed_email(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
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
