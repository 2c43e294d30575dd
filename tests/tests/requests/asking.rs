//! How a request is made of an operation, by whom it is asked, and what is learned from its answer.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use parrain_tests::bodies::referrer;
use parrain_tests::http::{self, Agent, Answer};
use parrain_tests::shop::{self, TestShop};
use parrain_tests::{env, random};
use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::document::{Document, Operation};
use crate::pool::Known;
use crate::spoil;
use crate::values::{Maker, REPORTS, at, noise, one_of, paid_order};

/// How many shops there are: one that is asked about most, one that is another's, and one that comes and goes.
const SHOPS: usize = 3;

/// The secrets with which the run's shops know their platforms, and what those send.
const PLATFORMS: [(&str, &str); 3] =
    [("shopify", "shpss_of_the_run"), ("woocommerce", "wc_of_the_run"), ("stripe", "whsec_of_the_run")];

/// A request, and how it came to be.
pub struct Asked {
    /// Of which operation.
    pub operation: usize,
    /// Its method, which may be another than the operation's.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The headers.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Whose credential it carries.
    by: &'static str,
    /// What is wrong with it.
    spoilt: Vec<String>,
    /// Whether its path may be that of another operation, or of none: then nothing of the document holds for it.
    pub is_elsewhere: bool,
    /// About which shop.
    shop: usize,
}

/// Who asks.
pub struct Asker {
    edge: String,
    receiver: String,
    /// Its connections.
    pub agent: Agent,
    /// The run's own shops; the first is asked about most.
    pub shops: Vec<Known>,
    program: Value,
    /// Deliveries of platforms, as they were recorded.
    deliveries: Vec<(&'static str, Value)>,
    stand_ins: Keys,
}

/// What opens the stand-ins of platforms and providers.
pub struct Keys {
    /// Shopify's token.
    pub shopify: String,
    /// Stripe's key.
    pub stripe: String,
    /// Brevo's key.
    pub brevo: String,
    /// Klaviyo's key.
    pub klaviyo: String,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for (name, value) in &self.headers {
            let secret = ["authorization", "signature", "hmac"].iter().any(|part| name.contains(part));
            write!(f, "\n  {name}: {}", if secret { "…" } else { value.as_str() })?;
        }
        write!(f, "\n  by: {}; spoilt: {}\n  ", self.by, self.spoilt.join(", "))?;
        let body =
            String::from_utf8(self.body.clone()).unwrap_or_else(|_| self.body.escape_ascii().to_string());
        match body.char_indices().nth(3000) {
            Some((cut, _)) => write!(f, "{}… ({} bytes)", &body[..cut], self.body.len()),
            None => f.write_str(&body),
        }
    }
}

impl Asker {
    /// Somebody with shops of their own on an edge, in which something has happened already.
    pub fn new(edge: &str, receiver: &str, stand_ins: Keys) -> Self {
        let mut program = shop::demo_program("https://shop.example");
        let offers = program["offers"].as_array_mut().expect("offers");
        offers.push(json!({"id": "gifts", "audience": "affiliate",
            "advocate": {"reward": {"kind": "cash", "amount": "12.00"}, "orders": "lifetime", "hold_days": 1}}));
        let mut second = offers[0].clone();
        second["id"] = json!("friends2");
        offers.push(second);
        program["payouts"] = json!({"debtor": {"name": "Atelier", "iban": "DE89370400440532013000"}});
        program["webhook_secrets"] = PLATFORMS.iter().map(|(name, secret)| (*name, *secret)).collect();
        let shops = (0..SHOPS).map(|_| settled(edge, &program)).collect();
        let (edge, receiver) = (edge.to_owned(), receiver.to_owned());
        Self { edge, receiver, agent: http::agent(), shops, program, deliveries: recorded(), stand_ins }
    }

