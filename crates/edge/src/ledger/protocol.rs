//! What the Worker asks of a shop's ledger and what it answers.

use std::collections::BTreeMap;

use parrain_core::check::Fault;
use parrain_core::code::Code;
use parrain_core::event::{Event, Kind, Order};
use parrain_core::instant::Instant;
use parrain_core::wire::{ConversionView, Conversions, Outcome, Payout, Report, RewardStatus, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request with the time at which the Worker received it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    /// The Worker's clock.
    pub now: Instant,
    /// Which shop of this id is meant ([`Secrets::incarnation`]), where a copy of it vouched for the asker:
    /// its successor is [`Refusal::UnknownShop`] to who holds a removed shop's secrets. `None`: whichever
    /// is there.
    #[serde(default)]
    pub incarnation: Option<String>,
    /// What is asked.
    pub request: Request,
}

/// What can be asked. E-mail addresses of customers come as keyed hashes only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Creates the shop or replaces its program. Answers [`Reply::Shop`].
    PutShop {
        /// The shop's id.
        shop: String,
        /// The program, already checked.
        program: Value,
        /// Secrets that platforms dictate; others stay as they are.
        webhook_secrets: BTreeMap<String, String>,
        /// Secrets to use if the shop is new.
        fresh: Secrets,
    },
    /// Answers [`Reply::Shop`].
    Shop,
    /// Removes everything that is held of the shop. Answers [`Reply::Done`].
    DeleteShop,
    /// Creates or replaces a referrer. Answers [`Reply::Referrer`].
    PutReferrer {
        /// The code.
        code: Code,
        /// Who, and under which offer.
        referrer: Referrer,
    },
    /// A referrer joins by the widget under the program's joinable offer. A signed customer who already is a
    /// referrer gets that one back, not created. Answers [`Reply::Referrer`].
    Join {
        /// Codes to try, first one that is free wins.
        candidates: Vec<Code>,
        /// Who; `offer` is left empty.
        referrer: Referrer,
        /// Whether the customer id is signed by the shop.
        identified: bool,
    },
    /// Answers [`Reply::Referrer`].
    Referrer {
        /// The code.
        code: Code,
    },
    /// The referrer who is a customer of the shop. Answers [`Reply::Referrer`], or [`Reply::Done`] where there is
    /// none.
    ReferrerOf {
        /// The shop's customer id.
        customer_id: String,
    },
    /// Keeps a new sign-in key of a referrer. Answers [`Reply::SignInKey`].
    AddSignInKey {
        /// Whose.
        code: Code,
        /// The key's hash.
        hash: String,
    },
    /// Uses a sign-in key up. Answers [`Reply::Referrer`], or [`Refusal::UnknownKey`].
    UseSignInKey {
        /// The key's hash.
        hash: String,
    },
    /// Answers [`Reply::Referrers`].
    Referrers {
        /// `next_cursor` of the page before.
        cursor: Option<String>,
    },
    /// Records a signed event. Answers [`Reply::Outcome`].
    Record(Event),
    /// Records a browser-reported conversion. Answers [`Reply::Outcome`].
    ReportConversion(Order),
    /// Counts a visit by link. Unknown codes are not counted. Answers [`Reply::Done`].
    Click {
        /// Whose link.
        code: Code,
    },
    /// Counts a code captured or redeemed on a page. Answers [`Reply::Done`], or [`Refusal::UnknownCode`].
    Touch {
        /// Whose code.
        code: Code,
    },
    /// Answers [`Reply::Status`], or [`Refusal::GivenOn`].
    Status {
        /// Whose.
        code: Code,
        /// At which instant.
        as_of: Instant,
        /// `next_cursor` of the page before.
        cursor: Option<String>,
        /// In which second the token of the referrer who asks was made; the shop asks without one.
        #[serde(default)]
        token_made: Option<Instant>,
    },
    /// The shop's conversions, now. Answers [`Reply::Conversions`].
    Conversions {
        /// Only those that stand so.
        status: Option<Status>,
        /// `next_cursor` of the page before.
        cursor: Option<String>,
    },
    /// Decides a conversion by hand. Answers [`Reply::Conversion`].
    Review {
        /// The order or event.
        order_id: String,
        /// Approve, else reject.
        approve: bool,
        /// Why, in the shop's words.
        note: String,
    },
    /// Puts what is approved and in no batch yet into a new batch. Answers [`Reply::Payout`].
    CreatePayout {
        /// Approved up to here; the clock's now at the latest.
        until: Instant,
    },
    /// Answers [`Reply::Payouts`].
    Payouts {
        /// `next_cursor` of the page before.
        cursor: Option<String>,
    },
    /// Answers [`Reply::Payout`] with its items.
    Payout {
        /// The batch.
        id: String,
    },
    /// Marks a batch paid, once. Answers [`Reply::Payout`].
    MarkPaid {
        /// The batch.
        id: String,
    },
    /// Answers [`Reply::Report`].
    Report {
        /// The first instant.
        from: Instant,
        /// The last instant.
        to: Instant,
    },
    /// What is held of a person. Answers [`Reply::Subject`].
    Subject {
        /// The keyed hash of the address.
        email_hash: String,
    },
    /// Forgets a person; figures stay. Answers [`Reply::Subject`] with what was held.
    EraseSubject {
        /// The keyed hash of the address.
        email_hash: String,
        /// Random text that stands in the person's place from now on.
        pseudonym: String,
    },
    /// Recomputes a stretch of orders from the facts and compares. Answers [`Reply::Audit`].
    Audit {
        /// `next_cursor` of the stretch before.
        cursor: Option<String>,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each variant is named by the requests that answer with it")]
pub enum Reply {
    Done,
    Shop { created: bool, shop: Box<ShopRecord> },
    Referrer { created: bool, referrer: ReferrerRecord },
    Referrers { referrers: Vec<ReferrerRecord>, next_cursor: Option<String> },
    SignInKey { expires_at: Instant },
    Outcome(Outcome),
    Status(RewardStatus),
    Conversions(Conversions),
    Conversion(Box<ConversionView>),
    Payout(Payout),
    Payouts { payouts: Vec<Payout>, next_cursor: Option<String> },
    Report(Report),
    Subject(Subject),
    Audit { checked: i64, differences: Vec<String>, next_cursor: Option<String> },
}

/// Why the ledger did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such shop.
    #[error("there is no such shop")]
    UnknownShop,
    /// No referrer has this code.
    #[error("no referrer has this code")]
    UnknownCode,
    /// No conversion has this order id.
    #[error("no conversion has this order id")]
    UnknownOrder,
    /// No such payout batch.
    #[error("there is no such payout batch")]
    UnknownPayout,
    /// A sign-in key that was never given, was used already, or has expired.
    #[error("this sign-in link was used already or has expired")]
    UnknownKey,
    /// The code of a referrer's token belongs to another person since.
    #[error("this code was given to somebody else since")]
    GivenOn,
    /// The program has no offer that one can join.
    #[error("the program has no offer for customers to join")]
    NotJoinable,
    /// More browser's reports wait for their signed event than anybody would send.
    #[error("too many reported conversions wait to be confirmed by the shop's server")]
    TooManyReports,
    /// Wrong values; pointers are those of the caller's body.
    #[error("the body has wrong values")]
    Invalid(Vec<Fault>),
    /// The store failed; nothing was recorded, sending it again is right.
    #[error("the ledger's store failed: {0}")]
    Store(String),
}

