//! Answers as the widget reads them: of each type the members that it uses, out of [`Loose`] data, and never less
//! because of what is missing, `null`, unknown or of another form.
//!
//! Beside the readers that serde derives, since those weigh ten times as much in a browser: each carries the way back
//! from each fault of each member, where here no member has a fault. A test holds both to the same bodies.

use crate::account::Claim;
use crate::amount::{Amount, CurrencyCode, Percent};
use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::Loose;
use crate::moment::{Basket, When};
use crate::page::{Card, Invitation, Joinable, PublicProgram, Refused, Verdict};
use crate::pairs::Pairs;
use crate::program::{AdvocateSide, FriendSide, Offer, Reward};
use crate::rewards::{Conversion, DonationTotal, MoneyTotal, RewardStatus, UnitTotal};
use crate::word::{Known, Word};

/// What can be read out of loose data.
pub trait Read: Sized {
    /// The value; nothing where the data is of another form.
    fn read(loose: Loose) -> Option<Self>;
}

/// The members of an object, each to be taken once.
pub struct Members(Vec<(String, Loose)>);

impl Members {
    /// The members of an object; nothing where the data is none.
    pub fn of(loose: Loose) -> Option<Self> {
        match loose {
            Loose::Members(members) => Some(Self(members)),
            Loose::Nothing
            | Loose::Truth(_)
            | Loose::Whole(_)
            | Loose::Number(_)
            | Loose::Text(_)
            | Loose::List(_) => None,
        }
    }

    /// The value of a member, or its default.
    pub fn take<T: Read + Default>(&mut self, name: &str) -> T {
        T::read(self.loose(name)).unwrap_or_default()
    }

    /// The value of a member without which the object is none.
    pub fn need<T: Read>(&mut self, name: &str) -> Option<T> {
        T::read(self.loose(name))
    }

    /// The members of a member that is an object.
    pub fn within(&mut self, name: &str) -> Option<Self> {
        Self::of(self.loose(name))
    }

    #[inline(never)]
    fn loose(&mut self, name: &str) -> Loose {
        let found = self.0.iter_mut().find(|(known, _)| known == name);
        found.map(|(_, value)| std::mem::take(value)).unwrap_or_default()
    }
}

/// Reads the named members of types: all that a type has, or with `; default` those of which the others keep their
/// defaults.
#[macro_export]
macro_rules! reads {
    ($($Type:ty { $($field:ident $(= $name:literal)?),+ $(; $default:ident)? })+) => { $(
        impl $crate::read::Read for $Type {
            fn read(loose: $crate::Loose) -> Option<Self> {
                let mut members = $crate::read::Members::of(loose)?;
                Some(Self {
                    $($field: members.take($crate::reads!(@name $field $($name)?)),)+
                    $(..Self::$default())?
                })
            }
        }
    )+ };
    (@name $field:ident $name:literal) => { $name };
    (@name $field:ident) => { stringify!($field) };
}

reads! {
    PublicProgram { name, currency, time_zone, link_params, window_days, offers, join, country, friends_this_month, terms_url, sign_in_url, sign_in_mails, reminders, texts, code; default }
    Joinable { offer }
    Offer { id, ends_at, when, friend, advocate; default }
    When { customer, basket, languages, countries }
    Basket { at_least, at_most }
    FriendSide { reward, min_subtotal }
    AdvocateSide { reward, hold_days, new_customers_only, min_subtotal, max_per_month; default }
    Reward { kind, percent, amount, currency, points, label, charity, voucher; default }
    Invitation { code, from, offer, friend, new_customers_only, ends_at; default }
    Refused { reason; default }
    MoneyTotal { currency, pending, approved, paid, reversed }
    DonationTotal { charity, currency, pending, approved, paid, reversed }
    UnitTotal { kind, pending, approved, paid, reversed }
    Conversion { order_id, kind = "type", at, status, reward, earned, approves_at, reason, note; default }
}

impl Read for Verdict {
    fn read(loose: Loose) -> Option<Self> {
        let valid = match &loose {
            Loose::Members(members) => {
                members.iter().any(|(name, value)| name == "valid" && matches!(value, Loose::Truth(true)))
            }
            _ => false,
        };
        if valid {
            Invitation::read(loose).map(Box::new).map(Self::Valid)
        } else {
            Refused::read(loose).map(Self::Invalid)
        }
    }
}

