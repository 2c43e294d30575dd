//! The ledger's records in SQL held against the plain reading of the rules in memory: the same things are
//! reported to both, in a seeded disorder, and every decision and figure must agree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parrain_core::book::Book;
use parrain_core::code::Code;
use parrain_core::decide::Known;
use parrain_core::event::{self, Adjustment, Event, Order};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::program::{Reward, Terms, Versions};
use parrain_core::reason::Reason;
use parrain_core::referrer::Activity;
use parrain_core::reward::{self, Case, Sums};
use parrain_core::settle::Entry;
use parrain_core::snapshot::{Refund, Shown, Snapshot};
use parrain_wire::moment::Facts;
use serde_json::{Value, json};

use super::Ledger;
use super::native::NativeSql;
use super::tests::secrets;
use crate::protocol::calls::{
    Adjust, Audit, ChangeReferrer, CreatePayout, GetStatus, GiveOrder, Join, MarkPaid, NewAdjustment,
    PutReferrer, PutShop, RecordEvent, RecordSnapshot, ReportConversion, Review, TakeOrder,
};
use crate::protocol::shop::{Edit, Managed, Referrer};
use crate::protocol::{Answers, Ask, Call, Refusal};
use crate::seeds::{replay, seeds};
use crate::shop_id::ShopId;
use crate::zones::read_program;

/// SplitMix64 (Steele, Lea and Flood, 2014): a failing seed replays.
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    pub fn chance(&mut self, of_ten: u64) -> bool {
        self.below(10) < of_ten
    }
}

pub(super) const CODES: [&str; 3] = ["AAA", "BBB", "CCC"];

pub(super) fn start() -> Instant {
    Instant::parse("2026-01-31T00:00:00Z").unwrap()
}

pub(super) fn offer(dice: &mut Dice, id: &str, budgets: bool) -> Value {
    let rewards = [
        json!({"kind": "cash", "amount": "10.00"}),
        json!({"kind": "donation", "amount": "7.00", "charity": "Les Restos du Cœur"}),
        json!({"kind": "points", "points": 50}),
        json!({"kind": "commission", "percent": "8", "tiers": [{"from": 2, "percent": "10"}, {"from": 4, "percent": "12.5"}],
            "categories": {"wine": "5"}}),
    ];
    let orders = [json!("first"), json!("lifetime"), json!({"count": 2}), json!({"months": 1})];
    let mut advocate = json!({"reward": rewards[dice.below(rewards.len() as u64) as usize], "orders": orders[dice.below(4) as usize],
        "hold_days": dice.below(20)});
    let options = [
        ("new_customers_only", json!(dice.chance(5))),
        ("max_per_month", json!(dice.below(3) + 1)),
        ("max_total", json!(dice.below(4) + 1)),
        ("budget", json!("15.00")),
        ("min_subtotal", json!("20.00")),
    ];
    for (name, value) in options {
        if dice.chance(3) && (budgets || name != "budget") {
            advocate[name] = value;
        }
    }
    let ends_at = dice.chance(3).then_some("2026-03-05T00:00:00Z");
    // To whom an offer is shown bears on joining alone: the book knows nothing of it.
    let when = (id == "a" && dice.chance(3)).then(|| json!({"countries": ["BE"], "customer": "new"}));
    json!({"id": id, "audience": "customer", "ends_at": ends_at, "when": when, "advocate": advocate})
}

