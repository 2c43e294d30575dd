//! The friend's card: what they get, from whom, under which conditions, until when.

use super::{Say, facts, heading, icon, is_positive};
use crate::model::{Outcome, Redeeming};
use crate::node::{Element, el};
use crate::wire::Invitation;

const CHECK: &str = "M5 12.500l4.500 4.500L19 7.500";

/// "Anna gives you 10 % off".
pub(super) fn title(say: &Say, invitation: &Invitation) -> String {
    let reward = invitation.friend.as_ref().map(|side| say.reward(&side.reward)).unwrap_or_default();
    if invitation.from.is_empty() {
        say.say("gift_anon", &[("reward", &reward)])
    } else {
        say.say("gift", &[("from", &invitation.from), ("reward", &reward)])
    }
}

/// The whole card with its buttons, or with what became of the code.
pub(super) fn card(say: &Say, invitation: &Invitation) -> Element {
    let mut card =
        el("div", "body").with(heading(&title(say, invitation))).with(facts(conditions(say, invitation)));
    if let Some(thanks) = thanks(say, invitation) {
        card = card.with(el("p", "small").text(&thanks));
    }
    match &say.model.redeeming {
        Redeeming::Done(outcome) => card.with(result(say, &invitation.code, *outcome)),
        progress => {
            let mut apply = say.button("main", "apply", "", "apply");
            if *progress == Redeeming::Busy {
                apply = apply.set("aria-busy", "true");
            }
            card.with(el("div", "row").with(apply).with(say.button("plain", "no", "", "not_now")))
        }
    }
}

/// What the shopper has to know before they count on it.
pub(super) fn conditions(say: &Say, invitation: &Invitation) -> Vec<String> {
    let mut lines = Vec::new();
    let minimum =
        invitation.friend.as_ref().map(|side| side.min_subtotal.as_str()).filter(|sum| is_positive(sum));
    if let Some(minimum) = minimum {
        lines.push(say.say("c_min", &[("m", &say.money(minimum))]));
    }
    if invitation.new_customers_only {
        lines.push(say.word("c_new").into());
    }
    if !invitation.ends_at.is_empty() {
        lines.push(match say.format.countdown(&invitation.ends_at, say.model.now) {
            Some(left) => say.say("c_ends", &[("t", &left)]),
            None => say.say("c_until", &[("d", &say.format.date(&invitation.ends_at))]),
        });
    }
    lines
}

/// What became of the code, with the code itself wherever it has to be typed.
pub(super) fn result(say: &Say, code: &str, outcome: Outcome) -> Element {
    let key = match outcome {
        Outcome::InBasket => "in_basket",
        Outcome::Carried => "carried",
        Outcome::Shown => "type_it",
    };
    let line = el("p", "").with(icon(CHECK)).with(el("span", "").text(say.word(key)));
    let mut note = el("div", "note good").with(line);
    if outcome == Outcome::Shown {
        note = note.with(copyable(say, "code", code));
    }
    note
}

/// A text with a button that copies it.
pub(super) fn copyable(say: &Say, what: &'static str, text: &str) -> Element {
    let key = if say.model.copied == what { "copied" } else { "copy" };
    el("div", "copy")
        .with(el("output", "").set("dir", "ltr").set("aria-label", say.word(what)).text(text))
        .with(say.button("main", "copy", what, key))
}

/// What the referrer gets, said openly: the friend should not find out later.
fn thanks(say: &Say, invitation: &Invitation) -> Option<String> {
    let offer = say.model.program.ready()?.offer(&invitation.offer)?;
    let reward = say.reward(&offer.advocate.as_ref()?.reward);
    (!invitation.from.is_empty())
        .then(|| say.say("thanks", &[("from", &invitation.from), ("reward", &reward)]))
}
