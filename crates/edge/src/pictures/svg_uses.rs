//! How often an SVG draws the same again by its name: drawings within drawings grow by themselves, so that a small file could
//! keep whoever looks at it busy for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How many `use` there may be.
const MOST_USES: usize = 100;

/// How many elements may be drawn by their names in all, those within others counted anew each time.
const MOST_DRAWN: u64 = 100_000;

/// As how many drawings a tile or a marker counts, which is drawn many times at once.
const TILES: u64 = 10;

/// How long a chain of names may be.
const MOST_LINKS: usize = 50;

/// What was seen of a drawing so far.
#[derive(Default)]
pub struct Uses {
    /// What has a name, in the order in which it began.
    named: Vec<Named>,
    /// For each element that is open, outermost first: which of `named` it is.
    open: Vec<Option<usize>>,
    /// What is drawn by its name, wherever.
    all: Vec<Use>,
    /// Which names the rules for a class of elements mention.
    sheets: Vec<(String, String)>,
    elements: u64,
    uses: usize,
}

/// What has a name, and so can be drawn again.
struct Named {
    name: String,
    /// How many times it is drawn at once.
    times: u64,
    /// How many elements it is, itself included; while it is open, how many began before it.
    elements: u64,
    /// Which of `all` are within it.
    within: Range<usize>,
}

/// One mention of something by its name.
enum Use {
    Of(String),
    /// Whatever the rules for this class mention.
    Class(String),
}

impl Uses {
    /// Notes an element that begins, with its attributes.
    pub fn open(&mut self, name: &str, attributes: &[(String, String)]) {
        let value =
            |key: &str| attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        self.uses += usize::from(name == "use");
        let named = value("id").map(|id| {
            let times = if matches!(name, "pattern" | "marker") { TILES } else { 1 };
            let (elements, within) = (self.elements, self.all.len()..self.all.len());
            self.named.push(Named { name: id.to_owned(), times, elements, within });
            self.named.len() - 1
        });
        self.open.push(named);
        self.elements += 1;
        if let Some(target) = value("href").and_then(|href| href.strip_prefix('#')) {
            self.all.push(Use::Of(target.to_owned()));
        }
        for (_, value) in attributes {
            self.all.extend(mentioned(value).map(Use::Of));
        }
        let classes = value("class").unwrap_or_default().split_whitespace();
        self.all.extend(classes.map(|class| Use::Class(class.to_owned())));
    }

    /// Notes that the innermost element ends.
    pub fn close(&mut self) {
        let named = self.open.pop().flatten().and_then(|at| self.named.get_mut(at));
        if let Some(named) = named {
            named.elements = self.elements - named.elements;
            named.within.end = self.all.len();
        }
    }

    /// Notes what a style sheet mentions by name; false where it is not plain for what that is good.
    pub fn sheet(&mut self, text: &str) -> bool {
        for rule in text.split('}') {
            let (selectors, said) = rule.split_once('{').unwrap_or(("", rule));
            let names: Vec<String> = mentioned(said).collect();
            if names.is_empty() {
                continue;
            }
            if said.contains('{') {
                return false;
            }
            for selector in selectors.split(',') {
                let class = selector.trim().strip_prefix('.').filter(|class| {
                    !class.is_empty() && class.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
                });
                let Some(class) = class else { return false };
                self.sheets.extend(names.iter().map(|name| (class.to_owned(), name.clone())));
            }
        }
        true
    }

    /// Whether so much is drawn again that it would never end, or not soon.
    pub fn are_too_many(&self) -> bool {
        if self.uses > MOST_USES {
            return true;
        }
        let mut by_name: BTreeMap<&str, Vec<&Named>> = BTreeMap::new();
        for named in &self.named {
            by_name.entry(&named.name).or_default().push(named);
        }
        let mut by_class: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (class, name) in self.sheets.iter().filter(|(_, name)| by_name.contains_key(name.as_str())) {
            by_class.entry(class).or_default().insert(name);
        }
        let mut costs = Costs { uses: self, by_name, by_class, known: BTreeMap::new() };
        let mut drawn = 0_u64;
        for at in 0..self.all.len() {
            match costs.of_use(at, 0) {
                Some(cost) => drawn = drawn.saturating_add(cost),
                None => return true,
            }
            if drawn > MOST_DRAWN {
                return true;
            }
        }
        false
    }
}

/// How many elements are drawn where something is drawn by its name.
struct Costs<'a> {
    uses: &'a Uses,
    by_name: BTreeMap<&'a str, Vec<&'a Named>>,
    by_class: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// By name; nothing while it is being counted.
    known: BTreeMap<&'a str, Option<u64>>,
}

impl<'a> Costs<'a> {
    /// `None` where a chain leads back to itself, is too long or draws too much.
    fn of_use(&mut self, at: usize, links: usize) -> Option<u64> {
        let uses = self.uses;
        match uses.all.get(at)? {
            Use::Of(name) => self.of_name(name, links),
            Use::Class(class) => {
                let names = self.by_class.get(class.as_str()).cloned().unwrap_or_default();
                let mut cost = 0_u64;
                for name in names {
                    cost = bounded(cost.saturating_add(self.of_name(name, links)?))?;
                }
                Some(cost)
            }
        }
    }

    fn of_name(&mut self, name: &'a str, links: usize) -> Option<u64> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        if links >= MOST_LINKS {
            return None;
        }
        self.known.insert(name, None);
        let mut cost = 0_u64;
        for named in self.by_name.get(name).cloned().unwrap_or_default() {
            let mut own = named.elements;
            for at in named.within.clone() {
                own = bounded(own.saturating_add(self.of_use(at, links + 1)?))?;
            }
            cost = bounded(cost.saturating_add(own.saturating_mul(named.times)))?;
        }
        self.known.insert(name, Some(cost));
        Some(cost)
    }
}

fn bounded(cost: u64) -> Option<u64> {
    Some(cost).filter(|cost| *cost <= MOST_DRAWN)
}

/// The names of this document that a value mentions as `url(#name)`.
fn mentioned(value: &str) -> impl Iterator<Item = String> {
    let small: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    let mut names = Vec::new();
    // Function names are written in any case, and no letter beside these has another length in the other.
    let lower = small.to_ascii_lowercase();
    for (at, _) in lower.match_indices("url(") {
        let rest = small.get(at + 4..).unwrap_or_default().trim_start_matches(['"', '\'']);
        if let Some(name) = rest.strip_prefix('#') {
            names.push(name.split(['"', '\'', ')']).next().unwrap_or_default().to_owned());
        }
    }
    names.into_iter()
}
