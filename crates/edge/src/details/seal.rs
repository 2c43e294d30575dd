//! Sealing payout details and credentials of platforms, so that who reads the ledger's store reads nothing: XChaCha20-Poly1305 under a key that
//! is a secret of the Worker and stands in no store.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// Bytes of a nonce: long enough that random ones never meet.
pub const NONCE_BYTES: usize = 24;

/// The longest name of a key.
const MOST_ID: usize = 32;

/// The keys of a deployment. The first one seals, all of them open.
pub struct Keyring(Vec<(String, XChaCha20Poly1305)>);

/// What is stored of a sealed text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sealed {
    /// The name of the key.
    pub key_id: String,
    /// Nonce and ciphertext, in base64.
    pub text: String,
}

/// Why a sealed text stays closed, or a key cannot be used. No variant holds anything secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The deployment has no key.
    #[error(
        "this edge keeps nothing yet that must be sealed, such as payout details and the keys of others: set the secret PARRAIN_DETAILS_KEY (openssl rand -base64 32)"
    )]
    NoKey,
    /// The secret is no list of keys.
    #[error(
        "the secret PARRAIN_DETAILS_KEY is not readable: it is 32 bytes in base64, or a list such as \"2027:BASE64,2026:BASE64\", the key that seals first"
    )]
    BadKeys,
    /// The key that sealed is not among the deployment's any more.
    #[error("this was sealed with the key {0:?}, which PARRAIN_DETAILS_KEY does not hold any more")]
    KeyIsGone(String),
    /// The text was changed, or sealed for another place or by another key of the same name.
    #[error("what was sealed does not open with the key {0:?}")]
    DoesNotOpen(String),
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(id, _)| id)).finish()
    }
}

impl Keyring {
    /// Reads the secret: `BASE64`, or `ID:BASE64` separated by commas. A key without a name has the name `1`.
    ///
    /// # Errors
    /// [`SealError::NoKey`] for a blank text, else [`SealError::BadKeys`].
    pub fn parse(secret: &str) -> Result<Self, SealError> {
        let mut keys: Vec<(String, XChaCha20Poly1305)> = Vec::new();
        for part in secret.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            let (id, text) = part.split_once(':').unwrap_or(("1", part));
            let named = (1..=MOST_ID).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            let bytes = decode(text).filter(|bytes| bytes.len() == KEY_BYTES);
            let (true, Some(bytes)) = (named, bytes) else { return Err(SealError::BadKeys) };
            if keys.iter().any(|(other, _)| other == id) {
                return Err(SealError::BadKeys);
            }
            let key = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| SealError::BadKeys)?;
            keys.push((id.to_owned(), key));
        }
        if keys.is_empty() { Err(SealError::NoKey) } else { Ok(Self(keys)) }
    }

    /// The name of the key that seals.
    pub fn newest(&self) -> &str {
        self.0.first().map_or("", |(id, _)| id)
    }

    /// Seals a text for one place, such as a code of a shop: it opens for that place alone.
    ///
    /// # Errors
    /// [`SealError::NoKey`] where there is none, which [`Keyring::parse`] rules out.
    pub fn seal(&self, nonce: [u8; NONCE_BYTES], place: &str, text: &[u8]) -> Result<Sealed, SealError> {
        let (id, key) = self.0.first().ok_or(SealError::NoKey)?;
        let payload = Payload { msg: text, aad: place.as_bytes() };
        let closed = key
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| SealError::DoesNotOpen(id.clone()))?;
        let bytes: Vec<u8> = nonce.into_iter().chain(closed).collect();
        Ok(Sealed { key_id: id.clone(), text: URL_SAFE_NO_PAD.encode(bytes) })
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// Why it stays closed.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        let id = &sealed.key_id;
        let (_, key) =
            self.0.iter().find(|(known, _)| known == id).ok_or_else(|| SealError::KeyIsGone(id.clone()))?;
        let fails = || SealError::DoesNotOpen(id.clone());
        let bytes = URL_SAFE_NO_PAD.decode(&sealed.text).map_err(|_| fails())?;
        let (nonce, closed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(fails)?;
        let payload = Payload { msg: closed, aad: place.as_bytes() };
        key.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| fails())
    }
}

/// Bytes in any of base64's usual forms.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    STANDARD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text))
        .or_else(|_| URL_SAFE_NO_PAD.decode(text))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: [u8; NONCE_BYTES] = [7; NONCE_BYTES];

    fn key(byte: u8) -> String {
        STANDARD.encode([byte; KEY_BYTES])
    }

    #[test]
    fn opens_where_and_for_whom_it_was_sealed() {
        let keys = Keyring::parse(&key(1)).unwrap();
        let sealed = keys.seal(NONCE, "demo ANNA10", b"FR7630006000011234567890189").unwrap();
        assert_eq!(sealed.key_id, "1");
        assert!(!sealed.text.contains("FR76"));
        assert_eq!(keys.open("demo ANNA10", &sealed).unwrap(), b"FR7630006000011234567890189");
        assert_eq!(keys.open("demo BOB22", &sealed), Err(SealError::DoesNotOpen("1".into())));
        let other = Keyring::parse(&key(2)).unwrap();
        assert_eq!(other.open("demo ANNA10", &sealed), Err(SealError::DoesNotOpen("1".into())));
        for changed in ["", "AAAA", &sealed.text[1..], &sealed.text[..sealed.text.len() - 2], "ü"] {
            let sealed = Sealed { text: changed.to_owned(), ..sealed.clone() };
            assert_eq!(
                keys.open("demo ANNA10", &sealed),
                Err(SealError::DoesNotOpen("1".into())),
                "{changed}"
            );
        }
    }

    #[test]
    fn an_older_key_still_opens_and_the_first_one_seals() {
        let old = Keyring::parse(&format!("2026:{}", key(1))).unwrap();
        let sealed = old.seal(NONCE, "place", b"text").unwrap();
        let both = Keyring::parse(&format!(" 2027:{} , 2026:{}\n", key(2), key(1))).unwrap();
        assert_eq!(both.newest(), "2027");
        assert_eq!(both.open("place", &sealed).unwrap(), b"text");
        let anew = both.seal(NONCE, "place", b"text").unwrap();
        assert_eq!(anew.key_id, "2027");
        assert_eq!(old.open("place", &anew), Err(SealError::KeyIsGone("2027".into())));
    }

    #[test]
    fn what_is_no_key_is_refused_and_no_key_is_shown() {
        for blank in ["", "  ", ",", "\n"] {
            assert_eq!(Keyring::parse(blank).unwrap_err(), SealError::NoKey);
        }
        let short = STANDARD.encode([1; 31]);
        let twice = format!("1:{0},1:{0}", key(1));
        for bad in ["secret", &short, &twice, &format!(":{}", key(1)), &format!("a b:{}", key(1)), "1:"] {
            assert_eq!(Keyring::parse(bad).unwrap_err(), SealError::BadKeys, "{bad}");
        }
        assert!(Keyring::parse(&URL_SAFE_NO_PAD.encode([0xfb; KEY_BYTES])).is_ok());
        let shown = format!("{:?}", Keyring::parse(&key(1)).unwrap());
        assert_eq!(shown, "[\"1\"]");
    }
}
