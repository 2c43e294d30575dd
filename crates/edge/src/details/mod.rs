//! Where and as whom a referrer is paid: read with every fault named, sealed for the ledger, shown masked.
//!
//! Nobody but the file that pays sees more of it than enough to recognise one's own.

pub mod seal;

use parrain_core::check::{Faults, Node};
use parrain_core::iban;
use parrain_core::payout::Method;
use parrain_wire::details::{Address, Business, PayoutDetails};

use crate::app::body;
use crate::sepa;

/// The longest company name, in characters.
const MOST_COMPANY: usize = 140;

/// The longest account holder's name: what SEPA carries on.
const MOST_HOLDER: usize = 70;

/// The longest line of an address.
const MOST_LINE: usize = 100;

/// The French country code, whose VAT numbers and SIRETs have check digits of their own.
const FRANCE: &str = "FR";

/// Whose VAT numbers are known: the European Union's members, as VIES writes them, and their neighbours.
const VAT_PREFIXES: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI", "GB", "CHE", "NO",
];

/// Reads the body of `PUT …/payout-details`.
pub fn read(root: &Node<'_>, faults: &mut Faults) -> PayoutDetails {
    if root.object(faults).is_none() {
        return PayoutDetails::default();
    }
    root.only(
        faults,
        &["iban", "account_holder", "paypal", "company", "vat_number", "siret", "profession", "address"],
    );
    let iban_at = root.field("iban");
    let given = iban_at.optional_text(faults, 60);
    let iban = given.and_then(|text| read_iban(&iban_at, text, faults));
    let holder_at = root.field("account_holder");
    let account_holder = holder_at.optional_text(faults, MOST_HOLDER).map(|name| name.trim().to_owned());
    match &account_holder {
        Some(name) if !sepa::is_legible(name) => {
            faults.add(&holder_at, "must be written in the letters in which the bank has it");
        }
        None if given.is_some() && !holder_at.is_present() => {
            faults.add(&holder_at, "is needed beside an IBAN: the bank compares it with its own");
        }
        _ => {}
    }
    let paypal = body::email(&root.field("paypal"), faults);
    if given.is_none() && !root.field("paypal").is_present() && !iban_at.is_present() {
        faults.add(root, "must say where to pay: an iban or a paypal address");
    }
    let text = |name: &str, most: usize, faults: &mut Faults| {
        root.field(name).optional_text(faults, most).map(|text| text.trim().to_owned())
    };
    let business = Business {
        company: text("company", MOST_COMPANY, faults),
        vat_number: read_vat(&root.field("vat_number"), faults),
        siret: read_siret(&root.field("siret"), faults),
        profession: text("profession", MOST_LINE, faults),
        address: read_address(&root.field("address"), faults),
    };
    PayoutDetails { iban, account_holder, paypal, business }
}

/// How details let one be paid.
pub fn methods(details: &PayoutDetails) -> Vec<Method> {
    let sepa = details.iban.as_deref().is_some_and(sepa::reaches) && details.account_holder.is_some();
    let paypal = details.paypal.is_some();
    [(Method::Sepa, sepa), (Method::Paypal, paypal)]
        .into_iter()
        .filter_map(|(method, given)| given.then_some(method))
        .collect()
}

/// Enough to recognise one's own by, and no more.
pub fn masked(details: &PayoutDetails) -> PayoutDetails {
    let shown = |first: usize, last: usize| move |text: &String| ends(text, first, last);
    let business = &details.business;
    PayoutDetails {
        iban: details.iban.as_ref().map(shown(2, 4)),
        account_holder: details.account_holder.as_deref().map(initials),
        paypal: details.paypal.as_deref().map(mask_address),
        business: Business {
            company: business.company.as_deref().map(initials),
            vat_number: business.vat_number.as_ref().map(shown(2, 3)),
            siret: business.siret.as_ref().map(shown(0, 3)),
            profession: business.profession.as_ref().map(|_| DOTS.to_owned()),
            address: business.address.as_ref().map(|address| Address {
                line1: DOTS.into(),
                line2: address.line2.as_ref().map(|_| DOTS.into()),
                postal_code: ends(&address.postal_code, 2, 0),
                city: DOTS.into(),
                country: address.country.clone(),
            }),
        },
    }
}

