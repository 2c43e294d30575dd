//! The ledger: one per shop, in the shop's Durable Object. It is the authority on the shop's program,
//! referrers and orders, decides what must be decided once, and keeps each reward's figures up to date.
//!
//! The rules are [`parrain_core`]'s; here stand their records in SQL. Everything runs on the small [`sql::Sql`]
//! trait, so that the same statements are tested natively on SQLite.

pub mod protocol;
pub mod sql;
