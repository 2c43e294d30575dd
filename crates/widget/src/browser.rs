//! Carries out in the page what the pure part decides, by the hands that `www/widget/page.js` is.
//!
//! Whatever happens arrives in [`tell`], one thing after the other.

mod intl;
mod js;
mod platform;
mod store;

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::code;
use crate::consent::Mode;
use crate::locale;
use crate::model::{Customer, Fault, Me, Model, Placement, Redeeming, Why, World};
use crate::text::{cut, encode, join};
use crate::touch::{self, Touch};
use crate::value::{Value, object};
use crate::view::{Arena, Kind, view};
use intl::Intl;
use platform::Attempt;

/// The kinds of what can happen; the build hands these numbers to `page.js`. The first event is the page's beginning.
mod event {
    pub const START: u32 = 0;
    pub const COMMAND: u32 = 1;
    pub const ELEMENT: u32 = 2;
    pub const PRESS: u32 = 3;
    pub const FORM: u32 = 4;
    pub const SEEN: u32 = 5;
    pub const LOOK: u32 = 6;
    pub const AGAIN: u32 = 7;
    pub const CONSENT: u32 = 8;
    pub const ANSWER: u32 = 9;
    pub const DRAWN: u32 = 10;
}

/// The places, as `page.js` numbers them.
const PLACES: [Kind; 4] = [Kind::Launcher, Kind::Offer, Kind::Code, Kind::Rewards];

/// Everything that lives as long as the page.
struct App {
    model: Model,
    page: Page,
}

/// The page, as the pure part uses it.
struct Page {
    /// What the loader handed over, attributes and the code it noted, and what `page.js` added.
    config: Value,
    /// Who waits for the answers that are on their way, with the numbers of the requests.
    waiting: Vec<(u32, Waiter)>,
    /// The number of the last request.
    number: u32,
    /// What has become of a code, still to be told.
    redeemed: Option<(String, Redeeming)>,
}

/// Who waits for an answer.
enum Waiter {
    /// The model, for an answer of the edge.
    Model(Asked),
    /// An adapter, for an answer of the shop.
    Adapter(Attempt),
}

/// What the edge was asked.
enum Asked {
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
    static APP: Cell<Option<Box<App>>> = const { Cell::new(None) };
}

/// Takes in what happened at `now` (seconds since 1970), and shows it.
#[wasm_bindgen]
pub fn tell(what: u32, now: f64, text: &str) {
    let mut said = Value::read(&mut { text });
    let mut app = if what == event::START {
        Box::new(App::new(std::mem::take(&mut said)))
    } else {
        let Some(app) = APP.take() else { return };
        app
    };
    app.model.now = now as i64;
    app.take(what, said);
    app.show();
    APP.set(Some(app));
}

impl App {
    fn new(config: Value) -> App {
        let mut wishes = Vec::new();
        for wish in config.list("wishes") {
            wishes.push(wish.as_text());
        }
        let placement =
            if config.text("placement") == "launcher" { Placement::Launcher } else { Placement::Page };
        let kept = store::read(config.get("me"));
        let mode = Mode::read(config.text("consent"));
        let mut model = Model::new(mode, config.is("gpc"), kept.any, placement, locale::choose(&wishes));
        model.touches = kept.touches;
        model.unsent = kept.unsent;
        model.closed = kept.closed;
        model.customer = customer(config.get("customer"));
        // Somebody else's rewards are not shown to who signs in on the same computer.
        let stranger = |me: &Me| {
            model.customer.as_ref().is_some_and(|customer| !me.of.is_empty() && customer.id != me.of)
        };
        model.me = kept.me.filter(|me| !stranger(me));
        model.can_share = config.is("can_share");
        model.page = address();
        model.arrived = code::normalize(config.text("code"));
        App { model, page: Page { config, waiting: Vec::new(), number: 0, redeemed: None } }
    }

