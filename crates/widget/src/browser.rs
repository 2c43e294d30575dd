//! Carries out in the page what the pure part decides.
//!
//! Whatever happens arrives here as an [`Event`], one after the other. There is one function for all of
//! them, because every closure of its own would cost a hundred bytes of glue.

mod dom;
mod intl;
mod js;
mod net;
mod page;
mod platform;
mod signals;
mod store;

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::code;
use crate::consent::Mode;
use crate::locale;
use crate::model::{Customer, Fault, Me, Model, Placement, Redeeming, Why, World};
use crate::text::{self, encode, join};
use crate::touch::{self, Touch};
use crate::value::{Value, object};
use crate::view::Kind;
use dom::Mount;
use js::{at, call_text, get_text, text_of};

/// Everything that lives as long as the page.
struct App {
    model: Model,
    page: Page,
    mounts: Vec<Mount>,
}

/// What the loader handed over: attributes, the code it noted, and the addresses of the words.
struct Page {
    config: Value,
}

/// What can happen.
pub(crate) enum Event {
    /// The page is there; begin.
    Start,
    /// A call of `window.parrain`: name and argument.
    Command(String, JsValue),
    /// One of the custom elements has come into the page.
    Element(JsValue),
    /// Something was pressed: action and argument.
    Press(String, String),
    /// A form was sent: what it is for, name, e-mail, code.
    Form(String, String, String, String),
    /// A code was typed into the shop's own field.
    Seen(String),
    /// Time to look whether the page has moved.
    Look,
    /// The connection or the page is back, or it is time to try again.
    Again,
    /// The focus goes into the panel, or out of it.
    Focus(bool),
    /// A consent tool speaks: what it says, and whether that was chosen just now.
    Consent(bool, bool),
    /// The edge answers.
    Answer(Asked, Result<Value, Fault>),
    /// An adapter has tried a code.
    Redeemed(String, Redeeming),
}

/// What the edge was asked.
pub(crate) enum Asked {
    /// The words.
    Texts,
    /// The offer, with the number of the request and the code.
    Offer(u32, Why, String),
    /// To note a touch.
    Touch,
    /// To make somebody a referrer; whether silently.
    Join(bool),
    /// The rewards; whether a further page.
    Rewards(bool),
    /// To note an order that the page reports.
    Conversion,
}

thread_local! {
    static APP: RefCell<Option<App>> = const { RefCell::new(None) };
    static QUEUE: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
}

/// Begins. Called once by the loader with what it knows.
#[wasm_bindgen]
pub fn start(config: &JsValue) {
    let config = js::read(config, 3);
    let own = js::read(&at("navigator.languages"), 1);
    let page_lang = get_text(&js::root(), "lang");
    let mut wishes = vec![config.text("locale"), page_lang.as_str()];
    wishes.extend(own.items().iter().map(Value::as_text));
    let locale = locale::choose(&wishes);
    let placement =
        if config.text("placement") == "launcher" { Placement::Launcher } else { Placement::Page };
    let kept = store::read();
    let gpc = at("navigator.globalPrivacyControl").is_truthy();
    let mut model = Model::new(Mode::read(config.text("consent")), gpc, kept.any, placement, locale);
    model.touches = kept.touches;
    model.unsent = kept.unsent;
    model.closed = kept.closed;
    model.customer = customer(config.text("customer"));
    // Somebody else's rewards are not shown to who signs in on the same computer.
    let stranger =
        |me: &Me| model.customer.as_ref().is_some_and(|customer| !me.of.is_empty() && customer.id != me.of);
    model.me = kept.me.filter(|me| !stranger(me));
    model.can_share = at("navigator.share").is_function();
    model.page = page::address();
    model.arrived = code::normalize(config.text("code"));
    APP.with_borrow_mut(|app| *app = Some(App { model, page: Page { config }, mounts: Vec::new() }));
    send(Event::Start);
    signals::listen();
    page::listen();
}

