//! What is unusual about a conversion: each signal gives points with a sentence, and above the program's threshold the
//! conversion waits for a decision by hand. Nothing is refused by it.
//!
//! The figures come from records of what arrived before, so that a conversion's signals depend on when it arrived. They
//! are found once, when it becomes somebody's, and are a fact from then on, as a budget's decision is.

use parrain_wire::signals::{Signal, Weights};
use serde::{Deserialize, Serialize};

use crate::check::{Faults, Node};
use crate::reason::Reason;
use crate::why::Why;

/// How many days before a conversion's are looked at for what is usual.
pub const USUAL_DAYS: i64 = 28;
/// The same for what was given back.
pub const REFUND_DAYS: i64 = 90;

/// Before so many days of a shop nobody knows what is usual.
pub const SETTLED_DAYS: u32 = 7;

/// In how many of a day there is nothing unusual, whatever is usual.
const FEW: u32 = 10;
/// More than so many times what is usual gives points...
const TIMES: u32 = 4;
/// ...and more than so many times, from so many on, twice as many: more than a newsletter or a launch brings.
const MANY_TIMES: u32 = 10;
const MANY: u32 = 60;
/// From how many typed codes of new customers on a code may be on a coupon site.
const TYPED: u32 = 20;
/// From how many orders on it is told how many came back.
const ORDERS: u32 = 10;

/// How many points each signal gives, and how many are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are the signals")]
pub struct Rules {
    /// From how many on a conversion waits; 0: none does.
    pub threshold: u32,
    pub velocity: u32,
    pub address: u32,
    pub card: u32,
    pub browser: u32,
    pub coupons: u32,
    pub refunds: u32,
    pub disposable: u32,
}

/// How many of each there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Orders.
    pub orders: u32,
    /// Those of new customers.
    pub firsts: u32,
    /// Sign-ups, leads and installations.
    pub joins: u32,
}

/// What is on record of something that several orders share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Whether the referrer ordered with it.
    pub own: bool,
    /// How many of the referrer's other customers ordered with it.
    pub customers: u32,
    /// How many ordered with it who are none of theirs.
    pub strangers: u32,
}

/// What is on record about a conversion that arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What the referrer had on its day, itself included.
    pub today: Pace,
    /// What the referrer had in the [`USUAL_DAYS`] before that nobody held or rejected...
    pub own: Pace,
    /// ...of which so many were since their first.
    pub own_days: u32,
    /// What all others had in them, likewise...
    pub shop: Pace,
    /// ...on how many days of a referrer with anything.
    pub shop_days: u32,
    /// How many days before the shop's first was.
    pub shop_since: u32,
    /// Where it is sent.
    pub address: Shared,
    /// By what it was paid.
    pub card: Shared,
    /// Whether it was ordered in the referrer's own browser.
    pub browser: bool,
    /// Whether the code was typed and its link not followed, by a new customer.
    pub typed: bool,
    /// How many of the referrer's in the [`USUAL_DAYS`] before were like that.
    pub typed_before: u32,
    /// How often somebody came by the referrer's link in them.
    pub clicks: u32,
    /// How many orders the referrer had in the [`REFUND_DAYS`] before...
    pub orders: u32,
    /// ...and how many were taken back in them, whole or in part.
    pub taken_back: u32,
    /// Whether the customer's address is thrown away after use.
    pub disposable_customer: bool,
    /// Whether the referrer's is.
    pub disposable_referrer: bool,
}

/// What of a day is unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields of `Pace`")]
pub enum Counted {
    Orders,
    Firsts,
    Joins,
}

/// A signal with the figures that it turned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each variant's words are below")]
pub enum Finding {
    Velocity {
        what: Counted,
        today: u32,
        /// What is usual in ten days.
        usual_in_ten: u32,
    },
    Address {
        own: bool,
        customers: u32,
    },
    Card {
        own: bool,
        customers: u32,
    },
    Browser,
    Coupons {
        typed: u32,
        clicks: u32,
    },
    Refunds {
        taken_back: u32,
        orders: u32,
    },
    Disposable {
        referrer: bool,
    },
}

