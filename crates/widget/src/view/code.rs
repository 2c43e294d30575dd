//! The promo code field, which says what a code is worth.

use super::{View, flag, offer};
use crate::model::{Load, Redeeming};
use crate::node::{Element, classed, el};

/// The field as a screen of the panel.
pub(super) fn screen(view: &View) -> Vec<Element> {
    let mut out = field(view);
    out.insert(0, view.heading(view.word("code_title")));
    out
}

/// The field alone, in the page.
pub(super) fn field(view: &View) -> Vec<Element> {
    let model = view.model;
    let bad = model.typed_load == Load::Ready && !model.typed_reason.is_empty();
    let busy = model.typed_load == Load::Busy || model.redeeming == Redeeming::Busy;
    let input = el("input")
        .attributes("id=c name=code autocomplete=off autocapitalize=characters spellcheck=false maxlength=64 required=true dir=ltr")
        .set("aria-invalid", flag(bad))
        .set("aria-describedby", if bad { "a" } else { "" });
    let button = classed("button", "main").set("aria-busy", flag(busy)).text(view.word("use"));
    let form = el("form")
        .set("data-a", "code")
        .with(el("label").set("for", "c").text(view.word("code")))
        .with(classed("div", "copy").with(input).with(button));
    let mut out = vec![form];
    match model.typed_load {
        Load::Ready if !bad => out.extend(good(view)),
        Load::Ready => {
            let mut text = view.word2("code_", &model.typed_reason);
            if text.is_empty() {
                text = view.word("code_unknown");
            }
            out.push(classed("p", "bad").attributes("id=a role=alert").text(text));
        }
        Load::Failed(fault) => out.push(view.trouble(fault)),
        Load::Idle | Load::Busy => {}
    }
    out
}

/// What a good code gives, from whom, and what became of it.
fn good(view: &View) -> Vec<Element> {
    let Some((code, said)) = view.model.invitation() else { return Vec::new() };
    let from = crate::text::clean(said.from.as_deref().unwrap_or_default());
    let text = if said.friend.is_some() {
        offer::title(view, said)
    } else if from.is_empty() {
        view.word("code_good").into()
    } else {
        view.say("code_from", &[("from", &from)])
    };
    let mut out = vec![classed("p", "gives").text(&text)];
    out.extend(offer::conditions(view, said));
    out.push(offer::result(view, code.as_str()));
    out
}
