//! Paying: what is due, the payout, the file, the word that it is paid.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use parrain_core::money::format_amount;
use parrain_wire::code::Code;
use parrain_wire::order::Kind;
use parrain_wire::payouts::{
    AssetTotal, LeftOut, Method, NotTransferred, Payout, PayoutItem, PayoutLine, PayoutList, PayoutPlan,
    SepaPlan,
};
use parrain_wire::program::RewardKind;
use parrain_wire::word::Word;

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame, Role};
use crate::parts::{button, crumb, empty, more, order_link, pill, referrer_link};
use crate::place::Place;
use crate::text::{Language, asset, assets, count, decimals, kind_name, minor, money, say};

/// How many lines a page shows: more than that is read in a spreadsheet.
const SHOWN: usize = 200;
/// Up to how many people of a group are shown unfolded.
const FEW: usize = 5;

/// What is due.
#[derive(Clone, Debug, Default)]
pub struct Pay {
    /// The dry run of everything that is due, or of what the query narrows it to.
    pub plan: PayoutPlan,
    /// The last payouts, the newest first.
    pub last: Vec<Payout>,
    /// Whether something that arrived late is still being worked through, so that no payout can be made yet.
    pub settling: bool,
    /// What was typed, and why no payout was made.
    pub entered: Entered,
}

/// Every payout.
#[derive(Clone, Debug, Default)]
pub struct Payouts {
    /// A page of them.
    pub list: PayoutList,
}

/// One payout.
#[derive(Clone, Debug, Default)]
pub struct PayoutPage {
    /// It, with its items.
    pub payout: Payout,
    /// What a transfer file would hold; nothing where none can be made at all.
    pub sepa: Option<SepaPlan>,
    /// What went wrong.
    pub entered: Entered,
}

