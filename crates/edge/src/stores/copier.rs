//! Copying to KV what a ledger noted down to be copied.
//!
//! The ledger's outbox is emptied in order, each entry struck out only after KV said that it has it. A write
//! that landed and reported a failure is written again, byte for byte the same.

use super::keys::{self, Key, PublicReferrer, ShopSummary, prefix};
use super::{Kv, KvError};
use crate::ledger::{Ledger, sql::Sql};
use crate::protocol::calls::{GetReferrer, GetShop};
use crate::protocol::publication::{Outgoing, Publication};
use crate::protocol::{Call, Refusal};
use crate::shop_id::ShopId;
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The most KV writes of one run: an invocation of the free plan may make 1,000 calls to other services.
const MOST_OPERATIONS: u32 = 300;

/// The most removals of one look at a removed shop.
const MOST_REMOVED: u32 = 300;

/// After how many seconds KV's listings show what was written or removed: a minute says Cloudflare, and more.
const LISTINGS_SETTLE: u32 = 150;

/// What is left to do after a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// Nothing waits.
    Nothing,
    /// Something waits; to be run again after this many seconds.
    Again {
        /// Seconds to wait.
        seconds: u32,
    },
    /// KV or the ledger's store failed; to be run again later. The text is for the log.
    Failed(String),
}

/// Empties one ledger's outbox.
#[derive(Debug, Default)]
pub struct Copier {
    /// When each removal that still waits was first looked at. Kept in memory: who forgets it only looks longer.
    first_looks: RefCell<BTreeMap<i64, Instant>>,
}

impl Copier {
    /// Empties the outbox as far as one run may.
    pub async fn run<S: Sql>(&self, ledger: &Ledger<S>, kv: &impl Kv, now: Instant) -> Left {
        match empty(ledger, kv, now, &self.first_looks).await {
            Ok(left) => left,
            Err(cause) => Left::Failed(cause),
        }
    }
}

async fn empty<S: Sql>(
    ledger: &Ledger<S>,
    kv: &impl Kv,
    now: Instant,
    first_looks: &RefCell<BTreeMap<i64, Instant>>,
) -> Result<Left, String> {
    let mut operations = 0;
    // Removals that must be looked at again later; what was noted after them does not wait for that.
    let mut postponed: Vec<i64> = Vec::new();
    loop {
        let waiting = ledger.outbox(50).map_err(|fault| fault.to_string())?;
        let waiting: Vec<Outgoing> =
            waiting.into_iter().filter(|entry| !postponed.contains(&entry.seq)).collect();
        if waiting.is_empty() {
            let again = Left::Again { seconds: LISTINGS_SETTLE };
            return Ok(if postponed.is_empty() { Left::Nothing } else { again });
        }
        for entry in waiting {
            if operations >= MOST_OPERATIONS {
                return Ok(Left::Again { seconds: 1 });
            }
            if entry.publication == Publication::Purge {
                let first = *first_looks.borrow_mut().entry(entry.seq).or_insert(now);
                let settled = first.plus_seconds(i64::from(LISTINGS_SETTLE)) <= now;
                let clean = purge(ledger, kv, &entry.shop, &entry.incarnation, now).await?;
                if !(clean && settled) {
                    postponed.push(entry.seq);
                    continue;
                }
                first_looks.borrow_mut().remove(&entry.seq);
            } else {
                operations += 1;
                write(kv, &entry).await.map_err(|fault| fault.to_string())?;
            }
            ledger.sent(entry.seq).map_err(|fault| fault.to_string())?;
        }
    }
}

async fn write(kv: &impl Kv, entry: &Outgoing) -> Result<(), KvError> {
    let shop = &entry.shop;
    let told = |fault: serde_json::Error| KvError(fault.to_string());
    let (key, value, metadata) = match &entry.publication {
        Publication::Shop(record) => (
            Key::Shop(shop).to_string(),
            serde_json::to_string(record).map_err(told)?,
            serde_json::to_string(&ShopSummary::of(record)).map_err(told)?,
        ),
        Publication::Referrer { code, name, display_name, offer, activity, expires_at, discount_ready } => {
            let referrer = PublicReferrer {
                incarnation: entry.incarnation.clone(),
                name: name.clone(),
                display_name: display_name.clone(),
                offer: offer.clone(),
                activity: *activity,
                expires_at: *expires_at,
                discount_ready: *discount_ready,
            };
            (
                Key::Referrer(shop, code).to_string(),
                serde_json::to_string(&referrer).map_err(told)?,
                keys::referrer_metadata(&entry.incarnation),
            )
        }
        Publication::Fact(fact) => {
            let key = Key::Fact {
                shop,
                incarnation: &entry.incarnation,
                order_id: &fact.order_id,
                what: &fact.what,
            };
            let value = serde_json::to_string(fact).map_err(told)?;
            (key.to_string(), value, keys::fact_metadata(fact))
        }
        Publication::PictureGone(name) => {
            let key = Key::Picture { shop, incarnation: &entry.incarnation, name };
            return kv.delete(&key.to_string()).await;
        }
        Publication::Purge => return Ok(()),
    };
    kv.put(&key, &value, Some(&metadata)).await
}

/// Removes what KV holds of one incarnation of a shop. The shop may be there again by now, under the same
/// id: what is the new one's stays. Answers whether nothing was left to be seen, which holds only once
/// listings show all that was written before the shop went.
async fn purge<S: Sql>(
    ledger: &Ledger<S>,
    kv: &impl Kv,
    shop: &ShopId,
    incarnation: &str,
    now: Instant,
) -> Result<bool, String> {
    let told = |fault: KvError| fault.to_string();
    let mut removed = 0;
    let shop_key = Key::Shop(shop).to_string();
    let referrers = prefix::referrers(shop);
    let facts = prefix::facts_of(shop, incarnation);
    let pictures = prefix::pictures_of(shop, incarnation);
    for kind in [&facts, &pictures, &referrers, &shop_key] {
        let mut cursor: Option<String> = None;
        loop {
            let page = kv.list(kind, cursor.as_deref(), 1000).await.map_err(told)?;
            for (key, metadata) in &page.keys {
                let gone = if *kind == facts || *kind == pictures {
                    true
                } else if (*kind == shop_key && *key != shop_key)
                    || !written_by(metadata.as_deref(), incarnation)
                {
                    false
                } else {
                    let code = key.strip_prefix(&referrers).and_then(|code| code.parse::<Code>().ok());
                    !is_there(ledger, code, now).map_err(|fault| fault.to_string())?
                };
                if gone {
                    kv.delete(key).await.map_err(told)?;
                    removed += 1;
                }
                if removed >= MOST_REMOVED {
                    return Ok(false);
                }
            }
            match page.cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
    }
    Ok(removed == 0)
}

/// Whether the shop, or a referrer of it, is there again.
fn is_there<S: Sql>(ledger: &Ledger<S>, code: Option<Code>, now: Instant) -> Result<bool, Refusal> {
    let found = match code {
        Some(code) => ledger.call(Call::new(now, GetReferrer { code })).map(|_| ()),
        None => ledger.call(Call::new(now, GetShop)).map(|_| ()),
    };
    match found {
        Ok(()) => Ok(true),
        Err(Refusal::UnknownShop | Refusal::UnknownCode) => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn written_by(metadata: Option<&str>, incarnation: &str) -> bool {
    #[derive(Deserialize)]
    struct Mark {
        incarnation: String,
    }
    metadata
        .and_then(|text| serde_json::from_str::<Mark>(text).ok())
        .is_some_and(|mark| mark.incarnation == incarnation)
}
