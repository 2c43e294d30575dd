//! What the columns of an export are, by their names: of a list of people, and of a list of sales.

use parrain_sheet::headings::{by_name, folded};
use parrain_wire::imports::{ImportColumn as Column, Software};

/// Of what a file is a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Referrers, a line each.
    People,
    /// Sales with what a referrer earned of them, a line each.
    Sales,
}

const ALL: [Column; 22] = [
    Column::Code,
    Column::Coupon,
    Column::Link,
    Column::Email,
    Column::CustomerEmail,
    Column::Sale,
    Column::CommissionId,
    Column::Commission,
    Column::Amount,
    Column::Balance,
    Column::Person,
    Column::FirstName,
    Column::LastName,
    Column::Name,
    Column::CustomerId,
    Column::Customer,
    Column::Paid,
    Column::Status,
    Column::Rate,
    Column::RateType,
    Column::Currency,
    Column::At,
];

/// Of what a file is a list, and what its columns are.
pub fn columns(names: &[String], software: Software) -> (Kind, Vec<Option<Column>>) {
    let folded: Vec<String> = names.iter().map(|name| folded(name)).collect();
    let found = |kind| by_name(&folded, &ALL, |column| names_of(kind, software, column));
    let sales = found(Kind::Sales);
    let has = |column| sales.contains(&Some(column));
    let whose = has(Column::Email) || has(Column::Code) || has(Column::Coupon);
    let known_again = has(Column::Sale) || has(Column::CommissionId) || has(Column::At);
    if has(Column::Commission) && known_again && whose && !has(Column::Balance) {
        return (Kind::Sales, sales);
    }
    (Kind::People, found(Kind::People))
}

/// How much a record looks like headings.
pub fn weight(record: &[String]) -> usize {
    let of = |kind| {
        let folded: Vec<String> = record.iter().map(|name| folded(name)).collect();
        by_name(&folded, &ALL, |column| names_of(kind, Software::Other, column)).iter().flatten().count() * 2
    };
    of(Kind::People).max(of(Kind::Sales))
}

