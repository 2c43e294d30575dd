//! A whole edge in memory: the app on a simulated KV and on ledgers in native SQLite, with a clock and
//! randomness that tests set. Every answer is held against the published OpenAPI document.

use crate::alarm::{Alarm, Next};
use crate::app::openapi::DOCUMENT;
use crate::app::{App, Env, Isolate, Later, Limit};
use crate::deliveries::web::{Api, BoundMail, Outgoing, Reply, Web};
use crate::deliveries::webhook::Letter;
use crate::http::{Body, HeaderMap, Method, Request, Response, StatusCode, max_body};
use crate::ledger::native::NativeSql;
use crate::ledger::{Ledger, Tried, alter, count_rows, put_text, schema_texts};
use crate::problem::Error;
use crate::protocol::calls::PutShop;
use crate::protocol::shop::Secrets;
use crate::protocol::{Ask, Call, Refusal};
use crate::route::Routes;
use crate::shop_id::ShopId;
use crate::stores::simulated::{Mischief, SimulatedKv};
use crate::stores::{LedgerError, Ledgers};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_executor::block_on;
use hmac::{Hmac, Mac};
use http::HeaderName;
use parrain_core::instant::Instant;
use parrain_stand_ins::{Asked, Brevo, Klaviyo, Shopify, StandIn, Stripe, Woocommerce};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::Sha256;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The admin token of every world.
pub const ADMIN: &str = "admin-token";

/// The key that seals payout details in every world.
pub const DETAILS_KEY: &str = "1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
/// Where the shop's pages are.
pub const ORIGIN: &str = "https://shop.example";
/// A browser that a person uses.
pub const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// The edge, its stores and its clock.
pub struct World {
    /// Workers KV.
    pub kv: SimulatedKv,
    /// How many of the next calls of a ledger get no answer.
    pub silent: Cell<u32>,
    /// How many calls ledgers got.
    pub ledger_calls: Cell<u32>,
    /// What happens while a ledger answers its next call.
    pub meanwhile: RefCell<Option<Meanwhile>>,
    /// The limit that is used up.
    pub used_up: Cell<Option<Limit>>,
    /// The admin token.
    pub admin: RefCell<String>,
    /// The keys that seal payout details.
    pub details_keys: Cell<&'static str>,
    /// What platforms' APIs answer, by address.
    pub api: RefCell<BTreeMap<String, ApiAnswer>>,
    /// What they were asked, each with its key.
    pub asked: RefCell<Vec<String>>,
    /// What was logged.
    pub log: RefCell<Vec<String>>,
    ledgers: RefCell<HashMap<ShopId, Rc<Shelf>>>,
    isolate: RefCell<Rc<Isolate>>,
    now: Cell<Instant>,
    seed: u64,
    dice: Cell<u64>,
    later: RefCell<Vec<Later>>,
    /// What came to receivers, whatever they answered.
    pub inbox: RefCell<Vec<Letter>>,
    /// What a receiver answers; `None` is no answer, nor anything else any more. 204 where no test says otherwise.
    pub receiver: RefCell<Receiver>,
    /// What providers of mail were asked, whatever they answered.
    pub mailbox: RefCell<Vec<Outgoing>>,
    /// What a provider answers; `None` is no answer, nor anything else any more. It takes everything where no test says
    /// otherwise.
    pub carrier: RefCell<Carrier>,
    /// What came by the binding that sends mail.
    pub bound: RefCell<Vec<BoundMail>>,
    /// What stands for the platforms' interfaces.
    pub platforms: RefCell<Platforms>,
    /// After how many more requests to platforms the object is gone, the last of them done and its answer lost.
    pub dies_after: Cell<Option<u32>>,
    /// What happens while the next answer of a platform is on its way.
    pub on_its_way: RefCell<Option<Meanwhile>>,
}

/// Stand-ins for platforms; nothing of the others is there.
#[derive(Default)]
pub struct Platforms {
    /// `atelier.myshopify.com`
    pub shopify: Option<Shopify>,
    /// `https://woo.example`
    pub woocommerce: Option<Woocommerce>,
    /// Stripe.
    pub stripe: Option<Stripe>,
    /// Brevo's contacts.
    pub brevo: Option<Brevo>,
    /// Klaviyo.
    pub klaviyo: Option<Klaviyo>,
}

