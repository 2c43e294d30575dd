//! What a shop's page asks and is answered (contract section 3): the offer, touches, joining.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::amount::CurrencyCode;
use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::pairs::Texts;
use crate::program::{FriendSide, Offer};
use crate::referrer::Activity;
use crate::touch::Source;
use crate::word::{Known, words};

/// The public side of a program, and where a code was asked about, what is to be said of it:
/// `GET /v1/shops/{shop}/offer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicProgram {
    /// The shop's id.
    #[serde(default, deserialize_with = "any")]
    pub shop: String,
    /// The shop's name as shoppers read it.
    #[serde(default, deserialize_with = "any")]
    pub name: String,
    /// The currency of the offers' amounts.
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    /// The shop's language, a BCP 47 tag.
    #[serde(default, deserialize_with = "any")]
    pub locale: String,
    /// The shop's time zone, by its IANA name: months and days are the shop's.
    #[serde(default, deserialize_with = "any", skip_serializing_if = "String::is_empty")]
    pub time_zone: String,
    /// Query parameters that carry a code, in order of preference.
    #[serde(default, deserialize_with = "list")]
    pub link_params: Vec<String>,
    /// Days for which a touch counts.
    #[serde(default, deserialize_with = "any")]
    pub window_days: u32,
    /// The active offers for customers, without their budgets, in the shop's order: the first whose `when` holds is the
    /// one that a visitor is shown.
    #[serde(default, deserialize_with = "list")]
    pub offers: Vec<Offer>,
    /// Under which offer one joins by the widget of whom the edge knows no more than language and country; `null` where
    /// none is shown to them.
    #[serde(default, deserialize_with = "maybe")]
    pub join: Option<Joinable>,
    /// In which country the visitor is, two capital letters; told where an offer's `when` asks for it and Cloudflare knows.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// How many friends ordered this month, where the program shows that and it is at least five.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub friends_this_month: Option<u32>,
    /// The shop's page with the terms of referring and what becomes of an address, where there is one.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub terms_url: Option<String>,
    /// The shop's page that mails referrers a link to their rewards, where there is one.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub sign_in_url: Option<String>,
    /// Whether the shop mails whoever asks the links to their rewards: `POST …/sign-in-mails`.
    #[serde(default, deserialize_with = "any", skip_serializing_if = "std::ops::Not::not")]
    pub sign_in_mails: bool,
    /// Whether the shop mails a friend who asks for it a reminder: `POST …/reminders`.
    #[serde(default, deserialize_with = "any", skip_serializing_if = "std::ops::Not::not")]
    pub reminders: bool,
    /// The shop's own wording by text key.
    #[serde(default, deserialize_with = "any")]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, String>"))]
    pub texts: Texts,
    /// What is to be said of the code that was asked about.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub code: Option<Verdict>,
}

/// Under which offer one joins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Joinable {
    /// The offer's id.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
}

/// What is said of a code.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[cfg_attr(feature = "schema", schemars(rename = "CodeVerdict"))]
pub enum Verdict {
    /// It is somebody's, and good today.
    Valid(Box<Invitation>),
    /// It gives nothing.
    Invalid(Refused),
}

/// A good code: from whom it is and what it gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invitation {
    /// `true`.
    pub valid: Is<true>,
    /// The code.
    pub code: Option<Code>,
    /// The referrer as a friend may know them; `null` where there is no name. Of a promo code of the shop's own, the shop.
    pub from: Option<String>,
    /// Under which offer; empty for a promo code of the shop's own.
    pub offer: String,
    /// What the friend gets; `null` where the offer is one-sided, or where `discount_ready` is `false`.
    pub friend: Option<FriendSide>,
    /// Whether the code can be redeemed at the shop by now; left out where Parrain makes no codes there, as where the
    /// shop grants the discount itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_ready: Option<bool>,
    /// Whether only new customers count.
    pub new_customers_only: bool,
    /// The first instant at which the offer is active.
    pub starts_at: Option<Instant>,
    /// The last one.
    pub ends_at: Option<Instant>,
}

/// A code that gives nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refused {
    /// `false`.
    pub valid: Is<false>,
    /// Why.
    pub reason: Known<WhyNot>,
}

words! {
    /// Why a code gives nothing.
    pub enum WhyNot {
        /// It is nobody's.
        Unknown = "unknown",
        /// Its offer has ended.
        Expired = "expired",
        /// Its offer has not begun, or is no longer in the program.
        Inactive = "inactive",
    }
}

/// `true` or `false` where nothing else can stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Is<const VALUE: bool>;

impl<const VALUE: bool> Serialize for Is<VALUE> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bool(VALUE)
    }
}

impl<'de> Deserialize<'de> for Verdict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Either {
            #[serde(default, deserialize_with = "any")]
            valid: bool,
            #[serde(default, deserialize_with = "any")]
            reason: Known<WhyNot>,
            #[serde(default, deserialize_with = "maybe")]
            code: Option<Code>,
            #[serde(default, deserialize_with = "maybe")]
            from: Option<String>,
            #[serde(default, deserialize_with = "any")]
            offer: String,
            #[serde(default, deserialize_with = "maybe")]
            friend: Option<FriendSide>,
            #[serde(default, deserialize_with = "maybe")]
            discount_ready: Option<bool>,
            #[serde(default, deserialize_with = "any")]
            new_customers_only: bool,
            #[serde(default, deserialize_with = "maybe")]
            starts_at: Option<Instant>,
            #[serde(default, deserialize_with = "maybe")]
            ends_at: Option<Instant>,
        }

        let Either {
            valid,
            reason,
            code,
            from,
            offer,
            friend,
            discount_ready,
            new_customers_only,
            starts_at,
            ends_at,
        } = Either::deserialize(from)?;
        Ok(if valid {
            Self::Valid(Box::new(Invitation {
                valid: Is,
                code,
                from,
                offer,
                friend,
                discount_ready,
                new_customers_only,
                starts_at,
                ends_at,
            }))
        } else {
            Self::Invalid(Refused { valid: Is, reason })
        })
    }
}

/// A code captured or redeemed on a page: `POST /v1/shops/{shop}/touches`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Touch"))]
pub struct Touched {
    /// The code.
    pub code: Code,
    /// How it came.
    pub source: Source,
    /// The address of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing: Option<String>,
}

/// That something was taken in, and nothing of what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accepted {
    /// `accepted`.
    pub status: String,
}

impl Default for Accepted {
    fn default() -> Self {
        Self { status: "accepted".into() }
    }
}

/// Joining, looking up whose rewards to show, or following a link that the shop mailed:
/// `POST /v1/shops/{shop}/referrers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Join {
    /// The name that friends see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The customer as the shop signs them (section 6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Whether they agreed to newsletters of the shop's; `false` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing_consent: Option<bool>,
    /// `false` only looks up the referrer that the signed customer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<bool>,
    /// The key of a link that the shop mailed; nothing else stands beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The offer that they were shown; that of the public program's `join` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
}

/// What a referrer needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Card {
    /// The code.
    pub code: Code,
    /// The link to share.
    pub link: String,
    /// The token for `GET /v1/shops/{shop}/rewards`.
    pub token: String,
    /// Whether the referrer takes part; left out where they do. Who joined may have to wait.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub status: Option<Known<Activity>>,
}
