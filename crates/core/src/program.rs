//! A shop's referral program: its offers, rewards and rules, read from and written to JSON (contract
//! section 7), and which version of it was in force when.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

use crate::check::{Fault, Faults, Node};
use crate::event::Kind;
use crate::instant::Instant;
use crate::money::{Currency, Decimal, Rate, format_amount, parse_amount};

/// A referral program as its shop defined it. Amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The shop's name as shoppers read it.
    pub name: String,
    /// The currency of every amount in here.
    pub currency: Currency,
    /// Where links lead.
    pub landing_url: Url,
    /// The origins whose pages may use the API, as browsers send them.
    pub origins: Vec<String>,
    /// The shop's language, a BCP 47 tag.
    pub locale: String,
    /// Query parameters that carry a code, in order of preference.
    pub link_params: Vec<String>,
    /// Days for which a touch counts.
    pub window_days: u32,
    /// Which touch wins.
    pub model: Model,
    /// The offers, in the shop's order.
    pub offers: Vec<Offer>,
    /// The shop's own wording: locale, then text key, then text.
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
}

/// Which of several candidates wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// The last touch.
    Last,
    /// The first touch.
    First,
}

/// For whom an offer is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Customers who recommend the shop.
    Customer,
    /// Influencers and sites.
    Affiliate,
    /// Agencies that bring clients.
    Agency,
}

/// One offer: what the friend gets and what the advocate earns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its name within the program, `[A-Za-z0-9_-]{1,64}`.
    pub id: String,
    /// For whom.
    pub audience: Audience,
    /// The first instant at which it is active.
    pub starts_at: Option<Instant>,
    /// The last instant at which it is active.
    pub ends_at: Option<Instant>,
    /// What the friend gets; `None` in a one-sided offer.
    pub friend: Option<FriendSide>,
    /// What the advocate earns.
    pub advocate: AdvocateSide,
}

/// The friend's side of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendSide {
    /// What the friend gets.
    pub reward: Reward,
    /// From which subtotal on; binds the friend's reward alone.
    pub min_subtotal: Option<i64>,
}

/// The advocate's side of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvocateSide {
    /// What is earned by one conversion.
    pub reward: Reward,
    /// What counts as a conversion.
    pub on: Kind,
    /// Which of a customer's conversions earn.
    pub orders: Orders,
    /// Days from the conversion until its reward is approved.
    pub hold_days: u32,
    /// Whether only new customers count.
    pub new_customers_only: bool,
    /// The smallest `subtotal - discount` that earns.
    pub min_subtotal: Option<i64>,
    /// The most earned conversions in a calendar month (UTC) per referrer.
    pub max_per_month: Option<u32>,
    /// The most earned conversions ever per referrer.
    pub max_total: Option<u32>,
    /// What the offer may give away in all.
    pub budget: Option<i64>,
}

/// Which of a customer's conversions earn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orders {
    /// The first alone.
    First,
    /// All, for ever.
    Lifetime,
    /// The first N.
    Count(u32),
    /// Those of the N calendar months after the first.
    Months(u32),
}

/// What somebody gets. Amounts are minor units of the program's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reward {
    /// A percentage off an order.
    PercentOff(Rate),
    /// An amount off an order.
    AmountOff(i64),
    /// Free shipping.
    FreeShipping,
    /// A free product, by SKU.
    FreeProduct(String),
    /// A gift card.
    GiftCard(i64),
    /// Credit to spend in the shop.
    StoreCredit(i64),
    /// Money.
    Cash(i64),
    /// Loyalty points.
    Points(u32),
    /// Access to something, by label.
    Access(String),
    /// A share of the order, in the order's currency.
    Commission(Commission),
}

/// A commission's rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commission {
    /// The rate below the first tier.
    pub rate: Rate,
    /// Rates from an earned conversion's number on, ascending.
    pub tiers: Vec<(u32, Rate)>,
    /// Rates of their own for categories of goods.
    pub categories: BTreeMap<String, Rate>,
}

/// The versions of a shop's program, oldest first; never empty.
#[derive(Clone, Debug)]
pub struct Versions {
    first: Arc<Program>,
    later: Vec<(Instant, Arc<Program>)>,
}

