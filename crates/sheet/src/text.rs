//! Bytes to text, in pieces: UTF-8 and UTF-16 with or without a mark at the beginning, else Windows-1252, which is what
//! spreadsheets of western Europe save.

use std::borrow::Cow;

use yore::CodePage;
use yore::code_pages::CP1252;

/// A file that is no text, as its first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoText {
    /// A spreadsheet's own file: `xlsx` and `ods` are zips, `xls` has a mark of its own.
    Spreadsheet,
    /// Something else that is packed, or a document.
    Other,
}

/// Takes bytes and gives text.
pub struct Text {
    /// What came before the encoding was known: its first bytes, then what is ASCII so far.
    state: State,
}

enum State {
    /// Too little came to look for a mark.
    Beginning(Vec<u8>),
    /// All of it was ASCII. The bytes are those of a letter that is not whole yet.
    Ascii(Vec<u8>),
    /// The bytes are those of a letter that is not whole yet.
    Known(Encoding, Vec<u8>),
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16 { big_endian: bool },
    Windows1252,
}

/// How many bytes are looked at before the encoding is said.
const MARKS: usize = 8;

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}

impl Text {
    /// Of a file of which nothing came yet.
    pub fn new() -> Self {
        Self { state: State::Beginning(Vec::new()) }
    }

