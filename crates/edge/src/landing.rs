//! Where a share link leads: the program's landing page or a path beside it, and never another origin.

use parrain_core::program::Program;
use parrain_wire::address::name_of;
use url::Url;

/// The longest `to` that is followed, in bytes.
const MOST_BYTES: usize = 2048;

/// The address to redirect to. `query` is that of the share link: its `to` names a page on the landing page's
/// origin, by its path or in full, every other parameter is kept, and `code`, if known, is set as `param`.
///
/// `None` where `landing` itself is no `http` or `https` address, which a stored program cannot have.
pub fn target(landing: &str, query: &str, param: &str, code: Option<&str>) -> Option<String> {
    let landing = Url::parse(landing).ok()?;
    if !matches!(landing.scheme(), "http" | "https") {
        return None;
    }
    // Mailers and editors write `&amp;` where they copy a link into markup.
    let given = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    let given = given.map(|(name, value)| match name.strip_prefix("amp;") {
        Some(name) => (name.to_owned(), value),
        None => (name, value),
    });
    let given: Vec<(String, String)> = given.collect();
    // Whatever the page would read a code from.
    let is_param = |name: &str| name_of(name).eq_ignore_ascii_case(param);
    let asked = given.iter().find(|(name, _)| name == "to");
    let mut target = asked.and_then(|(_, to)| beside(&landing, to)).unwrap_or(landing);
    // A parameter of the landing page gives way to one of the same name in the link, and both to the code.
    let kept: Vec<(String, String)> = target.query_pairs().into_owned().collect();
    let sent = given.iter().filter(|(name, _)| name != "to" && !is_param(name));
    let mut pairs: Vec<(&str, &str)> = kept
        .iter()
        .filter(|(name, _)| !is_param(name) && !given.iter().any(|(other, _)| other == name))
        .chain(sent)
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    pairs.extend(code.map(|code| (param, code)));
    if pairs.is_empty() {
        target.set_query(None);
    } else {
        target.query_pairs_mut().clear().extend_pairs(pairs);
    }
    Some(target.into())
}

/// A link to a page of the shop's with a code in it, made of that page's address as somebody copied it: whatever else stands
/// in the address stays as it was. A page is the shop's where it is on one of the program's origins, or the landing page's.
///
/// `None` where it is no such page.
pub fn built(program: &Program, to: &str, code: &str) -> Option<String> {
    let to = to.trim();
    let landing = &program.landing_url;
    let odd = |c: char| c.is_control() || c == '\\' || c.is_whitespace();
    if to.is_empty() || to.len() > MOST_BYTES || to.chars().any(odd) {
        return None;
    }
    let is_own = |url: &Url| {
        let origin = url.origin().ascii_serialization();
        origin == landing.origin().ascii_serialization() || program.origins.contains(&origin)
    };
    let plain = |url: &Url| {
        url.username().is_empty() && url.password().is_none() && !url.path().starts_with("//") && is_own(url)
    };
    // Browsers show addresses without their beginning.
    let bare = || Url::parse(&format!("{}://{to}", landing.scheme())).ok();
    let whole = Url::parse(to).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut url = whole
        .filter(plain)
        .or_else(|| beside(landing, to).filter(|_| to.starts_with('/') || to.contains("://")))
        .or_else(|| bare().filter(plain))?;
    let param = program.link_params.first().map_or("ref", String::as_str);
    let is_param = |pair: &&str| {
        pair.split('?').any(|part| {
            let name = name_of(part.split('=').next().unwrap_or_default());
            program.link_params.iter().any(|other| other.eq_ignore_ascii_case(&name))
        })
    };
    let kept = url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_param(pair));
    let mut query: Vec<String> = kept.map(str::to_owned).collect();
    query.push(format!("{param}={code}"));
    url.set_query(Some(&query.join("&")));
    Some(url.into())
}

/// The landing page with a sign-in key in the fragment, which browsers send to no server, so that no log holds
/// it.
pub fn with_key(landing: &Url, key: &str) -> String {
    let mut target = landing.clone();
    target.set_fragment(Some(&format!("parrain_key={key}")));
    target.into()
}

