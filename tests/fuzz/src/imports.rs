//! Any bytes as an export of other software: what it asks for stands in the order of its lines, the same file asks for the
//! same, and a file that comes in pieces is the same text.

use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::zone::Zone;
use parrain_imports::{MOST_ENTRIES, Settings, read};
use parrain_sheet::text::Text;

/// One input.
pub fn run(bytes: &[u8]) {
    let settings = Settings {
        software: None,
        zone: Zone::default(),
        currency: Currency::parse("EUR").expect("a currency"),
        now: Instant::parse("2026-11-20T00:00:00Z").expect("an instant"),
        nearest: true,
        rates: true,
    };
    let found = read(bytes, &settings);
    match &found {
        Ok(found) => {
            assert!(found.entries.len() <= MOST_ENTRIES);
            let lines = std::iter::once(1).chain(found.entries.iter().map(|entry| entry.line));
            assert!(lines.is_sorted(), "{found:?}");
        }
        Err(why) => assert!(!why.words().is_empty()),
    }
    let again = read(bytes, &settings);
    assert_eq!(again.map(|found| found.entries), found.map(|found| found.entries));
    let in_pieces = |size: usize| {
        let (mut text, mut out) = (Text::new(), String::new());
        let fault = bytes.chunks(size).find_map(|piece| text.decode(piece, false, &mut out).err());
        match fault {
            Some(fault) => Err(fault),
            None => text.decode(&[], true, &mut out).map(|()| out),
        }
    };
    let whole = in_pieces(bytes.len().max(1));
    for size in [1, 2, 3, 7] {
        assert_eq!(in_pieces(size), whole, "in pieces of {size}");
    }
}
