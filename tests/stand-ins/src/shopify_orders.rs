//! Orders of Shopify's Admin GraphQL, version 2026-10: only what a question asks for is answered, and only what the schema
//! has can be asked for. What a question may bring is counted as Shopify's documents count it
//! (<https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits>); how much of that is given back is as it came out.

use serde_json::{Map, Value, json};

/// What one question may cost.
const MOST: i64 = 1000;

/// A field of a question.
#[derive(Debug, Default)]
struct Field {
    name: String,
    arguments: String,
    /// What is asked of what it answers.
    fields: Vec<Field>,
}

/// What a field answers.
enum Answers {
    Scalar,
    /// An object, or a list of some that is not cut in pages.
    Of(&'static str),
    /// So many of them as `first` says.
    Paged(&'static str),
    /// A list that `first` shortens.
    Listed(&'static str),
}

use Answers::{Listed, Of, Paged, Scalar};

/// What a type has by a name.
fn schema(kind: &str, name: &str) -> Option<Answers> {
    let scalar = |names: &[&str]| names.contains(&name).then_some(Scalar);
    match (kind, name) {
        ("QueryRoot", "orders") => Some(Paged("Order")),
        ("QueryRoot", "order") => Some(Of("Order")),
        ("QueryRoot", "nodes") => Some(Of("Refund")),
        (
            "Order",
            "subtotalPriceSet"
            | "currentSubtotalPriceSet"
            | "totalPriceSet"
            | "totalTaxSet"
            | "totalDiscountsSet",
        )
        | ("ShippingLine", "originalPriceSet" | "discountedPriceSet")
        | ("LineItem", "originalUnitPriceSet")
        | ("DiscountAllocation", "allocatedAmountSet")
        | ("TaxLine", "priceSet")
        | ("RefundLineItem", "subtotalSet" | "totalTaxSet")
        | ("RefundShippingLine", "subtotalAmountSet" | "taxAmountSet")
        | ("OrderAdjustment", "amountSet" | "taxAmountSet")
        | ("RefundDuty" | "OrderTransaction", "amountSet") => Some(Of("MoneyBag")),
        ("Order", "customAttributes") => Some(Of("Attribute")),
        ("Order", "customer") => Some(Of("Customer")),
        ("Order", "customerJourneySummary") => Some(Of("CustomerJourneySummary")),
        ("Order", "shippingLines") => Some(Paged("ShippingLine")),
        ("Order", "lineItems") => Some(Paged("LineItem")),
        ("Order", "refunds") => Some(Listed("Refund")),
        ("Order", _) => scalar(&[
            "id",
            "legacyResourceId",
            "test",
            "displayFinancialStatus",
            "cancelledAt",
            "createdAt",
            "processedAt",
            "updatedAt",
            "currencyCode",
            "taxesIncluded",
            "email",
            "discountCodes",
        ]),
        ("MoneyBag", "shopMoney") => Some(Of("MoneyV2")),
        ("MoneyV2", _) => scalar(&["amount", "currencyCode"]),
        ("Attribute", _) => scalar(&["key", "value"]),
        ("Customer", "defaultEmailAddress") => Some(Of("CustomerEmailAddress")),
        ("Customer", "orders") => Some(Paged("Order")),
        ("Customer", _) => scalar(&["id", "legacyResourceId", "numberOfOrders"]),
        ("CustomerEmailAddress", _) => scalar(&["emailAddress"]),
        ("CustomerJourneySummary", "lastVisit" | "firstVisit") => Some(Of("CustomerVisit")),
        ("CustomerVisit", _) => scalar(&["landingPage"]),
        ("LineItem", "discountAllocations") => Some(Of("DiscountAllocation")),
        ("LineItem", "taxLines") => Some(Of("TaxLine")),
        ("LineItem", _) => scalar(&["quantity", "isGiftCard"]),
        ("Refund", "refundLineItems") => Some(Paged("RefundLineItem")),
        ("Refund", "refundShippingLines") => Some(Paged("RefundShippingLine")),
        ("Refund", "orderAdjustments") => Some(Paged("OrderAdjustment")),
        ("Refund", "duties") => Some(Of("RefundDuty")),
        ("Refund", "transactions") => Some(Paged("OrderTransaction")),
        ("Refund", _) => scalar(&["id", "legacyResourceId", "createdAt", "processedAt"]),
        ("RefundLineItem", "lineItem") => Some(Of("LineItem")),
        ("RefundLineItem", _) => scalar(&["quantity"]),
        ("OrderTransaction", _) => scalar(&["kind", "status"]),
        _ => None,
    }
}

/// A question that was read.
pub struct Question(Vec<Field>);

impl Question {
    /// Reads a question.
    pub fn read(text: &str) -> Self {
        let mut rest = text.split_once('{').map_or("", |(_, rest)| rest);
        Self(fields(&mut rest))
    }

    /// What it may bring, in points, `ids` being how many it names; or why it is no question.
    pub fn cost(&self, ids: usize) -> Result<i64, Value> {
        let mut cost = cost("QueryRoot", &self.0)?;
        if self.0.iter().any(|field| field.name == "nodes") {
            cost *= i64::try_from(ids).unwrap_or(MOST);
        }
        if cost > MOST {
            return Err(
                json!({"message": format!("Query cost is {cost}, which exceeds the single query max cost limit ({MOST})"),
                "extensions": {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": MOST}}),
            );
        }
        Ok(cost)
    }

    /// What it brings of a field that it asks first.
    pub fn answer(&self, of: &Value, after: Option<&str>) -> Value {
        let mut answered = Map::new();
        for field in &self.0 {
            let after = after.map(str::to_owned);
            answered
                .insert(field.name.clone(), brought("QueryRoot", field, &of[&field.name], after.as_deref()));
        }
        Value::Object(answered)
    }

    /// What stands in the brackets of the field that it asks first.
    pub fn arguments(&self) -> &str {
        self.0.first().map_or("", |field| &field.arguments)
    }
}

/// How much an answer came to, in points.
pub fn spent(answer: &Value) -> i64 {
    match answer {
        Value::Object(members) => 1 + members.values().map(spent).sum::<i64>(),
        Value::Array(items) => items.iter().map(spent).sum(),
        _ => 0,
    }
}

fn fields(rest: &mut &str) -> Vec<Field> {
    let mut all: Vec<Field> = Vec::new();
    loop {
        *rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return all };
        match first {
            '}' => {
                *rest = &rest[1..];
                return all;
            }
            '{' => {
                *rest = &rest[1..];
                let inner = fields(rest);
                match all.last_mut() {
                    Some(field) => field.fields = inner,
                    // A fragment's fields are those of what it is of.
                    None => all = inner,
                }
            }
            '(' => {
                let end = rest.find(')').unwrap_or(rest.len() - 1);
                if let Some(field) = all.last_mut() {
                    field.arguments = rest[1..end].to_owned();
                }
                *rest = &rest[end + 1..];
            }
            // The only fragment is of refunds.
            '.' => *rest = rest.trim_start_matches("... on Refund"),
            _ => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
                let end = end.max(1);
                all.push(Field { name: rest[..end].to_owned(), ..Field::default() });
                *rest = &rest[end..];
            }
        }
    }
}

fn first(field: &Field) -> Option<i64> {
    let (_, rest) = field.arguments.split_once("first: ")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn cost(kind: &str, fields: &[Field]) -> Result<i64, Value> {
    let unknown = |name: &str| json!({"message": format!("Field '{name}' doesn't exist on type '{kind}'"), "extensions": {"code": "undefinedField"}});
    let mut all = 0;
    for field in fields {
        let within = |of: &'static str| -> Result<i64, Value> {
            let mut sum = 0;
            for inner in &field.fields {
                sum += match inner.name.as_str() {
                    "pageInfo" => 0,
                    "nodes" => cost(of, &inner.fields)?,
                    "edges" => {
                        let node = inner.fields.iter().find(|one| one.name == "node");
                        cost(of, node.map_or(&[][..], |node| &node.fields))?
                    }
                    other => return Err(unknown(other)),
                };
            }
            Ok(sum)
        };
        // A fragment's fields stand beside those of what it is of.
        all += match schema(kind, &field.name) {
            Some(Scalar) if field.fields.is_empty() => 0,
            Some(Of(of)) => 1 + cost(of, &field.fields)?,
            Some(Listed(of)) => first(field).unwrap_or(250) * (1 + cost(of, &field.fields)?),
            Some(Paged(of)) => {
                let Some(first) = first(field).filter(|first| (1..=250).contains(first)) else {
                    return Err(json!({"message": "you must provide one of first or last"}));
                };
                2 + first * (1 + within(of)?)
            }
            Some(Scalar) | None => return Err(unknown(&field.name)),
        };
    }
    Ok(all)
}

fn brought(kind: &str, field: &Field, value: &Value, after: Option<&str>) -> Value {
    let object = |of: &str, value: &Value| -> Value {
        if value.is_null() {
            return Value::Null;
        }
        let members = field_values(of, &field.fields, value, after);
        Value::Object(members)
    };
    match schema(kind, &field.name) {
        Some(Scalar) | None => value.clone(),
        Some(Of(of)) => match value {
            Value::Array(items) => items.iter().map(|one| object(of, one)).collect(),
            value => object(of, value),
        },
        Some(Listed(of)) => {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let most = first(field).and_then(|first| usize::try_from(first).ok()).unwrap_or(usize::MAX);
            items.iter().take(most).map(|one| object(of, one)).collect()
        }
        Some(Paged(of)) => {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let most = first(field).and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
            let after = after.filter(|_| field.arguments.contains("after: $after"));
            let from = after.map_or(0, |after| {
                items.iter().position(|one| cursor(items, one).as_str() > after).unwrap_or(items.len())
            });
            let page = items.iter().enumerate().skip(from).take(most);
            let last = page.clone().next_back().map(|(at, _)| at);
            let mut answered = Map::new();
            for inner in &field.fields {
                let node = |fields: &[Field], one: &Value| Value::Object(field_values(of, fields, one, None));
                let shown: Value = match inner.name.as_str() {
                    "pageInfo" => json!({"hasNextPage": last.is_some_and(|last| last + 1 < items.len()),
                        "endCursor": last.and_then(|last| Some(cursor(items, items.get(last)?)))}),
                    "nodes" => page.clone().map(|(_, one)| node(&inner.fields, one)).collect(),
                    _ => {
                        let asked = inner.fields.iter().find(|one| one.name == "node");
                        let asked = asked.map_or(&[][..], |node| &node.fields);
                        let edge = |(_, one): (usize, &Value)| json!({"cursor": cursor(items, one), "node": node(asked, one)});
                        page.clone().map(edge).collect()
                    }
                };
                answered.insert(inner.name.clone(), shown);
            }
            Value::Object(answered)
        }
    }
}

fn field_values(of: &str, fields: &[Field], value: &Value, after: Option<&str>) -> Map<String, Value> {
    fields.iter().map(|field| (field.name.clone(), brought(of, field, &value[&field.name], after))).collect()
}

/// The place of one of a list: that of an order is when it was changed, which does not move for what happens to others.
fn cursor(items: &[Value], one: &Value) -> String {
    match one["updatedAt"].as_str() {
        Some(at) => format!("{at} {:>20}", one["legacyResourceId"].as_str().unwrap_or_default()),
        None => format!("{:>6}", items.iter().position(|other| std::ptr::eq(other, one)).unwrap_or_default()),
    }
}
