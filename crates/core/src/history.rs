//! What became of a conversion, one sentence for each thing that happened, in English and French. Each is true
//! from its date on, so that a history up to an instant says nothing that was not so then.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::money::{Currency, format_amount};
use crate::reason::Reason;
use crate::reward::{Case, Payment};
use crate::why::{self, Why};
use parrain_wire::rewards::Status;

/// Something that happened to a conversion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When; what is dated before the order counts from the order on.
    pub at: Instant,
    /// What.
    pub what: Event,
}

/// What can happen to a conversion. Amounts are as text with their currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The order was cancelled.
    Cancelled,
    /// A cancellation was undone.
    Reinstated,
    /// So much was refunded.
    Refunded(String),
    /// A refund of so much was undone.
    Voided(String),
    /// The shop approved it by hand.
    Approved,
    /// The shop rejected it by hand.
    Rejected,
    /// So much was paid out.
    Paid(String),
    /// So much of what was paid was taken back in a payout.
    ClawedBack(String),
    /// The shop gave the order to somebody by hand.
    GivenAway,
    /// That was undone.
    GivenBack,
    /// The hold ended.
    HoldEnded,
    /// It was confirmed who the referrer is, or nobody asked for that any more.
    ReferrerConfirmed,
    /// The signed event came and stands in the place of a browser's report.
    Confirmed,
    /// What was given by hand was undone.
    Withdrawn,
}

/// What happened to a case up to an instant, in order of time. Refunds are in the order's currency.
pub fn history(case: &Case, currency: Option<Currency>, as_of: Instant) -> Vec<Happened> {
    let goods = |minor: i64| match currency {
        Some(currency) => format!("{} {currency}", format_amount(minor, currency.decimals())),
        None => minor.to_string(),
    };
    let reward = |amount: i64| format!("{} {}", case.worth.asset.format(amount), case.worth.asset.unit());
    let mut happened = Vec::new();
    let mut tell = |at: Instant, what: Event| {
        let at = at.max(case.at);
        if at <= as_of {
            happened.push(Happened { at, what });
        }
    };
    for back in &case.backs {
        let (did, undid) = match back.refund {
            None => (Event::Cancelled, Event::Reinstated),
            Some(minor) => {
                let amount = goods(minor.saturating_add(back.returned));
                (Event::Refunded(amount.clone()), Event::Voided(amount))
            }
        };
        // What was undone before the order is no part of its history.
        if back.until.is_none_or(|until| until > case.at) {
            tell(back.at, did);
            back.until.into_iter().for_each(|until| tell(until, undid.clone()));
        }
    }
    for review in &case.reviews {
        tell(review.at, if review.approve { Event::Approved } else { Event::Rejected });
    }
    for Payment { at, amount } in &case.payments {
        match amount {
            0.. => tell(*at, Event::Paid(reward(*amount))),
            ..0 => tell(*at, Event::ClawedBack(reward(amount.saturating_neg()))),
        }
    }
    for span in &case.given {
        tell(span.from, Event::GivenAway);
        span.until.into_iter().for_each(|until| tell(until, Event::GivenBack));
    }
    let status = |at| case.state(at).map(|state| state.status);
    let ended_by_hand = case.reviews.iter().any(|review| review.approve && review.at <= case.approves_at);
    if case.approves_at > case.at
        && !ended_by_hand
        && matches!(status(case.approves_at), Some(Status::Approved | Status::Paid))
    {
        tell(case.approves_at, Event::HoldEnded);
    }
    let matters = case.verified && case.refusal.is_none();
    if let Some(confirmed) = case.confirmed.filter(|confirmed| matters && *confirmed > case.at) {
        tell(confirmed, Event::ReferrerConfirmed);
    }
    if let Some(until) = case.until {
        tell(until, if case.verified { Event::Withdrawn } else { Event::Confirmed });
    }
    // A stable sort: of one instant the cancellations and refunds stand first.
    happened.sort_by_key(|one| one.at);
    happened
}

/// Where it stands then, beyond what happened: all that it waits for.
pub fn standing(case: &Case, as_of: Instant) -> Vec<Why> {
    let Some(state) = case.state(as_of).filter(|state| state.status == Status::Pending) else {
        return Vec::new();
    };
    if state.reason == Some(Reason::Unverified) {
        return vec![Why::Unverified];
    }
    let hold = (as_of < case.approves_at).then_some(Why::OnHold { until: case.approves_at });
    let unconfirmed = case.is_unconfirmed(as_of).then_some(Why::Unconfirmed);
    let held = case.held.map(|_| Why::Held);
    hold.into_iter().chain(unconfirmed).chain(held).collect()
}

