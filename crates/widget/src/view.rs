//! What is to be seen, as a pure function of what the widget knows.

mod code;
mod offer;
mod panel;
mod rewards;
mod share;

pub use panel::{Kind, view};

use elsa::FrozenVec;

use crate::html;
use crate::model::{Fault, Model};
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

/// Where the texts of a view live.
pub type Arena = FrozenVec<String>;

/// A view in the making. Its texts live in an arena that goes with it: freeing each of them where it is
/// last used would be a third of the code of the views.
pub(crate) struct View<'a> {
    pub model: &'a Model,
    pub format: &'a dyn Format,
    pub arena: &'a Arena,
    pub out: String,
}

impl<'a> View<'a> {
    /// The text under `key`: the shop's, else ours. A key without a text says nothing.
    pub fn word(&self, key: &str) -> &'a str {
        word(self.model, key)
    }

    /// The text under a key of two parts.
    pub fn word2(&self, stem: &str, ending: &str) -> &'a str {
        self.word(&text::join(&[stem, ending]))
    }

    /// Appends what a template describes (see [`html::put`]).
    #[inline(never)]
    pub fn put(&mut self, template: &str, arguments: &[&'a str]) {
        let model = self.model;
        html::put(&mut self.out, &|key| word(model, key), template, arguments);
    }

    /// Keeps a text for as long as the view.
    #[inline(never)]
    pub fn own(&self, text: String) -> &'a str {
        self.arena.push_get(text)
    }

    /// The text under `key` with its places filled.
    #[inline(never)]
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> &'a str {
        self.own(text::fill(self.word(key), values))
    }

    /// The pieces one after the other.
    pub fn join(&self, pieces: &[&str]) -> &'a str {
        self.own(text::join(pieces))
    }

    /// A name from outside, fit to be shown.
    pub fn name(&self, from: &Value, path: &str) -> &'a str {
        self.own(text::clean(from.text(path)))
    }

    /// The text for a count, with `{n}` filled.
    pub fn count(&self, key: &str, count: u32) -> &'a str {
        let mut template = self.word(self.join(&[key, ".", &self.format.plural(count)]));
        if template.is_empty() {
            template = self.word2(key, ".other");
        }
        self.own(text::fill(template, &[("n", &self.format.number(count))]))
    }

    /// A sum, as short as it can be; in the program's currency where none is given.
    pub fn money(&self, amount: &str, currency: &str) -> &'a str {
        let currency = if currency.is_empty() { self.model.program.text("currency") } else { currency };
        self.own(self.format.money(amount, currency, true))
    }

    /// The day of an instant.
    pub fn date(&self, at: &str) -> &'a str {
        self.own(self.format.date(at))
    }

    /// A reward as a noun: "10 % off", "€10 in store credit".
    pub fn reward(&self, reward: &Value) -> &'a str {
        let kind = reward.text("kind");
        let key = self.join(&["r_", kind]);
        let (percent, amount) = (reward.text("percent"), reward.text("amount"));
        if kind == "points" {
            self.count(key, reward.count("points"))
        } else if kind == "access" {
            self.name(reward, "label")
        } else if !percent.is_empty() {
            self.say(key, &[("p", &self.format.percent(percent))])
        } else if amount.is_empty() {
            self.word(key)
        } else {
            self.say(key, &[("m", self.money(amount, reward.text("currency")))])
        }
    }

    /// An item of a list of facts; none where it says nothing.
    pub fn fact(&mut self, text: &'a str) {
        if !text.is_empty() {
            self.put("<li>{0}</>", &[text]);
        }
    }

    /// A text that has to be typed or sent, with a button that copies it.
    pub fn copyable(&mut self, what: &'a str, text: &'a str) {
        let label = if self.model.copied == what { "copied" } else { "copy" };
        self.put(
            "<div class=copy><output dir=ltr aria-label={0}>{1}</><button type=button class=main data-a=copy \
             data-v={2}>{3}</></>",
            &[self.word(what), text, what, self.word(label)],
        );
    }

    /// What could not be had, and the button that tries again.
    pub fn trouble(&mut self, fault: Fault) {
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
