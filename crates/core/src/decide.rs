//! Whose an order is and whether it earns: attribution first, then refusals, then the reward (contract
//! section 7).
//!
//! [`decide`] sees one order and, through [`History`], what came *before* it by [`Position`]. What it says
//! therefore never depends on the order in which events arrived, with one exception that the contract makes:
//! a budget goes first come, first served, and its decision is itself a record.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::attribution::{Winner, attribute, why_nobody};
use crate::code::Code;
use crate::event::{Adjustment, Customer, Kind, Order};
use crate::instant::Instant;
use crate::money::{Currency, compare_plain, format_amount};
use crate::program::{Offer, Orders, Program, Reward, Terms, Versions};
use crate::reason::Reason;
use crate::referrer::Activity;
use crate::reward::{Asset, Worth};
use crate::why::Why;
use parrain_wire::event::{Decided, Outcome};

/// Where an order stands among a shop's: "earlier" and "later" go by `at`, then by id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// When it happened.
    pub at: Instant,
    /// The order's or event's id, compared byte by byte; [`Position::order_id`] is the shop's.
    pub id: String,
    /// Tells an order from a lead of the same id.
    pub kind: Kind,
}

/// What a decision needs to know of what a shop has on record.
pub trait History {
    /// Why a record could not be had: what every question here fails with.
    type Error;

    /// The program's versions.
    fn versions(&self) -> &Versions;

    /// The referrer who has a code, as known at an instant; the first record holds for all before it.
    fn referrer(&self, code: &Code, at: Instant) -> Result<Option<Known>, Self::Error>;

    /// What was recorded of a customer before a position: of the person who is known by either of the names.
    fn past(&self, customer: &Customer, before: &Position) -> Result<Past, Self::Error>;

    /// How many conversions a referrer earned under an offer before a position.
    fn standing(&self, code: &Code, offer: &str, before: &Position) -> Result<Standing, Self::Error>;

    /// Whether this order's reward was granted out of the offer's budget. Decided and recorded when first
    /// asked of this order under this offer, and then for ever.
    fn budget(&mut self, order: &Order, offer: &str, budget: Budget) -> Result<bool, Self::Error>;
}

/// A referrer as decisions see one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The offer's id.
    pub offer: String,
    /// The shop's customer id.
    pub customer_id: Option<String>,
    /// The address in the form that orders have it in.
    pub email: Option<String>,
    /// Whether the referrer takes part.
    pub activity: Activity,
    /// The last instant at which the referrer takes part.
    pub expires_at: Option<Instant>,
    /// What this referrer earns in place of the offer's reward.
    pub terms: Option<Terms>,
}

impl Known {
    /// Whether the referrer has no claim at an instant: no longer, or not yet.
    pub fn has_ended(&self, at: Instant) -> bool {
        matches!(self.activity, Activity::Ended | Activity::Waiting)
            || self.expires_at.is_some_and(|last| last < at)
    }

    /// What one conversion earns: by the referrer's own terms, which belong to their offer, else by the offer's.
    pub fn reward<'a>(&'a self, offer: &'a Offer) -> &'a Reward {
        let own = self.terms.as_ref().filter(|_| self.offer == offer.id);
        own.map_or(&offer.advocate.reward, |terms| &terms.reward)
    }
}

/// A customer's past: everything of the same person, where one person is whoever shares an id or an e-mail
/// address with an earlier order, or with an order that shares one with it, and so on.
///
/// [`crate::settle`] stops where the past is what it was before: whatever a decision reads here is compared in
/// [`crate::persons::Persons::agree`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Customer ids of this person, the order's own included.
    pub ids: BTreeSet<String>,
    /// Addresses of this person, the order's own included.
    pub emails: BTreeSet<String>,
    /// Whether an earlier order (not a lead) is on record, referred or not.
    pub has_order: bool,
    /// Runs that the person's conversions began.
    pub runs: Vec<Run>,
    /// Offers for first conversions alone under which the person earned somebody a reward.
    pub had_first: BTreeSet<String>,
}

/// A customer's run of earning conversions for a referrer under an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The referrer.
    pub code: Code,
    /// The offer's id.
    pub offer: String,
    /// How long it lasts, as the offer said when it began.
    pub orders: Orders,
    /// Its first earned conversion.
    pub started: Position,
    /// How many earned conversions it has had; only ever read of one that ends with the Nth, so that of another
    /// it may be any number from one on.
    pub earned: u32,
}

