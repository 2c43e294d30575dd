//! Texts: templates, names from strangers, and text inside addresses.

/// The words of one language with the shop's own wording before them.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// Key and text; the shop's come first, so that they are found first.
    pub entries: Vec<(String, String)>,
}

impl Texts {
    /// The text under `key`; nothing where there is none.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str())
    }

    /// The text under `key` for a count in this plural `category` of `Intl.PluralRules`.
    pub fn plural(&self, key: &str, category: &str) -> Option<&str> {
        let mut full = String::from(key);
        full.push('.');
        let stem = full.len();
        full.push_str(category);
        self.get(&full).or_else(|| {
            full.truncate(stem);
            full.push_str("other");
            self.get(&full)
        })
    }
}

/// `template` with each `{name}` replaced by its value. A name that is not given stays empty.
///
/// A value is set apart from the direction of the text around it, so that a Latin name in an Arabic
/// sentence, or a name that tries to turn the sentence round, keeps to its place.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            return out;
        };
        if let Some((_, value)) = values.iter().find(|(key, _)| *key == name) {
            out.push('\u{2068}');
            out.push_str(value);
            out.push('\u{2069}');
        }
        rest = after;
    }
    out.push_str(rest);
    out
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
    out.trim_matches(' ').into()
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
    pieces.concat()
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
    fn plurals_fall_back_to_other_and_shops_go_first() {
        let texts = Texts {
            entries: [("n.other", "mine"), ("n.one", "one"), ("n.other", "theirs")]
                .map(|(k, v)| (k.into(), v.into()))
                .into(),
        };
        assert_eq!(texts.plural("n", "one"), Some("one"));
        assert_eq!(texts.plural("n", "few"), Some("mine"));
        assert_eq!(texts.get("none"), None);
    }
}