impl Program {
    /// Reads the body of `PUT /v1/shops/{shop}`; every fault is told. `webhook_secrets` is left to
    /// [`webhook_secrets`].
    pub fn parse(body: &Value) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let program = parse_program(&Node::root(body), &mut faults);
        match faults.into_result(program)? {
            Some(program) => Ok(program),
            // Every way to `None` notes a fault; this keeps the type honest.
            None => Err(vec![Fault { pointer: String::new(), detail: "is not a program".into() }]),
        }
    }

    /// The program as the contract writes it, defaults filled in.
    pub fn to_json(&self) -> Value {
        let mut body = json!({
            "name": self.name,
            "currency": self.currency.code(),
            "landing_url": self.landing_url.as_str(),
            "origins": self.origins,
            "locale": self.locale,
            "link_params": self.link_params,
            "attribution": {"window_days": self.window_days, "model": word(MODELS, self.model)},
            "offers": self.offers.iter().map(|offer| offer.to_json(self.currency)).collect::<Vec<_>>(),
        });
        if let (Some(members), false) = (body.as_object_mut(), self.texts.is_empty()) {
            members.insert("texts".into(), json!(self.texts));
        }
        body
    }

    /// An offer by its id.
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// The offer of those who join by the widget: the first for customers.
    pub fn joinable(&self) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.audience == Audience::Customer)
    }
}

impl Offer {
    /// Whether it is active at an instant; both ends are inside.
    pub fn is_active(&self, at: Instant) -> bool {
        self.starts_at.is_none_or(|start| start <= at) && self.ends_at.is_none_or(|end| at <= end)
    }

    /// The offer as the contract writes it.
    pub fn to_json(&self, currency: Currency) -> Value {
        let advocate = &self.advocate;
        let decimals = currency.decimals();
        let mut side = Map::new();
        side.insert("reward".into(), advocate.reward.to_json(currency));
        side.insert("on".into(), json!(advocate.on));
        side.insert("orders".into(), json!(advocate.orders));
        side.insert("hold_days".into(), json!(advocate.hold_days));
        side.insert("new_customers_only".into(), json!(advocate.new_customers_only));
        for (name, amount) in [("min_subtotal", advocate.min_subtotal), ("budget", advocate.budget)] {
            side.extend(amount.map(|minor| (name.to_owned(), json!(format_amount(minor, decimals)))));
        }
        for (name, cap) in [("max_per_month", advocate.max_per_month), ("max_total", advocate.max_total)] {
            side.extend(cap.map(|cap| (name.to_owned(), json!(cap))));
        }
        let mut body = json!({
            "id": self.id,
            "audience": word(AUDIENCES, self.audience),
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "advocate": side,
        });
        if let (Some(members), Some(friend)) = (body.as_object_mut(), &self.friend) {
            members.insert("friend".into(), friend.to_json(currency));
        }
        body
    }
}

impl FriendSide {
    /// The side as the contract writes it.
    pub fn to_json(&self, currency: Currency) -> Value {
        let mut side = Map::new();
        side.insert("reward".into(), self.reward.to_json(currency));
        let least = self.min_subtotal.map(|minor| json!(format_amount(minor, currency.decimals())));
        side.extend(least.map(|least| ("min_subtotal".to_owned(), least)));
        Value::Object(side)
    }
}

