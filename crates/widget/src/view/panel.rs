//! The frame around every screen: the launcher, the panel that it opens, and elements in the page.

use super::{Format, Say, code, icon, offer, rewards, share};
use crate::model::{Load, Model, Placement, Screen};
use crate::node::{Element, Node, el};

/// Where a view stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Fixed in a corner of the window.
    Launcher,
    /// `<parrain-offer>`, or in the page where the script stands.
    Offer,
    /// `<parrain-code>`.
    Code,
    /// `<parrain-rewards>`.
    Rewards,
}

const GIFT: &str = "M4 11v9h16v-9M3 7h18v4H3zM12 7v13M12 7S10.500 2.500 7.750 3.250 8 7 12 7zM12 7s1.500-4.500 4.250-3.750S16 7 12 7z";
const CROSS: &str = "M6 6l12 12M18 6L6 18";

/// What stands in a place of this kind. Nothing as long as there is nothing true to say.
pub fn view(model: &Model, format: &dyn Format, kind: Kind) -> Vec<Node> {
    if model.texts.ready().is_none() {
        return Vec::new();
    }
    let say = Say { model, format };
    let direction = if model.locale.is_rtl() { "rtl" } else { "ltr" };
    let place = |class| el("div", class).set("dir", direction).set("lang", &model.locale.tag);
    let body = match kind {
        Kind::Launcher => {
            let mut dock = place("dock");
            if let Some(screen) = model.open {
                dock = dock.with(panel(&say, screen));
            } else if let Some(button) = launcher(&say) {
                dock = dock.with(button);
            } else {
                return Vec::new();
            }
            dock
        }
        _ if model.program.ready().is_none() && kind != Kind::Rewards => match &model.program {
            Load::Failed(fault) if kind == Kind::Code => place("box").with(trouble(&say, *fault)),
            _ => return Vec::new(),
        },
        Kind::Offer => match resolve(model, Screen::Offer) {
            Screen::Code => return Vec::new(),
            screen => place("box").with(body(&say, screen)),
        },
        Kind::Code => place("box").with(code::field(&say)),
        Kind::Rewards => place("box").with(rewards::screen(&say)),
    };
    let status = el("div", "sr").set("role", "status").text(say.word(model.status));
    vec![body.into(), status.into()]
}

/// The button that opens the panel; none where the panel has nothing to offer this visitor.
fn launcher(say: &Say) -> Option<Element> {
    let model = say.model;
    let program = model.program.ready()?;
    if model.placement != Placement::Launcher || model.closed {
        return None;
    }
    let (label, screen) =
        if let Some(invitation) = model.invitation().filter(|invitation| invitation.friend.is_some()) {
            (offer::title(say, invitation), Screen::Offer)
        } else if model.me.is_some() {
            (say.word("rewards").into(), Screen::Rewards)
        } else {
            program.join.as_ref()?;
            (say.word("refer").into(), Screen::Share)
        };
    let button = el("button", "launch")
        .set("type", "button")
        .set("aria-haspopup", "dialog")
        .act("open", screen.name());
    Some(button.with(icon(GIFT)).with(el("span", "").text(&label)))
}

fn panel(say: &Say, wanted: Screen) -> Element {
    let model = say.model;
    let name = model.program.ready().map(|program| program.name.as_str()).unwrap_or_default();
    let close = el("button", "x").set("type", "button").set("aria-label", say.word("close")).act("close", "");
    let head = el("div", "head").with(el("span", "shop").text(name)).with(close.with(icon(CROSS)));
    let panel =
        el("section", if model.uncalled { "panel quiet" } else { "panel" }).set("role", "dialog").with(head);
    match &model.program {
        Load::Ready(_) => {
            let screen = resolve(model, wanted);
            panel
                .set("aria-labelledby", "t")
                .set("data-k", screen.name())
                .with(body(say, screen))
                .with(tabs(say, screen))
        }
        Load::Failed(fault) => panel.set("aria-label", say.word("refer")).with(trouble(say, *fault)),
        _ => panel.set("aria-label", say.word("refer")).set("aria-busy", "true").with(waiting(say)),
    }
}

fn body(say: &Say, screen: Screen) -> Element {
    match (screen, say.model.invitation()) {
        (Screen::Offer, Some(invitation)) => offer::card(say, invitation),
        (Screen::Code, _) => code::screen(say),
        (Screen::Rewards, _) => rewards::screen(say),
        _ => share::screen(say),
    }
}

/// The screen that can really be shown where `wanted` was asked for.
fn resolve(model: &Model, wanted: Screen) -> Screen {
    let shares = model.me.is_some() || model.program.ready().is_some_and(|program| program.join.is_some());
    let invited = model.invitation().is_some_and(|invitation| invitation.friend.is_some());
    match wanted {
        Screen::Offer if invited => Screen::Offer,
        Screen::Offer | Screen::Share if shares => Screen::Share,
        Screen::Offer | Screen::Share => Screen::Code,
        other => other,
    }
}

fn tabs(say: &Say, current: Screen) -> Element {
    let mut tabs = el("nav", "tabs").set("aria-label", say.word("sections"));
    for (screen, key) in [
        (Screen::Offer, "tab_offer"),
        (Screen::Share, "tab_share"),
        (Screen::Code, "tab_code"),
        (Screen::Rewards, "tab_rewards"),
    ] {
        let there = resolve(say.model, screen) == screen;
        if !there || (screen == Screen::Rewards && resolve(say.model, Screen::Share) != Screen::Share) {
            continue;
        }
        let mut tab = say.button("", "go", screen.name(), key);
        if screen == current {
            tab = tab.set("aria-current", "true");
        }
        tabs = tabs.with(tab);
    }
    tabs
}

/// What could not be had, and the button that tries again.
pub(super) fn trouble(say: &Say, fault: crate::wire::Fault) -> Element {
    el("div", "note bad")
        .with(el("p", "").text(say.word(crate::update::fault_key(fault))))
        .with(say.button("plain", "retry", "", "retry"))
}

/// A quiet sign that something is on its way.
pub(super) fn waiting(say: &Say) -> Element {
    el("p", "wait").text(say.word("wait"))
}
