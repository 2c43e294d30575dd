//! A shop too large for one ledger, simulated: an object for each order's id, customer, referrer and budget, whose messages
//! are lost, repeated and overtaken and who crash between two steps, come to what one ledger comes to for the same facts.

mod objects;

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::book::Book;
use parrain_core::code::Code;
use parrain_core::decide::{Decision, History as _, Known, Verdict};
use parrain_core::event::{self, Event, Kind};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::program::{Reward, Terms, Versions};
use parrain_core::referrer::Activity;
use parrain_core::reward;
use parrain_core::settle::Entry;
use serde_json::{Value, json};

use self::objects::{Address, Ask, KINDS, Mail, Message, Object};
use super::Ledger;
use super::against_book::{CODES, Dice, ZONES, ask, ask_at, now, offer, report, same_figures, start};
use super::journal::{kind_number, kind_of, read_entry};
use super::native::NativeSql;
use super::sql::{Row, Sql as _};
use super::tests::secrets;
use crate::protocol::calls::{PutReferrer, PutShop, RecordEvent, ReportConversion, Review};
use crate::protocol::shop::{Edit, Managed, Referrer};
use crate::seeds::{replay, seeds_or};
use crate::shop_id::ShopId;
use crate::zones::read_program;

/// Seeds of a run in CI: beside what is split, each lives through the days of a whole ledger.
const USUAL: u64 = 40;
/// How often an object may ask its store for one message, however long its history.
const MOST_ASKED: u32 = 100;
/// How many messages may follow from one.
const MOST_MAIL: usize = 20;

/// All objects, and what is on its way between them.
struct World {
    /// The program and the referrers, of which each object has a copy.
    empty: Book,
    objects: BTreeMap<Address, Object>,
    mail: Mail,
    /// Facts in the order in which their order's object took them: of two contents of one id the first stands.
    taken: Vec<(Event, bool)>,
    /// What each budget granted and refused.
    granted: BTreeMap<Ask, (bool, i64)>,
    /// A kind of message that never arrives.
    deaf_to: Option<&'static str>,
    /// Whether messages are lost, repeated and overtaken.
    bad_days: bool,
    /// The most that one message asked of a store, and that followed from it.
    dearest: (u32, usize),
    /// How many messages were taken.
    delivered: u32,
}

impl World {
    fn new(empty: Book) -> Self {
        let (objects, mail, taken) = (BTreeMap::new(), Mail::new(), Vec::new());
        let granted = BTreeMap::new();
        Self {
            empty,
            objects,
            mail,
            taken,
            granted,
            deaf_to: None,
            bad_days: true,
            dearest: (0, 0),
            delivered: 0,
        }
    }

    /// Reports a fact, to arrive whenever it does. Codes that nobody has are known by the referrers' records.
    fn report(&mut self, mut event: Event, verified: bool) {
        let address = match &mut event {
            Event::Order(order) => {
                let known = |code: &Code| CODES.contains(&code.as_str());
                order.unknown_codes = order.codes.iter().filter(|code| !known(code)).cloned().collect();
                order.codes.retain(known);
                Address::Order(order.kind, order.id.clone())
            }
            Event::Change(change) => Address::Order(Kind::Sale, change.order_id.clone()),
        };
        self.mail.push((address, Message::Fact(Box::new(event), verified)));
    }

    /// Lets what is on its way arrive, with all that follows from it.
    fn come_to_rest(&mut self, dice: &mut Dice) -> Result<(), String> {
        for _ in 0..100_000 {
            if self.mail.is_empty() {
                return Ok(());
            }
            self.deliver(dice)?;
        }
        Err("it never comes to rest".into())
    }

