//! What an import asks of a ledger: the lines of a file as wishes, each of which becomes a call of the documented API.

use parrain_core::code::Code;
use parrain_core::event::Order;
use parrain_imports::Refused;
use parrain_wire::imports::{ImportVerdict, ImportedColumn, Software};
use serde::{Deserialize, Serialize};

use super::shop::{Managed, Referrer};

/// What is known of an import beside its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Whose export it is.
    pub software: Software,
    /// Under which offer referrers come.
    pub offer: String,
    /// Whether values that can be no code were replaced by the nearest that can.
    pub nearest: bool,
    /// Whether referrers keep their own rates.
    pub rates: bool,
    /// Whether they are mailed their welcome.
    pub welcome: bool,
    /// Which parameters of links the program is to take.
    pub link_params: Vec<String>,
    /// How many lines the file has.
    pub lines: u64,
    /// Its columns.
    pub columns: Vec<ImportedColumn>,
}

/// Something that a line asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The line, from 1.
    pub line: u64,
    /// The keyed hash of the address that the line names; by it a plan is searched for who is erased.
    #[serde(default)]
    pub email_hash: Option<String>,
    /// The shop's id of the customer whom it names.
    #[serde(default)]
    pub customer_id: Option<String>,
    /// What.
    pub wish: Wish,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "they are read one at a time")]
pub enum Wish {
    /// `PUT …/referrers/{code}`.
    Referrer {
        /// The code.
        code: Code,
        /// What stood there instead.
        instead_of: Option<String>,
        /// Who.
        referrer: Referrer,
        /// How they are managed.
        managed: Managed,
        /// Their own rate, as it is shown.
        percent: Option<String>,
    },
    /// `POST …/adjustments`.
    Owed {
        /// A code of who it is owed to.
        code: Option<Code>,
        /// The keyed hash of their address.
        email_hash: Option<String>,
        /// Their name, which tells people apart who have no address.
        name: Option<String>,
        /// The shop's id of them as a customer.
        #[serde(default)]
        customer_id: Option<String>,
        /// How much, in minor units of the program's currency.
        amount: i64,
        /// The sale of which it is the commission; nothing where it is a balance.
        sale: Option<String>,
        /// The commission's own id, where the file has one beside the sale's.
        #[serde(default)]
        commission: Option<String>,
        /// What the referrer reads.
        note: String,
    },
    /// `POST …/events`, of an order without a code.
    Order {
        /// The order, with the customer's address as its keyed hash.
        order: Box<Order>,
        /// Its id in the file.
        sale: String,
    },
    /// Nothing that could be had.
    Nothing(Refused),
}

/// Looks at what a file asks for, and keeps it as a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanImport {
    /// The import's id, which nobody guesses.
    pub id: String,
    /// What is known of it.
    pub about: About,
    /// What its lines ask for.
    pub planned: Vec<Planned>,
}

/// The imports that are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListImports;

/// An import with a page of its lines, or [`super::Refusal::UnknownImport`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetImport {
    /// Its id.
    pub id: String,
    /// Only lines of which that becomes.
    pub verdict: Option<ImportVerdict>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Makes the next lines of a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StepImport {
    /// The import's id.
    pub id: String,
}

/// Drops a plan. What was made of it stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropImport {
    /// The import's id.
    pub id: String,
}
