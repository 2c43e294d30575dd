//! Shopify: orders and refunds as its REST resources write them. Fields of newer API versions may be
//! missing, customer fields may be withheld.

use super::exact::Exact;
use super::silence::Silence;
use super::told::{Shown, State, Told};
use super::{address_of, codes_in, customer_of, id_of, items, link, sent_to, text_of, touches_in, within};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use serde_json::{Map, Value, json};

/// What a delivery tells.
pub fn read(topic: &str, body: &Value, params: &[String], now: Instant) -> Told {
    match topic {
        "refunds/create" => match id_of(&body["order_id"]).map(|id| refunded(&id, body, None)) {
            Some(Ok(data)) => Told::event(json!({"type": "order.refunded", "data": data})),
            Some(Err(silence)) => Told::Nothing(silence),
            None => Told::Nothing(Silence::Unreadable),
        },
        "orders/create"
        | "orders/paid"
        | "orders/updated"
        | "orders/edited"
        | "orders/fulfilled"
        | "orders/partially_fulfilled"
        | "orders/cancelled" => order(body, params, now),
        // What applications must answer to (shopify.dev, "privacy law compliance").
        "customers/redact" | "customers/data_request" => Told::Person {
            email: address_of(within(body, "/customer/email")).map(str::to_owned),
            id: customer_of(within(body, "/customer/id")),
            forget: topic == "customers/redact",
        },
        "shop/redact" => Told::Everybody,
        "orders/delete" => match id_of(&body["id"]) {
            Some(id) => Told::gone(id, now.to_string()),
            None => Told::Nothing(Silence::Unreadable),
        },
        _ => Told::Nothing(Silence::OtherTopic),
    }
}

fn order(order: &Value, params: &[String], now: Instant) -> Told {
    let Some(id) = id_of(&order["id"]) else {
        return Told::Nothing(Silence::Unreadable);
    };
    if order["test"] == true {
        return Told::Nothing(Silence::TestOrder);
    }
    let status = text_of(&order["financial_status"]).unwrap_or_default();
    let is_paid = matches!(status, "paid" | "partially_refunded" | "refunded");
    let cancelled = text_of(&order["cancelled_at"]);
    let state = match status {
        _ if cancelled.is_some() => State::Cancelled(cancelled.map(str::to_owned)),
        "voided" => State::Cancelled(None),
        _ if is_paid => State::Paid,
        "partially_paid" => State::Open(Silence::PartlyPaid),
        _ => State::Open(Silence::NotPaid),
    };
    let goods = Goods::of(order);
    if is_paid && goods.as_ref().is_none_or(|goods| goods.all_gift_cards) {
        let silence = if goods.is_some() { Silence::GiftCards } else { Silence::Unreadable };
        return Told::Nothing(silence);
    }
    let listed = items(&order["refunds"]).iter();
    let refunds: Vec<Value> = listed.filter_map(|one| refunded(&id, one, Some(order)).ok()).collect();
    // Of the times that an order names, the last is the one at which it stands as it is shown.
    let refunded_at = refunds.iter().map(|refund| &refund["at"]);
    let times = [&order["updated_at"], &order["cancelled_at"], &order["processed_at"], &order["created_at"]];
    let newest = times.into_iter().chain(refunded_at).filter_map(instant_of).max();
    let paid = goods.filter(|_| is_paid).and_then(|goods| order_paid(&id, order, &goods, params));
    Told::Order(Box::new(Shown {
        id,
        at: newest.unwrap_or(now).to_string(),
        state,
        paid,
        refunds: order["refunds"].is_array().then_some(refunds),
    }))
}

/// What was sold for how much, as it stood when it was paid.
struct Goods {
    currency: Currency,
    /// After discounts, without tax.
    net: Exact,
    discount: Exact,
    /// What was paid in all.
    total: Exact,
    all_gift_cards: bool,
}