    /// One message, any of those on their way. What is not struck out here comes again.
    fn deliver(&mut self, dice: &mut Dice) -> Result<(), String> {
        let place = if self.bad_days { dice.below(self.mail.len() as u64) as usize } else { 0 };
        let (address, message) = self.mail[place].clone();
        let weather = if self.bad_days { dice.below(10) } else { 9 };
        if self.deaf_to == Some(message.kind()) {
            self.mail.remove(place);
            return Ok(());
        }
        if weather == 0 {
            // Lost on its way.
            return Ok(());
        }
        let new = || Object::new(&address, &self.empty);
        let mut crashed = (weather == 1).then(|| self.objects.get(&address).cloned().unwrap_or_else(new));
        let dies = crashed.is_some();
        let object = match &mut crashed {
            Some(crashed) => crashed,
            None => self.objects.entry(address.clone()).or_insert_with(new),
        };
        let following = object.take(message.clone());
        let asked = object.take_asked();
        if asked > MOST_ASKED || following.len() > MOST_MAIL {
            let kind = message.kind();
            return Err(format!("{kind} at {address:?} asked {asked} times and told {}", following.len()));
        }
        self.delivered += 1;
        self.dearest = (self.dearest.0.max(asked), self.dearest.1.max(following.len()));
        if dies {
            // It died before its transaction was kept: neither that nor what was to be told happened.
            return Ok(());
        }
        if let (Message::Fact(event, verified), Address::Order(..)) = (&message, &address) {
            self.taken.push(((**event).clone(), *verified));
        }
        if let Message::Ask(_, _, budget) = &message {
            for (_, message) in &following {
                if let Message::Granted(_, ask, granted) = message {
                    self.granted.entry(ask.clone()).or_insert((*granted, budget.amount));
                }
            }
        }
        self.mail.extend(following);
        if weather != 2 {
            // Else the answer was lost, and it is told again.
            self.mail.remove(place);
        }
        Ok(())
    }

    /// What was decided of every report: by the referrer's object whose it is, else by the customer's.
    fn decisions(&self) -> BTreeMap<Entry, Option<Decision>> {
        let doors = self.objects.values().filter_map(|object| match object {
            Object::Order(door) => Some(door),
            Object::Customer(_) | Object::Referrer(_) | Object::Budget(_) => None,
        });
        doors
            .flat_map(|door| door.entries())
            .map(|(entry, home)| {
                let decision = self.decision(&entry, home);
                (entry, decision)
            })
            .collect()
    }

    fn decision(&self, entry: &Entry, mut address: Address) -> Option<Decision> {
        loop {
            let Some(Object::Customer(customer)) = self.objects.get(&address) else { return None };
            if let Some(parent) = customer.parent() {
                address = parent;
                continue;
            }
            let decision = customer.decision(entry)?;
            let Some(conversion) = decision.conversion() else { return Some(decision) };
            let referrer = self.objects.get(&Address::Referrer(conversion.code.clone()));
            let Some(Object::Referrer(referrer)) = referrer else { return None };
            return referrer.decision(entry);
        }
    }

    /// Whether the shop, as it stands, is as one ledger has it that got the same facts.
    fn is_as(&self, ledger: &Ledger<NativeSql>) -> Result<(), String> {
        let rows = ledger.sql.run("SELECT at, ext, kind, verified, verdict, why FROM entry", &[]);
        let rows = rows.map_err(|fault| fault.0)?;
        let read = |row: &Row| {
            let decision = Decision { verdict: row.json::<Verdict>(4)?, why: row.json(5)? };
            Ok((read_entry(row)?, Some(decision)))
        };
        let wanted: BTreeMap<Entry, Option<Decision>> =
            rows.iter().map(read).collect::<Result<_, super::sql::SqlError>>().map_err(|fault| fault.0)?;
        let got = self.decisions();
        if let Some((entry, want)) = wanted.iter().find(|(entry, want)| got.get(*entry) != Some(*want)) {
            return Err(format!("{entry:?}: {want:?} but {:?}", got.get(entry)));
        }
        if got.len() != wanted.len() {
            return Err(format!("{} orders but {}", wanted.len(), got.len()));
        }
        same_figures(ledger, |code| match self.objects.get(&Address::Referrer(code.clone())) {
            Some(Object::Referrer(referrer)) => referrer.book().cases(code),
            _ => Vec::new(),
        })
    }
}

