//! Copying to KV what a ledger noted down to be copied.
//!
//! The ledger's outbox is emptied in order, each entry struck out only after KV said that it has it. A write
//! that landed and reported a failure is written again, byte for byte the same.

use super::keys::{self, Key, PublicReferrer, ShopSummary, prefix};
use super::{Kv, KvError};
use crate::ledger::Ledger;
use crate::ledger::protocol::{Outgoing, Publication, Refusal, Request};
use crate::ledger::{protocol::Call, sql::Sql};
use crate::route::ShopId;
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use serde::Deserialize;

/// The most KV operations of one run: an invocation of the free plan may make 1,000 calls to other services.
const MOST_OPERATIONS: u32 = 300;

/// After how many seconds KV's listings show what was written: a minute says Cloudflare, and more.
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

/// Empties the outbox as far as one run may.
pub async fn run<S: Sql>(ledger: &Ledger<S>, kv: &impl Kv, now: Instant) -> Left {
    match empty(ledger, kv, now).await {
        Ok(left) => left,
        Err(cause) => Left::Failed(cause),
    }
}

async fn empty<S: Sql>(ledger: &Ledger<S>, kv: &impl Kv, now: Instant) -> Result<Left, String> {
    let mut operations = 0;
    loop {
        let waiting = ledger.outbox(50).map_err(|fault| fault.to_string())?;
        if waiting.is_empty() {
            return Ok(Left::Nothing);
        }
        for entry in waiting {
            if operations >= MOST_OPERATIONS {
                return Ok(Left::Again { seconds: 1 });
            }
            let Some(shop) = ShopId::parse(&entry.shop) else {
                return Err("an entry of the outbox names no shop".into());
            };
            let sent = match &entry.publication {
                Publication::Purge => {
                    purge(ledger, kv, &shop, &entry.incarnation, now, &mut operations).await?
                }
                _ => {
                    operations += 1;
                    write(kv, &shop, &entry).await.map_err(|fault| fault.to_string())?;
                    None
                }
            };
            if let Some(seconds) = sent {
                return Ok(Left::Again { seconds });
            }
            ledger.sent(entry.seq).map_err(|fault| fault.to_string())?;
        }
    }
}

async fn write(kv: &impl Kv, shop: &ShopId, entry: &Outgoing) -> Result<(), KvError> {
    let told = |fault: serde_json::Error| KvError(fault.to_string());
    let (key, value, metadata) = match &entry.publication {
        Publication::Shop(record) => (
            Key::Shop(shop).to_string(),
            serde_json::to_string(record).map_err(told)?,
            serde_json::to_string(&ShopSummary::of(record)).map_err(told)?,
        ),
        Publication::Referrer { code, name, offer } => {
            let referrer = PublicReferrer {
                incarnation: entry.incarnation.clone(),
                name: name.clone(),
                offer: offer.clone(),
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
        Publication::Purge => return Ok(()),
    };
    kv.put(&key, &value, Some(&metadata)).await
}

/// Removes what KV holds of one incarnation of a shop. The shop may be there again by now, under the same
/// id: what is the new one's stays. Answers the seconds after which to look once more, since a listing may
/// not yet show what was written last; `None` once it shows nothing.
async fn purge<S: Sql>(
    ledger: &Ledger<S>,
    kv: &impl Kv,
    shop: &ShopId,
    incarnation: &str,
    now: Instant,
    operations: &mut u32,
) -> Result<Option<u32>, String> {
    let mut found = false;
    let shop_key = Key::Shop(shop).to_string();
    let referrers = prefix::referrers(shop);
    let facts = prefix::facts_of(shop, incarnation);
    for kind in [facts.as_str(), referrers.as_str(), shop_key.as_str()] {
        let mut cursor: Option<String> = None;
        loop {
            *operations += 1;
            let page = kv.list(kind, cursor.as_deref(), 1000).await.map_err(|fault| fault.to_string())?;
            for (key, metadata) in &page.keys {
                let code = key.strip_prefix(&referrers).and_then(|code| code.parse::<Code>().ok());
                let gone = if kind == facts {
                    true
                } else if kind == shop_key && *key != shop_key {
                    false
                } else {
                    written_by(metadata.as_deref(), incarnation)
                        && !is_there(ledger, code, now).map_err(|fault| fault.to_string())?
                };
                if gone {
                    if *operations >= MOST_OPERATIONS {
                        return Ok(Some(1));
                    }
                    *operations += 1;
                    kv.delete(key).await.map_err(|fault| fault.to_string())?;
                    found = true;
                }
            }
            match page.cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
    }
    Ok(found.then_some(LISTINGS_SETTLE))
}

/// Whether the shop, or a referrer of it, is there again.
fn is_there<S: Sql>(ledger: &Ledger<S>, code: Option<Code>, now: Instant) -> Result<bool, Refusal> {
    let request = match code {
        Some(code) => Request::Referrer { code },
        None => Request::Shop,
    };
    match ledger.call(Call { now, incarnation: None, request }) {
        Ok(_) => Ok(true),
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
