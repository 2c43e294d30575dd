//! What a conversion's reward is worth, and where it stands at any instant.
//!
//! A [`Case`] holds everything that was recorded of one conversion. [`Case::state`] is a pure fold over it;
//! [`Case::changes`] is the same fold as dated changes, which a ledger can add up by month.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event;
use crate::instant::Instant;
use crate::money::{Currency, Rate, format_amount, round_half_even};
use crate::program::{Commission, Program, Reward, RewardKind};
use crate::reason::Reason;
use parrain_wire::Known;
use parrain_wire::program as wire;
use parrain_wire::rewards::{DonationTotal, MoneyTotal, Status, UnitTotal};

/// In what a reward is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asset {
    /// Money, in minor units.
    Money(Currency),
    /// Something else, counted by its reward kind, such as `points`.
    Unit(String),
    /// Money that goes to a charity, counted apart from what is the referrer's.
    Donation(Box<Gift>),
}

/// In what a donation is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gift {
    /// Money of this currency, in minor units.
    pub currency: Currency,
    /// To whom it goes.
    pub charity: String,
}

/// What a conversion earns while nothing is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worth {
    /// The reward's kind, such as `store_credit`.
    pub kind: String,
    /// In what it is counted.
    pub asset: Asset,
    /// How much, in minor units or units.
    pub amount: i64,
    /// What refunds are measured against: the order's base in its minor units.
    pub base: i64,
    /// What was paid for the order in all, in its minor units, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// A commission's exact amount in millionths of a minor unit; `None` for a fixed reward. Written as
    /// decimal digits, since a JSON number does not hold it.
    #[serde(with = "digits")]
    pub exact: Option<i128>,
    /// What a unit is: a SKU, a label, a percentage.
    pub detail: Option<String>,
}

/// Everything that was recorded of one conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// When it happened.
    pub at: Instant,
    /// When it ceased to exist: a browser's report is replaced by the signed event.
    pub until: Option<Instant>,
    /// Whether the shop's server reported it.
    pub verified: bool,
    /// Why it earns nothing.
    pub refusal: Option<Reason>,
    /// When its hold ends.
    pub approves_at: Instant,
    /// What it earns, or would have earned.
    pub worth: Worth,
    /// Refunds and cancellations, as [`crate::changes::spans`] gives them.
    pub backs: Vec<Back>,
    /// Decisions by hand, in order of time.
    pub reviews: Vec<Review>,
    /// What was paid, clawbacks negative.
    pub payments: Vec<Payment>,
    /// While the shop has given the order to somebody by hand, which is a case of its own.
    pub given: Vec<Span>,
    /// Since when it is confirmed who its referrer is, [`Instant::MIN`] where nobody asks for that; `None` while it
    /// is not.
    pub confirmed: Option<Instant>,
    /// For which suspicion it waits until the shop decides by hand; a fact since it arrived.
    pub held: Option<Reason>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first instant in it.
    pub from: Instant,
    /// The first instant after it, if it has an end.
    pub until: Option<Instant>,
}

impl Span {
    /// Whether an instant is in it.
    pub fn holds(&self, at: Instant) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A refund or cancellation of a case while it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// From when on.
    pub at: Instant,
    /// When it was undone, if it was: that instant is outside.
    #[serde(default)]
    pub until: Option<Instant>,
    /// How much of the base, in minor units; `None` is a cancellation.
    pub refund: Option<i64>,
    /// Money besides that takes of the base what it is of the order's total, in minor units.
    #[serde(default)]
    pub returned: i64,
}

impl Back {
    /// Whether it takes something back at an instant.
    pub fn is_in_force(&self, as_of: Instant) -> bool {
        self.at <= as_of && self.until.is_none_or(|until| as_of < until)
    }
}

/// A decision by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// When.
    pub at: Instant,
    /// Approved, else rejected.
    pub approve: bool,
}

/// A payment in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// When the batch was marked paid.
    pub at: Instant,
    /// In minor units or units.
    pub amount: i64,
}

/// Where a reward stands. `sums` adds up to what was earned, whatever happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The word for it.
    pub status: Status,
    /// Why, where it is refused, taken back, or waits for more than the end of its hold.
    pub reason: Option<Reason>,
    /// What is left of the reward, in minor units or units.
    pub left: i64,
    /// The reward by status.
    pub sums: Sums,
}

