//! The shop's page around the widget: its forms, its links, its navigation, its clipboard.

use wasm_bindgen::JsValue;

use super::js::{
    call, call_text, call_texts, call1, construct, document, function, get, get_text, items, later, on,
    parse, set_text, then, window,
};
use super::{App, send};
use crate::code;
use crate::model::Model;
use crate::text::{cut, encode, join};
use crate::touch::{self, Touch};
use crate::value::Value;

/// Milliseconds for which changes of the page are gathered before they are looked at.
const GATHER: u32 = 150;

/// Where shops have their own field for a code.
const FIELDS: &str =
    "[data-parrain-code],[name=coupon_code],[name=discount_name],[name=coupon],[name=discount]";

/// The page's address.
pub fn address() -> String {
    get_text(&get(&window(), "location"), "href")
}

/// Follows the page: single-page navigation, forms that come later, codes typed into the shop's own
/// field, the connection, the browser's back-forward cache.
pub fn listen() {
    let window = window();
    on(&window, "popstate", |_| look());
    for event in ["online", "pageshow"] {
        on(&window, event, |_| send(|app| app.model.again(&mut app.page)));
    }
    on(&document(), "change", |event| {
        let field = get(&event, "target");
        if call_text(&field, "matches", FIELDS).is_truthy() {
            let text = get_text(&field, "value");
            send(move |app| app.model.code_seen(&text, &mut app.page));
        }
    });
    // A page that moves without loading changes what it shows. Watching for that tells of the move as
    // well as of new forms, and leaves the shop's `history` alone.
    let gathering = std::rc::Rc::new(std::cell::Cell::new(false));
    let watch = function(Box::new(move |_| {
        if !gathering.replace(true) {
            let gathering = gathering.clone();
            later(GATHER, move || {
                gathering.set(false);
                look();
            });
        }
    }));
    let observer = construct(&get(&window, "MutationObserver"), &watch, &JsValue::UNDEFINED);
    call(&observer, "observe", &super::js::root(), &parse("{\"childList\":true,\"subtree\":true}"));
}

fn look() {
    send(|app| {
        let page = address();
        if page != app.model.page {
            let code = app.code_in(&page);
            app.model.moved(page, code, &mut app.page);
        }
    });
}

impl App {
    /// The code in an address, by the parameters of the tag, else of the program, in their order.
    pub fn code_in(&self, address: &str) -> Option<String> {
        let fixed = !self.page.config.text("fixed").is_empty();
        let program = self.model.program.list("link_params");
        let names = if fixed || program.is_empty() { self.page.config.list("params") } else { program };
        let (_, query) = cut(cut(address, b'#').0, b'?');
        names.iter().find_map(|name| {
            let mut rest = query;
            while !rest.is_empty() {
                let (pair, after) = cut(rest, b'&');
                let (key, value) = cut(pair, b'=');
                if key == name.as_text() {
                    return code::normalize(value);
                }
                rest = after;
            }
            None
        })
    }
}

/// Writes what is known into every form and link of the page that takes it along, and says whether
/// there is one.
pub fn refresh(model: &Model) -> bool {
    let code = touch::applied(&model.touches).unwrap_or_default();
    let kept = model.consent.allows() && !model.touches.is_empty();
    let touches = if kept { touches(&model.touches).json() } else { String::new() };
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

/// The touches as events carry them.
pub fn touches(touches: &[Touch]) -> Value {
    let touch = |touch: &Touch| {
        let member = |name: &str, text: &str| (name.to_string(), Value::Text(text.into()));
        Value::Object(vec![
            member("code", &touch.code),
            member("source", touch.source.name()),
            member("at", &touch::rfc3339(touch.at)),
        ])
    };
    Value::List(touches.iter().map(touch).collect())
}

/// Copies, by the clipboard or by the old way where that is forbidden.
pub fn copy(what: &'static str, text: &str) {
    let text = text.to_string();
    let clipboard = get(&get(&window(), "navigator"), "clipboard");
    then(
        call_text(&clipboard, "writeText", &text),
        Box::new(move |done| {
            if done.is_some() || copy_by_hand(&text) {
                send(move |app| app.model.act("copied", what, &mut app.page));
            }
        }),
    );
}

fn copy_by_hand(text: &str) -> bool {
    let document = document();
    let field = call_text(&document, "createElement", "textarea");
    set_text(&field, "value", text);
    let style = get(&field, "style");
    set_text(&style, "position", "fixed");
    set_text(&style, "opacity", "0");
    call1(&get(&document, "body"), "appendChild", &field);
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
