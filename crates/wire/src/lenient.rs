//! Reading fields of another version: what is missing, `null` or of another form reads as nothing, and never costs
//! the rest of the answer. For `#[serde(default, deserialize_with = "…")]`; every format that says what stands in it
//! can be read so.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};

/// A value, or its default.
pub fn any<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Ok(maybe(from)?.unwrap_or_default())
}

/// A value, or nothing.
pub fn maybe<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Any(PhantomData).deserialize(from)
}

/// The entries of an array that can be read; none where there is no array.
pub fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    any(from).map(|List(entries)| entries)
}

/// The members of an object that can be read; none where there is no object.
pub fn map<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, T>, D::Error> {
    any(from).map(|Members(members)| members)
}

struct Any<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Any<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<T>, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<T>, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<T>, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<T>, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<T>, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Option<T>, A::Error> {
        let read = T::deserialize(SeqAccessDeserializer::new(&mut entries)).ok();
        // What was not looked at is to be passed over, or the reader loses its place.
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(read)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<T>, A::Error> {
        let read = T::deserialize(MapAccessDeserializer::new(&mut members)).ok();
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(read)
    }
}

struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(entry) = entries.next_element_seed(Any(PhantomData))? {
                    list.extend(entry);
                }
                Ok(List(list))
            }
        }

        from.deserialize_seq(Entries(PhantomData))
    }
}

struct Members<T>(BTreeMap<String, T>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Members<T>, A::Error> {
                let mut members = BTreeMap::new();
                while let Some(name) = pairs.next_key::<String>()? {
                    if let Some(value) = pairs.next_value_seed(Any(PhantomData))? {
                        members.insert(name, value);
                    }
                }
                Ok(Members(members))
            }
        }

        from.deserialize_map(Pairs(PhantomData))
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
