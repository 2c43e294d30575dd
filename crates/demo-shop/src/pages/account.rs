//! A customer's page, with what they have earned by referring friends.

use maud::{Markup, html};

use super::{frame, token};
use crate::Shop;
use crate::people::CUSTOMERS;
use crate::visitor::{Notice, Visitor};

/// The account page: of who is signed in, or the choice of whom to sign in as.
pub fn page(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>) -> Markup {
    let lang = visitor.lang;
    let Some(customer) = visitor.customer() else { return choice(shop, visitor, notice) };
    let orders = shop.books.orders_of(customer.id, customer.email);
    frame(
        shop,
        visitor,
        lang.say("Votre compte", "Your account"),
        notice,
        html! {
            h1 { (lang.say("Bonjour ", "Hello ")) (customer.name.split(' ').next().unwrap_or(customer.name)) }
            div.demo {
                p { (lang.say(
                    format!("Connexion de démonstration\u{a0}: vous êtes {} sans mot de passe. Une vraie boutique vous aurait demandé le vôtre.", customer.name),
                    format!("Demonstration sign-in: you are {} without a password. A real shop would have asked for yours.", customer.name))) }
                form method="post" action="/account/leave" {
                    (token(visitor))
                    button.link { (lang.say("Se déconnecter", "Sign out")) }
                }
            }
            section aria-label=(lang.say("Vos parrainages", "Your referrals")) {
                parrain-rewards {}
            }
            section aria-labelledby="orders" {
                h2 #orders { (lang.say("Vos commandes", "Your orders")) }
                @if orders.is_empty() {
                    p { (lang.say("Aucune depuis le début de la démonstration.", "None since the demonstration began.")) }
                } @else {
                    ul.brief { @for order in &orders { li { span { (order.number) ", " (lang.date(order.at)) } span { (order.total.shown(lang)) } } } }
                }
            }
        },
    )
}

fn choice(shop: &Shop, visitor: &Visitor, notice: Option<&Notice>) -> Markup {
    let lang = visitor.lang;
    frame(
        shop,
        visitor,
        lang.say("Connexion", "Sign in"),
        notice,
        html! {
            h1 { (lang.say("Qui êtes-vous aujourd’hui\u{a0}?", "Who are you today?")) }
            p { (lang.say(
                "Dans cette démonstration, on se connecte sans mot de passe, comme l’un de ces clients.",
                "In this demonstration you sign in without a password, as one of these customers.")) }
            ul.people { @for customer in &CUSTOMERS { li {
                a.person href={"/account?customer=" (customer.id)} {
                    strong { (customer.name) }
                    span { (lang.say(customer.part.0, customer.part.1)) }
                }
            } } }
            section.ask aria-labelledby="by-mail" {
                h2 #by-mail { (lang.say("Vous parrainez sans compte\u{a0}?", "You refer friends without an account?")) }
                p { (lang.say(
                    "Indiquez l’adresse de votre parrainage\u{a0}: nous y envoyons un lien qui montre vos récompenses, sur n’importe quel appareil.",
                    "Enter the address that you refer friends under: we mail it a link that shows your rewards, on any device.")) }
                form method="post" action="/account/link" {
                    (token(visitor))
                    div.entry {
                        label for="email" { (lang.say("Adresse e-mail", "E-mail address")) }
                        input #email type="email" name="email" autocomplete="email" maxlength="254" required;
                    }
                    button { (lang.say("Recevoir mon lien", "Mail me my link")) }
                }
                p.small { (lang.say("La démonstration n’envoie rien\u{a0}: ", "The demonstration sends nothing: "))
                    a href="/mail" { (lang.say("lisez son courrier ici", "read its mail here")) } "." }
            }
        },
    )
}
