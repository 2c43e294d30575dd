//! The words of the contract: enumerations with one name each on the wire, exhaustive where rules are decided by
//! them, and open where an answer of another version is read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A word of a fixed list.
pub trait Word: Copy + PartialEq + 'static {
    /// Every word with its name on the wire, in the order of their declaration.
    const WORDS: &'static [(&'static str, Self)];

    /// The name on the wire.
    fn name(self) -> &'static str;

    /// The word of this name.
    fn named(name: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == name).map(|(_, word)| *word)
    }
}

/// A word as a reader meets it: one that is known, or one of another version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known<T> {
    /// A word of today.
    Word(T),
    /// Another one, or nothing where the text is empty.
    Other(String),
}

impl<T: Word> Known<T> {
    /// The word of this name, or the name of another.
    pub fn read(name: &str) -> Self {
        T::named(name).map_or_else(|| Self::Other(name.to_owned()), Self::Word)
    }

    /// The name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Word(word) => word.name(),
            Self::Other(name) => name,
        }
    }

    /// The word, where it is one of today.
    pub fn word(&self) -> Option<T> {
        match self {
            Self::Word(word) => Some(*word),
            Self::Other(_) => None,
        }
    }
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl<T> From<T> for Known<T> {
    fn from(word: T) -> Self {
        Self::Word(word)
    }
}

impl<T: PartialEq> PartialEq<T> for Known<T> {
    fn eq(&self, other: &T) -> bool {
        matches!(self, Self::Word(word) if word == other)
    }
}

impl<T: Word> fmt::Display for Known<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<T: Word> Serialize for Known<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de, T: Word> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Open(PhantomData))
    }
}

struct Open<T>(PhantomData<T>);

impl<T: Word> Visitor<'_> for Open<T> {
    type Value = Known<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Known<T>, E> {
        Ok(Known::read(name))
    }
}

/// Reads a word of a fixed list, and nothing else.
pub(crate) fn read<'de, T: Word, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    match from.deserialize_str(Open(PhantomData))? {
        Known::Word(word) => Ok(word),
        Known::Other(name) => Err(D::Error::custom(format_args!("unknown word {name:?}"))),
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Known<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

/// Declares an enumeration of words with their names on the wire.
macro_rules! words {
    ($(#[doc = $doc_text:literal])* pub enum $Name:ident { $($(#[$each:meta])* $Word:ident = $name:literal,)+ }) => {
        $(#[doc = $doc_text])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Name { $($(#[$each])* $Word,)+ }

        impl $Name {
            /// Every word with its name on the wire.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($name, Self::$Word),)+];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Word => $name,)+ }
            }
        }

        impl $crate::word::Word for $Name {
            const WORDS: &'static [(&'static str, Self)] = Self::WORDS;

            fn name(self) -> &'static str {
                self.name()
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $Name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($Name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::schema::of_words(&[$($name,)+], concat!($($doc_text,)*))
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::word::read(from)
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::touch::Source;

    #[test]
    fn a_word_of_another_version_is_kept_as_it_stands() {
        let read = |text: &str| serde_json::from_str::<Known<Source>>(text).unwrap();
        assert_eq!(read("\"promo_code\""), Source::PromoCode);
        assert_eq!(read("\"smoke\""), Known::Other("smoke".into()));
        assert_eq!(serde_json::to_string(&read("\"smoke\"")).unwrap(), "\"smoke\"");
        assert!(serde_json::from_str::<Source>("\"smoke\"").is_err());
        assert_eq!(serde_json::from_str::<Source>("\"link\"").unwrap(), Source::Link);
    }
}
