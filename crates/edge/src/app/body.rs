//! Reading JSON bodies and query parameters: malformed is a 400, wrong values are a 422 with a pointer each.

use crate::http::Request;
use crate::problem::Error;
use email_address::{EmailAddress, Options};
use parrain_core::check::{Faults, Node};
use parrain_core::instant::Instant;
use serde_json::Value;

/// The longest name of a person, in characters.
pub const MOST_NAME: usize = 80;

/// The longest note, in characters.
const MOST_NOTE: usize = 1000;

/// The body as JSON.
pub fn json(request: &Request) -> Result<Value, Error> {
    json_by(request, |bytes| serde_json::from_slice(bytes))
}

/// The body as JSON, as `read` reads it.
pub fn json_by(request: &Request, read: impl Fn(&[u8]) -> serde_json::Result<Value>) -> Result<Value, Error> {
    let bytes = request.bytes();
    let read = read(bytes).or_else(|fault| match bounded(bytes) {
        Some(bytes) => read(&bytes),
        None => Err(fault),
    });
    read.map_err(|fault| Error::Malformed(format!("the body is not JSON: {fault}")))
}

/// The body with numbers that no double can hold, such as one of 400 digits, in place of which stands one that
/// is valid in no field: JSON allows them, so that they are a wrong value where they matter and nothing where
/// they do not. `None` where there are none.
fn bounded(bytes: &[u8]) -> Option<Vec<u8>> {
    const NEVER_VALID: &[u8] = b"-1e308";
    let part_of_number =
        |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    let (mut kept, mut changed) = (Vec::with_capacity(bytes.len()), false);
    let (mut rest, mut in_text) = (bytes, false);
    while let Some((byte, after)) = rest.split_first() {
        let begins_number = !in_text && (byte.is_ascii_digit() || *byte == b'-');
        let length = match byte {
            _ if begins_number => rest.iter().take_while(|byte| part_of_number(byte)).count(),
            b'\\' if in_text => 1 + usize::from(!after.is_empty()),
            _ => 1,
        };
        in_text ^= *byte == b'"';
        let (token, after) = rest.split_at_checked(length)?;
        let number = std::str::from_utf8(token).ok().filter(|_| begins_number);
        let beyond = number.and_then(|text| text.parse::<f64>().ok()).is_some_and(f64::is_infinite);
        kept.extend_from_slice(if beyond { NEVER_VALID } else { token });
        changed |= beyond;
        rest = after;
    }
    changed.then_some(kept)
}

/// All faults at once, or the value.
pub fn checked<T>(faults: Faults, value: T) -> Result<T, Error> {
    faults.into_result(value).map_err(Error::Invalid)
}

/// A person's name as others will read it: at most [`MOST_NAME`] characters of [`clean_name`].
pub fn name(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let value = node.value()?;
    let Some(text) = value.as_str() else {
        faults.add(node, "must be a text");
        return None;
    };
    let name = clean_name(text)?;
    if name.chars().count() > MOST_NAME {
        faults.add(node, format!("must have at most {MOST_NAME} characters"));
        return None;
    }
    Some(name)
}

/// What a shop notes for itself, in lines of its own: at most [`MOST_NOTE`] characters; empty where missing.
pub fn note(node: &Node<'_>, faults: &mut Faults) -> String {
    lines(node, faults, MOST_NOTE)
}

/// A text in lines: at most so many characters; empty where missing.
pub fn lines(node: &Node<'_>, faults: &mut Faults, most: usize) -> String {
    let text = node.value().map(|value| value.as_str());
    let Some(text) = text.map_or(Some(""), |text| text) else {
        faults.add(node, "must be a text");
        return String::new();
    };
    if text.chars().count() > most {
        faults.add(node, format!("must have at most {most} characters"));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        faults.add(node, "must not hold control characters");
    }
    text.trim().to_owned()
}

/// A name without control characters, without what is not seen and without the marks that turn the direction
/// of text around it, and trimmed; `None` where nothing is left to be seen. The joiners stay that scripts and
/// emoji are written with.
pub fn clean_name(text: &str) -> Option<String> {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    // Blank by themselves, though no white space: joiners, fillers, variation selectors, an empty Braille cell,
    // tags.
    let blank = |c: char| {
        c.is_whitespace()
            || matches!(c,
                '\u{200c}' | '\u{200d}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{2800}' | '\u{e0000}'..='\u{e0fff}')
    };
    let seen: String = text.chars().filter(|c| !unseen(*c)).collect();
    let name = seen.trim();
    (!name.chars().all(blank)).then(|| name.to_owned())
}

