//! Numbers, money and dates by the browser's `Intl`, which knows every language already.
//!
//! What shows figures is made once and in a task of its own: on a slow phone that takes as long as all the rest. Half of
//! it is the same for all classes, and done by whichever comes first.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Function, Object, Reflect};
use parrain_wire::Instant;
use wasm_bindgen::prelude::*;

use super::page;
use crate::text::{decimal, join};
use crate::view::Format;

/// A class of `Intl` with its options.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Class {
    /// Nothing is shown by it: it does the half that is the same for all.
    First,
    Money {
        currency: String,
        short: bool,
    },
    Percent,
    Number,
    /// A day of a zone; the reader's own where that is empty, or the browser knows none of the name.
    Date {
        zone: String,
    },
    Month {
        zone: String,
    },
    /// A day as spreadsheets read it.
    Day {
        zone: String,
    },
    Countdown,
    Plural,
}

impl Class {
    /// The name in `Intl`, and of the method that shows a value.
    fn names(&self) -> (&'static str, &'static str) {
        match self {
            Class::First => ("Collator", ""),
            Class::Money { .. } | Class::Percent | Class::Number => ("NumberFormat", "format"),
            Class::Date { .. } | Class::Month { .. } | Class::Day { .. } => ("DateTimeFormat", "format"),
            Class::Countdown => ("RelativeTimeFormat", "format"),
            Class::Plural => ("PluralRules", "select"),
        }
    }

    fn options(&self) -> Object {
        match self {
            Class::Money { currency, short } => page::object(&[
                ("style", "currency"),
                ("currency", currency),
                ("currencyDisplay", "narrowSymbol"),
                ("trailingZeroDisplay", if *short { "stripIfInteger" } else { "auto" }),
            ]),
            Class::Percent => {
                let options = page::object(&[("style", "percent")]);
                page::set(&options, "maximumFractionDigits", &2.into());
                options
            }
            Class::Date { zone } => page::object(&[("dateStyle", "long"), ("timeZone", zone)]),
            Class::Month { zone } => {
                page::object(&[("month", "long"), ("year", "numeric"), ("timeZone", zone)])
            }
            Class::Day { zone } => page::object(&[("timeZone", zone)]),
            Class::First | Class::Number | Class::Countdown | Class::Plural => Object::new(),
        }
    }

    /// The object that shows values, in the language of the tag or, where the browser refuses that, its own.
    fn make(&self, tag: &str) -> JsValue {
        let (name, _) = self.names();
        let Ok(class) = page::global(&join(&["Intl.", name])).dyn_into::<Function>() else {
            return JsValue::UNDEFINED;
        };
        let made = |tag: JsValue, options: Object| Reflect::construct(&class, &Array::of2(&tag, &options));
        let options = self.options();
        let without_zone = || {
            Reflect::delete_property(&options, &"timeZone".into())?;
            made(tag.into(), options.clone())
        };
        made(tag.into(), options.clone())
            .or_else(|_| made(JsValue::UNDEFINED, options.clone()))
            .or_else(|_| without_zone())
            .unwrap_or(JsValue::UNDEFINED)
    }
}

thread_local! {
    /// What is made, with the class and tag that it is of.
    static MADE: RefCell<Vec<(Class, String, JsValue)>> = const { RefCell::new(Vec::new()) };
    /// What is still to be made.
    static MISSING: RefCell<Vec<(Class, String)>> = const { RefCell::new(Vec::new()) };
    static BEGUN: Cell<bool> = const { Cell::new(false) };
}

/// Whether a view that was just made lacks figures: without them it is none yet, and there will be another.
pub fn is_missing() -> bool {
    MISSING.with_borrow(|missing| !missing.is_empty())
}

/// `Intl` in one language and region.
pub struct Intl<'a> {
    /// BCP 47.
    pub tag: &'a str,
    /// The shop's time zone, IANA's name.
    pub zone: &'a str,
}

impl Intl<'_> {
    /// A value as a class shows it; empty where that is still to be made.
    fn show(&self, class: Class, value: &JsValue, unit: &str) -> String {
        let known = MADE.with_borrow(|made| {
            let known = made.iter().find(|(its, tag, _)| *its == class && tag == self.tag);
            known.map(|(_, _, object)| object.clone())
        });
        let Some(object) = known else {
            want(class, self.tag);
            return String::new();
        };
        let (_, method) = class.names();
        let shown = Reflect::get(&object, &method.into())
            .and_then(JsCast::dyn_into::<Function>)
            .and_then(|method| method.call2(&object, value, &unit.into()));
        shown.ok().and_then(|shown| shown.as_string()).unwrap_or_default()
    }
}

fn millis(at: Instant) -> JsValue {
    (at.seconds() as f64 * 1000.0).into()
}

fn want(class: Class, tag: &str) {
    let idle = MISSING.with_borrow_mut(|missing| {
        let idle = missing.is_empty();
        if !BEGUN.replace(true) {
            missing.push((Class::First, String::new()));
        }
        let wanted = (class, tag.to_owned());
        if !missing.contains(&wanted) {
            missing.push(wanted);
        }
        idle
    });
    if idle {
        page::after(0, prepare);
    }
}

/// Makes one of what is missing; when all is there, there is something to be seen.
fn prepare() {
    let next = MISSING.with_borrow_mut(|missing| (!missing.is_empty()).then(|| missing.remove(0)));
    let Some((class, tag)) = next else { return };
    let object = class.make(&tag);
    MADE.with_borrow_mut(|made| made.push((class, tag, object)));
    page::after(0, if is_missing() { prepare } else { page::look });
}

impl Format for Intl<'_> {
    fn money(&self, amount: &str, currency: &str, short: bool) -> String {
        // Given as text, so that the browser reads the decimals itself and nothing is rounded.
        let shown = self.show(Class::Money { currency: currency.into(), short }, &amount.into(), "");
        if shown.is_empty() { join(&[amount, " ", currency]) } else { shown }
    }

    fn percent(&self, percent: &str) -> String {
        self.show(Class::Percent, &join(&[percent, "e-2"]).into(), "")
    }

    fn number(&self, count: u32) -> String {
        self.show(Class::Number, &count.into(), "")
    }

    fn date(&self, at: Instant) -> String {
        self.show(Class::Date { zone: self.zone.into() }, &millis(at), "")
    }

    fn day(&self, at: Instant) -> String {
        // Sweden writes days as ISO 8601 does. A file is made at once: there is no second view of it.
        let (class, days) = (Class::Day { zone: self.zone.into() }, Intl { tag: "sv", zone: self.zone });
        let shown = days.show(class.clone(), &millis(at), "");
        if !shown.is_empty() {
            return shown;
        }
        while is_missing() {
            prepare();
        }
        days.show(class, &millis(at), "")
    }

    fn month(&self, at: Instant) -> String {
        self.show(Class::Month { zone: self.zone.into() }, &millis(at), "")
    }

    fn countdown(&self, at: Instant, now: Instant) -> String {
        let left = at.seconds() - now.seconds();
        let (unit, seconds) = match left {
            1..5400 => ("minute", 60),
            5400..172_800 => ("hour", 3600),
            172_800..864_000 => ("day", 86_400),
            _ => return String::new(),
        };
        self.show(Class::Countdown, &decimal((left / seconds).max(1)).into(), unit)
    }

    fn plural(&self, count: u32) -> String {
        self.show(Class::Plural, &count.into(), "")
    }
}
