//! Where and as whom a referrer is paid (contract section 8).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::payouts::Method;
use crate::word::Known;

/// Payout details: an `iban` or a `paypal` address, and what a company's books ask for.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PayoutDetails {
    /// The bank account, without spaces.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    /// In whose name the account is; needed beside an IBAN.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub account_holder: Option<String>,
    /// The address of a PayPal account.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub paypal: Option<String>,
    /// What the books ask for.
    #[serde(flatten)]
    pub business: Business,
}

/// What a shop's yearly declarations ask for, beside the name.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Business {
    /// The company, where there is one.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Its VAT number.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// Its French establishment's number.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    /// What is done for a living, which the French yearly declaration of commissions (DAS2) asks for.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub profession: Option<String>,
    /// The postal address, which that declaration asks for too.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A postal address.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Address {
    /// Street and number.
    #[serde(default, deserialize_with = "any")]
    pub line1: String,
    /// More of it.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// The postal code.
    #[serde(default, deserialize_with = "any")]
    pub postal_code: String,
    /// The town.
    #[serde(default, deserialize_with = "any")]
    pub city: String,
    /// ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "any")]
    pub country: String,
}

/// Payout details as the referrer and the shop may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShownDetails {
    /// Whose.
    pub code: Code,
    /// Masked: enough to recognise one's own by; `null` where none were given.
    #[serde(default, deserialize_with = "maybe")]
    pub details: Option<PayoutDetails>,
    /// How they let one be paid.
    #[serde(default, deserialize_with = "list")]
    pub methods: Vec<Known<Method>>,
    /// When they were last changed.
    #[serde(default, deserialize_with = "maybe")]
    pub changed_at: Option<Instant>,
}

// What is never printed, not even by mistake.

impl fmt::Debug for PayoutDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayoutDetails(…)")
    }
}

impl fmt::Debug for Business {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Business(…)")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// How far payout details have been sealed with the newest key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resealed {
    /// The newest key's id.
    #[serde(default, deserialize_with = "any")]
    pub key_id: String,
    /// How many were sealed anew by this call.
    #[serde(default, deserialize_with = "any")]
    pub resealed: u32,
    /// Whether none is left to seal.
    #[serde(default, deserialize_with = "any")]
    pub done: bool,
}
