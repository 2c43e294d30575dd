//! The page around the widget: its address, its forms and links, its events, what a shopper copies and shares.

use js_sys::{Function, Object, Promise, Reflect};
use parrain_wire::{Code, Touch};
use serde::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CustomEvent, CustomEventInit, Document, Element, HtmlAnchorElement, HtmlDocument, HtmlElement,
    HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, MutationObserver, MutationObserverInit, Window,
};

use super::guard::{self, function, guard, listen};
use super::{Event, net, tell};
use crate::action::Copyable;
use crate::model::Told;
use crate::text::{cut, encode, join, parts};

/// The window; a worker has none.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub fn document() -> Option<Document> {
    window()?.document()
}

/// What stands at the end of a path of names from `root`; undefined where there is nothing, or the page throws.
pub fn at(root: &JsValue, path: &str) -> JsValue {
    let mut value = root.clone();
    for name in parts(path, b'.') {
        value = Reflect::get(&value, &name.into()).unwrap_or(JsValue::UNDEFINED);
    }
    value
}

/// What stands at the end of a path of names from the window.
pub fn global(path: &str) -> JsValue {
    at(&js_sys::global(), path)
}

/// What a function at the end of a path from the window answers; undefined where there is none, or it throws.
pub fn call(path: &str, arguments: &[JsValue]) -> JsValue {
    let (mut owner, mut function) = (JsValue::UNDEFINED, js_sys::global().into());
    for name in parts(path, b'.') {
        let next = at(&function, name);
        owner = std::mem::replace(&mut function, next);
    }
    apply(&owner, function, arguments)
}

fn apply(owner: &JsValue, function: JsValue, arguments: &[JsValue]) -> JsValue {
    let function = function.dyn_into::<Function>();
    let arguments = arguments.iter().collect();
    function.and_then(|function| function.apply(owner, &arguments)).unwrap_or(JsValue::UNDEFINED)
}

/// What a method of an object answers; undefined where there is none, or it throws.
pub fn method(object: &JsValue, name: &str, arguments: &[JsValue]) -> JsValue {
    apply(object, at(object, name), arguments)
}

/// Whether there is anything.
pub fn is_some(value: &JsValue) -> bool {
    !value.is_undefined() && !value.is_null()
}

/// An object of texts, without those that are empty.
///
/// As a map and not as a struct, for whose fields `serde_wasm_bindgen` keeps a table of its own: 1,800 bytes of what a
/// shopper loads.
pub fn object(members: &[(&str, &str)]) -> Object {
    let writer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    let object = writer.collect_map(members.iter().copied().filter(|(_, text)| !text.is_empty()));
    object.map_or_else(|_| Object::new(), JsCast::unchecked_into)
}

/// Gives an object a member.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    // A page that forbids it has frozen what was its own.
    let _ = Reflect::set(object, &name.into(), value);
}

/// The page's address.
pub fn address() -> String {
    window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// The key of a link that the shop mailed, which leaves the address at once: it is nobody else's business.
pub fn taken() -> Option<String> {
    let address = address();
    let (page, fragment) = cut(&address, b'#');
    let key = fragment.strip_prefix("parrain_key=")?;
    let history = window()?.history().ok()?;
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(page));
    (!key.is_empty()).then(|| key.to_owned())
}

/// The languages that the visitor reads, the page's first.
pub fn languages() -> Vec<String> {
    let own = document().and_then(|document| document.document_element());
    let mut wishes = vec![own.and_then(|root| root.get_attribute("lang")).unwrap_or_default()];
    let browsers = window().map(|window| window.navigator().languages()).unwrap_or_default();
    for tag in browsers.iter() {
        wishes.push(tag.as_string().unwrap_or_default());
    }
    wishes
}

/// Calls back after some milliseconds, in a task of its own.
pub fn after(milliseconds: i32, work: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(move || guard(work));
    if let Some(window) = window() {
        let _ = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(callback.unchecked_ref(), milliseconds);
    }
}

