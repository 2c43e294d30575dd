//! Who a shop says its customer is: a compact JWS, HS256 alone, signed with the shop's token.

use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt, UntrustedToken};
use parrain_core::instant::Instant;
use serde::Deserialize;

/// How far ahead `exp` may lie, in seconds.
const LONGEST: i64 = 24 * 3600;

/// How far a shop's clock may be from ours, in seconds.
const SKEW: i64 = 300;

/// The longest identity that is looked at, in bytes.
const MOST_BYTES: usize = 4096;

/// A customer, as the shop's server vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The shop's id of the customer, 1 to 128 characters, as events may name them.
    pub customer_id: String,
    /// Their e-mail address, as the shop wrote it.
    pub email: Option<String>,
    /// Their name, as the shop wrote it.
    pub name: Option<String>,
}

/// What is read of a token. `orders_count` is not: it tells the widget what to show, and orders are counted by
/// their own events.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

/// Reads an identity; `None` where its form, algorithm, signature or times are not right. Which of them it
/// was is not told: it would only help who is guessing.
pub fn verify(shop_token: &str, text: &str, now: Instant) -> Option<Identity> {
    if text.len() > MOST_BYTES || shop_token.is_empty() {
        return None;
    }
    let untrusted = UntrustedToken::new(text).ok()?;
    // The validator compares the header's `alg` with its own, and the signature in constant time.
    let token = Hs256.validator::<Claims>(&Hs256Key::new(shop_token)).validate(&untrusted).ok()?;
    let (_, claims) = token.into_parts();
    let until = claims.expiration?.timestamp();
    let from = claims.not_before.map_or(i64::MIN, |at| at.timestamp());
    let now = now.seconds();
    let timely = until > now && until <= now + LONGEST + SKEW && from <= now + SKEW;
    let Claims { sub, email, name } = claims.custom;
    let named = (1..=128).contains(&sub.chars().count()) && !sub.chars().any(char::is_control);
    (timely && named).then_some(Identity { customer_id: sub, email, name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, Mac};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use sha2::{Sha256, Sha512};

    const KEY: &str = "pst_0123456789";
    const NOW: i64 = 1_790_000_000;

    /// Signs by the text of RFC 7515, independently of the library that reads.
    fn sign(key: &str, header: Value, claims: Value) -> String {
        let said = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = if header["alg"] == "HS512" {
            let mut mac = Hmac::<Sha512>::new_from_slice(key.as_bytes()).unwrap();
            mac.update(said.as_bytes());
            mac.finalize().into_bytes().to_vec()
        } else {
            let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
            mac.update(said.as_bytes());
            mac.finalize().into_bytes().to_vec()
        };
        format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn check(key: &str, header: Value, claims: Value) -> Option<Identity> {
        verify(KEY, &sign(key, header, claims), Instant::from_millis(NOW * 1000))
    }

    #[test]
    fn a_signed_customer_is_known() {
        let claims = json!({"sub": "c-7", "exp": NOW + 3600, "email": "bob@example.com",
            "name": "Bob", "orders_count": 2, "other": [1]});
        assert_eq!(
            check(KEY, json!({"alg": "HS256", "typ": "JWT"}), claims),
            Some(Identity {
                customer_id: "c-7".into(),
                email: Some("bob@example.com".into()),
                name: Some("Bob".into()),
            })
        );
    }

    #[test]
    fn another_algorithm_or_key_is_refused() {
        let claims = json!({"sub": "c-7", "exp": NOW + 3600});
        for alg in ["none", "HS512", "hs256", "RS256", ""] {
            assert_eq!(check(KEY, json!({"alg": alg}), claims.clone()), None, "{alg}");
        }
        assert_eq!(check("pst_other", json!({"alg": "HS256"}), claims.clone()), None);
        let signed = sign(KEY, json!({"alg": "HS256"}), claims);
        let unsigned = format!("{}.", signed.rsplit_once('.').unwrap().0);
        assert_eq!(verify(KEY, &unsigned, Instant::from_millis(NOW * 1000)), None);
        assert_eq!(verify("", &signed, Instant::from_millis(NOW * 1000)), None);
    }

    #[test]
    fn times_and_the_customer_are_required() {
        let known = |claims: Value| check(KEY, json!({"alg": "HS256"}), claims).is_some();
        assert!(known(json!({"sub": "c", "exp": NOW + 1})));
        assert!(known(json!({"sub": "c", "exp": NOW + 24 * 3600})));
        assert!(!known(json!({"sub": "c", "exp": NOW + 25 * 3600})));
        assert!(!known(json!({"sub": "c", "exp": NOW})));
        assert!(!known(json!({"sub": "c", "exp": NOW - 86_400})));
        assert!(!known(json!({"sub": "c"})));
        assert!(!known(json!({"exp": NOW + 1})));
        assert!(!known(json!({"sub": "", "exp": NOW + 1})));
        assert!(!known(json!({"sub": 7, "exp": NOW + 1})));
        assert!(!known(json!({"sub": "c", "exp": NOW + 1, "nbf": NOW + 3600})));
    }

    proptest! {
        #[test]
        fn nonsense_is_nobody(text: String) {
            prop_assert_eq!(verify(KEY, &text, Instant::from_millis(NOW * 1000)), None);
        }
    }
}
