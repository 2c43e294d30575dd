//! Countries by their names, as owners type and read them: those that shops here sell to most. Any other is read and shown
//! by its two letters.

use crate::text::Language;

/// A country's two letters, its name in French as it stands behind "de", and in English.
const NAMES: &[(&str, &str, &str, &str)] = &[
    ("AD", "Andorre", "d’Andorre", "Andorra"),
    ("AL", "Albanie", "d’Albanie", "Albania"),
    ("AR", "Argentine", "d’Argentine", "Argentina"),
    ("AT", "Autriche", "d’Autriche", "Austria"),
    ("AU", "Australie", "d’Australie", "Australia"),
    ("BA", "Bosnie-Herzégovine", "de Bosnie-Herzégovine", "Bosnia and Herzegovina"),
    ("BE", "Belgique", "de Belgique", "Belgium"),
    ("BG", "Bulgarie", "de Bulgarie", "Bulgaria"),
    ("BR", "Brésil", "du Brésil", "Brazil"),
    ("CA", "Canada", "du Canada", "Canada"),
    ("CH", "Suisse", "de Suisse", "Switzerland"),
    ("CI", "Côte d’Ivoire", "de Côte d’Ivoire", "Ivory Coast"),
    ("CL", "Chili", "du Chili", "Chile"),
    ("CM", "Cameroun", "du Cameroun", "Cameroon"),
    ("CN", "Chine", "de Chine", "China"),
    ("CO", "Colombie", "de Colombie", "Colombia"),
    ("CY", "Chypre", "de Chypre", "Cyprus"),
    ("CZ", "Tchéquie", "de Tchéquie", "Czechia"),
    ("DE", "Allemagne", "d’Allemagne", "Germany"),
    ("DK", "Danemark", "du Danemark", "Denmark"),
    ("DZ", "Algérie", "d’Algérie", "Algeria"),
    ("EE", "Estonie", "d’Estonie", "Estonia"),
    ("EG", "Égypte", "d’Égypte", "Egypt"),
    ("ES", "Espagne", "d’Espagne", "Spain"),
    ("FI", "Finlande", "de Finlande", "Finland"),
    ("FR", "France", "de France", "France"),
    ("GB", "Royaume-Uni", "du Royaume-Uni", "the United Kingdom"),
    ("GF", "Guyane", "de Guyane", "French Guiana"),
    ("GP", "Guadeloupe", "de Guadeloupe", "Guadeloupe"),
    ("GR", "Grèce", "de Grèce", "Greece"),
    ("HR", "Croatie", "de Croatie", "Croatia"),
    ("HU", "Hongrie", "de Hongrie", "Hungary"),
    ("IE", "Irlande", "d’Irlande", "Ireland"),
    ("IL", "Israël", "d’Israël", "Israel"),
    ("IN", "Inde", "d’Inde", "India"),
    ("IS", "Islande", "d’Islande", "Iceland"),
    ("IT", "Italie", "d’Italie", "Italy"),
    ("JP", "Japon", "du Japon", "Japan"),
    ("KR", "Corée du Sud", "de Corée du Sud", "South Korea"),
    ("LB", "Liban", "du Liban", "Lebanon"),
    ("LI", "Liechtenstein", "du Liechtenstein", "Liechtenstein"),
    ("LT", "Lituanie", "de Lituanie", "Lithuania"),
    ("LU", "Luxembourg", "du Luxembourg", "Luxembourg"),
    ("LV", "Lettonie", "de Lettonie", "Latvia"),
    ("MA", "Maroc", "du Maroc", "Morocco"),
    ("MC", "Monaco", "de Monaco", "Monaco"),
    ("ME", "Monténégro", "du Monténégro", "Montenegro"),
    ("MK", "Macédoine du Nord", "de Macédoine du Nord", "North Macedonia"),
    ("MQ", "Martinique", "de Martinique", "Martinique"),
    ("MT", "Malte", "de Malte", "Malta"),
    ("MX", "Mexique", "du Mexique", "Mexico"),
    ("NC", "Nouvelle-Calédonie", "de Nouvelle-Calédonie", "New Caledonia"),
    ("NL", "Pays-Bas", "des Pays-Bas", "the Netherlands"),
    ("NO", "Norvège", "de Norvège", "Norway"),
    ("NZ", "Nouvelle-Zélande", "de Nouvelle-Zélande", "New Zealand"),
    ("PF", "Polynésie française", "de Polynésie française", "French Polynesia"),
    ("PL", "Pologne", "de Pologne", "Poland"),
    ("PT", "Portugal", "du Portugal", "Portugal"),
    ("RE", "La Réunion", "de La Réunion", "Réunion"),
    ("RO", "Roumanie", "de Roumanie", "Romania"),
    ("RS", "Serbie", "de Serbie", "Serbia"),
    ("SE", "Suède", "de Suède", "Sweden"),
    ("SI", "Slovénie", "de Slovénie", "Slovenia"),
    ("SK", "Slovaquie", "de Slovaquie", "Slovakia"),
    ("SN", "Sénégal", "du Sénégal", "Senegal"),
    ("TN", "Tunisie", "de Tunisie", "Tunisia"),
    ("TR", "Turquie", "de Turquie", "Türkiye"),
    ("UA", "Ukraine", "d’Ukraine", "Ukraine"),
    ("US", "États-Unis", "des États-Unis", "the United States"),
    ("YT", "Mayotte", "de Mayotte", "Mayotte"),
    ("ZA", "Afrique du Sud", "d’Afrique du Sud", "South Africa"),
];

