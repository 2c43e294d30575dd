//! The frame around every screen: the launcher, the panel that it opens, and elements in the page.

use super::{Arena, Format, View, code, flag, offer, rewards, share};
use crate::model::{Load, Model, Placement, Screen};

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

/// What stands in a place of this kind. Nothing as long as there is nothing true to say.
pub fn view<'a>(model: &'a Model, format: &'a dyn Format, arena: &'a Arena, kind: Kind) -> String {
    let mut view = View { model, format, arena, out: String::new() };
    let dir = if model.locale.is_rtl() { "rtl" } else { "" };
    let class = if kind == Kind::Launcher { "dock" } else { "box" };
    view.put("<div class={0} dir={1} lang={2}>", &[class, dir, &model.locale.tag]);
    let before = view.out.len();
    if model.texts_load == Load::Ready {
        let ready = model.program_load == Load::Ready;
        match kind {
            Kind::Launcher => match model.open {
                Some(screen) => panel(&mut view, screen),
                None => launcher(&mut view),
            },
            Kind::Offer if ready && resolve(model, Screen::Offer) != Screen::Code => {
                body(&mut view, resolve(model, Screen::Offer));
            }
            Kind::Code => code::field(&mut view),
            Kind::Rewards => body(&mut view, Screen::Rewards),
            Kind::Offer => {}
        }
    }
    if view.out.len() == before {
        return String::new();
    }
    let status = view.word(model.status);
    view.put("</><div class=sr role=status>{0}</>", &[status]);
    view.out
}

/// The button that opens the panel; none where the panel has nothing to offer this visitor.
fn launcher(view: &mut View<'_>) {
    let model = view.model;
    if model.program_load != Load::Ready || model.placement != Placement::Launcher || model.closed {
        return;
    }
    let screen = resolve(model, Screen::Offer);
    let title = match model.invitation() {
        Some((_, said)) if screen == Screen::Offer => offer::title(view, said),
        _ => view.word(if model.me.is_some() { "rewards" } else { "refer" }),
    };
    let screen = if screen == Screen::Share && model.me.is_some() { Screen::Rewards } else { screen };
    if screen != Screen::Code {
        view.put("<button type=button class=launch aria-haspopup=dialog data-a=open data-v={0}><svg viewBox=0,0,24,24 aria-hidden=true><path d=M4,11v9h16v-9M3,7h18v4H3zM12,7v13M12,7S10.5,2.5,7.75,3.25,8,7,12,7zM12,7s1.5-4.5,4.25-3.75S16,7,12,7z/></><span>{1}</></>", &[screen.name(), title]);
    }
}

fn panel(view: &mut View, wanted: Screen) {
    let model = view.model;
    let ready = model.program_load == Load::Ready;
    let screen = resolve(model, wanted);
    let name = view.name(&model.program, "name");
    let (by, label) = if ready { ("t", "") } else { ("", view.word("refer")) };
    let class = if model.uncalled { "quiet" } else { "panel" };
    view.put(
        "<section class=panel id={0} role=dialog data-k={1} aria-labelledby={2} aria-label={3} tabindex=-1>\
         <div class=head><span class=shop>{4}</><button type=button class=x data-a=close aria-label={close}>\
         <svg viewBox=0,0,24,24 aria-hidden=true><path d=M6,6l12,12M18,6L6,18/></></></>",
        &[class, screen.name(), by, label, name],
    );
    match model.program_load {
        Load::Ready => {
            body(view, screen);
            tabs(view, screen);
        }
        Load::Failed(fault) => view.trouble(fault),
        _ => view.put("<p class=wait>{wait}</>", &[]),
    }
    view.put("</>", &[]);
}

fn body(view: &mut View, screen: Screen) {
    view.put("<div class=body>", &[]);
    match (screen, view.model.invitation()) {
        (Screen::Offer, Some((code, said))) => offer::card(view, code, said),
        (Screen::Code, _) => code::screen(view),
        (Screen::Rewards, _) => rewards::screen(view),
        _ => share::screen(view),
    }
    view.put("</>", &[]);
}

/// The screen that can really be shown where `wanted` was asked for.
fn resolve(model: &Model, wanted: Screen) -> Screen {
    let shares = model.me.is_some() || model.program.at("join.offer").is_some();
    let invited = model.invitation().is_some_and(|(_, said)| said.at("friend.reward").is_some());
    match wanted {
        Screen::Offer if invited => Screen::Offer,
        Screen::Offer | Screen::Share if shares => Screen::Share,
        Screen::Offer | Screen::Share => Screen::Code,
        other => other,
    }
}

fn tabs(view: &mut View, current: Screen) {
    view.put("<nav class=tabs aria-label={sections}>", &[]);
    for (screen, key) in [
        (Screen::Offer, "tab_offer"),
        (Screen::Share, "tab_share"),
        (Screen::Code, "tab_code"),
        (Screen::Rewards, "tab_rewards"),
    ] {
        let model = view.model;
        let known = screen != Screen::Rewards
            || model.customer.is_some()
            || resolve(model, Screen::Share) == Screen::Share;
        if known && resolve(model, screen) == screen {
            let label = view.word(key);
            let here = flag(screen == current);
            view.put(
                "<button type=button data-a=open data-v={0} aria-current={1}>{2}</>",
                &[screen.name(), here, label],
            );
        }
    }
    view.put("</>", &[]);
}
