//! Experiments: which of two or three offers of a program brings more conversions a visit.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::word::{Known, words};

words! {
    /// How far an experiment has come.
    pub enum ExperimentState {
        /// Referrers are put on the offers that they were dealt.
        Dealing = "dealing",
        /// Visits and conversions are counted.
        Running = "running",
        /// Its time is over; what arrives late is waited for.
        Ending = "ending",
        /// The verdict is there.
        Ended = "ended",
        /// It was decided which offer stays.
        Concluded = "concluded",
    }
}

words! {
    /// What the figures say of an offer beside the first one.
    pub enum Finding {
        /// It brings more.
        Better = "better",
        /// It brings less.
        Worse = "worse",
        /// There is no difference as large as the one that was asked for.
        Alike = "alike",
        /// Too little to tell.
        TooLittle = "too_little",
    }
}

/// What is asked for: `POST /v1/shops/{shop}/experiments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewExperiment {
    /// Its name, `[A-Za-z0-9_-]{1,64}`.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// Two or three offers by their ids; the referrers of the first one are dealt to them all.
    #[serde(default, deserialize_with = "list")]
    pub offers: Vec<String>,
    /// Which difference is to be found: so many more conversions out of 100 visits, `1` or `0.5`.
    #[serde(default, deserialize_with = "any")]
    pub difference: String,
    /// For how many weeks; as many as the plan says where nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub weeks: Option<u32>,
    /// Whether only to say how long it takes; then it needs no name.
    #[serde(default, deserialize_with = "any", skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// How long that takes with this shop's visits: the answer to a dry run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExperimentPlan {
    /// How many referrers take part.
    #[serde(default, deserialize_with = "any")]
    pub referrers: i64,
    /// In how many past weeks the figures were counted.
    #[serde(default, deserialize_with = "any")]
    pub past_weeks: u32,
    /// Their visits in those weeks.
    #[serde(default, deserialize_with = "any")]
    pub visits: i64,
    /// Their conversions in those weeks.
    #[serde(default, deserialize_with = "any")]
    pub conversions: i64,
    /// How many weeks it takes; `null`: more than a year, or nobody knows.
    #[serde(default, deserialize_with = "maybe")]
    pub weeks: Option<u32>,
    /// Where it takes more than a year: the smallest difference that can be found within one, in conversions out of 100
    /// visits.
    #[serde(default, deserialize_with = "maybe")]
    pub smallest: Option<String>,
}

/// The shop's experiments, newest first: `GET /v1/shops/{shop}/experiments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExperimentList {
    /// Each.
    #[serde(default, deserialize_with = "list")]
    pub experiments: Vec<Experiment>,
}

/// An experiment: `GET /v1/shops/{shop}/experiments/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Experiment {
    /// Its name.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// How far it has come.
    #[serde(default, deserialize_with = "maybe")]
    pub state: Option<Known<ExperimentState>>,
    /// Which difference is to be found, in conversions out of 100 visits.
    #[serde(default, deserialize_with = "any")]
    pub difference: String,
    /// For how many weeks it counts.
    #[serde(default, deserialize_with = "any")]
    pub weeks: u32,
    /// When it was begun.
    #[serde(default, deserialize_with = "any")]
    pub began_at: Instant,
    /// From when on it counts: once every referrer is on their offer.
    #[serde(default, deserialize_with = "maybe")]
    pub counts_from: Option<Instant>,
    /// Until when it counts.
    #[serde(default, deserialize_with = "maybe")]
    pub ends_at: Option<Instant>,
    /// Its offers; the first is the one that the others are compared with.
    #[serde(default, deserialize_with = "list")]
    pub variants: Vec<Variant>,
    /// Which offer the shop kept for all of its referrers.
    #[serde(default, deserialize_with = "maybe")]
    pub kept: Option<String>,
    /// When it decided that.
    #[serde(default, deserialize_with = "maybe")]
    pub concluded_at: Option<Instant>,
}

/// One of an experiment's offers. Figures are told with the verdict, and not before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Variant {
    /// The offer's id.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
    /// How many referrers were dealt to it.
    #[serde(default, deserialize_with = "any")]
    pub referrers: i64,
    /// Visits by their links.
    #[serde(default, deserialize_with = "maybe")]
    pub visits: Option<i64>,
    /// Conversions that stand.
    #[serde(default, deserialize_with = "maybe")]
    pub conversions: Option<i64>,
    /// Conversions out of 100 visits.
    #[serde(default, deserialize_with = "maybe")]
    pub rate: Option<String>,
    /// What the figures say of it beside the first offer, which has none.
    #[serde(default, deserialize_with = "maybe")]
    pub found: Option<Known<Finding>>,
    /// By how much its rate differs from the first one's, as was seen and from where to where it may be.
    #[serde(default, deserialize_with = "maybe")]
    pub difference: Option<Range>,
}

/// A range that holds the true value nineteen times in twenty, in conversions out of 100 visits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Range {
    /// Its lower end.
    #[serde(default, deserialize_with = "any")]
    pub low: String,
    /// What was seen.
    #[serde(default, deserialize_with = "any")]
    pub seen: String,
    /// Its upper end.
    #[serde(default, deserialize_with = "any")]
    pub high: String,
}

/// Which offer stays: `POST /v1/shops/{shop}/experiments/{id}/conclude`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Conclusion {
    /// One of the experiment's offers.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
}
