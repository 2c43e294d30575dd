//! Joining in one step, and sharing the link everywhere.

use super::{View, flag, is_positive};
use crate::model::Load;
use crate::text::{cut, encode};
use crate::value::Value;

/// Who has a link shares it, who has none gets one here.
pub(super) fn screen(view: &mut View) {
    let offer = view.model.offer(view.model.program.text("join.offer"));
    let pitch = pitch(view, offer);
    view.put("<h2 id=t tabindex=-1>{0}</>", &[pitch]);
    match view.model.share_link() {
        Some(link) => sharing(view, offer, view.own(link)),
        None => joining(view, offer),
    }
}

fn joining(view: &mut View, offer: Option<&Value>) {
    if let Some(side) = offer.map(|offer| offer.get("advocate")) {
        conditions(view, side);
    }
    view.put("<form data-a=join>", &[]);
    // Whoever the shop has signed for need not type what the shop knows.
    if view.model.customer.is_none() {
        view.put(
            "<label for=n>{f_name}</><input id=n name=name autocomplete=given-name maxlength=80/>\
             <label for=e>{f_email}</><input id=e name=email type=email autocomplete=email maxlength=200 required/>",
            &[],
        );
    }
    let busy = flag(view.model.joining == Load::Busy);
    view.put("<button class=main aria-busy={0}>{join}</></>", &[busy]);
    if let Load::Failed(fault) = view.model.joining {
        let text = view.word(fault.key());
        view.put("<p class=bad role=alert>{0}</>", &[text]);
    }
    view.put("<p class=small>{join_note}</>", &[]);
}

fn sharing<'a>(view: &mut View<'a>, offer: Option<&Value>, link: &'a str) {
    let model = view.model;
    let shop = view.name(&model.program, "name");
    let reward = offer.map(|offer| view.reward(offer.at("friend.reward"))).unwrap_or_default();
    let key = if reward.is_empty() { "share_text_one" } else { "share_text" };
    let values = [("shop", shop), ("reward", reward)];
    let message = view.own(plain(view.say(key, &values)));
    let subject = view.own(encode(&plain(view.say("share_subject", &values))));
    let text = view.own(encode(message));
    let address = view.own(encode(link));
    let both = view.join(&[text, "%20", address]);
    view.put("<p class=small>{share_how}</>", &[]);
    view.copyable("link", link);
    view.put("<div class=ways>", &[]);
    if model.can_share {
        view.put("<button type=button class=way data-a=sheet data-v={0}>{sheet}</>", &[message]);
    }
    for (name, pieces) in [
        ("WhatsApp", ["https://wa.me/?text=", both, "", ""]),
        (view.word("email"), ["mailto:?subject=", subject, "&body=", both]),
        (view.word("sms"), ["sms:?&body=", both, "", ""]),
        ("Facebook", ["https://www.facebook.com/sharer/sharer.php?u=", address, "", ""]),
        ("X", ["https://x.com/intent/post?text=", text, "&url=", address]),
        ("LinkedIn", ["https://www.linkedin.com/sharing/share-offsite/?url=", address, "", ""]),
    ] {
        view.put("<a class=way target=_blank rel=noopener href={0}>{1}</>", &[view.join(&pieces), name]);
    }
    let pressed = |on| if on { "true" } else { "false" };
    view.put(
        "<button type=button class=way data-a=messenger>Messenger</>\
         <button type=button class=way data-a=qr aria-pressed={0}>{qr}</>\
         <button type=button class=way data-a=product aria-pressed={1}>{product}</></>",
        &[pressed(model.qr != Load::Idle), pressed(model.product)],
    );
    match model.qr {
        Load::Ready if !model.picture.is_empty() => {
            let (around, path) = cut(&model.picture, b' ');
            view.put(
                "<svg class=qr role=img aria-label={qr_label} viewBox={0}><path d={1}/></>",
                &[around, path],
            );
        }
        Load::Failed(fault) => view.trouble(fault),
        _ => {}
    }
}

/// "Give 10 % off, get €10 in store credit".
fn pitch<'a>(view: &View<'a>, offer: Option<&Value>) -> &'a str {
    let Some(offer) = offer else { return view.word("refer") };
    let (give, get) = (view.reward(offer.at("friend.reward")), view.reward(offer.at("advocate.reward")));
    let key = if give.is_empty() { "pitch_one" } else { "pitch" };
    view.say(key, &[("give", give), ("get", get)])
}

fn conditions(view: &mut View, side: &Value) {
    view.put("<ul class=facts>", &[]);
    let minimum = side.text("min_subtotal");
    if is_positive(minimum) {
        view.fact(view.say("a_min", &[("m", view.money(minimum, ""))]));
    }
    if side.is("new_customers_only") {
        view.fact(view.word("a_new"));
    }
    for (field, key) in [("hold_days", "a_hold"), ("max_per_month", "a_month")] {
        let count = side.count(field);
        if count > 0 {
            view.fact(view.count(key, count));
        }
    }
    view.put("</>", &[]);
}

/// Without the marks that isolate directions: other programs show them as boxes.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect()
}