impl Read for Card {
    fn read(loose: Loose) -> Option<Self> {
        let mut members = Members::of(loose)?;
        Some(Self {
            code: members.need("code")?,
            link: members.take("link"),
            token: members.take("token"),
            status: members.take("status"),
        })
    }
}

impl Read for RewardStatus {
    fn read(loose: Loose) -> Option<Self> {
        let mut members = Members::of(loose)?;
        Some(Self {
            code: members.need("code")?,
            link: String::new(),
            status: members.take("status"),
            as_of: Instant::default(),
            clicks: members.take("clicks"),
            totals: members.take("totals"),
            units: members.take("units"),
            donations: members.take("donations"),
            conversions: members.take("conversions"),
            claims: members.take("claims"),
            next_cursor: members.take("next_cursor"),
            unverified: 0,
            settling: false,
        })
    }
}

impl Read for Claim {
    fn read(loose: Loose) -> Option<Self> {
        let mut members = Members::of(loose)?;
        Some(Self {
            id: String::new(),
            code: members.need("code")?,
            order_id: members.take("order_id"),
            note: None,
            claimed_at: Instant::default(),
            state: members.take("state"),
            answered_at: None,
            answer: members.take("answer"),
            order: None,
        })
    }
}

impl Read for String {
    fn read(loose: Loose) -> Option<Self> {
        match loose {
            Loose::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Read for bool {
    fn read(loose: Loose) -> Option<Self> {
        match loose {
            Loose::Truth(truth) => Some(truth),
            _ => None,
        }
    }
}

impl Read for i64 {
    fn read(loose: Loose) -> Option<Self> {
        match loose {
            Loose::Whole(number) => Some(number),
            _ => None,
        }
    }
}

impl Read for u32 {
    fn read(loose: Loose) -> Option<Self> {
        i64::read(loose).and_then(|number| number.try_into().ok())
    }
}

impl Read for Code {
    fn read(loose: Loose) -> Option<Self> {
        Self::read(&String::read(loose)?)
    }
}

impl Read for Instant {
    fn read(loose: Loose) -> Option<Self> {
        Self::parse(&String::read(loose)?)
    }
}

impl Read for Amount {
    fn read(loose: Loose) -> Option<Self> {
        String::read(loose).map(Self)
    }
}

impl Read for Percent {
    fn read(loose: Loose) -> Option<Self> {
        String::read(loose).map(Self)
    }
}

impl Read for CurrencyCode {
    fn read(loose: Loose) -> Option<Self> {
        String::read(loose).map(Self)
    }
}

impl<T: Word> Read for Known<T> {
    fn read(loose: Loose) -> Option<Self> {
        let name = String::read(loose)?;
        Some(T::named(&name).map_or(Self::Other(name), Self::Word))
    }
}

impl<T: Read> Read for Option<T> {
    fn read(loose: Loose) -> Option<Self> {
        Some(T::read(loose))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(loose: Loose) -> Option<Self> {
        // Neither `collect` nor `for`, which weigh twice as much for each type.
        let mut entries = backwards(loose)?;
        let mut all = Self::new();
        while let Some(entry) = entries.pop() {
            if let Some(value) = T::read(entry) {
                all.push(value);
            }
        }
        Some(all)
    }
}

/// The entries of a list, the last first; nothing where the data is none.
#[inline(never)]
fn backwards(loose: Loose) -> Option<Vec<Loose>> {
    match loose {
        Loose::List(mut entries) => {
            entries.reverse();
            Some(entries)
        }
        _ => None,
    }
}

impl<T: Read> Read for Pairs<T> {
    fn read(loose: Loose) -> Option<Self> {
        let Members(members) = Members::of(loose)?;
        let mut pairs = Pairs::new();
        for (name, value) in members {
            if let Some(value) = T::read(value) {
                pairs.push(name, value);
            }
        }
        Some(pairs)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    /// Reads a body in both ways, and holds them to the same.
    fn both<T: Read + DeserializeOwned + PartialEq + std::fmt::Debug>(body: &Value) {
        let loose: Loose = serde_json::from_value(body.clone()).unwrap();
        let derived = serde_json::from_value(body.clone()).ok();
        assert_eq!(<T as Read>::read(loose), derived, "{body}");
    }

    fn program() -> Value {
        json!({"name": "Atelier", "currency": "EUR", "link_params": ["via", "ref"], "window_days": 30,
            "offers": [{"id": "friends", "ends_at": "2027-01-01T00:00:00Z",
                "when": {"customer": "new", "basket": {"at_least": "50.00"}, "languages": ["fr"], "countries": ["BE"]},
                "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
                "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "hold_days": 14,
                    "new_customers_only": true, "max_per_month": 20}}],
            "join": {"offer": "friends"}, "country": "BE", "friends_this_month": 31, "terms_url": "https://shop.example/terms",
            "sign_in_url": "https://shop.example/my-link", "texts": {"apply": "Yes"},
            "code": {"valid": true, "code": "ANNA10", "from": "Anna", "offer": "friends",
                "friend": {"reward": {"kind": "points", "points": 200}}, "new_customers_only": true,
                "ends_at": "2027-01-01T00:00:00Z"}})
    }

    fn rewards() -> Value {
        json!({"code": "ANNA10", "clicks": 12,
            "totals": [{"currency": "EUR", "pending": "10.00", "approved": "0.00", "paid": "0.00", "reversed": "0.00"}],
            "units": [{"kind": "points", "pending": 0, "approved": 200, "paid": 0, "reversed": 0}],
            "donations": [{"charity": "Les Restos du Cœur", "currency": "EUR", "pending": "5.00", "approved": "0.00",
                "paid": "0.00", "reversed": "0.00"}],
            "conversions": [{"order_id": "1001", "type": "sale", "at": "2026-11-02T10:00:00Z", "status": "pending",
                "reason": "unverified", "note": "Thank you", "earned": {"kind": "store_credit", "amount": "20.00"}, "reward": {"kind": "store_credit", "amount": "10.00", "currency": "EUR"},
                "approves_at": "2026-11-16T10:00:00Z"}],
            "claims": [{"code": "ANNA10", "order_id": "1002", "state": "refused", "answer": "By post"}],
            "next_cursor": "next"})
    }

    #[test]
    fn both_readers_find_the_same() {
        both::<PublicProgram>(&program());
        both::<RewardStatus>(&rewards());
        both::<Verdict>(&json!({"valid": false, "reason": "expired"}));
        both::<Verdict>(&json!({"valid": "yes", "reason": "brand_new", "code": "ANNA10"}));
        both::<Card>(&json!({"code": "anna10", "link": "https://e/r/x/ANNA10", "token": "t", "more": []}));
    }

    #[test]
    fn both_readers_find_the_same_where_a_member_is_gone_or_of_another_form() {
        let odd = [
            json!(null),
            json!(-7),
            json!(1.5),
            json!("x"),
            json!(true),
            json!([[1], {"a": 2}]),
            json!({"a": [1]}),
        ];
        for (body, names) in [
            (
                program(),
                ["name", "currency", "link_params", "window_days", "offers", "join", "texts", "code"],
            ),
            (
                rewards(),
                ["clicks", "totals", "units", "donations", "conversions", "claims", "next_cursor", "unknown"],
            ),
        ] {
            for name in names {
                for one in &odd {
                    let mut body = body.clone();
                    body[name] = one.clone();
                    both::<PublicProgram>(&body);
                    both::<RewardStatus>(&body);
                }
            }
        }
        for one in odd {
            let mut body = program();
            for path in [
                "/offers/0/friend/reward",
                "/offers/0/advocate/reward/amount",
                "/offers/0/advocate/hold_days",
                "/offers/0/ends_at",
                "/offers/0/when",
                "/offers/0/when/customer",
                "/offers/0/when/basket",
                "/offers/0/when/basket/at_least",
                "/offers/0/when/languages",
                "/friends_this_month",
                "/country",
                "/code/from",
                "/code/friend",
                "/code/valid",
            ] {
                *body.pointer_mut(path).unwrap() = one.clone();
                both::<PublicProgram>(&body);
            }
        }
    }
}
