//! Bringing along what a shop had in other software: giving its export, the plan that is made of it, and how far that is.

use maud::{Markup, html};
use parrain_wire::amount::Amount;
use parrain_wire::imports::{
    Import, ImportColumn, ImportCount, ImportLine, ImportList, ImportReason, ImportState, ImportVerdict,
    ImportWhat, Software,
};
use parrain_wire::program::Offer;
use parrain_wire::word::Known;

use crate::faults::told;
use crate::form::{Entered, Form, post, press};
use crate::frame::{Entry, Frame};
use crate::parts::{button, crumb, more, offer_name, pill};
use crate::place::Place;
use crate::text::{Language, count, money, percent, say};

/// The page on which an export is given.
#[derive(Clone, Debug, Default)]
pub struct Imports {
    /// The offers of the newest program.
    pub offers: Vec<Offer>,
    /// The imports that are kept.
    pub list: ImportList,
    /// What was typed.
    pub entered: Entered,
}

/// One import.
#[derive(Clone, Debug, Default)]
pub struct ImportPage {
    /// It, with a page of its lines.
    pub import: Import,
    /// What could not be done.
    pub entered: Entered,
}

/// Draws the page on which an export is given.
pub fn page(frame: &Frame, page: &Imports) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Venir d’un autre logiciel", "Come from other software");
    let names: Vec<String> = page.offers.iter().map(|offer| offer_name(lang, offer)).collect();
    let offers: Vec<(&str, &str)> =
        page.offers.iter().zip(&names).map(|(offer, name)| (offer.id.as_str(), name.as_str())).collect();
    let first = page.offers.first().map_or("", |offer| offer.id.as_str());
    let mut software = vec![("", lang.say("le reconnaître au fichier", "tell by the file"))];
    software.extend(Software::WORDS.iter().map(|(word, one)| (*word, software_name(lang, *one))));
    frame.page(
        Entry::Referrers,
        title,
        html! {
            (crumb(frame, &Place::Referrers, lang.say("Parrains", "Referrers")))
            h1 { (title) }
            p.lead { (lang.say(
                "Donnez l’export de vos parrains\u{a0}: leurs codes, leurs liens et ce que vous leur devez viennent avec vous. Vous verrez d’abord ce qui serait fait, ligne par ligne.",
                "Give the export of your referrers: their codes, their links and what you owe them come along. First you see what would be done, line by line.")) }
            (form.summary())
            (form.post_file(&Place::Imports, html! {
                div.fields.two {
                    (form.file("csv", lang.say("Le fichier CSV de l’export", "The CSV file of the export"), ".csv,.tsv,.txt,text/csv,text/plain",
                        lang.say("10 000 lignes et 4 Mo au plus. Un classeur Excel s’enregistre d’abord en CSV.", "10,000 lines and 4 MB at most. Save an Excel workbook as CSV first.")))
                    (form.select("software", lang.say("D’où il vient", "Where it is from"), "", &software, ""))
                    (form.select("offer", lang.say("Sous quelle offre ils arrivent", "Under which offer they come"), first, &offers, ""))
                }
                fieldset.radios {
                    legend { (lang.say("Et aussi", "And also")) }
                    (form.tick("link_params", "true", lang.say("Leurs anciens liens continuent de compter", "Their old links go on counting"), true))
                    (form.tick("rates", "true", lang.say("Chacun garde son propre taux, si le fichier en a", "Each keeps their own rate, where the file has one"), false))
                    (form.tick("nearest", "true", lang.say("Un code impossible ici est remplacé par le plus proche (ses anciens liens ne comptent plus)", "A code that cannot be one here is replaced by the nearest (old links with it count no more)"), false))
                    (form.tick("welcome", "true", lang.say("Leur écrire qu’ils ont un lien ici, si vos e-mails sont réglés", "Write to them that they have a link here, where your e-mails are set up"), false))
                }
                div.acts { button.main { (lang.say("Regarder d’abord", "Look first")) } a.button href=(frame.href(&Place::Referrers)) { (lang.say("Annuler", "Cancel")) } }
            }))
            @if !page.list.imports.is_empty() { (kept(frame, &page.list)) }
        },
    )
}

