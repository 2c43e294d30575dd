//! The objects of a shop that is split: each decides by the core's rules what is its own, and tells the others the rest.
//!
//! An order goes one way, `Order → Customer → Referrer → Budget`: its first content and what became of it, whose it is,
//! whether a cap leaves room and which tier it earns, whether the budget does. Back comes one bit: that a cap or a budget
//! refused, for whether the customer's *later* orders belong to a run or are the second turns on it. Every decision looks
//! at earlier orders alone, so that this comes to an end, and to the same end whatever the order of the messages.
//!
//! Messages come at least once, in any order. What is told anew carries a higher rank and replaces what was told before.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::mem::take;
use std::ops::Range;

use parrain_core::book::Book;
use parrain_core::code::Code;
use parrain_core::decide::{Budget, Decision, History, Known, Past, Position, Standing, Verdict};
use parrain_core::event::{Change, Customer, Event, Kind, Order};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::program::Versions;
use parrain_core::reason::Reason;
use parrain_core::reward::Review;
use parrain_core::settle::{Entry, Journal, Open, settle, settle_rest};

use super::super::journal::{kind_number, person_keys};

/// How much one message settles, as [`settle`] counts it; the object's alarm does the rest.
const MOST: u32 = 6;
/// How many notes of what is open one message takes up.
const NOTES: usize = 2;
/// How many orders one message hands on to another object.
const PIECE: usize = 4;

/// Which object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    /// Of one order's id: the first content stands, and what becomes of the order waits for it.
    Order(Kind, String),
    /// Of one name of a customer's. Where two names turn out to be one person's, the lesser's object has all.
    Customer(String),
    /// Of one referrer.
    Referrer(Code),
    /// Of one offer's budget.
    Budget(String),
}

/// What objects tell each other.
#[derive(Clone, Debug)]
pub enum Message {
    /// What the shop or a browser reports.
    Fact(Box<Event>, bool),
    /// That the shop decided by hand on what was reported by its server (`true`), or by a browser.
    Reviewed(bool, Review),
    /// An order, and all that became of it; whom it was told to before.
    File(Box<File>, BTreeSet<Code>),
    /// That a lesser name is the same person's.
    SameAs(String),
    /// To itself: hand on your orders after this one.
    HandOn(Option<Entry>),
    /// Whose an order is, by what its customer had before it.
    Claim(Box<Claim>),
    /// Whether a referrer's caps or an offer's budget refused an order.
    Answer(Position, Code, u64, Refused),
    /// Asks for a part of the budget, for a referrer's order.
    Ask(Code, Box<Order>, Budget),
    /// Whether it was granted, as it was decided once.
    Granted(Entry, Ask, bool),
    /// To itself: go on with what is open.
    Alarm,
}

/// The kinds of messages between objects.
pub const KINDS: [&str; 9] =
    ["reviewed", "file", "same as", "hand on", "claim", "answer", "ask", "granted", "alarm"];

/// What a budget is asked under: the order, the offer and the currency.
pub type Ask = (Kind, String, String, Currency);

/// An order as it was reported first, and what became of it.
#[derive(Clone, Debug)]
pub struct File {
    number: u64,
    entry: Entry,
    order: Order,
    changes: Vec<Change>,
    reviews: Vec<Review>,
    /// Where a browser reported the order: the shop's own event, once that is there.
    signed: Option<Order>,
}

/// What a customer's object says of an order.
#[derive(Clone, Debug)]
pub struct Claim {
    file: File,
    from: String,
    number: u64,
    /// Whether it is the referrer's, else it is nobody's or another's by now.
    theirs: bool,
    past: Past,
}

/// What a referrer's object answers: which of its own reasons, if either, refused the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    capped: bool,
    spent: bool,
}

/// Messages with where they go.
pub type Mail = Vec<(Address, Message)>;

/// An object with all that it keeps. A clone is what a crash leaves behind.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "a simulation's")]
pub enum Object {
    /// Of an order's id.
    Order(Door),
    /// Of a customer's name.
    Customer(CustomerObject),
    /// Of a referrer.
    Referrer(ReferrerObject),
    /// Of a budget.
    Budget(Purse),
}

