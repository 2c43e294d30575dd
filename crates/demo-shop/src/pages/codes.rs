//! The shop's own codes: what Parrain had it make.

use maud::{Markup, html};

use super::{Tag, framed, office};
use crate::Shop;
use crate::coupons::{Coupon, Voucher, discount};
use crate::visitor::{Notice, Visitor};
use crate::words;
use jiff::Timestamp;

/// The page of coupons and vouchers.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("Codes et bons", "Codes and vouchers");
    let (coupons, vouchers) = (shop.books.coupons(), shop.books.vouchers());
    framed(
        shop,
        visitor,
        title,
        notice,
        Tag::None,
        html! {
            h1 { (title) }
            (office(visitor, "/admin/codes"))
            div.demo { p { (lang.say(
                "Parrain demande ces codes à la boutique, comme au module d’une plateforme\u{a0}: ceux des parrains, avec ce qu’ils offrent aux amis, et un bon pour chaque récompense acquise. La caisse les connaît, même si Parrain ne répond pas.",
                "Parrain asks the shop for these codes, as it asks the module of a platform: those of referrers, with what they give to friends, and a voucher for each reward that is due. The till knows them, even while Parrain does not answer.")) } }
            @if !shop.is_module { p { (lang.say(
                "Cette boutique n’est pas reliée comme module\u{a0}: elle ne crée aucun code.",
                "This shop is not connected as a module: it makes no codes.")) } }
            h2 { (lang.say("Bons des parrains", "Vouchers of referrers")) }
            @if vouchers.is_empty() { p { (lang.say("Aucun bon pour l’instant.", "No voucher yet.")) } }
            ul.orders { @for (one, order) in &vouchers { li.order data-voucher=(one.code.as_str()) { (voucher(visitor, one, order.as_deref())) } } }
            h2 { (lang.say("Codes pour les amis", "Codes for friends")) }
            @if coupons.is_empty() { p { (lang.say("Aucun code pour l’instant.", "No code yet.")) } }
            ul.orders { @for one in &coupons { li.order data-coupon=(one.code.as_str()) { (coupon(visitor, one)) } } }
        },
    )
}

fn voucher(visitor: &Visitor, one: &Voucher, order: Option<&str>) -> Markup {
    let lang = visitor.lang;
    let worth = one.worth().map(|worth| words::reward(worth, lang)).unwrap_or_default();
    html! {
        header {
            h3 { span.code { (one.code.as_str()) } }
            p { (lang.date(one.at)) @if let Some(referrer) = &one.referrer { " · " (lang.say("pour ", "for ")) span.code { (referrer.as_str()) } } }
        }
        p { (worth) " · " (match (order, one.ended) {
            (Some(order), _) => lang.say(format!("utilisé par la commande {order}"), format!("used by order {order}")),
            (None, Some(at)) => lang.say(format!("annulé le {}", lang.date(at)), format!("ended on {}", lang.date(at))),
            (None, None) => lang.say("à utiliser une fois", "to be used once").to_owned(),
        }) }
    }
}

fn coupon(visitor: &Visitor, one: &Coupon) -> Markup {
    let lang = visitor.lang;
    let gives = one.terms.as_ref().and_then(|terms| discount(&terms.reward, terms.currency.as_str()).ok());
    html! {
        header { h3 { span.code { (one.code.as_str()) } } }
        p { @match gives {
            Some(gives) => {
                (words::reward(gives, lang))
                @if let Some(gift) = one.gift(None, Timestamp::now()) {
                    @if gift.minimum.0 > 0 { (lang.say(", dès ", ", from ")) (gift.minimum.shown(lang)) }
                    @if gift.newcomers_only { (lang.say(", première commande", ", first order")) }
                } @else { (lang.say(" (pas en ce moment)", " (not at the moment)")) }
            },
            None => (lang.say("ne donne plus rien", "gives nothing any more")),
        } }
    }
}
