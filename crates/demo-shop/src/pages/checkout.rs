//! The checkout: who it is for, and the button that orders.

use maud::{Markup, html};

use super::{Tag, framed, token, totals};
use crate::Shop;
use crate::basket::Quote;
use crate::people;
use crate::visitor::{Notice, Visitor};
use crate::words;

/// What a visitor entered, bounded and with its faults.
#[derive(Debug, Default)]
pub struct Entered {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    checked: bool,
}

impl Entered {
    /// Takes texts in, cut well above what is accepted so that a fault shows what was typed.
    pub fn of(name: &str, email: &str) -> Self {
        Self {
            name: name.chars().take(300).collect(),
            email: email.chars().take(300).collect(),
            checked: false,
        }
    }

    /// The same, with its faults to be shown.
    pub fn checked(self) -> Self {
        Self { checked: true, ..self }
    }

    /// Whether it cannot be ordered with.
    pub fn faults(&self) -> bool {
        !self.name_fits() || !people::is_address(&self.email)
    }

    fn name_fits(&self) -> bool {
        (1..=100).contains(&self.name.chars().count()) && !self.name.chars().any(char::is_control)
    }
}

/// The checkout page.
pub fn page(
    shop: &Shop,
    visitor: &Visitor,
    notice: Option<&Notice>,
    quote: &Quote,
    entered: &Entered,
) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("Commander", "Check out");
    let name_fault = entered.checked && !entered.name_fits();
    let email_fault = entered.checked && !people::is_address(&entered.email);
    framed(
        shop,
        visitor,
        title,
        notice,
        Tag::Quiet,
        html! {
            h1 { (title) }
            form.two method="post" action="/checkout" data-parrain novalidate {
                section aria-labelledby="who" {
                    (token(visitor))
                    input type="hidden" name="total" value=(quote.total.wire());
                    h2 #who { (lang.say("Pour qui\u{a0}?", "Who is it for?")) }
                    div.entry {
                        label for="name" { (lang.say("Nom", "Name")) }
                        input #name name="name" value=(entered.name) autocomplete="name" maxlength="100" required
                            aria-invalid=[name_fault.then_some("true")] aria-describedby=[name_fault.then_some("name-fault")];
                        @if name_fault { p.fault #name-fault { (lang.say("Il nous faut un nom, de 100 lettres au plus.", "We need a name, of 100 letters at most.")) } }
                    }
                    div.entry {
                        label for="email" { (lang.say("Adresse e-mail", "E-mail address")) }
                        input #email type="email" name="email" value=(entered.email) autocomplete="email" maxlength="254" required
                            aria-invalid=[email_fault.then_some("true")]
                            aria-describedby=(if email_fault { "email-fault" } else { "email-why" });
                        @if email_fault { p.fault #email-fault { (lang.say("Cette adresse n’est pas complète\u{a0}: vérifiez-la, par exemple prenom@exemple.fr.", "This address is not complete: please check it, for instance name@example.com.")) } }
                        @else { p.small #email-why { (lang.say("Pour la confirmation. La démonstration n’envoie aucun message.", "For the confirmation. The demonstration sends no message.")) } }
                    }
                    p.small { (lang.say("Démonstration\u{a0}: aucun paiement n’est demandé.", "Demonstration: no payment is asked for.")) }
                }
                aside.summary aria-label=(lang.say("Récapitulatif", "Summary")) {
                    ul.brief { @for line in &quote.lines { li { span { (line.pieces) " × " (line.product.name(lang)) } span { (line.gross.shown(lang)) } } } }
                    @if let Some(applied) = &quote.code { p.standing.good[quote.discount.0 > 0] { (words::standing(applied, lang)) } }
                    (totals(visitor, quote))
                    button.main.full #place { (lang.say("Commander avec obligation de paiement", "Place the order")) }
                    p { a href="/basket" { (lang.say("Revenir au panier", "Back to the basket")) } }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_people_as_they_are_named() {
        for name in ["Zoë", "محمد", "李雷", "O’Brien <3", "🕯️"] {
            assert!(!Entered::of(name, "a@b.fr").faults(), "{name}");
        }
        for name in ["", "a\u{7}", &"x".repeat(101)] {
            assert!(Entered::of(name, "a@b.fr").faults(), "{name:?}");
        }
    }
}
