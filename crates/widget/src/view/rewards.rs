//! What a referrer has earned: sums, then each conversion with its state, date, amount and reason, and the orders that
//! they miss.

use parrain_wire::Known;
use parrain_wire::account::Claim;
use parrain_wire::amount::Amount;
use parrain_wire::order::Kind;
use parrain_wire::program::Reward;
use parrain_wire::rewards::{Conversion, DonationTotal, MoneyTotal, Reason, RewardStatus, Status, UnitTotal};

use super::{Format, View, count, flag, is_donated, is_positive};
use crate::action::{Action, Copyable};
use crate::model::{Fault, Load, Model, Screen};
use crate::node::{Element, classed, el};
use crate::text::{add, clean, fill, join, parts, plain};

/// The screen in every state, from "you have no link yet" to the last page.
pub(super) fn screen(view: &View) -> Vec<Element> {
    let mut out = vec![view.heading(view.word("rewards"))];
    let load = view.model.rewards_load;
    if let Some(stranger) = &view.model.stranger {
        out.push(el("p").text(&view.say("other", &[("c", stranger.code.as_str())])));
        out.push(view.button("plain", &Action::Enter, view.word("other_go")));
    }
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
        if !joined {
            out.extend(view.sign_in());
        }
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
fn account(view: &View, first: &RewardStatus, last: &RewardStatus) -> Vec<Element> {
    let mut out: Vec<Element> = view.inactive().into_iter().collect();
    out.push(view.small(&view.count("clicks", count(first.clicks))));
    for MoneyTotal { currency, pending, approved, paid, reversed } in &first.totals {
        out.push(money(view, currency.as_str(), [pending, approved, paid, reversed], false));
    }
    for total in &first.units {
        out.push(units(view, total));
    }
    for DonationTotal { charity, currency, pending, approved, paid, reversed } in &first.donations {
        out.push(view.small(&clean(charity)));
        out.push(money(view, currency.as_str(), [pending, approved, paid, reversed], true));
    }
    if first.conversions.is_empty() {
        out.push(el("p").text(view.word("no_rewards")));
    } else {
        out.extend(filter(view));
        let mut list = classed("ul", "list");
        let name_of = |entry: &&Conversion| view.format.month(entry.at);
        for month in shown(view.model).chunk_by(|one, other| name_of(one) == name_of(other)) {
            let name = el("span").text(&month.first().map(name_of).unwrap_or_default());
            list = list.with(classed("li", "month top").with(name).with(el("b").text(&total(view, month))));
            for entry in month {
                list = list.with(line(view, entry));
            }
        }
        out.push(list);
    }
    if last.next_cursor.is_some() {
        let busy = flag(view.model.rewards_load == Load::Busy);
        out.push(view.button("plain", &Action::More, view.word("more")).set("aria-busy", busy));
    }
    let mut row =
        classed("div", "row").with(view.button("main", &Action::Open(Screen::Share), view.word("share")));
    if !first.conversions.is_empty() {
        row = row.with(view.button("plain", &Action::Save, "CSV").set("title", view.word("save")));
    }
    out.push(row);
    out.push(missing(view, &first.claims));
    out
}

/// The entries in the state that is asked for, the newest first. The edge tells them from the oldest on.
fn shown(model: &Model) -> Vec<&Conversion> {
    let mut all = Vec::new();
    for page in model.rewards.iter().rev() {
        for entry in page.conversions.iter().rev() {
            if model.filter.is_none_or(|wanted| entry.status == wanted) {
                all.push(entry);
            }
        }
    }
    all
}

/// A button for each state that there is, where there are several; and as long as one is chosen, which may be none of
/// them any more.
fn filter(view: &View) -> Option<Element> {
    let mut row = classed("div", "row pills").set("role", "group").set("aria-label", view.word("show"));
    let chosen = view.model.filter;
    let button = |status: Option<Status>, label: &str| {
        let pressed = if chosen == status { "true" } else { "false" };
        view.button("", &Action::Filter(status), label).set("aria-pressed", pressed)
    };
    row = row.with(button(None, view.word("all")));
    let mut states = 0;
    for (name, status) in Status::WORDS {
        let (mut some, mut own) = (false, false);
        for page in &view.model.rewards {
            for entry in &page.conversions {
                if entry.status == *status {
                    some = true;
                    own |= !donates(entry);
                }
            }
        }
        if some || chosen == Some(*status) {
            states += 1;
            row = row.with(button(Some(*status), state(view, name, some && !own)));
        }
    }
    (states > 1 || chosen.is_some()).then_some(row)
}

/// What entries come to: each currency, then each kind of what is not money, then what goes to each charity.
fn total(view: &View, entries: &[&Conversion]) -> String {
    // Money as text, by its currency and charity; what is counted as a number.
    let mut money: Vec<(&str, Option<&str>, String)> = Vec::new();
    let mut units: Vec<(&str, i64)> = Vec::new();
    for entry in entries {
        // What only a browser has said counts in no sum.
        let said = entry.reason.as_ref().is_some_and(|reason| *reason == Reason::Unverified);
        let Some(reward) = entry.reward.as_ref().filter(|_| entry.status != Status::Reversed && !said) else {
            continue;
        };
        if let Some(amount) = &reward.amount {
            let currency = reward.currency.as_ref().unwrap_or(&view.model.program.currency).as_str();
            let charity = is_donated(reward).then(|| reward.charity.as_deref().unwrap_or_default());
            match money.iter_mut().find(|(its, whose, _)| *its == currency && *whose == charity) {
                Some((.., sum)) => *sum = add(sum, amount.as_str()),
                None => money.push((currency, charity, amount.as_str().into())),
            }
        } else {
            let (kind, number) = (reward.kind.name(), reward.points.unwrap_or(1));
            match units.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, sum)) => *sum += number,
                None => units.push((kind, number)),
            }
        }
    }
    let mut out = String::new();
    let mut tell = |sum: &str| {
        out.push_str(if out.is_empty() { "" } else { " · " });
        out.push_str(sum);
    };
    let shown = |currency: &str, sum: &str| view.format.money(sum, currency, false);
    for (currency, charity, sum) in &money {
        if charity.is_none() {
            tell(&shown(currency, sum));
        }
    }
    for (kind, number) in &units {
        tell(&view.count(&join(&["u_", kind]), count(*number)));
    }
    for (currency, charity, sum) in &money {
        if let Some(charity) = charity {
            tell(&view.say("r_donation", &[("m", &shown(currency, sum)), ("c", &clean(charity))]));
        }
    }
    out
}

