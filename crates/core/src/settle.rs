//! Keeping decisions right when facts arrive late: an order that turns up decides itself, and then those
//! *later* ones are decided again that it bears on, in order of time, until nothing changes.
//!
//! An order bears on its customer's later orders (they are no longer the first, they belong to a run) and,
//! where an offer has caps or tiers, on those of its referrer's later conversions that now stand at a
//! threshold. Everything else is left alone, so that the usual case, a newest order, decides once.
//!
//! A customer's later orders are walked through with two readings of the customer's past at hand, the one as it
//! was and the one as it is now ([`Persons`]): where the two agree, no order after that can be decided otherwise,
//! and the walk ends, mostly at its first step. What one call does is bounded: of a walk that is longer,
//! [`Settled::rest`] says what is left, to be gone on with by [`settle_rest`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::rc::Rc;

use crate::code::Code;
use crate::decide::{Decision, History, Past, Position, decide};
use crate::event::{Customer, Order};
use crate::instant::Instant;
use crate::persons::{Agreement, Persons};
use crate::program::{Offer, Orders};
use crate::reason::Reason;

/// How many entries of a walk are asked for at once.
const CHUNK: u32 = 32;
/// What a decision costs that changes an entry, measured by one that leaves it as it is: all that is written.
const CHANGE: u32 = 4;

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
    /// An order on record, with what was decided of it so far.
    fn read(&self, entry: &Entry) -> Result<Option<(Order, Option<Decision>)>, Self::Error>;

    /// Writes a decision in place of an earlier one.
    fn write(&mut self, entry: &Entry, order: &Order, decision: &Decision) -> Result<(), Self::Error>;

    /// The next entries of the same person after a position, in order of time, `most` of them or fewer where there
    /// are no more. One of another person does no harm.
    fn later_of_person(
        &self,
        customer: &Customer,
        after: &Position,
        most: u32,
    ) -> Result<Vec<Entry>, Self::Error>;

    /// Where the next entry after a position is, browser-reported ones included, that has a name of the person's
    /// beside one that is not; one too early does no harm.
    fn next_stranger(&self, past: &Past, after: &Position) -> Result<Option<Position>, Self::Error>;

    /// Whether a referrer has later conversions under an offer, browser-reported ones included.
    fn has_later(&self, code: &Code, offer: &str, after: &Position) -> Result<bool, Self::Error>;

    /// The `number`th (from 1) earned conversion of a referrer under an offer, ever or within a time.
    fn earned(
        &self,
        code: &Code,
        offer: &str,
        number: u32,
        within: Option<&Range<Instant>>,
    ) -> Result<Option<Entry>, Self::Error>;

    /// The first conversion after a position and before an instant that a cap refused.
    fn next_capped(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        before: Instant,
    ) -> Result<Option<Entry>, Self::Error>;

    /// The next conversions after a position that are in no count, yet whose decision looks at the counts: those
    /// that a browser reported, and those refused as [`Reason::OfferInactive`] or [`Reason::BudgetSpent`], which a
    /// reached cap precedes. In order of time, `most` of them or fewer where there are no more.
    fn later_uncounted(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        most: u32,
    ) -> Result<Vec<Entry>, Self::Error>;
}

/// What is still to be decided again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
    /// One entry.
    Entry(Entry),
    /// What a person, by one id or address, has after a position.
    Person(Name, Position),
    /// What [`Journal::later_uncounted`] gives after a position.
    Uncounted(Code, String, Position),
}

/// One of the names by which a person is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// The shop's id of the customer.
    Id(String),
    /// The address, or its hash.
    Email(String),
}

/// What came of settling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What was decided of the order that arrived.
    pub decision: Decision,
    /// What is still to be decided again; until then what stands there may be as it was before the order.
    pub rest: Vec<Open>,
}

