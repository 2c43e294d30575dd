//! Who may do what: the tokens of referrers, shops and the deployment's admin.

use crate::shop_id::ShopId;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_wire::code::READABLE;
use parrain_wire::mail::MailKind;
use parrain_wire::word::Word;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How long a referrer's token holds, in days: long enough that a link seen twice a year still opens.
pub const REFERRER_TOKEN_DAYS: i64 = 180;

/// What every referrer token begins with, so that one found in a log or a paste is recognised.
const PREFIX: &str = "prt_";

/// What every sign-in key begins with.
const KEY_PREFIX: &str = "prk_";

/// What every shop's token begins with.
pub const SHOP_PREFIX: &str = "pst_";

/// What every key to a shop's desk begins with.
const DESK_PREFIX: &str = "pdk_";

/// What every module's token begins with.
const MODULE_PREFIX: &str = "pmt_";

/// What every key begins with by which a module signs customer identities.
const IDENTITY_PREFIX: &str = "pik_";

/// What every token begins with by which unsigned webhooks on mail come in.
const MAIL_PREFIX: &str = "pmw_";

/// How many letters and digits a connect code has: 31^12 codes, of which one is good once and for minutes.
const CONNECT_LENGTH: usize = 12;

/// Bytes of an HMAC-SHA256.
const MAC: usize = 32;

/// A token for one referrer of one shop, to be sent as `Authorization: Bearer`. `key` is the shop's own
/// secret; without it nobody can make or lengthen one.
pub fn referrer_token(key: &[u8], shop: &ShopId, code: &Code, now: Instant) -> Option<String> {
    let until = now.plus_days(REFERRER_TOKEN_DAYS).seconds();
    let said = format!("{until}.{code}");
    let mut bytes = said.clone().into_bytes();
    bytes.extend_from_slice(&mac(key, shop, &said)?.finalize().into_bytes());
    Some(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The code that a referrer token was made for and the second in which it was made, where this shop made it and it has
/// not expired.
pub fn referrer_of(key: &[u8], shop: &ShopId, token: &str, now: Instant) -> Option<(Code, Instant)> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    let (said, signature) = bytes.split_at_checked(bytes.len().checked_sub(MAC)?)?;
    let said = std::str::from_utf8(said).ok()?;
    mac(key, shop, said)?.verify_slice(signature).ok()?;
    let (until, code) = said.split_once('.')?;
    let until: i64 = until.parse().ok()?;
    let until = Instant::from_millis(until.checked_mul(1000)?);
    let code = code.parse().ok()?;
    (now < until).then(|| (code, until.plus_days(-REFERRER_TOKEN_DAYS)))
}

/// Whether two secrets are the same, in a time that says nothing of where they differ or how long they are.
/// An empty one is never right.
pub fn same_secret(given: &str, right: &str) -> bool {
    let equal = Sha256::digest(given).ct_eq(&Sha256::digest(right));
    !right.is_empty() && bool::from(equal)
}

/// Whether a secret is one of those in a list with commas between them.
pub fn is_one_of(given: &str, list: &str) -> bool {
    // All of them are compared, so that the time says nothing of which it is.
    list.split(',').map(str::trim).fold(false, |found, right| found | same_secret(given, right))
}

/// A new secret for signing a shop's events: `whsec_` and 32 random bytes in base64.
pub fn event_secret(random: [u8; 32]) -> String {
    format!("whsec_{}", STANDARD.encode(random))
}

/// A new token for a shop's own server, which is also the key of its customers' signed identities. Which shop stands
/// behind a dot, so that whoever signs in with it need not say so.
pub fn shop_token(random: [u8; 32], shop: &ShopId) -> String {
    format!("{SHOP_PREFIX}{}.{shop}", URL_SAFE_NO_PAD.encode(random))
}

/// Which shop a shop's token names; `None` for one of an earlier release, which names none.
pub fn shop_of(token: &str) -> Option<ShopId> {
    let (_, shop) = token.strip_prefix(SHOP_PREFIX)?.split_once('.')?;
    ShopId::parse(shop)
}

/// A new key that lets its holder in as one referrer, once; 192 bits that nobody guesses.
pub fn sign_in_key(random: [u8; 24]) -> String {
    format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(random))
}

/// What is kept of a sign-in key; `None` for a text that is none. A plain hash does: who has it would have to
/// try 2^192 keys.
pub fn sign_in_hash(key: &str) -> Option<String> {
    hash(key.strip_prefix(KEY_PREFIX)?)
}

/// A new key that lets its holder in at a shop's desk; which shop stands behind a dot.
pub fn desk_key(random: [u8; 24], shop: &ShopId) -> String {
    format!("{DESK_PREFIX}{}.{shop}", URL_SAFE_NO_PAD.encode(random))
}

