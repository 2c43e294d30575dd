//! The coupons and orders of WooCommerce's REST API, as of 10.9.

use crate::{Answered, Asked, Mood, StandIn, is_decimal, unknown};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use url::form_urlencoded;

/// One site.
#[derive(Debug)]
pub struct Woocommerce {
    /// Its key and secret.
    pub key: (String, String),
    /// Whether the key may write.
    pub writes: bool,
    /// The currency in which it sells.
    pub currency: &'static str,
    /// Its coupons, by code as WooCommerce keeps it, in lower case.
    pub coupons: BTreeMap<String, Value>,
    /// Its products' ids, by SKU.
    pub products: BTreeMap<String, i64>,
    /// Its orders, as the API writes them; their dates are in UTC, and the site's zone is two hours ahead.
    pub orders: Vec<Value>,
    /// Whether the key's user may see orders.
    pub sees_orders: bool,
    /// Every request, in order.
    pub asked: Vec<String>,
    moods: VecDeque<Mood>,
    ids: i64,
}

/// What a coupon may be written with.
const WRITABLE: [&str; 23] = [
    "code",
    "amount",
    "status",
    "discount_type",
    "description",
    "date_expires",
    "date_expires_gmt",
    "individual_use",
    "product_ids",
    "excluded_product_ids",
    "usage_limit",
    "usage_limit_per_user",
    "limit_usage_to_x_items",
    "free_shipping",
    "product_categories",
    "excluded_product_categories",
    "exclude_sale_items",
    "minimum_amount",
    "maximum_amount",
    "email_restrictions",
    "meta_data",
    "date_created",
    "date_modified",
];

impl Default for Woocommerce {
    fn default() -> Self {
        Self {
            key: ("ck_0123456789abcdef".into(), "cs_0123456789abcdef".into()),
            writes: true,
            currency: "EUR",
            coupons: BTreeMap::new(),
            products: BTreeMap::new(),
            orders: Vec::new(),
            sees_orders: true,
            asked: Vec::new(),
            moods: VecDeque::new(),
            ids: 0,
        }
    }
}

impl Woocommerce {
    /// A site that sells in euros.
    pub fn new() -> Self {
        Self::default()
    }

    /// A coupon that the owner made by hand.
    pub fn add(&mut self, code: &str, more: &Value) {
        self.ids += 1;
        let mut coupon = empty(self.ids, code);
        write(&mut coupon, more);
        self.coupons.insert(code.to_lowercase(), coupon);
    }

    fn create(&mut self, body: &Value) -> Answered {
        let code = body["code"].as_str().unwrap_or_default().trim().to_lowercase();
        if code.is_empty() {
            return refused(400, "woocommerce_rest_empty_coupon_code", "The coupon code cannot be empty.");
        }
        if self.coupons.contains_key(&code) {
            return taken();
        }
        if let Some(fault) = fault_of(body) {
            return fault;
        }
        self.ids += 1;
        let mut coupon = empty(self.ids, &code);
        write(&mut coupon, body);
        self.coupons.insert(code, coupon.clone());
        Answered::json(201, &coupon)
    }

    fn update(&mut self, id: &str, body: &Value) -> Answered {
        if let Some(fault) = fault_of(body) {
            return fault;
        }
        let code = body["code"].as_str().map(str::to_lowercase);
        let of = |coupon: &Value| coupon["id"].as_i64() == id.parse().ok();
        if code.and_then(|code| self.coupons.get(&code)).is_some_and(|other| !of(other)) {
            return taken();
        }
        match self.coupons.values_mut().find(|coupon| of(coupon)) {
            Some(coupon) => {
                write(coupon, body);
                Answered::json(200, coupon)
            }
            None => refused(400, "woocommerce_rest_shop_coupon_invalid_id", "ID is invalid."),
        }
    }
}

