//! Reading JSON with every fault named, not only the first: each gets a JSON Pointer (RFC 6901) and a
//! sentence. Deserializers stop at the first fault, which is why this stands here beside serde.

use std::fmt::Display;

use serde_json::{Map, Value};

use crate::instant::Instant;
use crate::money::{Decimal, parse_amount};

pub use parrain_wire::problem::Fault;

/// All that was found wrong so far.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// `value` if nothing was wrong.
    ///
    /// # Errors
    /// All faults.
    pub fn into_result<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }

    /// Notes a fault at a node.
    pub fn add(&mut self, node: &Node<'_>, detail: impl Into<String>) {
        self.0.push(Fault { pointer: node.pointer.clone(), detail: detail.into() });
    }

    /// Takes over faults that were found by themselves.
    pub fn extend(&mut self, faults: Vec<Fault>) {
        self.0.extend(faults);
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A place in a JSON document, there or not. `null` counts as not there.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    pointer: String,
    value: Option<&'a Value>,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub fn root(value: &'a Value) -> Self {
        Self { pointer: String::new(), value: Some(value) }
    }

    /// The value, unless missing or `null`.
    pub fn value(&self) -> Option<&'a Value> {
        self.value.filter(|value| !value.is_null())
    }

    /// Whether something stands here.
    pub fn is_present(&self) -> bool {
        self.value().is_some()
    }

    /// A member of an object; missing where this is none.
    pub fn field(&self, name: &str) -> Node<'a> {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Node {
            pointer: format!("{}/{escaped}", self.pointer),
            value: self.value.and_then(|value| value.get(name)),
        }
    }

    /// The object here; a fault where it is missing or something else.
    pub fn object(&self, faults: &mut Faults) -> Option<&'a Map<String, Value>> {
        self.must(faults, "an object", Value::as_object)
    }

    /// Notes each member that is not among `known`.
    pub fn only(&self, faults: &mut Faults, known: &[&str]) {
        let members = self.value().and_then(Value::as_object);
        for name in members.into_iter().flat_map(Map::keys).filter(|name| !known.contains(&name.as_str())) {
            faults.add(&self.field(name), format!("is not known here; known are {}", known.join(", ")));
        }
    }

    /// The elements of an array of at most `most`; a missing one is empty, anything else a fault.
    pub fn items(&self, faults: &mut Faults, most: usize) -> Vec<Node<'a>> {
        if !self.is_present() {
            return Vec::new();
        }
        let items = self.must(faults, "an array", Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if items.len() > most {
            faults.add(self, format!("has more than {most} entries"));
            return Vec::new();
        }
        let place =
            |(index, value)| Node { pointer: format!("{}/{index}", self.pointer), value: Some(value) };
        items.iter().enumerate().map(place).collect()
    }

    /// A text of 1 to `most` characters without control characters; a fault where it is missing.
    pub fn text(&self, faults: &mut Faults, most: usize) -> Option<&'a str> {
        let text = self.must(faults, "a text", Value::as_str)?;
        self.plain(text, faults, most)
    }

    /// As [`Node::text`], of a text that was copied from elsewhere: blanks and line ends around it are none of it.
    pub fn pasted(&self, faults: &mut Faults, most: usize) -> Option<&'a str> {
        let text = self.must(faults, "a text", Value::as_str)?;
        self.plain(text.trim(), faults, most)
    }

    fn plain(&self, text: &'a str, faults: &mut Faults, most: usize) -> Option<&'a str> {
        if text.trim().is_empty() {
            faults.add(self, "must not be empty");
        } else if text.chars().count() > most {
            faults.add(self, format!("must have at most {most} characters"));
        } else if text.chars().any(char::is_control) {
            faults.add(self, "must not hold control characters");
        } else {
            return Some(text);
        }
        None
    }

    /// As [`Node::text`], but may be missing or empty.
    pub fn optional_text(&self, faults: &mut Faults, most: usize) -> Option<&'a str> {
        let blank = self.value().and_then(Value::as_str).is_some_and(|text| text.trim().is_empty());
        if self.is_present() && !blank { self.text(faults, most) } else { None }
    }

    /// A whole number in a range; a missing one gives `None` without a fault.
    pub fn optional_whole(&self, faults: &mut Faults, from: u32, to: u32) -> Option<u32> {
        let value = self.value()?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let inside = number.filter(|number| (from..=to).contains(number));
        if inside.is_none() {
            faults.add(self, format!("must be a whole number from {from} to {to}"));
        }
        inside
    }

    /// `true` or `false`; a missing one gives `None` without a fault.
    pub fn optional_bool(&self, faults: &mut Faults) -> Option<bool> {
        self.value().and_then(|_| self.must(faults, "true or false", Value::as_bool))
    }

    /// An RFC 3339 instant; a fault where it is missing.
    pub fn instant(&self, faults: &mut Faults) -> Option<Instant> {
        let text =
            self.must(faults, "an RFC 3339 instant such as \"2026-05-02T10:00:00Z\"", Value::as_str)?;
        let instant = Instant::parse(text);
        if instant.is_none() {
            faults.add(self, "must be an RFC 3339 instant such as \"2026-05-02T10:00:00Z\"");
        }
        instant
    }

    /// As [`Node::instant`], but may be missing.
    pub fn optional_instant(&self, faults: &mut Faults) -> Option<Instant> {
        self.value().and_then(|_| self.instant(faults))
    }

    /// One of several words; a fault where it is missing or another.
    pub fn choice<T: Copy>(&self, faults: &mut Faults, choices: &[(&str, T)]) -> Option<T> {
        let given = self.value().and_then(Value::as_str);
        let found = choices.iter().find(|(word, _)| Some(*word) == given).map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            faults.add(self, format!("must be one of {}", words.join(", ")));
        }
        found
    }

    /// As [`Node::choice`], but may be missing.
    pub fn optional_choice<T: Copy>(&self, faults: &mut Faults, choices: &[(&str, T)]) -> Option<T> {
        self.value().and_then(|_| self.choice(faults, choices))
    }

    /// A decimal number as a text; a fault where it is missing.
    pub fn decimal(&self, faults: &mut Faults) -> Option<Decimal> {
        self.parsed(faults, str::parse)
    }

    /// An amount in the minor units of a currency with so many decimals; a fault where it is missing. Without
    /// a known currency only the form is checked, so that one fault neither hides nor makes up others.
    pub fn amount(&self, faults: &mut Faults, decimals: Option<u8>) -> Option<i64> {
        self.parsed(faults, |text| match decimals {
            Some(decimals) => parse_amount(text, decimals),
            None => text.parse::<Decimal>().map(|decimal| decimal.digits),
        })
    }

    /// As [`Node::amount`], but may be missing.
    pub fn optional_amount(&self, faults: &mut Faults, decimals: Option<u8>) -> Option<i64> {
        self.value().and_then(|_| self.amount(faults, decimals))
    }

    fn parsed<T, E: Display>(
        &self,
        faults: &mut Faults,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match parse(self.text(faults, 1000)?) {
            Ok(value) => Some(value),
            Err(fault) => {
                faults.add(self, fault.to_string());
                None
            }
        }
    }

    fn must<T>(&self, faults: &mut Faults, what: &str, read: impl Fn(&'a Value) -> Option<T>) -> Option<T> {
        let Some(value) = self.value() else {
            faults.add(self, "is missing");
            return None;
        };
        let read = read(value);
        if read.is_none() {
            faults.add(self, format!("must be {what}"));
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pointers_are_escaped_and_every_fault_is_kept() {
        let body = json!({"a/b": 1, "n": [true, 70000], "t": "\u{7}"});
        let (root, mut faults) = (Node::root(&body), Faults::default());
        root.only(&mut faults, &["n", "t"]);
        for item in root.field("n").items(&mut faults, 9) {
            item.optional_whole(&mut faults, 0, 9);
        }
        root.field("t").text(&mut faults, 9);
        root.field("missing").text(&mut faults, 9);
        let faults = faults.into_result(()).unwrap_err();
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a~1b", "/n/0", "/n/1", "/t", "/missing"]);
    }
}
