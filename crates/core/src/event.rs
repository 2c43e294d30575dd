//! Order events: what a shop's server reports, read from JSON (contract section 4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::{Fault, Faults, Node};
use crate::code::Code;
use crate::credit::Credit;
use crate::disposable::is_disposable;
use crate::email;
use crate::instant::Instant;
use crate::money::{Currency, Decimal};

pub use parrain_wire::order::Kind;
pub use parrain_wire::touch::{Source, Touch};

/// How many minutes ahead of the receiver's clock an event may be dated: it counts as of now, since it is the
/// sender's clock that is fast.
pub const MAX_AHEAD_MINUTES: i64 = 15;
/// How far back an event may be dated, in days.
pub const MAX_AGE_DAYS: i64 = 800;

/// A fact that a shop reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "one is read at a time, and a box would be in every caller's way"
)]
pub enum Event {
    /// `order.paid`, `lead.created`, `signup.created` or `install.recorded`.
    Order(Order),
    /// `order.cancelled`, `order.reinstated`, `order.refunded` or `refund.voided`.
    #[serde(rename = "take_back")]
    Change(Change),
}

/// An order or, where `kind` is not a sale, an event that stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What it is.
    pub kind: Kind,
    /// `order_id` or `event_id`.
    pub id: String,
    /// When it happened.
    pub at: Instant,
    /// Who; empty for an unknown customer.
    pub customer: Customer,
    /// The amounts; `None` for all but sales.
    pub goods: Option<Goods>,
    /// Codes on the order, as listed. What cannot be a code is left out: it is nobody's.
    pub codes: Vec<Code>,
    /// Codes on the order that no referrer had when it arrived: told in words, never candidates, so that an
    /// old coupon made a referral code claims no past order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_codes: Vec<Code>,
    /// Visits and redemptions that the shop knows of, as listed.
    pub touches: Vec<Touch>,
    /// Those by codes that no referrer had when it arrived: told in words, as unknown codes are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_touches: Vec<Touch>,
    /// What the shop gives or corrects by hand; then it is no order, and nothing else of it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<Box<Adjustment>>,
    /// By what it can be told that several orders are one person's.
    #[serde(default, skip_serializing_if = "Traces::is_empty")]
    pub traces: Traces,
    /// The shop gave it to somebody by hand. Such an order stands beside the one that was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Box<Credit>>,
}

/// A bonus or correction by the shop's hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// To whom.
    pub code: Code,
    /// As which kind of reward, one that is money.
    pub reward: String,
    /// In which currency.
    pub currency: Currency,
    /// How much, in its minor units; negative where something is taken.
    pub amount: i64,
    /// Why, in the shop's words.
    pub reason: String,
}

/// Who placed an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The shop's id of the customer.
    pub id: Option<String>,
    /// The e-mail address as [`email::normalise`] leaves it; beyond the edge's door, its keyed hash.
    pub email: Option<String>,
    /// How many orders the customer has placed, this one included.
    pub orders_count: Option<u32>,
}

/// By what it can be told that several orders are one person's. Beyond the edge's door keyed hashes, but for the browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Traces {
    /// Where it is sent: an address as [`Traces::address`] leaves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// By which card it was paid: the payment provider's fingerprint of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// Which referrer sees their rewards in the browser in which it was ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<Code>,
    /// Whether the customer's e-mail address is thrown away after use.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disposable: bool,
}

/// What was bought. Amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// The order's currency.
    pub currency: Currency,
    /// The goods before the order's discount, without tax and shipping.
    pub subtotal: i64,
    /// The order's discount.
    pub discount: i64,
    /// What was paid in all, tax and shipping included; `None` where an earlier release did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Goods of a category, after discount, without tax; lines without a category are left out.
    pub lines: Vec<Line>,
}

/// An order line that names its category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The shop's category.
    pub category: String,
    /// In minor units.
    pub total: i64,
}

/// What became of an order after it was placed; [`crate::changes`] says what several of them come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The order's id.
    pub order_id: String,
    /// When.
    pub at: Instant,
    /// What happened.
    pub what: What,
}

/// What a [`Change`] says. The names in stored facts are older than those here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The whole order is taken back.
    #[serde(rename = "all")]
    Cancelled,
    /// Cancellations are undone from now on.
    Reinstated {
        /// Those dated up to here.
        up_to: Instant,
    },
    /// A part of the goods was paid back. The currency is the order's, which may not be known yet.
    #[serde(rename = "refund")]
    Refunded {
        /// The shop's id of the refund.
        id: String,
        /// Goods, as written, on the base of `subtotal - discount`.
        amount: Decimal,
        /// Money of which nothing else is known than that it was paid back, tax and shipping inside: it takes as
        /// much of the base as it is of the order's total.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned: Option<Decimal>,
    },
    /// A refund failed or was deleted: from now on it takes nothing.
    Voided {
        /// The shop's id of the refund.
        id: String,
    },
}

