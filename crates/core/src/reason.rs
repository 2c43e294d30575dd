//! Why a conversion is refused, held back or taken back.

use serde::{Deserialize, Serialize};

/// The reasons of contract section 5, declared in their order of precedence: where several apply, the
/// smallest is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The customer is the referrer.
    SelfReferral,
    /// The offer is for new customers and this one is not.
    ExistingCustomer,
    /// The customer already earned somebody this offer's reward, or the run is over.
    DuplicateCustomer,
    /// The order is smaller than the offer's minimum.
    BelowMinimum,
    /// The referrer has reached the offer's cap.
    CapReached,
    /// The only visits by a link are older than the program's window.
    OutsideWindow,
    /// The offer had not started, had ended, or was not in the program at the time.
    OfferInactive,
    /// Reported by the browser and not confirmed by the shop's server.
    Unverified,
    /// The order was cancelled.
    Cancelled,
    /// The order was refunded whole.
    Refunded,
    /// Too many in too short a time.
    Velocity,
    /// The reward did not fit into what was left of the offer's budget.
    BudgetSpent,
    /// The shop decided by hand.
    Manual,
}

impl Reason {
    /// The name on the wire, such as `self_referral`.
    pub fn name(self) -> &'static str {
        match self {
            Self::SelfReferral => "self_referral",
            Self::ExistingCustomer => "existing_customer",
            Self::DuplicateCustomer => "duplicate_customer",
            Self::BelowMinimum => "below_minimum",
            Self::CapReached => "cap_reached",
            Self::OutsideWindow => "outside_window",
            Self::OfferInactive => "offer_inactive",
            Self::Unverified => "unverified",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Velocity => "velocity",
            Self::BudgetSpent => "budget_spent",
            Self::Manual => "manual",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn serde_and_name_agree() {
        let all = [
            Reason::SelfReferral,
            Reason::ExistingCustomer,
            Reason::DuplicateCustomer,
            Reason::BelowMinimum,
            Reason::CapReached,
            Reason::OutsideWindow,
            Reason::OfferInactive,
            Reason::Unverified,
            Reason::Cancelled,
            Reason::Refunded,
            Reason::Velocity,
            Reason::BudgetSpent,
            Reason::Manual,
        ];
        assert!(all.is_sorted());
        for reason in all {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }
}