pub(super) fn report(dice: &mut Dice) -> (Value, bool) {
    let at = |dice: &mut Dice| start().plus_seconds(dice.below(40 * 24) as i64 * 3600).to_string();
    let id = dice.below(12).to_string();
    match dice.below(10) {
        0 => {
            let mut data = json!({"order_id": id, "at": at(dice)});
            if dice.chance(4) {
                return (json!({"type": "order.cancelled", "data": data}), true);
            }
            if dice.chance(3) {
                data["cancellation_at"] = json!(at(dice));
            }
            (json!({"type": "order.reinstated", "data": data}), true)
        }
        1 | 2 => {
            let refund = format!("r{}", dice.below(2));
            if dice.chance(3) {
                let data = json!({"order_id": id, "at": at(dice), "refund_id": refund});
                return (json!({"type": "refund.voided", "data": data}), true);
            }
            let amount = format!("{}.50", dice.below(40));
            let data = json!({"order_id": id, "at": at(dice), "refund_id": refund, "amount": amount});
            (json!({"type": "order.refunded", "data": data}), true)
        }
        kind => {
            let mut customer = json!({});
            if dice.chance(6) {
                customer["id"] = json!(dice.one(&["c1", "c2", "c3", "owner"]));
            }
            if dice.chance(6) {
                customer["email"] = json!(dice.one(&["x@x.example", "y@x.example", "z@x.example"]));
            }
            if dice.chance(2) {
                customer["orders_count"] = json!(dice.below(3));
            }
            let codes: Vec<&str> =
                (0..dice.below(3)).map(|_| dice.one(&["AAA", "BBB", "CCC", "NOBODY"])).collect();
            let touch = |dice: &mut Dice| json!({"code": dice.one(&CODES), "source": dice.one(&["link", "promo_code"]), "at": at(dice)});
            let touches: Vec<Value> = (0..dice.below(3)).map(|_| touch(dice)).collect();
            let mut data = json!({"at": at(dice), "customer": customer, "codes": codes, "touches": touches});
            if kind == 3 {
                data["event_id"] = json!(id);
                return (json!({"type": "lead.created", "data": data}), true);
            }
            let subtotal = format!("{}.25", 10 + dice.below(60));
            data["order_id"] = json!(id);
            data["currency"] = json!("EUR");
            data["subtotal"] = json!(subtotal);
            data["total"] = json!(subtotal);
            data["discount"] = json!(format!("{}.00", dice.below(12)));
            data["lines"] = json!([{"category": "wine", "total": "7.10"}, {"total": "3.00"}]);
            (json!({"type": "order.paid", "data": data}), kind != 4)
        }
    }
}

/// What a platform shows of an order, in no order of time.
fn snapshot(dice: &mut Dice) -> Snapshot {
    let at = |dice: &mut Dice| start().plus_seconds(dice.below(40 * 24) as i64 * 3600);
    let states = [
        Shown::Paid,
        Shown::Unpaid,
        Shown::Failed,
        Shown::Restored,
        Shown::Promised,
        Shown::Cancelled { since: Some(at(dice)) },
    ];
    let refund = |dice: &mut Dice| Refund {
        id: format!("r{}", dice.below(2)),
        amount: format!("{}.50", dice.below(40)).parse().unwrap(),
        returned: dice.chance(3).then(|| format!("{}.20", dice.below(20)).parse().unwrap()),
        at: at(dice),
    };
    let refunds = dice.chance(6).then(|| (0..dice.below(3)).map(|_| refund(dice)).collect());
    let shown = states[dice.below(6) as usize];
    Snapshot { order_id: dice.below(12).to_string(), at: at(dice), shown, order: None, refunds }
}

fn blank(id: &str) -> Order {
    Order {
        kind: event::Kind::Adjustment,
        id: id.into(),
        at: now(),
        customer: Default::default(),
        goods: None,
        codes: Vec::new(),
        unknown_codes: Vec::new(),
        touches: Vec::new(),
        unknown_touches: Vec::new(),
        traces: Default::default(),
        credit: None,
        adjustment: None,
    }
}

pub(super) fn now() -> Instant {
    start().plus_days(60)
}

pub(super) fn ask<A: Ask>(ledger: &Ledger<NativeSql>, request: A) -> Result<A::Answer, String>
where
    Ledger<NativeSql>: Answers<A>,
{
    ask_at(now(), ledger, request)
}

pub(super) fn ask_at<A: Ask>(at: Instant, ledger: &Ledger<NativeSql>, request: A) -> Result<A::Answer, String>
where
    Ledger<NativeSql>: Answers<A>,
{
    ledger.call(Call::new(at, request)).map_err(|refusal: Refusal| refusal.to_string())
}