/// Amounts by status, in minor units or units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are the statuses")]
pub struct Sums {
    pub pending: i64,
    pub approved: i64,
    pub paid: i64,
    pub reversed: i64,
}

impl Asset {
    /// The name under which it is summed: `EUR`, the kind of a unit, or `EUR` and a charity behind a blank.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Money(currency) => currency.code().into(),
            Self::Unit(kind) => kind.into(),
            Self::Donation(gift) => format!("{} {}", gift.currency, gift.charity).into(),
        }
    }

    /// Reads [`Asset::name`]: currencies are upper case, kinds lower and without a blank.
    pub fn from_name(name: &str) -> Self {
        if let Some(currency) = Currency::parse(name) {
            return Self::Money(currency);
        }
        let gift = name.split_once(' ').and_then(|(code, charity)| {
            Some(Gift { currency: Currency::parse(code)?, charity: charity.to_owned() })
        });
        gift.map_or_else(|| Self::Unit(name.to_owned()), |gift| Self::Donation(Box::new(gift)))
    }

    /// The currency, where it is money, whoever gets it.
    pub fn currency(&self) -> Option<Currency> {
        match self {
            Self::Money(currency) => Some(*currency),
            Self::Donation(gift) => Some(gift.currency),
            Self::Unit(_) => None,
        }
    }

    /// What is counted: a currency's code or the kind of a unit.
    pub fn unit(&self) -> &str {
        match self {
            Self::Money(currency) => currency.code(),
            Self::Donation(gift) => gift.currency.code(),
            Self::Unit(kind) => kind,
        }
    }

    /// To which charity it goes, if to one.
    pub fn charity(&self) -> Option<&str> {
        match self {
            Self::Donation(gift) => Some(&gift.charity),
            Self::Money(_) | Self::Unit(_) => None,
        }
    }

    /// An amount as text: major units for money, a whole number for units.
    pub fn format(&self, amount: i64) -> String {
        match self.currency() {
            Some(currency) => format_amount(amount, currency.decimals()),
            None => amount.to_string(),
        }
    }
}

impl Worth {
    /// What an advocate's reward is worth for an order. `number` is the conversion's place among the
    /// referrer's earned conversions under the offer, itself included; it sets the tier.
    pub fn of(reward: &Reward, program: &Program, goods: Option<&event::Goods>, number: u32) -> Self {
        let base = goods.map_or(0, event::Goods::base);
        let fixed = |asset, amount, detail: Option<&str>| Self {
            kind: reward.kind().name().to_owned(),
            asset,
            amount,
            base,
            total: goods.and_then(|goods| goods.total),
            exact: None,
            detail: detail.map(str::to_owned),
        };
        let money = |amount| fixed(Asset::Money(program.currency), amount, None);
        let unit = |count, detail| fixed(Asset::Unit(reward.kind().name().to_owned()), count, detail);
        match reward {
            Reward::AmountOff(minor)
            | Reward::GiftCard(minor)
            | Reward::StoreCredit(minor)
            | Reward::Cash(minor) => money(*minor),
            Reward::Points(points) => unit(i64::from(*points), None),
            Reward::FreeShipping => unit(1, None),
            Reward::FreeProduct(sku) => unit(1, Some(sku)),
            Reward::Access(label) => unit(1, Some(label)),
            Reward::PercentOff(rate) => unit(1, Some(&rate.to_string())),
            Reward::Donation(donation) => {
                let gift = Gift { currency: program.currency, charity: donation.charity.clone() };
                fixed(Asset::Donation(Box::new(gift)), donation.amount, None)
            }
            Reward::Commission(commission) => {
                let exact = exact_commission(commission, goods, number);
                let amount = i64::try_from(round_half_even(exact, Rate::ONE)).unwrap_or(i64::MAX);
                let currency = goods.map_or(program.currency, |goods| goods.currency);
                Self { exact: Some(exact), ..fixed(Asset::Money(currency), amount, None) }
            }
        }
    }

    /// What is left when `remaining` of the base is left: a commission in proportion, rounded half to even
    /// from its exact amount; a fixed reward whole until nothing is left.
    pub fn left(&self, remaining: i64) -> i64 {
        if remaining <= 0 {
            return 0;
        }
        match self.exact {
            Some(exact) => {
                let share = round_half_even(exact * i128::from(remaining), i128::from(self.base) * Rate::ONE);
                i64::try_from(share).unwrap_or(i64::MAX)
            }
            None => self.amount,
        }
    }

