//! The frame around every screen: the launcher, the panel that it opens, and elements in the page.

use super::{Format, View, code, flag, icon, offer, rewards, share};
use crate::action::Action;
use crate::model::{Load, Model, Placement, Screen};
use crate::node::{Element, classed, el};
use crate::text::clean;

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

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Launcher, Kind::Offer, Kind::Code, Kind::Rewards];

    /// The name of the element that is such a place.
    pub fn element(self) -> &'static str {
        match self {
            Kind::Launcher => "parrain-widget",
            Kind::Offer => "parrain-offer",
            Kind::Code => "parrain-code",
            Kind::Rewards => "parrain-rewards",
        }
    }
}

/// What stands in a place of this kind. Nothing as long as there is nothing true to say.
pub fn view(model: &Model, format: &dyn Format, kind: Kind) -> Option<Element> {
    if model.texts_load != Load::Ready {
        return None;
    }
    let view = &View { model, format };
    let ready = model.program_load == Load::Ready;
    let content = match kind {
        Kind::Launcher => match model.open {
            Some(screen) => panel(view, screen),
            None => launcher(view)?,
        },
        Kind::Offer => match resolve(model, Screen::Offer) {
            Screen::Code => return None,
            screen => ready.then(|| body(view, screen))?,
        },
        Kind::Code => classed("div", "body").all(code::field(view)),
        Kind::Rewards => body(view, Screen::Rewards),
    };
    let frame = classed("div", if kind == Kind::Launcher { "dock" } else { "box" })
        .set("dir", if model.locale.is_rtl() { "rtl" } else { "" })
        .set("lang", &model.locale.tag);
    // What opened by itself takes no focus, so it is announced.
    let status = match model.invitation() {
        Some((_, said)) if model.uncalled && model.status.is_empty() => offer::title(view, said),
        _ => view.word(model.status).into(),
    };
    Some(frame.with(content).with(classed("div", "sr").set("role", "status").text(&status)))
}

/// The button that opens the panel; none where the panel has nothing to offer this visitor.
fn launcher(view: &View) -> Option<Element> {
    let model = view.model;
    if model.program_load != Load::Ready || model.placement != Placement::Launcher {
        return None;
    }
    let screen = resolve(model, Screen::Offer);
    let title = match model.invitation() {
        Some((_, said)) if screen == Screen::Offer => offer::title(view, said),
        _ => view.word(if model.me.is_some() { "rewards" } else { "refer" }).into(),
    };
    let screen = if screen == Screen::Share && model.me.is_some() { Screen::Rewards } else { screen };
    (screen != Screen::Code).then(|| {
        classed("button", "launch")
            .does(&Action::Open(screen))
            .set("aria-haspopup", "dialog")
            .with(icon("M4,11v9h16v-9M3,7h18v4H3zM12,7v13M12,7S10.5,2.5,7.75,3.25,8,7,12,7zM12,7s1.5-4.5,4.25-3.75S16,7,12,7z"))
            .with(el("span").text(&title))
    })
}

fn panel(view: &View, wanted: Screen) -> Element {
    let model = view.model;
    let ready = model.program_load == Load::Ready;
    let screen = resolve(model, wanted);
    let close = classed("button", "x")
        .does(&Action::Close)
        .set("aria-label", view.word("close"))
        .with(icon("M6,6l12,12M18,6L6,18"));
    let head =
        classed("div", "head").with(classed("span", "shop").text(&clean(&model.program.name))).with(close);
    let frame = classed("section", "panel")
        .set("id", if model.uncalled { "quiet" } else { "panel" })
        .set("role", "dialog")
        .set("data-k", screen.name())
        .set("aria-labelledby", if ready { "t" } else { "" })
        .set("aria-label", if ready { "" } else { view.word("refer") })
        .set("tabindex", "-1")
        .with(head);
    match model.program_load {
        Load::Ready => frame.with(body(view, screen)).with(tabs(view, screen)),
        Load::Failed(fault) => frame.with(view.trouble(fault)),
        Load::Idle | Load::Busy => frame.with(classed("p", "wait").text(view.word("wait"))),
    }
}

fn body(view: &View, screen: Screen) -> Element {
    classed("div", "body").all(match (screen, view.model.invitation()) {
        (Screen::Offer, Some((code, said))) => offer::card(view, code.as_str(), said),
        (Screen::Code, _) => code::screen(view),
        (Screen::Rewards, _) => rewards::screen(view),
        (Screen::Offer | Screen::Share, _) => share::screen(view),
    })
}

/// The screen that can really be shown where `wanted` was asked for.
fn resolve(model: &Model, wanted: Screen) -> Screen {
    let shares = model.shares();
    let invited = model.invitation().is_some_and(|(_, said)| said.friend.is_some());
    match wanted {
        Screen::Offer if invited => Screen::Offer,
        Screen::Offer | Screen::Share if shares => Screen::Share,
        Screen::Offer | Screen::Share | Screen::Code => Screen::Code,
        Screen::Rewards => Screen::Rewards,
    }
}

fn tabs(view: &View, current: Screen) -> Element {
    let model = view.model;
    let known = |screen| {
        screen != Screen::Rewards
            || model.customer.is_some()
            || resolve(model, Screen::Share) == Screen::Share
    };
    let tabs = [
        (Screen::Offer, "tab_offer"),
        (Screen::Share, "tab_share"),
        (Screen::Code, "tab_code"),
        (Screen::Rewards, "tab_rewards"),
    ];
    let mut nav = classed("nav", "tabs").set("aria-label", view.word("sections"));
    for (screen, key) in tabs {
        if known(screen) && resolve(model, screen) == screen {
            let tab = el("button").does(&Action::Open(screen)).set("aria-current", flag(screen == current));
            nav = nav.with(tab.text(view.word(key)));
        }
    }
    nav
}
