//! Whom the tax office is told of: in France those paid more than a threshold in a year (DAS2).

use maud::{Markup, html};

use crate::form::{Entered, Form};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{crumb, pill};
use crate::place::Place;
use crate::text::{count, money, say};

/// The list of a year.
#[derive(Clone, Debug, Default)]
pub struct Tax {
    /// Which year.
    pub year: i32,
    /// The years that there are, the newest first.
    pub years: Vec<i32>,
    /// What is told from, in the program's currency.
    pub threshold: String,
    /// Who was paid more, the most first.
    pub above: Vec<Payee>,
    /// How many were paid less.
    pub below: i64,
    /// What was typed.
    pub entered: Entered,
}

/// Somebody who was paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payee {
    /// The code.
    pub code: String,
    /// The name: the account holder's, else the referrer's.
    pub name: String,
    /// The company.
    pub company: Option<String>,
    /// The SIRET.
    pub siret: Option<String>,
    /// The profession.
    pub profession: Option<String>,
    /// The address, by lines.
    pub address: Vec<String>,
    /// What was paid in the year.
    pub amount: String,
    /// The part of it that was not money, such as vouchers.
    pub in_kind: String,
}

impl Payee {
    /// What the declaration asks for and nobody said.
    fn missing(&self, frame: &Frame) -> Vec<&'static str> {
        let lang = frame.language;
        let mut missing = Vec::new();
        if self.siret.is_none() {
            missing.push("SIRET");
        }
        if self.profession.is_none() {
            missing.push(lang.say("profession", "profession"));
        }
        if self.address.is_empty() {
            missing.push(lang.say("adresse", "address"));
        }
        missing
    }
}

/// Draws it.
pub fn page(frame: &Frame, page: &Tax) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let currency = frame.currency();
    let (n, year, least) = (page.above.len(), page.year, money(lang, &page.threshold, currency));
    let title = say!(lang, "Déclaration de {year}", "Declaration of {year}");
    let year_text = year.to_string();
    frame.page(
        Entry::Pay,
        &title,
        html! {
            (crumb(frame, &Place::Pay, lang.say("Paiements", "Payouts")))
            h1 { @match n {
                0 => (say!(lang, "{year}\u{a0}: personne à déclarer", "{year}: nobody to declare")),
                1 => (say!(lang, "{year}\u{a0}: une personne à déclarer", "{year}: one person to declare")),
                _ => (say!(lang, "{year}\u{a0}: {n} personnes à déclarer", "{year}: {n} people to declare")),
            } }
            p.lead { (say!(lang, "Celles à qui vous avez versé plus de {least} dans l’année. En France, c’est la déclaration DAS2, en janvier.",
                "Those to whom you paid more than {least} in the year. In France that is the declaration DAS2, in January.")) }
            (form.summary())
            @if page.years.len() > 1 { nav.tabs aria-label=(lang.say("Années", "Years")) { @for each in &page.years {
                a href=(frame.asking(&Place::Tax, &[("year", &each.to_string())])) aria-current=[(*each == year).then_some("true")] { (each) }
            } } }
            @if n > 0 {
                div.scroll tabindex="0" { table {
                    caption.aside { (title) }
                    thead { tr { th scope="col" { (lang.say("Bénéficiaire", "Beneficiary")) } th.wide scope="col" { (lang.say("Adresse", "Address")) } th scope="col" { "SIRET" } th.num scope="col" { (lang.say("Versé", "Paid")) } th.num.wide scope="col" { (lang.say("dont en nature", "of which in kind")) } } }
                    tbody { @for each in &page.above { @let missing = each.missing(frame); tr {
                        th scope="row" { a href=(frame.href(&Place::Referrer(each.code.clone()))) { (each.company.as_deref().unwrap_or(&each.name)) }
                            @if each.company.is_some() { small { (each.name) } } @if let Some(profession) = &each.profession { small { (profession) } }
                            @if !missing.is_empty() { (pill("amber", &format!("{} {}", lang.say("manque\u{a0}:", "missing:"), missing.join(", ")))) } }
                        td.wide { @for line in &each.address { (line) br; } }
                        td { (each.siret.as_deref().unwrap_or("–")) }
                        td.num { (money(lang, &each.amount, currency)) }
                        td.num.wide { (money(lang, &each.in_kind, currency)) }
                    } } }
                } }
                p { a.button href=(frame.asking(&Place::TaxCsv, &[("year", &year_text), ("over", &page.threshold)])) download { (lang.say("Télécharger en CSV", "Download as CSV")) } }
            }
            @if page.below > 0 { p.lead { (count(lang, page.below)) " " (lang.many(page.below, lang.say("autre personne a reçu moins.", "other person was paid less."), lang.say("autres personnes ont reçu moins.", "others were paid less."))) } }
            @if frame.may(Role::All) {
                section aria-labelledby="threshold" {
                    h2 #threshold { (lang.say("À partir de combien", "From how much on")) }
                    (form.post(&Place::Tax, html! {
                        (form.hidden("year", &year_text))
                        (form.amount("threshold", lang.say("Seuil par personne et par an", "Threshold for a person and year"), &page.threshold, currency, lang.say("2 400,00 € toutes taxes comprises en France, depuis 2024.", "€2,400.00 with tax in France, since 2024.")))
                        div.acts { button { (lang.say("Enregistrer", "Save")) } }
                    }))
                }
            }
            p.small { (lang.say("Parrain ne fait pas de factures\u{a0}: une agence facture ses commissions elle-même, par sa plateforme agréée. Demandez à votre comptable ce qui vaut pour vous.",
                "Parrain makes no invoices: an agency invoices its commission itself, by its own platform. Ask your accountant what applies to you.")) }
        },
    )
}
