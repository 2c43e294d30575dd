//! Amounts as shops' exports write them: `1,234.50`, `1.234,50 €`, `-12`, `(12.00)`, `€29.00`, `'-3.10`.

use parrain_core::money::{Currency, Decimal};

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Below nothing.
    pub negative: bool,
    /// How much.
    pub size: Decimal,
    /// In which currency, where the cell says it.
    pub currency: Option<Currency>,
}

/// Why a cell is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAmount {
    /// There is nothing in it.
    Empty,
    /// A spreadsheet's formula in a value's place.
    Formula,
    /// Anything else.
    Other,
}

impl Amount {
    /// The amount in minor units.
    pub fn minor(&self, decimals: u8) -> i64 {
        let minor = self.size.to_minor(decimals);
        if self.negative { -minor } else { minor }
    }
}

/// A cell without what spreadsheets need around a text: `="0012"` and a leading apostrophe.
pub fn unwrapped(cell: &str) -> &str {
    let inside = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or_else(|| cell.strip_prefix('\'').unwrap_or(cell)).trim()
}

/// Whether a cell holds a formula.
pub fn is_formula(cell: &str) -> bool {
    let cell = unwrapped(cell);
    cell.starts_with('=') && cell.len() > 1
}

/// Reads a cell. `comma` says which mark stands before the decimals where a cell alone does not tell.
///
/// # Errors
/// Why it is no amount.
pub fn read(cell: &str, comma: bool) -> Result<Amount, NoAmount> {
    let text = unwrapped(cell);
    if text.is_empty() {
        return Err(NoAmount::Empty);
    }
    if text.starts_with('=') {
        return Err(NoAmount::Formula);
    }
    if let Some(size) = plain(text) {
        return Ok(Amount { negative: false, size, currency: None });
    }
    let is_mark = |c: char| matches!(c, '.' | ',' | '\'' | '’');
    let first = text.find(|c: char| c.is_ascii_digit()).ok_or(NoAmount::Other)?;
    let end = text.rfind(|c: char| c.is_ascii_digit()).map_or(first, |last| last + 1);
    let (before, rest) = text.split_at_checked(first).ok_or(NoAmount::Other)?;
    let (number, after) = rest.split_at_checked(end - first).ok_or(NoAmount::Other)?;
    // `.50` is how some write half a euro.
    let (before, number) = match before.strip_suffix(['.', ',']) {
        Some(shorter) if shorter.is_empty() || shorter.ends_with(['-', ' ']) => {
            (shorter, format!("0.{number}"))
        }
        _ => (before, number.to_owned()),
    };
    let after = after.strip_prefix(['.', ',']).unwrap_or(after);
    let around = format!("{before} {after}");
    let minus = |c: char| matches!(c, '-' | '−' | '–');
    let negative = around.contains(minus) || (before.trim().starts_with('(') && after.trim().ends_with(')'));
    let currency = currency_of(&around)?;
    let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    if !number.chars().all(|c| c.is_ascii_digit() || is_mark(c)) {
        return Err(NoAmount::Other);
    }
    let (whole, fraction) = match decimal_mark(&number, comma) {
        Some(at) => number.split_at_checked(at).ok_or(NoAmount::Other)?,
        None => (number.as_str(), ""),
    };
    if !is_grouped(whole) {
        return Err(NoAmount::Other);
    }
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    // Beyond six decimals there is nothing but what a database's type adds.
    let fraction: String = digits(fraction).chars().take(6).collect();
    let fraction = fraction.trim_end_matches('0');
    let all = format!("{}{fraction}", digits(whole));
    let size = all.parse::<i64>().ok().filter(|_| all.trim_start_matches('0').len() <= 15);
    let scale = u8::try_from(fraction.len()).unwrap_or_default();
    let size = size.map(|digits| Decimal { digits, scale }).ok_or(NoAmount::Other)?;
    Ok(Amount { negative, size, currency })
}

/// `12` and `12.50`, as nearly all exports write nearly all amounts: what needs no more thought.
fn plain(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.bytes().chain(fraction.bytes());
    let fits = (1..=12).contains(&whole.len())
        && (fraction.len() == 2 || fraction.is_empty() && whole.len() == text.len());
    if !fits || !digits.clone().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.fold(0_i64, |sum, byte| sum * 10 + i64::from(byte - b'0'));
    Some(Decimal { digits, scale: if fraction.is_empty() { 0 } else { 2 } })
}

