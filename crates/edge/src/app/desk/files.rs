//! Files that the desk gives out beside its pages: lists for a spreadsheet, and what is held of a person.

use parrain_core::code::Code;
use parrain_wire::account::OrderSummary;
use parrain_wire::amount::Amount;
use parrain_wire::books::{Report, ReportRow};
use parrain_wire::desk::CustomersReport;
use parrain_wire::event::Decided;
use parrain_wire::payouts::AssetTotal;
use parrain_wire::referrer::Activity;
use parrain_wire::rewards::MoneyTotal;
use parrain_wire::word::Word;
use serde_json::Value;

use super::super::{App, Env};
use super::Visit;
use super::look::encoded;
use crate::http::{Method, Request, Response, StatusCode, header};
use crate::payfile::harmless;
use crate::problem::Error;
use crate::protocol::calls::{GetReferrer, GetSubject, ListOrders, ListReferrers};

/// The most pages of a list that make one file.
const MOST_PAGES: usize = 200;

impl<E: Env> App<E> {
    /// What is held of a referrer as a person.
    pub(super) async fn person_file(
        &self,
        request: &Request,
        visit: &Visit,
        code: &str,
    ) -> Result<Response, Error> {
        let code = code.parse().map_err(|_| Error::NO_CODE)?;
        let may = self.reads(request, &visit.shop).await?;
        let record = self.ask_as(&may, &visit.shop, GetReferrer { code }).await?.referrer;
        let ask = GetSubject { email_hash: record.email_hash, customer_id: record.customer_id };
        let subject = self.ask_as(&may, &visit.shop, ask).await?;
        let bytes = serde_json::to_vec_pretty(&subject)?;
        Ok(attached("person.json", "application/json", bytes))
    }

    /// The referrers, as many as one file holds.
    pub(super) async fn referrers_file(&self, request: &Request, visit: &Visit) -> Result<Response, Error> {
        let mut lines = vec![head(&["code", "name", "email", "status", "offer", "since", "link"])];
        let status = request.param("status").and_then(|word| Activity::named(&word));
        let unconfirmed = request.param("status").as_deref() == Some(parrain_desk::referrers::UNCONFIRMED);
        let may = self.reads(request, &visit.shop).await?;
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let ask = ListReferrers { status, unconfirmed, search: request.param("q"), cursor };
            let found = self.ask_as(&may, &visit.shop, ask).await?;
            for one in found.items {
                let link = self.link(request, &visit.shop, &one.code);
                lines.push(vec![
                    one.code.to_string(),
                    one.referrer.name.unwrap_or_default(),
                    one.referrer.email.unwrap_or_default(),
                    one.referrer.activity.name().to_owned(),
                    one.referrer.offer,
                    one.created_at.to_string(),
                    link,
                ]);
            }
            cursor = found.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        lines.extend(cursor.is_some().then(cut));
        spreadsheet("referrers.csv", &lines)
    }

    /// The orders, all or those of one outcome or code, as many as one file holds.
    pub(super) async fn orders_file(&self, request: &Request, visit: &Visit) -> Result<Response, Error> {
        let mut lines = vec![head(&[
            "order", "at", "currency", "subtotal", "discount", "outcome", "reason", "referrer", "offer",
        ])];
        let outcome = request.param("outcome").and_then(|word| Decided::named(&word));
        let code = request.param("code").map(|code| code.parse::<Code>());
        let code = code.transpose().map_err(|_| Error::NO_CODE)?;
        let may = self.reads(request, &visit.shop).await?;
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let ask = ListOrders { email_hash: None, code: code.clone(), outcome, ending: None, cursor };
            let found = self.ask_as(&may, &visit.shop, ask).await?;
            lines.extend(found.orders.into_iter().map(order_line));
            cursor = found.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        lines.extend(cursor.is_some().then(cut));
        spreadsheet("orders.csv", &lines)
    }