/// Pending, approved, paid and reversed, in this order.
fn money(
    view: &View,
    currency: &str,
    [pending, approved, paid, reversed]: [&Amount; 4],
    donated: bool,
) -> Element {
    let shown = |sum: &Amount| Some(view.format.money(sum.as_str(), currency, false));
    let back = shown(reversed).filter(|_| is_positive(reversed.as_str()));
    sums(view, [shown(pending), shown(approved), shown(paid), back], donated)
}

fn units(view: &View, total: &UnitTotal) -> Element {
    let key = join(&["u_", total.kind.name()]);
    let shown = |number| Some(view.count(&key, count(number)));
    let back = shown(total.reversed).filter(|_| total.reversed > 0);
    sums(view, [shown(total.pending), shown(total.approved), shown(total.paid), back], false)
}

/// Pending, approved, paid and reversed side by side, those that there are.
fn sums(view: &View, shown: [Option<String>; 4], donated: bool) -> Element {
    let mut list = classed("dl", "sums");
    let states = [Status::Pending, Status::Approved, Status::Paid, Status::Reversed];
    for (status, sum) in states.into_iter().zip(shown) {
        if let Some(sum) = sum {
            let label = state(view, status.name(), donated);
            list = list.with(el("div").with(el("dt").text(label)).with(el("dd").text(&sum)));
        }
    }
    list
}

/// The word for a state: what goes to a charity is never "available" to who referred, nor paid to them.
fn state<'a>(view: &View<'a>, name: &str, donated: bool) -> &'a str {
    let own = if donated { view.word2("d_", name) } else { "" };
    if own.is_empty() { view.word2("s_", name) } else { own }
}

/// Whether what a conversion earns, or had earned, goes to a charity.
fn donates(entry: &Conversion) -> bool {
    reward(entry).is_some_and(is_donated)
}

/// What a conversion is: "Order …1001".
fn what(view: &View, kind: &Known<Kind>, id: &str) -> String {
    fill(view.word2("k_", kind.name()), &[("id", &clean(id))])
}

/// Of a conversion that was taken back, what had been earned.
fn reward(entry: &Conversion) -> Option<&Reward> {
    let whole = entry.earned.as_ref().filter(|_| entry.status == Status::Reversed);
    whole.or(entry.reward.as_ref())
}

/// What there is to say of a conversion: what the shop wrote, what changed, and why it is so or when it is theirs. Empty
/// where there is nothing.
fn notes(view: &View, entry: &Conversion) -> [String; 3] {
    let sum = |reward: Option<&Reward>| {
        let (amount, currency) = reward.map(|reward| (reward.amount.as_ref(), reward.currency.as_ref()))?;
        let currency = currency.unwrap_or(&view.model.program.currency);
        Some(view.format.money(amount?.as_str(), currency.as_str(), false))
    };
    let standing = entry.earned.as_ref().filter(|_| entry.status != Status::Reversed);
    let change = match (sum(standing), sum(entry.reward.as_ref())) {
        (Some(before), Some(left)) => view.say("partly", &[("a", &before), ("b", &left)]),
        (None, _) | (_, None) => String::new(),
    };
    let why = match (&entry.reason, &entry.approves_at) {
        // A reason that is newer than these words says nothing rather than its key.
        (Some(reason), _) => view.word2("why_", reason.name()).into(),
        (None, Some(due)) if entry.status == Status::Pending => {
            let key = if donates(entry) { "d_due" } else { "yours_on" };
            view.say(key, &[("d", &view.format.date(*due))])
        }
        (None, _) => String::new(),
    };
    [entry.note.clone().unwrap_or_default(), change, why]
}