impl Goods {
    /// `subtotal_price` is after discounts and, in shops that show prices with tax, with tax. It stays when the
    /// order is edited, `current_subtotal_price` moves with it, and with refunds too: what was taken off before
    /// anything was paid shows as a refund without money.
    fn of(order: &Value) -> Option<Self> {
        let currency = Currency::parse(text_of(&order["currency"])?)?;
        let with_tax = order["taxes_included"].as_bool().unwrap_or(false);
        let (cards, lines): (Vec<&Value>, Vec<&Value>) =
            items(&order["line_items"]).iter().partition(|line| line["gift_card"] == true);
        let of_cards: Exact = cards.iter().map(|line| gross_of(line)).sum();
        let placed = (Exact::of(&order["subtotal_price"])? - of_cards).positive();
        let current =
            Exact::of(&order["current_subtotal_price"]).map_or(placed, |now| (now - of_cards).positive());
        let (mut paid_back, mut taken_off) = (Exact::default(), Returned::default());
        for refund in items(&order["refunds"]) {
            let goods = Returned::of(refund, Some(with_tax));
            if money_of(refund, Some(currency)).is_ok_and(|money| money.is_none_or(|money| !money.is_zero()))
                || !goods.kept.is_zero()
            {
                paid_back = paid_back + goods.gross;
            } else {
                taken_off.gross = taken_off.gross + goods.gross;
                taken_off.net = taken_off.net + goods.net;
            }
        }
        let sold = if current > placed { current + paid_back } else { placed.min(current + paid_back) };
        let tax: Exact =
            if with_tax { lines.iter().map(|line| tax_of(line)).sum() } else { Exact::default() };
        let net = if sold == placed {
            placed - tax
        } else if placed - sold == taken_off.gross {
            placed - tax - taken_off.net
        } else {
            // Edited in another way: taxed as its lines are on the whole.
            let all: Exact = lines.iter().map(|line| gross_of(line)).sum();
            if all > Exact::default() { sold.share((all - tax).positive(), all) } else { sold }
        };
        let discount = discount_of(order, &lines);
        let total = Exact::of(&order["total_price"]).unwrap_or(sold) + sold - placed;
        let all_gift_cards = !cards.is_empty() && lines.is_empty();
        Some(Self { currency, net: net.positive(), discount, total, all_gift_cards })
    }
}

/// A line's price after its discounts.
fn gross_of(line: &Value) -> Exact {
    let price = Exact::of(&line["price"]).unwrap_or_default().times(count_of(line));
    let allocated = items(&line["discount_allocations"]).iter().map(|one| &one["amount"]);
    let discount = Exact::total(allocated).max(Exact::of(&line["total_discount"]).unwrap_or_default());
    (price - discount).positive()
}

fn tax_of(line: &Value) -> Exact {
    Exact::total(items(&line["tax_lines"]).iter().map(|tax| &tax["price"]))
}

fn count_of(line: &Value) -> u64 {
    line["quantity"].as_u64().unwrap_or(1).min(100_000)
}

/// The discount on goods; `total_discounts` has that of shipping in it.
fn discount_of(order: &Value, lines: &[&Value]) -> Exact {
    let told = !lines.is_empty() && lines.iter().all(|line| line["discount_allocations"].is_array());
    if told {
        let allocated = lines.iter().flat_map(|line| items(&line["discount_allocations"]));
        return Exact::total(allocated.map(|one| &one["amount"]));
    }
    let off = |line: &Value| {
        let price = Exact::of(&line["price"])?;
        Some((price - Exact::of(&line["discounted_price"])?).positive())
    };
    let of_shipping: Exact = items(&order["shipping_lines"]).iter().filter_map(off).sum();
    (Exact::of(&order["total_discounts"]).unwrap_or_default() - of_shipping).positive()
}

