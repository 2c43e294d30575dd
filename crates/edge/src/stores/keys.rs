//! Every key that Parrain has in Workers KV: its text, its value and its metadata, in one place.
//!
//! Keys begin with the version of their form. What is stored under them is read by later releases, so that
//! the tests below pin it byte by byte; another form gets another version.

use crate::protocol::publication::Fact;
use crate::protocol::shop::ShopRecord;
use crate::shop_id::ShopId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::referrer::Activity;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt;

/// A key. Its text is its `Display`; at most 512 bytes, without any personal datum or secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key<'a> {
    /// A shop's record, a [`ShopRecord`].
    Shop(&'a ShopId),
    /// A referrer's public side, a [`PublicReferrer`].
    Referrer(&'a ShopId, &'a Code),
    /// Which shop a connect code is of, by the code's hash: a [`ConnectPlace`].
    ConnectCode(&'a str),
    /// That the admin's session of this hash at the desk was ended; any value.
    Ended(&'a str),
    /// A picture that a shop uploaded: its bytes.
    Picture {
        /// The shop.
        shop: &'a ShopId,
        /// Which of the shops that have had this id.
        incarnation: &'a str,
        /// Its file's name: its id and how its kind ends.
        name: &'a str,
    },
    /// A fact of a referred order, a [`Fact`].
    Fact {
        /// The shop.
        shop: &'a ShopId,
        /// Which of the shops that have had this id.
        incarnation: &'a str,
        /// The order.
        order_id: &'a str,
        /// Which fact of the order.
        what: &'a str,
    },
}

/// What all keys of one kind begin with.
pub mod prefix {
    use crate::shop_id::ShopId;

    /// The shops.
    pub const SHOPS: &str = "1/shop/";

    /// A shop's referrers.
    pub fn referrers(shop: &ShopId) -> String {
        format!("1/referrer/{shop}/")
    }

    /// The pictures of one of the shops that have had this id.
    pub fn pictures_of(shop: &ShopId, incarnation: &str) -> String {
        format!("1/picture/{shop}/{}/", super::segment(incarnation))
    }

    /// The facts of one of the shops that have had this id.
    pub fn facts_of(shop: &ShopId, incarnation: &str) -> String {
        format!("1/fact/{shop}/{}/", super::segment(incarnation))
    }
}

/// What redirects and offers need to know of a referrer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicReferrer {
    /// Which of the shops that have had this id wrote it; another's copy counts for nothing.
    pub incarnation: String,
    /// The person's name.
    pub name: Option<String>,
    /// What friends see in its place, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The offer's id.
    pub offer: String,
    /// Whether the referrer takes part.
    #[serde(default, skip_serializing_if = "is_active")]
    pub activity: Activity,
    /// The last instant at which they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// Whether the code can be redeemed at the shop; nothing where codes are made by nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_ready: Option<bool>,
}

fn is_active(activity: &Activity) -> bool {
    *activity == Activity::Active
}

/// Where a connect code leads. Whether it is still good its shop's ledger says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectPlace {
    /// The shop.
    pub shop: ShopId,
    /// Which of the shops that have had this id.
    pub incarnation: String,
}

/// What a listing of shops says of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopSummary {
    /// Which of the shops that have had this id.
    pub incarnation: String,
    /// The shop's name, its first 100 characters.
    pub name: String,
    /// Since when it is known.
    pub created_at: Instant,
}

impl ShopSummary {
    /// The summary of a record.
    pub fn of(record: &ShopRecord) -> Self {
        let name = record.program.get("name").and_then(|name| name.as_str());
        Self {
            incarnation: record.secrets.incarnation.clone(),
            name: name.unwrap_or_default().chars().take(100).collect(),
            created_at: record.created_at,
        }
    }
}

/// What a listing of referrers says of each.
pub fn referrer_metadata(incarnation: &str) -> String {
    json!({"incarnation": incarnation}).to_string()
}

