//! Joining in one step, and sharing the link everywhere.

use parrain_wire::amount::Amount;
use parrain_wire::program::{AdvocateSide, FriendSide, Offer, RewardKind};

use super::{View, facts, flag, is_positive};
use crate::action::{Action, Copyable};
use crate::model::Load;
use crate::node::{Element, classed, el};
use crate::text::{clean, encode, join};

/// Who has a link shares it, who has none gets one here.
pub(super) fn screen(view: View) -> Vec<Element> {
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
    if model.thanked {
        out.insert(0, view.small(view.word("thank_you")));
    }
    match model.share_link() {
        Some(link) => sharing(view, friend, &link, &mut out),
        None => joining(view, friend, offer, &mut out),
    }
    out
}

fn joining(view: View, friend: Option<&FriendSide>, offer: Option<&Offer>, out: &mut Vec<Element>) {
    out.extend(offer.and_then(|offer| conditions(view, friend, &offer.advocate)));
    let mut form = el("form").set("data-a", "join");
    // Whoever the shop has signed for need not type what the shop knows.
    if view.model.customer.is_none() {
        let name = el("input")
            .set("id", "n")
            .set("name", "name")
            .set("autocomplete", "given-name")
            .set("maxlength", "80");
        let email = el("input")
            .set("id", "e")
            .set("name", "email")
            .set("type", "email")
            .set("autocomplete", "email")
            .set("maxlength", "200")
            .set("required", "true");
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
    out.push(view.small(view.word("join_note")));
}

fn sharing(view: View, friend: Option<&FriendSide>, link: &str, out: &mut Vec<Element>) {
    let model = view.model;
    let shop = clean(&model.program.name);
    let reward = view.reward(friend.map(|friend| &friend.reward));
    let key = if reward.is_empty() { "share_text_one" } else { "share_text" };
    let values = [("shop", shop.as_str()), ("reward", reward.as_str())];
    let message = plain(&view.say(key, &values));
    let subject =
        if reward.is_empty() { encode(&shop) } else { encode(&plain(&view.say("share_subject", &values))) };
    let text = encode(&message);
    let address = encode(link);
    let both = join(&[&text, "%20", &address]);
    out.push(view.small(view.word(if reward.is_empty() { "share_how_one" } else { "share_how" })));
    out.push(view.copyable(Copyable::Link, link));
    // Read out or written on a card, the code alone does.
    if let Some(me) = &model.me {
        let code = el("b").set("dir", "ltr").text(me.code.as_str());
        out.push(classed("p", "small").text(view.word("code")).text(" ").with(code));
    }
    let mut ways = classed("div", "ways");
    if model.can_share {
        ways = ways.with(view.button("way", &Action::Sheet(message), view.word("sheet")));
    }
    for (name, pieces) in [
        ("WhatsApp", ["https://wa.me/?text=", &both, "", ""]),
        (view.word("email"), ["mailto:?subject=", &subject, "&body=", &both]),
        (view.word("sms"), ["sms:?&body=", &both, "", ""]),
        ("Facebook", ["https://www.facebook.com/sharer/sharer.php?u=", &address, "", ""]),
        ("X", ["https://x.com/intent/post?text=", &text, "&url=", &address]),
        ("LinkedIn", ["https://www.linkedin.com/sharing/share-offsite/?url=", &address, "", ""]),
    ] {
        let way = classed("a", "way").set("target", "_blank").set("rel", "noopener");
        ways = ways.with(way.set("href", &join(&pieces)).text(name));
    }
    let pressed = |on| if on { "true" } else { "false" };
    out.push(
        ways.with(view.button("way", &Action::Messenger, "Messenger"))
            .with(
                view.button("way", &Action::Qr, view.word("qr"))
                    .set("aria-pressed", pressed(model.qr != Load::Idle)),
            )
            .with(
                view.button("way", &Action::Product, view.word("product"))
                    .set("aria-pressed", pressed(model.product)),
            ),
    );
    match model.qr {
        Load::Ready => out.extend(model.picture.as_ref().map(|picture| {
            classed("svg", "qr")
                .set("role", "img")
                .set("aria-label", view.word("qr_label"))
                .set("viewBox", &picture.around)
                .with(el("path").set("d", &picture.path))
        })),
        Load::Failed(fault) => out.push(view.trouble(fault)),
        Load::Idle | Load::Busy => {}
    }
}

/// "Give 10 % off, get €10 in store credit", as much of it as there is and may be said.
fn pitch(view: View, friend: Option<&FriendSide>, offer: Option<&Offer>) -> String {
    let give = view.reward(friend.map(|friend| &friend.reward));
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

fn conditions(view: View, friend: Option<&FriendSide>, side: &AdvocateSide) -> Option<Element> {
    let minimum = |key, minimum: Option<&Amount>| {
        let minimum = minimum.map(|minimum| minimum.as_str()).filter(|minimum| is_positive(minimum));
        minimum.map(|minimum| view.say(key, &[("m", &view.money(minimum, None))]))
    };
    let count = |key, count: Option<u32>| count.filter(|count| *count > 0).map(|n| view.count(key, n));
    facts(vec![
        minimum("f_min", friend.and_then(|friend| friend.min_subtotal.as_ref())),
        minimum("a_min", side.min_subtotal.as_ref()),
        (side.new_customers_only == Some(true)).then(|| view.word("a_new").into()),
        // What goes to a charity is never "yours".
        count("a_hold", side.hold_days.filter(|_| side.reward.kind != RewardKind::Donation)),
        count("a_month", side.max_per_month),
    ])
}

/// Without the marks that isolate directions: other programs show them as boxes.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect()
}
