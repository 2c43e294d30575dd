//! The back office: orders, what Parrain said of each, and taking back.

use maud::{Markup, html};

use super::{Tag, framed, office, token};
use crate::Shop;
use crate::books::{Message, random_text};
use crate::catalog;
use crate::money::Cents;
use crate::order::Order;
use crate::touches::Source;
use crate::visitor::{Notice, Visitor};
use crate::words;

/// Orders shown, the latest first.
const SHOWN: usize = 100;

/// The back office's page.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>) -> Markup {
    let lang = visitor.lang;
    let orders = shop.books.latest(SHOWN);
    let waiting =
        orders.iter().flat_map(|(_, messages)| messages).filter(|m| m.delivery.taken.is_none()).count();
    let title = lang.say("Arrière-boutique", "Back office");
    framed(
        shop,
        visitor,
        title,
        notice,
        Tag::None,
        html! {
            h1 { (title) }
            (office(visitor, "/admin"))
            div.demo { p { (lang.say(
                "Ici, sans mot de passe, puisque cette démonstration ne s’ouvre que sur votre machine. Chaque action part vers Parrain en événement signé, renvoyé jusqu’à ce qu’il réponde.",
                "No password here, since this demonstration opens on your machine alone. Each action goes to Parrain as a signed event, sent again until it answers.")) } }
            @if waiting > 0 {
                form.waiting method="post" action="/admin/hurry" {
                    (token(visitor))
                    p { (lang.say(format!("Événements en attente\u{a0}: {waiting}."), format!("Events waiting: {waiting}."))) }
                    button { (lang.say("Envoyer maintenant", "Send now")) }
                }
            }
            @if orders.is_empty() { p { (lang.say("Aucune commande pour l’instant.", "No order yet.")) } }
            ul.orders { @for (order, messages) in &orders { li.order id=(order.number) { (one(visitor, order, messages)) } } }
        },
    )
}

fn one(visitor: &Visitor, order: &Order, messages: &[Message]) -> Markup {
    let lang = visitor.lang;
    let goods = order.subtotal - order.discount;
    html! {
        header {
            h2 { (order.number) }
            p { (lang.date(order.at)) " · " bdi { (order.buyer.name) } " · " bdi { (order.buyer.email) } " · "
                (lang.say("commande n° ", "order no. ")) (order.buyer.orders_count) (lang.say(" de ce client", " of this customer")) }
        }
        p { @for (i, line) in order.lines.iter().enumerate() {
            @if i > 0 { ", " } (line.pieces) " × " (catalog::by_sku(&line.sku).map_or(line.sku.as_str(), |p| p.name(lang))) } }
        dl.facts {
            div { dt { (lang.say("Marchandises", "Goods")) } dd { (goods.shown(lang)) @if order.discount > Cents::ZERO {
                " (" (lang.say("remise", "discount")) " " (order.discount.shown(lang)) ")" } } }
            div { dt { (lang.say("Payé", "Paid")) } dd { (order.total.shown(lang)) } }
            @if !order.codes.is_empty() { div { dt { (lang.say("Code de la commande", "Code on the order")) } dd { @for code in &order.codes { span.code { (code.as_str()) } " " } } } }
            @if !order.touches.is_empty() { div { dt { (lang.say("Passages", "Touches")) } dd { @for touch in &order.touches {
                span.code { (touch.code.as_str()) } " " (match touch.source { Source::Link => lang.say("par lien", "by link"), Source::PromoCode => lang.say("par code", "by code") }) " " } } } }
            @if order.refunded() > Cents::ZERO { div { dt { (lang.say("Remboursé", "Refunded")) } dd { (order.refunded().shown(lang)) } } }
            @if let Some(at) = order.cancelled { div { dt { (lang.say("Annulée", "Cancelled")) } dd { (lang.date(at)) } } }
        }
        ul.events { @for message in messages {
            li data-event=(message.kind) data-outcome=[message.delivery.taken.as_ref().map(|(_, r)| r.outcome.as_str())] {
                span.lamp.on[message.delivery.taken.is_some()] aria-hidden="true" {}
                strong { (words::kind(&message.kind, lang)) } (lang.say("\u{a0}: ", ": ")) (words::delivery(message, lang))
            }
        } }
        @if order.refundable() > Cents::ZERO || order.cancellable() { div.actions {
            @if order.refundable() > Cents::ZERO {
                form method="post" action="/admin/refund" {
                    (token(visitor))
                    input type="hidden" name="order" value=(order.number);
                    input type="hidden" name="refund" value=(random_text(16));
                    label for={"amount-" (order.number)} { (lang.say("Montant", "Amount")) }
                    input id={"amount-" (order.number)} name="amount" inputmode="decimal" size="8" placeholder=(order.refundable().typed(lang));
                    button { (lang.say("Rembourser ce montant", "Refund this amount")) }
                    button name="whole" value="1" { (lang.say("Tout rembourser", "Refund all")) }
                }
            }
            @if order.cancellable() {
                form method="post" action="/admin/cancel" {
                    (token(visitor))
                    input type="hidden" name="order" value=(order.number);
                    button { (lang.say("Annuler la commande", "Cancel the order")) }
                }
            }
        } }
    }
}