/// Draws what is due.
pub fn page(frame: &Frame, page: &Pay) -> Markup {
    let lang = frame.language;
    let plan = &page.plan;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Paiements", "Payouts");
    let day = frame.clock().day(plan.until);
    let n = payees(plan);
    let people = format!(
        "{} {}",
        count(lang, n),
        lang.many(n, lang.say("parrain", "referrer"), lang.say("parrains", "referrers"))
    );
    let sum = assets(lang, &plan.totals, frame.currency());
    frame.page(
        Entry::Pay,
        title,
        html! {
            h1 { @if plan.payees.is_empty() { (say!(lang, "Rien à payer au {day}", "Nothing to pay by {day}")) }
                @else { (say!(lang, "À payer au {day}\u{a0}: {sum} à {people}", "To pay by {day}: {sum} to {people}")) } }
            (form.summary())
            @if page.settling {
                p.note role="status" { (lang.say("Des commandes arrivées en retard sont encore en cours de calcul. Le paiement sera possible dans quelques instants\u{a0}: rechargez la page.",
                    "Orders that arrived late are still being worked through. Paying is possible in a moment: load the page again.")) }
            }
            @if plan.payees.is_empty() {
                (empty(lang.say("Ici paraîtront les récompenses disponibles", "Rewards that can be paid will stand here"),
                    lang.say("Une récompense devient disponible quand son délai est passé sans retour de la commande.", "A reward becomes available once its waiting time is over and the order was not returned."),
                    html! { @if page.plan.left_out.is_empty() { (button(&frame.href(&Place::Orders), lang.say("Voir les commandes", "See the orders"), "")) } }))
            } @else if frame.may(Role::All) && !page.settling {
                (form.post(&Place::Pay, html! {
                    (form.hidden("until", &plan.until.to_string()))
                    @for kind in plan.selection.kinds.iter().flatten() { (form.hidden("kinds", kind)) }
                    @let choose = plan.payees.len() <= SHOWN;
                    @if choose { (form.hidden("chosen", "true")) }
                    (due(frame, &form, plan, choose))
                    div.acts {
                        button.main { (say!(lang, "Préparer le paiement de {sum}", "Prepare the payout of {sum}")) }
                        span.small { (lang.say("Rien n’est encore versé\u{a0}: l’étape suivante donne le fichier pour votre banque.", "Nothing is paid yet: the next step gives you the file for your bank.")) }
                    }
                }))
            } @else { (due(frame, &form, plan, false)) }
            (left_out(frame, &plan.left_out))
            (narrower(frame, plan))
            @if !page.last.is_empty() {
                section aria-labelledby="last" {
                    div.split { h2 #last { (lang.say("Derniers paiements", "Last payouts")) } a href=(frame.href(&Place::Payouts)) { (lang.say("Tous", "All")) } }
                    (payout_rows(frame, &page.last))
                }
            }
            @if frame.may(Role::All) {
                p.small { a href=(frame.href(&Place::Tax)) { (lang.say("Déclaration annuelle (DAS2)", "Yearly declaration (DAS2)")) } }
            }
        },
    )
}

/// How many referrers get something.
fn payees(plan: &PayoutPlan) -> i64 {
    let mut codes: Vec<&str> = plan.payees.iter().map(|line| line.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    i64::try_from(codes.len()).unwrap_or(i64::MAX)
}

/// A reward's kind by its name on the wire.
fn kind(frame: &Frame, name: &str) -> String {
    RewardKind::named(name).map_or_else(|| name.to_owned(), |kind| kind_name(frame.language, kind).to_owned())
}

fn due(frame: &Frame, form: &Form<'_>, plan: &PayoutPlan, choose: bool) -> Markup {
    let lang = frame.language;
    let mut seen = BTreeSet::new();
    let rest = plan.payees.len().saturating_sub(SHOWN);
    let mut row = |line: &PayoutLine| {
        let first = seen.insert(line.code.to_string());
        let code = line.code.as_str();
        let name = line.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(code);
        html! { tr {
            th scope="row" {
                @if choose && first { (form.tick("codes", code, name, true)) a.small href=(frame.href(&Place::Referrer(code.to_owned()))) { (code) } }
                @else { (referrer_link(frame, &line.code, line.name.as_deref())) }
                small.narrow { (kind(frame, &line.reward)) }
                @if let Some(changed) = line.details_changed_at.filter(|changed| frame.now.seconds() - changed.seconds() < 14 * 86_400) {
                    " " span.pill.amber { (lang.say("compte changé ", "account changed ")) (frame.clock().when(changed)) }
                }
            }
            td.wide { (kind(frame, &line.reward)) }
            td.wide { (by_which(frame, line)) }
            td.num.wide { (count(lang, line.count)) }
            td.num { (asset(lang, &line.amount, &line.asset)) }
        } }
    };
    html! {
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Qui reçoit combien", "Who gets how much")) }
            thead { tr {
                th scope="col" { (lang.say("Parrain", "Referrer")) }
                th.wide scope="col" { (lang.say("En", "As")) }
                th.wide scope="col" { (lang.say("Par", "By")) }
                th.num.wide scope="col" { (lang.say("Commandes", "Orders")) }
                th.num scope="col" { (lang.say("Montant", "Amount")) }
            } }
            tbody { @for line in plan.payees.iter().take(SHOWN) { (row(line)) } }
            tfoot { @for total in &plan.totals { tr {
                th scope="row" { (lang.say("Total", "Total")) }
                td.wide {} td.wide {} td.wide {}
                td.num { (assets(lang, std::slice::from_ref(total), frame.currency())) }
            } } }
        } }
        @if rest > 0 { p.small { (say!(lang, "Et {rest} autres lignes, comprises dans le total\u{a0}; toutes seront dans le tableau du paiement.", "And {rest} more lines, in the total; all will be in the payout’s spreadsheet.")) } }
    }
}

fn by_which(frame: &Frame, line: &PayoutLine) -> String {
    let lang = frame.language;
    match RewardKind::named(&line.reward) {
        Some(RewardKind::Cash | RewardKind::Commission) => {
            let names: Vec<&str> = line
                .methods
                .iter()
                .map(|method| match method.word() {
                    Some(Method::Sepa) => lang.say("virement", "transfer"),
                    Some(Method::Paypal) => "PayPal",
                    None => method.name(),
                })
                .collect();
            if names.is_empty() {
                lang.say("sans compte donné", "no account given").to_owned()
            } else {
                names.join(", ")
            }
        }
        Some(RewardKind::Donation) => line.charity.clone().unwrap_or_default(),
        Some(
            RewardKind::PercentOff
            | RewardKind::AmountOff
            | RewardKind::FreeShipping
            | RewardKind::FreeProduct
            | RewardKind::GiftCard
            | RewardKind::StoreCredit
            | RewardKind::Points
            | RewardKind::Access,
        )
        | None => lang.say("à créer dans votre boutique", "made in your shop").to_owned(),
    }
}

