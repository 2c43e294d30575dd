//! Who was paid what in a calendar year, for the declarations that a shop owes.

use super::access::Owner;
use super::payouts::attached;
use super::{Answer, App, Env};
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::GetPaid;
use crate::shop_id::ShopId;
use crate::yearfile;
use parrain_core::instant::Instant;
use parrain_core::money::{Decimal, format_amount};
use parrain_core::zone::Zone;
use parrain_wire::yearly::{PaidInYear, YearlyPayee};

/// The years that can be asked for.
const YEARS: std::ops::RangeInclusive<i64> = 1970..=9_998;

impl<E: Env> App<E> {
    /// As JSON.
    pub(super) async fn paid_in_year(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.paid(may, request, id).await?)?)
    }

    /// As a spreadsheet.
    pub(super) async fn paid_in_year_csv(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let paid = self.paid(may, request, id).await?;
        let text =
            yearfile::csv(&paid).map_err(|fault| Error::Internal(format!("a year's file: {fault}")))?;
        Ok(attached(id, &paid.year.to_string(), "csv", "text/csv; charset=utf-8", text))
    }

    async fn paid(&self, may: &Owner, request: &Request, id: &ShopId) -> Result<PaidInYear, Error> {
        let over = match request.param("over") {
            None => None,
            Some(text) => {
                let amount = "must be an amount such as 2400 or 2400.00";
                Some(text.parse::<Decimal>().map_err(|_| Error::invalid("over", amount))?)
            }
        };
        let shop = self.fresh_shop(id).await?;
        let zone = &shop.program.zone;
        let year = match request.param("year") {
            // The one that is over.
            None => zone.month(self.env.now()).div_euclid(12) - 1,
            Some(text) => text.parse().unwrap_or_default(),
        };
        if !YEARS.contains(&year) {
            return Err(Error::invalid("year", "must be a year such as 2026"));
        }
        let (from, to) = (begins(zone, year), begins(zone, year + 1));
        let asked = GetPaid { from, to, over: over.map(|over| (over.digits, over.scale)) };
        let mut payees = Vec::new();
        for one in self.ask_as(may, id, asked).await? {
            let mut payee = one.payee;
            if let Some((code, held)) = &one.details {
                let details = self.open(id, &shop, code, &held.sealed)?;
                payee = YearlyPayee {
                    account_holder: details.account_holder,
                    business: details.business,
                    ..payee
                };
            }
            payees.push(payee);
        }
        let over = over.map(|over| format_amount(over.digits, over.scale).into());
        Ok(PaidInYear { year, from, to, over, payees })
    }
}

/// The first instant of a year where the shop is.
fn begins(zone: &Zone, year: i64) -> Instant {
    zone.month_start(year.saturating_mul(12))
}
