//! Carries out in the page what the pure part asks for.

mod dom;
mod intl;
mod js;
mod net;
mod page;
mod signals;
mod store;

use std::cell::RefCell;
use std::collections::VecDeque;

use wasm_bindgen::prelude::*;

use crate::code;
use crate::consent::Mode;
use crate::json::Json;
use crate::locale;
use crate::model::{Customer, Effect, Model, Msg, Outcome, Placement, Why};
use crate::text::{self, Texts};
use crate::touch;
use crate::view::{self, Kind};
use crate::wire::{Fault, Me, Program, Rewards};
use dom::Mount;
use js::{call, get, object, text_of, window};

/// Everything that lives as long as the page.
pub(crate) struct App {
    model: Model,
    /// What the loader hands over: attributes, the code it noted, and the addresses of the words.
    config: JsValue,
    mounts: Vec<Mount>,
}

thread_local! {
    static APP: RefCell<Option<App>> = const { RefCell::new(None) };
    static QUEUE: RefCell<VecDeque<Msg>> = const { RefCell::new(VecDeque::new()) };
}

/// Begins. Called once by the loader with what it knows.
#[wasm_bindgen]
pub fn start(config: JsValue) {
    let wishes = [config.word("locale"), text_of(&get(&js::root(), "lang"))];
    let own = get(&get(&window(), "navigator"), "languages").items();
    let own: Vec<String> = own.iter().filter_map(JsValue::as_string).collect();
    let locale = locale::choose(wishes.iter().chain(&own).map(String::as_str));
    let placement = match config.word("placement").as_str() {
        "inline" => Placement::Inline,
        "none" => Placement::None,
        _ => Placement::Launcher,
    };
    let kept = store::read();
    let gpc = get(&get(&window(), "navigator"), "globalPrivacyControl").is_truthy();
    let mut model = Model::new(Mode::read(&config.word("consent")), gpc, kept.any, placement, locale);
    model.touches = kept.touches;
    model.unsent = kept.unsent;
    model.closed = kept.closed;
    model.customer = customer(&config.word("customer"));
    model.me = kept
        .me
        .filter(|(owner, _)| {
            // Somebody else's rewards are not shown to who signs in on the same computer.
            model.customer.as_ref().is_none_or(|customer| customer.id == *owner || owner.is_empty())
        })
        .map(|(_, me)| me);
    model.can_share = get(&get(&window(), "navigator"), "share").is_function();
    model.page = text_of(&get(&get(&window(), "location"), "href"));
    model.arrived = code::normalize(&config.word("code"));
    APP.with_borrow_mut(|app| *app = Some(App { model, config, mounts: Vec::new() }));
    send(Msg::Start);
    signals::listen();
    page::listen();
}

/// A call of `window.parrain`.
#[wasm_bindgen]
pub fn command(name: &str, argument: JsValue) {
    let word = argument.text().unwrap_or_default();
    match name {
        "open" => send(Msg::Act("open".into(), word)),
        "close" => send(Msg::Act("close".into(), String::new())),
        "consent" => send(Msg::Consent(argument.is_truthy())),
        "identify" => {
            if let Some(customer) = customer(&word) {
                send(Msg::Identify(customer));
            }
        }
        "code" => send(Msg::Code(word)),
        "conversion" => report(&argument),
        _ => {}
    }
}

/// One of the custom elements has come into the page.
#[wasm_bindgen]
pub fn element(host: JsValue) {
    let kind = match text_of(&get(&host, "localName")).as_str() {
        "parrain-code" => Kind::Code,
        "parrain-rewards" => Kind::Rewards,
        _ => Kind::Offer,
    };
    with(|app| {
        if let Some(mount) = Mount::new(host, kind) {
            app.mounts.push(mount);
        }
    });
    send(if kind == Kind::Rewards { Msg::RewardsWanted } else { Msg::ViewWanted });
}

