//! What an order's changes come to: from when until when it is cancelled, and which refunds are in force. One
//! fold over recorded facts, whose order of arrival says nothing.
//!
//! Of what is dated at one instant the undoing stands: an order cancelled and reinstated at one instant is not
//! cancelled, a refund voided at its own instant takes nothing.

use std::collections::BTreeMap;

use crate::event::{Change, What};
use crate::instant::Instant;
use crate::reward::Back;

/// The spans of time in which an order's changes take something back, refunds in the minor units of a
/// currency with so many decimals.
///
/// - A cancellation stands until the first reinstatement that reaches it. Several of an order are different
///   facts, so that it can be cancelled, reinstated and cancelled again; one repeated with another date
///   changes nothing while the order is cancelled anyway.
/// - A refund is known by its id and counts once, from its first date on, with the amount it had there, until
///   it is voided. Told again with a date after that, it is in force again. A void dated before the refund
///   counts from the refund on.
pub fn spans<'a>(changes: impl IntoIterator<Item = &'a Change>, decimals: u8) -> Vec<Back> {
    let (mut cancelled, mut reinstated) = (Vec::new(), Vec::new());
    let mut refunds: BTreeMap<&str, Refund> = BTreeMap::new();
    for change in changes {
        match &change.what {
            What::Cancelled => cancelled.push(change.at),
            What::Reinstated { up_to } => reinstated.push((change.at, *up_to)),
            What::Refunded { id, amount, returned } => {
                let returned = returned.map_or(0, |returned| returned.to_minor(decimals));
                let told = (change.at, amount.to_minor(decimals), returned);
                refunds.entry(id).or_default().told.push(told);
            }
            What::Voided { id } => refunds.entry(id).or_default().voided.push(change.at),
        }
    }
    let end_of = |at: Instant| {
        let reaching = reinstated.iter().filter(|(_, up_to)| at <= *up_to);
        reaching.map(|(from, _)| (*from).max(at)).min()
    };
    let cancelled = cancelled.into_iter().map(|at| Back { at, until: end_of(at), refund: None, returned: 0 });
    let refunds = refunds.into_values().flat_map(Refund::spans);
    let mut spans: Vec<Back> =
        cancelled.chain(refunds).filter(|span| span.until.is_none_or(|until| span.at < until)).collect();
    spans.sort_unstable_by_key(|span| (span.at, span.until, span.refund, span.returned));
    spans
}

/// Whether changes leave an order cancelled at an instant.
pub fn is_cancelled<'a>(changes: impl IntoIterator<Item = &'a Change>, at: Instant) -> bool {
    spans(changes, 0).iter().any(|span| span.refund.is_none() && span.is_in_force(at))
}

/// Whether changes leave a refund in force at an instant.
pub fn is_refunded<'a>(changes: impl IntoIterator<Item = &'a Change>, refund: &str, at: Instant) -> bool {
    let of_it = changes.into_iter().filter(|change| match &change.what {
        What::Refunded { id, .. } | What::Voided { id } => id == refund,
        What::Cancelled | What::Reinstated { .. } => false,
    });
    spans(of_it, 0).iter().any(|span| span.is_in_force(at))
}

/// Whether one change more leaves the same standing at every instant: a cancellation or a refund told again
/// with another date while the first stands. It is kept for what may yet be undone between the two.
pub fn says_nothing_new(changes: &[Change], more: &Change) -> bool {
    let with: Vec<Change> = changes.iter().chain([more]).cloned().collect();
    match &more.what {
        What::Cancelled => cancelled_from_until(changes) == cancelled_from_until(&with),
        What::Refunded { .. } => spans(changes, 0) == spans(&with, 0),
        What::Reinstated { .. } | What::Voided { .. } => false,
    }
}

/// The stretches of time in which an order is cancelled, each as long as can be.
fn cancelled_from_until(changes: &[Change]) -> Vec<(Instant, Option<Instant>)> {
    let mut stretches: Vec<(Instant, Option<Instant>)> = Vec::new();
    for span in spans(changes, 0).into_iter().filter(|span| span.refund.is_none()) {
        match stretches.last_mut() {
            Some((_, until)) if until.is_none_or(|until| span.at <= until) => {
                // Without an end is the longest.
                *until = until.zip(span.until).map(|(one, other)| one.max(other));
            }
            Some(_) | None => stretches.push((span.at, span.until)),
        }
    }
    stretches
}

/// What was told of one refund.
#[derive(Default)]
struct Refund {
    /// When, how much of goods, and how much money besides.
    told: Vec<(Instant, i64, i64)>,
    voided: Vec<Instant>,
}

