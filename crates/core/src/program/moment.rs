//! Which offer a visitor is shown (contract section 7): the conditions of offers read and held against each other, and
//! the one place where an offer is picked.

use std::collections::BTreeSet;

use parrain_wire::amount::fine;
use parrain_wire::moment::{Basket, CustomerKind, Facts, When, speaks};

use super::read::is_tag;
use super::{Audience, Offer, Program, written};
use crate::check::{Faults, Node};
use crate::instant::Instant;
use crate::money::Currency;

impl Program {
    /// The offer that a visitor is shown and may join under: in the shop's order the first for customers that is active
    /// and whose conditions hold. What is not known of them meets no condition.
    pub fn shown(&self, facts: &Facts, at: Instant) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.is_open(at) && offer.when.holds(facts))
    }

    /// The offer of this id, where who was shown it may join under it: nothing that is known speaks against one of its
    /// conditions. What only their page knows, its word stands for.
    pub fn joined_under(&self, id: &str, facts: &Facts, at: Instant) -> Option<&Offer> {
        self.offer(id).filter(|offer| offer.is_open(at) && offer.when.may_hold(facts))
    }

    /// Whether an offer that runs asks where a visitor is.
    pub fn asks_country(&self, at: Instant) -> bool {
        self.offers.iter().any(|offer| offer.is_open(at) && !offer.when.countries.is_empty())
    }
}

impl Offer {
    /// Whether customers may join under it at an instant.
    fn is_open(&self, at: Instant) -> bool {
        self.audience == Audience::Customer && self.is_active(at)
    }

    /// To whom it is shown.
    fn reach(&self) -> Reach<'_> {
        let Self { audience, starts_at, ends_at, ref when, .. } = *self;
        Reach { audience, starts_at, ends_at, when }
    }
}

/// To whom and for how long an offer is shown.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// For whom it is.
    pub audience: Audience,
    /// The first instant at which it is active.
    pub starts_at: Option<Instant>,
    /// The last instant at which it is active.
    pub ends_at: Option<Instant>,
    /// Which conditions hold of those who are shown it.
    pub when: &'a When,
}

impl Reach<'_> {
    /// Whether it is for the same audience as `other` and runs as long at least.
    fn outlasts(&self, other: &Reach<'_>) -> bool {
        let longer = self.starts_at.is_none_or(|start| other.starts_at.is_some_and(|at| start <= at))
            && self.ends_at.is_none_or(|end| other.ends_at.is_some_and(|at| at <= end));
        self.audience == other.audience && longer
    }
}

/// Reads an offer's `when`; nothing said, or nothing in it, is for everybody.
pub(super) fn parse(
    node: &Node<'_>,
    audience: Option<Audience>,
    currency: Option<Currency>,
    faults: &mut Faults,
) -> When {
    if !node.is_present() || node.object(faults).is_none() {
        return When::default();
    }
    node.only(faults, &["customer", "basket", "languages", "countries"]);
    let customer = node.field("customer").optional_choice(faults, CustomerKind::WORDS);
    let when = When {
        customer: customer.map(Into::into),
        basket: parse_basket(&node.field("basket"), currency, faults),
        languages: parse_list(
            &node.field("languages"),
            "language",
            "must be a language that the widget speaks: ar, de, en, es, fr, it, nl or pt, perhaps with a region such as pt-BR",
            language,
            faults,
        ),
        countries: parse_list(
            &node.field("countries"),
            "country",
            "must be a country's two letters as in ISO 3166-1, such as BE",
            country,
            faults,
        ),
    };
    if audience.is_some_and(|audience| audience != Audience::Customer) && !when.is_empty() {
        faults.add(node, "can be met by nobody: only offers for customers are shown to be joined under");
    }
    when
}