impl Happened {
    /// One sentence: French for a French locale, else English.
    pub fn words(&self, locale: &str) -> String {
        let french = Why::is_french(locale);
        let day = why::day_in_words(self.at, french);
        if french {
            return match &self.what {
                Event::Cancelled => format!("La commande a été annulée le {day}."),
                Event::Reinstated => format!("L’annulation a été levée le {day}."),
                Event::Refunded(amount) => format!("{amount} ont été remboursés le {day}."),
                Event::Voided(amount) => format!("Le remboursement de {amount} a été annulé le {day}."),
                Event::Approved => format!("La boutique a validé à la main le {day}."),
                Event::Rejected => format!("La boutique a refusé à la main le {day}."),
                Event::Paid(amount) => format!("{amount} ont été payés le {day}."),
                Event::ClawedBack(amount) => format!("{amount} déjà payés ont été repris le {day}."),
                Event::GivenAway => format!("La boutique a attribué la commande à la main le {day}."),
                Event::GivenBack => format!("Cette attribution a été annulée le {day}."),
                Event::HoldEnded => format!("Le délai d’attente s’est terminé le {day}."),
                Event::ReferrerConfirmed => {
                    format!("Depuis le {day}, elle n’attend plus que l’identité du parrain soit confirmée.")
                }
                Event::Confirmed => {
                    format!(
                        "Le serveur de la boutique a confirmé la commande, qui compte telle quelle depuis le {day}."
                    )
                }
                Event::Withdrawn => format!("Ce qui avait été attribué à la main a été annulé le {day}."),
            };
        }
        match &self.what {
            Event::Cancelled => format!("The order was cancelled on {day}."),
            Event::Reinstated => format!("The cancellation was undone on {day}."),
            Event::Refunded(amount) => format!("{amount} was refunded on {day}."),
            Event::Voided(amount) => format!("The refund of {amount} was undone on {day}."),
            Event::Approved => format!("The shop approved it by hand on {day}."),
            Event::Rejected => format!("The shop rejected it by hand on {day}."),
            Event::Paid(amount) => format!("{amount} was paid on {day}."),
            Event::ClawedBack(amount) => format!("{amount} of what was paid was taken back on {day}."),
            Event::GivenAway => format!("The shop gave the order by hand on {day}."),
            Event::GivenBack => format!("That was undone on {day}."),
            Event::HoldEnded => format!("The hold ended on {day}."),
            Event::ReferrerConfirmed => format!("From {day} on it waited no more for who the referrer is."),
            Event::Confirmed => {
                format!("The shop's server confirmed the order, which counts as it was sent from {day} on.")
            }
            Event::Withdrawn => format!("What was given by hand was undone on {day}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward::{Asset, Back, Review, Span, Worth};

    fn day(n: i64) -> Instant {
        Instant::from_micros(n * 86_400_000_000)
    }

    fn case() -> Case {
        let currency = Currency::parse("EUR").unwrap();
        Case {
            at: day(10),
            until: None,
            verified: true,
            refusal: None,
            approves_at: day(24),
            worth: Worth {
                kind: "cash".into(),
                asset: Asset::Money(currency),
                amount: 1000,
                base: 8000,
                total: None,
                exact: None,
                detail: None,
            },
            backs: vec![
                Back { at: day(12), until: Some(day(15)), refund: None, returned: 0 },
                Back { at: day(26), until: Some(day(28)), refund: Some(4000), returned: 0 },
                Back { at: day(5), until: Some(day(6)), refund: None, returned: 0 },
            ],
            reviews: vec![Review { at: day(30), approve: false }, Review { at: day(31), approve: true }],
            payments: vec![Payment { at: day(32), amount: 1000 }, Payment { at: day(40), amount: -1000 }],
            given: vec![Span { from: day(33), until: Some(day(34)) }],
            confirmed: Some(Instant::MIN),
            held: None,
        }
    }

    fn told(as_of: i64, locale: &str) -> String {
        let happened = history(&case(), Currency::parse("EUR"), day(as_of));
        happened.iter().map(|one| one.words(locale)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_thing_that_happened_is_told_from_its_day_on_and_not_before() {
        assert_eq!(told(11, "en"), "");
        assert_eq!(told(14, "en"), "The order was cancelled on 13 January 1970.");
        let all = told(50, "en");
        assert_eq!(
            all,
            "The order was cancelled on 13 January 1970. The cancellation was undone on 16 January 1970. The hold ended on \
             25 January 1970. 40.00 EUR was refunded on 27 January 1970. The refund of 40.00 EUR was undone on \
             29 January 1970. The shop rejected it by hand on 31 January 1970. The shop approved it by hand on 1 February 1970. \
             10.00 EUR was paid on 2 February 1970. The shop gave the order by hand on 3 February 1970. That was undone on \
             4 February 1970. 10.00 EUR of what was paid was taken back on 10 February 1970."
        );
        for as_of in 10..50 {
            assert!(all.starts_with(&told(as_of, "en")), "{as_of}");
        }
    }

    #[test]
    fn french_tells_as_much() {
        let sentences = |text: &str| text.matches(". ").count();
        assert_eq!(sentences(&told(50, "fr")), sentences(&told(50, "en")));
        assert!(told(50, "fr").contains("Le remboursement de 40.00 EUR a été annulé le 29 janvier 1970."));
    }

    #[test]
    fn what_waits_says_so_and_only_while_it_waits() {
        let mut one = case();
        one.backs.clear();
        assert_eq!(standing(&one, day(11)), [Why::OnHold { until: day(24) }]);
        assert_eq!(standing(&one, day(24)), []);
        one.confirmed = Some(day(26));
        one.reviews.clear();
        assert_eq!(standing(&one, day(11)), [Why::OnHold { until: day(24) }, Why::Unconfirmed]);
        assert_eq!(standing(&one, day(25)), [Why::Unconfirmed]);
        assert!(history(&one, None, day(26)).iter().any(|one| one.what == Event::ReferrerConfirmed));
        one.held = Some(Reason::Velocity);
        assert_eq!(standing(&one, day(25)), [Why::Unconfirmed, Why::Held]);
        assert_eq!(standing(&one, day(26)), [Why::Held]);
        one.verified = false;
        assert_eq!(standing(&one, day(11)), [Why::Unverified]);
    }
}