/// A finding and its points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What was found.
    pub finding: Finding,
    /// What it weighed.
    pub points: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            threshold: 100,
            velocity: 50,
            address: 40,
            card: 60,
            browser: 60,
            coupons: 40,
            refunds: 30,
            disposable: 30,
        }
    }
}

impl Rules {
    /// What one signal weighs.
    pub fn weight(&self, signal: Signal) -> u32 {
        match signal {
            Signal::Velocity => self.velocity,
            Signal::Address => self.address,
            Signal::Card => self.card,
            Signal::Browser => self.browser,
            Signal::Coupons => self.coupons,
            Signal::Refunds => self.refunds,
            Signal::Disposable => self.disposable,
        }
    }

    /// Reads `signals` of a program: a weight for each, 0 to 1000; the default where nothing is said.
    pub(crate) fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut rules = Self::default();
        if !node.is_present() || node.object(faults).is_none() {
            return rules;
        }
        let places: [(&str, &mut u32); 8] = [
            ("threshold", &mut rules.threshold),
            ("velocity", &mut rules.velocity),
            ("address", &mut rules.address),
            ("card", &mut rules.card),
            ("browser", &mut rules.browser),
            ("coupons", &mut rules.coupons),
            ("refunds", &mut rules.refunds),
            ("disposable", &mut rules.disposable),
        ];
        node.only(faults, &places.each_ref().map(|(name, _)| *name));
        for (name, place) in places {
            *place = node.field(name).optional_whole(faults, 0, 1_000).unwrap_or(*place);
        }
        rules
    }

    /// As the contract writes them; nothing where all are the defaults.
    pub fn to_wire(self) -> Option<Weights> {
        let weights = Weights {
            threshold: Some(self.threshold),
            velocity: Some(self.velocity),
            address: Some(self.address),
            card: Some(self.card),
            browser: Some(self.browser),
            coupons: Some(self.coupons),
            refunds: Some(self.refunds),
            disposable: Some(self.disposable),
        };
        (self != Self::default()).then_some(weights)
    }
}

/// Every signal that a conversion gives, those alone that weigh something.
pub fn weigh(facts: &Facts, rules: &Rules) -> Vec<Found> {
    let mut all = Vec::new();
    let mut found = |finding: Finding, doubled: bool| {
        let weight = rules.weight(finding.signal());
        let points = if doubled { weight.saturating_mul(2) } else { weight };
        if points > 0 {
            all.push(Found { finding, points });
        }
    };
    if let Some((finding, doubled)) = velocity(facts) {
        found(finding, doubled);
    }
    if let Shared { own, customers, .. } = facts.address
        && is_shared(facts.address)
        && !is_everybodys(facts.address)
    {
        found(Finding::Address { own, customers }, false);
    }
    if let Shared { own, customers, .. } = facts.card
        && is_shared(facts.card)
    {
        found(Finding::Card { own, customers }, false);
    }
    if facts.browser {
        found(Finding::Browser, false);
    }
    let typed = facts.typed_before.saturating_add(1);
    // Somebody who shares a link has visits by it: a code that nearly nobody came by was found elsewhere.
    if facts.typed && typed >= TYPED && facts.clicks < typed / 2 {
        found(Finding::Coupons { typed, clicks: facts.clicks }, false);
    }
    if facts.orders >= ORDERS && u64::from(facts.taken_back) * 5 >= u64::from(facts.orders) * 2 {
        found(Finding::Refunds { taken_back: facts.taken_back, orders: facts.orders }, false);
    }
    if facts.disposable_customer || facts.disposable_referrer {
        found(Finding::Disposable { referrer: !facts.disposable_customer }, false);
    }
    all
}

/// For which reason a conversion with these findings waits for a decision by hand, if it does.
pub fn held(found: &[Found], rules: &Rules) -> Option<Reason> {
    let sum = |only: &dyn Fn(&&Found) -> bool| {
        found.iter().filter(only).fold(0_u32, |sum, one| sum.saturating_add(one.points))
    };
    let (all, pace) = (sum(&|_| true), sum(&|one| one.finding.signal() == Signal::Velocity));
    match rules.threshold {
        0 => None,
        threshold if pace >= threshold => Some(Reason::Velocity),
        threshold if all >= threshold => Some(Reason::Suspected),
        _ => None,
    }
}

