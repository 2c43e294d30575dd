//! Domains of mail that is thrown away after use, by a list that others keep (`data/README.md`). It is held as hashes
//! of 32 bits: of a million other domains two are taken for one of them, and it only ever gives points.

/// The hashes, sorted, four bytes each.
const HASHES: &[u8] = include_bytes!("../data/disposable.bin");

/// Whether an address, as [`crate::email::normalise`] leaves it, is at such a domain or below one.
pub fn is_disposable(address: &str) -> bool {
    let Some((_, domain)) = address.rsplit_once('@') else { return false };
    let mut rest = Some(domain);
    while let Some(name) = rest.filter(|name| name.contains('.')) {
        if is_listed(hash(name)) {
            return true;
        }
        rest = name.split_once('.').map(|(_, above)| above);
    }
    false
}

fn is_listed(hash: u32) -> bool {
    let (mut low, mut high) = (0, HASHES.len() / 4);
    while low < high {
        let middle = low.midpoint(high);
        let listed = HASHES
            .chunks_exact(4)
            .nth(middle)
            .map(|bytes| bytes.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)));
        match listed.map(|listed| listed.cmp(&hash)) {
            Some(std::cmp::Ordering::Equal) => return true,
            Some(std::cmp::Ordering::Less) => low = middle + 1,
            Some(std::cmp::Ordering::Greater) | None => high = middle,
        }
    }
    false
}

/// FNV-1a.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_hashes_are_those_of_the_list() {
        let list = include_str!("../data/disposable.txt");
        let wanted: BTreeSet<u32> = list.lines().map(hash).collect();
        let bytes: Vec<u8> = wanted.iter().flat_map(|hash| hash.to_be_bytes()).collect();
        if std::env::var_os("PARRAIN_REWRITE").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/data/disposable.bin"), &bytes).unwrap();
        }
        assert!(bytes == HASHES, "run it again with PARRAIN_REWRITE=1");
        assert!(list.lines().count() > 8_000);
    }

    #[test]
    fn tells_thrown_away_mail_from_people_s() {
        for address in ["a@mailinator.com", "a@yopmail.com", "a@x.yopmail.com"] {
            assert!(is_disposable(address), "{address}");
        }
        let people = "gmail.com outlook.com hotmail.fr yahoo.fr orange.fr free.fr wanadoo.fr laposte.net sfr.fr icloud.com \
             proton.me gmx.de web.de live.fr privaterelay.appleid.com mail.example shop.example com";
        for domain in people.split_whitespace() {
            assert!(!is_disposable(&format!("a@{domain}")), "{domain}");
        }
        assert!(!is_disposable("mailinator.com"), "no address");
    }
}
