//! What a referrer has earned: sums, then each conversion with its state, date, amount and reason.

use super::{Say, heading, is_positive, panel};
use crate::model::Load;
use crate::node::{Element, el};
use crate::text::join;
use crate::wire::{Entry, Fault, Rewards, STATES, Total};

/// The screen in every state, from "you have no link yet" to the last page.
pub(super) fn screen(say: &Say) -> Element {
    let body = el("div", "body").with(heading(say.word("rewards")));
    match &say.model.rewards {
        Load::Ready(rewards) => account(say, body, rewards),
        Load::Failed(Fault::Unknown) | Load::Idle => body
            .with(el("p", "").text(say.word("no_account")))
            .with(say.button("main wide", "go", "share", "join")),
        Load::Failed(fault) => body.with(panel::trouble(say, *fault)),
        Load::Busy => body.set("aria-busy", "true").with(panel::waiting(say)),
    }
}

fn account(say: &Say, body: Element, rewards: &Rewards) -> Element {
    let clicks = el("p", "small").text(&say.count("clicks", rewards.clicks));
    let mut body = body.with(clicks);
    for total in &rewards.totals {
        body = body.with(sums(say, total));
    }
    if rewards.entries.is_empty() {
        return body.with(el("p", "").text(say.word("no_rewards"))).with(say.button(
            "main wide",
            "go",
            "share",
            "share",
        ));
    }
    let mut list = el("ul", "list");
    for entry in &rewards.entries {
        list = list.with(line(say, entry));
    }
    body = body.with(list);
    if rewards.next.is_some() {
        let mut more = say.button("plain wide", "more", "", "more");
        if say.model.more {
            more = more.set("aria-busy", "true");
        }
        body = body.with(more);
    }
    body.with(say.button("main wide", "go", "share", "share"))
}

/// Pending, approved and paid side by side; reversed only where there is some.
fn sums(say: &Say, total: &Total) -> Element {
    let mut sums = el("dl", "sums");
    for (state, sum) in STATES.iter().zip(&total.sums) {
        if *state == "reversed" && !is_positive(sum) {
            continue;
        }
        let shown = if total.money {
            say.format.money(sum, &total.unit, false)
        } else {
            say.count(&join(&["u_", &total.unit]), sum.parse().unwrap_or(0))
        };
        let tile = el("div", "")
            .with(el("dt", "").text(say.word(&join(&["s_", state]))))
            .with(el("dd", "").text(&shown));
        sums = sums.with(tile);
    }
    sums
}

fn line(say: &Say, entry: &Entry) -> Element {
    let amount = entry.reward.as_ref().map(|reward| say.reward(reward)).unwrap_or_default();
    let what = match entry.kind.as_str() {
        "lead" | "signup" | "install" => say.word(&join(&["k_", &entry.kind])).to_string(),
        _ => say.say("k_sale", &[("id", &entry.order_id)]),
    };
    let state = STATES.iter().find(|state| **state == entry.status).copied().unwrap_or("rejected");
    el("li", "")
        .with(el("div", "top").with(el("span", "what").text(&what)).with(el("b", "").text(&amount)))
        .with(
            el("div", "top")
                .with(el("span", "small").text(&say.format.date(&entry.at)))
                .with(el("span", &join(&["chip ", state])).text(say.word(&join(&["s_", state])))),
        )
        .with(explanation(say, entry).map(|text| el("p", "small").text(&text)))
}

/// When a pending reward will be theirs, or why one is not.
fn explanation(say: &Say, entry: &Entry) -> Option<String> {
    if !entry.reason.is_empty() {
        let reason = say.word(&join(&["why_", &entry.reason]));
        // A reason that is newer than these words is better left out than shown as a key.
        return (!reason.is_empty()).then(|| reason.into());
    }
    let waits = entry.status == "pending" && !entry.approves_at.is_empty();
    waits.then(|| say.say("yours_on", &[("d", &say.format.date(&entry.approves_at))]))
}
