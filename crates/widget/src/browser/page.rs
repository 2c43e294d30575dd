//! The shop's page around the widget: its forms, its links, its navigation, its clipboard.

use std::cell::Cell;

use wasm_bindgen::JsValue;

use super::js::{
    Heard, at, call, call_text, call_texts, call1, construct, document, get, get_text, hear, instant, items,
    later, on, parse, root, set_text, text_of, then, window,
};
use super::{Event, send};
use crate::code;
use crate::model::Model;
use crate::text::{cut, encode, join};
use crate::touch::{self, Touch};
use crate::value::{Value, object};

/// Milliseconds for which changes of the page are gathered before they are looked at.
const GATHER: u32 = 150;

/// Where shops have their own field for a code.
const FIELDS: &str =
    "[data-parrain-code],[name=coupon_code],[name=discount_name],[name=coupon],[name=discount]";

thread_local! {
    /// Whether changes of the page are being gathered.
    static GATHERING: Cell<bool> = const { Cell::new(false) };
}

/// The page's address.
pub fn address() -> String {
    text_of(&at("location.href"))
}

/// Follows the page: single-page navigation, forms that come later, codes typed into the shop's own
/// field, the connection, the browser's back-forward cache.
pub fn listen() {
    let window = window();
    on(&window, "popstate", Heard::Look);
    on(&window, "online", Heard::Again);
    on(&window, "pageshow", Heard::Again);
    on(&window, "change", Heard::Change);
    // A page that moves without loading changes what it shows. Watching for that tells of the move as
    // well as of new forms, and leaves the shop's `history` alone.
    let observer = construct("MutationObserver", &hear(Heard::Mutation), &JsValue::UNDEFINED);
    call(&observer, "observe", &root(), &parse("{\"childList\":true,\"subtree\":true}"));
}

/// The page changed.
pub fn mutated() {
    if !GATHERING.replace(true) {
        later(GATHER, Heard::Look);
    }
}

/// Time to look at what has gathered.
pub fn look() {
    GATHERING.set(false);
    send(Event::Look);
}

/// A field changed.
pub fn changed(event: &JsValue) {
    let field = get(event, "target");
    if call_text(&field, "matches", FIELDS).is_truthy() {
        send(Event::Seen(get_text(&field, "value")));
    }
}

/// The code in an address, by the first of these parameters that has one.
pub fn code_in(address: &str, names: &[Value]) -> Option<String> {
    let (_, query) = cut(cut(address, b'#').0, b'?');
    for name in names {
        let mut rest = query;
        while !rest.is_empty() {
            let (pair, after) = cut(rest, b'&');
            let (key, value) = cut(pair, b'=');
            if key == name.as_text() {
                return code::normalize(value);
            }
            rest = after;
        }
    }
    None
}

/// Writes what is known into every form and link of the page that takes it along, and says whether
/// there is one.
pub fn refresh(model: &Model) -> bool {
    let code = touch::applied(&model.touches).unwrap_or_default();
    let kept = model.consent.allows() && !model.touches.is_empty();
    let touches = if kept { touches(&model.touches) } else { String::new() };
    let mut any = false;
    for form in all("form[data-parrain]") {
        any = true;
        hidden(&form, "parrain_code", code);
        hidden(&form, "parrain_touches", &touches);
    }
    // A Payment Link takes the code along in its address.
    if !code.is_empty() {
        for link in all("a[href^='https://buy.stripe.com/']") {
            any = true;
            let address = get_text(&link, "href");
            let (bare, query) = cut(&address, b'?');
            if cut(query, b'=').0 != "client_reference_id" {
                let more = if query.is_empty() { "" } else { "&" };
                let address =
                    join(&[bare, "?client_reference_id=", code, "&prefilled_promo_code=", code, more, query]);
                set_text(&link, "href", &address);
            }
        }
    }
    any
}

/// The touches as events carry them, in JSON.
pub fn touches(touches: &[Touch]) -> String {
    let mut out = String::from("[");
    for touch in touches {
        if out.len() > 1 {
            out.push(',');
        }
        let (code, source) = (touch.code.as_str(), touch.source.name());
        out.push_str(&object(&[("code", code), ("source", source), ("at", &instant(touch.at))]));
    }
    out.push(']');
    out
}

/// Copies, by the clipboard or by the old way where that is forbidden.
pub fn copy(what: &'static str, text: &str) {
    let text = text.to_string();
    let promise = call_text(&at("navigator.clipboard"), "writeText", &text);
    then(
        promise,
        Box::new(move |done| {
            if done.is_some() || copy_by_hand(&text) {
                send(Event::Press("copied".into(), what.into()));
            }
        }),
    );
}

/// Opens the browser's own share sheet. Closing it is no error.
pub fn share(text: &str, link: &str) {
    let sheet = call1(&at("navigator"), "share", &parse(&object(&[("text", text), ("url", link)])));
    call1(&sheet, "catch", &hear(Heard::Nothing));
}

fn copy_by_hand(text: &str) -> bool {
    let document = document();
    let field = call_text(&document, "createElement", "textarea");
    set_text(&field, "value", text);
    let style = get(&field, "style");
    set_text(&style, "position", "fixed");
    set_text(&style, "opacity", "0");
    call1(&at("document.body"), "appendChild", &field);
    call_text(&field, "select", "");
    let copied = call_text(&document, "execCommand", "copy").is_truthy();
    call_text(&field, "remove", "");
    copied
}

/// Opens Messenger, whose app takes the link on a phone; elsewhere it is pasted.
pub fn messenger(link: &str) {
    let phone = get(&call_text(&window(), "matchMedia", "(pointer:coarse)"), "matches").is_truthy();
    let app = join(&["fb-messenger://share/?link=", &encode(link)]);
    let address = if phone { app.as_str() } else { "https://www.messenger.com/new" };
    call_texts(&window(), "open", address, "_blank");
}

/// Every element that a selector finds.
pub fn all(selector: &str) -> Vec<JsValue> {
    items(&call_text(&document(), "querySelectorAll", selector))
}

/// A hidden field of a form: made where it is wanted, emptied where it is not.
fn hidden(form: &JsValue, name: &str, value: &str) {
    let mut field = call_text(form, "querySelector", &join(&["[name=", name, "]"]));
    if !field.is_object() {
        if value.is_empty() {
            return;
        }
        field = call_text(&document(), "createElement", "input");
        set_text(&field, "type", "hidden");
        set_text(&field, "name", name);
        call1(form, "appendChild", &field);
    }
    if get_text(&field, "value") != value {
        set_text(&field, "value", value);
    }
}
