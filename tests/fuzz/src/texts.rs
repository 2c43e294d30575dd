//! Any bytes as the widget's texts: a template with a value, a stranger's name, an amount, a wish for a language.

use parrain_widget::{locale, text};

/// One input: the template, the value, the rest.
pub fn run(bytes: &[u8]) {
    let given = String::from_utf8_lossy(bytes);
    let (template, rest) = given.split_once('\n').unwrap_or((&given, ""));
    let (value, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    let filled = text::fill(template, &[("name", value)]);
    assert!(text::plain(&filled).len() <= template.len() + value.len() * template.len());
    let name = text::clean(value);
    assert!(name.chars().count() <= 41 && name.chars().all(|c| !c.is_control()), "{name:?}");
    assert!(text::encode(rest).is_ascii());
    let _ = text::add(value, rest);
    let _ = locale::choose(&[template, rest]);
}
