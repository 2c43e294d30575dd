//! SVG made harmless: read as XML and written anew with what draws something, and nothing else. No script, no style or
//! picture from elsewhere, no text of another language within, no entities. What is not on the lists below is left out
//! with all that stands in it.

use std::collections::BTreeSet;

use parrain_wire::materials::PictureKind;
use quick_xml::Writer;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::reader::Reader;

use super::svg_uses::Uses;
use super::{BROKEN, NO_PICTURE, Picture};

/// How deep elements may stand in one another.
const MOST_DEEP: usize = 100;

/// How many names of what was left out are told.
const MOST_TOLD: usize = 20;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// Elements that hold others.
const GROUPS: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "clipPath",
    "mask",
    "pattern",
    "marker",
    "filter",
    "linearGradient",
    "radialGradient",
    "feMerge",
];

/// Elements that show something.
const SHAPES: &[&str] = &[
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath", "use",
    "image",
];

/// Elements that say how.
const MANNERS: &[&str] = &[
    "stop",
    "title",
    "desc",
    "style",
    "feGaussianBlur",
    "feOffset",
    "feBlend",
    "feColorMatrix",
    "feComposite",
    "feFlood",
    "feMergeNode",
    "feMorphology",
    "feDropShadow",
];

/// Elements whose text stays.
const TEXTS: &[&str] = &["text", "tspan", "textPath", "title", "desc", "style"];

/// Attributes that stay; `href` and those that name something are looked at beside.
const ATTRIBUTES: &[&str] = &[
    "alignment-baseline",
    "baseline-shift",
    "class",
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "color",
    "color-interpolation",
    "color-interpolation-filters",
    "cx",
    "cy",
    "d",
    "direction",
    "display",
    "dominant-baseline",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "fill-rule",
    "filter",
    "filterUnits",
    "flood-color",
    "flood-opacity",
    "font",
    "font-family",
    "font-size",
    "font-stretch",
    "font-style",
    "font-variant",
    "font-weight",
    "fr",
    "fx",
    "fy",
    "gradientTransform",
    "gradientUnits",
    "height",
    "id",
    "image-rendering",
    "in",
    "in2",
    "isolation",
    "k1",
    "k2",
    "k3",
    "k4",
    "lang",
    "lengthAdjust",
    "letter-spacing",
    "marker-end",
    "marker-mid",
    "marker-start",
    "markerHeight",
    "markerUnits",
    "markerWidth",
    "mask",
    "maskContentUnits",
    "maskUnits",
    "mix-blend-mode",
    "mode",
    "offset",
    "opacity",
    "operator",
    "orient",
    "overflow",
    "paint-order",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "patternUnits",
    "points",
    "preserveAspectRatio",
    "primitiveUnits",
    "r",
    "radius",
    "refX",
    "refY",
    "result",
    "role",
    "rotate",
    "rx",
    "ry",
    "shape-rendering",
    "spreadMethod",
    "startOffset",
    "stdDeviation",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "style",
    "text-anchor",
    "text-decoration",
    "text-rendering",
    "textLength",
    "transform",
    "transform-origin",
    "type",
    "values",
    "vector-effect",
    "version",
    "viewBox",
    "visibility",
    "width",
    "word-spacing",
    "writing-mode",
    "x",
    "x1",
    "x2",
    "xml:space",
    "y",
    "y1",
    "y2",
];

