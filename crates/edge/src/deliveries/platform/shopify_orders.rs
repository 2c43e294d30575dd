//! Orders of Shopify's Admin GraphQL as its webhooks write them.
//!
//! A question may cost 1,000 points, counted by what it might bring
//! (<https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits>): so a page has few orders with few of their lines,
//! and further lines and refunds are asked for where there are any.

use super::Fault;
use super::reconcile::{Entry, Lack, Look, Page};
use super::shopify::Shop;
use crate::deliveries::web::Web;
use parrain_core::instant::Instant;
use serde_json::{Value, json};

/// How many refunds one question reads, and how many an order may have to be read whole.
const REFUNDS: (usize, usize) = (4, 20);

/// How many times further lines of one order are asked for: with its refunds it is as much as one run may ask.
const MORE_LINES: u32 = 2;

const ORDERS: &str = "query Orders($query: String!, $after: String) { \
    orders(first: 5, after: $after, query: $query, sortKey: UPDATED_AT) { pageInfo { hasNextPage } edges { cursor node { \
    id legacyResourceId test displayFinancialStatus cancelledAt createdAt processedAt updatedAt currencyCode taxesIncluded \
    email discountCodes customAttributes { key value } \
    subtotalPriceSet { shopMoney { amount } } currentSubtotalPriceSet { shopMoney { amount } } \
    totalPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } } totalDiscountsSet { shopMoney { amount } } \
    customer { legacyResourceId numberOfOrders defaultEmailAddress { emailAddress } \
        orders(first: 20, sortKey: CREATED_AT, reverse: true) { nodes { legacyResourceId } } } \
    customerJourneySummary { lastVisit { landingPage } firstVisit { landingPage } } \
    shippingLines(first: 5) { nodes { originalPriceSet { shopMoney { amount } } discountedPriceSet { shopMoney { amount } } } } \
    lineItems(first: 8) { pageInfo { hasNextPage endCursor } nodes { quantity isGiftCard \
        originalUnitPriceSet { shopMoney { amount } } discountAllocations { allocatedAmountSet { shopMoney { amount } } } \
        taxLines { priceSet { shopMoney { amount } } } } } \
    refunds(first: 21) { id } } } } }";

const LINES: &str = "query Lines($id: ID!, $after: String) { order(id: $id) { lineItems(first: 90, after: $after) { \
    pageInfo { hasNextPage endCursor } nodes { quantity isGiftCard originalUnitPriceSet { shopMoney { amount } } \
    discountAllocations { allocatedAmountSet { shopMoney { amount } } } \
    taxLines { priceSet { shopMoney { amount } } } } } } }";

const REFUND: &str = "query Refunds($ids: [ID!]!) { nodes(ids: $ids) { ... on Refund { legacyResourceId createdAt processedAt \
    refundLineItems(first: 20) { pageInfo { hasNextPage } nodes { quantity subtotalSet { shopMoney { amount currencyCode } } \
        totalTaxSet { shopMoney { amount } } lineItem { isGiftCard } } } \
    refundShippingLines(first: 5) { nodes { subtotalAmountSet { shopMoney { amount currencyCode } } \
        taxAmountSet { shopMoney { amount } } } } \
    orderAdjustments(first: 5) { nodes { amountSet { shopMoney { amount currencyCode } } taxAmountSet { shopMoney { amount } } } } \
    duties { amountSet { shopMoney { amount } } } \
    transactions(first: 10) { nodes { kind status amountSet { shopMoney { amount currencyCode } } } } } } }";

