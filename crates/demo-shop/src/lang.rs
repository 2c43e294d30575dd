//! The two languages of the shop: French, unless the visitor asks for English.

use serde::{Deserialize, Serialize};

/// A language that every page exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Français, the shop's own.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Reads `fr` or `en`; `None` for anything else.
    pub fn parse(tag: &str) -> Option<Self> {
        match tag {
            "fr" => Some(Self::Fr),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The BCP 47 tag for `<html lang>`.
    pub fn tag(self) -> &'static str {
        self.say("fr", "en")
    }

    /// The one of two texts that is in this language. Both stand side by side where they are
    /// used, so that neither is ever forgotten.
    pub fn say<T>(self, fr: T, en: T) -> T {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }

    /// A date and time as people read it, in UTC: `21 novembre 2026, 22:14`.
    pub fn date(self, at: jiff::Timestamp) -> String {
        const FR: [&str; 12] = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        const EN: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let at = at.to_zoned_datetime(jiff::tz::TimeZone::UTC);
        let month = usize::from(at.month().unsigned_abs()).saturating_sub(1);
        format!(
            "{} {} {}, {:02}:{:02} UTC",
            at.day(),
            self.say(FR, EN)[month],
            at.year(),
            at.hour(),
            at.minute()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_dates_in_both_languages() {
        let at: jiff::Timestamp = "2026-08-01T09:05:00Z".parse().unwrap();
        assert_eq!(Lang::Fr.date(at), "1 août 2026, 09:05 UTC");
        assert_eq!(Lang::En.date(at), "1 August 2026, 09:05 UTC");
    }
}
