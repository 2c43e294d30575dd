//! Who a shop says its customer is: a compact JWS, HS256 alone, signed with the shop's token.

use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt, UntrustedToken, ValidationError};
use parrain_core::event::Customer;
use parrain_core::instant::Instant;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// How far ahead `exp` may lie, in seconds.
const LONGEST: i64 = 24 * 3600;

/// How far a shop's clock may be from ours, in seconds.
const SKEW: i64 = 300;

/// The longest identity that is looked at, in bytes.
pub const MOST_BYTES: usize = 4096;

/// A customer, as the shop's server vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The shop's id of the customer, 1 to 128 characters, as events may name them.
    pub customer_id: String,
    /// Their e-mail address, as the shop wrote it.
    pub email: Option<String>,
    /// Their name, as the shop wrote it.
    pub name: Option<String>,
    /// How many orders they have placed so far, where the shop says so. It bears on which offer they may join under; the
    /// orders of friends are counted by their own events.
    pub orders_count: Option<u32>,
}

/// Why an identity does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is no compact JWS, of another algorithm, or not signed with the shop's token. Which of them it is is not
    /// told: it would only help who is guessing.
    Unsigned,
    /// The shop signed it, and what it says cannot be read.
    Unreadable,
    /// The shop signed it, for another time than now.
    Untimely,
}

impl Refusal {
    /// The refusal as the sender is told it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unsigned => {
                "this identity is not a compact JWS (HS256) that the shop signed with its shop_token"
            }
            Self::Unreadable => {
                "this identity must say \"sub\", the id of a customer and no guest's 0, of 1 to 128 characters, and \"exp\", a number of seconds; \
                 \"email\" and \"name\" are texts"
            }
            Self::Untimely => "this identity has expired, or its \"exp\" lies more than 24 hours ahead",
        }
    }
}

/// What is read of a token's header besides its algorithm.
#[derive(Clone, Deserialize)]
struct Extensions {
    /// What the reader must understand (RFC 7515, section 4.1.11), whatever it is: here nothing is.
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

/// What is read of a token. A count of orders that is none says nothing.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default, deserialize_with = "parrain_wire::lenient::maybe")]
    orders_count: Option<u32>,
}

/// Reads an identity that the shop signed and that holds now.
///
/// # Errors
/// [`Refusal`].
pub fn verify(shop_token: &str, text: &str, now: Instant) -> Result<Identity, Refusal> {
    if text.len() > MOST_BYTES || shop_token.is_empty() {
        return Err(Refusal::Unsigned);
    }
    let untrusted: UntrustedToken<'_, Extensions> = text.try_into().map_err(|_| Refusal::Unsigned)?;
    if untrusted.header().other_fields.crit {
        return Err(Refusal::Unsigned);
    }
    // The validator compares the header's `alg` with its own, and the signature in constant time.
    let token = Hs256.validator::<Claims>(&Hs256Key::new(shop_token)).validate(&untrusted);
    let (_, claims) = token.map_err(unread)?.into_parts();
    let until = claims.expiration.ok_or(Refusal::Unreadable)?.timestamp();
    let from = claims.not_before.map_or(i64::MIN, |at| at.timestamp());
    let now = now.seconds();
    let Claims { sub, email, name, orders_count } = claims.custom;
    // What platforms write for a guest is nobody's identity.
    let fits = sub.chars().count() <= 128 && !sub.chars().any(char::is_control);
    let customer_id = Customer::id_of(&sub).filter(|_| fits).ok_or(Refusal::Unreadable)?;
    if until <= now || until > now + LONGEST + SKEW || from > now + SKEW {
        return Err(Refusal::Untimely);
    }
    Ok(Identity { customer_id, email, name, orders_count })
}

/// Claims are read only once the signature was found right.
fn unread(error: ValidationError) -> Refusal {
    match error {
        ValidationError::MalformedClaims(_) => Refusal::Unreadable,
        _ => Refusal::Unsigned,
    }
}