/// A country's name for the owner; its two letters where it has none here.
pub(crate) fn name(lang: Language, code: &str) -> &str {
    let found = NAMES.iter().find(|(known, ..)| *known == code);
    found.map_or(code, |(_, french, _, english)| match lang {
        Language::Fr => french,
        Language::En => english.strip_prefix("the ").unwrap_or(english),
    })
}

/// "from Belgium", as it stands behind a person.
pub(crate) fn from(lang: Language, code: &str) -> String {
    let found = NAMES.iter().find(|(known, ..)| *known == code);
    match (lang, found) {
        (Language::Fr, Some((_, _, from, _))) => (*from).to_owned(),
        (Language::Fr, None) => format!("de {code}"),
        (Language::En, Some((.., english))) => format!("from {english}"),
        (Language::En, None) => format!("from {code}"),
    }
}

/// The countries that a field names, by names of either language or two letters, with commas or lines between them. What is
/// none goes on as it is: the API says what is wrong with it.
pub fn codes(text: &str) -> Vec<String> {
    let plain = |text: &str| text.trim().to_lowercase().replace('\'', "’");
    let entries = text.split([',', ';', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let wanted = plain(entry);
            let named = NAMES.iter().find(|(_, french, _, english)| {
                wanted == plain(french)
                    || wanted == plain(english)
                    || english.strip_prefix("the ").is_some_and(|english| wanted == plain(english))
            });
            named.map_or_else(|| entry.to_uppercase(), |(code, ..)| (*code).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_read_as_owners_write_them() {
        assert_eq!(codes("Belgique, luxembourg;\n fr ,, the Netherlands"), ["BE", "LU", "FR", "NL"]);
        assert_eq!(codes("Côte d'Ivoire, united states"), ["CI", "US"]);
        assert_eq!(codes("Narnia"), ["NARNIA"]);
        assert!(codes(" \n").is_empty());
    }

    #[test]
    fn every_name_is_of_a_country_and_read_back_as_it() {
        for (code, french, from, english) in NAMES {
            let known = parrain_core::program::COUNTRIES.split(' ').any(|known| known == *code);
            assert!(known, "{code}");
            assert_eq!([codes(french), codes(english)], [[*code], [*code]]);
            assert!(from.ends_with(french), "{from}");
        }
        assert_eq!(name(Language::Fr, "BE"), "Belgique");
        assert_eq!(name(Language::En, "NL"), "Netherlands");
        assert_eq!((name(Language::En, "ZW"), from(Language::Fr, "ZW").as_str()), ("ZW", "de ZW"));
    }
}
