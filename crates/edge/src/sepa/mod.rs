//! SEPA credit transfers: an ISO 20022 `pain.001.001.09` message, as a bank takes it from its customer.
//!
//! What stands in it is the least that the schema and the EPC's rules ask for: no addresses, since unstructured ones
//! are refused since November 2026 and structured ones are optional; `NOTPROVIDED` in place of a BIC, which the IBAN
//! already tells; charges shared (`SLEV`), as SEPA prescribes.

mod latin;

pub use latin::{cut, is_legible, latin};

use std::io;

use parrain_core::instant::Instant;
use parrain_core::money::format_amount;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesStart, BytesText, Event};
use sha2::{Digest, Sha256};

/// The largest transfer that SEPA takes, in cents: 999,999,999.99 (EPC125-05, AT-T002).
pub const MAX_CENTS: i64 = 99_999_999_999;

/// The countries and territories of SEPA by the letters that their IBANs begin with (EPC409-09, of 2025). French
/// overseas territories have French IBANs, the Crown dependencies British ones.
const MEMBERS: &[&str] = &[
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR",
    "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL",
    "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
];

/// The longest identifier, in characters.
const MOST_ID: usize = 35;

/// The longest name that SEPA carries on; the schema's own limit is 140.
const MOST_NAME: usize = 70;

/// The longest text to the payee.
const MOST_TEXT: usize = 140;

/// Cents have two decimals.
const DECIMALS: u8 = 2;

/// A message with all its transfers from one account on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Unique for ever among the debtor's messages, the same each time this file is made: by it the bank knows one
    /// that is sent twice. Made by [`reference`].
    pub id: String,
    /// When the file is made.
    pub created_at: Instant,
    /// The day on which to pay, `2026-12-01`.
    pub execution_date: String,
    /// Who pays.
    pub debtor: Party,
    /// What is paid; a bank refuses a message without any.
    pub transfers: Vec<Transfer>,
}

/// An account and the name of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The account holder's name; it is compared with the bank's (EU 2024/886).
    pub name: String,
    /// The account, without spaces, its check digits already checked.
    pub iban: String,
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// By what both sides know it, unique in the message. Made by [`reference`].
    pub end_to_end_id: String,
    /// How much, in cents; 1 to [`MAX_CENTS`].
    pub cents: i64,
    /// To whom.
    pub creditor: Party,
    /// What the payee reads.
    pub text: String,
}

/// Whether a SEPA credit transfer goes to this account.
pub fn reaches(iban: &str) -> bool {
    MEMBERS.iter().any(|country| iban.starts_with(country))
}

/// An identifier of SEPA: parts in basic characters, joined by hyphens, at most 35. A longer one ends in a hash of
/// the whole in place of what is cut off, so that two that differ stay two.
pub fn reference(parts: &[&str]) -> String {
    let plain = latin(&parts.join("-")).replace(' ', "-");
    // No slash at an end and no two of them (EPC, "Use of slash in references"): none at all.
    let plain = plain.replace('/', "-");
    if plain.len() <= MOST_ID {
        return plain;
    }
    let hash = hex::encode(Sha256::digest(parts.join("\0")));
    let (kept, _) = plain.split_at_checked(MOST_ID - 13).unwrap_or((&plain, ""));
    format!("{kept}-{}", hash.get(..12).unwrap_or_default())
}

