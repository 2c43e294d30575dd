//! A piece of page as a tree: what a view makes, and what `browser::dom` makes the page be. Pure, so that a test can
//! read what a shopper would.

use std::ops::Deref;

use crate::text::{cut, parts};

/// A node of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A text. What comes from outside only ever becomes one of these, or an attribute's value.
    Text(String),
    /// An element.
    Element(Element),
}

/// An element with its attributes and children. A view hands each from call to call, so that it is a pointer: the parts
/// themselves, moved that often, would be 1,200 bytes of what a shopper loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element(Box<Parts>);

/// What an element is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Its name: of HTML, or of SVG for [`Element::is_svg`].
    pub name: &'static str,
    /// Names and values, in order.
    pub attributes: Vec<(&'static str, String)>,
    /// What is in it, in order.
    pub children: Vec<Node>,
}

impl Node {
    /// Whether it is an element of this class, or one is in it.
    pub fn holds(&self, class: &str) -> bool {
        match self {
            Node::Element(element) => {
                element.get("class") == class || element.children.iter().any(|child| child.holds(class))
            }
            Node::Text(_) => false,
        }
    }
}

/// An empty element.
#[inline(never)]
pub fn el(name: &'static str) -> Element {
    Element(Box::new(Parts { name, attributes: Vec::new(), children: Vec::new() }))
}

/// An empty element of this class.
#[inline(never)]
pub fn classed(name: &'static str, class: &str) -> Element {
    el(name).set("class", class)
}

impl Deref for Element {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Element {
    /// With an attribute; without it where the value is empty.
    #[inline(never)]
    pub fn set(mut self, name: &'static str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.attributes.push((name, value.into()));
        }
        self
    }

    /// With attributes as HTML writes them, but without quotes: no value has a blank. One text of them weighs a third of as
    /// many calls.
    #[inline(never)]
    pub fn attributes(mut self, all: &'static str) -> Self {
        for one in parts(all, b' ') {
            let (name, value) = cut(one, b'=');
            self.0.attributes.push((name, value.into()));
        }
        self
    }

    /// With a text at its end; an empty one is left out.
    #[inline(never)]
    pub fn text(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.0.children.push(Node::Text(text.into()));
        }
        self
    }

    /// With an element at its end.
    #[inline(never)]
    pub fn with(mut self, child: Element) -> Self {
        self.0.children.push(Node::Element(child));
        self
    }

    /// With these elements at its end.
    #[inline(never)]
    pub fn all(mut self, children: Vec<Element>) -> Self {
        for child in children {
            self.0.children.push(Node::Element(child));
        }
        self
    }

    /// With an element at its end, where there is one.
    #[inline(never)]
    pub fn maybe(self, child: Option<Element>) -> Self {
        match child {
            Some(child) => self.with(child),
            None => self,
        }
    }

    /// Whether it is of SVG.
    pub fn is_svg(&self) -> bool {
        matches!(self.name, "svg" | "path")
    }

    /// The value of an attribute, empty where it has none.
    pub fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }
}

/// All the text of a piece of page, without the marks that isolate directions.
#[cfg(test)]
pub fn words(element: Option<&Element>) -> String {
    fn collect(element: &Element, out: &mut Vec<String>) {
        for child in &element.children {
            match child {
                Node::Text(text) => out.push(text.clone()),
                Node::Element(element) => collect(element, out),
            }
        }
    }
    let mut out = Vec::new();
    element.into_iter().for_each(|element| collect(element, &mut out));
    out.join(" ").replace(['\u{2068}', '\u{2069}'], "")
}

/// The values of every attribute of this name.
#[cfg(test)]
pub fn values(element: Option<&Element>, name: &str) -> Vec<String> {
    fn collect(element: &Element, name: &str, out: &mut Vec<String>) {
        out.extend(element.attributes.iter().filter(|(key, _)| *key == name).map(|(_, value)| value.clone()));
        for child in &element.children {
            if let Node::Element(element) = child {
                collect(element, name, out);
            }
        }
    }
    let mut out = Vec::new();
    element.into_iter().for_each(|element| collect(element, name, &mut out));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_left_out() {
        let made = el("p").set("id", "").attributes("lang=fr dir=ltr").text("").text("<b>").with(el("br"));
        assert_eq!(made.attributes, [("lang", "fr".to_owned()), ("dir", "ltr".to_owned())]);
        assert_eq!(made.children, [Node::Text("<b>".into()), Node::Element(el("br"))]);
        assert_eq!((made.get("lang"), made.get("id")), ("fr", ""));
        assert_eq!(words(Some(&made)), "<b>");
    }
}
