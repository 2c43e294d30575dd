//! Webhooks in the platforms' own form. One module a platform turns its payload into the events of the
//! contract's section 4, as JSON, and nothing else; reading and checking those is `core`'s.

mod exact;
mod kept;
mod shopify;
mod silence;
mod stripe;
mod told;
mod woocommerce;

pub use kept::read as read_body;
pub use silence::Silence;
pub use stripe::decimals as stripe_decimals;
pub use told::{Begun, Event, Shown, State, Told, Twin};

use crate::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use parrain_core::event::Source;
use parrain_core::instant::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;

/// A platform that sends webhooks of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Shopify.
    Shopify,
    /// WooCommerce.
    Woocommerce,
    /// Stripe Checkout.
    Stripe,
}

impl Platform {
    /// Each of them, in the order of [`parrain_core::program::PLATFORMS`].
    pub const ALL: [Self; 3] = [Self::Shopify, Self::Woocommerce, Self::Stripe];

    /// The platform of a path.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.name() == name)
    }

    /// The name in paths and in `webhook_secrets`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::Woocommerce => "woocommerce",
            Self::Stripe => "stripe",
        }
    }

    /// Whether the body was signed with the secret that the platform gave the shop.
    pub fn is_signed(self, request: &Request, secret: &str, now: Instant) -> bool {
        match self {
            Self::Shopify => is_mac(request, "x-shopify-hmac-sha256", secret),
            Self::Woocommerce => is_mac(request, "x-wc-webhook-signature", secret),
            Self::Stripe => stripe::is_signed(request, secret, now),
        }
    }

    /// Whether this is the platform trying the address out, unsigned and without an order in it.
    pub fn is_trial(self, request: &Request) -> bool {
        self == Self::Woocommerce && woocommerce::is_trial(request)
    }

    /// What a delivery tells. `params` are the program's `link_params`, by which a landing page's address names
    /// its code.
    pub fn read(self, request: &Request, body: &Value, params: &[String], now: Instant) -> Told {
        let header = |name: &'static str| request.header(name).unwrap_or_default();
        match self {
            Self::Shopify => shopify::read(header("x-shopify-topic"), body, params, now),
            Self::Woocommerce => woocommerce::read(header("x-wc-webhook-topic"), body, params, now),
            Self::Stripe => stripe::read(body, params),
        }
    }

    /// What one entry of the platform's own list tells, in the form of its webhooks: an order as it stands now, or an event
    /// of Stripe's.
    pub fn read_listed(self, entry: &Value, params: &[String], now: Instant) -> Told {
        match self {
            Self::Shopify => shopify::read("orders/updated", entry, params, now),
            Self::Woocommerce => woocommerce::read("order.updated", entry, params, now),
            Self::Stripe => stripe::read(entry, params),
        }
    }
}

/// Checks a header that holds the base64 of the body's HMAC-SHA256.
fn is_mac(request: &Request, header: &'static str, secret: &str) -> bool {
    let sent = request.header(header).and_then(|text| STANDARD.decode(text).ok());
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let (Some(sent), Ok(mac), false) = (sent, mac, secret.is_empty()) else {
        return false;
    };
    mac.chain_update(request.bytes()).verify_slice(&sent).is_ok()
}

/// An id that a platform writes as a number or as a text.
fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Where an order is sent, as an event says it, by what a platform calls street, building, postal code and country; `null`
/// where it is sent nowhere.
fn sent_to(address: &Value, names: [&str; 4]) -> Value {
    let [line1, line2, postal_code, country] = names.map(|name| text_of(&address[name]));
    let said = |text: Option<&str>| text.map(|text| text.chars().take(300).collect::<String>());
    match line1 {
        Some(line1) => {
            json!({"line1": said(Some(line1)), "line2": said(line2), "postal_code": said(postal_code),
            "country": said(country)})
        }
        None => Value::Null,
    }
}

/// A text that says something.
fn text_of(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// An address as an event may carry it. Shoppers write it, and platforms let some through that are too long: the
/// order counts without.
fn address_of(value: &Value) -> Option<&str> {
    text_of(value).filter(|text| text.chars().count() <= 320 && !text.chars().any(char::is_control))
}

/// What stands at a JSON pointer; `null` where nothing does.
fn within<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// The elements of an array, or nothing.
fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A customer's id; guests have none, which some platforms write as 0.
fn customer_of(value: &Value) -> Option<String> {
    id_of(value).filter(|id| id != "0")
}

/// The codes that a landing page's address carries in any of the program's parameters, those of the first of them
/// last, where they count most.
fn codes_in(address: &str, params: &[String]) -> Vec<String> {
    let codes = parrain_wire::address::codes(address, params).into_iter().rev();
    codes.map(|code| code.to_string()).collect()
}

/// A visit by a link.
fn link(code: &str, at: &str) -> Value {
    json!({"code": code, "source": "link", "at": at})
}

/// Touches that the widget put into a field of the shop's, as JSON text; what is none is left out.
fn touches_in(text: &str) -> Vec<Value> {
    let found: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let right = |touch: &Value| {
        touch["code"].is_string()
            && Source::WORDS.iter().any(|(word, _)| touch["source"] == *word)
            && touch["at"].as_str().and_then(Instant::parse).is_some()
    };
    found.into_iter().filter(right).take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_for_the_platforms_whose_webhooks_are() {
        assert_eq!(Platform::ALL.map(Platform::name), parrain_core::program::PLATFORMS);
    }

    #[test]
    fn codes_are_found_in_an_address() {
        let params = ["via".to_owned(), "ref".to_owned()];
        let codes = |address: &str| codes_in(address, &params);
        assert_eq!(codes("/products/mug?ref=ANNA10#top"), ["ANNA10"]);
        assert_eq!(codes("https://shop.example/?ref=A-1&via=B%2D2"), ["A-1", "B-2"]);
        assert_eq!(codes("/?ref=newsletter&REF=ANNA10."), ["ANNA10", "NEWSLETTER"]);
        for none in ["/?other=1", "/ref=ANNA10", ""] {
            assert!(codes(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn touches_in_a_field_are_not_believed_blindly() {
        let good = r#"[{"code":"ANNA10","source":"link","at":"2026-11-01T09:00:00Z"},{"code":7},"x"]"#;
        assert_eq!(touches_in(good).len(), 1);
        for bad in ["", "{}", "[", "null", r#"[{"code":"A","source":"smoke","at":"now"}]"#] {
            assert!(touches_in(bad).is_empty(), "{bad}");
        }
    }
}
