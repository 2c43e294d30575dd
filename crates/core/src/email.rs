//! When two e-mail addresses are one person's.

/// The form in which addresses are compared: trimmed, lower case, without a `+tag`, and without dots in the
/// local part at gmail.com and googlemail.com (contract section 7). `None` for a text
/// without `@`: it is a platform's placeholder, such as `n/a`, and makes no two guests one customer.
pub fn normalise(address: &str) -> Option<String> {
    let lower = address.trim().to_lowercase();
    let (local, domain) = lower.rsplit_once('@')?;
    let untagged = match local.split_once('+') {
        Some((before, _)) if !before.is_empty() => before,
        _ => local,
    };
    let local = match domain {
        "gmail.com" | "googlemail.com" => untagged.replace('.', ""),
        _ => untagged.to_owned(),
    };
    Some(format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn one_person_behind_several_spellings() {
        let same = |a: &str, b: &str| assert_eq!(normalise(a), normalise(b), "{a} {b}");
        same("An.NaB+gift@Gmail.com", "anna.b@gmail.com");
        same("Paul.Roux+2@Example.com", "paul.roux@example.com");
        same("a.b@googlemail.com", "ab@googlemail.com");
        same(" x@example.com ", "X@EXAMPLE.COM");
        assert_ne!(normalise("paulroux@example.com"), normalise("paul.roux@example.com"));
        assert_eq!(normalise("  "), None);
        assert_eq!(normalise("+tag@example.com").as_deref(), Some("+tag@example.com"));
        assert_eq!(normalise("Guest"), None);
    }
}
