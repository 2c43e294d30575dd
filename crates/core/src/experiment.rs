//! Which of two or three offers brings more: how long that takes to tell, and what the figures say at the end.
//!
//! Referrers are dealt to the variants, not visitors: a friend then sees one offer wherever and however often they come,
//! without anything kept of them, and earns their referrer what that offer says. A referrer's visits are alike, so they are
//! no independent tries. What is compared are ratios of sums over referrers, whose errors come from how much whole
//! referrers differ (Cochran, Sampling Techniques, 3rd edition, 6.4 and 6.15; for experiments: Deng, Knoblich and Lu,
//! Applying the Delta Method in Metric Analytics, KDD 2018, section 3). The end is fixed before the beginning and nobody
//! is shown a verdict earlier, so that looking often finds nothing that is not there.

use sha2::{Digest, Sha256};
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::code::Code;

/// How often a verdict may be wrong where the variants are alike.
pub const FALSE_ALARMS: f64 = 0.05;

/// How often a difference as large as the one asked for is found.
pub const POWER: f64 = 0.8;

/// The longest that an experiment is planned for, in weeks.
pub const MOST_WEEKS: u32 = 52;

/// How many referrers with visits, made equal in size, each variant needs for its error to be known at all.
const FEWEST_REFERRERS: f64 = 4.0;

/// How many conversions each variant needs.
const FEWEST_CONVERSIONS: u64 = 10;

/// What a referrer brought in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// How often their link was followed.
    pub visits: u64,
    /// Conversions that stand.
    pub conversions: u64,
}

/// What a shop's referrers brought in so many past weeks, for a plan.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// Each referrer who would take part.
    pub referrers: &'a [Brought],
    /// In how many weeks.
    pub weeks: f64,
}

/// How long an experiment takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan {
    /// So many whole weeks.
    Weeks(u32),
    /// Longer than [`MOST_WEEKS`], with these referrers and their visits; within those weeks a difference of this size can
    /// be told, in conversions a visit.
    TooLong {
        /// The smallest difference that can be told.
        smallest: f64,
    },
    /// Nobody knows: there are too few referrers with visits, or no conversion.
    Unknown,
}

/// A range that holds the true value nineteen times in twenty, with what was seen; in conversions a visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// What was seen.
    pub seen: f64,
    /// Its upper end.
    pub high: f64,
}

/// What an experiment says of a variant beside the first one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// More conversions a visit: the whole range is above nothing.
    Better(Interval),
    /// Fewer.
    Worse(Interval),
    /// There is no difference as large as the one asked for: the whole range is below it.
    Alike(Interval),
    /// The range holds nothing as well as what was asked for.
    TooLittle(Option<Interval>),
}

/// Deals referrers to `variants` variants: those who brought alike much form groups of that size, of which each variant
/// gets one, by a hash of the experiment's name and the code. The same referrers are always dealt the same.
///
/// Each is answered with the index of its variant, in the order of `referrers`.
pub fn deal(experiment: &str, referrers: &[(Code, Brought)], variants: usize) -> Vec<usize> {
    let hash =
        |code: &Code| -> [u8; 32] { Sha256::digest(format!("{experiment}\n{}", code.as_str())).into() };
    let mut order: Vec<_> = referrers
        .iter()
        .enumerate()
        .map(|(index, (code, brought))| (std::cmp::Reverse(brought.visits), hash(code), index))
        .collect();
    order.sort();
    let mut dealt = vec![0; referrers.len()];
    for group in order.chunks_mut(variants.max(1)) {
        group.sort_by_key(|(_, hash, _)| *hash);
        // A group that is not full gives its referrers to variants by their hash too, not to the first ones.
        let first = group.first().map_or(0, |(_, hash, _)| usize::from(hash[31]));
        for (place, (.., index)) in group.iter().enumerate() {
            dealt[*index] = (first + place) % variants.max(1);
        }
    }
    dealt
}