/// Decides an order that has just been recorded, and again what depends on it. Each entry is decided after
/// all that it depends on, since those stand before it. `most` bounds what is done beyond the order itself, in
/// decisions that change nothing; one that does counts for several.
///
/// # Errors
/// Those of `journal`; then some decisions may be written and others not.
pub fn settle<J: Journal>(
    journal: &mut J,
    entry: &Entry,
    order: &Order,
    most: u32,
) -> Result<Settled, J::Error> {
    let mut agenda = Agenda::default();
    let before =
        if entry.verified { Some(persons(journal, &order.customer, &entry.position)?) } else { None };
    let past = match &before {
        Some(before) => before.clone().join(&order.customer),
        None => Rc::new(journal.past(&order.customer, &entry.position)?),
    };
    let decision = decide(order, entry.verified, &past, journal)?;
    drop(past);
    journal.write(entry, order, &decision)?;
    if let Some(then) = before {
        agenda.weigh(journal, &entry.position, None, &decision)?;
        let mut now = then.clone();
        now.see(order, decision.conversion());
        agenda.walk(journal, Walk::new(order.customer.clone(), entry.position.clone(), Some(then), now))?;
    }
    Ok(Settled { decision, rest: agenda.follow(journal, most)? })
}

/// Goes on with what settling left open, and decides again what depends on it; `most` as in [`settle`]. Answers
/// what is left then.
///
/// # Errors
/// As [`settle`].
pub fn settle_rest<J: Journal>(
    journal: &mut J,
    rest: impl IntoIterator<Item = Open>,
    most: u32,
) -> Result<Vec<Open>, J::Error> {
    let mut agenda = Agenda::default();
    for open in rest {
        match open {
            Open::Entry(entry) => {
                agenda.entries.insert(entry);
            }
            Open::Person(name, after) => {
                agenda.walks.push(Walk::new(name.into(), after, None, Persons::default()));
            }
            Open::Uncounted(code, offer, after) => agenda.uncounted(code, offer, after),
        }
    }
    agenda.follow(journal, most)
}

impl From<Name> for Customer {
    fn from(name: Name) -> Self {
        match name {
            Name::Id(id) => Self { id: Some(id), ..Self::default() },
            Name::Email(email) => Self { email: Some(email), ..Self::default() },
        }
    }
}

/// What is to be decided again in one call.
#[derive(Default)]
struct Agenda {
    entries: BTreeSet<Entry>,
    walks: Vec<Walk>,
    uncounted: BTreeMap<(Code, String), Later>,
}

/// Entries after a position, asked for as they are come to.
struct Later {
    passed: Position,
    ahead: VecDeque<Entry>,
    ended: bool,
}

/// The way through a person's later orders.
struct Walk {
    customer: Customer,
    later: Later,
    /// The persons as they were before the change that is followed; `None` where that is not known any more, and
    /// the walk goes to its end.
    then: Option<Persons>,
    /// The persons as they are now.
    now: Persons,
    /// Where an order comes that may make the person and another one, as far as has been asked.
    stranger: Option<Position>,
}

impl Later {
    fn after(passed: Position) -> Self {
        Self { passed, ahead: VecDeque::new(), ended: false }
    }

    /// The next entry, by `ask` for more of them after a position.
    fn next<E>(
        &mut self,
        ask: impl FnOnce(&Position, u32) -> Result<Vec<Entry>, E>,
    ) -> Result<Option<&Entry>, E> {
        if self.ahead.is_empty() && !self.ended {
            self.ahead = ask(&self.passed, CHUNK)?.into();
            self.ended = self.ahead.is_empty();
        }
        Ok(self.ahead.front())
    }

    /// Leaves an entry behind, if it is the next.
    fn pass(&mut self, entry: &Entry) -> bool {
        let here = self.ahead.front() == Some(entry);
        if here {
            self.ahead.pop_front();
            self.passed.clone_from(&entry.position);
        }
        here
    }
}

impl Walk {
    fn new(customer: Customer, after: Position, then: Option<Persons>, now: Persons) -> Self {
        Self { customer, later: Later::after(after), then, now, stranger: None }
    }

    /// Whether no later order can be decided otherwise than it was.
    fn is_over<J: Journal>(&mut self, journal: &J) -> Result<bool, J::Error> {
        let Some(then) = &self.then else { return Ok(false) };
        let here = &self.later.passed;
        let offers = journal.versions().all().flat_map(|program| &program.offers);
        let by_number = offers.into_iter().any(|offer| matches!(offer.advocate.orders, Orders::Count(_)));
        Ok(match then.agree(&self.now, here.at, by_number) {
            Agreement::No => false,
            Agreement::Whole => true,
            Agreement::Alone => match self.now.only() {
                None => false,
                Some(past) => {
                    if self.stranger.as_ref().is_none_or(|stranger| stranger <= here) {
                        self.stranger = journal.next_stranger(past, here)?;
                    }
                    self.stranger.is_none()
                }
            },
        })
    }