    fn take(&mut self, what: u32, mut said: Value) {
        let App { model, page } = self;
        let word = |place: usize| said.items().get(place).map(Value::as_text).unwrap_or_default();
        match what {
            event::START => model.start(page),
            event::COMMAND => {
                let word = said.text("word");
                match said.text("name") {
                    name @ ("open" | "close") => model.act(name, word, page),
                    "consent" => model.consented(said.is("yes"), page),
                    "identify" => {
                        if let Some(customer) = customer(said.get("who")) {
                            model.identify(customer, page);
                        }
                    }
                    "code" => model.code_typed(word, page),
                    // What the loader saw typed into the shop's own field.
                    "seen" => model.code_seen(word, page),
                    "conversion" => page.report(model, &said),
                    _ => {}
                }
            }
            event::ELEMENT => {
                if matches!(said, Value::Number(3)) {
                    model.want_rewards(page);
                } else {
                    model.want_view(page);
                }
            }
            event::PRESS => model.act(word(0), word(1), page),
            event::FORM if word(0) == "join" => model.join(word(1), word(2), page),
            event::FORM => model.code_typed(word(3), page),
            event::SEEN => model.code_seen(said.as_text(), page),
            event::LOOK if said.is_some() => model.enter(said.as_text(), page),
            event::LOOK => {
                let address = address();
                if address != model.page {
                    let fixed = !page.config.text("fixed").is_empty();
                    let program = model.program.list("link_params");
                    let names =
                        if fixed || program.is_empty() { page.config.list("params") } else { program };
                    let code = code_in(&address, names);
                    model.moved(address, code, page);
                }
            }
            event::AGAIN => model.again(page),
            event::CONSENT if said.is("now") => model.consented(said.is("yes"), page),
            event::CONSENT => model.consent_read(said.is("yes"), page),
            event::ANSWER => self.answered(&mut said),
            event::DRAWN => {
                let picture = said.items().get(1).filter(|picture| picture.is_some());
                model.drawn(word(0), picture.map(Value::as_text));
            }
            _ => {}
        }
        let App { model, page } = self;
        if let Some((code, outcome)) = page.redeemed.take() {
            let carried = refresh(model);
            // Without consent the next page knows nothing of it, so the code is shown all the same.
            let shown = outcome == Redeeming::Shown && carried && model.consent.allows();
            model.redeemed(&code, if shown { Redeeming::Carried } else { outcome }, page);
        }
    }

    fn answered(&mut self, said: &mut Value) {
        let App { model, page } = self;
        let number = said.count("number");
        let Some(place) = page.waiting.iter().position(|(waits, _)| *waits == number) else { return };
        let status = said.count("status") as u16;
        let good = (200..300).contains(&status);
        let answer = said.take("data");
        let asked = match page.waiting.swap_remove(place).1 {
            Waiter::Adapter(attempt) => {
                page.redeemed = attempt.answered(good, &answer, said.text("nonce"), page);
                return;
            }
            Waiter::Model(asked) => asked,
        };
        let reply = match answer {
            _ if !good => Err(Fault::of(status)),
            Value::Null => Err(Fault::Unreachable),
            answer => Ok(answer),
        };
        match asked {
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
        }
    }

    fn show(&self) {
        let App { model, page } = self;
        let format = Intl { tag: &model.locale.tag };
        for (number, kind) in (0..).zip(PLACES) {
            if kind == Kind::Launcher || js::mounted(number) {
                let arena = Arena::new();
                js::paint(number, &view(model, &format, &arena, kind), page.config.text("theme"));
            }
        }
        refresh(model);
    }
}

/// Writes what is known into every form and link of the page that takes it along, and says whether
/// there is one.
fn refresh(model: &Model) -> bool {
    let kept = model.consent.allows() && !model.touches.is_empty();
    let touches = if kept { touches(&model.touches) } else { String::new() };
    js::carry(touch::applied(&model.touches).unwrap_or_default(), &touches)
}

impl Page {
    /// Asks the edge, or sends it a JSON body (empty: none).
    fn request(&mut self, path: &str, body: &str, token: &str, asked: Asked) {
        let address = join(&[self.config.text("edge"), "/v1/shops/", self.config.text("shop"), path]);
        self.ask(&address, body, token, asked);
    }

    fn ask(&mut self, address: &str, body: &str, token: &str, asked: Asked) {
        let bearer = if token.is_empty() { String::new() } else { join(&["Bearer ", token]) };
        let (method, kind) = if body.is_empty() { ("GET", "") } else { ("POST", "application/json") };
        let headers = object(&[("authorization", &bearer), ("content-type", kind)]);
        self.exchange(method, address, &headers, body, Waiter::Model(asked));
    }

    /// One request; `headers` is a JSON object.
    fn exchange(&mut self, method: &str, address: &str, headers: &str, body: &str, waiter: Waiter) {
        self.number += 1;
        self.waiting.push((self.number, waiter));
        js::request(self.number, method, address, headers, body);
    }

