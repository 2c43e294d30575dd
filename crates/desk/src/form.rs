//! Forms: fields with their labels, hints and faults, and what somebody typed.

use std::cell::RefCell;
use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::faults::told;
use crate::frame::Frame;
use crate::place::Place;
use crate::text::{say, sign_of, typed};

/// What was typed into a form and what is wrong with it, for showing the page again. Nothing where nothing was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// By the field's name. A name that came several times has its values on lines of their own.
    pub values: BTreeMap<String, String>,
    /// JSON Pointers into what the form says, as `/advocate/reward/percent` for the field `advocate.reward.percent`, and
    /// what is wrong there in a sentence; `""` is the whole of it. A pointer that goes deeper than a field is the field's.
    pub faults: Vec<(String, String)>,
}

impl Entered {
    /// The same for one of several forms of a page, by a field that it alone has: nothing where another one was sent.
    pub fn of_form(&self, field: &str) -> &Self {
        static NOTHING: Entered = Entered { values: BTreeMap::new(), faults: Vec::new() };
        if self.values.contains_key(field) { self } else { &NOTHING }
    }

    /// What a field shows: what was typed where anything was, else what is kept.
    pub fn value<'a>(&'a self, name: &str, kept: &'a str) -> &'a str {
        match self.values.get(name) {
            Some(value) => value,
            None if self.values.is_empty() => kept,
            None => "",
        }
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str, value: &str, kept: bool) -> bool {
        if self.values.is_empty() {
            return kept;
        }
        self.values.get(name).is_some_and(|values| values.lines().any(|line| line == value))
    }

    /// What is wrong with a field.
    pub fn faults_of(&self, name: &str) -> Vec<&str> {
        let of = |pointer: &str| {
            let pointer = pointer.trim_start_matches('/').replace('/', ".");
            pointer == name || pointer.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
        };
        self.faults.iter().filter(|(pointer, _)| of(pointer)).map(|(_, fault)| fault.as_str()).collect()
    }
}

/// A form at the desk, with what was typed into it.
pub(crate) struct Form<'a> {
    frame: &'a Frame,
    entered: &'a Entered,
    name: &'a str,
    /// The labels of the fields drawn so far, by the fields' names.
    labels: RefCell<BTreeMap<String, String>>,
}

/// The field that a pointer is of: what lies within a list is of the field that has the list.
fn field_of(pointer: &str) -> String {
    let is_place = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = pointer.trim_start_matches('/').split('/').take_while(|part| !is_place(part));
    parts.collect::<Vec<_>>().join(".")
}

/// One choice of several: its value, and what stands beside it.
pub(crate) type Choice<'a> = (&'a str, &'a str);

impl<'a> Form<'a> {
    /// Whether something is wrong with one of these fields, or with what lies within it: what is folded opens then.
    pub fn wrong(&self, names: &[&str]) -> bool {
        names.iter().any(|name| !self.entered.faults_of(name).is_empty())
    }

    /// A form that shows what was typed.
    pub fn new(frame: &'a Frame, entered: &'a Entered) -> Self {
        Self { frame, entered, name: "", labels: RefCell::default() }
    }