    /// Makes sure that both readings know who placed an order. Who is new to one is to the other: what they do not
    /// know yet is of nobody whom the change bears on.
    fn meet<J: Journal>(&mut self, journal: &J, order: &Order) -> Result<(), J::Error> {
        let here = order.position();
        for name in order.customer.names() {
            if !self.now.know(&name) {
                let past = journal.past(&name, &here)?;
                if let Some(then) = &mut self.then {
                    then.add(past.clone());
                }
                self.now.add(past);
            }
        }
        Ok(())
    }

    fn open(&self) -> Option<Open> {
        let name = self.customer.id.clone().map(Name::Id);
        let name = name.or_else(|| self.customer.email.clone().map(Name::Email))?;
        Some(Open::Person(name, self.later.passed.clone()))
    }
}

impl Agenda {
    /// Decides what is open, the earliest first, until nothing is or enough is done; what is left.
    fn follow<J: Journal>(mut self, journal: &mut J, most: u32) -> Result<Vec<Open>, J::Error> {
        let mut done = 0_u32;
        while done < most {
            let Some(entry) = self.next(journal)? else { return Ok(Vec::new()) };
            done = done.saturating_add(self.step(journal, &entry)?);
        }
        // What turns out to be nothing is not left for another call.
        Ok(if self.next(journal)?.is_none() { Vec::new() } else { self.left() })
    }

    /// The earliest open entry.
    fn next<J: Journal>(&mut self, journal: &J) -> Result<Option<Entry>, J::Error> {
        let mut first = self.entries.first().cloned();
        let mut earlier = |entry: Option<&Entry>| {
            if let Some(entry) = entry
                && first.as_ref().is_none_or(|first| entry < first)
            {
                first = Some(entry.clone());
            }
        };
        for walk in &mut self.walks {
            let customer = &walk.customer;
            earlier(walk.later.next(|after, most| journal.later_of_person(customer, after, most))?);
        }
        for ((code, offer), later) in &mut self.uncounted {
            earlier(later.next(|after, most| journal.later_uncounted(code, offer, after, most))?);
        }
        self.walks.retain(|walk| !walk.later.ended);
        self.uncounted.retain(|_, later| !later.ended);
        Ok(first)
    }

    /// Decides one entry and opens those for which it makes a difference; what it cost.
    fn step<J: Journal>(&mut self, journal: &mut J, entry: &Entry) -> Result<u32, J::Error> {
        self.entries.remove(entry);
        for later in self.uncounted.values_mut() {
            later.pass(entry);
        }
        if entry.verified { self.step_signed(journal, entry) } else { self.step_reported(journal, entry) }
    }

    /// A browser's report is decided like any order, and nothing follows from it; it does not even make two persons
    /// one whose names it has.
    fn step_reported<J: Journal>(&mut self, journal: &mut J, entry: &Entry) -> Result<u32, J::Error> {
        for walk in &mut self.walks {
            walk.later.pass(entry);
        }
        let Some((order, before)) = journal.read(entry)? else { return Ok(1) };
        let past = journal.past(&order.customer, &entry.position)?;
        let after = decide(&order, false, &past, journal)?;
        if before.as_ref() == Some(&after) {
            return Ok(1);
        }
        journal.write(entry, &order, &after)?;
        Ok(CHANGE)
    }

    fn step_signed<J: Journal>(&mut self, journal: &mut J, entry: &Entry) -> Result<u32, J::Error> {
        let walk = self.walk_at(entry);
        let Some((order, before)) = journal.read(entry)? else {
            self.walks.extend(walk);
            return Ok(1);
        };
        let mut walk = match walk {
            Some(mut walk) => {
                walk.meet(journal, &order)?;
                walk
            }
            None => {
                let then = persons(journal, &order.customer, &entry.position)?;
                Walk::new(order.customer.clone(), entry.position.clone(), Some(then.clone()), then)
            }
        };
        let past = walk.now.join(&order.customer);
        let after = decide(&order, true, &past, journal)?;
        drop(past);
        let changed = before.as_ref() != Some(&after);
        if changed {
            journal.write(entry, &order, &after)?;
        }
        self.weigh(journal, &entry.position, before.as_ref(), &after)?;
        if let Some(then) = &mut walk.then {
            then.see(&order, before.as_ref().and_then(Decision::conversion));
        }
        walk.now.see(&order, after.conversion());
        self.walk(journal, walk)?;
        Ok(if changed { CHANGE } else { 1 })
    }

