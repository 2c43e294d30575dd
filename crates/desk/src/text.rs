//! What the owner reads: two languages, money, numbers, days and hours, as each language writes them.

use maud::{Markup, html};
use parrain_core::money::Currency;
use parrain_core::zone::Zone;
use parrain_wire::amount::Amount;
use parrain_wire::instant::Instant;
use parrain_wire::payouts::AssetTotal;
use parrain_wire::program::RewardKind;
use parrain_wire::word::Word;

/// A language of the desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Language {
    /// The language of a BCP 47 tag, or of an `Accept-Language` header: French where French comes first.
    pub fn of(tag: &str) -> Self {
        let first = tag.split([',', ';', '-', '_']).next().unwrap_or_default().trim();
        if first.eq_ignore_ascii_case("fr") { Self::Fr } else { Self::En }
    }

    /// The tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// The one of two texts.
    pub const fn say<T: Copy>(self, french: T, english: T) -> T {
        match self {
            Self::En => english,
            Self::Fr => french,
        }
    }

    /// The word for so many: French counts none and one alike.
    pub const fn many<'a>(self, count: i64, one: &'a str, more: &'a str) -> &'a str {
        match self {
            Self::En if count == 1 => one,
            Self::Fr if count.abs() < 2 => one,
            Self::En | Self::Fr => more,
        }
    }

    /// A month's name, from 0.
    pub fn month(self, month: i64) -> &'static str {
        const FR: [&str; 12] = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        const EN: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let names = self.say(&FR, &EN);
        names.get(usize::try_from(month.rem_euclid(12)).unwrap_or(0)).copied().unwrap_or_default()
    }

    /// A month's name cut short, from 0.
    fn short_month(self, month: i64) -> &'static str {
        const FR: [&str; 12] = [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
        ];
        const EN: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let names = self.say(&FR, &EN);
        names.get(usize::try_from(month.rem_euclid(12)).unwrap_or(0)).copied().unwrap_or_default()
    }
}

/// A text of two, with what stands in braces put in: `say!(lang, "bonjour {name}", "hello {name}")`.
macro_rules! say {
    ($lang:expr, $french:literal, $english:literal $(, $value:expr)* $(,)?) => {
        match $lang {
            $crate::text::Language::Fr => format!($french $(, $value)*),
            $crate::text::Language::En => format!($english $(, $value)*),
        }
    };
}
pub(crate) use say;

/// A decimal text in major units, with the currency's sign where the language has it: `1 234,50 €`, `€1,234.50`, `−3,40 €`.
/// What is no number stands as it came.
pub fn money(lang: Language, amount: &str, currency: &str) -> String {
    let (minus, plain) = match amount.strip_prefix('-') {
        Some(rest) => ("\u{2212}", rest),
        None => ("", amount),
    };
    let number = grouped(lang, plain);
    let sign = sign_of(currency);
    match lang {
        Language::Fr => format!("{minus}{number}\u{a0}{sign}"),
        Language::En if sign.chars().count() == 1 => format!("{minus}{sign}{number}"),
        Language::En => format!("{minus}{sign}\u{a0}{number}"),
    }
}

/// A currency's sign where people write one, else its code.
pub fn sign_of(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        other => other,
    }
}

/// A decimal text as it is typed in a language: `30,00`, `30.00`. What is no number stands as it came.
pub fn typed(lang: Language, text: &str) -> String {
    let number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    match lang {
        Language::Fr if number => text.replace('.', ","),
        Language::Fr | Language::En => text.to_owned(),
    }
}

