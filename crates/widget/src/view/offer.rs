//! The friend's card: what they get, from whom, under which conditions, until when.

use super::{View, flag, is_positive};
use crate::model::Redeeming;
use crate::value::Value;

/// "Anna gives you 10 % off".
pub(super) fn title<'a>(view: &View<'a>, said: &Value) -> &'a str {
    let reward = view.reward(said.at("friend.reward"));
    let from = view.name(said, "from");
    let key = if from.is_empty() { "gift_anon" } else { "gift" };
    view.say(key, &[("from", from), ("reward", reward)])
}

/// The whole card with its buttons, or with what became of the code.
pub(super) fn card<'a>(view: &mut View<'a>, code: &'a str, said: &Value) {
    let title = title(view, said);
    view.put("<h2 id=t tabindex=-1>{0}</>", &[title]);
    conditions(view, said);
    thanks(view, said);
    match view.model.redeeming {
        Redeeming::No | Redeeming::Busy => {
            let busy = flag(view.model.redeeming == Redeeming::Busy);
            view.put("<div class=row><button type=button class=main data-a=apply aria-busy={0}>{apply}</><button type=button class=plain data-a=no>{not_now}</></>", &[busy]);
        }
        _ => result(view, code),
    }
}

/// What the shopper has to know before they count on it.
pub(super) fn conditions(view: &mut View, said: &Value) {
    view.put("<ul class=facts>", &[]);
    let minimum = said.text("friend.min_subtotal");
    if is_positive(minimum) {
        view.fact(view.say("c_min", &[("m", view.money(minimum, ""))]));
    }
    if said.is("new_customers_only") {
        view.fact(view.word("c_new"));
    }
    let end = said.text("ends_at");
    if !end.is_empty() {
        let left = view.format.countdown(end, view.model.now);
        view.fact(if left.is_empty() {
            view.say("c_until", &[("d", view.date(end))])
        } else {
            view.say("c_ends", &[("t", &left)])
        });
    }
    view.put("</>", &[]);
}

/// What became of the code, with the code itself wherever it has to be typed.
pub(super) fn result<'a>(view: &mut View<'a>, code: &'a str) {
    let text = view.word(view.model.redeeming.name());
    view.put("<div class=good><p><svg viewBox=0,0,24,24 aria-hidden=true><path d=M5,12.5l4.5,4.5L19,7.5/></><span>{0}</></>", &[text]);
    if view.model.redeeming == Redeeming::Shown {
        view.copyable("code", code);
    }
    view.put("</>", &[]);
}

/// What the referrer gets, said openly: the friend should not find out later.
fn thanks(view: &mut View, said: &Value) {
    let from = view.name(said, "from");
    let reward = view.model.offer(said.text("offer")).map(|offer| view.reward(offer.at("advocate.reward")));
    if let (Some(reward), false) = (reward.filter(|reward| !reward.is_empty()), from.is_empty()) {
        let text = view.say("thanks", &[("from", from), ("reward", reward)]);
        view.put("<p class=small>{0}</>", &[text]);
    }
}
