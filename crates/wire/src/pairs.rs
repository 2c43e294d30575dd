//! An object of JSON whose names are somebody's own, as a list. What sorts and balances names as a `BTreeMap` does
//! weighs 1,600 bytes in a browser, for some hundred names that are looked up one by one.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lenient::Loose;

/// Names and values, in the order in which they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs<T>(Vec<(String, T)>);

/// Texts by their keys.
pub type Texts = Pairs<String>;

impl<T> Pairs<T> {
    /// No pairs.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of a name; of several the last, as JSON's readers have it.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Adds a pair at the end.
    pub fn push(&mut self, name: String, value: T) {
        self.0.push((name, value));
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &T)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> FromIterator<(String, T)> for Pairs<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for Pairs<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

/// The members that can be read; none where there is no object.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match Loose::deserialize(from)? {
            Loose::Members(members) => {
                members.into_iter().filter_map(|(name, value)| Some((name, value.read()?))).collect()
            }
            Loose::Nothing
            | Loose::Truth(_)
            | Loose::Whole(_)
            | Loose::Number(_)
            | Loose::Text(_)
            | Loose::List(_) => Self::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_and_of_two_the_last_counts() {
        let pairs: Texts = serde_json::from_str(r#"{"b":"1","a":"2","b":"3","c":4}"#).unwrap();
        assert_eq!(
            (pairs.get("a").map(String::as_str), pairs.get("b").map(String::as_str)),
            (Some("2"), Some("3"))
        );
        assert_eq!((pairs.get("c"), pairs.get("")), (None, None));
        let pairs: Texts =
            [("b".to_owned(), "1".to_owned()), ("a".to_owned(), "2".to_owned())].into_iter().collect();
        assert_eq!(serde_json::to_value(&pairs).unwrap(), json!({"a": "2", "b": "1"}));
        for none in [json!(null), json!([["a", "b"]]), json!("a")] {
            assert!(serde_json::from_value::<Texts>(none).unwrap().is_empty());
        }
    }
}
