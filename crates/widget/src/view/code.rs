//! The promo code field, which says what a code is worth.

use super::{View, flag, offer};
use crate::model::{Load, Redeeming};

/// The field as a screen of the panel.
pub(super) fn screen(view: &mut View) {
    view.put("<h2 id=t tabindex=-1>{code_title}</>", &[]);
    form(view);
}

/// The field alone, in the page.
pub(super) fn field(view: &mut View) {
    view.put("<div class=body>", &[]);
    form(view);
    view.put("</>", &[]);
}

fn form(view: &mut View) {
    let model = view.model;
    let bad = flag(model.typed_load == Load::Ready && !model.typed_reason.is_empty());
    let about = if bad.is_empty() { "" } else { "a" };
    let busy = flag(model.typed_load == Load::Busy || model.redeeming == Redeeming::Busy);
    view.put(
        "<form data-a=code><label for=c>{code}</><div class=copy><input id=c name=code autocomplete=off \
         autocapitalize=characters spellcheck=false maxlength=64 required dir=ltr aria-invalid={0} \
         aria-describedby={1}/><button class=main aria-busy={2}>{use}</></></>",
        &[bad, about, busy],
    );
    match model.typed_load {
        Load::Ready if bad.is_empty() => good(view),
        Load::Ready => {
            let mut text = view.word2("code_", &model.typed_reason);
            if text.is_empty() {
                text = view.word("code_unknown");
            }
            view.put("<p class=bad id=a role=alert>{0}</>", &[text]);
        }
        Load::Failed(fault) => view.trouble(fault),
        _ => {}
    }
}

/// What a good code gives, from whom, and what became of it.
fn good(view: &mut View) {
    let Some((code, said)) = view.model.invitation() else { return };
    let from = view.name(said, "from");
    let text = if said.at("friend.reward").is_some() {
        offer::title(view, said)
    } else if from.is_empty() {
        view.word("code_good")
    } else {
        view.say("code_from", &[("from", from)])
    };
    view.put("<p class=gives>{0}</>", &[text]);
    offer::conditions(view, said);
    offer::result(view, code);
}
