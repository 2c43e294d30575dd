//! Carries out in the page what the pure part decides.
//!
//! Whatever happens goes through [`tell`], one thing after the other. Nothing of the page is touched while the model is
//! in hand: what the page throws would take it along (see [`guard`]). So the model's wishes are noted first
//! ([`Wishes`]) and carried out when it is back in its place.

mod answer;
mod aside;
mod consent;
mod dom;
mod guard;
mod intl;
mod net;
mod page;
mod platform;
mod qr;
mod store;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Object, Reflect};
use parrain_wire::page::{Card, Join as JoinBody, PublicProgram, Touched};
use parrain_wire::read::Read;
use parrain_wire::reads;
use parrain_wire::rewards::RewardStatus;
use parrain_wire::{Code, Instant, Loose, Texts, Touch, address, touch};
use wasm_bindgen::prelude::*;

use crate::action::{Action, Copyable};
use crate::consent::Mode;
use crate::locale;
use crate::model::{
    Customer, Fault, Join, Me, Model, Picture, Placement, Redeeming, Screen, Told, Tried, Why, World,
};
use crate::node::Node;
use crate::text::{cut, encode, join};
use crate::view::{Kind, csv, view};
use dom::Look;
use guard::guard;
use intl::Intl;
use net::{Reply, Request};
use platform::{Basket, Cart};

/// Begins. `config` is what the loader read off the tag and the page's address, with the names of further files and the
/// style sheet, which the build puts in.
#[wasm_bindgen]
pub fn start(config: JsValue) {
    guard(move || {
        let config: Config = answer::read(config).unwrap_or_default();
        let key = page::taken();
        let thanks = config.thanks.clone().filter(|thanks| !thanks.is_empty());
        // The standard library's search for a text in a text weighs half a kilobyte.
        let holds =
            |text: String, part: &str| text.as_bytes().windows(part.len()).any(|at| at == part.as_bytes());
        let bought = thanks.is_some_and(|thanks| holds(page::address(), &thanks));
        tell(Event::Start(Box::new(App::new(config))));
        if bought {
            tell(Event::Command(Command::Purchased));
        }
        if let Some(key) = key {
            tell(Event::Key(key));
        }
        // The rest in a task of its own, so that the page is not held up for long.
        page::after(0, || {
            consent::watch();
            page::watch();
            page::look();
        });
    });
}

/// A call of `window.parrain`: its command and the argument.
#[wasm_bindgen]
pub fn command(name: String, argument: JsValue) {
    guard(move || {
        let text = || argument.as_string().unwrap_or_default();
        tell(Event::Command(match name.as_str() {
            "open" => Command::Act(Action::Open(Screen::of(&text()))),
            "close" => Command::Act(Action::Close),
            "consent" => Command::Consent(argument.is_truthy()),
            "identify" => Command::Identify(customer(&text())),
            "code" => Command::Code(text()),
            "basket" => return tell(Event::Weighed(text())),
            "purchased" => Command::Purchased,
            // What the loader saw typed into the shop's own field.
            "seen" => return tell(Event::Seen(text())),
            "conversion" => Command::Conversion(argument),
            _ => return,
        }));
    });
}

/// An element of ours has come into the page.
#[wasm_bindgen]
pub fn element(host: web_sys::Element) {
    guard(move || {
        let name = host.local_name();
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.element() == name) {
            tell(Event::Element(host, kind));
        }
    });
}

/// What the loader hands over.
#[derive(Debug, Default)]
struct Config {
    /// The shop's id.
    shop: String,
    /// Base URL of the edge, without a slash at its end.
    edge: String,
    /// Query parameters that carry a code.
    params: Vec<String>,
    /// The shop's own `data-params`, in place of the program's.
    fixed: Option<String>,
    /// The codes in the address that the page began with, by their place in it.
    codes: Vec<Code>,
    /// The address in which the loader last looked for codes.
    href: String,
    /// Whether the page has heard `ready` already.
    told: bool,
    placement: Option<String>,
    locale: Option<String>,
    /// The signed identity of the shop's customer.
    customer: Option<String>,
    platform: Option<String>,
    theme: Option<String>,
    /// What the address of the shop's thank-you page holds.
    thanks: Option<String>,
    /// What is in the basket, as the page says.
    basket: String,
    consent: Option<String>,
    /// Further files by what they are: a language, or `qr`.
    files: Texts,
    /// The style sheet.
    style: String,
}

