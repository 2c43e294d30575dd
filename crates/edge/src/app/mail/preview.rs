//! A mail as it would be, of something that never happened.

use parrain_core::instant::Instant;
use parrain_desk::promote;
use parrain_mail::facts::Month;
use parrain_mail::{Facts, Letter, Words, Writing, fields};
use parrain_wire::desk::{Due, Waiting};
use parrain_wire::mail::{MailKind, MailPreview, MailText};
use parrain_wire::payouts::AssetTotal;
use parrain_wire::program::{Reward, RewardKind};
use parrain_wire::rewards::Reason;

use crate::app::shops::Shop;
use crate::shop_id::ShopId;

/// The code in previews, which is nobody's.
const EXAMPLE_CODE: &str = "ANNA10";

/// A mail of a kind as it would be.
pub fn preview(
    shop: &Shop,
    origin: &str,
    id: &ShopId,
    kind: MailKind,
    words: &Words,
    own: Option<&MailText>,
) -> MailPreview {
    let share = format!("{origin}/r/{id}/{EXAMPLE_CODE}");
    let links = match kind {
        MailKind::Welcome => vec![share, format!("{origin}{}", promote::path(id.as_str(), EXAMPLE_CODE))],
        MailKind::Reminder => vec![share],
        MailKind::ToDo => vec![format!("{origin}/desk/{id}")],
        _ => vec![shop.program.landing_url.to_string()],
    };
    let stop = format!("{origin}/u/{id}/…");
    let has_stop = !matches!(kind, MailKind::SignIn | MailKind::Test);
    let letter = Letter::write(&Writing {
        kind,
        words,
        shop: &shop.program.name,
        zone: &shop.program.zone,
        name: Some("Anna"),
        code: EXAMPLE_CODE,
        links: &links,
        facts: &[example(kind, shop.program.currency.code())],
        own,
        stop: has_stop.then_some(stop.as_str()),
        // Who joined by the shop's word is not asked, and neither is who only looks.
        confirm: None,
    });
    MailPreview {
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        usual_subject: words.mail(&format!("{}_subject", kind.name())).to_owned(),
        usual_body: words.mail(&format!("{}_body", kind.name())).to_owned(),
        fields: fields(kind).iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// What a preview speaks of.
fn example(kind: MailKind, currency: &str) -> Facts {
    let money = |amount: &str| {
        vec![AssetTotal { asset: currency.to_owned(), amount: amount.to_owned().into(), charity: None }]
    };
    let of_order = Facts {
        order_id: Some("1001".into()),
        reward: Some(Reward {
            kind: RewardKind::StoreCredit.into(),
            amount: Some("10.00".to_owned().into()),
            currency: Some(currency.to_owned().into()),
            voucher: (kind == MailKind::RewardPaid).then(|| "K7PM-4XQD-9RTB".to_owned()),
            ..Reward::default()
        }),
        approves_at: Instant::parse("2026-12-03T10:00:00Z"),
        ..Facts::default()
    };
    match kind {
        MailKind::RewardPending | MailKind::RewardApproved | MailKind::RewardPaid => of_order,
        MailKind::RewardTakenBack => Facts { reason: Some(Reason::Refunded.into()), ..of_order },
        MailKind::ClaimAnswered => Facts { reward: None, accepted: Some(true), ..of_order },
        MailKind::Statement => Facts {
            month: Some(Month {
                name: "2026-11".into(),
                opening: Vec::new(),
                earned: money("30.00"),
                paid: money("20.00"),
                closing: money("10.00"),
            }),
            ..Facts::default()
        },
        MailKind::ToDo => Facts {
            waiting: Some(Box::new(Waiting {
                claims: 1,
                payouts: Due { count: 2, referrers: 2, totals: money("30.00") },
                ..Waiting::default()
            })),
            ..Facts::default()
        },
        MailKind::Reminder => Facts {
            reward: Some(Reward {
                kind: RewardKind::PercentOff.into(),
                percent: Some("10".to_owned().into()),
                ..Reward::default()
            }),
            min_subtotal: Some(Reward {
                kind: RewardKind::Cash.into(),
                amount: Some("30.00".to_owned().into()),
                currency: Some(currency.to_owned().into()),
                ..Reward::default()
            }),
            new_customers_only: true,
            ..Facts::default()
        },
        MailKind::Welcome | MailKind::SignIn | MailKind::Test => Facts::default(),
    }
}