/// An account number whose form and check digits are right, without spaces.
fn read_iban(node: &Node<'_>, text: &str, faults: &mut Faults) -> Option<String> {
    iban::parse(text).map_err(|fault| faults.add(node, fault.to_string())).ok()
}

/// A VAT number with its country's letters before it.
fn read_vat(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let text = node.optional_text(faults, 30)?;
    let plain: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let plain = plain.to_ascii_uppercase();
    let number = VAT_PREFIXES.iter().find_map(|prefix| plain.strip_prefix(prefix));
    let formed = number
        .is_some_and(|number| (5..=13).contains(&number.len()) && number.bytes().any(|b| b.is_ascii_digit()));
    if !formed {
        faults.add(node, "must be a VAT number with its country's letters, such as \"FR44732829320\"");
        return None;
    }
    if let Some(number) = plain.strip_prefix(FRANCE)
        && !french_vat_is_right(number)
    {
        faults.add(node, "is not a French VAT number: a digit may be wrong");
        return None;
    }
    Some(plain)
}

/// Two characters of key and the nine digits of a SIREN. A key of two digits is `12 + 3 · SIREN` modulo 97 (BOFiP,
/// BOI-TVA-DECLA-20-10-20); keys with letters exist, whose rule is not published.
fn french_vat_is_right(number: &str) -> bool {
    let Some((key, siren)) = number.split_at_checked(2) else { return false };
    let Some(number) = digits(siren, 9) else { return false };
    match key.parse::<u64>() {
        Ok(key) => (12 + 3 * (number % 97)) % 97 == key,
        Err(_) => key.bytes().all(|byte| byte.is_ascii_alphanumeric()),
    }
}

/// The number of a French establishment: 14 digits whose Luhn sum is a multiple of ten. Those of La Poste are known
/// to differ: the plain sum of their digits is a multiple of five (INSEE, documentation of Sirene).
fn read_siret(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let text = node.optional_text(faults, 30)?;
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let right = digits(&plain, 14).is_some() && {
        let all = || plain.bytes().map(|byte| u32::from(byte.wrapping_sub(b'0')));
        let luhn: u32 = all()
            .rev()
            .enumerate()
            .map(|(place, digit)| match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, twice) => twice % 10 + twice / 10,
            })
            .sum();
        luhn.is_multiple_of(10) || (plain.starts_with("356000000") && all().sum::<u32>().is_multiple_of(5))
    };
    if !right {
        faults.add(node, "must be a SIRET of 14 digits; a digit may be wrong");
    }
    right.then_some(plain)
}

fn read_address(node: &Node<'_>, faults: &mut Faults) -> Option<Address> {
    if !node.is_present() || node.object(faults).is_none() {
        return None;
    }
    node.only(faults, &["line1", "line2", "postal_code", "city", "country"]);
    let mut text =
        |name: &str, most: usize| node.field(name).text(faults, most).map(|text| text.trim().to_owned());
    let (line1, postal_code, city) =
        (text("line1", MOST_LINE), text("postal_code", 16), text("city", MOST_LINE));
    let country_at = node.field("country");
    let country = country_at.text(faults, 60).map(str::to_ascii_uppercase);
    if country
        .as_ref()
        .is_some_and(|country| country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()))
    {
        faults.add(&country_at, "must be a country's two letters, such as \"FR\"");
    }
    let line2 = node.field("line2").optional_text(faults, MOST_LINE).map(|text| text.trim().to_owned());
    Some(Address { line1: line1?, line2, postal_code: postal_code?, city: city?, country: country? })
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<u64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// What stands for what is hidden.
const DOTS: &str = "•••";

/// The first and last characters, where at least as many are hidden.
fn ends(text: &str, first: usize, last: usize) -> String {
    let length = text.chars().count();
    if length < 2 * (first + last) {
        return DOTS.into();
    }
    let head: String = text.chars().take(first).collect();
    let tail: String = text.chars().skip(length - last).collect();
    format!("{head}{DOTS}{tail}")
}

/// The first letter of each word.
fn initials(name: &str) -> String {
    let words = name.split_whitespace().filter_map(|word| word.chars().next());
    words.map(|letter| format!("{letter}{DOTS}")).collect::<Vec<_>>().join(" ")
}

