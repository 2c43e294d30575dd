//! What the edge answers, as far as the widget shows it.

use crate::code;
use crate::json::Json;

/// What one side of an offer receives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reward {
    /// The contract's kind: `percent_off`, `store_credit`, …
    pub kind: String,
    /// Percent or amount as decimal text, or the label of an access.
    pub value: String,
    /// Number of points, where the kind is `points`.
    pub points: u32,
    /// Currency of an amount that is not the program's own.
    pub currency: String,
}

impl Reward {
    /// Reads a reward; nothing where there is none.
    pub fn read<J: Json>(from: &J) -> Option<Reward> {
        let kind = from.get("kind").text()?;
        let value = match kind.as_str() {
            "percent_off" | "commission" => from.word("percent"),
            "access" => from.word("label"),
            _ => from.word("amount"),
        };
        Some(Reward {
            kind,
            value,
            points: from.count("points").unwrap_or(0),
            currency: from.word("currency"),
        })
    }
}

/// One side of an offer with its conditions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    /// What this side receives.
    pub reward: Reward,
    /// Decimal text in the program's currency; empty or zero where there is no minimum.
    pub min_subtotal: String,
    /// Days between the order and the reward.
    pub hold_days: u32,
    /// Only friends who never ordered here count.
    pub new_customers_only: bool,
    /// Most rewards in a calendar month.
    pub max_per_month: Option<u32>,
}

impl Side {
    fn read<J: Json>(from: &J) -> Option<Side> {
        Some(Side {
            reward: Reward::read(&from.get("reward"))?,
            min_subtotal: from.word("min_subtotal"),
            hold_days: from.count("hold_days").unwrap_or(0),
            new_customers_only: from.get("new_customers_only").truth().unwrap_or(false),
            max_per_month: from.count("max_per_month"),
        })
    }
}

/// An offer as the public may see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    /// Its id in the program.
    pub id: String,
    /// What the friend gets; missing where the offer is one-sided.
    pub friend: Option<Side>,
    /// What the referrer gets.
    pub advocate: Option<Side>,
    /// RFC 3339, empty where it has no end.
    pub ends_at: String,
}

/// What the edge says about one code.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The code is good for this.
    Good(Invitation),
    /// It is not: `unknown`, `expired` or `inactive`.
    Bad(String),
}

/// What a good code gives, and from whom it comes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Invitation {
    /// The code in its written form.
    pub code: String,
    /// The referrer's first name as they gave it; empty where they gave none.
    pub from: String,
    /// The offer's id.
    pub offer: String,
    /// What the friend gets; nothing where the offer is one-sided.
    pub friend: Option<Side>,
    /// Only for who never ordered here.
    pub new_customers_only: bool,
    /// RFC 3339, empty where it has no end.
    pub ends_at: String,
}

/// The public side of the program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The shop's name.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// Query parameters that carry a code.
    pub link_params: Vec<String>,
    /// Days that a touch counts.
    pub window_days: i64,
    /// All public offers.
    pub offers: Vec<Offer>,
    /// Id of the offer that who joins by the widget gets; nothing where nobody can.
    pub join: Option<String>,
    /// The answer about the code that was asked for.
    pub verdict: Option<Verdict>,
    /// The shop's own wording.
    pub texts: Vec<(String, String)>,
}

impl Program {
    /// Reads the answer to `GET offer`, asked with `asked`. Nothing where it is no such answer.
    pub fn read<J: Json>(from: &J, asked: Option<&str>) -> Option<Program> {
        let offers = from.get("offers");
        let code = from.get("code");
        let verdict = asked.and_then(|asked| match code.get("valid").truth()? {
            true => Some(Verdict::Good(Invitation {
                code: asked.into(),
                from: crate::text::clean(&code.word("from")),
                offer: code.word("offer"),
                friend: Side::read(&code.get("friend")),
                new_customers_only: code.get("new_customers_only").truth().unwrap_or(false),
                ends_at: code.word("ends_at"),
            })),
            false => Some(Verdict::Bad(code.word("reason"))),
        });
        let days = from.get("window_days").number().filter(|days| *days > 0.0).unwrap_or(30.0);
        Some(Program {
            name: crate::text::clean(&from.get("name").text()?),
            currency: from.get("currency").text()?,
            link_params: from.get("link_params").items().iter().filter_map(Json::text).collect(),
            window_days: days as i64,
            offers: offers
                .items()
                .iter()
                .map(|offer| Offer {
                    id: offer.word("id"),
                    friend: Side::read(&offer.get("friend")),
                    advocate: Side::read(&offer.get("advocate")),
                    ends_at: offer.word("ends_at"),
                })
                .collect(),
            join: from.get("join").get("offer").text(),
            verdict,
            texts: from.get("texts").texts(),
        })
    }

    /// The offer with this id.
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }
}

/// A referrer in this browser.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Me {
    /// Their code.
    pub code: String,
    /// Their share link.
    pub link: String,
    /// The token for their rewards.
    pub token: String,
}

impl Me {
    /// Reads the answer to a join. Nothing where it is no such answer, or its link is no web address.
    pub fn read<J: Json>(from: &J) -> Option<Me> {
        let link = from.get("link").text()?;
        let web = link.starts_with("https://") || link.starts_with("http://");
        web.then_some(())?;
        Some(Me { code: code::normalize(&from.word("code"))?, link, token: from.get("token").text()? })
    }
}

/// Sums in one currency, as decimal text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Total {
    /// ISO 4217, or the kind where these are no sums of money.
    pub unit: String,
    /// Whether `unit` is a currency.
    pub money: bool,
    /// Pending, approved, paid, reversed.
    pub sums: [String; 4],
}

