//! What words of other software say of a person and of a commission.

use parrain_sheet::headings::folded;

/// How a person stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Takes part.
    Active,
    /// Does not for now.
    Paused,
    /// Not let in yet.
    Pending,
    /// Turned down, blocked or removed.
    Gone,
}

/// How a commission stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earned {
    /// It is owed.
    Owed,
    /// It was paid.
    Paid,
    /// It is not decided yet.
    Undecided,
    /// Nothing was earned.
    Nothing,
    /// It is granted, and nothing says whether it was paid.
    Unclear,
}

/// How a person stands, by a word; nothing where it is not known. A file without such words has people who take part.
pub fn standing(word: &str) -> Option<Standing> {
    Some(match folded(word).as_str() {
        "" | "active" | "activated" | "approved" | "accepted" | "enabled" | "confirmed" | "1" | "true"
        | "yes" | "actif" | "active affiliate" | "oui" => Standing::Active,
        "inactive" | "disabled" | "paused" | "suspended" | "0" | "false" | "no" | "not set" | "inactif"
        | "en pause" | "non" => Standing::Paused,
        "pending" | "waiting" | "unconfirmed" | "invited" | "new" | "pending approval" | "en attente" => {
            Standing::Pending
        }
        "rejected" | "denied" | "declined" | "banned" | "blocked" | "archived" | "deleted" | "removed"
        | "suspicious" | "fraud" | "refuse" | "bloque" | "supprime" => Standing::Gone,
        _ => return None,
    })
}

/// How a commission stands, by the word of its own and that of its payment; nothing where a word is not known.
pub fn earned(status: &str, paid: Option<&str>) -> Option<Earned> {
    let own = match folded(status).as_str() {
        "paid" | "paid out" | "settled" | "paye" | "payee" | "verse" | "versee" => Earned::Paid,
        "unpaid" | "due" | "owed" | "payable" | "outstanding" | "ready to pay" | "non paye" | "non payee"
        | "a payer" | "du" | "due pour paiement" => Earned::Owed,
        "pending" | "on hold" | "hold" | "held" | "processing" | "unapproved" | "pending approval"
        | "false" | "no" | "draft" | "en attente" => Earned::Undecided,
        "rejected" | "denied" | "disapproved" | "declined" | "refunded" | "void" | "voided" | "cancelled"
        | "canceled" | "fraud" | "failed" | "unqualified" | "refuse" | "refusee" | "annule" | "annulee"
        | "rembourse" | "remboursee" => Earned::Nothing,
        // What is complete may be the sale, or the payment of the commission.
        "approved" | "accepted" | "confirmed" | "true" | "yes" | "qualified" | "" | "approuve"
        | "approuvee" | "confirme" | "confirmee" | "complete" | "completed" => Earned::Unclear,
        _ => return None,
    };
    let Some(paid) = paid else { return Some(own) };
    let paid = match folded(paid).as_str() {
        "paid" | "paid out" | "yes" | "true" | "1" | "complete" | "completed" | "oui" | "paye" | "payee" => {
            Earned::Paid
        }
        "unpaid" | "not paid" | "no" | "false" | "0" | "pending" | "due" | "non" | "non paye"
        | "non payee" | "a payer" => Earned::Owed,
        "" => return Some(own),
        _ => return None,
    };
    Some(match (own, paid) {
        (Earned::Nothing, _) => own,
        (Earned::Undecided, Earned::Owed) => own,
        // Whether something was paid the column of payments says better than any other.
        (_, paid) => paid,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_granted_is_owed_only_where_the_file_says_that_it_was_not_paid() {
        assert_eq!(earned("Approved", None), Some(Earned::Unclear));
        assert_eq!(earned("Approved", Some("Unpaid")), Some(Earned::Owed));
        assert_eq!(earned("APPROVED", Some("PAID")), Some(Earned::Paid));
        assert_eq!(earned("unpaid", None), Some(Earned::Owed));
        assert_eq!(earned("rejected", Some("unpaid")), Some(Earned::Nothing));
        assert_eq!(earned("pending", Some("no")), Some(Earned::Undecided));
        assert_eq!(earned("", None), Some(Earned::Unclear));
        assert_eq!(earned("Completed", Some("Unpaid")), Some(Earned::Owed));
        assert_eq!(earned("Completed", Some("Paid")), Some(Earned::Paid));
        assert_eq!(earned("Completed", None), Some(Earned::Unclear));
        assert_eq!(earned("Paid", Some("Unpaid")), Some(Earned::Owed));
        assert_eq!(earned("pending", Some("paid")), Some(Earned::Paid));
        assert_eq!(earned("frobnicated", None), None);
        assert_eq!(standing("frobnicated"), None);
        assert_eq!(standing(""), Some(Standing::Active));
    }
}
