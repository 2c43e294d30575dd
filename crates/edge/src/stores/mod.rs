//! Where things are kept: Workers KV for quick reads, and each shop's ledger for what must be right.

pub mod copier;
pub mod keys;
#[cfg(test)]
pub mod simulated;

use crate::protocol::{Ask, Call, Refusal};
use crate::shop_id::ShopId;
use serde::de::DeserializeOwned;

/// Workers KV: eventually consistent, one write a second per key, misses cached too.
pub trait Kv {
    /// The values of several keys (at most 100), in one call; `None` where the store has none, or not yet.
    ///
    /// # Errors
    /// Where the store did not answer.
    async fn get(&self, keys: &[String]) -> Result<Vec<Option<String>>, KvError>;

    /// Writes a value and its metadata (JSON of at most 1,024 bytes).
    ///
    /// # Errors
    /// Where the store did not say that it was written; it may have been.
    async fn put(&self, key: &str, value: &str, metadata: Option<&str>) -> Result<(), KvError>;

    /// The bytes of a key; `None` where the store has none, or not yet.
    ///
    /// # Errors
    /// As of [`Kv::get`].
    async fn get_bytes(&self, key: &str) -> Result<Option<Vec<u8>>, KvError>;

    /// Writes bytes and their metadata (JSON of at most 1,024 bytes).
    ///
    /// # Errors
    /// As of [`Kv::put`].
    async fn put_bytes(&self, key: &str, value: &[u8], metadata: &str) -> Result<(), KvError>;

    /// Writes a value that goes by itself after so many seconds, sixty at least.
    ///
    /// # Errors
    /// As of [`Kv::put`].
    async fn put_for(&self, key: &str, value: &str, seconds: u32) -> Result<(), KvError>;

    /// Removes a key, if it is there.
    ///
    /// # Errors
    /// Where the store did not say that it was removed; it may have been.
    async fn delete(&self, key: &str) -> Result<(), KvError>;

    /// Up to `limit` (at most 1,000) keys that begin with `prefix`.
    ///
    /// # Errors
    /// Where the store did not answer.
    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Listing, KvError>;
}

/// One page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Keys in lexicographic order, each with its metadata, a JSON text.
    pub keys: Vec<(String, Option<String>)>,
    /// Where the next page begins; `None` after the last.
    pub cursor: Option<String>,
}

/// A store did not do what it was asked. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("KV: {0}")]
pub struct KvError(pub String);

/// The shops' ledgers, each one a strictly consistent object of its own.
pub trait Ledgers {
    /// Asks one shop's ledger.
    ///
    /// # Errors
    /// Where it refused, or did not answer: then it may or may not have done what was asked.
    async fn call<A>(&self, shop: &ShopId, call: Call<A>) -> Result<A::Answer, LedgerError>
    where
        A: Ask<Answer: DeserializeOwned>;
}

/// Why a ledger did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// It said why.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It did not answer. The text is for the log.
    #[error("the ledger did not answer: {0}")]
    Silent(String),
}
