//! Credentials of a platform: how they are read, and sealed so that who reads the ledger's store reads nothing.

use crate::deliveries::address;
use crate::details::seal::{Keyring, NONCE_BYTES, SealError, Sealed};
use crate::platform::Platform;
use parrain_core::check::{Faults, Node};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest token, key or secret, in characters.
const MOST: usize = 300;

/// What opens a platform's interface.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credentials {
    /// Of a shop at Shopify.
    Shopify {
        /// Its address there, such as `atelier.myshopify.com`.
        shop: String,
        /// What opens it.
        key: ShopifyKey,
    },
    /// Of a site with WooCommerce.
    Woocommerce {
        /// Its address, without a slash at the end.
        site: String,
        /// `ck_…`
        key: String,
        /// `cs_…`
        secret: String,
    },
    /// Of an account at Stripe.
    Stripe {
        /// `rk_…`
        key: String,
    },
}

/// What opens a shop at Shopify.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShopifyKey {
    /// A token for good, of an app that was made in the shop's admin.
    Token(String),
    /// An app of the Dev Dashboard, which gets a token for a day.
    App {
        /// Its client id.
        id: String,
        /// Its secret.
        secret: String,
    },
}

impl fmt::Debug for Credentials {
    /// Whose they are, and nothing that opens anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({} …)", self.platform().name())
    }
}

impl Credentials {
    /// Reads the body of `PUT /v1/shops/{shop}/connections/{platform}`; `near` as [`address::read`] has it.
    pub fn read(platform: Platform, root: &Node<'_>, near: bool, faults: &mut Faults) -> Option<Self> {
        root.object(faults)?;
        match platform {
            Platform::Shopify => {
                root.only(faults, &["shop", "token", "client_id", "client_secret"]);
                let shop = read_shop(&root.field("shop"), faults);
                let token = pasted(root, "token", faults);
                let app = (pasted(root, "client_id", faults), pasted(root, "client_secret", faults));
                let key = match (token, app) {
                    (Some(token), (None, None)) => Some(ShopifyKey::Token(token)),
                    (None, (Some(id), Some(secret))) => Some(ShopifyKey::App { id, secret }),
                    (Some(_), _) => {
                        faults.add(&root.field("token"), "has no place beside a client id and secret");
                        None
                    }
                    // A token that cannot be read has its fault already.
                    (None, _) if says(root, "token") => None,
                    (None, _) => {
                        faults
                            .add(&root.field("token"), "is needed, or else a client id and a client secret");
                        None
                    }
                };
                Some(Self::Shopify { shop: shop?, key: key? })
            }
            Platform::Woocommerce => {
                root.only(faults, &["site", "consumer_key", "consumer_secret"]);
                let site = read_site(&root.field("site"), near, faults);
                let key = begins(&root.field("consumer_key"), "ck_", faults);
                let secret = begins(&root.field("consumer_secret"), "cs_", faults);
                Some(Self::Woocommerce { site: site?, key: key?, secret: secret? })
            }
            Platform::Stripe => {
                root.only(faults, &["key"]);
                let key = begins(&root.field("key"), "rk_", faults);
                Some(Self::Stripe { key: key? })
            }
        }
    }

    /// Which platform's they are.
    pub fn platform(&self) -> Platform {
        match self {
            Self::Shopify { .. } => Platform::Shopify,
            Self::Woocommerce { .. } => Platform::Woocommerce,
            Self::Stripe { .. } => Platform::Stripe,
        }
    }

    /// Whose they are, as the owner recognises it; never what opens anything.
    pub fn account(&self) -> String {
        match self {
            Self::Shopify { shop, .. } => shop.clone(),
            Self::Woocommerce { site, .. } => site.clone(),
            Self::Stripe { key } => {
                let last = key.len().saturating_sub(4);
                format!("rk_…{}", key.get(last..).unwrap_or_default())
            }
        }
    }

    /// What somebody said, without the secrets that they may have said again.
    pub fn scrubbed(&self, words: &str) -> String {
        self.secrets().into_iter().fold(words.to_owned(), |words, secret| words.replace(secret, "…"))
    }

    /// Seals them for this shop alone.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(
        &self,
        keys: &Keyring,
        nonce: [u8; NONCE_BYTES],
        shop: &Place<'_>,
    ) -> Result<Sealed, SealError> {
        let text = serde_json::to_vec(self).map_err(|_| SealError::BadKeys)?;
        keys.seal(nonce, &shop.text(self.platform()), &text)
    }

    /// Opens what was sealed for this shop.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(
        keys: &Keyring,
        shop: &Place<'_>,
        platform: Platform,
        sealed: &Sealed,
    ) -> Result<Self, SealError> {
        let text = keys.open(&shop.text(platform), sealed)?;
        serde_json::from_slice(&text).map_err(|_| SealError::DoesNotOpen(sealed.key_id.clone()))
    }

    fn secrets(&self) -> Vec<&str> {
        match self {
            Self::Shopify { key: ShopifyKey::Token(token), .. } => vec![token],
            Self::Shopify { key: ShopifyKey::App { secret, .. }, .. } => vec![secret],
            Self::Woocommerce { key, secret, .. } => vec![secret, key],
            Self::Stripe { key } => vec![key],
        }
    }
}

/// For whom credentials are sealed: one of the shops that have had an id.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The shop's id.
    pub shop: &'a str,
    /// Which of them.
    pub incarnation: &'a str,
}

impl Place<'_> {
    fn text(&self, platform: Platform) -> String {
        format!("parrain platform credentials 1\0{}\0{}\0{}", self.shop, self.incarnation, platform.name())
    }
}

