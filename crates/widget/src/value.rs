//! JSON that somebody else wrote, as plain data: every question may find nothing, none can fail.
//!
//! By hand, because serde with `serde_json` or `serde-wasm-bindgen` weighs as much as the rest of the
//! widget. The browser parses the text; this is the one shape that its answer is turned into.

/// A JSON value.
#[derive(Debug, Default)]
pub enum Value {
    /// `null`, and whatever is not there.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number. Money is never one: it travels as text.
    Number(f64),
    /// A text.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object, its members in order.
    Object(Vec<(String, Value)>),
}

static NOTHING: Value = Value::Null;

impl Value {
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
        if let Value::Number(number) = self.at(path) { *number as u32 } else { 0 }
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
            serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap()),
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
    fn writes_what_every_reader_reads() {
        let hostile = "a\"b\\c\n\u{2028}</script>é";
        let text = object(&[("name", hostile), ("email", ""), ("code", "ANNA10")]);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!({"name": hostile.replace('\n', " "), "code": "ANNA10"}));
        assert_eq!(object(&[]), "{}");
    }
}