    /// What of the base is paid back by an amount of which goods, tax and shipping are not told apart: as much as
    /// it is of what was paid in all, rounded half to even. Without a total all of it is goods.
    fn share(&self, returned: i64) -> i64 {
        match self.total {
            Some(total) if total > 0 => {
                let exact = i128::from(returned) * i128::from(self.base);
                i64::try_from(round_half_even(exact, i128::from(total))).unwrap_or(i64::MAX).min(self.base)
            }
            _ => returned,
        }
    }

    /// The reward as the contract writes it in a conversion, with `left` of it left.
    pub fn to_wire(&self, left: i64) -> wire::Reward {
        let kind = Known::read(&self.kind);
        let mut reward = wire::Reward { kind: kind.clone(), ..wire::Reward::default() };
        match &self.asset {
            Asset::Money(currency) => {
                reward.amount = Some(format_amount(left, currency.decimals()).into());
                reward.currency = Some(currency.code().into());
            }
            Asset::Donation(gift) => {
                reward.amount = Some(format_amount(left, gift.currency.decimals()).into());
                reward.currency = Some(gift.currency.code().into());
                reward.charity = Some(gift.charity.clone());
            }
            Asset::Unit(_) => match kind.word() {
                Some(RewardKind::FreeProduct) => reward.sku.clone_from(&self.detail),
                Some(RewardKind::Access) => reward.label.clone_from(&self.detail),
                Some(RewardKind::PercentOff) => reward.percent = self.detail.clone().map(Into::into),
                Some(RewardKind::Points) => reward.points = Some(left),
                Some(
                    RewardKind::FreeShipping
                    | RewardKind::AmountOff
                    | RewardKind::GiftCard
                    | RewardKind::StoreCredit
                    | RewardKind::Cash
                    | RewardKind::Commission
                    | RewardKind::Donation,
                )
                | None => {}
            },
        }
        reward
    }
}

impl Case {
    /// Where the reward stands at an instant; `None` before it happened and after it was replaced.
    pub fn state(&self, as_of: Instant) -> Option<State> {
        if as_of < self.at || self.until.is_some_and(|until| until <= as_of) {
            return None;
        }
        let given = self.given.iter().any(|span| span.holds(as_of));
        if given && (!self.verified || self.refusal.is_some()) {
            // It stands there in full; here was nothing to take back.
            return None;
        }
        let mut review = None;
        let mut approved_from = self.matures_at();
        for seen in self.reviews.iter().filter(|review| review.at <= as_of) {
            if seen.approve && approved_from.is_none_or(|from| seen.at < from) {
                approved_from = Some(seen.at);
            }
            review = Some(*seen);
        }
        let rejected_by_hand = review.filter(|review| !review.approve).map(|review| review.at);
        let waived = review.is_some_and(|review| review.approve);
        let rejected = |reason| {
            Some(State { status: Status::Rejected, reason: Some(reason), left: 0, sums: Sums::default() })
        };
        if let (Some(reason), false) = (self.refusal, approved_from.is_some()) {
            return rejected(reason);
        }
        let (whole, remaining) = self.taken_back(as_of);
        let by_hand_after_approval =
            rejected_by_hand.is_some_and(|at| approved_from.is_some_and(|from| from <= at));
        if let (Some(_), false, None) = (rejected_by_hand, by_hand_after_approval, whole) {
            if given {
                return None;
            }
            return rejected(self.refusal.unwrap_or(if self.verified {
                Reason::Manual
            } else {
                Reason::Unverified
            }));
        }
        let all = whole.or((by_hand_after_approval || given).then_some(Reason::Manual));
        let left = match (all, remaining) {
            (Some(_), _) => 0,
            (None, Some(remaining)) => self.worth.left(remaining),
            (None, None) => self.worth.amount,
        };
        let paid: i64 =
            self.payments.iter().filter(|payment| payment.at <= as_of).map(|payment| payment.amount).sum();
        // A correction by hand may be negative, and so may what was paid of it.
        let paid = paid.clamp(left.min(0), left.max(0));
        let approved = approved_from.is_some_and(|from| from <= as_of);
        let unverified = (!self.verified && !waived && !approved).then_some(Reason::Unverified);
        let open = left - paid;
        let sums = match unverified {
            // Anybody can report an order: it is shown, and no sum has it before the shop's word.
            Some(_) => Sums::default(),
            None => Sums {
                pending: if approved { 0 } else { open },
                approved: if approved { open } else { 0 },
                paid,
                reversed: self.worth.amount - left,
            },
        };
        let status = match () {
            () if all.is_some() => Status::Reversed,
            () if paid != 0 => Status::Paid,
            () if approved => Status::Approved,
            () => Status::Pending,
        };
        let waits = self.waits_for(as_of).filter(|_| status == Status::Pending);
        Some(State { status, reason: unverified.into_iter().chain(all).chain(waits).min(), left, sums })
    }

