//! The files that pay a payout batch: a spreadsheet, and a SEPA credit transfer. In them alone stand payout details
//! unmasked.

use std::collections::BTreeMap;

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, format_amount, parse_amount};
use parrain_core::program::{Debtor, is_paid_out};
use parrain_wire::details::PayoutDetails;
use parrain_wire::payouts::{NotTransferred, Payout, PayoutItem, PlannedTransfer, SepaPlan};

use crate::sepa::{self, MAX_CENTS, Message, Party, Transfer};

/// The payout details of those who have given some.
type Details = BTreeMap<Code, PayoutDetails>;

/// What went wrong: an amount of ours that is none, or a writer that failed.
type Failed = Box<dyn std::error::Error>;

/// The currency of SEPA.
const EURO: &str = "EUR";

/// The most characters of order ids in one cell of the file.
const MOST_LISTED: usize = 30_000;

/// One line of the file: what one referrer gets in one asset, as one kind of reward, or what one charity gets.
#[derive(Default)]
struct Line<'a> {
    minor: i64,
    orders: Vec<&'a str>,
    name: &'a str,
    email: &'a str,
    details: Option<&'a PayoutDetails>,
}

/// Whom a line pays.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Payee<'a> {
    /// The referrer of a code.
    Referrer(&'a str),
    /// A charity, for all referrers together.
    Charity(&'a str),
}

/// A batch as a spreadsheet: one line for each payment to make, clawbacks set off against the rewards of the
/// same referrer, then one for each charity. The first three columns are those of a PayPal mass payment (e-mail, amount, currency), the
/// reference fits a bank transfer's 35 characters. `kind` narrows it to one kind of reward; `with_details` adds what
/// else a referrer has said of their account and company.
///
/// # Errors
/// Where an item's amount cannot be read, which the ledger rules out.
pub fn csv(
    batch: &Payout,
    details: &Details,
    kind: Option<&str>,
    with_details: bool,
) -> Result<Vec<u8>, Failed> {
    let mut lines: BTreeMap<(Payee<'_>, &str, &str), Line<'_>> = BTreeMap::new();
    for item in batch.items.iter().filter(|item| kind.is_none_or(|kind| item.reward == kind)) {
        let payee = match &item.charity {
            Some(charity) => Payee::Charity(charity),
            None => Payee::Referrer(item.code.as_str()),
        };
        let line = lines.entry((payee, &item.asset, &item.reward)).or_default();
        line.minor += minor(item)?;
        line.orders.push(&item.order_id);
        if let Some(charity) = &item.charity {
            line.name = charity;
            continue;
        }
        line.name = item.name.as_deref().unwrap_or_default();
        let given = details.get(&item.code);
        // PayPal is told of the account that it knows, where there is one.
        let paypal = given.and_then(|given| given.paypal.as_deref());
        line.email = paypal.or(item.email.as_deref()).unwrap_or_default();
        line.details = given;
    }
    // Spreadsheets take a file for UTF-8 only where it begins with the mark that says so.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let mut head = vec!["email", "amount", "currency", "reference", "name", "code", "reward", "orders"];
    if with_details {
        head.extend(["account_holder", "iban", "company", "vat_number", "siret"]);
    }
    writer.write_record(head)?;
    for ((payee, asset, reward), line) in lines {
        let code = match payee {
            Payee::Referrer(code) => code,
            Payee::Charity(_) => "",
        };
        let reference: String = format!("{} {code}", batch.id).trim_end().chars().take(35).collect();
        let mut row = vec![
            harmless(line.email),
            format_amount(line.minor, decimals(asset)),
            harmless(asset),
            harmless(&reference),
            harmless(line.name),
            harmless(code),
            harmless(reward),
            harmless(&listed(&line.orders)),
        ];
        if with_details {
            let of = |part: fn(&PayoutDetails) -> &Option<String>| {
                harmless(line.details.and_then(|details| part(details).as_deref()).unwrap_or_default())
            };
            row.extend([
                of(|details| &details.account_holder),
                of(|details| &details.iban),
                of(|details| &details.business.company),
                of(|details| &details.business.vat_number),
                of(|details| &details.business.siret),
            ]);
        }
        writer.write_record(&row)?;
    }
    Ok(writer.into_inner()?)
}

/// What a SEPA file is made with, beside the batch.
pub struct Sepa<'a> {
    /// The message's identifier: one for a batch, however often its file is made.
    pub message_id: String,
    /// The clock.
    pub now: Instant,
    /// The day on which to pay.
    pub execution_date: String,
    /// From which account.
    pub debtor: Debtor,
    /// By which name the payee knows the shop.
    pub shop_name: &'a str,
    /// In which language the payee is told, French or else English.
    pub locale: &'a str,
}

/// A batch as a SEPA file.
#[derive(Debug)]
pub struct Made {
    /// What the bank gets.
    pub message: Message,
    /// Who of the batch pays each transfer, in the message's order.
    payees: Vec<Code>,
    /// Whom the file does not pay, of what amount, and why.
    pub left_out: Vec<(Code, String, Refused)>,
}

/// Why a referrer of a batch is not paid by its SEPA file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// No account within SEPA was given.
    NoDetails,
    /// It is in another currency than euros.
    Currency,
    /// What is taken back is no less than what is due.
    Owes,
    /// It is more than one transfer carries.
    TooMuch,
    /// It is given by the shop itself, such as store credit, or goes to a charity.
    NotPaidOut,
}

