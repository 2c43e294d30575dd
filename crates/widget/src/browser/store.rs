//! What is kept on the visitor's device, and how it goes again.
//!
//! `gloo-storage` would bring `serde_json` along; these are five short texts.

use wasm_bindgen::JsValue;

use super::js::{call, document, get, object, set, text_of, window};
use crate::json::Json;
use crate::model::Model;
use crate::touch::{self, Touch};
use crate::wire::Me;

/// The cookie, and the mirror of it in localStorage for browsers that cut cookies short.
const REF: &str = "parrain_ref";
const ME: &str = "parrain_me";
const UNSENT: &str = "parrain_unsent";
const CLOSED: &str = "parrain_closed";

/// What was found on the device.
#[derive(Default)]
pub struct Kept {
    /// The touches.
    pub touches: Vec<Touch>,
    /// Those that the edge has not acknowledged.
    pub unsent: Vec<Touch>,
    /// The referrer of this browser, with the shop's id of the customer they are, if it is known.
    pub me: Option<(String, Me)>,
    /// The shopper has closed the widget for good.
    pub closed: bool,
    /// Whether there was anything, so that there was a consent.
    pub any: bool,
}

/// Reads it all.
pub fn read() -> Kept {
    let cookie = cookie();
    let mut touches = touch::parse(&cookie);
    if touches.is_empty() {
        touches = touch::parse(&item(REF));
    }
    let me = js_sys::JSON::parse(&item(ME)).ok().and_then(|json| Some((json.word("of"), Me::read(&json)?)));
    let unsent = touch::parse(&item(UNSENT));
    let closed = !item(CLOSED).is_empty();
    let any = !touches.is_empty() || me.is_some() || closed;
    Kept { touches, unsent, me, closed, any }
}

/// Writes what is to be kept. Only called where consent allows it.
pub fn keep(model: &Model) {
    let touches = touch::write(&model.touches);
    let days = model.program.ready().map_or(30, |program| program.window_days);
    let last = model.touches.last().map_or(0, |touch| touch.at);
    let left = (last + days * 86_400 - model.now).max(0);
    if !touches.is_empty() || !cookie().is_empty() {
        write_cookie(&touches, left);
    }
    put(REF, &touches);
    put(UNSENT, &touch::write(&model.unsent));
    put(CLOSED, if model.closed { "1" } else { "" });
    let me = model.me.as_ref().and_then(|me| {
        let owner = model.customer.as_ref().map(|customer| customer.id.as_str()).unwrap_or_default();
        let members = [("code", &me.code), ("link", &me.link), ("token", &me.token)];
        let json = object(&members.map(|(key, value)| (key, value.into())));
        set(&json, "of", &owner.into());
        js_sys::JSON::stringify(&json).ok()?.as_string()
    });
    put(ME, &me.unwrap_or_default());
}

/// Removes everything.
pub fn forget() {
    if !cookie().is_empty() {
        write_cookie("", 0);
    }
    for key in [REF, ME, UNSENT, CLOSED] {
        put(key, "");
    }
}

fn cookie() -> String {
    let all = text_of(&get(&document(), "cookie"));
    let own = all
        .split(';')
        .filter_map(|pair| pair.trim_matches(' ').split_once('='))
        .find(|(name, _)| *name == REF);
    own.map(|(_, value)| value.into()).unwrap_or_default()
}

fn write_cookie(value: &str, seconds: i64) {
    let place = get(&window(), "location");
    let host = text_of(&get(&place, "hostname"));
    let local =
        text_of(&get(&place, "protocol")) == "http:" && (host.ends_with("localhost") || host == "127.0.0.1");
    let text = crate::text::join(&[
        REF,
        "=",
        value,
        "; Path=/; SameSite=Lax; Max-Age=",
        &seconds.to_string(),
        if local { "" } else { "; Secure" },
    ]);
    set(&document(), "cookie", &text.into());
}

/// `localStorage` throws where it is blocked, even when it is only looked at.
fn storage() -> JsValue {
    get(&window(), "localStorage")
}

fn item(key: &str) -> String {
    call(&storage(), "getItem", &[key.into()]).map(|value| text_of(&value)).unwrap_or_default()
}

/// An empty text is no text: the key goes.
fn put(key: &str, value: &str) {
    let _ = if value.is_empty() {
        call(&storage(), "removeItem", &[key.into()])
    } else {
        call(&storage(), "setItem", &[key.into(), value.into()])
    };
}
