//! What trying a program says in words: columns, statuses, notes, and why lines were left out.

use parrain_tryout::columns::Role;
use parrain_tryout::reader::{Note, Reason};
use parrain_tryout::statuses::Meaning;
use serde_json::{Value, json};

use crate::text::Language;

/// What the script says by itself; `{}` stands for a number.
pub(super) fn of_script(lang: Language) -> Value {
    json!({
        "reading": lang.say("Lecture\u{a0}: {}\u{a0}%", "Reading: {}%"),
        "trying": lang.say("Calcul\u{a0}: {}\u{a0}%", "Working it out: {}%"),
        "done": lang.say("C’est prêt.", "It is ready."),
        "stopped": lang.say("Arrêté.", "Stopped."),
        "failed": lang.say("Votre navigateur n’a pas pu aller au bout. Essayez avec un fichier plus petit.", "Your browser could not finish. Try with a smaller file."),
        "spreadsheet": lang.say("C’est un classeur (Excel ou LibreOffice). Ouvrez-le et enregistrez-le au format CSV.", "This is a spreadsheet (Excel or LibreOffice). Open it and save it as CSV."),
        "no_text": lang.say("Ce fichier n’est pas un export au format CSV.", "This file is no export in CSV."),
        "empty": lang.say("Ce fichier est vide.", "This file is empty."),
    })
}

/// A role's word in forms.
pub(super) fn role_word(role: Role) -> &'static str {
    match role {
        Role::OrderId => "order_id",
        Role::PaidAt => "paid_at",
        Role::CreatedAt => "created_at",
        Role::Email => "email",
        Role::CustomerId => "customer_id",
        Role::CustomerName => "customer_name",
        Role::NewCustomer => "new_customer",
        Role::Status => "status",
        Role::Currency => "currency",
        Role::Subtotal => "subtotal",
        Role::Net => "net",
        Role::Discount => "discount",
        Role::Total => "total",
        Role::Shipping => "shipping",
        Role::Tax => "tax",
        Role::Codes => "codes",
        Role::Refunded => "refunded",
        Role::RefundedAt => "refunded_at",
        Role::Category => "category",
        Role::LineTotal => "line_total",
    }
}

/// What a column is.
pub(super) fn role_name(lang: Language, role: Role) -> &'static str {
    match role {
        Role::OrderId => lang.say("numéro de commande", "order number"),
        Role::PaidAt => lang.say("date de paiement", "date of payment"),
        Role::CreatedAt => lang.say("date de la commande", "date of the order"),
        Role::Email => lang.say("adresse e-mail du client", "customer’s e-mail address"),
        Role::CustomerId => lang.say("identifiant du client", "customer’s id"),
        Role::CustomerName => lang.say("nom du client", "customer’s name"),
        Role::NewCustomer => lang.say("nouveau client ou non", "new customer or not"),
        Role::Status => lang.say("statut", "status"),
        Role::Currency => lang.say("devise", "currency"),
        Role::Subtotal => lang.say("sous-total des articles", "subtotal of the goods"),
        Role::Net => lang.say("articles, remise et taxes déduites", "goods, less discount and tax"),
        Role::Discount => lang.say("remise", "discount"),
        Role::Total => lang.say("total payé", "total paid"),
        Role::Shipping => lang.say("livraison", "shipping"),
        Role::Tax => lang.say("taxes", "tax"),
        Role::Codes => lang.say("codes promo", "discount codes"),
        Role::Refunded => lang.say("montant remboursé", "amount refunded"),
        Role::RefundedAt => lang.say("date du remboursement", "date of the refund"),
        Role::Category => lang.say("catégorie de l’article", "item’s category"),
        Role::LineTotal => lang.say("total de la ligne", "line’s total"),
    }
}

/// What a status is taken for: its word in forms, and its name.
pub(super) fn meaning_name(lang: Language, meaning: Meaning) -> (&'static str, &'static str) {
    match meaning {
        Meaning::Paid => ("paid", lang.say("payée", "paid")),
        Meaning::Refunded => ("refunded", lang.say("payée, puis remboursée", "paid, then refunded")),
        Meaning::Unpaid => ("unpaid", lang.say("non payée\u{a0}: ne compte pas", "not paid: does not count")),
        Meaning::Unknown => ("unknown", lang.say("inconnu\u{a0}: ne compte pas", "unknown: does not count")),
    }
}

/// What should be known of a file.
pub(super) fn note(lang: Language, note: Note) -> &'static str {
    match note {
        Note::TotalAlone => lang.say(
            "Aucune colonne ne donne les articles seuls\u{a0}: c’est le total qui compte, taxes et livraison comprises si rien ne les sépare.",
            "No column has the goods alone: the total counts, with tax and shipping in it unless a column tells them.",
        ),
        Note::NamesAlone => lang.say(
            "Les clients ne se distinguent que par leur nom\u{a0}: deux homonymes comptent pour un seul.",
            "Customers are told apart by their names alone: two of one name count as one.",
        ),
        Note::NoCustomers => lang.say(
            "Rien ne distingue les clients\u{a0}: chaque commande compte comme celle d’un nouveau client.",
            "Nothing tells customers apart: each order counts as a new customer’s.",
        ),
        Note::NoStatuses => lang.say(
            "Aucun statut dans le fichier\u{a0}: chaque commande compte comme payée.",
            "There are no statuses in the file: each order counts as paid.",
        ),
        Note::RefundsUndated => lang.say(
            "Les remboursements n’ont pas de date\u{a0}: ils comptent au mois de leur commande.",
            "Refunds have no date: they count in the month of their order.",
        ),
    }
}

/// Why a line was left out.
pub(super) fn left_out(lang: Language, reason: Reason) -> &'static str {
    match reason {
        Reason::BeforeHeadings => lang.say("avant les titres des colonnes", "before the headings"),
        Reason::HeadingsAgain => lang.say("encore une ligne de titres", "a line of headings again"),
        Reason::Totals => lang.say("une ligne de totaux", "a line of totals"),
        Reason::TooLong => lang.say(
            "trop longue\u{a0}: un guillemet n’est pas fermé\u{a0}?",
            "too long: is a quote not closed?",
        ),
        Reason::Formula => lang.say("une formule à la place d’une valeur", "a formula in a value’s place"),
        Reason::Date => lang.say("date illisible", "the date cannot be read"),
        Reason::Amount => lang.say("montant illisible", "an amount cannot be read"),
        Reason::Currency => lang.say("devise inconnue", "unknown currency"),
        Reason::OrderAgain => {
            lang.say("la même commande, avec d’autres montants", "the same order, with other amounts")
        }
        Reason::RefundOfNothing => lang.say(
            "rembourse une commande qui n’est pas dans le fichier",
            "refunds an order that is not in the file",
        ),
        Reason::TooMany => lang.say(
            "au-delà du million de commandes que cette page garde",
            "beyond the million orders that this page keeps",
        ),
    }
}
