//! The list for the tax office: who was paid more than a threshold in a year.

use parrain_core::money::{Currency, format_amount, parse_amount};
use parrain_core::program::is_paid_out;
use parrain_core::zone::Zone;
use parrain_desk::tax::{Payee, Tax};
use parrain_desk::{Entered, Frame};
use parrain_wire::instant::Instant;
use parrain_wire::yearly::{PaidInYear, YearlyPayee};
use serde_json::Value;

use super::super::{App, Env};
use super::Visit;
use crate::http::{Method, Request};
use crate::problem::Error;

/// From how much a year on somebody is told of in France since 2024 (article 240 of the code général des impôts), in
/// the currency's major unit.
const THRESHOLD: i64 = 2400;

/// How many years can be chosen.
const YEARS: i64 = 6;

impl<E: Env> App<E> {
    /// The list of the year that is asked for, else of this one.
    pub(super) async fn tax_list(
        &self,
        request: &Request,
        visit: &Visit,
        entered: Entered,
    ) -> Result<(Frame, Tax), Error> {
        let (frame, framing) = self.framing(request, visit).await?;
        let this_year = year_of(&frame.zone, self.env.now());
        let asked = request.param("year").and_then(|year| year.parse().ok());
        let year = asked.filter(|year| (2000..=this_year).contains(year)).unwrap_or(this_year);
        let path = format!("payouts/yearly?year={year}");
        let paid: PaidInYear = self.api(request, visit, Method::GET, &path, &Value::Null).await?;
        let currency = self.shop(&visit.shop).await?.program.currency;
        let decimals = currency.decimals();
        let usual = || format_amount(THRESHOLD * 10_i64.pow(u32::from(decimals)), decimals);
        let kept = framing.set_up.tax_threshold.as_ref();
        let threshold = kept.map_or_else(usual, |amount| amount.as_str().to_owned());
        let least = parse_amount(&threshold, decimals).unwrap_or(i64::MAX);
        let (mut above, below): (Vec<_>, Vec<_>) =
            paid.payees.iter().partition(|payee| whole(payee, currency) > least);
        above.sort_by_key(|payee| std::cmp::Reverse(whole(payee, currency)));
        let first = year_of(&frame.zone, framing.record.created_at).max(this_year - YEARS + 1);
        let short = |year: i64| i32::try_from(year).unwrap_or(i32::MAX);
        let page = Tax {
            year: short(year),
            years: (first.min(year)..=this_year).rev().map(short).collect(),
            threshold,
            above: above.into_iter().map(|payee| told(payee, currency)).collect(),
            below: i64::try_from(below.len()).unwrap_or(i64::MAX),
            entered,
        };
        Ok((frame, page))
    }
}

/// The year on the calendar of a zone.
fn year_of(zone: &Zone, at: Instant) -> i64 {
    zone.month(at).div_euclid(12)
}

/// What somebody was paid in a currency, vouchers and the like included, in minor units.
fn whole(payee: &YearlyPayee, currency: Currency) -> i64 {
    sum(payee, currency, |_| true)
}

fn sum(payee: &YearlyPayee, currency: Currency, counts: impl Fn(&str) -> bool) -> i64 {
    let own = payee.paid.iter().filter(|line| line.asset == currency.code() && counts(&line.reward));
    own.map(|line| minor(line.amount.as_str(), currency)).sum()
}

fn minor(amount: &str, currency: Currency) -> i64 {
    let (sign, plain) = amount.strip_prefix('-').map_or((1, amount), |plain| (-1, plain));
    sign * parse_amount(plain, currency.decimals()).unwrap_or(0)
}

fn told(payee: &YearlyPayee, currency: Currency) -> Payee {
    let code = payee.codes.first().map(ToString::to_string).unwrap_or_default();
    let amount = |minor: i64| format_amount(minor, currency.decimals());
    let address = payee.business.address.as_ref().map(|address| {
        let town = format!("{} {}", address.postal_code, address.city);
        let lines = std::iter::once(address.line1.clone()).chain(address.line2.clone());
        lines.chain([town, address.country.clone()]).collect()
    });
    Payee {
        name: payee.account_holder.clone().or(payee.name.clone()).unwrap_or_else(|| code.clone()),
        code,
        company: payee.business.company.clone(),
        siret: payee.business.siret.clone(),
        profession: payee.business.profession.clone(),
        address: address.unwrap_or_default(),
        amount: amount(whole(payee, currency)),
        in_kind: amount(sum(payee, currency, |reward| !is_paid_out(reward))),
    }
}