fn left_out(frame: &Frame, left: &[LeftOut]) -> Markup {
    let lang = frame.language;
    let n = left.len();
    html! { @if n > 0 { section aria-labelledby="left" {
        h2 #left { (say!(lang, "Laissés de côté ({n})", "Left out ({n})")) }
        ul.card.rows { @for each in left { li { div.stacked {
            span.what { (referrer_link(frame, &each.line.code, each.line.name.as_deref())) small { (why_left(frame, each)) } }
            span.sum { (asset(lang, &each.line.amount, &each.line.asset)) }
        } } } }
    } } }
}

fn why_left(frame: &Frame, left: &LeftOut) -> String {
    let lang = frame.language;
    match left.reason.as_str() {
        "on_hold" => match left.until {
            Some(until) => {
                let day = frame.clock().day(until);
                say!(lang, "en attente jusqu’au {day}", "waiting until {day}")
            }
            None => lang.say("en attente", "waiting").to_owned(),
        },
        "paused" => lang
            .say("en pause\u{a0}: payé quand vous le reprendrez", "paused: paid when you take them back")
            .to_owned(),
        "no_payout_details" => lang
            .say(
                "pas de coordonnées bancaires\u{a0}: ajoutez-les sur sa page",
                "no bank details: add them on their page",
            )
            .to_owned(),
        "below_minimum" => {
            let least = left
                .minimum
                .as_ref()
                .map_or_else(String::new, |least| money(lang, least.as_str(), &left.line.asset));
            say!(
                lang,
                "sous votre minimum de {least}, reporté",
                "below your minimum of {least}, carried over"
            )
        }
        "owes" => lang
            .say(
                "doit encore, après des remboursements\u{a0}; reporté",
                "still owes, after refunds; carried over",
            )
            .to_owned(),
        "module" => lang
            .say(
                "le module de votre boutique s’en charge\u{a0}: il fait le bon d’achat",
                "your shop’s module sees to it: it makes the voucher",
            )
            .to_owned(),
        "next_payout" => lang
            .say("dans le paiement suivant\u{a0}: celui-ci est plein", "in the next payout: this one is full")
            .to_owned(),
        "currency" => {
            lang.say("pas en euros\u{a0}: pas par virement", "not in euros: not by transfer").to_owned()
        }
        _ => left.detail.clone(),
    }
}

/// Paying a part: up to another day, or one kind alone. A form that only asks.
fn narrower(frame: &Frame, plan: &PayoutPlan) -> Markup {
    let lang = frame.language;
    let chosen = plan.selection.kinds.as_ref().and_then(|kinds| kinds.first()).map_or("", String::as_str);
    html! { details.unprinted {
        summary { (lang.say("Payer jusqu’à une autre date, ou une seule sorte", "Pay up to another day, or one kind alone")) }
        form method="get" action=(frame.href(&Place::Pay)) {
            div.fields.two {
                div.field { label for="until" { (lang.say("Jusqu’au", "Up to")) } input #until type="date" name="until" value=(frame.clock().date(plan.until)); }
                div.field { label for="kinds" { (lang.say("Sorte", "Kind")) } select #kinds name="kinds" {
                    option value="" { (lang.say("tout", "all")) }
                    @for (name, kind) in RewardKind::WORDS { option value=(name) selected[*name == chosen] { (kind_name(lang, *kind)) } }
                } }
            }
            div.acts { button { (lang.say("Voir", "See")) } }
        }
    } }
}