impl Woocommerce {
    /// As `WC_REST_CRUD_Controller::prepare_objects_query` has it.
    fn list_orders(&self, query: &BTreeMap<String, String>) -> Answered {
        const KNOWN: [&str; 8] =
            ["modified_after", "dates_are_gmt", "orderby", "order", "per_page", "page", "_fields", "status"];
        let invalid =
            |name: &str| refused(400, "rest_invalid_param", &format!("Invalid parameter(s): {name}"));
        if let Some(other) = query.keys().find(|name| !KNOWN.contains(&name.as_str())) {
            return invalid(other);
        }
        let text = |name: &str| query.get(name).map(String::as_str);
        let number = |name: &str, most: usize, default: usize| match text(name) {
            Some(text) => text.parse().ok().filter(|number| (1..=most).contains(number)),
            None => Some(default),
        };
        let Some(per_page) = number("per_page", 100, 10) else { return invalid("per_page") };
        let Some(page) = number("page", usize::MAX, 1) else { return invalid("page") };
        let mut orders: Vec<&Value> = self.orders.iter().collect();
        let modified = |order: &Value| order["date_modified_gmt"].as_str().unwrap_or_default().to_owned();
        if let Some(after) = text("modified_after") {
            // A time with a zone becomes one of the site's zone, whichever column is compared.
            let Some(after) = without_zone(after) else { return invalid("modified_after") };
            let gmt = text("dates_are_gmt") == Some("true");
            orders.retain(|order| {
                let at = if gmt { modified(order) } else { later(&modified(order)) };
                at > after
            });
        }
        match text("orderby") {
            Some("modified") => orders.sort_by_key(|order| (modified(order), order["id"].as_i64())),
            Some("id") => orders.sort_by_key(|order| order["id"].as_i64()),
            Some("date") | None => orders.sort_by_key(|order| order["date_created_gmt"].to_string()),
            Some(_) => return invalid("orderby"),
        }
        match text("order") {
            Some("asc") => {}
            Some("desc") | None => orders.reverse(),
            Some(_) => return invalid("order"),
        }
        let fields: Option<Vec<&str>> =
            text("_fields").map(|fields| fields.split(',').map(str::trim).collect());
        let shown = |order: &&Value| -> Value {
            let members = order.as_object().into_iter().flatten();
            // As `rest_filter_response_fields` has it: `billing.email` is that member of it alone.
            let wanted = |(name, value): (&String, &Value)| {
                let Some(fields) = &fields else { return Some((name.clone(), value.clone())) };
                if fields.contains(&name.as_str()) {
                    return Some((name.clone(), value.clone()));
                }
                let within: serde_json::Map<_, _> = fields
                    .iter()
                    .filter_map(|field| field.split_once('.').filter(|(of, _)| of == name))
                    .map(|(_, part)| (part.to_owned(), value[part].clone()))
                    .collect();
                (!within.is_empty()).then(|| (name.clone(), within.into()))
            };
            members.filter_map(wanted).collect::<serde_json::Map<_, _>>().into()
        };
        let page: Vec<Value> =
            orders.iter().skip((page - 1).saturating_mul(per_page)).take(per_page).map(shown).collect();
        Answered::json(200, &json!(page))
    }
}

/// A time as it is compared: one with a zone is moved into the site's.
fn without_zone(text: &str) -> Option<String> {
    let plain = text.trim_end_matches('Z');
    let right = plain.len() == 19 && plain.as_bytes().get(10) == Some(&b'T');
    right.then(|| if plain == text { plain.to_owned() } else { later(plain) })
}

/// The same in the site's zone; good enough for what is compared within a day.
fn later(text: &str) -> String {
    let hour: u32 = text.get(11..13).and_then(|hour| hour.parse().ok()).unwrap_or_default();
    format!("{}{:02}{}", text.get(..11).unwrap_or_default(), hour + 2, text.get(13..).unwrap_or_default())
}

impl StandIn for Woocommerce {
    fn moods(&mut self) -> &mut VecDeque<Mood> {
        &mut self.moods
    }