fn order_paid(id: &str, order: &Value, goods: &Goods, params: &[String]) -> Option<Value> {
    let currency = goods.currency;
    let at = text_of(&order["processed_at"]).or_else(|| text_of(&order["created_at"]))?;
    let shipping = Exact::total(items(&order["shipping_lines"]).iter().map(|line| &line["price"]));
    let attributes = |name: &str| {
        let named = |one: &&Value| one["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name));
        let found = items(&order["note_attributes"]).iter().filter(named);
        found.filter_map(|one| text_of(&one["value"])).collect::<Vec<&str>>()
    };
    let mut codes: Vec<&str> =
        items(&order["discount_codes"]).iter().filter_map(|one| text_of(&one["code"])).collect();
    codes.extend(attributes("parrain_code"));
    // By which address the visit began, and what the widget noted on the basket since: the last counts most.
    let landed = text_of(&order["landing_site"]).map(|address| codes_in(address, params)).unwrap_or_default();
    let noted = params.iter().rev().flat_map(|param| attributes(param)).map(str::to_owned);
    let mut touches: Vec<Value> = landed.into_iter().chain(noted).map(|code| link(&code, at)).collect();
    touches.extend(attributes("parrain_touches").into_iter().flat_map(touches_in));
    let customer = &order["customer"];
    let email =
        [&order["email"], &order["contact_email"], &customer["email"]].into_iter().find_map(address_of);
    let count = customer["orders_count"].as_u64().map(|count| count.min(u64::from(u32::MAX)));
    Some(json!({"type": "order.paid", "data": {
        "order_id": id,
        "at": at,
        "customer": {"id": customer_of(&customer["id"]), "email": email, "orders_count": count},
        "currency": currency.code(),
        "subtotal": (goods.net + goods.discount).text(currency),
        "discount": goods.discount.text(currency),
        "shipping": shipping.text(currency),
        "tax": Exact::of(&order["total_tax"]).unwrap_or_default().text(currency),
        "total": goods.total.text(currency),
        "codes": codes,
        "touches": touches,
        "delivery": sent_to(&order["shipping_address"], ["address1", "address2", "zip", "country_code"]),
    }}))
}

/// The `data` of an `order.refunded`, with `amount` or `returned`; or why the refund took nothing.
/// What counts is the money that went back: of it the goods' part is what the listed lines are of all that is
/// listed, and what went beyond them is a part of the whole order.
fn refunded(order_id: &str, refund: &Value, order: Option<&Value>) -> Result<Value, Silence> {
    let known = order.and_then(|order| text_of(&order["currency"])).and_then(Currency::parse);
    let currency = known.or_else(|| currency_of(refund));
    let money = money_of(refund, currency)?;
    let with_tax = order.map(|order| order["taxes_included"].as_bool().unwrap_or(false));
    let listed = Returned::of(refund, with_tax.or_else(|| shows_tax(refund, money)));
    let all = listed.gross + listed.beside;
    let money = money.unwrap_or((all - listed.kept).positive());
    if money.is_zero() {
        return Err(Silence::NothingReturned);
    }
    let goods = if money < all { listed.net.share(money, all) } else { listed.net };
    let beyond = (money - all).positive();
    if goods.is_zero() && beyond.is_zero() {
        return Err(Silence::NoGoods);
    }
    let two_decimals = || Currency::parse("EUR").ok_or(Silence::Unreadable);
    let currency = currency.map_or_else(two_decimals, Ok)?;
    let at = text_of(&refund["processed_at"]).or_else(|| text_of(&refund["created_at"]));
    let mut data = Map::new();
    data.insert("order_id".into(), json!(order_id));
    data.insert("refund_id".into(), json!(id_of(&refund["id"]).ok_or(Silence::Unreadable)?));
    data.insert("at".into(), json!(at.ok_or(Silence::Unreadable)?));
    if !goods.is_zero() {
        data.insert("amount".into(), json!(goods.text(currency)));
    }
    if !beyond.is_zero() {
        data.insert("returned".into(), json!(beyond.text(currency)));
    }
    Ok(Value::Object(data))
}

/// The money that a refund's payments brought back, in the order's currency; `None` where they do not tell:
/// they are missing, or in the money that the buyer saw.
fn money_of(refund: &Value, currency: Option<Currency>) -> Result<Option<Exact>, Silence> {
    let Some(payments) = refund["transactions"].as_array() else { return Ok(None) };
    let is = |payment: &Value, name: &str, words: &[&str]| {
        text_of(&payment[name]).is_none_or(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    let refunds: Vec<&Value> = payments.iter().filter(|payment| is(payment, "kind", &["refund"])).collect();
    let done: Vec<&&Value> = refunds.iter().filter(|payment| is(payment, "status", &["success"])).collect();
    if done.is_empty() {
        let silence = if refunds.is_empty() { Silence::NothingReturned } else { Silence::NotReturnedYet };
        return Err(silence);
    }
    let amount = |payment: &&&Value| {
        let of_shop = within(payment, "/amount_set/shop_money/amount");
        Exact::of(of_shop).or_else(|| {
            let same = text_of(&payment["currency"])
                .is_none_or(|code| currency.is_none_or(|currency| currency.code() == code));
            Exact::of(&payment["amount"]).filter(|_| same)
        })
    };
    let amounts: Option<Vec<Exact>> = done.iter().map(amount).collect();
    Ok(amounts.map(|amounts| amounts.into_iter().map(Exact::abs).sum()))
}

/// What a refund lists.
#[derive(Default)]
struct Returned {
    /// Goods, as the buyer paid for them, with tax.
    gross: Exact,
    /// The same without tax.
    net: Exact,
    /// Shipping, duties and gift cards, with tax.
    beside: Exact,
    /// What was listed and not paid back; negative where more was.
    kept: Exact,
}

impl Returned {
    /// `with_tax`: whether the lines' prices have their tax in them; where nobody knows, they have not.
    fn of(refund: &Value, with_tax: Option<bool>) -> Self {
        let with_tax = with_tax.unwrap_or(false);
        let mut listed = Self::default();
        for line in items(&refund["refund_line_items"]) {
            let (price, tax) = price_and_tax(line);
            let (gross, net) = if with_tax { (price, price - tax) } else { (price + tax, price) };
            if within(line, "/line_item/gift_card") == true {
                listed.beside = listed.beside + gross;
            } else {
                listed.gross = listed.gross + gross;
                listed.net = listed.net + net.positive();
            }
        }
        // Until API version 2024-10 refunds of shipping were adjustments of the order.
        let (shipping, others): (Vec<&Value>, Vec<&Value>) =
            items(&refund["order_adjustments"]).iter().partition(|one| one["kind"] == "shipping_refund");
        let sum = |values: Vec<&Value>| Exact::total(values);
        let adjusted = shipping.iter().flat_map(|one| [&one["amount"], &one["tax_amount"]]).collect();
        let lines = items(&refund["refund_shipping_lines"]);
        let of_lines: Exact = lines.iter().map(|line| shipping_of(line, with_tax)).sum();
        let duties = items(&refund["duties"]).iter().chain(items(&refund["refund_duties"]));
        let duties = Exact::total(duties.map(|duty| within(duty, "/amount_set/shop_money/amount")));
        listed.beside =
            listed.beside + if lines.is_empty() { sum(adjusted).abs() } else { of_lines } + duties;
        listed.kept = sum(others.iter().flat_map(|one| [&one["amount"], &one["tax_amount"]]).collect());
        listed
    }
}

fn shipping_of(line: &Value, with_tax: bool) -> Exact {
    let of = |name: &str| Exact::of(within(line, &format!("/{name}/shop_money/amount")));
    let price = of("subtotal_amount_set").or_else(|| Exact::of(&line["subtotal"])).unwrap_or_default();
    let tax = of("tax_amount_set").or_else(|| Exact::of(&line["total_tax"])).unwrap_or_default();
    if with_tax { price } else { price + tax }
}

/// A refunded line's price as the shop shows it, and its tax. Old versions give the order's line alone.
fn price_and_tax(line: &Value) -> (Exact, Exact) {
    let (whole, count) = (&line["line_item"], count_of(line));
    let price = Exact::of(&line["subtotal"])
        .unwrap_or_else(|| Exact::of(&whole["price"]).unwrap_or_default().times(count));
    let ordered = Exact::minor(i64::try_from(count_of(whole)).unwrap_or(1), 0);
    let refunded = Exact::minor(i64::try_from(count).unwrap_or(1), 0);
    let tax = Exact::of(&line["total_tax"]).unwrap_or_else(|| tax_of(whole).share(refunded, ordered));
    (price, tax)
}

/// Whether a refund that comes without its order shows prices with tax: by the rate of its lines, else by what
/// their sum has to be for the money that went back.
fn shows_tax(refund: &Value, money: Option<Exact>) -> Option<bool> {
    let one = Exact::minor(1, 0);
    let by_rate = items(&refund["refund_line_items"]).iter().find_map(|line| {
        let rates = items(within(line, "/line_item/tax_lines")).iter().map(|tax| &tax["rate"]);
        let rate = Exact::total(rates);
        let (price, tax) = price_and_tax(line);
        if rate.is_zero() || tax.is_zero() {
            return None;
        }
        let (within, on_top) = (price.share(rate, one + rate), price.share(rate, one));
        Some((tax - within).abs() < (tax - on_top).abs())
    });
    by_rate.or_else(|| {
        // A shop keeps a fee more often than it gives more than it lists.
        let off = |with_tax| {
            let listed = Returned::of(refund, Some(with_tax));
            let over = money? - (listed.gross + listed.beside - listed.kept);
            Some((over > Exact::default(), over.abs()))
        };
        Some(off(true)? < off(false)?)
    })
}

/// The currency of a refund's amounts, which is the order's. Payments name the one that the buyer paid in, another
/// one where a shop sells in several; it is taken where an old version of the API names no other.
fn currency_of(refund: &Value) -> Option<Currency> {
    let first = |list: &str, pointer: &str| {
        items(&refund[list]).iter().find_map(|one| text_of(within(one, pointer)).map(str::to_owned))
    };
    let code = first("refund_line_items", "/subtotal_set/shop_money/currency_code")
        .or_else(|| first("order_adjustments", "/amount_set/shop_money/currency_code"))
        .or_else(|| first("refund_shipping_lines", "/subtotal_amount_set/shop_money/currency_code"))
        .or_else(|| first("transactions", "/amount_set/shop_money/currency_code"))
        .or_else(|| first("transactions", "/currency"));
    Currency::parse(&code?)
}

fn instant_of(value: &Value) -> Option<Instant> {
    text_of(value).and_then(Instant::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: &str = include_str!("../../tests/fixtures/shopify/order.json");
    const REFUND: &str = include_str!("../../tests/fixtures/shopify/refund.json");

    fn told(topic: &str, change: impl Fn(&mut Value)) -> Told {
        let wrapped: Value =
            serde_json::from_str(if topic == "refunds/create" { REFUND } else { ORDER }).unwrap();
        // REST wraps the resource; a webhook's body is the resource itself.
        let mut body = wrapped.as_object().unwrap().values().next().unwrap().clone();
        change(&mut body);
        let body = super::super::read_body(body.to_string().as_bytes()).unwrap();
        read(topic, &body, &["ref".to_owned()], Instant::parse("2026-11-22T00:00:00Z").unwrap())
    }

    fn shown(change: impl Fn(&mut Value)) -> Shown {
        match told("orders/updated", change) {
            Told::Order(shown) => *shown,
            other => panic!("{other:?}"),
        }
    }

    fn paid(change: impl Fn(&mut Value)) -> Value {
        let order = shown(|order| {
            order["financial_status"] = json!("paid");
            change(order);
        });
        order.paid.unwrap()["data"].clone()
    }

    /// `amount` and `returned` of a refund that comes by itself, or why it took nothing.
    fn taken(refund: Value) -> Result<(Option<String>, Option<String>), Silence> {
        let mut refund = refund;
        refund["id"] = json!(7);
        refund["created_at"] = json!("2026-11-20T10:00:00Z");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let refund = super::super::read_body(refund.to_string().as_bytes()).unwrap();
        refunded("1", &refund, None).map(|data| (text(&data["amount"]), text(&data["returned"])))
    }

    fn goods(amount: &str) -> Result<(Option<String>, Option<String>), Silence> {
        Ok((Some(amount.into()), None))
    }

    fn payment(amount: &str) -> Value {
        json!([{"kind": "refund", "status": "success", "amount": amount, "currency": "EUR"}])
    }

    fn line(price: &str, tax: &str) -> Value {
        json!({"quantity": 1, "subtotal": price, "total_tax": tax})
    }

    #[test]
    fn a_paid_order_is_read() {
        assert_eq!(
            paid(|_| {}),
            json!({"order_id": "450789469", "at": "2008-01-10T11:00:00-05:00",
                "customer": {"id": "207119551", "email": "bob.norman@hostmail.com", "orders_count": 0}, "delivery": null,
                "currency": "USD", "subtotal": "398.00", "discount": "0.00", "shipping": "0.00", "tax": "11.94",
                "total": "409.94", "codes": ["TENOFF"], "touches": []})
        );
        assert_eq!(shown(|_| {}).state, State::Open(Silence::NotPaid), "authorized is not paid");
        let deposit = shown(|order| order["financial_status"] = json!("partially_paid"));
        assert_eq!((deposit.state, deposit.paid), (State::Open(Silence::PartlyPaid), None));
        assert_eq!(told("carts/update", |_| {}), Told::Nothing(Silence::OtherTopic));
        assert_eq!(
            told("orders/paid", |order| order["test"] = json!(true)),
            Told::Nothing(Silence::TestOrder)
        );
    }

    #[test]
    fn prices_with_tax_and_discounts_come_down_to_the_goods() {
        let order = paid(|order| {
            order["taxes_included"] = json!(true);
            order["subtotal_price"] = json!("108.00");
            order["total_discounts"] = json!("12.00");
            order["line_items"] = json!([{"tax_lines": [{"price": "18.00"}]}]);
        });
        assert_eq!((&order["subtotal"], &order["discount"]), (&json!("102.00"), &json!("12.00")));
        let free_shipping = paid(|order| {
            order["total_discounts"] = json!("5.90");
            order["shipping_lines"] = json!([{"price": "5.90", "discounted_price": "0.00"}]);
        });
        assert_eq!(
            (&free_shipping["subtotal"], &free_shipping["discount"]),
            (&json!("398.00"), &json!("0.00"))
        );
    }

    #[test]
    fn an_order_is_what_was_paid_for_it() {
        let sold = |change: &dyn Fn(&mut Value)| {
            let order = paid(|order| {
                order["subtotal_price"] = json!("100.00");
                order["total_price"] = json!("100.00");
                order["line_items"] = json!([{"price": "100.00", "quantity": 1}]);
                change(order);
            });
            (order["subtotal"].as_str().unwrap().to_owned(), order["total"].as_str().unwrap().to_owned())
        };
        let with = |current: &'static str, refunds: Value| {
            move |order: &mut Value| {
                order["current_subtotal_price"] = json!(current);
                order["refunds"] = refunds.clone();
            }
        };
        let is = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        let unpaid = json!([{"refund_line_items": [line("40.00", "0.00")], "transactions": []}]);
        let paid_back =
            json!([{"refund_line_items": [line("40.00", "0.00")], "transactions": payment("40.00")}]);
        let kept = json!([{"refund_line_items": [line("40.00", "0.00")], "transactions": [],
            "order_adjustments": [{"kind": "refund_discrepancy", "amount": "40.00"}]}]);
        assert_eq!(sold(&with("60.00", unpaid.clone())), is("60.00", "60.00"), "edited before it was paid");
        assert_eq!(sold(&with("100.00", unpaid)), is("100.00", "100.00"), "exchanged for as much");
        assert_eq!(sold(&with("60.00", paid_back)), is("100.00", "100.00"), "paid back since");
        assert_eq!(sold(&with("60.00", kept)), is("100.00", "100.00"), "taken back without money");
        assert_eq!(sold(&with("150.00", json!([]))), is("150.00", "150.00"), "a line more");
        // Prices with a fifth of tax in them, a line of 40.00 with none taken off.
        let lines = json!([{"price": "60.00", "quantity": 1, "tax_lines": [{"price": "10.00"}]},
            {"price": "40.00", "quantity": 1, "tax_lines": []}]);
        let with_tax = |order: &mut Value| {
            with("60.00", json!([{"refund_line_items": [line("40.00", "0.00")], "transactions": []}]))(order);
            order["taxes_included"] = json!(true);
            order["line_items"] = lines.clone();
        };
        assert_eq!(sold(&with_tax), is("50.00", "60.00"));
    }

    #[test]
    fn gift_cards_count_when_they_are_spent() {
        let card = json!({"price": "50.00", "quantity": 1, "gift_card": true});
        let both = paid(|order| {
            order["subtotal_price"] = json!("80.00");
            order["line_items"] = json!([card, {"price": "30.00", "quantity": 1}]);
        });
        assert_eq!(both["subtotal"], "30.00");
        let alone = told("orders/paid", |order| {
            order["financial_status"] = json!("paid");
            order["subtotal_price"] = json!("50.00");
            order["line_items"] = json!([card]);
        });
        assert_eq!(alone, Told::Nothing(Silence::GiftCards));
    }

    #[test]
    fn codes_come_by_every_carrier() {
        let at = "2008-01-10T11:00:00-05:00";
        let order = paid(|order| {
            order["note_attributes"] =
                json!([{"name": "parrain_code", "value": "BOB22"}, {"name": "ref", "value": "instagram"}]);
            order["landing_site"] = json!("/?ref=OTHER&REF=ANNA10");
        });
        assert_eq!(order["codes"], json!(["TENOFF", "BOB22"]));
        // All may be codes: which of them are, the ledger knows.
        let touches: Vec<&str> = order["touches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|touch| touch["code"].as_str().unwrap())
            .collect();
        assert_eq!(touches, ["ANNA10", "OTHER", "instagram"]);
        assert_eq!(order["touches"][1], json!({"code": "OTHER", "source": "link", "at": at}));
    }

    #[test]
    fn withheld_customers_are_nobody() {
        let order = paid(|order| {
            order["customer"] = Value::Null;
            order["email"] = json!("");
        });
        assert_eq!(order["customer"], json!({"id": null, "email": null, "orders_count": null}));
    }

    #[test]
    fn the_money_that_went_back_says_what_a_refund_took() {
        let refund = |lines: Value, adjustments: Value, payments: Value| {
            taken(
                json!({"refund_line_items": lines, "order_adjustments": adjustments, "transactions": payments}),
            )
        };
        let adjusted =
            |kind: &str, amount: &str| json!({"kind": kind, "amount": amount, "tax_amount": "0.00"});
        let one = || json!([line("50.00", "0.00")]);
        assert_eq!(refund(one(), json!([]), payment("50.00")), goods("50.00"));
        assert_eq!(refund(one(), json!([]), json!([])), Err(Silence::NothingReturned), "an exchange");
        let restocked = json!([adjusted("refund_discrepancy", "50.00")]);
        assert_eq!(
            refund(one(), restocked, json!([])),
            Err(Silence::NothingReturned),
            "put back, not paid back"
        );
        assert_eq!(refund(one(), json!([]), payment("40.00")), goods("40.00"), "a fee is kept");
        assert_eq!(
            refund(json!([line("40.00", "0.00")]), json!([]), payment("10.00")),
            goods("10.00"),
            "the difference"
        );
        // Prices without tax and with it, all of it and less a fee of a tenth.
        assert_eq!(refund(json!([line("100.00", "20.00")]), json!([]), payment("120.00")), goods("100.00"));
        assert_eq!(refund(json!([line("120.00", "20.00")]), json!([]), payment("120.00")), goods("100.00"));
        assert_eq!(refund(json!([line("100.00", "20.00")]), json!([]), payment("108.00")), goods("90.00"));
        assert_eq!(refund(json!([line("120.00", "20.00")]), json!([]), payment("108.00")), goods("90.00"));
        // Each line at its own rate.
        let two = json!([line("10.55", "0.55"), line("24.00", "4.00")]);
        assert_eq!(refund(two, json!([]), payment("34.55")), goods("30.00"));
        // By the rate, where the line comes along, whatever was kept.
        let mut told = line("120.00", "20.00");
        told["line_item"] = json!({"tax_lines": [{"rate": 0.2, "price": "20.00"}]});
        assert_eq!(refund(json!([told]), json!([]), payment("60.00")), goods("50.00"));
        // Payments that failed or are on their way.
        let state = |status: &str| json!([{"kind": "refund", "status": status, "amount": "50.00"}]);
        for status in ["pending", "failure", "error"] {
            assert_eq!(refund(one(), json!([]), state(status)), Err(Silence::NotReturnedYet), "{status}");
        }
        let partly = json!([{"kind": "refund", "status": "failure", "amount": "20.00"},
            {"kind": "refund", "status": "success", "amount": "30.00"}]);
        assert_eq!(refund(one(), json!([]), partly), goods("30.00"));
        // The buyer's own money tells nothing of the shop's.
        let dollars = json!([{"kind": "refund", "status": "success", "amount": "54.10", "currency": "USD"}]);
        let mut euros = line("50.00", "0.00");
        euros["subtotal_set"] = json!({"shop_money": {"currency_code": "EUR"}});
        assert_eq!(refund(json!([euros]), json!([]), dollars), goods("50.00"));
    }

    #[test]
    fn shipping_is_no_goods_whichever_way_it_is_told() {
        let old = json!([{"kind": "shipping_refund", "amount": "-5.00", "tax_amount": "-1.00"}]);
        let new = json!([{"subtotal_amount_set": {"shop_money": {"amount": "5.00", "currency_code": "EUR"}},
            "tax_amount_set": {"shop_money": {"amount": "1.00", "currency_code": "EUR"}}}]);
        for shipping in [json!({"order_adjustments": old}), json!({"refund_shipping_lines": new})] {
            let goods_line = || {
                let mut line = line("50.00", "10.00");
                line["line_item"] = json!({"tax_lines": [{"rate": 0.2, "price": "10.00"}]});
                json!([line])
            };
            let with = |lines: Value, paid: &str| {
                let mut refund = shipping.clone();
                refund["refund_line_items"] = lines;
                refund["transactions"] = payment(paid);
                taken(refund)
            };
            assert_eq!(with(json!([]), "6.00"), Err(Silence::NoGoods));
            assert_eq!(with(goods_line(), "66.00"), goods("50.00"));
            assert_eq!(with(goods_line(), "33.00"), goods("25.00"), "half of all that is listed");
            let more = with(goods_line(), "70.00");
            assert_eq!(
                more,
                Ok((Some("50.00".into()), Some("4.00".into()))),
                "and 4.00 of nobody knows what"
            );
        }
        // Listed and not paid back.
        let none = json!({"order_adjustments": [{"kind": "shipping_refund", "amount": "-8.00"},
            {"kind": "refund_discrepancy", "amount": "8.00"}], "transactions": []});
        assert_eq!(taken(none), Err(Silence::NothingReturned));
    }

    #[test]
    fn money_without_lines_is_a_part_of_the_whole() {
        let by_hand = json!({"refund_line_items": [], "transactions": payment("20.00"),
            "order_adjustments": [{"kind": "refund_discrepancy", "amount": "-20.00"}]});
        assert_eq!(taken(by_hand), Ok((None, Some("20.00".into()))));
    }

    #[test]
    fn a_refund_comes_by_itself_or_in_its_order() {
        let Told::Event(event) = told("refunds/create", |_| {}) else { panic!() };
        // 398.00 is listed, with 7.96 of tax in it as far as can be told, and 209.00 went back.
        assert_eq!(
            event.json["data"],
            json!({"order_id": "450789469", "refund_id": "509562969", "at": "2016-06-20T13:35:06-04:00", "amount": "204.82"})
        );
        let order = shown(|order| {
            order["financial_status"] = json!("refunded");
            order["cancelled_at"] = json!("2008-01-11T11:00:00-05:00");
            order["refunds"] = json!([{"id": 1, "created_at": "2008-01-12T11:00:00-05:00",
                "refund_line_items": [line("398.00", "0.00")], "transactions": payment("398.00")},
                {"id": 2, "created_at": "2008-01-12T11:00:00-05:00", "transactions": []}]);
            order["currency"] = json!("EUR");
        });
        assert_eq!(order.state, State::Cancelled(Some("2008-01-11T11:00:00-05:00".into())));
        assert_eq!(order.at, "2008-01-12T16:00:00Z");
        let refunds = order.refunds.unwrap();
        assert_eq!(
            (refunds.len(), &refunds[0]["order_id"], &refunds[0]["amount"]),
            (1, &json!("450789469"), &json!("398.00"))
        );
        assert_eq!(
            told("orders/delete", |_| {}),
            Told::gone("450789469".into(), "2026-11-22T00:00:00Z".into())
        );
    }

    #[test]
    fn a_refund_is_in_the_currency_of_its_order() {
        // A shop in Japan whose buyer paid in dollars.
        let dollars =
            || json!([{"kind": "refund", "status": "success", "currency": "USD", "amount": "8.05"}]);
        let yen = json!({"subtotal": 1240, "subtotal_set": {
            "shop_money": {"amount": "1240", "currency_code": "JPY"},
            "presentment_money": {"amount": "8.05", "currency_code": "USD"}}});
        assert_eq!(taken(json!({"refund_line_items": [yen], "transactions": dollars()})), goods("1240"));
        // One by hand names its currency in the adjustment, one on old versions only by the payment.
        let by_hand = json!({"transactions": dollars(), "order_adjustments": [{"amount": "-300",
            "kind": "refund_discrepancy", "amount_set": {"shop_money": {"amount": "-300", "currency_code": "JPY"}}}]});
        assert_eq!(taken(by_hand), Ok((None, Some("300".into()))));
        let old = json!({"refund_line_items": [{"subtotal": 398}],
            "transactions": [{"kind": "refund", "amount": "398", "currency": "JPY"}]});
        assert_eq!(taken(old), goods("398"));
        // Within an order it is the order's, even where the refund itself names none.
        let within = shown(|order| {
            order["financial_status"] = json!("partially_refunded");
            order["currency"] = json!("JPY");
            order["refunds"] = json!([{"id": 1, "order_id": 450_789_469, "created_at": "2008-01-11T11:00:00-05:00",
                "refund_line_items": [{"subtotal": 1240}], "transactions": dollars()}]);
        });
        assert_eq!(within.refunds.unwrap()[0]["amount"], "1240");
    }
}
