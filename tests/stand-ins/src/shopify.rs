//! Shopify's Admin GraphQL as far as codes, rewards and reading orders go, version 2026-10, and the token of an app.

use crate::shopify_orders::{Question, spent};
use crate::{Answered, Asked, Mood, StandIn, instant, is_decimal, parts, unknown};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use url::form_urlencoded;

/// How long an app's token holds, in seconds.
const HOLDS: i64 = 86_399;

/// What a bucket of points holds, and what comes back in a second, on the smallest plan.
const BUCKET: (i64, i64) = (2000, 100);

/// What a mutation costs, and a question.
const COSTS: (i64, i64) = (10, 2);

/// One shop at Shopify.
#[derive(Debug)]
pub struct Shopify {
    /// Its address there.
    pub shop: String,
    /// The token of an app that was made in its admin.
    pub token: String,
    /// An app of the Dev Dashboard: its id and secret.
    pub app: (String, String),
    /// The rights of either.
    pub scopes: Vec<&'static str>,
    /// The currency in which it sells.
    pub currency: &'static str,
    /// Its discounts, by code in lower case.
    pub discounts: BTreeMap<String, Discount>,
    /// Its gift cards, by code in lower case.
    pub gift_cards: BTreeMap<String, GiftCard>,
    /// What was booked on customers' store credit, by customer, the oldest first: amount with its sign.
    pub credit: BTreeMap<String, Vec<Booking>>,
    /// Prices of variants, by SKU.
    pub variants: BTreeMap<String, &'static str>,
    /// Its orders, each with all that its type has of it and its refunds.
    pub orders: Vec<Value>,
    /// Whether the app may see customers' data.
    pub sees_customers: bool,
    /// How often an app's token was given.
    pub tokens: u32,
    /// Every operation that was asked for, in order.
    pub asked: Vec<String>,
    moods: VecDeque<Mood>,
    points: i64,
    filled: i64,
    token_until: i64,
    ids: u64,
}

/// A discount.
#[derive(Debug, Clone)]
pub struct Discount {
    /// Its id.
    pub id: String,
    /// Whether it gives free shipping.
    pub shipping: bool,
    /// As it was made.
    pub input: Value,
    /// How often it was used.
    pub uses: i64,
    /// Whether it was deactivated.
    pub over: bool,
}

/// A gift card.
#[derive(Debug, Clone)]
pub struct GiftCard {
    /// Its id.
    pub id: String,
    /// What it was worth.
    pub initial: String,
    /// What is left of it.
    pub balance: String,
    /// Whether it can be used.
    pub enabled: bool,
}

/// Something that was booked on a customer's store credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its id.
    pub id: String,
    /// When, in milliseconds.
    pub at: i64,
    /// How much, in hundredths of a hundredth.
    pub parts: i64,
    /// Why: `ADJUSTMENT`, or `ORDER_PAYMENT` where a customer paid by it.
    pub event: &'static str,
}

/// What an operation answers: its payload, or an error of the whole question.
type Payload = Result<Value, Value>;

impl Shopify {
    /// A shop that sells in euros, and whose apps may do everything.
    pub fn new(shop: &str) -> Self {
        Self {
            shop: shop.into(),
            token: "shpat_0123456789abcdef".into(),
            app: ("app-id".into(), "app-secret".into()),
            scopes: vec![
                "write_discounts",
                "write_gift_cards",
                "write_store_credit_account_transactions",
                "read_customers",
                "read_products",
                "read_orders",
            ],
            currency: "EUR",
            discounts: BTreeMap::new(),
            gift_cards: BTreeMap::new(),
            credit: BTreeMap::new(),
            variants: BTreeMap::new(),
            orders: Vec::new(),
            sees_customers: true,
            tokens: 0,
            asked: Vec::new(),
            moods: VecDeque::new(),
            points: BUCKET.0,
            filled: 0,
            token_until: 0,
            ids: 0,
        }
    }

    /// What a customer has to spend, in hundredths of a hundredth.
    pub fn balance(&self, customer: &str) -> i64 {
        self.credit.get(customer).into_iter().flatten().map(|one| one.parts).sum()
    }

    /// Leaves only so many points in the bucket.
    pub fn drain(&mut self, left: i64, now: i64) {
        (self.points, self.filled) = (left, now);
    }

