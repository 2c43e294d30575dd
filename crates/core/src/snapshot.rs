//! What a platform shows of an order at an instant, told as events. Platforms such as WooCommerce report no
//! changes but the order as it stands; what differs from what is on record is what happened.
//!
//! Snapshots come late, again and out of order. One that is older than the newest ([`Seen`]) may say what
//! happened between, but what the newest showed stands in the end: where a late one would change it, it is told
//! again at the newest one's instant.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::changes::{is_cancelled, is_refunded};
use crate::event::{Change, Event, Order, What};
use crate::instant::Instant;
use crate::money::Decimal;

/// An order as a platform shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The order's id.
    pub order_id: String,
    /// When it stood so: the platform's own time of the last modification.
    pub at: Instant,
    /// Whether it is paid, cancelled and so on.
    pub shown: Shown,
    /// The order itself, where it is or has been paid: recorded unless it is known.
    pub order: Option<Box<Order>>,
    /// The refunds that are in force, pending and failed ones left out; `None` where the payload tells of none
    /// because it never does.
    pub refunds: Option<Vec<Refund>>,
}

/// The state that a platform shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Not paid yet, on hold, disputed: says nothing for or against an order on record.
    Unpaid,
    /// Paid: a cancellation before is undone.
    Paid,
    /// To be paid on delivery and on its way: a cancellation before is undone, and the order waits, as one that only
    /// a browser reported, for the snapshot that shows it paid.
    Promised,
    /// Back from the trash, without a word on its payment: a cancellation before is undone.
    Restored,
    /// Cancelled, trashed, deleted, given back whole.
    Cancelled {
        /// Since when, where the platform says so.
        since: Option<Instant>,
    },
    /// The payment failed, perhaps one that was taken for done.
    Failed,
}

/// A refund as a platform shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The platform's id of the refund.
    pub id: String,
    /// On the base of `subtotal - discount`, in the order's currency.
    pub amount: Decimal,
    /// Money of which nothing else is known than that it was paid back, as in [`What::Refunded`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Decimal>,
    /// When it was made; the snapshot's instant where the platform does not say.
    pub at: Instant,
}

/// What was seen of an order so far: the newest snapshots that said something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When the order was last seen cancelled or not, and which.
    pub cancelled: Option<(Instant, bool)>,
    /// When its refunds were last listed.
    pub refunds: Option<Instant>,
}

impl Shown {
    /// Whether the order stands cancelled; `None` where the state does not tell.
    fn cancelled(self) -> Option<bool> {
        match self {
            Self::Unpaid => None,
            Self::Paid | Self::Promised | Self::Restored => Some(false),
            Self::Cancelled { .. } | Self::Failed => Some(true),
        }
    }
}

impl Snapshot {
    /// The events that tell what this shows beyond what is on record: whether the order is `known`, its
    /// `changes`, and what was `seen` of it before.
    pub fn differences(&self, known: bool, changes: &[Change], seen: Seen) -> Vec<Event> {
        let mut told = Told { order_id: &self.order_id, changes: changes.to_vec(), from: changes.len() };
        self.tell_state(&mut told, seen);
        self.tell_refunds(&mut told, seen);
        let order = self.order.iter().filter(|_| !known).map(|order| Event::Order((**order).clone()));
        order.chain(told.changes.drain(told.from..).map(Event::Change)).collect()
    }

    /// What is seen of the order with this snapshot.
    pub fn seen(&self, before: Seen) -> Seen {
        let state = self.shown.cancelled().map(|cancelled| (self.at, cancelled));
        let newer = |(at, _): &(Instant, bool)| before.cancelled.is_none_or(|(other, _)| other <= *at);
        let listed = self.refunds.as_ref().map(|_| self.at);
        Seen { cancelled: state.filter(newer).or(before.cancelled), refunds: before.refunds.max(listed) }
    }

    fn tell_state(&self, told: &mut Told<'_>, seen: Seen) {
        let Some(cancelled) = self.shown.cancelled() else { return };
        if let Shown::Cancelled { since: Some(since) } = self.shown
            && since < self.at
            // A snapshot between, which showed it not cancelled, knew better.
            && seen.cancelled.is_none_or(|(at, cancelled)| cancelled || at < since || at > self.at)
        {
            told.stands(since, true);
        }
        told.stands(self.at, cancelled);
        if seen.cancelled.is_some_and(|(newest, _)| newest > self.at)
            && let Some(again) = seen.again(&self.order_id, &told.changes)
        {
            told.changes.push(again);
        }
    }