/// Zones whose months begin up to a day apart.
pub(super) const ZONES: [&str; 4] = ["UTC", "Europe/Paris", "America/New_York", "Pacific/Kiritimati"];

/// Lives through a seed's days. With `most`, a call settles no more than that, the alarm goes on with it whenever the
/// dice say so, and there are no budgets, which go by what was known when they were asked.
fn live(seed: u64, most: Option<u32>) -> Result<(), String> {
    let mut dice = Dice(seed);
    let dice = &mut dice;
    let body = json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/",
        "time_zone": dice.one(&ZONES), "attribution": {"window_days": 10, "model": dice.one(&["last", "first"])},
        "offers": [offer(dice, "a", most.is_none()), offer(dice, "b", most.is_none())]});
    let mut versions = Versions::new(read_program(&body).unwrap());
    // The shop moves to another zone, or changes an offer.
    let moved = dice.chance(4).then(|| {
        let at = start().plus_seconds(dice.below(40 * 24) as i64 * 3600);
        let mut body = body.clone();
        body["time_zone"] = json!(dice.one(&ZONES));
        if dice.chance(3) {
            body["offers"][0] = offer(dice, "a", most.is_none());
        }
        if dice.chance(3) {
            body["confirmed"] = json!("any");
        }
        (at, body)
    });
    if let Some((at, body)) = &moved {
        versions.push(*at, read_program(body).unwrap());
    }
    let latest = Arc::clone(versions.latest());
    let mut book = Book::new(versions);
    let ledger = Ledger::new(NativeSql::new());
    if let Some(most) = most {
        ledger.most.set(most);
    }
    let settle = || -> Result<(), String> {
        while ledger.settle_step().map_err(|refusal| refusal.to_string())? {}
        Ok(())
    };
    for (at, program) in std::iter::once((Instant::from_micros(0), body)).chain(moved) {
        let put = PutShop {
            shop: ShopId::parse("demo").unwrap(),
            program,
            webhook_secrets: BTreeMap::new(),
            platform_keys: BTreeMap::new(),
            fresh: secrets(),
            version: None,
        };
        ask_at(at, &ledger, put)?;
    }
    for (code, offer, owner) in [("AAA", "a", Some("owner")), ("BBB", "b", None), ("CCC", "b", None)] {
        let code: Code = code.parse().unwrap();
        let customer_id = owner.map(str::to_owned);
        let activity =
            [Activity::Active, Activity::Active, Activity::Active, Activity::Paused, Activity::Ended]
                [dice.below(5) as usize];
        let expires_at = dice.chance(2).then(|| start().plus_days(20));
        let terms = dice.chance(2).then_some(Terms { reward: Reward::Cash(700) });
        let known = Known {
            offer: offer.into(),
            customer_id: customer_id.clone(),
            activity,
            expires_at,
            terms: terms.clone(),
            ..Known::default()
        };
        if owner.is_none() && offer == "b" && code.as_str() == "CCC" && dice.chance(5) {
            // Joined by the widget, by nobody's word, under the offer that they were shown.
            let shown = latest.shown(&Facts::default(), now()).or(latest.joinable());
            let under = shown.map(|offer| offer.id.clone()).unwrap_or_default();
            book.add_referrer(code.clone(), Known { offer: under, ..Known::default() });
            book.join(code.clone());
            let (candidates, referrer) = (vec![code], Referrer::default());
            ask(
                &ledger,
                Join {
                    candidates,
                    referrer,
                    offer: None,
                    facts: Facts::default(),
                    identified: false,
                    sender: String::new(),
                    key: None,
                },
            )?;
            continue;
        }
        book.add_referrer(code.clone(), known);
        let referrer = Referrer { offer: offer.into(), customer_id, ..Referrer::default() };
        let euro = Currency::parse("EUR").unwrap();
        let managed = Managed {
            activity: Some(activity),
            expires_at: expires_at.map_or(Edit::Keep, Edit::Set),
            terms: terms.map_or(Edit::Keep, |terms| Edit::Set(json!(terms.to_wire(euro)))),
            ..Managed::default()
        };
        ask(&ledger, PutReferrer { code, referrer, managed, quiet: false })?;
    }
    for _ in 0..30 {
        if dice.chance(2) {
            let seen = snapshot(dice);
            book.record_snapshot(&seen);
            ask(&ledger, RecordSnapshot(Box::new(seen)))?;
        }
        if dice.chance(1) {
            // What is given by hand is checked once, and waits until the books are settled.
            settle()?;
            let id = dice.below(12).to_string();
            if dice.chance(3) {
                book.take(&id, now());
                // Nothing to undo is refused.
                let _ = ask(&ledger, TakeOrder { order_id: id });
            } else {
                let code: Code = dice.one(&CODES).parse().unwrap();
                let waives = [Reason::ExistingCustomer, Reason::CapReached, Reason::ReferrerInactive];
                let despite: BTreeSet<Reason> = waives.into_iter().filter(|_| dice.chance(5)).collect();
                let wanted = book.give(&id, code.clone(), now(), despite.clone());
                // The ledger gives what a browser reported too; the book knows but signed orders.
                if let Some(wanted) = wanted {
                    let (note, order_id) = (String::new(), id.clone());
                    let request =
                        GiveOrder { order_id, code, note, despite, unreported: None, dry_run: false };
                    let got = ask(&ledger, request)?;
                    let wanted = match wanted {
                        Ok(_) => (true, Vec::new()),
                        Err(not) => (false, not.0.into_iter().map(|(reason, _)| reason).collect()),
                    };
                    if (got.given, &got.refusals) != (wanted.0, &wanted.1) {
                        return Err(format!("giving {id}: {wanted:?} but {got:?}"));
                    }
                }
            }
        }
        if dice.chance(1) {
            settle()?;
            let at = start().plus_seconds(dice.below(60 * 24) as i64 * 3600);
            let (order_id, approve) = (dice.below(12).to_string(), dice.chance(5));
            let note = dice.one(&["", "seen"]).to_owned();
            let request = Review { order_id: order_id.clone(), approve, note, tell: dice.chance(5) };
            // One that can change nothing is refused.
            let reviewed = ask_at(at, &ledger, request).is_ok();
            if reviewed && !book.review(&order_id, reward::Review { at, approve }) {
                return Err(format!("{order_id} was reviewed and is nothing in the book"));
            }
        }
        if dice.chance(1) {
            let code: Code = "CCC".parse().unwrap();
            let at = start().plus_seconds(dice.below(60 * 24) as i64 * 3600);
            book.confirm(&code, at);
            let (managed, name) = (Managed::default(), Edit::Keep);
            ask_at(at, &ledger, ChangeReferrer { code, offer: None, name, managed, confirmed: true })?;
        }
        let (body, verified) = report(dice);
        let Ok(Some(event)) = event::parse(&body, now()) else { return Err(format!("{body} is not read")) };
        let mut in_book = event.clone();
        if let Event::Order(order) = &mut in_book {
            let known = |code: &Code| CODES.contains(&code.as_str());
            order.unknown_codes = order.codes.iter().filter(|code| !known(code)).cloned().collect();
            order.codes.retain(known);
        }
        let (got, wanted) = match (event, in_book) {
            (Event::Order(order), Event::Order(seen)) if !verified => {
                let wanted =
                    book.record(seen.clone(), false).map(|decision| decision.to_outcome(&seen, "en"));
                let sender = order.position().id;
                (ask(&ledger, ReportConversion { order, sender, token_made: None })?, wanted)
            }
            (event, Event::Order(seen)) => {
                let wanted = book.record(seen.clone(), true).map(|decision| decision.to_outcome(&seen, "en"));
                (ask(&ledger, RecordEvent(event))?, wanted)
            }
            (event, Event::Change(change)) => {
                book.record_change(change);
                ask(&ledger, RecordEvent(event))?;
                continue;
            }
        };
        if let Some(wanted) = wanted
            && wanted != got
            && most.is_none()
        {
            return Err(format!("{body}: {wanted:?} but {got:?}"));
        }
        if dice.chance(3) {
            ledger.settle_step().map_err(|refusal| refusal.to_string())?;
        }
        if dice.chance(1) {
            // What the shop gives by hand counts for no cap, tier or run.
            let code: Code = dice.one(&CODES).parse().unwrap();
            let amount = dice.below(2000) as i64 - 1000;
            let (id, reason) = (format!("by hand {}", dice.below(9)), "a gift".to_owned());
            let currency = Currency::parse("EUR").unwrap();
            let adjustment = Adjustment {
                code: code.clone(),
                reward: "cash".into(),
                currency,
                amount,
                reason: reason.clone(),
            };
            book.record(Order { adjustment: Some(Box::new(adjustment)), ..blank(&id) }, true);
            let new = NewAdjustment {
                id,
                code,
                reward: Some("cash".into()),
                currency: Some(currency),
                amount,
                reason,
            };
            ask(&ledger, Adjust { adjustments: vec![new] })?;
        }
        if dice.chance(1) {
            settle()?;
            // Batches and payments move figures between columns; what was earned stays as it was.
            let payout = ask(&ledger, CreatePayout { until: now(), selection: Default::default() })?;
            if dice.chance(5) {
                ask(&ledger, MarkPaid { id: payout.id })?;
            }
        }
    }
    settle()?;
    same_figures(&ledger, |code| book.cases(code))?;
    let differences = ask(&ledger, Audit { cursor: None })?.differences;
    if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
}