    /// A request of an operation; as it is meant, or else with something about it that may be wrong.
    pub fn ask(&self, rng: &mut SmallRng, document: &Document, operation: usize, spoilt: bool) -> Asked {
        let place = &document.operations[operation];
        // Who is removed takes all that was learned along.
        let removes = place.method == "DELETE" && place.path == "/v1/shops/{shop}";
        let shop = match rng.random_range(0..10) {
            _ if removes => SHOPS - 1,
            0 if spoilt => 1,
            1 if spoilt => SHOPS - 1,
            _ => 0,
        };
        let mut asked = Asked {
            operation,
            method: place.method.clone(),
            path: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
            by: "nobody",
            spoilt: Vec::new(),
            is_elsewhere: false,
            shop,
        };
        // Half of what may be wrong is right, so that the next one finds something.
        let mut wrong = |rng: &mut SmallRng, in_so_many: u32| spoilt && rng.random_ratio(1, in_so_many);
        let maker = Maker { document, known: &self.shops[shop], receiver: &self.receiver };
        let named = self.address(rng, &maker, place, &mut asked, &mut wrong);
        let kind = self.body(rng, &maker, place, &mut asked, named.as_deref(), &mut wrong);
        self.credential(rng, place, &mut asked, &mut wrong);
        if wrong(rng, 25) {
            asked.method =
                one_of(rng, &["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]).into();
        }
        if !asked.body.is_empty() {
            let kind = if wrong(rng, 20) {
                one_of(
                    rng,
                    &[
                        "text/plain",
                        "",
                        "application/x-www-form-urlencoded",
                        "multipart/form-data; boundary=",
                    ],
                )
            } else {
                kind
            };
            asked.header("content-type", kind);
        }
        let platform = named.as_deref().filter(|_| place.path.ends_with("/webhooks/{platform}"));
        self.sign(rng, place, &mut asked, platform, &mut wrong);
        // Limits are by address: a shop of any size is asked from many.
        let mut part = || rng.random_range(1..250);
        let address = format!("10.{}.{}.{}", part(), part(), part());
        asked.header("cf-connecting-ip", &address);
        for (name, value) in [
            ("origin", one_of(rng, &["https://shop.example", "https://evil.example", "null"])),
            (
                "accept-language",
                one_of(rng, &["fr", "de;q=0.5,*", "zz-\u{7f}", ",;q=;"]).trim_end_matches('\u{7f}'),
            ),
            ("cf-ipcountry", one_of(rng, &["FR", "XX", "T1", "fr", "F"])),
            ("access-control-request-method", "POST"),
        ] {
            if wrong(rng, 6) {
                asked.header(name, value);
            }
        }
        asked
    }

    /// Path and query, and the headers that are parameters; answers which platform, provider or record it names, where it
    /// does.
    fn address(
        &self,
        rng: &mut SmallRng,
        maker: &Maker<'_>,
        place: &Operation,
        asked: &mut Asked,
        wrong: &mut impl FnMut(&mut SmallRng, u32) -> bool,
    ) -> Option<String> {
        let (mut path, mut query, mut named) = (place.path.clone(), Vec::new(), None);
        for parameter in &place.parameters {
            let name = parameter.name.as_str();
            let spoilt = wrong(rng, if name == "shop" { 40 } else { 8 });
            let kept = name != "cursor" || maker.known.one(rng, &cursor(place)).is_some();
            // What a picture shows, and of whom something is told, has to be said.
            let needed = parameter.place == "path" || name == "title" || name == "email";
            if !needed && !spoilt && (!kept || rng.random_ratio(1, 2)) {
                continue;
            }
            let value = if spoilt {
                let hostile = match name {
                    // Of a shop that is not there there is little to be said.
                    "shop" if rng.random() => "nobody-here".into(),
                    _ => spoil::hostile(rng).chars().take(600).collect(),
                };
                asked.spoilt.push(format!("{name} is {hostile:?}"));
                hostile
            } else {
                self.parameter(rng, maker, place, name, &parameter.schema)
            };
            match parameter.place.as_str() {
                "path" => {
                    // Who reads an address goes up by the one, and over the other, before anybody sees it.
                    asked.is_elsewhere |= matches!(value.as_str(), "" | "." | "..");
                    if name == "platform" || name == "id" {
                        named = Some(value.clone());
                    }
                    path = path.replace(&format!("{{{name}}}"), &encoded(&value));
                }
                "query" => query.push(format!("{name}={}", encoded(&value))),
                _ => {
                    let plain: String = value.chars().filter(|c| (' '..'\u{7f}').contains(c)).collect();
                    asked.header(name, plain.trim());
                }
            }
        }
        if wrong(rng, 15) {
            let odd = one_of(rng, &["%ff=%", "&&==&", "cursor=%00", "a=b&a=c", "cursor=&cursor=x", "%zz"]);
            query.push(odd.to_owned());
            asked.spoilt.push("an odd query".into());
        }
        if wrong(rng, 60) {
            path.push_str(one_of(rng, &["/", "%2F", "//", "/..", ";x", "%", "%ff"]));
            asked.is_elsewhere = true;
        }
        asked.path = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        named
    }

    /// A parameter as it is meant.
    fn parameter(
        &self,
        rng: &mut SmallRng,
        maker: &Maker<'_>,
        place: &Operation,
        name: &str,
        schema: &Value,
    ) -> String {
        let known = maker.known;
        let kept = |rng: &mut SmallRng, kind: &str| known.one(rng, kind);
        let found = match (name, place.collection()) {
            ("shop", _) => Some(known.shop.id.clone()),
            ("order_id", _) if place.path.ends_with("/credit") => {
                Some("free".to_owned()).filter(|_| rng.random())
            }
            ("order_id", _) => kept(rng, "order_id"),
            ("platform", _) => {
                let all = ["shopify", "woocommerce", "stripe", "mail-resend", "mail-brevo"];
                Some(one_of(rng, &all).to_owned())
            }
            ("name", "secrets") => {
                Some(one_of(rng, &["event_secret", "identity_key", "shop_token"]).to_owned())
            }
            ("name", _) => kept(rng, "picture"),
            ("token", _) => kept(rng, "u"),
            ("id", "messages") => kept(rng, "messages"),
            ("id", "contacts") => Some(one_of(rng, &["brevo", "klaviyo"]).to_owned()),
            ("id", "connections") if place.method == "PUT" || rng.random() => {
                Some(one_of(rng, &["shopify", "woocommerce", "stripe"]).to_owned())
            }
            ("id", of) => kept(rng, of),
            ("cursor", _) => kept(rng, &cursor(place)),
            ("If-Match", _) => Some(format!("\"{}\"", rng.random_range(1..4))),
            ("kinds", "tasks") => Some(one_of(rng, &["credit_voucher", "friend_code", "code"]).to_owned()),
            ("year", _) => Some("2026".into()),
            ("over", _) => Some("2400.00".into()),
            ("email", _) => Some(format!("p{}@example.com", rng.random_range(0..60))),
            ("to", _) if place.path.starts_with("/r/") || place.path.starts_with("/promote/") => {
                Some("/a/page?b=c".into())
            }
            ("from" | "to", _) => Some(at(rng.random_range(-90..1) * 86_400)[..10].to_owned()),
            ("as_of", _) => Some(at(rng.random_range(-90..90) * 86_400)),
            _ => None,
        };
        found.unwrap_or_else(|| match maker.value(rng, schema, name, 0) {
            Value::String(text) => text,
            other => other.to_string(),
        })
    }

    /// The body, and its kind.
    fn body<'a>(
        &self,
        rng: &mut SmallRng,
        maker: &Maker<'_>,
        place: &'a Operation,
        asked: &mut Asked,
        platform: Option<&str>,
        wrong: &mut impl FnMut(&mut SmallRng, u32) -> bool,
    ) -> &'a str {
        let Some((kind, schema)) = place.bodies.first() else {
            if wrong(rng, 10) {
                asked.body = spoil::hostile(rng).into_bytes();
                asked.spoilt.push("a body that is not asked for".into());
            }
            return "application/json";
        };
        if !kind.ends_with("json") {
            asked.body = file(rng, kind);
            if wrong(rng, 3) {
                asked.spoilt.push(spoil::write_otherwise(rng, &mut asked.body).into());
            }
            return kind;
        }
        let mut body = self.meant(rng, maker, place, schema, platform);
        if wrong(rng, 2) {
            asked.spoilt.push(spoil::change(rng, &mut body));
        }
        asked.body = serde_json::to_vec(&body).expect("JSON can be written");
        if wrong(rng, 12) {
            asked.spoilt.push(spoil::write_otherwise(rng, &mut asked.body).into());
        }
        kind
    }

