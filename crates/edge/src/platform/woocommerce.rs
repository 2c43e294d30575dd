//! WooCommerce: orders as its REST API writes them. There is no topic for paid or cancelled orders: an order's
//! status is a state, which every delivery shows whole.

use super::exact::Exact;
use super::silence::Silence;
use super::told::{Shown, State, Told};
use super::{address_of, codes_in, customer_of, id_of, items, link, sent_to, text_of, touches_in, within};
use crate::http::Request;
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use serde_json::{Value, json};

/// Statuses of plugins by which a deposit is paid and the rest is not.
const DEPOSITS: &[&str] =
    &["partial-payment", "partially-paid", "partial-paid", "partially-pending", "deposit", "deposit-paid"];

/// Of how many pieces of one line a refund may be, to be looked for.
const MOST_PIECES: u64 = 100;

/// Whether this is what saving a webhook sends: `webhook_id=N`, form-encoded and unsigned.
pub fn is_trial(request: &Request) -> bool {
    let number = request.bytes().strip_prefix(b"webhook_id=");
    let digits = |text: &[u8]| (1..=20).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    number.is_some_and(digits) && !request.headers.contains_key("x-wc-webhook-signature")
}

/// What an order's state tells.
pub fn read(topic: &str, order: &Value, params: &[String], now: Instant) -> Told {
    let Some(id) = id_of(&order["id"]) else {
        return Told::Nothing(Silence::Unreadable);
    };
    let restored = match topic {
        // All that is left of a deleted order is its number.
        "order.deleted" => return Told::gone(id, now.to_string()),
        "order.restored" => true,
        "order.created" | "order.updated" => false,
        _ => return Told::Nothing(Silence::OtherTopic),
    };
    let created = utc(&order["date_created_gmt"]).unwrap_or(now);
    let changed = utc(&order["date_modified_gmt"]).unwrap_or(now);
    let state = match state(order) {
        State::Open(_) if restored => State::Restored,
        state => state,
    };
    let is_paid = has_been_paid(order);
    let paid =
        (is_paid || state == State::Promised).then(|| order_paid(&id, order, created, params)).flatten();
    // Deletion is dated by its arrival, for want of a date, and undoing it must not come before.
    let at = if restored { changed.max(now) } else { changed };
    let refunds = refunds(&id, order, changed);
    Told::Order(Box::new(Shown { id, at: at.to_string(), state, paid, refunds }))
}

fn state(order: &Value) -> State {
    match text_of(&order["status"]).unwrap_or_default() {
        "cancelled" | "refunded" | "trash" => State::Cancelled(None),
        "failed" => State::Failed,
        status if DEPOSITS.contains(&status) => State::Open(Silence::PartlyPaid),
        "pending" | "on-hold" | "checkout-draft" => State::Open(Silence::NotPaid),
        "completed" => State::Paid,
        // Processing, or a plugin's own word for a step of an order that is under way.
        _ if text_of(&order["date_paid_gmt"]).is_some() => State::Paid,
        "processing" => State::Promised,
        _ => State::Open(Silence::NotPaid),
    }
}

/// Whether the order is paid or was. WooCommerce dates the payment when it is made, or when an order becomes
/// completed that is paid on delivery; orders that were imported may have no date.
fn has_been_paid(order: &Value) -> bool {
    let status = text_of(&order["status"]).unwrap_or_default();
    let dated = text_of(&order["date_paid_gmt"]).is_some();
    !DEPOSITS.contains(&status) && (dated || matches!(status, "completed" | "refunded"))
}

fn order_paid(id: &str, order: &Value, created: Instant, params: &[String]) -> Option<Value> {
    let currency = Currency::parse(text_of(&order["currency"])?)?;
    let at = created.to_string();
    let sold = Sold::of(order);
    let amount = |name: &str| Exact::of(&order[name]).unwrap_or_default().text(currency);
    let metas = |key: &'static str| {
        let named = move |one: &&Value| one["key"] == key;
        items(&order["meta_data"]).iter().filter(named).filter_map(|one| text_of(&one["value"]))
    };
    let mut codes: Vec<&str> =
        items(&order["coupon_lines"]).iter().filter_map(|line| text_of(&line["code"])).collect();
    codes.extend(metas("parrain_code"));
    // WooCommerce's own order attribution keeps the address by which the session began.
    let entries = metas("_wc_order_attribution_session_entry").flat_map(|address| codes_in(address, params));
    let mut touches: Vec<Value> = entries.map(|code| link(&code, &at)).collect();
    touches.extend(metas("parrain_touches").flat_map(touches_in));
    Some(json!({"type": "order.paid", "data": {
        "order_id": id,
        "at": at,
        "customer": {"id": customer_of(&order["customer_id"]), "email": address_of(within(order, "/billing/email"))},
        "currency": currency.code(),
        "subtotal": sold.subtotal.text(currency),
        "discount": sold.discount.text(currency),
        "shipping": amount("shipping_total"),
        "tax": amount("total_tax"),
        "total": amount("total"),
        "codes": codes,
        "touches": touches,
        "delivery": sent_to(&order["shipping"], ["address_1", "address_2", "postcode", "country"]),
    }}))
}