    fn tell_refunds(&self, told: &mut Told<'_>, seen: Seen) {
        let Some(shown) = &self.refunds else { return };
        let newer = seen.refunds.filter(|newest| *newest > self.at);
        for refund in shown {
            let id = refund.id.clone();
            let refunded =
                What::Refunded { id: id.clone(), amount: refund.amount, returned: refund.returned };
            let first = told.first(&refund.id);
            match (first, newer) {
                // Gone in a newer snapshot already, or it would be on record.
                (None, Some(newest)) => {
                    told.tell(refund.at.min(newest), refunded);
                    told.tell(newest, What::Voided { id });
                }
                (None, None) => told.tell(refund.at, refunded),
                // Voided once, and shown again.
                (Some(first), None) if first < self.at && !is_refunded(&told.changes, &id, self.at) => {
                    told.tell(self.at, refunded);
                }
                (Some(_), _) => {}
            }
        }
        if newer.is_some() {
            return;
        }
        let is_shown = |id: &String| shown.iter().any(|refund| refund.id == *id);
        let gone = told.changes.iter().filter_map(|change| match &change.what {
            What::Refunded { id, .. } if change.at < self.at && !is_shown(id) => Some(id.clone()),
            What::Refunded { .. } | What::Cancelled | What::Reinstated { .. } | What::Voided { .. } => None,
        });
        for id in gone.collect::<BTreeSet<String>>() {
            if is_refunded(&told.changes, &id, self.at) {
                told.tell(self.at, What::Voided { id });
            }
        }
    }
}

impl Seen {
    /// What is to be told again of an order, so that what its newest snapshot showed stands after changes that
    /// came later but are older.
    pub fn again(self, order_id: &str, changes: &[Change]) -> Option<Change> {
        let (at, cancelled) = self.cancelled?;
        let differs = is_cancelled(changes, at) != cancelled;
        differs.then(|| Change { order_id: order_id.to_owned(), at, what: state(at, cancelled) })
    }
}

/// An order's changes, with those that are told now at the end.
struct Told<'a> {
    order_id: &'a str,
    changes: Vec<Change>,
    from: usize,
}

impl Told<'_> {
    fn tell(&mut self, at: Instant, what: What) {
        self.changes.push(Change { order_id: self.order_id.to_owned(), at, what });
    }

    /// Tells that the order is cancelled or not at an instant, unless that is known.
    fn stands(&mut self, at: Instant, cancelled: bool) {
        if is_cancelled(&self.changes, at) != cancelled {
            self.tell(at, state(at, cancelled));
        }
    }

    /// When a refund was first made, if it is known.
    fn first(&self, refund: &str) -> Option<Instant> {
        let of_it = self
            .changes
            .iter()
            .filter(|change| matches!(&change.what, What::Refunded { id, .. } if id == refund));
        of_it.map(|change| change.at).min()
    }
}