    /// A body as it is meant: by its schema, and where that alone is seldom right, one that is, with a part made anew.
    fn meant(
        &self,
        rng: &mut SmallRng,
        maker: &Maker<'_>,
        place: &Operation,
        schema: &Value,
        platform: Option<&str>,
    ) -> Value {
        let made = maker.value(rng, schema, "", 0);
        let known = maker.known;
        let base = match (place.path.as_str(), platform) {
            ("/v1/shops/{shop}", _) => self.program.clone(),
            ("/v1/shops/{shop}/events", _) if rng.random_ratio(2, 3) => {
                let codes: Vec<String> = known.one(rng, "code").into_iter().collect();
                return paid_order(rng, &codes);
            }
            ("/v1/shops/{shop}/conversions", _) => {
                let codes: Vec<String> = known.one(rng, "code").into_iter().collect();
                paid_order(rng, &codes)["data"].take()
            }
            ("/v1/shops/{shop}/experiments", _) => {
                json!({"id": format!("x-{}", random(4)), "offers": ["friends", "friends2"], "difference": "20",
                    "weeks": 4})
            }
            ("/v1/connect-codes/exchange", _) => {
                let code = known.one(rng, "connect-codes").unwrap_or_default();
                json!({"code": code, "platform": "prestashop", "site": "https://shop.example"})
            }
            ("/v1/shops/{shop}/mail", _) => json!({"provider": "resend", "key": "re_test",
                "webhook_secret": REPORTS, "from": {"email": "bonjour@shop.example"},
                "quiet_hours": {"from": 0, "to": 0}}),
            ("/v1/shops/{shop}/contacts/{id}", Some("klaviyo")) => json!({"key": self.stand_ins.klaviyo}),
            ("/v1/shops/{shop}/contacts/{id}", _) => json!({"key": self.stand_ins.brevo, "list": 7}),
            ("/v1/shops/{shop}/connections/{id}", Some("shopify")) => {
                json!({"shop": "atelier", "token": self.stand_ins.shopify})
            }
            ("/v1/shops/{shop}/connections/{id}", Some("stripe")) => json!({"key": self.stand_ins.stripe}),
            ("/v1/shops/{shop}/orders/{order_id}/credit", _) => {
                json!({"code": known.one(rng, "code"), "despite": ["outside_window", "existing_customer"]})
            }
            ("/v1/shops/{shop}/tasks/{id}", _) => json!({"done": {"code": format!("V-{}", random(6))}}),
            ("/v1/shops/{shop}/claims/{id}", _) => json!({"decision": one_of(rng, &["accept", "refuse"])}),
            ("/v1/shops/{shop}/referrers/{code}/payout-details", _) => {
                json!({"iban": "FR1420041010050500013M02606", "account_holder": "Anna"})
            }
            ("/v1/shops/{shop}/payouts/{id}/sepa", _) => json!({"debtor": {"name": "Atelier",
                "iban": "DE89370400440532013000"}, "partial": true}),
            ("/v1/shops/{shop}/webhooks/{platform}", Some(platform)) => {
                return self.delivery(rng, known, platform);
            }
            _ => return made,
        };
        with_some_of(rng, base, made)
    }