/// Which shop a desk key is for, and what is kept of it; `None` for a text that is none.
pub fn desk_hash(key: &str) -> Option<(ShopId, String)> {
    let (key, shop) = key.trim().strip_prefix(DESK_PREFIX)?.split_once('.')?;
    Some((ShopId::parse(shop)?, hash(key)?))
}

/// A new token for a shop's module; which shop stands behind a dot.
pub fn module_token(random: [u8; 24], shop: &ShopId) -> String {
    format!("{MODULE_PREFIX}{}.{shop}", URL_SAFE_NO_PAD.encode(random))
}

/// Which shop a module's token is for, and what is kept of it; `None` for a text that is none.
pub fn module_hash(token: &str) -> Option<(ShopId, String)> {
    let (key, shop) = token.strip_prefix(MODULE_PREFIX)?.split_once('.')?;
    Some((ShopId::parse(shop)?, hash(key)?))
}

/// A new key by which a module signs customer identities.
pub fn identity_key(random: [u8; 32]) -> String {
    format!("{IDENTITY_PREFIX}{}", URL_SAFE_NO_PAD.encode(random))
}

/// The key by which a shop that was given none signs customer identities: it follows from the shop's salt.
pub fn identity_key_of(salt: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(b"parrain identity key 1");
    format!("{IDENTITY_PREFIX}{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// By what an erased customer is known again: a hash of the id or address, under a key of its own.
pub fn former(salt: &[u8], key: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(b"parrain former customer 1\0");
    mac.update(key.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// A new connect code in parts of four, such as `K7PM-4XQD-9RTB`, that a person can type.
pub fn connect_code(random: [u8; CONNECT_LENGTH]) -> String {
    let letters = random.iter().filter_map(|byte| READABLE.get(usize::from(*byte) % READABLE.len()));
    let letters: Vec<char> = letters.map(|byte| char::from(*byte)).collect();
    letters.chunks(4).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The code that is proposed for the voucher of a task: the same for the same task, and nobody's to guess without the
/// shop's key.
pub fn voucher_code(key: &[u8], task: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(b"parrain voucher 1\0");
    mac.update(task.as_bytes());
    let bytes = mac.finalize().into_bytes();
    Some(connect_code(bytes.first_chunk().copied()?))
}

/// What stands in the link by which one person ends one kind of mail: the keyed hash of the address that has it, so that
/// whoever has the code later is left alone; nothing for the owner. It never expires, since mail is read years later, and
/// ends nothing else.
pub fn stop_token(key: &[u8], shop: &ShopId, email_hash: Option<&str>, kind: MailKind) -> Option<String> {
    let said = format!("{}.{}", kind.name(), email_hash.unwrap_or_default());
    let mac = keyed(key, "parrain mail stop 2", shop, &said)?.finalize().into_bytes();
    let mut bytes = said.into_bytes();
    bytes.extend_from_slice(&mac);
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// To which address, by its keyed hash, mail of which kind such a link ends, where this shop made it.
pub fn stop_of(key: &[u8], shop: &ShopId, token: &str) -> Option<(Option<String>, MailKind)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (said, signature) = bytes.split_at_checked(bytes.len().checked_sub(MAC)?)?;
    let said = std::str::from_utf8(said).ok()?;
    keyed(key, "parrain mail stop 2", shop, said)?.verify_slice(signature).ok()?;
    let (kind, email_hash) = said.split_once('.')?;
    Some((Some(email_hash.to_owned()).filter(|hash| !hash.is_empty()), MailKind::named(kind)?))
}

/// What webhooks of a provider carry that does not sign them: it lets nobody do more than end somebody's mail.
pub fn mail_webhook_token(key: &[u8], shop: &ShopId) -> Option<String> {
    let mac = keyed(key, "parrain mail webhook 1", shop, "")?.finalize().into_bytes();
    Some(format!("{MAIL_PREFIX}{}", URL_SAFE_NO_PAD.encode(mac)))
}

/// What is kept of a connect code as somebody typed it: case, blanks and hyphens do not matter. `None` for a text that
/// is none.
pub fn connect_hash(typed: &str) -> Option<String> {
    let plain = typed.chars().filter(|c| *c != '-' && !c.is_whitespace());
    let code: String = plain.map(|c| c.to_ascii_uppercase()).take(CONNECT_LENGTH + 1).collect();
    let fits = code.len() == CONNECT_LENGTH && code.bytes().all(|byte| READABLE.contains(&byte));
    fits.then(|| URL_SAFE_NO_PAD.encode(Sha256::digest(code)))
}

fn hash(key: &str) -> Option<String> {
    let random: [u8; 24] = URL_SAFE_NO_PAD.decode(key).ok()?.try_into().ok()?;
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(random)))
}

/// Keyed hashing of what a referrer token says. The key is used for other purposes too, so that this one
/// is named in what is hashed.
fn mac(key: &[u8], shop: &ShopId, said: &str) -> Option<Hmac<Sha256>> {
    keyed(key, "parrain referrer token 1", shop, said)
}

/// The same, for what is named.
fn keyed(key: &[u8], what: &str, shop: &ShopId, said: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in [what, shop.as_str(), said] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shop(id: &str) -> ShopId {
        ShopId::parse(id).unwrap()
    }

    fn now() -> Instant {
        Instant::parse("2026-11-20T10:00:00Z").unwrap()
    }

    fn anna() -> Code {
        "ANNA10".parse().unwrap()
    }

    fn token() -> String {
        referrer_token(b"key", &shop("demo"), &anna(), now()).unwrap()
    }

    #[test]
    fn connect_codes_are_read_as_people_type_them() {
        let code = connect_code([0, 1, 2, 3, 30, 31, 32, 255, 254, 7, 8, 9]);
        assert_eq!(code, "ABCD-9ABH-GHJK");
        let kept = connect_hash(&code);
        assert!(kept.is_some());
        for typed in ["abcd9abhghjk", " ABCD 9ABH\u{a0}GHJK\n", "a-b-c-d-9-a-b-h-g-h-j-k"] {
            assert_eq!(connect_hash(typed), kept, "{typed}");
        }
        for other in ["", "ABCD-9ABH-GHJ", "ABCD-9ABH-GHJKK", "ABCD-9ABH-GHJ0", "ABCD-9ABH-GHJÉ"] {
            assert_eq!(connect_hash(other), None, "{other}");
        }
    }

    #[test]
    fn a_module_s_token_names_its_shop() {
        let token = module_token([7; 24], &shop("demo"));
        let (named, kept) = module_hash(&token).unwrap();
        assert_eq!(named, shop("demo"));
        assert!(!token.contains(&kept));
        assert_eq!(module_hash(&token.replace("pmt_", "pdk_")), None);
    }

    #[test]
    fn holds_for_its_shop_and_its_time() {
        let check = |key: &[u8], id: &str, days| referrer_of(key, &shop(id), &token(), now().plus_days(days));
        assert_eq!(check(b"key", "demo", 0), Some((anna(), now())));
        assert_eq!(check(b"key", "demo", 179), Some((anna(), now())));
        assert_eq!(check(b"key", "demo", 180), None);
        assert_eq!(check(b"key", "other", 0), None);
        assert_eq!(check(b"another", "demo", 0), None);
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same_secret("demo-admin-token", "demo-admin-token"));
        for given in ["", "demo", "demo-admin-token ", "Demo-admin-token"] {
            assert!(!same_secret(given, "demo-admin-token"));
        }
        assert!(!same_secret("", ""));
    }

    #[test]
    fn a_sign_in_key_is_known_by_its_hash_alone() {
        let (one, other) = (sign_in_key([7; 24]), sign_in_key([8; 24]));
        assert!(one.starts_with("prk_") && one.len() == 36, "{one}");
        let hash = sign_in_hash(&one).unwrap();
        assert!(Some(&hash) != sign_in_hash(&other).as_ref() && !hash.contains(&one[4..]));
        for none in ["", "prk_", &one[4..], &one[..35], &format!("{one}A"), &format!("{one} "), "prk_é"] {
            assert_eq!(sign_in_hash(none), None, "{none}");
        }
    }

    #[test]
    fn fresh_secrets_have_their_prefix() {
        assert!(event_secret([7; 32]).starts_with("whsec_"));
        assert!(is_one_of("new", "new, old") && is_one_of("old", "new, old") && is_one_of("one", "one"));
        assert!(!["new, old", "", "ne", ","].iter().any(|given| is_one_of(given, "new, old")));
        assert!(!is_one_of("", "") && !is_one_of("", ","));
        let of = |n| shop_token([n; 32], &shop("demo"));
        assert!(of(7).starts_with("pst_") && shop_of(&of(7)) == Some(shop("demo")));
        assert_ne!(of(7), of(8));
        assert_eq!(shop_of("pst_AAAA"), None);
    }

    proptest! {
        #[test]
        fn any_changed_byte_is_noticed(at in 0_usize..1000, by in 1_u8..=255) {
            let mut bytes = URL_SAFE_NO_PAD.decode(&token()[4..]).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= by;
            let forged = format!("prt_{}", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(referrer_of(b"key", &shop("demo"), &forged, now()), None);
        }

        #[test]
        fn nonsense_is_no_token(text: String) {
            prop_assert_eq!(referrer_of(b"key", &shop("demo"), &text, now()), None);
            let dressed = format!("prt_{text}");
            prop_assert_eq!(referrer_of(b"key", &shop("demo"), &dressed, now()), None);
        }
    }
}