    fn id(&mut self, kind: &str) -> String {
        self.ids += 1;
        format!("gid://shopify/{kind}/{}", self.ids)
    }

    fn access_token(&mut self, asked: &Asked, now: i64) -> Answered {
        let form: BTreeMap<_, _> = form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
        let is = |name: &str, value: &str| form.get(name).is_some_and(|given| given == value);
        if asked.header("content-type") != "application/x-www-form-urlencoded"
            || !is("grant_type", "client_credentials")
        {
            return Answered::json(400, &json!({"error": "invalid_request"}));
        }
        if !is("client_id", &self.app.0) || !is("client_secret", &self.app.1) {
            return Answered::json(400, &json!({"error": "shop_not_permitted"}));
        }
        self.tokens += 1;
        self.token_until = now + HOLDS * 1000;
        let token = format!("shpca_{}", self.tokens);
        Answered::json(
            200,
            &json!({"access_token": token, "scope": self.scopes.join(","), "expires_in": HOLDS}),
        )
    }

    fn lets_in(&self, given: &str, now: i64) -> bool {
        let days = self.tokens > 0 && given == format!("shpca_{}", self.tokens) && now < self.token_until;
        given == self.token || days
    }

    fn graphql(&mut self, asked: &Asked, now: i64) -> Answered {
        if asked.header("content-type") != "application/json" {
            return Answered::json(
                400,
                &json!({"errors": {"query": "Required parameter missing or invalid"}}),
            );
        }
        let Ok(body) = serde_json::from_str::<Value>(&asked.body) else {
            return Answered::json(400, &json!({"errors": "Bad Request"}));
        };
        let query = body["query"].as_str().unwrap_or_default().to_owned();
        let reads_orders =
            ["orders(first", "order(id:", "... on Refund"].iter().any(|part| query.contains(part))
                && !query.contains("storeCreditAccounts(");
        let cost = if reads_orders {
            let ids = body["variables"]["ids"].as_array().map_or(0, Vec::len);
            match Question::read(&query).cost(ids) {
                Ok(cost) => cost,
                Err(error) => return Answered::json(200, &json!({"errors": [error]})),
            }
        } else if query.starts_with("mutation") {
            COSTS.0
        } else {
            COSTS.1
        };
        let restored = (now - self.filled).max(0) / 1000 * BUCKET.1;
        if restored > 0 {
            (self.points, self.filled) = ((self.points + restored).min(BUCKET.0), now);
        }
        let status = |left: i64| json!({"maximumAvailable": BUCKET.0, "currentlyAvailable": left, "restoreRate": BUCKET.1});
        if self.points < cost {
            return Answered::json(
                200,
                &json!({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                    "extensions": {"cost": {"requestedQueryCost": cost, "actualQueryCost": null,
                        "throttleStatus": status(self.points)}}}),
            );
        }
        self.points -= cost;
        if reads_orders {
            return self.read_orders(&query, &body["variables"], cost);
        }
        let cost = json!({"cost": {"requestedQueryCost": cost, "actualQueryCost": cost, "throttleStatus": status(self.points)}});
        match self.operate(&query, &body["variables"], now) {
            Ok(data) => Answered::json(200, &json!({"data": data, "extensions": cost})),
            Err(error) => Answered::json(200, &json!({"errors": [error], "extensions": cost})),
        }
    }

