//! What is to be seen, as a pure function of what the widget knows.

mod code;
mod offer;
mod panel;
mod rewards;
mod share;

pub use panel::{Kind, view};

use crate::html::{self, Op};
use crate::model::Model;
use crate::text;
use crate::value::Value;

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
    /// How far off an RFC 3339 instant is, where that is at most a few days, else an empty text.
    fn countdown(&self, at: &str, now: i64) -> String;
    /// The plural category of a count.
    fn plural(&self, count: u32) -> String;
}

/// A view in the making.
pub(crate) struct View<'a> {
    pub model: &'a Model,
    pub format: &'a dyn Format,
    pub out: Vec<Op>,
}

impl<'a> View<'a> {
    /// The text under `key`: the shop's, else ours. A key without a text says nothing.
    pub fn word(&self, key: &str) -> &'a str {
        word(self.model, key)
    }

    /// Appends what a template describes (see [`html::put`]).
    pub fn put(&mut self, template: &'static str, arguments: &[&str]) {
        let model = self.model;
        html::put(&mut self.out, &|key| word(model, key), template, arguments);
    }

    /// The text under `key` with a place filled.
    pub fn say(&self, key: &str, name: &str, value: &str) -> String {
        text::fill(self.word(key), &[(name, value)])
    }

    /// The text for a count, with `{n}` filled.
    pub fn count(&self, key: &str, count: u32) -> String {
        let mut template = self.word(&text::join(&[key, ".", &self.format.plural(count)]));
        if template.is_empty() {
            template = self.word(&text::join(&[key, ".other"]));
        }
        text::fill(template, &[("n", &self.format.number(count))])
    }

    /// A sum in the program's currency, as short as it can be.
    pub fn money(&self, amount: &str) -> String {
        self.format.money(amount, self.model.program.text("currency"), true)
    }

    /// A reward as a noun: "10 % off", "€10 in store credit".
    pub fn reward(&self, reward: &Value) -> String {
        let kind = reward.text("kind");
        let key = text::join(&["r_", kind]);
        let amount = reward.text("amount");
        if kind == "points" {
            self.count(&key, reward.count("points"))
        } else if kind == "access" {
            text::clean(reward.text("label"))
        } else if reward.at("percent").is_some() {
            self.say(&key, "p", &self.format.percent(reward.text("percent")))
        } else if amount.is_empty() {
            self.word(&key).into()
        } else {
            let own = reward.text("currency");
            let sum = if own.is_empty() { self.money(amount) } else { self.format.money(amount, own, true) };
            self.say(&key, "m", &sum)
        }
    }

    /// An item of a list of facts; none where it says nothing.
    pub fn fact(&mut self, text: &str) {
        if !text.is_empty() {
            self.put("<li>{0}</>", &[text]);
        }
    }

    /// A text that has to be typed or sent, with a button that copies it.
    pub fn copyable(&mut self, what: &str, text: &str) {
        let label = if self.model.copied == what { "copied" } else { "copy" };
        let (name, label) = (self.word(what), self.word(label));
        self.put("<div class=copy><output dir=ltr aria-label={0}>{1}</><button type=button class=main data-a=copy data-v={2}>{3}</></>", &[
            name, text, what, label,
        ]);
    }

    /// What could not be had, and the button that tries again.
    pub fn trouble(&mut self, fault: crate::model::Fault) {
        let text = self.word(fault.key());
        self.put(
            "<div class=bad><p>{0}</><button type=button class=plain data-a=retry>{retry}</></>",
            &[text],
        );
    }
}

fn word<'a>(model: &'a Model, key: &str) -> &'a str {
    let own = model.program.get("texts").get(key).as_text();
    if own.is_empty() { model.texts.get(key).as_text() } else { own }
}

/// Whether decimal text says more than zero.
fn is_positive(amount: &str) -> bool {
    amount.bytes().any(|b| matches!(b, b'1'..=b'9'))
}

/// The value of an attribute that is there or not.
fn flag(on: bool) -> &'static str {
    if on { "true" } else { "" }
}
