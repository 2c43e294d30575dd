//! What is to be done in the shop's own platform for its referrers, by a connected module or another server of the
//! shop's: vouchers to be made for rewards, and to be ended where a reward was taken back.

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode};
use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::program::Reward;
use crate::word::{Known, words};

words! {
    /// What is to be done.
    pub enum TaskKind {
        /// A reward is to be given: a voucher, gift card or discount code is made, or credit booked.
        Reward = "reward",
        /// A voucher is to be ended, since its reward was taken back.
        EndCode = "end_code",
        /// A referrer's code is to be good for a discount of these terms, or for none any more.
        Code = "code",
    }
}

words! {
    /// Where a task stands.
    pub enum TaskState {
        /// It is to be done.
        Waiting = "waiting",
        /// It is done, once for ever.
        Done = "done",
        /// There is no reason for it any more.
        Withdrawn = "withdrawn",
        /// It failed for three days, and is the shop's to see to.
        GivenUp = "given_up",
    }
}

/// Something to be done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Task {
    /// Its id, made of what caused it: of one reward there is one task, for ever.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// What is to be done.
    #[serde(default, deserialize_with = "any")]
    pub kind: Known<TaskKind>,
    /// Of `reward`: the voucher's code as it is proposed, the same whenever it is asked for, so that one that was made
    /// before is found again. Of `end_code`: the code to be ended. Of `code`: the referrer's.
    #[serde(default, deserialize_with = "any")]
    pub code: String,
    /// The referrer's code.
    #[serde(default, deserialize_with = "maybe")]
    pub referrer: Option<Code>,
    /// The order for which the reward is, or the `event_id` of what is no order; empty of `code`.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// The shop's id of the referrer, where it is known.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The referrer's e-mail address, where it is known.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What is to be given, or was; of `code`, to friends.
    #[serde(default, deserialize_with = "any")]
    pub reward: Reward,
    /// Of `code`: what it is to be good for; left out where it is to be good for nothing any more.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub terms: Option<CodeTerms>,
    /// The program's currency.
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    /// Until when nobody else is given the task.
    #[serde(default, deserialize_with = "any")]
    pub leased_until: Instant,
}

/// What a referrer's code is to be good for at the shop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeTerms {
    /// What the friend gets.
    #[serde(default, deserialize_with = "any")]
    pub reward: Reward,
    /// The currency of the amounts.
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    /// From which subtotal on.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub min_subtotal: Option<Amount>,
    /// Whether only new customers may use it.
    #[serde(default, deserialize_with = "any")]
    pub new_customers_only: bool,
    /// The first instant at which it is good.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Instant>,
    /// The last one.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Instant>,
}

/// A page of what is to be done: `GET /v1/shops/{shop}/tasks`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaskList {
    /// The oldest first.
    #[serde(default, deserialize_with = "list")]
    pub items: Vec<Task>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

/// What came of a task: the body of `POST /v1/shops/{shop}/tasks/{id}`, one of the two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaskReport {
    /// It is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<TaskDone>,
    /// It could not be done; why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaskDone {
    /// The voucher's code, which the referrer is shown; left out where there is none, as of credit that was booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A task as it stands: what `POST /v1/shops/{shop}/tasks/{id}` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaskOutcome {
    /// Its id.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<TaskState>,
    /// The voucher's code, where there is one.
    #[serde(default, deserialize_with = "maybe")]
    pub code: Option<String>,
    /// What was said when it last failed; `null` where it did not.
    #[serde(default, deserialize_with = "maybe")]
    pub failed: Option<String>,
}

/// What failed and is not done: `GET /v1/shops/{shop}/tasks/failed`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailedTasks {
    /// The newest first, a hundred at most.
    #[serde(default, deserialize_with = "list")]
    pub tasks: Vec<FailedTask>,
}

/// A task that failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailedTask {
    /// Its id.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// What was to be done.
    #[serde(default, deserialize_with = "any")]
    pub kind: Known<TaskKind>,
    /// Where it stands.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<TaskState>,
    /// The referrer's code.
    #[serde(default, deserialize_with = "maybe")]
    pub referrer: Option<Code>,
    /// The order for which the reward is.
    #[serde(default, deserialize_with = "any")]
    pub order_id: String,
    /// How often it failed.
    #[serde(default, deserialize_with = "any")]
    pub tries: i64,
    /// What was said the last time.
    #[serde(default, deserialize_with = "any")]
    pub failed: String,
}
