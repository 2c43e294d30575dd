//! What is to be seen, as a pure function of what the widget knows.

mod code;
mod offer;
mod panel;
mod rewards;
mod share;

pub use panel::{Kind, view};
pub use rewards::csv;

use parrain_wire::amount::Amount;
use parrain_wire::program::{Reward, RewardKind};
use parrain_wire::{Instant, Texts};

use crate::action::{Action, Copyable};
use crate::model::{Fault, Load, Model, is_web};
use crate::node::{Element, classed, el};
use crate::text;

/// Numbers, money and dates in the visitor's language; the browser's `Intl`, or a test's own.
pub trait Format {
    /// Decimal text in this currency; without decimals where `short` and they are zero.
    fn money(&self, amount: &str, currency: &str, short: bool) -> String;
    /// Decimal text of per cent.
    fn percent(&self, percent: &str) -> String;
    /// A count.
    fn number(&self, count: u32) -> String;
    /// The day of an instant.
    fn date(&self, at: Instant) -> String;
    /// The same as spreadsheets read it, `2026-05-02`.
    fn day(&self, at: Instant) -> String;
    /// The month and year of an instant, by the same clock as its day.
    fn month(&self, at: Instant) -> String;
    /// How far off an instant is, where that is at most a few days, else an empty text.
    fn countdown(&self, at: Instant, now: Instant) -> String;
    /// The plural category of a count.
    fn plural(&self, count: u32) -> String;
}

/// What a view is made of.
pub(crate) struct View<'a> {
    pub model: &'a Model,
    pub format: &'a dyn Format,
}