/// What a listing of facts says of each.
pub fn fact_metadata(fact: &Fact) -> String {
    json!({"at": fact.at, "code": fact.code}).to_string()
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shop(shop) => write!(f, "{}{shop}", prefix::SHOPS),
            Self::Referrer(shop, code) => write!(f, "{}{code}", prefix::referrers(shop)),
            Self::ConnectCode(hash) => write!(f, "1/connect/{}", segment(hash)),
            Self::Ended(hash) => write!(f, "1/ended/{}", segment(hash)),
            Self::Picture { shop, incarnation, name } => {
                write!(f, "{}{}", prefix::pictures_of(shop, incarnation), segment(name))
            }
            Self::Fact { shop, incarnation, order_id, what } => {
                let (order, what) = (segment(order_id), segment(what));
                write!(f, "{}{order}/{what}", prefix::facts_of(shop, incarnation))
            }
        }
    }
}

/// A text of the shop's as a part of a key: as it is where it is short and plain, else its hash, so that
/// no text, however long or odd, makes a key too long or another's.
fn segment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (1..=100).contains(&text.len()) && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("~{}", URL_SAFE_NO_PAD.encode(Sha256::digest(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::shop::{PageMail, Secrets};
    use parrain_core::event::{Change, Customer, Event, Goods, Kind, Order, Source, Touch, What};
    use parrain_core::money::Currency;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn shop() -> ShopId {
        ShopId::parse("demo").unwrap()
    }

    fn anna() -> Code {
        "ANNA10".parse().unwrap()
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn fact(order_id: &str, what: &str) -> String {
        Key::Fact { shop: &shop(), incarnation: "i1", order_id, what }.to_string()
    }

    #[test]
    fn keys_are_pinned() {
        assert_eq!(Key::Shop(&shop()).to_string(), "1/shop/demo");
        assert_eq!(Key::Referrer(&shop(), &anna()).to_string(), "1/referrer/demo/ANNA10");
        assert_eq!(Key::ConnectCode("aB3-_x").to_string(), "1/connect/aB3-_x");
        assert_eq!(Key::Ended("aB3-_x").to_string(), "1/ended/aB3-_x");
        let picture = Key::Picture { shop: &shop(), incarnation: "i1", name: "a1b2.png" };
        assert_eq!(picture.to_string(), "1/picture/demo/i1/a1b2.png");
        assert_eq!(fact("1001", "sale"), "1/fact/demo/i1/1001/sale");
        assert_eq!(
            fact("10/01", "refunded-r1"),
            "1/fact/demo/i1/~B0_Iq6EWc9GSmTi0jTv8DhQDBbdgLf7UlmlPfv7M--M/refunded-r1"
        );
    }

    #[test]
    fn the_shop_record_is_pinned() {
        let record = ShopRecord {
            shop: shop(),
            program: json!({"name": "Atelier Lumière"}),
            created_at: at("2026-11-01T00:00:00Z"),
            secrets: Secrets {
                event_secret: "whsec_x".into(),
                before: Vec::new(),
                shop_token: "pst_x".into(),
                identity_key: String::new(),
                salt: "salt".into(),
                incarnation: "i1".into(),
            },
            webhook_secrets: BTreeMap::from([("shopify".into(), "s".into())]),
            platform_keys: BTreeMap::new(),
            identity_keys: BTreeMap::new(),
            page_mail: PageMail::default(),
            proving: None,
            promotions_waiting: BTreeSet::new(),
        };
        let pinned = concat!(
            r#"{"shop":"demo","program":{"name":"Atelier Lumière"},"created_at":"2026-11-01T00:00:00Z","#,
            r#""secrets":{"event_secret":"whsec_x","shop_token":"pst_x","salt":"salt","incarnation":"i1"},"#,
            r#""webhook_secrets":{"shopify":"s"}}"#
        );
        assert_eq!(serde_json::to_string(&record).unwrap(), pinned);
        assert_eq!(serde_json::from_str::<ShopRecord>(pinned).unwrap(), record);
        assert_eq!(
            serde_json::to_string(&ShopSummary::of(&record)).unwrap(),
            r#"{"incarnation":"i1","name":"Atelier Lumière","created_at":"2026-11-01T00:00:00Z"}"#
        );
    }

    #[test]
    fn the_public_referrer_is_pinned() {
        let referrer = PublicReferrer {
            incarnation: "i1".into(),
            name: Some("Anna".into()),
            display_name: None,
            offer: "friends".into(),
            activity: Activity::Active,
            expires_at: None,
            discount_ready: None,
        };
        let pinned = r#"{"incarnation":"i1","name":"Anna","offer":"friends"}"#;
        assert_eq!(referrer_metadata("i1"), r#"{"incarnation":"i1"}"#);
        assert_eq!(serde_json::to_string(&referrer).unwrap(), pinned);
        assert_eq!(serde_json::from_str::<PublicReferrer>(pinned).unwrap(), referrer);
    }

    #[test]
    fn where_a_connect_code_leads_is_pinned() {
        let place = ConnectPlace { shop: shop(), incarnation: "i1".into() };
        let pinned = r#"{"shop":"demo","incarnation":"i1"}"#;
        assert_eq!(serde_json::to_string(&place).unwrap(), pinned);
        assert_eq!(serde_json::from_str::<ConnectPlace>(pinned).unwrap(), place);
    }

    #[test]
    fn facts_are_pinned() {
        let touch = Touch { code: anna(), source: Source::Link, at: at("2026-11-01T09:00:00Z") };
        let order = Fact {
            order_id: "1001".into(),
            what: "sale".into(),
            at: at("2026-11-02T10:00:00Z"),
            code: anna(),
            event: Event::Order(Order {
                kind: Kind::Sale,
                id: "1001".into(),
                at: at("2026-11-02T10:00:00Z"),
                customer: Customer { id: Some("c-7".into()), email: None, orders_count: Some(1) },
                goods: Some(Goods {
                    currency: Currency::parse("EUR").unwrap(),
                    subtotal: 8000,
                    discount: 800,
                    total: None,
                    lines: Vec::new(),
                }),
                codes: vec![anna()],
                unknown_codes: vec![],
                adjustment: None,
                touches: vec![touch],
                unknown_touches: vec![],
                traces: Default::default(),
                credit: None,
            }),
        };
        let pinned = concat!(
            r#"{"order_id":"1001","what":"sale","at":"2026-11-02T10:00:00Z","code":"ANNA10","#,
            r#""event":{"order":{"kind":"sale","id":"1001","at":"2026-11-02T10:00:00Z","#,
            r#""customer":{"id":"c-7","email":null,"orders_count":1},"#,
            r#""goods":{"currency":"EUR","subtotal":8000,"discount":800,"lines":[]},"codes":["ANNA10"],"#,
            r#""touches":[{"code":"ANNA10","source":"link","at":"2026-11-01T09:00:00Z"}]}}}"#
        );
        assert_eq!(serde_json::to_string(&order).unwrap(), pinned);
        assert_eq!(serde_json::from_str::<Fact>(pinned).unwrap(), order);
        assert_eq!(fact_metadata(&order), r#"{"at":"2026-11-02T10:00:00Z","code":"ANNA10"}"#);
        let cancelled = Fact {
            what: "cancelled".into(),
            event: Event::Change(Change { order_id: "1001".into(), at: order.at, what: What::Cancelled }),
            ..order
        };
        let pinned = concat!(
            r#"{"order_id":"1001","what":"cancelled","at":"2026-11-02T10:00:00Z","code":"ANNA10","#,
            r#""event":{"take_back":{"order_id":"1001","at":"2026-11-02T10:00:00Z","what":"all"}}}"#
        );
        assert_eq!(serde_json::to_string(&cancelled).unwrap(), pinned);
        assert_eq!(serde_json::from_str::<Fact>(pinned).unwrap(), cancelled);
    }

    proptest! {
        #[test]
        fn keys_are_short_and_tell_orders_apart(a in ".{0,128}", b in ".{0,128}") {
            prop_assert!(fact(&a, &b).len() <= 512);
            prop_assert_eq!(fact(&a, "sale") == fact(&b, "sale"), a == b);
        }
    }
}