    /// The walk that comes to a signed entry now. Where several meet they are of one person, and one of them to the
    /// end does for all.
    fn walk_at(&mut self, entry: &Entry) -> Option<Walk> {
        let (mut here, elsewhere): (Vec<_>, Vec<_>) =
            self.walks.drain(..).partition(|walk| walk.later.ahead.front() == Some(entry));
        self.walks = elsewhere;
        let met = here.len() > 1;
        let mut walk = here.pop()?;
        if met {
            walk.then = None;
        }
        walk.later.pass(entry);
        Some(walk)
    }

    /// Goes a walk, unless it is over.
    fn walk<J: Journal>(&mut self, journal: &J, mut walk: Walk) -> Result<(), J::Error> {
        if !walk.is_over(journal)? {
            self.walks.push(walk);
        }
        Ok(())
    }

    /// Opens what looks at the counts that a decision changes.
    fn weigh<J: Journal>(
        &mut self,
        journal: &J,
        position: &Position,
        before: Option<&Decision>,
        after: &Decision,
    ) -> Result<(), J::Error> {
        let (old, new) = (before.and_then(earned), earned(after));
        if let Some((code, offer)) = before.and_then(capped).filter(|group| new.as_ref() != Some(group)) {
            // Perhaps a place under the cap became free: this one does not take it, so the next may. Where it is
            // still the cap that refuses it, there is none, and all that come after it stand there too.
            let versions = offers(journal, &offer);
            let still = capped(after).is_some_and(|group| group == (code.clone(), offer.clone()));
            let months = journal.versions().months_of(position.at);
            if !(still && months.len() == 1 && have_one_cap(&versions)) {
                let until = caps_reach(&versions, &months);
                self.entries.extend(journal.next_capped(&code, &offer, position, until)?);
            }
        }
        if old != new {
            for (code, offer) in old.into_iter().chain(new) {
                self.at_thresholds(journal, &code, &offer, position)?;
            }
        }
        Ok(())
    }

    /// Opens the later conversions for which one earned conversion more or less, at `position`, can make a
    /// difference.
    fn at_thresholds<J: Journal>(
        &mut self,
        journal: &J,
        code: &Code,
        offer: &str,
        position: &Position,
    ) -> Result<(), J::Error> {
        let versions = offers(journal, offer);
        let counted = versions.iter().any(|offer| offer.advocate.looks_at_counts());
        if !counted || !journal.has_later(code, offer, position)? {
            return Ok(());
        }
        // A later conversion counts this one where its own version's zone has both in one month.
        let months = journal.versions().months_of(position.at);
        let mut numbers = BTreeSet::new();
        for version in &versions {
            for (from, _) in version.advocate.tiers() {
                numbers.extend([(*from, None), (from.saturating_sub(1), None)]);
            }
            numbers.extend(version.advocate.max_total.map(|most| (most.saturating_add(1), None)));
            let places = 0..months.len();
            let most = version.advocate.max_per_month;
            numbers.extend(
                most.into_iter()
                    .flat_map(|most| places.clone().map(move |place| (most.saturating_add(1), Some(place)))),
            );
        }
        let mut found = Vec::new();
        for (number, place) in numbers.into_iter().filter(|(number, _)| *number > 0) {
            let within = place.and_then(|place| months.get(place));
            found.extend(journal.earned(code, offer, number, within)?);
        }
        found.extend(journal.next_capped(code, offer, position, caps_reach(&versions, &months))?);
        self.entries.extend(found.into_iter().filter(|entry| entry.position > *position));
        self.uncounted(code.clone(), offer.to_owned(), position.clone());
        Ok(())
    }

    /// Opens what looks at counts without being in one, after a position.
    fn uncounted(&mut self, code: Code, offer: String, after: Position) {
        let later = self.uncounted.entry((code, offer)).or_insert_with(|| Later::after(after.clone()));
        // What an earlier call left open may stand further on: what changed now is looked at from here.
        if later.passed > after {
            *later = Later::after(after);
        }
    }

    /// All that is open, to be gone on with.
    fn left(self) -> Vec<Open> {
        let walks = self.walks.iter().filter_map(Walk::open);
        let entries = self.entries.into_iter().map(Open::Entry);
        let uncounted = self.uncounted.into_iter();
        let uncounted = uncounted.map(|((code, offer), later)| Open::Uncounted(code, offer, later.passed));
        walks.chain(entries).chain(uncounted).collect()
    }
}