    /// What of the order's base counts as a sale of the referrer's at an instant, in minor units: the base without what was
    /// refunded. `None` while nothing of the order is theirs: where it is refused, given to another by hand, taken back
    /// whole, or nobody's word but a browser's.
    pub fn sale(&self, as_of: Instant) -> Option<i64> {
        let state = self.state(as_of)?;
        match state.status {
            Status::Pending | Status::Approved | Status::Paid if state.reason != Some(Reason::Unverified) => {
                let (_, remaining) = self.taken_back(as_of);
                Some(remaining.unwrap_or(self.worth.base))
            }
            Status::Pending | Status::Approved | Status::Paid | Status::Rejected | Status::Reversed => None,
        }
    }

    /// When it is approved if nobody decides by hand: at the end of its hold, or when its referrer is confirmed if that
    /// is later. `None` where a decision by hand alone approves it, or the referrer is not confirmed yet.
    pub fn matures_at(&self) -> Option<Instant> {
        let by_itself = self.verified && self.refusal.is_none() && self.held.is_none();
        self.confirmed.filter(|_| by_itself).map(|confirmed| confirmed.max(self.approves_at))
    }

    /// For what it waits at an instant beside the end of its hold, if nobody decides by hand. A suspicion stands before who
    /// the referrer is: it waits for the shop, whom the other may never ask for anything.
    fn waits_for(&self, as_of: Instant) -> Option<Reason> {
        self.held.or(self.is_unconfirmed(as_of).then_some(Reason::Unconfirmed))
    }

    /// Whether it waits at an instant until it is confirmed who its referrer is, if nobody decides by hand.
    pub fn is_unconfirmed(&self, as_of: Instant) -> bool {
        self.verified && self.confirmed.is_none_or(|confirmed| as_of < confirmed)
    }

    /// The same as dated changes of [`State::sums`], in order of time; added up to an instant they are the
    /// sums at that instant.
    pub fn changes(&self) -> Vec<(Instant, Sums)> {
        let backs = self.backs.iter().flat_map(|back| [Some(back.at), back.until]).flatten();
        let backs = backs.map(|at| at.max(self.at));
        let reviews = self.reviews.iter().map(|review| review.at.max(self.at));
        let payments = self.payments.iter().map(|payment| payment.at.max(self.at));
        let given = self.given.iter().flat_map(|span| [Some(span.from), span.until]).flatten();
        let given = given.map(|at| at.max(self.at));
        let confirmed = self.confirmed.map(|at| at.max(self.at));
        let mut instants: Vec<Instant> = [self.at, self.approves_at]
            .into_iter()
            .chain(self.until)
            .chain(confirmed)
            .chain(backs)
            .chain(reviews)
            .chain(payments)
            .chain(given)
            .collect();
        instants.sort_unstable();
        instants.dedup();
        let (mut before, mut changes) = (Sums::default(), Vec::new());
        for instant in instants {
            let after = self.state(instant).map(|state| state.sums).unwrap_or_default();
            let change = after.minus(before);
            if change != Sums::default() {
                changes.push((instant, change));
            }
            before = after;
        }
        changes
    }