fn kept(frame: &Frame, list: &ImportList) -> Markup {
    let lang = frame.language;
    html! { section.gap aria-labelledby="kept-title" {
        h2 #kept-title { (lang.say("Vos fichiers", "Your files")) }
        p { (lang.say("Chacun est oublié au bout de sept jours. Ce qui en a été fait reste.", "Each is forgotten after seven days. What was made of it stays.")) }
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Vos fichiers", "Your files")) }
            thead { tr {
                th scope="col" { (lang.say("Donné", "Given")) }
                th scope="col" { (lang.say("Logiciel", "Software")) }
                th.num scope="col" { (lang.say("Lignes", "Lines")) }
                th scope="col" { (lang.say("État", "State")) }
            } }
            tbody { @for import in &list.imports { tr {
                th scope="row" { a href=(frame.href(&Place::Import(import.id.clone()))) { (frame.clock().when(import.made_at)) } }
                td { (title_of(lang, &import.software)) }
                td.num { (number(lang, import.lines)) }
                td { (state(lang, &import.state)) }
            } } }
        } }
    } }
}

/// Draws one import.
pub fn one(frame: &Frame, page: &ImportPage) -> Markup {
    let lang = frame.language;
    let import = &page.import;
    let form = Form::new(frame, &page.entered);
    let software = title_of(lang, &import.software);
    let title = say!(lang, "Reprise\u{a0}: {software}", "From {software}");
    let (refused, wished): (Vec<&ImportLine>, Vec<&ImportLine>) =
        import.items.iter().partition(|line| line.verdict == ImportVerdict::Refused);
    frame.page(
        Entry::Referrers,
        &title,
        html! {
            (crumb(frame, &Place::Imports, lang.say("Venir d’un autre logiciel", "Come from other software")))
            div.head { h1 { (title) } (state(lang, &import.state)) }
            (form.summary())
            (summary(frame, import))
            @if !refused.is_empty() { (refusals(lang, &refused)) }
            @if !wished.is_empty() { (wishes(frame, &wished)) }
            (more(frame, &Place::Import(import.id.clone()), &[], import.next_cursor.as_deref()))
            details.gap { summary { (lang.say("Ce que nous avons compris des colonnes", "What we understood of the columns")) } (columns(lang, import)) }
            div.gap { (press(frame, &Place::DropImport(import.id.clone()), &[], lang.say("Oublier ce fichier (ce qui est fait reste)", "Forget this file (what is made stays)"), "plain")) }
        },
    )
}

/// How far it is, in a sentence and a table, and the one press that goes on.
fn summary(frame: &Frame, import: &Import) -> Markup {
    let lang = frame.language;
    let step = Place::ImportStep(import.id.clone());
    let left: i64 = import.counts.iter().map(|count| count.make).sum();
    let made: i64 = import.counts.iter().map(|count| count.made + count.as_wished).sum();
    let left_text = count(lang, left);
    html! { section.card.pad aria-labelledby="far-title" {
        @match import.state.word() {
            Some(ImportState::Done) => {
                h2 #far-title { (lang.say("C’est fait", "Done")) }
                p { (lang.say("Donner ce fichier encore une fois ne changerait rien.", "Giving this file once more would change nothing.")) }
            }
            Some(ImportState::Running) => {
                h2 #far-title { (lang.say("En cours", "Under way")) }
                p { progress max=(left + made) value=(made) aria-labelledby="far-title" {} " " (say!(lang, "il en reste {left_text}", "{left_text} left")) }
            }
            Some(ImportState::Planned) | None => {
                h2 #far-title { (lang.say("Rien n’est encore fait", "Nothing is made yet")) }
                @if left == 0 && import.link_params.is_empty() { p { (lang.say("Et rien n’est à faire\u{a0}: tout est déjà ainsi, ou ne peut pas être repris.", "And nothing is to be done: all of it is so already, or cannot be brought along.")) } }
            }
        }
        (counts(frame, import))
        @if !import.link_params.is_empty() { p { (links(lang, &import.link_params)) } }
        @if import.welcome { p { (lang.say("Chaque parrain nouveau reçoit l’e-mail de bienvenue.", "Each new referrer gets the welcome e-mail.")) } }
        @match import.state.word() {
            Some(ImportState::Running) => (post(frame, &step, html! { button.main data-goes-on { (lang.say("Continuer", "Go on")) } })),
            Some(ImportState::Planned) | None if left == 0 && !import.link_params.is_empty() => (post(frame, &step, html! { button.main { (lang.say("Faire compter leurs anciens liens", "Let their old links count")) } })),
            Some(ImportState::Planned) | None if left > 0 => (post(frame, &step, html! { button.main { (lang.say("Les reprendre maintenant", "Bring them along now")) } })),
            Some(ImportState::Done) => (button(&frame.href(&Place::Referrers), lang.say("Voir les parrains", "See the referrers"), "main")),
            Some(ImportState::Planned) | None => {}
        }
    } }
}

