//! What is to be seen, as a pure function of what the widget knows.

mod code;
mod offer;
mod panel;
mod rewards;
mod share;

pub use panel::{Kind, view};

use crate::model::Model;
use crate::node::{Element, el};
use crate::text;
use crate::wire::Reward;

/// Numbers, money and dates in the visitor's language; the browser's `Intl`, or a test's own.
pub trait Format {
    /// Decimal text in this currency; without decimals where `short` and they are zero.
    fn money(&self, amount: &str, currency: &str, short: bool) -> String;
    /// Decimal text of per cent.
    fn percent(&self, percent: &str) -> String;
    /// A count.
    fn number(&self, count: u32) -> String;
    /// The day of an RFC 3339 instant.
    fn date(&self, at: &str) -> String;
    /// How far off an RFC 3339 instant is, where that is at most a few days, else nothing.
    fn countdown(&self, at: &str, now: i64) -> Option<String>;
    /// The plural category of a count.
    fn plural(&self, count: u32) -> String;
}

/// The model with a voice.
pub(crate) struct Say<'a> {
    pub model: &'a Model,
    pub format: &'a dyn Format,
}

impl Say<'_> {
    /// The text under `key`: the shop's, else ours. A key without a text says nothing.
    pub fn word(&self, key: &str) -> &str {
        let shops = self.model.program.ready().map(|program| program.texts.as_slice()).unwrap_or_default();
        let own = shops.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str());
        own.or_else(|| self.model.texts.ready().and_then(|texts| texts.get(key))).unwrap_or_default()
    }

    /// The text under `key` with its places filled.
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        text::fill(self.word(key), values)
    }

    /// The text for a count, with `{n}` filled.
    pub fn count(&self, key: &str, count: u32) -> String {
        let category = self.format.plural(count);
        let exact = text::join(&[key, ".", &category]);
        let mut template = self.word(&exact);
        if template.is_empty() {
            template = self.word(&text::join(&[key, ".other"]));
        }
        text::fill(template, &[("n", &self.format.number(count))])
    }

    /// A sum in the program's currency, as short as it can be.
    pub fn money(&self, amount: &str) -> String {
        let currency =
            self.model.program.ready().map(|program| program.currency.as_str()).unwrap_or_default();
        self.format.money(amount, currency, true)
    }

    /// A reward as a noun: "10 % off", "€10 in store credit".
    pub fn reward(&self, reward: &Reward) -> String {
        let key = text::join(&["r_", &reward.kind]);
        match reward.kind.as_str() {
            "percent_off" | "commission" => self.say(&key, &[("p", &self.format.percent(&reward.value))]),
            "amount_off" | "gift_card" | "store_credit" | "cash" => {
                let sum = if reward.currency.is_empty() {
                    self.money(&reward.value)
                } else {
                    self.format.money(&reward.value, &reward.currency, true)
                };
                self.say(&key, &[("m", &sum)])
            }
            "points" => self.count("r_points", reward.points),
            "access" => text::clean(&reward.value),
            _ => self.word(&key).into(),
        }
    }

    /// A button that acts.
    pub fn button(&self, class: &str, action: &str, value: &str, key: &str) -> Element {
        el("button", class).set("type", "button").act(action, value).text(self.word(key))
    }
}

/// The heading of a screen, which takes the focus when the screen is opened.
fn heading(text: &str) -> Element {
    el("h2", "").set("id", "t").set("tabindex", "-1").text(text)
}

/// A decorative icon of 24 units drawn in the colour of the text.
fn icon(path: &str) -> Element {
    el("svg", "icon")
        .set("viewBox", "0 0 24 24")
        .set("aria-hidden", "true")
        .with(el("path", "").set("d", path))
}

/// A small list of facts; nothing where there are none.
fn facts(lines: Vec<String>) -> Option<Element> {
    let mut list = el("ul", "facts");
    for line in lines.iter().filter(|line| !line.is_empty()) {
        list = list.with(el("li", "").text(line));
    }
    (!list.children.is_empty()).then_some(list)
}

/// Whether decimal text says more than zero.
fn is_positive(amount: &str) -> bool {
    amount.bytes().any(|b| matches!(b, b'1'..=b'9'))
}
