//! Reading what the browser has parsed, or the loader hands over, as our own types.
//!
//! By `js_sys` and not by `from_value` of `serde_wasm_bindgen`, which writes a sentence for each fault: of all that a shopper
//! loads, 7,500 bytes would be sentences that nobody reads (docs/widget.md).

use js_sys::{Array, Object};
use parrain_wire::Loose;
use parrain_wire::read::Read;
use wasm_bindgen::{JsCast, JsValue};

use super::guard::attempt;

/// How deep data may lie; what lies deeper is left out.
const DEEPEST: u32 = 12;

/// A value of the page as data; nothing where the page has broken what looks into it.
pub fn loose(value: JsValue) -> Option<Loose> {
    attempt(move || of(&value, DEEPEST))
}

fn of(value: &JsValue, depth: u32) -> Loose {
    if let Some(text) = value.as_string() {
        Loose::Text(text)
    } else if let Some(truth) = value.as_bool() {
        Loose::Truth(truth)
    } else if let Some(number) = value.as_f64() {
        let whole = number as i64;
        if whole as f64 == number { Loose::Whole(whole) } else { Loose::Number(number) }
    } else if depth == 0 || !value.is_object() {
        Loose::Nothing
    } else if Array::is_array(value) {
        let mut entries = Vec::new();
        for entry in Array::from(value).iter() {
            entries.push(of(&entry, depth - 1));
        }
        Loose::List(entries)
    } else {
        let mut members = Vec::new();
        for pair in Object::entries(value.unchecked_ref()).iter() {
            let pair = Array::from(&pair);
            if let Some(name) = pair.get(0).as_string() {
                members.push((name, of(&pair.get(1), depth - 1)));
            }
        }
        Loose::Members(members)
    }
}

/// A value of the page as one of our types; nothing where it is none.
pub fn read<T: Read>(value: JsValue) -> Option<T> {
    T::read(loose(value)?)
}