/// Those who share a name with a customer, as they were before a position.
fn persons<J: Journal>(journal: &J, customer: &Customer, before: &Position) -> Result<Persons, J::Error> {
    let mut persons = Persons::default();
    for name in customer.names() {
        if !persons.know(&name) {
            persons.add(journal.past(&name, before)?);
        }
    }
    Ok(persons)
}

/// Whose earned conversion it is, under which offer.
fn earned(decision: &Decision) -> Option<(Code, String)> {
    let conversion = decision.conversion().filter(|conversion| conversion.is_earned())?;
    Some((conversion.code.clone(), conversion.offer.clone()))
}

/// Whose conversion it is, under which offer, where a cap refused it.
fn capped(decision: &Decision) -> Option<(Code, String)> {
    let conversion =
        decision.conversion().filter(|conversion| conversion.refusal == Some(Reason::CapReached))?;
    Some((conversion.code.clone(), conversion.offer.clone()))
}

/// Whether one cap is all that an offer ever had: a month's or one for ever, and the same in each version.
fn have_one_cap(versions: &[Offer]) -> bool {
    let caps = |offer: &Offer| (offer.advocate.max_per_month, offer.advocate.max_total);
    let mut all = versions.iter().map(caps);
    all.next().is_none_or(|first| {
        (first.0.is_none() || first.1.is_none()) && versions.iter().all(|offer| caps(offer) == first)
    })
}

/// Until when what is counted in some months bears on caps: to their end, or where a cap is for ever, without one.
fn caps_reach(versions: &[Offer], months: &[Range<Instant>]) -> Instant {
    let for_ever = versions.iter().any(|offer| offer.advocate.max_total.is_some());
    let last = months.iter().map(|month| month.end).max().filter(|_| !for_ever);
    last.unwrap_or(Instant::MAX)
}

/// An offer in each version that has it.
fn offers<J: Journal>(journal: &J, id: &str) -> Vec<Offer> {
    journal.versions().all().filter_map(|program| program.offer(id).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::book::Book;
    use crate::decide::{Known, Verdict};
    use crate::event::{Customer, Goods, Kind, Line, Order, Source, Touch};
    use crate::money::Currency;
    use crate::program::{Program, Versions};
    use crate::reward::Sums;
    use crate::zone::Zone;

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
            Just(json!({"kind": "donation", "amount": "7.00", "charity": "Les Restos du Cœur"})),
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
        let program = |offers: Vec<Value>, model: bool, hours: i32| {
            let body = json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/", "offers": offers,
                "attribution": {"window_days": 10, "model": if model { "last" } else { "first" }}});
            let mut program = Program::parse(&body).unwrap();
            program.zone = Zone::new(hours * 3600, Vec::new());
            program
        };
        let first = (any_offer("a"), any_offer("b"), any::<bool>(), -11_i32..14);
        let second = proptest::option::weighted(0.3, (any_offer("b"), any::<bool>()));
        (first, second).prop_map(move |((a, b, model, hours), second)| {
            let mut versions = Versions::new(program(vec![a, b], model, hours));
            if let Some((b, model)) = second {
                versions.push(start().plus_days(20), program(vec![b], model, hours));
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
                        traces: Default::default(),
                        credit: None,
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
        fn settling_in_steps_comes_to_the_same(
            versions in any_versions(),
            orders in proptest::collection::vec((any_order(), 0_u32..4, any::<bool>()), 1..25),
        ) {
            // What a call leaves open is gone on with whenever the alarm comes round, some orders later or at the end.
            let mut arrived = book(without_budgets(versions));
            let mut left = BTreeSet::new();
            for ((order, verified), most, rings) in orders {
                left.extend(arrived.record_within(order, verified, most).into_iter().flat_map(|settled| settled.rest));
                if rings {
                    let Ok(rest) = settle_rest(&mut arrived, std::mem::take(&mut left), 2);
                    left.extend(rest);
                }
            }
            let mut rounds = 0;
            while !left.is_empty() {
                let Ok(rest) = settle_rest(&mut arrived, std::mem::take(&mut left), 2);
                left.extend(rest);
                rounds += 1;
                prop_assert!(rounds < 2_000, "it comes to an end");
            }
            let settled = verdicts(&arrived);
            arrived.refold();
            prop_assert_eq!(settled, verdicts(&arrived));
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
