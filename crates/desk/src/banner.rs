//! Banners: pictures for a referrer's own pages, with the friend's side of the offer and the code.

use maud::{Markup, html};
use parrain_wire::program::Reward;

use crate::parts::reward;
use crate::text::{Language, say};

/// A banner's size, one of those that pages have room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Above or below a text.
    Leaderboard,
    /// Within a text or beside it.
    Rectangle,
    /// Beside a text, from its top to its end.
    Skyscraper,
    /// The head of a page.
    Billboard,
    /// A post of its own.
    Square,
}

impl Size {
    /// Every one of them.
    pub const ALL: [Self; 5] =
        [Self::Rectangle, Self::Leaderboard, Self::Skyscraper, Self::Billboard, Self::Square];

    /// Width and height, in pixels.
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Leaderboard => (728, 90),
            Self::Rectangle => (300, 250),
            Self::Skyscraper => (160, 600),
            Self::Billboard => (970, 250),
            Self::Square => (1080, 1080),
        }
    }

    /// Its name in an address, `300x250`.
    pub fn name(self) -> String {
        let (width, height) = self.pixels();
        format!("{width}x{height}")
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.name() == name)
    }
}

/// What a banner says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Banner<'a> {
    /// The shop's name.
    pub shop: &'a str,
    /// The referrer's code.
    pub code: &'a str,
    /// What a friend gets; `None` where that is nothing.
    pub reward: Option<&'a Reward>,
    /// The program's currency.
    pub currency: &'a str,
    /// The ground's colour and that of the text on it, each as `#1f5c4d`; the widget's own where it is no colour.
    pub colours: (&'a str, &'a str),
}

/// The colours of the widget where a shop chose none.
const COLOURS: (&str, &str) = ("#1f5c4d", "#ffffff");

/// How wide a letter is on average, in thousandths of its height: bold letters of the fonts that systems have.
const LETTER: usize = 600;

impl Banner<'_> {
    /// What it says, for who cannot see it.
    pub fn words(&self, lang: Language) -> String {
        let (shop, code, offer) = (self.shop, self.code, self.offer(lang));
        say!(lang, "{shop}\u{a0}: {offer}, code {code}", "{shop}: {offer}, code {code}")
    }

    fn offer(&self, lang: Language) -> String {
        match self.reward {
            Some(friends) => reward(lang, friends, self.currency),
            None => lang.say("à découvrir", "have a look").to_owned(),
        }
    }

    /// Draws it, as an SVG document that asks for nothing else.
    pub fn draw(&self, lang: Language, size: Size) -> Markup {
        let (width, height) = size.pixels();
        let (ground, ink) = (colour(self.colours.0, COLOURS.0), colour(self.colours.1, COLOURS.1));
        let offer = self.offer(lang);
        let code = format!("Code {}", self.code);
        let body = match size {
            Size::Leaderboard => html! {
                (line(self.shop, 24, 34, fits(self.shop, 400, 18), ink, "start"))
                (line(&offer, 24, 68, fits(&offer, 450, 28), ink, "start"))
                (pill(&code, (500, 22), (204, 46), ground, ink))
            },
            Size::Billboard => html! {
                (line(self.shop, 40, 92, fits(self.shop, 590, 36), ink, "start"))
                (line(&offer, 40, 176, fits(&offer, 600, 60), ink, "start"))
                (pill(&code, (670, 85), (260, 80), ground, ink))
            },
            Size::Skyscraper => {
                let lines = wrapped(&offer, 9);
                let longest = lines.iter().max_by_key(|line| line.chars().count()).map_or("", String::as_str);
                let letters = fits(longest, 140, 30);
                let first = 280 - letters * 5 / 4 * lines.len().saturating_sub(1) / 2;
                html! {
                    (line(self.shop, 80, 60, fits(self.shop, 140, 18), ink, "middle"))
                    @for (index, text) in lines.iter().enumerate() {
                        (line(text, 80, first + index * letters * 5 / 4, letters, ink, "middle"))
                    }
                    (pill(&code, (10, 500), (140, 44), ground, ink))
                }
            }
            Size::Rectangle => self.tall(&offer, &code, 300, 1, ground, ink),
            Size::Square => self.tall(&offer, &code, 1080, 4, ground, ink),
        };
        html! {
            svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox=(format!("0 0 {width} {height}"))
                role="img" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif" {
                title { (self.words(lang)) }
                rect width=(width) height=(height) fill=(ground) {}
                (body)
            }
        }
    }

    /// Shop, offer and code above each other, in letters of so many times their size.
    fn tall(&self, offer: &str, code: &str, side: usize, times: usize, ground: &str, ink: &str) -> Markup {
        let inner = side - 40 * times;
        let lines = wrapped(offer, 16);
        let longest = lines.iter().max_by_key(|line| line.chars().count()).map_or("", String::as_str);
        let letters = fits(longest, inner, 34 * times);
        let step = letters + letters / 4;
        let first = side * 5 / 12 - step * lines.len().saturating_sub(1) / 2 + letters / 3;
        html! {
            (line(self.shop, side / 2, 44 * times, fits(self.shop, inner, 18 * times), ink, "middle"))
            @for (index, text) in lines.iter().enumerate() {
                (line(text, side / 2, first + index * step, letters, ink, "middle"))
            }
            (pill(code, (20 * times, side * 5 / 6 - 66 * times + times * 8), (inner, 46 * times), ground, ink))
        }
    }
}