impl Change {
    /// The name of its kind among an order's changes, such as `cancelled` or `refunded-ID`. With
    /// [`Change::at`] it tells a repeat from another change.
    pub fn name(&self) -> String {
        match &self.what {
            What::Cancelled => "cancelled".into(),
            What::Reinstated { .. } => "reinstated".into(),
            What::Refunded { id, .. } => format!("refunded-{id}"),
            What::Voided { id } => format!("voided-{id}"),
        }
    }
}

impl Customer {
    /// A shop's id of a customer. Platforms write `0` or nothing for a guest: that is no one person.
    pub fn id_of(text: &str) -> Option<String> {
        let id = text.trim();
        (!id.is_empty() && id.bytes().any(|byte| byte != b'0')).then(|| id.to_owned())
    }
}

impl Traces {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// One form of an address, whatever its case, spacing and punctuation; `None` where it names no street or place.
    fn address(line1: &str, line2: &str, postal_code: &str, country: &str) -> Option<String> {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let (street, place) = (plain(line1), plain(postal_code));
        (!street.is_empty() && !place.is_empty())
            .then(|| [street, plain(line2), place, plain(country)].join("/"))
    }

    fn read(data: &Node<'_>, customer: &Customer, faults: &mut Faults) -> Self {
        let delivery = data.field("delivery");
        let mut line = |name: &str| match delivery.is_present() {
            true => delivery.field(name).optional_text(faults, 300).unwrap_or_default().to_owned(),
            false => String::new(),
        };
        let parts = ["line1", "line2", "postal_code", "country"].map(&mut line);
        let [line1, line2, postal_code, country] = &parts;
        Self {
            address: Self::address(line1, line2, postal_code, country),
            card: data.field("card").optional_text(faults, 200).map(str::to_owned),
            browser: data.field("browser").optional_text(faults, 64).and_then(Code::read),
            disposable: customer.email.as_deref().is_some_and(is_disposable),
        }
    }
}

impl Goods {
    /// `subtotal - discount`, never below zero: the base of commissions and refunds.
    pub fn base(&self) -> i64 {
        self.subtotal.saturating_sub(self.discount).max(0)
    }
}

/// Reads a signed event received at `now`. `Ok(None)` is a type that nothing is known of, which is ignored.
/// Unknown fields are ignored too.
///
/// # Errors
/// Every fault in known fields, with pointers from the body's root.
pub fn parse(body: &Value, now: Instant) -> Result<Option<Event>, Vec<Fault>> {
    let (root, mut faults) = (Node::root(body), Faults::default());
    let data = root.field("data");
    let event = match root.field("type").text(&mut faults, 100) {
        None => None,
        Some("order.paid") => parse_order(&data, Kind::Sale, now, &mut faults).map(Event::Order),
        Some("lead.created") => parse_order(&data, Kind::Lead, now, &mut faults).map(Event::Order),
        Some("signup.created") => parse_order(&data, Kind::Signup, now, &mut faults).map(Event::Order),
        Some("install.recorded") => parse_order(&data, Kind::Install, now, &mut faults).map(Event::Order),
        Some(name) => match CHANGES.iter().find(|(known, _)| *known == name) {
            Some((_, read)) => parse_change(&data, *read, now, &mut faults).map(Event::Change),
            None => None,
        },
    };
    faults.into_result(event)
}

/// Reads a browser-reported conversion received at `now`: the body of `order.paid`'s `data`.
///
/// # Errors
/// As [`parse`], with pointers from the root of what was reported.
pub fn parse_report(body: &Value, now: Instant) -> Result<Order, Vec<Fault>> {
    let (root, mut faults) = (Node::root(body), Faults::default());
    let order = parse_order(&root, Kind::Sale, now, &mut faults);
    faults.into_result(order)?.ok_or_else(Vec::new)
}

