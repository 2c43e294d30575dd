//! The mail that the edge sends for a shop: how it is set up, what it says, and what was sent.
//!
//! No address of a referrer stands in any of it: a message says by its code to whom it goes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::word::{Known, words};

words! {
    /// A kind of mail.
    pub enum MailKind {
        /// Somebody joined and was let in: their link and code.
        Welcome = "welcome",
        /// An order earned them a reward that is on hold.
        RewardPending = "reward_pending",
        /// Their reward is due.
        RewardApproved = "reward_approved",
        /// Their reward was given in the shop, or paid.
        RewardPaid = "reward_paid",
        /// Their reward was taken back.
        RewardTakenBack = "reward_taken_back",
        /// The shop answered their claim.
        ClaimAnswered = "claim_answered",
        /// Their statement of a month.
        Statement = "statement",
        /// Links by which they see their rewards, asked for by themselves.
        SignIn = "sign_in",
        /// What waits for the shop's owner, each week.
        ToDo = "to_do",
        /// What the test button sends.
        Test = "test",
    }
}

words! {
    /// Who carries the mail.
    pub enum MailProvider {
        /// Resend.
        Resend = "resend",
        /// Brevo.
        Brevo = "brevo",
        /// Cloudflare, by the binding `PARRAIN_MAIL` of the deployment.
        Cloudflare = "cloudflare",
    }
}

words! {
    /// Where a message stands.
    pub enum MailState {
        /// It waits to be sent, or to be tried again.
        Waiting = "waiting",
        /// The provider took it.
        Sent = "sent",
        /// It was given up, and is sent no more unless it is replayed.
        Dead = "dead",
        /// It was not sent: it is out of date, or nobody is there to have it.
        Dropped = "dropped",
        /// The address refused it.
        Bounced = "bounced",
        /// Who had it called it unwanted.
        Complained = "complained",
    }
}

/// Whose mail it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailFrom {
    /// The address, of a domain that the provider knows to be the shop's.
    #[serde(default, deserialize_with = "any")]
    pub email: String,
    /// The name beside it; the program's where there is none.
    #[serde(default, deserialize_with = "maybe")]
    pub name: Option<String>,
}

/// The hours, by the shop's clock, in which nothing is sent but what somebody waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QuietHours {
    /// The hour at which they begin, from 0 to 23.
    #[serde(default, deserialize_with = "any")]
    pub from: u32,
    /// The hour at which they end; the same as `from` where there are none.
    #[serde(default, deserialize_with = "any")]
    pub to: u32,
}

/// The shop's own wording of a mail, in place of the usual one. What stands in braces is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailText {
    /// The subject.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text, its paragraphs apart by an empty line.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// Own wordings by language, then by kind of mail.
pub type MailTexts = BTreeMap<String, BTreeMap<String, MailText>>;

/// How a shop's mail is set up: `GET /v1/shops/{shop}/mail`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailSettings {
    /// Who carries it.
    #[serde(default, deserialize_with = "any")]
    pub provider: Known<MailProvider>,
    /// Whether the provider's key is kept; it is never told.
    #[serde(default, deserialize_with = "any")]
    pub has_key: bool,
    /// Whether the secret is kept by which the provider signs its webhooks.
    #[serde(default, deserialize_with = "any")]
    pub has_webhook_secret: bool,
    /// Whose mail it is.
    #[serde(default, deserialize_with = "any")]
    pub from: MailFrom,
    /// Where answers go; `null` where they go to `from`.
    #[serde(default, deserialize_with = "maybe")]
    pub reply_to: Option<String>,
    /// Where the owner has what is to be done; `null` where nowhere.
    #[serde(default, deserialize_with = "maybe")]
    pub owner_email: Option<String>,
    /// Which kinds are sent.
    #[serde(default, deserialize_with = "list")]
    pub kinds: Vec<Known<MailKind>>,
    /// When nothing is sent.
    #[serde(default, deserialize_with = "any")]
    pub quiet_hours: QuietHours,
    /// Own wordings.
    #[serde(default, deserialize_with = "any")]
    pub texts: MailTexts,
    /// Where the provider's webhooks of bounces and complaints go; `null` for a provider that has none.
    #[serde(default, deserialize_with = "maybe")]
    pub webhook_url: Option<String>,
    /// The bearer token that webhooks of a provider carry which does not sign them.
    #[serde(default, deserialize_with = "maybe")]
    pub webhook_token: Option<String>,
    /// Since when the provider takes nothing; `null` where it works.
    #[serde(default, deserialize_with = "maybe")]
    pub failing_since: Option<Instant>,
    /// What the provider said then.
    #[serde(default, deserialize_with = "maybe")]
    pub failing_words: Option<String>,
    /// How many messages wait.
    #[serde(default, deserialize_with = "any")]
    pub waiting: i64,
    /// How many were given up.
    #[serde(default, deserialize_with = "any")]
    pub dead: i64,
}

