//! A piece of page as plain text: what to open, what to say, what to close. Pure, so that a test can
//! read what a shopper would.
//!
//! Views are written as templates rather than as calls, because a template is data, which is a third of
//! the size of the code that would build the same elements.

/// Begins an element: its name follows.
const OPEN: char = '\u{1}';
/// Sets an attribute of the element that was just begun: name, [`IS`] and value follow.
const SET: char = '\u{2}';
const IS: char = '\u{3}';
/// A text node. What comes from outside only ever becomes one of these, or an attribute's value; it has no
/// such characters itself, because `page.js` leaves them out of all that it hands over.
const TEXT: char = '\u{4}';
/// Ends the element.
const CLOSE: char = '\u{5}';

/// Appends what `template` describes. In it `<tag a=b c={0}>` begins an element, `<tag/>` is one without
/// content, `</>` ends one; `{0}` stands for an argument and `{key}` for the text that `word` has. Values
/// of attributes have no spaces; an attribute whose argument is empty is left out.
pub fn put<'a>(out: &mut String, word: &dyn Fn(&str) -> &'a str, template: &str, arguments: &[&'a str]) {
    let value = |inner: &str| match inner.as_bytes() {
        [digit @ b'0'..=b'9'] => arguments.get(usize::from(digit - b'0')).copied().unwrap_or_default(),
        _ => word(inner),
    };
    let mut rest = template;
    while !rest.is_empty() {
        if let Some(tag) = rest.strip_prefix('<') {
            let (inside, after) = crate::text::cut(tag, b'>');
            rest = after;
            if inside == "/" {
                out.push(CLOSE);
                continue;
            }
            let whole = inside.strip_suffix('/');
            let (name, mut attributes) = crate::text::cut(whole.unwrap_or(inside), b' ');
            step(out, OPEN, name);
            while !attributes.is_empty() {
                let (attribute, more) = crate::text::cut(attributes, b' ');
                attributes = more;
                let (name, given) = crate::text::cut(attribute, b'=');
                let argument = given.strip_prefix('{').and_then(|given| given.strip_suffix('}')).map(value);
                if argument != Some("") {
                    step(out, SET, name);
                    step(out, IS, argument.unwrap_or(given));
                }
            }
            if whole.is_some() {
                out.push(CLOSE);
            }
        } else if let Some(inner) = rest.strip_prefix('{') {
            let (inner, after) = crate::text::cut(inner, b'}');
            rest = after;
            step(out, TEXT, value(inner));
        } else {
            let at = rest.bytes().position(|b| b == b'<' || b == b'{').unwrap_or(rest.len());
            let (text, after) = rest.split_at(at);
            rest = after;
            step(out, TEXT, text);
        }
    }
}

#[inline(never)]
fn step(out: &mut String, kind: char, word: &str) {
    out.push(kind);
    out.push_str(word);
}

/// All the text of a piece of page, without the marks that isolate directions.
#[cfg(test)]
pub fn words(steps: &str) -> String {
    let texts = steps.split([OPEN, SET, CLOSE]).flat_map(|step| step.split(TEXT).skip(1));
    texts.collect::<Vec<_>>().join(" ").replace(['\u{2068}', '\u{2069}'], "")
}

/// The values of every attribute of this name.
#[cfg(test)]
pub fn values<'a>(steps: &'a str, name: &str) -> Vec<&'a str> {
    let steps = steps.split([OPEN, SET, TEXT, CLOSE]);
    steps
        .filter_map(|step| step.split_once(IS))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_becomes_steps() {
        let mut out = String::new();
        let word = |key: &str| if key == "hello" { "Bonjour" } else { "" };
        put(&mut out, &word, "<p class=a id={0} title={1}>{hello}, {0}!<br/></>", &["<b>", ""]);
        assert_eq!(
            out,
            "\u{1}p\u{2}class\u{3}a\u{2}id\u{3}<b>\u{4}Bonjour\u{4}, \u{4}<b>\u{4}!\u{1}br\u{5}\u{5}"
        );
        assert_eq!(words(&out), "Bonjour ,  <b> !");
        assert_eq!(values(&out, "id"), ["<b>"]);
    }
}
