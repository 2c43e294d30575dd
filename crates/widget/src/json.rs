//! Reading JSON that somebody else wrote: every step may find nothing, none may fail.
//!
//! By hand, because serde with `serde_json` or `serde-wasm-bindgen` weighs as much as the rest of the
//! widget: the browser has parsed the text already.

/// One value of a JSON document, or its absence.
pub trait Json: Sized {
    /// The member called `key`; absence where there is none or this is no object.
    fn get(&self, key: &str) -> Self;
    /// The items of an array, else none.
    fn items(&self) -> Vec<Self>;
    /// The text, else nothing.
    fn text(&self) -> Option<String>;
    /// The number, else nothing.
    fn number(&self) -> Option<f64>;
    /// The truth value, else nothing.
    fn truth(&self) -> Option<bool>;
    /// The members of an object whose values are texts.
    fn texts(&self) -> Vec<(String, String)>;

    /// The text under `key`, empty where there is none.
    fn word(&self, key: &str) -> String {
        self.get(key).text().unwrap_or_default()
    }

    /// The count under `key`, as far as it is one.
    fn count(&self, key: &str) -> Option<u32> {
        self.get(key).number().filter(|n| *n >= 0.0).map(|n| n as u32)
    }
}

impl Json for wasm_bindgen::JsValue {
    fn get(&self, key: &str) -> Self {
        js_sys::Reflect::get(self, &key.into()).unwrap_or_default()
    }
    fn items(&self) -> Vec<Self> {
        if js_sys::Array::is_array(self) { js_sys::Array::from(self).to_vec() } else { Vec::new() }
    }
    fn text(&self) -> Option<String> {
        self.as_string()
    }
    fn number(&self) -> Option<f64> {
        self.as_f64()
    }
    fn truth(&self) -> Option<bool> {
        self.as_bool()
    }
    fn texts(&self) -> Vec<(String, String)> {
        if !self.is_object() {
            return Vec::new();
        }
        let object: &js_sys::Object = wasm_bindgen::JsCast::unchecked_ref(self);
        js_sys::Object::keys(object)
            .iter()
            .filter_map(|key| Some((key.as_string()?, js_sys::Reflect::get(self, &key).ok()?.as_string()?)))
            .collect()
    }
}

#[cfg(test)]
impl Json for serde_json::Value {
    fn get(&self, key: &str) -> Self {
        serde_json::Value::get(self, key).cloned().unwrap_or_default()
    }
    fn items(&self) -> Vec<Self> {
        self.as_array().cloned().unwrap_or_default()
    }
    fn text(&self) -> Option<String> {
        self.as_str().map(Into::into)
    }
    fn number(&self) -> Option<f64> {
        self.as_f64()
    }
    fn truth(&self) -> Option<bool> {
        self.as_bool()
    }
    fn texts(&self) -> Vec<(String, String)> {
        let members = self.as_object().into_iter().flatten();
        members.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.into()))).collect()
    }
}