/// A ledger that has the same program, referrers and facts.
struct Whole {
    ledger: Ledger<NativeSql>,
    told: usize,
}

impl Whole {
    /// Tells it the facts that it has not had. Of a budget it takes what was granted: that is a fact which goes by arrival.
    fn catch_up(&mut self, world: &World) -> Result<(), String> {
        for ((kind, id, offer, currency), (granted, amount)) in &world.granted {
            let values = [
                kind_number(*kind).into(),
                id.as_str().into(),
                offer.as_str().into(),
                currency.code().into(),
                (*amount).into(),
                (*granted).into(),
            ];
            let noted = "INSERT OR REPLACE INTO budget (kind, ext, offer, currency, amount, granted) VALUES (?, ?, ?, ?, ?, ?)";
            self.ledger.sql.run(noted, &values).map_err(|fault| fault.0)?;
        }
        for (event, verified) in &world.taken[self.told..] {
            let mut event = event.clone();
            if let Event::Order(order) = &mut event {
                // It finds out itself which codes nobody has.
                order.codes.append(&mut order.unknown_codes);
            }
            match event {
                Event::Order(order) if !verified => {
                    let sender = order.position().id;
                    ask(&self.ledger, ReportConversion { order, sender, token_made: None })?;
                }
                event @ (Event::Order(_) | Event::Change(_)) => drop(ask(&self.ledger, RecordEvent(event))?),
            }
        }
        self.told = world.taken.len();
        while self.ledger.settle_step().map_err(|refusal| refusal.to_string())? {}
        Ok(())
    }

    /// Has the shop decide by hand on an order; which report that is about, unless it can change nothing.
    fn review(&self, order_id: String, review: reward::Review) -> Option<(Address, bool)> {
        let request = Review { order_id, approve: review.approve, note: String::new(), tell: false };
        ask_at(review.at, &self.ledger, request).ok()?;
        let newest = "SELECT kind, ext, verified FROM entry
            WHERE id = (SELECT entry FROM review ORDER BY id DESC LIMIT 1)";
        let rows = self.ledger.sql.run(newest, &[]).unwrap();
        let row = rows.first().unwrap();
        let order = Address::Order(kind_of(row.int(0).unwrap()), row.text(1).unwrap().to_owned());
        Some((order, row.int(2).unwrap() != 0))
    }
}

/// A shop with these versions of its program, as one ledger and split. `dice` says what referrers are like.
fn shop(dice: &mut Dice, programs: &[(Instant, Value)]) -> Result<(World, Whole), String> {
    let mut versions: Option<Versions> = None;
    let ledger = Ledger::new(NativeSql::new());
    for (at, body) in programs {
        let program = read_program(body).unwrap();
        match &mut versions {
            Some(versions) => versions.push(*at, program),
            None => versions = Some(Versions::new(program)),
        }
        let put = PutShop {
            shop: ShopId::parse("demo").unwrap(),
            program: body.clone(),
            webhook_secrets: BTreeMap::new(),
            platform_keys: BTreeMap::new(),
            fresh: secrets(),
            version: None,
        };
        ask_at(*at, &ledger, put)?;
    }
    let mut empty = Book::new(versions.unwrap());
    for (code, offer, owner) in [("AAA", "a", Some("owner")), ("BBB", "b", None), ("CCC", "b", None)] {
        let code: Code = code.parse().unwrap();
        let activities =
            [Activity::Active, Activity::Active, Activity::Active, Activity::Paused, Activity::Ended];
        let known = Known {
            offer: offer.into(),
            customer_id: owner.map(str::to_owned),
            activity: activities[dice.below(5) as usize],
            expires_at: dice.chance(2).then(|| start().plus_days(20)),
            terms: dice.chance(2).then_some(Terms { reward: Reward::Cash(700) }),
            ..Known::default()
        };
        empty.add_referrer(code.clone(), known.clone());
        let managed = Managed {
            activity: Some(known.activity),
            expires_at: known.expires_at.map_or(Edit::Keep, Edit::Set),
            terms: known
                .terms
                .map_or(Edit::Keep, |terms| Edit::Set(json!(terms.to_wire(Currency::parse("EUR").unwrap())))),
            ..Managed::default()
        };
        let referrer = Referrer { offer: known.offer, customer_id: known.customer_id, ..Referrer::default() };
        ask(&ledger, PutReferrer { code, referrer, managed, quiet: false })?;
    }
    Ok((World::new(empty), Whole { ledger, told: 0 }))
}

