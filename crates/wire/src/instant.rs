//! Instants: microseconds of Unix time, read and written as RFC 3339 in UTC, and the UTC calendar.
//!
//! By hand, since what the browser reads too may bring no library of calendars: two formulas after Howard Hinnant's
//! `civil_from_days` and `days_from_civil`, which tests hold against `jiff` over all years.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Serialize};

use crate::plain::{self, padded};

/// A moment, in microseconds since 1970-01-01T00:00:00Z. Finer parts of a second are dropped.
///
/// The default, 1970, stands where a reader found none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

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

    /// From whole seconds of Unix time.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// Reads `2026-05-02T10:00:00Z`, with an optional fraction of a second and any numeric offset: the
    /// `date-time` of RFC 3339, and nothing wider. A leap second counts as the second before it.
    pub fn parse(text: &str) -> Option<Self> {
        let (clock, rest) = text.split_at_checked(19)?;
        if !has_shape(clock, b"dddd-dd-ddTdd:dd:dd") {
            return None;
        }
        let number = |from: usize, to: usize| plain::number(clock.get(from..to)?);
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?.min(60));
        let exists = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
        if !exists || hour > 23 || minute > 59 || number(17, 19)? > 60 {
            return None;
        }
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                (rest.get(..digits).filter(|digits| !digits.is_empty())?, rest.get(digits..)?)
            }
            None => ("", rest),
        };
        let (mut micros, mut unit) = (0, SECOND);
        for digit in fraction.bytes().take(6) {
            unit /= 10;
            micros += i64::from(digit - b'0') * unit;
        }
        let seconds = (hour * 60 + minute) * 60 + second.min(59);
        let instant = Self(day_number(year, month, day) * DAY + seconds * SECOND + micros - offset(zone)?);
        (Self::MIN..=Self::MAX).contains(&instant).then_some(instant)
    }

    /// Reads what [`Instant::text`] wrote, to the second: what the edge tells is whole, and need not be doubted at three times
    /// the weight in a browser.
    pub fn told(text: &str) -> Option<Self> {
        let mut parts = [0; 7];
        let mut at = 0;
        for byte in text.strip_suffix('Z')?.bytes() {
            if byte.is_ascii_digit() {
                let part: &mut i64 = parts.get_mut(at)?;
                *part = (*part * 10 + i64::from(byte - b'0')).min(999_999);
            } else {
                at += 1;
            }
        }
        let [year, month, day, hour, minute, second, _] = parts;
        let days = day_number(year, month, day);
        (at >= 5).then(|| Self::from_seconds(days * 86_400 + (hour * 60 + minute) * 60 + second))
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
        let (_, _, day) = civil(self.day());
        let month = self.month() + i64::from(months);
        let (year, number) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let later = day_number(year, number, day.min(days_of(year, number))).saturating_mul(DAY);
        let later = Self(later.saturating_add(self.0.rem_euclid(DAY)));
        if later > Self::MAX { Self(i64::MAX) } else { later }
    }

    /// Days since 1970-01-01 in UTC.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// The first instant of a day counted as [`Instant::day`] counts.
    pub const fn from_day(day: i64) -> Self {
        Self(day.saturating_mul(DAY))
    }

    /// Months since January of year 0 in UTC, by the proleptic Gregorian calendar.
    pub const fn month(self) -> i64 {
        let (year, month, _) = civil(self.day());
        year * 12 + month - 1
    }

    /// The first instant of a month counted as [`Instant::month`] counts; the nearest bound for a month that
    /// RFC 3339 cannot write.
    pub const fn from_month(month: i64) -> Self {
        match month {
            ..0 => Self(i64::MIN),
            0..120_000 => Self(day_number(month.div_euclid(12), month.rem_euclid(12) + 1, 1) * DAY),
            120_000.. => Self(i64::MAX),
        }
    }

    /// The date in UTC, `2026-05-02`.
    pub fn date(self) -> String {
        let (year, month, day) = civil(self.writable().day());
        let mut text = padded(year, 4);
        for part in [month, day] {
            text.push('-');
            text.push_str(&padded(part, 2));
        }
        text
    }

    /// As RFC 3339 writes it, which is what [`Display`](fmt::Display) shows.
    pub fn text(self) -> String {
        let Self(micros) = self.writable();
        let seconds = micros.rem_euclid(DAY) / SECOND;
        let mut text = self.date();
        for (mark, part) in [('T', seconds / 3600), (':', seconds / 60 % 60), (':', seconds % 60)] {
            text.push(mark);
            text.push_str(&padded(part, 2));
        }
        let fraction = micros.rem_euclid(SECOND);
        if fraction > 0 {
            text.push('.');
            text.push_str(&padded(fraction, 6));
            while text.ends_with('0') {
                text.pop();
            }
        }
        text.push('Z');
        text
    }

    /// The nearest instant that RFC 3339 can write.
    fn writable(self) -> Self {
        self.clamp(Self::MIN, Self::MAX)
    }
}