    /// Orders, lines or refunds, of whose price what did not come is given back.
    fn read_orders(&mut self, query: &str, variables: &Value, cost: i64) -> Answered {
        let question = Question::read(query);
        self.asked.push(query.split(['(', ' ']).nth(1).unwrap_or_default().to_owned());
        if !self.scopes.contains(&"read_orders") {
            return Answered::json(
                200,
                &json!({"data": null, "errors": [{"message": "Access denied for orders field.", "path": ["orders"],
                    "extensions": {"code": "ACCESS_DENIED"}}]}),
            );
        }
        let mut orders = self.orders.clone();
        orders.sort_by_key(|order| (order["updatedAt"].to_string(), order["legacyResourceId"].to_string()));
        let id = |one: &Value| one["id"].as_str().unwrap_or_default().to_owned();
        let mut found = json!({});
        if query.contains("orders(first") && !query.contains("order(id:") {
            let since = variables["query"].as_str().and_then(|text| {
                let text = text.strip_prefix("updated_at:>='")?.strip_suffix('\'')?;
                text.ends_with('Z').then(|| text.to_owned())
            });
            let (Some(since), true) = (since, question.arguments().contains("sortKey: UPDATED_AT")) else {
                let words = "This stand-in reads what was changed since an instant, in its order";
                return Answered::json(200, &json!({"errors": [{"message": words}]}));
            };
            orders.retain(|order| order["updatedAt"].as_str().is_some_and(|at| at >= since.as_str()));
            found["orders"] = json!(orders);
        } else if query.contains("order(id:") {
            found["order"] =
                orders.iter().find(|one| one["id"] == variables["id"]).cloned().unwrap_or_default();
        } else {
            let refunds = orders.iter().filter_map(|order| order["refunds"].as_array()).flatten();
            let wanted: Vec<String> = variables["ids"]
                .as_array()
                .map(|ids| ids.iter().filter_map(|id| id.as_str()).map(str::to_owned).collect())
                .unwrap_or_default();
            found["nodes"] = refunds.filter(|one| wanted.contains(&id(one))).cloned().collect();
        }
        let mut data = question.answer(&found, variables["after"].as_str());
        self.points += cost - spent(&data).min(cost);
        let mut errors = Vec::new();
        if !self.sees_customers {
            for (at, edge) in data["orders"]["edges"].as_array_mut().into_iter().flatten().enumerate() {
                edge["node"]["customer"] = Value::Null;
                errors.push(json!({"message": "This app is not approved to access the Customer object.",
                    "path": ["orders", "edges", at, "node", "customer"], "extensions": {"code": "ACCESS_DENIED"}}));
            }
        }
        let mut answer = json!({"data": data});
        if !errors.is_empty() {
            answer["errors"] = json!(errors);
        }
        Answered::json(200, &answer)
    }

