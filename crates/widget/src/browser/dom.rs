//! Puts views into the page: one shadow root for each place, changed only where it differs.

use wasm_bindgen::JsValue;

use super::intl::Intl;
use super::js::{
    Heard, at, call, call_text, call_texts, call1, construct, document, get, get_text, items, on, parse,
    root, set, set_text, single, text_of,
};
use super::{Event, send};
use crate::html::Op;
use crate::model::Model;
use crate::view::{Arena, Kind, view};

const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));
const SVG: &str = "http://www.w3.org/2000/svg";
const HTML: &str = "http://www.w3.org/1999/xhtml";

/// A place in the page and what it shows.
pub struct Mount {
    /// What it shows.
    pub kind: Kind,
    host: JsValue,
    root: JsValue,
}

impl Mount {
    /// Makes a place of an element of the page; nothing where it cannot be one.
    pub fn new(host: JsValue, kind: Kind) -> Option<Mount> {
        let mut root = get(&host, "shadowRoot");
        if !root.is_object() {
            root = call1(&host, "attachShadow", &parse("{\"mode\":\"open\"}"));
            if !root.is_object() {
                return None;
            }
            style(&root);
            on(&root, "click", Heard::Click);
            on(&root, "submit", Heard::Submit);
            if kind == Kind::Launcher {
                on(&root, "keydown", Heard::Key);
            }
        }
        Some(Mount { kind, host, root })
    }

    /// The place in the corner of the window.
    pub fn dock(theme: &str) -> Option<Mount> {
        let host = call_text(&document(), "createElement", "parrain-widget");
        if !theme.is_empty() {
            call_texts(&host, "setAttribute", "data-theme", theme);
        }
        let body = at("document.body");
        let parent = if body.is_object() { body } else { root() };
        call1(&parent, "appendChild", &host);
        Mount::new(host, Kind::Launcher)
    }

    /// Moves the focus to the panel's heading, or back to the button that opened it. What opened by
    /// itself does not take the shopper away from what they do.
    pub fn focus(&self, into: bool) {
        if self.kind == Kind::Launcher {
            let target = call_text(&self.root, "querySelector", if into { "#panel h2" } else { ".launch" });
            call1(&target, "focus", &parse("{\"preventScroll\":true}"));
        }
    }
}

/// Shows in every place what there is to be seen. The place in the corner is made when it has something.
pub fn show(model: &Model, mounts: &mut Vec<Mount>, theme: &str) {
    let format = Intl { tag: &model.locale.tag };
    let arena = Arena::new();
    let document = document();
    mounts.retain(|mount| get(&mount.host, "isConnected").is_truthy());
    if !mounts.iter().any(|mount| mount.kind == Kind::Launcher)
        && !view(model, &format, &arena, Kind::Launcher).is_empty()
    {
        mounts.extend(Mount::dock(theme));
    }
    for mount in mounts {
        children(&document, &mount.root, &mut view(model, &format, &arena, mount.kind).as_slice());
    }
}

/// Dispatches an event on the document.
pub fn dispatch(name: &str, detail: &JsValue) {
    let options = parse("{}");
    set(&options, "detail", detail);
    let event = construct("CustomEvent", &name.into(), &options);
    call1(&document(), "dispatchEvent", &event);
}

fn style(root: &JsValue) {
    // A constructed sheet is allowed under a strict style-src, where a style element is not.
    let sheet = construct("CSSStyleSheet", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    call_text(&sheet, "replaceSync", STYLE);
    if !sheet.is_object() || !set(root, "adoptedStyleSheets", &single(&sheet)) {
        let element = call_text(&document(), "createElement", "style");
        set_text(&element, "textContent", STYLE);
        call1(root, "appendChild", &element);
    }
}

/// Something in one of our roots was clicked.
pub fn clicked(event: &JsValue) {
    let button = call_text(&get(event, "target"), "closest", "button[data-a]");
    if button.is_object() {
        send(Event::Press(attribute(&button, "data-a"), attribute(&button, "data-v")));
    }
}

/// One of our forms was sent.
pub fn submitted(event: &JsValue) {
    call_text(event, "preventDefault", "");
    let form = get(event, "target");
    let fields = get(&form, "elements");
    let value = |name: &str| get_text(&get(&fields, name), "value");
    send(Event::Form(attribute(&form, "data-a"), value("name"), value("email"), value("code")));
}

/// A key was pressed in the panel.
pub fn pressed(event: &JsValue) {
    if get_text(event, "key") == "Escape" {
        send(Event::Press("close".into(), String::new()));
    }
}

fn attribute(element: &JsValue, name: &str) -> String {
    text_of(&call_text(element, "getAttribute", name))
}

/// Makes the children of `parent` be what `ops` says up to its end or closing, keeping every element
/// that can stay as it is: so the focus, and what the shopper is typing, stay too.
fn children(document: &JsValue, parent: &JsValue, ops: &mut &[Op]) {
    let mut place = get(parent, "firstChild");
    if get_text(&place, "localName") == "style" {
        place = get(&place, "nextSibling");
    }
    while let Some((op, after)) = ops.split_first() {
        *ops = after;
        let made = match op {
            Op::Close => break,
            // An attribute is read together with its element.
            Op::Set(..) => continue,
            Op::Text(text) => {
                if get_text(&place, "nodeName") == "#text" {
                    if get_text(&place, "data") != *text {
                        set_text(&place, "data", text);
                    }
                    place = get(&place, "nextSibling");
                    continue;
                }
                call_text(document, "createTextNode", text)
            }
            Op::Open(tag) => {
                let count = ops.iter().take_while(|op| matches!(op, Op::Set(..))).count();
                let (attributes, inside) = ops.split_at(count);
                *ops = inside;
                if fits(&place, tag, attributes) {
                    dress(&place, attributes);
                    children(document, &place, ops);
                    place = get(&place, "nextSibling");
                    continue;
                }
                let space = if matches!(*tag, "svg" | "path") { SVG } else { HTML };
                let element = call_texts(document, "createElementNS", space, tag);
                dress(&element, attributes);
                children(document, &element, ops);
                element
            }
        };
        call(parent, "insertBefore", &made, &place);
    }
    while place.is_object() {
        let next = get(&place, "nextSibling");
        call1(parent, "removeChild", &place);
        place = next;
    }
}

/// Whether an element of the page can become the wanted one. The screens of the panel never become one
/// another: a new screen is a new thing to read.
fn fits(old: &JsValue, tag: &str, attributes: &[Op]) -> bool {
    let key = attributes.iter().find_map(|op| match op {
        Op::Set("data-k", value) => Some(*value),
        _ => None,
    });
    get_text(old, "localName") == tag && attribute(old, "data-k") == key.unwrap_or_default()
}

fn dress(element: &JsValue, attributes: &[Op]) {
    for name in items(&call1(element, "getAttributeNames", &JsValue::UNDEFINED)) {
        let name = text_of(&name);
        if !attributes.iter().any(|op| matches!(op, Op::Set(kept, _) if *kept == name)) {
            call_text(element, "removeAttribute", &name);
        }
    }
    for op in attributes {
        match op {
            Op::Set(name, value) if value.is_empty() || attribute(element, name) != *value => {
                call_texts(element, "setAttribute", name, value);
            }
            _ => {}
        }
    }
}