impl Refund {
    fn spans(mut self) -> Vec<Back> {
        self.told.sort_unstable();
        let Some((first, ..)) = self.told.first().copied() else { return Vec::new() };
        let mut spans: Vec<Back> = Vec::new();
        for (at, minor, returned) in self.told {
            if spans.last().is_some_and(|before| before.until.is_none_or(|until| at < until)) {
                continue;
            }
            let voided = self.voided.iter().map(|voided| (*voided).max(first));
            let until = voided.filter(|voided| at <= *voided).min();
            spans.push(Back { at, until, refund: Some(minor), returned });
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> Instant {
        Instant::from_micros(hour * 3_600_000_000)
    }

    fn change(hour: i64, what: What) -> Change {
        Change { order_id: "1".into(), at: at(hour), what }
    }

    fn refunded(hour: i64, id: &str, amount: &str) -> Change {
        change(hour, What::Refunded { id: id.into(), amount: amount.parse().unwrap(), returned: None })
    }

    fn voided(hour: i64, id: &str) -> Change {
        change(hour, What::Voided { id: id.into() })
    }

    fn reinstated(hour: i64, up_to: i64) -> Change {
        change(hour, What::Reinstated { up_to: at(up_to) })
    }

    fn refunds_at(changes: &[Change], hour: i64) -> i64 {
        spans(changes, 2)
            .iter()
            .filter(|span| span.is_in_force(at(hour)))
            .filter_map(|span| span.refund)
            .sum()
    }

    #[test]
    fn an_order_is_cancelled_and_reinstated_several_times() {
        let changes = [
            change(10, What::Cancelled),
            reinstated(12, 12),
            change(14, What::Cancelled),
            change(15, What::Cancelled),
            reinstated(16, 14),
            reinstated(18, 18),
        ];
        let cancelled: Vec<i64> = (9..20).filter(|hour| is_cancelled(&changes, at(*hour))).collect();
        // The reinstatement at 16 speaks of the cancellation at 14 alone.
        assert_eq!(cancelled, [10, 11, 14, 15, 16, 17]);
        // Of what is dated at one instant the undoing stands.
        assert!(!is_cancelled(&[change(3, What::Cancelled), reinstated(3, 3)], at(3)));
        // A reinstatement that names a later cancellation counts from that on.
        assert!(!is_cancelled(&[change(3, What::Cancelled), reinstated(2, 3)], at(9)));
    }

    #[test]
    fn a_refund_counts_once_until_it_is_voided() {
        let changes = [
            refunded(10, "r", "5.00"),
            refunded(11, "r", "9.00"),
            voided(13, "r"),
            refunded(10, "s", "5.00"),
        ];
        let sums: Vec<i64> = [9, 10, 12, 13].iter().map(|hour| refunds_at(&changes, *hour)).collect();
        assert_eq!(sums, [0, 1000, 1000, 500]);
        let again = [&changes[..], &[refunded(20, "r", "7.00")]].concat();
        assert_eq!((refunds_at(&again, 19), refunds_at(&again, 20)), (500, 1200));
        assert_eq!(refunds_at(&[voided(8, "r"), refunded(10, "r", "5.00")], 30), 0);
    }

    #[test]
    fn told_again_while_it_stands_is_nothing_new() {
        let day = [change(10, What::Cancelled), reinstated(12, 12), refunded(10, "r", "5.00")];
        for (more, known) in [
            (change(11, What::Cancelled), true),
            (change(13, What::Cancelled), false),
            (change(9, What::Cancelled), false),
            (refunded(11, "r", "9.00"), true),
            (refunded(9, "r", "5.00"), false),
            (refunded(10, "s", "5.00"), false),
        ] {
            assert_eq!(says_nothing_new(&day, &more), known, "{more:?}");
        }
    }

    fn any_change() -> impl Strategy<Value = Change> {
        let id = || proptest::sample::select(vec!["r", "s"]);
        prop_oneof![
            (0_i64..20).prop_map(|hour| change(hour, What::Cancelled)),
            (0_i64..20).prop_map(|hour| reinstated(hour, hour)),
            (0_i64..20, 0_i64..20).prop_map(|(hour, up_to)| reinstated(hour, up_to)),
            (0_i64..20, id()).prop_map(|(hour, id)| refunded(hour, id, &format!("{}.00", hour + 1))),
            (0_i64..20, id()).prop_map(|(hour, id)| voided(hour, id)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn arrival_and_repeats_do_not_matter(
            changes in proptest::collection::vec(any_change(), 0..8), turned in 0_usize..8, again in 0_usize..8,
        ) {
            let mut other = changes.clone();
            other.rotate_left(turned.min(changes.len()));
            other.reverse();
            // A ledger keeps no repeat of a reinstatement or a void; of those it may keep, none counts twice.
            other.extend(changes.get(again).cloned());
            for hour in 0..25 {
                prop_assert_eq!(is_cancelled(&changes, at(hour)), is_cancelled(&other, at(hour)));
                prop_assert_eq!(refunds_at(&changes, hour), refunds_at(&other, hour));
            }
        }

        #[test]
        fn what_is_dated_later_changes_nothing_before(
            changes in proptest::collection::vec(any_change(), 0..8), hour in 0_i64..20,
        ) {
            let until: Vec<Change> = changes.iter().filter(|change| change.at <= at(hour)).cloned().collect();
            prop_assert_eq!(is_cancelled(&changes, at(hour)), is_cancelled(&until, at(hour)));
            prop_assert_eq!(refunds_at(&changes, hour), refunds_at(&until, hour));
        }

        #[test]
        fn the_last_word_stands(words in proptest::collection::vec((0_i64..40, any::<bool>()), 0..8)) {
            let word = |(hour, cancels): &(i64, bool)| {
                if *cancels { change(*hour, What::Cancelled) } else { reinstated(*hour, *hour) }
            };
            let changes: Vec<Change> = words.iter().map(word).collect();
            for hour in 0..45 {
                // By time; of two at one instant the undoing.
                let last = words.iter().filter(|(at, _)| *at <= hour).max_by_key(|(at, cancels)| (*at, !*cancels));
                prop_assert_eq!(is_cancelled(&changes, at(hour)), last.is_some_and(|(_, cancels)| *cancels));
            }
        }
    }
}