    /// `parrain('conversion', data)`: the order as the shop's page knows it, with what we know of its way.
    fn report(&mut self, model: &Model, said: &Value) {
        let code = touch::applied(&model.touches).filter(|_| !said.is("codes"));
        let mut body = String::from(said.text("order"));
        // Added before the closing brace; an order without any member is none.
        if body.len() > 2 && body.pop() == Some('}') {
            if let Some(code) = code {
                body.push_str(&join(&[",\"codes\":[\"", code, "\"]"]));
            }
            if model.consent.allows() && !said.is("touches") {
                body.push_str(&join(&[",\"touches\":", &touches(&model.touches)]));
            }
            body.push('}');
            self.request("/conversions", &body, "", Asked::Conversion);
        }
    }
}

impl World for Page {
    fn load_texts(&mut self, language: &str) {
        let address = join(&[self.config.text("edge"), self.config.get("files").text(language)]);
        self.ask(&address, "", "", Asked::Texts);
    }

    fn fetch_offer(&mut self, number: u32, why: Why, code: &str, tag: &str) {
        let with = if code.is_empty() { "" } else { "&code=" };
        let path = join(&["/offer?locale=", &encode(tag), with, code]);
        self.request(&path, "", "", Asked::Offer(number, why, code.into()));
    }

    fn post_touch(&mut self, touch: &Touch, landing: &str) {
        let body = object(&[("code", &touch.code), ("source", touch.source.name()), ("landing", landing)]);
        self.request("/touches", &body, "", Asked::Touch);
    }

    fn join(&mut self, silent: bool, name: &str, email: &str, by: &str, proof: &str) {
        let mut body = object(&[("name", name), ("email", email), (by, proof)]);
        if silent {
            // Who only looks becomes no referrer.
            body = join(&["{\"create\":false,", body.get(1..).unwrap_or_default()]);
        }
        self.request("/referrers", &body, "", Asked::Join(silent));
    }

    fn fetch_rewards(&mut self, token: &str, cursor: &str) {
        let further = !cursor.is_empty();
        let path = join(&["/rewards", if further { "?cursor=" } else { "" }, &encode(cursor)]);
        self.request(&path, "", token, Asked::Rewards(further));
    }

    fn redeem(&mut self, code: &str) {
        self.redeemed = match platform::attempt(self.config.text("platform"), code) {
            Some(attempt) => attempt.next("", self),
            None => Some((code.into(), Redeeming::Shown)),
        };
    }

    fn keep(&mut self, model: &Model) {
        store::keep(model);
    }

    fn forget(&mut self) {
        store::forget();
    }

    fn emit(&mut self, event: &str, code: &str, more: &str) {
        // The loader says so itself where the widget comes later.
        if event == "ready" && self.config.is("told") {
            return;
        }
        let key = match event {
            "captured" => "source",
            "redeemed" => "outcome",
            "joined" => "link",
            _ => "what",
        };
        js::emit(&join(&["parrain:", event]), &object(&[("code", code), (key, more)]));
    }

    fn copy(&mut self, what: &'static str, text: &str) {
        js::copy(what, text);
    }

    fn share(&mut self, text: &str, link: &str) {
        js::share(text, link);
    }

    fn messenger(&mut self, link: &str) {
        js::messenger(&join(&["fb-messenger://share/?link=", &encode(link)]));
    }

    fn draw(&mut self, link: &str) {
        js::draw(&join(&[self.config.text("edge"), self.config.text("files.qr")]), link);
    }

    fn focus(&mut self, into: bool) {
        js::focus(into);
    }

    fn later(&mut self, after: u32) {
        js::later(after);
    }
}

fn address() -> String {
    js::read("location.href")
}

/// The code in an address, by the first of these parameters that has one.
fn code_in(address: &str, names: &[Value]) -> Option<String> {
    let (_, query) = cut(cut(address, b'#').0, b'?');
    for name in names {
        let mut rest = query;
        while !rest.is_empty() {
            let (pair, after) = cut(rest, b'&');
            let (key, value) = cut(pair, b'=');
            if key == name.as_text() {
                return code::normalize(value);
            }
            rest = after;
        }
    }
    None
}

/// The touches as events carry them, in JSON.
fn touches(touches: &[Touch]) -> String {
    let mut out = String::from("[");
    for touch in touches {
        if out.len() > 1 {
            out.push(',');
        }
        let (code, source) = (touch.code.as_str(), touch.source.name());
        let at = js::instant(touch.at as f64);
        out.push_str(&object(&[("code", code), ("source", source), ("at", &at)]));
    }
    out.push(']');
    out
}

/// Whom a signed identity names; its signature is the edge's to check.
fn customer(said: &Value) -> Option<Customer> {
    let id = said.text("claims.sub");
    (!id.is_empty()).then(|| Customer {
        signed: said.text("signed").into(),
        id: id.into(),
        orders: said.count("claims.orders_count"),
    })
}