/// How long it takes to tell a difference of so many conversions a visit between `variants` variants, found
/// [`POWER`] of the time with [`FALSE_ALARMS`] where there is none.
///
/// What referrers differ in themselves does not become less by waiting: where that alone hides the difference, no time is
/// long enough.
pub fn plan(past: Past<'_>, variants: usize, difference: f64) -> Plan {
    let Some(sums) = Sums::of(past.referrers.iter().copied()) else { return Plan::Unknown };
    let referrers = past.referrers.len() as f64;
    let (each, weighty) = (referrers / variants as f64, sums.effective() / variants as f64);
    if sums.conversions == 0.0 || weighty < FEWEST_REFERRERS || past.weeks <= 0.0 || difference <= 0.0 {
        return Plan::Unknown;
    }
    let rate = sums.rate();
    let weekly_visits = sums.visits / referrers / past.weeks;
    // A referrer's conversions beyond what their visits let expect, by the week: those of chance, which add up with the
    // weeks, and those of the referrer's own kind, which grow with them.
    // Where the difference is there, one of two variants has more of the former.
    let by_chance = (rate + difference / 2.0) * weekly_visits;
    let seen = sums.beyond(past.referrers) / (referrers - 1.0).max(1.0);
    let by_kind = ((seen - rate * weekly_visits * past.weeks) / past.weeks.powi(2)).max(0.0);
    let Ok(t) = StudentsT::new(0.0, 1.0, 2.0 * (weighty - 1.0)) else { return Plan::Unknown };
    let sure = t.inverse_cdf(1.0 - FALSE_ALARMS / 2.0 / comparisons(variants)) + t.inverse_cdf(POWER);
    // The variance of a difference after `weeks` is 2 (by_chance / weeks + by_kind) / (each × weekly_visits²).
    let unit = 2.0 / (each * weekly_visits.powi(2));
    let allowed = (difference / sure).powi(2) / unit - by_kind;
    let weeks = by_chance / allowed;
    if allowed > 0.0 && weeks <= f64::from(MOST_WEEKS) {
        return Plan::Weeks((weeks.ceil() as u32).max(1));
    }
    // The smallest difference d whose square is sure² × unit × ((rate + d / 2) × visits a week / weeks + by_kind).
    let (scale, weekly) = (sure.powi(2) * unit, weekly_visits / f64::from(MOST_WEEKS));
    let half = scale * weekly / 4.0;
    Plan::TooLong { smallest: half + (half.powi(2) + scale * (rate * weekly + by_kind)).sqrt() }
}

/// What the figures say of a variant beside the first one, in an experiment of `variants` variants, where a difference of
/// so many conversions a visit was asked for. To be asked once, at the end that was fixed beforehand.
pub fn verdict(first: &[Brought], other: &[Brought], variants: usize, difference: f64) -> Verdict {
    let Some((one, two)) = Estimate::of(first).zip(Estimate::of(other)) else {
        return Verdict::TooLittle(None);
    };
    let variance = one.variance + two.variance;
    if variance <= 0.0 {
        return Verdict::TooLittle(None);
    }
    // Welch and Satterthwaite, with referrers for observations.
    let freedom =
        variance.powi(2) / (one.variance.powi(2) / one.freedom + two.variance.powi(2) / two.freedom);
    let Ok(t) = StudentsT::new(0.0, 1.0, freedom) else { return Verdict::TooLittle(None) };
    let reach = t.inverse_cdf(1.0 - FALSE_ALARMS / 2.0 / comparisons(variants)) * variance.sqrt();
    let seen = two.rate - one.rate;
    let interval = Interval { low: seen - reach, seen, high: seen + reach };
    if interval.low > 0.0 {
        Verdict::Better(interval)
    } else if interval.high < 0.0 {
        Verdict::Worse(interval)
    } else if interval.low > -difference && interval.high < difference {
        Verdict::Alike(interval)
    } else {
        Verdict::TooLittle(Some(interval))
    }
}

/// How many variants are compared with the first: the share of false alarms is divided among them (Bonferroni).
fn comparisons(variants: usize) -> f64 {
    variants.saturating_sub(1).max(1) as f64
}

/// Sums over referrers.
struct Sums {
    visits: f64,
    squares: f64,
    conversions: f64,
}

impl Sums {
    /// `None` without a visit.
    fn of(referrers: impl Iterator<Item = Brought>) -> Option<Self> {
        let mut sums = Self { visits: 0.0, squares: 0.0, conversions: 0.0 };
        for one in referrers {
            sums.visits += one.visits as f64;
            sums.squares += (one.visits as f64).powi(2);
            sums.conversions += one.conversions as f64;
        }
        (sums.visits > 0.0).then_some(sums)
    }

    fn rate(&self) -> f64 {
        self.conversions / self.visits
    }

    /// How many referrers of one size would weigh as these do (Kish's effective number).
    fn effective(&self) -> f64 {
        self.visits.powi(2) / self.squares
    }

    /// The sum of squares of conversions beyond what a referrer's visits let expect.
    fn beyond(&self, referrers: &[Brought]) -> f64 {
        let rate = self.rate();
        referrers.iter().map(|one| (one.conversions as f64 - rate * one.visits as f64).powi(2)).sum()
    }
}

/// Conversions a visit, with how far that can be off.
struct Estimate {
    rate: f64,
    variance: f64,
    freedom: f64,
}

