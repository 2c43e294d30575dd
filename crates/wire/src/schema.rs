//! The JSON Schemas of what is written by hand here, for the published document.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

use crate::amount::{Amount, CurrencyCode, Percent};
use crate::code::Code;
use crate::instant::Instant;
use crate::page::Is;
use crate::program::{Reward, RewardKind, Tier};

/// One of several words.
pub(crate) fn of_words(words: &[&str], meaning: &str) -> Schema {
    json_schema!({"type": "string", "enum": words, "description": meaning.trim()})
}

/// A text of a form.
macro_rules! texts {
    ($($Name:ty: $name:literal, $schema:tt;)+) => {$(
        impl JsonSchema for $Name {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

texts! {
    Code: "Code", {"type": "string", "pattern": "^[A-Za-z0-9-]{3,32}$",
        "description": "Compared without case; answered in upper case."};
    Amount: "Amount", {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"};
    Percent: "Percent", {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$"};
    CurrencyCode: "Currency", {"type": "string", "pattern": "^[A-Z]{3}$"};
}

impl JsonSchema for Instant {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

impl<const VALUE: bool> JsonSchema for Is<VALUE> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        if VALUE { "True" } else { "False" }.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"const": VALUE})
    }
}

/// One form for each kind: what it must say, and what it may.
impl JsonSchema for Reward {
    fn schema_name() -> Cow<'static, str> {
        "Reward".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let forms: Vec<Schema> =
            RewardKind::WORDS.iter().map(|(name, kind)| form(name, *kind, generator)).collect();
        json_schema!({"oneOf": forms})
    }
}

fn form(name: &str, kind: RewardKind, generator: &mut SchemaGenerator) -> Schema {
    let (must, may): (&[&str], &[&str]) = match kind {
        RewardKind::PercentOff => (&[], &["percent", "voucher"]),
        RewardKind::AmountOff | RewardKind::GiftCard | RewardKind::StoreCredit | RewardKind::Cash => {
            (&["amount"], &["currency", "voucher"])
        }
        RewardKind::FreeShipping => (&[], &["voucher"]),
        RewardKind::FreeProduct => (&[], &["sku", "voucher"]),
        RewardKind::Points => (&["points"], &[]),
        RewardKind::Access => (&[], &["label"]),
        RewardKind::Commission => (&[], &["percent", "amount", "currency", "tiers", "categories"]),
        RewardKind::Donation => (&["amount", "charity"], &["currency"]),
    };
    let mut members = serde_json::Map::new();
    members.insert("kind".into(), serde_json::json!({"const": name}));
    for member in must.iter().chain(may) {
        let schema = match *member {
            "amount" => generator.subschema_for::<Amount>(),
            "percent" => generator.subschema_for::<Percent>(),
            "currency" => generator.subschema_for::<CurrencyCode>(),
            "points" => generator.subschema_for::<i64>(),
            "tiers" => generator.subschema_for::<Vec<Tier>>(),
            "categories" => generator.subschema_for::<std::collections::BTreeMap<String, Percent>>(),
            _ => generator.subschema_for::<String>(),
        };
        members.insert((*member).to_owned(), schema.into());
    }
    let required: Vec<&str> = ["kind"].iter().chain(must).copied().collect();
    json_schema!({"type": "object", "properties": members, "required": required})
}
