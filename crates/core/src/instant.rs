//! Instants: microseconds of Unix time, read and written as RFC 3339 in UTC, and the UTC calendar.

use std::fmt;

use jiff::{Span, Timestamp, civil::DateTime, tz::Offset};
use serde::{Deserialize, Serialize};

/// A moment, in microseconds since 1970-01-01T00:00:00Z. Finer parts of a second are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

impl Instant {
    /// From microseconds of Unix time.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From milliseconds of Unix time, as JavaScript's clock gives them.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// Microseconds of Unix time.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds of Unix time.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Reads `2026-05-02T10:00:00Z`, with an optional fraction of a second and any numeric offset: the
    /// `date-time` of RFC 3339, and nothing wider.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shape = bytes.len() >= 20
            && bytes.iter().take(19).zip(b"dddd-dd-ddTdd:dd:dd").all(|(byte, want)| match want {
                b'd' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't'),
                _ => byte == want,
            });
        let rest = text.get(19..)?;
        let zone = match rest.strip_prefix('.') {
            Some(fraction) => {
                let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
                (zone.len() < fraction.len()).then_some(zone)?
            }
            None => rest,
        };
        let numeric = |zone: &str| {
            zone.len() == 6
                && zone.bytes().zip(b"+dd:dd").all(|(byte, want)| match want {
                    b'+' => matches!(byte, b'+' | b'-'),
                    b'd' => byte.is_ascii_digit(),
                    _ => byte == *want,
                })
        };
        if !shape || !(matches!(zone, "Z" | "z") || numeric(zone)) {
            return None;
        }
        let micros = text.parse::<Timestamp>().ok()?.as_nanosecond().div_euclid(1000);
        i64::try_from(micros).ok().map(Self)
    }

    /// This many days of 24 hours later, or earlier.
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY)))
    }

    /// This many seconds later, or earlier.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    /// The same time of day that many calendar months later in UTC; a day that the month does not have
    /// becomes its last (31 January and one month is 28 or 29 February).
    pub fn plus_months(self, months: u32) -> Self {
        let later = Span::new()
            .try_months(i64::from(months))
            .ok()
            .and_then(|span| self.civil().checked_add(span).ok())
            .and_then(|date| Offset::UTC.to_timestamp(date).ok());
        later.map_or(Self(i64::MAX), |stamp| Self(stamp.as_microsecond()))
    }

    /// Days since 1970-01-01 in UTC.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// The first instant of a day counted as [`Instant::day`] counts.
    pub const fn from_day(day: i64) -> Self {
        Self(day.saturating_mul(DAY))
    }

    /// Months since January of year 0 in UTC, by the proleptic Gregorian calendar; integer arithmetic after
    /// Howard Hinnant's `civil_from_days`, since folds ask for it once per fact.
    pub const fn month(self) -> i64 {
        let days = self.day() + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let year = era * 400 + year_of_era;
        if from_march < 10 { year * 12 + from_march + 2 } else { (year + 1) * 12 + from_march - 10 }
    }

    /// The first instant of a month counted as [`Instant::month`] counts.
    pub fn from_month(month: i64) -> Self {
        let year = i16::try_from(month.div_euclid(12)).unwrap_or(i16::MAX).clamp(-9999, 9999);
        let number = month.rem_euclid(12) as i8 + 1;
        let stamp = jiff::civil::Date::new(year, number, 1)
            .ok()
            .and_then(|date| Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok());
        stamp.map_or(Self(i64::MAX), |stamp| Self(stamp.as_microsecond()))
    }

    /// The date in UTC, `2026-05-02`.
    pub fn date(self) -> String {
        self.civil().date().to_string()
    }

    fn civil(self) -> DateTime {
        Offset::UTC.to_datetime(self.timestamp())
    }

    fn timestamp(self) -> Timestamp {
        let bounded = self.0.clamp(Timestamp::MIN.as_microsecond() + 1, Timestamp::MAX.as_microsecond());
        Timestamp::from_microsecond(bounded).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 instant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).expect(text)
    }

    #[test]
    fn reads_rfc_3339_and_nothing_wider() {
        assert_eq!(at("1970-01-01T00:00:01Z").micros(), 1_000_000);
        assert_eq!(at("2026-05-02T12:00:00.5+02:00"), at("2026-05-02T10:00:00.500Z"));
        assert_eq!(at("2026-05-02T10:00:00Z").to_string(), "2026-05-02T10:00:00Z");
        let bad = [
            "2026-05-02",
            "2026-05-02T10:00Z",
            "2026-05-02 10:00:00Z",
            "2026-05-02T10:00:00",
            "2026-13-02T10:00:00Z",
            "2026-05-02T10:00:00Z[UTC]",
            "2026-05-02T10:00:00.Z",
            "2026-05-02T10:00:00+2",
            "+002026-05-02T10:00:00Z",
            "é026-05-02T10:00:00Z",
        ];
        for text in bad {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn adds_months_with_the_day_clamped() {
        assert_eq!(at("2026-01-31T10:00:00Z").plus_months(1), at("2026-02-28T10:00:00Z"));
        assert_eq!(at("2023-11-30T00:00:00Z").plus_months(3), at("2024-02-29T00:00:00Z"));
        assert_eq!(at("2026-05-02T10:00:00Z").plus_months(12), at("2027-05-02T10:00:00Z"));
    }

    proptest! {
        #[test]
        fn the_calendar_agrees_with_jiff(micros in -10_000_000_000_000_000_i64..100_000_000_000_000_000) {
            let instant = Instant::from_micros(micros);
            let civil = instant.civil();
            prop_assert_eq!(instant.month(), i64::from(civil.year()) * 12 + i64::from(civil.month()) - 1);
            prop_assert_eq!(Instant::parse(&instant.to_string()), Some(instant));
            let start = Instant::from_month(instant.month());
            prop_assert!(start <= instant && Instant::from_month(instant.month() + 1) > instant);
        }
    }
}