    /// What a platform sends.
    fn delivery(&self, rng: &mut SmallRng, known: &Known, platform: &str) -> Value {
        let all: Vec<&Value> =
            self.deliveries.iter().filter(|(of, _)| *of == platform).map(|(_, body)| body).collect();
        if all.is_empty() {
            let id = known.one(rng, "messages").unwrap_or_default();
            return json!({"type": "email.bounced", "event": "hard_bounce", "email": "p1@example.com",
                "message-id": id, "data": {"email_id": id, "to": ["p1@example.com"]}});
        }
        let mut body = all[rng.random_range(0..all.len())].clone();
        let place =
            if platform == "stripe" { body.pointer_mut("/data/object/id") } else { body.get_mut("id") };
        if let Some(place) = place.filter(|_| rng.random()) {
            *place = if place.is_string() {
                format!("cs_{}", random(12)).into()
            } else {
                rng.random_range(1..1_000_000).into()
            };
        }
        body
    }

    fn credential(
        &self,
        rng: &mut SmallRng,
        place: &Operation,
        asked: &mut Asked,
        wrong: &mut impl FnMut(&mut SmallRng, u32) -> bool,
    ) {
        let known = &self.shops[asked.shop];
        let theirs = &self.shops[(asked.shop + 1) % SHOPS].shop;
        let spoilt = wrong(rng, 5);
        let fits: Vec<&str> = place.credentials.iter().map(String::as_str).collect();
        let all =
            ["admin", "shop", "referrer", "module", "nobody", "another shop", "a stranger", "an odd header"];
        let by = match fits.as_slice() {
            [] if !spoilt => return,
            fits if !spoilt => one_of(rng, fits),
            _ => one_of(rng, &all),
        };
        let (by, token) = match by {
            "admin" => ("the admin", Some(env::admin_token())),
            "shop" => ("the shop", Some(known.shop.shop_token.clone())),
            "referrer" => ("a referrer", known.one(rng, "referrer_token")),
            "module" => ("a module", known.one(rng, "module_token")),
            "another shop" => ("another shop", Some(theirs.shop_token.clone())),
            "a stranger" => ("a stranger", Some(random(30))),
            "an odd header" => {
                let noise = noise(rng, 40).escape_ascii().to_string();
                let odd =
                    one_of(rng, &["Basic YTpi", "Bearer", "bearer  x y", "Bearer \u{7e}", &noise]).to_owned();
                asked.header("authorization", odd.trim());
                asked.by = "an odd header";
                return;
            }
            _ => ("nobody", None),
        };
        asked.by = by;
        if let Some(token) = token {
            asked.header("authorization", &format!("Bearer {token}"));
        }
    }

