//! Carries out in the page what the pure part decides.

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
use crate::view::{self, Kind};
use dom::Mount;
use js::{call_text, call1, get, get_text, text_of};

/// Everything that lives as long as the page.
pub(crate) struct App {
    model: Model,
    page: Page,
    mounts: Vec<Mount>,
}

/// What the loader handed over: attributes, the code it noted, and the addresses of the words.
struct Page {
    config: Value,
}

type Step = Box<dyn FnOnce(&mut App)>;

thread_local! {
    static APP: RefCell<Option<App>> = const { RefCell::new(None) };
    static QUEUE: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// Begins. Called once by the loader with what it knows.
#[wasm_bindgen]
pub fn start(config: &JsValue) {
    let config = js::read(config, 3);
    let navigator = get(&js::window(), "navigator");
    let own = js::read(&get(&navigator, "languages"), 1);
    let page_lang = get_text(&js::root(), "lang");
    let mut wishes = vec![config.text("locale"), page_lang.as_str()];
    wishes.extend(own.items().iter().map(Value::as_text));
    let locale = locale::choose(&wishes);
    let placement =
        if config.text("placement") == "launcher" { Placement::Launcher } else { Placement::Page };
    let kept = store::read();
    let gpc = get(&navigator, "globalPrivacyControl").is_truthy();
    let mut model = Model::new(Mode::read(config.text("consent")), gpc, kept.any, placement, locale);
    model.touches = kept.touches;
    model.unsent = kept.unsent;
    model.closed = kept.closed;
    model.customer = customer(config.text("customer"));
    // Somebody else's rewards are not shown to who signs in on the same computer.
    let stranger =
        |me: &Me| model.customer.as_ref().is_some_and(|customer| !me.of.is_empty() && customer.id != me.of);
    model.me = kept.me.filter(|me| !stranger(me));
    model.can_share = get(&navigator, "share").is_function();
    model.page = page::address();
    model.arrived = code::normalize(config.text("code"));
    APP.with_borrow_mut(|app| *app = Some(App { model, page: Page { config }, mounts: Vec::new() }));
    send(|app| app.model.start(&mut app.page));
    signals::listen();
    page::listen();
}

/// A call of `window.parrain`.
#[wasm_bindgen]
pub fn command(name: String, argument: &JsValue) {
    let value = js::read(argument, 8);
    let yes = argument.is_truthy();
    send(move |app| {
        let word = value.as_text();
        match name.as_str() {
            "open" | "close" => app.model.act(&name, word, &mut app.page),
            "consent" => app.model.consented(yes, &mut app.page),
            "identify" => {
                if let Some(customer) = customer(word) {
                    app.model.identify(customer, &mut app.page);
                }
            }
            "code" => app.model.code_typed(word, &mut app.page),
            "conversion" => app.report(&value),
            _ => {}
        }
    });
}

/// One of the custom elements has come into the page.
#[wasm_bindgen]
pub fn element(host: &JsValue) {
    let kind = match get_text(host, "localName").as_str() {
        "parrain-code" => Kind::Code,
        "parrain-rewards" => Kind::Rewards,
        _ => Kind::Offer,
    };
    let mount = Mount::new(host.clone(), kind);
    send(move |app| {
        app.mounts.extend(mount);
        if kind == Kind::Rewards {
            app.model.want_rewards(&mut app.page);
        } else {
            app.model.want_view(&mut app.page);
        }
    });
}

/// Takes in what happened, and shows it. What the page's own scripts do while that goes on waits its
/// turn.
pub(crate) fn send(step: impl FnOnce(&mut App) + 'static) {
    work(Box::new(step));
}

#[inline(never)]
fn work(step: Step) {
    QUEUE.with_borrow_mut(|queue| queue.push(step));
    APP.with(|app| {
        let Ok(mut app) = app.try_borrow_mut() else { return };
        let Some(app) = app.as_mut() else { return };
        loop {
            let step =
                QUEUE.with_borrow_mut(|queue| if queue.is_empty() { None } else { Some(queue.remove(0)) });
            let Some(step) = step else { return };
            app.model.now = js::now();
            step(app);
            app.show();
            page::refresh(&app.model);
        }
    });
}

impl App {
    fn show(&mut self) {
        let format = intl::Intl { tag: &self.model.locale.tag };
        self.mounts.retain(Mount::is_there);
        let mut docked = false;
        for mount in &mut self.mounts {
            docked |= mount.kind == Kind::Launcher;
            mount.show(view::view(&self.model, &format, mount.kind));
        }
        if !docked {
            let dock = view::view(&self.model, &format, Kind::Launcher);
            if let (false, Some(mut mount)) = (dock.is_empty(), Mount::dock(self.page.config.text("theme"))) {
                mount.show(dock);
                self.mounts.push(mount);
            }
        }
    }

    /// `parrain('conversion', data)`: the order as the shop's page knows it, with what we know of its way.
    fn report(&mut self, order: &Value) {
        let Value::Object(members) = order else { return };
        let mut members = members.clone();
        if let (Some(code), false) = (touch::applied(&self.model.touches), order.get("codes").is_some()) {
            members.push(("codes".into(), Value::List(vec![Value::Text(code.into())])));
        }
        if self.model.consent.allows() && !order.get("touches").is_some() {
            members.push(("touches".into(), page::touches(&self.model.touches)));
        }
        let body = Value::Object(members).json();
        self.page.request("/conversions", Some(body), "", |app, reply| {
            if reply.is_err() {
                app.page.emit("error", "", "conversion");
            }
        });
    }
}

impl Page {
    /// Asks the edge, or sends it `body`.
    fn request(
        &self,
        path: &str,
        body: Option<String>,
        token: &str,
        done: impl FnOnce(&mut App, Result<Value, Fault>) + 'static,
    ) {
        let address = join(&[self.config.text("edge"), "/v1/shops/", self.config.text("shop"), path]);
        net::request(&address, body, token, Box::new(move |reply| send(move |app| done(app, reply))));
    }
}

impl World for Page {
    fn load_texts(&mut self, language: &str) {
        let address = self.config.get("texts").get(language).as_text();
        net::request(address, None, "", Box::new(|reply| send(move |app| app.model.texts_came(reply))));
    }

    fn fetch_offer(&mut self, number: u32, why: Why, code: &str, tag: &str) {
        let asked = code.to_string();
        let with = if code.is_empty() { "" } else { "&code=" };
        let path = join(&["/offer?locale=", &encode(tag), with, code]);
        self.request(&path, None, "", move |app, reply| {
            app.model.offer_came(number, why, &asked, reply, &mut app.page)
        });
    }

    fn post_touch(&mut self, touch: &Touch, landing: &str) {
        let body = object(&[("code", &touch.code), ("source", touch.source.name()), ("landing", landing)]);
        let touch = touch.clone();
        self.request("/touches", Some(body), "", move |app, reply| {
            app.model.touch_sent(&touch, reply, &mut app.page)
        });
    }

    fn join(&mut self, silent: bool, name: &str, email: &str, identity: &str) {
        let body = object(&[("name", name), ("email", email), ("identity", identity)]);
        self.request("/referrers", Some(body), "", move |app, reply| {
            app.model.joined(silent, reply, &mut app.page)
        });
    }

    fn fetch_rewards(&mut self, token: &str, cursor: &str) {
        let further = !cursor.is_empty();
        let path = join(&["/rewards", if further { "?cursor=" } else { "" }, &encode(cursor)]);
        self.request(&path, None, token, move |app, reply| app.model.rewards_came(further, reply));
    }

    fn redeem(&mut self, code: &str) {
        let owned = code.to_string();
        let done = move |taken| {
            send(move |app| {
                let carried = page::refresh(&app.model);
                let outcome = match taken {
                    Redeeming::Shown if carried => Redeeming::Carried,
                    other => other,
                };
                app.model.redeemed(&owned, outcome, &mut app.page);
            });
        };
        platform::redeem(self.config.text("platform"), code, Box::new(done));
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
        let detail = js::parse(&object(&[("code", code), (key, more)]));
        dom::dispatch(&join(&["parrain:", event]), &detail);
    }

    fn copy(&mut self, what: &'static str, text: &str) {
        page::copy(what, text);
    }

    fn share(&mut self, text: &str, link: &str) {
        let data = js::parse(&object(&[("text", text), ("url", link)]));
        // Closing the sheet is no error.
        js::then(call1(&get(&js::window(), "navigator"), "share", &data), Box::new(|_| {}));
    }

    fn messenger(&mut self, link: &str) {
        page::messenger(link);
    }

    fn focus(&mut self, into: bool) {
        // Once the view that the focus goes to is there.
        js::later(0, move || send(move |app| app.mounts.iter().for_each(|mount| mount.focus(into))));
    }

    fn later(&mut self, after: u32) {
        js::later(after, || send(|app| app.model.again(&mut app.page)));
    }
}

/// Reads whom a signed identity names; its signature is the edge's to check.
fn customer(signed: &str) -> Option<Customer> {
    let (_, rest) = text::cut(signed, b'.');
    let (payload, _) = text::cut(rest, b'.');
    let base64: String = payload
        .chars()
        .map(|c| {
            if c == '-' {
                '+'
            } else if c == '_' {
                '/'
            } else {
                c
            }
        })
        .collect();
    let json = text_of(&call_text(&js::window(), "atob", &base64));
    let claims = js::read(&js::parse(&json), 2);
    let id = claims.text("sub");
    (!id.is_empty()).then(|| Customer {
        signed: signed.into(),
        id: id.into(),
        orders: claims.count("orders_count"),
    })
}
