//! Bank accounts: an IBAN read with its country's form and its check digits (ISO 13616), by `iban_validate`.

use iban::{Iban, IbanLike, ParseBaseIbanError, ParseIbanError};

/// Why a text is no IBAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnIban {
    /// It has not the form of any.
    #[error("must be an IBAN such as \"FR76 3000 6000 0112 3456 7890 189\"")]
    Form,
    /// The check digits say that something is mistyped.
    #[error("has other check digits than its number comes to: a digit may be wrong, or two exchanged")]
    CheckDigits,
    /// It is not as its country writes them.
    #[error("has not the form that its country's IBANs have")]
    CountryForm,
    /// The country has none.
    #[error("begins with a country that has no IBANs")]
    Country,
}

/// Reads an IBAN as people write it, with spaces and in any case; gives it without spaces, in capitals.
///
/// # Errors
/// [`NotAnIban`], in the words of a fault.
pub fn parse(text: &str) -> Result<String, NotAnIban> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    match plain.to_ascii_uppercase().parse::<Iban>() {
        Ok(iban) => Ok(iban.electronic_str().to_owned()),
        Err(ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidFormat }) => {
            Err(NotAnIban::Form)
        }
        Err(ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidChecksum }) => {
            Err(NotAnIban::CheckDigits)
        }
        Err(ParseIbanError::InvalidBban(_)) => Err(NotAnIban::CountryForm),
        Err(ParseIbanError::UnknownCountry(_)) => Err(NotAnIban::Country),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_people_write_it() {
        for text in [
            "FR7630006000011234567890189",
            "fr76 3000 6000 0112 3456 7890 189",
            "\u{a0}FR76-3000-6000-0112-3456-7890-189 ",
        ] {
            assert_eq!(parse(text).as_deref(), Ok("FR7630006000011234567890189"), "{text}");
        }
        assert_eq!(parse("NO93 8601 1117 947").as_deref(), Ok("NO9386011117947"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, wrong) in [
            ("", NotAnIban::Form),
            ("0612345678", NotAnIban::Form),
            ("FR76 3000 6000 0112 3456 7890 1é9", NotAnIban::Form),
            ("FR7630006000011234567890188", NotAnIban::CheckDigits),
            ("FR7630006000011234576890189", NotAnIban::CheckDigits),
            ("DE7630006000011234567890189", NotAnIban::CheckDigits),
            ("FR763000600001123456789018", NotAnIban::CheckDigits),
        ] {
            assert_eq!(parse(text), Err(wrong), "{text}");
        }
        // Right check digits: 98 less the rest of the number modulo 97.
        assert_eq!(parse("DE68210501700012345678").as_deref(), Ok("DE68210501700012345678"));
        assert_eq!(parse("DE2221050170001234567"), Err(NotAnIban::CountryForm));
        assert_eq!(parse("US26300958879000"), Err(NotAnIban::Country));
    }
}
