//! Who is paid what in a payout, and who is left out of it and why.
//!
//! What is due is known by then; here stand the shop's rules and what it asked for. Nothing that is left out is
//! lost: it is due again in the next payout.

use std::collections::BTreeMap;

use crate::code::Code;
use crate::instant::Instant;
use crate::money::Currency;
use crate::program::{PayoutRules, is_paid_out};
use crate::reward::Asset;

pub use parrain_wire::payouts::{Method, Selection};

/// Whether a way of paying knows a currency.
fn pays(method: Method, currency: Currency) -> bool {
    match method {
        Method::Sepa => currency.code() == "EUR",
        Method::Paypal => true,
    }
}

/// What is due to a referrer for one conversion or adjustment; negative where it is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The entry that it is for, as its store numbers it.
    pub entry: i64,
    /// To whom.
    pub code: Code,
    /// As which kind of reward, such as `cash`.
    pub kind: String,
    /// In what.
    pub asset: Asset,
    /// How much, in minor units or units.
    pub amount: i64,
}

/// What is to be known of a referrer before they are paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payee {
    /// Whether the shop has put them on hold.
    pub paused: bool,
    /// The ways of paying them that they have given details for.
    pub methods: Vec<Method>,
}

/// Why somebody is not paid now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// The shop has put the referrer on hold.
    Paused,
    /// The referrer has not said to which account.
    NoDetails,
    /// The way of paying knows no such currency.
    Currency,
    /// It is less than the shop's minimum, in minor units, and is carried over.
    BelowMinimum(i64),
    /// More was taken back than is due; it is carried over and set off.
    Owes,
    /// The payout is full: the next one pays it.
    Full,
}

impl Because {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::NoDetails => "no_payout_details",
            Self::Currency => "currency",
            Self::BelowMinimum(_) => "below_minimum",
            Self::Owes => "owes",
            Self::Full => "next_payout",
        }
    }

    /// The reason in a sentence for the shop's owner: in French where `locale` is French, else in English.
    pub fn words(self, asset: &Asset, locale: &str) -> String {
        let french = is_french(locale);
        let words = |english: &str, in_french: &str| if french { in_french } else { english }.to_owned();
        match self {
            Self::Paused => words("This referrer is paused.", "Ce parrain est en pause."),
            Self::NoDetails => words(
                "They have not said yet where to be paid.",
                "Ses coordonnées de paiement manquent encore.",
            ),
            Self::Currency => {
                words("This way of paying knows euros alone.", "Ce mode de paiement n’accepte que des euros.")
            }
            Self::BelowMinimum(minor) => {
                let least = format!("{} {}", asset.format(minor), asset.unit());
                if french {
                    format!("Moins que le minimum de {least}\u{a0}: reporté au prochain versement.")
                } else {
                    format!("Less than the minimum of {least}: carried over to the next payout.")
                }
            }
            Self::Owes => words(
                "More was taken back than is due: it is set off against later rewards.",
                "Ce qui a été repris dépasse ce qui est dû\u{a0}: ce sera déduit des prochaines récompenses.",
            ),
            Self::Full => words(
                "This payout is full: the next one pays it.",
                "Ce versement est complet\u{a0}: le prochain le paiera.",
            ),
        }
    }
}

/// Until when something is on hold, in a sentence.
pub fn on_hold_words(until: Instant, locale: &str) -> String {
    let date = until.date();
    if is_french(locale) {
        format!("En attente jusqu’au {date}.")
    } else {
        format!("On hold until {date}.")
    }
}

/// That a module is to give something or to end it, in a sentence.
pub fn module_words(locale: &str) -> String {
    let words = if is_french(locale) {
        "Votre module s’en occupe dans la boutique, par exemple par un bon d’achat."
    } else {
        "Your module sees to it in the shop, such as by a voucher."
    };
    words.to_owned()
}

fn is_french(locale: &str) -> bool {
    locale.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("fr"))
}

/// Sums of one referrer in one kind of reward and asset.
pub type Lines = BTreeMap<(Code, String, Asset), Line>;