/// A colour such as `#1f5c4d`, else the usual one.
fn colour<'a>(text: &'a str, usual: &'a str) -> &'a str {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let is_colour = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_colour { text } else { usual }
}

/// The letters' height at which a text fits a width, at most so much.
fn fits(text: &str, width: usize, most: usize) -> usize {
    let letters = text.chars().count().max(1);
    (width * 1000 / (letters * LETTER)).clamp(6, most)
}

/// A text in lines of some so many letters, or about three where it is longer, broken between words.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let letters = letters.max(text.chars().count().div_ceil(3) + 3);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < letters => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn line(text: &str, x: usize, y: usize, size: usize, ink: &str, anchor: &str) -> Markup {
    html! { text x=(x) y=(y) font-size=(size) font-weight="700" fill=(ink) text-anchor=(anchor) { (text) } }
}

/// The code, in the colours the other way round.
fn pill(text: &str, at: (usize, usize), size: (usize, usize), ground: &str, ink: &str) -> Markup {
    let ((x, y), (width, height)) = (at, size);
    let letters = fits(text, width * 9 / 10, height * 2 / 5);
    html! {
        rect x=(x) y=(y) width=(width) height=(height) rx=(height / 2) fill=(ink) {}
        (line(text, x + width / 2, y + height / 2 + letters / 3, letters, ground, "middle"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner(shop: &str) -> String {
        let friends: Reward =
            serde_json::from_str(r#"{"kind": "percent_off", "percent": "10"}"#).expect("a reward");
        let banner = Banner {
            shop,
            code: "ANNA10",
            reward: Some(&friends),
            currency: "EUR",
            colours: ("#7a1f4d", "url(x)"),
        };
        Size::ALL.map(|size| banner.draw(Language::Fr, size).into_string()).join("\n")
    }

    #[test]
    fn it_says_the_offer_and_the_code_in_the_shop_s_colours() {
        let drawn = banner("Atelier Lumière");
        assert_eq!(drawn.matches(">Code ANNA10<").count(), Size::ALL.len(), "{drawn}");
        assert!(
            drawn.contains(">10\u{202f}% de remise<") || drawn.contains(">10\u{a0}% de remise<"),
            "{drawn}"
        );
        assert!(drawn.contains("#7a1f4d") && drawn.contains("#ffffff") && !drawn.contains("url("), "{drawn}");
    }

    #[test]
    fn a_hostile_name_stays_a_text() {
        let drawn = banner("</text><script>alert(1)</script>\" onload=\"x");
        assert!(!drawn.contains("<script") && !drawn.contains("\" onload"), "{drawn}");
    }

    #[test]
    fn every_size_has_its_name() {
        for size in Size::ALL {
            assert_eq!(Size::named(&size.name()), Some(size));
        }
        assert_eq!(Size::named("1x1"), None);
        assert_eq!(wrapped("un avoir de dix euros sur la boutique", 16).len(), 3);
        assert_eq!(fits("ANNA10", 100, 20), 20);
    }
}