impl Message {
    /// Its kind, one of [`KINDS`] but for what comes from outside.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Fact(..) => "fact",
            Self::Reviewed(..) => "reviewed",
            Self::File(..) => "file",
            Self::SameAs(_) => "same as",
            Self::HandOn(_) => "hand on",
            Self::Claim(_) => "claim",
            Self::Answer(..) => "answer",
            Self::Ask(..) => "ask",
            Self::Granted(..) => "granted",
            Self::Alarm => "alarm",
        }
    }
}

impl Object {
    /// An object that was never asked. `empty` has the program and the referrers' records: they change seldom, and each
    /// object has a copy.
    pub fn new(address: &Address, empty: &Book) -> Self {
        let records = |part| Records::new(empty.clone(), part);
        match address {
            Address::Order(..) => Self::Order(Door::default()),
            Address::Customer(name) => {
                Self::Customer(CustomerObject::new(name.clone(), records(Part::Customer(BTreeMap::new()))))
            }
            Address::Referrer(code) => {
                Self::Referrer(ReferrerObject::new(code.clone(), records(Part::Referrer(Box::default()))))
            }
            Address::Budget(offer) => {
                Self::Budget(Purse { offer: offer.clone(), book: empty.clone(), asked: 0 })
            }
        }
    }

    /// Takes a message, in one transaction with the mail that follows from it.
    pub fn take(&mut self, message: Message) -> Mail {
        let mut mail = Mail::new();
        match self {
            Self::Order(door) => door.take(message, &mut mail),
            Self::Customer(customer) => customer.take(message, &mut mail),
            Self::Referrer(referrer) => referrer.take(message, &mut mail),
            Self::Budget(purse) => purse.take(message, &mut mail),
        }
        mail
    }

    /// How often it asked its store since this was last asked.
    pub fn take_asked(&mut self) -> u32 {
        match self {
            Self::Order(door) => take(&mut door.asked),
            Self::Customer(customer) => customer.records.asked.take(),
            Self::Referrer(referrer) => referrer.records.asked.take(),
            Self::Budget(purse) => take(&mut purse.asked),
        }
    }
}

/// Takes the first content of an order's id.
#[derive(Clone, Default)]
pub struct Door {
    number: u64,
    /// As the shop's server reported it (`true`), and a browser.
    orders: BTreeMap<bool, Order>,
    changes: Vec<Change>,
    reviews: Vec<(bool, Review)>,
    asked: u32,
}

impl Door {
    /// Which reports it has, the shop's own (`true`) or a browser's.
    pub fn entries(&self) -> impl Iterator<Item = (Entry, Address)> {
        self.orders.iter().map(|(verified, order)| (entry_of(order, *verified), home(order)))
    }

    fn take(&mut self, message: Message, mail: &mut Mail) {
        self.asked += 1;
        match message {
            Message::Fact(event, verified) => match *event {
                Event::Order(order) => {
                    if self.orders.contains_key(&true) || self.orders.contains_key(&verified) {
                        return;
                    }
                    self.orders.insert(verified, order);
                }
                Event::Change(change) => {
                    let same = |other: &Change| other.at == change.at && other.name() == change.name();
                    if self.changes.iter().any(same) {
                        return;
                    }
                    self.changes.push(change);
                }
            },
            Message::Reviewed(verified, review) => {
                if self.reviews.contains(&(verified, review)) {
                    return;
                }
                self.reviews.push((verified, review));
            }
            other => unreachable!("{other:?} at an order"),
        }
        self.asked += 1;
        self.number += 1;
        for (verified, order) in &self.orders {
            let reviews = self.reviews.iter().filter(|(of, _)| of == verified);
            let file = File {
                number: self.number,
                entry: entry_of(order, *verified),
                order: order.clone(),
                changes: self.changes.clone(),
                reviews: reviews.map(|(_, review)| *review).collect(),
                signed: self.orders.get(&true).filter(|_| !verified).cloned(),
            };
            mail.push((home(order), Message::File(Box::new(file), BTreeSet::new())));
        }
    }
}

/// Decides whose a customer's orders are.
#[derive(Clone)]
pub struct CustomerObject {
    name: String,
    /// The lesser name whose object has this one's orders.
    parent: Option<String>,
    files: BTreeMap<Entry, (File, BTreeSet<Code>)>,
    records: Records,
    number: u64,
    open: BTreeSet<Open>,
}

impl CustomerObject {
    fn new(name: String, records: Records) -> Self {
        let (files, open) = (BTreeMap::new(), BTreeSet::new());
        Self { name, parent: None, files, records, number: 0, open }
    }

