//! What a referrer has earned: sums, then each conversion with its state, date, amount and reason.

use super::{View, is_positive};
use crate::model::{Fault, Load};
use crate::text::decimal;
use crate::value::Value;

/// The states whose sums a total has.
const STATES: [&str; 4] = ["pending", "approved", "paid", "reversed"];

/// The screen in every state, from "you have no link yet" to the last page.
pub(super) fn screen(view: &mut View) {
    view.put("<h2 id=t tabindex=-1>{rewards}</>", &[]);
    let load = view.model.rewards_load;
    if let (Some(first), Some(last)) = (view.model.rewards.first(), view.model.rewards.last()) {
        account(view, first, last);
    } else if load == Load::Busy {
        view.put("<p class=wait aria-busy=true>{wait}</>", &[]);
    } else if matches!(load, Load::Idle | Load::Failed(Fault::Unknown | Fault::Spent)) {
        let spent = load == Load::Failed(Fault::Spent);
        // They may have joined a moment ago, in the panel beside this list.
        let joined = view.model.me.is_some();
        let text = view.word(match &view.model.customer {
            _ if spent => "e_key",
            None if !joined => "no_account",
            _ => "no_rewards",
        });
        view.put("<p>{0}</>", &[text]);
        // Who has a link already wants another mail, not another link.
        if !spent {
            let label = view.word(if joined { "share" } else { "join" });
            view.put("<button type=button class=main data-a=open data-v=share>{0}</>", &[label]);
        }
    }
    // What was here before the connection went is still true; what is missing is said beside it.
    match load {
        Load::Failed(fault) if fault.passes() => view.trouble(fault),
        _ => {}
    }
}

/// The account as its first page tells it, and the conversions of all pages up to the last.
fn account<'a>(view: &mut View<'a>, first: &'a Value, last: &Value) {
    view.put("<p class=small>{0}</>", &[view.count("clicks", first.count("clicks"))]);
    for total in first.list("totals") {
        sums(view, total, true);
    }
    for total in first.list("units") {
        sums(view, total, false);
    }
    if first.list("conversions").is_empty() {
        view.put("<p>{no_rewards}</>", &[]);
    }
    view.put("<ul class=list>", &[]);
    for page in &view.model.rewards {
        for entry in page.list("conversions") {
            line(view, entry);
        }
    }
    view.put("</>", &[]);
    if !last.text("next_cursor").is_empty() {
        let busy = super::flag(view.model.rewards_load == Load::Busy);
        view.put("<button type=button class=plain data-a=more aria-busy={0}>{more}</>", &[busy]);
    }
    view.put("<button type=button class=main data-a=open data-v=share>{share}</>", &[]);
}

/// Pending, approved and paid side by side; reversed only where there is some.
fn sums<'a>(view: &mut View<'a>, total: &'a Value, money: bool) {
    view.put("<dl class=sums>", &[]);
    for state in STATES {
        let count = total.count(state);
        let sum = if money { total.text(state) } else { view.own(decimal(i64::from(count))) };
        let shown = if money {
            view.own(view.format.money(sum, total.text("currency"), false))
        } else {
            view.count(view.join(&["u_", total.text("kind")]), count)
        };
        if state != "reversed" || is_positive(sum) {
            view.put("<div><dt>{0}</><dd>{1}</></>", &[view.word2("s_", state), shown]);
        }
    }
    view.put("</>", &[]);
}

fn line<'a>(view: &mut View<'a>, entry: &'a Value) {
    let status = entry.text("status");
    let what =
        crate::text::fill(view.word2("k_", entry.text("type")), &[("id", view.name(entry, "order_id"))]);
    view.put(
        "<li><div class=top><span class=what>{0}</><b>{1}</></><div class=top><span class=small>{2}</>\
         <span class={3}>{4}</></>",
        &[
            view.own(what),
            view.reward(entry.get("reward")),
            view.date(entry.text("at")),
            status,
            view.word2("s_", status),
        ],
    );
    let (reason, due) = (entry.text("reason"), entry.text("approves_at"));
    let explanation = if !reason.is_empty() {
        // A reason that is newer than these words says nothing rather than its key.
        view.word2("why_", reason)
    } else if status == "pending" && !due.is_empty() {
        view.say("yours_on", &[("d", view.date(due))])
    } else {
        ""
    };
    if !explanation.is_empty() {
        view.put("<p class=small>{0}</>", &[explanation]);
    }
    view.put("</>", &[]);
}