impl<W: Web> Shop<'_, W> {
    /// The orders that were changed, by when they were. Shopify's cursor is of an order's place, which does not move for
    /// what is changed meanwhile.
    pub async fn changed_orders(&self, look: &Look) -> Result<Page, Fault> {
        let second = look.since.to_string();
        let second = second.split(['.', 'Z']).next().unwrap_or_default();
        let variables = json!({"query": format!("updated_at:>='{second}Z'"), "after": look.cursor});
        let (data, denied) = self.graphql_in_part(ORDERS, variables).await?;
        let listed = data
            .pointer("/orders/edges")
            .and_then(Value::as_array)
            .ok_or_else(|| Fault::Silent("it answered no page of orders".into()))?;
        let mut page = Page::default();
        let more = within(&data, "/orders/pageInfo/hasNextPage") == true;
        // Of whom an order is says whether its friend is new: without it, it would pay as a new customer's.
        let of_whom = |at: usize, path: &Vec<Value>| {
            path.get(2).and_then(Value::as_u64) == u64::try_from(at).ok()
                && path.get(4).is_some_and(|field| field == "customer" || field == "email")
        };
        for (at, edge) in listed.iter().enumerate() {
            let (order, cursor) = (within(edge, "/node"), text(edge, "/cursor"));
            let lacks = denied.iter().any(|path| of_whom(at, path)).then_some(Lack::Customer);
            match self.whole(order).await {
                Ok((body, has_lines)) => page.entries.push(Entry {
                    body,
                    at: Instant::parse(text(order, "/updatedAt")),
                    cursor: cursor.to_owned(),
                    lacks: if has_lines { lacks } else { Some(Lack::Lines) },
                }),
                // What was read so far is taken up: the next run goes on behind it, and meets the fault again if it lasts.
                Err(Fault::Later | Fault::Slow(_) | Fault::Silent(_)) if !page.entries.is_empty() => {
                    page.next = page.entries.last().map(|last| last.cursor.clone());
                    return Ok(page);
                }
                Err(fault) => return Err(fault),
            }
        }
        page.next = page.entries.last().map(|last| last.cursor.clone()).filter(|_| more);
        Ok(page)
    }

    /// An order with its lines and refunds, in the form of a webhook; whether those are all of its lines.
    async fn whole(&self, order: &Value) -> Result<(Value, bool), Fault> {
        let mut lines = nodes(order, "lineItems").to_vec();
        let mut end = within(order, "/lineItems/pageInfo").clone();
        for _ in 0..MORE_LINES {
            if within(&end, "/hasNextPage") != true {
                break;
            }
            let variables = json!({"id": within(order, "/id"), "after": within(&end, "/endCursor")});
            let (data, _) = self.graphql_in_part(LINES, variables).await?;
            lines.extend_from_slice(nodes(within(&data, "/order"), "lineItems"));
            end = within(&data, "/order/lineItems/pageInfo").clone();
        }
        let ids: Vec<&Value> =
            items(within(order, "/refunds")).iter().map(|one| within(one, "/id")).collect();
        let mut refunds = Vec::new();
        let mut whole = ids.len() <= REFUNDS.1;
        for some in ids.chunks(REFUNDS.0).take(REFUNDS.1.div_ceil(REFUNDS.0)) {
            let (data, _) = self.graphql_in_part(REFUND, json!({"ids": some})).await?;
            let read = items(within(&data, "/nodes"));
            whole &= read.iter().all(|one| within(one, "/refundLineItems/pageInfo/hasNextPage") != true);
            refunds.extend(read.iter().map(refund));
        }
        // One of whose parts some are missing says nothing of its refunds, rather than that they are gone.
        let has_lines = within(&end, "/hasNextPage") != true;
        Ok((webhook(order, &lines, whole.then_some(refunds)), has_lines))
    }
}

/// An order as the topic `orders/updated` brings it, as far as that is read.
fn webhook(order: &Value, lines: &[Value], refunds: Option<Vec<Value>>) -> Value {
    let status = text(order, "/displayFinancialStatus").to_ascii_lowercase();
    let amount = |name: &str| money(order, name);
    let attributes: Vec<Value> = items(within(order, "/customAttributes"))
        .iter()
        .map(|one| json!({"name": within(one, "/key"), "value": within(one, "/value")}))
        .collect();
    let codes: Vec<Value> =
        items(within(order, "/discountCodes")).iter().map(|code| json!({"code": code})).collect();
    let shipping: Vec<Value> = nodes(order, "shippingLines")
        .iter()
        .map(|line| {
            json!({"price": money(line, "originalPriceSet"), "discounted_price": money(line, "discountedPriceSet")})
        })
        .collect();
    let visits = [
        within(order, "/customerJourneySummary/lastVisit"),
        within(order, "/customerJourneySummary/firstVisit"),
    ];
    let landing =
        visits.into_iter().find(|visit| visit.is_object()).map(|visit| within(visit, "/landingPage"));
    let customer = within(order, "/customer");
    let mut webhook = json!({
        "id": within(order, "/legacyResourceId"),
        "test": within(order, "/test"),
        "financial_status": status,
        "cancelled_at": within(order, "/cancelledAt"),
        "created_at": within(order, "/createdAt"),
        "processed_at": within(order, "/processedAt"),
        "updated_at": within(order, "/updatedAt"),
        "currency": within(order, "/currencyCode"),
        "taxes_included": within(order, "/taxesIncluded"),
        "email": within(order, "/email"),
        "discount_codes": codes,
        "note_attributes": attributes,
        "subtotal_price": amount("subtotalPriceSet"),
        "current_subtotal_price": amount("currentSubtotalPriceSet"),
        "total_price": amount("totalPriceSet"),
        "total_tax": amount("totalTaxSet"),
        "total_discounts": amount("totalDiscountsSet"),
        "landing_site": landing,
        "shipping_lines": shipping,
        "line_items": lines.iter().map(line).collect::<Vec<Value>>(),
        "customer": {
            "id": within(customer, "/legacyResourceId"),
            "email": within(customer, "/defaultEmailAddress/emailAddress"),
            "orders_count": orders_then(order, customer),
        },
    });
    if let (Some(refunds), Some(members)) = (refunds, webhook.as_object_mut()) {
        members.insert("refunds".into(), Value::Array(refunds));
    }
    webhook
}

