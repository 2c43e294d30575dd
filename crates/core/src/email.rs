//! When two e-mail addresses are one person's.

/// The form in which addresses are compared (contract section 7): trimmed, lower case, the domain as its
/// punycode, googlemail.com as gmail.com, without a `+tag`, and at gmail.com without dots in the local part.
/// `None` for a text without `@`: it is a platform's placeholder, such as `n/a`, and makes no two guests one
/// customer.
pub fn normalise(address: &str) -> Option<String> {
    let lower = address.trim().to_lowercase();
    let (local, domain) = lower.rsplit_once('@')?;
    let domain = domain.trim_end_matches('.');
    // A domain that is none stays as it was written: it is compared, not written to.
    let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned());
    let untagged = match local.split_once('+') {
        Some((before, _)) if !before.is_empty() => before,
        Some(_) | None => local,
    };
    Some(match domain.as_str() {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", untagged.replace('.', "")),
        domain => format!("{untagged}@{domain}"),
    })
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn one_person_behind_several_spellings() {
        let same = |a: &str, b: &str| assert_eq!(normalise(a), normalise(b), "{a} {b}");
        same("An.NaB+gift@Gmail.com", "anna.b@gmail.com");
        same("Paul.Roux+2@Example.com", "paul.roux@example.com");
        same("a.b@googlemail.com", "ab@gmail.com");
        same("zoe@CAFÉ-Lumière.example", "zoe@xn--caf-lumire-66ag.example");
        same("zoe@example.com.", "zoe@example.com");
        same("odd@no_domain", "ODD@no_domain");
        same(" x@example.com ", "X@EXAMPLE.COM");
        assert_ne!(normalise("paulroux@example.com"), normalise("paul.roux@example.com"));
        assert_eq!(normalise("  "), None);
        assert_eq!(normalise("+tag@example.com").as_deref(), Some("+tag@example.com"));
        assert_eq!(normalise("Guest"), None);
    }
}