impl Refused {
    /// The name on the wire.
    fn name(self) -> &'static str {
        match self {
            Self::NoDetails => "no_payout_details",
            Self::Currency => "currency",
            Self::Owes => "owes",
            Self::TooMuch => "too_much",
            Self::NotPaidOut => "not_paid_out",
        }
    }

    /// The reason in a sentence fragment, in the shop's language.
    pub fn words(self, locale: &str) -> &'static str {
        let french = locale.get(..2).is_some_and(|language| language.eq_ignore_ascii_case("fr"));
        match (self, french) {
            (Self::NoDetails, false) => "has given no account within SEPA",
            (Self::NoDetails, true) => "n’a pas donné de compte dans la zone SEPA",
            (Self::Currency, false) => "is to be paid in another currency than euros",
            (Self::Currency, true) => "doit être payé dans une autre monnaie que l’euro",
            (Self::Owes, false) => "has nothing due after what was taken back",
            (Self::Owes, true) => "n’a plus rien à recevoir après les reprises",
            (Self::TooMuch, false) => "is due more than one transfer carries",
            (Self::TooMuch, true) => "doit recevoir plus que ce que permet un virement",
            (Self::NotPaidOut, false) => "has what the shop gives itself, such as store credit or a donation",
            (Self::NotPaidOut, true) => "a ce que la boutique donne elle-même, comme un avoir ou un don",
        }
    }
}

