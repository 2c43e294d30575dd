//! Numbers, money and dates by the browser's `Intl`, which knows every language already.

use wasm_bindgen::{JsCast, JsValue};

use super::js::{call, get, object, text_of, window};
use crate::view::Format;

/// `Intl` in one language and region.
pub struct Intl<'a> {
    /// BCP 47.
    pub tag: &'a str,
}

impl Intl<'_> {
    /// An object of a class of `Intl`; a tag that the browser refuses gives its own language.
    fn make(&self, class: &str, options: &[(&str, JsValue)]) -> Option<JsValue> {
        let class: js_sys::Function = get(&get(&window(), "Intl"), class).dyn_into().ok()?;
        let options = object(options);
        let with =
            |tag: JsValue| js_sys::Reflect::construct(&class, &js_sys::Array::of2(&tag, &options)).ok();
        with(self.tag.into()).or_else(|| with(JsValue::UNDEFINED))
    }

    fn format(&self, class: &str, options: &[(&str, JsValue)], value: &JsValue) -> Option<String> {
        call(&self.make(class, options)?, "format", std::slice::from_ref(value)).ok()?.as_string()
    }
}

impl Format for Intl<'_> {
    fn money(&self, amount: &str, currency: &str, short: bool) -> String {
        let zeros = if short { "stripIfInteger" } else { "auto" };
        let options = [
            ("style", "currency".into()),
            ("currency", currency.into()),
            ("currencyDisplay", "narrowSymbol".into()),
            ("trailingZeroDisplay", zeros.into()),
        ];
        // Given as text, so that the browser reads the decimals itself and nothing is rounded.
        let shown = self.format("NumberFormat", &options, &amount.into());
        shown.unwrap_or_else(|| crate::text::join(&[amount, " ", currency]))
    }

    fn percent(&self, percent: &str) -> String {
        let share = js_sys::Number::parse_float(percent) / 100.0;
        let options = [("style", "percent".into()), ("maximumFractionDigits", 2.into())];
        self.format("NumberFormat", &options, &share.into())
            .unwrap_or_else(|| crate::text::join(&[percent, " %"]))
    }

    fn number(&self, count: u32) -> String {
        self.format("NumberFormat", &[], &count.into()).unwrap_or_else(|| count.to_string())
    }

    fn date(&self, at: &str) -> String {
        let date = js_sys::Date::new(&at.into());
        self.format("DateTimeFormat", &[("dateStyle", "long".into())], &date.into()).unwrap_or_default()
    }

    fn countdown(&self, at: &str, now: i64) -> Option<String> {
        let left = js_sys::Date::parse(at) / 1000.0 - now as f64;
        let (unit, count) = match left {
            0.0..5400.0 => ("minute", left / 60.0),
            5400.0..172_800.0 => ("hour", left / 3600.0),
            172_800.0..864_000.0 => ("day", left / 86_400.0),
            _ => return None,
        };
        let format = self.make("RelativeTimeFormat", &[])?;
        call(&format, "format", &[(count as u32).max(1).into(), unit.into()]).ok()?.as_string()
    }

    fn plural(&self, count: u32) -> String {
        let rules = self.make("PluralRules", &[]);
        rules
            .and_then(|rules| call(&rules, "select", &[count.into()]).ok())
            .map(|category| text_of(&category))
            .unwrap_or_default()
    }
}