/// Watches what the widget reacts to. A page that moves without loading changes what it shows: watching for that tells
/// of the move as well as of new forms, and leaves the shop's `history` alone.
pub fn watch() {
    let Some((window, document)) = window().zip(document()) else { return };
    for name in ["online", "pageshow"] {
        listen(&window, name, |_| tell(Event::Again));
    }
    listen(&window, "popstate", |_| look());
    listen(&window, "keydown", |event| {
        if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
            tell(Event::Escape);
        }
    });
    listen(&window, "change", |event| {
        const FIELDS: &str =
            "[data-parrain-code],[name=coupon_code],[name=discount_name],[name=coupon],[name=discount]";
        let field = event.target().map(JsCast::unchecked_into::<HtmlInputElement>);
        if let Some(field) = field.filter(|field| field.matches(FIELDS).unwrap_or(false)) {
            tell(Event::Seen(field.value()));
        }
    });
    thread_local!(static GATHERING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });
    let changed = function(|_: JsValue| {
        if !GATHERING.replace(true) {
            after(150, || {
                GATHERING.set(false);
                look();
            });
        }
    });
    // A question that is answered, or scrolled away, uncovers what waits for that.
    for name in ["click", "scroll", "resize"] {
        let _ = window.add_event_listener_with_callback(name, &changed);
    }
    if let Ok(observer) = MutationObserver::new(&changed) {
        let what = MutationObserverInit::new();
        what.set_child_list(true);
        what.set_subtree(true);
        let _ = observer.observe_with_options(&document, &what);
    }
}

/// Looks at the address again.
pub fn look() {
    match taken() {
        Some(key) => tell(Event::Key(key)),
        None => tell(Event::Look(address())),
    }
}

/// Tells the page's scripts.
pub fn emit(told: &Told) {
    let (name, detail) = match told {
        Told::Ready => ("parrain:ready", object(&[])),
        Told::Captured(code, source) => {
            ("parrain:captured", object(&[("code", code.as_str()), ("source", source.name())]))
        }
        Told::Redeemed(code, outcome) => {
            ("parrain:redeemed", object(&[("code", code.as_str()), ("outcome", outcome.name())]))
        }
        Told::Joined(code, link) => ("parrain:joined", object(&[("code", code.as_str()), ("link", link)])),
        Told::Error(what) => ("parrain:error", object(&[("what", what.name())])),
    };
    let init = CustomEventInit::new();
    init.set_detail(&detail);
    if let (Some(document), Ok(event)) = (document(), CustomEvent::new_with_event_init_dict(name, &init)) {
        let _ = document.dispatch_event(&event);
    }
}

/// Copies a text, by the clipboard or by the old way where that is forbidden.
pub fn copy(what: Copyable, text: String) {
    let work = async move {
        let promise = call("navigator.clipboard.writeText", &[text.as_str().into()]);
        let copied = is_some(&promise) && JsFuture::from(Promise::resolve(&promise)).await.is_ok();
        if copied || copy_by_hand(&text) == Some(true) {
            tell(Event::Copied(what));
        }
    };
    guard::spawn(work, || {});
}

/// Saves a text as a file, by a link that holds it: nothing of it leaves the device.
pub fn save(text: &str) {
    if let Some(link) = document().and_then(|document| document.create_element("a").ok()) {
        set(&link, "href", &join(&["data:text/csv;charset=utf-8,", &encode(text)]).into());
        set(&link, "download", &"rewards.csv".into());
        method(&link, "click", &[]);
    }
}

fn copy_by_hand(text: &str) -> Option<bool> {
    let document = document()?;
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.unchecked_into();
    field.set_value(text);
    let _ = field.style().set_property("position", "fixed");
    let _ = field.style().set_property("opacity", "0");
    document.body()?.append_child(&field).ok()?;
    field.select();
    let done = document.unchecked_ref::<HtmlDocument>().exec_command("copy");
    field.remove();
    done.ok()
}

/// Opens the browser's own share sheet. Closing it is no error.
pub fn share(text: &str, link: &str) {
    let promise = call("navigator.share", &[object(&[("text", text), ("url", link)]).into()]);
    if is_some(&promise) {
        let work = async move { drop(JsFuture::from(Promise::resolve(&promise)).await) };
        guard::spawn(work, || {});
    }
}

