//! What the shop would have mailed, if this were no demonstration.

use maud::{Markup, html};

use super::{Tag, framed, office};
use crate::Shop;
use crate::mail::Letter;
use crate::resend::Mail;
use crate::visitor::{Notice, Visitor};

/// The page of all letters, the latest first.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("Courrier de la démonstration", "Mail of the demo shop");
    let (letters, mails) = (shop.mail.letters(), shop.resend.mails());
    framed(
        shop,
        visitor,
        title,
        notice,
        Tag::None,
        html! {
            h1 { (title) }
            (office(visitor, "/mail"))
            div.demo { p { (lang.say(
                "Cette démonstration n’envoie rien\u{a0}: voici les messages qu’une vraie boutique aurait envoyés. Chez vous, seule la personne à qui appartient l’adresse lirait le sien.",
                "This demonstration sends nothing: these are the messages that a real shop would have sent. With yours, nobody but the owner of the address would read theirs.")) } }
            @if letters.is_empty() && mails.is_empty() { p { (lang.say("Aucun message pour l’instant.", "No message yet.")) } }
            ul.orders { @for one in &mails { li.order.letter { (mailed(visitor, one)) } } }
            ul.orders { @for one in &letters { li.order.letter { (letter(visitor, one)) } } }
            p { a href="/account" { (lang.say("Revenir à la connexion", "Back to signing in")) } }
        },
    )
}

/// One mail of the edge's, as its reader sees it and as plain text.
fn mailed(visitor: &Visitor, mail: &Mail) -> Markup {
    let lang = visitor.lang;
    html! {
        header {
            h2 { (mail.sent.subject) }
            p { bdi { (mail.sent.to.join(", ")) } " · " (lang.date(mail.at)) " · " bdi { (mail.sent.from) } }
        }
        iframe title=(mail.sent.subject) src=(format!("/mail/{}", mail.id)) sandbox="" width="100%" height="420" loading="lazy" {}
        details { summary { (lang.say("Sans mise en forme", "Without formatting")) } pre { (mail.sent.text) } }
    }
}

/// One letter, in the language of whoever asked for it.
fn letter(visitor: &Visitor, letter: &Letter) -> Markup {
    let lang = letter.lang;
    html! {
        header {
            h2 lang=(lang.tag()) { (lang.say("Vos parrainages chez Atelier Lumière", "Your referrals at Atelier Lumière")) }
            p { bdi { (letter.to) } " · " (visitor.lang.date(letter.at)) }
        }
        div lang=(lang.tag()) {
            p { (lang.say(
                "Ce lien montre vos récompenses. Il sert une fois, dans les 24 heures\u{a0}; ne le transmettez à personne.",
                "This link shows your rewards. It works once, within 24 hours; do not pass it on.")) }
            @for (code, link) in &letter.links {
                p { a href=(link) { (lang.say("Voir mes récompenses", "See my rewards")) span.hidden { " " (code.as_str()) } } " " span.code { (code.as_str()) } }
            }
            p.small { (lang.say(
                "Vous n’avez rien demandé\u{a0}? Alors oubliez ce message\u{a0}: sans ce lien, personne ne voit vos récompenses.",
                "You did not ask for this? Then ignore this message: nobody sees your rewards without the link.")) }
        }
    }
}