impl Reward {
    /// The name on the wire, such as `store_credit`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PercentOff(_) => "percent_off",
            Self::AmountOff(_) => "amount_off",
            Self::FreeShipping => "free_shipping",
            Self::FreeProduct(_) => "free_product",
            Self::GiftCard(_) => "gift_card",
            Self::StoreCredit(_) => "store_credit",
            Self::Cash(_) => "cash",
            Self::Points(_) => "points",
            Self::Access(_) => "access",
            Self::Commission(_) => "commission",
        }
    }

    /// The reward as the contract writes it.
    pub fn to_json(&self, currency: Currency) -> Value {
        let kind = self.kind();
        match self {
            Self::PercentOff(rate) => json!({"kind": kind, "percent": rate.to_string()}),
            Self::AmountOff(minor) | Self::GiftCard(minor) | Self::StoreCredit(minor) | Self::Cash(minor) => {
                json!({"kind": kind, "amount": format_amount(*minor, currency.decimals())})
            }
            Self::FreeShipping => json!({"kind": kind}),
            Self::FreeProduct(sku) => json!({"kind": kind, "sku": sku}),
            Self::Points(points) => json!({"kind": kind, "points": points}),
            Self::Access(label) => json!({"kind": kind, "label": label}),
            Self::Commission(commission) => {
                let mut body = json!({"kind": kind, "percent": commission.rate.to_string()});
                if let Some(members) = body.as_object_mut() {
                    if !commission.tiers.is_empty() {
                        let tier =
                            |(from, rate): &(u32, Rate)| json!({"from": from, "percent": rate.to_string()});
                        members.insert("tiers".into(), commission.tiers.iter().map(tier).collect());
                    }
                    if !commission.categories.is_empty() {
                        let rates = commission.categories.iter();
                        let rates: Map<_, _> =
                            rates.map(|(name, rate)| (name.clone(), json!(rate.to_string()))).collect();
                        members.insert("categories".into(), Value::Object(rates));
                    }
                }
                body
            }
        }
    }
}

impl Versions {
    /// A history that begins with `first`, which also holds for everything before it.
    pub fn new(first: Program) -> Self {
        Self { first: Arc::new(first), later: Vec::new() }
    }

    /// Adds a version in force from an instant on; versions are added in order of time.
    pub fn push(&mut self, from: Instant, program: Program) {
        self.later.push((from, Arc::new(program)));
    }

    /// The version in force at an instant.
    pub fn at(&self, at: Instant) -> &Arc<Program> {
        let later = self.later.iter().rev().find(|(from, _)| *from <= at);
        later.map_or(&self.first, |(_, program)| program)
    }

    /// The newest version.
    pub fn latest(&self) -> &Arc<Program> {
        self.later.last().map_or(&self.first, |(_, program)| program)
    }

    /// Every version, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<Program>> {
        std::iter::once(&self.first).chain(self.later.iter().map(|(_, program)| program))
    }

    /// The version whose terms an offer has at an instant: the one in force if it has the offer, else the
    /// nearest older one, else the oldest that has it.
    pub fn having(&self, at: Instant, offer: &str) -> Option<&Arc<Program>> {
        let known = self.later.iter().filter(|(from, _)| *from <= at).count() + 1;
        let older: Vec<&Arc<Program>> = self.all().take(known).collect();
        older.into_iter().rev().chain(self.all()).find(|program| program.offer(offer).is_some())
    }
}

/// Reads `webhook_secrets` of `PUT /v1/shops/{shop}`: platform name to the secret that the platform dictates.
pub fn webhook_secrets(body: &Value) -> Result<BTreeMap<String, String>, Vec<Fault>> {
    let mut faults = Faults::default();
    let node = Node::root(body).field("webhook_secrets");
    let mut secrets = BTreeMap::new();
    if node.is_present() {
        node.only(&mut faults, PLATFORMS);
        for platform in PLATFORMS {
            let secret = node.field(platform);
            if secret.is_present()
                && let Some(text) = secret.text(&mut faults, 256)
            {
                secrets.insert((*platform).to_owned(), text.to_owned());
            }
        }
    }
    faults.into_result(secrets)
}

/// The platforms with a webhook of their own (contract section 3).
pub const PLATFORMS: &[&str] = &["shopify", "woocommerce", "stripe"];

const MODELS: &[(&str, Model)] = &[("last", Model::Last), ("first", Model::First)];
const AUDIENCES: &[(&str, Audience)] =
    &[("customer", Audience::Customer), ("affiliate", Audience::Affiliate), ("agency", Audience::Agency)];
const ADVOCATE_FIELDS: &[&str] = &[
    "reward",
    "on",
    "orders",
    "hold_days",
    "new_customers_only",
    "min_subtotal",
    "max_per_month",
    "max_total",
    "budget",
];