    /// The object that has its orders, if that is another one.
    pub fn parent(&self) -> Option<Address> {
        self.parent.clone().map(Address::Customer)
    }

    /// What it decided of an order.
    pub fn decision(&self, entry: &Entry) -> Option<Decision> {
        self.records.decision(entry)
    }

    fn take(&mut self, message: Message, mail: &mut Mail) {
        match message {
            Message::File(file, told) => self.take_file(*file, told, mail),
            Message::SameAs(name) => self.join(name, mail),
            Message::HandOn(after) => self.hand_on(after, mail),
            Message::Answer(position, code, number, refused) => {
                // Who has the orders by now is told by another claim's answer.
                if self.parent.is_none() && self.records.hear(position.clone(), code, number, refused) {
                    self.go_on([Open::Entry(Entry { position, verified: true })], mail);
                }
            }
            Message::Alarm if self.parent.is_none() => self.go_on([], mail),
            Message::Alarm => {}
            other => unreachable!("{other:?} at a customer"),
        }
    }

    fn take_file(&mut self, file: File, told: BTreeSet<Code>, mail: &mut Mail) {
        let (entry, order) = (file.entry.clone(), file.order.clone());
        let is_new = !self.files.contains_key(&entry);
        let (kept, codes) =
            self.files.entry(entry.clone()).or_insert_with(|| (file.clone(), BTreeSet::new()));
        let before = codes.len();
        codes.extend(told);
        if !is_new && kept.number >= file.number && codes.len() == before {
            return;
        }
        if kept.number < file.number {
            *kept = file;
        }
        if is_new {
            for name in person_keys(&order.customer) {
                if name > self.name {
                    mail.push((Address::Customer(name), Message::SameAs(self.name.clone())));
                } else {
                    self.join(name, mail);
                }
            }
        }
        if self.parent.is_some() {
            self.forward(&entry, mail);
            return;
        }
        if is_new {
            let Ok(settled) = settle(&mut self.records, &entry, &order, MOST);
            self.open.extend(settled.rest);
        }
        self.records.written.insert(entry);
        self.tell(mail);
    }

    /// Notes that a name is the same person's. The least has the orders; of two that are less than this one, one learns
    /// of the other.
    fn join(&mut self, name: String, mail: &mut Mail) {
        if name >= self.name || self.parent.as_ref() == Some(&name) {
            return;
        }
        if let Some(parent) = &self.parent {
            let (least, other) = if name < *parent { (name, parent.clone()) } else { (parent.clone(), name) };
            mail.push((Address::Customer(other), Message::SameAs(least.clone())));
            if self.parent.as_ref() == Some(&least) {
                return;
            }
            self.parent = Some(least);
        } else {
            self.parent = Some(name);
        }
        self.open.clear();
        mail.push((Address::Customer(self.name.clone()), Message::HandOn(None)));
    }

    fn hand_on(&mut self, after: Option<Entry>, mail: &mut Mail) {
        let later = self.files.keys().filter(|entry| after.as_ref().is_none_or(|after| *entry > after));
        let piece: Vec<Entry> = later.take(PIECE).cloned().collect();
        for entry in &piece {
            self.forward(entry, mail);
        }
        if piece.len() == PIECE {
            mail.push((Address::Customer(self.name.clone()), Message::HandOn(piece.last().cloned())));
        }
    }

    fn forward(&self, entry: &Entry, mail: &mut Mail) {
        if let (Some(parent), Some((file, told))) = (self.parent(), self.files.get(entry)) {
            mail.push((parent, Message::File(Box::new(file.clone()), told.clone())));
        }
    }

    fn go_on(&mut self, first: impl IntoIterator<Item = Open>, mail: &mut Mail) {
        go_on(&mut self.records, &mut self.open, first);
        self.tell(mail);
    }

    /// Tells referrers of what was decided anew: those whose it is, and those who were told before that it is theirs.
    fn tell(&mut self, mail: &mut Mail) {
        for entry in take(&mut self.records.written) {
            let Some((file, told)) = self.files.get_mut(&entry) else { continue };
            let Ok(past) = self.records.past(&file.order.customer, &entry.position);
            let decision = self.records.decision(&entry);
            let whose =
                decision.as_ref().and_then(Decision::conversion).map(|conversion| conversion.code.clone());
            told.extend(whose.clone());
            self.number += 1;
            for code in &*told {
                let claim = Claim {
                    file: file.clone(),
                    from: self.name.clone(),
                    number: self.number,
                    theirs: whose.as_ref() == Some(code),
                    past: past.clone(),
                };
                mail.push((Address::Referrer(code.clone()), Message::Claim(Box::new(claim))));
            }
        }
        if !self.open.is_empty() {
            mail.push((Address::Customer(self.name.clone()), Message::Alarm));
        }
    }
}