    /// Signs what is signed, mostly right.
    fn sign(
        &self,
        rng: &mut SmallRng,
        place: &Operation,
        asked: &mut Asked,
        platform: Option<&str>,
        wrong: &mut impl FnMut(&mut SmallRng, u32) -> bool,
    ) {
        let known = &self.shops[asked.shop];
        let spoilt = wrong(rng, 10);
        let now = jiff::Timestamp::now().as_second();
        let secret = |name: &str| {
            let kept = known.webhook_secrets.get(name).cloned();
            kept.or_else(|| PLATFORMS.iter().find(|(known, _)| *known == name).map(|(_, s)| (*s).to_owned()))
        };
        let mac = |secret: &str, before: &str| {
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
            mac.chain_update(before).chain_update(&asked.body).finalize().into_bytes()
        };
        if place.path.ends_with("/events") || platform == Some("mail-resend") {
            let (id, of) = if platform.is_some() {
                ("svix-id", REPORTS)
            } else {
                ("webhook-id", known.shop.event_secret.as_str())
            };
            let text = String::from_utf8_lossy(&asked.body).into_owned();
            let key = if spoilt { REPORTS.replace('M', "N") } else { of.to_owned() };
            let message = format!("msg_{}", random(12));
            let signature = shop::sign(&key, &message, now, &text);
            asked.headers.retain(|(name, _)| !name.starts_with("webhook-"));
            let family = id.trim_end_matches("id");
            asked.header(id, &message);
            asked.header(&format!("{family}timestamp"), &now.to_string());
            asked.header(&format!("{family}signature"), &signature);
            return;
        }
        let Some((platform, mut key)) = platform.and_then(|name| Some((name, secret(name)?))) else { return };
        if spoilt {
            key.push('x');
        }
        match platform {
            "shopify" => {
                let topic = one_of(
                    rng,
                    &[
                        "orders/create",
                        "orders/paid",
                        "orders/updated",
                        "orders/cancelled",
                        "orders/delete",
                        "refunds/create",
                        "customers/redact",
                        "customers/data_request",
                        "x",
                    ],
                );
                let signature = STANDARD.encode(mac(&key, ""));
                asked.header("x-shopify-topic", topic);
                asked.header("x-shopify-hmac-sha256", &signature);
            }
            "woocommerce" => {
                let topic =
                    one_of(rng, &["order.created", "order.updated", "order.deleted", "order.restored", "x"]);
                let signature = STANDARD.encode(mac(&key, ""));
                asked.header("x-wc-webhook-topic", topic);
                asked.header("x-wc-webhook-signature", &signature);
            }
            _ => {
                let hex: String =
                    mac(&key, &format!("{now}.")).iter().map(|byte| format!("{byte:02x}")).collect();
                asked.header("stripe-signature", &format!("t={now},v1={hex}"));
            }
        }
    }