/// What happens meanwhile.
pub type Meanwhile = Box<dyn FnOnce(&World)>;

/// How a provider of mail answers.
pub type Carrier = Option<Box<dyn FnMut(&Outgoing) -> Option<Result<Reply, String>>>>;

/// How a receiver answers.
pub type Receiver = Option<Box<dyn FnMut(&Letter) -> Option<Tried>>>;

/// What a platform's API answers: a status with a body, or why nothing came.
pub type ApiAnswer = Result<(StatusCode, Value), String>;

/// What a Durable Object holds.
struct Shelf {
    ledger: Ledger<NativeSql>,
    alarm: Alarm,
}

/// The world as one request sees it.
struct Here(Rc<World>);

/// One request, to be made ready and sent.
pub struct Sending {
    world: Rc<World>,
    request: Request,
}

impl World {
    /// An edge where nothing was ever asked, at noon of 20 November 2026.
    pub fn new(seed: u64, mischief: Mischief) -> Rc<Self> {
        Rc::new(Self {
            kv: SimulatedKv::new(seed, mischief),
            silent: Cell::new(0),
            meanwhile: RefCell::default(),
            ledger_calls: Cell::new(0),
            used_up: Cell::new(None),
            admin: RefCell::new(ADMIN.into()),
            details_keys: Cell::new(DETAILS_KEY),
            api: RefCell::default(),
            asked: RefCell::default(),
            log: RefCell::default(),
            ledgers: RefCell::default(),
            isolate: RefCell::default(),
            now: Cell::new(Instant::parse("2026-11-20T12:00:00Z").unwrap()),
            seed,
            dice: Cell::new(seed),
            later: RefCell::default(),
            inbox: RefCell::default(),
            receiver: RefCell::default(),
            mailbox: RefCell::default(),
            carrier: RefCell::default(),
            bound: RefCell::default(),
            platforms: RefCell::default(),
            dies_after: Cell::default(),
            on_its_way: RefCell::default(),
        })
    }

    /// The clock.
    pub fn now(&self) -> Instant {
        self.now.get()
    }