/// Reads an SVG and writes it anew.
///
/// # Errors
/// Why it is not taken.
pub fn read(bytes: &[u8]) -> Result<Picture, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| NO_PICTURE)?;
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut reader = Reader::from_str(text);
    let mut made = Made::default();
    loop {
        match reader.read_event().map_err(|_| BROKEN)? {
            Event::Start(tag) => made.open(&tag, false)?,
            Event::Empty(tag) => made.open(&tag, true)?,
            Event::End(_) => made.close()?,
            Event::Text(text) => made.text(&text.xml10_content())?,
            Event::CData(text) => made.text(&text.xml10_content())?,
            Event::GeneralRef(name) => made.reference(&name)?,
            Event::DocType(kind) if kind.contains('[') => {
                return Err("must not define entities: save it as plain SVG and take that file");
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    made.picture()
}

/// What was written so far.
struct Made {
    writer: Writer<Vec<u8>>,
    /// The elements that are open and written, outermost first.
    open: Vec<String>,
    /// How many elements are open within one that is left out, it included.
    out: usize,
    size: Option<(u32, u32)>,
    over: bool,
    shapes: usize,
    uses: Uses,
    /// How long what is written was when the style sheet began that is open.
    sheet: Option<usize>,
    /// The text of an element, since references stand apart from it.
    words: String,
    left_out: BTreeSet<String>,
}

impl Default for Made {
    fn default() -> Self {
        Self {
            writer: Writer::new(Vec::new()),
            open: Vec::new(),
            out: 0,
            size: None,
            over: false,
            shapes: 0,
            uses: Uses::default(),
            sheet: None,
            words: String::new(),
            left_out: BTreeSet::new(),
        }
    }
}

impl Made {
    fn open(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), &'static str> {
        if self.over {
            return Err(BROKEN);
        }
        if self.out > 0 {
            self.out += usize::from(!empty);
            return if self.out > MOST_DEEP { Err(BROKEN) } else { Ok(()) };
        }
        if self.sheet.is_some() {
            // Within it stands text alone, which a browser reads as one: what is split by elements is not judged as one.
            self.drop_sheet();
            self.out = 1 + usize::from(!empty);
            return Ok(());
        }
        self.flush()?;
        let name = tag.name();
        let name: &str = name.as_ref();
        if self.open.is_empty() && name != "svg" {
            return Err(NO_PICTURE);
        }
        if self.open.len() >= MOST_DEEP {
            return Err(BROKEN);
        }
        let stays = GROUPS.contains(&name) || SHAPES.contains(&name) || MANNERS.contains(&name);
        let mut kept = BytesStart::new(name.to_owned());
        let root = self.open.is_empty();
        if root {
            self.size = Some(size(tag)?);
            kept.push_attribute(("xmlns", NAMESPACE));
        }
        let mut shown = stays;
        // By both names it is the newer one that counts, and it is written once.
        let mut leads = None;
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| BROKEN)?;
            let key: &str = attribute.key.as_ref();
            // An entity that nobody defined.
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| BROKEN)?;
            if key == "xmlns" || key.starts_with("xmlns:") {
                if key == "xmlns" && value != NAMESPACE {
                    return Err(NO_PICTURE);
                }
                continue;
            }
            match key {
                "href" | "xlink:href"
                    if (name == "image" && is_picture(&value))
                        || (name != "image" && leads_within(&value)) =>
                {
                    if key == "href" || leads.is_none() {
                        leads = Some(value.into_owned());
                    }
                }
                // Without what it is of there is nothing to be drawn.
                "href" | "xlink:href" => {
                    self.leave_out(key);
                    shown &= !matches!(name, "use" | "image");
                }
                _ if ATTRIBUTES.contains(&key) && is_plain(&value) => {
                    kept.push_attribute((key, value.as_ref()))
                }
                _ => self.leave_out(key),
            }
        }
        if let Some(leads) = &leads {
            kept.push_attribute(("href", leads.as_str()));
        }
        if !shown {
            self.leave_out(name);
            self.out = usize::from(!empty);
            return Ok(());
        }
        self.shapes += usize::from(SHAPES.contains(&name));
        let written = kept.attributes().filter_map(Result::ok);
        let written = written.filter_map(|one| {
            let value = one.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned();
            Some((one.key.as_ref().to_owned(), value))
        });
        self.uses.open(name, &written.collect::<Vec<_>>());
        if empty {
            self.uses.close();
        } else if name == "style" {
            self.sheet = Some(self.writer.get_ref().len());
        }
        self.write(if empty { Event::Empty(kept) } else { Event::Start(kept) })?;
        if !empty {
            self.open.push(name.to_owned());
        }
        self.over = self.open.is_empty();
        Ok(())
    }

    fn close(&mut self) -> Result<(), &'static str> {
        if self.out > 0 {
            self.out -= 1;
            return Ok(());
        }
        if self.sheet.is_some() && !(is_plain(&self.words) && self.uses.sheet(&self.words)) {
            self.drop_sheet();
            return Ok(());
        }
        self.sheet = None;
        self.flush()?;
        self.uses.close();
        let name = self.open.pop().ok_or(BROKEN)?;
        self.write(Event::End(BytesEnd::new(name)))?;
        self.over = self.open.is_empty();
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), &'static str> {
        if self.open.is_empty() && !text.trim().is_empty() {
            return Err(NO_PICTURE);
        }
        if self.out == 0 && self.open.last().is_some_and(|name| TEXTS.contains(&name.as_str())) {
            self.words.push_str(text);
        }
        Ok(())
    }

    fn reference(&mut self, name: &quick_xml::events::BytesRef<'_>) -> Result<(), &'static str> {
        let letter = match name.resolve_char_ref().map_err(|_| BROKEN)? {
            Some(letter) => letter.to_string(),
            None => match name.xml10_content().as_ref() {
                "amp" => "&".to_owned(),
                "lt" => "<".to_owned(),
                "gt" => ">".to_owned(),
                "quot" => "\"".to_owned(),
                "apos" => "'".to_owned(),
                _ => return Err(BROKEN),
            },
        };
        self.text(&letter)
    }

    /// Writes the text that has come, where it may stand.
    fn flush(&mut self) -> Result<(), &'static str> {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return Ok(());
        }
        self.write(Event::Text(BytesText::new(&words)))
    }

    /// Takes the style sheet that is open back out, whole.
    fn drop_sheet(&mut self) {
        if let Some(before) = self.sheet.take() {
            self.writer.get_mut().truncate(before);
        }
        self.words.clear();
        self.open.pop();
        self.uses.close();
        self.leave_out("style");
    }

    fn write(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        self.writer.write_event(event).map_err(|_| BROKEN)
    }

    fn leave_out(&mut self, name: &str) {
        if self.left_out.len() < MOST_TOLD {
            self.left_out.insert(name.chars().take(40).collect());
        }
    }

    fn picture(self) -> Result<Picture, &'static str> {
        let (width, height) = self.size.ok_or(NO_PICTURE)?;
        if !self.over || self.out > 0 {
            return Err(BROKEN);
        }
        if self.shapes == 0 {
            return Err("draws nothing once scripts and what comes from elsewhere are left out");
        }
        if self.uses.are_too_many() {
            return Err("draws the same too often: save it as plain SVG and take that file");
        }
        let left_out = self.left_out.into_iter().collect();
        Ok(Picture { kind: PictureKind::Svg, bytes: self.writer.into_inner(), width, height, left_out })
    }
}