/// A call of `window.parrain`.
#[wasm_bindgen]
pub fn command(name: String, argument: JsValue) {
    send(Event::Command(name, argument));
}

/// One of the custom elements has come into the page.
#[wasm_bindgen]
pub fn element(host: JsValue) {
    send(Event::Element(host));
}

/// Takes in what happened, and shows it. What the page's own scripts do while that goes on waits its
/// turn.
#[inline(never)]
pub(crate) fn send(event: Event) {
    QUEUE.with_borrow_mut(|queue| queue.push(event));
    APP.with(|app| {
        let Ok(mut app) = app.try_borrow_mut() else { return };
        let Some(app) = app.as_mut() else { return };
        loop {
            let next =
                QUEUE.with_borrow_mut(|queue| if queue.is_empty() { None } else { Some(queue.remove(0)) });
            let Some(event) = next else { return };
            app.model.now = js::now();
            app.take(event);
            dom::show(&app.model, &mut app.mounts, app.page.config.text("theme"));
            page::refresh(&app.model);
        }
    });
}

impl App {
    fn take(&mut self, event: Event) {
        let App { model, page, mounts } = self;
        match event {
            Event::Start => model.start(page),
            Event::Command(name, value) => {
                let word = text_of(&value);
                match name.as_str() {
                    "open" | "close" => model.act(&name, &word, page),
                    "consent" => model.consented(value.is_truthy(), page),
                    "identify" => {
                        if let Some(customer) = customer(&word) {
                            model.identify(customer, page);
                        }
                    }
                    "code" => model.code_typed(&word, page),
                    "conversion" => page.report(model, &value),
                    _ => {}
                }
            }
            Event::Element(host) => {
                let kind = match get_text(&host, "localName").as_str() {
                    "parrain-code" => Kind::Code,
                    "parrain-rewards" => Kind::Rewards,
                    _ => Kind::Offer,
                };
                mounts.extend(Mount::new(host, kind));
                if kind == Kind::Rewards {
                    model.want_rewards(page);
                } else {
                    model.want_view(page);
                }
            }
            Event::Press(action, value) => model.act(&action, &value, page),
            Event::Form(what, name, email, code) => {
                if what == "join" {
                    model.join(&name, &email, page);
                } else {
                    model.code_typed(&code, page);
                }
            }
            Event::Seen(text) => model.code_seen(&text, page),
            Event::Look => {
                let address = page::address();
                if address != model.page {
                    let fixed = !page.config.text("fixed").is_empty();
                    let program = model.program.list("link_params");
                    let names =
                        if fixed || program.is_empty() { page.config.list("params") } else { program };
                    let code = page::code_in(&address, names);
                    model.moved(address, code, page);
                }
            }
            Event::Again => model.again(page),
            Event::Focus(into) => mounts.iter().for_each(|mount| mount.focus(into)),
            Event::Consent(yes, now) => {
                if now {
                    model.consented(yes, page);
                } else {
                    model.consent_read(yes, page);
                }
            }
            Event::Answer(asked, reply) => match asked {
                Asked::Texts => model.texts_came(reply),
                Asked::Offer(number, why, code) => model.offer_came(number, why, &code, reply, page),
                Asked::Touch => model.touch_sent(reply, page),
                Asked::Join(silent) => model.joined(silent, reply, page),
                Asked::Rewards(further) => model.rewards_came(further, reply),
                Asked::Conversion => {
                    if reply.is_err() {
                        page.emit("error", "", "conversion");
                    }
                }
            },
            Event::Redeemed(code, outcome) => {
                let carried = page::refresh(model);
                let shown = outcome == Redeeming::Shown && carried;
                model.redeemed(&code, if shown { Redeeming::Carried } else { outcome }, page);
            }
        }
    }
}

impl Page {
    /// Asks the edge, or sends it `body`.
    fn request(&self, path: &str, body: String, token: &str, asked: Asked) {
        let address = join(&[self.config.text("edge"), "/v1/shops/", self.config.text("shop"), path]);
        net::request(&address, body, token, asked);
    }