    /// Lets seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.now.set(self.now().plus_seconds(seconds));
        self.kv.pass(seconds * 1000);
    }

    /// A click of which another request counts.
    pub fn click(&self, shop: &str, code: &str) {
        let (shop, code) = (ShopId::parse(shop).unwrap(), code.parse().unwrap());
        assert!(!self.isolate.borrow().clicks.add(&shop, code, self.now()), "nobody counts");
    }

    /// Continues on another isolate, which remembers nothing.
    pub fn another_isolate(&self) {
        self.isolate.take();
    }

    /// Lets every ledger's alarm ring until nothing waits for KV, or KV fails.
    pub fn copy_to_kv(&self) {
        let shelves: Vec<_> = self.ledgers.borrow().values().cloned().collect();
        for shelf in shelves {
            while shelf.ledger.settle_step().unwrap() {}
            for _ in 0..20 {
                let failed = Cell::new(false);
                let ring = shelf.alarm.ring(&shelf.ledger, &self.kv, self, |_| failed.set(true));
                match block_on(ring) {
                    Next::At(at) if !failed.get() && at <= self.now().plus_seconds(3600) => {
                        self.pass((at.seconds() - self.now().seconds()).max(0));
                    }
                    Next::Gone | Next::Never | Next::At(_) => break,
                }
            }
        }
    }

    /// Lets a shop's alarm ring whenever it is due, up to an instant; the clock stands there afterwards.
    pub fn live_until(&self, shop: &str, end: Instant) {
        let mut rings = 0;
        while let Next::At(at) = self.ring(shop).unwrap_or(Next::At(self.now())) {
            rings += 1;
            assert!(rings < 10_000, "an alarm that rings for ever");
            if at > end {
                break;
            }
            // A second later at least, as clocks have it.
            self.pass((at.seconds() + 1 - self.now().seconds()).max(0));
        }
        self.pass((end.seconds() - self.now().seconds()).max(0));
    }

    /// Lets a shop's alarm ring once; `None` where the object was gone in the middle of it, as when a test's receiver
    /// never answers. Then all that its memory held is gone too.
    pub fn ring(&self, shop: &str) -> Option<Next> {
        let shelf = self.shelf(shop);
        let next = {
            let log = |line: &str| self.log.borrow_mut().push(line.to_owned());
            let ring = pin!(shelf.alarm.ring(&shelf.ledger, &self.kv, self, log));
            ring.poll(&mut Context::from_waker(Waker::noop()))
        };
        match next {
            Poll::Ready(next) => Some(next),
            Poll::Pending => {
                let again = Shelf { ledger: shelf.ledger.restarted(), alarm: Alarm::default() };
                self.ledgers.borrow_mut().insert(ShopId::parse(shop).unwrap(), Rc::new(again));
                None
            }
        }
    }

    /// Saves a program in the middle of another call, by a shop's ledger itself.
    pub fn save_program(&self, shop: &str, program: &Value) {
        let unused = String::new;
        let ask = PutShop {
            shop: ShopId::parse(shop).unwrap(),
            program: program.clone(),
            webhook_secrets: BTreeMap::new(),
            platform_keys: BTreeMap::new(),
            // They are for a shop that is new.
            fresh: Secrets {
                event_secret: unused(),
                shop_token: unused(),
                identity_key: unused(),
                salt: unused(),
                incarnation: unused(),
                before: Vec::new(),
            },
            version: None,
        };
        self.shelf(shop).ledger.call(Call::new(self.now(), ask)).unwrap();
    }

    /// How many rows a table of a shop's ledger has.
    pub fn rows(&self, shop: &str, table: &str) -> i64 {
        count_rows(&self.shelf(shop).ledger, table)
    }

    /// Puts what nobody can read in place of what a shop's ledger keeps under a name.
    pub fn spoil(&self, shop: &str, name: &str) {
        put_text(&self.shelf(shop).ledger, name, "no JSON");
    }

    /// Changes what a shop's ledger keeps, as another release may have left it.
    pub fn alter(&self, shop: &str, statement: &str) {
        alter(&self.shelf(shop).ledger, statement);
    }

    /// Every text that a shop's ledger holds.
    pub fn texts(&self, shop: &str) -> BTreeSet<String> {
        schema_texts(&self.shelf(shop).ledger)
    }

    /// Asks the platform at whose address a request goes.
    async fn ask_platform(&self, request: &Outgoing) -> Result<Reply, String> {
        let url = url::Url::parse(&request.url).unwrap();
        let host = url.host_str().unwrap().to_owned();
        let mut path = url.path().to_owned();
        let answered = {
            let mut platforms = self.platforms.borrow_mut();
            let found: Option<&mut dyn StandIn> = match host.as_str() {
                "api.stripe.com" => platforms.stripe.as_mut().map(|one| one as &mut dyn StandIn),
                "api.brevo.com" => platforms.brevo.as_mut().map(|one| one as &mut dyn StandIn),
                "a.klaviyo.com" => platforms.klaviyo.as_mut().map(|one| one as &mut dyn StandIn),
                "woo.example" => platforms.woocommerce.as_mut().map(|one| one as &mut dyn StandIn),
                host if host.ends_with(".myshopify.com") => {
                    path = format!("/{host}{path}");
                    platforms.shopify.as_mut().map(|one| one as &mut dyn StandIn)
                }
                _ => None,
            };
            let found = found.ok_or("no route to host")?;
            let headers = request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            let asked = Asked {
                method: request.method.to_string(),
                path,
                query: url.query().unwrap_or_default().into(),
                headers: headers.collect(),
                body: request.body.clone().unwrap_or_default(),
            };
            found.answer(&asked, self.now().micros() / 1000)
        };
        if let Some(happens) = self.on_its_way.take() {
            happens(self);
        }
        if let Some(left) = self.dies_after.get() {
            self.dies_after.set(left.checked_sub(1));
            if left == 0 {
                return std::future::pending().await;
            }
        }
        let answered = answered.ok_or("no answer within 10 seconds")?;
        Ok(Reply { status: answered.status, retry_after: answered.retry_after, body: answered.body })
    }

    /// Works off what is unsettled, no more than `most` in a step; in how many steps.
    pub fn settle_in_steps(&self, shop: &str, most: u32) -> usize {
        let shelf = self.shelf(shop);
        shelf.ledger.settle_at_most(most);
        1 + std::iter::repeat_with(|| shelf.ledger.settle_step().unwrap()).take_while(|more| *more).count()
    }

    fn shelf(&self, shop: &str) -> Rc<Shelf> {
        Rc::clone(&self.ledgers.borrow()[&ShopId::parse(shop).unwrap()])
    }

    /// A request that a test makes ready.
    pub fn request(self: &Rc<Self>, method: Method, target: &str) -> Sending {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = Request {
            method,
            origin: "https://edge.example".into(),
            path: path.into(),
            query: query.into(),
            headers: HeaderMap::new(),
            body: Body::Whole(Vec::new()),
        };
        Sending { world: Rc::clone(self), request }
    }

    /// `GET`.
    pub fn get(self: &Rc<Self>, target: &str) -> Sending {
        self.request(Method::GET, target)
    }

    /// `POST` with a JSON body.
    pub fn post(self: &Rc<Self>, target: &str, body: &Value) -> Sending {
        self.request(Method::POST, target).body(&body.to_string())
    }

    /// `PUT` by the admin with a JSON body.
    pub fn put(self: &Rc<Self>, target: &str, body: &Value) -> Sending {
        self.request(Method::PUT, target).body(&body.to_string()).bearer(ADMIN)
    }

    /// Makes the shop `demo` and answers what `PUT` said.
    pub fn with_shop(self: &Rc<Self>) -> Value {
        let answer = self.put("/v1/shops/demo", &program()).send();
        assert_eq!(answer.status, 201);
        let shop = json_of(&answer);
        for (code, name) in [("ANNA10", "Anna Martin"), ("BOB22", "Bob")] {
            let who = json!({"offer": "friends", "name": name, "customer_id": format!("c-{code}"),
                "email": format!("{}@example.com", code.to_lowercase())});
            assert_eq!(self.put(&format!("/v1/shops/demo/referrers/{code}"), &who).send().status, 201);
        }
        self.copy_to_kv();
        shop
    }

    /// Sends a signed event to `demo`.
    pub fn event(self: &Rc<Self>, shop: &Value, event: &Value) -> Response {
        self.post("/v1/shops/demo/events", event).signed(shop, 0).send()
    }
}