/// How many orders the customer had with this one. Shopify says how many there are by now: those that came after it are
/// taken off, or a friend whose second order is there already would be no new customer.
fn orders_then(order: &Value, customer: &Value) -> Option<u64> {
    // A number of 64 bits, which GraphQL writes as a text.
    let all = within(customer, "/numberOfOrders");
    let all = all.as_u64().or_else(|| all.as_str()?.parse().ok())?;
    let id = within(order, "/legacyResourceId");
    let newest = nodes(customer, "orders");
    let after = newest.iter().position(|one| within(one, "/legacyResourceId") == id).unwrap_or(newest.len());
    Some(all.saturating_sub(u64::try_from(after).unwrap_or_default()).max(1))
}

fn line(line: &Value) -> Value {
    let allocated: Vec<Value> = items(within(line, "/discountAllocations"))
        .iter()
        .map(|one| json!({"amount": money(one, "allocatedAmountSet")}))
        .collect();
    let taxes: Vec<Value> =
        items(within(line, "/taxLines")).iter().map(|tax| json!({"price": money(tax, "priceSet")})).collect();
    json!({"quantity": within(line, "/quantity"), "gift_card": within(line, "/isGiftCard"),
        "price": money(line, "originalUnitPriceSet"), "discount_allocations": allocated, "tax_lines": taxes})
}

fn refund(refund: &Value) -> Value {
    let set = |of: &Value, name: &str| {
        let shop = within(of, &format!("/{name}/shopMoney"));
        json!({"shop_money": {"amount": within(shop, "/amount"), "currency_code": within(shop, "/currencyCode")}})
    };
    let lines: Vec<Value> = nodes(refund, "refundLineItems")
        .iter()
        .map(|one| {
            json!({"quantity": within(one, "/quantity"), "subtotal": money(one, "subtotalSet"),
                "subtotal_set": set(one, "subtotalSet"), "total_tax": money(one, "totalTaxSet"),
                "line_item": {"gift_card": within(one, "/lineItem/isGiftCard")}})
        })
        .collect();
    let shipping: Vec<Value> = nodes(refund, "refundShippingLines")
        .iter()
        .map(|one| {
            json!({"subtotal_amount_set": set(one, "subtotalAmountSet"), "tax_amount_set": set(one, "taxAmountSet")})
        })
        .collect();
    let adjustments: Vec<Value> = nodes(refund, "orderAdjustments")
        .iter()
        .map(|one| {
            json!({"kind": "refund_discrepancy", "amount": money(one, "amountSet"),
                "amount_set": set(one, "amountSet"), "tax_amount": money(one, "taxAmountSet")})
        })
        .collect();
    let duties: Vec<Value> = items(within(refund, "/duties"))
        .iter()
        .map(|duty| json!({"amount_set": set(duty, "amountSet")}))
        .collect();
    let payments: Vec<Value> = nodes(refund, "transactions")
        .iter()
        .map(|one| {
            json!({"kind": within(one, "/kind"), "status": within(one, "/status"), "amount": money(one, "amountSet"),
                "currency": within(one, "/amountSet/shopMoney/currencyCode"), "amount_set": set(one, "amountSet")})
        })
        .collect();
    json!({"id": within(refund, "/legacyResourceId"), "created_at": within(refund, "/createdAt"),
        "processed_at": within(refund, "/processedAt"),
        "refund_line_items": lines, "refund_shipping_lines": shipping, "order_adjustments": adjustments,
        "duties": duties, "transactions": payments})
}

/// The amount of a bag of money, in the shop's currency.
fn money<'a>(of: &'a Value, name: &str) -> &'a Value {
    within(of, &format!("/{name}/shopMoney/amount"))
}

fn nodes<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    items(within(of, &format!("/{name}/nodes")))
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(of: &'a Value, pointer: &str) -> &'a str {
    within(of, pointer).as_str().unwrap_or_default()
}

fn within<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}