/// Settles a referrer's caps and tiers, and has the rewards.
#[derive(Clone)]
pub struct ReferrerObject {
    code: Code,
    records: Records,
    number: u64,
    /// What which customer's object was answered of an order, where it was anything.
    answered: BTreeMap<(Entry, String), Refused>,
    open: BTreeSet<Open>,
}

impl ReferrerObject {
    fn new(code: Code, records: Records) -> Self {
        Self { code, records, number: 0, answered: BTreeMap::new(), open: BTreeSet::new() }
    }

    /// What it decided of an order.
    pub fn decision(&self, entry: &Entry) -> Option<Decision> {
        self.records.decision(entry)
    }

    /// Its records, for what each reward comes to.
    pub fn book(&self) -> &Book {
        &self.records.book
    }

    fn take(&mut self, message: Message, mail: &mut Mail) {
        match message {
            Message::Claim(claim) => self.take_claim(*claim, mail),
            Message::Granted(entry, ask, granted) => {
                if self.records.referrers_own().granted.insert(ask, granted) != Some(granted) {
                    self.go_on([Open::Entry(entry)], BTreeSet::new(), mail);
                }
            }
            Message::Alarm => self.go_on([], BTreeSet::new(), mail),
            other => unreachable!("{other:?} at a referrer"),
        }
    }

    fn take_claim(&mut self, claim: Claim, mail: &mut Mail) {
        let entry = claim.file.entry.clone();
        let own = self.records.referrers_own();
        // An object with a lesser name has taken over from one with a greater.
        let rank = |claim: &Claim| (Reverse(claim.from.clone()), claim.number);
        if own.claims.get(&entry).is_some_and(|known| rank(known) >= rank(&claim)) {
            return;
        }
        own.claims.insert(entry.clone(), claim.clone());
        let Claim { file, .. } = claim;
        for change in file.changes {
            self.records.book.record_change(change);
        }
        self.records.book.take_reviews(&entry, file.reviews);
        if let Some(signed) = file.signed {
            let signed_entry = entry_of(&signed, true);
            if self.records.decision(&signed_entry).is_none() {
                // The shop's own event replaces the browser's report, whosever it is.
                let nothing = Decision { verdict: Verdict::NotReferred(None), why: Vec::new() };
                let Ok(()) = self.records.book.write(&signed_entry, &nobodys(&signed), &nothing);
            }
        }
        self.go_on([Open::Entry(entry.clone())], BTreeSet::from([entry]), mail);
    }

    fn go_on(&mut self, first: impl IntoIterator<Item = Open>, mut news: BTreeSet<Entry>, mail: &mut Mail) {
        go_on(&mut self.records, &mut self.open, first);
        news.extend(take(&mut self.records.written));
        for entry in news.into_iter().filter(|entry| entry.verified) {
            let refusal = self.records.decision(&entry);
            let refusal = refusal.as_ref().and_then(Decision::conversion).and_then(|one| one.refusal);
            let refused = Refused {
                capped: refusal == Some(Reason::CapReached),
                spent: refusal == Some(Reason::BudgetSpent),
            };
            let Some(claim) = self.records.referrers_own().claims.get(&entry) else { continue };
            let answered = self.answered.entry((entry.clone(), claim.from.clone())).or_default();
            if *answered != refused {
                *answered = refused;
                self.number += 1;
                let (to, position) = (Address::Customer(claim.from.clone()), entry.position);
                mail.push((to, Message::Answer(position, self.code.clone(), self.number, refused)));
            }
        }
        for (order, offer, budget) in take(&mut self.records.referrers_own().asks) {
            mail.push((Address::Budget(offer), Message::Ask(self.code.clone(), Box::new(order), budget)));
        }
        if !self.open.is_empty() {
            mail.push((Address::Referrer(self.code.clone()), Message::Alarm));
        }
    }
}