/// Lives through a seed's days.
fn live(seed: u64, deaf_to: Option<&'static str>) -> Result<World, String> {
    let mut dice = Dice(seed);
    let dice = &mut dice;
    let budgets = dice.chance(5);
    let mut body = json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/",
        "time_zone": dice.one(&ZONES), "attribution": {"window_days": 10, "model": dice.one(&["last", "first"])},
        "offers": [offer(dice, "a", budgets), offer(dice, "b", budgets)]});
    let mut programs = vec![(Instant::from_micros(0), body.clone())];
    if dice.chance(3) {
        body["offers"][0] = offer(dice, "a", budgets);
        body["time_zone"] = json!(dice.one(&ZONES));
        programs.push((start().plus_seconds(dice.below(40 * 24) as i64 * 3600), body));
    }
    let (mut world, mut whole) = shop(dice, &programs)?;
    world.deaf_to = deaf_to;
    for days in 0..3 {
        for _ in 0..14 {
            let (body, verified) = report(dice);
            let Ok(Some(event)) = event::parse(&body, now()) else {
                return Err(format!("{body} is not read"));
            };
            world.report(event, verified);
            if dice.chance(5) {
                world.deliver(dice)?;
            }
        }
        if days > 0 {
            // What is decided by hand is decided on what one sees, and of two such at one instant the later to arrive stands:
            // nobody decides again on an order before the answer is there.
            let mut answered = BTreeSet::new();
            for number in 0..3 {
                let order_id = dice.below(12).to_string();
                let at = start().plus_seconds(dice.below(60 * 24) as i64 * 3600 + days * 10 + number);
                let review = reward::Review { at, approve: dice.chance(5) };
                if answered.insert(order_id.clone())
                    && let Some((order, verified)) = whole.review(order_id, review)
                {
                    world.mail.push((order, Message::Reviewed(verified, review)));
                }
            }
        }
        world.come_to_rest(dice)?;
        whole.catch_up(&world)?;
        world.is_as(&whole.ledger)?;
    }
    let mut spent: BTreeMap<(&String, Currency), i64> = BTreeMap::new();
    for ((_, _, offer, currency), (granted, amount)) in &world.granted {
        *spent.entry((offer, *currency)).or_default() += if *granted { *amount } else { 0 };
    }
    if spent.values().any(|spent| *spent > 15_00) {
        return Err(format!("more than a budget was spent: {spent:?}"));
    }
    Ok(world)
}

/// A shop without budgets of whose orders each is one referrer's, an hour apart, and all that they cost.
struct Long {
    world: World,
    whole: Whole,
    customer: fn(i64) -> Value,
}

