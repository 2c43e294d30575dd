//! What a shop's server tells as a signed event, and a page as a conversion (contract sections 4 and 5).

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode};
use crate::instant::Instant;
use crate::touch::Touch;
use crate::word::words;

words! {
    /// What counts as a conversion.
    pub enum Kind {
        /// A paid order.
        Sale = "sale",
        /// A contact left.
        Lead = "lead",
        /// An account made.
        Signup = "signup",
        /// An application installed.
        Install = "install",
        /// A bonus or correction by the shop's hand: no event, and on no offer.
        Adjustment = "adjustment",
    }
}

/// A paid order: `data` of `order.paid`, and the body of a browser-reported conversion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Order {
    /// The shop's id of the order.
    pub order_id: String,
    /// When it was paid.
    pub at: Instant,
    /// Who; a new customer where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The currency of every amount in here.
    pub currency: CurrencyCode,
    /// The goods before the order's discount, without tax and shipping.
    pub subtotal: Amount,
    /// The order's discount; `"0.00"` where there is none.
    pub discount: Amount,
    /// What was paid for shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Amount>,
    /// What was paid in tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Amount>,
    /// What was paid, with tax and shipping.
    pub total: Amount,
    /// Codes on the order. What cannot be a code is nobody's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// The visitor's touches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touches: Vec<Touch>,
    /// What was bought; needed where categories have rates of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// Where it is sent, kept as a keyed hash alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryAddress>,
    /// The payment provider's fingerprint of the card, never its number; kept as a keyed hash alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// The code of the referrer who sees their rewards in the browser in which it was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
}

/// Where an order is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliveryAddress {
    /// Number and street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    /// Building, floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166 code of the country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Who placed an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Customer {
    /// The shop's id of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// How many orders the customer has placed, this one included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders_count: Option<u32>,
}

/// A line of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Line {
    /// The shop's id of the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The shop's category of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// After discount, without tax.
    pub total: Amount,
}