/// Says of each offer that nobody would ever be shown because of others before it. Offers without conditions are left
/// alone: a shop puts referrers under those by hand.
pub(super) fn check(offers: &[(Node<'_>, Offer)], faults: &mut Faults) {
    let all: Vec<Reach<'_>> = offers.iter().map(|(_, offer)| offer.reach()).collect();
    for (place, (node, offer)) in offers.iter().enumerate() {
        let before = all.get(..place).unwrap_or_default();
        let hiders = hiders(&offer.reach(), before).filter(|_| !offer.when.is_empty());
        let Some(hiders) = hiders else { continue };
        let hiders = hiders.into_iter().filter_map(|place| offers.get(place));
        let named: Vec<String> = hiders.map(|(_, before)| format!("\"{}\"", before.id)).collect();
        let one = named.len() == 1;
        let (named, hidden) = (named.join(", "), &offer.id);
        let detail = if one {
            format!("{named}, which stands before \"{hidden}\", is shown to all of them")
        } else {
            format!("{named}, which stand before \"{hidden}\", are shown to all of them")
        };
        faults.add(&node.field("when"), format!("can be met by nobody: {detail}"));
    }
}

/// The places of those of the offers before it that are shown to all whom it is for; nothing where somebody is left.
///
/// Several may do so together, one to new customers and one to returning ones, or each in one country. So whom it is
/// for is taken apart by kind of customer, language and country, and each part must be some other offer's.
pub fn hiders(offer: &Reach<'_>, before: &[Reach<'_>]) -> Option<Vec<usize>> {
    let when = offer.when;
    let rivals: Vec<(usize, &When)> = before
        .iter()
        .enumerate()
        .filter(|(_, before)| before.outlasts(offer))
        .map(|(place, before)| (place, before.when))
        .filter(|(_, rival)| holds_as_well(rival.basket.as_ref(), when.basket.as_ref()))
        .collect();
    let both = [Some(CustomerKind::New.into()), Some(CustomerKind::Returning.into())];
    let said = [when.customer.clone()];
    let kinds: &[_] = if when.customer.is_none() { &both } else { &said };
    let kinds = parts(&rivals, kinds, |rival, kind| rival.customer.is_none() || rival.customer == *kind);
    let languages =
        parts(&rivals, &each(&when.languages), |rival, one| covers(&rival.languages, *one, speaks));
    let countries = parts(&rivals, &each(&when.countries), |rival, one| {
        covers(&rival.countries, *one, |one, wanted| one == wanted)
    });
    let mut found = BTreeSet::new();
    for kind in &kinds {
        for language in &languages {
            for country in &countries {
                let all = kind.iter().find(|place| language.contains(place) && country.contains(place));
                found.insert(*all?);
            }
        }
    }
    Some(found.into_iter().collect())
}

/// For each of the parts the places of the offers that take it in. Parts that the same offers take in count once: there
/// may be hundreds of countries.
fn parts<T>(
    offers: &[(usize, &When)],
    parts: &[T],
    takes_in: impl Fn(&When, &T) -> bool,
) -> BTreeSet<BTreeSet<usize>> {
    let places = |part| {
        let taking = offers.iter().filter(|(_, when)| takes_in(when, part));
        taking.map(|(place, _)| *place).collect()
    };
    parts.iter().map(places).collect()
}

/// The words one by one; nothing, once, where there is none, which is whatever there may be.
fn each(words: &[String]) -> Vec<Option<&str>> {
    if words.is_empty() { vec![None] } else { words.iter().map(|word| Some(word.as_str())).collect() }
}

/// Whether a list takes in a word, or with none whatever there may be.
fn covers(list: &[String], word: Option<&str>, fits: fn(&str, &str) -> bool) -> bool {
    list.is_empty() || word.is_some_and(|word| list.iter().any(|wanted| fits(word, wanted)))
}

fn parse_basket(node: &Node<'_>, currency: Option<Currency>, faults: &mut Faults) -> Option<Basket> {
    if !node.is_present() {
        return None;
    }
    node.object(faults)?;
    node.only(faults, &["at_least", "at_most"]);
    let decimals = currency.map(|currency| currency.decimals());
    let at_least = node.field("at_least").optional_amount(faults, decimals);
    let at_most = node.field("at_most").optional_amount(faults, decimals);
    if let (Some(least), Some(most)) = (at_least, at_most)
        && most < least
    {
        faults.add(&node.field("at_most"), "can be met by nobody: it is less than the least");
    }
    let amount = |minor: Option<i64>| Some(written(minor?, currency?));
    let basket = Basket { at_least: amount(at_least), at_most: amount(at_most) };
    (basket != Basket::default()).then_some(basket)
}

/// Reads a list of words, each by `read`, of which there must be one at least.
fn parse_list(
    node: &Node<'_>,
    what: &str,
    wrong: &str,
    read: fn(&str) -> Option<String>,
    faults: &mut Faults,
) -> Vec<String> {
    let mut all = Vec::new();
    if !node.is_present() {
        return all;
    }
    if node.value().is_some_and(|value| value.as_array().is_some_and(Vec::is_empty)) {
        faults.add(node, format!("can be met by nobody: it must name at least one {what}"));
    }
    for item in node.items(faults, 250) {
        let Some(text) = item.text(faults, 35) else { continue };
        match read(text) {
            Some(word) if all.contains(&word) => {}
            Some(word) => all.push(word),
            None => faults.add(&item, wrong),
        }
    }
    all
}

fn language(text: &str) -> Option<String> {
    let spoken = LANGUAGES.iter().any(|language| speaks(text, language));
    (spoken && is_tag(text)).then(|| text.to_owned())
}

fn country(text: &str) -> Option<String> {
    let text = text.to_ascii_uppercase();
    COUNTRIES.split(' ').any(|known| known == text).then_some(text)
}

/// Whether every basket that the second condition takes is one for the first.
fn holds_as_well(weak: Option<&Basket>, strong: Option<&Basket>) -> bool {
    let Some(weak) = weak else { return true };
    // Of the ends that are said, each must lie within the other's.
    let ends = [
        (&weak.at_least, strong.and_then(|strong| strong.at_least.as_ref()), false),
        (&weak.at_most, strong.and_then(|strong| strong.at_most.as_ref()), true),
    ];
    ends.into_iter().all(|(weak, strong, upper)| match (weak, strong) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(weak), Some(strong)) => {
            let both = fine(weak.as_str()).zip(fine(strong.as_str()));
            both.is_some_and(|(weak, strong)| if upper { strong <= weak } else { weak <= strong })
        }
    })
}

/// The languages that the widget has words in, by which a page's language is known.
pub const LANGUAGES: [&str; 8] = ["ar", "de", "en", "es", "fr", "it", "nl", "pt"];

/// The codes of ISO 3166-1.
pub const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE \
KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE \
SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE \
VG VI VN VU WF WS YE YT ZA ZM ZW";