/// What happens.
enum Event {
    Start(Box<App>),
    Command(Command),
    Element(web_sys::Element, Kind),
    Press(Action),
    Copied(Copyable),
    Form(Form),
    /// A code was typed into the shop's own field.
    Seen(String),
    /// So much is in the basket.
    Weighed(String),
    /// Time to look at the page's address, which this is.
    Look(String),
    /// The key of a link that the shop mailed.
    Key(String),
    Again,
    /// The key was pressed, anywhere in the page.
    Escape,
    /// A consent tool says this; `now` where the visitor has just chosen.
    Consent {
        yes: bool,
        now: bool,
    },
    /// Somebody has answered.
    Replied(Asked, Reply),
    /// The same, read.
    Answer(Box<Answer>),
    /// A platform has done what it can for a code; whether a form or link of the page takes it along.
    Redeemed {
        code: Code,
        tried: Tried,
        carries: bool,
    },
    Drawn {
        link: String,
        drawn: Result<Option<Picture>, Fault>,
    },
}

/// A call of `window.parrain`.
enum Command {
    Act(Action),
    Consent(bool),
    Identify(Option<Customer>),
    Code(String),
    /// An order as the page gave it.
    Conversion(JsValue),
    /// The shopper has placed an order.
    Purchased,
}

/// A form that was sent.
enum Form {
    Join {
        name: String,
        email: String,
    },
    Code(String),
    /// The address to which a reminder goes, or the links to one's rewards.
    Mail {
        reminder: bool,
        email: String,
    },
    /// The number of an order that is missing in the rewards.
    Claim(String),
}

/// What the edge was asked.
enum Asked {
    Texts,
    Offer {
        number: u32,
        why: Why,
        code: Option<Code>,
    },
    Touch,
    /// Whether somebody is only looked up.
    Join {
        person: u32,
        silent: bool,
    },
    /// Whether for a further page.
    Rewards {
        number: u32,
        further: bool,
    },
    /// Of which code a reminder; nothing for the links to one's rewards.
    Mail(Option<Code>),
    Claim {
        person: u32,
    },
    Conversion,
    /// The shop's platform, what is in the basket, in this currency.
    Basket(String),
}

/// What the edge says.
enum Answer {
    Texts(Result<Texts, Fault>),
    Offer { number: u32, why: Why, code: Option<Code>, reply: Result<PublicProgram, Fault> },
    Touch(Result<(), Fault>),
    Join { person: u32, silent: bool, reply: Result<Option<Card>, Fault> },
    Rewards { number: u32, further: bool, reply: Result<RewardStatus, Fault> },
    Mail(Option<Code>, Result<(), Fault>),
    Claim { person: u32, reply: Result<(), Fault> },
    Conversion(Result<(), Fault>),
    Basket(String),
}

impl Answer {
    /// Reads a reply as what was asked for.
    fn read(asked: Asked, reply: Reply) -> Answer {
        let good = if reply.is_good() { Ok(()) } else { Err(Fault::of(reply.status)) };
        let body = good.and_then(|()| answer::loose(reply.data).ok_or(Fault::Unreachable));
        match asked {
            Asked::Texts => Answer::Texts(typed(body)),
            Asked::Offer { number, why, code } => Answer::Offer { number, why, code, reply: typed(body) },
            Asked::Touch => Answer::Touch(good),
            Asked::Join { person, silent } => Answer::Join {
                person,
                silent,
                reply: match body {
                    Ok(Loose::Nothing) => Ok(None),
                    body => typed(body).map(Some),
                },
            },
            Asked::Rewards { number, further } => Answer::Rewards { number, further, reply: typed(body) },
            // The address was right: there is nothing to be mailed.
            Asked::Mail(code) => {
                Answer::Mail(code, if reply.status == 404 { Err(Fault::Conflict) } else { good })
            }
            Asked::Claim { person } => Answer::Claim { person, reply: good },
            Asked::Conversion => Answer::Conversion(good),
            Asked::Basket(currency) => {
                let cart = body.ok().and_then(Cart::read).filter(|cart| cart.currency == currency);
                Answer::Basket(cart.map(|cart| cart.sum).unwrap_or_default())
            }
        }
    }
}

