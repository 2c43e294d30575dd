//! Plain readings of text, for what a browser loads: the general searches of the standard library weigh two kilobytes
//! there, its reading and writing of numbers two more.

/// What stands before and after the first `mark` (an ASCII character); all and nothing where there is none.
pub fn cut(text: &str, mark: u8) -> (&str, &str) {
    let at = text.bytes().position(|b| b == mark).unwrap_or(text.len());
    (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())
}

/// What stands between marks, one after the other; one empty text where there is none.
pub fn parts(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (part, after) = cut(text, mark);
        rest = (part.len() < text.len()).then_some(after);
        Some(part)
    })
}

/// A whole number out of at most fifteen digits, nothing where there is anything else.
pub fn number(text: &str) -> Option<i64> {
    if !(1..16).contains(&text.len()) {
        return None;
    }
    let mut number = 0;
    for b in text.bytes() {
        if !b.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(b - b'0');
    }
    Some(number)
}

/// A whole number in digits; negative ones are zero.
pub fn decimal(number: i64) -> String {
    padded(number, 1)
}

/// A whole number in at least so many digits; negative ones are zero.
pub fn padded(number: i64, width: usize) -> String {
    let mut rest = number.max(0) as u64;
    let mut out = String::new();
    while rest > 0 || out.len() < width {
        out.insert(0, char::from(b'0' + (rest % 10) as u8));
        rest /= 10;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_out_and_come_back() {
        for number in [0, 7, 10, 1_762_000_000, 999_999_999_999_999] {
            assert_eq!(decimal(number), number.to_string());
            assert_eq!(super::number(&decimal(number)), Some(number));
        }
        assert_eq!(decimal(-12), "0");
        assert_eq!(
            (padded(7, 2).as_str(), padded(0, 2).as_str(), padded(2026, 2).as_str()),
            ("07", "00", "2026")
        );
        for odd in ["", "-1", "+1", "1.0", "1e5", "９", "9999999999999999", "257776000502000055200"] {
            assert_eq!(super::number(odd), None, "{odd}");
        }
    }

    #[test]
    fn cuts_at_the_first_mark_and_at_each() {
        assert_eq!(cut("a.b.c", b'.'), ("a", "b.c"));
        assert_eq!(cut("abc", b'.'), ("abc", ""));
        assert_eq!(cut("é.", b'.'), ("é", ""));
        for text in ["", "a", "a~b", "~a~~é~", "~"] {
            assert_eq!(parts(text, b'~').collect::<Vec<_>>(), text.split('~').collect::<Vec<_>>(), "{text}");
        }
    }
}
