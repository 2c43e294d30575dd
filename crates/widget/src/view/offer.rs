//! The friend's card: what they get, from whom, under which conditions, until when.

use parrain_wire::page::Invitation;

use super::{View, facts, flag, icon, is_positive};
use crate::action::{Action, Copyable};
use crate::model::{Redeeming, Stage};
use crate::node::{Element, classed, el};
use crate::text::clean;

/// "Anna gives you 10 % off".
pub(super) fn title(view: &View, said: &Invitation) -> String {
    let reward = view.reward(said.friend.as_ref().map(|friend| &friend.reward));
    let from = clean(said.from.as_deref().unwrap_or_default());
    let key = if from.is_empty() { "gift_anon" } else { "gift" };
    view.say(key, &[("from", &from), ("reward", &reward)])
}

/// The whole card with its buttons, or with what became of the code.
pub(super) fn card(view: &View, code: &str, said: &Invitation) -> Vec<Element> {
    let mut out = vec![view.heading(&title(view, said))];
    out.extend(conditions(view, said));
    out.extend(view.friends());
    out.extend(thanks(view, said));
    // Said before the press: on the next page nobody would know.
    if view.model.consent.forgets() && view.model.redeeming == Redeeming::No {
        out.push(view.small(view.word("take_along")));
        out.push(view.copyable(Copyable::Code, code));
    }
    let used = view.model.gift.as_ref().filter(|gift| gift.code.as_str() == code);
    out.push(match view.model.redeeming {
        Redeeming::No if used.is_some() => {
            let said =
                if used.is_some_and(|gift| gift.stage == Stage::InBasket) { "in_basket" } else { "noted" };
            outcome(view, view.word(said), (said == "noted").then_some(code))
        }
        Redeeming::No | Redeeming::Busy => {
            let busy = flag(view.model.redeeming == Redeeming::Busy);
            classed("div", "row")
                .with(view.button("main", &Action::Apply, view.word("apply")).set("aria-busy", busy))
                .with(view.button("plain", &Action::NotNow, view.word("not_now")))
        }
        Redeeming::InBasket | Redeeming::Empty | Redeeming::Carried | Redeeming::Shown => result(view, code),
    });
    // Who has used it needs no reminder.
    if view.model.program.reminders
        && said.friend.is_some()
        && used.is_none()
        && view.model.redeeming == Redeeming::No
    {
        out.push(view.mailing("remind", ["remind", "reminded"], view.model.reminding));
    }
    out
}

/// What the shopper has to know before they count on it.
pub(super) fn conditions(view: &View, said: &Invitation) -> Option<Element> {
    let minimum = said.friend.as_ref().and_then(|friend| friend.min_subtotal.as_ref());
    let minimum = minimum.map(|minimum| minimum.as_str()).filter(|minimum| is_positive(minimum));
    let minimum = minimum.map(|minimum| match view.model.missing(minimum) {
        Some(more) => view.say("c_more", &[("m", &view.money(&more, None))]),
        None => view.say("c_min", &[("m", &view.money(minimum, None))]),
    });
    let new = said.new_customers_only.then(|| view.word("c_new").into());
    facts(vec![minimum, new, view.ends(said.ends_at)])
}

/// What became of the code, with the code itself wherever it has to be typed.
pub(super) fn result(view: &View, code: &str) -> Element {
    let text = view.word(view.model.redeeming.name());
    outcome(view, text, (view.model.redeeming == Redeeming::Shown).then_some(code))
}

fn outcome(view: &View, text: &str, code: Option<&str>) -> Element {
    let said = el("p").with(icon("M5,12.5l4.5,4.5L19,7.5")).with(el("span").text(text));
    classed("div", "good").with(said).maybe(code.map(|code| view.copyable(Copyable::Code, code)))
}

/// What the referrer gets, said openly: the friend should not find out later.
fn thanks(view: &View, said: &Invitation) -> Option<Element> {
    let from = clean(said.from.as_deref().unwrap_or_default());
    let offer = view.model.offer(&said.offer)?;
    let reward = Some(&offer.advocate.reward);
    let (key, reward) = match view.donation(reward) {
        Some(said) => ("thanks_donation", said),
        None => ("thanks", view.reward(reward)),
    };
    let known = !reward.is_empty() && !from.is_empty();
    known.then(|| view.small(&view.say(key, &[("from", &from), ("reward", &reward)])))
}
