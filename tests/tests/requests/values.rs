//! Values that a schema allows, made of what exists where a name says what is meant.

use parrain_tests::random;
use rand::rngs::SmallRng;
use rand::{Rng, RngExt};
use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::pool::Known;

/// What signs the reports of a mail provider in every shop of the run.
pub const REPORTS: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// How deep a value goes at most before it leaves out all that it may.
const DEEPEST: usize = 6;

/// Makes values for a shop.
pub struct Maker<'a> {
    pub document: &'a Document,
    pub known: &'a Known,
    /// Where webhooks of the run may go.
    pub receiver: &'a str,
}

/// One of these.
pub fn one_of<'a, T: ?Sized>(rng: &mut SmallRng, all: &[&'a T]) -> &'a T {
    all[rng.random_range(0..all.len())]
}

/// So many seconds from now, in UTC.
pub fn at(seconds: i64) -> String {
    let then = jiff::Timestamp::now().as_second() + seconds;
    jiff::Timestamp::from_second(then).expect("an instant").to_string()
}

impl Maker<'_> {
    /// A value for a schema; `name` is that of the member or parameter which it is for.
    ///
    /// # Panics
    /// Where the schema has a pattern of which nobody has said here what fits it.
    pub fn value(&self, rng: &mut SmallRng, schema: &Value, name: &str, depth: usize) -> Value {
        // What a reference stands beside says what it is of, but nothing of its form.
        let schema = self.document.resolved(schema);
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(words) = schema["enum"].as_array() {
            return words[rng.random_range(0..words.len())].clone();
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = self.typed(rng, schema, name, depth);
            for part in parts {
                whole = merged(whole, self.value(rng, part, name, depth));
            }
            return whole;
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(all) = schema[choice].as_array() {
                let part = &all[rng.random_range(0..all.len())];
                let part = self.value(rng, part, name, depth);
                return merged(self.typed(rng, schema, name, depth), part);
            }
        }
        self.typed(rng, schema, name, depth)
    }

    fn typed(&self, rng: &mut SmallRng, schema: &Value, name: &str, depth: usize) -> Value {
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ if schema["properties"].is_object() => vec!["object"],
            _ => return Value::Null,
        };
        let real: Vec<&str> = kinds.iter().copied().filter(|kind| *kind != "null").collect();
        if real.is_empty() || (real.len() < kinds.len() && rng.random_ratio(1, 6)) {
            return Value::Null;
        }
        match real[rng.random_range(0..real.len())] {
            "boolean" => rng.random::<bool>().into(),
            "integer" | "number" => integer(rng, schema).into(),
            "array" => {
                let most = if depth > DEEPEST { 0 } else { 3 };
                let count = rng.random_range(0..=most);
                // `codes` holds a code each.
                let one = name.strip_suffix('s').unwrap_or(name);
                (0..count).map(|_| self.value(rng, &schema["items"], one, depth + 1)).collect()
            }
            "object" => self.object(rng, schema, depth),
            "string" => self.text(rng, schema, name).into(),
            other => panic!("nobody has said here how a {other} is made"),
        }
    }

    fn object(&self, rng: &mut SmallRng, schema: &Value, depth: usize) -> Value {
        let mut made = Map::new();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let often = if depth > DEEPEST { 0 } else { 45 };
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            if required.contains(&name.as_str()) || rng.random_ratio(often, 100) {
                made.insert(name.clone(), self.value(rng, member, name, depth + 1));
            }
        }
        if schema["additionalProperties"].is_object() {
            for _ in 0..rng.random_range(0..3) {
                let name = one_of(rng, &["en", "fr", "wine", "mugs", "friends", "shopify"]);
                let value = self.value(rng, &schema["additionalProperties"], name, depth + 1);
                made.insert(name.to_owned(), value);
            }
        }
        Value::Object(made)
    }

    fn text(&self, rng: &mut SmallRng, schema: &Value, name: &str) -> String {
        match schema["format"].as_str() {
            Some("date-time") => return instant(rng, name),
            Some("date") => return at(rng.random_range(0..10) * 86_400)[..10].to_owned(),
            _ => {}
        }
        if let Some(pattern) = schema["pattern"].as_str() {
            return self.patterned(rng, pattern, name);
        }
        let text = self.named(rng, name);
        let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        text.chars().take(most).collect()
    }

    fn patterned(&self, rng: &mut SmallRng, pattern: &str, name: &str) -> String {
        match pattern {
            "^[a-z0-9-]{1,64}$" => self.known.shop.id.clone(),
            "^[A-Za-z0-9-]{3,32}$" => self.named(rng, "code"),
            r"^-?[0-9]+(\.[0-9]+)?$" => amount(rng, name).to_owned(),
            "^[A-Z]{3}$" => one_of(rng, &["EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "USD", "JPY"]).to_owned(),
            r"^[0-9]+(\.[0-9]+)?$" => one_of(rng, &["5", "10", "12.5", "100", "0.01", "0"]).to_owned(),
            "^[0-9A-Fa-f]{6}$" => one_of(rng, &["112233", "FFFFFF", "c0ffee"]).to_owned(),
            "^[0-9]{4}-[0-9]{2}$" => {
                let now = at(0)[..7].to_owned();
                self.known.one(rng, "month").filter(|_| rng.random()).unwrap_or(now)
            }
            "^whsec_" => REPORTS.to_owned(),
            other => panic!("{name}: say here what fits the pattern {other}"),
        }
    }

    /// A text by the name of what it is for.
    fn named(&self, rng: &mut SmallRng, name: &str) -> String {
        let kept = |rng: &mut SmallRng, kind: &str| self.known.one(rng, kind);
        let text = match name {
            "code" | "browser" => {
                let new = format!("NEW-{}", rng.random_range(0..500));
                return kept(rng, "code").filter(|_| rng.random_ratio(5, 6)).unwrap_or(new);
            }
            "order_id" => {
                let new = format!("o-{}", rng.random_range(0..100_000));
                return kept(rng, "order_id").filter(|_| rng.random()).unwrap_or(new);
            }
            "id" | "event_id" | "refund_id" => return format!("{name}-{}", rng.random_range(0..40)),
            "customer_id" => return format!("c-{}", rng.random_range(0..60)),
            "key" => return kept(rng, "key").unwrap_or_else(|| "xkeysib-0123456789".into()),
            "identity" => return self.known.shop.vouch(&format!("c-{}", rng.random_range(0..60))),
            "email" | "to" | "owner_email" | "reply_to" | "paypal" => {
                return format!("p{}@example.com", rng.random_range(0..60));
            }
            "webhook_secret" => REPORTS,
            "offer" => one_of(rng, &["friends", "friends", "agencies", "gifts"]),
            "url" => self.receiver,
            "landing_url" | "terms_url" | "sign_in_url" | "landing" | "site" => {
                one_of(rng, &["https://shop.example/", "https://shop.example/a?b=c#d"])
            }
            "origin" => "https://shop.example",
            "country" | "countrie" => one_of(rng, &["FR", "DE", "US"]),
            "locale" | "language" | "lang" => one_of(rng, &["fr", "en", "de", "ar", "pt-BR"]),
            "time_zone" => one_of(rng, &["Europe/Paris", "UTC", "Pacific/Apia"]),
            "iban" => one_of(rng, &["FR1420041010050500013M02606", "DE89370400440532013000"]),
            "bic" => "COBADEFFXXX",
            "account_holder" | "name" | "title" => one_of(rng, &["Anna", "Zoé Dubois", "مريم", "Atelier"]),
            "postal_code" => "75011",
            "from" | "until" => return instant(rng, name),
            "year" => "2026",
            "difference" => one_of(rng, &["1", "0.5", "20"]),
            "platform" => one_of(rng, &["shopify", "woocommerce", "stripe", "prestashop"]),
            "kind" => one_of(rng, &["credit_voucher", "code_for_friend", "store_credit"]),
            "link_param" => one_of(rng, &["ref", "via"]),
            "search" => one_of(rng, &["ann", "z", "%", "_"]),
            "text" => one_of(rng, &["Prends ceci : {link}", "Take {code}"]),
            "shop" => "atelier",
            _ => one_of(rng, &["some words", "à la carte", "x"]),
        };
        text.to_owned()
    }
}

fn amount<'a>(rng: &mut SmallRng, name: &str) -> &'a str {
    match name {
        "discount" | "shipping" | "tax" => one_of(rng, &["0.00", "5.00", "8.00"]),
        "subtotal" | "total" => one_of(rng, &["80.00", "31.50", "1200.00"]),
        _ => one_of(rng, &["10.00", "0.01", "2.50", "-3.00", "0.00", "999999.99"]),
    }
}

/// Mostly of the last weeks: rewards wait, and others are due by now.
fn instant(rng: &mut SmallRng, name: &str) -> String {
    let day = 86_400;
    match (name, rng.random_range(0..10)) {
        (_, 0) => at(rng.random_range(0..700) * -day),
        ("until" | "as_of" | "ends_at" | "expires_at", _) => at(rng.random_range(-20..60) * day),
        _ => at(-rng.random_range(0..60 * day)),
    }
}

fn integer(rng: &mut SmallRng, schema: &Value) -> i64 {
    let least = schema["minimum"].as_i64().unwrap_or(0);
    let most = schema["maximum"].as_i64().unwrap_or(i64::from(u32::MAX)).max(least);
    match rng.random_range(0..12) {
        0 => least,
        1 => most,
        _ => rng.random_range(least..=most.min(least.saturating_add(40))),
    }
}

fn merged(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            one.extend(other);
            Value::Object(one)
        }
        (Value::Null, other) => other,
        (one, Value::Null) => one,
        (_, other) => other,
    }
}

/// An order that is well paid: its sums fit, so that nothing but what is spoilt of it is wrong.
pub fn paid_order(rng: &mut SmallRng, codes: &[String]) -> Value {
    let code = codes.get(rng.random_range(0..codes.len().max(1)));
    json!({"type": "order.paid", "data": {
        "order_id": format!("o-{}", random(8)), "at": at(-rng.random_range(0..50 * 86_400)), "currency": "EUR",
        "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "14.40", "total": "91.40",
        "customer": {"id": format!("c-{}", rng.random_range(100..100_000))}, "codes": [code]}})
}

/// Random bytes.
pub fn noise(rng: &mut SmallRng, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    rng.fill_bytes(&mut bytes);
    bytes
}