/// A shop's address at Shopify, out of whatever the owner copied: `atelier`, an address, or that of the admin.
fn read_shop(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    const END: &str = ".myshopify.com";
    let text = node.pasted(faults, MOST)?.to_ascii_lowercase();
    let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(&text);
    let name = match bare.strip_prefix("admin.shopify.com/store/") {
        Some(rest) => rest.split('/').next().unwrap_or_default(),
        None => {
            let host = bare.split('/').next().unwrap_or_default();
            host.strip_suffix(END).unwrap_or(host)
        }
    };
    let fits = !name.is_empty()
        && name.len() <= 60
        && !name.starts_with('-')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !fits {
        faults.add(node, "must be the shop's address at Shopify, such as \"atelier.myshopify.com\"");
        return None;
    }
    Some(format!("{name}{END}"))
}

/// The address of a WordPress site: public, and without what follows its path.
fn read_site(node: &Node<'_>, near: bool, faults: &mut Faults) -> Option<String> {
    let text = node.pasted(faults, address::MOST)?;
    match address::read(text, near) {
        Ok(url) => {
            let path = url.path().split("/wp-").next().unwrap_or_default();
            Some(format!("{}{}", url.origin().ascii_serialization(), path.trim_end_matches('/')))
        }
        Err(refused) => {
            faults.add(node, refused.to_string());
            None
        }
    }
}

/// A token or secret that need not be there.
fn pasted(root: &Node<'_>, name: &str, faults: &mut Faults) -> Option<String> {
    let node = root.field(name);
    if !says(root, name) {
        return None;
    }
    let text = node.pasted(faults, MOST)?;
    plain_ascii(&node, text, faults)
}

/// Whether a member says anything: a form sends the fields that were left empty too.
fn says(root: &Node<'_>, name: &str) -> bool {
    let node = root.field(name);
    let blank = node.value().and_then(|value| value.as_str()).is_some_and(|text| text.trim().is_empty());
    node.is_present() && !blank
}

/// A key whose beginning says what it is.
fn begins(node: &Node<'_>, with: &str, faults: &mut Faults) -> Option<String> {
    let text = node.pasted(faults, MOST)?;
    if !text.starts_with(with) {
        faults.add(node, format!("must begin with {with}"));
        return None;
    }
    plain_ascii(node, text, faults)
}

/// What a header can carry.
fn plain_ascii(node: &Node<'_>, text: &str, faults: &mut Faults) -> Option<String> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        faults.add(node, "must be letters, digits and signs without blanks, as the platform shows it");
        return None;
    }
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(platform: Platform, body: &Value) -> Result<Credentials, Vec<String>> {
        let mut faults = Faults::default();
        let read = Credentials::read(platform, &Node::root(body), false, &mut faults);
        let read = faults.into_result(read);
        read.map(Option::unwrap).map_err(|all| all.into_iter().map(|fault| fault.pointer).collect())
    }

    #[test]
    fn a_shop_at_shopify_is_read_out_of_what_owners_copy() {
        for text in [
            "atelier",
            " Atelier.myshopify.com ",
            "https://atelier.myshopify.com/admin",
            "https://admin.shopify.com/store/atelier/settings",
        ] {
            let read = read(Platform::Shopify, &json!({"shop": text, "token": "shpat_x"})).unwrap();
            assert_eq!(read.account(), "atelier.myshopify.com", "{text}");
        }
        for text in ["", "atelier.example", "-x", "atelier.myshopify.com.evil.com", "a b", "é"] {
            assert_eq!(
                read(Platform::Shopify, &json!({"shop": text, "token": "shpat_x"})),
                Err(vec!["/shop".to_owned()]),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        let of = |body: Value| read(Platform::Shopify, &body).unwrap_err();
        assert_eq!(of(json!({"shop": "a"})), ["/token"]);
        assert_eq!(of(json!({"shop": "a", "client_id": "x"})), ["/token"]);
        assert_eq!(
            of(json!({"shop": "a", "token": "t", "client_id": "x", "client_secret": "y"})),
            ["/token"]
        );
        assert_eq!(of(json!({"shop": "a", "token": "t\u{a0}x"})), ["/token"]);
        let woo = json!({"site": "https://10.0.0.1/", "consumer_key": "cs_x", "consumer_secret": "cs_x"});
        assert_eq!(read(Platform::Woocommerce, &woo).unwrap_err(), ["/site", "/consumer_key"]);
        assert_eq!(read(Platform::Stripe, &json!({"key": "sk_live_x"})).unwrap_err(), ["/key"]);
        let site = json!({"site": "https://shop.example/fr/wp-admin/x", "consumer_key": "ck_x", "consumer_secret": "cs_x"});
        assert_eq!(read(Platform::Woocommerce, &site).unwrap().account(), "https://shop.example/fr");
    }

    #[test]
    fn they_open_for_their_shop_alone_and_are_shown_nowhere() {
        let keys = Keyring::parse("1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=").unwrap();
        let one = read(Platform::Stripe, &json!({"key": "rk_live_secret"})).unwrap();
        let place = Place { shop: "demo", incarnation: "i1" };
        let sealed = one.seal(&keys, [1; NONCE_BYTES], &place).unwrap();
        assert_eq!(Credentials::open(&keys, &place, Platform::Stripe, &sealed).unwrap(), one);
        let later = Place { incarnation: "i2", ..place };
        assert!(Credentials::open(&keys, &later, Platform::Stripe, &sealed).is_err());
        assert!(Credentials::open(&keys, &place, Platform::Shopify, &sealed).is_err());
        assert!(!format!("{one:?}{}", one.account()).contains("secret"));
        assert_eq!(one.scrubbed("the key rk_live_secret is wrong"), "the key … is wrong");
    }
}
