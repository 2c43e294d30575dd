//! The few ways in which the widget speaks to JavaScript.
//!
//! Most of the page is reached by name: a typed binding for each of these calls would add its own glue,
//! and half of them (consent tools, shop platforms, share sheets) have no types to begin with.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

/// The window.
pub fn window() -> JsValue {
    js_sys::global().into()
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
pub fn get(target: &JsValue, name: &str) -> JsValue {
    Reflect::get(target, &name.into()).unwrap_or_default()
}

/// Sets a property; whoever forbids it keeps it.
pub fn set(target: &JsValue, name: &str, value: &JsValue) -> bool {
    Reflect::set(target, &name.into(), value).is_ok()
}

/// Calls a method.
pub fn call(target: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(target, name).dyn_into()?;
    method.apply(target, &arguments.iter().collect::<Array>())
}

/// Makes an object of a class of the window, nothing where there is no such class.
pub fn construct(class: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let class: Function = get(&window(), class).dyn_into().ok()?;
    Reflect::construct(&class, &arguments.iter().collect::<Array>()).ok()
}

/// A plain object.
pub fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object: JsValue = Object::new().into();
    for (name, value) in members {
        set(&object, name, value);
    }
    object
}

/// The text, empty where it is none.
pub fn text_of(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// A function of one argument. The browser frees it when nobody holds it any more.
pub fn function(work: impl FnMut(JsValue) + 'static) -> JsValue {
    let boxed: Box<dyn FnMut(JsValue)> = Box::new(work);
    Closure::wrap(boxed).into_js_value()
}

/// Listens to an event.
pub fn on(target: &JsValue, event: &str, work: impl FnMut(JsValue) + 'static) {
    // In the capture phase: a page that stops an event on its way up does not hide it from us.
    let _ = call(target, "addEventListener", &[event.into(), function(work), JsValue::TRUE]);
}

/// Goes on when a promise is kept or broken; a call that failed at once counts as broken.
pub fn then(
    promise: Result<JsValue, JsValue>,
    kept: impl FnOnce(JsValue) + 'static,
    broken: impl FnOnce(JsValue) + 'static,
) {
    let mut kept = Some(kept);
    let mut broken = Some(broken);
    let kept = function(move |value| {
        if let Some(kept) = kept.take() {
            kept(value);
        }
    });
    let broken = function(move |error| {
        if let Some(broken) = broken.take() {
            broken(error);
        }
    });
    let promise = promise.unwrap_or_else(|error| js_sys::Promise::reject(&error).into());
    let _ = call(&promise, "then", &[kept, broken]);
}

/// Does something after so many milliseconds.
pub fn later(after: u32, work: impl FnOnce() + 'static) {
    let mut work = Some(work);
    let work = function(move |_| {
        if let Some(work) = work.take() {
            work();
        }
    });
    let _ = call(&window(), "setTimeout", &[work, after.into()]);
}