/// Whether a reference stays within the document.
fn leads_within(value: &str) -> bool {
    value
        .strip_prefix('#')
        .is_some_and(|name| name.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c)))
}

/// Whether a picture within the picture brings its pixels along. One that is SVG again could bring anything.
fn is_picture(value: &str) -> bool {
    let bytes = ["png", "jpeg", "webp"]
        .iter()
        .find_map(|kind| value.strip_prefix(&format!("data:image/{kind};base64,")));
    bytes.is_some_and(|bytes| {
        bytes.chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c) || c.is_whitespace())
    })
}

/// Whether a value, or a style sheet, asks for nothing from elsewhere: no address but one within, nothing encoded, no rule
/// that brings in others.
fn is_plain(value: &str) -> bool {
    let small: String = value.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let within =
        small.split("url(").skip(1).all(|rest| rest.trim_start_matches(['"', '\'']).starts_with('#'));
    let odd = [
        "\\",
        "@",
        "/*",
        "<",
        "javascript:",
        "data:",
        "expression(",
        "image(",
        "image-set(",
        "src(",
        "behavior:",
        "-moz-binding",
    ];
    within && !odd.iter().any(|odd| small.contains(odd))
}

/// How large it is: its width and height, else its `viewBox`.
fn size(tag: &BytesStart<'_>) -> Result<(u32, u32), &'static str> {
    let value = |name: &str| {
        let found = tag.try_get_attribute(name).map_err(|_| BROKEN)?;
        let value =
            found.map(|one| one.normalized_value(XmlVersion::Implicit1_0).map(|value| value.into_owned()));
        value.transpose().map_err(|_| BROKEN)
    };
    let (width, height) = (value("width")?, value("height")?);
    let own = width.as_deref().and_then(pixels).zip(height.as_deref().and_then(pixels));
    let view = value("viewBox")?;
    let view: Vec<&str> =
        view.as_deref().unwrap_or_default().split([' ', ',']).filter(|one| !one.is_empty()).collect();
    let drawn = match view.as_slice() {
        [x, y, width, height] if [x, y].iter().all(|one| one.parse::<f64>().is_ok()) => {
            pixels(width).zip(pixels(height))
        }
        _ => None,
    };
    own.or(drawn).ok_or("must say how large it is: give it a width and a height")
}

/// A length in whole pixels; nothing for one that is no number of them.
fn pixels(text: &str) -> Option<u32> {
    let number = text.trim();
    let number = number.strip_suffix("px").unwrap_or(number).trim();
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if !part.bytes().all(|byte| byte.is_ascii_digit()) || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let up = u32::from(part.bytes().any(|byte| byte != b'0'));
    whole.parse::<u32>().ok()?.checked_add(up).filter(|pixels| *pixels > 0)
}