    /// Why everything is taken back at an instant, if it is, and else what remains of the base after refunds
    /// (`None` without any). What is dated before the order counts from the order on, since no instant before it
    /// is asked for. A cancellation dated up to the last approval by hand was lifted by it; refunds stay.
    fn taken_back(&self, as_of: Instant) -> (Option<Reason>, Option<i64>) {
        let approvals = self.reviews.iter().filter(|review| review.approve && review.at <= as_of);
        let approved = approvals.map(|review| review.at).max();
        let (mut cancelled, mut refunded, mut returned) = (false, None::<i64>, 0_i64);
        for back in self.backs.iter().filter(|back| back.is_in_force(as_of)) {
            returned = returned.saturating_add(back.returned);
            match back.refund {
                None => cancelled |= approved.is_none_or(|approved| approved < back.at),
                Some(minor) => refunded = Some(refunded.unwrap_or(0).saturating_add(minor)),
            }
        }
        // Summed up before its share is taken, so that parts which come to the whole take the whole.
        let refunded = refunded.map(|refunded| refunded.saturating_add(self.worth.share(returned)));
        if cancelled {
            return (Some(Reason::Cancelled), None);
        }
        let remaining = refunded.map(|refunded| self.worth.base.saturating_sub(refunded).max(0));
        let nothing_left =
            remaining.is_some_and(|left| left == 0 || (self.worth.amount > 0 && self.worth.left(left) == 0));
        (nothing_left.then_some(Reason::Refunded), remaining)
    }
}

impl Sums {
    /// All four together.
    pub fn total(self) -> i64 {
        self.pending + self.approved + self.paid + self.reversed
    }

    /// The sum of two.
    pub fn plus(self, other: Self) -> Self {
        Self {
            pending: self.pending + other.pending,
            approved: self.approved + other.approved,
            paid: self.paid + other.paid,
            reversed: self.reversed + other.reversed,
        }
    }

    /// What is to be added to `other` to get this.
    pub fn minus(self, other: Self) -> Self {
        Self {
            pending: self.pending - other.pending,
            approved: self.approved - other.approved,
            paid: self.paid - other.paid,
            reversed: self.reversed - other.reversed,
        }
    }

    /// As the contract writes a sum of money.
    pub fn to_money(self, currency: Currency) -> MoneyTotal {
        let text = |minor| format_amount(minor, currency.decimals()).into();
        MoneyTotal {
            currency: currency.code().into(),
            pending: text(self.pending),
            approved: text(self.approved),
            paid: text(self.paid),
            reversed: text(self.reversed),
        }
    }

    /// As the contract writes a sum of donations to one charity.
    pub fn to_donations(self, gift: &Gift) -> DonationTotal {
        let MoneyTotal { currency, pending, approved, paid, reversed } = self.to_money(gift.currency);
        DonationTotal { charity: gift.charity.clone(), currency, pending, approved, paid, reversed }
    }

    /// As the contract writes a count of units.
    pub fn to_units(self, kind: &str) -> UnitTotal {
        UnitTotal {
            kind: Known::read(kind),
            pending: self.pending,
            approved: self.approved,
            paid: self.paid,
            reversed: self.reversed,
        }
    }
}

/// Adds up what cases come to at an instant, by asset: a status from nothing but recorded facts.
pub fn fold<'a>(cases: impl IntoIterator<Item = &'a Case>, as_of: Instant) -> BTreeMap<Asset, Sums> {
    let mut sums: BTreeMap<Asset, Sums> = BTreeMap::new();
    // Cases of one asset mostly follow each other: it is looked up when it changes.
    let mut run: Option<(&Asset, Sums)> = None;
    let mut close = |run: Option<(&Asset, Sums)>| {
        if let Some((asset, added)) = run {
            let total = sums.entry(asset.clone()).or_default();
            *total = total.plus(added);
        }
    };
    for case in cases {
        let Some(state) = case.state(as_of) else { continue };
        match &mut run {
            Some((asset, added)) if **asset == case.worth.asset => *added = added.plus(state.sums),
            _ => close(run.replace((&case.worth.asset, state.sums))),
        }
    }
    close(run);
    sums
}

/// `Option<i128>` as decimal digits.
mod digits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &Option<i128>, to: S) -> Result<S::Ok, S::Error> {
        value.map(|value| value.to_string()).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i128>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}

