//! Numbers, money and dates by the browser's `Intl`, which knows every language already.

use super::js;
use crate::text::{decimal, join};
use crate::value::object;
use crate::view::Format;

/// `Intl` in one language and region.
pub struct Intl<'a> {
    /// BCP 47.
    pub tag: &'a str,
}

impl Intl<'_> {
    fn show(&self, class: &str, options: &[(&str, &str)], value: &str, unit: &str) -> String {
        js::intl(class, self.tag, &object(options), value, unit)
    }
}

impl Format for Intl<'_> {
    fn money(&self, amount: &str, currency: &str, short: bool) -> String {
        let options = [
            ("style", "currency"),
            ("currency", currency),
            ("currencyDisplay", "narrowSymbol"),
            ("trailingZeroDisplay", if short { "stripIfInteger" } else { "auto" }),
        ];
        // Given as text, so that the browser reads the decimals itself and nothing is rounded.
        let shown = self.show("NumberFormat", &options, amount, "");
        if shown.is_empty() { join(&[amount, " ", currency]) } else { shown }
    }

    fn percent(&self, percent: &str) -> String {
        let options = [("style", "percent"), ("maximumFractionDigits", "2")];
        self.show("NumberFormat", &options, &join(&[percent, "e-2"]), "")
    }

    fn number(&self, count: u32) -> String {
        self.show("NumberFormat", &[], &decimal(count.into()), "")
    }

    fn date(&self, at: &str) -> String {
        self.show("DateTimeFormat", &[("dateStyle", "long")], at, "")
    }

    fn countdown(&self, at: &str, now: i64) -> String {
        let left = js::seconds(at) as i64 - now;
        let (unit, seconds) = match left {
            1..5400 => ("minute", 60),
            5400..172_800 => ("hour", 3600),
            172_800..864_000 => ("day", 86_400),
            _ => return String::new(),
        };
        self.show("RelativeTimeFormat", &[], &decimal((left / seconds).max(1)), unit)
    }

    fn plural(&self, count: u32) -> String {
        self.show("PluralRules", &[], &decimal(count.into()), "")
    }
}