fn payout_rows(frame: &Frame, payouts: &[Payout]) -> Markup {
    let lang = frame.language;
    html! { ul.card.rows { @for payout in payouts { li { a href=(frame.href(&Place::Payout(payout.id.clone()))) {
        @let n = payout.count;
        @let rewards = lang.many(n, lang.say("récompense", "reward"), lang.say("récompenses", "rewards"));
        span.what { (frame.clock().day(payout.created_at)) small { (count(lang, n)) " " (rewards) } }
        (payout_state(frame, payout))
        span.sum { (assets(lang, &payout.totals, frame.currency())) }
    } } } } }
}

fn payout_state(frame: &Frame, payout: &Payout) -> Markup {
    match payout.paid_at {
        Some(_) => pill("ink", frame.language.say("payé", "paid")),
        None => pill("amber", frame.language.say("préparé", "prepared")),
    }
}

/// Draws the list of payouts.
pub fn list(frame: &Frame, page: &Payouts) -> Markup {
    let lang = frame.language;
    let title = lang.say("Tous les paiements", "All payouts");
    frame.page(
        Entry::Pay,
        title,
        html! {
            (crumb(frame, &Place::Pay, lang.say("Paiements", "Payouts")))
            h1 { (title) }
            @if page.list.payouts.is_empty() {
                (empty(lang.say("Aucun paiement encore", "No payouts yet"), lang.say("Chaque paiement que vous préparez reste ici, avec ses fichiers.", "Every payout that you prepare stays here, with its files."),
                    button(&frame.href(&Place::Pay), lang.say("Voir ce qui est à payer", "See what is to be paid"), "main")))
            } @else {
                (payout_rows(frame, &page.list.payouts))
                (more(frame, &Place::Payouts, &[], page.list.next_cursor.as_deref()))
            }
        },
    )
}

/// What one referrer gets of a payout.
struct Share<'a> {
    first: &'a PayoutItem,
    orders: Vec<&'a PayoutItem>,
    totals: Vec<AssetTotal>,
}

fn shares(items: &[PayoutItem]) -> Vec<Share<'_>> {
    let mut places_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut shares: Vec<Share<'_>> = Vec::new();
    for item in items {
        let at = *places_of.entry(item.code.as_str()).or_insert(shares.len());
        if at == shares.len() {
            shares.push(Share { first: item, orders: Vec::new(), totals: Vec::new() });
        }
        let Some(share) = shares.get_mut(at) else { continue };
        share.orders.push(item);
        let places = places(&item.asset);
        let amount = minor(item.amount.as_str(), places);
        let same = |total: &&mut AssetTotal| total.asset == item.asset && total.charity == item.charity;
        match share.totals.iter_mut().find(same) {
            Some(total) => {
                let sum = minor(total.amount.as_str(), places).saturating_add(amount);
                total.amount = format_amount(sum, places).into();
            }
            None => {
                share.totals.push(AssetTotal {
                    asset: item.asset.clone(),
                    amount: item.amount.clone(),
                    charity: item.charity.clone(),
                });
            }
        }
    }
    shares
}

/// How many decimals an asset's amounts have: none where it is a unit.
pub(crate) fn places(asset: &str) -> u8 {
    if RewardKind::named(asset).is_some() { 0 } else { decimals(asset) }
}

/// Draws one.
pub fn one(frame: &Frame, page: &PayoutPage) -> Markup {
    let lang = frame.language;
    let payout = &page.payout;
    let form = Form::new(frame, &page.entered);
    let (sum, day) = (assets(lang, &payout.totals, frame.currency()), frame.clock().day(payout.created_at));
    let title = say!(lang, "Paiement du {day}", "Payout of {day}");
    frame.page(
        Entry::Pay,
        &title,
        html! {
            (crumb(frame, &Place::Pay, lang.say("Paiements", "Payouts")))
            div.head { h1 { (title) "\u{a0}: " (sum) } (payout_state(frame, payout)) }
            (form.summary())
            @match payout.paid_at {
                Some(paid) => p.lead { (lang.say("Marqué comme payé le ", "Marked as paid on ")) (frame.clock().time(paid, &frame.clock().day(paid))) "." },
                None => (steps(frame, page, &sum)),
            }
            section aria-labelledby="items" {
                h2 #items { (lang.say("Qui reçoit combien", "Who gets how much")) }
                (items(frame, payout))
            }
            (left_out(frame, &payout.left_out))
            @if payout.paid_at.is_some() && frame.may(Role::All) { (archive(frame, page)) }
        },
    )
}

