//! Payout batches, and the file of one that a bank or a mass payment takes.

use super::body;
use super::{Answer, App, Env};
use crate::http::{Request, Response, StatusCode, header};
use crate::problem::Error;
use crate::protocol::Ask;
use crate::protocol::calls::{CreatePayout, GetPayout, ListPayouts};
use crate::shop_id::ShopId;
use parrain_core::check::{Faults, Node};
use parrain_core::money::{Currency, format_amount, parse_amount};
use parrain_core::wire::{Payout, PayoutItem};
use serde_json::json;
use std::collections::BTreeMap;

impl<E: Env> App<E> {
    pub(super) async fn create_payout(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let until = root.field("until").instant(&mut faults);
        let until = body::checked(faults, until)?.ok_or_else(|| Error::invalid("/until", "is missing"))?;
        let batch = self.ask(id, CreatePayout { until }).await?;
        Ok(Response::json(StatusCode::CREATED, &batch)?)
    }

    pub(super) async fn list_payouts(&self, request: &Request, id: &ShopId) -> Answer {
        self.owner(request, id).await?;
        let page = self.ask(id, ListPayouts { cursor: request.param("cursor") }).await?;
        let body = json!({"payouts": page.items, "next_cursor": page.next_cursor});
        Ok(Response::json(StatusCode::OK, &body)?)
    }

    /// One batch, looked at or marked paid.
    pub(super) async fn one_payout<A>(&self, request: &Request, id: &ShopId, ask: A) -> Answer
    where
        A: Ask<Answer = Payout>,
    {
        self.owner(request, id).await?;
        Ok(Response::json(StatusCode::OK, &self.ask(id, ask).await?)?)
    }

    pub(super) async fn payout_csv(&self, request: &Request, id: &ShopId, batch: String) -> Answer {
        self.owner(request, id).await?;
        let batch = self.ask(id, GetPayout { id: batch }).await?;
        let file = format!("attachment; filename=\"payout-{id}-{}.csv\"", file_name(&batch.id));
        let text = csv(&batch).map_err(|fault| Error::Internal(format!("a payout's file: {fault}")))?;
        Ok(Response::bytes(StatusCode::OK, "text/csv; charset=utf-8", text)
            .with(header::CONTENT_DISPOSITION, &file))
    }
}

/// The most characters of order ids in one cell of the file.
const MOST_LISTED: usize = 30_000;

/// One line of the file: what one referrer gets in one asset, as one kind of reward.
#[derive(Default)]
struct Line<'a> {
    minor: i64,
    orders: Vec<&'a str>,
    name: &'a str,
    email: &'a str,
}

/// A batch as a spreadsheet: one line for each payment to make, clawbacks set off against the rewards of the
/// same referrer. The first three columns are those of a PayPal mass payment (e-mail, amount, currency), the
/// reference fits a bank transfer's 35 characters.
fn csv(batch: &Payout) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut lines: BTreeMap<(&str, &str, &str), Line<'_>> = BTreeMap::new();
    for item in &batch.items {
        let line = lines.entry((item.code.as_str(), &item.asset, &item.reward)).or_default();
        line.minor += minor(item)?;
        line.orders.push(&item.order_id);
        line.name = item.name.as_deref().unwrap_or_default();
        line.email = item.email.as_deref().unwrap_or_default();
    }
    // Spreadsheets take a file for UTF-8 only where it begins with the mark that says so.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(["email", "amount", "currency", "reference", "name", "code", "reward", "orders"])?;
    for ((code, asset, reward), line) in lines {
        let reference: String = format!("{} {code}", batch.id).chars().take(35).collect();
        writer.write_record([
            &harmless(line.email),
            &format_amount(line.minor, decimals(asset)),
            &harmless(asset),
            &harmless(&reference),
            &harmless(line.name),
            &harmless(code),
            &harmless(reward),
            &harmless(&listed(&line.orders)),
        ])?;
    }
    Ok(writer.into_inner()?)
}

/// The orders of a payment in one cell. Spreadsheets hold 32,767 characters in one and break the row at the rest:
/// what is beyond is counted, the batch itself names all.
fn listed(orders: &[&str]) -> String {
    let mut room = MOST_LISTED;
    let fits = |order: &&&str| {
        room = room.saturating_sub(order.chars().count() + 1);
        room > 0
    };
    let mut named: Vec<&str> = orders.iter().take_while(fits).copied().collect();
    let beyond = format!("… +{}", orders.len() - named.len());
    if named.len() < orders.len() {
        named.push(&beyond);
    }
    named.join(" ")
}

