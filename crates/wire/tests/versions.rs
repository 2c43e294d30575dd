//! Bodies of another version are read: what an edge of today answers, recorded, and what one of tomorrow may.

use parrain_wire::amount::Amount;
use parrain_wire::page::{Card, PublicProgram, Verdict};
use parrain_wire::problem::Problem;
use parrain_wire::read::Read;
use parrain_wire::rewards::{RewardStatus, Status};
use parrain_wire::{Instant, Known, Loose};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A recorded body is written again as it was read: a reader of today takes from it what there is, and a writer of
/// today leaves out nothing that a reader of then looks for.
fn written_again<B: DeserializeOwned + Serialize>(recorded: &str) {
    let body: B = serde_json::from_str(recorded).unwrap();
    let before: Value = serde_json::from_str(recorded).unwrap();
    assert_eq!(serde_json::to_value(body).unwrap(), before);
}

/// Reads a body by both readers, that of the tests and scripts and that of the widget; neither may drop it.
fn read<B: DeserializeOwned + Read>(recorded: &str) -> B {
    assert!(
        B::read(serde_json::from_str::<Loose>(recorded).unwrap()).is_some(),
        "the widget drops {recorded}"
    );
    serde_json::from_str(recorded).unwrap()
}

#[test]
fn recorded_answers_lose_nothing() {
    written_again::<PublicProgram>(include_str!("bodies/offer.json"));
    written_again::<PublicProgram>(include_str!("bodies/offer-unknown-code.json"));
    written_again::<PublicProgram>(include_str!("bodies/offer-moment.json"));
    written_again::<RewardStatus>(include_str!("bodies/rewards.json"));
    written_again::<Card>(include_str!("bodies/card.json"));
    written_again::<Problem>(include_str!("bodies/problem.json"));
}

#[test]
fn an_offer_of_tomorrow_is_read() {
    let offer: PublicProgram = read(include_str!("bodies/newer-offer.json"));
    assert_eq!((offer.name.as_str(), offer.window_days), ("Atelier Lumière", 0));
    assert_eq!(offer.link_params, ["ref"]);
    assert_eq!(offer.texts.iter().count(), 1);
    let [friends] = offer.offers.as_slice() else { panic!("{:?}", offer.offers) };
    assert_eq!(friends.audience, Known::Other("astronaut".into()));
    assert_eq!(friends.advocate.reward.amount.as_ref().map(Amount::as_str), Some("10.00"));
    assert_eq!((friends.advocate.hold_days, friends.advocate.orders), (None, None));
    let Some(Verdict::Valid(code)) = offer.code else { panic!("no good code") };
    assert_eq!((code.from, code.new_customers_only), (None, false));
    assert_eq!(code.friend.unwrap().reward.kind.name(), "hot_air_balloon");
}

#[test]
fn conditions_of_yesterday_of_today_and_of_tomorrow_are_read() {
    // An edge of yesterday tells none, and its offer is for everybody.
    let before: PublicProgram = read(include_str!("bodies/offer.json"));
    assert!(before.offers.iter().all(|offer| offer.when.is_none()));
    assert_eq!((before.country, before.friends_this_month), (None, None));
    let today: PublicProgram = read(include_str!("bodies/offer-moment.json"));
    let facts = |text: &str| serde_json::from_str(text).unwrap();
    let when = today.offers[0].when.as_ref().unwrap();
    assert!(when.holds(&facts(r#"{"customer":"new","basket":"50","language":"fr","country":"BE"}"#)));
    assert!(!when.holds(&facts(r#"{"customer":"new","basket":"50","language":"fr"}"#)));
    // A word of tomorrow is met by nobody of today.
    let newer = include_str!("bodies/offer-moment.json").replace("\"new\"", "\"astronaut\"");
    let newer: PublicProgram = read(&newer);
    let when = newer.offers[0].when.as_ref().unwrap();
    assert!(!when.holds(&facts(r#"{"customer":"new","basket":"50","language":"fr","country":"BE"}"#)));
}

#[test]
fn rewards_of_tomorrow_are_read() {
    let status: RewardStatus = read(include_str!("bodies/newer-rewards.json"));
    assert_eq!((status.clicks, status.totals[0].pending.as_str()), (12, "10.00"));
    assert_eq!(status.units[0].approved, 2);
    let [first, second] = status.conversions.as_slice() else { panic!("{:?}", status.conversions) };
    assert_eq!(first.status.name(), "escrowed");
    assert_eq!(first.reason.as_ref().map(Known::name), Some("too_windy"));
    assert_eq!((second.at, second.reward.is_none()), (Instant::default(), true));
    assert!(second.status != Status::Pending);
}
