//! What a referral code looks like: 3 to 32 of `A-Z 0-9 -`, compared without case.

/// The code in `input` in its one written form, or nothing where `input` is not a code.
///
/// Spaces around it are forgiven (people paste), anything else that does not belong is not: a wrong
/// guess at what was meant would pay the wrong person.
pub fn normalize(input: &str) -> Option<String> {
    let code = input.trim_ascii().to_ascii_uppercase();
    let fits = (3..=32).contains(&code.len());
    (fits && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::normalize;

    #[test]
    fn accepts_what_the_contract_calls_a_code() {
        assert_eq!(normalize(" anna10\n").as_deref(), Some("ANNA10"));
        assert_eq!(normalize("A-1").as_deref(), Some("A-1"));
        assert_eq!(normalize(&"A".repeat(32)).map(|c| c.len()), Some(32));
    }

    #[test]
    fn refuses_everything_else() {
        for odd in ["", "AB", "ANNA 10", "ÄNNA10", "ANNA\u{202e}10", "<b>", "A.B.C", "A~B~C"] {
            assert_eq!(normalize(odd), None, "{odd:?}");
        }
        assert_eq!(normalize(&"A".repeat(33)), None);
        assert_eq!(normalize(&"A".repeat(10_000)), None);
    }
}
