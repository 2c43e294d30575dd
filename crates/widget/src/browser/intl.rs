//! Numbers, money and dates by the browser's `Intl`, which knows every language already.

use wasm_bindgen::JsValue;

use super::js::{at, call, call_text, call1, construct, parse, text_of, window};
use crate::text::join;
use crate::value::object;
use crate::view::Format;

/// `Intl` in one language and region.
pub struct Intl<'a> {
    /// BCP 47.
    pub tag: &'a str,
}

impl Intl<'_> {
    /// An object of a class of `Intl`; a tag that the browser refuses gives its own language.
    fn make(&self, class: &str, options: &[(&str, &str)]) -> JsValue {
        let class = &join(&["Intl.", class]);
        let options = parse(&object(options));
        let made = construct(class, &self.tag.into(), &options);
        if made.is_undefined() { construct(class, &JsValue::UNDEFINED, &options) } else { made }
    }

    fn format(&self, class: &str, options: &[(&str, &str)], value: &JsValue) -> String {
        text_of(&call1(&self.make(class, options), "format", value))
    }
}

impl Format for Intl<'_> {
    fn money(&self, amount: &str, currency: &str, short: bool) -> String {
        let zeros = if short { "stripIfInteger" } else { "auto" };
        let options = [
            ("style", "currency"),
            ("currency", currency),
            ("currencyDisplay", "narrowSymbol"),
            ("trailingZeroDisplay", zeros),
        ];
        // Given as text, so that the browser reads the decimals itself and nothing is rounded.
        let shown = self.format("NumberFormat", &options, &amount.into());
        if shown.is_empty() { join(&[amount, " ", currency]) } else { shown }
    }

    fn percent(&self, percent: &str) -> String {
        let share = call_text(&window(), "parseFloat", percent).as_f64().unwrap_or(0.0) / 100.0;
        self.format("NumberFormat", &[("style", "percent"), ("maximumFractionDigits", "2")], &share.into())
    }

    fn number(&self, count: u32) -> String {
        self.format("NumberFormat", &[], &count.into())
    }

    fn date(&self, at: &str) -> String {
        self.format("DateTimeFormat", &[("dateStyle", "long")], &instant(at))
    }

    fn countdown(&self, at: &str, now: i64) -> String {
        let left = (instant(at).as_f64().unwrap_or(0.0) / 1000.0) as i64 - now;
        let (unit, seconds) = match left {
            1..5400 => ("minute", 60),
            5400..172_800 => ("hour", 3600),
            172_800..864_000 => ("day", 86_400),
            _ => return String::new(),
        };
        let count = (left / seconds).max(1) as u32;
        text_of(&call(&self.make("RelativeTimeFormat", &[]), "format", &count.into(), &unit.into()))
    }

    fn plural(&self, count: u32) -> String {
        text_of(&call1(&self.make("PluralRules", &[]), "select", &count.into()))
    }
}

/// Milliseconds since 1970 of an RFC 3339 instant.
fn instant(text: &str) -> JsValue {
    call_text(&at("Date"), "parse", text)
}