fn counts(frame: &Frame, import: &Import) -> Markup {
    let lang = frame.language;
    html! {
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Ce que le fichier demande", "What the file asks for")) }
            thead { tr {
                td {}
                th.num scope="col" { (lang.say("À faire", "To make")) }
                th.num scope="col" { (lang.say("Faits", "Made")) }
                th.num scope="col" { (lang.say("Déjà ainsi", "So already")) }
                th.num scope="col" { (lang.say("Laissés de côté", "Left out")) }
            } }
            tbody { @for each in &import.counts { tr {
                th scope="row" { (what(lang, &each.what)) @if of_balances(each) && each.make > 0 { small { (money(lang, import.balance.as_str(), import.currency.as_str())) } } }
                @for n in [each.make, each.made, each.as_wished, each.refused] { td.num { (count(lang, n)) } }
            } } }
        } }
    }
}

fn of_balances(count: &ImportCount) -> bool {
    count.what == ImportWhat::Balance
}

fn links(lang: Language, params: &[String]) -> String {
    let names: Vec<String> = params.iter().map(|name| format!("?{name}=")).collect();
    let names = names.join(", ");
    say!(
        lang,
        "Les liens d’avant ({names}) comptent dès la reprise.",
        "Links of before ({names}) count from then on."
    )
}

fn refusals(lang: Language, lines: &[&ImportLine]) -> Markup {
    html! { section.gap aria-labelledby="refused-title" {
        h2 #refused-title { (lang.say("Laissés de côté, et pourquoi", "Left out, and why")) }
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Laissés de côté, et pourquoi", "Left out, and why")) }
            thead { tr {
                th.num scope="col" { (lang.say("Ligne", "Line")) }
                th scope="col" { (lang.say("Quoi", "What")) }
                th scope="col" { (lang.say("Pourquoi", "Why")) }
            } }
            tbody { @for line in lines { tr {
                th.num scope="row" { (line.line) }
                td { (what(lang, &line.what)) " " (subject(line)) }
                td { (why(lang, line)) @if let Some(column) = &line.column { small { (column) } } }
            } } }
        } }
    } }
}

/// What a line is about: a code, what stands in its place, or a sale.
fn subject(line: &ImportLine) -> Markup {
    html! {
        @if let Some(code) = &line.code { span.code { (code) } }
        @else if let Some(value) = &line.value { span.code { (value) } }
        @else if let Some(sale) = &line.sale { (sale) }
    }
}

fn wishes(frame: &Frame, lines: &[&ImportLine]) -> Markup {
    let lang = frame.language;
    let currency = frame.currency();
    html! { section.gap aria-labelledby="wished-title" {
        h2 #wished-title { (lang.say("Ce qui vient avec vous", "What comes along")) }
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Ce qui vient avec vous", "What comes along")) }
            thead { tr {
                th.num scope="col" { (lang.say("Ligne", "Line")) }
                th scope="col" { (lang.say("Quoi", "What")) }
                th scope="col" { (lang.say("Qui", "Who")) }
                th.num scope="col" { (lang.say("Montant", "Amount")) }
            } }
            tbody { @for line in lines { tr {
                th.num scope="row" { (line.line) }
                td {
                    (what(lang, &line.what)) " " (subject(line))
                    @if let Some(old) = &line.instead_of { small { (say!(lang, "au lieu de {old}\u{a0}: ses anciens liens ne comptent plus", "in place of {old}: old links with it count no more")) } }
                    @if line.verdict == ImportVerdict::AsWished { " " (pill("", lang.say("déjà ainsi", "so already"))) }
                }
                td { (line.name.as_deref().unwrap_or_default()) @if let Some(email) = &line.email { small { (email) } } }
                td.num {
                    @if let Some(amount) = line.amount.as_ref().map(Amount::as_str) { (money(lang, amount, currency)) }
                    @if let Some(rate) = &line.percent { (percent(lang, rate)) }
                }
            } } }
        } }
    } }
}

fn columns(lang: Language, import: &Import) -> Markup {
    html! { div.scroll tabindex="0" { table {
        caption.aside { (lang.say("Colonnes", "Columns")) }
        thead { tr { th scope="col" { (lang.say("Dans le fichier", "In the file")) } th scope="col" { (lang.say("Lue comme", "Read as")) } } }
        tbody { @for column in &import.columns { tr {
            th scope="row" { (column.name) }
            td { @match column.read_as.as_ref().and_then(Known::word) { Some(read) => (column_name(lang, read)), None => (lang.say("pas lue", "not read")) } }
        } } }
    } } }
}