/// What is asked of an offer's budget, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What the reward would draw.
    pub amount: i64,
    /// What the offer may give away in all.
    pub limit: i64,
    /// The currency of both.
    pub currency: Currency,
}

/// How many conversions were earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Ever.
    pub total: u32,
    /// In the calendar month of the position asked for, by the zone of the program in force there.
    pub month: u32,
}

/// What was decided of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The decision.
    pub verdict: Verdict,
    /// Why, for the shop owner.
    pub why: Vec<Why>,
}

/// Whose an order is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nobody's; perhaps because the only touch is too old.
    NotReferred(Option<Reason>),
    /// The winner's offer is for other events.
    Ignored(Code),
    /// Somebody's.
    Conversion(Box<Conversion>),
}

/// An order that is somebody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// Whose.
    pub code: Code,
    /// Under which offer.
    pub offer: String,
    /// Which conversions earn: of the run that it belongs to, else of the offer.
    pub orders: Orders,
    /// Why it earns nothing; `None` is earned.
    pub refusal: Option<Reason>,
    /// When its hold ends.
    pub approves_at: Instant,
    /// What it earns, or would have.
    pub worth: Worth,
    /// Whether the shop gave it by hand: then it counts for no cap, tier or run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

impl Order {
    /// Where it stands among the shop's: one given by hand stands at the moment at which it was given.
    pub fn position(&self) -> Position {
        match &self.credit {
            None => Position { at: self.at, id: self.id.clone(), kind: self.kind },
            Some(credit) => self.position_given(credit.at, credit.number),
        }
    }

    /// Where it would stand, given by hand at an instant as its credit of this number.
    pub fn position_given(&self, at: Instant, number: u32) -> Position {
        Position { at: at.max(self.at), id: format!("{}{MARK}{number}", self.id), kind: self.kind }
    }
}

/// Sets the number of a credit apart from the order's id in [`Position::id`]: no id holds it.
const MARK: char = '\u{1}';

impl Position {
    /// The order's id, of a credit the order's that was given.
    pub fn order_id(&self) -> &str {
        order_id_of(&self.id)
    }
}

/// Whether the id of a [`Position`] is of an order that was given by hand.
pub fn is_credit(position_id: &str) -> bool {
    position_id.contains(MARK)
}

/// The shop's id of an order in the id of its [`Position`].
pub fn order_id_of(position_id: &str) -> &str {
    position_id.split(MARK).next().unwrap_or(position_id)
}

impl Decision {
    /// The conversion, if it is one.
    pub fn conversion(&self) -> Option<&Conversion> {
        match &self.verdict {
            Verdict::Conversion(conversion) => Some(conversion),
            Verdict::NotReferred(_) | Verdict::Ignored(_) => None,
        }
    }

    /// The decision as `/events` answers it, in the shop's language.
    pub fn to_outcome(&self, order: &Order, locale: &str) -> Outcome {
        let (outcome, reason, referrer) = match &self.verdict {
            Verdict::NotReferred(reason) => (Decided::NotReferred, *reason, None),
            Verdict::Ignored(code) => (Decided::Ignored, Some(Reason::OtherEvent), Some(code.clone())),
            Verdict::Conversion(conversion) => {
                let decided =
                    if conversion.refusal.is_some() { Decided::Rejected } else { Decided::Recorded };
                (decided, conversion.refusal, Some(conversion.code.clone()))
            }
        };
        let why = Why::words(&self.why, order.kind, &order.id, locale);
        Outcome {
            outcome: outcome.into(),
            reason: reason.map(Into::into),
            referrer,
            order_id: Some(order.id.clone()),
            why: Some(why),
        }
    }
}

/// What is answered of something that is not recorded, or that can earn nothing here, in the shop's language.
pub fn ignored(reason: Reason, why: Why, order_id: Option<String>, locale: &str) -> Outcome {
    let words = Why::words(&[why], Kind::Sale, order_id.as_deref().unwrap_or_default(), locale);
    Outcome {
        outcome: Decided::Ignored.into(),
        reason: Some(reason.into()),
        referrer: None,
        order_id,
        why: Some(words),
    }
}

impl Conversion {
    /// Whether it was earned, and so counts for caps, tiers and runs.
    pub fn is_earned(&self) -> bool {
        self.refusal.is_none() && !self.by_hand
    }

    /// From when on it need not wait for who its referrer is, by its date and by the program then and later. What the shop
    /// gave by hand never does: that is not asked here. `since` is when the referrer was confirmed, [`Instant::MIN`] for one
    /// who always was.
    pub fn confirmed(&self, versions: &Versions, at: Instant, since: Option<Instant>) -> Option<Instant> {
        since.into_iter().chain(versions.asks_nobody_from(at)).min()
    }
}