/// A day on which there is much more than usual, by the referrer's own past and by the shop's others; whether it is very
/// much.
fn velocity(facts: &Facts) -> Option<(Finding, bool)> {
    if facts.shop_since < SETTLED_DAYS {
        return None;
    }
    let own_days = u64::from(facts.own_days).clamp(1, u64::try_from(USUAL_DAYS).unwrap_or(1));
    let shop_days = u64::from(facts.shop_days.max(1));
    let exceeds = |today: u32, times: u32, own: u32, shop: u32| {
        let times = u64::from(times);
        u64::from(today) * own_days > times * u64::from(own)
            && u64::from(today) * shop_days > times * u64::from(shop)
    };
    let measured = [
        (Counted::Orders, facts.today.orders, facts.own.orders, facts.shop.orders),
        (Counted::Firsts, facts.today.firsts, facts.own.firsts, facts.shop.firsts),
        (Counted::Joins, facts.today.joins, facts.own.joins, facts.shop.joins),
    ];
    let unusual = measured
        .into_iter()
        .filter(|(_, today, own, shop)| *today > FEW && exceeds(*today, TIMES, *own, *shop));
    let doubled = |(_, today, own, shop): &(Counted, u32, u32, u32)| {
        *today >= MANY && exceeds(*today, MANY_TIMES, *own, *shop)
    };
    // Of several the worst is told, and of those the first.
    let worst = unusual.min_by_key(|one| !doubled(one))?;
    let (what, today, own, shop) = worst;
    let usual = (u64::from(own) * 10 / own_days).max(u64::from(shop) * 10 / shop_days);
    let usual_in_ten = u32::try_from(usual).unwrap_or(u32::MAX);
    Some((Finding::Velocity { what, today, usual_in_ten }, doubled(&worst)))
}

/// Whether what several orders share speaks against a referrer: it is their own, or several of their customers have it.
fn is_shared(shared: Shared) -> bool {
    let Shared { own, customers, .. } = shared;
    own || customers >= 2
}

/// Whether an address is where everybody has things sent, such as a pick-up point. The referrer's own stays theirs, whoever
/// else orders to it.
fn is_everybodys(shared: Shared) -> bool {
    !shared.own && shared.strangers > shared.customers
}

impl Finding {
    /// Which signal it is.
    pub fn signal(&self) -> Signal {
        match self {
            Self::Velocity { .. } => Signal::Velocity,
            Self::Address { .. } => Signal::Address,
            Self::Card { .. } => Signal::Card,
            Self::Browser => Signal::Browser,
            Self::Coupons { .. } => Signal::Coupons,
            Self::Refunds { .. } => Signal::Refunds,
            Self::Disposable { .. } => Signal::Disposable,
        }
    }