/// Opens Messenger, whose app takes the link on a phone; elsewhere it is pasted.
pub fn messenger(link: &str) {
    let Some(window) = window() else { return };
    let touched = window.match_media("(pointer:coarse)").ok().flatten().is_some_and(|query| query.matches());
    let app = join(&["fb-messenger://share/?link=", &encode(link)]);
    let address = if touched { app.as_str() } else { "https://www.messenger.com/new" };
    let _ = window.open_with_url_and_target(address, "_blank");
}

/// The touches as events carry them.
pub fn carried(touches: &[Touch]) -> JsValue {
    let list = js_sys::Array::new();
    for Touch { code, source, at } in touches {
        let one = object(&[("code", code.as_str()), ("source", source.name())]);
        let at = js_sys::Date::new(&(at.seconds() as f64 * 1000.0).into());
        set(&one, "at", &at.to_iso_string());
        list.push(&one);
    }
    list.into()
}

/// The forms that take a code along, and the Payment Links.
const FORMS: &str = "form[data-parrain]";
const LINKS: &str = "a[href^='https://buy.stripe.com/']";

fn all(selector: &str) -> Vec<Element> {
    let mut all = Vec::new();
    if let Some(found) = document().and_then(|document| document.query_selector_all(selector).ok()) {
        for place in 0..found.length() {
            if let Some(node) = found.get(place) {
                all.push(node.unchecked_into());
            }
        }
    }
    all
}

/// Whether the page has a form or link that takes a code along.
pub fn carries() -> bool {
    !all(FORMS).is_empty() || !all(LINKS).is_empty()
}

/// Writes what is known into every form and link of the page that takes it along.
pub fn carry(code: Option<&Code>, touches: &[Touch]) {
    let forms = all(FORMS);
    if !forms.is_empty() {
        let touches = if touches.is_empty() { None } else { net::json(&carried(touches)) };
        for form in forms {
            hidden(&form, "parrain_code", code.map(Code::as_str).unwrap_or_default());
            hidden(&form, "parrain_touches", touches.as_deref().unwrap_or_default());
        }
    }
    // A Payment Link takes the code along in its address.
    let Some(code) = code else { return };
    for link in all(LINKS) {
        let link: HtmlAnchorElement = link.unchecked_into();
        let href = link.href();
        let (address, fragment) = cut(&href, b'#');
        let (bare, query) = cut(address, b'?');
        // What the shop has put there itself stays.
        let mut new = String::new();
        for name in ["client_reference_id", "prefilled_promo_code"] {
            if !parts(query, b'&').any(|pair| cut(pair, b'=').0 == name) {
                new.push_str(&join(&[if new.is_empty() { "?" } else { "&" }, name, "=", code.as_str()]));
            }
        }
        if !new.is_empty() {
            let and = if query.is_empty() { "" } else { "&" };
            let hash = if fragment.is_empty() { "" } else { "#" };
            link.set_href(&join(&[bare, &new, and, query, hash, fragment]));
        }
    }
}

fn hidden(form: &Element, name: &str, value: &str) {
    let known = form.query_selector(&join(&["[name=", name, "]"])).ok().flatten();
    let field: HtmlInputElement = match known {
        Some(field) => field.unchecked_into(),
        None if value.is_empty() => return,
        None => {
            let made = document().and_then(|document| document.create_element("input").ok());
            let Some(made) = made.map(JsCast::unchecked_into::<HtmlInputElement>) else { return };
            made.set_type("hidden");
            made.set_name(name);
            let _ = form.append_child(&made);
            made
        }
    };
    if field.value() != value {
        field.set_value(value);
    }
}

/// Gives an element of the page the focus, without moving the page.
pub fn focus(element: &Element) {
    let options = Object::new();
    set(&options, "preventScroll", &true.into());
    let element: &HtmlElement = element.unchecked_ref();
    if let Ok(focus) = Reflect::get(element, &"focus".into()).and_then(JsCast::dyn_into::<Function>) {
        let _ = focus.call1(element, &options);
    }
}
