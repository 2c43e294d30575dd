//! What a referral code gives the friend who carries it: asked of the edge as any shop would,
//! `GET /v1/shops/{shop}/offer?code=`, and remembered for a while.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parrain_wire::program;
use serde::Deserialize;

use crate::coupons::{self, Coupon, Unable};
use crate::money::{CURRENCY, Cents, Percent};
use crate::touches::Code;

/// What the edge says of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is good, and gives this.
    Good(Gift),
    /// A voucher of the shop's own, good once, worth this.
    Voucher(Reward),
    /// A voucher that was spent or ended.
    Spent,
    /// Nobody's.
    Unknown,
    /// Was somebody's once, or its offer is over.
    Expired,
    /// Its offer has not begun, or is switched off.
    Inactive,
    /// The edge does not answer and has not been heard on this code before.
    Unchecked,
}

impl Verdict {
    /// What the shop's own coupon makes of it: the till gives what the coupon says, and needs no edge for it.
    pub fn with(self, coupon: &Coupon, now: Timestamp) -> Self {
        match self {
            Self::Good(ref gift) => coupon.gift(gift.from.clone(), now).map_or(self, Self::Good),
            Self::Unchecked => coupon.gift(None, now).map_or(self, Self::Good),
            Self::Voucher(_) | Self::Spent | Self::Unknown | Self::Expired | Self::Inactive => self,
        }
    }
}

/// The friend's side of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// First name of the referrer, where they gave one.
    pub from: Option<String>,
    /// What comes off the basket.
    pub reward: Reward,
    /// From which worth of goods on.
    pub minimum: Cents,
    /// For a first order alone.
    pub newcomers_only: bool,
}

/// The rewards that this shop can take off a basket itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reward {
    /// A part of the goods.
    Percent(Percent),
    /// A fixed amount.
    Amount(Cents),
    /// The parcel.
    FreeShipping,
    /// Something that does not change the basket (or nothing: a one-sided offer).
    Elsewhere,
}

/// The edge's answers, with a memory: fresh ones are asked for once a minute, and when the edge
/// is out of reach the last good word on a code stands, so that a friend keeps what they saw.
pub struct Offers {
    edge: String,
    shop: String,
    agent: ureq::Agent,
    known: Mutex<HashMap<Code, (Instant, Verdict)>>,
}

/// How long an answer is taken without asking again.
const FRESH: Duration = Duration::from_secs(60);
/// How long an answer stands in for an edge out of reach.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// Codes remembered at most; beyond it the memory starts anew.
const MOST: usize = 4096;
/// The largest answer that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

impl Offers {
    /// Answers of `edge` (base URL without a slash at its end) for `shop`.
    pub fn new(edge: &str, shop: &str) -> Self {
        let agent = crate::agent(Duration::from_secs(3));
        Self { edge: edge.into(), shop: shop.into(), agent, known: Mutex::default() }
    }

    /// What `code` gives. Blocks up to three seconds on the network.
    pub fn ask(&self, code: &Code) -> Verdict {
        let now = Instant::now();
        let known = self.recall(code);
        if let Some((at, verdict)) = &known
            && now.duration_since(*at) < FRESH
        {
            return verdict.clone();
        }
        if let Some(verdict) = self.fetch(code) {
            self.remember(code, now, verdict.clone());
            return verdict;
        }
        match known {
            Some((at, verdict)) if now.duration_since(at) < STALE => verdict,
            _ => Verdict::Unchecked,
        }
    }

    fn recall(&self, code: &Code) -> Option<(Instant, Verdict)> {
        let known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(code).cloned()
    }

    fn remember(&self, code: &Code, at: Instant, verdict: Verdict) {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(code.clone(), (at, verdict));
    }

    fn fetch(&self, code: &Code) -> Option<Verdict> {
        // A code is letters, digits and hyphens by its type: nothing to escape.
        let url = format!("{}/v1/shops/{}/offer?code={}", self.edge, self.shop, code.as_str());
        let mut answer = self.agent.get(&url).call().ok()?;
        if answer.status() != 200 {
            return None;
        }
        let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec().ok()?;
        read(&body)
    }
}