fn state(at: Instant, cancelled: bool) -> What {
    if cancelled { What::Cancelled } else { What::Reinstated { up_to: at } }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::changes::spans;

    fn at(hour: i64) -> Instant {
        Instant::from_micros(hour * 3_600_000_000)
    }

    fn snapshot(hour: i64, shown: Shown, refunds: &[(&str, i64)]) -> Snapshot {
        let refund = |(id, hour): &(&str, i64)| Refund {
            id: (*id).into(),
            returned: None,
            amount: "5.00".parse().unwrap(),
            at: at(*hour),
        };
        Snapshot {
            order_id: "1".into(),
            at: at(hour),
            shown,
            order: None,
            refunds: Some(refunds.iter().map(refund).collect()),
        }
    }

    /// What is on record once snapshots arrived.
    fn record(snapshots: &[Snapshot]) -> (Vec<Change>, Seen) {
        let (mut changes, mut seen) = (Vec::new(), Seen::default());
        for one in snapshots {
            for event in one.differences(true, &changes, seen) {
                let Event::Change(change) = event else { panic!("no order was shown") };
                changes.push(change);
            }
            seen = one.seen(seen);
        }
        (changes, seen)
    }

    #[test]
    fn an_order_that_is_cancelled_unpaid_and_then_paid_stands() {
        let (cancelled, paid) =
            (snapshot(11, Shown::Cancelled { since: None }, &[]), snapshot(12, Shown::Paid, &[]));
        for order in [[cancelled.clone(), paid.clone()], [paid, cancelled]] {
            let (changes, _) = record(&order);
            let states: Vec<bool> =
                [10, 11, 12].iter().map(|hour| is_cancelled(&changes, at(*hour))).collect();
            assert_eq!(states, [false, true, false]);
        }
    }

    #[test]
    fn a_payment_that_fails_is_taken_back_and_a_dispute_is_not() {
        let states = [
            (Shown::Paid, false),
            (Shown::Unpaid, false),
            (Shown::Failed, true),
            (Shown::Restored, false),
            (Shown::Cancelled { since: Some(at(1)) }, true),
        ];
        for (shown, cancelled) in states {
            let (changes, _) = record(&[snapshot(1, Shown::Paid, &[]), snapshot(5, shown, &[])]);
            assert_eq!(is_cancelled(&changes, at(5)), cancelled, "{shown:?}");
        }
    }

    #[test]
    fn a_change_that_comes_late_does_not_undo_what_was_seen_since() {
        let (mut changes, seen) = record(&[snapshot(12, Shown::Paid, &[])]);
        changes.push(Change { order_id: "1".into(), at: at(11), what: What::Cancelled });
        changes.extend(seen.again("1", &changes));
        assert!(is_cancelled(&changes, at(11)) && !is_cancelled(&changes, at(12)));
        assert_eq!(seen.again("1", &changes), None);
    }

    #[test]
    fn a_refund_that_is_gone_is_voided_and_one_shown_again_counts_again() {
        let days = [
            snapshot(5, Shown::Paid, &[("r", 5)]),
            snapshot(8, Shown::Paid, &[]),
            snapshot(9, Shown::Paid, &[("r", 5)]),
        ];
        let (changes, _) = record(&days);
        let states: Vec<bool> = (4..10).map(|hour| is_refunded(&changes, "r", at(hour))).collect();
        assert_eq!(states, [false, true, true, true, false, true]);
        // A platform that lists none because it never does voids none.
        let silent = Snapshot { refunds: None, ..snapshot(12, Shown::Paid, &[]) };
        assert_eq!(silent.differences(true, &changes, Seen::default()), []);
        // A refund that was reported by itself, after the snapshot was taken, is not missing in it.
        let reported = Change {
            order_id: "1".into(),
            at: at(7),
            what: What::Refunded { id: "s".into(), amount: "5.00".parse().unwrap(), returned: None },
        };
        assert_eq!(snapshot(6, Shown::Paid, &[]).differences(true, &[reported], Seen::default()), []);
    }

    /// What a platform goes through: cancelled or not by the hour, and refunds with when they were made and gone.
    fn any_life() -> impl Strategy<Value = Vec<Snapshot>> {
        let states = proptest::collection::vec(0_u8..4, 2..8);
        let refunds = proptest::collection::vec((0_i64..8, proptest::option::of(1_i64..6)), 0..3);
        (states, refunds).prop_map(|(states, refunds)| {
            let shown = |(number, state): (usize, u8)| {
                let hour = i64::try_from(number).unwrap() * 2 + 1;
                let ids = ["r", "s", "t"];
                let standing: Vec<(&str, i64)> = ids
                    .into_iter()
                    .zip(&refunds)
                    .filter(|(_, (made, lasts))| {
                        *made <= hour && lasts.is_none_or(|lasts| hour < *made + lasts)
                    })
                    .map(|(id, (made, _))| (id, *made))
                    .collect();
                let shown = match state {
                    0 => Shown::Paid,
                    1 => Shown::Cancelled { since: None },
                    2 => Shown::Failed,
                    _ => Shown::Unpaid,
                };
                snapshot(hour, shown, &standing)
            };
            states.into_iter().enumerate().map(shown).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn in_whatever_order_snapshots_come_the_newest_stands(life in any_life(), keys in proptest::collection::vec(0_u64..1000, 16)) {
            let mut shuffled: Vec<(u64, &Snapshot)> = keys.into_iter().zip(life.iter().chain(&life)).collect();
            shuffled.sort_by_key(|(key, _)| *key);
            // Each comes once at least, some twice.
            let mut arrived: Vec<Snapshot> = shuffled.into_iter().map(|(_, one)| one.clone()).collect();
            arrived.extend(life.iter().take(2).cloned());
            let (changes, seen) = record(&arrived);
            let far = at(1000);
            let newest = life.iter().filter_map(|one| one.shown.cancelled()).next_back();
            prop_assert_eq!(is_cancelled(&changes, far), newest.unwrap_or(false));
            let last = life.last().unwrap();
            for id in ["r", "s", "t"] {
                let listed = last.refunds.iter().flatten().any(|refund| refund.id == id);
                prop_assert_eq!(is_refunded(&changes, id, far), listed, "{}", id);
            }
            // None counts twice.
            let force = spans(&changes, 2).into_iter().filter(|span| span.refund.is_some() && span.is_in_force(far));
            prop_assert_eq!(force.count(), last.refunds.as_ref().map_or(0, Vec::len));
            for one in &life {
                let again = one.differences(true, &changes, seen);
                prop_assert!(again.is_empty() || one.at < last.at, "{:?}", again);
            }
        }

        #[test]
        fn in_their_turn_they_tell_every_instant(life in any_life()) {
            let (changes, _) = record(&life);
            let mut cancelled = false;
            for one in &life {
                cancelled = one.shown.cancelled().unwrap_or(cancelled);
                prop_assert_eq!(is_cancelled(&changes, one.at), cancelled);
                for id in ["r", "s", "t"] {
                    let listed = one.refunds.iter().flatten().any(|refund| refund.id == id);
                    prop_assert_eq!(is_refunded(&changes, id, one.at), listed);
                }
            }
        }
    }
}