fn line(view: &View, entry: &Conversion) -> Element {
    let value = if entry.status == Status::Reversed { "s" } else { "b" };
    let top = classed("div", "top")
        .with(classed("span", "what").text(&what(view, &entry.kind, &entry.order_id)))
        .with(el(value).text(&view.reward(reward(entry))));
    let state = classed("div", "top")
        .with(classed("span", "small").text(&view.format.date(entry.at)))
        .with(classed("span", entry.status.name()).text(state(view, entry.status.name(), donates(entry))));
    let mut item = el("li").with(top).with(state);
    for note in notes(view, entry) {
        if !note.is_empty() {
            item = item.with(view.small(&note));
        }
    }
    if let Some(code) = entry.reward.as_ref().and_then(|reward| reward.voucher.as_ref()) {
        item = item
            .with(view.small(view.word("voucher")))
            .with(view.copyable(Copyable::Voucher(code.clone()), code));
    }
    item
}

/// "This was mine": the form that tells the shop of an order that is not in the list, and what it answered.
fn missing(view: &View, claims: &[Claim]) -> Element {
    let busy = flag(view.model.claiming == Load::Busy);
    let input =
        el("input").attributes("id=o name=order autocomplete=off maxlength=100 required=true dir=ltr");
    let button = classed("button", "main").set("aria-busy", busy).text(view.word("claim"));
    let form = el("form")
        .set("data-a", "claim")
        .with(el("label").set("for", "o").text(view.word("f_order")))
        .with(classed("div", "copy").with(input).with(button));
    let trouble = match view.model.claiming {
        Load::Failed(Fault::Conflict) => Some("e_claim"),
        Load::Failed(Fault::Refused) => Some("e_order"),
        Load::Failed(fault) => Some(fault.key()),
        Load::Idle | Load::Busy | Load::Ready => None,
    };
    let trouble = trouble.map(|key| classed("p", "bad").set("role", "alert").text(view.word(key)));
    let mut list = classed("ul", "list");
    for claim in claims {
        let state = el("span").text(view.word2("m_", claim.state.name()));
        let number = fill(view.word("k_sale"), &[("id", &clean(&claim.order_id))]);
        let top = classed("div", "top").with(classed("span", "what").text(&number)).with(state);
        list = list.with(el("li").with(top).maybe(claim.answer.as_ref().map(|answer| view.small(answer))));
    }
    let summary = el("summary").text(view.word("missing"));
    el("details")
        .with(summary)
        .with(view.small(view.word("missing_how")))
        .with(form)
        .maybe(trouble)
        .with(list)
}

/// The entries that are shown as a spreadsheet. Made here and not by the edge: it is what they read on the screen, in their
/// language, and a browser sends no token with a link to a file.
pub fn csv(model: &Model, format: &dyn Format) -> String {
    let view = &View { model, format };
    // The mark by which spreadsheets know UTF-8.
    let mut out = String::from("\u{feff}");
    for name in parts(view.word("csv"), b'|') {
        cell(&mut out, name);
    }
    for entry in shown(model) {
        end(&mut out);
        cell(&mut out, &format.day(entry.at));
        cell(&mut out, &what(view, &entry.kind, &entry.order_id));
        cell(&mut out, state(view, entry.status.name(), donates(entry)));
        let left = entry.reward.as_ref();
        let amount = left.and_then(|reward| reward.amount.as_ref());
        let currency = left.and_then(|reward| reward.currency.as_ref());
        // The one number, which may be negative.
        out.push_str(amount.map(|amount| amount.as_str()).unwrap_or_default());
        out.push(',');
        cell(&mut out, currency.map(|currency| currency.as_str()).unwrap_or_default());
        cell(&mut out, &view.reward(reward(entry)));
        let mut said = String::new();
        for note in notes(view, entry) {
            said.push_str(if said.is_empty() || note.is_empty() { "" } else { " " });
            said.push_str(&note);
        }
        cell(&mut out, &said);
    }
    end(&mut out);
    out
}

/// Ends a line of cells, each of which has a comma behind it.
fn end(out: &mut String) {
    out.pop();
    out.push_str("\r\n");
}

/// Adds a text to a line. A spreadsheet computes what begins like a formula, and what a referrer reads in one may be
/// anybody's: behind an apostrophe it stays a text.
fn cell(out: &mut String, text: &str) {
    let text = plain(text);
    let computes = matches!(text.trim_ascii_start().bytes().next(), Some(b'=' | b'+' | b'-' | b'@'));
    out.push_str(if computes { "\"'" } else { "\"" });
    for c in text.chars() {
        out.push(c);
        if c == '"' {
            out.push(c);
        }
    }
    out.push_str("\",");
}
