//! A shop's program read from JSON (contract section 7): what is wrong is told in full, each fault with
//! its place.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

use super::promotion::parse_promotions;
use super::{
    AdvocateSide, Audience, Confirming, Discounts, Erased, FriendSide, Joining, Model, Offer, Orders,
    PLATFORMS, PayoutRules, Program, Reward, Terms, UTC, moment,
};
use crate::check::{Fault, Faults, Node};
use crate::event::Kind;
use crate::money::Currency;
use crate::signals::Rules;
use crate::zone::Zone;

impl Program {
    /// Reads the body of `PUT /v1/shops/{shop}`, but for `webhook_secrets`, which [`webhook_secrets`] reads, and
    /// `platform_keys`, which [`platform_keys`] reads.
    ///
    /// # Errors
    /// Every fault, with its pointer.
    pub fn parse(body: &Value) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let program = parse_program(&Node::root(body), &mut faults);
        match faults.into_result(program)? {
            Some(program) => Ok(program),
            // Every way to `None` notes a fault; this keeps the type honest.
            None => Err(vec![Fault { pointer: String::new(), detail: "is not a program".into() }]),
        }
    }
}

impl Terms {
    /// Reads a referrer's own terms, `{"reward": {…}}`, under an offer of a program in this currency.
    ///
    /// # Errors
    /// Every fault; pointers are those of the node.
    pub fn read(node: &Node<'_>, currency: Currency, offer: &Offer, faults: &mut Faults) -> Option<Self> {
        node.object(faults)?;
        node.only(faults, &["reward"]);
        let place = node.field("reward");
        let reward = Reward::read(&place, Some(currency.decimals()), faults)?;
        if let Some(commission) = reward.commission() {
            if offer.advocate.on != Kind::Sale {
                faults
                    .add(&place.field("kind"), "must be another kind: a commission needs an order's amount");
            }
            if !commission.tiers.is_empty() {
                faults.add(&place.field("tiers"), "belong to an offer: terms of one's own have one rate");
            }
        }
        Some(Self { reward })
    }
}

/// Reads `webhook_secrets` of `PUT /v1/shops/{shop}`: platform name to the secret that the platform dictates.
///
/// # Errors
/// Every fault, with its pointer.
pub fn webhook_secrets(body: &Value) -> Result<BTreeMap<String, String>, Vec<Fault>> {
    let mut faults = Faults::default();
    let node = Node::root(body).field("webhook_secrets");
    let mut secrets = BTreeMap::new();
    if node.is_present() {
        node.only(&mut faults, PLATFORMS);
        for platform in PLATFORMS {
            let secret = node.field(platform);
            if secret.is_present()
                && let Some(text) = secret.pasted(&mut faults, 256)
            {
                secrets.insert((*platform).to_owned(), text.to_owned());
            }
        }
    }
    faults.into_result(secrets)
}