    /// The text of a further piece; `last` where none follows.
    ///
    /// # Errors
    /// Where the file is none of text; then nothing more of it need be given.
    pub fn decode(&mut self, bytes: &[u8], last: bool, out: &mut String) -> Result<(), NoText> {
        match &mut self.state {
            State::Beginning(held) => {
                held.extend_from_slice(bytes);
                if held.len() < MARKS && !last {
                    return Ok(());
                }
                let all = std::mem::take(held);
                let (state, skipped) = begin(&all)?;
                self.state = state;
                let rest = all.get(skipped..).unwrap_or_default();
                self.decode(rest, last, out)
            }
            State::Ascii(held) => {
                let held = std::mem::take(held);
                let joined = [held.as_slice(), bytes].concat();
                let ascii = joined.iter().take_while(|byte| byte.is_ascii()).count();
                let (plain, rest) = joined.split_at(ascii);
                out.push_str(std::str::from_utf8(plain).unwrap_or_default());
                let Some(utf8) = is_utf8(rest, last) else {
                    self.state = State::Ascii(rest.to_vec());
                    return Ok(());
                };
                let encoding = if utf8 { Encoding::Utf8 } else { Encoding::Windows1252 };
                self.state = State::Known(encoding, Vec::new());
                self.decode(rest, last, out)
            }
            State::Known(encoding, held) => {
                let bytes = match std::mem::take(held) {
                    none if none.is_empty() => Cow::Borrowed(bytes),
                    begun => Cow::Owned([begun.as_slice(), bytes].concat()),
                };
                let whole = bytes.len() - if last { 0 } else { begun(*encoding, &bytes) };
                let (whole, rest) = bytes.split_at(whole);
                *held = rest.to_vec();
                match encoding {
                    Encoding::Utf8 => out.push_str(&String::from_utf8_lossy(whole)),
                    Encoding::Utf16 { big_endian } => {
                        let units = whole.chunks(2).map(|pair| match *pair {
                            [one, two] if *big_endian => u16::from_be_bytes([one, two]),
                            [one, two] => u16::from_le_bytes([one, two]),
                            // Half a unit ends the file.
                            _ => char::REPLACEMENT_CHARACTER as u16,
                        });
                        let letters = char::decode_utf16(units);
                        out.extend(letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
                    }
                    Encoding::Windows1252 => out.push_str(&CP1252.decode_lossy(whole)),
                }
                Ok(())
            }
        }
    }
}

/// How many bytes at the end are the beginning of a letter whose rest has to come.
fn begun(encoding: Encoding, bytes: &[u8]) -> usize {
    match encoding {
        Encoding::Utf8 => {
            // A letter is four bytes at most.
            let first = bytes.iter().rev().take(3).position(|&byte| byte >= 0xC0);
            let (_, tail) = bytes.split_at(bytes.len() - first.map_or(0, |at| at + 1));
            let cut_off = std::str::from_utf8(tail).is_err_and(|fault| fault.error_len().is_none());
            if cut_off { tail.len() } else { 0 }
        }
        Encoding::Utf16 { big_endian } => {
            let half = bytes.len() % 2;
            let (whole, _) = bytes.split_at(bytes.len() - half);
            let high = match whole {
                [.., high, _] if big_endian => Some(high),
                [.., _, high] => Some(high),
                _ => None,
            };
            // The first unit of a pair.
            half + if high.is_some_and(|byte| matches!(byte, 0xD8..=0xDB)) { 2 } else { 0 }
        }
        Encoding::Windows1252 => 0,
    }
}

/// How to go on from the first bytes, and how many of them are a mark.
fn begin(bytes: &[u8]) -> Result<(State, usize), NoText> {
    let known = |encoding| State::Known(encoding, Vec::new());
    let starts = |mark: &[u8]| bytes.starts_with(mark);
    if starts(b"PK\x03\x04") || starts(b"\xD0\xCF\x11\xE0") {
        return Err(NoText::Spreadsheet);
    }
    if starts(b"\x1F\x8B")
        || starts(b"%PDF")
        || starts(b"\x89PNG")
        || starts(b"\xFF\xD8\xFF")
        || starts(b"Rar!")
    {
        return Err(NoText::Other);
    }
    if starts(b"\xEF\xBB\xBF") {
        return Ok((known(Encoding::Utf8), 3));
    }
    if starts(b"\xFF\xFE") {
        return Ok((known(Encoding::Utf16 { big_endian: false }), 2));
    }
    if starts(b"\xFE\xFF") {
        return Ok((known(Encoding::Utf16 { big_endian: true }), 2));
    }
    // Headings begin with letters of ASCII, whose other byte is zero.
    let zero = |number: usize| bytes.get(number) == Some(&0);
    Ok(match (zero(0) && zero(2), zero(1) && zero(3)) {
        (true, true) => return Err(NoText::Other),
        (true, false) => (known(Encoding::Utf16 { big_endian: true }), 0),
        (false, true) => (known(Encoding::Utf16 { big_endian: false }), 0),
        (false, false) => (State::Ascii(Vec::new()), 0),
    })
}

/// Whether bytes that begin with one that is not ASCII begin as UTF-8 does; `None` where more has to come.
fn is_utf8(bytes: &[u8], last: bool) -> Option<bool> {
    let first = *bytes.first()?;
    let length = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return Some(false),
    };
    match bytes.get(..length) {
        Some(letter) => Some(std::str::from_utf8(letter).is_ok()),
        None if last => Some(false),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], piece: usize) -> Result<String, NoText> {
        let (mut text, mut out) = (Text::new(), String::new());
        for part in bytes.chunks(piece) {
            text.decode(part, false, &mut out)?;
        }
        text.decode(&[], true, &mut out)?;
        Ok(out)
    }

    #[test]
    fn each_encoding_is_read_in_pieces_of_any_size() {
        let words = "Référence;Total\nÉté;12,50 €\n";
        let utf16 = |big: bool| -> Vec<u8> {
            let units = words.encode_utf16();
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let windows = CP1252.encode(words).unwrap();
        let files: Vec<Vec<u8>> = vec![
            words.into(),
            [b"\xEF\xBB\xBF", words.as_bytes()].concat(),
            [&b"\xFF\xFE"[..], &utf16(false)].concat(),
            [&b"\xFE\xFF"[..], &utf16(true)].concat(),
            windows.to_vec(),
        ];
        for file in &files {
            for piece in [1, 2, 3, 7, 1000] {
                assert_eq!(read(file, piece).as_deref(), Ok(words), "{piece} of {file:?}");
            }
        }
        let plain: Vec<u8> = "Name,Total\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&plain, 3).as_deref(), Ok("Name,Total\n"), "UTF-16 without a mark");
        assert_eq!(read(b"a", 1).as_deref(), Ok("a"));
        assert_eq!(read(b"", 1).as_deref(), Ok(""));
        assert_eq!(read(b"Caf\xE9", 1).as_deref(), Ok("Café"), "cut off within what might be UTF-8");
        for piece in [1, 2, 3, 1000] {
            let pair: Vec<u8> = "\u{feff}a😀".encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(read(&pair, piece).as_deref(), Ok("a😀"));
            assert_eq!(read(&pair[..pair.len() - 2], piece).as_deref(), Ok("a\u{fffd}"), "half a pair");
            assert_eq!(read(&pair[..pair.len() - 3], piece).as_deref(), Ok("a\u{fffd}"), "half a unit");
            let broken = b"\xEF\xBB\xBF\xE2\x82x\xF0\x9F\x98\x80\xFF\x80\xE2\x82";
            let read = read(broken, piece).unwrap();
            assert_eq!(
                read,
                String::from_utf8_lossy(&broken[3..]),
                "what is no letter, in pieces of {piece}"
            );
        }
    }

    #[test]
    fn what_is_no_text_is_told_by_its_first_bytes() {
        assert_eq!(read(b"PK\x03\x04\x14\x00\x06\x00\x08", 4), Err(NoText::Spreadsheet));
        assert_eq!(read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 1), Err(NoText::Spreadsheet));
        assert_eq!(read(b"%PDF-1.7 ....", 100), Err(NoText::Other));
        assert_eq!(read(&[0; 20], 5), Err(NoText::Other));
    }
}