/// The names that a column may have, those of the software itself first.
fn names_of(kind: Kind, software: Software, column: Column) -> Vec<&'static str> {
    let own: &[&str] = match (software, kind, column) {
        // `?ref=` takes the user's name or the number, whichever the shop chose to show.
        (Software::AffiliateWp, _, Column::Code) => &["username"],
        // What it calls the amount is what the affiliate earned.
        (Software::AffiliateWp, Kind::Sales, Column::Commission) => &["amount"],
        (Software::AffiliateWp, Kind::Sales, Column::Amount) => return Vec::new(),
        (Software::AffiliateWp, Kind::Sales, Column::Email) => &["email"],
        // What its list of affiliates calls the commission is a rate in per cent.
        (Software::OpenCart, Kind::People, Column::Rate) => &["commission"],
        (Software::OpenCart, Kind::People, Column::Code) => &["tracking", "code"],
        (Software::OpenCart, Kind::People, Column::CustomerId) => &["customer id"],
        (Software::OpenCart, Kind::People, Column::Name) => &["name", "customer", "affiliate"],
        // The order's own address is its customer's; the affiliate is known by the tracking code.
        (Software::OpenCart, Kind::Sales, Column::CustomerEmail) => &["email"],
        _ => &[],
    };
    let general: &[&str] = match (kind, column) {
        (_, Column::Code) => &[
            "referral code",
            "ref code",
            "default ref id",
            "ref id",
            "affiliate code",
            "affiliate token",
            "link token",
            "token",
            "tracking code",
            "tracking",
            "code",
            "code de parrainage",
            "code parrain",
        ],
        (_, Column::Coupon) => &[
            "coupon",
            "coupon code",
            "coupon codes",
            "coupons",
            "referral coupon",
            "discount code",
            "promo code",
            "promo codes",
            "code promo",
            "code de reduction",
        ],
        (_, Column::Link) => &[
            "referral link",
            "affiliate link",
            "ref link",
            "referral url",
            "affiliate url",
            "link",
            "links",
            "url",
            "lien",
            "lien de parrainage",
        ],
        (Kind::People, Column::Person) => {
            &["affiliate id", "promoter id", "advocate id", "partner id", "id", "identifiant"]
        }
        (Kind::Sales, Column::Person) => &["affiliate id", "promoter id", "advocate id", "partner id"],
        (_, Column::FirstName) => &[
            "first name",
            "firstname",
            "affiliate first name",
            "promoter first name",
            "advocate first name",
            "prenom",
        ],
        (_, Column::LastName) => &[
            "last name",
            "lastname",
            "affiliate last name",
            "promoter last name",
            "advocate last name",
            "surname",
            "nom de famille",
        ],
        (_, Column::Name) => &[
            "name",
            "full name",
            "affiliate name",
            "promoter name",
            "advocate name",
            "partner name",
            "affiliate",
            "promoter",
            "advocate",
            "nom",
            "parrain",
        ],
        (Kind::People, Column::Email) => &[
            "email",
            "e mail",
            "email address",
            "affiliate email",
            "promoter email",
            "advocate email",
            "partner email",
            "email id",
            "adresse e mail",
            "adresse email",
            "courriel",
            "mail",
        ],
        (Kind::Sales, Column::Email) => &[
            "affiliate email",
            "promoter email",
            "advocate email",
            "referrer email",
            "partner email",
            "affiliate e mail",
            "e mail du parrain",
        ],
        (Kind::People, Column::CustomerId) => &[
            "customer id",
            "cust id",
            "shopify customer id",
            "stripe customer id",
            "client id",
            "identifiant client",
        ],
        (_, Column::Paid) => {
            &["payment status", "payout status", "paid status", "paid", "is paid", "statut du paiement"]
        }
        (Kind::Sales, Column::Status) => {
            &["commission status", "status", "state", "approved", "statut", "etat"]
        }
        (Kind::People, Column::Status) => &["status", "state", "affiliate status", "statut", "etat"],
        (Kind::People, Column::Rate) => &[
            "commission rate",
            "commission percent",
            "commission percentage",
            "rate",
            "taux",
            "taux de commission",
        ],
        (Kind::People, Column::RateType) => &["rate type", "commission type"],
        // A list of sales has none: one that has is of people.
        (_, Column::Balance) => &[
            "unpaid balance",
            "current balance",
            "balance due",
            "outstanding balance",
            "balance",
            "unpaid commission",
            "unpaid commissions",
            "unpaid earnings",
            "unpaid amount",
            "unpaid",
            "pending payment",
            "pending payout",
            "commission due",
            "amount due",
            "amount owed",
            "due",
            "owed",
            "solde",
            "solde du",
            "montant du",
            "a payer",
        ],
        (_, Column::Currency) => &["currency", "currency code", "devise", "monnaie"],
        (Kind::Sales, Column::Sale) => &[
            "order id",
            "order number",
            "order no",
            "order",
            "order name",
            "external id",
            "reference",
            "transaction id",
            "sale id",
            "numero de commande",
            "commande",
            // Last, and of any software: what is owed is known again whoever's export it was said to be.
            "charge id",
            "invoice id",
        ],
        (Kind::Sales, Column::CommissionId) => &["commission id", "conversion id", "referral id", "id"],
        (Kind::Sales, Column::At) => &[
            "order date",
            "sale date",
            "conversion date",
            "created at",
            "date created",
            "date added",
            "created",
            "date",
            "date de commande",
            "date de la commande",
        ],
        (Kind::Sales, Column::Amount) => &[
            "order total",
            "order amount",
            "sale amount",
            "conversion amount",
            "sale total",
            "subtotal",
            "amount",
            "total",
            "revenue",
            "montant",
        ],
        (Kind::Sales, Column::Commission) => &[
            "commission amount",
            "affiliate commission",
            "commission",
            "commissions",
            "commission earned",
            "reward amount",
            "earnings",
            "montant de la commission",
        ],
        (Kind::Sales, Column::CustomerEmail) => &[
            "customer email",
            "buyer email",
            "purchaser email",
            "referral email",
            "referred email",
            "friend email",
            "lead email",
            "email client",
            "e mail du client",
        ],
        (Kind::Sales, Column::Customer) => &["customer id", "external customer id", "client id"],
        (
            Kind::People,
            Column::Sale | Column::CommissionId | Column::At | Column::Amount | Column::Commission,
        )
        | (Kind::People, Column::CustomerEmail | Column::Customer)
        | (Kind::Sales, Column::CustomerId | Column::Rate | Column::RateType) => &[],
    };
    own.iter().chain(general).copied().collect()
}