/// Reads `platform_keys` of `PUT /v1/shops/{shop}`: platform name to a key by which its API may be asked.
///
/// # Errors
/// Every fault, with its pointer.
pub fn platform_keys(body: &Value) -> Result<BTreeMap<String, String>, Vec<Fault>> {
    let mut faults = Faults::default();
    let node = Node::root(body).field("platform_keys");
    let mut keys = BTreeMap::new();
    if node.is_present() {
        node.only(&mut faults, &["stripe"]);
        let key = node.field("stripe");
        if key.is_present()
            && let Some(text) = key.pasted(&mut faults, 256)
        {
            let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if plain && text.starts_with("rk_") {
                keys.insert("stripe".to_owned(), text.to_owned());
            } else {
                faults.add(&key, "must be a restricted key of Stripe's, which begins with rk_");
            }
        }
    }
    faults.into_result(keys)
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
            "terms_url",
            "sign_in_url",
            "time_zone",
            "link_params",
            "attribution",
            "joining",
            "confirmed",
            "signals",
            "erased",
            "discounts",
            "show_counts",
            "offers",
            "promotions",
            "payouts",
            "texts",
            "offer_texts",
            "webhook_secrets",
            "platform_keys",
        ],
    );
    let name = node.field("name").text(faults, 200);
    let currency = parse_currency(&node.field("currency"), faults);
    let landing_url = parse_landing(&node.field("landing_url"), faults);
    let origins = parse_origins(&node.field("origins"), landing_url.as_ref(), faults);
    let locale = parse_locale(&node.field("locale"), faults);
    let terms_url = parse_page(&node.field("terms_url"), faults);
    let sign_in_url = parse_page(&node.field("sign_in_url"), faults);
    let time_zone = node.field("time_zone").optional_text(faults, 64).unwrap_or(UTC).to_owned();
    let link_params = parse_link_params(&node.field("link_params"), faults);

    let attribution = node.field("attribution");
    let (mut window_days, mut model) = (None, None);
    if attribution.is_present() && attribution.object(faults).is_some() {
        attribution.only(faults, &["window_days", "model"]);
        window_days = attribution.field("window_days").optional_whole(faults, 1, 800);
        model = attribution.field("model").optional_choice(faults, Model::WORDS);
    }

    let offers = node.field("offers");
    let entries = offers.items(faults, 100);
    if entries.is_empty() && offers.value().is_none_or(|value| value.as_array().is_some_and(Vec::is_empty)) {
        faults.add(&offers, "must hold at least one offer");
    }
    let mut parsed: Vec<(Node<'_>, Offer)> = Vec::new();
    // Whatever else is wrong with an offer, an id that another has too is told beside it.
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for entry in entries {
        let id = entry.field("id");
        if id.value().and_then(Value::as_str).is_some_and(|name| !ids.insert(name)) {
            faults.add(&id, "is the id of an earlier offer too");
        }
        parsed.extend(parse_offer(&entry, currency, faults).map(|offer| (entry, offer)));
    }
    moment::check(&parsed, faults);
    let joining = node.field("joining").optional_choice(faults, Joining::WORDS).unwrap_or(Joining::Open);
    let confirmed =
        node.field("confirmed").optional_choice(faults, Confirming::WORDS).unwrap_or(Confirming::Required);
    let signals = Rules::read(&node.field("signals"), faults);
    let erased = node.field("erased").optional_choice(faults, Erased::WORDS).unwrap_or(Erased::New);
    let discounts =
        node.field("discounts").optional_choice(faults, Discounts::WORDS).unwrap_or(Discounts::Platform);
    let decimals = currency.map(|currency| currency.decimals());
    let promotions = parse_promotions(&node.field("promotions"), decimals, faults);
    let show_counts = node.field("show_counts").optional_bool(faults).unwrap_or_default();
    let payouts = PayoutRules::parse(&node.field("payouts"), currency, faults);
    let texts = parse_texts(&node.field("texts"), faults);
    let of_offers = node.field("offer_texts");
    let mut offer_texts = BTreeMap::new();
    let named = if of_offers.is_present() { of_offers.object(faults) } else { None };
    for id in named.into_iter().flat_map(Map::keys) {
        let at_offer = of_offers.field(id);
        if parsed.iter().any(|(_, offer)| offer.id == *id) {
            offer_texts.insert(id.clone(), parse_texts(&at_offer, faults));
        } else if !ids.contains(id.as_str()) {
            faults.add(&at_offer, "is not an offer of the program");
        }
    }
    Some(Program {
        name: name?.to_owned(),
        currency: currency?,
        landing_url: landing_url?,
        origins,
        locale,
        terms_url,
        sign_in_url,
        time_zone,
        zone: Zone::default(),
        link_params,
        window_days: window_days.unwrap_or(30),
        model: model.unwrap_or(Model::Last),
        joining,
        confirmed,
        signals,
        erased,
        discounts,
        promotions,
        show_counts,
        offers: parsed.into_iter().map(|(_, offer)| offer).collect(),
        payouts,
        texts,
        offer_texts,
    })
}