/// The exact commission in millionths of a minor unit. Lines of a category with a rate of its own take
/// their part of the base, in order and never more than is left of it; the rest goes at the offer's rate.
fn exact_commission(commission: &Commission, goods: Option<&event::Goods>, number: u32) -> i128 {
    let Some(goods) = goods else { return 0 };
    let reached = commission.tiers.iter().rev().find(|(from, _)| *from <= number);
    let rate = reached.map_or(commission.rate, |(_, rate)| *rate);
    let times = |minor: i64, rate: Rate| i128::from(minor) * i128::from(rate.parts_per_million());
    let (mut rest, mut exact) = (goods.base(), 0);
    for line in &goods.lines {
        if let Some(own) = commission.categories.get(&line.category) {
            let part = line.total.min(rest);
            exact += times(part, *own);
            rest -= part;
        }
    }
    exact + times(rest, rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400_000_000;

    #[test]
    fn an_asset_is_found_again_by_its_name() {
        let euro = Currency::parse("EUR").unwrap();
        let gift =
            |charity: &str| Asset::Donation(Box::new(Gift { currency: euro, charity: charity.into() }));
        for asset in
            [Asset::Money(euro), Asset::Unit("points".into()), gift("Les Restos du Cœur"), gift("EUR")]
        {
            assert_eq!(Asset::from_name(&asset.name()), asset);
        }
        assert_eq!((gift("X").format(1250), gift("X").unit()), ("12.50".to_owned(), "EUR"));
    }

    fn case(amount: i64, base: i64, exact: Option<i128>) -> Case {
        let currency = Currency::parse("EUR").unwrap();
        Case {
            at: Instant::from_micros(0),
            until: None,
            verified: true,
            refusal: None,
            approves_at: Instant::from_micros(14 * DAY),
            worth: Worth {
                kind: "cash".into(),
                asset: Asset::Money(currency),
                amount,
                base,
                total: None,
                exact,
                detail: None,
            },
            backs: vec![],
            reviews: vec![],
            payments: vec![],
            given: vec![],
            confirmed: Some(Instant::MIN),
            held: None,
        }
    }

    fn day(n: i64) -> Instant {
        Instant::from_micros(n * DAY)
    }

    #[test]
    fn a_refund_after_payment_takes_back_what_was_paid() {
        let mut case = case(1000, 5000, None);
        case.payments.push(Payment { at: day(20), amount: 1000 });
        case.backs.push(Back { at: day(30), until: None, refund: Some(5000), returned: 0 });
        assert_eq!(case.state(day(25)).map(|state| state.status), Some(Status::Paid));
        let after = case.state(day(30)).unwrap();
        assert_eq!(
            (after.status, after.reason, after.sums.reversed),
            (Status::Reversed, Some(Reason::Refunded), 1000)
        );
    }

    #[test]
    fn money_of_which_nothing_is_known_takes_its_part_of_the_base() {
        // 80.00 of goods in a total of 100.00, 10 % of commission.
        let mut case = case(800, 8000, Some(8000 * 100_000));
        case.worth.total = Some(10_000);
        let back = |at, returned| Back { at: day(at), until: None, refund: Some(0), returned };
        case.backs = vec![back(1, 5000)];
        assert_eq!(case.state(day(1)).map(|state| state.left), Some(400));
        // Three thirds are the whole, whatever each of them would be rounded to.
        case.backs = vec![back(1, 3333), back(2, 3333), back(3, 3334)];
        let state = case.state(day(3)).unwrap();
        assert_eq!((state.left, state.reason), (0, Some(Reason::Refunded)));
        // Beside it goods that are told as such.
        case.backs = vec![back(1, 5000), Back { at: day(2), until: None, refund: Some(2000), returned: 0 }];
        assert_eq!(case.state(day(2)).map(|state| state.left), Some(200));
        // An order of which no total is known: all of it is goods.
        case.worth.total = None;
        case.backs = vec![back(1, 2000)];
        assert_eq!(case.state(day(1)).map(|state| state.left), Some(600));
    }

    #[test]
    fn what_is_taken_by_hand_is_negative_until_it_is_set_off() {
        let mut taken = case(-400, 0, None);
        taken.approves_at = taken.at;
        let before = taken.state(day(1)).unwrap();
        assert_eq!((before.status, before.sums.approved, before.sums.paid), (Status::Approved, -400, 0));
        taken.payments.push(Payment { at: day(2), amount: -400 });
        let after = taken.state(day(2)).unwrap();
        assert_eq!((after.status, after.sums.approved, after.sums.paid), (Status::Paid, 0, -400));
        let folded = taken.changes().into_iter().fold(Sums::default(), |sums, (_, change)| sums.plus(change));
        assert_eq!(folded, after.sums);
    }

    #[test]
    fn reviews_reject_what_is_on_hold_and_reverse_what_was_approved() {
        let mut early = case(1000, 5000, None);
        early.reviews.push(Review { at: day(3), approve: false });
        assert_eq!(early.state(day(2)).map(|state| state.status), Some(Status::Pending));
        let state = early.state(day(3)).unwrap();
        assert_eq!(
            (state.status, state.reason, state.sums.total()),
            (Status::Rejected, Some(Reason::Manual), 0)
        );
        let mut late = case(1000, 5000, None);
        late.reviews.push(Review { at: day(15), approve: false });
        let state = late.state(day(15)).unwrap();
        assert_eq!(
            (state.status, state.reason, state.sums.reversed),
            (Status::Reversed, Some(Reason::Manual), 1000)
        );
        let mut waived = case(1000, 5000, None);
        waived.refusal = Some(Reason::ExistingCustomer);
        waived.reviews.push(Review { at: day(5), approve: true });
        assert_eq!(waived.state(day(4)).map(|state| state.status), Some(Status::Rejected));
        let state = waived.state(day(5)).unwrap();
        assert_eq!((state.status, state.reason, state.sums.approved), (Status::Approved, None, 1000));
    }

    #[test]
    fn a_reward_of_nobody_known_waits_until_it_is_confirmed_who_they_are() {
        let mut of_nobody = case(1000, 5000, None);
        of_nobody.confirmed = None;
        for at in [1, 14, 400] {
            let state = of_nobody.state(day(at)).unwrap();
            assert_eq!((state.status, state.reason), (Status::Pending, Some(Reason::Unconfirmed)));
            assert_eq!((state.sums.pending, state.sums.approved), (1000, 0));
        }
        let mut late = of_nobody.clone();
        late.confirmed = Some(day(20));
        assert_eq!(late.state(day(19)).unwrap().status, Status::Pending);
        assert_eq!(late.state(day(20)).unwrap().status, Status::Approved);
        let mut early = of_nobody.clone();
        early.confirmed = Some(day(2));
        assert_eq!(early.state(day(2)).unwrap().reason, None);
        assert_eq!(early.state(day(13)).unwrap().status, Status::Pending);
        assert_eq!(early.state(day(14)).unwrap().status, Status::Approved);
        // The shop's own word on the reward is enough, and refunds take from it like from any.
        of_nobody.reviews.push(Review { at: day(3), approve: true });
        assert_eq!(of_nobody.state(day(3)).unwrap().status, Status::Approved);
        of_nobody.reviews = vec![Review { at: day(3), approve: false }];
        of_nobody.confirmed = Some(day(5));
        assert_eq!(of_nobody.state(day(30)).unwrap().reason, Some(Reason::Manual));
    }

    #[test]
    fn what_is_suspected_waits_for_a_decision_by_hand_alone() {
        let mut held = case(1000, 5000, None);
        held.held = Some(Reason::Velocity);
        let state = held.state(day(300)).unwrap();
        assert_eq!(
            (state.status, state.reason, state.sums.pending),
            (Status::Pending, Some(Reason::Velocity), 1000)
        );
        held.confirmed = None;
        assert_eq!(held.state(day(300)), Some(state), "that the shop decides is said first");
        held.reviews.push(Review { at: day(301), approve: true });
        assert_eq!(held.state(day(301)).unwrap().status, Status::Approved);
        held.reviews[0].approve = false;
        let state = held.state(day(301)).unwrap();
        assert_eq!((state.status, state.reason), (Status::Rejected, Some(Reason::Manual)));
    }

    #[test]
    fn a_browser_report_waits_and_goes() {
        let mut report = case(1000, 5000, None);
        report.verified = false;
        report.until = Some(day(20));
        let state = report.state(day(19)).unwrap();
        assert_eq!((state.status, state.reason), (Status::Pending, Some(Reason::Unverified)));
        assert_eq!(state.sums, Sums::default(), "anybody can report an order");
        assert_eq!(report.state(day(20)), None);
        report.reviews.push(Review { at: day(5), approve: true });
        assert_eq!(report.state(day(5)).unwrap().sums.approved, 1000);
    }

    prop_compose! {
        fn any_case()(
            base in 0_i64..20_000, ppm in 0_i128..=1_000_000, commission: bool, verified: bool, refused: bool,
            hold in 0_i64..20, until in proptest::option::of(0_i64..60),
            backs in proptest::collection::vec(
                (-5_i64..60, proptest::option::of(0_i64..30), proptest::option::weighted(0.7, 0_i64..9_000)), 0..4),
            reviews in proptest::collection::vec((0_i64..60, any::<bool>()), 0..3),
            payments in proptest::collection::vec((0_i64..60, -1000_i64..1000), 0..3),
            given in proptest::collection::vec((0_i64..60, proptest::option::of(1_i64..20)), 0..2),
            confirmed in proptest::option::weighted(0.7, -5_i64..60), held in proptest::bool::weighted(0.2),
        ) -> Case {
            let exact = i128::from(base) * ppm;
            let amount = if commission { round_half_even(exact, Rate::ONE) as i64 } else { 700 };
            let mut case = case(amount, base, commission.then_some(exact));
            case.verified = verified;
            case.refusal = refused.then_some(Reason::CapReached);
            case.approves_at = day(hold);
            case.confirmed = confirmed.map(|at| if at < 0 { Instant::MIN } else { day(at) });
            case.held = held.then_some(Reason::Suspected);
            case.until = until.filter(|_| !verified).map(day);
            let back = |(at, days, refund): (i64, Option<i64>, _)| {
                Back { at: day(at), until: days.map(|days| day(at + days)), refund, returned: 0 }
            };
            case.backs = backs.into_iter().map(back).collect();
            case.reviews = reviews.into_iter().map(|(at, approve)| Review { at: day(at), approve }).collect();
            case.reviews.sort_by_key(|review| review.at);
            let span = |(from, days): (i64, Option<i64>)| Span { from: day(from), until: days.map(|days| day(from + days)) };
            case.given = given.into_iter().map(span).collect();
            case.payments = payments.into_iter().map(|(at, amount)| Payment { at: day(at), amount }).collect();
            case
        }
    }

    proptest! {
        #[test]
        fn changes_add_up_to_the_state(case in any_case(), as_of in -2_i64..70) {
            let sums = case.changes().into_iter().filter(|(at, _)| *at <= day(as_of))
                .fold(Sums::default(), |sums, (_, change)| sums.plus(change));
            prop_assert_eq!(sums, case.state(day(as_of)).map(|state| state.sums).unwrap_or_default());
        }

        #[test]
        fn nothing_earned_is_lost_or_made(case in any_case(), as_of in 0_i64..70) {
            if let Some(state) = case.state(day(as_of)) {
                let counts = state.status != Status::Rejected && state.reason != Some(Reason::Unverified);
                let earned = if counts { case.worth.amount } else { 0 };
                prop_assert_eq!(state.sums.total(), earned);
                prop_assert!(state.left >= 0 && state.left <= case.worth.amount);
                let sums = state.sums;
                prop_assert!([sums.pending, sums.approved, sums.paid, sums.reversed].iter().all(|sum| *sum >= 0));
            }
        }

        #[test]
        fn nothing_is_approved_by_itself_before_its_hold_has_ended_and_its_referrer_is_confirmed(
            case in any_case(), as_of in 0_i64..70
        ) {
            let as_of = day(as_of);
            let by_hand = case.reviews.iter().any(|review| review.approve && review.at <= as_of);
            if let Some(state) = case.state(as_of).filter(|_| !by_hand) {
                let ripe = case.approves_at <= as_of && case.confirmed.is_some_and(|at| at <= as_of);
                prop_assert!(state.sums.approved == 0 || (ripe && case.held.is_none() && case.verified));
                // It is the later of the two, and nothing else.
                if ripe && case.held.is_none() && case.verified {
                    prop_assert!(state.status != Status::Pending);
                }
            }
        }

        #[test]
        fn a_confirmation_changes_nothing_before_it(case in any_case(), as_of in 0_i64..70, later in 0_i64..20) {
            let mut open = case.clone();
            open.confirmed = None;
            let mut confirmed = case;
            confirmed.confirmed = Some(day(as_of + later + 1));
            prop_assert_eq!(open.state(day(as_of)), confirmed.state(day(as_of)));
        }

        #[test]
        fn the_order_of_refunds_does_not_matter(case in any_case(), as_of in 0_i64..70) {
            let mut turned = case.clone();
            turned.backs.reverse();
            prop_assert_eq!(case.state(day(as_of)), turned.state(day(as_of)));
        }
    }
}