/// Reads the edge's answer; `None` where it is not one that this shop understands.
fn read(body: &[u8]) -> Option<Verdict> {
    #[derive(Deserialize)]
    struct Answer {
        code: Option<CodeAnswer>,
    }
    #[derive(Deserialize)]
    struct CodeAnswer {
        valid: bool,
        reason: Option<String>,
        from: Option<String>,
        friend: Option<Friend>,
        #[serde(default)]
        new_customers_only: bool,
    }
    #[derive(Deserialize)]
    struct Friend {
        reward: program::Reward,
        min_subtotal: Option<String>,
    }

    let code = serde_json::from_slice::<Answer>(body).ok()?.code?;
    if !code.valid {
        return Some(match code.reason.as_deref() {
            Some("expired") => Verdict::Expired,
            Some("inactive") => Verdict::Inactive,
            _ => Verdict::Unknown,
        });
    }
    let (reward, minimum) = match code.friend {
        None => (Reward::Elsewhere, Cents::ZERO),
        Some(friend) => {
            let reward = match coupons::discount(&friend.reward, CURRENCY) {
                Ok(reward) => reward,
                Err(Unable::Kind | Unable::Currency) => Reward::Elsewhere,
                Err(Unable::Amount) => return None,
            };
            let minimum = friend.min_subtotal.map_or(Some(Cents::ZERO), |text| Cents::parse(&text))?;
            (reward, minimum)
        }
    };
    let from = code.from.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    Some(Verdict::Good(Gift { from, reward, minimum, newcomers_only: code.new_customers_only }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_kind_of_gift() {
        let gift = |friend: &str| {
            let body = format!(r#"{{"name":"X","code":{{"valid":true,"from":"Anna","friend":{friend}}}}}"#);
            match read(body.as_bytes()) {
                Some(Verdict::Good(gift)) => Some((gift.reward, gift.minimum)),
                _ => None,
            }
        };
        let ten = Percent::parse("10").unwrap();
        assert_eq!(
            gift(r#"{"reward":{"kind":"percent_off","percent":"10"},"min_subtotal":"30.00"}"#),
            Some((Reward::Percent(ten), Cents(3000)))
        );
        assert_eq!(
            gift(r#"{"reward":{"kind":"amount_off","amount":"5.00"}}"#),
            Some((Reward::Amount(Cents(500)), Cents(0)))
        );
        assert_eq!(gift(r#"{"reward":{"kind":"free_shipping"}}"#), Some((Reward::FreeShipping, Cents(0))));
        assert_eq!(gift(r#"{"reward":{"kind":"points","points":100}}"#), Some((Reward::Elsewhere, Cents(0))));
        assert_eq!(gift("null"), Some((Reward::Elsewhere, Cents(0))));
        assert_eq!(
            gift(r#"{"reward":{"kind":"percent_off","percent":"110"}}"#),
            None,
            "more than the basket"
        );
        assert_eq!(gift(r#"{"reward":{"kind":"amount_off","amount":"-5.00"}}"#), None);
    }

    #[test]
    fn the_till_gives_what_the_shops_own_coupon_says_where_the_edge_refuses_nothing() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let coupon: Coupon = serde_json::from_str(
            r#"{"code":"ANNA10","terms":{"reward":{"kind":"percent_off","percent":"10"},"currency":"EUR"}}"#,
        )
        .unwrap();
        let ten = Reward::Percent(Percent::parse("10").unwrap());
        let gift = |reward, from: Option<&str>| {
            let from = from.map(str::to_owned);
            Verdict::Good(Gift { from, reward, minimum: Cents::ZERO, newcomers_only: false })
        };
        // Just made: the edge's word of a minute ago left the discount out.
        assert_eq!(gift(Reward::Elsewhere, Some("Anna")).with(&coupon, now), gift(ten, Some("Anna")));
        assert_eq!(Verdict::Unchecked.with(&coupon, now), gift(ten, None), "without the edge");
        assert_eq!(Verdict::Expired.with(&coupon, now), Verdict::Expired);
        let ended = Coupon { terms: None, ..coupon };
        assert_eq!(Verdict::Unchecked.with(&ended, now), Verdict::Unchecked);
    }

    #[test]
    fn reads_each_refusal() {
        let verdict =
            |reason: &str| read(format!(r#"{{"code":{{"valid":false,"reason":"{reason}"}}}}"#).as_bytes());
        assert_eq!(verdict("unknown"), Some(Verdict::Unknown));
        assert_eq!(verdict("expired"), Some(Verdict::Expired));
        assert_eq!(verdict("inactive"), Some(Verdict::Inactive));
        for nonsense in ["", "[]", "<html>", r#"{"code":7}"#, "{}"] {
            assert_eq!(read(nonsense.as_bytes()), None, "{nonsense}");
        }
    }

    #[test]
    fn an_edge_out_of_reach_is_said_so() {
        // Port 9 of this machine answers nobody.
        let offers = Offers::new("http://127.0.0.1:9", "demo");
        let code: Code = "ANNA10".parse().unwrap();
        assert_eq!(offers.ask(&code), Verdict::Unchecked);
        let long_ago = Instant::now().checked_sub(FRESH * 2).unwrap();
        offers.remember(&code, long_ago, Verdict::Expired);
        assert_eq!(offers.ask(&code), Verdict::Expired, "the last good word stands");
    }
}
