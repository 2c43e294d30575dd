//! A shop's mail as the ledger holds it.

use parrain_wire::mail::{MailFrom, MailKind, MailProvider, MailTexts, QuietHours};
use serde::{Deserialize, Serialize};

use crate::details::seal::Sealed;
use parrain_core::instant::Instant;

/// How a shop's mail is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRecord {
    /// Who carries it.
    pub provider: MailProvider,
    /// The provider's key, sealed; a binding of the deployment needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Sealed>,
    /// The secret by which the provider signs its webhooks, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<Sealed>,
    /// Whose mail it is.
    pub from: MailFrom,
    /// Where answers go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Where the owner has what is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_email: Option<String>,
    /// The keyed hash of that address, by which stops are found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_hash: Option<String>,
    /// Which kinds are sent, beside tests.
    pub kinds: Vec<MailKind>,
    /// When nothing is sent.
    pub quiet_hours: QuietHours,
    /// Own wordings.
    #[serde(default)]
    pub texts: MailTexts,
    /// The edge's own origin, for links: the alarm has no request that would say it.
    pub origin: String,
}

/// A shop's mail and how it goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldMail {
    /// How it is set up.
    pub record: MailRecord,
    /// Whether the provider takes what it is given.
    pub health: MailHealth,
    /// How many messages wait.
    pub waiting: i64,
    /// How many were given up.
    pub dead: i64,
}

/// Whether a provider takes what it is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailHealth {
    /// Until when nothing is sent by it; `None` where it works.
    pub pause: Option<Instant>,
    /// How many times in a row it took nothing.
    pub fails: i64,
    /// Since when.
    pub failing: Option<Instant>,
    /// What it said last.
    pub words: Option<String>,
}

/// What a provider reports of a mail that it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reported {
    /// The address refuses mail for good.
    Bounced,
    /// Its reader called it unwanted.
    Complained,
    /// Its reader ended it at the provider.
    Unsubscribed,
}
