//! Dates as exports write them: `2024-03-05T14:22:10Z`, `2024-03-05 14:22:10 +0100`, `2024-03-05 14:22`, `05/03/2024 14:22:10`
//! (or the month first), `05.03.24`, `Mar 5, 2024 2:22:10 PM`, `5 mars 2024 à 14:22`, and seconds since 1970.

use parrain_core::instant::Instant;
use parrain_core::zone::Zone;

/// The date of a cell, on the clock of `zone` where the cell names no offset. `day_first` says how `05/03/2024` is meant.
pub fn read(cell: &str, day_first: bool, zone: &Zone) -> Option<Instant> {
    let cell = crate::amounts::unwrapped(cell);
    if matches!(cell.len(), 10 | 13) && cell.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = cell.parse().ok()?;
        return Some(if cell.len() == 10 {
            Instant::from_seconds(number)
        } else {
            Instant::from_millis(number)
        });
    }
    let (numbers, offset) = match plain(cell) {
        Some(read) => read,
        None => {
            let parts = Parts::of(cell)?;
            let ([year, month, day], [hour, minute, second]) = (parts.date(day_first)?, parts.clock()?);
            ([year, month, day, hour, minute, second], parts.offset)
        }
    };
    let [year, month, day, hour, minute, second] = numbers;
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
    let shown = Instant::parse(&text)?;
    Some(match offset {
        Some(offset) => shown.plus_seconds(-offset),
        None => zone.hour_start(shown.day(), hour).plus_seconds(i64::from(minute * 60 + second)),
    })
}

/// `2024-03-05 14:22:10` and `2024-03-05 14:22:10 +0100`, which need no more thought: their numbers, and the offset in seconds
/// east of UTC.
fn plain(cell: &str) -> Option<([u32; 6], Option<i64>)> {
    const SHAPE: &[u8; 19] = b"dddd-dd-dd dd:dd:dd";
    let (clock, rest) = cell.split_at_checked(SHAPE.len())?;
    let shaped = clock.bytes().zip(SHAPE).all(|(byte, shape)| match shape {
        b'd' => byte.is_ascii_digit(),
        mark => byte == *mark,
    });
    let number = |part: Option<&str>| {
        let digits = part.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some(digits.bytes().fold(0_u32, |sum, byte| sum * 10 + u32::from(byte - b'0')))
    };
    if !shaped {
        return None;
    }
    let offset = match rest.as_bytes() {
        [] => None,
        [b' ', sign @ (b'+' | b'-'), _, _, _, _] => {
            let seconds = i64::from(number(rest.get(2..4))? * 3600 + number(rest.get(4..6))? * 60);
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => return None,
    };
    let at = |from: usize, to: usize| number(clock.get(from..to));
    Some(([at(0, 4)?, at(5, 7)?, at(8, 10)?, at(11, 13)?, at(14, 16)?, at(17, 19)?], offset))
}

/// What a cell says of which number is the day: `None` where it could be either, or where the year or a word says it.
pub fn day_first_of(cell: &str) -> Option<bool> {
    let parts = Parts::of(crate::amounts::unwrapped(cell))?;
    match parts.numbers.as_slice() {
        [(one, length), (other, _), ..] if parts.month.is_none() && *length <= 2 => {
            match (*one > 12, *other > 12) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                (true, true) | (false, false) => None,
            }
        }
        _ => None,
    }
}

/// Whether it needs to be said which number is the day.
pub fn is_by_numbers(cell: &str) -> bool {
    let parts = Parts::of(crate::amounts::unwrapped(cell));
    parts.is_some_and(|parts| {
        parts.month.is_none() && parts.numbers.first().is_some_and(|(_, length)| *length <= 2)
    })
}

/// The numbers and words of a date.
struct Parts {
    /// Each with how many digits it has.
    numbers: Vec<(u32, usize)>,
    month: Option<u32>,
    /// How many numbers stood before the clock's first.
    clock_at: Option<usize>,
    /// `Some(true)` is after noon.
    noon: Option<bool>,
    /// Seconds east of UTC.
    offset: Option<i64>,
}

