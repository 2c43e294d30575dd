//! The few ways in which the widget speaks to JavaScript.
//!
//! Everything in the page is reached by name: a typed binding for each call would add its own glue, and
//! half of them (consent tools, shop platforms, share sheets) have no types to begin with.

use wasm_bindgen::prelude::*;

use super::{Event, dom, page, send, signals};
use crate::text::cut;
use crate::value::Value;

// Declared here rather than taken from js-sys and web-sys: linking those keeps a hundred exported
// functions that nobody calls, 10 kB of them.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: JsValue;

    #[wasm_bindgen(js_namespace = Reflect, js_name = get, catch)]
    fn reflect_get(target: &JsValue, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = set, catch)]
    fn reflect_set(target: &JsValue, name: &str, value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = apply, catch)]
    fn reflect_apply(method: &JsValue, target: &JsValue, arguments: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = construct, catch)]
    fn reflect_construct(class: &JsValue, arguments: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Array, js_name = of)]
    fn array(one: &JsValue, two: &JsValue, three: &JsValue) -> JsValue;
    #[wasm_bindgen(js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> bool;
    #[wasm_bindgen(js_namespace = Object, js_name = keys)]
    fn keys(value: &JsValue) -> Vec<JsValue>;
    #[wasm_bindgen(js_namespace = Array, js_name = from)]
    fn list(value: &JsValue) -> Vec<JsValue>;
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    fn json_parse(text: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, js_name = stringify, catch)]
    fn json_stringify(value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;
}

/// Seconds since 1970 by the visitor's clock.
pub fn now() -> i64 {
    (date_now() / 1000.0) as i64
}

/// The window.
pub fn window() -> JsValue {
    WINDOW.with(JsValue::clone)
}

/// What a path of names such as `location.href` leads to from the window.
#[inline(never)]
pub fn at(path: &str) -> JsValue {
    let mut value = window();
    let mut rest = path;
    while !rest.is_empty() {
        let (name, after) = cut(rest, b'.');
        value = get(&value, name);
        rest = after;
    }
    value
}

/// The document.
pub fn document() -> JsValue {
    at("document")
}

/// The root element.
pub fn root() -> JsValue {
    at("document.documentElement")
}

/// A property, `undefined` where it cannot be read.
#[inline(never)]
pub fn get(target: &JsValue, name: &str) -> JsValue {
    reflect_get(target, name).unwrap_or_default()
}

/// The text in a property, empty where it is none.
#[inline(never)]
pub fn get_text(target: &JsValue, name: &str) -> String {
    text_of(&get(target, name))
}

/// Sets a property; whoever forbids it keeps it.
#[inline(never)]
pub fn set(target: &JsValue, name: &str, value: &JsValue) -> bool {
    reflect_set(target, name, value).unwrap_or(false)
}

/// Sets a property to a text.
#[inline(never)]
pub fn set_text(target: &JsValue, name: &str, text: &str) {
    set(target, name, &text.into());
}

/// Calls a method with three arguments, of which most methods look at one or two. `undefined` where
/// there is no such method, or it throws.
#[inline(never)]
pub fn call3(target: &JsValue, name: &str, one: &JsValue, two: &JsValue, three: &JsValue) -> JsValue {
    reflect_apply(&get(target, name), target, &array(one, two, three)).unwrap_or_default()
}

/// Calls a method with two arguments.
#[inline(never)]
pub fn call(target: &JsValue, name: &str, one: &JsValue, two: &JsValue) -> JsValue {
    call3(target, name, one, two, &JsValue::UNDEFINED)
}

/// Calls a method with one argument.
#[inline(never)]
pub fn call1(target: &JsValue, name: &str, one: &JsValue) -> JsValue {
    call(target, name, one, &JsValue::UNDEFINED)
}

/// Calls a method with a text.
#[inline(never)]
pub fn call_text(target: &JsValue, name: &str, text: &str) -> JsValue {
    call1(target, name, &text.into())
}

/// Calls a method with two texts.
#[inline(never)]
pub fn call_texts(target: &JsValue, name: &str, one: &str, two: &str) -> JsValue {
    call(target, name, &one.into(), &two.into())
}

/// Makes an object of a class, `undefined` where there is no such class.
#[inline(never)]
pub fn construct(class: &str, one: &JsValue, two: &JsValue) -> JsValue {
    reflect_construct(&at(class), &array(one, two, &JsValue::UNDEFINED)).unwrap_or_default()
}

/// An array of one value.
#[inline(never)]
pub fn single(value: &JsValue) -> JsValue {
    let array = parse("[0]");
    set(&array, "0", value);
    array
}