/// Whether a name holds an e-mail address or one of the web. "J.Roux" and "St.Martin" are names: what follows the dot of
/// a host is not written as a name is.
pub fn leads_somewhere(name: &str) -> bool {
    let is_host = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let Some((first, last)) = word.split_once('.').map(|(first, rest)| {
            let rest = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
            (first, rest.rsplit('.').next().unwrap_or_default())
        }) else {
            return false;
        };
        let mut letters = last.chars();
        let as_name = letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase);
        let plain = last.chars().count() > 1 && last.chars().all(char::is_alphabetic);
        first.chars().count() > 1 && plain && !as_name
    };
    name.split_whitespace().any(|word| word.contains('@') || word.contains("://") || is_host(word))
}

/// An e-mail address that a message could be sent to.
pub fn email(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let text = node.optional_text(faults, 254)?.trim();
    if !is_email(text) {
        faults.add(node, "must be an e-mail address such as \"anna@example.com\"");
        return None;
    }
    Some(text.to_owned())
}

/// Whether a text is an address with a domain of at least two labels.
pub fn is_email(text: &str) -> bool {
    let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
    text.len() <= 254 && EmailAddress::parse_with_options(text, options).is_ok()
}

/// An instant in a query parameter: RFC 3339, or a date, which stands for its first instant in UTC.
pub fn instant(request: &Request, name: &str) -> Result<Option<Instant>, Error> {
    let Some(text) = request.param(name) else {
        return Ok(None);
    };
    let date = || Instant::parse(&format!("{text}T00:00:00Z"));
    match Instant::parse(&text).or_else(date) {
        Some(instant) => Ok(Some(instant)),
        None => {
            Err(Error::invalid(name, "must be an RFC 3339 instant such as 2026-05-02T10:00:00Z, or a date"))
        }
    }
}

/// An instant or a day that a query names.
pub enum When {
    /// At an instant.
    Instant(Instant),
    /// On a day, counted as [`parrain_core::zone::Zone::day`] counts.
    Day(i64),
}

/// Reads an instant or a date of the query.
pub fn when(request: &Request, name: &str) -> Result<Option<When>, Error> {
    let text = request.param(name).unwrap_or_default();
    let date = Instant::parse(&format!("{text}T00:00:00Z"));
    Ok(instant(request, name)?
        .map(|instant| date.map_or(When::Instant(instant), |date| When::Day(date.day()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_name(value: Value) -> (Option<String>, bool) {
        let mut faults = Faults::default();
        let name = name(&Node::root(&value), &mut faults);
        (name, faults.is_empty())
    }

    #[test]
    fn what_leads_somewhere_is_no_name() {
        for name in [
            "anna@example.com",
            "Get it at shop.example",
            "WWW.SPAM.COM",
            "https://spam.example/x",
            "spam.co.uk/offer?x",
            "(évil.fr)",
            "@handle",
        ] {
            assert!(leads_somewhere(name), "{name}");
        }
        for name in [
            "Anna",
            "J.Roux",
            "St.Martin",
            "Anne-Marie de la Tour",
            "M. Dupont",
            "Zoë 🧁",
            "A.B.",
            "3.14",
            "",
        ] {
            assert!(!leads_somewhere(name), "{name}");
        }
    }

    #[test]
    fn names_keep_every_script_and_lose_what_is_unseen() {
        assert_eq!(read_name(json!("  Zoë 🧁 ")).0.as_deref(), Some("Zoë 🧁"));
        assert_eq!(read_name(json!("\u{202e}مريم\u{0}\n")).0.as_deref(), Some("مريم"));
        assert_eq!(read_name(json!("\u{61c}\u{feff}An\u{200b}na\u{2028}")).0.as_deref(), Some("Anna"));
        assert_eq!(read_name(json!("نیما\u{200c}ها")).0.as_deref(), Some("نیما\u{200c}ها"));
        assert_eq!(read_name(json!("🏴󠁧󠁢󠁥󠁮󠁧󠁿")).0.as_deref(), Some("🏴󠁧󠁢󠁥󠁮󠁧󠁿"));
        for blank in
            ["\u{200b}", "\u{3164}", "\u{2060}\u{feff}", "\u{200d} \u{200d}", "\u{e0041}", "\u{2800}"]
        {
            assert_eq!(read_name(json!(blank)), (None, true), "{blank:?}");
        }
        assert_eq!(read_name(json!("👩‍👩‍👧")).0.as_deref(), Some("👩‍👩‍👧"));
        assert_eq!(read_name(json!(" \u{7} ")), (None, true));
        assert_eq!(read_name(json!(null)), (None, true));
        assert_eq!(read_name(json!(7)), (None, false));
        assert!(read_name(json!("a".repeat(80))).1);
        assert_eq!(read_name(json!("a".repeat(10_000))), (None, false));
    }

    #[test]
    fn addresses_must_be_able_to_get_mail() {
        for good in ["anna@example.com", "a+b@mail.example.co", "é@example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "anna",
            "anna@",
            "@example.com",
            "anna@localhost",
            "a b@example.com",
            "Anna <anna@example.com>",
            "a@[1.2.3.4]",
            "a@b@example.com",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        assert!(!is_email(&format!("{}@example.com", "a".repeat(250))));
    }
}