/// Whether a field is there, whatever it holds.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(from).map(|_| true)
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

    fn check(key: &str, header: Value, claims: Value) -> Result<Identity, Refusal> {
        verify(KEY, &sign(key, header, claims), Instant::from_millis(NOW * 1000))
    }

    #[test]
    fn a_signed_customer_is_known() {
        let claims = json!({"sub": "c-7", "exp": NOW + 3600, "email": "bob@example.com",
            "name": "Bob", "orders_count": 2, "other": [1]});
        assert_eq!(
            check(KEY, json!({"alg": "HS256", "typ": "JWT"}), claims),
            Ok(Identity {
                customer_id: "c-7".into(),
                email: Some("bob@example.com".into()),
                name: Some("Bob".into()),
                orders_count: Some(2),
            })
        );
    }

    #[test]
    fn another_algorithm_or_key_is_refused() {
        let claims = json!({"sub": "c-7", "exp": NOW + 3600});
        let refused = Err(Refusal::Unsigned);
        for alg in ["none", "HS512", "hs256", "RS256", ""] {
            assert_eq!(check(KEY, json!({"alg": alg}), claims.clone()), refused, "{alg}");
        }
        assert_eq!(check("pst_other", json!({"alg": "HS256"}), claims.clone()), refused);
        let signed = sign(KEY, json!({"alg": "HS256"}), claims);
        let unsigned = format!("{}.", signed.rsplit_once('.').unwrap().0);
        assert_eq!(verify(KEY, &unsigned, Instant::from_millis(NOW * 1000)), refused);
        assert_eq!(verify("", &signed, Instant::from_millis(NOW * 1000)), refused);
    }

    #[test]
    fn what_must_be_understood_and_is_not_is_refused() {
        let claims = json!({"sub": "c-7", "exp": NOW + 3600});
        for crit in [json!(["b64"]), json!(["exp"]), json!([]), json!(null), json!(7)] {
            let header = json!({"alg": "HS256", "b64": false, "crit": crit});
            assert_eq!(check(KEY, header, claims.clone()), Err(Refusal::Unsigned), "{crit}");
        }
        let header = json!({"alg": "HS256", "b64": false, "x": {"crit": ["b64"]}});
        assert!(check(KEY, header, claims).is_ok());
    }

    #[test]
    fn times_and_the_customer_are_required() {
        let known = |claims: Value| check(KEY, json!({"alg": "HS256"}), claims).map(|_| ());
        let (unreadable, untimely) = (Err(Refusal::Unreadable), Err(Refusal::Untimely));
        assert_eq!(known(json!({"sub": "c", "exp": NOW + 1})), Ok(()));
        assert_eq!(known(json!({"sub": "c", "exp": NOW + 24 * 3600})), Ok(()));
        assert_eq!(known(json!({"sub": "c", "exp": NOW + 25 * 3600})), untimely);
        assert_eq!(known(json!({"sub": "c", "exp": NOW})), untimely);
        assert_eq!(known(json!({"sub": "c", "exp": NOW - 86_400})), untimely);
        assert_eq!(known(json!({"sub": "c", "exp": NOW + 1, "nbf": NOW + 3600})), untimely);
        assert_eq!(known(json!({"sub": "c"})), unreadable);
        assert_eq!(known(json!({"sub": "c", "exp": (NOW + 1).to_string()})), unreadable);
        assert_eq!(known(json!({"exp": NOW + 1})), unreadable);
        assert_eq!(known(json!({"sub": "", "exp": NOW + 1})), unreadable);
        assert_eq!(known(json!({"sub": "0", "exp": NOW + 1})), unreadable);
        assert_eq!(known(json!({"sub": 7, "exp": NOW + 1})), unreadable);
        assert_eq!(known(json!({"sub": "c", "exp": NOW + 1, "email": ["x"]})), unreadable);
    }

    proptest! {
        #[test]
        fn nonsense_is_nobody(text: String) {
            prop_assert_eq!(verify(KEY, &text, Instant::from_millis(NOW * 1000)), Err(Refusal::Unsigned));
        }
    }
}
