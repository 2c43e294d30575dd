//! A time zone as data: where its days and months begin. The rules know no zone database; whoever has one hands
//! over the instants at which a zone's offset changes.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;

/// A zone's offsets from UTC over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The offset before the first change, in seconds east of UTC.
    first: i32,
    /// From when on another offset holds, in order of time.
    changes: Vec<(Instant, i32)>,
}

impl Zone {
    /// A zone of which this offset holds, in seconds east of UTC, and others from given instants on.
    pub fn new(first: i32, mut changes: Vec<(Instant, i32)>) -> Self {
        changes.sort_unstable();
        Self { first, changes }
    }

    /// The days since 1970-01-01 there.
    pub fn day(&self, at: Instant) -> i64 {
        self.local(at).day()
    }

    /// The months since January of year 0 there.
    pub fn month(&self, at: Instant) -> i64 {
        self.local(at).month()
    }

    /// The first instant of a day counted as [`Zone::day`] counts.
    pub fn day_start(&self, day: i64) -> Instant {
        self.start(Instant::from_day(day))
    }

    /// The first instant of a month counted as [`Zone::month`] counts.
    pub fn month_start(&self, month: i64) -> Instant {
        self.start(Instant::from_month(month))
    }

    /// The first instant of a day counted as [`Zone::day`] counts at which the clock there shows an hour, or, where that is
    /// skipped, what follows.
    pub fn hour_start(&self, day: i64, hour: u32) -> Instant {
        self.start(Instant::from_day(day).plus_seconds(i64::from(hour) * 3600))
    }

    /// The hour that the clock there shows, from 0 to 23.
    pub fn hour(&self, at: Instant) -> u32 {
        let hour = self.local(at).seconds().rem_euclid(86_400) / 3600;
        u32::try_from(hour).unwrap_or_default()
    }

    /// The offsets that hold from one instant to another, each from when on, the first from `from`.
    pub fn offsets(&self, from: Instant, to: Instant) -> Vec<(Instant, i32)> {
        let mut offsets = vec![(from, self.offset(from))];
        offsets.extend(self.changes.iter().filter(|(at, _)| from < *at && *at <= to));
        offsets
    }

    fn offset(&self, at: Instant) -> i32 {
        let passed = self.changes.partition_point(|(change, _)| *change <= at);
        passed
            .checked_sub(1)
            .and_then(|last| self.changes.get(last))
            .map_or(self.first, |(_, offset)| *offset)
    }

    /// The clock on the wall, as an instant of UTC that shows the same.
    fn local(&self, at: Instant) -> Instant {
        at.plus_seconds(i64::from(self.offset(at)))
    }

    /// The instant at which the clock on the wall first shows a midnight, or, where that is skipped, what follows.
    fn start(&self, midnight: Instant) -> Instant {
        let near = |at: Instant| (midnight.plus_days(-2)..=midnight.plus_days(2)).contains(&at);
        let offsets = self.offsets(midnight.plus_days(-2), midnight.plus_days(2));
        let by_offset = offsets.iter().map(|(_, offset)| midnight.plus_seconds(-i64::from(*offset)));
        let by_change = offsets.iter().map(|(at, _)| *at);
        let reached = by_offset.chain(by_change).filter(|at| near(*at) && self.local(*at) >= midnight);
        reached.min().unwrap_or(midnight)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).expect(text)
    }

    /// Paris in 2026, and one that skips a midnight.
    fn paris() -> Zone {
        Zone::new(3600, vec![(at("2026-03-29T01:00:00Z"), 7200), (at("2026-10-25T01:00:00Z"), 3600)])
    }

    fn beirut() -> Zone {
        Zone::new(7200, vec![(at("2026-03-28T22:00:00Z"), 10_800), (at("2026-10-24T21:00:00Z"), 7200)])
    }

    #[test]
    fn days_and_months_begin_at_the_zone_s_own_midnight() {
        let zone = paris();
        assert_eq!(zone.month_start(zone.month(at("2026-11-15T00:00:00Z"))), at("2026-10-31T23:00:00Z"));
        assert_eq!(zone.month_start(zone.month(at("2026-07-15T00:00:00Z"))), at("2026-06-30T22:00:00Z"));
        assert_eq!(zone.month(at("2026-10-31T22:59:59Z")) + 1, zone.month(at("2026-10-31T23:00:00Z")));
        // The night of 29 March is an hour shorter, that of 25 October an hour longer.
        let length = |day: &str| {
            let day = zone.day(at(day));
            zone.day_start(day + 1).seconds() - zone.day_start(day).seconds()
        };
        assert_eq!((length("2026-03-29T12:00:00Z"), length("2026-10-25T12:00:00Z")), (23 * 3600, 25 * 3600));
        assert_eq!(Zone::default().day_start(5), Instant::from_day(5));
    }

    #[test]
    fn where_midnight_is_skipped_the_day_begins_with_what_follows() {
        let zone = beirut();
        let day = zone.day(at("2026-03-29T12:00:00Z"));
        assert_eq!(zone.day_start(day), at("2026-03-28T22:00:00Z"));
        assert_eq!(zone.day(zone.day_start(day).plus_seconds(-1)), day - 1);
    }

    #[test]
    fn hours_are_those_of_the_clock_on_the_wall() {
        let zone = paris();
        let day = |text: &str| zone.day(at(text));
        assert_eq!(zone.hour_start(day("2026-07-15T12:00:00Z"), 8), at("2026-07-15T06:00:00Z"));
        assert_eq!(zone.hour_start(day("2026-03-29T12:00:00Z"), 8), at("2026-03-29T06:00:00Z"));
        // Two o'clock is skipped that night; in October it comes twice, and the first is meant.
        assert_eq!(zone.hour_start(day("2026-03-29T12:00:00Z"), 2), at("2026-03-29T01:00:00Z"));
        assert_eq!(zone.hour_start(day("2026-10-25T12:00:00Z"), 2), at("2026-10-25T00:00:00Z"));
        assert_eq!(
            [23, 0, 8].map(|hour| zone.hour(zone.hour_start(day("2026-10-25T12:00:00Z"), hour))),
            [23, 0, 8]
        );
    }

    proptest! {
        #[test]
        fn a_day_holds_its_instants(seconds in 0_i64..30_000_000, paris_not_beirut: bool) {
            let zone = if paris_not_beirut { paris() } else { beirut() };
            let instant = at("2026-01-10T00:00:00Z").plus_seconds(seconds);
            let (day, month) = (zone.day(instant), zone.month(instant));
            prop_assert!(zone.day_start(day) <= instant && instant < zone.day_start(day + 1));
            prop_assert!(zone.month_start(month) <= instant && instant < zone.month_start(month + 1));
        }
    }
}
