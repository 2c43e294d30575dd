//! A shop that has lived: fourteen months of made orders, with every state in them, so that each page of the desk has
//! something to show. Made by a number that is always the same, they are the same orders each time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use parrain_wire::instant::Instant;
use serde_json::{Value, json};
use ureq::{
    Agent,
    http::{Method, Request},
};

use crate::stack::{self, Edge};

/// The shop's id.
pub const SHOP: &str = "lumiere";

/// How many days have passed since it opened.
const DAYS: i64 = 425;

/// A browser, which clicks are counted of.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Who refers: code, name, offer, and how often out of a hundred orders.
const REFERRERS: &[(&str, &str, &str, u64)] = &[
    ("ANNA-D", "Anna Dubois", "friends", 14),
    ("LEA", "Léa Martin", "influencers", 18),
    ("AGENCE-NORD", "Agence Nord", "agencies", 16),
    ("PAUL-R", "Paul Roussel", "friends", 5),
    ("ZOE", "Zoé Lambert", "friends", 4),
    ("KARIM", "Karim Benali", "friends", 4),
    ("INES", "Inès Garnier", "friends", 3),
    ("HUGO", "Hugo Petit", "friends", 2),
    ("MAISON-LIN", "Maison Lin", "influencers", 4),
];

/// Numbers that look like chance and are always the same (an LCG of Knuth's).
struct Dice(u64);

impl Dice {
    /// A number below another.
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// The shop while it is made.
struct Past<'a> {
    edge: &'a Edge,
    agent: Agent,
    key: Vec<u8>,
    now: Instant,
    dice: Dice,
}

/// A link that signs a shop's owner in at the desk, once.
///
/// # Errors
/// What the edge refuses, in its own words.
pub fn desk_link(edge: &Edge, shop: &str) -> Result<String> {
    let made = edge.admin(Method::POST, &format!("/v1/shops/{shop}/desk-links"), &json!({}))?;
    let link = made["link"].as_str().context("the edge made no link to the desk")?;
    Ok(link.to_owned())
}

/// Lets the shop live, where it has not yet.
///
/// # Errors
/// What the edge refuses, in its own words.
pub fn live(edge: &Edge, shop_url: &str) -> Result<()> {
    let path = format!("/v1/shops/{SHOP}");
    if edge.has(&format!("{path}/orders/L-done"))? {
        return Ok(());
    }
    let shop = edge.admin(Method::PUT, &path, &program(shop_url))?;
    let secret = shop["event_secret"].as_str().context("the shop has no event_secret")?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let mut past = Past {
        edge,
        agent: stack::agent(Duration::from_secs(20)),
        key: STANDARD.decode(secret.trim_start_matches("whsec_"))?,
        now: Instant::from_seconds(now),
        dice: Dice(20_261_126),
    };
    past.people()?;
    past.orders()?;
    past.what_waits(shop_url)?;
    past.event("L-done", "order.paid", &past.order("L-done", 0, "24.00", json!([]), "c-last"))
}