/// Seconds since 1970 in RFC 3339.
pub fn instant(seconds: i64) -> String {
    // Beyond its first argument this class would look at the others.
    let date = reflect_construct(&at("Date"), &single(&(seconds as f64 * 1000.0).into())).unwrap_or_default();
    text_of(&call_text(&date, "toISOString", ""))
}

/// The items of an array or a list of the page.
pub fn items(value: &JsValue) -> Vec<JsValue> {
    if value.is_object() { list(value) } else { Vec::new() }
}

/// The text, empty where it is none.
#[inline(never)]
pub fn text_of(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// JSON text as a value, `undefined` where it is none.
#[inline(never)]
pub fn parse(text: &str) -> JsValue {
    json_parse(text).unwrap_or_default()
}

/// A value as JSON text, empty where it has none.
pub fn stringify(value: &JsValue) -> String {
    text_of(&json_stringify(value).unwrap_or_default())
}

/// A value of the page as plain data, down to some depth.
pub fn read(value: &JsValue, depth: u32) -> Value {
    if let Some(text) = value.as_string() {
        Value::Text(text)
    } else if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if let Some(truth) = value.as_bool() {
        Value::Bool(truth)
    } else if depth == 0 || !value.is_object() {
        Value::Null
    } else if is_array(value) {
        let mut read_items = Vec::new();
        for item in list(value) {
            read_items.push(read(&item, depth - 1));
        }
        Value::List(read_items)
    } else {
        let mut members = Vec::new();
        for key in keys(value) {
            let key = text_of(&key);
            let member = read(&get(value, &key), depth - 1);
            members.push((key, member));
        }
        Value::Object(members)
    }
}

/// What the page tells us of.
#[derive(Clone, Copy)]
pub enum Heard {
    /// A click, a sent form, a pressed key in one of our roots.
    Click,
    Submit,
    Key,
    /// A field of the shop changed.
    Change,
    /// The page changed, or moved; and some time after that.
    Mutation,
    Look,
    /// The connection or the page is back, or it is time to try again.
    Again,
    /// The consent tools: Shopify's choice and API, WordPress's choice, IAB's TCF.
    ShopifyChoice,
    ShopifyReady,
    WordPress,
    Tcf,
    /// Time to ask the tools again, for the so-manieth time.
    Ask(u32),
    /// What may go wrong without harm.
    Nothing,
}

/// A function that passes on what it is called with.
#[inline(never)]
pub fn hear(what: Heard) -> JsValue {
    function(Box::new(move |event| match what {
        Heard::Click => dom::clicked(&event),
        Heard::Submit => dom::submitted(&event),
        Heard::Key => dom::pressed(&event),
        Heard::Change => page::changed(&event),
        Heard::Mutation => page::mutated(),
        Heard::Look => page::look(),
        Heard::Again => send(Event::Again),
        Heard::ShopifyChoice => signals::tell(signals::shopify(), true),
        Heard::ShopifyReady => signals::tell(signals::shopify(), false),
        Heard::WordPress => signals::wordpress(&event),
        Heard::Tcf => signals::tcf(&event),
        Heard::Ask(round) => signals::ask(round),
        Heard::Nothing => {}
    }))
}

/// Listens to an event, in the capture phase: a page that stops an event on its way up does not hide
/// it from us.
#[inline(never)]
pub fn on(target: &JsValue, event: &str, what: Heard) {
    call3(target, "addEventListener", &event.into(), &hear(what), &JsValue::TRUE);
}

/// Lets something be heard after so many milliseconds.
#[inline(never)]
pub fn later(after: u32, what: Heard) {
    call(&window(), "setTimeout", &hear(what), &after.into());
}

/// What waits for a promise.
type Waiting = Box<dyn FnOnce(Option<JsValue>)>;

/// Goes on when a promise is settled: with its value, or with nothing where it is broken or no promise
/// at all.
#[inline(never)]
pub fn then(promise: JsValue, done: Waiting) {
    if !promise.is_object() {
        done(None);
        return;
    }
    // Whichever of the two is called takes it.
    let kept = std::rc::Rc::new(std::cell::Cell::new(Some(done)));
    let settle = |kept: &std::rc::Rc<std::cell::Cell<Option<Waiting>>>, good: bool| {
        let kept = kept.clone();
        function(Box::new(move |value| {
            if let Some(done) = kept.take() {
                done(good.then_some(value));
            }
        }))
    };
    call(&promise, "then", &settle(&kept, true), &settle(&kept, false));
}

/// A function of one argument. The browser frees it when nobody holds it any more.
#[inline(never)]
fn function(work: Box<dyn FnMut(JsValue)>) -> JsValue {
    Closure::wrap(work).into_js_value()
}