/// Takes in what happened, shows it, and does what follows. What the page's own scripts call while
/// that goes on waits its turn.
pub(crate) fn send(msg: Msg) {
    let idle = QUEUE.with_borrow_mut(|queue| {
        queue.push_back(msg);
        queue.len() == 1
    });
    if !idle {
        return;
    }
    loop {
        let Some(msg) = QUEUE.with_borrow(|queue| queue.front().cloned()) else { return };
        let effects = with(|app| {
            app.model.now = (js_sys::Date::now() / 1000.0) as i64;
            let effects = app.model.update(msg);
            app.show();
            effects
        });
        for effect in effects.unwrap_or_default() {
            run(effect);
        }
        page::refresh();
        QUEUE.with_borrow_mut(VecDeque::pop_front);
    }
}

/// Works with the app, unless it is not there or at work.
pub(crate) fn with<T>(work: impl FnOnce(&mut App) -> T) -> Option<T> {
    APP.with(|app| app.try_borrow_mut().ok()?.as_mut().map(work))
}

impl App {
    fn show(&mut self) {
        let format = intl::Intl { tag: &self.model.locale.tag };
        let dock = view::view(&self.model, &format, Kind::Launcher);
        self.mounts.retain(Mount::is_there);
        if !dock.is_empty() && !self.mounts.iter().any(|mount| mount.kind == Kind::Launcher) {
            self.mounts.extend(Mount::dock(&self.config));
        }
        for mount in &self.mounts {
            if mount.kind == Kind::Launcher {
                mount.show(&dock);
            } else {
                mount.show(&view::view(&self.model, &format, mount.kind));
            }
        }
    }

    fn url(&self, path: &str) -> String {
        text::join(&[&self.config.word("edge"), "/v1/shops/", &self.config.word("shop"), path])
    }
}

fn run(effect: Effect) {
    match effect {
        Effect::LoadTexts => load_texts(),
        Effect::FetchOffer(number, why, code) => fetch_offer(number, why, code),
        Effect::PostTouch(touch) => {
            let landing = with(|app| app.model.page.clone()).unwrap_or_default();
            let body = object(&[
                ("code", touch.code.as_str().into()),
                ("source", touch.source.name().into()),
                ("landing", landing.into()),
            ]);
            let then = move |reply: Result<JsValue, Fault>| send(Msg::Sent(touch, reply.map(|_| ())));
            net::request("POST", &path("/touches"), Some(&body), None, then);
        }
        Effect::Join(name, email, identity) => {
            let silent = name.is_empty()
                && email.is_empty()
                && !with(|app| app.model.joining.is_busy()).unwrap_or(false);
            let fields = [("name", name), ("email", email), ("identity", identity.unwrap_or_default())];
            let given: Vec<(&str, JsValue)> = fields
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(key, value)| (*key, value.into()))
                .collect();
            let then = move |reply: Result<JsValue, Fault>| {
                send(Msg::Joined(silent, reply.and_then(|json| Me::read(&json).ok_or(Fault::Unreachable))));
            };
            net::request("POST", &path("/referrers"), Some(&object(&given)), None, then);
        }
        Effect::FetchRewards(token, cursor) => {
            let mut address = path("/rewards");
            if let Some(cursor) = &cursor {
                address.push_str("?cursor=");
                address.push_str(&text::encode(cursor));
            }
            let further = cursor.is_some();
            let then = move |reply: Result<JsValue, Fault>| {
                send(Msg::Rewards(
                    further,
                    reply.and_then(|json| Rewards::read(&json).ok_or(Fault::Unreachable)),
                ));
            };
            net::request("GET", &address, None, Some(&token), then);
        }
        Effect::Redeem(code) => page::redeem(code),
        Effect::Keep => {
            with(|app| store::keep(&app.model));
        }
        Effect::Forget => store::forget(),
        Effect::Emit(name, code, more) => emit(name, &code, &more),
        Effect::Copy(what, text) => page::copy(what, text),
        Effect::ShareSheet(text, link) => {
            let data = object(&[("text", text.into()), ("url", link.into())]);
            let shared = call(&get(&window(), "navigator"), "share", &[data]);
            // Closing the sheet is no error.
            js::then(shared, |_| {}, |_| {});
        }
        Effect::Messenger => page::messenger(),
        Effect::Focus(on) => {
            with(|app| {
                for mount in &app.mounts {
                    mount.focus(on);
                }
            });
        }
        Effect::Later(after) => js::later(after, || send(Msg::Again)),
    }
}