/// The message as the XML file that is handed to the bank.
///
/// # Errors
/// Never in practice: writing to memory does not fail.
pub fn write(message: &Message) -> io::Result<Vec<u8>> {
    let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 1));
    xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let count = message.transfers.len().to_string();
    let sum = money(message.transfers.iter().map(|transfer| transfer.cents).sum());
    let root = BytesStart::new("Document")
        .with_attributes([("xmlns", "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09")]);
    xml.within(root, |xml| {
        xml.element("CstmrCdtTrfInitn", |xml| {
            xml.element("GrpHdr", |xml| {
                xml.text("MsgId", &message.id)?;
                xml.text("CreDtTm", &seconds(message.created_at))?;
                xml.text("NbOfTxs", &count)?;
                xml.text("CtrlSum", &sum)?;
                xml.element("InitgPty", |xml| xml.text("Nm", &name(&message.debtor.name)))
            })?;
            xml.element("PmtInf", |xml| {
                xml.text("PmtInfId", &message.id)?;
                xml.text("PmtMtd", "TRF")?;
                xml.text("NbOfTxs", &count)?;
                xml.text("CtrlSum", &sum)?;
                xml.element("PmtTpInf", |xml| xml.element("SvcLvl", |xml| xml.text("Cd", "SEPA")))?;
                xml.element("ReqdExctnDt", |xml| xml.text("Dt", &message.execution_date))?;
                xml.party("Dbtr", "DbtrAcct", &message.debtor)?;
                xml.element("DbtrAgt", |xml| {
                    xml.element("FinInstnId", |xml| xml.element("Othr", |xml| xml.text("Id", "NOTPROVIDED")))
                })?;
                xml.text("ChrgBr", "SLEV")?;
                message.transfers.iter().try_for_each(|transfer| xml.transfer(transfer))
            })
        })
    })?;
    let mut bytes = xml.0.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// A writer of elements.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn within(
        &mut self,
        start: BytesStart<'_>,
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let end = start.to_end().into_owned();
        self.0.write_event(Event::Start(start))?;
        content(self)?;
        self.0.write_event(Event::End(end))
    }

    fn element(
        &mut self,
        name: &'static str,
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.within(BytesStart::new(name), content)
    }

    fn text(&mut self, name: &'static str, text: &str) -> io::Result<()> {
        self.within(BytesStart::new(name), |xml| xml.0.write_event(Event::Text(BytesText::new(text))))
    }

    /// A name, and beside it the account.
    fn party(&mut self, who: &'static str, account: &'static str, party: &Party) -> io::Result<()> {
        self.element(who, |xml| xml.text("Nm", &name(&party.name)))?;
        self.element(account, |xml| xml.element("Id", |xml| xml.text("IBAN", &party.iban)))
    }

    fn transfer(&mut self, transfer: &Transfer) -> io::Result<()> {
        self.element("CdtTrfTxInf", |xml| {
            xml.element("PmtId", |xml| xml.text("EndToEndId", &transfer.end_to_end_id))?;
            xml.element("Amt", |xml| {
                let start = BytesStart::new("InstdAmt").with_attributes([("Ccy", "EUR")]);
                let amount = money(transfer.cents);
                xml.within(start, |xml| xml.0.write_event(Event::Text(BytesText::new(&amount))))
            })?;
            xml.party("Cdtr", "CdtrAcct", &transfer.creditor)?;
            let text = cut(&latin(&transfer.text), MOST_TEXT);
            if text.is_empty() {
                return Ok(());
            }
            xml.element("RmtInf", |xml| xml.text("Ustrd", &text))
        })
    }
}

/// A name as banks take it.
fn name(text: &str) -> String {
    cut(&latin(text), MOST_NAME)
}

fn money(cents: i64) -> String {
    format_amount(cents, DECIMALS)
}

/// `2026-11-20T10:00:00Z`: some banks take no fraction of a second.
fn seconds(at: Instant) -> String {
    Instant::from_millis(at.seconds().saturating_mul(1000)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        let party = |name: &str, iban: &str| Party { name: name.into(), iban: iban.into() };
        Message {
            id: reference(&["PARRAIN", "demo", "7"]),
            created_at: Instant::parse("2026-11-20T10:00:00.25Z").unwrap(),
            execution_date: "2026-11-23".into(),
            debtor: party("Atelier Lumière", "FR7630006000011234567890189"),
            transfers: vec![
                Transfer {
                    end_to_end_id: reference(&["7", "ANNA10"]),
                    cents: 1250,
                    creditor: party("Zoë <b>&\u{0}Söhne]]></b>", "DE89370400440532013000"),
                    text: "Parrainage Atelier Lumière, lot 7".into(),
                },
                Transfer {
                    end_to_end_id: reference(&["7", "BOB22"]),
                    cents: 5,
                    creditor: party(&"x".repeat(200), "NL91ABNA0417164300"),
                    text: "é".repeat(300),
                },
            ],
        }
    }

    #[test]
    fn holds_what_a_bank_asks_for() {
        let text = String::from_utf8(write(&message()).unwrap()).unwrap();
        let flat: String = text.lines().map(str::trim).collect();
        for part in [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"><CstmrCdtTrfInitn><GrpHdr><MsgId>PARRAIN-demo-7</MsgId><CreDtTm>2026-11-20T10:00:00Z</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>12.55</CtrlSum><InitgPty><Nm>Atelier Lumiere</Nm></InitgPty></GrpHdr>",
            "<ReqdExctnDt><Dt>2026-11-23</Dt></ReqdExctnDt><Dbtr><Nm>Atelier Lumiere</Nm></Dbtr><DbtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>",
            "<CdtTrfTxInf><PmtId><EndToEndId>7-ANNA10</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"EUR\">12.50</InstdAmt></Amt><Cdtr><Nm>Zoe (b)+ Sohne)))(/b)</Nm></Cdtr><CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct><RmtInf><Ustrd>Parrainage Atelier Lumiere, lot 7</Ustrd></RmtInf></CdtTrfTxInf>",
            "<InstdAmt Ccy=\"EUR\">0.05</InstdAmt>",
        ] {
            assert!(flat.contains(part), "{part}\n in {flat}");
        }
        assert!(flat.contains(&format!("<Nm>{}</Nm>", "x".repeat(70))));
        assert!(flat.contains(&format!("<Ustrd>{}</Ustrd>", "e".repeat(140))));
        assert!(!flat.contains("Adr"));
    }

    #[test]
    fn references_are_short_and_stay_apart() {
        assert_eq!(reference(&["12", "ANNA10"]), "12-ANNA10");
        assert_eq!(reference(&["/a//", "b c"]), "-a---b-c");
        let long = |end: &str| reference(&["123456", &format!("{}{end}", "A".repeat(31))]);
        assert_eq!(long("B").len(), 35);
        assert_ne!(long("B"), long("C"));
    }
}
