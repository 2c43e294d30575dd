//! Stripe's coupons, promotion codes, customers' balances and events, version 2026-10-28.endive.

use crate::{Answered, Asked, Mood, StandIn, is_decimal};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use url::form_urlencoded;

/// The version in which it may be asked.
const VERSION: &str = "2026-10-28.endive";

/// One account.
#[derive(Debug)]
pub struct Stripe {
    /// Its restricted key.
    pub key: String,
    /// The resources that the key may write.
    pub writes: Vec<&'static str>,
    /// Its coupons, by id.
    pub coupons: BTreeMap<String, Value>,
    /// Its promotion codes, the oldest first.
    pub promotion_codes: Vec<Value>,
    /// Its customers' balances, in the smallest unit; negative is credit.
    pub balances: BTreeMap<String, i64>,
    /// What was booked on balances: the customer, and the transaction.
    pub booked: Vec<(String, Value)>,
    /// What happened in it, the oldest first.
    pub events: Vec<Value>,
    /// Whether the key may read that.
    pub reads_events: bool,
    /// Which payments were of which invoices.
    pub invoice_payments: Vec<Value>,
    /// Every request, in order.
    pub asked: Vec<String>,
    moods: VecDeque<Mood>,
    replays: BTreeMap<String, Answered>,
    ids: u64,
}

impl Default for Stripe {
    fn default() -> Self {
        Self {
            key: "rk_test_0123456789abcdef".into(),
            writes: vec!["coupons", "promotion_codes", "customers"],
            coupons: BTreeMap::new(),
            promotion_codes: Vec::new(),
            balances: BTreeMap::new(),
            booked: Vec::new(),
            events: Vec::new(),
            reads_events: true,
            invoice_payments: Vec::new(),
            asked: Vec::new(),
            moods: VecDeque::new(),
            replays: BTreeMap::new(),
            ids: 0,
        }
    }
}

type Form = BTreeMap<String, String>;

impl Stripe {
    /// An account without anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// The promotion code of a name that is active.
    pub fn active(&self, code: &str) -> Option<&Value> {
        let same = |one: &&Value| {
            one["active"] == true
                && one["code"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(code))
        };
        self.promotion_codes.iter().find(same)
    }

    fn id(&mut self, prefix: &str) -> String {
        self.ids += 1;
        format!("{prefix}_{}", self.ids)
    }

    fn create_coupon(&mut self, form: &Form) -> Answered {
        let known = ["id", "duration", "name", "percent_off", "amount_off", "currency"];
        if let Some(fault) = only(form, &known) {
            return fault;
        }
        let text = |name: &str| form.get(name).cloned();
        let right = match (text("percent_off"), text("amount_off"), text("currency")) {
            (Some(percent), None, None) => is_decimal(&percent),
            (None, Some(amount), Some(currency)) => {
                amount.parse::<i64>().is_ok_and(|amount| amount > 0) && currency.len() == 3
            }
            _ => false,
        };
        if !right {
            return refused(400, "parameter_missing", "You must pass either `percent_off` or `amount_off`.");
        }
        let id = match text("id") {
            Some(id) => id,
            None => self.id("co"),
        };
        if self.coupons.contains_key(&id) {
            return refused(400, "resource_already_exists", "Coupon already exists.");
        }
        let number = |name: &str| text(name).and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let coupon = json!({"id": id, "object": "coupon", "percent_off": number("percent_off"),
            "amount_off": number("amount_off"), "currency": text("currency"), "duration": text("duration")});
        self.coupons.insert(id, coupon.clone());
        Answered::json(200, &coupon)
    }

