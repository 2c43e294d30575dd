//! Keeping decisions right when facts arrive late: an order that turns up decides itself, and then those
//! *later* ones are decided again that it bears on, in order of time, until nothing changes.
//!
//! An order bears on its customer's later orders (they are no longer the first, they belong to a run) and,
//! where an offer has caps or tiers, on those of its referrer's later conversions that now stand at a
//! threshold. Everything else is left alone, so that the usual case, a newest order, decides once.

use std::collections::BTreeSet;

use crate::code::Code;
use crate::decide::{Decision, History, Position, decide};
use crate::event::Order;
use crate::program::Offer;
use crate::reason::Reason;

/// An order on record: where it stands, and whether the shop's server reported it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Where it stands.
    pub position: Position,
    /// Reported by the shop's server, else by a browser.
    pub verified: bool,
}

/// A history that can be written and asked for what comes *after* an order.
pub trait Journal: History {
    /// An order on record.
    fn order(&self, entry: &Entry) -> Result<Option<Order>, Self::Error>;

    /// What was decided of it so far.
    fn decision(&self, entry: &Entry) -> Result<Option<Decision>, Self::Error>;

    /// Writes a decision in place of an earlier one.
    fn write(&mut self, entry: &Entry, order: &Order, decision: &Decision) -> Result<(), Self::Error>;

    /// Later entries of the same person; one too many does no harm.
    fn later_of_person(&self, order: &Order) -> Result<Vec<Entry>, Self::Error>;

    /// Whether a referrer has later conversions under an offer, browser-reported ones included.
    fn has_later(&self, code: &Code, offer: &str, after: &Position) -> Result<bool, Self::Error>;

    /// The `number`th (from 1) earned conversion of a referrer under an offer, ever or in a month counted as
    /// [`crate::instant::Instant::month`] does.
    fn earned(
        &self,
        code: &Code,
        offer: &str,
        number: u32,
        month: Option<i64>,
    ) -> Result<Option<Entry>, Self::Error>;

    /// The first conversion after a position that a cap refused; with `same_month`, in that month only.
    fn next_capped(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        same_month: bool,
    ) -> Result<Option<Entry>, Self::Error>;

    /// Conversions after a position that are in no count, yet whose decision looks at the counts: those that
    /// a browser reported, and those refused as [`Reason::OfferInactive`] or [`Reason::BudgetSpent`], which a
    /// reached cap precedes.
    fn later_uncounted(&self, code: &Code, offer: &str, after: &Position) -> Result<Vec<Entry>, Self::Error>;
}

/// Decides an order that has just been recorded, and again whatever depends on it. Each entry is decided after
/// all that it depends on, since those stand before it.
///
/// # Errors
/// Those of `journal`; then some decisions may be written and others not.
pub fn settle<J: Journal>(journal: &mut J, entry: &Entry, order: &Order) -> Result<Decision, J::Error> {
    let mut open = BTreeSet::new();
    let decision = step(journal, entry, order, None, &mut open)?;
    follow(journal, open)?;
    Ok(decision)
}

/// Decides entries again that were decided before, and whatever depends on them.
///
/// # Errors
/// As [`settle`].
pub fn settle_again<J: Journal>(
    journal: &mut J,
    entries: impl IntoIterator<Item = Entry>,
) -> Result<(), J::Error> {
    follow(journal, entries.into_iter().collect())
}

/// Decides what is open, the earliest first, until nothing is.
fn follow<J: Journal>(journal: &mut J, mut open: BTreeSet<Entry>) -> Result<(), J::Error> {
    while let Some(entry) = open.pop_first() {
        let Some(order) = journal.order(&entry)? else { continue };
        let before = journal.decision(&entry)?;
        step(journal, &entry, &order, before, &mut open)?;
    }
    Ok(())
}

