//! Any bytes as the three signature headers, a body, a token and an identity: never right, never harmful.

use parrain_core::instant::Instant;
use parrain_edge::shop_id::ShopId;
use parrain_edge::signature::{Signed, verify};
use parrain_edge::{identity, token};

/// One input.
pub fn run(bytes: &[u8]) {
    let now = Instant::parse("2026-11-20T00:00:00Z").expect("an instant");
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(4, '\n');
    let mut next = || parts.next().unwrap_or_default();
    let (id, timestamp, signatures, body) = (next(), next(), next(), next());
    let signed = Signed { id, timestamp, signatures };
    // Nobody guesses 32 bytes: that any of this is right would be a fault of ours.
    let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    assert!(verify(secret, &signed, body.as_bytes(), now).is_err());
    assert!(
        verify(id, &Signed { id, timestamp, signatures }, body.as_bytes(), now).is_err()
            || id.starts_with("whsec_")
    );
    let shop = ShopId::parse("demo").expect("a shop id");
    assert_eq!(token::referrer_of(b"key", &shop, &text, now), None);
    assert!(identity::verify("pst_token", &text, now).is_err());
    let _ = body.parse::<parrain_core::code::Code>();
    let _ = Instant::parse(body);
}