    fn operate(&mut self, query: &str, variables: &Value, now: i64) -> Payload {
        const OPERATIONS: &[(&str, &str)] = &[
            ("discountCodeBasicCreate(", "write_discounts"),
            ("discountCodeBasicUpdate(", "write_discounts"),
            ("discountCodeFreeShippingCreate(", "write_discounts"),
            ("discountCodeFreeShippingUpdate(", "write_discounts"),
            ("discountCodeDeactivate(", "write_discounts"),
            ("discountCodeDelete(", "write_discounts"),
            ("codeDiscountNodeByCode(", "write_discounts"),
            ("giftCardCreate(", "write_gift_cards"),
            ("giftCardDeactivate(", "write_gift_cards"),
            ("giftCards(", "write_gift_cards"),
            ("storeCreditAccountCredit(", "write_store_credit_account_transactions"),
            ("storeCreditAccountDebit(", "write_store_credit_account_transactions"),
            ("storeCreditAccounts(", "write_store_credit_account_transactions"),
            ("productVariants(", "read_products"),
            ("accessScopes", ""),
        ];
        let Some((name, right)) = OPERATIONS.iter().find(|(name, _)| query.contains(name)) else {
            return Err(json!({"message": "Field doesn't exist on type 'QueryRoot'",
                "extensions": {"code": "undefinedField"}}));
        };
        let name = name.trim_end_matches('(');
        self.asked.push(name.to_owned());
        if !right.is_empty() && !self.scopes.contains(right) {
            return Err(json!({"message": format!("Access denied for {name} field."),
                "extensions": {"code": "ACCESS_DENIED"}}));
        }
        let input = &variables["input"];
        let id = variables["id"].as_str().unwrap_or_default().to_owned();
        match name {
            "accessScopes" => {
                let scopes: Vec<Value> = self.scopes.iter().map(|scope| json!({"handle": scope})).collect();
                Ok(json!({"shop": {"myshopifyDomain": self.shop, "currencyCode": self.currency},
                    "currentAppInstallation": {"accessScopes": scopes}}))
            }
            "codeDiscountNodeByCode" => {
                let code = variables["code"].as_str().unwrap_or_default().to_lowercase();
                let found = self.discounts.get(&code).map(|discount| discount.shown(now));
                Ok(json!({"codeDiscountNodeByCode": found}))
            }
            "discountCodeBasicCreate" | "discountCodeFreeShippingCreate" => {
                let shipping = name == "discountCodeFreeShippingCreate";
                check_discount(input, shipping, true)?;
                let code = input["code"].as_str().unwrap_or_default().to_lowercase();
                if self.discounts.contains_key(&code) {
                    return Ok(refused(
                        &["basicCodeDiscount", "code"],
                        "TAKEN",
                        "Code must be unique. Please try a different code.",
                    ));
                }
                let id = self.id("DiscountCodeNode");
                let made = Discount { id: id.clone(), shipping, input: input.clone(), uses: 0, over: false };
                self.discounts.insert(code, made);
                Ok(json!({"done": {"codeDiscountNode": {"id": id}, "userErrors": []}}))
            }
            "discountCodeBasicUpdate" | "discountCodeFreeShippingUpdate" => {
                let shipping = name == "discountCodeFreeShippingUpdate";
                check_discount(input, shipping, false)?;
                let found = self.discounts.values_mut().find(|one| one.id == id && one.shipping == shipping);
                let Some(found) = found else {
                    return Ok(refused(&["id"], "INVALID", "Discount does not exist"));
                };
                if let (Some(before), Some(new)) = (found.input.as_object_mut(), input.as_object()) {
                    before.extend(new.clone());
                }
                found.over = false;
                Ok(json!({"done": {"codeDiscountNode": {"id": id}, "userErrors": []}}))
            }
            "discountCodeDeactivate" => match self.discounts.values_mut().find(|one| one.id == id) {
                Some(found) => {
                    found.over = true;
                    Ok(json!({"done": {"codeDiscountNode": {"id": id}, "userErrors": []}}))
                }
                None => Ok(refused(&["id"], "INVALID", "Code discount does not exist.")),
            },
            "discountCodeDelete" => {
                self.discounts.retain(|_, one| one.id != id);
                Ok(json!({"done": {"deletedCodeDiscountId": id, "userErrors": []}}))
            }
            "productVariants" => {
                let wanted = variables["query"].as_str().unwrap_or_default();
                let shown = |(sku, price): (&String, &&str)| json!({"id": format!("gid://shopify/ProductVariant/{}", sku.len()), "sku": sku, "price": price});
                let found = self.variants.iter().filter(|(sku, _)| wanted == format!("sku:'{sku}'"));
                Ok(json!({"productVariants": {"nodes": found.map(shown).collect::<Vec<_>>()}}))
            }
            "giftCardCreate" => {
                check(input, &["code", "note", "initialAmount"], &["customerId", "expiresOn"])?;
                check_money(&input["initialAmount"])?;
                let code = input["code"].as_str().unwrap_or_default().to_lowercase();
                if !(8..=20).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return Ok(refused(&["input", "code"], "INVALID", "Code is invalid"));
                }
                if self.gift_cards.contains_key(&code) {
                    return Ok(refused(&["input", "code"], "TAKEN", "Code has already been taken"));
                }
                let id = self.id("GiftCard");
                let amount = input["initialAmount"]["amount"].as_str().unwrap_or_default().to_owned();
                let card =
                    GiftCard { id: id.clone(), initial: amount.clone(), balance: amount, enabled: true };
                self.gift_cards.insert(code, card);
                Ok(json!({"done": {"giftCard": {"id": id}, "userErrors": []}}))
            }
            "giftCards" => {
                let code = variables["query"].as_str().unwrap_or_default().to_lowercase();
                let shown = |card: &GiftCard| {
                    let end = code.get(code.len().saturating_sub(4)..).unwrap_or_default();
                    json!({"id": card.id, "enabled": card.enabled, "lastCharacters": end,
                        "balance": {"amount": card.balance}, "initialValue": {"amount": card.initial}})
                };
                let found: Vec<Value> = self.gift_cards.get(&code).map(shown).into_iter().collect();
                Ok(json!({"giftCards": {"nodes": found}}))
            }
            "giftCardDeactivate" => match self.gift_cards.values_mut().find(|card| card.id == id) {
                Some(card) => {
                    card.enabled = false;
                    Ok(json!({"done": {"giftCard": {"id": id}, "userErrors": []}}))
                }
                None => Ok(refused(&["id"], "INVALID", "The gift card does not exist")),
            },
            "storeCreditAccountCredit" => {
                check(input, &["creditAmount"], &["expiresAt", "notify"])?;
                check_money(&input["creditAmount"])?;
                if !id.starts_with("gid://shopify/Customer/") {
                    return Ok(refused(&["id"], "OWNER_NOT_FOUND", "The owner does not exist"));
                }
                let amount = parts(input["creditAmount"]["amount"].as_str().unwrap_or_default());
                let booked = self.book(&id, "StoreCreditAccountCreditTransaction", amount, now);
                Ok(json!({"done": {"storeCreditAccountTransaction": {"id": booked}, "userErrors": []}}))
            }
            "storeCreditAccountDebit" => {
                check(input, &["debitAmount"], &[])?;
                check_money(&input["debitAmount"])?;
                let amount = parts(input["debitAmount"]["amount"].as_str().unwrap_or_default());
                if self.balance(&id) < amount {
                    return Ok(refused(
                        &["debitInput", "debitAmount"],
                        "INSUFFICIENT_FUNDS",
                        "The store credit account does not have sufficient funds to satisfy the request.",
                    ));
                }
                let booked = self.book(&id, "StoreCreditAccountDebitTransaction", -amount, now);
                Ok(json!({"done": {"storeCreditAccountTransaction": {"id": booked}, "userErrors": []}}))
            }
            "storeCreditAccounts" => {
                let booked = self.credit.get(&id).cloned().unwrap_or_default();
                let money = |parts: i64| {
                    let sign = if parts < 0 { "-" } else { "" };
                    let parts = parts.abs();
                    json!({"amount": format!("{sign}{}.{:02}", parts / 10_000, parts % 10_000 / 100), "currencyCode": self.currency})
                };
                let shown = |one: &Booking| {
                    let kind = if one.parts < 0 {
                        "StoreCreditAccountDebitTransaction"
                    } else {
                        "StoreCreditAccountCreditTransaction"
                    };
                    json!({"__typename": kind, "id": one.id, "createdAt": instant(one.at), "event": one.event, "amount": money(one.parts)})
                };
                let all: Vec<Value> = booked.iter().rev().map(shown).collect();
                let accounts = if booked.is_empty() {
                    json!([])
                } else {
                    json!([{"id": "gid://shopify/StoreCreditAccount/1", "balance": money(self.balance(&id)),
                        "transactions": {"nodes": all}}])
                };
                Ok(json!({"customer": {"id": id, "storeCreditAccounts": {"nodes": accounts}}}))
            }
            other => Err(json!({"message": format!("{other} is not stood in for")})),
        }
    }

    /// A customer pays an order by credit.
    pub fn spend(&mut self, customer: &str, parts: i64, at: i64) {
        let id = self.id("StoreCreditAccountDebitTransaction");
        let booking = Booking { id, at, parts: -parts, event: "ORDER_PAYMENT" };
        self.credit.entry(customer.to_owned()).or_default().push(booking);
    }

    fn book(&mut self, customer: &str, kind: &str, parts: i64, at: i64) -> String {
        let id = self.id(kind);
        self.credit.entry(customer.to_owned()).or_default().push(Booking {
            id: id.clone(),
            at,
            parts,
            event: "ADJUSTMENT",
        });
        id
    }
}