    fn create_promotion_code(&mut self, form: &Form) -> Answered {
        let known = [
            "promotion[type]",
            "promotion[coupon]",
            "code",
            "max_redemptions",
            "expires_at",
            "customer",
            "restrictions[first_time_transaction]",
            "restrictions[minimum_amount]",
            "restrictions[minimum_amount_currency]",
            "metadata[parrain]",
            "metadata[terms]",
        ];
        if let Some(fault) = only(form, &known) {
            return fault;
        }
        let text = |name: &str| form.get(name).cloned();
        let (Some(coupon), Some("coupon")) = (text("promotion[coupon]"), text("promotion[type]").as_deref())
        else {
            return refused(400, "parameter_missing", "Missing required param: promotion.");
        };
        let Some(held) = self.coupons.get(&coupon).cloned() else {
            return refused(400, "resource_missing", &format!("No such coupon: '{coupon}'"));
        };
        let code = text("code").unwrap_or_default();
        if !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return refused(400, "invalid_characters", "Invalid characters in code.");
        }
        if self.active(&code).is_some() {
            let words = format!("An active promotion code with `code: {code}` already exists.");
            return refused(400, "", &words);
        }
        let least = text("restrictions[minimum_amount]");
        if least.is_some() != text("restrictions[minimum_amount_currency]").is_some() {
            return refused(400, "parameter_missing", "Both minimum_amount and its currency are needed.");
        }
        let number = |text: Option<String>| text.and_then(|text| text.parse::<i64>().ok());
        let made = json!({"id": self.id("promo"), "object": "promotion_code", "code": code, "active": true,
            "promotion": {"type": "coupon", "coupon": held}, "customer": text("customer"),
            "max_redemptions": number(text("max_redemptions")), "expires_at": number(text("expires_at")),
            "times_redeemed": 0,
            "restrictions": {"first_time_transaction": text("restrictions[first_time_transaction]").as_deref() == Some("true"),
                "minimum_amount": number(least), "minimum_amount_currency": text("restrictions[minimum_amount_currency]")},
            "metadata": {"parrain": text("metadata[parrain]"), "terms": text("metadata[terms]")}});
        self.promotion_codes.push(made.clone());
        Answered::json(200, &made)
    }

    /// Only whether it is active may change.
    fn update_promotion_code(&mut self, id: &str, form: &Form) -> Answered {
        if let Some(fault) = only(form, &["active", "metadata[parrain]", "metadata[terms]"]) {
            return fault;
        }
        match self.promotion_codes.iter_mut().find(|one| one["id"] == id) {
            Some(one) => {
                one["active"] = json!(form.get("active").is_some_and(|active| active == "true"));
                Answered::json(200, one)
            }
            None => refused(404, "resource_missing", "No such promotion code"),
        }
    }

    fn book(&mut self, customer: &str, form: &Form) -> Answered {
        if let Some(fault) = only(form, &["amount", "currency", "description", "metadata[parrain]"]) {
            return fault;
        }
        if !self.balances.contains_key(customer) {
            return refused(404, "resource_missing", &format!("No such customer: '{customer}'"));
        }
        let amount = form.get("amount").and_then(|amount| amount.parse::<i64>().ok());
        let (Some(amount), Some(currency)) = (amount, form.get("currency")) else {
            return refused(400, "parameter_missing", "Missing required param: amount.");
        };
        *self.balances.entry(customer.to_owned()).or_default() += amount;
        let made = json!({"id": self.id("cbtxn"), "amount": amount, "currency": currency,
            "metadata": {"parrain": form.get("metadata[parrain]")}});
        self.booked.push((customer.to_owned(), made.clone()));
        Answered::json(200, &made)
    }

    fn route(&mut self, asked: &Asked) -> Answered {
        let of = if asked.method == "GET" { &asked.query } else { &asked.body };
        let form: Form = form_urlencoded::parse(of.as_bytes()).into_owned().collect();
        let parts: Vec<&str> = asked.path.trim_start_matches("/v1/").split('/').collect();
        let resource = parts.first().copied().unwrap_or_default();
        if asked.method == "POST" {
            if !self.writes.contains(&resource) {
                let words = format!(
                    "The provided key does not have the required permissions for this endpoint. Having the '{resource}_write' permission would allow this request to continue."
                );
                return refused(403, "", &words);
            }
            if asked.header("content-type") != "application/x-www-form-urlencoded" {
                return refused(
                    400,
                    "",
                    "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
                );
            }
        }
        match (asked.method.as_str(), parts.as_slice()) {
            ("POST", ["coupons"]) => self.create_coupon(&form),
            ("POST", ["promotion_codes"]) => self.create_promotion_code(&form),
            ("POST", ["promotion_codes", id]) => self.update_promotion_code(id, &form),
            ("GET", ["promotion_codes"]) => {
                let fits = |one: &&Value| {
                    let code = form.get("code").is_none_or(|code| {
                        one["code"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(code))
                    });
                    code && form
                        .get("active")
                        .is_none_or(|active| (active == "true") == (one["active"] == true))
                };
                let mut found: Vec<&Value> = self.promotion_codes.iter().rev().filter(fits).collect();
                found.truncate(form.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10));
                Answered::json(200, &json!({"object": "list", "data": found}))
            }
            ("GET", ["events"]) => self.list_events(&asked.query),
            ("GET", ["invoice_payments"]) => {
                let payment = form.get("payment[payment_intent]");
                let of = |one: &&Value| {
                    payment.is_none_or(|payment| one["payment"]["payment_intent"] == payment.as_str())
                };
                let found: Vec<&Value> = self.invoice_payments.iter().filter(of).collect();
                Answered::json(200, &json!({"object": "list", "data": found, "has_more": false}))
            }
            ("GET", ["promotion_codes", id]) => {
                match self.promotion_codes.iter().find(|one| one["id"] == *id) {
                    Some(one) => Answered::json(200, one),
                    None => refused(404, "resource_missing", "No such promotion code"),
                }
            }
            ("POST", ["customers", customer, "balance_transactions"]) => self.book(customer, &form),
            ("GET", ["customers", customer, "balance_transactions"]) => {
                let of = self.booked.iter().rev().filter(|(whose, _)| whose == customer);
                Answered::json(
                    200,
                    &json!({"object": "list", "data": of.map(|(_, one)| one).collect::<Vec<_>>()}),
                )
            }
            ("GET", ["customers", customer]) => match self.balances.get(*customer) {
                Some(balance) => Answered::json(200, &json!({"id": customer, "balance": balance})),
                None => refused(404, "resource_missing", "No such customer"),
            },
            _ => refused(404, "", "Unrecognized request URL"),
        }
    }
}

