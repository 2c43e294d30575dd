//! Which language the visitor reads.

/// The languages there are texts for, English last as the one for everybody else.
pub const LANGUAGES: [&str; 8] = ["fr", "de", "es", "it", "pt", "nl", "ar", "en"];

/// A choice of language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// The tag asked for, with its region, for numbers and dates.
    pub tag: String,
    /// One of [`LANGUAGES`], for words.
    pub language: &'static str,
}

impl Locale {
    /// Whether the text runs from right to left.
    pub fn is_rtl(&self) -> bool {
        self.language == "ar"
    }
}

/// The first of `wishes` (BCP 47 tags, empty ones skipped) that there are texts for, else English.
pub fn choose(wishes: &[&str]) -> Locale {
    for wish in wishes {
        // Underscores are what many shop systems write in `<html lang>`; `Intl` refuses them.
        let tag: String = wish.trim_ascii().chars().map(|c| if c == '_' { '-' } else { c }).collect();
        let (first, _) = crate::text::cut(&tag, b'-');
        if let Some(language) = LANGUAGES.iter().find(|language| first.eq_ignore_ascii_case(language)) {
            return Locale { language, tag };
        }
    }
    Locale { tag: "en".into(), language: "en" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_wish_that_can_be_met() {
        assert_eq!(choose(&["", "fr-CA", "en"]), Locale { tag: "fr-CA".into(), language: "fr" });
        assert_eq!(choose(&["ja", "pt_BR"]), Locale { tag: "pt-BR".into(), language: "pt" });
        assert!(choose(&["AR"]).is_rtl());
    }

    #[test]
    fn falls_back_to_english() {
        assert_eq!(choose(&["ja", "xx", "<script>"]).language, "en");
        assert_eq!(choose(&[]).tag, "en");
    }
}