/// A batch as a SEPA credit transfer: one transfer a referrer, of what is paid into an account in euros.
///
/// # Errors
/// Where an item's amount cannot be read, which the ledger rules out.
pub fn sepa(batch: &Payout, details: &Details, with: Sepa<'_>) -> Result<Made, Failed> {
    let mut due: BTreeMap<&Code, i64> = BTreeMap::new();
    let mut others: BTreeMap<(&Code, &str, Refused), i64> = BTreeMap::new();
    for item in &batch.items {
        let minor = minor(item)?;
        if !is_paid_out(&item.reward) {
            *others.entry((&item.code, &item.asset, Refused::NotPaidOut)).or_default() += minor;
        } else if item.asset == EURO {
            *due.entry(&item.code).or_default() += minor;
        } else {
            *others.entry((&item.code, &item.asset, Refused::Currency)).or_default() += minor;
        }
    }
    let (mut transfers, mut payees, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for (code, cents) in due {
        let account = details.get(code).and_then(account);
        let refused = match (cents, account) {
            (..=0, _) => Refused::Owes,
            (_, None) => Refused::NoDetails,
            (cents, _) if cents > MAX_CENTS => Refused::TooMuch,
            (cents, Some(creditor)) => {
                transfers.push(Transfer {
                    end_to_end_id: sepa::reference(&[&batch.id, code.as_str()]),
                    cents,
                    creditor,
                    text: told_to_payee(with.shop_name, code, with.locale),
                });
                payees.push(code.clone());
                continue;
            }
        };
        left_out.push((code.clone(), amount_of(cents, EURO), refused));
    }
    for ((code, asset, why), minor) in others {
        left_out.push((code.clone(), amount_of(minor, asset), why));
    }
    let Sepa { message_id, now, execution_date, debtor, .. } = with;
    let message = Message {
        id: message_id,
        created_at: now,
        execution_date,
        debtor: Party { name: debtor.name, iban: debtor.iban },
        transfers,
    };
    Ok(Made { message, payees, left_out })
}

impl Made {
    /// What the file would hold, without any account.
    pub fn told(&self, locale: &str) -> SepaPlan {
        let total = self.message.transfers.iter().map(|transfer| transfer.cents).sum();
        let paid = self.payees.iter().zip(&self.message.transfers).map(|(code, transfer)| PlannedTransfer {
            code: code.clone(),
            amount: format_amount(transfer.cents, 2).into(),
            end_to_end_id: transfer.end_to_end_id.clone(),
        });
        let left = self.left_out.iter().map(|(code, amount, refused)| NotTransferred {
            code: code.clone(),
            amount: amount.clone(),
            reason: refused.name().to_owned(),
            detail: refused.words(locale).to_owned(),
        });
        SepaPlan {
            dry_run: true,
            message_id: self.message.id.clone(),
            execution_date: self.message.execution_date.clone(),
            currency: EURO.into(),
            amount: format_amount(total, 2).into(),
            count: i64::try_from(self.message.transfers.len()).unwrap_or(i64::MAX),
            payees: paid.collect(),
            left_out: left.collect(),
        }
    }
}

/// An account that a SEPA transfer reaches, with the holder's name.
fn account(details: &PayoutDetails) -> Option<Party> {
    let iban = details.iban.clone().filter(|iban| sepa::reaches(iban))?;
    Some(Party { name: details.account_holder.clone()?, iban })
}

fn told_to_payee(shop_name: &str, code: &Code, locale: &str) -> String {
    let french = locale.get(..2).is_some_and(|language| language.eq_ignore_ascii_case("fr"));
    let what = if french { "Parrainage" } else { "Referral rewards" };
    format!("{what} {shop_name} {code}")
}

/// An amount with what it is of.
fn amount_of(minor: i64, asset: &str) -> String {
    format!("{} {asset}", format_amount(minor, decimals(asset)))
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
    Ok(match item.amount.as_str().strip_prefix('-') {
        Some(amount) => -parse_amount(amount, decimals)?,
        None => parse_amount(item.amount.as_str(), decimals)?,
    })
}

/// A text that no spreadsheet takes for a formula (OWASP, "CSV Injection"). One that separates cells by
/// semicolons, as in French, begins another cell within ours at each of them; the full-width signs are those
/// that some take for the plain ones.
pub(crate) fn harmless(text: &str) -> String {
    let risky = |cell: &str| {
        let signs = ['=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
        cell.starts_with(['\t', '\r', '\n'])
            || cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"').starts_with(signs)
    };
    let quoted = |cell| if risky(cell) { format!("'{cell}") } else { cell.to_owned() };
    text.split(';').map(quoted).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use parrain_core::event::Kind;
    use parrain_wire::details::Business;

    fn item(code: &str, name: &str, order: &str, asset: &str, amount: &str) -> PayoutItem {
        PayoutItem {
            code: code.parse().unwrap(),
            name: Some(name.into()),
            email: Some(format!("{}@example.com", code.to_lowercase())),
            order_id: order.into(),
            kind: Kind::Sale.into(),
            reward: if asset == "points" { "points" } else { "cash" }.into(),
            asset: asset.into(),
            amount: amount.into(),
            charity: None,
        }
    }

    fn batch(items: Vec<PayoutItem>) -> Payout {
        let now = Instant::parse("2026-11-20T00:00:00Z").unwrap();
        Payout {
            id: "p-1".into(),
            until: now,
            created_at: now,
            paid_at: None,
            count: items.len() as i64,
            totals: Vec::new(),
            selection: Default::default(),
            items,
            left_out: Vec::new(),
        }
    }

    fn file(items: Vec<PayoutItem>) -> String {
        String::from_utf8(csv(&batch(items), &Details::new(), None, false).unwrap()).unwrap()
    }

    fn details(code: &str, given: PayoutDetails) -> Details {
        Details::from([(code.parse().unwrap(), given)])
    }

    fn banked() -> PayoutDetails {
        PayoutDetails {
            iban: Some("FR7630006000011234567890189".into()),
            account_holder: Some("Zoë Martin".into()),
            paypal: Some("zoe@paypal.example".into()),
            business: Business { company: Some("=cmd".into()), ..Business::default() },
        }
    }

    fn made(items: Vec<PayoutItem>, given: Details) -> Made {
        let now = Instant::parse("2026-11-20T00:00:00Z").unwrap();
        let debtor = Debtor { name: "Atelier Lumière".into(), iban: "DE89370400440532013000".into() };
        let with = Sepa {
            message_id: "PARRAIN-p-1".into(),
            now,
            execution_date: "2026-11-23".into(),
            debtor,
            shop_name: "Atelier Lumière",
            locale: "fr",
        };
        sepa(&batch(items), &given, with).unwrap()
    }

    #[test]
    fn a_file_may_hold_one_kind_and_the_accounts() {
        let mut credit = item("ANNA10", "Anna", "1004", "EUR", "7.00");
        credit.reward = "store_credit".into();
        let items = vec![
            item("ANNA10", "Anna", "1001", "EUR", "10.00"),
            credit,
            item("BOB", "Bob", "1002", "EUR", "1.00"),
        ];
        let text = csv(&batch(items), &details("ANNA10", banked()), Some("cash"), true).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "\u{feff}email,amount,currency,reference,name,code,reward,orders,account_holder,iban,company,vat_number,siret\n\
             zoe@paypal.example,10.00,EUR,p-1 ANNA10,Anna,ANNA10,cash,1001,Zoë Martin,FR7630006000011234567890189,'=cmd,,\n\
             bob@example.com,1.00,EUR,p-1 BOB,Bob,BOB,cash,1002,,,,,\n"
        );
    }

    #[test]
    fn a_charity_has_one_line_for_all_and_no_transfer() {
        let donated = |code: &str, order: &str, charity: &str, amount: &str| PayoutItem {
            reward: "donation".into(),
            charity: Some(charity.into()),
            ..item(code, code, order, "EUR", amount)
        };
        let items = vec![
            donated("ANNA10", "1001", "Les Restos du Cœur", "5.00"),
            donated("ANNA10", "1002", "=cmd", "5.00"),
            donated("BOB", "1003", "Les Restos du Cœur", "2.50"),
            item("CARL", "Carl", "1004", "EUR", "10.00"),
        ];
        assert_eq!(
            file(items.clone()),
            "\u{feff}email,amount,currency,reference,name,code,reward,orders\n\
             carl@example.com,10.00,EUR,p-1 CARL,Carl,CARL,cash,1004\n\
             ,5.00,EUR,p-1,'=cmd,,donation,1002\n\
             ,7.50,EUR,p-1,Les Restos du Cœur,,donation,1001 1003\n"
        );
        let given =
            [("ANNA10", banked()), ("CARL", banked())].map(|(code, one)| (code.parse().unwrap(), one));
        let made = made(items, given.into());
        let [transfer] = made.message.transfers.as_slice() else { panic!("{made:?}") };
        assert_eq!((transfer.cents, transfer.end_to_end_id.as_str()), (1000, "p-1-CARL"));
        let left: Vec<(&str, &str, Refused)> =
            made.left_out.iter().map(|(code, amount, why)| (code.as_str(), amount.as_str(), *why)).collect();
        assert_eq!(
            left,
            [("ANNA10", "10.00 EUR", Refused::NotPaidOut), ("BOB", "2.50 EUR", Refused::NotPaidOut)]
        );
    }

    #[test]
    fn a_transfer_is_one_a_referrer_and_tells_who_is_not_in_it() {
        let mut commission = item("ANNA10", "Anna", "1002", "EUR", "5.50");
        commission.reward = "commission".into();
        let mut credit = item("ANNA10", "Anna", "1003", "EUR", "3.00");
        credit.reward = "store_credit".into();
        let mut abroad = banked();
        abroad.iban = Some("BR1800360305000010009795493C1".into());
        let given = [("ANNA10", banked()), ("CARL", banked()), ("DORA", banked()), ("EMIL", abroad)];
        let given = given.map(|(code, given)| (code.parse().unwrap(), given)).into();
        let made = made(
            vec![
                item("ANNA10", "Anna", "1001", "EUR", "10.00"),
                commission,
                credit,
                item("ANNA10", "Anna", "1004", "USD", "4.00"),
                item("BOB", "Bob", "1005", "EUR", "1.00"),
                item("CARL", "Carl", "1006", "EUR", "-1.00"),
                item("DORA", "Dora", "1007", "EUR", "1000000000.00"),
                item("EMIL", "Emil", "1008", "EUR", "1.00"),
            ],
            given,
        );
        let [transfer] = made.message.transfers.as_slice() else { panic!("{made:?}") };
        assert_eq!((transfer.cents, transfer.end_to_end_id.as_str()), (1550, "p-1-ANNA10"));
        assert_eq!(transfer.creditor.name, "Zoë Martin", "the holder's name, not the referrer's");
        let left: Vec<(&str, &str, Refused)> =
            made.left_out.iter().map(|(code, amount, why)| (code.as_str(), amount.as_str(), *why)).collect();
        assert_eq!(
            left,
            [
                ("BOB", "1.00 EUR", Refused::NoDetails),
                ("CARL", "-1.00 EUR", Refused::Owes),
                ("DORA", "1000000000.00 EUR", Refused::TooMuch),
                ("EMIL", "1.00 EUR", Refused::NoDetails),
                ("ANNA10", "3.00 EUR", Refused::NotPaidOut),
                ("ANNA10", "4.00 USD", Refused::Currency),
            ]
        );
        let told = serde_json::to_string(&made.told("fr")).unwrap();
        assert!(!told.contains("FR76") && told.contains("\"amount\":\"15.50\""), "{told}");
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