/// One conversion with its reward.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// The order's id, masked by the edge.
    pub order_id: String,
    /// `sale`, `lead`, `signup` or `install`.
    pub kind: String,
    /// RFC 3339.
    pub at: String,
    /// `pending`, `approved`, `paid`, `rejected` or `reversed`.
    pub status: String,
    /// What is left of the reward; nothing where it was refused.
    pub reward: Option<Reward>,
    /// RFC 3339, empty where it will not be.
    pub approves_at: String,
    /// The contract's reason, empty where there is none.
    pub reason: String,
}

/// The answer to `GET rewards`, pages joined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rewards {
    /// Visits by the link.
    pub clicks: u32,
    /// Sums of money, then rewards that are not money.
    pub totals: Vec<Total>,
    /// The conversions so far read.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The referrer's link, as the edge says it now.
    pub link: String,
}

impl Rewards {
    /// Reads one page. Nothing where it is no such answer.
    pub fn read<J: Json>(from: &J) -> Option<Rewards> {
        from.get("code").text()?;
        let mut totals: Vec<Total> = Vec::new();
        for total in from.get("totals").items() {
            totals.push(Total {
                unit: total.word("currency"),
                money: true,
                sums: STATES.map(|state| total.word(state)),
            });
        }
        for unit in from.get("units").items() {
            totals.push(Total {
                unit: unit.word("kind"),
                money: false,
                sums: STATES.map(|state| unit.count(state).unwrap_or(0).to_string()),
            });
        }
        let entry = |from: &J| Entry {
            order_id: crate::text::clean(&from.word("order_id")),
            kind: from.word("type"),
            at: from.word("at"),
            status: from.word("status"),
            reward: Reward::read(&from.get("reward")),
            approves_at: from.word("approves_at"),
            reason: from.word("reason"),
        };
        Some(Rewards {
            clicks: from.count("clicks").unwrap_or(0),
            totals,
            entries: from.get("conversions").items().iter().map(entry).collect(),
            next: from.get("next_cursor").text(),
            link: from.word("link"),
        })
    }
}

/// The states whose sums a total has, in the order of [`Total::sums`].
pub const STATES: [&str; 4] = ["pending", "approved", "paid", "reversed"];

/// Why a request brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No answer, or none that makes sense: worth trying again.
    Unreachable,
    /// Asked too often: worth trying again later.
    TooOften,
    /// The token or identity is not (or no longer) good.
    Unknown,
    /// What was sent is wrong.
    Refused,
}

impl Fault {
    /// What an HTTP status other than success says. `0` stands for no answer at all.
    pub fn of(status: u16) -> Fault {
        match status {
            401 | 403 => Fault::Unknown,
            429 => Fault::TooOften,
            400..=499 => Fault::Refused,
            _ => Fault::Unreachable,
        }
    }

    /// Whether the same request may succeed later.
    pub fn passes(self) -> bool {
        matches!(self, Fault::Unreachable | Fault::TooOften)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_the_offer_with_a_good_code() {
        let program = Program::read(
            &json!({"shop": "demo", "name": "Atelier", "currency": "EUR", "link_params": ["ref"], "window_days": 30,
                "offers": [{"id": "friends", "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "hold_days": 14}}],
                "join": {"offer": "friends"},
                "code": {"valid": true, "from": "Anna", "offer": "friends",
                    "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"}, "new_customers_only": true},
                "texts": {"apply": "Ja!"}}),
            Some("ANNA10"),
        )
        .unwrap();
        let Some(Verdict::Good(invitation)) = &program.verdict else { panic!("{program:?}") };
        assert_eq!(invitation.from, "Anna");
        assert_eq!(invitation.friend.as_ref().unwrap().reward.value, "10");
        assert_eq!(program.offer("friends").unwrap().advocate.as_ref().unwrap().hold_days, 14);
        assert_eq!(program.texts, [("apply".to_string(), "Ja!".to_string())]);
    }

    #[test]
    fn nonsense_is_no_program() {
        for odd in [json!(null), json!([]), json!("x"), json!({"name": 3}), json!({"offers": {}})] {
            assert_eq!(Program::read(&odd, Some("ANNA10")), None, "{odd}");
        }
    }

    #[test]
    fn a_link_that_is_no_web_address_is_not_shared() {
        let answer = |link: &str| json!({"code": "ANNA10", "link": link, "token": "t"});
        assert!(Me::read(&answer("https://edge.example/r/demo/ANNA10")).is_some());
        assert!(Me::read(&answer("javascript:alert(1)")).is_none());
    }

    #[test]
    fn reads_a_page_of_rewards() {
        let rewards = Rewards::read(&json!({"code": "ANNA10", "clicks": 12,
            "totals": [{"currency": "EUR", "pending": "10.00", "approved": "0.00", "paid": "0.00", "reversed": "0.00"}],
            "units": [{"kind": "points", "pending": 0, "approved": 200, "paid": 0, "reversed": 0}],
            "conversions": [{"order_id": "…01", "type": "sale", "at": "2026-11-02T10:00:00Z", "status": "rejected", "reward": null, "reason": "self_referral"}],
            "next_cursor": "c"}))
        .unwrap();
        assert_eq!(rewards.totals[1].sums[1], "200");
        assert_eq!(rewards.entries[0].reason, "self_referral");
        assert_eq!(rewards.next.as_deref(), Some("c"));
    }

    #[test]
    fn faults_say_whether_to_try_again() {
        assert!(Fault::of(0).passes() && Fault::of(503).passes() && Fault::of(429).passes());
        assert!(!Fault::of(422).passes() && !Fault::of(401).passes());
    }
}
