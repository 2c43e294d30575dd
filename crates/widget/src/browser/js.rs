//! The few ways in which the widget speaks to JavaScript.
//!
//! Most of the page is reached by name: a typed binding for each of these calls would add its own glue,
//! and half of them (consent tools, shop platforms, share sheets) have no types to begin with.

use wasm_bindgen::prelude::*;

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

/// The document.
pub fn document() -> JsValue {
    get(&window(), "document")
}

/// The root element.
pub fn root() -> JsValue {
    get(&document(), "documentElement")
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
    reflect_apply(&get(target, name), target, &array(one, two, &JsValue::UNDEFINED)).unwrap_or_default()
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
pub fn construct(class: &JsValue, one: &JsValue, two: &JsValue) -> JsValue {
    reflect_construct(class, &array(one, two, &JsValue::UNDEFINED)).unwrap_or_default()
}

/// The items of an array or a list of the page.
pub fn items(value: &JsValue) -> Vec<JsValue> {
    if value.is_object() { list(value) } else { Vec::new() }
}

/// An array of one value.
pub fn array_of(value: &JsValue) -> JsValue {
    let array = parse("[0]");
    set(&array, "0", value);
    array
}

/// The text, empty where it is none.
pub fn text_of(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// JSON text as a value, `undefined` where it is none.
#[inline(never)]
pub fn parse(text: &str) -> JsValue {
    json_parse(text).unwrap_or_default()
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
        Value::List(list(value).iter().map(|item| read(item, depth - 1)).collect())
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

/// A function of one argument. The browser frees it when nobody holds it any more.
#[inline(never)]
pub fn function(work: Box<dyn FnMut(JsValue)>) -> JsValue {
    Closure::wrap(work).into_js_value()
}

/// Listens to an event, in the capture phase: a page that stops an event on its way up does not hide
/// it from us.
pub fn on(target: &JsValue, event: &str, work: impl FnMut(JsValue) + 'static) {
    call3(target, "addEventListener", &event.into(), &function(Box::new(work)), &JsValue::TRUE);
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
    let broken = kept.clone();
    let kept = function(Box::new(move |value| finish(&kept, Some(value))));
    let broken = function(Box::new(move |_| finish(&broken, None)));
    call(&promise, "then", &kept, &broken);
}

fn finish(waiting: &std::cell::Cell<Option<Waiting>>, value: Option<JsValue>) {
    if let Some(done) = waiting.take() {
        done(value);
    }
}

/// Does something after so many milliseconds.
pub fn later(after: u32, work: impl FnOnce() + 'static) {
    let mut work = Some(work);
    let once = function(Box::new(move |_| {
        if let Some(work) = work.take() {
            work();
        }
    }));
    call(&window(), "setTimeout", &once, &after.into());
}
