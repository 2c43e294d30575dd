//! Three programs to begin with, and what each costs on an order of 80.

use maud::{Markup, html};
use parrain_core::money::{Rate, format_amount, round_half_even};
use parrain_wire::program::{AdvocateSide, Audience, FriendSide, Offer, Orders, Reward, RewardKind};

use crate::form::Form;
use crate::frame::Frame;
use crate::text::{Language, decimals, minor, money, say};

/// The names of the beginnings: a gift for both, influencers' commission, an agency's lifetime commission.
pub const BEGINNINGS: [&str; 3] = ["gift", "influencers", "agency"];

/// What a beginning is called and for whom it is.
pub(super) fn words(lang: Language, name: &str) -> (&'static str, &'static str) {
    match name {
        "influencers" => (
            lang.say("Une commission pour des influenceurs", "A commission for influencers"),
            lang.say(
                "Chacun a son code\u{a0}; son public a une remise, lui une part de la première commande.",
                "Each has a code; their public gets a discount, they a share of the first order.",
            ),
        ),
        "agency" => (
            lang.say("Une commission à vie pour une agence", "A commission for life for an agency"),
            lang.say(
                "L’agence qui vous amène un client reçoit une part de chacune de ses commandes.",
                "The agency that brings you a customer gets a share of each of their orders.",
            ),
        ),
        _ => (
            lang.say("Un cadeau pour les deux", "A gift for both"),
            lang.say(
                "Vos clients offrent une remise à leurs proches et reçoivent un bon d’achat.",
                "Your customers give their friends a discount and get store credit.",
            ),
        ),
    }
}

/// What the offer of a beginning is called in a shop of this language; nothing where there is none of that name.
pub fn offer_id(name: &str, lang: Language) -> Option<&'static str> {
    match name {
        "gift" => Some(lang.say("amis", "friends")),
        "influencers" => Some(lang.say("influenceurs", "influencers")),
        "agency" => Some(lang.say("agences", "agencies")),
        _ => None,
    }
}

/// The offer of a beginning, in a currency and named in the shop's language; nothing where there is none of that name.
pub fn beginning(name: &str, currency: &str, lang: Language) -> Option<Offer> {
    let id = offer_id(name, lang)?.to_owned();
    let amount = |minor: i64| Some(format_amount(minor * scale(currency), decimals(currency)).into());
    let offer = match name {
        "gift" => Offer {
            id,
            audience: Audience::Customer.into(),
            friend: Some(FriendSide {
                reward: Reward {
                    kind: RewardKind::PercentOff.into(),
                    percent: Some("10".into()),
                    ..Reward::default()
                },
                min_subtotal: amount(30),
            }),
            advocate: AdvocateSide {
                reward: Reward {
                    kind: RewardKind::StoreCredit.into(),
                    amount: amount(10),
                    ..Reward::default()
                },
                orders: Some(Orders::First),
                hold_days: Some(14),
                ..AdvocateSide::default()
            },
            ..Offer::default()
        },
        "influencers" => Offer {
            id,
            audience: Audience::Affiliate.into(),
            friend: Some(FriendSide {
                reward: Reward {
                    kind: RewardKind::PercentOff.into(),
                    percent: Some("10".into()),
                    ..Reward::default()
                },
                min_subtotal: None,
            }),
            advocate: AdvocateSide {
                reward: Reward {
                    kind: RewardKind::Commission.into(),
                    percent: Some("10".into()),
                    ..Reward::default()
                },
                orders: Some(Orders::First),
                hold_days: Some(30),
                ..AdvocateSide::default()
            },
            ..Offer::default()
        },
        "agency" => Offer {
            id,
            audience: Audience::Agency.into(),
            advocate: AdvocateSide {
                reward: Reward {
                    kind: RewardKind::Commission.into(),
                    percent: Some("8".into()),
                    ..Reward::default()
                },
                orders: Some(Orders::Lifetime),
                hold_days: Some(30),
                ..AdvocateSide::default()
            },
            ..Offer::default()
        },
        _ => return None,
    };
    Some(offer)
}

/// One of the currency's units, or a hundred where it has no decimals, in minor units: 80 are 80.00 EUR and 8000 JPY.
fn scale(currency: &str) -> i64 {
    10_i64.pow(u32::from(decimals(currency)).max(2))
}