fn word<T: PartialEq>(choices: &[(&'static str, T)], value: T) -> &'static str {
    choices.iter().find(|(_, choice)| *choice == value).map_or("", |(word, _)| word)
}

fn parse_program(node: &Node<'_>, faults: &mut Faults) -> Option<Program> {
    node.object(faults)?;
    node.only(
        faults,
        &[
            "name",
            "currency",
            "landing_url",
            "origins",
            "locale",
            "link_params",
            "attribution",
            "offers",
            "texts",
            "webhook_secrets",
        ],
    );
    let name = node.field("name").text(faults, 200);
    let currency = parse_currency(&node.field("currency"), faults);
    let landing_url = parse_landing(&node.field("landing_url"), faults);
    let origins = parse_origins(&node.field("origins"), landing_url.as_ref(), faults);
    let locale = parse_locale(&node.field("locale"), faults);
    let link_params = parse_link_params(&node.field("link_params"), faults);

    let attribution = node.field("attribution");
    let (mut window_days, mut model) = (None, None);
    if attribution.is_present() && attribution.object(faults).is_some() {
        attribution.only(faults, &["window_days", "model"]);
        window_days = attribution.field("window_days").optional_whole(faults, 1, 800);
        model = attribution.field("model").optional_choice(faults, MODELS);
    }

    let offers = node.field("offers");
    let entries = offers.items(faults, 100);
    if entries.is_empty() && offers.value().is_none_or(|value| value.as_array().is_some_and(Vec::is_empty)) {
        faults.add(&offers, "must hold at least one offer");
    }
    let mut parsed: Vec<Offer> = Vec::new();
    for entry in entries {
        if let Some(offer) = parse_offer(&entry, currency, faults) {
            if parsed.iter().any(|other| other.id == offer.id) {
                faults.add(&entry.field("id"), "is the id of an earlier offer too");
            }
            parsed.push(offer);
        }
    }
    let texts = parse_texts(&node.field("texts"), faults);
    Some(Program {
        name: name?.to_owned(),
        currency: currency?,
        landing_url: landing_url?,
        origins,
        locale,
        link_params,
        window_days: window_days.unwrap_or(30),
        model: model.unwrap_or(Model::Last),
        offers: parsed,
        texts,
    })
}

fn parse_currency(node: &Node<'_>, faults: &mut Faults) -> Option<Currency> {
    let currency = Currency::parse(node.text(faults, 3)?);
    if currency.is_none() {
        faults.add(node, "must be an ISO 4217 currency such as \"EUR\"");
    }
    currency
}

fn parse_landing(node: &Node<'_>, faults: &mut Faults) -> Option<Url> {
    let url = Url::parse(node.text(faults, 2000)?).ok();
    let plain = url.filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if plain.is_none() {
        faults.add(node, "must be an absolute URL such as \"https://shop.example/\"");
    }
    plain
}

fn parse_origins(node: &Node<'_>, landing: Option<&Url>, faults: &mut Faults) -> Vec<String> {
    if !node.is_present() {
        return landing.map(|url| url.origin().ascii_serialization()).into_iter().collect();
    }
    let mut origins = Vec::new();
    for item in node.items(faults, 50) {
        let Some(text) = item.text(faults, 300) else { continue };
        let origin = Url::parse(text).ok().map(|url| url.origin().ascii_serialization());
        match origin {
            Some(origin) if origin == text.trim_end_matches('/') && origin.starts_with("http") => {
                origins.push(origin)
            }
            _ => faults.add(
                &item,
                "must be an origin such as \"https://shop.example\": scheme, host and port alone",
            ),
        }
    }
    origins
}

fn parse_locale(node: &Node<'_>, faults: &mut Faults) -> String {
    if !node.is_present() {
        return "en".into();
    }
    let Some(text) = node.text(faults, 35) else { return String::new() };
    let subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let language = text.split('-').next().unwrap_or_default();
    if !text.split('-').all(subtag)
        || !(2..=8).contains(&language.len())
        || !language.bytes().all(|b| b.is_ascii_alphabetic())
    {
        faults.add(node, "must be a BCP 47 language tag such as \"fr\" or \"pt-BR\"");
    }
    text.to_owned()
}

fn parse_link_params(node: &Node<'_>, faults: &mut Faults) -> Vec<String> {
    if !node.is_present() {
        return vec!["ref".into()];
    }
    let items = node.items(faults, 10);
    if items.is_empty() && node.value().is_some_and(|value| value.as_array().is_some_and(Vec::is_empty)) {
        faults.add(node, "must name at least one query parameter");
    }
    let mut names = Vec::new();
    for item in items {
        let Some(text) = item.text(faults, 32) else { continue };
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
            names.push(text.to_owned());
        } else {
            faults.add(&item, "must be letters, digits, hyphens, dots and underscores");
        }
    }
    names
}

fn parse_texts(node: &Node<'_>, faults: &mut Faults) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    if !node.is_present() {
        return texts;
    }
    for (locale, entries) in node.object(faults).into_iter().flatten() {
        let at_locale = node.field(locale);
        let mut wording = BTreeMap::new();
        if entries.as_object().is_some_and(|entries| entries.len() > 300) || locale.len() > 35 {
            faults.add(&at_locale, "must be a language tag with at most 300 texts");
            continue;
        }
        for key in at_locale.object(faults).into_iter().flat_map(Map::keys) {
            if let Some(text) = at_locale.field(key).text(faults, 500) {
                wording.insert(key.clone(), text.to_owned());
            }
        }
        texts.insert(locale.clone(), wording);
    }
    texts
}

fn parse_offer(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Option<Offer> {
    node.object(faults)?;
    node.only(faults, &["id", "audience", "starts_at", "ends_at", "friend", "advocate"]);
    let id_node = node.field("id");
    let id = id_node.text(faults, 64);
    if id.is_some_and(|id| !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))) {
        faults.add(&id_node, "must be letters, digits, hyphens and underscores");
    }
    let audience = node.field("audience").choice(faults, AUDIENCES);
    let starts_at = node.field("starts_at").optional_instant(faults);
    let ends_at = node.field("ends_at").optional_instant(faults);
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && end < start
    {
        faults.add(&node.field("ends_at"), "must not be before starts_at");
    }
    let friend_node = node.field("friend");
    let friend = if friend_node.is_present() { parse_friend(&friend_node, currency, faults) } else { None };
    let advocate = parse_advocate(&node.field("advocate"), currency, faults);
    Some(Offer { id: id?.to_owned(), audience: audience?, starts_at, ends_at, friend, advocate: advocate? })
}