impl Estimate {
    /// By the jackknife over referrers, which does not understate the error where few of them have most of the visits.
    /// `None` where there are too few of them or of their conversions.
    fn of(referrers: &[Brought]) -> Option<Self> {
        let sums = Sums::of(referrers.iter().copied())?;
        let enough = sums.effective() >= FEWEST_REFERRERS && sums.conversions >= FEWEST_CONVERSIONS as f64;
        if !enough {
            return None;
        }
        let some = referrers.iter().filter(|one| one.visits > 0 || one.conversions > 0);
        let count = some.clone().count() as f64;
        let rate = sums.rate();
        let without = some.map(|one| {
            let visits = sums.visits - one.visits as f64;
            (sums.conversions - one.conversions as f64) / visits.max(1.0)
        });
        let spread: f64 = without.map(|other| (other - rate).powi(2)).sum();
        Some(Self { rate, variance: spread * (count - 1.0) / count, freedom: sums.effective() - 1.0 })
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    use super::*;

    fn brought(visits: u64, conversions: u64) -> Brought {
        Brought { visits, conversions }
    }

    /// A made-up shop: few referrers with many visits and many with few, each with a rate of their own.
    struct Town {
        referrers: usize,
        visits: f64,
        rate: f64,
        differ: f64,
    }

    impl Town {
        /// Each referrer's weekly visits and own rate.
        fn people(&self, luck: &mut SmallRng) -> Vec<(f64, f64)> {
            let one = |_| {
                let rank: f64 = luck.random_range(0.02..1.0);
                let own = 1.0 + self.differ * luck.random_range(-1.0..1.0);
                (self.visits * 0.35 / rank.sqrt(), self.rate * own)
            };
            (0..self.referrers).map(one).collect()
        }
    }

    fn chance(luck: &mut SmallRng, visits: u64, rate: f64) -> u64 {
        (0..visits).filter(|_| luck.random_bool(rate.clamp(0.0, 1.0))).count() as u64
    }

    /// Runs one experiment from plan to verdict, where the second variant converts so many times as often.
    fn lived(town: &Town, weeks: u32, lift: f64, asked: f64, luck: &mut SmallRng) -> Verdict {
        let people = town.people(luck);
        let mut past = Vec::new();
        for (index, (visits, rate)) in people.iter().enumerate() {
            let visits = (visits * 12.0) as u64;
            let code = format!("REF{index}").parse().unwrap();
            past.push((code, brought(visits, chance(luck, visits, *rate))));
        }
        let name = format!("e{}", luck.random::<u32>());
        let dealt = deal(&name, &past, 2);
        let mut arms = [Vec::new(), Vec::new()];
        for ((visits, rate), arm) in people.iter().zip(dealt) {
            let visits = (visits * f64::from(weeks)) as u64;
            let rate = if arm == 1 { rate * lift } else { *rate };
            arms[arm].push(brought(visits, chance(luck, visits, rate)));
        }
        verdict(&arms[0], &arms[1], 2, asked)
    }

    #[test]
    fn false_alarms_stay_within_what_is_promised() {
        // (referrers, visits a week, rate, how much their rates differ)
        for (referrers, visits, rate, differ) in
            [(24, 30.0, 0.03, 0.0), (60, 10.0, 0.04, 0.5), (200, 4.0, 0.03, 0.9), (40, 40.0, 0.02, 0.9)]
        {
            let town = Town { referrers, visits, rate, differ };
            let mut luck = SmallRng::seed_from_u64(5);
            let (mut alarms, runs) = (0, 600);
            for _ in 0..runs {
                let verdict = lived(&town, 8, 1.0, 0.01, &mut luck);
                alarms += u32::from(matches!(verdict, Verdict::Better(_) | Verdict::Worse(_)));
            }
            let share = f64::from(alarms) / f64::from(runs);
            println!(
                "{referrers} referrers, rates ±{differ}: {:.1} % of {runs} are false alarms",
                share * 100.0
            );
            // Three standard errors of 600 tries above 5 %.
            assert!(share <= FALSE_ALARMS + 0.027, "{referrers}: {share}");
        }
    }

    #[test]
    fn a_plan_finds_what_was_asked_for() {
        let town = Town { referrers: 80, visits: 25.0, rate: 0.03, differ: 0.4 };
        let mut luck = SmallRng::seed_from_u64(7);
        let (mut found, runs) = (0, 200);
        for _ in 0..runs {
            let people = town.people(&mut luck);
            let past: Vec<_> = people
                .iter()
                .map(|(visits, rate)| {
                    let visits = (visits * 12.0) as u64;
                    brought(visits, chance(&mut luck, visits, *rate))
                })
                .collect();
            let Plan::Weeks(weeks) = plan(Past { referrers: &past, weeks: 12.0 }, 2, 0.01) else {
                panic!("such a shop can tell a third more");
            };
            found += u32::from(matches!(lived(&town, weeks, 4.0 / 3.0, 0.01, &mut luck), Verdict::Better(_)));
        }
        println!("of {runs} shops {found} find a third more after the weeks of their plan");
        // Three standard errors of 200 tries below 80 %.
        assert!(f64::from(found) >= f64::from(runs) * (POWER - 0.085), "{found} of {runs}");
    }

    #[test]
    fn a_shop_that_cannot_tell_is_told_so() {
        let few = [brought(3, 0), brought(0, 0)];
        assert_eq!(plan(Past { referrers: &few, weeks: 12.0 }, 2, 0.01), Plan::Unknown);
        assert_eq!(plan(Past { referrers: &[], weeks: 12.0 }, 2, 0.01), Plan::Unknown);
        let small: Vec<_> = (0..10).map(|i| brought(10 + i, i % 2)).collect();
        let Plan::TooLong { smallest } = plan(Past { referrers: &small, weeks: 12.0 }, 2, 0.001) else {
            panic!("no year is long enough for a thousandth");
        };
        assert!(smallest > 0.001, "{smallest}");
        // Asked for what it names, it says how long.
        let longer = plan(Past { referrers: &small, weeks: 12.0 }, 2, smallest * 1.01);
        assert!(matches!(longer, Plan::Weeks(weeks) if weeks <= MOST_WEEKS), "{longer:?}");
    }

    #[test]
    fn more_referrers_tell_sooner_and_more_variants_later() {
        let weeks = |referrers: u64, variants, difference| {
            let past: Vec<_> = (0..referrers).map(|i| brought(300 + i, 9 + i % 3)).collect();
            match plan(Past { referrers: &past, weeks: 12.0 }, variants, difference) {
                Plan::Weeks(weeks) => weeks,
                other => panic!("{other:?}"),
            }
        };
        assert!(weeks(40, 2, 0.01) > weeks(160, 2, 0.01));
        assert!(weeks(90, 3, 0.01) > weeks(90, 2, 0.01));
        assert!(weeks(90, 2, 0.005) > weeks(90, 2, 0.01));
    }

    #[test]
    fn too_little_is_a_verdict_and_alike_another() {
        let even = |visits, conversions| vec![brought(visits, conversions); 6];
        assert_eq!(verdict(&[], &even(100, 5), 2, 0.01), Verdict::TooLittle(None));
        assert_eq!(verdict(&even(100, 0), &even(100, 5), 2, 0.01), Verdict::TooLittle(None));
        // One referrer has all the visits of a variant.
        let one = [brought(100_000, 3_000), brought(3, 0), brought(2, 0), brought(1, 1)];
        assert_eq!(verdict(&one, &even(100, 5), 2, 0.01), Verdict::TooLittle(None));
        let mixed = |more: u64| (0..12).map(|i| brought(1_000, 30 + i % 3 + more)).collect::<Vec<_>>();
        assert!(
            matches!(verdict(&mixed(0), &mixed(20), 2, 0.01), Verdict::Better(at) if at.low < 0.02 && 0.02 < at.high)
        );
        assert!(matches!(verdict(&mixed(20), &mixed(0), 2, 0.01), Verdict::Worse(_)));
        assert!(matches!(verdict(&mixed(0), &mixed(0), 2, 0.01), Verdict::Alike(_)));
        assert!(matches!(verdict(&mixed(0), &mixed(0), 2, 0.000_1), Verdict::TooLittle(Some(_))));
    }

    #[test]
    fn referrers_are_dealt_evenly_and_always_the_same() {
        let people: Vec<(Code, Brought)> =
            (0..101).map(|i| (format!("REF{i}").parse().unwrap(), brought(i * i, 0))).collect();
        let dealt = deal("summer", &people, 3);
        let counts = [0, 1, 2].map(|arm| dealt.iter().filter(|one| **one == arm).count());
        assert!(counts.iter().all(|count| (33..=34).contains(count)), "{counts:?}");
        let visits = |arm| {
            people
                .iter()
                .zip(&dealt)
                .filter(|(_, one)| **one == arm)
                .map(|((_, at), _)| at.visits)
                .sum::<u64>()
        };
        let (least, most) = ((0..3).map(visits).min().unwrap(), (0..3).map(visits).max().unwrap());
        assert!(most - least < most / 10, "{least} to {most}");
        // Whatever order they are in.
        let turned: Vec<_> = people.iter().rev().cloned().collect();
        let mut again = deal("summer", &turned, 3);
        again.reverse();
        assert_eq!(dealt, again);
        assert_ne!(dealt, deal("winter", &people, 3));
    }
}