fn number(lang: Language, lines: u64) -> String {
    count(lang, i64::try_from(lines).unwrap_or(i64::MAX))
}

fn state(lang: Language, state: &Known<ImportState>) -> Markup {
    match state.word() {
        Some(ImportState::Planned) => pill("amber", lang.say("à regarder", "to look at")),
        Some(ImportState::Running) => pill("amber", lang.say("en cours", "under way")),
        Some(ImportState::Done) => pill("green", lang.say("fait", "done")),
        None => pill("", state.name()),
    }
}

fn software_name(lang: Language, software: Software) -> &'static str {
    match software {
        Software::Other => lang.say("un autre logiciel", "other software"),
        Software::Rewardful
        | Software::FirstPromoter
        | Software::Tapfiliate
        | Software::Refersion
        | Software::GoAffPro
        | Software::ReferralCandy
        | Software::AffiliateWp
        | Software::OpenCart => software.title(),
    }
}

fn title_of(lang: Language, software: &Known<Software>) -> &str {
    match software {
        Known::Word(software) => software_name(lang, *software),
        Known::Other(name) => name,
    }
}

fn what(lang: Language, what: &Known<ImportWhat>) -> &str {
    match what {
        Known::Word(ImportWhat::Referrer) => lang.say("Code", "Code"),
        Known::Word(ImportWhat::Balance) => lang.say("Somme due", "Sum owed"),
        Known::Word(ImportWhat::Order) => lang.say("Ancienne commande", "Order of before"),
        Known::Word(ImportWhat::Line) => lang.say("Ligne", "Line"),
        Known::Other(name) => name,
    }
}

/// Why something is left out, as its owner reads it.
fn why<'a>(lang: Language, line: &'a ImportLine) -> std::borrow::Cow<'a, str> {
    let Some(reason) = line.reason.as_ref().and_then(Known::word) else {
        return line.detail.as_deref().unwrap_or_default().into();
    };
    let text = match reason {
        // The sentence names the characters and the nearest code.
        ImportReason::NotACode => {
            return match &line.detail {
                Some(detail) => told(lang, detail),
                None => reason.words().into(),
            };
        }
        ImportReason::BeforeHeadings => lang.say("est avant les titres", "stands before the headings"),
        ImportReason::Headings => lang.say("répète les titres", "repeats the headings"),
        ImportReason::Totals => lang.say("est un total", "is a total"),
        ImportReason::TooLong => lang.say("ne finit pas\u{a0}: un guillemet est peut-être resté ouvert", "does not end: a quote may have been left open"),
        ImportReason::Formula => lang.say("contient une formule\u{a0}: enregistrez les valeurs seules", "holds a formula: save the values alone"),
        ImportReason::NoCode => lang.say("n’a ni code ni lien\u{a0}: ajoutez un code dans le fichier", "has neither a code nor a link: add a code in the file"),
        ImportReason::Twice if line.what == ImportWhat::Balance => lang.say(
            "une ligne plus haut le dit déjà\u{a0}: s’il faut les deux, additionnez-les dans une seule ligne",
            "a line above says it already: if both are owed, add them up in one line"),
        ImportReason::Differs if line.what == ImportWhat::Referrer => lang.say(
            "ce code est déjà le sien ici, mais avec un autre état, une autre offre ou un autre taux\u{a0}: changez-le sur sa page s’il le faut",
            "this code is theirs here already, but with another state, offer or rate: change it on their page, if need be"),
        ImportReason::Twice => lang.say("ce code est déjà plus haut dans le fichier", "this code stands above in the file already"),
        ImportReason::TooMany => lang.say("a plus de 50 codes\u{a0}: répartissez-les sur plusieurs lignes", "has more than 50 codes: spread them over several lines"),
        ImportReason::OwnCode => lang.say("ce code est un code promo de votre boutique", "this code is a promo code of your shop’s own"),
        ImportReason::Offer => lang.say("l’offre prévue n’existe plus\u{a0}: redonnez le fichier sous une autre", "the offer it was to come under is gone: give the file again under another"),
        ImportReason::Paid => lang.say("y a déjà été payé", "was paid there already"),
        ImportReason::CalledOff => lang.say("y a été refusé ou annulé", "was turned down or called off there"),
        ImportReason::Taken => lang.say(
            "ce code est déjà à quelqu’un d’autre ici\u{a0}: changez l’un des deux, ici ou dans le fichier, et redonnez-le",
            "this code is somebody else’s here: change one of the two, here or in the file, and give it again"),
        ImportReason::Email => lang.say("n’est pas une adresse e-mail", "is no e-mail address"),
        ImportReason::Name => lang.say("ce nom est trop long", "this name is too long"),
        ImportReason::Rate => lang.say("ce taux ne convient pas à cette offre", "this rate does not suit this offer"),
        ImportReason::Pending => lang.say("n’y était pas encore accepté", "was not let in there yet"),
        ImportReason::Gone => lang.say("y était refusé, bloqué ou supprimé", "was turned down, blocked or removed there"),
        ImportReason::Status => lang.say("nous ne connaissons pas ce mot\u{a0}: remplacez-le dans le fichier", "we do not know this word: replace it in the file"),
        ImportReason::PaidOrNot => lang.say(
            "le fichier ne dit pas si c’est déjà payé\u{a0}: donnez-en un qui le dit, que personne ne soit payé deux fois",
            "the file does not say whether this was paid: give one that does, so that nobody is paid twice"),
        ImportReason::Undecided => lang.say("n’y est pas encore décidé\u{a0}: redonnez le fichier quand ce le sera", "is not decided there yet: give the file again once it is"),
        ImportReason::Amount => lang.say("n’est pas un montant", "is no amount"),
        ImportReason::Currency => lang.say("n’est pas dans la devise de votre programme", "is not in your program’s currency"),
        ImportReason::Date => lang.say("n’est pas une date", "is no date"),
        ImportReason::TooOld => lang.say("est à venir, ou date de plus de 800 jours", "lies ahead, or more than 800 days back"),
        ImportReason::NoId => lang.say("cette vente n’a pas de numéro, pour la reconnaître", "this sale has no number by which to know it again"),
        ImportReason::NoReferrer => lang.say("son parrain n’est pas ici", "its referrer is not here"),
        ImportReason::Differs => lang.say(
            "a déjà été repris avec un autre montant\u{a0}: corrigez-le à la main s’il le faut",
            "was brought along before with another amount: correct it by hand, if need be"),
        ImportReason::Counted => lang.say("ce qui lui est dû est déjà venu par l’autre fichier", "what is owed to them came by the other file already"),
        ImportReason::Referred => lang.say(
            "ce client a valu une récompense à quelqu’un ici, que cette commande plus ancienne reprendrait",
            "this customer has earned somebody a reward here, which this older order would take back"),
    };
    text.into()
}

