//! Joining in one step, and sharing the link everywhere.

use super::offer::copyable;
use super::{Say, facts, heading, is_positive};
use crate::model::Load;
use crate::node::{Element, el};
use crate::qr;
use crate::text::{encode, join};
use crate::update::fault_key;
use crate::wire::{Offer, Side};

/// Who has a link shares it, who has none gets one here.
pub(super) fn screen(say: &Say) -> Element {
    match say.model.share_link() {
        Some(link) => sharing(say, &link),
        None => joining(say),
    }
}

fn joining(say: &Say) -> Element {
    let model = say.model;
    let offer = own_offer(say);
    let mut body = el("div", "body").with(heading(&pitch(say, offer)));
    if let Some(side) = offer.and_then(|offer| offer.advocate.as_ref()) {
        body = body.with(facts(conditions(say, side)));
    }
    let mut form = el("form", "").act("join", "");
    // Whoever the shop has signed for need not type what the shop knows.
    if model.customer.is_none() {
        form = form
            .with(field(say, "name", "text", "given-name", "f_name", false))
            .with(field(say, "email", "email", "email", "f_email", true));
    }
    let mut send = el("button", "main wide").set("type", "submit").text(say.word("join"));
    if model.joining.is_busy() {
        send = send.set("aria-busy", "true");
    }
    form = form.with(send);
    if let Load::Failed(fault) = &model.joining {
        form = form.with(el("p", "note bad").set("id", "a").text(say.word(fault_key(*fault))));
    }
    body.with(form).with(el("p", "small").text(say.word("join_note")))
}

fn sharing(say: &Say, link: &str) -> Element {
    let model = say.model;
    let message = message(say);
    let text = encode(&message);
    let address = encode(link);
    let both = join(&[&text, "%20", &address]);
    let mut ways = el("div", "ways");
    if model.can_share {
        ways = ways.with(say.button("way", "sheet", &message, "sheet"));
    }
    for (key, href) in [
        ("WhatsApp", join(&["https://wa.me/?text=", &both])),
        (
            "email",
            join(&[
                "mailto:?subject=",
                &encode(&plain(&say.say("share_subject", &[("shop", shop(say))]))),
                "&body=",
                &both,
            ]),
        ),
        ("sms", join(&["sms:?&body=", &both])),
        ("Facebook", join(&["https://www.facebook.com/sharer/sharer.php?u=", &address])),
        ("X", join(&["https://x.com/intent/post?text=", &text, "&url=", &address])),
        ("LinkedIn", join(&["https://www.linkedin.com/sharing/share-offsite/?url=", &address])),
    ] {
        // Names of services are the same in every language.
        let name = if key.starts_with(|c: char| c.is_ascii_uppercase()) { key } else { say.word(key) };
        let way = el("a", "way").set("href", &href).set("target", "_blank").set("rel", "noopener noreferrer");
        ways = ways.with(way.text(name));
    }
    let toggle = |on: bool, action: &str, key: &str| {
        say.button("way", action, "", key).set("aria-pressed", if on { "true" } else { "false" })
    };
    ways = ways
        .with(el("button", "way").set("type", "button").act("messenger", "").text("Messenger"))
        .with(toggle(model.qr, "qr", "qr"))
        .with(toggle(model.product, "product", "product"));
    el("div", "body")
        .with(heading(&pitch(say, own_offer(say))))
        .with(el("p", "small").text(say.word("share_how")))
        .with(copyable(say, "link", link))
        .with(ways)
        .with(code_picture(say, link))
}

fn field(say: &Say, name: &'static str, kind: &str, fill: &str, label: &str, required: bool) -> Element {
    let mut input = el("input", "")
        .set("id", name)
        .set("name", name)
        .set("type", kind)
        .set("autocomplete", fill)
        .set("maxlength", "200");
    if required {
        input = input.set("required", "");
    }
    el("div", "field").with(el("label", "").set("for", name).text(say.word(label))).with(input)
}

fn code_picture(say: &Say, link: &str) -> Option<Element> {
    if !say.model.qr {
        return None;
    }
    let (size, path) = qr::picture(link)?;
    let box_size = (size + 8).to_string();
    let picture = el("svg", "qr")
        .set("viewBox", &join(&["-4 -4 ", &box_size, " ", &box_size]))
        .set("role", "img")
        .set("aria-label", say.word("qr_label"))
        .with(el("path", "").set("d", &path));
    Some(picture)
}

/// The offer that who joins here gets; once they have, the same.
fn own_offer<'a>(say: &Say<'a>) -> Option<&'a Offer> {
    let program = say.model.program.ready()?;
    program.offer(program.join.as_ref()?)
}

/// "Give 10 % off, get €10 in store credit".
fn pitch(say: &Say, offer: Option<&Offer>) -> String {
    let side = |side: &Option<Side>| side.as_ref().map(|side| say.reward(&side.reward));
    match offer.map(|offer| (side(&offer.friend), side(&offer.advocate))) {
        Some((Some(give), Some(get))) => say.say("pitch", &[("give", &give), ("get", &get)]),
        Some((None, Some(get))) => say.say("pitch_one", &[("get", &get)]),
        _ => say.word("refer").into(),
    }
}

fn conditions(say: &Say, side: &Side) -> Vec<String> {
    let mut lines = Vec::new();
    if is_positive(&side.min_subtotal) {
        lines.push(say.say("a_min", &[("m", &say.money(&side.min_subtotal))]));
    }
    if side.new_customers_only {
        lines.push(say.word("a_new").into());
    }
    if side.hold_days > 0 {
        lines.push(say.count("a_hold", side.hold_days));
    }
    if let Some(most) = side.max_per_month {
        lines.push(say.count("a_month", most));
    }
    lines
}

fn message(say: &Say) -> String {
    let reward = own_offer(say).and_then(|offer| offer.friend.as_ref()).map(|side| say.reward(&side.reward));
    plain(&match reward {
        Some(reward) => say.say("share_text", &[("shop", shop(say)), ("reward", &reward)]),
        None => say.say("share_text_one", &[("shop", shop(say))]),
    })
}

fn shop<'a>(say: &Say<'a>) -> &'a str {
    say.model.program.ready().map(|program| program.name.as_str()).unwrap_or_default()
}

/// Without the marks that isolate directions: other programs show them as boxes.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect()
}
