//! Places in the page: one shadow root each, changed only where it differs from what is to be seen.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{
    CssStyleSheet, Document, Element, HtmlFormElement, HtmlInputElement, KeyboardEvent, ShadowRoot,
    ShadowRootInit, ShadowRootMode,
};

use super::guard::{broken, listen};
use super::{Event, Form, aside, page, tell};
use crate::action::Action;
use crate::model::What;
use crate::node::{self, Node};
use crate::view::Kind;

/// A place that is in the page.
#[derive(Clone)]
struct Place {
    kind: Kind,
    host: Element,
    root: ShadowRoot,
}

thread_local! {
    static PLACES: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
    /// Where the focus is to go when that is painted: into the panel, or back to the launcher.
    static GOING: Cell<Option<bool>> = const { Cell::new(None) };
}

/// How every place looks.
pub struct Look {
    /// The style sheet.
    pub style: String,
    /// `light` or `dark`, where the shop has chosen.
    pub theme: Option<String>,
}

/// The places of a kind that are in the page.
fn places(kind: Kind) -> Vec<Place> {
    let mut all = PLACES.with_borrow(Vec::clone);
    all.retain(|place| place.kind == kind && place.host.is_connected());
    all
}

/// Whether a place of this kind is in the page.
pub fn is_mounted(kind: Kind) -> bool {
    !places(kind).is_empty()
}

/// Makes an element of the page a place.
pub fn mount(host: &Element, kind: Kind, look: &Look) -> Option<()> {
    let root = match host.shadow_root() {
        Some(root) => root,
        None => host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?,
    };
    if PLACES.with_borrow(|places| places.iter().any(|place| place.host == *host)) {
        return Some(());
    }
    dress(&root, &look.style);
    listen(&root, "click", |event| {
        let pressed: Option<Element> = event.target().map(JsCast::unchecked_into);
        let button = pressed.and_then(|pressed| pressed.closest("button[data-a]").ok().flatten());
        let action = button.and_then(|button| {
            let value = button.get_attribute("data-v").unwrap_or_default();
            Action::read(&button.get_attribute("data-a")?, &value)
        });
        if let Some(action) = action {
            tell(Event::Press(action));
        }
    });
    listen(&root, "submit", |event| {
        event.prevent_default();
        let Some(form) = event.target().map(JsCast::unchecked_into::<HtmlFormElement>) else { return };
        let value = |name: &str| {
            let field = Reflect::get(&form.elements(), &name.into()).unwrap_or(JsValue::UNDEFINED);
            let field = page::is_some(&field).then(|| field.unchecked_into::<HtmlInputElement>());
            field.map(|field| field.value()).unwrap_or_default()
        };
        tell(Event::Form(match form.get_attribute("data-a").as_deref() {
            Some("join") => Form::Join { name: value("name"), email: value("email") },
            Some("claim") => Form::Claim(value("order")),
            Some(action @ ("link" | "remind")) => {
                Form::Mail { reminder: action == "remind", email: value("email") }
            }
            _ => Form::Code(value("code")),
        }));
    });
    if kind == Kind::Launcher {
        listen(&root, "keydown", |event| {
            if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
                tell(Event::Press(Action::Close));
            }
        });
    }
    let place = Place { kind, host: host.clone(), root };
    PLACES.with_borrow_mut(|places| places.push(place));
    Some(())
}

/// A constructed sheet is allowed under a strict style-src, where a style element is not.
fn dress(root: &ShadowRoot, style: &str) {
    let sheet = CssStyleSheet::new().ok().filter(|sheet| sheet.replace_sync(style).is_ok());
    let adopted = sheet
        .is_some_and(|sheet| Reflect::set(root, &"adoptedStyleSheets".into(), &Array::of1(&sheet)).is_ok());
    if !adopted
        && let Some(element) = page::document().and_then(|document| document.create_element("style").ok())
    {
        element.set_text_content(Some(style));
        let _ = root.insert_before(&element, root.first_child().as_ref());
    }
}

