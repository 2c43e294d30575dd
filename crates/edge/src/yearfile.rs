//! The spreadsheet of what was paid in a year: one line for each person and currency.

use parrain_core::program::{is_money, names};
use parrain_wire::yearly::{PaidInYear, YearlyPayee};

use crate::payfile::harmless;

/// What stands before the sums.
const PERSON: &[&str] = &[
    "codes",
    "name",
    "account_holder",
    "company",
    "siret",
    "vat_number",
    "profession",
    "line1",
    "line2",
    "postal_code",
    "city",
    "country",
    "email",
    "currency",
    "amount",
];

/// The year as a spreadsheet: who, the sum in a currency, and what of it is which kind of reward. What is not money
/// follows, a line for each kind, with the kind in `currency` and the count in `amount`.
///
/// # Errors
/// Those of the writer.
pub fn csv(paid: &PaidInYear) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let kinds: Vec<&str> = names().filter(|kind| is_money(kind)).collect();
    // Spreadsheets take a file for UTF-8 only where it begins with the mark that says so.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(PERSON.iter().chain(&kinds))?;
    for payee in &paid.payees {
        for total in &payee.totals {
            let of = |kind: &str| {
                let lines = payee.paid.iter().find(|line| line.reward == kind && line.asset == total.asset);
                lines.map(|line| line.amount.as_str().to_owned()).unwrap_or_default()
            };
            let mut row = person(payee);
            row.extend([total.asset.clone(), total.amount.as_str().to_owned()]);
            row.extend(kinds.iter().map(|kind| of(kind)));
            writer.write_record(row)?;
        }
        for line in payee.paid.iter().filter(|line| !is_money(&line.reward)) {
            let mut row = person(payee);
            row.extend([harmless(&line.asset), line.amount.as_str().to_owned()]);
            row.extend(kinds.iter().map(|_| String::new()));
            writer.write_record(row)?;
        }
    }
    Ok(writer.into_inner()?)
}

fn person(payee: &YearlyPayee) -> Vec<String> {
    let business = &payee.business;
    let address = business.address.clone().unwrap_or_default();
    let codes: Vec<&str> = payee.codes.iter().map(|code| code.as_str()).collect();
    let said = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    vec![
        harmless(&codes.join(" ")),
        said(&payee.name),
        said(&payee.account_holder),
        said(&business.company),
        said(&business.siret),
        said(&business.vat_number),
        said(&business.profession),
        harmless(&address.line1),
        said(&address.line2),
        harmless(&address.postal_code),
        harmless(&address.city),
        harmless(&address.country),
        said(&payee.email),
    ]
}
