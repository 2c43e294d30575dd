//! Reading fields of another version: what is missing, `null` or of another form reads as nothing, and never costs
//! the rest of the answer. For `#[serde(default, deserialize_with = "…")]`; every format that says what stands in it
//! can be read so.
//!
//! A field is first taken as [`Loose`] data and then read from that. So the widget, where every byte is loaded by
//! shoppers, has one reader of its format and small ones of each type, not the product of both.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};

/// A value, or its default.
pub fn any<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Ok(maybe(from)?.unwrap_or_default())
}

/// A value, or nothing.
pub fn maybe<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Ok(Loose::deserialize(from)?.read())
}

/// The entries of an array that can be read; none where there is no array.
pub fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(match Loose::deserialize(from)? {
        Loose::List(entries) => entries.into_iter().filter_map(Loose::read).collect(),
        Loose::Nothing
        | Loose::Truth(_)
        | Loose::Whole(_)
        | Loose::Number(_)
        | Loose::Text(_)
        | Loose::Members(_) => Vec::new(),
    })
}

/// The members of an object that can be read; none where there is no object.
pub fn map<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, T>, D::Error> {
    Ok(match Loose::deserialize(from)? {
        Loose::Members(members) => {
            members.into_iter().filter_map(|(name, value)| Some((name, value.read()?))).collect()
        }
        Loose::Nothing
        | Loose::Truth(_)
        | Loose::Whole(_)
        | Loose::Number(_)
        | Loose::Text(_)
        | Loose::List(_) => BTreeMap::new(),
    })
}

/// What a body of JSON can say, whatever it is to be read as.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loose {
    /// `null`.
    #[default]
    Nothing,
    /// `true` or `false`.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// Another number.
    Number(f64),
    /// A text.
    Text(String),
    /// An array.
    List(Vec<Loose>),
    /// An object, its members in order.
    Members(Vec<(String, Loose)>),
}