impl Sending {
    /// With a body.
    pub fn body(self, body: &str) -> Self {
        self.bytes(body.as_bytes().to_vec())
    }

    /// With a body that is no text.
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        let fits = body.len() <= max_body(&self.request.path);
        self.request.body = if fits { Body::Whole(body) } else { Body::TooLarge };
        self
    }

    /// With a header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers.append(HeaderName::from_static(name), value.parse().unwrap());
        self
    }

    /// With a token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// By the admin.
    pub fn admin(self) -> Self {
        self.bearer(ADMIN)
    }

    /// From a page of the shop.
    pub fn page(self) -> Self {
        self.header("origin", ORIGIN).header("user-agent", BROWSER)
    }

    /// Signed as the shop signs, `late` seconds ago.
    pub fn signed(self, shop: &Value, late: i64) -> Self {
        let when = (self.world.now().seconds() - late).to_string();
        let secret = shop["event_secret"].as_str().unwrap();
        let signature = sign(secret, "msg_1", &when, self.request.bytes());
        self.header("webhook-id", "msg_1")
            .header("webhook-timestamp", &when)
            .header("webhook-signature", &signature)
    }

    /// The answer, once what it put off is done too.
    pub fn send(self) -> Response {
        let Self { world, request } = self;
        let routes = Rc::new(Routes::new().unwrap());
        let isolate = Rc::clone(&world.isolate.borrow());
        let app = App::new(routes, isolate, Rc::new(Here(Rc::clone(&world))));
        let answer = block_on(app.answer(&request));
        let later: Vec<Later> = world.later.take();
        later.into_iter().for_each(block_on);
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-resource-policy",
        ] {
            assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{}: {name}", request.path);
        }
        let by_tls = answer.headers.contains_key("strict-transport-security");
        assert_eq!(by_tls, request.origin.starts_with("https://"), "{}", request.path);
        // The desk's pages are no part of the API.
        if request.path != "/" && !request.path.starts_with("/desk") {
            check_against_document(&request, &answer);
        }
        answer
    }
}

