//! Texts: templates, names from strangers, and text inside addresses. Small hand-made tools where the
//! standard library's general ones would weigh more than the views that use them.

pub use parrain_wire::plain::{cut, decimal, number, parts};

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

/// Without the marks that isolate directions: other programs show them as boxes.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect()
}

/// The sum of two amounts with the same number of decimals, exactly; the first where one is no amount.
pub fn add(one: &str, other: &str) -> String {
    let (Some((first, places)), Some((second, others))) = (minor(one), minor(other)) else {
        return one.into();
    };
    let most = places.max(others);
    let scaled = |sum: i64, places: usize| (places..most).fold(sum, |sum, _| sum.saturating_mul(10));
    placed(scaled(first, places).saturating_add(scaled(second, others)), most)
}

/// A sum in its smallest unit as decimal text.
pub fn placed(sum: i64, places: usize) -> String {
    let mut out = parrain_wire::plain::padded(sum.abs(), places + 1);
    if places > 0 {
        out.insert(out.len() - places, '.');
    }
    if sum < 0 {
        out.insert(0, '-');
    }
    out
}

/// An amount in its smallest unit, and how many decimals it has.
fn minor(amount: &str) -> Option<(i64, usize)> {
    let bare = amount.strip_prefix('-').unwrap_or(amount);
    let (whole, fraction) = cut(bare, b'.');
    let number = number(&join(&[whole, fraction]))?;
    Some((if bare.len() < amount.len() { -number } else { number }, fraction.len()))
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
    fn sums_are_exact() {
        for (one, other, sum) in [
            ("10.00", "2.50", "12.50"),
            ("0.05", "-0.10", "-0.05"),
            ("1200", "-1200", "0"),
            ("0.001", "0.999", "1.000"),
            ("9007199254740.93", "0.01", "9007199254740.94"),
            ("1.00", "nonsense", "1.00"),
            ("50.00", "-38.5", "11.50"),
            ("50", "-38.005", "11.995"),
        ] {
            assert_eq!(add(one, other), sum);
        }
    }

    #[test]
    fn encodes_like_the_browser() {
        assert_eq!(encode("a b&c=é/?"), "a%20b%26c%3D%C3%A9%2F%3F");
    }
}