/// Grants parts of an offer's budget, each order's once: who asks first is served first.
#[derive(Clone)]
pub struct Purse {
    offer: String,
    book: Book,
    asked: u32,
}

impl Purse {
    fn take(&mut self, message: Message, mail: &mut Mail) {
        let Message::Ask(code, order, budget) = message else { unreachable!("{message:?} at a budget") };
        self.asked += 2;
        let Ok(granted) = self.book.budget(&order, &self.offer, budget);
        let ask = ask_of(&order, &self.offer, budget);
        mail.push((Address::Referrer(code), Message::Granted(entry_of(&order, true), ask, granted)));
    }
}

/// What an object has on record: the core's plain records, where some questions are answered by what another object told.
#[derive(Clone)]
struct Records {
    book: Book,
    part: Part,
    /// How often the store was asked or written.
    asked: Cell<u32>,
    /// What was decided otherwise since this was last taken.
    written: BTreeSet<Entry>,
}

#[derive(Clone)]
enum Part {
    /// A customer's object knows of caps and budgets what referrers' objects answered; what was told last, by number.
    Customer(BTreeMap<(Position, Code), (u64, Refused)>),
    /// A referrer's knows of customers' pasts what their objects told.
    Referrer(Box<Referrers>),
}

#[derive(Clone, Default)]
struct Referrers {
    claims: BTreeMap<Entry, Claim>,
    /// The entry that is being decided: its past is asked for.
    reading: RefCell<Option<Entry>>,
    granted: BTreeMap<Ask, bool>,
    asked_for: BTreeSet<Ask>,
    asks: Vec<(Order, String, Budget)>,
}

impl Records {
    fn new(book: Book, part: Part) -> Self {
        Self { book, part, asked: Cell::new(0), written: BTreeSet::new() }
    }

    fn count(&self) {
        self.asked.set(self.asked.get() + 1);
    }

    fn decision(&self, entry: &Entry) -> Option<Decision> {
        self.count();
        let Ok(found) = self.book.read(entry);
        found.and_then(|(_, decision)| decision)
    }

    /// Whether an answer says anything new.
    fn hear(&mut self, position: Position, code: Code, number: u64, refused: Refused) -> bool {
        self.count();
        let Part::Customer(heard) = &mut self.part else { unreachable!("a referrer hears no answers") };
        let last = heard.entry((position, code)).or_default();
        let is_new = last.0 < number && last.1 != refused;
        if last.0 < number {
            *last = (number, refused);
        }
        is_new
    }

    fn referrers_own(&mut self) -> &mut Referrers {
        match &mut self.part {
            Part::Customer(_) => unreachable!("a customer's object has no claims"),
            Part::Referrer(own) => own,
        }
    }
}

/// Goes on with what is open, a bounded part of it.
fn go_on(records: &mut Records, open: &mut BTreeSet<Open>, first: impl IntoIterator<Item = Open>) {
    let mut now: BTreeSet<Open> = first.into_iter().collect();
    for _ in 0..NOTES {
        now.extend(open.pop_first());
    }
    let Ok(rest) = settle_rest(records, now, MOST);
    open.extend(rest);
}

impl History for Records {
    type Error = Infallible;

    fn versions(&self) -> &Versions {
        self.book.versions()
    }

    fn referrer(&self, code: &Code, at: Instant) -> Result<Option<Known>, Infallible> {
        self.count();
        self.book.referrer(code, at)
    }

    fn past(&self, customer: &Customer, before: &Position) -> Result<Past, Infallible> {
        self.count();
        match &self.part {
            Part::Customer(_) => self.book.past(customer, before),
            Part::Referrer(own) => {
                let reading = own.reading.borrow();
                let claim = reading.as_ref().and_then(|entry| own.claims.get(entry));
                Ok(claim.filter(|claim| claim.theirs).map(|claim| claim.past.clone()).unwrap_or_default())
            }
        }
    }

    fn standing(&self, code: &Code, offer: &str, before: &Position) -> Result<Standing, Infallible> {
        self.count();
        match &self.part {
            Part::Customer(heard) => {
                let capped =
                    heard.get(&(before.clone(), code.clone())).is_some_and(|(_, refused)| refused.capped);
                Ok(if capped { Standing { total: u32::MAX, month: u32::MAX } } else { Standing::default() })
            }
            Part::Referrer(_) => self.book.standing(code, offer, before),
        }
    }