impl<'a> View<'a> {
    /// The text under `key`: the shop's, else ours. A key without a text says nothing.
    #[inline(never)]
    pub fn word(&self, key: &str) -> &'a str {
        let text = |words: &'a Texts| words.get(key).filter(|text| !text.is_empty());
        text(&self.model.program.texts).or_else(|| text(&self.model.texts)).map_or("", String::as_str)
    }

    /// The text under a key of two parts.
    pub fn word2(&self, stem: &str, ending: &str) -> &'a str {
        self.word(&text::join(&[stem, ending]))
    }

    /// The text under `key` with its places filled.
    #[inline(never)]
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        text::fill(self.word(key), values)
    }

    /// The text for a count, with `{n}` filled.
    pub fn count(&self, key: &str, count: u32) -> String {
        let mut template = self.word(&text::join(&[key, ".", &self.format.plural(count)]));
        if template.is_empty() {
            template = self.word2(key, ".other");
        }
        text::fill(template, &[("n", &self.format.number(count))])
    }

    /// A sum, as short as it can be; in the program's currency where none is given.
    pub fn money(&self, amount: &str, currency: Option<&str>) -> String {
        self.format.money(amount, currency.unwrap_or(self.model.program.currency.as_str()), true)
    }

    /// A reward as a noun: "10 % off", "€10 in store credit". Empty where there is none.
    ///
    /// What an offer promises and what a conversion has earned are not said by the same values: a commission is a
    /// percentage first and a sum then, a free product has a value in neither. What has none is counted.
    pub fn reward(&self, reward: Option<&Reward>) -> String {
        self.said_of(reward, "r_")
    }

    /// A donation as what the shop does, "we donate €5 to …"; it is nothing that anybody gets. `None` for all else.
    pub fn donation(&self, reward: Option<&Reward>) -> Option<String> {
        reward.filter(|reward| is_donated(reward)).map(|_| self.said_of(reward, "we_"))
    }

    fn said_of(&self, reward: Option<&Reward>, stem: &str) -> String {
        let Some(reward) = reward else { return String::new() };
        let kind = reward.kind.name();
        let key = text::join(&[stem, kind]);
        let charity = text::clean(reward.charity.as_deref().unwrap_or_default());
        let money = |key: &str, amount: &Amount| {
            let currency = reward.currency.as_ref().map(|currency| currency.as_str());
            self.say(key, &[("m", &self.money(amount.as_str(), currency)), ("c", &charity)])
        };
        let said = match (reward.points, &reward.percent, &reward.amount) {
            (Some(points), ..) => self.count(&key, count(points)),
            (_, _, Some(amount)) if reward.kind == RewardKind::Commission => money("r_earned", amount),
            (_, Some(percent), _) => self.say(&key, &[("p", &self.format.percent(percent.as_str()))]),
            (_, _, Some(amount)) => money(&key, amount),
            (None, None, None) => match &reward.label {
                Some(label) => text::clean(label),
                // Words with a place for a value say nothing without one.
                None => Some(self.word(&key))
                    .filter(|word| !word.bytes().any(|b| b == b'{'))
                    .unwrap_or_default()
                    .into(),
            },
        };
        if said.is_empty() { self.count(&text::join(&["u_", kind]), 1) } else { said }
    }

    /// The heading of a screen, which takes the focus when the screen opens.
    pub fn heading(&self, text: &str) -> Element {
        el("h2").attributes("id=t tabindex=-1").text(text)
    }

    /// Until when an offer runs, or how long it still does where that is not long.
    pub fn ends(&self, end: Option<Instant>) -> Option<String> {
        let end = end?;
        let left = self.format.countdown(end, self.model.now);
        Some(if left.is_empty() {
            self.say("c_until", &[("d", &self.format.date(end))])
        } else {
            self.say("c_ends", &[("t", &left)])
        })
    }

    /// How many friends have ordered this month, where the shop tells.
    pub fn friends(&self) -> Option<Element> {
        self.model.program.friends_this_month.map(|count| self.small(&self.count("n_friends", count)))
    }

    /// A paragraph in small letters.
    pub fn small(&self, text: &str) -> Element {
        classed("p", "small").text(text)
    }

    /// A button of this class.
    pub fn button(&self, class: &str, action: &Action, label: &str) -> Element {
        classed("button", class).does(action).text(label)
    }

    /// A text that has to be typed or sent, with a button that copies it.
    pub fn copyable(&self, what: Copyable, text: &str) -> Element {
        let label = if self.model.copied.as_ref() == Some(&what) { "copied" } else { "copy" };
        let name = self.word(what.name());
        classed("div", "copy")
            .with(el("output").set("dir", "ltr").set("aria-label", name).text(text))
            .with(self.button("main", &Action::Copy(what), self.word(label)))
    }

    /// The form that has referrers' links mailed, or the shop's own page that does, where it has one. It says the same to
    /// who refers and who does not.
    pub fn sign_in(&self) -> Option<Element> {
        let program = &self.model.program;
        // Whom the shop signs for needs no mail.
        if self.model.customer.is_some() {
            return None;
        }
        if program.sign_in_mails {
            return Some(self.mailing("link", ["sign_in", "mailed"], self.model.mailing));
        }
        let url = program.sign_in_url.as_deref().filter(|url| is_web(url))?;
        Some(classed("a", "plain").set("href", url).text(self.word("sign_in")))
    }

    /// A form for an address to which something is mailed, folded; `keys` are of what it offers, and of what it says once
    /// that is done.
    pub fn mailing(&self, action: &'static str, keys: [&str; 2], load: Load) -> Element {
        let [offer, done] = keys.map(|key| self.word(key));
        let input = el("input")
            .attributes("id=m name=email type=email autocomplete=email maxlength=200 required=true");
        let button =
            classed("button", "main").set("aria-busy", flag(load == Load::Busy)).text(self.word("claim"));
        let form = el("form")
            .set("data-a", action)
            .with(el("label").set("for", "m").text(self.word("f_email")))
            .with(classed("div", "copy").with(input).with(button));
        let (form, said) = match load {
            Load::Ready => (None, Some(self.small(done))),
            Load::Failed(Fault::Conflict) => (None, Some(self.small(self.word("code_inactive")))),
            Load::Failed(fault) => {
                (Some(form), Some(classed("p", "bad").set("role", "alert").text(self.word(fault.key()))))
            }
            Load::Idle | Load::Busy => (Some(form), None),
        };
        el("details").with(el("summary").text(offer)).maybe(form).maybe(said)
    }

    /// That the referrer has to wait, or takes no part any more.
    pub fn inactive(&self) -> Option<Element> {
        let said = self.word2("w_", self.model.activity.as_ref()?.name());
        (!said.is_empty()).then(|| classed("p", "note").text(said))
    }

    /// What could not be had, and the button that tries again.
    pub fn trouble(&self, fault: Fault) -> Element {
        classed("div", "bad").with(el("p").text(self.word(fault.key()))).with(self.button(
            "plain",
            &Action::Retry,
            self.word("retry"),
        ))
    }
}

/// A list of facts, without those that say nothing; nothing where there are none.
fn facts(facts: Vec<Option<String>>) -> Option<Element> {
    let mut list = classed("ul", "facts");
    for fact in facts.into_iter().flatten() {
        list = list.with(el("li").text(&fact));
    }
    (!list.children.is_empty()).then_some(list)
}

/// A picture of lines, by the path that draws it.
fn icon(path: &str) -> Element {
    el("svg").set("viewBox", "0,0,24,24").set("aria-hidden", "true").with(el("path").set("d", path))
}

/// Whether a reward goes to a charity, and is nobody's to spend.
fn is_donated(reward: &Reward) -> bool {
    reward.kind == RewardKind::Donation
}

/// Whether decimal text says more than zero.
pub(crate) fn is_positive(amount: &str) -> bool {
    amount.bytes().any(|b| matches!(b, b'1'..=b'9'))
}

/// A count of the wire as one that can be shown.
fn count(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

/// The value of an attribute that is there or not.
fn flag(on: bool) -> &'static str {
    if on { "true" } else { "" }
}