fn path(path: &str) -> String {
    with(|app| app.url(path)).unwrap_or_default()
}

fn load_texts() {
    let address = with(|app| app.config.get("texts").word(app.model.locale.language)).unwrap_or_default();
    net::request("GET", &address, None, None, |reply| {
        let texts = reply.map(|json| json.texts()).and_then(|entries| {
            if entries.is_empty() { Err(Fault::Unreachable) } else { Ok(Texts { entries }) }
        });
        send(Msg::Texts(texts));
    });
}

fn fetch_offer(number: u32, why: Why, code: Option<String>) {
    let tag = with(|app| app.model.locale.tag.clone()).unwrap_or_default();
    let mut address = text::join(&[&path("/offer"), "?locale=", &text::encode(&tag)]);
    if let Some(code) = &code {
        address.push_str("&code=");
        address.push_str(code);
    }
    net::request("GET", &address, None, None, move |reply| {
        let program = reply.and_then(|json| Program::read(&json, code.as_deref()).ok_or(Fault::Unreachable));
        send(Msg::Offer(number, why, code, Box::new(program)));
    });
}

/// `parrain('conversion', data)`: the order as the shop's page knows it, with what we know of its way.
fn report(order: &JsValue) {
    if !order.is_object() {
        return;
    }
    let body = js_sys::Object::assign(&js_sys::Object::new(), order.unchecked_ref());
    with(|app| {
        if let (Some(code), true) = (touch::applied(&app.model.touches), order.get("codes").is_undefined()) {
            js::set(&body, "codes", &js_sys::Array::of1(&code.into()));
        }
        if app.model.consent.allows() && order.get("touches").is_undefined() {
            js::set(&body, "touches", &page::touches(&app.model.touches));
        }
    });
    net::request("POST", &path("/conversions"), Some(&body), None, |reply| {
        if reply.is_err() {
            emit("error", "", "conversion");
        }
    });
}

/// Tells the page's scripts.
fn emit(name: &str, code: &str, more: &str) {
    let key = match name {
        "captured" => "source",
        "redeemed" => "outcome",
        "joined" => "link",
        _ => "what",
    };
    let detail = match name {
        "ready" => object(&[]),
        "error" => object(&[(key, more.into())]),
        _ => object(&[("code", code.into()), (key, more.into())]),
    };
    dom::dispatch(&text::join(&["parrain:", name]), &detail);
}

/// Reads whom a signed identity names; its signature is the edge's to check.
fn customer(signed: &str) -> Option<Customer> {
    let payload = signed.split('.').nth(1)?;
    let base64: String = payload
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let json = js_sys::JSON::parse(&call(&window(), "atob", &[base64.into()]).ok()?.as_string()?).ok()?;
    Some(Customer { signed: signed.into(), id: json.get("sub").text()?, orders: json.count("orders_count") })
}

impl Outcome {
    /// What is left where no platform took the code: the page's own forms and links, or the shopper.
    fn fallback(carried: bool) -> Outcome {
        if carried { Outcome::Carried } else { Outcome::Shown }
    }
}

/// Reads the code in an address by the names that carry one.
pub(crate) fn code_in(search: &str, names: &[String]) -> Option<String> {
    let query = js::construct("URLSearchParams", &[search.into()])?;
    let value = |name: &String| call(&query, "get", &[name.into()]).ok()?.as_string();
    names.iter().find_map(|name| code::normalize(&value(name)?))
}
