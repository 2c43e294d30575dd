//! Puts views into the page: one shadow root for each place, changed only where it differs.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element as Dom, Node as DomNode};

use super::js::{call, construct, document, get, object, on, set, text_of};
use super::send;
use crate::json::Json;
use crate::model::Msg;
use crate::node::{Element, Node};
use crate::view::Kind;

const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));
const SVG: &str = "http://www.w3.org/2000/svg";

/// A place in the page and what it shows.
pub struct Mount {
    /// What it shows.
    pub kind: Kind,
    host: JsValue,
    root: DomNode,
}

impl Mount {
    /// Makes a place of an element of the page; nothing where it cannot be one, or is one already.
    pub fn new(host: JsValue, kind: Kind) -> Option<Mount> {
        let before = get(&host, "shadowRoot");
        let root = if before.is_truthy() {
            before
        } else {
            let root = call(&host, "attachShadow", &[object(&[("mode", "open".into())])]).ok()?;
            style(&root);
            listen(&root, kind);
            root
        };
        Some(Mount { kind, host, root: root.unchecked_into() })
    }

    /// The place in the corner of the window.
    pub fn dock(config: &JsValue) -> Option<Mount> {
        let host = call(&document(), "createElement", &["parrain-widget".into()]).ok()?;
        let theme = config.word("theme");
        if !theme.is_empty() {
            let _ = call(&host, "setAttribute", &["data-theme".into(), theme.into()]);
        }
        let body = get(&document(), "body");
        let parent = if body.is_truthy() { body } else { super::js::root() };
        call(&parent, "appendChild", std::slice::from_ref(&host)).ok()?;
        Mount::new(host, Kind::Launcher)
    }

    /// Whether it is still in the page.
    pub fn is_there(&self) -> bool {
        get(&self.host, "isConnected").is_truthy()
    }

    /// Shows this.
    pub fn show(&self, nodes: &[Node]) {
        let Some(document) = document().dyn_into::<Document>().ok() else { return };
        children(&document, &self.root, nodes);
    }

    /// Moves the focus to the panel's heading, or back to the button that opened it. Only from within:
    /// what opens by itself does not take the shopper away from what they do.
    pub fn focus(&self, on: bool) {
        if self.kind != Kind::Launcher {
            return;
        }
        let target = call(
            &self.root,
            "querySelector",
            &[if on { ".panel:not(.quiet) h2,.panel:not(.quiet)" } else { ".launch" }.into()],
        );
        if let Ok(target) = target {
            let _ = call(&target, "focus", &[object(&[("preventScroll", JsValue::TRUE)])]);
        }
    }
}

/// Dispatches an event on the document.
pub fn dispatch(name: &str, detail: &JsValue) {
    if let Some(event) = construct("CustomEvent", &[name.into(), object(&[("detail", detail.clone())])]) {
        let _ = call(&document(), "dispatchEvent", &[event]);
    }
}

fn style(root: &JsValue) {
    // A constructed sheet is allowed under a strict style-src, where a style element is not.
    let sheet =
        construct("CSSStyleSheet", &[]).filter(|sheet| call(sheet, "replaceSync", &[STYLE.into()]).is_ok());
    if sheet.is_some_and(|sheet| set(root, "adoptedStyleSheets", &js_sys::Array::of1(&sheet))) {
        return;
    }
    if let Ok(element) = call(&document(), "createElement", &["style".into()]) {
        set(&element, "textContent", &STYLE.into());
        // Outside of what `children` compares: the sheet goes with the host, not with the views.
        let _ = call(&get(root, "host"), "appendChild", &[element]);
    }
}

fn listen(root: &JsValue, kind: Kind) {
    on(root, "click", |event| {
        let Ok(pressed) = call(&get(&event, "target"), "closest", &["[data-a]:not(form)".into()]) else {
            return;
        };
        if let Some(action) = attribute(&pressed, "data-a") {
            send(Msg::Act(action, attribute(&pressed, "data-v").unwrap_or_default()));
        }
    });
    on(root, "submit", |event| {
        let _ = call(&event, "preventDefault", &[]);
        let fields = get(&get(&event, "target"), "elements");
        let value = |name: &str| text_of(&get(&get(&fields, name), "value"));
        send(match attribute(&get(&event, "target"), "data-a").as_deref() {
            Some("join") => Msg::Join(value("name"), value("email")),
            _ => Msg::Code(value("code")),
        });
    });
    if kind == Kind::Launcher {
        on(root, "keydown", |event| {
            if text_of(&get(&event, "key")) == "Escape" {
                send(Msg::Act("close".into(), String::new()));
            }
        });
    }
}

fn attribute(element: &JsValue, name: &str) -> Option<String> {
    call(element, "getAttribute", &[name.into()]).ok()?.as_string()
}

/// Makes the children of `parent` be `nodes`, keeping every element that can stay as it is: so the
/// focus, and what the shopper is typing, stay too.
fn children(document: &Document, parent: &DomNode, nodes: &[Node]) {
    let mut place = parent.first_child();
    for node in nodes {
        let wanted = match node {
            Node::Nothing => continue,
            Node::Text(text) => {
                if let Some(here) = place.clone().filter(|here| here.node_type() == DomNode::TEXT_NODE) {
                    if here.node_value().as_deref() != Some(text) {
                        here.set_node_value(Some(text));
                    }
                    place = here.next_sibling();
                    continue;
                }
                document.create_text_node(text).into()
            }
            Node::Element(element) => {
                let here = place.clone().and_then(|here| here.dyn_into::<Dom>().ok());
                if let Some(here) = here.filter(|here| fits(here, element)) {
                    place = here.next_sibling();
                    attributes(&here, element);
                    children(document, &here, &element.children);
                    continue;
                }
                let Some(made) = make(document, element) else { continue };
                made
            }
        };
        let _ = parent.insert_before(&wanted, place.as_ref());
    }
    while let Some(rest) = place {
        place = rest.next_sibling();
        let _ = parent.remove_child(&rest);
    }
}

/// Whether an element of the page can become the wanted one. The screens of the panel never become one
/// another: a new screen is a new thing to read.
fn fits(here: &Dom, wanted: &Element) -> bool {
    let key = wanted.attributes.iter().find(|(name, _)| *name == "data-k").map(|(_, value)| value.as_str());
    here.local_name() == wanted.tag && here.get_attribute("data-k").as_deref() == key
}

fn make(document: &Document, element: &Element) -> Option<DomNode> {
    let made = if matches!(element.tag, "svg" | "path") {
        document.create_element_ns(Some(SVG), element.tag)
    } else {
        document.create_element(element.tag)
    };
    let made = made.ok()?;
    attributes(&made, element);
    children(document, &made, &element.children);
    Some(made.into())
}

fn attributes(here: &Dom, wanted: &Element) {
    for name in here.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if !wanted.attributes.iter().any(|(kept, _)| *kept == name) {
            let _ = here.remove_attribute(&name);
        }
    }
    for (name, value) in &wanted.attributes {
        if here.get_attribute(name).as_deref() != Some(value) {
            let _ = here.set_attribute(name, value);
        }
    }
}