/// A shop's secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// `whsec_…`, signs events.
    pub event_secret: String,
    /// Signs customer identities and lets the shop read.
    pub shop_token: String,
    /// Keys the hashes of e-mail addresses and the referrer tokens.
    pub salt: String,
    /// Tells this shop from an earlier one of the same id.
    pub incarnation: String,
}

/// A shop as the ledger holds it and KV copies it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShopRecord {
    /// The shop's id.
    pub shop: String,
    /// The newest program, as the contract writes it.
    pub program: Value,
    /// Since when the shop is known.
    pub created_at: Instant,
    /// Its secrets.
    pub secrets: Secrets,
    /// What platforms dictate.
    pub webhook_secrets: BTreeMap<String, String>,
}

/// What is said of a referrer when one is made or replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referrer {
    /// The offer's id.
    pub offer: String,
    /// The name that friends see.
    pub name: Option<String>,
    /// The address, in clear: payouts need it.
    pub email: Option<String>,
    /// Its keyed hash.
    pub email_hash: Option<String>,
    /// The shop's customer id.
    pub customer_id: Option<String>,
    /// Whether the address was only typed beside a signed customer id: then it may be anybody's, and does not
    /// make its owner and the customer one person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub email_is_typed: bool,
}

/// A referrer as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferrerRecord {
    /// The code.
    pub code: Code,
    /// Since when.
    pub created_at: Instant,
    /// The newest version.
    #[serde(flatten)]
    pub referrer: Referrer,
}

/// What is held of a person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// The referrers that are this person.
    pub referrers: Vec<ReferrerRecord>,
    /// The person's orders: id, type, instant.
    pub orders: Vec<SubjectOrder>,
}

/// An order of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubjectOrder {
    /// The order's id.
    pub order_id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// When.
    pub at: Instant,
    /// The shop's customer id on it.
    pub customer_id: Option<String>,
    /// Whose conversion it is.
    pub referrer: Option<Code>,
}

/// What the ledger's outbox asks to be copied to KV.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publication {
    /// The shop's record.
    Shop(Box<ShopRecord>),
    /// A referrer's public side, for redirects and offers.
    Referrer {
        /// The code.
        code: Code,
        /// The name that friends see.
        name: Option<String>,
        /// The offer's id.
        offer: String,
    },
    /// A fact of a referred order, kept for ever under a key made of what it says.
    Fact(Box<Fact>),
    /// Everything of the shop's is to go.
    Purge,
}

/// One entry of the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Its number, to be given back once it is in KV.
    pub seq: i64,
    /// The shop's id.
    pub shop: String,
    /// Which shop of that id: [`Secrets::incarnation`].
    pub incarnation: String,
    /// What to write.
    pub publication: Publication,
}

/// An immutable fact as KV keeps it: the event without any e-mail address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The order's id.
    pub order_id: String,
    /// `sale`, `lead`, `signup`, `install`, `refunded-ID` or `cancelled`.
    pub what: String,
    /// When it happened.
    pub at: Instant,
    /// Whose the order was when the fact was written.
    pub code: Code,
    /// The event.
    pub event: Event,
}

impl Fact {
    /// What the fact of an order of some kind is called.
    pub fn name_of(kind: Kind) -> &'static str {
        Kind::WORDS.iter().find(|(_, other)| *other == kind).map_or("sale", |(word, _)| word)
    }
}