/// Holds every referrer's status and sums against what the plain reading has of their conversions, at several instants.
pub(super) fn same_figures(
    ledger: &Ledger<NativeSql>,
    cases: impl Fn(&Code) -> Vec<(Entry, Case)>,
) -> Result<(), String> {
    for code in CODES {
        let code: Code = code.parse().unwrap();
        for days in [0, 7, 15, 30, 45, 60] {
            let as_of = start().plus_days(days);
            let mut got = Vec::new();
            let mut cursor = None;
            loop {
                let request = GetStatus { code: code.clone(), as_of, cursor, token_made: None };
                let page = ask(ledger, request)?;
                got.extend(page.conversions.iter().map(|one| (one.order_id.clone(), one.reason.clone())));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            let mut wanted: BTreeMap<String, Sums> = BTreeMap::new();
            let mut shown = Vec::new();
            for (entry, case) in cases(&code) {
                if let Some(state) = case.state(as_of) {
                    let sums = wanted.entry(case.worth.asset.name().into_owned()).or_default();
                    *sums = sums.plus(state.sums);
                    shown.push((entry.position.order_id().to_owned(), state.left, state.reason));
                }
            }
            let want: Vec<_> =
                shown.iter().map(|(id, _, reason)| (id.clone(), reason.map(Into::into))).collect();
            if got != want {
                return Err(format!("{code} at {as_of}: {want:?} but {got:?}"));
            }
            for (asset, sums) in wanted {
                // Paid at the end alone, so that what is paid there is approved in the book.
                let whole = |sums: Sums| (sums.pending, sums.approved + sums.paid, sums.reversed);
                let total = ledger.sums(&code, as_of).map_err(|refusal| refusal.to_string())?;
                let got = total
                    .into_iter()
                    .find(|(name, _)| *name == asset)
                    .map(|(_, sums)| sums)
                    .unwrap_or_default();
                if whole(got) != whole(sums) {
                    return Err(format!("{code} at {as_of}: {sums:?} but {got:?}"));
                }
            }
        }
    }
    Ok(())
}

#[test]
fn the_ledger_agrees_with_the_book() {
    // A longer run is `PARRAIN_SEEDS=10000 cargo test -p parrain-edge against_book`.
    for seed in seeds() {
        if let Err(difference) = live(seed, None) {
            panic!("{}: {difference}", replay(seed));
        }
    }
}

#[test]
fn the_ledger_agrees_with_the_book_once_the_alarm_has_settled() {
    for seed in seeds() {
        if let Err(difference) = live(seed, Some((seed % 4) as u32)) {
            panic!("{}: {difference}", replay(seed));
        }
    }
}