impl Past<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/v1/shops/{SHOP}{rest}")
    }

    fn ago(&self, days: i64, hour: u64) -> String {
        let hour = i64::try_from(hour).unwrap_or(0);
        self.now.plus_days(-days).plus_seconds(-hour * 600).to_string()
    }

    fn people(&mut self) -> Result<()> {
        for (code, name, offer, _) in REFERRERS {
            let email = format!("{}@example.com", code.to_lowercase());
            let body =
                json!({"offer": offer, "name": name, "email": email, "customer_id": format!("p-{code}")});
            let card = self.edge.admin(Method::PUT, &self.path(&format!("/referrers/{code}")), &body)?;
            ensure!(card["code"] == *code, "the edge made {card} of {code}");
        }
        let agency = json!({"iban": "FR7630006000011234567890189", "account_holder": "Agence Nord SARL",
            "company": "Agence Nord SARL", "siret": "73282932000074", "profession": "Agence de communication",
            "address": {"line1": "12 rue des Arts", "postal_code": "59800", "city": "Lille", "country": "FR"}});
        self.edge.admin(Method::PUT, &self.path("/referrers/AGENCE-NORD/payout-details"), &agency)?;
        let lea = json!({"iban": "DE89370400440532013000", "account_holder": "Léa Martin"});
        self.edge.admin(Method::PUT, &self.path("/referrers/LEA/payout-details"), &lea)?;
        Ok(())
    }

    fn order(&self, id: &str, days: i64, subtotal: &str, codes: Value, customer: &str) -> Value {
        json!({"order_id": id, "at": self.ago(days, 3), "currency": "EUR", "subtotal": subtotal, "discount": "0.00",
            "total": subtotal, "codes": codes,
            "customer": {"id": customer, "email": format!("{customer}@example.com")}})
    }

    fn orders(&mut self) -> Result<()> {
        let mut number = 1000;
        for day in (1..=DAYS).rev() {
            // It began with an order every other day and has three on a good one now.
            let busy = 1 + (DAYS - day) * 2 / DAYS;
            let today = self.dice.below(u64::try_from(busy)? + 1);
            for _ in 0..today {
                number += 1;
                self.one_order(number, day)?;
            }
        }
        // All of a while ago is paid; what came since is due.
        let until = self.ago(62, 0);
        let batch = self.edge.admin(Method::POST, &self.path("/payouts"), &json!({"until": until}))?;
        let id = batch["id"].as_str().context("a payout without an id")?;
        self.edge.admin(Method::POST, &self.path(&format!("/payouts/{id}/paid")), &json!({}))?;
        Ok(())
    }

    fn one_order(&mut self, number: u32, day: i64) -> Result<()> {
        let id = format!("L-{number}");
        let subtotal =
            format!("{}.{:02}", 18 + self.dice.below(120), [0, 50, 90][usize::try_from(self.dice.below(3))?]);
        let roll = self.dice.below(100);
        let mut passed = 0;
        let by = REFERRERS.iter().find(|(_, _, _, share)| {
            passed += share;
            roll < passed
        });
        // A third of the customers have bought before.
        let customer = match self.dice.below(3) {
            0 => format!("c-{}", self.dice.below(u64::from(number) - 999)),
            _ => format!("c-{number}"),
        };
        let (codes, customer) = match by {
            // Somebody tries their own code.
            Some((code, ..)) if self.dice.below(40) == 0 => (json!([code]), format!("p-{code}")),
            Some((code, ..)) => (json!([code]), customer),
            None => (json!([]), customer),
        };
        let order = self.order(&id, day, &subtotal, codes, &customer);
        self.event(&id, "order.paid", &order)?;
        match self.dice.below(24) {
            0 => {
                let amount = format!("{}.00", 5 + self.dice.below(12));
                let refund = json!({"order_id": id, "refund_id": format!("r-{number}"),
                    "at": self.ago((day - 5).max(0), 1), "currency": "EUR", "amount": amount});
                self.event(&format!("r-{number}"), "order.refunded", &refund)
            }
            1 => {
                let cancelled = json!({"order_id": id, "at": self.ago((day - 2).max(0), 1)});
                self.event(&format!("x-{number}"), "order.cancelled", &cancelled)
            }
            _ => Ok(()),
        }
    }

    fn what_waits(&mut self, shop_url: &str) -> Result<()> {
        // The newest orders, so that the month has begun whatever day it is.
        for (number, (code, subtotal)) in
            [("ANNA-D", "72.00"), ("AGENCE-NORD", "148.00"), ("LEA", "56.00")].iter().enumerate()
        {
            let id = format!("L-9{number}");
            let order = self.order(&id, 0, subtotal, json!([code]), &format!("c-new-{number}"));
            self.event(&id, "order.paid", &order)?;
        }
        // An order that nobody has, and a referrer who says that it was theirs.
        let order = self.order("L-1007b", 20, "80.00", json!([]), "c-bob");
        self.event("L-1007b", "order.paid", &order)?;
        let claim = json!({"order_id": "L-1007b", "note": "C’était Bob, mon voisin."});
        let card = self.edge.admin(Method::PUT, &self.path("/referrers/LEA"),
            &json!({"offer": "influencers", "name": "Léa Martin", "email": "lea@example.com", "customer_id": "p-LEA"}))?;
        let token = card["token"].as_str().context("a card without a token")?.to_owned();
        self.page(Method::POST, "/referrers/LEA/claims", shop_url, Some(&token), &claim)?;
        // Somebody asks to join, a page reports what the server has not confirmed, links are opened.
        for (name, email) in
            [("Camille Roy", "camille@example.com"), ("Studio Bleu", "bonjour@studio-bleu.example")]
        {
            self.page(Method::POST, "/referrers", shop_url, None, &json!({"name": name, "email": email}))?;
        }
        for (id, code) in [("W-1", "ANNA-D"), ("W-2", "LEA")] {
            let report = json!({"order_id": id, "at": self.ago(0, 1), "currency": "EUR", "subtotal": "62.00",
                "discount": "0.00", "total": "62.00", "codes": [code], "customer": {"email": format!("{id}@example.com")}});
            self.page(Method::POST, "/conversions", shop_url, None, &report)?;
        }
        for (code, times) in [("ANNA-D", 14), ("LEA", 31), ("AGENCE-NORD", 9)] {
            for _ in 0..times {
                let link = format!("{}/r/{SHOP}/{code}", self.edge.url);
                let click = Request::get(link).header("user-agent", BROWSER).body(String::new())?;
                self.agent.run(click)?;
            }
        }
        for (code, status, reason) in
            [("HUGO", "paused", "En congé"), ("INES", "ended", "A quitté la région")]
        {
            let body = json!({"status": status, "reason": reason});
            self.edge.admin(Method::PATCH, &self.path(&format!("/referrers/{code}")), &body)?;
        }
        let bonus = json!({"id": "noel", "code": "ANNA-D", "amount": "15.00", "currency": "EUR", "reason": "Merci pour Noël"});
        self.edge.admin(Method::POST, &self.path("/adjustments"), &bonus)?;
        Ok(())
    }

    fn event(&self, id: &str, kind: &str, data: &Value) -> Result<()> {
        let body = json!({"type": kind, "data": data}).to_string();
        let request = stack::signed(&self.edge.url, SHOP, &self.key, &format!("msg-{id}"), body)?;
        let mut answer = self.agent.run(request)?;
        let status = answer.status().as_u16();
        ensure!(status == 200, "{kind} {id}: {status} {}", answer.body_mut().read_to_string()?);
        Ok(())
    }

    fn page(
        &self,
        method: Method,
        path: &str,
        shop_url: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<()> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{}", self.edge.url, self.path(path)))
            .header("origin", shop_url)
            .header("user-agent", BROWSER)
            .header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = self.agent.run(request.body(body.to_string())?)?;
        let status = answer.status().as_u16();
        ensure!((200..300).contains(&status), "{path}: {status} {}", answer.body_mut().read_to_string()?);
        Ok(())
    }
}

/// The program of a shop that has come to know its referrers.
fn program(shop_url: &str) -> Value {
    json!({
        "name": "Maison Lumière",
        "currency": "EUR",
        "landing_url": format!("{shop_url}/"),
        "origins": [shop_url],
        "locale": "fr",
        "time_zone": "Europe/Paris",
        "joining": "review",
        "payouts": {"minimum": "20.00", "debtor": {"name": "Maison Lumiere SARL", "iban": "FR7630006000011234567890189"}},
        "offers": [
            {"id": "friends", "audience": "customer",
                "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
                "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "hold_days": 14}},
            {"id": "influencers", "audience": "affiliate",
                "friend": {"reward": {"kind": "percent_off", "percent": "5"}},
                "advocate": {"reward": {"kind": "commission", "percent": "12"}, "hold_days": 14}},
            {"id": "agencies", "audience": "agency",
                "advocate": {"reward": {"kind": "commission", "percent": "8"}, "orders": "lifetime", "hold_days": 30}},
        ],
    })
}