/// Sentences of the edge's own as the language writes them: amounts with their signs, French apostrophes and the blanks
/// before its double signs.
pub fn typeset(lang: Language, words: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in words.split(' ') {
        let code = word.get(..3).filter(|code| Currency::parse(code).is_some());
        let behind = word.get(3..).filter(|rest| rest.chars().all(|c| !c.is_alphanumeric()));
        match (out.last(), code, behind) {
            (Some(before), Some(code), Some(behind)) if is_decimal(before) => {
                let amount = format!("{}{behind}", money(lang, before, code));
                out.pop();
                out.push(amount);
            }
            _ => out.push(word.to_owned()),
        }
    }
    let text = out.join(" ");
    match lang {
        Language::En => text,
        Language::Fr => {
            let mut written = String::with_capacity(text.len());
            let mut chars = text.chars().peekable();
            let mut before = ' ';
            while let Some(c) = chars.next() {
                let next = chars.peek().copied().unwrap_or(' ');
                written.push(match c {
                    '\'' if before.is_alphabetic() && next.is_alphabetic() => '’',
                    ' ' if matches!(next, ';' | ':' | '?' | '!' | '»') || before == '«' => '\u{a0}',
                    c => c,
                });
                before = c;
            }
            written
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A whole number with its thousands apart.
pub fn count(lang: Language, number: i64) -> String {
    match number {
        ..0 => format!("\u{2212}{}", grouped(lang, &number.unsigned_abs().to_string())),
        0.. => grouped(lang, &number.to_string()),
    }
}

/// A percentage as the language writes it: `12,5 %`, `12.5%`.
pub fn percent(lang: Language, text: &str) -> String {
    match lang {
        Language::Fr => format!("{}\u{a0}%", text.replace('.', ",")),
        Language::En => format!("{text}%"),
    }
}

/// A sum of money, or of units of one kind.
pub fn asset(lang: Language, amount: &Amount, asset: &str) -> String {
    match RewardKind::named(asset) {
        Some(RewardKind::Points) => {
            let n = number(&amount.0);
            format!("{} {}", count(lang, n), lang.many(n, lang.say("point", "point"), "points"))
        }
        Some(kind) => format!("{} × {}", count(lang, number(&amount.0)), kind_name(lang, kind)),
        None => money(lang, &amount.0, asset),
    }
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or_default()
}

/// Several sums, the one beside the other; nothing at all is nothing of this currency.
pub fn assets(lang: Language, totals: &[AssetTotal], currency: &str) -> String {
    if totals.is_empty() {
        return money(lang, &zero(currency), currency);
    }
    let sum = |total: &AssetTotal| {
        let sum = asset(lang, &total.amount, &total.asset);
        match &total.charity {
            Some(charity) => format!("{sum} {} {charity}", lang.say("pour", "for")),
            None => sum,
        }
    };
    let each: Vec<String> = totals.iter().map(sum).collect();
    each.join(" + ")
}

/// Nothing, with the currency's decimals.
pub fn zero(currency: &str) -> String {
    parrain_core::money::format_amount(0, decimals(currency))
}

/// How many decimals a currency's amounts have; two where it is not known.
pub fn decimals(currency: &str) -> u8 {
    Currency::parse(currency).map_or(2, |known| known.decimals())
}

/// An amount in minor units, signs and missing decimals forgiven: for plots and changes alone, which compare.
pub fn minor(amount: &str, decimals: u8) -> i64 {
    let (sign, plain) = match amount.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, amount),
    };
    plain.parse::<parrain_core::money::Decimal>().map_or(0, |decimal| sign * decimal.to_minor(decimals))
}

fn grouped(lang: Language, plain: &str) -> String {
    let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(whole, rest)| (whole, Some(rest)));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain.to_owned();
    }
    let mut out = String::with_capacity(plain.len() + 8);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(lang.say('\u{202f}', ','));
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(lang.say(',', '.'));
        out.push_str(fraction);
    }
    out
}

/// What kind of thing a reward is, for owners.
pub fn kind_name(lang: Language, kind: RewardKind) -> &'static str {
    match kind {
        RewardKind::PercentOff => lang.say("remise en pourcentage", "percentage off"),
        RewardKind::AmountOff => lang.say("remise", "amount off"),
        RewardKind::FreeShipping => lang.say("livraison offerte", "free shipping"),
        RewardKind::FreeProduct => lang.say("produit offert", "free product"),
        RewardKind::GiftCard => lang.say("carte cadeau", "gift card"),
        RewardKind::StoreCredit => lang.say("bon d’achat", "store credit"),
        RewardKind::Cash => lang.say("argent", "cash"),
        RewardKind::Points => "points",
        RewardKind::Access => lang.say("accès", "access"),
        RewardKind::Commission => lang.say("commission", "commission"),
        RewardKind::Donation => lang.say("don", "donation"),
    }
}

