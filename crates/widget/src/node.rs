//! A piece of page as plain data, so that every view is a pure function that a test can read.

/// An element or a text. Text from outside only ever becomes a text node.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A text node.
    Text(String),
    /// An element.
    Element(Element),
    /// Nothing; it leaves no trace in the page.
    Nothing,
}

/// An element with its attributes and children.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Tag name; `svg` and `path` are made in the SVG name space.
    pub tag: &'static str,
    /// Attributes in order.
    pub attributes: Vec<(&'static str, String)>,
    /// Children in order.
    pub children: Vec<Node>,
}

/// Begins an element with a class (may be empty).
pub fn el(tag: &'static str, class: &str) -> Element {
    let mut element = Element { tag, attributes: Vec::new(), children: Vec::new() };
    if !class.is_empty() {
        element = element.set("class", class);
    }
    element
}

impl Element {
    /// Sets an attribute.
    pub fn set(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// What pressing it (or sending it, for a form) asks for, with an argument.
    pub fn act(self, action: &str, value: &str) -> Self {
        let this = self.set("data-a", action);
        if value.is_empty() { this } else { this.set("data-v", value) }
    }

    /// Adds a text.
    pub fn text(mut self, text: &str) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// Adds a child.
    pub fn with(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Node {
        Node::Element(element)
    }
}

impl From<Option<Element>> for Node {
    fn from(element: Option<Element>) -> Node {
        element.map_or(Node::Nothing, Node::Element)
    }
}

#[cfg(test)]
impl Node {
    /// All the text in it, as a reader meets it, without the marks that isolate directions.
    pub fn words(&self) -> String {
        match self {
            Node::Text(text) => text.replace(['\u{2068}', '\u{2069}'], ""),
            Node::Element(element) => element.children.iter().map(Node::words).collect::<Vec<_>>().join(" "),
            Node::Nothing => String::new(),
        }
    }

    /// Every action that it offers.
    pub fn actions(&self) -> Vec<String> {
        let Node::Element(element) = self else { return Vec::new() };
        let own =
            element.attributes.iter().filter(|(name, _)| *name == "data-a").map(|(_, value)| value.clone());
        own.chain(element.children.iter().flat_map(Node::actions)).collect()
    }
}
