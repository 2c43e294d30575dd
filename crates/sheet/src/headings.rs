//! Where a table begins and what its columns are called: the mark between cells, the record with the headings, and which
//! columns have which of the names that a reader knows.

use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::cells::{Cells, Record, SEPARATORS, TooLong};

/// How many records of a file's beginning are looked at.
const LOOKED_AT: usize = 300;
/// Among how many of them the headings are looked for.
const HEADINGS_AMONG: usize = 15;

/// What a file's first records say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The mark between cells.
    pub separator: u8,
    /// How many records stand before the headings.
    pub headings_at: usize,
    /// The headings.
    pub names: Vec<String>,
    /// Records after them, as far as they were looked at.
    pub rows: Vec<Vec<String>>,
}

/// Looks at a file's first text, `whole` where it is all of it. `weigh` says how much a record looks like headings.
pub fn beginning(head: &str, whole: bool, weigh: impl Fn(&[String]) -> usize) -> Beginning {
    let tried = SEPARATORS.map(|separator| (separator, records(head, whole, separator)));
    let scored = tried.into_iter().map(|(separator, records)| {
        let (score, at) = best(&records, &weigh);
        (score, separator, at, records)
    });
    // Of equals the first: it is the likelier mark.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    let (_, separator, headings_at, records) = best.unwrap_or(((0, 0), b',', 0, Vec::new()));
    let mut rows = records.into_iter().skip(headings_at);
    let names = rows.next().unwrap_or_default();
    Beginning { separator, headings_at, names, rows: rows.collect() }
}

/// A name by which names are compared: lower case, without accents, one blank between words of letters and digits.
pub fn folded(name: &str) -> String {
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(name);
    let mut folded = String::with_capacity(plain.len());
    for c in plain.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        if c.is_alphanumeric() {
            folded.extend(c.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Which column is what, by whole names: of each role the names it may have, as [`folded`] leaves them, the likelier first.
/// A column is one role's at most, and the first role has it.
pub fn by_name<R: Copy>(
    folded: &[String],
    roles: &[R],
    names: impl Fn(R) -> Vec<&'static str>,
) -> Vec<Option<R>> {
    let mut found: Vec<Option<R>> = vec![None; folded.len()];
    for role in roles {
        let place = names(*role).into_iter().find_map(|wanted| {
            folded.iter().zip(&found).position(|(name, taken)| taken.is_none() && name == wanted)
        });
        if let Some(slot) = place.and_then(|place| found.get_mut(place)) {
            *slot = Some(*role);
        }
    }
    found
}

/// Whether a record sums up others: one of its cells says so.
pub fn is_totals(record: &Record<'_>) -> bool {
    const WORDS: [&str; 7] = ["total", "totals", "totaux", "somme", "sum", "grand total", "total general"];
    record.cells().any(|cell| WORDS.contains(&folded(cell).as_str()))
}

/// The first records of a file.
fn records(head: &str, whole: bool, separator: u8) -> Vec<Vec<String>> {
    let mut records: Vec<Vec<String>> = Vec::new();
    let mut cells = Cells::new(separator);
    let mut take = |record: Result<Record<'_>, TooLong>| {
        if records.len() < LOOKED_AT {
            let cells = record.map(|record| record.cells().map(str::to_owned).collect());
            records.push(cells.unwrap_or_default());
        }
    };
    cells.feed(head, &mut take);
    if whole {
        cells.feed("", &mut take);
    }
    records
}

/// Which record has the headings, and how much speaks for it: what is known of its names, then how many there are.
fn best(records: &[Vec<String>], weigh: &impl Fn(&[String]) -> usize) -> ((usize, usize), usize) {
    let score = |record: &Vec<String>| {
        let known = weigh(record);
        // One name alone may be a title's.
        (if known > 2 { known } else { 0 }, record.iter().filter(|name| !name.is_empty()).count())
    };
    let scored = records.iter().take(HEADINGS_AMONG).map(score).enumerate();
    let best = scored.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or(((0, 0), 0), |(at, score)| (score, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_accents_and_marks() {
        assert_eq!(folded("  N° de commande "), "n de commande");
        assert_eq!(folded("État"), "etat");
        assert_eq!(folded("Coupon(s)"), "coupon s");
        assert_eq!(folded("Order #"), "order");
        assert_eq!(folded("total_paid_tax_incl"), "total paid tax incl");
    }

    #[test]
    fn a_column_is_one_role_s_at_most() {
        let names = ["e mail", "code", "id"].map(str::to_owned);
        let found = by_name(&names, &[1, 2, 3], |role| match role {
            1 => vec!["code", "id"],
            2 => vec!["code"],
            _ => vec!["e mail"],
        });
        assert_eq!(found, [Some(3), Some(1), None]);
    }

    #[test]
    fn titles_and_marks_between_cells_are_found() {
        let weigh =
            |record: &[String]| record.iter().filter(|name| matches!(name.as_str(), "a" | "b")).count() * 2;
        let found = beginning("A title;\n\na;b\n1;2\n", true, weigh);
        assert_eq!(
            (found.separator, found.headings_at, found.names),
            (b';', 1, vec!["a".into(), "b".into()])
        );
        assert_eq!(found.rows, [["1", "2"]]);
    }
}