/// A sum, and of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// In minor units or units.
    pub amount: i64,
    /// How many rewards and takings back.
    pub count: i64,
}

/// A payout as it would be made now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is in it.
    pub paid: Vec<Due>,
    /// What is due and left out.
    pub left_out: Vec<(Due, Because)>,
}

/// Whether a payout of a selection has a place for a kind of reward in an asset.
pub fn takes(selection: &Selection, code: &Code, kind: &str, asset: &Asset) -> bool {
    let listed = selection.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind))
        && selection.codes.as_ref().is_none_or(|codes| codes.contains(code));
    listed && (selection.method.is_none() || to_an_account(kind, asset))
}

impl Plan {
    /// Says of everything that is due whether this payout pays it; what the selection does not ask for is left aside
    /// without a word. `most` is how many entries one payout holds.
    pub fn of(
        dues: Vec<Due>,
        payees: &BTreeMap<Code, Payee>,
        rules: &PayoutRules,
        selection: &Selection,
        most: usize,
    ) -> Self {
        let mut plan = Self::default();
        let mut by_code: BTreeMap<Code, Vec<Due>> = BTreeMap::new();
        for due in dues {
            if takes(selection, &due.code, &due.kind, &due.asset) {
                by_code.entry(due.code.clone()).or_default().push(due);
            }
        }
        for (code, dues) in by_code {
            let payee = payees.get(&code).cloned().unwrap_or_default();
            plan.add(dues, &payee, rules, selection, most);
        }
        plan
    }

    /// Sums of what is in it.
    pub fn lines(&self) -> Lines {
        sum(self.paid.iter())
    }

    /// Sums of what is left out, by reason.
    pub fn lines_left_out(&self) -> Vec<(Because, Lines)> {
        let mut by_reason: BTreeMap<Because, Vec<&Due>> = BTreeMap::new();
        for (due, because) in &self.left_out {
            by_reason.entry(*because).or_default().push(due);
        }
        by_reason.into_iter().map(|(because, dues)| (because, sum(dues.into_iter()))).collect()
    }

    /// Adds what is due to one referrer.
    fn add(
        &mut self,
        dues: Vec<Due>,
        payee: &Payee,
        rules: &PayoutRules,
        selection: &Selection,
        most: usize,
    ) {
        let (mut ready, mut held) = (Vec::new(), Vec::new());
        for due in dues {
            match by_itself(&due, payee, rules, selection.method) {
                Some(because) => held.push((due, because)),
                None => ready.push(due),
            }
        }
        // What is too little, or negative, is so together.
        for (group, sum) in groups(&ready, rules, selection.method) {
            let least = rules.minimum.get(&group.currency).copied().filter(|_| group.has_least).unwrap_or(0);
            let because = match sum {
                sum if sum < 0 => Because::Owes,
                sum if sum < least => Because::BelowMinimum(least),
                _ => continue,
            };
            let (gone, kept) =
                ready.into_iter().partition(|due| group_of(due, rules, selection.method) == Some(group));
            ready = kept;
            held.extend(Vec::into_iter(gone).map(|due| (due, because)));
        }
        let room = most.saturating_sub(self.paid.len());
        // A referrer is in one payout whole, so that what is taken back is set off; who alone is more than one holds
        // gets it in several.
        let fits = if ready.len() <= room {
            ready.len()
        } else if self.paid.is_empty() {
            room
        } else {
            0
        };
        let beyond = ready.split_off(fits);
        self.paid.extend(ready);
        self.left_out.extend(held);
        self.left_out.extend(beyond.into_iter().map(|due| (due, Because::Full)));
    }
}

/// Why something is left out whatever else is due.
fn by_itself(due: &Due, payee: &Payee, rules: &PayoutRules, method: Option<Method>) -> Option<Because> {
    if payee.paused {
        return Some(Because::Paused);
    }
    if !to_an_account(&due.kind, &due.asset) {
        return None;
    }
    if let (Some(method), Asset::Money(currency)) = (method, &due.asset)
        && !pays(method, *currency)
    {
        return Some(Because::Currency);
    }
    let given = match method {
        Some(method) => payee.methods.contains(&method),
        None => !rules.details_required || !payee.methods.is_empty(),
    };
    (!given).then_some(Because::NoDetails)
}

