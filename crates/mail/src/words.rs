//! What mail says in each language: a text of its own for each, beside the widget's, whose names of rewards and reasons
//! it uses, so that a thing has one name wherever a referrer reads of it.

use std::collections::BTreeMap;

/// A language's tag, the widget's words and the mail's.
type Language = (&'static str, &'static str, &'static str);

/// The eight languages of the widget.
const LANGUAGES: [Language; 8] = [
    ("fr", include_str!("../../../www/widget/locales/fr.json"), include_str!("../words/fr.json")),
    ("en", include_str!("../../../www/widget/locales/en.json"), include_str!("../words/en.json")),
    ("de", include_str!("../../../www/widget/locales/de.json"), include_str!("../words/de.json")),
    ("es", include_str!("../../../www/widget/locales/es.json"), include_str!("../words/es.json")),
    ("it", include_str!("../../../www/widget/locales/it.json"), include_str!("../words/it.json")),
    ("pt", include_str!("../../../www/widget/locales/pt.json"), include_str!("../words/pt.json")),
    ("nl", include_str!("../../../www/widget/locales/nl.json"), include_str!("../words/nl.json")),
    ("ar", include_str!("../../../www/widget/locales/ar.json"), include_str!("../words/ar.json")),
];

/// The words of one language.
pub struct Words {
    tag: &'static str,
    words: BTreeMap<String, String>,
}

/// The language of eight that a tag or an `Accept-Language` header asks for first; `None` where it asks for none of them.
pub fn spoken(asked: &str) -> Option<&'static str> {
    let mut wishes: Vec<(f32, &str)> = asked
        .split(',')
        .filter_map(|part| {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = match rest.trim().strip_prefix("q=") {
                Some(text) => text.trim().parse().ok()?,
                None => 1.0,
            };
            (weight > 0.0).then_some((weight, tag.trim()))
        })
        .collect();
    // Equal ones stay in the order in which they were named.
    wishes.sort_by(|one, other| other.0.total_cmp(&one.0));
    wishes.into_iter().find_map(|(_, tag)| {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        LANGUAGES.iter().map(|(tag, ..)| *tag).find(|known| known.eq_ignore_ascii_case(first))
    })
}

impl Words {
    /// Those of a language; English ones where it is none of the eight.
    pub fn of(locale: &str) -> Self {
        let wanted = spoken(locale).unwrap_or("en");
        let (tag, widget, mail) =
            LANGUAGES.iter().find(|(tag, ..)| *tag == wanted).copied().unwrap_or_default();
        let mut words: BTreeMap<String, String> = serde_json::from_str(widget).unwrap_or_default();
        let own: BTreeMap<String, String> = serde_json::from_str(mail).unwrap_or_default();
        // The mail's stand under names of their own: "close" of the widget is not "close" of a month.
        words.extend(own.into_iter().map(|(name, text)| (format!("mail.{name}"), text)));
        Self { tag, words }
    }

    /// The tags of all of them, the first being the one in which they were written.
    pub fn tags() -> impl Iterator<Item = &'static str> {
        LANGUAGES.iter().map(|(tag, ..)| *tag)
    }

    /// The language's tag.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(&self) -> bool {
        self.tag == "ar"
    }

    /// A word of the mail's.
    pub fn mail(&self, name: &str) -> &str {
        self.words.get(&format!("mail.{name}")).map_or("", String::as_str)
    }

    /// A word of the widget's.
    pub fn widget(&self, name: &str) -> &str {
        self.words.get(name).map_or("", String::as_str)
    }

    /// A word of the widget's for so many, with the number put in.
    pub fn counted(&self, name: &str, number: i64) -> String {
        let form = self.words.get(&format!("{name}.{}", self.form(number)));
        let form = form.or_else(|| self.words.get(&format!("{name}.other")));
        form.map_or_else(String::new, |text| text.replace("{n}", &number.to_string()))
    }

    /// Which form of a word goes with a whole number, by CLDR's rules for these languages.
    fn form(&self, number: i64) -> &'static str {
        let number = number.unsigned_abs();
        match (self.tag, number) {
            ("ar", 0) => "zero",
            ("ar", 2) => "two",
            ("ar", _) if (3..=10).contains(&(number % 100)) => "few",
            ("ar", _) if number % 100 >= 11 => "many",
            ("fr" | "pt", 0) | (_, 1) => "one",
            (_, _) => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word_and_fills_in_the_same() {
        let braces = |text: &str| {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            found.sort();
            found
        };
        let french = Words::of("fr");
        let own: Vec<&String> = french.words.keys().filter(|name| name.starts_with("mail.")).collect();
        assert!(own.len() > 40);
        for tag in Words::tags() {
            let words = Words::of(tag);
            assert_eq!(words.tag(), tag);
            for name in &own {
                let text = words.words.get(*name).unwrap_or_else(|| panic!("{tag} lacks {name}"));
                assert_eq!(braces(text), braces(&french.words[*name]), "{tag} {name}");
            }
            assert_eq!(words.mail("months").split('|').count(), 12, "{tag}");
            assert_eq!(words.words.len(), words.words.values().filter(|text| !text.is_empty()).count());
        }
    }

    #[test]
    fn the_language_that_is_asked_for_first_is_taken() {
        assert_eq!(spoken("fr-CA"), Some("fr"));
        assert_eq!(spoken("ja, de;q=0.5, it-IT;q=0.9"), Some("it"));
        assert_eq!(spoken("sv"), None);
        assert_eq!(spoken("nl;q=0, *"), None);
        assert_eq!(spoken(";;,q=,fr;q=x"), None);
        assert_eq!(Words::of("sv").tag(), "en");
    }

    #[test]
    fn words_agree_with_their_number() {
        let forms = |tag: &str| [0, 1, 2, 5, 11, 100, 101].map(|number| Words::of(tag).form(number));
        assert_eq!(forms("fr"), ["one", "one", "other", "other", "other", "other", "other"]);
        assert_eq!(forms("en"), ["other", "one", "other", "other", "other", "other", "other"]);
        assert_eq!(forms("ar"), ["zero", "one", "two", "few", "many", "other", "other"]);
        assert_eq!(Words::of("fr").counted("r_points", 250), "250 points");
    }
}