/// The two things that are left to do.
fn steps(frame: &Frame, page: &PayoutPage, sum: &str) -> Markup {
    let lang = frame.language;
    html! {
        section.card.pad.stack aria-labelledby="file" {
            h2 #file { (lang.say("1. Payez", "1. Pay")) }
            (files(frame, page))
        }
        section.card.pad.stack aria-labelledby="paid" {
            h2 #paid { (lang.say("2. Dites que c’est payé", "2. Say that it is paid")) }
            p { (lang.say("Quand votre banque a exécuté les virements et que les bons sont créés. Vos parrains le verront.", "Once your bank has made the transfers and the store credit is given. Your referrers will see it.")) }
            @if frame.may(Role::All) { (press(frame, &Place::PayoutPaid(page.payout.id.clone()), &[], &say!(lang, "C’est payé\u{a0}: {sum}", "It is paid: {sum}"), "main")) }
        }
    }
}

fn files(frame: &Frame, page: &PayoutPage) -> Markup {
    let lang = frame.language;
    html! { @if frame.may(Role::All) {
        @match &page.sepa {
            Some(plan) if plan.count > 0 => {
                @let (total, n) = (money(lang, plan.amount.as_str(), "EUR"), plan.count);
                @let transfers = lang.many(n, lang.say("virement", "transfer"), lang.say("virements", "transfers"));
                p { (say!(lang, "Le fichier SEPA contient {n} {transfers}, {total} en tout. Déposez-le dans l’espace «\u{a0}virements\u{a0}» de votre banque.", "The SEPA file holds {n} {transfers}, {total} in all. Hand it in under “transfers” at your bank.")) }
                @if !plan.left_out.is_empty() { p { strong { (lang.say("Pas par virement, à faire autrement\u{a0}:", "Not by transfer, to be paid otherwise:")) } } (otherwise(frame, &page.payout, plan)) }
            },
            Some(plan) => {
                p { (lang.say("Rien ici ne se paie par virement SEPA.", "Nothing here is paid by SEPA transfer.")) }
                (otherwise(frame, &page.payout, plan))
            },
            None => p { (lang.say("Rien ici ne se paie par virement SEPA. Le tableau dit qui reçoit quoi.", "Nothing here is paid by SEPA transfer. The spreadsheet says who gets what.")) },
        }
        (downloads(frame, page))
    } }
}

/// What is kept of a payout that is paid: nothing of it is to be done again.
fn archive(frame: &Frame, page: &PayoutPage) -> Markup {
    let lang = frame.language;
    let transfers = page.sepa.as_ref().filter(|plan| plan.count > 0);
    html! { section.card.pad.stack aria-labelledby="archive" {
        h2 #archive { (lang.say("Pour vos archives", "For your records")) }
        @match transfers {
            Some(plan) => {
                @let (total, n) = (money(lang, plan.amount.as_str(), "EUR"), plan.count);
                @let transfers = lang.many(n, lang.say("virement", "transfer"), lang.say("virements", "transfers"));
                p { (say!(lang, "Le fichier SEPA contient {n} {transfers} ({total})", "The SEPA file holds {n} {transfers} ({total})"))
                    @if plan.left_out.is_empty() { "." } @else { (lang.say("\u{a0}; le reste n’y est pas.", "; the rest is not in it.")) } }
            },
            None => p { (lang.say("Payé, sans virement SEPA.", "Paid, without a SEPA transfer.")) },
        }
        p.small { (lang.say("Il n’y a plus rien à payer ici\u{a0}: ne redonnez pas ces fichiers à votre banque.", "Nothing is left to pay here: do not hand these files to your bank again.")) }
        (downloads(frame, page))
    } }
}

