//! What the edge itself does at a shop's platform, by credentials that the owner gave: referrers' codes are made, changed
//! and ended, rewards are given and taken back, orders of which no webhook told are found.
//!
//! A platform may do what it is asked and never answer. So whatever is made has a name that follows from what caused it,
//! and is looked for by that name before or after it is made; where a platform takes no name (store credit), it is looked
//! for by when it was begun.

mod caller;
pub mod credentials;
mod reconcile;
mod shopify;
mod shopify_orders;
mod stripe;
mod woocommerce;
mod work;

pub use caller::Memory;
pub use credentials::Credentials;
pub use reconcile::{Entry, Lack, Look, Page, Passed};
pub use stripe::{API as STRIPE_API, VERSION as STRIPE_VERSION};
pub use work::{Done, Job, Waiting, run};

use crate::deliveries::web::Web;
use crate::platform::Platform;
use caller::Caller;
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, parse_amount};
use parrain_wire::amount::Amount;
use parrain_wire::connections::PlatformRight;
use parrain_wire::program::{Reward, RewardKind};
use parrain_wire::tasks::CodeTerms;
use parrain_wire::word::Word;
use serde_json::Value;
use std::cell::Cell;

/// What a referrer's code is to be good for at a platform.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeJob {
    /// The code.
    pub code: String,
    /// What it is to give; nothing where it is to give nothing any more.
    pub terms: Option<CodeTerms>,
    /// The platform's id of what was made before; none of what is the shop's own.
    pub reference: Option<String>,
}

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coded {
    /// It stands as it is to; the platform's id of it.
    Made(String),
    /// The shop has one of its own that gives the same: it is left as it is.
    Same,
    /// It gives nothing there.
    Ended,
    /// The shop has another of this name, which was left alone; what differs, in words.
    Foreign(String),
}

/// A reward that is to be given, or taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Gift {
    /// The id of its task, once for ever.
    pub id: String,
    /// The voucher's code as it is proposed; of what is taken back, the one that was made, if any.
    pub code: String,
    /// What is given.
    pub reward: Reward,
    /// The program's currency.
    pub currency: String,
    /// The shop's id of the referrer.
    pub customer_id: Option<String>,
    /// The referrer's address.
    pub email: Option<String>,
    /// When an earlier try began, of which nobody knows what came; its reward is that of this try.
    pub begun: Option<Instant>,
    /// The platform's id of what was given, where it is to be taken back.
    pub reference: Option<String>,
    /// The platform's ids of what this customer was given, or had taken back, for other orders.
    pub others: Vec<String>,
}

/// What was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The code by which the referrer spends it; none of credit that was booked.
    pub code: Option<String>,
    /// The platform's id of it.
    pub reference: Option<String>,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The platform has nothing of the kind: no other try is of use.
    Unfit(String),
    /// The platform said no to this one thing; what it said.
    Refused(String),
    /// Nothing that is an answer came: it may have been done all the same.
    Silent(String),
    /// Too many requests: nothing is asked for so many seconds.
    Slow(i64),
    /// The credentials open nothing.
    Shut(String),
    /// This run has asked often enough; the next one goes on.
    Later,
}

/// Why credentials are not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// The part of the body that is at fault.
    pub pointer: &'static str,
    /// What is wrong with it, or what was said.
    pub words: String,
}

/// Tries credentials by the least that shows what they open, and changes nothing there. `currency` is the program's.
///
/// # Errors
/// [`Unproven`] where they open nothing, are another shop's, or cannot even make codes.
pub async fn prove(
    web: &impl Web,
    credentials: &Credentials,
    currency: Currency,
) -> Result<Vec<PlatformRight>, Unproven> {
    let (memory, left) = (Memory::default(), Cell::new(10));
    let caller = Caller { web, credentials, memory: &memory, left: &left };
    match credentials {
        Credentials::Shopify { shop, key } => shopify::prove(&caller, shop, key, currency).await,
        Credentials::Woocommerce { site, .. } => woocommerce::prove(&caller, site, currency).await,
        Credentials::Stripe { .. } => stripe::prove(&caller).await,
    }
}

/// Whether a platform can give a reward of the kind of this name; the others stay the shop's to give.
pub fn gives(platform: Platform, kind: &str) -> bool {
    let Some(kind) = RewardKind::named(kind) else { return false };
    match kind {
        RewardKind::PercentOff | RewardKind::AmountOff | RewardKind::GiftCard | RewardKind::StoreCredit => {
            true
        }
        RewardKind::FreeShipping | RewardKind::FreeProduct => match platform {
            Platform::Shopify | Platform::Woocommerce => true,
            Platform::Stripe => false,
        },
        RewardKind::Cash
        | RewardKind::Points
        | RewardKind::Access
        | RewardKind::Commission
        | RewardKind::Donation => false,
    }
}

/// Whether a platform's codes can begin at an instant by themselves; at the others they are made when it has come.
pub fn has_starts(platform: Platform) -> bool {
    match platform {
        Platform::Shopify => true,
        Platform::Woocommerce | Platform::Stripe => false,
    }
}