impl StandIn for Shopify {
    fn moods(&mut self) -> &mut VecDeque<Mood> {
        &mut self.moods
    }

    /// The path begins with the shop's address, since one stand-in is asked for all shops.
    fn serve(&mut self, asked: &Asked, now: i64) -> Answered {
        let not_found = || Answered::json(404, &json!({"errors": "Not Found"}));
        let Some(path) = asked.path.strip_prefix(&format!("/{}", self.shop)) else { return not_found() };
        match (asked.method.as_str(), path) {
            ("POST", "/admin/oauth/access_token") => self.access_token(asked, now),
            ("POST", "/admin/api/2026-10/graphql.json")
                if self.lets_in(asked.header("x-shopify-access-token"), now) =>
            {
                self.graphql(asked, now)
            }
            ("POST", "/admin/api/2026-10/graphql.json") => Answered::json(
                401,
                &json!({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}),
            ),
            _ => not_found(),
        }
    }
}

impl Discount {
    fn shown(&self, now: i64) -> Value {
        let input = &self.input;
        let name = if self.shipping { "DiscountCodeFreeShipping" } else { "DiscountCodeBasic" };
        let ends = input["endsAt"].as_str().unwrap_or("9999");
        let status = match () {
            () if self.over || ends < instant(now).as_str() => "EXPIRED",
            () if input["startsAt"].as_str().unwrap_or_default() > instant(now + 1000).as_str() => {
                "SCHEDULED"
            }
            () => "ACTIVE",
        };
        let least = match input["minimumRequirement"]["subtotal"]["greaterThanOrEqualToSubtotal"].as_str() {
            Some(amount) => {
                json!({"__typename": "DiscountMinimumSubtotal", "greaterThanOrEqualToSubtotal": {"amount": amount}})
            }
            None => Value::Null,
        };
        let value = &input["customerGets"]["value"];
        let value = match value.get("percentage") {
            Some(share) => json!({"__typename": "DiscountPercentage", "percentage": share}),
            None => {
                json!({"__typename": "DiscountAmount", "amount": {"amount": value["discountAmount"]["amount"]}, "appliesOnEachItem": false})
            }
        };
        let items = if input["customerGets"]["items"]["all"] == true {
            "AllDiscountItems"
        } else {
            "DiscountProducts"
        };
        let mut shown = json!({"__typename": name, "title": input["title"], "status": status,
            "startsAt": input["startsAt"], "endsAt": input["endsAt"], "usageLimit": input["usageLimit"],
            "asyncUsageCount": self.uses, "minimumRequirement": least,
            "appliesOncePerCustomer": input["appliesOncePerCustomer"],
            "context": {"__typename": "DiscountBuyerSelectionAll"}});
        if !self.shipping {
            shown["customerGets"] = json!({"items": {"__typename": items}, "value": value});
        }
        json!({"id": self.id, "codeDiscount": shown})
    }
}

