//! JSON that somebody else wrote, as plain data: every question may find nothing, none can fail.
//!
//! By hand, because serde with `serde_json` or `serde-wasm-bindgen` weighs as much as the rest of the
//! widget. The browser parses the text; `read` takes over the values that it found.

/// A JSON value.
#[derive(Debug, Default)]
pub enum Value {
    /// `null`, and whatever is not there.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A count: what is negative is zero, and fractions are cut off. Money travels as text.
    Number(u32),
    /// A text.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object, its members in order.
    Object(Vec<(String, Value)>),
}

static NOTHING: Value = Value::Null;

impl Value {
    /// Takes one value off the front of `rest`, written as `flat` of `page.js` writes: `"text\0`, `#12\0`,
    /// `t`, `f`, `-` for nothing, `[` items `]`, `{` members `}`, each member `:key\0` and its value.
    pub fn read(rest: &mut &str) -> Value {
        match next(rest) {
            b'"' => Value::Text(word(rest).into()),
            b'#' => Value::Number(crate::text::number(word(rest)).unwrap_or(0) as u32),
            b't' => Value::Bool(true),
            b'f' => Value::Bool(false),
            b'[' => {
                let mut items = Vec::new();
                while !rest.is_empty() && !rest.starts_with(']') {
                    items.push(Value::read(rest));
                }
                next(rest);
                Value::List(items)
            }
            b'{' => {
                let mut members = Vec::new();
                while next(rest) == b':' {
                    let key = word(rest).into();
                    members.push((key, Value::read(rest)));
                }
                Value::Object(members)
            }
            _ => Value::Null,
        }
    }

    /// The member called `key`.
    pub fn get(&self, key: &str) -> &Value {
        if let Value::Object(members) = self {
            for (name, value) in members {
                if name == key {
                    return value;
                }
            }
        }
        &NOTHING
    }

    /// Takes the member called `key` out.
    pub fn take(&mut self, key: &str) -> Value {
        if let Value::Object(members) = self {
            for (name, value) in members {
                if name == key {
                    return std::mem::take(value);
                }
            }
        }
        Value::Null
    }

    /// The value at the end of a path of keys, such as `friend.reward.kind`.
    pub fn at(&self, path: &str) -> &Value {
        let (key, rest) = crate::text::cut(path, b'.');
        let value = self.get(key);
        if rest.is_empty() { value } else { value.at(rest) }
    }

    /// The text at the end of a path, empty where there is none.
    pub fn text(&self, path: &str) -> &str {
        self.at(path).as_text()
    }

    /// This text, empty where it is none.
    pub fn as_text(&self) -> &str {
        if let Value::Text(text) = self { text } else { "" }
    }

    /// The count at the end of a path, zero where there is none.
    pub fn count(&self, path: &str) -> u32 {
        if let Value::Number(number) = self.at(path) { *number } else { 0 }
    }

    /// Whether `true` stands at the end of a path.
    pub fn is(&self, path: &str) -> bool {
        matches!(self.at(path), Value::Bool(true))
    }

    /// The items at the end of a path, none where there is no array.
    pub fn list(&self, path: &str) -> &[Value] {
        self.at(path).items()
    }

    /// The items of this array, none where it is none.
    pub fn items(&self) -> &[Value] {
        if let Value::List(items) = self { items } else { &[] }
    }

    /// Whether there is anything.
    pub fn is_some(&self) -> bool {
        !matches!(self, Value::Null)
    }
}

fn next(rest: &mut &str) -> u8 {
    let first = rest.bytes().next().unwrap_or(0);
    *rest = rest.get(1..).unwrap_or_default();
    first
}

fn word<'a>(rest: &mut &'a str) -> &'a str {
    let (word, after) = crate::text::cut(rest, 0);
    *rest = after;
    word
}

/// A flat JSON object of texts. Empty texts are left out.
pub fn object(members: &[(&str, &str)]) -> String {
    let mut out = String::from("{");
    for (key, value) in members {
        if !value.is_empty() {
            if out.len() > 1 {
                out.push(',');
            }
            quote(&mut out, key);
            out.push(':');
            quote(&mut out, value);
        }
    }
    out.push('}');
    out
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            // No control character means anything in what is sent.
            '\0'..='\x1f' => out.push(' '),
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(truth) => Value::Bool(truth),
            serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap() as u32),
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Array(items) => Value::List(items.into_iter().map(Value::from).collect()),
            serde_json::Value::Object(members) => {
                Value::Object(members.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        let value = Value::from(json!({"a": {"b": [1, "x"], "n": 14, "no": -1, "yes": true}, "t": "text"}));
        assert_eq!(value.text("t"), "text");
        assert_eq!(value.list("a.b").len(), 2);
        assert_eq!(value.count("a.n"), 14);
        assert_eq!(value.count("a.no"), 0);
        assert!(value.is("a.yes") && !value.is("a.n") && !value.is("t.t.t"));
        assert_eq!((value.text("a"), value.text("x.y.z"), value.count("t")), ("", "", 0));
        assert!(value.list("t").is_empty());
    }

    #[test]
    fn takes_over_what_the_browser_parsed() {
        let text = "{:a\0[\"é{]\0#14\0tf-]:}\0{}:b\0\"\0}\"after\0";
        let mut rest = text;
        let value = Value::read(&mut rest);
        assert_eq!(value.list("a").len(), 5);
        assert_eq!(value.list("a")[0].as_text(), "é{]");
        assert!(matches!(
            value.list("a")[1..],
            [Value::Number(14), Value::Bool(true), Value::Bool(false), Value::Null]
        ));
        assert!(value.get("}").is_some() && value.get("b").is_some() && value.text("b").is_empty());
        assert_eq!(Value::read(&mut rest).as_text(), "after");
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            Value::read(&mut &text[..end]);
        }
    }

    #[test]
    fn writes_what_every_reader_reads() {
        let hostile = "a\"b\\c\n\u{2028}</script>é";
        let text = object(&[("name", hostile), ("email", ""), ("code", "ANNA10")]);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!({"name": hostile.replace('\n', " "), "code": "ANNA10"}));
        assert_eq!(object(&[]), "{}");
    }
}