/// What was sold, without tax: WooCommerce writes lines so whatever prices the shop shows.
struct Sold {
    subtotal: Exact,
    discount: Exact,
}

impl Sold {
    fn of(order: &Value) -> Self {
        let lines = items(&order["line_items"]);
        let subtotal = Exact::total(lines.iter().map(|line| &line["subtotal"]));
        let charged = Exact::total(lines.iter().map(|line| &line["total"]));
        let told = Exact::of(&order["discount_total"]).unwrap_or_default();
        // A line whose price was lowered by hand is off too; so is a fee below zero, as plugins give discounts.
        let fees = items(&order["fee_lines"]).iter().filter_map(|fee| Exact::of(&fee["total"]));
        let off: Exact = fees.filter(|fee| *fee < Exact::default()).map(Exact::abs).sum();
        Self { subtotal, discount: told.max(subtotal - charged) + off }
    }

    fn net(&self) -> Exact {
        (self.subtotal - self.discount).positive()
    }
}

/// The refunds on an order, of which each is written as a negative total and, by newer versions, its tax. Whatever
/// lines it had are not told, and it has no date of its own.
fn refunds(id: &str, order: &Value, at: Instant) -> Option<Vec<Value>> {
    let listed = order["refunds"].as_array()?;
    let currency = Currency::parse(text_of(&order["currency"])?)?;
    let mut parts = Parts::of(order, currency);
    let mut numbered: Vec<(String, &Value)> =
        listed.iter().filter_map(|refund| Some((id_of(&refund["id"])?, refund))).collect();
    // By their age, since what one was of bears on what another can be of.
    numbered.sort_by_key(|(id, _)| (id.len(), id.clone()));
    let data = |(refund_id, refund): (String, &Value)| {
        let goods =
            parts.take(Exact::of(&refund["total"])?.abs(), Exact::of(&refund["total_tax"]).map(Exact::abs));
        (!goods.is_zero()).then(|| {
            json!({"order_id": id, "refund_id": refund_id, "at": at.to_string(), "amount": goods.text(currency)})
        })
    };
    Some(numbered.into_iter().filter_map(data).collect())
}

/// An amount with its tax.
#[derive(Clone, Copy, Default, PartialEq)]
struct Taxed {
    net: Exact,
    tax: Exact,
}

impl Taxed {
    fn of(line: &Value) -> Self {
        let of = |name: &str| Exact::of(&line[name]).unwrap_or_default();
        Self { net: of("total"), tax: of("total_tax") }
    }

    fn gross(self) -> Exact {
        self.net + self.tax
    }

    fn plus(self, other: Self) -> Self {
        Self { net: self.net + other.net, tax: self.tax + other.tax }
    }
}

/// The parts of an order that a refund may be of.
struct Parts {
    currency: Currency,
    /// Goods after all discounts.
    goods: Taxed,
    /// Lines of goods with how many pieces of each.
    lines: Vec<(Taxed, u64)>,
    /// Shipping and fees that no refund was of so far.
    beside: Vec<Taxed>,
    /// Whether anything beside the goods is taxed.
    beside_is_taxed: bool,
}

