//! Signatures of the Standard Webhooks specification: who sent an event, and that nobody changed it.
//!
//! The crate `standardwebhooks` (1.0.1) reads the system clock, which panics on Workers, and refuses bodies
//! that are not UTF-8, which here must be a 400 after the signature was found right. So the twenty lines of
//! the specification stand here, on `hmac`, `sha2` and a comparison in constant time.

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, Mac};
use parrain_core::instant::Instant;
use sha2::Sha256;

/// How far a signature's time may be from ours, in seconds, both ways.
pub const TOLERANCE: i64 = 300;

/// The most signatures that are looked at in one header: a sender that rotates keys has two.
const MOST_SIGNATURES: usize = 16;

/// Secrets come with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The three headers, as sent.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// `webhook-id`
    pub id: &'a str,
    /// `webhook-timestamp`, seconds of Unix time.
    pub timestamp: &'a str,
    /// `webhook-signature`, `v1,BASE64` once or several times, separated by spaces.
    pub signatures: &'a str,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The timestamp is no number, or more than [`TOLERANCE`] seconds away.
    Stale,
    /// No signature of the header is right for this body, id and time under this secret.
    Wrong,
}

impl Refusal {
    /// The refusal as the sender is told it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Stale => {
                "webhook-timestamp is more than 300 seconds away from now, or is no whole number of seconds"
            }
            Self::Wrong => "no signature in webhook-signature is right for this body",
        }
    }
}

/// Checks that `body` was signed with `secret` (`whsec_` and base64) around `now`.
///
/// # Errors
/// [`Refusal`]; also where the secret itself is not readable, since then nobody can have signed with it.
pub fn verify(secret: &str, signed: &Signed<'_>, body: &[u8], now: Instant) -> Result<(), Refusal> {
    let key =
        secret.strip_prefix("whsec_").and_then(|text| BASE64.decode(text).ok()).ok_or(Refusal::Wrong)?;
    let sent = digits(signed.timestamp).ok_or(Refusal::Stale)?;
    if now.seconds().abs_diff(sent) > TOLERANCE.unsigned_abs() {
        return Err(Refusal::Stale);
    }
    // The timestamp is signed as it was written, so that "0123" is not taken for "123".
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| Refusal::Wrong)?;
    for part in [signed.id.as_bytes(), b".", signed.timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    let right = signed
        .signatures
        .split_ascii_whitespace()
        .take(MOST_SIGNATURES)
        .filter_map(|one| one.strip_prefix("v1,"))
        .filter_map(|text| BASE64.decode(text).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok());
    if right { Ok(()) } else { Err(Refusal::Wrong) }
}

/// Signs a body as [`verify`] checks it: `v1,BASE64`, or `None` where the secret is not readable.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = BASE64.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
}

fn digits(text: &str) -> Option<i64> {
    let plain = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A vector of the specification's own libraries; see the file beside it for its origin and licence.
    const VECTOR: &str = include_str!("../tests/fixtures/standard-webhooks/vector.json");

    struct Vector {
        secret: String,
        id: String,
        timestamp: i64,
        signature: String,
        body: String,
    }

    impl Vector {
        fn read() -> Self {
            let json: serde_json::Value = serde_json::from_str(VECTOR).unwrap();
            let text = |name: &str| json[name].as_str().unwrap().to_owned();
            Self {
                secret: text("secret"),
                id: text("webhook-id"),
                timestamp: json["webhook-timestamp"].as_i64().unwrap(),
                signature: text("webhook-signature"),
                body: text("payload"),
            }
        }

        fn verify(&self, signatures: &str, id: &str, body: &[u8], late: i64) -> Result<(), Refusal> {
            let timestamp = self.timestamp.to_string();
            let signed = Signed { id, timestamp: &timestamp, signatures };
            let now = Instant::from_millis((self.timestamp + late) * 1000);
            verify(&self.secret, &signed, body, now)
        }
    }

    #[test]
    fn the_specifications_vector_holds() {
        let v = Vector::read();
        assert_eq!(v.verify(&v.signature, &v.id, v.body.as_bytes(), 0), Ok(()));
    }

    #[test]
    fn five_minutes_either_way() {
        let v = Vector::read();
        let late = |seconds| v.verify(&v.signature, &v.id, v.body.as_bytes(), seconds);
        assert_eq!(late(300), Ok(()));
        assert_eq!(late(-300), Ok(()));
        assert_eq!(late(301), Err(Refusal::Stale));
        assert_eq!(late(-301), Err(Refusal::Stale));
        assert!(Refusal::Stale.words().contains(&format!("{TOLERANCE} seconds")));
    }

    #[test]
    fn one_right_signature_among_several_is_enough() {
        let v = Vector::read();
        let other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let many = format!("{other} v2,whatever {}", v.signature);
        assert_eq!(v.verify(&many, &v.id, v.body.as_bytes(), 0), Ok(()));
        assert_eq!(v.verify(other, &v.id, v.body.as_bytes(), 0), Err(Refusal::Wrong));
        let v1a = v.signature.replace("v1,", "v1a,");
        assert_eq!(v.verify(&v1a, &v.id, v.body.as_bytes(), 0), Err(Refusal::Wrong));
    }

    #[test]
    fn a_shortened_signature_is_wrong() {
        let v = Vector::read();
        for text in ["", "v1,", "v1,tZ1I", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3"] {
            assert_eq!(v.verify(text, &v.id, v.body.as_bytes(), 0), Err(Refusal::Wrong), "{text}");
        }
    }

    #[test]
    fn odd_timestamps_are_stale() {
        let v = Vector::read();
        for timestamp in ["", "+1649367553", "1649367553.0", "1e9", "99999999999999999999"] {
            let signed = Signed { id: &v.id, timestamp, signatures: &v.signature };
            let now = Instant::from_millis(v.timestamp * 1000);
            assert_eq!(
                verify(&v.secret, &signed, v.body.as_bytes(), now),
                Err(Refusal::Stale),
                "{timestamp}"
            );
        }
    }

    #[test]
    fn an_unreadable_secret_signs_nothing() {
        let v = Vector::read();
        let signed = Signed { id: &v.id, timestamp: "1649367553", signatures: &v.signature };
        let now = Instant::from_millis(v.timestamp * 1000);
        for secret in ["", "whsec_", "whsec_%%%", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] {
            assert_eq!(verify(secret, &signed, v.body.as_bytes(), now), Err(Refusal::Wrong));
        }
    }

    proptest! {
        #[test]
        fn another_body_or_id_is_refused(body: Vec<u8>, id in "[a-zA-Z0-9_.]{0,40}") {
            let v = Vector::read();
            prop_assume!(body != v.body.as_bytes() && id != v.id);
            prop_assert_eq!(v.verify(&v.signature, &v.id, &body, 0), Err(Refusal::Wrong));
            prop_assert_eq!(
                v.verify(&v.signature, &id, v.body.as_bytes(), 0),
                Err(Refusal::Wrong)
            );
        }

        #[test]
        fn no_header_makes_it_stumble(timestamp: String, signatures: String, body: Vec<u8>) {
            let v = Vector::read();
            let signed = Signed { id: &v.id, timestamp: &timestamp, signatures: &signatures };
            let now = Instant::from_millis(v.timestamp * 1000);
            prop_assert!(verify(&v.secret, &signed, &body, now).is_err());
        }
    }
}
