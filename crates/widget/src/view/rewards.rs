//! What a referrer has earned: sums, then each conversion with its state, date, amount and reason.

use parrain_wire::amount::Amount;
use parrain_wire::program::RewardKind;
use parrain_wire::rewards::{Conversion, DonationTotal, MoneyTotal, RewardStatus, Status, UnitTotal};

use super::{View, count, flag, is_positive};
use crate::action::Action;
use crate::model::{Fault, Load, Screen};
use crate::node::{Element, classed, el};
use crate::text::{clean, fill, join};

/// The screen in every state, from "you have no link yet" to the last page.
pub(super) fn screen(view: View) -> Vec<Element> {
    let mut out = vec![view.heading(view.word("rewards"))];
    let load = view.model.rewards_load;
    if let (Some(first), Some(last)) = (view.model.rewards.first(), view.model.rewards.last()) {
        out.extend(account(view, first, last));
    } else if load == Load::Busy {
        out.push(classed("p", "wait").set("aria-busy", "true").text(view.word("wait")));
    } else if matches!(load, Load::Idle | Load::Failed(Fault::Unknown | Fault::Spent)) {
        let spent = load == Load::Failed(Fault::Spent);
        // They may have joined a moment ago, in the panel beside this list.
        let joined = view.model.me.is_some();
        out.push(el("p").text(view.word(match &view.model.customer {
            _ if spent => "e_key",
            None if !joined => "no_account",
            _ => "no_rewards",
        })));
        // Who has a link already wants another mail, not another link.
        if !spent {
            let label = view.word(if joined { "share" } else { "join" });
            out.push(view.button("main", &Action::Open(Screen::Share), label));
        }
    }
    // What was here before the connection went is still true; what is missing is said beside it.
    match load {
        Load::Failed(fault) if fault.passes() => out.push(view.trouble(fault)),
        Load::Failed(_) | Load::Idle | Load::Busy | Load::Ready => {}
    }
    out
}

/// The account as its first page tells it, and the conversions of all pages up to the last.
fn account(view: View, first: &RewardStatus, last: &RewardStatus) -> Vec<Element> {
    let mut out = vec![view.small(&view.count("clicks", count(first.clicks)))];
    for MoneyTotal { currency, pending, approved, paid, reversed } in &first.totals {
        out.push(money(view, currency.as_str(), [pending, approved, paid, reversed]));
    }
    for total in &first.units {
        out.push(units(view, total));
    }
    for DonationTotal { charity, currency, pending, approved, paid, reversed } in &first.donations {
        out.push(view.small(&clean(charity)));
        out.push(money(view, currency.as_str(), [pending, approved, paid, reversed]));
    }
    if first.conversions.is_empty() {
        out.push(el("p").text(view.word("no_rewards")));
    } else {
        // The newest first, by month. The edge tells them from the oldest on.
        let mut list = classed("ul", "list");
        let mut month = None;
        for entry in view.model.rewards.iter().flat_map(|page| &page.conversions).rev() {
            if month.replace(entry.at.month()) != Some(entry.at.month()) {
                list = list.with(classed("li", "month").text(&view.format.month(entry.at)));
            }
            list = list.with(line(view, entry));
        }
        out.push(list);
    }
    if last.next_cursor.is_some() {
        let busy = flag(view.model.rewards_load == Load::Busy);
        out.push(view.button("plain", &Action::More, view.word("more")).set("aria-busy", busy));
    }
    out.push(view.button("main", &Action::Open(Screen::Share), view.word("share")));
    out
}

/// Pending, approved, paid and reversed, in this order.
fn money(view: View, currency: &str, [pending, approved, paid, reversed]: [&Amount; 4]) -> Element {
    let shown = |sum: &Amount| Some(view.format.money(sum.as_str(), currency, false));
    let back = shown(reversed).filter(|_| is_positive(reversed.as_str()));
    sums(view, [shown(pending), shown(approved), shown(paid), back])
}

fn units(view: View, total: &UnitTotal) -> Element {
    let key = join(&["u_", total.kind.name()]);
    let shown = |number| Some(view.count(&key, count(number)));
    let back = shown(total.reversed).filter(|_| total.reversed > 0);
    sums(view, [shown(total.pending), shown(total.approved), shown(total.paid), back])
}

/// Pending, approved, paid and reversed side by side, those that there are.
fn sums(view: View, shown: [Option<String>; 4]) -> Element {
    let mut list = classed("dl", "sums");
    for (state, sum) in ["s_pending", "s_approved", "s_paid", "s_reversed"].into_iter().zip(shown) {
        if let Some(sum) = sum {
            list = list.with(el("div").with(el("dt").text(view.word(state))).with(el("dd").text(&sum)));
        }
    }
    list
}

fn line(view: View, entry: &Conversion) -> Element {
    let what = fill(view.word2("k_", entry.kind.name()), &[("id", &clean(&entry.order_id))]);
    let top = classed("div", "top")
        .with(classed("span", "what").text(&what))
        .with(el("b").text(&view.reward(entry.reward.as_ref())));
    let state = classed("div", "top")
        .with(classed("span", "small").text(&view.format.date(entry.at)))
        .with(classed("span", entry.status.name()).text(view.word2("s_", entry.status.name())));
    let why = match (&entry.reason, &entry.approves_at) {
        // A reason that is newer than these words says nothing rather than its key.
        (Some(reason), _) => view.word2("why_", reason.name()).into(),
        (None, Some(due)) if entry.status == Status::Pending => {
            // What goes to a charity waits as long, and is never "yours".
            let donated = entry.reward.as_ref().is_some_and(|reward| reward.kind == RewardKind::Donation);
            view.say(if donated { "c_until" } else { "yours_on" }, &[("d", &view.format.date(*due))])
        }
        (None, _) => String::new(),
    };
    let why = (!why.is_empty()).then(|| view.small(&why));
    let note = entry.note.as_ref().map(|note| view.small(&clean(note)));
    el("li").with(top).with(state).maybe(why).maybe(note)
}