/// The files of a payout.
fn downloads(frame: &Frame, page: &PayoutPage) -> Markup {
    let lang = frame.language;
    let id = &page.payout.id;
    let csv = |query: &[(&str, &str)]| frame.asking(&Place::PayoutCsv(id.clone()), query);
    html! {
        div.row {
            @if let Some(plan) = page.sepa.as_ref().filter(|plan| plan.count > 0) {
                @let partial = if plan.left_out.is_empty() { "" } else { "true" };
                a.button href=(frame.asking(&Place::PayoutXml(id.clone()), &[("partial", partial)])) download { (lang.say("Fichier SEPA", "SEPA file")) }
            }
            a.button href=(csv(&[])) download { (lang.say("Tableau (CSV)", "Spreadsheet (CSV)")) }
            a.small href=(csv(&[("details", "true")])) download { (lang.say("avec comptes et SIRET", "with accounts and company numbers")) }
        }
    }
}

/// Those of a batch whom no transfer pays, grouped by what is to be done for them.
struct Group {
    title: String,
    who: Vec<(Code, String)>,
    totals: Vec<AssetTotal>,
}

/// What of a batch is not paid by its SEPA file: by what it is where the shop gives it itself, else by why not.
fn groups(frame: &Frame, payout: &Payout, plan: &SepaPlan) -> Vec<Group> {
    let lang = frame.language;
    let mut groups: Vec<Group> = Vec::new();
    let mut add = |title: String, code: &Code, amount: String, total: AssetTotal| {
        let at = groups.iter().position(|group| group.title == title).unwrap_or(groups.len());
        if at == groups.len() {
            groups.push(Group { title, who: Vec::new(), totals: Vec::new() });
        }
        let Some(group) = groups.get_mut(at) else { return };
        group.who.push((code.clone(), amount));
        let places = places(&total.asset);
        match group.totals.iter_mut().find(|one| one.asset == total.asset && one.charity == total.charity) {
            Some(sum) => {
                let both =
                    minor(sum.amount.as_str(), places).saturating_add(minor(total.amount.as_str(), places));
                sum.amount = format_amount(both, places).into();
            }
            None => group.totals.push(total),
        }
    };
    for each in plan.left_out.iter().filter(|each| each.reason != GIVEN_BY_SHOP) {
        let (amount, asset) = each.amount.split_once(' ').unwrap_or((&each.amount, "EUR"));
        let total = AssetTotal { asset: asset.to_owned(), amount: amount.into(), charity: None };
        add(why_no_transfer(frame, each), &each.code, told_amount(frame, &each.amount), total);
    }
    let given: Vec<PayoutItem> =
        payout.items.iter().filter(|item| given_by(lang, &item.reward).is_some()).cloned().collect();
    let mut kinds: Vec<&str> = given.iter().map(|item| item.reward.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for name in kinds {
        let Some(title) = given_by(lang, name) else { continue };
        let of_kind: Vec<PayoutItem> = given.iter().filter(|item| item.reward == name).cloned().collect();
        for share in shares(&of_kind) {
            for total in &share.totals {
                let told = asset(lang, &total.amount, &total.asset);
                add(title.clone(), &share.first.code, told, total.clone());
            }
        }
    }
    groups
}

/// The name on the wire of what no transfer pays because the shop gives it itself.
const GIVEN_BY_SHOP: &str = "not_paid_out";

/// What is to be done for rewards of a kind that the shop gives itself; nothing for what is paid into an account.
fn given_by(lang: Language, name: &str) -> Option<String> {
    let text = match RewardKind::named(name) {
        Some(RewardKind::Cash | RewardKind::Commission) => return None,
        Some(RewardKind::StoreCredit) => {
            lang.say("Bons d’achat à créer dans votre boutique", "Store credit to make in your shop")
        }
        Some(RewardKind::GiftCard) => {
            lang.say("Cartes cadeaux à créer dans votre boutique", "Gift cards to make in your shop")
        }
        Some(RewardKind::Donation) => lang.say("Dons à verser", "Donations to make"),
        Some(
            kind @ (RewardKind::PercentOff
            | RewardKind::AmountOff
            | RewardKind::FreeShipping
            | RewardKind::FreeProduct
            | RewardKind::Points
            | RewardKind::Access),
        ) => {
            let what = kind_name(lang, kind);
            return Some(say!(
                lang,
                "À donner dans votre boutique\u{a0}: {what}",
                "To give in your shop: {what}"
            ));
        }
        None => lang.say("À donner dans votre boutique", "To give in your shop"),
    };
    Some(text.to_owned())
}

/// Why a transfer does not pay somebody, as the heading of a group; the edge's own words for a reason that is not known here.
fn why_no_transfer(frame: &Frame, each: &NotTransferred) -> String {
    let lang = frame.language;
    match each.reason.as_str() {
        "no_payout_details" => {
            lang.say("Sans compte dans la zone SEPA", "Without an account within SEPA").to_owned()
        }
        "currency" => {
            lang.say("Dans une autre monnaie que l’euro", "In another currency than euros").to_owned()
        }
        "owes" => {
            lang.say("Rien à recevoir après les reprises", "Nothing due after what was taken back").to_owned()
        }
        "too_much" => {
            lang.say("Plus que ce que permet un virement", "More than one transfer carries").to_owned()
        }
        _ => each.detail.clone(),
    }
}

/// Those groups, each with its people behind its sum.
fn otherwise(frame: &Frame, payout: &Payout, plan: &SepaPlan) -> Markup {
    let lang = frame.language;
    let name_of = |code: &Code| {
        let item = payout.items.iter().find(|item| item.code == *code);
        item.and_then(|item| item.name.as_deref())
    };
    html! { @for group in groups(frame, payout, plan) {
        @let (title, sum) = (&group.title, assets(lang, &group.totals, frame.currency()));
        @let n = count(lang, i64::try_from(group.who.len()).unwrap_or(i64::MAX));
        details.card.pad open[group.who.len() <= FEW] {
            summary { (say!(lang, "{title} ({n})\u{a0}: {sum}", "{title} ({n}): {sum}")) }
            ul { @for (code, amount) in &group.who { li.split { (referrer_link(frame, code, name_of(code))) span.sum { (amount) } } } }
        }
    } }
}

/// An amount that is told with its currency or unit behind it: `17.00 EUR`.
fn told_amount(frame: &Frame, text: &str) -> String {
    match text.split_once(' ') {
        Some((amount, unit)) => asset(frame.language, &amount.into(), unit),
        None => text.to_owned(),
    }
}

fn items(frame: &Frame, payout: &Payout) -> Markup {
    let lang = frame.language;
    let shares = shares(&payout.items);
    let rest = shares.len().saturating_sub(SHOWN);
    html! {
        div.scroll tabindex="0" { table {
            caption.aside { (lang.say("Qui reçoit combien", "Who gets how much")) }
            thead { tr { th scope="col" { (lang.say("Parrain", "Referrer")) } th scope="col" { (lang.say("Commandes", "Orders")) } th.num scope="col" { (lang.say("Montant", "Amount")) } } }
            tbody { @for share in shares.iter().take(SHOWN) { tr {
                th scope="row" { (referrer_link(frame, &share.first.code, share.first.name.as_deref())) small { (kind(frame, &share.first.reward))
                    @if let Some(paid) = payout.paid_at { " · " a href=(frame.href(&Place::Statement(share.first.code.to_string(), frame.clock().month(paid)))) { (lang.say("relevé", "statement")) } } } }
                td { details { summary { (count(lang, i64::try_from(share.orders.len()).unwrap_or(0))) } ul {
                    @for item in share.orders.iter().take(SHOWN) { li.split { @if item.kind == Kind::Adjustment { (lang.say("Bonus ou correction", "Bonus or correction")) } @else { (order_link(frame, &item.order_id)) } span.sum { (asset(lang, &item.amount, &item.asset)) } } }
                } } }
                td.num { (assets(lang, &share.totals, frame.currency())) }
            } } }
            tfoot { @for total in &payout.totals { tr { th scope="row" { (lang.say("Total", "Total")) } td {} td.num { (assets(lang, std::slice::from_ref(total), frame.currency())) } } } }
        } }
        @if rest > 0 { p.small { (say!(lang, "Et {rest} autres, comprises dans le total\u{a0}: le tableau les a toutes.", "And {rest} more, in the total: the spreadsheet has them all.")) } }
    }
}
