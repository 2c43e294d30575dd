//! Amounts, rewards and days as each language writes them.

use parrain_core::zone::Zone;
use parrain_wire::instant::Instant;
use parrain_wire::payouts::AssetTotal;
use parrain_wire::program::{Reward, RewardKind};

use crate::words::Words;

/// A decimal text in major units with its currency: `1 234,50 €`, `€1,234.50`. What is no number stands as it came.
pub fn money(words: &Words, amount: &str, currency: &str) -> String {
    let sign = match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        other => other,
    };
    let (minus, plain) = match amount.strip_prefix('-') {
        Some(rest) => ("\u{2212}", rest),
        None => ("", amount),
    };
    let number = number(words, plain);
    match words.tag() {
        "en" if sign.chars().count() == 1 => format!("{minus}{sign}{number}"),
        "en" | "nl" => format!("{minus}{sign}\u{a0}{number}"),
        _ => format!("{minus}{number}\u{a0}{sign}"),
    }
}

/// What an asset of a statement amounts to: money, or units that are counted.
pub fn total(words: &Words, total: &AssetTotal) -> String {
    let counted =
        words.counted(&format!("u_{}", total.asset), total.amount.as_str().parse().unwrap_or_default());
    let sum = if counted.is_empty() { money(words, total.amount.as_str(), &total.asset) } else { counted };
    match &total.charity {
        Some(charity) => words.widget("r_donation").replace("{m}", &sum).replace("{c}", charity),
        None => sum,
    }
}

/// Several of them; zero of nothing is a dash.
pub fn totals(words: &Words, totals: &[AssetTotal]) -> String {
    let told: Vec<String> = totals.iter().map(|one| total(words, one)).collect();
    if told.is_empty() { "–".to_owned() } else { told.join(", ") }
}

/// What was earned: "10,00 € en bon d’achat".
pub fn reward(words: &Words, reward: &Reward) -> String {
    let currency = reward.currency.as_ref().map_or("", |currency| currency.as_str());
    let amount =
        reward.amount.as_ref().map(|amount| money(words, amount.as_str(), currency)).unwrap_or_default();
    let name = match reward.kind.word() {
        Some(RewardKind::Commission) => "r_earned",
        Some(RewardKind::Points) => return words.counted("r_points", reward.points.unwrap_or_default()),
        Some(RewardKind::Access) => return reward.label.clone().unwrap_or_default(),
        Some(RewardKind::PercentOff) => "r_percent_off",
        Some(RewardKind::AmountOff) => "r_amount_off",
        Some(RewardKind::FreeShipping) => "r_free_shipping",
        Some(RewardKind::FreeProduct) => "r_free_product",
        Some(RewardKind::GiftCard) => "r_gift_card",
        Some(RewardKind::StoreCredit) => "r_store_credit",
        Some(RewardKind::Cash) => "r_cash",
        Some(RewardKind::Donation) => "r_donation",
        // Of another version of the edge: its sum says enough.
        None => return amount,
    };
    let percent =
        reward.percent.as_ref().map(|percent| percent_of(words, percent.as_str())).unwrap_or_default();
    let charity = reward.charity.as_deref().unwrap_or_default();
    // In one pass: a charity may be called "{m}".
    crate::letter::fill(words.widget(name), |field| match field {
        "m" => Some(amount.clone()),
        "p" => Some(percent.clone()),
        "c" => Some(charity.to_owned()),
        _ => None,
    })
}

/// A day: "14 décembre 2026".
pub fn day(words: &Words, zone: &Zone, at: Instant) -> String {
    let date = Instant::from_day(zone.day(at)).date();
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let day = day.unwrap_or_default().trim_start_matches('0');
    let name = month_name(words, month.unwrap_or_default());
    words.mail("date").replace("{d}", day).replace("{m}", name).replace("{y}", year.unwrap_or_default())
}

/// A month such as `2026-11`: "novembre 2026".
pub fn month(words: &Words, month: &str) -> String {
    let (year, number) = month.split_once('-').unwrap_or_default();
    words.mail("month").replace("{m}", month_name(words, number)).replace("{y}", year)
}

fn month_name<'a>(words: &'a Words, number: &str) -> &'a str {
    let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    index.and_then(|index| words.mail("months").split('|').nth(index)).unwrap_or_default()
}

fn percent_of(words: &Words, percent: &str) -> String {
    let number = number(words, percent);
    match words.tag() {
        "fr" | "de" | "es" => format!("{number}\u{a0}%"),
        _ => format!("{number}%"),
    }
}

/// A decimal text with its thousands apart.
fn number(words: &Words, plain: &str) -> String {
    let (point, thousands) = match words.tag() {
        "en" | "ar" => ('.', ","),
        "fr" => (',', "\u{202f}"),
        _ => (',', "."),
    };
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain.to_owned();
    }
    let digits: Vec<char> = whole.chars().collect();
    let groups: Vec<String> = digits.rchunks(3).rev().map(|group| group.iter().collect()).collect();
    let whole = groups.join(thousands);
    if part.is_empty() { whole } else { format!("{whole}{point}{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_days_are_written_as_each_language_does() {
        let of = |tag: &str| {
            let words = Words::of(tag);
            let at = Instant::parse("2026-12-03T23:30:00Z").unwrap();
            let paris = Zone::new(3600, Vec::new());
            (money(&words, "-1234.50", "EUR"), day(&words, &paris, at))
        };
        assert_eq!(of("fr"), ("\u{2212}1\u{202f}234,50\u{a0}€".into(), "4 décembre 2026".into()));
        assert_eq!(of("en"), ("\u{2212}€1,234.50".into(), "4 December 2026".into()));
        assert_eq!(of("de"), ("\u{2212}1.234,50\u{a0}€".into(), "4. Dezember 2026".into()));
        assert_eq!(of("es").1, "4 de diciembre de 2026");
        assert_eq!(of("nl").0, "\u{2212}€\u{a0}1.234,50");
        assert_eq!(money(&Words::of("en"), "12.00", "CHF"), "CHF\u{a0}12.00");
        assert_eq!(month(&Words::of("pt"), "2026-11"), "novembro de 2026");
        assert_eq!(money(&Words::of("en"), "much", "EUR"), "€much");
    }
}
