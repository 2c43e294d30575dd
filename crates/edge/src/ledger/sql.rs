//! The few things that the ledger needs of SQLite, so that it runs on a Durable Object's storage and on a
//! native SQLite alike.

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

/// A row, its columns in the order of the SELECT.
pub type Row = Vec<Value>;

/// The statement that failed and what the store said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SqlError(pub String);

/// A SQLite database whose statements between two awaits commit together or not at all, as those of a
/// Durable Object do.
pub trait Sql {
    /// Runs one statement and reads all its rows.
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError>;
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
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
