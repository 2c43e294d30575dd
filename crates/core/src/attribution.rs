//! Whose an order is: everybody who might have it, and why each won or lost (contract section 7).

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::decide::{History, Known, Past, Run};
use crate::event::{Order, Source, Touch};
use crate::instant::Instant;
use crate::program::Model;
use crate::reason::Reason;
use crate::why::Why;

/// For how many minutes after an order a touch still counts, as at the order: the clocks of shoppers' devices
/// differ from the shop's, and the touch was told with the order.
pub const TOUCH_AHEAD_MINUTES: i64 = 10;

/// A code by which an order might be somebody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The code.
    pub code: Code,
    /// How it came to the order.
    pub how: How,
    /// What came of it.
    pub fate: Fate,
}

/// How a code came to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The customer's run of earning conversions.
    Run {
        /// Under which offer.
        offer: String,
        /// Since when.
        since: Instant,
    },
    /// It is on the order.
    OnOrder,
    /// By a visit or a redemption.
    Touch {
        /// Which.
        source: Source,
        /// When, by the clock that told it.
        at: Instant,
    },
}

/// Why a candidate won or lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The order is this one's.
    Won,
    /// Another one counts before it.
    Beaten(By),
    /// A touch older than the window.
    OutsideWindow {
        /// How old.
        age_days: i64,
        /// The window.
        window_days: u32,
    },
    /// A touch after the order.
    AfterOrder,
    /// No referrer had the code when the order arrived.
    UnknownCode,
    /// It is a promo code of the shop's own, and nobody's.
    ShopCode,
    /// The referrer no longer took part.
    Ended,
    /// The run was over.
    RunOver,
}

/// What beat a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The customer's run.
    Run,
    /// A code on the order.
    CodeOnOrder,
    /// A redeemed code.
    PromoCode,
    /// One of the same kind that is later, or listed later.
    Later,
    /// One of the same kind that is earlier, or listed earlier.
    Earlier,
}

/// Who won an order, and by which run if by one.
#[derive(Clone, Debug)]
pub struct Winner {
    /// The code.
    pub code: Code,
    /// The offer under which it is judged.
    pub offer: String,
    /// The referrer as known at the order.
    pub known: Known,
    /// How the code came to the order.
    pub how: How,
    /// The run.
    pub run: Option<Run>,
}

/// All candidates of an order, and the winner if one won. An open run binds before all else, then a code on the
/// order, then a promo code touch, then a link.
///
/// # Errors
/// Those of `records`.
pub fn attribute<R: History>(
    order: &Order,
    past: &Past,
    records: &R,
) -> Result<(Vec<Candidate>, Option<Winner>), R::Error> {
    let program = records.versions().at(order.at);
    let mut list = List { order, records, found: Vec::new() };
    // A run binds events of its own kind alone: one of orders leaves a lead to whose code it carries.
    let mut runs: Vec<&Run> = past.runs.iter().filter(|run| run.started.kind == order.kind).collect();
    runs.sort_by_key(|run| &run.started);
    for run in runs {
        list.add_run(run)?;
    }
    for code in &order.codes {
        list.add(code, How::OnOrder, None)?;
    }
    let unknown = |code: &Code| match program.promotion(code) {
        Some(_) => Fate::ShopCode,
        None => Fate::UnknownCode,
    };
    for code in &order.unknown_codes {
        list.add_lost(code, How::OnOrder, unknown(code));
    }
    for touch in &order.touches {
        let how = How::Touch { source: touch.source, at: touch.at };
        list.add(&touch.code, how, fate_of(touch, order.at, program.window_days))?;
    }
    for touch in &order.unknown_touches {
        list.add_lost(&touch.code, How::Touch { source: touch.source, at: touch.at }, unknown(&touch.code));
    }
    Ok(list.choose(program.model))
}