    /// Asks.
    ///
    /// # Errors
    /// Where nobody answers.
    pub fn send(&self, asked: &Asked) -> Result<Answer, String> {
        let headers: Vec<(&str, &str)> =
            asked.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let url = format!("{}{}", self.edge, asked.path);
        http::try_send_by(&self.agent, &asked.method, &url, &headers, &asked.body)
            .map_err(|error| error.to_string())
    }

    /// Keeps what was mailed: links that end a kind of mail.
    pub fn read_mail<'a>(&mut self, mails: impl Iterator<Item = &'a Value>) {
        for mail in mails {
            let links = mail.to_string();
            for part in links.split("/u/").skip(1) {
                let part: &str = part
                    .split(|c: char| !(c.is_ascii_alphanumeric() || "-_./".contains(c)))
                    .next()
                    .unwrap_or("");
                if let Some((shop, token)) = part.split_once('/')
                    && let Some(known) = self.shops.iter_mut().find(|known| known.shop.id == shop)
                {
                    known.keep("u", token);
                }
            }
        }
    }

    /// Keeps what an answer gave, and puts back what later requests need.
    pub fn learn(&mut self, document: &Document, asked: &Asked, answer: &Answer) {
        let place = &document.operations[asked.operation];
        if !(200..300).contains(&answer.status) {
            return;
        }
        let of_shop = place.path == "/v1/shops/{shop}";
        if of_shop && asked.method == "DELETE" {
            self.shops[asked.shop] = settled(&self.edge, &self.program);
            return;
        }
        let Ok(body) = serde_json::from_str::<Value>(&answer.text) else { return };
        // The list of shops tells of others.
        if place.path != "/v1/shops" {
            self.shops[asked.shop].learn(place, &body);
        }
        if of_shop && asked.method == "PUT" {
            let shop = &self.shops[asked.shop].shop;
            let again = http::send_json("PUT", &shop.url(""), Some(&env::admin_token()), &self.program);
            if let Ok(body) = serde_json::from_str::<Value>(&again.text) {
                self.shops[asked.shop].learn(place, &body);
            }
        }
    }
}

impl Asked {
    /// Whether all about it was meant to be right.
    pub fn is_meant(&self) -> bool {
        self.spoilt.is_empty()
    }

    fn header(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_lowercase(), value.to_owned()));
    }
}

/// A shop in which something has happened: referrers, and orders of which some are due.
fn settled(edge: &str, program: &Value) -> Known {
    let mut known = Known::new(TestShop::on(edge, program));
    for (code, offer) in [("ANNA10", "friends"), ("NORD", "agencies"), ("GIFT-1", "gifts")] {
        known.shop.referrer(code, &referrer(offer, "Anna"));
        known.keep("code", code);
        let url = known.shop.url(&format!("/referrers/{code}/payout-details"));
        let paid = json!({"iban": "FR1420041010050500013M02606", "account_holder": "Anna"});
        http::send_json("PUT", &url, Some(&known.shop.shop_token), &paid).expect(200);
    }
    for (number, code) in ["ANNA10", "NORD", "GIFT-1", "NORD", "GIFT-1", ""].iter().enumerate() {
        let id = if code.is_empty() { "free".to_owned() } else { format!("first-{number}") };
        let order = json!({"type": "order.paid", "data": {"order_id": id, "at": at(-40 * 86_400),
            "currency": "EUR", "subtotal": "80.00", "discount": "0.00", "total": "80.00",
            "customer": {"id": format!("c-first-{number}")}, "codes": [code]}});
        known.shop.event(&order).expect(200);
        known.keep("order_id", &id);
    }
    known
}

