//! What a shop looks up in its books: conversions, decisions by hand, the report, the audit, persons.

use serde::{Deserialize, Serialize};

use crate::account::Claim;
use crate::amount::Amount;
use crate::code::Code;
use crate::imports::ImportLine;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::mail::MailState;
use crate::order::Kind;
use crate::payouts::{AssetTotal, Method};
use crate::rewards::{Conversion, DonationTotal, MoneyTotal, UnitTotal};
use crate::word::{Known, words};

/// A page of conversions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConversionList {
    /// By `at`, then order id.
    #[serde(default, deserialize_with = "list")]
    pub conversions: Vec<Conversion>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

words! {
    /// What a shop decides of a conversion by hand.
    pub enum Decision {
        /// It is earned, and approved at once.
        Approve = "approve",
        /// It is refused, or taken back.
        Reject = "reject",
    }
}

/// A decision by hand: `POST /v1/shops/{shop}/conversions/{order_id}/review`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Review {
    /// What is decided.
    pub decision: Decision,
    /// Why, in the shop's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether the referrer may read the note.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tell: bool,
}

/// Clicks, conversions, revenue and rewards of a period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// The first instant of the period.
    #[serde(default, deserialize_with = "any")]
    pub from: Instant,
    /// The last instant of the period.
    #[serde(default, deserialize_with = "any")]
    pub to: Instant,
    /// One row a day with anything in it.
    #[serde(default, deserialize_with = "list")]
    pub days: Vec<ReportRow>,
    /// One row a referrer with anything in it.
    #[serde(default, deserialize_with = "list")]
    pub referrers: Vec<ReportRow>,
}

/// A row of a [`Report`]: a day's or a referrer's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportRow {
    /// The day, `2026-05-02`, in rows by day.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// The referrer, in rows by referrer.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Visits by link.
    #[serde(default, deserialize_with = "any")]
    pub clicks: i64,
    /// Codes captured or redeemed on the shop's pages.
    #[serde(default, deserialize_with = "any")]
    pub touches: i64,
    /// Conversions that happened in the period, refused ones too.
    #[serde(default, deserialize_with = "any")]
    pub conversions: i64,
    /// Of those, the refused ones.
    #[serde(default, deserialize_with = "any")]
    pub rejected: i64,
    /// Of those, the orders that stand: neither refused, nor taken back whole, nor given to another by hand, nor reported by
    /// a browser alone. What the shop approved by hand is among them.
    #[serde(default, deserialize_with = "any")]
    pub orders: i64,
    /// `subtotal - discount` of the orders that stand, without what was refunded, per currency.
    #[serde(default, deserialize_with = "list")]
    pub revenue: Vec<AssetTotal>,
    /// Rewards of the conversions that happened in the period and of its bonuses, as they stand now, or at `to` where that
    /// is ahead.
    #[serde(default, deserialize_with = "list")]
    pub totals: Vec<MoneyTotal>,
    /// The same for rewards that are not money.
    #[serde(default, deserialize_with = "list")]
    pub units: Vec<UnitTotal>,
    /// The same for what goes to charities.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub donations: Vec<DonationTotal>,
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Audit {
    /// Orders and events of this stretch.
    #[serde(default, deserialize_with = "any")]
    pub checked: i64,
    /// One sentence each; none where the books are right.
    #[serde(default, deserialize_with = "list")]
    pub differences: Vec<String>,
    /// Where the next stretch begins; `null` after the last.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

/// What is held of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subject {
    /// The referrers that are this person.
    #[serde(default, deserialize_with = "list")]
    pub referrers: Vec<SubjectReferrer>,
    /// The person's orders.
    #[serde(default, deserialize_with = "list")]
    pub orders: Vec<SubjectOrder>,
    /// Reminders of a friend's gift that went to the person, or are to go; they go with them.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<SubjectReminder>,
    /// What exports of other software say of the person that are kept until they are made, or for seven days.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<SubjectImport>,
}

/// What a line of an export says of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SubjectImport {
    /// The import's id.
    #[serde(default, deserialize_with = "any")]
    pub import: String,
    /// The line.
    #[serde(default, deserialize_with = "any")]
    pub said: ImportLine,
}

/// A reminder of a friend's gift that somebody had mailed to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SubjectReminder {
    /// Of which code.
    pub code: Code,
    /// When it was to go out, or is to.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<MailState>,
}

/// A referrer that is a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SubjectReferrer {
    /// The code.
    pub code: Code,
    /// Since when.
    #[serde(default, deserialize_with = "any")]
    pub created_at: Instant,
    /// The offer's id.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
    /// The person's name.
    #[serde(default, deserialize_with = "maybe")]
    pub name: Option<String>,
    /// What friends see in its place.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The address.
    #[serde(default, deserialize_with = "maybe")]
    pub email: Option<String>,
    /// Its keyed hash, by which orders are found.
    #[serde(default, deserialize_with = "maybe")]
    pub email_hash: Option<String>,
    /// The shop's customer id.
    #[serde(default, deserialize_with = "maybe")]
    pub customer_id: Option<String>,
    /// Whether the address was only typed, so that it may be anybody's.
    #[serde(default, deserialize_with = "any", skip_serializing_if = "std::ops::Not::not")]
    pub email_is_typed: bool,
    /// What they have earned and were not paid yet, by kind of reward: erasing them pays nobody.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<Owed>,
    /// What they claimed; it goes with them.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// How they let one be paid, where payout details of theirs are kept; those go with them.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub payout_details: Option<KeptDetails>,
}

/// What somebody has earned of one kind of reward and was not paid yet, batches that are not marked paid included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Owed {
    /// The reward's kind, such as `cash`.
    #[serde(default, deserialize_with = "any")]
    pub reward: String,
    /// An ISO 4217 currency, or the kind of a unit.
    #[serde(default, deserialize_with = "any")]
    pub asset: String,
    /// Of a `donation`: to which charity it goes.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub charity: Option<String>,
    /// On hold or unverified. Decimal text in major units for money, a whole number for units.
    #[serde(default, deserialize_with = "any")]
    pub pending: Amount,
    /// Due; negative where more was paid than is due by now.
    #[serde(default, deserialize_with = "any")]
    pub approved: Amount,
}

/// That payout details are kept, without any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptDetails {
    /// How they let one be paid.
    #[serde(default, deserialize_with = "list")]
    pub methods: Vec<Known<Method>>,
    /// When they were last changed.
    #[serde(default, deserialize_with = "any")]
    pub changed_at: Instant,
}

/// An order of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SubjectOrder {
    /// The order's id.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// Its type.
    #[serde(rename = "type", default, deserialize_with = "any")]
    pub kind: Known<Kind>,
    /// When.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// The shop's customer id on it.
    #[serde(default, deserialize_with = "maybe")]
    pub customer_id: Option<String>,
    /// Whose conversion it is.
    #[serde(default, deserialize_with = "maybe")]
    pub referrer: Option<Code>,
}