impl Env for Here {
    type Kv = SimulatedKv;
    type Ledgers = World;

    fn kv(&self) -> &SimulatedKv {
        &self.0.kv
    }

    fn ledgers(&self) -> &World {
        &self.0
    }

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn clock(&self) -> Instant {
        self.0.now()
    }

    fn random<const N: usize>(&self) -> Result<[u8; N], Error> {
        Ok(std::array::from_fn(|_| {
            let next = self.0.dice.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            self.0.dice.set(next);
            (next >> 33) as u8
        }))
    }

    async fn allow(&self, limit: Limit, who: &str) -> bool {
        assert!(!who.is_empty());
        self.0.used_up.get() != Some(limit)
    }

    fn admin_token(&self) -> &str {
        if self.0.admin.borrow().is_empty() { "" } else { ADMIN }
    }

    fn details_keys(&self) -> &str {
        self.0.details_keys.get()
    }

    fn origin(&self) -> Option<&str> {
        None
    }

    fn is_bot(&self, agent: &str) -> bool {
        crate::bots::is_listed(agent)
    }

    async fn read_api(&self, url: &str, key: &str) -> Result<(StatusCode, Value), String> {
        self.0.asked.borrow_mut().push(format!("{key} {url}"));
        self.0.api.borrow().get(url).cloned().unwrap_or_else(|| Err("no route to host".into()))
    }

    fn stripe_api(&self) -> &str {
        "https://stripe.example"
    }

    fn web(&self) -> impl Web {
        &*self.0
    }

    async fn pause(&self, time: Duration) {
        self.0.pass(time.as_secs_f64().ceil() as i64);
    }

    fn later(&self, work: Later) {
        self.0.later.borrow_mut().push(work);
    }

    fn log(&self, line: &str) {
        self.0.log.borrow_mut().push(line.to_owned());
    }
}

impl Web for World {
    async fn ask(&self, request: &Outgoing) -> Result<Reply, String> {
        if request.url.starts_with("https://api.resend.com/")
            || request.url.starts_with("https://api.brevo.com/v3/smtp/")
        {
            let answer = match self.carrier.borrow_mut().as_mut() {
                Some(carrier) => carrier(request),
                None => {
                    let id = self.mailbox.borrow().len();
                    let body = format!(r#"{{"id": "re-{id}", "messageId": "<{id}@brevo>"}}"#);
                    Some(Ok(Reply { status: 200, retry_after: None, body }))
                }
            };
            self.mailbox.borrow_mut().push(request.clone());
            return match answer {
                Some(answer) => answer,
                None => std::future::pending().await,
            };
        }
        if request.headers.iter().all(|(name, _)| *name != "webhook-id") {
            return self.ask_platform(request).await;
        }
        let letter = letter(request);
        let tried = match self.receiver.borrow_mut().as_mut() {
            Some(receiver) => receiver(&letter),
            None => Some(Tried::Answered(204, String::new())),
        };
        check_letter(&letter);
        self.inbox.borrow_mut().push(letter);
        match tried {
            Some(Tried::Answered(status, body)) => Ok(Reply { status, retry_after: None, body }),
            Some(Tried::Unanswered(words)) => Err(words),
            None => std::future::pending().await,
        }
    }

    async fn send_mail(&self, mail: &BoundMail) -> Result<String, String> {
        self.bound.borrow_mut().push(mail.clone());
        Ok(format!("<{}@cloudflare>", self.bound.borrow().len()))
    }

    fn now(&self) -> Instant {
        self.now.get()
    }

    fn seal_keys(&self) -> String {
        self.details_keys.get().to_owned()
    }

    fn stand_in(&self, api: Api) -> Option<String> {
        let stands = api == Api::Stripe && self.platforms.borrow().stripe.is_some();
        stands.then(|| "https://api.stripe.com".to_owned())
    }
}

impl Ledgers for World {
    async fn call<A>(&self, shop: &ShopId, call: Call<A>) -> Result<A::Answer, LedgerError>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        self.ledger_calls.set(self.ledger_calls.get() + 1);
        if self.silent.get() > 0 {
            self.silent.set(self.silent.get() - 1);
            return Err(LedgerError::Silent("the object is moving".into()));
        }
        let new = || {
            let ledger = Ledger::new(NativeSql::new());
            // On every other day a call settles nothing beyond what arrived, and leaves it to the alarm.
            if self.seed % 2 == 1 {
                ledger.settle_at_most(0);
            }
            Rc::new(Shelf { ledger, alarm: Alarm::default() })
        };
        let shelf = Rc::clone(self.ledgers.borrow_mut().entry(shop.clone()).or_insert_with(new));
        // Over the wire both are JSON: what does not survive it is found here.
        let call: Call =
            serde_json::from_str(&serde_json::to_string(&call.into_transport()).unwrap()).unwrap();
        let answer = serde_json::to_string(&shelf.ledger.call(call)).unwrap();
        if let Some(meanwhile) = self.meanwhile.take() {
            meanwhile(self);
        }
        let answer: Result<A::Answer, Refusal> = serde_json::from_str(&answer).unwrap();
        Ok(answer?)
    }
}

