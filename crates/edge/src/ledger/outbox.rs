//! What waits to be copied to KV. A copy is noted in the same transaction as what it copies, so that it is
//! made sooner or later whatever KV does.

use parrain_core::event::{Event, Traces};

use super::schema;
use super::sql::{Sql, SqlError, json_of};
use crate::protocol::publication::{Outgoing, Publication};
use crate::protocol::shop::ShopRecord;
use crate::shop_id::ShopId;

/// Notes something to be written to KV.
pub fn post(sql: &impl Sql, shop: &ShopRecord, publication: &Publication) -> Result<(), SqlError> {
    let thing = match publication {
        Publication::Shop(_) => "shop".to_owned(),
        Publication::Referrer { code, .. } => format!("referrer/{code}"),
        Publication::Fact(fact) => format!("fact/{}/{}", fact.what, fact.order_id),
        Publication::PictureGone(name) => format!("picture/{name}"),
        Publication::Purge => format!("purge/{}", shop.secrets.incarnation),
    };
    let text = json_of(&without_traces(publication))?;
    // REPLACE gives a new number, so that a writer of the older copy does not strike out the newer.
    sql.run(
        "INSERT OR REPLACE INTO outbox (thing, shop, incarnation, publication) VALUES (?, ?, ?, ?)",
        &[thing.into(), shop.shop.as_str().into(), shop.secrets.incarnation.as_str().into(), text.into()],
    )?;
    Ok(())
}

/// The same without what tells that several orders are one person's: the ledger alone reads that.
fn without_traces(publication: &Publication) -> Publication {
    let mut copied = publication.clone();
    if let Publication::Fact(fact) = &mut copied
        && let Event::Order(order) = &mut fact.event
    {
        order.traces = Traces::default();
    }
    copied
}

/// What waits, oldest first.
pub fn waiting(sql: &impl Sql, most: u32) -> Result<Vec<Outgoing>, SqlError> {
    if !schema::has(sql, "outbox")? {
        return Ok(Vec::new());
    }
    let rows = sql
        .run("SELECT seq, shop, incarnation, publication FROM outbox ORDER BY seq LIMIT ?", &[most.into()])?;
    let read = |row: &super::sql::Row| {
        Ok(Outgoing {
            seq: row.int(0)?,
            shop: shop_of(row)?,
            incarnation: row.text(2)?.to_owned(),
            publication: row.json(3)?,
        })
    };
    rows.iter().map(read).collect()
}

fn shop_of(row: &super::sql::Row) -> Result<ShopId, SqlError> {
    ShopId::parse(row.text(1)?).ok_or_else(|| SqlError("an entry of the outbox names no shop".into()))
}

/// Strikes out what is in KV now.
pub fn sent(sql: &impl Sql, seq: i64) -> Result<(), SqlError> {
    sql.run("DELETE FROM outbox WHERE seq = ?", &[seq.into()])?;
    Ok(())
}
