//! The shop's page around the widget: its forms, its links, its platform, its navigation.

use wasm_bindgen::JsValue;

use super::js::{call, construct, document, function, get, later, object, on, set, text_of, then, window};
use super::{code_in, send, with};
use crate::json::Json;
use crate::model::{Msg, Outcome};
use crate::text::join;
use crate::touch::{self, Touch};

/// Milliseconds for which changes of the page are gathered before they are looked at.
const GATHER: u32 = 150;

/// Follows the page: single-page navigation, forms that come later, the connection, the browser's
/// back-forward cache.
pub fn listen() {
    let window = window();
    for event in ["popstate", "hashchange"] {
        on(&window, event, |_| look());
    }
    for event in ["online", "pageshow"] {
        on(&window, event, |_| send(Msg::Again));
    }
    // A page that moves without loading changes what it shows. Watching for that tells of the move as
    // well as of new forms, and leaves the shop's `history` alone.
    let gathering = std::rc::Rc::new(std::cell::Cell::new(false));
    let watch = function(move |_| {
        if !gathering.replace(true) {
            let gathering = gathering.clone();
            later(GATHER, move || {
                gathering.set(false);
                look();
            });
        }
    });
    if let Some(observer) = construct("MutationObserver", &[watch]) {
        let what = object(&[("childList", JsValue::TRUE), ("subtree", JsValue::TRUE)]);
        let _ = call(&observer, "observe", &[super::js::root(), what]);
    }
}

fn look() {
    let place = get(&window(), "location");
    let page = text_of(&get(&place, "href"));
    let moved = with(|app| app.model.page != page).unwrap_or(false);
    if moved {
        let code = code_in(&text_of(&get(&place, "search")), &names());
        send(Msg::Moved(page, code));
    } else {
        refresh();
    }
}

/// The query parameters that carry a code: the tag's, else the program's.
fn names() -> Vec<String> {
    let names = with(|app| {
        let own: Vec<String> = app.config.get("params").items().iter().filter_map(Json::text).collect();
        let program = app
            .model
            .program
            .ready()
            .map(|program| program.link_params.clone())
            .filter(|names| !names.is_empty());
        if app.config.get("fixed").is_truthy() { own } else { program.unwrap_or(own) }
    });
    names.unwrap_or_default()
}

/// Writes what is known into every form that takes it along.
pub fn refresh() -> bool {
    let known = with(|app| {
        let code = touch::applied(&app.model.touches).map(String::from);
        let kept = app.model.consent.allows() && !app.model.touches.is_empty();
        (code, kept.then(|| app.model.touches.clone()))
    });
    let Some((code, kept)) = known else { return false };
    let touches =
        kept.map(|kept| js_sys::JSON::stringify(&self::touches(&kept)).map(String::from).unwrap_or_default());
    let mut any = false;
    for form in all("form[data-parrain]") {
        any = true;
        hidden(&form, "parrain_code", code.as_deref().unwrap_or_default());
        hidden(&form, "parrain_touches", touches.as_deref().unwrap_or_default());
    }
    any
}

/// The touches as events carry them.
pub fn touches(touches: &[Touch]) -> JsValue {
    let list = js_sys::Array::new();
    for touch in touches {
        let at = js_sys::Date::new(&(touch.at as f64 * 1000.0).into()).to_iso_string();
        list.push(&object(&[
            ("code", touch.code.as_str().into()),
            ("source", touch.source.name().into()),
            ("at", at.into()),
        ]));
    }
    list.into()
}

/// Puts the code into the order, by the best way that this page has.
pub fn redeem(code: String) {
    let carried = refresh();
    send(Msg::Redeemed(code, Outcome::fallback(carried)));
}

/// Copies, by the clipboard or by the old way where that is forbidden.
pub fn copy(what: &'static str, text: String) {
    let done = move || send(Msg::Act("copied".into(), what.into()));
    let clipboard = get(&get(&window(), "navigator"), "clipboard");
    let promise = call(&clipboard, "writeText", &[text.as_str().into()]);
    then(
        promise,
        move |_| done(),
        move |_| {
            if copy_by_hand(&text) {
                done();
            }
        },
    );
}

fn copy_by_hand(text: &str) -> bool {
    let document = document();
    let Ok(field) = call(&document, "createElement", &["textarea".into()]) else { return false };
    set(&field, "value", &text.into());
    let style = get(&field, "style");
    set(&style, "position", &"fixed".into());
    set(&style, "opacity", &"0".into());
    let _ = call(&get(&document, "body"), "appendChild", std::slice::from_ref(&field));
    let _ = call(&field, "select", &[]);
    let copied = call(&document, "execCommand", &["copy".into()]).is_ok_and(|done| done.is_truthy());
    let _ = call(&field, "remove", &[]);
    copied
}

/// Opens Messenger, whose app takes the link on a phone; elsewhere it is pasted.
pub fn messenger() {
    let touch = call(&window(), "matchMedia", &["(pointer:coarse)".into()])
        .is_ok_and(|query| get(&query, "matches").is_truthy());
    let link = with(|app| app.model.share_link()).flatten().unwrap_or_default();
    let address = if touch {
        join(&["fb-messenger://share/?link=", &crate::text::encode(&link)])
    } else {
        "https://www.messenger.com/new".into()
    };
    let _ = call(&window(), "open", &[address.into(), "_blank".into(), "noopener".into()]);
}

fn all(selector: &str) -> Vec<JsValue> {
    let found = call(&document(), "querySelectorAll", &[selector.into()]).unwrap_or_default();
    js_sys::Array::from(&found).to_vec()
}

/// A hidden field of a form: made where it is wanted, emptied where it is not.
fn hidden(form: &JsValue, name: &str, value: &str) {
    let mut field = call(form, "querySelector", &[join(&["[name=", name, "]"]).into()]).unwrap_or_default();
    if !field.is_truthy() {
        if value.is_empty() {
            return;
        }
        field = call(&document(), "createElement", &["input".into()]).unwrap_or_default();
        set(&field, "type", &"hidden".into());
        set(&field, "name", &name.into());
        let _ = call(form, "appendChild", &[field.clone()]);
    }
    if text_of(&get(&field, "value")) != value {
        set(&field, "value", &value.into());
    }
}