/// The body of `PUT /v1/shops/{shop}/mail`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewMailSettings {
    /// Who carries it.
    pub provider: Known<MailProvider>,
    /// The provider's key; the one that is kept stays where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The secret by which the provider signs its webhooks; the one that is kept stays where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<String>,
    /// Whose mail it is.
    pub from: MailFrom,
    /// Where answers go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Where the owner has what is to be done, and a test when mail is set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_email: Option<String>,
    /// Which kinds are sent; all but `reward_pending` where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<MailKind>>,
    /// When nothing is sent; from 21 to 8 where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// Own wordings; those that are kept stay where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<MailTexts>,
}

/// A mail as it would be: `GET /v1/shops/{shop}/mail/preview`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailPreview {
    /// The subject.
    #[serde(default, deserialize_with = "any")]
    pub subject: String,
    /// The plain text.
    #[serde(default, deserialize_with = "any")]
    pub text: String,
    /// The same as HTML.
    #[serde(default, deserialize_with = "any")]
    pub html: String,
    /// The usual subject, with what is to be filled in.
    #[serde(default, deserialize_with = "any")]
    pub usual_subject: String,
    /// The usual text, with what is to be filled in.
    #[serde(default, deserialize_with = "any")]
    pub usual_body: String,
    /// What may stand in braces.
    #[serde(default, deserialize_with = "list")]
    pub fields: Vec<String>,
}

/// To whom a test goes: the body of `POST /v1/shops/{shop}/mail/test`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailTest {
    /// The address.
    pub to: String,
}

/// Who asks for their links: the body of `POST /v1/shops/{shop}/sign-in-mails`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInMail {
    /// Their address.
    pub email: String,
}

/// What was sent, or is to be: `GET /v1/shops/{shop}/mail/messages`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageList {
    /// The newest first, a hundred at most.
    #[serde(default, deserialize_with = "list")]
    pub messages: Vec<Message>,
}

/// A message to one person. Several of one kind may go in one mail; each stands here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// Its id, the same at every try.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// What it is.
    #[serde(default, deserialize_with = "any")]
    pub kind: Known<MailKind>,
    /// To whom, by their code; `null` for the owner's own and for tests.
    #[serde(default, deserialize_with = "maybe")]
    pub code: Option<Code>,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<MailState>,
    /// Since when it is to be sent.
    #[serde(default, deserialize_with = "any")]
    pub queued_at: Instant,
    /// How often it was tried.
    #[serde(default, deserialize_with = "any")]
    pub tries: i64,
    /// When it was tried last; `null` where it never was.
    #[serde(default, deserialize_with = "maybe")]
    pub tried_at: Option<Instant>,
    /// From when on it is tried again; `null` where it is not.
    #[serde(default, deserialize_with = "maybe")]
    pub next_try_at: Option<Instant>,
    /// The status of the last answer; `null` where nothing answered.
    #[serde(default, deserialize_with = "maybe")]
    pub status: Option<u16>,
    /// What the provider said, or why nothing was sent.
    #[serde(default, deserialize_with = "maybe")]
    pub words: Option<String>,
    /// Whether nothing more is sent to its address since this bounced: `DELETE /v1/shops/{shop}/mail/messages/{id}/stop`
    /// lifts that.
    #[serde(default, deserialize_with = "any")]
    pub stopped: bool,
}

/// What is to be sent again: the body of `POST /v1/shops/{shop}/mail/replay`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailReplay {
    /// The ids of messages; all that are dead where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<String>>,
}