/// Holds a discount to its input type.
fn check_discount(input: &Value, shipping: bool, new: bool) -> Result<(), Value> {
    let must: &[&str] = match (new, shipping) {
        (false, _) => &[],
        (true, false) => &["title", "code", "startsAt", "context", "customerGets"],
        (true, true) => &["title", "code", "startsAt", "context", "destination"],
    };
    let own = if shipping { "destination" } else { "customerGets" };
    let may = [
        "title",
        "code",
        "startsAt",
        "endsAt",
        "usageLimit",
        "appliesOncePerCustomer",
        "context",
        "minimumRequirement",
        "combinesWith",
        own,
    ];
    check(input, must, &may)?;
    if input.get("context").is_some() && input["context"] != json!({"all": "ALL"}) {
        return Err(invalid("context"));
    }
    let least = &input["minimumRequirement"]["subtotal"]["greaterThanOrEqualToSubtotal"];
    if !least.is_null() && !least.as_str().is_some_and(is_decimal) {
        return Err(invalid("minimumRequirement"));
    }
    if shipping {
        return if input["destination"] == json!({"all": true}) {
            Ok(())
        } else {
            Err(invalid("destination"))
        };
    }
    let value = &input["customerGets"]["value"];
    let share = value["percentage"].as_f64();
    let amount = value["discountAmount"]["amount"].as_str();
    let right = match (share, amount) {
        (Some(share), None) => share > 0.0 && share <= 1.0,
        (None, Some(amount)) => is_decimal(amount) && value["discountAmount"]["appliesOnEachItem"] == false,
        (Some(_), Some(_)) | (None, None) => false,
    };
    if right { Ok(()) } else { Err(invalid("customerGets")) }
}

fn check_money(money: &Value) -> Result<(), Value> {
    check(money, &["amount", "currencyCode"], &[])?;
    if money["amount"].as_str().is_some_and(is_decimal) { Ok(()) } else { Err(invalid("amount")) }
}

fn check(input: &Value, must: &[&str], may: &[&str]) -> Result<(), Value> {
    if let Some(missing) = must.iter().find(|name| input[**name].is_null()) {
        return Err(invalid(missing));
    }
    match unknown(input, &[must, may].concat()).first() {
        Some(name) => Err(invalid(name)),
        None => Ok(()),
    }
}

fn invalid(name: &str) -> Value {
    json!({"message": format!("Variable $input was provided invalid value for {name}"),
        "extensions": {"code": "INVALID_VARIABLE"}})
}

fn refused(field: &[&str], code: &str, message: &str) -> Value {
    json!({"done": {"codeDiscountNode": null, "giftCard": null, "storeCreditAccountTransaction": null,
        "userErrors": [{"field": field, "code": code, "message": message}]}})
}
