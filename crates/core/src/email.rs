//! When two e-mail addresses are one person's.

use icu_normalizer::ComposingNormalizerBorrowed;

/// What a provider documents of addresses that reach one mailbox.
struct Provider {
    /// The domain that stands for all of its domains; `None` where each has mailboxes of its own.
    one: Option<&'static str>,
    domains: &'static [&'static str],
    /// Characters of the local part that it looks past.
    ignored: &'static [char],
    /// What begins a tag, beside the `+` that all have.
    tag: Option<char>,
}

/// Providers whose addresses have more spellings than others', each by its own documents.
const PROVIDERS: &[Provider] = &[
    // https://support.google.com/mail/answer/7436150
    Provider {
        one: Some("gmail.com"),
        domains: &["gmail.com", "googlemail.com"],
        ignored: &['.'],
        tag: None,
    },
    // https://proton.me/support/addresses-and-aliases: dots, hyphens and underscores make no other address.
    Provider {
        one: Some("proton.me"),
        domains: &["proton.me", "protonmail.com", "protonmail.ch", "pm.me"],
        ignored: &['.', '-', '_'],
        tag: None,
    },
    // https://support.apple.com/HT201771
    Provider {
        one: Some("icloud.com"),
        domains: &["icloud.com", "me.com", "mac.com"],
        ignored: &[],
        tag: None,
    },
    // https://help.yahoo.com/kb/SLN28815.html: what stands before the hyphen is the base name, which has none itself.
    Provider {
        one: None,
        domains: &[
            "yahoo.com",
            "yahoo.fr",
            "yahoo.co.uk",
            "yahoo.de",
            "yahoo.es",
            "yahoo.it",
            "yahoo.ca",
            "yahoo.com.br",
            "yahoo.co.in",
            "ymail.com",
            "rocketmail.com",
        ],
        ignored: &[],
        tag: Some('-'),
    },
];

/// The form in which addresses are compared (contract section 7): trimmed, NFC, lower case, the domain as its
/// punycode, without a `+tag`; and as one spelling what a large provider documents as one mailbox (`PROVIDERS`).
/// `None` for a text without `@`: it is a platform's placeholder, such as `n/a`, and makes no two guests one
/// customer.
pub fn normalise(address: &str) -> Option<String> {
    let lower = address.trim().to_lowercase();
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&lower);
    let (local, domain) = composed.rsplit_once('@')?;
    let domain = domain.trim_end_matches(is_end);
    // A domain that is none stays as it was written: it is compared, not written to.
    let ascii = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned());
    let domain = ascii.trim_end_matches(is_end);
    let provider = PROVIDERS.iter().find(|provider| provider.domains.contains(&domain));
    let local = untagged(local, '+');
    let Some(provider) = provider else { return Some(format!("{local}@{domain}")) };
    let base = provider.tag.map_or(local, |mark| untagged(local, mark)).replace(provider.ignored, "");
    let base = base.trim_start();
    // Somebody may be called by nothing but what is ignored.
    let base = if base.is_empty() { local } else { base };
    Some(format!("{base}@{}", provider.one.unwrap_or(domain)))
}

/// One spelling of an address, in which only case and the way a domain is written are looked past. Mail to two addresses
/// that differ here may reach two people, even where [`normalise`] takes them for one customer. `None` for a text without
/// `@`.
pub fn spelling(address: &str) -> Option<String> {
    let (local, domain) = address.trim().rsplit_once('@')?;
    let domain = domain.trim_end_matches(is_end);
    let ascii = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase());
    // Beyond ASCII, letters that differ may fall together in lower case, as the Kelvin sign and k do.
    Some(format!("{}@{}", local.to_ascii_lowercase(), ascii.trim_end_matches(is_end)))
}