/// What is held against the minimum together: one currency, of what the minimum binds, or else of what is paid into
/// one account, to which nothing negative can be sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    currency: Currency,
    has_least: bool,
}

fn group_of(due: &Due, rules: &PayoutRules, method: Option<Method>) -> Option<Group> {
    let currency = match &due.asset {
        Asset::Money(currency) => currency,
        // Donations are never the referrer's: no minimum binds them, and nothing is set off against them.
        Asset::Donation(_) | Asset::Unit(_) => return None,
    };
    let has_least = rules.least(&due.kind, *currency).is_some();
    (has_least || method.is_some()).then_some(Group { currency: *currency, has_least })
}

fn groups(dues: &[Due], rules: &PayoutRules, method: Option<Method>) -> BTreeMap<Group, i64> {
    let mut groups = BTreeMap::new();
    for due in dues {
        if let Some(group) = group_of(due, rules, method) {
            *groups.entry(group).or_insert(0_i64) += due.amount;
        }
    }
    groups
}

fn to_an_account(kind: &str, asset: &Asset) -> bool {
    match asset {
        Asset::Money(_) => is_paid_out(kind),
        Asset::Donation(_) | Asset::Unit(_) => false,
    }
}

fn sum<'a>(dues: impl Iterator<Item = &'a Due>) -> Lines {
    let mut lines = Lines::new();
    for due in dues {
        let line = lines.entry((due.code.clone(), due.kind.clone(), due.asset.clone())).or_default();
        line.amount += due.amount;
        line.count += 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn due(entry: i64, code: &str, kind: &str, asset: &str, amount: i64) -> Due {
        let asset = Asset::from_name(asset);
        Due { entry, code: code.parse().unwrap(), kind: kind.into(), asset, amount }
    }

    fn rules(minimum: &[(&str, i64)]) -> PayoutRules {
        let minimum = minimum.iter().map(|(code, least)| (Currency::parse(code).unwrap(), *least)).collect();
        PayoutRules { minimum, ..PayoutRules::default() }
    }

    fn plan(dues: Vec<Due>, payees: &[(&str, Payee)], rules: &PayoutRules, selection: &Selection) -> Plan {
        let payees = payees.iter().map(|(code, payee)| (code.parse().unwrap(), payee.clone())).collect();
        Plan::of(dues, &payees, rules, selection, 100)
    }

    fn paid(plan: &Plan) -> Vec<i64> {
        plan.paid.iter().map(|due| due.entry).collect()
    }

    fn left(plan: &Plan) -> Vec<(i64, Because)> {
        plan.left_out.iter().map(|(due, because)| (due.entry, *because)).collect()
    }

    #[test]
    fn without_rules_all_that_is_due_is_paid_debts_included() {
        let dues = vec![
            due(1, "ANNA10", "cash", "EUR", 1000),
            due(2, "BOB22", "points", "points", 50),
            due(3, "BOB22", "cash", "EUR", -500),
        ];
        let plan = plan(dues, &[], &PayoutRules::default(), &Selection::default());
        assert_eq!((paid(&plan), left(&plan)), (vec![1, 2, 3], vec![]));
    }

    #[test]
    fn a_minimum_counts_all_of_a_currency_and_lets_the_rest_through() {
        let dues = vec![
            due(1, "ANNA10", "cash", "EUR", 1000),
            due(2, "ANNA10", "commission", "EUR", 1499),
            due(3, "ANNA10", "commission", "USD", 100),
            due(4, "ANNA10", "points", "points", 5),
            due(5, "BOB22", "commission", "EUR", 3000),
            due(6, "BOB22", "commission", "EUR", -500),
            due(7, "CARL", "cash", "EUR", 2500),
            due(8, "DORA", "cash", "EUR", -1),
        ];
        let plan = plan(dues, &[], &rules(&[("EUR", 2500)]), &Selection::default());
        assert_eq!(paid(&plan), [3, 4, 5, 6, 7]);
        let short = Because::BelowMinimum(2500);
        assert_eq!(left(&plan), [(1, short), (2, short), (8, Because::Owes)]);
    }

    #[test]
    fn what_goes_to_a_charity_is_bound_by_no_minimum_and_by_no_account() {
        let dues = vec![
            due(1, "ANNA10", "donation", "EUR Les Restos du Cœur", 500),
            due(2, "ANNA10", "cash", "EUR", -700),
            due(3, "ANNA10", "donation", "EUR Les Restos du Cœur", -200),
        ];
        let rules = PayoutRules { details_required: true, ..rules(&[("EUR", 2500)]) };
        let made = plan(dues.clone(), &[], &rules, &Selection::default());
        assert_eq!((paid(&made), left(&made)), (vec![1, 3], vec![(2, Because::NoDetails)]));
        let [((_, kind, asset), line)] = &made.lines().into_iter().collect::<Vec<_>>()[..] else { panic!() };
        assert_eq!(
            (kind.as_str(), asset.charity(), line.amount),
            ("donation", Some("Les Restos du Cœur"), 300)
        );
        let sepa = Selection { method: Some(Method::Sepa), ..Selection::default() };
        assert_eq!(paid(&plan(dues, &[], &rules, &sepa)), [] as [i64; 0]);
    }

    #[test]
    fn a_minimum_of_nothing_carries_debts_over_and_no_more() {
        let dues = vec![due(1, "ANNA10", "cash", "EUR", -1), due(2, "BOB22", "cash", "EUR", 1)];
        let plan = plan(dues, &[], &rules(&[("EUR", 0)]), &Selection::default());
        assert_eq!((paid(&plan), left(&plan)), (vec![2], vec![(1, Because::Owes)]));
    }

    #[test]
    fn a_minimum_may_bind_some_kinds_alone() {
        let mut rules = rules(&[("EUR", 2500)]);
        rules.minimum_kinds.insert("cash".into());
        let dues = vec![due(1, "ANNA10", "cash", "EUR", 1000), due(2, "ANNA10", "store_credit", "EUR", 2000)];
        let plan = plan(dues, &[], &rules, &Selection::default());
        assert_eq!((paid(&plan), left(&plan)), (vec![2], vec![(1, Because::BelowMinimum(2500))]));
    }

    #[test]
    fn kinds_and_codes_choose_without_a_word_on_the_rest() {
        let dues = vec![
            due(1, "ANNA10", "cash", "EUR", 1000),
            due(2, "ANNA10", "store_credit", "EUR", 1000),
            due(3, "BOB22", "cash", "EUR", 1000),
        ];
        let selection = Selection {
            kinds: Some(["cash".to_owned()].into()),
            codes: Some(["ANNA10".parse().unwrap()].into()),
            method: None,
        };
        let plan = plan(dues, &[], &PayoutRules::default(), &selection);
        assert_eq!((paid(&plan), left(&plan)), (vec![1], vec![]));
    }

    #[test]
    fn a_transfer_goes_to_who_said_where_in_euros_and_never_below_nothing() {
        let who = |methods: &[Method]| Payee { paused: false, methods: methods.to_vec() };
        let dues = vec![
            due(1, "ANNA10", "commission", "EUR", 1000),
            due(2, "ANNA10", "commission", "USD", 1000),
            due(3, "ANNA10", "points", "points", 1000),
            due(4, "BOB22", "commission", "EUR", 1000),
            due(5, "CARL", "cash", "EUR", 500),
            due(6, "CARL", "commission", "EUR", -700),
            due(7, "DORA", "cash", "EUR", 500),
        ];
        let payees = [
            ("ANNA10", who(&[Method::Sepa])),
            ("BOB22", who(&[Method::Paypal])),
            ("CARL", who(&[Method::Sepa])),
        ];
        let by = |method| Selection { method: Some(method), ..Selection::default() };
        let sepa = plan(dues.clone(), &payees, &PayoutRules::default(), &by(Method::Sepa));
        assert_eq!(paid(&sepa), [1]);
        assert_eq!(
            left(&sepa),
            [
                (2, Because::Currency),
                (4, Because::NoDetails),
                (5, Because::Owes),
                (6, Because::Owes),
                (7, Because::NoDetails)
            ]
        );
        let paypal = plan(dues, &payees, &PayoutRules::default(), &by(Method::Paypal));
        assert_eq!(paid(&paypal), [4]);
    }

    #[test]
    fn where_details_are_required_money_waits_for_any() {
        let rules = PayoutRules { details_required: true, ..PayoutRules::default() };
        let dues = vec![
            due(1, "ANNA10", "cash", "EUR", 1000),
            due(2, "ANNA10", "store_credit", "EUR", 1000),
            due(3, "BOB22", "cash", "EUR", 1000),
        ];
        let payees = [("BOB22", Payee { paused: false, methods: vec![Method::Paypal] })];
        let plan = plan(dues, &payees, &rules, &Selection::default());
        assert_eq!((paid(&plan), left(&plan)), (vec![2, 3], vec![(1, Because::NoDetails)]));
    }

    #[test]
    fn who_is_paused_gets_nothing_at_all() {
        let payees = [("ANNA10", Payee { paused: true, methods: vec![Method::Sepa] })];
        let dues = vec![due(1, "ANNA10", "points", "points", 5), due(2, "BOB22", "cash", "EUR", 5)];
        let plan = plan(dues, &payees, &PayoutRules::default(), &Selection::default());
        assert_eq!((paid(&plan), left(&plan)), (vec![2], vec![(1, Because::Paused)]));
    }

    #[test]
    fn a_full_payout_keeps_referrers_whole() {
        let many = |code: &str, from: i64, count: i64| {
            (from..from + count).map(|entry| due(entry, code, "cash", "EUR", 1)).collect::<Vec<_>>()
        };
        let dues = [many("ANNA10", 0, 3), many("BOB22", 10, 3), many("CARL", 20, 2)].concat();
        let made = |most| {
            Plan::of(dues.clone(), &BTreeMap::new(), &PayoutRules::default(), &Selection::default(), most)
        };
        assert_eq!(paid(&made(5)), [0, 1, 2, 20, 21]);
        assert!(
            left(&made(5))
                .iter()
                .all(|(entry, because)| (10..13).contains(entry) && *because == Because::Full)
        );
        assert_eq!(paid(&made(2)), [0, 1], "one who fills a payout alone");
    }

    proptest! {
        /// Nothing is lost and nothing is paid twice; no line that a minimum binds is below it.
        #[test]
        fn everything_is_either_paid_or_left_out(
            amounts in proptest::collection::vec((0..4_usize, 0..3_usize, -3000..3000_i64), 0..40),
            least in 0..4000_i64,
            paused in any::<bool>(),
            sepa in any::<bool>(),
        ) {
            let codes = ["ANNA10", "BOB22", "CARL", "DORA"];
            let kinds = ["cash", "commission", "store_credit"];
            let dues: Vec<Due> = amounts.iter().enumerate()
                .map(|(entry, (code, kind, amount))| due(entry as i64, codes[*code], kinds[*kind], "EUR", *amount))
                .collect();
            let payees = [("ANNA10", Payee { paused, methods: vec![Method::Sepa] }),
                ("BOB22", Payee { paused: false, methods: vec![Method::Sepa] })];
            let rules = rules(&[("EUR", least)]);
            let selection = Selection { method: sepa.then_some(Method::Sepa), ..Selection::default() };
            let plan = plan(dues.clone(), &payees, &rules, &selection);
            let mut seen: Vec<i64> = paid(&plan);
            seen.extend(left(&plan).iter().map(|(entry, _)| *entry));
            seen.sort_unstable();
            let asked: Vec<i64> = dues.iter()
                .filter(|due| takes(&selection, &due.code, &due.kind, &due.asset)).map(|due| due.entry).collect();
            prop_assert_eq!(seen, asked);
            let mut sums: BTreeMap<Code, i64> = BTreeMap::new();
            for due in &plan.paid {
                *sums.entry(due.code.clone()).or_default() += due.amount;
            }
            prop_assert!(sums.values().all(|sum| *sum >= least), "{:?}", sums);
        }
    }
}