impl Parts {
    fn of(order: &Value, currency: Currency) -> Self {
        let lines: Vec<&Value> = items(&order["line_items"]).iter().collect();
        let fees: Vec<Taxed> = items(&order["fee_lines"]).iter().map(Taxed::of).collect();
        let (off, charged): (Vec<Taxed>, Vec<Taxed>) =
            fees.into_iter().partition(|fee| fee.net < Exact::default());
        let of_lines = lines.iter().map(|line| Taxed::of(line)).fold(Taxed::default(), Taxed::plus);
        let of_fees = charged.iter().copied().fold(Taxed::default(), Taxed::plus);
        // Versions and plugins that leave a line's tax out still have that of the cart, fees included.
        let cart = (Exact::of(&order["cart_tax"]).unwrap_or_default() - of_fees.tax).positive();
        let tax = if of_lines.tax.is_zero() { cart } else { of_lines.tax };
        let of_off = off.into_iter().fold(Taxed::default(), Taxed::plus);
        let net = Sold::of(order).net();
        let goods = Taxed { net, tax: (tax + of_off.tax).positive() };
        let amount = |name: &str| Exact::of(&order[name]).unwrap_or_default();
        let shipping = Taxed { net: amount("shipping_total"), tax: amount("shipping_tax") };
        let methods: Vec<Taxed> = items(&order["shipping_lines"]).iter().map(Taxed::of).collect();
        let methods = if methods.len() > 1 { methods } else { vec![shipping] };
        let beside: Vec<Taxed> =
            methods.into_iter().chain(charged).filter(|part| !part.gross().is_zero()).collect();
        let beside_is_taxed = beside.iter().any(|part| !part.tax.is_zero());
        let count = |line: &Value| line["quantity"].as_u64().unwrap_or(1).clamp(1, 100_000);
        let lines = lines.into_iter().map(|line| (Taxed::of(line), count(line))).collect();
        Self { currency, goods, lines, beside, beside_is_taxed }
    }

    /// How much of the goods, without tax, a refund of so much money took. Where neither its tax nor any part of
    /// the order says otherwise it is of goods, with their tax, as far as they reach.
    fn take(&mut self, money: Exact, tax: Option<Exact>) -> Exact {
        let told = tax.unwrap_or_default();
        if let Some(goods) = self.pieces(money, told) {
            return goods;
        }
        let all = self.beside.iter().copied().fold(Taxed::default(), Taxed::plus);
        if self.is(all, money, told) {
            self.beside.clear();
            return Exact::default();
        }
        if let Some(at) = self.beside.iter().position(|part| self.is(*part, money, told)) {
            self.beside.remove(at);
            return Exact::default();
        }
        // A piece and its shipping, as they are refunded together.
        let rest = |part: &Taxed| self.pieces(money - part.gross(), (told - part.tax).positive());
        if let Some((at, goods)) =
            self.beside.iter().enumerate().find_map(|(at, part)| Some((at, rest(part)?)))
        {
            self.beside.remove(at);
            return goods;
        }
        let goods = if told.is_zero() {
            money.share(self.goods.net, self.goods.gross())
        } else if self.beside_is_taxed || self.goods.tax.is_zero() {
            money - told
        } else {
            // Only goods are taxed: their tax says how much of them it was.
            told.share(self.goods.net, self.goods.tax).min(money - told)
        };
        goods.min(self.goods.net)
    }

    /// What a refund took where it is exactly so many pieces of one line, at that line's own rate of tax.
    fn pieces(&self, money: Exact, tax: Exact) -> Option<Exact> {
        let number = |count: u64| Exact::minor(i64::try_from(count).unwrap_or(i64::MAX), 0);
        self.lines.iter().find_map(|(line, count)| {
            (1..=(*count).min(MOST_PIECES)).find_map(|pieces| {
                let part = |amount: Exact| amount.share(number(pieces), number(*count));
                let part = Taxed { net: part(line.net), tax: part(line.tax) };
                self.is(part, money, tax).then_some(part.net)
            })
        })
    }

    /// Whether a refund is of exactly this part, with its tax or, where that is not told, as one sum.
    fn is(&self, part: Taxed, money: Exact, tax: Exact) -> bool {
        let same = |one: Exact, other: Exact| one.text(self.currency) == other.text(self.currency);
        money > Exact::default() && same(part.gross(), money) && (tax.is_zero() || same(part.tax, tax))
    }
}

