//! Which statuses of orders count: paid ones. Words of the platforms in English and French, and the numbers of their tables.

use serde::{Deserialize, Serialize};

use parrain_sheet::headings::folded;

/// What a status says of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// It was paid.
    Paid,
    /// It was paid, and all of it paid back.
    Refunded,
    /// It was not paid, or came to nothing.
    Unpaid,
    /// Nothing is known of the word: the order is left out unless the owner says otherwise.
    Unknown,
}

/// A status that a file has, and what is made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The word as it stands there.
    pub word: String,
    /// How many orders have it.
    pub orders: u64,
    /// What it is taken for.
    pub meaning: Meaning,
}

/// Whose numbers a column of statuses has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// `current_state` of PrestaShop, as it is installed.
    PrestaShop,
    /// `order_status_id` of OpenCart, as it is installed.
    OpenCart,
    /// Yes or no.
    Flag,
}

impl Numbers {
    /// By the column's name.
    pub fn of(name: &str) -> Self {
        match folded(name).as_str() {
            "current state" | "id order state" => Self::PrestaShop,
            "order status id" => Self::OpenCart,
            _ => Self::Flag,
        }
    }
}

const PAID: &[&str] = &[
    "paid",
    "partially paid",
    "partially refunded",
    "completed",
    "complete",
    "processing",
    "processed",
    "shipped",
    "delivered",
    "in progress",
    "processing in progress",
    "payment accepted",
    "remote payment accepted",
    "on backorder paid",
    "partial refund",
    "partial payment",
    "canceled reversal",
    "captured",
    "fulfilled",
    "sent",
    "payee",
    "paye",
    "payees",
    "partiellement payee",
    "partiellement remboursee",
    "partiellement rembourse",
    "terminee",
    "termine",
    "complete e",
    "completee",
    "en cours",
    "en cours de traitement",
    "en traitement",
    "traitee",
    "paiement accepte",
    "paiement a distance accepte",
    "en cours de preparation",
    "preparation en cours",
    "expedie",
    "expediee",
    "livre",
    "livree",
    "en attente de reapprovisionnement paye",
    "remboursement partiel",
    "paiement partiel",
    "partiellement paye",
    "yes",
    "oui",
    "true",
    "vrai",
];
const REFUNDED: &[&str] = &[
    "refunded",
    "closed",
    "reversed",
    "chargeback",
    "remboursee",
    "rembourse",
    "fermee",
    "ferme",
    "cloturee",
    "charged back",
];
const UNPAID: &[&str] = &[
    "pending",
    "pending payment",
    "payment pending",
    "authorized",
    "on hold",
    "onhold",
    "holded",
    "voided",
    "void",
    "expired",
    "failed",
    "cancelled",
    "canceled",
    "draft",
    "checkout draft",
    "auto draft",
    "trash",
    "denied",
    "payment review",
    "suspected fraud",
    "fraud",
    "payment error",
    "unpaid",
    "awaiting check payment",
    "awaiting bank wire payment",
    "awaiting cash on delivery validation",
    "on backorder not paid",
    "declined",
    "new",
    "awaiting paypal payment",
    "waiting for payment",
    "authorization accepted by paypal",
    "en attente",
    "en attente de paiement",
    "attente paiement",
    "paiement en attente",
    "echouee",
    "echoue",
    "annulee",
    "annule",
    "brouillon",
    "erreur de paiement",
    "en attente du paiement par cheque",
    "en attente de paiement par cheque",
    "en attente de virement bancaire",
    "en attente du paiement par virement bancaire",
    "refusee",
    "expiree",
    "autorisee",
    "en attente de paiement a la livraison",
    "en attente de reapprovisionnement non paye",
    "nouvelle",
    "autorisation acceptee par paypal",
    "en attente du paiement a la livraison",
    "no",
    "non",
    "false",
    "faux",
];

/// What a word or number says.
pub fn meaning(word: &str, numbers: Numbers) -> Meaning {
    let folded = folded(word);
    if folded.bytes().all(|byte| byte.is_ascii_digit()) {
        return by_number(&folded, numbers);
    }
    let word = folded.strip_prefix("wc ").unwrap_or(&folded);
    match word {
        _ if PAID.contains(&word) => Meaning::Paid,
        _ if REFUNDED.contains(&word) => Meaning::Refunded,
        _ if UNPAID.contains(&word) => Meaning::Unpaid,
        _ => Meaning::Unknown,
    }
}

fn by_number(number: &str, numbers: Numbers) -> Meaning {
    match (numbers, number) {
        (Numbers::Flag, "1") | (Numbers::PrestaShop, "2" | "3" | "4" | "5" | "9" | "11") => Meaning::Paid,
        (Numbers::OpenCart, "2" | "3" | "5" | "9" | "15") => Meaning::Paid,
        (Numbers::PrestaShop, "7") | (Numbers::OpenCart, "11" | "12" | "13") => Meaning::Refunded,
        (Numbers::Flag, "0") | (Numbers::PrestaShop, "0" | "1" | "6" | "8" | "10" | "12" | "13" | "14") => {
            Meaning::Unpaid
        }
        (Numbers::OpenCart, "0" | "1" | "7" | "8" | "10" | "14" | "16") => Meaning::Unpaid,
        (Numbers::Flag | Numbers::PrestaShop | Numbers::OpenCart, _) => Meaning::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_each_platform_are_known() {
        for (word, want) in [
            ("paid", Meaning::Paid),
            ("partially_refunded", Meaning::Paid),
            ("refunded", Meaning::Refunded),
            ("voided", Meaning::Unpaid),
            ("wc-completed", Meaning::Paid),
            ("on-hold", Meaning::Unpaid),
            ("Terminée", Meaning::Paid),
            ("Paiement accepté", Meaning::Paid),
            ("En attente de réapprovisionnement (payé)", Meaning::Paid),
            ("En attente de réapprovisionnement (non payé)", Meaning::Unpaid),
            ("Remboursé", Meaning::Refunded),
            ("Closed", Meaning::Refunded),
            ("pending_payment", Meaning::Unpaid),
            ("Canceled Reversal", Meaning::Paid),
            ("Prêt à retirer", Meaning::Unknown),
            ("17", Meaning::Unknown),
        ] {
            assert_eq!(meaning(word, Numbers::Flag), want, "{word}");
        }
        assert_eq!(meaning("6", Numbers::of("current_state")), Meaning::Unpaid);
        assert_eq!(meaning("5", Numbers::of("order_status_id")), Meaning::Paid);
        assert_eq!(meaning("1", Numbers::of("valid")), Meaning::Paid);
    }
}