fn parse_order(data: &Node<'_>, kind: Kind, now: Instant, faults: &mut Faults) -> Option<Order> {
    data.object(faults)?;
    let id = data.field(if kind == Kind::Sale { "order_id" } else { "event_id" }).text(faults, 128);
    let at = parse_at(&data.field("at"), now, faults);
    let customer = parse_customer(&data.field("customer"), faults);
    let goods = if kind == Kind::Sale { parse_goods(data, faults) } else { None };
    let mut codes = Vec::new();
    for item in data.field("codes").items(faults, 100) {
        match item.value() {
            Some(Value::String(text)) => codes.extend(text.parse::<Code>()),
            _ => faults.add(&item, "must be a text"),
        }
    }
    let mut touches = Vec::new();
    for item in data.field("touches").items(faults, 100) {
        if item.object(faults).is_none() {
            continue;
        }
        let code = item.field("code");
        let text = code.value().and_then(Value::as_str);
        if text.is_none() {
            faults.add(&code, "must be a text");
        }
        let source = item.field("source").choice(faults, Source::WORDS);
        let at = item.field("at").instant(faults);
        if let (Some(Ok(code)), Some(source), Some(at)) = (text.map(str::parse::<Code>), source, at) {
            touches.push(Touch { code, source, at });
        }
    }
    if kind == Kind::Sale && goods.is_none() {
        return None;
    }
    let traces = Traces::read(data, &customer, faults);
    Some(Order {
        kind,
        id: id?.to_owned(),
        at: at?,
        customer,
        goods,
        codes,
        unknown_codes: Vec::new(),
        adjustment: None,
        touches,
        unknown_touches: Vec::new(),
        traces,
        credit: None,
    })
}

fn parse_customer(node: &Node<'_>, faults: &mut Faults) -> Customer {
    if !node.is_present() || node.object(faults).is_none() {
        return Customer::default();
    }
    Customer {
        id: node.field("id").optional_text(faults, 128).and_then(Customer::id_of),
        email: node.field("email").optional_text(faults, 320).and_then(email::normalise),
        orders_count: node.field("orders_count").optional_whole(faults, 0, u32::MAX),
    }
}

fn parse_goods(data: &Node<'_>, faults: &mut Faults) -> Option<Goods> {
    let code = data.field("currency");
    let currency = code.text(faults, 100).and_then(Currency::parse);
    if currency.is_none() && code.value().is_some_and(Value::is_string) {
        faults.add(&code, "must be an ISO 4217 currency such as \"EUR\"");
    }
    let decimals = currency.map(|currency| currency.decimals());
    let subtotal = data.field("subtotal").amount(faults, decimals);
    let discount = data.field("discount").amount(faults, decimals);
    let total = data.field("total").amount(faults, decimals);
    for name in ["shipping", "tax"] {
        data.field(name).optional_amount(faults, decimals);
    }
    let mut lines = Vec::new();
    for line in data.field("lines").items(faults, 1000) {
        if line.object(faults).is_none() {
            continue;
        }
        let total = line.field("total").amount(faults, decimals);
        let category = line.field("category").optional_text(faults, 200);
        if let (Some(category), Some(total)) = (category, total) {
            lines.push(Line { category: category.to_owned(), total });
        }
    }
    Some(Goods { currency: currency?, subtotal: subtotal?, discount: discount?, total, lines })
}