/// The body as JSON.
pub fn json_of(answer: &Response) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// The pointers of a 422.
pub fn pointers(answer: &Response) -> Vec<String> {
    assert_eq!(answer.status, 422, "{}", String::from_utf8_lossy(&answer.body));
    let faults = json_of(answer)["errors"].as_array().unwrap().clone();
    faults.iter().map(|fault| fault["pointer"].as_str().unwrap().to_owned()).collect()
}

/// A header's text.
pub fn header_of<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers.get(name).map(|value| value.to_str().unwrap())
}

/// The program of `demo`.
pub fn program() -> Value {
    json!({"name": "Atelier Lumière", "currency": "EUR", "landing_url": "https://shop.example/",
        "origins": [ORIGIN], "locale": "fr", "link_params": ["ref"],
        "attribution": {"window_days": 30, "model": "last"},
        "offers": [
            {"id": "friends", "audience": "customer",
             "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
             "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "on": "sale", "orders": "first",
                "hold_days": 14, "new_customers_only": true, "budget": "500.00"}},
            {"id": "old", "audience": "customer", "ends_at": "2026-01-01T00:00:00Z",
             "advocate": {"reward": {"kind": "points", "points": 100}}},
            {"id": "agencies", "audience": "agency",
             "advocate": {"reward": {"kind": "commission", "percent": "8"}, "orders": "lifetime"}}]})
}