impl Run {
    /// Whether an order at this instant still belongs to it.
    pub fn is_open(&self, at: Instant) -> bool {
        match self.orders {
            Orders::First => false,
            Orders::Lifetime => true,
            Orders::Count(most) => self.earned < most,
            Orders::Months(months) => at < self.started.at.plus_months(months),
        }
    }
}

/// Decides one order: whose it is, whether it is refused, and what it earns. `past` is what was recorded of its
/// customer before it. An order that is not `verified`, a browser's report, draws on no budget.
///
/// # Errors
/// Those of `records`.
pub fn decide<R: History>(
    order: &Order,
    verified: bool,
    past: &Past,
    records: &mut R,
) -> Result<Decision, R::Error> {
    if let Some(adjustment) = &order.adjustment {
        let known = records.referrer(&adjustment.code, order.at)?.unwrap_or_default();
        return Ok(adjusted(order, adjustment, known.offer));
    }
    if let Some(credit) = &order.credit {
        // Given by hand: checked once, and a fact since.
        return Ok(credit.decision());
    }
    let (candidates, winner) = attribute(order, past, records)?;
    let Some(winner) = winner else {
        let (reason, why) = why_nobody(&candidates);
        return Ok(Decision { verdict: Verdict::NotReferred(reason), why });
    };
    let (code, mut why) = (winner.code.clone(), vec![winner.why()]);
    let place = Place { position: order.position(), verified };
    match judge(order, &place, past, winner, &BTreeSet::new(), records)? {
        Judged::Ignored(step) => {
            why.push(step);
            Ok(Decision { verdict: Verdict::Ignored(code), why })
        }
        Judged::Conversion { conversion, refusals, .. } => {
            // Of several reasons the first in the contract's order is told.
            why.extend(refusals.into_iter().min_by_key(|(reason, _)| *reason).map(|(_, why)| why));
            Ok(Decision { verdict: Verdict::Conversion(conversion), why })
        }
    }
}

/// What an order comes to for whoever won it.
pub enum Judged {
    /// The winner's offer is for other events.
    Ignored(Why),
    /// Theirs.
    Conversion {
        /// The conversion, refused for the first of the reasons that stand in its way.
        conversion: Box<Conversion>,
        /// Every reason that does.
        refusals: Vec<(Reason, Why)>,
        /// Every reason that would, and was waived.
        waived: Vec<(Reason, Why)>,
    },
}

/// Where an order is judged, and whether the shop vouches for it.
pub struct Place {
    /// What was earned before here counts.
    pub position: Position,
    /// Else a browser reported it: it draws on no budget.
    pub verified: bool,
}

/// Judges an order for who won it: whether it is refused, but for reasons that are `waived`, and what it earns.
///
/// # Errors
/// Those of `records`.
pub fn judge<R: History>(
    order: &Order,
    place: &Place,
    past: &Past,
    winner: Winner,
    waived: &BTreeSet<Reason>,
    records: &mut R,
) -> Result<Judged, R::Error> {
    let listed = records.versions().at(order.at).offer(&winner.offer).is_some();
    let program = records.versions().having(order.at, &winner.offer).cloned();
    let Some((program, offer)) =
        program.as_ref().and_then(|program| Some((program, program.offer(&winner.offer)?)))
    else {
        // A referrer is only made under an offer that some version has; should a record say otherwise, the
        // order is kept and earns nothing.
        return Ok(Judged::Ignored(Why::OfferUnknown { offer: winner.offer }));
    };
    if offer.advocate.on != order.kind {
        return Ok(Judged::Ignored(Why::OtherEvent { offer: offer.id.clone() }));
    }
    let standing = if offer.advocate.looks_at_counts() {
        records.standing(&winner.code, &offer.id, &place.position)?
    } else {
        Standing::default()
    };
    let found = refusals(order, past, &winner, program, offer, listed, standing);
    let (waived_now, mut refusals): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(reason, _)| waived.contains(reason));
    let reward = winner.known.reward(offer);
    let worth_as = |number| Worth::of(reward, program, order.goods.as_ref(), number);
    let mut worth = worth_as(standing.total.saturating_add(1));
    if refusals.is_empty() && place.verified && !waived.contains(&Reason::BudgetSpent) {
        let own_currency = worth.asset.currency() == Some(program.currency);
        if let Some(limit) = offer.advocate.budget.filter(|_| own_currency)
            && let asked = (Budget { amount: worth.amount, limit, currency: program.currency })
            && !records.budget(order, &offer.id, asked)?
        {
            let budget = money(limit, program);
            refusals.push((Reason::BudgetSpent, Why::BudgetSpent { offer: offer.id.clone(), budget }));
        }
    }
    if !refusals.is_empty() {
        // A refused conversion has no number among the earned ones, so none sets its tier.
        worth = worth_as(1);
    }
    let conversion = Conversion {
        code: winner.code,
        orders: winner.run.as_ref().map_or(offer.advocate.orders, |run| run.orders),
        refusal: refusals.iter().map(|(reason, _)| *reason).min(),
        approves_at: order.at.plus_days(i64::from(offer.advocate.hold_days)),
        worth,
        offer: offer.id.clone(),
        by_hand: false,
    };
    Ok(Judged::Conversion { conversion: Box::new(conversion), refusals, waived: waived_now })
}

