//! Joining in one step, and sharing the link everywhere.

use parrain_wire::amount::Amount;
use parrain_wire::program::{FriendSide, Offer};

use super::{View, facts, flag, icon, is_donated, is_positive};
use crate::action::{Action, Copyable};
use crate::model::{Load, is_web};
use crate::node::{Element, classed, el};
use crate::text::{clean, encode, join, plain};

/// Who has a link shares it, who has none gets one here.
pub(super) fn screen(view: &View) -> Vec<Element> {
    let model = view.model;
    let (friend, offer) = match (&model.me, &model.own) {
        // Everybody shares what their own code promises.
        (Some(_), Some(own)) => (own.friend.as_ref(), model.offer(&own.offer)),
        // What the edge has not said yet is not promised, but to who has just joined.
        (Some(_), None) if model.joining != Load::Ready => (None, None),
        (_, None) | (None, _) => {
            let offer = model.joinable();
            (offer.and_then(|offer| offer.friend.as_ref()), offer)
        }
    };
    let mut out = vec![view.heading(&pitch(view, friend, offer))];
    if model.thanked && model.activity.is_none() {
        out.insert(0, view.small(view.word("thank_you")));
    }
    out.extend(view.inactive());
    match model.share_link() {
        Some(link) => sharing(view, friend, offer, &link, &mut out),
        None => joining(view, offer, &mut out),
    }
    out
}

fn joining(view: &View, offer: Option<&Offer>, out: &mut Vec<Element>) {
    // First of all: who joins again from another device has two codes.
    out.extend(view.sign_in());
    out.extend(offer.and_then(|offer| conditions(view, offer)));
    out.extend(view.friends());
    let mut form = el("form").set("data-a", "join");
    // Whoever the shop has signed for need not type what the shop knows.
    if view.model.customer.is_none() {
        let name = el("input").attributes("id=n name=name autocomplete=given-name maxlength=80");
        let email = el("input")
            .attributes("id=e name=email type=email autocomplete=email maxlength=200 required=true");
        form = form
            .with(el("label").set("for", "n").text(view.word("f_name")))
            .with(name)
            .with(el("label").set("for", "e").text(view.word("f_email")))
            .with(email);
    }
    let busy = flag(view.model.joining == Load::Busy);
    out.push(form.with(classed("button", "main").set("aria-busy", busy).text(view.word("join"))));
    if let Load::Failed(fault) = view.model.joining {
        out.push(classed("p", "bad").set("role", "alert").text(view.word(fault.key())));
    }
    let terms = view.model.program.terms_url.as_deref().filter(|url| is_web(url));
    let terms = terms.map(|url| outside(url).text(view.word("terms")));
    out.push(view.small(view.word("join_note")).text(" ").maybe(terms));
}

/// A link that leaves the page where it is.
fn outside(url: &str) -> Element {
    el("a").attributes("target=_blank rel=noopener").set("href", url)
}

fn sharing(
    view: &View,
    friend: Option<&FriendSide>,
    offer: Option<&Offer>,
    link: &str,
    out: &mut Vec<Element>,
) {
    let model = view.model;
    let shop = clean(&model.program.name);
    let reward = gift(view, friend);
    let key = if reward.is_empty() { "share_text_one" } else { "share_text" };
    let values = [("shop", shop.as_str()), ("reward", reward.as_str())];
    let message = plain(&view.say(key, &values));
    let subject =
        if reward.is_empty() { encode(&shop) } else { encode(&plain(&view.say("share_subject", &values))) };
    let text = encode(&message);
    let address = encode(link);
    let both = join(&[&text, "%20", &address]);
    out.push(view.small(view.word(match reward.is_empty() {
        _ if offer.is_some_and(|offer| is_donated(&offer.advocate.reward)) => "share_how_donation",
        true => "share_how_one",
        false => "share_how",
    })));
    out.push(view.copyable(Copyable::Link, link));
    // Read out or written on a card, the code alone does.
    if let Some(me) = &model.me {
        let code = el("b").set("dir", "ltr").text(me.code.as_str());
        out.push(classed("p", "small").text(view.word("code")).text(" ").with(code));
    }
    let mut ways = classed("div", "ways");
    if model.can_share {
        ways = ways.with(way(view.button("way", &Action::Sheet(message), ""), SHEET, view.word("sheet")));
    }
    for (name, picture, pieces) in [
        ("WhatsApp", WHATSAPP, ["https://wa.me/?text=", &both, "", ""]),
        (view.word("email"), EMAIL, ["mailto:?subject=", &subject, "&body=", &both]),
        (view.word("sms"), SMS, ["sms:?&body=", &both, "", ""]),
        ("Facebook", FACEBOOK, ["https://www.facebook.com/sharer/sharer.php?u=", &address, "", ""]),
        ("X", X, ["https://x.com/intent/post?text=", &text, "&url=", &address]),
        ("LinkedIn", LINKEDIN, ["https://www.linkedin.com/sharing/share-offsite/?url=", &address, "", ""]),
    ] {
        ways = ways.with(way(outside(&join(&pieces)).set("class", "way"), picture, name));
    }
    let pressed = if model.product { "true" } else { "false" };
    let product = view.button("way", &Action::Product, "").set("aria-pressed", pressed);
    out.push(ways.with(way(view.button("way", &Action::Messenger, ""), MESSENGER, "Messenger")).with(way(
        product,
        PAGE,
        view.word("product"),
    )));
    match model.qr {
        Load::Ready => out.extend(model.picture.as_ref().map(|picture| {
            classed("svg", "qr")
                .set("role", "img")
                .set("aria-label", view.word("qr_label"))
                .set("viewBox", &picture.around)
                .with(el("path").set("d", &picture.path))
        })),
        // Its room, so that nothing moves when it comes; an element of its own, since what takes its place is no move.
        Load::Busy => out.push(classed("div", "qr").set("data-k", "qr")),
        Load::Failed(fault) => out.push(view.trouble(fault)),
        Load::Idle => {}
    }
}