/// Decides one entry and opens those for which it makes a difference.
fn step<J: Journal>(
    journal: &mut J,
    entry: &Entry,
    order: &Order,
    before: Option<Decision>,
    open: &mut BTreeSet<Entry>,
) -> Result<Decision, J::Error> {
    let after = decide(order, entry.verified, journal)?;
    let (earned_before, earned_after) = (before.as_ref().and_then(influence), influence(&after));
    let group = |decision: &Option<Influence>| decision.as_ref().map(|one| (one.0.clone(), one.1.clone()));
    let (old, new) = (group(&earned_before), group(&earned_after));
    if let Some((code, offer)) = before.as_ref().and_then(capped).filter(|group| new.as_ref() != Some(group))
    {
        // Perhaps a place under the cap became free: this one does not take it, so the next may.
        let month_only = !offers(journal, &offer).iter().any(|offer| offer.advocate.max_total.is_some());
        open.extend(journal.next_capped(&code, &offer, &entry.position, month_only)?);
    }
    if before.as_ref() == Some(&after) {
        return Ok(after);
    }
    journal.write(entry, order, &after)?;
    if !entry.verified {
        return Ok(after);
    }
    if before.is_none() || earned_before != earned_after {
        open.extend(journal.later_of_person(order)?);
    }
    if old != new {
        for (code, offer) in old.into_iter().chain(new) {
            open.extend(at_thresholds(journal, &code, &offer, &entry.position)?);
        }
    }
    open.retain(|other| other.position > entry.position);
    Ok(after)
}

/// What an earned conversion means to later ones: whose, under which offer, by which run's terms.
type Influence = (Code, String, crate::program::Orders);

fn influence(decision: &Decision) -> Option<Influence> {
    let conversion = decision.conversion().filter(|conversion| conversion.is_earned())?;
    Some((conversion.code.clone(), conversion.offer.clone(), conversion.orders))
}

fn capped(decision: &Decision) -> Option<(Code, String)> {
    let conversion =
        decision.conversion().filter(|conversion| conversion.refusal == Some(Reason::CapReached))?;
    Some((conversion.code.clone(), conversion.offer.clone()))
}

/// An offer in each version that has it.
fn offers<J: Journal>(journal: &J, id: &str) -> Vec<Offer> {
    journal.versions().all().filter_map(|program| program.offer(id).cloned()).collect()
}