/// Year, month and day of a day counted as [`Instant::day`] counts.
const fn civil(day: i64) -> (i64, i64, i64) {
    let days = day + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if from_march < 10 { (year, from_march + 3, day) } else { (year + 1, from_march - 9, day) }
}

/// The day, counted as [`Instant::day`] counts, of a date that exists.
const fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// How many days a month has.
const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
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
    let (hours, minutes) = (plain::number(zone.get(..2)?)?, plain::number(zone.get(3..)?)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60 * SECOND)
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Instant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 instant")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Instant, E> {
        Instant::parse(text).ok_or_else(|| E::custom("not an RFC 3339 instant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).expect(text)
    }

    #[test]
    fn what_the_edge_tells_is_read_to_the_second() {
        for text in
            ["2026-05-02T10:00:00Z", "1970-01-01T00:00:00Z", "2028-02-29T23:59:59Z", "9999-12-31T23:59:59Z"]
        {
            assert_eq!(Instant::told(text), Instant::parse(text), "{text}");
        }
        let last = Instant::told("2026-05-02T10:00:00.999999Z");
        assert_eq!(last, Instant::parse("2026-05-02T10:00:00Z"));
        for none in [
            "",
            "Z",
            "x",
            "2026-05-02",
            "2026-05-02T10:00:00",
            "2026-05-02T10:00:00+02:00",
            "1-2-3-4-5-6-7-8-9Z",
        ] {
            assert_eq!(Instant::told(none), None, "{none}");
        }
        // Whatever it is, it is no fault.
        assert!(Instant::told("99999999999999999999-99-99T99:99:99Z").is_some());
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

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn the_calendar_agrees_with_jiff(
            micros in Instant::MIN.micros()..Instant::from_month(9999 * 12 + 11).micros(), months in 0_u32..100_000,
        ) {
            let instant = Instant::from_micros(micros);
            let civil = jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
                .checked_add(jiff::SignedDuration::from_micros(micros))
                .unwrap();
            proptest::prop_assert_eq!(instant.month(), i64::from(civil.year()) * 12 + i64::from(civil.month()) - 1);
            proptest::prop_assert_eq!(instant.to_string(), format!("{civil}Z"));
            proptest::prop_assert_eq!(instant.date(), civil.date().to_string());
            proptest::prop_assert_eq!(Instant::parse(&instant.to_string()), Some(instant));
            let later = civil.checked_add(jiff::Span::new().months(months)).ok().map(|later| format!("{later}Z"));
            let ours = instant.plus_months(months);
            proptest::prop_assert_eq!((ours <= Instant::MAX).then(|| ours.to_string()), later);
            let start = Instant::from_month(instant.month());
            proptest::prop_assert!(start <= instant && Instant::from_month(instant.month() + 1) > instant);
        }
    }
}
