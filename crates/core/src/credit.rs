//! Giving an order to a referrer by hand. The checks are those of every order, made once when it is given; what
//! they came to is part of the fact, so that nothing that arrives later takes back what the shop gave.
//!
//! The order counts as given from that moment on: it bears on orders dated later, and on none before.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::attribution::{How, Winner};
use crate::code::Code;
use crate::decide::{Conversion, Decision, History, Judged, Known, Past, Place, Run, Verdict, judge};
use crate::event::Order;
use crate::instant::Instant;
use crate::program::Orders;
use crate::reason::Reason;
use crate::why::Why;

/// An order given by hand, as it is recorded with the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Tells several credits of one order apart.
    pub number: u32,
    /// When it was given.
    pub at: Instant,
    /// Why, in the shop's words.
    pub note: String,
    /// What it earns.
    pub conversion: Conversion,
    /// Why it was given and what was waived.
    pub why: Vec<Why>,
}

/// What giving an order to a referrer is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// To whom.
    pub code: Code,
    /// The referrer as known at the order.
    pub known: Known,
    /// When.
    pub at: Instant,
    /// Which of the order's credits it is.
    pub number: u32,
    /// Why, in the shop's words.
    pub note: String,
    /// Reasons that are not to stand in the way.
    pub despite: BTreeSet<Reason>,
    /// What was decided of the order so far.
    pub so_far: Option<Conversion>,
}

/// Why an order is not given: every reason that is not waived, each in words; without any it is theirs already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotGiven(pub Vec<(Reason, Why)>);

impl Credit {
    /// What stands of the order it is recorded with.
    pub fn decision(&self) -> Decision {
        Decision { verdict: Verdict::Conversion(Box::new(self.conversion.clone())), why: self.why.clone() }
    }
}

/// Checks an order for a referrer who is given it. `order` is as it was recorded, without a credit.
///
/// # Errors
/// Those of `records`.
pub fn give<R: History>(
    order: &Order,
    gift: Gift,
    records: &mut R,
) -> Result<Result<Credit, NotGiven>, R::Error> {
    let so_far = gift.so_far.as_ref().filter(|conversion| conversion.is_earned());
    if so_far.is_some_and(|conversion| conversion.code == gift.code) {
        return Ok(Err(NotGiven(Vec::new())));
    }
    // Whether the customer was new goes by what came before the order, whether they already earned somebody the
    // reward by what came before the moment at which it is given.
    let position = order.position_given(gift.at, gift.number);
    let mut past = records.past(&order.customer, &position)?;
    past.has_order = records.past(&order.customer, &order.position())?.has_order;
    if let Some(own) = so_far.filter(|conversion| conversion.orders == Orders::First) {
        // That this very order earned another the reward is what is being changed.
        past.had_first.remove(&own.offer);
    }
    let Gift { code, known, at, number, note, despite, .. } = gift;
    let ended = known.has_ended(order.at);
    let run = run_of(&past, &code, &known.offer, order.at);
    let winner = Winner { code: code.clone(), offer: known.offer.clone(), known, how: How::OnOrder, run };
    let place = Place { position, verified: true };
    let judged = judge(order, &place, &past, winner, &despite, records)?;
    let (conversion, mut refusals, mut waived) = match judged {
        Judged::Ignored(why) => return Ok(Err(NotGiven(vec![(Reason::OtherEvent, why)]))),
        Judged::Conversion { conversion, refusals, waived } => (*conversion, refusals, waived),
    };
    if ended {
        let inactive = (Reason::ReferrerInactive, Why::ReferrerEnded { code: code.clone() });
        if despite.contains(&inactive.0) { waived.push(inactive) } else { refusals.push(inactive) }
    }
    if !refusals.is_empty() {
        refusals.sort_by_key(|(reason, _)| *reason);
        return Ok(Err(NotGiven(refusals)));
    }
    let mut why = vec![Why::Given { code, at }];
    why.extend(waived.into_iter().map(|(reason, _)| Why::Waived { reason }));
    Ok(Ok(Credit { number, at, note, conversion, why }))
}