    /// One of several on a page that have fields of the same names.
    pub fn named(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// A field's id, of its name.
    fn id(&self, name: &str) -> String {
        format!("f{}-{name}", self.name)
    }

    /// The form itself, with what is wrong with its fields above them.
    pub fn post(&self, to: &Place, body: Markup) -> Markup {
        let faults: Vec<_> = self.entered.faults.iter().filter(|(pointer, _)| !pointer.is_empty()).collect();
        post(
            self.frame,
            to,
            html! {
                (self.list(&faults))
                (body)
            },
        )
    }

    /// A form that only looks: what it says stands in the address, so nothing of it may be a secret or of a person.
    pub fn get(&self, to: &Place, body: Markup) -> Markup {
        let faults: Vec<_> = self.entered.faults.iter().filter(|(pointer, _)| !pointer.is_empty()).collect();
        html! { form method="get" action=(self.frame.href(to)) {
            (self.list(&faults))
            (body)
        } }
    }

    /// The same for a form with a file: browsers without script send one in no other way.
    pub fn post_file(&self, to: &Place, body: Markup) -> Markup {
        let faults: Vec<_> = self.entered.faults.iter().filter(|(pointer, _)| !pointer.is_empty()).collect();
        html! { form method="post" enctype="multipart/form-data" action=(self.frame.href(to)) {
            input type="hidden" name="csrf" value=(self.frame.csrf);
            (self.list(&faults))
            (body)
        } }
    }

    /// What is wrong with no field in particular, for the top of a page.
    pub fn summary(&self) -> Markup {
        let faults: Vec<_> = self.entered.faults.iter().filter(|(pointer, _)| pointer.is_empty()).collect();
        self.list(&faults)
    }

    /// Faults, each of a field with a link to it by its label.
    fn list(&self, faults: &[&(String, String)]) -> Markup {
        let lang = self.frame.language;
        let count = faults.len();
        let fields = faults.iter().any(|(pointer, _)| !pointer.is_empty());
        let title = format!("{}-faults", self.id(if fields { "fields" } else { "whole" }));
        html! {
            @if count > 0 {
                div.faults role="alert" aria-labelledby=(title) {
                    h2 id=(title) { @if count == 1 { (lang.say("Une chose est à corriger", "One thing needs correcting")) }
                        @else { (say!(lang, "{count} choses sont à corriger", "{count} things need correcting")) } }
                    ul { @for (pointer, fault) in faults { @let field = field_of(pointer); li {
                        @match self.labels.borrow().get(&field) {
                            Some(label) => { a href=(format!("#{}", self.id(&field))) { (label) } (lang.say("\u{a0}: ", ": ")) },
                            None if !field.is_empty() => { (field) (lang.say("\u{a0}: ", ": ")) },
                            None => {},
                        }
                        (told(lang, fault))
                    } } }
                }
            }
        }
    }

    /// One line of text; `kind` is the type of the input.
    pub fn text(&self, name: &str, label: &str, kept: &str, kind: &str, hint: &str) -> Markup {
        self.field(name, label, hint, |described, wrong| {
            html! { input id=(self.id(name)) name=(name) type=(kind) value=(self.entered.value(name, kept))
            aria-describedby=[described] aria-invalid=[wrong] autocomplete="off"; }
        })
    }

    /// One line of text that has to be there.
    pub fn needed(&self, name: &str, label: &str, kept: &str, kind: &str, hint: &str) -> Markup {
        self.field(name, label, hint, |described, wrong| {
            html! { input id=(self.id(name)) name=(name) type=(kind) value=(self.entered.value(name, kept)) required
            aria-describedby=[described] aria-invalid=[wrong] autocomplete="off"; }
        })
    }

    /// The address of a page, which has to be there. Without its `https://` it is taken too, which a browser's own check of
    /// addresses would refuse.
    pub fn address(&self, name: &str, label: &str, kept: &str, hint: &str) -> Markup {
        self.field(name, label, hint, |described, wrong| {
            html! { input id=(self.id(name)) name=(name) type="text" inputmode="url" autocapitalize="none" spellcheck="false"
            value=(self.entered.value(name, kept)) required
            aria-describedby=[described] aria-invalid=[wrong] autocomplete="off"; }
        })
    }

    /// One line of text that has to be there, with some that it may be: each with what stands beside it.
    pub fn suggested(&self, name: &str, label: &str, kept: &str, some: &[Choice<'_>], hint: &str) -> Markup {
        let list = format!("{}-list", self.id(name));
        self.field(name, label, hint, |described, wrong| {
            html! { input id=(self.id(name)) name=(name) type="text" list=(list) value=(self.entered.value(name, kept)) required
            aria-describedby=[described] aria-invalid=[wrong] autocomplete="off";
            datalist id=(list) { @for (value, text) in some { option value=(value) { (text) } } } }
        })
    }

    /// A secret that has to be there. What was typed is never written back.
    pub fn secret(&self, name: &str, label: &str, hint: &str) -> Markup {
        self.field(name, label, hint, |described, wrong| {
            html! { input id=(self.id(name)) name=(name) type="password" required
            aria-describedby=[described] aria-invalid=[wrong] autocomplete="current-password"; }
        })
    }

    /// A key of another service's. What was typed is never written back, and no browser is to keep it.
    pub fn key(&self, name: &str, label: &str, hint: &str, needed: bool) -> Markup {
        self.field(name, label, hint, |described, wrong| {
            html! { input id=(self.id(name)) name=(name) type="password" required[needed]
            aria-describedby=[described] aria-invalid=[wrong] autocomplete="off"; }
        })
    }

    /// A number or an amount, with its unit behind it.
    pub fn amount(&self, name: &str, label: &str, kept: &str, unit: &str, hint: &str) -> Markup {
        let kept = &typed(self.frame.language, kept);
        let unit = sign_of(unit);
        self.field(name, label, hint, |described, wrong| {
            html! { span.unit { input.num id=(self.id(name)) name=(name) inputmode="decimal" value=(self.entered.value(name, kept))
            aria-describedby=[described] aria-invalid=[wrong] autocomplete="off"; span aria-hidden="true" { (unit) } } }
        })
    }

    /// Several lines of text.
    pub fn lines(&self, name: &str, label: &str, kept: &str, rows: u8, hint: &str) -> Markup {
        self.field(name, label, hint, |described, wrong| {
            html! { textarea id=(self.id(name)) name=(name) rows=(rows) aria-describedby=[described] aria-invalid=[wrong]
            { (self.entered.value(name, kept)) } }
        })
    }

    /// A file of these types.
    pub fn file(&self, name: &str, label: &str, accept: &str, hint: &str) -> Markup {
        self.field(name, label, hint, |described, wrong| {
            html! { input id=(self.id(name)) name=(name) type="file" accept=(accept) required
            aria-describedby=[described] aria-invalid=[wrong]; }
        })
    }

    /// One of several, as a list to open.
    pub fn select(&self, name: &str, label: &str, kept: &str, choices: &[Choice<'_>], hint: &str) -> Markup {
        let chosen = self.entered.value(name, kept);
        let other = !chosen.is_empty() && choices.iter().all(|(value, _)| *value != chosen);
        self.field(name, label, hint, |described, wrong| {
            html! { select id=(self.id(name)) name=(name) aria-describedby=[described] aria-invalid=[wrong] {
                @if other { option value=(chosen) selected { (chosen) } }
                @for (value, text) in choices { option value=(value) selected[*value == chosen] { (text) } }
            } }
        })
    }

    /// One of several, each with a button before it.
    pub fn radios(&self, name: &str, label: &str, kept: &str, choices: &[(&str, &str, &str)]) -> Markup {
        let chosen = self.entered.value(name, kept);
        let faults = self.entered.faults_of(name);
        self.labels.borrow_mut().insert(name.to_owned(), label.to_owned());
        let fault_id = (!faults.is_empty()).then(|| format!("{}-fault", self.id(name)));
        html! { fieldset.radios id=(self.id(name)) aria-describedby=[fault_id.as_deref()] {
            legend { (label) }
            @for (value, text, hint) in choices {
                label.choice {
                    input type="radio" name=(name) value=(value) checked[*value == chosen];
                    span { (text) @if !hint.is_empty() { small { (hint) } } }
                }
            }
            (self.faults_shown(name, &faults))
        } }
    }

    /// A box to tick.
    pub fn tick(&self, name: &str, value: &str, label: &str, kept: bool) -> Markup {
        html! { label.choice {
            input type="checkbox" name=(name) value=(value) checked[self.entered.ticked(name, value, kept)];
            span { (label) }
        } }
    }

    /// A box of its own to tick, with what is wrong with its being ticked or not.
    pub fn yes(&self, name: &str, label: &str, kept: bool) -> Markup {
        let own = format!("/{name}");
        let faults: Vec<&str> = self
            .entered
            .faults
            .iter()
            .filter(|(at, _)| *at == own)
            .map(|(_, fault)| fault.as_str())
            .collect();
        self.labels.borrow_mut().insert(name.to_owned(), label.to_owned());
        let fault_id = (!faults.is_empty()).then(|| format!("{}-fault", self.id(name)));
        html! { label.choice {
            input id=(self.id(name)) type="checkbox" name=(name) value="true" checked[self.entered.ticked(name, "true", kept)]
                aria-describedby=[fault_id.as_deref()] aria-invalid=[fault_id.as_ref().map(|_| "true")];
            span { (label) }
        } (self.faults_shown(name, &faults)) }
    }

    /// Something that goes along.
    pub fn hidden(&self, name: &str, value: &str) -> Markup {
        html! { input type="hidden" name=(name) value=(value); }
    }

    fn faults_shown(&self, name: &str, faults: &[&str]) -> Markup {
        html! { @if !faults.is_empty() { p.fault id=(format!("{}-fault", self.id(name))) {
            @for (index, fault) in faults.iter().enumerate() { @if index > 0 { " " } (told(self.frame.language, fault)) }
        } } }
    }

    fn field(
        &self,
        name: &str,
        label: &str,
        hint: &str,
        input: impl FnOnce(Option<&str>, Option<&str>) -> Markup,
    ) -> Markup {
        let faults = self.entered.faults_of(name);
        self.labels.borrow_mut().insert(name.to_owned(), label.to_owned());
        let mut described = Vec::new();
        if !hint.is_empty() {
            described.push(format!("{}-hint", self.id(name)));
        }
        if !faults.is_empty() {
            described.push(format!("{}-fault", self.id(name)));
        }
        let described = described.join(" ");
        let described = (!described.is_empty()).then_some(described.as_str());
        let wrong = (!faults.is_empty()).then_some("true");
        html! { div.field {
            label for=(self.id(name)) { (label) }
            (input(described, wrong))
            @if !hint.is_empty() { p.hint id=(format!("{}-hint", self.id(name))) { (hint) } }
            (self.faults_shown(name, &faults))
        } }
    }
}

/// A form that is posted to a place, with the token of its session.
pub(crate) fn post(frame: &Frame, to: &Place, body: Markup) -> Markup {
    html! { form method="post" action=(frame.href(to)) {
        input type="hidden" name="csrf" value=(frame.csrf);
        (body)
    } }
}

/// A button that is a form of its own, with what it says.
pub(crate) fn press(frame: &Frame, to: &Place, fields: &[(&str, &str)], text: &str, class: &str) -> Markup {
    post(
        frame,
        to,
        html! {
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button class=(class) { (text) }
        },
    )
}