impl Stripe {
    /// The newest first; with `ending_before` those that come right after that one.
    fn list_events(&self, query: &str) -> Answered {
        if !self.reads_events {
            let words = "The provided key does not have the required permissions for this endpoint. Having the 'event_read' permission would allow this request to continue.";
            return refused(403, "", words);
        }
        let mut types = Vec::new();
        let mut form = Form::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            if name == "types[]" {
                types.push(value);
            } else {
                form.insert(name, value);
            }
        }
        let known = ["limit", "created[lt]", "created[gte]", "starting_after", "ending_before"];
        if let Some(fault) = only(&form, &known) {
            return fault;
        }
        let limit = form.get("limit").map_or(Ok(10), |limit| limit.parse::<usize>());
        let Ok(limit @ 1..=100) = limit else { return refused(400, "parameter_invalid_integer", "limit") };
        if types.len() > 20 || form.contains_key("starting_after") && form.contains_key("ending_before") {
            return refused(400, "", "Too many types, or two cursors");
        }
        let second = |name: &str| form.get(name).and_then(|text| text.parse::<i64>().ok());
        let (lt, gte) = (second("created[lt]"), second("created[gte]"));
        let fits = |event: &&Value| {
            let at = event["created"].as_i64().unwrap_or_default();
            (types.is_empty() || types.iter().any(|kind| event["type"] == kind.as_str()))
                && lt.is_none_or(|lt| at < lt)
                && gte.is_none_or(|gte| at >= gte)
        };
        let newest: Vec<&Value> = self.events.iter().rev().filter(fits).collect();
        // A cursor names any event of the account, whether it is among those that are listed or not.
        let place = |id: &String| self.events.iter().position(|event| event["id"] == id.as_str());
        let at = |event: &Value| self.events.iter().position(|other| other == event).unwrap_or_default();
        let (page, more): (Vec<&Value>, bool) = match (form.get("starting_after"), form.get("ending_before"))
        {
            (Some(id), _) => {
                let Some(place) = place(id) else { return refused(400, "resource_missing", "No such event") };
                let rest: Vec<&Value> = newest.into_iter().filter(|event| at(event) < place).collect();
                (rest.iter().take(limit).copied().collect(), rest.len() > limit)
            }
            (None, Some(id)) => {
                let Some(place) = place(id) else { return refused(400, "resource_missing", "No such event") };
                let rest: Vec<&Value> = newest.into_iter().filter(|event| at(event) > place).collect();
                let from = rest.len().saturating_sub(limit);
                (rest.iter().skip(from).copied().collect(), from > 0)
            }
            (None, None) => (newest.iter().take(limit).copied().collect(), newest.len() > limit),
        };
        Answered::json(200, &json!({"object": "list", "url": "/v1/events", "data": page, "has_more": more}))
    }
}

impl StandIn for Stripe {
    fn moods(&mut self) -> &mut VecDeque<Mood> {
        &mut self.moods
    }

    fn serve(&mut self, asked: &Asked, _: i64) -> Answered {
        self.asked.push(format!("{} {}", asked.method, asked.path));
        if asked.header("authorization") != format!("Bearer {}", self.key) {
            return refused(401, "", "Invalid API Key provided: rk_test_****");
        }
        if asked.header("stripe-version") != VERSION {
            return refused(400, "", "This version is not stood in for");
        }
        let key = asked.header("idempotency-key").to_owned();
        if let Some(before) = self.replays.get(&key) {
            return before.clone();
        }
        let answer = self.route(asked);
        if !key.is_empty() {
            self.replays.insert(key, answer.clone());
        }
        answer
    }
}

fn only(form: &Form, known: &[&str]) -> Option<Answered> {
    let other = form.keys().find(|name| !known.contains(&name.as_str()))?;
    Some(refused(400, "parameter_unknown", &format!("Received unknown parameter: {other}")))
}

fn refused(status: u16, code: &str, message: &str) -> Answered {
    Answered::json(
        status,
        &json!({"error": {"type": "invalid_request_error", "code": code, "message": message}}),
    )
}
