//! Every page, held by snapshots and by what must be true of all of them.
//!
//! `PARRAIN_REWRITE=1 cargo test -p parrain-desk` writes the snapshots anew; `PARRAIN_GALLERY=DIR` writes every page
//! as a file to look at.

mod scan;
mod shown;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use parrain_desk::{Language, Place};
use scan::{Tag, tags, words};
use shown::Case;

const LANGUAGES: [Language; 2] = [Language::Fr, Language::En];

/// Every page in every language and case, with what it is called.
fn every() -> impl Iterator<Item = (String, Case, Language, String)> {
    LANGUAGES.into_iter().flat_map(|lang| {
        Case::ALL.into_iter().flat_map(move |case| {
            shown::all(lang, case).into_iter().map(move |(name, markup)| {
                (format!("{name} ({}, {})", lang.tag(), case.name()), case, lang, markup.into_string())
            })
        })
    })
}

#[test]
fn every_page_stands_as_it_stood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let rewrite = std::env::var_os("PARRAIN_REWRITE").is_some();
    let gallery = std::env::var_os("PARRAIN_GALLERY");
    let mut wrong = Vec::new();
    for lang in LANGUAGES {
        let full: BTreeMap<&str, String> = shown::all(lang, Case::Full)
            .into_iter()
            .map(|(name, page)| (name, scan::lines(&page.into_string())))
            .collect();
        for case in Case::ALL {
            for (name, markup) in shown::all(lang, case) {
                let page = markup.into_string();
                if let Some(folder) = &gallery {
                    let folder = Path::new(folder);
                    std::fs::create_dir_all(folder).unwrap();
                    std::fs::write(folder.join(format!("{name}.{}.{}.html", case.name(), lang.tag())), &page)
                        .unwrap();
                    std::fs::write(folder.join("desk.css"), parrain_desk::STYLES).unwrap();
                    std::fs::write(folder.join("desk.js"), parrain_desk::SCRIPT).unwrap();
                }
                // One language shows what an empty page teaches and what a reader is not offered; both show a full one.
                let kept = match case {
                    Case::Full => true,
                    Case::Empty => lang == Language::Fr,
                    Case::Reads => lang == Language::En,
                    Case::Hostile => false,
                };
                if !kept {
                    continue;
                }
                let file = folder.join(format!("{name}.{}.{}.html", case.name(), lang.tag()));
                let now = scan::lines(&page);
                if case != Case::Full && full.get(name) == Some(&now) {
                    continue;
                }
                if rewrite {
                    std::fs::create_dir_all(&folder).unwrap();
                    std::fs::write(&file, &now).unwrap();
                } else if std::fs::read_to_string(&file).ok().as_deref() != Some(&now) {
                    wrong.push(file.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "other than their snapshots (PARRAIN_REWRITE=1 writes them anew): {wrong:?}");
}

/// The place of an address within the desk; nothing for one outside it.
fn place(href: &str) -> Option<Place> {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    (path == "/" || path.starts_with("/desk"))
        .then(|| Place::parse(path).unwrap_or_else(|| panic!("{href} is no place")).0)
}

#[test]
fn every_link_leads_to_a_place_that_reads_its_query() {
    let mut linked = BTreeSet::new();
    for (name, _, _, page) in every() {
        for tag in tags(&page) {
            let Some(href) = tag.get("href").or(tag.get("src")) else { continue };
            if href.starts_with("https://")
                || href.starts_with('#')
                || href.contains("/banners/")
                || href.starts_with("/promote/")
                || href.starts_with("/p/")
                || href.starts_with("/m/")
                || ["desk.css", "desk.js", "/openapi.json", parrain_desk::try_out::SCRIPT, "data:,"]
                    .contains(&href.as_str())
            {
                continue;
            }
            let place = place(&href).unwrap_or_else(|| panic!("{name}: {href}"));
            let query = place.answers().get.unwrap_or_else(|| panic!("{name}: {href} has no GET"));
            for pair in
                href.split_once('?').map_or("", |(_, query)| query).split('&').filter(|pair| !pair.is_empty())
            {
                let key = pair.split('=').next().unwrap_or_default();
                assert!(query.contains(&key), "{name}: {href} asks {key}");
            }
            linked.insert(format!("{place:?}").split('(').next().unwrap_or_default().to_owned());
        }
    }
    for must in [
        "Home",
        "Program",
        "Orders",
        "Order",
        "Pay",
        "Payout",
        "Tax",
        "Report",
        "Settings",
        "Secrets",
        "Helpers",
        "Statement",
        "Preview",
        "ReportCsv",
        "Versions",
    ] {
        assert!(linked.contains(must), "nothing leads to {must}");
    }
}

/// Whether a form may send this field to a place.
fn reads(place: &Place, field: &str) -> bool {
    let fields = place.answers().post.unwrap_or_else(|| panic!("{place:?} has no POST"));
    field == "csrf"
        || fields.iter().any(|each| match each.strip_suffix('*') {
            Some(start) => field.starts_with(start),
            None => *each == field,
        })
}

#[test]
fn every_form_is_of_its_session_and_sends_what_its_place_reads() {
    for (name, case, _, page) in every() {
        let mut form: Option<(Tag, Vec<String>)> = None;
        for tag in tags(&page) {
            match tag.name.as_str() {
                "form" => form = Some((tag, Vec::new())),
                "/form" => {
                    let (tag, fields) =
                        form.take().unwrap_or_else(|| panic!("{name}: a form ends that did not begin"));
                    let action = tag.get("action").unwrap_or_default();
                    // The public page, which is no place of the desk, asks itself.
                    if action.starts_with("/promote/") {
                        assert_eq!(tag.get("method").as_deref(), Some("get"), "{name}");
                        assert_eq!(fields, ["lang", "to"], "{name}");
                        continue;
                    }
                    let place = place(&action).unwrap_or_else(|| panic!("{name}: {action}"));
                    if tag.get("method").as_deref() == Some("get") {
                        let query = place.answers().get.unwrap();
                        assert!(
                            fields.iter().all(|field| query.contains(&field.as_str())),
                            "{name}: {action} {fields:?}"
                        );
                        continue;
                    }
                    assert_eq!(tag.get("method").as_deref(), Some("post"), "{name}");
                    assert_eq!(
                        fields.iter().filter(|field| *field == "csrf").count(),
                        1,
                        "{name}: {action} {fields:?}"
                    );
                    for field in &fields {
                        assert!(reads(&place, field), "{name}: {action} does not read {field}");
                    }
                    if case == Case::Reads {
                        let may = matches!(
                            place,
                            Place::Find
                                | Place::Language
                                | Place::SignOut
                                | Place::SignIn
                                | Place::ComeIn
                                | Place::Credit(_)
                                | Place::Shops
                                | Place::RemoveShop
                                | Place::NewReferrer
                                | Place::NewCodes
                                | Place::Imports
                                | Place::ImportStep(_)
                                | Place::DropImport(_)
                                | Place::Secrets
                                | Place::Helpers
                                | Place::EndHelper(_)
                        );
                        assert!(may, "{name}: who only reads is offered {action}");
                    }
                }
                "input" | "select" | "textarea" | "button" => {
                    let field = tag.get("name");
                    if let (Some((_, fields)), Some(field)) = (&mut form, field) {
                        fields.push(field);
                    } else if tag.name != "button" && (form.is_some() || tag.get("name").is_some()) {
                        // One without a name outside of any form is a script's: it is never sent.
                        panic!("{name}: a field stands in no form");
                    }
                }
                _ => {}
            }
        }
        assert!(form.is_none(), "{name}");
    }
}

#[test]
fn nothing_stands_inline_and_nothing_hostile_becomes_markup() {
    for (name, _, _, page) in every() {
        for tag in tags(&page) {
            assert!(tag.get("style").is_none(), "{name}: {tag:?}");
            assert!(!tag.attributes.iter().any(|(name, _)| name.starts_with("on")), "{name}: {tag:?}");
            assert!(tag.name != "style", "{name}");
            if tag.name == "script" {
                let src = tag.get("src").unwrap_or_default();
                let own = name.starts_with("try-out ") && src == parrain_desk::try_out::SCRIPT;
                assert!(own || src == "desk.js", "{name}: {src}");
            }
            if tag.name == "img" {
                let ours = tag.get("src").is_some_and(|src| {
                    src.starts_with("/v1/shops/") && src.contains("/banners/") || src.starts_with("/p/")
                });
                assert!(ours, "{name}: an image of somebody's");
            }
        }
    }
}

#[test]
fn every_page_can_be_found_through_and_heard() {
    for (name, _, lang, page) in every() {
        let tags = tags(&page);
        let count = |tag: &str| tags.iter().filter(|each| each.name == tag).count();
        assert_eq!((count("h1"), count("main")), (1, 1), "{name}");
        assert_eq!(
            tags.iter().find(|tag| tag.name == "html").and_then(|tag| tag.get("lang")).as_deref(),
            Some(lang.tag()),
            "{name}"
        );
        let mut last = 0;
        for tag in &tags {
            if let ["h1" | "h2" | "h3" | "h4"] = [tag.name.as_str()] {
                let level: u32 = tag.name[1..].parse().unwrap();
                assert!(level <= last + 1 || last == 0, "{name}: h{level} after h{last}");
                last = level;
            }
        }
        let ids: Vec<String> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let unique: BTreeSet<&String> = ids.iter().collect();
        let mut sorted = ids.clone();
        sorted.sort();
        assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice: {sorted:?}");
        let labels: BTreeSet<String> =
            tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
        let mut within = 0;
        for tag in &tags {
            match tag.name.as_str() {
                "label" => within += 1,
                "/label" => within -= 1,
                "input" | "select" | "textarea" if tag.get("type").as_deref() != Some("hidden") => {
                    let labelled = within > 0
                        || tag.get("aria-label").is_some()
                        || tag.get("id").is_some_and(|id| labels.contains(&id));
                    assert!(labelled, "{name}: {tag:?} has no label");
                }
                _ => {}
            }
            for reference in ["aria-describedby", "aria-labelledby", "for"] {
                for id in tag.get(reference).unwrap_or_default().split_whitespace() {
                    assert!(unique.contains(&id.to_owned()), "{name}: {reference}={id} is nowhere");
                }
            }
            if let Some(href) = tag.get("href").filter(|href| href.starts_with('#')) {
                assert!(unique.contains(&href[1..].to_owned()), "{name}: {href} is nowhere");
            }
        }
        let captions = page.matches("<caption").count();
        assert_eq!(count("table"), captions, "{name}: a table without a caption");
        for tag in tags.iter().filter(|tag| tag.name == "th") {
            assert!(tag.get("scope").is_some(), "{name}: {tag:?}");
        }
        if page.contains("class=\"rail\"") {
            assert!(
                page.contains("aria-current=\"page\"")
                    || name.starts_with("not-found")
                    || name.starts_with("forbidden"),
                "{name}: says not where one is"
            );
        }
        let wrong = tags.iter().filter(|tag| tag.get("aria-invalid").is_some()).count();
        if wrong > 0 {
            assert!(page.contains("role=\"alert\""), "{name}: faults are not summed up");
        }
    }
}

#[test]
fn owners_read_their_own_words() {
    let never =
        ["conversion", "conversions", "touch", "touches", "hold", "webhook", "webhooks", "token", "tokens"];
    for (name, case, lang, page) in every() {
        // Where other software is set up, its own menus are named.
        let names_theirs = name.starts_with("set-up-platform") || name.starts_with("mail (");
        if case == Case::Hostile || names_theirs || name.starts_with("program-json") {
            continue;
        }
        let read = words(&page);
        let word = read
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .find(|word| never.contains(&word.to_lowercase().as_str()));
        assert_eq!(word, None, "{name}");
        if lang == Language::Fr {
            assert!(!read.contains(" payout") && !read.contains("Payout"), "{name}");
        }
    }
}

#[test]
fn money_has_its_currency_and_a_true_minus() {
    for (name, _, _, page) in every() {
        let read = words(&page);
        assert!(!read.contains("-4") && !read.contains("-48"), "{name}: a hyphen stands for a minus");
    }
}

#[test]
fn the_sheet_is_small_and_its_colours_can_be_told_apart() {
    assert!(parrain_desk::STYLES.len() <= 12_100, "{}", parrain_desk::STYLES.len());
    assert!(parrain_desk::SCRIPT.len() <= 6_000, "{}", parrain_desk::SCRIPT.len());
    let themes: Vec<&str> = parrain_desk::STYLES.split(":root{").skip(1).take(2).collect();
    assert_eq!(themes.len(), 2);
    for theme in themes {
        let colour = |name: &str| {
            let value = theme.split(&format!("--{name}:")).nth(1).unwrap_or_else(|| panic!("{name}"));
            let hex = value.trim_start_matches('#').split([';', '}']).next().unwrap_or_default();
            let full: String =
                if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
            let part = |at: usize| f64::from(u8::from_str_radix(&full[at..at + 2], 16).unwrap()) / 255.0;
            let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
            0.2126 * linear(part(0)) + 0.7152 * linear(part(2)) + 0.0722 * linear(part(4))
        };
        let ratio = |a: &str, b: &str| {
            let (a, b) = (colour(a), colour(b));
            (a.max(b) + 0.05) / (a.min(b) + 0.05)
        };
        for (text, ground) in [
            ("ink", "bg"),
            ("soft", "bg"),
            ("ink", "side"),
            ("soft", "side"),
            ("ink", "card"),
            ("soft", "card"),
            ("hue", "bg"),
            ("hue", "card"),
            ("hue", "side"),
            ("hue", "green2"),
            ("on", "hue"),
            ("bg", "ink"),
            ("amber", "amber2"),
            ("green", "green2"),
            ("red", "red2"),
            ("red", "card"),
            ("violet", "violet2"),
            ("ink", "grey"),
            ("soft", "grey"),
        ] {
            assert!(ratio(text, ground) >= 4.5, "{text} on {ground}: {:.2}", ratio(text, ground));
        }
        assert!(ratio("field", "card") >= 3.0, "{:.2}", ratio("field", "card"));
    }
}

#[test]
fn what_was_typed_into_one_form_leaves_the_others_as_they_are() {
    let tags = tags(&shown::referrer_with(&[("amount", "1x"), ("reason", "why")]).into_string());
    let value = |name: &str| {
        tags.iter().find(|tag| tag.get("name").as_deref() == Some(name)).and_then(|tag| tag.get("value"))
    };
    assert_eq!(value("amount").as_deref(), Some("1x"));
    assert_eq!(value("name").as_deref(), Some("Agence Nord"));
}