/// The later conversions for which one earned conversion more or less, at `position`, can make a difference.
fn at_thresholds<J: Journal>(
    journal: &J,
    code: &Code,
    offer: &str,
    position: &Position,
) -> Result<Vec<Entry>, J::Error> {
    let versions = offers(journal, offer);
    let counted = versions.iter().any(|offer| offer.advocate.looks_at_counts());
    if !counted || !journal.has_later(code, offer, position)? {
        return Ok(Vec::new());
    }
    let mut numbers = BTreeSet::new();
    for version in &versions {
        for (from, _) in version.advocate.tiers() {
            numbers.extend([(*from, None), (from.saturating_sub(1), None)]);
        }
        numbers.extend(version.advocate.max_total.map(|most| (most.saturating_add(1), None)));
        let month = Some(position.at.month());
        numbers.extend(version.advocate.max_per_month.map(|most| (most.saturating_add(1), month)));
    }
    let mut found = journal.later_uncounted(code, offer, position)?;
    for (number, month) in numbers.into_iter().filter(|(number, _)| *number > 0) {
        found.extend(journal.earned(code, offer, number, month)?);
    }
    let month_only = !versions.iter().any(|offer| offer.advocate.max_total.is_some());
    found.extend(journal.next_capped(code, offer, position, month_only)?);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::book::Book;
    use crate::decide::{Known, Verdict};
    use crate::event::{Customer, Goods, Kind, Line, Order, Source, Touch};
    use crate::instant::Instant;
    use crate::money::Currency;
    use crate::program::{Program, Versions};
    use crate::reward::Sums;

    const HOUR: i64 = 3_600;

    fn start() -> Instant {
        Instant::parse("2026-01-31T00:00:00Z").unwrap()
    }

    fn any_offer(id: &'static str) -> impl Strategy<Value = Value> {
        let orders = prop_oneof![
            Just(json!("first")),
            Just(json!("lifetime")),
            (1_u32..4).prop_map(|n| json!({"count": n})),
            Just(json!({"months": 1})),
        ];
        let reward = prop_oneof![
            Just(json!({"kind": "cash", "amount": "10.00"})),
            Just(json!({"kind": "points", "points": 50})),
            (2_u32..4).prop_map(|from| json!({"kind": "commission", "percent": "8",
                "tiers": [{"from": from, "percent": "10"}, {"from": from + 2, "percent": "12.5"}], "categories": {"wine": "5"}})),
        ];
        let options = (any::<Option<bool>>(), 0_u32..4, 0_u32..5, 0_u32..4, any::<bool>(), any::<bool>());
        (orders, reward, options).prop_map(
            move |(orders, reward, (new, monthly, total, budget, ends, least))| {
                let mut advocate = json!({"reward": reward, "orders": orders});
                for (name, value) in [
                    ("new_customers_only", new.map(|new| json!(new))),
                    ("max_per_month", (monthly > 0).then(|| json!(monthly))),
                    ("max_total", (total > 0).then(|| json!(total))),
                    ("budget", (budget > 2).then(|| json!("15.00"))),
                    ("min_subtotal", least.then(|| json!("20.00"))),
                ] {
                    if let Some(value) = value {
                        advocate[name] = value;
                    }
                }
                let ends_at = ends.then_some("2026-03-05T00:00:00Z");
                json!({"id": id, "audience": "customer", "ends_at": ends_at, "advocate": advocate})
            },
        )
    }

    fn any_versions() -> impl Strategy<Value = Versions> {
        let program = |offers: Vec<Value>, model: bool| {
            let body = json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/", "offers": offers,
                "attribution": {"window_days": 10, "model": if model { "last" } else { "first" }}});
            Program::parse(&body).unwrap()
        };
        let first = (any_offer("a"), any_offer("b"), any::<bool>());
        let second = proptest::option::weighted(0.3, (any_offer("b"), any::<bool>()));
        (first, second).prop_map(move |((a, b, model), second)| {
            let mut versions = Versions::new(program(vec![a, b], model));
            if let Some((b, model)) = second {
                versions.push(start().plus_days(20), program(vec![b], model));
            }
            versions
        })
    }

    fn any_order() -> impl Strategy<Value = (Order, bool)> {
        let code = || {
            proptest::sample::select(vec!["AAA", "BBB", "CCC", "UNKNOWN"])
                .prop_map(|code| code.parse::<Code>().unwrap())
        };
        let customer = (
            proptest::option::of(proptest::sample::select(vec!["c1", "c2", "c3", "owner"])),
            proptest::option::of(proptest::sample::select(vec!["x", "y", "z"])),
            proptest::option::weighted(0.2, 1_u32..3),
        );
        let touches = proptest::collection::vec((code(), any::<bool>(), -15 * 24..60 * 24_i64), 0..3);
        let goods = (1_000_i64..9_000, 0_i64..1_200, proptest::option::of(0_i64..5_000));
        let codes = proptest::collection::vec(code(), 0..2);
        (
            0..40 * 24_i64,
            0_u32..30,
            customer,
            codes,
            touches,
            goods,
            any::<bool>(),
            proptest::bool::weighted(0.85),
        )
            .prop_map(
                |(
                    hours,
                    id,
                    (cid, email, count),
                    codes,
                    touches,
                    (subtotal, discount, wine),
                    lead,
                    verified,
                )| {
                    let lead = lead && id % 9 == 0;
                    let order = Order {
                        kind: if lead { Kind::Lead } else { Kind::Sale },
                        id: id.to_string(),
                        at: start().plus_seconds(hours * HOUR),
                        customer: Customer {
                            id: cid.map(str::to_owned),
                            email: email.map(str::to_owned),
                            orders_count: count,
                        },
                        goods: (!lead).then(|| Goods {
                            currency: Currency::parse("EUR").unwrap(),
                            subtotal,
                            discount,
                            total: None,
                            lines: wine
                                .map(|total| Line { category: "wine".into(), total })
                                .into_iter()
                                .collect(),
                        }),
                        codes,
                        unknown_codes: Vec::new(),
                        adjustment: None,
                        touches: touches
                            .into_iter()
                            .map(|(code, link, hours)| Touch {
                                code,
                                source: if link { Source::Link } else { Source::PromoCode },
                                at: start().plus_seconds(hours * HOUR),
                            })
                            .collect(),
                        unknown_touches: Vec::new(),
                    };
                    (order, verified)
                },
            )
    }

    fn book(versions: Versions) -> Book {
        let mut book = Book::new(versions);
        for (code, offer, customer_id) in
            [("AAA", "a", Some("owner")), ("BBB", "b", None), ("CCC", "b", None)]
        {
            let known = Known {
                offer: offer.into(),
                customer_id: customer_id.map(str::to_owned),
                ..Known::default()
            };
            book.add_referrer(code.parse().unwrap(), known);
        }
        book
    }

    fn verdicts(book: &Book) -> Vec<(Entry, Verdict)> {
        book.decisions().map(|(entry, decision)| (entry.clone(), decision.verdict.clone())).collect()
    }

    fn without_budgets(mut versions: Versions) -> Versions {
        let strip = |program: &Program| {
            let mut program = program.clone();
            for offer in &mut program.offers {
                offer.advocate.budget = None;
            }
            program
        };
        let mut later = versions.all().map(|program| strip(program)).collect::<Vec<_>>();
        let rest = later.split_off(1);
        versions = Versions::new(later.remove(0));
        for program in rest {
            versions.push(start().plus_days(20), program);
        }
        versions
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_500))]

        #[test]
        fn settling_on_arrival_is_deciding_in_order_of_time(
            versions in any_versions(),
            orders in proptest::collection::vec(any_order(), 1..25),
        ) {
            let mut arrived = book(versions);
            for (order, verified) in orders {
                arrived.record(order, verified);
            }
            let settled = verdicts(&arrived);
            arrived.refold();
            prop_assert_eq!(settled, verdicts(&arrived));
        }

        #[test]
        fn arrival_does_not_matter(
            versions in any_versions(),
            orders in proptest::collection::vec(any_order(), 1..20),
            shuffle: u64,
        ) {
            // The first content of an id stands, so each id comes once; budgets alone may go by arrival.
            let versions = without_budgets(versions);
            let mut seen = std::collections::BTreeSet::new();
            let orders: Vec<_> = orders.into_iter().filter(|(order, _)| seen.insert((order.kind, order.id.clone()))).collect();
            let mut shuffled = orders.clone();
            shuffled.sort_by_key(|(order, _)| shuffle.rotate_left(order.id.len() as u32 * 7).wrapping_mul(31 + order.at.micros() as u64));
            let (mut one, mut other) = (book(versions.clone()), book(versions));
            for (order, verified) in orders {
                one.record(order, verified);
            }
            for (order, verified) in shuffled {
                prop_assert_ne!(other.record(order.clone(), verified), None);
                prop_assert_eq!(other.record(order, verified), None, "a repeat is known");
            }
            prop_assert_eq!(verdicts(&one), verdicts(&other));
        }

        #[test]
        fn what_is_seen_at_an_instant_stays(
            versions in any_versions(),
            orders in proptest::collection::vec(any_order(), 1..20),
            day in 0_i64..40,
        ) {
            // An order dated later never changes what stands at an earlier instant.
            let as_of = start().plus_days(day);
            let versions = without_budgets(versions);
            let (mut all, mut until) = (book(versions.clone()), book(versions));
            let mut seen = std::collections::BTreeSet::new();
            for (order, verified) in orders {
                if !seen.insert((order.kind, order.id.clone())) {
                    continue;
                }
                if order.at <= as_of {
                    until.record(order.clone(), verified);
                }
                all.record(order, verified);
            }
            for code in ["AAA", "BBB", "CCC"] {
                let code = code.parse().unwrap();
                let sums = |book: &Book| book.cases(&code).iter().filter_map(|(_, case)| case.state(as_of))
                    .fold(Sums::default(), |sums, state| sums.plus(state.sums));
                prop_assert_eq!(sums(&all), sums(&until));
            }
        }
    }
}