/// Reads what is particular to a change dated so.
type ReadWhat = fn(&Node<'_>, Option<Instant>, &mut Faults) -> Option<What>;

/// The types that say what became of an order.
const CHANGES: &[(&str, ReadWhat)] = &[
    ("order.cancelled", |_, _, _| Some(What::Cancelled)),
    ("order.reinstated", |data, at, faults| {
        let named = data.field("cancellation_at").optional_instant(faults);
        Some(What::Reinstated { up_to: named.or(at)? })
    }),
    ("order.refunded", |data, _, faults| {
        let id = data.field("refund_id").text(faults, 128);
        let (amount, returned) = (data.field("amount"), data.field("returned"));
        let of_goods = (amount.is_present() || !returned.is_present()).then(|| amount.decimal(faults));
        let of_all = returned.is_present().then(|| returned.decimal(faults));
        let amount = of_goods.map_or(Some(Decimal::ZERO), |read| read)?;
        let returned = of_all.map_or(Some(None), |read| read.map(Some))?;
        Some(What::Refunded { id: id?.to_owned(), amount, returned })
    }),
    ("refund.voided", |data, _, faults| {
        Some(What::Voided { id: data.field("refund_id").text(faults, 128)?.to_owned() })
    }),
];

fn parse_change(data: &Node<'_>, read: ReadWhat, now: Instant, faults: &mut Faults) -> Option<Change> {
    data.object(faults)?;
    let order_id = data.field("order_id").text(faults, 128);
    let at = parse_at(&data.field("at"), now, faults);
    let what = read(data, at, faults);
    Some(Change { order_id: order_id?.to_owned(), at: at?, what: what? })
}

fn parse_at(node: &Node<'_>, now: Instant, faults: &mut Faults) -> Option<Instant> {
    let at = node.instant(faults)?;
    if at > now.plus_seconds(MAX_AHEAD_MINUTES * 60) {
        faults.add(node, format!("is {at}, more than {MAX_AHEAD_MINUTES} minutes ahead: here it is {now}"));
    } else if at < now.plus_days(-MAX_AGE_DAYS) {
        faults.add(node, format!("is {at}, more than {MAX_AGE_DAYS} days back: here it is {now}"));
    } else {
        return Some(at.min(now));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> Instant {
        Instant::parse("2026-11-20T00:00:00Z").unwrap()
    }

    fn paid() -> Value {
        json!({"type": "order.paid", "data": {
            "order_id": "1001", "at": "2026-11-02T10:00:00Z",
            "customer": {"id": "c-7", "email": "Bob+x@Example.com", "orders_count": 1},
            "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "14.40", "total": "91.40",
            "codes": ["anna10", "not a code"],
            "touches": [{"code": "ANNA10", "source": "link", "at": "2026-11-01T09:00:00Z"}],
            "lines": [{"id": "l1", "sku": "MUG-1", "category": "mugs", "quantity": 2, "total": "72.00"}]}})
    }

    fn pointers(body: &Value) -> Vec<String> {
        parse(body, now()).unwrap_err().into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn reads_the_contract_s_example() {
        let Ok(Some(Event::Order(order))) = parse(&paid(), now()) else { panic!("not read") };
        assert_eq!((order.id.as_str(), order.codes.len(), order.touches.len()), ("1001", 1, 1));
        assert_eq!(order.customer.email.as_deref(), Some("bob@example.com"));
        assert_eq!(order.goods.map(|goods| goods.base()), Some(7200));
    }

    #[test]
    fn tells_every_fault() {
        let mut body = paid();
        body["data"]["subtotal"] = json!(80.0);
        body["data"]["discount"] = json!("1e5");
        body["data"]["tax"] = json!("14.4");
        body["data"]["touches"][0]["source"] = json!("smoke");
        body["data"]["customer"]["id"] = json!(7);
        body["data"]["at"] = json!("2026-11-20T00:15:01Z");
        #[rustfmt::skip]
        assert_eq!(pointers(&body), ["/data/at", "/data/customer/id", "/data/subtotal", "/data/discount", "/data/tax",
            "/data/touches/0/source"]);
        assert_eq!(pointers(&json!({"type": "order.refunded", "data": {"amount": "-0.00"}})).len(), 4);
        assert_eq!(pointers(&json!([])), ["/type"]);
    }

    #[test]
    fn a_clock_that_is_a_little_fast_is_borne_with() {
        let mut body = paid();
        body["data"]["at"] = json!("2026-11-20T00:15:00Z");
        assert!(matches!(parse(&body, now()), Ok(Some(Event::Order(order))) if order.at == now()));
        body["data"]["at"] = json!("2026-11-20T00:15:01Z");
        let faults = parse(&body, now()).unwrap_err();
        assert_eq!(
            faults[0].detail,
            "is 2026-11-20T00:15:01Z, more than 15 minutes ahead: here it is 2026-11-20T00:00:00Z"
        );
    }

    #[test]
    fn a_guest_is_no_one_person() {
        for (id, known) in
            [("0", None), ("", None), (" ", None), ("000", None), ("07", Some("07")), ("c-0", Some("c-0"))]
        {
            let mut body = paid();
            body["data"]["customer"]["id"] = json!(id);
            let Ok(Some(Event::Order(order))) = parse(&body, now()) else { panic!("{id} is not read") };
            assert_eq!(order.customer.id.as_deref(), known, "{id}");
        }
    }

    #[test]
    fn a_refund_is_of_goods_or_of_the_whole() {
        let read = |data: Value| {
            let mut data = data;
            data["order_id"] = json!("1");
            data["refund_id"] = json!("r");
            data["at"] = json!("2026-11-02T10:00:00Z");
            parse(&json!({"type": "order.refunded", "data": data}), now())
        };
        let taken = |data: Value| match read(data) {
            Ok(Some(Event::Change(Change { what: What::Refunded { amount, returned, .. }, .. }))) => {
                (amount.to_minor(2), returned.map(|returned| returned.to_minor(2)))
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(taken(json!({"amount": "10.00"})), (1000, None));
        assert_eq!(taken(json!({"returned": "10.00"})), (0, Some(1000)));
        assert_eq!(taken(json!({"amount": "5.00", "returned": "10.00"})), (500, Some(1000)));
        let missing = read(json!({})).unwrap_err();
        assert_eq!(missing.first().map(|fault| fault.pointer.as_str()), Some("/data/amount"));
        let wrong = read(json!({"returned": 7})).unwrap_err();
        assert_eq!(wrong.first().map(|fault| fault.pointer.as_str()), Some("/data/returned"));
    }

    #[test]
    fn ignores_what_it_does_not_know() {
        assert_eq!(parse(&json!({"type": "order.packed", "data": 7}), now()), Ok(None));
    }
}