/// What the shop gave by hand is as the shop said, whatever the offer.
fn adjusted(order: &Order, adjustment: &Adjustment, offer: String) -> Decision {
    let conversion = Conversion {
        code: adjustment.code.clone(),
        offer,
        orders: Orders::First,
        refusal: None,
        approves_at: order.at,
        worth: Worth {
            kind: adjustment.reward.clone(),
            asset: Asset::Money(adjustment.currency),
            amount: adjustment.amount,
            base: 0,
            total: None,
            exact: None,
            detail: None,
        },
        by_hand: true,
    };
    let why = vec![Why::ByHand { reason: adjustment.reason.clone() }];
    Decision { verdict: Verdict::Conversion(Box::new(conversion)), why }
}

/// Every reason that refuses the order, but for the budget.
fn refusals(
    order: &Order,
    past: &Past,
    winner: &Winner,
    program: &Program,
    offer: &Offer,
    listed: bool,
    standing: Standing,
) -> Vec<(Reason, Why)> {
    let advocate = &offer.advocate;
    let mut found = Vec::new();
    let own_id = winner.known.customer_id.as_ref().is_some_and(|id| past.ids.contains(id));
    let own_email = winner.known.email.as_ref().is_some_and(|email| past.emails.contains(email));
    if own_id || own_email {
        found.push((Reason::SelfReferral, Why::SelfReferral { code: winner.code.clone() }));
    }
    if winner.known.activity == Activity::Paused {
        found.push((Reason::ReferrerInactive, Why::ReferrerPaused { code: winner.code.clone() }));
    }
    let had_run = past.runs.iter().any(|run| run.code == winner.code && run.offer == offer.id);
    if advocate.new_customers_only && !had_run {
        let count = order.customer.orders_count.filter(|count| *count > 1);
        if count.is_some() || past.has_order {
            found.push((Reason::ExistingCustomer, Why::ExistingCustomer { orders_count: count }));
        }
    }
    let second = advocate.orders == Orders::First && !had_run && past.had_first.contains(&offer.id);
    if second || (had_run && winner.run.is_none()) {
        found.push((Reason::DuplicateCustomer, Why::DuplicateCustomer { offer: offer.id.clone() }));
    }
    if let (Some(least), Some(goods)) = (advocate.min_subtotal, &order.goods) {
        // Not the base: what is compared is `subtotal - discount` as plain numbers.
        let spent = goods.subtotal.saturating_sub(goods.discount);
        let decimals = (goods.currency.decimals(), program.currency.decimals());
        if compare_plain((spent, decimals.0), (least, decimals.1)).is_lt() {
            let spent = format!("{} {}", format_amount(spent, decimals.0), goods.currency);
            let least = format_amount(least, decimals.1);
            found.push((Reason::BelowMinimum, Why::BelowMinimum { spent, least }));
        }
    }
    if let Some(most) = advocate.max_per_month.filter(|most| standing.month >= *most) {
        found.push((Reason::CapReached, Why::CapReached { most, monthly: true }));
    }
    if let Some(most) = advocate.max_total.filter(|most| standing.total >= *most) {
        found.push((Reason::CapReached, Why::CapReached { most, monthly: false }));
    }
    if !listed || !offer.is_active(order.at) {
        found.push((Reason::OfferInactive, Why::OfferInactive { offer: offer.id.clone() }));
    }
    found
}

fn money(minor: i64, program: &Program) -> String {
    format!("{} {}", format_amount(minor, program.currency.decimals()), program.currency)
}
