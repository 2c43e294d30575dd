//! What is kept on the visitor's device: one cookie, and up to five entries in localStorage.

use std::cell::Cell;

use gloo_storage::{LocalStorage, Storage};
use parrain_wire::{Touch, touch};
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use super::guard::{attempt, broken};
use super::{answer, net, page};
use crate::model::{Gift, Me, Model, What};
use crate::text::{cut, decimal, join, number};

/// The cookie, and the mirror of it in localStorage for browsers that cut cookies short.
const REF: &str = "parrain_ref";
const ME: &str = "parrain_me";
const UNSENT: &str = "parrain_unsent";
const CLOSED: &str = "parrain_closed";
const GIFT: &str = "parrain_gift";

thread_local! {
    /// Whether a referrer is kept that we could read: what we could not is not ours to remove but by a refusal.
    static KNOWN: Cell<bool> = const { Cell::new(false) };
}

/// What was found on the device.
pub struct Kept {
    /// The touches.
    pub touches: Vec<Touch>,
    /// How many of them the edge has not acknowledged.
    pub unsent: usize,
    /// The referrer of this browser.
    pub me: Option<Me>,
    /// The code whose card was folded.
    pub folded: String,
    /// The gift that was used.
    pub gift: Option<Gift>,
    /// Whether there was anything, so that there was a consent.
    pub any: bool,
}

/// What is to be kept.
pub struct Keep {
    touches: String,
    /// Seconds that the cookie lives.
    age: i64,
    unsent: usize,
    folded: String,
    gift: String,
    me: Option<Me>,
}

impl Keep {
    /// What a model knows that is worth keeping.
    pub fn new(model: &Model) -> Keep {
        let last = model.touches.last().map_or(0, |touch| touch.at.seconds());
        Keep {
            touches: touch::write(&model.touches),
            age: last + model.window() * 86_400 - model.now.seconds(),
            unsent: model.unsent,
            folded: model.folded.clone(),
            gift: model.gift.as_ref().map(Gift::write).unwrap_or_default(),
            me: model.me.clone(),
        }
    }
}

/// Reads it all.
pub fn read() -> Kept {
    let mut touches = touch::parse(&cookie());
    if touches.is_empty() {
        touches = touch::parse(&item(REF));
    }
    let me = known();
    KNOWN.set(me.is_some());
    let unsent = number(&item(UNSENT)).map_or(0, |unsent| touches.len().min(unsent as usize));
    let (folded, gift) = (item(CLOSED), Gift::read(&item(GIFT)));
    let any = !touches.is_empty() || me.is_some() || !folded.is_empty();
    Kept { touches, unsent, me, folded, gift, any }
}

/// Writes what is to be kept. Only called where consent allows it.
pub fn keep(keep: Keep) {
    if !keep.touches.is_empty() || !cookie().is_empty() {
        write_cookie(&keep.touches, keep.age);
    }
    write(REF, keep.touches);
    write(UNSENT, if keep.unsent == 0 { String::new() } else { decimal(keep.unsent as i64) });
    write(CLOSED, keep.folded);
    write(GIFT, keep.gift);
    match keep.me {
        // Where the page can neither read nor write JSON, what was kept before stays.
        None if KNOWN.take() => write(ME, String::new()),
        None => {}
        Some(me) => {
            let Me { code, link, token, of } = &me;
            let me = page::object(&[("code", code.as_str()), ("link", link), ("token", token), ("of", of)]);
            KNOWN.set(true);
            net::json(&me).into_iter().for_each(|me| write(ME, me));
        }
    }
}

/// Removes everything.
pub fn forget() {
    if !cookie().is_empty() {
        write_cookie("", 0);
    }
    for key in [REF, ME, UNSENT, CLOSED, GIFT] {
        write(key, String::new());
    }
}

/// The referrer that is kept.
fn known() -> Option<Me> {
    let text = item(ME);
    let read = move || answer::read::<Me>(js_sys::JSON::parse(&text).ok()?);
    attempt(read).flatten()
}

fn html() -> Option<HtmlDocument> {
    page::document().map(JsCast::unchecked_into)
}

fn cookie() -> String {
    let all = attempt(|| html()?.cookie().ok()).flatten().unwrap_or_default();
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
    let location = page::window().map(|window| window.location());
    let host = location.as_ref().and_then(|location| location.hostname().ok()).unwrap_or_default();
    let scheme = location.and_then(|location| location.protocol().ok()).unwrap_or_default();
    let local = scheme == "http:" && (host.ends_with("localhost") || host == "127.0.0.1");
    let age = decimal(seconds.max(0));
    let secure = if local { "" } else { "; Secure" };
    let text = join(&[REF, "=", value, "; Path=/; SameSite=Lax; Max-Age=", &age, secure]);
    said(attempt(move || html()?.set_cookie(&text).ok()).flatten());
}

/// The text under a key; empty where there is none, or the page has no storage.
fn item(key: &'static str) -> String {
    attempt(move || LocalStorage::raw().get_item(key).ok()).flatten().flatten().unwrap_or_default()
}

/// Keeps a text; an empty one goes.
fn write(key: &'static str, text: String) {
    let done = attempt(move || {
        let storage = LocalStorage::raw();
        if text.is_empty() { storage.remove_item(key) } else { storage.set_item(key, &text) }.ok()
    });
    said(done.flatten());
}

fn said(done: Option<()>) {
    if done.is_none() {
        broken(What::Storage);
    }
}
