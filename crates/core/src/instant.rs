//! Instants: microseconds of Unix time, read and written as RFC 3339 in UTC, and the UTC calendar.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span};
use serde::{Deserialize, Serialize};

/// A moment, in microseconds since 1970-01-01T00:00:00Z. Finer parts of a second are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Instant {
    /// The first instant that RFC 3339 can write, `0000-01-01T00:00:00Z`.
    pub const MIN: Self = Self(-62_167_219_200 * SECOND);
    /// The last one, `9999-12-31T23:59:59.999999Z`.
    pub const MAX: Self = Self(253_402_300_800 * SECOND - 1);

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
    /// `date-time` of RFC 3339, and nothing wider. A leap second counts as the second before it.
    ///
    /// By hand and on civil times, since `jiff::Timestamp` ends 26 hours before RFC 3339 does.
    pub fn parse(text: &str) -> Option<Self> {
        let (clock, rest) = text.split_at_checked(19)?;
        if !has_shape(clock, b"dddd-dd-ddTdd:dd:dd") {
            return None;
        }
        let number = |from: usize, to: usize| clock.get(from..to)?.parse::<i16>().ok();
        let small = |from: usize, to: usize| number(from, to).and_then(|number| i8::try_from(number).ok());
        let date = Date::new(number(0, 4)?, small(5, 7)?, small(8, 10)?).ok()?;
        let second = small(17, 19).filter(|second| *second <= 60)?.min(59);
        let time = Time::new(small(11, 13)?, small(14, 16)?, second, 0).ok()?;
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => {
                let zone = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
                (rest.strip_suffix(zone).filter(|digits| !digits.is_empty())?, zone)
            }
            None => ("", rest),
        };
        let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
        let whole = micros_of(date.to_datetime(time))?;
        let instant = Self(whole + micros - offset(zone)?);
        (Self::MIN..=Self::MAX).contains(&instant).then_some(instant)
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
            .and_then(micros_of);
        Self(later.unwrap_or(i64::MAX))
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

    /// The first instant of a month counted as [`Instant::month`] counts; the nearest bound for a month that
    /// RFC 3339 cannot write.
    pub fn from_month(month: i64) -> Self {
        let number = month.rem_euclid(12) as i8 + 1;
        let start = i16::try_from(month.div_euclid(12))
            .ok()
            .and_then(|year| Date::new(year, number, 1).ok())
            .and_then(|date| micros_of(date.to_datetime(Time::midnight())));
        Self(start.unwrap_or(if month < 0 { i64::MIN } else { i64::MAX }))
    }

    /// The date in UTC, `2026-05-02`.
    pub fn date(self) -> String {
        self.civil().date().to_string()
    }

    /// The clock and the calendar in UTC, within what RFC 3339 can write.
    fn civil(self) -> DateTime {
        let since = SignedDuration::from_micros(self.clamp(Self::MIN, Self::MAX).0);
        EPOCH.checked_add(since).unwrap_or(EPOCH)
    }
}

fn micros_of(civil: DateTime) -> Option<i64> {
    i64::try_from(civil.duration_since(EPOCH).as_micros()).ok()
}

/// Whether each byte of a text is what the shape asks for, `d` standing for a digit. As RFC 3339 says, `T`
/// may be a small letter.
fn has_shape(text: &str, shape: &[u8]) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape).all(|(byte, want)| match want {
            b'd' => byte.is_ascii_digit(),
            want => byte.to_ascii_uppercase() == *want,
        })
}

/// Microseconds by which a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match zone.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let zone = zone.get(1..).filter(|zone| has_shape(zone, b"dd:dd"))?;
    let (hours, minutes): (i64, i64) = (zone.get(..2)?.parse().ok()?, zone.get(3..)?.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60 * SECOND)
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.civil())
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
            "2026-02-29T10:00:00Z",
            "2026-05-02T24:00:00Z",
            "2026-05-02T10:00:61Z",
            "2026-05-02T10:00:00+24:00",
            "2026-05-02T10:00:00+23:60",
            "2026-05-02T10:00:00é",
            "",
        ];
        for text in bad {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
        assert_eq!(at("2026-05-02t10:00:00.1234567891234z"), at("2026-05-02T10:00:00.123456Z"));
        assert_eq!(at("2016-12-31T23:59:60Z"), at("2016-12-31T23:59:59Z"));
    }

    #[test]
    fn reaches_as_far_as_rfc_3339() {
        for text in ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"] {
            assert_eq!(at(text).to_string(), text);
        }
        assert_eq!(
            (at("0000-01-01T00:00:00Z"), at("9999-12-31T23:59:59.999999Z")),
            (Instant::MIN, Instant::MAX)
        );
        assert_eq!(Instant::parse("0000-01-01T00:00:00+00:01"), None);
        assert_eq!(Instant::parse("9999-12-31T23:59:59-00:01"), None);
        // What arithmetic leads beyond is written as the nearest instant that can be read again.
        assert_eq!(Instant::MIN.plus_days(-30).to_string(), Instant::MIN.to_string());
        assert_eq!(Instant::MAX.plus_days(i64::MAX).to_string(), Instant::MAX.to_string());
        assert_eq!(Instant::from_month(9999 * 12 + 11), at("9999-12-01T00:00:00Z"));
        assert!(Instant::from_month(10_000 * 12) > Instant::MAX);
        assert!(Instant::MAX.plus_months(1) > Instant::MAX);
    }

    #[test]
    fn adds_months_with_the_day_clamped() {
        assert_eq!(at("2026-01-31T10:00:00Z").plus_months(1), at("2026-02-28T10:00:00Z"));
        assert_eq!(at("2023-11-30T00:00:00Z").plus_months(3), at("2024-02-29T00:00:00Z"));
        assert_eq!(at("2026-05-02T10:00:00Z").plus_months(12), at("2027-05-02T10:00:00Z"));
    }

    proptest! {
        #[test]
        fn the_calendar_agrees_with_jiff(micros in Instant::MIN.micros()..Instant::from_month(9999 * 12 + 11).micros()) {
            let instant = Instant::from_micros(micros);
            let civil = instant.civil();
            prop_assert_eq!(instant.month(), i64::from(civil.year()) * 12 + i64::from(civil.month()) - 1);
            prop_assert_eq!(Instant::parse(&instant.to_string()), Some(instant));
            let start = Instant::from_month(instant.month());
            prop_assert!(start <= instant && Instant::from_month(instant.month() + 1) > instant);
        }
    }
}
