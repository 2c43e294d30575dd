//! What `www/widget/page.js` does for us. Nothing in it throws; what cannot be had is empty.
//!
//! Only texts and numbers go across: objects of the page would need a table of them, and a binding for
//! each kind of call, which weigh more than what is done with them.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "./page.js")]
extern "C" {
    pub fn mounted(kind: u32) -> bool;
    pub fn paint(kind: u32, view: &str, theme: &str);
    pub fn focus(into: bool);
    pub fn read(path: &str) -> String;
    pub fn has(path: &str) -> bool;
    pub fn cookie(text: &str);
    pub fn store(key: &str, text: &str);
    pub fn emit(name: &str, detail: &str);
    pub fn later(after: u32);
    pub fn request(number: u32, method: &str, address: &str, headers: &str, body: &str);
    pub fn copy(what: &str, text: &str);
    pub fn draw(address: &str, text: &str);
    pub fn share(text: &str, link: &str);
    pub fn messenger(app: &str);
    pub fn intl(kind: &str, tag: &str, options: &str, value: &str, unit: &str) -> String;
    pub fn seconds(instant: &str) -> f64;
    pub fn instant(seconds: f64) -> String;
    pub fn redraw(reason: &str);
    pub fn carry(code: &str, touches: &str) -> bool;
}
