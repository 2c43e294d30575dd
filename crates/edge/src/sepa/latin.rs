//! Text in the characters that every bank of SEPA takes.
//!
//! Source: EPC217-08, "SEPA Requirements for an Extended Character Set", whose basic set is
//! `a-z A-Z 0-9 / - ? : ( ) . , ' +` and space, and whose table gives the letters to write for others.

use icu_normalizer::DecomposingNormalizer;

/// A text in SEPA's basic characters: letters without their accents, other scripts of SEPA's countries letter by
/// letter, blanks as one space; what has no counterpart becomes a `.`, as that table has it.
pub fn latin(text: &str) -> String {
    let (mut plain, mut before) = (String::with_capacity(text.len()), ' ');
    for c in DecomposingNormalizer::new_nfd().normalize(text).chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => plain.push(c),
            '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' => plain.push(c),
            // Accents, now apart from their letters, and what is not seen.
            '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            _ if c.is_whitespace() || c.is_control() => plain.push(' '),
            'υ' if matches!(before, 'ο' | 'Ο') => plain.push('u'),
            'Υ' if before == 'Ο' => plain.push('U'),
            _ => plain.push_str(counterpart(c)),
        }
        before = c;
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a name can be written so that a bank knows it: at least half of what stands there are letters or digits
/// that the basic set has.
pub fn is_legible(name: &str) -> bool {
    let plain = latin(name);
    let known = plain.chars().filter(char::is_ascii_alphanumeric).count();
    plain.chars().any(|c| c.is_ascii_alphabetic()) && known * 2 >= plain.chars().filter(|c| *c != ' ').count()
}

/// The first `most` characters, without a space at their end.
pub fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().trim_end().to_owned()
}

fn counterpart(c: char) -> &'static str {
    match c {
        'ß' | 'ẞ' => "ss",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' => "o",
        'Ø' => "O",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ħ' => "h",
        'Ħ' => "H",
        'ı' => "i",
        'ĳ' => "ij",
        'Ĳ' => "IJ",
        'ĸ' => "k",
        'ł' => "l",
        'Ł' => "L",
        'ŋ' => "n",
        'Ŋ' => "N",
        'þ' => "th",
        'Þ' => "TH",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ə' => "e",
        'Ə' => "E",
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | '`' | '´' | '"' | '“' | '”' | '„' | '«' | '»' => {
            "'"
        }
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '_' | '~' => "-",
        '&' => "+",
        '[' | '{' | '<' => "(",
        ']' | '}' | '>' => ")",
        '\\' | '|' => "/",
        ';' => ",",
        '!' => ".",
        '@' => "(at)",
        '€' => "E",
        // Greek, after ELOT 743; the tonos and the dialytika are accents and gone already.
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'υ' => "y",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        'Α' => "A",
        'Β' => "V",
        'Γ' => "G",
        'Δ' => "D",
        'Ε' => "E",
        'Ζ' => "Z",
        'Η' | 'Ι' => "I",
        'Θ' => "TH",
        'Κ' => "K",
        'Λ' => "L",
        'Μ' => "M",
        'Ν' => "N",
        'Ξ' => "X",
        'Ο' | 'Ω' => "O",
        'Π' => "P",
        'Ρ' => "R",
        'Σ' => "S",
        'Τ' => "T",
        'Υ' => "Y",
        'Φ' => "F",
        'Χ' => "CH",
        'Ψ' => "PS",
        // Cyrillic, after Bulgaria's transliteration law of 2009; й is и with an accent and so becomes i.
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "sht",
        'ъ' => "a",
        'ь' | 'ы' => "y",
        'ю' => "yu",
        'я' => "ya",
        'А' => "A",
        'Б' => "B",
        'В' => "V",
        'Г' => "G",
        'Д' => "D",
        'Е' | 'Э' => "E",
        'Ж' => "ZH",
        'З' => "Z",
        'И' | 'І' => "I",
        'К' => "K",
        'Л' => "L",
        'М' => "M",
        'Н' => "N",
        'О' => "O",
        'П' => "P",
        'Р' => "R",
        'С' => "S",
        'Т' => "T",
        'У' => "U",
        'Ф' => "F",
        'Х' => "H",
        'Ц' => "TS",
        'Ч' => "CH",
        'Ш' => "SH",
        'Щ' => "SHT",
        'Ъ' => "A",
        'Ь' | 'Ы' => "Y",
        'Ю' => "YU",
        'Я' => "YA",
        _ => ".",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_readable_in_basic_letters() {
        for (name, plain) in [
            ("Zoë Éléonore Lefèvre", "Zoe Eleonore Lefevre"),
            ("Björn Åström", "Bjorn Astrom"),
            ("Straße & Söhne", "Strasse + Sohne"),
            ("Œuvres d’art", "OEuvres d'art"),
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("Nguyễn Thị Hồng", "Nguyen Thi Hong"),
            ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"),
            ("Иван Тодоров", "Ivan Todorov"),
            ("  a\u{a0}\tb\n", "a b"),
            ("<script>\"x\"</script>", "(script)'x'(/script)"),
            ("Anna 🧁", "Anna ."),
        ] {
            assert_eq!(latin(name), plain, "{name}");
        }
    }

    #[test]
    fn a_name_that_no_bank_could_read_is_told_apart() {
        for good in ["Anna Martin", "Zoë", "Γιώργος", "A. B.", "3 Suisses"] {
            assert!(is_legible(good), "{good}");
        }
        for bad in ["李小龙", "مريم", "🧁", "...", "1234", ""] {
            assert!(!is_legible(bad), "{bad}");
        }
    }

    #[test]
    fn a_cut_leaves_no_space_at_its_end() {
        assert_eq!(cut("Anna Martin", 5), "Anna");
        assert_eq!(cut("Anna", 70), "Anna");
    }
}