fn parse_currency(node: &Node<'_>, faults: &mut Faults) -> Option<Currency> {
    let currency = Currency::parse(node.text(faults, 100)?);
    if currency.is_none() {
        faults.add(node, "must be an ISO 4217 currency such as EUR");
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

/// A page that shoppers are sent to: by TLS, but on the machine on which a shop is tried.
fn parse_page(node: &Node<'_>, faults: &mut Faults) -> Option<Url> {
    let url = Url::parse(node.optional_text(faults, 2000)?).ok().filter(|url| {
        url.scheme() == "https"
            || url.scheme() == "http" && matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
    });
    let plain =
        url.filter(|url| url.host().is_some() && url.username().is_empty() && url.password().is_none());
    if plain.is_none() {
        faults.add(node, "must be the address of a page, such as \"https://shop.example/terms\"");
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
    if !is_tag(text) {
        faults.add(node, "must be a BCP 47 language tag such as \"fr\" or \"pt-BR\"");
    }
    text.to_owned()
}

/// Whether a text has the form of a BCP 47 language tag.
pub(super) fn is_tag(text: &str) -> bool {
    let subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let language = text.split('-').next().unwrap_or_default();
    text.split('-').all(subtag)
        && language.len() >= 2
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
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
    node.only(faults, &["id", "audience", "starts_at", "ends_at", "when", "friend", "advocate"]);
    let decimals = currency.map(|currency| currency.decimals());
    let id_node = node.field("id");
    let id = id_node.text(faults, 64);
    if id.is_some_and(|id| !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))) {
        faults.add(&id_node, "must be letters, digits, hyphens and underscores");
    }
    let audience = node.field("audience").choice(faults, Audience::WORDS);
    let starts_at = node.field("starts_at").optional_instant(faults);
    let ends_at = node.field("ends_at").optional_instant(faults);
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && end < start
    {
        faults.add(&node.field("ends_at"), "must not be before starts_at");
    }
    let when = moment::parse(&node.field("when"), audience, currency, faults);
    let friend_node = node.field("friend");
    let friend = if friend_node.is_present() { parse_friend(&friend_node, decimals, faults) } else { None };
    let advocate = parse_advocate(&node.field("advocate"), decimals, faults);
    let (id, advocate) = (id?.to_owned(), advocate?);
    Some(Offer { id, audience: audience?, starts_at, ends_at, when, friend, advocate })
}

pub(super) fn parse_friend(node: &Node<'_>, decimals: Option<u8>, faults: &mut Faults) -> Option<FriendSide> {
    node.object(faults)?;
    node.only(faults, &["reward", "min_subtotal"]);
    let reward = Reward::read(&node.field("reward"), decimals, faults);
    if let Some(why) = reward.as_ref().and_then(Reward::for_advocates_alone) {
        faults.add(&node.field("reward").field("kind"), format!("must be another kind: {why}"));
    }
    let min_subtotal = node.field("min_subtotal").optional_amount(faults, decimals);
    Some(FriendSide { reward: reward?, min_subtotal })
}

fn parse_advocate(node: &Node<'_>, decimals: Option<u8>, faults: &mut Faults) -> Option<AdvocateSide> {
    node.object(faults)?;
    let velocity = node.field("velocity");
    if velocity.is_present() {
        faults.add(&velocity, "is a rule of the whole program: \"signals\": {\"velocity\": 50}");
    }
    node.only(
        faults,
        &[
            "reward",
            "on",
            "orders",
            "hold_days",
            "new_customers_only",
            "min_subtotal",
            "max_per_month",
            "max_total",
            "budget",
            "velocity",
        ],
    );
    let reward = Reward::read(&node.field("reward"), decimals, faults);
    let events: Vec<(&str, Kind)> =
        Kind::WORDS.iter().copied().filter(|(_, kind)| *kind != Kind::Adjustment).collect();
    let on = node.field("on").optional_choice(faults, &events).unwrap_or(Kind::Sale);
    if reward.as_ref().is_some_and(|reward| reward.commission().is_some()) && on != Kind::Sale {
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
        min_subtotal: node.field("min_subtotal").optional_amount(faults, decimals),
        max_per_month: node.field("max_per_month").optional_whole(faults, 1, 1_000_000_000),
        max_total: node.field("max_total").optional_whole(faults, 1, 1_000_000_000),
        budget: node.field("budget").optional_amount(faults, decimals),
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
