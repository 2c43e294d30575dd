//! What is kept on the visitor's device, and how it goes again.
//!
//! `gloo-storage` would bring `serde_json` along; these are four short texts.

use super::js;
use crate::model::{Me, Model};
use crate::text::{cut, decimal, join, number};
use crate::touch::{self, Touch};
use crate::value::{Value, object};

/// The cookie, and the mirror of it in localStorage for browsers that cut cookies short.
const REF: &str = "parrain_ref";
const ME: &str = "parrain_me";
const UNSENT: &str = "parrain_unsent";
const CLOSED: &str = "parrain_closed";

/// What was found on the device.
pub struct Kept {
    /// The touches.
    pub touches: Vec<Touch>,
    /// How many of them the edge has not acknowledged.
    pub unsent: usize,
    /// The referrer of this browser.
    pub me: Option<Me>,
    /// The shopper has closed the widget for good.
    pub closed: bool,
    /// Whether there was anything, so that there was a consent.
    pub any: bool,
}

/// Reads it all; `me` is what was kept of the referrer.
pub fn read(me: &Value) -> Kept {
    let mut touches = touch::parse(&cookie());
    if touches.is_empty() {
        touches = touch::parse(&item(REF));
    }
    let me = Me::read(me);
    let unsent = number(&item(UNSENT)).map_or(0, |unsent| touches.len().min(unsent as usize));
    let closed = !item(CLOSED).is_empty();
    let any = !touches.is_empty() || me.is_some() || closed;
    Kept { touches, unsent, me, closed, any }
}

/// Writes what is to be kept. Only called where consent allows it.
pub fn keep(model: &Model) {
    let touches = touch::write(&model.touches);
    let last = model.touches.last().map_or(0, |touch| touch.at);
    if !touches.is_empty() || !cookie().is_empty() {
        write_cookie(&touches, last + model.window() * 86_400 - model.now);
    }
    js::store(REF, &touches);
    js::store(UNSENT, &if model.unsent == 0 { String::new() } else { decimal(model.unsent as i64) });
    js::store(CLOSED, if model.closed { "1" } else { "" });
    let me = model.me.as_ref();
    let me =
        me.map(|me| object(&[("code", &me.code), ("link", &me.link), ("token", &me.token), ("of", &me.of)]));
    js::store(ME, &me.unwrap_or_default());
}

/// Removes everything.
pub fn forget() {
    if !cookie().is_empty() {
        write_cookie("", 0);
    }
    for key in [REF, ME, UNSENT, CLOSED] {
        js::store(key, "");
    }
}

fn cookie() -> String {
    let all = js::read("document.cookie");
    let mut rest = all.as_str();
    while !rest.is_empty() {
        let (pair, after) = cut(rest, b';');
        let (name, value) = cut(pair.trim_ascii(), b'=');
        if name == REF {
            return value.into();
        }
        rest = after;
    }
    String::new()
}

fn write_cookie(value: &str, seconds: i64) {
    let host = js::read("location.hostname");
    let local =
        js::read("location.protocol") == "http:" && (host.ends_with("localhost") || host == "127.0.0.1");
    let age = decimal(seconds.max(0));
    let secure = if local { "" } else { "; Secure" };
    js::cookie(&join(&[REF, "=", value, "; Path=/; SameSite=Lax; Max-Age=", &age, secure]));
}

fn item(key: &str) -> String {
    js::read(&join(&["localStorage.", key]))
}