impl Long {
    fn new(advocate: &Value, customer: fn(i64) -> Value) -> Self {
        let offers = ["a", "b"].map(|id| json!({"id": id, "audience": "customer", "advocate": advocate}));
        let body = json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/",
            "time_zone": "UTC", "offers": offers});
        // The first seed by which both are active, for good and by the offer's own reward.
        let shops =
            (0..100).map(|seed| shop(&mut Dice(seed), &[(Instant::from_micros(0), body.clone())]).unwrap());
        let plain = |world: &World| {
            ["BBB", "CCC"].iter().all(|code| {
                let Ok(known) = world.empty.referrer(&code.parse().unwrap(), start());
                let known = known.unwrap();
                known.activity == Activity::Active && known.expires_at.is_none() && known.terms.is_none()
            })
        };
        let (mut world, whole) = shops.into_iter().find(|(world, _)| plain(world)).unwrap();
        world.bad_days = false;
        Self { world, whole, customer }
    }

    /// Sends an hour's order: how many messages it took, and the most that one of them asked of a store.
    fn send(&mut self, hour: i64, code: &str) -> (u32, u32) {
        let order = json!({"type": "order.paid", "data": {"order_id": format!("{hour:06}"),
            "at": start().plus_seconds(hour * 3_600), "customer": (self.customer)(hour), "currency": "EUR",
            "subtotal": "50.00", "discount": "0.00", "total": "50.00", "codes": [code]}});
        let event = event::parse(&order, start().plus_days(400)).unwrap().unwrap();
        self.world.report(event, true);
        (self.world.dearest, self.world.delivered) = ((0, 0), 0);
        self.world.come_to_rest(&mut Dice(0)).unwrap();
        (self.world.delivered, self.world.dearest.0)
    }
}

/// What it is called, the program, and its orders by number.
type Tried = (&'static str, Value, fn(i64) -> Value);

fn programs() -> Vec<Tried> {
    let commission = json!({"kind": "commission", "percent": "8"});
    let tiers = json!({"kind": "commission", "percent": "8", "tiers": [{"from": 20, "percent": "9"},
        {"from": 200, "percent": "10"}]});
    let one: fn(i64) -> Value = |_| json!({"id": "c-1", "email": "till@x.example"});
    let each: fn(i64) -> Value =
        |hour| json!({"id": format!("c-{hour}"), "email": format!("{hour}@x.example")});
    vec![
        ("a lifetime run", json!({"reward": commission, "orders": "lifetime"}), one),
        ("tiers", json!({"reward": tiers, "orders": "lifetime"}), each),
        ("a monthly cap", json!({"reward": commission, "orders": "first", "max_per_month": 20}), each),
        ("a cap for ever", json!({"reward": commission, "orders": "lifetime", "max_total": 25}), each),
    ]
}

#[test]
fn objects_by_customer_and_referrer_decide_as_one_ledger_does() {
    let (mut dearest, mut told) = ((0, 0), 0);
    // A longer run is `PARRAIN_SEEDS=2000 cargo test --release -p parrain-edge split`.
    for seed in seeds_or(USUAL) {
        match live(seed, None) {
            Ok(world) => {
                dearest = (dearest.0.max(world.dearest.0), dearest.1.max(world.dearest.1));
                told += world.granted.len();
            }
            Err(difference) => panic!("{}: {difference}", replay(seed)),
        }
    }
    println!(
        "at most {} questions and {} messages for one message; {told} asks of budgets",
        dearest.0, dearest.1
    );
}

#[test]
fn no_kind_of_message_can_be_done_without() {
    for kind in KINDS {
        let needed = (0..USUAL).any(|seed| live(seed, Some(kind)).is_err());
        assert!(needed, "{kind} changes nothing");
    }
}

#[test]
fn no_message_costs_more_where_a_shop_s_history_is_long() {
    for (name, advocate, customer) in programs() {
        let mut newest = Vec::new();
        for orders in [50, 90] {
            let mut long = Long::new(&advocate, customer);
            for hour in 1..orders {
                long.send(hour, "BBB");
            }
            let cost = long.send(orders, "BBB");
            newest.push(cost);
            // What arrives late may take many messages. That none of them asks for more than MOST_ASKED holds as they are
            // delivered.
            let (late, others) = (long.send(0, "BBB"), long.send(-1, "CCC"));
            println!(
                "{name}, after {orders} orders: messages, and the most questions of one: {cost:?}, before all others \
                 {late:?}, another's {others:?}"
            );
            long.whole.catch_up(&long.world).unwrap();
            long.world.is_as(&long.whole.ledger).unwrap();
        }
        assert_eq!(newest[0], newest[1], "{name}");
        // The report, the order, whose it is; a second name, and nothing behind it; a cap's refusal, and what is so of it.
        assert!(newest[0].0 <= 7, "{name}: {newest:?}");
    }
}