const SHEET: &str = "M12,15V3M8,7l4-4 4,4M5,12v8h14v-8";
const WHATSAPP: &str = "M4,20l1.4-4.3a8,8,0,1,1,3,3zM9,9c0,4,3,6,6,6";
const EMAIL: &str = "M3,6h18v12H3zM3,7l9,6 9-6";
const SMS: &str = "M4,5h16v11H11l-4,4v-4H4z";
const FACEBOOK: &str = "M16,3h-2c-3,0-4,2-4,4v14M7,12h8";
const X: &str = "M5,4l14,16M19,4L5,20";
const LINKEDIN: &str = "M4,4h16v16H4zM8,11v5M8,8v.1M12,16v-5M12,13c0-3,4-3,4,0v3";
const MESSENGER: &str = "M4,5h16v11H11l-4,4v-4H4zM7,12l3-3 3,2 4-3";
const PAGE: &str = "M6,3h8l4,4v14H6zM14,3v4h4";

/// A way to share: its picture over its name.
fn way(way: Element, picture: &str, name: &str) -> Element {
    way.with(icon(picture)).text(name)
}

/// What a friend gets, with the smallest order that it is for.
fn gift(view: &View, friend: Option<&FriendSide>) -> String {
    let reward = view.reward(friend.map(|friend| &friend.reward));
    match friend.and_then(|friend| least(view, friend.min_subtotal.as_ref())) {
        Some(least) if !reward.is_empty() => view.say("r_from", &[("r", &reward), ("m", &least)]),
        Some(_) | None => reward,
    }
}

/// The smallest order, where there is one.
fn least(view: &View, minimum: Option<&Amount>) -> Option<String> {
    let minimum = minimum.map(|minimum| minimum.as_str()).filter(|minimum| is_positive(minimum));
    minimum.map(|minimum| view.money(minimum, None))
}

/// "Give 10 % off, get €10 in store credit", as much of it as there is and may be said.
fn pitch(view: &View, friend: Option<&FriendSide>, offer: Option<&Offer>) -> String {
    let give = gift(view, friend);
    let reward = offer.map(|offer| &offer.advocate.reward);
    if let Some(get) = view.donation(reward) {
        let key = if give.is_empty() { "pitch_donation_one" } else { "pitch_donation" };
        return view.say(key, &[("give", &give), ("get", &get)]);
    }
    let get = view.reward(reward);
    let key = match (give.is_empty(), get.is_empty()) {
        (false, false) => "pitch",
        (true, false) => "pitch_one",
        (false, true) => "pitch_give",
        (true, true) => return view.word(if view.model.me.is_some() { "share" } else { "refer" }).into(),
    };
    view.say(key, &[("give", &give), ("get", &get)])
}

fn conditions(view: &View, offer: &Offer) -> Option<Element> {
    let side = &offer.advocate;
    let count = |key, count: Option<u32>| count.filter(|count| *count > 0).map(|n| view.count(key, n));
    facts(vec![
        least(view, side.min_subtotal.as_ref()).map(|least| view.say("a_min", &[("m", &least)])),
        (side.new_customers_only == Some(true)).then(|| view.word("a_new").into()),
        // What goes to a charity is never "yours".
        count("a_hold", side.hold_days.filter(|_| !is_donated(&side.reward))),
        count("a_month", side.max_per_month),
        view.ends(offer.ends_at),
    ])
}