impl Parts {
    fn of(cell: &str) -> Option<Self> {
        let mut parts = Self { numbers: Vec::new(), month: None, clock_at: None, noon: None, offset: None };
        let (cell, offset) = offset_of(cell);
        parts.offset = offset;
        let mut rest = cell;
        while let Some(first) = rest.chars().next() {
            let run = |kind: fn(char) -> bool| rest.find(|c: char| !kind(c)).unwrap_or(rest.len());
            let length = if first.is_ascii_digit() {
                let length = run(|c| c.is_ascii_digit());
                let number = rest.get(..length)?.parse().ok().filter(|_| length <= 9)?;
                let behind = rest.get(length..)?;
                if parts.clock_at.is_none() && (behind.starts_with(':') || is_hour_mark(behind)) {
                    parts.clock_at = Some(parts.numbers.len());
                }
                parts.numbers.push((number, length));
                // A fraction of a second says nothing here.
                let fraction = behind
                    .strip_prefix(['.', ','])
                    .filter(|_| parts.clock_at.is_some_and(|at| parts.numbers.len() == at + 3));
                let digits = fraction.map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count());
                length + digits.filter(|digits| *digits > 0).map_or(0, |digits| digits + 1)
            } else if first.is_alphabetic() {
                let length = run(char::is_alphabetic);
                parts.word(rest.get(..length)?)?;
                length
            } else if matches!(first, '-' | '/' | '.' | ':' | ',' | ' ' | '\u{a0}' | '\u{202f}') {
                first.len_utf8()
            } else {
                return None;
            };
            rest = rest.get(length..)?;
        }
        let most = parts.clock_at.map_or(parts.numbers.len(), |at| at);
        let wanted = if parts.month.is_some() { 2 } else { 3 };
        (most == wanted && parts.numbers.len() <= most + 3).then_some(parts)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        match word.to_lowercase().as_str() {
            "am" => self.noon = Some(false),
            "pm" => self.noon = Some(true),
            "t" | "h" | "à" | "at" | "le" | "de" => {}
            word => match month_of(word) {
                Some(month) if self.month.is_none() => self.month = Some(month),
                // The day of the week says nothing that the date does not.
                None if is_weekday(word) => {}
                Some(_) | None => return None,
            },
        }
        Some(())
    }

    fn date(&self, day_first: bool) -> Option<[u32; 3]> {
        let mut numbers = self.numbers.iter().copied();
        let (one, length) = numbers.next()?;
        let (two, two_length) = numbers.next()?;
        if let Some(month) = self.month {
            let (day, year) = if length == 4 { (two, (one, length)) } else { (one, (two, two_length)) };
            return Some([full(year)?, month, day]);
        }
        let (three, three_length) = numbers.next()?;
        if length == 4 {
            return Some([one, two, three]);
        }
        let year = full((three, three_length))?;
        Some(if day_first { [year, two, one] } else { [year, one, two] })
    }

    fn clock(&self) -> Option<[u32; 3]> {
        let Some(at) = self.clock_at else { return Some([0; 3]) };
        let number = |nth: usize| self.numbers.get(at + nth).map_or(0, |(number, _)| *number);
        let hour = match self.noon {
            None => number(0),
            Some(after) => number(0) % 12 + if after { 12 } else { 0 },
        };
        let clock = [hour, number(1), number(2)];
        (hour < 24 && clock.iter().skip(1).all(|part| *part < 60)).then_some(clock)
    }
}

/// `14h22`.
fn is_hour_mark(behind: &str) -> bool {
    let mut behind = behind.chars();
    behind.next().is_some_and(|c| c == 'h') && behind.next().is_some_and(|c| c.is_ascii_digit())
}

