//! A native SQLite as the ledger's [`Sql`], for tests.

use std::cell::Cell;
use std::rc::Rc;

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, Value as Native, ValueRef};

use super::sql::{Row, Sql, SqlError, Value};

/// A database in memory, and how many statements it ran. A clone is the same database.
#[derive(Clone)]
pub struct NativeSql(Rc<Connection>, Rc<Cell<u32>>);

impl NativeSql {
    /// An empty database.
    pub fn new() -> Self {
        let database = Connection::open_in_memory().expect("SQLite opens in memory");
        database.set_prepared_statement_cache_capacity(256);
        Self(Rc::new(database), Rc::new(Cell::new(0)))
    }

    /// How many statements it ran since this was last asked.
    pub fn take_ran(&self) -> u32 {
        self.1.take()
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(match self {
            Value::Null => Native::Null,
            Value::Int(int) => Native::Integer(*int),
            Value::Text(text) => Native::Text(text.clone()),
        }))
    }
}

impl Sql for NativeSql {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        let told = |fault: rusqlite::Error| SqlError(format!("{fault} in {statement}"));
        // Durable Objects pass integers as doubles.
        assert!(
            values.iter().all(|value| !matches!(value, Value::Int(int) if int.unsigned_abs() >= 1 << 53))
        );
        self.1.set(self.1.get() + 1);
        let mut prepared = self.0.prepare_cached(statement).map_err(told)?;
        let columns = prepared.column_count();
        let mut found = prepared.query(rusqlite::params_from_iter(values)).map_err(told)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(told)? {
            let read = |column| match row.get_ref(column) {
                Ok(ValueRef::Null) => Ok(Value::Null),
                Ok(ValueRef::Integer(int)) => Ok(Value::Int(int)),
                Ok(ValueRef::Text(text)) => Ok(Value::Text(String::from_utf8_lossy(text).into_owned())),
                other => Err(SqlError(format!("{other:?} in {statement}"))),
            };
            rows.push(Row((0..columns).map(read).collect::<Result<_, _>>()?));
        }
        Ok(rows)
    }

    fn transaction(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError> {
        let told = |fault: rusqlite::Error| SqlError(fault.to_string());
        self.0.execute_batch("BEGIN").map_err(told)?;
        let kept = body();
        self.0.execute_batch(if kept { "COMMIT" } else { "ROLLBACK" }).map_err(told)
    }
}