/// Shows a view in every place of its kind. The place in the corner is made when it has something.
pub fn paint(kind: Kind, view: Option<&Node>, look: &Look) {
    let Some(document) = page::document() else { return };
    if kind == Kind::Launcher {
        // What the loader has drawn there stays until there is something to put in its place, in the same root.
        let light = document.query_selector("parrain-widget[data-light]").ok().flatten();
        match light {
            Some(_) if view.is_none_or(|view| view.holds("wait")) => return,
            Some(host) => drop(host.remove_attribute("data-light")),
            None => {}
        }
        if view.is_some() && !is_mounted(kind) {
            corner(&document, look);
        }
    }
    for place in places(kind) {
        if children(&document, &place.root, view.map_or(&[], std::slice::from_ref)).is_err() {
            broken(What::Page);
        }
    }
    if kind != Kind::Launcher {
        return;
    }
    for place in places(kind) {
        aside::step(&document, &place.host, place.root.query_selector("#quiet").ok().flatten());
    }
    if let Some(into) = GOING.take() {
        let wanted = if into { "#panel h2" } else { ".launch" };
        for place in places(kind) {
            if let Ok(Some(element)) = place.root.query_selector(wanted) {
                page::focus(&element);
            }
        }
    }
}

/// Moves the focus to the panel's heading, or back to the button that opened it, when that is painted.
pub fn focus(into: bool) {
    GOING.set(Some(into));
}

/// The place in the corner: the one that the loader has made, or a new one.
fn corner(document: &Document, look: &Look) -> Option<()> {
    let name = Kind::Launcher.element();
    let host = match document.query_selector(name).ok().flatten() {
        Some(host) => host,
        None => {
            let host = document.create_element(name).ok()?;
            if let Some(theme) = &look.theme {
                host.set_attribute("data-theme", theme).ok()?;
            }
            document
                .body()
                .map(Element::from)
                .or_else(|| document.document_element())?
                .append_child(&host)
                .ok()?;
            host
        }
    };
    mount(&host, Kind::Launcher, look)
}

const ELEMENT: u16 = 1;
const TEXT: u16 = 3;

/// Makes the children of `parent` be these, keeping every element that can stay as it is: so the focus, and what the
/// shopper is typing, stay too.
fn children(document: &Document, parent: &web_sys::Node, wanted: &[Node]) -> Result<(), JsValue> {
    let mut place = parent.first_child();
    if place.as_ref().is_some_and(|place| place.node_name() == "STYLE") {
        place = place.and_then(|style| style.next_sibling());
    }
    for node in wanted {
        let made = match (node, place.as_ref()) {
            (Node::Text(text), Some(here)) if here.node_type() == TEXT => {
                if here.node_value().as_ref() != Some(text) {
                    here.set_node_value(Some(text));
                }
                None
            }
            (Node::Text(text), _) => Some(document.create_text_node(text).into()),
            (Node::Element(element), Some(here)) if fits(here, element) => {
                dress_as(document, here.unchecked_ref(), element)?;
                None
            }
            (Node::Element(element), _) => Some(make(document, element)?.into()),
        };
        match made {
            Some(made) => drop(parent.insert_before(&made, place.as_ref())?),
            None => place = place.and_then(|here| here.next_sibling()),
        }
    }
    while let Some(rest) = place {
        place = rest.next_sibling();
        parent.remove_child(&rest)?;
    }
    Ok(())
}

/// Whether an element of the page can become another. The screens of the panel never become one another: a new screen is
/// a new thing to read.
fn fits(here: &web_sys::Node, wanted: &node::Element) -> bool {
    let element: &Element = here.unchecked_ref();
    here.node_type() == ELEMENT
        && element.local_name() == wanted.name
        && element.get_attribute("data-k").unwrap_or_default() == wanted.get("data-k")
}

fn make(document: &Document, wanted: &node::Element) -> Result<Element, JsValue> {
    let space = if wanted.is_svg() { "http://www.w3.org/2000/svg" } else { "http://www.w3.org/1999/xhtml" };
    let made = document.create_element_ns(Some(space), wanted.name)?;
    dress_as(document, &made, wanted)?;
    Ok(made)
}

fn dress_as(document: &Document, element: &Element, wanted: &node::Element) -> Result<(), JsValue> {
    for name in element.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        // What the shopper has unfolded stays so.
        if name != "open" && !wanted.attributes.iter().any(|(known, _)| *known == name) {
            element.remove_attribute(&name)?;
        }
    }
    for (name, value) in &wanted.attributes {
        if element.get_attribute(name).as_ref() != Some(value) {
            element.set_attribute(name, value)?;
        }
    }
    children(document, element, &wanted.children)
}