fn parse_friend(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Option<FriendSide> {
    node.object(faults)?;
    node.only(faults, &["reward", "min_subtotal"]);
    let reward = parse_reward(&node.field("reward"), currency, faults);
    if let Some(Reward::Commission(_)) = reward {
        faults
            .add(&node.field("reward").field("kind"), "must be another kind: a commission is for advocates");
    }
    let min_subtotal = optional_amount(&node.field("min_subtotal"), currency, faults);
    Some(FriendSide { reward: reward?, min_subtotal })
}

fn parse_advocate(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Option<AdvocateSide> {
    node.object(faults)?;
    if node.field("velocity").is_present() {
        faults.add(
            &node.field("velocity"),
            "is not supported yet; leave it out and review conversions by hand",
        );
    }
    let known: Vec<&str> = ADVOCATE_FIELDS.iter().copied().chain(["velocity"]).collect();
    node.only(faults, &known);
    let reward = parse_reward(&node.field("reward"), currency, faults);
    let on = node.field("on").optional_choice(faults, Kind::WORDS).unwrap_or(Kind::Sale);
    if matches!(reward, Some(Reward::Commission(_))) && on != Kind::Sale {
        faults.add(&node.field("on"), "must be \"sale\": a commission needs an order's amount");
    }
    let orders = parse_orders(&node.field("orders"), faults);
    Some(AdvocateSide {
        on,
        orders,
        hold_days: node.field("hold_days").optional_whole(faults, 0, 3650).unwrap_or(0),
        new_customers_only: node
            .field("new_customers_only")
            .optional_bool(faults)
            .unwrap_or(orders == Orders::First),
        min_subtotal: optional_amount(&node.field("min_subtotal"), currency, faults),
        max_per_month: node.field("max_per_month").optional_whole(faults, 1, 1_000_000_000),
        max_total: node.field("max_total").optional_whole(faults, 1, 1_000_000_000),
        budget: optional_amount(&node.field("budget"), currency, faults),
        reward: reward?,
    })
}

fn parse_orders(node: &Node<'_>, faults: &mut Faults) -> Orders {
    match node.value() {
        None => Orders::First,
        Some(Value::String(text)) if text == "first" => Orders::First,
        Some(Value::String(text)) if text == "lifetime" => Orders::Lifetime,
        Some(Value::Object(members)) if members.len() == 1 && members.contains_key("count") => {
            Orders::Count(node.field("count").optional_whole(faults, 1, 1_000_000).unwrap_or(1))
        }
        Some(Value::Object(members)) if members.len() == 1 && members.contains_key("months") => {
            Orders::Months(node.field("months").optional_whole(faults, 1, 1200).unwrap_or(1))
        }
        Some(_) => {
            faults.add(node, "must be \"first\", \"lifetime\", {\"count\": N} or {\"months\": N}");
            Orders::First
        }
    }
}

fn parse_reward(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Option<Reward> {
    #[rustfmt::skip]
    const KINDS: &[(&str, &[&str])] = &[
        ("percent_off", &["kind", "percent"]), ("amount_off", &["kind", "amount"]), ("free_shipping", &["kind"]),
        ("free_product", &["kind", "sku"]), ("gift_card", &["kind", "amount"]), ("store_credit", &["kind", "amount"]),
        ("cash", &["kind", "amount"]), ("points", &["kind", "points"]), ("access", &["kind", "label"]),
        ("commission", &["kind", "percent", "tiers", "categories"]),
    ];
    node.object(faults)?;
    let fields = node.field("kind").choice(faults, KINDS)?;
    node.only(faults, fields);
    let kind = node.field("kind").value().and_then(Value::as_str).unwrap_or_default();
    let amount = |faults: &mut Faults| {
        let place = node.field("amount");
        let minor = amount(&place, currency, faults)?;
        if minor == 0 {
            faults.add(&place, "must be more than nothing");
        }
        Some(minor)
    };
    match kind {
        "percent_off" => {
            let place = node.field("percent");
            let rate = percent(&place, faults)?;
            if rate.parts_per_million() == 0 {
                faults.add(&place, "must be more than nothing");
            }
            Some(Reward::PercentOff(rate))
        }
        "amount_off" => amount(faults).map(Reward::AmountOff),
        "gift_card" => amount(faults).map(Reward::GiftCard),
        "store_credit" => amount(faults).map(Reward::StoreCredit),
        "cash" => amount(faults).map(Reward::Cash),
        "free_shipping" => Some(Reward::FreeShipping),
        "free_product" => node.field("sku").text(faults, 128).map(|sku| Reward::FreeProduct(sku.to_owned())),
        "access" => node.field("label").text(faults, 200).map(|label| Reward::Access(label.to_owned())),
        "points" => {
            let place = node.field("points");
            if !place.is_present() {
                faults.add(&place, "is missing");
            }
            place.optional_whole(faults, 1, 1_000_000_000).map(Reward::Points)
        }
        _ => parse_commission(node, faults).map(Reward::Commission),
    }
}

fn parse_commission(node: &Node<'_>, faults: &mut Faults) -> Option<Commission> {
    let rate = percent(&node.field("percent"), faults);
    let mut tiers: Vec<(u32, Rate)> = Vec::new();
    for tier in node.field("tiers").items(faults, 50) {
        if tier.object(faults).is_none() {
            continue;
        }
        tier.only(faults, &["from", "percent"]);
        let from_node = tier.field("from");
        if !from_node.is_present() {
            faults.add(&from_node, "is missing");
        }
        let from = from_node.optional_whole(faults, 1, 1_000_000_000);
        if from.is_some_and(|from| tiers.last().is_some_and(|(before, _)| *before >= from)) {
            faults.add(&from_node, "must be more than the tier before it");
        }
        let reached = percent(&tier.field("percent"), faults);
        tiers.extend(from.zip(reached));
    }
    let mut categories = BTreeMap::new();
    let own = node.field("categories");
    if own.is_present() {
        for name in own.object(faults).into_iter().flat_map(Map::keys) {
            if let Some(rate) = percent(&own.field(name), faults) {
                categories.insert(name.clone(), rate);
            }
        }
    }
    Some(Commission { rate: rate?, tiers, categories })
}

fn percent(node: &Node<'_>, faults: &mut Faults) -> Option<Rate> {
    let rate = Rate::parse(node.text(faults, 40)?);
    if rate.is_none() {
        faults.add(node, "must be a percentage from \"0\" to \"100\" with at most four decimals");
    }
    rate
}

/// Without a known currency only the form is checked, so that one fault does not make up others.
fn amount(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Option<i64> {
    let text = node.text(faults, 1000)?;
    let amount = match currency {
        Some(currency) => parse_amount(text, currency.decimals()),
        None => text.parse::<Decimal>().map(|decimal| decimal.digits),
    };
    match amount {
        Ok(minor) => Some(minor),
        Err(fault) => {
            faults.add(node, fault.to_string());
            None
        }
    }
}

fn optional_amount(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Option<i64> {
    if node.is_present() { amount(node, currency, faults) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        json!({"name": "Atelier Lumière", "currency": "EUR", "landing_url": "https://shop.example/",
            "origins": ["https://shop.example"], "locale": "fr", "link_params": ["ref"],
            "attribution": {"window_days": 30, "model": "last"},
            "offers": [
                {"id": "friends", "audience": "customer", "starts_at": null, "ends_at": null,
                 "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
                 "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "on": "sale", "orders": "first",
                              "hold_days": 14, "new_customers_only": true, "max_per_month": 20}},
                {"id": "agencies", "audience": "agency", "starts_at": null, "ends_at": null,
                 "advocate": {"reward": {"kind": "commission", "percent": "8", "tiers": [{"from": 50, "percent": "10"}],
                              "categories": {"wine": "5"}}, "on": "sale", "orders": {"months": 12}, "hold_days": 30,
                              "new_customers_only": false, "min_subtotal": "0.00", "budget": "500.00"}}]})
    }

    #[test]
    fn what_is_printed_is_read_back() {
        let program = Program::parse(&sample()).unwrap();
        assert_eq!(program.to_json(), sample());
        assert_eq!(Program::parse(&program.to_json()), Ok(program));
    }

    #[test]
    fn five_faults_get_five_pointers() {
        let mut body = sample();
        body["currency"] = json!("EURO");
        body["landing_url"] = json!("javascript:alert(1)");
        body["attribution"]["model"] = json!("middle");
        body["offers"][0]["advocate"]["hold_days"] = json!(-1);
        body["offers"][1]["advocate"]["reward"]["tiers"][0]["percent"] = json!("110");
        let faults = Program::parse(&body).unwrap_err();
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        #[rustfmt::skip]
        assert_eq!(pointers, ["/currency", "/landing_url", "/attribution/model", "/offers/0/advocate/hold_days",
            "/offers/1/advocate/reward/tiers/0/percent"]);
    }

    #[test]
    fn what_is_not_built_or_misspelt_is_refused_by_name() {
        let mut body = sample();
        body["offers"][0]["advocate"]["velocity"] = json!({"max": 3});
        body["offers"][0]["advocate"]["hold_day"] = json!(3);
        let pointers: Vec<String> =
            Program::parse(&body).unwrap_err().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/offers/0/advocate/velocity", "/offers/0/advocate/hold_day"]);
        for bad in [json!(null), json!([]), json!("program"), json!({})] {
            assert!(Program::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn versions_hold_from_their_instant_and_the_first_for_all_before() {
        let first = Program::parse(&sample()).unwrap();
        let mut second = first.clone();
        second.offers.remove(0);
        let change = Instant::parse("2026-06-01T00:00:00Z").unwrap();
        let mut versions = Versions::new(first.clone());
        versions.push(change, second.clone());
        assert_eq!(**versions.at(change.plus_days(-400)), first);
        assert_eq!(**versions.at(change), second);
        assert_eq!(versions.having(change, "friends").map(|program| &**program), Some(&first));
        assert!(versions.having(change, "others").is_none());
    }
}