    /// `parrain('conversion', data)`: the order as the shop's page knows it, with what we know of its way.
    fn report(&self, model: &Model, order: &JsValue) {
        let missing = |member: &str| !js::get(order, member).is_object();
        let code = touch::applied(&model.touches).filter(|_| missing("codes"));
        let touches = model.consent.allows() && missing("touches");
        let mut body = js::stringify(order);
        // Added before the closing brace; an order without any member is none.
        if body.len() > 2 && body.pop() == Some('}') {
            if let Some(code) = code {
                body.push_str(&join(&[",\"codes\":[\"", code, "\"]"]));
            }
            if touches {
                body.push_str(&join(&[",\"touches\":", &page::touches(&model.touches)]));
            }
            body.push('}');
            self.request("/conversions", body, "", Asked::Conversion);
        }
    }
}

impl World for Page {
    fn load_texts(&mut self, language: &str) {
        net::request(self.config.get("texts").get(language).as_text(), String::new(), "", Asked::Texts);
    }

    fn fetch_offer(&mut self, number: u32, why: Why, code: &str, tag: &str) {
        let with = if code.is_empty() { "" } else { "&code=" };
        let path = join(&["/offer?locale=", &encode(tag), with, code]);
        self.request(&path, String::new(), "", Asked::Offer(number, why, code.into()));
    }

    fn post_touch(&mut self, touch: &Touch, landing: &str) {
        let body = object(&[("code", &touch.code), ("source", touch.source.name()), ("landing", landing)]);
        self.request("/touches", body, "", Asked::Touch);
    }

    fn join(&mut self, silent: bool, name: &str, email: &str, identity: &str) {
        let body = object(&[("name", name), ("email", email), ("identity", identity)]);
        self.request("/referrers", body, "", Asked::Join(silent));
    }

    fn fetch_rewards(&mut self, token: &str, cursor: &str) {
        let further = !cursor.is_empty();
        let path = join(&["/rewards", if further { "?cursor=" } else { "" }, &encode(cursor)]);
        self.request(&path, String::new(), token, Asked::Rewards(further));
    }

    fn redeem(&mut self, code: &str) {
        platform::redeem(self.config.text("platform"), code);
    }

    fn keep(&mut self, model: &Model) {
        store::keep(model);
    }

    fn forget(&mut self) {
        store::forget();
    }

    fn emit(&mut self, event: &str, code: &str, more: &str) {
        let key = match event {
            "captured" => "source",
            "redeemed" => "outcome",
            "joined" => "link",
            _ => "what",
        };
        dom::dispatch(&join(&["parrain:", event]), &js::parse(&object(&[("code", code), (key, more)])));
    }

    fn copy(&mut self, what: &'static str, text: &str) {
        page::copy(what, text);
    }

    fn share(&mut self, text: &str, link: &str) {
        page::share(text, link);
    }

    fn messenger(&mut self, link: &str) {
        page::messenger(link);
    }

    fn focus(&mut self, into: bool) {
        // Once the view that the focus goes to is there.
        send(Event::Focus(into));
    }

    fn later(&mut self, after: u32) {
        js::later(after, js::Heard::Again);
    }
}

/// Reads whom a signed identity names; its signature is the edge's to check.
fn customer(signed: &str) -> Option<Customer> {
    let (_, rest) = text::cut(signed, b'.');
    let mut base64 = String::new();
    for c in text::cut(rest, b'.').0.chars() {
        base64.push(match c {
            '-' => '+',
            '_' => '/',
            other => other,
        });
    }
    let claims = js::read(&js::parse(&text_of(&call_text(&js::window(), "atob", &base64))), 2);
    let id = claims.text("sub");
    (!id.is_empty()).then(|| Customer {
        signed: signed.into(),
        id: id.into(),
        orders: claims.count("orders_count"),
    })
}