    fn serve(&mut self, asked: &Asked, _: i64) -> Answered {
        self.asked.push(format!("{} {}", asked.method, asked.path));
        let Some(path) = asked.path.strip_prefix("/wp-json/wc/v3/") else {
            return refused(404, "rest_no_route", "No route was found matching the URL and request method.");
        };
        let right = format!("Basic {}", STANDARD.encode(format!("{}:{}", self.key.0, self.key.1)));
        if asked.header("authorization") != right {
            return refused(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.");
        }
        if asked.method != "GET" && !self.writes {
            let words = "The API key provided does not have write permissions.";
            return refused(401, "woocommerce_rest_authentication_error", words);
        }
        let query: BTreeMap<_, _> = form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect();
        let body = if asked.method == "GET" {
            Value::Null
        } else {
            match serde_json::from_str(&asked.body) {
                Ok(body) if asked.header("content-type") == "application/json" => body,
                _ => return refused(400, "rest_invalid_json", "Invalid JSON body passed."),
            }
        };
        match (asked.method.as_str(), path) {
            ("GET", "data/currencies/current") => Answered::json(200, &json!({"code": self.currency})),
            ("GET", "coupons") => {
                let wanted = query.get("code").map(|code| code.to_lowercase());
                let found = self.coupons.values().filter(|coupon| {
                    wanted.as_deref().is_none_or(|code| coupon["code"] == code)
                        && coupon["status"] == "publish"
                });
                Answered::json(200, &json!(found.collect::<Vec<_>>()))
            }
            ("GET", "orders") if !self.sees_orders => {
                refused(403, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
            }
            ("GET", "orders") => self.list_orders(&query),
            ("GET", "products") => {
                let id = query.get("sku").and_then(|sku| self.products.get(sku));
                Answered::json(200, &json!(id.map(|id| json!({"id": id})).into_iter().collect::<Vec<_>>()))
            }
            ("POST", "coupons") => self.create(&body),
            ("PUT", path) => match path.strip_prefix("coupons/") {
                Some(id) => self.update(id, &body),
                None => refused(404, "rest_no_route", "No route was found."),
            },
            _ => refused(404, "rest_no_route", "No route was found matching the URL and request method."),
        }
    }
}

fn empty(id: i64, code: &str) -> Value {
    json!({"id": id, "code": code.to_lowercase(), "amount": "0.00", "status": "publish", "discount_type": "fixed_cart",
        "description": "", "date_expires": null, "date_expires_gmt": null, "usage_count": 0, "individual_use": false,
        "product_ids": [], "excluded_product_ids": [], "usage_limit": null, "usage_limit_per_user": null,
        "limit_usage_to_x_items": null, "free_shipping": false, "product_categories": [], "minimum_amount": "0.00",
        "maximum_amount": "0.00", "email_restrictions": [], "meta_data": []})
}

/// Writes as WooCommerce does: `null` changes nothing, and `date_expires_gmt` is set by nobody.
fn write(coupon: &mut Value, body: &Value) {
    for (name, value) in body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "date_expires_gmt" => {}
            "date_expires" => {
                let text = value.as_str().filter(|text| !text.is_empty());
                coupon["date_expires"] = json!(text);
                // The site's zone is UTC here.
                coupon["date_expires_gmt"] = json!(text.map(|text| text.trim_end_matches('Z')));
            }
            "code" => coupon["code"] = json!(value.as_str().unwrap_or_default().to_lowercase()),
            "usage_limit" | "usage_limit_per_user" | "limit_usage_to_x_items" => {
                coupon[name.as_str()] = if value == 0 { Value::Null } else { value.clone() };
            }
            "amount" | "minimum_amount" | "maximum_amount" => {
                let text = value.as_str().unwrap_or_default();
                let text = if text.is_empty() { "0" } else { text };
                let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
                coupon[name.as_str()] = json!(format!("{whole}.{rest:0<2}"));
            }
            _ => coupon[name.as_str()] = value.clone(),
        }
    }
}

fn fault_of(body: &Value) -> Option<Answered> {
    let invalid = |name: &str| refused(400, "rest_invalid_param", &format!("Invalid parameter(s): {name}"));
    if let Some(name) = unknown(body, &WRITABLE).first() {
        return Some(invalid(name));
    }
    for name in ["amount", "minimum_amount", "maximum_amount"] {
        // Amounts are texts, of which an empty one is nothing.
        let value = &body[name];
        if !value.is_null() && !value.as_str().is_some_and(|text| text.is_empty() || is_decimal(text)) {
            return Some(invalid(name));
        }
    }
    let kinds = ["percent", "fixed_cart", "fixed_product"];
    let kind = &body["discount_type"];
    if !kind.is_null() && !kind.as_str().is_some_and(|kind| kinds.contains(&kind)) {
        return Some(invalid("discount_type"));
    }
    None
}

fn taken() -> Answered {
    refused(400, "woocommerce_rest_coupon_code_already_exists", "The coupon code already exists")
}

fn refused(status: u16, code: &str, message: &str) -> Answered {
    Answered::json(status, &json!({"code": code, "message": message, "data": {"status": status}}))
}