/// What cells say of the mark before the decimals: `Some(true)` is a comma. `None` where a cell could be read either way.
pub fn comma_of(cell: &str) -> Option<bool> {
    let text = unwrapped(cell);
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let number: String = text.get(first..end)?.chars().filter(|c| !c.is_whitespace()).collect();
    let (one, other) = (decimal_mark(&number, true), decimal_mark(&number, false));
    match (one, other) {
        (Some(one), Some(other)) if one == other => Some(number.get(one..)?.starts_with(',')),
        // Nothing but groups of thousands, of one mark: it is the other that stands before decimals.
        (None, None) if number.contains(',') => Some(false),
        (None, None) if number.contains('.') => Some(true),
        _ => None,
    }
}

/// Where the mark before the decimals stands.
fn decimal_mark(number: &str, comma: bool) -> Option<usize> {
    let last = number.rfind([',', '.'])?;
    let mark = number.get(last..)?.chars().next()?;
    let behind = number.len() - last - 1;
    let alone = number.matches(mark).count() == 1;
    let other = number.contains(if mark == ',' { '.' } else { ',' });
    match () {
        // `1,234,567` has thousands alone.
        () if !alone => None,
        () if other || behind != 3 => Some(last),
        // `1,234` is either; `0,500` is none of thousands.
        () if number.starts_with('0') => Some(last),
        () => (comma == (mark == ',')).then_some(last),
    }
}

/// Whether marks in a whole number stand before groups of three digits.
fn is_grouped(whole: &str) -> bool {
    let mut groups = whole.split(['.', ',', '\'', '’']);
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    let grouped = rest.peek().is_some();
    (!grouped || (1..=3).contains(&first.len())) && rest.all(|group| group.len() == 3)
}

/// The currency that stands beside an amount. Words are none: `12 pieces` is no amount.
fn currency_of(around: &str) -> Result<Option<Currency>, NoAmount> {
    let text: String = around
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '−' | '–' | '(' | ')' | '+'))
        .collect();
    let code = match text.trim_end_matches('.') {
        "" => return Ok(None),
        "€" => "EUR",
        "£" => "GBP",
        "zł" => "PLN",
        "Kč" => "CZK",
        "Fr" => "CHF",
        "R$" => "BRL",
        "CA$" | "C$" => "CAD",
        "A$" => "AUD",
        "US$" => "USD",
        // Of many countries' money.
        "$" | "¥" | "kr" => return Ok(None),
        code => code,
    };
    Currency::parse(code).map(Some).ok_or(NoAmount::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(cell: &str, comma: bool) -> Option<i64> {
        read(cell, comma).ok().map(|amount| amount.minor(2))
    }

    #[test]
    fn amounts_are_read_as_shops_write_them() {
        for (cell, want) in [
            ("12", 1200),
            ("12.5", 1250),
            ("12,50", 1250),
            ("1,234.50", 123_450),
            ("1.234,50", 123_450),
            ("1 234,50 €", 123_450),
            ("1\u{202f}234,50\u{a0}€", 123_450),
            ("€29.00", 2900),
            ("CHF 1'234.50", 123_450),
            ("$1,234,567.89", 123_456_789),
            ("1,234,567", 123_456_700),
            ("-12.00", -1200),
            ("'-12.00", -1200),
            ("(12.00)", -1200),
            ("-12,00 €", -1200),
            ("−3", -300),
            ("24.166667", 2417),
            ("105.0000", 10_500),
            ("=\"29.90\"", 2990),
            (".50", 50),
            ("0,500", 50),
            ("12.", 1200),
            ("007", 700),
        ] {
            assert_eq!((cents(cell, false), cents(cell, true)), (Some(want), Some(want)), "{cell}");
        }
        assert_eq!((cents("1,234", false), cents("1,234", true)), (Some(123_400), Some(123)));
        assert_eq!((cents("1.234", false), cents("1.234", true)), (Some(123), Some(123_400)));
        assert_eq!(read("29,00 €", true).unwrap().currency, Currency::parse("EUR"));
        assert_eq!(read("29.00 USD", true).unwrap().currency, Currency::parse("USD"));
    }

    #[test]
    fn what_is_no_amount_says_why() {
        assert_eq!(read(" ", false), Err(NoAmount::Empty));
        assert_eq!(read("=SUM(A1:A9)", false), Err(NoAmount::Formula));
        for other in ["n/a", "12 pieces", "1.2.3", "12/05/2024", "1,23,4", "1e5", "9999999999999999"] {
            assert_eq!(read(other, false), Err(NoAmount::Other), "{other}");
        }
    }

    #[test]
    fn a_cell_says_which_mark_it_has_where_it_can() {
        for (cell, want) in [
            ("12,50", Some(true)),
            ("12.50", Some(false)),
            ("1.234,5", Some(true)),
            ("1,234,567", Some(false)),
            ("1.234.567", Some(true)),
            ("1,234", None),
            ("12", None),
            ("", None),
        ] {
            assert_eq!(comma_of(cell), want, "{cell}");
        }
    }
}