/// What no winner comes down to: the reason where there is one, and why in words.
pub fn why_nobody(candidates: &[Candidate]) -> (Option<Reason>, Vec<Why>) {
    let mut why = Vec::new();
    // The freshest of the visits that are too old.
    let age = |one: &&Candidate| match one.fate {
        Fate::OutsideWindow { age_days, .. } => Some(age_days),
        Fate::Won
        | Fate::Beaten(_)
        | Fate::AfterOrder
        | Fate::UnknownCode
        | Fate::ShopCode
        | Fate::Ended
        | Fate::RunOver => None,
    };
    let stale = candidates.iter().filter(|one| age(one).is_some()).min_by_key(age);
    why.extend(stale.and_then(Candidate::why_lost));
    let has = |fate: &Fate| candidates.iter().find(|one| one.fate == *fate);
    for fate in [Fate::Ended, Fate::UnknownCode, Fate::AfterOrder, Fate::RunOver] {
        why.extend(has(&fate).and_then(Candidate::why_lost));
    }
    if why.is_empty() {
        why.push(Why::NoCandidate);
    }
    let ended = has(&Fate::Ended).map(|_| Reason::ReferrerInactive);
    (ended.or(stale.map(|_| Reason::OutsideWindow)), why)
}

impl Winner {
    /// Why the order is this one's.
    pub fn why(&self) -> Why {
        let code = self.code.clone();
        match (&self.run, &self.how) {
            (Some(run), _) => Why::Bound { code, offer: run.offer.clone() },
            (None, How::Touch { source, at }) => Why::Touched { code, source: *source, at: *at },
            (None, How::OnOrder | How::Run { .. }) => Why::CodeOnOrder { code },
        }
    }
}

impl Candidate {
    /// Why it won or lost, where that is a reason by itself and not that another one counts before it.
    fn why_lost(&self) -> Option<Why> {
        let code = self.code.clone();
        let source = match self.how {
            How::Touch { source, .. } => Some(source),
            How::Run { .. } | How::OnOrder => None,
        };
        Some(match &self.fate {
            Fate::Won | Fate::Beaten(_) | Fate::ShopCode => return None,
            Fate::OutsideWindow { age_days, window_days } => Why::OutsideWindow {
                code: Some(code),
                source,
                age_days: *age_days,
                window_days: *window_days,
            },
            Fate::AfterOrder => Why::TouchAfterOrder { code },
            Fate::UnknownCode if source.is_some() => Why::UnknownTouch { code },
            Fate::UnknownCode => Why::UnknownCode { code },
            Fate::Ended => Why::ReferrerEnded { code },
            Fate::RunOver => Why::RunOver { code },
        })
    }

    /// Why it won or lost, as one sentence: French for a French locale, else English.
    pub fn words(&self, locale: &str) -> String {
        let french = Why::is_french(locale);
        let code = &self.code;
        let by = match (&self.how, french) {
            (How::Run { since, offer }, false) => {
                format!("The customer has been {code}'s since {} (offer {offer})", since.date())
            }
            (How::Run { since, offer }, true) => {
                format!("Le client est rattaché à {code} depuis le {} (offre {offer})", since.date())
            }
            (How::OnOrder, false) => format!("The code {code} is on the order"),
            (How::OnOrder, true) => format!("Le code {code} est sur la commande"),
            (How::Touch { source: Source::Link, at }, false) => {
                format!("A visit by {code}'s link on {}", at.date())
            }
            (How::Touch { source: Source::Link, at }, true) => {
                format!("Une visite par le lien de {code} le {}", at.date())
            }
            (How::Touch { source: Source::PromoCode, at }, false) => {
                format!("The code {code} was redeemed on {}", at.date())
            }
            (How::Touch { source: Source::PromoCode, at }, true) => {
                format!("Le code {code} a été utilisé le {}", at.date())
            }
        };
        let fate = match (&self.fate, french) {
            (Fate::Won, false) => "this counts".into(),
            (Fate::Won, true) => "c’est ce qui compte".into(),
            (Fate::Beaten(by), false) => by.english().into(),
            (Fate::Beaten(by), true) => by.french().into(),
            (Fate::OutsideWindow { age_days, window_days }, false) => {
                format!("it is {age_days} days old and the window is {window_days}")
            }
            (Fate::OutsideWindow { age_days, window_days }, true) => {
                format!("elle date de {age_days} jours et la fenêtre est de {window_days}")
            }
            (Fate::AfterOrder, false) => "it came after the order".into(),
            (Fate::AfterOrder, true) => "c’était après la commande".into(),
            (Fate::UnknownCode, false) => "no referrer has this code".into(),
            (Fate::UnknownCode, true) => "aucun parrain ne possède ce code".into(),
            (Fate::ShopCode, false) => "it is a promo code of the shop's".into(),
            (Fate::ShopCode, true) => "c’est un code promo de la boutique".into(),
            (Fate::Ended, false) => "this referrer did not take part then".into(),
            (Fate::Ended, true) => "ce parrain ne participait pas alors".into(),
            (Fate::RunOver, false) => "that is over".into(),
            (Fate::RunOver, true) => "cela est terminé".into(),
        };
        if french { format!("{by}\u{a0}: {fate}.") } else { format!("{by}: {fate}.") }
    }
}