/// The address of a page on the landing page's origin: a path, or the whole address, as owners paste it.
/// Whatever trick is tried, what counts is the origin that a browser's own parser, which `url` implements, makes of
/// it; the rest is refused early so that no other parser can make something else of it.
fn beside(landing: &Url, to: &str) -> Option<Url> {
    let odd = |c: char| c.is_control() || c == '\\' || c.is_whitespace();
    if to.is_empty() || to.starts_with("//") || to.len() > MOST_BYTES || to.chars().any(odd) {
        return None;
    }
    let url = match Url::parse(to) {
        Ok(mut whole) => {
            // A page of the shop's, copied when it was still served in clear or is again: the same page.
            let web = matches!(whole.scheme(), "http" | "https");
            if web && whole.host() == landing.host() && whole.port() == landing.port() {
                whole.set_scheme(landing.scheme()).ok()?;
            }
            whole
        }
        Err(_) if to.starts_with('/') => landing.join(to).ok()?,
        Err(_) => landing.join(&format!("/{to}")).ok()?,
    };
    // Dot segments can leave an empty first segment, "/.//evil.example", which some would read as a host.
    let plain = !url.path().starts_with("//");
    (plain && url.origin() == landing.origin() && url.username().is_empty()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LANDING: &str = "https://shop.example/welcome?lang=fr";

    fn go(query: &str) -> String {
        target(LANDING, query, "ref", Some("ANNA10")).unwrap()
    }

    #[test]
    fn the_code_is_added_and_the_rest_kept() {
        assert_eq!(go(""), "https://shop.example/welcome?lang=fr&ref=ANNA10");
        assert_eq!(
            go("utm_source=mail&utm_term=a%20b"),
            "https://shop.example/welcome?lang=fr&utm_source=mail&utm_term=a+b&ref=ANNA10"
        );
        assert_eq!(go("lang=de"), "https://shop.example/welcome?lang=de&ref=ANNA10");
        assert_eq!(go("ref=OTHER"), "https://shop.example/welcome?lang=fr&ref=ANNA10");
        assert_eq!(
            target(LANDING, "ref=OTHER", "ref", None).unwrap(),
            "https://shop.example/welcome?lang=fr"
        );
        assert_eq!(target("https://shop.example/", "", "ref", None).unwrap(), "https://shop.example/");
    }

    fn program() -> Program {
        Program::parse(&serde_json::json!({
            "name": "A", "currency": "EUR", "landing_url": LANDING, "link_params": ["ref", "via"],
            "origins": ["https://shop.example", "https://blog.shop.example"],
            "offers": [{"id": "friends", "audience": "customer", "advocate": {"reward": {"kind": "cash", "amount": "1.00"}}}],
        }))
        .unwrap()
    }

    #[test]
    fn a_link_is_made_of_any_page_of_the_shop() {
        let program = program();
        let link = |to: &str| built(&program, to, "ANNA10");
        for (to, made) in [
            ("https://shop.example/mug", "https://shop.example/mug?ref=ANNA10"),
            (
                " https://shop.example/mug?colour=blue&x#top ",
                "https://shop.example/mug?colour=blue&x&ref=ANNA10#top",
            ),
            (
                "https://shop.example/mug?REF=OTHER&via=B&q=a%26b",
                "https://shop.example/mug?q=a%26b&ref=ANNA10",
            ),
            ("https://shop.example/mug?%72ef=OTHER&a+b=1", "https://shop.example/mug?a+b=1&ref=ANNA10"),
            ("https://blog.shop.example/2026/", "https://blog.shop.example/2026/?ref=ANNA10"),
            ("http://shop.example/mug", "https://shop.example/mug?ref=ANNA10"),
            ("shop.example/mug", "https://shop.example/mug?ref=ANNA10"),
            ("blog.shop.example", "https://blog.shop.example/?ref=ANNA10"),
            ("/mug", "https://shop.example/mug?ref=ANNA10"),
            ("https://shop.example/café?a=é", "https://shop.example/caf%C3%A9?a=%C3%A9&ref=ANNA10"),
        ] {
            assert_eq!(link(to).as_deref(), Some(made), "{to}");
        }
        for to in [
            "",
            " ",
            "mug",
            "https://evil.test/",
            "//evil.test",
            "https://shop.example@evil.test/",
            "https://a@shop.example/",
            "https://shop.example.evil.test/",
            "https://shop.example:8443/",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://shop.example/x",
            "https://shop.example//evil.test",
            "/\\evil.test",
            "https://shop.example/a b",
            "evil.test/shop.example",
            "mailto:a@shop.example",
        ] {
            assert_eq!(link(to), None, "{to}");
        }
    }

    #[test]
    fn a_key_goes_into_the_fragment() {
        let link = |landing| with_key(&Url::parse(landing).unwrap(), "prk_Ab-_9");
        assert_eq!(link(LANDING), "https://shop.example/welcome?lang=fr#parrain_key=prk_Ab-_9");
        assert_eq!(link("https://shop.example/#top"), "https://shop.example/#parrain_key=prk_Ab-_9");
    }

    #[test]
    fn a_path_of_the_shop_is_followed() {
        assert_eq!(
            go("to=/products/mug%3Fcolour=blue%23top&utm=x"),
            "https://shop.example/products/mug?colour=blue&utm=x&ref=ANNA10#top"
        );
        assert_eq!(go("to=%2Fcaf%C3%A9"), "https://shop.example/caf%C3%A9?ref=ANNA10");
        assert_eq!(
            target("http://localhost:8788/", "to=/x", "ref", Some("A-1")).unwrap(),
            "http://localhost:8788/x?ref=A-1"
        );
    }

    #[test]
    fn a_page_of_the_shop_may_be_named_in_full() {
        for to in [
            "https://shop.example/products/mug",
            "http://shop.example/products/mug",
            "HTTPS://Shop.Example/products/mug",
            "products/mug",
        ] {
            let to: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
            assert_eq!(go(&format!("to={to}")), "https://shop.example/products/mug?ref=ANNA10", "{to}");
        }
        for to in [
            "https://evil.test/products/mug",
            "https://shop.example:8443/x",
            "https://shop.example@evil.test/x",
            "https://anna@shop.example/x",
            "https://shop.example.evil.test/",
            "ftp://shop.example/x",
        ] {
            let to: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
            assert_eq!(go(&format!("to={to}")), "https://shop.example/welcome?lang=fr&ref=ANNA10", "{to}");
        }
    }

    #[test]
    fn soiled_parameters_are_cleaned() {
        assert_eq!(
            go("amp;utm_source=mail&amp;REF=OTHER"),
            "https://shop.example/welcome?lang=fr&utm_source=mail&ref=ANNA10"
        );
        // A page reads a code from each of these too, and would take the first.
        for other in [
            "ref[]=OTHER",
            "%26%2338;ref=OTHER",
            "38;ref=OTHER",
            "AMP;ref[0]=OTHER",
            "amp;amp;ref=OTHER",
            "a=1?ref=OTHER",
        ] {
            let target = go(other);
            let codes = parrain_wire::address::codes(&target, &["ref"]);
            let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
            assert_eq!(codes, ["ANNA10"], "{other}: {target}");
            let to = format!("https://shop.example/mugs?{other}&size=2");
            let link = built(&program(), &to, "ANNA10");
            let codes = parrain_wire::address::codes(link.as_deref().unwrap_or_default(), &["ref"]);
            assert_eq!(codes.first().map(|code| code.as_str()), Some("ANNA10"), "{to}: {link:?}");
        }
    }

    #[test]
    fn no_trick_leaves_the_shop() {
        for to in [
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/%5Cevil.test",
            "https://evil.test/",
            "https:evil.test",
            "HTTPS:/evil.test",
            "javascript:alert(1)",
            "data:text/html,x",
            "evil.test",
            "@evil.test",
            ".evil.test",
            ":8080/",
            "/\t/evil.test",
            "/\n/evil.test",
            "\t//evil.test",
            " //evil.test",
            "/\u{0}/evil.test",
            "/.//evil.test",
            "/x/..//evil.test",
            "%2f%2fevil.test",
            "/%2f%2fevil.test",
            "",
        ] {
            let encoded: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
            for query in [format!("to={to}"), format!("to={encoded}")] {
                let url = Url::parse(&go(&query)).unwrap();
                assert_eq!(url.origin().ascii_serialization(), "https://shop.example", "{to:?}");
                assert!(!url.path().starts_with("//"), "{to:?}: {url}");
                assert_eq!(url.username(), "");
            }
        }
    }

    proptest! {
        #[test]
        fn no_link_that_is_made_leads_elsewhere(to in "[/\\\\a-z.:@?#%&=0-9]{0,40}|(https?://)?(shop.example|evil.test)[/\\\\@.:?#a-z]{0,20}") {
            if let Some(link) = built(&program(), &to, "ANNA10") {
                let url = Url::parse(&link).unwrap();
                let origin = url.origin().ascii_serialization();
                prop_assert!(["https://shop.example", "https://blog.shop.example"].contains(&origin.as_str()), "{}", link);
                prop_assert_eq!(url.query_pairs().filter(|(name, _)| name.eq_ignore_ascii_case("ref")).count(), 1);
            }
        }

        #[test]
        fn nothing_ever_leaves_the_landing_origin(
            to in "[/\\\\a-z.:@?#%\t\n \u{0}-\u{1f}0-9]{0,24}|.{0,24}",
            rest in ".{0,24}",
        ) {
            let encoded: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
            for query in [format!("to={to}&{rest}"), format!("{rest}&to={encoded}")] {
                let location = go(&query);
                let url = Url::parse(&location).unwrap();
                prop_assert_eq!(url.origin().ascii_serialization(), "https://shop.example");
                prop_assert!(location.starts_with("https://shop.example/"));
                prop_assert!(!url.path().starts_with("//"));
                prop_assert!(location.bytes().all(|b| (0x21..0x7f).contains(&b)), "{}", location);
                let codes: Vec<_> = url.query_pairs().filter(|(k, _)| k == "ref").collect();
                prop_assert_eq!(codes.len(), 1);
            }
        }
    }
}