/// A year in four digits.
fn full((year, length): (u32, usize)) -> Option<u32> {
    match length {
        4 => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// What stands before an offset, and the offset: `Z`, `UTC`, `GMT`, `+0100`, `+01:00` behind a clock.
fn offset_of(cell: &str) -> (&str, Option<i64>) {
    let cell = cell.trim();
    for name in ["UTC", "GMT", "Z", "z"] {
        let before = cell
            .strip_suffix(name)
            .filter(|before| before.ends_with(|c: char| c.is_ascii_digit() || c == ' '));
        if let Some(before) = before {
            return (before.trim_end(), Some(0));
        }
    }
    let Some(sign) =
        cell.rfind(['+', '-']).filter(|at| cell.get(..*at).is_some_and(|before| before.contains(':')))
    else {
        return (cell, None);
    };
    let (before, offset) = cell.split_at_checked(sign).unwrap_or((cell, ""));
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let shape = offset.chars().skip(1).all(|c| c.is_ascii_digit() || c == ':');
    let parsed = match (digits.len(), shape) {
        (2, true) => digits.parse::<i64>().ok().map(|hours| hours * 3600),
        (4, true) => digits.parse::<i64>().ok().map(|number| (number / 100 * 60 + number % 100) * 60),
        _ => None,
    };
    let east = parsed.map(|seconds| if offset.starts_with('-') { -seconds } else { seconds });
    (if east.is_some() { before.trim_end() } else { cell }, east)
}

/// The number of a month by its English or French name, whole or short.
fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["january", "jan", "janvier", "janv"],
        &["february", "feb", "février", "fevrier", "févr", "fevr", "fév"],
        &["march", "mar", "mars"],
        &["april", "apr", "avril", "avr"],
        &["may", "mai"],
        &["june", "jun", "juin"],
        &["july", "jul", "juillet", "juil"],
        &["august", "aug", "août", "aout"],
        &["september", "sep", "sept", "septembre"],
        &["october", "oct", "octobre"],
        &["november", "nov", "novembre"],
        &["december", "dec", "décembre", "decembre", "déc"],
    ];
    let place = MONTHS.iter().position(|names| names.contains(&word))?;
    u32::try_from(place + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 21] = [
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
    ];
    DAYS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> Zone {
        let at = |text| Instant::parse(text).unwrap();
        Zone::new(3600, vec![(at("2024-03-31T01:00:00Z"), 7200), (at("2024-10-27T01:00:00Z"), 3600)])
    }

    fn text(cell: &str, day_first: bool) -> Option<String> {
        read(cell, day_first, &paris()).map(Instant::text)
    }

    #[test]
    fn each_form_is_read_on_the_shop_s_clock() {
        for cell in [
            "2024-03-05T13:22:10Z",
            "2024-03-05T14:22:10+01:00",
            "2024-03-05T14:22:10.123+01:00",
            "2024-03-05 14:22:10 +0100",
            "2024-03-05 14:22:10",
            "2024/03/05 14:22:10",
            "2024-03-05 13:22:10 UTC",
            "05/03/2024 14:22:10",
            "05.03.2024 14:22:10",
            "5/3/24 14:22:10",
            "05-03-2024 2:22:10 PM",
            "Mar 5, 2024 2:22:10 PM",
            "Mar 5, 2024, 2:22:10\u{202f}PM",
            "Tue, 5 Mar 2024 14:22:10 +0100",
            "5 mars 2024 à 14:22:10",
            "1709644930",
            "1709644930000",
        ] {
            assert_eq!(text(cell, true).as_deref(), Some("2024-03-05T13:22:10Z"), "{cell}");
        }
        assert_eq!(text("03/05/2024 14:22:10", false).as_deref(), Some("2024-03-05T13:22:10Z"));
        assert_eq!(text("2024-07-05", true).as_deref(), Some("2024-07-04T22:00:00Z"), "in summer");
        assert_eq!(text("1 août 2024 14h05", true).as_deref(), Some("2024-08-01T12:05:00Z"));
        assert_eq!(text("12/31/2024 12:30 AM", false).as_deref(), Some("2024-12-30T23:30:00Z"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for cell in [
            "",
            "n/a",
            "Total",
            "31/02/2024",
            "2024-13-01",
            "12:30",
            "2024-03-05 25:00",
            "1234",
            "1.234,50",
            "5 foo 2024",
        ] {
            assert_eq!(text(cell, true), None, "{cell}");
        }
    }

    #[test]
    fn a_cell_says_which_number_is_the_day_where_it_can() {
        assert_eq!(day_first_of("31/01/2024"), Some(true));
        assert_eq!(day_first_of("01/31/2024 10:00"), Some(false));
        assert_eq!(day_first_of("05/03/2024"), None);
        assert_eq!(day_first_of("2024-03-31"), None);
        assert!(is_by_numbers("05/03/2024") && !is_by_numbers("Mar 5, 2024") && !is_by_numbers("2024-03-05"));
    }
}
