//! Text to records of cells, in pieces, and which mark stands between cells.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

/// The most bytes of one record. A quote that is never closed would make one of all that follows.
pub const LONGEST: usize = 1 << 20;
/// The most cells of one record.
const WIDEST: usize = 4096;

/// The marks that may stand between cells, the likelier first.
pub const SEPARATORS: [u8; 4] = *b",;\t|";

/// A record and the line on which it begins, from 1.
pub struct Record<'a> {
    /// The line, from 1.
    pub line: u64,
    text: &'a str,
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    /// The cell of a column, without blanks around it; empty where the record is shorter.
    pub fn cell(&self, column: usize) -> &'a str {
        let end = self.ends.get(column).copied();
        let start = column.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let cell = start.zip(end).and_then(|(start, end)| self.text.get(start..end));
        cell.unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> {
        (0..self.ends.len()).map(|column| self.cell(column))
    }
}

/// A record that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The line on which it begins, from 1.
    pub line: u64,
}

/// Takes text and gives records.
pub struct Cells {
    reader: Reader,
    text: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    ended: usize,
    /// The line on which the record begins that is being read; 0 before it has begun.
    line: u64,
    /// How many lines ended so far. The engine's own count is of lines that it has left, before it skips empty ones.
    newlines: u64,
    /// The record that is being read is longer than may be.
    over: bool,
}

impl Cells {
    /// For cells between which this mark stands.
    pub fn new(separator: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(separator).terminator(Terminator::CRLF).build();
        Self {
            reader,
            text: vec![0; 4096],
            filled: 0,
            ends: vec![0; 64],
            ended: 0,
            line: 0,
            newlines: 0,
            over: false,
        }
    }

    /// Gives `take` each record that a further piece completes; an empty one says that none follows.
    pub fn feed(&mut self, piece: &str, mut take: impl FnMut(Result<Record<'_>, TooLong>)) {
        let mut rest = piece.as_bytes();
        let last = rest.is_empty();
        loop {
            if rest.is_empty() && !last {
                return;
            }
            let text = self.text.get_mut(self.filled..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
            let (result, read, written, cells) = self.reader.read_record(rest, text, ends);
            let (passed, ahead) = rest.split_at_checked(read).unwrap_or((rest, &[]));
            for byte in passed {
                if self.line == 0 && !matches!(byte, b'\r' | b'\n') {
                    self.line = self.newlines + 1;
                }
                self.newlines += u64::from(*byte == b'\n');
            }
            rest = ahead;
            self.filled += written;
            self.ended += cells;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.text.len() < LONGEST => {
                    self.text.resize(self.text.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < WIDEST => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    self.over = true;
                    (self.filled, self.ended) = (0, 0);
                }
                ReadRecordResult::Record => {
                    self.give(&mut take);
                }
                ReadRecordResult::End => return,
            }
        }
    }

    fn give(&mut self, take: &mut impl FnMut(Result<Record<'_>, TooLong>)) {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.over) {
            take(Err(TooLong { line }));
        } else {
            let text = self.text.get(..self.filled).unwrap_or_default();
            // Cells end where the reader cut whole text at marks of ASCII.
            let text = std::str::from_utf8(text).unwrap_or_default();
            let ends = self.ends.get(..self.ended).unwrap_or_default();
            take(Ok(Record { line, text, ends }));
        }
        (self.filled, self.ended) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, piece: usize) -> Vec<(u64, Vec<String>)> {
        let mut found = Vec::new();
        let mut take = |record: Result<Record<'_>, TooLong>| {
            found.push(match record {
                Ok(record) => (record.line, record.cells().map(str::to_owned).collect()),
                Err(TooLong { line }) => (line, vec!["too long".into()]),
            });
        };
        let mut cells = Cells::new(b',');
        let mut rest = text;
        while !rest.is_empty() {
            let cut = (piece.min(rest.len())..=rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap();
            cells.feed(&rest[..cut], &mut take);
            rest = &rest[cut..];
        }
        cells.feed("", &mut take);
        found
    }

    #[test]
    fn quotes_and_line_breaks_in_cells_are_read_in_pieces() {
        let text = "a,b\r\n\"1\r\n2\",\"say \"\"é\"\"\"\r\n\r\nlast, x ";
        let want = [(1, vec!["a", "b"]), (2, vec!["1\r\n2", "say \"é\""]), (5, vec!["last", "x"])];
        for piece in [1, 2, 5, 100] {
            let found = all(text, piece);
            let found: Vec<(u64, Vec<&str>)> = found
                .iter()
                .map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect()))
                .collect();
            assert_eq!(found, want, "{piece}");
        }
    }

    #[test]
    fn a_record_without_an_end_takes_no_more_memory() {
        let text = format!("a,b\n1,\"{}\n2,3\n", "x".repeat(3 * LONGEST));
        let found = all(&text, 65_536);
        assert_eq!(found.len(), 2, "the quote takes all that follows");
        assert_eq!(found[1], (2, vec!["too long".to_owned()]));
        let wide = format!("{}\n1,2\n", "x,".repeat(10_000));
        assert_eq!(all(&wide, 65_536)[1].1, ["1", "2"]);
    }
}
