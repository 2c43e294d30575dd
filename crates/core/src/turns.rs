//! What turns a reward takes between two instants, or between what was known of it and what is: from its sums alone.

use crate::reward::Sums;

/// What becomes of a reward, as somebody is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is there for the first time.
    Recorded,
    /// It is due.
    Approved,
    /// Nothing was earned after all.
    Rejected,
    /// It was taken back whole.
    Reversed,
    /// It is there again.
    Reinstated,
    /// It was paid.
    Paid,
}

/// Where a reward stands, as far as its sums tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// There is none, or nothing was earned.
    Nothing,
    /// It waits.
    Pending,
    /// It is due.
    Approved,
    /// It was paid.
    Paid,
    /// It was taken back whole.
    Reversed,
}

impl Stand {
    fn of(sums: Sums) -> Self {
        match sums {
            Sums { paid, .. } if paid != 0 => Self::Paid,
            Sums { approved, .. } if approved != 0 => Self::Approved,
            Sums { pending, .. } if pending != 0 => Self::Pending,
            Sums { reversed, .. } if reversed != 0 => Self::Reversed,
            Sums { .. } => Self::Nothing,
        }
    }
}

/// The turns from one state of a reward to another, in the order in which they are told. `stood`: whether it was
/// there at any time before.
pub fn turns(before: Sums, after: Sums, stood: bool) -> &'static [Turn] {
    use Stand::{Approved, Nothing, Paid, Pending, Reversed};
    use Turn::{Recorded, Reinstated, Rejected};
    match (Stand::of(before), Stand::of(after)) {
        (Nothing, Nothing)
        | (Pending, Pending)
        | (Approved, Approved | Pending)
        | (Paid, Paid | Approved | Pending)
        | (Reversed, Reversed) => &[],
        (Nothing, Pending) if stood => &[Reinstated],
        (Nothing, Pending) => &[Recorded],
        (Nothing, Approved) if stood => &[Reinstated],
        (Nothing, Approved) => &[Recorded, Turn::Approved],
        (Nothing, Paid) if stood => &[Reinstated, Turn::Paid],
        (Nothing, Paid) => &[Recorded, Turn::Approved, Turn::Paid],
        (Nothing, Reversed) if stood => &[Turn::Reversed],
        (Nothing, Reversed) => &[Recorded, Turn::Reversed],
        (Pending, Approved) => &[Turn::Approved],
        (Pending, Paid) => &[Turn::Approved, Turn::Paid],
        (Approved, Paid) => &[Turn::Paid],
        (Pending | Approved | Paid, Reversed) => &[Turn::Reversed],
        (Pending | Approved | Paid | Reversed, Nothing) => &[Rejected],
        (Reversed, Pending | Approved | Paid) => &[Reinstated],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Sums = Sums { pending: 0, approved: 0, paid: 0, reversed: 0 };
    const PENDING: Sums = Sums { pending: 10, ..NOTHING };
    const APPROVED: Sums = Sums { approved: 10, ..NOTHING };
    const PAID: Sums = Sums { paid: 10, ..NOTHING };
    const REVERSED: Sums = Sums { reversed: 10, ..NOTHING };

    #[test]
    fn a_reward_s_life_is_told_in_its_turns() {
        assert_eq!(turns(NOTHING, PENDING, false), [Turn::Recorded]);
        assert_eq!(turns(PENDING, APPROVED, true), [Turn::Approved]);
        assert_eq!(turns(APPROVED, PAID, true), [Turn::Paid]);
        assert_eq!(turns(PAID, REVERSED, true), [Turn::Reversed]);
        assert_eq!(turns(REVERSED, APPROVED, true), [Turn::Reinstated]);
        assert_eq!(turns(PENDING, NOTHING, true), [Turn::Rejected]);
    }

    #[test]
    fn what_is_there_late_is_told_from_its_beginning() {
        assert_eq!(turns(NOTHING, APPROVED, false), [Turn::Recorded, Turn::Approved]);
        assert_eq!(turns(NOTHING, REVERSED, false), [Turn::Recorded, Turn::Reversed]);
        assert_eq!(turns(NOTHING, PENDING, true), [Turn::Reinstated]);
    }

    #[test]
    fn a_part_that_is_taken_back_is_no_turn() {
        let less = Sums { pending: 6, reversed: 4, ..NOTHING };
        assert_eq!(turns(PENDING, less, true), []);
        assert_eq!(turns(APPROVED, Sums { approved: 6, reversed: 4, ..NOTHING }, true), []);
        assert_eq!(turns(PAID, Sums { paid: 6, reversed: 4, ..NOTHING }, true), []);
    }
}
