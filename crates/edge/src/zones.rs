//! Time zones by their IANA names, from the database that is built in.
//!
//! It adds 98 kB, gzipped, to a Worker of some 700. The runtime's own `Intl` would add nothing, but has no way to ask
//! when an offset changes other than trying, and what it answers follows the runtime's date: the same books
//! would be decided otherwise after an update of Cloudflare's. So the database is that of the build.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use parrain_core::check::Fault;
use parrain_core::instant::Instant;
use parrain_core::program::{Program, UTC};
use parrain_core::zone::Zone;
use serde_json::Value;

/// From when on and until when a zone's changes are told: no event is older than 2000, and by 2100 zones will
/// have other rules.
const FROM: &str = "2000-01-01T00:00:00Z";
const TO: &str = "2100-01-01T00:00:00Z";

/// A zone by its IANA name, such as `Europe/Paris`.
pub fn named(name: &str) -> Option<Zone> {
    if name == UTC {
        return Some(Zone::default());
    }
    let zone = TimeZone::get(name).ok()?;
    let (from, to): (Timestamp, Timestamp) = (FROM.parse().ok()?, TO.parse().ok()?);
    let first = zone.to_offset(from).seconds();
    let changes = zone.following(from).take_while(|change| change.timestamp() < to);
    let change = |change: jiff::tz::TimeZoneTransition<'_>| {
        (Instant::from_micros(change.timestamp().as_microsecond()), change.offset().seconds())
    };
    Some(Zone::new(first, changes.map(change).collect()))
}

/// Reads a program with its zone.
///
/// # Errors
/// Every fault, with its pointer.
pub fn read_program(body: &Value) -> Result<Program, Vec<Fault>> {
    let program = Program::parse(body);
    let name = body["time_zone"].as_str().filter(|name| !name.trim().is_empty()).unwrap_or(UTC);
    match (program, named(name)) {
        (Ok(mut program), Some(zone)) => {
            program.zone = zone;
            Ok(program)
        }
        (program, None) => {
            let detail = "must be a time zone of the IANA database such as \"Europe/Paris\"".to_owned();
            let mut faults = program.err().unwrap_or_default();
            faults.push(Fault { pointer: "/time_zone".into(), detail });
            Err(faults)
        }
        (Err(faults), Some(_)) => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn zones_are_known_by_name_with_their_changes() {
        let paris = named("Europe/Paris").unwrap();
        assert_eq!(paris.month_start(paris.month(at("2026-07-15T00:00:00Z"))), at("2026-06-30T22:00:00Z"));
        assert_eq!(paris.month_start(paris.month(at("2026-12-15T00:00:00Z"))), at("2026-11-30T23:00:00Z"));
        let kolkata = named("Asia/Kolkata").unwrap();
        assert_eq!(kolkata.day_start(kolkata.day(at("2026-07-15T00:00:00Z"))), at("2026-07-14T18:30:00Z"));
        assert_eq!(named("UTC"), Some(Zone::default()));
        for unknown in ["", "Paris", "Europe/Atlantis", "../etc/passwd"] {
            assert_eq!(named(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_zone_that_is_none_is_told_beside_other_faults() {
        let body = json!({"name": "Shop", "currency": "EURO", "landing_url": "https://shop.example/",
            "time_zone": "Europe/Atlantis", "offers": [{"id": "o", "audience": "customer",
                "advocate": {"reward": {"kind": "points", "points": 1}}}]});
        let faults = read_program(&body).unwrap_err();
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/currency", "/time_zone"]);
    }
}
