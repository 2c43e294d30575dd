//! A Durable Object's SQLite as the ledger's [`Sql`].

use crate::ledger::sql::{Row, Sql, SqlError, Value};
use worker::{SqlStorage, SqlStorageValue};

/// The storage of one object.
pub struct ObjectSql(pub SqlStorage);

impl Sql for ObjectSql {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        let told = |fault: worker::Error| SqlError(format!("{fault} in {statement}"));
        let bindings: Vec<SqlStorageValue> = values
            .iter()
            .map(|value| match value {
                Value::Null => SqlStorageValue::Null,
                Value::Int(number) => SqlStorageValue::Integer(*number),
                Value::Text(text) => SqlStorageValue::String(text.clone()),
            })
            .collect();
        let cursor = self.0.exec(statement, bindings).map_err(told)?;
        let mut rows = Vec::new();
        for row in cursor.raw() {
            let mut values = Vec::new();
            for value in row.map_err(told)? {
                values.push(match value {
                    SqlStorageValue::Null => Value::Null,
                    SqlStorageValue::Integer(number) => Value::Int(number),
                    SqlStorageValue::Boolean(truth) => Value::Int(i64::from(truth)),
                    SqlStorageValue::String(text) => Value::Text(text),
                    SqlStorageValue::Float(_) | SqlStorageValue::Blob(_) => {
                        return Err(SqlError(format!(
                            "a column that is neither integer nor text in {statement}"
                        )));
                    }
                });
            }
            rows.push(values);
        }
        Ok(rows)
    }
}
