//! A Durable Object's SQLite as the ledger's [`Sql`].

use super::counts::Tally;
use crate::ledger::sql::{Row, Sql, SqlError, Value};
use std::rc::Rc;
use worker::js_sys::{Function, Reflect};
use worker::wasm_bindgen::closure::ScopedClosure;
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{SqlStorage, SqlStorageValue, Storage};

/// The storage of one object.
pub struct ObjectSql {
    storage: Storage,
    sql: SqlStorage,
    /// Where rows that are written are counted, if they are.
    tally: Option<Rc<Tally>>,
}

impl ObjectSql {
    /// The object's storage; `tally` counts the rows that are written.
    pub fn new(storage: Storage, tally: Option<Rc<Tally>>) -> Self {
        let sql = storage.sql();
        Self { storage, sql, tally }
    }
}

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
        let cursor = self.sql.exec(statement, bindings).map_err(told)?;
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
            rows.push(Row(values));
        }
        if let Some(tally) = &self.tally {
            tally.wrote(cursor.rows_written());
        }
        Ok(rows)
    }

    /// `storage.transactionSync(callback)`, which the `worker` crate does not wrap: it rolls back when the
    /// callback throws, and throws that on.
    fn transaction(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError> {
        let told = |fault: JsValue| SqlError(format!("a transaction: {fault:?}"));
        let storage: &JsValue = self.storage.as_raw().as_ref();
        let begin = Reflect::get(storage, &JsValue::from_str("transactionSync")).map_err(told)?;
        let begin: Function = begin.dyn_into().map_err(told)?;
        let mut refused = false;
        let mut run = || -> Result<(), JsValue> {
            refused = !body();
            if refused { Err(JsValue::from_str("rolled back")) } else { Ok(()) }
        };
        let ran = {
            let callback =
                ScopedClosure::<dyn FnMut() -> Result<(), JsValue>>::borrow_mut_assert_unwind_safe(&mut run);
            begin.call1(storage, callback.as_js_value())
        };
        match ran {
            Err(_) if refused => Ok(()),
            ran => ran.map(|_| ()).map_err(told),
        }
    }
}