impl Loose {
    /// As a type of ours; nothing where it is none.
    pub fn read<'de, T: Deserialize<'de>>(self) -> Option<T> {
        match self {
            Self::Nothing => None,
            some => T::deserialize(some).ok(),
        }
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E: Error>(self) -> Result<Loose, E> {
        Ok(Loose::Nothing)
    }

    fn visit_none<E: Error>(self) -> Result<Loose, E> {
        Ok(Loose::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Loose, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Loose, E> {
        Ok(Loose::Truth(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose::Whole(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Loose, E> {
        Ok(i64::try_from(value).map_or(Loose::Number(value as f64), Loose::Whole))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Loose, E> {
        Ok(Loose::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Loose, E> {
        Ok(Loose::Text(value.into()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Loose, E> {
        Ok(Loose::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Loose, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Loose::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Loose, A::Error> {
        let mut members = Vec::new();
        while let Some(pair) = pairs.next_entry()? {
            members.push(pair);
        }
        Ok(Loose::Members(members))
    }
}

/// Data of another form than the type that was to be read. Nobody is told more: it reads as nothing.
#[derive(Debug)]
pub struct OfAnotherForm;

impl fmt::Display for OfAnotherForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("of another form")
    }
}

impl std::error::Error for OfAnotherForm {}

impl Error for OfAnotherForm {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl IntoDeserializer<'_, OfAnotherForm> for Loose {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Reads of one form alone what a type asks for: no more of each type's reader is compiled than can be needed.
macro_rules! only {
    ($($form:ident: $($method:ident)+ => $visit:ident($value:expr);)+) => { $($(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OfAnotherForm> {
            match self {
                Self::$form(value) => visitor.$visit($value(value)),
                _ => Err(OfAnotherForm),
            }
        }
    )+)+ };
}

impl<'de> Deserializer<'de> for Loose {
    type Error = OfAnotherForm;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OfAnotherForm> {
        match self {
            Self::Nothing => visitor.visit_unit(),
            Self::Truth(value) => visitor.visit_bool(value),
            Self::Whole(value) => visitor.visit_i64(value),
            Self::Number(value) => visitor.visit_f64(value),
            Self::Text(value) => visitor.visit_string(value),
            Self::List(entries) => visitor.visit_seq(SeqDeserializer::new(entries.into_iter())),
            Self::Members(members) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
        }
    }

    only! {
        Truth: deserialize_bool => visit_bool(|value| value);
        Whole: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8
            deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 => visit_i64(|value| value);
        Text: deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
            deserialize_identifier => visit_string(|value| value);
        List: deserialize_seq => visit_seq(|entries: Vec<Loose>| SeqDeserializer::new(entries.into_iter()));
        Members: deserialize_map
            => visit_map(|members: Vec<(String, Loose)>| MapDeserializer::new(members.into_iter()));
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OfAnotherForm> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OfAnotherForm> {
        match self {
            Self::Whole(value) => visitor.visit_f64(value as f64),
            Self::Number(value) => visitor.visit_f64(value),
            Self::Nothing | Self::Truth(_) | Self::Text(_) | Self::List(_) | Self::Members(_) => {
                Err(OfAnotherForm)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OfAnotherForm> {
        match self {
            Self::Nothing => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OfAnotherForm> {
        match self {
            Self::Nothing => visitor.visit_unit(),
            _ => Err(OfAnotherForm),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, OfAnotherForm> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, OfAnotherForm> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, OfAnotherForm> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, OfAnotherForm> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, OfAnotherForm> {
        self.deserialize_map(visitor)
    }

    /// A word, or an object whose only member's name is one.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, OfAnotherForm> {
        match self {
            Self::Text(word) => {
                let word: StringDeserializer<OfAnotherForm> = word.into_deserializer();
                visitor.visit_enum(word)
            }
            Self::Members(members) => {
                let members = MapDeserializer::new(members.into_iter());
                visitor.visit_enum(serde::de::value::MapAccessDeserializer::new(members))
            }
            Self::Nothing | Self::Truth(_) | Self::Whole(_) | Self::Number(_) | Self::List(_) => {
                Err(OfAnotherForm)
            }
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OfAnotherForm> {
        visitor.visit_unit()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Inner {
        #[serde(default, deserialize_with = "super::any")]
        text: String,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Outer {
        #[serde(default, deserialize_with = "super::any")]
        text: String,
        #[serde(default, deserialize_with = "super::any")]
        count: i64,
        #[serde(default, deserialize_with = "super::any")]
        yes: bool,
        #[serde(default, deserialize_with = "super::maybe")]
        inner: Option<Inner>,
        #[serde(default, deserialize_with = "super::list")]
        list: Vec<Inner>,
        #[serde(default, deserialize_with = "super::map")]
        map: BTreeMap<String, String>,
    }

    fn read(body: serde_json::Value) -> Outer {
        serde_json::from_str(&body.to_string()).unwrap()
    }

    #[test]
    fn what_is_there_is_read() {
        let body = json!({"text": "é", "count": -3, "yes": true, "inner": {"text": "in"}, "list": [{"text": "one"}],
            "map": {"a": "b"}});
        let inner = |text: &str| Inner { text: text.into() };
        let whole = Outer {
            text: "é".into(),
            count: -3,
            yes: true,
            inner: Some(inner("in")),
            list: vec![inner("one")],
            map: BTreeMap::from([("a".into(), "b".into())]),
        };
        assert_eq!(read(body.clone()), whole);
        assert_eq!(serde_json::from_value::<Outer>(body).unwrap(), whole);
    }

    #[test]
    fn nothing_of_another_form_costs_the_rest() {
        let odd = [
            json!(null),
            json!(7),
            json!(-1),
            json!(1.5),
            json!("x"),
            json!(true),
            json!([[1], {"a": [2]}]),
            json!({"text": {"deep": [1, 2]}, "more": 1}),
        ];
        for one in odd {
            for name in ["text", "count", "yes", "inner", "list", "map"] {
                let mut body = json!({"unknown": {"a": [1]}, "text": "kept", "count": 5});
                body[name] = one.clone();
                let outer = read(body);
                assert!(name == "text" || outer.text == "kept", "{name}: {one}");
                assert!(name == "count" || outer.count == 5, "{name}: {one}");
            }
        }
        assert_eq!(read(json!({})), Outer::default());
    }

    #[test]
    fn one_entry_that_cannot_be_read_leaves_the_others() {
        let outer = read(
            json!({"list": [null, {"text": "one"}, 7, {"text": null}], "map": {"a": null, "b": "c", "d": []}}),
        );
        assert_eq!(outer.list, [Inner { text: "one".into() }, Inner::default()]);
        assert_eq!(outer.map, BTreeMap::from([("b".into(), "c".into())]));
    }
}