/// An order with a code on it.
pub fn paid(order: &str, code: &str) -> Value {
    json!({"type": "order.paid", "data": {
        "order_id": order, "at": "2026-11-19T10:00:00Z",
        "customer": {"id": format!("c-{order}"), "email": format!("bob{order}@example.com"), "orders_count": 1},
        "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "total": "72.00", "codes": [code]}})
}

/// A signature by the specification's own words.
pub fn sign(secret: &str, id: &str, when: &str, body: &[u8]) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{when}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// A customer's identity as a shop signs it.
pub fn identity(shop: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let said = format!("{}.{}", part(&json!({"alg": "HS256"})), part(claims));
    let key = shop.get("identity_key").unwrap_or(&shop["shop_token"]).as_str().unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(said.as_bytes());
    format!("{said}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

thread_local! {
    static READ: Value = serde_json::from_str(DOCUMENT).unwrap();
    /// Validators by path, method and status: making one costs more than all the rest of a request.
    static VALIDATORS: RefCell<HashMap<String, Rc<jsonschema::Validator>>> = RefCell::default();
}

/// Holds an answer against what the OpenAPI document says of its path, method and status.
fn check_against_document(request: &Request, answer: &Response) {
    READ.with(|document| check_against(document, request, answer));
}

fn check_against(document: &Value, request: &Request, answer: &Response) {
    let place = format!("{} {} {}", request.method, request.path, answer.status.as_u16());
    let method = request.method.as_str().to_lowercase().replace("head", "get");
    let general = [400, 404, 405, 413];
    let found = document["paths"].as_object().unwrap().iter().find(|(path, _)| fits(path, &request.path));
    let operation = found.and_then(|(path, item)| Some((path, item.get(&method)?)));
    let Some((path, operation)) = operation else {
        let known = general.contains(&answer.status.as_u16()) || request.method == Method::OPTIONS;
        assert!(known, "{place}: not in the document");
        return;
    };
    let Some(mut said) = operation["responses"].get(answer.status.as_str()) else {
        assert!(general.contains(&answer.status.as_u16()), "{place}: the document does not say this status");
        return;
    };
    if let Some(name) = said["$ref"].as_str() {
        said = document.pointer(&name[1..]).unwrap();
    }
    let Some(content) = said["content"].as_object() else {
        assert!(answer.body.is_empty(), "{place}: a body that the document does not have");
        return;
    };
    let sent = header_of(answer, "content-type").unwrap();
    let said = content.iter().find(|(kind, _)| sent.starts_with(kind.as_str()));
    let (kind, schema) = said.unwrap_or_else(|| panic!("{place}: {sent}"));
    if request.method != Method::HEAD && kind.ends_with("json") {
        let name = format!("{method} {path} {}", answer.status);
        let validator = validator(name, document, &schema["schema"]);
        let body = json_of(answer);
        let faults: Vec<String> =
            validator.iter_errors(&body).map(|f| format!("{}: {f}", f.instance_path())).collect();
        assert!(faults.is_empty(), "{place}: {faults:#?}");
    }
}

/// What holds a body to a schema of the document; each is made once.
fn validator(name: String, document: &Value, schema: &Value) -> Rc<jsonschema::Validator> {
    VALIDATORS.with_borrow_mut(|known| {
        let make = || {
            let schema = json!({"components": document["components"], "allOf": [schema]});
            Rc::new(jsonschema::draft202012::new(&schema).unwrap())
        };
        Rc::clone(known.entry(name).or_insert_with(make))
    })
}

/// What a request brings to a receiver of webhooks.
fn letter(request: &Outgoing) -> Letter {
    let header = |name| {
        let found = request.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    Letter {
        url: request.url.clone(),
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().unwrap(),
        signature: header("webhook-signature"),
        body: request.body.clone().unwrap(),
    }
}

/// Holds what is told against what the OpenAPI document says of its type.
fn check_letter(letter: &Letter) {
    let body: Value = serde_json::from_str(&letter.body).unwrap();
    let kind = body["type"].as_str().unwrap();
    READ.with(|document| {
        let said =
            &document["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert!(said.is_object(), "{kind}: not in the document");
        let validator = validator(format!("webhook {kind}"), document, said);
        let faults: Vec<String> =
            validator.iter_errors(&body).map(|f| format!("{}: {f}", f.instance_path())).collect();
        assert!(faults.is_empty(), "{kind}: {faults:#?}");
    });
}

/// Whether a path is one of a template such as `/r/{shop}/{code}`.
pub fn fits(template: &str, path: &str) -> bool {
    if template == "/r/{shop}/{code}" {
        // Whatever was pasted along with the code.
        let link = path.strip_prefix("/r/").and_then(|link| link.split_once('/'));
        return link.is_some_and(|(shop, code)| !shop.is_empty() && !code.is_empty());
    }
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some("{id}.csv"), Some(part)) if part.ends_with(".csv") => {}
            (Some("{id}.xml"), Some(part)) if part.ends_with(".xml") => {}
            (Some("{id}.csv" | "{id}.xml"), _) => return false,
            (Some("{id}"), Some(part)) if part.ends_with(".csv") || part.ends_with(".xml") => return false,
            (Some(pattern), Some(part))
                if pattern.starts_with('{') && pattern.ends_with('}') && !part.is_empty() => {}
            (Some(pattern), Some(part)) if pattern == part => {}
            _ => return false,
        }
    }
}