/// A right body with some of its members as they were made.
fn with_some_of(rng: &mut SmallRng, mut base: Value, made: Value) -> Value {
    if let (Value::Object(base), Value::Object(made)) = (&mut base, made) {
        let often = if rng.random() { 0 } else { 15 };
        base.extend(made.into_iter().filter(|_| rng.random_ratio(often, 100)));
    }
    base
}

/// A file: an export, or a picture.
pub fn file(rng: &mut SmallRng, kind: &str) -> Vec<u8> {
    if kind.starts_with("text/csv") {
        let mut text = String::from("code,name,email,customer_id,balance,currency,order_id,date,total\n");
        for line in 0..rng.random_range(0..20) {
            let amount = one_of(rng, &["10.00", "\"1,000.50\"", "-1", "", "9999999999999999999999"]);
            let odd = spoil::hostile(rng).chars().take(80).collect::<String>().replace(['"', '\n'], "");
            let name = if rng.random_ratio(1, 6) { odd } else { format!("Anna {line}") };
            text.push_str(&format!(
                "CSV-{line},\"{name}\",csv{line}@example.com,c-{line},{amount},EUR,o-csv-{line},2026-01-01,80.00\n"
            ));
        }
        return text.into_bytes();
    }
    let dot =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    match rng.random_range(0..4) {
        0 => STANDARD.decode(dot).expect("base64"),
        1 => {
            let mut bytes = STANDARD.decode(dot).expect("base64");
            let from = rng.random_range(8..bytes.len());
            let more = noise(rng, 60);
            bytes.splice(from.., more);
            bytes
        }
        2 => {
            let side = one_of(rng, &["10", "0", "-1", "1e9", "NaN", "99999999999"]);
            let odd = spoil::hostile(rng).replace(['<', '&', '"', '\0'], "");
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} 10\"><script>x</script><title>{odd}</title>\
                 <path d=\"M0 0{}\"/></svg>",
                "L1 1".repeat(rng.random_range(0..500))
            )
            .into_bytes()
        }
        _ => {
            let start: &[u8] = if rng.random() {
                b"\xff\xd8\xff\xe0\x00\x10JFIF\0"
            } else {
                b"RIFF\xff\xff\xff\xffWEBPVP8 "
            };
            let count = rng.random_range(0..2_000);
            [start, &noise(rng, count)].concat()
        }
    }
}

/// What platforms sent when it was recorded.
fn recorded() -> Vec<(&'static str, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/edge/tests/fixtures/");
    let read = |name: &str| -> Value {
        let text = std::fs::read(format!("{folder}{name}")).unwrap_or_else(|e| panic!("{name}: {e}"));
        serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
    };
    let session = read("stripe/checkout.session.json");
    let mut all = vec![
        ("shopify", read("shopify/order.json")),
        ("shopify", read("shopify/refund.json")),
        ("shopify", json!({"customer": {"id": 7, "email": "p1@example.com"}, "orders_to_redact": [1]})),
        ("woocommerce", read("woocommerce/order.created.guest-coupon.raw.json")),
        ("woocommerce", read("woocommerce/order.updated.partial-refund.raw.json")),
    ];
    for kind in [
        "checkout.session.completed",
        "invoice.paid",
        "charge.refunded",
        "refund.created",
        "charge.dispute.created",
        "charge.dispute.closed",
    ] {
        all.push((
            "stripe",
            json!({"id": "evt_1", "type": kind, "created": 1_790_000_000,
            "data": {"object": session}}),
        ));
    }
    let mut paid = session;
    for (name, value) in [
        ("payment_status", json!("paid")),
        ("amount_subtotal", json!(8000)),
        ("amount_total", json!(8000)),
        ("currency", json!("eur")),
        ("payment_intent", json!("pi_1")),
    ] {
        paid[name] = value;
    }
    all.push((
        "stripe",
        json!({"id": "evt_2", "type": "checkout.session.completed",
        "created": jiff::Timestamp::now().as_second(), "data": {"object": paid}}),
    ));
    all
}

/// What the pages of a list are kept as.
fn cursor(place: &Operation) -> String {
    format!("cursor of {}", place.path)
}

/// A text as a part of an address.
fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~:".contains(byte);
    text.bytes()
        .map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
