//! A page with the real widget alone, for a frame beside the fields that say how it looks.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use parrain_wire::desk::Look;

use crate::text::Language;

/// The page: the shop's tag with what was chosen. Colours that are none are left out.
pub fn page(shop: &str, language: Language, look: &Look) -> Markup {
    let word =
        |word: &Option<String>, among: &[&str]| word.clone().filter(|word| among.contains(&word.as_str()));
    let offset = match (look.offset_side, look.offset_bottom) {
        (None, None) => None,
        (side, bottom) => Some(format!("{} {}", bottom.unwrap_or(20), side.unwrap_or(20))),
    };
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { "Parrain" }
                link rel="icon" href="data:,";
                style { (PreEscaped(rules(look))) }
            }
            body {
                script src="/widget.js" data-shop=(shop) data-consent="explicit" data-locale=(language.tag())
                    data-theme=[word(&look.theme, &["light", "dark"])]
                    data-placement=[word(&look.placement, &["launcher", "inline", "none"])]
                    data-side=[word(&look.side, &["left", "right"])]
                    data-offset=[offset] defer {}
            }
        }
    }
}

/// The custom properties of `docs/theming.md`, of what are colours and lengths indeed: nothing else comes into the page.
fn rules(look: &Look) -> String {
    let colour = |name: &str, colour: &Option<String>| {
        let colour = colour.as_deref().filter(|text| {
            let digits = text.strip_prefix('#').unwrap_or_default();
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        colour.map(|colour| format!("{name}:{colour};")).unwrap_or_default()
    };
    let radius =
        look.radius.map(|radius| format!("--parrain-radius:{}px;", radius.min(64))).unwrap_or_default();
    format!(
        "body{{margin:0;min-height:100vh;background:{}}}:root{{{}{}{radius}}}",
        if look.theme.as_deref() == Some("dark") { "#16181d" } else { "#f4f4f1" },
        colour("--parrain-accent", &look.accent),
        colour("--parrain-on-accent", &look.on_accent),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_colours_comes_into_the_rules() {
        let look = Look {
            accent: Some("#1f5c4d".into()),
            on_accent: Some("red}body{display:none".into()),
            radius: Some(900),
            theme: Some("\"><script>".into()),
            ..Look::default()
        };
        let page = page("demo", Language::Fr, &look).into_string();
        assert!(page.contains("--parrain-accent:#1f5c4d;") && page.contains("--parrain-radius:64px;"));
        assert!(!page.contains("display:none") && !page.contains("data-theme"));
    }
}