async fn make_code<W: Web>(caller: &Caller<'_, W>, job: &CodeJob, terms: &CodeTerms) -> Result<Coded, Fault> {
    match caller.credentials {
        Credentials::Shopify { shop, key } => shopify::Shop { caller, shop, key }.make_code(job, terms).await,
        Credentials::Woocommerce { site, .. } => {
            woocommerce::Site { caller, site }.make_code(job, terms).await
        }
        Credentials::Stripe { key } => stripe::Account { caller, key }.make_code(job, terms).await,
    }
}

async fn end_code<W: Web>(caller: &Caller<'_, W>, job: &CodeJob) -> Result<Coded, Fault> {
    match caller.credentials {
        Credentials::Shopify { shop, key } => shopify::Shop { caller, shop, key }.end_code(job).await,
        Credentials::Woocommerce { site, .. } => woocommerce::Site { caller, site }.end_code(job).await,
        Credentials::Stripe { key } => stripe::Account { caller, key }.end_code(job).await,
    }
}

/// What an earlier try gave, if anything.
async fn find<W: Web>(caller: &Caller<'_, W>, gift: &Gift) -> Result<Option<Given>, Fault> {
    match caller.credentials {
        Credentials::Shopify { shop, key } => shopify::Shop { caller, shop, key }.find(gift).await,
        Credentials::Woocommerce { site, .. } => woocommerce::Site { caller, site }.find(gift).await,
        Credentials::Stripe { key } => stripe::Account { caller, key }.find(gift).await,
    }
}

async fn give<W: Web>(caller: &Caller<'_, W>, gift: &Gift) -> Result<Given, Fault> {
    match caller.credentials {
        Credentials::Shopify { shop, key } => shopify::Shop { caller, shop, key }.give(gift).await,
        Credentials::Woocommerce { site, .. } => woocommerce::Site { caller, site }.give(gift).await,
        Credentials::Stripe { key } => stripe::Account { caller, key }.give(gift).await,
    }
}

async fn take_back<W: Web>(caller: &Caller<'_, W>, gift: &Gift) -> Result<Option<String>, Fault> {
    match caller.credentials {
        Credentials::Shopify { shop, key } => shopify::Shop { caller, shop, key }.take_back(gift).await,
        Credentials::Woocommerce { site, .. } => {
            woocommerce::Site { caller, site }.take_back(gift).await.map(|()| None)
        }
        Credentials::Stripe { key } => stripe::Account { caller, key }.take_back(gift).await.map(|()| None),
    }
}

/// The next of what changed at a platform since an instant, the oldest first.
async fn look<W: Web>(caller: &Caller<'_, W>, look: &Look) -> Result<Page, Fault> {
    match caller.credentials {
        Credentials::Shopify { shop, key } => shopify::Shop { caller, shop, key }.changed_orders(look).await,
        Credentials::Woocommerce { site, .. } => {
            woocommerce::Site { caller, site }.changed_orders(look).await
        }
        Credentials::Stripe { key } => stripe::Account { caller, key }.events(look).await,
    }
}

/// What is said where a voucher was spent before it could be taken back.
fn spent() -> Fault {
    Fault::Refused("it was spent already".into())
}

/// What is said where a platform has nothing of a kind of reward.
fn unfit(platform: &str, reward: &Reward) -> Fault {
    Fault::Unfit(format!("{platform} has no code that gives {}", reward.kind.name()))
}

/// The mark by which what we made is known again.
fn mark(code: &str) -> String {
    format!("Parrain {code}")
}

/// An amount of a reward, or why there is none.
fn amount_of(reward: &Reward) -> Result<&Amount, Fault> {
    let missing = || Fault::Unfit(format!("this {} says no amount", reward.kind.name()));
    reward.amount.as_ref().ok_or_else(missing)
}

/// An amount in the minor units of its currency.
fn minor_of(amount: &Amount, currency: &str) -> Result<(i64, Currency), Fault> {
    let known = Currency::parse(currency)
        .ok_or_else(|| Fault::Unfit(format!("{currency} is no currency with minor units")))?;
    let minor = parse_amount(amount.as_str(), known.decimals())
        .map_err(|fault| Fault::Unfit(format!("the amount {fault}")))?;
    Ok((minor, known))
}

/// A decimal text without the zeros that say nothing, so that `10.00` and `10` are the same; nothing is `0`.
fn plain(decimal: &str) -> &str {
    let text = decimal.trim();
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    if text.is_empty() { "0" } else { text }
}

/// Sets a member of an object.
fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_compared_by_what_they_say() {
        for (one, other) in [("10.00", "10"), ("10", "10.0"), ("", "0.00"), ("0", "0"), ("100", "100.00")] {
            assert_eq!(plain(one), plain(other));
        }
        assert_ne!(plain("100"), plain("1"));
    }

    #[test]
    fn what_a_platform_cannot_give_is_left_to_the_shop() {
        for (platform, kind, can) in [
            (Platform::Shopify, "store_credit", true),
            (Platform::Shopify, "free_product", true),
            (Platform::Stripe, "free_shipping", false),
            (Platform::Stripe, "percent_off", true),
            (Platform::Woocommerce, "cash", false),
            (Platform::Woocommerce, "tomorrow", false),
        ] {
            assert_eq!(gives(platform, kind), can, "{} {kind}", platform.name());
        }
    }
}