impl By {
    fn english(self) -> &'static str {
        match self {
            Self::Run => "the customer's tie to another referrer counts before it",
            Self::CodeOnOrder => "a code on the order counts before it",
            Self::PromoCode => "a redeemed code counts before it",
            Self::Later => "a later one counts before it",
            Self::Earlier => "an earlier one counts before it",
        }
    }

    fn french(self) -> &'static str {
        match self {
            Self::Run => "le rattachement du client à un autre parrain compte avant",
            Self::CodeOnOrder => "un code sur la commande compte avant",
            Self::PromoCode => "un code utilisé compte avant",
            Self::Later => "un autre plus récent compte avant",
            Self::Earlier => "un autre plus ancien compte avant",
        }
    }
}

/// Why a touch is out, whoever's it is.
fn fate_of(touch: &Touch, ordered: Instant, window_days: u32) -> Option<Fate> {
    if touch.at > ordered.plus_seconds(TOUCH_AHEAD_MINUTES * 60) {
        return Some(Fate::AfterOrder);
    }
    let age_days = ordered.micros().saturating_sub(touch.at.micros()) / 86_400_000_000;
    (touch.at < ordered.plus_days(-i64::from(window_days)))
        .then_some(Fate::OutsideWindow { age_days, window_days })
}

/// Candidates as they are gathered: those whose fate is open may win, each with its referrer.
struct List<'a, R> {
    order: &'a Order,
    records: &'a R,
    found: Vec<(Candidate, Option<Open>)>,
}

/// What a candidate that may win stands for.
struct Open {
    rank: Rank,
    /// When, as far as that decides between two of a rank.
    at: Instant,
    winner: Winner,
}

/// What counts before what: the smaller first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Run,
    OnOrder,
    PromoCode,
    Link,
}

