//! Sending what waits to each endpoint, signed as the Standard Webhooks specification says.
//!
//! Endpoints are sent to side by side, so that a slow one holds up none of the others; to each of them one delivery goes
//! after the other, in order.

use futures_util::future::join_all;
use http::Method;

use crate::deliveries::contacts::{self, Key};
use crate::deliveries::web::{Outgoing, Web};
use crate::details::seal::Keyring;
use crate::ledger::sql::Sql;
use crate::ledger::{Destination, Ledger, Parcel, Tried};
use crate::signature;

/// The most deliveries of one run: an invocation of the free plan may make 50 requests, and mail and platforms have theirs.
const MOST: u32 = 30;

/// How many bytes of an answer are read.
const MOST_READ: usize = 2048;

/// For how many seconds a run begins new requests; the alarm has other things to do.
const LONGEST: i64 = 5;

/// A request that tells something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Where it goes.
    pub url: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, in seconds.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The body, JSON.
    pub body: String,
}

impl Letter {
    /// The letter as a request.
    fn request(self) -> Outgoing {
        Outgoing {
            method: Method::POST,
            url: self.url,
            headers: vec![
                ("content-type", "application/json".into()),
                ("webhook-id", self.id),
                ("webhook-timestamp", self.timestamp.to_string()),
                ("webhook-signature", self.signature),
            ],
            body: Some(self.body),
            most: MOST_READ,
        }
    }
}

/// Sends what is due, as far as one run may.
///
/// # Errors
/// Where the ledger's store failed; the text is for the log.
pub async fn run<S: Sql>(ledger: &Ledger<S>, web: &impl Web) -> Result<(), String> {
    let parcels = ledger.parcels(web.now(), MOST).map_err(|fault| fault.to_string())?;
    let each = MOST / u32::try_from(parcels.len()).unwrap_or(MOST).clamp(1, MOST);
    let each = usize::try_from(each).unwrap_or(1);
    let sent = join_all(parcels.iter().map(|parcel| deliver(ledger, web, parcel, each))).await;
    sent.into_iter().collect()
}

/// Sends one delivery to an address of the shop's.
async fn post(web: &impl Web, url: &str, secrets: &[String], id: &str, body: &str) -> Tried {
    let timestamp = web.now().seconds();
    let signed = secrets.iter().filter_map(|secret| signature::sign(secret, id, timestamp, body));
    let letter = Letter {
        url: url.to_owned(),
        id: id.to_owned(),
        timestamp,
        signature: signed.collect::<Vec<_>>().join(" "),
        body: body.to_owned(),
    };
    match web.ask(&letter.request()).await {
        Ok(reply) => Tried::Answered(reply.status, reply.body),
        Err(words) => Tried::Unanswered(words),
    }
}

/// Sends the first of what is due to one endpoint, until it fails.
async fn deliver<S: Sql>(
    ledger: &Ledger<S>,
    web: &impl Web,
    parcel: &Parcel,
    most: usize,
) -> Result<(), String> {
    let end = web.now().plus_seconds(LONGEST);
    // A provider of newsletters is asked twice for each.
    let most = match &parcel.to {
        Destination::Address { .. } => most,
        Destination::Contacts { .. } => most.div_ceil(2),
    };
    for (seq, id, body) in parcel.deliveries.iter().take(most) {
        let tried = match &parcel.to {
            Destination::Address { url, secrets } => post(web, url, secrets, id, body).await,
            Destination::Contacts { provider, sealed, shop } => {
                let contact = ledger.contact_of(web.now(), *seq).map_err(|fault| fault.to_string())?;
                let Some(contact) = contact else { continue };
                let keys = Keyring::parse(&web.seal_keys());
                match keys.and_then(|keys| Key::open(&keys, sealed, *provider, (&shop.0, &shop.1))) {
                    Ok(key) => contacts::send(web, *provider, &key, id, &contact).await,
                    Err(fault) => Tried::Unanswered(fault.to_string()),
                }
            }
        };
        let now = web.now();
        ledger.tried(now, *seq, &tried).map_err(|fault| fault.to_string())?;
        if tried.is_endpoint_s() || now >= end {
            break;
        }
    }
    Ok(())
}
