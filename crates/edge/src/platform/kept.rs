//! Reading a webhook's body of up to two megabytes without keeping two megabytes: of the members of its objects
//! only those that some platform's module asks for, and of long texts their beginning.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The longest text that is kept whole, in bytes. Landing addresses with all that advertising adds are shorter.
const MOST_TEXT: usize = 16 * 1024;

/// The member under which all others are kept: there the shop chooses the names.
const OWN_NAMES: &str = "metadata";

/// The members that are kept.
#[rustfmt::skip]
const MEMBERS: &[&str] = &[
    "amount", "amount_discount", "amount_paid", "amount_refunded", "amount_set", "amount_shipping",
    "amount_subtotal", "amount_tax", "amount_total", "balance_transactions", "billing", "billing_reason", "breakdown",
    "cancelled_at", "cart_tax", "charge", "client_reference_id", "code", "contact_email", "coupon_lines", "created",
    "created_at", "currency", "currency_code", "current_subtotal_price", "custom_fields", "customer",
    "customer_details", "customer_email", "customer_id", "data", "date_created_gmt", "date_modified_gmt",
    "date_paid_gmt", "discount", "discount_allocations", "discount_codes", "discount_total", "discounted_price",
    "discounts", "duties", "email", "fee_lines", "financial_status", "gift_card", "has_more", "id", "invoice", "key", "kind",
    "landing_site", "line_item", "line_items", "lines", "meta_data", "metadata", "name", "note_attributes", "object",
    "order_adjustments", "order_id", "orders_count", "paid_at", "parent", "payment", "payment_intent",
    "payment_status", "payments", "previous_attributes", "price", "processed_at", "promotion_code", "quantity", "rate",
    "refund_duties", "refund_line_items", "refund_shipping_lines", "refunds", "shipping_cost", "shipping_lines",
    "shipping_tax", "shipping_total", "shop_money", "status", "status_transitions", "subscription",
    "subscription_details", "subscription_item_details", "subtotal", "subtotal_amount_set", "subtotal_price",
    "subtotal_set", "tax", "tax_amount", "tax_amount_set", "tax_lines", "taxes_included", "test", "text", "total",
    "total_details", "total_discount", "total_discount_amounts", "total_discounts", "total_price", "total_tax",
    "total_tax_amounts", "total_taxes", "transactions", "type", "updated_at", "value",
];

/// Reads a body.
///
/// # Errors
/// Where it is no JSON.
pub fn read(bytes: &[u8]) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Kept { all: false }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Keeps what is asked for; `all` where every member is.
#[derive(Clone, Copy)]
struct Kept {
    all: bool,
}

impl<'de> DeserializeSeed<'de> for Kept {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Kept {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        let mut end = value.len().min(MOST_TEXT);
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        Ok(value.get(..end).unwrap_or_default().into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            if self.all || MEMBERS.contains(&name.as_str()) {
                let all = self.all || name == OWN_NAMES;
                members.insert(name, from.next_value_seed(Self { all })?);
            } else {
                from.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_nobody_asks_for_is_not_kept() {
        let body = json!({"id": 7, "title": "a mug", "line_items": [{"price": "1.00", "properties": [{"name": "x"}]}],
            "metadata": {"ref": "ANNA10", "own": {"deep": 1}}, "test": true, "rate": 0.2, "value": -1, "name": null});
        let kept = json!({"id": 7, "line_items": [{"price": "1.00"}],
            "metadata": {"ref": "ANNA10", "own": {"deep": 1}}, "test": true, "rate": 0.2, "value": -1, "name": null});
        assert_eq!(read(body.to_string().as_bytes()).unwrap(), kept);
        assert!(MEMBERS.is_sorted());
    }

    #[test]
    fn long_texts_are_cut_and_numbers_that_nobody_reads_are_no_fault() {
        let long = json!({"value": "é".repeat(MOST_TEXT)});
        let kept = read(long.to_string().as_bytes()).unwrap();
        assert_eq!(kept["value"].as_str().unwrap().len(), MOST_TEXT);
        assert_eq!(read(br#"{"grams": 1e999, "id": 1}"#).unwrap(), json!({"id": 1}));
        for broken in ["", "{", r#"{"id": 1} x"#, r#"{"title": }"#, r#"{"id": 1e999}"#] {
            assert!(read(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