fn typed<T: Read>(body: Result<Loose, Fault>) -> Result<T, Fault> {
    body.and_then(|body| T::read(body).ok_or(Fault::Unreachable))
}

/// Everything that lives as long as the page.
struct App {
    model: Model,
    page: Rc<Page>,
}

/// What is known of the page from the beginning.
struct Page {
    config: Config,
    look: Look,
}

thread_local! {
    /// Out of its place while it is changed, which takes no call into the page.
    static APP: Cell<Option<Box<App>>> = const { Cell::new(None) };
    static QUEUE: RefCell<VecDeque<Event>> = const { RefCell::new(VecDeque::new()) };
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Takes in what happened. What happens while that goes on waits its turn.
fn tell(event: Event) {
    QUEUE.with_borrow_mut(|queue| queue.push_back(event));
    if BUSY.replace(true) {
        return;
    }
    while let Some(event) = QUEUE.with_borrow_mut(VecDeque::pop_front) {
        guard(move || handle(event));
    }
    BUSY.set(false);
}

fn handle(event: Event) {
    let now = Instant::from_millis(js_sys::Date::now() as i64);
    // What only the page can say is asked before the model is touched.
    let event = match event {
        Event::Start(app) => {
            APP.set(Some(app));
            return change(now, Model::start);
        }
        Event::Replied(asked, reply) => Event::Answer(Box::new(Answer::read(asked, reply))),
        Event::Element(host, kind) => {
            let page = with(|app| Rc::clone(&app.page));
            page.and_then(|page| dom::mount(&host, kind, &page.look));
            Event::Element(host, kind)
        }
        event => event,
    };
    change(now, |model, wishes| take(model, event, wishes));
}

/// Changes the model, then does what it wished and shows it.
fn change(now: Instant, work: impl FnOnce(&mut Model, &mut Wishes)) {
    let mut shown = Vec::new();
    for kind in Kind::ALL {
        if kind == Kind::Launcher || dom::is_mounted(kind) {
            shown.push(kind);
        }
    }
    let Some(mut app) = APP.take() else { return };
    let page = Rc::clone(&app.page);
    let mut wishes = Wishes { page: Rc::clone(&page), list: Vec::new() };
    app.model.now = now;
    work(&mut app.model, &mut wishes);
    let model = &app.model;
    let format = Intl { tag: &model.locale.tag, zone: &model.program.time_zone };
    let mut views = Vec::new();
    for kind in shown {
        views.push((kind, view(model, &format, kind).map(Node::Element)));
    }
    let code = touch::applied(&model.touches).cloned();
    let touches = if model.consent.allows() { model.touches.clone() } else { Vec::new() };
    APP.set(Some(app));

    for wish in wishes.list {
        let page = Rc::clone(&page);
        guard(move || carry_out(wish, &page));
    }
    let missing = intl::is_missing();
    guard(move || {
        for (kind, view) in views.iter().filter(|_| !missing) {
            dom::paint(*kind, view.as_ref(), &page.look);
        }
    });
    guard(move || page::carry(code.as_ref(), &touches));
}

/// What of the app, which is in its place.
fn with<T>(read: impl FnOnce(&App) -> T) -> Option<T> {
    let app = APP.take()?;
    let value = read(&app);
    APP.set(Some(app));
    Some(value)
}

fn take(model: &mut Model, event: Event, wishes: &mut Wishes) {
    match event {
        Event::Start(_) | Event::Replied(..) => {}
        Event::Command(Command::Act(action)) | Event::Press(action) => model.act(action, wishes),
        Event::Command(Command::Consent(yes)) | Event::Consent { yes, now: true } => {
            model.consented(yes, wishes)
        }
        Event::Consent { yes, now: false } => model.consent_read(yes, wishes),
        Event::Command(Command::Identify(customer)) => {
            if let Some(customer) = customer {
                model.identify(customer, wishes);
            }
        }
        Event::Command(Command::Code(text)) | Event::Form(Form::Code(text)) => {
            model.code_typed(&text, wishes)
        }
        Event::Command(Command::Conversion(order)) => wishes.report(model, order),
        Event::Command(Command::Purchased) => model.purchased(wishes),
        Event::Escape => {
            // What one opened hears it itself.
            if model.uncalled {
                model.act(Action::Close, wishes);
            }
        }
        Event::Element(_, Kind::Rewards) => model.want_rewards(wishes),
        Event::Element(_, Kind::Offer) => {
            model.placed = true;
            model.want_share(wishes);
        }
        Event::Element(_, Kind::Launcher | Kind::Code) => model.want_view(wishes),
        Event::Copied(what) => model.copied(what),
        Event::Form(Form::Join { name, email }) => model.join(&name, &email, wishes),
        Event::Form(Form::Mail { reminder, email }) => model.mail(reminder, &email, wishes),
        Event::Form(Form::Claim(order)) => model.claim(&order, wishes),
        Event::Seen(text) => model.code_seen(&text, wishes),
        Event::Weighed(text) => model.weighed(&text),
        Event::Look(address) => {
            if address != model.looked {
                let code = address::codes(&address, wishes.page.params(model)).into_iter().next();
                model.moved(address, code, wishes);
            }
        }
        Event::Key(key) => model.enter(&key, wishes),
        Event::Again => model.again(wishes),
        Event::Redeemed { code, tried, carries } => model.redeemed(&code, tried, carries, wishes),
        Event::Drawn { link, drawn } => model.drawn(&link, drawn),
        Event::Answer(answer) => match *answer {
            Answer::Texts(reply) => model.texts_came(reply),
            Answer::Offer { number, why, code, reply } => {
                model.offer_came(number, why, code.as_ref(), reply, wishes)
            }
            Answer::Touch(reply) => model.touch_sent(reply, wishes),
            Answer::Join { person, silent, reply } => model.joined(person, silent, reply, wishes),
            Answer::Rewards { number, further, reply } => model.rewards_came(number, further, reply, wishes),
            Answer::Mail(code, reply) => model.mailed(code.as_ref(), reply, wishes),
            Answer::Claim { person, reply } => model.claimed(person, reply, wishes),
            Answer::Conversion(reply) => model.reported(reply, wishes),
            Answer::Basket(sum) => model.weighed(&sum),
        },
    }
}

impl App {
    fn new(config: Config) -> App {
        let mut languages = page::languages();
        languages.insert(0, config.locale.clone().unwrap_or_default());
        let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
        let placement = match config.placement.as_deref() {
            Some("launcher") => Placement::Launcher,
            _ => Placement::Page,
        };
        let kept = store::read();
        let mode = Mode::read(config.consent.as_deref().unwrap_or_default());
        let refused = page::global("navigator.globalPrivacyControl").is_truthy();
        let mut model = Model::new(mode, refused, kept.any, placement, locale::choose(&languages));
        model.touches = kept.touches;
        model.unsent = kept.unsent;
        model.folded = kept.folded;
        model.gift = kept.gift;
        model.customer = config.customer.as_deref().and_then(customer);
        // Somebody else's rewards are not shown to who signs in on the same computer.
        let stranger = |me: &Me| {
            model.customer.as_ref().is_some_and(|customer| !me.of.is_empty() && customer.id != me.of)
        };
        model.me = kept.me.filter(|me| !stranger(me));
        model.can_share = page::is_some(&page::global("navigator.share"));
        model.weighed(&config.basket);
        model.page = page::address();
        model.looked.clone_from(&config.href);
        // Of several known codes the last is the latest touch.
        model.arrived = config.codes.last().cloned();
        model.passed = config.codes.clone();
        model.passed.pop();
        let look = Look { style: config.style.clone(), theme: config.theme.clone() };
        App { model, page: Rc::new(Page { config, look }) }
    }
}

/// What the model wishes, to be done when it is back in its place.
struct Wishes {
    page: Rc<Page>,
    list: Vec<Wish>,
}

/// One wish.
enum Wish {
    /// Ask the edge.
    Ask(Request, Asked),
    /// Send the edge a body.
    Send(String, Body, Asked),
    /// Unless the basket has so many goods.
    Redeem(Code, Option<u32>),
    /// In this currency.
    Weigh(String),
    Keep(store::Keep),
    Forget,
    Emit(Told),
    /// A text, as a file.
    Save(String),
    Copy(Copyable, String),
    /// A text and a link.
    Share(String, String),
    Messenger(String),
    Draw(String),
    Focus(bool),
    /// After milliseconds.
    Again(i32),
}

/// What is sent to the edge.
enum Body {
    Touch(Touched),
    Join(JoinBody),
    /// The code of which somebody is to be reminded, if any, and their address.
    Mail {
        code: Option<Code>,
        email: String,
    },
    /// The number of an order that is missing, and the token of who misses it.
    Claim {
        order: String,
        token: String,
    },
    /// The order as the shop's page knows it, with what we know of its way.
    Order {
        order: JsValue,
        code: Option<Code>,
        touches: Option<Vec<Touch>>,
        /// The token of whose rewards this browser shows: their own word that it was ordered here.
        own: Option<String>,
    },
}

impl Body {
    /// As JSON; nothing where it is none.
    fn json(&self) -> Option<String> {
        let value = match self {
            Body::Touch(Touched { code, source, landing }) => {
                let landing = landing.as_deref().unwrap_or_default();
                page::object(&[("code", code.as_str()), ("source", source.name()), ("landing", landing)])
                    .into()
            }
            Body::Join(JoinBody { name, email, identity, create, key, marketing_consent, offer }) => {
                fn bare(text: &Option<String>) -> &str {
                    text.as_deref().unwrap_or_default()
                }
                let body = page::object(&[
                    ("name", bare(name)),
                    ("email", bare(email)),
                    ("identity", bare(identity)),
                    ("key", bare(key)),
                    ("offer", bare(offer)),
                ]);
                for (name, said) in [("create", create), ("marketing_consent", marketing_consent)] {
                    if let Some(said) = said {
                        page::set(&body, name, &(*said).into());
                    }
                }
                body.into()
            }
            Body::Mail { code, email } => {
                let code = code.as_ref().map(Code::as_str).unwrap_or_default();
                page::object(&[("code", code), ("email", email)]).into()
            }
            Body::Claim { order, .. } => page::object(&[("order_id", order)]).into(),
            Body::Order { order, code, touches, .. } => {
                let order = Object::try_from(order).filter(|order| Object::keys(order).length() > 0)?;
                let order = Object::assign(&Object::new(), order);
                let add = |name: &str, value: Option<JsValue>| {
                    let value = value.filter(|_| !page::at(&order, name).is_object());
                    let _ = value.map(|value| Reflect::set(&order, &name.into(), &value));
                };
                add("codes", code.as_ref().map(|code| js_sys::Array::of1(&code.as_str().into()).into()));
                add("touches", touches.as_deref().map(page::carried));
                order.into()
            }
        };
        net::json(&value)
    }
}

fn carry_out(wish: Wish, page: &Rc<Page>) {
    match wish {
        Wish::Ask(request, asked) => net::ask(request, asked),
        Wish::Send(address, body, asked) => match body.json() {
            Some(text) => {
                let mut request = net::sending(address, text);
                if let Body::Claim { token, .. } | Body::Order { own: Some(token), .. } = &body {
                    request.headers.push(bearer(token));
                }
                net::ask(request, asked);
            }
            None => tell(Event::Replied(asked, Reply::default())),
        },
        Wish::Redeem(code, refused) => {
            let (page, copy) = (Rc::clone(page), code.clone());
            let told = |code, tried| tell(Event::Redeemed { code, tried, carries: page::carries() });
            guard::spawn(
                async move {
                    let named = page.config.platform.as_deref();
                    told(code.clone(), platform::redeem(named, code.as_str(), refused).await);
                },
                move || told(copy, Tried { outcome: Redeeming::Shown, goods: None }),
            );
        }
        Wish::Weigh(currency) => match platform::basket(page.config.platform.as_deref(), &currency) {
            Some(Basket::Known(sum)) => tell(Event::Weighed(sum)),
            Some(Basket::At(request)) => net::ask(request, Asked::Basket(currency)),
            None => {}
        },
        Wish::Keep(keep) => store::keep(keep),
        Wish::Forget => store::forget(),
        Wish::Emit(told) => page::emit(&told),
        Wish::Save(text) => page::save(&text),
        Wish::Copy(what, text) => page::copy(what, text),
        Wish::Share(text, link) => page::share(&text, &link),
        Wish::Messenger(link) => page::messenger(&link),
        Wish::Draw(link) => qr::draw(page.file("qr"), link),
        Wish::Focus(into) => dom::focus(into),
        Wish::Again(after) => page::after(after, || tell(Event::Again)),
    }
}

impl Page {
    /// The address of a further file.
    fn file(&self, name: &str) -> String {
        join(&[&self.config.edge, self.config.files.get(name).map(String::as_str).unwrap_or_default()])
    }

    /// An address of the shop's resources.
    fn address(&self, pieces: &[&str]) -> String {
        let Config { edge, shop, .. } = &self.config;
        join(&[edge, "/v1/shops/", shop, &join(pieces)])
    }

    /// The parameters that carry a code: the tag's own, else the program's, else the default.
    fn params<'a>(&'a self, model: &'a Model) -> &'a [String] {
        let program = &model.program.link_params;
        let fixed = self.config.fixed.as_deref().is_some_and(|fixed| !fixed.is_empty());
        if fixed || program.is_empty() { &self.config.params } else { program }
    }
}

impl Wishes {
    fn get(&mut self, address: String, asked: Asked) {
        self.list.push(Wish::Ask(Request { address, ..Request::default() }, asked));
    }

    /// `parrain('conversion', data)`.
    fn report(&mut self, model: &Model, order: JsValue) {
        let code = touch::applied(&model.touches).cloned();
        let allowed = model.consent.allows();
        let touches = allowed.then(|| model.touches.clone());
        let own = model.me.as_ref().filter(|_| allowed).map(|me| me.token.clone());
        let address = self.page.address(&["/conversions"]);
        self.list.push(Wish::Send(address, Body::Order { order, code, touches, own }, Asked::Conversion));
    }
}

impl World for Wishes {
    fn load_texts(&mut self, language: &'static str) {
        self.get(self.page.file(language), Asked::Texts);
    }

    fn fetch_offer(&mut self, number: u32, why: Why, code: Option<&Code>, tag: &str) {
        let with = if code.is_some() { "&code=" } else { "" };
        let text = code.map(Code::as_str).unwrap_or_default();
        let address = self.page.address(&["/offer?locale=", &encode(tag), with, text]);
        self.get(address, Asked::Offer { number, why, code: code.cloned() });
    }

    fn post_touch(&mut self, touch: &Touch, landing: &str) {
        let body = Touched { code: touch.code.clone(), source: touch.source, landing: Some(landing.into()) };
        self.list.push(Wish::Send(self.page.address(&["/touches"]), Body::Touch(body), Asked::Touch));
    }

    fn join(&mut self, person: u32, who: Join) {
        let filled = |text: String| (!text.is_empty()).then_some(text);
        let silent = !matches!(who, Join::New { .. });
        // Who only looks becomes no referrer.
        let create = silent.then_some(false);
        let body = match who {
            Join::New { name, email, identity, offer } => {
                let (name, email) = (filled(name), filled(email));
                JoinBody { name, email, identity, offer, ..JoinBody::default() }
            }
            Join::Customer { identity } => {
                JoinBody { create, identity: Some(identity), ..JoinBody::default() }
            }
            Join::Mailed { key } => JoinBody { create, key: Some(key), ..JoinBody::default() },
        };
        let address = self.page.address(&["/referrers"]);
        self.list.push(Wish::Send(address, Body::Join(body), Asked::Join { person, silent }));
    }

    fn mail(&mut self, code: Option<&Code>, email: &str) {
        let address = self.page.address(&[if code.is_some() { "/reminders" } else { "/sign-in-mails" }]);
        let body = Body::Mail { code: code.cloned(), email: email.into() };
        self.list.push(Wish::Send(address, body, Asked::Mail(code.cloned())));
    }

    fn fetch_rewards(&mut self, number: u32, token: &str, cursor: Option<&str>) {
        let further = cursor.is_some();
        let with = if further { "?cursor=" } else { "" };
        let address = self.page.address(&["/rewards", with, &encode(cursor.unwrap_or_default())]);
        let headers = vec![bearer(token)];
        let request = Request { address, headers, ..Request::default() };
        self.list.push(Wish::Ask(request, Asked::Rewards { number, further }));
    }

    fn claim(&mut self, person: u32, me: &Me, order: &str) {
        let address = self.page.address(&["/referrers/", me.code.as_str(), "/claims"]);
        let body = Body::Claim { order: order.into(), token: me.token.clone() };
        self.list.push(Wish::Send(address, body, Asked::Claim { person }));
    }

    fn save(&mut self, model: &Model) {
        self.list
            .push(Wish::Save(csv(model, &Intl { tag: &model.locale.tag, zone: &model.program.time_zone })));
    }

    fn redeem(&mut self, code: &Code, refused: Option<u32>) {
        self.list.push(Wish::Redeem(code.clone(), refused));
    }

    fn weigh(&mut self, currency: &str) {
        self.list.push(Wish::Weigh(currency.into()));
    }

    fn keep(&mut self, model: &Model) {
        self.list.push(Wish::Keep(store::Keep::new(model)));
    }

    fn forget(&mut self) {
        self.list.push(Wish::Forget);
    }

    fn emit(&mut self, told: Told) {
        if told != Told::Ready || !self.page.config.told {
            self.list.push(Wish::Emit(told));
        }
    }

    fn copy(&mut self, what: Copyable, text: &str) {
        self.list.push(Wish::Copy(what, text.into()));
    }

    fn share(&mut self, text: &str, link: &str) {
        self.list.push(Wish::Share(text.into(), link.into()));
    }

    fn messenger(&mut self, link: &str) {
        self.list.push(Wish::Messenger(link.into()));
    }

    fn draw(&mut self, link: &str) {
        self.list.push(Wish::Draw(link.into()));
    }

    fn focus(&mut self, into: bool) {
        self.list.push(Wish::Focus(into));
    }

    fn later(&mut self, after: u32) {
        self.list.push(Wish::Again(i32::try_from(after).unwrap_or(i32::MAX)));
    }
}

/// The header by which a referrer is known.
fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", join(&["Bearer ", token]))
}

/// What a signed identity says, as much of it as the widget reads.
#[derive(Debug, Default)]
struct Claims {
    sub: String,
    orders_count: Option<u32>,
}

reads! {
    Config { shop, edge, params, fixed, codes, href, told, placement, locale, customer, platform, theme, thanks, basket, consent, files, style }
    Claims { sub, orders_count }
}

/// Whom a signed identity names; its signature is the edge's to check.
fn customer(signed: &str) -> Option<Customer> {
    let (payload, _) = cut(cut(signed, b'.').1, b'.');
    let plain = |c| match c {
        '-' => '+',
        '_' => '/',
        c => c,
    };
    let payload: String = payload.chars().map(plain).collect();
    let text = page::window()?.atob(&payload).ok()?;
    let claims: Claims = answer::read(js_sys::JSON::parse(&text).ok()?)?;
    (!claims.sub.is_empty()).then(|| Customer {
        signed: signed.into(),
        id: claims.sub,
        orders: claims.orders_count,
    })
}
