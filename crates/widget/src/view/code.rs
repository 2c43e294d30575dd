//! The promo code field, which says what a code is worth.

use super::{Say, heading, offer, panel};
use crate::model::{Load, Redeeming};
use crate::node::{Element, el};
use crate::wire::Verdict;

/// The field as a screen of the panel.
pub(super) fn screen(say: &Say) -> Element {
    el("div", "body").with(heading(say.word("code_title"))).with(form(say)).with(answer(say))
}

/// The field alone, in the page.
pub(super) fn field(say: &Say) -> Element {
    el("div", "body").with(form(say)).with(answer(say))
}

fn form(say: &Say) -> Element {
    let mut input = el("input", "")
        .set("id", "c")
        .set("name", "code")
        .set("type", "text")
        .set("autocomplete", "off")
        .set("autocapitalize", "characters")
        .set("spellcheck", "false")
        .set("maxlength", "64")
        .set("required", "")
        .set("dir", "ltr");
    let answer = &say.model.typed;
    if matches!(answer, Load::Ready(Verdict::Bad(_))) {
        input = input.set("aria-invalid", "true").set("aria-describedby", "a");
    }
    let mut send = el("button", "main").set("type", "submit").text(say.word("use"));
    if answer.is_busy() || say.model.redeeming == Redeeming::Busy {
        send = send.set("aria-busy", "true");
    }
    let row = el("div", "copy").with(input).with(send);
    el("form", "").act("code", "").with(el("label", "").set("for", "c").text(say.word("code"))).with(row)
}

fn answer(say: &Say) -> Option<Element> {
    match &say.model.typed {
        Load::Ready(Verdict::Good(invitation)) => {
            let gives = match (&invitation.friend, invitation.from.is_empty()) {
                (Some(_), _) => offer::title(say, invitation),
                (None, false) => say.say("code_from", &[("from", &invitation.from)]),
                (None, true) => say.word("code_good").into(),
            };
            let mut good = el("div", "answer").with(el("p", "gives").text(&gives));
            good = good.with(super::facts(offer::conditions(say, invitation)));
            if let Redeeming::Done(outcome) = say.model.redeeming {
                good = good.with(offer::result(say, &invitation.code, outcome));
            }
            Some(good)
        }
        Load::Ready(Verdict::Bad(reason)) => {
            let key = match reason.as_str() {
                "expired" => "code_expired",
                "inactive" => "code_inactive",
                "own" => "code_own",
                "not_new" => "code_not_new",
                _ => "code_unknown",
            };
            Some(el("p", "note bad").set("id", "a").text(say.word(key)))
        }
        Load::Failed(fault) => Some(panel::trouble(say, *fault)),
        _ => None,
    }
}