/// The referrer's run of the customer to which the order may belong.
fn run_of(past: &Past, code: &Code, offer: &str, at: Instant) -> Option<Run> {
    let own = |run: &&Run| run.code == *code && run.offer == offer && run.is_open(at);
    past.runs.iter().find(own).cloned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::book::Book;
    use crate::event::{Event, parse};
    use crate::program::{Program, Versions};
    use crate::referrer::Activity;
    use parrain_wire::rewards::Status;

    fn at(day: &str) -> Instant {
        Instant::parse(&format!("2026-{day}T10:00:00Z")).unwrap()
    }

    fn code(text: &str) -> Code {
        text.parse().unwrap()
    }

    fn known(offer: &str) -> Known {
        Known { offer: offer.into(), ..Known::default() }
    }

    fn book() -> Book {
        let program = json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/", "offers": [
            {"id": "friends", "audience": "customer", "advocate": {"reward": {"kind": "cash", "amount": "10.00"}}},
            {"id": "life", "audience": "agency", "advocate":
                {"reward": {"kind": "commission", "percent": "10"}, "orders": "lifetime", "hold_days": 14}},
            {"id": "leads", "audience": "affiliate", "advocate":
                {"reward": {"kind": "cash", "amount": "1.00"}, "on": "lead"}}]});
        let mut book = Book::new(Versions::new(Program::parse(&program).unwrap()));
        for (name, offer) in [("ANNA", "friends"), ("BOB", "friends"), ("LIFE", "life"), ("LEA", "leads")] {
            book.add_referrer(code(name), known(offer));
        }
        book
    }

    fn sale(book: &mut Book, id: &str, day: &str, customer: &str, codes: &[&str]) -> Option<Decision> {
        let body = json!({"type": "order.paid", "data": {"order_id": id, "at": at(day), "customer": {"id": customer},
            "currency": "EUR", "subtotal": "100.00", "discount": "0.00", "total": "100.00", "codes": codes}});
        let Ok(Some(Event::Order(order))) = parse(&body, at("11-20")) else { panic!("{body}") };
        book.record(order, true)
    }

    fn give_to(
        book: &mut Book,
        id: &str,
        name: &str,
        day: &str,
        despite: &[Reason],
    ) -> Result<Decision, NotGiven> {
        book.give(id, code(name), at(day), despite.iter().copied().collect()).unwrap()
    }

    fn refused(given: Result<Decision, NotGiven>) -> Vec<Reason> {
        given.unwrap_err().0.into_iter().map(|(reason, _)| reason).collect()
    }

    fn status(book: &Book, name: &str, day: &str) -> Vec<(Status, i64, Option<Reason>)> {
        let cases = book.cases(&code(name));
        let states = cases.iter().filter_map(|(_, case)| case.state(at(day)));
        states.map(|state| (state.status, state.sums.total(), state.reason)).collect()
    }

    #[test]
    fn an_order_is_theirs_from_the_moment_it_is_given_until_that_is_undone() {
        let mut book = book();
        sale(&mut book, "1", "05-01", "dana", &[]);
        let decision = give_to(&mut book, "1", "ANNA", "05-20", &[]).unwrap();
        let words = Why::words(&decision.why, crate::event::Kind::Sale, "1", "en");
        assert_eq!(words, "Order 1 was given to ANNA by hand on 20 May 2026.");
        assert_eq!(status(&book, "ANNA", "05-19"), []);
        assert_eq!(status(&book, "ANNA", "05-20"), [(Status::Approved, 1000, None)]);
        assert_eq!(refused(give_to(&mut book, "1", "ANNA", "05-21", &[])), [], "it is theirs already");
        assert!(book.take("1", at("05-25")));
        assert!(!book.take("1", at("05-26")));
        assert_eq!(status(&book, "ANNA", "05-24").len(), 1);
        assert_eq!(status(&book, "ANNA", "05-25"), []);
    }

    #[test]
    fn what_another_had_is_taken_from_there_and_comes_back() {
        let mut book = book();
        sale(&mut book, "1", "05-01", "dana", &["BOB"]);
        give_to(&mut book, "1", "ANNA", "05-10", &[]).unwrap();
        assert_eq!(status(&book, "BOB", "05-09"), [(Status::Approved, 1000, None)]);
        assert_eq!(status(&book, "BOB", "05-10"), [(Status::Reversed, 1000, Some(Reason::Manual))]);
        // Given on to a third: one has it at a time.
        give_to(&mut book, "1", "LIFE", "05-12", &[]).unwrap();
        assert_eq!(status(&book, "ANNA", "05-12"), []);
        assert_eq!(status(&book, "LIFE", "05-12"), [(Status::Pending, 1000, None)]);
        assert_eq!(
            status(&book, "LIFE", "05-15"),
            [(Status::Approved, 1000, None)],
            "the hold is the order's"
        );
        book.take("1", at("05-20"));
        assert_eq!(status(&book, "BOB", "05-20"), [(Status::Approved, 1000, None)]);
        assert_eq!(status(&book, "LIFE", "05-20"), []);
    }

    #[test]
    fn the_same_checks_stand_in_the_way_unless_they_are_waived() {
        let mut book = book();
        sale(&mut book, "1", "05-01", "dana", &[]);
        sale(&mut book, "2", "05-02", "dana", &["ANNA"]);
        assert_eq!(status(&book, "ANNA", "05-30"), [(Status::Rejected, 0, Some(Reason::ExistingCustomer))]);
        assert_eq!(refused(give_to(&mut book, "2", "ANNA", "05-10", &[])), [Reason::ExistingCustomer]);
        let given = give_to(&mut book, "2", "ANNA", "05-10", &[Reason::ExistingCustomer]).unwrap();
        assert!(given.why.contains(&Why::Waived { reason: Reason::ExistingCustomer }));
        // What was refused is told no more beside what was given.
        assert_eq!(status(&book, "ANNA", "05-30"), [(Status::Approved, 1000, None)]);
        // The first order would be the customer's second reward under an offer for one.
        assert_eq!(refused(give_to(&mut book, "1", "BOB", "05-11", &[])), [Reason::DuplicateCustomer]);
        assert_eq!(refused(give_to(&mut book, "1", "LEA", "05-11", &[])), [Reason::OtherEvent]);
        book.change_referrer(at("04-01"), code("LIFE"), Known { activity: Activity::Ended, ..known("life") });
        assert_eq!(refused(give_to(&mut book, "1", "LIFE", "05-11", &[])), [Reason::ReferrerInactive]);
        assert!(give_to(&mut book, "1", "LIFE", "05-11", &[Reason::ReferrerInactive]).is_ok());
    }

    #[test]
    fn it_bears_on_later_orders_while_it_stands_and_on_none_before() {
        let mut book = book();
        sale(&mut book, "1", "05-01", "dana", &[]);
        give_to(&mut book, "1", "LIFE", "05-10", &[]).unwrap();
        let whose =
            |decision: Option<Decision>| decision.unwrap().conversion().map(|one| one.code.to_string());
        assert_eq!(whose(sale(&mut book, "2", "05-09", "dana", &[])), None);
        assert_eq!(whose(sale(&mut book, "3", "05-11", "dana", &[])), Some("LIFE".into()));
        // An order of before that arrives later takes nothing back of what the shop gave.
        sale(&mut book, "0", "04-01", "dana", &["BOB"]);
        assert_eq!(status(&book, "LIFE", "05-30").len(), 2);
        book.take("1", at("05-20"));
        assert_eq!(status(&book, "LIFE", "05-30"), []);
        let before: Vec<_> = book.decisions().map(|(entry, one)| (entry.clone(), one.clone())).collect();
        book.refold();
        let after: Vec<_> = book.decisions().map(|(entry, one)| (entry.clone(), one.clone())).collect();
        assert_eq!(before, after);
    }
}