/// A time in UTC that WooCommerce writes without saying so.
fn utc(value: &Value) -> Option<Instant> {
    let text = format!("{}Z", text_of(value)?.trim_end_matches('Z'));
    Instant::parse(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED: &str =
        include_str!("../../tests/fixtures/woocommerce/order.created.guest-coupon.raw.json");
    const REFUNDED: &str =
        include_str!("../../tests/fixtures/woocommerce/order.updated.partial-refund.raw.json");

    fn told(topic: &str, text: &str, change: impl Fn(&mut Value)) -> Told {
        let mut order: Value = serde_json::from_str(text).unwrap();
        change(&mut order);
        let order = super::super::read_body(order.to_string().as_bytes()).unwrap();
        read(topic, &order, &["ref".to_owned()], Instant::parse("2026-11-22T00:00:00Z").unwrap())
    }

    fn shown(text: &str, change: impl Fn(&mut Value)) -> Shown {
        match told("order.updated", text, change) {
            Told::Order(shown) => *shown,
            other => panic!("{other:?}"),
        }
    }

    /// What refunds of `(total, total_tax)` take of the goods.
    fn taken(order: &Value, refunds: &[(&str, Option<&str>)]) -> Vec<String> {
        let mut order = order.clone();
        order["refunds"] = refunds
            .iter()
            .enumerate()
            .map(|(at, (total, tax))| json!({"id": 20 + at, "total": total, "total_tax": tax}))
            .collect();
        let refunds = refunds_of(&order);
        refunds.iter().map(|refund| refund["amount"].as_str().unwrap().to_owned()).collect()
    }

    fn refunds_of(order: &Value) -> Vec<Value> {
        refunds("1", order, Instant::parse("2026-11-22T00:00:00Z").unwrap()).unwrap()
    }

    #[test]
    fn a_real_order_is_read() {
        let order = shown(CREATED, |_| {});
        assert_eq!((order.id.as_str(), order.at.as_str()), ("13", "2026-11-21T20:58:33Z"));
        assert_eq!(
            order.paid,
            Some(json!({"type": "order.paid", "data": {
                "order_id": "13", "at": "2026-11-21T20:58:33Z",
                "customer": {"id": null, "email": "ada@example.com"}, "delivery": null,
                "currency": "EUR", "subtotal": "40.00", "discount": "4.00", "shipping": "0.00", "tax": "0.00",
                "total": "36.00", "codes": ["refer10"],
                "touches": [{"code": "REF42", "source": "link", "at": "2026-11-21T20:58:33Z"}]}}))
        );
        // It is to be paid on delivery, and not paid yet.
        assert_eq!(order.state, State::Promised);
    }

    #[test]
    fn refunds_are_shown_with_their_order() {
        let order = shown(REFUNDED, |_| {});
        assert_eq!(
            order.refunds,
            Some(vec![
                json!({"order_id": "13", "refund_id": "14", "at": "2026-11-21T20:58:57Z", "amount": "18.00"})
            ])
        );
        assert_eq!(shown(REFUNDED, |order| order["refunds"] = json!([])).refunds, Some(vec![]), "deleted");
        assert_eq!(shown(REFUNDED, |order| order["refunds"] = Value::Null).refunds, None);
    }

    #[test]
    fn a_refund_is_of_what_its_money_says() {
        let line = |net: &str, tax: &str, count: u64| json!({"subtotal": net, "subtotal_tax": tax, "total": net, "total_tax": tax, "quantity": count});
        let order = |lines: Value, shipping: (&str, &str)| json!({"currency": "EUR", "line_items": lines, "shipping_total": shipping.0, "shipping_tax": shipping.1});
        // 40.00 without tax, 5.00 of shipping.
        let plain = order(json!([line("40.00", "0.00", 2)]), ("5.00", "0.00"));
        assert_eq!(taken(&plain, &[("-5.00", Some("0.00"))]), [""; 0], "shipping alone");
        assert_eq!(taken(&plain, &[("-5.00", None), ("-5.00", None)]), ["5.00"], "it is paid back once");
        assert_eq!(
            taken(&plain, &[("-20.00", None), ("-25.00", None)]),
            ["20.00", "20.00"],
            "a piece, the rest"
        );
        assert_eq!(taken(&plain, &[("-45.00", None)]), ["40.00"], "all of it");
        assert_eq!(taken(&plain, &[("0.00", None)]), [""; 0], "put back on the shelf");
        // A fifth of tax on goods and shipping.
        let taxed = order(json!([line("100.00", "20.00", 1)]), ("10.00", "2.00"));
        assert_eq!(taken(&taxed, &[("-60.00", Some("-10.00"))]), ["50.00"]);
        assert_eq!(taken(&taxed, &[("-60.00", Some("0.00"))]), ["50.00"], "by amount alone");
        assert_eq!(taken(&taxed, &[("-12.00", Some("-2.00"))]), [""; 0]);
        assert_eq!(taken(&taxed, &[("-132.00", Some("-22.00"))]), ["100.00"]);
        assert_eq!(taken(&taxed, &[("-132.00", None)]), ["100.00"]);
        // Two rates: each line at its own, and a piece together with its shipping.
        let mixed = order(json!([line("10.00", "0.55", 1), line("40.00", "8.00", 2)]), ("5.00", "1.00"));
        assert_eq!(taken(&mixed, &[("-10.55", None)]), ["10.00"]);
        assert_eq!(taken(&mixed, &[("-24.00", Some("0.00"))]), ["20.00"]);
        assert_eq!(taken(&mixed, &[("-30.00", Some("-5.00"))]), ["20.00"], "with 6.00 of shipping");
        // Shipping without tax: the tax of the refund is that of goods.
        let free_of_tax = order(json!([line("100.00", "20.00", 1)]), ("10.00", "0.00"));
        assert_eq!(taken(&free_of_tax, &[("-65.00", Some("-10.00"))]), ["50.00"]);
        // A fee for wrapping is no goods.
        let mut wrapped = plain.clone();
        wrapped["fee_lines"] = json!([{"total": "3.00", "total_tax": "0.00"}]);
        assert_eq!(taken(&wrapped, &[("-3.00", None)]), [""; 0]);
        assert_eq!(taken(&wrapped, &[("-8.00", None)]), [""; 0], "with the shipping");
        // In yen, and of thirds.
        let mut thirds = order(json!([line("100", "0", 3)]), ("0", "0"));
        thirds["currency"] = json!("JPY");
        assert_eq!(taken(&thirds, &[("-33", None)]), ["33"]);
    }

    #[test]
    fn what_lowers_the_price_is_a_discount() {
        let base = |change: &dyn Fn(&mut Value)| {
            let data = shown(CREATED, |order| change(order)).paid.unwrap()["data"].clone();
            (data["subtotal"].clone(), data["discount"].clone())
        };
        assert_eq!(base(&|_| {}), (json!("40.00"), json!("4.00")));
        let fee =
            |total: &'static str| move |order: &mut Value| order["fee_lines"] = json!([{"total": total}]);
        assert_eq!(base(&fee("-10.00")), (json!("40.00"), json!("14.00")), "a fee below zero");
        assert_eq!(base(&fee("10.00")), (json!("40.00"), json!("4.00")), "a fee is no goods");
        let by_hand = |order: &mut Value| order["line_items"][0]["total"] = json!("30.00");
        assert_eq!(base(&by_hand), (json!("40.00"), json!("10.00")), "a price lowered by hand");
    }

    #[test]
    fn the_status_is_a_state() {
        let of = |status: &str, paid: Value| {
            let order = shown(CREATED, |order| {
                order["status"] = json!(status);
                order["date_paid_gmt"] = paid.clone();
            });
            (order.state, order.paid.is_some())
        };
        let dated = || json!("2026-11-21T21:00:00");
        for unpaid in ["pending", "on-hold", "checkout-draft", "waiting"] {
            assert_eq!(of(unpaid, Value::Null), (State::Open(Silence::NotPaid), false), "{unpaid}");
        }
        assert_eq!(of("partial-payment", dated()), (State::Open(Silence::PartlyPaid), false));
        for paid in ["processing", "completed", "shipped"] {
            assert_eq!(of(paid, dated()), (State::Paid, true), "{paid}");
        }
        assert_eq!(of("completed", Value::Null), (State::Paid, true), "imported");
        assert_eq!(of("processing", Value::Null), (State::Promised, true), "on delivery");
        assert_eq!(of("on-hold", dated()), (State::Open(Silence::NotPaid), true), "held up by a dispute");
        assert_eq!(of("failed", Value::Null), (State::Failed, false));
        assert_eq!(of("failed", dated()), (State::Failed, true));
        assert_eq!(of("cancelled", Value::Null), (State::Cancelled(None), false));
        assert_eq!(of("trash", dated()), (State::Cancelled(None), true));
        assert_eq!(of("refunded", Value::Null), (State::Cancelled(None), true));
    }

    #[test]
    fn deleted_orders_come_back() {
        assert_eq!(
            told("order.deleted", r#"{"id": 13}"#, |_| {}),
            Told::gone("13".into(), "2026-11-22T00:00:00Z".into())
        );
        let Told::Order(restored) = told("order.restored", CREATED, |_| {}) else { panic!() };
        assert_eq!((restored.state, restored.at.as_str()), (State::Promised, "2026-11-22T00:00:00Z"));
        let unpaid = |order: &mut Value| order["status"] = json!("pending");
        let Told::Order(restored) = told("order.restored", CREATED, unpaid) else { panic!() };
        assert_eq!(restored.state, State::Restored);
        assert_eq!(told("product.updated", CREATED, |_| {}), Told::Nothing(Silence::OtherTopic));
        assert_eq!(told("order.created", "[]", |_| {}), Told::Nothing(Silence::Unreadable));
    }
}