    /// A report by day, by referrer or by offer.
    pub(super) async fn report_file(&self, request: &Request, visit: &Visit) -> Result<Response, Error> {
        let asked = ["from", "to"].into_iter().filter_map(|name| Some((name, request.param(name)?)));
        let asked: Vec<String> = asked.map(|(name, day)| format!("{name}={}", encoded(&day))).collect();
        let (asked, by) = (asked.join("&"), request.param("by").unwrap_or_default());
        if by == "offer" {
            let path = format!("report/customers?{asked}");
            let report: CustomersReport = self.api(request, visit, Method::GET, &path, &Value::Null).await?;
            let mut lines = vec![head(&["offer", "orders", "revenue", "rewards"])];
            lines.extend(
                report
                    .offers
                    .into_iter()
                    .map(|row| vec![row.offer, row.orders.to_string(), sums(&row.sales), sums(&row.rewards)]),
            );
            if !report.bonuses.is_empty() {
                // They are under no offer, and in the sum of rewards all the same.
                let bonuses = ["bonuses", "", "", &sums(&report.bonuses)];
                lines.push(bonuses.map(str::to_owned).to_vec());
            }
            return spreadsheet("report.csv", &lines);
        }
        let path = format!("report?{asked}");
        let report: Report = self.api(request, visit, Method::GET, &path, &Value::Null).await?;
        let (first, rows) = if by == "referrer" { ("code", report.referrers) } else { ("day", report.days) };
        let mut lines = vec![head(&[
            first,
            "visits",
            "codes",
            "orders",
            "refused",
            "revenue",
            "pending",
            "approved",
            "paid",
            "donations",
        ])];
        lines.extend(rows.into_iter().map(report_line));
        spreadsheet("report.csv", &lines)
    }
}

/// The last line of a file that does not hold everything.
fn cut() -> Vec<String> {
    vec!["… there are more: narrow the list, or ask the API page by page".to_owned()]
}

fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn order_line(order: OrderSummary) -> Vec<String> {
    let text = |amount: Option<Amount>| amount.map(|amount| amount.0).unwrap_or_default();
    vec![
        order.order_id,
        order.at.to_string(),
        order.currency.map(|currency| currency.to_string()).unwrap_or_default(),
        text(order.subtotal),
        text(order.discount),
        order.outcome.name().to_owned(),
        order.reason.map(|reason| reason.name().to_owned()).unwrap_or_default(),
        order.referrer.map(|code| code.to_string()).unwrap_or_default(),
        order.offer.unwrap_or_default(),
    ]
}

fn report_line(row: ReportRow) -> Vec<String> {
    let money = |pick: fn(&MoneyTotal) -> &Amount| {
        let each = row.totals.iter().map(|total| format!("{} {}", pick(total).0, total.currency));
        each.collect::<Vec<_>>().join(" + ")
    };
    let given = row.donations.iter().map(|total| {
        let sums = [&total.pending, &total.approved, &total.paid].map(|amount| amount.0.as_str());
        format!("{} {}: {}", sums.join(" / "), total.currency, total.charity)
    });
    let donations = given.collect::<Vec<_>>().join(" + ");
    vec![
        row.day.or(row.code.map(|code| code.to_string())).unwrap_or_default(),
        row.clicks.to_string(),
        row.touches.to_string(),
        row.orders.to_string(),
        row.rejected.to_string(),
        sums(&row.revenue),
        money(|total| &total.pending),
        money(|total| &total.approved),
        money(|total| &total.paid),
        donations,
    ]
}

/// Sums of several assets in one cell.
fn sums(totals: &[AssetTotal]) -> String {
    let each: Vec<String> = totals.iter().map(|one| format!("{} {}", one.amount.0, one.asset)).collect();
    each.join(" + ")
}

/// Lines for a spreadsheet, in which no cell is a formula.
fn spreadsheet(name: &str, lines: &[Vec<String>]) -> Result<Response, Error> {
    let fault = |cause: String| Error::Internal(format!("a file of the desk: {cause}"));
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
    for line in lines {
        let cells = line.iter().map(|cell| harmless(cell));
        writer.write_record(cells).map_err(|cause| fault(cause.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|cause| fault(cause.to_string()))?;
    Ok(attached(name, "text/csv; charset=utf-8", bytes))
}

fn attached(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let answer = Response::bytes(StatusCode::OK, kind, bytes);
    answer.with(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""))
}
