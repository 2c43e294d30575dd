//! Which offer a visitor is shown (contract section 7): the conditions of offers read and held against each other, and
//! the one place where an offer is picked.

use parrain_wire::moment::{Basket, CustomerKind, Facts, When, speaks};

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

    /// Whether everybody who is shown `other` would be shown this one, which stands before it.
    fn hides(&self, other: &Self) -> bool {
        let longer = self.starts_at.is_none_or(|start| other.starts_at.is_some_and(|at| start <= at))
            && self.ends_at.is_none_or(|end| other.ends_at.is_some_and(|at| at <= end));
        self.audience == other.audience && longer && is_implied(&self.when, &other.when)
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

/// Says of each offer that nobody would ever be shown because of another before it. Offers without conditions are left
/// alone: a shop puts referrers under those by hand.
pub(super) fn check(offers: &[(Node<'_>, Offer)], faults: &mut Faults) {
    for (place, (node, offer)) in offers.iter().enumerate() {
        let before = offers.iter().take(place).find(|(_, before)| before.hides(offer));
        if let Some((_, before)) = before.filter(|_| !offer.when.is_empty()) {
            let detail = format!(
                "can be met by nobody: \"{}\", which stands before it, is shown to all of them",
                before.id
            );
            faults.add(&node.field("when"), detail);
        }
    }
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
    let subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let spoken = LANGUAGES.iter().any(|language| speaks(text, language));
    (spoken && text.split('-').all(subtag)).then(|| text.to_owned())
}

fn country(text: &str) -> Option<String> {
    let text = text.to_ascii_uppercase();
    COUNTRIES.split(' ').any(|known| known == text).then_some(text)
}

/// Whether whoever meets the second conditions meets the first.
fn is_implied(weak: &When, strong: &When) -> bool {
    let customer = weak.customer.is_none() || weak.customer == strong.customer;
    let basket = weak.basket.as_ref().is_none_or(|weak| {
        let strong = strong.basket.as_ref();
        // Of the ends that are said, each must lie within the other's.
        let ends = [
            (&weak.at_least, strong.and_then(|strong| strong.at_least.as_ref()), false),
            (&weak.at_most, strong.and_then(|strong| strong.at_most.as_ref()), true),
        ];
        ends.into_iter().all(|(weak, strong, upper)| match (weak, strong) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(weak), Some(strong)) => parrain_wire::amount::compare(strong.as_str(), weak.as_str())
                .is_some_and(|order| if upper { order.is_le() } else { order.is_ge() }),
        })
    });
    let covers = |weak: &[String], strong: &[String], fits: fn(&str, &str) -> bool| {
        weak.is_empty()
            || !strong.is_empty() && strong.iter().all(|one| weak.iter().any(|wanted| fits(one, wanted)))
    };
    customer
        && basket
        && covers(&weak.languages, &strong.languages, speaks)
        && covers(&weak.countries, &strong.countries, |one, wanted| one == wanted)
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