/// The first letter, and the domain's end.
fn mask_address(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    let end = domain.rsplit_once('.').map_or("", |(_, end)| end);
    format!("{first}{DOTS}@{DOTS}.{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: Value) -> Result<PayoutDetails, Vec<String>> {
        let mut faults = Faults::default();
        let details = super::read(&Node::root(&body), &mut faults);
        faults.into_result(details).map_err(|faults| faults.into_iter().map(|fault| fault.pointer).collect())
    }

    fn whole() -> Value {
        json!({"iban": "fr76 3000 6000 0112 3456 7890 189", "account_holder": " Zoë Martin ", "paypal": "zoe@example.com",
            "company": "Studio Zoë", "vat_number": "FR 44 732 829 320", "siret": "732 829 320 00074", "profession": "Apporteur d'affaires",
            "address": {"line1": "1 rue de la Paix", "postal_code": "75002", "city": "Paris", "country": "fr"}})
    }

    #[test]
    fn is_read_and_tidied() {
        let details = read(whole()).unwrap();
        assert_eq!(details.iban.as_deref(), Some("FR7630006000011234567890189"));
        assert_eq!(details.account_holder.as_deref(), Some("Zoë Martin"));
        assert_eq!(details.business.vat_number.as_deref(), Some("FR44732829320"));
        assert_eq!(details.business.address.as_ref().unwrap().country, "FR");
        assert_eq!(methods(&details), [Method::Sepa, Method::Paypal]);
        assert_eq!(methods(&read(json!({"paypal": "zoe@example.com"})).unwrap()), [Method::Paypal]);
        let abroad = json!({"iban": "BR1800360305000010009795493C1", "account_holder": "Zoe"});
        assert_eq!(methods(&read(abroad).unwrap()), [], "no SEPA transfer goes to Brazil");
    }

    #[test]
    fn every_fault_has_its_place() {
        let wrong = |pointer: &str, value: Value| {
            let mut body = whole();
            *body.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(read(body), Err(vec![pointer.to_owned()]), "{value}");
        };
        // A digit changed, two exchanged, one missing, another country's form, a country without IBANs, none at all.
        for iban in [
            "FR7630006000011234567890188",
            "FR7630006000011234576890189",
            "FR763000600001123456789018",
            "DE7630006000011234567890189",
            "US64SVBKUS6S3300958879",
            "0612345678",
            "FR76",
        ] {
            wrong("/iban", json!(iban));
        }
        wrong("/account_holder", json!("李小龙"));
        wrong("/account_holder", json!("x".repeat(71)));
        wrong("/account_holder", Value::Null);
        wrong("/paypal", json!("zoe"));
        for vat in ["FR45732829320", "732829320", "FR4473282932", "US123456789", "DE"] {
            wrong("/vat_number", json!(vat));
        }
        for siret in ["73282932000075", "7328293200007", "three"] {
            wrong("/siret", json!(siret));
        }
        wrong("/address/country", json!("France"));
        wrong("/address/city", json!(" "));
        wrong("/address", json!("Paris"));
        assert_eq!(read(json!({})), Err(vec![String::new()]));
        assert_eq!(read(json!({"company": "Studio"})), Err(vec![String::new()]));
        assert_eq!(read(json!([])), Err(vec![String::new()]));
        assert_eq!(read(json!({"paypal": "zoe@example.com", "IBAN": 1})), Err(vec!["/IBAN".into()]));
        assert_eq!(read(json!({"iban": 7, "paypal": 8})), Err(vec!["/iban".into(), "/paypal".into()]));
    }

    #[test]
    fn la_poste_has_sirets_of_its_own() {
        let body = |siret: &str| json!({"paypal": "zoe@example.com", "siret": siret});
        assert!(read(body("35600000000048")).is_ok());
        assert!(read(body("35600000049837")).is_ok());
        assert!(read(body("35600000049838")).is_err());
    }

    #[test]
    fn what_is_shown_gives_nothing_away() {
        let details = read(whole()).unwrap();
        assert_eq!(
            serde_json::to_value(masked(&details)).unwrap(),
            json!({"iban": "FR•••0189", "account_holder": "Z••• M•••", "paypal": "z•••@•••.com", "company": "S••• Z•••",
                "vat_number": "FR•••320", "siret": "•••074", "profession": "•••",
                "address": {"line1": "•••", "postal_code": "75•••", "city": "•••", "country": "FR"}})
        );
        assert_eq!(format!("{details:?}"), "PayoutDetails(…)");
    }
}
