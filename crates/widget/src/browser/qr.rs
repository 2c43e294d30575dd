//! Draws the QR code of a link, by a wasm of its own that is loaded only for that (`crates/qr`).

use js_sys::{Function, Object, Promise, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{Event, guard, page, tell};
use crate::model::{Fault, Picture};
use crate::text::cut;

/// Draws a link, and says so.
pub fn draw(address: String, link: String) {
    let copy = link.clone();
    let work = async move {
        let drawn = match load(address).await {
            Some(wasm) => picture(&wasm, &link),
            None => None,
        };
        let drawn = drawn.ok_or(Fault::Unreachable).map(|drawn| {
            let (around, path) = cut(&drawn, b' ');
            (!path.is_empty()).then(|| Picture { around: around.into(), path: path.into() })
        });
        tell(Event::Drawn { link, drawn });
    };
    guard::spawn(work, move || tell(Event::Drawn { link: copy, drawn: Err(Fault::Unreachable) }));
}

/// The wasm's exports.
async fn load(address: String) -> Option<JsValue> {
    let response = settled(page::call("fetch", &[address.into()])).await?;
    let read = page::at(&response, "arrayBuffer").dyn_into::<Function>().ok()?;
    let bytes = settled(read.call0(&response).ok()?).await?;
    let bytes = Uint8Array::new(&bytes).to_vec();
    let made = settled(WebAssembly::instantiate_buffer(&bytes, &Object::new()).into()).await?;
    Some(page::at(&made, "instance.exports"))
}

/// What a promise of the page brings; nothing where it is broken, or there is none.
async fn settled(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(Promise::resolve(&promise)).await.ok().filter(page::is_some)
}

/// The picture that the wasm draws: it reads a text where [`place`] says, and writes its answer there.
fn picture(wasm: &JsValue, text: &str) -> Option<String> {
    let function = |name: &str| Reflect::get(wasm, &name.into()).ok()?.dyn_into::<Function>().ok();
    let place = function("place")?.call0(wasm).ok()?.as_f64()? as u32;
    // Looked up each time: a memory that has grown has another buffer.
    let bytes = |length: usize| {
        let memory = page::at(wasm, "memory.buffer");
        Uint8Array::new_with_byte_offset_and_length(&memory, place, length as u32)
    };
    bytes(text.len()).copy_from(text.as_bytes());
    let written = function("draw")?.call1(wasm, &(text.len() as u32).into()).ok()?.as_f64()? as usize;
    String::from_utf8(bytes(written).to_vec()).ok()
}
