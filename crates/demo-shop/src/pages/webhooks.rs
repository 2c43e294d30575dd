//! What Parrain told the shop.

use maud::{Markup, html};

use super::{Tag, framed, office};
use crate::Shop;
use crate::receiver::Told;
use crate::visitor::{Notice, Visitor};

/// Webhooks shown, the latest first.
const SHOWN: usize = 100;

/// The page of all webhooks.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("Webhooks reçus", "Webhooks received");
    let told = shop.receiver.told();
    framed(
        shop,
        visitor,
        title,
        notice,
        Tag::None,
        html! {
            h1 { (title) }
            (office(visitor, "/admin/webhooks"))
            div.demo { p { (lang.say(
                "Parrain annonce ici ce qui se passe, par des requêtes signées. Une même annonce peut arriver plusieurs fois\u{a0}: son identifiant la fait reconnaître, et elle ne figure qu’une fois.",
                "Parrain tells here what happens, by signed requests. One of them may come several times: it is known by its id, and stands here once.")) } }
            @if !shop.receiver.listens() { p { (lang.say(
                "Aucune adresse n’est déclarée chez Parrain pour cette boutique.",
                "No address of this shop is registered with Parrain.")) } }
            @else if told.is_empty() { p { (lang.say("Rien pour l’instant.", "Nothing yet.")) } }
            ul.orders { @for one in told.iter().take(SHOWN) { li.order data-webhook=(one.id) data-times=(one.times) { (webhook(visitor, one)) } } }
        },
    )
}

fn webhook(visitor: &Visitor, one: &Told) -> Markup {
    let lang = visitor.lang;
    let text = serde_json::to_string_pretty(&one.body).unwrap_or_default();
    html! {
        header {
            h2 { (one.kind) }
            p { (lang.date(one.at)) " · " bdi.id { (one.id) } @if one.times > 1 { " · " (lang.say(
                format!("reçu {} fois", one.times), format!("came {} times", one.times))) } }
        }
        details { summary { (lang.say("Contenu", "Payload")) } pre { (text) } }
    }
}
