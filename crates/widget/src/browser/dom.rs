//! Puts views into the page: one shadow root for each place, changed only where it differs.

use wasm_bindgen::JsValue;

use super::js::{
    array_of, call, call_text, call_texts, call1, construct, document, get, get_text, items, on, parse, set,
    set_text, text_of, window,
};
use super::send;
use crate::html::Op;
use crate::view::Kind;

const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));
const SVG: &str = "http://www.w3.org/2000/svg";
const HTML: &str = "http://www.w3.org/1999/xhtml";

/// A place in the page and what it shows.
pub struct Mount {
    /// What it shows.
    pub kind: Kind,
    host: JsValue,
    root: JsValue,
    shown: Vec<Op>,
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
            listen(&root, kind);
        }
        Some(Mount { kind, host, root, shown: Vec::new() })
    }

    /// The place in the corner of the window.
    pub fn dock(theme: &str) -> Option<Mount> {
        let host = call_text(&document(), "createElement", "parrain-widget");
        if !theme.is_empty() {
            call_texts(&host, "setAttribute", "data-theme", theme);
        }
        let body = get(&document(), "body");
        let parent = if body.is_object() { body } else { super::js::root() };
        call1(&parent, "appendChild", &host);
        Mount::new(host, Kind::Launcher)
    }

    /// Whether it is still in the page.
    pub fn is_there(&self) -> bool {
        get(&self.host, "isConnected").is_truthy()
    }

    /// Shows this.
    pub fn show(&mut self, ops: Vec<Op>) {
        if ops != self.shown {
            children(&document(), &self.root, &mut ops.as_slice());
            self.shown = ops;
        }
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

/// Dispatches an event on the document.
pub fn dispatch(name: &str, detail: &JsValue) {
    let options = parse("{}");
    set(&options, "detail", detail);
    let event = construct(&get(&window(), "CustomEvent"), &name.into(), &options);
    call1(&document(), "dispatchEvent", &event);
}

fn style(root: &JsValue) {
    // A constructed sheet is allowed under a strict style-src, where a style element is not.
    let sheet = construct(&get(&window(), "CSSStyleSheet"), &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    call_text(&sheet, "replaceSync", STYLE);
    if !sheet.is_object() || !set(root, "adoptedStyleSheets", &array_of(&sheet)) {
        let element = call_text(&document(), "createElement", "style");
        set_text(&element, "textContent", STYLE);
        call1(root, "appendChild", &element);
    }
}

fn listen(root: &JsValue, kind: Kind) {
    on(root, "click", |event| {
        let pressed = call_text(&get(&event, "target"), "closest", "button[data-a]");
        let (action, value) = (attribute(&pressed, "data-a"), attribute(&pressed, "data-v"));
        if !action.is_empty() {
            send(move |app| app.model.act(&action, &value, &mut app.page));
        }
    });
    on(root, "submit", |event| {
        call1(&event, "preventDefault", &JsValue::UNDEFINED);
        let form = get(&event, "target");
        let fields = get(&form, "elements");
        let value = |name: &str| get_text(&get(&fields, name), "value");
        let (name, email, code) = (value("name"), value("email"), value("code"));
        let joins = attribute(&form, "data-a") == "join";
        send(move |app| {
            if joins {
                app.model.join(&name, &email, &mut app.page);
            } else {
                app.model.code_typed(&code, &mut app.page);
            }
        });
    });
    if kind == Kind::Launcher {
        on(root, "keydown", |event| {
            if get_text(&event, "key") == "Escape" {
                send(|app| app.model.act("close", "", &mut app.page));
            }
        });
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
        Op::Set("data-k", value) => Some(value.as_str()),
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