/// What may stand behind a domain and is none of it: the dot of the root, and what somebody typed after that.
fn is_end(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

/// A local part without its tag, unless it is nothing but one.
fn untagged(local: &str, mark: char) -> &str {
    local.split_once(mark).map_or(local, |(before, _)| if before.is_empty() { local } else { before })
}

#[cfg(test)]
mod tests {
    use super::{normalise, spelling};

    #[test]
    fn one_person_behind_several_spellings() {
        for (a, b) in [
            ("An.NaB+gift@Gmail.com", "anna.b@gmail.com"),
            ("Paul.Roux+2@Example.com", "paul.roux@example.com"),
            ("a.b@googlemail.com", "ab@gmail.com"),
            ("zoe@CAFÉ-Lumière.example", "zoe@xn--caf-lumire-66ag.example"),
            ("zoe@example.com.", "zoe@example.com"),
            ("zoe@example.com \n.", "zoe@example.com"),
            ("zoe@café.example..", "zoe@xn--caf-dma.example"),
            (". anna@gmail.com", "anna@gmail.com"),
            ("odd@no_domain", "ODD@no_domain"),
            (" x@example.com ", "X@EXAMPLE.COM"),
            ("Zoe\u{301}@example.com", "zoé@example.com"),
            ("jean+shop@outlook.com", "jean@outlook.com"),
            ("jean+shop@hotmail.fr", "jean@hotmail.fr"),
            ("jean+shop@fastmail.com", "jean@fastmail.com"),
            ("j.e-a_n+x@protonmail.com", "jean@proton.me"),
            ("jean@pm.me", "jean@protonmail.ch"),
            ("jean+x@me.com", "jean@icloud.com"),
            ("jean@mac.com", "jean@icloud.com"),
            ("jean-shop@yahoo.fr", "jean@yahoo.fr"),
            ("jean-a-b@yahoo.com", "jean@yahoo.com"),
        ] {
            assert_eq!(normalise(a), normalise(b), "{a} {b}");
        }
    }

    #[test]
    fn who_are_two_stay_two() {
        for (a, b) in [
            ("paulroux@example.com", "paul.roux@example.com"),
            ("paulroux@outlook.com", "paul.roux@outlook.com"),
            ("paul-roux@example.com", "paul@example.com"),
            ("paul-roux@icloud.com", "paul@icloud.com"),
            ("paul@yahoo.fr", "paul@yahoo.com"),
            ("paul@outlook.com", "paul@hotmail.com"),
            (".@gmail.com", "..@gmail.com"),
        ] {
            assert_ne!(normalise(a), normalise(b), "{a} {b}");
        }
        assert_eq!(normalise("  "), None);
        assert_eq!(normalise("+tag@example.com").as_deref(), Some("+tag@example.com"));
        assert_eq!(normalise("-tag@yahoo.com").as_deref(), Some("-tag@yahoo.com"));
        assert_eq!(normalise("Guest"), None);
    }

    #[test]
    fn a_spelling_is_nobody_else_s() {
        for (a, b) in [
            (" Zoe@Example.com ", "zoe@example.com"),
            ("zoe@CAFÉ-Lumière.example", "zoe@xn--caf-lumire-66ag.example"),
            ("zoe@example.com.", "zoe@example.com"),
            ("zoe@example.com \n.", "zoe@example.com"),
            ("zoe@café.example..", "zoe@xn--caf-dma.example"),
            ("odd@No_Domain", "odd@no_domain"),
        ] {
            assert_eq!(spelling(a), spelling(b), "{a} {b}");
        }
        for (a, b) in [
            ("zoe+x@example.com", "zoe@example.com"),
            ("z.oe@gmail.com", "zoe@gmail.com"),
            ("zoe@googlemail.com", "zoe@gmail.com"),
            ("zoe-x@yahoo.fr", "zoe@yahoo.fr"),
            ("\u{212a}im@example.com", "kim@example.com"),
            ("Zoe\u{301}@example.com", "zoé@example.com"),
        ] {
            assert_ne!(spelling(a), spelling(b), "{a} {b}");
        }
        assert_eq!(spelling("Guest"), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_normal_stays_so(address in ".{0,12}@(gmail.com|proton.me|yahoo.fr|example.com|[a-zé.-]{0,8})") {
            if let Some(once) = normalise(&address) {
                proptest::prop_assert_eq!(normalise(&once), Some(once));
            }
        }
    }
}