impl<R: History> List<'_, R> {
    fn add_run(&mut self, run: &Run) -> Result<(), R::Error> {
        let how = How::Run { offer: run.offer.clone(), since: run.started.at };
        if !run.is_open(self.order.at) {
            self.add_lost(&run.code, how, Fate::RunOver);
            return Ok(());
        }
        let known = self.records.referrer(&run.code, self.order.at)?.unwrap_or_default();
        if known.has_ended(self.order.at) {
            self.add_lost(&run.code, how, Fate::Ended);
            return Ok(());
        }
        let (code, offer) = (run.code.clone(), run.offer.clone());
        let winner = Winner { code, offer, known, how, run: Some(run.clone()) };
        self.add_open(Rank::Run, run.started.at, winner);
        Ok(())
    }

    fn add(&mut self, code: &Code, how: How, fate: Option<Fate>) -> Result<(), R::Error> {
        let Some(known) = self.records.referrer(code, self.order.at)? else {
            self.add_lost(code, how, Fate::UnknownCode);
            return Ok(());
        };
        let ended = known.has_ended(self.order.at).then_some(Fate::Ended);
        if let Some(fate) = ended.or(fate) {
            self.add_lost(code, how, fate);
            return Ok(());
        }
        let (rank, at) = match how {
            How::Touch { source: Source::PromoCode, at } => (Rank::PromoCode, at),
            How::Touch { source: Source::Link, at } => (Rank::Link, at),
            How::OnOrder | How::Run { .. } => (Rank::OnOrder, self.order.at),
        };
        let winner = Winner { code: code.clone(), offer: known.offer.clone(), known, how, run: None };
        // A touch by a clock that is fast is as at the order.
        self.add_open(rank, at.min(self.order.at), winner);
        Ok(())
    }

    fn add_open(&mut self, rank: Rank, at: Instant, winner: Winner) {
        // Whether it won turns out once all are known.
        let candidate = Candidate { code: winner.code.clone(), how: winner.how.clone(), fate: Fate::Won };
        self.found.push((candidate, Some(Open { rank, at, winner })));
    }

    fn add_lost(&mut self, code: &Code, how: How, fate: Fate) {
        self.found.push((Candidate { code: code.clone(), how, fate }, None));
    }

    fn choose(self, model: Model) -> (Vec<Candidate>, Option<Winner>) {
        let open = |place: usize| self.found.get(place).and_then(|(_, open)| open.as_ref());
        let mut places: Vec<usize> = (0..self.found.len()).filter(|place| open(*place).is_some()).collect();
        // A stable sort: of two at one instant the one listed last is the later.
        places.sort_by_key(|place| open(*place).map(|open| (open.rank, open.at)));
        let best = places.first().and_then(|place| open(*place)).map(|open| open.rank);
        places.retain(|place| open(*place).map(|open| open.rank) == best);
        let chosen = match (best, model) {
            // Of several runs the oldest binds, whatever the model.
            (Some(Rank::Run), _) | (_, Model::First) => places.first().copied(),
            (_, Model::Last) => places.last().copied(),
        };
        let by = match (best, model) {
            (Some(Rank::Run), _) => By::Run,
            (Some(Rank::OnOrder), _) => By::CodeOnOrder,
            (Some(Rank::PromoCode), _) => By::PromoCode,
            (Some(Rank::Link) | None, Model::First) => By::Earlier,
            (Some(Rank::Link) | None, Model::Last) => By::Later,
        };
        let among = if model == Model::First || best == Some(Rank::Run) { By::Earlier } else { By::Later };
        let (mut candidates, mut winner) = (Vec::new(), None);
        for (place, (mut candidate, open)) in self.found.into_iter().enumerate() {
            if let Some(open) = open {
                if chosen == Some(place) {
                    winner = Some(open.winner);
                } else {
                    candidate.fate = Fate::Beaten(if Some(open.rank) == best { among } else { by });
                }
            }
            candidates.push(candidate);
        }
        (candidates, winner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::book::Book;
    use crate::decide::{Decision, Verdict};
    use crate::event::{Event, parse};
    use crate::program::{Program, Reward, Terms, Versions};
    use crate::referrer::Activity;

    fn at(day: &str) -> Instant {
        Instant::parse(&format!("2026-{day}T10:00:00Z")).unwrap()
    }

    fn code(text: &str) -> Code {
        text.parse().unwrap()
    }

    /// A shop whose customers are their referrer's for life.
    fn book(model: &str) -> Book {
        let offer = |id: &str, on: &str, reward: Value| json!({"id": id, "audience": "agency", "advocate": {"reward": reward, "on": on, "orders": "lifetime"}});
        let program = json!({"name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/",
            "attribution": {"window_days": 30, "model": model},
            "offers": [offer("a", "sale", json!({"kind": "commission", "percent": "10"})),
                offer("l", "lead", json!({"kind": "cash", "amount": "5.00"}))]});
        let mut book = Book::new(Versions::new(Program::parse(&program).unwrap()));
        for (name, offer) in [("ANNA", "a"), ("BOB", "a"), ("LEA", "l")] {
            book.add_referrer(code(name), known(offer));
        }
        book
    }

    fn known(offer: &str) -> Known {
        Known { offer: offer.into(), ..Known::default() }
    }

    fn order(id: &str, day: &str, codes: &[&str], touches: &[(&str, &str, &str)]) -> Order {
        let touch =
            |(code, source, at): &(&str, &str, &str)| json!({"code": code, "source": source, "at": at});
        let touches: Vec<Value> = touches.iter().map(touch).collect();
        let body = json!({"type": "order.paid", "data": {"order_id": id, "at": at(day), "customer": {"id": "dana"},
            "currency": "EUR", "subtotal": "100.00", "discount": "0.00", "total": "100.00", "codes": codes,
            "touches": touches}});
        match parse(&body, at("11-20")) {
            Ok(Some(Event::Order(order))) => order,
            other => panic!("{other:?}"),
        }
    }

    fn fates(book: &Book, order: &Order) -> Vec<(String, Fate)> {
        let Ok(past) = book.past(&order.customer, &order.position());
        let Ok((candidates, winner)) = attribute(order, &past, book);
        let won: Vec<&Candidate> = candidates.iter().filter(|one| one.fate == Fate::Won).collect();
        assert!(won.len() <= 1);
        assert_eq!(won.first().map(|one| &one.code), winner.as_ref().map(|winner| &winner.code));
        candidates.into_iter().map(|one| (one.code.to_string(), one.fate)).collect()
    }

    fn whose(decision: Option<Decision>) -> (Option<String>, Option<Reason>) {
        match decision.unwrap().verdict {
            Verdict::Conversion(one) => (Some(one.code.to_string()), one.refusal),
            Verdict::NotReferred(reason) => (None, reason),
            Verdict::Ignored(code) => (Some(code.to_string()), Some(Reason::OtherEvent)),
        }
    }

    #[test]
    fn every_candidate_is_told_why_it_won_or_lost() {
        let fate = |code: &str, fate: Fate| (code.to_owned(), fate);
        let day = "2026-05-02T09:00:00Z";
        let with_codes = order("1", "05-02", &["ANNA", "BOB"], &[("LEA", "promo_code", day)]);
        assert_eq!(
            fates(&book("last"), &with_codes),
            [
                fate("ANNA", Fate::Beaten(By::Later)),
                fate("BOB", Fate::Won),
                fate("LEA", Fate::Beaten(By::CodeOnOrder))
            ]
        );
        assert_eq!(fates(&book("first"), &with_codes)[0], fate("ANNA", Fate::Won));
        let with_touches = order(
            "2",
            "05-02",
            &["NOEL"],
            &[
                ("ANNA", "link", "2026-05-02T10:09:00Z"),
                ("BOB", "promo_code", "2026-04-20T09:00:00Z"),
                ("ANNA", "link", "2026-03-01T09:00:00Z"),
                ("BOB", "link", "2026-05-02T10:11:00Z"),
            ],
        );
        assert_eq!(
            fates(&book("last"), &with_touches),
            [
                fate("NOEL", Fate::UnknownCode),
                fate("ANNA", Fate::Beaten(By::PromoCode)),
                fate("BOB", Fate::Won),
                fate("ANNA", Fate::OutsideWindow { age_days: 62, window_days: 30 }),
                fate("BOB", Fate::AfterOrder),
            ]
        );
        let mut bound = book("last");
        bound.record(order("3", "05-01", &["ANNA"], &[]), true);
        assert_eq!(
            fates(&bound, &order("4", "05-02", &["BOB"], &[])),
            [fate("ANNA", Fate::Won), fate("BOB", Fate::Beaten(By::Run))]
        );
    }

    #[test]
    fn each_fate_has_its_words_in_both_languages() {
        let hows = [
            How::Run { offer: "a".into(), since: at("05-01") },
            How::OnOrder,
            How::Touch { source: Source::Link, at: at("05-01") },
            How::Touch { source: Source::PromoCode, at: at("05-01") },
        ];
        let fates = [
            Fate::Won,
            Fate::Beaten(By::Run),
            Fate::Beaten(By::CodeOnOrder),
            Fate::Beaten(By::PromoCode),
            Fate::Beaten(By::Later),
            Fate::Beaten(By::Earlier),
            Fate::OutsideWindow { age_days: 41, window_days: 30 },
            Fate::AfterOrder,
            Fate::UnknownCode,
            Fate::Ended,
            Fate::RunOver,
        ];
        let mut said = std::collections::BTreeSet::new();
        for how in &hows {
            for fate in &fates {
                let one = Candidate { code: code("ANNA"), how: how.clone(), fate: fate.clone() };
                for locale in ["en", "fr"] {
                    let words = one.words(locale);
                    assert!(
                        words.contains("ANNA") && words.ends_with('.') && !words.contains('{'),
                        "{words}"
                    );
                    assert!(said.insert(words), "{one:?} is told from no other");
                }
            }
        }
    }

    #[test]
    fn who_has_ended_has_no_claim_and_keeps_what_was_earned() {
        let mut book = book("last");
        book.record(order("1", "05-01", &["ANNA"], &[]), true);
        book.change_referrer(at("05-10"), code("ANNA"), Known { activity: Activity::Ended, ..known("a") });
        // The run binds no longer, and another's code counts.
        assert_eq!(whose(book.record(order("2", "05-11", &["BOB"], &[]), true)), (Some("BOB".into()), None));
        let mut other = order("3", "05-11", &["ANNA"], &[]);
        other.customer.id = Some("eve".into());
        let nobodys = book.record(other, true);
        let why = Why::words(&nobodys.as_ref().unwrap().why, crate::event::Kind::Sale, "3", "en");
        assert_eq!(why, "ANNA did not take part in the program at that time.");
        assert_eq!(whose(nobodys), (None, Some(Reason::ReferrerInactive)));
        assert_eq!(book.cases(&code("ANNA")).len(), 1);
        // Before that instant all is as it was, whenever it arrives.
        assert_eq!(whose(book.record(order("4", "05-09", &["BOB"], &[]), true)), (Some("ANNA".into()), None));
    }

    #[test]
    fn who_has_expired_has_no_claim_and_who_is_paused_keeps_customers_and_earns_nothing() {
        let mut book = book("last");
        book.change_referrer(
            at("05-01"),
            code("ANNA"),
            Known { expires_at: Some(at("05-10")), ..known("a") },
        );
        book.change_referrer(at("05-01"), code("BOB"), Known { activity: Activity::Paused, ..known("a") });
        for (id, day, name, wanted) in [
            ("1", "05-10", "ANNA", (Some("ANNA".to_owned()), None)),
            ("2", "05-11", "ANNA", (None, Some(Reason::ReferrerInactive))),
            ("3", "05-11", "BOB", (Some("BOB".into()), Some(Reason::ReferrerInactive))),
        ] {
            let mut order = order(id, day, &[name], &[]);
            order.customer.id = Some(id.into());
            assert_eq!(whose(book.record(order, true)), wanted, "{id}");
        }
    }

    #[test]
    fn own_terms_stand_in_place_of_the_offer_s_reward() {
        let mut book = book("last");
        let terms = Terms { reward: Reward::Cash(1234) };
        book.change_referrer(at("05-05"), code("ANNA"), Known { terms: Some(terms), ..known("a") });
        let mut earned = Vec::new();
        for (id, day) in [("1", "05-04"), ("2", "05-06")] {
            let decision = book.record(order(id, day, &["ANNA"], &[]), true).unwrap();
            earned.push(decision.conversion().unwrap().worth.amount);
        }
        assert_eq!(earned, [1000, 1234]);
    }
}