/// What an order of 80 costs under an offer, in money; where the friend's gift asks for a larger one, what that costs.
pub fn costs(lang: Language, friend: Option<&FriendSide>, reward: &Reward, currency: &str) -> String {
    let places = decimals(currency);
    let least = friend.and_then(|friend| friend.min_subtotal.as_ref());
    let least = least.map_or(0, |least| minor(least.as_str(), places));
    let order = least.max(80 * scale(currency));
    let show = |minor: i64| money(lang, &format_amount(minor, places), currency);
    let share = |rate: &str, of: i64| {
        let parts = Rate::parse(rate).map_or(0, Rate::parts_per_million);
        i64::try_from(round_half_even(i128::from(of) * i128::from(parts), Rate::ONE)).unwrap_or(0)
    };
    let worth = |reward: &Reward, of: i64| match reward.kind.word() {
        Some(RewardKind::PercentOff | RewardKind::Commission) => {
            share(reward.percent.as_ref().map_or("0", |rate| rate.as_str()), of)
        }
        Some(
            RewardKind::AmountOff
            | RewardKind::GiftCard
            | RewardKind::StoreCredit
            | RewardKind::Cash
            | RewardKind::Donation,
        ) => reward.amount.as_ref().map_or(0, |amount| minor(amount.as_str(), places)),
        Some(
            RewardKind::FreeShipping | RewardKind::FreeProduct | RewardKind::Points | RewardKind::Access,
        )
        | None => 0,
    };
    let given = friend.map_or(0, |friend| worth(&friend.reward, order)).clamp(0, order);
    let earned = worth(reward, order - given).max(0);
    let (order, given_text, earned_text, left) =
        (show(order), show(given), show(earned), show(order - given - earned));
    let to = match &reward.charity {
        Some(charity) => say!(lang, "pour {charity}", "to {charity}"),
        None => lang.say("au parrain", "to the referrer").to_owned(),
    };
    let left = say!(
        lang,
        "il vous reste {left}, avant le prix de vos marchandises.",
        "{left} are left to you, before what your goods cost you."
    );
    match (given > 0, earned > 0) {
        (true, true) => say!(
            lang,
            "Sur une commande de {order}\u{a0}: {given_text} de remise, {earned_text} {to}, {left}",
            "On an order of {order}: {given_text} off, {earned_text} {to}, {left}"
        ),
        (false, true) => say!(
            lang,
            "Sur une commande de {order}\u{a0}: {earned_text} {to}, {left}",
            "On an order of {order}: {earned_text} {to}, {left}"
        ),
        (true, false) => say!(
            lang,
            "Sur une commande de {order}\u{a0}: {given_text} de remise, {left}",
            "On an order of {order}: {given_text} off, {left}"
        ),
        (false, false) => say!(
            lang,
            "Sur une commande de {order}\u{a0}: rien en argent.",
            "On an order of {order}: nothing in money."
        ),
    }
}

/// The few fields that matter to begin with.
pub(super) fn fields(frame: &Frame, form: &Form<'_>, offer: &Offer) -> Markup {
    let lang = frame.language;
    let reward = &offer.advocate.reward;
    let rate = reward.percent.as_ref().map_or("", |rate| rate.as_str());
    let hold = offer.advocate.hold_days.unwrap_or(14).to_string();
    html! { div.fields.two {
        @if let Some(friend) = &offer.friend {
            (form.hidden("friend.reward.kind", friend.reward.kind.name()))
            (form.amount("friend.reward.percent", lang.say("Remise du filleul", "The friend’s discount"), friend.reward.percent.as_ref().map_or("", |rate| rate.as_str()), "%", ""))
            (form.amount("friend.min_subtotal", lang.say("Dès un achat de", "From an order of"), friend.min_subtotal.as_ref().map_or("", |amount| amount.as_str()), frame.currency(), lang.say("Vide\u{a0}: sans minimum.", "Empty: no minimum.")))
        }
        (form.hidden("advocate.reward.kind", reward.kind.name()))
        @if let Some(amount) = &reward.amount {
            (form.amount("advocate.reward.amount", lang.say("Bon d’achat du parrain", "The referrer’s store credit"), amount.as_str(), frame.currency(), ""))
        } @else {
            (form.amount("advocate.reward.percent", lang.say("Commission du parrain", "The referrer’s commission"), rate, "%", lang.say("De la commande après remise, sans taxes ni port.", "Of the order after the discount, without tax and shipping.")))
        }
        (form.amount("advocate.hold_days", lang.say("Attendre avant de payer", "Wait before it is paid"), &hold, lang.say("jours", "days"), lang.say("Votre délai de retour\u{a0}: une commande retournée ne coûte rien.", "As long as you take returns: an order that is returned costs nothing.")))
    } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_beginning_says_what_it_costs() {
        let text = |name: &str, currency: &str| {
            let offer = beginning(name, currency, Language::En).unwrap();
            costs(Language::En, offer.friend.as_ref(), &offer.advocate.reward, currency)
        };
        assert_eq!(
            text("gift", "EUR"),
            "On an order of €80.00: €8.00 off, €10.00 to the referrer, €62.00 are left to you, before what your goods cost you."
        );
        assert_eq!(
            text("influencers", "EUR"),
            "On an order of €80.00: €8.00 off, €7.20 to the referrer, €64.80 are left to you, before what your goods cost you."
        );
        assert_eq!(
            text("agency", "JPY"),
            "On an order of ¥8,000: ¥640 to the referrer, ¥7,360 are left to you, before what your goods cost you."
        );
        assert_eq!(
            text("agency", "KWD"),
            "On an order of KWD\u{a0}80.000: KWD\u{a0}6.400 to the referrer, KWD\u{a0}73.600 are left to you, before what your goods cost you."
        );
        assert!(beginning("", "EUR", Language::En).is_none());
    }

    #[test]
    fn an_order_too_small_for_the_gift_is_not_the_one_that_is_reckoned() {
        let mut offer = beginning("gift", "EUR", Language::Fr).unwrap();
        assert_eq!(offer.id, "amis");
        offer.friend.as_mut().unwrap().min_subtotal = Some("90.00".into());
        let said = costs(Language::Fr, offer.friend.as_ref(), &offer.advocate.reward, "EUR");
        assert!(said.starts_with("Sur une commande de 90,00\u{a0}€\u{a0}: 9,00\u{a0}€ de remise"), "{said}");
        assert!(said.ends_with("il vous reste 71,00\u{a0}€, avant le prix de vos marchandises."), "{said}");
    }
}