/// Decimals of an asset: a currency's own, none for units.
fn decimals(asset: &str) -> u8 {
    Currency::parse(asset).map_or(0, |currency| currency.decimals())
}

fn minor(item: &PayoutItem) -> Result<i64, Box<dyn std::error::Error>> {
    let decimals = decimals(&item.asset);
    Ok(match item.amount.strip_prefix('-') {
        Some(amount) => -parse_amount(amount, decimals)?,
        None => parse_amount(&item.amount, decimals)?,
    })
}

/// A text that no spreadsheet takes for a formula (OWASP, "CSV Injection"). One that separates cells by
/// semicolons, as in French, begins another cell within ours at each of them; the full-width signs are those
/// that some take for the plain ones.
fn harmless(text: &str) -> String {
    let risky = |cell: &str| {
        let signs = ['=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
        cell.starts_with(['\t', '\r', '\n'])
            || cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"').starts_with(signs)
    };
    let quoted = |cell| if risky(cell) { format!("'{cell}") } else { cell.to_owned() };
    text.split(';').map(quoted).collect::<Vec<_>>().join(";")
}

/// A batch's id as part of a file's name.
fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parrain_core::event::Kind;
    use parrain_core::instant::Instant;

    fn item(code: &str, name: &str, order: &str, asset: &str, amount: &str) -> PayoutItem {
        PayoutItem {
            code: code.parse().unwrap(),
            name: Some(name.into()),
            email: Some(format!("{}@example.com", code.to_lowercase())),
            order_id: order.into(),
            kind: Kind::Sale,
            reward: if asset == "points" { "points" } else { "cash" }.into(),
            asset: asset.into(),
            amount: amount.into(),
        }
    }

    fn file(items: Vec<PayoutItem>) -> String {
        let now = Instant::parse("2026-11-20T00:00:00Z").unwrap();
        let batch = Payout {
            id: "p-1".into(),
            until: now,
            created_at: now,
            paid_at: None,
            count: items.len() as i64,
            totals: Vec::new(),
            items,
        };
        String::from_utf8(csv(&batch).unwrap()).unwrap()
    }

    #[test]
    fn one_line_a_payment() {
        let text = file(vec![
            item("ANNA10", "Anna", "1001", "EUR", "10.00"),
            item("ANNA10", "Anna", "1002", "EUR", "5.50"),
            item("ANNA10", "Anna", "0999", "EUR", "-3.00"),
            item("ANNA10", "Anna", "1003", "JPY", "1200"),
            item("BOB", "Bob, \"Jr\"", "1004", "points", "200"),
            item("CARL", "Carl", "1005", "KWD", "-1.250"),
        ]);
        assert_eq!(
            text,
            "\u{feff}email,amount,currency,reference,name,code,reward,orders\n\
             anna10@example.com,12.50,EUR,p-1 ANNA10,Anna,ANNA10,cash,1001 1002 0999\n\
             anna10@example.com,1200,JPY,p-1 ANNA10,Anna,ANNA10,cash,1003\n\
             bob@example.com,200,points,p-1 BOB,\"Bob, \"\"Jr\"\"\",BOB,points,1004\n\
             carl@example.com,-1.250,KWD,p-1 CARL,Carl,CARL,cash,1005\n"
        );
    }

    #[test]
    fn a_cell_is_never_too_long_for_a_spreadsheet() {
        let orders: Vec<String> = (10_000..19_000).map(|number| number.to_string()).collect();
        let orders: Vec<&str> = orders.iter().map(String::as_str).collect();
        let cell = listed(&orders);
        assert!(cell.starts_with("10000 10001 ") && cell.ends_with(" 14998 … +4001"), "{}", &cell[29_900..]);
        assert!(cell.chars().count() < 32_767);
        assert_eq!(listed(&orders[..3]), "10000 10001 10002");
        assert_eq!(listed(&[]), "");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for name in [
            "=HYPERLINK(\"http://evil\")",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            " =1",
            "\r=1",
            "\tAnna",
            "\u{ff1d}1",
            "\u{a0}=1",
            "\"=1",
        ] {
            let text = file(vec![item("ANNA10", name, "=cmd", "EUR", "1.00")]);
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!(&row[4], format!("'{name}"));
            assert_eq!(&row[7], "'=cmd");
        }
        for (name, cell) in
            [("Anna; =1;x", "Anna;' =1;x"), ("Anna;\"=1", "Anna;'\"=1"), ("Anna-Lise", "Anna-Lise")]
        {
            let text = file(vec![item("ANNA10", name, "1;+2", "EUR", "1.00")]);
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!((&row[4], &row[7]), (cell, "1;'+2"));
        }
    }
}
