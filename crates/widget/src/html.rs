//! A piece of page as plain data: what to open, what to say, what to close. Pure, so that a test can
//! read what a shopper would.
//!
//! Views are written as templates rather than as calls, because a template is data, which is a third of
//! the size of the code that would build the same elements.

/// One step of a piece of page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op<'a> {
    /// Begins an element.
    Open(&'static str),
    /// Sets an attribute of the element that was just begun.
    Set(&'static str, &'a str),
    /// A text node. What comes from outside only ever becomes one of these, or an attribute's value.
    Text(&'a str),
    /// Ends the element.
    Close,
}

/// Appends what `template` describes. In it `<tag a=b c={0}>` begins an element, `<tag/>` is one without
/// content, `</>` ends one; `{0}` stands for an argument and `{key}` for the text that `word` has. Values
/// of attributes have no spaces; an attribute whose argument is empty is left out.
pub fn put<'a>(
    out: &mut Vec<Op<'a>>,
    word: &dyn Fn(&str) -> &'a str,
    template: &'static str,
    arguments: &[&'a str],
) {
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
                out.push(Op::Close);
                continue;
            }
            let whole = inside.strip_suffix('/');
            let (name, mut attributes) = crate::text::cut(whole.unwrap_or(inside), b' ');
            out.push(Op::Open(name));
            while !attributes.is_empty() {
                let (attribute, more) = crate::text::cut(attributes, b' ');
                attributes = more;
                let (name, given) = crate::text::cut(attribute, b'=');
                match given.strip_prefix('{').and_then(|given| given.strip_suffix('}')).map(value) {
                    Some("") => {}
                    Some(value) => out.push(Op::Set(name, value)),
                    None => out.push(Op::Set(name, given)),
                }
            }
            if whole.is_some() {
                out.push(Op::Close);
            }
        } else if let Some(inner) = rest.strip_prefix('{') {
            let (inner, after) = crate::text::cut(inner, b'}');
            rest = after;
            out.push(Op::Text(value(inner)));
        } else {
            let at = rest.bytes().position(|b| b == b'<' || b == b'{').unwrap_or(rest.len());
            let (text, after) = rest.split_at(at);
            rest = after;
            out.push(Op::Text(text));
        }
    }
}

/// All the text of a piece of page, without the marks that isolate directions.
#[cfg(test)]
pub fn words(ops: &[Op]) -> String {
    let texts = ops.iter().filter_map(|op| if let Op::Text(text) = op { Some(*text) } else { None });
    texts.collect::<Vec<_>>().join(" ").replace(['\u{2068}', '\u{2069}'], "")
}

/// The values of every attribute of this name.
#[cfg(test)]
pub fn values<'a>(ops: &[Op<'a>], name: &str) -> Vec<&'a str> {
    ops.iter()
        .filter_map(|op| if let Op::Set(key, value) = op { (*key == name).then_some(*value) } else { None })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_becomes_steps() {
        let mut out = Vec::new();
        let word = |key: &str| if key == "hello" { "Bonjour" } else { "" };
        put(&mut out, &word, "<p class=a id={0} title={1}>{hello}, {0}!<br/></>", &["<b>", ""]);
        let expected = [
            Op::Open("p"),
            Op::Set("class", "a"),
            Op::Set("id", "<b>"),
            Op::Text("Bonjour"),
            Op::Text(", "),
            Op::Text("<b>"),
            Op::Text("!"),
            Op::Open("br"),
            Op::Close,
            Op::Close,
        ];
        assert_eq!(out, expected);
    }
}
