//! Texts: templates, names from strangers, and text inside addresses. Small hand-made tools where the
//! standard library's general ones would weigh more than the views that use them.

/// `template` with each `{name}` replaced by its value. A name that is not given stays empty.
///
/// A value is set apart from the direction of the text around it, so that a Latin name in an Arabic
/// sentence, or a name that tries to turn the sentence round, keeps to its place.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    loop {
        let (before, after) = cut(rest, b'{');
        out.push_str(before);
        if after.is_empty() {
            return out;
        }
        let (name, after) = cut(after, b'}');
        rest = after;
        for (_, value) in values.iter().filter(|(key, _)| *key == name) {
            out.push('\u{2068}');
            out.push_str(value);
            out.push('\u{2069}');
        }
    }
}

/// What stands before and after the first `mark` (an ASCII character); all and nothing where there is
/// none. The general searches of the standard library weigh two kilobytes.
pub fn cut(text: &str, mark: u8) -> (&str, &str) {
    let at = text.bytes().position(|b| b == mark).unwrap_or(text.len());
    (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())
}

/// A whole number in digits; negative ones are zero.
pub fn decimal(number: i64) -> String {
    let mut rest = number.max(0) as u64;
    let mut out = String::new();
    loop {
        out.insert(0, char::from(b'0' + (rest % 10) as u8));
        rest /= 10;
        if rest == 0 {
            return out;
        }
    }
}

/// A whole number out of at most fifteen digits, nothing where there is anything else.
pub fn number(text: &str) -> Option<i64> {
    let mut number = 0;
    for b in text.bytes() {
        if !b.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(b - b'0');
    }
    (1..16).contains(&text.len()).then_some(number)
}

/// The most characters of a stranger's name that are shown.
const NAME_LENGTH: usize = 40;

/// A name from outside, fit to be shown: no control or direction characters, one line, not too long.
pub fn clean(name: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for c in name.chars() {
        let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
            // The joiner inside emoji is the one of them that changes what is seen for the better.
            && c != '\u{200d}';
        if hidden || (c as u32) < 32 || (127..160).contains(&(c as u32)) {
            continue;
        }
        if count == NAME_LENGTH {
            out.push('…');
            break;
        }
        out.push(c);
        count += 1;
    }
    out.trim_ascii().into()
}

/// `text` percent-encoded for a part of an address, as `encodeURIComponent` does.
pub fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(byte as char);
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(HEX.get(usize::from(digit)).copied().unwrap_or(b'0') as char);
            }
        }
    }
    out
}

/// The pieces one after the other. `format!` would bring in 10 kB of formatting code.
pub fn join(pieces: &[&str]) -> String {
    let mut out = String::new();
    for piece in pieces {
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_and_isolates() {
        assert_eq!(
            fill("{from} gives {x}!", &[("from", "Anna"), ("x", "10 %")]),
            "\u{2068}Anna\u{2069} gives \u{2068}10 %\u{2069}!"
        );
        assert_eq!(fill("a {gone} b", &[]), "a  b");
        assert_eq!(fill("broken { here", &[]), "broken ");
        assert_eq!(fill("{a}", &[("a", "{a}")]), "\u{2068}{a}\u{2069}", "values are no templates");
    }

    #[test]
    fn names_cannot_turn_the_page_round() {
        assert_eq!(clean("\u{202e}annA\u{0}\n "), "annA");
        assert_eq!(clean(&"é".repeat(10_000)).chars().count(), 41);
        assert_eq!(clean("<b>Anna</b>"), "<b>Anna</b>", "markup is text, not an error");
        assert_eq!(clean("👩‍🍳"), "👩‍🍳");
    }

    #[test]
    fn encodes_like_the_browser() {
        assert_eq!(encode("a b&c=é/?"), "a%20b%26c%3D%C3%A9%2F%3F");
    }

    #[test]
    fn numbers_go_out_and_come_back() {
        for number in [0, 7, 10, 1_762_000_000, 999_999_999_999_999] {
            assert_eq!(decimal(number), number.to_string());
            assert_eq!(super::number(&decimal(number)), Some(number));
        }
        assert_eq!(decimal(-12), "0");
        for odd in ["", "-1", "1.0", "1e5", "９", "9999999999999999"] {
            assert_eq!(super::number(odd), None, "{odd}");
        }
    }

    #[test]
    fn cuts_at_the_first_mark() {
        assert_eq!(cut("a.b.c", b'.'), ("a", "b.c"));
        assert_eq!(cut("abc", b'.'), ("abc", ""));
        assert_eq!(cut("é.", b'.'), ("é", ""));
    }
}