fn column_name(lang: Language, column: ImportColumn) -> &'static str {
    match column {
        ImportColumn::Code => lang.say("le code des liens", "the code of links"),
        ImportColumn::Coupon => lang.say("un code promo", "a discount code"),
        ImportColumn::Link => lang.say("le lien", "the link"),
        ImportColumn::Person => lang.say("son numéro là-bas", "their number there"),
        ImportColumn::FirstName => lang.say("le prénom", "the first name"),
        ImportColumn::LastName => lang.say("le nom de famille", "the last name"),
        ImportColumn::Name => lang.say("le nom", "the name"),
        ImportColumn::Email => lang.say("l’adresse e-mail du parrain", "the referrer’s e-mail address"),
        ImportColumn::CustomerId => {
            lang.say("son numéro de client chez vous", "their customer number with you")
        }
        ImportColumn::Status => lang.say("l’état", "the state"),
        ImportColumn::Paid => lang.say("payé ou non", "paid or not"),
        ImportColumn::Rate => lang.say("son taux", "their rate"),
        ImportColumn::RateType => lang.say("ce qu’est le taux", "what the rate is"),
        ImportColumn::Balance => lang.say("ce qui est dû", "what is owed"),
        ImportColumn::Currency => lang.say("la devise", "the currency"),
        ImportColumn::Sale => lang.say("le numéro de la vente", "the sale’s number"),
        ImportColumn::CommissionId => lang.say("le numéro de la commission", "the commission’s number"),
        ImportColumn::At => lang.say("la date de la vente", "the sale’s date"),
        ImportColumn::Amount => lang.say("le montant de la vente", "the sale’s amount"),
        ImportColumn::Commission => lang.say("la commission", "the commission"),
        ImportColumn::CustomerEmail => {
            lang.say("l’adresse e-mail du client", "the customer’s e-mail address")
        }
        ImportColumn::Customer => lang.say("le numéro du client", "the customer’s number"),
    }
}
