//! Which visitors are machines, by the maintained list of the npm package `isbot`.
//!
//! The list is regular expressions with look-behind. V8 has an engine for those, so that the Worker needs no
//! second one: the crates `isbot` and `regex` cost 1 MB of wasm and 75 ms for the first click in an isolate.

/// One pattern a line; see `SOURCES.txt` for origin and licence.
const PATTERNS: &str = include_str!("patterns.txt");

/// Left out of the list: a headless browser runs the page as a person's does. It is how shops and this
/// project's own tests try a link, while the crawlers that use one name themselves too.
const ALLOWED: &str = "headless";

/// The whole list as one ECMAScript pattern, to be matched without case.
pub fn pattern() -> String {
    let patterns: Vec<&str> = PATTERNS.lines().filter(|line| !line.is_empty() && *line != ALLOWED).collect();
    patterns.join("|")
}

/// The list on an engine of its own, for native tests.
#[cfg(test)]
pub fn is_listed(agent: &str) -> bool {
    thread_local! {
        static LIST: regress::Regex = regress::Regex::with_flags(&pattern(), "i").unwrap();
    }
    LIST.with(|list| list.find(agent).is_some())
}

#[cfg(test)]
mod tests {
    use super::{PATTERNS, is_listed};

    #[test]
    fn people_are_counted() {
        for agent in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 350.0.0.30.92",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
        ] {
            assert!(!is_listed(agent), "{agent}");
        }
    }

    #[test]
    fn machines_are_not() {
        for agent in [
            "curl/8.5.0",
            "python-requests/2.32.3",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "WhatsApp/2.23.20.0 A",
            "Twitterbot/1.0",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "TelegramBot (like TwitterBot)",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.1; +https://openai.com/gptbot)",
            "LinkedInBot/1.0 (compatible; Mozilla/5.0; Jakarta Commons-HttpClient/3.1 +http://www.linkedin.com)",
        ] {
            assert!(is_listed(agent), "{agent}");
        }
    }

    #[test]
    fn the_list_still_has_the_line_that_is_left_out() {
        assert!(PATTERNS.lines().any(|line| line == super::ALLOWED));
    }
}
