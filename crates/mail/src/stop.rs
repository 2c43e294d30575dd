//! The small page on which somebody ends a kind of mail: a button where a link in a mail leads, and what is said after.
//! Opening the link alone ends nothing, since filters open links.

use maud::{DOCTYPE, Markup, html};

use crate::letter::clean;
use crate::words::Words;

/// Where somebody is with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// They are asked.
    Asked,
    /// It was done.
    Done,
}

/// The page.
pub fn stop_page(locale: &str, shop: &str, stop: Stop) -> String {
    let words = Words::of(locale);
    let shop = clean(shop);
    let say = |name: &str| words.mail(name).replace("{shop}", &shop);
    let page: Markup = html! {
        (DOCTYPE)
        html lang=(words.tag()) dir=[words.is_right_to_left().then_some("rtl")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                meta name="robots" content="noindex";
                title { (shop) }
                style { "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1rem}" }
            }
            body { main {
                @match stop {
                    Stop::Asked => {
                        h1 { (shop) }
                        form method="post" { p { (say("stop_ask")) } button { (say("stop_button")) } }
                    }
                    Stop::Done => { h1 { (shop) } p role="status" { (say("stop_done")) } }
                }
            } }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_is_asked_for_in_the_person_s_language() {
        let page = stop_page("de", "A<b>", Stop::Asked);
        assert!(
            page.contains("<button>Ja, nicht mehr senden</button>") && page.contains("A&lt;b&gt;"),
            "{page}"
        );
        assert!(!stop_page("de", "A", Stop::Done).contains("<button"));
        assert!(stop_page("ar", "A", Stop::Asked).contains("dir=\"rtl\""));
    }
}