    fn budget(&mut self, order: &Order, offer: &str, budget: Budget) -> Result<bool, Infallible> {
        self.count();
        let here = order.position();
        match &mut self.part {
            Part::Customer(heard) => {
                Ok(!heard.iter().any(|((position, _), (_, refused))| *position == here && refused.spent))
            }
            Part::Referrer(own) => {
                let ask = ask_of(order, offer, budget);
                if let Some(granted) = own.granted.get(&ask) {
                    return Ok(*granted);
                }
                // Until the answer is here it counts as granted: else the customer's next order would ask too.
                if own.asked_for.insert(ask) {
                    own.asks.push((order.clone(), offer.to_owned(), budget));
                }
                Ok(true)
            }
        }
    }
}

impl Journal for Records {
    fn read(&self, entry: &Entry) -> Result<Option<(Order, Option<Decision>)>, Infallible> {
        self.count();
        let Ok(kept) = self.book.read(entry);
        match &self.part {
            Part::Customer(_) => Ok(kept),
            Part::Referrer(own) => {
                own.reading.replace(Some(entry.clone()));
                let claim = own.claims.get(entry);
                let order = claim
                    .map(|one| if one.theirs { one.file.order.clone() } else { nobodys(&one.file.order) });
                Ok(order.map(|order| (order, kept.and_then(|(_, decision)| decision))))
            }
        }
    }

    fn write(&mut self, entry: &Entry, order: &Order, decision: &Decision) -> Result<(), Infallible> {
        self.count();
        self.written.insert(entry.clone());
        self.book.write(entry, order, decision)
    }

    fn later_of_person(
        &self,
        customer: &Customer,
        after: &Position,
        most: u32,
    ) -> Result<Vec<Entry>, Infallible> {
        self.count();
        match &self.part {
            Part::Customer(_) => self.book.later_of_person(customer, after, most),
            Part::Referrer(_) => Ok(Vec::new()),
        }
    }

    fn next_stranger(&self, past: &Past, after: &Position) -> Result<Option<Position>, Infallible> {
        self.count();
        match &self.part {
            Part::Customer(_) => self.book.next_stranger(past, after),
            Part::Referrer(_) => Ok(None),
        }
    }

    fn has_later(&self, code: &Code, offer: &str, after: &Position) -> Result<bool, Infallible> {
        self.count();
        match &self.part {
            // Counts are the referrer's.
            Part::Customer(_) => Ok(false),
            Part::Referrer(_) => self.book.has_later(code, offer, after),
        }
    }

    fn earned(
        &self,
        code: &Code,
        offer: &str,
        number: u32,
        within: Option<&Range<Instant>>,
    ) -> Result<Option<Entry>, Infallible> {
        self.count();
        match &self.part {
            Part::Customer(_) => Ok(None),
            Part::Referrer(_) => self.book.earned(code, offer, number, within),
        }
    }

    fn next_capped(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        before: Instant,
    ) -> Result<Option<Entry>, Infallible> {
        self.count();
        match &self.part {
            Part::Customer(_) => Ok(None),
            Part::Referrer(_) => self.book.next_capped(code, offer, after, before),
        }
    }

    fn later_uncounted(
        &self,
        code: &Code,
        offer: &str,
        after: &Position,
        most: u32,
    ) -> Result<Vec<Entry>, Infallible> {
        self.count();
        match &self.part {
            Part::Customer(_) => Ok(Vec::new()),
            Part::Referrer(_) => self.book.later_uncounted(code, offer, after, most),
        }
    }
}

fn entry_of(order: &Order, verified: bool) -> Entry {
    Entry { position: order.position(), verified }
}

fn ask_of(order: &Order, offer: &str, budget: Budget) -> Ask {
    (order.kind, order.id.clone(), offer.to_owned(), budget.currency)
}

/// An order as a referrer has it whose it is not: in its place, and by no code.
fn nobodys(order: &Order) -> Order {
    let (codes, touches) = (Vec::new(), Vec::new());
    Order { customer: Customer::default(), codes, touches, ..order.clone() }
}

/// The object to which an order goes first. What names nobody is a person by itself.
fn home(order: &Order) -> Address {
    let name = person_keys(&order.customer).into_iter().next();
    Address::Customer(name.unwrap_or_else(|| format!("o{}{}", kind_number(order.kind), order.id)))
}
