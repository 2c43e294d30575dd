//! The customers that the demo can sign in, and how the shop vouches for one to the widget.

use jiff::Timestamp;
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::prelude::*;
use serde::Serialize;

/// A customer of the demo.
#[derive(Debug)]
pub struct Customer {
    /// Id in the shop.
    pub id: &'static str,
    /// First and last name.
    pub name: &'static str,
    /// Address.
    pub email: &'static str,
    /// Orders before this demo began.
    pub earlier_orders: u32,
    /// Who they are in the story, in French and English.
    pub part: (&'static str, &'static str),
}

/// All of them.
pub static CUSTOMERS: [Customer; 3] = [
    Customer {
        id: "c-anna",
        name: "Anna Moreau",
        email: "anna@example.com",
        earlier_orders: 3,
        part: (
            "parraine déjà ses amis avec le code ANNA10",
            "already refers her friends with the code ANNA10",
        ),
    },
    Customer {
        id: "c-hugo",
        name: "Hugo Lambert",
        email: "hugo@example.com",
        earlier_orders: 1,
        part: ("client fidèle, ne parraine pas encore", "a returning customer who does not refer anyone yet"),
    },
    Customer {
        id: "c-ines",
        name: "Inès Faure",
        email: "ines@example.com",
        earlier_orders: 0,
        part: ("vient d’ouvrir son compte, aucune commande", "has just opened her account, no order yet"),
    },
];

/// The customer of that id.
pub fn by_id(id: &str) -> Option<&'static Customer> {
    CUSTOMERS.iter().find(|c| c.id == id)
}

/// Orders before this demo of whoever has that address.
pub fn earlier_orders(email: &str) -> u32 {
    CUSTOMERS.iter().find(|c| c.email.eq_ignore_ascii_case(email)).map_or(0, |c| c.earlier_orders)
}

/// Whether a text is what the e-mail standard's common part asks: one `@`, a domain with a point, no blanks.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |s: &str| {
        !s.is_empty()
            && !s.contains(|c: char| c.is_whitespace() || c.is_control() || "@<>,;:\"()[]\\".contains(c))
    };
    let labels =
        domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    text.len() <= 254 && local.len() <= 64 && plain(local) && plain(domain) && domain.contains('.') && labels
}

/// How long the shop's word holds; the contract allows 24 hours.
const VALID_SECONDS: i64 = 3600;

/// The value of `data-customer`: a compact JWS (HS256, the key is the shop's identity key) in which the
/// shop says who is signed in on this page.
///
/// # Errors
/// Where the claims cannot be written, which no customer of ours causes.
pub fn vouch(
    customer: &Customer,
    orders_count: u32,
    identity_key: &str,
    now: Timestamp,
) -> Result<String, jwt_compact::CreationError> {
    #[derive(Serialize)]
    struct Identity<'a> {
        sub: &'a str,
        exp: i64,
        email: &'a str,
        name: &'a str,
        orders_count: u32,
    }
    let claims = Claims::new(Identity {
        sub: customer.id,
        exp: now.as_second() + VALID_SECONDS,
        email: customer.email,
        name: customer.name,
        orders_count,
    });
    Hs256.token(&Header::empty(), &claims, &Hs256Key::new(identity_key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vouches_as_the_contract_asks() {
        let now = Timestamp::now();
        let token = vouch(&CUSTOMERS[0], 4, "shop-token", now).unwrap();
        let token = UntrustedToken::new(&token).unwrap();
        assert_eq!(token.algorithm(), "HS256");
        let key = Hs256Key::new(b"shop-token");
        let claims = Hs256.validator::<serde_json::Value>(&key).validate(&token).unwrap();
        let claims = &claims.claims().custom;
        assert_eq!(claims["sub"], "c-anna");
        assert_eq!(claims["email"], "anna@example.com");
        assert_eq!(claims["orders_count"], 4);
        let other = Hs256Key::new(b"another");
        assert!(Hs256.validator::<serde_json::Value>(&other).validate(&token).is_err());
    }

    #[test]
    fn the_word_holds_an_hour() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let token = vouch(&CUSTOMERS[1], 1, "k", now).unwrap();
        let key = Hs256Key::new(b"k");
        let token = UntrustedToken::new(&token).unwrap();
        let claims = Hs256.validator::<serde_json::Value>(&key).validate(&token).unwrap();
        let expires = claims.claims().expiration.unwrap().timestamp();
        assert_eq!(expires, now.as_second() + 3600);
    }

    #[test]
    fn finds_people() {
        assert_eq!(by_id("c-anna").unwrap().name, "Anna Moreau");
        assert!(by_id("c-nobody").is_none());
        assert_eq!(earlier_orders("ANNA@example.com"), 3);
        assert_eq!(earlier_orders("new@example.com"), 0);
    }

    #[test]
    fn wants_a_whole_address() {
        for email in ["bob@example.com", "bob+tag@mail.example.co.uk", "é@exemple.fr"] {
            assert!(is_address(email), "{email}");
        }
        for email in [
            "",
            "bob",
            "bob@",
            "@x.fr",
            "bob@x",
            "a b@x.fr",
            "a@b@c.fr",
            "a@x..fr",
            "a@x.fr\r\nBcc: b@x.fr",
            "<a@x.fr>",
            &format!("{}@x.fr", "a".repeat(65)),
        ] {
            assert!(!is_address(email), "{email:?}");
        }
    }
}