    /// A sentence: French for a French locale, else English.
    pub fn words(&self, locale: &str) -> String {
        let french = Why::is_french(locale);
        let of_ten = |number: u32| {
            let (whole, tenth) = (number / 10, number % 10);
            let comma = if french { ',' } else { '.' };
            if tenth == 0 { whole.to_string() } else { format!("{whole}{comma}{tenth}") }
        };
        match (*self, french) {
            (Self::Velocity { what, today, usual_in_ten }, false) => {
                let what = match what {
                    Counted::Orders => "orders",
                    Counted::Firsts => "new customers",
                    Counted::Joins => "sign-ups",
                };
                format!(
                    "{today} {what} by this referrer in one day, where {} is usual.",
                    of_ten(usual_in_ten)
                )
            }
            (Self::Velocity { what, today, usual_in_ten }, true) => {
                let what = match what {
                    Counted::Orders => "commandes",
                    Counted::Firsts => "nouveaux clients",
                    Counted::Joins => "inscriptions",
                };
                format!(
                    "{today} {what} par ce parrain en un jour, contre {} d’habitude.",
                    of_ten(usual_in_ten)
                )
            }
            (Self::Address { own: true, .. }, false) => {
                "It is sent where the referrer has their own orders sent.".into()
            }
            (Self::Address { own: true, .. }, true) => {
                "La livraison va à l’adresse des commandes du parrain lui-même.".into()
            }
            (Self::Address { customers, .. }, false) => {
                format!(
                    "{customers} other customers of this referrer have their orders sent to the same address."
                )
            }
            (Self::Address { customers, .. }, true) => {
                format!("{customers} autres clients de ce parrain sont livrés à la même adresse.")
            }
            (Self::Card { own: true, .. }, false) => {
                "It was paid by a card that the referrer paid with.".into()
            }
            (Self::Card { own: true, .. }, true) => {
                "Le paiement vient d’une carte avec laquelle le parrain a payé.".into()
            }
            (Self::Card { customers, .. }, false) => {
                format!("{customers} other customers of this referrer paid by the same card.")
            }
            (Self::Card { customers, .. }, true) => {
                format!("{customers} autres clients de ce parrain ont payé avec la même carte.")
            }
            (Self::Browser, false) => {
                "It was ordered in the browser in which the referrer sees their rewards.".into()
            }
            (Self::Browser, true) => {
                "La commande vient du navigateur où le parrain voit ses récompenses.".into()
            }
            (Self::Coupons { typed, clicks }, false) => {
                let opened = match clicks {
                    0 => "never opened".to_owned(),
                    1 => "opened once".to_owned(),
                    clicks => format!("opened {clicks} times"),
                };
                format!(
                    "{typed} new customers typed this code in four weeks, and its link was {opened}: it may be on a coupon site."
                )
            }
            (Self::Coupons { typed, clicks }, true) => {
                let visits = match clicks {
                    0 => "sans aucune visite".to_owned(),
                    1 => "pour une seule visite".to_owned(),
                    clicks => format!("pour {clicks} visites"),
                };
                format!(
                    "{typed} nouveaux clients ont saisi ce code en quatre semaines, {visits} par son lien\u{a0}: il est peut-être sur un site de bons de réduction."
                )
            }
            (Self::Refunds { taken_back, orders }, false) => {
                format!("Of {orders} orders by this referrer {taken_back} were refunded or cancelled.")
            }
            (Self::Refunds { taken_back, orders }, true) => {
                format!(
                    "Sur {orders} commandes par ce parrain, {taken_back} ont été remboursées ou annulées."
                )
            }
            (Self::Disposable { referrer: false }, false) => {
                "The customer's address is of mail that is thrown away after use.".into()
            }
            (Self::Disposable { referrer: false }, true) => {
                "L’adresse du client est une adresse jetable.".into()
            }
            (Self::Disposable { referrer: true }, false) => {
                "The referrer's address is of mail that is thrown away after use.".into()
            }
            (Self::Disposable { referrer: true }, true) => {
                "L’adresse du parrain est une adresse jetable.".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(facts: &Facts) -> Vec<(Signal, u32)> {
        let found = weigh(facts, &Rules::default());
        found.iter().map(|one| (one.finding.signal(), one.points)).collect()
    }

    #[test]
    fn an_ordinary_order_gives_no_signal() {
        assert_eq!(signals(&Facts::default()), []);
        let busy = Facts {
            today: Pace { orders: 40, firsts: 12, joins: 0 },
            own: Pace { orders: 28 * 15, firsts: 28 * 5, joins: 0 },
            own_days: 28,
            shop_since: 28,
            shop: Pace { orders: 100, firsts: 100, joins: 0 },
            shop_days: 100,
            ..Facts::default()
        };
        assert_eq!(signals(&busy), [], "a busy referrer is used to it");
        let shop =
            Facts { own: Pace::default(), shop: Pace { orders: 1500, firsts: 1500, joins: 0 }, ..busy };
        assert_eq!(signals(&shop), [], "in this shop everybody sells as much");
    }

    #[test]
    fn a_day_like_none_before_gives_points_and_one_far_beyond_twice_as_many() {
        let day = |firsts| Facts {
            today: Pace { orders: firsts, firsts, joins: 0 },
            own: Pace { orders: 28, firsts: 28, joins: 0 },
            own_days: 28,
            shop_since: 400,
            ..Facts::default()
        };
        assert_eq!(signals(&day(10)), []);
        assert_eq!(signals(&day(11)), [(Signal::Velocity, 50)]);
        assert_eq!(signals(&day(59)), [(Signal::Velocity, 50)], "a newsletter");
        assert_eq!(signals(&day(60)), [(Signal::Velocity, 100)]);
        let rules = Rules::default();
        assert_eq!(held(&weigh(&day(59), &rules), &rules), None);
        assert_eq!(held(&weigh(&day(60), &rules), &rules), Some(Reason::Velocity));
        let found = weigh(&day(60), &rules);
        assert_eq!(found[0].finding.words("en"), "60 orders by this referrer in one day, where 1 is usual.");
        assert!(found[0].finding.words("fr").starts_with("60 commandes par ce parrain en un jour"));
    }

    #[test]
    fn what_is_usual_is_known_after_a_week_and_by_the_days_since_the_first() {
        let launch = Facts { today: Pace { orders: 300, firsts: 300, joins: 0 }, ..Facts::default() };
        assert_eq!(signals(&Facts { shop_since: 6, ..launch }), []);
        assert_eq!(signals(&Facts { shop_since: 7, ..launch }), [(Signal::Velocity, 100)]);
        // Twelve a day for two days are usual on the third.
        let new = Facts {
            today: Pace { orders: 12, firsts: 12, joins: 0 },
            own: Pace { orders: 24, firsts: 24, joins: 0 },
            shop_since: 400,
            ..Facts::default()
        };
        assert_eq!(signals(&Facts { own_days: 2, ..new }), []);
        assert_eq!(signals(&Facts { own_days: 28, ..new }), [(Signal::Velocity, 50)]);
    }

    #[test]
    fn one_s_own_address_and_card_together_are_suspected_and_a_pick_up_point_is_not() {
        let own = Shared { own: true, customers: 0, strangers: 0 };
        let facts = Facts { address: own, card: own, ..Facts::default() };
        assert_eq!(signals(&facts), [(Signal::Address, 40), (Signal::Card, 60)]);
        let rules = Rules::default();
        assert_eq!(held(&weigh(&facts, &rules), &rules), Some(Reason::Suspected));
        assert_eq!(held(&weigh(&facts, &rules), &Rules { threshold: 0, ..rules }), None);
        let off = Rules { address: 0, card: 0, ..rules };
        assert_eq!(weigh(&facts, &off), []);
        let household = Facts { address: Shared { customers: 1, ..Shared::default() }, ..Facts::default() };
        assert_eq!(signals(&household), []);
        let several = Facts { address: Shared { customers: 2, ..Shared::default() }, ..Facts::default() };
        assert_eq!(signals(&several), [(Signal::Address, 40)]);
        let pick_up = Shared { own: false, customers: 3, strangers: 15 };
        assert_eq!(signals(&Facts { address: pick_up, ..Facts::default() }), []);
        // Nobody pays by everybody's card, and strangers make no pick-up point of where the referrer lives.
        assert_eq!(signals(&Facts { card: pick_up, ..Facts::default() }), [(Signal::Card, 60)]);
        let home = Facts { address: Shared { own: true, ..pick_up }, ..Facts::default() };
        assert_eq!(signals(&home), [(Signal::Address, 40)]);
    }

    #[test]
    fn coupon_sites_refunds_browsers_and_thrown_away_mail_are_told() {
        let coupons = Facts { typed: true, typed_before: 19, clicks: 3, ..Facts::default() };
        assert_eq!(signals(&coupons), [(Signal::Coupons, 40)]);
        assert_eq!(signals(&Facts { clicks: 10, ..coupons }), [], "they share their link");
        let back = Facts { orders: 10, taken_back: 4, ..Facts::default() };
        assert_eq!(signals(&back), [(Signal::Refunds, 30)]);
        assert_eq!(signals(&Facts { taken_back: 3, ..back }), []);
        let both =
            Facts { browser: true, disposable_customer: true, disposable_referrer: true, ..Facts::default() };
        assert_eq!(signals(&both), [(Signal::Browser, 60), (Signal::Disposable, 30)]);
        for found in weigh(&both, &Rules::default()) {
            assert!(found.finding.words("en").ends_with('.') && found.finding.words("fr").ends_with('.'));
        }
    }
}
