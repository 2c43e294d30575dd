//! Workers KV as the app's [`Kv`].

use super::counts::Counts;
use crate::stores::{Kv, KvError, Listing};
use std::rc::Rc;
use worker::KvStore;
use worker::kv::KvError as Fault;

/// The namespace bound as `PARRAIN_KV`.
pub struct WorkersKv {
    store: KvStore,
    counts: Rc<Counts>,
}

impl WorkersKv {
    /// The bound namespace.
    pub fn new(env: &worker::Env, counts: Rc<Counts>) -> worker::Result<Self> {
        Ok(Self { store: env.kv("PARRAIN_KV")?, counts })
    }
}

impl Kv for WorkersKv {
    async fn get(&self, keys: &[String]) -> Result<Vec<Option<String>>, KvError> {
        self.counts.read();
        if let [key] = keys {
            return Ok(vec![self.store.get(key).text().await.map_err(told)?]);
        }
        let mut found = self.store.get_bulk(keys).text().await.map_err(told)?;
        Ok(keys.iter().map(|key| found.remove(key).flatten()).collect())
    }

    async fn put(&self, key: &str, value: &str, metadata: Option<&str>) -> Result<(), KvError> {
        self.counts.write();
        let mut put = self.store.put(key, value).map_err(told)?;
        if let Some(text) = metadata {
            let metadata: serde_json::Value =
                serde_json::from_str(text).map_err(|fault| KvError(fault.to_string()))?;
            put = put.metadata(metadata).map_err(told)?;
        }
        put.execute().await.map_err(told)
    }

    async fn get_bytes(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        self.counts.read();
        self.store.get(key).bytes().await.map_err(told)
    }

    async fn put_bytes(&self, key: &str, value: &[u8], metadata: &str) -> Result<(), KvError> {
        self.counts.write();
        let metadata: serde_json::Value =
            serde_json::from_str(metadata).map_err(|fault| KvError(fault.to_string()))?;
        let put = self.store.put_bytes(key, value).map_err(told)?;
        put.metadata(metadata).map_err(told)?.execute().await.map_err(told)
    }

    async fn put_for(&self, key: &str, value: &str, seconds: u32) -> Result<(), KvError> {
        self.counts.write();
        let put = self.store.put(key, value).map_err(told)?;
        put.expiration_ttl(u64::from(seconds)).execute().await.map_err(told)
    }

    async fn delete(&self, key: &str) -> Result<(), KvError> {
        self.counts.write();
        self.store.delete(key).await.map_err(told)
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Listing, KvError> {
        self.counts.list();
        let mut list = self.store.list().prefix(prefix.to_owned()).limit(u64::from(limit));
        if let Some(cursor) = cursor {
            list = list.cursor(cursor.to_owned());
        }
        let page = list.execute().await.map_err(told)?;
        let name = |key: worker::kv::Key| (key.name, key.metadata.map(|metadata| metadata.to_string()));
        Ok(Listing {
            keys: page.keys.into_iter().map(name).collect(),
            cursor: page.cursor.filter(|_| !page.list_complete),
        })
    }
}

fn told(fault: Fault) -> KvError {
    KvError(fault.to_string())
}