/// The clock on the wall of a shop's zone.
pub struct Clock<'a> {
    /// The language.
    pub lang: Language,
    /// The zone's offsets.
    pub zone: &'a Zone,
    /// The present.
    pub now: Instant,
}

impl Clock<'_> {
    fn wall(&self, at: Instant) -> Instant {
        let offset = self.zone.offsets(at, at).first().map_or(0, |(_, offset)| *offset);
        at.plus_seconds(i64::from(offset))
    }

    /// `12 nov. 2026`, `12 Nov 2026`.
    pub fn day(&self, at: Instant) -> String {
        self.day_of(&self.wall(at).date())
    }

    /// The same of a date, `2026-11-12`; what is none stands as it came.
    pub fn day_of(&self, date: &str) -> String {
        let mut parts = date.split('-').map(str::parse::<i64>);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => {
                let first = if day == 1 { self.lang.say("er", "") } else { "" };
                format!("{day}{first} {} {year}", self.lang.short_month(month - 1))
            }
            _ => date.to_owned(),
        }
    }

    /// `novembre 2026` of `2026-11`; what is none stands as it came.
    pub fn month_of(&self, month: &str) -> String {
        match month.split_once('-').map(|(year, month)| (year, month.parse::<i64>())) {
            Some((year, Ok(month))) => format!("{} {year}", self.lang.month(month - 1)),
            _ => month.to_owned(),
        }
    }

    /// `2026-11-12`, for fields.
    pub fn date(&self, at: Instant) -> String {
        self.wall(at).date()
    }

    /// `2026-11`.
    pub fn month(&self, at: Instant) -> String {
        self.wall(at).date().get(..7).unwrap_or_default().to_owned()
    }

    /// `14:02`.
    pub fn hour(&self, at: Instant) -> String {
        self.wall(at).to_string().get(11..16).unwrap_or_default().to_owned()
    }

    /// `14:02:11`.
    pub fn second(&self, at: Instant) -> String {
        self.wall(at).to_string().get(11..19).unwrap_or_default().to_owned()
    }

    /// `2026-11-12T14:02`, as a field of a form has it.
    pub fn minute(&self, at: Instant) -> String {
        self.wall(at).to_string().get(..16).unwrap_or_default().to_owned()
    }

    /// The day and the hour to the minute, as a sentence would have it.
    pub fn exact_minute(&self, at: Instant) -> String {
        let (day, hour) = (self.day(at), self.hour(at));
        say!(self.lang, "{day} à {hour}", "{day} at {hour}")
    }

    /// The day and the hour to the second, as a sentence would have it.
    pub fn exact(&self, at: Instant) -> String {
        let (day, hour) = (self.day(at), self.second(at));
        say!(self.lang, "{day} à {hour}", "{day} at {hour}")
    }

    /// A day; of the last hour "3 min ago". The exact time is there for the pointer and for screen readers.
    pub fn when(&self, at: Instant) -> Markup {
        let passed = self.now.seconds() - at.seconds();
        let minutes = passed / 60;
        let text = match passed {
            0..60 => self.lang.say("à l’instant", "just now").to_owned(),
            60..3600 => say!(self.lang, "il y a {minutes}\u{a0}min", "{minutes}\u{a0}min ago"),
            _ => self.day(at),
        };
        self.time(at, &text)
    }

    /// Since when something goes on: "since 12 Nov 2026", and within the last hour for how long.
    pub fn since(&self, at: Instant) -> Markup {
        let passed = self.now.seconds() - at.seconds();
        let minutes = passed / 60;
        let text = match passed {
            0..60 => self.lang.say("depuis moins d’une minute", "for less than a minute").to_owned(),
            60..3600 => say!(self.lang, "depuis {minutes}\u{a0}min", "for {minutes}\u{a0}min"),
            _ => say!(self.lang, "depuis le {}", "since {}", self.day(at)),
        };
        self.time(at, &text)
    }

    /// The hour where it was today, else the day.
    pub fn lately(&self, at: Instant) -> Markup {
        let today = self.date(at) == self.date(self.now);
        let text = if today { self.hour(at) } else { self.short_day(at) };
        self.time(at, &text)
    }

    /// A day without its year.
    pub fn short_day(&self, at: Instant) -> String {
        let day = self.day(at);
        day.rsplit_once(' ').map_or(day.clone(), |(day, _)| day.to_owned())
    }

    /// A text that stands for an instant.
    pub fn time(&self, at: Instant, text: &str) -> Markup {
        html! { time datetime=(at) title=(self.exact(at)) { (text) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_each_language_does() {
        assert_eq!(money(Language::Fr, "1234.50", "EUR"), "1\u{202f}234,50\u{a0}€");
        assert_eq!(money(Language::En, "1234567.50", "EUR"), "€1,234,567.50");
        assert_eq!(money(Language::Fr, "-3.40", "EUR"), "\u{2212}3,40\u{a0}€");
        assert_eq!(money(Language::En, "-1200", "JPY"), "\u{2212}¥1,200");
        assert_eq!(money(Language::En, "1.250", "KWD"), "KWD\u{a0}1.250");
        assert_eq!(money(Language::Fr, "<b>", "EUR"), "<b>\u{a0}€");
        let words = "L'offre demande 30.00 EUR ; Anna a 1013.44 EUR, et 12 commandes : « d'accord »";
        assert_eq!(
            typeset(Language::Fr, words),
            "L’offre demande 30,00\u{a0}€\u{a0}; Anna a 1\u{202f}013,44\u{a0}€, et 12 commandes\u{a0}: «\u{a0}d’accord\u{a0}»"
        );
        assert_eq!(
            typeset(Language::En, "It went from 8.00 EUR to 4.00 EUR."),
            "It went from €8.00 to €4.00."
        );
        assert_eq!(typeset(Language::En, "order EUR of 3.00 apples"), "order EUR of 3.00 apples");
        assert_eq!(
            (typed(Language::Fr, "30.00"), typed(Language::En, "30.00")),
            ("30,00".into(), "30.00".into())
        );
    }

    #[test]
    fn amounts_are_compared_in_minor_units() {
        assert_eq!(
            [minor("12.50", 2), minor("-12.50", 2), minor("12", 2), minor("x", 2)],
            [1250, -1250, 1200, 0]
        );
    }

    #[test]
    fn days_are_those_of_the_shop_s_zone() {
        let zone = Zone::new(3600, vec![(Instant::parse("2026-03-29T01:00:00Z").unwrap(), 7200)]);
        let at = |text| Instant::parse(text).unwrap();
        let clock = Clock { lang: Language::Fr, zone: &zone, now: at("2026-07-01T10:00:00Z") };
        assert_eq!(clock.day(at("2026-06-30T22:30:00Z")), "1er juil. 2026");
        assert_eq!(clock.exact(at("2026-01-30T22:30:05Z")), "30 janv. 2026 à 23:30:05");
        assert_eq!(clock.month_of("2026-11"), "novembre 2026");
        let since = |clock: &Clock<'_>, text| clock.since(at(text)).into_string();
        assert!(since(&clock, "2026-07-01T09:59:30Z").contains(">depuis moins d’une minute<"));
        assert!(since(&clock, "2026-07-01T09:57:00Z").contains(">depuis 3\u{a0}min<"));
        assert!(since(&clock, "2026-06-30T22:30:00Z").contains(">depuis le 1er juil. 2026<"));
        let clock = Clock { lang: Language::En, ..clock };
        assert!(since(&clock, "2026-07-01T09:57:00Z").contains(">for 3\u{a0}min<"));
        assert!(since(&clock, "2026-06-30T12:00:00Z").contains(">since "));
        assert!(clock.when(at("2026-07-01T09:57:00Z")).into_string().contains("3\u{a0}min ago"));
    }
}
