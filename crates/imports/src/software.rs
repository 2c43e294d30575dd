//! The software whose exports are read: by what each is recognised, and which parameter its links carry.
//!
//! Where the columns are from, as their public pages and sources showed them in November 2026:
//!
//! - AffiliateWP: its own export classes (`class-export-affiliates.php`, `class-export-referrals.php`), column by column.
//! - OpenCart: the tables `customer_affiliate` and, up to version 2, `affiliate`; the list of affiliates of its pages.
//! - FirstPromoter: docs.firstpromoter.com, the fields of a promoter; links carry one of several parameters, `fpr` by default.
//! - Rewardful: developers.rewardful.com, the affiliate and the commission; help.rewardful.com, its template for imports.
//! - Tapfiliate: support.tapfiliate.com, the columns of its conversions' CSV; its REST reference for affiliates.
//! - Refersion: its public API's fields and help pages; links carry `rfsn=123456.abc123`.
//! - GoAffPro: docs.goaffpro.com, the tables of affiliates and sales, and the styles of links.
//! - ReferralCandy: help.referralcandy.com; links are on a host of its own (`shop.refr.cc/johnsmith`).
//!
//! None but AffiliateWP and OpenCart publish the very headings of an export: theirs are recognised by the names that their
//! fields have elsewhere, as any other software's are, and the owner sees what each column was read as.

use parrain_wire::imports::Software;

/// The parameters by which old links carry the referrer, the usual first. Where links are on a host of the software's own
/// there are none.
pub fn link_params(software: Software) -> &'static [&'static str] {
    match software {
        Software::Rewardful => &["via"],
        Software::FirstPromoter => &["fpr"],
        Software::Tapfiliate | Software::GoAffPro | Software::AffiliateWp => &["ref"],
        Software::Refersion => &["rfsn"],
        Software::OpenCart => &["tracking"],
        Software::ReferralCandy | Software::Other => &[],
    }
}

/// Whose export a file is, by its headings, folded, and by the links in its first rows.
pub(crate) fn guess(names: &[String], rows: &[Vec<String>]) -> Software {
    let has = |name: &str| names.iter().any(|one| one == name);
    let all = |wanted: &[&str]| wanted.iter().all(|name| has(name));
    let holds = |mark: &str| rows.iter().flatten().any(|cell| cell.contains(mark));
    let begins = |word: &str| names.iter().any(|name| name.split(' ').next() == Some(word));
    // What links carry says more than names do, which several have in common.
    if holds("rfsn=") {
        return Software::Refersion;
    }
    if holds("?via=") || holds("&via=") {
        return Software::Rewardful;
    }
    if holds("?fpr=") || holds("&fpr=") {
        return Software::FirstPromoter;
    }
    if holds(".refr.cc") || holds("referralcandy.com") || begins("advocate") {
        return Software::ReferralCandy;
    }
    if all(&["affiliate id", "payment email", "username"]) {
        return Software::AffiliateWp;
    }
    if has("tracking") && has("commission") || all(&["affiliate id", "code", "commission", "cheque"]) {
        return Software::OpenCart;
    }
    if has("default ref id") || has("ref id") || begins("promoter") {
        return Software::FirstPromoter;
    }
    if has("token") && (has("first name") || has("stripe customer id")) || has("affiliate first name") {
        return Software::Rewardful;
    }
    if has("ref code") || has("pending payment") {
        return Software::GoAffPro;
    }
    if all(&["external id", "program"]) || all(&["firstname", "lastname", "referral link"]) {
        return Software::Tapfiliate;
    }
    if begins("refersion") || all(&["affiliate code", "offer"]) || all(&["affiliate code", "offer name"]) {
        return Software::Refersion;
    }
    Software::Other
}

/// The value that an old link carries, by the software's parameters, else by its only parameter, else, on hosts of the
/// software's own, by the end of its path.
pub(crate) fn value_of(link: &str, software: Software) -> Option<&str> {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let query = query.split('#').next().unwrap_or_default();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let named = pairs.clone().find(|(name, _)| link_params(software).contains(name));
    let only = pairs.next().filter(|_| pairs.next().is_none());
    if let Some((_, value)) = named.or(only) {
        return Some(value).filter(|value| !value.is_empty());
    }
    let own = software == Software::ReferralCandy && query.is_empty();
    let (_, last) = path.trim_end_matches('/').split_once("://").filter(|_| own)?.1.rsplit_once('/')?;
    Some(last).filter(|last| !last.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_give_their_values() {
        for (link, software, want) in [
            ("https://shop.example/?via=adam", Software::Rewardful, Some("adam")),
            ("https://shop.example/x?utm_source=a&via=adam#top", Software::Rewardful, Some("adam")),
            ("https://shop.example/?rfsn=123456.abc123", Software::Refersion, Some("123456.abc123")),
            ("https://shop.example/?aff=lea", Software::GoAffPro, Some("lea")),
            ("http://acmetoys.refr.cc/johnsmith", Software::ReferralCandy, Some("johnsmith")),
            ("https://shop.example/johnsmith", Software::Other, None),
            ("https://shop.example/?a=1&b=2", Software::Other, None),
            ("https://acme.refr.cc", Software::ReferralCandy, None),
            ("", Software::Rewardful, None),
        ] {
            assert_eq!(value_of(link, software), want, "{link}");
        }
    }
}
