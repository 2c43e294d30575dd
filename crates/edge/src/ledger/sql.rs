//! The few things that the ledger needs of SQLite, so that it runs on a Durable Object's storage and on a
//! native SQLite alike.

use parrain_core::instant::Instant;
use serde::Serialize;

/// A value bound to `?` or read from a column. Booleans are integers; there are no floats in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// An integer, at most 2^53 in size: the runtime passes it as a double.
    Int(i64),
    /// A text.
    Text(String),
}

/// A row, its columns in the order of the SELECT. Reading a column as what it does not hold is an error that
/// names it; a column that may be NULL is read by the `maybe_` of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

/// What the store said of a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SqlError(pub String);

/// A SQLite database: a Durable Object's, or a native one in tests.
pub trait Sql {
    /// Runs one statement with values for its `?`s and reads all its rows.
    ///
    /// # Errors
    /// What the store said against it.
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError>;

    /// Runs `body` in a transaction: when it answers `false` nothing of what it wrote stays.
    ///
    /// # Errors
    /// The transaction's own, not what went wrong in `body`.
    fn transaction(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError>;
}

impl Row {
    /// The integer in a column.
    pub fn int(&self, column: usize) -> Result<i64, SqlError> {
        self.maybe_int(column).ok_or_else(|| self.unexpected(column, "an integer"))
    }

    /// The integer in a column, if it holds one.
    pub fn maybe_int(&self, column: usize) -> Option<i64> {
        match self.0.get(column) {
            Some(Value::Int(int)) => Some(*int),
            _ => None,
        }
    }

    /// A sum in a column, which the statement casts to TEXT: it may be larger than a double holds exactly.
    pub fn sum(&self, column: usize) -> Result<i64, SqlError> {
        self.text(column)?.parse().map_err(|_| self.unexpected(column, "a sum"))
    }

    /// The text in a column.
    pub fn text(&self, column: usize) -> Result<&str, SqlError> {
        self.maybe_text(column).ok_or_else(|| self.unexpected(column, "a text"))
    }

    /// The text in a column, if it holds one.
    pub fn maybe_text(&self, column: usize) -> Option<&str> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The JSON in a text column.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T, SqlError> {
        serde_json::from_str(self.text(column)?)
            .map_err(|fault| SqlError(format!("column {column}: {fault}")))
    }

    fn unexpected(&self, column: usize, what: &str) -> SqlError {
        SqlError(format!("column {column} does not hold {what}"))
    }
}

/// A value as JSON, to be kept as a text.
///
/// # Errors
/// What is against its JSON, such as a map whose keys are no texts.
pub fn json_of<T: Serialize + ?Sized>(value: &T) -> Result<String, SqlError> {
    serde_json::to_string(value).map_err(|fault| SqlError(fault.to_string()))
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Instant> for Value {
    /// Microseconds. What lies beyond 2^53 of them, in 2255 or 1684, comes as the last that does not: it is
    /// only ever asked for, and no event is dated there.
    fn from(value: Instant) -> Self {
        const FARTHEST: i64 = (1 << 53) - 1;
        Self::Int(value.micros().clamp(-FARTHEST, FARTHEST))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
