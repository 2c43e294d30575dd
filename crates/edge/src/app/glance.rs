//! What is looked at a glance: the overview, the program's versions, a referrer's month.

use super::access::Reads;
use super::{Answer, App, Env};
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{GetOverview, GetStatement, ListVersions};
use crate::shop_id::ShopId;
use parrain_core::instant::Instant;

impl<E: Env> App<E> {
    /// What waits for the owner, the month's figures, and what happened last.
    pub(super) async fn overview(&self, may: &Reads, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, GetOverview).await?)?)
    }

    /// A page of the program's versions, the newest first.
    pub(super) async fn versions(&self, may: &Reads, request: &Request, id: &ShopId) -> Answer {
        let versions = self.ask_as(may, id, ListVersions { cursor: request.param("cursor") }).await?;
        Ok(Response::json(StatusCode::OK, &versions)?)
    }

    /// A referrer's month, `2026-05`.
    pub(super) async fn statement(&self, may: &Reads, id: &ShopId, code: &str, month: &str) -> Answer {
        let code = code.parse().map_err(|_| Error::NO_CODE)?;
        let month = read_month(month).ok_or(Error::NotFound("a statement is of a month such as 2026-05"))?;
        let statement = self.ask_as(may, id, GetStatement { code, month }).await?;
        Ok(Response::json(StatusCode::OK, &statement)?)
    }
}

/// A month such as `2026-05`, in months since January of year 0.
pub(super) fn read_month(text: &str) -> Option<i64> {
    (text.len() == 7).then(|| Instant::parse(&format!("{text}-01T00:00:00Z"))).flatten().map(Instant::month)
}
